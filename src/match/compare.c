#include "match/private.h"

/*
 * Within two programs that somebody chose to compare, a pair is expected: the
 * bar is lower than in search.
 */
static const struct pair_limits compare_limits = { .alone = 450, .supported = 250, .support = 300 };

/* Numbers the features of one program and counts the functions that have each. */
static bool number_features(
        struct side *s, const struct inq_program *p, struct vocabulary *v, struct inq_arena *a)
{
	s->program = p;
	s->ids = inq_arena_new(a, p->feature_count, sizeof *s->ids);
	s->weights = inq_arena_new(a, p->function_count, sizeof *s->weights);
	if (!s->ids || !s->weights)
		return false;
	for (uint32_t i = 0; i < p->feature_count; i++) {
		s->ids[i] = vocabulary_add(v, p->features[i].key);
		v->having[s->ids[i]]++;
	}
	return side_callers(s, a);
}

static void weigh(struct side *s, const struct vocabulary *v)
{
	const struct inq_program *p = s->program;

	for (uint32_t i = 0; i < p->function_count; i++) {
		const struct inq_fingerprint *f = &p->functions[i];

		for (uint32_t j = f->feature_first; j < f->feature_first + f->feature_count; j++)
			s->weights[i] += weight_of(v->base[s->ids[j]], p->features[j].count);
	}
}

/* The functions of `p` that no match names, and their bytes. */
static bool list_only(const struct inq_program *p, const uint8_t *is_matched, struct inq_arena *a,
        uint32_t **ret, uint32_t *ret_count, uint64_t *ret_bytes)
{
	uint32_t count = 0, *at = inq_arena_new(a, p->function_count, sizeof *at);
	uint64_t bytes = 0;

	if (!at)
		return false;
	for (uint32_t i = 0; i < p->function_count; i++) {
		if (is_matched[i])
			continue;
		at[count++] = i;
		bytes += p->functions[i].size;
	}
	*ret = at;
	*ret_count = count;
	*ret_bytes = bytes;
	return true;
}

static bool sum_up(const struct inq_program *pa, const struct inq_program *pb, struct inq_arena *a,
        struct inq_comparison *c)
{
	uint8_t *in_a = inq_arena_new(a, pa->function_count, 1),
	        *in_b = inq_arena_new(a, pb->function_count, 1);
	uint64_t alike = 0, all;

	if (!in_a || !in_b)
		return false;
	for (uint32_t i = 0; i < c->match_count; i++) {
		const struct inq_match *m = &c->matches[i];
		uint64_t bytes = (uint64_t)pa->functions[m->a].size + pb->functions[m->b].size;

		in_a[m->a] = 1;
		in_b[m->b] = 1;
		alike += bytes * m->similarity;
		if (m->how == INQ_MATCH_EXACT) {
			c->identical++;
			c->identical_bytes += pa->functions[m->a].size;
		} else {
			c->changed_bytes += pa->functions[m->a].size;
		}
	}
	if (!list_only(pa, in_a, a, &c->only_a, &c->only_a_count, &c->only_a_bytes) ||
	        !list_only(pb, in_b, a, &c->only_b, &c->only_b_count, &c->only_b_bytes))
		return false;
	all = c->only_a_bytes + c->only_b_bytes;
	for (uint32_t i = 0; i < c->match_count; i++)
		all += (uint64_t)pa->functions[c->matches[i].a].size + pb->functions[c->matches[i].b].size;
	c->similarity = all ? (uint32_t)(alike / all) : 0;
	return true;
}

enum inq_status inq_match_compare(const struct inq_program *pa, const struct inq_program *pb,
        struct inq_arena *a, struct inq_comparison *ret, struct inq_error *err)
{
	struct side sa = { 0 }, sb = { 0 };
	struct inq_comparison c = { 0 };
	struct vocabulary v;
	uint64_t features = (uint64_t)pa->feature_count + pb->feature_count;
	uint32_t functions = pa->function_count + pb->function_count;

	if (features >= UINT32_MAX || !vocabulary_init(&v, (uint32_t)features, a) ||
	        !number_features(&sa, pa, &v, a) || !number_features(&sb, pb, &v, a))
		goto no_memory;
	for (uint32_t i = 0; i < v.count; i++)
		v.base[i] = (uint16_t)inq_feature_weight(v.keys[i], 1, functions, v.having[i]);
	weigh(&sa, &v);
	weigh(&sb, &v);
	if (!pair_sides(&sa, &sb, &v, &compare_limits, a, &c.matches, &c.match_count) ||
	        !sum_up(pa, pb, a, &c))
		goto no_memory;
	*ret = c;
	return INQ_OK;
no_memory:
	return inq_fail(err, INQ_NO_MEMORY, 0, "the comparison needs more memory than it may have");
}
