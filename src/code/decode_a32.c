/*
 * A32, after DDI 0406 chapter A5 and DDI 0487 chapter F4. What the manual
 * calls UNPREDICTABLE, such as the program counter as a factor, counts as no
 * instruction; so do fields that should be zero and are not.
 */
#include "code/decode.h"
#include "code/decode_arm.h"

static bool unconditional(struct draft *d, uint32_t w);

/* True where one of four fields of the register, at the shifts, is the program counter. */
static bool any_pc(uint32_t a, uint32_t b, uint32_t c)
{
	return a == R_PC || b == R_PC || c == R_PC;
}

static bool multiply(struct draft *d, uint32_t w)
{
	uint32_t rd = bits(w, 19, 16), ra = bits(w, 15, 12), rs = bits(w, 11, 8), rm = bits(w, 3, 0);
	uint32_t kind = bits(w, 23, 21);

	if (any_pc(rd, rs, rm) || ra == R_PC || ((kind == 2 || kind == 3) && bit(w, 20)))
		return false;
	name(d, MNEMONIC(PAGE_MULTIPLY, ARM_MUL + bits(w, 23, 20)), INQ_OP_MULTIPLY);
	d->i->width = 4;
	src(d, rm);
	second(d, rs);
	dst(d, rd);
	if (kind == 0)
		return ra == 0;
	if (kind == 1 || kind == 3) {
		stored(d, ra);
		return true;
	}
	/* The low half of the product is the first of two results. */
	if (ra == rd)
		return false;
	if (kind == 2 || kind & 1)
		d->reads |= arm_mask(ra) | arm_mask(rd);
	dst(d, ra);
	return true;
}

static bool exclusive(struct draft *d, uint32_t w)
{
	uint32_t rn = bits(w, 19, 16), rd = bits(w, 15, 12), rt = bits(w, 3, 0), size = bits(w, 22, 21);
	uint32_t order = bits(w, 9, 8);
	bool load = bit(w, 20);

	if (bits(w, 11, 10) != 3 || order == 1 || rn == R_PC)
		return false;
	/* size: word, double, byte, half */
	if (order == 0 && size == 1)
		return false;
	memory(d, rn, 0, size == 0 ? 4 : size == 1 ? 8 : size - 1);
	name(d, ARM_EXCLUSIVE + order * 8 + size * 2 + load, INQ_OP_ATOMIC);
	set(d->i, load ? INQ_INSN_READS_MEMORY : INQ_INSN_WRITES_MEMORY);
	if (order == 0)
		d->i->op = load ? INQ_OP_LOAD : INQ_OP_STORE;
	if (load) {
		if (rt != 15 || rd == R_PC)
			return false;
		dst(d, rd);
		if (size == 1) {
			d->writes |= arm_mask(rd + 1);
			return !(rd & 1) && rd != R_LR;
		}
		return true;
	}
	if (rt == R_PC || (size == 1 && (rt & 1 || rt == R_LR)))
		return false;
	stored(d, rt);
	if (size == 1)
		d->reads |= arm_mask(rt + 1);
	if (order == 0)
		return rd == 15;
	dst(d, rd);
	return rd != R_PC && rd != rn && rd != rt;
}

static bool swap_or_exclusive(struct draft *d, uint32_t w)
{
	uint32_t rn = bits(w, 19, 16), rd = bits(w, 15, 12), rt = bits(w, 3, 0);

	if (bit(w, 23))
		return exclusive(d, w);
	if (bits(w, 21, 20) || bits(w, 11, 8) || any_pc(rn, rd, rt) || rn == rd || rn == rt)
		return false;
	memory(d, rn, 0, bit(w, 22) ? 1 : 4);
	name(d, bit(w, 22) ? ARM_SWPB : ARM_SWP, INQ_OP_ATOMIC);
	set(d->i, INQ_INSN_READS_MEMORY | INQ_INSN_WRITES_MEMORY);
	dst(d, rd);
	stored(d, rt);
	return true;
}

/* P and W: post-indexed forms write back, and with W are those of user mode. */
static unsigned index_mode(uint32_t w)
{
	return !bit(w, 24) ? ARM_POST : bit(w, 21) ? ARM_PRE : ARM_OFFSET;
}

