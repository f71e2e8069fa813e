/*
 * What is asked for by forms. Each becomes a job that runs the command of the
 * same name; what people say is waited for, since it takes no time.
 */
#include "serve/private.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct work *act_new(struct visit *v, const char *command, bool signs)
{
	struct work *w = work_new(&v->s->works, "");

	if (!w) {
		visit_fail(v, 503, "There is too much to do already.");
		return NULL;
	}
	recipe_add(w, command);
	w->recipe.signs = signs;
	return w;
}

void act_option(struct work *w, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	recipe_add(w, name);
	recipe_add_text(w, inq_bytes_of(value));
}

void act_pass_on(struct visit *v, struct work *w)
{
	for (unsigned i = 0; v->s->o->pass_on[i]; i++)
		recipe_add(w, v->s->o->pass_on[i]);
}

void act_go(struct visit *v, struct work *w, const char *title, const char *back)
{
	const char *copy = inq_arena_string(w->arena, inq_bytes_of(title));

	work_go_job(&v->s->works, w, copy ? copy : "", back);
	visit_redirect(v, textf(v, "/jobs/%u", w->job));
}

void act_list(struct work *w, const char *name, const char *list)
{
	char *text = list ? inq_arena_new(w->arena, strlen(list) + 1, 1) : NULL;
	size_t len = 0;

	for (; text && *list; list++) {
		bool between = strchr(", \t\r\n", *list) != NULL;

		if (!between)
			text[len++] = *list;
		else if (len && text[len - 1] != ',')
			text[len++] = ',';
	}
	if (len && text[len - 1] == ',')
		text[len - 1] = 0;
	act_option(w, name, text);
}

void act_take_file(struct visit *v, struct work *w)
{
	(void)!lseek(v->file, 0, SEEK_SET);
	w->recipe.in = v->file;
	v->file = -1;
}

/* The last part of a path, whatever system it is of. */
static const char *base_name(const char *path)
{
	const char *at = path;

	for (; *path; path++)
		if (*path == '/' || *path == '\\')
			at = path + 1;
	return at;
}

void post_admit(struct visit *v)
{
	const char *name = v->file_name ? base_name(v->file_name) : "";
	struct work *w;

	if (v->file < 0 || !*name) {
		visit_fail(v, 400, "No file was chosen.");
		return;
	}
	w = act_new(v, "admit", true);
	if (!w)
		return;
	recipe_add(w, "--name");
	recipe_add_text(w, inq_bytes_of(name));
	act_option(w, "--note", request_value(&v->request, "note"));
	act_option(w, "--source", request_value(&v->request, "source"));
	act_option(w, "--withheld", request_value(&v->request, "withheld"));
	for (unsigned i = 0; i < v->request.field_count; i++)
		if (strcmp(v->request.fields[i].name, "seal") == 0)
			act_option(w, "--sealed-to", v->request.fields[i].value);
	recipe_add(w, "--");
	recipe_add(w, v->s->o->address);
	recipe_add(w, "-");
	act_take_file(v, w);
	act_go(v, w, textf(v, "enter %.200s", name), "/exhibits");
}

/* What was sealed or withheld; the latter with its file. */
void post_unseal(struct visit *v)
{
	const char *entry = request_value(&v->request, "entry");
	size_t party = strlen(v->s->o->party);
	struct work *w;

	if (!entry || !page_is_entry_name(inq_bytes_of(entry))) {
		visit_fail(v, 400, "That is no entry.");
		return;
	}
	w = act_new(v, "unseal", true);
	if (!w)
		return;
	if (strncmp(entry, v->s->o->party, party) != 0 || entry[party] != '/')
		recipe_add(w, "--for-everybody");
	act_option(w, "--note", request_value(&v->request, "note"));
	recipe_add(w, "--");
	recipe_add(w, v->s->o->address);
	recipe_add_text(w, inq_bytes_of(entry));
	if (v->file >= 0) {
		recipe_add_file(w, RECIPE_IN);
		act_take_file(v, w);
	}
	act_go(v, w, textf(v, "open %.80s to everybody", entry), "/exhibits");
}

void post_investigate(struct visit *v)
{
	struct work *w = act_new(v, "investigate", true);

	if (!w)
		return;
	act_pass_on(v, w);
	act_option(w, "--corpus", v->s->o->corpus);
	act_list(w, "--reveal-results", request_value(&v->request, "reveal"));
	recipe_add(w, "--");
	recipe_add(w, v->s->o->address);
	act_go(v, w, v->s->o->corpus ? "investigate" : "examine", "/conclusions");
}

