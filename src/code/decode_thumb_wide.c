/* Thumb instructions of two halfwords, after DDI 0406 chapter A6 and DDI 0487 chapter F3. */
#include "code/decode_arm.h"

/* Registers that 32-bit data processing does not take: sp and the program counter. */
static bool odd(uint32_t r)
{
	return r == R_SP || r == R_PC;
}

/* Data processing as Thumb numbers it; MISSING is none. */
#define MISSING 0xff
static const uint8_t data_opcode[16] = { DATA_AND, DATA_BIC, DATA_ORR, DATA_ORN, DATA_EOR, MISSING, MISSING,
	MISSING, DATA_ADD, MISSING, DATA_ADC, DATA_SBC, MISSING, DATA_SUB, DATA_RSB, MISSING };

/* Aliases: without a destination it compares, without a first operand it moves. */
static bool data(struct draft *d, uint32_t w, const struct operand *o)
{
	uint32_t opcode = data_opcode[bits(w, 24, 21)], rn = bits(w, 19, 16), rd = bits(w, 11, 8);
	bool flags = bit(w, 20), to_sp;

	if (opcode == MISSING)
		return false;
	if (rd == R_PC) {
		if (!flags)
			return false;
		switch (opcode) {
		case DATA_AND:
			opcode = DATA_TST;
			break;
		case DATA_EOR:
			opcode = DATA_TEQ;
			break;
		case DATA_ADD:
			opcode = DATA_CMN;
			break;
		case DATA_SUB:
			opcode = DATA_CMP;
			break;
		default:
			return false;
		}
		if (rn == R_PC || (rn == R_SP && opcode < DATA_CMP))
			return false;
	} else if (rn == R_PC) {
		if (opcode == DATA_ORR)
			opcode = DATA_MOV;
		else if (opcode == DATA_ORN)
			opcode = DATA_MVN;
		else
			return false;
	}
	/* Only sums from sp, and moves, go to sp. */
	to_sp = ((opcode == DATA_ADD || opcode == DATA_SUB) && rn == R_SP) ||
	        (opcode == DATA_MOV && !o->constant && !o->amount && !o->type && !flags);
	if (rd == R_SP && !to_sp)
		return false;
	if (rn == R_SP && opcode != DATA_ADD && opcode != DATA_SUB && opcode != DATA_CMP &&
	        opcode != DATA_CMN)
		return false;
	if (!o->constant && (o->rm == R_PC || (o->rm == R_SP && opcode != DATA_MOV)))
		return false;
	inq_arm_data(d, opcode, flags, rd, rn, o, 0);
	return true;
}

static bool pack(struct draft *d, uint32_t w)
{
	uint32_t rd = bits(w, 11, 8), rn = bits(w, 19, 16), rm = bits(w, 3, 0);

	if (bit(w, 20) || bit(w, 4) || odd(rd) || odd(rn) || odd(rm))
		return false;
	name(d, ARM_PKH + bits(w, 5, 5), INQ_OP_BITFIELD);
	src(d, rn);
	second(d, rm);
	dst(d, rd);
	return true;
}

static bool data_shifted(struct draft *d, uint32_t w)
{
	struct operand o = {
		.rm = bits(w, 3, 0), .type = bits(w, 5, 4), .amount = bits(w, 14, 12) << 2 | bits(w, 7, 6)
	};

	if (bit(w, 15))
		return false;
	if (bits(w, 24, 21) == 6)
		return pack(d, w);
	if ((o.type == 1 || o.type == 2) && !o.amount)
		o.amount = 32;
	return data(d, w, &o);
}

/* ThumbExpandImm: a byte, repeated or turned. */
static bool expand(uint32_t w, uint32_t *ret)
{
	uint32_t byte = bits(w, 7, 0), form = bits(w, 26, 26) << 4 | bits(w, 14, 12) << 1 | bits(w, 7, 7);

	if (form < 8) {
		static const uint32_t times[4] = { 1, 0x00010001, 0x01000100, 0x01010101 };

		if (form > 1 && !byte)
			return false;
		*ret = byte * times[form >> 1];
		return true;
	}
	byte |= 0x80;
	*ret = byte >> form | byte << (32 - form);
	return true;
}

