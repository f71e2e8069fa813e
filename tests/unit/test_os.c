#include "os/os.h"
#include "os/task.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static char directory[] = "/tmp/test_os.XXXXXX";

static const char *in_directory(const char *name)
{
	static char path[4][200];
	static unsigned next;
	char *at = path[next++ % 4];

	snprintf(at, sizeof path[0], "%s/%s", directory, name);
	return at;
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void assert_holds(const char *path, const char *text)
{
	struct inq_file f;

	assert_int_equal(inq_file_open(path, &f, NULL), INQ_OK);
	assert_int_equal(f.bytes.len, strlen(text));
	assert_memory_equal(f.bytes.at, text, f.bytes.len);
	inq_file_close(&f);
}

static size_t entries(void)
{
	struct inq_arena *a = inq_arena_open(1 << 20);
	struct inq_directory d;
	size_t count;

	assert_int_equal(inq_directory_list(directory, a, &d, NULL), INQ_OK);
	count = d.count;
	inq_arena_close(a);
	return count;
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static int empty_directory(void **state)
{
	char command[300];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s && mkdir %s", directory, directory);
	return system(command);
}

static int tear_down(void **state)
{
	char command[300];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", directory);
	return system(command);
}

static void opens_an_empty_file_as_no_bytes(void **state)
{
	struct inq_file f;

	(void)state;
	write_file(in_directory("empty"), "");
	assert_int_equal(inq_file_open(in_directory("empty"), &f, NULL), INQ_OK);
	assert_int_equal(f.bytes.len, 0);
	inq_file_close(&f);
}

static void refuses_what_is_no_regular_file(void **state)
{
	struct inq_file f;
	struct inq_error err;

	(void)state;
	assert_int_equal(inq_file_open(directory, &f, &err), INQ_UNREADABLE);
	assert_string_equal(err.text, "is a directory");
	assert_int_equal(mkfifo(in_directory("pipe"), 0600), 0);
	assert_int_equal(inq_file_open(in_directory("pipe"), &f, &err), INQ_UNREADABLE);
	assert_string_equal(err.text, "is a pipe");
	assert_int_equal(inq_file_open("/dev/zero", &f, &err), INQ_UNREADABLE);
	assert_string_equal(err.text, "is a device");
	assert_int_equal(inq_file_open(in_directory("none"), &f, &err), INQ_UNREADABLE);
	assert_string_equal(err.text, "cannot be opened: No such file or directory");
}

static void output_appears_only_when_committed(void **state)
{
	struct inq_output o;

	(void)state;
	write_file(in_directory("result"), "old");
	assert_int_equal(inq_output_open(in_directory("result"), &o, NULL), INQ_OK);
	assert_true(inq_output_write(&o, "new", 3));
	assert_holds(in_directory("result"), "old");
	assert_int_equal(inq_output_commit(&o, NULL), INQ_OK);
	assert_holds(in_directory("result"), "new");
	assert_int_equal(entries(), 1);
}

static void abandoned_output_leaves_nothing(void **state)
{
	struct inq_output o;

	(void)state;
	assert_int_equal(inq_output_open(in_directory("result"), &o, NULL), INQ_OK);
	assert_true(inq_output_write(&o, "new", 3));
	inq_output_abandon(&o);
	assert_int_equal(entries(), 0);
}

static void output_keeps_the_link_it_is_written_through(void **state)
{
	struct inq_output o;
	struct stat st;

	(void)state;
	write_file(in_directory("real"), "old");
	assert_int_equal(symlink("real", in_directory("link")), 0);
	assert_int_equal(inq_output_open(in_directory("link"), &o, NULL), INQ_OK);
	assert_true(inq_output_write(&o, "new", 3));
	assert_int_equal(inq_output_commit(&o, NULL), INQ_OK);
	assert_holds(in_directory("real"), "new");
	assert_int_equal(lstat(in_directory("link"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
}

static void output_to_a_device_does_not_replace_it(void **state)
{
	struct inq_output o;
	struct stat st;

	(void)state;
	assert_int_equal(inq_output_open("/dev/null", &o, NULL), INQ_OK);
	assert_true(inq_output_write(&o, "new", 3));
	assert_int_equal(inq_output_commit(&o, NULL), INQ_OK);
	assert_int_equal(stat("/dev/null", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
}

static void output_that_cannot_be_written_keeps_the_old_file(void **state)
{
	struct inq_output o;
	struct inq_error err;

	(void)state;
	write_file(in_directory("result"), "old");
	assert_int_equal(inq_output_open(in_directory("result"), &o, NULL), INQ_OK);
	close(o.fd);
	o.fd = open("/dev/full", O_WRONLY);
	assert_false(inq_output_write(&o, "new", 3));
	assert_int_equal(inq_output_commit(&o, &err), INQ_IO);
	assert_string_equal(err.text, "cannot be written: No space left on device");
	assert_holds(in_directory("result"), "old");
	assert_int_equal(entries(), 1);
}

static void a_signal_removes_the_temporary_file(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		struct inq_output o;

		inq_os_guard();
		if (inq_output_open(in_directory("result"), &o, NULL) != INQ_OK ||
		        !inq_output_write(&o, "x", 1))
			_exit(1);
		raise(SIGINT);
		_exit(2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGINT);
	assert_int_equal(entries(), 0);
}

static void lists_files_in_byte_order_and_not_behind_directory_links(void **state)
{
	struct inq_arena *a = inq_arena_open(1 << 20);
	struct inq_directory d;

	(void)state;
	assert_int_equal(mkdir(in_directory("b"), 0700), 0);
	write_file(in_directory("b/2"), "");
	write_file(in_directory("b/10"), "");
	write_file(in_directory("a"), "");
	assert_int_equal(symlink("a", in_directory("c")), 0);
	assert_int_equal(symlink(".", in_directory("loop")), 0);
	assert_int_equal(symlink("nowhere", in_directory("dangling")), 0);
	assert_int_equal(inq_directory_list(directory, a, &d, NULL), INQ_OK);
	assert_int_equal(d.count, 4);
	assert_string_equal(d.paths[0], in_directory("a"));
	assert_string_equal(d.paths[1], in_directory("b/10"));
	assert_string_equal(d.paths[2], in_directory("b/2"));
	assert_string_equal(d.paths[3], in_directory("c"));
	assert_int_equal(inq_directory_list(in_directory("none"), a, &d, NULL), INQ_UNREADABLE);
	inq_arena_close(a);
}

/* What children are asked to do, and what came back. */
enum deed {
	ANSWER,
	ANSWER_LATE,
	FAIL,
	FAIL_TO_OPEN,
	CRASH,
	HANG,
	EAT_MEMORY,
	FLOOD,
	OPEN_A_FILE,
	CONNECT,
	FORK,
	EXECUTABLE_MEMORY,
	MAP_A_FILE,
	KILL_THE_PARENT,
	FORGE_FRAMES,
	LEAVE,
};

struct trial {
	const enum deed *deeds;
	struct inq_child_result results[16];
	char bodies[16][64];
	size_t taken;
	int stdin_copy;
};

static enum inq_status trial_open(void *context, size_t index, struct inq_error *err)
{
	struct trial *t = context;

	if (t->deeds[index] == FAIL_TO_OPEN)
		return inq_fail(err, INQ_UNREADABLE, 7, "cannot be opened");
	return INQ_OK;
}

static enum inq_status trial_run(void *context, size_t index, struct inq_sink *out, struct inq_error *err)
{
	static const uint8_t huge[] = { 2, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3 };
	struct trial *t = context;
	volatile char *null = NULL;
	char *chunk;

	switch (t->deeds[index]) {
	case ANSWER_LATE:
		for (uint64_t until = inq_os_clock() + 300; inq_os_clock() < until;)
			;
		/* fall through */
	case ANSWER:
		inq_putf(out, "answer %zu", index);
		return INQ_OK;
	case FAIL:
		inq_put(out, "half");
		return inq_fail(err, INQ_TRUNCATED, 0x123456789a, "ends \x1b[31mearly");
	case CRASH:
		*null = 1;
		break;
	case HANG:
		for (;;)
			;
	case EAT_MEMORY:
		for (;;) {
			chunk = malloc(1 << 20);
			if (!chunk)
				return inq_fail(err, INQ_NO_MEMORY, 0, "no memory");
			memset(chunk, 1, 1 << 20);
		}
	case FLOOD:
		for (;;)
			inq_put(out, "0123456789abcdef");
	case OPEN_A_FILE:
		inq_put(out, open("/etc/passwd", O_RDONLY) < 0 ? "denied" : "opened");
		return INQ_OK;
	case CONNECT:
		inq_put(out, socket(AF_INET, SOCK_STREAM, 0) < 0 ? "denied" : "opened");
		return INQ_OK;
	case FORK:
		inq_put(out, fork() < 0 ? "denied" : "forked");
		return INQ_OK;
	case EXECUTABLE_MEMORY:
		inq_put(out, mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		                     -1, 0) == MAP_FAILED
		                     ? "denied"
		                     : "mapped");
		return INQ_OK;
	case MAP_A_FILE:
		inq_put(out,
		        mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 0, 0) == MAP_FAILED ? "denied" : "mapped");
		return INQ_OK;
	case KILL_THE_PARENT:
		inq_put(out, kill(getppid(), 0) != 0 ? "denied" : "killed");
		return INQ_OK;
	case FORGE_FRAMES:
		inq_put(out, "x");
		if (!inq_sink_flush(out) || write(3, huge, sizeof huge) < 0)
			return INQ_IO;
		return INQ_OK;
	case LEAVE:
		_exit(0);
	case FAIL_TO_OPEN:
		break;
	}
	return INQ_BAD_ARGUMENT;
}

static bool trial_take(void *context, size_t index, const struct inq_child_result *result)
{
	struct trial *t = context;
	size_t len = result->body.len < 63 ? result->body.len : 63;

	assert_int_equal(index, t->taken);
	t->results[index] = *result;
	if (len)
		memcpy(t->bodies[index], result->body.at, len);
	t->bodies[index][len] = 0;
	t->taken++;
	return true;
}

static const struct inq_child_limits trial_limits = {
	.memory = 64 << 20,
	.cpu_seconds = 1,
	.wall_seconds = 3,
	.result = 1 << 20,
	.sandbox = true,
};

static void run_trial(struct trial *t, const enum deed *deeds, size_t count, unsigned jobs)
{
	struct inq_child_work work = { t, trial_open, trial_run, trial_take, NULL, false, NULL };
	struct inq_error err;

	memset(t, 0, sizeof *t);
	t->deeds = deeds;
	assert_int_equal(inq_child_run(&work, count, jobs, &trial_limits, &err), INQ_OK);
	assert_int_equal(t->taken, count);
}

static void results_come_in_order_whoever_ends_first(void **state)
{
	static const enum deed deeds[] = { ANSWER_LATE, ANSWER, ANSWER, ANSWER_LATE, ANSWER };
	struct trial t;

	(void)state;
	for (unsigned jobs = 1; jobs <= 8; jobs *= 2) {
		run_trial(&t, deeds, 5, jobs);
		for (size_t i = 0; i < 5; i++) {
			char expected[20];

			snprintf(expected, sizeof expected, "answer %zu", i);
			assert_int_equal(t.results[i].status, INQ_OK);
			assert_true(t.results[i].whole);
			assert_string_equal(t.bodies[i], expected);
		}
	}
}

static void a_failing_child_says_why_and_the_others_go_on(void **state)
{
	static const enum deed deeds[] = { FAIL, FAIL_TO_OPEN, ANSWER };
	struct trial t;

	(void)state;
	run_trial(&t, deeds, 3, 2);
	assert_int_equal(t.results[0].status, INQ_TRUNCATED);
	assert_int_equal(t.results[0].error.at, 0x123456789a);
	assert_string_equal(t.results[0].error.text, "ends ?[31mearly");
	assert_string_equal(t.bodies[0], "half");
	assert_int_equal(t.results[1].status, INQ_UNREADABLE);
	assert_int_equal(t.results[1].error.at, 7);
	assert_string_equal(t.bodies[2], "answer 2");
}

static void crash_and_hang_are_results_like_others(void **state)
{
	static const enum deed deeds[] = { CRASH, HANG, LEAVE, ANSWER };
	struct trial t;

	(void)state;
	run_trial(&t, deeds, 4, 4);
	assert_int_equal(t.results[0].status, INQ_CRASHED);
	assert_false(t.results[0].whole);
	assert_int_equal(t.results[1].status, INQ_TIMED_OUT);
	/* That of processor time, or on a busy machine that of the clock. */
	assert_memory_equal(t.results[1].error.text, "took longer than its limit of ", 30);
	assert_int_equal(t.results[2].status, INQ_CRASHED);
	assert_string_equal(t.bodies[3], "answer 3");
}

static void a_child_may_not_say_more_than_its_limit(void **state)
{
	static const enum deed deeds[] = { FLOOD, FORGE_FRAMES, ANSWER };
	struct trial t;

	(void)state;
	run_trial(&t, deeds, 3, 1);
	assert_int_equal(t.results[0].status, INQ_OVER_LIMIT);
	assert_true(t.results[0].body.len <= 1 << 20);
	assert_int_equal(t.results[1].status, INQ_CRASHED);
	assert_string_equal(t.bodies[2], "answer 2");
}

#if !SANITIZED
static void memory_ends_at_its_limit(void **state)
{
	static const enum deed deeds[] = { EAT_MEMORY, ANSWER };
	struct trial t;

	(void)state;
	run_trial(&t, deeds, 2, 1);
	assert_int_equal(t.results[0].status, INQ_NO_MEMORY);
	assert_string_equal(t.bodies[1], "answer 1");
}

/* Under a sanitizer the forbidden calls fail instead of ending the child. */
static void the_sandbox_lets_nothing_out(void **state)
{
	static const enum deed deeds[] = { OPEN_A_FILE, CONNECT, FORK, EXECUTABLE_MEMORY, MAP_A_FILE,
		KILL_THE_PARENT };
	struct trial t;

	(void)state;
	run_trial(&t, deeds, 6, 2);
	assert_string_equal(t.bodies[0], "denied");
	for (size_t i = 1; i < 6; i++) {
		assert_int_equal(t.results[i].status, INQ_CRASHED);
		assert_string_equal(t.results[i].error.text,
		        "its analysis crashed (a system call the sandbox forbids); the rest goes on");
		assert_string_equal(t.bodies[i], "");
	}
}
#endif

static void nothing_to_do_is_done_at_once(void **state)
{
	struct inq_child_work work = { NULL, NULL, trial_run, trial_take, NULL, false, NULL };

	(void)state;
	assert_int_equal(inq_child_run(&work, 0, 4, &trial_limits, NULL), INQ_OK);
}

#if !SANITIZED
/*
 * One exhibit in each file; a child looks for the others' in all of its memory,
 * more of which is not for reading under a sanitizer.
 */
enum { MARKS = 3, MARK = 24 };
struct marks {
	int files[MARKS];
	unsigned seen[MARKS];
};

/* Made when it is needed, so that it stands nowhere else. */
static void mark_make(size_t index, uint8_t at[MARK])
{
	for (size_t i = 0; i < MARK; i++)
		at[i] = (uint8_t)((index + 1) * 37 + i * 59 + 3);
}

static bool mark_in(size_t index, const uint8_t *at, size_t len)
{
	for (size_t i = 0; i + MARK <= len; i++) {
		size_t k = 0;

		while (k < MARK && at[i + k] == (uint8_t)((index + 1) * 37 + k * 59 + 3))
			k++;
		if (k == MARK)
			return true;
	}
	return false;
}

static int mark_file(void *context, size_t index)
{
	return ((struct marks *)context)->files[index];
}

/* A bit for each mark that stands anywhere in the memory of this process, and for each file that is open. */
static enum inq_status mark_open(void *context, size_t index, struct inq_error *err)
{
	struct marks *m = context;
	FILE *maps = fopen("/proc/self/maps", "re");
	static struct inq_file file;
	char line[512], rights[5];
	unsigned long from, to;

	(void)index;
	assert_int_equal(inq_scratch_map(INQ_CHILD_FILE, &file, err), INQ_OK);
	assert_non_null(maps);
	memset(m->seen, 0, sizeof m->seen);
	while (fgets(line, sizeof line, maps)) {
		if (sscanf(line, "%lx-%lx %4s", &from, &to, rights) != 3 || rights[0] != 'r' ||
		        strstr(line, "[v"))
			continue;
		for (size_t i = 0; i < MARKS; i++)
			m->seen[i] |= mark_in(i, (const uint8_t *)from, to - from);
	}
	fclose(maps);
	for (int fd = INQ_CHILD_FILE + 1; fd < 64; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			return inq_fail(err, INQ_CONFLICT, 0, "file %d is open, too", fd);
	return INQ_OK;
}

static enum inq_status mark_run(void *context, size_t index, struct inq_sink *out, struct inq_error *err)
{
	const struct marks *m = context;

	(void)index;
	(void)err;
	for (size_t i = 0; i < MARKS; i++)
		inq_put(out, m->seen[i] ? "1" : "0");
	return INQ_OK;
}

static bool mark_take(void *context, size_t index, const struct inq_child_result *r)
{
	static const char *const wanted[MARKS] = { "100", "010", "001" };

	(void)context;
	if (r->status != INQ_OK)
		fail_msg("%s", r->error.text);
	assert_int_equal(r->body.len, MARKS);
	assert_memory_equal(r->body.at, wanted[index], MARKS);
	return true;
}

static void a_child_has_the_bytes_of_its_own_file_alone(void **state)
{
	const struct inq_child_limits limits = { .wall_seconds = 120, .result = 1 << 20 };
	struct marks m = { .seen = { 0 } };
	struct inq_child_work work = {
		.context = &m, .open = mark_open, .run = mark_run, .take = mark_take, .file = mark_file
	};
	struct inq_arena *a = inq_arena_open(16 << 20);
	struct inq_error err = { 0, "" };

	(void)state;
	for (size_t i = 0; i < MARKS; i++) {
		uint8_t *at = inq_arena_new(a, MARK, 1);

		mark_make(i, at);
		assert_int_equal(inq_scratch_move((struct inq_bytes){ at, MARK }, &m.files[i], &err), INQ_OK);
		assert_false(mark_in(i, at, MARK));
	}
	assert_int_equal(inq_child_run(&work, MARKS, 2, &limits, &err), INQ_OK);
	for (size_t i = 0; i < MARKS; i++)
		inq_scratch_close(m.files[i]);
	inq_arena_close(a);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(opens_an_empty_file_as_no_bytes, empty_directory),
		cmocka_unit_test_setup(refuses_what_is_no_regular_file, empty_directory),
		cmocka_unit_test_setup(output_appears_only_when_committed, empty_directory),
		cmocka_unit_test_setup(abandoned_output_leaves_nothing, empty_directory),
		cmocka_unit_test_setup(output_keeps_the_link_it_is_written_through, empty_directory),
		cmocka_unit_test_setup(output_to_a_device_does_not_replace_it, empty_directory),
		cmocka_unit_test_setup(output_that_cannot_be_written_keeps_the_old_file, empty_directory),
		cmocka_unit_test_setup(a_signal_removes_the_temporary_file, empty_directory),
		cmocka_unit_test_setup(
		        lists_files_in_byte_order_and_not_behind_directory_links, empty_directory),
		cmocka_unit_test(results_come_in_order_whoever_ends_first),
		cmocka_unit_test(a_failing_child_says_why_and_the_others_go_on),
		cmocka_unit_test(crash_and_hang_are_results_like_others),
		cmocka_unit_test(a_child_may_not_say_more_than_its_limit),
#if !SANITIZED
		cmocka_unit_test(a_child_has_the_bytes_of_its_own_file_alone),
		cmocka_unit_test(memory_ends_at_its_limit),
		cmocka_unit_test(the_sandbox_lets_nothing_out),
#endif
		cmocka_unit_test(nothing_to_do_is_done_at_once),
	};

	return cmocka_run_group_tests_name("os", tests, set_up, tear_down);
}
