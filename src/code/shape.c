/*
 * From blocks to functions. Each start claims the blocks its flow reaches;
 * functions that do not return are found, what lies behind calls to them is
 * let go, and what no start reaches any more is given back to the gaps.
 */
#include "code/recover.h"
#include <stdlib.h>
#include <string.h>

/* The claims of one start over blocks. */
struct claim {
	struct recovery *r;
	uint32_t *stack;
	size_t stacked;
	uint64_t va, limit; /* the start, and where the next one begins */
	uint32_t owner;
	bool framed;
	uint32_t *later; /* blocks whose jump may be a tail call */
	size_t later_count;
	bool added; /* a new start came out of it */
	bool far; /* blocks outside [va, limit) may be claimed too */
	bool left; /* there was a way out of [va, limit) */
};

static void take(struct claim *c, struct chunk *d)
{
	if (d && !d->owner) {
		d->owner = c->owner;
		c->framed |= d->framed;
		c->stack[c->stacked++] = (uint32_t)(d - c->r->chunks);
	}
}

static bool inside(const struct claim *c, uint64_t va)
{
	return va >= c->va && va < c->limit;
}

/* A way from a block of the function to block number `to`: `tail` where it may be a tail call. */
static void way(struct claim *c, struct chunk *from, uint32_t to, bool tail)
{
	struct chunk *d;

	if (!to)
		return;
	d = &c->r->chunks[to - 1];
	if (d->owner || (d->start && d->start != c->owner))
		return;
	if (tail && (from->epilogue || !inside(c, d->va)))
		c->later[c->later_count++] = (uint32_t)(from - c->r->chunks);
	else if (c->far || inside(c, d->va))
		take(c, d);
	else
		c->left = true;
}

/* The start that the call or jump at the block's end names, or NULL. */
static struct start *target_start(const struct recovery *r, const struct chunk *d)
{
	return d->to && r->chunks[d->to - 1].start ? &r->starts[r->chunks[d->to - 1].start - 1] : NULL;
}

static bool falls(const struct recovery *r, const struct chunk *d)
{
	const struct start *s = d->end == END_CALL ? target_start(r, d) : NULL;

	return d->falls && !(s && s->no_return);
}

static void claim_reached(struct claim *c)
{
	while (c->stacked) {
		struct chunk *d = &c->r->chunks[c->stack[--c->stacked]];

		if (falls(c->r, d))
			way(c, d, d->next, false);
		if (d->end == END_BRANCH)
			way(c, d, d->to, false);
		if (d->end == END_JUMP)
			way(c, d, d->to, true);
		if (d->end == END_TABLE) {
			const struct table *t = &c->r->tables[d->table - 1];

			for (uint32_t n = 0; n < t->count; n++)
				way(c, d, inq_chunk_number(c->r, c->r->targets[t->first + n]), false);
		}
	}
}

/* The jumps put off: now that all else is claimed, which of them leave the function for good? */
static void claim_later(struct claim *c)
{
	for (size_t n = 0; n < c->later_count; n++) {
		struct chunk *from = &c->r->chunks[c->later[n]], *to = &c->r->chunks[from->to - 1];
		struct start *s;

		if (to->owner || to->start)
			continue;
		if (from->epilogue || !c->framed) {
			inq_start_add(c->r, from->target, INQ_SOURCE_TAIL_CALL, 0, NULL);
			s = inq_start_at(c->r, from->target);
			if (!s)
				continue;
			s->explored = true;
			to->start = (uint32_t)(s - c->r->starts) + 1;
			c->added = true;
		} else if (c->far || inside(c, to->va)) {
			take(c, to);
			claim_reached(c);
		} else {
			c->left = true;
		}
	}
	c->later_count = 0;
}

/* Where the next start after block `n` lies, or what the container states of its own end. */
static uint64_t limit_of(const struct recovery *r, const uint32_t *entries, size_t count, size_t n)
{
	const struct chunk *d = &r->chunks[entries[n]];
	uint64_t limit = n + 1 < count ? r->chunks[entries[n + 1]].va : UINT64_MAX;
	uint64_t stated = r->starts[d->start - 1].stated_end;

	return stated > d->va && stated < limit ? stated : limit;
}

