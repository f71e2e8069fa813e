/* Small models for tests, laid out as formats/model.md says. */
#ifndef TESTS_MAKE_MODEL_H
#define TESTS_MAKE_MODEL_H

#include "fingerprint/weights.h"

enum { MAKE_MODEL_ROWS = 64, MAKE_MODEL_MOST = 1 << 19 };

/* A feature that points along one component of a vector. */
struct make_row {
	uint32_t key;
	uint8_t shift, rarity, along;
};

struct make_model {
	uint8_t file[MAKE_MODEL_MOST];
	size_t len;
	size_t at[MODEL_TABLE_COUNT]; /* offsets of the tables */
};

/*
 * Makes a model of at most MAKE_MODEL_ROWS rows, in any order and no two of one
 * key, in which one channel counts without a row. `m` is all zeroes before.
 * False where it has no room for it, or no memory for the digest.
 */
bool make_model(struct make_model *m, const struct make_row *rows, size_t count, struct inq_bytes scorer);

/* Makes the digest right after a change; false for want of memory. */
bool make_model_seal(struct make_model *m);

/* A pair scorer of so many trees that ask for content, and for context; nothing for want of memory. */
struct inq_bytes make_scorer(struct inq_arena *a, uint32_t content, uint32_t context);

#endif
