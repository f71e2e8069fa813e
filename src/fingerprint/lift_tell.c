#include "fingerprint/lift.h"

static void add_constant(struct lift *l, int64_t constant)
{
	uint64_t magnitude = value_magnitude(constant);

	keys_add(l->keys, CHANNEL_CONSTANT, magnitude);
	if (magnitude >= TELLING_CONSTANT)
		keys_add(l->keys, CHANNEL_NEAR, magnitude);
}

void lift_tell_constant(struct lift *l, const struct value *v)
{
	if (v->kind == VALUE_CONSTANT || (v->constant && v->kind != VALUE_ADDRESS && v->kind != VALUE_STACK))
		add_constant(l, v->constant);
}

void lift_tell(struct lift *l, unsigned use, struct value v)
{
	uint64_t as = (uint64_t)use << 40;

	v = value_whole(v);
	keys_add(l->keys, CHANNEL_FLOW, as | (uint64_t)v.kind << 32);
	if (v.kind == VALUE_CONSTANT) {
		keys_add(l->keys, CHANNEL_FLOW, as | UINT64_C(1) << 60 | v.shape[0]);
		return;
	}
	if (!value_is_operation(&v) && v.kind != VALUE_LOADED)
		return;
	for (unsigned i = 0; i < VALUE_DEPTHS; i++)
		if (i == 0 || v.depth > i || v.kind == VALUE_LOADED)
			keys_add(l->keys, CHANNEL_FLOW, as | (uint64_t)(i + 2) << 60 | v.shape[i]);
	if (v.depth >= 2)
		keys_add(l->keys, CHANNEL_EXPRESSION, (uint64_t)v.result[0] << 32 | v.result[1]);
}

void lift_tell_defined(struct lift *l, const struct value *v)
{
	if (value_is_operation(v))
		keys_add(l->keys, CHANNEL_FLOW, (uint64_t)USE_DEFINED << 40 | v->shape[0]);
}

void lift_tell_access(struct lift *l, unsigned use, struct value at, unsigned width)
{
	if (at.kind == VALUE_ADDRESS || at.kind == VALUE_STACK)
		return;
	if (at.constant && at.kind != VALUE_CONSTANT)
		keys_add(l->keys, CHANNEL_OFFSET, value_magnitude(at.constant));
	keys_add(l->keys, CHANNEL_FLOW,
	        (uint64_t)use << 40 | UINT64_C(7) << 60 | (uint64_t)width << 32 |
	                (uint32_t)value_magnitude(at.constant));
	at.constant = 0;
	lift_tell(l, use, at);
}

void lift_tell_number(struct lift *l, const struct inq_insn *n)
{
	const struct inq_exhibit *x = l->code->exhibit;
	const struct inq_reference *r = lift_reference(l, n);
	uint64_t va = r && r->kind == INQ_REFERENCE_DATA ? r->value
	              : n->flags & INQ_INSN_HAS_REF      ? n->ref
	                                                 : 0;
	const struct inq_region *region = va ? inq_exhibit_region(x, va) : NULL;
	struct inq_bytes b;
	uint64_t wide, exponent;

	if (!region || region->access & INQ_WRITE)
		return;
	b = inq_exhibit_at(x, va);
	if (b.len >= 8 && (!l->fixed || n->width == 8)) {
		wide = inq_le64(b.at);
		if (x->big_endian)
			wide = __builtin_bswap64(wide);
		exponent = wide >> 52 & 0x7ff;
		if (exponent > 1023 - 80 && exponent < 1023 + 100)
			keys_add(l->keys, CHANNEL_CONSTANT, mix64(wide & INT64_MAX));
	}
	if (b.len >= 4 && (!l->fixed || n->width == 4)) {
		uint32_t narrow = inq_le32(b.at);

		if (x->big_endian)
			narrow = __builtin_bswap32(narrow);
		exponent = narrow >> 23 & 0xff;
		wide = (exponent + 1023 - 127) << 52 | (uint64_t)(narrow & 0x7fffff) << 29;
		if (exponent > 127 - 40 && exponent < 127 + 60)
			keys_add(l->keys, CHANNEL_CONSTANT, mix64(wide));
	}
}

void lift_tell_branch(struct lift *l, unsigned condition, const struct comparison *c)
{
	enum { EQUAL = 1, SIGNED, UNSIGNED, OTHER };
	uint64_t kind = OTHER;
	struct value left = c->left, right = c->right;
	bool has_constant, step = false;

	switch (condition) {
	case INQ_CONDITION_EQUAL:
	case INQ_CONDITION_NOT_EQUAL:
		kind = EQUAL;
		break;
	case INQ_CONDITION_ABOVE:
	case INQ_CONDITION_BELOW_EQUAL:
		step = true;
		kind = UNSIGNED;
		break;
	case INQ_CONDITION_ABOVE_EQUAL:
	case INQ_CONDITION_BELOW:
		kind = UNSIGNED;
		break;
	case INQ_CONDITION_GREATER:
	case INQ_CONDITION_LESS_EQUAL:
		step = true;
		kind = SIGNED;
		break;
	case INQ_CONDITION_GREATER_EQUAL:
	case INQ_CONDITION_LESS:
		kind = SIGNED;
		break;
	default:
		break;
	}
	if (!c->known) {
		keys_add(l->keys, CHANNEL_BRANCH, kind);
		return;
	}
	/* x + 3 == 5 is x == 2 for whoever compares; unsigned ranges are written (x - a) < b on purpose. */
	has_constant = right.kind == VALUE_CONSTANT;
	if (has_constant) {
		int64_t constant = (int64_t)((uint64_t)right.constant + step);

		keys_add(l->keys, CHANNEL_BRANCH, mix64((uint64_t)constant & UINT32_MAX) + kind);
		if (right.constant)
			add_constant(l, right.constant);
	} else {
		keys_add(l->keys, CHANNEL_BRANCH, kind);
		lift_tell(l, USE_COMPARED, right);
	}
	lift_tell(l, USE_BRANCH, left);
	left = value_whole(left);
	keys_add(l->keys, CHANNEL_FLOW,
	        mix64((uint64_t)left.shape[0] << 32 | (has_constant ? right.shape[0] : right.kind)) ^ kind);
}
