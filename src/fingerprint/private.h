/*
 * Private to the fingerprint layer: the channels, and how the features of one
 * function are gathered.
 */
#ifndef FINGERPRINT_PRIVATE_H
#define FINGERPRINT_PRIVATE_H

#include <inquiry/fingerprint.h>

enum channel {
	CHANNEL_NONE = 0,
	CHANNEL_OPERATION, /* enum inq_op, without moves and stack traffic */
	CHANNEL_OPERATION_PAIR, /* two of them in a row, in a block */
	CHANNEL_OPERATION_TRIPLE,
	CHANNEL_CONSTANT,
	CHANNEL_OFFSET, /* of memory operands, but for the stack's */
	CHANNEL_BRANCH, /* a condition and the constant compared with */
	CHANNEL_STRING,
	CHANNEL_DATA, /* the first bytes of constant data that is no string */
	CHANNEL_IMPORT,
	CHANNEL_SHAPE, /* counts, in steps */
	CHANNEL_NEAR, /* telling constants, strings and imports of itself and of those it calls, once each */
	CHANNEL_FLOW, /* what values reach what use: see lift.c */
	CHANNEL_EXPRESSION, /* what those come to on fixed inputs */
	CHANNEL_MNEMONIC, /* instructions of the set, one and two in a row: only the model sees it */
	CHANNEL_GRAPH, /* blocks by their neighbours */
};

/* The keys of one function while they are gathered: with repeats, in no order. */
struct keys {
	struct inq_arena *arena;
	uint32_t *at, *swap; /* both have room for `capacity` */
	size_t count, capacity;
	bool failed; /* the arena's limit */
};

enum { FEATURES_SEEN_MOST = 2048 }; /* of one function, that the model sees */

/*
 * As inq_program_make, but with the features that the model sees of each
 * function, up to FEATURES_SEEN_MOST, and without callees: for training.
 */
INQ_MUST enum inq_status inq_program_make_seen(const struct inq_code *c, const char *name,
        struct inq_arena *a, struct inq_program *ret, struct inq_error *err);

/* What is worked out once for a program. */
struct maker {
	const struct inq_code *code;
	uint64_t *import_hash; /* of each import's name; 0: none */
	uint64_t *scratch; /* room for one number per instruction of the longest function */
	size_t scratch_capacity;
	struct lift *lift;
	struct inq_feature *seen; /* room for FEATURES_SEEN_MOST */
	struct keys keys;
};

/* Adds a key as it is, or the key of a value in a channel. */
void keys_add_key(struct keys *k, uint32_t key);
void keys_add(struct keys *k, enum channel channel, uint64_t value);

/* Sorts the keys and folds repeats into counts: at most `most` features into `ret`, the count returned. */
size_t keys_fold(struct keys *k, struct inq_feature *ret, size_t most);

/* Room for `count` numbers, until it is next asked for; NULL on the arena's limit. */
void *maker_scratch(struct maker *m, size_t count);

/* Leaves out those of channels that weigh nothing: only the model sees them. */
void keys_drop_unweighed(struct keys *k);

/* Gathers what function `f` has by itself into m->keys, NEAR only from itself. */
void features_gather(struct maker *m, const struct inq_function *f);

/* Adds what the values of `f` tell: constants, offsets, branches, flow, expressions. */
struct lift;
bool lift_init(struct maker *m);
void lift_function(struct maker *m, const struct inq_function *f);

/* The exact hash of `f`. False on the arena's limit. */
bool features_exact(struct maker *m, const struct inq_function *f, uint64_t ret[2]);

/* A mix of 64 bits (the finaliser of MurmurHash3), for keys. */
static inline uint64_t mix64(uint64_t x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdULL;
	x ^= x >> 33;
	x *= 0xc4ceb9fe1a85ec53ULL;
	x ^= x >> 33;
	return x;
}

#endif
