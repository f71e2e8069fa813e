#include "code/recover.h"
#include <string.h>

static uint64_t mix(uint64_t key)
{
	key *= 0x9e3779b97f4a7c15ULL;
	return key ^ key >> 29;
}

bool inq_map_get(const struct map *m, uint64_t key, uint32_t *ret)
{
	if (m->room == 0)
		return false;
	for (size_t i = mix(key) & (m->room - 1); m->key[i]; i = (i + 1) & (m->room - 1)) {
		if (m->key[i] == key + 1) {
			*ret = m->value[i];
			return true;
		}
	}
	return false;
}

static void map_set(struct map *m, uint64_t key, uint32_t value)
{
	size_t i = mix(key) & (m->room - 1);

	while (m->key[i] && m->key[i] != key + 1)
		i = (i + 1) & (m->room - 1);
	if (!m->key[i])
		m->count++;
	m->key[i] = key + 1;
	m->value[i] = value;
}

bool inq_map_put(struct recovery *r, struct map *m, uint64_t key, uint32_t value)
{
	struct map old = *m;

	if (key == UINT64_MAX)
		return false;
	if (2 * (m->count + 1) > m->room) {
		size_t room = m->room ? 2 * m->room : 256;
		struct map more = { inq_arena_new(r->a, room, sizeof *m->key),
			inq_arena_new(r->a, room, sizeof *m->value), room, 0 };

		if (!more.key || !more.value) {
			r->no_memory = true;
			return false;
		}
		for (size_t i = 0; i < old.room; i++)
			if (old.key[i])
				map_set(&more, old.key[i] - 1, old.value[i]);
		*m = more;
	}
	map_set(m, key, value);
	return true;
}

struct span *inq_span(const struct recovery *r, uint64_t va, size_t *ret_unit)
{
	size_t low = 0, high = r->span_count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		struct span *s = &r->spans[middle];

		if (va < s->va) {
			high = middle;
		} else if ((va - s->va) >> r->unit_shift >= s->units) {
			low = middle + 1;
		} else {
			*ret_unit = (size_t)((va - s->va) >> r->unit_shift);
			return s;
		}
	}
	return NULL;
}

static bool aligned(const struct recovery *r, uint64_t va)
{
	if (r->d->arch == INQ_ARCH_ARM)
		return va & 1 || (va & 3) == 0;
	return (va & ((1U << r->unit_shift) - 1)) == 0;
}

struct start *inq_start_at(const struct recovery *r, uint64_t va)
{
	uint32_t number;
	size_t unit;
	const struct span *span = inq_span(r, plain(r, va), &unit);

	if (!span || !(span->mark[unit] & MARK_START) || !inq_map_get(&r->start_of, plain(r, va), &number))
		return NULL;
	return r->starts[number].dead ? NULL : &r->starts[number];
}

/* A block begins at this unit; where the code around was cut already, it must be cut again. */
static void lead(struct recovery *r, struct span *span, size_t unit, uint64_t va)
{
	uint64_t *grown;

	if (span->mark[unit] & MARK_LEADER)
		return;
	span->mark[unit] |= MARK_LEADER;
	if (!(span->mark[unit] & MARK_LIVE))
		return;
	grown = inq_arena_extend(r->a, r->splits, r->split_count, &r->split_capacity, sizeof *grown);
	if (!grown) {
		r->no_memory = true;
		return;
	}
	r->splits = grown;
	grown[r->split_count++] = plain(r, va);
}

void inq_start_add(struct recovery *r, uint64_t va, enum inq_source source, uint64_t size, const char *name)
{
	bool listed = size && (source == INQ_SOURCE_UNWIND || source == INQ_SOURCE_STARTS);
	uint64_t key = plain(r, va);
	uint32_t number;
	struct start *grown;
	struct span *span;
	size_t unit;

	span = inq_span(r, key, &unit);
	if (!span || !aligned(r, va))
		return;
	/* What an unwind table states to be one function is one. */
	if ((source == INQ_SOURCE_TAIL_CALL || source == INQ_SOURCE_CALL) && span->mark[unit] & MARK_INNER)
		return;
	if (inq_map_get(&r->start_of, key, &number)) {
		struct start *s = &r->starts[number];

		/* What was once let go as a tail call's target would be let go again. */
		if (s->no_code || (s->dead && source == INQ_SOURCE_TAIL_CALL))
			return;
		if (s->dead) {
			s->dead = false;
			s->explored = false;
			s->source = source;
			s->va = va;
			if (number < r->start_explored)
				r->start_explored = number;
		}
		if (source < s->source)
			s->source = source;
		if (!s->name)
			s->name = name;
		if (!s->stated_end && size)
			s->stated_end = key + size;
		s->unwound |= listed;
	} else {
		grown = inq_arena_extend(r->a, r->starts, r->start_count, &r->start_capacity, sizeof *grown);
		if (!grown || !inq_map_put(r, &r->start_of, key, (uint32_t)r->start_count)) {
			r->no_memory = true;
			return;
		}
		r->starts = grown;
		grown[r->start_count++] = (struct start){ .va = va,
			.name = name,
			.source = source,
			.stated_end = size ? key + size : 0,
			.unwound = listed };
	}
	span->mark[unit] |= MARK_START;
	lead(r, span, unit, va);
}