static bool data_constant(struct draft *d, uint32_t w)
{
	struct operand o = { .constant = true };

	return expand(w, &o.value) && data(d, w, &o);
}

static bool plain_constant(struct draft *d, uint32_t w)
{
	uint32_t op = bits(w, 24, 20), rn = bits(w, 19, 16), rd = bits(w, 11, 8);
	uint32_t imm = bits(w, 26, 26) << 11 | bits(w, 14, 12) << 8 | bits(w, 7, 0);
	uint32_t low = bits(w, 14, 12) << 2 | bits(w, 7, 6), high = bits(w, 4, 0);
	struct operand o = { .constant = true, .value = imm };

	if (op == 0 || op == 10) {
		inq_arm_data(d, op ? DATA_SUB : DATA_ADD, false, rd, rn, &o, pc_aligned(d));
		return rd != R_PC && (rd != R_SP || rn == R_SP);
	}
	if (odd(rd))
		return false;
	dst(d, rd);
	if (op == 4 || op == 12) {
		name(d, op == 4 ? ARM_MOVW : ARM_MOVT, op == 4 ? INQ_OP_MOVE : INQ_OP_BITFIELD);
		d->i->width = 4;
		immediate(d, (int64_t)(rn << 12 | imm));
		if (op == 12) {
			src(d, rd);
			d->i->shift = 16;
		}
		return true;
	}
	if (bit(w, 26) || bit(w, 5) || (rn != R_PC ? rn == R_SP : op != 22))
		return false;
	immediate(d, low);
	switch (op) {
	case 16: /* ssat, usat; shifted by 0 from the right they work on halves */
	case 18:
	case 24:
	case 26:
		if (op & 2 && !low) {
			name(d, ARM_SATURATE + 1 + (op >= 24) * 2u, INQ_OP_OTHER);
			if (bit(w, 4))
				return false;
		} else {
			name(d, ARM_SATURATE + (op >= 24) * 2u, INQ_OP_OTHER);
		}
		immediate(d, high + (op < 24));
		src(d, rn);
		return true;
	case 20: /* sbfx, ubfx */
	case 28:
		name(d, op == 20 ? ARM_SBFX : ARM_UBFX, INQ_OP_BITFIELD);
		src(d, rn);
		return low + high < 32;
	case 22:
		name(d, rn == R_PC ? ARM_BFC : ARM_BFI, INQ_OP_BITFIELD);
		d->reads |= arm_mask(rd);
		if (rn == R_PC)
			d->i->rn = d->i->rd;
		else
			src(d, rn);
		return low <= high;
	default:
		return false;
	}
}

