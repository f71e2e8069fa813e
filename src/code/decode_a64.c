/*
 * A64: integer instructions, branches and system instructions. The functions
 * are the encoding groups of DDI 0487, chapter C4.
 *
 * UDF, which is a word below 0x10000, counts as no instruction: data looks
 * like it more often than compilers emit it.
 */
#include "code/decode_a64.h"
#include "code/decode.h"

enum {
	ADR = 1,
	ADRP,
	ADD, /* +1 with flags, likewise below */
	SUB = ADD + 2,
	CMN = SUB + 2,
	CMP,
	NEG,
	MOV = NEG + 2,
	ADDG,
	SUBG,
	AND,
	ORR,
	EOR,
	ANDS,
	BIC,
	ORN,
	EON,
	BICS,
	TST,
	MVN,
	MOVN,
	MOVZ,
	MOVK,
	SBFM,
	BFM,
	UBFM,
	ASR,
	LSL,
	LSR,
	SXTB,
	SXTH,
	SXTW,
	UXTB,
	UXTH,
	EXTR,
	ROR,
	ADC,
	SBC = ADC + 2,
	RMIF = SBC + 2,
	SETF,
	CCMN,
	CCMP,
	CSEL,
	TWO_SOURCE = 0x50, /* 64 of them */
	ONE_SOURCE = TWO_SOURCE + 64, /* 16 */
	SUBPS = ONE_SOURCE + 16,
	THREE_SOURCE, /* 16 */
	B = THREE_SOURCE + 16,
	BL,
	CB,
	TB = CB + 4,
	BR = TB + 2, /* 10: br, blr, ret, each plain, with key A, with key B */
	ERET = BR + 10,
};

static uint8_t condition(uint32_t cond)
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

/* A 32-bit operation's constant is sign-extended from there. */
static int64_t constant(uint64_t value, bool wide)
{
	return wide ? (int64_t)value : (int64_t)(int32_t)(uint32_t)value;
}

/* DecodeBitMasks: a rotated run of ones in elements of 2 to 64 bits. */
static bool bit_mask(uint32_t w, bool wide, int64_t *ret)
{
	uint32_t n = bits(w, 22, 22), turn = bits(w, 21, 16), ones = bits(w, 15, 10);
	uint32_t pattern = n << 6 | (~ones & 0x3f);
	uint64_t element;
	unsigned length, size;

	if (pattern < 2 || (n && !wide))
		return false;
	length = 31 - (unsigned)__builtin_clz(pattern);
	size = 1u << length;
	ones &= size - 1;
	turn &= size - 1;
	if (ones == size - 1)
		return false;
	element = (1ull << (ones + 1)) - 1;
	if (turn)
		element = (element >> turn | element << (size - turn)) & (~0ull >> (64 - size));
	for (; size < 64; size *= 2)
		element |= element << size;
	*ret = constant(element, wide);
	return true;
}

static bool add_sub_immediate(struct draft *d, uint32_t w)
{
	uint32_t rd = bits(w, 4, 0), rn = bits(w, 9, 5), imm = bits(w, 21, 10);
	bool sub = bit(w, 30), flags = bit(w, 29), shift = bit(w, 22);

	d->i->width = bit(w, 31) ? 8 : 4;
	src_sp(d, rn);
	if (!flags && !sub && !imm && !shift && (rd == SP || rn == SP)) {
		name(d, MOV, INQ_OP_MOVE);
		dst_sp(d, rd);
		return true;
	}
	immediate(d, (int64_t)imm << (shift ? 12 : 0));
	if (flags && rd == ZERO) {
		name(d, sub ? CMP : CMN, INQ_OP_COMPARE);
		return true;
	}
	name(d, (sub ? SUB : ADD) + (unsigned)flags, sub ? INQ_OP_SUB : INQ_OP_ADD);
	leaves_flags(d, flags);
	if (flags)
		dst(d, rd);
	else
		dst_sp(d, rd);
	return true;
}

