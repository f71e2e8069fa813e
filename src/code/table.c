/*
 * Jump tables. The state before the jump says where the table lies and how an
 * entry becomes an address; the last range check says how many entries there
 * are. Without one, entries are taken while they lead to code that could be
 * this function's.
 */
#include "code/recover.h"

enum { MOST_ENTRIES = 8192, MOST_UNBOUNDED = 1024 };

static bool read_entry(
        const struct inq_exhibit *x, uint64_t va, unsigned width, bool is_signed, uint64_t *ret)
{
	struct inq_bytes b = inq_exhibit_at(x, va);
	uint8_t byte;
	uint16_t half;
	uint32_t word;

	switch (width) {
	case 1:
		if (!inq_bytes_u8(b, 0, &byte))
			return false;
		*ret = is_signed ? (uint64_t)(int64_t)(int8_t)byte : byte;
		return true;
	case 2:
		if (!inq_bytes_u16(b, 0, x->big_endian, &half))
			return false;
		*ret = is_signed ? (uint64_t)(int64_t)(int16_t)half : half;
		return true;
	case 4:
		if (!inq_bytes_u32(b, 0, x->big_endian, &word))
			return false;
		*ret = is_signed ? (uint64_t)(int64_t)(int32_t)word : word;
		return true;
	case 8:
		return inq_bytes_u64(b, 0, x->big_endian, ret);
	default:
		return false;
	}
}

static bool add_target(struct recovery *r, uint64_t va)
{
	uint64_t *grown =
	        inq_arena_extend(r->a, r->targets, r->target_count, &r->target_capacity, sizeof *grown);

	if (!grown) {
		r->no_memory = true;
		return false;
	}
	r->targets = grown;
	grown[r->target_count++] = va;
	return true;
}

/* Whether a jump of the instruction at `from_va` may lead to `va` within its function. */
static bool may_lead(const struct recovery *r, uint64_t from_va, uint64_t va)
{
	uint64_t at = plain(r, va);
	struct span *span, *from;
	size_t unit, from_unit;
	struct inq_insn probe;

	span = inq_span(r, at, &unit);
	from = inq_span(r, from_va, &from_unit);
	if (!span || span != from || span->insn[unit] == INSIDE || span->mark[unit] & MARK_DATA)
		return false;
	if (r->d->arch != INQ_ARCH_ARM && at & ((1U << r->unit_shift) - 1))
		return false;
	return span->insn[unit] ||
	       inq_insn_decode(
	               r->d, va, inq_bytes_from(span->bytes, (uint64_t)unit << r->unit_shift), &probe);
}

struct form {
	uint64_t table, base;
	unsigned width, stride, scale;
	bool is_signed, relative, instructions; /* instructions: the entries are jumps themselves */
};

static bool form_of(
        const struct recovery *r, const struct state *s, const struct inq_insn *i, struct form *ret)
{
	struct value v;

	if (i->rn == INQ_REG_PC && i->rm < 32 && !(i->flags & INQ_INSN_READS_MEMORY)) {
		/* A32: add pc, pc, index, lsl #2 onto a row of branches */
		*ret = (struct form){ .table = i->va + 8, .width = 4, .stride = 4, .instructions = true };
		return !(i->flags & INQ_INSN_THUMB);
	}
	if (i->flags & INQ_INSN_THUMB && i->width && i->width <= 2 && i->rm < 32) {
		/* tbb, tbh: halfword distances from the table's start when the base is the program counter */
		struct value base = i->rn == INQ_REG_PC
		                            ? (struct value){ .kind = VALUE_CONST, .at = i->va + 4 }
		                    : i->rn < 32 ? s->reg[i->rn]
		                                 : (struct value){ 0 };

		if (base.kind != VALUE_CONST)
			return false;
		*ret = (struct form){ .table = base.at,
			.base = i->va + 4,
			.width = i->width,
			.stride = i->width,
			.scale = 1,
			.relative = true };
		return true;
	}
	v = inq_state_target(r, s, i);
	if (v.kind != VALUE_ENTRY && v.kind != VALUE_SUM)
		return false;
	*ret = (struct form){ .table = v.at,
		.base = v.kind == VALUE_SUM ? v.base : 0,
		.width = v.width,
		.stride = 1U << (v.shift & 7),
		.scale = v.scale,
		.is_signed = v.is_signed && v.kind == VALUE_SUM,
		.relative = v.kind == VALUE_SUM };
	if (ret->stride < ret->width)
		ret->stride = ret->width; /* an index scaled where this did not see it */
	return true;
}

bool inq_table_read(struct recovery *r, const struct state *s, uint32_t insn)
{
	struct inq_insn *i = &r->insns[insn];
	uint64_t bound = s->bound, thumb = r->d->arch == INQ_ARCH_ARM && i->flags & INQ_INSN_THUMB ? 1 : 0;
	size_t first = r->target_count;
	struct table *grown;
	struct form f;
	uint64_t n;

	if (!form_of(r, s, i, &f))
		return false;
	if (i->flags & INQ_INSN_CONDITIONAL && s->has_compared)
		bound = s->compared + (i->condition == INQ_CONDITION_BELOW ? 0 : 1);
	if (bound > MOST_ENTRIES)
		bound = 0;
	for (n = 0; n < (bound ? bound : MOST_UNBOUNDED); n++) {
		uint64_t entry, va;
		size_t unit;
		struct span *span;

		if (f.instructions) {
			va = f.table + 4 * n;
		} else {
			if (!read_entry(r->x, f.table + n * f.stride, f.width, f.is_signed, &entry))
				break;
			va = f.relative ? f.base + (entry << f.scale) : entry;
			if (r->x->bits == 32)
				va = (uint32_t)va;
			va |= thumb;
		}
		if (!may_lead(r, i->va, va))
			break;
		/* Without a bound a table ends where another function's would begin. */
		span = inq_span(r, plain(r, va), &unit);
		if (!bound && (!span || span->mark[unit] & MARK_START))
			break;
		if (!add_target(r, va))
			return false;
	}
	if (r->target_count - first < (bound ? 1 : 2)) {
		r->target_count = first;
		return false;
	}
	if (!f.instructions)
		inq_mark_data(r, f.table, n * f.stride);
	grown = inq_arena_extend(r->a, r->tables, r->table_count, &r->table_capacity, sizeof *grown);
	if (!grown) {
		r->no_memory = true;
		return false;
	}
	r->tables = grown;
	grown[r->table_count++] =
	        (struct table){ insn, (uint32_t)first, (uint32_t)(r->target_count - first) };
	return true;
}
