/*
 * What becomes of a store when its process is killed, its disk is full or may
 * not be written, memory runs out, or several write at once.
 */
#include "../make/store.h"
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct inq_error err;

#define ok(call) ok_at(call, __LINE__)
static void ok_at(enum inq_status status, int line)
{
	if (status != INQ_OK)
		fail_msg("line %d: status %d: %s", line, (int)status, err.text);
}

/* Entry and object `i`, which anyone can tell from others. */
static size_t entry_of(uint64_t i, uint8_t ret[400])
{
	size_t len = 8 + i * 37 % 390;

	make_bytes_into(ret, len, i);
	return len;
}

static size_t object_of(uint64_t i, uint8_t *ret)
{
	size_t len = i % 5 == 4 ? INQ_STORE_CHUNK + 100 : 500 + i * 911 % 30000;

	make_bytes_into(ret, len, ~i);
	return len;
}

/* Appends `count` entries under one head and, for each multiple of 8 among them, puts an object. */
static enum inq_status append(struct inq_store *s, uint64_t size, size_t count, struct inq_error *why)
{
	static uint8_t at[64][400], object[2 * INQ_STORE_CHUNK];
	struct inq_bytes entries[64];
	enum inq_status status = INQ_OK;

	for (size_t i = 0; i < count; i++) {
		entries[i] = (struct inq_bytes){ at[i], entry_of(size + i, at[i]) };
		if ((size + i) % 8 == 0 && status == INQ_OK)
			status = inq_store_object_put_bytes(
			        s, (struct inq_bytes){ object, object_of(size + i, object) }, NULL, why);
	}
	if (status == INQ_OK)
		status = inq_store_append(s, 0, size, entries, count, why);
	return status == INQ_OK ? inq_store_head_add(s, 0, size + count, entries[0], why) : status;
}

/* Makes a store with one log and `count` entries, and closes it. */
static void make(struct make_store *where, enum make_store_kind kind, size_t count)
{
	struct inq_arena *a = inq_arena_open((size_t)1 << 30);
	struct inq_store *s;
	uint32_t log;

	make_store(where, kind);
	ok(inq_store_open(where->address, INQ_STORE_CREATE, a, &s, &err));
	ok(inq_store_set(s, "case", inq_bytes_of("id"), &err));
	ok(inq_store_extra_put(s, "extra", inq_bytes_of("bytes"), &err));
	ok(inq_store_log_add(s, "party", "origin", &log, &err));
	if (count)
		ok(append(s, 0, count, &err));
	if (count)
		ok(inq_store_cosign(s, log, 0, inq_bytes_of("line"), &err));
	ok(inq_store_commit(s, &err));
	inq_store_close(s);
	inq_arena_close(a);
}

static uint64_t size_of(struct inq_store *s, struct inq_arena *a)
{
	struct inq_store_log log;

	ok(inq_store_log(s, 0, a, &log, &err));
	return log.size;
}

/* Opens the store again: it has `least` entries at least, all as they were written, whole, with all objects. */
static uint64_t holds(const struct make_store *where, uint64_t least, enum inq_store_mode mode)
{
	static uint8_t object[2 * INQ_STORE_CHUNK];
	struct inq_arena *a = inq_arena_open((size_t)1 << 30);
	struct inq_store_entry *entries;
	struct inq_store_head head;
	struct inq_store *s;
	uint64_t size;
	size_t count;

	ok(inq_store_open(where->address, mode, a, &s, &err));
	ok(inq_store_check(s, &err));
	size = size_of(s, a);
	assert_true(size >= least);
	for (uint64_t i = 0; i < size; i += count) {
		ok(inq_store_entries(s, 0, i, 1000, a, &entries, &count, &err));
		assert_int_not_equal(count, 0);
		for (size_t j = 0; j < count; j++) {
			uint8_t want[400];
			size_t len = entry_of(i + j, want);

			assert_int_equal(entries[j].bytes.len, len);
			assert_memory_equal(entries[j].bytes.at, want, len);
			if ((i + j) % 8 == 0) {
				struct inq_bytes b = { object, object_of(i + j, object) };
				struct inq_store_object found;
				struct inq_sha256 digest;

				ok(inq_sha256(b, &digest));
				ok(inq_store_object(s, &digest, a, &found, &err));
			}
		}
	}
	if (size) {
		ok(inq_store_head_last(s, 0, a, &head, &err));
		assert_int_equal(head.size, size);
	}
	inq_store_close(s);
	inq_arena_close(a);
	return size;
}

