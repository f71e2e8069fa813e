/* What all of it was made of, and how anybody proves it again. */
#include "page/section.h"

static void document_row(const struct inq_page *p, struct inq_html *h, size_t i)
{
	const struct inq_page_document *d = &p->documents[i];
	char text[FIGURE_TEXT];

	inq_html_row(h);
	inq_html_attrf(h, "id", "document-%zu", i + 1);
	inq_html_cell(h);
	if (d->value)
		name_put(h, d->value, "schema");
	else
		inq_html_textf(h, "cannot be read: %s", d->why);
	if (d->value && d->kind == INQ_PAGE_KINDS)
		inq_html_text(h, " (not shown here)");
	inq_html_close(h);
	inq_html_cell(h);
	if (d->entry)
		entry_link(h, p, inq_bytes_of(d->entry));
	else
		inq_html_text(h, d->kind == INQ_PAGE_LOG || d->kind == INQ_PAGE_VERIFICATION
		                         ? "follows from the record"
		                         : "none");
	inq_html_close(h);
	inq_html_cell(h);
	name_put(h, d->value, "program");
	inq_html_close(h);
	inq_html_cell(h);
	inq_html_text(h, figure_text(d->bytes.len, text));
	inq_html_close(h);
	inq_html_cell(h);
	inq_html_given_code(h, inq_bytes_of(d->sha256), 64);
	inq_html_close(h);
	inq_html_end_row(h);
}

static const struct inq_html_column document_columns[] = { { "Document", "" }, { "Entry", "" },
	{ "Made by", "" }, { "Bytes", "n" }, { "SHA-256", "hex" } };

static void documents(const struct inq_page *p, struct inq_html *h)
{
	size_t alignments = 0;

	inq_html_table(h, "The documents that this page is made of", document_columns,
	        sizeof document_columns / sizeof *document_columns);
	for (size_t i = 0; i < p->count; i++) {
		if (p->documents[i].kind == INQ_PAGE_ALIGNMENT)
			alignments++;
		else
			document_row(p, h, i);
	}
	inq_html_end_table(h);
	if (p->left_out) {
		inq_html_open(h, "p");
		counted(h, p->left_out, "more document is", "more documents are");
		inq_html_text(h, " too many, or too large, for a page, and left out of this one.");
		inq_html_close(h);
	}
	if (!alignments)
		return;
	inq_html_open(h, "details");
	inq_html_open(h, "summary");
	counted(h, alignments, "alignment", "alignments");
	inq_html_text(h, " of shared functions, which no entry covers: made from the exhibits and samples "
	                 "that each names");
	inq_html_close(h);
	inq_html_table(h, "Alignments", document_columns, sizeof document_columns / sizeof *document_columns);
	for (size_t i = 0; i < p->count; i++)
		if (p->documents[i].kind == INQ_PAGE_ALIGNMENT)
			document_row(p, h, i);
	inq_html_end_table(h);
	inq_html_close(h);
}

static void keys(const struct inq_page *p, struct inq_html *h, const struct inq_page_document *d)
{
	static const struct inq_html_column columns[] = { { "Party", "" }, { "Key of its log", "hex" } };

	(void)p;
	inq_html_table(
	        h, "Keys, as the record has them: ask each party whether they are its own", columns, 2);
	for (const struct inq_json_value *l = member_first(d->value, "logs"); l; l = l->next) {
		inq_html_row(h);
		inq_html_cell(h);
		name_put(h, l, "party");
		inq_html_close(h);
		inq_html_cell(h);
		inq_html_given_code(h, member_string(member_object(l, "keys"), "log"), 300);
		inq_html_close(h);
		inq_html_end_row(h);
	}
	inq_html_end_table(h);
}

static void commands(const struct inq_page *p, struct inq_html *h)
{
	const struct inq_page_document *verified = page_next(p, INQ_PAGE_VERIFICATION, NULL),
	                               *a = page_next(p, INQ_PAGE_ATTRIBUTION, NULL);
	struct inq_bytes corpus = member_string(a ? member_object(a->value, "corpus") : NULL, "file");

	inq_html_heading(h, 3, "prove", "How to prove it again");
	if (verified) {
		inq_html_element(h, "p",
		        "In the folder that was published with this report (FOLDER), with nothing but the "
		        "program:");
		inq_html_open_class(h, "pre", "command");
		inq_html_attr(h, "tabindex", "0");
		inq_html_text(h, "inquiry verify FOLDER --recompute");
		if (corpus.len) {
			inq_html_text(h, " --corpus ");
			inq_html_given(h, corpus, NAME_MOST);
		}
		for (const struct inq_json_value *l = member_first(verified->value, "logs"); l; l = l->next) {
			inq_html_text(h, " --key '");
			inq_html_given(h, member_string(member_object(l, "keys"), "log"), 300);
			inq_html_text(h, "'");
		}
		inq_html_close(h);
		inq_html_element(h, "p",
		        "That proves every byte, signature and citation, runs the analysis again on the open "
		        "exhibits, "
		        "and makes this report again. inquiry-verify, a small program of its own, proves the "
		        "record "
		        "without the analysis. The report alone is made again by:");
		inq_html_open_class(h, "pre", "command");
		inq_html_attr(h, "tabindex", "0");
		inq_html_text(h, "inquiry report FOLDER -o report.html");
		inq_html_close(h);
		keys(p, h, verified);
	} else if (p->command) {
		inq_html_element(
		        h, "p", "With the same files, corpus and program, this gives the same bytes:");
		inq_html_open_class(h, "pre", "command");
		inq_html_attr(h, "tabindex", "0");
		inq_html_given(h, inq_bytes_of(p->command), 4000);
		inq_html_close(h);
	} else {
		inq_html_element(h, "p", "The documents below do not say by which call they were made.");
	}
}

void put_provenance(const struct inq_page *p, struct inq_html *h)
{
	inq_html_element(h, "p",
	        "This page is made of the documents below and of nothing else. Whoever has them makes the "
	        "same page, "
	        "byte for byte.");
	commands(p, h);
	documents(p, h);
}
