/* The record: its entries, and each of them. */
#include "serve/private.h"
#include <inquiry/entry.h>
#include <inttypes.h>
#include <string.h>

/* What the entry is about, in a line. */
static void about(struct visit *v, const struct rows *log, unsigned table, uint64_t row)
{
	struct inq_bytes of = rows_cell(log, table, row, E_OF), kind = rows_cell(log, table, row, E_KIND);
	struct inq_html *h = &v->h;

	if (rows_cell(log, table, row, E_TITLE).len) {
		page_given(v, rows_cell(log, table, row, E_TITLE), 120);
		return;
	}
	if (of.len) {
		page_given(v, rows_cell(log, table, row, E_DISPUTE), 40);
		page_given(v, rows_cell(log, table, row, E_OUTCOME), 40);
		inq_html_text(h, " ");
		page_entry_link(v, of);
	} else if (kind.len) {
		page_given(v, kind, 40);
		inq_html_text(h, " of ");
	}
	if (rows_cell(log, table, row, E_SHA256).len)
		page_exhibit_link(
		        v, rows_cell(log, table, row, E_SUBJECT), rows_cell(log, table, row, E_SHA256));
	else if (rows_cell(log, table, row, E_TEXT).len)
		page_lines(v, rows_cell(log, table, row, E_TEXT), " ", 160);
}

static bool is_asked(const struct visit *v, const struct rows *log, uint64_t row)
{
	const char *party = request_value(&v->request, "party"), *type = request_value(&v->request, "type");
	struct inq_bytes name = rows_cell(log, LOG_ENTRIES, row, E_NAME);

	if (party && *party &&
	        !(inq_bytes_begin(name, party, strlen(party)) && name.len > strlen(party) &&
	                name.at[strlen(party)] == '/'))
		return false;
	return !type || !*type ||
	       inq_bytes_begin(rows_cell(log, LOG_ENTRIES, row, E_TYPE), type, strlen(type));
}

static void option(struct visit *v, const char *value, struct inq_bytes text, bool is)
{
	inq_html_open(&v->h, "option");
	inq_html_attr_bytes(&v->h, "value", inq_bytes_of(value));
	if (is)
		inq_html_attr(&v->h, "selected", "selected");
	inq_html_text(&v->h, text_of(v, text));
	inq_html_close(&v->h);
}

static void filter(struct visit *v, const struct rows *log)
{
	static const char *const types[] = { "charter", "key", "exhibit", "examination", "rerun",
		"conclusion", "claim", "statement", "support", "dispute", "withdraw", "blind", "fork" };
	const char *party = request_value(&v->request, "party"), *type = request_value(&v->request, "type");
	struct inq_html *h = &v->h;

	inq_html_open_class(h, "form", "filter");
	inq_html_open(h, "label");
	inq_html_element(h, "span", "Party");
	inq_html_open(h, "select");
	inq_html_attr(h, "name", "party");
	option(v, "", inq_bytes_of("all"), false);
	for (uint64_t i = 0; i < rows_count(log, LOG_LOGS) && i < 64; i++) {
		const char *is = text_of(v, rows_cell(log, LOG_LOGS, i, L_PARTY));

		option(v, is, inq_bytes_of(is), party && strcmp(party, is) == 0);
	}
	inq_html_close(h);
	inq_html_close(h);
	inq_html_open(h, "label");
	inq_html_element(h, "span", "Type");
	inq_html_open(h, "select");
	inq_html_attr(h, "name", "type");
	option(v, "", inq_bytes_of("all"), false);
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		option(v, types[i], inq_bytes_of(types[i]), type && strcmp(type, types[i]) == 0);
	inq_html_close(h);
	inq_html_close(h);
	page_button(v, "Show");
	inq_html_close(h);
}

