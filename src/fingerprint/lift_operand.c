#include "fingerprint/lift.h"

struct value lift_get(const struct lift *l, uint8_t reg)
{
	if (reg < REGISTERS)
		return l->reg[reg];
	return value_leaf(reg == INQ_REG_PC ? VALUE_ADDRESS : VALUE_VARIABLE);
}

struct value lift_get_or_zero(const struct lift *l, uint8_t reg)
{
	return reg == INQ_REG_NONE && l->fixed ? value_constant(0) : lift_get(l, reg);
}

void lift_set(struct lift *l, uint8_t reg, struct value v)
{
	if (reg >= REGISTERS)
		return;
	l->reg[reg] = v;
	l->written[reg] = true;
	if (l->outcome_in == reg)
		l->outcome_in = INQ_REG_NONE;
	if (l->differ_in == reg)
		l->differ_in = INQ_REG_NONE;
}

static struct slot *slot_at(struct lift *l, int64_t offset)
{
	return &l->slots[(uint64_t)offset * UINT64_C(0x9e3779b97f4a7c15) >> 57];
}

bool lift_slot(struct lift *l, int64_t offset, struct value *ret)
{
	const struct slot *s = slot_at(l, offset);

	if (s->round != l->round || s->offset != offset)
		return false;
	*ret = s->value;
	return true;
}

struct value lift_load(struct lift *l, struct value at, unsigned width)
{
	if (at.kind == VALUE_STACK) {
		struct value v = value_leaf(VALUE_VARIABLE);

		(void)lift_slot(l, at.constant, &v);
		return v;
	}
	lift_tell_access(l, USE_LOAD_AT, at, width);
	return value_loaded(&at);
}

void lift_store(struct lift *l, struct value at, struct value v, unsigned width)
{
	if (at.kind == VALUE_STACK) {
		struct slot *s = slot_at(l, at.constant);

		s->offset = at.constant;
		s->round = l->round;
		s->value = v;
		if (value_is_operation(&v) || v.constant)
			lift_tell(l, USE_KEPT, v);
		return;
	}
	lift_tell_access(l, USE_STORE_AT, at, width);
	lift_tell_constant(l, &v);
	lift_tell(l, USE_STORED, v);
}

const struct inq_reference *lift_reference(const struct lift *l, const struct inq_insn *n)
{
	uint32_t low = 0, high = l->reference_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (l->references[middle].at_va < n->va)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < l->reference_count && l->references[low].at_va == n->va; low++)
		if (l->references[low].kind != INQ_REFERENCE_CALL &&
		        l->references[low].kind != INQ_REFERENCE_TAIL_CALL)
			return &l->references[low];
	return NULL;
}

struct value lift_constant(const struct lift *l, const struct inq_insn *n)
{
	const struct inq_reference *r = lift_reference(l, n);

	if (r && (r->value == (uint64_t)n->imm || r->value == ((uint64_t)n->imm & UINT32_MAX)))
		return value_leaf(VALUE_ADDRESS);
	return value_constant(n->imm);
}

/* Whether a pointer that a linker or loader fills in lies at `va`: what is loaded from there is an address. */
static bool is_pointer_slot(const struct inq_exhibit *x, uint64_t va)
{
	size_t low = 0, high = x->pointer_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (x->pointers[middle].slot_va < va)
			low = middle + 1;
		else
			high = middle;
	}
	return low < x->pointer_count && x->pointers[low].slot_va == va;
}

struct value lift_address(struct lift *l, const struct inq_insn *n)
{
	struct value at;

	if (n->flags & INQ_INSN_HAS_REF)
		at = value_leaf(VALUE_ADDRESS);
	else if (n->flags & INQ_INSN_BASE_DISP && lift_reference(l, n))
		return value_leaf(VALUE_ADDRESS);
	else if (n->rn == INQ_REG_NONE)
		at = n->rm == INQ_REG_NONE ? value_leaf(VALUE_VARIABLE) : value_constant(0);
	else
		at = lift_get(l, n->rn);
	if (n->rn == n->rm && n->rn < REGISTERS && !(n->flags & INQ_INSN_HAS_REF))
		at = value_binary(VALUE_PRODUCT, at, value_constant(1 + (INT64_C(1) << (n->shift & 7))));
	else if (n->rm != INQ_REG_NONE)
		at = value_binary(VALUE_SUM, at,
		        value_binary(VALUE_PRODUCT, lift_get(l, n->rm),
		                value_constant(INT64_C(1) << (n->shift & 7))));
	if (n->flags & INQ_INSN_BASE_DISP)
		at = value_binary(VALUE_SUM, at, value_constant(n->imm));
	else if (n->flags & INQ_INSN_HAS_IMM && !(n->flags & INQ_INSN_HAS_REF))
		at = value_binary(VALUE_SUM, at, value_constant((int64_t)n->ref));
	return at;
}

bool lift_loads_address(const struct lift *l, const struct inq_insn *n)
{
	const struct inq_reference *r = lift_reference(l, n);

	if (r && (r->kind != INQ_REFERENCE_DATA || is_pointer_slot(l->code->exhibit, r->value)))
		return true;
	return n->flags & INQ_INSN_HAS_REF && is_pointer_slot(l->code->exhibit, n->ref);
}

struct value lift_load_of(struct lift *l, const struct inq_insn *n)
{
	if (lift_loads_address(l, n))
		return value_leaf(VALUE_ADDRESS);
	return lift_load(l, lift_address(l, n), n->width);
}
