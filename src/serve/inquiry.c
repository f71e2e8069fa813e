/* The first page: who, what, and what it came to. */
#include "serve/private.h"
#include <inttypes.h>
#include <string.h>

static void count_line(struct visit *v, uint64_t count, const char *one, const char *many, const char *href)
{
	inq_html_open(&v->h, "li");
	inq_html_link(&v->h, href);
	inq_html_open(&v->h, "strong");
	page_number(v, count);
	inq_html_close(&v->h);
	inq_html_textf(&v->h, " %s", count == 1 ? one : many);
	inq_html_close(&v->h);
	inq_html_close(&v->h);
}

static void counts(struct visit *v, const struct rows *log)
{
	uint64_t count = rows_count(log, LOG_ENTRIES), exhibits, results = 0, conclusions = 0, claims = 0,
	         disputes = 0;

	(void)log_exhibits(v, log, &exhibits);
	for (uint64_t i = 0; i < count; i++) {
		struct inq_bytes type = rows_cell(log, LOG_ENTRIES, i, E_TYPE);

		results += inq_bytes_equal(type, "examination");
		conclusions += inq_bytes_equal(type, "conclusion");
		claims += inq_bytes_equal(type, "claim") || inq_bytes_equal(type, "statement");
		disputes += inq_bytes_equal(type, "dispute");
	}
	inq_html_open_class(&v->h, "ul", "counts");
	count_line(v, exhibits, "exhibit", "exhibits", "/exhibits");
	count_line(v, results, "result", "results", "/record?type=examination");
	count_line(v, conclusions, "conclusion", "conclusions", "/conclusions");
	count_line(v, claims, "claim", "claims", "/record?type=claim");
	count_line(v, disputes, "dispute", "disputes", "/record?type=dispute");
	inq_html_close(&v->h);
}

static void holds(struct visit *v, const struct rows *log)
{
	uint64_t failures = rows_number(log, LOG_CASE, 0, CASE_FAILURES);

	inq_html_open_class(&v->h, "p", failures ? "verdict bad" : "verdict good");
	if (failures)
		inq_html_textf(&v->h, "This record does not hold, in %" PRIu64 " place%s. ", failures,
		        failures == 1 ? "" : "s");
	else
		inq_html_text(&v->h, "The signatures, the trees and all citations of this record hold. ");
	page_link(v, "/verification", "Verify it, stored bytes and all");
	inq_html_text(&v->h, ".");
	inq_html_close(&v->h);
}

static void cosigners(struct visit *v, const struct rows *log, struct inq_bytes party, uint64_t size)
{
	uint64_t row;
	bool any = false;

	for (uint64_t from = 0; rows_find(log, LOG_COSIGNERS, C_OF, party, from, &row); from = row + 1) {
		uint64_t seen = rows_number(log, LOG_COSIGNERS, row, C_SIZE);

		if (!seen)
			continue;
		if (any)
			inq_html_text(&v->h, ", ");
		page_given(v, rows_cell(log, LOG_COSIGNERS, row, C_PARTY), 64);
		if (seen < size)
			inq_html_textf(&v->h, " (up to %" PRIu64 ")", seen);
		any = true;
	}
	if (!any)
		inq_html_text(&v->h, "nobody yet");
}

static void parties(struct visit *v, const struct rows *log)
{
	static const struct inq_html_column columns[] = { { "party", "" }, { "entries", "n" }, { "head", "" },
		{ "countersigned by", "" }, { "key", "" } };
	struct inq_html *h = &v->h;
	uint64_t count = rows_count(log, LOG_LOGS);

	inq_html_heading(h, 2, "parties", "Parties");
	inq_html_table(h, "Each party's log", columns, 5);
	for (uint64_t i = 0; i < count && i < PAGE_ROWS; i++) {
		struct inq_bytes party = rows_cell(log, LOG_LOGS, i, L_PARTY),
		                 key = rows_cell(log, LOG_LOGS, i, L_KEY);
		uint64_t size = rows_number(log, LOG_LOGS, i, L_SIZE);

		inq_html_row(h);
		inq_html_cell(h);
		inq_html_link(h, textf(v, "/record?party=%s", request_encode(party, v->a)));
		page_given(v, party, 64);
		inq_html_close(h);
		inq_html_close(h);
		inq_html_cell(h);
		page_number(v, size);
		inq_html_close(h);
		inq_html_cell(h);
		if (rows_is(log, LOG_LOGS, i, L_FORKED, "true"))
			inq_html_element(h, "strong", "FORKED ");
		digest_put(h, rows_cell(log, LOG_LOGS, i, L_ROOT));
		inq_html_close(h);
		inq_html_cell(h);
		cosigners(v, log, party, size);
		inq_html_close(h);
		inq_html_cell(h);
		inq_html_given_code(h, key, 140);
		inq_html_close(h);
		inq_html_end_row(h);
	}
	inq_html_end_table(h);
}

