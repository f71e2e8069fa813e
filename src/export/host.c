#include "export/host.h"
#include <inquiry/address.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const top_level[] = {
#include "export/tld.inc"
};

/*
 * Of these any name of two labels is taken. Of countries only those whose letters no instruction set, file or
 * language of programming uses behind a point.
 */
static const char *const plain[] = { "asia", "au", "biz", "ca", "ch", "cn", "com", "cz", "de", "dk", "edu",
	"es", "eu", "fi", "fr", "gov", "gr", "hk", "hu", "it", "jp", "kr", "kz", "mil", "mobi", "net", "nl",
	"nz", "org", "pt", "ru", "se", "sg", "sk", "su", "ua", "uk", "us", "vn" };

/* Source files, archives and libraries end so: neither the number of a line nor a path behind them says more. */
static const char *const file_ends[] = { "ads", "cc", "java", "la", "md", "mk", "ml", "mov", "pl", "pm", "ps",
	"py", "rs", "sh", "so", "target", "zip" };

/* Strings that are longer are tables of texts run together, as Go's are: nobody can tell their words apart. */
enum { TABLE_FROM = 1000 };

/* Below countries, where anybody's names begin at the third level. */
static const char *const second_level[] = { "ac", "co", "com", "edu", "gov", "net", "org" };

bool host_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

bool host_letter(uint8_t c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool other_script(struct inq_bytes label)
{
	return inq_bytes_begin(label, "xn--", 4);
}

bool host_domain(struct inq_bytes b)
{
	size_t label = 0, labels = 0;
	bool letters = true;

	if (b.len > DOMAIN_MOST)
		return false;
	for (size_t i = 0; i <= b.len; i++) {
		uint8_t c = i < b.len ? b.at[i] : '.';

		if (c != '.') {
			if (!(host_digit(c) || host_letter(c) || c == '-') || (c == '-' && !label))
				return false;
			letters = letters && host_letter(c);
			label++;
			continue;
		}
		if (!label || label > DOMAIN_LABEL_MOST || b.at[i - 1] == '-')
			return false;
		if (++labels > 1 && i == b.len)
			return label > 1 && (letters || other_script(inq_bytes_from(b, i - label)));
		label = 0;
		letters = true;
	}
	return false;
}

bool host_ipv4(struct inq_bytes b)
{
	uint8_t address[4];

	return inq_ipv4_read(b, address) && address[0] != 0 && address[0] != 127 && address[0] != 255;
}

bool host_ipv6(struct inq_bytes b, uint8_t ret[16])
{
	static const uint8_t translated[12] = { 0, 0x64, 0xff, 0x9b };
	uint8_t address[16], quad[4], more = 0;
	char text[64];
	size_t tail = b.len;

	while (tail && b.at[tail - 1] != ':')
		tail--;
	if (tail && b.len <= 45 && inq_ipv4_read(inq_bytes_from(b, tail), quad)) {
		snprintf(text, sizeof text, "%.*s%x:%x", (int)tail, (const char *)b.at,
		        (unsigned)(quad[0] << 8 | quad[1]), (unsigned)(quad[2] << 8 | quad[3]));
		b = inq_bytes_of(text);
	}
	if (!inq_ipv6_read(b, address))
		return false;
	/* One group and no more names a network, and in programs mostly something else. */
	for (size_t i = 2; i < sizeof address; i++)
		more |= address[i];
	if (!more ||
	        (address[0] >> 5 != 1 && address[0] >> 1 != 0x7e &&
	                memcmp(address, translated, sizeof translated) != 0) ||
	        memcmp(address, "\x20\x01\x0d\xb8", 4) == 0 ||
	        (address[0] == 0x3f && address[1] == 0xff && address[2] >> 4 == 0))
		return false;
	memcpy(ret, address, sizeof address);
	return true;
}

static int by_name(const void *key, const void *row)
{
	const struct inq_bytes *label = key;
	const char *name = *(const char *const *)row;
	int order = strncmp((const char *)label->at, name, label->len);

	return order ? order : -(name[label->len] != 0);
}

static bool is_one_of(struct inq_bytes label, const char *const *names, size_t count)
{
	return label.len && bsearch(&label, names, count, sizeof *names, by_name);
}

#define IS_ONE_OF(label, names) is_one_of(label, names, sizeof(names) / sizeof *(names))

/* A port, which the number of a line is not: nothing more of it follows. */
static bool port(struct inq_bytes b)
{
	unsigned number = 0;
	size_t i;

	for (i = 1; i < b.len && i <= 5 && host_digit(b.at[i]); i++)
		number = number * 10 + b.at[i] - '0';
	return i > 1 && number && number < 65536 &&
	       (i == b.len || !(host_digit(b.at[i]) || host_letter(b.at[i]) || strchr(":._-", b.at[i])));
}

/* Whether what stands around a word leaves it one: no path, no address, no call, no assignment. */
static bool stands_alone(struct inq_bytes s, size_t at, struct inq_bytes behind)
{
	uint8_t before = at ? s.at[at - 1] : ' ', next = behind.len ? *behind.at : ' ';

	return before && next && before < 0x80 && next < 0x80 && !strchr("@/\\%$&+~#*", before) &&
	       !(before == ':' && at > 1 && s.at[at - 2] == ':') && !strchr("@\\%$&+~#*([=", next) &&
	       !inq_bytes_begin(behind, "::", 2);
}

/* The last label of `b`, which becomes shorter by it and the point. */
static struct inq_bytes last_label(struct inq_bytes *b)
{
	size_t from = b->len;
	struct inq_bytes label;

	while (from && b->at[from - 1] != '.')
		from--;
	label = inq_bytes_from(*b, from);
	b->len = from ? from - 1 : 0;
	return label;
}

bool host_bare(struct inq_bytes s, size_t at, size_t len, struct inq_bytes *ret)
{
	static const char *const reversed[] = { "com.", "edu.", "gov.", "io.", "net.", "org." };
	struct inq_bytes behind = inq_bytes_from(s, at + len), b = { s.at + at, len }, rest, top, second;
	bool sign, web;

	if (s.len > TABLE_FROM)
		return false;
	/* The point that ends a sentence. */
	if (b.len && b.at[b.len - 1] == '.' && (!behind.len || *behind.at == ' '))
		b.len--;
	if (!stands_alone(s, at, behind) || !host_domain(b))
		return false;
	for (size_t i = 0; i < b.len; i++)
		if (b.at[i] >= 'A' && b.at[i] <= 'Z')
			return false;
	/* The byte before a text can be its length, which then looks like a part of it. */
	if ((!at && host_digit(*b.at) && *b.at == s.len - 1) ||
	        inq_bytes_begin(inq_bytes_from(b, 1), "www.", 4))
		b = inq_bytes_from(b, 1);
	rest = b;
	top = last_label(&rest);
	if (!IS_ONE_OF(top, top_level))
		return false;
	second = last_label(&rest);
	/* A name of D-Bus or Java, from the top level down. */
	for (size_t i = 0; i < sizeof reversed / sizeof *reversed && rest.len; i++)
		if (inq_bytes_begin(b, reversed[i], strlen(reversed[i])))
			return false;
	*ret = b;
	web = rest.len && inq_bytes_begin(b, "www.", 4);
	sign = behind.len && (*behind.at == '/' || (*behind.at == ':' && port(behind)));
	if (web)
		return true;
	if ((top.len == 2 && rest.len && IS_ONE_OF(second, second_level)) || other_script(top))
		return true;
	return second.len > 1 && (IS_ONE_OF(top, plain) || (sign && !IS_ONE_OF(top, file_ends)));
}
