/*
 * Private to the writing of a corpus: what a builder has gathered. Functions
 * with equal content are held once from the start; their numbers here are in
 * the order of arrival, and the file's are given when all has arrived.
 */
#ifndef CORPUS_BUILDER_H
#define CORPUS_BUILDER_H

#include <inquiry/corpus.h>

/* One of the different functions. */
struct built_function {
	uint64_t exact[2];
	uint64_t
	        content; /* hash of its features, counts and vector, which with `exact` tells it from others */
	const uint8_t *features; /* as inq_features_encode wrote them, and behind them the vector */
	uint32_t features_len, feature_count;
	uint32_t block_count, insn_count;
	uint32_t number; /* in the file; UINT32_MAX until given, and where no sample that is kept has it */
};

struct built_occurrence {
	uint64_t va;
	const char *name;
	uint32_t function, size;
	uint32_t callee_first, callee_count; /* of the sample's */
	uint8_t flags;
};

struct built_sample {
	struct inq_program program; /* without functions, features and callees */
	uint64_t content; /* hash of the program as written */
	struct built_occurrence *occurrences;
	uint32_t occurrence_count;
	uint32_t *callees;
	uint32_t label;
	uint32_t published;
	bool dropped; /* another with this label and SHA-256 is kept */
};

struct built_label {
	const char *name;
	enum inq_label_kind kind;
	uint32_t published;
	uint32_t sample_count; /* kept ones */
	uint32_t number; /* in the file */
};

/* A hash table of numbers + 1 in open addressing, its size a power of two; 0 is free. */
struct place_table {
	uint32_t *at;
	size_t size, used;
};

struct inq_corpus_builder {
	struct inq_arena *arena;
	size_t limit;
	struct built_label *labels;
	size_t label_count, label_capacity;
	struct built_sample *samples;
	size_t sample_count, sample_capacity;
	struct built_function *functions;
	size_t function_count, function_capacity;
	struct place_table label_places, sample_places, function_places;
	uint64_t occurrence_count, callee_count; /* of all samples that were added */
	bool written;
};

#endif
