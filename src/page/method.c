/* How it was found out, how often that errs, how much of the code was seen, which limits were hit. */
#include "page/section.h"

enum { EXHIBITS_SHOWN = 100 };

static void row_begin(struct inq_html *h, const char *what)
{
	inq_html_row(h);
	inq_html_cell(h);
	inq_html_text(h, what);
	inq_html_close(h);
	inq_html_cell(h);
}

static void row_end(struct inq_html *h)
{
	inq_html_close(h);
	inq_html_end_row(h);
}

/* Which trials those were. */
static void languages_put(struct inq_html *h, const struct inq_json_value *calibration)
{
	const char *between = ", in ";

	for (const struct inq_json_value *l = member_first(calibration, "languages"); l; l = l->next) {
		if (l->kind != INQ_JSON_STRING)
			continue;
		inq_html_text(h, between);
		inq_html_given(h, l->string, NAME_MOST);
		between = " and ";
	}
}

static void made_with(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d)
{
	static const struct inq_html_column columns[] = { { "Made with", "" }, { "Which", "hex" } };
	const struct inq_json_value *corpus = member_object(d->value, "corpus"),
	                            *calibration = member_object(d->value, "calibration");

	inq_html_table(h, "What the conclusion was made with", columns, 2);
	row_begin(h, "Program");
	name_put(h, d->value, "program");
	inq_html_text(h, ", method ");
	count_put(h, p, d, d->value, "method");
	row_end(h);
	row_begin(h, "Corpus");
	name_put(h, corpus, "file");
	inq_html_text(h, ", ");
	count_put(h, p, d, corpus, "families");
	inq_html_text(h, " families, ");
	inq_html_given_code(h, member_string(corpus, "digest"), 64);
	row_end(h);
	row_begin(h, "Model");
	inq_html_given_code(h, member_string(d->value, "model"), 64);
	row_end(h);
	row_begin(h, "Calibration");
	if (member_true(calibration, "applies")) {
		inq_html_given_code(h, member_string(calibration, "digest"), 64);
		inq_html_text(h, ": ");
		count_put(h, p, d, calibration, "trials_right");
		inq_html_text(h, " trials of programs whose family was there and ");
		count_put(h, p, d, calibration, "trials_wrong");
		inq_html_text(h, " whose family had been left out, of ");
		count_put(h, p, d, calibration, "families");
		inq_html_text(h, " families, ");
		count_put(h, p, d, calibration, "exhibits");
		inq_html_text(h, " at a time");
		languages_put(h, calibration);
	} else {
		inq_html_text(h, "none that applies: nobody has measured how often this errs");
	}
	row_end(h);
	inq_html_end_table(h);
}

static void share_put(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *m, const char *part, const char *whole)
{
	uint64_t a, b;

	if (!member_count(m, part, &a) || !member_count(m, whole, &b)) {
		not_said(h);
		return;
	}
	number_put(h, p, d, a);
	inq_html_text(h, " of ");
	number_put(h, p, d, b);
	if (b && a <= b && b < UINT64_MAX / 1000)
		inq_html_textf(
		        h, " (%u.%u %%)", (unsigned)(a * 1000 / b) / 10, (unsigned)(a * 1000 / b) % 10);
}

static void cost_put(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *m, const char *key)
{
	int64_t n;

	if (!member_milli(m, key, &n) || n < 0 || n > 1000000) {
		not_said(h);
		return;
	}
	from(h, p, d);
	inq_html_textf(h, "%u.%03u", (unsigned)n / 1000, (unsigned)n % 1000);
	inq_html_close(h);
}

static void words(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *m)
{
	static const struct inq_html_column columns[] = { { "Said of a family", "" }, { "Times", "n" },
		{ "Wrongly", "n" } };

	if (!member_length(m, "words"))
		return;
	inq_html_table(h, "How often each of the words was said in the trials, and wrongly", columns, 3);
	for (const struct inq_json_value *w = member_first(m, "words"); w; w = w->next) {
		uint64_t said = 0;

		if (!member_count(w, "said", &said) || !said)
			continue;
		inq_html_row(h);
		inq_html_cell(h);
		name_put(h, w, "support");
		inq_html_close(h);
		inq_html_cell(h);
		number_put(h, p, d, said);
		inq_html_close(h);
		inq_html_cell(h);
		count_put(h, p, d, w, "wrongly");
		inq_html_close(h);
		inq_html_end_row(h);
	}
	inq_html_end_table(h);
}

