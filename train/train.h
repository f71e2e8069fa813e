/*
 * Private to inquiry-train: learns the model that the library infers with.
 *
 *   gather     programs on the disk become labelled functions with features
 *   label      which functions of different builds are the same source function
 *   vocabulary which features get learned rows
 *   embed      the map from features to vectors, learned contrastively
 *   pairs      queries and hard candidates for the pair scorer
 *   boost      gradient boosted trees over pair features
 *   measure    Recall@1 and its kin, by setting
 *   write      the model file, in integers
 *
 * Floating point is at home here and nowhere in the library. One thread, one
 * seed: the same programs give the same model, bit for bit, on one kind of
 * processor.
 */
#ifndef TRAIN_TRAIN_H
#define TRAIN_TRAIN_H

#include <inquiry/fingerprint.h>
#include <stdio.h>

#define NO_LABEL UINT32_MAX

/* One program that was read. */
struct train_build {
	const char *path;
	uint32_t project;
	uint32_t compiler; /* a hash of its name and version; 0: not told */
	uint8_t level; /* '0', '1', '2', '3', 's' …; 0: not told */
	uint8_t arch, bits, format, big_endian;
	uint32_t function_first, function_count;
};

struct train_function {
	uint64_t exact[2];
	uint64_t
	        feature_first; /* train_set.features: feature_count that the model sees, then kept_count that a corpus keeps */
	uint32_t build, label;
	uint32_t feature_count, kept_count, block_count, insn_count;
};

/* A source function: what several builds may hold. */
struct train_label {
	uint32_t project;
	uint32_t name; /* a hash: the same name in another project is neither like nor unlike */
	uint32_t member_first, member_count; /* train_set.members, by build */
	uint32_t blocks; /* the median of its builds */
};

struct train_set {
	struct inq_arena *arena;
	const char **projects;
	uint32_t project_count;
	struct train_build *builds;
	uint32_t build_count;
	struct train_function *functions;
	uint32_t function_count;
	struct inq_feature *features;
	uint64_t feature_count;
	struct train_label *labels;
	uint32_t label_count;
	uint32_t *members; /* functions of each label */
};

_Noreturn void train_fail(const char *what, const char *which);
/* Zeroed memory or the end of the program. */
void *train_new(struct inq_arena *a, size_t count, size_t size);

/* Reads every program below each of the directories; a project is a directory's entry or the name up to "__". */
void train_gather(const char *const *directories, size_t count, struct inq_arena *a, struct train_set *ret);

/* Keeps what was gathered, and takes it up again; false where `path` holds no such set of this features version. */
void train_save(const struct train_set *s, const char *path);
bool train_load(const char *path, struct inq_arena *a, struct train_set *ret);

/* The name of the source function that a symbol names, or "" where it names none that can be learned from. */
void train_clean_name(const char *symbol, bool underscore, char *ret, size_t size);

/* A stream of numbers that the seed alone decides (splitmix64). */
struct train_random {
	uint64_t state;
};
uint64_t train_random_next(struct train_random *r);
/* Below `bound`, which is at least 1. */
uint32_t train_random_below(struct train_random *r, uint32_t bound);
/* From 0 to below 1. */
float train_random_unit(struct train_random *r);

#endif