void post_publish(struct visit *v)
{
	struct work *w;

	if (!v->s->o->publish) {
		visit_fail(v, 403, "No folder was given to publish to: serve --publish names it.");
		return;
	}
	w = act_new(v, "publish", false);
	if (!w)
		return;
	act_option(w, "--known", v->s->o->known);
	recipe_add(w, "--");
	recipe_add(w, v->s->o->address);
	recipe_add(w, v->s->o->publish);
	act_go(v, w, "publish", NULL);
}

/* From one of the places that were named at the start: a browser names none. */
void post_pull(struct visit *v)
{
	const char *from = request_value(&v->request, "from");
	const char *const *source = v->s->o->sources;
	struct work *w;

	while (*source && (!from || strcmp(*source, from)))
		source++;
	if (!*source) {
		visit_fail(v, 403, "That is no place to pull from: serve --from names those there are.");
		return;
	}
	w = act_new(v, "pull", true);
	if (!w)
		return;
	act_pass_on(v, w);
	act_list(w, "--accept", request_value(&v->request, "accept"));
	recipe_add(w, "--");
	recipe_add(w, v->s->o->address);
	recipe_add(w, *source);
	act_go(v, w, textf(v, "pull from %.200s", *source), "/record");
}

void post_rerun(struct visit *v)
{
	struct work *w = act_new(v, "rerun", true);

	if (!w)
		return;
	act_pass_on(v, w);
	act_option(w, "--corpus", v->s->o->corpus);
	recipe_add(w, "--");
	recipe_add(w, v->s->o->address);
	act_go(v, w, "run the others' analyses again", "/record?type=rerun");
}

void post_verify(struct visit *v)
{
	const char *again = request_value(&v->request, "recompute");
	struct work *w;

	/* One at a time: whoever asks meanwhile watches it. */
	for (w = v->s->works.first; w; w = w->next) {
		if (w->job && w->recipe.plan == &plan_verification &&
		        (w->state == WORK_WAITS || w->state == WORK_RUNS)) {
			visit_redirect(v, "/verification");
			return;
		}
	}
	w = act_new(v, "verify", false);
	if (!w)
		return;
	recipe_add(w, "--json");
	if (again && v->s->o->corpus) {
		act_pass_on(v, w);
		recipe_add(w, "--recompute");
		recipe_add(w, "--corpus");
		recipe_add(w, v->s->o->corpus);
	}
	recipe_add(w, "--");
	recipe_add(w, v->s->o->address);
	w->recipe.plan = &plan_verification;
	act_go(v, w, again ? "verify, and run the analysis again" : "verify", "/verification");
	visit_redirect(v, "/verification");
}

/* What was said has been entered, or not: the page it is seen on, or why. */
static void said(struct visit *v, struct work *w)
{
	struct inq_bytes line = w->file.bytes, name = { NULL, 0 };
	const uint8_t *blank;

	if (w->state == WORK_FAILED || w->exit != 0) {
		visit_fail(v, w->exit == 2 ? 400 : 500, text_of(v, work_says(w)));
		return;
	}
	/* "acme/7  5f3a…  claim" */
	blank = line.len ? memchr(line.at, ' ', line.len) : NULL;
	if (blank)
		name = (struct inq_bytes){ line.at, (size_t)(blank - line.at) };
	visit_redirect(v, page_is_entry_name(name) ? textf(v, "/entries/%s", text_of(v, name)) : "/record");
}

