#include "fingerprint/private.h"
#include "os/os.h"
#include "train.h"
#include <inquiry/code.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MOST = 256 };

void train_fail(const char *what, const char *which)
{
	fprintf(stderr, "inquiry-train: %s: %s\n", which, what);
	exit(2);
}

void *train_new(struct inq_arena *a, size_t count, size_t size)
{
	void *at = inq_arena_new(a, count, size);

	if (!at)
		train_fail("no memory", "gathering");
	return at;
}

static void *extend(struct inq_arena *a, void *at, size_t count, size_t *capacity, size_t size)
{
	void *grown = inq_arena_extend(a, at, count, capacity, size);

	if (!grown)
		train_fail("no memory", "gathering");
	return grown;
}

/* What is being gathered: the set, and room for more. */
struct gathering {
	struct train_set set;
	size_t build_room, function_room, feature_room, project_room, label_room;
	uint32_t *slots; /* of labels by project and name, as label + 1 */
	size_t slot_count;
	uint64_t *label_keys;
};

static uint32_t project_of(struct gathering *g, const char *name, size_t len)
{
	struct train_set *s = &g->set;

	for (uint32_t i = 0; i < s->project_count; i++)
		if (strlen(s->projects[i]) == len && memcmp(s->projects[i], name, len) == 0)
			return i;
	s->projects = extend(s->arena, s->projects, s->project_count, &g->project_room, sizeof *s->projects);
	s->projects[s->project_count] =
	        inq_arena_string(s->arena, (struct inq_bytes){ (const uint8_t *)name, len });
	return s->project_count++;
}

/* Level and compiler stand in the file's name, among words parted by "-", "_" and ".": O2, gcc and 12. */
static void read_name(struct train_build *b, const char *file)
{
	while (*file) {
		size_t len = strcspn(file, "-_.");

		if (len == 2 && file[0] == 'O')
			b->level = (uint8_t)file[1];
		if ((len == 3 && memcmp(file, "gcc", 3) == 0) ||
		        (len == 5 && memcmp(file, "clang", 5) == 0)) {
			size_t version = file[len] ? strcspn(file + len + 1, "-_.") + 1 : 0;

			b->compiler = (uint32_t)inq_hash64(file, len + version, 0) | 1;
		}
		file += len + (file[len] != 0);
	}
}

static void grow_slots(struct gathering *g)
{
	size_t count = g->slot_count ? 2 * g->slot_count : 1 << 16;

	g->slots = train_new(g->set.arena, count, sizeof *g->slots);
	g->slot_count = count;
	for (uint32_t i = 0; i < g->set.label_count; i++) {
		size_t at = g->label_keys[i] & (count - 1);

		while (g->slots[at])
			at = (at + 1) & (count - 1);
		g->slots[at] = i + 1;
	}
}

static uint32_t label_of(struct gathering *g, uint32_t project, const char *name)
{
	struct train_set *s = &g->set;
	uint64_t key = inq_hash64(name, strlen(name), project + 1);
	size_t at, room = g->label_room;

	if (2 * (size_t)(s->label_count + 1) > g->slot_count)
		grow_slots(g);
	for (at = key & (g->slot_count - 1); g->slots[at]; at = (at + 1) & (g->slot_count - 1))
		if (g->label_keys[g->slots[at] - 1] == key)
			return g->slots[at] - 1;
	s->labels = extend(s->arena, s->labels, s->label_count, &g->label_room, sizeof *s->labels);
	g->label_keys = extend(s->arena, g->label_keys, s->label_count, &room, sizeof *g->label_keys);
	s->labels[s->label_count] = (struct train_label){ .project = project,
		.name = (uint32_t)inq_hash64(name, strlen(name), 0) };
	g->label_keys[s->label_count] = key;
	g->slots[at] = ++s->label_count;
	return s->label_count - 1;
}

/* A function on its way into the set. */
struct named {
	uint32_t function;
	uint32_t label;
	bool clone; /* the compiler made it out of the one it is named after */
};

static int compare_named(const void *a, const void *b)
{
	const struct named *na = a, *nb = b;

	if (na->label != nb->label)
		return na->label < nb->label ? -1 : 1;
	if (na->clone != nb->clone)
		return na->clone ? 1 : -1;
	return na->function < nb->function ? -1 : na->function > nb->function;
}

