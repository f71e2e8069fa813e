/*
 * Families by the functions that an exhibit shares with them: a row for each
 * family, in which the exhibit's functions stand by address. Library code is
 * grey, in a row of its own.
 */
#include "page/section.h"
#include <string.h>

enum { MAPS_MOST = 16, FAMILIES_MOST = 12, CELLS_MOST = 160, LIBRARY = 9 };

/* Thousandths of a probability, from where on a cell is of the class; equal code is class 5. */
static uint8_t class_of(const struct inq_json_value *candidate)
{
	int64_t probability = 0;

	if (inq_bytes_equal(member_string(candidate, "how"), "exact"))
		return 5;
	(void)member_milli(candidate, "probability", &probability);
	return probability >= 900 ? 4 : probability >= 700 ? 3 : probability >= 500 ? 2 : 0;
}

/* What a function says of that family. */
static uint8_t cell_of(const struct inq_json_value *f, struct inq_bytes label, bool library)
{
	struct inq_bytes standing = member_string(f, "standing");
	uint8_t most = 0;

	if (library)
		return inq_bytes_equal(standing, "library") && same_bytes(member_string(f, "label"), label)
		               ? LIBRARY
		               : 0;
	if (!inq_bytes_equal(standing, "distinctive") && !inq_bytes_equal(standing, "widespread"))
		return 0;
	for (const struct inq_json_value *c = member_first(f, "candidates"); c; c = c->next) {
		uint8_t one = same_bytes(member_string(c, "label"), label) ? class_of(c) : 0;

		most = one > most ? one : most;
	}
	return most;
}

/* The functions in at most CELLS_MOST cells, by address; each shows the most telling of those in it. */
static size_t strip(
        const struct inq_json_value *s, struct inq_bytes label, bool library, uint8_t cells[CELLS_MOST])
{
	size_t functions = member_length(s, "functions"), i = 0,
	       count = functions < CELLS_MOST ? functions : CELLS_MOST;

	memset(cells, 0, CELLS_MOST);
	for (const struct inq_json_value *f = member_first(s, "functions"); f; f = f->next, i++) {
		size_t at = i * count / functions;
		uint8_t one = cell_of(f, label, library);

		cells[at] = one > cells[at] ? one : cells[at];
	}
	return count;
}

static void row(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *search, const struct inq_json_value *family, bool library)
{
	static const char *const of_family[] = { "distinctive", "widespread", "library", "information" };
	static const char *const of_library[] = { NULL, NULL, "library", NULL };
	uint8_t cells[CELLS_MOST];
	size_t count = strip(search, member_string(family, "label"), library, cells);

	inq_html_row(h);
	inq_html_cell(h);
	if (library)
		inq_html_text(h, "library ");
	name_put(h, family, "label");
	inq_html_close(h);
	inq_html_cell(h);
	svg_strip(h, library ? "Where its library code lies" : "Where the functions lie that it shares",
	        cells, count);
	inq_html_close(h);
	for (size_t i = 0; i < 4; i++) {
		const char *key = library ? of_library[i] : of_family[i];

		inq_html_cell(h);
		if (key)
			count_put(h, p, d, family, key);
		inq_html_close(h);
	}
	inq_html_end_row(h);
}

static void swatch(struct inq_html *h, const char *class_name)
{
	inq_html_open(h, "span");
	inq_html_attrf(h, "class", "swatch %s", class_name);
	inq_html_attr(h, "aria-hidden", "true");
	inq_html_close(h);
}

static void coverage(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *s)
{
	struct svg_part parts[] = { { "in one family", 0, "c5" }, { "in several", 0, "c3" },
		{ "library", 0, "c9" }, { "in none", 0, "c0" }, { "small, padding, unread", 0, "c1" } };
	const struct inq_json_value *c = member_object(s, "coverage");
	uint64_t small = 0, padding = 0, unreadable = 0;

	(void)member_count(c, "distinctive", &parts[0].amount);
	(void)member_count(c, "widespread", &parts[1].amount);
	(void)member_count(c, "library", &parts[2].amount);
	(void)member_count(c, "unmatched", &parts[3].amount);
	(void)member_count(c, "small", &small);
	(void)member_count(c, "padding", &padding);
	(void)member_count(c, "unreadable", &unreadable);
	parts[4].amount = small + padding + unreadable;
	svg_bar(h, "The bytes of its code, by what they are, in the order of the list below", parts, 5);
	inq_html_open_class(h, "ul", "key");
	for (size_t i = 0; i < 5; i++) {
		inq_html_open(h, "li");
		swatch(h, parts[i].class_name);
		inq_html_textf(h, "%s: ", parts[i].name);
		number_put(h, p, d, parts[i].amount);
		inq_html_text(h, i ? "" : " bytes");
		inq_html_close(h);
	}
	inq_html_close(h);
}

