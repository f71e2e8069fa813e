#include "exhibit/elf_object.h"

/* `value`'s low `bits`, sign and all. */
static uint64_t sign_extend(uint64_t value, unsigned bits)
{
	uint64_t sign = (uint64_t)1 << (bits - 1);

	value &= (sign << 1) - 1;
	return (value ^ sign) - sign;
}

/* A64 instructions are little-endian in files of either order. */
static enum elf_outcome a64_insert(const struct elf_place *p, uint32_t mask, uint64_t value)
{
	uint32_t insn;

	if (p->room < 4)
		return ELF_OUTSIDE;
	insn = (inq_le32(p->at) & ~mask) | ((uint32_t)value & mask);
	for (unsigned i = 0; i < 4; i++)
		p->at[i] = (uint8_t)(insn >> 8 * i);
	return ELF_APPLIED;
}

static enum elf_outcome a64_adr(const struct elf_place *p, uint64_t distance)
{
	return a64_insert(p, 0x60ffffe0, (distance & 3) << 29 | (distance >> 2 & 0x7ffff) << 5);
}

static enum elf_outcome a64_imm12(const struct elf_place *p, uint64_t value, unsigned scale)
{
	return a64_insert(p, 0x003ffc00, (value & 0xfff) >> scale << 10);
}

static enum elf_outcome a64_movw(const struct elf_place *p, uint64_t value, unsigned group)
{
	return a64_insert(p, 0x001fffe0, (value >> 16 * group & 0xffff) << 5);
}

/* MOVN for negative values, MOVZ for others. */
static enum elf_outcome a64_movw_signed(const struct elf_place *p, uint64_t value, unsigned group)
{
	bool negative = value >> 63;
	enum elf_outcome outcome = a64_movw(p, negative ? ~value : value, group);

	return outcome ? outcome : a64_insert(p, 0x40000000, negative ? 0 : 0x40000000);
}

static uint64_t page(uint64_t va)
{
	return va & ~(uint64_t)0xfff;
}

/* ELF for the Arm 64-bit Architecture (AArch64), 2023Q3, section 5.7. */
enum elf_outcome elf_relocate_a64(struct elf_object *o, const struct elf_place *p)
{
	uint64_t s = p->symbol_va + p->addend, pc = p->va, slot;

