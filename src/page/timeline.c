/*
 * Times: those that the record observed, entry by entry, and those that the
 * files claim of themselves, which anyone can write into them.
 */
#include "page/section.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVENTS_MOST = 300, PER_EXHIBIT_MOST = 20 };

struct event {
	uint64_t time;
	bool observed;
	const char *what;
	struct inq_bytes exhibit; /* a digest, or empty */
	struct inq_bytes entry; /* by which it was observed, or empty */
	struct inq_bytes who, whose; /* of a countersignature */
	const struct inq_page_document *from;
	size_t number;
};

struct events {
	struct event at[EVENTS_MOST];
	size_t count, more;
};

static void add(struct events *all, struct event e)
{
	if (all->count == EVENTS_MOST) {
		all->more++;
		return;
	}
	e.number = all->count;
	all->at[all->count++] = e;
}

static int by_time(const void *l, const void *r)
{
	const struct event *a = l, *b = r;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return (a->number > b->number) - (a->number < b->number);
}

static void claims(const struct inq_page *p, struct events *all)
{
	static const struct {
		const char *kind, *what;
	} kinds[] = { { "compile-time", "compiled, it says" },
		{ "debug-time", "its debugging data made, it says" } };

	for (const struct inq_page_document *d = NULL; (d = page_next(p, INQ_PAGE_EXAMINATION, d));) {
		if (!page_stands(p, d))
			continue;
		for (const struct inq_json_value *x = member_first(d->value, "exhibits"); x; x = x->next) {
			size_t taken = 0;

			for (const struct inq_json_value *f = member_first(x, "facts");
			        f && taken < PER_EXHIBIT_MOST; f = f->next)
				for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
					struct event e = { .what = kinds[i].what,
						.exhibit = member_string(x, "sha256"),
						.from = d };

					if (!inq_bytes_equal(member_string(f, "kind"), kinds[i].kind) ||
					        !member_count(f, "value", &e.time))
						continue;
					add(all, e);
					taken++;
				}
		}
	}
}

/* Charters and exhibits: when the record first had them. */
static void observations(const struct inq_page *p, struct events *all)
{
	static const struct {
		const char *type, *what;
	} types[] = { { "charter", "a party opened its log" }, { "exhibit open", "entered" },
		{ "exhibit sealed", "entered, sealed" },
		{ "exhibit withheld", "entered, by its digest alone" },
		{ "exhibit share", "sealed to further parties" }, { "exhibit unseal", "opened" },
		{ "conclusion", "concluded on" } };
	const struct inq_page_document *log = page_next(p, INQ_PAGE_LOG, NULL);

	for (const struct inq_json_value *e = log ? member_first(log->value, "entries") : NULL; e;
	        e = e->next)
		for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
			struct event event = { .observed = true,
				.what = types[i].what,
				.exhibit = i ? member_string(member_first(e, "subjects"), "sha256")
				             : (struct inq_bytes){ NULL, 0 },
				.entry = member_string(e, "entry"),
				.from = log };

			if (inq_bytes_equal(member_string(e, "type"), types[i].type) &&
			        member_count(e, "time", &event.time))
				add(all, event);
		}
}

/* Countersignatures bound the times of what they cover: it was there by then. */
static void countersignatures(const struct inq_page *p, struct events *all)
{
	const struct inq_page_document *d = page_next(p, INQ_PAGE_VERIFICATION, NULL);

	for (const struct inq_json_value *l = d ? member_first(d->value, "logs") : NULL; l; l = l->next)
		for (const struct inq_json_value *c = member_first(l, "cosigned_by"); c; c = c->next) {
			struct event e = { .observed = true,
				.what = " countersigned the log of ",
				.who = member_string(c, "party"),
				.whose = member_string(l, "party"),
				.from = d };
			uint64_t size = 0;

			if (member_count(c, "size", &size) && size && member_count(c, "time", &e.time))
				add(all, e);
		}
}

enum { WIDTH = 720, HEIGHT = 96, LEFT = 90, RIGHT = 700, CLAIMED_Y = 24, OBSERVED_Y = 52, AXIS_Y = 72 };
enum { YEAR = 31556952 };

static void label(struct inq_html *h, int x, int y, const char *anchor, const char *text)
{
	inq_html_open(h, "text");
	inq_html_attrf(h, "x", "%d", x);
	inq_html_attrf(h, "y", "%d", y);
	if (anchor)
		inq_html_attr(h, "text-anchor", anchor);
	inq_html_text(h, text);
	inq_html_close(h);
}

/* From 1985 to 2100: what claims to be earlier or later stands in the table alone. */
static bool is_drawn(const struct event *e)
{
	return e->time > (uint64_t)15 * YEAR && e->time < (uint64_t)130 * YEAR;
}