static void map(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *s)
{
	static const struct inq_html_column columns[] = { { "Family", "" },
		{ "Its functions in the exhibit", "why" }, { "In it alone", "n" }, { "In others, too", "n" },
		{ "Library", "n" }, { "Bits", "n" } };
	size_t shown = 0, families = member_length(s, "families");

	exhibit_heading(h, p, d, member_string(s, "sha256"));
	if (member_true(s, "packed"))
		inq_html_element(h, "p", "It seems to be packed: what was not found in it means little.");
	if (member_true(s, "no_decoder"))
		inq_html_element(h, "p", "Its code is for a machine that this program does not read.");
	if (member_true(s, "cut"))
		inq_html_element(h, "p", "A limit stopped the recovery of its functions: there are more.");
	coverage(h, p, d, s);
	if (!families && !member_length(s, "libraries")) {
		inq_html_element(h, "p", "Nothing of it was found in the corpus.");
		return;
	}
	inq_html_table(
	        h, "Functions found in families and libraries", columns, sizeof columns / sizeof *columns);
	for (const struct inq_json_value *f = member_first(s, "families"); f && shown < FAMILIES_MOST;
	        f = f->next, shown++)
		row(h, p, d, s, f, false);
	shown = 0;
	for (const struct inq_json_value *l = member_first(s, "libraries"); l && shown < FAMILIES_MOST;
	        l = l->next, shown++)
		row(h, p, d, s, l, true);
	inq_html_end_table(h);
	if (families > FAMILIES_MOST) {
		inq_html_open(h, "p");
		counted(h, families - FAMILIES_MOST, "more family", "more families");
		inq_html_text(h, " with less of it: in the document.");
		inq_html_close(h);
	}
}

static void key(struct inq_html *h)
{
	static const struct {
		const char *class_name, *words;
	} shades[] = { { "c5", "the same code but for addresses" }, { "c4", "probability .9 or more" },
		{ "c3", ".7 or more" }, { "c2", ".5 or more" },
		{ "c9", "library code, which counts nothing" } };

	inq_html_open_class(h, "ul", "key");
	for (size_t i = 0; i < sizeof shades / sizeof *shades; i++) {
		inq_html_open(h, "li");
		swatch(h, shades[i].class_name);
		inq_html_text(h, shades[i].words);
		inq_html_close(h);
	}
	inq_html_close(h);
}

void put_families(const struct inq_page *p, struct inq_html *h)
{
	unsigned maps = 0, more = 0, looked = 0;

	for (const struct inq_page_document *d = NULL; (d = page_next(p, INQ_PAGE_SEARCH, d));)
		for (const struct inq_json_value *s = member_first(d->value, "searches"); s; s = s->next) {
			const struct inq_page_document *first;

			if (!member_object(s, "coverage") || !page_stands(p, d))
				continue;
			/* Another search of the same exhibit is in the record, and shown once. */
			if (looked++ < ROWS_MOST &&
			        page_exhibit(p, INQ_PAGE_SEARCH, member_string(s, "sha256"), &first) != s)
				continue;
			if (maps == MAPS_MOST || looked > ROWS_MOST) {
				more++;
				continue;
			}
			if (!maps++) {
				inq_html_element(h, "p",
				        "Each strip is the exhibit from its first function to its last. A "
				        "mark stands where "
				        "a function of it was found in that family, the darker the surer. "
				        "The bar above it "
				        "is all of its code, by what it is.");
				key(h);
			}
			map(h, p, d, s);
		}
	if (!maps)
		inq_html_element(h, "p", "Nothing was searched: no search is at hand.");
	if (more) {
		inq_html_open(h, "p");
		counted(h, more, "more search is", "more searches are");
		inq_html_text(h, " listed under provenance.");
		inq_html_close(h);
	}
}
