/*
 * Builds small ELF files, good ones and odd ones. The whole file is loaded by
 * one segment at MAKE_BASE, so that a section at offset `off` has the address
 * MAKE_BASE + off.
 */
#ifndef MAKE_ELF_H
#define MAKE_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAKE_BASE = 0x10000, MAKE_MOST = 1 << 16, MAKE_SECTIONS_MOST = 24 };

struct make_section {
	uint32_t name, type, link, info;
	uint64_t flags, va, off, size, align, entsize;
};

struct make_elf {
	uint8_t bytes[MAKE_MOST];
	size_t len;
	bool wide, big;
	uint16_t machine, type;
	struct make_section sections[MAKE_SECTIONS_MOST];
	unsigned section_count;
	char names[512];
	size_t names_len;
	uint64_t entry_va;
	uint64_t sections_off, segments_off; /* known after make_elf_end */
	struct {
		uint32_t type;
		uint64_t off, size;
	} more_segments[4];
	unsigned more_segment_count;
};

void make_elf_begin(struct make_elf *f, bool wide, bool big, uint16_t machine, uint16_t type);

/* Integers at `off`, in the file's order; `word` has its width. */
void make_put(struct make_elf *f, uint64_t off, unsigned size, uint64_t value);
void make_word(struct make_elf *f, uint64_t off, uint64_t value);
unsigned make_word_size(const struct make_elf *f);

/* Adds a section with these bytes, or zeros where `bytes` is NULL; gives its index. */
unsigned make_section(
        struct make_elf *f, const char *name, uint32_t type, uint64_t flags, const void *bytes, size_t size);
uint64_t make_section_va(const struct make_elf *f, unsigned index);

/* Where in the file the header of section `index` stands, after make_elf_end. */
uint64_t make_section_header(const struct make_elf *f, unsigned index);

/* Appends to the last section made. */
void make_append(struct make_elf *f, unsigned size, uint64_t value);
void make_symbol(
        struct make_elf *f, uint32_t name, uint8_t info, uint16_t section, uint64_t value, uint64_t size);
void make_relocation(
        struct make_elf *f, bool addends, uint64_t off, uint32_t symbol, uint32_t type, uint64_t addend);
void make_segment(struct make_elf *f, uint32_t type, unsigned section);

/* Writes the names, the section headers, the program headers (not for objects) and the ELF header. */
void make_elf_end(struct make_elf *f);

/*
 * A whole shared object: two functions with unwind records, an import in a GOT
 * slot, an export, an init array and a needed library, which `numbers` says
 * where to find.
 */
struct make_shared {
	unsigned text, frames, frames_header, dynsym, dynstr, rela, init, got, dynamic;
	uint64_t first_va, second_va, slot_va, frames_off;
};
void make_shared(struct make_elf *f, bool wide, bool big, uint16_t machine, struct make_shared *numbers);

/*
 * The odd files: each breaks one thing of a good one. `anomaly` is what some
 * anomaly of it must say, or NULL where reading fails with `status`.
 */
struct make_odd_elf {
	const char *name;
	void (*build)(struct make_elf *f);
	int status;
	const char *says;
};
extern const struct make_odd_elf make_odd_elves[];
extern const size_t make_odd_elf_count;

#endif
