#include "report/label.h"
#include "report/table.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void side_line(const char *letter, const char *label, const struct inq_program *p,
        const struct inq_report_style *style, struct inq_sink *out)
{
	char kind[96], functions[64], bytes[64], line[500];

	paint_put(style, PAINT_BOLD, out);
	inq_putf(out, "%s  ", letter);
	inq_put_inert(out, inq_bytes_of(label), 4096);
	paint_end(style, PAINT_BOLD, out);
	inq_put(out, "\n");
	snprintf(line, sizeof line, "%s, %s, %s of code", program_kind(p, kind),
	        count_text(p->function_count, "function", "functions", functions),
	        count_text(p->code_bytes, "byte", "bytes", bytes));
	paragraph_put(line, style, 3, out);
}

static void totals(const struct inq_report_comparison *r, const struct inq_report_style *style,
        struct inq_arena *a, struct inq_sink *out)
{
	static const struct table_column columns[] = { { "", false, 0 }, { "functions", true, 0 },
		{ "bytes", true, 0 } };
	const struct inq_comparison *c = r->comparison;
	const struct {
		const char *what;
		uint64_t functions, bytes;
	} rows[] = {
		{ "identical", c->identical, c->identical_bytes },
		{ "changed", c->match_count - c->identical, c->changed_bytes },
		{ "only in A", c->only_a_count, c->only_a_bytes },
		{ "only in B", c->only_b_count, c->only_b_bytes },
	};
	struct table t;

	table_init(&t, a, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		table_cell(&t, rows[i].what);
		table_number(&t, rows[i].functions);
		table_number(&t, rows[i].bytes);
	}
	table_put(&t, style, 2, out);
}

/* The name that tells a reader most: A's, or B's where A is stripped. */
static const char *pair_name(const struct inq_fingerprint *fa, const struct inq_fingerprint *fb)
{
	return fa->name ? fa->name : fb->name;
}

/* The least alike first: that is where somebody was at work. */
static int by_change(const void *pa, const void *pb)
{
	const struct inq_match *a = pa, *b = pb;

	if (a->similarity != b->similarity)
		return a->similarity < b->similarity ? -1 : 1;
	return a->a < b->a ? -1 : a->a > b->a;
}

static void rest_line(uint32_t count, uint32_t shown, struct inq_sink *out)
{
	char more[64];

	if (count > shown)
		inq_putf(out, "  and %s; --all shows them\n",
		        count_text(count - shown, "function more", "functions more", more));
}

static void changed(const struct inq_report_comparison *r, uint32_t top, const struct inq_report_style *style,
        struct inq_arena *a, struct inq_sink *out)
{
	static const struct table_column columns[] = { { "in A", false, 0 }, { "in B", false, 0 },
		{ "bytes A", true, 0 }, { "bytes B", true, 0 }, { "alike", true, 0 },
		{ "calls agree", true, 0 }, { "name", false, 8 } };
	const struct inq_comparison *c = r->comparison;
	struct inq_match *matches = inq_arena_new(a, c->match_count, sizeof *matches);
	uint32_t count = 0, shown;
	char alike[16], support[16];
	struct table t;

	for (uint32_t i = 0; matches && i < c->match_count; i++)
		if (c->matches[i].how != INQ_MATCH_EXACT)
			matches[count++] = c->matches[i];
	if (!count)
		return;
	qsort(matches, count, sizeof *matches, by_change);
	shown = top && top < count ? top : count;
	table_init(&t, a, columns, sizeof columns / sizeof *columns);
	for (uint32_t i = 0; i < shown; i++) {
		const struct inq_fingerprint *fa = &r->a->functions[matches[i].a];
		const struct inq_fingerprint *fb = &r->b->functions[matches[i].b];

		table_cellf(&t, "0x%" PRIx64, fa->va);
		table_cellf(&t, "0x%" PRIx64, fb->va);
		table_number(&t, fa->size);
		table_number(&t, fb->size);
		table_cell(&t, milli_text(matches[i].similarity, alike));
		table_cell(&t, milli_text(matches[i].support, support));
		table_cell(&t, pair_name(fa, fb));
	}
	inq_put(out, "\nChanged, the least alike first\n");
	table_put(&t, style, 2, out);
	rest_line(count, shown, out);
}

