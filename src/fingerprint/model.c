#include "fingerprint/weights.h"
#include <string.h>

/* Of FEATURES_SEEN_MOST features, no component overflows: see MODEL_SHIFT_MOST. */
struct sums {
	_Alignas(32) int32_t at[INQ_VECTOR_LENGTH];
};

/*
 * The loops below are compiled twice on x86-64, for every such machine and for
 * AVX2, out of the same lines: integers that do not overflow have the same sum
 * in any order, so that the bits are the same. Elsewhere (NEON) the baseline
 * has the vectors already.
 */
#define BODY static inline __attribute__((always_inline))

BODY void add_row(struct sums *s, const int8_t *row, int32_t weight)
{
	for (unsigned i = 0; i < INQ_VECTOR_LENGTH; i++)
		s->at[i] += row[i] * weight;
}

BODY void add_signs(struct sums *s, const uint64_t signs[2], int32_t weight)
{
	for (unsigned part = 0; part < 4; part++) {
		uint32_t bits = (uint32_t)(signs[part / 2] >> part % 2 * 32);

		for (unsigned i = 0; i < 32; i++) {
			int32_t minus = -(int32_t)(bits >> i & 1);

			s->at[32 * part + i] += (weight ^ minus) - minus;
		}
	}
}

/* The row of `key`, or UINT32_MAX. */
BODY uint32_t find_row(const struct inq_model *m, uint32_t key)
{
	uint32_t place = model_place(key);
	size_t bucket = place >> (32 - MODEL_DIRECTORY_BITS);
	uint32_t end = inq_le32(m->directory + 4 * bucket + 4);

	for (uint32_t row = inq_le32(m->directory + 4 * bucket); row < end; row++)
		if (inq_le32(m->places + 4 * (size_t)row) == place)
			return row;
	return UINT32_MAX;
}

/* Brings the sums to the length INQ_VECTOR_NORM, each rounded to the nearest. */
BODY void normalise(struct sums *s, struct inq_vector *ret)
{
	enum { KEPT = 15, ROOT_BITS = 12, FRACTION = 24 };
	uint32_t most = 0, shift = 0;
	uint64_t square = 0, length;
	int64_t scale;

	for (unsigned i = 0; i < INQ_VECTOR_LENGTH; i++) {
		uint32_t magnitude = (uint32_t)(s->at[i] < 0 ? -s->at[i] : s->at[i]);

		most = magnitude > most ? magnitude : most;
	}
	if (!most)
		return;
	while (most >> shift >= 1 << KEPT)
		shift++;
	for (unsigned i = 0; i < INQ_VECTOR_LENGTH; i++) {
		s->at[i] >>= shift;
		square += (uint64_t)((int64_t)s->at[i] * s->at[i]);
	}
	length = inq_root(square << 2 * ROOT_BITS);
	scale = (int64_t)(((uint64_t)INQ_VECTOR_NORM << (FRACTION + ROOT_BITS)) / length);
	for (unsigned i = 0; i < INQ_VECTOR_LENGTH; i++) {
		int64_t v = (s->at[i] * scale + (1 << (FRACTION - 1))) >> FRACTION;

		ret->at[i] = (int8_t)(v < -127 ? -127 : v > 127 ? 127 : v);
	}
}

/* Adds up to AT_ONCE features: their rows are on the way from memory while others are being found. */
enum { AT_ONCE = 32 };
BODY void add_features(
        const struct inq_model *m, const struct inq_feature *features, size_t count, struct sums *s)
{
	uint32_t rows[AT_ONCE];

	for (size_t i = 0; i < count; i++)
		__builtin_prefetch(m->directory +
		                   4 * (size_t)(model_place(features[i].key) >> (32 - MODEL_DIRECTORY_BITS)));
	for (size_t i = 0; i < count; i++) {
		rows[i] = find_row(m, features[i].key);
		if (rows[i] != UINT32_MAX) {
			const int8_t *row = m->rows + (size_t)rows[i] * INQ_VECTOR_LENGTH;

			__builtin_prefetch(row);
			__builtin_prefetch(row + INQ_VECTOR_LENGTH / 2);
		}
	}
	for (size_t i = 0; i < count; i++) {
		unsigned channel = inq_feature_channel(features[i].key);
		int32_t weight = (int32_t)count_weight16(features[i].count);
		uint64_t signs[2];

		if (rows[i] != UINT32_MAX) {
			if (m->used[channel])
				add_row(s, m->rows + (size_t)rows[i] * INQ_VECTOR_LENGTH,
				        weight * (1 << m->shifts[rows[i]]));
		} else if (m->unknown[channel]) {
			unknown_signs(features[i].key, signs);
			add_signs(s, signs, weight * m->unknown[channel]);
		}
	}
}

BODY void vector_of(
        const struct inq_model *m, const struct inq_feature *features, size_t count, struct inq_vector *ret)
{
	struct sums s = { { 0 } };

	memset(ret, 0, sizeof *ret);
	if (!m->directory)
		return;
	for (size_t i = 0; i < count; i += AT_ONCE)
		add_features(m, features + i, count - i < AT_ONCE ? count - i : AT_ONCE, &s);
	normalise(&s, ret);
}

void inq_model_rarity(
        const struct inq_model *m, const struct inq_feature *features, size_t count, uint8_t *ret)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t row = m->directory ? find_row(m, features[i].key) : UINT32_MAX;

		ret[i] = row != UINT32_MAX ? m->rarity[row] : INQ_RARITY_MOST;
	}
}

BODY int32_t dot_of(const struct inq_vector *a, const struct inq_vector *b)
{
	int32_t sum = 0;

	for (unsigned i = 0; i < INQ_VECTOR_LENGTH; i++)
		sum += a->at[i] * b->at[i];
	return sum;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void vector_avx2(
        const struct inq_model *m, const struct inq_feature *features, size_t count, struct inq_vector *ret)
{
	vector_of(m, features, count, ret);
}

__attribute__((target("avx2"))) static int32_t dot_avx2(
        const struct inq_vector *a, const struct inq_vector *b)
{
	return dot_of(a, b);
}
#endif

void model_vector_plain(
        const struct inq_model *m, const struct inq_feature *features, size_t count, struct inq_vector *ret)
{
	vector_of(m, features, count, ret);
}

void inq_model_vector(
        const struct inq_model *m, const struct inq_feature *features, size_t count, struct inq_vector *ret)
{
	if (count > FEATURES_SEEN_MOST)
		count = FEATURES_SEEN_MOST;
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2")) {
		vector_avx2(m, features, count, ret);
		return;
	}
#endif
	model_vector_plain(m, features, count, ret);
}

int32_t inq_vector_dot(const struct inq_vector *a, const struct inq_vector *b)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
		return dot_avx2(a, b);
#endif
	return dot_of(a, b);
}
