/* Values out of documents, and how they are written. */
#include "page/private.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct inq_json_value *member_of(
        const struct inq_json_value *v, const char *key, enum inq_json_kind kind)
{
	const struct inq_json_value *m = inq_json_member(v, key);

	return m && m->kind == kind ? m : NULL;
}

struct inq_bytes member_string(const struct inq_json_value *v, const char *key)
{
	const struct inq_json_value *m = member_of(v, key, INQ_JSON_STRING);

	return m ? m->string : (struct inq_bytes){ NULL, 0 };
}

bool member_count(const struct inq_json_value *v, const char *key, uint64_t *ret)
{
	const struct inq_json_value *m = member_of(v, key, INQ_JSON_INTEGER);

	if (!m || m->integer < 0)
		return false;
	*ret = (uint64_t)m->integer;
	return true;
}

bool member_milli(const struct inq_json_value *v, const char *key, int64_t *ret)
{
	const struct inq_json_value *m = inq_json_member(v, key);

	if (m && m->kind == INQ_JSON_MILLI)
		*ret = m->integer;
	else if (m && m->kind == INQ_JSON_INTEGER && m->integer / 1000 < INT32_MAX &&
	         m->integer / 1000 > INT32_MIN)
		*ret = m->integer * 1000;
	else
		return false;
	return true;
}

bool member_true(const struct inq_json_value *v, const char *key)
{
	const struct inq_json_value *m = member_of(v, key, INQ_JSON_BOOL);

	return m && m->truth;
}

bool member_va(const struct inq_json_value *v, const char *key, uint64_t *ret)
{
	struct inq_bytes text = member_string(v, key);
	uint64_t va = 0;

	if (text.len < 3 || text.len > 18 || text.at[0] != '0' || text.at[1] != 'x')
		return false;
	for (size_t i = 2; i < text.len; i++) {
		const char *digits = "0123456789abcdef", *at = text.at[i] ? strchr(digits, text.at[i]) : NULL;

		if (!at)
			return false;
		va = va << 4 | (uint64_t)(at - digits);
	}
	*ret = va;
	return true;
}

const struct inq_json_value *member_object(const struct inq_json_value *v, const char *key)
{
	return member_of(v, key, INQ_JSON_OBJECT);
}

const struct inq_json_value *member_first(const struct inq_json_value *v, const char *key)
{
	const struct inq_json_value *m = member_of(v, key, INQ_JSON_ARRAY);

	return m ? m->first : NULL;
}

size_t member_length(const struct inq_json_value *v, const char *key)
{
	const struct inq_json_value *m = member_of(v, key, INQ_JSON_ARRAY);

	return m ? m->count : 0;
}

bool same_bytes(struct inq_bytes l, struct inq_bytes r)
{
	return l.at && r.at && l.len == r.len && (l.len == 0 || memcmp(l.at, r.at, l.len) == 0);
}

const char *figure_text(uint64_t n, char ret[FIGURE_TEXT])
{
	char digits[24];
	size_t len = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, n), used = 0;

	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			ret[used++] = ',';
		ret[used++] = digits[i];
	}
	ret[used] = 0;
	return ret;
}

void number_put(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d, uint64_t n)
{
	char text[FIGURE_TEXT];

	from(h, p, d);
	inq_html_text(h, figure_text(n, text));
	inq_html_close(h);
}

void count_put(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *v, const char *key)
{
	uint64_t n;

	if (member_count(v, key, &n))
		number_put(h, p, d, n);
	else
		not_said(h);
}

void counted(struct inq_html *h, uint64_t n, const char *one, const char *many)
{
	char text[FIGURE_TEXT];

	inq_html_textf(h, "%s %s", figure_text(n, text), n == 1 ? one : many);
}

void not_said(struct inq_html *h)
{
	inq_html_open_class(h, "span", "unsaid");
	inq_html_text(h, "not said");
	inq_html_close(h);
}

void name_put(struct inq_html *h, const struct inq_json_value *v, const char *key)
{
	struct inq_bytes name = member_string(v, key);

	if (name.len)
		inq_html_given(h, name, NAME_MOST);
	else
		not_said(h);
}

void digest_put(struct inq_html *h, struct inq_bytes hex)
{
	if (!hex.len) {
		not_said(h);
		return;
	}
	inq_html_open_class(h, "code", "digest");
	inq_html_attr_bytes(h, "title", (struct inq_bytes){ hex.at, hex.len < 64 ? hex.len : 64 });
	inq_html_given(h, (struct inq_bytes){ hex.at, hex.len < 12 ? hex.len : 12 }, 12);
	inq_html_close(h);
}