void show_record(struct visit *v)
{
	static const struct inq_html_column columns[] = { { "entry", "" }, { "time (UTC)", "" },
		{ "type", "" }, { "about", "" }, { "status", "" } };
	const struct rows *log = fetch_log(v);
	uint64_t all, count = 0, first, shown, *rows;
	struct inq_html *h = &v->h;

	if (!log)
		return;
	all = rows_count(log, LOG_ENTRIES);
	rows = inq_arena_new(v->a, all, sizeof *rows);
	for (uint64_t i = all; rows && i--;)
		if (is_asked(v, log, i))
			rows[count++] = i;
	first = page_first(v, count);
	shown = count - first < PAGE_ROWS ? count - first : PAGE_ROWS;
	page_begin(v, "Record", "/record");
	inq_html_open(h, "p");
	inq_html_text(h, "All entries of all parties in the one order that is the same for everybody, the "
	                 "latest first. ");
	page_link(v, "/verification", "Verify now");
	inq_html_text(h, " · ");
	page_link(v, "/log.json", "The document");
	inq_html_close(h);
	filter(v, log);
	if (!count)
		inq_html_element(h, "p", "There is no such entry.");
	if (count)
		inq_html_table(h, textf(v, "Entries: %" PRIu64, count), columns, 5);
	for (uint64_t i = first; i < first + shown; i++) {
		inq_html_row(h);
		inq_html_cell(h);
		page_entry_link(v, rows_cell(log, LOG_ENTRIES, rows[i], E_NAME));
		inq_html_close(h);
		inq_html_cell(h);
		time_put(h, rows_number(log, LOG_ENTRIES, rows[i], E_TIME));
		inq_html_close(h);
		inq_html_cell(h);
		page_given(v, rows_cell(log, LOG_ENTRIES, rows[i], E_TYPE), 40);
		inq_html_close(h);
		inq_html_cell(h);
		about(v, log, LOG_ENTRIES, rows[i]);
		inq_html_close(h);
		inq_html_cell(h);
		page_status(v, log, LOG_ENTRIES, rows[i]);
		inq_html_close(h);
		inq_html_end_row(h);
	}
	if (count)
		inq_html_end_table(h);
	page_pager(v, first, shown, count);
	page_end(v);
}

static void term(struct visit *v, const char *name, struct inq_bytes text, bool code)
{
	if (!text.len)
		return;
	page_term(v, name);
	if (code)
		inq_html_given_code(&v->h, text, 4000);
	else
		page_lines(v, text, NULL, 4000);
	page_term_end(v);
}

static void links_term(struct visit *v, const char *name, struct inq_bytes names)
{
	if (!names.len)
		return;
	page_term(v, name);
	page_entry_links(v, names);
	page_term_end(v);
}

static void made(struct visit *v, const struct rows *e)
{
	static const struct {
		const char *name;
		unsigned column;
		bool code;
	} terms[] = {
		{ "program", M_PROGRAM, false },
		{ "version", M_VERSION, false },
		{ "its SHA-256", M_PROGRAM_DIGEST, true },
		{ "model", M_MODEL, true },
		{ "corpus", M_CORPUS, true },
		{ "rules", M_RULES, true },

		{ "result", M_RESULT, true },
		{ "outcome", M_OUTCOME, false },
		{ "first byte that differs", M_DIFFERENCE, false },
		{ "role", M_ROLE, false },
		{ "old key", M_OLD_KEY, true },
		{ "new key", M_NEW_KEY, true },
		{ "log", M_ORIGIN, true },
		{ "entry key", M_KEY, true },
		{ "log key", M_LOG_KEY, true },
		{ "cosigner key", M_COSIGNER_KEY, true },
	};

	links_term(v, "opened by", rows_cell(e, ENTRY_MADE, 0, M_UNSEALED_BY));
	if (rows_cell(e, ENTRY_MADE, 0, M_SEALED_TO).len) {
		page_term(v, "sealed to");
		page_lines(v, rows_cell(e, ENTRY_MADE, 0, M_SEALED_TO), ", ", 64);
		page_term_end(v);
	}

	if (rows_cell(e, ENTRY_MADE, 0, M_OPTIONS).len) {
		page_term(v, "called with");
		page_lines(v, rows_cell(e, ENTRY_MADE, 0, M_OPTIONS), " ", 200);
		page_term_end(v);
	}
	for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
		term(v, terms[i].name, rows_cell(e, ENTRY_MADE, 0, terms[i].column), terms[i].code);
}

