#include "exhibit/elf.h"
#include <string.h>

size_t elf_symbol_size(const struct elf *e)
{
	return e->wide ? 24 : 16;
}

bool elf_symbol(const struct elf *e, const struct elf_symbols *t, uint64_t index, struct elf_symbol *ret)
{
	struct elf_symbol s;
	struct inq_bytes b;
	uint16_t section;
	uint8_t info;
	bool there;

	if (index >= t->count || !inq_bytes_cut(t->table, index * elf_symbol_size(e), elf_symbol_size(e), &b))
		return false;
	if (e->wide)
		there = elf_u32(e, b, 0, &s.name_off) && inq_bytes_u8(b, 4, &info) &&
		        inq_bytes_u8(b, 5, &s.other) && elf_u16(e, b, 6, &section) &&
		        elf_u64(e, b, 8, &s.value) && elf_u64(e, b, 16, &s.size);
	else
		there = elf_u32(e, b, 0, &s.name_off) && elf_word(e, b, 4, &s.value) &&
		        elf_word(e, b, 8, &s.size) && inq_bytes_u8(b, 12, &info) &&
		        inq_bytes_u8(b, 13, &s.other) && elf_u16(e, b, 14, &section);
	if (!there)
		return false;
	s.bind = info >> 4;
	s.type = info & 15;
	s.section = section;
	if (section == SHN_XINDEX && !elf_u32(e, t->indices, 4 * index, &s.section))
		s.section = SHN_UNDEF;
	*ret = s;
	return true;
}

bool elf_symbols_of(struct elf *e, size_t index, struct elf_symbols *ret)
{
	const struct elf_section *s;

	if (index >= e->section_count)
		return false;
	s = &e->sections[index];
	if (s->type != SHT_SYMTAB && s->type != SHT_DYNSYM)
		return false;
	if (s->entsize != elf_symbol_size(e))
		elf_note(e, s->header_off, "symbols are %llu bytes, not %zu", (unsigned long long)s->entsize,
		        elf_symbol_size(e));
	*ret = (struct elf_symbols){
		.table = s->bytes, .off = s->off, .count = s->bytes.len / elf_symbol_size(e)
	};
	if (s->link < e->section_count)
		ret->names = e->sections[s->link].bytes;
	else
		elf_note(e, s->header_off, "the names of symbols are in section %u, past the last", s->link);
	for (size_t i = 0; i < e->section_count; i++)
		if (e->sections[i].type == SHT_SYMTAB_SHNDX && e->sections[i].link == index) {
			ret->indices = e->sections[i].bytes;
			break;
		}
	return true;
}

/* In an object a symbol's value counts from its section, elsewhere it is an address. */
static uint64_t symbol_va(const struct elf *e, const struct elf_symbol *s)
{
	if (e->type == ET_REL && s->section < e->section_count)
		return e->sections[s->section].va + s->value;
	return s->value;
}

void elf_symbol_hint(struct elf *e, const struct elf_symbol *s, const char *name, enum inq_source source)
{
	uint64_t va = symbol_va(e, s);

	if (s->section == SHN_UNDEF || (s->section >= SHN_LORESERVE && s->section >= e->section_count))
		return;
	if (name && !*name)
		name = NULL;
	if (s->type == STT_ARM_TFUNC && e->x->arch == INQ_ARCH_ARM)
		va |= 1;
	else if (s->type != STT_FUNC && s->type != STT_GNU_IFUNC)
		return;
	inq_draft_hint(&e->d, va, s->size, name, source);
}

/*
 * ARM and AArch64 ELF, "Mapping symbols": $a, $t and $d (or $x and $d), alone
 * or followed by a period, say what the bytes from there on are.
 */
static char mapping_of(const struct elf *e, const struct elf_symbol *s, const char *name)
{
	if ((e->x->arch != INQ_ARCH_ARM && e->x->arch != INQ_ARCH_A64) || s->bind != STB_LOCAL || !name)
		return 0;
	if (name[0] != '$' || !name[1] || !strchr("atdx", name[1]) || (name[2] && name[2] != '.'))
		return 0;
	return name[1];
}

struct mapping {
	uint64_t va;
	char is;
};

static bool mapping_before(const struct inq_draft *d, const void *a, const void *b)
{
	const struct mapping *l = a, *r = b;

	(void)d;
	return l->va < r->va;
}

/* What the mapping symbols say is at `va`; 0 where they say nothing. */
static char mapping_at(const struct mapping *list, size_t count, uint64_t va)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list[middle].va <= va)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? list[low - 1].is : 0;
}

/*
 * Assembly often gives its functions no type: a global symbol without one
 * counts where it lies inside code. `_etext` and its like lie at its end.
 */
static void untyped_hint(struct elf *e, const struct elf_symbol *s, const char *name, char is)
{
	const struct elf_section *in;
	uint64_t va = symbol_va(e, s);

	if (s->type != STT_NOTYPE || (s->bind != STB_GLOBAL && s->bind != STB_WEAK) || !name || !*name)
		return;
	if (s->section == SHN_UNDEF || s->section >= e->section_count || is == 'd')
		return;
	in = &e->sections[s->section];
	if (!(in->flags & SHF_EXECINSTR) || va < in->va || va - in->va >= in->size)
		return;
	if (is == 't')
		va |= 1;
	inq_draft_hint(&e->d, va, s->size, name, INQ_SOURCE_SYMBOL);
}

static void symbols_hint(struct elf *e, const struct elf_symbols *t)
{
	struct mapping *mappings = NULL;
	size_t mapping_count = 0, capacity = 0, nameless = 0;
	struct elf_symbol s;

	for (size_t i = 1; i < t->count && !e->d.full && elf_symbol(e, t, i, &s); i++) {
		const char *name = inq_draft_name(t->names, s.name_off);
		char is = mapping_of(e, &s, name);

		nameless += !name;
		elf_symbol_hint(e, &s, name, INQ_SOURCE_SYMBOL);
		if (is) {
			struct mapping *grown = inq_arena_extend(
			        e->d.a, mappings, mapping_count, &capacity, sizeof *mappings);

			if (!grown) {
				e->d.full = true;
				return;
			}
			mappings = grown;
			mappings[mapping_count++] = (struct mapping){ symbol_va(e, &s), is };
		}
	}
	if (nameless)
		elf_note(e, t->off, "the names of %zu symbols are not in their table", nameless);
	inq_draft_sort(&e->d, mappings, mapping_count, sizeof *mappings, mapping_before);
	for (size_t i = 1; i < t->count && !e->d.full && elf_symbol(e, t, i, &s); i++)
		if (s.type == STT_NOTYPE && s.bind != STB_LOCAL)
			untyped_hint(e, &s, inq_draft_name(t->names, s.name_off),
			        mapping_at(mappings, mapping_count, symbol_va(e, &s)));
}

void elf_static_symbols(struct elf *e)
{
	struct elf_symbols t;

	for (size_t i = 0; i < e->section_count; i++)
		if (e->sections[i].type == SHT_SYMTAB && elf_symbols_of(e, i, &t)) {
			symbols_hint(e, &t);
			return; /* gABI, "Sections": there is at most one */
		}
}
