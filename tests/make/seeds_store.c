#include "save.h"
#include <inquiry/store.h>

/* Cases, empty and with something of everything. */

static struct inq_error err;

static void must(enum inq_status status)
{
	if (status != INQ_OK)
		make_fail("store", err.text);
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

static void seeds_store(const char *directory)
{
	static const unsigned sizes[] = { 0, 1, 300 };

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct inq_arena *a = inq_arena_open(64 << 20);
		struct inq_store *s;
		char path[4096];

		snprintf(path, sizeof path, "%s/%u", directory, sizes[i]);
		must(inq_store_open(path, INQ_STORE_CREATE, a, &s, &err));
		if (sizes[i])
			fill(s, sizes[i]);
		must(inq_store_commit(s, &err));
		inq_store_close(s);
		inq_arena_close(a);
	}
}

const struct make_seeds make_seeds[] = {
	{ "store", seeds_store },
	{ NULL, NULL },
};
