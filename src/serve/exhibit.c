/* Exhibits: the list, and each with its parts. */
#include "serve/private.h"
#include <inttypes.h>
#include <string.h>

/* What it is, in a few words. */
static void kind_put(struct visit *v, const struct rows *exam)
{
	uint64_t programs = rows_count(exam, EXAM_EXHIBITS);

	if (programs > 1) {
		page_number(v, programs);
		inq_html_text(&v->h, " members, the first: ");
	}
	if (rows_cell(exam, EXAM_EXHIBITS, 0, X_ERROR).len) {
		page_given(v, rows_cell(exam, EXAM_EXHIBITS, 0, X_ERROR), 80);
		return;
	}
	page_given(v, rows_cell(exam, EXAM_EXHIBITS, 0, X_FORMAT), 20);
	inq_html_text(&v->h, " ");
	page_given(v, rows_cell(exam, EXAM_EXHIBITS, 0, X_ARCH), 20);
	inq_html_text(&v->h, " ");
	page_given(v, rows_cell(exam, EXAM_EXHIBITS, 0, X_KIND), 40);
}

/* The family that it shares most with. */
static void shares_put(struct visit *v, const struct rows *search)
{
	if (rows_count(search, SEARCH_FAMILIES) && rows_is(search, SEARCH_FAMILIES, 0, FAM_SHARING, "code")) {
		struct inq_bytes label = rows_cell(search, SEARCH_FAMILIES, 0, FAM_LABEL);

		inq_html_link(&v->h, textf(v, "/families/%s", request_encode(label, v->a)));
		page_given(v, label, 40);
		inq_html_close(&v->h);
		inq_html_text(&v->h, ", ");
		page_number(v, rows_number(search, SEARCH_FAMILIES, 0, FAM_DISTINCTIVE));
		inq_html_text(&v->h, " functions in it alone");
	} else {
		inq_html_text(&v->h, "with no family");
	}
}

static void list_row(struct visit *v, const struct rows *log, uint64_t row)
{
	struct inq_bytes digest = rows_cell(log, LOG_ENTRIES, row, E_SHA256);
	uint64_t examination = log_result(v, log, digest, "examine"),
	         searched = log_result(v, log, digest, "search");
	const struct rows *exam = glance_result(v, log, examination),
	                  *search = glance_result(v, log, searched);
	struct inq_html *h = &v->h;

	inq_html_row(h);
	inq_html_cell(h);
	page_exhibit_link(v, rows_cell(log, LOG_ENTRIES, row, E_SUBJECT), digest);
	inq_html_close(h);
	inq_html_cell(h);
	if (exam)
		kind_put(v, exam);
	else if (examination == UINT64_MAX)
		inq_html_text(h, rows_is(log, LOG_ENTRIES, row, E_TYPE, "exhibit open")
		                         ? "not examined yet"
		                         : "its bytes are not here");
	else
		inq_html_text(h, "being read");
	inq_html_close(h);
	inq_html_cell(h);
	page_bytes(v, rows_number(log, LOG_ENTRIES, row, E_SIZE));
	inq_html_close(h);
	inq_html_cell(h);
	if (exam)
		page_number(v, rows_count(exam, EXAM_FUNCTIONS));
	inq_html_close(h);
	inq_html_cell(h);
	if (search)
		shares_put(v, search);
	else if (searched != UINT64_MAX)
		inq_html_text(h, "being read");
	inq_html_close(h);
	inq_html_cell(h);
	page_entry_link(v, rows_cell(log, LOG_ENTRIES, row, E_NAME));
	inq_html_close(h);
	inq_html_cell(h);
	digest_put(h, digest);
	inq_html_close(h);
	inq_html_end_row(h);
}

