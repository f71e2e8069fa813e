#include "base/utf8.h"
#include <inquiry/json_read.h>
#include <string.h>

/* Integers that every reader of JSON holds exactly: RFC 7493, section 2.2. */
static const int64_t exact = ((int64_t)1 << 53) - 1;

/* An array or object that is still open. */
struct level {
	struct inq_json_value *value;
	struct inq_json_value *last; /* in it */
};

struct reader {
	struct inq_bytes b;
	uint64_t at;
	struct inq_arena *a;
	struct inq_error *err;
	bool milli; /* numbers with three decimal places are read */
	struct level open[INQ_JSON_DEPTH];
	unsigned depth;
};

static enum inq_status ends(struct reader *r)
{
	return inq_fail(r->err, INQ_TRUNCATED, r->b.len, "the JSON document ends in the middle");
}

static enum inq_status full(struct reader *r)
{
	return inq_fail(r->err, INQ_NO_MEMORY, r->at, "the JSON document takes more memory than it may");
}

static enum inq_status wrong(struct reader *r, const char *what)
{
	return inq_fail(r->err, INQ_UNRECOGNISED, r->at, "not JSON as it has to be: %s", what);
}

static void skip(struct reader *r)
{
	while (r->at < r->b.len && memchr(" \t\n\r", r->b.at[r->at], 4))
		r->at++;
}

/* The four hexadecimal digits of \u, at `r->at`. */
static enum inq_status unit(struct reader *r, uint32_t *ret)
{
	uint32_t value = 0;

	for (int i = 0; i < 4; i++, r->at++) {
		uint8_t c;

		if (!inq_bytes_u8(r->b, r->at, &c))
			return ends(r);
		if (c >= '0' && c <= '9')
			value = value << 4 | (uint32_t)(c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			value = value << 4 | (uint32_t)((c | 32) - 'a' + 10);
		else
			return wrong(r, "\\u wants four hexadecimal digits");
	}
	*ret = value;
	return INQ_OK;
}

static size_t encode(uint32_t point, uint8_t *ret)
{
	if (point < 0x80) {
		ret[0] = (uint8_t)point;
		return 1;
	}
	if (point < 0x800) {
		ret[0] = (uint8_t)(0xc0 | point >> 6);
		ret[1] = (uint8_t)(0x80 | (point & 63));
		return 2;
	}
	if (point < 0x10000) {
		ret[0] = (uint8_t)(0xe0 | point >> 12);
		ret[1] = (uint8_t)(0x80 | (point >> 6 & 63));
		ret[2] = (uint8_t)(0x80 | (point & 63));
		return 3;
	}
	ret[0] = (uint8_t)(0xf0 | point >> 18);
	ret[1] = (uint8_t)(0x80 | (point >> 12 & 63));
	ret[2] = (uint8_t)(0x80 | (point >> 6 & 63));
	ret[3] = (uint8_t)(0x80 | (point & 63));
	return 4;
}

/* What follows a backslash, decoded into `ret`. */
static enum inq_status escape(struct reader *r, uint8_t *ret, size_t *ret_len)
{
	static const char short_for[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
	uint32_t high, low;
	const char *found;
	enum inq_status status;
	uint8_t c;

	if (!inq_bytes_u8(r->b, r->at, &c))
		return ends(r);
	found = c ? strchr(short_for, c) : NULL;
	if (found) {
		ret[0] = (uint8_t)means[found - short_for];
		*ret_len = 1;
		r->at++;
		return INQ_OK;
	}
	if (c != 'u')
		return wrong(r, "no such escape");
	r->at++;
	status = unit(r, &high);
	if (status != INQ_OK)
		return status;
	if (high >= 0xd800 && high <= 0xdfff) {
		if (high > 0xdbff || !inq_bytes_begin(inq_bytes_from(r->b, r->at), "\\u", 2))
			return wrong(r, "half of a surrogate pair");
		r->at += 2;
		status = unit(r, &low);
		if (status != INQ_OK)
			return status;
		if (low < 0xdc00 || low > 0xdfff)
			return wrong(r, "half of a surrogate pair");
		high = 0x10000 + ((high - 0xd800) << 10 | (low - 0xdc00));
	}
	*ret_len = encode(high, ret);
	return INQ_OK;
}

/* Moves to the quote that ends a string, proving its bytes; `*ret_plain` where it holds no escape. */
static enum inq_status string_span(struct reader *r, bool *ret_plain)
{
	uint32_t point;
	unsigned len;