/* What the log has of it, and, where it was read by itself, the rest. */
static void body(struct visit *v, const struct rows *log, uint64_t row, const struct rows *e)
{
	uint64_t subjects = e ? rows_count(e, ENTRY_SUBJECTS) : 0, seen = e ? rows_count(e, ENTRY_SEEN) : 0;
	struct inq_html *h = &v->h;

	inq_html_open_class(h, "dl", "facts");
	page_term(v, "status");
	page_status(v, log, LOG_ENTRIES, row);
	page_term_end(v);
	page_term(v, "time");
	time_put(h, rows_number(log, LOG_ENTRIES, row, E_TIME));
	inq_html_text(h, " UTC, as its writer says");
	page_term_end(v);
	term(v, "digest", rows_cell(log, LOG_ENTRIES, row, E_DIGEST), true);
	term(v, "title", rows_cell(log, LOG_ENTRIES, row, E_TITLE), false);
	for (uint64_t i = 0; i < subjects && i < PAGE_ROWS; i++) {
		page_term(v, "exhibit");
		page_exhibit_link(v, rows_cell(e, ENTRY_SUBJECTS, i, S_NAME),
		        rows_cell(e, ENTRY_SUBJECTS, i, S_SHA256));
		inq_html_text(h, " ");
		inq_html_given_code(h, rows_cell(e, ENTRY_SUBJECTS, i, S_SHA256), 64);
		page_term_end(v);
	}
	if (!e && rows_cell(log, LOG_ENTRIES, row, E_SHA256).len) {
		page_term(v, "exhibit");
		page_exhibit_link(v, rows_cell(log, LOG_ENTRIES, row, E_SUBJECT),
		        rows_cell(log, LOG_ENTRIES, row, E_SHA256));
		page_term_end(v);
	}
	term(v, "text", rows_cell(log, LOG_ENTRIES, row, E_TEXT), false);
	links_term(v, "answers to", rows_cell(log, LOG_ENTRIES, row, E_OF));
	term(v, "because", rows_cell(log, LOG_ENTRIES, row, E_DISPUTE), false);
	links_term(v, "cites", rows_cell(log, LOG_ENTRIES, row, E_CITES));
	if (e)
		links_term(v, "named by", rows_cell(e, ENTRY_ENTRY, 0, E_NAMED_BY));
	term(v, "supported by", rows_cell(log, LOG_ENTRIES, row, E_SUPPORTED), false);
	term(v, "disputed by", rows_cell(log, LOG_ENTRIES, row, E_DISPUTED), false);
	term(v, "source", rows_cell(log, LOG_ENTRIES, row, E_SOURCE), false);
	term(v, "reason", rows_cell(log, LOG_ENTRIES, row, E_REASON), false);
	term(v, "kind", rows_cell(log, LOG_ENTRIES, row, E_KIND), false);
	if (e)
		made(v, e);
	for (uint64_t i = 0; i < seen && i < 64; i++) {
		page_term(v, "had seen");
		page_number(v, rows_number(e, ENTRY_SEEN, i, SEEN_SIZE));
		inq_html_text(h, " entries of ");
		page_given(v, rows_cell(e, ENTRY_SEEN, i, SEEN_ORIGIN), 120);
		inq_html_text(h, ", root ");
		digest_put(h, rows_cell(e, ENTRY_SEEN, i, SEEN_ROOT));
		page_term_end(v);
	}
	inq_html_close(h);
}

static void reasons(struct visit *v)
{
	page_select(v, "reason", "Reason");
	/* None is chosen until somebody does. */
	inq_html_attr(&v->h, "required", "required");
	page_choice(v, "", inq_bytes_of("choose one"));
	for (unsigned i = 0; i < INQ_DISPUTE_REASONS; i++) {
		const char *name = inq_dispute_reason_name((enum inq_dispute_reason)i);

		page_choice(v, name, inq_bytes_of(name));
	}
	inq_html_close(&v->h);
	inq_html_close(&v->h);
}

