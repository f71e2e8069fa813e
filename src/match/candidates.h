/*
 * Private to the match layer: what finding candidates is made of. The program
 * is taken a batch of functions at a time, so that what is read of the corpus
 * is read once for all of them.
 */
#ifndef MATCH_CANDIDATES_H
#define MATCH_CANDIDATES_H

#include "match/private.h"

enum {
	BATCH = 512, /* functions of the program that are looked for together */
	SIMILARITY_LEAST = 300, /* below, nothing is kept */
	LABEL_KEPT_MOST = 24, /* of the best, those whose first label is the same */
};

/* The features of a function of the program, by term. */
struct loaded {
	struct loaded_slot {
		uint32_t term; /* plus one; 0: free */
		uint16_t base, count;
	} * slots; /* open addressing */
	uint32_t slot_count; /* a power of two */
	uint32_t query;
};

/* Loads function `query` into `a`. False on its limit. */
INQ_MUST bool load_query(const struct search *s, uint32_t query, struct inq_arena *a, struct loaded *ret);

/*
 * How alike a loaded function of the program and one of the corpus are, in
 * thousandths, at most 999: the one place where a pair is scored. The bounds
 * of sparse.c are for this score.
 */
uint16_t loaded_similarity(const struct search *s, const struct loaded *l, uint32_t function);

struct found {
	uint32_t function, label; /* its first label; NO_ID: none could be read */
	uint16_t similarity;
};

/* The best found for a function of the program: at most limits->compared, LABEL_KEPT_MOST of a label. */
struct best {
	struct found *at;
	uint32_t count, worst; /* worst: its place, where the list is full */
};

/* Takes a function in, if it is among the best; a better one, or the lower number, goes before. */
void best_take(const struct search *s, struct best *b, uint32_t function, uint16_t similarity);

/* What a function must reach, at least, to be taken in. */
static inline uint32_t best_least(const struct search *s, const struct best *b, uint32_t reach)
{
	if (b->count < s->limits->compared || !b->count)
		return reach;
	return b->at[b->worst].similarity > reach ? b->at[b->worst].similarity : reach;
}

/* A function of the corpus by its vector's product with one of the program's. */
struct near {
	int32_t product;
	uint32_t function;
	uint16_t similarity; /* once taken in */
};

/* The functions looked for together, ascending by weight. */
struct batch {
	struct search *s;
	struct inq_arena *a; /* for this batch alone */
	uint32_t count;
	uint32_t query[BATCH];
	struct loaded loaded[BATCH];
	struct near *near[BATCH]; /* the nearest first, limits->nearest of them at most */
	uint32_t near_count[BATCH];
	struct best best[BATCH];
};

/*
 * Loads functions [first, end) of `order` (the lower half of each number) but
 * for those that weigh nothing, into a batch of `a`. NULL on its limit.
 */
struct batch *batch_load(
        struct search *s, const uint64_t *order, uint32_t first, uint32_t end, struct inq_arena *a);

/* nearest.c: finds the functions with the nearest vectors. False on the arena's limit. */
INQ_MUST bool nearest_find(struct batch *b);

/* Takes in those of the nearest that are alike. */
void nearest_take(struct batch *b);

/* sparse.c: takes in all that reach what is asked of each. False on the arena's limit. */
INQ_MUST bool sparse_find(struct batch *b);

/* sums.c: the places of the numbers that are at least `least` into `ret`, ascending; gives how many. */
uint32_t sums_reaching(const uint16_t *at, uint32_t count, uint16_t least, uint16_t *ret);

#endif
