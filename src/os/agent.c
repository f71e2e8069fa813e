#include "os/agent.h"
#include "os/os.h"
#include "os/private.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Both ways a message is a length in four bytes, little-endian, and that many
 * bytes. A reply begins with the status (4), the error's offset (8) and the
 * length of its text (4), then the text, then what was answered.
 */
enum { LENGTH = 4, REPLY_FIXED = 16, AGENT_FD = 3 };
enum { REPLY_WHOLE = REPLY_FIXED + sizeof((struct inq_error *)0)->text + INQ_AGENT_REPLY_MOST };

static bool all_read(int fd, uint8_t *at, size_t len)
{
	while (len) {
		ssize_t got = read(fd, at, len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += got;
		len -= (size_t)got;
	}
	return true;
}

/* The child's side. Its buffers are static: nothing may ask for memory once the sandbox is closed. */

static uint8_t request[INQ_AGENT_REQUEST_MOST], whole[LENGTH + REPLY_WHOLE], answer[INQ_AGENT_REPLY_MOST];

static bool reply_write(
        int fd, enum inq_status status, const struct inq_error *err, const uint8_t *at, size_t len)
{
	size_t text = status == INQ_OK ? 0 : strnlen(err->text, sizeof err->text);
	uint8_t *to = whole + LENGTH + REPLY_FIXED;

	if (status != INQ_OK)
		len = 0;
	inq_le_put(whole, (uint32_t)(REPLY_FIXED + text + len), 4);
	inq_le_put(whole + LENGTH, (uint32_t)status, 4);
	inq_le_put(whole + LENGTH + 4, (uint32_t)err->at, 4);
	inq_le_put(whole + LENGTH + 8, (uint32_t)(err->at >> 32), 4);
	inq_le_put(whole + LENGTH + 12, (uint32_t)text, 4);
	memcpy(to, err->text, text);
	if (len)
		memcpy(to + text, at, len);
	return inq_write_all(fd, whole, LENGTH + REPLY_FIXED + text + len);
}

/* exit_group is not among what strict mode allows; the process has one thread. */
_Noreturn static void end(void)
{
	for (;;)
		syscall(SYS_exit, 0);
}

_Noreturn static void agent_main(const struct inq_agent_work *work, int fd, pid_t parent)
{
	struct inq_error err = { 0, "" };
	struct rlimit none = { 0, 0 };
	enum inq_status status;
	size_t len = 0;

	inq_guard_forget();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &none);
	if (getppid() != parent)
		end();
	status = work->open(work->context, answer, sizeof answer, &len, &err);
	/* What `open` needed, a terminal or a file, is gone before anything is answered. */
	if (fd != AGENT_FD && dup2(fd, AGENT_FD) != AGENT_FD)
		end();
	close(0);
	close(1);
	close(2);
	syscall(SYS_close_range, AGENT_FD + 1, ~0U, 0);
	if (status == INQ_OK && prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0)
		status = inq_fail(
		        &err, INQ_IO, 0, "the kernel does not grant the sandbox of the signing process");
	if (!reply_write(AGENT_FD, status, &err, answer, len) || status != INQ_OK)
		end();
	for (;;) {
		uint8_t head[LENGTH];
		uint32_t size;

		if (!all_read(AGENT_FD, head, sizeof head))
			end();
		size = inq_le32(head);
		if (size > sizeof request || !all_read(AGENT_FD, request, size))
			end();
		len = 0;
		err = (struct inq_error){ 0, "" };
		status = work->answer(work->context, (struct inq_bytes){ request, size }, answer,
		        sizeof answer, &len, &err);
		if (!reply_write(AGENT_FD, status, &err, answer, len))
			end();
	}
}

/* The parent's side. */

static enum inq_status gone(struct inq_error *err)
{
	return inq_fail(err, INQ_CRASHED, 0, "the signing process is gone");
}

static enum inq_status reply_read(int fd, uint8_t *reply, size_t most, size_t *ret_len, struct inq_error *err)
{
	uint8_t head[LENGTH + REPLY_FIXED], rest[REPLY_WHOLE - REPLY_FIXED];
	uint32_t len, text;
	enum inq_status status;