void post_say(struct visit *v)
{
	const char *way = request_value(&v->request, "way"), *entry = request_value(&v->request, "entry");
	const char *text = request_value(&v->request, "text"), *grounds = request_value(&v->request, "cites");
	const char *const *one;
	static const char *const ways[] = { "claim", "statement", "support", "dispute", "withdraw", NULL };
	char key[WORK_KEY];
	struct work *w;
	bool says;

	for (one = ways; *one && (!way || strcmp(*one, way)); one++)
		;
	if (!*one) {
		visit_fail(v, 400, "That is no way to answer.");
		return;
	}
	/* Made again when the visit goes on: then it is there, under a key of this visit alone. */
	snprintf(key, sizeof key, "say %p %" PRIx64, (void *)v, v->began);
	w = work_find(&v->s->works, key);
	if (w && (w->state == WORK_DONE || w->state == WORK_FAILED)) {
		said(v, w);
		return;
	}
	if (w) {
		visit_wait(v, w);
		return;
	}
	says = strcmp(way, "claim") == 0 || strcmp(way, "statement") == 0;
	if (says && (!text || !*text)) {
		visit_fail(v, 400, "Nothing was said.");
		return;
	}
	w = work_new(&v->s->works, key);
	if (!w) {
		visit_fail(v, 503, "There is too much to do already.");
		return;
	}
	recipe_add(w, says ? "claim" : way);
	w->recipe.signs = true;
	w->quick = true;
	if (strcmp(way, "statement") == 0)
		recipe_add(w, "--statement");
	if (strcmp(way, "dispute") == 0)
		act_option(w, "--reason", request_value(&v->request, "reason"));
	if (!says)
		act_option(w, "--text", text);
	if (says && entry)
		act_list(w, "--cites", entry);
	if (strcmp(way, "withdraw") != 0 && strcmp(way, "statement") != 0)
		act_list(w, strcmp(way, "dispute") == 0 ? "--evidence" : "--cites", grounds);
	recipe_add(w, "--");
	recipe_add(w, v->s->o->address);
	recipe_add_text(w, inq_bytes_of(says ? text : entry ? entry : ""));
	work_go_job(&v->s->works, w, *one, NULL);
	visit_wait(v, w);
}

static void admit_form(struct visit *v, const struct rows *log)
{
	enum { SEALED_TO = 16 }; /* of a form */
	struct inq_html *h = &v->h;

	inq_html_heading(h, 2, "admit", "Enter an exhibit");
	page_note(v, "The file is kept, compressed, with its name and digest; it is never run. What was "
	             "entered stays in the record.");
	page_form(v, "/admit", true);
	page_needed(v, "file", "File", "file");
	page_field(v, "source", "Where it comes from", "text", NULL);
	page_field(v, "note", "What is to be known of it", "text", NULL);
	inq_html_open(h, "details");
	inq_html_element(h, "summary", "Not for everybody to read");
	page_note(v, "Sealed, it is kept encrypted, for who is ticked and the own party alone; withheld, it "
	             "is not "
	             "kept here at all. Its name, size and digest are for everybody in any case.");
	for (uint64_t i = 0; i < rows_count(log, LOG_LOGS) && i < SEALED_TO; i++) {
		struct inq_bytes party = rows_cell(log, LOG_LOGS, i, L_PARTY);

		if (!inq_bytes_equal(party, v->s->o->party))
			page_check(
			        v, "seal", text_of(v, party), textf(v, "Sealed to %.64s", text_of(v, party)));
	}
	page_field(v, "withheld", "Withheld, for this reason", "text", NULL);
	inq_html_close(h);
	page_button(v, "Enter it");
	inq_html_close(h);
}

static void say_form(struct visit *v)
{
	struct inq_html *h = &v->h;

	inq_html_heading(h, 2, "claim", "Claim something");
	page_form(v, "/say", false);
	page_hidden(v, "way", "claim");
	page_area(v, "text", "In words", true);
	page_field(v, "cites", "The entries that it rests on, with commas between (acme/3, 4)", "text", NULL);
	page_button(v, "Claim it");
	inq_html_close(h);
	inq_html_heading(h, 2, "statement", "State something without grounds");
	page_note(v, "It is shown as that: a statement.");
	page_form(v, "/say", false);
	page_hidden(v, "way", "statement");
	page_area(v, "text", "In words", true);
	page_button(v, "State it");
	inq_html_close(h);
}

static void others_form(struct visit *v)
{
	const char *const *source = v->s->o->sources;
	struct inq_html *h = &v->h;

	inq_html_heading(h, 2, "others", "The other parties");
	page_note(v, "What they published is proved before it is taken in and countersigned; what they "
	             "entered is run again "
	             "here, and whether the same came is entered.");
	if (*source) {
		page_form(v, "/pull", false);
		inq_html_open(h, "label");
		inq_html_element(h, "span", "Pull from");
		inq_html_open(h, "select");
		inq_html_attr(h, "name", "from");
		for (; *source; source++) {
			inq_html_open(h, "option");
			inq_html_text(h, *source);
			inq_html_close(h);
		}
		inq_html_close(h);
		inq_html_close(h);
		page_field(v, "accept",
		        "New parties to let in, by name or entry key, with commas between; the first other "
		        "one "
		        "comes in by itself",
		        "text", NULL);
		page_button(v, "Pull");
		inq_html_close(h);
	} else {
		page_note(v, "serve --from names the places that it pulls from.");
	}
	page_form(v, "/rerun", false);
	page_button(v, "Run their analyses again");
	inq_html_close(h);
}

