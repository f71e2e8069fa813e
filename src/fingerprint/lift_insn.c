#include "fingerprint/lift.h"

static enum value_kind kind_of(enum inq_op op)
{
	switch ((unsigned)op) {
	case INQ_OP_ADD:
		return VALUE_SUM;
	case INQ_OP_SUB:
		return VALUE_DIFFERENCE;
	case INQ_OP_MULTIPLY:
		return VALUE_PRODUCT;
	case INQ_OP_DIVIDE:
		return VALUE_QUOTIENT;
	case INQ_OP_AND:
		return VALUE_AND;
	case INQ_OP_OR:
		return VALUE_OR;
	case INQ_OP_XOR:
		return VALUE_XOR;
	case INQ_OP_SHIFT_LEFT:
		return VALUE_SHIFT_LEFT;
	case INQ_OP_SHIFT_RIGHT:
		return VALUE_SHIFT_RIGHT;
	case INQ_OP_SHIFT_SIGNED:
		return VALUE_SHIFT_SIGNED;
	case INQ_OP_ROTATE:
		return VALUE_ROTATE;
	case INQ_OP_NOT:
		return VALUE_NOT;
	case INQ_OP_NEGATE:
		return VALUE_NEGATE;
	case INQ_OP_BITS:
		return VALUE_BITS;
	case INQ_OP_SELECT:
		return VALUE_SELECTED;
	case INQ_OP_FLOAT:
		return VALUE_FLOAT;
	case INQ_OP_CONVERT:
		return VALUE_CONVERTED;
	case INQ_OP_VECTOR:
	case INQ_OP_CRYPTO:
		return VALUE_VECTOR;
	default:
		return VALUE_OTHER;
	}
}

static void lift_compare(struct lift *l, const struct inq_insn *n)
{
	struct value a, b;

	if (n->flags & INQ_INSN_READS_MEMORY) {
		a = lift_load_of(l, n);
		b = n->rs != INQ_REG_NONE         ? lift_get(l, n->rs)
		    : n->rd != INQ_REG_NONE       ? lift_get(l, n->rd)
		    : n->flags & INQ_INSN_HAS_IMM ? lift_constant(l, n)
		                                  : value_leaf(VALUE_VARIABLE);
	} else {
		a = lift_get_or_zero(l, n->rn);
		if (n->flags & INQ_INSN_HAS_IMM)
			b = lift_constant(l, n);
		else
			b = lift_get_or_zero(l, n->rm);
	}
	if (n->op == INQ_OP_TEST) {
		if (n->rn != n->rm || n->flags & (INQ_INSN_HAS_IMM | INQ_INSN_READS_MEMORY)) {
			lift_tell_constant(l, &b);
			a = value_binary(VALUE_AND, a, b);
		}
		b = value_constant(0);
	}
	l->flags = (struct comparison){ true, 0, a, b };
}

/* The outcome of a comparison as a value, slt and setcc, or one of two values, csel and cmov. */
static void lift_select(struct lift *l, const struct inq_insn *n)
{
	struct value a, b;

	if (l->arch == INQ_ARCH_MIPS &&
	        (n->condition == INQ_CONDITION_LESS || n->condition == INQ_CONDITION_BELOW)) {
		struct comparison c = { true, n->condition, lift_get_or_zero(l, n->rn),
			n->flags & INQ_INSN_HAS_IMM ? value_constant(n->imm) : lift_get_or_zero(l, n->rm) };

		/* x < 1 without sign is x == 0, and 0 < x is x != 0: of an exclusive or, that its operands are equal. */
		if (n->condition == INQ_CONDITION_BELOW && c.right.kind == VALUE_CONSTANT &&
		        c.right.constant == 1)
			c = n->rn == l->differ_in ? l->differ
			                          : (struct comparison){ true, INQ_CONDITION_EQUAL, c.left,
				                            value_constant(0) };
		else if (n->condition == INQ_CONDITION_BELOW && c.left.kind == VALUE_CONSTANT &&
		         !c.left.constant)
			c = n->rm == l->differ_in ? l->differ
			                          : (struct comparison){ true, INQ_CONDITION_EQUAL, c.right,
				                            value_constant(0) };
		lift_set(l, n->rd, value_leaf(VALUE_COMPARED));
		l->outcome = c;
		l->outcome_in = n->rd;
		return;
	}
	if (n->condition != INQ_CONDITION_NONE)
		lift_tell_branch(l, n->condition, &l->flags);
	if (n->flags & INQ_INSN_WRITES_MEMORY) {
		lift_store(l, lift_address(l, n), value_leaf(VALUE_COMPARED), n->width);
		return;
	}
	if (n->rn == INQ_REG_NONE && n->rm == INQ_REG_NONE && !(n->flags & INQ_INSN_READS_MEMORY)) {
		lift_set(l, n->rd, value_leaf(VALUE_COMPARED));
		return;
	}
	a = n->flags & INQ_INSN_READS_MEMORY ? lift_load_of(l, n) : lift_get_or_zero(l, n->rn);
	b = n->rm == INQ_REG_NONE || n->flags & INQ_INSN_READS_MEMORY ? lift_get(l, n->rd)
	                                                              : lift_get(l, n->rm);
	a = value_binary(VALUE_SELECTED, a, b);
	lift_set(l, n->rd, a);
}