static void bins(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *m)
{
	static const struct inq_html_column columns[] = { { "Ratio that was claimed", "" },
		{ "Family was the right one", "n" }, { "Was a wrong one", "n" }, { "Of both", "plot" } };

	if (!member_length(m, "bins"))
		return;
	inq_html_table(h, "What was claimed in the trials, and what was so", columns, 4);
	for (const struct inq_json_value *b = member_first(m, "bins"); b; b = b->next) {
		struct svg_part parts[] = { { "right", 0, "c4" }, { "wrong", 0, "c9" } };
		char least[FIGURE_TEXT], most[FIGURE_TEXT];
		int64_t from_log = 0, to_log = 0;

		(void)member_count(b, "right", &parts[0].amount);
		(void)member_count(b, "wrong", &parts[1].amount);
		if ((!parts[0].amount && !parts[1].amount) || !member_milli(b, "from", &from_log) ||
		        !member_milli(b, "to", &to_log))
			continue;
		inq_html_row(h);
		inq_html_cell(h);
		inq_html_textf(h, "%s to %s", ratio_text(from_log, least), ratio_text(to_log, most));
		inq_html_close(h);
		inq_html_cell(h);
		number_put(h, p, d, parts[0].amount);
		inq_html_close(h);
		inq_html_cell(h);
		number_put(h, p, d, parts[1].amount);
		inq_html_close(h);
		inq_html_cell(h);
		svg_bar(h, "The right ones, then the wrong ones", parts, 2);
		inq_html_close(h);
		inq_html_end_row(h);
	}
	inq_html_end_table(h);
}

static void rates(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *m)
{
	inq_html_element(h, "h4", "Error rates");
	if (!m) {
		inq_html_element(h, "p",
		        "The documents at hand say no error rates. Where a calibration applies, inquiry "
		        "corpus calibrate "
		        "--report says them.");
		return;
	}
	inq_html_open(h, "p");
	inq_html_text(h, "Measured on programs of the corpus with a known answer, each judged by the trials "
	                 "of the other "
	                 "families alone. A family was named in ");
	share_put(h, p, d, m, "named", "right");
	inq_html_text(h, " of the trials whose family was there; of these it was the right one in ");
	share_put(h, p, d, m, "named_rightly", "named");
	inq_html_text(h, ". Where the family had been left out, one was named all the same in ");
	share_put(h, p, d, m, "named_absent", "wrong");
	inq_html_text(h, ". The cost of the ratios, Cllr, is ");
	cost_put(h, p, d, m, "cllr");
	inq_html_text(h, " (0 is perfect, 1 says nothing), ");
	cost_put(h, p, d, m, "cllr_least");
	inq_html_text(h, " with the best possible scale.");
	inq_html_close(h);
	words(h, p, d, m);
	bins(h, p, d, m);
}

/* That of as many exhibits at a time as the conclusion rests on, from a calibration's own document. */
static const struct inq_json_value *measure_of(
        const struct inq_page *p, const struct inq_page_document *d, const struct inq_page_document **ret)
{
	const struct inq_json_value *calibration = member_object(d->value, "calibration"),
	                            *own = member_object(calibration, "measure");
	uint64_t exhibits = 0, these = 0;

	*ret = d;
	if (own || !member_true(calibration, "applies"))
		return own;
	(void)member_count(calibration, "exhibits", &exhibits);
	for (const struct inq_page_document *c = NULL; (c = page_next(p, INQ_PAGE_CALIBRATION, c));)
		for (const struct inq_json_value *m = c->entry ? NULL : member_first(c->value, "measures"); m;
		        m = m->next)
			if (member_count(m, "exhibits", &these) && these == exhibits) {
				*ret = c;
				return m;
			}
	return NULL;
}

static void coverage(const struct inq_page *p, struct inq_html *h)
{
	static const struct inq_html_column columns[] = { { "Exhibit", "" }, { "Code in functions", "n" },
		{ "Jumps not resolved", "n" }, { "Limits that were hit", "" } };
	unsigned shown = 0;

	for (const struct inq_page_document *d = NULL; (d = page_next(p, INQ_PAGE_EXAMINATION, d));) {
		if (!page_stands(p, d))
			continue;
		for (const struct inq_json_value *x = member_first(d->value, "exhibits");
		        x && shown < EXHIBITS_SHOWN; x = x->next, shown++) {
			const struct inq_json_value *code = member_object(x, "code");
			uint64_t strings = 0, anomalies = 0;

			if (!shown)
				inq_html_table(h, "How much of the code was seen", columns, 4);
			inq_html_row(h);
			inq_html_cell(h);
			exhibit_put(h, p, member_string(x, "sha256"));
			inq_html_close(h);
			inq_html_cell(h);
			share_put(h, p, d, code, "in_functions", "bytes");
			inq_html_close(h);
			inq_html_cell(h);
			count_put(h, p, d, code, "unresolved_jumps");
			inq_html_close(h);
			inq_html_cell(h);
			(void)member_count(x, "strings_dropped", &strings);
			(void)member_count(x, "anomalies_dropped", &anomalies);
			if (member_object(x, "error"))
				name_put(h, member_object(x, "error"), "text");
			else if (strings || anomalies)
				inq_html_text(h, "more strings or anomalies than are kept");
			else
				inq_html_text(h, "none");
			inq_html_close(h);
			inq_html_end_row(h);
		}
	}
	if (shown)
		inq_html_end_table(h);
}

