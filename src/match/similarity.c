#include "match/private.h"

/* 16 + 16 * log2(count), rounded down: how much more the same feature weighs when it is there `count` times. */
static uint32_t repeat16(uint32_t count)
{
	uint32_t whole = 31 - (uint32_t)__builtin_clz(count);
	uint64_t mantissa = (uint64_t)count << (31 - whole);
	uint32_t result = whole;

	for (unsigned i = 0; i < 4; i++) {
		mantissa = mantissa * mantissa >> 31;
		result <<= 1;
		if (mantissa >> 32) {
			mantissa >>= 1;
			result |= 1;
		}
	}
	return 16 + result;
}

uint32_t weight_of(uint32_t base, uint32_t count)
{
	uint32_t weight;

	if (count <= 1)
		return base;
	weight = base * repeat16(count) / 16;
	return weight < UINT16_MAX ? weight : UINT16_MAX;
}

/* The square root, rounded down, by Newton's method from above. */
uint64_t root_of(uint64_t x)
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

uint16_t similarity_of(uint64_t shared, uint64_t weight_a, uint64_t weight_b)
{
	uint64_t mean = root_of(weight_a * weight_b);
	uint64_t thousandths = mean ? shared * 1000 / mean : 0;

	return (uint16_t)(thousandths < 999 ? thousandths : 999);
}
