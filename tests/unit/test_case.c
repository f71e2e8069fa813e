/*
 * Cases: what is entered is what is there, whatever it is kept in, whoever else
 * writes, and whatever fails. Memory runs out where --wrap=calloc says.
 */
#include "../make/store.h"
#include <inquiry/case.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define CASE_ID "00112233445566778899aabbccddeeff"

static struct inq_error err;

#define ok(call) ok_at(call, __LINE__)
static void ok_at(enum inq_status status, int line)
{
	if (status != INQ_OK)
		fail_msg("line %d: status %d: %s", line, (int)status, err.text);
}

/* The allocations of arenas fail from the n-th on; 0: none does. */
static uint64_t allocations, fail_from;
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
	if (fail_from && ++allocations >= fail_from)
		return NULL;
	return __real_calloc(count, size);
}

/* A party with secrets in this process: what the agent does is the agent's test. */
struct party {
	struct inq_secret *secret;
	struct inq_case_writer writer;
};

static enum inq_status ask(void *context, struct inq_bytes request, uint8_t *reply, size_t most,
        size_t *ret_len, struct inq_error *why)
{
	return inq_secret_answer(context, request, reply, most, ret_len, why);
}

static void party_make(struct party *p, const char *name)
{
	ok(inq_secret_make(inq_bytes_of(name), &p->secret, &err));
	inq_secret_public(p->secret, &p->writer.keys);
	p->writer.asker = (struct inq_asker){ ask, p->secret };
	p->writer.time = 1700000000;
}

static const struct inq_case_start start = { CASE_ID, "the case", NULL };

static struct inq_case *case_make(const char *address, const struct party *p, struct inq_arena *a)
{
	struct inq_case_entered charter;
	struct inq_case *c;

	ok(inq_case_create(address, &start, &p->writer, a, &c, &charter, &err));
	assert_int_equal(charter.index, 0);
	return c;
}

static enum inq_status say(struct inq_case *c, const struct party *p, const char *text,
        struct inq_case_entered *ret, struct inq_error *why)
{
	struct inq_entry e = { .type = INQ_ENTRY_STATEMENT, .text = inq_bytes_of(text) };
	enum inq_status status = inq_case_begin(c, &p->writer, why);

	if (status != INQ_OK)
		return status;
	status = inq_case_enter(c, &e, ret, why);
	if (status == INQ_OK)
		return inq_case_commit(c, why);
	inq_case_rollback(c);
	return status;
}

/* Enters `content` as an exhibit. */
static enum inq_status admit(struct inq_case *c, const struct party *p, const char *content,
        struct inq_case_entered *ret, struct inq_error *why)
{
	struct inq_subject subject = { inq_bytes_of("a file"), { { 0 } } };
	struct inq_entry e = { .type = INQ_ENTRY_EXHIBIT_OPEN, .subjects = &subject, .subject_count = 1 };
	enum inq_status status = inq_case_begin(c, &p->writer, why);

	if (status != INQ_OK)
		return status;
	e.size = strlen(content);
	status = inq_store_object_put_bytes(inq_case_store(c), inq_bytes_of(content), &subject.digest, why);
	if (status == INQ_OK)
		status = inq_case_enter(c, &e, ret, why);
	if (status == INQ_OK)
		return inq_case_commit(c, why);
	inq_case_rollback(c);
	return status;
}

/* Proves all of a case again; V2 without a failure, or the test ends. */
static void prove(struct inq_case *c, size_t entries)
{
	const struct inq_record_trust trust = { .level = 2, .object_most = 1 << 20 };
	struct inq_arena *a = inq_arena_open((size_t)1 << 30);
	const struct inq_record_result *record;
	struct inq_bundle_source source;

	ok(inq_store_check(inq_case_store(c), &err));
	ok(inq_case_freeze(c, &err));
	inq_case_bundle(c, &source);
	ok(inq_record_verify(&source, &trust, a, &record, &err));
	if (record->failure_total)
		fail_msg("V%u: %s", record->failures[0].level, record->failures[0].what);
	assert_int_equal(record->level, 2);
	assert_int_equal(record->entry_count, entries);
	inq_case_thaw(c);
	inq_arena_close(a);
}

