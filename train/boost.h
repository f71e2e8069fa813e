/*
 * Gradient boosted trees over the numbers of pairs (Friedman 2001; histograms
 * as in LightGBM, Ke et al. 2017), complete trees of one depth, their leaves
 * rounded as they will be shipped while they are learned.
 */
#ifndef TRAIN_BOOST_H
#define TRAIN_BOOST_H

#include "match/likeness.h"
#include "train.h"

/* Pairs of functions: queries, each with its candidates one after another. */
struct train_pairs {
	int16_t (*numbers)[LIKENESS_COUNT];
	uint8_t *same; /* of each pair: whether they are one source function */
	uint32_t count;
	size_t capacity, same_capacity;
	struct train_query {
		uint32_t first, count;
		uint32_t fold;
	} * queries;
	uint32_t query_count;
	size_t query_capacity;
};

struct train_boost_options {
	uint64_t seed;
	uint32_t content_trees, context_trees, leaf_least;
	float rate, ridge, listwise,
	        steep; /* steep: added for all of LIKENESS_BOTH, in log-odds per 1,024 of it */
};

/*
 * Learns the trees from the queries whose fold is not `without` (UINT32_MAX:
 * from all), and gives the scorer's table but for its calibration, which stays
 * zero. In `a`.
 */
struct inq_bytes train_boost(const struct train_pairs *p, uint32_t without,
        const struct train_boost_options *o, struct inq_arena *a);

#endif
