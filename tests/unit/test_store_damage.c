/* A SQLite file that is not what it was, or never was a case: refused or named, and never read as if it were. */
#include "../make/store.h"
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct inq_error err;

#define ok(call) ok_at(call, __LINE__)
static void ok_at(enum inq_status status, int line)
{
	if (status != INQ_OK)
		fail_msg("line %d: status %d: %s", line, (int)status, err.text);
}

/* A small store with something of everything, closed. */
static void make(struct make_store *where)
{
	struct inq_arena *a = inq_arena_open(64 << 20);
	struct inq_store *s;
	struct inq_bytes entries[300];
	static uint8_t bytes[300][60], object[40000];
	uint32_t log;

	make_store(where, MAKE_SQLITE);
	ok(inq_store_open(where->address, INQ_STORE_CREATE, a, &s, &err));
	ok(inq_store_set(s, "case", inq_bytes_of("id"), &err));
	ok(inq_store_set(s, "party", inq_bytes_of("one"), &err));
	ok(inq_store_extra_put(s, "extra", inq_bytes_of("bytes"), &err));
	for (size_t i = 0; i < 300; i++) {
		make_bytes_into(bytes[i], sizeof bytes[i], i);
		entries[i] = (struct inq_bytes){ bytes[i], sizeof bytes[i] };
	}
	ok(inq_store_log_add(s, "party", "origin", &log, &err));
	ok(inq_store_append(s, log, 0, entries, 300, &err));
	ok(inq_store_head_add(s, log, 300, inq_bytes_of("note"), &err));
	ok(inq_store_cosign(s, log, 0, inq_bytes_of("line"), &err));
	ok(inq_store_log_add(s, "second", "second", &log, &err));
	ok(inq_store_append(s, log, 0, entries, 2, &err));
	ok(inq_store_head_add(s, log, 2, inq_bytes_of("another note"), &err));
	for (size_t i = 0; i < 3; i++) {
		make_bytes_into(object, sizeof object, i);
		ok(inq_store_object_put_bytes(s, (struct inq_bytes){ object, 100 + i * 10000 }, NULL, &err));
	}
	ok(inq_store_commit(s, &err));
	inq_store_close(s);
	inq_arena_close(a);
}

struct summed {
	struct inq_sha256 sum;
	struct inq_arena *a;
};

/* Takes the bytes into what stands for all that was read. */
static void add(struct summed *t, struct inq_bytes b)
{
	uint8_t *at = inq_arena_new(t->a, b.len + sizeof t->sum, 1);

	assert_non_null(at);
	memcpy(at, &t->sum, sizeof t->sum);
	if (b.len)
		memcpy(at + sizeof t->sum, b.at, b.len);
	ok(inq_sha256((struct inq_bytes){ at, b.len + sizeof t->sum }, &t->sum));
}

static enum inq_status read_logs(struct inq_store *s, struct summed *t)
{
	struct inq_store_log *logs;
	struct inq_store_entry *entries;
	struct inq_store_head head;
	struct inq_bytes tile;
	size_t count, entry_count;
	enum inq_status status = inq_store_logs(s, t->a, &logs, &count, &err);

	for (size_t i = 0; i < count && status == INQ_OK; i++) {
		add(t, inq_bytes_of(logs[i].name));
		add(t, inq_bytes_of(logs[i].origin));
		status = inq_store_entries(s, logs[i].number, 0, 10000, t->a, &entries, &entry_count, &err);
		for (size_t e = 0; e < entry_count && status == INQ_OK; e++)
			add(t, entries[e].bytes);
		for (unsigned level = 0; level < 2 && status == INQ_OK; level++) {
			status = inq_store_tile(s, logs[i].number, level, 0, t->a, &tile, &err);
			if (status == INQ_OK)
				add(t, tile);
			else if (status == INQ_NOT_FOUND && logs[i].size >> 8 * level == 0)
				status = INQ_OK;
		}
		if (status == INQ_OK)
			status = inq_store_head_last(s, logs[i].number, t->a, &head, &err);
		if (status == INQ_OK)
			add(t, head.note);
		for (size_t c = 0; status == INQ_OK && c < head.cosignature_count; c++)
			add(t, head.cosignatures[c]);
	}
	return status;
}

/* Reads all there is: the sum over it, or with what reading failed. */
static enum inq_status read_all(struct inq_store *s, struct inq_arena *a, struct inq_sha256 *ret)
{
	static const char *const settings[] = { "case", "party" };
	struct summed t = { .a = a };
	struct inq_store_object *objects;
	struct inq_bytes b;
	size_t count = 0;
	const char **names;
	enum inq_status status = INQ_OK;

