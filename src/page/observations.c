/* What each file is, what it says of its making, and what is odd about it. */
#include "page/section.h"

enum { FACTS_MOST = 60, ANOMALIES_MOST = 60, EXHIBITS_SHOWN = 32 };

static void pair(struct inq_html *h, const char *term)
{
	inq_html_element(h, "dt", term);
	inq_html_open(h, "dd");
}

static void number_of(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *x, const char *key, const char *one, const char *many)
{
	uint64_t n = member_length(x, key);

	number_put(h, p, d, n);
	inq_html_textf(h, " %s", n == 1 ? one : many);
}

static void identity(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *x)
{
	uint64_t size;

	inq_html_open_class(h, "dl", "facts");
	pair(h, "SHA-256");
	inq_html_given_code(h, member_string(x, "sha256"), 64);
	inq_html_close(h);
	pair(h, "Is");
	name_put(h, x, "format");
	inq_html_text(h, ", ");
	name_put(h, x, "arch");
	inq_html_text(h, ", ");
	name_put(h, x, "kind");
	if (member_count(x, "size", &size)) {
		inq_html_text(h, ", ");
		number_put(h, p, d, size);
		inq_html_text(h, " bytes");
	}
	inq_html_close(h);
	pair(h, "Holds");
	number_of(h, p, d, x, "functions", "function, ", "functions, ");
	number_of(h, p, d, x, "imports", "import, ", "imports, ");
	number_of(h, p, d, x, "exports", "export, ", "exports, ");
	number_of(h, p, d, x, "strings", "string", "strings");
	inq_html_close(h);
	inq_html_close(h);
}

static void suspicions(struct inq_html *h, const struct inq_json_value *x)
{
	size_t shown = 0;

	if (!member_first(x, "suspicions"))
		return;
	inq_html_element(h, "p", "There is reason to think that it is packed or encrypted:");
	inq_html_open(h, "ul");
	for (const struct inq_json_value *s = member_first(x, "suspicions"); s && shown < ANOMALIES_MOST;
	        s = s->next, shown++) {
		inq_html_open(h, "li");
		inq_html_given(h, member_string(s, "text"), TEXT_MOST);
		inq_html_close(h);
	}
	inq_html_close(h);
}

static void facts(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *x)
{
	static const struct inq_html_column columns[] = { { "Says", "" }, { "Of", "" }, { "What", "why" },
		{ "Offset", "n" }, { "Forged with an editor?", "" } };
	size_t shown = 0, count = member_length(x, "facts");

	if (!count)
		return;
	inq_html_table(h, "What it says of its making", columns, 5);
	for (const struct inq_json_value *f = member_first(x, "facts"); f && shown < FACTS_MOST;
	        f = f->next, shown++) {
		uint64_t value;

		inq_html_row(h);
		inq_html_cell(h);
		name_put(h, f, "kind");
		inq_html_close(h);
		inq_html_cell(h);
		inq_html_given(h, member_string(f, "name"), NAME_MOST);
		inq_html_close(h);
		inq_html_cell(h);
		if (member_string(f, "text").len)
			inq_html_given(h, member_string(f, "text"), NAME_MOST);
		else if (member_count(f, "value", &value))
			number_put(h, p, d, value);
		inq_html_close(h);
		inq_html_cell(h);
		count_put(h, p, d, f, "offset");
		inq_html_close(h);
		inq_html_cell(h);
		inq_html_text(h, member_true(f, "forgeable") ? "easily" : "not so easily");
		inq_html_close(h);
		inq_html_end_row(h);
	}
	inq_html_end_table(h);
	if (count > shown) {
		inq_html_open(h, "p");
		counted(h, count - shown, "more", "more");
		inq_html_text(h, " in the document.");
		inq_html_close(h);
	}
}

static void anomalies(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *x)
{
	static const struct inq_html_column columns[] = { { "Offset", "n" }, { "What is odd", "why" } };
	size_t shown = 0, count = member_length(x, "anomalies");
	uint64_t dropped = 0;

	(void)member_count(x, "anomalies_dropped", &dropped);
	if (!count) {
		inq_html_element(h, "p", "Nothing about its container is odd.");
		return;
	}
	inq_html_table(h, "What is odd about its container, which was read all the same", columns, 2);
	for (const struct inq_json_value *a = member_first(x, "anomalies"); a && shown < ANOMALIES_MOST;
	        a = a->next, shown++) {
		inq_html_row(h);
		inq_html_cell(h);
		count_put(h, p, d, a, "offset");
		inq_html_close(h);
		inq_html_cell(h);
		inq_html_given(h, member_string(a, "text"), TEXT_MOST);
		inq_html_close(h);
		inq_html_end_row(h);
	}
	inq_html_end_table(h);
	if (count > shown || dropped) {
		inq_html_open(h, "p");
		counted(h, count - shown, "more is", "more are");
		inq_html_text(h, " in the document, and ");
		number_put(h, p, d, dropped);
		inq_html_text(h, " were found beyond what it keeps.");
		inq_html_close(h);
	}
}

static void unreadable(struct inq_html *h, const struct inq_json_value *x)
{
	const struct inq_json_value *why = member_object(x, "error");

	inq_html_open(h, "p");
	name_put(h, x, "file");
	inq_html_text(h, " could not be read: ");
	name_put(h, why, "text");
	inq_html_text(h, ".");
	inq_html_close(h);
}

void put_observations(const struct inq_page *p, struct inq_html *h)
{
	unsigned shown = 0, more = 0, looked = 0;

	for (const struct inq_page_document *d = NULL; (d = page_next(p, INQ_PAGE_EXAMINATION, d));)
		for (const struct inq_json_value *x = member_first(d->value, "exhibits"); x; x = x->next) {
			const struct inq_page_document *first;

			if (!page_stands(p, d))
				continue;
			if (shown == EXHIBITS_SHOWN || looked++ > ROWS_MOST) {
				more++;
				continue;
			}
			if (member_object(x, "error")) {
				unreadable(h, x);
				shown++;
				continue;
			}
			if (page_exhibit(p, INQ_PAGE_EXAMINATION, member_string(x, "sha256"), &first) != x)
				continue;
			shown++;
			exhibit_heading(h, p, d, member_string(x, "sha256"));
			identity(h, p, d, x);
			suspicions(h, x);
			anomalies(h, p, d, x);
			facts(h, p, d, x);
		}
	if (!shown)
		inq_html_element(h, "p", "Nothing was examined: no examination is at hand.");
	if (more) {
		inq_html_open(h, "p");
		counted(h, more, "more exhibit is", "more exhibits are");
		inq_html_text(h, " in the documents.");
		inq_html_close(h);
	}
}
