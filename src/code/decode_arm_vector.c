/*
 * ARM floating point, Advanced SIMD and coprocessor instructions, in the
 * encodings of A32 (Thumb's differ in their first byte only). Vector registers
 * are not told; an instruction is told by its group, opcode and element size.
 */
#include "code/decode_arm.h"

/* Loads and stores of the extension registers: vldr, vldm, vpush and kin. */
static bool float_transfer(struct draft *d, uint32_t w, uint64_t pc)
{
	uint32_t rn = bits(w, 19, 16), imm = bits(w, 7, 0), count;
	bool before = bit(w, 24), up = bit(w, 23), back = bit(w, 21), load = bit(w, 20);
	unsigned size = bits(w, 9, 8);
	uint64_t by = (uint64_t)imm << (size == 1 ? 1 : 2);

	if (before == up && (back || !up))
		return false;
	set(d->i, load ? INQ_INSN_READS_MEMORY : INQ_INSN_WRITES_MEMORY);
	name(d, MNEMONIC(PAGE_FLOAT_MOVE, 64 + bits(w, 24, 23) * 16 + size * 4 + (unsigned)back * 2 + load),
	        INQ_OP_FLOAT);
	if (before && !back) {
		d->i->op = load ? INQ_OP_LOAD : INQ_OP_STORE;
		if (rn == R_PC) {
			reference(d, (uint32_t)(up ? pc + by : pc - by));
			d->i->width = (uint8_t)(1u << size);
			return size > 1 || !(imm & 1);
		}
		memory(d, rn, up ? (int64_t)by : -(int64_t)by, 1u << size);
		return true;
	}
	/* An odd count of words is that of fldmx, one more than its registers take. */
	count = size == 3 ? imm >> 1 : imm;
	if (size < 2 || !count || rn == R_PC)
		return false;
	if ((size == 3 ? bits(w, 22, 22) * 16 + bits(w, 15, 12) : bits(w, 15, 12) * 2 + bits(w, 22, 22)) +
	                        count >
	                32 ||
	        (size == 3 && count > 16))
		return false;
	memory(d, rn, before ? -(int64_t)by : 0, imm * 4);
	d->i->op = load ? INQ_OP_LOAD : INQ_OP_STORE;
	if (!back)
		return true;
	d->writes |= arm_mask(rn);
	if (rn == R_SP && load && up)
		d->i->op = INQ_OP_POP;
	else if (rn == R_SP && !load && before)
		d->i->op = INQ_OP_PUSH;
	return true;
}

/* Two general registers to or from one double or two singles. */
static bool float_twin(struct draft *d, uint32_t w)
{
	uint32_t rt = bits(w, 15, 12), rt2 = bits(w, 19, 16);

	if (bits(w, 7, 6) || !bit(w, 4) || !bit(w, 9) || rt == R_PC || rt2 == R_PC)
		return false;
	name(d, MNEMONIC(PAGE_FLOAT_MOVE, bits(w, 8, 8) * 2 + bits(w, 20, 20)), INQ_OP_FLOAT);
	d->i->width = 8;
	if (bit(w, 20)) {
		dst(d, rt);
		d->writes |= arm_mask(rt2);
		return rt != rt2;
	}
	src(d, rt);
	second(d, rt2);
	return true;
}

