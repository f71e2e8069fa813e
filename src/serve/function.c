/*
 * A function of an exhibit and what it was found to be: the candidates, the
 * code of both side by side, and how their neighbours in the call graph pair.
 */
#include "os/os.h"
#include "serve/private.h"
#include <inttypes.h>
#include <string.h>

struct match {
	const struct rows *exam, *search;
	struct inq_bytes sha256, va;
	uint64_t row, found; /* in either; UINT64_MAX: not there */
	uint64_t candidate; /* that is looked at; UINT64_MAX: none */
};

static struct inq_bytes of_candidate(const struct match *m, unsigned column)
{
	return rows_cell(m->search, SEARCH_CANDIDATES, m->candidate, column);
}

static void term(struct visit *v, const char *name, struct inq_bytes text, bool code)
{
	if (!text.len)
		return;
	page_term(v, name);
	if (code)
		inq_html_given_code(&v->h, text, 200);
	else
		page_lines(v, text, ", ", 200);
	page_term_end(v);
}

static void facts(struct visit *v, const struct match *m)
{
	inq_html_open_class(&v->h, "dl", "facts");
	term(v, "address", m->va, true);
	term(v, "name", rows_cell(m->exam, EXAM_FUNCTIONS, m->row, F_NAME), false);
	page_term(v, "size");
	page_bytes(v, rows_number(m->exam, EXAM_FUNCTIONS, m->row, F_SIZE));
	inq_html_text(&v->h, ", ");
	counted(&v->h, rows_number(m->exam, EXAM_FUNCTIONS, m->row, F_BLOCKS), "block", "blocks");
	inq_html_text(&v->h, ", ");
	counted(&v->h, rows_number(m->exam, EXAM_FUNCTIONS, m->row, F_INSTRUCTIONS), "instruction",
	        "instructions");
	page_term_end(v);
	term(v, "starts there by", rows_cell(m->exam, EXAM_FUNCTIONS, m->row, F_SOURCE), false);
	term(v, "flags", rows_cell(m->exam, EXAM_FUNCTIONS, m->row, F_FLAGS), false);
	if (m->found != UINT64_MAX) {
		uint64_t families = rows_number(m->search, SEARCH_FUNCTIONS, m->found, SF_FAMILIES);

		term(v, "found", rows_cell(m->search, SEARCH_FUNCTIONS, m->found, SF_STANDING), false);
		term(v, "in", rows_cell(m->search, SEARCH_FUNCTIONS, m->found, SF_LABEL), false);
		page_term(v, "rarity");
		inq_html_textf(&v->h, "in %" PRIu64 " famil%s; its features tell %" PRIu64 " bits", families,
		        families == 1 ? "y" : "ies",
		        rows_number(m->search, SEARCH_FUNCTIONS, m->found, SF_INFORMATION));
		page_term_end(v);
	}
	term(v, "imports", rows_cell(m->exam, EXAM_FUNCTIONS, m->row, F_IMPORTS), false);
	term(v, "strings", rows_cell(m->exam, EXAM_FUNCTIONS, m->row, F_STRINGS), false);
	inq_html_close(&v->h);
}

static bool candidate_first(const struct match *m, uint64_t *ret)
{
	return rows_find(m->search, SEARCH_CANDIDATES, CA_FUNCTION, m->va, 0, ret);
}

static bool is_of(const struct match *m, uint64_t candidate)
{
	struct inq_bytes va = rows_cell(m->search, SEARCH_CANDIDATES, candidate, CA_FUNCTION);

	return va.len == m->va.len && memcmp(va.at, m->va.at, va.len) == 0;
}

