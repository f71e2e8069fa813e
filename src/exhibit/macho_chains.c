/*
 * Chained fixups (LC_DYLD_CHAINED_FIXUPS): every pointer that the loader
 * changes says how far it is to the next.
 */
#include "exhibit/macho.h"

static void odd(struct inq_macho *m, uint64_t off, const char *what)
{
	inq_exhibit_note(m->x, m->d->a, inq_macho_off(m, m->chained) + off, "%s", what);
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

		if (!inq_macho_take(c->m))
			return;
		if (!link_read(c, at, &l)) {
			odd(c->m, 0, "a chain of fixups leaves its segment");
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
		odd(c->m, 0, "the starts of chained fixups are cut short");
		return;
	}
	if (c->format < ARM64E || c->format > ARM64E_USERLAND24) {
		odd(c->m, 0, "chained fixups are of a kind that is not known");
		return;
	}
	for (uint32_t page = 0; page < page_count && !c->m->d->full; page++) {
		if (!inq_bytes_u16(starts, 22 + 2 * (uint64_t)page, false, &start)) {
			odd(c->m, 0, "the starts of chained fixups are cut short");
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
		odd(m, 0, "the table of chained fixups is cut short");
		return;
	}
	if (c.import_format < 1 || c.import_format > 3 || names_format) {
		odd(m, 20, "the imports of chained fixups are of a kind that is not known");
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
