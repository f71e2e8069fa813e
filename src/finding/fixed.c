/*
 * Logarithms and binomial bounds in integers: the same on every machine, which
 * libm's are not.
 */
#include "finding/private.h"

/* 2^-x in 2^-32ths, of x in 2^-24ths. */
uint64_t exp2_minus(uint64_t x)
{
	/* 2^(-1/2), 2^(-1/4), ... in 2^-32ths. */
	static const uint32_t roots[24] = { 3037000500, 3611622603, 3938502376, 4112874773, 4202935003,
		4248701965, 4271771996, 4283353945, 4289156690, 4292061010, 4293513907, 4294240540,
		4294603903, 4294785595, 4294876445, 4294921870, 4294944583, 4294955939, 4294961618,
		4294964457, 4294965876, 4294966586, 4294966941, 4294967119 };
	uint64_t y = UINT64_C(1) << 32;

	if (x >> 24 >= 33)
		return 0;
	for (unsigned i = 0; i < 24; i++)
		if (x >> (23 - i) & 1)
			y = y * roots[i] >> 32;
	return y >> (x >> 24);
}

/* log2 of n over i, for the first of them: bisection asks for the same ones again and again. */
struct ways {
	uint64_t log2[2048];
	uint32_t count;
};

static uint64_t ways_after(uint64_t log2, uint32_t n, uint32_t i)
{
	return log2 + inq_log2(n - i, 24) - inq_log2(i + 1U, 24);
}

static void ways_make(uint32_t n, uint32_t k, struct ways *ret)
{
	enum { MOST = sizeof ret->log2 / sizeof *ret->log2 };

	ret->log2[0] = 0;
	for (ret->count = 1; ret->count < MOST && ret->count <= k; ret->count++)
		ret->log2[ret->count] = ways_after(ret->log2[ret->count - 1], n, ret->count - 1);
}

/* Whether at most `k` of `n` come with a probability above TAIL, each coming with p in 2^-24ths. */
static bool is_likely(uint32_t n, uint32_t k, uint32_t p, const struct ways *known)
{
	enum { ONE = 1 << 24 };
	const uint64_t tail =
	        (UINT64_C(1) << 32) / 40; /* one fortieth at each end: 95 in a hundred between */
	uint64_t yes = (UINT64_C(24) << 24) - inq_log2(p, 24),
	         no = (UINT64_C(24) << 24) - inq_log2(ONE - p, 24), sum = 0;
	uint64_t ways = 0;

	for (uint32_t i = 0; i <= k; i++) {
		uint64_t minus = i * yes + (n - i) * no;

		ways = i < known->count ? known->log2[i] : ways_after(ways, n, i - 1);
		sum += exp2_minus(minus > ways ? minus - ways : 0);
		if (sum > tail)
			return true;
	}
	return false;
}

/* Bisected: the probability of few falls as p grows. */
uint32_t binomial_most(uint32_t k, uint32_t n)
{
	uint32_t low = 0, high = 1 << 24;
	struct ways ways;

	if (k >= n)
		return high;
	ways_make(n, k, &ways);
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (is_likely(n, k, middle, &ways))
			low = middle;
		else
			high = middle;
	}
	return high;
}

uint32_t binomial_least(uint32_t k, uint32_t n)
{
	return (UINT32_C(1) << 24) - binomial_most(n - k, n);
}

int32_t log10_of_ratio(uint64_t a, uint64_t b)
{
	int64_t bits = (int64_t)inq_log2(a, 24) - (int64_t)inq_log2(b, 24), scaled;

	/* 1000 log10(2) = 301.0299957, in 2^-16ths. */
	scaled = (bits < 0 ? -bits : bits) * 19728302;
	scaled = (scaled + (INT64_C(1) << 39)) >> 40;
	return (int32_t)(bits < 0 ? -scaled : scaled);
}
