#include "os/os.h"
#include "os/private.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SHADOWED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SHADOWED 1
#endif
#endif
#ifndef SHADOWED
#define SHADOWED 0 /* else terabytes of address space are taken before main */
#endif

/*
 * What a child writes to its pipe is a row of frames, each a kind and a length
 * in four bytes, little-endian, and that many bytes:
 *
 *   DATA  a piece of the body
 *   END   status (4), offset (8), text: nothing after it is read
 *   BARE  empty: the kernel did not grant the sandbox
 */
enum frame { FRAME_DATA = 1, FRAME_END = 2, FRAME_BARE = 3 };
enum { FRAME_HEAD = 8, END_FIXED = 12, TICK_MS = 100, PIPE_FD = 3 };

_Static_assert(INQ_CHILD_FILE == PIPE_FD + 1, "a child's file comes after its pipe");

/* A body as it grows; its pages come straight from the kernel and go back there. */
struct body {
	uint8_t *at;
	size_t len, room;
};

struct child {
	size_t index;
	pid_t pid; /* 0: the slot is free */
	int fd, guard;
	uint64_t started;
	struct body body;
	uint8_t head[FRAME_HEAD], end[END_FIXED + sizeof((struct inq_error *)0)->text];
	uint32_t head_len, end_len, left; /* left: of the frame's bytes */
	bool ended, bare, too_much, timed_out;
};

/* A result that waits for those before it. */
struct ready {
	bool here;
	struct inq_child_result result;
	struct body body;
};

struct pool {
	struct inq_child_work *work;
	const struct inq_child_limits *limits;
	struct child *children;
	struct pollfd *polls;
	unsigned jobs;
	struct ready *ready; /* a ring of `window` */
	size_t window, count, started, taken, ended;
	uint64_t waiting_bytes; /* in results that wait */
};

static void body_free(struct body *b)
{
	if (b->at)
		munmap(b->at, b->room);
	*b = (struct body){ 0 };
}

static bool body_add(struct body *b, const uint8_t *at, size_t len)
{
	size_t room = b->room ? b->room : 64 << 10;
	void *more;

	while (room - b->len < len)
		room *= 2;
	if (room != b->room) {
		more = b->at ? mremap(b->at, b->room, room, MREMAP_MAYMOVE)
		             : mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (more == MAP_FAILED)
			return false;
		b->at = more;
		b->room = room;
	}
	memcpy(b->at + b->len, at, len);
	b->len += len;
	return true;
}

/* The child's side. */

static bool frame_write(enum frame kind, const void *at, size_t len)
{
	uint8_t frame[FRAME_HEAD + 4096];

	/* One write where it fits: half the system calls. */
	inq_le_put(frame, kind, 4);
	inq_le_put(frame + 4, (uint32_t)len, 4);
	if (len <= sizeof frame - FRAME_HEAD) {
		if (len)
			memcpy(frame + FRAME_HEAD, at, len);
		return inq_write_all(PIPE_FD, frame, FRAME_HEAD + len);
	}
	return inq_write_all(PIPE_FD, frame, FRAME_HEAD) && inq_write_all(PIPE_FD, at, len);
}

static bool data_write(void *unused, const void *at, size_t len)
{
	const uint8_t *from = at;

	(void)unused;
	for (size_t piece; len; from += piece, len -= piece) {
		piece = len < 1 << 30 ? len : 1 << 30;
		if (!frame_write(FRAME_DATA, from, piece))
			return false;
	}
	return true;
}

/* `most` above `to` leaves room for a signal before the kernel kills outright. */
static void limit(int which, uint64_t to, uint64_t most)
{
	struct rlimit now, set = { to, most };

	if (getrlimit((__rlimit_resource_t)which, &now) == 0 && now.rlim_max < set.rlim_max) {
		set.rlim_max = now.rlim_max;
		if (set.rlim_cur > set.rlim_max)
			set.rlim_cur = set.rlim_max;
	}
	setrlimit((__rlimit_resource_t)which, &set);
}

/* Address space in use, in bytes; 0 where /proc is not there to say. */
static uint64_t address_space(void)
{
	unsigned long long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f) {
		if (fscanf(f, "%llu", &pages) != 1)
			pages = 0;
		fclose(f);
	}
	return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void limits_set(const struct inq_child_limits *l, unsigned files)
{
	uint64_t used = address_space();

	limit(RLIMIT_CORE, 0, 0);
	limit(RLIMIT_FSIZE, 0, 0);
	limit(RLIMIT_NOFILE, files, files);
	if (l->cpu_seconds)
		limit(RLIMIT_CPU, l->cpu_seconds, (uint64_t)l->cpu_seconds + 1);
	if (l->memory && !SHADOWED)
		limit(RLIMIT_AS, l->memory + used, l->memory + used);
}

