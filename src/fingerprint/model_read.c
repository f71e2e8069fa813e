#include "fingerprint/weights.h"
#include <string.h>
#include <threads.h>

/* The model's file, a part of the program: model_data.c. */
extern const uint8_t model_data[], model_data_end[];

static enum inq_status corrupt(struct inq_error *err, uint64_t at, const char *what)
{
	return inq_fail(err, INQ_CORRUPT, at, "the model is damaged: %s", what);
}

/* Tables follow one another in their order, from multiples of MODEL_ALIGNMENT, zeroes between. */
static enum inq_status cut_tables(
        struct inq_bytes b, struct inq_bytes tables[MODEL_TABLE_COUNT], struct inq_error *err)
{
	uint64_t end = MODEL_HEAD;

	for (unsigned i = 0; i < MODEL_TABLE_COUNT; i++) {
		uint64_t at = MODEL_AT_TABLES + 16 * i, off = inq_le64(b.at + at),
		         len = inq_le64(b.at + at + 8);
		uint64_t expected = (end + MODEL_ALIGNMENT - 1) / MODEL_ALIGNMENT * MODEL_ALIGNMENT;

		if (off != expected || !inq_bytes_cut(b, off, len, &tables[i]))
			return corrupt(err, at, "a table is not where it should be");
		for (; end < off; end++)
			if (b.at[end])
				return corrupt(err, end, "there is something between two tables");
		end = off + len;
	}
	if (end != b.len - MODEL_DIGEST)
		return corrupt(err, end, "there is something after the last table");
	return INQ_OK;
}

static enum inq_status prove_rows(struct inq_bytes b, const struct inq_bytes tables[MODEL_TABLE_COUNT],
        uint64_t rows, struct inq_error *err)
{
	const uint8_t *directory = tables[MODEL_DIRECTORY].at, *places = tables[MODEL_PLACES].at;
	uint32_t row = 0;

	for (uint32_t i = 0; i < 1U << MODEL_DIRECTORY_BITS; i++) {
		uint32_t first = inq_le32(directory + 4 * (size_t)i),
		         end = inq_le32(directory + 4 * (size_t)i + 4);

		if (first != row || end < first || end > rows)
			return corrupt(err, (uint64_t)(directory - b.at) + 4 * (size_t)i,
			        "the directory is out of order");
		for (; row < end; row++) {
			uint32_t place = inq_le32(places + 4 * (size_t)row);

			if (place >> (32 - MODEL_DIRECTORY_BITS) != i ||
			        (row && inq_le32(places + 4 * (size_t)row - 4) >= place))
				return corrupt(err, (uint64_t)(places - b.at) + 4 * (size_t)row,
				        "the rows are out of order");
		}
	}
	if (row != rows)
		return corrupt(err, (uint64_t)(places - b.at), "the directory does not name every row");
	for (row = 0; row < rows; row++)
		if (tables[MODEL_SHIFTS].at[row] > MODEL_SHIFT_MOST)
			return corrupt(err, (uint64_t)(tables[MODEL_SHIFTS].at - b.at) + row,
			        "a row weighs more than there is room for");
	return INQ_OK;
}

enum inq_status model_open(struct inq_bytes b, bool trusted, struct inq_model *ret, struct inq_error *err)
{
	struct inq_bytes tables[MODEL_TABLE_COUNT];
	struct inq_model m = { .file = b };
	uint32_t format, features;
	uint64_t rows;
	enum inq_status status;

