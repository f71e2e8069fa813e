#include "blind.h"
#include "save.h"
#include <sodium.h>

/* The messages of a session; or their bodies and the result, behind the byte that says which. */

enum { STEPS = 6, BODIES_FROM = 3, RESULT = 4 };

static void save_part(const char *directory, const char *name, unsigned which, struct inq_bytes b)
{
	FILE *file = make_save_begin(directory, name);

	fputc((int)which, file);
	fwrite(b.at, 1, b.len, file);
	make_save_end(file, name);
}

static void seeds_of(const char *directory, bool messages)
{
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	struct make_blind *m = a ? inq_arena_new(a, 1, sizeof *m) : NULL;
	struct inq_blind_message message;
	struct inq_blind_set sets[2];
	struct inq_bytes bytes;
	struct inq_error err = { 0, "" };

	if (!m || sodium_init() < 0)
		make_fail("blind", "no memory");
	make_blind_init(m, a, 1);
	sets[0] = make_blind_set(m, INQ_BLIND_DOMAIN, "a.example\nb.example\n");
	sets[1] = make_blind_set(m, INQ_BLIND_DOMAIN, "b.example\nc.example\n");
	make_blind_commit(m, sets, 1);
	for (unsigned step = 1; step <= STEPS; step++) {
		char name[32];

		bytes = make_blind_step(m);
		snprintf(name, sizeof name, "step-%u", step);
		if (inq_blind_message_read(bytes, &message, &err) != INQ_OK)
			make_fail(name, err.text);
		if (messages)
			make_save(directory, name, bytes.at, bytes.len);
		else if (step >= BODIES_FROM)
			save_part(directory, name, step - BODIES_FROM, message.body);
	}
	if (inq_blind_result_write(&m->session[0], &m->asker[0], a, &bytes, &err) != INQ_OK)
		make_fail("result", err.text);
	if (!messages)
		save_part(directory, "result", RESULT, bytes);
	inq_arena_close(a);
}

static void seeds_message(const char *directory)
{
	static const char url[] = "HTTP://u@Evil.Example:080/%aF?q#x", address[] = "2001:db8::1";

	seeds_of(directory, true);
	make_save(directory, "url", url, sizeof url - 1);
	make_save(directory, "ipv6", address, sizeof address - 1);
}

static void seeds_take(const char *directory)
{
	seeds_of(directory, false);
}

const struct make_seeds make_seeds[] = {
	{ "blind_message", seeds_message },
	{ "blind_take", seeds_take },
	{ NULL, NULL },
};