/* A child's life: it appends until it dies, and says after each commit how long the log is. */
static _Noreturn void append_for_ever(const struct make_store *where, int say, uint64_t seed)
{
	struct inq_arena *a = inq_arena_open((size_t)1 << 30);
	struct inq_store *s;
	struct inq_error why;
	uint64_t size;

	if (inq_store_open(where->address, INQ_STORE_WRITE, a, &s, &why) != INQ_OK)
		_exit(1);
	for (;;) {
		struct inq_store_log log;
		struct inq_arena *scratch = inq_arena_open(1 << 20);

		if (inq_store_begin(s, true, &why) != INQ_OK ||
		        inq_store_log(s, 0, scratch, &log, &why) != INQ_OK)
			_exit(2);
		size = log.size + 1 + make_next(&seed) % 20;
		if (append(s, log.size, (size_t)(size - log.size), &why) != INQ_OK ||
		        inq_store_commit(s, &why) != INQ_OK)
			_exit(3);
		inq_arena_close(scratch);
		if (write(say, &size, sizeof size) != sizeof size)
			_exit(4);
	}
}

/* Kills such a child after a while; gives the last size that it was told. */
static uint64_t kill_one(const struct make_store *where, uint64_t *seed)
{
	uint64_t size, told = 0;
	int say[2], how;
	pid_t child;

	assert_int_equal(pipe(say), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(say[0]);
		append_for_ever(where, say[1], make_next(seed));
	}
	close(say[1]);
	/* Every other one has committed once before its time runs: a slow machine kills in opening alone, else. */
	if (make_next(seed) % 2 && read(say[0], &size, sizeof size) == sizeof size)
		told = size;
	usleep((useconds_t)(make_next(seed) % 40000));
	kill(child, SIGKILL);
	while (read(say[0], &size, sizeof size) == sizeof size)
		told = size;
	close(say[0]);
	assert_int_equal(waitpid(child, &how, 0), child);
	if (!WIFSIGNALED(how))
		fail_msg("the child ended by itself: %d", WEXITSTATUS(how));
	return told;
}

static void kills(enum make_store_kind kind, unsigned rounds, uint64_t seed)
{
	struct make_store where;
	uint64_t size = 0, told = 0, all = 0;

	for (unsigned round = 0; round < rounds; round++) {
		if (round % 12 == 0) {
			make(&where, kind, 0);
			size = 0;
		}
		told = kill_one(&where, &seed);
		size = holds(&where, told > size ? told : size, round % 2 ? INQ_STORE_READ : INQ_STORE_WRITE);
		all += told;
	}
	/* Children that never got to write would prove nothing. */
	assert_true(all > rounds / 4);
}

static void loses_nothing_acknowledged_when_killed(void **state)
{
	(void)state;
	kills(MAKE_SQLITE, 120, 5);
	if (make_store_can(MAKE_POSTGRES))
		kills(MAKE_POSTGRES, 36, 6);
}

static unsigned calls_left; /* that change the disk; the next one is not made */

static void die_in_time(void)
{
	if (calls_left-- == 0)
		_exit(77);
}

static ssize_t dying_pwrite(int fd, const void *at, size_t len, off_t offset)
{
	die_in_time();
	return pwrite(fd, at, len, offset);
}

static ssize_t dying_write(int fd, const void *at, size_t len)
{
	die_in_time();
	return write(fd, at, len);
}

static int dying_ftruncate(int fd, off_t len)
{
	die_in_time();
	return ftruncate(fd, len);
}

static int dying_unlink(const char *path)
{
	die_in_time();
	return unlink(path);
}

/* In a child: of the calls to the system that change the disk, it dies in place of the one after `calls` others. */
static void die_after(unsigned calls)
{
	static const struct {
		const char *name;
		sqlite3_syscall_ptr by;
	} dying[] = {
		{ "pwrite", (sqlite3_syscall_ptr)dying_pwrite },
		{ "pwrite64", (sqlite3_syscall_ptr)dying_pwrite },
		{ "write", (sqlite3_syscall_ptr)dying_write },
		{ "ftruncate", (sqlite3_syscall_ptr)dying_ftruncate },
		{ "unlink", (sqlite3_syscall_ptr)dying_unlink },
	};
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	calls_left = calls;
	for (size_t i = 0; i < sizeof dying / sizeof *dying; i++)
		if (vfs->xSetSystemCall(vfs, dying[i].name, dying[i].by) != SQLITE_OK)
			_exit(2);
}

