/*
 * Writes out what recovery found: functions by address, their blocks (calls no
 * longer end one), successors, and what they refer to.
 */
#include "code/recover.h"
#include <stdlib.h>
#include <string.h>

struct emit {
	struct recovery *r;
	struct inq_code *c;
	uint32_t *block_of; /* chunk -> block within its function */
	struct chunk **own; /* the chunks of the function in hand, entry first, then by address */
	size_t own_count, own_capacity;
	size_t blocks_capacity, edges_capacity, references_capacity, functions_capacity;
};

static bool add_reference(struct emit *e, uint64_t at_va, enum inq_reference_kind kind, uint64_t value)
{
	struct inq_reference *grown = inq_arena_extend(
	        e->r->a, e->c->references, e->c->reference_count, &e->references_capacity, sizeof *grown);

	if (!grown)
		return false;
	e->c->references = grown;
	grown[e->c->reference_count++] = (struct inq_reference){ at_va, value, kind };
	return true;
}

/* The import that the function at `va` does nothing but jump to: linkers of PE files make such. */
static bool thunk_import(const struct emit *e, uint64_t va, uint32_t *ret_import)
{
	const struct chunk *d = inq_chunk_at(e->r, va);
	const struct inq_insn *last = d && d->count <= 2 ? &e->r->insns[d->first + d->count - 1] : NULL;

	return last && last->flow == INQ_FLOW_JUMP_INDIRECT && last->flags & INQ_INSN_HAS_REF &&
	       inq_map_get(&e->r->slot_of, last->ref, ret_import);
}

static bool refer_to(struct emit *e, const struct inq_insn *i, bool jump)
{
	struct recovery *r = e->r;
	const struct inq_region *region;
	uint32_t import;

	if (thunk_import(e, i->ref, &import))
		return add_reference(e, i->va, INQ_REFERENCE_IMPORT, import);
	if (inq_start_at(r, i->ref)) {
		enum inq_reference_kind kind = i->flow == INQ_FLOW_CALL ? INQ_REFERENCE_CALL
		                               : jump                   ? INQ_REFERENCE_TAIL_CALL
		                                                        : INQ_REFERENCE_CODE;

		return add_reference(e, i->va, kind, plain(r, i->ref));
	}
	if (inq_start_is_stub(r, i->ref, &import) || inq_map_get(&r->slot_of, i->ref, &import))
		return add_reference(e, i->va, INQ_REFERENCE_IMPORT, import);
	if (jump || i->flow == INQ_FLOW_CALL)
		return true;
	region = inq_exhibit_region(r->x, i->ref);
	if (region && region->kind == INQ_REGION_DATA)
		return add_reference(e, i->va, INQ_REFERENCE_DATA, i->ref);
	return true;
}

static bool references_of(struct emit *e, const struct chunk *d, uint64_t start_va)
{
	for (uint32_t n = d->first; n < d->first + d->count; n++) {
		const struct inq_insn *i = &e->r->insns[n];
		bool jump = i->flow == INQ_FLOW_JUMP || i->flow == INQ_FLOW_BRANCH;

		if (!(i->flags & INQ_INSN_HAS_REF) || (jump && plain(e->r, i->ref) == start_va))
			continue;
		if (i->flow == INQ_FLOW_CALL && i->ref == i->va + i->len && !inq_start_at(e->r, i->ref))
			continue;
		if (!refer_to(e, i, jump))
			return false;
	}
	return true;
}

/* The block within the function that block number `to` of the chunks became; INQ_NO_BLOCK where it is another's. */
static uint32_t block_of(const struct emit *e, const struct chunk *from, uint32_t to)
{
	return to && e->r->chunks[to - 1].owner == from->owner ? e->block_of[to - 1] : INQ_NO_BLOCK;
}

/* Whether `next` only continues `d` behind a call. */
static bool continues(const struct emit *e, const struct chunk *d, const struct chunk *next)
{
	size_t unit;
	struct span *span;

	if (d->end != END_CALL || d->end_va != next->va || next->first != d->first + d->count ||
	        d->owner != next->owner)
		return false;
	span = inq_span(e->r, next->va, &unit);
	return span && !(span->mark[unit] & MARK_LEADER);
}

