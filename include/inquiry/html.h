/*
 * Writes HTML into a sink. What comes out is well-formed by construction:
 * elements are opened and closed in order, attributes are always quoted, and
 * there is no call that lets markup through. What others wrote stands in an
 * element of its own that keeps its direction to itself (<bdi>), with every
 * code point that does not show, reorders or piles up spelled out, and its
 * length capped with the full length said.
 *
 * The names of elements and attributes are the program's own words and are
 * written as they are. The same calls give the same bytes.
 */
#ifndef INQUIRY_HTML_H
#define INQUIRY_HTML_H

#include <inquiry/text.h>

enum { INQ_HTML_DEPTH = 48 };

struct inq_html {
	struct inq_sink *out;
	const char *open[INQ_HTML_DEPTH];
	unsigned depth;
	bool in_tag; /* attributes may follow */
	/* Of the table that is being written. */
	const struct inq_html_column *columns;
	size_t column_count, column;
	const char *table_class; /* of the next one; NULL: none */
	unsigned tables; /* so far: each has an id of its own */
};

void inq_html_init(struct inq_html *h, struct inq_sink *out);

/* Opens an element. Its attributes follow at once. */
void inq_html_open(struct inq_html *h, const char *element);
/* An element that has no content and no end. */
void inq_html_void(struct inq_html *h, const char *element);
void inq_html_attr(struct inq_html *h, const char *name, const char *value);
/* The same of somebody else's words, at most 1,000 code points of them. */
void inq_html_attr_bytes(struct inq_html *h, const char *name, struct inq_bytes value);
void inq_html_attrf(struct inq_html *h, const char *name, const char *fmt, ...) INQ_PRINTF(3, 4);
/* Closes the innermost element. */
void inq_html_close(struct inq_html *h);
/* Opens an element of that class; "" is none. */
void inq_html_open_class(struct inq_html *h, const char *element, const char *class_name);

/* The program's own words; escaped all the same. */
void inq_html_text(struct inq_html *h, const char *text);
void inq_html_textf(struct inq_html *h, const char *fmt, ...) INQ_PRINTF(2, 3);
/* An element that holds these words and nothing else. */
void inq_html_element(struct inq_html *h, const char *element, const char *text);

/* Somebody else's words: at most `most` code points, then how many bytes there are in all. */
void inq_html_given(struct inq_html *h, struct inq_bytes b, size_t most);
/* The same in a fixed pitch, where every letter counts. */
void inq_html_given_code(struct inq_html *h, struct inq_bytes b, size_t most);

/* The same where no element may stand: in a title. */
void inq_html_title(struct inq_html *h, struct inq_bytes b, size_t most);

/* A heading with an id, which links lead to. Levels 1 to 6. */
void inq_html_heading(struct inq_html *h, unsigned level, const char *id, const char *text);

/* A link to a place of this page or site. */
void inq_html_link(struct inq_html *h, const char *href);

/*
 * A table: a caption, columns with headings, rows whose first cell is their
 * heading. It stands in a region that scrolls sideways, by the keyboard too.
 *
 *     inq_html_table(h, "Families", columns, 3);
 *     for (...) {
 *             inq_html_row(h);
 *             inq_html_cell(h); ...; inq_html_close(h);
 *             inq_html_end_row(h);
 *     }
 *     inq_html_end_table(h);
 */
struct inq_html_column {
	const char *title;
	const char *class_name; /* of its cells: "n" is a number; "" */
};
void inq_html_table(
        struct inq_html *h, const char *caption, const struct inq_html_column *columns, size_t count);
/* The same, where columns with a NULL title are called by somebody else's words in `given`. */
void inq_html_table_given(struct inq_html *h, const char *caption, const struct inq_html_column *columns,
        size_t count, const struct inq_bytes *given);
/* Gives the next table that class. */
void inq_html_table_class(struct inq_html *h, const char *class_name);
void inq_html_row(struct inq_html *h);
void inq_html_cell(struct inq_html *h);
void inq_html_end_row(struct inq_html *h);
void inq_html_end_table(struct inq_html *h);

#endif
