#include "report/fact.h"
#include "report/label.h"
#include <inquiry/report.h>
#include <stdlib.h>
#include <string.h>

/*
 * What is listed of one function. A function that refers to more is either a
 * table of something or was made to swell the report; `cut` says so.
 */
enum { LISTED_MOST = 256, CONSTANT_LEAST = 256 };

/* Strings by address, to find those a function refers to. */
struct placed {
	uint64_t va, end_va;
	uint32_t number;
};

struct writer {
	const struct inq_report_examination *r;
	struct inq_arena *a;
	struct inq_json *j;
	struct placed *placed;
	size_t placed_count;
	uint64_t listed[LISTED_MOST];
	size_t listed_count;
	bool cut;
};

static int by_va(const void *pa, const void *pb)
{
	const struct placed *a = pa, *b = pb;

	if (a->va != b->va)
		return a->va < b->va ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static void place_strings(struct writer *w)
{
	const struct inq_observation *o = w->r->observation;

	w->placed = inq_arena_new(w->a, o->string_count, sizeof *w->placed);
	if (!w->placed)
		return;
	for (size_t i = 0; i < o->string_count; i++) {
		const struct inq_string *s = &o->strings[i];

		if (s->va)
			w->placed[w->placed_count++] = (struct placed){ s->va,
				s->va + s->text.len * (s->wide ? 2 : 1), (uint32_t)i };
	}
	if (w->placed_count)
		qsort(w->placed, w->placed_count, sizeof *w->placed, by_va);
}

/* The last string that begins at or before `va` and holds it. */
static const struct inq_string *string_at(const struct writer *w, uint64_t va)
{
	size_t low = 0, high = w->placed_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (w->placed[middle].va <= va)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || va >= w->placed[low - 1].end_va)
		return NULL;
	return &w->r->observation->strings[w->placed[low - 1].number];
}

static void list(struct writer *w, uint64_t value)
{
	if (w->listed_count == LISTED_MOST)
		w->cut = true;
	else
		w->listed[w->listed_count++] = value;
}

static int by_value(const void *pa, const void *pb)
{
	uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;

	return a < b ? -1 : a > b;
}

/* Sorts what is listed and drops repeats. */
static void settle(struct writer *w)
{
	size_t kept = 0;

	if (w->listed_count)
		qsort(w->listed, w->listed_count, sizeof *w->listed, by_value);
	for (size_t i = 0; i < w->listed_count; i++)
		if (!kept || w->listed[i] != w->listed[kept - 1])
			w->listed[kept++] = w->listed[i];
	w->listed_count = kept;
}

static const struct inq_reference *references(const struct writer *w, const struct inq_function *f)
{
	return w->r->code->references + f->reference_first;
}

static void callees_json(struct writer *w, const struct inq_function *f)
{
	const struct inq_reference *refs = references(w, f);

	w->listed_count = 0;
	for (uint32_t i = 0; i < f->reference_count; i++)
		if (refs[i].kind == INQ_REFERENCE_CALL || refs[i].kind == INQ_REFERENCE_TAIL_CALL)
			list(w, refs[i].value);
	settle(w);
	inq_json_array(w->j, "callees");
	for (size_t i = 0; i < w->listed_count; i++)
		inq_json_va(w->j, NULL, w->listed[i]);
	inq_json_end_array(w->j);
}

static void imports_json(struct writer *w, const struct inq_function *f)
{
	const struct inq_exhibit *x = w->r->exhibit;
	const struct inq_reference *refs = references(w, f);

	w->listed_count = 0;
	for (uint32_t i = 0; i < f->reference_count; i++)
		if (refs[i].kind == INQ_REFERENCE_IMPORT && refs[i].value < x->import_count)
			list(w, refs[i].value);
	settle(w);
	inq_json_array(w->j, "imports");
	for (size_t i = 0; i < w->listed_count; i++)
		inq_json_text(w->j, NULL, import_text(&x->imports[w->listed[i]], w->a));
	inq_json_end_array(w->j);
}

static void strings_json(struct writer *w, const struct inq_function *f)
{
	const struct inq_reference *refs = references(w, f);

	w->listed_count = 0;
	for (uint32_t i = 0; i < f->reference_count; i++)
		if (refs[i].kind == INQ_REFERENCE_DATA && string_at(w, refs[i].value))
			list(w, refs[i].value);
	settle(w);
	inq_json_array(w->j, "strings");
	for (size_t i = 0; i < w->listed_count; i++) {
		const struct inq_string *s = string_at(w, w->listed[i]);
		uint64_t into = (w->listed[i] - s->va) / (s->wide ? 2 : 1);

		/* Compilers let one string be the tail of another. */
		inq_json_string(w->j, NULL, inq_bytes_from(s->text, into));
	}
	inq_json_end_array(w->j);
}