/* What entries say of results that did not come out whole. */
static void incidents(const struct inq_page *p, struct inq_html *h)
{
	const struct inq_page_document *log = page_next(p, INQ_PAGE_LOG, NULL);
	bool any = false;

	for (const struct inq_json_value *e = log ? member_first(log->value, "entries") : NULL; e;
	        e = e->next) {
		struct inq_bytes type = member_string(e, "type"), text = member_string(e, "text");

		if (!text.len ||
		        (!inq_bytes_equal(type, "examination") && !inq_bytes_equal(type, "conclusion")))
			continue;
		if (!any) {
			inq_html_element(h, "p", "Results that came with a word of warning:");
			inq_html_open(h, "ul");
		}
		any = true;
		inq_html_open(h, "li");
		entry_link(h, p, member_string(e, "entry"));
		inq_html_text(h, ": ");
		inq_html_given(h, text, TEXT_MOST);
		inq_html_close(h);
	}
	if (any)
		inq_html_close(h);
}

static void limits(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d)
{
	uint64_t n = 0, cut = 0, packed = 0, unread = 0;

	for (const struct inq_json_value *x = member_first(d->value, "exhibits"); x; x = x->next) {
		uint64_t one = 0;

		(void)member_count(x, "searched_to_a_limit", &one);
		n += one;
		cut += member_true(x, "cut");
		packed += member_true(x, "packed");
		unread += member_true(x, "no_decoder");
	}
	inq_html_open(h, "p");
	inq_html_text(h, "Of the exhibits, ");
	number_put(h, p, d, packed);
	inq_html_text(h, " seem packed, ");
	number_put(h, p, d, unread);
	inq_html_text(h, " are for a machine that is not read, and in ");
	number_put(h, p, d, cut);
	inq_html_text(h, " a limit stopped the recovery of functions; ");
	number_put(h, p, d, n);
	inq_html_text(h, " functions had more likenesses in the corpus than were looked at.");
	inq_html_close(h);
}

/* A member as it stands in the document. */
static struct inq_bytes member_text(const struct inq_page_document *d, const char *key)
{
	const struct inq_json_value *v = inq_json_member(d->value, key);
	struct inq_bytes text = { NULL, 0 };

	return v && inq_bytes_cut(d->bytes, v->at, v->end - v->at, &text) ? text
	                                                                  : (struct inq_bytes){ NULL, 0 };
}

/* To the byte: what one party writes of a calibration is not said of another's conclusion. */
static bool made_alike(const struct inq_page_document *l, const struct inq_page_document *r)
{
	static const char *const keys[] = { "program", "model", "method", "corpus", "calibration" };

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (!same_bytes(member_text(l, keys[i]), member_text(r, keys[i])))
			return false;
	return true;
}

void put_method(const struct inq_page *p, struct inq_html *h)
{
	const struct inq_page_document *first = NULL;
	unsigned count = 0;

	inq_html_element(h, "p",
	        "Nothing was run. Each exhibit was read as bytes, its functions recovered and compared with "
	        "those of a "
	        "corpus of known programs, by content alone: names, strings and what can be written with an "
	        "editor "
	        "counted nothing. What everybody has was taken out; what is found in one family alone was "
	        "weighed, by "
	        "how rare it is, in pieces that count once; how much a weight says was measured on programs "
	        "whose "
	        "answer is known.");
	for (const struct inq_page_document *d = NULL; (d = page_next(p, INQ_PAGE_ATTRIBUTION, d));) {
		const struct inq_page_document *measured;
		const struct inq_json_value *m;

		if (!page_stands(p, d))
			continue;
		count++;
		which_put(h, p, d);
		limits(h, p, d);
		if (first && made_alike(first, d)) {
			inq_html_open(h, "p");
			inq_html_text(h, "Made with the same program, corpus, model and calibration as ");
			from(h, p, first);
			inq_html_text(h, first->entry ? first->entry : "the one above");
			inq_html_close(h);
			inq_html_text(h, ".");
			inq_html_close(h);
			continue;
		}
		first = first ? first : d;
		made_with(h, p, d);
		m = measure_of(p, d, &measured);
		rates(h, p, measured, m);
	}
	if (!count)
		inq_html_element(h, "p", "No conclusion was drawn, so that no error rate applies.");
	inq_html_element(h, "h3", "Coverage");
	coverage(p, h);
	incidents(p, h);
	inq_html_element(h, "h3", "What the method does not know");
	inq_html_open(h, "ul");
	inq_html_element(
	        h, "li", "Trials are programs of the corpus: what is not like them is not measured.");
	inq_html_element(h, "li",
	        "Library code that is in no library of the corpus, and in one family alone, counts as that "
	        "family's.");
	inq_html_element(h, "li",
	        "A family that took code from another cannot be told from it where the other is not in the "
	        "corpus.");
	inq_html_element(h, "li",
	        "The trials are those of programs in the same languages. Which these are an exhibit's file "
	        "says: who takes the signs of Go, Rust or C++ out of it, or puts them in, has it weighed by "
	        "other trials.");
	inq_html_element(h, "li",
	        "Trials and labels are the word of who built the corpus: whoever has the corpus makes the "
	        "trials again (inquiry corpus calibrate), and whoever has its samples the corpus.");
	inq_html_element(h, "li",
	        "Programs of one family are not independent of each other; the bounds count them as if they "
	        "were.");
	inq_html_close(h);
}