static void push(struct recovery *r, uint64_t va, const struct state *s)
{
	struct pending *grown, *p;
	struct span *span;
	size_t unit;

	span = inq_span(r, plain(r, va), &unit);
	if (!span || !aligned(r, va))
		return;
	if (span->insn[unit]) {
		/* Known already: its block must begin there, and who else is there is worth knowing. */
		if (span->insn[unit] == INSIDE || span->mark[unit] & MARK_DATA)
			r->met.clashes++;
		else if (span->mark[unit] & MARK_LIVE && !(span->mark[unit] & MARK_START))
			r->met.entered_va = plain(r, va);
		lead(r, span, unit, va);
		return;
	}
	span->mark[unit] |= MARK_LEADER;
	grown = inq_arena_extend(r->a, r->pending, r->pending_count, &r->pending_capacity, sizeof *grown);
	if (!grown) {
		r->no_memory = true;
		return;
	}
	r->pending = grown;
	p = &grown[r->pending_count++];
	*p = (struct pending){ .va = va, .bound = s->bound, .depth = s->depth };
	for (uint8_t i = 0; i < r->reg_count && p->count < 8; i++)
		if (s->reg[i].kind == VALUE_CONST && s->reg[i].at >= 0x1000) {
			p->reg[p->count] = i;
			p->value[p->count++] = s->reg[i].at;
		}
}

static void state_restore(const struct recovery *r, const struct pending *p, struct state *ret)
{
	inq_state_start(r, p->va, ret);
	if (r->d->arch == INQ_ARCH_MIPS)
		ret->reg[25].kind = VALUE_NONE; /* $t9 holds the function's address at its start only */
	ret->bound = p->bound;
	ret->depth = p->depth;
	for (unsigned i = 0; i < p->count; i++)
		ret->reg[p->reg[i]] = (struct value){ .kind = VALUE_CONST, .at = p->value[i] };
}

/*
 * Decodes one instruction at `va` into the list. False, and nothing added,
 * where there is none, or where its bytes are another's.
 */
static bool decode_at(struct recovery *r, struct span *span, size_t unit, uint64_t va)
{
	struct inq_bytes rest = inq_bytes_from(span->bytes, (uint64_t)unit << r->unit_shift);
	size_t units;

	if (r->insn_count == r->insn_capacity) {
		struct inq_insn *grown =
		        inq_arena_extend(r->a, r->insns, r->insn_count, &r->insn_capacity, sizeof *grown);

		if (!grown || r->insn_count >= UINT32_MAX - 2) {
			r->no_memory = true;
			return false;
		}
		r->insns = grown;
	}
	if (span->mark[unit] & MARK_DATA || !inq_insn_decode(r->d, va, rest, &r->insns[r->insn_count])) {
		r->met.bad++;
		return false;
	}
	units = (size_t)(r->insns[r->insn_count].len + (1U << r->unit_shift) - 1) >> r->unit_shift;
	if (units > span->units - unit) {
		r->met.bad++;
		return false;
	}
	for (size_t i = 1; i < units; i++)
		if (span->insn[unit + i]) {
			r->met.clashes++;
			return false;
		}
	span->insn[unit] = (uint32_t)++r->insn_count;
	for (size_t i = 1; i < units; i++)
		span->insn[unit + i] = INSIDE;
	if (va & 1)
		span->mark[unit] |= MARK_THUMB;
	return true;
}