static void begins_with_its_charter(void **state)
{
	struct inq_arena *a = inq_arena_open((size_t)1 << 30), *b = inq_arena_open((size_t)1 << 30);
	struct make_store where;
	struct party p;
	struct inq_case *c;
	struct inq_case_entered charter;

	(void)state;
	party_make(&p, "alice");
	make_store(&where, MAKE_SQLITE);
	c = case_make(where.address, &p, a);
	assert_int_equal(inq_case_entry(c, 0)->type, INQ_ENTRY_CHARTER);
	prove(c, 1);
	inq_case_close(c);
	assert_int_equal(
	        inq_case_create(where.address, &start, &p.writer, a, &c, &charter, &err), INQ_CONFLICT);
	ok(inq_case_open(where.address, false, b, &c, &err));
	assert_string_equal(inq_case_id(c), CASE_ID);
	assert_string_equal(inq_case_party(c), "alice");
	assert_string_equal(inq_case_title(c), "the case");
	assert_int_equal(inq_case_count(c), 1);
	inq_case_close(c);
	inq_secret_close(p.secret);
	inq_arena_close(a);
	inq_arena_close(b);
}

static void refuses_a_claim_without_grounds(void **state)
{
	struct inq_arena *a = inq_arena_open((size_t)1 << 30);
	struct inq_entry e = { .type = INQ_ENTRY_CLAIM, .text = inq_bytes_of("it was them") };
	struct inq_case_entered entered;
	struct inq_sha256 cite;
	struct inq_case *c;
	struct party p;

	(void)state;
	party_make(&p, "alice");
	c = case_make("memory:", &p, a);
	ok(inq_case_begin(c, &p.writer, &err));
	assert_int_equal(inq_case_enter(c, &e, &entered, &err), INQ_BAD_ARGUMENT);
	assert_non_null(strstr(err.text, "no grounds given"));
	inq_case_rollback(c);
	assert_int_equal(inq_case_count(c), 0);
	ok(inq_case_begin(c, &p.writer, &err));
	cite = inq_case_entry(c, 0)->digest;
	e.cites = &cite;
	e.cite_count = 1;
	ok(inq_case_enter(c, &e, &entered, &err));
	ok(inq_case_commit(c, &err));
	assert_int_equal(entered.index, 1);
	prove(c, 2);
	inq_case_close(c);
	inq_secret_close(p.secret);
	inq_arena_close(a);
}

