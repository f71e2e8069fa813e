/*
 * PE images: the headers, and the sections as the Windows loader would lay
 * them out. What the data directories say is read by the pe_*.c beside this.
 */
#include "exhibit/pe.h"
#include <string.h>

enum { PAGE = 0x1000, SECTOR = 0x200, SECTION_HEADER = 40, COFF_HEADER = 20 };
enum { CHARACTERISTIC_DLL = 0x2000, CHARACTERISTIC_RELOCS_STRIPPED = 1 };
enum { DLL_DYNAMIC_BASE = 0x40, DLL_NX_COMPAT = 0x100 };
enum { CLR_IL_ONLY = 1, CLR_IL_LIBRARY = 4 };

bool inq_pe_is(struct inq_bytes b)
{
	return inq_bytes_begin(b, "MZ", 2) || inq_coff_is(b);
}

enum inq_arch inq_pe_arch(uint16_t machine)
{
	switch (machine) {
	case INQ_PE_AMD64:
		return INQ_ARCH_X86_64;
	case INQ_PE_I386:
		return INQ_ARCH_X86_32;
	case INQ_PE_ARM64:
		return INQ_ARCH_A64;
	case INQ_PE_ARM:
	case INQ_PE_THUMB:
	case INQ_PE_ARMNT:
		return INQ_ARCH_ARM;
	case 0x162: /* R3000 */
	case INQ_PE_R4000:
	case 0x168: /* R10000 */
	case INQ_PE_WCEMIPSV2:
	case 0x366: /* with FPU */
		return INQ_ARCH_MIPS;
	default:
		return INQ_ARCH_NONE;
	}
}

/* Fields past the end of a short file read as zero, as the loader's zeroed page makes them. */
static uint16_t u16(struct inq_bytes b, uint64_t off)
{
	uint16_t value = 0;

	(void)!inq_bytes_u16(b, off, false, &value);
	return value;
}

static uint32_t u32(struct inq_bytes b, uint64_t off)
{
	uint32_t value = 0;

	(void)!inq_bytes_u32(b, off, false, &value);
	return value;
}

static uint64_t u64(struct inq_bytes b, uint64_t off)
{
	uint64_t value = 0;

	(void)!inq_bytes_u64(b, off, false, &value);
	return value;
}

struct inq_bytes inq_pe_at(const struct inq_pe *p, uint64_t rva)
{
	return inq_exhibit_at(p->x, p->base + rva);
}

const char *inq_pe_name(const struct inq_pe *p, uint64_t rva)
{
	return inq_draft_name(inq_pe_at(p, rva), 0);
}

uint64_t inq_pe_off(const struct inq_pe *p, struct inq_bytes part)
{
	uintptr_t begin = (uintptr_t)p->b.at, at = (uintptr_t)part.at;

	/* The sections of an object are copies, and lie nowhere. */
	return part.len && at >= begin && at - begin < p->b.len ? at - begin : 0;
}

bool inq_pe_is_code(const struct inq_pe *p, uint64_t rva)
{
	const struct inq_region *r = inq_exhibit_region(p->x, p->base + rva);

	return r && r->kind == INQ_REGION_CODE && p->base + rva - r->va < r->bytes.len;
}

void inq_pe_hint(struct inq_pe *p, uint64_t rva, uint64_t size, const char *name, enum inq_source source)
{
	if (p->x->machine == INQ_PE_ARMNT)
		rva |= 1;
	inq_draft_hint(p->d, p->base + rva, size, name, source);
}

bool inq_pe_directory(const struct inq_pe *p, unsigned index, const char *what, struct inq_bytes *ret)
{
	uint64_t field = p->h->optional_off + (p->plus ? 112 : 96) + 8 * index;
	struct inq_bytes at;
	uint32_t size;

	if (index >= p->h->directory_count || !p->h->directory[index].rva)
		return false;
	at = inq_pe_at(p, p->h->directory[index].rva);
	size = p->h->directory[index].size;
	if (!at.len) {
		inq_exhibit_note(p->x, p->d->a, field, "the %s lies outside the image, at rva 0x%x", what,
		        p->h->directory[index].rva);
		return false;
	}
	if (size > at.len) {
		inq_exhibit_note(p->x, p->d->a, field, "the %s of %u bytes runs past the end of its section",
		        what, size);
		size = (uint32_t)at.len;
	}
	*ret = (struct inq_bytes){ at.at, size };
	return true;
}

