#include "train.h"

uint64_t train_random_next(struct train_random *r)
{
	uint64_t x = r->state += 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

uint32_t train_random_below(struct train_random *r, uint32_t bound)
{
	return (uint32_t)((train_random_next(r) >> 32) * bound >> 32);
}

float train_random_unit(struct train_random *r)
{
	return (float)(train_random_next(r) >> 40) * 0x1p-24f;
}
