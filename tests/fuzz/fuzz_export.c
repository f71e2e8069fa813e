#include "base/utf8.h"
#include <inquiry/export.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

static void is_json(struct inq_bytes b)
{
	struct inq_arena *a = inq_arena_open(256 << 20);
	const struct inq_json_value *top;

	if (a && inq_json_read_milli(b, a, &top, NULL) != INQ_OK)
		abort();
	inq_arena_close(a);
}

/* Every line has as many cells as the first, none of them a formula, and lines end in CR LF alone. */
static void is_csv(struct inq_bytes b)
{
	size_t cells = 1, columns = 0;
	bool quoted = false, begins = true;
	uint32_t point;
	unsigned width;

	for (size_t i = 0; i < b.len; i += width) {
		width = inq_utf8(inq_bytes_from(b, i), &point);
		if (!width || (!inq_utf8_shows(point) && point != '\r' && point != '\n') ||
		        (quoted && point < 0x20))
			abort();
		if (begins && strchr("=+-@", (int)point) && point < 0x80)
			abort();
		begins = false;
		if (point == '"') {
			quoted = !quoted;
			begins = quoted && i && b.at[i - 1] != '"';
		} else if (!quoted && point == ',') {
			cells++;
			begins = true;
		} else if (!quoted && point == '\r') {
			if (i + 1 == b.len || b.at[i + 1] != '\n' || (columns && cells != columns))
				abort();
			columns = cells;
			cells = 1;
			width++;
			begins = true;
		}
	}
	if (quoted || cells != 1)
		abort();
}

/* Printable ASCII, and in each row two quotes and no escape. */
static void is_script(struct inq_bytes b)
{
	bool row = false;
	unsigned quotes = 0;

	for (size_t i = 0; i < b.len; i++) {
		uint8_t c = b.at[i];

		if (c != '\n' && c != '\t' && (c < 0x20 || c > 0x7e))
			abort();
		if (c == '\n') {
			size_t next = i + 1;

			if (row && quotes != 2)
				abort();
			quotes = 0;
			while (next < b.len && (b.at[next] == ' ' || b.at[next] == '\t'))
				next++;
			row = next + 1 < b.len && b.at[next] == '"' && b.at[next + 1] != '"';
		}
		quotes += c == '"';
		if (row && c == '\\')
			abort();
	}
}

/* The documents stand in the input with a zero byte between; every format is made of them. */
int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct inq_bytes documents[16];
	size_t count = 0, start = 0;

	for (size_t i = 0; i <= len && count < 16; i++) {
		if (i < len && at[i])
			continue;
		documents[count++] = (struct inq_bytes){ at + start, i - start };
		start = i + 1;
	}
	for (unsigned i = 0; i < 2 * INQ_EXPORT_FORMATS; i++) {
		const struct inq_export_choice choice = { .format = (enum inq_export_format)(i / 2),
			.program = "inquiry fuzz",
			.every = i & 1,
			.json = i & 1,
			.defanged = i & 1 };
		struct inq_arena *a = inq_arena_open(256 << 20);
		struct inq_memory_sink memory = { .arena = a };
		struct inq_error err = { 0, "" };
		struct inq_sink out;
		enum inq_status status;
		struct inq_bytes b;
		size_t document;

		if (!a)
			return 0;
		inq_sink_init(&out, inq_memory_sink_write, &memory);
		status = inq_export(&choice, documents, count, a, &out, &document, &err);
		if (!inq_sink_flush(&out) || status == INQ_NO_MEMORY) {
			inq_arena_close(a);
			continue;
		}
		if (document > count || (status != INQ_OK && !*err.text))
			abort();
		b = (struct inq_bytes){ (const uint8_t *)memory.at, memory.len };
		if (b.len && (choice.format == INQ_EXPORT_STIX || choice.format == INQ_EXPORT_MISP))
			is_json(b);
		else if (b.len && (choice.format == INQ_EXPORT_IDA || choice.format == INQ_EXPORT_GHIDRA))
			is_script(b);
		else if (b.len && choice.format == INQ_EXPORT_NAMES && choice.json)
			is_json(b);
		else if (b.len)
			is_csv(b);
		inq_arena_close(a);
	}
	return 0;
}
