#include "os/task.h"
#include "os/private.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Above these numbers nothing that is moved lies in the way of anything else. */
enum { ABOVE = 16 };

static int moved(int fd)
{
	return fd < 0 ? -1 : fcntl(fd, F_DUPFD, ABOVE);
}

_Noreturn static void task_main(
        const struct inq_task_work *work, const int out[2], const int err[2], pid_t parent)
{
	int in, keep, to_out, to_err;

	inq_guard_forget();
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(1);
	in = moved(work->in >= 0 ? work->in : open("/dev/null", O_RDONLY | O_CLOEXEC));
	keep = moved(work->keep);
	to_out = moved(out[1]);
	to_err = moved(err[1]);
	if (in < 0 || to_out < 0 || to_err < 0 || (work->keep >= 0 && keep < 0))
		_exit(1);
	if (dup2(in, STDIN_FILENO) < 0 || dup2(to_out, STDOUT_FILENO) < 0 ||
	        dup2(to_err, STDERR_FILENO) < 0 || (keep >= 0 && dup2(keep, INQ_TASK_KEPT) < 0))
		_exit(1);
	(void)!close_range(keep >= 0 ? INQ_TASK_KEPT + 1 : INQ_TASK_KEPT, ~0U, 0);
	inq_os_guard();
	_exit(work->run(work->context));
}

static void both_close(const int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

enum inq_status inq_task_start(const struct inq_task_work *work, struct inq_task *ret, struct inq_error *err)
{
	pid_t parent = getpid();
	struct inq_task t;
	int out[2], talk[2];

	if (pipe2(out, O_CLOEXEC) != 0)
		return inq_fail(err, INQ_IO, 0, "no pipe to be had for a task: %s", strerror(errno));
	if (pipe2(talk, O_CLOEXEC) != 0) {
		both_close(out);
		return inq_fail(err, INQ_IO, 0, "no pipe to be had for a task: %s", strerror(errno));
	}
	t.pid = fork();
	if (t.pid == 0)
		task_main(work, out, talk, parent);
	if (t.pid < 0) {
		both_close(out);
		both_close(talk);
		return inq_fail(err, INQ_IO, 0, "no process to be had for a task: %s", strerror(errno));
	}
	close(out[1]);
	close(talk[1]);
	t.out = out[0];
	t.err = talk[0];
	fcntl(t.out, F_SETFL, O_NONBLOCK);
	fcntl(t.err, F_SETFL, O_NONBLOCK);
	t.guard = inq_guard_child(t.pid);
	*ret = t;
	return INQ_OK;
}

void inq_task_read(int *fd, uint8_t *at, size_t len, size_t *got)
{
	ssize_t is;

	*got = 0;
	if (*fd < 0)
		return;
	do
		is = read(*fd, at, len);
	while (is < 0 && errno == EINTR);
	if (is > 0) {
		*got = (size_t)is;
	} else if (is == 0 || errno != EAGAIN) {
		close(*fd);
		*fd = -1;
	}
}

static void gone(struct inq_task *t)
{
	inq_guard_child_done(t->guard);
	t->pid = 0;
}

bool inq_task_ended(struct inq_task *t, int *ret_exit)
{
	int status;

	if (t->pid <= 0 || waitpid(t->pid, &status, WNOHANG) != t->pid)
		return false;
	*ret_exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	gone(t);
	return true;
}

void inq_task_cancel(struct inq_task *t)
{
	if (t->pid > 0)
		kill(t->pid, SIGTERM);
}

void inq_task_kill(struct inq_task *t)
{
	if (t->pid > 0) {
		kill(t->pid, SIGKILL);
		while (waitpid(t->pid, NULL, 0) < 0 && errno == EINTR)
			;
		gone(t);
	}
	if (t->out >= 0)
		close(t->out);
	if (t->err >= 0)
		close(t->err);
	t->out = t->err = -1;
}
