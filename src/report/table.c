#include "report/table.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void table_init(struct table *t, struct inq_arena *a, const struct table_column *columns, size_t count)
{
	*t = (struct table){ .a = a, .columns = columns, .column_count = count };
}

void table_paint(struct table *t, enum paint p)
{
	enum paint *paints;
	size_t row = t->cell_count / t->column_count;

	if (t->full || row < t->row_count)
		return;
	paints = inq_arena_extend(t->a, t->paints, row, &t->paint_capacity, sizeof *paints);
	if (!paints) {
		t->full = true;
		return;
	}
	t->paints = paints;
	paints[row] = p;
	t->row_count = row + 1;
}

static void add(struct table *t, const char *text)
{
	struct inq_bytes *cells;

	if (t->cell_count % t->column_count == 0)
		table_paint(t, PAINT_NONE);
	if (t->full || !text) {
		t->full = true;
		return;
	}
	cells = inq_arena_extend(t->a, t->cells, t->cell_count, &t->cell_capacity, sizeof *cells);
	if (!cells) {
		t->full = true;
		return;
	}
	t->cells = cells;
	cells[t->cell_count++] = inq_bytes_of(text);
}

void table_cell(struct table *t, const char *text)
{
	add(t, text ? inq_arena_string(t->a, inq_bytes_of(text)) : "");
}

void table_cellf(struct table *t, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	add(t, inq_arena_string(t->a, inq_bytes_of(text)));
}

const char *number_text(uint64_t number, char *ret)
{
	char digits[21];
	size_t len = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, number), at = 0;

	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			ret[at++] = ',';
		ret[at++] = digits[i];
	}
	ret[at] = 0;
	return ret;
}

void table_number(struct table *t, uint64_t number)
{
	char text[27];

	table_cell(t, number_text(number, text));
}

const char *share_text(uint64_t part, uint64_t whole, char ret[16])
{
	uint64_t tenths;

	if (!whole) {
		strcpy(ret, "-");
		return ret;
	}
	/* Both are bytes of one file, so the product does not wrap; where somebody lies it is cut. */
	tenths = part > UINT64_MAX / 2000 ? 1000 : (part * 2000 + whole) / (2 * whole);
	snprintf(ret, 16, "%" PRIu64 ".%" PRIu64 " %%", tenths / 10 % 100000, tenths % 10);
	return ret;
}

static bool swallow(void *unused, const void *at, size_t len)
{
	(void)unused;
	(void)at;
	(void)len;
	return true;
}

/* The columns that `b` takes when inert. */
static size_t width_of(struct inq_bytes b, size_t most)
{
	struct inq_sink nowhere;

	inq_sink_init(&nowhere, swallow, NULL);
	return inq_put_inert(&nowhere, b, most);
}

enum { GAP = 2, CELL_MOST = 4096, LINES_MOST = 4 };

/* How wide each column is, all within `room`; 0 where it has nothing to show. */
static void measure(const struct table *t, size_t room, size_t *width)
{
	size_t all = 0, over, slack, widest;

	for (size_t c = 0; c < t->column_count; c++)
		width[c] = 0;
	for (size_t i = 0; i < t->cell_count; i++) {
		size_t w = width_of(t->cells[i], CELL_MOST);

		if (w > width[i % t->column_count])
			width[i % t->column_count] = w;
	}
	for (size_t c = 0; c < t->column_count; c++) {
		size_t title = strlen(t->columns[c].title);

		if (width[c] && width[c] < title)
			width[c] = title;
		all += width[c] ? width[c] + (all ? GAP : 0) : 0;
	}
	while (all > room) {
		/* The widest of those that may give gives down to the next widest, or what it must. */
		widest = t->column_count;
		for (size_t c = 0; c < t->column_count; c++)
			if (t->columns[c].least && width[c] > t->columns[c].least &&
			        (widest == t->column_count || width[c] > width[widest]))
				widest = c;
		if (widest == t->column_count)
			return;
		slack = width[widest] - t->columns[widest].least;
		for (size_t c = 0; c < t->column_count; c++)
			if (c != widest && t->columns[c].least && width[c] < width[widest] &&
			        width[widest] - width[c] < slack)
				slack = width[widest] - width[c];
		over = all - room;
		if (slack > over)
			slack = over;
		/* Two of the same width give by turns. */
		if (!slack)
			slack = 1;
		width[widest] -= slack;
		all -= slack;
	}
}

/* What of `rest` goes into a line of `width` columns: whole words, or the one that is too long. */
static struct inq_bytes line_of(struct inq_bytes rest, size_t width)
{
	struct inq_bytes line = { rest.at, 0 };

