#include <inquiry/integer.h>

/* By Newton's method from above. */
uint64_t inq_root(uint64_t x)
{
	uint64_t result, next;

	if (!x)
		return 0;
	next = UINT64_C(1) << (65 - __builtin_clzll(x)) / 2;
	do {
		result = next;
		next = (result + x / result) / 2;
	} while (next < result);
	return result;
}

/* Squaring a number in [1, 2) with 31 bits behind the point brings out its logarithm bit by bit. */
uint32_t inq_log2(uint64_t x, unsigned bits)
{
	uint32_t result;
	uint64_t mantissa;

	if (!x)
		return 0;
	result = 63U - (uint32_t)__builtin_clzll(x);
	mantissa = result > 31 ? x >> (result - 31) : x << (31 - result);
	for (unsigned i = 0; i < bits; i++) {
		mantissa = mantissa * mantissa >> 31;
		result <<= 1;
		if (mantissa >> 32) {
			mantissa >>= 1;
			result |= 1;
		}
	}
	return result;
}