static int compare_exact(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(uint64_t[2]));
}

static bool is_twin(const uint64_t (*exact)[2], size_t count, const uint64_t key[2])
{
	const uint64_t(*found)[2] = bsearch(key, exact, count, sizeof *exact, compare_exact);

	return found && ((found > exact && memcmp(found - 1, key, sizeof *exact) == 0) ||
	                        (found + 1 < exact + count && memcmp(found + 1, key, sizeof *exact) == 0));
}

static void put_features(struct gathering *g, const struct inq_feature *at, uint32_t count)
{
	struct train_set *s = &g->set;

	while (s->feature_count + count > g->feature_room)
		s->features =
		        extend(s->arena, s->features, g->feature_room, &g->feature_room, sizeof *s->features);
	memcpy(s->features + s->feature_count, at, count * sizeof *at);
	s->feature_count += count;
}

/*
 * Takes the functions that have one name each. A name that stands twice says
 * nothing, for two static functions may share it; of a function and its clones
 * the function is taken. Twins (the same code under two names) are left out,
 * for nothing can tell them apart.
 */
static void take_functions(struct gathering *g, const struct inq_program *p, const struct inq_program *seen,
        bool underscore, struct inq_arena *scratch)
{
	struct train_set *s = &g->set;
	struct train_build *b = &s->builds[s->build_count];
	struct named *named = train_new(scratch, p->function_count, sizeof *named);
	uint64_t(*exact)[2] = train_new(scratch, p->function_count, sizeof *exact);
	size_t count = 0;

	for (uint32_t i = 0; i < p->function_count; i++) {
		char name[NAME_MOST];

		memcpy(exact[i], p->functions[i].exact, sizeof *exact);
		if (!p->functions[i].name || p->functions[i].flags & (INQ_FUNCTION_STUB | INQ_FUNCTION_THUNK))
			continue;
		train_clean_name(p->functions[i].name, underscore, name, sizeof name);
		if (!*name)
			continue;
		named[count].function = i;
		named[count].clone = strchr(p->functions[i].name, '.') != NULL;
		named[count++].label = label_of(g, b->project, name);
	}
	qsort(named, count, sizeof *named, compare_named);
	qsort(exact, p->function_count, sizeof *exact, compare_exact);
	for (size_t i = 0, next; i < count; i = next) {
		const struct inq_fingerprint *f = &p->functions[named[i].function];
		const struct inq_fingerprint *fs = &seen->functions[named[i].function];
		struct train_function *to;
		size_t plain = 0;

		for (next = i; next < count && named[next].label == named[i].label; next++)
			plain += !named[next].clone;
		if (plain > 1 || (!plain && next > i + 1) || !f->feature_count)
			continue;
		if (is_twin((const uint64_t(*)[2])exact, p->function_count, f->exact))
			continue;
		s->functions = extend(
		        s->arena, s->functions, s->function_count, &g->function_room, sizeof *s->functions);
		to = &s->functions[s->function_count++];
		to->exact[0] = f->exact[0];
		to->exact[1] = f->exact[1];
		to->build = s->build_count;
		to->label = named[i].label;
		to->block_count = f->block_count;
		to->insn_count = f->insn_count;
		to->feature_first = s->feature_count;
		to->feature_count = fs->feature_count;
		to->kept_count = f->feature_count;
		put_features(g, seen->features + fs->feature_first, fs->feature_count);
		put_features(g, p->features + f->feature_first, f->feature_count);
	}
	b->function_count = s->function_count - b->function_first;
}

