#include "corpus/sort.h"

/* Passes of eight bits, an even number of them: the result ends where it began. */
void sort_numbers(uint64_t *at, uint64_t *space, size_t count, unsigned low_bit)
{
	for (unsigned shift = low_bit; shift < 64; shift += 8) {
		size_t place[257] = { 0 };
		uint64_t *swap = at;

		for (size_t i = 0; i < count; i++)
			place[(at[i] >> shift & 255) + 1]++;
		for (unsigned i = 0; i < 256; i++)
			place[i + 1] += place[i];
		for (size_t i = 0; i < count; i++)
			space[place[at[i] >> shift & 255]++] = at[i];
		at = space;
		space = swap;
	}
}

void sort_pairs(struct pair *at, struct pair *space, size_t count)
{
	for (unsigned shift = 0; shift < 64; shift += 8) {
		size_t place[257] = { 0 };
		struct pair *swap = at;

		for (size_t i = 0; i < count; i++)
			place[(at[i].key >> shift & 255) + 1]++;
		for (unsigned i = 0; i < 256; i++)
			place[i + 1] += place[i];
		for (size_t i = 0; i < count; i++)
			space[place[at[i].key >> shift & 255]++] = at[i];
		at = space;
		space = swap;
	}
}
