/*
 * Bare code, a few functions each, that shows one thing that recovery must get
 * right. The first function stands at the first byte.
 */
#ifndef MAKE_RAW_H
#define MAKE_RAW_H

#include <inquiry/exhibit.h>

struct make_raw {
	const char *name;
	enum inq_arch arch;
	bool big_endian, thumb;
	const char *at;
	size_t len;
	size_t start_count;
	uint64_t starts[4]; /* offsets of its functions */
};
extern const struct make_raw make_raws[];
extern const size_t make_raw_count;

#endif
