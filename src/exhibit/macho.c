/*
 * Thin Mach-O files: load commands, segments and sections. What the tables of
 * the link editor say is read by the macho_*.c beside this.
 */
#include "exhibit/macho.h"
#include <string.h>

enum { MAGIC_32 = (int)0xfeedface, MAGIC_64 = (int)0xfeedfacf };
enum {
	TYPE_OBJECT = 1,
	TYPE_EXECUTE = 2,
	TYPE_CORE = 4,
	TYPE_DYLIB = 6,
	TYPE_DYLINKER = 7,
	TYPE_BUNDLE = 8,
	TYPE_DYLIB_STUB = 9,
	TYPE_KEXT = 11
};
enum { FLAG_PIE = 0x200000 };
#define SECTION_PURE_INSTRUCTIONS 0x80000000u
#define SECTION_SOME_INSTRUCTIONS 0x400u
#define COMMAND_REQUIRED 0x80000000u

enum {
	COMMAND_SEGMENT = 0x1,
	COMMAND_SYMTAB = 0x2,
	COMMAND_UNIXTHREAD = 0x5,
	COMMAND_DYSYMTAB = 0xb,
	COMMAND_LOAD_DYLIB = 0xc,
	COMMAND_LOAD_WEAK_DYLIB = 0x18,
	COMMAND_SEGMENT_64 = 0x19,
	COMMAND_REEXPORT_DYLIB = 0x1f,
	COMMAND_LAZY_LOAD_DYLIB = 0x20,
	COMMAND_ENCRYPTION = 0x21,
	COMMAND_DYLD_INFO = 0x22,
	COMMAND_LOAD_UPWARD_DYLIB = 0x23,
	COMMAND_FUNCTION_STARTS = 0x26,
	COMMAND_MAIN = 0x28,
	COMMAND_ENCRYPTION_64 = 0x2c,
	COMMAND_EXPORTS_TRIE = 0x33,
	COMMAND_CHAINED_FIXUPS = 0x34,
};

bool inq_macho_is(struct inq_bytes b)
{
	uint32_t magic;

	if (inq_bytes_u32(b, 0, false, &magic) &&
	        (magic == (uint32_t)MAGIC_32 || magic == (uint32_t)MAGIC_64))
		return true;
	return inq_bytes_u32(b, 0, true, &magic) &&
	       (magic == (uint32_t)MAGIC_32 || magic == (uint32_t)MAGIC_64);
}

uint32_t inq_macho_u32(const struct inq_macho *m, struct inq_bytes b, uint64_t off)
{
	uint32_t value = 0;

	(void)!inq_bytes_u32(b, off, m->big, &value);
	return value;
}

static uint64_t u64(const struct inq_macho *m, struct inq_bytes b, uint64_t off)
{
	uint64_t value = 0;

	(void)!inq_bytes_u64(b, off, m->big, &value);
	return value;
}

uint64_t inq_macho_word(const struct inq_macho *m, struct inq_bytes b, uint64_t off)
{
	return m->wide ? u64(m, b, off) : inq_macho_u32(m, b, off);
}

uint64_t inq_macho_off(const struct inq_macho *m, struct inq_bytes part)
{
	uintptr_t begin = (uintptr_t)m->b.at, at = (uintptr_t)part.at;

	return part.len && at >= begin && at - begin < m->b.len ? at - begin : 0;
}

bool inq_macho_is_code(const struct inq_macho *m, uint64_t va)
{
	const struct inq_region *r;

	if (m->x->arch == INQ_ARCH_ARM)
		va &= ~(uint64_t)1;
	r = inq_exhibit_region(m->x, va);
	return r && r->kind == INQ_REGION_CODE && va - r->va < r->bytes.len;
}

static enum inq_arch arch_of(uint32_t cpu)
{
	switch (cpu) {
	case INQ_MACHO_CPU_X86:
		return INQ_ARCH_X86_32;
	case INQ_MACHO_CPU_X86_64:
		return INQ_ARCH_X86_64;
	case INQ_MACHO_CPU_ARM:
		return INQ_ARCH_ARM;
	case INQ_MACHO_CPU_ARM64:
	case INQ_MACHO_CPU_ARM64_32:
		return INQ_ARCH_A64;
	default:
		return INQ_ARCH_NONE;
	}
}

