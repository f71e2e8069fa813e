/*
 * Tables of text at a given width. Cells are gathered in an arena and written
 * when all are known: columns are as wide as what they hold, those with nothing
 * in them are left out, and where the rest is too wide the columns that say so
 * give way: their words go on in further lines, and what then does not fit is
 * cut.
 */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include <inquiry/arena.h>
#include <inquiry/report.h>

enum { TABLE_COLUMNS_MOST = 12 };

struct table_column {
	const char *title;
	bool right; /* flush right, for numbers */
	unsigned least; /* may be narrowed down to this many columns; 0: never */
};

enum paint { PAINT_NONE, PAINT_BOLD, PAINT_DIM, PAINT_RED, PAINT_GREEN, PAINT_YELLOW };

struct table {
	struct inq_arena *a;
	const struct table_column *columns;
	size_t column_count;
	struct inq_bytes *cells; /* row by row */
	enum paint *paints; /* of each row */
	size_t cell_count, cell_capacity, row_count, paint_capacity;
	bool full; /* the arena's limit: rows are missing */
};

void table_init(struct table *t, struct inq_arena *a, const struct table_column *columns, size_t count);
/* The next cell; rows follow one another. The text is made inert when written. */
void table_cell(struct table *t, const char *text);
void table_cellf(struct table *t, const char *fmt, ...) INQ_PRINTF(2, 3);
void table_number(struct table *t, uint64_t number); /* 1,234,567 */
/* How the row whose cells come next is coloured. */
void table_paint(struct table *t, enum paint p);
/* Writes it, each line behind `indent` blanks. */
void table_put(struct table *t, const struct inq_report_style *style, unsigned indent, struct inq_sink *out);

/* "1,234,567" into `ret`, which has room for 27 bytes. */
const char *number_text(uint64_t number, char *ret);
/* `part` of `whole` as "12.3 %"; "-" where there is no whole. */
const char *share_text(uint64_t part, uint64_t whole, char ret[16]);

void paint_put(const struct inq_report_style *style, enum paint p, struct inq_sink *out);
void paint_end(const struct inq_report_style *style, enum paint p, struct inq_sink *out);

/* A bar of `width` columns of which part/whole is filled. */
void bar_put(uint64_t part, uint64_t whole, unsigned width, struct inq_sink *out);

/* `text` inert and broken at blanks, each line behind `indent` blanks, ended by a newline. */
void paragraph_put(
        const char *text, const struct inq_report_style *style, unsigned indent, struct inq_sink *out);
#endif
