#include "fingerprint/value.h"
#include "fingerprint/private.h"

/* What every unknown is taken to be, and addresses, so that they are not mistaken for one another. */
static const uint32_t unknown[VALUE_INPUTS] = { 0x2f63a1d7, 0x0005b34e };
static const uint32_t address[VALUE_INPUTS] = { 0x51ed8a30, 0x00719c00 };

static uint32_t mix(uint32_t kind, uint32_t a, uint32_t b)
{
	return (uint32_t)((mix64((uint64_t)a << 32 | b) + kind * UINT64_C(0x9e3779b97f4a7c15)) >> 29);
}

struct value value_leaf(enum value_kind kind)
{
	bool is_address = kind == VALUE_ADDRESS || kind == VALUE_STACK;
	struct value v = { .kind = (uint8_t)kind, .shape = { kind, kind, kind } };

	for (unsigned i = 0; i < VALUE_INPUTS; i++)
		v.result[i] = is_address ? address[i] : unknown[i];
	return v;
}

struct value value_constant(int64_t constant)
{
	uint32_t digest = (uint32_t)mix64(value_magnitude(constant) + 0x100);

	return (struct value){ .kind = VALUE_CONSTANT,
		.constant = constant,
		.shape = { digest, digest, digest },
		.result = { (uint32_t)constant, (uint32_t)constant } };
}

struct value value_loaded(const struct value *at)
{
	struct value v = value_leaf(VALUE_LOADED);

	if (at->kind == VALUE_ADDRESS)
		return v;
	v.shape[1] = mix(VALUE_LOADED, at->kind, 0);
	v.shape[2] = mix(VALUE_LOADED, at->shape[0], 0);
	return v;
}

static uint32_t compute(enum value_kind kind, uint32_t a, uint32_t b)
{
	switch (kind) {
	case VALUE_SUM:
		return a + b;
	case VALUE_DIFFERENCE:
		return a - b;
	case VALUE_PRODUCT:
		return a * b;
	case VALUE_QUOTIENT:
		return b ? a / b : 0;
	case VALUE_REMAINDER:
		return b ? a % b : 0;
	case VALUE_AND:
		return a & b;
	case VALUE_OR:
		return a | b;
	case VALUE_XOR:
		return a ^ b;
	case VALUE_SHIFT_RIGHT:
	case VALUE_SHIFT_SIGNED:
		return a >> (b & 31);
	case VALUE_SHIFT_LEFT:
		return a << (b & 31);
	case VALUE_ROTATE:
		return a >> (b & 31) | a << (-b & 31);
	case VALUE_NOT:
		return ~a;
	case VALUE_NEGATE:
		return -a;
	case VALUE_VARIABLE:
	case VALUE_CONSTANT:
	case VALUE_ADDRESS:
	case VALUE_STACK:
	case VALUE_LOADED:
	case VALUE_BITS:
	case VALUE_SELECTED:
	case VALUE_COMPARED:
	case VALUE_FLOAT:
	case VALUE_CONVERTED:
	case VALUE_VECTOR:
	case VALUE_OTHER:
		break;
	}
	return mix(kind, a, b);
}

static bool commutes(enum value_kind kind)
{
	return kind == VALUE_SUM || kind == VALUE_PRODUCT || kind == VALUE_AND || kind == VALUE_OR ||
	       kind == VALUE_XOR;
}

static struct value operation(enum value_kind kind, const struct value *a, const struct value *b)
{
	struct value v = { .kind = (uint8_t)kind,
		.depth = (uint8_t)((a->depth > b->depth ? a->depth : b->depth) + 1) };
	uint32_t below_a = a->kind, below_b = b->kind;

	if (v.depth > 200)
		v.depth = 200;
	for (unsigned i = 0; i < VALUE_DEPTHS; i++) {
		bool swap = commutes(kind) && below_a > below_b;

		v.shape[i] = mix(kind, swap ? below_b : below_a, swap ? below_a : below_b);
		below_a = a->shape[i];
		below_b = b->shape[i];
	}
	for (unsigned i = 0; i < VALUE_INPUTS; i++)
		v.result[i] = compute(kind, a->result[i], b->result[i]);
	return v;
}

struct value value_whole(struct value v)
{
	struct value added;
	int64_t constant = v.constant;

