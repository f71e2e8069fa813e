/*
 * How fast a case takes entries and opens again: N statements in durable
 * batches of 100, each signed by a process of its own. With FOLDER, what it
 * costs another party to join it by what is published there, in a store at
 * ADDRESS.other, and to pull 10 entries more.
 *
 * usage: case_scale ADDRESS N [FOLDER]
 */
#include "os/agent.h"
#include "os/os.h"
#include <inquiry/pull.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static struct inq_secret *secret;

static enum inq_status open_secret(
        void *context, uint8_t *hello, size_t most, size_t *ret_len, struct inq_error *err)
{
	struct inq_party_keys *keys = (void *)hello;
	enum inq_status status = inq_secret_make(inq_bytes_of(context), &secret, err);

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

static struct inq_error err;
static struct inq_arena *a;

static void want(enum inq_status status)
{
	if (status == INQ_OK)
		return;
	fprintf(stderr, "case_scale: %s\n", err.text);
	exit(1);
}

/* A party: who holds its secrets, and how to ask. */
struct party {
	struct inq_agent agent;
	struct inq_case_writer writer;
};

static void party_make(struct party *p, char *name)
{
	static uint8_t hello[INQ_AGENT_REPLY_MOST];
	const struct inq_agent_work work = { name, open_secret, answer };
	size_t len;

	want(inq_agent_open(&work, &p->agent, hello, &len, &err));
	p->writer.time = 1000000000;
	memcpy(&p->writer.keys, hello, sizeof p->writer.keys);
	p->writer.asker = (struct inq_asker){ inq_agent_ask, &p->agent };
}

static void append(struct inq_case *c, const struct party *p, uint64_t count)
{
	for (uint64_t done = 0; done < count;) {
		want(inq_case_begin(c, &p->writer, &err));
		for (int i = 0; i < INQ_CASE_BATCH && done < count; i++, done++) {
			struct inq_entry e = { .type = INQ_ENTRY_STATEMENT };
			struct inq_case_entered entered;
			char text[64];

			snprintf(text, sizeof text, "statement %" PRIu64, done);
			e.text = inq_bytes_of(text);
			want(inq_case_enter(c, &e, &entered, &err));
		}
		want(inq_case_commit(c, &err));
	}
}

static long resident(int who)
{
	struct rusage use;

	getrusage(who, &use);
	return use.ru_maxrss >> 10;
}

/* Milliseconds of processor time, of this process and of those that it waited for. */
static uint64_t spent(void)
{
	uint64_t ms = 0;

	for (int who = RUSAGE_CHILDREN; who <= RUSAGE_SELF; who++) {
		struct rusage use;

		getrusage(who, &use);
		ms += (uint64_t)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000 +
		      (uint64_t)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1000;
	}
	return ms;
}

/* Counts what a pull asks for. */
struct counted {
	struct inq_bundle_source folder;
	uint64_t files, bytes;
};

static enum inq_status counted_read(void *context, const char *name, uint64_t most, struct inq_arena *to,
        struct inq_bytes *ret, struct inq_error *why)
{
	struct counted *c = context;
	enum inq_status status = c->folder.read(c->folder.context, name, most, to, ret, why);

	c->files++;
	c->bytes += status == INQ_OK ? ret->len : 0;
	return status;
}

/* Another party joins, and pulls what came since. */
static void pulls(const char *address, struct inq_case *c, const struct party *writer, const char *folder)
{
	const struct inq_child_limits limits = { .memory = (uint64_t)8 << 30, .sandbox = true };
	struct inq_case_start start = { NULL, "scale", NULL };
	struct inq_case_folder place = { folder, a };
	struct counted counted = { .files = 0 };
	struct inq_pull pull = { .source = { counted_read, NULL, &counted }, .limits = &limits };
	struct inq_case_published published;
	struct inq_case_entered entered;
	struct inq_pulled pulled;
	struct inq_case *other;
	struct party p;
	char at[4096];
	uint64_t from;

	party_make(&p, (char[]){ "other" });
	inq_case_folder_bundle(&place, &counted.folder);
	from = spent();
	want(inq_case_publish(c, folder, NULL, 0, &published, &err));
	printf("published\tcpu ms\t%" PRIu64 "\n", spent() - from);
	snprintf(at, sizeof at, "%s.other", address);
	from = spent();
	want(inq_case_join(at, &start, &p.writer, &pull, a, &other, &entered, &pulled, &err));
	printf("joined\tcpu ms\t%" PRIu64 "\tfiles\t%" PRIu64 "\tbytes\t%" PRIu64
	       "\tMB\t%ld\tits reader\t%ld\n",
	        spent() - from, counted.files, counted.bytes, resident(RUSAGE_SELF),
	        resident(RUSAGE_CHILDREN));
	append(c, writer, 10);
	want(inq_case_publish(c, folder, NULL, 0, &published, &err));
	inq_case_close(other);
	counted.files = counted.bytes = 0;
	from = spent();
	want(inq_case_open(at, true, a, &other, &err));
	printf("opened\tms\t%" PRIu64 "\n", spent() - from);
	from = spent();
	want(inq_case_pull(other, &p.writer, &pull, a, &pulled, &err));
	printf("pulled\t%" PRIu64 "\tcpu ms\t%" PRIu64 "\tfiles\t%" PRIu64 "\tbytes\t%" PRIu64 "\n",
	        pulled.entries, spent() - from, counted.files, counted.bytes);
	from = spent();
	want(inq_case_pull(other, &p.writer, &pull, a, &pulled, &err));
	printf("pulled\t%" PRIu64 "\tcpu ms\t%" PRIu64 "\n", pulled.entries, spent() - from);
	inq_case_close(other);
	inq_agent_close(&p.agent);
}

int main(int argc, char **argv)
{
	const struct inq_record_trust trust = { .level = 2 };
	const struct inq_record_result *record;
	struct inq_bundle_source source;
	struct inq_case_entered entered;
	struct inq_case_start start = { "000102030405060708090a0b0c0d0e0f", "scale", NULL };
	struct inq_case *c;
	struct party p;
	uint64_t count, from;

	a = inq_arena_open(SIZE_MAX);
	if (argc < 3 || argc > 4 || !(count = strtoull(argv[2], NULL, 10))) {
		fprintf(stderr, "usage: case_scale ADDRESS N [FOLDER]\n");
		return 2;
	}
	party_make(&p, (char[]){ "bench" });
	want(inq_case_create(argv[1], &start, &p.writer, a, &c, &entered, &err));
	from = inq_os_clock();
	append(c, &p, count);
	from = inq_os_clock() - from;
	printf("appended\t%" PRIu64 "\tms\t%" PRIu64 "\tper second\t%" PRIu64 "\n", count, from,
	        count * 1000 / (from ? from : 1));
	inq_case_close(c);
	from = inq_os_clock();
	want(inq_case_open(argv[1], true, a, &c, &err));
	printf("opened\tms\t%" PRIu64 "\n", inq_os_clock() - from);
	from = inq_os_clock();
	want(inq_case_freeze(c, &err));
	inq_case_bundle(c, &source);
	want(inq_record_verify(&source, &trust, a, &record, &err));
	printf("verified to V%d\tms\t%" PRIu64 "\n", record->level, inq_os_clock() - from);
	inq_case_thaw(c);
	if (argc == 4)
		pulls(argv[1], c, &p, argv[3]);
	inq_case_close(c);
	inq_agent_close(&p.agent);
	inq_arena_close(a);
	return 0;
}
