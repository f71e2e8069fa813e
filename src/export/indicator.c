/*
 * Network indicators in strings: URLs, e-mail addresses, IPv4 addresses, and
 * the domains of these. What is taken is what the grammars allow (RFC 3986,
 * 1123); a format directive or a blank ends it. A version number of four parts
 * looks like an address, and nothing here says that any of them was ever used.
 */
#include "export/private.h"
#include <stdlib.h>
#include <string.h>

enum { URL_MOST = 2048, LOCAL_MOST = 64, DOMAIN_MOST = 253, DOMAIN_LABEL_MOST = 63 };

struct found {
	struct inq_arena *a;
	struct indicator *at;
	size_t count, room;
	uint64_t offset;
	bool full;
};

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool is_host(uint8_t c)
{
	return is_digit(c) || is_letter(c) || c == '-' || c == '.';
}

static void add(struct found *f, enum indicator_kind kind, struct inq_bytes value)
{
	struct indicator *more = inq_arena_extend(f->a, f->at, f->count, &f->room, sizeof *more);

	if (!more) {
		f->full = true;
		return;
	}
	f->at = more;
	f->at[f->count++] = (struct indicator){ kind, value, f->offset };
}

/* Two labels or more, the last of letters. */
static bool is_domain(struct inq_bytes b)
{
	size_t label = 0, labels = 0;
	bool letters = true;

	if (b.len > DOMAIN_MOST)
		return false;
	for (size_t i = 0; i <= b.len; i++) {
		uint8_t c = i < b.len ? b.at[i] : '.';

		if (c != '.') {
			if (!is_host(c) || (c == '-' && !label))
				return false;
			letters = letters && is_letter(c);
			label++;
			continue;
		}
		if (!label || label > DOMAIN_LABEL_MOST || b.at[i - 1] == '-')
			return false;
		if (++labels > 1 && i == b.len)
			return letters && label > 1;
		label = 0;
		letters = true;
	}
	return false;
}

/* Four numbers up to 255 without leading zeros, neither of this host nor of none. */
static bool is_ipv4(struct inq_bytes b)
{
	unsigned parts = 0, value = 0, digits = 0, first = 0;

	for (size_t i = 0; i <= b.len; i++) {
		uint8_t c = i < b.len ? b.at[i] : '.';

		if (is_digit(c)) {
			if (digits && !value)
				return false;
			value = value * 10 + (unsigned)(c - '0');
			if (value > 255)
				return false;
			digits++;
			continue;
		}
		if (c != '.' || !digits)
			return false;
		if (!parts++)
			first = value;
		digits = value = 0;
	}
	return parts == 4 && first != 0 && first != 127 && first != 255;
}

/* The bytes of a URL behind its host: as RFC 3986 has them. */
static size_t tail_length(struct inq_bytes b)
{
	static const char marks[] = "-._~:/?@!$&'()*+,;=";
	bool fragment = false;
	size_t i;

	for (i = 0; i < b.len; i++) {
		uint8_t c = b.at[i];

		if (c == '%') {
			uint8_t unused;

			if (b.len - i < 3 || !inq_unhex((struct inq_bytes){ b.at + i + 1, 2 }, &unused, 1))
				break;
		} else if (c == '#') {
			if (fragment)
				break;
			fragment = true;
		} else if (!is_digit(c) && !is_letter(c) && !(c && strchr(marks, c))) {
			break;
		}
	}
	while (i && strchr(".,;:!?'()", b.at[i - 1]))
		i--;
	return i;
}

/* `at` is where "://" stands in `s`. */
static void url(struct found *f, struct inq_bytes s, size_t at)
{
	static const char *const schemes[] = { "https", "http", "ftps", "ftp", "wss", "ws" };
	struct inq_bytes host = inq_bytes_from(s, at + 3), rest;
	size_t scheme = 0, len;

	for (size_t i = 0; i < sizeof schemes / sizeof *schemes && !scheme; i++) {
		len = strlen(schemes[i]);
		if (len <= at && strncasecmp((const char *)s.at + at - len, schemes[i], len) == 0 &&
		        (len == at || !is_letter(s.at[at - len - 1])))
			scheme = len;
	}
	if (!scheme)
		return;
	for (len = 0; len < host.len && is_host(host.at[len]) && len <= DOMAIN_MOST; len++)
		;
	rest = inq_bytes_from(host, len);
	/* The point that ends a sentence. */
	while (len && host.at[len - 1] == '.' && (!rest.len || *rest.at == ' '))
		len--;
	host.len = len;
	if (is_domain(host))
		add(f, INDICATOR_DOMAIN, host);
	else if (is_ipv4(host))
		add(f, INDICATOR_IPV4, host);
	else
		return;
	rest = inq_bytes_from(s, at + 3 + len);
	if (rest.len > URL_MOST)
		rest.len = URL_MOST;
	len += rest.len && strchr(":/?#", *rest.at) ? tail_length(rest) : 0;
	add(f, INDICATOR_URL, (struct inq_bytes){ s.at + at - scheme, scheme + 3 + len });
}

