#include "finding/look.h"

enum {
	TOGETHER_LEAST =
	        200, /* wrong trials of several programs, to name a family by what they have together */
	DISTINCTIVE_LEAST =
	        6, /* functions of a family, for it: fewer are idioms that makers share, too often */
};

struct inq_ratio of_functions(struct inq_ratio r, uint32_t functions, bool *named)
{
	if (functions >= DISTINCTIVE_LEAST)
		return r;
	*named = false;
	r.log10 = r.log10 < 0 ? r.log10 : 0;
	r.least = r.least < r.log10 ? r.least : r.log10;
	return r;
}

/* Where what single exhibits have with a label begins. */
static size_t alone_first(const struct looked *l, uint32_t label)
{
	size_t low = 0, high = l->alone_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (l->alone[middle].label < label)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct inq_ratio together(const struct bench *b, int32_t score, uint32_t left)
{
	if (b->has_many)
		return curve_ratio(&b->many, score, left);
	return score > 0 ? (struct inq_ratio){ 0 } : curve_ratio(&b->one, 0, left);
}

struct inq_ratio judged(const struct bench *b, const struct looked *l, uint32_t label, bool *ret_named)
{
	int32_t score = l->scores[label].score;
	struct inq_ratio best = together(b, score, l->left);
	uint32_t k = 0;

	*ret_named = b->names_many && is_named(&b->many, score, 1, 1);
	for (size_t i = alone_first(l, label); i < l->alone_count && l->alone[i].label == label; i++) {
		struct inq_ratio one;
		int32_t off;

		one = curve_ratio(&b->one, l->alone[i].score, l->left);
		off = log10_of_ratio(b->exhibits, ++k);
		one.log10 -= off;
		one.least -= off;
		one.most -= off;
		if (one.least <= 0 || one.least <= best.least)
			continue;
		best = one;
		*ret_named = is_named(&b->one, l->alone[i].score, k, b->exhibits);
	}
	return of_functions(best, l->scores[label].functions, ret_named);
}

enum inq_status bench_read(const struct inq_calibration *cal, uint32_t exhibits, uint32_t languages,
        struct inq_arena *a, struct bench *ret, struct inq_error *err)
{
	struct bench b = { .exhibits = exhibits };
	enum inq_status status = calibration_curve(cal, exhibits, languages, NO_LABEL, a, &b.many, err);

	if (status == INQ_OK)
		status = calibration_curve(cal, 1, languages, NO_LABEL, a, &b.one, err);
	b.has_many = status == INQ_OK && b.many.right && b.many.wrong;
	b.names_many = b.has_many && (exhibits < 2 || b.many.wrong >= TOGETHER_LEAST);
	if (status == INQ_OK)
		*ret = b;
	return status;
}