void inq_pe_strings(struct inq_pe *p, unsigned symbol_size)
{
	uint64_t off = p->symbol_off + (uint64_t)p->symbol_count * symbol_size;
	uint32_t size;

	if (!p->symbol_off || !inq_bytes_u32(p->b, off, false, &size) || size < 4)
		return;
	if (!inq_bytes_cut(p->b, off, size, &p->strings)) {
		inq_exhibit_note(p->x, p->d->a, off, "the string table of %u bytes runs past the end", size);
		p->strings = inq_bytes_from(p->b, off);
	}
	if (off + p->strings.len > p->claimed)
		p->claimed = off + p->strings.len;
}

/* "/123" stands for offset 123 of the string table ("Section Table"); images of MinGW use it too. */
static const char *section_name(const struct inq_pe *p, struct inq_bytes field)
{
	uint64_t off = 0;
	const char *name;
	size_t i;

	if (field.at[0] == '/' && p->strings.len) {
		for (i = 1; i < field.len && field.at[i] >= '0' && field.at[i] <= '9'; i++)
			off = off * 10 + (uint64_t)(field.at[i] - '0');
		if (i > 1 && (i == field.len || !field.at[i]) && off >= 4) {
			name = inq_draft_name(p->strings, off);
			if (name)
				return name;
		}
	}
	for (i = 0; i < field.len && field.at[i]; i++)
		;
	name = inq_arena_string(p->d->a, (struct inq_bytes){ field.at, i });
	return name ? name : "";
}

bool inq_pe_section(const struct inq_pe *p, uint32_t i, struct inq_pe_section *ret)
{
	struct inq_bytes s, name;

	if (!inq_bytes_cut(p->b, p->section_off + (uint64_t)i * SECTION_HEADER, SECTION_HEADER, &s))
		return false;
	name = (struct inq_bytes){ s.at, 8 };
	*ret = (struct inq_pe_section){
		.name = section_name(p, name),
		.virtual_size = u32(s, 8),
		.rva = u32(s, 12),
		.raw_size = u32(s, 16),
		.raw_off = u32(s, 20),
		.relocation_off = u32(s, 24),
		.relocation_count = u16(s, 32),
		.characteristics = u32(s, 36),
	};
	return true;
}

/* Reads the headers up to the section table. */
static enum inq_status headers(struct inq_pe *p, struct inq_error *err)
{
	struct inq_bytes b = p->b;
	struct inq_pe_headers *h = p->h;
	uint32_t nt, magic, count;
	uint16_t optional_size;
	uint64_t opt;

	if (!inq_bytes_u32(b, 0x3c, false, &nt))
		return inq_fail(err, INQ_TRUNCATED, b.len, "the DOS header runs past the end of the file");
	if (nt >= b.len || u16(b, nt) != 0x4550 || u16(b, (uint64_t)nt + 2) != 0)
		return inq_fail(err, INQ_UNRECOGNISED, 0x3c, "a DOS program without a PE header");
	opt = (uint64_t)nt + 4 + COFF_HEADER;
	if (b.len < opt + 2)
		return inq_fail(err, INQ_TRUNCATED, b.len, "the PE header runs past the end of the file");
	h->nt_off = nt;
	h->optional_off = opt;
	p->x->machine = u16(b, nt + 4u);
	p->x->arch = inq_pe_arch(p->x->machine);
	p->section_count = u16(b, nt + 6u);
	h->timestamp = u32(b, nt + 8u);
	p->symbol_off = u32(b, nt + 12u);
	p->symbol_count = u32(b, nt + 16u);
	optional_size = u16(b, nt + 20u);
	h->characteristics = u16(b, nt + 22u);
	magic = u16(b, opt);
	if (magic != 0x10b && magic != 0x20b)
		return inq_fail(err, INQ_UNRECOGNISED, opt,
		        "a PE file with an optional header of unknown kind 0x%x", magic);
	p->plus = magic == 0x20b;
	p->x->bits = p->plus ? 64 : 32;
	p->entry_rva = u32(b, opt + 16);
	p->stated_base = p->plus ? u64(b, opt + 24) : u32(b, opt + 28);
	p->section_alignment = u32(b, opt + 32);
	p->file_alignment = u32(b, opt + 36);
	p->image_size = u32(b, opt + 56);
	p->headers_size = u32(b, opt + 60);
	h->checksum = u32(b, opt + 64);
	h->subsystem = u16(b, opt + 68);
	h->dll_characteristics = u16(b, opt + 70);
	count = u32(b, opt + (p->plus ? 108 : 92));
	if (count > 16) {
		inq_exhibit_note(p->x, p->d->a, opt + (p->plus ? 108 : 92),
		        "the header counts %u data directories, the loader looks at 16", count);
		count = 16;
	}
	h->directory_count = count;
	for (uint32_t i = 0; i < count; i++) {
		h->directory[i].rva = u32(b, opt + (p->plus ? 112 : 96) + 8 * i);
		h->directory[i].size = u32(b, opt + (p->plus ? 112 : 96) + 8 * i + 4);
	}
	if (b.len < opt + (p->plus ? 112 : 96))
		inq_exhibit_note(p->x, p->d->a, b.len, "the optional header runs past the end of the file");
	p->section_off = opt + optional_size;
	p->claimed = p->section_off + (uint64_t)p->section_count * SECTION_HEADER;
	return INQ_OK;
}