	switch (p->type) {
	case 0: /* NONE */
	case 256:
		return ELF_LEFT;
	case 257: /* ABS64 */
		return elf_put_data(o, p, 8, s, true);
	case 258: /* ABS32 */
		return elf_put_data(o, p, 4, s, true);
	case 259: /* ABS16 */
		return elf_put_data(o, p, 2, s, true);
	case 260: /* PREL64 */
		return elf_put_data(o, p, 8, s - pc, false);
	case 261: /* PREL32 */
	case 314: /* PLT32 */
		return elf_put_data(o, p, 4, s - pc, false);
	case 262: /* PREL16 */
		return elf_put_data(o, p, 2, s - pc, false);
	case 263: /* MOVW_UABS_G0 to G3 and the forms that do not check */
	case 264:
		return a64_movw(p, s, 0);
	case 265:
	case 266:
		return a64_movw(p, s, 1);
	case 267:
	case 268:
		return a64_movw(p, s, 2);
	case 269:
		return a64_movw(p, s, 3);
	case 270: /* MOVW_SABS_G0 to G2 */
	case 271:
	case 272:
		return a64_movw_signed(p, s, p->type - 270);
	case 273: /* LD_PREL_LO19 */
	case 280: /* CONDBR19 */
		return a64_insert(p, 0x00ffffe0, ((s - pc) >> 2 & 0x7ffff) << 5);
	case 274: /* ADR_PREL_LO21 */
		return a64_adr(p, s - pc);
	case 275: /* ADR_PREL_PG_HI21 */
	case 276:
		return a64_adr(p, (page(s) - page(pc)) >> 12);
	case 277: /* ADD_ABS_LO12_NC */
	case 278: /* LDST8_ABS_LO12_NC */
		return a64_imm12(p, s, 0);
	case 279: /* TSTBR14 */
		return a64_insert(p, 0x0007ffe0, ((s - pc) >> 2 & 0x3fff) << 5);
	case 282: /* JUMP26 */
	case 283: /* CALL26 */
		return a64_insert(p, 0x03ffffff, (s - pc) >> 2);
	case 284: /* LDST16_ABS_LO12_NC, and 32, 64, 128 */
		return a64_imm12(p, s, 1);
	case 285:
		return a64_imm12(p, s, 2);
	case 286:
		return a64_imm12(p, s, 3);
	case 299:
		return a64_imm12(p, s, 4);
	case 287: /* MOVW_PREL_G0 to G3: of each pair the second does not check */
	case 289:
	case 291:
	case 293:
		return a64_movw_signed(p, s - pc, (p->type - 287) / 2);
	case 288:
	case 290:
	case 292:
		return a64_movw(p, s - pc, (p->type - 288) / 2);
	case 307: /* GOTREL64 */
		return elf_put_data(o, p, 8, s - o->extern_va, false);
	case 308: /* GOTREL32 */
		return elf_put_data(o, p, 4, s - o->extern_va, false);
	case 309: /* GOT_LD_PREL19 */
		slot = elf_object_slot(o, p);
		return a64_insert(p, 0x00ffffe0, ((slot - pc) >> 2 & 0x7ffff) << 5);
	case 310: /* LD64_GOTOFF_LO15 */
		return a64_imm12(p, (elf_object_slot(o, p) - o->extern_va) >> 3, 0);
	case 311: /* ADR_GOT_PAGE */
		return a64_adr(p, (page(elf_object_slot(o, p)) - page(pc)) >> 12);
	case 312: /* LD64_GOT_LO12_NC */
		return a64_imm12(p, elf_object_slot(o, p), 3);
	case 313: /* LD64_GOTPAGE_LO15 */
		return a64_imm12(p, (elf_object_slot(o, p) - page(o->extern_va)) >> 3, 0);
	default:
		return p->type >= 512 && p->type <= 573 ? ELF_LEFT : ELF_UNKNOWN; /* thread-local */
	}
}

static uint64_t without_thumb_bit(const struct elf_place *p)
{
	return p->symbol_flags & ELF_SYMBOL_THUMB ? p->symbol_va & ~(uint64_t)1 : p->symbol_va;
}

/* B, BL and BLX of A32. A BL to a function in Thumb becomes BLX, and back. */
static enum elf_outcome arm_branch(struct elf_object *o, const struct elf_place *p)
{
	uint32_t insn;
	uint64_t a, distance;

	if (p->room < 4)
		return ELF_OUTSIDE;
	insn = elf_get32(o, p->at);
	a = p->has_addend ? p->addend : sign_extend((uint64_t)insn << 2, 26);
	distance = without_thumb_bit(p) + a - p->va;
	if (p->symbol_flags & ELF_SYMBOL_THUMB && insn >> 24 == 0xeb)
		insn = 0xfa000000;
	else if (p->symbol_flags & ELF_SYMBOL_ARM && insn >> 25 == 0x7d)
		insn = 0xeb000000;
	insn &= 0xff000000;
	if (insn >> 25 == 0x7d)
		insn = 0xfa000000 | (uint32_t)(distance >> 1 & 1) << 24;
	elf_put32(o, p->at, insn | (uint32_t)(distance >> 2 & 0xffffff));
	return ELF_APPLIED;
}

/*
 * BL, BLX and B.W of T32 (Arm ARM, encodings T1, T2 and T4): the sign, then
 * J1 and J2 that are the exclusive-nor of the sign and bits 23 and 22.
 */
static enum elf_outcome thumb_branch(struct elf_object *o, const struct elf_place *p)
{
	uint32_t high, low, s;
	uint64_t a, distance, pc = p->va;

