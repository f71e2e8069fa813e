/*
 * What the parts of the A64 decoder share: the pages of mnemonics, and
 * the registers, of which 31 is sp or the zero register as the field has it.
 */
#ifndef INQUIRY_CODE_DECODE_A64_H
#define INQUIRY_CODE_DECODE_A64_H

#include "code/fixed.h"

/* A mnemonic is a page and up to eight bits of the opcode, or more over several pages. */
#define MNEMONIC(page, low) (((unsigned)(page) << 8) + (unsigned)(low))

enum page {
	PAGE_INTEGER,
	PAGE_B_COND,
	PAGE_HINT,
	PAGE_SYSTEM,
	PAGE_LOAD,
	PAGE_EXCLUSIVE = PAGE_LOAD + 2,
	PAGE_ATOMIC,
	PAGE_CAS,
	PAGE_TAG,
	PAGE_COPY,
	PAGE_STRUCTURE,
	PAGE_SIGN,
	PAGE_SCALAR,
	PAGE_FLOAT_CONVERT,
	PAGE_CRYPTO,
	PAGE_SAME,
	PAGE_SAME_HALF,
	PAGE_DIFFERENT,
	PAGE_MISC,
	PAGE_ACROSS,
	PAGE_PERMUTE,
	PAGE_SHIFT,
	PAGE_ELEMENT,
	PAGE_IMMEDIATE,
	PAGE_ONE_SAME,
	PAGE_ONE_DIFFERENT,
	PAGE_ONE_MISC,
	PAGE_ONE_PAIR,
	PAGE_ONE_SHIFT,
	PAGE_ONE_ELEMENT,
	PAGE_SCALABLE = 64, /* SVE and SME take the rest */
};

enum {
	LR = 30,
	SP = 31,
	ZERO = 31,
};

static inline uint32_t mask_sp(uint32_t r)
{
	return 1u << r;
}

/* The zero register is no register. */
static inline uint32_t mask(uint32_t r)
{
	return (1u << r) & 0x7fffffff;
}

static inline uint8_t or_none(uint32_t r)
{
	return r == ZERO ? INQ_REG_NONE : (uint8_t)r;
}

static inline void dst(struct draft *d, uint32_t r)
{
	d->i->rd = or_none(r);
	d->writes |= mask(r);
}

static inline void dst_sp(struct draft *d, uint32_t r)
{
	d->i->rd = (uint8_t)r;
	d->writes |= mask_sp(r);
}

static inline void src(struct draft *d, uint32_t r)
{
	d->i->rn = or_none(r);
	d->reads |= mask(r);
}

static inline void src_sp(struct draft *d, uint32_t r)
{
	d->i->rn = (uint8_t)r;
	d->reads |= mask_sp(r);
}

static inline void second(struct draft *d, uint32_t r)
{
	d->i->rm = or_none(r);
	d->reads |= mask(r);
}

/* The register a store writes out, or the third that is read. */
static inline void stored(struct draft *d, uint32_t r)
{
	d->i->rs = or_none(r);
	d->reads |= mask(r);
}

/* A memory operand at [rn + displacement]. */
static inline void memory(struct draft *d, uint32_t rn, int64_t displacement, unsigned width)
{
	src_sp(d, rn);
	d->i->imm = displacement;
	d->i->width = (uint8_t)width;
	set(d->i, INQ_INSN_BASE_DISP);
}

/* Loads and stores: op0 x1x0. */
bool inq_a64_memory(struct draft *d, uint32_t w);

/* Advanced SIMD, floating point and cryptography: op0 x111. */
bool inq_a64_vector(struct draft *d, uint32_t w);

/* SVE: op0 0010. */
bool inq_a64_scalable(struct draft *d, uint32_t w);

#endif