/* In a child: opens or makes a store and appends to it; gives whether it lived to see the end. */
static bool lives(
        const struct make_store *where, enum inq_store_mode mode, uint64_t size, size_t count, unsigned calls)
{
	pid_t child = fork();
	int how;

	assert_true(child >= 0);
	if (child == 0) {
		struct inq_arena *a = inq_arena_open(64 << 20);
		struct inq_store *s;
		uint32_t log;

		die_after(calls);
		if (inq_store_open(where->address, mode, a, &s, &err) != INQ_OK ||
		        (mode == INQ_STORE_CREATE ? inq_store_log_add(s, "party", "origin", &log, &err)
		                                  : inq_store_begin(s, true, &err)) != INQ_OK ||
		        append(s, size, count, &err) != INQ_OK || inq_store_commit(s, &err) != INQ_OK)
			_exit(1);
		inq_store_close(s);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &how, 0), child);
	assert_true(WIFEXITED(how) && (WEXITSTATUS(how) == 0 || WEXITSTATUS(how) == 77));
	return WEXITSTATUS(how) == 0;
}

/*
 * Killed before any of its writes, who makes a store leaves it whole or not
 * there, and it can be made again where it is not.
 */
static void is_made_whole_or_not_at_all(void **state)
{
	unsigned whole = 0, calls = 0;
	bool lived = false;

	(void)state;
	for (; !lived; calls++) {
		struct inq_arena *a = inq_arena_open(64 << 20);
		struct make_store where;
		struct inq_store *s;
		enum inq_status status;

		make_store(&where, MAKE_SQLITE);
		lived = lives(&where, INQ_STORE_CREATE, 0, 20, calls);
		status = inq_store_open(
		        where.address, calls % 2 ? INQ_STORE_READ : INQ_STORE_WRITE, a, &s, &err);
		if (status == INQ_OK) {
			inq_store_close(s);
			assert_int_equal(holds(&where, 20, INQ_STORE_READ), 20);
			whole++;
		} else {
			assert_false(lived);
			assert_int_equal(status, INQ_NOT_FOUND);
			ok(inq_store_open(where.address, INQ_STORE_CREATE, a, &s, &err));
			ok(inq_store_commit(s, &err));
			inq_store_close(s);
		}
		inq_arena_close(a);
	}
	/* Some died when all was safe already, and more before. */
	assert_true(whole > 1 && whole < calls / 2);
}

/* Killed before any of its writes, who appends has appended all or nothing. */
static void is_appended_to_wholly_or_not_at_all(void **state)
{
	unsigned appended = 0, calls = 0;
	bool lived = false;

	(void)state;
	for (; !lived; calls++) {
		struct make_store where;
		uint64_t size;

		make(&where, MAKE_SQLITE, 9);
		lived = lives(&where, INQ_STORE_WRITE, 9, 3, calls);
		size = holds(&where, 9, calls % 2 ? INQ_STORE_READ : INQ_STORE_WRITE);
		assert_true(size == 12 || (size == 9 && !lived));
		appended += size == 12;
	}
	assert_true(appended > 1 && appended < calls);
}

/* A journal that names another file may be an enemy's, who wants SQLite to delete that one. */
static void a_journal_that_names_a_file_is_refused(void **state)
{
	static const uint8_t end[] = { 0, 0, 0, 1, 'x', 0, 0, 0, 1, 0, 0, 0, 'x', 0xd9, 0xd5, 0x05, 0xf9,
		0x20, 0xa1, 0x63, 0xd7 };
	struct inq_arena *a = inq_arena_open(64 << 20);
	struct make_store where;
	struct inq_store *s;
	char name[sizeof where.address + 8];
	FILE *f;

	(void)state;
	make(&where, MAKE_SQLITE, 20);
	snprintf(name, sizeof name, "%s-journal", where.address);
	f = fopen(name, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(end, sizeof end, 1, f), 1);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(inq_store_open(where.address, INQ_STORE_READ, a, &s, &err), INQ_UNRECOGNISED);
	assert_int_equal(inq_store_open(where.address, INQ_STORE_WRITE, a, &s, &err), INQ_UNRECOGNISED);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(holds(&where, 20, INQ_STORE_READ), 20);
	inq_arena_close(a);
}

