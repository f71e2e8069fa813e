/*
 * H_planted, as far as it can be tried: code of a family that was put into a
 * program as one block, as a library is linked in. Code that was put in function
 * by function, among the program's own, lies as genuine code does.
 */
#include "finding/private.h"

enum {
	ONE_PIECE = 900, /* thousandths of a family's bits */
	ONE_PIECE_LEAST = 3, /* functions of such a piece: fewer are no library */
	APART_MOST = 500, /* thousandths of the functions looked for, that such a piece makes up at most */
};

struct spread spread_of(const struct sayings *s, uint32_t label)
{
	struct spread r = { 0 };

	for (uint32_t i = 0; i < s->piece_count; i++) {
		const struct piece *p = &s->pieces[i];

		if (p->label != label)
			continue;
		r.functions += p->functions;
		r.sum += p->sum;
		r.weight += p->weight;
		if (p->sum > r.largest.sum)
			r.largest = *p;
	}
	return r;
}

void spread_add(struct spread *s, const struct piece *block)
{
	s->functions += block->functions;
	s->sum += block->sum;
	s->weight += block->weight;
	if (block->sum > s->largest.sum)
		s->largest = *block;
}

uint32_t spread_largest(const struct spread *s)
{
	return s->sum ? (uint32_t)((uint64_t)s->largest.sum * 1000 / s->sum) : 0;
}

bool is_one_piece(const struct spread *s, uint64_t searchable)
{
	return spread_largest(s) >= ONE_PIECE && s->functions >= ONE_PIECE_LEAST &&
	       (uint64_t)s->functions * 1000 <= searchable * APART_MOST;
}

bool is_block(const struct piece *p)
{
	return p->functions >= ONE_PIECE_LEAST;
}

void planted_count(const struct inq_calibration *cal, const struct curve *one, uint32_t languages,
        struct planted_counts *ret)
{
	struct planted_counts r = { 0 };

	for (uint32_t i = 0; i < cal->trial_count; i++) {
		const struct inq_trial *t = &cal->trials[i];

		if (t->exhibits != 1 || t->languages != languages)
			continue;
		if (t->siblings && is_named(one, t->right, 1, 1)) {
			r.genuine++;
			r.genuine_one_piece += t->one_piece;
		}
		if (is_named(one, t->planted, 1, 1)) {
			r.planted++;
			r.planted_one_piece += t->planted_one_piece;
		}
	}
	*ret = r;
}

struct inq_ratio planted_ratio(const struct planted_counts *n, bool one_piece)
{
	uint32_t planted = one_piece ? n->planted_one_piece : n->planted - n->planted_one_piece;
	uint32_t genuine = one_piece ? n->genuine_one_piece : n->genuine - n->genuine_one_piece;

	return ratio_of_rates(planted, n->planted, genuine, n->genuine);
}