	if (v.kind == VALUE_CONSTANT || v.kind == VALUE_ADDRESS || v.kind == VALUE_STACK || !constant)
		return v;
	added = value_constant(constant);
	v.constant = 0;
	return operation(VALUE_SUM, &v, &added);
}

struct value value_unary(enum value_kind kind, struct value a)
{
	struct value none = value_leaf(VALUE_VARIABLE);

	if (a.kind == VALUE_CONSTANT && kind == VALUE_NOT)
		return value_constant(~a.constant);
	if (a.kind == VALUE_CONSTANT && kind == VALUE_NEGATE)
		return value_constant((int64_t)(0 - (uint64_t)a.constant));
	a = value_whole(a);
	for (unsigned i = 0; i < VALUE_INPUTS; i++)
		none.result[i] = 0;
	return operation(kind, &a, &none);
}

static struct value constants(enum value_kind kind, int64_t a, int64_t b)
{
	uint64_t x = (uint64_t)a, y = (uint64_t)b;

	switch ((unsigned)kind) {
	case VALUE_SUM:
		return value_constant((int64_t)(x + y));
	case VALUE_DIFFERENCE:
		return value_constant((int64_t)(x - y));
	case VALUE_PRODUCT:
		return value_constant((int64_t)(x * y));
	case VALUE_AND:
		return value_constant((int64_t)(x & y));
	case VALUE_OR:
		return value_constant((int64_t)(x | y));
	case VALUE_XOR:
		return value_constant((int64_t)(x ^ y));
	case VALUE_SHIFT_LEFT:
		return value_constant((int64_t)(x << (y & 63)));
	case VALUE_SHIFT_RIGHT:
		return value_constant((int64_t)(x >> (y & 63)));
	default:
		return value_leaf(VALUE_VARIABLE);
	}
}

/* x & 0xff, x & 0xffff: how some sets say what others do by a width. */
static bool is_width_mask(const struct value *v)
{
	return v->kind == VALUE_CONSTANT &&
	       (v->constant == 0xff || v->constant == 0xffff || (uint64_t)v->constant == UINT32_MAX);
}

struct value value_binary(enum value_kind kind, struct value a, struct value b)
{
	if (a.kind == VALUE_CONSTANT && b.kind == VALUE_CONSTANT)
		return constants(kind, a.constant, b.constant);
	if (a.kind == VALUE_CONSTANT && commutes(kind)) {
		struct value swap = a;

		a = b;
		b = swap;
	}
	if (kind == VALUE_SHIFT_LEFT && b.kind == VALUE_CONSTANT) {
		kind = VALUE_PRODUCT;
		b = value_constant((int64_t)(UINT64_C(1) << (b.constant & 63)));
	}
	if (kind == VALUE_SUM || kind == VALUE_DIFFERENCE) {
		uint64_t x = (uint64_t)a.constant, y = (uint64_t)b.constant;
		struct value v;

		if (b.kind == VALUE_CONSTANT) {
			a.constant = (int64_t)(kind == VALUE_SUM ? x + y : x - y);
			return a;
		}
		/* An address in the image and an index: the base is gone, the index is what counts. */
		a.constant = 0;
		b.constant = a.kind == VALUE_CONSTANT ? b.constant : 0;
		if (a.kind == VALUE_CONSTANT) {
			a = value_constant((int64_t)x);
			b = value_whole(b);
			return operation(kind, &a, &b);
		}
		v = operation(kind, &a, &b);
		v.constant = (int64_t)(kind == VALUE_SUM ? x + y : x - y);
		if (a.kind == VALUE_ADDRESS || b.kind == VALUE_ADDRESS || a.kind == VALUE_STACK ||
		        b.kind == VALUE_STACK)
			v.constant = 0;
		return v;
	}
	if (b.kind == VALUE_CONSTANT) {
		if ((kind == VALUE_AND && is_width_mask(&b)) || (kind == VALUE_PRODUCT && b.constant == 1) ||
		        (b.constant == 0 && kind != VALUE_AND && kind != VALUE_PRODUCT &&
		                kind != VALUE_QUOTIENT && kind != VALUE_REMAINDER))
			return a;
		if (b.constant == 0 && (kind == VALUE_AND || kind == VALUE_PRODUCT))
			return value_constant(0);
	}
	a = value_whole(a);
	b = value_whole(b);
	return operation(kind, &a, &b);
}
