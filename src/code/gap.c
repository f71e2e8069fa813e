/*
 * The gaps: code that nothing named. What stands right behind a function and
 * its padding is likely a function, or a piece of the one before it that a
 * jump table would have named; which, the flow and the ABI's rules tell.
 */
#include "code/recover.h"

static struct inq_bytes rest_of(const struct recovery *r, const struct span *s, size_t unit)
{
	return inq_bytes_from(s->bytes, (uint64_t)unit << r->unit_shift);
}

enum {
	/*
	 * Instructions decoded for candidates, by byte of code: bytes made for
	 * it could have every candidate explore all that follows, in vain.
	 */
	MOST_TRIED = 16,
	/* A candidate may hold one place that does not fit in so many instructions: that is this reader's fault. */
	MOST_FITTING = 512,
};

/* Padding of assemblers and linkers: no-ops, traps, zeros, `lea` of a register onto itself. */
static size_t padding(const struct recovery *r, const struct span *s, size_t unit, size_t end, bool thumb)
{
	struct inq_bytes rest = rest_of(r, s, unit);
	uint64_t va = s->va + ((uint64_t)unit << r->unit_shift);
	struct inq_insn i;
	size_t units;
	uint32_t word;

	if (is_x86(r)) {
		if (rest.at[0] == 0xcc || rest.at[0] == 0x90)
			return 1;
		if (rest.len >= 2 && unit + 1 < end && rest.at[0] == 0 && rest.at[1] == 0)
			return 2;
		if (rest.at[0] == 0 && unit + 1 == end)
			return 1;
		if (!inq_insn_decode(r->d, va, rest, &i))
			return 0;
		if (i.op == INQ_OP_NOP &&
		        !(rest.len >= 4 && rest.at[0] == 0xf3 && rest.at[1] == 0x0f && rest.at[2] == 0x1e))
			units = i.len;
		else if (i.mnemonic == ZYDIS_MNEMONIC_LEA && i.rd == i.rn && i.rm == INQ_REG_NONE &&
		         i.imm == 0)
			units = i.len;
		else
			return 0;
		return units <= end - unit ? units : 0;
	}
	if (r->d->arch == INQ_ARCH_ARM) {
		uint16_t half;

		if (inq_bytes_u32(rest, 0, r->d->big_endian, &word) && unit + 1 < end && va % 4 == 0 &&
		        (word == 0 || word == 0xe320f000 || word == 0xe1a00000))
			return 2;
		if (thumb && inq_bytes_u16(rest, 0, r->d->big_endian, &half) &&
		        (half == 0xbf00 || half == 0x46c0 || half == 0))
			return 1;
		return !thumb && va % 4 ? 1 : 0;
	}
	if (!inq_bytes_u32(rest, 0, r->d->arch == INQ_ARCH_MIPS && r->d->big_endian, &word))
		return 1;
	if (word == 0 || (r->d->arch == INQ_ARCH_A64 && word == 0xd503201f))
		return 1;
	return 0;
}

/* What exploring has done so far, to be undone. */
struct mark {
	size_t insns, runs, starts, explored, tables, targets;
};

static struct mark mark(const struct recovery *r)
{
	return (struct mark){ r->insn_count, r->run_count, r->start_count, r->start_explored, r->table_count,
		r->target_count };
}

static void undo(struct recovery *r, const struct mark *m)
{
	for (size_t n = m->insns; n < r->insn_count; n++) {
		const struct inq_insn *i = &r->insns[n];
		size_t unit, units = (size_t)(i->len + (1U << r->unit_shift) - 1) >> r->unit_shift;
		struct span *span = inq_span(r, i->va, &unit);

		for (size_t u = 0; span && u < units && unit + u < span->units; u++) {
			span->insn[unit + u] = 0;
			span->mark[unit + u] &= (uint8_t) ~(MARK_LEADER | MARK_THUMB);
		}
	}
	for (size_t n = m->starts; n < r->start_count; n++) {
		size_t unit;
		struct span *span = inq_span(r, plain(r, r->starts[n].va), &unit);

		r->starts[n].dead = true;
		if (span)
			span->mark[unit] &= (uint8_t)~MARK_START;
	}
	r->insn_count = m->insns;
	r->run_count = m->runs;
	r->table_count = m->tables;
	r->target_count = m->targets;
}

