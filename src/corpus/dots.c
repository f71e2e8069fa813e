#include "corpus/dots.h"
#include <string.h>

/*
 * The vectorised ways take a few vectors at a time and turn them, so that each
 * lane adds up one of them, and no sum is ever taken across lanes. Turned once,
 * they meet all the queries. Vectors left over are done one by one.
 */

static int32_t dot(const int8_t *a, const int8_t *b)
{
	int32_t sum = 0;

	for (unsigned i = 0; i < INQ_VECTOR_LENGTH; i++)
		sum += a[i] * b[i];
	return sum;
}

static void by_scalar(const int8_t *vectors, size_t count, const struct inq_vector *const *queries,
        size_t query_count, int32_t *ret)
{
	for (size_t q = 0; q < query_count; q++)
		for (size_t i = 0; i < count; i++)
			ret[q * count + i] = dot(queries[q]->at, vectors + i * INQ_VECTOR_LENGTH);
}

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))
#define VNNI __attribute__((target("avx2,avx512f,avx512bw,avx512vl,avx512vnni")))

/* Eight rows of eight 32-bit lanes: lane j of row i becomes lane i of row j. */
AVX2 static inline void turn(__m256i row[8])
{
	__m256i pair[8], four[8];

#pragma GCC unroll 4
	for (unsigned i = 0; i < 8; i += 2) {
		pair[i] = _mm256_unpacklo_epi32(row[i], row[i + 1]);
		pair[i + 1] = _mm256_unpackhi_epi32(row[i], row[i + 1]);
	}
#pragma GCC unroll 2
	for (unsigned i = 0; i < 8; i += 4) {
		four[i] = _mm256_unpacklo_epi64(pair[i], pair[i + 2]);
		four[i + 1] = _mm256_unpackhi_epi64(pair[i], pair[i + 2]);
		four[i + 2] = _mm256_unpacklo_epi64(pair[i + 1], pair[i + 3]);
		four[i + 3] = _mm256_unpackhi_epi64(pair[i + 1], pair[i + 3]);
	}
#pragma GCC unroll 4
	for (unsigned i = 0; i < 4; i++) {
		row[i] = _mm256_permute2x128_si256(four[i], four[i + 4], 0x20);
		row[i + 4] = _mm256_permute2x128_si256(four[i], four[i + 4], 0x31);
	}
}

enum { PAIRS = INQ_VECTOR_LENGTH / 2, QUADS = INQ_VECTOR_LENGTH / 4, QUERIES = 32 };

/* Two elements of 16 bits in a lane: their products are added exactly, and far from any limit. */
AVX2 static void by_avx2(const int8_t *vectors, size_t count, const struct inq_vector *const *queries,
        size_t query_count, int32_t *ret)
{
	enum { LANES = 8 };
	__m256i tile[PAIRS], wide[QUERIES][PAIRS / LANES];
	size_t whole = count / LANES * LANES;

	for (size_t first = 0; first < query_count; first += QUERIES) {
		size_t some = query_count - first < QUERIES ? query_count - first : QUERIES;

		for (size_t q = 0; q < some; q++)
			for (unsigned j = 0; j < PAIRS / LANES; j++)
				wide[q][j] = _mm256_cvtepi8_epi16(_mm_loadu_si128(
				        (const __m128i *)(const void *)(queries[first + q]->at + 16 * j)));
		for (size_t i = 0; i < whole; i += LANES) {
			for (unsigned j = 0; j < PAIRS / LANES; j++) {
				for (unsigned k = 0; k < LANES; k++)
					tile[j * LANES + k] = _mm256_cvtepi8_epi16(_mm_loadu_si128(
					        (const __m128i *)(const void *)(vectors +
					                                        (i + k) * INQ_VECTOR_LENGTH +
					                                        16 * j)));
				turn(tile + (size_t)j * LANES);
			}
			for (size_t q = 0; q < some; q++) {
				__m256i sum[2] = { _mm256_setzero_si256(), _mm256_setzero_si256() };
				const char *at = (const char *)wide[q];

#pragma GCC unroll 16
				for (unsigned j = 0; j < PAIRS; j++) {
					int32_t pair;

					memcpy(&pair, at + 4 * j, sizeof pair);
					sum[j & 1] = _mm256_add_epi32(sum[j & 1],
					        _mm256_madd_epi16(tile[j], _mm256_set1_epi32(pair)));
				}
				_mm256_storeu_si256((__m256i *)(void *)(ret + (first + q) * count + i),
				        _mm256_add_epi32(sum[0], sum[1]));
			}
		}
		for (size_t q = first; q < first + some; q++)
			for (size_t i = whole; i < count; i++)
				ret[q * count + i] = dot(queries[q]->at, vectors + i * INQ_VECTOR_LENGTH);
	}
}

