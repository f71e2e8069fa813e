#include "cli/aligned.h"
#include "cli/compare.h"
#include "os/folder.h"
#include <inquiry/page.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SAMPLE_MOST = 256 << 20, WANTED_MOST = 10000 };

/* A file that is at hand: in memory, or at a path below --known. */
struct side {
	struct inq_sha256 digest;
	struct inq_bytes bytes;
	const char *path;
	bool here;
};

/* A function of an exhibit and one that it may be. */
struct wanted {
	size_t here, there; /* sides */
	uint64_t here_va, there_va;
	const char *name; /* of the other side */
	bool taken;
};

/* All functions of one pair of programs: the work of one child. */
struct group {
	size_t here, there, first, count; /* of `ordered` */
};

struct aligning {
	struct cli_aligned *a;
	struct cli *cli;
	struct inq_arena *arena;
	struct side *sides;
	size_t side_count, side_room;
	struct wanted *wanted;
	size_t wanted_count, wanted_room;
	struct group *groups;
	size_t group_count, group_room;
	const struct wanted **ordered;
	struct inq_file files[2]; /* in the child */
	struct inq_memory_sink memory;
	struct inq_sink lines;
	struct cli_progress progress;
	bool failed;
};

static bool no_memory(struct aligning *g)
{
	cli_error(g->cli, CLI_PARTIAL, "no memory to align the shared functions");
	return false;
}

/* What child reads the documents and says which functions are wanted. */
static enum inq_status plan_run(void *context, size_t index, struct inq_sink *out, struct inq_error *err)
{
	const struct aligning *g = context;
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	enum inq_status status;
	struct inq_page page;

	(void)index;
	if (!a)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for the documents");
	status = cli_page_fill(g->a->page, a, &page, err);
	if (status == INQ_OK)
		inq_page_counterparts(&page, g->a->most, out);
	return status;
}

static bool side_of(struct aligning *g, const struct inq_sha256 *digest, size_t *ret)
{
	struct side *all;
	size_t i = 0;

	while (i < g->side_count && !inq_sha256_equal(&g->sides[i].digest, digest))
		i++;
	if (i == g->side_count) {
		all = inq_arena_extend(g->arena, g->sides, i, &g->side_room, sizeof *all);
		if (!all)
			return no_memory(g);
		g->sides = all;
		all[g->side_count++] = (struct side){ .digest = *digest };
	}
	*ret = i;
	return true;
}

/* The field of a line up to the next tab, or to its end. */
static struct inq_bytes field(struct inq_bytes *line)
{
	const uint8_t *tab = line->len ? memchr(line->at, '\t', line->len) : NULL;
	size_t len = tab ? (size_t)(tab - line->at) : line->len;
	struct inq_bytes value = { line->at, len };

	*line = inq_bytes_from(*line, len + (tab != NULL));
	return value;
}

/* A line of the plan; one that is not as it should be is passed over: the child read others' bytes. */
static bool plan_line(struct aligning *g, struct inq_bytes line)
{
	struct inq_bytes here = field(&line), here_va = field(&line), there = field(&line),
	                 there_va = field(&line);
	char *from_text = inq_arena_string(g->arena, here_va),
	     *to_text = inq_arena_string(g->arena, there_va), *name = inq_arena_string(g->arena, line);
	struct inq_sha256 here_digest, there_digest;
	struct wanted w = { 0 }, *all;

	if (!from_text || !to_text || !name)
		return no_memory(g);
	if (!inq_unhex(here, here_digest.byte, sizeof here_digest.byte) ||
	        !inq_unhex(there, there_digest.byte, sizeof there_digest.byte) ||
	        !cli_number(from_text, &w.here_va) || !cli_number(to_text, &w.there_va))
		return true;
	w.name = name;
	if (g->wanted_count == WANTED_MOST)
		return true;
	if (!side_of(g, &here_digest, &w.here) || !side_of(g, &there_digest, &w.there))
		return false;
	all = inq_arena_extend(g->arena, g->wanted, g->wanted_count, &g->wanted_room, sizeof *all);
	if (!all)
		return no_memory(g);
	g->wanted = all;
	all[g->wanted_count++] = w;
	return true;
}

static bool plan_take(void *context, size_t index, const struct inq_child_result *r)
{
	struct aligning *g = context;
	struct inq_bytes rest = r->body;

	(void)index;
	if (r->status != INQ_OK) {
		cli_error(g->cli, cli_status_exit(r->status), "the shared functions: %s", r->error.text);
		g->failed = true;
		return true;
	}
	while (rest.len && !g->failed) {
		const uint8_t *end = memchr(rest.at, '\n', rest.len);
		size_t len = end ? (size_t)(end - rest.at) : rest.len;

		g->failed = !plan_line(g, (struct inq_bytes){ rest.at, len });
		rest = inq_bytes_from(rest, len + (end != NULL));
	}
	return true;
}

