/*
 * Messages between a process and its child over a socket: each is a length in
 * eight bytes, little-endian, and that many bytes. A reply begins with a status
 * (4), an offset (8) and the length of a text (4), then the text, then what
 * was answered. Either side may be in an enemy's hands: lengths are bounded
 * before anything is allocated, texts are made inert. Private to `os`.
 */
#ifndef OS_CHANNEL_H
#define OS_CHANNEL_H

#include <inquiry/arena.h>

/*
 * Sends the parts as one message. False where the other end is gone. In the
 * sandbox there is only write, whose price is the signal that a lost reader
 * brings; elsewhere that must not be.
 */
INQ_MUST bool inq_channel_send(int fd, const struct inq_bytes *parts, size_t count, bool in_sandbox);

enum inq_channel { CHANNEL_MESSAGE, CHANNEL_CLOSED, CHANNEL_TOO_LONG, CHANNEL_TOO_LATE, CHANNEL_NO_MEMORY };

/*
 * Takes the next message, of at most `most` bytes, into `a`. `until` is a time
 * of inq_os_clock; 0: it may take as long as it likes.
 */
INQ_MUST enum inq_channel inq_channel_take(
        int fd, uint64_t most, uint64_t until, struct inq_arena *a, struct inq_bytes *ret);

INQ_MUST bool inq_channel_reply(
        int fd, enum inq_status status, const struct inq_error *err, struct inq_bytes body);

/* What a reply says: its status and error, or its body, borrowed from `message`. */
INQ_MUST enum inq_status inq_channel_read(
        struct inq_bytes message, struct inq_bytes *ret, struct inq_error *err);

enum { CHANNEL_REPLY_FIXED = 16 };

#endif
