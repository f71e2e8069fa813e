/*
 * Builds `ar` archives in memory, member by member; `b` has room for all of
 * them.
 */
#ifndef MAKE_AR_H
#define MAKE_AR_H

#include <stddef.h>
#include <stdint.h>

struct make_ar {
	uint8_t bytes[1 << 16];
	size_t len;
};

void make_ar_begin(struct make_ar *f, const char *magic);

/* A member whose header has `name` as it stands, and `size` for its size. */
void make_ar_member(struct make_ar *f, const char *name, const char *size, const void *data, size_t len);

/* The same with the true size. */
void make_ar_add(struct make_ar *f, const char *name, const void *data, size_t len);

#endif
