/*
 * From scores to probabilities, by searches whose answer is known.
 */
#ifndef TRAIN_CALIBRATE_H
#define TRAIN_CALIBRATE_H

#include "boost.h"

/* The best-scored candidate of one search. */
struct train_trial {
	int32_t score;
	bool right;
};

/* What searches came to, by curve, and how many found the right one first. */
struct train_trials {
	struct train_trial *at[LIKENESS_CURVES];
	uint32_t count[LIKENESS_CURVES];
	size_t capacity[LIKENESS_CURVES];
	uint32_t queries, first[2]; /* by content, with context */
};

/*
 * Searches with every query of `fold`: once among all its candidates, once
 * with its own function taken out of them, so that half of what is asked for
 * is there.
 */
void train_try(const struct train_pairs *p, uint32_t fold, const struct likeness_model *m,
        struct inq_arena *a, struct train_trials *t);

/* Writes the curves, monotone (pool adjacent violators; Ayer et al. 1955), into a scorer's table. */
void train_calibrate(struct train_trials *t, uint8_t *table, size_t len, struct inq_arena *a);

#endif
