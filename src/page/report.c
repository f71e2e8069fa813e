/* The report: the sections in order, in one file. */
#include "page/section.h"
#include <inquiry/base64.h>
#include <stdio.h>
#include <string.h>

const struct inq_page_section inq_page_sections[] = {
	{ "conclusion", "Conclusion", put_conclusion },
	{ "hypotheses", "The propositions", put_hypotheses },
	{ "evidence", "The evidence", put_evidence },
	{ "families", "Families, by the functions they share", put_families },
	{ "functions", "The shared functions", put_functions },
	{ "timeline", "Times, observed and claimed", put_timeline },
	{ "indicators", "Indicators", put_indicators },
	{ "observations", "Observations and anomalies", put_observations },
	{ "method", "Method, error rates, limits", put_method },
	{ "record", "The record", put_record },
	{ "rejoinder", "Claims and rejoinder", put_rejoinder },
	{ "provenance", "Provenance", put_provenance },
};
const size_t inq_page_section_count = sizeof inq_page_sections / sizeof *inq_page_sections;

extern const uint8_t page_style[] __attribute__((visibility("hidden")));
extern const uint8_t page_style_end[] __attribute__((visibility("hidden")));

struct inq_bytes inq_page_style(void)
{
	return (struct inq_bytes){ page_style, (size_t)(page_style_end - page_style) };
}

/* What stands in front of the digest of the style, and behind it: 44 digits between them. */
static const char head_before[] =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-";
static const char head_after[] = "'; base-uri 'none'; form-action 'none'\">\n"
                                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                                 "<meta name=\"referrer\" content=\"no-referrer\">\n";

enum { STYLE_DIGITS = 44 };

bool inq_page_report_is(struct inq_bytes report)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
	size_t at = sizeof head_before - 1;

	if (!inq_bytes_begin(report, head_before, at))
		return false;
	for (size_t i = 0; i < STYLE_DIGITS; i++, at++)
		if (at >= report.len || !report.at[at] || !strchr(digits, report.at[at]))
			return false;
	return inq_bytes_begin(inq_bytes_from(report, at), head_after, sizeof head_after - 1);
}

/* One digest for all documents: SHA-256 of their digests, in hexadecimal, each with a line feed. */
static void documents_digest(const struct inq_page *p, char ret[65])
{
	struct inq_sha256_state state;
	struct inq_sha256 digest;

	inq_sha256_init(&state);
	for (size_t i = 0; i < p->count; i++) {
		inq_sha256_update(&state, p->documents[i].sha256, 64);
		inq_sha256_update(&state, "\n", 1);
	}
	inq_sha256_final(&state, &digest);
	inq_hex(digest.byte, sizeof digest.byte, ret);
}

/* What is printed at the foot of every sheet of paper. */
enum { PRINT_STYLE = 400 };
static void print_style(const char *digest, char ret[PRINT_STYLE])
{
	snprintf(ret, PRINT_STYLE,
	        "@page{@bottom-left{content:\"documents %s\";font:7pt monospace}"
	        "@bottom-right{content:counter(page) \" / \" counter(pages);font:7pt sans-serif}}\n",
	        digest);
}

/* What made the first document, and so the page. */
static struct inq_bytes generator(const struct inq_page *p)
{
	return member_string(p->count ? p->documents[0].value : NULL, "program");
}

static void head(const struct inq_page *p, struct inq_html *h, struct inq_bytes title, const char *digest)
{
	struct inq_bytes style = inq_page_style();
	char print[PRINT_STYLE], source[64];
	struct inq_sha256_state state;
	struct inq_sha256 of_style;

	print_style(digest, print);
	inq_sha256_init(&state);
	inq_sha256_update(&state, style.at, style.len);
	inq_sha256_update(&state, print, strlen(print));
	inq_sha256_final(&state, &of_style);
	inq_base64(of_style.byte, sizeof of_style.byte, source);
	inq_put(h->out, head_before);
	inq_put(h->out, source);
	inq_put(h->out, head_after);
	inq_html_void(h, "meta");
	inq_html_attr(h, "name", "generator");
	inq_html_attr_bytes(h, "content", generator(p));
	inq_html_open(h, "title");
	inq_html_title(h, title, NAME_MOST);
	inq_html_close(h);
	inq_put(h->out, "<style>");
	inq_put_bytes(h->out, style);
	inq_put(h->out, print);
	inq_put(h->out, "</style>\n</head>\n");
}