static void candidates(struct visit *v, const struct match *m)
{
	static const struct inq_html_column columns[] = { { "may be", "" }, { "of", "" }, { "sample", "" },
		{ "address", "" }, { "probability", "n" }, { "similarity", "n" }, { "support", "n" },
		{ "how", "" } };
	struct inq_html *h = &v->h;
	uint64_t first;

	inq_html_heading(h, 2, "candidates", "What it may be");
	if (!m->search || !candidate_first(m, &first)) {
		inq_html_element(h, "p", "No function of the corpus is like it.");
		return;
	}
	inq_html_table(h, "Functions of the corpus that it may be, best first", columns, 8);
	for (uint64_t i = first; i < first + 10 && is_of(m, i); i++) {
		struct inq_bytes name = rows_cell(m->search, SEARCH_CANDIDATES, i, CA_NAME);

		inq_html_row(h);
		inq_html_cell(h);
		inq_html_link(h, textf(v, "?with=%" PRIu64 "#side-by-side", i - first));
		if (i == m->candidate)
			inq_html_attr(h, "aria-current", "true");
		if (name.len)
			page_given(v, name, 60);
		else
			inq_html_text(h, "no name");
		inq_html_close(h);
		inq_html_close(h);
		for (unsigned c = 0; c < 7; c++) {
			static const unsigned cells[] = { CA_LABEL, CA_SAMPLE, CA_VA, CA_PROBABILITY,
				CA_SIMILARITY, CA_SUPPORT, CA_HOW };

			inq_html_cell(h);
			page_given(v, rows_cell(m->search, SEARCH_CANDIDATES, i, cells[c]), 60);
			inq_html_close(h);
		}
		inq_html_end_row(h);
	}
	inq_html_end_table(h);
}

/* A path that stays below the folder of samples. */
static bool stays_below(const char *path)
{
	for (const char *at = path; *at;) {
		size_t len = strcspn(at, "/");

		if (len == 0 || (len == 1 && *at == '.') || (len == 2 && at[0] == '.' && at[1] == '.'))
			return false;
		at += len + (at[len] == '/');
	}
	return *path && *path != '/' && path[strlen(path) - 1] != '/';
}

/* The sample's file: in the case, or in the folder of samples. */
static bool sample_side(struct visit *v, const struct rows *log, const struct match *m, struct side *ret)
{
	const char *digest = text_of(v, of_candidate(m, CA_SHA256)), *path;

	*ret = (struct side){ .va = text_of(v, of_candidate(m, CA_VA)) };
	if (!hex_digest(digest, &ret->sha256))
		return false;
	if (log_result(v, log, of_candidate(m, CA_SHA256), "examine") != UINT64_MAX)
		return true;
	path = textf(
	        v, "%s/%s", text_of(v, of_candidate(m, CA_LABEL)), text_of(v, of_candidate(m, CA_SAMPLE)));
	if (!v->s->o->known || !stays_below(path))
		return false;
	ret->path = textf(v, "%s/%s", v->s->o->known, path);
	return inq_file_exists(ret->path);
}

static void line_cells(struct visit *v, const struct rows *r, uint64_t row, unsigned va, unsigned text)
{
	for (unsigned i = 0; i < 2; i++) {
		inq_html_open(&v->h, "td");
		inq_html_given_code(&v->h, rows_cell(r, AL_ROWS, row, i ? text : va), 200);
		inq_html_close(&v->h);
	}
}

static void lines_put(struct visit *v, const struct rows *r, bool both)
{
	static const struct inq_html_column two[] = { { "is", "sign" }, { "exhibit", "at" },
		{ "its code", "" }, { "sample", "at" }, { "its code", "" } };
	static const struct inq_html_column one[] = { { "line", "sign" }, { "address", "at" },
		{ "instruction", "" } };
	enum { LINES = 4000 };
	uint64_t count = rows_count(r, AL_ROWS);
	struct inq_html *h = &v->h;

	inq_html_table(h, both ? "Both functions, line by line" : "Its instructions", both ? two : one,
	        both ? 5 : 3);
	for (uint64_t i = 0; i < count && i < LINES; i++) {
		struct inq_bytes kind = rows_cell(r, AL_ROWS, i, R_KIND);
		const char *word = inq_bytes_equal(kind, "same")      ? "same"
		                   : inq_bytes_equal(kind, "changed") ? "changed"
		                   : inq_bytes_equal(kind, "only_a")  ? "only_a"
		                                                      : "only_b";

		inq_html_open_class(h, "tr", both ? word : "same");
		inq_html_open_class(h, "th", "sign");
		inq_html_attr(h, "scope", "row");
		inq_html_text(h, !both                          ? " "
		                 : strcmp(word, "same") == 0    ? "="
		                 : strcmp(word, "changed") == 0 ? "~"
		                 : strcmp(word, "only_a") == 0  ? "-"
		                                                : "+");
		inq_html_close(h);
		line_cells(v, r, i, R_A_VA, R_A_TEXT);
		if (both)
			line_cells(v, r, i, R_B_VA, R_B_TEXT);
		inq_html_close(h);
	}
	inq_html_end_table(h);
	if (count > LINES)
		page_note(v, textf(v, "%" PRIu64 " more lines are not shown here.", count - LINES));
}