/* The digest of a file, read piece by piece; false where it cannot be read, or is too large to be looked at. */
static bool digest_of(const char *path, struct inq_sha256 *ret)
{
	struct inq_sha256_state state;
	struct inq_pieces pieces;
	uint8_t piece[65536];
	size_t got = 1;
	bool read;

	if (inq_pieces_open(path, &pieces, NULL) != INQ_OK)
		return false;
	read = pieces.size <= SAMPLE_MOST;
	inq_sha256_init(&state);
	while (read && got) {
		read = inq_pieces_read(&pieces, piece, sizeof piece, &got, NULL) == INQ_OK;
		if (read)
			inq_sha256_update(&state, piece, got);
	}
	inq_pieces_close(&pieces);
	inq_sha256_final(&state, ret);
	return read;
}

static size_t missing(const struct aligning *g)
{
	size_t count = 0;

	for (size_t i = 0; i < g->side_count; i++)
		count += !g->sides[i].here;
	return count;
}

/* Whether the file is one of the sides. */
static void look_at(struct aligning *g, const char *path)
{
	struct inq_sha256 digest;

	if (!digest_of(path, &digest))
		return;
	for (size_t k = 0; k < g->side_count; k++) {
		struct side *s = &g->sides[k];

		if (!s->here && inq_sha256_equal(&s->digest, &digest)) {
			s->path = path;
			s->here = true;
		}
	}
}

static bool look_below(struct aligning *g, const char *known)
{
	struct inq_directory found;
	struct cli_progress progress;
	struct inq_error err = { 0, "" };

	if (inq_directory_list(known, g->arena, &found, &err) != INQ_OK) {
		cli_error(g->cli, CLI_UNREADABLE, "%s: %s", known, err.text);
		return false;
	}
	cli_progress_init(&progress, g->cli, "looking for known programs");
	for (size_t i = 0; i < found.count && missing(g); i++) {
		cli_progress_show(&progress, i, found.count);
		look_at(g, found.paths[i]);
	}
	cli_progress_end(&progress);
	return true;
}

static bool look(struct aligning *g)
{
	for (size_t i = 0; i < g->a->path_count; i++)
		look_at(g, g->a->paths[i]);
	for (size_t i = 0; i < g->side_count && g->a->exhibit; i++) {
		struct side *s = &g->sides[i];

		s->here = g->a->exhibit(g->a->context, &s->digest, &s->bytes) && s->bytes.len <= SAMPLE_MOST;
	}
	return !g->a->known || look_below(g, g->a->known);
}

static bool is_chosen(const struct aligning *g, size_t before, const struct wanted *w)
{
	for (size_t i = 0; i < before; i++)
		if (g->wanted[i].taken && g->wanted[i].here == w->here && g->wanted[i].here_va == w->here_va)
			return true;
	return false;
}

/* Of each function the first candidate that is at hand; those of the same two programs together. */
static bool choose(struct aligning *g)
{
	size_t used = 0;

	g->ordered = inq_arena_new(g->arena, g->wanted_count, sizeof *g->ordered);
	if (!g->ordered)
		return no_memory(g);
	for (size_t i = 0; i < g->wanted_count; i++) {
		struct wanted *w = &g->wanted[i];

		w->taken = g->sides[w->here].here && g->sides[w->there].here && !is_chosen(g, i, w);
	}
	for (size_t i = 0; i < g->wanted_count; i++) {
		const struct wanted *w = &g->wanted[i];
		struct group group = { w->here, w->there, used, 0 }, *all;
		size_t known = 0;

		while (known < g->group_count &&
		        (g->groups[known].here != w->here || g->groups[known].there != w->there))
			known++;
		if (!w->taken || known < g->group_count)
			continue;
		for (size_t k = i; k < g->wanted_count; k++)
			if (g->wanted[k].taken && g->wanted[k].here == w->here &&
			        g->wanted[k].there == w->there)
				g->ordered[used++] = &g->wanted[k];
		group.count = used - group.first;
		all = inq_arena_extend(g->arena, g->groups, g->group_count, &g->group_room, sizeof *all);
		if (!all)
			return no_memory(g);
		g->groups = all;
		all[g->group_count++] = group;
	}
	return true;
}

/* In the child, before the sandbox closes. */
static enum inq_status align_open(void *context, size_t index, struct inq_error *err)
{
	struct aligning *g = context;
	const struct group *group = &g->groups[index];
	const size_t sides[2] = { group->here, group->there };

	for (int i = 0; i < 2; i++) {
		const struct side *s = &g->sides[sides[i]];
		enum inq_status status;

		if (!s->path) {
			g->files[i] = (struct inq_file){ .bytes = s->bytes, .map = g };
			continue;
		}
		status = inq_file_open(s->path, &g->files[i], err);
		if (status != INQ_OK)
			return status;
	}
	return INQ_OK;
}

/* In the child: a document for each function, one a line. */
static enum inq_status align_run(void *context, size_t index, struct inq_sink *out, struct inq_error *err)
{
	struct aligning *g = context;
	const struct group *group = &g->groups[index];
	const struct wanted *first = g->ordered[group->first];
	struct inq_arena *a = inq_arena_open(cli_arena_limit(g->cli));
	const size_t sides[2] = { group->here, group->there };
	struct cli_side read[2] = { { .label = NULL } };
	struct cli json = *g->cli;
	enum inq_status status = INQ_OK;

