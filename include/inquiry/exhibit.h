/*
 * An exhibit is a file under inquiry, known by its SHA-256, and the container
 * it is: ELF, PE, Mach-O or raw code. It is read, never run.
 *
 * Reading a container yields its memory image as `regions`, and everything it
 * says about its own functions as `hints`. Odd headers become anomalies with
 * the offset of the odd byte; only where nothing further can be read does
 * reading fail. Everything in an exhibit is borrowed from the bytes it was
 * read from or lives in the arena it was given; both must outlive it.
 *
 * An exhibit is not changed after reading and may be shared between threads.
 */
#ifndef INQUIRY_EXHIBIT_H
#define INQUIRY_EXHIBIT_H

#include <inquiry/arena.h>
#include <inquiry/bytes.h>
#include <inquiry/hash.h>

enum inq_format {
	INQ_FORMAT_NONE = 0,
	INQ_FORMAT_ELF,
	INQ_FORMAT_PE,
	INQ_FORMAT_MACHO,
	INQ_FORMAT_RAW,
};

enum inq_arch {
	INQ_ARCH_NONE = 0, /* a container this build reads, of a machine it does not */
	INQ_ARCH_X86_64,
	INQ_ARCH_X86_32,
	INQ_ARCH_A64,
	INQ_ARCH_ARM, /* A32 and Thumb: bit 0 of a code address says Thumb */
	INQ_ARCH_MIPS,
};

enum inq_kind {
	INQ_KIND_OTHER = 0,
	INQ_KIND_EXECUTABLE,
	INQ_KIND_SHARED, /* shared object, DLL, dylib; position-independent executables are EXECUTABLE */
	INQ_KIND_OBJECT, /* relocatable: object file, kernel module */
	INQ_KIND_CORE,
};

enum { INQ_READ = 1, INQ_WRITE = 2, INQ_EXECUTE = 4 };

/* A section as the headers state it. Addresses are virtual; `off` is in the file. */
struct inq_section {
	const char *name; /* "" where it has none */
	uint64_t va, size;
	uint64_t off, file_size; /* file_size is what of it truly lies in the file */
	uint8_t access;
};

enum inq_region_kind {
	INQ_REGION_DATA = 0,
	INQ_REGION_CODE,
	INQ_REGION_STUBS, /* code that only forwards to imports: .plt, __stubs */
	INQ_REGION_EXTERN, /* no bytes: one address for each undefined symbol of an object */
};

/*
 * A span of the memory image. Regions are sorted by address and disjoint.
 * `bytes` may be shorter than `size`: the rest reads as zero (but is not
 * there to be read). Bytes of objects are a copy with relocations applied.
 */
struct inq_region {
	uint64_t va, size;
	struct inq_bytes bytes;
	enum inq_region_kind kind;
	uint8_t access;
};

/* Who says that a function starts there; a lower value is better evidence. */
enum inq_source {
	INQ_SOURCE_NONE = 0,
	INQ_SOURCE_SYMBOL,
	INQ_SOURCE_ENTRY,
	INQ_SOURCE_EXPORT,
	INQ_SOURCE_UNWIND, /* .eh_frame, .pdata, .ARM.exidx */
	INQ_SOURCE_STARTS, /* LC_FUNCTION_STARTS, guard tables */
	INQ_SOURCE_INIT, /* init and fini arrays, TLS callbacks, DT_INIT */
	INQ_SOURCE_CALL,
	INQ_SOURCE_TAIL_CALL,
	INQ_SOURCE_POINTER, /* its address is stored or taken */
	INQ_SOURCE_GAP, /* code between functions that looks like one */
};

struct inq_hint {
	uint64_t va; /* with the Thumb bit, where the container states it */
	uint64_t size; /* 0: not stated */
	const char *name; /* NULL: none */
	enum inq_source source;
};

/* A pointer in the image that a relocation proves to be one. Sorted by slot. */
struct inq_pointer {
	uint64_t slot_va, target_va;
};

