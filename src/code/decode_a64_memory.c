/*
 * A64: loads, stores and atomic operations.
 *
 * What the manual calls CONSTRAINED UNPREDICTABLE, such as write-back to the
 * register that is loaded, counts as no instruction: no compiler emits it, and
 * data looks like it.
 */
#include "code/decode_a64.h"

static void store_op(struct draft *d)
{
	d->i->op = INQ_OP_STORE;
	set(d->i, INQ_INSN_WRITES_MEMORY);
}

static void load_op(struct draft *d)
{
	d->i->op = INQ_OP_LOAD;
	set(d->i, INQ_INSN_READS_MEMORY);
}

/* Write-back of the base; with sp it makes a load a pop and a store a push. */
static bool write_back(struct draft *d, uint32_t w, bool pre, int64_t by)
{
	uint32_t rn = bits(w, 9, 5);
	bool general = !bit(w, 26), pair = bits(w, 29, 28) == 2;

	if (general && rn != SP && (rn == bits(w, 4, 0) || (pair && rn == bits(w, 14, 10))))
		return false;
	d->writes |= mask_sp(rn);
	if (rn != SP)
		return true;
	if (has(d->i, INQ_INSN_WRITES_MEMORY) && pre && by < 0)
		d->i->op = INQ_OP_PUSH;
	else if (has(d->i, INQ_INSN_READS_MEMORY) && !pre && by > 0)
		d->i->op = INQ_OP_POP;
	return true;
}

enum form { FORM_OFFSET, FORM_INDEX, FORM_POST, FORM_PRE, FORM_PLAIN_USER, FORM_LITERAL, FORM_ORDERED };

static unsigned load_name(uint32_t w, enum form form)
{
	return MNEMONIC(PAGE_LOAD, 0) + (unsigned)form * 32 + bits(w, 26, 26) * 16 + bits(w, 31, 30) * 4 +
	       bits(w, 23, 22);
}

/* What size, V and opc say of a single load or store; its base is set already. */
static bool single(struct draft *d, uint32_t w, enum form form)
{
	uint32_t size = bits(w, 31, 30), opc = bits(w, 23, 22), rt = bits(w, 4, 0);

	d->i->mnemonic = (uint16_t)load_name(w, form);
	if (bit(w, 26)) {
		if (opc & 2 && size)
			return false;
		d->i->width = (uint8_t)(opc & 2 ? 16 : 1u << size);
		if (opc & 1)
			load_op(d);
		else
			store_op(d);
		return true;
	}
	d->i->width = (uint8_t)(1u << size);
	if (opc == 0) {
		store_op(d);
		stored(d, rt);
		return true;
	}
	if (opc == 3 && size >= 2)
		return false;
	if (opc == 2 && size == 3) {
		/* prfm: a hint with a memory operand */
		d->i->op = INQ_OP_NOP;
		return form <= FORM_INDEX;
	}
	load_op(d);
	dst(d, rt);
	return true;
}

static bool literal(struct draft *d, uint32_t w)
{
	uint32_t opc = bits(w, 31, 30);

	if (bit(w, 26)) {
		if (opc == 3)
			return false;
		d->i->width = (uint8_t)(4u << opc);
		load_op(d);
	} else if (opc == 3) {
		d->i->op = INQ_OP_NOP;
	} else {
		d->i->width = opc == 1 ? 8 : 4;
		load_op(d);
		dst(d, bits(w, 4, 0));
	}
	d->i->mnemonic = (uint16_t)MNEMONIC(PAGE_LOAD, FORM_LITERAL * 32 + bits(w, 26, 26) * 16 + opc);
	reference(d, d->i->va + (uint64_t)(sbits(w, 23, 5) * 4));
	return true;
}

