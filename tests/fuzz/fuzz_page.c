/*
 * Documents, a line each, to a page: whatever they say, the page holds. Lines
 * that begin with @ and a space are results of the entry acme/1.
 */
#include "../make/page_holds.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct inq_arena *a = inq_arena_open(256 << 20);
	struct inq_memory_sink memory = { .arena = a };
	struct inq_bytes rest = { at, len };
	struct inq_page page;
	struct inq_sink out;
	char why[200];
	char *text;

	if (!a)
		return 0;
	inq_page_init(&page, a, "#");
	while (rest.len) {
		const uint8_t *end = memchr(rest.at, '\n', rest.len);
		size_t line = end ? (size_t)(end - rest.at) : rest.len;
		bool entered = line > 1 && rest.at[0] == '@' && rest.at[1] == ' ';

		if (inq_page_add(&page, (struct inq_bytes){ rest.at + 2 * entered, line - 2 * entered },
		            entered ? "acme/1" : NULL, NULL) != INQ_OK)
			break;
		rest = inq_bytes_from(rest, line + (end != NULL));
	}
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	inq_page_report(&page, &out);
	if (inq_sink_flush(&out)) {
		text = inq_arena_string(a, (struct inq_bytes){ (const uint8_t *)memory.at, memory.len });
		if (text && (strlen(text) != memory.len || !page_holds(text, why)))
			abort();
	}
	inq_arena_close(a);
	return 0;
}
