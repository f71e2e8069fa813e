/*
 * Conclusions: what the weighing said. The ratios are the document's; a prior
 * is the reader's, and what the two come to is computed as attribute --prior
 * computes it. The ratio stays where it is whatever the prior.
 */
#include "serve/private.h"
#include <inquiry/finding.h>
#include <inttypes.h>
#include <string.h>

enum { FAMILIES_MOST = 200, PRIOR_USUAL = 50 };

/* A cell with three decimals and perhaps a sign, in thousandths, within what a ratio can be. */
static int32_t signed_milli(const struct rows *r, unsigned table, uint64_t row, unsigned column)
{
	enum { MOST = 100000 };
	struct inq_bytes text = rows_cell(r, table, row, column);
	bool minus = text.len && text.at[0] == '-';
	int64_t value = 0;
	unsigned decimals = 0;

	for (size_t i = minus; i < text.len && value < MOST && decimals < 4; i++) {
		if (text.at[i] == '.')
			decimals = 1;
		else if (text.at[i] >= '0' && text.at[i] <= '9') {
			value = 10 * value + (text.at[i] - '0');
			decimals += decimals != 0;
		}
	}
	value = value < MOST ? value : MOST;
	return (int32_t)(minus ? -value : value);
}

static struct ratio ratio_of(
        const struct rows *r, unsigned table, uint64_t row, unsigned log10, unsigned support)
{
	return (struct ratio){ signed_milli(r, table, row, log10), signed_milli(r, table, row, log10 + 1),
		signed_milli(r, table, row, log10 + 2), rows_cell(r, table, row, support), 0, 0 };
}

