/*
 * What stands around a pair of functions. Functions that call alike functions
 * and are called by alike ones are the likelier the same (Co2FuLL, Asteria-Pro
 * and others found this the largest gain there is beside the code itself); and
 * one that another function of the same program fits better is the likelier not.
 */
#ifndef MATCH_AROUND_H
#define MATCH_AROUND_H

#include <inquiry/fingerprint.h>

enum {
	AROUND_MOST = 16, /* neighbours of one kind that are looked at */
	AROUND_NONE = -1, /* neither has any */
};

/* Vectors of neighbours, at most AROUND_MOST; NULL stands for one that is not known. */
struct around {
	const struct inq_vector *at[AROUND_MOST];
	uint32_t count;
};

/*
 * How alike two sets of neighbours are: of each one the cosine to its nearest
 * on the other side, on average, in thousandths; AROUND_NONE.
 */
int32_t around_alike(const struct around *a, const struct around *b);

/*
 * What callees and callers together say for a pair, in thousandths: from
 * -1000 to 1000, 0 where there is nothing to go by. Either may be AROUND_NONE.
 */
int32_t around_support(int32_t callees, int32_t callers);

/* The cosine of two vectors, in thousandths; below zero is zero. */
int32_t around_cosine(const struct inq_vector *a, const struct inq_vector *b);

/*
 * A pair's log-odds (likeness.h) once `support`, or 0, and a rival are
 * taken in: `rival` is the cosine of the candidate to that function of the
 * asking program which is nearest to it, `own` that to the one asked for.
 */
int32_t around_weigh(int32_t odds, int32_t support, int32_t own, int32_t rival);

#endif