static void read_program(struct gathering *g, const char *path, size_t root)
{
	struct inq_arena *scratch = inq_arena_open((size_t)8 << 30);
	struct train_set *s = &g->set;
	struct train_build *b;
	struct inq_file file;
	struct inq_exhibit x;
	struct inq_code c;
	struct inq_program p, seen;
	struct inq_error err = { 0 };
	const char *name = path + root, *slash, *end;

	if (!scratch)
		train_fail("no memory", path);
	if (inq_file_open(path, &file, &err) != INQ_OK)
		train_fail(err.text, path);
	if (inq_exhibit_read(file.bytes, scratch, &x, &err) != INQ_OK || x.arch == INQ_ARCH_NONE)
		goto done;
	if (inq_code_recover(&x, scratch, &c, &err) != INQ_OK ||
	        inq_program_make(&c, path, scratch, &p, &err) != INQ_OK ||
	        inq_program_make_seen(&c, path, scratch, &seen, &err) != INQ_OK) {
		fprintf(stderr, "inquiry-train: %s: %s: left out\n", path, err.text);
		goto done;
	}
	while (*name == '/')
		name++;
	slash = strchr(name, '/');
	end = slash ? slash : strstr(name, "__");
	s->builds = extend(s->arena, s->builds, s->build_count, &g->build_room, sizeof *s->builds);
	b = &s->builds[s->build_count];
	*b = (struct train_build){ .path = inq_arena_string(s->arena, inq_bytes_of(path)),
		.project = project_of(g, name, end ? (size_t)(end - name) : strlen(name)),
		.arch = p.arch,
		.bits = p.bits,
		.format = p.format,
		.big_endian = p.big_endian,
		.function_first = s->function_count };
	slash = strrchr(path, '/');
	read_name(b, slash ? slash + 1 : path);
	take_functions(g, &p, &seen,
	        p.format == INQ_FORMAT_MACHO || (p.format == INQ_FORMAT_PE && p.bits == 32), scratch);
	s->build_count++;
done:
	inq_file_close(&file);
	inq_arena_close(scratch);
}

