#include "report/fact.h"
#include "report/label.h"
#include "report/table.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_SHOWN = 24 };

static void title(const char *text, const struct inq_report_style *style, struct inq_sink *out)
{
	inq_put(out, "\n");
	paint_put(style, PAINT_BOLD, out);
	inq_put(out, text);
	paint_end(style, PAINT_BOLD, out);
	inq_put(out, "\n");
}

static void rest(size_t count, size_t shown, struct inq_sink *out)
{
	char number[27];

	if (count > shown)
		inq_putf(out, "  and %s more; --all shows them\n", number_text(count - shown, number));
}

/* Thousandths of a bit as "6.12". */
static const char *entropy_text(uint32_t milli, char ret[16])
{
	if (milli == INQ_NO_ENTROPY)
		return "";
	snprintf(ret, 16, "%" PRIu32 ".%02" PRIu32, (milli + 5) / 1000, (milli + 5) % 1000 / 10);
	return ret;
}

static void identity(
        const struct inq_report_examination *r, const struct inq_report_style *style, struct inq_sink *out)
{
	const struct inq_exhibit *x = r->exhibit;
	char hex[65], bytes[64], line[400], entropy[16];
	uint8_t md5[16];

	paint_put(style, PAINT_BOLD, out);
	inq_put_inert(out, inq_bytes_of(r->label), 4096);
	paint_end(style, PAINT_BOLD, out);
	inq_put(out, "\n");
	snprintf(line, sizeof line, "%s %s%s %s, %s bits, %s%s", inq_format_name(x->format),
	        inq_arch_name(x->arch), x->big_endian ? " big-endian" : "",
	        x->format == INQ_FORMAT_RAW ? "code" : inq_kind_name(x->kind), x->bits == 64 ? "64" : "32",
	        count_text(x->bytes.len, "byte", "bytes", bytes),
	        x->position_independent ? ", position-independent" : "");
	paragraph_put(line, style, 2, out);
	if (x->arch == INQ_ARCH_NONE) {
		snprintf(line, sizeof line, "its machine (number %u) is none that this build reads",
		        x->machine);
		paragraph_put(line, style, 2, out);
	}
	inq_hex(x->sha256.byte, sizeof x->sha256.byte, hex);
	inq_putf(out, "  sha256   %s\n", hex);
	if (inq_md5(x->bytes, md5) == INQ_OK) {
		inq_hex(md5, sizeof md5, hex);
		inq_putf(out, "  md5      %s\n", hex);
	}
	inq_putf(out, "  loaded   at 0x%" PRIx64, x->base_va);
	if (x->entry_va)
		inq_putf(out, ", starts at 0x%" PRIx64, x->entry_va);
	inq_putf(out, "\n  entropy  %s bits a byte\n", entropy_text(r->observation->file_entropy, entropy));
	if (x->overlay_len)
		inq_putf(out, "  overlay  %s bytes from 0x%" PRIx64 ", entropy %s\n",
		        number_text(x->overlay_len, bytes), x->overlay_off,
		        entropy_text(r->observation->overlay_entropy, entropy));
}

static void suspicions(
        const struct inq_report_examination *r, const struct inq_report_style *style, struct inq_sink *out)
{
	const struct inq_observation *o = r->observation;

	if (!o->suspicion_count)
		return;
	title("Speaks for packing or encryption", style, out);
	paint_put(style, PAINT_YELLOW, out);
	for (size_t i = 0; i < o->suspicion_count; i++)
		paragraph_put(o->suspicions[i].text, style, 2, out);
	paint_end(style, PAINT_YELLOW, out);
}

static void sections(const struct inq_report_examination *r, bool all, const struct inq_report_style *style,
        struct inq_arena *a, struct inq_sink *out)
{
	static const struct table_column columns[] = { { "section", false, 10 }, { "address", true, 0 },
		{ "bytes", true, 0 }, { "in the file", true, 0 }, { "access", false, 0 },
		{ "entropy", true, 0 } };
	const struct inq_exhibit *x = r->exhibit;
	size_t shown = all || x->section_count < 2 * ROWS_SHOWN ? x->section_count : ROWS_SHOWN;
	char access[4], entropy[16];
	struct table t;

	if (!x->section_count)
		return;
	table_init(&t, a, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < shown; i++) {
		const struct inq_section *s = &x->sections[i];

		/* What may be written and run at once is worth a look. */
		if ((s->access & (INQ_WRITE | INQ_EXECUTE)) == (INQ_WRITE | INQ_EXECUTE))
			table_paint(&t, PAINT_YELLOW);
		table_cell(&t, s->name);
		table_cellf(&t, "0x%" PRIx64, s->va);
		table_number(&t, s->size);
		table_number(&t, s->file_size);
		table_cell(&t, access_text(s->access, access));
		table_cell(&t, entropy_text(r->observation->section_entropy[i], entropy));
	}
	inq_put(out, "\n");
	table_put(&t, style, 0, out);
	rest(x->section_count, shown, out);
}

