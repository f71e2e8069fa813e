/* The shared functions, the rarest first, each beside its counterpart where that is at hand. */
#include "page/section.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { FUNCTIONS_MOST = 60, ALIGNED_ROWS_MOST = 400, SEARCHES_MOST = 16, LOOKED_MOST = 200 };

struct shared {
	const struct inq_json_value *value;
	uint64_t bits;
	size_t number;
};

static int by_bits(const void *l, const void *r)
{
	const struct shared *a = l, *b = r;

	if (a->bits != b->bits)
		return a->bits > b->bits ? -1 : 1;
	return (a->number > b->number) - (a->number < b->number);
}

static struct shared *gather(const struct inq_page *p, const struct inq_json_value *search, size_t *ret_count)
{
	struct shared *all = inq_arena_new(p->a, member_length(search, "functions"), sizeof *all);

	*ret_count = 0;
	for (const struct inq_json_value *f = member_first(search, "functions"); f && all; f = f->next) {
		struct shared *at = &all[*ret_count];

		if (!inq_bytes_equal(member_string(f, "standing"), "distinctive"))
			continue;
		*at = (struct shared){ f, 0, *ret_count };
		(void)member_count(f, "information", &at->bits);
		++*ret_count;
	}
	if (all)
		qsort(all, *ret_count, sizeof *all, by_bits);
	return all;
}

/* Of those that are no party's: what parties enter under that schema is nothing that anybody runs again. */
static const struct inq_page_document *alignment_of(
        const struct inq_page *p, struct inq_bytes sha256, struct inq_bytes va)
{
	for (const struct inq_page_document *d = NULL; (d = page_next(p, INQ_PAGE_ALIGNMENT, d));) {
		const struct inq_json_value *a = member_object(d->value, "a");

		if (!d->entry && same_bytes(member_string(a, "sha256"), sha256) &&
		        same_bytes(member_string(a, "va"), va))
			return d;
	}
	return NULL;
}

static void side(struct inq_html *h, const struct inq_json_value *row, const char *which)
{
	const struct inq_json_value *i = member_object(row, which);

	inq_html_cell(h);
	if (i)
		inq_html_given(h, member_string(i, "va"), 20);
	inq_html_close(h);
	inq_html_cell(h);
	if (i)
		inq_html_given(h, member_string(i, "text"), 200);
	inq_html_close(h);
}

static void aligned(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d)
{
	static const struct inq_html_column columns[] = { { "Is", "" }, { "Address here", "" },
		{ "Here", "" }, { "Address there", "" }, { "There", "" } };
	static const struct {
		const char *kind, *mark, *words;
	} kinds[] = { { "same", "=", "the same but for addresses" }, { "changed", "~", "changed" },
		{ "only_a", "-", "only here" }, { "only_b", "+", "only there" } };
	static const char *const counts[] = { "same", "changed", "only_a", "only_b" };
	size_t shown = 0, rows = member_length(d->value, "rows");

	inq_html_open(h, "p");
	for (size_t i = 0; i < 4; i++) {
		inq_html_textf(h, "%s%s ", i ? ", " : "", kinds[i].mark);
		count_put(h, p, d, d->value, counts[i]);
		inq_html_textf(h, " %s", kinds[i].words);
	}
	inq_html_text(h, "; there: ");
	name_put(h, member_object(d->value, "b"), "file");
	inq_html_text(h, ".");
	inq_html_close(h);
	inq_html_table_class(h, "aligned");
	inq_html_table(h, "Instruction by instruction", columns, 5);
	for (const struct inq_json_value *r = member_first(d->value, "rows"); r && shown < ALIGNED_ROWS_MOST;
	        r = r->next, shown++) {
		struct inq_bytes kind = member_string(r, "kind");
		const char *mark = "?", *class_name = "";

		for (size_t i = 0; i < 4; i++)
			if (inq_bytes_equal(kind, kinds[i].kind)) {
				mark = kinds[i].mark;
				class_name = kinds[i].kind;
			}
		inq_html_row(h);
		if (*class_name)
			inq_html_attr(h, "class", class_name);
		inq_html_cell(h);
		inq_html_text(h, mark);
		inq_html_close(h);
		side(h, r, "a");
		side(h, r, "b");
		inq_html_end_row(h);
	}
	inq_html_end_table(h);
	if (rows > shown) {
		inq_html_open(h, "p");
		counted(h, rows - shown, "more line", "more lines");
		inq_html_text(h, " in the document.");
		inq_html_close(h);
	}
}

