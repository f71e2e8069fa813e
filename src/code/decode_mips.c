/*
 * MIPS32 releases 1 to 5 with the floating-point unit, after MIPS32 volume II.
 * The application extensions (DSP, MSA, MIPS16, microMIPS), coprocessor 2 and
 * release 6, whose encodings mean other things before it, count as no
 * instructions. So do fields that must be zero and are not.
 *
 * A mnemonic is a page and up to eight bits of the opcode: the page is the
 * table of the manual (volume II, appendix A) in which the opcode stands.
 */
#include "code/decode.h"
#include "code/fixed.h"

#define MNEMONIC(page, low) (((unsigned)(page) << 8) + (unsigned)(low))

enum {
	PAGE_OPCODE,
	PAGE_SPECIAL,
	PAGE_REGIMM,
	PAGE_SPECIAL2,
	PAGE_SPECIAL3,
	PAGE_COP0,
	PAGE_COP1X,
	PAGE_ALIAS,
	PAGE_COP1, /* eight pages: format and function */
};

/* In PAGE_ALIAS. */
enum { MOVE = 1, LI, NOP, B, BAL };

enum { RA = 31 };

static uint32_t mask(uint32_t r)
{
	return 1u << r & ~1u;
}

static uint8_t or_none(uint32_t r)
{
	return r ? (uint8_t)r : INQ_REG_NONE;
}

static void dst(struct draft *d, uint32_t r)
{
	d->i->rd = or_none(r);
	d->writes |= mask(r);
}

static void src(struct draft *d, uint32_t r)
{
	d->i->rn = or_none(r);
	d->reads |= mask(r);
}

static void second(struct draft *d, uint32_t r)
{
	d->i->rm = or_none(r);
	d->reads |= mask(r);
}

static void stored(struct draft *d, uint32_t r)
{
	d->i->rs = or_none(r);
	d->reads |= mask(r);
}

static uint32_t rs_of(uint32_t w)
{
	return bits(w, 25, 21);
}

static uint32_t rt_of(uint32_t w)
{
	return bits(w, 20, 16);
}

static uint32_t rd_of(uint32_t w)
{
	return bits(w, 15, 11);
}

static uint32_t sa_of(uint32_t w)
{
	return bits(w, 10, 6);
}

static void target(struct draft *d, uint32_t w)
{
	reference(d, (uint32_t)(d->i->va + 4 + (uint64_t)(sbits(w, 15, 0) * 4)));
	set(d->i, INQ_INSN_DELAY);
}

static void branch(struct draft *d, uint32_t w, enum inq_condition condition)
{
	target(d, w);
	flow(d, INQ_FLOW_BRANCH, INQ_OP_BRANCH);
	d->i->condition = (uint8_t)condition;
	d->i->width = 4;
}

static void jump(struct draft *d, uint32_t w)
{
	target(d, w);
	name(d, MNEMONIC(PAGE_ALIAS, B), INQ_OP_JUMP);
	d->i->flow = INQ_FLOW_JUMP;
}

static void memory(struct draft *d, uint32_t w, unsigned width)
{
	src(d, rs_of(w));
	d->i->imm = sbits(w, 15, 0);
	d->i->width = (uint8_t)width;
	set(d->i, INQ_INSN_BASE_DISP);
}

static bool shift_constant(struct draft *d, uint32_t w, enum inq_op op, bool turns)
{
	uint32_t rs = rs_of(w);

	name(d, MNEMONIC(PAGE_SPECIAL, bits(w, 5, 0) + (rs ? 0x80u : 0)), rs ? INQ_OP_ROTATE : op);
	dst(d, rd_of(w));
	src(d, rt_of(w));
	immediate(d, sa_of(w));
	return rs == 0 || (rs == 1 && turns);
}

static bool shift_register(struct draft *d, uint32_t w, enum inq_op op, bool turns)
{
	uint32_t sa = sa_of(w);

	name(d, MNEMONIC(PAGE_SPECIAL, bits(w, 5, 0) + (sa ? 0x80u : 0)), sa ? INQ_OP_ROTATE : op);
	dst(d, rd_of(w));
	src(d, rt_of(w));
	second(d, rs_of(w));
	return sa == 0 || (sa == 1 && turns);
}

