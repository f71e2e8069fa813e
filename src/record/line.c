#include "base/utf8.h"
#include "record/private.h"
#include <inquiry/base64.h>
#include <string.h>

bool inq_line(struct inq_bytes text, uint64_t *at, struct inq_bytes *ret)
{
	struct inq_bytes rest = inq_bytes_from(text, *at);
	const uint8_t *lf = rest.len ? memchr(rest.at, '\n', rest.len) : NULL;

	if (!lf)
		return false;
	*ret = (struct inq_bytes){ rest.at, (size_t)(lf - rest.at) };
	*at += ret->len + 1;
	return true;
}

bool inq_decimal(struct inq_bytes text, uint64_t *ret)
{
	uint64_t value = 0;

	if (text.len == 0 || (text.at[0] == '0' && text.len > 1))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9' || __builtin_mul_overflow(value, 10, &value) ||
		        __builtin_add_overflow(value, (uint64_t)(text.at[i] - '0'), &value))
			return false;
	}
	*ret = value;
	return true;
}

bool inq_hash_read(struct inq_bytes text, struct inq_sha256 *ret)
{
	struct inq_sha256 hash;
	size_t len;

	if (!inq_base64_read(text, hash.byte, sizeof hash.byte, &len) || len != sizeof hash.byte)
		return false;
	*ret = hash;
	return true;
}

bool inq_text_holds(struct inq_bytes text, uint64_t *ret_at)
{
	uint32_t point;
	unsigned len;

	for (size_t at = 0; at < text.len; at += len) {
		len = inq_utf8(inq_bytes_from(text, at), &point);
		if (len == 0 || (point < 0x20 && point != '\n')) {
			*ret_at = at;
			return false;
		}
	}
	return true;
}

bool inq_bytes_same(struct inq_bytes l, struct inq_bytes r)
{
	return l.len == r.len && (l.len == 0 || memcmp(l.at, r.at, l.len) == 0);
}

int inq_bytes_order(struct inq_bytes l, struct inq_bytes r)
{
	size_t len = l.len < r.len ? l.len : r.len;
	int order = len ? memcmp(l.at, r.at, len) : 0;

	return order ? order : (l.len > r.len) - (l.len < r.len);
}

const char *inq_inert(struct inq_arena *a, struct inq_bytes b, size_t most)
{
	struct inq_memory_sink memory = { .arena = a };
	struct inq_sink sink;

	inq_sink_init(&sink, inq_memory_sink_write, &memory);
	inq_put_inert(&sink, b, most);
	inq_put_bytes(&sink, (struct inq_bytes){ (const uint8_t *)"", 1 });
	return inq_sink_flush(&sink) ? memory.at : NULL;
}
