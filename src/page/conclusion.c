/* What is concluded, in a sentence, and what that is not; the propositions with their ratios. */
#include "page/section.h"
#include <string.h>

enum { FAMILIES_MOST = 24 };

static bool is(const struct inq_json_value *v, const char *key, const char *word)
{
	return inq_bytes_equal(member_string(v, key), word);
}

static void subject_begin(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d)
{
	subject_put(h, p, d);
	inq_html_text(h, ": ");
}

static void programs(struct inq_html *h, const struct inq_json_value *v)
{
	inq_html_text(
	        h, member_length(v, "exhibits") > 1 ? "these programs contain" : "this program contains");
}

static void sentence_for_family(struct inq_html *h, const struct inq_page *p,
        const struct inq_page_document *d, const struct inq_json_value *family, bool first)
{
	struct ratio r;
	bool calibrated = ratio_read(family, "ratio", &r);

	inq_html_open_class(h, "p", "conclusion");
	if (first)
		subject_begin(h, p, d);
	inq_html_open(h, "strong");
	if (calibrated && r.support.len)
		inq_html_given(h, r.support, NAME_MOST);
	else
		inq_html_text(h, "unweighed evidence");
	inq_html_close(h);
	inq_html_text(h, first ? " for the proposition that " : " also for the proposition that ");
	programs(h, d->value);
	inq_html_text(h, " code that is not generally available and that the makers of ");
	inq_html_open(h, "strong");
	name_put(h, family, "label");
	inq_html_close(h);
	inq_html_text(h, " had");
	if (calibrated) {
		inq_html_text(h, ": what was found is ");
		ratio_put(h, p, d, &r);
		inq_html_text(h, " times as probable if that is so as if the code comes from none of the ");
		count_put(h, p, d, member_object(d->value, "corpus"), "families");
		inq_html_text(h, " families that it was compared with");
	}
	inq_html_text(h, ".");
	inq_html_close(h);
	if (member_true(family, "one_piece"))
		inq_html_element(h, "p",
		        "All of it lies in one piece. A tool that both used, or code that was planted, would "
		        "look the "
		        "same: this alone is no authorship.");
	if (member_true(family, "one_program"))
		inq_html_element(h, "p",
		        "Nearly all of it is in one program of that family and in no other. A library which "
		        "that "
		        "program has inside, and which the corpus does not mark as one, would look the same: "
		        "this "
		        "alone is no authorship.");
}

static void sentence(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d)
{
	struct ratio none;
	unsigned named = 0;

	if (is(d->value, "conclusion", "family") || is(d->value, "conclusion", "several-families")) {
		for (const struct inq_json_value *f = member_first(d->value, "families");
		        f && named < FAMILIES_MOST; f = f->next)
			if (member_true(f, "named"))
				sentence_for_family(h, p, d, f, !named++);
		if (named)
			return;
	}
	inq_html_open_class(h, "p", "conclusion");
	subject_begin(h, p, d);
	if (is(d->value, "conclusion", "insufficient-grounds")) {
		inq_html_element(h, "strong", "insufficient grounds");
		inq_html_text(h, "; no family is named.");
	} else if (is(d->value, "conclusion", "none") && ratio_read(d->value, "none", &none)) {
		inq_html_open(h, "strong");
		inq_html_given(h, none.support, NAME_MOST);
		inq_html_close(h);
		inq_html_text(h, " for the proposition that the code comes from none of the ");
		count_put(h, p, d, member_object(d->value, "corpus"), "families");
		inq_html_text(h, " families that it was compared with: what was found is ");
		ratio_put(h, p, d, &none);
		inq_html_text(
		        h, " times as probable if that is so as if it came from the family nearest to it.");
	} else {
		inq_html_text(h, "The document of this conclusion does not say what it concludes.");
	}
	inq_html_close(h);
}

/* The call by which it was made: days that somebody gave with it decide what counts. */
static void call_put(struct inq_html *h, const struct inq_json_value *made)
{
	enum { OPTIONS_SHOWN = 64, OPTION_MOST = 120 };
	size_t shown = 0, count = member_length(made, "options");

	if (!count)
		return;
	inq_html_text(h, " The call, with what it takes as given: ");
	inq_html_open(h, "code");
	inq_html_given(h, member_string(made, "kind"), NAME_MOST);
	for (const struct inq_json_value *o = member_first(made, "options"); o && shown < OPTIONS_SHOWN;
	        o = o->next, shown++) {
		inq_html_text(h, " ");
		if (o->kind == INQ_JSON_STRING)
			inq_html_given(h, o->string, OPTION_MOST);
		else
			not_said(h);
	}
	inq_html_close(h);
	if (count > shown)
		inq_html_textf(h, " and %zu more", count - shown);
	inq_html_text(h, ".");
}