static bool three(struct draft *d, uint32_t w, enum inq_op op)
{
	name(d, MNEMONIC(PAGE_SPECIAL, bits(w, 5, 0)), op);
	dst(d, rd_of(w));
	src(d, rs_of(w));
	second(d, rt_of(w));
	return sa_of(w) == 0;
}

/* A sum or an OR with $zero, which is how a register is moved; or a difference, NOT. */
static bool three_or_move(struct draft *d, uint32_t w, enum inq_op op)
{
	uint32_t rs = rs_of(w), rt = rt_of(w);

	if (rs && rt)
		return three(d, w, op);
	dst(d, rd_of(w));
	name(d, MNEMONIC(PAGE_ALIAS, MOVE), INQ_OP_MOVE);
	if (op == INQ_OP_SUB || op == INQ_OP_NOT) {
		if (op == INQ_OP_SUB && !rs)
			op = INQ_OP_NEGATE;
		name(d, MNEMONIC(PAGE_SPECIAL, bits(w, 5, 0)), op);
	} else if (!rs && !rt) {
		immediate(d, 0);
	}
	src(d, rs ? rs : rt);
	return sa_of(w) == 0;
}

/* mult, div and what moves the two halves of their results. */
static bool high_low(struct draft *d, uint32_t w)
{
	uint32_t funct = bits(w, 5, 0);

	name(d, MNEMONIC(PAGE_SPECIAL, funct),
	        funct < 0x18   ? INQ_OP_MOVE
	        : funct < 0x1a ? INQ_OP_MULTIPLY
	                       : INQ_OP_DIVIDE);
	if (funct >= 0x18) {
		src(d, rs_of(w));
		second(d, rt_of(w));
		return bits(w, 15, 6) == 0;
	}
	if (funct & 1) {
		src(d, rs_of(w));
		return bits(w, 20, 6) == 0;
	}
	dst(d, rd_of(w));
	return bits(w, 25, 16) == 0 && sa_of(w) == 0;
}

static bool jump_register(struct draft *d, uint32_t w)
{
	uint32_t rs = rs_of(w), rd = rd_of(w);
	bool link = bit(w, 0) && rd;

	name(d, MNEMONIC(PAGE_SPECIAL, link ? 9 : 8), INQ_OP_JUMP);
	src(d, rs);
	set(d->i, INQ_INSN_DELAY);
	/* The hints are those of hazard barriers. */
	if (rt_of(w) || (!bit(w, 0) && rd) || bits(w, 9, 6))
		return false;
	if (link) {
		flow(d, INQ_FLOW_CALL_INDIRECT, INQ_OP_CALL);
		d->writes |= mask(rd);
		return rs != rd;
	}
	if (rs == RA)
		flow(d, INQ_FLOW_RETURN, INQ_OP_RETURN);
	else
		flow(d, INQ_FLOW_JUMP_INDIRECT, INQ_OP_JUMP);
	return true;
}

static bool trap(struct draft *d, uint32_t w)
{
	static const uint8_t condition[8] = { INQ_CONDITION_GREATER_EQUAL, INQ_CONDITION_ABOVE_EQUAL,
		INQ_CONDITION_LESS, INQ_CONDITION_BELOW, INQ_CONDITION_EQUAL, 0, INQ_CONDITION_NOT_EQUAL, 0 };
	uint32_t kind = bits(w, 2, 0), rs = rs_of(w), rt = rt_of(w);

	name(d, MNEMONIC(PAGE_SPECIAL, bits(w, 5, 0)), INQ_OP_TRAP);
	src(d, rs);
	second(d, rt);
	d->i->condition = condition[kind];
	/* What compares a register with itself is how compilers stop. */
	if (rs == rt && (kind < 2 || kind == 4))
		d->i->flow = INQ_FLOW_STOP;
	return condition[kind] != 0;
}

static bool conditional_move(struct draft *d, uint32_t w, enum inq_condition condition)
{
	name(d, MNEMONIC(PAGE_SPECIAL, bits(w, 5, 0)), INQ_OP_SELECT);
	src(d, rs_of(w));
	second(d, rt_of(w));
	dst(d, rd_of(w));
	/* Where the condition fails, the destination keeps what it holds. */
	d->reads |= mask(rd_of(w));
	d->i->condition = (uint8_t)condition;
	return sa_of(w) == 0;
}

