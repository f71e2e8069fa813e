/*
 * Private comparisons: what came of them, and the forms that make and take
 * their messages. A message is a file that goes to the other party by any way:
 * it is written beside the session, which lies beside the key, and can be had
 * from here until the server ends.
 */
#include "os/terminal.h"
#include "serve/private.h"
#include <inttypes.h>
#include <string.h>

static void shared(struct visit *v, const struct rows *all, struct inq_bytes session)
{
	enum { MOST = 1000 };
	static const struct inq_html_column columns[] = { { "kind", "" }, { "value", "" } };
	struct inq_html *h = &v->h;
	uint64_t row, shown = 0;

	for (uint64_t from = 0; shown < MOST && rows_find(all, CMP_COMMON, CO_SESSION, session, from, &row);
	        from = row + 1) {
		/* Bands are parts of functions, which are told below. */
		if (rows_is(all, CMP_COMMON, row, CO_KIND, "band"))
			continue;
		if (!shown++)
			inq_html_table(h, "What both hold", columns, 2);
		inq_html_row(h);
		inq_html_cell(h);
		page_given(v, rows_cell(all, CMP_COMMON, row, CO_KIND), 20);
		inq_html_close(h);
		inq_html_cell(h);
		inq_html_given_code(h, rows_cell(all, CMP_COMMON, row, CO_VALUE), 400);
		inq_html_close(h);
		inq_html_end_row(h);
	}
	if (shown)
		inq_html_end_table(h);
	if (shown == MOST)
		page_note(v, "There may be more: inquiry blind result tells all.");
}

static void alike(struct visit *v, const struct rows *all, struct inq_bytes session)
{
	enum { MOST = 1000 };
	static const struct inq_html_column columns[] = { { "function of who offered", "" },
		{ "of who answered", "" }, { "alike", "n" } };
	struct inq_html *h = &v->h;
	uint64_t row, shown = 0;

	for (uint64_t from = 0;
	        shown < MOST && rows_find(all, CMP_FUNCTIONS, CF_SESSION, session, from, &row);
	        from = row + 1) {
		if (!shown++)
			inq_html_table(h, "Functions that are alike", columns, 3);
		inq_html_row(h);
		for (unsigned c = CF_OFFER; c <= CF_JACCARD; c++) {
			inq_html_cell(h);
			inq_html_given_code(h, rows_cell(all, CMP_FUNCTIONS, row, c), 20);
			inq_html_close(h);
		}
		inq_html_end_row(h);
	}
	if (shown)
		inq_html_end_table(h);
}

static void side(struct visit *v, const struct rows *all, uint64_t row, unsigned first, const char *does)
{
	struct inq_bytes party = rows_cell(all, CMP_ALL, row, first);

	if (!party.len)
		return;
	page_term(v, does);
	page_given(v, party, 64);
	inq_html_text(&v->h, ", in ");
	page_entry_link(v, rows_cell(all, CMP_ALL, row, first + 1));
	inq_html_text(&v->h, ", with ");
	page_number(v, rows_number(all, CMP_ALL, row, first + 2));
	inq_html_text(&v->h, " elements or fewer");
	page_term_end(v);
}

static void told(struct visit *v, const struct rows *all, uint64_t row)
{
	struct inq_bytes session = rows_cell(all, CMP_ALL, row, CM_SESSION);
	struct inq_html *h = &v->h;

	inq_html_open(h, "h2");
	inq_html_text(h, "Comparison ");
	inq_html_given_code(h, (struct inq_bytes){ session.at, session.len < 8 ? session.len : 8 }, 8);
	inq_html_close(h);
	inq_html_open_class(h, "dl", "facts");
	page_term(v, "state");
	page_given(v, rows_cell(all, CMP_ALL, row, CM_STATE), 80);
	page_term_end(v);
	page_term(v, "kinds");
	page_lines(v, rows_cell(all, CMP_ALL, row, CM_KINDS), ", ", 40);
	page_term_end(v);
	side(v, all, row, CM_OFFERS, "offered by");
	side(v, all, row, CM_ANSWERS, "answered by");
	if (inq_bytes_begin(rows_cell(all, CMP_ALL, row, CM_STATE), "both report", 11) ||
	        inq_bytes_begin(rows_cell(all, CMP_ALL, row, CM_STATE), "one party", 9)) {
		page_term(v, "both hold");
		page_number(v, rows_number(all, CMP_ALL, row, CM_COMMON));
		inq_html_text(h, rows_number(all, CMP_ALL, row, CM_COMMON) == 1 ? " element" : " elements");
		page_term_end(v);
	}
	inq_html_close(h);
	shared(v, all, session);
	alike(v, all, session);
}

/* What the own side holds: lines, and a program of the case. */
static void elements(struct visit *v, const struct rows *log)
{
	enum { CHOICES = 200 };
	uint64_t count = 0, *rows = log_exhibits(v, log, &count);

	page_area(v, "text",
	        "Indicators, one a line: a kind (sha256, domain, url, email, ipv6, mutex, string) and a "
	        "value",
	        false);
	page_select(v, "exhibit", "The functions of an open exhibit");
	page_choice(v, "", inq_bytes_of("none"));
	for (uint64_t i = 0; rows && i < count && i < CHOICES; i++)
		if (rows_is(log, LOG_ENTRIES, rows[i], E_TYPE, "exhibit open"))
			page_choice(v, text_of(v, rows_cell(log, LOG_ENTRIES, rows[i], E_SHA256)),
			        rows_cell(log, LOG_ENTRIES, rows[i], E_SUBJECT));
	inq_html_close(&v->h);
	inq_html_close(&v->h);
}