static enum inq_kind kind_of(uint32_t file_type)
{
	switch (file_type) {
	case TYPE_OBJECT:
		return INQ_KIND_OBJECT;
	case TYPE_EXECUTE:
		return INQ_KIND_EXECUTABLE;
	case TYPE_CORE:
		return INQ_KIND_CORE;
	case TYPE_DYLIB:
	case TYPE_DYLINKER:
	case TYPE_BUNDLE:
	case TYPE_DYLIB_STUB:
	case TYPE_KEXT:
		return INQ_KIND_SHARED;
	default:
		return INQ_KIND_OTHER;
	}
}

static const char *fixed_name(struct inq_macho *m, struct inq_bytes command, uint64_t off)
{
	struct inq_bytes name;
	const char *copy;

	inq_bytes_string(command, off, 16, &name);
	copy = inq_arena_string(m->d->a, name);
	return copy ? copy : "";
}

/* One table of the link editor, `len` bytes at `off` of the file; empty (noted) where it is not there. */
static struct inq_bytes table(struct inq_macho *m, uint64_t at, uint64_t off, uint64_t len, const char *what)
{
	struct inq_bytes part = { NULL, 0 };

	if (!len)
		return part;
	if (!inq_bytes_cut(m->b, off, len, &part)) {
		inq_exhibit_note(m->x, m->d->a, at,
		        "the %s of 0x%llx bytes at 0x%llx runs past the end of the file", what,
		        (unsigned long long)len, (unsigned long long)off);
		part = inq_bytes_from(m->b, off);
	}
	if (part.len && off + part.len > m->claimed)
		m->claimed = off + part.len;
	return part;
}

static void section(struct inq_macho *m, struct inq_bytes c, uint64_t at, const struct inq_macho_segment *g)
{
	uint64_t rest = m->wide ? 48 : 40;
	struct inq_macho_section s = {
		.name = fixed_name(m, c, 0),
		.va = inq_macho_word(m, c, 32),
		.size = inq_macho_word(m, c, m->wide ? 40 : 36),
		.off = inq_macho_u32(m, c, rest),
		.relocation_off = inq_macho_u32(m, c, rest + 8),
		.relocation_count = inq_macho_u32(m, c, rest + 12),
		.flags = inq_macho_u32(m, c, rest + 16),
		.reserved1 = inq_macho_u32(m, c, rest + 20),
		.reserved2 = inq_macho_u32(m, c, rest + 24),
		.access = g->access,
	};
	uint8_t type = (uint8_t)s.flags;
	struct inq_macho_section *grown;
	uint64_t off = s.off;

	if (type != INQ_MACHO_ZEROFILL && type != INQ_MACHO_GB_ZEROFILL &&
	        type != INQ_MACHO_THREAD_ZEROFILL) {
		/* The loader maps segments and never looks at the offsets of sections. */
		if (s.va >= g->va && s.va - g->va < g->size) {
			if (g->off + (s.va - g->va) != off && s.size)
				inq_exhibit_note(m->x, m->d->a, at + rest,
				        "section %s states file offset 0x%llx, its segment puts it at 0x%llx",
				        s.name, (unsigned long long)off,
				        (unsigned long long)(g->off + (s.va - g->va)));
			off = g->off + (s.va - g->va);
		} else if (s.size) {
			inq_exhibit_note(m->x, m->d->a, at, "section %s lies outside its segment", s.name);
		}
		s.bytes = inq_bytes_from(m->b, off);
		if (s.bytes.len < s.size)
			inq_exhibit_note(
			        m->x, m->d->a, at, "section %s runs past the end of the file", s.name);
		else
			s.bytes.len = (size_t)s.size;
	}
	grown = inq_arena_extend(m->d->a, m->sections, m->section_count, &m->section_capacity, sizeof *grown);
	if (!grown) {
		m->d->full = true;
		return;
	}
	m->sections = grown;
	m->sections[m->section_count++] = s;
	inq_draft_section(m->d, &(struct inq_section){ .name = s.name,
	                                .va = s.va,
	                                .size = s.size,
	                                .off = s.bytes.len ? off : 0,
	                                .file_size = s.bytes.len,
	                                .access = g->access });
}