/* How the record stands to one entry of it. */
static void author_entry(
        struct inq_html *h, const struct inq_page *p, struct inq_bytes entry, const char *entered)
{
	const struct inq_json_value *e = page_entry(p, entry);

	inq_html_open_class(h, "p", "by");
	inq_html_text(h, entered);
	entry_link(h, p, entry);
	if (e && !is(e, "type", "conclusion"))
		inq_html_text(h, ", which its party does not call a conclusion");
	inq_html_text(h, "; in the record it is: ");
	name_put(h, e, "status");
	inq_html_text(h, ".");
	call_put(h, member_object(e, "made"));
	if (member_length(e, "disputed_by")) {
		inq_html_text(h, " ");
		inq_html_link(h, "#rejoinder");
		inq_html_text(h, "All that the parties say");
		inq_html_close(h);
		inq_html_text(h, ".");
	}
	inq_html_close(h);
}

/* Entries of one document, of which so many are shown. */
enum { AUTHORS_MOST = 8 };

struct authors {
	struct inq_bytes at[AUTHORS_MOST];
	size_t count;
	uint64_t more;
};

static bool is_author(const struct authors *a, struct inq_bytes entry)
{
	for (size_t i = 0; i < a->count; i++)
		if (same_bytes(a->at[i], entry))
			return true;
	return false;
}

/* What other parties object, in their words, as large as what they object to. */
static void answers(struct inq_html *h, const struct inq_page *p, const struct authors *a)
{
	enum { ANSWERS_MOST = 6, ANSWER_MOST = 600 };
	const struct inq_page_document *log = page_next(p, INQ_PAGE_LOG, NULL);
	uint64_t count = 0;

	for (const struct inq_json_value *e = log ? member_first(log->value, "entries") : NULL; e;
	        e = e->next) {
		if (!is(e, "type", "dispute") || !is_author(a, member_string(e, "of")) ||
		        !member_true(e, "holds") || member_true(e, "withdrawn") || ++count > ANSWERS_MOST)
			continue;
		inq_html_open_class(h, "p", "conclusion");
		entry_link(h, p, member_string(e, "entry"));
		inq_html_text(h, " disputes ");
		if (a->count == 1 && !a->more)
			inq_html_text(h, "this");
		else
			entry_link(h, p, member_string(e, "of"));
		inq_html_text(h, " (");
		name_put(h, e, "dispute");
		inq_html_text(h, ")");
		if (member_string(e, "text").len) {
			inq_html_text(h, ": ");
			inq_html_given(h, member_string(e, "text"), ANSWER_MOST);
		}
		inq_html_close(h);
	}
	if (count > ANSWERS_MOST) {
		inq_html_open_class(h, "p", "by");
		counted(h, count - ANSWERS_MOST, "more dispute of it stands", "more disputes of it stand");
		inq_html_text(h, " in the record.");
		inq_html_close(h);
	}
}

/*
 * Who concluded it, and how the record stands to that. The same bytes may be
 * entered by several: whoever comes first in the record speaks for nobody else.
 */
static void authors(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d)
{
	const struct inq_page_document *log = page_next(p, INQ_PAGE_LOG, NULL);
	struct inq_bytes first = inq_bytes_of(d->entry ? d->entry : "");
	struct authors all = { .count = 0 };

	if (!d->entry) {
		inq_html_open_class(h, "p", "by");
		inq_html_text(h, "Made by ");
		name_put(h, d->value, "program");
		inq_html_text(h, " and entered in no record: nobody has signed it. ");
		from(h, p, d);
		inq_html_text(h, "The document");
		inq_html_close(h);
		inq_html_text(h, ".");
		inq_html_close(h);
		return;
	}
	all.at[all.count++] = first;
	for (const struct inq_json_value *e = log ? member_first(log->value, "entries") : NULL; e;
	        e = e->next) {
		if (!is(e, "type", "conclusion") || !is(member_object(e, "made"), "result", d->sha256) ||
		        same_bytes(member_string(e, "entry"), first) || !member_true(e, "holds") ||
		        member_true(e, "withdrawn"))
			continue;
		if (all.count < AUTHORS_MOST)
			all.at[all.count++] = member_string(e, "entry");
		else
			all.more++;
	}
	for (size_t i = 0; i < all.count; i++)
		author_entry(h, p, all.at[i], i ? "Also entered, to the byte, as " : "Entered as ");
	if (all.more) {
		inq_html_open_class(h, "p", "by");
		counted(h, all.more, "more entry is", "more entries are");
		inq_html_text(h, " of these bytes; the record has all of them, and who disputes which.");
		inq_html_close(h);
	}
	answers(h, p, &all);
}

