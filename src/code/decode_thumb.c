/*
 * Thumb instructions of one halfword, after DDI 0406 chapter A6. They are taken
 * to set the flags where they do so outside an IT block.
 */
#include "code/decode.h"
#include "code/decode_arm.h"

static bool is_low(uint32_t r)
{
	return r < 8;
}

static void shift_or_add(struct draft *d, uint32_t h)
{
	uint32_t op = bits(h, 12, 11), rd = bits(h, 2, 0), rm = bits(h, 5, 3);
	struct operand o = { .rm = rm, .type = op, .amount = bits(h, 10, 6) };

	if (op < 3) {
		if (op && !o.amount)
			o.amount = 32;
		inq_arm_data(d, DATA_MOV, true, rd, 0, &o, 0);
		return;
	}
	o = (struct operand){ .constant = bit(h, 10), .rm = bits(h, 8, 6), .value = bits(h, 8, 6) };
	inq_arm_data(d, bit(h, 9) ? DATA_SUB : DATA_ADD, true, rd, rm, &o, 0);
}

static void constant_operation(struct draft *d, uint32_t h)
{
	static const uint8_t opcode[4] = { DATA_MOV, DATA_CMP, DATA_ADD, DATA_SUB };
	struct operand o = { .constant = true, .value = bits(h, 7, 0) };
	uint32_t rd = bits(h, 10, 8);

	inq_arm_data(d, opcode[bits(h, 12, 11)], true, rd, rd, &o, 0);
}

static void register_operation(struct draft *d, uint32_t h)
{
	/* Four of the sixteen shift by a register; one multiplies. */
	static const uint8_t opcode[16] = { DATA_AND, DATA_EOR, 0, 0, 0, DATA_ADC, DATA_SBC, 0, DATA_TST,
		DATA_RSB, DATA_CMP, DATA_CMN, DATA_ORR, 0, DATA_BIC, DATA_MVN };
	static const uint8_t shift[8] = { [2] = 0, [3] = 1, [4] = 2, [7] = 3 };
	uint32_t op = bits(h, 9, 6), rd = bits(h, 2, 0), rm = bits(h, 5, 3);
	struct operand o = { .rm = rm };

	switch (op) {
	case 2:
	case 3:
	case 4:
	case 7:
		o = (struct operand){ .rm = rd, .by_register = true, .rs = rm };
		inq_arm_shift(d, shift[op], true, rd, &o);
		break;
	case 9:
		o = (struct operand){ .constant = true };
		inq_arm_data(d, DATA_RSB, true, rd, rm, &o, 0);
		break;
	case 13:
		name(d, MNEMONIC(PAGE_MULTIPLY, ARM_MUL + 1), INQ_OP_MULTIPLY);
		d->i->width = 4;
		src(d, rm);
		second(d, rd);
		dst(d, rd);
		break;
	default:
		inq_arm_data(d, opcode[op], true, rd, rd, &o, 0);
		break;
	}
}

static bool high_registers(struct draft *d, uint32_t h)
{
	uint32_t rd = bits(h, 7, 7) << 3 | bits(h, 2, 0), rm = bits(h, 6, 3);
	struct operand o = { .rm = rm };

	switch (bits(h, 9, 8)) {
	case 0:
		/* The program counter comes first, as in A32. */
		o.rm = rm == R_PC ? rd : rm;
		inq_arm_data(d, DATA_ADD, false, rd, rm == R_PC ? rm : rd, &o, 0);
		return rd != R_PC || rm != R_PC;
	case 1:
		inq_arm_data(d, DATA_CMP, true, 0, rd, &o, 0);
		return !(is_low(rd) && is_low(rm)) && rd != R_PC && rm != R_PC;
	case 2:
		inq_arm_data(d, DATA_MOV, false, rd, 0, &o, 0);
		return true;
	default:
		if (bits(h, 2, 0))
			return false;
		if (!bit(h, 7)) {
			name(d, ARM_BX, INQ_OP_JUMP);
			inq_arm_jump_register(d, rm);
			return true;
		}
		name(d, ARM_BLX, INQ_OP_CALL);
		src(d, rm);
		d->i->flow = INQ_FLOW_CALL_INDIRECT;
		d->writes |= arm_mask(R_LR);
		return rm != R_PC;
	}
}

