#include "write.h"
#include "fingerprint/weights.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void put16(uint8_t *to, uint32_t v)
{
	to[0] = (uint8_t)v;
	to[1] = (uint8_t)(v >> 8);
}

static void put32(uint8_t *to, uint32_t v)
{
	put16(to, v);
	put16(to + 2, v >> 16);
}

static void put64(uint8_t *to, uint64_t v)
{
	put32(to, (uint32_t)v);
	put32(to + 4, (uint32_t)(v >> 32));
}

struct placed {
	uint32_t place, row;
};

static int compare_placed(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	return x->place < y->place ? -1 : x->place > y->place;
}

static float largest(const float *at, size_t count)
{
	float most = 0;

	for (size_t i = 0; i < count; i++)
		most = fabsf(at[i]) > most ? fabsf(at[i]) : most;
	return most;
}

/*
 * Each row as bytes times a power of two. The unit is so that the largest row
 * takes the largest power.
 */
static void put_rows(
        const struct train_map *m, const struct placed *order, float unit, uint8_t *shifts, uint8_t *rows)
{
	for (uint32_t i = 0; i < m->vocabulary.count; i++) {
		const float *row = m->rows + (size_t)order[i].row * DIMENSIONS;
		float most = largest(row, DIMENSIONS) / unit;
		unsigned shift = 0;

		while (most > (float)(127 << shift) && shift < MODEL_SHIFT_MOST)
			shift++;
		shifts[i] = (uint8_t)shift;
		for (unsigned j = 0; j < DIMENSIONS; j++) {
			float v = roundf(row[j] / unit / (float)(1 << shift));

			rows[(size_t)i * DIMENSIONS + j] = (uint8_t)(int8_t)(v < -127  ? -127
			                                                     : v > 127 ? 127
			                                                               : v);
		}
	}
}

struct inq_bytes train_model_file(
        const struct train_map *m, struct inq_bytes likeness, struct inq_bytes note, struct inq_arena *a)
{
	uint32_t rows = m->vocabulary.count, at = 0;
	uint64_t lengths[MODEL_TABLE_COUNT] = { [MODEL_UNKNOWN] = 2 * INQ_CHANNEL_COUNT,
		[MODEL_DIRECTORY] = 4 * ((1 << MODEL_DIRECTORY_BITS) + 1),
		[MODEL_PLACES] = 4 * (uint64_t)rows,
		[MODEL_SHIFTS] = rows,
		[MODEL_RARITY] = rows,
		[MODEL_ROWS] = (uint64_t)DIMENSIONS * rows,
		[MODEL_LIKENESS] = likeness.len,
		[MODEL_NOTE] = note.len };
	uint64_t offs[MODEL_TABLE_COUNT], end = MODEL_HEAD;
	struct placed *order = train_new(a, rows, sizeof *order);
	float unit = largest(m->rows, (size_t)rows * DIMENSIONS) / MODEL_UNKNOWN_MOST;
	struct inq_sha256 digest;
	uint8_t *file;

	for (unsigned i = 0; i < MODEL_TABLE_COUNT; i++) {
		offs[i] = (end + MODEL_ALIGNMENT - 1) / MODEL_ALIGNMENT * MODEL_ALIGNMENT;
		end = offs[i] + lengths[i];
	}
	file = train_new(a, end + MODEL_DIGEST, 1);
	memcpy(file, MODEL_MAGIC, 8);
	put32(file + MODEL_AT_FORMAT, MODEL_FORMAT);
	put32(file + MODEL_AT_FEATURES, INQ_FEATURES_VERSION);
	put64(file + MODEL_AT_LENGTH, end + MODEL_DIGEST);
	for (unsigned i = 0; i < MODEL_TABLE_COUNT; i++) {
		put64(file + MODEL_AT_TABLES + 16 * i, offs[i]);
		put64(file + MODEL_AT_TABLES + 16 * i + 8, lengths[i]);
	}
	for (unsigned i = 0; i < INQ_CHANNEL_COUNT; i++)
		put16(file + offs[MODEL_UNKNOWN] + 2 * i, (uint32_t)(int32_t)roundf(m->unknown[i] / unit));
	for (uint32_t i = 0; i < rows; i++)
		order[i] = (struct placed){ model_place(m->vocabulary.keys[i]), i };
	qsort(order, rows, sizeof *order, compare_placed);
	for (uint32_t i = 0; i <= 1U << MODEL_DIRECTORY_BITS; i++) {
		while (at < rows && order[at].place >> (32 - MODEL_DIRECTORY_BITS) < i)
			at++;
		put32(file + offs[MODEL_DIRECTORY] + 4 * (uint64_t)i, at);
	}
	for (uint32_t i = 0; i < rows; i++)
		put32(file + offs[MODEL_PLACES] + 4 * (uint64_t)i, order[i].place);
	for (uint32_t i = 0; i < rows; i++) {
		float rarity = roundf(m->vocabulary.rarity[order[i].row] * 16 / logf(2));

		file[offs[MODEL_RARITY] + i] = (uint8_t)(rarity > INQ_RARITY_MOST ? INQ_RARITY_MOST : rarity);
	}
	put_rows(m, order, unit, file + offs[MODEL_SHIFTS], file + offs[MODEL_ROWS]);
	if (likeness.len)
		memcpy(file + offs[MODEL_LIKENESS], likeness.at, likeness.len);
	if (note.len)
		memcpy(file + offs[MODEL_NOTE], note.at, note.len);
	if (inq_sha256((struct inq_bytes){ file, end }, &digest) != INQ_OK)
		train_fail("no digest", "the model");
	memcpy(file + end, digest.byte, MODEL_DIGEST);
	return (struct inq_bytes){ file, end + MODEL_DIGEST };
}