static void refuses_what_a_verifier_would_refuse(void **state)
{
	static const struct inq_sha256 nowhere = { { 1 } };
	struct inq_arena *a = inq_arena_open((size_t)1 << 30);
	struct inq_subject subject = { inq_bytes_of("a file"), nowhere };
	struct inq_case_entered said, exhibit, withheld, withdrawn;
	struct inq_sha256 charter;
	struct party p, other;
	char vkey[INQ_VKEY_MOST];
	struct inq_case *c;

	(void)state;
	party_make(&p, "alice");
	party_make(&other, "alice");
	c = case_make("memory:", &p, a);
	charter = inq_case_entry(c, 0)->digest;
	ok(say(c, &p, "said", &said, &err));
	ok(admit(c, &p, "the exhibit", &exhibit, &err));
	inq_vkey_write(&other.writer.keys.of[INQ_ROLE_ENTRY], vkey);
	{
		struct inq_entry hidden = { .type = INQ_ENTRY_EXHIBIT_WITHHELD,
			.subjects = &subject,
			.subject_count = 1,
			.size = 5,
			.reason = inq_bytes_of("why") };
		struct inq_entry back = { .type = INQ_ENTRY_WITHDRAW, .of = said.digest };

		ok(inq_case_begin(c, &p.writer, &err));
		ok(inq_case_enter(c, &hidden, &withheld, &err));
		ok(inq_case_enter(c, &back, &withdrawn, &err));
		ok(inq_case_commit(c, &err));
	}
	{
		struct inq_subject known = { inq_bytes_of("a file"), inq_case_entry(c, 2)->subject },
		                   unknown = { inq_bytes_of("a file"), { { 2 } } };
		const struct {
			struct inq_entry e;
			enum inq_status status;
		} bad[] = {
			{ { .type = INQ_ENTRY_CLAIM,
			          .text = inq_bytes_of("x"),
			          .cites = &nowhere,
			          .cite_count = 1 },
			        INQ_UNRESOLVED },
			{ { .type = INQ_ENTRY_SUPPORT, .of = nowhere }, INQ_UNRESOLVED },
			{ { .type = INQ_ENTRY_WITHDRAW, .of = charter }, INQ_BAD_ARGUMENT },
			{ { .type = INQ_ENTRY_WITHDRAW, .of = withdrawn.digest }, INQ_BAD_ARGUMENT },
			{ { .type = INQ_ENTRY_EXHIBIT_OPEN,
			          .subjects = &known,
			          .subject_count = 1,
			          .size = 11 },
			        INQ_CONFLICT },
			{ { .type = INQ_ENTRY_SUPPORT,
			          .of = said.digest,
			          .subjects = &unknown,
			          .subject_count = 1 },
			        INQ_UNRESOLVED },
			{ { .type = INQ_ENTRY_EXHIBIT_UNSEAL,
			          .of = withheld.digest,
			          .subjects = &subject,
			          .subject_count = 1,
			          .size = 6 },
			        INQ_BAD_ARGUMENT },
			{ { .type = INQ_ENTRY_EXHIBIT_UNSEAL,
			          .of = withheld.digest,
			          .subjects = &known,
			          .subject_count = 1,
			          .size = 5 },
			        INQ_BAD_ARGUMENT },
			{ { .type = INQ_ENTRY_EXHIBIT_UNSEAL,
			          .of = exhibit.digest,
			          .subjects = &known,
			          .subject_count = 1,
			          .size = 11 },
			        INQ_BAD_ARGUMENT },
			{ { .type = INQ_ENTRY_KEY_REVOKE,
			          .role = INQ_ROLE_ENTRY,
			          .old_key = inq_bytes_of(vkey),
			          .reason = inq_bytes_of("x") },
			        INQ_BAD_ARGUMENT },
			{ { .type = INQ_ENTRY_TYPES }, INQ_BAD_ARGUMENT },
		};

		for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
			struct inq_case_entered entered;

			ok(inq_case_begin(c, &p.writer, &err));
			if (inq_case_enter(c, &bad[i].e, &entered, &err) != bad[i].status)
				fail_msg("%zu: %s", i, err.text);
			inq_case_rollback(c);
		}
	}
	prove(c, 5);
	inq_case_close(c);
	inq_secret_close(p.secret);
	inq_secret_close(other.secret);
	inq_arena_close(a);
}

static void keys_are_rotated_and_revoked(void **state)
{
	struct inq_arena *a = inq_arena_open((size_t)1 << 30);
	struct inq_case_entered entered[INQ_ROLES], one;
	struct inq_entry e = {
		.type = INQ_ENTRY_KEY_REVOKE, .role = INQ_ROLE_LOG, .reason = inq_bytes_of("lost")
	};
	struct party p, next, bob;
	char origin[INQ_ORIGIN_MOST], vkey[INQ_VKEY_MOST];
	struct inq_vkey key;
	struct inq_case *c;

	(void)state;
	party_make(&p, "alice");
	party_make(&next, "alice");
	party_make(&bob, "bob");
	c = case_make("memory:", &p, a);
	assert_int_equal(inq_case_rotate(c, &p.writer, &bob.writer, "x", entered, &err), INQ_BAD_ARGUMENT);
	assert_int_equal(inq_case_rotate(c, &p.writer, &p.writer, "x", entered, &err), INQ_BAD_ARGUMENT);
	ok(inq_case_rotate(c, &p.writer, &next.writer, "yearly", entered, &err));
	assert_int_equal(entered[2].index, 3);
	prove(c, 4);
	assert_int_equal(say(c, &p, "with the old key", &one, &err), INQ_BAD_ARGUMENT);
	ok(say(c, &next, "with the new key", &one, &err));
	inq_origin(inq_bytes_of("alice"), inq_bytes_of(CASE_ID), origin);
	ok(inq_vkey_make(
	        inq_bytes_of(origin), INQ_KEY_ED25519, next.writer.keys.of[INQ_ROLE_LOG].public, &key, &err));
	inq_vkey_write(&key, vkey);
	e.old_key = inq_bytes_of(vkey);
	ok(inq_case_begin(c, &next.writer, &err));
	ok(inq_case_enter(c, &e, &one, &err));
	ok(inq_case_commit(c, &err));
	prove(c, 6);
	assert_int_equal(say(c, &next, "with a revoked key", &one, &err), INQ_BAD_ARGUMENT);
	assert_non_null(strstr(err.text, "revoked"));
	inq_case_close(c);
	inq_secret_close(p.secret);
	inq_secret_close(next.secret);
	inq_secret_close(bob.secret);
	inq_arena_close(a);
}