/* One general register to or from a single, a half, an element or the status. */
static bool float_move(struct draft *d, uint32_t w)
{
	uint32_t rt = bits(w, 15, 12), operation = bits(w, 23, 21);
	bool load = bit(w, 20), status = false;

	name(d, MNEMONIC(PAGE_FLOAT_MOVE, 8 + bits(w, 9, 8) * 16 + operation * 2 + load), INQ_OP_FLOAT);
	d->i->width = 4;
	switch (bits(w, 9, 8)) {
	case 1:
		if (operation || bits(w, 6, 5) || bits(w, 3, 0))
			return false;
		d->i->width = 2;
		break;
	case 2:
		status = operation == 7;
		if (bits(w, 6, 5) || bits(w, 3, 0) || (operation && !status) || (status && bit(w, 7)))
			return false;
		/* fpsid, fpscr, mvfr2 to mvfr0, fpexc, fpinst, fpinst2 */
		if (status && !((load ? 0x7e3u : 0x703u) >> bits(w, 19, 16) & 1))
			return false;
		break;
	case 3:
		d->i->op = INQ_OP_VECTOR;
		if (bits(w, 3, 0))
			return false;
		if (load || operation < 4) {
			/* an element: 32 bits have bits 22, 6 and 5 clear, but for the index */
			if (!bit(w, 22) && !bit(w, 5) && (bit(w, 6) || (load && bit(w, 23))))
				return false;
			break;
		}
		/* vdup */
		if (bit(w, 6) || (bit(w, 22) && bit(w, 5)) || (bit(w, 21) && bit(w, 16)))
			return false;
		break;
	default:
		return false;
	}
	if (status && load && rt == R_PC)
		return true; /* vmrs APSR_nzcv, fpscr */
	if (rt == R_PC)
		return false;
	if (load)
		dst(d, rt);
	else
		src(d, rt);
	return true;
}

/* The instructions with one operand: opc1 is 1x11, opc2 in bits 19 to 16. */
static bool float_single(struct draft *d, uint32_t w)
{
	uint32_t opc2 = bits(w, 19, 16);
	bool high = bit(w, 7), wide = bits(w, 9, 8) == 3, half = bits(w, 9, 8) == 1;

	name(d, MNEMONIC(PAGE_FLOAT, 128 + opc2 * 2 + high), INQ_OP_FLOAT);
	switch (opc2) {
	case 0:
		return high || !half;
	case 1:
	case 4:
	case 6:
		return true;
	case 2:
	case 3:
		return !half;
	case 5:
		return !(w & 0x2f);
	case 7:
		return high ? !half : true;
	case 9:
		d->i->op = INQ_OP_CONVERT;
		return high && wide;
	case 8:
	case 12:
	case 13:
	case 10:
	case 11:
	case 14:
	case 15:
		d->i->op = INQ_OP_CONVERT;
		return true;
	default:
		return false;
	}
}

static bool float_data(struct draft *d, uint32_t w)
{
	uint32_t opc1 = bits(w, 23, 23) << 2 | bits(w, 21, 20), size = bits(w, 9, 8);

	d->i->width = (uint8_t)(1u << size);
	name(d, MNEMONIC(PAGE_FLOAT, opc1 * 2 + bits(w, 6, 6)), INQ_OP_FLOAT);
	if (size == 0)
		return false;
	if (opc1 == 4)
		return !bit(w, 6);
	if (opc1 != 7)
		return true;
	if (bit(w, 6))
		return float_single(d, w);
	immediate(d, bits(w, 19, 16) << 4 | bits(w, 3, 0));
	return !bit(w, 7) && !bit(w, 5);
}

/* Of Armv8, without a condition: vsel, vmaxnm, vminnm, vrint and vcvt with a rounding. */
static bool float_unconditional(struct draft *d, uint32_t w)
{
	uint32_t size = bits(w, 9, 8), opc2 = bits(w, 19, 16);

	d->i->width = (uint8_t)(1u << size);
	if (size == 0)
		return false;
	if (!bit(w, 23)) {
		name(d, MNEMONIC(PAGE_FLOAT, 32 + bits(w, 21, 20)), INQ_OP_FLOAT);
		return !bit(w, 6);
	}
	if (bits(w, 21, 20) == 0) {
		name(d, MNEMONIC(PAGE_FLOAT, 36 + bits(w, 6, 6)), INQ_OP_FLOAT);
		return true;
	}
	if (bits(w, 21, 20) != 3 || !bit(w, 6))
		return false;
	name(d, MNEMONIC(PAGE_FLOAT, 48 + opc2), opc2 > 11 ? INQ_OP_CONVERT : INQ_OP_FLOAT);
	if (opc2 == 0)
		return size == 2;
	return opc2 > 11 || (opc2 > 7 && !bit(w, 7));
}

