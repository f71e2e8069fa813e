/*
 * How likely two functions are the same source function, by what they have in
 * common: some forty numbers of the pair, weighed by a sum of them and by
 * gradient boosted trees that mend it, which the model carries, and a calibration that makes the weight a
 * probability. Integers throughout: the same pair has the same likeness on
 * every machine, whichever way round it is asked.
 *
 * Two scores: by content, what the functions do by themselves; and with
 * context, the strings, data, imports and callees around them, which is more
 * where they are there and nothing where a packer has taken them away.
 */
#ifndef MATCH_LIKENESS_H
#define MATCH_LIKENESS_H

#include <inquiry/fingerprint.h>

/* What is asked of one function. */
struct likeness_side {
	const struct inq_feature *features; /* ascending by key */
	const uint8_t *rarity; /* of each, by inq_model_rarity */
	uint32_t feature_count;
	const struct inq_vector *vector;
	uint32_t block_count, insn_count;
	uint8_t arch, bits;
	bool big_endian;
};

/* The numbers of a pair. The block of context is last, so that content alone is a prefix. */
enum likeness_number {
	LIKENESS_COSINE, /* of the vectors, in 4,096ths */
	LIKENESS_SIMILAR, /* common over the geometric mean, in 4,096ths, by content: features weighed by hand */
	LIKENESS_BOTH, /* the sum of these two */
	LIKENESS_SHARED, /* information in common, by content: 16 x log2 of sixteenths of a bit */
	LIKENESS_JACCARD, /* common over all, in 4,096ths, channels by their weight */
	LIKENESS_OF_LESS, /* common over the lesser */
	LIKENESS_OF_MORE, /* common over the greater */
	LIKENESS_LESS, /* information of the lesser, as LIKENESS_SHARED */
	LIKENESS_MORE,
	LIKENESS_RARE, /* features in common that two projects never had */
	LIKENESS_BLOCKS, /* 16 x log2 of the greater over the lesser */
	LIKENESS_INSNS,
	LIKENESS_SIZE, /* 16 x log2 of the lesser's instructions */
	LIKENESS_MACHINE, /* 0 the same, 1 another architecture of as many bits, 2 of others */
	LIKENESS_CHANNEL, /* three for each of INQ_CHANNEL_COUNT channels of content: Jaccard, of the lesser, shared */
	LIKENESS_CONTEXT = LIKENESS_CHANNEL + 3 * INQ_CHANNEL_COUNT, /* as many for each of context */
	LIKENESS_COUNT = LIKENESS_CONTEXT + 3 * INQ_CHANNEL_COUNT,
};

/* What a pair is worth. */
struct likeness {
	int32_t content,
	        context; /* natural log-odds, in 1,024ths, before any calibration; context includes content */
};

/* The scorer of a model, proved. Nothing of it is changed once read. */
struct likeness_model {
	const uint8_t *weights, *trees;
	uint32_t content_count, tree_count; /* the first content_count trees ask for no context */
	int32_t base[2]; /* of content, and with context */
	struct inq_bytes calibration;
};

/*
 * Reads the scorer's table (formats/model.md). An empty table is a scorer that
 * likens nothing to anything: all pairs have the same score.
 *
 * INQ_CORRUPT  a tree asks for a number that there is not, or the table is cut short
 */
INQ_MUST enum inq_status likeness_read(
        struct inq_bytes table, struct likeness_model *ret, struct inq_error *err);

/* The scorer of the model built into the program. */
const struct likeness_model *likeness_model(void);

/* The numbers of a pair. */
void likeness_numbers(
        const struct likeness_side *a, const struct likeness_side *b, int16_t ret[LIKENESS_COUNT]);

/* What the trees make of them. */
struct likeness likeness_score(const struct likeness_model *m, const int16_t numbers[LIKENESS_COUNT]);

/*
 * The probability in thousandths that the best-scored function of a search is
 * the same source function: among about as many functions as the calibration
 * was made on (model/README.md), where half of the functions asked for are
 * there at all. `curve` is the pair's likeness_curve: by the size of the lesser
 * and by whether the machines are one.
 */
uint32_t likeness_probability(const struct likeness_model *m, unsigned curve, int32_t score);

/* The table's layout, shared with the program that learns it. */
enum {
	LIKENESS_DEPTH = 5,
	LIKENESS_SPLITS = (1 << LIKENESS_DEPTH) - 1,
	LIKENESS_LEAVES = 1 << LIKENESS_DEPTH,
	LIKENESS_TREE_BYTES = 4 * LIKENESS_SPLITS + 2 * LIKENESS_LEAVES,
	LIKENESS_TREES_MOST = 1000,
	LIKENESS_HEAD = 16, /* u32: trees by content, trees; i32: both bases */
	LIKENESS_WEIGHTS = 4 * LIKENESS_COUNT, /* i32 of each number: in 1,024ths of log-odds, times 2^16 */
	LIKENESS_SIZES = 4, /* bins of LIKENESS_SIZE */
	LIKENESS_STEPS = 32, /* steps of a calibration: i32 least score, u32 thousandths */
	LIKENESS_CURVES = 2 * 2 * LIKENESS_SIZES, /* content or context, same machine or not, size */
	LIKENESS_CALIBRATION = LIKENESS_CURVES * LIKENESS_STEPS * 8,
};

/* Which curve a pair is read by. */
unsigned likeness_curve(const int16_t numbers[LIKENESS_COUNT], bool context);

#endif