/*
 * Four elements in a lane. The instruction multiplies unsigned by signed, so
 * the vectors are raised by 128, and 128 times the query's sum taken off.
 */
VNNI static void by_vnni(const int8_t *vectors, size_t count, const struct inq_vector *const *queries,
        size_t query_count, int32_t *ret)
{
	enum { LANES = 16 };
	__m512i tile[QUADS];
	size_t whole = count / LANES * LANES;
	const __m256i raise = _mm256_set1_epi8(-128);

	for (size_t first = 0; first < query_count; first += QUERIES) {
		size_t some = query_count - first < QUERIES ? query_count - first : QUERIES;
		int32_t raised[QUERIES] = { 0 };

		for (size_t q = 0; q < some; q++)
			for (unsigned j = 0; j < INQ_VECTOR_LENGTH; j++)
				raised[q] -= 128 * queries[first + q]->at[j];
		for (size_t i = 0; i < whole; i += LANES) {
			for (unsigned j = 0; j < QUADS / 8; j++) {
				__m256i low[8], high[8];

#pragma GCC unroll 8
				for (unsigned k = 0; k < 8; k++) {
					const int8_t *at = vectors + (i + k) * INQ_VECTOR_LENGTH + 32 * j;

					low[k] = _mm256_xor_si256(
					        raise, _mm256_loadu_si256((const __m256i *)(const void *)at));
					at += 8 * INQ_VECTOR_LENGTH;
					high[k] = _mm256_xor_si256(
					        raise, _mm256_loadu_si256((const __m256i *)(const void *)at));
				}
				turn(low);
				turn(high);
				for (unsigned k = 0; k < 8; k++)
					tile[8 * j + k] = _mm512_inserti64x4(
					        _mm512_castsi256_si512(low[k]), high[k], 1);
			}
			for (size_t q = 0; q < some; q++) {
				const int8_t *at = queries[first + q]->at;
				__m512i sum[4] = { _mm512_set1_epi32(raised[q]), _mm512_setzero_si512(),
					_mm512_setzero_si512(), _mm512_setzero_si512() };

#pragma GCC unroll 32
				for (unsigned j = 0; j < QUADS; j++) {
					int32_t quad;

					memcpy(&quad, at + 4 * j, sizeof quad);
					sum[j & 3] = _mm512_dpbusd_epi32(
					        sum[j & 3], tile[j], _mm512_set1_epi32(quad));
				}
				_mm512_storeu_si512(ret + (first + q) * count + i,
				        _mm512_add_epi32(_mm512_add_epi32(sum[0], sum[1]),
				                _mm512_add_epi32(sum[2], sum[3])));
			}
		}
		for (size_t q = first; q < first + some; q++)
			for (size_t i = whole; i < count; i++)
				ret[q * count + i] = dot(queries[q]->at, vectors + i * INQ_VECTOR_LENGTH);
	}
}

static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2");
}

static bool has_vnni(void)
{
	return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
}

AVX2 static size_t reaching_avx2(const int32_t *at, size_t count, int32_t least, uint32_t *ret)
{
	const __m256i below = _mm256_set1_epi32(least);
	size_t found = 0, i = 0;

	for (; i + 8 <= count; i += 8) {
		__m256i eight = _mm256_loadu_si256((const __m256i *)(const void *)(at + i));
		/* Those below the least; the others are sought. */
		unsigned mask =
		        ~(unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(below, eight))) &
		        255;

		for (; mask; mask &= mask - 1)
			ret[found++] = (uint32_t)i + (uint32_t)__builtin_ctz(mask);
	}
	for (; i < count; i++)
		if (at[i] >= least)
			ret[found++] = (uint32_t)i;
	return found;
}

