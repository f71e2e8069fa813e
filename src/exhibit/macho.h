/*
 * What the parts of the Mach-O reader share. The format is that of Apple's
 * <mach-o/loader.h>, <mach-o/nlist.h>, <mach-o/reloc.h> and
 * <mach-o/fixup-chains.h>.
 */
#ifndef EXHIBIT_MACHO_H
#define EXHIBIT_MACHO_H

#include "exhibit/private.h"

enum { /* section types */
	INQ_MACHO_ZEROFILL = 1,
	INQ_MACHO_NON_LAZY_POINTERS = 6,
	INQ_MACHO_LAZY_POINTERS = 7,
	INQ_MACHO_STUBS = 8,
	INQ_MACHO_INIT_POINTERS = 9,
	INQ_MACHO_TERM_POINTERS = 10,
	INQ_MACHO_GB_ZEROFILL = 12,
	INQ_MACHO_LAZY_DYLIB_POINTERS = 16,
	INQ_MACHO_THREAD_ZEROFILL = 18,
	INQ_MACHO_THREAD_POINTERS = 20,
	INQ_MACHO_INIT_OFFSETS = 22,
};

enum {
	INQ_MACHO_CPU_X86 = 7,
	INQ_MACHO_CPU_X86_64 = 0x01000007,
	INQ_MACHO_CPU_ARM = 12,
	INQ_MACHO_CPU_ARM64 = 0x0100000c,
	INQ_MACHO_CPU_ARM64_32 = 0x0200000c
};

enum { INQ_MACHO_IMPORTS_MOST = 1 << 18, INQ_MACHO_EXPORTS_MOST = 1 << 18 };

struct inq_macho_segment {
	uint64_t va, size, off, file_size;
	uint8_t access;
};

struct inq_macho_section {
	const char *name;
	uint64_t va, size, off; /* where in the file it says it lies */
	uint32_t relocation_off, relocation_count;
	uint32_t flags, reserved1, reserved2;
	uint8_t access; /* of its segment */
	struct inq_bytes bytes; /* of objects: the copy that relocations change */
};

/* A symbol of the symbol table; `section` counts from 1. */
struct inq_macho_symbol {
	const char *name; /* as it stands, or NULL */
	uint8_t type, section;
	uint16_t description;
	uint64_t value;
};

struct inq_macho {
	struct inq_bytes b;
	struct inq_exhibit *x;
	struct inq_draft *d;
	bool wide, big;
	uint32_t cpu, file_type, flags;
	uint64_t header_size;
	uint64_t text_va; /* where the header is in memory: tables count from there */
	struct inq_macho_segment *segments;
	size_t segment_count, segment_capacity;
	struct inq_macho_section *sections;
	size_t section_count, section_capacity;
	/* Tables, each empty where the file has none. */
	struct inq_bytes symbols, strings, indirect, starts, trie, rebase, bind, weak_bind, lazy_bind,
	        chained;
	uint64_t symbol_count;
	uint64_t encrypted_off, encrypted_len;
	/*
	 * Imports by name while they are gathered: `slots` is a hash table of
	 * indices + 1 into `imports`, and has `slot_mask` + 1 entries.
	 */
	struct inq_import *imports;
	size_t import_count, import_capacity;
	uint32_t *slots;
	size_t slot_mask;
	uint64_t claimed; /* the end of all that the headers claim */
	uint64_t fixups_left; /* how many more pointers and binds will be taken */
};

uint32_t inq_macho_u32(const struct inq_macho *m, struct inq_bytes b, uint64_t off); /* 0 past the end */
/* A word as wide as the machine's addresses; 0 past the end. */
uint64_t inq_macho_word(const struct inq_macho *m, struct inq_bytes b, uint64_t off);

/* Where in the file bytes of it lie; 0 for empty ones and copies. */
uint64_t inq_macho_off(const struct inq_macho *m, struct inq_bytes part);

bool inq_macho_is_code(const struct inq_macho *m, uint64_t va);

/* False past the count. */
INQ_MUST bool inq_macho_symbol(const struct inq_macho *m, uint64_t i, struct inq_macho_symbol *ret);

/* Taken from elsewhere, or (where its value is not 0) common data. */
bool inq_macho_is_undefined(const struct inq_macho_symbol *s);

/* The name in the source: an underscore precedes it in the file. NULL stays. */
const char *inq_macho_source_name(const char *name);

/* The import of that name, new or not; NULL where no more are taken. `ordinal` counts libraries from 1. */
struct inq_import *inq_macho_import(struct inq_macho *m, const char *name, int ordinal);

/* Says where an import is called or kept; a second place makes a second import of that name. */
void inq_macho_import_slot(struct inq_macho *m, const char *name, int ordinal, uint64_t slot_va);
void inq_macho_import_stub(struct inq_macho *m, const char *name, int ordinal, uint64_t stub_va);

/* Each notes what is odd and goes on. All want settled regions. */
void inq_macho_symbols(struct inq_macho *m);
void inq_macho_indirect(struct inq_macho *m);
void inq_macho_exports(struct inq_macho *m);
void inq_macho_starts(struct inq_macho *m);
void inq_macho_init(struct inq_macho *m);
void inq_macho_fixups(struct inq_macho *m); /* opcodes */
void inq_macho_chains(struct inq_macho *m); /* chained fixups */

/* Counts one fixup. False where no more are taken. */
INQ_MUST bool inq_macho_take(struct inq_macho *m);

/* Of object files: externs and relocations. Called before the regions are laid out. */
void inq_macho_object(struct inq_macho *m);

#endif