static struct value second_operand(struct lift *l, const struct inq_insn *n)
{
	struct value b;

	if (n->flags & INQ_INSN_HAS_IMM)
		return value_constant(n->imm);
	if (n->rm == INQ_REG_NONE)
		return l->fixed ? value_constant(0) : value_leaf(VALUE_VARIABLE);
	b = lift_get(l, n->rm);
	if (n->shift && l->fixed)
		b = value_binary(VALUE_PRODUCT, b, value_constant((int64_t)(UINT64_C(1) << (n->shift & 63))));
	return b;
}

/* x86: mul, imul and div with one operand work on ax and dx; MIPS: on HI and LO. */
static void lift_wide(struct lift *l, const struct inq_insn *n, enum value_kind kind)
{
	struct value v;

	if (l->arch == INQ_ARCH_MIPS) {
		v = value_binary(kind, lift_get_or_zero(l, n->rn), lift_get_or_zero(l, n->rm));
		lift_tell_defined(l, &v);
		lift_set(l, PRODUCT_REGISTER, v);
		return;
	}
	if (l->fixed)
		return;
	v = n->flags & INQ_INSN_READS_MEMORY ? lift_load_of(l, n) : lift_get(l, n->rn);
	lift_tell_constant(l, &v);
	v = value_binary(kind, lift_get(l, 0), v);
	lift_tell_defined(l, &v);
	lift_set(l, 0, v);
	if (kind == VALUE_QUOTIENT)
		v.kind = VALUE_REMAINDER;
	lift_set(l, 2, v);
}

