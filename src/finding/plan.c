#include "finding/private.h"
#include <inquiry/hash.h>
#include <stdlib.h>
#include <string.h>

/* The directory a sample lies in below its family's: a version, a package. Its length within the name. */
static size_t version_length(const char *name)
{
	const char *slash = strchr(name, '/');

	return slash ? (size_t)(slash - name) : 0;
}

static bool same_version(const char *a, const char *b)
{
	size_t len = version_length(a);

	return len == version_length(b) && !memcmp(a, b, len);
}

struct member {
	uint32_t sample;
	const char *name;
	uint64_t code; /* equal: the same functions, as often */
	uint32_t twin; /* the first of the family with the same code: itself, mostly */
};

/* In whatever order they lie. */
static uint64_t code_of(const struct inq_corpus *c, const struct inq_sample *s)
{
	struct inq_occurrence o;
	uint64_t sum = 0;

	for (uint32_t i = 0; i < s->occurrence_count; i++)
		if (inq_corpus_occurrence(c, s->occurrence_first + i, &o))
			sum += inq_hash64(&o.function, sizeof o.function, s->occurrence_count);
	return sum;
}

struct code {
	uint64_t code;
	uint32_t member;
};

static int compare_codes(const void *a, const void *b)
{
	const struct code *x = a, *y = b;

	if (x->code != y->code)
		return x->code < y->code ? -1 : 1;
	return (x->member > y->member) - (x->member < y->member);
}

/* Finds who is whose twin, and gives how many are nobody's. */
static uint32_t pair_twins(struct member *members, uint32_t count, struct code *codes)
{
	uint32_t different = 0;

	for (uint32_t i = 0; i < count; i++)
		codes[i] = (struct code){ members[i].code, i };
	if (count)
		qsort(codes, count, sizeof *codes, compare_codes);
	for (uint32_t i = 0, first = 0; i < count; i++) {
		if (!i || codes[i].code != codes[first].code) {
			first = i;
			different++;
		}
		members[codes[i].member].twin = codes[first].member;
	}
	return different;
}

/* By version, then by name; samples of one name (members of an archive, say) by number. */
static int compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	size_t lx = version_length(x->name), ly = version_length(y->name);
	int order = memcmp(x->name, y->name, lx < ly ? lx : ly);

	if (!order && lx != ly)
		order = lx < ly ? -1 : 1;
	if (!order)
		order = strcmp(x->name, y->name);
	if (order)
		return order;
	return x->sample < y->sample ? -1 : x->sample > y->sample;
}

/*
 * One family: its versions, or its programs where there is one version, are
 * dealt to the folds in turn; of each hundred programs as many are tried.
 * Whoever has the same program twice, with other data or a byte at its end, has
 * no second trial: a twin is left out with the first, and is not tried.
 */
static bool plan_family(const struct inq_corpus *c, uint32_t number, const struct inq_label *l, uint32_t most,
        struct inq_arena *a, struct inq_calibration_plan *plan)
{
	struct member *members = inq_arena_new(a, l->sample_count, sizeof *members);
	struct code *codes = inq_arena_new(a, l->sample_count, sizeof *codes);
	uint32_t version = 0, tried = 0, different, met = 0;

	if (!members || !codes)
		return false;
	for (uint32_t i = 0; i < l->sample_count; i++) {
		struct inq_sample s;

		members[i].sample = l->sample_first + i;
		members[i].name = "";
		if (!inq_corpus_sample(c, members[i].sample, &s))
			continue;
		members[i].name = s.name;
		members[i].code = code_of(c, &s);
	}
	if (l->sample_count)
		qsort(members, l->sample_count, sizeof *members, compare_members);
	different = pair_twins(members, l->sample_count, codes);
	for (uint32_t i = 1; i < l->sample_count; i++)
		plan->by_version[number] |= !same_version(members[i].name, members[0].name);
	for (uint32_t i = 0; i < l->sample_count; i++) {
		if (i && (!plan->by_version[number] || !same_version(members[i].name, members[i - 1].name)))
			version++;
		plan->fold[members[i].sample] = version % plan->folds;
		if (members[i].twin != i) {
			plan->fold[members[i].sample] = plan->fold[members[members[i].twin].sample];
			continue;
		}
		if ((uint64_t)++met * most / different > tried || different <= most) {
			plan->tried[members[i].sample] = true;
			tried++;
		}
	}
	plan->tried_count += tried;
	return true;
}