/* In a child: each writes `count` times one entry that names it, as soon as it gets a turn. */
static _Noreturn void race(const struct make_store *where, unsigned me, unsigned count)
{
	for (unsigned i = 0; i < count;) {
		struct inq_arena *a = inq_arena_open(64 << 20);
		struct inq_store_log log;
		struct inq_store *s = NULL;
		struct inq_bytes entry;
		char text[32];
		enum inq_status status;

		/* On a machine that does much else, a turn may come later than one waits for it. */
		status = inq_store_open(where->address, INQ_STORE_WRITE, a, &s, &err);
		if (status != INQ_OK && status != INQ_BUSY)
			_exit(1);
		/* The size is read before the transaction: another may append in between. */
		for (unsigned turn = 0; status != INQ_BUSY && turn < 10 && i < count; turn++) {
			status = inq_store_log(s, 0, a, &log, &err);
			if (status == INQ_BUSY)
				break;
			if (status != INQ_OK)
				_exit(2);
			snprintf(text, sizeof text, "%u %u", me, i);
			entry = inq_bytes_of(text);
			status = inq_store_begin(s, true, &err);
			if (status == INQ_OK)
				status = inq_store_append(s, 0, log.size, &entry, 1, &err);
			if (status == INQ_OK)
				status = inq_store_head_add(s, 0, log.size + 1, entry, &err);
			if (status == INQ_OK)
				status = inq_store_commit(s, &err);
			inq_store_rollback(s);
			if (status == INQ_OK)
				i++;
			else if (status != INQ_CONFLICT && status != INQ_BUSY)
				_exit(3);
		}
		inq_store_close(s);
		inq_arena_close(a);
	}
	_exit(0);
}

static void races(enum make_store_kind kind)
{
	enum { WRITERS = 4, EACH = 40 };
	struct inq_arena *a = inq_arena_open(64 << 20);
	struct inq_store_entry *entries;
	unsigned next[WRITERS] = { 0 };
	struct make_store where;
	struct inq_store *s;
	size_t count;
	int how;

	make(&where, kind, 0);
	for (unsigned i = 0; i < WRITERS; i++) {
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0)
			race(&where, i, EACH);
	}
	for (unsigned i = 0; i < WRITERS; i++) {
		assert_true(wait(&how) > 0);
		assert_int_equal(how, 0);
	}
	ok(inq_store_open(where.address, INQ_STORE_READ, a, &s, &err));
	ok(inq_store_check(s, &err));
	ok(inq_store_entries(s, 0, 0, SIZE_MAX, a, &entries, &count, &err));
	assert_int_equal(count, WRITERS * EACH);
	for (size_t i = 0; i < count; i++) {
		unsigned who, what;

		assert_int_equal(sscanf((const char *)entries[i].bytes.at, "%u %u", &who, &what), 2);
		assert_true(who < WRITERS);
		assert_int_equal(what, next[who]++);
	}
	inq_store_close(s);
	inq_arena_close(a);
}

static void several_writers_neither_lose_nor_fork(void **state)
{
	(void)state;
	races(MAKE_SQLITE);
	if (make_store_can(MAKE_POSTGRES))
		races(MAKE_POSTGRES);
}

static void limit_files(rlim_t size)
{
	struct rlimit limit = { size, RLIM_INFINITY };

	if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
		_exit(10);
}

/* In a child whose files may not grow past a limit, as on a full disk. */
static _Noreturn void fill(const struct make_store *where, int say, rlim_t limit)
{
	struct inq_arena *a = inq_arena_open((size_t)1 << 30);
	struct inq_store *s;
	uint64_t size = 0;
	enum inq_status status = INQ_OK;

	signal(SIGXFSZ, SIG_IGN);
	if (inq_store_open(where->address, INQ_STORE_WRITE, a, &s, &err) != INQ_OK)
		_exit(1);
	limit_files(limit);
	while (status == INQ_OK && size < 2000) {
		status = inq_store_begin(s, true, &err);
		if (status == INQ_OK)
			status = append(s, size, 10, &err);
		if (status == INQ_OK)
			status = inq_store_commit(s, &err);
		inq_store_rollback(s);
		size += status == INQ_OK ? 10 : 0;
	}
	if (status != INQ_IO || write(say, &size, sizeof size) != sizeof size)
		_exit(2);
	/* There is room again: the same handle goes on. */
	limit_files(RLIM_INFINITY);
	if (inq_store_begin(s, true, &err) != INQ_OK || append(s, size, 10, &err) != INQ_OK ||
	        inq_store_commit(s, &err) != INQ_OK)
		_exit(3);
	_exit(0);
}

