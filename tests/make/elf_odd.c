#include "elf.h"
#include <inquiry/status.h>
#include <string.h>

/*
 * What is broken in each file is the one statement after make_shared. The
 * offsets are those of the 64-bit ELF header: 40 e_shoff, 54 e_phentsize, 56
 * e_phnum, 58 e_shentsize, 60 e_shnum, 62 e_shstrndx; in a section header 0
 * sh_name, 8 sh_flags, 16 sh_addr, 24 sh_offset, 32 sh_size, 40 sh_link.
 */

static struct make_shared good(struct make_elf *f)
{
	struct make_shared n;

	make_shared(f, true, false, 62, &n);
	return n;
}

static void class_unknown(struct make_elf *f)
{
	good(f);
	f->bytes[4] = 3;
}

static void order_unknown(struct make_elf *f)
{
	good(f);
	f->bytes[5] = 0;
}

static void header_cut(struct make_elf *f)
{
	good(f);
	f->len = 63;
}

static void magic_alone(struct make_elf *f)
{
	good(f);
	f->len = 4;
}

static void sections_past_end(struct make_elf *f)
{
	good(f);
	make_put(f, 60, 2, 0xfeff);
}

static void sections_off_wild(struct make_elf *f)
{
	good(f);
	make_put(f, 40, 8, UINT64_MAX - 8);
}

static void sections_but_no_headers(struct make_elf *f)
{
	good(f);
	make_put(f, 40, 8, 0);
}

static void section_entries_small(struct make_elf *f)
{
	good(f);
	make_put(f, 58, 2, 1);
}

static void section_entries_zero(struct make_elf *f)
{
	good(f);
	make_put(f, 58, 2, 0);
}

static void section_entries_odd(struct make_elf *f)
{
	good(f);
	make_put(f, 58, 2, 67);
}

static void names_past_last(struct make_elf *f)
{
	good(f);
	make_put(f, 62, 2, 0x1234);
}

static void name_past_table(struct make_elf *f)
{
	struct make_shared n = good(f);

	make_put(f, make_section_header(f, n.text), 4, 0x7fffffff);
}

/* gABI: the count stands in the first section where e_shnum is 0. */
static void extended_count_wild(struct make_elf *f)
{
	good(f);
	make_put(f, 60, 2, 0);
	make_put(f, f->sections_off + 32, 8, UINT64_MAX);
}

static void section_past_end(struct make_elf *f)
{
	struct make_shared n = good(f);

	make_put(f, make_section_header(f, n.frames) + 32, 8, 0x7fffffffffffffff);
}

static void section_elsewhere(struct make_elf *f)
{
	struct make_shared n = good(f);

	make_put(f, make_section_header(f, n.text) + 16, 8, 0xdead0000);
}

static void sections_overlap(struct make_elf *f)
{
	struct make_shared n = good(f);
	const struct make_section *text = &f->sections[n.text];

	make_put(f, make_section_header(f, n.got) + 16, 8, text->va + 8);
	make_put(f, make_section_header(f, n.got) + 24, 8, text->off + 8);
}

static void segment_wraps(struct make_elf *f)
{
	good(f);
	make_put(f, f->segments_off + 16, 8, UINT64_MAX - 16);
}

static void segments_past_end(struct make_elf *f)
{
	good(f);
	make_put(f, 56, 2, 0xfff0);
}

static void segment_entries_zero(struct make_elf *f)
{
	good(f);
	make_put(f, 54, 2, 0);
}

static void entry_elsewhere(struct make_elf *f)
{
	good(f);
	make_put(f, 24, 8, 0x123456789abc);
}

static void frame_past_end(struct make_elf *f)
{
	struct make_shared n = good(f);

	make_put(f, n.frames_off, 4, 0x10000);
}

/* Its CIE pointer leads to the FDE itself. */
static void frame_names_itself(struct make_elf *f)
{
	struct make_shared n = good(f);

	make_put(f, n.frames_off + 20 + 4, 4, 4);
}

static void frame_names_before(struct make_elf *f)
{
	struct make_shared n = good(f);

	make_put(f, n.frames_off + 20 + 4, 4, 0xfffffff0);
}