static bool indexed_transfer(struct draft *d, uint32_t h)
{
	static const uint8_t kind[8] = { ARM_STORE, ARM_STORE, ARM_STORE, ARM_LOAD_SIGNED, ARM_LOAD, ARM_LOAD,
		ARM_LOAD, ARM_LOAD_SIGNED };
	static const uint8_t size[8] = { 2, 1, 0, 0, 2, 1, 0, 1 };
	uint32_t op = bits(h, 11, 9);

	second(d, bits(h, 8, 6));
	return inq_arm_transfer(d, kind[op], size[op], ARM_OFFSET, bits(h, 5, 3), bits(h, 2, 0), 0);
}

static bool constant_transfer(struct draft *d, uint32_t h)
{
	uint32_t group = bits(h, 15, 12), by = bits(h, 10, 6);
	unsigned kind = bit(h, 11) ? ARM_LOAD : ARM_STORE;
	unsigned size = group == 6 ? 2 : group == 7 ? 0 : 1;

	if (group == 9)
		return inq_arm_transfer(
		        d, kind, 2, ARM_OFFSET, R_SP, bits(h, 10, 8), (int64_t)bits(h, 7, 0) * 4);
	return inq_arm_transfer(d, kind, size, ARM_OFFSET, bits(h, 5, 3), bits(h, 2, 0), (int64_t)by << size);
}

static bool hint_or_if_then(struct draft *d, uint32_t h)
{
	uint32_t first = bits(h, 7, 4), low = bits(h, 3, 0);

	if (low) {
		name(d, ARM_IT, INQ_OP_NOP);
		immediate(d, bits(h, 7, 0));
		/* Always takes no else; never does not exist. */
		return first != 15 && (first != 14 || !(low & (low - 1)));
	}
	name(d, MNEMONIC(PAGE_SYSTEM, ARM_HINT + first), INQ_OP_NOP);
	return true;
}

static bool miscellaneous(struct draft *d, uint32_t h)
{
	static const uint8_t extend[4] = { 2, 1, 5, 4 };
	struct operand o = { .constant = true };
	uint32_t rd = bits(h, 2, 0), rm = bits(h, 5, 3), list;

	switch (bits(h, 11, 8)) {
	case 0:
		o.value = bits(h, 6, 0) * 4;
		inq_arm_data(d, bit(h, 7) ? DATA_SUB : DATA_ADD, false, R_SP, R_SP, &o, 0);
		return true;
	case 1:
	case 3:
	case 9:
	case 11:
		name(d, bit(h, 11) ? ARM_CBNZ : ARM_CBZ, INQ_OP_BRANCH);
		d->i->flow = INQ_FLOW_BRANCH;
		d->i->condition = bit(h, 11) ? INQ_CONDITION_NOT_EQUAL : INQ_CONDITION_EQUAL;
		d->i->width = 4;
		src(d, rd);
		immediate(d, 0);
		thumb_target(d, (int64_t)(bits(h, 9, 9) << 6 | bits(h, 7, 3) << 1));
		return true;
	case 2:
		name(d, ARM_EXTEND + extend[bits(h, 7, 6)], INQ_OP_EXTEND);
		d->i->width = bit(h, 6) ? 1 : 2;
		src(d, rm);
		dst(d, rd);
		return true;
	case 4:
	case 5:
		list = bits(h, 7, 0) | bits(h, 8, 8) << R_LR;
		return inq_arm_multiple(d, false, false, true, true, R_SP, list);
	case 6:
		if (bit(h, 5)) {
			name(d, MNEMONIC(PAGE_SYSTEM, ARM_CPS), INQ_OP_SYSTEM);
			return bits(h, 7, 6) == 1 && !bit(h, 3) && bits(h, 2, 0);
		}
		name(d, MNEMONIC(PAGE_SYSTEM, ARM_SETEND), INQ_OP_SYSTEM);
		return (h & 0xfff7) == 0xb650 || (h & 0xfff7) == 0xb610;
	case 10:
		if (bits(h, 7, 6) == 2) {
			name(d, MNEMONIC(PAGE_SYSTEM, ARM_HLT), INQ_OP_TRAP);
			d->i->flow = INQ_FLOW_STOP;
			immediate(d, bits(h, 5, 0));
			return true;
		}
		name(d, ARM_REV + (bits(h, 7, 6) < 2 ? bits(h, 7, 6) : 2), INQ_OP_BITS);
		src(d, rm);
		dst(d, rd);
		return true;
	case 12:
	case 13:
		list = bits(h, 7, 0) | bits(h, 8, 8) << R_PC;
		return inq_arm_multiple(d, true, true, false, true, R_SP, list);
	case 14:
		name(d, MNEMONIC(PAGE_SYSTEM, ARM_BKPT), INQ_OP_TRAP);
		d->i->flow = INQ_FLOW_STOP;
		immediate(d, bits(h, 7, 0));
		return true;
	case 15:
		return hint_or_if_then(d, h);
	default:
		return false;
	}
}

