/*
 * Search across all: digests, entries and what they say, families, functions
 * by name and address, imports and strings. A page of hits at a time: the scan
 * goes on from where the last page ended, and stops after a while.
 */
#include "serve/private.h"
#include <inttypes.h>
#include <string.h>

enum {
	HITS = 100, /* on a page */
	BUDGET_MS = 60, /* for one page */
	CHECK = 1024, /* rows between two looks at the clock */
};

struct scan {
	struct visit *v;
	const struct rows *log;
	struct inq_bytes needle; /* in lower case */
	uint64_t at, from; /* rows looked at so far; where this page begins */
	uint64_t deadline;
	unsigned hits;
	bool stopped;
};

/* Whether this row is to be looked at; false before the page begins and after it ended. */
static bool next(struct scan *s)
{
	if (s->stopped)
		return false;
	if (s->hits == HITS || (s->at % CHECK == 0 && s->at > s->from && inq_os_clock() > s->deadline)) {
		s->stopped = true;
		return false;
	}
	return s->at++ >= s->from;
}

static void hit(struct scan *s, const char *what)
{
	static const struct inq_html_column columns[] = { { "what", "" }, { "where", "" }, { "says", "" } };

	if (!s->hits++)
		inq_html_table(&s->v->h, "What was found", columns, 3);
	inq_html_row(&s->v->h);
	inq_html_cell(&s->v->h);
	inq_html_text(&s->v->h, what);
	inq_html_close(&s->v->h);
	inq_html_cell(&s->v->h);
}

static void says(struct scan *s, struct inq_bytes text)
{
	inq_html_close(&s->v->h);
	inq_html_cell(&s->v->h);
	page_given(s->v, text, 200);
	inq_html_close(&s->v->h);
	inq_html_end_row(&s->v->h);
}

static void entries(struct scan *s)
{
	static const unsigned cells[] = { E_NAME, E_DIGEST, E_SUBJECT, E_SHA256, E_TITLE, E_TEXT, E_SOURCE,
		E_REASON, E_DISPUTE, E_RESULT, E_CORPUS };

	for (uint64_t i = 0; i < rows_count(s->log, LOG_ENTRIES) && !s->stopped; i++) {
		if (!next(s))
			continue;
		for (unsigned c = 0; c < sizeof cells / sizeof *cells; c++) {
			struct inq_bytes text = rows_cell(s->log, LOG_ENTRIES, i, cells[c]);

			if (!rows_contain(text, s->needle))
				continue;
			hit(s, text_of(s->v, rows_cell(s->log, LOG_ENTRIES, i, E_TYPE)));
			page_entry_link(s->v, rows_cell(s->log, LOG_ENTRIES, i, E_NAME));
			if (log_is_exhibit(s->log, i)) {
				inq_html_text(&s->v->h, " ");
				page_exhibit_link(s->v, rows_cell(s->log, LOG_ENTRIES, i, E_SUBJECT),
				        rows_cell(s->log, LOG_ENTRIES, i, E_SHA256));
			}
			says(s, text);
			break;
		}
	}
}

/* A table of an exhibit; the cell that has it is shown. */
static void table(struct scan *s, uint64_t exhibit, const struct rows *r, unsigned which,
        const unsigned *cells, unsigned count, const char *what, unsigned va)
{
	const char *sha256 = NULL;
	uint64_t rows = rows_count(r, which);

	uint64_t base = s->at, row = s->from > s->at ? s->from - s->at : 0;

	s->at += rows;
	if (s->stopped || row >= rows)
		return;
	if (inq_os_clock() > s->deadline) {
		s->stopped = true;
		s->at = base + row;
		return;
	}
	for (; rows_search(r, which, s->needle, row, &row); row++) {
		struct inq_bytes text = { NULL, 0 };

		if (s->hits == HITS) {
			s->stopped = true;
			s->at = base + row;
			return;
		}
		for (unsigned c = 0; c < count && !text.len; c++)
			if (rows_contain(rows_cell(r, which, row, cells[c]), s->needle))
				text = rows_cell(r, which, row, cells[c]);
		if (!text.len)
			continue;
		if (!sha256)
			sha256 = text_of(s->v, rows_cell(s->log, LOG_ENTRIES, exhibit, E_SHA256));
		hit(s, what);
		if (va != UINT32_MAX && rows_cell(r, which, row, va).len) {
			struct inq_bytes address = rows_cell(r, which, row, va);

			inq_html_link(&s->v->h, textf(s->v, "/exhibits/%.64s/functions/%s", sha256,
			                                request_encode(address, s->v->a)));
			inq_html_given_code(&s->v->h, address, 20);
			inq_html_close(&s->v->h);
			inq_html_text(&s->v->h, " of ");
		}
		page_exhibit_link(s->v, rows_cell(s->log, LOG_ENTRIES, exhibit, E_SUBJECT),
		        rows_cell(s->log, LOG_ENTRIES, exhibit, E_SHA256));
		says(s, text);
	}
}

