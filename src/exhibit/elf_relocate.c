#include "exhibit/elf_object.h"
#include <string.h>

uint16_t elf_get16(const struct elf_object *o, const uint8_t *at)
{
	return o->e->big ? (uint16_t)(at[0] << 8 | at[1]) : (uint16_t)(at[1] << 8 | at[0]);
}

uint32_t elf_get32(const struct elf_object *o, const uint8_t *at)
{
	uint32_t first = elf_get16(o, at), second = elf_get16(o, at + 2);

	return o->e->big ? first << 16 | second : second << 16 | first;
}

static void put(const struct elf_object *o, uint8_t *at, unsigned size, uint64_t value)
{
	for (unsigned i = 0; i < size; i++)
		at[o->e->big ? size - 1 - i : i] = (uint8_t)(value >> 8 * i);
}

void elf_put16(const struct elf_object *o, uint8_t *at, uint16_t value)
{
	put(o, at, 2, value);
}

void elf_put32(const struct elf_object *o, uint8_t *at, uint32_t value)
{
	put(o, at, 4, value);
}

void elf_put64(const struct elf_object *o, uint8_t *at, uint64_t value)
{
	put(o, at, 8, value);
}

bool elf_addend(const struct elf_object *o, const struct elf_place *p, unsigned size, uint64_t *ret)
{
	uint64_t value = 0;

	if (size > p->room)
		return false;
	if (p->has_addend) {
		*ret = p->addend;
		return true;
	}
	for (unsigned i = 0; i < size; i++)
		value |= (uint64_t)p->at[o->e->big ? size - 1 - i : i] << 8 * i;
	if (size < 8 && value >> (8 * size - 1))
		value |= UINT64_MAX << 8 * size;
	*ret = value;
	return true;
}

enum elf_outcome elf_put_data(
        struct elf_object *o, const struct elf_place *p, unsigned size, uint64_t value, bool is_address)
{
	if (size > p->room)
		return ELF_OUTSIDE;
	put(o, p->at, size, value);
	if (is_address && p->holds_pointers && size == elf_word_size(o->e))
		inq_draft_pointer(&o->e->d, p->va, o->e->wide ? value : (uint32_t)value);
	return ELF_APPLIED;
}

/* System V psABI for AMD64, 1.0, table 4.9. */
enum elf_outcome elf_relocate_x86_64(struct elf_object *o, const struct elf_place *p)
{
	uint64_t s = p->symbol_va, a = p->addend, got = o->extern_va;

	switch (p->type) {
	case 1: /* 64 */
		return elf_put_data(o, p, 8, s + a, true);
	case 2: /* PC32 */
	case 4: /* PLT32 */
		return elf_put_data(o, p, 4, s + a - p->va, false);
	case 3: /* GOT32 */
		return elf_put_data(o, p, 4, elf_object_slot(o, p) + a - got, false);
	case 9: /* GOTPCREL, and the three that a linker may relax */
	case 41:
	case 42:
	case 43:
		return elf_put_data(o, p, 4, elf_object_slot(o, p) + a - p->va, false);
	case 10: /* 32 */
	case 11: /* 32S */
		return elf_put_data(o, p, 4, s + a, true);
	case 12: /* 16 */
		return elf_put_data(o, p, 2, s + a, true);
	case 13: /* PC16 */
		return elf_put_data(o, p, 2, s + a - p->va, false);
	case 14: /* 8 */
		return elf_put_data(o, p, 1, s + a, true);
	case 15: /* PC8 */
		return elf_put_data(o, p, 1, s + a - p->va, false);
	case 24: /* PC64 */
		return elf_put_data(o, p, 8, s + a - p->va, false);
	case 25: /* GOTOFF64 */
	case 31: /* PLTOFF64 */
		return elf_put_data(o, p, 8, s + a - got, false);
	case 26: /* GOTPC32 */
		return elf_put_data(o, p, 4, got + a - p->va, false);
	case 27: /* GOT64 */
	case 30: /* GOTPLT64 */
		return elf_put_data(o, p, 8, elf_object_slot(o, p) + a - got, false);
	case 28: /* GOTPCREL64 */
		return elf_put_data(o, p, 8, elf_object_slot(o, p) + a - p->va, false);
	case 29: /* GOTPC64 */
		return elf_put_data(o, p, 8, got + a - p->va, false);
	default:
		/* thread-local, sizes, and what only linked files have */
		return p->type <= 40 ? ELF_LEFT : ELF_UNKNOWN;
	}
}

/* System V psABI for Intel386, 1.1, table 4.2. */
enum elf_outcome elf_relocate_x86_32(struct elf_object *o, const struct elf_place *p)
{
	uint64_t s = p->symbol_va, got = o->extern_va, a;
	unsigned size = p->type == 20 || p->type == 21 ? 2 : p->type == 22 || p->type == 23 ? 1 : 4;
	uint8_t modrm;

	if (!elf_addend(o, p, size, &a))
		return ELF_OUTSIDE;
	switch (p->type) {
	case 1: /* 32 */
	case 20: /* 16 */
	case 22: /* 8 */
		return elf_put_data(o, p, size, s + a, true);
	case 2: /* PC32 */
	case 4: /* PLT32 */
	case 21: /* PC16 */
	case 23: /* PC8 */
		return elf_put_data(o, p, size, s + a - p->va, false);
	case 3: /* GOT32 */
	case 43: /* GOT32X */
		/* Without a base register the slot's address itself is meant. */
		if (p->before.len && inq_bytes_u8(p->before, p->before.len - 1, &modrm) &&
		        (modrm & 0xc7) == 5)
			got = 0;
		return elf_put_data(o, p, 4, elf_object_slot(o, p) + a - got, false);
	case 9: /* GOTOFF */
		return elf_put_data(o, p, 4, s + a - got, false);
	case 10: /* GOTPC */
		return elf_put_data(o, p, 4, got + a - p->va, false);
	default:
		/* thread-local, sizes, and what only linked files have */
		return p->type <= 42 ? ELF_LEFT : ELF_UNKNOWN;
	}
}

