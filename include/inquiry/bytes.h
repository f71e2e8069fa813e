/*
 * Bytes of somebody else: a pointer and a length that are only ever read
 * through the bounded readers below. No struct is cast onto a file.
 *
 * All readers take an offset from the start of `b` and return false, leaving
 * `*ret` alone, where any byte of the value lies outside; sums that wrap count
 * as outside. They never allocate and are safe from any thread.
 */
#ifndef INQUIRY_BYTES_H
#define INQUIRY_BYTES_H

#include <inquiry/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inq_bytes {
	const uint8_t *at;
	size_t len;
};

/* The `len` bytes from `off`, or false. */
INQ_MUST bool inq_bytes_cut(struct inq_bytes b, uint64_t off, uint64_t len, struct inq_bytes *ret);

/* All bytes from `off` to the end; empty where `off` is past the end. */
struct inq_bytes inq_bytes_from(struct inq_bytes b, uint64_t off);

/* Unsigned integers, little-endian unless `big`. */
INQ_MUST bool inq_bytes_u8(struct inq_bytes b, uint64_t off, uint8_t *ret);
INQ_MUST bool inq_bytes_u16(struct inq_bytes b, uint64_t off, bool big, uint16_t *ret);
INQ_MUST bool inq_bytes_u32(struct inq_bytes b, uint64_t off, bool big, uint32_t *ret);
INQ_MUST bool inq_bytes_u64(struct inq_bytes b, uint64_t off, bool big, uint64_t *ret);

/*
 * LEB128 (DWARF 5, section 7.6): reads at `*off` and moves `*off` past it.
 * False, with `*off` unmoved, where it runs past the end or past 64 bits.
 */
INQ_MUST bool inq_bytes_uleb(struct inq_bytes b, uint64_t *off, uint64_t *ret);
INQ_MUST bool inq_bytes_sleb(struct inq_bytes b, uint64_t *off, int64_t *ret);

/*
 * The NUL-terminated string at `off`, without its NUL. Where no NUL follows
 * within `max` bytes or before the end, the bytes up to there are given and
 * the call returns false.
 */
bool inq_bytes_string(struct inq_bytes b, uint64_t off, size_t max, struct inq_bytes *ret);

bool inq_bytes_equal(struct inq_bytes b, const char *literal);
bool inq_bytes_begin(struct inq_bytes b, const void *prefix, size_t len);

/* Little-endian integers out of and into memory whose bounds the caller has proved. */
uint32_t inq_le32(const uint8_t *at);
uint64_t inq_le64(const uint8_t *at);
/* The lowest `bytes` bytes of `value`, 1 to 8 of them. */
void inq_le_put(uint8_t *at, uint64_t value, unsigned bytes);

#endif
