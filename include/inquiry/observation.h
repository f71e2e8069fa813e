/*
 * Observations: what is read from an exhibit besides its code. The entropy of
 * its sections, its strings, the facts investigators cite, and what speaks
 * for its being packed.
 *
 * An observation is no conclusion. Facts that anyone can change with a hex
 * editor, without changing what the program does, are marked `forgeable`; a
 * fact without the mark is merely dearer to forge. Signatures and certificates
 * are seen, never verified.
 *
 * Everything lives in the arena or is borrowed from the exhibit's bytes. Not
 * changed after reading; may be shared between threads. The same bytes give
 * the same observations in the same order, on every machine.
 */
#ifndef INQUIRY_OBSERVATION_H
#define INQUIRY_OBSERVATION_H

#include <inquiry/exhibit.h>

/* What a fact is about; its name for programs is inq_fact_name's. */
enum inq_fact_kind {
	/* PE */
	INQ_FACT_IMPORT_HASH, /* MD5 of the imports' names in order, as pefile computes it */
	INQ_FACT_COMPILE_TIME, /* value: seconds since 1970, or what stands in its place (text says) */
	INQ_FACT_DEBUG_TIME, /* value: that of the first debug entry, where it is another */
	INQ_FACT_LINKER, /* text: version of the linker */
	INQ_FACT_RICH_CHECKSUM, /* value: 1 where the Rich header's own checksum holds, else 0 */
	INQ_FACT_RICH_ENTRY, /* name: product id; text: "build B, N objects"; value: id << 48 | build << 32 | count */
	INQ_FACT_EXPORT_NAME, /* text: the name a DLL gives itself */
	INQ_FACT_PDB_PATH,
	INQ_FACT_PDB_ID, /* text: GUID (or time stamp) and age */
	INQ_FACT_RESOURCE, /* name: type; text: language; value: how many */
	INQ_FACT_VERSION, /* name: "CompanyName" and the like; text: what it says */
	INQ_FACT_CHECKSUM, /* value: 1 matches, 0 does not, 2 not set */
	INQ_FACT_MANAGED, /* text: version of the .NET runtime it asks for */
	/* PE and Mach-O */
	INQ_FACT_SIGNATURE, /* value: bytes of the certificate table or code signature; not verified */
	/* ELF */
	INQ_FACT_BUILD_ID,
	INQ_FACT_COMMENT, /* text: a compiler or linker that names itself in .comment */
	INQ_FACT_INTERPRETER,
	INQ_FACT_RPATH,
	INQ_FACT_RUNPATH,
	INQ_FACT_SONAME,
	/* Mach-O */
	INQ_FACT_UUID,
	INQ_FACT_DYLIB_NAME,
	INQ_FACT_MINIMUM_OS, /* name: platform; text: version */
	INQ_FACT_SDK, /* text: version */
	INQ_FACT_SOURCE_VERSION,
	/* any */
	INQ_FACT_GO, /* text: version of the Go tool chain */
	INQ_FACT_GO_PATH, /* text: the main package */
	INQ_FACT_RUST, /* text: commit of the Rust compiler, or the folder that a distribution built it in */
	INQ_FACT_CXX, /* text: the library, name or type by which it is known */
	INQ_FACT_COUNT,
};

struct inq_fact {
	enum inq_fact_kind kind;
	bool forgeable;
	const char *name; /* what among its kind, else NULL */
	const char *text; /* for people; NULL where `value` says all */
	uint64_t value;
	uint64_t off; /* where in the file it stands */
};

/* A run of printable characters, NUL or not after it. */
struct inq_string {
	uint64_t off; /* of its first byte in the file */
	uint64_t va; /* where that byte is in memory; 0: nowhere */
	struct inq_bytes text; /* its characters, one byte each, whatever the encoding; without NUL */
	bool wide; /* UTF-16LE in the file: two bytes a character */
};

/* One reason to think that the program is packed or encrypted. Never a verdict. */
struct inq_suspicion {
	const char *text; /* a sentence */
	uint32_t
	        measure; /* what was measured, in thousandths (bits of entropy per byte, counts); 0: nothing */
};

struct inq_observation {
	/* In thousandths of a bit per byte, 0 to 8000; INQ_NO_ENTROPY where there are no bytes. */
	uint32_t *section_entropy; /* one for each section of the exhibit */
	uint32_t file_entropy, overlay_entropy;
	struct inq_fact *facts;
	size_t fact_count;
	struct inq_string *strings; /* by offset; at equal offsets the narrow one first */
	size_t string_count;
	uint64_t string_dropped; /* found past the limit and not kept */
	struct inq_suspicion *suspicions;
	size_t suspicion_count;
};
#define INQ_NO_ENTROPY UINT32_MAX

struct inq_observation_limits {
	size_t string_least; /* characters, at least 1 */
	size_t string_most; /* longer ones are cut */
	size_t strings; /* this many are kept; 0: none are looked for */
};
extern const struct inq_observation_limits inq_observation_limits_default; /* 5; 4,096; 100,000 */

/*
 * Reads the observations of `x` into `*ret`.
 *
 * INQ_NO_MEMORY  the arena's limit
 */
INQ_MUST enum inq_status inq_observation_read(const struct inq_exhibit *x,
        const struct inq_observation_limits *limits, struct inq_arena *a, struct inq_observation *ret,
        struct inq_error *err);

/* "import-hash"; the same for ever. */
const char *inq_fact_name(enum inq_fact_kind kind);

/*
 * The Shannon entropy of bytes in thousandths of a bit per byte, rounded;
 * INQ_NO_ENTROPY of none. Integer arithmetic: the same on every machine.
 */
uint32_t inq_entropy(struct inq_bytes b);

#endif
