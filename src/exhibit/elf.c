#include "exhibit/elf.h"
#include <stdarg.h>
#include <string.h>

enum { PN_XNUM = 0xffff };

bool elf_u16(const struct elf *e, struct inq_bytes b, uint64_t off, uint16_t *ret)
{
	return inq_bytes_u16(b, off, e->big, ret);
}

bool elf_u32(const struct elf *e, struct inq_bytes b, uint64_t off, uint32_t *ret)
{
	return inq_bytes_u32(b, off, e->big, ret);
}

bool elf_u64(const struct elf *e, struct inq_bytes b, uint64_t off, uint64_t *ret)
{
	return inq_bytes_u64(b, off, e->big, ret);
}

bool elf_word(const struct elf *e, struct inq_bytes b, uint64_t off, uint64_t *ret)
{
	uint32_t narrow;

	if (e->wide)
		return inq_bytes_u64(b, off, e->big, ret);
	if (!inq_bytes_u32(b, off, e->big, &narrow))
		return false;
	*ret = narrow;
	return true;
}

uint64_t elf_word_size(const struct elf *e)
{
	return e->wide ? 8 : 4;
}

void elf_note(struct elf *e, uint64_t off, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	inq_exhibit_notev(e->x, e->d.a, off, fmt, args);
	va_end(args);
}

bool elf_spend(struct elf *e, uint64_t off, uint64_t len)
{
	if (len > e->budget) {
		elf_note(e, off, "the tables are together far longer than the file; the rest are not read");
		return false;
	}
	e->budget -= len;
	return true;
}

uint64_t elf_off(const struct elf *e, struct inq_bytes b)
{
	uintptr_t begin = (uintptr_t)e->b.at, at = (uintptr_t)b.at;

	return b.len && at >= begin && at - begin < e->b.len ? at - begin : 0;
}

struct inq_bytes elf_at(const struct elf *e, uint64_t va)
{
	size_t low = 0, high = e->load_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (e->loads[middle].va <= va)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return inq_exhibit_at(e->x, va);
	return inq_bytes_from(e->loads[low - 1].bytes, va - e->loads[low - 1].va);
}

bool inq_elf_is(struct inq_bytes b)
{
	return inq_bytes_begin(b, "\177ELF", 4);
}

/* What of [off, off + len) lies in the file. */
static struct inq_bytes present(
        struct elf *e, uint64_t off, uint64_t len, uint64_t header_off, const char *what)
{
	struct inq_bytes b = inq_bytes_from(e->b, off);

	if (!len)
		return (struct inq_bytes){ NULL, 0 };
	if (len > b.len)
		elf_note(e, header_off, "%s runs past the end of the file", what);
	else
		b.len = (size_t)len;
	if (b.len && off + b.len > e->claimed_end)
		e->claimed_end = off + b.len;
	return b;
}

/*
 * The bytes of a table of `count` entries, and in `*count` how many of them
 * are there. Entries larger than this build knows are stepped over whole.
 */
static struct inq_bytes header_table(struct elf *e, uint64_t off, uint64_t entsize, uint64_t least,
        uint64_t header_off, const char *what, uint64_t *count)
{
	struct inq_bytes table = { NULL, 0 };

	if (entsize < least) {
		elf_note(e, header_off, "entries of the %s table are %llu bytes, too few", what,
		        (unsigned long long)entsize);
		*count = 0;
		return table;
	}
	if (entsize != least)
		elf_note(e, header_off, "entries of the %s table are %llu bytes, not %llu", what,
		        (unsigned long long)entsize, (unsigned long long)least);
	table = inq_bytes_from(e->b, off);
	if (*count > table.len / entsize) {
		elf_note(e, header_off,
		        "the %s table runs past the end of the file: %llu of %llu entries are there", what,
		        (unsigned long long)(table.len / entsize), (unsigned long long)*count);
		*count = table.len / entsize;
	}
	table.len = (size_t)(*count * entsize);
	if (table.len && off + table.len > e->claimed_end)
		e->claimed_end = off + table.len;
	return table;
}

static bool section_read(const struct elf *e, struct inq_bytes b, uint64_t off, struct elf_section *s)
{
	uint64_t w = elf_word_size(e);

	return elf_u32(e, b, off, &s->name_off) && elf_u32(e, b, off + 4, &s->type) &&
	       elf_word(e, b, off + 8, &s->flags) && elf_word(e, b, off + 8 + w, &s->va) &&
	       elf_word(e, b, off + 8 + 2 * w, &s->off) && elf_word(e, b, off + 8 + 3 * w, &s->size) &&
	       elf_u32(e, b, off + 8 + 4 * w, &s->link) && elf_u32(e, b, off + 12 + 4 * w, &s->info) &&
	       elf_word(e, b, off + 16 + 4 * w, &s->align) && elf_word(e, b, off + 16 + 5 * w, &s->entsize);
}

