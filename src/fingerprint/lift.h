/*
 * Private to the fingerprint layer: what the parts of the lift share.
 *
 * The lift follows the values through each block of a function and tells where
 * they go: into memory, into branches, into calls, out of the block. What is told is the
 * same for every instruction set, as far as can be: moves, stack traffic,
 * widths and the forming of addresses are gone, constants are whole, a stack
 * slot is as good as a register.
 */
#ifndef FINGERPRINT_LIFT_H
#define FINGERPRINT_LIFT_H

#include "fingerprint/private.h"
#include "fingerprint/value.h"

enum {
	REGISTERS = 34,
	PRODUCT_REGISTER = 32, /* HI and LO of MIPS */
	SLOTS = 128, /* stack slots remembered, by offset */
	ARGUMENTS_MOST = 8,
	TELLING_CONSTANT = 64, /* from here on a constant is remembered of callees, too */
};

/* What a value is used for. */
enum use {
	USE_DEFINED = 1, /* every operation, by its kind and those of its operands alone */
	USE_KEPT, /* in a stack slot or a register at the end of a block */
	USE_LOAD_AT,
	USE_STORE_AT,
	USE_STORED,
	USE_BRANCH,
	USE_COMPARED,
	USE_RETURNED,
	USE_SWITCH,
	USE_CALLED,
	USE_ARGUMENT, /* and those after it */
};

struct slot {
	int64_t offset;
	uint32_t round; /* in which it was written; another: it is not known */
	struct value value;
};

struct comparison {
	bool known;
	unsigned condition; /* of a comparison whose outcome is a value: enum inq_condition */
	struct value left, right;
};

struct lift {
	const struct inq_code *code;
	struct keys *keys;
	enum inq_arch arch;
	bool fixed; /* instructions are of one length, with a zero register or none told */
	uint8_t stack, frame, result;
	const uint8_t *arguments;
	unsigned argument_count;
	struct value reg[REGISTERS];
	bool written[REGISTERS]; /* in this block, since the last call */
	struct slot slots[SLOTS];
	uint32_t round;
	struct comparison flags; /* what was compared last, or came out of the last operation */
	struct comparison outcome; /* the comparison whose outcome is in register outcome_in */
	uint8_t outcome_in;
	const struct inq_reference *references; /* of the block in hand */
	uint32_t reference_count;
	struct comparison differ; /* what was combined by the exclusive or in register differ_in */
	uint8_t differ_in;
};

/* lift_tell.c: what becomes features. */

/* The constant that `v` is, or that is added to it. */
void lift_tell_constant(struct lift *l, const struct value *v);
/* `v` is used so: enum use, or an argument after the first. */
void lift_tell(struct lift *l, unsigned use, struct value v);
/* An operation took place. */
void lift_tell_defined(struct lift *l, const struct value *v);
/* Memory is used: with what offset from what is pointed at, and how wide. */
void lift_tell_access(struct lift *l, unsigned use, struct value at, unsigned width);
/*
 * A number that floating-point code reads from constant data: as much a
 * constant as one inside an instruction. One of four bytes counts as the number
 * of eight that it is. Where the width is not told, what can be a number is
 * taken for one.
 */
void lift_tell_number(struct lift *l, const struct inq_insn *n);
/*
 * The predicate that a condition and what is compared make, whichever way
 * round the branch was laid out: x > 7, x >= 8, and their opposites are one.
 */
void lift_tell_branch(struct lift *l, unsigned condition, const struct comparison *c);

/* lift_operand.c: where values come from and go to. */

struct value lift_get(const struct lift *l, uint8_t reg);
/* On sets of fixed length no register is the zero register. */
struct value lift_get_or_zero(const struct lift *l, uint8_t reg);
void lift_set(struct lift *l, uint8_t reg, struct value v);
/* False where nothing is known of the stack slot. */
bool lift_slot(struct lift *l, int64_t offset, struct value *ret);
struct value lift_load(struct lift *l, struct value at, unsigned width);
void lift_store(struct lift *l, struct value at, struct value v, unsigned width);
/* What the instruction refers to by address, however it forms it, calls apart; NULL: nothing. */
const struct inq_reference *lift_reference(const struct lift *l, const struct inq_insn *n);
/* The constant of an instruction, which may be an address. */
struct value lift_constant(const struct lift *l, const struct inq_insn *n);
/* Where its memory operand lies, and what is there. */
struct value lift_address(struct lift *l, const struct inq_insn *n);
struct value lift_load_of(struct lift *l, const struct inq_insn *n);
/* Whether what it loads is an address that a linker put there. */
bool lift_loads_address(const struct lift *l, const struct inq_insn *n);

/* lift_insn.c: what one instruction does to the values. */
void lift_insn(struct lift *l, const struct inq_insn *n);

#endif
