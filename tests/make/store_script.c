#include "store_script.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct script {
	struct inq_store *s;
	struct inq_arena *a;
	struct inq_sink *out;
	uint64_t random;
	bool failed; /* a call, since it was last looked at */
	uint8_t bytes[3 * INQ_STORE_CHUNK];
	struct inq_error err;
};

static uint64_t pick(struct script *s, uint64_t below)
{
	return make_next(&s->random) % below;
}

static void say_bytes(struct script *s, struct inq_bytes b)
{
	struct inq_sha256 sum;
	char hex[17];

	if (inq_sha256(b, &sum) != INQ_OK)
		abort();
	inq_hex(sum.byte, 8, hex);
	inq_putf(s->out, " %zu:%s", b.len, hex);
}

/* True where the call has given something to say. */
static bool say(struct script *s, const char *what, enum inq_status status)
{
	inq_putf(s->out, "\n%s %d", what, (int)status);
	if (status != INQ_OK)
		inq_putf(s->out, " %llu %s", (unsigned long long)s->err.at, s->err.text);
	memset(&s->err, 0, sizeof s->err);
	s->failed |= status != INQ_OK;
	return status == INQ_OK;
}

static const char *name(struct script *s)
{
	static const char *const names[] = { "a", "b", "aa", "B", "Z", "_", "a b", "\xc3\xa4", "z",
		"\xe2\x82\xac", "a/b", "~", "a-b", "0", "\xf0\x9f\x98\x80", "bad\n", "" };

	/* The bad ones stand at the end. */
	return names[pick(s, sizeof names / sizeof *names - (pick(s, 20) ? 2 : 0))];
}

static struct inq_bytes bytes(struct script *s, size_t most)
{
	size_t len = pick(s, 10) ? pick(s, most < 300 ? most + 1 : 300) : pick(s, most + 1);

	make_bytes_into(s->bytes, len, pick(s, 20));
	return (struct inq_bytes){ s->bytes, len };
}

static void append(struct script *s, uint32_t log)
{
	struct inq_store_log l = { 0 };
	struct inq_bytes entries[600], note;
	size_t count = pick(s, 3) ? pick(s, 4) : pick(s, 600);
	uint64_t size;

	(void)!inq_store_log(s->s, log, s->a, &l, &s->err);
	size = l.size + !pick(s, 60);
	for (size_t i = 0; i < count; i++) {
		size_t len = pick(s, 200) ? 1 + pick(s, 200) : pick(s, 100) ? 1 + pick(s, 65535) : 0;
		uint8_t *at = inq_arena_new(s->a, len, 1);

		make_bytes_into(at, len, size + i);
		entries[i] = (struct inq_bytes){ at, len };
	}
	say(s, "append", inq_store_append(s->s, log, size, entries, count, &s->err));
	note = bytes(s, 500);
	if (pick(s, 30))
		say(s, "head", inq_store_head_add(s->s, log, size + count - !pick(s, 60), note, &s->err));
}

static void write_something(struct script *s)
{
	uint32_t log = (uint32_t)(pick(s, 40) ? pick(s, 3) : 3);
	struct inq_sha256 digest;
	struct inq_bytes value;
	char origin[40];

	switch (pick(s, 10)) {
	case 0:
		snprintf(origin, sizeof origin, "origin/%d", (int)pick(s, 5));
		if (say(s, "log", inq_store_log_add(s->s, name(s), origin, &log, &s->err)))
			inq_putf(s->out, " %u", (unsigned)log);
		break;
	case 1:
		value = bytes(s, 100000);
		say(s, "set", inq_store_set(s->s, name(s), value, &s->err));
		break;
	case 2:
		value = bytes(s, 100000);
		say(s, "extra", inq_store_extra_put(s->s, name(s), value, &s->err));
		break;
	case 3:
		value = bytes(s, pick(s, 4) ? 5000 : sizeof s->bytes);
		if (say(s, "object", inq_store_object_put_bytes(s->s, value, &digest, &s->err)))
			say_bytes(s, (struct inq_bytes){ digest.byte, 32 });
		break;
	case 4:
		value = bytes(s, 200);
		say(s, "cosign", inq_store_cosign(s->s, log, pick(s, pick(s, 4) ? 2 : 8), value, &s->err));
		break;
	default:
		append(s, log);
	}
}

static void say_head(struct script *s, enum inq_status status, const struct inq_store_head *head)
{
	if (!say(s, "the head", status))
		return;
	inq_putf(s->out, " %llu %llu", (unsigned long long)head->number, (unsigned long long)head->size);
	say_bytes(s, head->note);
	for (size_t i = 0; i < head->cosignature_count; i++)
		say_bytes(s, head->cosignatures[i]);
}