static bool add_sub_tag(struct draft *d, uint32_t w)
{
	if (!bit(w, 31) || bit(w, 29) || bit(w, 22) || bits(w, 15, 14))
		return false;
	name(d, bit(w, 30) ? SUBG : ADDG, bit(w, 30) ? INQ_OP_SUB : INQ_OP_ADD);
	d->i->width = 8;
	src_sp(d, bits(w, 9, 5));
	dst_sp(d, bits(w, 4, 0));
	immediate(d, (int64_t)bits(w, 21, 16) * 16);
	return true;
}

static bool logical_immediate(struct draft *d, uint32_t w)
{
	static const uint8_t op[4] = { INQ_OP_AND, INQ_OP_OR, INQ_OP_XOR, INQ_OP_AND };
	uint32_t opc = bits(w, 30, 29), rd = bits(w, 4, 0), rn = bits(w, 9, 5);
	bool wide = bit(w, 31);
	int64_t imm;

	if (!bit_mask(w, wide, &imm))
		return false;
	d->i->width = wide ? 8 : 4;
	immediate(d, imm);
	src(d, rn);
	if (opc == 3 && rd == ZERO) {
		name(d, TST, INQ_OP_TEST);
		return true;
	}
	if (opc == 1 && rn == ZERO)
		name(d, MOV, INQ_OP_MOVE);
	else
		name(d, AND + opc, op[opc]);
	leaves_flags(d, opc == 3);
	if (opc == 3)
		dst(d, rd);
	else
		dst_sp(d, rd);
	return true;
}

static bool move_wide(struct draft *d, uint32_t w)
{
	uint32_t opc = bits(w, 30, 29), hw = bits(w, 22, 21), rd = bits(w, 4, 0);
	uint64_t value = (uint64_t)bits(w, 20, 5);
	bool wide = bit(w, 31);

	if (opc == 1 || (!wide && hw > 1))
		return false;
	d->i->width = wide ? 8 : 4;
	dst(d, rd);
	if (opc == 3) {
		name(d, MOVK, INQ_OP_BITFIELD);
		src(d, rd);
		d->i->shift = (uint8_t)(hw * 16);
		immediate(d, (int64_t)value);
		return true;
	}
	value <<= hw * 16;
	name(d, opc ? MOVZ : MOVN, INQ_OP_MOVE);
	immediate(d, constant(opc ? value : ~value, wide));
	return true;
}

static bool bitfield(struct draft *d, uint32_t w)
{
	uint32_t opc = bits(w, 30, 29), first = bits(w, 21, 16), last = bits(w, 15, 10);
	bool wide = bit(w, 31), sign = opc == 0;
	uint32_t top = wide ? 63 : 31;

	if (opc == 3 || bit(w, 22) != wide || first > top || last > top)
		return false;
	name(d, SBFM + opc, INQ_OP_BITFIELD);
	d->i->width = wide ? 8 : 4;
	src(d, bits(w, 9, 5));
	dst(d, bits(w, 4, 0));
	if (opc == 1) {
		/* What is left of the destination is read too. */
		d->reads |= mask(bits(w, 4, 0));
		immediate(d, first);
	} else if (last == top) {
		name(d, sign ? ASR : LSR, sign ? INQ_OP_SHIFT_SIGNED : INQ_OP_SHIFT_RIGHT);
		immediate(d, first);
	} else if (!sign && last + 1 == first) {
		name(d, LSL, INQ_OP_SHIFT_LEFT);
		immediate(d, top - last);
	} else if (first == 0 && (last == 7 || last == 15) && (sign || !wide)) {
		name(d, (sign ? SXTB : UXTB) + (last == 15 ? 1u : 0u), INQ_OP_EXTEND);
		d->i->width = last == 7 ? 1 : 2;
	} else if (first == 0 && last == 31 && sign) {
		name(d, SXTW, INQ_OP_EXTEND);
		d->i->width = 4;
	} else {
		immediate(d, first);
	}
	return true;
}

static bool extract(struct draft *d, uint32_t w)
{
	uint32_t rn = bits(w, 9, 5), rm = bits(w, 20, 16);
	bool wide = bit(w, 31);

	if (bits(w, 30, 29) || bit(w, 21) || bit(w, 22) != wide || (!wide && bit(w, 15)))
		return false;
	d->i->width = wide ? 8 : 4;
	src(d, rn);
	dst(d, bits(w, 4, 0));
	immediate(d, bits(w, 15, 10));
	if (rn == rm) {
		name(d, ROR, INQ_OP_ROTATE);
	} else {
		name(d, EXTR, INQ_OP_BITFIELD);
		second(d, rm);
	}
	return true;
}