static const char *words_of(struct inq_bytes conclusion)
{
	static const char *const words[][2] = {
		{ "insufficient-grounds", "Insufficient grounds" },
		{ "none", "None of the families" },
		{ "family", "Code of one family" },
		{ "several-families", "Code of several families" },
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (inq_bytes_equal(conclusion, words[i][0]))
			return words[i][1];
	return "Unknown to this program";
}

static void ratio_text_put(struct visit *v, const struct ratio *r)
{
	char at[FIGURE_TEXT], least[FIGURE_TEXT], most[FIGURE_TEXT];

	inq_html_open(&v->h, "strong");
	inq_html_text(&v->h, ratio_text(r->log10, at));
	inq_html_close(&v->h);
	inq_html_textf(&v->h, " (%s to %s)", ratio_text(r->least, least), ratio_text(r->most, most));
}

/* The words are for how much; whether for or against, the ratio says. */
static void support_put(struct visit *v, const struct ratio *r)
{
	page_given(v, r->support, 40);
	if (r->most < 0)
		inq_html_text(&v->h, ", against it");
}

static void came_to(struct visit *v, const struct rows *r)
{
	inq_html_open(&v->h, "strong");
	inq_html_text(&v->h, words_of(rows_cell(r, ATT_FINDING, 0, A_CONCLUSION)));
	inq_html_close(&v->h);
	for (uint64_t i = 0, named = 0; i < rows_count(r, ATT_FAMILIES) && i < 5; i++) {
		struct ratio ratio = ratio_of(r, ATT_FAMILIES, i, AF_LOG10, AF_SUPPORT);

		if (!rows_is(r, ATT_FAMILIES, i, AF_NAMED, "true"))
			continue;
		inq_html_text(&v->h, named++ ? ", " : ": ");
		page_given(v, rows_cell(r, ATT_FAMILIES, i, AF_LABEL), 60);
		inq_html_text(&v->h, ", ratio ");
		ratio_text_put(v, &ratio);
		inq_html_text(&v->h, ", ");
		support_put(v, &ratio);
	}
}

static void conclusion_row(struct visit *v, const struct rows *log, uint64_t row)
{
	const struct rows *r = glance_result(v, log, row);
	struct inq_html *h = &v->h;
	uint64_t subjects = rows_number(log, LOG_ENTRIES, row, E_SUBJECTS);

	inq_html_row(h);
	inq_html_cell(h);
	page_entry_link(v, rows_cell(log, LOG_ENTRIES, row, E_NAME));
	inq_html_close(h);
	inq_html_cell(h);
	page_exhibit_link(
	        v, rows_cell(log, LOG_ENTRIES, row, E_SUBJECT), rows_cell(log, LOG_ENTRIES, row, E_SHA256));
	if (subjects > 1)
		inq_html_textf(h, " and %" PRIu64 " more", subjects - 1);
	inq_html_close(h);
	inq_html_cell(h);
	inq_html_link(h, textf(v, "/conclusions/%s", text_of(v, rows_cell(log, LOG_ENTRIES, row, E_NAME))));
	if (r)
		came_to(v, r);
	else
		inq_html_text(h, "read it");
	inq_html_close(h);
	inq_html_close(h);
	inq_html_cell(h);
	page_status(v, log, LOG_ENTRIES, row);
	inq_html_close(h);
	inq_html_end_row(h);
}

void conclusions_table(struct visit *v, const struct rows *log, uint64_t most)
{
	static const struct inq_html_column columns[] = { { "entry", "" }, { "about", "" }, { "came to", "" },
		{ "status", "" } };
	uint64_t all = rows_count(log, LOG_ENTRIES), count = 0, first, shown;
	uint64_t *rows = inq_arena_new(v->a, all, sizeof *rows);

	for (uint64_t i = all; rows && i--;)
		if (rows_is(log, LOG_ENTRIES, i, E_TYPE, "conclusion"))
			rows[count++] = i;
	if (!count) {
		inq_html_open(&v->h, "p");
		inq_html_text(
		        &v->h, "None has been drawn so far: that is done by investigating with a corpus. ");
		if (v->s->o->write)
			page_link(v, "/act#investigate", "Investigate");
		inq_html_close(&v->h);
		return;
	}
	first = most ? 0 : page_first(v, count);
	shown = count - first < (most ? most : PAGE_ROWS) ? count - first : most ? most : PAGE_ROWS;
	inq_html_table(&v->h, "Conclusions, the latest first", columns, 4);
	for (uint64_t i = first; i < first + shown; i++)
		conclusion_row(v, log, rows[i]);
	inq_html_end_table(&v->h);
	if (!most)
		page_pager(v, first, shown, count);
	else if (count > shown)
		page_link(v, "/conclusions", "All conclusions");
}

void show_conclusions(struct visit *v)
{
	const struct rows *log = fetch_log(v);

	if (!log)
		return;
	page_begin(v, "Conclusions", "/conclusions");
	conclusions_table(v, log, 0);
	page_end(v);
}

static void lacks_put(struct visit *v, const struct rows *r)
{
	static const char *const words[][2] = {
		{ "uncalibrated", "the corpus has not measured itself, so that no ratio can be given" },
		{ "little-code", "there is too little code to search" },
		{ "packed", "an exhibit looks packed: most of its code was not seen" },
		{ "cut", "a limit stopped the recovery of functions" },
		{ "few-trials", "the corpus has too few trials to support a ratio that would do" },
		{ "published", "what is shared has been published: anyone could have it" },
		{ "no-date", "without a day of the exhibits, published code counts nothing" },
		{ "known", "an exhibit is itself in the corpus, and counts nothing" },
		{ "little-evidence", "what is shared is too little" },
	};
	struct inq_bytes rest = rows_cell(r, ATT_FINDING, 0, A_LACKS), lack;

	if (!rest.len)
		return;
	inq_html_heading(&v->h, 2, "lacks", "What is missing");
	inq_html_open(&v->h, "ul");
	while (rows_line(&rest, &lack)) {
		const char *text = NULL;

		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			if (inq_bytes_equal(lack, words[i][0]))
				text = words[i][1];
		inq_html_open(&v->h, "li");
		if (text)
			inq_html_text(&v->h, text);
		else
			page_given(v, lack, 80);
		inq_html_close(&v->h);
	}
	inq_html_close(&v->h);
}

static void ratio_cells(struct visit *v, const struct ratio *r)
{
	struct inq_html *h = &v->h;

	inq_html_cell(h);
	ratio_text_put(v, r);
	inq_html_close(h);
	inq_html_cell(h);
	svg_ratio(h, r);
	inq_html_close(h);
	inq_html_cell(h);
	support_put(v, r);
	inq_html_close(h);
}

/* Ends a row that has neither trials nor functions of its own. */
static void no_trials(struct inq_html *h)
{
	inq_html_cell(h);
	inq_html_close(h);
	inq_html_cell(h);
	inq_html_close(h);
	inq_html_end_row(h);
}

static void planted_row(struct visit *v, const struct rows *r, uint64_t family)
{
	struct ratio ratio = ratio_of(r, ATT_FAMILIES, family, AF_PLANTED_LOG10, AF_PLANTED_SUPPORT);
	struct inq_html *h = &v->h;

	if (!ratio.support.len)
		return;
	inq_html_row(h);
	inq_html_cell(h);
	inq_html_text(h, "That of ");
	page_given(v, rows_cell(r, ATT_FAMILIES, family, AF_LABEL), 60);
	inq_html_text(h, " was put in as one block, against its being their own");
	inq_html_close(h);
	ratio_cells(v, &ratio);
	no_trials(h);
}

static void hypotheses(struct visit *v, const struct rows *r, uint64_t count)
{
	static const struct inq_html_column columns[] = { { "proposition", "" }, { "ratio", "" },
		{ "1/10,000 to 10,000", "plot" }, { "in words", "" }, { "trials", "n" },
		{ "functions", "n" } };
	struct ratio none = ratio_of(r, ATT_FINDING, 0, A_NONE_LOG10, A_NONE_SUPPORT);
	struct inq_html *h = &v->h;

	inq_html_heading(h, 2, "ratios", "What the evidence says");
	inq_html_table(h, "Likelihood ratios, with the bounds of 95 in a hundred", columns, 6);
	for (uint64_t i = 0; i < count; i++) {
		struct ratio ratio = ratio_of(r, ATT_FAMILIES, i, AF_LOG10, AF_SUPPORT);

		inq_html_row(h);
		inq_html_cell(h);
		inq_html_text(h, "Code of ");
		inq_html_link(h, textf(v, "/families/%s",
		                         request_encode(rows_cell(r, ATT_FAMILIES, i, AF_LABEL), v->a)));
		page_given(v, rows_cell(r, ATT_FAMILIES, i, AF_LABEL), 60);
		inq_html_close(h);
		inq_html_close(h);
		ratio_cells(v, &ratio);
		inq_html_cell(h);
		inq_html_textf(h, "%" PRIu64 " right, %" PRIu64 " wrong",
		        rows_number(r, ATT_FAMILIES, i, AF_RIGHT), rows_number(r, ATT_FAMILIES, i, AF_WRONG));
		inq_html_close(h);
		inq_html_cell(h);
		page_number(v, rows_number(r, ATT_FAMILIES, i, AF_FUNCTIONS));
		inq_html_close(h);
		inq_html_end_row(h);
	}
	inq_html_row(h);
	inq_html_cell(h);
	inq_html_text(h, "None of these families, against the first");
	inq_html_close(h);
	ratio_cells(v, &none);
	no_trials(h);
	for (uint64_t i = 0; i < count; i++)
		planted_row(v, r, i);
	inq_html_end_table(h);
}

static void posterior_row(struct visit *v, const char *before, struct inq_bytes label, uint32_t per_10000)
{
	const struct svg_part shares[] = { { "with that prior", per_10000, "c4" },
		{ "the rest", 10000 - (per_10000 < 10000 ? per_10000 : 10000), "c0" } };
	struct inq_html *h = &v->h;

	inq_html_row(h);
	inq_html_cell(h);
	inq_html_text(h, before);
	if (label.len)
		page_given(v, label, 60);
	inq_html_close(h);
	inq_html_cell(h);
	inq_html_textf(h, "%u.%02u %%", per_10000 / 100, per_10000 % 100);
	inq_html_close(h);
	inq_html_cell(h);
	svg_bar(h, textf(v, "%u.%02u %%", per_10000 / 100, per_10000 % 100), shares, 2);
	inq_html_close(h);
	inq_html_cell(h);
	inq_html_text(h, inq_likelihood_name(per_10000));
	inq_html_close(h);
	inq_html_end_row(h);
}

static void prior_put(struct visit *v, const struct rows *r, uint64_t count)
{
	static const struct inq_html_column columns[] = { { "proposition", "" }, { "with that prior", "n" },
		{ "0 to 100 %", "plot" }, { "in words (ICD 203)", "" } };
	uint64_t prior = request_number(&v->request, "prior", PRIOR_USUAL);
	uint64_t families = rows_number(r, ATT_FINDING, 0, A_CORPUS_FAMILIES);
	int32_t log10[FAMILIES_MOST];
	uint32_t are[FAMILIES_MOST], none;
	struct inq_html *h = &v->h;

	prior = prior < 1 ? 1 : prior > 99 ? 99 : prior;
	families = families < count ? count : families > 1 << 20 ? 1 << 20 : families;
	for (uint64_t i = 0; i < count; i++)
		log10[i] = signed_milli(r, ATT_FAMILIES, i, AF_LOG10);
	inq_finding_posteriors((uint32_t)prior * 100, (uint32_t)(families ? families : 1), log10,
	        (uint32_t)count, signed_milli(r, ATT_FINDING, 0, A_SILENT), are, &none);
	inq_html_heading(h, 2, "prior", "What you make of it");
	inq_html_open(h, "p");
	inq_html_text(h, "The ratios above say how much the evidence moves a belief, not what to believe. "
	                 "How likely was it, "
	                 "before any of this, that the code is of one of the families of the corpus?");
	inq_html_close(h);
	inq_html_open_class(h, "form", "prior");
	inq_html_attr(h, "data-swap", "#posterior");
	inq_html_open(h, "label");
	inq_html_attr(h, "for", "prior-range");
	inq_html_text(h, "Prior, in per cent");
	inq_html_close(h);
	inq_html_void(h, "input");
	inq_html_attr(h, "id", "prior-range");
	inq_html_attr(h, "type", "range");
	inq_html_attr(h, "name", "prior");
	inq_html_attr(h, "min", "1");
	inq_html_attr(h, "max", "99");
	inq_html_attrf(h, "value", "%" PRIu64, prior);
	page_button(v, "Apply");
	inq_html_close(h);
	inq_html_open(h, "div");
	inq_html_attr(h, "id", "posterior");
	inq_html_open(h, "p");
	inq_html_attr(h, "role", "status");
	inq_html_text(h, "With a prior of ");
	inq_html_open(h, "strong");
	inq_html_textf(h, "%" PRIu64 " %%", prior);
	inq_html_close(h);
	inq_html_textf(h, " that it is one of the %" PRIu64 " families, evenly among them:", families);
	inq_html_close(h);
	inq_html_table(h, "What the prior becomes", columns, 4);
	for (uint64_t i = 0; i < count; i++)
		posterior_row(v, "Code of ", rows_cell(r, ATT_FAMILIES, i, AF_LABEL), are[i]);
	posterior_row(v, "None of these families", (struct inq_bytes){ NULL, 0 }, none);
	inq_html_end_table(h);
	inq_html_close(h);
}

static void pieces(struct visit *v, const struct rows *log, const struct rows *r)
{
	static const struct inq_html_column columns[] = { { "piece at", "" }, { "family", "" },
		{ "exhibit", "" }, { "functions", "n" }, { "bytes", "n" }, { "bits", "n" },
		{ "mostly in", "" } };
	uint64_t count = rows_count(r, ATT_PIECES);
	struct inq_html *h = &v->h;

	if (!count)
		return;
	inq_html_heading(h, 2, "pieces", "The pieces that it rests on");
	inq_html_table(h, "Functions that call each other or lie together, the heaviest first", columns, 7);
	for (uint64_t i = 0; i < count && i < PAGE_ROWS; i++) {
		struct inq_bytes va = rows_cell(r, ATT_PIECES, i, AP_VA),
		                 exhibit = rows_cell(r, ATT_PIECES, i, AP_EXHIBIT);

		inq_html_row(h);
		inq_html_cell(h);
		inq_html_link(h, textf(v, "/exhibits/%.64s/functions/%s", text_of(v, exhibit),
		                         request_encode(va, v->a)));
		inq_html_given_code(h, va, 20);
		inq_html_close(h);
		inq_html_close(h);
		inq_html_cell(h);
		page_given(v, rows_cell(r, ATT_PIECES, i, AP_FAMILY), 60);
		inq_html_close(h);
		inq_html_cell(h);
		page_exhibit_link(
		        v, rows_cell(log, LOG_ENTRIES, log_exhibit(log, exhibit), E_SUBJECT), exhibit);
		inq_html_close(h);
		for (unsigned c = 0; c < 3; c++) {
			static const unsigned cells[] = { AP_FUNCTIONS, AP_BYTES, AP_BITS };

			inq_html_cell(h);
			page_number(v, rows_number(r, ATT_PIECES, i, cells[c]));
			inq_html_close(h);
		}
		inq_html_cell(h);
		page_given(v, rows_cell(r, ATT_PIECES, i, AP_SAMPLE), 60);
		inq_html_close(h);
		inq_html_end_row(h);
	}
	inq_html_end_table(h);
	if (count > PAGE_ROWS)
		page_note(v, textf(v, "%" PRIu64 " lighter ones are in the document.", count - PAGE_ROWS));
}

static void propositions(struct visit *v, const struct rows *r)
{
	static const struct {
		const char *name;
		unsigned column;
	} all[] = { { "Code of F", A_FAMILY }, { "None", A_NONE }, { "Planted", A_PLANTED } };

	inq_html_heading(&v->h, 2, "propositions", "What was asked");
	inq_html_open_class(&v->h, "dl", "facts");
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		page_term(v, all[i].name);
		page_given(v, rows_cell(r, ATT_FINDING, 0, all[i].column), 300);
		page_term_end(v);
	}
	page_term(v, "corpus");
	page_given(v, rows_cell(r, ATT_FINDING, 0, A_CORPUS), 120);
	inq_html_text(&v->h, " ");
	digest_put(&v->h, rows_cell(r, ATT_FINDING, 0, A_CORPUS_DIGEST));
	page_term_end(v);
	if (rows_cell(r, ATT_FINDING, 0, A_DATE).len) {
		page_term(v, "as of");
		page_given(v, rows_cell(r, ATT_FINDING, 0, A_DATE), 12);
		page_term_end(v);
	}
	page_term(v, "trials");
	inq_html_textf(&v->h, "%" PRIu64 " with the right family, %" PRIu64 " with others",
	        rows_number(r, ATT_FINDING, 0, A_TRIALS_RIGHT),
	        rows_number(r, ATT_FINDING, 0, A_TRIALS_WRONG));
	page_term_end(v);
	inq_html_close(&v->h);
}