static void constants_json(struct writer *w, const struct inq_function *f)
{
	const struct inq_code *c = w->r->code;

	w->listed_count = 0;
	for (uint32_t b = 0; b < f->block_count; b++) {
		const struct inq_block *block = &c->blocks[f->block_first + b];

		for (uint32_t i = 0; i < block->count; i++) {
			const struct inq_insn *insn = &c->insns[block->first + i];

			if ((insn->flags & (INQ_INSN_HAS_IMM | INQ_INSN_BASE_DISP)) == INQ_INSN_HAS_IMM &&
			        (insn->imm >= CONSTANT_LEAST || insn->imm <= -CONSTANT_LEAST))
				list(w, (uint64_t)insn->imm);
		}
	}
	settle(w);
	inq_json_array(w->j, "constants");
	for (size_t i = 0; i < w->listed_count; i++)
		inq_json_va(w->j, NULL, w->listed[i]);
	inq_json_end_array(w->j);
}

static void flags_json(struct inq_json *j, const struct inq_function *f)
{
	static const struct {
		uint8_t flag;
		const char *name;
	} names[] = {
		{ INQ_FUNCTION_NO_RETURN, "no-return" },
		{ INQ_FUNCTION_THUNK, "thunk" },
		{ INQ_FUNCTION_STUB, "stub" },
		{ INQ_FUNCTION_INCOMPLETE, "incomplete" },
	};

	inq_json_array(j, "flags");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (f->flags & names[i].flag)
			inq_json_text(j, NULL, names[i].name);
	if (f->thumb)
		inq_json_text(j, NULL, "thumb");
	inq_json_end_array(j);
}