static void milli_put(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *v, const char *key)
{
	int64_t n;

	if (!member_milli(v, key, &n) || n < 0 || n > 1000) {
		not_said(h);
		return;
	}
	from(h, p, d);
	inq_html_textf(h, "%u.%03u", (unsigned)n / 1000, (unsigned)n % 1000);
	inq_html_close(h);
}

static void counterpart(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *c)
{
	inq_html_open(h, "p");
	inq_html_text(h, "Found in ");
	name_put(h, c, "label");
	inq_html_text(h, ", sample ");
	name_put(h, c, "sample");
	inq_html_text(h, " (SHA-256 ");
	inq_html_given_code(h, member_string(c, "sample_sha256"), 64);
	inq_html_text(h, "), at ");
	inq_html_given_code(h, member_string(c, "va"), 20);
	if (member_string(c, "name").len) {
		inq_html_text(h, ", where it is called ");
		inq_html_given_code(h, member_string(c, "name"), NAME_MOST);
	}
	inq_html_text(h, ". Probability that both are one function of the source: ");
	milli_put(h, p, d, c, "probability");
	inq_html_text(h, "; likeness ");
	milli_put(h, p, d, c, "similarity");
	inq_html_text(h, "; support by what they call ");
	milli_put(h, p, d, c, "support");
	inq_html_text(h, "; found ");
	inq_html_text(h, inq_bytes_equal(member_string(c, "how"), "exact") ? "as equal code"
	                 : inq_bytes_equal(member_string(c, "how"), "context")
	                         ? "by its likeness and the calls around it"
	                         : "by its likeness");
	inq_html_text(h, ".");
	inq_html_close(h);
}

static void function(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *search, const struct shared *f)
{
	const struct inq_json_value *c = member_first(f->value, "candidates");
	const struct inq_page_document *alignment =
	        alignment_of(p, member_string(search, "sha256"), member_string(f->value, "va"));
	uint64_t n;

	inq_html_open(h, "details");
	inq_html_open(h, "summary");
	inq_html_given_code(h, member_string(f->value, "va"), 20);
	if (member_string(f->value, "name").len) {
		inq_html_text(h, " ");
		inq_html_given_code(h, member_string(f->value, "name"), NAME_MOST);
	}
	inq_html_text(h, ": ");
	name_put(h, f->value, "label");
	inq_html_text(h, ", ");
	counted(h, f->bits, "bit", "bits");
	if (member_count(f->value, "instructions", &n)) {
		inq_html_text(h, ", ");
		counted(h, n, "instruction", "instructions");
	}
	inq_html_text(h, alignment ? ", side by side" : "");
	inq_html_close(h);
	inq_html_open(h, "p");
	inq_html_text(h, "Found in ");
	count_put(h, p, d, f->value, "families");
	inq_html_text(h, " of ");
	count_put(h, p, d, member_object(search, "corpus"), "families");
	inq_html_text(
	        h, " families and in no library; its features, by how rare they are in the corpus, tell ");
	number_put(h, p, d, f->bits);
	inq_html_text(h, " bits.");
	inq_html_close(h);
	if (c)
		counterpart(h, p, d, c);
	if (alignment) {
		aligned(h, p, alignment);
	} else {
		inq_html_open_class(h, "p", "by");
		inq_html_text(h, "Not side by side here: that sample is not at hand. ");
		inq_html_open(h, "code");
		inq_html_text(h, "inquiry compare EXHIBIT SAMPLE --function ");
		inq_html_given(h, member_string(f->value, "va"), 20);
		inq_html_text(h, ",");
		inq_html_given(h, member_string(c, "va"), 20);
		inq_html_close(h);
		inq_html_close(h);
	}
	inq_html_close(h);
}