struct header {
	uint64_t entry_va, segments_off, sections_off;
	uint32_t flags;
	uint16_t segment_size, segment_count, section_size, section_count, names_index;
	uint64_t counts_off; /* where e_phentsize and what follows stand */
};

static void sections_name(struct elf *e, const struct header *h, uint64_t names_index)
{
	struct inq_bytes names = { NULL, 0 };

	if (!e->section_count)
		return;
	if (names_index >= e->section_count)
		elf_note(e, h->counts_off + 8, "the section of section names, %llu, is past the last section",
		        (unsigned long long)names_index);
	else if (names_index)
		names = e->sections[names_index].bytes;
	for (size_t i = 0; i < e->section_count; i++) {
		struct elf_section *s = &e->sections[i];

		s->name = inq_draft_name(names, s->name_off);
		if (!s->name && names.len)
			elf_note(e, s->header_off, "the name of section %zu is not in the table of names", i);
		if (!s->name)
			s->name = "";
	}
}

static void sections_read(struct elf *e, const struct header *h)
{
	uint64_t least = e->wide ? 64 : 40, count = h->section_count, names_index = h->names_index;
	struct elf_section first = { 0 };
	struct inq_bytes table;

	if (!h->sections_off) {
		if (h->section_count)
			elf_note(
			        e, h->counts_off + 6, "%u sections but no section headers", h->section_count);
		return;
	}
	/* gABI, "Sections": numbers of 0xff00 and more stand in the first section's header. */
	if (h->section_size >= least && section_read(e, e->b, h->sections_off, &first)) {
		if (!count)
			count = first.size;
		if (names_index == SHN_XINDEX)
			names_index = first.link;
	}
	table = header_table(
	        e, h->sections_off, h->section_size, least, h->counts_off + 4, "section header", &count);
	if (!count)
		return;
	e->sections = inq_arena_new(e->d.a, (size_t)count, sizeof *e->sections);
	if (!e->sections) {
		e->d.full = true;
		return;
	}
	e->section_count = (size_t)count;
	for (size_t i = 0; i < e->section_count; i++) {
		struct elf_section *s = &e->sections[i];

		if (!section_read(e, table, i * h->section_size, s))
			break;
		s->header_off = h->sections_off + i * h->section_size;
		if (s->type != SHT_NULL && s->type != SHT_NOBITS)
			s->bytes = present(e, s->off, s->size, s->header_off, "a section");
	}
	sections_name(e, h, names_index);
}

static bool segment_read(const struct elf *e, struct inq_bytes b, uint64_t off, struct elf_segment *s)
{
	if (!elf_u32(e, b, off, &s->type))
		return false;
	if (e->wide)
		return elf_u32(e, b, off + 4, &s->flags) && elf_u64(e, b, off + 8, &s->off) &&
		       elf_u64(e, b, off + 16, &s->va) && elf_u64(e, b, off + 32, &s->file_size) &&
		       elf_u64(e, b, off + 40, &s->mem_size);
	return elf_word(e, b, off + 4, &s->off) && elf_word(e, b, off + 8, &s->va) &&
	       elf_word(e, b, off + 16, &s->file_size) && elf_word(e, b, off + 20, &s->mem_size) &&
	       elf_u32(e, b, off + 24, &s->flags);
}

static bool load_before(const struct inq_draft *d, const void *a, const void *b)
{
	const struct elf_segment *l = a, *r = b;

	(void)d;
	return l->va < r->va;
}

static void segments_read(struct elf *e, const struct header *h)
{
	uint64_t least = e->wide ? 56 : 32, count = h->segment_count;
	struct inq_bytes table;

	if (!h->segments_off || !count)
		return;
	if (count == PN_XNUM && e->section_count)
		count = e->sections[0].info;
	table = header_table(
	        e, h->segments_off, h->segment_size, least, h->counts_off, "program header", &count);
	e->segments = inq_arena_new(e->d.a, (size_t)count, sizeof *e->segments);
	e->loads = inq_arena_new(e->d.a, (size_t)count, sizeof *e->loads);
	if (!e->segments || !e->loads) {
		e->d.full = true;
		return;
	}
	e->segment_count = (size_t)count;
	for (size_t i = 0; i < e->segment_count; i++) {
		struct elf_segment *s = &e->segments[i];
		uint64_t off = i * h->segment_size;

		if (!segment_read(e, table, off, s))
			break;
		off += h->segments_off;
		if (s->type == PT_LOAD && s->file_size > s->mem_size && s->mem_size)
			elf_note(e, off, "segment %zu is larger in the file than in memory", i);
		s->bytes = present(e, s->off, s->file_size, off, "a segment");
		if (s->bytes.len > s->mem_size)
			s->bytes.len = (size_t)s->mem_size;
		if (s->type == PT_LOAD && s->mem_size)
			e->loads[e->load_count++] = *s;
	}
	inq_draft_sort(&e->d, e->loads, e->load_count, sizeof *e->loads, load_before);
}