static void email(struct found *f, struct inq_bytes s, size_t at)
{
	struct inq_bytes domain = inq_bytes_from(s, at + 1);
	size_t local = 0, len = 0;

	while (local < at && local <= LOCAL_MOST && s.at[at - local - 1] &&
	        (is_digit(s.at[at - local - 1]) || is_letter(s.at[at - local - 1]) ||
	                strchr("._%+-", s.at[at - local - 1])))
		local++;
	while (len < domain.len && len <= DOMAIN_MOST && is_host(domain.at[len]))
		len++;
	while (len && domain.at[len - 1] == '.')
		len--;
	domain.len = len;
	/* A password in a URL is no address: http://user:word@host */
	if (!local || local > LOCAL_MOST || !is_domain(domain) || strchr(".%+-", s.at[at - local]) ||
	        (local < at && strchr(":/", s.at[at - local - 1])))
		return;
	add(f, INDICATOR_EMAIL, (struct inq_bytes){ s.at + at - local, local + 1 + len });
	add(f, INDICATOR_DOMAIN, domain);
}

/* A run of digits and points that nothing of a longer word touches. */
static size_t quad(struct found *f, struct inq_bytes s, size_t at)
{
	size_t len = 0, run;
	bool apart = !at || !(is_host(s.at[at - 1]) || s.at[at - 1] == '_' || s.at[at - 1] == '/');

	while (at + len < s.len && (is_digit(s.at[at + len]) || s.at[at + len] == '.'))
		len++;
	run = len;
	/* The point that ends a sentence. */
	len -= len > 1 && s.at[at + len - 1] == '.';
	if (apart && (at + run == s.len || !(is_host(s.at[at + run]) || s.at[at + run] == '_')) &&
	        is_ipv4((struct inq_bytes){ s.at + at, len }))
		add(f, INDICATOR_IPV4, (struct inq_bytes){ s.at + at, len });
	return run;
}

static void scan(struct found *f, struct inq_bytes s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == ':' && inq_bytes_begin(inq_bytes_from(s, i), "://", 3))
			url(f, s, i);
		else if (s.at[i] == '@')
			email(f, s, i);
		else if (is_digit(s.at[i]))
			i += quad(f, s, i) - 1;
	}
}

static int by_value(const void *l, const void *r)
{
	const struct indicator *left = l, *right = r;
	size_t len = left->value.len < right->value.len ? left->value.len : right->value.len;
	int order = (left->kind > right->kind) - (left->kind < right->kind);

	if (!order)
		order = memcmp(left->value.at, right->value.at, len);
	if (!order)
		order = (left->value.len > right->value.len) - (left->value.len < right->value.len);
	return order ? order : (left->offset > right->offset) - (left->offset < right->offset);
}

enum inq_status indicators_of(const struct inq_json_value *exhibit, struct inq_arena *a,
        const struct indicator **ret, size_t *ret_count, uint64_t *ret_left_out, struct inq_error *err)
{
	struct found f = { .a = a };
	size_t count = 0;

	for (const struct inq_json_value *s = doc_list(exhibit, "strings"); s && !f.full; s = s->next) {
		f.offset = (uint64_t)doc_number(s, "offset");
		scan(&f, doc_text(s, "text"));
	}
	if (f.full)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for so many indicators");
	if (f.count)
		qsort(f.at, f.count, sizeof *f.at, by_value);
	for (size_t i = 0; i < f.count; i++)
		if (!count || f.at[i].kind != f.at[count - 1].kind ||
		        !doc_same(f.at[i].value, f.at[count - 1].value))
			f.at[count++] = f.at[i];
	*ret = f.at;
	*ret_count = count < INQ_EXPORT_INDICATORS_MOST ? count : INQ_EXPORT_INDICATORS_MOST;
	*ret_left_out = count - *ret_count;
	return INQ_OK;
}

const char *indicator_name(enum indicator_kind kind)
{
	static const char *const names[INDICATOR_KINDS] = { "url", "domain", "email", "ipv4" };

	return names[kind];
}

struct inq_bytes indicator_defanged(const struct indicator *i, struct inq_arena *a)
{
	struct inq_memory_sink memory = { .arena = a };
	struct inq_sink out;

	inq_sink_init(&out, inq_memory_sink_write, &memory);
	for (size_t at = 0; at < i->value.len; at++) {
		struct inq_bytes rest = inq_bytes_from(i->value, at);

		if (i->kind == INDICATOR_URL && at == 0 &&
		        strncasecmp((const char *)rest.at, "http", 4) == 0) {
			inq_put(&out, "hxxp");
			at += 3;
		} else if (*rest.at == '.' || *rest.at == '@' || inq_bytes_begin(rest, "://", 3)) {
			inq_putf(&out, "[%c]", *rest.at);
		} else {
			inq_put_bytes(&out, (struct inq_bytes){ rest.at, 1 });
		}
	}
	if (!inq_sink_flush(&out))
		return (struct inq_bytes){ NULL, 0 };
	return (struct inq_bytes){ (const uint8_t *)memory.at, memory.len };
}

enum inq_status inq_export_indicators(const struct inq_json_value *exhibit, struct inq_arena *a,
        const struct inq_export_indicator **ret, size_t *ret_count, uint64_t *ret_left_out,
        struct inq_error *err)
{
	struct inq_export_indicator *shown;
	const struct indicator *found;
	enum inq_status status = indicators_of(exhibit, a, &found, ret_count, ret_left_out, err);

	if (status != INQ_OK)
		return status;
	shown = inq_arena_new(a, *ret_count, sizeof *shown);
	for (size_t i = 0; i < *ret_count && shown; i++) {
		shown[i] = (struct inq_export_indicator){ indicator_name(found[i].kind),
			indicator_defanged(&found[i], a), found[i].offset };
		if (!shown[i].defanged.at)
			shown = NULL;
	}
	if (!shown)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for so many indicators");
	*ret = shown;
	return INQ_OK;
}
