#include "elf.h"
#include <assert.h>
#include <string.h>

void make_put(struct make_elf *f, uint64_t off, unsigned size, uint64_t value)
{
	assert(off + size <= sizeof f->bytes);
	for (unsigned i = 0; i < size; i++)
		f->bytes[off + i] = (uint8_t)(value >> 8 * (f->big ? size - 1 - i : i));
}

unsigned make_word_size(const struct make_elf *f)
{
	return f->wide ? 8 : 4;
}

void make_word(struct make_elf *f, uint64_t off, uint64_t value)
{
	make_put(f, off, make_word_size(f), value);
}

void make_elf_begin(struct make_elf *f, bool wide, bool big, uint16_t machine, uint16_t type)
{
	memset(f, 0, sizeof *f);
	f->wide = wide;
	f->big = big;
	f->machine = machine;
	f->type = type;
	f->len = 0x200; /* the ELF header and the program headers */
	f->section_count = 1;
	f->names_len = 1;
}

unsigned make_section(
        struct make_elf *f, const char *name, uint32_t type, uint64_t flags, const void *bytes, size_t size)
{
	struct make_section *s = &f->sections[f->section_count];

	assert(f->section_count < MAKE_SECTIONS_MOST);
	f->len = (f->len + 15) & ~(size_t)15;
	assert(f->len + size <= sizeof f->bytes);
	if (bytes && size)
		memcpy(f->bytes + f->len, bytes, size);
	*s = (struct make_section){ .name = (uint32_t)f->names_len,
		.type = type,
		.flags = flags,
		.va = flags & 2 && f->type != 1 ? MAKE_BASE + f->len : 0,
		.off = f->len,
		.size = size,
		.align = 16 };
	strcpy(f->names + f->names_len, name);
	f->names_len += strlen(name) + 1;
	f->len += size;
	return f->section_count++;
}

uint64_t make_section_va(const struct make_elf *f, unsigned index)
{
	return f->sections[index].va;
}

uint64_t make_section_header(const struct make_elf *f, unsigned index)
{
	return f->sections_off + index * (f->wide ? 64u : 40u);
}

void make_append(struct make_elf *f, unsigned size, uint64_t value)
{
	make_put(f, f->len, size, value);
	f->len += size;
	f->sections[f->section_count - 1].size += size;
}

void make_symbol(
        struct make_elf *f, uint32_t name, uint8_t info, uint16_t section, uint64_t value, uint64_t size)
{
	make_append(f, 4, name);
	if (!f->wide) {
		make_append(f, 4, value);
		make_append(f, 4, size);
	}
	make_append(f, 1, info);
	make_append(f, 1, 0);
	make_append(f, 2, section);
	if (f->wide) {
		make_append(f, 8, value);
		make_append(f, 8, size);
	}
}

void make_relocation(
        struct make_elf *f, bool addends, uint64_t off, uint32_t symbol, uint32_t type, uint64_t addend)
{
	unsigned w = make_word_size(f);

	make_append(f, w, off);
	make_append(f, w, f->wide ? (uint64_t)symbol << 32 | type : symbol << 8 | type);
	if (addends)
		make_append(f, w, addend);
}

void make_segment(struct make_elf *f, uint32_t type, unsigned section)
{
	f->more_segments[f->more_segment_count].type = type;
	f->more_segments[f->more_segment_count].off = f->sections[section].off;
	f->more_segments[f->more_segment_count++].size = f->sections[section].size;
}

static void section_header(struct make_elf *f, unsigned index)
{
	const struct make_section *s = &f->sections[index];
	uint64_t at = make_section_header(f, index), w = make_word_size(f);

	make_put(f, at, 4, s->name);
	make_put(f, at + 4, 4, s->type);
	make_word(f, at + 8, s->flags);
	make_word(f, at + 8 + w, s->va);
	make_word(f, at + 8 + 2 * w, s->off);
	make_word(f, at + 8 + 3 * w, s->size);
	make_put(f, at + 8 + 4 * w, 4, s->link);
	make_put(f, at + 12 + 4 * w, 4, s->info);
	make_word(f, at + 16 + 4 * w, s->align);
	make_word(f, at + 16 + 5 * w, s->entsize);
}