static bool control(struct draft *d, uint32_t w)
{
	uint32_t op = bits(w, 26, 20), rn = bits(w, 19, 16), rd = bits(w, 11, 8), op2 = bits(w, 7, 4);

	switch (op) {
	case 0x38: /* msr */
	case 0x39:
		name(d, MNEMONIC(PAGE_SYSTEM, ARM_MSR), INQ_OP_SYSTEM);
		src(d, rn);
		return !odd(rn) && !bit(w, 13) && (bit(w, 5) ? !(w & 0xcf) : !bits(w, 7, 0) && rd);
	case 0x3a:
		if (rn != 15 || bits(w, 13, 11))
			return false;
		if (bits(w, 10, 8)) {
			name(d, MNEMONIC(PAGE_SYSTEM, ARM_CPS), INQ_OP_SYSTEM);
			return bits(w, 10, 9) != 1;
		}
		name(d, MNEMONIC(PAGE_SYSTEM, ARM_HINT + (bits(w, 7, 0) < 64 ? bits(w, 7, 0) : 64)),
		        INQ_OP_NOP);
		return bits(w, 7, 0) < 32 || bits(w, 7, 4) == 15;
	case 0x3b:
		name(d, MNEMONIC(PAGE_SYSTEM, ARM_BARRIER + op2), INQ_OP_SYSTEM);
		return rn == 15 && bits(w, 13, 8) == 15 && (op2 == 2 || (op2 >= 4 && op2 <= 7));
	case 0x3c:
		name(d, ARM_BXJ, INQ_OP_JUMP);
		inq_arm_jump_register(d, rn);
		return !odd(rn) && bits(w, 13, 0) == 0xf00;
	case 0x3d: /* eret, which is subs pc, lr, #0 */
		name(d, MNEMONIC(PAGE_SYSTEM, ARM_ERET), INQ_OP_RETURN);
		d->i->flow = INQ_FLOW_RETURN;
		src(d, R_LR);
		immediate(d, bits(w, 7, 0));
		return rn == R_LR && bits(w, 13, 8) == 15;
	case 0x3e: /* mrs */
	case 0x3f:
		name(d, MNEMONIC(PAGE_SYSTEM, ARM_MRS), INQ_OP_SYSTEM);
		dst(d, rd);
		return !odd(rd) && !bit(w, 13) && (bit(w, 5) ? !(w & 0xcf) : rn == 15 && !bits(w, 7, 0));
	case 0x7e: /* hvc */
	case 0x7f: /* smc, udf.w */
		if (bits(w, 14, 12) == 2) {
			name(d, MNEMONIC(PAGE_SYSTEM, ARM_UDF), INQ_OP_TRAP);
			d->i->flow = INQ_FLOW_STOP;
			return op == 0x7f;
		}
		name(d, MNEMONIC(PAGE_SYSTEM, op == 0x7e ? ARM_HVC : ARM_SMC), INQ_OP_SYSTEM);
		return bits(w, 14, 12) == 0 && (op == 0x7e || bits(w, 11, 0) == 0);
	default:
		return false;
	}
}

/* The offset of the long branches, whose top bits are those of J1, J2 and S, mixed. */
static int64_t long_offset(uint32_t w)
{
	uint32_t s = bits(w, 26, 26), i1 = !(bits(w, 13, 13) ^ s), i2 = !(bits(w, 11, 11) ^ s);

	return sbits(s << 24 | i1 << 23 | i2 << 22 | bits(w, 25, 16) << 12 | bits(w, 10, 0) << 1, 24, 0);
}

static bool branch(struct draft *d, uint32_t w)
{
	uint32_t cond = bits(w, 25, 22);
	int64_t offset;

	switch (bits(w, 14, 14) << 1 | bits(w, 12, 12)) {
	case 0:
		if ((cond & 14) == 14)
			return control(d, w);
		if (bit(w, 14))
			return false;
		offset = sbits(bits(w, 26, 26) << 20 | bits(w, 11, 11) << 19 | bits(w, 13, 13) << 18 |
		                       bits(w, 21, 16) << 12 | bits(w, 10, 0) << 1,
		        20, 0);
		name(d, ARM_B, INQ_OP_BRANCH);
		d->i->flow = INQ_FLOW_BRANCH;
		d->i->condition = inq_arm_condition(cond);
		thumb_target(d, offset);
		return true;
	case 1:
		name(d, ARM_B, INQ_OP_JUMP);
		d->i->flow = INQ_FLOW_JUMP;
		thumb_target(d, long_offset(w));
		return true;
	case 2:
		/* blx to A32, from the aligned program counter */
		name(d, ARM_BLX, INQ_OP_CALL);
		reference(d, (uint32_t)(pc_aligned(d) + (uint64_t)long_offset(w)));
		d->i->flow = INQ_FLOW_CALL;
		d->writes |= arm_mask(R_LR);
		return !bit(w, 0);
	default:
		name(d, ARM_BL, INQ_OP_CALL);
		thumb_target(d, long_offset(w));
		d->i->flow = INQ_FLOW_CALL;
		d->writes |= arm_mask(R_LR);
		return true;
	}
}