void show_exhibits(struct visit *v)
{
	static const struct inq_html_column columns[] = { { "exhibit", "" }, { "what it is", "" },
		{ "size", "n" }, { "functions", "n" }, { "shares code", "" }, { "entered", "" },
		{ "SHA-256", "" } };
	const struct rows *log = fetch_log(v);
	uint64_t count, first, shown, *rows;

	if (!log)
		return;
	rows = log_exhibits(v, log, &count);
	first = page_first(v, count);
	shown = count - first < PAGE_ROWS ? count - first : PAGE_ROWS;
	/* Once, to have all asked for before what is not there yet is told. */
	for (uint64_t i = first; rows && i < first + shown; i++) {
		uint64_t row = log_result(v, log, rows_cell(log, LOG_ENTRIES, rows[i], E_SHA256), "examine");

		if (row != UINT64_MAX && !glance_result(v, log, row))
			v->live = LIVE_MS;
	}
	page_begin(v, "Exhibits", "/exhibits");
	if (!count) {
		inq_html_open(&v->h, "p");
		inq_html_text(&v->h, "No exhibit has been entered. ");
		if (v->s->o->write)
			page_link(v, "/act", "Enter some");
		inq_html_close(&v->h);
	} else {
		inq_html_table(
		        &v->h, "Files under inquiry, in the order in which they were entered", columns, 7);
		for (uint64_t i = first; rows && i < first + shown; i++)
			list_row(v, log, rows[i]);
		inq_html_end_table(&v->h);
	}
	page_pager(v, first, shown, count);
	page_end(v);
}

/* One exhibit. */

struct parts {
	struct inq_bytes digest;
	uint64_t entry, examination, searched; /* rows of the log */
	const struct rows *log, *exam, *search;
};

static const struct {
	const char *part, *text;
} tabs[] = { { "", "Overview" }, { "functions", "Functions" }, { "imports", "Imports" },
	{ "strings", "Strings" }, { "observations", "Observations" } };

static void tabs_put(struct visit *v, const char *sha256, const char *here)
{
	struct inq_html *h = &v->h;

	inq_html_open_class(h, "nav", "tabs");
	inq_html_attr(h, "aria-label", "Parts of this exhibit");
	inq_html_open(h, "ul");
	for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++) {
		inq_html_open(h, "li");
		inq_html_link(
		        h, textf(v, "/exhibits/%.64s%s%s", sha256, *tabs[i].part ? "/" : "", tabs[i].part));
		if (strcmp(here, tabs[i].part) == 0)
			inq_html_attr(h, "aria-current", "page");
		inq_html_text(h, tabs[i].text);
		inq_html_close(h);
		inq_html_close(h);
	}
	inq_html_close(h);
	inq_html_close(h);
}

static void given_term(struct visit *v, const char *term, struct inq_bytes text)
{
	if (!text.len)
		return;
	page_term(v, term);
	page_lines(v, text, ", ", 200);
	page_term_end(v);
}

static void number_term(struct visit *v, const char *term, uint64_t number)
{
	page_term(v, term);
	page_number(v, number);
	page_term_end(v);
}

static void program_put(struct visit *v, const struct parts *p, uint64_t i)
{
	const struct rows *x = p->exam;

	if (rows_cell(x, EXAM_EXHIBITS, i, X_ERROR).len) {
		given_term(v, "cannot be read", rows_cell(x, EXAM_EXHIBITS, i, X_ERROR));
		return;
	}
	page_term(v, "format");
	page_given(v, rows_cell(x, EXAM_EXHIBITS, i, X_FORMAT), 20);
	inq_html_text(&v->h, ", ");
	page_given(v, rows_cell(x, EXAM_EXHIBITS, i, X_ARCH), 20);
	inq_html_text(&v->h, ", ");
	page_given(v, rows_cell(x, EXAM_EXHIBITS, i, X_BITS), 4);
	inq_html_text(&v->h, " bits, ");
	page_given(v, rows_cell(x, EXAM_EXHIBITS, i, X_KIND), 40);
	page_term_end(v);
	given_term(v, "member", rows_cell(x, EXAM_EXHIBITS, i, X_MEMBER));
	given_term(v, "loaded at", rows_cell(x, EXAM_EXHIBITS, i, X_BASE));
	given_term(v, "entry point", rows_cell(x, EXAM_EXHIBITS, i, X_ENTRY));
	given_term(v, "entropy, bits a byte", rows_cell(x, EXAM_EXHIBITS, i, X_ENTROPY));
	given_term(v, "MD5", rows_cell(x, EXAM_EXHIBITS, i, X_MD5));
	given_term(v, "needs", rows_cell(x, EXAM_EXHIBITS, i, X_LIBRARIES));
	number_term(v, "functions", rows_number(x, EXAM_EXHIBITS, i, X_FUNCTIONS));
	number_term(v, "imports", rows_number(x, EXAM_EXHIBITS, i, X_IMPORTS));
	page_term(v, "code");
	page_bytes(v, rows_number(x, EXAM_EXHIBITS, i, X_CODE));
	inq_html_text(&v->h, ", in functions ");
	page_bytes(v, rows_number(x, EXAM_EXHIBITS, i, X_IN_FUNCTIONS));
	page_term_end(v);
}

