/*
 * The store, as its header has it, over memory and SQLite, and over PostgreSQL
 * where tests/postgres runs this program: each claim is made of each, and the
 * same long list of calls must be answered by all in the same bytes.
 */
#include "../make/store_script.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include <cmocka.h>

static struct inq_error err;

struct kept {
	struct make_store where;
	struct inq_arena *a;
	struct inq_store *s;
};

static struct inq_store *open_again(struct kept *k, enum inq_store_mode mode)
{
	struct inq_store *s = NULL;
	enum inq_status status = inq_store_open(k->where.address, mode, k->a, &s, &err);

	if (status != INQ_OK)
		fail_msg("open: %d %s", (int)status, err.text);
	return s;
}

/* A new store of that kind, in its first transaction. */
static void begin(struct kept *k, enum make_store_kind kind)
{
	k->a = inq_arena_open((size_t)1 << 30);
	assert_non_null(k->a);
	make_store(&k->where, kind);
	k->s = open_again(k, INQ_STORE_CREATE);
}

static void end(struct kept *k)
{
	inq_store_close(k->s);
	inq_arena_close(k->a);
}

/* Closes and opens again, where that leaves anything. */
static void reopen(struct kept *k)
{
	if (k->where.kind == MAKE_MEMORY)
		return;
	inq_store_close(k->s);
	k->s = open_again(k, INQ_STORE_WRITE);
}

#define ok(call) ok_at(call, __LINE__)
static void ok_at(enum inq_status status, int line)
{
	if (status != INQ_OK)
		fail_msg("line %d: status %d: %s", line, (int)status, err.text);
}

static void add_log(struct kept *k, uint32_t *log)
{
	ok(inq_store_log_add(k->s, "party", "example.org/party", log, &err));
}

static struct inq_bytes text(const char *t)
{
	return inq_bytes_of(t);
}

static bool is(struct inq_bytes b, const char *t)
{
	return inq_bytes_equal(b, t);
}

static void append_numbers(struct kept *k, uint32_t log, uint64_t from, size_t count)
{
	char(*texts)[24] = calloc(count, sizeof *texts);
	struct inq_bytes *entries = calloc(count, sizeof *entries);

	for (size_t i = 0; i < count; i++) {
		snprintf(texts[i], sizeof texts[i], "entry %llu", (unsigned long long)(from + i));
		entries[i] = text(texts[i]);
	}
	ok(inq_store_append(k->s, log, from, entries, count, &err));
	ok(inq_store_head_add(k->s, log, from + count, text(texts[count - 1]), &err));
	free(entries);
	free(texts);
}

static void keeps_what_is_committed(void **state)
{
	enum make_store_kind kind = *(enum make_store_kind *)*state;
	struct inq_store_log *logs;
	struct inq_store_entry entry;
	struct inq_store_head head;
	struct inq_bytes value;
	struct kept k;
	uint32_t log = 9;
	size_t count;

	begin(&k, kind);
	ok(inq_store_set(k.s, "case", text("one"), &err));
	ok(inq_store_set(k.s, "case", text("two"), &err));
	add_log(&k, &log);
	assert_int_equal(log, 0);
	append_numbers(&k, log, 0, 3);
	ok(inq_store_cosign(k.s, log, 0, text("by another"), &err));
	ok(inq_store_cosign(k.s, log, 0, text("by a third"), &err));
	ok(inq_store_cosign(k.s, log, 0, text("by another"), &err));
	ok(inq_store_extra_put(k.s, "fork/1", text("proof"), &err));
	ok(inq_store_commit(k.s, &err));
	reopen(&k);
	ok(inq_store_setting(k.s, "case", k.a, &value, &err));
	assert_true(is(value, "two"));
	ok(inq_store_logs(k.s, k.a, &logs, &count, &err));
	assert_int_equal(count, 1);
	assert_string_equal(logs[0].origin, "example.org/party");
	assert_int_equal(logs[0].size, 3);
	ok(inq_store_entry(k.s, log, 1, k.a, &entry, &err));
	assert_true(is(entry.bytes, "entry 1"));
	ok(inq_store_head_last(k.s, log, k.a, &head, &err));
	assert_int_equal(head.size, 3);
	assert_int_equal(head.cosignature_count, 2);
	assert_true(is(head.cosignatures[1], "by a third"));
	ok(inq_store_extra(k.s, "fork/1", k.a, &value, &err));
	assert_true(is(value, "proof"));
	ok(inq_store_check(k.s, &err));
	end(&k);
}

