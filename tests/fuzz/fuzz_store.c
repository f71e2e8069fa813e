#include <inquiry/store.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

static char path[64];

static void clean(void)
{
	(void)remove(path);
}

/* SQLite opens files, not memory: each input is one for a moment. */
static bool save(const uint8_t *at, size_t len)
{
	FILE *f;

	if (!*path) {
		snprintf(path, sizeof path, "/tmp/fuzz-store-%d.inquiry", (int)getpid());
		atexit(clean);
	}
	f = fopen(path, "wb");
	if (!f)
		abort();
	if (len && fwrite(at, 1, len, f) != len)
		abort();
	return fclose(f) == 0;
}

/* What every log says of itself holds, or is named as damage. */
static void read_log(struct inq_store *s, const struct inq_store_log *log, struct inq_arena *a)
{
	struct inq_store_entry *entries;
	struct inq_store_head head;
	struct inq_bytes tile;
	struct inq_error err;
	size_t count;

	if (inq_store_entries(s, log->number, 0, 1000, a, &entries, &count, &err) == INQ_OK)
		for (size_t i = 0; i < count; i++)
			if (entries[i].index != i || entries[i].bytes.len > INQ_STORE_ENTRY_MAX)
				abort();
	for (unsigned level = 0; level < INQ_STORE_LEVELS; level++)
		if (inq_store_tile(s, log->number, level, 0, a, &tile, &err) == INQ_OK && tile.len % 32)
			abort();
	if (inq_store_head_last(s, log->number, a, &head, &err) == INQ_OK && head.number + 1 != log->heads)
		abort();
}

static void use(struct inq_store *s, struct inq_arena *a)
{
	struct inq_store_log *logs;
	struct inq_store_object *objects;
	struct inq_sha256 sum;
	struct inq_error err;
	struct inq_bytes b;
	const char **names;
	size_t count;

	(void)!inq_store_check(s, &err);
	if (inq_store_logs(s, a, &logs, &count, &err) == INQ_OK)
		for (size_t i = 0; i < count && i < 8; i++)
			read_log(s, &logs[i], a);
	if (inq_store_objects(s, NULL, 8, a, &objects, &count, &err) == INQ_OK)
		for (size_t i = 0; i < count; i++)
			if (inq_store_object_bytes(s, &objects[i].digest, 4 << 20, a, &b, &err) == INQ_OK &&
			        (inq_sha256(b, &sum) != INQ_OK ||
			                !inq_sha256_equal(&sum, &objects[i].digest)))
				abort();
	if (inq_store_extras(s, NULL, 8, a, &names, &count, &err) == INQ_OK)
		for (size_t i = 0; i < count; i++)
			(void)!inq_store_extra(s, names[i], a, &b, &err);
	(void)!inq_store_setting(s, "case", a, &b, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	static const enum inq_store_mode modes[] = { INQ_STORE_READ, INQ_STORE_WRITE };

	for (unsigned i = 0; i < 2 && save(at, len); i++) {
		struct inq_arena *a = inq_arena_open(64 << 20);
		struct inq_store *s;
		struct inq_error err;

		if (a && inq_store_open(path, modes[i], a, &s, &err) == INQ_OK) {
			use(s, a);
			inq_store_close(s);
		}
		inq_arena_close(a);
	}
	return 0;
}