void inq_mark_data(struct recovery *r, uint64_t va, uint64_t size)
{
	size_t unit, units = (size_t)((size + (1U << r->unit_shift) - 1) >> r->unit_shift);
	struct span *span = inq_span(r, va, &unit);

	if (!span)
		return;
	for (size_t n = 0; n < units && unit + n < span->units; n++)
		if (!span->insn[unit + n]) {
			span->insn[unit + n] = INSIDE;
			span->mark[unit + n] |= MARK_DATA;
		}
}

static void mark_taken(struct recovery *r, uint64_t va)
{
	size_t unit;
	struct span *span = inq_span(r, plain(r, va), &unit);

	if (span && aligned(r, va)) {
		span->mark[unit] |= MARK_TAKEN;
		if (va & 1)
			span->mark[unit] |= MARK_THUMB;
	}
}

/* Notes a call to `target`; true where it comes back. */
static bool call(struct recovery *r, uint64_t target)
{
	const struct start *s;
	uint32_t import;

	if (inq_map_get(&r->stub_of, plain(r, target), &import) && import)
		return !inq_import_no_return(r->x, import - 1);
	inq_start_add(r, target, INQ_SOURCE_CALL, 0, NULL);
	s = inq_start_at(r, target);
	return !s || !s->no_return;
}

static bool is_import_no_return(const struct recovery *r, const struct value *v)
{
	return v->kind == VALUE_IMPORT && inq_import_no_return(r->x, (uint32_t)v->at);
}

/* Follows the flow that `i` (number `n`, with its delay slot taken in already) starts. False: the run ends. */
static bool flow(struct recovery *r, struct state *s, uint32_t n)
{
	struct inq_insn *i = &r->insns[n];
	bool conditional = i->flags & INQ_INSN_CONDITIONAL;
	struct value v;
	uint32_t import;

	switch ((enum inq_flow)i->flow) {
	case INQ_FLOW_NEXT:
		return true;
	case INQ_FLOW_BRANCH: {
		uint64_t bound = s->bound;

		/* The side of a range check that stays below the bound is where a jump table is read. */
		if (s->has_compared &&
		        (i->condition == INQ_CONDITION_BELOW || i->condition == INQ_CONDITION_LESS))
			s->bound = s->compared;
		else if (s->has_compared && (i->condition == INQ_CONDITION_BELOW_EQUAL ||
		                                    i->condition == INQ_CONDITION_LESS_EQUAL))
			s->bound = s->compared + 1;
		push(r, i->ref, s);
		s->bound = bound;
		if (s->has_compared &&
		        (i->condition == INQ_CONDITION_ABOVE || i->condition == INQ_CONDITION_GREATER))
			s->bound = s->compared + 1;
		else if (s->has_compared && (i->condition == INQ_CONDITION_ABOVE_EQUAL ||
		                                    i->condition == INQ_CONDITION_GREATER_EQUAL))
			s->bound = s->compared;
		return true;
	}
	case INQ_FLOW_JUMP:
		if (!inq_start_at(r, i->ref) && !inq_map_get(&r->stub_of, plain(r, i->ref), &import))
			push(r, i->ref, s);
		return conditional;
	case INQ_FLOW_JUMP_INDIRECT:
		v = inq_state_target(r, s, i);
		if (v.kind == VALUE_CONST && inq_span(r, plain(r, v.at), &(size_t){ 0 })) {
			i->flow = INQ_FLOW_JUMP;
			i->ref = v.at;
			i->flags |= INQ_INSN_HAS_REF;
			if (!inq_start_at(r, v.at))
				push(r, v.at, s);
		} else if (v.kind != VALUE_IMPORT && inq_table_read(r, s, n)) {
			const struct table *t = &r->tables[r->table_count - 1];

			for (uint32_t k = 0; k < t->count; k++)
				push(r, r->targets[t->first + k], s);
		}
		return conditional || r->insns[n].flags & INQ_INSN_CONDITIONAL;
	case INQ_FLOW_CALL:
		if (i->ref == i->va + i->len && r->d->arch != INQ_ARCH_MIPS)
			return true; /* call $+5: reads the program counter */
		if (!call(r, i->ref))
			return conditional;
		inq_state_call(r, s, i);
		return true;
	case INQ_FLOW_CALL_INDIRECT:
		v = inq_state_target(r, s, i);
		if (v.kind == VALUE_CONST && inq_span(r, plain(r, v.at), &(size_t){ 0 })) {
			i->flow = INQ_FLOW_CALL;
			i->ref = v.at;
			i->flags |= INQ_INSN_HAS_REF;
			if (!call(r, v.at))
				return conditional;
		} else if (is_import_no_return(r, &v)) {
			return conditional;
		}
		inq_state_call(r, s, i);
		return true;
	case INQ_FLOW_RETURN:
	case INQ_FLOW_STOP:
		return conditional;
	}
	return false;
}

