/*
 * Mach-O object files. Their sections have addresses of their own, and what
 * refers to them is right as it stands; what is left is to give undefined
 * symbols addresses, and to apply the relocations that name symbols
 * (<mach-o/reloc.h>, <mach-o/x86_64/reloc.h>, <mach-o/arm64/reloc.h>) to a
 * copy.
 */
#include "exhibit/macho.h"
#include <string.h>

enum { EXTERN_SIZE = 16 };
#define SCATTERED 0x80000000u
#define UNKNOWN UINT64_MAX /* 0 is where the first section lies */

enum { X86_64_UNSIGNED = 0, X86_64_GOT_LOAD = 3, X86_64_GOT = 4, X86_64_SUBTRACTOR = 5, X86_64_TLV = 9 };
enum {
	ARM64_UNSIGNED = 0,
	ARM64_SUBTRACTOR = 1,
	ARM64_BRANCH26 = 2,
	ARM64_PAGE21 = 3,
	ARM64_PAGEOFF12 = 4,
	ARM64_GOT_LOAD_PAGE21 = 5,
	ARM64_GOT_LOAD_PAGEOFF12 = 6,
	ARM64_POINTER_TO_GOT = 7,
	ARM64_TLVP_PAGE21 = 8,
	ARM64_TLVP_PAGEOFF12 = 9,
	ARM64_ADDEND = 10,
};
enum { GENERIC_VANILLA = 0, ARM_BR24 = 5, ARM_THUMB_BR22 = 6 };

struct object {
	struct inq_macho *m;
	uint64_t *symbol_va; /* by index; UNKNOWN where it has none */
	uint64_t *cell_va; /* by index: where the linker would put its address; 0: nowhere yet */
	uint64_t next_va;
	uint64_t copied, relocations_left;
};

struct relocation {
	uint32_t off, symbol;
	unsigned length; /* as a power of two */
	unsigned type;
	bool relative, external;
};

static uint64_t symbol_va(const struct object *o, uint32_t i)
{
	return i < o->m->symbol_count ? o->symbol_va[i] : UNKNOWN;
}

/* The cell that will hold the address of symbol `i`, made where it has none. */
static uint64_t cell(struct object *o, uint32_t i)
{
	struct inq_macho_symbol s;
	const char *name;

	if (i >= o->m->symbol_count || !inq_macho_symbol(o->m, i, &s))
		return 0;
	if (o->cell_va[i])
		return o->cell_va[i];
	o->cell_va[i] = o->next_va;
	o->next_va += EXTERN_SIZE;
	name = inq_macho_source_name(s.name);
	if (inq_macho_is_undefined(&s) && name)
		inq_macho_import_slot(o->m, name, 0, o->cell_va[i]);
	else if (o->symbol_va[i] != UNKNOWN)
		inq_draft_pointer(o->m->d, o->cell_va[i], o->symbol_va[i]);
	return o->cell_va[i];
}

static uint8_t *at_of(struct inq_bytes copy, uint32_t off)
{
	uint8_t *at;

	/* The copy is ours to change: section_copy made it. */
	memcpy(&at, &copy.at, sizeof at);
	return at + off;
}