/* An index that is subtracted, added later or shifted otherwise than to the left cannot be told. */
static void index_register(struct draft *d, unsigned mode, bool plain, uint32_t rm)
{
	if (plain && mode != ARM_POST)
		d->i->rm = (uint8_t)rm;
	d->reads |= arm_mask(rm);
}

static bool extra_transfer(struct draft *d, uint32_t w, uint64_t pc)
{
	uint32_t rn = bits(w, 19, 16), rt = bits(w, 15, 12), rm = bits(w, 3, 0), kind = bits(w, 6, 5);
	bool constant = bit(w, 22), load = bit(w, 20), up = bit(w, 23), twin = !load && kind > 1;
	int64_t by = (int64_t)(bits(w, 11, 8) << 4 | rm);
	unsigned mode = index_mode(w), what = ARM_STORE, size = 1;

	if (twin) {
		if (rt & 1 || rt == R_LR || (!bit(w, 24) && bit(w, 21)))
			return false;
		size = 3;
		what = kind == 2 ? ARM_LOAD : ARM_STORE;
		if (mode != ARM_OFFSET && rn == rt + 1)
			return false;
		if (what == ARM_LOAD)
			d->writes |= arm_mask(rt + 1);
		else
			d->reads |= arm_mask(rt + 1);
	} else if (load) {
		what = kind == 1 ? ARM_LOAD : ARM_LOAD_SIGNED;
		size = kind == 2 ? 0 : 1;
	}
	if (!constant) {
		if (bits(w, 11, 8) || rm == R_PC)
			return false;
		if (mode != ARM_OFFSET && rm == rn)
			return false;
		index_register(d, mode, up, rm);
		by = 0;
	} else if (rn == R_PC && mode == ARM_OFFSET) {
		return inq_arm_literal(d, what, size, rt, up ? pc + (uint64_t)by : pc - (uint64_t)by);
	}
	return inq_arm_transfer(d, what, size, mode, rn, rt, up ? by : -by);
}

static bool half_multiply(struct draft *d, uint32_t w)
{
	uint32_t op = bits(w, 22, 21), rd = bits(w, 19, 16), ra = bits(w, 15, 12);
	uint32_t rs = bits(w, 11, 8), rm = bits(w, 3, 0);
	bool accumulate = op == 0 || op == 2 || (op == 1 && !bit(w, 5));

	if (any_pc(rd, rs, rm))
		return false;
	name(d, MNEMONIC(PAGE_MULTIPLY, ARM_MUL_HALF + op * 4 + bits(w, 6, 5)), INQ_OP_MULTIPLY);
	d->i->width = 2;
	src(d, rm);
	second(d, rs);
	dst(d, rd);
	if (!accumulate)
		return ra == 0;
	if (ra == R_PC)
		return false;
	if (op == 2) {
		d->reads |= arm_mask(ra) | arm_mask(rd);
		dst(d, ra);
	} else {
		stored(d, ra);
	}
	return true;
}

static bool status_register(struct draft *d, uint32_t w)
{
	bool to_status = bit(w, 21), banked = bit(w, 9);

	name(d, MNEMONIC(PAGE_SYSTEM, to_status ? ARM_MSR : ARM_MRS), INQ_OP_SYSTEM);
	if (bits(w, 11, 10) || (!banked && bits(w, 9, 8)))
		return false;
	if (to_status) {
		src(d, bits(w, 3, 0));
		return bits(w, 15, 12) == 15 && bits(w, 3, 0) != R_PC && (banked || bits(w, 19, 16));
	}
	dst(d, bits(w, 15, 12));
	return bits(w, 3, 0) == 0 && bits(w, 15, 12) != R_PC && (banked || bits(w, 19, 16) == 15);
}