static void a_full_disk_is_said_and_undone(void **state)
{
	(void)state;
	for (rlim_t limit = 40 << 10; limit < 8 << 20; limit = limit * 9 / 5 + 777) {
		struct make_store where;
		uint64_t size = 0;
		int say[2], how;
		pid_t child;

		make(&where, MAKE_SQLITE, 0);
		assert_int_equal(pipe(say), 0);
		child = fork();
		assert_true(child >= 0);
		if (child == 0)
			fill(&where, say[1], limit);
		assert_int_equal(waitpid(child, &how, 0), child);
		if (!WIFEXITED(how) || WEXITSTATUS(how))
			fail_msg("limit %d: the child ended with %x", (int)limit, (unsigned)how);
		assert_int_equal(read(say[0], &size, sizeof size), sizeof size);
		close(say[0]);
		close(say[1]);
		assert_int_equal(holds(&where, size + 10, INQ_STORE_READ), size + 10);
	}
}

/* Runs `body` in a child that is not root, whom no permission binds. */
static void as_nobody(int (*body)(const struct make_store *), const struct make_store *where)
{
	int how;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		if (geteuid() == 0 && (setegid(65534) != 0 || seteuid(65534) != 0))
			_exit(99);
		_exit(body(where));
	}
	assert_int_equal(waitpid(child, &how, 0), child);
	if (!WIFEXITED(how) || WEXITSTATUS(how))
		fail_msg("the child ended with %x", (unsigned)how);
}

static int reads_but_does_not_write(const struct make_store *where)
{
	struct inq_arena *a = inq_arena_open((size_t)1 << 30);
	struct inq_store *s;

	if (inq_store_open(where->address, INQ_STORE_WRITE, a, &s, &err) != INQ_IO)
		return 1;
	if (inq_store_open(where->address, INQ_STORE_READ, a, &s, &err) != INQ_OK)
		return 2;
	if (inq_store_check(s, &err) != INQ_OK || size_of(s, a) != 50)
		return 3;
	if (inq_store_begin(s, true, &err) != INQ_BAD_ARGUMENT)
		return 4;
	inq_store_close(s);
	return 0;
}

static int says_why_it_does_not_read(const struct make_store *where)
{
	struct inq_arena *a = inq_arena_open((size_t)1 << 30);
	struct inq_store *s;

	if (inq_store_open(where->address, INQ_STORE_READ, a, &s, &err) != INQ_IO)
		return 1;
	return strlen(err.text) < 10;
}

static void reads_what_it_may_not_write(void **state)
{
	struct make_store where;
	char wal[600];
	FILE *f;

	(void)state;
	make(&where, MAKE_SQLITE, 50);
	assert_int_equal(chmod(where.address, 0444), 0);
	for (mode_t directory = 0755; directory >= 0555; directory -= 0200) {
		assert_int_equal(chmod(make_store_directory(), directory), 0);
		as_nobody(reads_but_does_not_write, &where);
	}
	assert_int_equal(chmod(make_store_directory(), 0755), 0);
	/* A write-ahead log that was left over and cannot be read here must not be passed over. */
	snprintf(wal, sizeof wal, "%s-wal", where.address);
	f = fopen(wal, "wb");
	assert_non_null(f);
	fputs("left over", f);
	fclose(f);
	assert_int_equal(chmod(make_store_directory(), 0555), 0);
	as_nobody(says_why_it_does_not_read, &where);
	assert_int_equal(chmod(make_store_directory(), 0755), 0);
	assert_int_equal(remove(wal), 0);
	assert_int_equal(chmod(where.address, 0), 0);
	as_nobody(says_why_it_does_not_read, &where);
	assert_int_equal(chmod(where.address, 0644), 0);
}

/* SQLite's memory, with a hand on it: its n-th allocation fails, alone or with all that follow. */
static sqlite3_mem_methods beneath;
static uint64_t allocations, fail_at;
static bool fail_on;

static bool fails(void)
{
	allocations++;
	return fail_at && (fail_on ? allocations >= fail_at : allocations == fail_at);
}

static void *failing_malloc(int size)
{
	return fails() ? NULL : beneath.xMalloc(size);
}