static void forgets_what_is_not_committed(void **state)
{
	enum make_store_kind kind = *(enum make_store_kind *)*state;
	struct inq_bytes value;
	struct inq_store_log log;
	struct kept k;
	uint32_t number;

	begin(&k, kind);
	add_log(&k, &number);
	append_numbers(&k, number, 0, 5);
	ok(inq_store_set(k.s, "a", text("before"), &err));
	ok(inq_store_commit(k.s, &err));
	ok(inq_store_begin(k.s, true, &err));
	ok(inq_store_set(k.s, "a", text("after"), &err));
	ok(inq_store_set(k.s, "b", text("new"), &err));
	append_numbers(&k, number, 5, 300);
	ok(inq_store_object_put_bytes(k.s, text("an object"), NULL, &err));
	inq_store_rollback(k.s);
	reopen(&k);
	ok(inq_store_setting(k.s, "a", k.a, &value, &err));
	assert_true(is(value, "before"));
	assert_int_equal(inq_store_setting(k.s, "b", k.a, &value, &err), INQ_NOT_FOUND);
	ok(inq_store_log(k.s, number, k.a, &log, &err));
	assert_int_equal(log.size, 5);
	assert_int_equal(log.heads, 1);
	ok(inq_store_check(k.s, &err));
	ok(inq_store_begin(k.s, true, &err));
	append_numbers(&k, number, 5, 300);
	ok(inq_store_commit(k.s, &err));
	ok(inq_store_check(k.s, &err));
	end(&k);
}

static void a_failed_write_fails_its_transaction(void **state)
{
	enum make_store_kind kind = *(enum make_store_kind *)*state;
	struct inq_bytes entry = text("entry"), value;
	struct inq_error first;
	struct kept k;
	uint32_t log;

	begin(&k, kind);
	add_log(&k, &log);
	ok(inq_store_commit(k.s, &err));
	ok(inq_store_begin(k.s, true, &err));
	ok(inq_store_set(k.s, "kept", text("no"), &err));
	assert_int_equal(inq_store_append(k.s, log, 7, &entry, 1, &first), INQ_CONFLICT);
	assert_int_equal(first.at, 0);
	assert_int_equal(inq_store_set(k.s, "kept", text("yes"), &err), INQ_CONFLICT);
	assert_string_equal(err.text, first.text);
	assert_int_equal(inq_store_setting(k.s, "kept", k.a, &value, &err), INQ_CONFLICT);
	assert_int_equal(inq_store_commit(k.s, &err), INQ_CONFLICT);
	assert_string_equal(err.text, first.text);
	assert_int_equal(inq_store_setting(k.s, "kept", k.a, &value, &err), INQ_NOT_FOUND);
	/* A log that has grown must have a head. */
	ok(inq_store_begin(k.s, true, &err));
	ok(inq_store_append(k.s, log, 0, &entry, 1, &err));
	assert_int_equal(inq_store_commit(k.s, &err), INQ_BAD_ARGUMENT);
	ok(inq_store_check(k.s, &err));
	end(&k);
}

