/* The evidence by propositions, the most telling first; what would change the conclusion. */
#include "page/section.h"
#include <stdlib.h>
#include <string.h>

enum { PIECES_MOST = 40, FAMILIES_ACROSS = 3 };

/* A piece of shared code, with the family for which it speaks. */
struct piece {
	const struct inq_json_value *value, *family;
	uint64_t bits;
	size_t number; /* in the document: where bits are the same, the earlier one is first */
};

static int by_bits(const void *l, const void *r)
{
	const struct piece *a = l, *b = r;

	if (a->bits != b->bits)
		return a->bits > b->bits ? -1 : 1;
	return (a->number > b->number) - (a->number < b->number);
}

static struct piece *gather(const struct inq_page *p, const struct inq_page_document *d, size_t *ret_count)
{
	struct piece *pieces;
	size_t count = 0;

	for (const struct inq_json_value *f = member_first(d->value, "families"); f; f = f->next)
		count += member_length(f, "pieces");
	pieces = inq_arena_new(p->a, count, sizeof *pieces);
	*ret_count = 0;
	for (const struct inq_json_value *f = member_first(d->value, "families"); f && pieces; f = f->next)
		for (const struct inq_json_value *v = member_first(f, "pieces"); v; v = v->next) {
			struct piece *at = &pieces[*ret_count];

			*at = (struct piece){ v, f, 0, *ret_count };
			(void)member_count(v, "bits", &at->bits);
			++*ret_count;
		}
	if (pieces)
		qsort(pieces, *ret_count, sizeof *pieces, by_bits);
	return pieces;
}

/* Where a piece lies: its exhibit and its first address, which leads to its functions. */
static void place_put(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *piece)
{
	from(h, p, d);
	inq_html_given_code(h, member_string(piece, "va"), 20);
	inq_html_close(h);
	if (member_length(d->value, "exhibits") > 1) {
		inq_html_text(h, " of ");
		exhibit_put(h, p, member_string(piece, "exhibit"));
	}
}

static void bits_put(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct piece *piece)
{
	inq_html_text(h, "for it: ");
	number_put(h, p, d, piece->bits);
	inq_html_text(h, " bits");
}

static void matrix(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct piece *pieces, size_t count)
{
	struct inq_html_column columns[FAMILIES_ACROSS + 4] = { { "Evidence", "why" } };
	struct inq_bytes names[FAMILIES_ACROSS + 4] = { { NULL, 0 } };
	const struct inq_json_value *families[FAMILIES_ACROSS] = { NULL };
	size_t across = 0, signs = 0;

	for (const struct inq_json_value *f = member_first(d->value, "families");
	        f && across < FAMILIES_ACROSS; f = f->next) {
		families[across++] = f;
		names[across] = member_string(f, "label");
	}
	columns[1 + across].title = "Other families";
	columns[2 + across].title = "None of them";
	columns[3 + across].title = "Planted";
	for (size_t i = 1; i < across + 4; i++)
		columns[i].class_name = "";
	inq_html_table_given(
	        h, "What each piece of evidence says of each proposition", columns, across + 4, names);
	for (size_t i = 0; i < count && i < PIECES_MOST; i++) {
		bool listed = false;

		inq_html_row(h);
		inq_html_cell(h);
		count_put(h, p, d, pieces[i].value, "functions");
		inq_html_text(h, " shared functions in one piece at ");
		place_put(h, p, d, pieces[i].value);
		inq_html_close(h);
		for (size_t k = 0; k < across; k++) {
			inq_html_cell(h);
			if (families[k] == pieces[i].family) {
				bits_put(h, p, d, &pieces[i]);
				listed = true;
			} else {
				inq_html_text(h, "nothing");
			}
			inq_html_close(h);
		}
		inq_html_cell(h);
		if (listed) {
			inq_html_text(h, "nothing");
		} else {
			name_put(h, pieces[i].family, "label");
			inq_html_text(h, ": ");
			bits_put(h, p, d, &pieces[i]);
		}
		inq_html_close(h);
		inq_html_cell(h);
		inq_html_text(h, "against it");
		inq_html_close(h);
		inq_html_cell(h);
		inq_html_text(h, member_true(pieces[i].family, "one_piece") ? "fits: it is all in one piece"
		                                                            : "fits: code can be copied");
		inq_html_close(h);
		inq_html_end_row(h);
	}
	for (const struct inq_json_value *s = member_first(d->value, "planted"); s && signs < PIECES_MOST;
	        s = s->next, signs++) {
		inq_html_row(h);
		inq_html_cell(h);
		inq_html_given(h, member_string(s, "text"), TEXT_MOST);
		if (member_string(s, "exhibit").len) {
			inq_html_text(h, " (");
			exhibit_put(h, p, member_string(s, "exhibit"));
			inq_html_text(h, ")");
		}
		inq_html_close(h);
		for (size_t k = 0; k < across; k++) {
			inq_html_cell(h);
			inq_html_text(h, "not weighed");
			inq_html_close(h);
		}
		inq_html_cell(h);
		inq_html_text(h, "not weighed");
		inq_html_close(h);
		inq_html_cell(h);
		inq_html_text(h, "not weighed");
		inq_html_close(h);
		inq_html_cell(h);
		inq_html_text(h, "for it; without a ratio");
		inq_html_close(h);
		inq_html_end_row(h);
	}
	inq_html_end_table(h);
	if (count > PIECES_MOST) {
		inq_html_open(h, "p");
		counted(h, count - PIECES_MOST, "lighter piece is", "lighter pieces are");
		inq_html_text(h, " in the document.");
		inq_html_close(h);
	}
}