static void segment(struct make_elf *f, unsigned index, uint32_t type, uint64_t off, uint64_t size)
{
	uint64_t at = f->segments_off + index * (f->wide ? 56u : 32u);

	make_put(f, at, 4, type);
	if (f->wide) {
		make_put(f, at + 4, 4, 7);
		make_put(f, at + 8, 8, off);
		make_put(f, at + 16, 8, MAKE_BASE + off);
		make_put(f, at + 32, 8, size);
		make_put(f, at + 40, 8, size);
	} else {
		make_put(f, at + 4, 4, off);
		make_put(f, at + 8, 4, MAKE_BASE + off);
		make_put(f, at + 16, 4, size);
		make_put(f, at + 20, 4, size);
		make_put(f, at + 24, 4, 7);
	}
}

void make_elf_end(struct make_elf *f)
{
	unsigned w = make_word_size(f), names, segments = f->type == 1 ? 0 : 1 + f->more_segment_count;
	uint64_t at = 24 + 3 * w;

	names = make_section(f, ".shstrtab", 3, 0, f->names, 0);
	make_append(f, 1, 0);
	memcpy(f->bytes + f->sections[names].off, f->names, f->names_len);
	f->len = f->sections[names].off + f->names_len;
	f->sections[names].size = f->names_len;
	f->len = (f->len + 15) & ~(size_t)15;
	f->sections_off = f->len;
	f->segments_off = segments ? 0x80 : 0;
	f->len += f->section_count * (f->wide ? 64u : 40u);
	assert(f->len <= sizeof f->bytes);
	for (unsigned i = 0; i < f->section_count; i++)
		section_header(f, i);
	if (segments)
		segment(f, 0, 1, 0, f->sections_off);
	for (unsigned i = 1; i < segments; i++)
		segment(f, i, f->more_segments[i - 1].type, f->more_segments[i - 1].off,
		        f->more_segments[i - 1].size);
	memcpy(f->bytes, "\177ELF", 4);
	f->bytes[4] = f->wide ? 2 : 1;
	f->bytes[5] = f->big ? 2 : 1;
	f->bytes[6] = 1;
	make_put(f, 16, 2, f->type);
	make_put(f, 18, 2, f->machine);
	make_put(f, 20, 4, 1);
	make_word(f, 24, f->entry_va);
	make_word(f, 24 + w, f->segments_off);
	make_word(f, 24 + 2 * w, f->sections_off);
	make_put(f, at + 4, 2, f->wide ? 64 : 52);
	make_put(f, at + 6, 2, f->wide ? 56 : 32);
	make_put(f, at + 8, 2, segments);
	make_put(f, at + 10, 2, f->wide ? 64 : 40);
	make_put(f, at + 12, 2, f->section_count);
	make_put(f, at + 14, 2, names);
}