static uint8_t segment_access(const struct elf_segment *s)
{
	return (uint8_t)((s->flags & 4 ? INQ_READ : 0) | (s->flags & 2 ? INQ_WRITE : 0) |
	                 (s->flags & 1 ? INQ_EXECUTE : 0));
}

static uint8_t section_access(const struct elf_section *s)
{
	if (!(s->flags & SHF_ALLOC))
		return 0;
	return (uint8_t)(INQ_READ | (s->flags & SHF_WRITE ? INQ_WRITE : 0) |
	                 (s->flags & SHF_EXECINSTR ? INQ_EXECUTE : 0));
}

static enum inq_region_kind section_kind(const struct elf_section *s)
{
	static const char *const stubs[] = { ".plt", ".plt.got", ".plt.sec", ".plt.bnd", ".iplt",
		".MIPS.stubs" };

	if (!(s->flags & SHF_EXECINSTR))
		return INQ_REGION_DATA;
	for (size_t i = 0; i < sizeof stubs / sizeof *stubs; i++)
		if (!strcmp(s->name, stubs[i]))
			return INQ_REGION_STUBS;
	return INQ_REGION_CODE;
}

/* Whether the loader would put the section's bytes where its header says. */
static bool section_is_loaded(const struct elf *e, const struct elf_section *s)
{
	size_t low = 0, high = e->load_count;
	const struct elf_segment *load;

	if (!e->load_count)
		return true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (e->loads[middle].va <= s->va)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return false;
	load = &e->loads[low - 1];
	if (s->va - load->va > load->mem_size || s->size > load->mem_size - (s->va - load->va))
		return false;
	return s->type == SHT_NOBITS || s->off - load->off == s->va - load->va;
}

static void sections_show(struct elf *e)
{
	for (size_t i = 0; i < e->section_count; i++) {
		const struct elf_section *s = &e->sections[i];

		if (i || s->type != SHT_NULL)
			inq_draft_section(&e->d, &(struct inq_section){ .name = s->name,
			                                 .va = s->va,
			                                 .size = s->size,
			                                 .off = s->off,
			                                 .file_size = s->bytes.len,
			                                 .access = section_access(s) });
	}
}

/*
 * The memory image of a linked file: its sections where they agree with the
 * segments, which are what the loader looks at, and the segments for the rest.
 */
static void regions_read(struct elf *e)
{
	bool has_code = false;

	/* The sections of a core are the debugger's own, not the program's. */
	for (size_t i = 0; i < e->section_count && e->type != ET_CORE; i++) {
		const struct elf_section *s = &e->sections[i];

		if (!(s->flags & SHF_ALLOC) || s->type == SHT_NULL || !s->size)
			continue;
		/* .tbss takes no addresses: it only says how large each thread's copy is. */
		if (s->type == SHT_NOBITS && s->flags & SHF_TLS)
			continue;
		if (!section_is_loaded(e, s)) {
			elf_note(e, s->header_off, "section %zu is not where a segment would load it", i);
			continue;
		}
		has_code |= (s->flags & SHF_EXECINSTR) != 0;
		inq_draft_region(&e->d, &(struct inq_region){ .va = s->va,
		                                .size = s->size,
		                                .bytes = s->bytes,
		                                .kind = section_kind(s),
		                                .access = section_access(s) });
	}
	for (size_t i = 0; i < e->load_count; i++) {
		const struct elf_segment *s = &e->loads[i];
		bool code = s->flags & 1 && !has_code;

		inq_draft_fill(&e->d, &(struct inq_region){ .va = s->va,
		                              .size = s->mem_size,
		                              .bytes = s->bytes,
		                              .kind = code ? INQ_REGION_CODE : INQ_REGION_DATA,
		                              .access = segment_access(s) });
	}
}

static enum inq_arch arch_of(const struct elf *e, uint16_t machine, uint32_t flags)
{
	const uint32_t mips_n32 = 0x20;

