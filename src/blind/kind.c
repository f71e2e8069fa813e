/* Kinds of elements and their canonical forms. */
#include <inquiry/address.h>
#include <inquiry/blind.h>
#include <stdio.h>
#include <string.h>

enum { STRING_LEAST = 8, DOMAIN_MOST = 253, LABEL_MOST = 63, LOCAL_MOST = 64 };

static const struct {
	const char *name, *label;
	uint8_t fixed; /* bytes of every value; 0: they differ */
	bool text;
} kinds[INQ_BLIND_KINDS] = {
	[INQ_BLIND_SHA256] = { "sha256", "sha256/1", 32, false },
	[INQ_BLIND_DOMAIN] = { "domain", "domain/1", 0, true },
	[INQ_BLIND_URL] = { "url", "url/1", 0, true },
	[INQ_BLIND_EMAIL] = { "email", "email/1", 0, true },
	[INQ_BLIND_IPV6] = { "ipv6", "ipv6/1", 16, false },
	[INQ_BLIND_IPV4] = { "ipv4", "ipv4/1", 4, false },
	[INQ_BLIND_MUTEX] = { "mutex", "mutex/1", 0, true },
	[INQ_BLIND_STRING] = { "string", "string/1", 0, true },
	[INQ_BLIND_FUNCTION] = { "function", "function/2", 16, false },
	[INQ_BLIND_BAND] = { "band", "band/2", 1 + INQ_SKETCH_BAND, false },
};

const char *inq_blind_kind_name(enum inq_blind_kind kind)
{
	return kind < INQ_BLIND_KINDS ? kinds[kind].name : "?";
}

const char *inq_blind_kind_label(enum inq_blind_kind kind)
{
	return kind < INQ_BLIND_KINDS ? kinds[kind].label : "?";
}

