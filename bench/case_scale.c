/*
 * How fast a case takes entries and opens again: N statements in durable
 * batches of 100, each signed by a process of its own.
 *
 * usage: case_scale ADDRESS N
 */
#include "os/agent.h"
#include "os/os.h"
#include <inquiry/case.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct inq_secret *secret;

static enum inq_status open_secret(
        void *context, uint8_t *hello, size_t most, size_t *ret_len, struct inq_error *err)
{
	struct inq_party_keys *keys = (void *)hello;
	enum inq_status status = inq_secret_make(inq_bytes_of("bench"), &secret, err);

	(void)context;
	if (status != INQ_OK || most < sizeof *keys)
		return status == INQ_OK ? INQ_OVER_LIMIT : status;
	inq_secret_public(secret, keys);
	*ret_len = sizeof *keys;
	return INQ_OK;
}

static enum inq_status answer(void *context, struct inq_bytes request, uint8_t *reply, size_t most,
        size_t *ret_len, struct inq_error *err)
{
	(void)context;
	return inq_secret_answer(secret, request, reply, most, ret_len, err);
}

static void die(const struct inq_error *err)
{
	fprintf(stderr, "case_scale: %s\n", err->text);
	exit(1);
}

int main(int argc, char **argv)
{
	static uint8_t hello[INQ_AGENT_REPLY_MOST];
	const struct inq_agent_work work = { NULL, open_secret, answer };
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	const struct inq_record_trust trust = { .level = 2 };
	const struct inq_record_result *record;
	struct inq_bundle_source source;
	struct inq_case_writer writer = { .time = 1000000000 };
	struct inq_case_entered entered;
	struct inq_case_start start = { "000102030405060708090a0b0c0d0e0f", "scale", NULL };
	struct inq_error err = { 0, "" };
	struct inq_agent agent;
	struct inq_case *c;
	uint64_t count, done = 0, from;
	size_t len;

	if (argc != 3 || !(count = strtoull(argv[2], NULL, 10))) {
		fprintf(stderr, "usage: case_scale ADDRESS N\n");
		return 2;
	}
	if (inq_agent_open(&work, &agent, hello, &len, &err) != INQ_OK)
		die(&err);
	memcpy(&writer.keys, hello, sizeof writer.keys);
	writer.asker = (struct inq_asker){ inq_agent_ask, &agent };
	if (inq_case_create(argv[1], &start, &writer, a, &c, &entered, &err) != INQ_OK)
		die(&err);
	from = inq_os_clock();
	while (done < count) {
		if (inq_case_begin(c, &writer, &err) != INQ_OK)
			die(&err);
		for (int i = 0; i < INQ_CASE_BATCH && done < count; i++, done++) {
			char text[64];
			struct inq_entry e = { .type = INQ_ENTRY_STATEMENT };

			snprintf(text, sizeof text, "statement %" PRIu64, done);
			e.text = inq_bytes_of(text);
			if (inq_case_enter(c, &e, &entered, &err) != INQ_OK)
				die(&err);
		}
		if (inq_case_commit(c, &err) != INQ_OK)
			die(&err);
	}
	from = inq_os_clock() - from;
	printf("appended\t%" PRIu64 "\tms\t%" PRIu64 "\tper second\t%" PRIu64 "\n", done, from,
	        done * 1000 / (from ? from : 1));
	inq_case_close(c);
	inq_agent_close(&agent);
	from = inq_os_clock();
	if (inq_case_open(argv[1], false, a, &c, &err) != INQ_OK)
		die(&err);
	printf("opened\tms\t%" PRIu64 "\n", inq_os_clock() - from);
	from = inq_os_clock();
	if (inq_case_freeze(c, &err) != INQ_OK)
		die(&err);
	inq_case_bundle(c, &source);
	if (inq_record_verify(&source, &trust, a, &record, &err) != INQ_OK)
		die(&err);
	printf("verified to V%d\tms\t%" PRIu64 "\n", record->level, inq_os_clock() - from);
	inq_case_thaw(c);
	inq_case_close(c);
	inq_arena_close(a);
	return 0;
}