static bool pair(struct draft *d, uint32_t w)
{
	uint32_t opc = bits(w, 31, 30), mode = bits(w, 24, 23), rt = bits(w, 4, 0), rt2 = bits(w, 14, 10);
	bool vector = bit(w, 26), load = bit(w, 22), tag = false;
	unsigned scale = vector ? 2 + opc : 2 + (opc >> 1);
	int64_t by;

	if (opc == 3)
		return false;
	if (!vector && opc == 1) {
		if (mode == 0)
			return false;
		if (!load) {
			tag = true;
			scale = 4;
		}
	}
	by = sbits(w, 21, 15) * (1 << scale);
	memory(d, bits(w, 9, 5), mode == 1 ? 0 : by, tag ? 16 : 2u << scale);
	d->i->mnemonic = (uint16_t)(MNEMONIC(PAGE_LOAD, 7 * 32) + mode * 16 + opc * 4 + (unsigned)vector * 2 +
	                            (unsigned)load);
	if (load) {
		load_op(d);
		if (!vector) {
			if (rt == rt2)
				return false;
			dst(d, rt);
			d->writes |= mask(rt2);
		} else if (rt == rt2) {
			return false;
		}
	} else {
		store_op(d);
		if (!vector) {
			stored(d, rt);
			d->reads |= mask(rt2);
		}
	}
	return !(mode & 1) || write_back(d, w, mode == 3, by);
}

/* Atomic memory operations, and the loads that authenticate a pointer. */
static bool atomic(struct draft *d, uint32_t w)
{
	uint32_t operation = bits(w, 15, 12), acquire_release = bits(w, 23, 22), rs = bits(w, 20, 16);
	uint32_t rt = bits(w, 4, 0), size = bits(w, 31, 30);

	if (bit(w, 26))
		return false;
	memory(d, bits(w, 9, 5), 0, 1u << size);
	name(d, MNEMONIC(PAGE_ATOMIC, size * 64 + operation * 4 + acquire_release), INQ_OP_ATOMIC);
	set(d->i, INQ_INSN_READS_MEMORY);
	if (operation == 12) {
		/* ldapr */
		d->i->op = INQ_OP_LOAD;
		dst(d, rt);
		return acquire_release == 2 && rs == 31;
	}
	set(d->i, INQ_INSN_WRITES_MEMORY);
	if (operation > 8) {
		/* ld64b and st64b take eight registers from an even one */
		if (size != 3 || acquire_release || operation > 13 || operation == 12 || rt > 22 || rt & 1)
			return false;
		d->i->width = 64;
		if (operation == 13) {
			d->writes |= 0xffu << rt;
			d->i->rd = (uint8_t)rt;
			d->i->flags &= (uint8_t)~INQ_INSN_WRITES_MEMORY;
			return rs == 31;
		}
		d->reads |= 0xffu << rt;
		d->i->rs = (uint8_t)rt;
		d->i->flags &= (uint8_t)~INQ_INSN_READS_MEMORY;
		if (operation == 9)
			return rs == 31;
		dst(d, rs);
		return true;
	}
	dst(d, rt);
	stored(d, rs);
	return true;
}

static bool register_forms(struct draft *d, uint32_t w)
{
	uint32_t rn = bits(w, 9, 5), option = bits(w, 15, 13), size = bits(w, 31, 30);
	int64_t by;

	switch (bits(w, 11, 10)) {
	case 0:
		return atomic(d, w);
	case 2:
		if (!(option & 2))
			return false;
		memory(d, rn, 0, 0);
		second(d, bits(w, 20, 16));
		if (!single(d, w, FORM_INDEX))
			return false;
		if (bit(w, 12))
			d->i->shift = (uint8_t)(bit(w, 26) && bit(w, 23) ? 4 : size);
		return true;
	default:
		/* ldraa, ldrab */
		if (size != 3 || bit(w, 26))
			return false;
		by = (sbits(w, 22, 22) * 512 + (int64_t)bits(w, 20, 12)) * 8;
		memory(d, rn, by, 8);
		name(d, MNEMONIC(PAGE_SIGN, 64 + bits(w, 23, 23) * 2 + bits(w, 11, 11)), INQ_OP_LOAD);
		load_op(d);
		dst(d, bits(w, 4, 0));
		return !bit(w, 11) || write_back(d, w, true, by);
	}
}

