#include <inquiry/blind.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

static bool name_count(void *to, const char *name)
{
	if (!*name)
		abort();
	++*(size_t *)to;
	return true;
}

/* What is accepted as logs is read as a bundle. */
static void logs_hold(struct inq_bytes b, struct inq_arena *a)
{
	struct inq_bundle_source source;
	struct inq_blind_logs logs;
	struct inq_error err;
	struct inq_bytes file;
	size_t count = 0;

	if (inq_blind_logs_read(b, &logs, &err) != INQ_OK)
		return;
	inq_blind_logs_source(&logs, &source);
	if (source.list(source.context, name_count, &count, &err) != INQ_OK)
		abort();
	if (source.read(source.context, "policy", 1 << 20, a, &file, &err) == INQ_OK && !count)
		abort();
}

/* A canonical form is its own canonical form. */
static void kinds_hold(struct inq_bytes b, struct inq_arena *a)
{
	struct inq_bytes value, again;
	struct inq_error err;

	for (unsigned k = 0; k < INQ_BLIND_KINDS; k++) {
		enum inq_blind_kind kind = (enum inq_blind_kind)k;

		if (inq_blind_canonical(kind, b, true, a, &value, &err) != INQ_OK)
			continue;
		if (kind != INQ_BLIND_BAND && !inq_blind_is_canonical(kind, value))
			abort();
		if (k >= INQ_BLIND_DOMAIN && k <= INQ_BLIND_EMAIL &&
		        (inq_blind_canonical(kind, value, true, a, &again, &err) != INQ_OK ||
		                again.len != value.len || memcmp(again.at, value.at, value.len) != 0))
			abort();
	}
}

/* Messages, the logs in them, and what people write of elements. What is read is written back as it was. */
int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct inq_bytes b = { at, len }, again;
	struct inq_arena *a = inq_arena_open(64 << 20);
	struct inq_blind_message message;
	struct inq_sha256 digest;
	struct inq_error err;

	if (!a)
		return 0;
	if (inq_blind_message_read(b, &message, &err) == INQ_OK) {
		if (inq_blind_message_write(&message, a, &again, &digest, &err) != INQ_OK ||
		        again.len != len || memcmp(again.at, at, len) != 0)
			abort();
		logs_hold(message.logs, a);
	}
	logs_hold(b, a);
	kinds_hold(b, a);
	inq_arena_close(a);
	return 0;
}
