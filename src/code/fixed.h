/*
 * What the decoders of the fixed-width instruction sets have in common: an
 * instruction under construction, and the readers of its bit fields.
 *
 * The sets of registers are gathered along with the fields, so that
 * inq_insn_registers and inq_insn_decode cannot tell different stories.
 */
#ifndef INQUIRY_CODE_FIXED_H
#define INQUIRY_CODE_FIXED_H

#include <inquiry/insn.h>

struct draft {
	struct inq_insn *i;
	uint32_t reads, writes; /* general registers, a bit each */
};

static inline uint32_t bits(uint32_t w, unsigned high, unsigned low)
{
	return w >> low & (uint32_t)((1ull << (high - low + 1)) - 1);
}

static inline bool bit(uint32_t w, unsigned at)
{
	return w >> at & 1;
}

/* The field as a signed number. */
static inline int64_t sbits(uint32_t w, unsigned high, unsigned low)
{
	return (int64_t)((uint64_t)w << (63 - high)) >> (63 - high + low);
}

static inline void draft_start(struct draft *d, struct inq_insn *i, uint64_t va, uint8_t len)
{
	*i = (struct inq_insn){
		.va = va,
		.len = len,
		.rd = INQ_REG_NONE,
		.rn = INQ_REG_NONE,
		.rm = INQ_REG_NONE,
		.rs = INQ_REG_NONE,
	};
	d->i = i;
	d->reads = 0;
	d->writes = 0;
}

static inline bool has(const struct inq_insn *i, unsigned flag)
{
	return i->flags & flag;
}

static inline void set(struct inq_insn *i, unsigned flag)
{
	i->flags = (uint8_t)(i->flags | flag);
}

/* An operation that leaves what it came to for a branch or a selection behind it. */
static inline void leaves_flags(struct draft *d, bool flags)
{
	if (flags)
		d->i->condition = INQ_CONDITION_OTHER;
}

static inline void name(struct draft *d, unsigned mnemonic, enum inq_op op)
{
	d->i->mnemonic = (uint16_t)mnemonic;
	d->i->op = (uint8_t)op;
}

static inline void immediate(struct draft *d, int64_t imm)
{
	d->i->imm = imm;
	set(d->i, INQ_INSN_HAS_IMM);
}

static inline void reference(struct draft *d, uint64_t ref)
{
	d->i->ref = ref;
	set(d->i, INQ_INSN_HAS_REF);
}

static inline void flow(struct draft *d, enum inq_flow flow, enum inq_op op)
{
	d->i->flow = (uint8_t)flow;
	d->i->op = (uint8_t)op;
}

#endif
