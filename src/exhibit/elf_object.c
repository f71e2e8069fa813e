#include "exhibit/elf_object.h"
#include <string.h>

static bool is_laid_out(const struct elf_section *s)
{
	return s->flags & SHF_ALLOC && s->type != SHT_NULL;
}

/* Gives each allocated section its address, in the order of their headers. */
static void sections_lay_out(struct elf_object *o)
{
	const uint64_t align_most = 0x10000;
	struct elf *e = o->e;
	uint64_t last = e->wide ? UINT64_MAX / 2 : UINT32_MAX / 2, va = 0;

	for (size_t i = 0; i < e->section_count; i++) {
		struct elf_section *s = &e->sections[i];
		uint64_t align = s->align;

		if (!is_laid_out(s)) {
			s->va = 0;
			continue;
		}
		if (align & (align - 1)) {
			elf_note(e, s->header_off, "the alignment of section %zu, %llu, is no power of two",
			        i, (unsigned long long)align);
			align = 1;
		}
		if (align > align_most)
			align = align_most;
		if (align > 1)
			va = (va + align - 1) & ~(align - 1);
		s->va = va;
		if (s->size > last || va > last - s->size) {
			elf_note(e, s->header_off, "section %zu is too large to be laid out", i);
			s->size = 0;
			s->bytes.len = 0;
		}
		va += s->size;
	}
	o->extern_va = (va + ELF_CELL - 1) & ~(uint64_t)(ELF_CELL - 1);
	o->extern_end = o->extern_va;
	if (e->x->arch == INQ_ARCH_X86_32)
		e->x->gp_va = o->extern_va;
	else if (e->x->arch == INQ_ARCH_MIPS)
		e->x->gp_va = o->extern_va + 0x7ff0;
}

/* Copies the sections. Those that share bytes of the file are an attack on memory. */
static void sections_copy(struct elf_object *o)
{
	struct elf *e = o->e;
	uint64_t room = e->b.len;

	o->images = inq_arena_new(e->d.a, e->section_count, sizeof *o->images);
	if (!o->images) {
		e->d.full = true;
		return;
	}
	for (size_t i = 0; i < e->section_count; i++) {
		struct elf_section *s = &e->sections[i];

		if (!is_laid_out(s) || !s->bytes.len)
			continue;
		if (s->bytes.len > room) {
			elf_note(e, s->header_off, "section %zu shares its bytes with others and is left out",
			        i);
			s->bytes.len = 0;
			continue;
		}
		room -= s->bytes.len;
		o->images[i] = inq_arena_new(e->d.a, s->bytes.len, 1);
		if (!o->images[i]) {
			e->d.full = true;
			return;
		}
		memcpy(o->images[i], s->bytes.at, s->bytes.len);
	}
}

static void cell_add(struct elf_object *o, uint64_t *ret)
{
	*ret = o->extern_end;
	o->extern_end += ELF_CELL;
}

/* The undefined symbols that every linker defines by itself. */
static bool linker_symbol(struct elf_object *o, size_t index, const char *name)
{
	bool mips = o->e->x->arch == INQ_ARCH_MIPS;

	if (name && !strcmp(name, "_GLOBAL_OFFSET_TABLE_"))
		o->symbol_va[index] = o->extern_va;
	else if (mips && name && !strcmp(name, "__gnu_local_gp"))
		o->symbol_va[index] = o->e->x->gp_va;
	else if (mips && name && !strcmp(name, "_gp_disp"))
		o->flags[index] |= ELF_SYMBOL_GP;
	else
		return false;
	o->flags[index] |= ELF_SYMBOL_LINKER;
	return true;
}

static void symbols_place(struct elf_object *o)
{
	struct elf *e = o->e;
	struct elf_symbol s;
	size_t index = 0;

	while (index < e->section_count && !elf_symbols_of(e, index, &o->symbols))
		index++;
	o->symbols_index = index;
	o->symbol_va = inq_arena_new(e->d.a, o->symbols.count, sizeof *o->symbol_va);
	o->slot_va = inq_arena_new(e->d.a, o->symbols.count, sizeof *o->slot_va);
	o->flags = inq_arena_new(e->d.a, o->symbols.count, sizeof *o->flags);
	if (!o->symbol_va || !o->slot_va || !o->flags) {
		e->d.full = true;
		return;
	}
	for (size_t i = 1; elf_symbol(e, &o->symbols, i, &s); i++) {
		const char *name = inq_draft_name(o->symbols.names, s.name_off);

		if (s.bind == STB_LOCAL)
			o->flags[i] |= ELF_SYMBOL_LOCAL;
		if (s.section == SHN_UNDEF || s.section == SHN_COMMON) {
			o->flags[i] |= ELF_SYMBOL_OUTSIDE;
			if (linker_symbol(o, i, name))
				continue;
			cell_add(o, &o->symbol_va[i]);
		} else if (s.section < e->section_count) {
			o->symbol_va[i] = e->sections[s.section].va + s.value;
			if (e->x->arch == INQ_ARCH_ARM && s.type == STT_FUNC)
				o->flags[i] |= s.value & 1 ? ELF_SYMBOL_THUMB : ELF_SYMBOL_ARM;
		} else {
			o->symbol_va[i] = s.value;
		}
	}
}