static bool special(struct draft *d, uint32_t w)
{
	uint32_t funct = bits(w, 5, 0);

	d->i->width = 4;
	switch (funct) {
	case 0x00:
		if (!(w & ~0x7c0u)) {
			/* nop, ssnop, ehb, pause */
			name(d, MNEMONIC(PAGE_ALIAS, NOP), INQ_OP_NOP);
			d->i->width = 0;
			return sa_of(w) < 6;
		}
		return shift_constant(d, w, INQ_OP_SHIFT_LEFT, false);
	case 0x01: /* movf, movt */
		name(d, MNEMONIC(PAGE_SPECIAL, 1), INQ_OP_SELECT);
		src(d, rs_of(w));
		dst(d, rd_of(w));
		d->reads |= mask(rd_of(w));
		d->i->condition = INQ_CONDITION_OTHER;
		return sa_of(w) == 0 && !bit(w, 17);
	case 0x02:
		return shift_constant(d, w, INQ_OP_SHIFT_RIGHT, true);
	case 0x03:
		return shift_constant(d, w, INQ_OP_SHIFT_SIGNED, false);
	case 0x04:
		return shift_register(d, w, INQ_OP_SHIFT_LEFT, false);
	case 0x06:
		return shift_register(d, w, INQ_OP_SHIFT_RIGHT, true);
	case 0x07:
		return shift_register(d, w, INQ_OP_SHIFT_SIGNED, false);
	case 0x08:
	case 0x09:
		return jump_register(d, w);
	case 0x0a:
		return conditional_move(d, w, INQ_CONDITION_EQUAL);
	case 0x0b:
		return conditional_move(d, w, INQ_CONDITION_NOT_EQUAL);
	case 0x0c:
		name(d, MNEMONIC(PAGE_SPECIAL, funct), INQ_OP_SYSTEM);
		immediate(d, bits(w, 25, 6));
		return true;
	case 0x0d:
		name(d, MNEMONIC(PAGE_SPECIAL, funct), INQ_OP_TRAP);
		immediate(d, bits(w, 25, 6));
		d->i->flow = INQ_FLOW_STOP;
		return true;
	case 0x0f: /* sync */
		name(d, MNEMONIC(PAGE_SPECIAL, funct), INQ_OP_SYSTEM);
		return bits(w, 25, 11) == 0;
	case 0x10:
	case 0x11:
	case 0x12:
	case 0x13:
	case 0x18:
	case 0x19:
	case 0x1a:
	case 0x1b:
		return high_low(d, w);
	case 0x20:
		return three(d, w, INQ_OP_ADD);
	case 0x21:
		return three_or_move(d, w, INQ_OP_ADD);
	case 0x22:
	case 0x23:
		return three_or_move(d, w, INQ_OP_SUB);
	case 0x24:
		return three(d, w, INQ_OP_AND);
	case 0x25:
		return three_or_move(d, w, INQ_OP_OR);
	case 0x26:
		return three(d, w, INQ_OP_XOR);
	case 0x27:
		return three_or_move(d, w, INQ_OP_NOT);
	case 0x2a:
		d->i->condition = INQ_CONDITION_LESS;
		return three(d, w, INQ_OP_SELECT);
	case 0x2b:
		d->i->condition = INQ_CONDITION_BELOW;
		return three(d, w, INQ_OP_SELECT);
	case 0x30:
	case 0x31:
	case 0x32:
	case 0x33:
	case 0x34:
	case 0x36:
		return trap(d, w);
	default:
		return false;
	}
}