	for (size_t i = 0; i < 2 && status == INQ_OK; i++) {
		status = inq_store_setting(s, settings[i], a, &b, &err);
		if (status == INQ_OK)
			add(&t, b);
	}
	if (status == INQ_OK)
		status = read_logs(s, &t);
	if (status == INQ_OK)
		status = inq_store_objects(s, NULL, 100, a, &objects, &count, &err);
	for (size_t i = 0; i < count && status == INQ_OK; i++) {
		add(&t, (struct inq_bytes){ objects[i].digest.byte, 32 });
		status = inq_store_object_bytes(s, &objects[i].digest, 100000, a, &b, &err);
		if (status == INQ_OK)
			add(&t, b);
	}
	if (status == INQ_OK)
		status = inq_store_extras(s, NULL, 100, a, &names, &count, &err);
	for (size_t i = 0; i < count && status == INQ_OK; i++) {
		add(&t, inq_bytes_of(names[i]));
		status = inq_store_extra(s, names[i], a, &b, &err);
		if (status == INQ_OK)
			add(&t, b);
	}
	*ret = t.sum;
	return status;
}

struct tried {
	enum inq_status open, check, read;
	struct inq_sha256 sum;
	struct inq_error said; /* by the first that failed */
};

/* Opens, checks and reads. None of it may crash, and each says how it went. */
static struct tried try(const char *path)
{
	struct inq_arena *a = inq_arena_open(64 << 20);
	struct tried t = { .check = INQ_CORRUPT, .read = INQ_CORRUPT };
	struct inq_store *s;

	err = (struct inq_error){ 0 };
	t.open = inq_store_open(path, INQ_STORE_READ, a, &s, &err);
	t.said = err;
	if (t.open == INQ_OK) {
		t.check = inq_store_check(s, &err);
		t.said = err;
		t.read = read_all(s, a, &t.sum);
		inq_store_close(s);
	}
	inq_arena_close(a);
	return t;
}

static uint8_t *content(const char *path, size_t *ret)
{
	FILE *f = fopen(path, "rb");
	uint8_t *at;
	long len;

	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	len = ftell(f);
	assert_true(len > 0);
	at = malloc((size_t)len);
	rewind(f);
	assert_int_equal(fread(at, 1, (size_t)len, f), len);
	fclose(f);
	*ret = (size_t)len;
	return at;
}

