/* The parties' keys, and what can be said of the own ones. Secrets are never here: what needs a passphrase is done at a terminal. */
#include "serve/private.h"
#include <string.h>

static void table(struct visit *v, const struct rows *log)
{
	static const struct inq_html_column columns[] = { { "party", "" }, { "signs", "" },
		{ "public key", "" } };
	static const char *const signs[] = { "its entries", "its log", "others' heads" };
	static const unsigned cells[] = { L_KEY, L_LOG_KEY, L_COSIGNER_KEY };
	struct inq_html *h = &v->h;

	inq_html_table(h, "The keys that each party has in force", columns, 3);
	for (uint64_t i = 0; i < rows_count(log, LOG_LOGS) && i < PAGE_ROWS; i++) {
		for (unsigned k = 0; k < 3; k++) {
			inq_html_row(h);
			inq_html_cell(h);
			page_given(v, rows_cell(log, LOG_LOGS, i, L_PARTY), 64);
			inq_html_close(h);
			inq_html_cell(h);
			inq_html_text(h, signs[k]);
			inq_html_close(h);
			inq_html_cell(h);
			inq_html_given_code(h, rows_cell(log, LOG_LOGS, i, cells[k]), 200);
			inq_html_close(h);
			inq_html_end_row(h);
		}
	}
	inq_html_end_table(h);
}

static void forms(struct visit *v)
{
	static const char *const roles[] = { "entry", "log", "cosigner" };
	struct inq_html *h = &v->h;

	inq_html_heading(h, 2, "rotate", "Go on with other keys");
	page_note(v, "That is done where passphrases are asked for, at a terminal: inquiry key new makes the "
	             "keys, inquiry key rotate enters that the party goes on with them; then this view is "
	             "started again with the new file.");
	inq_html_heading(h, 2, "revoke", "Say that a key is in wrong hands");
	page_note(v, "It is not believed any more from then on. Where it is the entry key or the log key, "
	             "that is the "
	             "last entry of this log: going on with other keys comes first.");
	page_form(v, "/keys/revoke", false);
	page_select(v, "role", "Key");
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		page_choice(v, roles[i], inq_bytes_of(roles[i]));
	inq_html_close(h);
	inq_html_close(h);
	page_needed(v, "reason", "Why; it stands in the entry", "text");
	page_needed(v, "party", "The own party's name, typed, since nothing takes this back", "text");
	page_button(v, "Revoke it");
	inq_html_close(h);
}

void show_keys(struct visit *v)
{
	const struct rows *log = fetch_log(v);

	if (!log)
		return;
	page_begin(v, "Keys", "/");
	inq_html_element(&v->h, "p",
	        "By these keys everybody knows who wrote what. Whether they are a party's own nothing in "
	        "here "
	        "can show: compare them with what that party told by another way.");
	table(v, log);
	if (v->s->o->write)
		forms(v);
	page_end(v);
}

void post_revoke(struct visit *v)
{
	const char *party = request_value(&v->request, "party"), *role = request_value(&v->request, "role");
	const char *reason = request_value(&v->request, "reason");
	struct work *w;

	if (strcmp(v->request.parts[1], "revoke") != 0) {
		visit_fail(v, 404, "There is no such form.");
		return;
	}
	if (!party || strcmp(party, v->s->o->party) != 0 || !reason || !*reason) {
		visit_fail(v, 400, "Nothing was revoked: that needs a reason, and the own party's name.");
		return;
	}
	w = act_new(v, "key", true);
	if (!w)
		return;
	recipe_add(w, "revoke");
	act_option(w, "--reason", reason);
	recipe_add(w, "--");
	recipe_add(w, v->s->o->address);
	recipe_add_text(w, inq_bytes_of(role ? role : ""));
	act_go(v, w, "revoke a key", "/keys");
}
