/*
 * The program and one sample together. That a function is another one is the
 * likelier where what it calls, and what calls it, are what the other calls
 * and is called by: so all pairs are weighed at once, each by those around it,
 * a few rounds over. Only calls are looked at: names, order and addresses are not.
 */
#ifndef MATCH_JOINT_H
#define MATCH_JOINT_H

#include "match/private.h"

/* Chosen on five projects (bench/matching.md); log-odds are in 1,024ths, parts in thousandths. */
enum {
	JOINT_ROUNDS = 5,
	JOINT_PAIRS_EACH = 48, /* for each function of the program, on average, */
	JOINT_PAIRS_MOST = 1 << 21, /* and of all */
	JOINT_NEIGHBOURS_MOST = 64, /* callees, and callers, that are looked at */
	JOINT_BELIEFS = 4, /* kept for a function, the greatest */
	JOINT_BELIEF_LEAST = 60,
	JOINT_NOTHING = 1000, /* what speaks for a function being none of the others */
	JOINT_AROUND_WEIGHT = 800, /* the pairs around one are no independent witnesses: of what they say */
	JOINT_AROUND_MOST_ODDS = 8000, /* what they all together come near to, and never reach */
	JOINT_AGAINST = 800, /* what a neighbour says that is paired with one elsewhere */
	JOINT_LIKELY = 500, /* the neighbours of such pairs are tried with one another, */
	JOINT_SETTLED = 700, /* but for those that are paired so surely; */
	JOINT_SPREAD_MOST = 12, /* of a pair's callees, and callers, */
	JOINT_SPREAD_EACH = 12, /* and for each function, on average, in each round */
};

/* A function of the program and one of the sample that it may be. */
struct joint_pair {
	uint32_t a, b;
	int32_t base, odds; /* log-odds in 1,024ths: of the two alone; with what is around them */
	uint16_t belief; /* thousandths: of all that either may be paired with, and of nothing */
	uint16_t support; /* thousandths, as in inq_match */
	uint8_t curve; /* likeness.h */
	bool exact;
};

struct joint {
	const struct side *sa, *sb;
	const uint8_t *rarity_a; /* of each feature of the program */
	uint8_t *rarity_b; /* of each of the sample's, of those functions that are in a pair: */
	bool *has_rarity;
	struct inq_arena *a;
	struct joint_pair *pairs;
	size_t count, capacity;
	uint32_t *slots; /* open addressing: pair + 1 */
	size_t slot_count; /* a power of two; half of it is filled at most, and no more pairs are taken */
	uint32_t *first_a, *of_a, *first_b, *of_b; /* the pairs of function f: [first[f], first[f + 1]) */
	struct belief *top_a, *top_b; /* of each function: with what it is paired */
	uint32_t *fill;
};

/* An empty set of pairs of `sa` with `sb`, whose callers are listed. False on the arena's limit. */
INQ_MUST bool joint_init(struct joint *j, const struct side *sa, const struct side *sb,
        const uint8_t *rarity_a, struct inq_arena *a);

/* Adds a pair where there is none yet and there is room. False on the arena's limit. */
INQ_MUST bool joint_add(struct joint *j, uint32_t a, uint32_t b);

/*
 * Weighs all pairs by one another, and adds those that the calls of likely
 * ones lead to. What is done is bounded by the number of functions.
 * False on the arena's limit.
 */
INQ_MUST bool joint_weigh(struct joint *j);

#endif