static bool immediate_group(struct draft *d, uint32_t w)
{
	uint64_t offset;

	switch (bits(w, 25, 23)) {
	case 0:
	case 1:
		offset = (uint64_t)sbits(w, 23, 5) << 2 | bits(w, 30, 29);
		name(d, bit(w, 31) ? ADRP : ADR, INQ_OP_ADDRESS);
		d->i->width = 8;
		dst(d, bits(w, 4, 0));
		reference(d, bit(w, 31) ? (d->i->va & ~0xfffull) + (offset << 12) : d->i->va + offset);
		return true;
	case 2:
		return add_sub_immediate(d, w);
	case 3:
		return add_sub_tag(d, w);
	case 4:
		return logical_immediate(d, w);
	case 5:
		return move_wide(d, w);
	case 6:
		return bitfield(d, w);
	default:
		return extract(d, w);
	}
}

/* Hints that read or write general registers: CRm and op2 of pointer authentication. */
static void hint_registers(struct draft *d, uint32_t hint)
{
	static const uint32_t x16 = 1u << 16, x17 = 1u << 17, x30 = 1u << 30, sp = 1u << 31;

	switch (hint) {
	case 7: /* xpaclri */
		d->reads = d->writes = x30;
		break;
	case 8: /* pacia1716 */
	case 10:
	case 12:
	case 14:
		d->reads = x16 | x17;
		d->writes = x17;
		break;
	case 24: /* paciaz */
	case 26:
	case 28:
	case 30:
		d->reads = d->writes = x30;
		break;
	case 25: /* paciasp */
	case 27:
	case 29:
	case 31:
		d->reads = x30 | sp;
		d->writes = x30;
		break;
	default:
		break;
	}
}

static bool barrier(struct draft *d, uint32_t w)
{
	uint32_t op2 = bits(w, 7, 5), crm = bits(w, 11, 8);

	if (bits(w, 4, 0) != 31)
		return false;
	name(d, MNEMONIC(PAGE_SYSTEM, op2), INQ_OP_SYSTEM);
	switch (op2) {
	case 1: /* dsb with nXS */
		return (crm & 3) == 2;
	case 2: /* clrex */
	case 4: /* dsb */
	case 5: /* dmb */
	case 6: /* isb */
		return true;
	case 3: /* tcommit */
		return crm == 0;
	case 7: /* sb */
		return crm == 0;
	default:
		return false;
	}
}

static bool system_group(struct draft *d, uint32_t w)
{
	uint32_t op0 = bits(w, 20, 19), op1 = bits(w, 18, 16), crn = bits(w, 15, 12), op2 = bits(w, 7, 5);
	uint32_t rt = bits(w, 4, 0);
	bool load = bit(w, 21);

	if (bits(w, 23, 22))
		return false;
	if (op0 >= 2) {
		/* mrs, msr */
		name(d, MNEMONIC(PAGE_SYSTEM, 16 + load), INQ_OP_SYSTEM);
		d->i->width = 8;
		if (load)
			dst(d, rt);
		else
			src(d, rt);
		return true;
	}
	if (op0 == 1) {
		/* sys, sysl */
		name(d, MNEMONIC(PAGE_SYSTEM, 18 + load), INQ_OP_SYSTEM);
		if (load)
			dst(d, rt);
		else
			src(d, rt);
		return true;
	}
	if (load)
		return false;
	if (crn == 4) {
		/* msr (immediate), cfinv and kin */
		name(d, MNEMONIC(PAGE_SYSTEM, 32 + op1 * 8 + op2), INQ_OP_SYSTEM);
		immediate(d, bits(w, 11, 8));
		return rt == 31;
	}
	if (op1 != 3)
		return false;
	if (crn == 1) {
		/* wfet, wfit */
		name(d, MNEMONIC(PAGE_SYSTEM, 20 + op2), INQ_OP_SYSTEM);
		src(d, rt);
		return op2 < 2 && bits(w, 11, 8) == 0;
	}
	if (crn == 2) {
		name(d, MNEMONIC(PAGE_HINT, bits(w, 11, 5)), INQ_OP_NOP);
		hint_registers(d, bits(w, 11, 5));
		return rt == 31;
	}
	return crn == 3 && barrier(d, w);
}