static bool miscellaneous(struct draft *d, uint32_t w)
{
	uint32_t op = bits(w, 22, 21), rn = bits(w, 19, 16), rd = bits(w, 15, 12), rm = bits(w, 3, 0);
	bool always = bits(w, 31, 28) == 14;

	switch (bits(w, 6, 4)) {
	case 0:
		return status_register(d, w);
	case 1:
		if (op == 3) {
			name(d, ARM_CLZ, INQ_OP_BITS);
			src(d, rm);
			dst(d, rd);
			return rn == 15 && bits(w, 11, 8) == 15 && rd != R_PC && rm != R_PC;
		}
		name(d, ARM_BX, INQ_OP_JUMP);
		inq_arm_jump_register(d, rm);
		return op == 1 && bits(w, 19, 8) == 0xfff;
	case 2:
		name(d, ARM_BXJ, INQ_OP_JUMP);
		inq_arm_jump_register(d, rm);
		return op == 1 && bits(w, 19, 8) == 0xfff && rm != R_PC;
	case 3:
		name(d, ARM_BLX, INQ_OP_CALL);
		src(d, rm);
		d->i->flow = INQ_FLOW_CALL_INDIRECT;
		d->writes |= arm_mask(R_LR);
		return op == 1 && bits(w, 19, 8) == 0xfff && rm != R_PC;
	case 4: {
		bool castagnoli = bit(w, 9);

		name(d, ARM_CRC + op + (castagnoli ? 4u : 0), INQ_OP_CRYPTO);
		src(d, rn);
		second(d, rm);
		dst(d, rd);
		return op < 3 && !(bits(w, 11, 8) & 13) && !any_pc(rd, rn, rm) && always;
	}
	case 5:
		name(d, ARM_QADD + op, op & 1 ? INQ_OP_SUB : INQ_OP_ADD);
		src(d, rm);
		second(d, rn);
		dst(d, rd);
		return bits(w, 11, 8) == 0 && !any_pc(rd, rn, rm);
	case 6:
		name(d, MNEMONIC(PAGE_SYSTEM, ARM_ERET), INQ_OP_RETURN);
		d->i->flow = INQ_FLOW_RETURN;
		return op == 3 && bits(w, 19, 8) == 0 && rm == 14;
	default:
		immediate(d, bits(w, 19, 8) << 4 | rm);
		if (op == 0 || op == 1) {
			name(d, MNEMONIC(PAGE_SYSTEM, op ? ARM_BKPT : ARM_HLT), INQ_OP_TRAP);
			d->i->flow = INQ_FLOW_STOP;
			return always;
		}
		name(d, MNEMONIC(PAGE_SYSTEM, op == 2 ? ARM_HVC : ARM_SMC), INQ_OP_SYSTEM);
		return op == 2 ? always : bits(w, 19, 8) == 0;
	}
}

static bool data_fields(uint32_t opcode, uint32_t rd, uint32_t rn)
{
	if (opcode >= DATA_TST && opcode <= DATA_CMN)
		return rd == 0;
	return (opcode != DATA_MOV && opcode != DATA_MVN) || rn == 0;
}

static bool data_register(struct draft *d, uint32_t w, uint64_t pc)
{
	uint32_t opcode = bits(w, 24, 21), rn = bits(w, 19, 16), rd = bits(w, 15, 12);
	struct operand o = {
		.rm = bits(w, 3, 0),
		.type = bits(w, 6, 5),
		.amount = bits(w, 11, 7),
		.by_register = bit(w, 4),
		.rs = bits(w, 11, 8),
	};

	if (!data_fields(opcode, rd, rn))
		return false;
	if (o.by_register) {
		if (any_pc(rd, o.rs, o.rm) || rn == R_PC)
			return false;
		o.amount = 0;
	} else if ((o.type == 1 || o.type == 2) && !o.amount) {
		o.amount = 32;
	}
	inq_arm_data(d, opcode, bit(w, 20), rd, rn, &o, pc);
	return true;
}

static bool data_constant(struct draft *d, uint32_t w, uint64_t pc)
{
	uint32_t opcode = bits(w, 24, 21), rn = bits(w, 19, 16), rd = bits(w, 15, 12);
	uint32_t value = bits(w, 7, 0), turn = bits(w, 11, 8) * 2;
	struct operand o = { .constant = true };

	if (!data_fields(opcode, rd, rn))
		return false;
	o.value = turn ? value >> turn | value << (32 - turn) : value;
	inq_arm_data(d, opcode, bit(w, 20), rd, rn, &o, pc);
	return true;
}