static bool is_said(const struct rows *log, uint64_t row)
{
	return rows_is(log, LOG_ENTRIES, row, E_TYPE, "claim") ||
	       rows_is(log, LOG_ENTRIES, row, E_TYPE, "statement") ||
	       rows_is(log, LOG_ENTRIES, row, E_TYPE, "dispute");
}

static void said(struct visit *v, const struct rows *log)
{
	enum { SAID = 20 };
	static const struct inq_html_column columns[] = { { "entry", "" }, { "says", "" }, { "on", "" },
		{ "status", "" } };
	uint64_t count = rows_count(log, LOG_ENTRIES), shown = 0;
	struct inq_html *h = &v->h;

	inq_html_heading(h, 2, "said", "What the parties say");
	for (uint64_t i = count; i-- && shown < SAID;) {
		bool dispute = rows_is(log, LOG_ENTRIES, i, E_TYPE, "dispute");
		struct inq_bytes text = rows_cell(log, LOG_ENTRIES, i, E_TEXT);

		if (!is_said(log, i))
			continue;
		if (!shown++)
			inq_html_table(h, "Claims, statements and disputes, the latest first", columns, 4);
		inq_html_row(h);
		inq_html_cell(h);
		page_entry_link(v, rows_cell(log, LOG_ENTRIES, i, E_NAME));
		inq_html_close(h);
		inq_html_cell(h);
		if (dispute) {
			inq_html_text(h, "disputes: ");
			page_given(v, rows_cell(log, LOG_ENTRIES, i, E_DISPUTE), 40);
			if (text.len)
				inq_html_text(h, ". ");
		}
		if (text.len)
			page_lines(v, text, NULL, 400);
		inq_html_close(h);
		inq_html_cell(h);
		page_entry_links(v, rows_cell(log, LOG_ENTRIES, i, dispute ? E_OF : E_CITES));
		inq_html_close(h);
		inq_html_cell(h);
		page_status(v, log, LOG_ENTRIES, i);
		inq_html_close(h);
		inq_html_end_row(h);
	}
	if (shown)
		inq_html_end_table(h);
	else
		inq_html_element(h, "p", "Nothing has been claimed or disputed so far.");
}

/* What there is to do, as far as the record shows. */
static void next_step(struct visit *v, const struct rows *log)
{
	uint64_t exhibits, row;

	(void)log_exhibits(v, log, &exhibits);
	if (!exhibits)
		page_link(v, "/act#admit", "Enter the first exhibit");
	else if (!rows_find(log, LOG_ENTRIES, E_TYPE, inq_bytes_of("examination"), 0, &row))
		page_link(v, "/act#investigate", "Investigate what was entered");
	else
		page_link(v, "/act", "Enter exhibits, investigate, claim, publish");
}

void show_inquiry(struct visit *v)
{
	const struct rows *log = fetch_log(v);

	if (!log)
		return;
	page_begin(v,
	        rows_cell(log, LOG_CASE, 0, CASE_TITLE).len
	                ? text_of(v, rows_cell(log, LOG_CASE, 0, CASE_TITLE))
	                : "An inquiry",
	        "/");
	holds(v, log);
	counts(v, log);
	if (v->s->o->write) {
		inq_html_open_class(&v->h, "p", "acts");
		next_step(v, log);
		inq_html_close(&v->h);
	}
	inq_html_open_class(&v->h, "p", "note");
	page_link(v, "/report.html", "The report");
	inq_html_text(&v->h, ", one file to keep and to send · ");
	page_link(v, "/exports", "Exports");
	inq_html_text(&v->h, " for other programs · ");
	page_link(v, "/corpus", "The corpus");
	inq_html_text(&v->h, " that is searched · ");
	page_link(v, "/keys", "Keys");
	inq_html_text(&v->h, " of the parties");
	inq_html_close(&v->h);
	inq_html_heading(&v->h, 2, "conclusions", "Conclusions");
	conclusions_table(v, log, 20);
	said(v, log);
	parties(v, log);
	page_end(v);
}
