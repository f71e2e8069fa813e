#include "model.h"
#include "match/likeness.h"
#include <string.h>

static void put16(uint8_t *to, int32_t v)
{
	to[0] = (uint8_t)v;
	to[1] = (uint8_t)((uint32_t)v >> 8);
}

static void put32(uint8_t *to, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		to[i] = (uint8_t)(v >> 8 * i);
}

bool make_model_seal(struct make_model *m)
{
	struct inq_sha256 digest;

	if (inq_sha256((struct inq_bytes){ m->file, m->len - MODEL_DIGEST }, &digest) != INQ_OK)
		return false;
	memcpy(m->file + m->len - MODEL_DIGEST, digest.byte, MODEL_DIGEST);
	return true;
}

/* The rows by their places. */
static void sort_rows(const struct make_row *rows, size_t count, const struct make_row **ret)
{
	for (size_t i = 0; i < count; i++) {
		size_t at = i;

		for (; at && model_place(ret[at - 1]->key) > model_place(rows[i].key); at--)
			ret[at] = ret[at - 1];
		ret[at] = &rows[i];
	}
}

static void put_rows(struct make_model *m, const struct make_row *const *rows, size_t count)
{
	uint32_t row = 0;

	for (uint32_t i = 0; i <= 1U << MODEL_DIRECTORY_BITS; i++) {
		while (row < count && model_place(rows[row]->key) >> (32 - MODEL_DIRECTORY_BITS) < i)
			row++;
		put32(m->file + m->at[MODEL_DIRECTORY] + 4 * (size_t)i, row);
	}
	for (size_t i = 0; i < count; i++) {
		put32(m->file + m->at[MODEL_PLACES] + 4 * i, model_place(rows[i]->key));
		m->file[m->at[MODEL_SHIFTS] + i] = rows[i]->shift;
		m->file[m->at[MODEL_RARITY] + i] = rows[i]->rarity;
		m->file[m->at[MODEL_ROWS] + INQ_VECTOR_LENGTH * i + rows[i]->along % INQ_VECTOR_LENGTH] = 1;
	}
}

bool make_model(struct make_model *m, const struct make_row *rows, size_t count, struct inq_bytes scorer)
{
	static const char note[] = "note\n";
	const size_t lengths[MODEL_TABLE_COUNT] = { [MODEL_UNKNOWN] = 2 * INQ_CHANNEL_COUNT,
		[MODEL_DIRECTORY] = 4 * ((1 << MODEL_DIRECTORY_BITS) + 1),
		[MODEL_PLACES] = 4 * count,
		[MODEL_SHIFTS] = count,
		[MODEL_RARITY] = count,
		[MODEL_ROWS] = INQ_VECTOR_LENGTH * count,
		[MODEL_LIKENESS] = scorer.len,
		[MODEL_NOTE] = sizeof note - 1 };
	const struct make_row *sorted[MAKE_MODEL_ROWS];
	size_t end = MODEL_HEAD;

	if (count > MAKE_MODEL_ROWS || scorer.len > MAKE_MODEL_MOST / 4)
		return false;
	memcpy(m->file, MODEL_MAGIC, 8);
	put32(m->file + MODEL_AT_FORMAT, MODEL_FORMAT);
	put32(m->file + MODEL_AT_FEATURES, INQ_FEATURES_VERSION);
	for (unsigned i = 0; i < MODEL_TABLE_COUNT; i++) {
		m->at[i] = (end + MODEL_ALIGNMENT - 1) / MODEL_ALIGNMENT * MODEL_ALIGNMENT;
		put32(m->file + MODEL_AT_TABLES + 16 * i, (uint32_t)m->at[i]);
		put32(m->file + MODEL_AT_TABLES + 16 * i + 8, (uint32_t)lengths[i]);
		end = m->at[i] + lengths[i];
	}
	m->len = end + MODEL_DIGEST;
	put32(m->file + MODEL_AT_LENGTH, (uint32_t)m->len);
	m->file[m->at[MODEL_UNKNOWN] + 2 * CHANNEL_OPERATION] = 10;
	sort_rows(rows, count, sorted);
	put_rows(m, sorted, count);
	if (scorer.len)
		memcpy(m->file + m->at[MODEL_LIKENESS], scorer.at, scorer.len);
	memcpy(m->file + m->at[MODEL_NOTE], note, sizeof note - 1);
	return make_model_seal(m);
}

/* A tree that asks for a number after another of [first, end), and gives more to the right. */
static void put_tree(uint8_t *to, uint32_t number, uint32_t first, uint32_t end)
{
	for (uint32_t i = 0; i < LIKENESS_SPLITS; i++) {
		to[4 * i] = (uint8_t)(first + (LIKENESS_SPLITS * number + i) % (end - first));
		put16(to + 4 * i + 2, (int32_t)(64 * i));
	}
	for (int32_t i = 0; i < LIKENESS_LEAVES; i++)
		put16(to + 4 * LIKENESS_SPLITS + 2 * i, 32 * (i - LIKENESS_LEAVES / 2));
}

struct inq_bytes make_scorer(struct inq_arena *a, uint32_t content, uint32_t context)
{
	uint32_t trees = content + context;
	size_t len =
	        LIKENESS_HEAD + LIKENESS_WEIGHTS + (size_t)trees * LIKENESS_TREE_BYTES + LIKENESS_CALIBRATION;
	uint8_t *table = inq_arena_new(a, len, 1), *at = table;

	if (!table)
		return (struct inq_bytes){ NULL, 0 };
	put32(at, content);
	put32(at + 4, trees);
	put32(at + 8, (uint32_t)-3000);
	put32(at + 12, 500);
	at += LIKENESS_HEAD;
	for (uint32_t i = 0; i < LIKENESS_COUNT; i++, at += 4)
		put32(at, i << 9);
	for (uint32_t i = 0; i < trees; i++, at += LIKENESS_TREE_BYTES)
		put_tree(at, i, i < content ? 0 : LIKENESS_CONTEXT,
		        i < content ? LIKENESS_CONTEXT : LIKENESS_COUNT);
	for (uint32_t i = 0; i < LIKENESS_CURVES * LIKENESS_STEPS; i++, at += 8) {
		uint32_t step = i % LIKENESS_STEPS;

		put32(at, 256 * step - 4096);
		put32(at + 4, 1000 * step / (LIKENESS_STEPS - 1));
	}
	return (struct inq_bytes){ table, len };
}