static void functions(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *s)
{
	size_t count;
	struct shared *all = gather(p, s, &count);

	exhibit_heading(h, p, d, member_string(s, "sha256"));
	if (!count) {
		inq_html_element(h, "p", "No function of it is in one family alone.");
		return;
	}
	inq_html_open(h, "p");
	number_put(h, p, d, count);
	inq_html_text(
	        h, count == 1 ? " function is in one family alone." : " functions are in one family alone.");
	if (count > FUNCTIONS_MOST)
		inq_html_textf(h, " Here are the %d that tell most; all of them are in the document.",
		        FUNCTIONS_MOST);
	inq_html_close(h);
	for (size_t i = 0; i < count && i < FUNCTIONS_MOST; i++)
		function(h, p, d, s, &all[i]);
}

/* Calls `put` for each search that is shown: of each exhibit the first one, up to a limit. How many are not. */
static unsigned each_search(const struct inq_page *p,
        void (*put)(void *to, const struct inq_page *p, const struct inq_page_document *d,
                const struct inq_json_value *s),
        void *to)
{
	unsigned shown = 0, more = 0, looked = 0;

	for (const struct inq_page_document *d = NULL; (d = page_next(p, INQ_PAGE_SEARCH, d));)
		for (const struct inq_json_value *s = member_first(d->value, "searches"); s; s = s->next) {
			const struct inq_page_document *first;

			if (!member_object(s, "coverage") || !page_stands(p, d))
				continue;
			if (shown == SEARCHES_MOST || looked++ > LOOKED_MOST) {
				more++;
			} else if (page_exhibit(p, INQ_PAGE_SEARCH, member_string(s, "sha256"), &first) ==
			           s) {
				put(to, p, d, s);
				shown++;
			}
		}
	return more;
}

static void functions_of(
        void *to, const struct inq_page *p, const struct inq_page_document *d, const struct inq_json_value *s)
{
	functions(to, p, d, s);
}

void put_functions(const struct inq_page *p, struct inq_html *h)
{
	unsigned more;

	if (!page_next(p, INQ_PAGE_SEARCH, NULL)) {
		inq_html_element(h, "p", "Nothing was searched: no search is at hand.");
		return;
	}
	inq_html_element(h, "p",
	        "Each opens onto the exhibit's function and its counterpart, instruction by instruction, "
	        "where that "
	        "sample was at hand when the report was made (an exhibit, or a file below --known): a corpus "
	        "keeps "
	        "no code. Whoever has the sample, and the exhibit, sees the same with the command that "
	        "stands there.");
	more = each_search(p, functions_of, h);
	if (more) {
		inq_html_open(h, "p");
		counted(h, more, "more search is", "more searches are");
		inq_html_text(h, " listed under provenance.");
		inq_html_close(h);
	}
}

struct counterparts {
	struct inq_sink *out;
	size_t most;
};

static bool is_digest(struct inq_bytes b)
{
	uint8_t digest[32];

	return b.len == 64 && inq_unhex(b, digest, sizeof digest);
}

static void counterparts_of(
        void *to, const struct inq_page *p, const struct inq_page_document *d, const struct inq_json_value *s)
{
	const struct counterparts *wanted = to;
	struct inq_bytes exhibit = member_string(s, "sha256");
	size_t count;
	struct shared *all = gather(p, s, &count);

	(void)d;
	for (size_t i = 0; i < count && i < wanted->most && is_digest(exhibit); i++)
		for (const struct inq_json_value *c = member_first(all[i].value, "candidates"); c;
		        c = c->next) {
			struct inq_bytes sample = member_string(c, "sample_sha256");
			uint64_t here, there;

			if (!is_digest(sample) || !member_va(all[i].value, "va", &here) ||
			        !member_va(c, "va", &there))
				continue;
			inq_putf(wanted->out, "%.64s\t0x%" PRIx64 "\t%.64s\t0x%" PRIx64 "\t",
			        (const char *)exhibit.at, here, (const char *)sample.at, there);
			(void)inq_put_inert(wanted->out, member_string(c, "label"), NAME_MOST);
			inq_put(wanted->out, "/");
			(void)inq_put_inert(wanted->out, member_string(c, "sample"), NAME_MOST);
			inq_put(wanted->out, "\n");
		}
}

void inq_page_counterparts(const struct inq_page *p, size_t most, struct inq_sink *out)
{
	struct counterparts wanted = { out, most < FUNCTIONS_MOST ? most : FUNCTIONS_MOST };

	(void)each_search(p, counterparts_of, &wanted);
}