static void weighed(struct visit *v, const struct rows *log, const struct rows *r)
{
	static const struct inq_html_column columns[] = { { "exhibit", "" }, { "functions", "n" },
		{ "in one family", "n" }, { "in several", "n" }, { "library", "n" }, { "published", "n" },
		{ "not in the corpus", "n" }, { "too small", "n" } };
	static const unsigned cells[] = { AX_FUNCTIONS, AX_DISTINCTIVE, AX_WIDESPREAD, AX_LIBRARY,
		AX_PUBLISHED, AX_UNMATCHED, AX_SMALL };
	uint64_t count = rows_count(r, ATT_EXHIBITS);

	inq_html_heading(&v->h, 2, "weighed", "What was weighed");
	inq_html_table(&v->h, "Functions, by where else they are found", columns, 8);
	for (uint64_t i = 0; i < count && i < PAGE_ROWS; i++) {
		struct inq_bytes digest = rows_cell(r, ATT_EXHIBITS, i, AX_SHA256);

		inq_html_row(&v->h);
		inq_html_cell(&v->h);
		page_exhibit_link(
		        v, rows_cell(log, LOG_ENTRIES, log_exhibit(log, digest), E_SUBJECT), digest);
		if (rows_is(r, ATT_EXHIBITS, i, AX_PACKED, "true"))
			inq_html_text(&v->h, " (looks packed)");
		inq_html_close(&v->h);
		for (unsigned c = 0; c < sizeof cells / sizeof *cells; c++) {
			inq_html_cell(&v->h);
			page_number(v, rows_number(r, ATT_EXHIBITS, i, cells[c]));
			inq_html_close(&v->h);
		}
		inq_html_end_row(&v->h);
	}
	inq_html_end_table(&v->h);
}