static void segment(struct inq_macho *m, struct inq_bytes c, uint64_t at, bool wide)
{
	unsigned width = wide ? 8 : 4;
	unsigned protection = wide ? 60 : 44;
	uint64_t header = wide ? 72 : 56, size = wide ? 80 : 68;
	uint32_t count = inq_macho_u32(m, c, protection + 4), access = inq_macho_u32(m, c, protection);
	struct inq_macho_segment *grown, s;
	struct inq_bytes part;

	if (wide != m->wide) {
		inq_exhibit_note(m->x, m->d->a, at, "a segment of the other width is left out");
		return;
	}
	s = (struct inq_macho_segment){
		.va = inq_macho_word(m, c, 24),
		.size = inq_macho_word(m, c, 24 + width),
		.off = inq_macho_word(m, c, 24 + 2 * width),
		.file_size = inq_macho_word(m, c, 24 + 3 * width),
		.access = (uint8_t)((access & 1 ? INQ_READ : 0) | (access & 2 ? INQ_WRITE : 0) |
		                    (access & 4 ? INQ_EXECUTE : 0)),
	};
	part = table(m, at, s.off, s.file_size, "segment");
	s.file_size = part.len;
	grown = inq_arena_extend(m->d->a, m->segments, m->segment_count, &m->segment_capacity, sizeof *grown);
	if (!grown) {
		m->d->full = true;
		return;
	}
	m->segments = grown;
	m->segments[m->segment_count++] = s;
	if (count > (c.len - header) / size) {
		inq_exhibit_note(m->x, m->d->a, at + protection + 4,
		        "a segment counts %u sections, more than its command holds", count);
		count = (uint32_t)((c.len - header) / size);
	}
	for (uint32_t i = 0; i < count && !m->d->full; i++)
		section(m, inq_bytes_from(c, header + i * size), at + header + i * size, &s);
}

static void library(struct inq_macho *m, struct inq_bytes c, uint64_t at)
{
	const char *name = inq_draft_name(c, inq_macho_u32(m, c, 8));

	if (!name)
		inq_exhibit_note(m->x, m->d->a, at, "a library to load has no readable name");
	/* It keeps its place all the same: imports name libraries by number. */
	inq_draft_library(m->d, name ? name : "");
}

static void symtab(struct inq_macho *m, struct inq_bytes c, uint64_t at)
{
	unsigned size = m->wide ? 16 : 12;

	m->symbols = table(
	        m, at, inq_macho_u32(m, c, 8), (uint64_t)inq_macho_u32(m, c, 12) * size, "symbol table");
	m->symbol_count = m->symbols.len / size;
	m->strings = table(m, at, inq_macho_u32(m, c, 16), inq_macho_u32(m, c, 20), "string table");
}

static void dyld_info(struct inq_macho *m, struct inq_bytes c, uint64_t at)
{
	m->rebase = table(m, at, inq_macho_u32(m, c, 8), inq_macho_u32(m, c, 12), "rebase table");
	m->bind = table(m, at, inq_macho_u32(m, c, 16), inq_macho_u32(m, c, 20), "bind table");
	m->weak_bind = table(m, at, inq_macho_u32(m, c, 24), inq_macho_u32(m, c, 28), "weak bind table");
	m->lazy_bind = table(m, at, inq_macho_u32(m, c, 32), inq_macho_u32(m, c, 36), "lazy bind table");
	m->trie = table(m, at, inq_macho_u32(m, c, 40), inq_macho_u32(m, c, 44), "export trie");
}

/* The program counter among the registers a thread starts with (<mach/machine/thread_status.h>). */
static uint64_t thread_entry(const struct inq_macho *m, struct inq_bytes c)
{
	uint32_t flavor = inq_macho_u32(m, c, 8);

	switch (m->cpu) {
	case INQ_MACHO_CPU_X86:
		return flavor == 1 ? inq_macho_u32(m, c, 16 + 10 * 4) : 0;
	case INQ_MACHO_CPU_X86_64:
		return flavor == 4 ? u64(m, c, 16 + 16 * 8) : 0;
	case INQ_MACHO_CPU_ARM:
		return flavor == 1 ? inq_macho_u32(m, c, 16 + 15 * 4) : 0;
	case INQ_MACHO_CPU_ARM64:
		return flavor == 6 ? u64(m, c, 16 + 32 * 8) : 0;
	default:
		return 0;
	}
}

/* What the entry commands say: an address, or an offset from the header. */
struct entry {
	uint64_t off, va;
	bool by_offset;
};

