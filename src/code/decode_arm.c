/* What A32 and Thumb operations do, apart from how they are encoded. */
#include "code/decode_arm.h"

uint8_t inq_arm_condition(uint32_t cond)
{
	static const uint8_t of[16] = {
		INQ_CONDITION_EQUAL,
		INQ_CONDITION_NOT_EQUAL,
		INQ_CONDITION_ABOVE_EQUAL,
		INQ_CONDITION_BELOW,
		INQ_CONDITION_OTHER,
		INQ_CONDITION_OTHER,
		INQ_CONDITION_OTHER,
		INQ_CONDITION_OTHER,
		INQ_CONDITION_ABOVE,
		INQ_CONDITION_BELOW_EQUAL,
		INQ_CONDITION_GREATER_EQUAL,
		INQ_CONDITION_LESS,
		INQ_CONDITION_GREATER,
		INQ_CONDITION_LESS_EQUAL,
	};

	return of[cond];
}

void inq_arm_jump_register(struct draft *d, uint32_t rm)
{
	src(d, rm);
	if (rm == R_LR)
		flow(d, INQ_FLOW_RETURN, INQ_OP_RETURN);
	else
		flow(d, INQ_FLOW_JUMP_INDIRECT, INQ_OP_JUMP);
}

void inq_arm_shift(struct draft *d, uint32_t type, bool flags, uint32_t rd, const struct operand *o)
{
	static const uint8_t op[5] = { INQ_OP_SHIFT_LEFT, INQ_OP_SHIFT_RIGHT, INQ_OP_SHIFT_SIGNED,
		INQ_OP_ROTATE, INQ_OP_ROTATE };

	name(d, ARM_SHIFT + type * 2 + flags, op[type]);
	leaves_flags(d, flags);
	d->i->width = 4;
	src(d, o->rm);
	if (o->by_register)
		second(d, o->rs);
	else
		immediate(d, type == 4 ? 1 : o->amount);
	dst(d, rd);
	if (rd == R_PC)
		flow(d, INQ_FLOW_JUMP_INDIRECT, INQ_OP_JUMP);
}

static void second_operand(struct draft *d, const struct operand *o)
{
	if (o->constant) {
		immediate(d, (int32_t)o->value);
		return;
	}
	second(d, o->rm);
	if (o->by_register)
		stored(d, o->rs);
	else if (o->type == 0)
		d->i->shift = (uint8_t)o->amount;
}

static void move(struct draft *d, bool flags, uint32_t rd, const struct operand *o)
{
	d->i->mnemonic = (uint16_t)(DATA_MOV * 2 + flags);
	leaves_flags(d, flags);
	if (o->constant) {
		dst(d, rd);
		d->i->op = INQ_OP_MOVE;
		immediate(d, (int32_t)o->value);
		if (rd == R_PC)
			flow(d, INQ_FLOW_JUMP_INDIRECT, INQ_OP_JUMP);
		return;
	}
	if (o->by_register || o->type || o->amount) {
		/* ror by 0 is rrx */
		inq_arm_shift(d, !o->by_register && o->type == 3 && !o->amount ? 4 : o->type, flags, rd, o);
		return;
	}
	dst(d, rd);
	src(d, o->rm);
	d->i->op = INQ_OP_MOVE;
	if (rd == R_PC)
		inq_arm_jump_register(d, o->rm);
	else if (rd == o->rm && !flags)
		name(d, ARM_NOP_MOVE, INQ_OP_NOP);
}

void inq_arm_data(struct draft *d, uint32_t opcode, bool flags, uint32_t rd, uint32_t rn,
        const struct operand *o, uint64_t pc)
{
	static const uint8_t op[DATA_COUNT] = { INQ_OP_AND, INQ_OP_XOR, INQ_OP_SUB, INQ_OP_SUB, INQ_OP_ADD,
		INQ_OP_ADD, INQ_OP_SUB, INQ_OP_SUB, INQ_OP_TEST, INQ_OP_TEST, INQ_OP_COMPARE, INQ_OP_COMPARE,
		INQ_OP_OR, INQ_OP_MOVE, INQ_OP_AND, INQ_OP_NOT, INQ_OP_OR };

	d->i->width = 4;
	if (opcode == DATA_MOV) {
		move(d, flags, rd, o);
		return;
	}
	name(d, opcode * 2 + flags, op[opcode]);
	second_operand(d, o);
	if (opcode >= DATA_TST && opcode <= DATA_CMN) {
		src(d, rn);
		return;
	}
	leaves_flags(d, flags);
	dst(d, rd);
	if (opcode == DATA_MVN) {
		if (o->constant) {
			d->i->op = INQ_OP_MOVE;
			d->i->imm = (int32_t)~o->value;
		} else {
			d->i->rn = d->i->rm;
			d->i->rm = INQ_REG_NONE;
		}
	} else {
		src(d, rn);
		if (opcode == DATA_RSB && o->constant && !o->value)
			d->i->op = INQ_OP_NEGATE;
	}
	if (rn == R_PC && o->constant && (opcode == DATA_ADD || opcode == DATA_SUB)) {
		name(d, ARM_ADR, INQ_OP_ADDRESS);
		reference(d, (uint32_t)(opcode == DATA_ADD ? pc + o->value : pc - o->value));
		d->i->rn = INQ_REG_NONE;
		d->i->imm = 0;
		d->i->flags &= (uint8_t)~INQ_INSN_HAS_IMM;
	}
	if (rd != R_PC)
		return;
	if (opcode == DATA_SUB && flags && rn == R_LR) {
		/* The return from an exception. */
		flow(d, INQ_FLOW_RETURN, INQ_OP_RETURN);
		return;
	}
	if (opcode == DATA_ADD && !o->constant)
		set(d->i, INQ_INSN_BASE_DISP);
	flow(d, INQ_FLOW_JUMP_INDIRECT, INQ_OP_JUMP);
}

