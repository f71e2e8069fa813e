#include "serve/rows.h"
#include <string.h>

enum { HEAD = 16, ENTRY = 40 };
static const char magic[] = "INQROWS1";

struct place {
	uint64_t index, rows;
	uint32_t columns, orders;
	uint64_t text_off, text_len;
};

bool rows_open(struct inq_bytes bytes, struct rows *ret)
{
	uint32_t tables;

	if (bytes.len < HEAD || memcmp(bytes.at, magic, 8) != 0 || !inq_bytes_u32(bytes, 8, false, &tables) ||
	        tables > ROWS_TABLES || bytes.len < HEAD + (uint64_t)tables * ENTRY)
		return false;
	*ret = (struct rows){ bytes, tables };
	return true;
}

/* Where a table lies; false where there is none, or it does not lie within the bytes. */
static bool find(const struct rows *r, unsigned table, struct place *ret)
{
	uint64_t at = HEAD + (uint64_t)table * ENTRY, left;

	if (table >= r->tables || !inq_bytes_u64(r->bytes, at, false, &ret->index) ||
	        !inq_bytes_u64(r->bytes, at + 8, false, &ret->rows) ||
	        !inq_bytes_u32(r->bytes, at + 16, false, &ret->columns) ||
	        !inq_bytes_u32(r->bytes, at + 20, false, &ret->orders) ||
	        !inq_bytes_u64(r->bytes, at + 24, false, &ret->text_off) ||
	        !inq_bytes_u64(r->bytes, at + 32, false, &ret->text_len))
		return false;
	if (ret->index > r->bytes.len || ret->orders > ROWS_ORDERS || ret->rows >= UINT32_MAX)
		return false;
	left = r->bytes.len - ret->index;
	return (ret->rows + 1) * 12 + ret->rows * ret->orders * 4 <= left;
}

uint64_t rows_count(const struct rows *r, unsigned table)
{
	struct place p;

	return find(r, table, &p) ? p.rows : 0;
}

static struct inq_bytes row_of(const struct rows *r, const struct place *p, uint64_t row)
{
	uint64_t from, to;

	if (row >= p->rows || !inq_bytes_u64(r->bytes, p->index + row * 8, false, &from) ||
	        !inq_bytes_u64(r->bytes, p->index + row * 8 + 8, false, &to) || from > to ||
	        to > r->bytes.len)
		return (struct inq_bytes){ NULL, 0 };
	return (struct inq_bytes){ r->bytes.at + from, to - from };
}

struct inq_bytes rows_cell(const struct rows *r, unsigned table, uint64_t row, unsigned column)
{
	struct inq_bytes none = { NULL, 0 }, is;
	struct place p;
	uint64_t at = 0;
	uint32_t len;

	if (!find(r, table, &p) || column >= p.columns)
		return none;
	is = row_of(r, &p, row);
	for (unsigned i = 0;; i++) {
		if (!inq_bytes_u32(is, at, false, &len) || len > is.len - at - 4)
			return none;
		if (i == column)
			return (struct inq_bytes){ is.at + at + 4, len };
		at += 4 + (uint64_t)len;
	}
}

uint64_t rows_order(const struct rows *r, unsigned table, unsigned order, uint64_t at)
{
	struct place p;
	uint32_t row;

	if (!find(r, table, &p) || order >= p.orders || at >= p.rows)
		return at;
	if (!inq_bytes_u32(r->bytes, p.index + (p.rows + 1) * 8 + (order * p.rows + at) * 4, false, &row))
		return at;
	return row;
}

uint64_t rows_number(const struct rows *r, unsigned table, uint64_t row, unsigned column)
{
	struct inq_bytes text = rows_cell(r, table, row, column);
	uint64_t value = 0;

	for (size_t i = 0; i < text.len && text.at[i] >= '0' && text.at[i] <= '9' && value < UINT64_MAX / 100;
	        i++)
		value = 10 * value + (uint64_t)(text.at[i] - '0');
	return value;
}

bool rows_is(const struct rows *r, unsigned table, uint64_t row, unsigned column, const char *text)
{
	return inq_bytes_equal(rows_cell(r, table, row, column), text);
}

bool rows_find(const struct rows *r, unsigned table, unsigned column, struct inq_bytes text, uint64_t from,
        uint64_t *ret)
{
	uint64_t count = rows_count(r, table);

	for (uint64_t i = from; i < count; i++) {
		struct inq_bytes is = rows_cell(r, table, i, column);

		if (is.len == text.len && (is.len == 0 || memcmp(is.at, text.at, is.len) == 0)) {
			*ret = i;
			return true;
		}
	}
	return false;
}

bool rows_line(struct inq_bytes *rest, struct inq_bytes *ret)
{
	const uint8_t *end;

	if (!rest->len)
		return false;
	end = memchr(rest->at, '\n', rest->len);
	*ret = (struct inq_bytes){ rest->at, end ? (size_t)(end - rest->at) : rest->len };
	*rest = inq_bytes_from(*rest, ret->len + (end != NULL));
	return true;
}

bool rows_search(const struct rows *r, unsigned table, struct inq_bytes needle, uint64_t from, uint64_t *ret)
{
	struct inq_bytes text;
	const uint8_t *hit;
	uint64_t starts, low = from, high;
	uint32_t at;
	struct place p;

	if (!find(r, table, &p) || from >= p.rows || !needle.len ||
	        !inq_bytes_cut(r->bytes, p.text_off, p.text_len, &text))
		return false;
	starts = p.index + (p.rows + 1) * 8 + p.rows * p.orders * 4;
	if (!inq_bytes_u32(r->bytes, starts + from * 4, false, &at) || at >= text.len)
		return false;
	hit = memmem(text.at + at, text.len - at, needle.at, needle.len);
	if (!hit)
		return false;
	/* The last row that begins at or before it. */
	for (high = p.rows; high - low > 1;) {
		uint64_t middle = low + (high - low) / 2;

		if (inq_bytes_u32(r->bytes, starts + middle * 4, false, &at) &&
		        at <= (uint64_t)(hit - text.at))
			low = middle;
		else
			high = middle;
	}
	*ret = low;
	return true;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

bool rows_contain(struct inq_bytes text, struct inq_bytes needle)
{
	if (!needle.len)
		return true;
	for (size_t i = 0; i + needle.len <= text.len; i++) {
		size_t k = 0;

		while (k < needle.len && lower(text.at[i + k]) == needle.at[k])
			k++;
		if (k == needle.len)
			return true;
	}
	return false;
}