static void streams_take(void)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0)
		return;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	if (!SHADOWED)
		dup2(null, STDERR_FILENO);
	if (null > PIPE_FD)
		close(null);
}

/* Above these numbers nothing that is moved lies in the way of anything else. */
enum { ABOVE = 16 };

void inq_child_alone(pid_t parent, int fd, int file, int as)
{
	inq_guard_forget();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	if (file >= 0 && ((fd = fcntl(fd, F_DUPFD, ABOVE)) < 0 || (file = fcntl(file, F_DUPFD, ABOVE)) < 0))
		_exit(1);
	if (fd != as && dup2(fd, as) != as)
		_exit(1);
	if (file >= 0 && dup2(file, as + 1) != as + 1)
		_exit(1);
	(void)!close_range((unsigned)as + 1 + (file >= 0), ~0U, 0);
}

void inq_child_begin(const struct inq_child_limits *limits, unsigned files)
{
	streams_take();
	limits_set(limits, files);
	prctl(PR_SET_DUMPABLE, 0);
}

static void end_write(enum inq_status status, const struct inq_error *err)
{
	uint8_t end[END_FIXED + sizeof err->text];
	size_t len = strnlen(err->text, sizeof err->text - 1);

	inq_le_put(end, (uint32_t)status, 4);
	inq_le_put(end + 4, (uint32_t)err->at, 4);
	inq_le_put(end + 8, (uint32_t)(err->at >> 32), 4);
	memcpy(end + END_FIXED, err->text, len);
	(void)!frame_write(FRAME_END, end, END_FIXED + len);
}

_Noreturn static void child_main(const struct pool *p, size_t index, int out, int file, pid_t parent)
{
	struct inq_child_work *work = p->work;
	struct inq_error err = { 0 };
	struct inq_sink sink;
	enum inq_status status = INQ_OK;

	inq_child_alone(parent, out, file, PIPE_FD);
	streams_take();
	if (work->open)
		status = work->open(work->context, index, &err);
	if (status == INQ_OK) {
		limits_set(p->limits, PIPE_FD + 2);
		prctl(PR_SET_DUMPABLE, 0);
		if (p->limits->sandbox && !inq_sandbox_enter(PIPE_FD, false)) {
			(void)!frame_write(FRAME_BARE, NULL, 0);
			_exit(1);
		}
		inq_sink_init(&sink, data_write, NULL);
		status = work->run(work->context, index, &sink, &err);
		if (!inq_sink_flush(&sink))
			_exit(1);
	}
	end_write(status, &err);
	_exit(0);
}

/* The parent's side. */

static bool spawn(struct pool *p, struct child *c, struct inq_error *err)
{
	int ends[2], file = p->work->file ? p->work->file(p->work->context, p->started) : -1;
	pid_t parent = getpid();

	if (pipe2(ends, O_CLOEXEC) != 0) {
		(void)inq_fail(err, INQ_IO, 0, "no pipe to be had for a child process: %s", strerror(errno));
		return false;
	}
	*c = (struct child){ .index = p->started, .fd = ends[0] };
	c->pid = fork();
	if (c->pid == 0)
		child_main(p, c->index, ends[1], file, parent);
	close(ends[1]);
	if (c->pid < 0) {
		(void)inq_fail(err, INQ_IO, 0, "no child process to be had: %s", strerror(errno));
		c->pid = 0;
		close(ends[0]);
		return false;
	}
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	c->guard = inq_guard_child(c->pid);
	c->started = inq_os_clock();
	p->started++;
	return true;
}

/* Takes in what the child wrote. It may write anything at all. */
static void take_in(const struct pool *p, struct child *c, const uint8_t *at, size_t len)
{
	while (len && !c->ended && !c->too_much) {
		size_t piece;
		uint32_t kind;

		if (c->head_len < FRAME_HEAD) {
			c->head[c->head_len++] = *at++;
			len--;
			if (c->head_len < FRAME_HEAD)
				continue;
			c->left = inq_le32(c->head + 4);
			kind = inq_le32(c->head);
			if (kind == FRAME_BARE)
				c->bare = true;
			if (kind != FRAME_DATA && kind != FRAME_END)
				c->ended = true;
			if (kind == FRAME_END && (c->left < END_FIXED || c->left >= sizeof c->end)) {
				c->ended = true;
				c->end_len = 0;
			}
			if (c->left == 0)
				c->head_len = 0;
			continue;
		}
		piece = len < c->left ? len : c->left;
		if (inq_le32(c->head) == FRAME_END) {
			memcpy(c->end + c->end_len, at, piece);
			c->end_len += (uint32_t)piece;
			c->ended = piece == c->left;
		} else if (piece > p->limits->result - c->body.len || !body_add(&c->body, at, piece)) {
			c->too_much = true;
		}
		at += piece;
		len -= piece;
		c->left -= (uint32_t)piece;
		if (c->left == 0)
			c->head_len = 0;
	}
}