void put_conclusion(const struct inq_page *p, struct inq_html *h)
{
	static const char *const not_so[] = {
		"It does not say who a person, a firm or a state is: a family is a label for programs, not a "
		"culprit.",
		"It does not say how probable a proposition is. A likelihood ratio says how much the "
		"evidence tells "
		"them apart; how probable each of them is after it depends on what was believed before it.",
		"It compares with the families of one corpus. Makers who are not in it cannot be named, and "
		"are not "
		"cleared.",
		"Code can be stolen, sold, leaked or planted. That the likeness was put there to be found is "
		"a "
		"proposition of its own, below.",
	};
	unsigned count = 0, gone = 0;

	for (const struct inq_page_document *d = NULL; (d = page_next(p, INQ_PAGE_ATTRIBUTION, d));) {
		if (!page_stands(p, d)) {
			gone++;
			continue;
		}
		sentence(h, p, d);
		authors(h, p, d);
		count++;
	}
	if (!count)
		inq_html_element(h, "p",
		        "No conclusion is at hand. What follows is what was found, and nobody has weighed "
		        "it.");
	if (count > 1)
		inq_html_element(h, "p",
		        "There are several conclusions. They stand in the order of the record, none above "
		        "another.");
	if (gone) {
		inq_html_open(h, "p");
		counted(h, gone, "conclusion was withdrawn, or does not hold, and is",
		        "conclusions were withdrawn, or do not hold, and are");
		inq_html_text(h, " left out here; the record has all of them.");
		inq_html_close(h);
	}
	inq_html_heading(h, 3, "not-said", "What this does not say");
	inq_html_open(h, "ul");
	for (size_t i = 0; i < sizeof not_so / sizeof *not_so; i++)
		inq_html_element(h, "li", not_so[i]);
	inq_html_close(h);
}

static void ratio_row(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *v, const char *key)
{
	struct ratio r;

	inq_html_cell(h);
	if (ratio_read(v, key, &r)) {
		ratio_put(h, p, d, &r);
		inq_html_close(h);
		inq_html_cell(h);
		svg_ratio(h, &r);
		inq_html_close(h);
		inq_html_cell(h);
		inq_html_given(h, r.support, NAME_MOST);
		if (r.most < 0 && r.support.len)
			inq_html_text(h, ", against it");
		inq_html_close(h);
	} else {
		inq_html_text(h, "not calibrated");
		inq_html_close(h);
	}
	inq_html_end_row(h);
}

/* Against the code being the family's own, not against none of them. */
static void planted_rows(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d)
{
	bool any = false;
	struct ratio r;
	size_t shown = 0;

	for (const struct inq_json_value *f = member_first(d->value, "families"); f && shown < FAMILIES_MOST;
	        f = f->next, shown++) {
		if (!ratio_read(f, "planted", &r))
			continue;
		any = true;
		inq_html_row(h);
		inq_html_cell(h);
		inq_html_text(h, "The likeness to ");
		name_put(h, f, "label");
		inq_html_text(h, " was planted, as one block (compared with its being their own)");
		inq_html_close(h);
		ratio_row(h, p, d, f, "planted");
	}
	if (any)
		return;
	inq_html_row(h);
	inq_html_cell(h);
	inq_html_text(h, "The likeness was planted");
	inq_html_close(h);
	inq_html_cell(h);
	inq_html_text(h, "none: no trial is like this");
	inq_html_close(h);
	inq_html_end_row(h);
}