static bool wide_or_hint(struct draft *d, uint32_t w)
{
	uint32_t rd = bits(w, 15, 12);
	int64_t value = (int64_t)(bits(w, 19, 16) << 12 | bits(w, 11, 0));

	if (!bit(w, 21)) {
		bool top = bit(w, 22);

		name(d, top ? ARM_MOVT : ARM_MOVW, top ? INQ_OP_BITFIELD : INQ_OP_MOVE);
		d->i->width = 4;
		if (top) {
			src(d, rd);
			d->i->shift = 16;
		}
		dst(d, rd);
		immediate(d, value);
		return rd != R_PC;
	}
	if (rd != 15)
		return false;
	if (!bit(w, 22) && !bits(w, 19, 16)) {
		name(d, MNEMONIC(PAGE_SYSTEM, ARM_HINT + (bits(w, 7, 0) < 64 ? bits(w, 7, 0) : 64)),
		        INQ_OP_NOP);
		/* dbg is 0xf0 to 0xff */
		return bits(w, 11, 8) == 0 && (bits(w, 7, 0) < 32 || bits(w, 7, 4) == 15);
	}
	name(d, MNEMONIC(PAGE_SYSTEM, ARM_MSR), INQ_OP_SYSTEM);
	return bits(w, 19, 16) != 0;
}

static bool data_group(struct draft *d, uint32_t w, uint64_t pc)
{
	bool constant = bit(w, 25), odd = bits(w, 24, 23) == 2 && !bit(w, 20);

	if (constant)
		return odd ? wide_or_hint(d, w) : data_constant(d, w, pc);
	if (bit(w, 7) && bit(w, 4)) {
		if (bits(w, 6, 5))
			return extra_transfer(d, w, pc);
		return bit(w, 24) ? swap_or_exclusive(d, w) : multiply(d, w);
	}
	if (odd)
		return bit(w, 7) ? half_multiply(d, w) : miscellaneous(d, w);
	return data_register(d, w, pc);
}

static bool transfer(struct draft *d, uint32_t w, uint64_t pc)
{
	uint32_t rn = bits(w, 19, 16), rt = bits(w, 15, 12), rm = bits(w, 3, 0);
	unsigned mode = index_mode(w), size = bit(w, 22) ? 0 : 2;
	bool load = bit(w, 20), up = bit(w, 23), user = !bit(w, 24) && bit(w, 21);
	int64_t by = bits(w, 11, 0);

	if (bit(w, 25)) {
		uint32_t type = bits(w, 6, 5), amount = bits(w, 11, 7);

		if (rm == R_PC || (mode != ARM_OFFSET && rm == rn && !up))
			return false;
		index_register(d, mode, up && !type, rm);
		d->i->shift = type ? 0 : (uint8_t)amount;
		by = 0;
	} else if (rn == R_PC && mode == ARM_OFFSET) {
		return inq_arm_literal(
		        d, load ? ARM_LOAD : ARM_STORE, size, rt, up ? pc + (uint64_t)by : pc - (uint64_t)by);
	}
	if (user && rt == R_PC)
		return false;
	return inq_arm_transfer(d, load ? ARM_LOAD : ARM_STORE, size, mode, rn, rt, up ? by : -by);
}

static bool extend(struct draft *d, uint32_t w)
{
	uint32_t rn = bits(w, 19, 16), kind = bits(w, 21, 20);
	bool no_sign = bit(w, 22), add = rn != 15;

	if (kind == 1 || bits(w, 9, 8) || any_pc(bits(w, 15, 12), bits(w, 3, 0), 0))
		return false;
	name(d, ARM_EXTEND + (kind ? kind - 1 : 0) + (no_sign ? 3u : 0) + (add ? 6u : 0), INQ_OP_EXTEND);
	d->i->width = kind == 3 ? 2 : 1;
	dst(d, bits(w, 15, 12));
	if (add) {
		src(d, rn);
		second(d, bits(w, 3, 0));
	} else {
		src(d, bits(w, 3, 0));
	}
	return true;
}

