#include <inquiry/address.h>
#include <string.h>

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static int hex_digit(uint8_t c)
{
	if (is_digit(c))
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool inq_ipv4_read(struct inq_bytes text, uint8_t ret[4])
{
	uint8_t address[4];
	size_t at = 0;

	for (unsigned i = 0; i < 4; i++) {
		unsigned number = 0;
		size_t start = at;

		while (at < text.len && is_digit(text.at[at]) && at - start < 3)
			number = number * 10 + text.at[at++] - '0';
		if (at == start || number > 255 || (at - start > 1 && text.at[start] == '0') ||
		        (i < 3 && (at == text.len || text.at[at++] != '.')))
			return false;
		address[i] = (uint8_t)number;
	}
	if (at != text.len)
		return false;
	memcpy(ret, address, sizeof address);
	return true;
}

bool inq_ipv6_read(struct inq_bytes text, uint8_t ret[16])
{
	uint8_t address[16] = { 0 };
	size_t at = 0;
	unsigned group = 0, gap = 9;

	if (text.len >= 2 && text.at[0] == ':' && text.at[1] == ':') {
		gap = 0;
		at = 2;
	}
	while (at < text.len) {
		unsigned number = 0;
		size_t start = at;

		if (group == 8)
			return false;
		while (at < text.len && at - start < 4 && hex_digit(text.at[at]) >= 0)
			number = number << 4 | (unsigned)hex_digit(text.at[at++]);
		if (at == start)
			return false;
		address[2 * group] = (uint8_t)(number >> 8);
		address[2 * group++ + 1] = (uint8_t)number;
		if (at == text.len)
			break;
		if (text.at[at++] != ':' || at == text.len)
			return false;
		if (text.at[at] == ':') {
			if (gap != 9)
				return false;
			gap = group;
			at++;
		}
	}
	if (gap == 9 ? group != 8 : group > 7)
		return false;
	if (gap != 9) {
		memmove(address + 16 - 2 * (group - gap), address + 2 * gap, 2 * (group - gap));
		memset(address + 2 * gap, 0, 16 - 2 * group);
	}
	memcpy(ret, address, sizeof address);
	return true;
}

void inq_put_ipv6(struct inq_sink *out, const uint8_t address[16])
{
	unsigned from = 0, zeros = 1;

	/* The first of the longest runs of two zeros or more is "::". */
	for (unsigned i = 0, run = 0; i < 8; i++) {
		run = address[2 * i] || address[2 * i + 1] ? 0 : run + 1;
		if (run > zeros) {
			zeros = run;
			from = i + 1 - run;
		}
	}
	for (unsigned i = 0; i < 8; i++) {
		if (zeros > 1 && i == from) {
			inq_put(out, "::");
			i += zeros - 1;
			continue;
		}
		inq_putf(out, "%s%x", i && !(zeros > 1 && i == from + zeros) ? ":" : "",
		        (unsigned)(address[2 * i] << 8 | address[2 * i + 1]));
	}
}
