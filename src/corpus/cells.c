#include "corpus/assembly.h"
#include "corpus/dots.h"
#include <string.h>

/*
 * Cells by spherical k-means (Dhillon and Modha 2001) in integers, on a sample
 * taken at even steps of the functions' order: nothing depends on chance, on
 * the machine, or on how the samples arrived. The first cell is for vectors
 * that are like no other cell's; its centre stays zero.
 */
enum {
	ROUNDS = 6,
	SAMPLED_EACH = 32, /* functions of the sample for each cell */
	TOGETHER = 32, /* functions that meet the centres at once */
};

static const struct inq_vector *vector_of(const struct assembly *y, uint32_t function)
{
	const struct built_function *f = &y->b->functions[y->functions[function]];

	return (const struct inq_vector *)(const void *)(f->features + f->features_len);
}

static uint64_t root(uint64_t x)
{
	uint64_t result = 0;

	for (unsigned bit = 32; bit-- > 0;)
		if ((result | UINT64_C(1) << bit) * (result | UINT64_C(1) << bit) <= x)
			result |= UINT64_C(1) << bit;
	return result;
}

/* A sum of vectors at a vector's length; false where it has no direction. */
static bool scale(const int64_t sum[INQ_VECTOR_LENGTH], struct inq_vector *ret)
{
	uint64_t square = 0, length;

	for (unsigned i = 0; i < INQ_VECTOR_LENGTH; i++)
		square += (uint64_t)(sum[i] * sum[i]);
	length = root(square);
	if (!length)
		return false;
	for (unsigned i = 0; i < INQ_VECTOR_LENGTH; i++) {
		int64_t half = (int64_t)length / 2, twice = sum[i] * INQ_VECTOR_NORM;
		int64_t one = (twice + (twice < 0 ? -half : half)) / (int64_t)length;

		ret->at[i] = (int8_t)(one > INT8_MAX ? INT8_MAX : one < -INT8_MAX ? -INT8_MAX : one);
	}
	return true;
}

struct nearest {
	const struct inq_vector *centres;
	uint32_t count;
	int32_t *products; /* TOGETHER * count */
};

/* The nearest centre of each of at most TOGETHER vectors. */
static void find_nearest(
        const struct nearest *n, const struct inq_vector *const *vectors, size_t some, uint32_t *ret)
{
	dots(n->centres->at, n->count, vectors, some, n->products);
	for (size_t i = 0; i < some; i++)
		ret[i] = (uint32_t)dots_greatest(n->products + i * n->count, n->count);
}

/* Moves the centres to the middle of those of the sample that are nearest to them. */
static void move_centres(const struct assembly *y, const struct nearest *n, struct inq_vector *centres,
        uint32_t sampled, int64_t (*sums)[INQ_VECTOR_LENGTH])
{
	memset(sums, 0, n->count * sizeof *sums);
	for (uint32_t i = 0; i < sampled; i += TOGETHER) {
		const struct inq_vector *some[TOGETHER];
		uint32_t count = sampled - i < TOGETHER ? sampled - i : TOGETHER, nearest[TOGETHER];

		for (uint32_t j = 0; j < count; j++)
			some[j] = vector_of(y, (uint32_t)((uint64_t)(i + j) * y->function_count / sampled));
		find_nearest(n, some, count, nearest);
		for (uint32_t j = 0; j < count; j++)
			for (unsigned k = 0; k < INQ_VECTOR_LENGTH; k++)
				sums[nearest[j]][k] += some[j]->at[k];
	}
	for (uint32_t i = 1; i < n->count; i++)
		(void)scale(sums[i], &centres[i]);
}

static uint32_t distance(const struct inq_vector *a, const struct inq_vector *b)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < INQ_VECTOR_LENGTH; i++)
		sum += (uint32_t)((a->at[i] - b->at[i]) * (a->at[i] - b->at[i]));
	return sum;
}

/* Puts every function in the cell whose centre is nearest; the first of several. */
static void fill_cells(struct assembly *y, const struct nearest *n, uint32_t *cells)
{
	for (uint32_t i = 0; i < y->function_count; i += TOGETHER) {
		const struct inq_vector *some[TOGETHER];
		uint32_t count = y->function_count - i < TOGETHER ? y->function_count - i : TOGETHER;

		for (uint32_t j = 0; j < count; j++)
			some[j] = vector_of(y, i + j);
		find_nearest(n, some, count, cells + i);
		for (uint32_t j = 0; j < count; j++) {
			uint32_t away = distance(some[j], &y->centres[cells[i + j]]);

			if (away > y->spreads[cells[i + j]])
				y->spreads[cells[i + j]] = away;
		}
		if (y->progress && i % (1 << 20) == 0)
			y->progress(y->context, 250 + (unsigned)(UINT64_C(150) * i / y->function_count));
	}
}

bool assembly_cells(struct assembly *y)
{
	uint32_t count = cell_count_of(y->function_count), sampled = count * SAMPLED_EACH, *cells, *fill;
	struct nearest n = { .count = count };
	int64_t(*sums)[INQ_VECTOR_LENGTH];

	if (sampled > y->function_count)
		sampled = y->function_count;
	y->cell_count = count;
	y->centres = inq_arena_new(y->arena, count, sizeof *y->centres);
	y->spreads = inq_arena_new(y->arena, count, sizeof *y->spreads);
	y->cell_first = inq_arena_new(y->arena, (size_t)count + 1, sizeof *y->cell_first);
	y->placed = inq_arena_new(y->arena, y->function_count, sizeof *y->placed);
	y->places = inq_arena_new(y->arena, y->function_count, sizeof *y->places);
	cells = inq_arena_new(y->arena, y->function_count, sizeof *cells);
	fill = inq_arena_new(y->arena, count, sizeof *fill);
	sums = inq_arena_new(y->arena, count, sizeof *sums);
	n.products = inq_arena_new(y->arena, (size_t)count * TOGETHER, sizeof *n.products);
	if (!y->centres || !y->spreads || !y->cell_first || !y->placed || !y->places || !cells || !fill ||
	        !sums || !n.products)
		return false;
	n.centres = y->centres;
	for (uint32_t i = 1; i < count; i++)
		y->centres[i] = *vector_of(y, (uint32_t)((uint64_t)i * y->function_count / count));
	for (unsigned round = 0; round < ROUNDS && count > 1; round++)
		move_centres(y, &n, y->centres, sampled, sums);
	if (count)
		fill_cells(y, &n, cells);
	for (uint32_t i = 0; i < y->function_count; i++)
		y->cell_first[cells[i] + 1]++;
	for (uint32_t i = 0; i < count; i++) {
		y->cell_first[i + 1] += y->cell_first[i];
		fill[i] = y->cell_first[i];
	}
	for (uint32_t i = 0; i < y->function_count; i++) {
		y->places[i] = fill[cells[i]]++;
		y->placed[y->places[i]] = i;
	}
	return true;
}

void assembly_write_cells(struct assembly *y)
{
	for (uint32_t i = 0; i < y->cell_count; i++) {
		writer_bytes(y->w, y->centres[i].at, INQ_VECTOR_LENGTH);
		writer_u32(y->w, y->spreads[i]);
		writer_u32(y->w, y->cell_first[i]);
	}
}

void assembly_write_vectors(struct assembly *y)
{
	for (uint32_t i = 0; i < y->function_count; i++)
		writer_bytes(y->w, vector_of(y, y->placed[i])->at, INQ_VECTOR_LENGTH);
}
