/*
 * The names as scripts. What samples wrote stands in rows of an alphabet in which
 * neither language has a quote, an escape or the end of a line to offer: the
 * rest of ASCII is a %XX.
 */
#include "export/private.h"
#include <inttypes.h>
#include <string.h>

enum { NAME_MOST = 200, FIELD_MOST = 200, PART_ROWS = 2000 };

extern const uint8_t script_ida[], script_ida_end[], script_ghidra[], script_ghidra_end[];

struct script {
	struct export *x;
	bool java;
	uint64_t rows; /* in this part */
	uint64_t part;
};

void script_name_put(struct inq_bytes name, struct inq_sink *out)
{
	/* What IDA names so itself it does not take. */
	static const char *const dummies[] = { "sub_", "loc_", "locret_", "nullsub_", "unk_", "byte_",
		"word_", "dword_", "qword_", "off_", "seg_", "asc_", "stru_", "algn_", "flt_", "dbl_",
		"tbyte_", "oword_", "xmmword_", "FUN_", "LAB_", "DAT_", "thunk_FUN_" };
	bool dummy = !name.len || (*name.at >= '0' && *name.at <= '9');

	for (size_t i = 0; i < sizeof dummies / sizeof *dummies; i++)
		dummy |= inq_bytes_begin(name, dummies[i], strlen(dummies[i]));
	if (dummy)
		inq_put(out, "_");
	for (size_t i = 0; i < name.len && i < NAME_MOST; i++) {
		uint8_t c = name.at[i];
		bool plain = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');

		inq_putf(out, "%c", plain ? c : '_');
	}
}

static void field_put(struct inq_bytes b, struct inq_sink *out)
{
	for (size_t i = 0; i < b.len && i < FIELD_MOST; i++) {
		uint8_t c = b.at[i];

		if (c >= 0x20 && c < 0x7f && !strchr("\"'\\%|@", c))
			inq_putf(out, "%c", c);
		else
			inq_putf(out, "%%%02X", c);
	}
	if (b.len > FIELD_MOST)
		inq_putf(out, "... (%zu bytes)", b.len);
}

static void part_end(struct script *s)
{
	if (s->java && s->rows) {
		inq_put(s->x->out, "\t\t};\n\t}\n\n");
		s->part++;
	}
	s->rows = 0;
}

static void row_begin(struct script *s)
{
	struct inq_sink *out = s->x->out;

	if (s->java && s->rows == PART_ROWS)
		part_end(s);
	if (s->java && !s->rows)
		inq_putf(out,
		        "\tprivate static class Rows%" PRIu64 " {\n\t\tstatic final String[] ROWS = {\n",
		        s->part);
	s->rows++;
	inq_put(out, s->java ? "\t\t\t\"" : "    \"");
}

static enum inq_status take(void *context, const struct result *r, struct inq_error *err)
{
	struct script *s = context;
	struct inq_sink *out = s->x->out;
	struct proposal p;
	uint64_t base;
	char probability[DOC_MILLI];

	(void)err;
	/* Where its sections lie is each tool's own choice: an address of ours could be another function there. */
	if (inq_bytes_equal(doc_text(r->value, "kind"), "relocatable object"))
		return INQ_OK;
	row_begin(s);
	inq_put(out, "@");
	inq_put_bytes(out, doc_digest(r->value, "sha256"));
	inq_put(out, "|");
	if (doc_va(r->value, "base", &base))
		inq_putf(out, "%" PRIx64, base);
	inq_put(out, "|");
	field_put(doc_exhibit_name(s->x, r), out);
	inq_put(out, "\",\n");
	for (const struct inq_json_value *f = doc_list(r->value, "functions"); f; f = f->next) {
		if (!proposal_of(s->x->choice, f, &p))
			continue;
		row_begin(s);
		inq_putf(out, "%" PRIx64 "|", p.va);
		script_name_put(p.name, out);
		inq_put(out, "|");
		field_put(p.name, out);
		inq_put(out, "|");
		field_put(p.label, out);
		inq_put(out, "|");
		field_put(p.sample, out);
		doc_milli(p.probability, probability);
		inq_putf(out, "|%s|%s\",\n", probability, p.exact ? "equal code" : "alike");
	}
	return INQ_OK;
}

/* The classes that the rows stand in, and the one that names them all. */
static void parts_put(struct script *s)
{
	struct inq_sink *out = s->x->out;

	part_end(s);
	inq_put(out, "\tprivate static class Rows {\n\t\tstatic final String[][] ALL = {\n");
	for (uint64_t i = 0; i < s->part; i++)
		inq_putf(out, "\t\t\tRows%" PRIu64 ".ROWS,\n", i);
	inq_put(out, "\t\t};\n\t}\n");
}

enum inq_status export_script(struct export *x, size_t *ret_document, struct inq_error *err)
{
	static const char mark[] = "@ROWS@";
	struct script s = { .x = x, .java = x->choice->format == INQ_EXPORT_GHIDRA };
	struct inq_bytes whole = { script_ida, (size_t)(script_ida_end - script_ida) }, head;
	enum inq_status status;

	if (s.java)
		whole = (struct inq_bytes){ script_ghidra, (size_t)(script_ghidra_end - script_ghidra) };
	head = whole;
	for (head.len = 0; !inq_bytes_begin(inq_bytes_from(whole, head.len), mark, strlen(mark)); head.len++)
		;
	inq_put_bytes(x->out, head);
	status = results_each(x, 1U << DOCUMENT_SEARCH, take, &s, ret_document, err);
	if (s.java)
		parts_put(&s);
	inq_put_bytes(x->out, inq_bytes_from(whole, head.len + strlen(mark)));
	return status;
}