	*ret_plain = true;
	while (r->at < r->b.len && r->b.at[r->at] != '"') {
		uint8_t byte = r->b.at[r->at];

		/* Nearly all there is. */
		if (byte >= 0x20 && byte < 0x7f && byte != '\\') {
			r->at++;
			continue;
		}
		if (r->b.at[r->at] < 0x20)
			return wrong(r, "a control character in a string");
		len = inq_utf8(inq_bytes_from(r->b, r->at), &point);
		if (len == 0)
			return wrong(r, "bytes in a string that are not UTF-8");
		if (point == '\\') {
			*ret_plain = false;
			len = r->b.len - r->at > 1 ? 2 : 1;
			/* What is escaped is proved when it is decoded, but no quote may end the string here. */
			if (len == 2 && r->b.at[r->at + 1] >= 0x80)
				return wrong(r, "no such escape");
		}
		r->at += len;
	}
	return r->at < r->b.len ? INQ_OK : ends(r);
}

/* The string whose opening quote is at `r->at`. */
static enum inq_status string(struct reader *r, struct inq_bytes *ret)
{
	uint64_t start = r->at + 1, end;
	enum inq_status status;
	uint8_t *copy;
	size_t used = 0;
	bool is_plain;

	r->at = start;
	status = string_span(r, &is_plain);
	if (status != INQ_OK)
		return status;
	end = r->at;
	if (is_plain) {
		*ret = (struct inq_bytes){ r->b.at + start, (size_t)(end - start) };
		r->at = end + 1;
		return INQ_OK;
	}
	/* An escape is never shorter than what it stands for. */
	copy = inq_arena_new(r->a, (size_t)(end - start), 1);
	if (!copy)
		return full(r);
	for (r->at = start; r->at < end;) {
		size_t len = 1;

		if (r->b.at[r->at] != '\\') {
			copy[used++] = r->b.at[r->at++];
			continue;
		}
		r->at++;
		status = escape(r, copy + used, &len);
		if (status != INQ_OK)
			return status;
		used += len;
	}
	*ret = (struct inq_bytes){ copy, used };
	r->at = end + 1;
	return INQ_OK;
}

/* The three decimal places behind the point at `r->at`: `*value` becomes thousandths. */
static enum inq_status places(struct reader *r, int64_t *value)
{
	uint8_t c;

	r->at++;
	for (int i = 0; i < 3; i++, r->at++) {
		if (!inq_bytes_u8(r->b, r->at, &c))
			return ends(r);
		if (c < '0' || c > '9')
			return wrong(r, "a number with decimal places has three");
		*value = *value * 10 + (c - '0');
	}
	if (*value > exact)
		return inq_fail(r->err, INQ_OVER_LIMIT, r->at, "a number beyond 2^53 - 1 thousandths");
	if (inq_bytes_u8(r->b, r->at, &c) && ((c >= '0' && c <= '9') || (c | 32) == 'e'))
		return wrong(r, "a number with decimal places has three");
	return INQ_OK;
}

static enum inq_status number(struct reader *r, int64_t *ret, enum inq_json_kind *ret_kind)
{
	uint64_t start = r->at, end;
	enum inq_status status;
	bool negative = r->b.at[r->at] == '-';
	int64_t value = 0;
	uint8_t c;

	r->at += negative;
	if (!inq_bytes_u8(r->b, r->at, &c))
		return ends(r);
	if (c < '0' || c > '9')
		return wrong(r, "a number without digits");
	for (; inq_bytes_u8(r->b, r->at, &c) && c >= '0' && c <= '9'; r->at++) {
		value = value * 10 + (c - '0');
		if (value > exact) {
			r->at = start;
			return inq_fail(r->err, INQ_OVER_LIMIT, start, "an integer beyond 2^53 - 1");
		}
	}
	end = r->at;
	if (r->milli && end < r->b.len && r->b.at[end] == '.') {
		*ret_kind = INQ_JSON_MILLI;
		status = places(r, &value);
		if (status != INQ_OK)
			return status;
	}
	if (r->at < r->b.len && (r->b.at[r->at] == '.' || (r->b.at[r->at] | 32) == 'e'))
		return wrong(r, "a number that is no integer");
	c = r->b.at[start + negative];
	if ((c == '0' && end - start > 1U + negative) || (negative && value == 0)) {
		r->at = start;
		return wrong(r, "a number with a leading zero, or -0");
	}
	*ret = negative ? -value : value;
	return INQ_OK;
}

static enum inq_status literal(struct reader *r, const char *word)
{
	size_t len = strlen(word);
	struct inq_bytes rest = inq_bytes_from(r->b, r->at);