static void coverage_put(struct visit *v, const struct rows *s)
{
	const struct svg_part parts[] = {
		{ "in one family alone", rows_number(s, SEARCH_SEARCHES, 0, Q_DISTINCTIVE), "c5" },
		{ "in several families", rows_number(s, SEARCH_SEARCHES, 0, Q_WIDESPREAD), "c3" },
		{ "library code", rows_number(s, SEARCH_SEARCHES, 0, Q_LIBRARY), "c9" },
		{ "not in the corpus", rows_number(s, SEARCH_SEARCHES, 0, Q_UNMATCHED), "c2" },
		{ "too small to tell", rows_number(s, SEARCH_SEARCHES, 0, Q_SMALL), "c1" },
		{ "padding", rows_number(s, SEARCH_SEARCHES, 0, Q_PADDING), "c1" },
		{ "in no function", rows_number(s, SEARCH_SEARCHES, 0, Q_UNREADABLE), "c1" },
	};

	uint64_t all = rows_number(s, SEARCH_SEARCHES, 0, Q_CODE);
	struct inq_html *h = &v->h;

	svg_bar(h, "Bytes of its code, by where else they are found", parts, sizeof parts / sizeof *parts);
	inq_html_open_class(h, "ul", "key");
	for (size_t i = 0; all && i < sizeof parts / sizeof *parts; i++) {
		uint64_t amount = parts[i].amount < UINT32_MAX ? parts[i].amount : UINT32_MAX;

		if (!amount)
			continue;
		inq_html_open(h, "li");
		inq_html_open_class(h, "span", textf(v, "swatch %s", parts[i].class_name));
		inq_html_close(h);
		inq_html_textf(h, "%s ", parts[i].name);
		page_bytes(v, amount);
		inq_html_textf(h, ", %" PRIu64 " %%", (amount * 100 + all / 2) / all);
		inq_html_close(h);
	}
	inq_html_close(h);
}

static void families_put(struct visit *v, const struct rows *s, const char *sha256)
{
	static const struct inq_html_column columns[] = { { "family", "" }, { "in it alone", "n" },
		{ "the same code", "n" }, { "in several", "n" }, { "bits", "n" }, { "nearest sample", "" },
		{ "published", "" } };
	uint64_t count = rows_count(s, SEARCH_FAMILIES);
	struct inq_html *h = &v->h;

	if (!count) {
		inq_html_element(h, "p", "Nothing of it was found in any family of the corpus.");
		return;
	}
	inq_html_table(h, "Families that functions of it are found in", columns, 7);
	for (uint64_t i = 0; i < count && i < PAGE_ROWS; i++) {
		struct inq_bytes label = rows_cell(s, SEARCH_FAMILIES, i, FAM_LABEL);

		inq_html_row(h);
		inq_html_cell(h);
		inq_html_link(h, textf(v, "/families/%s", request_encode(label, v->a)));
		page_given(v, label, 60);
		inq_html_close(h);
		inq_html_close(h);
		inq_html_cell(h);
		inq_html_link(h,
		        textf(v, "/exhibits/%.64s/functions?label=%s&standing=distinctive&order=information",
		                sha256, request_encode(label, v->a)));
		page_number(v, rows_number(s, SEARCH_FAMILIES, i, FAM_DISTINCTIVE));
		inq_html_close(h);
		inq_html_close(h);
		for (unsigned c = 0; c < 3; c++) {
			static const unsigned cells[] = { FAM_IDENTICAL, FAM_WIDESPREAD, FAM_INFORMATION };

			inq_html_cell(h);
			page_number(v, rows_number(s, SEARCH_FAMILIES, i, cells[c]));
			inq_html_close(h);
		}
		inq_html_cell(h);
		page_given(v, rows_cell(s, SEARCH_FAMILIES, i, FAM_NEAREST), 60);
		inq_html_close(h);
		inq_html_cell(h);
		page_given(v, rows_cell(s, SEARCH_FAMILIES, i, FAM_PUBLISHED), 12);
		inq_html_close(h);
		inq_html_end_row(h);
	}
	inq_html_end_table(h);
}