/* Reads what is there. False at the end of what will come. */
static bool drain(const struct pool *p, struct child *c)
{
	static uint8_t buffer[256 << 10];

	for (;;) {
		ssize_t got = read(c->fd, buffer, sizeof buffer);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return true;
		if (got <= 0)
			return false;
		take_in(p, c, buffer, (size_t)got);
		if (c->ended || c->too_much)
			return false;
	}
}

enum inq_status inq_status_known(uint32_t status)
{
	static const enum inq_status known[] = { INQ_OK, INQ_BAD_ARGUMENT, INQ_NO_MEMORY, INQ_IO,
		INQ_TIMED_OUT, INQ_CRASHED, INQ_INTERRUPTED, INQ_TRUNCATED, INQ_UNRECOGNISED, INQ_UNREADABLE,
		INQ_OVER_LIMIT, INQ_CORRUPT, INQ_TAMPERED, INQ_BAD_SIGNATURE, INQ_FORKED, INQ_UNRESOLVED,
		INQ_LOCKED, INQ_CONFLICT, INQ_BUSY, INQ_NOT_FOUND };

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if ((uint32_t)known[i] == status)
			return known[i];
	return INQ_CRASHED;
}

/* The error as the child tells it, made inert: whoever broke into the child wrote it. */
static void error_read(const struct child *c, struct inq_error *ret)
{
	size_t len = c->end_len - END_FIXED;

	ret->at = inq_le64(c->end + 4);
	for (size_t i = 0; i < len; i++) {
		uint8_t byte = c->end[END_FIXED + i];

		ret->text[i] = byte >= 0x20 && byte < 0x7f ? (char)byte : '?';
	}
	ret->text[len] = 0;
}

static void result_of(
        const struct pool *p, const struct child *c, int wait_status, struct inq_child_result *ret)
{
	if (c->timed_out || (WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGXCPU)) {
		ret->status =
		        inq_fail(&ret->error, INQ_TIMED_OUT, 0, "took longer than its limit of %u seconds",
		                c->timed_out ? p->limits->wall_seconds : p->limits->cpu_seconds);
	} else if (c->too_much) {
		ret->status = inq_fail(&ret->error, INQ_OVER_LIMIT, 0,
		        "gives more than the limit of %llu bytes", (unsigned long long)p->limits->result);
	} else if (c->ended && c->end_len >= END_FIXED) {
		ret->status = inq_status_known(inq_le32(c->end));
		ret->whole = true;
		error_read(c, &ret->error);
	} else if (WIFSIGNALED(wait_status)) {
		ret->status =
		        inq_fail(&ret->error, INQ_CRASHED, 0, "its analysis crashed (%s); the rest goes on",
		                WTERMSIG(wait_status) == SIGSYS    ? "a system call the sandbox forbids"
		                : WTERMSIG(wait_status) == SIGSEGV ? "segmentation fault"
		                : WTERMSIG(wait_status) == SIGBUS  ? "bus error: the file changed meanwhile"
		                : WTERMSIG(wait_status) == SIGABRT ? "abort"
		                : WTERMSIG(wait_status) == SIGKILL ? "killed"
		                                                   : "a signal");
	} else {
		ret->status = inq_fail(&ret->error, INQ_CRASHED, 0, "its analysis ended without a result");
	}
	ret->body = (struct inq_bytes){ c->body.at, c->body.len };
}

/* Moves an ended child to the results that wait. */
static void retire(struct pool *p, struct child *c, int wait_status)
{
	struct ready *r = &p->ready[c->index % p->window];

	close(c->fd);
	inq_guard_child_done(c->guard);
	result_of(p, c, wait_status, &r->result);
	r->body = c->body;
	r->here = true;
	p->waiting_bytes += c->body.len;
	p->ended++;
	c->pid = 0;
}

/*
 * A child that said its last word is killed rather than waited for: it has
 * nothing left to do. One that closed its pipe without a last word is most
 * likely dying, and is given a moment to show of what.
 */
