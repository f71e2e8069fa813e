#include "observation/private.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct inq_observation_limits inq_observation_limits_default = { 5, 4096, 100000 };

static const char *const names[INQ_FACT_COUNT] = {
	[INQ_FACT_IMPORT_HASH] = "import-hash",
	[INQ_FACT_COMPILE_TIME] = "compile-time",
	[INQ_FACT_DEBUG_TIME] = "debug-time",
	[INQ_FACT_LINKER] = "linker",
	[INQ_FACT_RICH_CHECKSUM] = "rich-checksum",
	[INQ_FACT_RICH_ENTRY] = "rich-entry",
	[INQ_FACT_EXPORT_NAME] = "export-name",
	[INQ_FACT_PDB_PATH] = "pdb-path",
	[INQ_FACT_PDB_ID] = "pdb-id",
	[INQ_FACT_RESOURCE] = "resource",
	[INQ_FACT_VERSION] = "version-information",
	[INQ_FACT_CHECKSUM] = "checksum",
	[INQ_FACT_MANAGED] = "managed",
	[INQ_FACT_SIGNATURE] = "signature",
	[INQ_FACT_BUILD_ID] = "build-id",
	[INQ_FACT_COMMENT] = "comment",
	[INQ_FACT_INTERPRETER] = "interpreter",
	[INQ_FACT_RPATH] = "rpath",
	[INQ_FACT_RUNPATH] = "runpath",
	[INQ_FACT_SONAME] = "soname",
	[INQ_FACT_UUID] = "uuid",
	[INQ_FACT_DYLIB_NAME] = "dylib-name",
	[INQ_FACT_MINIMUM_OS] = "minimum-os",
	[INQ_FACT_SDK] = "sdk",
	[INQ_FACT_SOURCE_VERSION] = "source-version",
	[INQ_FACT_GO] = "go",
	[INQ_FACT_GO_PATH] = "go-path",
	[INQ_FACT_RUST] = "rust",
	[INQ_FACT_CXX] = "c++",
};

const char *inq_fact_name(enum inq_fact_kind kind)
{
	return (size_t)kind < INQ_FACT_COUNT ? names[kind] : "unknown";
}

void inq_observer_fact(struct inq_observer *w, const struct inq_fact *f)
{
	struct inq_fact *grown;

	if (w->full || w->o.fact_count >= INQ_FACTS_MOST)
		return;
	grown = inq_arena_extend(w->a, w->o.facts, w->o.fact_count, &w->fact_capacity, sizeof *grown);
	if (!grown) {
		w->full = true;
		return;
	}
	w->o.facts = grown;
	w->o.facts[w->o.fact_count++] = *f;
}

void inq_observer_fact_bytes(struct inq_observer *w, struct inq_fact f, struct inq_bytes text, size_t most)
{
	if (text.len > most)
		text.len = most;
	f.text = inq_arena_string(w->a, text);
	if (!f.text)
		w->full = true;
	inq_observer_fact(w, &f);
}

void inq_observer_suspect(struct inq_observer *w, uint32_t measure, const char *fmt, ...)
{
	enum { MOST = 64 };
	struct inq_suspicion *grown;
	char text[256];
	const char *copy;
	va_list args;

	if (w->o.suspicion_count >= MOST)
		return;
	va_start(args, fmt);
	if (vsnprintf(text, sizeof text, fmt, args) < 0)
		text[0] = 0;
	va_end(args);
	copy = inq_observer_text(w, "%s", text);
	grown = w->full ? NULL
	                : inq_arena_extend(w->a, w->o.suspicions, w->o.suspicion_count,
	                          &w->suspicion_capacity, sizeof *grown);
	if (!grown) {
		w->full = true;
		return;
	}
	w->o.suspicions = grown;
	w->o.suspicions[w->o.suspicion_count++] = (struct inq_suspicion){ copy, measure };
}

const char *inq_observer_text(struct inq_observer *w, const char *fmt, ...)
{
	char text[512];
	const char *copy;
	va_list args;

	va_start(args, fmt);
	if (vsnprintf(text, sizeof text, fmt, args) < 0)
		text[0] = 0;
	va_end(args);
	copy = inq_arena_string(w->a, (struct inq_bytes){ (const uint8_t *)text, strlen(text) });
	if (copy)
		return copy;
	w->full = true;
	return "";
}

static size_t utf8_put(char *at, uint32_t code)
{
	if (code < 0x80) {
		at[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		at[0] = (char)(0xc0 | code >> 6);
		at[1] = (char)(0x80 | (code & 63));
		return 2;
	}
	if (code < 0x10000) {
		at[0] = (char)(0xe0 | code >> 12);
		at[1] = (char)(0x80 | (code >> 6 & 63));
		at[2] = (char)(0x80 | (code & 63));
		return 3;
	}
	at[0] = (char)(0xf0 | code >> 18);
	at[1] = (char)(0x80 | (code >> 12 & 63));
	at[2] = (char)(0x80 | (code >> 6 & 63));
	at[3] = (char)(0x80 | (code & 63));
	return 4;
}

const char *inq_observer_utf16(struct inq_observer *w, struct inq_bytes b)
{
	size_t len = 0;
	uint16_t high, low;
	uint32_t code;
	char *text;

	if (b.len > 4096)
		b.len = 4096;
	text = inq_arena_new(w->a, b.len / 2 * 3 + 1, 1);
	if (!text) {
		w->full = true;
		return "";
	}
	for (uint64_t off = 0; inq_bytes_u16(b, off, false, &high) && high; off += 2) {
		code = high;
		if (high >= 0xd800 && high < 0xe000) {
			code = 0xfffd;
			if (high < 0xdc00 && inq_bytes_u16(b, off + 2, false, &low) && low >= 0xdc00 &&
			        low < 0xe000) {
				code = 0x10000 + ((uint32_t)(high - 0xd800) << 10) + (uint32_t)(low - 0xdc00);
				off += 2;
			}
		}
		len += utf8_put(text + len, code);
	}
	return text;
}

uint64_t inq_observer_off(const struct inq_observer *w, struct inq_bytes part)
{
	uintptr_t begin = (uintptr_t)w->x->bytes.at, at = (uintptr_t)part.at;

	return part.len && at >= begin && at - begin < w->x->bytes.len ? at - begin : 0;
}

bool inq_observer_section(const struct inq_observer *w, const char *name, struct inq_bytes *ret)
{
	for (size_t i = 0; i < w->x->section_count; i++) {
		const struct inq_section *s = &w->x->sections[i];

		if (!strcmp(s->name, name))
			return inq_bytes_cut(w->x->bytes, s->off, s->file_size, ret);
	}
	return false;
}

enum inq_status inq_observation_read(const struct inq_exhibit *x, const struct inq_observation_limits *limits,
        struct inq_arena *a, struct inq_observation *ret, struct inq_error *err)
{
	struct inq_observer w = { .x = x, .a = a };

	if (limits->strings && (!limits->string_least || limits->string_most < limits->string_least))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "strings need a length of at least one character");
	inq_observe_entropy(&w);
	if (x->format == INQ_FORMAT_PE && x->pe)
		inq_observe_pe(&w);
	else if (x->format == INQ_FORMAT_ELF)
		inq_observe_elf(&w);
	else if (x->format == INQ_FORMAT_MACHO)
		inq_observe_macho(&w);
	inq_observe_languages(&w);
	inq_observe_packing(&w);
	if (limits->strings)
		inq_observe_strings(&w, limits);
	if (w.full)
		return inq_fail(err, INQ_NO_MEMORY, 0, "the observations take more memory than is allowed");
	*ret = w.o;
	return INQ_OK;
}