/* Entries about it. */
static void entries_put(struct visit *v, const struct parts *p)
{
	static const struct inq_html_column columns[] = { { "entry", "" }, { "type", "" },
		{ "time (UTC)", "" }, { "status", "" } };
	uint64_t place = UINT64_MAX, row;

	inq_html_table(&v->h, "Entries about it", columns, 4);
	for (uint64_t shown = 0; shown < PAGE_ROWS && log_about(p->log, p->digest, &place, &row); shown++) {
		inq_html_row(&v->h);
		inq_html_cell(&v->h);
		page_entry_link(v, rows_cell(p->log, LOG_ENTRIES, row, E_NAME));
		inq_html_close(&v->h);
		inq_html_cell(&v->h);
		page_given(v, rows_cell(p->log, LOG_ENTRIES, row, E_TYPE), 40);
		if (rows_cell(p->log, LOG_ENTRIES, row, E_KIND).len) {
			inq_html_text(&v->h, ": ");
			page_given(v, rows_cell(p->log, LOG_ENTRIES, row, E_KIND), 40);
		}
		inq_html_close(&v->h);
		inq_html_cell(&v->h);
		time_put(&v->h, rows_number(p->log, LOG_ENTRIES, row, E_TIME));
		inq_html_close(&v->h);
		inq_html_cell(&v->h);
		page_status(v, p->log, LOG_ENTRIES, row);
		inq_html_close(&v->h);
		inq_html_end_row(&v->h);
	}
	inq_html_end_table(&v->h);
}

static void sections_put(struct visit *v, const struct parts *p)
{
	static const struct inq_html_column columns[] = { { "section", "" }, { "address", "" },
		{ "size", "n" }, { "offset", "n" }, { "in the file", "n" }, { "access", "" },
		{ "entropy", "n" } };
	static const unsigned cells[] = { SEC_NAME, SEC_VA, SEC_SIZE, SEC_OFFSET, SEC_FILE_SIZE, SEC_ACCESS,
		SEC_ENTROPY };
	uint64_t count = rows_count(p->exam, EXAM_SECTIONS);

	if (!count)
		return;
	inq_html_heading(&v->h, 2, "sections", "Sections");
	inq_html_table(&v->h, "Sections, as its headers have them", columns, 7);
	for (uint64_t i = 0; i < count && i < PAGE_ROWS; i++) {
		inq_html_row(&v->h);
		for (unsigned c = 0; c < 7; c++) {
			inq_html_cell(&v->h);
			inq_html_given_code(&v->h, rows_cell(p->exam, EXAM_SECTIONS, i, cells[c]), 40);
			inq_html_close(&v->h);
		}
		inq_html_end_row(&v->h);
	}
	inq_html_end_table(&v->h);
	if (count > PAGE_ROWS)
		page_note(v, "There are more sections; the document has all of them.");
}

