/*
 * Whether code can be the start of a function under the ABIs in use: a
 * function may read its arguments and must save what belongs to its caller
 * before it uses it; it does not pop what it has not pushed. A case of an
 * unresolved switch, or data, breaks these rules within a few instructions.
 *
 * System V AMD64 ABI 3.2, Microsoft x64, System V i386 (with the register
 * arguments that compilers give local functions), AAPCS64, AAPCS32, MIPS o32.
 */
#include "code/recover.h"

enum { LOOK = 24 };

/* Registers whose value at entry no function may use but to save it, and those that hold nothing at entry. */
static const struct {
	uint32_t kept, empty;
	uint8_t sp;
} abi[] = {
	[INQ_ARCH_X86_64] = { 0xf028, 0x0800, 4 }, /* bx bp r12-r15; r11 */
	[INQ_ARCH_X86_32] = { 0x00e8, 0, 4 }, /* bx bp si di */
	[INQ_ARCH_A64] = { 0x3ff80000, 0x0000fe00, 31 }, /* x19-x29; x9-x15 */
	[INQ_ARCH_ARM] = { 0x0ff0, 0x1000, 13 }, /* r4-r11; r12 */
	[INQ_ARCH_MIPS] = { 0x40ff0000, 0x01007f02, 29 }, /* s0-s7 s8; at t0-t6 t8 */
};

/* x86: the flags hold nothing at entry. */
static bool uses_flags(const struct inq_insn *i)
{
	return i->op == INQ_OP_BRANCH || i->op == INQ_OP_SELECT;
}

static bool sets_flags(const struct inq_insn *i)
{
	switch (i->op) {
	case INQ_OP_ADD:
	case INQ_OP_SUB:
	case INQ_OP_AND:
	case INQ_OP_OR:
	case INQ_OP_XOR:
	case INQ_OP_NEGATE:
	case INQ_OP_COMPARE:
	case INQ_OP_TEST:
	case INQ_OP_SHIFT_LEFT:
	case INQ_OP_SHIFT_RIGHT:
	case INQ_OP_SHIFT_SIGNED:
	case INQ_OP_ROTATE:
	case INQ_OP_MULTIPLY:
	case INQ_OP_BITS:
	case INQ_OP_FLOAT:
	case INQ_OP_VECTOR:
	case INQ_OP_ATOMIC:
	case INQ_OP_STRING:
	case INQ_OP_CALL:
	case INQ_OP_OTHER:
		return true;
	default:
		return false;
	}
}

bool inq_frame_plausible(const struct recovery *r, uint64_t va)
{
	uint32_t kept = abi[r->d->arch].kept, empty = abi[r->d->arch].empty;
	uint32_t saved = 0, written = 0;
	uint8_t sp = abi[r->d->arch].sp;
	bool flags = !is_x86(r), frame = false;

	/* x0-x7 and their like are arguments; ax tells a variadic function its vector registers. */
	for (unsigned n = 0; n < LOOK; n++) {
		size_t unit;
		struct span *span = inq_span(r, plain(r, va), &unit);
		struct inq_bytes rest;
		struct inq_insn i;
		uint32_t reads, writes, harmless = 0;

		if (!span)
			return n > 0;
		rest = inq_bytes_from(span->bytes, (uint64_t)unit << r->unit_shift);
		if (!inq_insn_decode(r->d, va, rest, &i) ||
		        !inq_insn_registers(r->d, va, rest, &reads, &writes))
			return false;
		if (i.op == INQ_OP_PUSH || (i.op == INQ_OP_STORE && i.rn == sp)) {
			/* Saving is what the rules ask for. */
			harmless = reads;
			frame |= i.op == INQ_OP_PUSH;
			saved |= reads;
		}
		if (i.op == INQ_OP_PUSH && is_x86(r) && i.rs == INQ_REG_NONE)
			harmless = 0;
		if (i.op == INQ_OP_NOP)
			harmless = reads;
		/* Unoptimised code moves what it was never given when it takes a struct in registers. */
		if (i.op == INQ_OP_MOVE && frame)
			harmless |= reads & empty;
		if (reads & ~harmless & ~written & (kept | empty))
			return false;
		if (uses_flags(&i) && !flags)
			return false;
		flags |= sets_flags(&i);
		if (i.op == INQ_OP_POP && !frame)
			return false;
		if (i.op == INQ_OP_ADD && i.rd == sp && i.flags & INQ_INSN_HAS_IMM && i.imm > 0 && !frame &&
		        i.rn == sp)
			return false;
		if (i.op == INQ_OP_SUB && i.rd == sp)
			frame = true;
		if (is_x86(r) && i.op == INQ_OP_STORE && i.rn == sp && !frame && i.imm >= 0 &&
		        r->x->format != INQ_FORMAT_PE)
			return false; /* above the return address only Windows gives a function room */
		if (i.op == INQ_OP_MOVE && i.rd == sp && !frame)
			return false;
		/* Arguments on the stack are few, and are not fetched before all else where registers hold most. */
		if (i.op == INQ_OP_LOAD && i.rn == sp && !frame &&
		        (r->d->arch == INQ_ARCH_X86_32 ? i.imm > 0x40 : n == 0))
			return false;
		/* A kept register changed before it was saved. */
		if (writes & kept & ~saved & ~written && i.op != INQ_OP_POP && is_x86(r) &&
		        r->d->arch == INQ_ARCH_X86_64 && i.flow == INQ_FLOW_NEXT)
			return false;
		written |= writes;
		if (i.flow == INQ_FLOW_CALL || i.flow == INQ_FLOW_CALL_INDIRECT) {
			/* A callee writes what the caller may not keep; enough was seen. */
			return true;
		}
		if (i.flow != INQ_FLOW_NEXT)
			return true;
		va += i.len;
	}
	return true;
}

bool inq_frame_closed(const struct recovery *r, size_t first)
{
	uint32_t used = 0, kept = abi[r->d->arch].kept, made = 0;
	bool push = false, pop = false;
	uint8_t sp = abi[r->d->arch].sp;

	for (size_t n = first; n < r->insn_count; n++) {
		const struct inq_insn *i = &r->insns[n];
		uint32_t reads, writes;

		if (!inq_insn_registers(r->d, i->va | (i->flags & INQ_INSN_THUMB ? 1 : 0),
		            inq_exhibit_at(r->x, i->va), &reads, &writes))
			continue;
		if (i->op == INQ_OP_PUSH || (i->op == INQ_OP_STORE && i->rn == sp)) {
			push = true;
			made |= reads;
		} else {
			used |= reads;
		}
		push |= i->op == INQ_OP_SUB && i->rd == sp;
		push |= i->op == INQ_OP_ADD && i->rd == sp && i->imm < 0;
		pop |= i->op == INQ_OP_POP || (i->op == INQ_OP_ADD && i->rd == sp && i->imm > 0);
		made |= i->op == INQ_OP_POP ? 0 : writes;
	}
	return !(used & kept & ~made) && (push || !pop);
}