static bool pack_or_saturate(struct draft *d, uint32_t w)
{
	uint32_t op1 = bits(w, 22, 20), op2 = bits(w, 7, 5);
	uint32_t rn = bits(w, 19, 16), rd = bits(w, 15, 12), rm = bits(w, 3, 0);
	bool tail = bits(w, 11, 8) == 15;

	if (rd == R_PC || rm == R_PC)
		return false;
	if (op2 == 3)
		return extend(d, w);
	dst(d, rd);
	if (!(op2 & 1)) {
		if (op1 == 0) {
			name(d, ARM_PKH + bits(w, 6, 6), INQ_OP_BITFIELD);
			src(d, rn);
			second(d, rm);
			return rn != R_PC;
		}
		name(d, ARM_SATURATE + bits(w, 22, 22) * 2, INQ_OP_OTHER);
		src(d, rm);
		immediate(d, bits(w, 20, 16) + !bit(w, 22));
		return bit(w, 21);
	}
	src(d, rm);
	switch (op1 << 4 | op2) {
	case 0x05: /* sel */
		name(d, ARM_SEL, INQ_OP_SELECT);
		src(d, rn);
		second(d, rm);
		return tail && rn != R_PC;
	case 0x21:
	case 0x61:
		name(d, ARM_SATURATE + 1 + bits(w, 22, 22) * 2, INQ_OP_OTHER);
		immediate(d, bits(w, 19, 16) + !bit(w, 22));
		return tail;
	case 0x31:
		name(d, ARM_REV, INQ_OP_BITS);
		break;
	case 0x35:
		name(d, ARM_REV16, INQ_OP_BITS);
		break;
	case 0x71:
		name(d, ARM_RBIT, INQ_OP_BITS);
		break;
	case 0x75:
		name(d, ARM_REVSH, INQ_OP_BITS);
		break;
	default:
		return false;
	}
	return rn == 15 && tail;
}

static bool dual_multiply(struct draft *d, uint32_t w)
{
	uint32_t op1 = bits(w, 22, 20), op2 = bits(w, 7, 5);
	uint32_t rd = bits(w, 19, 16), ra = bits(w, 15, 12), rs = bits(w, 11, 8), rm = bits(w, 3, 0);

	if (any_pc(rd, rs, rm))
		return false;
	src(d, rm);
	second(d, rs);
	dst(d, rd);
	d->i->width = 4;
	switch (op1) {
	case 0: /* smlad, smlsd, smuad, smusd */
		name(d, MNEMONIC(PAGE_MULTIPLY, ARM_MUL_DUAL + op2), INQ_OP_MULTIPLY);
		if (ra != 15)
			stored(d, ra);
		return op2 < 4;
	case 1:
	case 3:
		name(d, op1 == 1 ? ARM_SDIV : ARM_UDIV, INQ_OP_DIVIDE);
		return op2 == 0 && ra == 15;
	case 4: /* smlald, smlsld */
		name(d, MNEMONIC(PAGE_MULTIPLY, ARM_MUL_DUAL + 8 + op2), INQ_OP_MULTIPLY);
		d->reads |= arm_mask(ra) | arm_mask(rd);
		dst(d, ra);
		return op2 < 4 && ra != R_PC && ra != rd;
	case 5: /* smmla, smmls, smmul */
		name(d, MNEMONIC(PAGE_MULTIPLY, ARM_MUL_MOST + op2), INQ_OP_MULTIPLY);
		if (ra != 15)
			stored(d, ra);
		return op2 < 2 || (op2 > 5 && ra != 15);
	default:
		return false;
	}
}

