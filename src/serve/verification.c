/* The record proved anew, and what came of it. */
#include "serve/private.h"
#include <inttypes.h>
#include <string.h>

static const char *const levels[] = { "bytes and roots", "signatures", "citations and custody",
	"the analysis run again", "conclusions" };

static void verify_form(struct visit *v)
{
	struct inq_html *h = &v->h;

	page_form(v, "/verify", false);
	if (v->s->o->corpus) {
		inq_html_open_class(h, "label", "check");
		inq_html_void(h, "input");
		inq_html_attr(h, "type", "checkbox");
		inq_html_attr(h, "name", "recompute");
		inq_html_attr(h, "value", "1");
		inq_html_text(h, " run the analysis again, and compare (this takes as long as it took)");
		inq_html_close(h);
	}
	page_button(v, "Verify now");
	inq_html_close(h);
}

static void levels_put(struct visit *v, const struct rows *r)
{
	static const struct inq_html_column columns[] = { { "level", "" }, { "what", "" },
		{ "outcome", "" } };
	struct inq_bytes reached = rows_cell(r, VER_ALL, 0, V_LEVEL);
	uint64_t level = rows_number(r, VER_ALL, 0, V_LEVEL), asked = rows_number(r, VER_ALL, 0, V_ASKED),
	         row;
	bool none = reached.len && reached.at[0] == '-';

	inq_html_table(&v->h, "What was proved", columns, 3);
	for (unsigned i = 0; i < 5; i++) {
		const char *digit = textf(v, "%u", i);
		bool failed = rows_find(r, VER_FAILURES, VF_LEVEL, inq_bytes_of(digit), 0, &row);

		inq_html_row(&v->h);
		inq_html_cell(&v->h);
		inq_html_textf(&v->h, "V%u", i);
		inq_html_close(&v->h);
		inq_html_cell(&v->h);
		inq_html_text(&v->h, levels[i]);
		inq_html_close(&v->h);
		inq_html_cell(&v->h);
		inq_html_open_class(&v->h, "span",
		        failed                ? "status broken"
		        : !none && i <= level ? "status reproduced"
		                              : "status");
		inq_html_text(&v->h, i > asked             ? "not asked for"
		                     : failed              ? "fails"
		                     : !none && i <= level ? "holds"
		                                           : "not reached");
		inq_html_close(&v->h);
		inq_html_close(&v->h);
		inq_html_end_row(&v->h);
	}
	inq_html_end_table(&v->h);
}

static void failures_put(struct visit *v, const struct rows *r)
{
	static const struct inq_html_column columns[] = { { "entry", "" }, { "level", "n" }, { "what", "" },
		{ "file", "" }, { "byte", "n" }, { "expected", "" }, { "found", "" } };
	uint64_t count = rows_count(r, VER_FAILURES);
	struct inq_html *h = &v->h;

	if (!count)
		return;
	inq_html_heading(h, 3, "failures", "Failures");
	inq_html_table(h, "Where it does not hold", columns, 7);
	for (uint64_t i = 0; i < count && i < PAGE_ROWS; i++) {
		struct inq_bytes entry = rows_cell(r, VER_FAILURES, i, VF_ENTRY);

		inq_html_row(h);
		inq_html_cell(h);
		if (entry.len)
			page_entry_link(v, entry);
		else
			page_given(v, rows_cell(r, VER_FAILURES, i, VF_PARTY), 64);
		inq_html_close(h);
		for (unsigned c = 0; c < 6; c++) {
			static const unsigned cells[] = { VF_LEVEL, VF_WHAT, VF_FILE, VF_AT, VF_EXPECTED,
				VF_FOUND };

			inq_html_cell(h);
			page_given(v, rows_cell(r, VER_FAILURES, i, cells[c]), 300);
			inq_html_close(h);
		}
		inq_html_end_row(h);
	}
	inq_html_end_table(h);
}

