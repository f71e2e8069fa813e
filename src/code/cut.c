/*
 * From instructions to blocks: what was decoded since the last time is cut at
 * leaders, calls and jumps, and laid among the blocks that stand, by address.
 */
#include "code/recover.h"
#include <stdlib.h>
#include <string.h>

static unsigned stack_register(const struct recovery *r)
{
	switch (r->d->arch) {
	case INQ_ARCH_X86_64:
	case INQ_ARCH_X86_32:
		return 4;
	case INQ_ARCH_A64:
		return 31;
	case INQ_ARCH_ARM:
		return 13;
	case INQ_ARCH_MIPS:
		return 29;
	case INQ_ARCH_NONE:
		break;
	}
	return INQ_REG_NONE;
}

bool inq_start_is_stub(const struct recovery *r, uint64_t va, uint32_t *ret_import)
{
	uint32_t import;

	if (!inq_map_get(&r->stub_of, plain(r, va), &import) || !import)
		return false;
	*ret_import = import - 1;
	return true;
}

struct chunk *inq_chunk_at(const struct recovery *r, uint64_t va)
{
	size_t unit;
	struct span *span = inq_span(r, plain(r, va), &unit);
	uint32_t insn = span ? span->insn[unit] : 0;

	if (insn == 0 || insn == INSIDE || !r->chunk_of[insn - 1])
		return NULL;
	return &r->chunks[r->chunk_of[insn - 1] - 1];
}

