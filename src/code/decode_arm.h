/*
 * What A32 and Thumb share: the mnemonics (one operation has one number in
 * both), the general registers, of which 15 is the program counter, and the
 * operations whose encodings differ but not their sense.
 */
#ifndef INQUIRY_CODE_DECODE_ARM_H
#define INQUIRY_CODE_DECODE_ARM_H

#include "code/fixed.h"

/* A mnemonic is a page and up to eight bits of the opcode. */
#define MNEMONIC(page, low) (((unsigned)(page) << 8) + (unsigned)(low))

enum {
	PAGE_INTEGER,
	PAGE_LOAD,
	PAGE_MEDIA,
	PAGE_SYSTEM,
	PAGE_MULTIPLY,
	PAGE_FLOAT,
	PAGE_FLOAT_MOVE,
	PAGE_SAME,
	PAGE_DIFFERENT = PAGE_SAME + 2,
	PAGE_MISC,
	PAGE_SHIFT = PAGE_MISC + 2,
	PAGE_STRUCTURE,
	PAGE_CRYPTO,
	PAGE_EXTENSION,
};

/* Data processing as A32 numbers it; a mnemonic is twice that, plus one where flags are set. */
enum {
	DATA_AND,
	DATA_EOR,
	DATA_SUB,
	DATA_RSB,
	DATA_ADD,
	DATA_ADC,
	DATA_SBC,
	DATA_RSC,
	DATA_TST,
	DATA_TEQ,
	DATA_CMP,
	DATA_CMN,
	DATA_ORR,
	DATA_MOV,
	DATA_BIC,
	DATA_MVN,
	DATA_ORN, /* Thumb alone */
	DATA_COUNT,
};

enum {
	ARM_SHIFT = DATA_COUNT * 2, /* lsl, lsr, asr, ror, rrx, each twice */
	ARM_ADR = ARM_SHIFT + 10,
	ARM_MOVW,
	ARM_MOVT,
	ARM_NOP_MOVE,
	ARM_B,
	ARM_BL,
	ARM_BX,
	ARM_BLX,
	ARM_BXJ,
	ARM_CBZ,
	ARM_CBNZ,
	ARM_TBB,
	ARM_TBH,
	ARM_IT,
	ARM_CLZ,
	ARM_RBIT,
	ARM_REV,
	ARM_REV16,
	ARM_REVSH,
	ARM_SBFX,
	ARM_UBFX,
	ARM_BFI,
	ARM_BFC,
	ARM_SDIV,
	ARM_UDIV,
	ARM_QADD, /* qadd, qsub, qdadd, qdsub */
	ARM_CRC = ARM_QADD + 4, /* 8 */
	ARM_EXTEND = ARM_CRC + 8, /* sxtb16, sxtb, sxth, uxtb16, uxtb, uxth, and the adding six */
	ARM_SATURATE = ARM_EXTEND + 12, /* ssat, ssat16, usat, usat16 */
	ARM_PKH = ARM_SATURATE + 4, /* pkhbt, pkhtb */
	ARM_SEL = ARM_PKH + 2,
	ARM_USAD,
	ARM_USADA,
	ARM_LDM, /* da, ia, db, ib: twice the mode, plus one for a load */
	ARM_EXCLUSIVE = ARM_LDM + 8, /* 32 */
	ARM_SWP = ARM_EXCLUSIVE + 32,
	ARM_SWPB,
	ARM_PRELOAD,
};

/* In PAGE_SYSTEM. */
enum {
	ARM_SVC,
	ARM_HVC,
	ARM_SMC,
	ARM_BKPT,
	ARM_HLT,
	ARM_UDF,
	ARM_MRS,
	ARM_MSR,
	ARM_CPS,
	ARM_SETEND,
	ARM_BARRIER = 16, /* by op2 */
	ARM_ERET = 24,
	ARM_RFE,
	ARM_SRS,
	ARM_MCR = 28, /* mcr, mrc, mcrr, mrrc, cdp, ldc, stc */
	ARM_HINT = 64,
};