static void finish(struct pool *p, struct child *c)
{
	int wait_status = 0;
	bool dead = false;

	if (!c->ended && !c->too_much && !c->timed_out) {
		for (int i = 0; i < 1000 && !dead; i++) {
			dead = waitpid(c->pid, &wait_status, WNOHANG) == c->pid;
			if (!dead)
				poll(NULL, 0, 1);
		}
	}
	if (!dead) {
		kill(c->pid, SIGKILL);
		while (waitpid(c->pid, &wait_status, 0) < 0 && errno == EINTR)
			;
	}
	if (c->bare)
		p->work->sandbox_refused = true;
	retire(p, c, wait_status);
}

/* Gives away what is next in order. False where `take` wants no more. */
static bool hand_over(struct pool *p)
{
	while (p->taken < p->count) {
		struct ready *r = &p->ready[p->taken % p->window];
		bool more;

		if (!r->here)
			break;
		more = p->work->take(p->work->context, p->taken, &r->result);
		p->waiting_bytes -= r->body.len;
		body_free(&r->body);
		*r = (struct ready){ 0 };
		p->taken++;
		if (!more)
			return false;
	}
	return true;
}

static void check_time(struct pool *p, struct child *c, uint64_t now)
{
	uint64_t most = (uint64_t)p->limits->wall_seconds * 1000;

	if (!most || now - c->started < most)
		return;
	c->timed_out = true;
	finish(p, c);
}

/* One round: start what may start, wait for news, take it in. */
static enum inq_status turn(struct pool *p, struct inq_error *err)
{
	nfds_t watched = 0;
	uint64_t now;

	for (unsigned i = 0; i < p->jobs; i++)
		if (!p->children[i].pid && p->started < p->count && p->started - p->taken < p->window &&
		        p->waiting_bytes <= p->limits->result && !spawn(p, &p->children[i], err))
			return INQ_IO;
	for (unsigned i = 0; i < p->jobs; i++)
		p->polls[i] = (struct pollfd){ p->children[i].pid ? p->children[i].fd : -1, POLLIN, 0 };
	watched = p->jobs;
	if (poll(p->polls, watched, TICK_MS) < 0 && errno != EINTR)
		return inq_fail(err, INQ_IO, 0, "cannot wait for child processes: %s", strerror(errno));
	now = inq_os_clock();
	for (unsigned i = 0; i < p->jobs; i++) {
		struct child *c = &p->children[i];

		if (!c->pid)
			continue;
		if (p->polls[i].revents && !drain(p, c))
			finish(p, c);
		else
			check_time(p, c, now);
	}
	if (p->work->sandbox_refused)
		return inq_fail(err, INQ_IO, 0,
		        "this machine does not grant the sandbox that files are examined in (seccomp)");
	if (p->work->tick)
		p->work->tick(p->work->context, p->ended, p->count);
	return INQ_OK;
}

static void pool_close(struct pool *p)
{
	for (unsigned i = 0; i < p->jobs; i++) {
		if (!p->children[i].pid)
			continue;
		p->children[i].too_much = true; /* its result no longer matters */
		finish(p, &p->children[i]);
	}
	for (size_t i = 0; i < p->window; i++)
		body_free(&p->ready[i].body);
}

enum inq_status inq_child_run(struct inq_child_work *work, size_t count, unsigned jobs,
        const struct inq_child_limits *limits, struct inq_error *err)
{
	enum { JOBS_MOST = 1024, WINDOW_EACH = 8 };
	struct pool p = { .work = work, .limits = limits, .count = count };
	struct inq_arena *a = inq_arena_open(64 << 20);
	enum inq_status status = INQ_OK;

	p.jobs = jobs < 1 ? 1 : jobs > JOBS_MOST ? JOBS_MOST : jobs;
	if (p.jobs > count)
		p.jobs = count ? (unsigned)count : 1;
	p.window = (size_t)p.jobs * WINDOW_EACH;
	work->sandbox_refused = false;
	if (a) {
		p.children = inq_arena_new(a, p.jobs, sizeof *p.children);
		p.polls = inq_arena_new(a, p.jobs, sizeof *p.polls);
		p.ready = inq_arena_new(a, p.window, sizeof *p.ready);
	}
	if (!p.children || !p.polls || !p.ready) {
		inq_arena_close(a);
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for child processes");
	}
	while (status == INQ_OK && p.taken < count) {
		status = turn(&p, err);
		if (status == INQ_OK && !hand_over(&p))
			status = inq_fail(err, INQ_INTERRUPTED, 0, "stopped");
	}
	pool_close(&p);
	inq_arena_close(a);
	return status;
}
