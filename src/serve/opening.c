/* Where there is no case yet: one is begun, or joined, and until then there is no other page. */
#include "serve/private.h"
#include <string.h>

bool case_is_there(const struct server *s)
{
	return !s->o->begins || s->opened;
}

static void join_form(struct visit *v)
{
	const char *const *source = v->s->o->sources;
	struct inq_html *h = &v->h;

	inq_html_heading(h, 2, "join", "Join an inquiry");
	if (!*source) {
		page_note(v, "serve --from names the folder or the address where another party published the "
		             "inquiry that is joined.");
		return;
	}
	page_note(v, "What another party published is proved, taken in and countersigned.");
	page_form(v, "/open", false);
	page_select(v, "from", "Published at");
	for (; *source; source++)
		page_choice(v, *source, inq_bytes_of(*source));
	inq_html_close(h);
	inq_html_close(h);
	page_field(v, "accept",
	        "With these parties alone, by name or entry key, with commas between (or all)", "text", NULL);
	page_button(v, "Join it");
	inq_html_close(h);
}

void show_opening(struct visit *v)
{
	struct inq_html *h = &v->h;

	page_begin(v, "There is no case yet", "/");
	inq_html_open(h, "p");
	inq_html_text(h, "What is opened here is written by ");
	page_given(v, inq_bytes_of(v->s->o->party), 64);
	inq_html_text(h, ", whose public keys stand in its first entry.");
	inq_html_close(h);
	inq_html_heading(h, 2, "open", "Begin an inquiry");
	page_form(v, "/open", false);
	page_needed(v, "title", "What it is about, in a line", "text");
	page_area(v, "text", "More about it", false);
	page_button(v, "Open it");
	inq_html_close(h);
	join_form(v);
	page_end(v);
}

void post_open(struct visit *v)
{
	const char *from = request_value(&v->request, "from");
	const char *const *source = v->s->o->sources;
	struct work *w;

	if (case_is_there(v->s)) {
		visit_fail(v, 400, "The case is open.");
		return;
	}
	while (from && *source && strcmp(*source, from) != 0)
		source++;
	if (from && !*source) {
		visit_fail(v, 403, "That is no place to join: serve --from names those there are.");
		return;
	}
	w = act_new(v, "open", true);
	if (!w)
		return;
	act_pass_on(v, w);
	act_option(w, "--title", request_value(&v->request, "title"));
	act_option(w, "--text", request_value(&v->request, "text"));
	if (from) {
		act_option(w, "--join", *source);
		act_list(w, "--accept", request_value(&v->request, "accept"));
	}
	recipe_add(w, "--");
	recipe_add(w, v->s->o->address);
	w->opens = true;
	act_go(v, w, from ? "join the inquiry" : "open the inquiry", "/");
}