static bool multiple(struct draft *d, uint32_t w)
{
	uint32_t rn = bits(w, 19, 16), list = bits(w, 15, 0), mode = bits(w, 24, 23);
	bool load = bit(w, 20), back = bit(w, 21);

	if (mode == 0 || mode == 3) {
		name(d, MNEMONIC(PAGE_SYSTEM, load ? ARM_RFE : ARM_SRS), INQ_OP_SYSTEM);
		memory(d, load ? rn : R_SP, 0, 8);
		set(d->i, load ? INQ_INSN_READS_MEMORY : INQ_INSN_WRITES_MEMORY);
		if (!load)
			return bits(w, 19, 5) == 0x6e00;
		flow(d, INQ_FLOW_RETURN, INQ_OP_RETURN);
		return bits(w, 15, 0) == 0xc000 && rn != R_PC;
	}
	if (list & 1u << R_SP || !(list & (list - 1)))
		return false;
	if (load ? list >> 14 == 3 : (list >> R_PC) || (back && list >> rn & 1))
		return false;
	return inq_arm_multiple(d, load, mode == 1, mode == 2, back, rn, list);
}

static bool twin(struct draft *d, uint32_t w)
{
	uint32_t rn = bits(w, 19, 16), rt = bits(w, 15, 12), rt2 = bits(w, 11, 8);
	bool before = bit(w, 24), up = bit(w, 23), back = bit(w, 21), load = bit(w, 20);
	int64_t by = (int64_t)bits(w, 7, 0) * 4;

	if (odd(rt) || odd(rt2) || (load && rt == rt2) || (back && rn == rt2))
		return false;
	if (load)
		d->writes |= arm_mask(rt2);
	else
		d->reads |= arm_mask(rt2);
	by = up ? by : -by;
	if (rn == R_PC)
		return load && !back && inq_arm_literal(d, ARM_LOAD, 3, rt, pc_aligned(d) + (uint64_t)by);
	return inq_arm_transfer(d, load ? ARM_LOAD : ARM_STORE, 3,
	        !before ? ARM_POST
	        : back  ? ARM_PRE
	                : ARM_OFFSET,
	        rn, rt, by);
}

static bool table_branch(struct draft *d, uint32_t w)
{
	uint32_t rn = bits(w, 19, 16), rm = bits(w, 3, 0);
	bool half = bit(w, 4);

	if (bits(w, 15, 8) != 0xf0 || rn == R_SP || odd(rm))
		return false;
	memory(d, rn, 0, half ? 2 : 1);
	second(d, rm);
	d->i->shift = half;
	set(d->i, INQ_INSN_READS_MEMORY);
	name(d, half ? ARM_TBH : ARM_TBB, INQ_OP_JUMP);
	d->i->flow = INQ_FLOW_JUMP_INDIRECT;
	return true;
}

/* Exclusive and ordered accesses by the kind in bits 7 to 4, and those of a word. */
static bool exclusive(struct draft *d, uint32_t w)
{
	uint32_t rn = bits(w, 19, 16), rt = bits(w, 15, 12), rt2 = bits(w, 11, 8), rd = bits(w, 3, 0);
	uint32_t size = 0, order = 3;
	bool load = bit(w, 20), word = !bit(w, 23);

	if (!word) {
		/* byte, half, (word), double; of the order: exclusive, plain, both */
		static const uint8_t as_a32[4] = { 2, 3, 0, 1 };

		size = as_a32[bits(w, 5, 4)];
		order = bit(w, 7) ? (bit(w, 6) ? 2 : 0) : 3;
		if ((order == 3 && (!bit(w, 6) || size == 0)) || (order == 0 && size == 1))
			return false;
	}
	if (rn == R_PC || odd(rt))
		return false;
	memory(d, rn, word ? (int64_t)bits(w, 7, 0) * 4 : 0, size == 0 ? 4 : size == 1 ? 8 : size - 1);
	name(d, ARM_EXCLUSIVE + order * 8 + size * 2 + load, INQ_OP_ATOMIC);
	set(d->i, load ? INQ_INSN_READS_MEMORY : INQ_INSN_WRITES_MEMORY);
	if (order == 0)
		d->i->op = load ? INQ_OP_LOAD : INQ_OP_STORE;
	if (size == 1 ? odd(rt2) || (load && rt == rt2) : rt2 != 15 && (!word || load))
		return false;
	if (load) {
		dst(d, rt);
		if (size == 1)
			d->writes |= arm_mask(rt2);
		return word || rd == 15;
	}
	stored(d, rt);
	if (size == 1)
		d->reads |= arm_mask(rt2);
	if (order == 0)
		return rd == 15;
	if (word)
		rd = rt2;
	dst(d, rd);
	return !odd(rd) && rd != rn && rd != rt;
}