static bool edges_of(struct emit *e, const struct chunk *d, struct inq_block *b)
{
	const struct table *t;

	b->successor[0] = b->successor[1] = INQ_NO_BLOCK;
	b->edge_first = (uint32_t)e->c->edge_count;
	if (d->end == END_BRANCH || d->end == END_JUMP)
		b->successor[0] = block_of(e, d, d->to);
	if (d->falls)
		b->successor[1] = block_of(e, d, d->next);
	if (d->end != END_TABLE)
		return true;
	t = &e->r->tables[d->table - 1];
	for (uint32_t n = 0; n < t->count; n++) {
		uint32_t block = block_of(e, d, inq_chunk_number(e->r, e->r->targets[t->first + n])), *grown;

		if (block == INQ_NO_BLOCK)
			continue;
		grown = inq_arena_extend(
		        e->r->a, e->c->edges, e->c->edge_count, &e->edges_capacity, sizeof *grown);
		if (!grown)
			return false;
		e->c->edges = grown;
		grown[e->c->edge_count++] = block;
		b->edge_count++;
	}
	return true;
}

static bool blocks_of(struct emit *e, struct inq_function *f)
{
	uint32_t count = 0;

	for (size_t n = 0; n < e->own_count; n++) {
		if (n == 0 || !continues(e, e->own[n - 1], e->own[n]))
			count++;
		e->block_of[e->own[n] - e->r->chunks] = count - 1;
	}
	f->block_first = (uint32_t)e->c->block_count;
	f->block_count = count;
	for (size_t n = 0, last; n < e->own_count; n = last + 1) {
		struct inq_block *grown, *b;

		for (last = n; last + 1 < e->own_count && continues(e, e->own[last], e->own[last + 1]);
		        last++)
			;
		grown = inq_arena_extend(
		        e->r->a, e->c->blocks, e->c->block_count, &e->blocks_capacity, sizeof *grown);
		if (!grown)
			return false;
		e->c->blocks = grown;
		b = &grown[e->c->block_count++];
		*b = (struct inq_block){ .va = e->own[n]->va,
			.first = e->own[n]->first,
			.size = (uint32_t)(e->own[last]->end_va - e->own[n]->va),
			.count = e->own[last]->first + e->own[last]->count - e->own[n]->first };
		f->insn_count += b->count;
		if (!edges_of(e, e->own[last], b))
			return false;
	}
	return true;
}

static void flags_of(const struct emit *e, const struct start *s, struct inq_function *f)
{
	const struct chunk *d = e->own[0];
	uint32_t import;

	if (s->no_return)
		f->flags |= INQ_FUNCTION_NO_RETURN;
	for (size_t n = 0; n < e->own_count; n++)
		if (e->own[n]->end == END_UNKNOWN || e->own[n]->end == END_BAD)
			f->flags |= INQ_FUNCTION_INCOMPLETE;
	if (e->own_count != 1 || f->insn_count > 4)
		return;
	if (d->end == END_JUMP && inq_start_at(e->r, d->target))
		f->flags |= INQ_FUNCTION_THUNK;
	/* Elsewhere than in PE files a lone jump to an import is a function that somebody wrote. */
	if (e->r->x->format == INQ_FORMAT_PE && thunk_import(e, s->va, &import))
		f->flags |= INQ_FUNCTION_STUB;
}

static bool add_function(struct emit *e, uint32_t number)
{
	struct recovery *r = e->r;
	const struct start *s = &r->starts[number];
	struct inq_function *grown, *f;
	uint64_t end;

	grown = inq_arena_extend(
	        r->a, e->c->functions, e->c->function_count, &e->functions_capacity, sizeof *grown);
	if (!grown)
		return false;
	e->c->functions = grown;
	f = &grown[e->c->function_count++];
	*f = (struct inq_function){ .va = plain(r, s->va),
		.name = s->name,
		.source = s->source,
		.thumb = r->d->arch == INQ_ARCH_ARM && s->va & 1,
		.reference_first = (uint32_t)e->c->reference_count };
	end = f->va;
	for (size_t n = 0; n < e->own_count; n++) {
		const struct chunk *d = e->own[n];

		if (!references_of(e, d, f->va))
			return false;
		e->c->function_bytes += d->end_va - d->va;
		/* Alignment inside a function still is one piece. */
		if (d->va >= end && d->va - end < 16 && d->end_va > end)
			end = d->end_va;
	}
	f->reference_count = (uint32_t)e->c->reference_count - f->reference_first;
	f->size = end - f->va;
	if (!blocks_of(e, f))
		return false;
	flags_of(e, s, f);
	return true;
}