static bool single_forms(struct draft *d, uint32_t w)
{
	uint32_t rn = bits(w, 9, 5), size = bits(w, 31, 30), form = bits(w, 11, 10);
	int64_t by = sbits(w, 20, 12);

	if (bit(w, 24)) {
		memory(d, rn, 0, 0);
		if (!single(d, w, FORM_OFFSET))
			return false;
		d->i->imm = (int64_t)bits(w, 21, 10) << (bit(w, 26) && bit(w, 23) ? 4 : size);
		return true;
	}
	if (bit(w, 21))
		return register_forms(d, w);
	memory(d, rn, form == 1 ? 0 : by, 0);
	switch (form) {
	case 0:
		return single(d, w, FORM_OFFSET);
	case 1:
		return single(d, w, FORM_POST) && write_back(d, w, false, by);
	case 2:
		return !bit(w, 26) && single(d, w, FORM_PLAIN_USER);
	default:
		return single(d, w, FORM_PRE) && write_back(d, w, true, by);
	}
}

/* Load/store exclusive, ordered, compare and swap. */
static bool exclusive(struct draft *d, uint32_t w)
{
	uint32_t size = bits(w, 31, 30), rs = bits(w, 20, 16), rt2 = bits(w, 14, 10), rt = bits(w, 4, 0);
	bool o2 = bit(w, 23), load = bit(w, 22), o1 = bit(w, 21);
	unsigned width = 1u << size;

	memory(d, bits(w, 9, 5), 0, width);
	name(d, MNEMONIC(PAGE_EXCLUSIVE, 0) + size * 16 + bits(w, 23, 21) * 2 + bits(w, 15, 15),
	        INQ_OP_ATOMIC);
	if (o1 && (o2 || size < 2)) {
		/* cas, casp: rs is compared and gets what was there */
		set(d->i, INQ_INSN_READS_MEMORY | INQ_INSN_WRITES_MEMORY);
		if (rt2 != 31)
			return false;
		d->reads |= mask(rs);
		dst(d, rs);
		stored(d, rt);
		if (o2)
			return true;
		if (rs & 1 || rt & 1)
			return false;
		d->i->width = (uint8_t)(8u << size);
		d->reads |= mask(rs + 1) | mask(rt + 1);
		d->writes |= mask(rs + 1);
		return true;
	}
	if (o1)
		d->i->width = (uint8_t)(2 * width);
	else if (rt2 != 31)
		return false;
	set(d->i, load ? INQ_INSN_READS_MEMORY : INQ_INSN_WRITES_MEMORY);
	if (o2) {
		/* ldar and stlr are ordinary but for their order */
		d->i->op = load ? INQ_OP_LOAD : INQ_OP_STORE;
		if (rs != 31)
			return false;
	}
	if (load) {
		dst(d, rt);
		if (o1) {
			d->writes |= mask(rt2);
			if (rt == rt2)
				return false;
		}
		return rs == 31;
	}
	stored(d, rt);
	if (o1)
		d->reads |= mask(rt2);
	if (!o2)
		dst(d, rs);
	return true;
}

/* Memory tags (stg, ldg and kin), and ldapur and stlur, which are of any size. */
static bool tag_or_ordered(struct draft *d, uint32_t w)
{
	uint32_t size = bits(w, 31, 30), opc = bits(w, 23, 22), op2 = bits(w, 11, 10), rt = bits(w, 4, 0);
	int64_t by = sbits(w, 20, 12);

	if (!bit(w, 21)) {
		if (op2)
			return false;
		memory(d, bits(w, 9, 5), by, 0);
		return (size < 3 || opc < 2) && single(d, w, FORM_ORDERED);
	}
	if (size != 3)
		return false;
	memory(d, bits(w, 9, 5), by * 16, 16);
	name(d, MNEMONIC(PAGE_TAG, opc * 4 + op2), INQ_OP_STORE);
	if (op2 == 0 && (opc & 1)) {
		/* ldg, ldgm */
		load_op(d);
		dst(d, rt);
		if (opc == 1)
			d->reads |= mask(rt);
		return opc == 1 || by == 0;
	}
	store_op(d);
	if (op2 == 0) {
		stored(d, rt);
		return by == 0;
	}
	d->reads |= mask_sp(rt);
	d->i->rs = (uint8_t)rt;
	if (op2 & 1)
		d->writes |= mask_sp(bits(w, 9, 5));
	if (op2 == 1)
		d->i->imm = 0;
	return true;
}