static void finds_entries_by_their_names(void **state)
{
	static const struct {
		const char *name;
		enum inq_status status;
		uint64_t index;
	} names[] = {
		{ "alice/0", INQ_OK, 0 },
		{ "alice/2", INQ_OK, 2 },
		{ "2", INQ_OK, 2 },
		{ "alice/3", INQ_NOT_FOUND, 0 },
		{ "3", INQ_NOT_FOUND, 0 },
		{ "alice/00", INQ_BAD_ARGUMENT, 0 },
		{ "alice/", INQ_BAD_ARGUMENT, 0 },
		{ "alice/18446744073709551616", INQ_BAD_ARGUMENT, 0 },
		{ "bob/1", INQ_NOT_FOUND, 0 },
		{ "ali/1", INQ_NOT_FOUND, 0 },
		{ "-1", INQ_BAD_ARGUMENT, 0 },
		{ "", INQ_BAD_ARGUMENT, 0 },
		{ "abcdef", INQ_BAD_ARGUMENT, 0 },
		{ "00000000", INQ_NOT_FOUND, 0 },
	};
	struct inq_arena *a = inq_arena_open((size_t)1 << 30);
	const struct inq_case_entry *found;
	struct inq_case_entered entered;
	char hex[65], name[INQ_CASE_NAME];
	struct inq_case *c;
	struct party p;

	(void)state;
	party_make(&p, "alice");
	c = case_make("memory:", &p, a);
	ok(say(c, &p, "one", &entered, &err));
	ok(say(c, &p, "two", &entered, &err));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		enum inq_status status = inq_case_find(c, names[i].name, &found, &err);

		if (status != names[i].status || (status == INQ_OK && found->index != names[i].index))
			fail_msg("%s: %d", names[i].name, (int)status);
	}
	inq_hex(entered.digest.byte, 32, hex);
	hex[INQ_CASE_PREFIX] = 0;
	ok(inq_case_find(c, hex, &found, &err));
	assert_int_equal(found->index, 2);
	inq_case_entry_name(c, found, name);
	assert_string_equal(name, "alice/2");
	inq_case_close(c);
	inq_secret_close(p.secret);
	inq_arena_close(a);
}

static void a_rollback_leaves_nothing(void **state)
{
	struct inq_arena *a = inq_arena_open((size_t)1 << 30);
	struct inq_entry e = { .type = INQ_ENTRY_STATEMENT, .text = inq_bytes_of("never said") };
	struct inq_case_entered entered;
	struct inq_case *c;
	struct party p;

	(void)state;
	party_make(&p, "alice");
	c = case_make("memory:", &p, a);
	ok(inq_case_begin(c, &p.writer, &err));
	ok(inq_case_enter(c, &e, &entered, &err));
	inq_case_rollback(c);
	ok(say(c, &p, "said", &entered, &err));
	assert_int_equal(entered.index, 1);
	prove(c, 2);
	inq_case_close(c);
	inq_secret_close(p.secret);
	inq_arena_close(a);
}