	if (p->room < 4)
		return ELF_OUTSIDE;
	high = elf_get16(o, p->at);
	low = elf_get16(o, p->at + 2);
	s = high >> 10 & 1;
	a = (uint64_t)s << 24 | (uint64_t)(!(low >> 13 & 1) ^ s) << 23 |
	    (uint64_t)(!(low >> 11 & 1) ^ s) << 22 | (high & 0x3ff) << 12 | (low & 0x7ff) << 1;
	a = p->has_addend ? p->addend : sign_extend(a, 25);
	if (p->type == 10 && p->symbol_flags & ELF_SYMBOL_ARM)
		low &= ~0x1000u;
	else if (p->type == 10 && p->symbol_flags & ELF_SYMBOL_THUMB)
		low |= 0x1000;
	if (!(low & 0x1000))
		pc &= ~(uint64_t)3;
	distance = without_thumb_bit(p) + a - pc;
	s = distance >> 24 & 1;
	high = (high & 0xf800) | s << 10 | (uint32_t)(distance >> 12 & 0x3ff);
	low = (low & 0xd000) | (uint32_t)(!(distance >> 23 & 1) ^ s) << 13 |
	      (uint32_t)(!(distance >> 22 & 1) ^ s) << 11 | (uint32_t)(distance >> 1 & 0x7ff);
	elf_put16(o, p->at, (uint16_t)high);
	elf_put16(o, p->at + 2, (uint16_t)low);
	return ELF_APPLIED;
}

/* B<c>.W of T32, encoding T3. */
static enum elf_outcome thumb_branch_if(struct elf_object *o, const struct elf_place *p)
{
	uint32_t high, low;
	uint64_t a, distance;

	if (p->room < 4)
		return ELF_OUTSIDE;
	high = elf_get16(o, p->at);
	low = elf_get16(o, p->at + 2);
	a = (uint64_t)(high >> 10 & 1) << 20 | (uint64_t)(low >> 11 & 1) << 19 |
	    (uint64_t)(low >> 13 & 1) << 18 | (high & 0x3f) << 12 | (low & 0x7ff) << 1;
	a = p->has_addend ? p->addend : sign_extend(a, 21);
	distance = without_thumb_bit(p) + a - p->va;
	high = (high & 0xfbc0) | (uint32_t)(distance >> 20 & 1) << 10 | (uint32_t)(distance >> 12 & 0x3f);
	low = (low & 0xd000) | (uint32_t)(distance >> 18 & 1) << 13 | (uint32_t)(distance >> 19 & 1) << 11 |
	      (uint32_t)(distance >> 1 & 0x7ff);
	elf_put16(o, p->at, (uint16_t)high);
	elf_put16(o, p->at + 2, (uint16_t)low);
	return ELF_APPLIED;
}

/* The 16-bit branches: 11 or 8 bits of halfwords. */
static enum elf_outcome thumb_branch_short(struct elf_object *o, const struct elf_place *p, unsigned bits)
{
	uint16_t insn, mask = (uint16_t)((1 << bits) - 1);
	uint64_t a;

	if (p->room < 2)
		return ELF_OUTSIDE;
	insn = elf_get16(o, p->at);
	a = p->has_addend ? p->addend : sign_extend((uint64_t)(insn & mask) << 1, bits + 1);
	insn = (uint16_t)((insn & ~mask) | ((without_thumb_bit(p) + a - p->va) >> 1 & mask));
	elf_put16(o, p->at, insn);
	return ELF_APPLIED;
}

/* MOVW and MOVT of A32: the immediate is split 4 and 12. */
static enum elf_outcome arm_move(struct elf_object *o, const struct elf_place *p, uint64_t from, bool top)
{
	uint32_t insn, value;
	uint64_t a;

	if (p->room < 4)
		return ELF_OUTSIDE;
	insn = elf_get32(o, p->at);
	a = p->has_addend ? p->addend : sign_extend((insn >> 4 & 0xf000) | (insn & 0xfff), 16);
	value = (uint32_t)((top ? without_thumb_bit(p) : p->symbol_va) + a - from) >> (top ? 16 : 0);
	elf_put32(o, p->at, (insn & 0xfff0f000) | (value & 0xf000) << 4 | (value & 0xfff));
	return ELF_APPLIED;
}

/* The same of T32: split 4, 1, 3 and 8. */
static enum elf_outcome thumb_move(struct elf_object *o, const struct elf_place *p, uint64_t from, bool top)
{
	uint32_t high, low, value;
	uint64_t a;