static void side_by_side(
        struct visit *v, const struct match *m, const struct rows *aligned, bool both, const char *why)
{
	struct inq_html *h = &v->h;

	inq_html_heading(h, 2, "side-by-side", both ? "Side by side" : "Its code");
	if (both && aligned) {
		inq_html_open(h, "p");
		inq_html_text(h, "Beside ");
		page_given(v, of_candidate(m, CA_SAMPLE), 80);
		inq_html_text(h, " of ");
		page_given(v, of_candidate(m, CA_LABEL), 60);
		inq_html_textf(h,
		        ": %" PRIu64 " instructions the same, %" PRIu64 " with other operands, %" PRIu64
		        " in the exhibit alone, %" PRIu64 " in the sample alone.",
		        rows_number(aligned, AL_SIDES, 0, ALS_SAME),
		        rows_number(aligned, AL_SIDES, 0, ALS_CHANGED),
		        rows_number(aligned, AL_SIDES, 0, ALS_ONLY_A),
		        rows_number(aligned, AL_SIDES, 0, ALS_ONLY_B));
		inq_html_close(h);
	} else if (!both && m->candidate != UINT64_MAX) {
		page_note(v, "The sample's own code is not at hand: serve --known names the folder that the "
		             "corpus was built from.");
	}
	if (aligned)
		lines_put(v, aligned, both);
	else if (why) {
		inq_html_open(h, "p");
		page_given(v, inq_bytes_of(why), 300);
		inq_html_close(h);
	}
}

static void neighbour(struct visit *v, const struct match *m, struct inq_bytes va, const char *way)
{
	uint64_t row = row_of(m->exam, EXAM_FUNCTIONS, F_VA, va), candidate;
	struct inq_bytes sample =
	        m->candidate == UINT64_MAX ? (struct inq_bytes){ NULL, 0 } : of_candidate(m, CA_SHA256);
	struct inq_html *h = &v->h;

	if (row == UINT64_MAX)
		return;
	inq_html_row(h);
	inq_html_cell(h);
	inq_html_text(h, way);
	inq_html_close(h);
	inq_html_cell(h);
	inq_html_link(
	        h, textf(v, "/exhibits/%.64s/functions/%s", text_of(v, m->sha256), request_encode(va, v->a)));
	inq_html_given_code(h, va, 20);
	inq_html_close(h);
	inq_html_text(h, " ");
	page_given(v, rows_cell(m->exam, EXAM_FUNCTIONS, row, F_NAME), 60);
	inq_html_close(h);
	inq_html_cell(h);
	if (sample.len && rows_find(m->search, SEARCH_CANDIDATES, CA_FUNCTION, va, 0, &candidate)) {
		struct inq_bytes is = rows_cell(m->search, SEARCH_CANDIDATES, candidate, CA_SHA256);

		for (; !(is.len == sample.len && memcmp(is.at, sample.at, is.len) == 0); candidate++) {
			struct inq_bytes of =
			        rows_cell(m->search, SEARCH_CANDIDATES, candidate + 1, CA_FUNCTION);

			if (of.len != va.len || memcmp(of.at, va.at, va.len) != 0) {
				is.len = 0;
				break;
			}
			is = rows_cell(m->search, SEARCH_CANDIDATES, candidate + 1, CA_SHA256);
		}
		if (is.len) {
			inq_html_given_code(h, rows_cell(m->search, SEARCH_CANDIDATES, candidate, CA_VA), 20);
			inq_html_text(h, " ");
			page_given(v, rows_cell(m->search, SEARCH_CANDIDATES, candidate, CA_NAME), 60);
			inq_html_text(h, ", ");
			page_given(v, rows_cell(m->search, SEARCH_CANDIDATES, candidate, CA_PROBABILITY), 8);
		}
	}
	inq_html_close(h);
	inq_html_cell(h);
	if (m->search) {
		uint64_t found = row_of(m->search, SEARCH_FUNCTIONS, SF_VA, va);

		page_given(v, rows_cell(m->search, SEARCH_FUNCTIONS, found, SF_STANDING), 20);
		if (rows_cell(m->search, SEARCH_FUNCTIONS, found, SF_LABEL).len) {
			inq_html_text(h, ": ");
			page_given(v, rows_cell(m->search, SEARCH_FUNCTIONS, found, SF_LABEL), 40);
		}
	}
	inq_html_close(h);
	inq_html_end_row(h);
}