/* Imports by library, in the order in which the libraries first appear. */
struct library {
	const char *name; /* NULL: any, as in ELF */
	size_t count;
};

static bool same_library(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* The number of the library, `count` where it is none of them; most often it is the one before. */
static size_t library_of(const struct library *all, size_t count, const char *name, size_t guess)
{
	if (guess < count && same_library(all[guess].name, name))
		return guess;
	for (size_t i = 0; i < count; i++)
		if (same_library(all[i].name, name))
			return i;
	return count;
}

/* The names of one library's imports, in as many lines as there are, or as a reader takes in. */
static void import_names(const struct inq_exhibit *x, const char *library, bool all,
        const struct inq_report_style *style, struct inq_arena *a, struct inq_sink *out)
{
	size_t most = all ? SIZE_MAX : 4 * (size_t)(style->columns - 4), len = 0, left = 0;
	struct inq_memory_sink memory = { .arena = a };
	struct inq_sink *list = inq_arena_new(a, 1, sizeof *list);

	if (!list)
		return;
	inq_sink_init(list, inq_memory_sink_write, &memory);
	for (size_t i = 0; i < x->import_count; i++) {
		const struct inq_import *m = &x->imports[i];
		char ordinal[16];
		const char *name = m->name ? m->name : ordinal;

		if (!same_library(m->library, library))
			continue;
		snprintf(ordinal, sizeof ordinal, "#%" PRIu32, m->ordinal);
		if (len + strlen(name) + 16 > most) {
			left++;
			continue;
		}
		inq_putf(list, "%s%.500s", len ? " " : "", name);
		len += 1 + strlen(name);
	}
	if (left)
		inq_putf(list, " and %zu more", left);
	inq_put_bytes(list, (struct inq_bytes){ (const uint8_t *)"", 1 });
	if (inq_sink_flush(list))
		paragraph_put(memory.at, style, 4, out);
}

static void imports(const struct inq_report_examination *r, bool all, const struct inq_report_style *style,
        struct inq_arena *a, struct inq_sink *out)
{
	enum { LIBRARIES_MOST = 200 }; /* each walks all imports */
	const struct inq_exhibit *x = r->exhibit;
	struct library *libraries = inq_arena_new(a, LIBRARIES_MOST, sizeof *libraries);
	size_t count = 0, at = 0, shown;
	char text[64];

	if (!libraries || (!x->import_count && !x->library_count))
		return;
	for (size_t i = 0; i < x->import_count; i++) {
		at = library_of(libraries, count, x->imports[i].library, at);
		if (at == LIBRARIES_MOST)
			continue;
		if (at == count)
			libraries[count++].name = x->imports[i].library;
		libraries[at].count++;
	}
	snprintf(text, sizeof text, "Imports: %zu", x->import_count);
	title(text, style, out);
	shown = all || count < 2 * ROWS_SHOWN ? count : ROWS_SHOWN;
	for (size_t l = 0; l < shown; l++) {
		const char *name = libraries[l].name ? libraries[l].name : "of any library";

		inq_put(out, "  ");
		inq_put_inert(out, inq_bytes_of(name), style->columns > 20 ? style->columns - 16 : 20);
		inq_putf(out, ": %zu\n", libraries[l].count);
		import_names(x, libraries[l].name, all, style, a, out);
	}
	rest(count, shown, out);
	for (size_t i = 0; i < x->library_count; i++) {
		if (library_of(libraries, count, x->libraries[i], 0) != count)
			continue;
		inq_put(out, "  ");
		inq_put_inert(out, inq_bytes_of(x->libraries[i]), style->columns - 2);
		inq_put(out, "\n");
	}
}

static void exports(const struct inq_report_examination *r, bool all, const struct inq_report_style *style,
        struct inq_arena *a, struct inq_sink *out)
{
	static const struct table_column columns[] = { { "export", false, 16 }, { "address", true, 0 },
		{ "forwarded to", false, 12 } };
	const struct inq_exhibit *x = r->exhibit;
	size_t shown = all ? x->export_count : x->export_count < 8 ? x->export_count : 6;
	struct table t;

	if (!x->export_count)
		return;
	table_init(&t, a, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < shown; i++) {
		const struct inq_export *e = &x->exports[i];

		if (e->name)
			table_cell(&t, e->name);
		else
			table_cellf(&t, "#%" PRIu32, e->ordinal);
		if (e->forward)
			table_cell(&t, "");
		else
			table_cellf(&t, "0x%" PRIx64, e->va);
		table_cell(&t, e->forward);
	}
	inq_put(out, "\n");
	table_put(&t, style, 0, out);
	rest(x->export_count, shown, out);
}

static void functions(
        const struct inq_report_examination *r, const struct inq_report_style *style, struct inq_sink *out)
{
	const struct inq_code *c = r->code;
	size_t by_source[INQ_SOURCE_GAP + 1] = { 0 }, count = 0, stubs = 0, named = 0;
	char line[600], text[64], stub_text[64], share[16], bytes[64];

	if (!c->function_count && !c->code_bytes)
		return;
	for (size_t i = 0; i < c->function_count; i++) {
		const struct inq_function *f = &c->functions[i];

		if (f->flags & INQ_FUNCTION_STUB) {
			stubs++;
			continue;
		}
		count++;
		named += f->name != NULL;
		if ((size_t)f->source <= INQ_SOURCE_GAP)
			by_source[f->source]++;
	}
	title("Functions", style, out);
	snprintf(line, sizeof line, "%s (%zu named)%s%s in %s of code; %s of it in functions",
	        count_text(count, "function", "functions", text), named, stubs ? " and " : "",
	        stubs ? count_text(stubs, "import stub", "import stubs", stub_text) : "",
	        count_text(c->code_bytes, "byte", "bytes", bytes),
	        share_text(c->function_bytes, c->code_bytes, share));
	paragraph_put(line, style, 2, out);
	if (c->unresolved_jumps) {
		snprintf(line, sizeof line, "%s whose targets stayed unknown",
		        count_text(c->unresolved_jumps, "indirect jump", "indirect jumps", text));
		paragraph_put(line, style, 2, out);
	}
	strcpy(line, "found by:");
	for (size_t s = INQ_SOURCE_SYMBOL; s <= INQ_SOURCE_GAP; s++)
		if (by_source[s] && strlen(line) + 64 < sizeof line)
			snprintf(line + strlen(line), 64, " %s %s,", inq_source_name((enum inq_source)s),
			        number_text(by_source[s], text));
	if (count) {
		line[strlen(line) - 1] = 0;
		paragraph_put(line, style, 2, out);
	}
}

/* "import-hash", "resource icon", "version CompanyName" */
static void fact_label(const struct inq_fact *f, struct table *t)
{
	const char *kind = f->kind == INQ_FACT_VERSION ? "version" : inq_fact_name(f->kind);

	if (f->name)
		table_cellf(t, "%s %.200s", kind, f->name);
	else
		table_cell(t, kind);
}

static void facts(const struct inq_report_examination *r, bool all, const struct inq_report_style *style,
        struct inq_arena *a, struct inq_sink *out)
{
	static const struct table_column columns[] = { { "", false, 0 }, { "", false, 20 },
		{ "", false, 20 } };
	const struct inq_observation *o = r->observation;
	size_t shown = all || o->fact_count < 2 * ROWS_SHOWN ? o->fact_count : ROWS_SHOWN;
	char text[64];
	struct table t;

	if (!o->fact_count)
		return;
	table_init(&t, a, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < shown; i++) {
		const struct inq_fact *f = &o->facts[i];

		table_cell(&t, f->forgeable ? "*" : "");
		fact_label(f, &t);
		table_cell(&t, fact_text(f, text));
	}
	title("Facts (* is cheap to forge)", style, out);
	table_put(&t, style, 0, out);
	rest(o->fact_count, shown, out);
}

static void strings(
        const struct inq_report_examination *r, const struct inq_report_style *style, struct inq_sink *out)
{
	const struct inq_observation *o = r->observation;
	char line[300], text[64];
	size_t wide = 0;

	for (size_t i = 0; i < o->string_count; i++)
		wide += o->strings[i].wide;
	title("Strings", style, out);
	snprintf(line, sizeof line, "%s, %zu of them UTF-16%s; inquiry examine --strings lists them",
	        count_text(o->string_count, "string", "strings", text), wide,
	        o->string_dropped ? " (and more than were kept)" : "");
	paragraph_put(line, style, 2, out);
}

static void anomalies(const struct inq_report_examination *r, bool all, const struct inq_report_style *style,
        struct inq_arena *a, struct inq_sink *out)
{
	static const struct table_column columns[] = { { "at", true, 0 }, { "what is odd", false, 0 } };
	const struct inq_exhibit *x = r->exhibit;
	size_t shown = all || x->anomaly_count < ROWS_SHOWN ? x->anomaly_count : ROWS_SHOWN;
	struct table t;

	if (!x->anomaly_count)
		return;
	table_init(&t, a, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < shown; i++) {
		table_cellf(&t, "0x%" PRIx64, x->anomalies[i].off);
		table_cell(&t, x->anomalies[i].text);
	}
	inq_put(out, "\n");
	table_put(&t, style, 0, out);
	rest(x->anomaly_count + x->anomaly_dropped, shown, out);
}

void inq_report_examination_text(const struct inq_report_examination *r, bool all,
        const struct inq_report_style *style, struct inq_arena *a, struct inq_sink *out)
{
	identity(r, style, out);
	suspicions(r, style, out);
	sections(r, all, style, a, out);
	imports(r, all, style, a, out);
	exports(r, all, style, a, out);
	functions(r, style, out);
	facts(r, all, style, a, out);
	strings(r, style, out);
	anomalies(r, all, style, a, out);
}
