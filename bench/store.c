/*
 * Times a store: entries appended in batches, one durable commit and one head
 * to each; entries read back in order, and one by one; a large object put and
 * read.
 *
 *   store ENTRIES [ADDRESS]
 *
 * Entries have 1,200 bytes, as signed ones do. ADDRESS must not exist; without one
 * it is a file in the present directory, which is removed at the end.
 */
#include "../tests/make/store.h"
#include "os/os.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { ENTRY = 1200, MOST = 1000, OBJECT = 1 << 30 };

static struct inq_error err;

static void must(enum inq_status status)
{
	if (status == INQ_OK)
		return;
	fprintf(stderr, "store: %s\n", err.text);
	exit(1);
}

static void tell(const char *what, uint64_t since, uint64_t count, const char *unit)
{
	uint64_t ms = inq_os_clock() - since;
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	printf("%-24s %8llu ms %10llu %s/s %6ld MB resident at most\n", what, (unsigned long long)ms,
	        (unsigned long long)(count * 1000 / (ms ? ms : 1)), unit, use.ru_maxrss >> 10);
}

/* Gives the size of the log after it. */
static uint64_t append(struct inq_store *s, uint64_t size, uint64_t count, unsigned batch)
{
	static uint8_t bytes[MOST][ENTRY];
	struct inq_bytes entries[MOST];
	uint64_t since = inq_os_clock(), end = size + count;
	char what[40];

	while (size < end) {
		unsigned n = end - size < batch ? (unsigned)(end - size) : batch;

		for (unsigned i = 0; i < n; i++) {
			make_bytes_into(bytes[i], ENTRY, size + i);
			entries[i] = (struct inq_bytes){ bytes[i], ENTRY };
		}
		must(inq_store_begin(s, true, &err));
		must(inq_store_append(s, 0, size, entries, n, &err));
		must(inq_store_head_add(s, 0, size + n, (struct inq_bytes){ bytes[0], 300 }, &err));
		must(inq_store_commit(s, &err));
		size += n;
	}
	snprintf(what, sizeof what, "append, batches of %u", batch);
	tell(what, since, count, "entries");
	return size;
}

static void read_back(struct inq_store *s, uint64_t size)
{
	uint64_t since = inq_os_clock(), seed = 1;
	struct inq_store_entry *entries, entry;
	size_t count;

	for (uint64_t at = 0; at < size; at += count) {
		struct inq_arena *a = inq_arena_open(32 << 20);

		must(inq_store_entries(s, 0, at, 1000, a, &entries, &count, &err));
		inq_arena_close(a);
	}
	tell("read in order", since, size, "entries");
	since = inq_os_clock();
	for (unsigned i = 0; i < 2000; i++) {
		struct inq_arena *a = inq_arena_open(1 << 20);

		must(inq_store_entry(s, 0, make_next(&seed) % size, a, &entry, &err));
		inq_arena_close(a);
	}
	tell("read anywhere", since, 2000, "entries");
	since = inq_os_clock();
	must(inq_store_check(s, &err));
	tell("check", since, size, "entries");
}

struct stream {
	uint64_t left, seed;
};

static enum inq_status next_bytes(void *context, uint8_t *at, size_t len, size_t *got, struct inq_error *why)
{
	struct stream *stream = context;

	(void)why;
	*got = len < stream->left ? len : (size_t)stream->left;
	stream->left -= *got;
	for (size_t i = 0; i + 8 <= *got; i += 8) {
		uint64_t word = i / 64 % 2 ? i : make_next(&stream->seed);

		memcpy(at + i, &word, 8);
	}
	return INQ_OK;
}

static bool swallow(void *nothing, const void *at, size_t len)
{
	(void)nothing;
	(void)at;
	(void)len;
	return true;
}

static void object(struct inq_store *s)
{
	struct stream stream = { OBJECT, 3 };
	struct inq_store_source source = { next_bytes, &stream };
	static uint8_t piece[INQ_STORE_CHUNK];
	struct inq_sha256_state sum;
	struct inq_sha256 digest;
	struct inq_sink out;
	uint64_t since;
	size_t got;

	/* In the pieces that the store asks for: the same bytes come again. */
	inq_sha256_init(&sum);
	for (size_t at = 0; at < OBJECT; at += sizeof piece) {
		must(next_bytes(&stream, piece, sizeof piece, &got, &err));
		inq_sha256_update(&sum, piece, got);
	}
	inq_sha256_final(&sum, &digest);
	stream = (struct stream){ OBJECT, 3 };
	since = inq_os_clock();
	must(inq_store_begin(s, true, &err));
	must(inq_store_object_put(s, &digest, OBJECT, source, &err));
	must(inq_store_commit(s, &err));
	tell("put an object", since, OBJECT >> 20, "MiB");
	since = inq_os_clock();
	inq_sink_init(&out, swallow, NULL);
	must(inq_store_object_write(s, &digest, false, &out, &err));
	tell("read the object", since, OBJECT >> 20, "MiB");
}

int main(int argc, char **argv)
{
	const char *address = argc > 2 ? argv[2] : "bench-store.inquiry";
	struct inq_arena *a = inq_arena_open((size_t)4 << 30);
	struct inq_store *s;
	uint64_t entries = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000, size;
	uint32_t log;

	must(inq_store_open(address, INQ_STORE_CREATE, a, &s, &err));
	must(inq_store_log_add(s, "party", "example.org/party", &log, &err));
	must(inq_store_commit(s, &err));
	size = append(s, 0, entries, 100);
	size = append(s, size, entries / 10, 10);
	size = append(s, size, entries / 100, 1);
	read_back(s, size);
	object(s);
	inq_store_close(s);
	inq_arena_close(a);
	if (argc < 3)
		(void)remove(address);
	return 0;
}