static bool media(struct draft *d, uint32_t w)
{
	uint32_t op1 = bits(w, 24, 20), op2 = bits(w, 7, 5);
	uint32_t rn = bits(w, 19, 16), rd = bits(w, 15, 12), rm = bits(w, 3, 0);
	uint32_t low = bits(w, 11, 7), high = bits(w, 20, 16);

	if (op1 < 8) {
		/* Parallel addition and subtraction. */
		name(d, MNEMONIC(PAGE_MEDIA, op1 * 8 + op2), INQ_OP_VECTOR);
		src(d, rn);
		second(d, rm);
		dst(d, rd);
		return (op1 & 3) && op2 != 5 && op2 != 6 && bits(w, 11, 8) == 15 && !any_pc(rd, rn, rm);
	}
	if (op1 < 16)
		return pack_or_saturate(d, w);
	if (op1 < 24)
		return dual_multiply(d, w);
	if (op1 == 24 && op2 == 0) {
		name(d, rd == 15 ? ARM_USAD : ARM_USADA, INQ_OP_VECTOR);
		src(d, rm);
		second(d, bits(w, 11, 8));
		dst(d, rn);
		if (rd != 15)
			stored(d, rd);
		return !any_pc(rn, rm, bits(w, 11, 8));
	}
	if (op1 == 31 && op2 == 7) {
		name(d, MNEMONIC(PAGE_SYSTEM, ARM_UDF), INQ_OP_TRAP);
		d->i->flow = INQ_FLOW_STOP;
		immediate(d, bits(w, 19, 8) << 4 | rm);
		return bits(w, 31, 28) == 14;
	}
	dst(d, rd);
	if (rd == R_PC)
		return false;
	if (op1 >> 1 == 14 && (op2 & 3) == 0) {
		name(d, rm == 15 ? ARM_BFC : ARM_BFI, INQ_OP_BITFIELD);
		d->reads |= arm_mask(rd);
		if (rm == 15)
			d->i->rn = d->i->rd;
		else
			src(d, rm);
		immediate(d, low);
		return low <= high;
	}
	if ((op2 & 3) != 2 || (op1 >> 1 != 13 && op1 >> 1 != 15))
		return false;
	name(d, op1 >> 1 == 13 ? ARM_SBFX : ARM_UBFX, INQ_OP_BITFIELD);
	src(d, rm);
	immediate(d, low);
	return rm != R_PC && low + high < 32;
}

static bool multiple(struct draft *d, uint32_t w)
{
	uint32_t list = bits(w, 15, 0);
	bool load = bit(w, 20);

	/* With S, the registers of user mode, or a return from an exception. */
	if (bit(w, 22) && bit(w, 21) && !(load && list >> R_PC))
		return false;
	return inq_arm_multiple(d, load, bit(w, 23), bit(w, 24), bit(w, 21), bits(w, 19, 16), list);
}

static bool decode(struct draft *d, uint32_t w)
{
	uint32_t cond = bits(w, 31, 28);
	uint64_t pc = d->i->va + 8;

	if (cond == 15)
		return unconditional(d, w);
	if (cond != 14) {
		set(d->i, INQ_INSN_CONDITIONAL);
		d->i->condition = inq_arm_condition(cond);
	}
	switch (bits(w, 27, 25)) {
	case 0:
	case 1:
		return data_group(d, w, pc);
	case 2:
		return transfer(d, w, pc);
	case 3:
		return bit(w, 4) ? media(d, w) : transfer(d, w, pc);
	case 4:
		return multiple(d, w);
	case 5:
		reference(d, (uint32_t)(pc + (uint64_t)(sbits(w, 23, 0) * 4)));
		if (bit(w, 24)) {
			name(d, ARM_BL, INQ_OP_CALL);
			d->i->flow = INQ_FLOW_CALL;
			d->writes |= arm_mask(R_LR);
		} else {
			name(d, ARM_B, cond == 14 ? INQ_OP_JUMP : INQ_OP_BRANCH);
			d->i->flow = cond == 14 ? INQ_FLOW_JUMP : INQ_FLOW_BRANCH;
		}
		return true;
	default:
		break;
	}
	if (bits(w, 27, 24) == 15) {
		name(d, MNEMONIC(PAGE_SYSTEM, ARM_SVC), INQ_OP_SYSTEM);
		immediate(d, bits(w, 23, 0));
		return true;
	}
	return inq_arm_coprocessor(d, w, pc);
}