static void unchecked_put(struct visit *v, const struct rows *r)
{
	uint64_t count = rows_count(r, VER_UNCHECKED);

	if (!count)
		return;
	inq_html_heading(&v->h, 3, "unchecked", "Not checked");
	inq_html_open(&v->h, "ul");
	for (uint64_t i = 0; i < count && i < PAGE_ROWS; i++) {
		inq_html_open(&v->h, "li");
		page_number(v, rows_number(r, VER_UNCHECKED, i, VU_COUNT));
		inq_html_text(&v->h, " ");
		page_given(v, rows_cell(r, VER_UNCHECKED, i, VU_WHAT), 200);
		inq_html_close(&v->h);
	}
	inq_html_close(&v->h);
}

/* The latest job of that kind. */
static struct work *latest(struct visit *v)
{
	struct work *best = NULL;

	for (struct work *w = v->s->works.first; w; w = w->next)
		if (w->job && w->recipe.plan == &plan_verification && (!best || w->job > best->job))
			best = w;
	return best;
}

void show_verification(struct visit *v)
{
	struct work *w = latest(v);
	struct inq_html *h = &v->h;

	if (!fetch_log(v))
		return;
	v->live = w && (w->state == WORK_WAITS || w->state == WORK_RUNS) ? LIVE_MS : 0;
	page_begin(v, "Verification", "/record");
	inq_html_element(h, "p",
	        "What the record says of itself is computed again from its bytes: trees, signatures, "
	        "citations, and every "
	        "stored exhibit and result. Who does not trust this machine publishes, and verifies "
	        "elsewhere.");
	if (v->live) {
		inq_html_open(h, "p");
		inq_html_text(h, "It is being verified: ");
		page_link(v, textf(v, "/jobs/%u", w->job), "see how far it is");
		inq_html_text(h, ".");
		inq_html_close(h);
		page_meter(v, w->done, w->of, "verified so far");
	} else {
		verify_form(v);
	}
	if (w && w->state == WORK_FAILED) {
		inq_html_open(h, "p");
		page_given(v, work_says(w), 300);
		inq_html_close(h);
	} else if (w && w->state == WORK_DONE) {
		uint64_t failures = rows_number(&w->rows, VER_ALL, 0, V_FAILURES);

		inq_html_heading(h, 2, "latest", "The latest");
		inq_html_open_class(h, "p", failures ? "verdict bad" : "verdict good");
		if (failures)
			inq_html_textf(h, "It does not hold, in %" PRIu64 " places. ", failures);
		else
			inq_html_text(h, "It holds. ");
		inq_html_text(h, "Verified ");
		time_put(h, w->time);
		inq_html_textf(h, " UTC: %" PRIu64 " entries, %" PRIu64 " of %" PRIu64 " stored objects.",
		        rows_number(&w->rows, VER_ALL, 0, V_ENTRIES),
		        rows_number(&w->rows, VER_ALL, 0, V_CHECKED),
		        rows_number(&w->rows, VER_ALL, 0, V_OBJECTS));
		inq_html_close(h);
		if (rows_number(&w->rows, VER_ALL, 0, V_RESULTS)) {
			inq_html_open(h, "p");
			inq_html_textf(h,
			        "Run again: %" PRIu64 " of %" PRIu64 " results, and %" PRIu64 " of %" PRIu64
			        " conclusions, are the same bytes.",
			        rows_number(&w->rows, VER_ALL, 0, V_REPRODUCED),
			        rows_number(&w->rows, VER_ALL, 0, V_RESULTS),
			        rows_number(&w->rows, VER_ALL, 0, V_CONCLUSIONS_SAME),
			        rows_number(&w->rows, VER_ALL, 0, V_CONCLUSIONS));
			inq_html_close(h);
		}
		levels_put(v, &w->rows);
		failures_put(v, &w->rows);
		unchecked_put(v, &w->rows);
	}
	page_end(v);
}
