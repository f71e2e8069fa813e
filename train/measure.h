/*
 * Recall@1 and MRR@10 as the judges measure them: queries drawn by function,
 * then by build; pools of 1 + 100, and the full pool of up to four builds of
 * each project.
 */
#ifndef TRAIN_MEASURE_H
#define TRAIN_MEASURE_H

#include "train.h"

enum train_setting { SETTING_XO, SETTING_XC, SETTING_XA, SETTING_XM, SETTING_COUNT };

/* Scores `count` candidates for a query; more is more alike. */
struct train_scorer {
	const void *context;
	void (*score)(
	        const void *context, uint32_t query, const uint32_t *candidates, uint32_t count, float *ret);
};

struct train_recall {
	uint32_t queries, full_queries, pool;
	float recall, full_recall, full_mrr; /* of 1 + 100; of the full pool */
};

/* Of the projects flagged `among`. `detail`: a table of the worst kinds goes to it; NULL: none. */
void train_measure(const struct train_set *s, const bool *among, uint32_t queries, uint64_t seed,
        const struct train_scorer *scorer, FILE *detail, struct train_recall ret[SETTING_COUNT]);

void train_recall_print(FILE *f, const char *what, const struct train_recall r[SETTING_COUNT]);

#endif
