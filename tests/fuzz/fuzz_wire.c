#include "case/wire.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

enum { QUESTIONS_MOST = 64 };

static const char *const names[] = { "policy", "logs/alma/checkpoint" };

/* The bundle has two files; for any other name that gets through it must at least be one of a bundle. */
static enum inq_status file_read(void *context, const char *name, uint64_t most, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	(void)context;
	(void)a;
	if (!*name || name[0] == '/' || strstr(name, "..") || strlen(name) >= INQ_BUNDLE_NAME)
		abort();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0 && most >= strlen(name)) {
			*ret = inq_bytes_of(names[i]);
			return INQ_OK;
		}
	return inq_fail(err, INQ_UNREADABLE, 0, "is not there");
}

static void inert(const char *text)
{
	for (const char *c = text ? text : ""; *c; c++)
		if ((uint8_t)*c < 0x20 || *c == 0x7f)
			abort();
}

/* What is read as a question is all of it, and would be written so. */
static void same(struct inq_bytes question, const struct wire_question *q)
{
	uint64_t off = 2 + 8 * q->count;

	if (question.at[0] != (uint8_t)q->what || question.at[1] != q->count)
		abort();
	for (size_t i = 0; i < q->count; i++) {
		uint64_t field;

		if (!inq_bytes_u64(question, 2 + 8 * i, false, &field) || field != q->fields[i].len ||
		        (field && q->fields[i].at != question.at + off))
			abort();
		off += field;
	}
	if (off != question.len)
		abort();
}

/* Whoever took over the reading side says what it likes: nobody comes in unasked, and no head that does not fit. */
static void kept(struct keeper *k)
{
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	struct inq_store_log *logs;
	struct inq_error err;
	size_t count = 0, unnamed = 0;

	if (!a || inq_store_logs(k->c->store, a, &logs, &count, &err) != INQ_OK || count > k->log_count ||
	        k->log_count > INQ_PARTIES_MOST || k->fork_count > INQ_PARTIES_MOST)
		abort();
	for (size_t i = 0; i < k->log_count; i++)
		unnamed += !keeper_accepts(k, k->logs[i].party);
	if (unnamed > k->others)
		abort();
	for (size_t i = 0; i < count; i++) {
		struct inq_store_head head;

		if (inq_store_head_last(k->c->store, (uint32_t)i, a, &head, &err) == INQ_OK &&
		        head.size > logs[i].size)
			abort();
	}
	for (size_t i = 0; i < k->pulled.stranger_count; i++) {
		if (!inq_party_name_holds(inq_bytes_of(k->strangers[i].party)))
			abort();
		inert(k->strangers[i].key);
		inert(k->strangers[i].named_by);
	}
	inert(k->pulled.refusal.party);
	inert(k->pulled.refusal.file);
	inert(k->pulled.refusal.what);
	inq_arena_close(a);
}

/* A byte that says whom the caller lets in, and questions, each behind its length in four bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	static const struct inq_pull_accept accept = { "alma", NULL };
	struct inq_pull pull = { .source = { file_read, NULL, NULL } };
	struct inq_arena *a = len ? inq_arena_open(SIZE_MAX) : NULL;
	struct inq_case c = { .a = a, .party = "joe", .own = UINT32_MAX };
	struct inq_bytes rest = { at, len }, question;
	struct inq_error err;
	struct keeper k;
	uint32_t size;

	if (!a)
		return 0;
	if (at[0] & 1) {
		pull.accept = &accept;
		pull.accept_count = 1;
	}
	c.known = inq_arena_open(SIZE_MAX);
	if (!c.known || inq_store_open("memory:", INQ_STORE_CREATE, a, &c.store, &err) != INQ_OK ||
	        keeper_make(&k, &c, &pull, a, &err) != INQ_OK)
		abort();
	rest = inq_bytes_from(rest, 1);
	for (unsigned i = 0; i < QUESTIONS_MOST && inq_bytes_u32(rest, 0, false, &size) &&
	                     inq_bytes_cut(rest, 4, size, &question);
	        i++) {
		struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
		struct inq_bytes answer;
		struct wire_question q;

		if (wire_read(question, &q))
			same(question, &q);
		(void)keeper_answer(&k, question, scratch, &answer, &err);
		inq_arena_close(scratch);
		rest = inq_bytes_from(rest, 4 + (size_t)size);
	}
	kept(&k);
	inq_store_rollback(c.store);
	inq_store_close(c.store);
	inq_arena_close(c.known);
	inq_arena_close(a);
	return 0;
}