	if (width_of(rest, CELL_MOST) <= width)
		return rest;
	for (size_t i = 0; i < rest.len; i++) {
		if (rest.at[i] != ' ')
			continue;
		if (line.len && width_of((struct inq_bytes){ rest.at, i }, CELL_MOST) > width)
			return line;
		line.len = i;
	}
	return line.len ? line : rest;
}

static struct inq_bytes after(struct inq_bytes rest, struct inq_bytes line)
{
	size_t from = line.len;

	while (from < rest.len && rest.at[from] == ' ')
		from++;
	return (struct inq_bytes){ rest.at + from, rest.len - from };
}

static void row_put(const struct table *t, const size_t *width, const struct inq_bytes *cells,
        unsigned indent, struct inq_sink *out)
{
	struct inq_bytes rest[TABLE_COLUMNS_MOST];
	bool more = true;

	memcpy(rest, cells, t->column_count * sizeof *rest);
	for (unsigned n = 1; more && n <= LINES_MOST; n++) {
		size_t blanks = indent, used;
		bool first = true;

		more = false;
		if (n > 1)
			inq_put(out, "\n");
		for (size_t c = 0; c < t->column_count; c++) {
			struct inq_bytes line = rest[c];

			if (!width[c])
				continue;
			/* What no line is left for is cut. */
			if (t->columns[c].least && n < LINES_MOST)
				line = line_of(rest[c], width[c]);
			rest[c] = after(rest[c], line);
			more |= rest[c].len > 0;
			if (!first)
				blanks += GAP;
			first = false;
			used = width_of(line, width[c]);
			if (t->columns[c].right)
				blanks += width[c] - used;
			/* Blanks are held back, so that no line ends in them. */
			if (used) {
				inq_putf(out, "%*s", (int)blanks, "");
				blanks = 0;
				inq_put_inert(out, line, width[c]);
			}
			if (!t->columns[c].right)
				blanks += width[c] - used;
		}
	}
}

void table_put(struct table *t, const struct inq_report_style *style, unsigned indent, struct inq_sink *out)
{
	struct inq_bytes titles[TABLE_COLUMNS_MOST];
	size_t width[TABLE_COLUMNS_MOST], room = style->columns > indent ? style->columns - indent : 1;
	bool titled = false;

	measure(t, room, width);
	for (size_t c = 0; c < t->column_count; c++) {
		titles[c] = inq_bytes_of(t->columns[c].title);
		titled |= titles[c].len > 0;
	}
	if (titled) {
		paint_put(style, PAINT_DIM, out);
		row_put(t, width, titles, indent, out);
		paint_end(style, PAINT_DIM, out);
		inq_put(out, "\n");
	}
	for (size_t i = 0; i + t->column_count <= t->cell_count; i += t->column_count) {
		enum paint p = t->paints[i / t->column_count];

		paint_put(style, p, out);
		row_put(t, width, t->cells + i, indent, out);
		paint_end(style, p, out);
		inq_put(out, "\n");
	}
	if (t->full)
		inq_putf(out, "%*s(memory ran out: rows are missing)\n", (int)indent, "");
}

void paint_put(const struct inq_report_style *style, enum paint p, struct inq_sink *out)
{
	static const char *const codes[] = { [PAINT_NONE] = "",
		[PAINT_BOLD] = "1",
		[PAINT_DIM] = "2",
		[PAINT_RED] = "31",
		[PAINT_GREEN] = "32",
		[PAINT_YELLOW] = "33" };

	if (style->colour && p != PAINT_NONE)
		inq_putf(out, "\033[%sm", codes[p]);
}

void paint_end(const struct inq_report_style *style, enum paint p, struct inq_sink *out)
{
	if (style->colour && p != PAINT_NONE)
		inq_put(out, "\033[0m");
}

void bar_put(uint64_t part, uint64_t whole, unsigned width, struct inq_sink *out)
{
	uint64_t filled = whole && part <= UINT64_MAX / width ? part * width / whole : 0;

	/* What is there at all shows. */
	if (part && !filled)
		filled = 1;
	for (unsigned i = 0; i < width; i++)
		inq_put(out, i < filled ? "#" : ".");
}

void paragraph_put(
        const char *text, const struct inq_report_style *style, unsigned indent, struct inq_sink *out)
{
	size_t room = style->columns > indent + 20 ? style->columns - indent : 20, column = 0, len;

	inq_putf(out, "%*s", (int)indent, "");
	for (const char *word = text; *word; word += len + (word[len] == ' ')) {
		struct inq_bytes b;

		len = strcspn(word, " ");
		b = (struct inq_bytes){ (const uint8_t *)word, len };
		if (column && column + 1 + width_of(b, CELL_MOST) > room) {
			inq_putf(out, "\n%*s", (int)indent, "");
			column = 0;
		} else if (column) {
			inq_put(out, " ");
			column++;
		}
		column += inq_put_inert(out, b, CELL_MOST);
	}
	inq_put(out, "\n");
}