static void a_batch_has_a_limit(void **state)
{
	struct inq_arena *a = inq_arena_open((size_t)1 << 30);
	struct inq_entry e = { .type = INQ_ENTRY_STATEMENT, .text = inq_bytes_of("again") };
	struct inq_case_entered entered;
	struct inq_case *c;
	struct party p;

	(void)state;
	party_make(&p, "alice");
	c = case_make("memory:", &p, a);
	ok(inq_case_begin(c, &p.writer, &err));
	for (unsigned i = 0; i < INQ_CASE_BATCH; i++)
		ok(inq_case_enter(c, &e, &entered, &err));
	assert_int_equal(inq_case_enter(c, &e, &entered, &err), INQ_OVER_LIMIT);
	ok(inq_case_commit(c, &err));
	prove(c, 1 + INQ_CASE_BATCH);
	inq_case_close(c);
	inq_secret_close(p.secret);
	inq_arena_close(a);
}

static void times_never_go_back(void **state)
{
	struct inq_arena *a = inq_arena_open((size_t)1 << 30);
	struct inq_case_entered entered;
	struct inq_case *c;
	struct party p;

	(void)state;
	party_make(&p, "alice");
	c = case_make("memory:", &p, a);
	p.writer.time = 1800000000;
	ok(say(c, &p, "late", &entered, &err));
	assert_int_equal(entered.time, 1800000000);
	p.writer.time = 1750000000;
	ok(say(c, &p, "the clock went back", &entered, &err));
	assert_int_equal(entered.time, 1800000000);
	prove(c, 3);
	inq_case_close(c);
	inq_secret_close(p.secret);
	inq_arena_close(a);
}

static void refuses_the_keys_of_others(void **state)
{
	struct inq_arena *a = inq_arena_open((size_t)1 << 30);
	struct party p, other, namesake;
	struct inq_case_entered entered;
	struct inq_case *c;

	(void)state;
	party_make(&p, "alice");
	party_make(&other, "bob");
	party_make(&namesake, "alice");
	c = case_make("memory:", &p, a);
	assert_int_equal(say(c, &other, "x", &entered, &err), INQ_BAD_ARGUMENT);
	assert_non_null(strstr(err.text, "bob"));
	assert_int_equal(say(c, &namesake, "x", &entered, &err), INQ_BAD_ARGUMENT);
	assert_non_null(strstr(err.text, "in force"));
	ok(say(c, &p, "x", &entered, &err));
	inq_case_close(c);
	inq_secret_close(p.secret);
	inq_secret_close(other.secret);
	inq_secret_close(namesake.secret);
	inq_arena_close(a);
}

static void two_writers_neither_lose_nor_fork(void **state)
{
	struct inq_arena *a = inq_arena_open((size_t)1 << 30), *b = inq_arena_open((size_t)1 << 30);
	struct inq_case_entered entered;
	struct inq_case *left, *right;
	struct make_store where;
	struct party p;

	(void)state;
	party_make(&p, "alice");
	for (unsigned kind = MAKE_SQLITE; kind < MAKE_STORE_KINDS; kind++) {
		if (!make_store_can((enum make_store_kind)kind))
			continue;
		make_store(&where, (enum make_store_kind)kind);
		left = case_make(where.address, &p, a);
		ok(inq_case_open(where.address, true, b, &right, &err));
		for (unsigned i = 0; i < 10; i++) {
			ok(say(i % 3 ? left : right, &p, "said", &entered, &err));
			assert_int_equal(entered.index, i + 1);
		}
		/* While one writes the other waits, and is told where that is too long. */
		ok(inq_case_begin(left, &p.writer, &err));
		inq_store_patience(inq_case_store(right), 20);
		assert_int_equal(say(right, &p, "x", &entered, &err), INQ_BUSY);
		inq_case_rollback(left);
		ok(say(right, &p, "x", &entered, &err));
		ok(inq_case_begin(left, &p.writer, &err));
		inq_case_rollback(left);
		prove(left, 12);
		inq_case_close(left);
		inq_case_close(right);
	}
	inq_secret_close(p.secret);
	inq_arena_close(a);
	inq_arena_close(b);
}

