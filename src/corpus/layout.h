/*
 * Where everything lies in a corpus file; formats/corpus.md says the same at
 * length. All numbers are little-endian.
 *
 *   head     HEAD_LEN bytes: magic, u32 format version, u32 features version, the model's SHA-256
 *   tables   each from a multiple of 8, zeroes between
 *   contents CONTENTS_LEN bytes: counts, then offset and length of each table
 *   digest   SHA-256 of all before it
 */
#ifndef CORPUS_LAYOUT_H
#define CORPUS_LAYOUT_H

#include <inquiry/corpus.h>

#define CORPUS_MAGIC "inqcorp\n"
#define CONTENTS_MAGIC "contents"

enum { CORPUS_VERSION = 4, HEAD_MODEL = 16, HEAD_LEN = 48, DIGEST_LEN = 32 };

enum table {
	TABLE_STRINGS, /* NUL-terminated, from "" at 0 */
	TABLE_FEATURES, /* of each function: steps of terms, see inq_corpus_features_of */
	TABLE_LISTS, /* of each function: labels, occurrences */
	TABLE_FUNCTIONS, /* FUNCTION_LEN each */
	TABLE_WEIGHTS, /* u32 of each function: inq_corpus_weight */
	TABLE_CONTENT_WEIGHTS, /* the same without context channels */
	TABLE_EXACT, /* u32 function numbers, by exact hash, then number */
	TABLE_CELLS, /* CELL_LEN each: like vectors, each function's in the nearest */
	TABLE_PLACES, /* u32 function numbers, by cell, then number */
	TABLE_VECTORS, /* INQ_VECTOR_LENGTH bytes each, in the order of TABLE_PLACES */
	TABLE_LABELS, /* LABEL_LEN each */
	TABLE_SAMPLES, /* SAMPLE_LEN each */
	TABLE_OCCURRENCES, /* OCCURRENCE_LEN each */
	TABLE_CALLEES, /* u32, counted from the sample's first occurrence */
	TABLE_TERMS, /* TERM_LEN each: u32 key, u32 functions that have it */
	TABLE_KEYS, /* KEY_LEN each: u32 key, u32 term; ascending by key */
	TABLE_DIRECTORY, /* u32: the first of TABLE_KEYS with these upper bits, and the end */
	TABLE_POSTINGS, /* of each term: bytes that follow, a RUN_LEN for each whole run, steps of functions */
	TABLE_GROUPS, /* u64: where in TABLE_POSTINGS each GROUP terms begin, and the end */
	TABLE_CALIBRATION, /* bytes that the finding layer reads; the last, so that all else stays where it is */
};

enum {
	GROUP = 16,

	/* Postings longer than a run can be entered at the end of each whole run that is not the last. */
	RUN = 128,
	RUN_LEN = 8,
	RUN_LAST = 0, /* u32: its last function */
	RUN_END = 4, /* u32: bytes from the first step to its end */

	CELL_LEN = INQ_VECTOR_LENGTH + 8,
	CELL_SPREAD = INQ_VECTOR_LENGTH, /* u32: the greatest squared distance of a vector in it */
	CELL_FIRST = INQ_VECTOR_LENGTH + 4, /* u32: its first place; it ends where the next one begins */

	FUNCTION_LEN = 56,
	FUNCTION_EXACT = 0, /* u64 * 2 */
	FUNCTION_FEATURES = 16, /* u64: offset in TABLE_FEATURES; they end where the next one's begin */
	FUNCTION_LIST = 24, /* u64: offset in TABLE_LISTS, likewise */
	FUNCTION_SIZE = 32, /* u32 each from here */
	FUNCTION_BLOCKS = 36,
	FUNCTION_INSNS = 40,
	FUNCTION_FEATURE_COUNT = 44,
	FUNCTION_OCCURRENCES = 48,
	FUNCTION_PLACE = 52, /* of its vector */

	LABEL_LEN = 20,
	LABEL_NAME = 0, /* u32: offset in TABLE_STRINGS */
	LABEL_KIND = 4,
	LABEL_PUBLISHED = 8,
	LABEL_SAMPLE_FIRST = 12,
	LABEL_SAMPLE_COUNT = 16,

	SAMPLE_LEN = 100,
	SAMPLE_SHA256 = 0,
	SAMPLE_FILE_BYTES = 32, /* u64 */
	SAMPLE_CODE_BYTES = 40, /* u64 */
	SAMPLE_FUNCTION_BYTES = 48, /* u64 */
	SAMPLE_PADDING_BYTES = 56, /* u64 */
	SAMPLE_NAME = 64, /* u32 each from here */
	SAMPLE_LABEL = 68,
	SAMPLE_FLAGS = 72,
	SAMPLE_UNRESOLVED = 76,
	SAMPLE_OCCURRENCE_FIRST = 80,
	SAMPLE_OCCURRENCE_COUNT = 84,
	SAMPLE_PUBLISHED = 88,
	SAMPLE_FORMAT = 92, /* u8 each from here */
	SAMPLE_ARCH = 93,
	SAMPLE_BITS = 94,
	SAMPLE_KIND = 95,
	SAMPLE_BIG_ENDIAN = 96, /* and three zeroes */

	OCCURRENCE_LEN = 32,
	OCCURRENCE_VA = 0, /* u64 */
	OCCURRENCE_FUNCTION = 8, /* u32 each from here */
	OCCURRENCE_SAMPLE = 12,
	OCCURRENCE_SIZE = 16,
	OCCURRENCE_NAME = 20,
	OCCURRENCE_CALLEES = 24, /* place in TABLE_CALLEES; they end where the next one's begin */
	OCCURRENCE_FLAGS = 28,

	TERM_LEN = 8,
	KEY_LEN = 8,

	CONTENTS_FILE_LEN = 8, /* u64 */
	CONTENTS_LABELS = 16, /* u32 each from here */
	CONTENTS_FAMILIES = 20,
	CONTENTS_SAMPLES = 24,
	CONTENTS_FUNCTIONS = 28,
	CONTENTS_OCCURRENCES = 32,
	CONTENTS_TERMS = 36,
	CONTENTS_CELLS = 40,
	CONTENTS_ZERO = 44,
	CONTENTS_FEATURE_COUNT = 48, /* u64 */
	CONTENTS_TABLES = 56, /* u64 offset, u64 length of each */
	CONTENTS_CHECK = CONTENTS_TABLES + 16 * INQ_CORPUS_TABLES, /* u64: XXH3 of head and contents */
	CONTENTS_LEN = CONTENTS_CHECK + 8,
};

/* How many upper bits of a key the directory goes by: so many that few keys share them, 4 to 16. */
static inline unsigned directory_bits(uint32_t terms)
{
	unsigned bits = 4;

	while (bits < 16 && terms >> bits > 16)
		bits++;
	return bits;
}

/* How many whole runs of a term's postings have an entry: all but the last. */
static inline uint32_t run_count(uint32_t functions)
{
	return functions ? (functions - 1) / RUN : 0;
}

/* How many cells so many functions are put in: about the square root, a power of two. */
static inline uint32_t cell_count_of(uint32_t functions)
{
	uint32_t cells = 1;

	while (cells < 4096 && (uint64_t)cells * cells * 2 < functions)
		cells *= 2;
	return functions ? cells : 0;
}

/* The check of a head and of contents, with which opening proves both. */
static inline uint64_t contents_check(const uint8_t *head, const uint8_t *contents)
{
	return inq_hash64(contents, CONTENTS_CHECK, inq_hash64(head, HEAD_LEN, 0));
}

#endif