struct inq_import {
	const char *library; /* NULL: not stated, as in ELF */
	const char *name; /* NULL: by ordinal only */
	uint32_t ordinal;
	uint64_t slot_va; /* the GOT or IAT slot that will hold its address; 0: none */
	uint64_t stub_va; /* where code of the image may call it: PLT entry, extern address; 0: none known */
};

struct inq_export {
	const char *name; /* NULL: by ordinal only */
	uint32_t ordinal;
	uint64_t va;
	const char *forward; /* "LIB.Name", else NULL */
};

struct inq_anomaly {
	uint64_t off; /* in the exhibit's bytes */
	const char *text;
};

/* Where the PE headers lie, for those who read on (resources, Rich header). */
struct inq_pe_headers {
	uint64_t nt_off; /* of "PE\0\0" */
	uint64_t optional_off;
	uint32_t directory_count; /* at most 16 */
	struct {
		uint32_t rva, size;
	} directory[16];
	uint32_t timestamp, checksum;
	uint16_t subsystem, characteristics, dll_characteristics;
};

struct inq_exhibit {
	struct inq_bytes bytes;
	struct inq_sha256 sha256;
	enum inq_format format;
	enum inq_arch arch;
	enum inq_kind kind;
	uint16_t machine; /* as the container numbers it */
	uint8_t bits; /* 32 or 64 */
	bool big_endian;
	bool position_independent;
	uint64_t base_va; /* PE image base, lowest mapped address elsewhere */
	uint64_t entry_va; /* 0: none */
	uint64_t gp_va; /* MIPS: what $gp holds; i386: _GLOBAL_OFFSET_TABLE_; 0: not stated */
	uint64_t overlay_off, overlay_len; /* bytes after all that the headers claim */
	struct inq_section *sections;
	size_t section_count;
	struct inq_region *regions;
	size_t region_count;
	struct inq_hint *hints; /* sorted by address, better source first; several may share one */
	size_t hint_count;
	struct inq_pointer *pointers;
	size_t pointer_count;
	struct inq_import *imports;
	size_t import_count;
	struct inq_export *exports;
	size_t export_count;
	const char **libraries; /* NEEDED, import descriptors, LC_LOAD_DYLIB */
	size_t library_count;
	struct inq_anomaly *anomalies;
	size_t anomaly_count, anomaly_capacity;
	uint64_t anomaly_dropped; /* past the first 200 only the count is kept */
	struct inq_pe_headers *pe; /* PE only */
};

/*
 * Reads one container. `bytes` is an ELF, PE or thin Mach-O file.
 *
 * INQ_TRUNCATED     the header runs past the end; `err->at` is where
 * INQ_UNRECOGNISED  not a container this build knows
 * INQ_UNREADABLE    known, but nothing of it can be read
 * INQ_NO_MEMORY     the arena's limit
 */
INQ_MUST enum inq_status inq_exhibit_read(
        struct inq_bytes bytes, struct inq_arena *a, struct inq_exhibit *ret, struct inq_error *err);

/* Takes `bytes` as bare code of `arch` that starts at `base_va`. */
INQ_MUST enum inq_status inq_exhibit_raw(struct inq_bytes bytes, enum inq_arch arch, bool big_endian,
        uint64_t base_va, struct inq_arena *a, struct inq_exhibit *ret, struct inq_error *err);

/* The region that holds `va`, or NULL. */
const struct inq_region *inq_exhibit_region(const struct inq_exhibit *x, uint64_t va);

/* The bytes from `va` to the end of its region's bytes; empty where there are none. */
struct inq_bytes inq_exhibit_at(const struct inq_exhibit *x, uint64_t va);

/* Notes an anomaly; past 200 of them only the count goes up. Never fails. */
void inq_exhibit_note(struct inq_exhibit *x, struct inq_arena *a, uint64_t off, const char *fmt, ...)
        INQ_PRINTF(4, 5);

const char *inq_format_name(enum inq_format format);
const char *inq_arch_name(enum inq_arch arch);
const char *inq_kind_name(enum inq_kind kind);
const char *inq_source_name(enum inq_source source);
/* INQ_ARCH_NONE where `name` is not one; the names are those inq_arch_name gives. */
enum inq_arch inq_arch_of_name(const char *name);

#endif