static bool add_part(struct recovery *r, uint64_t va, uint64_t owner_va)
{
	struct part *grown =
	        inq_arena_extend(r->a, r->parts, r->part_count, &r->part_capacity, sizeof *grown);

	if (!grown) {
		r->no_memory = true;
		return false;
	}
	r->parts = grown;
	grown[r->part_count++] = (struct part){ va, owner_va };
	return true;
}

/* The start of the live function whose block holds, or ends at, `va`; false where there is none. */
static bool owner_of(const struct recovery *r, uint64_t va, uint64_t *ret)
{
	const struct chunk *d = inq_chunk_around(r, va);

	if (!d || !d->owner)
		return false;
	*ret = r->starts[d->owner - 1].va;
	return true;
}

/* The start of the last function that has a block before `va`. */
static bool owner_before(const struct recovery *r, uint64_t va, uint64_t *ret)
{
	size_t count = inq_chunks_up_to(r, va);

	for (size_t n = 0; n < 64 && count > 0; n++, count--)
		if (r->chunks[count - 1].owner) {
			*ret = r->starts[r->chunks[count - 1].owner - 1].va;
			return true;
		}
	return false;
}

/* The first instructions are what a compiler begins a function with. */
static bool is_prologue(const struct recovery *r, uint64_t va, struct inq_bytes rest)
{
	struct inq_insn i, next;

	if (!inq_insn_decode(r->d, va, rest, &i))
		return false;
	if (is_x86(r)) {
		if (rest.len >= 4 && rest.at[0] == 0xf3 && rest.at[1] == 0x0f && rest.at[2] == 0x1e &&
		        (rest.at[3] == 0xfa || rest.at[3] == 0xfb))
			return true;
		if (i.op == INQ_OP_PUSH && i.rs == 5 &&
		        inq_insn_decode(r->d, va + i.len, inq_bytes_from(rest, i.len), &next))
			return next.op == INQ_OP_MOVE && next.rd == 5 && next.rn == 4;
		return i.op == INQ_OP_PUSH && i.rs != INQ_REG_NONE;
	}
	if (i.op == INQ_OP_PUSH)
		return true;
	if (r->d->arch == INQ_ARCH_MIPS)
		return (i.op == INQ_OP_ADD && i.rd == 29 && i.rn == 29 && i.imm < 0) ||
		       (i.op == INQ_OP_ADDRESS && i.rd == 28);
	return i.op == INQ_OP_SUB && i.rd == (r->d->arch == INQ_ARCH_A64 ? 31 : 13) && i.rn == i.rd;
}

/* A trap or a lone call that does not return, right behind other code: what compilers put where nothing comes by. */
static bool is_trailing_stop(const struct recovery *r, size_t first, uint64_t before_va)
{
	const struct inq_insn *last = r->insn_count ? &r->insns[r->insn_count - 1] : NULL;

	return before_va != UINT64_MAX && r->insn_count - first <= 2 &&
	       (last->flow == INQ_FLOW_STOP || last->flow == INQ_FLOW_CALL);
}

enum verdict {
	REJECTED,
	FUNCTION,
	PART, /* of the function at `owner_va` */
};

static enum verdict judge(struct recovery *r, uint64_t va, size_t first, uint64_t before_va, bool taken,
        struct inq_bytes rest, uint64_t *ret_owner)
{
	bool prologue = is_prologue(r, va, rest), plausible;
	const struct inq_insn *last;