/* All files of a bundle by name, to compare. */
struct files {
	struct inq_arena *a;
	char *names[64];
	size_t count;
};

static bool file_keep(void *to, const char *name)
{
	struct files *f = to;

	assert_true(f->count < 64);
	f->names[f->count++] = inq_arena_string(f->a, inq_bytes_of(name));
	return true;
}

static void fill(struct inq_case *c, const struct party *p)
{
	struct inq_entry e = { .type = INQ_ENTRY_CLAIM, .text = inq_bytes_of("they are alike") };
	struct inq_case_entered x, y, z;
	struct inq_sha256 cites[2];

	ok(admit(c, p, "the first exhibit", &x, &err));
	ok(admit(c, p, "the second exhibit", &y, &err));
	cites[0] = x.digest;
	cites[1] = y.digest;
	e.cites = cites;
	e.cite_count = 2;
	ok(inq_case_begin(c, &p->writer, &err));
	ok(inq_case_enter(c, &e, &z, &err));
	ok(inq_case_commit(c, &err));
	for (unsigned i = 0; i < 300; i += INQ_CASE_BATCH) {
		struct inq_entry s = { .type = INQ_ENTRY_SUPPORT, .of = z.digest };

		ok(inq_case_begin(c, &p->writer, &err));
		for (unsigned k = 0; k < INQ_CASE_BATCH; k++)
			ok(inq_case_enter(c, &s, &y, &err));
		ok(inq_case_commit(c, &err));
	}
}

static void every_store_gives_the_same_bundle(void **state)
{
	struct inq_arena *arenas[MAKE_STORE_KINDS], *a = inq_arena_open((size_t)1 << 30);
	struct inq_bundle_source sources[MAKE_STORE_KINDS];
	struct inq_case *cases[MAKE_STORE_KINDS];
	struct files files = { .a = a };
	unsigned count = 0;
	struct party p;

	(void)state;
	party_make(&p, "alice");
	for (unsigned kind = 0; kind < MAKE_STORE_KINDS; kind++) {
		struct make_store where;

		if (!make_store_can((enum make_store_kind)kind))
			continue;
		make_store(&where, (enum make_store_kind)kind);
		arenas[count] = inq_arena_open((size_t)1 << 30);
		cases[count] = case_make(where.address, &p, arenas[count]);
		fill(cases[count], &p);
		prove(cases[count], 304);
		inq_case_bundle(cases[count], &sources[count]);
		count++;
	}
	assert_true(count >= 2);
	ok(sources[0].list(sources[0].context, file_keep, &files, &err));
	/* Policy, charter, checkpoint, four tiles of hashes and two of entries in all, two objects, a proof. */
	assert_int_equal(files.count, 11);
	for (unsigned i = 1; i < count; i++) {
		struct files others = { .a = a };

		ok(sources[i].list(sources[i].context, file_keep, &others, &err));
		assert_int_equal(others.count, files.count);
		for (size_t k = 0; k < files.count; k++) {
			struct inq_bytes l, r;

			ok(sources[0].read(sources[0].context, files.names[k], 1 << 20, a, &l, &err));
			ok(sources[i].read(sources[i].context, files.names[k], 1 << 20, a, &r, &err));
			assert_int_equal(l.len, r.len);
			assert_memory_equal(l.at, r.at, l.len);
		}
	}
	for (unsigned i = 0; i < count; i++) {
		inq_case_close(cases[i]);
		inq_arena_close(arenas[i]);
	}
	inq_secret_close(p.secret);
	inq_arena_close(a);
}