static void picture(struct inq_html *h, const struct events *all)
{
	uint64_t first = UINT64_MAX, last = 0, span, year, step = 1;
	char text[FIGURE_TEXT];

	for (size_t i = 0; i < all->count; i++)
		if (is_drawn(&all->at[i])) {
			first = all->at[i].time < first ? all->at[i].time : first;
			last = all->at[i].time > last ? all->at[i].time : last;
		}
	if (first > last)
		return;
	first -= YEAR / 4;
	last += YEAR / 4;
	span = last - first;
	while (span / YEAR / step > 9)
		step *= step == 2 ? 5 : 2;
	inq_html_open_class(h, "div", "scroll");
	inq_html_attr(h, "role", "group");
	inq_html_attr(h, "aria-label", "Picture of the times below");
	inq_html_attr(h, "tabindex", "0");
	inq_html_open_class(h, "svg", "timeline");
	inq_html_attrf(h, "viewBox", "0 0 %d %d", WIDTH, HEIGHT);
	inq_html_attr(h, "role", "img");
	inq_html_element(h, "title",
	        "When it happened, as the record observed it, and as the files claim; the table "
	        "below has the same");
	label(h, 0, CLAIMED_Y + 4, NULL, "claimed");
	label(h, 0, OBSERVED_Y + 4, NULL, "observed");
	inq_html_open_class(h, "path", "axis");
	inq_html_attrf(h, "d", "M%d %dH%d", LEFT, AXIS_Y, RIGHT);
	inq_html_close(h);
	for (year = first / YEAR + 1; year <= last / YEAR; year++) {
		int x = LEFT + (int)((year * YEAR - first) * (RIGHT - LEFT) / span);

		if ((1970 + year) % step)
			continue;
		inq_html_open_class(h, "path", "axis");
		inq_html_attrf(h, "d", "M%d %dv5", x, AXIS_Y);
		inq_html_close(h);
		snprintf(text, sizeof text, "%" PRIu64, 1970 + year);
		label(h, x, AXIS_Y + 19, "middle", text);
	}
	for (size_t i = 0; i < all->count; i++) {
		const struct event *e = &all->at[i];

		if (!is_drawn(e))
			continue;
		inq_html_open_class(h, "circle", e->observed ? "observed" : "claimed");
		inq_html_attrf(h, "cx", "%d", LEFT + (int)((e->time - first) * (RIGHT - LEFT) / span));
		inq_html_attrf(h, "cy", "%d", e->observed ? OBSERVED_Y : CLAIMED_Y);
		inq_html_attr(h, "r", "5");
		inq_html_close(h);
	}
	inq_html_close(h);
	inq_html_close(h);
}

static void rows(struct inq_html *h, const struct inq_page *p, const struct events *all)
{
	static const struct inq_html_column columns[] = { { "Time (UTC)", "" }, { "Is", "" }, { "What", "" },
		{ "By", "" } };

	inq_html_table(h, "Times, the earliest first", columns, 4);
	for (size_t i = 0; i < all->count; i++) {
		const struct event *e = &all->at[i];

		inq_html_row(h);
		inq_html_cell(h);
		time_put(h, e->time);
		inq_html_close(h);
		inq_html_cell(h);
		inq_html_text(h, e->observed ? "observed" : "claimed");
		inq_html_close(h);
		inq_html_cell(h);
		if (e->exhibit.len) {
			exhibit_put(h, p, e->exhibit);
			inq_html_text(h, ": ");
		}
		if (e->who.len)
			inq_html_given(h, e->who, NAME_MOST);
		inq_html_text(h, e->what);
		if (e->who.len)
			inq_html_given(h, e->whose, NAME_MOST);
		inq_html_close(h);
		inq_html_cell(h);
		if (e->entry.len) {
			entry_link(h, p, e->entry);
		} else {
			from(h, p, e->from);
			inq_html_text(h, e->who.len ? "the record's heads" : "the file itself");
			inq_html_close(h);
		}
		inq_html_close(h);
		inq_html_end_row(h);
	}
	inq_html_end_table(h);
}

static void days(struct inq_html *h, const struct inq_page *p)
{
	for (const struct inq_page_document *d = NULL; (d = page_next(p, INQ_PAGE_ATTRIBUTION, d));) {
		if (!page_stands(p, d) || !member_string(d->value, "date").len)
			continue;
		inq_html_open(h, "p");
		inq_html_text(h, "For the conclusion in ");
		from(h, p, d);
		inq_html_text(h, d->entry ? d->entry : "the document");
		inq_html_close(h);
		inq_html_text(h, " it was taken as given that the exhibits existed on ");
		name_put(h, d->value, "date");
		inq_html_text(h, ".");
		inq_html_close(h);
	}
}

void put_timeline(const struct inq_page *p, struct inq_html *h)
{
	struct events *all = inq_arena_new(p->a, 1, sizeof *all);

	if (!all) {
		inq_html_element(h, "p", "There was no memory for the times.");
		return;
	}
	claims(p, all);
	observations(p, all);
	countersignatures(p, all);
	qsort(all->at, all->count, sizeof *all->at, by_time);
	inq_html_element(h, "p",
	        "Observed is when something was entered, as its writer's clock says and as the "
	        "countersignatures of "
	        "others bound it. Claimed is what a file says of itself: anyone can write that, and nothing "
	        "rests on "
	        "it.");
	days(h, p);
	if (!all->count) {
		inq_html_element(h, "p", "No time is said, by a record or by a file.");
		return;
	}
	picture(h, all);
	rows(h, p, all);
	if (all->more) {
		inq_html_open(h, "p");
		counted(h, all->more, "more time is", "more times are");
		inq_html_text(h, " in the documents.");
		inq_html_close(h);
	}
}
