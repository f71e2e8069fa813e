/*
 * What the loader of a Mach-O file changes in memory: pointers to itself
 * (rebases) and to others (binds), as opcodes or as chains.
 */
#include "exhibit/macho.h"

/* The state both opcode machines of LC_DYLD_INFO share. */
struct machine {
	struct inq_macho *m;
	struct inq_bytes table;
	uint64_t off, va;
	uint64_t segment_va, segment_size;
};

static void odd(struct inq_macho *m, struct inq_bytes table, uint64_t off, const char *what)
{
	inq_exhibit_note(m->x, m->d->a, inq_macho_off(m, table) + off, "%s", what);
}

static bool take(struct inq_macho *m)
{
	if (!m->fixups_left || m->d->full)
		return false;
	m->fixups_left--;
	return true;
}

/* Reads "segment, offset" into the machine. False at an unknown segment. */
static bool seek(struct machine *s, uint8_t segment)
{
	uint64_t by;

	if (segment >= s->m->segment_count || !inq_bytes_uleb(s->table, &s->off, &by))
		return false;
	s->segment_va = s->m->segments[segment].va;
	s->segment_size = s->m->segments[segment].size;
	s->va = s->segment_va + by;
	return true;
}

static bool in_segment(const struct machine *s)
{
	unsigned width = s->m->wide ? 8 : 4;

	return s->va >= s->segment_va && s->va - s->segment_va <= s->segment_size - width &&
	       s->segment_size >= width;
}

/* `count` pointers, `skip` bytes between them. False where one lies outside its segment. */
static bool rebase(struct machine *s, uint64_t count, uint64_t skip)
{
	struct inq_macho *m = s->m;
	unsigned width = m->wide ? 8 : 4;

	for (; count; count--) {
		struct inq_bytes at;

		if (!in_segment(s) || !take(m))
			return false;
		at = inq_exhibit_at(m->x, s->va);
		if (at.len >= width)
			inq_draft_pointer(m->d, s->va, inq_macho_word(m, at, 0));
		s->va += width + skip;
	}
	return true;
}

static void rebases(struct inq_macho *m)
{
	struct machine s = { .m = m, .table = m->rebase };
	unsigned width = m->wide ? 8 : 4;
	uint64_t count, skip, start;
	uint8_t byte, low;
	bool good = true;

	while (good && s.off < s.table.len && !m->d->full) {
		start = s.off;
		byte = s.table.at[s.off++];
		low = byte & 15;
		switch (byte >> 4) {
		case 0: /* done */
			return;
		case 1: /* kind of pointer */
			break;
		case 2:
			good = seek(&s, low);
			break;
		case 3:
			good = inq_bytes_uleb(s.table, &s.off, &skip);
			if (good)
				s.va += skip;
			break;
		case 4:
			s.va += (uint64_t)low * width;
			break;
		case 5:
			good = rebase(&s, low, 0);
			break;
		case 6:
			good = inq_bytes_uleb(s.table, &s.off, &count) && rebase(&s, count, 0);
			break;
		case 7:
			good = inq_bytes_uleb(s.table, &s.off, &skip) && rebase(&s, 1, skip);
			break;
		case 8:
			good = inq_bytes_uleb(s.table, &s.off, &count) &&
			       inq_bytes_uleb(s.table, &s.off, &skip) && rebase(&s, count, skip);
			break;
		default:
			good = false;
		}
		if (!good)
			odd(m, m->rebase, start,
			        "a rebase leaves its segment or cannot be read; the rest is left out");
	}
}

struct bind {
	const char *name;
	int ordinal;
};

static bool bind(struct machine *s, const struct bind *b, uint64_t count, uint64_t skip)
{
	for (; count; count--) {
		if (!in_segment(s) || !take(s->m))
			return false;
		if (b->name)
			inq_macho_import_slot(s->m, b->name, b->ordinal, s->va);
		s->va += (s->m->wide ? 8 : 4) + skip;
	}
	return true;
}

