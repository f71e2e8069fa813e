#include "base/utf8.h"
#include <inquiry/html.h>
#include <stdio.h>
#include <string.h>

void inq_html_init(struct inq_html *h, struct inq_sink *out)
{
	*h = (struct inq_html){ .out = out };
}

static void end_tag(struct inq_html *h)
{
	if (h->in_tag)
		inq_put(h->out, ">");
	h->in_tag = false;
}

/* Elements behind which a line ends: for those who read the source. */
static bool is_block(const char *element)
{
	static const char *const blocks[] = { "p", "tr", "li", "h1", "h2", "h3", "h4", "div", "section",
		"table", "caption", "thead", "tbody", "details", "summary", "dl", "dd", "ul", "ol", "nav",
		"header", "footer", "main", "title", "style", "head", "body", "html", "svg", "figure",
		"figcaption", "desc", "g", "text" };

	for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
		if (strcmp(element, blocks[i]) == 0)
			return true;
	return false;
}

void inq_html_open(struct inq_html *h, const char *element)
{
	end_tag(h);
	inq_putf(h->out, "<%s", element);
	h->in_tag = true;
	if (h->depth < INQ_HTML_DEPTH)
		h->open[h->depth] = element;
	h->depth++;
}

void inq_html_open_class(struct inq_html *h, const char *element, const char *class_name)
{
	inq_html_open(h, element);
	if (*class_name)
		inq_html_attr(h, "class", class_name);
}

void inq_html_void(struct inq_html *h, const char *element)
{
	inq_html_open(h, element);
	h->depth--;
}

void inq_html_close(struct inq_html *h)
{
	const char *element;

	end_tag(h);
	if (!h->depth)
		return;
	element = --h->depth < INQ_HTML_DEPTH ? h->open[h->depth] : "span";
	inq_putf(h->out, "</%s>%s", element, is_block(element) ? "\n" : "");
}

static void put_ascii(struct inq_html *h, uint8_t c)
{
	const char *entity = c == '&'    ? "&amp;"
	                     : c == '<'  ? "&lt;"
	                     : c == '>'  ? "&gt;"
	                     : c == '"'  ? "&quot;"
	                     : c == '\'' ? "&#39;"
	                                 : NULL;

	if (entity)
		inq_put(h->out, entity);
	else
		inq_put_bytes(h->out, (struct inq_bytes){ &c, 1 });
}

/* Whether a code point shows, in one place, as itself. */
static bool shows(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} odd[] = {
		{ 0x00, 0x1f },
		{ 0x7f, 0x9f },
		{ 0xad, 0xad },
		{ 0x34f, 0x34f },
		{ 0x61c, 0x61c },
		{ 0x115f, 0x1160 },
		{ 0x17b4, 0x17b5 },
		{ 0x180b, 0x180f },
		{ 0x200b, 0x200f },
		{ 0x2028, 0x202e },
		{ 0x2060, 0x206f },
		{ 0x2800, 0x2800 },
		{ 0x3164, 0x3164 },
		{ 0xe000, 0xf8ff },
		{ 0xfdd0, 0xfdef },
		{ 0xfe00, 0xfe0f },
		{ 0xfeff, 0xfeff },
		{ 0xffa0, 0xffa0 },
		{ 0xfff0, 0xfffc },
		{ 0xfffe, 0xffff },
		{ 0x1d173, 0x1d17a },
		{ 0x1fffe, 0x1ffff },
		{ 0xe0000, 0x10ffff },
	};

	for (size_t i = 0; i < sizeof odd / sizeof *odd && odd[i].first <= c; i++)
		if (c <= odd[i].last)
			return false;
	return true;
}

/* Marks that are written over the letter before them. */
static bool combines(uint32_t c)
{
	return (c >= 0x300 && c <= 0x36f) || (c >= 0x483 && c <= 0x489) || (c >= 0x1ab0 && c <= 0x1aff) ||
	       (c >= 0x1dc0 && c <= 0x1dff) || (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe20 && c <= 0xfe2f);
}