/* Dot products, matrix and complex arithmetic: coprocessors 8, 12 and 13, no condition. */
static bool simd_extension(struct draft *d, uint32_t w)
{
	uint32_t kind = bits(w, 11, 8), op1 = bits(w, 24, 23), op2 = bits(w, 21, 20);
	bool u = bit(w, 4), full = bit(w, 6);

	name(d,
	        MNEMONIC(PAGE_EXTENSION, bits(w, 25, 25) << 7 | op1 << 5 | op2 << 3 | bits(w, 10, 10) << 2 |
	                                         bits(w, 8, 8) << 1 | u),
	        INQ_OP_VECTOR);
	d->i->width = full ? 16 : 8;
	if (bit(w, 25)) {
		/* by element */
		if (op1 > 1)
			return false;
		if (kind == 8)
			return !u || (op1 == 0 && op2 != 2);
		if (kind != 13)
			return false;
		return op1 ? op2 == 0 : op2 == 2 || (op2 == 0 && !u);
	}
	if (kind == 8)
		return u ? op1 < 2 && (op2 == 2 || (op1 == 0 && op2 == 3)) : op2 >= 2 || op1 & 1;
	if (op1 > 1 || (kind == 12 && !full))
		return false;
	if (op2 == 2)
		return !op1 || !u;
	return op2 == 0 && !op1 && !u;
}

static bool general_coprocessor(struct draft *d, uint32_t w)
{
	uint32_t rt = bits(w, 15, 12), rt2 = bits(w, 19, 16), coprocessor = bits(w, 11, 8);
	int64_t by = (int64_t)bits(w, 7, 0) * 4;
	bool load = bit(w, 20);

	/* Of the others, 14 (debug) and 15 (system control) are all that is left. */
	if (coprocessor < 14)
		return false;
	if (bits(w, 27, 24) == 14) {
		if (!bit(w, 4))
			return false;
		name(d, MNEMONIC(PAGE_SYSTEM, ARM_MCR + load), INQ_OP_SYSTEM);
		if (load && rt != R_PC)
			dst(d, rt);
		else if (!load)
			src(d, rt);
		return load || rt != R_PC;
	}
	if (bits(w, 27, 21) == 0x62) {
		name(d, MNEMONIC(PAGE_SYSTEM, ARM_MCR + 2 + load), INQ_OP_SYSTEM);
		if (rt == R_PC || rt2 == R_PC || !bit(w, 22) || (load && rt == rt2))
			return false;
		if (load) {
			dst(d, rt);
			d->writes |= arm_mask(rt2);
		} else {
			src(d, rt);
			second(d, rt2);
		}
		return true;
	}
	name(d, MNEMONIC(PAGE_SYSTEM, ARM_MCR + 5 + load), INQ_OP_SYSTEM);
	set(d->i, load ? INQ_INSN_READS_MEMORY : INQ_INSN_WRITES_MEMORY);
	memory(d, rt2, bit(w, 24) ? bit(w, 23) ? by : -by : 0, 4);
	if (bit(w, 21))
		d->writes |= arm_mask(rt2);
	/* Only the debug data register is left of what these could move. */
	return coprocessor == 14 && rt == 5 && bits(w, 24, 21) != 0 && rt2 != R_PC;
}

bool inq_arm_coprocessor(struct draft *d, uint32_t w, uint64_t pc)
{
	uint32_t coprocessor = bits(w, 11, 8);
	bool operation = bits(w, 27, 24) == 14;

	if (bits(w, 31, 28) == 15) {
		if (coprocessor >= 9 && coprocessor <= 11)
			return operation && !bit(w, 4) && float_unconditional(d, w);
		return (coprocessor == 8 || coprocessor == 12 || coprocessor == 13) && simd_extension(d, w);
	}
	if (coprocessor < 9 || coprocessor > 11)
		return general_coprocessor(d, w);
	if (operation)
		return bit(w, 4) ? float_move(d, w) : float_data(d, w);
	return bits(w, 27, 21) == 0x62 ? float_twin(d, w) : float_transfer(d, w, pc);
}

