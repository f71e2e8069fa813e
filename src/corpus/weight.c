#include <inquiry/corpus.h>

enum { FRACTION_BITS = 4 };

/* 16 * log2(x), rounded down, for x >= 1: the fraction comes from repeated squaring. */
static uint32_t log16(uint64_t x)
{
	unsigned whole = 63 - (unsigned)__builtin_clzll(x);
	uint64_t mantissa = whole > 31 ? x >> (whole - 31) : x << (31 - whole); /* 1.31 */
	uint32_t result = whole;

	for (unsigned i = 0; i < FRACTION_BITS; i++) {
		mantissa = mantissa * mantissa >> 31;
		result <<= 1;
		if (mantissa >> 32) {
			mantissa >>= 1;
			result |= 1;
		}
	}
	return result;
}

uint32_t inq_feature_weight(uint32_t key, uint32_t count, uint32_t functions, uint32_t having)
{
	uint32_t rarity, weight;

	if (!having)
		having = 1;
	if (!count || functions <= having)
		return 0;
	rarity = log16(functions) - log16(having);
	weight = rarity * inq_channel_weight[inq_feature_channel(key)] / 16;
	weight = weight * (16 + log16(count)) / 16;
	return weight < UINT16_MAX ? weight : UINT16_MAX;
}
