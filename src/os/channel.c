#include "os/channel.h"
#include "os/os.h"
#include "os/private.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LENGTH = 8 };

static bool all_send(int fd, const uint8_t *at, size_t len)
{
	while (len) {
		ssize_t put = send(fd, at, len, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		at += put;
		len -= (size_t)put;
	}
	return true;
}

bool inq_channel_send(int fd, const struct inq_bytes *parts, size_t count, bool in_sandbox)
{
	uint8_t head[LENGTH];
	uint64_t len = 0;

	for (size_t i = 0; i < count; i++)
		len += parts[i].len;
	inq_le_put(head, len, 8);
	if (!(in_sandbox ? inq_write_all(fd, head, sizeof head) : all_send(fd, head, sizeof head)))
		return false;
	for (size_t i = 0; i < count; i++)
		if (parts[i].len && !(in_sandbox ? inq_write_all(fd, parts[i].at, parts[i].len)
		                                 : all_send(fd, parts[i].at, parts[i].len)))
			return false;
	return true;
}

/* Reads all of it, or says why not. */
static enum inq_channel all_take(int fd, uint8_t *at, size_t len, uint64_t until)
{
	while (len) {
		struct pollfd p = { fd, POLLIN, 0 };
		uint64_t now = until ? inq_os_clock() : 0;
		ssize_t got;

		if (until && now >= until)
			return CHANNEL_TOO_LATE;
		/* Without a limit a read alone will do, which the sandbox allows. */
		if (until && poll(&p, 1, until - now > 1000 ? 1000 : (int)(until - now)) <= 0)
			continue;
		got = read(fd, at, len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return CHANNEL_CLOSED;
		at += got;
		len -= (size_t)got;
	}
	return CHANNEL_MESSAGE;
}

enum inq_channel inq_channel_take(
        int fd, uint64_t most, uint64_t until, struct inq_arena *a, struct inq_bytes *ret)
{
	uint8_t head[LENGTH], *at;
	uint64_t len;
	enum inq_channel taken = all_take(fd, head, sizeof head, until);

	if (taken != CHANNEL_MESSAGE)
		return taken;
	len = inq_le64(head);
	if (len > most)
		return CHANNEL_TOO_LONG;
	at = inq_arena_new(a, (size_t)len, 1);
	if (!at)
		return CHANNEL_NO_MEMORY;
	taken = all_take(fd, at, (size_t)len, until);
	if (taken == CHANNEL_MESSAGE)
		*ret = (struct inq_bytes){ at, (size_t)len };
	return taken;
}

bool inq_channel_reply(int fd, enum inq_status status, const struct inq_error *err, struct inq_bytes body)
{
	uint8_t fixed[CHANNEL_REPLY_FIXED];
	size_t text = status == INQ_OK ? 0 : strnlen(err->text, sizeof err->text - 1);
	const struct inq_bytes parts[] = { { fixed, sizeof fixed }, { (const uint8_t *)err->text, text },
		{ body.at, status == INQ_OK ? body.len : 0 } };

	inq_le_put(fixed, (uint32_t)status, 4);
	inq_le_put(fixed + 4, status == INQ_OK ? 0 : err->at, 8);
	inq_le_put(fixed + 12, (uint32_t)text, 4);
	return inq_channel_send(fd, parts, sizeof parts / sizeof *parts, false);
}

enum inq_status inq_channel_read(struct inq_bytes message, struct inq_bytes *ret, struct inq_error *err)
{
	char text[sizeof err->text];
	enum inq_status status;
	uint32_t len;

	if (message.len < CHANNEL_REPLY_FIXED)
		return inq_fail(err, INQ_CRASHED, 0, "a process answers with nothing of sense");
	len = inq_le32(message.at + 12);
	status = inq_status_known(inq_le32(message.at));
	if (len >= sizeof text || len > message.len - CHANNEL_REPLY_FIXED)
		return inq_fail(err, INQ_CRASHED, 0, "a process answers with nothing of sense");
	if (status == INQ_OK) {
		*ret = inq_bytes_from(message, CHANNEL_REPLY_FIXED + len);
		return INQ_OK;
	}
	for (uint32_t i = 0; i < len; i++) {
		uint8_t byte = message.at[CHANNEL_REPLY_FIXED + i];

		text[i] = byte >= 0x20 && byte < 0x7f ? (char)byte : '?';
	}
	return inq_fail(err, status, inq_le64(message.at + 4), "%.*s", (int)len, text);
}
