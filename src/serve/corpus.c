/* The corpus that is searched: what is in it, and the forms that build and measure it. */
#include "os/folder.h"
#include "serve/private.h"
#include <inttypes.h>
#include <string.h>

static void contents(struct visit *v, const struct work *info)
{
	enum { LINES = 1000 };
	struct inq_bytes rest = info->file.bytes, line;

	inq_html_open(&v->h, "pre");
	inq_html_attr(&v->h, "tabindex", "0");
	for (unsigned i = 0; i < LINES && rows_line(&rest, &line); i++) {
		page_given(v, line, 400);
		inq_put(v->h.out, "\n");
	}
	inq_html_close(&v->h);
	if (rest.len)
		page_note(v, "There is more: inquiry corpus info tells all.");
}

static void forms(struct visit *v)
{
	struct inq_html *h = &v->h;

	inq_html_heading(h, 2, "build", "Build it");
	if (v->s->o->known) {
		page_note(v,
		        "Every program in the folder of known samples is read; the name of its directory "
		        "there is its family. What serve --common named is library code, which is no sign "
		        "of anybody. A corpus that is there is replaced when the new one is whole.");
		page_form(v, "/corpus/build", false);
		page_button(v, "Build the corpus");
		inq_html_close(h);
	} else {
		page_note(v, "serve --known names the folder of known programs that it is built from, and "
		             "--common those of library code.");
	}
	inq_html_heading(h, 2, "calibrate", "Measure its error rates");
	page_note(v,
	        "Its own samples are looked for with what is known of them left out. What is said for or "
	        "against a family in a conclusion rests on that; without it no conclusion names one.");
	page_form(v, "/corpus/calibrate", false);
	page_button(v, "Measure its error rates");
	inq_html_close(h);
}

void show_corpus(struct visit *v)
{
	const char *corpus = v->s->o->corpus;
	const char *const argv[] = { "corpus", "info", "--", corpus, NULL };
	bool there = corpus && inq_file_exists(corpus);
	struct work *info = NULL;

	if (there &&
	        !(info = fetch_document(v, textf(v, "corpus %" PRIx64, inq_file_stamp(corpus)), argv, false)))
		return;
	page_begin(v, "Corpus", "/");
	inq_html_element(&v->h, "p",
	        "The corpus holds what is known: programs under the names of their families, and the library "
	        "code that everybody uses. Investigations search it.");
	if (!corpus)
		page_note(v, "None was named when this view was started: serve --corpus does.");
	else if (!there)
		page_note(v, "It has not been built yet.");
	if (info)
		contents(v, info);
	if (corpus && v->s->o->write)
		forms(v);
	page_end(v);
}

void post_corpus(struct visit *v)
{
	const struct serve_options *o = v->s->o;
	bool build = strcmp(v->request.parts[1], "build") == 0;
	struct work *w;

	if ((!build && strcmp(v->request.parts[1], "calibrate") != 0) || !o->corpus || (build && !o->known)) {
		visit_fail(v, 404, "There is nothing to build or measure here.");
		return;
	}
	w = act_new(v, "corpus", false);
	if (!w)
		return;
	recipe_add(w, build ? "build" : "calibrate");
	act_pass_on(v, w);
	for (unsigned i = 0; build && o->common[i]; i++)
		act_option(w, "--common", o->common[i]);
	recipe_add(w, "--");
	recipe_add(w, o->corpus);
	if (build)
		recipe_add(w, o->known);
	act_go(v, w, build ? "build the corpus" : "measure the corpus's error rates", "/corpus");
}