/*
 * Three registers of the same length: the sizes that exist (a bit each), by U,
 * opcode (bits 11 to 8) and bit 4.
 */
static const uint8_t same[2][16][2] = {
	{ { 7, 15 }, { 7, 15 }, { 7, 15 }, { 7, 7 }, { 15, 15 }, { 15, 15 }, { 7, 7 }, { 7, 7 }, { 15, 7 },
	        { 7, 7 }, { 7, 7 }, { 6, 7 }, { 15, 15 }, { 15, 15 }, { 3, 0 }, { 15, 15 } },
	{ { 7, 15 }, { 7, 15 }, { 7, 15 }, { 7, 7 }, { 15, 15 }, { 15, 15 }, { 7, 7 }, { 7, 7 }, { 15, 7 },
	        { 7, 1 }, { 7, 7 }, { 6, 6 }, { 7, 6 }, { 15, 3 }, { 15, 15 }, { 15, 15 } },
};

static bool simd_same(struct draft *d, uint32_t w)
{
	uint32_t u = bits(w, 24, 24), size = bits(w, 21, 20), opcode = bits(w, 11, 8), low = bits(w, 4, 4);
	bool full = bit(w, 6), pairwise;

	name(d, MNEMONIC(PAGE_SAME, u << 7 | opcode << 3 | low << 2 | size), INQ_OP_VECTOR);
	if (opcode == 12 && !low) {
		d->i->op = INQ_OP_CRYPTO;
		if (!full)
			return false;
	}
	pairwise = opcode == 10 || (opcode == 11 && !u && low) || (opcode == 13 && u && !low && size < 2) ||
	           (opcode == 15 && u && !low);
	if (pairwise && full)
		return false;
	if (full && (w & 0x11001))
		return false;
	return same[u][opcode][low] >> size & 1;
}

/* Two registers, miscellaneous: sizes by bits 17, 16 and 10 to 7. */
static const uint8_t misc[4][16] = {
	{ 7, 3, 1, 0, 7, 7, 1, 1, 7, 7, 1, 1, 7, 7, 7, 7 },
	{ 7, 7, 7, 7, 7, 4, 7, 7, 6, 6, 6, 6, 6, 0, 6, 6 },
	{ 1, 7, 7, 7, 7, 7, 7, 4, 6, 6, 6, 6, 2, 6, 2, 6 },
	{ 6, 6, 6, 6, 6, 6, 6, 6, 4, 4, 6, 6, 6, 6, 6, 6 },
};

static bool simd_misc(struct draft *d, uint32_t w)
{
	uint32_t group = bits(w, 17, 16), opcode = bits(w, 10, 7), size = bits(w, 19, 18);
	bool full = bit(w, 6), to_narrow = group == 2 && opcode >= 4 && opcode < 6;

	name(d, MNEMONIC(PAGE_MISC, group << 7 | opcode << 3 | (to_narrow && full ? 4u : 0) | size),
	        INQ_OP_VECTOR);
	if (group == 3 && (opcode < 8 || opcode > 11))
		d->i->op = INQ_OP_CONVERT;
	if ((group == 0 && (opcode == 6 || opcode == 7)) || (group == 1 && opcode == 5) ||
	        (group == 2 && opcode == 7)) {
		d->i->op = INQ_OP_CRYPTO;
		if ((w & 0x1001) || (group == 1 && !full))
			return false;
	} else if (to_narrow) {
		if (w & 1)
			return false;
	} else if (group == 2 && (opcode == 6 || opcode == 12 || opcode == 14)) {
		/* vshll; vcvt of halves, to and from */
		if (full || (opcode == 12 ? w & 1 : w & 0x1000))
			return false;
	} else if (full && (w & 0x1001)) {
		return false;
	}
	if (group == 2 && (opcode == 2 || opcode == 3) && size == 2 && !full)
		return false;
	if (group == 2 && (opcode == 6 || opcode == 4 || opcode == 5))
		return size < 3;
	return misc[group][opcode] >> size & 1;
}

