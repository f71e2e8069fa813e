/*
 * Private: how a model lies in its file, and how its numbers enter a vector;
 * shared with the program that learns them (formats/model.md).
 */
#ifndef FINGERPRINT_WEIGHTS_H
#define FINGERPRINT_WEIGHTS_H

#include "fingerprint/private.h"
#include <inquiry/integer.h>

#define MODEL_MAGIC "inqmodel"

enum { MODEL_FORMAT = 1 };

/* Offsets in the head. */
enum {
	MODEL_AT_FORMAT = 8,
	MODEL_AT_FEATURES = 12,
	MODEL_AT_LENGTH = 16, /* u64: of the file */
	MODEL_AT_TABLES = 24, /* u64 offset, u64 length of each table */
};

enum model_table {
	MODEL_UNKNOWN, /* i16 of each channel: how much a feature without a row counts */
	MODEL_DIRECTORY, /* u32: the first row whose place begins with these bits, for all of them, and the end */
	MODEL_PLACES, /* u32 of each row: model_place of its key, ascending */
	MODEL_SHIFTS, /* u8 of each row */
	MODEL_RARITY, /* u8 of each row: sixteenths of a bit */
	MODEL_ROWS, /* i8, INQ_VECTOR_LENGTH of each row */
	MODEL_LIKENESS, /* the pair scorer: match/likeness.h */
	MODEL_NOTE, /* text */
	MODEL_TABLE_COUNT,
};

enum {
	MODEL_HEAD = MODEL_AT_TABLES + 16 * MODEL_TABLE_COUNT,
	MODEL_DIGEST = 32,
	MODEL_ALIGNMENT = 64,
	MODEL_DIRECTORY_BITS = 16,
	MODEL_ROWS_MOST = 1 << 20,
	/*
	 * A feature adds at most 143 (its count's weight) x 127 x 32 to each
	 * component; FEATURES_SEEN_MOST of them stay below 2^31.
	 */
	MODEL_SHIFT_MOST = 5,
	MODEL_UNKNOWN_MOST = 127 << MODEL_SHIFT_MOST,
};

struct inq_model {
	struct inq_bytes file;
	struct inq_sha256 digest;
	uint32_t row_count;
	int32_t unknown[INQ_CHANNEL_COUNT];
	bool used[INQ_CHANNEL_COUNT]; /* channels that the model sees */
	const uint8_t *directory, *places, *shifts, *rarity;
	const int8_t *rows;
	struct inq_bytes likeness, note;
};

/*
 * Reads and proves a model into `*ret`. With `trusted` the digest is taken as
 * the file states it, for the model that is part of the program itself.
 */
INQ_MUST enum inq_status model_open(
        struct inq_bytes b, bool trusted, struct inq_model *ret, struct inq_error *err);

/* As inq_model_vector, without the instructions of newer machines: the twin that tests compare with. */
void model_vector_plain(
        const struct inq_model *m, const struct inq_feature *features, size_t count, struct inq_vector *ret);

/* Where a key stands among the rows: a mix that no two keys share, so that buckets fill evenly. */
static inline uint32_t model_place(uint32_t key)
{
	key ^= key >> 16;
	key *= 0x7feb352d;
	key ^= key >> 15;
	key *= 0x846ca68b;
	return key ^ key >> 16;
}

/* 16 + 16 * log2(count), rounded down: what `count` occurrences weigh, in sixteenths; 16 to 143. */
static inline uint32_t count_weight16(uint32_t count)
{
	return 16 + inq_log2(count, 4);
}

/*
 * The direction of a feature that the model has no row for: 128 signs that its
 * key decides, so that what two functions share counts for both even where
 * nothing was learned of it (a random projection; Achlioptas 2003). A set bit
 * is minus.
 */
static inline void unknown_signs(uint32_t key, uint64_t ret[2])
{
	ret[0] = mix64(key * 0x9e3779b97f4a7c15 + 1);
	ret[1] = mix64(key * 0x9e3779b97f4a7c15 + 2);
}

#endif