	if (!inq_bytes_begin(rest, word, len)) {
		if (rest.len < len && memcmp(rest.at, word, rest.len) == 0)
			return ends(r);
		return wrong(r, "a word that is not true, false or null");
	}
	r->at += len;
	return INQ_OK;
}

static int by_key(const struct inq_json_value *l, const struct inq_json_value *r)
{
	size_t len = l->key.len < r->key.len ? l->key.len : r->key.len;
	int order = len ? memcmp(l->key.at, r->key.at, len) : 0;

	return order ? order : (l->key.len > r->key.len) - (l->key.len < r->key.len);
}

/* Heapsort: no more than n log n steps, whatever the keys are. */
static void sift(const struct inq_json_value **at, size_t i, size_t count)
{
	for (size_t child; (child = 2 * i + 1) < count; i = child) {
		const struct inq_json_value *swap;

		if (child + 1 < count && by_key(at[child], at[child + 1]) < 0)
			child++;
		if (by_key(at[i], at[child]) >= 0)
			return;
		swap = at[i];
		at[i] = at[child];
		at[child] = swap;
	}
}

/* Looks for a key that an object has twice. */
static enum inq_status keys_differ(struct reader *r, const struct inq_json_value *object)
{
	const struct inq_json_value **sorted, *swap, *later;
	size_t count = 0;

	if (object->count < 2)
		return INQ_OK;
	sorted = inq_arena_new(r->a, object->count, sizeof *sorted);
	if (!sorted)
		return full(r);
	for (const struct inq_json_value *m = object->first; m; m = m->next)
		sorted[count++] = m;
	for (size_t i = count / 2; i-- > 0;)
		sift(sorted, i, count);
	for (size_t left = count; left-- > 1;) {
		swap = sorted[0];
		sorted[0] = sorted[left];
		sorted[left] = swap;
		sift(sorted, 0, left);
	}
	for (size_t i = 1; i < count; i++) {
		if (by_key(sorted[i - 1], sorted[i]) != 0)
			continue;
		later = sorted[i]->key_at > sorted[i - 1]->key_at ? sorted[i] : sorted[i - 1];
		return inq_fail(r->err, INQ_UNRECOGNISED, later->key_at,
		        "not JSON as it has to be: an object has the same key twice");
	}
	return INQ_OK;
}

/* Hangs a new value into the innermost open level, after its key where that is an object. */
static enum inq_status value_begin(struct reader *r, struct inq_json_value **ret)
{
	struct level *l = r->depth ? &r->open[r->depth - 1] : NULL;
	struct inq_json_value *v = inq_arena_new(r->a, 1, sizeof *v);
	enum inq_status status;

	if (!v)
		return full(r);
	if (l && l->value->kind == INQ_JSON_OBJECT) {
		v->key_at = r->at;
		if (r->at >= r->b.len)
			return ends(r);
		if (r->b.at[r->at] != '"')
			return wrong(r, "a member of an object begins with its key");
		status = string(r, &v->key);
		if (status != INQ_OK)
			return status;
		skip(r);
		if (r->at >= r->b.len)
			return ends(r);
		if (r->b.at[r->at] != ':')
			return wrong(r, "a key is followed by a colon");
		r->at++;
		skip(r);
	}
	if (r->at >= r->b.len)
		return ends(r);
	v->at = r->at;
	if (l) {
		if (l->last)
			l->last->next = v;
		else
			l->value->first = v;
		l->last = v;
		l->value->count++;
	}
	*ret = v;
	return INQ_OK;
}

/* The value at `r->at`; an array or object is opened. */
static enum inq_status value_read(struct reader *r, struct inq_json_value *v)
{
	enum inq_status status = INQ_OK;
	uint8_t c = r->b.at[r->at];