AVX2 static int32_t greatest_avx2(const int32_t *at, size_t count)
{
	__m256i most = _mm256_set1_epi32(INT32_MIN);
	int32_t lane[8], result;
	size_t i = 0;

	for (; i + 8 <= count; i += 8)
		most = _mm256_max_epi32(most, _mm256_loadu_si256((const __m256i *)(const void *)(at + i)));
	_mm256_storeu_si256((__m256i *)(void *)lane, most);
	result = lane[0];
	for (unsigned j = 1; j < 8; j++)
		result = lane[j] > result ? lane[j] : result;
	for (; i < count; i++)
		result = at[i] > result ? at[i] : result;
	return result;
}
#elif defined(__aarch64__)
#include <arm_neon.h>

/* Sixteen products of a vector and a query at a time; they are added exactly. */
static void by_neon(const int8_t *vectors, size_t count, const struct inq_vector *const *queries,
        size_t query_count, int32_t *ret)
{
	for (size_t q = 0; q < query_count; q++) {
		int8x16_t query[INQ_VECTOR_LENGTH / 16];

		for (unsigned j = 0; j < INQ_VECTOR_LENGTH / 16; j++)
			query[j] = vld1q_s8(queries[q]->at + 16 * j);
		for (size_t i = 0; i < count; i++) {
			const int8_t *at = vectors + i * INQ_VECTOR_LENGTH;
			int32x4_t sum = vdupq_n_s32(0);

			for (unsigned j = 0; j < INQ_VECTOR_LENGTH / 16; j++) {
				int8x16_t one = vld1q_s8(at + 16 * j);

				/* A product of -128 and -128 leaves no room for a second one in 16 bits. */
				sum = vpadalq_s16(sum, vmull_s8(vget_low_s8(one), vget_low_s8(query[j])));
				sum = vpadalq_s16(sum, vmull_high_s8(one, query[j]));
			}
			ret[q * count + i] = vaddvq_s32(sum);
		}
	}
}

static bool always(void)
{
	return true;
}
#endif

/* The best last. */
static const struct {
	const char *name;
	bool (*usable)(void);
	void (*run)(const int8_t *vectors, size_t count, const struct inq_vector *const *queries,
	        size_t query_count, int32_t *ret);
} ways[] = {
	{ "scalar", NULL, by_scalar },
#if defined(__x86_64__)
	{ "avx2", has_avx2, by_avx2 },
	{ "avx512-vnni", has_vnni, by_vnni },
#elif defined(__aarch64__)
	{ "neon", always, by_neon },
#endif
};
enum { WAYS = sizeof ways / sizeof *ways };

const char *dots_way(unsigned n, bool *ret_usable)
{
	if (n >= WAYS)
		return NULL;
	*ret_usable = !ways[n].usable || ways[n].usable();
	return ways[n].name;
}

void dots_by(unsigned n, const int8_t *vectors, size_t count, const struct inq_vector *const *queries,
        size_t query_count, int32_t *ret)
{
	ways[n].run(vectors, count, queries, query_count, ret);
}

void dots(const int8_t *vectors, size_t count, const struct inq_vector *const *queries, size_t query_count,
        int32_t *ret)
{
	unsigned best = WAYS - 1;

	while (ways[best].usable && !ways[best].usable())
		best--;
	ways[best].run(vectors, count, queries, query_count, ret);
}

size_t dots_greatest(const int32_t *at, size_t count)
{
	int32_t most = at[0];
	size_t i = 0;

#if defined(__x86_64__)
	if (has_avx2()) {
		most = greatest_avx2(at, count);
		while (at[i] != most)
			i++;
		return i;
	}
#endif
	for (size_t j = 1; j < count; j++)
		if (at[j] > most) {
			most = at[j];
			i = j;
		}
	return i;
}

size_t dots_reaching(const int32_t *at, size_t count, int32_t least, uint32_t *ret)
{
	size_t found = 0;

#if defined(__x86_64__)
	if (has_avx2())
		return reaching_avx2(at, count, least, ret);
#endif
	for (size_t i = 0; i < count; i++)
		if (at[i] >= least)
			ret[found++] = (uint32_t)i;
	return found;
}