struct order {
	uint64_t va;
	uint32_t start;
};

static int by_start_va(const void *a, const void *b)
{
	const struct order *x = a, *y = b;

	return (x->va > y->va) - (x->va < y->va);
}

/* The chunks of each start, by address: counted, then laid out one owner after another. */
static bool by_owner(const struct recovery *r, uint32_t **ret_first, uint32_t **ret_list)
{
	uint32_t *first = inq_arena_new(r->a, r->start_count + 2, sizeof *first);
	uint32_t *list = inq_arena_new(r->a, r->chunk_count + 1, sizeof *list);

	if (!first || !list)
		return false;
	for (size_t n = 0; n < r->chunk_count; n++)
		if (r->chunks[n].owner)
			first[r->chunks[n].owner + 1]++;
	for (size_t n = 1; n < r->start_count + 2; n++)
		first[n] += first[n - 1];
	for (size_t n = 0; n < r->chunk_count; n++)
		if (r->chunks[n].owner)
			list[first[r->chunks[n].owner]++] = (uint32_t)n;
	/* Filling moved each owner's first to its end, which is the next one's first. */
	*ret_first = first;
	*ret_list = list;
	return true;
}

enum inq_status inq_emit(struct recovery *r, struct inq_code *ret, struct inq_error *err)
{
	struct inq_code c = {
		.exhibit = r->x, .decoder = r->d, .insns = r->insns, .insn_count = r->insn_count
	};
	struct emit e = { .r = r, .c = &c };
	struct order *order = inq_arena_new(r->a, r->start_count + 1, sizeof *order);
	uint32_t *first, *list;
	size_t count = 0;

	/* There are no more blocks than chunks, and no more functions than starts. */
	e.blocks_capacity = r->chunk_count + 1;
	c.blocks = inq_arena_new(r->a, e.blocks_capacity, sizeof *c.blocks);
	e.functions_capacity = r->start_count + 1;
	c.functions = inq_arena_new(r->a, e.functions_capacity, sizeof *c.functions);
	e.references_capacity = r->insn_count / 6 + 16;
	c.references = inq_arena_new(r->a, e.references_capacity, sizeof *c.references);
	e.block_of = inq_arena_new(r->a, r->chunk_count + 1, sizeof *e.block_of);
	e.own = inq_arena_new(r->a, r->chunk_count + 1, sizeof(struct chunk *));
	if (!order || !c.blocks || !c.functions || !c.references || !e.block_of || !e.own ||
	        !by_owner(r, &first, &list))
		goto no_memory;
	for (size_t n = 0; n < r->start_count; n++)
		if (!r->starts[n].dead)
			order[count++] = (struct order){ plain(r, r->starts[n].va), (uint32_t)n };
	qsort(order, count, sizeof *order, by_start_va);
	for (size_t n = 0; n < count; n++) {
		uint32_t number = order[n].start;
		struct chunk *entry = inq_chunk_at(r, order[n].va);

		if (!entry || entry->owner != number + 1)
			continue;
		e.own_count = 0;
		e.own[e.own_count++] = entry;
		for (uint32_t k = first[number]; k < first[number + 1]; k++)
			if (&r->chunks[list[k]] != entry)
				e.own[e.own_count++] = &r->chunks[list[k]];
		if (!add_function(&e, number))
			goto no_memory;
	}
	for (size_t n = 0; n < r->span_count; n++)
		c.code_bytes += (uint64_t)r->spans[n].units << r->unit_shift;
	for (size_t n = 0; n < r->chunk_count; n++)
		c.unresolved_jumps += r->chunks[n].owner && r->chunks[n].end == END_UNKNOWN;
	c.padding_bytes = inq_gap_padding(r);
	if (r->no_memory)
		goto no_memory;
	*ret = c;
	return INQ_OK;
no_memory:
	return inq_fail(
	        err, INQ_NO_MEMORY, 0, "the code is too large for the memory this examination may use");
}
