/*
 * Builds small Mach-O files of one layout, in both widths and byte orders, odd
 * ones, and fat files around them. The offset of a byte in the file is its
 * distance from the header in memory as well.
 */
#ifndef MAKE_MACHO_H
#define MAKE_MACHO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAKE_MACHO_X86 = 7, MAKE_MACHO_ARM = 12, MAKE_MACHO_POWERPC = 18 };
enum { MAKE_MACHO_X86_64 = 0x01000007, MAKE_MACHO_ARM64 = 0x0100000c };

struct make_macho {
	uint8_t bytes[1 << 15];
	size_t len;
	bool wide, big;
	uint32_t cpu;
	uint64_t base; /* where the header is in memory */
	size_t commands_end;
	uint32_t command_count;
};

/*
 * A whole image: two functions and a third that runs first, a stub and its
 * pointer, exports, a rebased pointer. `chained`: with chained fixups in place
 * of opcodes. These are the offsets.
 */
enum {
	MAKE_MACHO_FIRST = 0x800, /* exported, and the entry */
	MAKE_MACHO_LOCAL = 0x810,
	MAKE_MACHO_INIT = 0x820,
	MAKE_MACHO_STUB = 0x900,
	MAKE_MACHO_SLOT = 0x1000,
	MAKE_MACHO_INIT_LIST = 0x1020,
	MAKE_MACHO_POINTER = 0x1040,
	MAKE_MACHO_SYMBOLS = 0x2000,
	MAKE_MACHO_STRINGS = 0x2200,
	MAKE_MACHO_INDIRECT = 0x2300,
	MAKE_MACHO_STARTS = 0x2340,
	MAKE_MACHO_TRIE = 0x2380,
	MAKE_MACHO_REBASE = 0x2400,
	MAKE_MACHO_LAZY_BIND = 0x2480,
	MAKE_MACHO_CHAINED = 0x2500,
	MAKE_MACHO_END = 0x2800,
};
void make_macho_image(struct make_macho *f, uint32_t cpu, bool wide, bool big, bool chained);

/* An object with a call of an undefined symbol, one through a cell, and a pointer. */
void make_macho_object(struct make_macho *f, uint32_t cpu);

void make_macho_put(struct make_macho *f, size_t off, unsigned size, uint64_t value);

/* The offset of the first command of that kind; 0 where there is none. */
size_t make_macho_command(const struct make_macho *f, uint32_t kind);

/* A fat file of one or two slices; `b` may be NULL. */
size_t make_fat(uint8_t *at, size_t room, const struct make_macho *a, const struct make_macho *b, bool wide);

/* Odd files: `says` is what some anomaly says, or NULL where reading fails with `status`. */
struct make_odd_macho {
	const char *name;
	void (*build)(struct make_macho *f);
	int status;
	const char *says;
};
extern const struct make_odd_macho make_odd_machos[];
extern const size_t make_odd_macho_count;

#endif