static bool register_immediate(struct draft *d, uint32_t w)
{
	static const uint8_t condition[2] = { INQ_CONDITION_LESS, INQ_CONDITION_GREATER_EQUAL };
	uint32_t kind = rt_of(w), rs = rs_of(w);

	name(d, MNEMONIC(PAGE_REGIMM, kind), INQ_OP_BRANCH);
	switch (kind) {
	case 0x00: /* bltz, bgez and their likely forms */
	case 0x01:
	case 0x02:
	case 0x03:
		if (rs == 0 && kind & 1) {
			jump(d, w);
			return true;
		}
		src(d, rs);
		immediate(d, 0);
		branch(d, w, condition[kind & 1]);
		return true;
	case 0x08: /* trap immediate */
	case 0x09:
	case 0x0a:
	case 0x0b:
	case 0x0c:
	case 0x0e:
		d->i->op = INQ_OP_TRAP;
		src(d, rs);
		immediate(d, sbits(w, 15, 0));
		return true;
	case 0x10: /* the same four with a link */
	case 0x11:
	case 0x12:
	case 0x13:
		d->writes |= mask(RA);
		target(d, w);
		flow(d, INQ_FLOW_CALL, INQ_OP_CALL);
		if (rs == 0 && kind & 1) {
			d->i->mnemonic = (uint16_t)MNEMONIC(PAGE_ALIAS, BAL);
			return true;
		}
		src(d, rs);
		immediate(d, 0);
		d->i->condition = condition[kind & 1];
		set(d->i, INQ_INSN_CONDITIONAL);
		return true;
	case 0x1f: /* synci */
		memory(d, w, 0);
		d->i->op = INQ_OP_SYSTEM;
		return true;
	default:
		return false;
	}
}

static bool special2(struct draft *d, uint32_t w)
{
	uint32_t funct = bits(w, 5, 0);

	name(d, MNEMONIC(PAGE_SPECIAL2, funct), INQ_OP_MULTIPLY);
	d->i->width = 4;
	src(d, rs_of(w));
	switch (funct) {
	case 0x00: /* madd, maddu, msub, msubu */
	case 0x01:
	case 0x04:
	case 0x05:
		second(d, rt_of(w));
		return bits(w, 15, 6) == 0;
	case 0x02: /* mul */
		second(d, rt_of(w));
		dst(d, rd_of(w));
		return sa_of(w) == 0;
	case 0x20: /* clz, clo */
	case 0x21:
		d->i->op = INQ_OP_BITS;
		dst(d, rd_of(w));
		return rt_of(w) == rd_of(w) && sa_of(w) == 0;
	case 0x3f: /* sdbbp */
		flow(d, INQ_FLOW_STOP, INQ_OP_TRAP);
		d->i->rn = INQ_REG_NONE;
		d->reads = 0;
		immediate(d, bits(w, 25, 6));
		return true;
	default:
		return false;
	}
}

static bool special3(struct draft *d, uint32_t w)
{
	uint32_t funct = bits(w, 5, 0), sa = sa_of(w), size = rd_of(w);

	name(d, MNEMONIC(PAGE_SPECIAL3, funct), INQ_OP_BITFIELD);
	d->i->width = 4;
	switch (funct) {
	case 0x00: /* ext */
		src(d, rs_of(w));
		dst(d, rt_of(w));
		immediate(d, sa);
		return sa + size < 32;
	case 0x04: /* ins: the field's last bit is in `size` */
		src(d, rs_of(w));
		dst(d, rt_of(w));
		d->reads |= mask(rt_of(w));
		immediate(d, sa);
		return size >= sa;
	case 0x20: /* wsbh, seb, seh */
		name(d, MNEMONIC(PAGE_SPECIAL3, 64 + sa), sa == 2 ? INQ_OP_BITS : INQ_OP_EXTEND);
		if (sa != 2)
			d->i->width = sa == 0x10 ? 1 : 2;
		src(d, rt_of(w));
		dst(d, rd_of(w));
		return rs_of(w) == 0 && (sa == 2 || sa == 0x10 || sa == 0x18);
	case 0x3b: /* rdhwr */
		d->i->op = INQ_OP_SYSTEM;
		dst(d, rt_of(w));
		return rs_of(w) == 0 && bits(w, 10, 9) == 0;
	default:
		return false;
	}
}