static void save(const char *path, const uint8_t *at, size_t len)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(at, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

/* What opens, and passes the check, is what was written; what can be read at all is, too, or is named. */
static void judge(const struct tried *t, const struct inq_sha256 *want, const char *what, size_t at)
{
	static const enum inq_status allowed[] = { INQ_OK, INQ_CORRUPT, INQ_UNRECOGNISED, INQ_IO,
		INQ_NOT_FOUND, INQ_NO_MEMORY };
	bool fine = false;

	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
		fine |= t->open == allowed[i];
	if (!fine)
		fail_msg("%s at %zu: opening gave %d", what, at, (int)t->open);
	if ((t->open != INQ_OK || t->check != INQ_OK) && strlen(t->said.text) < 10)
		fail_msg("%s at %zu: nothing is said", what, at);
	if (t->check == INQ_OK && (t->read != INQ_OK || memcmp(&t->sum, want, sizeof *want) != 0))
		fail_msg("%s at %zu: passes the check, and is not what was written", what, at);
}

static void no_flipped_bit_is_read_as_written(void **state)
{
	struct make_store where, broken;
	struct tried whole;
	size_t len;
	uint64_t seed = 11;
	uint8_t *at;
	unsigned refused = 0, silent = 0, rounds = 1500;

	(void)state;
	make(&where);
	make_store(&broken, MAKE_SQLITE);
	whole = try(where.address);
	assert_int_equal(whole.check, INQ_OK);
	assert_int_equal(whole.read, INQ_OK);
	at = content(where.address, &len);
	for (unsigned i = 0; i < rounds; i++) {
		/* The header and the list of tables are at the front: every other flip is there. */
		size_t byte = make_next(&seed) % (i % 2 ? len : 8192);
		uint8_t bit = (uint8_t)(1 << make_next(&seed) % 8);
		struct tried t;

		at[byte] ^= bit;
		save(broken.address, at, len);
		t = try(broken.address);
		judge(&t, &whole.sum, "a bit flipped", byte);
		if (t.read == INQ_OK && memcmp(&t.sum, &whole.sum, sizeof t.sum) != 0)
			fail_msg("a bit flipped at %zu: other bytes were read as if written", byte);
		refused += t.check != INQ_OK;
		silent += t.check == INQ_OK;
		at[byte] ^= bit;
	}
	/* Bits that nothing depends on are few, and there are some. */
	assert_true(refused > rounds / 4 && silent > 0);
	free(at);
}

static void a_cut_file_is_refused(void **state)
{
	struct make_store where, broken;
	struct tried whole, t;
	size_t len;
	uint8_t *at;

	(void)state;
	make(&where);
	make_store(&broken, MAKE_SQLITE);
	whole = try(where.address);
	at = content(where.address, &len);
	for (size_t cut = 0; cut < len; cut += cut < 200 ? 7 : 1021) {
		save(broken.address, at, cut);
		t = try(broken.address);
		judge(&t, &whole.sum, "cut", cut);
		assert_int_not_equal(t.check, INQ_OK);
	}
	free(at);
}

static void run(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_close(db);
}

/* Somebody who can use SQLite, and does not know of the sums. */
static void no_row_is_changed_or_missing_unseen(void **state)
{
	static const char *const tables[] = { "store", "settings", "logs", "entries", "tiles", "heads",
		"cosignatures", "objects", "pieces", "extras" };
	static const char *const changes[] = {
		"UPDATE store SET settings = 1",
		"UPDATE store SET logs = 1",
		"UPDATE store SET format = 2",
		"UPDATE settings SET value = x'00' WHERE name = 'case'",
		"UPDATE settings SET name = 'b' WHERE name = 'case'",
		"UPDATE logs SET size = 299 WHERE log = 0",
		"UPDATE logs SET name = 'other' WHERE log = 0",
		"UPDATE logs SET heads = 0 WHERE log = 0",
		"UPDATE entries SET bytes = x'41' WHERE number = 7 AND log = 0",
		"UPDATE entries SET leaf = zeroblob(32) WHERE number = 7 AND log = 0",
		"UPDATE entries SET number = 300 WHERE number = 299 AND log = 0",
		"UPDATE entries SET log = 1 WHERE number = 299",
		"UPDATE tiles SET hashes = zeroblob(8192) WHERE log = 0 AND level = 0 AND number = 0",
		"UPDATE heads SET note = x'41' WHERE log = 0",
		"UPDATE heads SET cosignatures = 0 WHERE log = 0",
		"UPDATE cosignatures SET line = x'41'",
		"UPDATE objects SET size = size + 1",
		"UPDATE objects SET codec = 'other'",
		"UPDATE pieces SET bytes = zeroblob(100)",
		"UPDATE extras SET bytes = x'41'",
		"INSERT INTO entries SELECT log, 300, leaf, bytes, sum FROM entries WHERE log + number = 3",
		"INSERT INTO extras SELECT 'copy', bytes, sum FROM extras",
	};
	struct make_store where, broken;
	struct tried t;
	size_t len;
	uint8_t *at;
	char sql[200];

	(void)state;
	make(&where);
	make_store(&broken, MAKE_SQLITE);
	at = content(where.address, &len);
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		save(broken.address, at, len);
		run(broken.address, changes[i]);
		t = try(broken.address);
		if (t.check != INQ_CORRUPT && t.check != INQ_UNRECOGNISED)
			fail_msg("%s: the check gave %d", changes[i], (int)t.check);
		if (t.check == INQ_CORRUPT && strncmp(t.said.text, "the store is damaged: ", 22) != 0)
			fail_msg("%s: \"%s\"", changes[i], t.said.text);
	}
	for (size_t table = 0; table < sizeof tables / sizeof *tables; table++)
		for (unsigned row = 1; row <= 2; row++) {
			save(broken.address, at, len);
			snprintf(sql, sizeof sql, "DELETE FROM %s WHERE rowid = (SELECT %s(rowid) FROM %s)",
			        tables[table], row == 1 ? "min" : "max", tables[table]);
			run(broken.address, sql);
			t = try(broken.address);
			if (t.check != INQ_CORRUPT)
				fail_msg("%s: the check gave %d", sql, (int)t.check);
		}
	free(at);
}

/* The sum as formats/store.md has it, over the cells of an entry. */
static int64_t sum_of_entry(int64_t log, int64_t number, const uint8_t leaf[32], struct inq_bytes bytes)
{
	uint8_t cell[8] = { 0 };
	uint64_t sum;

	cell[0] = (uint8_t)log;
	sum = inq_hash64(cell, 8, 0);
	cell[0] = (uint8_t)number;
	sum = inq_hash64(cell, 8, sum);
	sum = inq_hash64(leaf, 32, sum);
	return (int64_t)inq_hash64(bytes.at, bytes.len, sum);
}