static bool branch_or_trap(struct draft *d, uint32_t h)
{
	uint32_t cond = bits(h, 11, 8);

	if (cond < 14) {
		name(d, ARM_B, INQ_OP_BRANCH);
		d->i->flow = INQ_FLOW_BRANCH;
		d->i->condition = inq_arm_condition(cond);
		thumb_target(d, sbits(h, 7, 0) * 2);
		return true;
	}
	immediate(d, bits(h, 7, 0));
	name(d, MNEMONIC(PAGE_SYSTEM, cond == 14 ? ARM_UDF : ARM_SVC),
	        cond == 14 ? INQ_OP_TRAP : INQ_OP_SYSTEM);
	if (cond == 14)
		d->i->flow = INQ_FLOW_STOP;
	return true;
}

static bool narrow(struct draft *d, uint32_t h)
{
	uint32_t rd = bits(h, 10, 8), list = bits(h, 7, 0);

	switch (bits(h, 15, 12)) {
	case 0:
	case 1:
		shift_or_add(d, h);
		return true;
	case 2:
	case 3:
		constant_operation(d, h);
		return true;
	case 4:
		if (bit(h, 11))
			return inq_arm_literal(d, ARM_LOAD, 2, rd, pc_aligned(d) + bits(h, 7, 0) * 4);
		if (bit(h, 10))
			return high_registers(d, h);
		register_operation(d, h);
		return true;
	case 5:
		return indexed_transfer(d, h);
	case 6:
	case 7:
	case 8:
	case 9:
		return constant_transfer(d, h);
	case 10: {
		struct operand o = { .constant = true, .value = list * 4 };

		inq_arm_data(d, DATA_ADD, false, rd, bit(h, 11) ? R_SP : R_PC, &o, pc_aligned(d));
		return true;
	}
	case 11:
		return miscellaneous(d, h);
	case 12:
		/* A load writes the base back where it is not loaded. */
		return inq_arm_multiple(
		        d, bit(h, 11), true, false, !bit(h, 11) || !(list >> rd & 1), rd, list);
	case 13:
		return branch_or_trap(d, h);
	default:
		name(d, ARM_B, INQ_OP_JUMP);
		d->i->flow = INQ_FLOW_JUMP;
		thumb_target(d, sbits(h, 10, 0) * 2);
		return true;
	}
}

static bool decode(struct draft *d, struct inq_insn *i, uint64_t va, struct inq_bytes bytes, bool big_endian)
{
	uint16_t first, next;
	bool known;

	if (!inq_bytes_u16(bytes, 0, big_endian, &first))
		return false;
	if (first < 0xe800) {
		draft_start(d, i, va, 2);
		known = narrow(d, first);
	} else {
		if (!inq_bytes_u16(bytes, 2, big_endian, &next))
			return false;
		draft_start(d, i, va, 4);
		known = inq_thumb_wide(d, (uint32_t)first << 16 | next);
	}
	set(i, INQ_INSN_THUMB);
	return known;
}

bool inq_thumb_decode(uint64_t va, struct inq_bytes bytes, bool big_endian, struct inq_insn *ret)
{
	struct draft d;

	return decode(&d, ret, va, bytes, big_endian);
}

bool inq_thumb_registers(struct inq_bytes bytes, bool big_endian, uint32_t *ret_reads, uint32_t *ret_writes)
{
	struct inq_insn i;
	struct draft d;

	if (!decode(&d, &i, 0, bytes, big_endian))
		return false;
	*ret_reads = d.reads;
	*ret_writes = d.writes;
	return true;
}