/* Letters of other scripts, many of which can be taken for Latin ones (Unicode TR 39, confusables). */
static bool may_look_latin(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} scripts[] = {
		{ 0x370, 0x3ff }, /* Greek */
		{ 0x400, 0x52f }, /* Cyrillic */
		{ 0x530, 0x58f }, /* Armenian */
		{ 0x13a0, 0x13ff }, /* Cherokee */
		{ 0x2100, 0x214f }, /* letterlike */
		{ 0xa4d0, 0xa4ff }, /* Lisu */
		{ 0xff01, 0xff5e }, /* full width */
		{ 0x1d400, 0x1d7ff }, /* mathematical */
	};

	for (size_t i = 0; i < sizeof scripts / sizeof *scripts && scripts[i].first <= c; i++)
		if (c <= scripts[i].last)
			return true;
	return false;
}

static bool is_latin(uint8_t c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* Where the word at `at` ends, and whether it has Latin letters beside such as can be taken for them. */
static size_t word_end(struct inq_bytes b, size_t at, bool *ret_mixed)
{
	bool latin = false, other = false;

	while (at < b.len &&
	        (b.at[at] >= 0x80 || is_latin(b.at[at]) || (b.at[at] >= '0' && b.at[at] <= '9'))) {
		uint32_t point = 0;
		unsigned len = inq_utf8(inq_bytes_from(b, at), &point);

		latin |= is_latin(b.at[at]);
		other |= len && may_look_latin(point);
		at += len ? len : 1;
	}
	*ret_mixed = latin && other;
	return at;
}

enum { ATTRIBUTE_MOST = 1000 }; /* code points */
enum { MARKS_MOST = 2 }; /* over one letter */

/*
 * `b` with what does not show spelled out, and what in a Latin word is not of
 * that script: in an element of its own where `elements`, and the latter only then. At most `most` code points; false where there were more.
 */
static bool put_shown(struct inq_html *h, struct inq_bytes b, size_t most, bool elements)
{
	unsigned marks = 0;
	bool mixed = false;
	size_t end = 0;

	for (size_t at = 0, count = 0; at < b.len; count++) {
		uint32_t point = 0;
		unsigned len = inq_utf8(inq_bytes_from(b, at), &point);

		if (count == most)
			return false;
		if (elements && at >= end)
			end = word_end(b, at, &mixed);
		marks = len && combines(point) ? marks + 1 : 0;
		if (len && shows(point) && marks <= MARKS_MOST && !(mixed && may_look_latin(point))) {
			if (len == 1)
				put_ascii(h, b.at[at]);
			else
				inq_put_bytes(h->out, (struct inq_bytes){ b.at + at, len });
		} else {
			inq_put(h->out, elements ? "<span class=\"odd\">" : "[");
			if (len)
				inq_putf(h->out, "U+%04X", (unsigned)point);
			else
				inq_putf(h->out, "0x%02X", b.at[at]);
			inq_put(h->out, elements ? "</span>" : "]");
		}
		at += len ? len : 1;
	}
	return true;
}

void inq_html_attr_bytes(struct inq_html *h, const char *name, struct inq_bytes value)
{
	inq_putf(h->out, " %s=\"", name);
	(void)put_shown(h, value, ATTRIBUTE_MOST, false);
	inq_put(h->out, "\"");
}

void inq_html_attr(struct inq_html *h, const char *name, const char *value)
{
	inq_html_attr_bytes(h, name, inq_bytes_of(value));
}

void inq_html_attrf(struct inq_html *h, const char *name, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	inq_html_attr(h, name, text);
}

void inq_html_text(struct inq_html *h, const char *text)
{
	end_tag(h);
	(void)put_shown(h, inq_bytes_of(text), SIZE_MAX, false);
}

void inq_html_textf(struct inq_html *h, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	inq_html_text(h, text);
}

void inq_html_element(struct inq_html *h, const char *element, const char *text)
{
	inq_html_open(h, element);
	inq_html_text(h, text);
	inq_html_close(h);
}

static void given(struct inq_html *h, const char *element, struct inq_bytes b, size_t most)
{
	inq_html_open(h, element);
	if (strcmp(element, "bdi") != 0)
		inq_html_attr(h, "dir", "auto");
	end_tag(h);
	if (!put_shown(h, b, most, true)) {
		inq_put(h->out, "<span class=\"cut\">");
		inq_putf(h->out, "… (%zu bytes in all)", b.len);
		inq_put(h->out, "</span>");
	}
	inq_html_close(h);
}

void inq_html_given(struct inq_html *h, struct inq_bytes b, size_t most)
{
	given(h, "bdi", b, most);
}

void inq_html_given_code(struct inq_html *h, struct inq_bytes b, size_t most)
{
	inq_html_open(h, "code");
	given(h, "bdi", b, most);
	inq_html_close(h);
}

void inq_html_title(struct inq_html *h, struct inq_bytes b, size_t most)
{
	end_tag(h);
	if (!put_shown(h, b, most, false))
		inq_put(h->out, "…");
}

void inq_html_heading(struct inq_html *h, unsigned level, const char *id, const char *text)
{
	static const char *const names[] = { "h1", "h2", "h3", "h4", "h5", "h6" };

	inq_html_open(h, names[level >= 1 && level <= 6 ? level - 1 : 5]);
	if (id)
		inq_html_attr(h, "id", id);
	inq_html_text(h, text);
	inq_html_close(h);
}

void inq_html_link(struct inq_html *h, const char *href)
{
	inq_html_open(h, "a");
	inq_html_attr(h, "href", href);
}

void inq_html_table(
        struct inq_html *h, const char *caption, const struct inq_html_column *columns, size_t count)
{
	inq_html_table_given(h, caption, columns, count, NULL);
}

void inq_html_table_given(struct inq_html *h, const char *caption, const struct inq_html_column *columns,
        size_t count, const struct inq_bytes *names)
{
	h->columns = columns;
	h->column_count = count;
	h->tables++;
	inq_html_open_class(h, "div", "scroll");
	inq_html_attr(h, "role", "group");
	inq_html_attrf(h, "aria-labelledby", "table-%u", h->tables);
	inq_html_attr(h, "tabindex", "0");
	inq_html_open_class(h, "table", h->table_class ? h->table_class : "");
	h->table_class = NULL;
	inq_html_open(h, "caption");
	inq_html_attrf(h, "id", "table-%u", h->tables);
	inq_html_text(h, caption);
	inq_html_close(h);
	inq_html_open(h, "thead");
	inq_html_open(h, "tr");
	for (size_t i = 0; i < count; i++) {
		inq_html_open_class(h, "th", columns[i].class_name);
		inq_html_attr(h, "scope", "col");
		if (columns[i].title)
			inq_html_text(h, columns[i].title);
		else
			inq_html_given(h, names[i], 60);
		inq_html_close(h);
	}
	inq_html_close(h);
	inq_html_close(h);
	inq_html_open(h, "tbody");
}

void inq_html_table_class(struct inq_html *h, const char *class_name)
{
	h->table_class = class_name;
}

void inq_html_row(struct inq_html *h)
{
	inq_html_open(h, "tr");
	h->column = 0;
}

void inq_html_cell(struct inq_html *h)
{
	bool heading = h->column == 0;

	inq_html_open_class(h, heading ? "th" : "td",
	        h->column < h->column_count ? h->columns[h->column].class_name : "");
	if (heading)
		inq_html_attr(h, "scope", "row");
	h->column++;
}

/* Cells that were left out are there, and empty. */
void inq_html_end_row(struct inq_html *h)
{
	while (h->column < h->column_count) {
		inq_html_cell(h);
		inq_html_close(h);
	}
	inq_html_close(h);
}

void inq_html_end_table(struct inq_html *h)
{
	inq_html_close(h);
	inq_html_close(h);
	inq_html_close(h);
	h->columns = NULL;
	h->column_count = 0;
}