static bool cop0(struct draft *d, uint32_t w)
{
	uint32_t rs = rs_of(w), funct = bits(w, 5, 0);

	name(d, MNEMONIC(PAGE_COP0, bit(w, 25) ? 64 + funct : rs), INQ_OP_SYSTEM);
	if (bit(w, 25)) {
		if (funct == 0x18 || funct == 0x1f)
			flow(d, INQ_FLOW_RETURN, INQ_OP_RETURN);
		/* wait has a field of its own; the rest must be clear */
		if (funct == 0x20)
			return true;
		return bits(w, 24, 6) == 0 && (funct == 1 || funct == 2 || funct == 6 || funct == 8 ||
		                                      funct == 0x18 || funct == 0x1f);
	}
	switch (rs) {
	case 0x00: /* mfc0 */
		dst(d, rt_of(w));
		return bits(w, 10, 3) == 0;
	case 0x04: /* mtc0 */
		src(d, rt_of(w));
		return bits(w, 10, 3) == 0;
	case 0x0b: /* di, ei */
		name(d, MNEMONIC(PAGE_COP0, 128 + bits(w, 5, 5)), INQ_OP_SYSTEM);
		dst(d, rt_of(w));
		return (w & 0xffdf) == 0x6000;
	case 0x0a: /* rdpgpr, wrpgpr */
		src(d, rt_of(w));
		dst(d, rd_of(w));
		return bits(w, 10, 0) == 0;
	case 0x0e:
		src(d, rt_of(w));
		return bits(w, 10, 0) == 0;
	default:
		return false;
	}
}

/* Arithmetic on singles and doubles: the functions below 0x30, a bit each. */
static bool float_arithmetic(struct draft *d, uint32_t w, uint32_t format)
{
	uint32_t funct = bits(w, 5, 0), ft = rt_of(w);
	bool wide = format == 17;

	if (funct >= 0x30)
		return bits(w, 7, 6) == 0;
	if (funct < 4)
		return true;
	if (funct == 0x11) {
		/* movf, movt on a condition */
		return !bit(w, 17);
	}
	if (funct == 0x12 || funct == 0x13) {
		src(d, ft);
		return true;
	}
	if (ft)
		return false;
	switch (funct) {
	case 0x20: /* cvt */
		d->i->op = INQ_OP_CONVERT;
		return wide;
	case 0x21:
		d->i->op = INQ_OP_CONVERT;
		return !wide;
	case 0x24:
	case 0x25:
		d->i->op = INQ_OP_CONVERT;
		return true;
	case 0x15:
	case 0x16:
		return true;
	default:
		if (funct >= 8 && funct < 16)
			d->i->op = INQ_OP_CONVERT;
		return funct < 16;
	}
}

/* Two singles in one register. */
static bool float_paired(uint32_t w)
{
	uint32_t funct = bits(w, 5, 0);

	if (funct >= 0x30)
		return bits(w, 7, 6) == 0;
	if (funct < 3 || funct == 0x11 || funct == 0x12 || funct == 0x13 || (funct >= 0x2c && funct < 0x30))
		return funct != 0x11 || !bit(w, 17);
	return rt_of(w) == 0 && (funct == 5 || funct == 6 || funct == 7 || funct == 0x20 || funct == 0x28);
}

static bool cop1(struct draft *d, uint32_t w)
{
	uint32_t format = rs_of(w), funct = bits(w, 5, 0);

	name(d, MNEMONIC(PAGE_COP1, format << 6 | (format < 16 ? 0 : funct)), INQ_OP_FLOAT);
	switch (format) {
	case 0: /* mfc1, cfc1, mfhc1 */
	case 2:
	case 3:
		d->i->width = 4;
		dst(d, rt_of(w));
		return bits(w, 10, 0) == 0;
	case 4: /* mtc1, ctc1, mthc1 */
	case 6:
	case 7:
		d->i->width = 4;
		src(d, rt_of(w));
		return bits(w, 10, 0) == 0;
	case 8: /* bc1f, bc1t and their likely forms */
		branch(d, w, INQ_CONDITION_OTHER);
		d->i->mnemonic = (uint16_t)(d->i->mnemonic + bits(w, 17, 16));
		d->i->width = 0;
		return true;
	case 16:
	case 17:
		d->i->width = format == 17 ? 8 : 4;
		return float_arithmetic(d, w, format);
	case 20: /* from 32 and 64 bits */
	case 21:
		d->i->op = INQ_OP_CONVERT;
		d->i->width = format == 21 ? 8 : 4;
		return rt_of(w) == 0 && (funct == 0x20 || funct == 0x21);
	case 22:
		d->i->width = 8;
		return float_paired(w);
	default:
		return false;
	}
}

