/*
 * Small pictures, drawn in whole numbers. Each has a title for those who do
 * not see it, and stands in a row of a table that has its numbers. How it
 * looks is the stylesheet's; widths follow the page.
 */
#include "page/section.h"
#include <inttypes.h>
#include <stdio.h>

static void begin(struct inq_html *h, const char *class_name, unsigned width, unsigned height, bool stretch)
{
	inq_html_open_class(h, "svg", class_name);
	inq_html_attrf(h, "viewBox", "0 0 %u %u", width, height);
	if (stretch)
		inq_html_attr(h, "preserveAspectRatio", "none");
	inq_html_attr(h, "role", "img");
}

static void rect(
        struct inq_html *h, const char *class_name, unsigned x, unsigned y, unsigned width, unsigned height)
{
	inq_html_open_class(h, "rect", class_name);
	inq_html_attrf(h, "x", "%u", x);
	inq_html_attrf(h, "y", "%u", y);
	inq_html_attrf(h, "width", "%u", width);
	inq_html_attrf(h, "height", "%u", height);
	inq_html_close(h);
}

static void path(struct inq_html *h, const char *class_name, const char *d)
{
	inq_html_open_class(h, "path", class_name);
	inq_html_attr(h, "d", d);
	inq_html_close(h);
}

enum { DECADES = 4, DECADE = 30, RATIO_WIDTH = 2 * DECADES * DECADE + 20, RATIO_HEIGHT = 24, MIDDLE = 12 };

/* Where a logarithm lies on the line; at its ends where it is beyond. */
static int ratio_x(int64_t log10)
{
	int64_t most = DECADES * 1000, at = log10 > most ? most : log10 < -most ? -most : log10;

	return (int)(RATIO_WIDTH / 2 + at * DECADE / 1000);
}

void svg_ratio(struct inq_html *h, const struct ratio *r)
{
	char text[FIGURE_TEXT], least[FIGURE_TEXT], most[FIGURE_TEXT], d[128];
	int from_x = ratio_x(r->least), to_x = ratio_x(r->most), x = ratio_x(r->log10);

	begin(h, "ratio", RATIO_WIDTH, RATIO_HEIGHT, false);
	inq_html_open(h, "title");
	inq_html_textf(h, "%s, between %s and %s", ratio_text(r->log10, text), ratio_text(r->least, least),
	        ratio_text(r->most, most));
	inq_html_close(h);
	for (int i = -DECADES; i <= DECADES; i++) {
		snprintf(d, sizeof d, "M%d 2V%d", RATIO_WIDTH / 2 + i * DECADE, RATIO_HEIGHT - 2);
		path(h, i == 0 ? "one" : "decade", d);
	}
	snprintf(d, sizeof d, "M%d %dH%d", from_x, MIDDLE, to_x > from_x ? to_x : from_x + 1);
	path(h, "interval", d);
	if (r->least < -DECADES * 1000) {
		snprintf(d, sizeof d, "M%d %dl8 -5v10z", from_x - 4, MIDDLE);
		path(h, "end", d);
	} else {
		snprintf(d, sizeof d, "M%d %dv10", from_x, MIDDLE - 5);
		path(h, "interval", d);
	}
	if (r->most > DECADES * 1000) {
		snprintf(d, sizeof d, "M%d %dl-8 -5v10z", to_x + 4, MIDDLE);
		path(h, "end", d);
	} else {
		snprintf(d, sizeof d, "M%d %dv10", to_x, MIDDLE - 5);
		path(h, "interval", d);
	}
	inq_html_open_class(h, "circle", "at");
	inq_html_attrf(h, "cx", "%d", x);
	inq_html_attrf(h, "cy", "%d", MIDDLE);
	inq_html_attr(h, "r", "4.5");
	inq_html_close(h);
	inq_html_close(h);
}

enum { BAR_WIDTH = 1000, BAR_HEIGHT = 20 };

static unsigned share(uint64_t part, uint64_t whole)
{
	return (unsigned)(whole < UINT64_MAX / BAR_WIDTH ? BAR_WIDTH * part / whole
	                                                 : part / (whole / BAR_WIDTH));
}

void svg_bar(struct inq_html *h, const char *title, const struct svg_part *parts, size_t count)
{
	uint64_t whole = 0, before = 0;

	for (size_t i = 0; i < count; i++)
		whole += parts[i].amount;
	if (!whole)
		return;
	begin(h, "bar", BAR_WIDTH, BAR_HEIGHT, true);
	inq_html_element(h, "title", title);
	for (size_t i = 0; i < count; i++) {
		unsigned x = share(before, whole), to;

		before += parts[i].amount;
		to = share(before, whole);
		if (to > x)
			rect(h, parts[i].class_name, x, 0, to - x, BAR_HEIGHT);
	}
	inq_html_close(h);
}

void svg_strip(struct inq_html *h, const char *title, const uint8_t *cells, size_t count)
{
	if (!count)
		return;
	begin(h, "strip", (unsigned)count * 4, 16, true);
	inq_html_element(h, "title", title);
	for (size_t i = 0, from_cell = 0; i < count; i++) {
		char class_name[4];

		/* Cells of one class side by side are one rectangle. */
		if (i + 1 < count && cells[i + 1] == cells[i])
			continue;
		if (cells[i]) {
			snprintf(class_name, sizeof class_name, "c%u", cells[i] % 10U);
			rect(h, class_name, (unsigned)from_cell * 4, 0, (unsigned)(i + 1 - from_cell) * 4,
			        16);
		}
		from_cell = i + 1;
	}
	inq_html_close(h);
}