static void table_of(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d)
{
	static const struct inq_html_column columns[] = { { "Proposition", "" },
		{ "Likelihood ratio (95 in 100)", "n" }, { "1/10,000 1 10,000", "scale" },
		{ "In words", "" } };
	const struct inq_json_value *f = member_first(d->value, "families");
	uint64_t families = 0;
	size_t shown = 0, listed = member_length(d->value, "families");

	(void)member_count(member_object(d->value, "corpus"), "families", &families);
	inq_html_table(
	        h, "Propositions and their likelihood ratios", columns, sizeof columns / sizeof *columns);
	for (; f && shown < FAMILIES_MOST; f = f->next, shown++) {
		inq_html_row(h);
		inq_html_cell(h);
		inq_html_text(h, "Code of ");
		name_put(h, f, "label");
		if (member_true(f, "named"))
			inq_html_text(h, " (named)");
		inq_html_close(h);
		ratio_row(h, p, d, f, "ratio");
	}
	if (families > listed) {
		inq_html_row(h);
		inq_html_cell(h);
		inq_html_text(
		        h, listed ? "Code of any other of the families" : "Code of any of the families");
		inq_html_close(h);
		ratio_row(h, p, d, d->value, "silent");
	}
	inq_html_row(h);
	inq_html_cell(h);
	inq_html_text(h, "Code of none of the families");
	inq_html_close(h);
	ratio_row(h, p, d, d->value, "none");
	planted_rows(h, p, d);
	inq_html_end_table(h);
	if (listed > shown) {
		inq_html_open(h, "p");
		counted(h, listed - shown, "more family is", "more families are");
		inq_html_text(h, " in the document.");
		inq_html_close(h);
	}
}

/* Hundredths of a percent. */
static void percent(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *v, const char *key)
{
	uint64_t n;

	if (!member_count(v, key, &n) || n > 10000) {
		not_said(h);
		return;
	}
	from(h, p, d);
	inq_html_textf(h, "%u.%02u %%", (unsigned)n / 100, (unsigned)n % 100);
	inq_html_close(h);
}

static void belief_row(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *v, const char *key, const char *words)
{
	inq_html_cell(h);
	percent(h, p, d, v, key);
	inq_html_close(h);
	inq_html_cell(h);
	name_put(h, v, words);
	inq_html_close(h);
	inq_html_end_row(h);
}

/* Beliefs stand nowhere but beside the prior that they come from. */
static void beliefs(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d)
{
	static const struct inq_html_column columns[] = { { "Proposition", "" }, { "Belief after it", "n" },
		{ "In words", "" } };
	uint64_t n;
	size_t shown = 0;

	if (!member_count(d->value, "prior_per_10000", &n))
		return;
	inq_html_open(h, "p");
	inq_html_text(h, "A prior was declared: before any of this, ");
	percent(h, p, d, d->value, "prior_per_10000");
	inq_html_text(h,
	        " that the code comes from one of these families, evenly among them. Whoever believed "
	        "something else before believes something else after.");
	inq_html_close(h);
	inq_html_table(h, "Beliefs that follow from the declared prior", columns, 3);
	for (const struct inq_json_value *f = member_first(d->value, "families"); f && shown < FAMILIES_MOST;
	        f = f->next, shown++) {
		inq_html_row(h);
		inq_html_cell(h);
		inq_html_text(h, "Code of ");
		name_put(h, f, "label");
		inq_html_close(h);
		belief_row(h, p, d, f, "posterior_per_10000", "posterior_words");
	}
	inq_html_row(h);
	inq_html_cell(h);
	inq_html_text(h, "Code of none of the families");
	inq_html_close(h);
	belief_row(h, p, d, d->value, "posterior_none_per_10000", "posterior_none_words");
	inq_html_end_table(h);
}

void put_hypotheses(const struct inq_page *p, struct inq_html *h)
{
	unsigned count = 0;

	for (const struct inq_page_document *d = NULL; (d = page_next(p, INQ_PAGE_ATTRIBUTION, d));) {
		const struct inq_json_value *said = member_object(d->value, "propositions");

		if (!page_stands(p, d))
			continue;
		which_put(h, p, d);
		if (!count++) {
			inq_html_element(h, "p",
			        "A ratio of 100 says that what was found is a hundred times as probable if "
			        "the "
			        "proposition is true as if the code came from none of the families. 1 says "
			        "nothing; "
			        "below 1 speaks against it. Code that was planted function by function lies "
			        "as genuine code does: for that there is no ratio. The bounds hold for 95 in "
			        "a hundred. The words "
			        "are those "
			        "of the ENFSI scale, for the bound nearest to 1.");
			inq_html_open(h, "dl");
			inq_html_element(h, "dt", "Code of F");
			inq_html_open(h, "dd");
			name_put(h, said, "family");
			inq_html_close(h);
			inq_html_element(h, "dt", "Code of none of the families");
			inq_html_open(h, "dd");
			name_put(h, said, "none");
			inq_html_close(h);
			inq_html_element(h, "dt", "Planted");
			inq_html_open(h, "dd");
			name_put(h, said, "planted");
			inq_html_close(h);
			inq_html_close(h);
		}
		table_of(h, p, d);
		beliefs(h, p, d);
	}
	if (!count)
		inq_html_element(h, "p", "Nothing was weighed: no attribution is at hand.");
}