	if (!all_read(fd, head, sizeof head))
		return gone(err);
	len = inq_le32(head);
	text = inq_le32(head + LENGTH + 12);
	if (len < REPLY_FIXED || len - REPLY_FIXED > sizeof rest || text > len - REPLY_FIXED ||
	        text >= sizeof err->text || !all_read(fd, rest, len - REPLY_FIXED))
		return gone(err);
	len -= REPLY_FIXED;
	status = inq_status_known(inq_le32(head + LENGTH));
	if (status != INQ_OK)
		return inq_fail(
		        err, status, inq_le64(head + LENGTH + 4), "%.*s", (int)text, (const char *)rest);
	len -= text;
	if (len > most)
		return inq_fail(err, INQ_OVER_LIMIT, most, "the signing process answers with too much");
	if (len)
		memcpy(reply, rest + text, len);
	*ret_len = len;
	return INQ_OK;
}

enum inq_status inq_agent_open(const struct inq_agent_work *work, struct inq_agent *ret, uint8_t *hello,
        size_t *ret_len, struct inq_error *err)
{
	struct inq_agent agent;
	pid_t parent = getpid();
	enum inq_status status;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return inq_fail(
		        err, INQ_IO, 0, "no socket to be had for the signing process: %s", strerror(errno));
	agent.fd = ends[0];
	agent.pid = fork();
	if (agent.pid == 0) {
		close(ends[0]);
		agent_main(work, ends[1], parent);
	}
	close(ends[1]);
	if (agent.pid < 0) {
		close(ends[0]);
		return inq_fail(err, INQ_IO, 0, "no signing process to be had: %s", strerror(errno));
	}
	agent.guard = inq_guard_child(agent.pid);
	status = reply_read(agent.fd, hello, INQ_AGENT_REPLY_MOST, ret_len, err);
	if (status != INQ_OK) {
		inq_agent_close(&agent);
		return status;
	}
	*ret = agent;
	return INQ_OK;
}

enum inq_status inq_agent_ask(void *agent, struct inq_bytes question, uint8_t *reply, size_t most,
        size_t *ret_len, struct inq_error *err)
{
	const struct inq_agent *asked = agent;
	uint8_t head[LENGTH];

	if (question.len > INQ_AGENT_REQUEST_MOST)
		return inq_fail(err, INQ_BAD_ARGUMENT, INQ_AGENT_REQUEST_MOST,
		        "the signing process takes no more than %d bytes", INQ_AGENT_REQUEST_MOST);
	inq_le_put(head, (uint32_t)question.len, 4);
	/* An agent that was killed must cost a status, not the program. */
	if (send(asked->fd, head, sizeof head, MSG_NOSIGNAL) != sizeof head)
		return gone(err);
	for (size_t at = 0; at < question.len;) {
		ssize_t put = send(asked->fd, question.at + at, question.len - at, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return gone(err);
		at += (size_t)put;
	}
	return reply_read(asked->fd, reply, most, ret_len, err);
}

bool inq_agent_relay(struct inq_agent *agent, struct inq_relay *r)
{
	for (;;) {
		size_t want = r->used < LENGTH ? LENGTH : LENGTH + (size_t)inq_le32(r->buffer);
		struct inq_error err = { 0, "" };
		enum inq_status status;
		size_t len = 0;
		ssize_t got;

		if (want > sizeof r->buffer)
			return false;
		if (r->used == want && want > LENGTH) {
			status = inq_agent_ask(agent, (struct inq_bytes){ r->buffer + LENGTH, want - LENGTH },
			        answer, sizeof answer, &len, &err);
			r->used = 0;
			if (!reply_write(r->fd, status, &err, answer, len))
				return false;
			continue;
		}
		got = read(r->fd, r->buffer + r->used, want - r->used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return true;
		if (got <= 0)
			return false;
		r->used += (size_t)got;
		if (r->used == LENGTH && inq_le32(r->buffer) == 0)
			return false;
	}
}

void inq_agent_close(struct inq_agent *agent)
{
	if (agent->pid <= 0)
		return;
	close(agent->fd);
	/* It holds nothing that it could still lose, and may be waiting at a terminal. */
	kill(agent->pid, SIGKILL);
	while (waitpid(agent->pid, NULL, 0) < 0 && errno == EINTR)
		;
	inq_guard_child_done(agent->guard);
	agent->pid = 0;
}