/* The case's title, else the first exhibit's name. */
static struct inq_bytes title_of(const struct inq_page *p)
{
	static const enum inq_page_kind kinds[] = { INQ_PAGE_ATTRIBUTION, INQ_PAGE_SEARCH,
		INQ_PAGE_EXAMINATION };
	const struct inq_page_document *d = page_next(p, INQ_PAGE_LOG, NULL);
	struct inq_bytes title = d ? member_string(d->value, "title") : (struct inq_bytes){ NULL, 0 };

	for (size_t i = 0; i < 3 && !title.len; i++) {
		d = page_next(p, kinds[i], NULL);
		if (d)
			title = member_string(
			        member_first(d->value, kinds[i] == INQ_PAGE_SEARCH ? "searches" : "exhibits"),
			        "file");
	}
	return title.len ? title : inq_bytes_of("Report");
}

static void meta(const struct inq_page *p, struct inq_html *h)
{
	const struct inq_page_document *log = page_next(p, INQ_PAGE_LOG, NULL),
	                               *d = page_next(p, INQ_PAGE_ATTRIBUTION, NULL);
	size_t exhibits = d ? member_length(d->value, "exhibits") : 0;

	if (log)
		exhibits = page_exhibit_count(p);
	inq_html_open_class(h, "p", "meta");
	if (log) {
		inq_html_text(h, "Case ");
		digest_put(h, member_string(log->value, "case"));
		inq_html_text(h, " · ");
		counted(h, member_length(log->value, "entries"), "entry", "entries");
	} else {
		inq_html_text(h, "Not entered in a record");
	}
	inq_html_text(h, " · ");
	counted(h, exhibits, "exhibit", "exhibits");
	inq_html_text(h, " · made by ");
	inq_html_given(h, generator(p), NAME_MOST);
	inq_html_close(h);
}

void inq_page_report(const struct inq_page *p, struct inq_sink *out)
{
	struct inq_bytes title = title_of(p);
	struct inq_html html, *h = &html;
	char digest[65];

	inq_html_init(h, out);
	documents_digest(p, digest);
	head(p, h, title, digest);
	inq_html_open(h, "body");
	inq_html_open_class(h, "a", "skip");
	inq_html_attr(h, "href", "#main");
	inq_html_text(h, "To the conclusion");
	inq_html_close(h);
	inq_html_open(h, "header");
	inq_html_open(h, "h1");
	inq_html_given(h, title, NAME_MOST);
	inq_html_close(h);
	meta(p, h);
	inq_html_open(h, "nav");
	inq_html_attr(h, "aria-label", "Sections");
	inq_html_open(h, "ol");
	for (size_t i = 0; i < inq_page_section_count; i++) {
		inq_html_open(h, "li");
		inq_html_open(h, "a");
		inq_html_attrf(h, "href", "#%s", inq_page_sections[i].id);
		inq_html_text(h, inq_page_sections[i].title);
		inq_html_close(h);
		inq_html_close(h);
	}
	inq_html_close(h);
	inq_html_close(h);
	inq_html_close(h);
	inq_html_open(h, "main");
	inq_html_attr(h, "id", "main");
	for (size_t i = 0; i < inq_page_section_count; i++)
		inq_page_section(p, inq_page_sections[i].id, h);
	inq_html_close(h);
	inq_html_open(h, "footer");
	inq_html_open(h, "p");
	inq_html_text(h, "Made of ");
	counted(h, p->count, "document", "documents");
	inq_html_text(h, "; SHA-256 of their digests: ");
	inq_html_given_code(h, inq_bytes_of(digest), 64);
	inq_html_close(h);
	inq_html_close(h);
	inq_html_close(h);
	inq_put(out, "</html>\n");
}