static bool exception(struct draft *d, uint32_t w)
{
	uint32_t opc = bits(w, 23, 21), level = bits(w, 1, 0);

	if (bits(w, 4, 2))
		return false;
	name(d, MNEMONIC(PAGE_SYSTEM, 128 + opc * 4 + level), INQ_OP_SYSTEM);
	immediate(d, bits(w, 20, 5));
	switch (opc) {
	case 0: /* svc, hvc, smc */
		return level != 0;
	case 1: /* brk */
	case 2: /* hlt */
		flow(d, INQ_FLOW_STOP, INQ_OP_TRAP);
		return level == 0;
	case 3: /* tcancel */
		return level == 0;
	case 5: /* dcps */
		return level != 0;
	default:
		return false;
	}
}

/* Unconditional branch (register), with pointer authentication and without. */
static bool branch_register(struct draft *d, uint32_t w)
{
	static const uint8_t flows[3] = { INQ_FLOW_JUMP_INDIRECT, INQ_FLOW_CALL_INDIRECT, INQ_FLOW_RETURN };
	static const uint8_t ops[3] = { INQ_OP_JUMP, INQ_OP_CALL, INQ_OP_RETURN };
	uint32_t opc = bits(w, 24, 21), op3 = bits(w, 15, 10), rn = bits(w, 9, 5), op4 = bits(w, 4, 0);
	uint32_t kind = opc & 7;

	if (bits(w, 20, 16) != 31)
		return false;
	if (opc == 4 || opc == 5) {
		/* eret, eretaa, eretab, drps */
		name(d, ERET + (opc & 1) * 4 + (op3 & 3), INQ_OP_RETURN);
		d->i->flow = INQ_FLOW_RETURN;
		return rn == 31 &&
		       ((op3 == 0 && op4 == 0) || (opc == 4 && (op3 == 2 || op3 == 3) && op4 == 31));
	}
	if (kind > 2)
		return false;
	if (op3 == 0) {
		if (opc > 2 || op4)
			return false;
	} else if (op3 == 2 || op3 == 3) {
		/* With a modifier the register is op4, which else is all ones; ret has sp. */
		if (opc < 8 && op4 != 31)
			return false;
		if (kind == 2 && (opc > 2 || rn != 31))
			return false;
		if (opc >= 8) {
			d->i->rm = (uint8_t)op4;
			d->reads |= mask_sp(op4);
		}
	} else {
		return false;
	}
	name(d, BR + kind * 3 + (op3 ? op3 - 1 : 0), INQ_OP_JUMP);
	flow(d, flows[kind], ops[kind]);
	if (kind == 2 && op3) {
		src(d, LR);
		d->reads |= mask_sp(SP);
	} else {
		src(d, rn);
	}
	if (kind == 1)
		d->writes |= mask(LR);
	return true;
}