static bool cop1x(struct draft *d, uint32_t w)
{
	uint32_t funct = bits(w, 5, 0);
	bool store = funct & 8, wide = funct & 7;

	name(d, MNEMONIC(PAGE_COP1X, funct), INQ_OP_FLOAT);
	switch (funct) {
	case 0x00: /* lwxc1, ldxc1, luxc1 */
	case 0x01:
	case 0x05:
	case 0x08: /* swxc1, sdxc1, suxc1 */
	case 0x09:
	case 0x0d:
		d->i->op = store ? INQ_OP_STORE : INQ_OP_LOAD;
		src(d, rs_of(w));
		second(d, rt_of(w));
		set(d->i, INQ_INSN_BASE_DISP | (store ? INQ_INSN_WRITES_MEMORY : INQ_INSN_READS_MEMORY));
		d->i->width = wide ? 8 : 4;
		return store ? sa_of(w) == 0 : rd_of(w) == 0;
	case 0x0f: /* prefx */
		d->i->op = INQ_OP_NOP;
		src(d, rs_of(w));
		second(d, rt_of(w));
		set(d->i, INQ_INSN_BASE_DISP);
		return sa_of(w) == 0;
	case 0x1e: /* alnv.ps */
		src(d, rs_of(w));
		return true;
	default:
		/* madd, msub, nmadd, nmsub of s, d, ps */
		d->i->width = bits(w, 2, 0) == 0 ? 4 : 8;
		return funct >= 0x20 && (bits(w, 2, 0) < 2 || bits(w, 2, 0) == 6);
	}
}

static bool load(struct draft *d, uint32_t w, unsigned width)
{
	memory(d, w, width);
	name(d, MNEMONIC(PAGE_OPCODE, bits(w, 31, 26)), INQ_OP_LOAD);
	set(d->i, INQ_INSN_READS_MEMORY);
	dst(d, rt_of(w));
	return true;
}

static bool store(struct draft *d, uint32_t w, unsigned width)
{
	memory(d, w, width);
	name(d, MNEMONIC(PAGE_OPCODE, bits(w, 31, 26)), INQ_OP_STORE);
	set(d->i, INQ_INSN_WRITES_MEMORY);
	stored(d, rt_of(w));
	return true;
}

static bool float_memory(struct draft *d, uint32_t w, bool is_store, unsigned width)
{
	memory(d, w, width);
	name(d, MNEMONIC(PAGE_OPCODE, bits(w, 31, 26)), is_store ? INQ_OP_STORE : INQ_OP_LOAD);
	set(d->i, is_store ? INQ_INSN_WRITES_MEMORY : INQ_INSN_READS_MEMORY);
	return true;
}

static bool constant(struct draft *d, uint32_t w, enum inq_op op, int64_t imm)
{
	uint32_t rs = rs_of(w);

	name(d, MNEMONIC(PAGE_OPCODE, bits(w, 31, 26)), op);
	d->i->width = 4;
	dst(d, rt_of(w));
	src(d, rs);
	immediate(d, imm);
	if (!rs && (op == INQ_OP_ADD || op == INQ_OP_OR))
		name(d, MNEMONIC(PAGE_ALIAS, LI), INQ_OP_MOVE);
	return true;
}

/* beq, bne, blez, bgtz and, 16 further on, their likely forms. */
static bool compare_branch(struct draft *d, uint32_t w)
{
	static const uint8_t condition[4] = { INQ_CONDITION_EQUAL, INQ_CONDITION_NOT_EQUAL,
		INQ_CONDITION_LESS_EQUAL, INQ_CONDITION_GREATER };
	uint32_t kind = bits(w, 27, 26), rs = rs_of(w), rt = rt_of(w);

	if (kind > 1 && rt)
		return false;
	if (rs == rt && (kind == 0 || kind == 2)) {
		jump(d, w);
		return true;
	}
	name(d, MNEMONIC(PAGE_OPCODE, bits(w, 31, 26)), INQ_OP_BRANCH);
	branch(d, w, condition[kind]);
	src(d, rs ? rs : rt);
	if (rs && rt)
		second(d, rt);
	else
		immediate(d, 0);
	return true;
}

