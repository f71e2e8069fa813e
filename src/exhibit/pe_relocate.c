/*
 * Relocations of COFF objects, machine by machine ("COFF Relocations (Object
 * Only)"). Addends stand in the place that is relocated.
 */
#include "exhibit/pe.h"

static uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

static void put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value & 0xffff);
	put16(at + 2, value >> 16);
}

static void relocate_word(struct inq_pe *p, const struct inq_pe_place *r, uint64_t value, unsigned width)
{
	if (r->room < width)
		return;
	value += width == 8 ? inq_le64(r->at) : inq_le32(r->at);
	put32(r->at, (uint32_t)value);
	if (width == 8)
		put32(r->at + 4, (uint32_t)(value >> 32));
	if (value - r->to < UINT32_MAX && value >= p->base)
		inq_draft_pointer(p->d, r->va, width == 8 ? value : value & UINT32_MAX);
}

static void relocate_amd64(struct inq_pe *p, const struct inq_pe_place *r)
{
	switch (r->type) {
	case 1: /* ADDR64 */
		relocate_word(p, r, r->to, 8);
		break;
	case 2: /* ADDR32 */
		relocate_word(p, r, r->to, 4);
		break;
	case 3: /* ADDR32NB */
		put32(r->at, inq_le32(r->at) + (uint32_t)(r->to - p->base));
		break;
	default: /* REL32, REL32_1 .. REL32_5 */
		if (r->type >= 4 && r->type <= 9)
			put32(r->at, inq_le32(r->at) + (uint32_t)(r->to - r->va - r->type));
	}
}

static void relocate_i386(struct inq_pe *p, const struct inq_pe_place *r)
{
	if (r->type == 6) /* DIR32 */
		relocate_word(p, r, r->to, 4);
	else if (r->type == 7) /* DIR32NB */
		put32(r->at, inq_le32(r->at) + (uint32_t)(r->to - p->base));
	else if (r->type == 0x14) /* REL32 */
		put32(r->at, inq_le32(r->at) + (uint32_t)(r->to - r->va - 4));
}

/* A branch to `to` with `bits` bits of words at bit `shift`; the addend stands there already. */
static void relocate_branch(const struct inq_pe_place *r, unsigned bits, unsigned shift)
{
	uint32_t insn = inq_le32(r->at), mask = ((1u << bits) - 1) << shift;
	uint32_t words = (insn >> shift) + (uint32_t)((r->to - r->va) >> 2);

	put32(r->at, (insn & ~mask) | (words << shift & mask));
}

static void relocate_arm64(struct inq_pe *p, const struct inq_pe_place *r)
{
	uint32_t insn = inq_le32(r->at), scale = 0;
	uint64_t value;

	switch (r->type) {
	case 1: /* ADDR32 */
		relocate_word(p, r, r->to, 4);
		break;
	case 2: /* ADDR32NB */
		put32(r->at, insn + (uint32_t)(r->to - p->base));
		break;
	case 3: /* BRANCH26 */
		relocate_branch(r, 26, 0);
		break;
	case 4: /* PAGEBASE_REL21, whose addend counts bytes */
	case 5: /* REL21 */
		value = r->to + (insn >> 29 & 3) + (insn >> 3 & 0x1ffffc);
		value = r->type == 4 ? (value >> 12) - (r->va >> 12) : value - r->va;
		put32(r->at, (insn & 0x9f00001f) | (uint32_t)(value & 3) << 29 |
		                     (uint32_t)(value >> 2 & 0x7ffff) << 5);
		break;
	case 7: /* PAGEOFFSET_12L: scaled by what is loaded */
		scale = insn >> 30;
		if ((insn & 0x04800000) == 0x04800000)
			scale += 4;
		__attribute__((fallthrough));
	case 6: /* PAGEOFFSET_12A */
		value = ((r->to & 0xfff) >> scale) + (insn >> 10 & 0xfff);
		put32(r->at, (insn & ~(0xfffu << 10)) | (uint32_t)(value & 0xfff) << 10);
		break;
	case 14: /* ADDR64 */
		relocate_word(p, r, r->to, 8);
		break;
	case 15: /* BRANCH19 */
		relocate_branch(r, 19, 5);
		break;
	case 16: /* BRANCH14 */
		relocate_branch(r, 14, 5);
		break;
	case 17: /* REL32 */
		put32(r->at, insn + (uint32_t)(r->to - r->va - 4));
		break;
	default:
		break;
	}
}

/* One half of a movw and movt pair: the 16 bits stand in four fields (Arm ARM, encoding T3). */
static unsigned mov_get(const uint8_t *at)
{
	unsigned high = get16(at), low = get16(at + 2);

	return (high & 15) << 12 | (high >> 10 & 1) << 11 | (low >> 12 & 7) << 8 | (low & 0xff);
}

static void mov_put(uint8_t *at, uint32_t value)
{
	put16(at, (get16(at) & 0xfbf0u) | (value & 0x800) >> 1 | (value >> 12 & 15));
	put16(at + 2, (get16(at + 2) & 0x8f00u) | (value & 0x700) << 4 | (value & 0xff));
}

static void relocate_armnt(struct inq_pe *p, const struct inq_pe_place *r)
{
	uint32_t by = (uint32_t)(r->to - r->va - 4), sign = by >> 31, value;

	switch (r->type) {
	case 1: /* ADDR32 */
		relocate_word(p, r, r->to, 4);
		break;
	case 2: /* ADDR32NB */
		put32(r->at, inq_le32(r->at) + (uint32_t)(r->to - p->base));
		break;
	case 10: /* REL32 */
		put32(r->at, inq_le32(r->at) + by);
		break;
	case 17: /* MOV32T */
		if (r->room < 8)
			break;
		value = (mov_get(r->at) | mov_get(r->at + 4) << 16) + (uint32_t)r->to;
		mov_put(r->at, value & 0xffff);
		mov_put(r->at + 4, value >> 16);
		break;
	case 18: /* BRANCH20T */
		put16(r->at, (get16(r->at) & 0xfbc0u) | sign << 10 | (by >> 12 & 0x3f));
		put16(r->at + 2, (get16(r->at + 2) & 0xd000u) | (by >> 19 & 1) << 13 | (by >> 18 & 1) << 11 |
		                         (by >> 1 & 0x7ff));
		break;
	case 20: /* BRANCH24T */
	case 21: /* BLX23T */
		put16(r->at, (get16(r->at) & 0xf800u) | sign << 10 | (by >> 12 & 0x3ff));
		put16(r->at + 2, (get16(r->at + 2) & 0xd000u) | (~(by >> 23 ^ sign) & 1) << 13 |
		                         (~(by >> 22 ^ sign) & 1) << 11 | (by >> 1 & 0x7ff));
		break;
	default:
		break;
	}
}

void inq_pe_relocate(struct inq_pe *p, const struct inq_pe_place *r)
{
	switch (p->x->machine) {
	case INQ_PE_AMD64:
		relocate_amd64(p, r);
		break;
	case INQ_PE_I386:
		relocate_i386(p, r);
		break;
	case INQ_PE_ARM64:
		relocate_arm64(p, r);
		break;
	case INQ_PE_ARMNT:
		relocate_armnt(p, r);
		break;
	default:
		break;
	}
}
