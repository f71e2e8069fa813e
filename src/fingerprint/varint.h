/*
 * Unsigned LEB128 as programs and corpora hold it: in its shortest form only,
 * so that a number has one encoding and equal things have equal bytes.
 */
#ifndef FINGERPRINT_VARINT_H
#define FINGERPRINT_VARINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INQ_VARINT_MOST = 10 }; /* bytes of the longest */

/* Writes `value` at `at`, which has room for the longest; gives its length. */
static inline size_t inq_varint_put(uint8_t *at, uint64_t value)
{
	size_t len = 0;

	while (value >= 0x80) {
		at[len++] = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	at[len++] = (uint8_t)value;
	return len;
}

/* Reads at `*at` and moves it on; false, with nothing moved, where there is none in its shortest form. */
static inline bool inq_varint_get(const uint8_t **at, const uint8_t *end, uint64_t *ret)
{
	const uint8_t *p = *at;
	uint64_t value = 0;

	if (p < end && *p < 0x80) {
		*ret = *p;
		*at = p + 1;
		return true;
	}
	for (unsigned shift = 0; p < end && shift < 64; shift += 7) {
		uint8_t byte = *p++;

		if (shift == 63 && byte > 1)
			return false;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			if (byte == 0)
				return false;
			*ret = value;
			*at = p;
			return true;
		}
	}
	return false;
}

#endif
