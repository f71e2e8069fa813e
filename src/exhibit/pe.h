/*
 * What the parts of the PE reader share. Sections of the specification are
 * those of Microsoft's "PE Format".
 */
#ifndef EXHIBIT_PE_H
#define EXHIBIT_PE_H

#include "exhibit/private.h"

enum {
	INQ_PE_I386 = 0x14c,
	INQ_PE_R4000 = 0x166,
	INQ_PE_WCEMIPSV2 = 0x169,
	INQ_PE_ARM = 0x1c0,
	INQ_PE_THUMB = 0x1c2,
	INQ_PE_ARMNT = 0x1c4, /* Thumb-2 only */
	INQ_PE_AMD64 = 0x8664,
	INQ_PE_ARM64 = 0xaa64,
};

enum { /* characteristics of a section */
	INQ_PE_SECTION_UNINITIALIZED = 0x80,
	INQ_PE_SECTION_INFO = 0x200,
	INQ_PE_SECTION_REMOVE = 0x800,
	INQ_PE_SECTION_RELOC_OVERFLOW = 0x01000000,
	INQ_PE_SECTION_DISCARDABLE = 0x02000000,
	INQ_PE_SECTION_EXECUTE = 0x20000000,
	INQ_PE_SECTION_READ = 0x40000000,
};
#define INQ_PE_SECTION_WRITE 0x80000000u

enum { /* data directories */
	INQ_PE_EXPORT = 0,
	INQ_PE_IMPORT = 1,
	INQ_PE_EXCEPTION = 3,
	INQ_PE_CERTIFICATE = 4,
	INQ_PE_RELOCATION = 5,
	INQ_PE_DEBUG = 6,
	INQ_PE_GLOBAL_POINTER = 8,
	INQ_PE_TLS = 9,
	INQ_PE_LOAD_CONFIG = 10,
	INQ_PE_DELAY_IMPORT = 13,
	INQ_PE_CLR = 14,
};

/* Bounds of what one image may make us take, far above what linkers write. */
enum { INQ_PE_IMPORTS_MOST = 1 << 18, INQ_PE_EXPORTS_MOST = 1 << 18, INQ_PE_LIBRARIES_MOST = 1 << 14 };

struct inq_pe {
	struct inq_bytes b;
	struct inq_exhibit *x;
	struct inq_draft *d;
	struct inq_pe_headers *h;
	uint64_t base; /* where the image is laid out: ImageBase, where that is possible */
	uint64_t stated_base;
	bool plus; /* PE32+ */
	uint32_t entry_rva, image_size, headers_size, section_alignment, file_alignment;
	uint64_t section_off;
	uint32_t section_count;
	uint64_t symbol_off; /* of the COFF symbol table; 0: none */
	uint32_t symbol_count;
	struct inq_bytes strings; /* the COFF string table, from its length field on; empty: none */
	uint64_t claimed; /* the end of all that the headers claim */
};

/* One section header, as it stands in images and in objects. */
struct inq_pe_section {
	const char *name;
	uint32_t virtual_size, rva, raw_size, raw_off, relocation_off, characteristics;
	uint16_t relocation_count;
};

/* INQ_ARCH_NONE for a machine this build does not know. */
enum inq_arch inq_pe_arch(uint16_t machine);

/* Reads section header `i` of the table at p->section_off. False past the end of the file. */
INQ_MUST bool inq_pe_section(const struct inq_pe *p, uint32_t i, struct inq_pe_section *ret);

/* Finds the string table behind the symbol table, whose place and count must be set; notes a bad one. */
void inq_pe_strings(struct inq_pe *p, unsigned symbol_size);

/* After the regions are settled: the bytes from `rva` to the end of its region, or none. */
struct inq_bytes inq_pe_at(const struct inq_pe *p, uint64_t rva);

/* The NUL-terminated name at `rva`; NULL where none is there. */
const char *inq_pe_name(const struct inq_pe *p, uint64_t rva);

/* Where in the file bytes of the image lie, for anomalies; 0 for empty ones. */
uint64_t inq_pe_off(const struct inq_pe *p, struct inq_bytes part);

/* Whether `rva` lies in a region of code. */
bool inq_pe_is_code(const struct inq_pe *p, uint64_t rva);

/* A hint at `rva`, with the Thumb bit where the machine knows nothing else. */
void inq_pe_hint(struct inq_pe *p, uint64_t rva, uint64_t size, const char *name, enum inq_source source);

/*
 * One data directory: false where it is absent, or (noted) outside the image.
 * `*ret` holds its bytes: `size` of them, or fewer (noted) where they run out.
 */
INQ_MUST bool inq_pe_directory(
        const struct inq_pe *p, unsigned index, const char *what, struct inq_bytes *ret);

/* What the directories say; each notes what is odd and goes on. */
void inq_pe_imports(struct inq_pe *p);
void inq_pe_delay_imports(struct inq_pe *p);
void inq_pe_exports(struct inq_pe *p);
void inq_pe_unwind(struct inq_pe *p);

/* One table of the machine's exception directory (of objects: one .pdata section). */
void inq_pe_unwind_table(struct inq_pe *p, struct inq_bytes table);

/* DWARF frames, which MinGW writes for i386: `table` lies at `rva`. */
void inq_pe_eh_frame(struct inq_pe *p, struct inq_bytes table, uint64_t rva);
void inq_pe_tls(struct inq_pe *p);
void inq_pe_load_config(struct inq_pe *p);
void inq_pe_relocations(struct inq_pe *p);

/* Functions of the COFF symbol table of an image. */
void inq_pe_symbols(struct inq_pe *p);

/* Where relocations apply: `at` are `room` bytes of the copy at address `va`; `to` is the symbol's. */
struct inq_pe_place {
	uint8_t *at;
	uint64_t room, va, to;
	uint16_t type;
};

/* Changes the place as its type wants; `room` must be 4 at least. Types without an address change nothing. */
void inq_pe_relocate(struct inq_pe *p, const struct inq_pe_place *r);

/* COFF object files, "bigobj" included. */
bool inq_coff_is(struct inq_bytes b);
INQ_MUST enum inq_status inq_coff_read(
        struct inq_bytes b, struct inq_arena *a, struct inq_exhibit *x, struct inq_error *err);

#endif