static bool twin_or_exclusive(struct draft *d, uint32_t w)
{
	if (bit(w, 24) || bit(w, 21))
		return twin(d, w);
	if (bit(w, 23) && bit(w, 20) && bits(w, 7, 5) == 0)
		return table_branch(d, w);
	return exclusive(d, w);
}

/* Loads and stores of one register; a load to the program counter of anything but a word is a hint. */
static bool transfer(struct draft *d, uint32_t w)
{
	uint32_t rn = bits(w, 19, 16), rt = bits(w, 15, 12), size = bits(w, 22, 21), form = bits(w, 11, 8);
	bool load = bit(w, 20), sign = bit(w, 24), far = bit(w, 23), hint;
	unsigned kind = !load ? ARM_STORE : sign ? ARM_LOAD_SIGNED : ARM_LOAD, mode = ARM_OFFSET;
	int64_t by = bits(w, 11, 0);

	if (size == 3 || (sign && (!load || size == 2)))
		return false;
	hint = load && rt == R_PC && size < 2;
	if (!load && (rn == R_PC || rt == R_PC))
		return false;
	if (rn != R_PC && !far) {
		by = bits(w, 7, 0);
		if (form == 0 && bits(w, 7, 6) == 0) {
			if (odd(bits(w, 3, 0)))
				return false;
			second(d, bits(w, 3, 0));
			d->i->shift = (uint8_t)bits(w, 5, 4);
			by = 0;
		} else if (form == 12) {
			by = -by;
		} else if (form == 14) {
			/* as user mode does */
			if (rt == R_PC)
				return false;
		} else if (form == 9 || form == 11) {
			mode = ARM_POST;
			by = bit(w, 9) ? by : -by;
		} else if (form == 13 || form == 15) {
			mode = ARM_PRE;
			by = bit(w, 9) ? by : -by;
		} else {
			return false;
		}
	}
	if (size < 2 && rt == R_SP)
		return false;
	if (hint) {
		name(d, ARM_PRELOAD, INQ_OP_NOP);
		if (rn != R_PC)
			memory(d, rn, by, 0);
		return mode == ARM_OFFSET && form != 14 && !(sign && size == 1);
	}
	if (rn == R_PC)
		return inq_arm_literal(
		        d, kind, size, rt, far ? pc_aligned(d) + (uint64_t)by : pc_aligned(d) - (uint64_t)by);
	return inq_arm_transfer(d, kind, size, mode, rn, rt, by);
}

static bool extend_or_shift(struct draft *d, uint32_t w)
{
	/* sxth, uxth, sxtb16, uxtb16, sxtb, uxtb */
	static const uint8_t kind[6] = { 2, 5, 0, 3, 1, 4 };
	uint32_t op = bits(w, 23, 20), rn = bits(w, 19, 16), rd = bits(w, 11, 8), rm = bits(w, 3, 0);
	struct operand o = { .rm = rn, .by_register = true, .rs = rm };

	if (odd(rd) || odd(rm) || rn == R_SP)
		return false;
	if (!bit(w, 7)) {
		inq_arm_shift(d, bits(w, 22, 21), bit(w, 20), rd, &o);
		return bits(w, 7, 4) == 0 && rn != R_PC;
	}
	if (op > 5 || bit(w, 6))
		return false;
	name(d, ARM_EXTEND + kind[op] + (rn != R_PC ? 6u : 0), INQ_OP_EXTEND);
	d->i->width = op < 2 ? 2 : 1;
	dst(d, rd);
	if (rn == R_PC) {
		src(d, rm);
	} else {
		src(d, rn);
		second(d, rm);
	}
	return true;
}

