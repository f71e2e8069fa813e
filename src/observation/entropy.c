/*
 * Shannon entropy by integers alone. With N bytes, c of them of each value,
 * it is log2 N - (sum of c log2 c) / N; logarithms have 16 binary places.
 */
#include "observation/private.h"

enum { PLACES = 16 };

/* log2 of `value`, which is not 0, rounded down to the last place, by repeated squaring. */
static uint64_t log2_fixed(uint64_t value)
{
	unsigned whole = 63 - (unsigned)__builtin_clzll(value);
	/* The mantissa, from 1 to 2, with 31 places. */
	uint64_t m = whole > 31 ? value >> (whole - 31) : value << (31 - whole);
	uint64_t result = whole;

	for (unsigned i = 0; i < PLACES; i++) {
		m = m * m >> 31;
		result <<= 1;
		if (m >> 32) {
			m >>= 1;
			result |= 1;
		}
	}
	return result;
}

uint32_t inq_entropy(struct inq_bytes b)
{
	uint64_t counts[4][256] = { 0 };
	uint64_t sum = 0, bits;
	size_t i = 0;

	if (!b.len)
		return INQ_NO_ENTROPY;
	/* Beyond a terabyte the sums could wrap; no file gets here. */
	if ((uint64_t)b.len > (uint64_t)1 << 40)
		b.len = (size_t)1 << 40;
	/* Four tables: equal bytes in a row do not wait for each other. */
	for (; i + 4 <= b.len; i += 4) {
		counts[0][b.at[i]]++;
		counts[1][b.at[i + 1]]++;
		counts[2][b.at[i + 2]]++;
		counts[3][b.at[i + 3]]++;
	}
	for (; i < b.len; i++)
		counts[0][b.at[i]]++;
	for (unsigned value = 0; value < 256; value++) {
		uint64_t c = counts[0][value] + counts[1][value] + counts[2][value] + counts[3][value];

		if (c)
			sum += c * log2_fixed(c);
	}
	bits = b.len * log2_fixed(b.len);
	/* Logarithms are rounded down, so the difference may be a hair below 0. */
	bits = bits > sum ? (bits - sum) / b.len : 0;
	return (uint32_t)((bits * 1000 + (1 << (PLACES - 1))) >> PLACES);
}

void inq_observe_entropy(struct inq_observer *w)
{
	const struct inq_exhibit *x = w->x;
	/* Honest sections do not overlap in the file, so they hold no more than it. */
	uint64_t left = 2 * (uint64_t)x->bytes.len;
	struct inq_bytes part;

	w->o.file_entropy = inq_entropy(x->bytes);
	w->o.overlay_entropy = INQ_NO_ENTROPY;
	if (x->overlay_len && inq_bytes_cut(x->bytes, x->overlay_off, x->overlay_len, &part))
		w->o.overlay_entropy = inq_entropy(part);
	w->o.section_entropy = inq_arena_new(w->a, x->section_count, sizeof *w->o.section_entropy);
	if (!w->o.section_entropy) {
		w->full = true;
		return;
	}
	for (size_t i = 0; i < x->section_count; i++) {
		w->o.section_entropy[i] = INQ_NO_ENTROPY;
		if (!inq_bytes_cut(x->bytes, x->sections[i].off, x->sections[i].file_size, &part) ||
		        part.len > left)
			continue;
		left -= part.len;
		w->o.section_entropy[i] = inq_entropy(part);
	}
}