static void refuses_what_breaks_a_rule(void **state)
{
	enum make_store_kind kind = *(enum make_store_kind *)*state;
	static const char *const names[] = { "", "a\nb", "\x1b[2J", "\xff", "a\xc2\x85", "\x7f" };
	static uint8_t zeroes[INQ_STORE_VALUE_MAX + 1];
	struct inq_bytes entry = { zeroes, INQ_STORE_ENTRY_MAX + 1 }, none = { zeroes, 0 };
	struct kept k;
	uint32_t log;
	char name[INQ_STORE_NAME_MAX + 2];

	begin(&k, kind);
	add_log(&k, &log);
	ok(inq_store_commit(k.s, &err));
	assert_int_equal(inq_store_set(k.s, "outside", text(""), &err), INQ_BAD_ARGUMENT);
	memset(name, 'n', sizeof name);
	name[sizeof name - 1] = 0;
	for (size_t i = 0; i <= sizeof names / sizeof *names; i++) {
		const char *odd = i < sizeof names / sizeof *names ? names[i] : name;

		ok(inq_store_begin(k.s, true, &err));
		assert_int_equal(inq_store_set(k.s, odd, text(""), &err), INQ_BAD_ARGUMENT);
		inq_store_rollback(k.s);
	}
	ok(inq_store_begin(k.s, true, &err));
	name[INQ_STORE_NAME_MAX] = 0;
	ok(inq_store_set(k.s, name, text(""), &err));
	ok(inq_store_set(k.s, "\xc3\x96sterreich", (struct inq_bytes){ zeroes, INQ_STORE_VALUE_MAX }, &err));
	ok(inq_store_commit(k.s, &err));
	ok(inq_store_begin(k.s, true, &err));
	assert_int_equal(inq_store_append(k.s, log, 0, &entry, 1, &err), INQ_BAD_ARGUMENT);
	inq_store_rollback(k.s);
	ok(inq_store_begin(k.s, true, &err));
	assert_int_equal(inq_store_append(k.s, log, 0, &none, 1, &err), INQ_BAD_ARGUMENT);
	inq_store_rollback(k.s);
	ok(inq_store_begin(k.s, true, &err));
	assert_int_equal(inq_store_begin(k.s, true, &err), INQ_BAD_ARGUMENT);
	entry.len = INQ_STORE_ENTRY_MAX;
	ok(inq_store_append(k.s, log, 0, &entry, 1, &err));
	ok(inq_store_head_add(k.s, log, 1, text("head"), &err));
	assert_int_equal(inq_store_log_add(k.s, "party", "other", &log, &err), INQ_CONFLICT);
	assert_int_equal(inq_store_commit(k.s, &err), INQ_CONFLICT);
	ok(inq_store_check(k.s, &err));
	end(&k);
}

/* RFC 6962, section 2.1, to the letter: the oracle of the tiles. */
static void tree_hash(const struct inq_sha256 *leaves, size_t count, struct inq_sha256 *ret)
{
	struct inq_sha256 left, right;
	size_t k = 1;

	if (count == 1) {
		*ret = leaves[0];
		return;
	}
	while (2 * k < count)
		k *= 2;
	tree_hash(leaves, k, &left);
	tree_hash(leaves + k, count - k, &right);
	inq_merkle_node(&left, &right, ret);
}

/* 66,000 entries: three levels, the first two with full tiles. */
static void tiles_hold_the_tree(void **state)
{
	enum make_store_kind kind = *(enum make_store_kind *)*state;
	size_t total = kind == MAKE_POSTGRES ? 1000 : 66000, count = 0, steps[] = { 1, 254, 1, 1, 300, 2000 };
	struct inq_sha256 *leaves = calloc(total, sizeof *leaves), hash;
	struct inq_store_tree tree;
	struct inq_tile_source source;
	struct inq_merkle_edge edge;
	struct inq_bytes tile;
	struct kept k;
	uint32_t log;

	begin(&k, kind);
	add_log(&k, &log);
	for (size_t i = 0; count < total; i++) {
		size_t step = steps[i % 6] < total - count ? steps[i % 6] : total - count;

		append_numbers(&k, log, count, step);
		count += step;
	}
	ok(inq_store_commit(k.s, &err));
	for (size_t i = 0; i < total; i++) {
		char entry[24];

		snprintf(entry, sizeof entry, "entry %zu", i);
		inq_merkle_leaf(text(entry), &leaves[i]);
	}
	for (size_t i = 0, width; i < total; i += width) {
		width = total - i < 256 ? total - i : 256;
		ok(inq_store_tile(k.s, log, 0, i / 256, k.a, &tile, &err));
		assert_int_equal(tile.len, width * 32);
		assert_memory_equal(tile.at, &leaves[i], tile.len);
	}
	for (size_t i = 0; i < total / 256; i++) {
		ok(inq_store_tile(k.s, log, 1, i / 256, k.a, &tile, &err));
		tree_hash(&leaves[i * 256], 256, &hash);
		assert_true(tile.len / 32 > i % 256);
		assert_memory_equal(tile.at + i % 256 * 32, &hash, 32);
	}
	if (total > 65536) {
		ok(inq_store_tile(k.s, log, 2, 0, k.a, &tile, &err));
		tree_hash(leaves, 65536, &hash);
		assert_int_equal(tile.len, 32);
		assert_memory_equal(tile.at, &hash, 32);
		assert_int_equal(inq_store_tile(k.s, log, 2, 1, k.a, &tile, &err), INQ_NOT_FOUND);
	}
	assert_int_equal(inq_store_tile(k.s, log, 0, total / 256 + 1, k.a, &tile, &err), INQ_NOT_FOUND);
	assert_int_equal(inq_store_tile(k.s, log, 0, UINT64_MAX / 256, k.a, &tile, &err), INQ_NOT_FOUND);
	assert_int_equal(inq_store_tile(k.s, log, 8, 0, k.a, &tile, &err), INQ_NOT_FOUND);
	assert_int_equal(inq_store_tile(k.s, log, 1000, 0, k.a, &tile, &err), INQ_NOT_FOUND);
	tree.store = k.s;
	tree.log = log;
	source = inq_store_tree_source(&tree);
	ok(inq_merkle_edge_read(&source, total, &edge, &err));
	inq_merkle_edge_root(&edge, &hash);
	tree_hash(leaves, total, &leaves[0]);
	assert_memory_equal(&hash, &leaves[0], 32);
	ok(inq_store_check(k.s, &err));
	free(leaves);
	end(&k);
}

