#include "report/label.h"
#include "report/table.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_MOST = 200 };

static const char *kind_name(enum inq_align_kind kind)
{
	static const char *const names[] = { [INQ_ALIGN_SAME] = "same",
		[INQ_ALIGN_CHANGED] = "changed",
		[INQ_ALIGN_ONLY_A] = "only_a",
		[INQ_ALIGN_ONLY_B] = "only_b" };

	return (size_t)kind < sizeof names / sizeof *names ? names[kind] : "unknown";
}

/* The name of what `va` is the address of: a function, or an import's stub or slot. */
static const char *name_at(const struct inq_code *c, uint64_t va)
{
	const struct inq_function *f = inq_code_function(c, va);

	if (f && f->name)
		return f->name;
	for (size_t i = 0; i < c->exhibit->import_count; i++) {
		const struct inq_import *m = &c->exhibit->imports[i];

		if (va && (m->stub_va == va || m->slot_va == va))
			return m->name;
	}
	return NULL;
}

/* An instruction as assembler text, with the name of what it refers to behind it. */
static void insn_text(const struct inq_code *c, uint32_t number, char *ret)
{
	const struct inq_insn *i = &c->insns[number];
	uint64_t va = i->va | (i->flags & INQ_INSN_THUMB ? 1 : 0);
	const char *name = i->flags & INQ_INSN_HAS_REF ? name_at(c, i->ref) : NULL;
	size_t len;

	if (!inq_insn_text(c->decoder, va, inq_code_insn_bytes(c, i), ret, TEXT_MOST))
		strcpy(ret, "?");
	len = strlen(ret);
	if (name && len + 5 < TEXT_MOST)
		snprintf(ret + len, TEXT_MOST - len, " <%s>", name);
}

static size_t side_put(const struct inq_code *c, uint32_t number, size_t width, struct inq_sink *out)
{
	char line[TEXT_MOST + 24];
	char text[TEXT_MOST];

	if (number == INQ_NO_BLOCK || number >= c->insn_count)
		return 0;
	insn_text(c, number, text);
	snprintf(line, sizeof line, "%" PRIx64 "  %s", c->insns[number].va, text);
	return inq_put_inert(out, inq_bytes_of(line), width);
}

static void function_line(
        const char *letter, const char *label, const struct inq_function *f, struct inq_sink *out)
{
	inq_putf(out, "%s  0x%" PRIx64 "  ", letter, f->va);
	if (f->name) {
		inq_put_inert(out, inq_bytes_of(f->name), 1024);
		inq_put(out, "  ");
	}
	inq_putf(out, "%" PRIu64 " bytes, %" PRIu32 " blocks, in ", f->size, f->block_count);
	inq_put_inert(out, inq_bytes_of(label), 4096);
	inq_put(out, "\n");
}

void inq_report_alignment_text(
        const struct inq_report_alignment *r, const struct inq_report_style *style, struct inq_sink *out)
{
	static const char marks[] = { [INQ_ALIGN_SAME] = ' ',
		[INQ_ALIGN_CHANGED] = '~',
		[INQ_ALIGN_ONLY_A] = '<',
		[INQ_ALIGN_ONLY_B] = '>' };
	static const enum paint paints[] = { [INQ_ALIGN_SAME] = PAINT_NONE,
		[INQ_ALIGN_CHANGED] = PAINT_YELLOW,
		[INQ_ALIGN_ONLY_A] = PAINT_RED,
		[INQ_ALIGN_ONLY_B] = PAINT_GREEN };
	const struct inq_alignment *l = r->alignment;
	size_t width = (style->columns - 3) / 2, used;
	char similarity[16], line[300];

	function_line("A", r->label_a, r->function_a, out);
	function_line("B", r->label_b, r->function_b, out);
	snprintf(line, sizeof line,
	        "Alike to %s: %" PRIu32 " instructions the same, %" PRIu32 " changed (~), %" PRIu32
	        " only in A (<), %" PRIu32 " only in B (>).",
	        milli_text(l->similarity, similarity), l->same, l->changed, l->only_a, l->only_b);
	paragraph_put(line, style, 0, out);
	for (uint32_t i = 0; i < l->row_count; i++) {
		const struct inq_align_row *row = &l->rows[i];

		if (i == 0 || row->block_a != row[-1].block_a || row->block_b != row[-1].block_b)
			inq_put(out, "\n");
		paint_put(style, paints[row->kind], out);
		used = side_put(r->code_a, row->insn_a, width, out);
		inq_putf(out, "%*s %c", (int)(width - used), "", marks[row->kind]);
		if (row->insn_b != INQ_NO_BLOCK) {
			inq_put(out, " ");
			side_put(r->code_b, row->insn_b, width, out);
		}
		paint_end(style, paints[row->kind], out);
		inq_put(out, "\n");
	}
}

static void side_json(const char *key, const char *label, const struct inq_code *c,
        const struct inq_function *f, struct inq_json *j)
{
	char hex[65];

	inq_hex(c->exhibit->sha256.byte, sizeof c->exhibit->sha256.byte, hex);
	inq_json_object(j, key);
	inq_json_text(j, "file", label);
	inq_json_text(j, "sha256", hex);
	inq_json_va(j, "va", f->va);
	inq_json_u64(j, "size", f->size);
	inq_json_u64(j, "blocks", f->block_count);
	inq_json_u64(j, "instructions", f->insn_count);
	if (f->name)
		inq_json_text(j, "name", f->name);
	inq_json_end_object(j);
}

static void insn_json(
        const char *key, const struct inq_code *c, uint32_t number, uint32_t block, struct inq_json *j)
{
	char text[TEXT_MOST];

	if (number == INQ_NO_BLOCK || number >= c->insn_count)
		return;
	insn_text(c, number, text);
	inq_json_object(j, key);
	inq_json_va(j, "va", c->insns[number].va);
	inq_json_u64(j, "block", block);
	inq_json_text(j, "text", text);
	inq_json_end_object(j);
}

void inq_report_alignment_json(const struct inq_report_alignment *r, struct inq_json *j)
{
	const struct inq_alignment *l = r->alignment;

	side_json("a", r->label_a, r->code_a, r->function_a, j);
	side_json("b", r->label_b, r->code_b, r->function_b, j);
	inq_json_milli(j, "similarity", l->similarity);
	inq_json_u64(j, "block_pairs", l->block_pairs);
	inq_json_u64(j, "same", l->same);
	inq_json_u64(j, "changed", l->changed);
	inq_json_u64(j, "only_a", l->only_a);
	inq_json_u64(j, "only_b", l->only_b);
	inq_json_array(j, "rows");
	for (uint32_t i = 0; i < l->row_count; i++) {
		const struct inq_align_row *row = &l->rows[i];

		inq_json_row(j);
		inq_json_text(j, "kind", kind_name(row->kind));
		insn_json("a", r->code_a, row->insn_a, row->block_a, j);
		insn_json("b", r->code_b, row->insn_b, row->block_b, j);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
}