static void encoding_unknown(struct make_elf *f)
{
	struct make_shared n = good(f);

	make_put(f, n.frames_off + 16, 1, 0x1d);
}

static void needed_past_table(struct make_elf *f)
{
	struct make_shared n = good(f);

	make_put(f, f->sections[n.dynamic].off + 8, 8, 0x10000);
}

static void import_past_table(struct make_elf *f)
{
	struct make_shared n = good(f);

	make_put(f, f->sections[n.dynsym].off + 24, 4, 0x10000);
}

static void export_past_table(struct make_elf *f)
{
	struct make_shared n = good(f);

	make_put(f, f->sections[n.dynsym].off + 48, 4, 0x10000);
}

static void strings_elsewhere(struct make_elf *f)
{
	struct make_shared n = good(f);

	make_put(f, f->sections[n.dynamic].off + 24, 8, 0x7fff0000);
}

static void symbol_past_table(struct make_elf *f)
{
	struct make_shared n = good(f);

	make_put(f, f->sections[n.rela].off + 24 + 12, 4, 0x00ffffff);
}

static void relocations_past_end(struct make_elf *f)
{
	struct make_shared n = good(f);

	make_put(f, f->sections[n.dynamic].off + 6 * 16 + 8, 8, 0x7fffffff);
}

static void object_relocation_wild(struct make_elf *f)
{
	unsigned text, symbols, names;

	make_elf_begin(f, true, false, 62, 1);
	text = make_section(f, ".text", 1, 6, NULL, 16);
	names = make_section(f, ".strtab", 3, 0, "\0f", 3);
	symbols = make_section(f, ".symtab", 2, 0, NULL, 0);
	make_symbol(f, 0, 0, 0, 0, 0);
	make_symbol(f, 1, 0x12, 0, 0, 0);
	f->sections[symbols].link = names;
	f->sections[symbols].entsize = 24;
	make_section(f, ".rela.text", 4, 0, NULL, 0);
	make_relocation(f, true, 14, 1, 4, 0); /* its four bytes end past the section */
	make_relocation(f, true, 0, 99, 4, 0);
	make_relocation(f, true, UINT64_MAX, 1, 4, 0);
	f->sections[f->section_count - 1].link = symbols;
	f->sections[f->section_count - 1].info = text;
	make_elf_end(f);
}

static void object_kind_unknown(struct make_elf *f)
{
	object_relocation_wild(f);
	make_put(f, f->sections[4].off + 8, 4, 0xffff);
}

static void object_section_huge(struct make_elf *f)
{
	make_elf_begin(f, true, false, 62, 1);
	make_section(f, ".bss", 8, 3, NULL, 0);
	make_section(f, ".text", 1, 6, NULL, 16);
	make_elf_end(f);
	make_put(f, make_section_header(f, 1) + 32, 8, UINT64_MAX - 3);
}

static void object_alignment_odd(struct make_elf *f)
{
	make_elf_begin(f, true, false, 62, 1);
	make_section(f, ".text", 1, 6, NULL, 16);
	make_elf_end(f);
	make_put(f, make_section_header(f, 1) + 48, 8, 24);
}

/* Many sections that all name the whole file. */
static void object_sections_shared(struct make_elf *f)
{
	make_elf_begin(f, true, false, 62, 1);
	for (unsigned i = 0; i < 20; i++)
		make_section(f, "x", 1, 6, NULL, 16);
	make_elf_end(f);
	for (unsigned i = 1; i <= 20; i++) {
		make_put(f, make_section_header(f, i) + 24, 8, 0);
		make_put(f, make_section_header(f, i) + 32, 8, f->len);
	}
}

/* Many relocation sections that all name the whole file. */
static void object_tables_shared(struct make_elf *f)
{
	unsigned text, names, symbols;

	make_elf_begin(f, true, false, 62, 1);
	text = make_section(f, ".text", 1, 6, NULL, 16);
	names = make_section(f, ".strtab", 3, 0, "\0f", 3);
	symbols = make_section(f, ".symtab", 2, 0, NULL, 0);
	make_symbol(f, 0, 0, 0, 0, 0);
	f->sections[symbols].link = names;
	f->sections[symbols].entsize = 24;
	for (unsigned i = 0; i < 16; i++) {
		make_section(f, "r", 4, 0, NULL, 0);
		f->sections[f->section_count - 1].link = symbols;
		f->sections[f->section_count - 1].info = text;
	}
	make_elf_end(f);
	for (unsigned i = symbols + 1; i <= symbols + 16; i++) {
		make_put(f, make_section_header(f, i) + 24, 8, 0);
		make_put(f, make_section_header(f, i) + 32, 8, f->len);
	}
}