static bool calls(const struct match *m, uint64_t row)
{
	struct inq_bytes rest = rows_cell(m->exam, EXAM_FUNCTIONS, row, F_CALLEES), va;

	while (rows_line(&rest, &va))
		if (va.len == m->va.len && memcmp(va.at, m->va.at, va.len) == 0)
			return true;
	return false;
}

static void neighbours(struct visit *v, const struct match *m)
{
	enum { EACH = 50 };
	static const struct inq_html_column columns[] = { { "how", "" }, { "in the exhibit", "" },
		{ "is in the same sample", "" }, { "found", "" } };
	struct inq_bytes rest = rows_cell(m->exam, EXAM_FUNCTIONS, m->row, F_CALLEES), va;
	uint64_t count = rows_count(m->exam, EXAM_FUNCTIONS), shown = 0;

	inq_html_heading(&v->h, 2, "neighbours", "Its neighbours in the call graph");
	inq_html_table(&v->h, "What calls it and what it calls", columns, 4);
	for (uint64_t i = 0; i < count && shown < EACH; i++) {
		if (!calls(m, i))
			continue;
		neighbour(v, m, rows_cell(m->exam, EXAM_FUNCTIONS, i, F_VA), "calls it");
		shown++;
	}
	for (uint64_t i = 0; i < EACH && rows_line(&rest, &va); i++) {
		neighbour(v, m, va, "it calls");
		shown++;
	}
	inq_html_end_table(&v->h);
	if (!shown)
		page_note(v, "Nothing is known to call it, and it calls nothing.");
}

void show_function(struct visit *v)
{
	const struct rows *log = fetch_log(v), *aligned;
	struct match m = { .row = UINT64_MAX, .found = UINT64_MAX, .candidate = UINT64_MAX };
	uint64_t examination, searched, first, with = request_number(&v->request, "with", 0);
	const char *why = NULL;
	struct side a, b;
	bool both = false;

	if (!log)
		return;
	m.sha256 = inq_bytes_of(v->request.parts[1]);
	m.va = inq_bytes_of(v->request.parts[3]);
	examination = log_result(v, log, m.sha256, "examine");
	searched = log_result(v, log, m.sha256, "search");
	if (strcmp(v->request.parts[2], "functions") || !hex_digest(v->request.parts[1], &a.sha256) ||
	        examination == UINT64_MAX) {
		visit_fail(v, 404, "There is no such function.");
		return;
	}
	if (!(m.exam = fetch_result(v, log, examination)) ||
	        (searched != UINT64_MAX && !(m.search = fetch_result(v, log, searched))))
		return;
	m.row = row_of(m.exam, EXAM_FUNCTIONS, F_VA, m.va);
	if (m.row == UINT64_MAX) {
		visit_fail(v, 404, "There is no such function.");
		return;
	}
	if (m.search)
		m.found = row_of(m.search, SEARCH_FUNCTIONS, SF_VA, m.va);
	if (m.search && candidate_first(&m, &first))
		m.candidate = with < 10 && is_of(&m, first + with) ? first + with : first;
	a.path = NULL;
	a.va = v->request.parts[3];
	if (m.candidate != UINT64_MAX)
		both = sample_side(v, log, &m, &b);
	aligned = fetch_alignment(v, &a, both ? &b : &a, &why);
	if (!aligned && !why)
		return;
	if (aligned && both &&
	        !rows_is(aligned, AL_SIDES, 0, ALS_B_SHA256, text_of(v, of_candidate(&m, CA_SHA256)))) {
		aligned = NULL;
		why = "The file in the folder of samples is another one than the corpus was built from.";
		both = false;
	}
	page_begin(v,
	        rows_cell(m.exam, EXAM_FUNCTIONS, m.row, F_NAME).len
	                ? text_of(v, rows_cell(m.exam, EXAM_FUNCTIONS, m.row, F_NAME))
	                : textf(v, "Function at %.18s", v->request.parts[3]),
	        "/exhibits");
	inq_html_open_class(&v->h, "p", "of");
	inq_html_text(&v->h, "A function of ");
	page_exhibit_link(v, rows_cell(log, LOG_ENTRIES, log_exhibit(log, m.sha256), E_SUBJECT), m.sha256);
	inq_html_close(&v->h);
	facts(v, &m);
	candidates(v, &m);
	side_by_side(v, &m, aligned, both, why);
	neighbours(v, &m);
	page_end(v);
}