uint64_t elf_object_slot(struct elf_object *o, const struct elf_place *p)
{
	uint64_t *slot = &o->slot_va[p->symbol_index];

	if (*slot)
		return *slot;
	if (p->symbol_flags & ELF_SYMBOL_OUTSIDE) {
		*slot = p->symbol_va;
	} else {
		cell_add(o, slot);
		inq_draft_pointer(&o->e->d, *slot, p->symbol_va);
	}
	return *slot;
}

uint64_t elf_object_page_slot(struct elf_object *o, uint64_t page_va)
{
	size_t i = 0;

	while (i < o->page_count && o->pages[i].page_va != page_va)
		i++;
	if (i == sizeof o->pages / sizeof *o->pages)
		return 0;
	if (i == o->page_count) {
		o->pages[o->page_count++].page_va = page_va;
		cell_add(o, &o->pages[i].slot_va);
		inq_draft_pointer(&o->e->d, o->pages[i].slot_va, page_va);
	}
	return o->pages[i].slot_va;
}

static void regions_add(struct elf_object *o)
{
	struct elf *e = o->e;

	for (size_t i = 0; i < e->section_count; i++) {
		const struct elf_section *s = &e->sections[i];
		bool code = s->flags & SHF_EXECINSTR;

		if (is_laid_out(s))
			inq_draft_region(&e->d,
			        &(struct inq_region){ .va = s->va,
			                .size = s->size,
			                .bytes = { o->images[i], o->images[i] ? s->bytes.len : 0 },
			                .kind = code ? INQ_REGION_CODE : INQ_REGION_DATA,
			                .access =
			                        (uint8_t)(INQ_READ | (s->flags & SHF_WRITE ? INQ_WRITE : 0) |
			                                  (code ? INQ_EXECUTE : 0)) });
	}
	inq_draft_region(&e->d, &(struct inq_region){ .va = o->extern_va,
	                                .size = o->extern_end - o->extern_va,
	                                .kind = INQ_REGION_EXTERN,
	                                .access = INQ_READ | INQ_EXECUTE });
}

static void imports_add(struct elf_object *o)
{
	struct elf *e = o->e;
	struct elf_symbol s;

	for (size_t i = 1; !e->d.full && elf_symbol(e, &o->symbols, i, &s); i++) {
		const char *name = inq_draft_name(o->symbols.names, s.name_off);

		if (s.section != SHN_UNDEF || !name || !*name || o->flags[i] & ELF_SYMBOL_LINKER)
			continue;
		inq_draft_import(
		        &e->d, &(struct inq_import){
		                       .name = name, .slot_va = o->slot_va[i], .stub_va = o->symbol_va[i] });
	}
}

static void exports_add(struct elf_object *o)
{
	struct elf *e = o->e;
	struct elf_symbol s;

	for (size_t i = 1; !e->d.full && elf_symbol(e, &o->symbols, i, &s); i++) {
		const char *name = inq_draft_name(o->symbols.names, s.name_off);

		if (s.bind == STB_LOCAL || s.section == SHN_UNDEF || s.section >= e->section_count || !name ||
		        !*name || !is_laid_out(&e->sections[s.section]))
			continue;
		inq_draft_export(&e->d, &(struct inq_export){ .name = name, .va = o->symbol_va[i] });
	}
}

void elf_object(struct elf *e)
{
	struct elf_object o = { .e = e };

	sections_lay_out(&o);
	sections_copy(&o);
	if (e->d.full)
		return;
	symbols_place(&o);
	if (e->d.full)
		return;
	elf_relocate(&o);
	regions_add(&o);
	imports_add(&o);
	exports_add(&o);
}