	switch (machine) {
	case EM_X86_64:
		return e->wide ? INQ_ARCH_X86_64 : INQ_ARCH_NONE; /* x32 */
	case EM_386:
		return e->wide ? INQ_ARCH_NONE : INQ_ARCH_X86_32;
	case EM_AARCH64:
		return e->wide ? INQ_ARCH_A64 : INQ_ARCH_NONE;
	case EM_ARM:
		return e->wide ? INQ_ARCH_NONE : INQ_ARCH_ARM;
	case EM_MIPS:
		return e->wide || flags & mips_n32 ? INQ_ARCH_NONE : INQ_ARCH_MIPS;
	default:
		return INQ_ARCH_NONE;
	}
}

static enum inq_kind kind_of(const struct elf *e)
{
	switch (e->type) {
	case ET_REL:
		return INQ_KIND_OBJECT;
	case ET_EXEC:
		return INQ_KIND_EXECUTABLE;
	case ET_CORE:
		return INQ_KIND_CORE;
	case ET_DYN:
		break;
	default:
		return INQ_KIND_OTHER;
	}
	if (e->marked_pie)
		return INQ_KIND_EXECUTABLE;
	/* libc.so.6 has an interpreter too, so that it can be run to print its version. */
	if (e->has_soname)
		return INQ_KIND_SHARED;
	for (size_t i = 0; i < e->segment_count; i++)
		if (e->segments[i].type == PT_INTERP)
			return INQ_KIND_EXECUTABLE;
	return INQ_KIND_SHARED;
}

static enum inq_status header_read(struct elf *e, struct header *h, struct inq_error *err)
{
	struct inq_bytes b = e->b;
	uint64_t w, at;
	uint8_t class, data;

	if (!inq_bytes_u8(b, 4, &class) || !inq_bytes_u8(b, 5, &data))
		return inq_fail(err, INQ_TRUNCATED, b.len, "the ELF header runs past the end of the file");
	if (class != 1 && class != 2)
		return inq_fail(err, INQ_UNREADABLE, 4, "ELF class %u is neither 32-bit nor 64-bit", class);
	if (data != 1 && data != 2)
		return inq_fail(err, INQ_UNREADABLE, 5, "ELF byte order %u is neither little nor big", data);
	e->wide = class == 2;
	e->big = data == 2;
	w = elf_word_size(e);
	at = 24 + 3 * w;
	h->counts_off = at + 6;
	if (!elf_u16(e, b, 16, &e->type) || !elf_u16(e, b, 18, &e->x->machine) ||
	        !elf_word(e, b, 24, &h->entry_va) || !elf_word(e, b, 24 + w, &h->segments_off) ||
	        !elf_word(e, b, 24 + 2 * w, &h->sections_off) || !elf_u32(e, b, at, &h->flags) ||
	        !elf_u16(e, b, at + 6, &h->segment_size) || !elf_u16(e, b, at + 8, &h->segment_count) ||
	        !elf_u16(e, b, at + 10, &h->section_size) || !elf_u16(e, b, at + 12, &h->section_count) ||
	        !elf_u16(e, b, at + 14, &h->names_index))
		return inq_fail(err, INQ_TRUNCATED, b.len, "the ELF header runs past the end of the file");
	e->claimed_end = at + 16;
	return INQ_OK;
}

enum inq_status inq_elf_read(
        struct inq_bytes b, struct inq_arena *a, struct inq_exhibit *x, struct inq_error *err)
{
	struct elf e = { .b = b, .x = x };
	struct header h = { 0 };
	enum inq_status status = header_read(&e, &h, err);

	if (status)
		return status;
	inq_draft_begin(&e.d, x, a);
	e.budget = b.len > UINT64_MAX / 8 ? UINT64_MAX : 8 * (uint64_t)b.len;
	x->format = INQ_FORMAT_ELF;
	x->bits = e.wide ? 64 : 32;
	x->big_endian = e.big;
	x->arch = arch_of(&e, x->machine, h.flags);
	x->position_independent = e.type == ET_DYN;
	sections_read(&e, &h);
	segments_read(&e, &h);
	x->overlay_off = e.claimed_end;
	x->overlay_len = b.len - e.claimed_end;
	if (e.type == ET_REL)
		elf_object(&e);
	else
		regions_read(&e);
	sections_show(&e);
	inq_draft_settle(&e.d);
	if (e.type != ET_REL && e.type != ET_CORE) {
		x->entry_va = h.entry_va;
		if (h.entry_va && !inq_exhibit_at(x, h.entry_va).len)
			elf_note(&e, 24, "the entry point, 0x%llx, is not in the file",
			        (unsigned long long)h.entry_va);
		if (h.entry_va)
			inq_draft_hint(&e.d, h.entry_va, 0, NULL, INQ_SOURCE_ENTRY);
		elf_dynamic(&e);
	}
	elf_init_sections(&e);
	elf_static_symbols(&e);
	elf_unwind(&e);
	x->kind = kind_of(&e);
	return inq_draft_finish(&e.d, err);
}
