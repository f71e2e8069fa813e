#include "os/confined.h"
#include "os/channel.h"
#include "os/private.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONFINED_FD = 3 };

/* A message of the child begins with one of these. */
enum { ASKS = 'a', ENDS = 'e', BARE = 'b' };

struct inq_confined {
	int fd;
	uint64_t answer_most;
};

/* The child's side. */

enum inq_status inq_confined_ask(struct inq_confined *parent, const struct inq_bytes *parts, size_t count,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	enum { PARTS_MOST = 8 };
	static const uint8_t asks = ASKS;
	struct inq_bytes all[PARTS_MOST + 1] = { { &asks, 1 } }, message;

	if (count > PARTS_MOST)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "a question of too many parts");
	for (size_t i = 0; i < count; i++)
		all[i + 1] = parts[i];
	if (!inq_channel_send(parent->fd, all, count + 1, true))
		return inq_fail(err, INQ_CRASHED, 0, "nobody is there to be asked");
	switch (inq_channel_take(parent->fd, parent->answer_most + 4096, 0, a, &message)) {
	case CHANNEL_MESSAGE:
		return inq_channel_read(message, ret, err);
	case CHANNEL_NO_MEMORY:
		return inq_fail(err, INQ_NO_MEMORY, 0, "takes more memory than it may");
	case CHANNEL_CLOSED:
	case CHANNEL_TOO_LONG:
	case CHANNEL_TOO_LATE:
		break;
	}
	return inq_fail(err, INQ_CRASHED, 0, "nobody is there to be asked");
}

_Noreturn static void child_main(
        const struct inq_confined_work *work, const struct inq_child_limits *limits, int fd, pid_t parent)
{
	struct inq_confined end = { CONFINED_FD, work->answer_most };
	static const uint8_t ends = ENDS, bare = BARE;
	struct inq_bytes said = { &bare, 1 };
	struct inq_error err = { 0, "" };
	uint8_t fixed[12];
	enum inq_status status;

	inq_child_alone(parent, fd, -1, CONFINED_FD);
	inq_child_begin(limits, CONFINED_FD + 2);
	if (limits->sandbox && !inq_sandbox_enter(CONFINED_FD, true)) {
		(void)!inq_channel_send(CONFINED_FD, &said, 1, true);
		_exit(1);
	}
	status = work->run(work->context, &end, &err);
	inq_le_put(fixed, (uint32_t)status, 4);
	inq_le_put(fixed + 4, (uint32_t)err.at, 4);
	inq_le_put(fixed + 8, (uint32_t)(err.at >> 32), 4);
	(void)!inq_channel_send(CONFINED_FD,
	        (const struct inq_bytes[]){ { &ends, 1 }, { fixed, sizeof fixed },
	                { (const uint8_t *)err.text, strnlen(err.text, sizeof err.text - 1) } },
	        3, true);
	_exit(0);
}

/* The parent's side. */

/* The child's last word. */
static enum inq_status ended(struct inq_bytes word, struct inq_error *err)
{
	char text[sizeof err->text];
	size_t len = 0;

	if (word.len < 12)
		return inq_fail(err, INQ_CRASHED, 0, "the process that reads it ended without a result");
	for (size_t i = 12; i < word.len && len < sizeof text - 1; i++)
		text[len++] = word.at[i] >= 0x20 && word.at[i] < 0x7f ? (char)word.at[i] : '?';
	text[len] = 0;
	if (inq_le32(word.at) == INQ_OK)
		return INQ_OK;
	return inq_fail(err, inq_status_known(inq_le32(word.at)), inq_le64(word.at + 4), "%s", text);
}

/* Answers one question. False where that was the last one; then `*ret` is what it came to. */
static bool turn(
        struct inq_confined_work *work, int fd, uint64_t until, enum inq_status *ret, struct inq_error *err)
{
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	struct inq_bytes message = { NULL, 0 }, answer = { NULL, 0 };
	struct inq_error why = { 0, "" };
	enum inq_status status;
	bool more = false;

	if (!a) {
		*ret = inq_fail(err, INQ_NO_MEMORY, 0, "no memory for what a process asks");
		return false;
	}
	switch (inq_channel_take(fd, work->question_most + 1, until, a, &message)) {
	case CHANNEL_MESSAGE:
		if (message.len && message.at[0] == ASKS) {
			status = work->answer(work->context, inq_bytes_from(message, 1), a, &answer, &why);
			more = inq_channel_reply(fd, status, &why, answer);
			if (!more)
				*ret = INQ_CRASHED;
		} else if (message.len && message.at[0] == BARE) {
			work->sandbox_refused = true;
		} else {
			*ret = message.len && message.at[0] == ENDS ? ended(inq_bytes_from(message, 1), err)
			                                            : INQ_CRASHED;
		}
		break;
	case CHANNEL_TOO_LATE:
		*ret = inq_fail(err, INQ_TIMED_OUT, 0, "takes longer to read than its limit of time");
		break;
	case CHANNEL_TOO_LONG:
		*ret = inq_fail(err, INQ_OVER_LIMIT, 0, "gives more than the limit of %llu bytes",
		        (unsigned long long)work->question_most);
		break;
	case CHANNEL_NO_MEMORY:
		*ret = inq_fail(err, INQ_NO_MEMORY, 0, "no memory for what a process asks");
		break;
	case CHANNEL_CLOSED:
		*ret = INQ_CRASHED;
		break;
	}
	inq_arena_close(a);
	return more;
}

enum inq_status inq_confined_run(
        struct inq_confined_work *work, const struct inq_child_limits *limits, struct inq_error *err)
{
	uint64_t until = limits->wall_seconds ? inq_os_clock() + 1000ULL * limits->wall_seconds : 0;
	struct inq_error why = { 0, "" };
	enum inq_status status = INQ_OK;
	pid_t parent = getpid(), pid;
	int ends[2], guard, wait_status = 0;

	work->sandbox_refused = false;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return inq_fail(err, INQ_IO, 0, "no socket to be had for a process: %s", strerror(errno));
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		child_main(work, limits, ends[1], parent);
	}
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return inq_fail(err, INQ_IO, 0, "no process to be had: %s", strerror(errno));
	}
	guard = inq_guard_child(pid);
	while (turn(work, ends[0], until, &status, &why))
		;
	close(ends[0]);
	/* It said its last word, or is dying: nothing that it could still do is wanted. */
	for (int i = 0; i < 100 && status == INQ_CRASHED && waitpid(pid, &wait_status, WNOHANG) != pid; i++)
		usleep(1000);
	kill(pid, SIGKILL);
	while (waitpid(pid, &wait_status, 0) < 0 && errno == EINTR)
		;
	inq_guard_child_done(guard);
	if (work->sandbox_refused)
		return inq_fail(err, INQ_IO, 0,
		        "this machine does not grant the sandbox that what others wrote is read in "
		        "(seccomp)");
	if (status == INQ_CRASHED && !*why.text)
		return inq_fail(err, INQ_CRASHED, 0, "the process that reads it %s",
		        WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGXCPU ? "took too long"
		        : WIFSIGNALED(wait_status)                                   ? "crashed"
		                                   : "ended without a result");
	return status == INQ_OK ? INQ_OK : inq_fail(err, status, why.at, "%s", why.text);
}
