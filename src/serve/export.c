/* The case in other programs' formats, as files to keep. */
#include "serve/private.h"
#include <string.h>

static const struct {
	const char *format, *file, *type, *what;
} exports[] = {
	{ "matches", "matches.csv", "text/csv",
	        "every function and what it was found to be, for a spreadsheet" },
	{ "names", "names.csv", "text/csv", "the names that functions go by, for a spreadsheet" },
	{ "ida", "names.py", "text/plain", "the same as a script for IDA" },
	{ "ghidra", "InquiryNames.java", "text/plain", "the same as a script for Ghidra" },
	{ "indicators", "indicators.csv", "text/csv", "the indicators, for a spreadsheet" },
	{ "stix", "case.stix.json", "application/json", "the case as STIX 2.1" },
	{ "misp", "case.misp.json", "application/json", "the case as a MISP event" },
};

void show_exports(struct visit *v)
{
	struct inq_html *h = &v->h;

	if (!fetch_log(v))
		return;
	page_begin(v, "For other programs", "/");
	inq_html_element(h, "p",
	        "What was found, in formats that others read. Nothing is analysed anew: the same record "
	        "gives "
	        "the same bytes.");
	inq_html_open_class(h, "dl", "facts");
	for (size_t i = 0; i < sizeof exports / sizeof *exports; i++) {
		inq_html_open(h, "div");
		inq_html_open(h, "dt");
		page_link(v, textf(v, "/exports/%s", exports[i].format), exports[i].file);
		inq_html_close(h);
		inq_html_element(h, "dd", exports[i].what);
		inq_html_close(h);
	}
	inq_html_close(h);
	inq_html_open_class(h, "p", "note");
	page_link(v, "/report.html", "The report");
	inq_html_text(h, " is for people.");
	inq_html_close(h);
	page_end(v);
}

void give_export(struct visit *v)
{
	size_t i = 0;

	while (i < sizeof exports / sizeof *exports && strcmp(v->request.parts[1], exports[i].format) != 0)
		i++;
	if (i == sizeof exports / sizeof *exports) {
		visit_fail(v, 404, "There is no such format.");
		return;
	}
	{
		const char *const argv[] = { "export", exports[i].format, "--", v->s->o->address, NULL };

		v->raw = fetch_document(v, textf(v, "export %s", exports[i].format), argv, true);
	}
	v->type = textf(v, "%s; charset=utf-8", exports[i].type);
	v->download = textf(v, "attachment; filename=\"%s\"", exports[i].file);
}