/* Lazy tables end each bind with "done"; the others end with it. */
static void binds(struct inq_macho *m, struct inq_bytes table, bool lazy)
{
	struct machine s = { .m = m, .table = table };
	struct bind b = { 0 };
	unsigned width = m->wide ? 8 : 4;
	uint64_t count, skip, start, value;
	int64_t addend;
	uint8_t byte, low;
	bool good = true;

	while (good && s.off < s.table.len && !m->d->full) {
		start = s.off;
		byte = s.table.at[s.off++];
		low = byte & 15;
		switch (byte >> 4) {
		case 0: /* done */
			if (!lazy)
				return;
			break;
		case 1:
			b.ordinal = low;
			break;
		case 2:
			good = inq_bytes_uleb(s.table, &s.off, &value);
			if (good)
				b.ordinal = value < INT32_MAX ? (int)value : 0;
			break;
		case 3: /* special: self, the main program, a flat look-up */
			b.ordinal = 0;
			break;
		case 4: {
			struct inq_bytes name;

			good = inq_bytes_string(s.table, s.off, INQ_NAME_MAX, &name);
			if (good) {
				b.name = inq_macho_source_name(inq_draft_name(s.table, s.off));
				s.off += name.len + 1;
			}
			break;
		}
		case 5: /* kind of pointer */
			break;
		case 6:
			good = inq_bytes_sleb(s.table, &s.off, &addend);
			break;
		case 7:
			good = seek(&s, low);
			break;
		case 8:
			good = inq_bytes_uleb(s.table, &s.off, &skip);
			if (good)
				s.va += skip;
			break;
		case 9:
			good = bind(&s, &b, 1, 0);
			break;
		case 10:
			good = inq_bytes_uleb(s.table, &s.off, &skip) && bind(&s, &b, 1, skip);
			break;
		case 11:
			good = bind(&s, &b, 1, (uint64_t)low * width);
			break;
		case 12:
			good = inq_bytes_uleb(s.table, &s.off, &count) &&
			       inq_bytes_uleb(s.table, &s.off, &skip) && bind(&s, &b, count, skip);
			break;
		default: /* threaded binds, of early arm64e systems only */
			good = false;
		}
		if (!good)
			odd(m, table, start,
			        "a bind leaves its segment or cannot be read; the rest is left out");
	}
}

/* Weak binds name what the program mostly defines itself: they are not imports. */
void inq_macho_fixups(struct inq_macho *m)
{
	rebases(m);
	binds(m, m->bind, false);
	binds(m, m->lazy_bind, true);
}

enum pointer_format {
	ARM64E = 1,
	PTR_64 = 2,
	PTR_32 = 3,
	PTR_32_CACHE = 4,
	PTR_32_FIRMWARE = 5,
	PTR_64_OFFSET = 6,
	ARM64E_KERNEL = 7,
	PTR_64_KERNEL_CACHE = 8,
	ARM64E_USERLAND = 9,
	ARM64E_FIRMWARE = 10,
	X86_64_KERNEL_CACHE = 11,
	ARM64E_USERLAND24 = 12,
};

enum { PAGE_NONE = 0xffff, PAGE_SEVERAL = 0x8000 };

struct chains {
	struct inq_macho *m;
	struct inq_bytes imports, names;
	uint32_t import_count, import_format;
	uint16_t format;
	uint32_t most; /* 32-bit: larger values are no pointers */
};

/* One link of a chain: a pointer, a bind, or neither. */
struct link {
	bool is_bind, is_pointer;
	uint32_t ordinal;
	uint64_t target;
	uint64_t next; /* bytes to the next link; 0: the last */
};

static struct link link_64(const struct chains *c, uint64_t value)
{
	struct link l = { .next = (value >> 51 & 0xfff) * 4 };

