/*
 * Private to the match layer.
 *
 *   vocabulary  feature keys as small numbers, each with what it weighs
 *   pair        pairs the functions of two programs one to one
 *   search      weighs the program, and runs what follows
 *   loaded      how alike a function of the program and one of the corpus are
 *   sparse      functions of the corpus that share features, by upper bounds
 *   nearest     functions of the corpus whose vectors are near
 *   candidates  both of them together, under their labels
 *   judge       weighs them by the learned likeness and by what they call
 *   context     takes up the samples that have most of the program
 *   joint       weighs all pairs of the program and a sample by one another
 *   settle      orders what was found, each at most once
 *   standing    what the candidates of a function, and of all, come to
 */
#ifndef MATCH_PRIVATE_H
#define MATCH_PRIVATE_H

#include <inquiry/match.h>

#define NO_ID UINT32_MAX

/*
 * The integers below are weights in the unit of inq_feature_weight. A
 * function's weight is the sum of its features' and stays far below 2^32:
 * 1,024 features of at most 65,535.
 */

/* Keys of features, numbered in the order in which they were met. */
struct vocabulary {
	uint32_t *slots; /* open addressing: id + 1; 0 is free */
	size_t slot_count; /* a power of two */
	uint32_t *keys; /* of each id */
	uint32_t *having; /* of each id: functions counted with it */
	uint16_t *base; /* of each id: weight of one */
	uint32_t count, capacity;
};

/* Room for `most` different keys. False on the arena's limit. */
INQ_MUST bool vocabulary_init(struct vocabulary *v, uint32_t most, struct inq_arena *a);
/* The id of `key`, given a new one where there is room; NO_ID where there is none. */
uint32_t vocabulary_add(struct vocabulary *v, uint32_t key);
/* The id of `key`, or NO_ID. */
uint32_t vocabulary_find(const struct vocabulary *v, uint32_t key);

/* `base` for `count` occurrences: times 1 + log2(count). */
uint32_t weight_of(uint32_t base, uint32_t count);

/* Thousandths, at most 999: what is shared over the geometric mean of both weights. */
uint16_t similarity_of(uint64_t shared, uint64_t weight_a, uint64_t weight_b);

/* One of two programs that are paired. */
struct side {
	const struct inq_program *program;
	uint32_t *ids; /* of each of the program's features; NO_ID: one the other cannot have */
	uint32_t *weights; /* of each function */
	uint32_t *caller_first, *callers; /* callers of function f: [caller_first[f], caller_first[f + 1]) */
};

/* Lists the callers. The other fields are filled by the caller. */
INQ_MUST bool side_callers(struct side *s, struct inq_arena *a);

/* A function's callees or callers, ascending. */
struct neighbours {
	const uint32_t *at;
	uint32_t count;
};
struct neighbours callees_of(const struct side *s, uint32_t f);
struct neighbours callers_of(const struct side *s, uint32_t f);
bool is_among(struct neighbours n, uint32_t f);

static inline bool same_code(const struct inq_fingerprint *fa, const struct inq_fingerprint *fb)
{
	return fa->exact[0] == fb->exact[0] && fa->exact[1] == fb->exact[1];
}

static inline uint64_t pair_hash(uint32_t a, uint32_t b)
{
	return ((uint64_t)a << 32 | b) * UINT64_C(0x9e3779b97f4a7c15);
}

/* What pairs are believed. */
struct pair_limits {
	uint16_t alone; /* least similarity without support */
	uint16_t supported; /* least with at least `support` */
	uint16_t support;
};

/*
 * Pairs the functions of both sides one to one. Small functions are paired
 * like others; what they are worth is for the caller to say. The pairs stand
 * ascending by `a`; `*ret_count` of them.
 */
INQ_MUST bool pair_sides(const struct side *sa, const struct side *sb, const struct vocabulary *v,
        const struct pair_limits *limits, struct inq_arena *a, struct inq_match **ret, uint32_t *ret_count);

/* A function of the corpus that is like one of the program, under one label. */
struct hit {
	uint32_t query; /* function of the program */
	uint32_t label, function;
	uint16_t similarity, support;
	uint16_t probability; /* thousandths */
	int32_t odds; /* what the judge gives it: log-odds in 1,024ths */
	uint8_t curve; /* by which odds become a probability: likeness.h */
	enum inq_match_how how;
	bool lost; /* a better pair has its place */
	bool met; /* `odds` are with what is around it in a sample, where `occurrence` is */
	uint32_t occurrence; /* NO_ID: not chosen yet */
};

/* A search while it runs. */
struct search {
	const struct inq_program *p;
	const struct inq_corpus *c;
	const struct inq_search_limits *limits;
	struct inq_arena *a;
	struct vocabulary vocabulary; /* of the program's features, weighed by the corpus */
	uint32_t *ids; /* of each of the program's features */
	uint32_t *terms; /* of each id: its term, or NO_ID */
	uint32_t *weights; /* of each function of the program; without context where that counts nothing */
	uint8_t *rarity; /* of each of the program's features */
	bool *is_common; /* of each label */
	struct hit *hits; /* grouped by query, ascending; best first in each */
	uint32_t hit_count;
	size_t hit_capacity;
	uint32_t *hit_first; /* of each function of the program, and the end */
	uint32_t *best_samples; /* of each label: the sample with most of the program, or NO_ID */
	uint32_t *sample_pairs; /* of each label: functions that pair with that sample's */
	struct inq_search *result;
	uint32_t touched; /* see search_touch */
};

/*
 * Counts stretches of the corpus that were read for the first time, or not for
 * long; after so many the corpus is told to forget all (inq_corpus.forget). A
 * page that is read brings those around it with it, 64 KiB where nothing else
 * is said: that is how long a stretch is taken to be.
 */
void search_touch(struct search *s, uint32_t stretches);

/* Too small to be told from others by what it does. */
bool is_small(const struct inq_fingerprint *f, uint32_t information);

/* What equal code adds to the odds: the more of it there is, the less is it so by chance. */
static inline int32_t equal_odds(uint32_t insns)
{
	return (insns < 64 ? (int32_t)insns : 64) * 64;
}

/* Whether a hit counts as found. */
bool is_found(const struct hit *h);

/* What a function of the corpus weighs in this search: all of its features, or those that are not of context. */
static inline uint32_t corpus_weight(const struct search *s, uint32_t function)
{
	return s->limits->content_only ? inq_corpus_content_weight(s->c, function)
	                               : inq_corpus_weight(s->c, function);
}

/* Weighs the program and reads the labels of a search of which `p`, `c`, `limits`, `a` and `result` are set. */
INQ_MUST enum inq_status search_init(struct search *s, struct inq_error *err);

/* All give false on the arena's limit. */
INQ_MUST bool search_add(struct search *s, struct hit hit);
INQ_MUST bool search_candidates(struct search *s);
INQ_MUST bool search_judge(struct search *s);
INQ_MUST bool search_context(struct search *s);
INQ_MUST bool search_settle(struct search *s);
INQ_MUST bool search_standing(struct search *s);

#endif
