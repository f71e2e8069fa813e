/*
 * The map from features to vectors, and how it is learned.
 */
#ifndef TRAIN_EMBED_H
#define TRAIN_EMBED_H

#include "train.h"

enum { DIMENSIONS = INQ_VECTOR_LENGTH };

/* Features with rows of their own: those that several projects have, so that a row can be learned. */
struct train_vocabulary {
	uint32_t *keys; /* ascending */
	uint32_t count;
	float *rarity; /* of each: ln(labels / labels that have it) */
	float unknown_rarity; /* of all the others */
	uint32_t label_count;
};

/* Which part of a set is learned from: a flag for each project. */
void train_vocabulary(const struct train_set *s, const bool *learn, uint32_t projects_least,
        uint32_t rows_most, struct inq_arena *a, struct train_vocabulary *ret);
/* The number of `key`, or UINT32_MAX. */
uint32_t train_vocabulary_find(const struct train_vocabulary *v, uint32_t key);

struct train_map {
	struct train_vocabulary vocabulary;
	float *rows; /* DIMENSIONS each */
	float unknown[INQ_CHANNEL_COUNT]; /* how much a feature without a row counts */
};

struct train_options {
	uint64_t seed;
	uint32_t steps, pairs, refresh, rows, projects_least;
	float rate, temperature, dropout, hard, small;
	uint32_t without; /* channels left out, a bit each */
	bool quiet;
};

/* Learns from the projects flagged `learn`; watches the others. */
void train_embed(const struct train_set *s, const bool *learn, const struct train_options *o,
        struct inq_arena *a, struct train_map *ret);

#endif