/* Parallel sums; saturating sums, rev, rbit, sel, clz and crc32. */
static bool data_register(struct draft *d, uint32_t w)
{
	/* A32's numbers for add16, add8, asx, sub16, sub8, sax: by bits 22 to 20. */
	static const uint8_t parallel[8] = { 4, 0, 1, MISSING, 7, 3, 2, MISSING };
	uint32_t op = bits(w, 23, 20), rn = bits(w, 19, 16), rd = bits(w, 11, 8), rm = bits(w, 3, 0);
	uint32_t low = bits(w, 7, 4), kind = low & 3;

	if (bits(w, 15, 12) != 15)
		return false;
	if (!bit(w, 23))
		return extend_or_shift(d, w);
	if (odd(rd) || odd(rm) || odd(rn))
		return false;
	dst(d, rd);
	src(d, rn);
	second(d, rm);
	if (!bit(w, 7)) {
		name(d, MNEMONIC(PAGE_MEDIA, (bits(w, 6, 6) * 4 + kind + 1) * 8 + parallel[op & 7]),
		        INQ_OP_VECTOR);
		return kind != 3 && parallel[op & 7] != MISSING;
	}
	if (low < 8 || low > 11)
		return false;
	switch (op) {
	case 8:
		name(d, ARM_QADD + (kind >> 1) + (kind & 1) * 2, kind & 2 ? INQ_OP_SUB : INQ_OP_ADD);
		d->i->rn = (uint8_t)rm;
		d->i->rm = (uint8_t)rn;
		return true;
	case 9: {
		static const uint8_t reverse[4] = { ARM_REV, ARM_REV16, ARM_RBIT, ARM_REVSH };

		name(d, reverse[kind], INQ_OP_BITS);
		d->i->rm = INQ_REG_NONE;
		return rn == rm;
	}
	case 10:
		name(d, ARM_SEL, INQ_OP_SELECT);
		return kind == 0;
	case 11:
		name(d, ARM_CLZ, INQ_OP_BITS);
		d->i->rm = INQ_REG_NONE;
		return kind == 0 && rn == rm;
	case 12:
	case 13:
		name(d, ARM_CRC + kind + (op == 13 ? 4u : 0), INQ_OP_CRYPTO);
		return kind < 3;
	default:
		return false;
	}
}

static bool multiply(struct draft *d, uint32_t w)
{
	uint32_t op = bits(w, 22, 20), rn = bits(w, 19, 16), ra = bits(w, 15, 12), rd = bits(w, 11, 8);
	uint32_t rm = bits(w, 3, 0), low = bits(w, 5, 4);

	if (bits(w, 7, 6) || odd(rn) || odd(rd) || odd(rm) || ra == R_SP)
		return false;
	d->i->width = 4;
	src(d, rn);
	second(d, rm);
	dst(d, rd);
	if (ra != R_PC)
		stored(d, ra);
	switch (op) {
	case 0:
		/* mul, mla, mls */
		name(d, MNEMONIC(PAGE_MULTIPLY, ARM_MUL + (low ? 6u : ra == R_PC ? 0 : 2u)), INQ_OP_MULTIPLY);
		return low < 2 && (!low || ra != R_PC);
	case 1: /* smla, smul, by halves; bits 5 and 4 are A32's 5 and 6 */
		name(d,
		        MNEMONIC(PAGE_MULTIPLY,
		                ARM_MUL_HALF + (ra == R_PC ? 12u : 0) + (low >> 1) + (low & 1) * 2),
		        INQ_OP_MULTIPLY);
		d->i->width = 2;
		return true;
	case 2: /* smlad, smuad */
	case 4: /* smlsd, smusd */
		name(d, MNEMONIC(PAGE_MULTIPLY, ARM_MUL_DUAL + (op == 4 ? 2u : 0) + low), INQ_OP_MULTIPLY);
		return low < 2;
	case 3: /* smlaw, smulw */
		name(d, MNEMONIC(PAGE_MULTIPLY, ARM_MUL_HALF + 4 + (ra == R_PC ? 1u : 0) + low * 2),
		        INQ_OP_MULTIPLY);
		d->i->width = 2;
		return low < 2;
	case 5: /* smmla, smmul */
		name(d, MNEMONIC(PAGE_MULTIPLY, ARM_MUL_MOST + low), INQ_OP_MULTIPLY);
		return low < 2;
	case 6: /* smmls */
		name(d, MNEMONIC(PAGE_MULTIPLY, ARM_MUL_MOST + 6 + low), INQ_OP_MULTIPLY);
		return low < 2 && ra != R_PC;
	default:
		name(d, ra == R_PC ? ARM_USAD : ARM_USADA, INQ_OP_VECTOR);
		return low == 0;
	}
}

