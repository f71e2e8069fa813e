#include "serve/request.h"
#include "base/utf8.h"
#include <stdio.h>
#include <string.h>

enum { PART_MOST = 1024 };

static int digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : -1;
}

static bool is_text(struct inq_bytes b, bool lines)
{
	uint32_t point;
	unsigned len;

	for (size_t at = 0; at < b.len; at += len) {
		uint8_t c = b.at[at];

		if (c == 0x7f || (c < 0x20 && !(lines && (c == '\n' || c == '\r' || c == '\t'))))
			return false;
		len = c < 0x80 ? 1 : inq_utf8(inq_bytes_from(b, at), &point);
		if (len == 0)
			return false;
	}
	return true;
}

/* Decodes %XX, and in a query "+"; NULL where that cannot be. */
static const char *decode(struct inq_bytes from, bool query, size_t most, struct inq_arena *a)
{
	char *to = inq_arena_new(a, from.len + 1, 1);
	size_t len = 0;

	if (!to)
		return NULL;
	for (size_t i = 0; i < from.len; i++) {
		char c = (char)from.at[i];
		int high, low;

		if (c == '%') {
			if (i + 2 >= from.len)
				return NULL;
			high = digit((char)from.at[i + 1]);
			low = digit((char)from.at[i + 2]);
			if (high < 0 || low < 0)
				return NULL;
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '+' && query) {
			c = ' ';
		} else if (!query && (uint8_t)c <= 0x20) {
			return NULL;
		}
		to[len++] = c;
	}
	if (len > most || !is_text((struct inq_bytes){ (const uint8_t *)to, len }, query))
		return NULL;
	return to;
}

static bool is_name(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789");

	return len && len <= 32 && !name[len];
}

static enum inq_status part_add(struct inq_bytes text, struct inq_arena *a, struct request *r)
{
	const char *part;

	if (r->part_count == REQUEST_PARTS)
		return INQ_OVER_LIMIT;
	part = decode(text, false, PART_MOST, a);
	if (!part || !*part || strcmp(part, ".") == 0 || strcmp(part, "..") == 0 || strchr(part, '/') ||
	        strchr(part, '\\'))
		return INQ_BAD_ARGUMENT;
	r->parts[r->part_count++] = part;
	return INQ_OK;
}

enum inq_status request_add(const char *name, struct inq_bytes value, struct inq_arena *a, struct request *r)
{
	char *copy;

	if (r->field_count == REQUEST_FIELDS)
		return INQ_OVER_LIMIT;
	if (!is_name(name) || value.len > REQUEST_VALUE_MOST || !is_text(value, true))
		return INQ_BAD_ARGUMENT;
	copy = inq_arena_string(a, value);
	if (!copy)
		return INQ_NO_MEMORY;
	r->fields[r->field_count++] = (struct request_field){ name, copy };
	return INQ_OK;
}

static enum inq_status pair(struct inq_bytes text, struct inq_arena *a, struct request *r)
{
	const uint8_t *equals = memchr(text.at, '=', text.len);
	size_t len = equals ? (size_t)(equals - text.at) : text.len;
	const char *name = decode((struct inq_bytes){ text.at, len }, true, 32, a);
	const char *value = equals ? decode(inq_bytes_from(text, len + 1), true, REQUEST_VALUE_MOST, a) : "";

	if (!name || !value)
		return INQ_BAD_ARGUMENT;
	return request_add(name, inq_bytes_of(value), a, r);
}

enum inq_status request_form(struct inq_bytes form, struct inq_arena *a, struct request *r)
{
	while (form.len) {
		const uint8_t *end = memchr(form.at, '&', form.len);
		size_t len = end ? (size_t)(end - form.at) : form.len;
		enum inq_status status = len ? pair((struct inq_bytes){ form.at, len }, a, r) : INQ_OK;

		if (status != INQ_OK)
			return status;
		form = inq_bytes_from(form, len + (end != NULL));
	}
	return INQ_OK;
}

enum inq_status request_target(const char *target, struct inq_arena *a, struct request *ret)
{
	size_t path = strcspn(target, "?");
	enum inq_status status = INQ_OK;

	if (*target != '/')
		return INQ_BAD_ARGUMENT;
	if (strlen(target) > REQUEST_TARGET_MOST)
		return INQ_OVER_LIMIT;
	for (size_t at = 1; at < path && status == INQ_OK;) {
		const char *slash = memchr(target + at, '/', path - at);
		size_t end = slash ? (size_t)(slash - target) : path;

		status = part_add((struct inq_bytes){ (const uint8_t *)target + at, end - at }, a, ret);
		at = end + 1;
		if (slash && at == path)
			return INQ_BAD_ARGUMENT;
	}
	if (status == INQ_OK && target[path])
		status = request_form(inq_bytes_of(target + path + 1), a, ret);
	return status;
}

const char *request_value(const struct request *r, const char *name)
{
	for (unsigned i = 0; i < r->field_count; i++)
		if (strcmp(r->fields[i].name, name) == 0)
			return r->fields[i].value;
	return NULL;
}

uint64_t request_number(const struct request *r, const char *name, uint64_t otherwise)
{
	const char *text = request_value(r, name);
	uint64_t value = 0;

	if (!text || !*text || strlen(text) > 12)
		return otherwise;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return otherwise;
		value = 10 * value + (uint64_t)(*text - '0');
	}
	return value;
}

const char *request_encode(struct inq_bytes text, struct inq_arena *a)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
	char *to = inq_arena_new(a, 3 * text.len + 1, 1);
	size_t len = 0;

	if (!to)
		return "";
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];

		if (c && strchr(plain, c))
			to[len++] = (char)c;
		else
			len += (size_t)snprintf(to + len, 4, "%%%02X", c);
	}
	return to;
}