static bool jump_region(struct draft *d, uint32_t w)
{
	uint32_t opcode = bits(w, 31, 26);

	reference(d, (uint32_t)(((d->i->va + 4) & 0xf0000000) | bits(w, 25, 0) << 2));
	set(d->i, INQ_INSN_DELAY);
	name(d, MNEMONIC(PAGE_OPCODE, opcode), opcode == 2 ? INQ_OP_JUMP : INQ_OP_CALL);
	d->i->flow = opcode == 2 ? INQ_FLOW_JUMP : INQ_FLOW_CALL;
	if (opcode != 2)
		d->writes |= mask(RA);
	/* jalx changes to the compact instructions, whose addresses are odd. */
	if (opcode == 0x1d)
		d->i->ref |= 1;
	return true;
}

static bool decode(struct draft *d, uint32_t w)
{
	int64_t imm = sbits(w, 15, 0);

	switch (bits(w, 31, 26)) {
	case 0x00:
		return special(d, w);
	case 0x01:
		return register_immediate(d, w);
	case 0x02:
	case 0x03:
	case 0x1d:
		return jump_region(d, w);
	case 0x04:
	case 0x05:
	case 0x06:
	case 0x07:
	case 0x14:
	case 0x15:
	case 0x16:
	case 0x17:
		return compare_branch(d, w);
	case 0x08:
	case 0x09:
		return constant(d, w, INQ_OP_ADD, imm);
	case 0x0a:
		d->i->condition = INQ_CONDITION_LESS;
		return constant(d, w, INQ_OP_SELECT, imm);
	case 0x0b:
		d->i->condition = INQ_CONDITION_BELOW;
		return constant(d, w, INQ_OP_SELECT, imm);
	case 0x0c:
		return constant(d, w, INQ_OP_AND, bits(w, 15, 0));
	case 0x0d:
		return constant(d, w, INQ_OP_OR, bits(w, 15, 0));
	case 0x0e:
		return constant(d, w, INQ_OP_XOR, bits(w, 15, 0));
	case 0x0f:
		return constant(d, w, INQ_OP_ADDRESS, imm * 0x10000) && rs_of(w) == 0;
	case 0x10:
		return cop0(d, w);
	case 0x11:
		return cop1(d, w);
	case 0x13:
		return cop1x(d, w);
	case 0x1c:
		return special2(d, w);
	case 0x1f:
		return special3(d, w);
	case 0x20: /* lb, lbu */
	case 0x24:
		return load(d, w, 1);
	case 0x21: /* lh, lhu */
	case 0x25:
		return load(d, w, 2);
	case 0x23:
		return load(d, w, 4);
	case 0x22: /* lwl and lwr fill a part of the register */
	case 0x26:
		d->reads |= mask(rt_of(w));
		return load(d, w, 4);
	case 0x28:
		return store(d, w, 1);
	case 0x29:
		return store(d, w, 2);
	case 0x2a:
	case 0x2b:
	case 0x2e:
		return store(d, w, 4);
	case 0x2f: /* cache */
		memory(d, w, 0);
		name(d, MNEMONIC(PAGE_OPCODE, 0x2f), INQ_OP_SYSTEM);
		return true;
	case 0x30: /* ll */
		load(d, w, 4);
		d->i->op = INQ_OP_ATOMIC;
		return true;
	case 0x38: /* sc */
		store(d, w, 4);
		dst(d, rt_of(w));
		d->i->op = INQ_OP_ATOMIC;
		return true;
	case 0x33: /* pref */
		memory(d, w, 0);
		name(d, MNEMONIC(PAGE_OPCODE, 0x33), INQ_OP_NOP);
		return true;
	case 0x31:
		return float_memory(d, w, false, 4);
	case 0x35:
		return float_memory(d, w, false, 8);
	case 0x39:
		return float_memory(d, w, true, 4);
	case 0x3d:
		return float_memory(d, w, true, 8);
	default:
		return false;
	}
}

bool inq_mips_decode(uint64_t va, uint32_t word, struct inq_insn *ret)
{
	struct draft d;

	draft_start(&d, ret, va, 4);
	return decode(&d, word);
}

bool inq_mips_registers(uint32_t word, uint32_t *ret_reads, uint32_t *ret_writes)
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