/* In PAGE_MULTIPLY: the plain ones by A32's bits 23 to 20, then the halves and duals. */
enum { ARM_MUL, ARM_MUL_HALF = 16, ARM_MUL_DUAL = 64, ARM_MUL_MOST = 96 };

enum { R_SP = 13, R_LR = 14, R_PC = 15 };

/* The flexible second operand. */
struct operand {
	bool constant;
	uint32_t value; /* where constant */
	uint32_t rm, type, amount;
	bool by_register;
	uint32_t rs;
};

static inline uint8_t arm_register(uint32_t r)
{
	return r == R_PC ? INQ_REG_PC : (uint8_t)r;
}

static inline uint32_t arm_mask(uint32_t r)
{
	return (1u << r) & 0x7fff;
}

static inline void dst(struct draft *d, uint32_t r)
{
	d->i->rd = arm_register(r);
	d->writes |= arm_mask(r);
}

static inline void src(struct draft *d, uint32_t r)
{
	d->i->rn = arm_register(r);
	d->reads |= arm_mask(r);
}

static inline void second(struct draft *d, uint32_t r)
{
	d->i->rm = arm_register(r);
	d->reads |= arm_mask(r);
}

static inline void stored(struct draft *d, uint32_t r)
{
	d->i->rs = arm_register(r);
	d->reads |= arm_mask(r);
}

/* A memory operand at [rn + displacement]; rn is not the program counter. */
static inline void memory(struct draft *d, uint32_t rn, int64_t displacement, unsigned width)
{
	src(d, rn);
	d->i->imm = displacement;
	d->i->width = (uint8_t)width;
	set(d->i, INQ_INSN_BASE_DISP);
}

uint8_t inq_arm_condition(uint32_t cond);

/* One of the sixteen (or ORN); `pc` is what the program counter reads as. */
void inq_arm_data(struct draft *d, uint32_t opcode, bool flags, uint32_t rd, uint32_t rn,
        const struct operand *o, uint64_t pc);

/* lsl, lsr, asr, ror (0 to 3) or rrx (4) of `rm`, by a constant or a register, to `rd`. */
void inq_arm_shift(struct draft *d, uint32_t type, bool flags, uint32_t rd, const struct operand *o);

/* bx and kin: to `rm`, which says how. */
void inq_arm_jump_register(struct draft *d, uint32_t rm);

enum { ARM_STORE, ARM_LOAD, ARM_LOAD_SIGNED };
enum { ARM_OFFSET, ARM_POST, ARM_PRE };

/*
 * A load or store of 1 << size bytes (3: two registers), at an operand that
 * is set already, or at `displacement` from rn; `mode` is the write-back.
 */
bool inq_arm_transfer(struct draft *d, unsigned kind, unsigned size, unsigned mode, uint32_t rn, uint32_t rt,
        int64_t displacement);

/* The same at a literal: `pc` is aligned to 4. */
bool inq_arm_literal(struct draft *d, unsigned kind, unsigned size, uint32_t rt, uint64_t va);

/* ldm, stm: `up` and `before` as A32's U and P. */
bool inq_arm_multiple(
        struct draft *d, bool load, bool up, bool before, bool write_back, uint32_t rn, uint32_t list);

/* What Thumb's literals and addresses count from. */
static inline uint64_t pc_aligned(const struct draft *d)
{
	return (d->i->va + 4) & ~3ull;
}

static inline void thumb_target(struct draft *d, int64_t offset)
{
	reference(d, (uint32_t)(d->i->va + 4 + (uint64_t)offset) | 1);
}

/* Thumb instructions of two halfwords, the first in the upper half of `w`. */
bool inq_thumb_wide(struct draft *d, uint32_t w);

/*
 * Floating point, Advanced SIMD and coprocessors, in the encoding of A32. The
 * condition is 14 where Thumb has 0xe and 15 where it has 0xf. `pc` is aligned
 * to 4.
 */
bool inq_arm_coprocessor(struct draft *d, uint32_t w, uint64_t pc);
bool inq_arm_simd(struct draft *d, uint32_t w);
bool inq_arm_structure(struct draft *d, uint32_t w);

#endif