static void others(struct visit *v, const struct rows *log)
{
	page_select(v, "with", "With");
	for (uint64_t i = 0; i < rows_count(log, LOG_LOGS) && i < PAGE_ROWS; i++) {
		struct inq_bytes party = rows_cell(log, LOG_LOGS, i, L_PARTY);

		if (!inq_bytes_equal(party, v->s->o->party))
			page_choice(v, text_of(v, party), party);
	}
	inq_html_close(&v->h);
	inq_html_close(&v->h);
}

static void forms(struct visit *v, const struct rows *log)
{
	struct inq_html *h = &v->h;

	inq_html_heading(h, 2, "offer", "Offer to compare");
	page_note(v,
	        "What is held is committed to in the log, and stays secret; the message that comes of it "
	        "goes to the other party by any way.");
	if (rows_count(log, LOG_LOGS) > 1) {
		page_form(v, "/comparisons/offer", false);
		others(v, log);
		elements(v, log);
		page_button(v, "Offer it");
		inq_html_close(h);
	} else {
		inq_html_element(h, "p",
		        "There is nobody to compare with yet: another party joins, publishes, and is pulled "
		        "from.");
	}
	inq_html_heading(h, 2, "answer", "Answer an offer");
	page_form(v, "/comparisons/answer", true);
	page_needed(v, "file", "The first message, an offer", "file");
	elements(v, log);
	page_button(v, "Answer it");
	inq_html_close(h);
	inq_html_heading(h, 2, "message", "Go on with a comparison");
	page_note(v,
	        "A message is proved before anything of it is taken; the next one, where there is one, can "
	        "be fetched from its job. There are six in all, in turn.");
	page_form(v, "/comparisons/message", true);
	page_needed(v, "file", "The message that came", "file");
	page_button(v, "Take it");
	inq_html_close(h);
}

void show_comparisons(struct visit *v)
{
	const struct rows *log = fetch_log(v), *all;
	uint64_t count;

	if (!log || !(all = fetch_comparisons(v)))
		return;
	count = rows_count(all, CMP_ALL);
	page_begin(v, "Private comparisons", "/comparisons");
	inq_html_element(&v->h, "p",
	        "Two parties find out which indicators, files and functions both hold, and nothing of the "
	        "others' but how many they are at most. What both reported stands in the record, and is "
	        "proved again here.");
	if (!count)
		inq_html_element(&v->h, "p", "None has been offered in this case so far.");
	for (uint64_t i = 0; i < count && i < PAGE_ROWS; i++)
		told(v, all, i);
	if (v->s->o->write)
		forms(v, log);
	page_end(v);
}

/* What the own side holds, where the form asked for it. */
static void elements_take(struct visit *v, struct work *w, const struct inq_sha256 *exhibit)
{
	const char *text = request_value(&v->request, "text");
	struct inq_sha256 *digest = inq_arena_new(w->arena, 1, sizeof *digest);

	if (text && *text) {
		w->recipe.text = inq_arena_string(w->arena, inq_bytes_of(text));
		recipe_add(w, "--indicators");
		recipe_add_file(w, RECIPE_TEXT);
	}
	if (exhibit && digest) {
		*digest = *exhibit;
		w->recipe.exhibits[0] = digest;
	}
}

/* A step of a comparison: what came is the file, what is to be sent goes beside the key. */
static void step(struct visit *v, const char *name, bool file, const char *title)
{
	const char *asked = request_value(&v->request, "exhibit");
	struct inq_sha256 exhibit;
	uint8_t random[16];
	char hex[2 * sizeof random + 1];
	struct work *w;

	if (file && v->file < 0) {
		visit_fail(v, 400, "No message was chosen.");
		return;
	}
	if (asked && *asked && !hex_digest(asked, &exhibit)) {
		visit_fail(v, 400, "That is no exhibit.");
		return;
	}
	if (!inq_os_random(random)) {
		visit_fail(v, 500, "The machine gives no random numbers.");
		return;
	}
	w = act_new(v, "blind", true);
	if (!w)
		return;
	recipe_add(w, name);
	act_pass_on(v, w);
	inq_hex(random, 4, hex);
	w->message =
	        inq_arena_string(w->arena, inq_bytes_of(textf(v, "%s.%.8s.message", v->s->o->beside, hex)));
	recipe_add(w, "--message");
	recipe_add(w, w->message ? w->message : "");
	act_option(w, "--with", request_value(&v->request, "with"));
	elements_take(v, w, asked && *asked ? &exhibit : NULL);
	recipe_add(w, "--");
	recipe_add(w, v->s->o->address);
	if (file) {
		recipe_add_file(w, RECIPE_IN);
		act_take_file(v, w);
	}
	if (w->recipe.exhibits[0])
		recipe_add_file(w, RECIPE_EXHIBIT_A);
	act_go(v, w, title, "/comparisons");
}

void post_comparison(struct visit *v)
{
	const char *what = v->request.parts[1];

	if (strcmp(what, "offer") == 0)
		step(v, "offer", false, "offer to compare");
	else if (strcmp(what, "answer") == 0)
		step(v, "answer", true, "answer an offer to compare");
	else if (strcmp(what, "message") == 0)
		step(v, "open", true, "go on with a comparison");
	else
		visit_fail(v, 404, "There is no such form.");
}