size_t inq_chunks_up_to(const struct recovery *r, uint64_t va)
{
	size_t low = 0, high = r->chunk_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (r->chunks[middle].va <= va)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct chunk *inq_chunk_around(const struct recovery *r, uint64_t va)
{
	size_t count = inq_chunks_up_to(r, va);

	return count && va < r->chunks[count - 1].end_va ? &r->chunks[count - 1] : NULL;
}

static bool grow_indices(struct recovery *r)
{
	if (r->insn_count > r->chunk_of_room) {
		r->chunk_of_room = r->insn_count + r->insn_count / 8 + 64;
		r->chunk_of = inq_arena_new(r->a, r->chunk_of_room, sizeof *r->chunk_of);
		if (!r->chunk_of) {
			r->no_memory = true;
			r->chunk_of_room = 0;
			return false;
		}
	} else if (r->insn_count) {
		memset(r->chunk_of, 0, r->insn_count * sizeof *r->chunk_of);
	}
	return true;
}

/* The jump table that instruction `n` goes through, plus one; 0: none. Tables are added in this order. */
static uint32_t table_of(const struct recovery *r, uint32_t n)
{
	size_t low = 0, high = r->table_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (r->tables[middle].insn == n)
			return (uint32_t)middle + 1;
		if (r->tables[middle].insn < n)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

/* How the block ends that instruction `n` closes; `last` is `n` or its delay slot. */
static void close_chunk(struct recovery *r, struct chunk *d, uint32_t n)
{
	const struct inq_insn *i = &r->insns[n];
	bool conditional = i->flags & INQ_INSN_CONDITIONAL;
	uint32_t import;

	d->falls = conditional;
	switch ((enum inq_flow)i->flow) {
	case INQ_FLOW_NEXT:
		d->end = END_FALL;
		d->falls = true;
		break;
	case INQ_FLOW_BRANCH:
		d->end = END_BRANCH;
		d->target = i->ref;
		d->falls = true;
		break;
	case INQ_FLOW_JUMP:
		d->end = conditional ? END_BRANCH : END_JUMP;
		d->target = i->ref;
		if (inq_start_is_stub(r, i->ref, &import)) {
			d->end = inq_import_no_return(r->x, import) ? END_STOP : END_IMPORT;
			d->target = 0;
		}
		break;
	case INQ_FLOW_JUMP_INDIRECT:
		d->table = table_of(r, n);
		if (d->table)
			d->end = END_TABLE;
		else if (i->flags & INQ_INSN_HAS_REF && inq_map_get(&r->slot_of, i->ref, &import))
			d->end = inq_import_no_return(r->x, import) ? END_STOP : END_IMPORT;
		else
			d->end = END_UNKNOWN;
		break;
	case INQ_FLOW_CALL:
		d->end = END_CALL;
		d->target = i->ref;
		d->falls = true;
		if (inq_start_is_stub(r, i->ref, &import)) {
			d->target = 0;
			if (inq_import_no_return(r->x, import)) {
				d->end = END_STOP;
				d->falls = conditional;
			}
		} else if (i->ref == i->va + i->len) {
			d->target = 0;
		}
		break;
	case INQ_FLOW_CALL_INDIRECT:
		d->end = END_CALL;
		d->falls = true;
		if (i->flags & INQ_INSN_HAS_REF && inq_map_get(&r->slot_of, i->ref, &import) &&
		        inq_import_no_return(r->x, import)) {
			d->end = END_STOP;
			d->falls = conditional;
		}
		break;
	case INQ_FLOW_RETURN:
		d->end = END_RETURN;
		break;
	case INQ_FLOW_STOP:
		d->end = END_STOP;
		break;
	}
}

/* Notes what the block does to the stack pointer. */
static void see_frame(const struct recovery *r, struct chunk *d, const struct inq_insn *i, unsigned sp)
{
	if (i->op == INQ_OP_PUSH || (i->op == INQ_OP_SUB && i->rd == sp) ||
	        (i->op == INQ_OP_ADD && i->rd == sp && i->flags & INQ_INSN_HAS_IMM && i->imm < 0)) {
		d->framed = true;
		d->epilogue = false;
	} else if (i->op == INQ_OP_POP || (i->op == INQ_OP_MOVE && i->rd == sp)) {
		d->epilogue = true;
	} else if (i->op == INQ_OP_ADD && i->rd == sp) {
		/* i386: right behind a call it takes arguments off, not the frame */
		if (r->d->arch != INQ_ARCH_X86_32 || i->va != d->va)
			d->epilogue = true;
	}
}

static struct chunk *add_chunk(struct recovery *r, uint32_t first)
{
	struct chunk *grown =
	        inq_arena_extend(r->a, r->chunks, r->chunk_count, &r->chunk_capacity, sizeof *grown);

	if (!grown) {
		r->no_memory = true;
		return NULL;
	}
	r->chunks = grown;
	grown[r->chunk_count] = (struct chunk){ .va = r->insns[first].va, .first = first };
	return &grown[r->chunk_count++];
}

static bool is_dead(const struct inq_insn *i)
{
	return i->op == INQ_OP_COUNT;
}

static void cut_run(struct recovery *r, const struct run *run)
{
	uint32_t n = run->first, end = run->first + run->count;
	unsigned sp = stack_register(r);

	while (n < end && !r->no_memory) {
		struct chunk *d;
		size_t unit;
		struct span *span;

		if (is_dead(&r->insns[n])) {
			n++;
			continue;
		}
		d = add_chunk(r, n);
		span = inq_span(r, r->insns[n].va, &unit);
		if (!d || !span)
			return;
		for (;;) {
			const struct inq_insn *i = &r->insns[n];
			uint32_t closing = n++;

			see_frame(r, d, i, sp);
			if (i->flow != INQ_FLOW_NEXT) {
				if (i->flags & INQ_INSN_DELAY && n < end && !is_dead(&r->insns[n]) &&
				        r->insns[n].va == i->va + i->len) {
					see_frame(r, d, &r->insns[n], sp);
					n++;
				}
				d->end_va = r->insns[n - 1].va + r->insns[n - 1].len;
				close_chunk(r, d, closing);
				break;
			}
			d->end_va = i->va + i->len;
			unit = (size_t)((d->end_va - span->va) >> r->unit_shift);
			if (n == end || is_dead(&r->insns[n]) || unit >= span->units ||
			        span->mark[unit] & MARK_LEADER) {
				d->end = END_FALL;
				d->falls = true;
				if (unit >= span->units || !span->insn[unit] || span->insn[unit] == INSIDE) {
					d->end = END_BAD;
					d->falls = false;
				}
				break;
			}
		}
		d->count = n - d->first;
	}
}

static void add_run(struct recovery *r, uint32_t first, uint32_t count)
{
	struct run *grown = inq_arena_extend(r->a, r->runs, r->run_count, &r->run_capacity, sizeof *grown);

	if (!grown) {
		r->no_memory = true;
		return;
	}
	r->runs = grown;
	grown[r->run_count++] = (struct run){ first, count };
}

uint32_t inq_chunk_number(const struct recovery *r, uint64_t va)
{
	const struct chunk *d = inq_chunk_at(r, va);

	return d ? (uint32_t)(d - r->chunks) + 1 : 0;
}

/* Runs by the address of their first instruction. */
static int by_first(const void *a, const void *b, void *insns)
{
	const struct run *x = a, *y = b;
	const struct inq_insn *i = insns;

	return (i[x->first].va > i[y->first].va) - (i[x->first].va < i[y->first].va);
}

/* Merges the blocks from number `kept` on into those before, both by address. */
static void merge(struct recovery *r, size_t kept)
{
	size_t fresh = r->chunk_count - kept, to = r->chunk_count;
	struct chunk *copy;

	if (kept == 0 || fresh == 0 || r->chunks[kept - 1].va < r->chunks[kept].va)
		return;
	copy = inq_arena_new(r->a, fresh, sizeof *copy);
	if (!copy) {
		r->no_memory = true;
		return;
	}
	memcpy(copy, r->chunks + kept, fresh * sizeof *copy);
	while (fresh) {
		if (kept && r->chunks[kept - 1].va > copy[fresh - 1].va)
			r->chunks[--to] = r->chunks[--kept];
		else
			r->chunks[--to] = copy[--fresh];
	}
}

/* Finds each block's neighbours and the starts that begin at one. */
static void link_chunks(struct recovery *r)
{
	for (size_t n = 0; n < r->chunk_count; n++)
		r->chunk_of[r->chunks[n].first] = (uint32_t)n + 1;
	for (size_t n = 0; n < r->chunk_count; n++) {
		struct chunk *d = &r->chunks[n];
		bool adjacent = n + 1 < r->chunk_count && d[1].va == d->end_va;

		d->start = d->next = d->to = 0;
		if (d->end == END_BAD && adjacent) {
			d->end = END_FALL;
			d->falls = true;
		}
		if (d->falls)
			d->next = adjacent ? (uint32_t)n + 2 : inq_chunk_number(r, d->end_va);
		/* Numbers of instructions last, those of blocks do not: the target is looked up once. */
		if (d->to_insn)
			d->to = r->chunk_of[d->to_insn - 1];
		if (d->target && !d->to) {
			d->to = inq_chunk_number(r, d->target);
			d->to_insn = d->to ? r->chunks[d->to - 1].first + 1 : 0;
		}
	}
	for (size_t n = 0; n < r->start_count; n++) {
		struct chunk *d =
		        r->starts[n].dead || !r->starts[n].explored ? NULL : inq_chunk_at(r, r->starts[n].va);

		if (d)
			d->start = (uint32_t)n + 1;
	}
}

void inq_cut(struct recovery *r)
{
	size_t kept = 0;

	if (!grow_indices(r))
		return;
	/* Blocks with a new leader inside are cut again; those no function claimed are gone. */
	for (size_t n = 0; n < r->split_count; n++) {
		struct chunk *d = inq_chunk_around(r, r->splits[n]);

		if (d && d->owner && d->va != r->splits[n]) {
			add_run(r, d->first, d->count);
			d->owner = 0;
		}
	}
	r->split_count = 0;
	for (size_t n = 0; n < r->chunk_count; n++)
		if (r->chunks[n].owner)
			r->chunks[kept++] = r->chunks[n];
	r->chunk_count = kept;
	if (r->run_count)
		qsort_r(r->runs, r->run_count, sizeof *r->runs, by_first, r->insns);
	for (size_t n = 0; n < r->run_count && !r->no_memory; n++)
		cut_run(r, &r->runs[n]);
	r->run_count = 0;
	merge(r, kept);
	link_chunks(r);
}
