/*
 * Programs made from numbers, for tests and benches that need functions but no
 * code: the same seed gives the same function, with as many features of each
 * rarity as real ones have.
 */
#ifndef TESTS_MAKE_PROGRAM_H
#define TESTS_MAKE_PROGRAM_H

#include <inquiry/fingerprint.h>

struct make_program {
	struct inq_arena *arena;
	struct inq_program program;
	size_t function_capacity, feature_capacity;
	struct make_call {
		uint32_t from, to;
	} * calls;
	size_t call_count, call_capacity;
};

/* An empty x86-64 program; `number` becomes its SHA-256 and its name. */
void make_program(struct make_program *m, struct inq_arena *a, uint32_t number);

/*
 * Adds function `seed`, of which `changed` thousandths of the features are
 * others, as `variant` chooses them: one that is not changed at all equals
 * every other made from the seed. Gives its number.
 */
uint32_t make_function(struct make_program *m, uint64_t seed, unsigned changed, uint64_t variant);

/*
 * The same, but as functions of real programs are: of 1.1 million functions of
 * Debian programs it has the sizes, what each channel has of them, and how
 * common features are. Functions of one topic (a family, a project) have words
 * of their own in common.
 */
uint32_t make_typical_function(
        struct make_program *m, uint64_t seed, uint32_t topic, unsigned changed, uint64_t variant);

/* A function too small to tell anything. */
uint32_t make_small_function(struct make_program *m, uint64_t seed);

void make_call(struct make_program *m, uint32_t from, uint32_t to);

/* Puts the callees in order; nothing is added after. The program as inq_program_write writes it. */
struct inq_bytes make_bytes(struct make_program *m);

#endif