	if (r->no_memory || (r->met.bad + r->met.clashes) * MOST_FITTING > r->insn_count - first)
		return REJECTED;
	if (!prologue && !taken && is_trailing_stop(r, first, before_va))
		return REJECTED;
	plausible = inq_frame_plausible(r, va) && inq_frame_closed(r, first);
	if (r->met.entered_va && !(prologue && plausible) && owner_of(r, r->met.entered_va, ret_owner))
		return PART;
	if (!plausible)
		/* Only what belongs to the function before it can use registers like that. */
		return before_va != UINT64_MAX && owner_of(r, before_va, ret_owner) ? PART : REJECTED;
	if (r->met.fell_into_start && !taken && !prologue) {
		last = &r->insns[r->insn_count - 1];
		for (size_t n = r->insn_count; n > 0; n--)
			if (r->insns[n - 1].va == r->met.last_va) {
				last = &r->insns[n - 1];
				break;
			}
		if (last->flow != INQ_FLOW_CALL && last->flow != INQ_FLOW_CALL_INDIRECT)
			return REJECTED;
	}
	return FUNCTION;
}

/* Explores a candidate and keeps it, as a function or as a part, or undoes it. */
static enum verdict try_at(struct recovery *r, struct span *span, size_t unit, bool thumb, bool supported)
{
	uint64_t va = span->va + ((uint64_t)unit << r->unit_shift), owner_va = 0, before_va = UINT64_MAX;
	bool taken = span->mark[unit] & MARK_TAKEN;
	struct mark before = mark(r);
	enum verdict verdict;

	if (unit && span->mark[unit - 1] & MARK_LIVE)
		before_va = va - 1;
	/* Without any support it is data until an unwind table says otherwise. */
	if (span->mark[unit] & MARK_TRIED || r->tried > (MOST_TRIED * r->units << r->unit_shift) + (4 << 20))
		return REJECTED;
	if (!taken && !supported && !(span->mark[unit] & MARK_INNER) &&
	        !is_prologue(r, va | thumb, rest_of(r, span, unit)))
		return REJECTED;
	span->mark[unit] |= MARK_LEADER;
	inq_explore(r, va | thumb);
	r->tried += r->insn_count - before.insns;
	if (span->mark[unit] & MARK_INNER && r->insn_count > before.insns && !r->met.bad) {
		/* An unwind table says whose it is: a landing pad, or the case of a switch. */
		span->mark[unit] |= MARK_TRIED;
		if (owner_before(r, va, &owner_va))
			return add_part(r, va | thumb, owner_va) ? PART : REJECTED;
		undo(r, &before);
		return REJECTED;
	}
	verdict = judge(r, va | thumb, before.insns, before_va, taken, rest_of(r, span, unit), &owner_va);
	if (verdict == FUNCTION) {
		r->accepted++;
		inq_start_add(r, va | thumb, taken ? INQ_SOURCE_POINTER : INQ_SOURCE_GAP, 0, NULL);
		if (inq_start_at(r, va))
			inq_start_at(r, va)->explored = true;
		inq_explore_starts(r);
	} else if (verdict == PART) {
		if (!add_part(r, va | thumb, owner_va))
			verdict = REJECTED;
	}
	if (verdict == REJECTED)
		undo(r, &before);
	/* Accepted once is enough: where it does not last, it would not a second time. */
	if (verdict != REJECTED)
		span->mark[unit] |= MARK_TRIED;
	return verdict;
}

/* ARM: what stands there is rather Thumb. */
static bool thumb_at(const struct recovery *r, const struct span *span, size_t unit)
{
	if (r->d->arch != INQ_ARCH_ARM)
		return false;
	if (span->mark[unit] & MARK_TAKEN)
		return span->mark[unit] & MARK_THUMB;
	return inq_thumb_likely(r, span->va + ((uint64_t)unit << r->unit_shift));
}

/*
 * The next place where a function may begin: on x86, where a compiler would
 * align one; on the sets whose instructions cannot be mistaken for each other,
 * behind the next return or jump, and there it is likely.
 */