static bool gather(void *to, const void *at, size_t len)
{
	return inq_memory_sink_write(to, at, len);
}

/* Sizes about the edges of a chunk. What is stored is a .zst file of the object, as bundles have it. */
static void objects_come_back_whole(void **state)
{
	enum make_store_kind kind = *(enum make_store_kind *)*state;
	static const size_t sizes[] = { 0, 1, 1000, INQ_STORE_CHUNK - 1, INQ_STORE_CHUNK, INQ_STORE_CHUNK + 1,
		3 * INQ_STORE_CHUNK };
	enum { COUNT = sizeof sizes / sizeof *sizes };
	struct inq_sha256 digest[COUNT];
	struct inq_store_object *objects;
	uint8_t *at = malloc(3 * INQ_STORE_CHUNK), *plain = malloc(3 * INQ_STORE_CHUNK + 1);
	struct inq_bytes b;
	size_t count;
	struct kept k;

	begin(&k, kind);
	for (unsigned again = 0; again < 2; again++)
		for (size_t i = 0; i < COUNT; i++) {
			make_bytes_into(at, sizes[i], i);
			ok(inq_store_object_put_bytes(
			        k.s, (struct inq_bytes){ at, sizes[i] }, &digest[i], &err));
		}
	ok(inq_store_commit(k.s, &err));
	reopen(&k);
	ok(inq_store_objects(k.s, NULL, 100, k.a, &objects, &count, &err));
	assert_int_equal(count, COUNT);
	for (size_t i = 1; i < count; i++)
		assert_true(memcmp(&objects[i - 1].digest, &objects[i].digest, 32) < 0);
	ok(inq_store_objects(k.s, &objects[2].digest, 2, k.a, &objects, &count, &err));
	assert_int_equal(count, 2);
	for (size_t i = 0; i < COUNT; i++) {
		struct inq_memory_sink memory = { .arena = k.a };
		struct inq_store_object o;
		struct inq_sink out;

		make_bytes_into(at, sizes[i], i);
		ok(inq_store_object(k.s, &digest[i], k.a, &o, &err));
		assert_int_equal(o.size, sizes[i]);
		assert_true(strncmp(o.codec, "zstd-", 5) == 0);
		ok(inq_store_object_bytes(k.s, &digest[i], sizes[i], k.a, &b, &err));
		assert_int_equal(b.len, sizes[i]);
		assert_memory_equal(b.at, at, b.len);
		if (sizes[i])
			assert_int_equal(inq_store_object_bytes(k.s, &digest[i], sizes[i] - 1, k.a, &b, &err),
			        INQ_OVER_LIMIT);
		inq_sink_init(&out, gather, &memory);
		ok(inq_store_object_write(k.s, &digest[i], true, &out, &err));
		assert_true(inq_sink_flush(&out));
		assert_int_equal(memory.len, o.stored);
		assert_int_equal(
		        ZSTD_decompress(plain, 3 * INQ_STORE_CHUNK + 1, memory.at, memory.len), sizes[i]);
		assert_memory_equal(plain, at, sizes[i]);
		assert_int_equal(ZSTD_getFrameContentSize(memory.at, memory.len), sizes[i]);
		assert_int_equal(ZSTD_findFrameCompressedSize(memory.at, memory.len), memory.len);
	}
	memset(&digest[0], 7, sizeof digest[0]);
	assert_int_equal(inq_store_object_bytes(k.s, &digest[0], 100, k.a, &b, &err), INQ_NOT_FOUND);
	ok(inq_store_check(k.s, &err));
	free(at);
	free(plain);
	end(&k);
}