	l.is_bind = value >> 63;
	l.is_pointer = !l.is_bind;
	l.ordinal = (uint32_t)(value & 0xffffff);
	/* Eight bits of tag go on top. */
	l.target = (value & 0xfffffffff) | (value >> 36 & 0xff) << 56;
	if (c->format == PTR_64_OFFSET)
		l.target += c->m->text_va;
	return l;
}

static struct link link_arm64e(const struct chains *c, uint64_t value)
{
	bool wide_steps = c->format != ARM64E_KERNEL && c->format != ARM64E_FIRMWARE;
	bool signs = value >> 63;
	struct link l = { .next = (value >> 51 & 0x7ff) * (wide_steps ? 8 : 4) };

	l.is_bind = value >> 62 & 1;
	l.is_pointer = !l.is_bind;
	l.ordinal = (uint32_t)(value & (c->format == ARM64E_USERLAND24 ? 0xffffff : 0xffff));
	if (signs)
		l.target = c->m->text_va + (value & UINT32_MAX);
	else if (c->format == ARM64E || c->format == ARM64E_FIRMWARE)
		l.target = (value & 0x7ffffffffff) | (value >> 43 & 0xff) << 56;
	else
		l.target = c->m->text_va + (value & 0x7ffffffffff);
	return l;
}

static struct link link_32(const struct chains *c, uint32_t value)
{
	struct link l = { 0 };

	switch (c->format) {
	case PTR_32:
		l.next = (value >> 26 & 31) * 4;
		l.is_bind = value >> 31;
		l.ordinal = value & 0xfffff;
		l.target = value & 0x3ffffff;
		l.is_pointer = !l.is_bind && l.target <= c->most;
		break;
	case PTR_32_CACHE:
		l.next = (value >> 30) * 4;
		l.target = c->m->text_va + (value & 0x3fffffff);
		l.is_pointer = true;
		break;
	default: /* PTR_32_FIRMWARE */
		l.next = (value >> 26) * 4;
		l.target = value & 0x3ffffff;
		l.is_pointer = l.target <= c->most;
	}
	return l;
}

static bool link_read(const struct chains *c, struct inq_bytes at, struct link *ret)
{
	uint64_t value;
	uint32_t low;

	switch (c->format) {
	case PTR_32:
	case PTR_32_CACHE:
	case PTR_32_FIRMWARE:
		if (!inq_bytes_u32(at, 0, false, &low))
			return false;
		*ret = link_32(c, low);
		return true;
	default:
		break;
	}
	if (!inq_bytes_u64(at, 0, false, &value))
		return false;
	switch (c->format) {
	case PTR_64:
	case PTR_64_OFFSET:
		*ret = link_64(c, value);
		return true;
	case PTR_64_KERNEL_CACHE:
	case X86_64_KERNEL_CACHE:
		*ret = (struct link){ .is_pointer = true,
			.target = c->m->text_va + (value & 0x3fffffff),
			.next = (value >> 51 & 0xfff) * (c->format == PTR_64_KERNEL_CACHE ? 4 : 1) };
		return true;
	default:
		*ret = link_arm64e(c, value);
		return true;
	}
}

static void import(const struct chains *c, uint32_t i, uint64_t slot_va)
{
	uint64_t name_off = 0;
	uint32_t low = 0;
	int ordinal;
	const char *name;

	if (i >= c->import_count)
		return;
	if (c->import_format == 3) {
		uint64_t wide = 0;

		if (!inq_bytes_u64(c->imports, 16 * (uint64_t)i, false, &wide))
			return;
		ordinal = (int16_t)(wide & 0xffff);
		name_off = wide >> 32;
	} else {
		if (!inq_bytes_u32(c->imports, (c->import_format == 2 ? 8 : 4) * (uint64_t)i, false, &low))
			return;
		ordinal = (int8_t)(low & 0xff);
		name_off = low >> 9;
	}
	name = inq_draft_name(c->names, name_off);
	if (name)
		inq_macho_import_slot(c->m, inq_macho_source_name(name), ordinal, slot_va);
}