/* cpy and set: rd, rs and rn are all advanced. */
static bool copy(struct draft *d, uint32_t w)
{
	uint32_t rd = bits(w, 4, 0), rn = bits(w, 9, 5), rs = bits(w, 20, 16), kind = bits(w, 23, 22);
	bool is_set = kind == 3;

	if (bits(w, 31, 30) || (is_set && bits(w, 15, 14) == 3))
		return false;
	if (rd == 31 || rn == 31 || rd == rn || rd == rs || rs == rn || (!is_set && rs == 31))
		return false;
	name(d, MNEMONIC(PAGE_COPY, kind * 16 + bits(w, 15, 12) + bits(w, 26, 26) * 64), INQ_OP_STRING);
	set(d->i, INQ_INSN_WRITES_MEMORY | (is_set ? 0 : INQ_INSN_READS_MEMORY));
	dst(d, rd);
	src(d, rn);
	stored(d, rs);
	d->reads |= mask(rd);
	d->writes |= mask(rn) | (is_set ? 0 : mask(rs));
	return true;
}

/* Advanced SIMD structures: ld1 to ld4, st1 to st4. */
static bool structure(struct draft *d, uint32_t w)
{
	/* Registers moved, by opcode; 0 is unallocated. */
	static const uint8_t count[16] = { 4, 0, 4, 0, 3, 0, 3, 1, 2, 0, 2, 0, 0, 0, 0, 0 };
	uint32_t rm = bits(w, 20, 16), opcode = bits(w, 15, 12), size = bits(w, 11, 10);
	bool one = bit(w, 24), post = bit(w, 23), load = bit(w, 22), full = bit(w, 30);
	unsigned width, scale = opcode >> 2, many;

	if (!post && rm)
		return false;
	if (!one) {
		if (bit(w, 21) || !count[opcode])
			return false;
		if (size == 3 && !full && !(opcode & 2))
			return false;
		width = count[opcode] * (full ? 16u : 8u);
	} else {
		many = (opcode >> 1 & 1) * 2 + bits(w, 21, 21) + 1;
		if (scale == 3) {
			if (!load || opcode & 1)
				return false;
			scale = size;
		} else if (scale == 1) {
			if (size & 1)
				return false;
		} else if (scale == 2) {
			if (size & 2 || (size == 1 && opcode & 1))
				return false;
			scale += size;
		}
		width = many << scale;
		opcode = opcode & 0xe;
		opcode |= bits(w, 21, 21);
	}
	memory(d, bits(w, 9, 5), 0, width);
	name(d, MNEMONIC(PAGE_STRUCTURE, opcode * 8 + (one ? 4 : 0) + (post ? 2 : 0) + load), INQ_OP_VECTOR);
	if (load)
		load_op(d);
	else
		store_op(d);
	d->i->op = INQ_OP_VECTOR;
	if (!post)
		return true;
	d->writes |= mask_sp(bits(w, 9, 5));
	if (rm != 31)
		d->reads |= mask(rm);
	return true;
}

bool inq_a64_memory(struct draft *d, uint32_t w)
{
	bool vector = bit(w, 26);

	switch (bits(w, 29, 28)) {
	case 0:
		if (vector)
			return !bit(w, 31) && structure(d, w);
		return !bit(w, 24) && exclusive(d, w);
	case 1:
		if (!bit(w, 24))
			return literal(d, w);
		if (bits(w, 11, 10) == 1 && !bit(w, 21))
			return copy(d, w);
		return !vector && tag_or_ordered(d, w);
	case 2:
		return pair(d, w);
	default:
		return single_forms(d, w);
	}
}
