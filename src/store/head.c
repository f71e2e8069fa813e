#include "store/private.h"
#include <string.h>

static enum inq_status sized(struct inq_bytes b, const char *what, struct inq_error *err)
{
	if (b.len && b.len <= INQ_STORE_VALUE_MAX)
		return INQ_OK;
	return inq_fail(err, INQ_BAD_ARGUMENT, 0, "the %s has %zu bytes: 1 to %d are allowed", what, b.len,
	        INQ_STORE_VALUE_MAX);
}

static struct store_row head_row(uint32_t log, uint64_t number)
{
	return (struct store_row){ .cell = { { log, { 0 } }, { (int64_t)number, { 0 } } } };
}

static enum inq_status gone(uint32_t log, uint64_t number, struct inq_error *err)
{
	return inq_fail(err, INQ_CORRUPT, number,
	        "the store is damaged: head %llu of log %u, or part of it, is gone",
	        (unsigned long long)number, (unsigned)log);
}

/* What a head says beside its note. */
struct about {
	struct inq_bytes note; /* to compare with */
	uint64_t size;
	unsigned cosignatures;
	bool same;
};

static enum inq_status take_about(void *context, const struct store_row *row, struct inq_error *err)
{
	struct about *a = context;
	const struct store_cell *cell = row->cell;
	struct inq_bytes note = cell[3].bytes;

	if (cell[2].number < 0 || cell[4].number < 0 || cell[4].number > STORE_COSIGNATURES)
		return inq_fail(err, INQ_CORRUPT, 0, "the store is damaged: a head has impossible numbers");
	a->size = (uint64_t)cell[2].number;
	a->cosignatures = (unsigned)cell[4].number;
	a->same = note.len == a->note.len && memcmp(note.at, a->note.at, note.len) == 0;
	return INQ_OK;
}

/* Of a head that must be there: its log's row counts it. */
static enum inq_status about_head(
        struct inq_store *s, uint32_t log, uint64_t number, struct about *ret, struct inq_error *err)
{
	struct store_row key = head_row(log, number);
	enum inq_status status =
	        store_with(s, STORE_HEADS, &key, (struct store_taker){ take_about, ret }, err);

	return status == INQ_NOT_FOUND ? gone(log, number, err) : status;
}

static enum inq_status head_add(
        struct inq_store *s, uint32_t number, uint64_t size, struct inq_bytes note, struct inq_error *err)
{
	struct store_log log;
	struct store_row row;
	struct about last = { .note = note };
	enum inq_status status = sized(note, "note", err);

	if (status == INQ_OK)
		status = store_log(s, number, &log, err);
	if (status != INQ_OK)
		return status;
	if (log.size != size)
		return inq_fail(err, INQ_CONFLICT, log.size, "log %u has %llu entries; the head is of %llu",
		        (unsigned)number, (unsigned long long)log.size, (unsigned long long)size);
	if (log.heads)
		status = about_head(s, number, log.heads - 1, &last, err);
	if (status != INQ_OK)
		return status;
	if (!last.same || last.size != size) {
		row = head_row(number, log.heads++);
		row.cell[2].number = (int64_t)size;
		row.cell[3].bytes = note;
		status = store_put(s, STORE_HEADS, &row, err);
		if (status == INQ_OK)
			status = store_log_put(s, &log, err);
	}
	if (status == INQ_OK)
		s->unsigned_logs[number / 8] &= (uint8_t) ~(1 << number % 8);
	return status;
}

enum inq_status inq_store_head_add(
        struct inq_store *s, uint32_t log, uint64_t size, struct inq_bytes note, struct inq_error *err)
{
	struct inq_error why;
	enum inq_status status;

	if (store_write_begin(s, &status, &why))
		status = head_add(s, log, size, note, &why);
	return store_write_end(s, status, &why, err);
}

static enum inq_status no_head(uint32_t log, uint64_t number, struct inq_error *err)
{
	return inq_fail(err, INQ_NOT_FOUND, number, "log %u has no head %llu", (unsigned)log,
	        (unsigned long long)number);
}

struct lines {
	struct inq_bytes with; /* to compare with */
	bool found;
	struct inq_arena *a; /* NULL: they are not kept */
	struct inq_bytes *at;
	unsigned count, want;
};

static enum inq_status take_line(void *context, const struct store_row *row, struct inq_error *err)
{
	struct lines *l = context;
	struct inq_bytes line = row->cell[3].bytes;

	if (row->cell[2].number != l->count || l->count == l->want)
		return gone((uint32_t)row->cell[0].number, (uint64_t)row->cell[1].number, err);
	l->found |= line.len == l->with.len && memcmp(line.at, l->with.at, line.len) == 0;
	l->count++;
	return l->a ? store_copy(line, l->a, &l->at[l->count - 1], err) : INQ_OK;
}

static enum inq_status each_line(
        struct inq_store *s, uint32_t log, uint64_t head, struct lines *l, struct inq_error *err)
{
	struct store_row before = head_row(log, head);
	enum inq_status status;

	before.cell[2].number = -1;
	status = store_each(s, STORE_COSIGNATURES_OF, &before, STORE_COSIGNATURES + 1,
	        (struct store_taker){ take_line, l }, err);
	return status == INQ_OK && l->count != l->want ? gone(log, head, err) : status;
}

/* Cosignatures are counted by their head: its row is put again with another count and the same note. */
static enum inq_status count_line(
        struct inq_store *s, uint32_t log, uint64_t number, unsigned count, struct inq_error *err)
{
	struct inq_arena *a = inq_arena_open(2 * INQ_STORE_VALUE_MAX);
	struct store_row key = head_row(log, number), row;
	enum inq_status status = INQ_NO_MEMORY;