	switch (c) {
	case '{':
	case '[':
		if (r->depth == INQ_JSON_DEPTH)
			return inq_fail(r->err, INQ_OVER_LIMIT, r->at, "JSON nested more than %d deep",
			        INQ_JSON_DEPTH);
		v->kind = c == '{' ? INQ_JSON_OBJECT : INQ_JSON_ARRAY;
		r->open[r->depth++] = (struct level){ v, NULL };
		r->at++;
		return INQ_OK;
	case '"':
		v->kind = INQ_JSON_STRING;
		status = string(r, &v->string);
		break;
	case 't':
	case 'f':
		v->kind = INQ_JSON_BOOL;
		v->truth = c == 't';
		status = literal(r, v->truth ? "true" : "false");
		break;
	case 'n':
		v->kind = INQ_JSON_NULL;
		status = literal(r, "null");
		break;
	default:
		if (c != '-' && (c < '0' || c > '9'))
			return wrong(r, "a value was to stand here");
		v->kind = INQ_JSON_INTEGER;
		status = number(r, &v->integer, &v->kind);
	}
	v->end = r->at;
	return status;
}

/*
 * After a value: closes what ends here, steps over a comma. `*ret_more` where
 * another value follows in what is still open.
 */
static enum inq_status value_end(struct reader *r, bool fresh, bool *ret_more)
{
	for (;; fresh = false) {
		struct level *l;
		enum inq_status status;
		bool object;

		*ret_more = false;
		if (r->depth == 0)
			return INQ_OK;
		l = &r->open[r->depth - 1];
		object = l->value->kind == INQ_JSON_OBJECT;
		skip(r);
		if (r->at >= r->b.len)
			return ends(r);
		if (r->b.at[r->at] == (object ? '}' : ']')) {
			status = object ? keys_differ(r, l->value) : INQ_OK;
			if (status != INQ_OK)
				return status;
			l->value->end = ++r->at;
			r->depth--;
			continue;
		}
		*ret_more = true;
		if (fresh)
			return INQ_OK;
		if (r->b.at[r->at] != ',')
			return wrong(r,
			        object ? "a comma or } was to stand here" : "a comma or ] was to stand here");
		r->at++;
		skip(r);
		return INQ_OK;
	}
}

static enum inq_status document_read(struct inq_bytes document, bool milli, struct inq_arena *a,
        const struct inq_json_value **ret, struct inq_error *err)
{
	struct reader r = { .b = document, .a = a, .err = err, .milli = milli };
	struct inq_json_value *top = NULL, *v = NULL;
	enum inq_status status;
	bool more = true;

	if (document.len > INQ_JSON_MOST)
		return inq_fail(err, INQ_OVER_LIMIT, INQ_JSON_MOST, "a JSON document of more than %d bytes",
		        INQ_JSON_MOST);
	skip(&r);
	while (more) {
		unsigned depth = r.depth;

		status = value_begin(&r, &v);
		if (status != INQ_OK)
			return status;
		if (!top)
			top = v;
		status = value_read(&r, v);
		if (status == INQ_OK)
			status = value_end(&r, r.depth > depth, &more);
		if (status != INQ_OK)
			return status;
	}
	skip(&r);
	if (r.at < document.len)
		return wrong(&r, "something follows the document");
	*ret = top;
	return INQ_OK;
}

enum inq_status inq_json_read(struct inq_bytes document, struct inq_arena *a,
        const struct inq_json_value **ret, struct inq_error *err)
{
	return document_read(document, false, a, ret, err);
}

enum inq_status inq_json_read_milli(struct inq_bytes document, struct inq_arena *a,
        const struct inq_json_value **ret, struct inq_error *err)
{
	return document_read(document, true, a, ret, err);
}

const struct inq_json_value *inq_json_member(const struct inq_json_value *object, const char *key)
{
	if (!object || object->kind != INQ_JSON_OBJECT)
		return NULL;
	for (const struct inq_json_value *m = object->first; m; m = m->next)
		if (inq_bytes_equal(m->key, key))
			return m;
	return NULL;
}

const char *inq_json_kind_name(enum inq_json_kind kind)
{
	static const char *const names[] = {
		[INQ_JSON_NULL] = "null",
		[INQ_JSON_BOOL] = "true or false",
		[INQ_JSON_INTEGER] = "an integer",
		[INQ_JSON_MILLI] = "a number with three decimal places",
		[INQ_JSON_STRING] = "a string",
		[INQ_JSON_ARRAY] = "an array",
		[INQ_JSON_OBJECT] = "an object",
	};

	return names[kind];
}
