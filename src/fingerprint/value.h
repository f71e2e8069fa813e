/*
 * What a register or a stack slot holds, as an expression with everything gone
 * that a compiler is free to choose: registers, stack offsets, addresses,
 * widths, the order of operands. It is not kept as a tree but as what is asked of
 * one: its outermost operation, a digest of each depth, and what it comes to
 * where every unknown is the same number. Equal expressions, however they were
 * computed, come to the same (after the evaluation on fixed inputs of vSim,
 * NDSS 2026; here one input for all, so that which unknown is which, and their order, does not count).
 */
#ifndef FINGERPRINT_VALUE_H
#define FINGERPRINT_VALUE_H

#include <stdbool.h>
#include <stdint.h>

enum value_kind {
	VALUE_VARIABLE = 0, /* unknown here: an argument, a call's result, what another block left */
	VALUE_CONSTANT,
	VALUE_ADDRESS, /* of something in the image */
	VALUE_STACK, /* of something on the stack */
	VALUE_LOADED,
	VALUE_SUM, /* from here on operations */
	VALUE_DIFFERENCE,
	VALUE_PRODUCT,
	VALUE_QUOTIENT,
	VALUE_REMAINDER,
	VALUE_AND,
	VALUE_OR,
	VALUE_XOR,
	VALUE_SHIFT_RIGHT,
	VALUE_SHIFT_SIGNED,
	VALUE_SHIFT_LEFT, /* by an unknown; by a constant it is a product */
	VALUE_ROTATE,
	VALUE_NOT,
	VALUE_NEGATE,
	VALUE_BITS,
	VALUE_SELECTED,
	VALUE_COMPARED,
	VALUE_FLOAT,
	VALUE_CONVERTED,
	VALUE_VECTOR,
	VALUE_OTHER,
};

enum { VALUE_DEPTHS = 3, VALUE_INPUTS = 2 };

/* All zeroes is a variable, but for `result`: use value_leaf. */
struct value {
	uint8_t kind;
	uint8_t depth; /* operations above the deepest leaf */
	int64_t constant; /* a constant's value; of everything else, what is added to it */
	uint32_t shape[VALUE_DEPTHS]; /* digests: the operation and the kinds below it; one more depth each */
	uint32_t result[VALUE_INPUTS]; /* in 32 bits, `constant` left out */
};

struct value value_leaf(enum value_kind kind);
struct value value_constant(int64_t constant);
struct value value_loaded(const struct value *at);

/* An operation of one operand and of two. Gives the simplest form. */
struct value value_unary(enum value_kind kind, struct value a);
struct value value_binary(enum value_kind kind, struct value a, struct value b);

/* `v` with what is added to it taken into the expression. */
struct value value_whole(struct value v);

static inline bool value_is_operation(const struct value *v)
{
	return v->kind >= VALUE_SUM;
}

/*
 * Constants are compared by magnitude: compilers turn x - 5 into x + (-5), and
 * 32-bit constants come with and without their sign.
 */
static inline uint64_t value_magnitude(int64_t constant)
{
	if (constant > INT32_MAX && constant <= (int64_t)UINT32_MAX)
		return (uint64_t)UINT32_MAX + 1 - (uint64_t)constant;
	return constant < 0 ? 0 - (uint64_t)constant : (uint64_t)constant;
}

#endif
