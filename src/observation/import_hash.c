/*
 * The import hash (Mandiant, "Tracking Malware with Import Hashing", 2014), as
 * pefile computes it: MD5 of "library.function" in lower case, in the order
 * of the import directory, with commas between. Delayed imports do not count.
 */
#include "observation/private.h"
#include <inquiry/text.h>
#include <string.h>

enum { NAMES_MOST = 16 << 20 };

struct ordinal_name {
	uint32_t ordinal;
	const char *name;
};
#include "observation/ordinals.inc"

static const char *ordinal_name(const char *library, uint32_t ordinal)
{
	const struct ordinal_name *names;
	size_t low = 0, high;

	if (!strcmp(library, "ws2_32.dll") || !strcmp(library, "wsock32.dll")) {
		names = ws2_32_names;
		high = sizeof ws2_32_names / sizeof *ws2_32_names;
	} else if (!strcmp(library, "oleaut32.dll")) {
		names = oleaut32_names;
		high = sizeof oleaut32_names / sizeof *oleaut32_names;
	} else {
		return NULL;
	}
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (names[middle].ordinal == ordinal)
			return names[middle].name;
		if (names[middle].ordinal < ordinal)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void lower(char *at, const char *name, size_t room)
{
	size_t i = 0;

	for (; i + 1 < room && name[i]; i++)
		at[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i]);
	at[i] = 0;
}

static size_t without_extension(const char *library)
{
	const char *dot = strrchr(library, '.');

	if (dot && (!strcmp(dot, ".dll") || !strcmp(dot, ".ocx") || !strcmp(dot, ".sys")))
		return (size_t)(dot - library);
	return strlen(library);
}

/*
 * How many imports come before the delayed ones. The reader keeps those of
 * the import directory first, so the slot of the first delayed one parts them.
 */
static size_t count_not_delayed(const struct inq_exhibit *x)
{
	enum { DELAY = 13, DESCRIPTOR = 32, DESCRIPTORS_MOST = 1 << 14 };
	struct inq_bytes table;
	uint32_t attributes, name, slots;
	uint64_t slot_va;

	if (x->pe->directory_count <= DELAY || !x->pe->directory[DELAY].rva)
		return x->import_count;
	table = inq_exhibit_at(x, x->base_va + x->pe->directory[DELAY].rva);
	for (uint64_t off = 0; off < (uint64_t)DESCRIPTORS_MOST * DESCRIPTOR; off += DESCRIPTOR) {
		if (!inq_bytes_u32(table, off, false, &attributes) ||
		        !inq_bytes_u32(table, off + 4, false, &name) || !name ||
		        !inq_bytes_u32(table, off + 12, false, &slots))
			break;
		slot_va = attributes & 1 ? x->base_va + slots : slots;
		/* An empty list of thunks has no import; the next descriptor may have one. */
		for (size_t i = 0; i < x->import_count; i++)
			if (x->imports[i].slot_va == slot_va)
				return i;
		if (off >= 16 * DESCRIPTOR)
			break;
	}
	return x->import_count;
}

void inq_observe_import_hash(struct inq_observer *w)
{
	const struct inq_exhibit *x = w->x;
	struct inq_memory_sink memory = { .arena = w->a };
	struct inq_sink *sink;
	char name[4096], library[4096];
	uint8_t digest[16];
	char text[33];
	size_t count = count_not_delayed(x);

	if (!count)
		return;
	sink = inq_arena_new(w->a, 1, sizeof *sink);
	if (!sink) {
		w->full = true;
		return;
	}
	inq_sink_init(sink, inq_memory_sink_write, &memory);
	for (size_t i = 0; i < count; i++) {
		const struct inq_import *import = &x->imports[i];
		const char *known;

		/* Names beyond all reason are an attack on memory, and their hash would say nothing. */
		if (memory.len > NAMES_MOST)
			return;
		lower(library, import->library ? import->library : "", sizeof library);
		known = import->name ? NULL : ordinal_name(library, import->ordinal);
		inq_putf(sink, "%s%.*s.", i ? "," : "", (int)without_extension(library), library);
		if (import->name) {
			lower(name, import->name, sizeof name);
			inq_put(sink, name);
		} else if (known) {
			inq_put(sink, known);
		} else {
			inq_putf(sink, "ord%u", import->ordinal);
		}
	}
	if (!inq_sink_flush(sink) ||
	        inq_md5((struct inq_bytes){ (const uint8_t *)memory.at, memory.len }, digest)) {
		w->full = true;
		return;
	}
	inq_hex(digest, sizeof digest, text);
	inq_observer_fact(w,
	        &(struct inq_fact){ .kind = INQ_FACT_IMPORT_HASH, .text = inq_observer_text(w, "%s", text) });
}