static void lift_operation(struct lift *l, const struct inq_insn *n)
{
	enum value_kind kind = kind_of((enum inq_op)n->op);
	bool reads = n->flags & INQ_INSN_READS_MEMORY, writes = n->flags & INQ_INSN_WRITES_MEMORY;
	struct value a, b, v, at = value_leaf(VALUE_VARIABLE);

	if ((kind == VALUE_PRODUCT || kind == VALUE_QUOTIENT) && n->rd == INQ_REG_NONE) {
		lift_wide(l, n, kind);
		return;
	}
	if (!reads && (n->flags & INQ_INSN_HAS_REF || lift_reference(l, n))) {
		lift_set(l, n->rd, value_leaf(VALUE_ADDRESS));
		return;
	}
	/* xor r, r: zero. */
	if ((kind == VALUE_XOR || kind == VALUE_DIFFERENCE) && !reads && n->rn == n->rm &&
	        n->rn < REGISTERS && !(n->flags & INQ_INSN_HAS_IMM) && !n->shift) {
		v = value_constant(0);
		lift_set(l, n->rd, v);
		l->flags = (struct comparison){ true, 0, v, v };
		return;
	}
	if (reads) {
		if (lift_loads_address(l, n)) {
			a = value_leaf(VALUE_ADDRESS);
		} else {
			at = lift_address(l, n);
			a = lift_load(l, at, n->width);
		}
		if (n->flags & INQ_INSN_HAS_IMM)
			b = value_constant(n->imm);
		else if (writes && n->rs == INQ_REG_NONE)
			b = value_constant(1); /* inc, dec */
		else
			b = lift_get(l, writes ? n->rs : n->rd);
		if (!writes && !(n->flags & INQ_INSN_HAS_IMM)) {
			struct value swap = a;

			a = b;
			b = swap;
		}
	} else {
		a = lift_get_or_zero(l, n->rn);
		b = second_operand(l, n);
		if (!l->fixed && !(n->flags & INQ_INSN_HAS_IMM) && n->rm == INQ_REG_NONE && n->rd == n->rn &&
		        (kind == VALUE_SUM || kind == VALUE_DIFFERENCE))
			b = value_constant(1); /* inc, dec */
		if (!l->fixed && kind == VALUE_PRODUCT && n->flags & INQ_INSN_HAS_IMM &&
		        n->rm != INQ_REG_NONE)
			a = lift_get(l, n->rm);
	}
	if (kind == VALUE_NOT || kind == VALUE_NEGATE || kind == VALUE_BITS) {
		v = value_unary(kind, a);
	} else {
		bool adds = kind == VALUE_SUM || kind == VALUE_DIFFERENCE;

		if (!adds)
			lift_tell_constant(l, &a);
		/* What is added to a value is told when the value is used, and then all at once. */
		if (!adds || b.kind != VALUE_CONSTANT)
			lift_tell_constant(l, &b);
		if (adds && n->rd == l->stack && b.kind != VALUE_CONSTANT)
			b = value_constant(0);
		v = value_binary(kind, a, b);
	}
	lift_tell_defined(l, &v);
	if (!l->fixed || n->condition == INQ_CONDITION_OTHER) {
		/* x - y against zero is x against y. */
		if (kind == VALUE_DIFFERENCE)
			l->flags = (struct comparison){ true, 0, a, b };
		else
			l->flags = (struct comparison){ true, 0, v, value_constant(0) };
	}
	if (kind == VALUE_XOR) {
		l->differ = (struct comparison){ true, INQ_CONDITION_EQUAL, a, b };
	}
	if (writes)
		lift_store(l, at, v, n->width);
	else
		lift_set(l, n->rd, v);
	if (kind == VALUE_XOR)
		l->differ_in = n->rd;
}

/* movk, movt: the other half of a constant; else a field of a value. */
static void lift_bitfield(struct lift *l, const struct inq_insn *n)
{
	struct value a = lift_get_or_zero(l, n->rn);

	if (n->rd == n->rn && a.kind == VALUE_CONSTANT && n->flags & INQ_INSN_HAS_IMM && n->shift < 64 &&
	        (uint64_t)n->imm <= 0xffff) {
		uint64_t half = (uint64_t)n->imm << n->shift, mask = UINT64_C(0xffff) << n->shift;

		lift_set(l, n->rd, value_constant((int64_t)(((uint64_t)a.constant & ~mask) | half)));
		return;
	}
	a = n->flags & INQ_INSN_HAS_IMM ? value_binary(VALUE_SHIFT_RIGHT, a, value_constant(n->imm))
	                                : value_unary(VALUE_OTHER, a);
	lift_tell_defined(l, &a);
	lift_set(l, n->rd, a);
}

static void lift_call(struct lift *l, const struct inq_insn *n)
{
	unsigned count = 0;

	if (l->arch == INQ_ARCH_X86_32) {
		struct value sp = l->reg[l->stack];

		for (; sp.kind == VALUE_STACK && count < ARGUMENTS_MOST; count++) {
			struct value v;

			if (!lift_slot(l, (int64_t)((uint64_t)sp.constant + 4 * count), &v))
				break;
			lift_tell_constant(l, &v);
			lift_tell(l, USE_ARGUMENT + count, v);
		}
	} else {
		for (unsigned i = 0; i < l->argument_count; i++) {
			uint8_t reg = l->arguments[i];

			if (!l->written[reg])
				continue;
			count = i + 1;
			lift_tell_constant(l, &l->reg[reg]);
			lift_tell(l, USE_ARGUMENT + i, l->reg[reg]);
		}
	}
	keys_add(l->keys, CHANNEL_FLOW, (uint64_t)USE_CALLED << 40 | (n->flow == INQ_FLOW_CALL_INDIRECT));
	for (unsigned i = 0; i < REGISTERS; i++) {
		bool kept = i == l->stack || i == l->frame;

		/* What callees must keep, they keep. */
		switch (l->arch) {
		case INQ_ARCH_X86_64:
			kept |= i == 3 || i >= 12;
			break;
		case INQ_ARCH_X86_32:
			kept |= i == 3 || i == 6 || i == 7;
			break;
		case INQ_ARCH_A64:
			kept |= i >= 19 && i <= 29;
			break;
		case INQ_ARCH_ARM:
			kept |= i >= 4 && i <= 11;
			break;
		case INQ_ARCH_MIPS:
			kept |= (i >= 16 && i <= 23) || i == 28;
			break;
		case INQ_ARCH_NONE:
			break;
		}
		if (!kept)
			l->reg[i] = value_leaf(VALUE_VARIABLE);
		l->written[i] = false;
	}
	l->outcome_in = INQ_REG_NONE;
	l->differ_in = INQ_REG_NONE;
	l->flags.known = false;
}

