#include <endian.h>
#include <inquiry/bytes.h>
#include <string.h>

bool inq_bytes_cut(struct inq_bytes b, uint64_t off, uint64_t len, struct inq_bytes *ret)
{
	if (off > b.len || len > b.len - off)
		return false;
	*ret = (struct inq_bytes){ b.at ? b.at + off : NULL, (size_t)len };
	return true;
}

struct inq_bytes inq_bytes_from(struct inq_bytes b, uint64_t off)
{
	if (off >= b.len)
		return (struct inq_bytes){ NULL, 0 };
	return (struct inq_bytes){ b.at + off, b.len - (size_t)off };
}

bool inq_bytes_u8(struct inq_bytes b, uint64_t off, uint8_t *ret)
{
	if (off >= b.len)
		return false;
	*ret = b.at[off];
	return true;
}

bool inq_bytes_u16(struct inq_bytes b, uint64_t off, bool big, uint16_t *ret)
{
	uint16_t value;

	if (off > b.len || sizeof value > b.len - off)
		return false;
	memcpy(&value, b.at + off, sizeof value);
	*ret = big ? be16toh(value) : le16toh(value);
	return true;
}

bool inq_bytes_u32(struct inq_bytes b, uint64_t off, bool big, uint32_t *ret)
{
	uint32_t value;

	if (off > b.len || sizeof value > b.len - off)
		return false;
	memcpy(&value, b.at + off, sizeof value);
	*ret = big ? be32toh(value) : le32toh(value);
	return true;
}

bool inq_bytes_u64(struct inq_bytes b, uint64_t off, bool big, uint64_t *ret)
{
	uint64_t value;

	if (off > b.len || sizeof value > b.len - off)
		return false;
	memcpy(&value, b.at + off, sizeof value);
	*ret = big ? be64toh(value) : le64toh(value);
	return true;
}

/* Reads one LEB128 of at most 64 bits; *shift tells how many bits were given. */
static bool leb(struct inq_bytes b, uint64_t *off, uint64_t *ret, unsigned *shift, uint8_t *last)
{
	uint64_t at = *off, value = 0;
	uint8_t byte;

	*shift = 0;
	do {
		if (*shift >= 64 || !inq_bytes_u8(b, at, &byte))
			return false;
		value |= (uint64_t)(byte & 0x7f) << *shift;
		*shift += 7;
		at++;
	} while (byte & 0x80);
	*last = byte;
	*off = at;
	*ret = value;
	return true;
}

bool inq_bytes_uleb(struct inq_bytes b, uint64_t *off, uint64_t *ret)
{
	unsigned shift;
	uint8_t last;

	return leb(b, off, ret, &shift, &last);
}

bool inq_bytes_sleb(struct inq_bytes b, uint64_t *off, int64_t *ret)
{
	uint64_t value;
	unsigned shift;
	uint8_t last;

	if (!leb(b, off, &value, &shift, &last))
		return false;
	if (shift < 64 && last & 0x40)
		value |= ~(uint64_t)0 << shift;
	*ret = (int64_t)value;
	return true;
}

bool inq_bytes_string(struct inq_bytes b, uint64_t off, size_t max, struct inq_bytes *ret)
{
	struct inq_bytes rest = inq_bytes_from(b, off);
	size_t len = rest.len < max ? rest.len : max;
	const uint8_t *nul = len ? memchr(rest.at, 0, len) : NULL;

	*ret = (struct inq_bytes){ rest.at, nul ? (size_t)(nul - rest.at) : len };
	return nul != NULL;
}

bool inq_bytes_equal(struct inq_bytes b, const char *literal)
{
	size_t len = strlen(literal);

	return b.len == len && (len == 0 || memcmp(b.at, literal, len) == 0);
}

bool inq_bytes_begin(struct inq_bytes b, const void *prefix, size_t len)
{
	return b.len >= len && (len == 0 || memcmp(b.at, prefix, len) == 0);
}

uint32_t inq_le32(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

uint64_t inq_le64(const uint8_t *at)
{
	return (uint64_t)inq_le32(at) | (uint64_t)inq_le32(at + 4) << 32;
}

void inq_le_put(uint8_t *at, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}