/* Gives every block that a start reaches to the first that does. True where a new start came out. */
static bool claim_all(struct recovery *r, uint32_t *entries, uint32_t *stack, uint32_t *later)
{
	struct claim c = { .r = r, .stack = stack, .later = later };
	size_t count = 0;

	for (size_t n = 0; n < r->chunk_count; n++) {
		r->chunks[n].owner = 0;
		if (r->chunks[n].start)
			entries[count++] = (uint32_t)n;
	}
	/* First each takes what lies before the next start, then what is out of line. */
	for (unsigned pass = 0; pass < 2; pass++) {
		c.far = pass == 1;
		for (size_t n = 0; n < count; n++) {
			struct chunk *entry = &r->chunks[entries[n]];

			c.va = entry->va;
			c.limit = limit_of(r, entries, count, n);
			c.owner = entry->start;
			c.framed = false;
			c.left = false;
			if (pass == 0) {
				take(&c, entry);
			} else {
				/* Blocks of the first pass once more, for the ways they were not let go. */
				if (entry->owner != c.owner || !r->starts[c.owner - 1].left)
					continue;
				for (struct chunk *d = entry;
				        d < r->chunks + r->chunk_count && d->va < c.limit; d++)
					if (d->owner == c.owner) {
						c.framed |= d->framed;
						c.stack[c.stacked++] = (uint32_t)(d - r->chunks);
					}
			}
			claim_reached(&c);
			claim_later(&c);
			r->starts[c.owner - 1].left = c.left;
		}
	}
	for (size_t n = 0; n < r->part_count; n++) {
		struct start *s = inq_start_at(r, r->parts[n].owner_va);

		if (!s)
			continue;
		c.va = plain(r, s->va);
		c.limit = UINT64_MAX;
		c.owner = (uint32_t)(s - r->starts) + 1;
		c.far = true;
		c.framed = true;
		take(&c, inq_chunk_at(r, r->parts[n].va));
		claim_reached(&c);
		c.later_count = 0;
	}
	return c.added;
}

/* True where a function was newly found not to return. */
static bool find_no_return(struct recovery *r, bool *returns)
{
	bool changed = false;

	memset(returns, 0, r->start_count * sizeof *returns);
	for (size_t n = 0; n < r->chunk_count; n++) {
		const struct chunk *d = &r->chunks[n];
		const struct start *to;

		if (!d->owner || returns[d->owner - 1])
			continue;
		switch ((enum block_end)d->end) {
		case END_RETURN:
		case END_UNKNOWN:
		case END_BAD:
		case END_IMPORT:
			returns[d->owner - 1] = true;
			break;
		case END_JUMP:
		case END_BRANCH:
			to = target_start(r, d);
			if (!d->to || (to && to != &r->starts[d->owner - 1] && !to->no_return))
				returns[d->owner - 1] = true;
			break;
		case END_FALL:
		case END_CALL:
		case END_STOP:
		case END_TABLE:
			break;
		}
		/* A call right before another function is one that does not come back. */
		if (d->end != END_CALL && falls(r, d) && d->next) {
			uint32_t start = r->chunks[d->next - 1].start;

			if (start && start != d->owner && !r->starts[start - 1].no_return)
				returns[d->owner - 1] = true;
		}
	}
	for (size_t n = 0; n < r->chunk_count; n++) {
		const struct chunk *d = &r->chunks[n];

		if (d->start && d->owner == d->start && !returns[d->start - 1] &&
		        !r->starts[d->start - 1].no_return) {
			r->starts[d->start - 1].no_return = true;
			changed = true;
		}
	}
	return changed;
}

static void drop_start(struct recovery *r, struct chunk *d)
{
	struct start *s = &r->starts[d->start - 1];
	size_t unit;
	struct span *span = inq_span(r, plain(r, s->va), &unit);

	s->dead = true;
	d->start = 0;
	if (span)
		span->mark[unit] &= (uint8_t)~MARK_START;
}

/* Starts that only dead code called are starts no more. True where there was one. */
static bool drop_unreached(struct recovery *r)
{
	bool dropped = false;

	for (size_t n = 0; n < r->start_count; n++)
		r->starts[n].reached = false;
	for (size_t n = 0; n < r->chunk_count; n++) {
		struct start *s = r->chunks[n].owner ? target_start(r, &r->chunks[n]) : NULL;

		if (s)
			s->reached = true;
	}
	for (size_t n = 0; n < r->chunk_count; n++) {
		struct chunk *d = &r->chunks[n];
		const struct start *s = d->start ? &r->starts[d->start - 1] : NULL;

		if (!s || s->reached || (s->source != INQ_SOURCE_CALL && s->source != INQ_SOURCE_TAIL_CALL))
			continue;
		drop_start(r, d);
		dropped = true;
	}
	return dropped;
}

