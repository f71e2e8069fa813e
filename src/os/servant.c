#include "os/servant.h"
#include "os/channel.h"
#include "os/private.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SERVANT_FD = 3, QUESTION_MOST = 64 << 10, FILES_MOST = 64 };

_Noreturn static void servant_main(const struct inq_servant_work *work, int fd, pid_t parent)
{
	const struct inq_child_limits limits = { .memory = work->memory };

	inq_child_alone(parent, fd, -1, SERVANT_FD);
	inq_child_begin(&limits, FILES_MOST);
	inq_sandbox_net();
	for (;;) {
		struct inq_arena *a = inq_arena_open(SIZE_MAX);
		struct inq_bytes question, answer = { NULL, 0 };
		struct inq_error err = { 0, "" };
		enum inq_status status;

		if (!a || inq_channel_take(SERVANT_FD, QUESTION_MOST, 0, a, &question) != CHANNEL_MESSAGE)
			_exit(0);
		status = work->answer(work->context, question, a, &answer, &err);
		if (!inq_channel_reply(SERVANT_FD, status, &err, answer))
			_exit(0);
		inq_arena_close(a);
	}
}

enum inq_status inq_servant_open(
        const struct inq_servant_work *work, struct inq_servant *ret, struct inq_error *err)
{
	struct inq_servant s = { .answer_most = work->answer_most };
	pid_t parent = getpid();
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return inq_fail(err, INQ_IO, 0, "no socket to be had for a process: %s", strerror(errno));
	s.fd = ends[0];
	s.pid = fork();
	if (s.pid == 0) {
		close(ends[0]);
		servant_main(work, ends[1], parent);
	}
	close(ends[1]);
	if (s.pid < 0) {
		close(ends[0]);
		return inq_fail(err, INQ_IO, 0, "no process to be had: %s", strerror(errno));
	}
	s.guard = inq_guard_child(s.pid);
	*ret = s;
	return INQ_OK;
}

enum inq_status inq_servant_ask(struct inq_servant *servant, struct inq_bytes question, unsigned seconds,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_bytes message;

	if (question.len > QUESTION_MOST || !servant->pid)
		return inq_fail(err, INQ_CRASHED, 0, "nobody is there to be asked");
	if (!inq_channel_send(servant->fd, &question, 1, false))
		return inq_fail(err, INQ_CRASHED, 0, "the process that fetches is gone");
	switch (inq_channel_take(
	        servant->fd, servant->answer_most + 4096, inq_os_clock() + 1000ULL * seconds, a, &message)) {
	case CHANNEL_MESSAGE:
		return inq_channel_read(message, ret, err);
	case CHANNEL_TOO_LATE:
		inq_servant_close(servant);
		return inq_fail(err, INQ_TIMED_OUT, 0, "does not answer within %u seconds", seconds);
	case CHANNEL_NO_MEMORY:
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for what is fetched");
	case CHANNEL_CLOSED:
	case CHANNEL_TOO_LONG:
		break;
	}
	inq_servant_close(servant);
	return inq_fail(err, INQ_CRASHED, 0, "the process that fetches is gone");
}

void inq_servant_close(struct inq_servant *servant)
{
	if (servant->pid <= 0)
		return;
	close(servant->fd);
	kill(servant->pid, SIGKILL);
	while (waitpid(servant->pid, NULL, 0) < 0 && errno == EINTR)
		;
	inq_guard_child_done(servant->guard);
	servant->pid = 0;
}