static size_t next_place(const struct recovery *r, const struct span *span, size_t unit, size_t end,
        bool thumb, bool *ret_supported)
{
	uint64_t va = span->va + ((uint64_t)unit << r->unit_shift);
	size_t first = unit, units = 0;
	struct inq_insn i;

	*ret_supported = false;
	if (is_x86(r))
		return (size_t)((va / 16 + 1) * 16 - span->va);
	for (; unit < end && !span->insn[unit]; unit += units) {
		va = span->va + ((uint64_t)unit << r->unit_shift);
		units = r->d->arch == INQ_ARCH_ARM && !thumb ? 2 : 1;
		if (!inq_insn_decode(r->d, va | thumb, rest_of(r, span, unit), &i))
			break;
		units = (size_t)i.len >> r->unit_shift;
		if ((i.flow == INQ_FLOW_RETURN || i.flow == INQ_FLOW_JUMP) &&
		        !(i.flags & INQ_INSN_CONDITIONAL)) {
			*ret_supported = true;
			units += i.flags & INQ_INSN_DELAY ? 1 : 0;
			return unit + units;
		}
	}
	return unit > first ? unit : unit + units;
}

static enum verdict try_both(struct recovery *r, struct span *span, size_t unit, bool supported)
{
	bool thumb = thumb_at(r, span, unit);
	uint64_t va = span->va + ((uint64_t)unit << r->unit_shift);
	enum verdict verdict = REJECTED;

	if (thumb || r->d->arch != INQ_ARCH_ARM || va % 4 == 0)
		verdict = try_at(r, span, unit, thumb, supported);
	/* The other instruction set needs more than a place where code is likely. */
	if (verdict == REJECTED && r->d->arch == INQ_ARCH_ARM && (!thumb || va % 4 == 0))
		verdict = try_at(r, span, unit, !thumb, false);
	if (verdict == REJECTED && r->met.bad && r->d->arch != INQ_ARCH_ARM)
		span->mark[unit] |= MARK_TRIED;
	return verdict;
}

/* One unit that only fills up: a no-op or a trap as short as can be, or zeros. */
static bool is_filler(const struct recovery *r, struct inq_bytes rest)
{
	uint16_t half;
	uint32_t word;

	if (is_x86(r))
		return rest.at[0] == 0xcc || rest.at[0] == 0x90;
	if (r->d->arch == INQ_ARCH_ARM)
		return inq_bytes_u16(rest, 0, r->d->big_endian, &half) &&
		       (half == 0 || half == 0xbf00 || half == 0x46c0);
	return inq_bytes_u32(rest, 0, false, &word) && word == 0;
}

/*
 * Whether the code before the gap makes code in it likely: a function that no
 * unwind table lists is likely followed by another; one that a table lists
 * would have the next one listed too, so that what follows is rather data.
 */
static bool supports(const struct recovery *r, const struct span *span, size_t unit)
{
	const struct chunk *d;

	/* Literals behind a function are its own, and so is what aligns them. */
	for (size_t n = 0; n < 1 << 12 && unit > 0; n++, unit--)
		if (!(span->mark[unit - 1] & MARK_DATA) &&
		        (span->insn[unit - 1] || !is_filler(r, rest_of(r, span, unit - 1))))
			break;
	if (unit == 0)
		return true;
	if (!(span->mark[unit - 1] & MARK_LIVE))
		return span->insn[unit - 1]; /* accepted in this very pass */
	/* Windows lists no function there that calls none and keeps no frame. */
	if (r->x->format == INQ_FORMAT_PE)
		return true;
	d = inq_chunk_around(r, span->va + ((uint64_t)(unit - 1) << r->unit_shift));
	return d && d->owner && !r->starts[d->owner - 1].unwound;
}