static void read_log(struct script *s)
{
	uint32_t log = (uint32_t)(pick(s, 40) ? pick(s, 3) : 3);
	struct inq_store_entry *entries;
	struct inq_store_head head;
	struct inq_store_log *logs;
	struct inq_bytes b;
	size_t count;

	switch (pick(s, 6)) {
	case 0:
		if (say(s, "logs", inq_store_logs(s->s, s->a, &logs, &count, &s->err)))
			for (size_t i = 0; i < count; i++)
				inq_putf(s->out, " %s %s %llu %llu", logs[i].name, logs[i].origin,
				        (unsigned long long)logs[i].size, (unsigned long long)logs[i].heads);
		break;
	case 1:
		if (say(s, "entries",
		            inq_store_entries(
		                    s->s, log, pick(s, 500), pick(s, 300), s->a, &entries, &count, &s->err)))
			for (size_t i = 0; i < count; i++)
				say_bytes(s, entries[i].bytes);
		break;
	case 2:
		if (say(s, "tile",
		            inq_store_tile(s->s, log, (unsigned)pick(s, 3), pick(s, 3), s->a, &b, &s->err)))
			say_bytes(s, b);
		break;
	case 3:
		say_head(s, inq_store_head_last(s->s, log, s->a, &head, &s->err), &head);
		break;
	case 4:
		say_head(s, inq_store_head_from(s->s, log, pick(s, 1000), s->a, &head, &s->err), &head);
		break;
	default:
		say_head(s, inq_store_head(s->s, log, pick(s, 8), s->a, &head, &s->err), &head);
	}
}

static void read_something(struct script *s)
{
	struct inq_store_object *objects;
	struct inq_sha256 after;
	const char **names;
	struct inq_bytes b;
	size_t count;

	switch (pick(s, 6)) {
	case 0:
		if (say(s, "setting", inq_store_setting(s->s, name(s), s->a, &b, &s->err)))
			say_bytes(s, b);
		break;
	case 1:
		if (say(s, "the extra", inq_store_extra(s->s, name(s), s->a, &b, &s->err)))
			say_bytes(s, b);
		break;
	case 2:
		if (say(s, "extras",
		            inq_store_extras(s->s, pick(s, 2) ? name(s) : NULL, pick(s, 9), s->a, &names,
		                    &count, &s->err)))
			for (size_t i = 0; i < count; i++)
				inq_putf(s->out, " %s", names[i]);
		break;
	case 3:
		memset(&after, (int)pick(s, 256), sizeof after);
		if (!say(s, "objects",
		            inq_store_objects(s->s, pick(s, 2) ? &after : NULL, pick(s, 9), s->a, &objects,
		                    &count, &s->err)))
			break;
		for (size_t i = 0; i < count; i++) {
			inq_putf(s->out, " %llu %llu %s", (unsigned long long)objects[i].size,
			        (unsigned long long)objects[i].stored, objects[i].codec);
			inq_put(s->out, "\n");
			if (inq_store_object_write(s->s, &objects[i].digest, true, s->out, &s->err) != INQ_OK)
				inq_put(s->out, s->err.text);
		}
		break;
	default:
		read_log(s);
	}
}

struct inq_store *make_store_script(struct inq_store *store, const char *address, bool reopen, uint64_t seed,
        unsigned steps, struct inq_arena *a, struct inq_sink *transcript)
{
	struct script *s = inq_arena_new(a, 1, sizeof *s);
	bool open = true;

	if (!s)
		abort();
	*s = (struct script){ .s = store, .a = a, .out = transcript, .random = seed };
	for (unsigned i = 0; i < 3; i++) {
		static const char *const parties[] = { "one", "two", "three" };
		uint32_t log;

		say(s, "log", inq_store_log_add(s->s, parties[i], parties[i], &log, &s->err));
	}
	say(s, "commit", inq_store_commit(s->s, &s->err));
	say(s, "begin", inq_store_begin(s->s, true, &s->err));
	for (unsigned i = 0; i < steps; i++) {
		uint64_t what = pick(s, 20);
		bool failed = s->failed;

		s->failed = false;
		if (open && (what == 0 || (failed && what < 15))) {
			say(s, "commit", inq_store_commit(s->s, &s->err));
			open = false;
		} else if (what == 1) {
			inq_store_rollback(s->s);
			open = false;
		} else if (what < 3 || !open) {
			open |= say(s, "begin", inq_store_begin(s->s, pick(s, 12) != 0, &s->err));
		} else {
			if (pick(s, 5) < 3)
				write_something(s);
			else
				read_something(s);
		}
		if (reopen && !open && i % 3 == 0) {
			inq_store_close(s->s);
			if (inq_store_open(address, INQ_STORE_WRITE, a, &s->s, &s->err) != INQ_OK) {
				fprintf(stderr, "reopening: %s\n", s->err.text);
				abort();
			}
		}
	}
	if (open)
		say(s, "commit", inq_store_commit(s->s, &s->err));
	say(s, "check", inq_store_check(s->s, &s->err));
	return s->s;
}