/* What was found and counts nothing, and why. */
static void uncounted(
        struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d, bool first)
{
	static const struct inq_html_column columns[] = { { "Exhibit", "" }, { "Functions", "n" },
		{ "Too small", "n" }, { "In none", "n" }, { "Library code", "n" }, { "Published", "n" },
		{ "In several families", "n" }, { "In one family", "n" } };
	static const char *const keys[] = { "functions", "small", "unmatched", "library", "published",
		"widespread", "distinctive" };
	size_t shown = 0;

	inq_html_table(h, "What was found, by exhibit: only what is in one family counts", columns,
	        sizeof columns / sizeof *columns);
	for (const struct inq_json_value *x = member_first(d->value, "exhibits"); x && shown < ROWS_MOST;
	        x = x->next, shown++) {
		inq_html_row(h);
		inq_html_cell(h);
		exhibit_put(h, p, member_string(x, "sha256"));
		inq_html_close(h);
		for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
			inq_html_cell(h);
			count_put(h, p, d, x, keys[i]);
			inq_html_close(h);
		}
		inq_html_end_row(h);
	}
	inq_html_end_table(h);
	if (!first)
		return;
	inq_html_element(h, "p",
	        "Library code is what everybody has; published code is what anybody could have had by that "
	        "day; what "
	        "is found in several families belongs to none of them. What anyone can write into a file "
	        "with an "
	        "editor (time stamps, Rich headers, languages, paths, strings) counts nothing for any "
	        "family.");
}

static const struct {
	const char *lack, *words;
} lacks[] = {
	{ "uncalibrated",
	        "A calibration of this corpus by this program: nobody has measured how often it errs." },
	{ "little-code",
	        "Code: fewer than three functions are left once small, library and published ones are out." },
	{ "packed", "The code itself: it is packed, or for a machine this build does not read." },
	{ "cut", "The rest of it: a limit of the analysis was hit." },
	{ "few-trials", "A larger corpus: its trials cannot support a ratio of ten." },
	{ "published", "Code that not anyone could have had." },
	{ "no-date", "The day by which the exhibits existed." },
	{ "known", "An exhibit that the corpus does not hold itself." },
	{ "little-evidence",
	        "Evidence: what is shared with one family alone is no more than programs of other makers "
	        "have too often." },
};

