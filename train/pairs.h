/*
 * Queries and their hard candidates, for the pair scorer to learn from, and
 * what a model makes of the functions of a set.
 */
#ifndef TRAIN_PAIRS_H
#define TRAIN_PAIRS_H

#include "boost.h"

/* A set as a model sees it: what a corpus would hold. */
struct train_view {
	const struct train_set *s;
	struct inq_vector *vectors; /* of each function */
	uint8_t *rarity; /* of each feature of the set; those kept of a function are used */
};

void train_view(
        const struct train_set *s, const struct inq_model *m, struct inq_arena *a, struct train_view *ret);
struct likeness_side train_side(const struct train_view *v, uint32_t function);

/*
 * Adds queries from the projects flagged `among`, each against all their
 * functions: its source function in other builds, and what is nearest to it by
 * vector and by rare features. Some others are drawn at random or, where there
 * is a `miner`, are those of many that it takes most for the same.
 */
void train_pairs_add(const struct train_view *v, const bool *among, uint32_t fold,
        const struct likeness_model *miner, uint64_t seed, struct inq_arena *a, struct train_pairs *p);

#endif