static void scan(struct recovery *r, const struct gap *g)
{
	bool supported = false, thumb = false, fresh = true; /* fresh: a stretch of free cells begins */
	struct span *span = g->span;
	size_t unit = g->unit;

	while (unit < g->end && !r->no_memory) {
		size_t end, pad;

		if (span->insn[unit]) {
			unit++;
			fresh = true;
			continue;
		}
		if (fresh) {
			supported = supports(r, span, unit);
			thumb = thumb_at(r, span, unit);
			fresh = false;
		}
		for (end = unit; end < g->end && end - unit < 16 && !span->insn[end]; end++)
			;
		pad = padding(r, span, unit, end, thumb);
		if (pad)
			unit += pad < end - unit ? pad : end - unit;
		else if (try_both(r, span, unit, supported) != REJECTED)
			fresh = true;
		else
			unit = next_place(r, span, unit, g->end, thumb, &supported);
	}
}

/* Addresses that are stored or taken, and lead into a gap. */
static void scan_taken(struct recovery *r, const struct gap *g)
{
	struct span *span = g->span;

	for (size_t unit = g->unit; unit < g->end && !r->no_memory; unit++) {
		bool thumb = r->d->arch == INQ_ARCH_ARM && span->mark[unit] & MARK_THUMB;
		uint64_t va = span->va + ((uint64_t)unit << r->unit_shift);

		if (span->mark[unit] & MARK_TAKEN && !span->insn[unit] && !(span->mark[unit] & MARK_INNER) &&
		        inq_frame_plausible(r, va | thumb))
			try_at(r, span, unit, thumb, true);
	}
}

static bool add_gap(struct recovery *r, struct span *span, size_t unit, size_t end)
{
	struct gap *grown;

	if (unit >= end)
		return true;
	grown = inq_arena_extend(r->a, r->gaps, r->gap_count, &r->gap_capacity, sizeof *grown);
	if (!grown) {
		r->no_memory = true;
		return false;
	}
	r->gaps = grown;
	grown[r->gap_count++] = (struct gap){ span, unit, end };
	return true;
}

/* Lists what lies between the blocks of functions. */
static bool find_gaps(struct recovery *r)
{
	size_t n = 0;

	r->gap_count = 0;
	for (size_t s = 0; s < r->span_count; s++) {
		struct span *span = &r->spans[s];
		size_t unit = 0, begin;

		for (; n < r->chunk_count && (r->chunks[n].va - span->va) >> r->unit_shift < span->units;
		        n++) {
			begin = (size_t)((r->chunks[n].va - span->va) >> r->unit_shift);
			if (!r->chunks[n].owner)
				continue;
			if (!add_gap(r, span, unit, begin))
				return false;
			unit = begin +
			       (size_t)((r->chunks[n].end_va - r->chunks[n].va + (1U << r->unit_shift) - 1) >>
			                r->unit_shift);
		}
		if (!add_gap(r, span, unit, span->units))
			return false;
	}
	return true;
}

uint64_t inq_gap_padding(struct recovery *r)
{
	uint64_t units = 0;

	if (!find_gaps(r))
		return 0;
	for (size_t n = 0; n < r->gap_count; n++) {
		const struct gap *g = &r->gaps[n];

		for (size_t unit = g->unit, pad; unit < g->end; unit += pad, units += pad) {
			pad = padding(r, g->span, unit, g->end, thumb_at(r, g->span, unit));
			if (pad == 0)
				break;
		}
	}
	return units << r->unit_shift;
}

bool inq_gap(struct recovery *r)
{
	size_t accepted = r->accepted, parts = r->part_count;

	if (!find_gaps(r))
		return false;
	for (size_t n = 0; n < r->gap_count; n++)
		scan_taken(r, &r->gaps[n]);
	/* What they call is better evidence than a gap, and worth a round where there is much of it. */
	if (r->accepted - accepted > r->start_count / 256)
		return true;
	for (size_t n = 0; n < r->gap_count; n++)
		scan(r, &r->gaps[n]);
	/* A few more landing pads would uncover a few more, round by round: they are not worth it. */
	return r->accepted > accepted || r->part_count - parts > r->chunk_count / 1000;
}