static int compare_members(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Lists the functions of each label, and drops the names that so many projects have that they are a run-time's. */
static void list_members(struct train_set *s)
{
	enum { PROJECTS_MOST = 3 };
	uint32_t *fill = train_new(s->arena, s->label_count + 1, sizeof *fill), at = 0;
	uint64_t *names = train_new(s->arena, s->label_count, sizeof *names);

	for (uint32_t i = 0; i < s->label_count; i++)
		names[i] = (uint64_t)s->labels[i].name << 32 | s->labels[i].project;
	for (uint32_t gap = s->label_count / 2; gap; gap /= 2)
		for (uint32_t i = gap; i < s->label_count; i++) {
			uint64_t one = names[i];
			uint32_t j = i;

			for (; j >= gap && names[j - gap] > one; j -= gap)
				names[j] = names[j - gap];
			names[j] = one;
		}
	for (uint32_t i = 0; i < s->function_count; i++) {
		struct train_label *l = &s->labels[s->functions[i].label];
		uint64_t key = (uint64_t)l->name << 32;
		uint32_t low = 0, high = s->label_count;

		while (low < high) {
			uint32_t middle = low + (high - low) / 2;

			if (names[middle] < key)
				low = middle + 1;
			else
				high = middle;
		}
		if (low + PROJECTS_MOST - 1 < s->label_count &&
		        names[low + PROJECTS_MOST - 1] >> 32 == l->name)
			s->functions[i].label = NO_LABEL;
		else
			l->member_count++;
	}
	for (uint32_t i = 0; i < s->label_count; i++) {
		s->labels[i].member_first = at;
		fill[i] = at;
		at += s->labels[i].member_count;
	}
	s->members = train_new(s->arena, at, sizeof *s->members);
	for (uint32_t i = 0; i < s->function_count; i++)
		if (s->functions[i].label != NO_LABEL)
			s->members[fill[s->functions[i].label]++] = i;
	for (uint32_t i = 0; i < s->label_count; i++) {
		struct train_label *l = &s->labels[i];
		uint32_t blocks[4096], count = l->member_count < 4096 ? l->member_count : 4096;

		for (uint32_t j = 0; j < count; j++)
			blocks[j] = s->functions[s->members[l->member_first + j]].block_count;
		qsort(blocks, count, sizeof *blocks, compare_members);
		l->blocks = count ? blocks[count / 2] : 0;
	}
}

void train_gather(const char *const *directories, size_t count, struct inq_arena *a, struct train_set *ret)
{
	struct gathering g = { .set.arena = a };
	struct inq_error err = { 0 };

	for (size_t i = 0; i < count; i++) {
		struct inq_directory d;

		if (inq_directory_list(directories[i], a, &d, &err) != INQ_OK)
			train_fail(err.text, directories[i]);
		for (size_t j = 0; j < d.count; j++)
			read_program(&g, d.paths[j], strlen(directories[i]));
	}
	if (!g.set.function_count)
		train_fail("no program with named functions", directories[0]);
	list_members(&g.set);
	*ret = g.set;
}

static void put(FILE *f, const void *at, size_t count, size_t size)
{
	if (fwrite(at, size, count, f) != count)
		train_fail("cannot be written", "the gathered set");
}

static void get(FILE *f, void *at, size_t count, size_t size)
{
	if (fread(at, size, count, f) != count)
		train_fail("is cut short", "the gathered set");
}

static const char set_magic[8] = "inqset4\n";

/* A cache for this program on this machine: its own structs, as they lie in memory. */
void train_save(const struct train_set *s, const char *path)
{
	FILE *f = fopen(path, "wb");
	uint32_t counts[] = { INQ_FEATURES_VERSION, s->project_count, s->build_count, s->function_count,
		s->label_count };
	uint32_t members = 0;

	if (!f)
		train_fail("cannot be written", path);
	for (uint32_t i = 0; i < s->label_count; i++)
		members += s->labels[i].member_count;
	put(f, set_magic, 1, sizeof set_magic);
	put(f, counts, 1, sizeof counts);
	put(f, &s->feature_count, 1, sizeof s->feature_count);
	for (uint32_t i = 0; i < s->project_count; i++)
		put(f, s->projects[i], strlen(s->projects[i]) + 1, 1);
	for (uint32_t i = 0; i < s->build_count; i++)
		put(f, s->builds[i].path, strlen(s->builds[i].path) + 1, 1);
	put(f, s->builds, s->build_count, sizeof *s->builds);
	put(f, s->functions, s->function_count, sizeof *s->functions);
	put(f, s->labels, s->label_count, sizeof *s->labels);
	put(f, s->members, members, sizeof *s->members);
	put(f, s->features, s->feature_count, sizeof *s->features);
	if (fclose(f) != 0)
		train_fail("cannot be written", path);
}

static const char *get_string(FILE *f, struct inq_arena *a)
{
	char text[8192];
	size_t len = 0;
	int c;

	while ((c = getc(f)) > 0 && len < sizeof text)
		text[len++] = (char)c;
	if (c != 0)
		train_fail("is cut short", "the gathered set");
	return inq_arena_string(a, (struct inq_bytes){ (const uint8_t *)text, len });
}

bool train_load(const char *path, struct inq_arena *a, struct train_set *ret)
{
	FILE *f = fopen(path, "rb");
	struct train_set s = { .arena = a };
	char magic[sizeof set_magic];
	uint32_t counts[5], members = 0;
	const char **paths;

	if (!f)
		return false;
	if (fread(magic, sizeof magic, 1, f) != 1 || memcmp(magic, set_magic, sizeof magic) != 0 ||
	        fread(counts, sizeof counts, 1, f) != 1 || counts[0] != INQ_FEATURES_VERSION) {
		fclose(f);
		return false;
	}
	s.project_count = counts[1];
	s.build_count = counts[2];
	s.function_count = counts[3];
	s.label_count = counts[4];
	get(f, &s.feature_count, 1, sizeof s.feature_count);
	s.projects = train_new(a, s.project_count, sizeof *s.projects);
	paths = train_new(a, s.build_count, sizeof *paths);
	for (uint32_t i = 0; i < s.project_count; i++)
		s.projects[i] = get_string(f, a);
	for (uint32_t i = 0; i < s.build_count; i++)
		paths[i] = get_string(f, a);
	s.builds = train_new(a, s.build_count, sizeof *s.builds);
	s.functions = train_new(a, s.function_count, sizeof *s.functions);
	s.labels = train_new(a, s.label_count, sizeof *s.labels);
	s.features = train_new(a, s.feature_count, sizeof *s.features);
	get(f, s.builds, s.build_count, sizeof *s.builds);
	get(f, s.functions, s.function_count, sizeof *s.functions);
	get(f, s.labels, s.label_count, sizeof *s.labels);
	for (uint32_t i = 0; i < s.build_count; i++)
		s.builds[i].path = paths[i];
	for (uint32_t i = 0; i < s.label_count; i++)
		members += s.labels[i].member_count;
	s.members = train_new(a, members, sizeof *s.members);
	get(f, s.members, members, sizeof *s.members);
	get(f, s.features, s.feature_count, sizeof *s.features);
	fclose(f);
	*ret = s;
	return true;
}
