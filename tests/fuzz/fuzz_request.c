#include "serve/request.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

/* What is written of a request reads as the same again. */
static void check(const struct request *r, struct inq_arena *a)
{
	struct inq_memory_sink memory = { .arena = a };
	struct request again = { .part_count = 0 };
	struct inq_sink out;
	const char *target;

	inq_sink_init(&out, inq_memory_sink_write, &memory);
	inq_put(&out, "/");
	for (unsigned i = 0; i < r->part_count; i++) {
		const char *part = r->parts[i];

		if (!*part || strchr(part, '/') || !strcmp(part, ".") || !strcmp(part, ".."))
			abort();
		inq_putf(&out, "%s%s", i ? "/" : "", request_encode(inq_bytes_of(part), a));
	}
	for (unsigned i = 0; i < r->field_count; i++)
		inq_putf(&out, "%s%s=%s", i ? "&" : "?", r->fields[i].name,
		        request_encode(inq_bytes_of(r->fields[i].value), a));
	if (!inq_sink_flush(&out))
		return;
	target = inq_arena_string(a, (struct inq_bytes){ (const uint8_t *)memory.at, memory.len });
	if (!target || strlen(target) > REQUEST_TARGET_MOST)
		return;
	if (request_target(target, a, &again) != INQ_OK || again.part_count != r->part_count ||
	        again.field_count != r->field_count)
		abort();
	for (unsigned i = 0; i < r->part_count; i++)
		if (strcmp(again.parts[i], r->parts[i]) != 0)
			abort();
	for (unsigned i = 0; i < r->field_count; i++)
		if (strcmp(again.fields[i].name, r->fields[i].name) != 0 ||
		        strcmp(again.fields[i].value, r->fields[i].value) != 0)
			abort();
	(void)request_number(r, "page", 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct inq_arena *a = inq_arena_open(16 << 20);
	struct inq_bytes b = { at, len };
	struct request target = { .part_count = 0 }, form = { .part_count = 0 };
	const char *text = a ? inq_arena_string(a, b) : NULL;

	if (text && request_target(text, a, &target) == INQ_OK)
		check(&target, a);
	if (text && request_form(b, a, &form) == INQ_OK)
		check(&form, a);
	inq_arena_close(a);
	return 0;
}