static void command(struct inq_macho *m, uint32_t kind, struct inq_bytes c, uint64_t at, struct entry *e)
{
	switch (kind & ~COMMAND_REQUIRED) {
	case COMMAND_SEGMENT:
	case COMMAND_SEGMENT_64:
		if (c.len >= (kind == COMMAND_SEGMENT_64 ? 72 : 56))
			segment(m, c, at, kind == COMMAND_SEGMENT_64);
		else
			inq_exhibit_note(m->x, m->d->a, at, "a segment command is too short");
		break;
	case COMMAND_SYMTAB:
		symtab(m, c, at);
		break;
	case COMMAND_DYSYMTAB:
		m->indirect = table(m, at, inq_macho_u32(m, c, 56), (uint64_t)inq_macho_u32(m, c, 60) * 4,
		        "indirect symbol table");
		break;
	case COMMAND_LOAD_DYLIB:
	case COMMAND_LOAD_WEAK_DYLIB:
	case COMMAND_REEXPORT_DYLIB:
	case COMMAND_LAZY_LOAD_DYLIB:
	case COMMAND_LOAD_UPWARD_DYLIB:
		library(m, c, at);
		break;
	case COMMAND_DYLD_INFO:
		dyld_info(m, c, at);
		break;
	case COMMAND_EXPORTS_TRIE:
		m->trie = table(m, at, inq_macho_u32(m, c, 8), inq_macho_u32(m, c, 12), "export trie");
		break;
	case COMMAND_CHAINED_FIXUPS:
		m->chained = table(
		        m, at, inq_macho_u32(m, c, 8), inq_macho_u32(m, c, 12), "table of chained fixups");
		break;
	case COMMAND_FUNCTION_STARTS:
		m->starts = table(
		        m, at, inq_macho_u32(m, c, 8), inq_macho_u32(m, c, 12), "table of function starts");
		break;
	case COMMAND_ENCRYPTION:
	case COMMAND_ENCRYPTION_64:
		if (inq_macho_u32(m, c, 16)) {
			m->encrypted_off = inq_macho_u32(m, c, 8);
			m->encrypted_len = inq_macho_u32(m, c, 12);
			inq_exhibit_note(m->x, m->d->a, at,
			        "0x%llx bytes at 0x%llx are encrypted, code there cannot be read",
			        (unsigned long long)m->encrypted_len, (unsigned long long)m->encrypted_off);
		}
		break;
	case COMMAND_MAIN:
		*e = (struct entry){ .off = u64(m, c, 8), .by_offset = true };
		break;
	case COMMAND_UNIXTHREAD:
		*e = (struct entry){ .va = thread_entry(m, c) };
		break;
	default:
		break;
	}
}

static void commands(struct inq_macho *m, struct entry *e)
{
	uint32_t count = inq_macho_u32(m, m->b, 16), size = inq_macho_u32(m, m->b, 20), length;
	struct inq_bytes all = inq_bytes_from(m->b, m->header_size), c;
	uint64_t off = 0;

	if (size > all.len)
		inq_exhibit_note(m->x, m->d->a, 20, "the load commands run past the end of the file");
	else
		all.len = size;
	m->claimed = m->header_size + all.len;
	for (uint32_t i = 0; i < count && !m->d->full; i++) {
		length = inq_macho_u32(m, all, off + 4);
		if (length < 8 || !inq_bytes_cut(all, off, length, &c)) {
			inq_exhibit_note(m->x, m->d->a, m->header_size + off,
			        "load command %u of %u states a length of %u bytes; the rest is left out", i,
			        count, length);
			return;
		}
		command(m, inq_macho_u32(m, c, 0), c, m->header_size + off, e);
		off += length;
	}
}

static enum inq_region_kind region_kind(const struct inq_macho *m, const struct inq_macho_section *s)
{
	uint64_t off = inq_macho_off(m, s->bytes);

	if (m->encrypted_len && off < m->encrypted_off + m->encrypted_len && off + s->size > m->encrypted_off)
		return INQ_REGION_DATA;
	if ((s->flags & 0xff) == INQ_MACHO_STUBS)
		return INQ_REGION_STUBS;
	if (!(s->flags & (SECTION_PURE_INSTRUCTIONS | SECTION_SOME_INSTRUCTIONS)))
		return INQ_REGION_DATA;
	/* These forward like symbol stubs, though their type does not say so. */
	if (!strcmp(s->name, "__stub_helper") || !strcmp(s->name, "__objc_stubs"))
		return INQ_REGION_STUBS;
	return INQ_REGION_CODE;
}