/* One CIE, "zR" with place-relative 32-bit pointers, and an FDE for each function. */
static void frames(struct make_elf *f, struct make_shared *n)
{
	const uint64_t starts[2] = { n->first_va, n->second_va };

	n->frames = make_section(f, ".eh_frame", 1, 2, NULL, 0);
	n->frames_off = f->sections[n->frames].off;
	make_append(f, 4, 16); /* length */
	make_append(f, 4, 0); /* a CIE */
	make_append(f, 1, 1); /* version */
	make_append(f, 1, 'z');
	make_append(f, 1, 'R');
	make_append(f, 1, 0);
	make_append(f, 1, 1); /* code alignment */
	make_append(f, 1, 0x7c); /* data alignment */
	make_append(f, 1, 16); /* return address */
	make_append(f, 1, 1); /* augmentation length */
	make_append(f, 1, 0x1b); /* pcrel | sdata4 */
	make_append(f, 3, 0);
	for (unsigned i = 0; i < 2; i++) {
		uint64_t at = f->len;

		make_append(f, 4, 16);
		make_append(f, 4, at + 4 - n->frames_off);
		make_append(f, 4, starts[i] - (MAKE_BASE + at + 8));
		make_append(f, 4, 16);
		make_append(f, 4, 0);
	}
	make_append(f, 4, 0);
	/* Its header, which leads there where there are no section headers. */
	n->frames_header = make_section(f, ".eh_frame_hdr", 1, 2, NULL, 0);
	make_append(f, 1, 1); /* version */
	make_append(f, 1, 0x1b); /* pcrel | sdata4 */
	make_append(f, 2, 0xffff); /* no search table */
	make_append(f, 4, n->frames_off - (f->sections[n->frames_header].off + 4));
}

void make_shared(struct make_elf *f, bool wide, bool big, uint16_t machine, struct make_shared *n)
{
	static const char strings[] = "\0imported\0exported\0libneeded.so";
	static const uint32_t needed = 19, imported = 1, exported = 10;
	uint32_t relative = machine == 183 ? 1027 : machine == 40 ? 23 : 8;
	uint32_t slot = machine == 183 ? 1025 : machine == 40 ? 21 : 6;
	unsigned w = wide ? 8 : 4;
	bool addends = wide;

	make_elf_begin(f, wide, big, machine, 3);
	n->text = make_section(f, ".text", 1, 6, NULL, 64);
	n->first_va = make_section_va(f, n->text);
	n->second_va = n->first_va + 32;
	frames(f, n);
	n->dynstr = make_section(f, ".dynstr", 3, 2, strings, sizeof strings);
	n->dynsym = make_section(f, ".dynsym", 11, 2, NULL, 0);
	make_symbol(f, 0, 0, 0, 0, 0);
	make_symbol(f, imported, 0x12, 0, 0, 0);
	make_symbol(f, exported, 0x12, (uint16_t)n->text, n->second_va, 16);
	f->sections[n->dynsym].link = n->dynstr;
	f->sections[n->dynsym].entsize = wide ? 24 : 16;
	n->init = make_section(f, ".init_array", 14, 3, NULL, w);
	if (!addends)
		make_word(f, f->sections[n->init].off, n->first_va);
	n->got = make_section(f, ".got", 1, 3, NULL, w);
	n->slot_va = make_section_va(f, n->got);
	n->rela = make_section(f, addends ? ".rela.dyn" : ".rel.dyn", addends ? 4 : 9, 2, NULL, 0);
	make_relocation(f, addends, make_section_va(f, n->init), 0, relative, n->first_va);
	make_relocation(f, addends, n->slot_va, 1, slot, 0);
	f->sections[n->rela].link = n->dynsym;
	f->sections[n->rela].entsize = addends ? 3 * w : 2 * w;
	n->dynamic = make_section(f, ".dynamic", 6, 3, NULL, 0);
	f->sections[n->dynamic].link = n->dynstr;
	{
		const uint64_t tags[][2] = {
			{ 1, needed },
			{ 5, make_section_va(f, n->dynstr) },
			{ 10, sizeof strings },
			{ 6, make_section_va(f, n->dynsym) },
			{ 11, wide ? 24 : 16 },
			{ addends ? 7 : 17, make_section_va(f, n->rela) },
			{ addends ? 8 : 18, f->sections[n->rela].size },
			{ addends ? 9 : 19, f->sections[n->rela].entsize },
			{ 25, make_section_va(f, n->init) },
			{ 27, w },
			{ 0, 0 },
		};

		for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
			make_append(f, w, tags[i][0]);
			make_append(f, w, tags[i][1]);
		}
	}
	make_segment(f, 2, n->dynamic);
	make_segment(f, 0x6474e550, n->frames_header);
	make_elf_end(f);
}