static void overview(struct visit *v, const struct parts *p)
{
	struct inq_html *h = &v->h;
	const char *sha256 = text_of(v, p->digest);

	inq_html_open_class(h, "p", "of");
	inq_html_text(h, "SHA-256 ");
	inq_html_given_code(h, p->digest, 64);
	inq_html_close(h);
	inq_html_open_class(h, "dl", "facts");
	if (p->entry != UINT64_MAX) {
		page_term(v, "size");
		page_bytes(v, rows_number(p->log, LOG_ENTRIES, p->entry, E_SIZE));
		page_term_end(v);
		page_term(v, "entered as");
		page_entry_link(v, rows_cell(p->log, LOG_ENTRIES, p->entry, E_NAME));
		page_term_end(v);
		given_term(v, "from", rows_cell(p->log, LOG_ENTRIES, p->entry, E_SOURCE));
		given_term(v, "note", rows_cell(p->log, LOG_ENTRIES, p->entry, E_TEXT));
		given_term(v, "withheld because", rows_cell(p->log, LOG_ENTRIES, p->entry, E_REASON));
	}
	for (uint64_t i = 0; p->exam && i < rows_count(p->exam, EXAM_EXHIBITS) && i < 20; i++)
		program_put(v, p, i);
	inq_html_close(h);
	if (!p->exam)
		inq_html_element(h, "p", "It has not been examined.");
	if (p->search) {
		inq_html_heading(h, 2, "families", "Where its code is found");
		inq_html_open_class(h, "p", "note");
		inq_html_text(h, "Searched in ");
		page_given(v, rows_cell(p->search, SEARCH_SEARCHES, 0, Q_CORPUS), 120);
		inq_html_text(h, " ");
		digest_put(h, rows_cell(p->search, SEARCH_SEARCHES, 0, Q_CORPUS_DIGEST));
		if (rows_is(p->search, SEARCH_SEARCHES, 0, Q_PACKED, "true"))
			inq_html_text(h, ". It looks packed, and most of its code is in no function: what "
			                 "was not found means little");
		inq_html_text(h, ".");
		inq_html_close(h);
		coverage_put(v, p->search);
		families_put(v, p->search, sha256);
	}
	inq_html_heading(h, 2, "entries", "In the record");
	entries_put(v, p);
	if (p->exam)
		sections_put(v, p);
	page_note(v, "The file itself is not handed out here: inquiry publish writes it, compressed, with "
	             "the record.");
}

uint64_t row_of(const struct rows *r, unsigned table, unsigned column, struct inq_bytes va)
{
	uint64_t low = 0, high = rows_count(r, table), row;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		struct inq_bytes is = rows_cell(r, table, middle, column);
		int order = is.len != va.len ? (is.len < va.len ? -1 : 1)
		            : va.len         ? memcmp(is.at, va.at, va.len)
		                             : 0;

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	/* Several programs in one document stand one after the other. */
	if (rows_count(r, table == SEARCH_FUNCTIONS ? (unsigned)SEARCH_SEARCHES : (unsigned)EXAM_EXHIBITS) >
	                1 &&
	        rows_find(r, table, column, va, 0, &row))
		return row;
	return UINT64_MAX;
}

static bool is_asked(const struct visit *v, const struct parts *p, uint64_t row, uint64_t found)
{
	const char *standing = request_value(&v->request, "standing"),
	           *label = request_value(&v->request, "label");
	const char *q = request_value(&v->request, "q");
	static const unsigned where[] = { F_NAME, F_VA, F_IMPORTS, F_STRINGS };
	char needle[101];
	size_t len;

	if (standing && *standing &&
	        (found == UINT64_MAX || !rows_is(p->search, SEARCH_FUNCTIONS, found, SF_STANDING, standing)))
		return false;
	if (label && *label &&
	        (found == UINT64_MAX || !rows_is(p->search, SEARCH_FUNCTIONS, found, SF_LABEL, label)))
		return false;
	if (!q || !*q)
		return true;
	len = strlen(q) < sizeof needle - 1 ? strlen(q) : sizeof needle - 1;
	for (size_t i = 0; i < len; i++)
		needle[i] = q[i] >= 'A' && q[i] <= 'Z' ? (char)(q[i] + 32) : q[i];
	for (unsigned i = 0; i < sizeof where / sizeof *where; i++)
		if (rows_contain(rows_cell(p->exam, EXAM_FUNCTIONS, row, where[i]),
		            (struct inq_bytes){ (const uint8_t *)needle, len }))
			return true;
	return false;
}