static void a_bundle_has_no_other_files(void **state)
{
	static const char *const names[] = { "", "/", "logs", "logs/", "logs/alice", "logs/alice/",
		"logs/bob/checkpoint", "logs/alice/tile/0/000",
		"logs/alice/tile/entries/x072/x057/x594/x037/x927/936.p/2", "logs/alice/tile/0/000.p/3",
		"logs/alice/tile/9/000.p/1", "logs/alice/tile/entries/001.p/1", "logs/alice/cosigned/alice",
		"objects/", "objects/sha256/00/00", "proofs/alice-0.tlog-proof", "proofs/alice-9.tlog-proof",
		"proofs/.tlog-proof", "proofs/-", "policy/", "../policy" };
	struct inq_arena *a = inq_arena_open((size_t)1 << 30);
	struct inq_bundle_source source;
	struct inq_case_entered entered;
	struct inq_bytes bytes;
	struct inq_case *c;
	struct party p;

	(void)state;
	party_make(&p, "alice");
	c = case_make("memory:", &p, a);
	ok(say(c, &p, "one", &entered, &err));
	inq_case_bundle(c, &source);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (source.read(source.context, names[i], 1 << 20, a, &bytes, &err) != INQ_UNREADABLE)
			fail_msg("%s is there", names[i]);
	ok(source.read(source.context, "proofs/alice-1.tlog-proof", 1 << 20, a, &bytes, &err));
	assert_int_equal(source.read(source.context, "logs/alice/tile/entries/000.p/2", 10, a, &bytes, &err),
	        INQ_OVER_LIMIT);
	inq_case_close(c);
	inq_secret_close(p.secret);
	inq_arena_close(a);
}

static void publishes_whole_or_not_at_all(void **state)
{
	struct inq_arena *a = inq_arena_open((size_t)1 << 30);
	struct inq_case_folder folder = { .a = a };
	struct inq_case_published published;
	struct inq_bundle_source source;
	char path[600], file[700];
	struct inq_case *c;
	struct stat st;
	struct party p;
	FILE *f;

	(void)state;
	party_make(&p, "alice");
	c = case_make("memory:", &p, a);
	fill(c, &p);
	snprintf(path, sizeof path, "%s/bundle", make_store_directory());
	ok(inq_case_publish(c, path, NULL, 0, &published, &err));
	assert_int_equal(published.files, 11);
	assert_int_equal(published.missing, 0);
	ok(inq_case_publish(c, path, NULL, 0, &published, &err));
	folder.path = path;
	inq_case_folder_bundle(&folder, &source);
	{
		const struct inq_record_trust trust = { .level = 2, .object_most = 1 << 20 };
		const struct inq_record_result *record;

		ok(inq_record_verify(&source, &trust, a, &record, &err));
		assert_int_equal(record->failure_total, 0);
		assert_int_equal(record->unchecked_count, 0);
		assert_int_equal(record->level, 2);
	}
	/* What others have put there is not removed. */
	snprintf(file, sizeof file, "%s/notes.txt", path);
	f = fopen(file, "w");
	assert_non_null(f);
	fclose(f);
	assert_int_equal(inq_case_publish(c, path, NULL, 0, &published, &err), INQ_CONFLICT);
	assert_int_equal(stat(file, &st), 0);
	unlink(file);
	/* A failure leaves what was there: here an object is missing its last memory. */
	assert_int_equal(inq_case_publish(c, "/proc/self/nowhere", NULL, 0, &published, &err), INQ_IO);
	snprintf(file, sizeof file, "%s/.bundle.part", make_store_directory());
	assert_int_not_equal(stat(file, &st), 0);
	inq_case_close(c);
	inq_secret_close(p.secret);
	inq_arena_close(a);
}

/* One life: opens the case, admits, says, publishes. */
static enum inq_status live(const char *address, const struct party *p, const char *folder, uint64_t *said)
{
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	struct inq_case_published published;
	struct inq_case_entered entered;
	struct inq_error why;
	struct inq_case *c;
	enum inq_status status = a ? inq_case_open(address, true, a, &c, &why) : INQ_NO_MEMORY;

	if (status == INQ_OK) {
		status = admit(c, p, "an exhibit", &entered, &why);
		if (status == INQ_OK) {
			++*said;
			status = say(c, p, "a statement", &entered, &why);
		}
		if (status == INQ_OK) {
			++*said;
			status = inq_case_publish(c, folder, NULL, 0, &published, &why);
		}
		inq_case_close(c);
	}
	inq_arena_close(a);
	return status;
}

