#include "fingerprint/value.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct value variable(void)
{
	return value_leaf(VALUE_VARIABLE);
}

static struct value number(int64_t constant)
{
	return value_constant(constant);
}

static void same_result(struct value a, struct value b)
{
	a = value_whole(a);
	b = value_whole(b);
	assert_memory_equal(a.result, b.result, sizeof a.result);
}

static void same_value(struct value a, struct value b)
{
	assert_int_equal(a.kind, b.kind);
	assert_int_equal(a.constant, b.constant);
	assert_memory_equal(a.shape, b.shape, sizeof a.shape);
	same_result(a, b);
}

static void operands_of_a_sum_may_change_places(void **state)
{
	struct value loaded, product = value_binary(VALUE_PRODUCT, variable(), number(12)), at = variable();

	(void)state;
	loaded = value_loaded(&at);
	same_value(value_binary(VALUE_SUM, loaded, product), value_binary(VALUE_SUM, product, loaded));
	same_value(value_binary(VALUE_XOR, number(7), loaded), value_binary(VALUE_XOR, loaded, number(7)));
}

static void operands_of_a_difference_may_not(void **state)
{
	struct value product = value_binary(VALUE_PRODUCT, variable(), number(12)),
	             a = value_binary(VALUE_DIFFERENCE, variable(), product),
	             b = value_binary(VALUE_DIFFERENCE, product, variable());

	(void)state;
	assert_int_not_equal(a.shape[0], b.shape[0]);
	assert_int_not_equal(a.result[0], b.result[0]);
}

static void constants_are_added_up(void **state)
{
	struct value v = value_binary(VALUE_SUM, variable(), number(8));

	(void)state;
	v = value_binary(VALUE_DIFFERENCE, v, number(3));
	assert_int_equal(v.kind, VALUE_VARIABLE);
	assert_int_equal(v.constant, 5);
	v = value_binary(VALUE_DIFFERENCE, v, number(5));
	same_value(v, variable());
	same_value(value_binary(VALUE_OR, number(0x12340000), number(0x5678)), number(0x12345678));
}

static void a_shift_by_a_constant_is_a_product(void **state)
{
	(void)state;
	same_value(value_binary(VALUE_SHIFT_LEFT, variable(), number(3)),
	        value_binary(VALUE_PRODUCT, variable(), number(8)));
}

static void ways_to_multiply_come_to_the_same(void **state)
{
	struct value four = value_binary(VALUE_PRODUCT, variable(), number(4)),
	             five = value_binary(VALUE_SUM, variable(), four),
	             ten = value_binary(VALUE_SHIFT_LEFT, five, number(1));

	(void)state;
	same_result(ten, value_binary(VALUE_PRODUCT, variable(), number(10)));
	assert_int_not_equal(ten.result[0], five.result[0]);
}

static void a_rotation_is_two_shifts(void **state)
{
	struct value left = value_binary(VALUE_SHIFT_LEFT, variable(), number(5)),
	             right = value_binary(VALUE_SHIFT_RIGHT, variable(), number(27));

	(void)state;
	same_result(value_binary(VALUE_OR, left, right), value_binary(VALUE_ROTATE, variable(), number(27)));
}

static void a_mask_of_a_width_is_nothing(void **state)
{
	(void)state;
	same_value(value_binary(VALUE_AND, variable(), number(0xff)), variable());
	assert_int_equal(value_binary(VALUE_AND, variable(), number(0x7f)).kind, VALUE_AND);
}

static void where_an_address_lies_is_gone(void **state)
{
	struct value a = value_binary(VALUE_SUM, value_leaf(VALUE_ADDRESS), variable()),
	             b = value_leaf(VALUE_ADDRESS);

	(void)state;
	b.constant = 0x1234;
	same_value(a, value_binary(VALUE_SUM, b, variable()));
}

static void what_lies_deep_does_not_reach_the_shallow_digest(void **state)
{
	struct value a = value_binary(VALUE_PRODUCT, variable(), number(12)),
	             b = value_binary(VALUE_PRODUCT, variable(), number(13));

	(void)state;
	a = value_binary(VALUE_XOR, a, variable());
	b = value_binary(VALUE_XOR, b, variable());
	assert_int_equal(a.shape[0], b.shape[0]);
	assert_int_not_equal(a.shape[2], b.shape[2]);
	assert_int_not_equal(a.result[0], b.result[0]);
}

static void no_operation_is_undefined(void **state)
{
	static const int64_t edge[] = { 0, 1, -1, 31, 32, 63, 64, 65, INT64_MAX, INT64_MIN, UINT32_MAX };

	(void)state;
	for (unsigned kind = VALUE_SUM; kind <= VALUE_OTHER; kind++)
		for (size_t i = 0; i < sizeof edge / sizeof *edge; i++) {
			struct value v = value_binary(kind, variable(), number(edge[i]));

			for (size_t j = 0; j < sizeof edge / sizeof *edge; j++)
				v = value_binary(kind, number(edge[i]), number(edge[j]));
			v = value_unary(kind, number(edge[i]));
			assert_true(v.kind <= VALUE_OTHER);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operands_of_a_sum_may_change_places),
		cmocka_unit_test(operands_of_a_difference_may_not),
		cmocka_unit_test(constants_are_added_up),
		cmocka_unit_test(a_shift_by_a_constant_is_a_product),
		cmocka_unit_test(ways_to_multiply_come_to_the_same),
		cmocka_unit_test(a_rotation_is_two_shifts),
		cmocka_unit_test(a_mask_of_a_width_is_nothing),
		cmocka_unit_test(where_an_address_lies_is_gone),
		cmocka_unit_test(what_lies_deep_does_not_reach_the_shallow_digest),
		cmocka_unit_test(no_operation_is_undefined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
