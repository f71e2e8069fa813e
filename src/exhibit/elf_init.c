#include "exhibit/elf.h"
#include <string.h>

/*
 * Slots that a relocation with an addend of its own will fill may hold 0 here:
 * the relocation gives those hints.
 */
void elf_init_array(struct elf *e, uint64_t va, uint64_t size)
{
	const uint64_t none = e->wide ? UINT64_MAX : UINT32_MAX;
	struct inq_bytes b = e->type == ET_REL ? inq_exhibit_at(e->x, va) : elf_at(e, va);
	uint64_t value;

	if (b.len > size)
		b.len = (size_t)size;
	if (!elf_spend(e, elf_off(e, b), b.len))
		return;
	for (uint64_t off = 0; !e->d.full && elf_word(e, b, off, &value); off += elf_word_size(e))
		if (value && value != none)
			inq_draft_hint(&e->d, value, 0, NULL, INQ_SOURCE_INIT);
}

static bool is_array(const struct elf_section *s)
{
	return s->type == SHT_INIT_ARRAY || s->type == SHT_FINI_ARRAY || s->type == SHT_PREINIT_ARRAY ||
	       !strcmp(s->name, ".ctors") || !strcmp(s->name, ".dtors");
}

void elf_init_sections(struct elf *e)
{
	for (size_t i = 0; i < e->section_count && !e->d.full; i++) {
		const struct elf_section *s = &e->sections[i];

		if (!(s->flags & SHF_ALLOC) || s->type == SHT_NOBITS || !s->size)
			continue;
		if (is_array(s))
			elf_init_array(e, s->va, s->size);
		/* In an object .init is a piece of a function, that crti.o begins. */
		else if (e->type != ET_REL && s->flags & SHF_EXECINSTR &&
		         (!strcmp(s->name, ".init") || !strcmp(s->name, ".fini")))
			inq_draft_hint(&e->d, s->va, 0, NULL, INQ_SOURCE_INIT);
	}
}