bool inq_blind_kind_read(struct inq_bytes name, enum inq_blind_kind *ret)
{
	for (unsigned i = 0; i < INQ_BLIND_KINDS; i++) {
		if (inq_bytes_equal(name, kinds[i].name)) {
			*ret = (enum inq_blind_kind)i;
			return true;
		}
	}
	return false;
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

static int hex_digit(uint8_t c)
{
	c = lower(c);
	return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A value being written; the room suffices for everything that is read. */
struct value {
	uint8_t at[INQ_BLIND_VALUE_MOST + 64];
	size_t len;
};

static void put(struct value *v, const void *at, size_t len)
{
	if (len && len <= sizeof v->at - v->len) {
		memcpy(v->at + v->len, at, len);
		v->len += len;
	}
}

static bool unhex(struct inq_bytes text, struct value *v, size_t len)
{
	if (text.len != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = hex_digit(text.at[2 * i]), low = hex_digit(text.at[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		v->at[v->len++] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool ipv4(struct inq_bytes text, struct value *v)
{
	uint8_t address[4];

	if (!inq_ipv4_read(text, address))
		return false;
	put(v, address, sizeof address);
	return true;
}

static bool ipv6(struct inq_bytes text, struct value *v)
{
	uint8_t address[16];

	if (!inq_ipv6_read(text, address))
		return false;
	put(v, address, sizeof address);
	return true;
}

/* An address that stands for one of IPv4: mapped, compatible, translated or 6to4. */
static bool is_ipv4_within(const uint8_t address[16])
{
	static const uint8_t zeroes[10], translated[12] = { 0, 0x64, 0xff, 0x9b };

	if (memcmp(address, zeroes, sizeof zeroes) == 0 &&
	        ((address[10] == 0xff && address[11] == 0xff) || (address[10] == 0 && address[11] == 0)))
		return true;
	return memcmp(address, translated, sizeof translated) == 0 || (address[0] == 0x20 && address[1] == 2);
}

/* Two labels at least, of letters, digits, "-" and "_"; the last one has a letter. */
static bool domain(struct inq_bytes text, struct value *v)
{
	size_t label = 0, dots = 0, before = v->len;
	bool letter = false;

	if (text.len && text.at[text.len - 1] == '.')
		text.len--;
	if (text.len == 0 || text.len > DOMAIN_MOST)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = lower(text.at[i]);

		if (c == '.') {
			if (label == 0)
				return false;
			label = 0;
			letter = false;
			dots++;
		} else if ((c >= 'a' && c <= 'z') || is_digit(c) || c == '_' || c == '-') {
			if (++label > LABEL_MOST)
				return false;
			letter |= c >= 'a' && c <= 'z';
		} else {
			return false;
		}
		v->at[v->len++] = c;
	}
	if (label && dots && letter)
		return true;
	v->len = before;
	return false;
}

static bool email(struct inq_bytes text, struct value *v)
{
	const uint8_t *at = text.len ? memchr(text.at, '@', text.len) : NULL;
	size_t local = at ? (size_t)(at - text.at) : 0;

	if (local == 0 || local > LOCAL_MOST)
		return false;
	for (size_t i = 0; i <= local; i++) {
		if (text.at[i] <= ' ' || text.at[i] >= 0x7f)
			return false;
		v->at[v->len++] = lower(text.at[i]);
	}
	return domain(inq_bytes_from(text, local + 1), v);
}

/* The host of a URL; `*number` where it is an IPv4 address. */
static bool host(struct inq_bytes text, struct value *v, bool *number)
{
	struct value address = { .len = 0 };

	if (ipv4(text, &address)) {
		*number = true;
		put(v, text.at, text.len);
		return true;
	}
	if (text.len > 2 && text.at[0] == '[' && text.at[text.len - 1] == ']') {
		char group[8];

		if (!ipv6((struct inq_bytes){ text.at + 1, text.len - 2 }, &address))
			return false;
		*number = is_ipv4_within(address.at);
		for (unsigned i = 0; i < 8; i++) {
			snprintf(group, sizeof group, "%s%x", i ? ":" : "[",
			        (unsigned)(address.at[2 * i] << 8 | address.at[2 * i + 1]));
			put(v, group, strlen(group));
		}
		put(v, "]", 1);
		return true;
	}
	return domain(text, v);
}

static bool port(struct inq_bytes scheme, struct inq_bytes text, struct value *v)
{
	unsigned number = 0, usual = 0;
	char written[16];

	if (inq_bytes_equal(scheme, "http"))
		usual = 80;
	else if (inq_bytes_equal(scheme, "https"))
		usual = 443;
	else if (inq_bytes_equal(scheme, "ftp"))
		usual = 21;
	if (text.len > 5)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (!is_digit(text.at[i]))
			return false;
		number = number * 10 + text.at[i] - '0';
	}
	if (number > 65535 || text.len == 0 || number == usual)
		return number <= 65535;
	snprintf(written, sizeof written, ":%u", number);
	put(v, written, strlen(written));
	return true;
}

/* Path and query as they are, but for the digits of escapes; what follows "#" never leaves a browser. */
static bool path(struct inq_bytes text, struct value *v)
{
	if (text.len == 0 || text.at[0] != '/')
		put(v, "/", 1);
	for (size_t i = 0; i < text.len && text.at[i] != '#'; i++) {
		uint8_t c = text.at[i];

		if (c <= ' ' || c >= 0x7f)
			return false;
		if (i >= 2 && (text.at[i - 1] == '%' || text.at[i - 2] == '%') && hex_digit(c) >= 10)
			c = (uint8_t)(lower(c) + 'A' - 'a');
		put(v, &c, 1);
	}
	return true;
}

static bool url(struct inq_bytes text, struct value *v, bool *number)
{
	struct inq_bytes scheme, authority, name;
	size_t at = 0, end, colon;

	while (at < text.len && at < 32 && text.at[at] != ':') {
		uint8_t c = lower(text.at[at]);

		if (!(c >= 'a' && c <= 'z') && !(at && (is_digit(c) || c == '+' || c == '-' || c == '.')))
			return false;
		v->at[v->len++] = c;
		at++;
	}
	scheme = (struct inq_bytes){ v->at, v->len };
	if (at == 0 || !inq_bytes_begin(inq_bytes_from(text, at), "://", 3))
		return false;
	put(v, "://", 3);
	for (end = at += 3; end < text.len && !strchr("/?#", text.at[end]);)
		end++;
	authority = (struct inq_bytes){ text.at + at, end - at };
	for (size_t i = authority.len; i-- > 0;) {
		if (authority.at[i] <= ' ' || authority.at[i] >= 0x7f)
			return false;
		if (authority.at[i] == '@') {
			put(v, authority.at, i + 1);
			authority = inq_bytes_from(authority, i + 1);
			break;
		}
	}
	for (colon = authority.len; colon-- > 0;)
		if (authority.at[colon] == ':' || authority.at[colon] == ']')
			break;
	if (colon >= authority.len || authority.at[colon] == ']')
		colon = authority.len;
	name = (struct inq_bytes){ authority.at, colon };
	return host(name, v, number) && port(scheme, inq_bytes_from(authority, colon + 1), v) &&
	       path(inq_bytes_from(text, end), v);
}

/* Where on the machine a name lives does not tell two names apart: malware differs in that from run to run. */
static struct inq_bytes mutex(struct inq_bytes text)
{
	for (;;) {
		if (inq_bytes_begin(text, "Global\\", 7))
			text = inq_bytes_from(text, 7);
		else if (inq_bytes_begin(text, "Local\\", 6))
			text = inq_bytes_from(text, 6);
		else
			return text;
	}
}

/* In `v` the canonical form; false after a sentence. */
static enum inq_status canonical(
        enum inq_blind_kind kind, struct inq_bytes text, bool allowed, struct value *v, struct inq_error *err)
{
	struct inq_bytes name = mutex(text);
	bool number = false, holds = false;

	switch (kind) {
	case INQ_BLIND_SHA256:
	case INQ_BLIND_FUNCTION:
	case INQ_BLIND_BAND:
		holds = unhex(text, v, kinds[kind].fixed);
		break;
	case INQ_BLIND_DOMAIN:
		holds = domain(text, v);
		break;
	case INQ_BLIND_URL:
		holds = url(text, v, &number);
		break;
	case INQ_BLIND_EMAIL:
		holds = email(text, v);
		break;
	case INQ_BLIND_IPV6:
		holds = ipv6(text, v);
		number = holds && is_ipv4_within(v->at);
		break;
	case INQ_BLIND_IPV4:
		number = holds = ipv4(text, v);
		break;
	case INQ_BLIND_MUTEX:
		holds = name.len > 0;
		put(v, name.at, name.len);
		break;
	case INQ_BLIND_STRING:
		if (text.len < STRING_LEAST)
			return inq_fail(err, INQ_BAD_ARGUMENT, 0,
			        "a string of fewer than %d bytes is guessed too easily", STRING_LEAST);
		holds = true;
		put(v, text.at, text.len);
		break;
	case INQ_BLIND_KINDS:
		break;
	}
	if (!holds)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "is no %s", inq_blind_kind_name(kind));
	if (number && !allowed)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0,
		        "names an IPv4 address: there are so few that the other party could try them all");
	return INQ_OK;
}

enum inq_status inq_blind_canonical(enum inq_blind_kind kind, struct inq_bytes text, bool allowed,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct value v = { .len = 0 };
	enum inq_status status;
	uint8_t *copy;

	if (text.len > INQ_BLIND_VALUE_MOST)
		return inq_fail(err, INQ_OVER_LIMIT, INQ_BLIND_VALUE_MOST, "is longer than %d bytes",
		        INQ_BLIND_VALUE_MOST);
	status = canonical(kind, text, allowed, &v, err);
	if (status != INQ_OK)
		return status;
	if (v.len > INQ_BLIND_VALUE_MOST)
		return inq_fail(err, INQ_OVER_LIMIT, INQ_BLIND_VALUE_MOST, "is longer than %d bytes",
		        INQ_BLIND_VALUE_MOST);
	copy = inq_arena_new(a, v.len, 1);
	if (!copy)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for an element");
	memcpy(copy, v.at, v.len);
	*ret = (struct inq_bytes){ copy, v.len };
	return INQ_OK;
}

bool inq_blind_is_canonical(enum inq_blind_kind kind, struct inq_bytes value)
{
	struct value v = { .len = 0 };

	if (kind >= INQ_BLIND_KINDS || value.len == 0 || value.len > INQ_BLIND_VALUE_MOST)
		return false;
	if (!kinds[kind].text)
		return value.len == kinds[kind].fixed &&
		       (kind != INQ_BLIND_BAND || value.at[0] < INQ_SKETCH_BANDS);
	return canonical(kind, value, true, &v, NULL) == INQ_OK && v.len == value.len &&
	       memcmp(v.at, value.at, v.len) == 0;
}

void inq_blind_put(struct inq_sink *out, enum inq_blind_kind kind, struct inq_bytes value)
{
	if (kind < INQ_BLIND_KINDS && kinds[kind].text) {
		inq_put_bytes(out, value);
		return;
	}
	for (size_t i = 0; i < value.len; i++) {
		if (kind == INQ_BLIND_IPV4)
			inq_putf(out, "%s%u", i ? "." : "", value.at[i]);
		else if (kind == INQ_BLIND_IPV6)
			inq_putf(out, "%s%02x", i && i % 2 == 0 ? ":" : "", value.at[i]);
		else
			inq_putf(out, "%02x", value.at[i]);
	}
}
