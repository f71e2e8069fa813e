/* Sorting by 64-bit keys, stable and linear, for the builder's long arrays. */
#ifndef CORPUS_SORT_H
#define CORPUS_SORT_H

#include <stddef.h>
#include <stdint.h>

struct pair {
	uint64_t key, value;
};

/*
 * Both take a second array of the same length as working space; the result is
 * in `at`. sort_numbers looks only at the bits from `low_bit`, 0 or 32, up.
 */
void sort_numbers(uint64_t *at, uint64_t *space, size_t count, unsigned low_bit);
void sort_pairs(struct pair *at, struct pair *space, size_t count);

#endif
