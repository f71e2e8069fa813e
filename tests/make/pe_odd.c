/* Odd PE files: each is a good image with one thing broken. */
#include "pe.h"
#include <inquiry/status.h>
#include <string.h>

enum { AMD64 = 0x8664, I386 = 0x14c };

static void good(struct make_pe *f)
{
	make_pe_image(f, AMD64, true);
}

static void dos_header_cut(struct make_pe *f)
{
	good(f);
	f->len = 0x3e;
}

static void nt_past_end(struct make_pe *f)
{
	good(f);
	make_pe_put_at(f, 0x3c, 4, 0xfffffff0);
}

static void header_cut(struct make_pe *f)
{
	good(f);
	f->len = MAKE_PE_NT + 20;
}

static void optional_unknown(struct make_pe *f)
{
	good(f);
	make_pe_put_at(f, make_pe_optional(f, 0), 2, 0x107);
}

static void optional_cut(struct make_pe *f)
{
	good(f);
	f->len = make_pe_optional(f, 100);
}

static void sections_past_end(struct make_pe *f)
{
	good(f);
	make_pe_put_at(f, MAKE_PE_NT + 6, 2, 0xffff);
}

static void section_past_end(struct make_pe *f)
{
	good(f);
	make_pe_put_at(f, make_pe_section_at(f, 4, 16), 4, 0x7fffffff);
}

static void sections_overlap(struct make_pe *f)
{
	good(f);
	make_pe_put_at(f, make_pe_section_at(f, 2, 12), 4, 0x1000);
}

static void section_of_four_gigabytes(struct make_pe *f)
{
	make_pe_image(f, I386, false);
	make_pe_put_at(f, make_pe_section_at(f, 4, 8), 4, 0xffffffff);
}

static void base_at_the_end(struct make_pe *f)
{
	good(f);
	make_pe_put_at(f, make_pe_optional(f, 24), 8, UINT64_MAX - 0xfff);
}

static void too_many_directories(struct make_pe *f)
{
	good(f);
	make_pe_put_at(f, make_pe_optional(f, 108), 4, 0xffffffff);
}

static void directory_outside(struct make_pe *f)
{
	good(f);
	make_pe_directory(f, 1, 0xdeadb000, 60);
}

static void directory_too_long(struct make_pe *f)
{
	good(f);
	make_pe_directory(f, 3, MAKE_PE_UNWIND, 0xfffffff0);
}

/* Every descriptor is the first one again, so that they only end with the section. */
static void imports_without_end(struct make_pe *f)
{
	good(f);
	for (uint32_t rva = MAKE_PE_IMPORTS; rva + 20 <= 0x2800; rva += 20) {
		make_pe_put(f, rva, 4, 0x1000);
		make_pe_put(f, rva + 12, 4, 0x2190);
		make_pe_put(f, rva + 16, 4, 0x1000);
	}
}

static void import_name_outside(struct make_pe *f)
{
	good(f);
	make_pe_put(f, 0x2080, 8, 0x7ffffff0);
}

static void exports_forged(struct make_pe *f)
{
	good(f);
	make_pe_put(f, MAKE_PE_EXPORTS + 20, 4, 0xffffffff);
	make_pe_put(f, MAKE_PE_EXPORTS + 24, 4, 0xffffffff);
}

static void unwind_backwards(struct make_pe *f)
{
	good(f);
	make_pe_put(f, MAKE_PE_UNWIND + 4, 4, MAKE_PE_FIRST - 8);
}

static void callbacks_outside(struct make_pe *f)
{
	good(f);
	make_pe_put(f, MAKE_PE_TLS + 24, 8, 0x10);
}

static void callbacks_in_data(struct make_pe *f)
{
	good(f);
	make_pe_put(f, 0x2440, 8, f->base + MAKE_PE_POINTER);
}

static void guard_forged(struct make_pe *f)
{
	good(f);
	make_pe_put(f, MAKE_PE_CONFIG + 136, 8, UINT64_MAX / 4);
}

static void relocation_block_empty(struct make_pe *f)
{
	good(f);
	make_pe_put(f, MAKE_PE_RELOCATIONS + 4, 4, 0);
}

static void relocation_outside(struct make_pe *f)
{
	good(f);
	make_pe_put(f, MAKE_PE_RELOCATIONS, 4, 0x7fff0000);
}