/* The base, moved where the image would run past the last address: the loader would move it too. */
static void choose_base(struct inq_pe *p)
{
	uint64_t last = p->plus ? UINT64_MAX : UINT32_MAX;
	uint64_t room = p->plus ? (uint64_t)2 << 32 : p->image_size;

	p->base = p->stated_base;
	if (p->stated_base > last - room) {
		inq_exhibit_note(p->x, p->d->a, p->h->optional_off + (p->plus ? 24 : 28),
		        "at image base 0x%llx the image would run past the last address; read as if at "
		        "0x10000",
		        (unsigned long long)p->stated_base);
		p->base = 0x10000;
	}
}

static uint8_t access_of(uint32_t characteristics)
{
	return (uint8_t)((characteristics & INQ_PE_SECTION_READ ? INQ_READ : 0) |
	                 (characteristics & INQ_PE_SECTION_WRITE ? INQ_WRITE : 0) |
	                 (characteristics & INQ_PE_SECTION_EXECUTE ? INQ_EXECUTE : 0));
}

/*
 * How much of a section's raw data is in memory. Pages are mapped whole, so
 * raw data goes on past the virtual size to the end of its last page; zeros
 * there are only padding.
 */
static size_t mapped_length(struct inq_bytes raw, uint64_t virtual_size)
{
	uint64_t end = (virtual_size + PAGE - 1) / PAGE * PAGE;

	if (raw.len <= virtual_size)
		return raw.len;
	if (end > raw.len)
		end = raw.len;
	while (end > virtual_size && raw.at[end - 1] == 0)
		end--;
	return (size_t)end;
}