static void each_allocation_fails_in_turn(void **state)
{
	struct make_store where;
	char folder[600];
	struct party p;
	uint64_t n;

	(void)state;
	party_make(&p, "alice");
	snprintf(folder, sizeof folder, "%s/failing", make_store_directory());
	for (n = 1; n < 2000; n++) {
		struct inq_arena *a = inq_arena_open(SIZE_MAX);
		enum inq_status status;
		struct inq_case *c;
		uint64_t said = 0;

		make_store(&where, MAKE_SQLITE);
		inq_case_close(case_make(where.address, &p, a));
		allocations = 0;
		fail_from = n;
		status = live(where.address, &p, folder, &said);
		fail_from = 0;
		if (status != INQ_OK)
			assert_int_equal(status, INQ_NO_MEMORY);
		/* What was acknowledged is there, what was not is not. */
		ok(inq_case_open(where.address, true, a, &c, &err));
		prove(c, 1 + said);
		inq_case_close(c);
		inq_arena_close(a);
		if (status == INQ_OK)
			break;
	}
	print_message("%llu allocations\n", (unsigned long long)n);
	assert_true(n > 30 && n < 2000);
	inq_secret_close(p.secret);
}

static int kill_after(const char *address, const struct party *p, int to)
{
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	struct inq_case_entered entered;
	struct inq_case *c;

	if (inq_case_open(address, true, a, &c, &err) != INQ_OK)
		return 1;
	for (unsigned i = 0;; i++) {
		char text[32];

		snprintf(text, sizeof text, "exhibit %ld %u", (long)getpid(), i);
		if (admit(c, p, text, &entered, &err) != INQ_OK ||
		        write(to, &entered.index, sizeof entered.index) != sizeof entered.index)
			return 1;
	}
}

static void nothing_acknowledged_is_lost_when_killed(void **state)
{
	uint64_t seed = 5, known = 0;
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	struct make_store where;
	struct party p;
	struct inq_case *c;

	(void)state;
	party_make(&p, "alice");
	make_store(&where, MAKE_SQLITE);
	inq_case_close(case_make(where.address, &p, a));
	for (unsigned round = 0; round < 100; round++) {
		uint64_t index;
		int ends[2];
		pid_t pid;

		assert_int_equal(pipe(ends), 0);
		pid = fork();
		if (pid == 0)
			_exit(kill_after(where.address, &p, ends[1]));
		close(ends[1]);
		for (uint64_t few = make_next(&seed) % 4; few > 0; few--)
			if (read(ends[0], &index, sizeof index) == sizeof index)
				known = index;
		usleep((useconds_t)(make_next(&seed) % 4000));
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		while (read(ends[0], &index, sizeof index) == sizeof index)
			known = index;
		close(ends[0]);
		if (round % 10 != 9)
			continue;
		ok(inq_case_open(where.address, true, a, &c, &err));
		assert_true(inq_case_count(c) > known);
		prove(c, inq_case_count(c));
		inq_case_close(c);
	}
	assert_true(known > 100);
	inq_secret_close(p.secret);
	inq_arena_close(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begins_with_its_charter),
		cmocka_unit_test(refuses_a_claim_without_grounds),
		cmocka_unit_test(refuses_what_a_verifier_would_refuse),
		cmocka_unit_test(keys_are_rotated_and_revoked),
		cmocka_unit_test(finds_entries_by_their_names),
		cmocka_unit_test(a_rollback_leaves_nothing),
		cmocka_unit_test(a_batch_has_a_limit),
		cmocka_unit_test(times_never_go_back),
		cmocka_unit_test(refuses_the_keys_of_others),
		cmocka_unit_test(two_writers_neither_lose_nor_fork),
		cmocka_unit_test(every_store_gives_the_same_bundle),
		cmocka_unit_test(a_bundle_has_no_other_files),
		cmocka_unit_test(publishes_whole_or_not_at_all),
		cmocka_unit_test(each_allocation_fails_in_turn),
		cmocka_unit_test(nothing_acknowledged_is_lost_when_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
