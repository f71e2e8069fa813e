#include <inquiry/base64.h>

static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t inq_base64_length(size_t len)
{
	return (len / 3 + (len % 3 != 0)) * 4;
}

/* Four digits for the first one to three bytes of `b`. */
static void digits(struct inq_bytes b, char ret[4])
{
	uint32_t bits = (uint32_t)b.at[0] << 16;

	if (b.len > 1)
		bits |= (uint32_t)b.at[1] << 8;
	if (b.len > 2)
		bits |= b.at[2];
	ret[0] = plain[bits >> 18];
	ret[1] = plain[bits >> 12 & 63];
	ret[2] = plain[bits >> 6 & 63];
	ret[3] = plain[bits & 63];
	if (b.len < 3)
		ret[3] = '=';
	if (b.len < 2)
		ret[2] = '=';
}

void inq_base64_write(struct inq_sink *s, struct inq_bytes b)
{
	char four[4];

	for (size_t at = 0; at < b.len; at += 3) {
		digits((struct inq_bytes){ b.at + at, b.len - at }, four);
		inq_put_bytes(s, (struct inq_bytes){ (const uint8_t *)four, sizeof four });
	}
}

void inq_base64(const uint8_t *at, size_t len, char *ret)
{
	for (size_t off = 0; off < len; off += 3, ret += 4)
		digits((struct inq_bytes){ at + off, len - off }, ret);
	*ret = 0;
}

/* The six bits of each digit that both alphabets have, or 64. */
/* clang-format off */
static const uint8_t values[128] = {
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 64, 64, 64,
	64, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 64,
	64, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
	41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 64, 64, 64, 64, 64,
};
/* clang-format on */

static uint32_t value_of(uint8_t digit, uint8_t d62, uint8_t d63)
{
	return digit == d62 ? 62 : digit == d63 ? 63 : digit < sizeof values ? values[digit] : 64;
}

static bool decode(
        struct inq_bytes text, uint8_t d62, uint8_t d63, uint8_t *ret, size_t most, size_t *ret_len)
{
	size_t len = text.len / 4 * 3, written = 0;
	unsigned padding = 0;

	if (text.len % 4)
		return false;
	if (text.len && text.at[text.len - 1] == '=')
		padding = text.at[text.len - 2] == '=' ? 2 : 1;
	len -= padding;
	if (len > most)
		return false;
	for (size_t at = 0; at < text.len; at += 4) {
		unsigned pad = at + 4 == text.len ? padding : 0;
		const uint8_t *four = text.at + at;
		uint32_t six[4] = { value_of(four[0], d62, d63), value_of(four[1], d62, d63),
			pad > 1 ? 0 : value_of(four[2], d62, d63),
			pad > 0 ? 0 : value_of(four[3], d62, d63) };
		uint32_t bits = six[0] << 18 | six[1] << 12 | six[2] << 6 | six[3];

		if ((six[0] | six[1] | six[2] | six[3]) > 63)
			return false;
		/* Bits beyond the last byte would give a second text for the same value. */
		if (bits & ((pad == 2) ? 0xffffU : (pad == 1) ? 0xffU : 0))
			return false;
		for (unsigned i = 0; i < 3 - pad; i++)
			ret[written++] = (uint8_t)(bits >> (16 - 8 * i));
	}
	*ret_len = len;
	return true;
}

bool inq_base64_read(struct inq_bytes text, uint8_t *ret, size_t most, size_t *ret_len)
{
	return decode(text, '+', '/', ret, most, ret_len);
}

bool inq_base64_read_url(struct inq_bytes text, uint8_t *ret, size_t most, size_t *ret_len)
{
	return decode(text, '-', '_', ret, most, ret_len);
}