static bool branch_group(struct draft *d, uint32_t w)
{
	bool negate = bit(w, 24);

	switch (bits(w, 31, 24)) {
	case 0x54:
		reference(d, d->i->va + (uint64_t)(sbits(w, 23, 5) * 4));
		name(d, MNEMONIC(PAGE_B_COND, bits(w, 4, 0)), INQ_OP_BRANCH);
		d->i->condition = condition(bits(w, 3, 0));
		if (bits(w, 3, 0) >= 14)
			flow(d, INQ_FLOW_JUMP, INQ_OP_JUMP);
		else
			flow(d, INQ_FLOW_BRANCH, INQ_OP_BRANCH);
		return true;
	case 0x34:
	case 0x35:
	case 0xb4:
	case 0xb5:
		reference(d, d->i->va + (uint64_t)(sbits(w, 23, 5) * 4));
		name(d, CB + negate + 2 * bits(w, 31, 31), INQ_OP_BRANCH);
		d->i->flow = INQ_FLOW_BRANCH;
		d->i->condition = negate ? INQ_CONDITION_NOT_EQUAL : INQ_CONDITION_EQUAL;
		d->i->width = bit(w, 31) ? 8 : 4;
		src(d, bits(w, 4, 0));
		immediate(d, 0);
		return true;
	case 0x36:
	case 0x37:
	case 0xb6:
	case 0xb7:
		/* The bit that is tested is in `shift`. */
		reference(d, d->i->va + (uint64_t)(sbits(w, 18, 5) * 4));
		name(d, TB + negate, INQ_OP_BRANCH);
		d->i->flow = INQ_FLOW_BRANCH;
		d->i->condition = negate ? INQ_CONDITION_NOT_EQUAL : INQ_CONDITION_EQUAL;
		d->i->shift = (uint8_t)(bits(w, 31, 31) << 5 | bits(w, 23, 19));
		d->i->width = bit(w, 31) ? 8 : 4;
		src(d, bits(w, 4, 0));
		return true;
	case 0xd4:
		return exception(d, w);
	case 0xd5:
		return system_group(d, w);
	case 0xd6:
	case 0xd7:
		return branch_register(d, w);
	default:
		break;
	}
	if (bits(w, 30, 26) != 5)
		return false;
	reference(d, d->i->va + (uint64_t)(sbits(w, 25, 0) * 4));
	if (bit(w, 31)) {
		name(d, BL, INQ_OP_CALL);
		d->i->flow = INQ_FLOW_CALL;
		d->writes |= mask(LR);
	} else {
		name(d, B, INQ_OP_JUMP);
		d->i->flow = INQ_FLOW_JUMP;
	}
	return true;
}

static bool logical_register(struct draft *d, uint32_t w)
{
	static const uint8_t op[4] = { INQ_OP_AND, INQ_OP_OR, INQ_OP_XOR, INQ_OP_AND };
	uint32_t opc = bits(w, 30, 29), rd = bits(w, 4, 0), rn = bits(w, 9, 5), amount = bits(w, 15, 10);
	uint32_t type = bits(w, 23, 22), rm = bits(w, 20, 16);
	bool invert = bit(w, 21), wide = bit(w, 31);

	if (!wide && amount > 31)
		return false;
	d->i->width = wide ? 8 : 4;
	dst(d, rd);
	if (opc == 1 && rn == ZERO && (invert || (!amount && !type))) {
		name(d, invert ? MVN : MOV, invert ? INQ_OP_NOT : INQ_OP_MOVE);
		src(d, rm);
		if (rm == ZERO)
			immediate(d, invert ? -1 : 0);
		return true;
	}
	if (opc == 3 && rd == ZERO && !invert)
		name(d, TST, INQ_OP_TEST);
	else
		name(d, (invert ? BIC : AND) + opc, op[opc]);
	leaves_flags(d, opc == 3 && d->i->op == INQ_OP_AND);
	src(d, rn);
	second(d, rm);
	d->i->shift = type ? 0 : (uint8_t)amount;
	return true;
}

static bool add_sub_register(struct draft *d, uint32_t w)
{
	uint32_t rd = bits(w, 4, 0), rn = bits(w, 9, 5), rm = bits(w, 20, 16), type = bits(w, 23, 22);
	bool sub = bit(w, 30), flags = bit(w, 29), extended = bit(w, 21), wide = bit(w, 31);
	uint32_t amount = extended ? bits(w, 12, 10) : bits(w, 15, 10);

	if (extended ? type || amount > 4 : type == 3 || (!wide && amount > 31))
		return false;
	d->i->width = wide ? 8 : 4;
	d->i->shift = type ? 0 : (uint8_t)amount;
	second(d, rm);
	if (sub && rn == ZERO && !extended && !(flags && rd == ZERO)) {
		name(d, NEG + flags, INQ_OP_NEGATE);
		leaves_flags(d, flags);
		src(d, rm);
		d->i->rm = INQ_REG_NONE;
		dst(d, rd);
		return true;
	}
	if (extended)
		src_sp(d, rn);
	else
		src(d, rn);
	if (flags && rd == ZERO) {
		name(d, sub ? CMP : CMN, INQ_OP_COMPARE);
		return true;
	}
	name(d, (sub ? SUB : ADD) + (unsigned)flags, sub ? INQ_OP_SUB : INQ_OP_ADD);
	leaves_flags(d, flags);
	if (extended && !flags)
		dst_sp(d, rd);
	else
		dst(d, rd);
	return true;
}