static void transfer_name(struct draft *d, unsigned kind, unsigned size, unsigned mode)
{
	name(d, MNEMONIC(PAGE_LOAD, size * 16 + kind * 4 + mode),
	        kind == ARM_STORE ? INQ_OP_STORE : INQ_OP_LOAD);
	set(d->i, kind == ARM_STORE ? INQ_INSN_WRITES_MEMORY : INQ_INSN_READS_MEMORY);
	d->i->width = (uint8_t)(1u << size);
}

static bool transfer_register(struct draft *d, unsigned kind, unsigned size, uint32_t rt)
{
	if (rt == R_PC && (size != 2 || kind == ARM_STORE) && !(kind == ARM_STORE && size == 2))
		return false;
	if (kind == ARM_STORE)
		stored(d, rt);
	else
		dst(d, rt);
	return true;
}

bool inq_arm_transfer(struct draft *d, unsigned kind, unsigned size, unsigned mode, uint32_t rn, uint32_t rt,
        int64_t displacement)
{
	memory(d, rn, mode == ARM_POST ? 0 : displacement, 0);
	transfer_name(d, kind, size, mode);
	if (!transfer_register(d, kind, size, rt))
		return false;
	if (mode != ARM_OFFSET) {
		if (rn == R_PC || rn == rt)
			return false;
		d->writes |= arm_mask(rn);
		if (rn == R_SP && mode == ARM_PRE && displacement < 0 && kind == ARM_STORE)
			d->i->op = INQ_OP_PUSH;
		if (rn == R_SP && mode == ARM_POST && displacement > 0 && kind == ARM_LOAD)
			d->i->op = INQ_OP_POP;
	}
	if (kind == ARM_STORE || rt != R_PC)
		return true;
	if (rn == R_SP && mode == ARM_POST)
		flow(d, INQ_FLOW_RETURN, INQ_OP_RETURN);
	else
		flow(d, INQ_FLOW_JUMP_INDIRECT, INQ_OP_JUMP);
	return true;
}

bool inq_arm_literal(struct draft *d, unsigned kind, unsigned size, uint32_t rt, uint64_t va)
{
	transfer_name(d, kind, size, ARM_OFFSET);
	reference(d, (uint32_t)va);
	if (!transfer_register(d, kind, size, rt))
		return false;
	if (kind != ARM_STORE && rt == R_PC)
		flow(d, INQ_FLOW_JUMP_INDIRECT, INQ_OP_JUMP);
	return true;
}

bool inq_arm_multiple(
        struct draft *d, bool load, bool up, bool before, bool write_back, uint32_t rn, uint32_t list)
{
	unsigned count = (unsigned)__builtin_popcount(list);
	unsigned first = list ? (unsigned)__builtin_ctz(list) : 0;
	int64_t lowest = up ? (before ? 4 : 0) : (before ? 0 : 4) - 4 * (int64_t)count;

	if (!list || rn == R_PC || (load && write_back && list >> rn & 1))
		return false;
	memory(d, rn, lowest, 4 * count);
	name(d, ARM_LDM + ((unsigned)before * 2 + up) * 2 + load, load ? INQ_OP_LOAD : INQ_OP_STORE);
	if (write_back)
		d->writes |= arm_mask(rn);
	if (load) {
		set(d->i, INQ_INSN_READS_MEMORY);
		dst(d, first);
		d->writes |= list & 0x7fff;
		if (rn == R_SP && write_back && up && !before)
			d->i->op = INQ_OP_POP;
		/* Also without sp: frames of the old standard end in ldmdb fp, {…, sp, pc}. */
		if (list >> R_PC & 1)
			flow(d, INQ_FLOW_RETURN, INQ_OP_RETURN);
		return true;
	}
	set(d->i, INQ_INSN_WRITES_MEMORY);
	stored(d, first);
	d->reads |= list & 0x7fff;
	if (rn == R_SP && write_back && !up && before)
		d->i->op = INQ_OP_PUSH;
	return true;
}