const struct make_odd_elf make_odd_elves[] = {
	{ "class_unknown", class_unknown, INQ_UNREADABLE, "neither 32-bit nor 64-bit" },
	{ "order_unknown", order_unknown, INQ_UNREADABLE, "neither little nor big" },
	{ "header_cut", header_cut, INQ_TRUNCATED, "header runs past the end" },
	{ "magic_alone", magic_alone, INQ_TRUNCATED, "header runs past the end" },
	{ "sections_past_end", sections_past_end, INQ_OK, "section header table runs past the end" },
	{ "sections_off_wild", sections_off_wild, INQ_OK, "section header table runs past the end" },
	{ "sections_but_no_headers", sections_but_no_headers, INQ_OK, "but no section headers" },
	{ "section_entries_small", section_entries_small, INQ_OK,
	        "section header table are 1 bytes, too few" },
	{ "section_entries_zero", section_entries_zero, INQ_OK, "section header table are 0 bytes, too few" },
	{ "section_entries_odd", section_entries_odd, INQ_OK, "section header table are 67 bytes, not 64" },
	{ "names_past_last", names_past_last, INQ_OK, "past the last section" },
	{ "name_past_table", name_past_table, INQ_OK, "is not in the table of names" },
	{ "extended_count_wild", extended_count_wild, INQ_OK, "section header table runs past the end" },
	{ "section_past_end", section_past_end, INQ_OK, "a section runs past the end" },
	{ "section_elsewhere", section_elsewhere, INQ_OK, "is not where a segment would load it" },
	{ "sections_overlap", sections_overlap, INQ_OK, "overlaps the one at" },
	{ "segment_wraps", segment_wraps, INQ_OK, "wraps around the last address" },
	{ "segments_past_end", segments_past_end, INQ_OK, "program header table runs past the end" },
	{ "segment_entries_zero", segment_entries_zero, INQ_OK, "program header table are 0 bytes" },
	{ "entry_elsewhere", entry_elsewhere, INQ_OK, "is not in the file" },
	{ "frame_past_end", frame_past_end, INQ_OK, "runs past the end of .eh_frame" },
	{ "frame_names_itself", frame_names_itself, INQ_OK, "1 unwind records cannot be read" },
	{ "frame_names_before", frame_names_before, INQ_OK, "1 unwind records cannot be read" },
	{ "encoding_unknown", encoding_unknown, INQ_OK, "2 unwind records cannot be read" },
	{ "needed_past_table", needed_past_table, INQ_OK, "needed library is not in the string table" },
	{ "import_past_table", import_past_table, INQ_OK, "name of an import is not in the string table" },
	{ "export_past_table", export_past_table, INQ_OK, "name of an export is not in the string table" },
	{ "strings_elsewhere", strings_elsewhere, INQ_OK,
	        "names of the dynamic section are not in the file" },
	{ "symbol_past_table", symbol_past_table, INQ_OK, "1 relocations name no symbol" },
	{ "relocations_past_end", relocations_past_end, INQ_OK, "are not whole" },
	{ "object_relocation_wild", object_relocation_wild, INQ_OK, "3 relocations name no symbol" },
	{ "object_kind_unknown", object_kind_unknown, INQ_OK, "kinds this build does not know" },
	{ "object_section_huge", object_section_huge, INQ_OK, "too large to be laid out" },
	{ "object_alignment_odd", object_alignment_odd, INQ_OK, "no power of two" },
	{ "object_sections_shared", object_sections_shared, INQ_OK, "shares its bytes with others" },
	{ "object_tables_shared", object_tables_shared, INQ_OK, "together far longer than the file" },
};
const size_t make_odd_elf_count = sizeof make_odd_elves / sizeof *make_odd_elves;