static void function_row(struct visit *v, const struct parts *p, uint64_t row, const char *sha256)
{
	struct inq_bytes va = rows_cell(p->exam, EXAM_FUNCTIONS, row, F_VA);
	uint64_t found = p->search ? row_of(p->search, SEARCH_FUNCTIONS, SF_VA, va) : UINT64_MAX;
	struct inq_html *h = &v->h;

	inq_html_row(h);
	inq_html_cell(h);
	inq_html_link(h, textf(v, "/exhibits/%.64s/functions/%s", sha256, request_encode(va, v->a)));
	inq_html_given_code(h, va, 20);
	inq_html_close(h);
	inq_html_close(h);
	inq_html_cell(h);
	page_given(v, rows_cell(p->exam, EXAM_FUNCTIONS, row, F_NAME), 60);
	inq_html_close(h);
	for (unsigned c = F_SIZE; c <= F_INSTRUCTIONS; c++) {
		inq_html_cell(h);
		page_number(v, rows_number(p->exam, EXAM_FUNCTIONS, row, c));
		inq_html_close(h);
	}
	inq_html_cell(h);
	if (found != UINT64_MAX) {
		struct inq_bytes standing = rows_cell(p->search, SEARCH_FUNCTIONS, found, SF_STANDING);

		inq_html_open_class(h, "span",
		        textf(v, "standing %s",
		                inq_bytes_equal(standing, "distinctive") ? "distinctive"
		                : inq_bytes_equal(standing, "library")   ? "library"
		                                                         : ""));
		page_given(v, standing, 20);
		inq_html_close(h);
	}
	inq_html_close(h);
	inq_html_cell(h);
	if (found != UINT64_MAX)
		page_given(v, rows_cell(p->search, SEARCH_FUNCTIONS, found, SF_LABEL), 40);
	inq_html_close(h);
	inq_html_cell(h);
	if (found != UINT64_MAX)
		page_number(v, rows_number(p->search, SEARCH_FUNCTIONS, found, SF_INFORMATION));
	inq_html_close(h);
	inq_html_end_row(h);
}

static void choice(struct visit *v, const char *name, const char *label, const char *const *values)
{
	const char *is = request_value(&v->request, name);
	struct inq_html *h = &v->h;

	inq_html_open(h, "label");
	inq_html_element(h, "span", label);
	inq_html_open(h, "select");
	inq_html_attr(h, "name", name);
	for (; *values; values++) {
		inq_html_open(h, "option");
		inq_html_attr(h, "value", strcmp(*values, "all") == 0 ? "" : *values);
		if (is && strcmp(is, *values) == 0)
			inq_html_attr(h, "selected", "selected");
		inq_html_text(h, *values);
		inq_html_close(h);
	}
	inq_html_close(h);
	inq_html_close(h);
}

static void filter_put(struct visit *v, const struct parts *p)
{
	static const char *const standings[] = { "all", "distinctive", "widespread", "library", "unmatched",
		"small", NULL };
	static const char *const orders[] = { "address", "size", "blocks", "name", NULL };
	static const char *const searched[] = { "address", "information", "size", "blocks", "name", NULL };
	struct inq_html *h = &v->h;
	const char *label = request_value(&v->request, "label");

	inq_html_open_class(h, "form", "filter");
	page_field(v, "q", "Name, address, import or string", "search", request_value(&v->request, "q"));
	if (p->search) {
		choice(v, "standing", "Found", standings);
		page_field(v, "label", "In", "text", label);
	}
	choice(v, "order", "By", p->search ? searched : orders);
	page_button(v, "Show");
	inq_html_close(h);
}

/* The row of functions at place `at` of the order that is asked for. */
static uint64_t ordered(const struct parts *p, const char *order, uint64_t at)
{
	if (strcmp(order, "size") == 0)
		return rows_order(p->exam, EXAM_FUNCTIONS, F_BY_SIZE, at);
	if (strcmp(order, "blocks") == 0)
		return rows_order(p->exam, EXAM_FUNCTIONS, F_BY_BLOCKS, at);
	if (strcmp(order, "name") == 0)
		return rows_order(p->exam, EXAM_FUNCTIONS, F_BY_NAME, at);
	if (strcmp(order, "information") == 0 && p->search)
		return row_of(p->exam, EXAM_FUNCTIONS, F_VA,
		        rows_cell(p->search, SEARCH_FUNCTIONS,
		                rows_order(p->search, SEARCH_FUNCTIONS, SF_BY_INFORMATION, at), SF_VA));
	return at;
}

