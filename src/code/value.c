#include "code/recover.h"
#include <stddef.h>
#include <string.h>

enum { A64_SP = 31, ARM_SP = 13, MIPS_GP = 28, MIPS_SP = 29, MIPS_T9 = 25 };

static struct value constant(uint64_t at)
{
	return (struct value){ .kind = VALUE_CONST, .at = at };
}

static uint64_t narrow(const struct recovery *r, uint64_t at)
{
	return r->x->bits == 64 ? at : (uint32_t)at;
}

void inq_state_start(const struct recovery *r, uint64_t va, struct state *ret)
{
	memset(ret->reg, 0, r->reg_count * sizeof *ret->reg);
	memset((char *)ret + offsetof(struct state, bound), 0, sizeof *ret - offsetof(struct state, bound));
	if (r->d->arch == INQ_ARCH_MIPS) {
		/* The o32 ABI: a position-independent function is entered with its address in $t9. */
		ret->reg[MIPS_T9] = constant(va);
		if (r->x->gp_va)
			ret->reg[MIPS_GP] = constant(r->x->gp_va);
	}
}

uint64_t inq_pointer_at(const struct inq_exhibit *x, uint64_t slot_va)
{
	size_t low = 0, high = x->pointer_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (x->pointers[middle].slot_va == slot_va)
			return x->pointers[middle].target_va;
		if (x->pointers[middle].slot_va < slot_va)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

static struct value get(
        const struct recovery *r, const struct state *s, const struct inq_insn *i, uint8_t reg)
{
	if (reg == INQ_REG_PC)
		return constant(
		        r->d->arch == INQ_ARCH_ARM ? i->va + (i->flags & INQ_INSN_THUMB ? 4 : 8) : i->va);
	return reg < 32 ? s->reg[reg] : (struct value){ 0 };
}

static struct value add(const struct recovery *r, struct value a, struct value b)
{
	if (b.kind == VALUE_CONST && a.kind != VALUE_CONST) {
		struct value swap = a;

		a = b;
		b = swap;
	}
	if (a.kind != VALUE_CONST)
		return (struct value){ 0 };
	switch ((enum value_kind)b.kind) {
	case VALUE_CONST:
		return constant(narrow(r, a.at + b.at));
	case VALUE_NONE:
		return (struct value){ .kind = VALUE_ADDRESS, .at = a.at };
	case VALUE_INDEX:
		return (struct value){ .kind = VALUE_ADDRESS, .at = a.at, .shift = b.shift };
	case VALUE_ADDRESS:
		b.at = narrow(r, b.at + a.at);
		return b;
	case VALUE_ENTRY:
		b.kind = VALUE_SUM;
		b.base = a.at;
		return b;
	case VALUE_SUM:
		b.base = narrow(r, b.base + a.at);
		return b;
	case VALUE_IMPORT:
		break;
	}
	return (struct value){ 0 };
}

static struct value shifted(struct value v, unsigned shift)
{
	switch ((enum value_kind)v.kind) {
	case VALUE_CONST:
		v.at = shift < 64 ? v.at << shift : 0;
		return v;
	case VALUE_NONE:
		return (struct value){ .kind = shift ? VALUE_INDEX : VALUE_NONE,
			.shift = (uint8_t)(shift & 7) };
	case VALUE_INDEX:
		v.shift = (uint8_t)(v.shift + shift);
		return v;
	case VALUE_ENTRY:
		v.scale = (uint8_t)(v.scale + shift);
		return v;
	case VALUE_ADDRESS:
	case VALUE_SUM:
	case VALUE_IMPORT:
		break;
	}
	return shift ? (struct value){ 0 } : v;
}

static struct value displaced(const struct recovery *r, struct value v, uint64_t displacement)
{
	switch ((enum value_kind)v.kind) {
	case VALUE_CONST:
	case VALUE_ADDRESS:
		return add(r, v, constant(displacement));
	case VALUE_NONE:
	case VALUE_INDEX:
		/* An index onto a table whose address is written out; else a field, or the stack. */
		if (displacement >= 0x1000 && displacement >= r->x->base_va &&
		        inq_exhibit_region(r->x, displacement))
			return add(r, v, constant(displacement));
		break;
	case VALUE_ENTRY:
	case VALUE_SUM:
	case VALUE_IMPORT:
		break;
	}
	return (struct value){ 0 };
}

/* The address that a memory operand, or a `lea`, forms. */
static struct value address(const struct recovery *r, const struct state *s, const struct inq_insn *i)
{
	struct value v, index;

	v = i->rn == INQ_REG_NONE ? constant(0) : get(r, s, i, i->rn);
	if (i->flags & INQ_INSN_HAS_REF)
		v = constant(i->ref);
	if (i->rm != INQ_REG_NONE) {
		index = shifted(get(r, s, i, i->rm), i->shift);
		if (v.kind == VALUE_NONE && index.kind == VALUE_CONST && i->shift == 0)
			v = add(r, index, v); /* the index is the base, the base the index */
		else if (v.kind == VALUE_CONST && v.at < 0x1000 &&
		         (index.kind == VALUE_INDEX || index.kind == VALUE_NONE))
			v = index; /* lea reg, [index * 4]: no base yet */
		else if (v.kind == VALUE_ADDRESS && v.shift == 0 && index.kind == VALUE_CONST &&
		         index.at > 0xffff)
			v = add(r, v, index);
		else if (v.kind != VALUE_NONE || index.kind != VALUE_NONE)
			v = add(r, v, index);
	}
	if (i->flags & INQ_INSN_BASE_DISP && i->imm)
		v = displaced(r, v, narrow(r, (uint64_t)i->imm));
	return v;
}

static bool is_signed_load(const struct inq_insn *i)
{
	return i->width >= 4 || (i->op == INQ_OP_EXTEND && i->mnemonic != ZYDIS_MNEMONIC_MOVZX);
}

/* What a load of `width` bytes from `from` gives. */
static struct value loaded(const struct recovery *r, struct value from, const struct inq_insn *i)
{
	uint64_t target;
	uint32_t import;

	if (from.kind == VALUE_ADDRESS && from.at >= 0x1000)
		return (struct value){ .kind = VALUE_ENTRY,
			.at = from.at,
			.shift = from.shift,
			.width = i->op == INQ_OP_EXTEND && r->d->arch == INQ_ARCH_X86_64 &&
			                         i->mnemonic == ZYDIS_MNEMONIC_MOVSXD
			                 ? 4
			                 : i->width,
			.is_signed = is_signed_load(i) };
	if (from.kind != VALUE_CONST)
		return (struct value){ 0 };
	if (inq_map_get(&r->slot_of, from.at, &import))
		return (struct value){ .kind = VALUE_IMPORT, .at = import };
	target = inq_pointer_at(r->x, from.at);
	if (target)
		return constant(target);
	if (r->d->arch == INQ_ARCH_ARM || r->d->arch == INQ_ARCH_A64) {
		/* A literal: read-only data beside the code. */
		const struct inq_region *region = inq_exhibit_region(r->x, from.at);
		uint32_t word;

		if (region && region->kind == INQ_REGION_CODE && i->width == 4 &&
		        inq_bytes_u32(region->bytes, from.at - region->va, r->d->big_endian, &word))
			return constant(word);
	}
	return (struct value){ 0 };
}

/* True where `at`, an operand written out in full, can only be an address of the image. */
static bool proved_address(
        const struct recovery *r, const struct inq_insn *i, uint64_t at, uint8_t operand_at)
{
	if (at < 0x1000 || at < r->x->base_va || !inq_exhibit_region(r->x, at))
		return false;
	if (r->trust_immediates)
		return true;
	return operand_at && inq_pointer_at(r->x, i->va + operand_at) != 0;
}

/* x86: constants and displacements of 32 bits that are addresses become `ref`. */
static void resolve_x86(const struct recovery *r, struct inq_insn *i)
{
	uint64_t at = narrow(r, (uint64_t)i->imm);

	if (i->flags & INQ_INSN_HAS_REF || !(i->flags & (INQ_INSN_HAS_IMM | INQ_INSN_BASE_DISP)))
		return;
	if (i->op != INQ_OP_MOVE && i->op != INQ_OP_STORE && i->op != INQ_OP_PUSH &&
	        i->op != INQ_OP_COMPARE && i->op != INQ_OP_ADD && i->op != INQ_OP_SUB &&
	        !(i->flags & INQ_INSN_BASE_DISP))
		return;
	if (!proved_address(r, i, at, i->address_at))
		return;
	i->ref = at;
	i->flags |= INQ_INSN_HAS_REF;
	i->flags &= (uint8_t) ~(INQ_INSN_HAS_IMM | INQ_INSN_BASE_DISP);
	i->address_len = i->address_at ? 4 : 0;
}

/* Fixed-width sets: what two instructions formed together is an address of the image. */
static void resolve(const struct recovery *r, struct inq_insn *i, struct value v)
{
	if (v.kind != VALUE_CONST || i->flags & INQ_INSN_HAS_REF || v.at < 0x1000 || v.at < r->x->base_va ||
	        !inq_exhibit_region(r->x, v.at & ~1ULL))
		return;
	i->ref = v.at;
	i->flags |= INQ_INSN_HAS_REF;
	i->flags &= (uint8_t) ~(INQ_INSN_HAS_IMM | INQ_INSN_BASE_DISP);
}

static bool on_stack(const struct recovery *r, const struct inq_insn *i)
{
	uint8_t sp = 0xff, fp = 0xff;

	switch (r->d->arch) {
	case INQ_ARCH_X86_64:
	case INQ_ARCH_X86_32:
		sp = 4;
		fp = 5;
		break;
	case INQ_ARCH_A64:
		sp = A64_SP;
		fp = 29;
		break;
	case INQ_ARCH_ARM:
		sp = ARM_SP;
		fp = i->flags & INQ_INSN_THUMB ? 7 : 11;
		break;
	case INQ_ARCH_MIPS:
		sp = MIPS_SP;
		fp = 30;
		break;
	case INQ_ARCH_NONE:
		break;
	}
	return i->flags & INQ_INSN_BASE_DISP && i->rm == INQ_REG_NONE && (i->rn == sp || i->rn == fp);
}

/*
 * The memory operand of an instruction that is no plain load. An x86 one with a
 * constant has its displacement in `ref`, and keeps the constant.
 */
static void resolve_operand(const struct recovery *r, const struct state *s, struct inq_insn *i)
{
	bool constant = is_x86(r) && i->flags & INQ_INSN_HAS_IMM;
	struct value v;

	if (!(i->flags & (INQ_INSN_READS_MEMORY | INQ_INSN_WRITES_MEMORY)) || i->flags & INQ_INSN_HAS_REF ||
	        i->rn == INQ_REG_NONE || r->d->arch == INQ_ARCH_X86_64 || on_stack(r, i))
		return;
	v = address(r, s, i);
	if (constant && v.kind == VALUE_CONST)
		v.at = narrow(r, v.at + i->ref);
	resolve(r, i, v);
	if (constant)
		i->flags |= INQ_INSN_HAS_IMM;
}

/* A64 `add xd, xn, wm, sxtb #n`: the extension says how wide the table's entries are read. */
static void a64_extension(const struct recovery *r, const struct inq_insn *i, struct value *v)
{
	const struct inq_region *region = inq_exhibit_region(r->x, i->va);
	uint32_t word;

	if (region && inq_bytes_u32(region->bytes, i->va - region->va, false, &word) &&
	        (word & 0x1fe00000) == 0x0b200000)
		v->is_signed = (word >> 13 & 7) >= 4;
}

/* a + b; on i386 what an entry is added to is the GOT's address, however it got there. */
static struct value got_sum(const struct recovery *r, struct value a, struct value b)
{
	if (r->d->arch == INQ_ARCH_X86_32 && r->x->gp_va) {
		if (a.kind == VALUE_ENTRY && b.kind == VALUE_NONE)
			b = constant(r->x->gp_va);
		else if (b.kind == VALUE_ENTRY && a.kind == VALUE_NONE)
			a = constant(r->x->gp_va);
	}
	return a.kind == VALUE_CONST || b.kind == VALUE_CONST ? add(r, a, b) : (struct value){ 0 };
}

static struct value sum(const struct recovery *r, const struct state *s, const struct inq_insn *i)
{
	struct value a = get(r, s, i, i->rn), b;

	if (i->rm == INQ_REG_NONE) {
		/* A small constant on something unknown is arithmetic, not a table. */
		if (!(i->flags & INQ_INSN_HAS_IMM) || (a.kind != VALUE_CONST && a.kind != VALUE_ADDRESS))
			return (struct value){ 0 };
		return add(r, a, constant((uint64_t)i->imm));
	}
	b = shifted(get(r, s, i, i->rm), i->shift);
	if (b.kind == VALUE_ENTRY && r->d->arch == INQ_ARCH_A64)
		a64_extension(r, i, &b);
	return got_sum(r, a, b);
}

/* Displacements from the stack pointer count from where it stood at entry. */
static int64_t spill_off(const struct recovery *r, const struct state *s, const struct inq_insn *i)
{
	return is_x86(r) && i->rn == 4 ? i->imm - s->depth : i->imm;
}

static struct spill *spill_at(struct recovery *r, const struct state *s, const struct inq_insn *i)
{
	int64_t off = spill_off(r, s, i);

	for (unsigned n = 0; n < r->spill_count; n++)
		if (r->spills[n].base == i->rn && r->spills[n].off == off)
			return &r->spills[n];
	return NULL;
}

static void spill(struct recovery *r, const struct state *s, const struct inq_insn *i)
{
	struct value v = i->rs < 32 ? s->reg[i->rs] : (struct value){ 0 };
	struct spill *at;

	if (!on_stack(r, i) || v.kind != VALUE_CONST || v.at < 0x1000 ||
	        !inq_exhibit_region(r->x, v.at & ~1ULL))
		return;
	at = spill_at(r, s, i);
	if (at)
		at->several |= at->value != v.at;
	else if (r->spill_count < sizeof r->spills / sizeof r->spills[0])
		r->spills[r->spill_count++] = (struct spill){ spill_off(r, s, i), v.at, i->rn, false };
}

static void set_bound(struct state *s, const struct inq_insn *i)
{
	/* and idx, 7 bounds an index as a comparison does. */
	if (i->op == INQ_OP_AND && i->flags & INQ_INSN_HAS_IMM && i->imm > 0 && i->imm < 4096 &&
	        (i->imm & (i->imm + 1)) == 0)
		s->bound = (uint64_t)i->imm + 1;
}

static void compare(struct state *s, const struct inq_insn *i)
{
	bool constant_one = i->flags & INQ_INSN_HAS_IMM && i->imm >= 0 && i->imm < 1 << 16;

	if (i->op == INQ_OP_COMPARE || i->op == INQ_OP_SUB) {
		/* The last comparison is the one that counts; an older bound may be of something else. */
		s->has_compared = constant_one;
		s->compared = constant_one ? (uint64_t)i->imm : 0;
		if (i->op == INQ_OP_COMPARE)
			s->bound = 0;
	} else if (i->op == INQ_OP_SELECT && constant_one && i->condition == INQ_CONDITION_BELOW) {
		/* MIPS: sltiu, then a branch on zero */
		s->has_compared = false;
		s->bound = (uint64_t)i->imm;
	}
}

/* A constant loaded from the code (ARM) is that constant; where it was kept says nothing. */
static void literal(struct recovery *r, struct inq_insn *i, struct value v)
{
	size_t unit;

	if (v.kind != VALUE_CONST || !(i->flags & INQ_INSN_HAS_REF) || !inq_span(r, i->ref, &unit))
		return;
	inq_mark_data(r, i->ref, i->width ? i->width : 4);
	i->flags &= (uint8_t) ~(INQ_INSN_HAS_REF | INQ_INSN_READS_MEMORY);
	i->flags |= INQ_INSN_HAS_IMM;
	i->imm = (int64_t)v.at;
	if (r->trust_immediates && v.at >= 0x1000 && v.at >= r->x->base_va &&
	        inq_exhibit_region(r->x, v.at & ~1ULL)) {
		i->ref = v.at;
		i->flags |= INQ_INSN_HAS_REF;
		i->flags &= (uint8_t)~INQ_INSN_HAS_IMM;
	}
}

static struct value result(struct recovery *r, const struct state *s, struct inq_insn *i)
{
	struct value v = { 0 };

	switch (i->op) {
	case INQ_OP_MOVE:
		if (i->flags & INQ_INSN_HAS_REF)
			return constant(i->ref);
		if (i->flags & INQ_INSN_HAS_IMM)
			return constant(narrow(r, i->width == 4 ? (uint32_t)i->imm : (uint64_t)i->imm));
		return get(r, s, i, i->rn);
	case INQ_OP_ADDRESS:
		if (i->flags & INQ_INSN_HAS_REF && i->rm == INQ_REG_NONE)
			return constant(i->ref);
		if (i->flags & INQ_INSN_HAS_IMM)
			return constant(narrow(r, (uint64_t)i->imm));
		v = address(r, s, i);
		resolve(r, i, v);
		return v;
	case INQ_OP_ADD:
		if (i->flags & INQ_INSN_READS_MEMORY) {
			v = loaded(r, address(r, s, i), i);
			v = v.kind == VALUE_ENTRY ? got_sum(r, get(r, s, i, i->rd), v) : (struct value){ 0 };
			return v;
		}
		v = sum(r, s, i);
		resolve(r, i, v);
		return v;
	case INQ_OP_SUB:
		v = get(r, s, i, i->rn);
		if (v.kind == VALUE_CONST && i->rm == INQ_REG_NONE && i->flags & INQ_INSN_HAS_IMM)
			return constant(narrow(r, v.at - (uint64_t)i->imm));
		return (struct value){ 0 };
	case INQ_OP_OR:
		v = get(r, s, i, i->rn);
		if (v.kind == VALUE_CONST && i->rm == INQ_REG_NONE && i->flags & INQ_INSN_HAS_IMM)
			return constant(v.at | (uint64_t)i->imm);
		return (struct value){ 0 };
	case INQ_OP_BITFIELD:
		/* movt, movk: 16 bits more of a constant */
		v = get(r, s, i, i->rn);
		if (v.kind == VALUE_CONST && i->rn == i->rd && i->flags & INQ_INSN_HAS_IMM && i->shift < 64 &&
		        i->shift % 16 == 0 && i->imm >= 0 && i->imm <= 0xffff && !is_x86(r)) {
			v.at = (v.at & ~(0xffffULL << i->shift)) | (uint64_t)i->imm << i->shift;
			resolve(r, i, v);
			return v;
		}
		return (struct value){ 0 };
	case INQ_OP_SHIFT_LEFT:
		if (i->flags & INQ_INSN_HAS_IMM && i->imm >= 0 && i->imm < 8 && i->rm == INQ_REG_NONE)
			return shifted(get(r, s, i, i->rn), (unsigned)i->imm);
		return (struct value){ 0 };
	case INQ_OP_EXTEND:
		if (i->flags & INQ_INSN_READS_MEMORY)
			return loaded(r, address(r, s, i), i);
		v = get(r, s, i, i->rn);
		return v.kind == VALUE_ENTRY || v.kind == VALUE_INDEX ? v : (struct value){ 0 };
	case INQ_OP_LOAD:
		if (on_stack(r, i)) {
			const struct spill *at = spill_at(r, s, i);

			return at && !at->several ? constant(at->value) : (struct value){ 0 };
		}
		v = address(r, s, i);
		if (!is_x86(r) || (r->d->arch == INQ_ARCH_X86_32 && i->rn != INQ_REG_NONE))
			resolve(r, i, v);
		v = loaded(r, v, i);
		literal(r, i, v);
		return v;
	default:
		return (struct value){ 0 };
	}
}

static void track_depth(const struct recovery *r, struct state *s, const struct inq_insn *i)
{
	if (i->op == INQ_OP_PUSH)
		s->depth += r->x->bits / 8;
	else if (i->op == INQ_OP_POP)
		s->depth -= r->x->bits / 8;
	else if (i->op == INQ_OP_SUB && i->rd == 4 && i->flags & INQ_INSN_HAS_IMM)
		s->depth += i->imm;
	else if (i->op == INQ_OP_ADD && i->rd == 4 && i->flags & INQ_INSN_HAS_IMM)
		s->depth -= i->imm;
}

void inq_state_step(struct recovery *r, struct state *s, struct inq_insn *i)
{
	struct value v;

	if (is_x86(r))
		resolve_x86(r, i);
	if (r->d->arch == INQ_ARCH_ARM && i->flags & INQ_INSN_THUMB) {
		if (s->it_left) {
			s->it_left--;
			i->flags |= INQ_INSN_CONDITIONAL;
		}
		if (i->op == INQ_OP_NOP && i->len == 2 && i->imm & 15)
			s->it_left = (unsigned)(4 - __builtin_ctz((unsigned)(i->imm & 15) | 16));
	}
	set_bound(s, i);
	if (i->op == INQ_OP_COMPARE || i->op == INQ_OP_SELECT || (i->op == INQ_OP_SUB && is_x86(r)))
		compare(s, i);
	if (is_x86(r))
		track_depth(r, s, i);
	if (i->op == INQ_OP_STORE)
		spill(r, s, i);
	if (i->op != INQ_OP_LOAD && i->op != INQ_OP_ADDRESS && i->op != INQ_OP_ADD)
		resolve_operand(r, s, i);
	if (i->rd >= 32) {
		if (i->op == INQ_OP_POP && !is_x86(r))
			memset(s->reg, 0, 16 * sizeof *s->reg);
		return;
	}
	v = result(r, s, i);
	if (i->flags & INQ_INSN_CONDITIONAL && v.kind != VALUE_ENTRY && v.kind != VALUE_SUM)
		v = (struct value){ 0 };
	/* call $+5; pop reg */
	if (i->op == INQ_OP_POP && is_x86(r) && r->insn_count >= 2) {
		const struct inq_insn *before = &r->insns[r->insn_count - 2];

		if (before->flow == INQ_FLOW_CALL && before->ref == i->va &&
		        before->va + before->len == i->va)
			v = constant(i->va);
	}
	/* $gp is one value all through an o32 object; what is reloaded from the stack is that. */
	if (r->d->arch == INQ_ARCH_MIPS && i->rd == MIPS_GP && r->x->gp_va)
		v = constant(r->x->gp_va);
	s->reg[i->rd] = v;
}

void inq_state_call(const struct recovery *r, struct state *s, const struct inq_insn *i)
{
	static const uint32_t clobbered[] = {
		[INQ_ARCH_X86_64] = 0x0fc7,
		[INQ_ARCH_X86_32] = 0x0007,
		[INQ_ARCH_A64] = 0x4007ffff,
		[INQ_ARCH_ARM] = 0x500f,
		[INQ_ARCH_MIPS] = 0x8300fffe,
	};
	struct inq_bytes callee;

	for (unsigned n = 0; n < 32; n++)
		if (clobbered[r->d->arch] >> n & 1)
			s->reg[n] = (struct value){ 0 };
	s->has_compared = false;
	s->bound = 0;
	if (r->d->arch != INQ_ARCH_X86_32 || i->flow != INQ_FLOW_CALL)
		return;
	/* __x86.get_pc_thunk.*: mov reg, [esp]; ret */
	callee = inq_exhibit_at(r->x, i->ref);
	if (callee.len >= 4 && callee.at[0] == 0x8b && (callee.at[1] & 0xc7) == 0x04 &&
	        callee.at[2] == 0x24 && callee.at[3] == 0xc3)
		s->reg[callee.at[1] >> 3 & 7] = constant(i->va + i->len);
}

struct value inq_state_target(const struct recovery *r, const struct state *s, const struct inq_insn *i)
{
	if (i->flags & INQ_INSN_READS_MEMORY)
		return loaded(r, address(r, s, i), i);
	if (i->op == INQ_OP_ADD)
		return sum(r, s, i);
	return i->rn == INQ_REG_PC ? (struct value){ 0 } : get(r, s, i, i->rn);
}