/* Lays out one section; `*next_rva` is where the one before it ended. */
static void lay_out(struct inq_pe *p, uint32_t i, const struct inq_pe_section *s, uint64_t *next_rva)
{
	uint64_t header = p->section_off + (uint64_t)i * SECTION_HEADER;
	bool flat = p->section_alignment < PAGE;
	uint64_t size = s->virtual_size ? s->virtual_size : s->raw_size;
	/* Outside flat images the loader reads whole sectors: the offset is rounded down. */
	uint64_t off = flat ? s->raw_off : s->raw_off & ~(uint64_t)(SECTOR - 1);
	struct inq_bytes raw = { NULL, 0 };
	struct inq_region region = { .va = p->base + s->rva, .access = access_of(s->characteristics) };
	bool has_entry = p->entry_rva && p->entry_rva >= s->rva && p->entry_rva - s->rva < size;

	if (s->raw_size && s->raw_off) {
		raw = inq_bytes_from(p->b, off);
		if (raw.len < s->raw_size)
			inq_exhibit_note(p->x, p->d->a, header + 16,
			        "section %s states 0x%x bytes at 0x%x, past the end of the file", s->name,
			        s->raw_size, s->raw_off);
		else
			raw.len = s->raw_size;
		if ((uint64_t)s->raw_off + s->raw_size > p->claimed)
			p->claimed = (uint64_t)s->raw_off + s->raw_size;
	}
	if (s->rva % (flat ? 1 : PAGE))
		inq_exhibit_note(p->x, p->d->a, header + 12, "section %s begins within a page, at rva 0x%x",
		        s->name, s->rva);
	if (s->rva < *next_rva)
		inq_exhibit_note(p->x, p->d->a, header + 12,
		        "section %s overlaps the section before it, or is out of order", s->name);
	*next_rva = s->rva + size;
	region.size = size;
	region.bytes = (struct inq_bytes){ raw.at, mapped_length(raw, size) };
	if (region.bytes.len > region.size) {
		if (region.access & INQ_EXECUTE)
			inq_exhibit_note(p->x, p->d->a, inq_pe_off(p, region.bytes) + size,
			        "section %s has bytes behind its virtual size of 0x%llx that are mapped too",
			        s->name, (unsigned long long)size);
		region.size = region.bytes.len;
	}
	/* Without NX_COMPAT a 32-bit process may run what is only readable. */
	if (has_entry && !(region.access & INQ_EXECUTE)) {
		inq_exhibit_note(p->x, p->d->a, header + 36,
		        "the entry point lies in section %s, which is not executable", s->name);
		if (!p->plus && !(p->h->dll_characteristics & DLL_NX_COMPAT))
			region.access |= INQ_EXECUTE;
	}
	region.kind = region.access & INQ_EXECUTE ? INQ_REGION_CODE : INQ_REGION_DATA;
	inq_draft_region(p->d, &region);
	inq_draft_section(p->d, &(struct inq_section){
	                                .name = s->name,
	                                .va = p->base + s->rva,
	                                .size = size,
	                                .off = s->raw_size ? s->raw_off : 0,
	                                .file_size = inq_bytes_from(p->b, s->raw_off).len < s->raw_size
	                                                     ? inq_bytes_from(p->b, s->raw_off).len
	                                                     : s->raw_size,
	                                .access = access_of(s->characteristics),
	                        });
}

static void sections(struct inq_pe *p)
{
	struct inq_pe_section s;
	struct inq_region header = { .va = p->base, .access = INQ_READ };
	uint64_t next_rva = 0;
	uint32_t i;

	for (i = 0; i < p->section_count && !p->d->full; i++) {
		if (!inq_pe_section(p, i, &s)) {
			inq_exhibit_note(p->x, p->d->a, p->h->nt_off + 6,
			        "the header counts %u sections, the file ends after %u", p->section_count, i);
			break;
		}
		lay_out(p, i, &s, &next_rva);
	}
	/* Flat images are mapped as the file stands; of others the headers are. */
	header.size = p->section_alignment < PAGE ? p->image_size : p->headers_size;
	header.bytes = p->b;
	if (header.bytes.len > header.size)
		header.bytes.len = (size_t)header.size;
	if (p->entry_rva && p->entry_rva < header.bytes.len) {
		header.kind = INQ_REGION_CODE;
		header.access |= INQ_EXECUTE;
	}
	inq_draft_fill(p->d, &header);
	if (header.bytes.len > p->claimed)
		p->claimed = header.bytes.len;
	inq_draft_settle(p->d);
}

/* What managed images hold in executable sections is CIL, not code of the machine. */
static void managed(struct inq_pe *p)
{
	struct inq_bytes clr;
	uint32_t flags;

	if (!inq_pe_directory(p, INQ_PE_CLR, "CLR header", &clr) || !inq_bytes_u32(clr, 16, false, &flags))
		return;
	if (!(flags & CLR_IL_ONLY) || flags & CLR_IL_LIBRARY)
		return;
	for (size_t i = 0; i < p->x->region_count; i++)
		p->x->regions[i].kind = INQ_REGION_DATA;
}

static void entry(struct inq_pe *p)
{
	if (!p->entry_rva)
		return;
	p->x->entry_va = p->base + p->entry_rva;
	if (inq_pe_is_code(p, p->entry_rva))
		inq_pe_hint(p, p->entry_rva, 0, NULL, INQ_SOURCE_ENTRY);
	else if (!inq_pe_at(p, p->entry_rva).len)
		inq_exhibit_note(p->x, p->d->a, p->h->optional_off + 16,
		        "the entry point lies outside the image, at rva 0x%x", p->entry_rva);
}

