/*
 * The sketch of a function: a few short values by which functions that have
 * most of their features in common can be found without showing any feature.
 *
 * MinHash (Broder 1997), in bands (Leskovec, Rajaraman, Ullman, "Mining of
 * Massive Datasets", section 3.4): two sets of Jaccard likeness J have a given
 * band in common with probability J^ROWS, and at least one of the BANDS with
 * 1 - (1 - J^ROWS)^BANDS: 0.02 at 0.5, 0.34 at 0.7, 0.76 at 0.8, 0.99 at 0.9. Each is
 * 128 bits, so that none is met by chance. Who has a function's code can make
 * its bands; who has a band can do nothing but guess functions.
 *
 * A function is a set of 32-bit keys, ascending; what they mean, nobody here
 * knows. Pure functions; the same keys give the same bands on every machine.
 */
#ifndef INQUIRY_SKETCH_H
#define INQUIRY_SKETCH_H

#include <inquiry/hash.h>

enum {
	INQ_SKETCH_BANDS = 10,
	INQ_SKETCH_ROWS = 9,
	INQ_SKETCH_BAND = 16, /* bytes of a band's value */
	INQ_SKETCH_LEAST = 32, /* keys of a function that is large enough to be found */
	INQ_SKETCH_KEYS_MOST = 1024,
};

/* The bands of a set of at least one key. */
void inq_sketch(const uint32_t *keys, size_t count, uint8_t ret[INQ_SKETCH_BANDS][INQ_SKETCH_BAND]);

/* What two sets have in common over what either has, in thousandths, rounded down. 0 of nothing. */
uint32_t inq_sketch_jaccard(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count);

#endif
