#include "match/likeness.h"
#include "match/private.h"
#include <stdlib.h>

static int compare_hits(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->odds != y->odds)
		return x->odds > y->odds ? -1 : 1;
	if (x->similarity != y->similarity)
		return x->similarity > y->similarity ? -1 : 1;
	if (x->function != y->function)
		return x->function < y->function ? -1 : 1;
	return x->label < y->label ? -1 : x->label > y->label;
}

struct claim {
	uint32_t label, function, hit;
	int32_t odds;
};

static int compare_claims(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	if (x->label != y->label)
		return x->label < y->label ? -1 : 1;
	if (x->function != y->function)
		return x->function < y->function ? -1 : 1;
	if (x->odds != y->odds)
		return x->odds > y->odds ? -1 : 1;
	return x->hit < y->hit ? -1 : x->hit > y->hit;
}

/*
 * One to one: of the program's functions that are merely like one of a label's,
 * the likeliest has it, and the others lose it. Equal code is equal, however
 * often it is there, and loses nothing.
 */
static bool settle_claims(struct search *s)
{
	struct claim *claims = inq_arena_new(s->a, s->hit_count, sizeof *claims);

	if (!claims)
		return false;
	for (uint32_t i = 0; i < s->hit_count; i++)
		claims[i] = (struct claim){ s->hits[i].label, s->hits[i].function, i, s->hits[i].odds };
	if (s->hit_count)
		qsort(claims, s->hit_count, sizeof *claims, compare_claims);
	for (uint32_t i = 1; i < s->hit_count; i++) {
		struct hit *h = &s->hits[claims[i].hit];

		if (claims[i].label == claims[i - 1].label && claims[i].function == claims[i - 1].function)
			h->lost = h->how != INQ_MATCH_EXACT && !s->is_common[h->label];
	}
	return true;
}

bool search_settle(struct search *s)
{
	for (uint32_t i = 0; i < s->p->function_count; i++) {
		struct hit *hits = s->hits + s->hit_first[i];
		uint32_t count = s->hit_first[i + 1] - s->hit_first[i];

		for (uint32_t k = 0; k < count; k++)
			if (hits[k].met)
				hits[k].probability = (uint16_t)likeness_probability(
				        likeness_model(), hits[k].curve, hits[k].odds);
		if (count)
			qsort(hits, count, sizeof *hits, compare_hits);
	}
	return settle_claims(s);
}