	if (!inq_bytes_begin(b, MODEL_MAGIC, 8))
		return inq_fail(err, INQ_UNRECOGNISED, 0, "is not a model");
	if (!inq_bytes_u32(b, MODEL_AT_FORMAT, false, &format) || format != MODEL_FORMAT)
		return inq_fail(err, INQ_UNRECOGNISED, MODEL_AT_FORMAT, "is a model of another format");
	if (!inq_bytes_u32(b, MODEL_AT_FEATURES, false, &features) || features != INQ_FEATURES_VERSION)
		return inq_fail(err, INQ_UNRECOGNISED, MODEL_AT_FEATURES, "is a model for other features");
	if (b.len < MODEL_HEAD + MODEL_DIGEST || inq_le64(b.at + MODEL_AT_LENGTH) != b.len)
		return corrupt(err, MODEL_AT_LENGTH, "it is not as long as it says");
	memcpy(m.digest.byte, b.at + b.len - MODEL_DIGEST, MODEL_DIGEST);
	if (!trusted) {
		struct inq_sha256 digest;

		status = inq_sha256((struct inq_bytes){ b.at, b.len - MODEL_DIGEST }, &digest);
		if (status != INQ_OK)
			return inq_fail(err, status, 0, "no memory for a digest");
		if (memcmp(digest.byte, m.digest.byte, MODEL_DIGEST) != 0)
			return corrupt(err, b.len - MODEL_DIGEST, "its digest is another");
	}
	status = cut_tables(b, tables, err);
	if (status != INQ_OK)
		return status;
	rows = tables[MODEL_SHIFTS].len;
	if (rows > MODEL_ROWS_MOST || tables[MODEL_PLACES].len != 4 * rows ||
	        tables[MODEL_ROWS].len != INQ_VECTOR_LENGTH * rows || tables[MODEL_RARITY].len != rows ||
	        tables[MODEL_DIRECTORY].len != 4 * ((1 << MODEL_DIRECTORY_BITS) + 1) ||
	        tables[MODEL_UNKNOWN].len != 2 * INQ_CHANNEL_COUNT)
		return corrupt(err, MODEL_AT_TABLES, "its tables do not fit one another");
	status = prove_rows(b, tables, rows, err);
	if (status != INQ_OK)
		return status;
	for (unsigned i = 0; i < INQ_CHANNEL_COUNT; i++) {
		uint16_t raw = 0;

		(void)!inq_bytes_u16(tables[MODEL_UNKNOWN], 2 * i, false, &raw);
		m.unknown[i] = (int16_t)raw;
		m.used[i] = !inq_channel_is_context(i);
		if (m.unknown[i] > MODEL_UNKNOWN_MOST || m.unknown[i] < -MODEL_UNKNOWN_MOST ||
		        (m.unknown[i] && !m.used[i]))
			return corrupt(err, (uint64_t)(tables[MODEL_UNKNOWN].at - b.at) + 2 * i,
			        "a channel weighs what it must not");
	}
	m.row_count = (uint32_t)rows;
	m.directory = tables[MODEL_DIRECTORY].at;
	m.places = tables[MODEL_PLACES].at;
	m.shifts = tables[MODEL_SHIFTS].at;
	m.rarity = tables[MODEL_RARITY].at;
	m.rows = (const int8_t *)tables[MODEL_ROWS].at;
	m.likeness = tables[MODEL_LIKENESS];
	m.note = tables[MODEL_NOTE];
	*ret = m;
	return INQ_OK;
}

enum inq_status inq_model_read(
        struct inq_bytes b, struct inq_arena *a, const struct inq_model **ret, struct inq_error *err)
{
	struct inq_model *m = inq_arena_new(a, 1, sizeof *m);
	enum inq_status status;

	if (!m)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for the model");
	status = model_open(b, false, m, err);
	if (status == INQ_OK)
		*ret = m;
	return status;
}

static struct inq_model own;

/* Where the build took in a file that is no model for these features, nothing has a vector; test_model sees to that. */
static void open_own(void)
{
	if (model_open((struct inq_bytes){ model_data, (size_t)(model_data_end - model_data) }, true, &own,
	            NULL) != INQ_OK)
		own = (struct inq_model){ .row_count = 0 };
}

const struct inq_model *inq_model(void)
{
	static once_flag once = ONCE_FLAG_INIT;

	call_once(&once, open_own);
	return &own;
}

const struct inq_sha256 *inq_model_digest(const struct inq_model *m)
{
	return &m->digest;
}

struct inq_bytes inq_model_note(const struct inq_model *m)
{
	return m->note;
}

struct inq_bytes inq_model_likeness(const struct inq_model *m)
{
	return m->likeness;
}
