#include "base/utf8.h"
#include <assert.h>
#include <inquiry/json.h>
#include <inttypes.h>

void inq_json_init(struct inq_json *j, struct inq_sink *out, bool pretty)
{
	*j = (struct inq_json){ .out = out, .pretty = pretty };
}

static void quoted(struct inq_sink *s, struct inq_bytes b)
{
	size_t plain = 0;
	uint32_t point;
	unsigned len;

	inq_put(s, "\"");
	for (size_t at = 0; at < b.len; at += len) {
		len = inq_utf8(inq_bytes_from(b, at), &point);
		if (len && point != '"' && point != '\\' && inq_utf8_shows(point))
			continue;
		inq_put_bytes(s, (struct inq_bytes){ b.at + plain, at - plain });
		if (len == 0) {
			inq_put(s, "\\ufffd");
			len = 1;
		} else if (point == '"' || point == '\\') {
			inq_putf(s, "\\%c", (int)point);
		} else {
			inq_putf(s, "\\u%04" PRIx32, point);
		}
		plain = at + len;
	}
	if (b.len > plain)
		inq_put_bytes(s, (struct inq_bytes){ b.at + plain, b.len - plain });
	inq_put(s, "\"");
}

static bool spreads(const struct inq_json *j)
{
	return j->pretty && !j->row;
}

static void newline(struct inq_json *j)
{
	if (!spreads(j))
		return;
	inq_put(j->out, "\n");
	for (unsigned i = 0; i < j->depth; i++)
		inq_put(j->out, "  ");
}

/* The comma, line and key that stand before a value. */
static void before(struct inq_json *j, const char *key)
{
	if (j->depth) {
		if (j->not_first >> (j->depth - 1) & 1)
			inq_put(j->out, ",");
		newline(j);
		j->not_first |= 1U << (j->depth - 1);
	}
	if (key) {
		quoted(j->out, inq_bytes_of(key));
		inq_put(j->out, spreads(j) ? ": " : ":");
	}
}

static void open(struct inq_json *j, const char *key, const char *bracket)
{
	before(j, key);
	inq_put(j->out, bracket);
	assert(j->depth < 32);
	j->not_first &= ~(1U << j->depth);
	j->depth++;
}

static void close(struct inq_json *j, const char *bracket)
{
	bool filled;

	assert(j->depth > 0);
	filled = j->not_first >> (j->depth - 1) & 1;
	j->depth--;
	if (filled)
		newline(j);
	inq_put(j->out, bracket);
	if (j->row > j->depth)
		j->row = 0;
	if (j->depth == 0 && j->pretty)
		inq_put(j->out, "\n");
}

void inq_json_object(struct inq_json *j, const char *key)
{
	open(j, key, "{");
}

void inq_json_array(struct inq_json *j, const char *key)
{
	open(j, key, "[");
}

void inq_json_row(struct inq_json *j)
{
	open(j, NULL, "{");
	if (!j->row)
		j->row = j->depth;
}

void inq_json_end_object(struct inq_json *j)
{
	close(j, "}");
}

void inq_json_end_array(struct inq_json *j)
{
	close(j, "]");
}

void inq_json_string(struct inq_json *j, const char *key, struct inq_bytes value)
{
	before(j, key);
	quoted(j->out, value);
}

void inq_json_text(struct inq_json *j, const char *key, const char *value)
{
	before(j, key);
	if (value)
		quoted(j->out, inq_bytes_of(value));
	else
		inq_put(j->out, "null");
}

void inq_json_u64(struct inq_json *j, const char *key, uint64_t value)
{
	before(j, key);
	inq_putf(j->out, "%" PRIu64, value);
}

void inq_json_i64(struct inq_json *j, const char *key, int64_t value)
{
	before(j, key);
	inq_putf(j->out, "%" PRId64, value);
}

void inq_json_va(struct inq_json *j, const char *key, uint64_t value)
{
	before(j, key);
	inq_putf(j->out, "\"0x%" PRIx64 "\"", value);
}

void inq_json_bool(struct inq_json *j, const char *key, bool value)
{
	before(j, key);
	inq_put(j->out, value ? "true" : "false");
}

void inq_json_milli(struct inq_json *j, const char *key, int64_t thousandths)
{
	uint64_t size = thousandths < 0 ? 0 - (uint64_t)thousandths : (uint64_t)thousandths;

	before(j, key);
	inq_putf(j->out, "%s%" PRIu64 ".%03" PRIu64, thousandths < 0 ? "-" : "", size / 1000, size % 1000);
}