struct drops {
	size_t left, at_once;
	enum inq_status last;
};

static enum inq_status drop(void *context, uint8_t *at, size_t len, size_t *got, struct inq_error *why)
{
	struct drops *d = context;

	*got = len < d->at_once ? len : d->at_once;
	*got = *got < d->left ? *got : d->left;
	memset(at, 'd', *got);
	d->left -= *got;
	return *got ? INQ_OK : d->last == INQ_OK ? INQ_OK : inq_fail(why, d->last, 0, "the source failed");
}

static void an_object_is_what_it_was_said_to_be(void **state)
{
	enum make_store_kind kind = *(enum make_store_kind *)*state;
	size_t len = INQ_STORE_CHUNK + 5;
	uint8_t *at = malloc(len + 1);
	struct inq_sha256 digest;
	struct inq_bytes b;
	struct kept k;

	memset(at, 'd', len + 1);
	ok(inq_sha256((struct inq_bytes){ at, len }, &digest));
	begin(&k, kind);
	ok(inq_store_commit(k.s, &err));
	for (size_t given = len - 1; given <= len + 1; given++) {
		struct drops drops = { given, 100003, INQ_OK };
		struct inq_store_source source = { drop, &drops };

		ok(inq_store_begin(k.s, true, &err));
		assert_int_equal(inq_store_object_put(k.s, &digest, len, source, &err),
		        given == len ? INQ_OK : INQ_CONFLICT);
		if (given == len)
			inq_store_rollback(k.s);
		else
			assert_int_equal(inq_store_commit(k.s, &err), INQ_CONFLICT);
	}
	at[len / 2] ^= 1;
	ok(inq_sha256((struct inq_bytes){ at, len }, &digest));
	for (enum inq_status last = INQ_OK; last <= INQ_BAD_ARGUMENT; last += INQ_BAD_ARGUMENT) {
		struct drops drops = { last == INQ_OK ? len : 10, 4096, last };
		struct inq_store_source source = { drop, &drops };

		ok(inq_store_begin(k.s, true, &err));
		assert_int_equal(inq_store_object_put(k.s, &digest, len, source, &err),
		        last == INQ_OK ? INQ_CONFLICT : last);
		inq_store_rollback(k.s);
	}
	assert_int_equal(inq_store_object_bytes(k.s, &digest, len, k.a, &b, &err), INQ_NOT_FOUND);
	ok(inq_store_check(k.s, &err));
	free(at);
	end(&k);
}

static void finds_heads_by_size(void **state)
{
	enum make_store_kind kind = *(enum make_store_kind *)*state;
	struct inq_store_head head;
	struct kept k;
	uint32_t log;

	begin(&k, kind);
	add_log(&k, &log);
	assert_int_equal(inq_store_head_last(k.s, log, k.a, &head, &err), INQ_NOT_FOUND);
	append_numbers(&k, log, 0, 2);
	append_numbers(&k, log, 2, 3);
	ok(inq_store_head_add(k.s, log, 5, text("again"), &err));
	ok(inq_store_head_add(k.s, log, 5, text("again"), &err));
	append_numbers(&k, log, 5, 1);
	ok(inq_store_commit(k.s, &err));
	for (uint64_t size = 0; size <= 6; size++) {
		static const uint64_t number[] = { 0, 0, 0, 1, 1, 1, 3 };

		ok(inq_store_head_from(k.s, log, size, k.a, &head, &err));
		assert_int_equal(head.number, number[size]);
	}
	assert_int_equal(inq_store_head_from(k.s, log, 7, k.a, &head, &err), INQ_NOT_FOUND);
	assert_int_equal(inq_store_head(k.s, log, 4, k.a, &head, &err), INQ_NOT_FOUND);
	end(&k);
}

