#include "match/private.h"
#include <inquiry/integer.h>

uint32_t weight_of(uint32_t base, uint32_t count)
{
	uint32_t weight;

	if (count <= 1)
		return base;
	weight = base * (16 + inq_log2(count, 4)) / 16;
	return weight < UINT16_MAX ? weight : UINT16_MAX;
}

uint16_t similarity_of(uint64_t shared, uint64_t weight_a, uint64_t weight_b)
{
	uint64_t mean = inq_root(weight_a * weight_b);
	uint64_t thousandths = mean ? shared * 1000 / mean : 0;

	return (uint16_t)(thousandths < 999 ? thousandths : 999);
}