/* Somebody who knows of the sums: the leaf hash tells, and where that is changed, too, the tree does. */
static void a_changed_entry_is_told_by_its_hashes(void **state)
{
	struct inq_bytes bytes = inq_bytes_of("changed");
	char hex[65], sql[300];

	(void)state;
	for (unsigned leaf_too = 0; leaf_too < 2; leaf_too++) {
		struct make_store where;
		struct inq_sha256 leaf;
		struct tried t;
		uint8_t seven[60];

		make(&where);
		make_bytes_into(seven, sizeof seven, 7);
		inq_merkle_leaf(leaf_too ? bytes : (struct inq_bytes){ seven, sizeof seven }, &leaf);
		inq_hex(leaf.byte, 32, hex);
		snprintf(sql, sizeof sql,
		        "UPDATE entries SET bytes = CAST('changed' AS BLOB), leaf = x'%s', sum = %lld"
		        " WHERE log = 0 AND number = 7",
		        hex, (long long)sum_of_entry(0, 7, leaf.byte, bytes));
		run(where.address, sql);
		t = try(where.address);
		assert_int_equal(t.check, INQ_CORRUPT);
		assert_non_null(strstr(t.said.text, leaf_too ? "hash 7 of level 0" : "entry 7 of log 0"));
	}
}

static void a_file_of_others_is_not_taken_for_a_case(void **state)
{
	static const char *const odd[] = {
		"CREATE TABLE more(a)",
		"CREATE VIEW v AS SELECT 1",
		"CREATE TRIGGER t AFTER INSERT ON entries BEGIN DELETE FROM heads; END",
		"CREATE INDEX i ON entries(bytes)",
		"DROP TABLE extras; CREATE TABLE extras(name, bytes, sum)",
		"DROP TABLE extras; CREATE VIEW extras AS SELECT name, value AS bytes, sum FROM settings",
		"DROP TABLE pieces",
		"PRAGMA user_version = 2",
		"PRAGMA application_id = 7",
		"CREATE VIRTUAL TABLE f USING fts4(a)",
	};
	struct make_store where, broken;
	struct inq_arena *a = inq_arena_open(64 << 20);
	struct inq_store *s;
	struct tried t;
	size_t len;
	uint8_t *at;

	(void)state;
	make(&where);
	make_store(&broken, MAKE_SQLITE);
	at = content(where.address, &len);
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		save(broken.address, at, len);
		run(broken.address, odd[i]);
		t = try(broken.address);
		if (t.open != INQ_UNRECOGNISED)
			fail_msg("%s: opening gave %d %s", odd[i], (int)t.open, t.said.text);
	}
	save(broken.address, (const uint8_t *)"no database at all, but a text", 30);
	t = try(broken.address);
	assert_int_equal(t.open, INQ_UNRECOGNISED);
	assert_int_equal(inq_store_open(broken.address, INQ_STORE_CREATE, a, &s, &err), INQ_CONFLICT);
	remove(broken.address);
	run(broken.address, "CREATE TABLE a(b)");
	t = try(broken.address);
	assert_int_equal(t.open, INQ_UNRECOGNISED);
	assert_int_equal(inq_store_open(broken.address, INQ_STORE_CREATE, a, &s, &err), INQ_CONFLICT);
	remove(broken.address);
	t = try(broken.address);
	assert_int_equal(t.open, INQ_NOT_FOUND);
	t = try(make_store_directory());
	assert_int_equal(t.open, INQ_IO);
	/* A name that would mean something to SQLite is only a name. */
	snprintf(broken.address, sizeof broken.address, "%s/a%%b?mode=memory&x=#1.inquiry",
	        make_store_directory());
	ok(inq_store_open(broken.address, INQ_STORE_CREATE, a, &s, &err));
	ok(inq_store_commit(s, &err));
	inq_store_close(s);
	assert_int_equal(remove(broken.address), 0);
	free(at);
	inq_arena_close(a);
}

static const char *document;

static int has_text(void *context, int columns, char **values, char **names)
{
	char line[600];

	(void)columns;
	(void)names;
	snprintf(line, sizeof line, "\n    %s\n", values[0]);
	if (!strstr(context, line))
		fail_msg("formats/store.md has not:%s", line);
	return 0;
}

static void the_document_has_every_table(void **state)
{
	struct make_store where;
	sqlite3 *db;
	uint8_t *at;
	char *text;
	size_t len;

	(void)state;
	if (!document)
		skip();
	make(&where);
	at = content(document, &len);
	text = calloc(1, len + 1);
	memcpy(text, at, len);
	assert_int_equal(sqlite3_open(where.address, &db), SQLITE_OK);
	assert_int_equal(
	        sqlite3_exec(db, "SELECT sql FROM sqlite_schema WHERE sql NOTNULL", has_text, text, NULL),
	        SQLITE_OK);
	sqlite3_close(db);
	free(text);
	free(at);
}

/* usage: test_store_damage [formats/store.md] */
int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_flipped_bit_is_read_as_written),
		cmocka_unit_test(a_cut_file_is_refused),
		cmocka_unit_test(no_row_is_changed_or_missing_unseen),
		cmocka_unit_test(a_changed_entry_is_told_by_its_hashes),
		cmocka_unit_test(a_file_of_others_is_not_taken_for_a_case),
		cmocka_unit_test(the_document_has_every_table),
	};

	document = argc > 1 ? argv[1] : NULL;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