static void hands_out_entries_in_pieces(void **state)
{
	enum make_store_kind kind = *(enum make_store_kind *)*state;
	static uint8_t long_entry[INQ_STORE_ENTRY_MAX];
	struct inq_bytes entries[200];
	struct inq_store_entry *got;
	size_t count, fit = INQ_STORE_READ_MAX / INQ_STORE_ENTRY_MAX;
	struct kept k;
	uint32_t log;

	begin(&k, kind);
	add_log(&k, &log);
	for (size_t i = 0; i < 200; i++)
		entries[i] = (struct inq_bytes){ long_entry, sizeof long_entry };
	ok(inq_store_append(k.s, log, 0, entries, 200, &err));
	ok(inq_store_head_add(k.s, log, 200, text("head"), &err));
	ok(inq_store_commit(k.s, &err));
	ok(inq_store_entries(k.s, log, 0, SIZE_MAX, k.a, &got, &count, &err));
	assert_int_equal(count, fit);
	ok(inq_store_entries(k.s, log, fit, SIZE_MAX, k.a, &got, &count, &err));
	assert_int_equal(count, fit);
	assert_int_equal(got[0].index, fit);
	ok(inq_store_entries(k.s, log, 199, SIZE_MAX, k.a, &got, &count, &err));
	assert_int_equal(count, 1);
	ok(inq_store_entries(k.s, log, 200, SIZE_MAX, k.a, &got, &count, &err));
	assert_int_equal(count, 0);
	ok(inq_store_entries(k.s, log, 3, 0, k.a, &got, &count, &err));
	assert_int_equal(count, 0);
	assert_int_equal(inq_store_entries(k.s, 1, 0, 1, k.a, &got, &count, &err), INQ_NOT_FOUND);
	assert_int_equal(inq_store_entry(k.s, log, 200, k.a, got, &err), INQ_NOT_FOUND);
	assert_int_equal(inq_store_entry(k.s, log, UINT64_MAX, k.a, got, &err), INQ_NOT_FOUND);
	end(&k);
}

static void says_what_is_there_and_what_is_not(void **state)
{
	enum make_store_kind kind = *(enum make_store_kind *)*state;
	struct inq_store *s = NULL;
	struct kept k;

	if (kind == MAKE_MEMORY)
		skip();
	begin(&k, kind);
	assert_int_equal(inq_store_open(k.where.address, INQ_STORE_READ, k.a, &s, &err), INQ_NOT_FOUND);
	inq_store_close(k.s);
	/* It was never committed. */
	assert_int_equal(inq_store_open(k.where.address, INQ_STORE_WRITE, k.a, &s, &err), INQ_NOT_FOUND);
	k.s = open_again(&k, INQ_STORE_CREATE);
	ok(inq_store_commit(k.s, &err));
	assert_int_equal(inq_store_open(k.where.address, INQ_STORE_CREATE, k.a, &s, &err), INQ_CONFLICT);
	assert_null(s);
	s = open_again(&k, INQ_STORE_READ);
	assert_int_equal(inq_store_begin(s, true, &err), INQ_BAD_ARGUMENT);
	ok(inq_store_begin(s, false, &err));
	assert_int_equal(inq_store_set(s, "a", text("b"), &err), INQ_BAD_ARGUMENT);
	inq_store_close(s);
	end(&k);
}