/* Debug data need not lie in a section: where it does not, its entry claims bytes of the file. */
static void claim_debug(struct inq_pe *p)
{
	struct inq_bytes debug;
	uint64_t off, size;

	if (!inq_pe_directory(p, INQ_PE_DEBUG, "debug directory", &debug))
		return;
	for (size_t i = 0; i < debug.len / 28 && i < 64; i++) {
		size = u32(debug, 28 * i + 16);
		off = u32(debug, 28 * i + 24);
		if (off && off + size > p->claimed && off + size <= p->b.len)
			p->claimed = off + size;
	}
}

/*
 * What lies behind all that the headers claim. The certificate table is
 * claimed; it mostly stands last, and an overlay then lies before it.
 */
static void overlay(struct inq_pe *p)
{
	uint64_t end = p->claimed < p->b.len ? p->claimed : p->b.len, stop = p->b.len;
	uint64_t certificate = 0, certificate_end = 0;

	if (p->h->directory_count > INQ_PE_CERTIFICATE && p->h->directory[INQ_PE_CERTIFICATE].size) {
		certificate = p->h->directory[INQ_PE_CERTIFICATE].rva;
		certificate_end = certificate + p->h->directory[INQ_PE_CERTIFICATE].size;
		if (certificate_end > p->b.len) {
			inq_exhibit_note(p->x, p->d->a,
			        p->h->optional_off + (p->plus ? 112 : 96) + 8 * INQ_PE_CERTIFICATE,
			        "the certificate table runs past the end of the file");
			certificate_end = p->b.len;
		}
	}
	if (certificate_end > end && certificate < stop) {
		if (certificate > end + 7) {
			if (certificate_end + 7 < stop)
				inq_exhibit_note(p->x, p->d->a, certificate_end,
				        "0x%llx bytes follow the certificate table, and others precede it",
				        (unsigned long long)(stop - certificate_end));
			stop = certificate;
		} else {
			end = certificate_end;
		}
	}
	while (end < stop && p->b.at[end] == 0 && end % SECTOR)
		end++;
	if (end < stop) {
		p->x->overlay_off = end;
		p->x->overlay_len = stop - end;
	}
}

enum inq_status inq_pe_read(
        struct inq_bytes b, struct inq_arena *a, struct inq_exhibit *x, struct inq_error *err)
{
	struct inq_draft draft;
	struct inq_pe p = { .b = b, .x = x, .d = &draft };
	enum inq_status status;

	if (!inq_bytes_begin(b, "MZ", 2))
		return inq_coff_read(b, a, x, err);
	inq_draft_begin(&draft, x, a);
	p.h = inq_arena_new(a, 1, sizeof *p.h);
	if (!p.h)
		return inq_fail(err, INQ_NO_MEMORY, 0, "the arena's limit is reached");
	status = headers(&p, err);
	if (status)
		return status;
	x->format = INQ_FORMAT_PE;
	x->pe = p.h;
	x->kind = p.h->characteristics & CHARACTERISTIC_DLL ? INQ_KIND_SHARED : INQ_KIND_EXECUTABLE;
	x->position_independent = p.h->dll_characteristics & DLL_DYNAMIC_BASE &&
	                          !(p.h->characteristics & CHARACTERISTIC_RELOCS_STRIPPED);
	choose_base(&p);
	x->base_va = p.base;
	inq_pe_strings(&p, 18);
	sections(&p);
	managed(&p);
	entry(&p);
	if (x->arch == INQ_ARCH_MIPS && p.h->directory_count > INQ_PE_GLOBAL_POINTER &&
	        p.h->directory[INQ_PE_GLOBAL_POINTER].rva)
		x->gp_va = p.base + p.h->directory[INQ_PE_GLOBAL_POINTER].rva;
	inq_pe_imports(&p);
	inq_pe_delay_imports(&p);
	inq_pe_exports(&p);
	inq_pe_unwind(&p);
	inq_pe_tls(&p);
	inq_pe_load_config(&p);
	inq_pe_relocations(&p);
	inq_pe_symbols(&p);
	claim_debug(&p);
	overlay(&p);
	return inq_draft_finish(&draft, err);
}