/* Follows one chain; every step goes forward, so it ends with its page or its segment. */
static void chain(const struct chains *c, uint64_t va)
{
	struct link l;

	do {
		struct inq_bytes at = inq_exhibit_at(c->m->x, va);

		if (!take(c->m))
			return;
		if (!link_read(c, at, &l)) {
			odd(c->m, c->m->chained, 0, "a chain of fixups leaves its segment");
			return;
		}
		if (l.is_bind)
			import(c, l.ordinal, va);
		else if (l.is_pointer)
			inq_draft_pointer(c->m->d, va, l.target);
		va += l.next;
	} while (l.next);
}

/* The chains of one segment: a first link for each of its pages. */
static void chain_segment(struct chains *c, struct inq_bytes starts)
{
	uint16_t page_size, page_count, start;
	uint64_t segment_off, page_va;

	if (!inq_bytes_u16(starts, 4, false, &page_size) || !inq_bytes_u16(starts, 6, false, &c->format) ||
	        !inq_bytes_u64(starts, 8, false, &segment_off) ||
	        !inq_bytes_u32(starts, 16, false, &c->most) ||
	        !inq_bytes_u16(starts, 20, false, &page_count)) {
		odd(c->m, c->m->chained, 0, "the starts of chained fixups are cut short");
		return;
	}
	if (c->format < ARM64E || c->format > ARM64E_USERLAND24) {
		odd(c->m, c->m->chained, 0, "chained fixups are of a kind that is not known");
		return;
	}
	for (uint32_t page = 0; page < page_count && !c->m->d->full; page++) {
		if (!inq_bytes_u16(starts, 22 + 2 * (uint64_t)page, false, &start)) {
			odd(c->m, c->m->chained, 0, "the starts of chained fixups are cut short");
			return;
		}
		page_va = c->m->text_va + segment_off + (uint64_t)page * page_size;
		if (start == PAGE_NONE)
			continue;
		if (!(start & PAGE_SEVERAL)) {
			chain(c, page_va + start);
			continue;
		}
		/* 32-bit pages may need several: their starts follow, the last one marked. */
		for (uint64_t i = start & 0x7fff;; i++) {
			if (!inq_bytes_u16(starts, 22 + 2 * i, false, &start) || !c->m->fixups_left)
				break;
			chain(c, page_va + (start & 0x7fff));
			if (start & PAGE_SEVERAL)
				break;
		}
	}
}

void inq_macho_chains(struct inq_macho *m)
{
	struct chains c = { .m = m };
	struct inq_bytes t = m->chained, image;
	uint32_t starts, imports, names, names_format, count, off;

	if (!t.len)
		return;
	if (!inq_bytes_u32(t, 4, false, &starts) || !inq_bytes_u32(t, 8, false, &imports) ||
	        !inq_bytes_u32(t, 12, false, &names) || !inq_bytes_u32(t, 16, false, &c.import_count) ||
	        !inq_bytes_u32(t, 20, false, &c.import_format) ||
	        !inq_bytes_u32(t, 24, false, &names_format)) {
		odd(m, t, 0, "the table of chained fixups is cut short");
		return;
	}
	if (c.import_format < 1 || c.import_format > 3 || names_format) {
		odd(m, t, 20, "the imports of chained fixups are of a kind that is not known");
		c.import_count = 0;
	}
	c.imports = inq_bytes_from(t, imports);
	c.names = inq_bytes_from(t, names);
	image = inq_bytes_from(t, starts);
	if (!inq_bytes_u32(image, 0, false, &count))
		count = 0;
	for (uint32_t i = 0; i < count && i < m->segment_count && !m->d->full; i++)
		if (inq_bytes_u32(image, 4 + 4 * (uint64_t)i, false, &off) && off)
			chain_segment(&c, inq_bytes_from(image, off));
}