/* rfe, srs */
static bool exception_state(struct draft *d, uint32_t w)
{
	bool load = bit(w, 20);

	if (bit(w, 22) == load)
		return false;
	name(d, MNEMONIC(PAGE_SYSTEM, load ? ARM_RFE : ARM_SRS), INQ_OP_SYSTEM);
	if (load) {
		memory(d, bits(w, 19, 16), 0, 8);
		set(d->i, INQ_INSN_READS_MEMORY);
		flow(d, INQ_FLOW_RETURN, INQ_OP_RETURN);
		return bits(w, 15, 0) == 0x0a00 && bits(w, 19, 16) != R_PC;
	}
	memory(d, R_SP, 0, 8);
	set(d->i, INQ_INSN_WRITES_MEMORY);
	if (bit(w, 21))
		d->writes |= arm_mask(R_SP);
	return bits(w, 19, 5) == 0x6828;
}

/* pld, pldw, pli: hints with a memory operand. */
static bool preload(struct draft *d, uint32_t w)
{
	uint32_t rn = bits(w, 19, 16);
	int64_t by = bits(w, 11, 0);

	name(d, ARM_PRELOAD, INQ_OP_NOP);
	if (bits(w, 15, 12) != 15)
		return false;
	if (bit(w, 25)) {
		if (bit(w, 4) || bits(w, 3, 0) == R_PC)
			return false;
		index_register(d, ARM_OFFSET, bit(w, 23) && !bits(w, 6, 5), bits(w, 3, 0));
		d->i->shift = bits(w, 6, 5) ? 0 : (uint8_t)bits(w, 11, 7);
		by = 0;
	} else if (rn == R_PC) {
		return true;
	}
	memory(d, rn, bit(w, 23) ? by : -by, 0);
	return true;
}

static bool unconditional(struct draft *d, uint32_t w)
{
	uint32_t op = bits(w, 27, 20);
	uint64_t pc = d->i->va + 8;

	switch (bits(w, 27, 25)) {
	case 0:
		if (op == 0x10 && !bit(w, 5) && !bit(w, 16)) {
			name(d, MNEMONIC(PAGE_SYSTEM, ARM_CPS), INQ_OP_SYSTEM);
			return bits(w, 15, 9) == 0;
		}
		name(d, MNEMONIC(PAGE_SYSTEM, ARM_SETEND), INQ_OP_SYSTEM);
		return (w & 0xfffffdff) == 0xf1010000 || (w & 0xfffffdff) == 0xf1100000;
	case 1:
		return inq_arm_simd(d, w);
	case 2:
	case 3:
		if (!bit(w, 25) && !bit(w, 24) && !bit(w, 20))
			return inq_arm_structure(d, w);
		if (op == 0x57) {
			name(d, MNEMONIC(PAGE_SYSTEM, ARM_BARRIER + bits(w, 7, 4)), INQ_OP_SYSTEM);
			return bits(w, 19, 8) == 0xff0 &&
			       (bits(w, 7, 4) == 1 || (bits(w, 7, 4) >= 4 && bits(w, 7, 4) <= 7));
		}
		/* pli; pldw and pld */
		if (bits(w, 21, 20) != 1 || (!bit(w, 24) && !bit(w, 22)))
			return false;
		return preload(d, w);
	case 4:
		return exception_state(d, w);
	case 5:
		name(d, ARM_BLX, INQ_OP_CALL);
		reference(d, (uint32_t)(pc + (uint64_t)(sbits(w, 23, 0) * 4) + bits(w, 24, 24) * 2) | 1);
		d->i->flow = INQ_FLOW_CALL;
		d->writes |= arm_mask(R_LR);
		return true;
	default:
		return bits(w, 27, 24) != 15 && inq_arm_coprocessor(d, w, pc);
	}
}

bool inq_a32_decode(uint64_t va, uint32_t word, struct inq_insn *ret)
{
	struct draft d;

	draft_start(&d, ret, va, 4);
	return decode(&d, word);
}

bool inq_a32_registers(uint32_t word, uint32_t *ret_reads, uint32_t *ret_writes)
{
	struct inq_insn i;
	struct draft d;

	draft_start(&d, &i, 0, 4);
	if (!decode(&d, word))
		return false;
	*ret_reads = d.reads;
	*ret_writes = d.writes;
	return true;
}
