#include "finding/private.h"

enum {
	PSEUDO = 300 * 16, /* what is always expected, in sixteenths of a bit */
	BACKGROUND_TIMES = 8, /* chance comes in heaps: the mean of it is far below what it gives at times */
};

int32_t score_of(uint64_t weight, uint64_t searchable, uint32_t background)
{
	uint64_t chance = PSEUDO + searchable * background / 256 * BACKGROUND_TIMES;

	return (int32_t)((inq_log2(weight + chance, 24) - inq_log2(chance, 24)) >> 16);
}

uint64_t case_searchable(const struct evidence_case *k)
{
	uint64_t functions = 0;

	for (uint32_t i = 0; i < k->exhibit_count; i++)
		functions += k->exhibits[i]->function_count - k->exhibits[i]->standing[INQ_STANDING_SMALL];
	return functions;
}

uint32_t case_left(const struct evidence_case *k, const struct sayings *s)
{
	uint64_t left = case_searchable(k);

	for (uint32_t i = 0; i < s->count && left; i++)
		left -= s->at[i].what == WHAT_LIBRARY || s->at[i].what == WHAT_PUBLISHED;
	return left < UINT32_MAX ? (uint32_t)left : UINT32_MAX;
}

bool scores_make(const struct evidence_case *k, const struct sayings *s, const uint32_t *background,
        struct inq_arena *a, struct score **ret)
{
	uint32_t labels = k->corpus->label_count;
	uint64_t searchable = case_searchable(k);
	struct score *scores = inq_arena_new(a, labels, sizeof *scores);

	if (!scores)
		return false;
	for (uint32_t i = 0; i < labels; i++)
		scores[i].label = i;
	for (uint32_t i = 0; i < s->piece_count; i++) {
		struct score *to = &scores[s->pieces[i].label];

		to->functions += s->pieces[i].functions;
		to->pieces++;
		to->weight += s->pieces[i].weight;
	}
	for (uint32_t i = 0; i < labels; i++)
		scores[i].score = score_of(scores[i].weight, searchable, background ? background[i] : 0);
	*ret = scores;
	return true;
}
