/*
 * Builds small PE files: images of one layout, in all the machines' forms, and
 * odd ones. Sections follow each other a page apart, so that rvas are known
 * beforehand.
 */
#ifndef MAKE_PE_H
#define MAKE_PE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAKE_PE_MOST = 1 << 15, MAKE_PE_HEADERS = 0x400, MAKE_PE_NT = 0x100 };

struct make_pe {
	uint8_t bytes[MAKE_PE_MOST];
	size_t len;
	bool plus;
	uint16_t machine;
	uint64_t base;
	unsigned section_count;
	struct {
		uint32_t rva, off, size;
	} sections[16];
};

void make_pe_begin(struct make_pe *f, uint16_t machine, bool plus);

/* A section of `size` zeros at the next page; gives its rva. */
uint32_t make_pe_section(struct make_pe *f, const char *name, uint32_t characteristics, uint32_t size);

/* Writes at an rva, or at an offset of the file. */
void make_pe_put(struct make_pe *f, uint32_t rva, unsigned size, uint64_t value);
void make_pe_text(struct make_pe *f, uint32_t rva, const char *text);
void make_pe_put_at(struct make_pe *f, size_t off, unsigned size, uint64_t value);
void make_pe_directory(struct make_pe *f, unsigned index, uint32_t rva, uint32_t size);

/*
 * Appends a COFF symbol table of `count` zeroed symbols and a string table that
 * holds one name, at 4; gives the offset of the symbols.
 */
size_t make_pe_symbols(struct make_pe *f, unsigned count, const char *name);

/* Where fields of the headers stand in the file. */
size_t make_pe_optional(const struct make_pe *f, unsigned field);
size_t make_pe_directory_at(const struct make_pe *f, unsigned index);
size_t make_pe_section_at(const struct make_pe *f, unsigned index, unsigned field);

/*
 * A whole image: code, imports by name, by ordinal and delayed, exports by name,
 * by ordinal and forwarded, unwind records, TLS callbacks, a guard table, base
 * relocations, a Rich header, debug entries, resources, a certificate table,
 * and an overlay before that. These are the rvas.
 */
enum {
	MAKE_PE_FIRST = 0x1000, /* function and entry */
	MAKE_PE_SECOND = 0x1010,
	MAKE_PE_PART = 0x1020, /* a chained part of the second */
	MAKE_PE_CALLBACK = 0x1030,
	MAKE_PE_GUARDED = 0x1040,
	MAKE_PE_HANDLER = 0x1050,
	MAKE_PE_IMPORTS = 0x2000,
	MAKE_PE_SLOTS = 0x2100,
	MAKE_PE_DELAY = 0x2200,
	MAKE_PE_DELAY_SLOTS = 0x2260,
	MAKE_PE_EXPORTS = 0x2300,
	MAKE_PE_TLS = 0x2400,
	MAKE_PE_CONFIG = 0x2480,
	MAKE_PE_DEBUG = 0x2600,
	MAKE_PE_UNWIND = 0x2700,
	MAKE_PE_POINTER = 0x3000,
	MAKE_PE_RESOURCES = 0x4000,
	MAKE_PE_RELOCATIONS = 0x5000,
};
void make_pe_image(struct make_pe *f, uint16_t machine, bool plus);
extern const size_t make_pe_overlay_len;

/* A COFF object of `machine` with a function, a call of an undefined symbol and a pointer. */
void make_coff(struct make_pe *f, uint16_t machine);

/* Odd images: `says` is what some anomaly says, or NULL where reading fails with `status`. */
struct make_odd_pe {
	const char *name;
	void (*build)(struct make_pe *f);
	int status;
	const char *says;
};
extern const struct make_odd_pe make_odd_pes[];
extern const size_t make_odd_pe_count;

#endif