/* The day of `days` since 1970, Gregorian; Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
static void civil(uint64_t days, unsigned *ret_year, unsigned *ret_month, unsigned *ret_day)
{
	uint64_t shifted = days + 719468, era = shifted / 146097, of_era = shifted % 146097;
	uint64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	uint64_t of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;

	*ret_day = (unsigned)(of_year - (153 * month + 2) / 5 + 1);
	*ret_month = (unsigned)(month < 10 ? month + 3 : month - 9);
	*ret_year = (unsigned)(year + era * 400 + (month >= 10));
}

void time_put(struct inq_html *h, uint64_t seconds)
{
	unsigned year, month, day, rest = (unsigned)(seconds % 86400);

	/* Past the year 9999 it is no time that anybody meant. */
	if (seconds > 253402300799) {
		inq_html_textf(h, "%" PRIu64 " seconds after 1970", seconds);
		return;
	}
	civil(seconds / 86400, &year, &month, &day);
	inq_html_open(h, "time");
	inq_html_attrf(h, "datetime", "%04u-%02u-%02uT%02u:%02u:%02uZ", year, month, day, rest / 3600,
	        rest / 60 % 60, rest % 60);
	inq_html_textf(
	        h, "%04u-%02u-%02u %02u:%02u:%02u", year, month, day, rest / 3600, rest / 60 % 60, rest % 60);
	inq_html_close(h);
}

bool ratio_read(const struct inq_json_value *v, const char *key, struct ratio *ret)
{
	const struct inq_json_value *r = member_object(v, key);

	*ret = (struct ratio){ .support = member_string(r, "support") };
	(void)member_count(r, "trials_right", &ret->trials_right);
	(void)member_count(r, "trials_wrong", &ret->trials_wrong);
	return member_milli(r, "log10", &ret->log10) && member_milli(r, "least", &ret->least) &&
	       member_milli(r, "most", &ret->most) && ret->log10 > -20000 && ret->log10 < 20000 &&
	       ret->least > -20000 && ret->least < 20000 && ret->most > -20000 && ret->most < 20000;
}

/* Thousandths of the logarithm to base 10 from which on 1.1, 1.2, ... 9.9 are nearest: of 1.05, 1.15, ... */
static const uint16_t tenths_from[] = { 22, 61, 97, 131, 162, 191, 218, 244, 268, 291, 312, 333, 353, 372,
	390, 407, 424, 440, 455, 470, 485, 499, 512, 526, 538, 551, 563, 575, 586, 597, 608, 619, 629, 639,
	649, 659, 668, 677, 686, 695, 704, 712, 721, 729, 737, 745, 753, 760, 768, 775, 782, 789, 796, 803,
	810, 817, 823, 830, 836, 842, 849, 855, 861, 867, 873, 878, 884, 890, 895, 901, 906, 912, 917, 922,
	927, 932, 938, 943, 947, 952, 957, 962, 967, 971, 976, 981, 985, 990, 994, 998 };

const char *ratio_text(int64_t log10, char ret[FIGURE_TEXT])
{
	const char *sign = log10 < 0 ? "1/" : "";
	uint64_t size = (uint64_t)(log10 < 0 ? -log10 : log10), decades = size / 1000;
	unsigned tenths = 10;
	char text[FIGURE_TEXT];

	while (tenths < 100 && size % 1000 >= tenths_from[tenths - 10])
		tenths++;
	if (decades == 0 && tenths < 100) {
		snprintf(ret, FIGURE_TEXT, tenths % 10 ? "%s%u.%u" : "%s%u",
		        log10 < 0 && tenths > 10 ? sign : "", tenths / 10, tenths % 10);
		return ret;
	}
	if (decades > 6) {
		snprintf(ret, FIGURE_TEXT, "%s10^%" PRIu64, sign, decades);
		return ret;
	}
	size = tenths;
	for (uint64_t i = 1; i < decades; i++)
		size *= 10;
	if (decades == 0)
		size = 10;
	snprintf(ret, FIGURE_TEXT, "%s%s", sign, figure_text(size, text));
	return ret;
}

void ratio_put(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct ratio *r)
{
	char text[FIGURE_TEXT], least[FIGURE_TEXT], most[FIGURE_TEXT];

	from(h, p, d);
	inq_html_textf(h, "%s (%s to %s)", ratio_text(r->log10, text), ratio_text(r->least, least),
	        ratio_text(r->most, most));
	inq_html_close(h);
}
