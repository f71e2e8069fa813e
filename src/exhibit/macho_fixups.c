/*
 * What the loader of a Mach-O file changes in memory: pointers to itself
 * (rebases) and to others (binds), as the opcodes of LC_DYLD_INFO say.
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

bool inq_macho_take(struct inq_macho *m)
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

		if (!in_segment(s) || !inq_macho_take(m))
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
		if (!in_segment(s) || !inq_macho_take(s->m))
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
