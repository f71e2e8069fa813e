/*
 * How long each side of a private comparison computes, with all proofs made and
 * verified and all that both hold opened: one core, no files, no processes.
 *
 * usage: blind_scale ELEMENTS COMMON
 */
#include "../tests/make/blind.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void must_ok(enum inq_status status, const struct inq_error *err)
{
	if (status == INQ_OK)
		return;
	fprintf(stderr, "blind_scale: %s\n", err->text);
	exit(1);
}

static struct inq_blind_set set_of(struct make_blind *m, uint64_t first, uint64_t count)
{
	struct inq_blind_builder *b = inq_blind_builder_make(m->a);
	struct inq_blind_set set;
	struct inq_error err;

	for (uint64_t i = first; i < first + count; i++) {
		struct inq_sha256 *digest = inq_arena_new(m->a, 1, sizeof *digest);

		must_ok(inq_sha256((struct inq_bytes){ (const uint8_t *)&i, sizeof i }, digest), &err);
		must_ok(inq_blind_add(b, INQ_BLIND_SHA256, (struct inq_bytes){ digest->byte, 32 },
		                inq_bytes_of("made"), &err),
		        &err);
	}
	must_ok(inq_blind_built(b, &set, &err), &err);
	return set;
}

int main(int argc, char **argv)
{
	uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 10000;
	uint64_t common = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000;
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	struct make_blind *m = inq_arena_new(a, 1, sizeof *m);
	uint64_t spent[2] = { 0, 0 }, start, bytes = 0;
	struct inq_blind_set sets[2];
	struct inq_bytes result, message;
	struct inq_error err = { 0, "" };

	if (sodium_init() < 0 || common > count)
		return 2;
	make_blind_init(m, a, 1);
	m->limit = INQ_BLIND_LIMIT_MOST;
	sets[0] = set_of(m, 0, count);
	sets[1] = set_of(m, count - common, count);
	start = milliseconds();
	make_blind_commit(m, sets, 1);
	/* Both commit alike. */
	spent[0] = spent[1] = (milliseconds() - start) / 2;
	for (unsigned step = 1; step <= 6; step++) {
		unsigned by = (step + 1) % 2;

		start = milliseconds();
		message = make_blind_message(m, by);
		make_blind_sent(m, by, message);
		spent[by] += milliseconds() - start;
		bytes += message.len;
		start = milliseconds();
		must_ok(make_blind_take(m, 1 - by, message, &err), &err);
		spent[1 - by] += milliseconds() - start;
	}
	for (unsigned by = 0; by < 2; by++) {
		start = milliseconds();
		must_ok(inq_blind_result_write(&m->session[by], &m->asker[by], a, &result, &err), &err);
		spent[by] += milliseconds() - start;
	}
	if (m->session[0].match_count != common || m->session[1].match_count != common)
		return 1;
	printf("%llu x %llu, %llu in common: offers %llu.%03llu s, answers %llu.%03llu s; messages %llu "
	       "bytes, result %zu\n",
	        (unsigned long long)count, (unsigned long long)count, (unsigned long long)common,
	        (unsigned long long)spent[0] / 1000, (unsigned long long)spent[0] % 1000,
	        (unsigned long long)spent[1] / 1000, (unsigned long long)spent[1] % 1000,
	        (unsigned long long)bytes, result.len);
	inq_arena_close(a);
	return 0;
}