static void one_writes_while_others_read(void **state)
{
	enum make_store_kind kind = *(enum make_store_kind *)*state;
	struct inq_store *other;
	struct inq_bytes value;
	struct kept k;

	if (kind == MAKE_MEMORY)
		skip();
	begin(&k, kind);
	ok(inq_store_set(k.s, "a", text("old"), &err));
	ok(inq_store_commit(k.s, &err));
	other = open_again(&k, INQ_STORE_WRITE);
	inq_store_patience(other, 50);
	ok(inq_store_begin(k.s, true, &err));
	ok(inq_store_set(k.s, "a", text("new"), &err));
	assert_int_equal(inq_store_begin(other, true, &err), INQ_BUSY);
	ok(inq_store_begin(other, false, &err));
	ok(inq_store_commit(k.s, &err));
	ok(inq_store_setting(other, "a", k.a, &value, &err));
	assert_true(is(value, "old"));
	ok(inq_store_commit(other, &err));
	ok(inq_store_setting(other, "a", k.a, &value, &err));
	assert_true(is(value, "new"));
	ok(inq_store_begin(other, true, &err));
	ok(inq_store_setting(other, "a", k.a, &value, &err));
	assert_true(is(value, "new"));
	inq_store_close(other);
	end(&k);
}

/*
 * The same calls, the same answers: good calls and bad ones, in an order that
 * a seed decides, whereof all that comes back is written down.
 */
static void answers_as_the_store_in_memory_does(void **state)
{
	enum make_store_kind kind = *(enum make_store_kind *)*state;

	if (kind == MAKE_MEMORY)
		skip();
	for (uint64_t seed = 1; seed <= 8; seed++) {
		struct inq_memory_sink said[2] = { 0 };

		struct kept k[2];

		for (unsigned i = 0; i < 2; i++) {
			struct inq_sink out;

			begin(&k[i], i ? kind : MAKE_MEMORY);
			said[i].arena = k[i].a;
			inq_sink_init(&out, inq_memory_sink_write, &said[i]);
			/* The first transaction makes the store: it is not left to chance. */
			ok(inq_store_commit(k[i].s, &err));
			ok(inq_store_begin(k[i].s, true, &err));
			k[i].s = make_store_script(k[i].s, k[i].where.address, i, seed, 300, k[i].a, &out);
			assert_true(inq_sink_flush(&out));
		}
		for (size_t at = 0; at < said[0].len || at < said[1].len; at++)
			if (at >= said[0].len || at >= said[1].len || said[0].at[at] != said[1].at[at])
				fail_msg("seed %d differs at %zu of %zu: memory \"%.200s\", %s \"%.200s\"",
				        (int)seed, at, said[0].len, said[0].at + (at < 60 ? 0 : at - 60),
				        make_store_kinds[kind], said[1].at + (at < 60 ? 0 : at - 60));
		assert_true(said[0].len > 1000);
		end(&k[0]);
		end(&k[1]);
	}
}

int main(void)
{
	int failed = 0;

	for (enum make_store_kind kind = MAKE_MEMORY; kind < MAKE_STORE_KINDS; kind++) {
		const struct CMUnitTest tests[] = {
			cmocka_unit_test_prestate(keeps_what_is_committed, &kind),
			cmocka_unit_test_prestate(forgets_what_is_not_committed, &kind),
			cmocka_unit_test_prestate(a_failed_write_fails_its_transaction, &kind),
			cmocka_unit_test_prestate(refuses_what_breaks_a_rule, &kind),
			cmocka_unit_test_prestate(tiles_hold_the_tree, &kind),
			cmocka_unit_test_prestate(objects_come_back_whole, &kind),
			cmocka_unit_test_prestate(an_object_is_what_it_was_said_to_be, &kind),
			cmocka_unit_test_prestate(finds_heads_by_size, &kind),
			cmocka_unit_test_prestate(hands_out_entries_in_pieces, &kind),
			cmocka_unit_test_prestate(says_what_is_there_and_what_is_not, &kind),
			cmocka_unit_test_prestate(one_writes_while_others_read, &kind),
			cmocka_unit_test_prestate(answers_as_the_store_in_memory_does, &kind),
		};

		if (make_store_can(kind))
			failed += cmocka_run_group_tests_name(make_store_kinds[kind], tests, NULL, NULL);
	}
	return failed ? 1 : 0;
}