static void put32(uint8_t *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* Adds to a word of four or eight bytes, and notes the pointer it then is. */
static void add_word(
        struct object *o, uint8_t *at, uint64_t place_va, uint64_t by, unsigned length, bool is_pointer)
{
	uint64_t value = (length == 3 ? inq_le64(at) : inq_le32(at)) + by;

	put32(at, (uint32_t)value);
	if (length == 3)
		put32(at + 4, (uint32_t)(value >> 32));
	else
		value &= UINT32_MAX;
	if (is_pointer && length == (o->m->wide ? 3 : 2))
		inq_draft_pointer(o->m->d, place_va, value);
}

static void relocate_x86_64(
        struct object *o, uint8_t *at, uint64_t place_va, const struct relocation *r, bool *minus)
{
	uint64_t to = symbol_va(o, r->symbol);
	bool known = to != UNKNOWN;

	switch (r->type) {
	case X86_64_SUBTRACTOR:
		if (r->external && known)
			add_word(o, at, place_va, 0 - to, r->length, false);
		*minus = true;
		return;
	case X86_64_UNSIGNED:
		add_word(o, at, place_va, r->external && known ? to : 0, r->length,
		        !*minus && (known || !r->external));
		break;
	case X86_64_GOT_LOAD:
	case X86_64_GOT:
	case X86_64_TLV:
		if (r->external && (to = cell(o, r->symbol)))
			put32(at, inq_le32(at) + (uint32_t)(to - place_va - 4));
		break;
	default: /* SIGNED, BRANCH, SIGNED_1 .. SIGNED_4: the addend makes up for bytes that follow */
		if (r->external && known && r->relative)
			put32(at, inq_le32(at) + (uint32_t)(to - place_va - 4));
	}
	*minus = false;
}

static void arm64_page(uint8_t *at, uint64_t place_va, uint64_t to)
{
	uint64_t pages = (to >> 12) - (place_va >> 12);

	put32(at, (inq_le32(at) & 0x9f00001f) | (uint32_t)(pages & 3) << 29 |
	                  (uint32_t)(pages >> 2 & 0x7ffff) << 5);
}

/* The low twelve bits, scaled by what is loaded or stored. */
static void arm64_page_offset(uint8_t *at, uint64_t to)
{
	uint32_t insn = inq_le32(at), scale = 0;

	if ((insn & 0x3b000000) == 0x39000000) {
		scale = insn >> 30;
		if (!scale && (insn & 0x04800000) == 0x04800000)
			scale = 4;
	}
	put32(at, (insn & ~(0xfffu << 10)) | (uint32_t)((to & 0xfff) >> scale) << 10);
}

static void relocate_arm64(struct object *o, uint8_t *at, uint64_t place_va, const struct relocation *r,
        int64_t *addend, bool *minus)
{
	uint64_t to = symbol_va(o, r->symbol), by = (uint64_t)*addend;
	bool known = to != UNKNOWN;

	if (r->type == ARM64_ADDEND) {
		*addend = (int32_t)(r->symbol << 8) >> 8;
		return;
	}
	*addend = 0;
	if (r->type == ARM64_SUBTRACTOR) {
		if (r->external && known)
			add_word(o, at, place_va, 0 - to, r->length, false);
		*minus = true;
		return;
	}
	if (r->type == ARM64_UNSIGNED)
		add_word(o, at, place_va, r->external && known ? to : 0, r->length,
		        !*minus && (known || !r->external));
	*minus = false;
	if (!r->external)
		return;
	switch (r->type) {
	case ARM64_BRANCH26:
		if (known)
			put32(at, (inq_le32(at) & 0xfc000000) |
			                  ((uint32_t)((to + by - place_va) >> 2) & 0x3ffffff));
		break;
	case ARM64_PAGE21:
		if (known)
			arm64_page(at, place_va, to + by);
		break;
	case ARM64_PAGEOFF12:
		if (known)
			arm64_page_offset(at, to + by);
		break;
	case ARM64_GOT_LOAD_PAGE21:
	case ARM64_TLVP_PAGE21:
		if ((to = cell(o, r->symbol)))
			arm64_page(at, place_va, to);
		break;
	case ARM64_GOT_LOAD_PAGEOFF12:
	case ARM64_TLVP_PAGEOFF12:
		if ((to = cell(o, r->symbol)))
			arm64_page_offset(at, to);
		break;
	case ARM64_POINTER_TO_GOT:
		if ((to = cell(o, r->symbol)))
			add_word(o, at, place_va, r->relative ? to - place_va : to, r->length, false);
		break;
	default:
		break;
	}
}

/* A Thumb-2 call: the distance stands in five fields (Arm ARM, BL encoding T1). */
static void thumb_branch_add(uint8_t *at, uint32_t by)
{
	uint32_t high = (uint32_t)(at[0] | at[1] << 8), low = (uint32_t)(at[2] | at[3] << 8);
	uint32_t s = high >> 10 & 1, i1 = ~(low >> 13 ^ s) & 1, i2 = ~(low >> 11 ^ s) & 1;
	uint32_t to = (0 - s) << 24 | i1 << 23 | i2 << 22 | (high & 0x3ff) << 12 | (low & 0x7ff) << 1;

	to += by;
	s = to >> 31;
	put32(at, (high & 0xf800) | s << 10 | (to >> 12 & 0x3ff) |
	                  ((low & 0xd000) | (~(to >> 23 ^ s) & 1) << 13 | (~(to >> 22 ^ s) & 1) << 11 |
	                          (to >> 1 & 0x7ff))
	                          << 16);
}

/* i386 and ARM: the addend counts from the place already, so the symbol is all that is missing. */
static void relocate_32(struct object *o, uint8_t *at, uint64_t place_va, const struct relocation *r)
{
	uint64_t to = r->external ? symbol_va(o, r->symbol) : 0;
	uint32_t insn = inq_le32(at);

	if (to == UNKNOWN)
		return;
	if (r->type == GENERIC_VANILLA && r->length == 2)
		add_word(o, at, place_va, to, 2, !r->relative);
	else if (o->m->cpu == INQ_MACHO_CPU_ARM && r->type == ARM_BR24)
		put32(at, (insn & 0xff000000) | ((insn + (uint32_t)(to >> 2)) & 0xffffff));
	else if (o->m->cpu == INQ_MACHO_CPU_ARM && r->type == ARM_THUMB_BR22)
		thumb_branch_add(at, (uint32_t)to);
}

static void relocate_section(struct object *o, struct inq_macho_section *s)
{
	struct inq_macho *m = o->m;
	struct relocation r;
	int64_t addend = 0;
	bool minus = false;

	for (uint64_t i = 0; i < s->relocation_count && !m->d->full; i++) {
		uint64_t off = s->relocation_off + 8 * i;
		uint32_t first, second;

		if (!o->relocations_left || !inq_bytes_u32(m->b, off, m->big, &first) ||
		        !inq_bytes_u32(m->b, off + 4, m->big, &second)) {
			inq_exhibit_note(m->x, m->d->a, off,
			        "section %s counts %u relocations, more than there is room for", s->name,
			        s->relocation_count);
			return;
		}
		o->relocations_left--;
		/* Scattered ones (i386, ARM) are differences within the object, right as they stand. */
		if (first & SCATTERED)
			continue;
		r = (struct relocation){ .off = first,
			.symbol = second & 0xffffff,
			.relative = second >> 24 & 1,
			.length = second >> 25 & 3,
			.external = second >> 27 & 1,
			.type = second >> 28 };
		if (r.off >= s->bytes.len || s->bytes.len - r.off < (r.length == 3 ? 8 : 4)) {
			inq_exhibit_note(m->x, m->d->a, off, "a relocation lies outside section %s", s->name);
			continue;
		}
		if (m->cpu == INQ_MACHO_CPU_X86_64)
			relocate_x86_64(o, at_of(s->bytes, r.off), s->va + r.off, &r, &minus);
		else if (m->cpu == INQ_MACHO_CPU_ARM64 || m->cpu == INQ_MACHO_CPU_ARM64_32)
			relocate_arm64(o, at_of(s->bytes, r.off), s->va + r.off, &r, &addend, &minus);
		else
			relocate_32(o, at_of(s->bytes, r.off), s->va + r.off, &r);
	}
}

/* False where the section cannot be relocated: its bytes are then as in the file. */
static bool section_copy(struct object *o, struct inq_macho_section *s)
{
	struct inq_macho *m = o->m;
	uint8_t *copy;

	/* Sections do not share bytes, so all copies together are no longer than the file. */
	if (s->bytes.len > m->b.len - o->copied) {
		inq_exhibit_note(m->x, m->d->a, inq_macho_off(m, s->bytes),
		        "section %s shares its bytes with others and is not relocated", s->name);
		return false;
	}
	o->copied += s->bytes.len;
	copy = inq_arena_new(m->d->a, s->bytes.len, 1);
	if (!copy) {
		m->d->full = true;
		return false;
	}
	if (s->bytes.len)
		memcpy(copy, s->bytes.at, s->bytes.len);
	s->bytes.at = copy;
	return true;
}

static void symbols(struct object *o)
{
	struct inq_macho *m = o->m;
	struct inq_macho_symbol s;
	struct inq_region common;
	const char *name;

	for (uint64_t i = 0; i < m->symbol_count; i++)
		o->symbol_va[i] = UNKNOWN;
	for (uint64_t i = 0; inq_macho_symbol(m, i, &s) && !m->d->full; i++) {
		if (!inq_macho_is_undefined(&s)) {
			o->symbol_va[i] = s.value;
		} else if (!s.value) {
			o->symbol_va[i] = o->next_va;
			o->next_va += EXTERN_SIZE;
			name = inq_macho_source_name(s.name);
			if (name)
				inq_macho_import_stub(m, name, 0, o->symbol_va[i]);
		}
	}
	common = (struct inq_region){ .va = o->next_va, .access = INQ_READ | INQ_WRITE };
	for (uint64_t i = 0; inq_macho_symbol(m, i, &s) && !m->d->full; i++)
		if (inq_macho_is_undefined(&s) && s.value && s.value <= UINT32_MAX) {
			o->symbol_va[i] = o->next_va;
			o->next_va += (s.value + EXTERN_SIZE - 1) & ~(uint64_t)(EXTERN_SIZE - 1);
		}
	common.size = o->next_va - common.va;
	inq_draft_region(m->d, &common);
}

void inq_macho_object(struct inq_macho *m)
{
	/* Nothing lies at 0 but sections: there, a cell is none. */
	struct object o = { .m = m, .next_va = EXTERN_SIZE, .relocations_left = m->b.len / 8 };
	struct inq_region externs = { .kind = INQ_REGION_EXTERN, .access = INQ_READ | INQ_EXECUTE };
	uint64_t last = m->wide ? (uint64_t)1 << 47 : UINT32_MAX / 2, end;

	for (size_t i = 0; i < m->section_count; i++) {
		end = m->sections[i].va + m->sections[i].size;
		if (end >= m->sections[i].va && end > o.next_va && end < last)
			o.next_va = end;
	}
	for (size_t i = 0; i < m->segment_count; i++) {
		end = m->segments[i].va + m->segments[i].size;
		if (end >= m->segments[i].va && end > o.next_va && end < last)
			o.next_va = end;
	}
	o.next_va = (o.next_va + EXTERN_SIZE - 1) & ~(uint64_t)(EXTERN_SIZE - 1);
	o.symbol_va = inq_arena_new(m->d->a, (size_t)m->symbol_count, sizeof *o.symbol_va);
	o.cell_va = inq_arena_new(m->d->a, (size_t)m->symbol_count, sizeof *o.cell_va);
	if (!o.symbol_va || !o.cell_va) {
		m->d->full = true;
		return;
	}
	externs.va = o.next_va;
	symbols(&o);
	/* Common data splits the externs from the cells; its region came first and keeps its place. */
	for (size_t i = 0; i < m->section_count && !m->d->full; i++) {
		struct inq_macho_section *s = &m->sections[i];

		if (s->relocation_count && s->bytes.len && !m->big && section_copy(&o, s))
			relocate_section(&o, s);
	}
	externs.size = o.next_va - externs.va;
	inq_draft_fill(m->d, &externs);
}