static void exhibit(struct scan *s, uint64_t row, uint64_t *unread)
{
	static const unsigned families[] = { FAM_LABEL }, functions[] = { F_NAME, F_VA },
	                      imports[] = { I_NAME, I_LIBRARY }, exports[] = { EX_NAME },
	                      facts[] = { FACT_TEXT }, strings[] = { STR_TEXT };
	struct inq_bytes digest = rows_cell(s->log, LOG_ENTRIES, row, E_SHA256);
	uint64_t examined = log_result(s->v, s->log, digest, "examine"),
	         searched = log_result(s->v, s->log, digest, "search");
	const struct rows *exam = glance_result(s->v, s->log, examined),
	                  *search = glance_result(s->v, s->log, searched);

	*unread += examined != UINT64_MAX && !exam;
	*unread += searched != UINT64_MAX && !search;
	if (search)
		table(s, row, search, SEARCH_FAMILIES, families, 1, "family", UINT32_MAX);
	if (!exam)
		return;
	table(s, row, exam, EXAM_FUNCTIONS, functions, 2, "function", F_VA);
	table(s, row, exam, EXAM_IMPORTS, imports, 2, "import", UINT32_MAX);
	table(s, row, exam, EXAM_EXPORTS, exports, 1, "export", UINT32_MAX);
	table(s, row, exam, EXAM_FACTS, facts, 1, "fact", UINT32_MAX);
	table(s, row, exam, EXAM_STRINGS, strings, 1, "string", UINT32_MAX);
}

void show_search(struct visit *v)
{
	struct scan s = { .v = v, .log = fetch_log(v), .from = request_number(&v->request, "from", 0) };
	const char *q = request_value(&v->request, "q");
	char needle[101] = "";
	uint64_t count, *rows, unread = 0;

	if (!s.log)
		return;
	for (size_t i = 0; q && q[i] && i < sizeof needle - 1; i++)
		needle[i] = q[i] >= 'A' && q[i] <= 'Z' ? (char)(q[i] + 32) : q[i];
	s.needle = inq_bytes_of(needle);
	s.deadline = inq_os_clock() + BUDGET_MS;
	rows = log_exhibits(v, s.log, &count);
	page_begin(v, "Search", "/search");
	if (s.needle.len < 2) {
		inq_html_element(&v->h, "p",
		        "At least two letters of a name, an address, a digest, a string, an import, a "
		        "family, or of what somebody "
		        "said.");
		page_end(v);
		return;
	}
	entries(&s);
	for (uint64_t i = 0; rows && i < count && !s.stopped; i++)
		exhibit(&s, rows[i], &unread);
	if (s.hits)
		inq_html_end_table(&v->h);
	else
		inq_html_element(&v->h, "p", s.stopped ? "Nothing so far." : "Nothing more.");
	if (s.stopped) {
		inq_html_open_class(&v->h, "nav", "pager");
		inq_html_attr(&v->h, "aria-label", "Pages of this list");
		inq_html_link(&v->h, textf(v, "/search?q=%s&from=%" PRIu64,
		                             request_encode(inq_bytes_of(needle), v->a), s.at));
		inq_html_attr(&v->h, "rel", "next");
		inq_html_text(&v->h, "Search on");
		inq_html_close(&v->h);
		inq_html_close(&v->h);
	}
	if (unread)
		page_note(v,
		        textf(v, "%" PRIu64 " results are still being read, and were not searched.", unread));
	page_end(v);
}