static bool simd_different(struct draft *d, uint32_t w)
{
	uint32_t u = bits(w, 24, 24), size = bits(w, 21, 20), opcode = bits(w, 11, 8);

	name(d, MNEMONIC(PAGE_DIFFERENT, u << 7 | opcode << 2 | size), INQ_OP_VECTOR);
	if (opcode == 4 || opcode == 6)
		return !(w & 0x10001);
	if (w & 0x1000 || ((opcode == 1 || opcode == 3) && w & 0x10000))
		return false;
	switch (opcode) {
	case 9:
	case 11:
	case 13:
		return !u && size;
	case 14:
		if (size == 2)
			d->i->op = INQ_OP_CRYPTO;
		return !u && size != 1;
	case 15:
		return false;
	default:
		return true;
	}
}

static bool simd_scalar(struct draft *d, uint32_t w)
{
	uint32_t u = bits(w, 24, 24), size = bits(w, 21, 20), opcode = bits(w, 11, 8);
	bool to_wide =
	        opcode == 2 || opcode == 3 || opcode == 6 || opcode == 7 || opcode == 10 || opcode == 11;

	name(d, MNEMONIC(PAGE_DIFFERENT, 64 + (u << 7 | opcode << 2 | size)), INQ_OP_VECTOR);
	if (!size)
		return false;
	if (to_wide)
		return !(w & 0x1000) && (!(opcode & 1) || !u);
	return !u || !(w & 0x11000);
}

static bool simd_shift(struct draft *d, uint32_t w)
{
	uint32_t u = bits(w, 24, 24), opcode = bits(w, 11, 8), imm = bits(w, 21, 16);
	bool wide = bit(w, 7), full = bit(w, 6);

	if (!wide && !(imm & 0x38)) {
		/* vmov, vmvn, vorr, vbic with an immediate */
		name(d, MNEMONIC(PAGE_SHIFT, 128 + opcode * 2 + bits(w, 5, 5)), INQ_OP_VECTOR);
		immediate(d, u << 7 | bits(w, 18, 16) << 4 | bits(w, 3, 0));
		return !(full && bit(w, 12)) && !(opcode == 15 && bit(w, 5));
	}
	name(d, MNEMONIC(PAGE_SHIFT, u << 6 | opcode << 2 | (opcode == 8 || opcode == 9) * (full ? 2u : 0)),
	        INQ_OP_VECTOR);
	immediate(d, imm);
	if (opcode < 8) {
		if (full && (w & 0x1001))
			return false;
		return (opcode != 4 && opcode != 6) || u;
	}
	if (opcode >= 12) {
		d->i->op = INQ_OP_CONVERT;
		return !wide && (imm & 0x20) && !(full && (w & 0x1001));
	}
	if (wide || opcode == 11)
		return false;
	if (opcode == 10)
		return !full && !(w & 0x1000);
	return !(w & 1);
}

