#include "exhibit/elf_object.h"

static enum elf_outcome low_put(struct elf_object *o, const struct elf_place *p, uint32_t value)
{
	elf_put32(o, p->at, (elf_get32(o, p->at) & 0xffff0000) | (value & 0xffff));
	return ELF_APPLIED;
}

/* The high half, rounded for a low half that is added with its sign. */
static uint32_t high_of(uint32_t value)
{
	return (value + 0x8000) >> 16;
}

/* Addends of a low half, of a high half with its low one, and of a whole word. */
static uint32_t half_addend(const struct elf_place *p, uint32_t insn)
{
	return p->has_addend ? (uint32_t)p->addend : (uint32_t)(int16_t)insn;
}

static uint32_t high_addend(const struct elf_place *p, uint32_t insn)
{
	uint32_t low = (uint32_t)(int16_t)p->low;

	return p->has_addend ? (uint32_t)p->addend : (insn << 16) + low;
}

static uint32_t whole_addend(const struct elf_place *p, uint32_t insn)
{
	return p->has_addend ? (uint32_t)p->addend : insn;
}

/* A branch or jump whose low `bits` count instructions. */
static enum elf_outcome branch(struct elf_object *o, const struct elf_place *p, unsigned bits)
{
	uint32_t insn = elf_get32(o, p->at), mask = ((uint32_t)1 << bits) - 1,
	         sign = (uint32_t)1 << (bits - 1);
	uint32_t a = p->has_addend ? (uint32_t)p->addend : (((insn & mask) ^ sign) - sign) << 2;

	elf_put32(o, p->at, (insn & ~mask) | (((uint32_t)(p->symbol_va + a - p->va) >> 2) & mask));
	return ELF_APPLIED;
}

/*
 * The offset of a GOT entry from $gp. For a local symbol the entry is that of
 * the 64 KB page its address is in, and a low half adds the rest.
 */
static enum elf_outcome got_entry(struct elf_object *o, const struct elf_place *p)
{
	uint32_t insn = elf_get32(o, p->at), a, offset;
	uint64_t slot;

	if (p->type == 9 && p->symbol_flags & ELF_SYMBOL_LOCAL) {
		a = high_addend(p, insn);
		slot = elf_object_page_slot(o, (uint64_t)high_of((uint32_t)p->symbol_va + a) << 16);
	} else {
		slot = elf_object_slot(o, p);
	}
	offset = (uint32_t)(slot - o->e->x->gp_va);
	if (!slot || offset + 0x8000 > 0xffff)
		return ELF_LEFT; /* more than one GOT holds */
	return low_put(o, p, offset);
}

/* MIPS psABI, 3rd edition, figure 4-11, and the GNU extensions that binutils emits. */
enum elf_outcome elf_relocate_mips(struct elf_object *o, const struct elf_place *p)
{
	uint32_t s = (uint32_t)p->symbol_va, gp = (uint32_t)o->e->x->gp_va, insn, a;

	if (p->room < 4)
		return ELF_OUTSIDE;
	insn = elf_get32(o, p->at);
	switch (p->type) {
	case 0: /* NONE */
	case 37: /* JALR: says which function a jump through a register reaches */
		return ELF_LEFT;
	case 2: /* 32 */
		return elf_put_data(o, p, 4, s + whole_addend(p, insn), true);
	case 4: /* 26 */
		a = p->has_addend ? (uint32_t)p->addend : (insn & 0x03ffffff) << 2;
		elf_put32(o, p->at, (insn & 0xfc000000) | ((s + a) >> 2 & 0x03ffffff));
		return ELF_APPLIED;
	case 5: /* HI16 */
		a = high_addend(p, insn);
		if (p->symbol_flags & ELF_SYMBOL_GP)
			s = gp - (uint32_t)p->va;
		return low_put(o, p, high_of(s + a));
	case 6: /* LO16 */
		a = half_addend(p, insn);
		if (p->symbol_flags & ELF_SYMBOL_GP)
			s = gp - (uint32_t)p->va + 4; /* counted from the high half, an instruction before */
		return low_put(o, p, s + a);
	case 7: /* GPREL16 */
	case 8: /* LITERAL */
		return low_put(o, p, s + half_addend(p, insn) - gp);
	case 9: /* GOT16 */
	case 11: /* CALL16 */
		return got_entry(o, p);
	case 10: /* PC16 */
		return branch(o, p, 16);
	case 12: /* GPREL32 */
		return elf_put_data(o, p, 4, s + whole_addend(p, insn) - gp, false);
	case 22: /* GOT_HI16 */
	case 30: /* CALL_HI16 */
		return low_put(o, p, high_of((uint32_t)elf_object_slot(o, p) - gp));
	case 23: /* GOT_LO16 */
	case 31: /* CALL_LO16 */
		return low_put(o, p, (uint32_t)elf_object_slot(o, p) - gp);
	case 60: /* PC21_S2 */
		return branch(o, p, 21);
	case 61: /* PC26_S2 */
		return branch(o, p, 26);
	case 248: /* PC32 */
		return elf_put_data(o, p, 4, s + whole_addend(p, insn) - p->va, false);
	default:
		return p->type >= 38 && p->type <= 50 ? ELF_LEFT : ELF_UNKNOWN; /* thread-local */
	}
}
