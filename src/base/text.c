#include "base/utf8.h"
#include <inquiry/text.h>
#include <stdio.h>
#include <string.h>

void inq_sink_init(struct inq_sink *s, bool (*write)(void *to, const void *at, size_t len), void *to)
{
	s->write = write;
	s->to = to;
	s->failed = false;
	s->used = 0;
}

bool inq_sink_flush(struct inq_sink *s)
{
	if (!s->failed && s->used && !s->write(s->to, s->buffer, s->used))
		s->failed = true;
	s->used = 0;
	return !s->failed;
}

void inq_put_bytes(struct inq_sink *s, struct inq_bytes b)
{
	if (b.len > sizeof s->buffer - s->used && !inq_sink_flush(s))
		return;
	if (b.len > sizeof s->buffer) {
		if (!s->write(s->to, b.at, b.len))
			s->failed = true;
	} else if (b.len) {
		memcpy(s->buffer + s->used, b.at, b.len);
		s->used += b.len;
	}
}

void inq_put_le(struct inq_sink *s, uint64_t value, unsigned bytes)
{
	uint8_t at[8];

	inq_le_put(at, value, bytes);
	inq_put_bytes(s, (struct inq_bytes){ at, bytes });
}

struct inq_bytes inq_bytes_of(const char *text)
{
	return (struct inq_bytes){ (const uint8_t *)text, strlen(text) };
}

void inq_put(struct inq_sink *s, const char *text)
{
	inq_put_bytes(s, inq_bytes_of(text));
}

void inq_putf(struct inq_sink *s, const char *fmt, ...)
{
	char line[1024];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof line) {
		s->failed = true;
		return;
	}
	inq_put_bytes(s, (struct inq_bytes){ (const uint8_t *)line, (size_t)len });
}

unsigned inq_utf8(struct inq_bytes b, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t point;
	unsigned len;

	if (b.len == 0)
		return 0;
	point = b.at[0];
	if (point < 0x80) {
		*ret = point;
		return 1;
	}
	len = point >= 0xf8 ? 0 : point >= 0xf0 ? 4 : point >= 0xe0 ? 3 : point >= 0xc0 ? 2 : 0;
	if (len == 0 || len > b.len)
		return 0;
	point &= 0x7fU >> len;
	for (unsigned i = 1; i < len; i++) {
		if ((b.at[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (b.at[i] & 0x3f);
	}
	if (point < least[len] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return 0;
	*ret = point;
	return len;
}

bool inq_utf8_shows(uint32_t point)
{
	return point >= 0x20 && point != 0x7f && !(point >= 0x80 && point <= 0x9f) && point != 0x61c &&
	       !(point >= 0x200b && point <= 0x200f) && !(point >= 0x2028 && point <= 0x202e) &&
	       !(point >= 0x2060 && point <= 0x206f) && point != 0xfeff &&
	       !(point >= 0xfff9 && point <= 0xfffb) && !(point >= 0xe0000 && point <= 0xe007f);
}

/* The columns that the unit at the start of `b` takes when inert, and its length in bytes. */
static size_t unit(struct inq_bytes b, unsigned *ret_len, bool *ret_plain)
{
	uint32_t point;
	unsigned len = inq_utf8(b, &point);

	*ret_plain = len && point != '\\' && inq_utf8_shows(point);
	*ret_len = len ? len : 1;
	return *ret_plain ? 1 : 4 * (size_t)*ret_len;
}

size_t inq_put_inert(struct inq_sink *s, struct inq_bytes b, size_t max)
{
	size_t columns = 0, all = 0, room = max;
	unsigned len;
	bool plain;

	for (size_t at = 0; at < b.len && all <= max; at += len)
		all += unit(inq_bytes_from(b, at), &len, &plain);
	if (all > max)
		room = max >= 3 ? max - 3 : 0;
	for (size_t at = 0; at < b.len; at += len) {
		size_t wide = unit(inq_bytes_from(b, at), &len, &plain);

		if (wide > room - columns)
			break;
		if (plain)
			inq_put_bytes(s, (struct inq_bytes){ b.at + at, len });
		else
			for (unsigned i = 0; i < len; i++)
				inq_putf(s, "\\x%02x", b.at[at + i]);
		columns += wide;
	}
	if (all > max && max >= 3) {
		inq_put(s, "...");
		columns += 3;
	}
	return columns;
}

bool inq_memory_sink_write(void *memory_sink, const void *at, size_t len)
{
	struct inq_memory_sink *m = memory_sink;
	size_t need, more;
	char *copy;

	if (__builtin_add_overflow(m->len, len, &need))
		return false;
	if (need > m->capacity) {
		more = need < SIZE_MAX / 2 ? 2 * need : need;
		copy = inq_arena_new(m->arena, more, 1);
		if (!copy)
			return false;
		if (m->len)
			memcpy(copy, m->at, m->len);
		m->at = copy;
		m->capacity = more;
	}
	if (len)
		memcpy(m->at + m->len, at, len);
	m->len = need;
	return true;
}
