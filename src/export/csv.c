/*
 * CSV: RFC 4180, and what spreadsheets make of it. A cell that begins like a
 * formula is one to them, quoted or not; where a semicolon parts cells, as in
 * half of Europe, so is what follows one.
 */
#include "export/private.h"
#include <inttypes.h>
#include <string.h>

static void comma(struct csv *c)
{
	if (c->begun)
		inq_put(c->out, ",");
	c->begun = true;
}

/* Whether a spreadsheet may take what begins so for a formula: = + - @, as ASCII or at full width. */
static bool is_formula(struct inq_bytes b)
{
	static const char *const begins[] = { "=", "+", "-", "@", "\xef\xbc\x9d", "\xef\xbc\x8b",
		"\xef\xbc\x8d", "\xef\xbc\xa0" };

	while (b.len && (*b.at == ' ' || *b.at == '"' || *b.at == '\''))
		b = inq_bytes_from(b, 1);
	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
		if (inq_bytes_begin(b, begins[i], strlen(begins[i])))
			return true;
	return false;
}

void csv_text(struct csv *c, struct inq_bytes text)
{
	struct inq_bytes b = doc_shown(text, c->a);

	comma(c);
	inq_put(c->out, is_formula(b) ? "\"'" : "\"");
	for (size_t i = 0; i < b.len; i++) {
		if (b.at[i] == '"')
			inq_put(c->out, "\"\"");
		else if (b.at[i] == ';' && is_formula(inq_bytes_from(b, i + 1)))
			inq_put(c->out, "\\x3b");
		else
			inq_put_bytes(c->out, (struct inq_bytes){ b.at + i, 1 });
	}
	inq_put(c->out, "\"");
}

void csv_words(struct csv *c, const char *text)
{
	comma(c);
	inq_put(c->out, text);
}

void csv_number(struct csv *c, int64_t number)
{
	comma(c);
	inq_putf(c->out, "%" PRId64, number);
}

void csv_va(struct csv *c, uint64_t va)
{
	comma(c);
	inq_putf(c->out, "0x%" PRIx64, va);
}

void csv_milli(struct csv *c, int64_t thousandths)
{
	char text[DOC_MILLI];

	doc_milli(thousandths, text);
	csv_words(c, text);
}

void csv_none(struct csv *c)
{
	comma(c);
}

void csv_end(struct csv *c)
{
	inq_put(c->out, "\r\n");
	c->begun = false;
}

void csv_heads(struct csv *c, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		csv_words(c, names[i]);
	csv_end(c);
}
