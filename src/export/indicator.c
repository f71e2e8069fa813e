/*
 * Network indicators in strings: URLs, e-mail addresses, IPv4 and IPv6 addresses,
 * the domains of these and domains that stand alone. What is taken is what the grammars
 * allow (RFC 3986, 1123, 4291); a format directive or a blank ends it. A version number of
 * four parts looks like an address, and nothing here says that any of them was ever used.
 */
#include "export/host.h"
#include "export/private.h"
#include <inquiry/address.h>
#include <stdlib.h>
#include <string.h>

enum { URL_MOST = 2048, LOCAL_MOST = 64, IPV6_MOST = 45 };

struct found {
	struct inq_arena *a;
	struct indicator *at;
	size_t count, room;
	uint64_t offset;
	bool full;
};

static bool is_host(uint8_t c)
{
	return host_digit(c) || host_letter(c) || c == '-' || c == '.';
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

/* Domains are the same in upper and lower case. */
static void add_domain(struct found *f, struct inq_bytes domain)
{
	char *lower = NULL;

	for (size_t i = 0; i < domain.len && !f->full; i++) {
		if (domain.at[i] < 'A' || domain.at[i] > 'Z')
			continue;
		if (!lower)
			lower = inq_arena_string(f->a, domain);
		if (lower)
			lower[i] |= 32;
		f->full = !lower;
	}
	add(f, INDICATOR_DOMAIN, lower ? inq_bytes_of(lower) : domain);
}

/* In the one form that there is of it; false where it is none. */
static bool add_ipv6(struct found *f, struct inq_bytes text)
{
	struct inq_memory_sink memory = { .arena = f->a };
	struct inq_sink out;
	uint8_t address[16];

	if (!host_ipv6(text, address))
		return false;
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	inq_put_ipv6(&out, address);
	if (inq_sink_flush(&out))
		add(f, INDICATOR_IPV6, (struct inq_bytes){ (const uint8_t *)memory.at, memory.len });
	else
		f->full = true;
	return true;
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
		} else if (!host_digit(c) && !host_letter(c) && !(c && strchr(marks, c))) {
			break;
		}
	}
	while (i && strchr(".,;:!?'()", b.at[i - 1]))
		i--;
	return i;
}

/* "[ADDRESS]" at the beginning of `b`, as URLs have one of IPv6; `*ret` is how long it is. */
static bool bracketed(struct found *f, struct inq_bytes b, size_t *ret)
{
	const uint8_t *end = b.len ? memchr(b.at, ']', b.len < IPV6_MOST + 2 ? b.len : IPV6_MOST + 2) : NULL;

	if (!end || *b.at != '[' || !add_ipv6(f, (struct inq_bytes){ b.at + 1, (size_t)(end - b.at) - 1 }))
		return false;
	*ret = (size_t)(end - b.at) + 1;
	return true;
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
		        (len == at || !host_letter(s.at[at - len - 1])))
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
	if (host_domain(host))
		add_domain(f, host);
	else if (host_ipv4(host))
		add(f, INDICATOR_IPV4, host);
	else if (!bracketed(f, inq_bytes_from(s, at + 3), &len))
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
	        (host_digit(s.at[at - local - 1]) || host_letter(s.at[at - local - 1]) ||
	                strchr("._%+-", s.at[at - local - 1])))
		local++;
	while (len < domain.len && len <= DOMAIN_MOST && is_host(domain.at[len]))
		len++;
	while (len && domain.at[len - 1] == '.')
		len--;
	domain.len = len;
	/* A password in a URL is no address: http://user:word@host */
	if (!local || local > LOCAL_MOST || !host_domain(domain) || strchr(".%+-", s.at[at - local]) ||
	        (local < at && strchr(":/", s.at[at - local - 1])))
		return;
	add(f, INDICATOR_EMAIL, (struct inq_bytes){ s.at + at - local, local + 1 + len });
	add_domain(f, domain);
}

/* A run of digits and points that nothing of a longer word touches. */
static size_t quad(struct found *f, struct inq_bytes s, size_t at)
{
	size_t len = 0, run;
	bool apart = !at || !(is_host(s.at[at - 1]) || s.at[at - 1] == '_' || s.at[at - 1] == '/');

	while (at + len < s.len && (host_digit(s.at[at + len]) || s.at[at + len] == '.'))
		len++;
	run = len;
	/* The point that ends a sentence. */
	len -= len > 1 && s.at[at + len - 1] == '.';
	if (apart && (at + run == s.len || !(is_host(s.at[at + run]) || s.at[at + run] == '_')) &&
	        host_ipv4((struct inq_bytes){ s.at + at, len }))
		add(f, INDICATOR_IPV4, (struct inq_bytes){ s.at + at, len });
	return run;
}

static bool is_name(uint8_t c)
{
	return is_host(c) || c == '_';
}

/* A domain that stands alone: all of a word that begins at `at`. */
static void word(struct found *f, struct inq_bytes s, size_t at)
{
	struct inq_bytes domain;
	size_t len = 0;

	while (at + len < s.len && is_name(s.at[at + len]))
		len++;
	if (len <= DOMAIN_MOST + 1 && host_bare(s, at, len, &domain))
		add_domain(f, domain);
}

static bool is_ipv6(uint8_t c)
{
	return host_digit(c) || c == ':' || c == '.' || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* A run of what IPv6 addresses are made of, from `at` on. */
static void groups(struct found *f, struct inq_bytes s, size_t at)
{
	size_t len = 0;

	while (at + len < s.len && is_ipv6(s.at[at + len]))
		len++;
	if (at + len < s.len && (is_name(s.at[at + len]) || s.at[at + len] == '%'))
		return;
	/* What ends a sentence, or stands before more of it. */
	while (len > 1 &&
	        (s.at[at + len - 1] == '.' || (s.at[at + len - 1] == ':' && s.at[at + len - 2] != ':')))
		len--;
	if (len <= IPV6_MOST)
		(void)add_ipv6(f, (struct inq_bytes){ s.at + at, len });
}

static void scan(struct found *f, struct inq_bytes s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t before = i ? s.at[i - 1] : ' ';

		if (is_name(s.at[i]) && !is_name(before))
			word(f, s, i);
		if (is_ipv6(s.at[i]) && !is_ipv6(before) && !is_name(before))
			groups(f, s, i);
		if (s.at[i] == ':' && inq_bytes_begin(inq_bytes_from(s, i), "://", 3))
			url(f, s, i);
		else if (s.at[i] == '@')
			email(f, s, i);
		else if (host_digit(s.at[i]))
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
	static const char *const names[INDICATOR_KINDS] = { "url", "domain", "email", "ipv4", "ipv6" };

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
		} else if (*rest.at == '.' || *rest.at == '@' || inq_bytes_begin(rest, "://", 3) ||
		           (i->kind == INDICATOR_IPV6 && *rest.at == ':')) {
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