/* Goes on from `va` in a straight line until the flow ends, or meets what is known. */
static void straight(struct recovery *r, uint64_t va, struct state *s)
{
	uint32_t first = (uint32_t)r->insn_count;
	bool on = true, first_one = true;
	struct span *span = NULL;
	struct run *grown;
	size_t unit;

	while (on && !r->no_memory) {
		struct inq_insn *i;
		uint32_t n;

		if (span)
			unit = (size_t)((plain(r, va) - span->va) >> r->unit_shift);
		else
			span = inq_span(r, plain(r, va), &unit);
		if (!span || unit >= span->units) {
			r->met.bad++;
			break;
		}
		if (span->insn[unit]) {
			if (span->insn[unit] == INSIDE)
				r->met.clashes++;
			else if (span->mark[unit] & MARK_LIVE && !(span->mark[unit] & MARK_START))
				r->met.entered_va = plain(r, va);
			else if (span->mark[unit] & MARK_START) {
				r->met.fell_into_start++;
				r->met.last_va = r->insn_count ? r->insns[r->insn_count - 1].va : va;
			}
			lead(r, span, unit, va);
			break;
		}
		if (!first_one && span->mark[unit] & MARK_START) {
			r->met.fell_into_start++;
			r->met.last_va = r->insns[r->insn_count - 1].va;
			break;
		}
		if (!decode_at(r, span, unit, va))
			break;
		first_one = false;
		n = (uint32_t)r->insn_count - 1;
		i = &r->insns[n];
		inq_state_step(r, s, i);
		if (i->flags & INQ_INSN_HAS_REF && i->flow == INQ_FLOW_NEXT) {
			if (i->flags & INQ_INSN_READS_MEMORY)
				inq_mark_data(r, i->ref, i->width ? i->width : 4);
			else
				mark_taken(r, i->ref);
		}
		va += i->len;
		if (i->flags & INQ_INSN_DELAY && i->flow != INQ_FLOW_NEXT) {
			unit++;
			if (unit < span->units && !span->insn[unit] && decode_at(r, span, unit, va)) {
				inq_state_step(r, s, &r->insns[n + 1]);
				va += r->insns[n + 1].len;
			} else if (unit < span->units && span->insn[unit] && span->insn[unit] != INSIDE) {
				/* A jump into the delay slot: seen in hand-written code; it is shared. */
				va += 4;
			}
		}
		on = flow(r, s, n);
		unit = (size_t)((plain(r, va) - span->va) >> r->unit_shift);
		if (on && r->insns[n].flow == INQ_FLOW_BRANCH && unit < span->units)
			span->mark[unit] |= MARK_LEADER;
	}
	if (r->insn_count == first)
		return;
	grown = inq_arena_extend(r->a, r->runs, r->run_count, &r->run_capacity, sizeof *grown);
	if (!grown) {
		r->no_memory = true;
		return;
	}
	r->runs = grown;
	grown[r->run_count++] = (struct run){ first, (uint32_t)r->insn_count - first };
}

void inq_explore(struct recovery *r, uint64_t va)
{
	struct state state;

	memset(&r->met, 0, sizeof r->met);
	r->spill_count = 0;
	inq_state_start(r, va, &state);
	straight(r, va, &state);
	while (r->pending_count && !r->no_memory) {
		struct pending p = r->pending[--r->pending_count];
		size_t unit;
		struct span *span = inq_span(r, plain(r, p.va), &unit);

		if (!span || span->insn[unit])
			continue;
		state_restore(r, &p, &state);
		straight(r, p.va, &state);
	}
}

void inq_explore_starts(struct recovery *r)
{
	while (r->start_explored < r->start_count && !r->no_memory) {
		struct start *s = &r->starts[r->start_explored];
		struct span *span;
		size_t unit, number = r->start_explored++;

		if (s->dead || s->explored)
			continue;
		s->explored = true;
		span = inq_span(r, plain(r, s->va), &unit);
		if (span && !span->insn[unit])
			inq_explore(r, s->va);
		s = &r->starts[number];
		if (!span || !span->insn[unit] || span->insn[unit] == INSIDE) {
			s->dead = true;
			s->no_code = true;
			if (span)
				span->mark[unit] &= (uint8_t)~MARK_START;
		}
	}
}