	if (!a)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to compare them");
	json.form = CLI_FORM_JSON;
	memset(json.set, 0, sizeof json.set);
	for (int i = 0; i < 2 && status == INQ_OK; i++) {
		char hex[65];
		struct cli_sample sample = { .file = g->files[i] };
		struct inq_sha256 digest;

		inq_hex(g->sides[sides[i]].digest.byte, 32, hex);
		sample.operand = sample.path = i ? first->name : hex;
		status = inq_sha256(sample.file.bytes, &digest);
		if (status == INQ_OK && !inq_sha256_equal(&digest, &g->sides[sides[i]].digest))
			status = inq_fail(err, INQ_UNREADABLE, 0, "has changed meanwhile");
		if (status == INQ_OK)
			status = cli_side_read(&json, &sample, false, a, &read[i], err);
		if (status == INQ_OK && !i)
			read[i].label = inq_arena_string(a, inq_bytes_of(hex));
	}
	for (size_t i = 0; i < group->count && status == INQ_OK; i++) {
		const struct wanted *w = g->ordered[group->first + i];
		char functions[64];
		struct inq_error why;

		snprintf(functions, sizeof functions, "0x%" PRIx64 ",0x%" PRIx64, w->here_va, w->there_va);
		if (cli_align(read, functions, &json, false, a, out, &why) == INQ_OK)
			inq_put(out, "\n");
	}
	return status;
}

bool cli_aligned_add(struct cli_page *p, struct inq_bytes lines)
{
	while (lines.len) {
		const uint8_t *end = memchr(lines.at, '\n', lines.len);
		size_t len = end ? (size_t)(end - lines.at) : lines.len;

		if (len && !cli_page_add(p, (struct inq_bytes){ lines.at, len }, NULL))
			return false;
		lines = inq_bytes_from(lines, len + (end != NULL));
	}
	return true;
}

static bool align_take(void *context, size_t index, const struct inq_child_result *r)
{
	struct aligning *g = context;
	struct inq_bytes rest = r->body;

	if (r->status != INQ_OK)
		cli_note(g->cli, "%s is not aligned: %s", g->ordered[g->groups[index].first]->name,
		        r->error.text);
	while (rest.len) {
		const uint8_t *end = memchr(rest.at, '\n', rest.len);
		size_t len = end ? (size_t)(end - rest.at) : 0;
		struct inq_bytes line = { rest.at, len };

		if (!len)
			break;
		if (cli_body_is_json(line)) {
			inq_put_bytes(&g->lines, line);
			inq_put(&g->lines, "\n");
		}
		rest = inq_bytes_from(rest, len + 1);
	}
	return true;
}

static void align_tick(void *context, size_t ended, size_t count)
{
	struct aligning *g = context;

	cli_progress_show(&g->progress, ended, count);
}

/* Runs children and says why that failed as a whole. */
static bool run(struct aligning *g, struct inq_child_work *work, size_t count)
{
	struct inq_error err = { 0, "" };
	enum inq_status status = inq_child_run(work, count, g->cli->jobs, &g->cli->limits, &err);

	if (work->sandbox_refused)
		cli_error(g->cli, CLI_NO_SANDBOX, "%s; --no-sandbox goes on without it", err.text);
	else if (status != INQ_OK)
		cli_error(g->cli, CLI_UNREADABLE, "%s", err.text);
	return status == INQ_OK && !g->failed;
}

bool cli_aligned_make(struct cli_aligned *a)
{
	struct aligning *g = inq_arena_new(a->page->a, 1, sizeof *g);
	struct inq_child_work plan = { g, cli_page_open, plan_run, plan_take, NULL, false, NULL },
	                      work = { g, align_open, align_run, align_take, align_tick, false, NULL };
	bool done;

	if (!g) {
		cli_error(a->page->cli, CLI_PARTIAL, "no memory to align the shared functions");
		return false;
	}
	*g = (struct aligning){ .a = a, .cli = a->page->cli, .arena = a->page->a };
	g->memory.arena = g->arena;
	inq_sink_init(&g->lines, inq_memory_sink_write, &g->memory);
	if (!a->most)
		return true;
	if (!run(g, &plan, 1) || !look(g) || !choose(g))
		return false;
	cli_progress_init(&g->progress, g->cli, "aligning");
	done = !g->group_count || run(g, &work, g->group_count);
	cli_progress_end(&g->progress);
	if (!done || !inq_sink_flush(&g->lines))
		return done && no_memory(g);
	a->lines = (struct inq_bytes){ (const uint8_t *)g->memory.at, g->memory.len };
	return cli_aligned_add(a->page, a->lines);
}

bool cli_aligned_read(struct cli *cli, size_t *ret)
{
	uint64_t most = CLI_ALIGNED_MOST;

	if (cli->set[CLI_ALIGNED] && (!cli_number(cli->value[CLI_ALIGNED], &most) || most > 60)) {
		cli_error(
		        cli, CLI_USAGE, "--aligned takes a number up to 60, not %s", cli->value[CLI_ALIGNED]);
		return false;
	}
	*ret = (size_t)most;
	return true;
}
