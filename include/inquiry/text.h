/*
 * A sink for text and its escapes. Names and strings out of an exhibit are
 * written by an enemy: they reach a terminal, JSON or CSV only through the
 * inert forms here.
 *
 * A sink gathers what it is given and hands it to `write` in pieces. Once
 * `write` returns false the sink is `failed` and swallows the rest, so that
 * callers check once, at inq_sink_flush.
 */
#ifndef INQUIRY_TEXT_H
#define INQUIRY_TEXT_H

#include <inquiry/arena.h>
#include <inquiry/bytes.h>
#include <stdarg.h>

struct inq_sink {
	bool (*write)(void *to, const void *at, size_t len);
	void *to;
	bool failed;
	size_t used;
	char buffer[4096];
};

void inq_sink_init(struct inq_sink *s, bool (*write)(void *to, const void *at, size_t len), void *to);

/* Hands over what is gathered. False where anything since init was not written. */
INQ_MUST bool inq_sink_flush(struct inq_sink *s);

void inq_put(struct inq_sink *s, const char *text);
void inq_put_bytes(struct inq_sink *s, struct inq_bytes b);
/* The lowest `bytes` bytes of `value`, 1 to 8 of them, the lowest first. */
void inq_put_le(struct inq_sink *s, uint64_t value, unsigned bytes);
void inq_putf(struct inq_sink *s, const char *fmt, ...) INQ_PRINTF(2, 3);

/*
 * `b` so that no terminal, spreadsheet or tab-separated reader can mistake it
 * for a command: control bytes, DEL, backslash, bytes that are not valid
 * UTF-8, and the code points that reorder text or do not show (U+0080-U+009F,
 * U+061C, U+200B-U+200F, U+2028-U+202E, U+2060-U+206F, U+FEFF, U+FFF9-U+FFFB, U+E0000-U+E007F) become
 * \xNN, byte by byte. Gives the number of columns written. At most `max` columns
 * are used; a longer text ends in "...".
 */
size_t inq_put_inert(struct inq_sink *s, struct inq_bytes b, size_t max);

/* A memory sink: `to` for inq_sink_init, filled from an arena. */
struct inq_memory_sink {
	struct inq_arena *arena;
	char *at;
	size_t len, capacity;
};
bool inq_memory_sink_write(void *memory_sink, const void *at, size_t len);

struct inq_bytes inq_bytes_of(const char *text);

/* "2026-11-23 14:05:09", in UTC, of seconds since 1970; "N s" past the year 9999. */
enum { INQ_TIME_TEXT = 32 };
void inq_time_text(uint64_t time, char ret[INQ_TIME_TEXT]);

#endif
