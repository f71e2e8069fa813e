/* Network indicators in the strings of the exhibits, written so that nothing takes them for links. */
#include "page/section.h"
#include <inquiry/export.h>

enum { EXHIBITS_SHOWN = 32, FOLDED_FROM = 20 };

static void rows(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_export_indicator *all, size_t count)
{
	static const struct inq_html_column columns[] = { { "Indicator, defanged", "hex" }, { "Is", "" },
		{ "Offset", "n" } };

	inq_html_table(h, "Network indicators in its strings", columns, 3);
	for (size_t i = 0; i < count; i++) {
		inq_html_row(h);
		inq_html_cell(h);
		inq_html_given(h, all[i].defanged, TEXT_MOST);
		inq_html_close(h);
		inq_html_cell(h);
		inq_html_text(h, all[i].kind);
		inq_html_close(h);
		inq_html_cell(h);
		number_put(h, p, d, all[i].offset);
		inq_html_close(h);
		inq_html_end_row(h);
	}
	inq_html_end_table(h);
}

static void exhibit(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *x)
{
	const struct inq_export_indicator *all = NULL;
	uint64_t left_out = 0;
	size_t count = 0;

	exhibit_heading(h, p, d, member_string(x, "sha256"));
	if (inq_export_indicators(x, p->a, &all, &count, &left_out, NULL) != INQ_OK) {
		inq_html_element(h, "p", "There was no memory to look for them.");
		return;
	}
	if (!count) {
		inq_html_element(h, "p", "None in its strings.");
		return;
	}
	if (count > FOLDED_FROM) {
		inq_html_open(h, "details");
		inq_html_open(h, "summary");
		counted(h, count, "indicator", "indicators");
		inq_html_close(h);
	}
	rows(h, p, d, all, count);
	if (count > FOLDED_FROM)
		inq_html_close(h);
	if (left_out) {
		inq_html_open(h, "p");
		counted(h, left_out, "more is", "more are");
		inq_html_text(h, " in its strings.");
		inq_html_close(h);
	}
}

void put_indicators(const struct inq_page *p, struct inq_html *h)
{
	unsigned shown = 0, more = 0, looked = 0;

	if (!page_next(p, INQ_PAGE_EXAMINATION, NULL)) {
		inq_html_element(h, "p", "Nothing was examined: no examination is at hand.");
		return;
	}
	inq_html_element(h, "p",
	        "What looks like an address in a string. That it stands there does not say that it was ever "
	        "used; a "
	        "version number of four parts looks like an address, too.");
	for (const struct inq_page_document *d = NULL; (d = page_next(p, INQ_PAGE_EXAMINATION, d));)
		for (const struct inq_json_value *x = member_first(d->value, "exhibits"); x; x = x->next) {
			const struct inq_page_document *first;

			if (!page_stands(p, d) || member_object(x, "error"))
				continue;
			if (shown == EXHIBITS_SHOWN || looked++ > ROWS_MOST)
				more++;
			else if (page_exhibit(p, INQ_PAGE_EXAMINATION, member_string(x, "sha256"), &first) ==
			         x) {
				exhibit(h, p, d, x);
				shown++;
			}
		}
	if (more) {
		inq_html_open(h, "p");
		counted(h, more, "more exhibit is", "more exhibits are");
		inq_html_text(h, " in the documents.");
		inq_html_close(h);
	}
}