static void functions(struct visit *v, const struct parts *p)
{
	static const struct inq_html_column columns[] = { { "address", "" }, { "name", "" }, { "bytes", "n" },
		{ "blocks", "n" }, { "instructions", "n" }, { "found", "" }, { "in", "" }, { "bits", "n" } };
	const char *order = request_value(&v->request, "order"), *sha256 = text_of(v, p->digest);
	uint64_t all, count = 0, first, *rows;

	if (!p->exam) {
		inq_html_element(&v->h, "p", "It has not been examined.");
		return;
	}
	order = order ? order : "";
	all = strcmp(order, "information") == 0 && p->search ? rows_count(p->search, SEARCH_FUNCTIONS)
	                                                     : rows_count(p->exam, EXAM_FUNCTIONS);
	rows = inq_arena_new(v->a, all, sizeof *rows);
	for (uint64_t i = 0; rows && i < all; i++) {
		uint64_t row = ordered(p, order, i);
		bool filtered = request_value(&v->request, "standing") || request_value(&v->request, "label");

		if (row == UINT64_MAX)
			continue;
		if (is_asked(v, p, row,
		            p->search && filtered ? row_of(p->search, SEARCH_FUNCTIONS, SF_VA,
		                                            rows_cell(p->exam, EXAM_FUNCTIONS, row, F_VA))
		                                  : UINT64_MAX))
			rows[count++] = row;
	}
	first = page_first(v, count);
	filter_put(v, p);
	if (!count)
		inq_html_element(&v->h, "p", "There is no such function.");
	if (count) {
		inq_html_table(&v->h, textf(v, "Functions of this exhibit: %" PRIu64, count), columns, 8);
		for (uint64_t i = first; i < count && i < first + PAGE_ROWS; i++)
			function_row(v, p, rows[i], sha256);
		inq_html_end_table(&v->h);
	}
	page_pager(v, first, count - first < PAGE_ROWS ? count - first : PAGE_ROWS, count);
}

/* A table of cells as they are, a page at a time, where `q` is in one of them. */
static void plain(struct visit *v, const struct parts *p, const char *caption, unsigned table,
        const struct inq_html_column *columns, const unsigned *cells, unsigned cell_count)
{
	uint64_t all = rows_count(p->exam, table), count = 0, first,
	         *rows = inq_arena_new(v->a, all, sizeof *rows);
	const char *q = request_value(&v->request, "q");
	char needle[101] = "";

	for (size_t i = 0; q && q[i] && i < sizeof needle - 1; i++)
		needle[i] = q[i] >= 'A' && q[i] <= 'Z' ? (char)(q[i] + 32) : q[i];
	for (uint64_t i = 0; rows && i < all; i++) {
		bool has = !*needle;

		for (unsigned c = 0; c < cell_count && !has; c++)
			has = rows_contain(rows_cell(p->exam, table, i, cells[c]), inq_bytes_of(needle));
		if (has)
			rows[count++] = i;
	}
	if (!count) {
		inq_html_element(&v->h, "p", "There are none.");
		return;
	}
	first = page_first(v, count);
	inq_html_table(&v->h, textf(v, "%s: %" PRIu64, caption, count), columns, cell_count);
	for (uint64_t i = first; i < count && i < first + PAGE_ROWS; i++) {
		inq_html_row(&v->h);
		for (unsigned c = 0; c < cell_count; c++) {
			inq_html_cell(&v->h);
			inq_html_given_code(&v->h, rows_cell(p->exam, table, rows[i], cells[c]), 300);
			inq_html_close(&v->h);
		}
		inq_html_end_row(&v->h);
	}
	inq_html_end_table(&v->h);
	page_pager(v, first, count - first < PAGE_ROWS ? count - first : PAGE_ROWS, count);
}

static void text_filter(struct visit *v, const char *label)
{
	inq_html_open_class(&v->h, "form", "filter");
	page_field(v, "q", label, "search", request_value(&v->request, "q"));
	page_button(v, "Show");
	inq_html_close(&v->h);
}