static void planted(struct visit *v, const struct rows *r)
{
	uint64_t count = rows_count(r, ATT_PLANTED);

	inq_html_heading(&v->h, 2, "planted", "What speaks for its having been planted");
	if (!count)
		inq_html_element(&v->h, "p",
		        "Nothing that was looked for. Code that was put in function by function lies as "
		        "genuine "
		        "code does: for that there is no ratio.");
	else
		inq_html_open(&v->h, "ul");
	for (uint64_t i = 0; i < count && i < PAGE_ROWS; i++) {
		inq_html_open(&v->h, "li");
		page_given(v, rows_cell(r, ATT_PLANTED, i, APL_TEXT), 300);
		inq_html_close(&v->h);
	}
	if (count)
		inq_html_close(&v->h);
}

void show_conclusion(struct visit *v)
{
	const char *name = textf(v, "%s/%s", v->request.parts[1], v->request.parts[2]);
	const struct rows *log = fetch_log(v), *r;
	uint64_t row, count;

	if (!log)
		return;
	row = log_entry(log, inq_bytes_of(name));
	if (row == UINT64_MAX || !rows_is(log, LOG_ENTRIES, row, E_TYPE, "conclusion")) {
		visit_fail(v, 404, "There is no such conclusion.");
		return;
	}
	if (!(r = fetch_result(v, log, row)))
		return;
	count = rows_count(r, ATT_FAMILIES) < FAMILIES_MOST ? rows_count(r, ATT_FAMILIES) : FAMILIES_MOST;
	page_begin(v, textf(v, "Conclusion %.80s", name), "/conclusions");
	inq_html_open_class(&v->h, "p", "conclusion");
	came_to(v, r);
	inq_html_text(&v->h, ".");
	inq_html_close(&v->h);
	inq_html_open(&v->h, "p");
	inq_html_text(&v->h, "About ");
	page_exhibit_link(
	        v, rows_cell(log, LOG_ENTRIES, row, E_SUBJECT), rows_cell(log, LOG_ENTRIES, row, E_SHA256));
	inq_html_text(&v->h, ", entered as ");
	page_entry_link(v, inq_bytes_of(name));
	inq_html_text(&v->h, ": ");
	page_status(v, log, LOG_ENTRIES, row);
	inq_html_text(&v->h, ". It rests on ");
	page_entry_links(v, rows_cell(log, LOG_ENTRIES, row, E_CITES));
	inq_html_text(&v->h, ".");
	inq_html_close(&v->h);
	lacks_put(v, r);
	if (rows_is(r, ATT_FINDING, 0, A_APPLIES, "true")) {
		hypotheses(v, r, count);
		prior_put(v, r, count);
	}
	planted(v, r);
	pieces(v, log, r);
	weighed(v, log, r);
	propositions(v, r);
	inq_html_open(&v->h, "p");
	page_link(v, textf(v, "/result.json/%s", name), "The document, as it was entered");
	inq_html_close(&v->h);
	page_end(v);
}