static void lift_branch(struct lift *l, const struct inq_insn *n)
{
	struct comparison c = l->flags;

	if (n->rn != INQ_REG_NONE || n->rm != INQ_REG_NONE) {
		c = (struct comparison){ true, 0, lift_get_or_zero(l, n->rn), lift_get_or_zero(l, n->rm) };
		if (n->rn == l->outcome_in && n->rm == INQ_REG_NONE) {
			lift_tell_branch(l, l->outcome.condition, &l->outcome);
			return;
		}
		/* tbz, tbnz: a bit of it. */
		if (l->arch == INQ_ARCH_A64 && !(n->flags & INQ_INSN_HAS_IMM))
			c.left = value_binary(VALUE_AND, c.left, value_constant(1));
	}
	lift_tell_branch(l, n->condition, &c);
}

void lift_insn(struct lift *l, const struct inq_insn *n)
{
	struct value v;
	int64_t word = l->arch == INQ_ARCH_X86_64 ? 8 : 4;

	switch ((enum inq_op)n->op) {
	case INQ_OP_NOP:
		return;
	case INQ_OP_MOVE:
	case INQ_OP_EXTEND:
		if (n->flags & INQ_INSN_READS_MEMORY)
			v = lift_load_of(l, n);
		else if (n->flags & INQ_INSN_HAS_IMM)
			v = lift_constant(l, n);
		else if (n->flags & INQ_INSN_HAS_REF)
			v = value_leaf(VALUE_ADDRESS);
		else
			v = lift_get(l,
			        n->rn == INQ_REG_NONE && l->arch == INQ_ARCH_MIPS ? PRODUCT_REGISTER : n->rn);
		lift_set(l, n->rd, v);
		break;
	case INQ_OP_LOAD:
		if (n->flags & INQ_INSN_READS_MEMORY)
			v = lift_load_of(l, n);
		else
			v = n->flags & INQ_INSN_HAS_IMM ? lift_constant(l, n) : value_leaf(VALUE_ADDRESS);
		if (n->rd == INQ_REG_NONE)
			lift_tell_number(l, n);
		lift_set(l, n->rd, v);
		break;
	case INQ_OP_STORE:
		if (n->rs != INQ_REG_NONE)
			v = lift_get(l, n->rs);
		else if (n->flags & INQ_INSN_HAS_IMM)
			v = lift_constant(l, n);
		else
			v = l->fixed ? value_constant(0) : value_leaf(VALUE_VARIABLE);
		lift_store(l, lift_address(l, n), v, n->width);
		break;
	case INQ_OP_ADDRESS:
		if (n->flags & INQ_INSN_HAS_REF || lift_reference(l, n))
			v = value_leaf(VALUE_ADDRESS);
		else if (n->flags & INQ_INSN_BASE_DISP)
			v = lift_address(l, n);
		else
			v = n->flags & INQ_INSN_HAS_IMM ? value_constant(n->imm) : value_leaf(VALUE_ADDRESS);
		lift_tell_defined(l, &v);
		lift_set(l, n->rd, v);
		break;
	case INQ_OP_COMPARE:
	case INQ_OP_TEST:
		lift_compare(l, n);
		break;
	case INQ_OP_SELECT:
		lift_select(l, n);
		break;
	case INQ_OP_BITFIELD:
		lift_bitfield(l, n);
		break;
	case INQ_OP_PUSH:
		v = l->reg[l->stack < REGISTERS ? l->stack : 0];
		if (l->fixed) {
			v.constant = (int64_t)((uint64_t)v.constant + (uint64_t)n->imm);
		} else {
			v.constant = (int64_t)((uint64_t)v.constant - (uint64_t)word);
			if (v.kind == VALUE_STACK)
				lift_store(l, v,
				        n->flags & INQ_INSN_HAS_IMM   ? lift_constant(l, n)
				        : n->rs != INQ_REG_NONE       ? lift_get(l, n->rs)
				        : n->flags & INQ_INSN_HAS_REF ? value_leaf(VALUE_ADDRESS)
				                                      : value_leaf(VALUE_VARIABLE),
				        (unsigned)word);
		}
		lift_set(l, l->stack, v);
		break;
	case INQ_OP_POP:
		v = l->reg[l->stack < REGISTERS ? l->stack : 0];
		if (!l->fixed) {
			lift_set(l, n->rd, lift_load(l, v, (unsigned)word));
			v.constant = (int64_t)((uint64_t)v.constant + (uint64_t)word);
		} else {
			lift_set(l, n->rd, value_leaf(VALUE_VARIABLE));
			v.constant = (int64_t)((uint64_t)v.constant + (uint64_t)n->imm);
		}
		lift_set(l, l->stack, v);
		break;
	case INQ_OP_BRANCH:
		lift_branch(l, n);
		break;
	case INQ_OP_CALL:
		lift_call(l, n);
		break;
	case INQ_OP_RETURN:
		if (l->result < REGISTERS && l->written[l->result]) {
			lift_tell_constant(l, &l->reg[l->result]);
			lift_tell(l, USE_RETURNED, l->reg[l->result]);
		}
		break;
	case INQ_OP_JUMP:
		if (n->flow == INQ_FLOW_JUMP_INDIRECT)
			keys_add(l->keys, CHANNEL_FLOW, (uint64_t)USE_SWITCH << 40);
		break;
	case INQ_OP_ADD:
	case INQ_OP_SUB:
	case INQ_OP_MULTIPLY:
	case INQ_OP_DIVIDE:
	case INQ_OP_AND:
	case INQ_OP_OR:
	case INQ_OP_XOR:
	case INQ_OP_NOT:
	case INQ_OP_NEGATE:
	case INQ_OP_SHIFT_LEFT:
	case INQ_OP_SHIFT_RIGHT:
	case INQ_OP_SHIFT_SIGNED:
	case INQ_OP_ROTATE:
	case INQ_OP_BITS:
		lift_operation(l, n);
		break;
	case INQ_OP_STRING:
		if (!l->fixed)
			for (unsigned i = 0; i < 3; i++)
				lift_set(l, (const uint8_t[]){ 1, 6, 7 }[i], value_leaf(VALUE_VARIABLE));
		keys_add(l->keys, CHANNEL_FLOW, (uint64_t)USE_DEFINED << 40 | VALUE_OTHER);
		break;
	case INQ_OP_OTHER:
	case INQ_OP_TRAP:
	case INQ_OP_SYSTEM:
	case INQ_OP_ATOMIC:
	case INQ_OP_FLOAT:
	case INQ_OP_CONVERT:
	case INQ_OP_VECTOR:
	case INQ_OP_CRYPTO:
	case INQ_OP_COUNT:
		if (n->flags & (INQ_INSN_READS_MEMORY | INQ_INSN_WRITES_MEMORY))
			lift_tell_access(l, n->flags & INQ_INSN_WRITES_MEMORY ? USE_STORE_AT : USE_LOAD_AT,
			        lift_address(l, n), n->width);
		if (n->flags & INQ_INSN_READS_MEMORY)
			lift_tell_number(l, n);
		v = value_leaf(VALUE_VARIABLE);
		if (n->rd != INQ_REG_NONE) {
			v = value_unary(kind_of((enum inq_op)n->op), v);
			lift_set(l, n->rd, v);
		}
		keys_add(l->keys, CHANNEL_FLOW, (uint64_t)USE_DEFINED << 40 | kind_of((enum inq_op)n->op));
		break;
	}
	if (n->flags & INQ_INSN_CONDITIONAL && n->op != INQ_OP_BRANCH && n->condition != INQ_CONDITION_NONE &&
	        n->op != INQ_OP_SELECT)
		lift_tell_branch(l, n->condition, &l->flags);
}