	if (p->room < 4)
		return ELF_OUTSIDE;
	high = elf_get16(o, p->at);
	low = elf_get16(o, p->at + 2);
	a = (high & 0xf) << 12 | (high >> 10 & 1) << 11 | (low >> 12 & 7) << 8 | (low & 0xff);
	a = p->has_addend ? p->addend : sign_extend(a, 16);
	value = (uint32_t)((top ? without_thumb_bit(p) : p->symbol_va) + a - from) >> (top ? 16 : 0);
	high = (high & 0xfbf0) | (value >> 12 & 0xf) | (value >> 11 & 1) << 10;
	low = (low & 0x8f00) | (value >> 8 & 7) << 12 | (value & 0xff);
	elf_put16(o, p->at, (uint16_t)high);
	elf_put16(o, p->at + 2, (uint16_t)low);
	return ELF_APPLIED;
}

/* ELF for the Arm Architecture, 2023Q3, section 5.6. */
enum elf_outcome elf_relocate_arm(struct elf_object *o, const struct elf_place *p)
{
	uint64_t a = 0, got = o->extern_va, thumb = p->symbol_flags & ELF_SYMBOL_THUMB ? 1 : 0, s, value;
	unsigned size = p->type == 5 ? 2 : p->type == 8 ? 1 : 4;

	switch (p->type) {
	case 0: /* NONE */
	case 40: /* V4BX: marks a BX for processors without one */
		return ELF_LEFT;
	case 1: /* PC24 */
	case 27: /* PLT32 */
	case 28: /* CALL */
	case 29: /* JUMP24 */
		return arm_branch(o, p);
	case 10: /* THM_CALL */
	case 30: /* THM_JUMP24 */
		return thumb_branch(o, p);
	case 51: /* THM_JUMP19 */
		return thumb_branch_if(o, p);
	case 102: /* THM_JUMP11 */
		return thumb_branch_short(o, p, 11);
	case 103: /* THM_JUMP8 */
		return thumb_branch_short(o, p, 8);
	case 43: /* MOVW_ABS_NC, MOVT_ABS, MOVW_PREL_NC, MOVT_PREL */
	case 44:
		return arm_move(o, p, 0, p->type == 44);
	case 45:
	case 46:
		return arm_move(o, p, p->va, p->type == 46);
	case 47: /* the same in Thumb */
	case 48:
		return thumb_move(o, p, 0, p->type == 48);
	case 49:
	case 50:
		return thumb_move(o, p, p->va, p->type == 50);
	default:
		break;
	}
	if (!elf_addend(o, p, size, &a))
		return ELF_OUTSIDE;
	s = (without_thumb_bit(p) + a) | thumb;
	switch (p->type) {
	case 2: /* ABS32 */
	case 38: /* TARGET1 */
	case 5: /* ABS16 */
	case 8: /* ABS8 */
		return elf_put_data(o, p, size, s, true);
	case 3: /* REL32 */
		return elf_put_data(o, p, 4, s - p->va, false);
	case 42: /* PREL31 */
		value = elf_get32(o, p->at);
		if (!p->has_addend)
			s = (without_thumb_bit(p) + sign_extend(value, 31)) | thumb;
		return elf_put_data(o, p, 4, (value & 0x80000000) | ((s - p->va) & 0x7fffffff), false);
	case 24: /* GOTOFF32 */
		return elf_put_data(o, p, 4, s - got, false);
	case 25: /* BASE_PREL */
		return elf_put_data(o, p, 4, got + a - p->va, false);
	case 26: /* GOT_BREL */
		return elf_put_data(o, p, 4, elf_object_slot(o, p) + a - got, false);
	case 41: /* TARGET2, on Linux GOT_PREL */
	case 96: /* GOT_PREL */
		return elf_put_data(o, p, 4, elf_object_slot(o, p) + a - p->va, false);
	default:
		/* thread-local */
		return (p->type >= 90 && p->type <= 93) || (p->type >= 104 && p->type <= 109) ? ELF_LEFT
		                                                                              : ELF_UNKNOWN;
	}
}