static bool carry_or_flags(struct draft *d, uint32_t w)
{
	bool sub = bit(w, 30), flags = bit(w, 29);

	if (bits(w, 15, 10) == 0) {
		name(d, (sub ? SBC : ADC) + (unsigned)flags, sub ? INQ_OP_SUB : INQ_OP_ADD);
		d->i->width = bit(w, 31) ? 8 : 4;
		src(d, bits(w, 9, 5));
		second(d, bits(w, 20, 16));
		dst(d, bits(w, 4, 0));
		return true;
	}
	if (!flags || sub)
		return false;
	src(d, bits(w, 9, 5));
	if (bits(w, 14, 10) == 1) {
		name(d, RMIF, INQ_OP_TEST);
		immediate(d, bits(w, 20, 15));
		return bit(w, 31) && !bit(w, 4);
	}
	name(d, SETF, INQ_OP_TEST);
	return !bit(w, 31) && bits(w, 20, 15) == 0 && bits(w, 13, 10) == 2 && bits(w, 4, 0) == 13;
}

static bool compare_conditional(struct draft *d, uint32_t w)
{
	if (!bit(w, 29) || bit(w, 10) || bit(w, 4))
		return false;
	name(d, bit(w, 30) ? CCMP : CCMN, INQ_OP_COMPARE);
	d->i->width = bit(w, 31) ? 8 : 4;
	d->i->condition = condition(bits(w, 15, 12));
	src(d, bits(w, 9, 5));
	if (bit(w, 11))
		immediate(d, bits(w, 20, 16));
	else
		second(d, bits(w, 20, 16));
	return true;
}

static bool two_source(struct draft *d, uint32_t w)
{
	uint32_t opcode = bits(w, 15, 10);
	enum inq_op op = INQ_OP_OTHER;
	bool wide = bit(w, 31);

	d->i->width = wide ? 8 : 4;
	src(d, bits(w, 9, 5));
	second(d, bits(w, 20, 16));
	dst(d, bits(w, 4, 0));
	if (bit(w, 29)) {
		/* subps takes sp */
		name(d, SUBPS, INQ_OP_SUB);
		d->reads |= mask_sp(bits(w, 9, 5)) | mask_sp(bits(w, 20, 16));
		return wide && opcode == 0;
	}
	switch (opcode) {
	case 0: /* subp */
	case 4: /* irg */
	case 5: /* gmi */
		op = opcode ? INQ_OP_OTHER : INQ_OP_SUB;
		src_sp(d, bits(w, 9, 5));
		if (opcode == 0) {
			d->i->rm = (uint8_t)bits(w, 20, 16);
			d->reads |= mask_sp(d->i->rm);
		} else if (opcode == 4) {
			dst_sp(d, bits(w, 4, 0));
		}
		if (!wide)
			return false;
		break;
	case 2:
	case 3:
		op = INQ_OP_DIVIDE;
		break;
	case 8:
		op = INQ_OP_SHIFT_LEFT;
		break;
	case 9:
		op = INQ_OP_SHIFT_RIGHT;
		break;
	case 10:
		op = INQ_OP_SHIFT_SIGNED;
		break;
	case 11:
		op = INQ_OP_ROTATE;
		break;
	case 12: /* pacga */
		if (!wide)
			return false;
		d->i->rm = (uint8_t)bits(w, 20, 16);
		d->reads |= mask_sp(d->i->rm);
		op = INQ_OP_CRYPTO;
		break;
	case 16: /* crc32, crc32c: b, h, w, and x with sf */
	case 17:
	case 18:
	case 19:
	case 20:
	case 21:
	case 22:
	case 23:
		if (wide != ((opcode & 3) == 3))
			return false;
		op = INQ_OP_CRYPTO;
		break;
	case 24: /* smax, umax, smin, umin */
	case 25:
	case 26:
	case 27:
		op = INQ_OP_SELECT;
		break;
	default:
		return false;
	}
	name(d, TWO_SOURCE + opcode, op);
	return true;
}