static void imports(struct visit *v, const struct parts *p)
{
	static const struct inq_html_column in[] = { { "name", "" }, { "library", "" }, { "ordinal", "n" },
		{ "slot", "" } };
	static const struct inq_html_column out[] = { { "name", "" }, { "ordinal", "n" }, { "address", "" },
		{ "forward", "" } };
	static const unsigned in_cells[] = { I_NAME, I_LIBRARY, I_ORDINAL, I_SLOT };
	static const unsigned out_cells[] = { EX_NAME, EX_ORDINAL, EX_VA, EX_FORWARD };

	text_filter(v, "Name or library");
	inq_html_heading(&v->h, 2, "imports", "Imports");
	plain(v, p, "What it asks of others", EXAM_IMPORTS, in, in_cells, 4);
	inq_html_heading(&v->h, 2, "exports", "Exports");
	plain(v, p, "What it offers", EXAM_EXPORTS, out, out_cells, 4);
}

static void strings(struct visit *v, const struct parts *p)
{
	static const struct inq_html_column columns[] = { { "address", "" }, { "offset", "n" },
		{ "encoding", "" }, { "text", "" } };
	static const unsigned cells[] = { STR_OFFSET, STR_VA, STR_ENCODING, STR_TEXT };
	uint64_t dropped = rows_number(p->exam, EXAM_EXHIBITS, 0, X_STRINGS_DROPPED);

	text_filter(v, "Text");
	plain(v, p, "Strings", EXAM_STRINGS, columns, cells, 4);
	if (dropped)
		page_note(v, textf(v, "%" PRIu64 " more were found than are kept.", dropped));
}

static void observations(struct visit *v, const struct parts *p)
{
	static const struct inq_html_column facts[] = { { "fact", "" }, { "of", "" }, { "says", "" },
		{ "offset", "n" }, { "forgeable", "" } };
	static const struct inq_html_column suspicions[] = { { "suspicion", "" }, { "measure", "n" } };
	static const struct inq_html_column anomalies[] = { { "offset", "n" }, { "anomaly", "" } };
	static const unsigned fact_cells[] = { FACT_KIND, FACT_NAME, FACT_TEXT, FACT_OFFSET, FACT_FORGEABLE };
	static const unsigned suspicion_cells[] = { SUS_TEXT, SUS_MEASURE };
	static const unsigned anomaly_cells[] = { AN_OFFSET, AN_TEXT };

	inq_html_heading(&v->h, 2, "facts", "What it says of its making");
	plain(v, p, "Facts", EXAM_FACTS, facts, fact_cells, 5);
	inq_html_heading(&v->h, 2, "suspicions", "Reasons to think that it is packed");
	plain(v, p, "Suspicions", EXAM_SUSPICIONS, suspicions, suspicion_cells, 2);
	inq_html_heading(&v->h, 2, "anomalies", "What is odd about it");
	plain(v, p, "Anomalies", EXAM_ANOMALIES, anomalies, anomaly_cells, 2);
}

void show_exhibit(struct visit *v)
{
	static const struct {
		const char *part;
		void (*put)(struct visit *v, const struct parts *p);
	} all[] = { { "", overview }, { "functions", functions }, { "imports", imports },
		{ "strings", strings }, { "observations", observations } };
	const char *part = v->request.part_count == 3 ? v->request.parts[2] : "";
	struct parts p = { .log = fetch_log(v) };
	struct inq_sha256 digest;
	size_t which = 0;

	if (!p.log)
		return;
	while (which < sizeof all / sizeof *all && strcmp(all[which].part, part))
		which++;
	p.digest = inq_bytes_of(v->request.parts[1]);
	p.entry = log_exhibit(p.log, p.digest);
	if (which == sizeof all / sizeof *all || !hex_digest(v->request.parts[1], &digest) ||
	        p.entry == UINT64_MAX) {
		visit_fail(v, 404, "There is no such exhibit.");
		return;
	}
	p.examination = log_result(v, p.log, p.digest, "examine");
	p.searched = log_result(v, p.log, p.digest, "search");
	if (p.examination != UINT64_MAX && !(p.exam = fetch_result(v, p.log, p.examination)))
		return;
	if (p.searched != UINT64_MAX && !(p.search = fetch_result(v, p.log, p.searched)))
		return;
	page_begin(v, text_of(v, rows_cell(p.log, LOG_ENTRIES, p.entry, E_SUBJECT)), "/exhibits");
	tabs_put(v, v->request.parts[1], part);
	if (!p.exam && which) {
		inq_html_element(&v->h, "p", "It has not been examined.");
	} else {
		all[which].put(v, &p);
	}
	page_end(v);
}