static void *failing_realloc(void *at, int size)
{
	return fails() ? NULL : beneath.xRealloc(at, size);
}

static int hook_allocations(void **state)
{
	sqlite3_mem_methods hooked;

	(void)state;
	if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &beneath) != SQLITE_OK)
		return 1;
	hooked = beneath;
	hooked.xMalloc = failing_malloc;
	hooked.xRealloc = failing_realloc;
	return sqlite3_config(SQLITE_CONFIG_MALLOC, &hooked) != SQLITE_OK;
}

/* Opens, appends 10 entries, and reads some. Says with what it failed, and whether what it wrote was acknowledged. */
static enum inq_status use(
        const struct make_store *where, struct inq_arena *a, uint64_t size, bool *acknowledged)
{
	struct inq_store *s = NULL;
	struct inq_store_entry *entries;
	struct inq_store_head head;
	size_t count;
	enum inq_status status = inq_store_open(where->address, INQ_STORE_WRITE, a, &s, &err);

	*acknowledged = false;
	if (status == INQ_OK)
		status = inq_store_begin(s, true, &err);
	if (status == INQ_OK)
		status = append(s, size, 10, &err);
	if (status == INQ_OK)
		status = inq_store_commit(s, &err);
	*acknowledged = status == INQ_OK;
	if (status == INQ_OK)
		status = inq_store_entries(s, 0, 0, 10, a, &entries, &count, &err);
	if (status == INQ_OK)
		status = inq_store_head_last(s, 0, a, &head, &err);
	inq_store_close(s);
	return status;
}

static void each_allocation_of_sqlite_fails_in_turn(void **state)
{
	struct make_store where;
	uint64_t size = 8, last = 0;

	(void)state;
	make(&where, MAKE_SQLITE, 8);
	for (unsigned mode = 0; mode < 2; mode++)
		for (uint64_t n = 1;; n += n < 300 ? 1 : 1 + n / 150) {
			struct inq_arena *a = inq_arena_open(64 << 20);
			uint64_t now;
			bool acknowledged;
			enum inq_status status;

			/* What is left in SQLite's caches must not spare it allocations. */
			(void)sqlite3_shutdown();
			allocations = 0;
			fail_at = n;
			fail_on = mode;
			status = use(&where, a, size, &acknowledged);
			fail_at = 0;
			if (status != INQ_OK && status != INQ_NO_MEMORY)
				fail_msg("allocation %d: status %d: %s", (int)n, (int)status, err.text);
			inq_arena_close(a);
			now = holds(&where, acknowledged ? size + 10 : size, INQ_STORE_WRITE);
			assert_true(now == size || now == size + 10);
			/* SQLite may fail to say that it has written: then no more than that is allowed. */
			size = now;
			if (size > 200) {
				make(&where, MAKE_SQLITE, 8);
				size = 8;
			}
			last = n;
			if (status == INQ_OK && n > 300 && allocations < n)
				break;
		}
	assert_true(last > 300);
}

static void each_allocation_of_the_arena_fails_in_turn(void **state)
{
	struct make_store where;
	uint64_t size = 8;
	bool acknowledged;
	enum inq_status status = INQ_NO_MEMORY;
	uint64_t n;

	(void)state;
	make(&where, MAKE_SQLITE, 8);
	for (n = 1; status != INQ_OK; n++) {
		struct inq_arena *a = inq_arena_open(64 << 20);

		inq_arena_fail_after(a, n);
		status = use(&where, a, size, &acknowledged);
		if (status != INQ_OK)
			assert_int_equal(status, INQ_NO_MEMORY);
		inq_arena_close(a);
		size = holds(&where, size + 10 * acknowledged, INQ_STORE_READ);
	}
	assert_true(n > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loses_nothing_acknowledged_when_killed),
		cmocka_unit_test(is_made_whole_or_not_at_all),
		cmocka_unit_test(is_appended_to_wholly_or_not_at_all),
		cmocka_unit_test(a_journal_that_names_a_file_is_refused),
		cmocka_unit_test(several_writers_neither_lose_nor_fork),
		cmocka_unit_test(a_full_disk_is_said_and_undone),
		cmocka_unit_test(reads_what_it_may_not_write),
		cmocka_unit_test(each_allocation_of_sqlite_fails_in_turn),
		cmocka_unit_test(each_allocation_of_the_arena_fails_in_turn),
	};

	return cmocka_run_group_tests(tests, hook_allocations, NULL);
}