static void entry_outside(struct make_pe *f)
{
	good(f);
	make_pe_put_at(f, make_pe_optional(f, 16), 4, 0x7fffffff);
}

static void entry_in_data(struct make_pe *f)
{
	good(f);
	make_pe_put_at(f, make_pe_optional(f, 16), 4, MAKE_PE_POINTER);
}

static void code_behind_virtual_size(struct make_pe *f)
{
	good(f);
	make_pe_put_at(f, make_pe_section_at(f, 0, 8), 4, 0x40);
}

static void symbols_past_end(struct make_pe *f)
{
	good(f);
	make_pe_put_at(f, MAKE_PE_NT + 12, 4, 0x400);
	make_pe_put_at(f, MAKE_PE_NT + 16, 4, 0xffffffff);
}

static void certificate_past_end(struct make_pe *f)
{
	good(f);
	make_pe_put_at(f, make_pe_directory_at(f, 4) + 4, 4, 0x7fffffff);
}

static void object_relocations_forged(struct make_pe *f)
{
	make_coff(f, AMD64);
	make_pe_put_at(f, 52, 2, 0xffff);
}

static void object_relocation_outside(struct make_pe *f)
{
	make_coff(f, AMD64);
	make_pe_put_at(f, 0x80, 4, 7);
}

static void object_sections_share(struct make_pe *f)
{
	make_coff(f, AMD64);
	make_pe_put_at(f, 36, 4, 0xc0);
	make_pe_put_at(f, 40, 4, 8);
	make_pe_put_at(f, 76, 4, 0xc0);
	make_pe_put_at(f, 80, 4, 8);
}

const struct make_odd_pe make_odd_pes[] = {
	{ "dos_header_cut", dos_header_cut, INQ_TRUNCATED, NULL },
	{ "nt_past_end", nt_past_end, INQ_UNRECOGNISED, NULL },
	{ "header_cut", header_cut, INQ_TRUNCATED, NULL },
	{ "optional_unknown", optional_unknown, INQ_UNRECOGNISED, NULL },
	{ "optional_cut", optional_cut, 0, "the optional header runs past the end" },
	{ "sections_past_end", sections_past_end, 0, "the header counts 65535 sections" },
	{ "section_past_end", section_past_end, 0, "past the end of the file" },
	{ "sections_overlap", sections_overlap, 0, "overlaps the section before it" },
	{ "section_of_four_gigabytes", section_of_four_gigabytes, 0, "wraps around the last address" },
	{ "base_at_the_end", base_at_the_end, 0, "would run past the last address" },
	{ "too_many_directories", too_many_directories, 0, "data directories" },
	{ "directory_outside", directory_outside, 0, "the import directory lies outside the image" },
	{ "directory_too_long", directory_too_long, 0, "runs past the end of its section" },
	{ "imports_without_end", imports_without_end, 0, "no readable name" },
	{ "import_name_outside", import_name_outside, 0, "no readable name" },
	{ "exports_forged", exports_forged, 0, "more than there is room for" },
	{ "unwind_backwards", unwind_backwards, 0, "does not describe code" },
	{ "callbacks_outside", callbacks_outside, 0, "TLS callbacks lies outside the image" },
	{ "callbacks_in_data", callbacks_in_data, 0, "TLS callback 0 is not in code" },
	{ "guard_forged", guard_forged, 0, "guard table of functions counts" },
	{ "relocation_block_empty", relocation_block_empty, 0, "a block of base relocations states 0 bytes" },
	{ "relocation_outside", relocation_outside, 0, "a base relocation lies outside the image" },
	{ "entry_outside", entry_outside, 0, "the entry point lies outside the image" },
	{ "entry_in_data", entry_in_data, 0, "which is not executable" },
	{ "code_behind_virtual_size", code_behind_virtual_size, 0, "behind its virtual size" },
	{ "symbols_past_end", symbols_past_end, 0, "the symbol table runs past the end" },
	{ "certificate_past_end", certificate_past_end, 0, "the certificate table runs past the end" },
	{ "object_relocations_forged", object_relocations_forged, 0, "more than there is room for" },
	{ "object_relocation_outside", object_relocation_outside, 0, "a relocation lies outside section" },
	{ "object_sections_share", object_sections_share, 0, "shares its bytes with others" },
};
const size_t make_odd_pe_count = sizeof make_odd_pes / sizeof *make_odd_pes;
