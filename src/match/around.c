#include "match/around.h"

enum {
	SUPPORT_WEIGHT = 4, /* log-odds, in 1,024ths, of a thousandth of support */
	RIVAL_WEIGHT = 8, /* of a thousandth by which a rival is nearer */
};

int32_t around_cosine(const struct inq_vector *a, const struct inq_vector *b)
{
	int32_t dot = inq_vector_dot(a, b);

	return dot > 0 ? (int32_t)((int64_t)dot * 1000 / (INQ_VECTOR_NORM * INQ_VECTOR_NORM)) : 0;
}

int32_t around_alike(const struct around *a, const struct around *b)
{
	int32_t nearest[2][AROUND_MOST] = { { 0 } }, sum = 0;
	uint32_t count = a->count + b->count;

	if (!count)
		return AROUND_NONE;
	for (uint32_t i = 0; i < a->count; i++)
		for (uint32_t j = 0; j < b->count; j++) {
			int32_t cosine;

			if (!a->at[i] || !b->at[j])
				continue;
			cosine = around_cosine(a->at[i], b->at[j]);
			if (cosine > nearest[0][i])
				nearest[0][i] = cosine;
			if (cosine > nearest[1][j])
				nearest[1][j] = cosine;
		}
	for (uint32_t i = 0; i < a->count; i++)
		sum += nearest[0][i];
	for (uint32_t j = 0; j < b->count; j++)
		sum += nearest[1][j];
	return sum / (int32_t)count;
}

int32_t around_support(int32_t callees, int32_t callers)
{
	int32_t sum = 0, count = 0;

	if (callees != AROUND_NONE) {
		sum += callees;
		count++;
	}
	if (callers != AROUND_NONE) {
		sum += callers;
		count++;
	}
	return count ? 2 * (sum / count) - 1000 : 0;
}

int32_t around_weigh(int32_t odds, int32_t support, int32_t own, int32_t rival)
{
	odds += SUPPORT_WEIGHT * support;
	return rival > own ? odds - RIVAL_WEIGHT * (rival - own) : odds;
}