enum inq_status inq_calibration_plan(const struct inq_corpus *c, uint32_t folds, uint32_t most,
        struct inq_arena *a, struct inq_calibration_plan *ret, struct inq_error *err)
{
	struct inq_calibration_plan plan = { .folds = folds };

	if (folds < 2 || !most)
		return inq_fail(
		        err, INQ_BAD_ARGUMENT, 0, "a calibration leaves out at least every second part");
	plan.fold = inq_arena_new(a, c->sample_count, sizeof *plan.fold);
	plan.tried = inq_arena_new(a, c->sample_count, sizeof *plan.tried);
	plan.by_version = inq_arena_new(a, c->label_count, sizeof *plan.by_version);
	if (!plan.fold || !plan.tried || !plan.by_version)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to plan the calibration");
	memset(plan.fold, 0xff, c->sample_count * sizeof *plan.fold);
	for (uint32_t i = 0; i < c->label_count; i++) {
		struct inq_label l;

		if (!inq_corpus_label(c, i, &l) || l.sample_first > c->sample_count ||
		        l.sample_count > c->sample_count - l.sample_first)
			return inq_fail(err, INQ_CORRUPT, 0, "a label of the corpus is damaged");
		if (l.kind == INQ_LABEL_FAMILY && !plan_family(c, i, &l, most, a, &plan))
			return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to plan the calibration");
	}
	*ret = plan;
	return INQ_OK;
}

enum inq_status inq_calibration_part(const struct inq_corpus *c, const struct inq_calibration_plan *plan,
        uint32_t fold, struct inq_corpus_builder *b, struct inq_error *err)
{
	enum inq_status status = INQ_OK;

	/* All labels are named, so that they keep their numbers whatever is left of them. */
	for (uint32_t i = 0; i < c->label_count && status == INQ_OK; i++) {
		struct inq_label l;

		status = inq_corpus_label(c, i, &l)
		                 ? inq_corpus_builder_label(b, l.name, l.kind, l.published, err)
		                 : inq_fail(err, INQ_CORRUPT, 0, "a label of the corpus is damaged");
	}
	for (uint32_t i = 0; i < c->sample_count && status == INQ_OK; i++) {
		struct inq_arena *a;
		struct inq_memory_sink memory;
		struct inq_program p;
		struct inq_sample s;
		struct inq_label l;
		struct inq_sink *out;

		if (plan->fold[i] == fold)
			continue;
		a = inq_arena_open(SIZE_MAX);
		out = a ? inq_arena_new(a, 1, sizeof *out) : NULL;
		if (!out || !inq_corpus_sample(c, i, &s) || !inq_corpus_label(c, s.label, &l)) {
			inq_arena_close(a);
			return inq_fail(
			        err, out ? INQ_CORRUPT : INQ_NO_MEMORY, 0, "sample %u cannot be read", i);
		}
		status = inq_corpus_program(c, i, a, &p, err);
		memory = (struct inq_memory_sink){ .arena = a };
		inq_sink_init(out, inq_memory_sink_write, &memory);
		if (status == INQ_OK) {
			inq_program_write(&p, out);
			status = inq_sink_flush(out)
			                 ? inq_corpus_builder_add(b, l.name,
			                           (struct inq_bytes){
			                                   (const uint8_t *)memory.at, memory.len },
			                           err)
			                 : inq_fail(err, INQ_NO_MEMORY, 0, "no memory for a sample");
		}
		inq_arena_close(a);
	}
	return status;
}
