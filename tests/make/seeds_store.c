#include <inquiry/store.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* seeds_store store DIRECTORY: cases, empty and with something of everything, that the fuzzer starts from. */

static struct inq_error err;

static void must(enum inq_status status)
{
	if (status == INQ_OK)
		return;
	fprintf(stderr, "seeds_store: %s\n", err.text);
	exit(1);
}

static void fill(struct inq_store *s, unsigned entries)
{
	struct inq_bytes entry = inq_bytes_of("an entry");
	uint32_t log;

	must(inq_store_set(s, "case", inq_bytes_of("id"), &err));
	must(inq_store_log_add(s, "party", "example.org/party", &log, &err));
	for (unsigned i = 0; i < entries; i++)
		must(inq_store_append(s, log, i, &entry, 1, &err));
	must(inq_store_head_add(s, log, entries, inq_bytes_of("a signed note"), &err));
	must(inq_store_cosign(s, log, 0, inq_bytes_of("a line"), &err));
	must(inq_store_object_put_bytes(s, inq_bytes_of("hello, hello, hello, hello"), NULL, &err));
	must(inq_store_extra_put(s, "proof", inq_bytes_of("bytes"), &err));
}

int main(int argc, char **argv)
{
	static const unsigned sizes[] = { 0, 1, 300 };

	if (argc != 3 || strcmp(argv[1], "store") != 0) {
		fprintf(stderr, "usage: seeds_store store DIRECTORY\n");
		return 2;
	}
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct inq_arena *a = inq_arena_open(64 << 20);
		struct inq_store *s;
		char path[4096];

		snprintf(path, sizeof path, "%s/%u", argv[2], sizes[i]);
		must(inq_store_open(path, INQ_STORE_CREATE, a, &s, &err));
		if (sizes[i])
			fill(s, sizes[i]);
		must(inq_store_commit(s, &err));
		inq_store_close(s);
		inq_arena_close(a);
	}
	return 0;
}
