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

void planted_count(const struct inq_calibration *cal, const struct curve *one, struct planted_counts *ret)
{
	struct planted_counts r = { 0 };

	for (uint32_t i = 0; i < cal->trial_count; i++) {
		const struct inq_trial *t = &cal->trials[i];

		if (t->exhibits != 1)
			continue;
		if (t->siblings && is_named(one, t->right, 1)) {
			r.genuine++;
			r.genuine_one_piece += t->one_piece;
		}
		if (is_named(one, t->planted, 1)) {
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
	struct inq_ratio r = { .right = planted, .wrong = genuine };
	uint32_t least, most;

	/* One trial more of each kind, of either answer, so that none is certain. */
	r.log10 = log10_of_ratio((planted + UINT64_C(1)) * (n->genuine + UINT64_C(2)),
	        (genuine + UINT64_C(1)) * (n->planted + UINT64_C(2)));
	least = binomial_least(planted, n->planted);
	most = binomial_most(genuine, n->genuine);
	r.least = log10_of_ratio(least ? least : 1, most);
	least = binomial_least(genuine, n->genuine);
	most = binomial_most(planted, n->planted);
	r.most = log10_of_ratio(most, least ? least : 1);
	/* No end lies beyond what the number of trials supports. */
	if (r.most > log10_of_ratio(n->genuine + UINT64_C(1), 1))
		r.most = log10_of_ratio(n->genuine + UINT64_C(1), 1);
	if (r.least < log10_of_ratio(1, n->planted + UINT64_C(1)))
		r.least = log10_of_ratio(1, n->planted + UINT64_C(1));
	r.most = r.most > r.log10 ? r.most : r.log10;
	r.least = r.least < r.log10 ? r.least : r.log10;
	return r;
}