static void missing(struct inq_html *h, const struct inq_page_document *d)
{
	if (!member_length(d->value, "lacks"))
		return;
	inq_html_element(h, "p",
	        inq_bytes_equal(member_string(d->value, "conclusion"), "insufficient-grounds")
	                ? "What is missing for any conclusion:"
	                : "What is missing, and would make it firmer or overturn it:");
	inq_html_open(h, "ul");
	for (const struct inq_json_value *l = member_first(d->value, "lacks"); l; l = l->next) {
		const char *words = NULL;

		for (size_t i = 0; i < sizeof lacks / sizeof *lacks; i++)
			if (inq_bytes_equal(l->string, lacks[i].lack))
				words = lacks[i].words;
		inq_html_open(h, "li");
		if (words)
			inq_html_text(h, words);
		else
			inq_html_given(h, l->string, NAME_MOST);
		inq_html_close(h);
	}
	inq_html_close(h);
}

static void without_row(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct ratio *r)
{
	inq_html_cell(h);
	ratio_put(h, p, d, r);
	inq_html_close(h);
	inq_html_cell(h);
	svg_ratio(h, r);
	inq_html_close(h);
	inq_html_cell(h);
	inq_html_given(h, r->support, NAME_MOST);
	inq_html_close(h);
	inq_html_end_row(h);
}

static void without_begin(struct inq_html *h, bool *any)
{
	static const struct inq_html_column columns[] = { { "Without", "" }, { "Likelihood ratio", "n" },
		{ "1/10,000 1 10,000", "scale" }, { "In words", "" } };

	if (!*any)
		inq_html_table(h, "The first family's ratio without each of the heaviest", columns, 4);
	*any = true;
}

static void change(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct piece *pieces, size_t count, bool first)
{
	bool any = false;
	struct ratio r;
	size_t shown = 0;
	uint64_t n;

	if (!first && !count && !member_length(d->value, "lacks"))
		return;
	inq_html_element(h, "h4", "What would change the conclusion");
	missing(h, d);
	for (size_t i = 0; i < count && i < PIECES_MOST; i++) {
		if (!ratio_read(pieces[i].value, "without", &r))
			continue;
		without_begin(h, &any);
		inq_html_row(h);
		inq_html_cell(h);
		inq_html_text(h, "the piece at ");
		place_put(h, p, d, pieces[i].value);
		inq_html_close(h);
		without_row(h, p, d, &r);
	}
	for (const struct inq_json_value *x = member_first(d->value, "exhibits"); x && shown < EXHIBITS_MOST;
	        x = x->next, shown++) {
		if (!ratio_read(x, "without", &r))
			continue;
		without_begin(h, &any);
		inq_html_row(h);
		inq_html_cell(h);
		exhibit_put(h, p, member_string(x, "sha256"));
		inq_html_close(h);
		without_row(h, p, d, &r);
	}
	if (any)
		inq_html_end_table(h);
	if (first)
		inq_html_element(h, "p",
		        "It would also change if a piece were found to be library code, to have been "
		        "published "
		        "before the "
		        "exhibits existed, or to be in a family that this corpus lacks: inquiry attribute "
		        "--without, "
		        "--published and another --corpus say by how much.");
	if (member_count(d->value, "left_out", &n) && n) {
		inq_html_open(h, "p");
		number_put(h, p, d, n);
		inq_html_text(h, n == 1 ? " function was left out on request (--without)."
		                        : " functions were left out on request (--without).");
		inq_html_close(h);
	}
}

void put_evidence(const struct inq_page *p, struct inq_html *h)
{
	unsigned documents = 0;

	for (const struct inq_page_document *d = NULL; (d = page_next(p, INQ_PAGE_ATTRIBUTION, d));) {
		struct piece *pieces;
		size_t count;

		if (!page_stands(p, d))
			continue;
		documents++;
		which_put(h, p, d);
		pieces = gather(p, d, &count);
		if (count || member_length(d->value, "planted"))
			matrix(h, p, d, pieces, count);
		else
			inq_html_element(h, "p",
			        "No function counts for any family, and nothing speaks for planting.");
		uncounted(h, p, d, documents == 1);
		change(h, p, d, pieces, count, documents == 1);
	}
	if (!documents)
		inq_html_element(h, "p", "Nothing was weighed: no attribution is at hand.");
}