static bool any_sealed(const struct rows *log)
{
	for (uint64_t i = 0; i < rows_count(log, LOG_ENTRIES); i++)
		if (rows_is(log, LOG_ENTRIES, i, E_TYPE, "exhibit sealed"))
			return true;
	return false;
}

static void contents(struct visit *v)
{
	static const char *const places[][2] = {
		{ "#admit", "Enter an exhibit" },
		{ "#investigate", "Investigate" },
		{ "#claim", "Claim" },
		{ "#statement", "State" },
		{ "#others", "The other parties" },
		{ "#publish", "Publish" },
		{ "/comparisons", "Compare privately" },
		{ "/corpus", "The corpus" },
		{ "/keys", "Keys" },
	};

	inq_html_open_class(&v->h, "nav", "tabs");
	inq_html_attr(&v->h, "aria-label", "What can be done");
	inq_html_open(&v->h, "ul");
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		inq_html_open(&v->h, "li");
		page_link(v, places[i][0], places[i][1]);
		inq_html_close(&v->h);
	}
	inq_html_close(&v->h);
	inq_html_close(&v->h);
}

void show_act(struct visit *v)
{
	const struct serve_options *o = v->s->o;
	const struct rows *log = fetch_log(v);
	struct inq_html *h = &v->h;

	if (!log)
		return;
	page_begin(v, "Act", "/act");
	inq_html_open(h, "p");
	inq_html_text(h, "What is done here is signed with the key of ");
	page_given(v, inq_bytes_of(o->party), 64);
	inq_html_text(h, ", and stays in its log. An entry is answered on its own page, which the ");
	page_link(v, "/record", "record");
	inq_html_text(h, " leads to.");
	inq_html_close(h);
	contents(v);
	admit_form(v, log);
	inq_html_heading(h, 2, "investigate", "Investigate");
	if (o->corpus) {
		inq_html_open_class(h, "p", "note");
		inq_html_text(h, "Every exhibit that is new is examined, searched in ");
		page_given(v, inq_bytes_of(base_name(o->corpus)), 120);
		inq_html_text(h, " and weighed; each result is entered.");
		inq_html_close(h);
	} else {
		page_note(v, "Every exhibit that is new is examined; to search it, too, serve is given a "
		             "--corpus.");
	}
	page_form(v, "/investigate", false);
	if (any_sealed(log))
		page_field(v, "reveal",
		        "Sealed exhibits whose results everybody may see, as entries with commas between (or "
		        "none)",
		        "text", NULL);
	page_button(v, "Investigate");
	inq_html_close(h);
	say_form(v);
	others_form(v);
	inq_html_heading(h, 2, "publish", "Publish");
	if (o->publish) {
		inq_html_open_class(h, "p", "note");
		inq_html_text(
		        h, "The record, the open exhibits and all results are written as plain files to ");
		page_given(v, inq_bytes_of(o->publish), 200);
		inq_html_text(h, ", for anyone to mirror and verify.");
		inq_html_close(h);
		page_form(v, "/publish", false);
		page_button(v, "Publish");
		inq_html_close(h);
	} else {
		page_note(v, "serve --publish names the folder that is published to.");
	}
	page_end(v);
}

void show_token(struct visit *v)
{
	struct inq_html *h = &v->h;

	v->status = MHD_HTTP_UNAUTHORIZED;
	page_begin(v, "A token is needed", "");
	if (!guard_keeps(v)) {
		inq_html_element(h, "p",
		        "Open the address as it was printed: a browser would tell every program of this "
		        "machine that it is let in here, under this name.");
		page_end(v);
		return;
	}
	inq_html_element(h, "p",
	        v->s->o->write
	                ? "This view writes to a case, so it lets in only who has its token. The address "
	                  "that inquiry serve printed when it was started ends in it."
	                : "Whoever started this view has it.");
	inq_html_open(h, "form");
	inq_html_attr(h, "method", "post");
	inq_html_attr(h, "action", "/token");
	page_needed(v, "token", "Token, or the whole address", "password");
	page_button(v, "Enter");
	inq_html_close(h);
	page_end(v);
}

void post_token(struct visit *v)
{
	const char *token = request_value(&v->request, "token"),
	           *whole = token ? strstr(token, "?token=") : NULL;

	if (!v->s->o->token)
		visit_redirect(v, "/");
	else if (!guard_enter(v, whole ? whole + strlen("?token=") : token))
		show_token(v);
}
