/*
 * Whether a report is what every report must be, whatever its documents say:
 * elements of the few kinds that it is made of, closed in order; no attribute
 * that runs or loads anything; every link to a place that is there, and every
 * id there once; headings that go down a level at a time; nothing in its text
 * that reorders it or does not show. A reader of its own, which shares nothing
 * with the writer.
 */
#ifndef PAGE_HOLDS_H
#define PAGE_HOLDS_H

#include <inquiry/page.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct page_reader {
	const char *at, *end;
	const char *open[128];
	size_t depth;
	const char **ids, **links; /* into the page, up to the quote */
	size_t id_count, link_count, room;
	unsigned heading;
	char why[200];
};

static inline bool page_is_one_of(const char *at, size_t len, const char *words)
{
	for (const char *w = words; *w;) {
		size_t n = strcspn(w, " ");

		if (n == len && memcmp(w, at, n) == 0)
			return true;
		w += n + (w[n] == ' ');
	}
	return false;
}

static inline bool page_fails(struct page_reader *r, const char *what, const char *at)
{
	size_t left = (size_t)(r->end - at);

	snprintf(r->why, sizeof r->why, "%s: %.*s", what, (int)(left < 80 ? left : 80), at);
	return false;
}

static inline bool page_attribute(struct page_reader *r)
{
	static const char known[] =
	        "class id href role tabindex title scope lang charset content name http-equiv "
	        "aria-label aria-labelledby aria-hidden dir datetime viewBox x y width height d cx "
	        "cy r preserveAspectRatio text-anchor";
	const char *name = r->at, *value;
	size_t len = strcspn(name, "= >");

	if (!page_is_one_of(name, len, known))
		return page_fails(r, "an attribute of no page", name);
	if (strncmp(name + len, "=\"", 2) != 0)
		return page_fails(r, "an attribute without a value", name);
	value = name + len + 2;
	r->at = value + strcspn(value, "\"<>");
	if (r->at >= r->end || *r->at != '"')
		return page_fails(r, "an attribute that is not closed", name);
	if (page_is_one_of(name, len, "id"))
		r->ids[r->id_count++] = value;
	if (page_is_one_of(name, len, "href")) {
		if (*value != '#')
			return page_fails(r, "a link that leads away", name);
		r->links[r->link_count++] = value + 1;
	}
	r->at++;
	return true;
}

static inline bool page_tag(struct page_reader *r)
{
	static const char known[] =
	        "html head meta title style body header nav main section footer a h1 h2 h3 h4 p ul ol "
	        "li dl dt dd blockquote pre code bdi span strong time table caption thead tbody tr th "
	        "td div details summary svg rect path circle text";
	const char *name = r->at + 1;
	bool closing = *name == '/';
	size_t len = strcspn(name += closing, " >");

	if (!page_is_one_of(name, len, known))
		return page_fails(r, "an element of no page", name);
	if (closing) {
		if (!r->depth || strncmp(r->open[--r->depth], name, len) != 0)
			return page_fails(r, "closes what is not open", name);
		r->at = name + len + 1;
		return true;
	}
	if (len == 2 && *name == 'h' && name[1] >= '1' && name[1] <= '4') {
		unsigned level = (unsigned)(name[1] - '0');

		if (level > r->heading + 1)
			return page_fails(r, "a heading skips a level", name);
		r->heading = level;
	}
	for (r->at = name + len; r->at < r->end && *r->at == ' ';) {
		r->at++;
		if (!page_attribute(r))
			return false;
	}
	if (r->at >= r->end || *r->at != '>')
		return page_fails(r, "a tag that does not end", name);
	r->at++;
	if (page_is_one_of(name, len, "meta"))
		return true;
	if (r->depth == sizeof r->open / sizeof *r->open)
		return page_fails(r, "too deep", name);
	r->open[r->depth++] = name;
	if (page_is_one_of(name, len, "style")) {
		r->at = strstr(r->at, "</style>");
		return r->at != NULL || page_fails(r, "a style that does not end", name);
	}
	return true;
}

static inline bool page_text(struct page_reader *r)
{
	const unsigned char *c = (const unsigned char *)r->at;

	if (*c == '>' || *c == '"' || *c == '\'')
		return page_fails(r, "not escaped", r->at);
	if ((*c < 0x20 && *c != '\n') || *c == 0x7f)
		return page_fails(r, "a control character", r->at);
	if (c[0] == 0xe2 && c[1] == 0x80 &&
	        ((c[2] >= 0x8b && c[2] <= 0x8f) || (c[2] >= 0xa8 && c[2] <= 0xae)))
		return page_fails(r, "what reorders or does not show", r->at);
	r->at++;
	return true;
}

static inline int page_by_value(const void *l, const void *r)
{
	const char *a = *(const char *const *)l, *b = *(const char *const *)r;
	size_t n = strcspn(a, "\""), m = strcspn(b, "\"");
	int order = memcmp(a, b, n < m ? n : m);

	return order ? order : (n > m) - (n < m);
}

static inline bool page_links(struct page_reader *r)
{
	qsort(r->ids, r->id_count, sizeof *r->ids, page_by_value);
	for (size_t i = 1; i < r->id_count; i++)
		if (page_by_value(&r->ids[i - 1], &r->ids[i]) == 0)
			return page_fails(r, "an id that is there twice", r->ids[i]);
	for (size_t i = 0; i < r->link_count; i++)
		if (!bsearch(&r->links[i], r->ids, r->id_count, sizeof *r->ids, page_by_value))
			return page_fails(r, "a link to nowhere", r->links[i]);
	return true;
}

/* `page` is NUL-terminated. Where it does not hold, `why` says so. */
static inline bool page_holds(const char *page, char why[200])
{
	static const char doctype[] = "<!DOCTYPE html>\n";
	struct page_reader r = { .at = page, .end = page + strlen(page) };
	bool holds =
	        inq_page_report_is(inq_bytes_of(page)) && strncmp(page, doctype, sizeof doctype - 1) == 0;

	for (const char *c = page; *c; c++)
		r.room += *c == '<';
	r.ids = calloc(r.room + 1, 4 * sizeof *r.ids);
	r.links = calloc(r.room + 1, 4 * sizeof *r.links);
	if (!r.ids || !r.links)
		abort();
	if (!holds)
		(void)page_fails(&r, "no report", page);
	r.at += sizeof doctype - 1;
	while (holds && r.at < r.end)
		holds = *r.at == '<' ? page_tag(&r) : page_text(&r);
	if (holds && r.depth)
		holds = page_fails(&r, "something is left open", r.end);
	holds = holds && page_links(&r);
	free(r.ids);
	free(r.links);
	memcpy(why, r.why, sizeof r.why);
	return holds;
}

#endif