static bool one_source(struct draft *d, uint32_t w)
{
	uint32_t opcode = bits(w, 15, 10), rn = bits(w, 9, 5), rd = bits(w, 4, 0);
	bool wide = bit(w, 31);

	if (bit(w, 29))
		return false;
	d->i->width = wide ? 8 : 4;
	dst(d, rd);
	if (bits(w, 20, 16) == 1) {
		/* Pointer authentication: rd is signed in place, rn the modifier. */
		name(d, MNEMONIC(PAGE_SIGN, opcode), INQ_OP_CRYPTO);
		d->reads |= mask(rd);
		if (opcode < 8)
			src_sp(d, rn);
		return wide && opcode < 18 && (opcode < 8 || rn == 31);
	}
	if (bits(w, 20, 16) || opcode > 8 || (opcode == 3 && !wide))
		return false;
	name(d, ONE_SOURCE + opcode + (wide && opcode == 2 ? 8u : 0u), INQ_OP_BITS);
	src(d, rn);
	return true;
}

static bool three_source(struct draft *d, uint32_t w)
{
	uint32_t operation = bits(w, 23, 21), ra = bits(w, 14, 10);
	bool negate = bit(w, 15), wide = bit(w, 31);

	if (bits(w, 30, 29))
		return false;
	name(d, THREE_SOURCE + operation * 2 + negate, INQ_OP_MULTIPLY);
	d->i->width = wide ? 8 : 4;
	src(d, bits(w, 9, 5));
	second(d, bits(w, 20, 16));
	dst(d, bits(w, 4, 0));
	switch (operation) {
	case 0: /* madd, msub */
		break;
	case 1: /* smaddl, umaddl */
	case 5:
		if (!wide)
			return false;
		break;
	case 2: /* smulh, umulh */
	case 6:
		return wide && !negate && ra == 31;
	default:
		return false;
	}
	stored(d, ra);
	return true;
}

static bool register_group(struct draft *d, uint32_t w)
{
	uint32_t op2 = bits(w, 24, 21);

	if (!bit(w, 28))
		return bit(w, 24) ? add_sub_register(d, w) : logical_register(d, w);
	if (op2 & 8)
		return three_source(d, w);
	switch (op2) {
	case 0:
		return carry_or_flags(d, w);
	case 2:
		return compare_conditional(d, w);
	case 4:
		if (bit(w, 29) || bit(w, 11))
			return false;
		name(d, CSEL + bits(w, 30, 30) * 2 + bits(w, 10, 10), INQ_OP_SELECT);
		d->i->width = bit(w, 31) ? 8 : 4;
		d->i->condition = condition(bits(w, 15, 12));
		src(d, bits(w, 9, 5));
		second(d, bits(w, 20, 16));
		dst(d, bits(w, 4, 0));
		return true;
	case 6:
		return bit(w, 30) ? one_source(d, w) : two_source(d, w);
	default:
		return false;
	}
}

static bool decode(struct draft *d, uint32_t w)
{
	switch (bits(w, 28, 25)) {
	case 2:
		return inq_a64_scalable(d, w);
	case 8:
	case 9:
		return immediate_group(d, w);
	case 10:
	case 11:
		return branch_group(d, w);
	case 4:
	case 6:
	case 12:
	case 14:
		return inq_a64_memory(d, w);
	case 5:
	case 13:
		return register_group(d, w);
	case 7:
	case 15:
		return inq_a64_vector(d, w);
	default:
		return false;
	}
}

bool inq_a64_decode(uint64_t va, uint32_t word, struct inq_insn *ret)
{
	struct draft d;

	draft_start(&d, ret, va, 4);
	return decode(&d, word);
}

bool inq_a64_registers(uint32_t word, uint32_t *ret_reads, uint32_t *ret_writes)
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