/* Who calls each start, and who jumps to it in the middle of things. */
static void see_callers(struct recovery *r)
{
	for (size_t n = 0; n < r->start_count; n++) {
		r->starts[n].called = r->starts[n].framed = false;
		r->starts[n].jumper = 0;
	}
	for (size_t n = 0; n < r->chunk_count; n++)
		if (r->chunks[n].owner)
			r->starts[r->chunks[n].owner - 1].framed |= r->chunks[n].framed;
	for (size_t n = 0; n < r->chunk_count; n++) {
		const struct chunk *d = &r->chunks[n];
		struct start *s = d->owner ? target_start(r, d) : NULL;

		if (!s)
			continue;
		if (d->end == END_BRANCH ||
		        (d->end == END_JUMP && !d->epilogue && r->starts[d->owner - 1].framed))
			s->jumper = s->jumper && s->jumper != d->owner ? UINT32_MAX : d->owner;
		else
			s->called = true;
	}
}

/*
 * A cold part has an entry of its own in the unwind tables, but nothing calls
 * it, and the one function that jumps to it has its frame up. True where one
 * was found: it is that function's from now on.
 */
static bool join_cold_parts(struct recovery *r)
{
	bool joined = false;

	see_callers(r);
	for (size_t n = 0; n < r->chunk_count; n++) {
		struct chunk *d = &r->chunks[n];
		const struct start *s = d->start ? &r->starts[d->start - 1] : NULL;
		const struct span *span;
		size_t unit;

		if (!s || s->source != INQ_SOURCE_UNWIND || s->called || !s->jumper ||
		        s->jumper == UINT32_MAX || s->jumper == d->start || !r->starts[s->jumper - 1].framed)
			continue;
		span = inq_span(r, d->va, &unit);
		if (!span || span->mark[unit] & MARK_TAKEN || d->framed)
			continue;
		drop_start(r, d);
		joined = true;
	}
	return joined;
}

static void clear_cells(struct recovery *r, const struct inq_insn *i)
{
	size_t unit, units = (size_t)(i->len + (1U << r->unit_shift) - 1) >> r->unit_shift;
	struct span *span = inq_span(r, i->va, &unit);

	if (!span)
		return;
	for (size_t n = 0; n < units && unit + n < span->units; n++) {
		span->insn[unit + n] = 0;
		span->mark[unit + n] &= (uint8_t) ~(MARK_LEADER | MARK_LIVE | MARK_THUMB);
	}
}

/* Gives the cells of unclaimed blocks back, and marks those of claimed ones. */
static void settle(struct recovery *r)
{
	for (size_t n = 0; n < r->chunk_count; n++) {
		struct chunk *d = &r->chunks[n];
		size_t unit, end;
		struct span *span;

		if (d->owner && r->starts[d->owner - 1].dead)
			d->owner = 0;
		if (!d->owner) {
			for (uint32_t i = d->first; i < d->first + d->count; i++) {
				clear_cells(r, &r->insns[i]);
				r->insns[i].op = INQ_OP_COUNT;
			}
			continue;
		}
		span = inq_span(r, d->va, &unit);
		if (!span)
			continue;
		end = unit + (size_t)((d->end_va - d->va + (1U << r->unit_shift) - 1) >> r->unit_shift);
		if (end <= span->units && span->mark[unit] & span->mark[end - 1] & MARK_LIVE)
			continue; /* since an earlier round */
		for (; unit < end && unit < span->units; unit++)
			span->mark[unit] |= MARK_LIVE;
	}
}

void inq_shape(struct recovery *r)
{
	uint32_t *entries, *stack, *later;
	bool *returns;
	struct inq_arena *a;

	inq_cut(r);
	if (r->no_memory)
		return;
	a = inq_arena_open(SIZE_MAX / 2);
	if (!a) {
		r->no_memory = true;
		return;
	}
	/* In a claim a block is stacked once, and put off once; each start and each jump may be an entry. */
	entries = inq_arena_new(a, r->chunk_count + 1, sizeof *entries);
	stack = inq_arena_new(a, r->chunk_count + 1, sizeof *stack);
	later = inq_arena_new(a, r->chunk_count + 1, sizeof *later);
	returns = inq_arena_new(a, r->start_count + r->chunk_count + 1, sizeof *returns);
	if (!entries || !stack || !later || !returns) {
		r->no_memory = true;
		inq_arena_close(a);
		return;
	}
	for (unsigned round = 0; round < 24 && !r->no_memory; round++) {
		bool again = claim_all(r, entries, stack, later);

		again |= find_no_return(r, returns);
		again |= drop_unreached(r);
		again |= join_cold_parts(r);
		if (!again)
			break;
	}
	inq_arena_close(a);
	settle(r);
}
