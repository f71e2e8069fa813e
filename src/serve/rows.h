/*
 * Rows: what a page needs of a document, in a form that is read a row at a
 * time. A document of formats/ is somebody else's and may be long; a child in
 * the sandbox reads it whole, once, and writes tables of cells, each a string.
 * Whoever serves pages maps these and reads the rows that a page shows.
 *
 * All integers little-endian:
 *
 *     "INQROWS1", u32 tables, u32 0
 *     for each table: u64 offset of its index, u64 rows, u32 columns, u32 orders, u64 offset and length of its text
 *     index: u64 offset of each row, and of the end; then for each order u32 of
 *            each row, as it comes in that order; then u32 of where in the text
 *            each row begins, and of its end
 *     text: what is searched of each row in lower case, a line each
 *     row: for each column u32 length and its bytes
 *
 * What a child wrote is hostile all the same: every read is bounded, and a cell
 * that is not there is empty.
 */
#ifndef SERVE_ROWS_H
#define SERVE_ROWS_H

#include <inquiry/arena.h>
#include <inquiry/text.h>

enum { ROWS_TABLES = 12, ROWS_COLUMNS = 32, ROWS_ORDERS = 3, ROWS_SEARCHED = 4, ROWS_CELL_MOST = 1 << 16 };

/* By what an order sorts. */
enum rows_sort { ROWS_TEXT = 1, ROWS_LARGEST /* numbers, the largest first */ };

/*
 * How a table follows from a document. `path` names nested arrays with dots
 * between them: a row for each element of the last; "" is the document itself.
 * A column is the path of a member below that element; each "^" before it
 * begins one array further out. A member that is an array becomes its elements,
 * a line each; "#" before a column gives their number instead. "0" in a path is the
 * first element of an array.
 */
struct rows_table {
	const char *path;
	const char *const *columns;
	unsigned column_count;
	struct {
		unsigned column;
		enum rows_sort sort;
	} orders[ROWS_ORDERS];
	unsigned order_count;
	unsigned searched[ROWS_SEARCHED]; /* columns whose text is searched */
	unsigned searched_count;
};

struct rows_plan {
	const char *schema; /* what the document says that it is */
	const struct rows_table *tables;
	unsigned table_count;
};

/*
 * Reads the document and writes its tables.
 *
 * INQ_UNRECOGNISED  it is no JSON, or has another schema
 * INQ_OVER_LIMIT    more than 2^24 rows
 * INQ_NO_MEMORY     the arena is full
 */
INQ_MUST enum inq_status rows_write(const struct rows_plan *plan, struct inq_bytes document,
        struct inq_arena *a, struct inq_sink *out, struct inq_error *err);

/* Tables as they are mapped. All zero: there are none. */
struct rows {
	struct inq_bytes bytes;
	unsigned tables;
};

/* False where these are no rows. */
bool rows_open(struct inq_bytes bytes, struct rows *ret);
uint64_t rows_count(const struct rows *r, unsigned table);
/* A cell by its row and column; empty where it is not there. */
struct inq_bytes rows_cell(const struct rows *r, unsigned table, uint64_t row, unsigned column);
/* The row at place `at` of an order (from 0). */
uint64_t rows_order(const struct rows *r, unsigned table, unsigned order, uint64_t at);
/* A cell that is a number, without its decimals; 0 where it is none. */
uint64_t rows_number(const struct rows *r, unsigned table, uint64_t row, unsigned column);
bool rows_is(const struct rows *r, unsigned table, uint64_t row, unsigned column, const char *text);
/* The first row from `from` on whose cell is `text`; false where there is none. */
bool rows_find(const struct rows *r, unsigned table, unsigned column, struct inq_bytes text, uint64_t from,
        uint64_t *ret);
/* The lines of a cell one by one: `*rest` begins as the cell. False at its end. */
bool rows_line(struct inq_bytes *rest, struct inq_bytes *ret);

/* The first row from `from` on in whose searched text `needle` is, in lower case; false where there is none. */
bool rows_search(const struct rows *r, unsigned table, struct inq_bytes needle, uint64_t from, uint64_t *ret);

/* Whether `needle`, in lower case, is in `text`, whatever the case of its ASCII letters. */
bool rows_contain(struct inq_bytes text, struct inq_bytes needle);

#endif