static void only(const char *title, const struct inq_program *p, const uint32_t *functions, uint32_t count,
        uint32_t top, const struct inq_report_style *style, struct inq_arena *a, struct inq_sink *out)
{
	static const struct table_column columns[] = { { "function", false, 0 }, { "bytes", true, 0 },
		{ "blocks", true, 0 }, { "name", false, 8 } };
	uint32_t shown = top && top < count ? top : count;
	struct table t;

	if (!count)
		return;
	table_init(&t, a, columns, sizeof columns / sizeof *columns);
	for (uint32_t i = 0; i < shown; i++) {
		const struct inq_fingerprint *f = &p->functions[functions[i]];

		table_cellf(&t, "0x%" PRIx64, f->va);
		table_number(&t, f->size);
		table_number(&t, f->block_count);
		table_cell(&t, f->name);
	}
	inq_putf(out, "\n%s\n", title);
	table_put(&t, style, 2, out);
	rest_line(count, shown, out);
}

void inq_report_comparison_text(const struct inq_report_comparison *r, uint32_t top,
        const struct inq_report_style *style, struct inq_arena *a, struct inq_sink *out)
{
	const struct inq_comparison *c = r->comparison;
	char similarity[16], line[200];

	side_line("A", r->label_a, r->a, style, out);
	side_line("B", r->label_b, r->b, style, out);
	inq_put(out, "\n");
	snprintf(line, sizeof line,
	        "Alike to %s: of both programs' bytes, those in paired functions, each times how alike it "
	        "is.",
	        milli_text(c->similarity, similarity));
	paragraph_put(line, style, 0, out);
	inq_put(out, "\n");
	totals(r, style, a, out);
	changed(r, top, style, a, out);
	only("Only in A", r->a, c->only_a, c->only_a_count, top, style, a, out);
	only("Only in B", r->b, c->only_b, c->only_b_count, top, style, a, out);
}

static void side_json(const char *key, const char *label, const struct inq_program *p, struct inq_json *j)
{
	inq_json_object(j, key);
	inq_json_text(j, "file", label);
	sha256_json(j, "sha256", &p->sha256);
	inq_json_text(j, "format", inq_format_name((enum inq_format)p->format));
	inq_json_text(j, "arch", inq_arch_name((enum inq_arch)p->arch));
	inq_json_text(j, "kind", inq_kind_name((enum inq_kind)p->kind));
	inq_json_u64(j, "functions", p->function_count);
	inq_json_u64(j, "code_bytes", p->code_bytes);
	inq_json_end_object(j);
}

static void function_json(const char *key, const struct inq_fingerprint *f, struct inq_json *j)
{
	inq_json_object(j, key);
	inq_json_va(j, "va", f->va);
	inq_json_u64(j, "size", f->size);
	inq_json_u64(j, "blocks", f->block_count);
	inq_json_u64(j, "instructions", f->insn_count);
	if (f->name)
		inq_json_text(j, "name", f->name);
	inq_json_end_object(j);
}

static void only_json(const char *key, const struct inq_program *p, const uint32_t *functions, uint32_t count,
        struct inq_json *j)
{
	inq_json_array(j, key);
	for (uint32_t i = 0; i < count; i++) {
		const struct inq_fingerprint *f = &p->functions[functions[i]];

		inq_json_row(j);
		inq_json_va(j, "va", f->va);
		inq_json_u64(j, "size", f->size);
		inq_json_u64(j, "blocks", f->block_count);
		inq_json_u64(j, "instructions", f->insn_count);
		if (f->name)
			inq_json_text(j, "name", f->name);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
}

void inq_report_comparison_json(const struct inq_report_comparison *r, struct inq_json *j)
{
	const struct inq_comparison *c = r->comparison;

	side_json("a", r->label_a, r->a, j);
	side_json("b", r->label_b, r->b, j);
	inq_json_milli(j, "similarity", c->similarity);
	inq_json_u64(j, "identical", c->identical);
	inq_json_u64(j, "changed", c->match_count - c->identical);
	inq_json_u64(j, "identical_bytes", c->identical_bytes);
	inq_json_u64(j, "changed_bytes", c->changed_bytes);
	inq_json_u64(j, "only_a_bytes", c->only_a_bytes);
	inq_json_u64(j, "only_b_bytes", c->only_b_bytes);
	inq_json_array(j, "matches");
	for (uint32_t i = 0; i < c->match_count; i++) {
		const struct inq_match *m = &c->matches[i];

		inq_json_row(j);
		function_json("a", &r->a->functions[m->a], j);
		function_json("b", &r->b->functions[m->b], j);
		inq_json_milli(j, "similarity", m->similarity);
		inq_json_milli(j, "support", m->support);
		inq_json_text(j, "how", how_name(m->how));
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
	only_json("only_a", r->a, c->only_a, c->only_a_count, j);
	only_json("only_b", r->b, c->only_b, c->only_b_count, j);
}
