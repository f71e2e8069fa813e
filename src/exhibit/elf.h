/*
 * What the parts of the ELF reader share. "gABI" is the System V ABI, 4.1 with
 * its later updates; each machine's numbers are from its processor supplement.
 */
#ifndef EXHIBIT_ELF_H
#define EXHIBIT_ELF_H

#include "exhibit/private.h"

enum { ET_REL = 1, ET_EXEC = 2, ET_DYN = 3, ET_CORE = 4 };
enum { EM_386 = 3, EM_MIPS = 8, EM_ARM = 40, EM_X86_64 = 62, EM_AARCH64 = 183 };

enum {
	SHT_NULL = 0,
	SHT_PROGBITS = 1,
	SHT_SYMTAB = 2,
	SHT_RELA = 4,
	SHT_DYNAMIC = 6,
	SHT_NOBITS = 8,
	SHT_REL = 9,
	SHT_DYNSYM = 11,
	SHT_INIT_ARRAY = 14,
	SHT_FINI_ARRAY = 15,
	SHT_PREINIT_ARRAY = 16,
	SHT_SYMTAB_SHNDX = 18,
	SHT_ARM_EXIDX = 0x70000001, /* on x86-64 the same number is .eh_frame's */
	SHT_MIPS_REGINFO = 0x70000006,
};
enum { SHF_WRITE = 1, SHF_ALLOC = 2, SHF_EXECINSTR = 4, SHF_TLS = 0x400 };
enum { SHN_UNDEF = 0, SHN_LORESERVE = 0xff00, SHN_ABS = 0xfff1, SHN_COMMON = 0xfff2, SHN_XINDEX = 0xffff };

enum {
	PT_LOAD = 1,
	PT_DYNAMIC = 2,
	PT_INTERP = 3,
	PT_GNU_EH_FRAME = 0x6474e550,
	PT_ARM_EXIDX = 0x70000001,
	PT_MIPS_REGINFO = 0x70000000,
};

enum { STB_LOCAL = 0, STB_GLOBAL = 1, STB_WEAK = 2, STB_GNU_UNIQUE = 10 };
enum {
	STT_NOTYPE = 0,
	STT_OBJECT = 1,
	STT_FUNC = 2,
	STT_SECTION = 3,
	STT_FILE = 4,
	STT_TLS = 6,
	STT_GNU_IFUNC = 10,
	STT_ARM_TFUNC = 13,
};

/* Section and program headers as they stand; `bytes` is what of them lies in the file. */
struct elf_section {
	const char *name;
	uint32_t name_off, type, link, info;
	uint64_t flags, va, off, size, align, entsize;
	uint64_t header_off;
	struct inq_bytes bytes;
};

struct elf_segment {
	uint32_t type, flags;
	uint64_t off, va, file_size, mem_size;
	struct inq_bytes bytes;
};

struct elf_symbol {
	uint32_t name_off;
	uint32_t section; /* an SHN_ value, or the index, SHN_XINDEX resolved */
	uint64_t value, size;
	uint8_t bind, type, other;
};

struct elf_symbols {
	struct inq_bytes table, names;
	struct inq_bytes indices; /* SHT_SYMTAB_SHNDX, or empty */
	uint64_t off; /* of the table in the file */
	size_t count;
};

/*
 * `va` of sections of objects is the address they were laid out at, though
 * their headers say 0. Loads are the PT_LOAD segments, sorted by address.
 */
struct elf {
	struct inq_bytes b;
	struct inq_exhibit *x;
	struct inq_draft d;
	bool wide, big;
	uint16_t type;
	struct elf_section *sections;
	size_t section_count;
	struct elf_segment *segments, *loads;
	size_t segment_count, load_count;
	struct inq_bytes dynamic_names;
	bool has_soname, marked_pie;
	uint64_t claimed_end; /* the furthest byte any header claims */
	uint64_t budget;
};

/* Both widths of a word, and the four integers in the file's byte order. */
INQ_MUST bool elf_u16(const struct elf *e, struct inq_bytes b, uint64_t off, uint16_t *ret);
INQ_MUST bool elf_u32(const struct elf *e, struct inq_bytes b, uint64_t off, uint32_t *ret);
INQ_MUST bool elf_u64(const struct elf *e, struct inq_bytes b, uint64_t off, uint64_t *ret);
INQ_MUST bool elf_word(const struct elf *e, struct inq_bytes b, uint64_t off, uint64_t *ret);
uint64_t elf_word_size(const struct elf *e);

void elf_note(struct elf *e, uint64_t off, const char *fmt, ...) INQ_PRINTF(3, 4);

/*
 * Takes `len` bytes of table from what reading may walk in total, a small
 * multiple of the file: headers may name the same table many times. False,
 * with an anomaly, where that is used up.
 */
INQ_MUST bool elf_spend(struct elf *e, uint64_t off, uint64_t len);

/* The bytes from `va` to the end of its segment (or region, where there are none) in the file. */
struct inq_bytes elf_at(const struct elf *e, uint64_t va);

/* Where `b`, borrowed from the file, lies in it; 0 for copies. */
uint64_t elf_off(const struct elf *e, struct inq_bytes b);

/* elf_symbol.c */
size_t elf_symbol_size(const struct elf *e);
INQ_MUST bool elf_symbol(
        const struct elf *e, const struct elf_symbols *t, uint64_t index, struct elf_symbol *ret);
/* The table of section `index`, with its names; false where it is none. */
INQ_MUST bool elf_symbols_of(struct elf *e, size_t index, struct elf_symbols *ret);
/* Hints from the static symbol table, where there is one. */
void elf_static_symbols(struct elf *e);
void elf_symbol_hint(struct elf *e, const struct elf_symbol *s, const char *name, enum inq_source source);

/* elf_dynamic.c: libraries, imports, exports, pointers and init functions of linked files. */
void elf_dynamic(struct elf *e);

/* elf_init.c: functions run at start and end; the sections' part, and the array at `va`. */
void elf_init_sections(struct elf *e);
void elf_init_array(struct elf *e, uint64_t va, uint64_t size);

/* elf_unwind.c: .eh_frame and .ARM.exidx */
void elf_unwind(struct elf *e);

/* elf_object.c: lays out an ET_REL, applies its relocations and adds its regions. */
void elf_object(struct elf *e);

#endif
