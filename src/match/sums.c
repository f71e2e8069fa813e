#include "match/candidates.h"

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx2"))) static uint32_t reaching_avx2(
        const uint16_t *at, uint32_t count, uint16_t least, uint16_t *ret)
{
	const __m256i bar = _mm256_set1_epi16((short)least);
	uint32_t found = 0, i = 0;

	for (; i + 32 <= count; i += 32) {
		__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(at + i));
		__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(at + i + 16));
		__m256i x = _mm256_cmpeq_epi16(_mm256_max_epu16(a, bar), a);
		__m256i y = _mm256_cmpeq_epi16(_mm256_max_epu16(b, bar), b);
		/* The halves of each are interleaved; that is put right here. */
		__m256i both = _mm256_permute4x64_epi64(_mm256_packs_epi16(x, y), 0xd8);
		uint32_t mask = (uint32_t)_mm256_movemask_epi8(both);

		for (; mask; mask &= mask - 1)
			ret[found++] = (uint16_t)(i + (uint32_t)__builtin_ctz(mask));
	}
	for (; i < count; i++)
		if (at[i] >= least)
			ret[found++] = (uint16_t)i;
	return found;
}
#endif

uint32_t sums_reaching(const uint16_t *at, uint32_t count, uint16_t least, uint16_t *ret)
{
	uint32_t found = 0;

#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
		return reaching_avx2(at, count, least, ret);
#endif
	for (uint32_t i = 0; i < count; i++)
		if (at[i] >= least)
			ret[found++] = (uint16_t)i;
	return found;
}
