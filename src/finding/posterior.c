#include "finding/private.h"

/* 10^(log10 / 1000) against the largest, in 2^-32ths. */
static uint64_t weight_of(int32_t log10, int32_t largest)
{
	/* 1000 log2(10) in 2^-24ths a thousandth: 55732.705; */
	return exp2_minus((uint64_t)((int64_t)largest - log10) * 55732705 / 1000);
}

void inq_finding_posteriors(uint32_t prior, uint32_t families, const int32_t *log10, uint32_t count,
        int32_t silent, uint32_t *ret, uint32_t *ret_none)
{
	int32_t largest = silent > 0 ? silent : 0;
	uint64_t none, all;

	for (uint32_t i = 0; i < count; i++)
		largest = log10[i] > largest ? log10[i] : largest;
	/* Weights below 2^32, priors below 2^14, families below 2^20: sums stay in 64 bits once these are shared out. */
	none = weight_of(0, largest) * (10000 - prior);
	all = none + weight_of(silent, largest) * prior / families * (families - count);
	for (uint32_t i = 0; i < count; i++)
		all += weight_of(log10[i], largest) * prior / families;
	all = all ? all : 1;
	for (uint32_t i = 0; i < count; i++)
		ret[i] = (uint32_t)(weight_of(log10[i], largest) * prior / families / ((all + 9999) / 10000));
	*ret_none = (uint32_t)(none / ((all + 9999) / 10000));
}