	if (a)
		status = store_get(s, STORE_HEADS, &key, a, &row, err);
	else
		inq_fail(err, status, 0, "no memory for a head");
	if (status == INQ_OK) {
		row.cell[4].number = count;
		status = store_put(s, STORE_HEADS, &row, err);
	}
	inq_arena_close(a);
	return status;
}

static enum inq_status cosign(
        struct inq_store *s, uint32_t number, uint64_t head, struct inq_bytes line, struct inq_error *err)
{
	struct store_log log;
	struct about about = { 0 };
	struct lines lines = { .with = line };
	struct store_row row = head_row(number, head);
	enum inq_status status = sized(line, "cosignature", err);

	if (status == INQ_OK)
		status = store_log(s, number, &log, err);
	if (status != INQ_OK)
		return status;
	if (head >= log.heads)
		return no_head(number, head, err);
	status = about_head(s, number, head, &about, err);
	lines.want = about.cosignatures;
	if (status == INQ_OK)
		status = each_line(s, number, head, &lines, err);
	if (status != INQ_OK || lines.found)
		return status;
	if (lines.count == STORE_COSIGNATURES)
		return inq_fail(err, INQ_OVER_LIMIT, head,
		        "head %llu of log %u has %d cosignatures: no more fit", (unsigned long long)head,
		        (unsigned)number, STORE_COSIGNATURES);
	row.cell[2].number = lines.count;
	row.cell[3].bytes = line;
	status = store_put(s, STORE_COSIGNATURES_OF, &row, err);
	return status == INQ_OK ? count_line(s, number, head, lines.count + 1, err) : status;
}

enum inq_status inq_store_cosign(
        struct inq_store *s, uint32_t log, uint64_t head, struct inq_bytes line, struct inq_error *err)
{
	struct inq_error why;
	enum inq_status status;

	if (store_write_begin(s, &status, &why))
		status = cosign(s, log, head, line, &why);
	return store_write_end(s, status, &why, err);
}

/* A head that the log's row counts. */
static enum inq_status read_head(struct inq_store *s, uint32_t log, uint64_t number, struct inq_arena *a,
        struct inq_store_head *ret, struct inq_error *err)
{
	struct store_row key = head_row(log, number), row;
	struct about about = { 0 };
	struct lines lines = { .a = a };
	enum inq_status status = store_get(s, STORE_HEADS, &key, a, &row, err);

	if (status == INQ_NOT_FOUND)
		return gone(log, number, err);
	if (status == INQ_OK)
		status = take_about(&about, &row, err);
	if (status != INQ_OK)
		return status;
	lines.want = about.cosignatures;
	lines.at = inq_arena_new(a, lines.want, sizeof *lines.at);
	if (!lines.at)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for cosignatures");
	status = each_line(s, log, number, &lines, err);
	if (status == INQ_OK)
		*ret = (struct inq_store_head){ number, about.size, row.cell[3].bytes, lines.at,
			lines.count };
	return status;
}

static enum inq_status numbered(struct inq_store *s, uint32_t number, uint64_t head, struct inq_arena *a,
        struct inq_store_head *ret, struct inq_error *err)
{
	struct store_log log;
	enum inq_status status = store_log(s, number, &log, err);

	if (status != INQ_OK)
		return status;
	return head < log.heads ? read_head(s, number, head, a, ret, err) : no_head(number, head, err);
}

static enum inq_status last(struct inq_store *s, uint32_t number, struct inq_arena *a,
        struct inq_store_head *ret, struct inq_error *err)
{
	struct store_log log;
	enum inq_status status = store_log(s, number, &log, err);

	if (status != INQ_OK)
		return status;
	if (log.heads == 0)
		return inq_fail(err, INQ_NOT_FOUND, 0, "log %u has no head yet", (unsigned)number);
	return read_head(s, number, log.heads - 1, a, ret, err);
}

/* Sizes never fall from one head to the next. */
static enum inq_status from_size(struct inq_store *s, uint32_t number, uint64_t size, struct inq_arena *a,
        struct inq_store_head *ret, struct inq_error *err)
{
	struct store_log log;
	uint64_t low = 0, high;
	enum inq_status status = store_log(s, number, &log, err);

	if (status != INQ_OK)
		return status;
	for (high = log.heads; low < high;) {
		uint64_t middle = low + (high - low) / 2;
		struct about about = { 0 };

		status = about_head(s, number, middle, &about, err);
		if (status != INQ_OK)
			return status;
		if (about.size < size)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == log.heads)
		return inq_fail(err, INQ_NOT_FOUND, size, "log %u has no head of %llu entries or more",
		        (unsigned)number, (unsigned long long)size);
	return read_head(s, number, low, a, ret, err);
}

enum inq_status inq_store_head(struct inq_store *s, uint32_t log, uint64_t number, struct inq_arena *a,
        struct inq_store_head *ret, struct inq_error *err)
{
	bool own;
	enum inq_status status = store_read_begin(s, &own, err);

	if (status != INQ_OK)
		return status;
	return store_read_end(s, own, numbered(s, log, number, a, ret, err));
}

enum inq_status inq_store_head_last(struct inq_store *s, uint32_t log, struct inq_arena *a,
        struct inq_store_head *ret, struct inq_error *err)
{
	bool own;
	enum inq_status status = store_read_begin(s, &own, err);

	if (status != INQ_OK)
		return status;
	return store_read_end(s, own, last(s, log, a, ret, err));
}

enum inq_status inq_store_head_from(struct inq_store *s, uint32_t log, uint64_t size, struct inq_arena *a,
        struct inq_store_head *ret, struct inq_error *err)
{
	bool own;
	enum inq_status status = store_read_begin(s, &own, err);

	if (status != INQ_OK)
		return status;
	return store_read_end(s, own, from_size(s, log, size, a, ret, err));
}