bool inq_arm_simd(struct draft *d, uint32_t w)
{
	d->i->width = bit(w, 6) ? 16 : 8;
	if (!bit(w, 23))
		return simd_same(d, w);
	if (bit(w, 4))
		return simd_shift(d, w);
	if (bits(w, 21, 20) != 3)
		return bit(w, 6) ? simd_scalar(d, w) : simd_different(d, w);
	if (!bit(w, 24)) {
		/* vext */
		name(d, MNEMONIC(PAGE_SHIFT, 192), INQ_OP_VECTOR);
		return bit(w, 6) ? !(w & 0x11001) : !bit(w, 11);
	}
	if (!bit(w, 11))
		return simd_misc(d, w);
	if (!bit(w, 10)) {
		/* vtbl, vtbx: the list must end at d31 */
		name(d, MNEMONIC(PAGE_SHIFT, 193 + bits(w, 6, 6)), INQ_OP_VECTOR);
		return bits(w, 7, 7) * 16 + bits(w, 19, 16) + bits(w, 9, 8) < 32;
	}
	name(d, MNEMONIC(PAGE_SHIFT, 195), INQ_OP_VECTOR);
	return bits(w, 9, 7) == 0 && (w & 0x70000) && !(bit(w, 6) && bit(w, 12));
}

/* Advanced SIMD structures: vld1 to vld4, vst1 to vst4. */
bool inq_arm_structure(struct draft *d, uint32_t w)
{
	/* Registers moved and step between them, by type. */
	static const uint8_t count[11] = { 4, 4, 4, 4, 3, 3, 3, 1, 2, 2, 2 };
	static const uint8_t step[11] = { 1, 2, 1, 1, 1, 2, 1, 1, 1, 2, 1 };
	uint32_t rn = bits(w, 19, 16), rm = bits(w, 3, 0), type = bits(w, 11, 8), size = bits(w, 7, 6);
	uint32_t align = bits(w, 5, 4), first = bits(w, 22, 22) * 16 + bits(w, 15, 12), last, many;
	bool load = bit(w, 21);

	if (rn == R_PC)
		return false;
	if (!bit(w, 23)) {
		if (type > 10)
			return false;
		last = first + (type == 3 ? 3u : (count[type] - 1u) * step[type]);
		if (type == 9)
			last = first + 2;
		many = count[type] * 8u;
		if ((type == 0 || type == 1 || type == 4 || type == 5 || type == 3 || type == 8 ||
		            type == 9) &&
		        size == 3)
			return false;
		if ((type >= 4 && type <= 7 && bit(w, 5)) || (type >= 8 && align == 3))
			return false;
	} else if (bits(w, 11, 10) == 3) {
		uint32_t n = bits(w, 9, 8);

		if (!load || (size == 3 && !(n == 3 && bit(w, 4))) || (n == 2 && bit(w, 4)) ||
		        (n == 0 && size == 0 && bit(w, 4)))
			return false;
		many = (n + 1u) << (size == 3 ? 2 : size);
		last = first + n * (bit(w, 5) ? 2u : 1u);
		if (n == 0)
			last = first + bits(w, 5, 5);
	} else {
		uint32_t n = bits(w, 9, 8);

		size = bits(w, 11, 10);
		many = (n + 1u) << size;
		last = first + n * (size && bits(w, 7, 4) >> size & 1 ? 2u : 1u);
		if (n == 0)
			last = first;
		if (n == 0 && size == 0 && bit(w, 4))
			return false;
		if (n == 0 && size == 1 && bit(w, 5))
			return false;
		if (n == 0 && size == 2 && (bit(w, 6) || align == 1 || align == 2))
			return false;
		if (n == 1 && size == 2 && bit(w, 5))
			return false;
		if (n == 2 && (size == 2 ? align : bit(w, 4)))
			return false;
		if (n == 3 && size == 2 && align == 3)
			return false;
	}
	if (last > 31)
		return false;
	memory(d, rn, 0, many);
	name(d, MNEMONIC(PAGE_STRUCTURE, bits(w, 23, 23) << 7 | type << 2 | (unsigned)load << 1 | (rm != 15)),
	        INQ_OP_VECTOR);
	set(d->i, load ? INQ_INSN_READS_MEMORY : INQ_INSN_WRITES_MEMORY);
	if (rm == 15)
		return true;
	d->writes |= arm_mask(rn);
	if (rm != 13)
		d->reads |= arm_mask(rm);
	return true;
}