static void functions_json(struct writer *w)
{
	const struct inq_code *c = w->r->code;
	struct inq_json *j = w->j;

	inq_json_object(j, "code");
	inq_json_u64(j, "bytes", c->code_bytes);
	inq_json_u64(j, "in_functions", c->function_bytes);
	inq_json_u64(j, "padding", c->padding_bytes);
	inq_json_u64(j, "unresolved_jumps", c->unresolved_jumps);
	inq_json_end_object(j);
	inq_json_array(j, "functions");
	for (size_t i = 0; i < c->function_count; i++) {
		const struct inq_function *f = &c->functions[i];
		inq_json_row(j);

		w->cut = false;
		inq_json_va(j, "va", f->va);
		inq_json_u64(j, "size", f->size);
		inq_json_u64(j, "blocks", f->block_count);
		inq_json_u64(j, "instructions", f->insn_count);
		if (f->name)
			inq_json_text(j, "name", f->name);
		inq_json_text(j, "source", inq_source_name(f->source));
		flags_json(j, f);
		callees_json(w, f);
		imports_json(w, f);
		strings_json(w, f);
		constants_json(w, f);
		if (w->cut)
			inq_json_bool(j, "cut", true);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
}

static void identity_json(const struct inq_report_examination *r, struct inq_json *j)
{
	const struct inq_exhibit *x = r->exhibit;
	char hex[33];
	uint8_t md5[16];

	sha256_json(j, "sha256", &x->sha256);
	if (inq_md5(x->bytes, md5) == INQ_OK) {
		inq_hex(md5, sizeof md5, hex);
		inq_json_text(j, "md5", hex);
	}
	inq_json_u64(j, "size", x->bytes.len);
	inq_json_text(j, "format", inq_format_name(x->format));
	inq_json_text(j, "arch", inq_arch_name(x->arch));
	inq_json_u64(j, "machine", x->machine);
	inq_json_u64(j, "bits", x->bits);
	inq_json_text(j, "byte_order", x->big_endian ? "big" : "little");
	inq_json_text(j, "kind", inq_kind_name(x->kind));
	inq_json_bool(j, "position_independent", x->position_independent);
	inq_json_va(j, "base", x->base_va);
	if (x->entry_va)
		inq_json_va(j, "entry", x->entry_va);
	inq_json_milli(j, "entropy", r->observation->file_entropy);
	if (x->overlay_len) {
		inq_json_object(j, "overlay");
		inq_json_u64(j, "offset", x->overlay_off);
		inq_json_u64(j, "size", x->overlay_len);
		inq_json_milli(j, "entropy", r->observation->overlay_entropy);
		inq_json_end_object(j);
	}
}

static void sections_json(const struct inq_report_examination *r, struct inq_json *j)
{
	const struct inq_exhibit *x = r->exhibit;
	char access[4];

	inq_json_array(j, "sections");
	for (size_t i = 0; i < x->section_count; i++) {
		const struct inq_section *s = &x->sections[i];
		inq_json_row(j);

		inq_json_text(j, "name", s->name);
		inq_json_va(j, "va", s->va);
		inq_json_u64(j, "size", s->size);
		inq_json_u64(j, "offset", s->off);
		inq_json_u64(j, "file_size", s->file_size);
		inq_json_text(j, "access", access_text(s->access, access));
		if (r->observation->section_entropy[i] != INQ_NO_ENTROPY)
			inq_json_milli(j, "entropy", r->observation->section_entropy[i]);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
}

static void linkage_json(const struct inq_exhibit *x, struct inq_json *j)
{
	inq_json_array(j, "libraries");
	for (size_t i = 0; i < x->library_count; i++)
		inq_json_text(j, NULL, x->libraries[i]);
	inq_json_end_array(j);
	inq_json_array(j, "imports");
	for (size_t i = 0; i < x->import_count; i++) {
		const struct inq_import *m = &x->imports[i];
		inq_json_row(j);

		if (m->library)
			inq_json_text(j, "library", m->library);
		if (m->name)
			inq_json_text(j, "name", m->name);
		else
			inq_json_u64(j, "ordinal", m->ordinal);
		if (m->slot_va)
			inq_json_va(j, "slot", m->slot_va);
		if (m->stub_va)
			inq_json_va(j, "stub", m->stub_va);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
	inq_json_array(j, "exports");
	for (size_t i = 0; i < x->export_count; i++) {
		const struct inq_export *e = &x->exports[i];
		inq_json_row(j);

		if (e->name)
			inq_json_text(j, "name", e->name);
		if (e->ordinal)
			inq_json_u64(j, "ordinal", e->ordinal);
		if (e->forward)
			inq_json_text(j, "forward", e->forward);
		else
			inq_json_va(j, "va", e->va);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
}

static void observations_json(const struct inq_report_examination *r, struct inq_json *j)
{
	const struct inq_observation *o = r->observation;
	const struct inq_exhibit *x = r->exhibit;

	inq_json_array(j, "facts");
	for (size_t i = 0; i < o->fact_count; i++) {
		const struct inq_fact *f = &o->facts[i];

		inq_json_row(j);
		inq_json_text(j, "kind", inq_fact_name(f->kind));
		if (f->name)
			inq_json_text(j, "name", f->name);
		if (f->text)
			inq_json_text(j, "text", f->text);
		inq_json_u64(j, "value", f->value);
		inq_json_u64(j, "offset", f->off);
		inq_json_bool(j, "forgeable", f->forgeable);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
	inq_json_array(j, "suspicions");
	for (size_t i = 0; i < o->suspicion_count; i++) {
		inq_json_row(j);
		inq_json_text(j, "text", o->suspicions[i].text);
		inq_json_milli(j, "measure", o->suspicions[i].measure);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
	inq_json_array(j, "anomalies");
	for (size_t i = 0; i < x->anomaly_count; i++) {
		inq_json_row(j);
		inq_json_u64(j, "offset", x->anomalies[i].off);
		inq_json_text(j, "text", x->anomalies[i].text);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
	inq_json_u64(j, "anomalies_dropped", x->anomaly_dropped);
	inq_json_array(j, "strings");
	for (size_t i = 0; i < o->string_count; i++) {
		const struct inq_string *s = &o->strings[i];

		inq_json_row(j);
		inq_json_u64(j, "offset", s->off);
		if (s->va)
			inq_json_va(j, "va", s->va);
		inq_json_text(j, "encoding", s->wide ? "utf-16" : "ascii");
		inq_json_string(j, "text", s->text);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
	inq_json_u64(j, "strings_dropped", o->string_dropped);
}

void inq_report_examination_json(
        const struct inq_report_examination *r, struct inq_arena *a, struct inq_json *j)
{
	struct writer w = { .r = r, .a = a, .j = j };

	identity_json(r, j);
	sections_json(r, j);
	linkage_json(r->exhibit, j);
	place_strings(&w);
	functions_json(&w);
	observations_json(r, j);
}