struct machine {
	enum inq_arch arch;
	enum elf_outcome (*relocate)(struct elf_object *o, const struct elf_place *p);
};
static const struct machine machines[] = {
	{ INQ_ARCH_X86_64, elf_relocate_x86_64 },
	{ INQ_ARCH_X86_32, elf_relocate_x86_32 },
	{ INQ_ARCH_A64, elf_relocate_a64 },
	{ INQ_ARCH_ARM, elf_relocate_arm },
	{ INQ_ARCH_MIPS, elf_relocate_mips },
};

struct entry {
	uint64_t off, symbol, addend;
	uint32_t type;
};

static bool entry_read(
        const struct elf *e, struct inq_bytes table, uint64_t off, bool addends, struct entry *ret)
{
	uint64_t w = elf_word_size(e), info;

	if (!elf_word(e, table, off, &ret->off) || !elf_word(e, table, off + w, &info))
		return false;
	ret->type = e->wide ? (uint32_t)info : (uint8_t)info;
	ret->symbol = e->wide ? info >> 32 : info >> 8;
	ret->addend = 0;
	if (!addends)
		return true;
	if (!elf_word(e, table, off + 2 * w, &ret->addend))
		return false;
	if (!e->wide)
		ret->addend = (uint64_t)(int32_t)ret->addend;
	return true;
}

/*
 * MIPS psABI, 4-18: the addend of a high half is completed by the next low
 * half against the same symbol. How far to look is bounded: what the compiler
 * emits is never far off.
 */
static uint32_t low_half(const struct elf_object *o, const struct elf_section *s, struct inq_bytes table,
        uint64_t off, uint64_t step, uint64_t symbol)
{
	const struct elf_section *target = &o->e->sections[s->info];
	struct inq_bytes b = { o->images[s->info], target->bytes.len };
	struct entry next;
	uint32_t instruction = 0;

	for (unsigned i = 0; i < 64 && entry_read(o->e, table, off += step, false, &next); i++)
		if (next.symbol == symbol && next.type == 6) {
			if (!elf_u32(o->e, b, next.off, &instruction))
				return 0;
			return instruction;
		}
	return 0;
}

/* Tables that tools read, not the program. */
static bool holds_pointers(const struct elf_section *s)
{
	return strcmp(s->name, ".eh_frame") && strcmp(s->name, ".pdr") && strncmp(s->name, ".ARM.ex", 7) &&
	       strcmp(s->name, ".gcc_except_table");
}

static void table_apply(struct elf_object *o, const struct elf_section *s, const struct machine *m)
{
	struct elf *e = o->e;
	const struct elf_section *target = &e->sections[s->info];
	uint64_t step = (s->type == SHT_RELA ? 3 : 2) * elf_word_size(e), unknown = 0, outside = 0, type = 0;
	struct elf_place p = { .has_addend = s->type == SHT_RELA, .holds_pointers = holds_pointers(target) };
	struct entry entry;

	for (uint64_t off = 0; !e->d.full && entry_read(e, s->bytes, off, p.has_addend, &entry);
	        off += step) {
		if (entry.off >= target->bytes.len || (entry.symbol && entry.symbol >= o->symbols.count)) {
			outside++;
			continue;
		}
		p.before = (struct inq_bytes){ o->images[s->info], (size_t)entry.off };
		p.at = o->images[s->info] + entry.off;
		p.room = target->bytes.len - (size_t)entry.off;
		p.va = target->va + entry.off;
		p.type = entry.type;
		p.addend = entry.addend;
		p.symbol_index = entry.symbol;
		p.symbol_va = entry.symbol ? o->symbol_va[entry.symbol] : 0;
		p.symbol_flags = entry.symbol ? o->flags[entry.symbol] : ELF_SYMBOL_LOCAL;
		if (e->x->arch == INQ_ARCH_MIPS && !p.has_addend && (p.type == 5 || p.type == 9))
			p.low = low_half(o, s, s->bytes, off, step, entry.symbol);
		switch (m->relocate(o, &p)) {
		case ELF_APPLIED:
		case ELF_LEFT:
			break;
		case ELF_UNKNOWN:
			unknown++;
			type = p.type;
			break;
		case ELF_OUTSIDE:
			outside++;
			break;
		}
	}
	if (unknown)
		elf_note(e, s->header_off, "%llu relocations of kinds this build does not know, such as %llu",
		        (unsigned long long)unknown, (unsigned long long)type);
	if (outside)
		elf_note(e, s->header_off, "%llu relocations name no symbol or no place in their section",
		        (unsigned long long)outside);
}

void elf_relocate(struct elf_object *o)
{
	struct elf *e = o->e;
	const struct machine *m = machines, *end = machines + sizeof machines / sizeof *machines;

	while (m < end && m->arch != e->x->arch)
		m++;
	if (m == end || !o->symbols.count)
		return;
	for (size_t i = 0; i < e->section_count && !e->d.full; i++) {
		const struct elf_section *s = &e->sections[i];

		if (s->type != SHT_REL && s->type != SHT_RELA)
			continue;
		if (s->link != o->symbols_index || s->info >= e->section_count) {
			elf_note(e, s->header_off,
			        "the relocations of section %zu name no symbols or no section", i);
			continue;
		}
		if (o->images[s->info] && elf_spend(e, s->header_off, s->bytes.len))
			table_apply(o, s, m);
	}
}