/* What can be answered to it. */
static void answers(struct visit *v, const char *name)
{
	static const char *const ways[][3] = {
		{ "support", "Support it", "What shows it, as entries with commas between (or none)" },
		{ "dispute", "Dispute it", "What shows it, as entries with commas between (or none)" },
		{ "withdraw", "Withdraw it", NULL },
		{ "claim", "Claim something that rests on it",
		        "Further grounds, as entries with commas between (or none)" },
	};
	struct inq_html *h = &v->h;

	inq_html_heading(h, 2, "answer", "Answer");
	for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++) {
		if (strcmp(ways[i][0], "withdraw") == 0 && strcmp(v->request.parts[1], v->s->o->party) != 0)
			continue;
		inq_html_open(h, "details");
		inq_html_element(h, "summary", ways[i][1]);
		page_form(v, "/say", false);
		page_hidden(v, "way", ways[i][0]);
		page_hidden(v, "entry", name);
		if (strcmp(ways[i][0], "dispute") == 0)
			reasons(v);
		page_area(v, "text", "In words", strcmp(ways[i][0], "claim") == 0);
		if (ways[i][2])
			page_field(v, "cites", ways[i][2], "text", NULL);
		page_button(v, ways[i][1]);
		inq_html_close(h);
		inq_html_close(h);
	}
}

/* What was sealed or withheld is opened by who did that, or by one that it is sealed to. */
static void unseal_form(struct visit *v, const struct rows *e, const char *name)
{
	bool withheld = rows_is(e, ENTRY_ENTRY, 0, E_TYPE, "exhibit withheld");
	bool own = strcmp(v->request.parts[1], v->s->o->party) == 0;

	if ((!withheld && !rows_is(e, ENTRY_ENTRY, 0, E_TYPE, "exhibit sealed")) || (withheld && !own) ||
	        rows_cell(e, ENTRY_MADE, 0, M_UNSEALED_BY).len)
		return;
	inq_html_heading(&v->h, 2, "unseal", "Open it to everybody");
	page_note(v,
	        withheld ? "The file that was withheld is kept from then on, if it is the one that was "
	                   "entered. "
	                   "Nothing closes it again."
	                 : "Whom it is sealed to can open it, and nothing closes it again. To read it alone: "
	                   "inquiry unseal --private, at the terminal.");
	page_form(v, "/unseal", true);
	page_hidden(v, "entry", name);
	if (withheld)
		page_needed(v, "file", "The file that was withheld", "file");
	page_field(v, "note", "What is to be known of it", "text", NULL);
	page_button(v, "Open it to everybody");
	inq_html_close(&v->h);
}

void show_entry(struct visit *v)
{
	const char *name = textf(v, "%s/%s", v->request.parts[1], v->request.parts[2]);
	const struct rows *log = fetch_log(v), *e;
	struct inq_html *h = &v->h;
	uint64_t row;

	if (!log)
		return;
	row = log_entry(log, inq_bytes_of(name));
	if (row == UINT64_MAX) {
		visit_fail(v, 404, "There is no such entry.");
		return;
	}
	e = fetch_entry(v, name);
	if (!e && !visit_goes_on(v))
		return;
	page_begin(v, textf(v, "%.80s: %.40s", name, text_of(v, rows_cell(log, LOG_ENTRIES, row, E_TYPE))),
	        "/record");
	body(v, log, row, e);
	inq_html_open(h, "p");
	page_link(v, textf(v, "/entry.json/%s", name), "The entry as a document");
	if (rows_cell(log, LOG_ENTRIES, row, E_RESULT).len) {
		inq_html_text(h, " · ");
		page_link(v, textf(v, "/result.json/%s", name), "Its result, as it was entered");
	}
	if (rows_is(log, LOG_ENTRIES, row, E_TYPE, "conclusion")) {
		inq_html_text(h, " · ");
		page_link(v, textf(v, "/conclusions/%s", name), "Read the conclusion");
	}
	inq_html_close(h);
	if (!e) {
		page_note(v, "The rest of it and its proof are being read, and come by themselves.");
		page_end(v);
		return;
	}
	if (v->s->o->write) {
		unseal_form(v, e, name);
		answers(v, name);
	}
	if (rows_cell(e, ENTRY_ENTRY, 0, E_PROOF).len) {
		inq_html_heading(h, 2, "proof", "The proof that it is in its log");
		page_note(v, "As c2sp.org/tlog-proof: it is enough for who has nothing but the log's key.");
		inq_html_open(h, "pre");
		inq_html_attr(h, "tabindex", "0");
		for (struct inq_bytes rest = rows_cell(e, ENTRY_ENTRY, 0, E_PROOF), line;
		        rows_line(&rest, &line);) {
			inq_html_given(h, line, 400);
			inq_put(h->out, "\n");
		}
		inq_html_close(h);
	}
	page_end(v);
}