static bool long_multiply(struct draft *d, uint32_t w)
{
	uint32_t op = bits(w, 22, 20), rn = bits(w, 19, 16), lo = bits(w, 15, 12), hi = bits(w, 11, 8);
	uint32_t rm = bits(w, 3, 0), low = bits(w, 7, 4);

	if (odd(rn) || odd(rm) || odd(hi))
		return false;
	src(d, rn);
	second(d, rm);
	dst(d, hi);
	d->i->width = 4;
	if (op == 1 || op == 3) {
		name(d, op == 1 ? ARM_SDIV : ARM_UDIV, INQ_OP_DIVIDE);
		return low == 15 && lo == 15;
	}
	if (odd(lo) || lo == hi)
		return false;
	dst(d, lo);
	if (op >= 4)
		d->reads |= arm_mask(lo) | arm_mask(hi);
	switch (op) {
	case 0:
		name(d, MNEMONIC(PAGE_MULTIPLY, ARM_MUL + 12), INQ_OP_MULTIPLY);
		return low == 0;
	case 2:
		name(d, MNEMONIC(PAGE_MULTIPLY, ARM_MUL + 8), INQ_OP_MULTIPLY);
		return low == 0;
	case 4:
		if (low == 0) {
			name(d, MNEMONIC(PAGE_MULTIPLY, ARM_MUL + 14), INQ_OP_MULTIPLY);
			return true;
		}
		if (low >> 1 == 6) {
			name(d, MNEMONIC(PAGE_MULTIPLY, ARM_MUL_DUAL + 8 + (low & 1)), INQ_OP_MULTIPLY);
			return true;
		}
		name(d, MNEMONIC(PAGE_MULTIPLY, ARM_MUL_HALF + 8 + (low >> 1 & 1) + (low & 1) * 2),
		        INQ_OP_MULTIPLY);
		d->i->width = 2;
		return low >> 2 == 2;
	case 5:
		name(d, MNEMONIC(PAGE_MULTIPLY, ARM_MUL_DUAL + 10 + (low & 1)), INQ_OP_MULTIPLY);
		return low >> 1 == 6;
	case 6:
		name(d, MNEMONIC(PAGE_MULTIPLY, ARM_MUL + (low ? 4u : 10u)), INQ_OP_MULTIPLY);
		return low == 0 || low == 6;
	default:
		return false;
	}
}

/* Advanced SIMD has U where A32's condition ends, and its loads another first byte. */
static bool vector(struct draft *d, uint32_t w)
{
	if (bits(w, 25, 24) == 3)
		return inq_arm_simd(d, (w & 0x00ffffff) | 0xf2000000 | bits(w, 28, 28) << 24);
	return inq_arm_coprocessor(d, w, pc_aligned(d));
}

bool inq_thumb_wide(struct draft *d, uint32_t w)
{
	uint32_t group = bits(w, 28, 27);

	if (group == 1 || (group == 3 && bit(w, 26))) {
		if (bit(w, 26))
			return vector(d, w);
		if (bit(w, 25))
			return data_shifted(d, w);
		return bit(w, 22) ? twin_or_exclusive(d, w) : multiple(d, w);
	}
	if (group == 2) {
		if (bit(w, 15))
			return branch(d, w);
		return bit(w, 25) ? plain_constant(d, w) : data_constant(d, w);
	}
	switch (bits(w, 25, 24)) {
	case 2:
		return data_register(d, w);
	case 3:
		return bit(w, 23) ? long_multiply(d, w) : multiply(d, w);
	default:
		break;
	}
	if (bit(w, 24) && !bit(w, 20))
		return inq_arm_structure(d, (w & 0x00ffffff) | 0xf4000000);
	return transfer(d, w);
}