static void lay_out(struct inq_macho *m)
{
	struct inq_region r;

	for (size_t i = 0; i < m->section_count; i++) {
		const struct inq_macho_section *s = &m->sections[i];

		r = (struct inq_region){ .va = s->va,
			.size = s->size,
			.bytes = s->bytes,
			.kind = region_kind(m, s),
			.access = s->access };
		inq_draft_region(m->d, &r);
	}
	for (size_t i = 0; i < m->segment_count; i++) {
		const struct inq_macho_segment *g = &m->segments[i];

		if (!g->access && !g->file_size)
			continue; /* __PAGEZERO */
		r = (struct inq_region){ .va = g->va, .size = g->size, .access = g->access };
		r.bytes = inq_bytes_from(m->b, g->off);
		if (r.bytes.len > g->file_size)
			r.bytes.len = (size_t)g->file_size;
		/* Packed programs have executable segments and not one section. */
		if (!m->section_count && g->access & INQ_EXECUTE && !m->encrypted_len)
			r.kind = INQ_REGION_CODE;
		inq_draft_fill(m->d, &r);
	}
	inq_draft_settle(m->d);
}

static void find_text(struct inq_macho *m)
{
	for (size_t i = 0; i < m->segment_count; i++)
		if (m->segments[i].off == 0 && m->segments[i].file_size) {
			m->text_va = m->segments[i].va;
			return;
		}
}

static void entry(struct inq_macho *m, const struct entry *e)
{
	uint64_t va = e->by_offset ? m->text_va + e->off : e->va;

	if (!e->by_offset && !e->va)
		return;
	m->x->entry_va = va;
	if (inq_macho_is_code(m, va))
		inq_draft_hint(m->d, va, 0, NULL, INQ_SOURCE_ENTRY);
	else
		inq_exhibit_note(
		        m->x, m->d->a, 0, "the entry point 0x%llx is not in code", (unsigned long long)va);
}

enum inq_status inq_macho_read(
        struct inq_bytes b, struct inq_arena *a, struct inq_exhibit *x, struct inq_error *err)
{
	struct inq_draft draft;
	struct inq_macho m = { .b = b, .x = x, .d = &draft };
	struct entry e = { 0 };
	uint32_t magic;

	inq_draft_begin(&draft, x, a);
	if (!inq_bytes_u32(b, 0, true, &magic))
		return inq_fail(err, INQ_TRUNCATED, b.len, "the Mach-O header runs past the end of the file");
	m.big = magic == (uint32_t)MAGIC_32 || magic == (uint32_t)MAGIC_64;
	m.wide = inq_macho_u32(&m, b, 0) == (uint32_t)MAGIC_64;
	m.header_size = m.wide ? 32 : 28;
	if (b.len < m.header_size)
		return inq_fail(err, INQ_TRUNCATED, b.len, "the Mach-O header runs past the end of the file");
	m.cpu = inq_macho_u32(&m, b, 4);
	m.file_type = inq_macho_u32(&m, b, 12);
	m.flags = inq_macho_u32(&m, b, 24);
	x->format = INQ_FORMAT_MACHO;
	x->arch = arch_of(m.cpu);
	x->kind = kind_of(m.file_type);
	x->machine = (uint16_t)m.cpu;
	x->bits = m.wide ? 64 : 32;
	x->big_endian = m.big;
	x->position_independent = m.flags & FLAG_PIE || x->kind == INQ_KIND_SHARED;
	m.fixups_left = b.len / 4;
	commands(&m, &e);
	find_text(&m);
	x->base_va = m.text_va;
	if (x->kind == INQ_KIND_OBJECT)
		inq_macho_object(&m);
	lay_out(&m);
	entry(&m, &e);
	inq_macho_symbols(&m);
	inq_macho_indirect(&m);
	inq_macho_fixups(&m);
	inq_macho_chains(&m);
	inq_macho_exports(&m);
	inq_macho_starts(&m);
	inq_macho_init(&m);
	for (size_t i = 0; i < m.import_count; i++)
		inq_draft_import(&draft, &m.imports[i]);
	if (m.claimed < b.len) {
		x->overlay_off = m.claimed;
		x->overlay_len = b.len - m.claimed;
	}
	return inq_draft_finish(&draft, err);
}
