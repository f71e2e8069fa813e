#include "../make/program.h"
#include "match/joint.h"
#include <inquiry/integer.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
	*state = inq_arena_open((size_t)256 << 20);
	return *state ? 0 : 1;
}

static int teardown(void **state)
{
	inq_arena_close(*state);
	return 0;
}

/* Two programs and what is known of their pairs. */
struct both {
	struct inq_program p[2];
	struct side side[2];
	struct joint j;
};

static struct both *both_of(struct inq_arena *a, struct make_program m[2])
{
	struct both *b = inq_arena_new(a, 1, sizeof *b);
	uint8_t *rarity;

	assert_non_null(b);
	for (unsigned i = 0; i < 2; i++) {
		make_bytes(&m[i]);
		b->p[i] = m[i].program;
		b->side[i].program = &b->p[i];
		assert_true(side_callers(&b->side[i], a));
	}
	rarity = inq_arena_new(a, b->p[0].feature_count, 1);
	assert_non_null(rarity);
	for (uint32_t i = 0; i < b->p[0].function_count; i++) {
		const struct inq_fingerprint *f = &b->p[0].functions[i];

		inq_model_rarity(inq_model(), b->p[0].features + f->feature_first, f->feature_count,
		        rarity + f->feature_first);
	}
	assert_true(joint_init(&b->j, &b->side[0], &b->side[1], rarity, a));
	return b;
}

static const struct joint_pair *pair_of(const struct both *b, uint32_t x, uint32_t y)
{
	for (size_t i = 0; i < b->j.count; i++)
		if (b->j.pairs[i].a == x && b->j.pairs[i].b == y)
			return &b->j.pairs[i];
	return NULL;
}

static void add_all(struct both *b)
{
	for (uint32_t x = 0; x < b->p[0].function_count; x++)
		for (uint32_t y = 0; y < b->p[1].function_count; y++)
			assert_true(joint_add(&b->j, x, y));
}

/* Three functions of equal code, each called by another one; in the second program the other way round. */
static struct both *equal_functions(struct inq_arena *a)
{
	struct make_program m[2];

	for (uint32_t i = 0; i < 2; i++) {
		make_program(&m[i], a, i);
		for (uint32_t k = 0; k < 3; k++)
			make_function(&m[i], 500, 0, 0);
		for (uint32_t k = 0; k < 3; k++)
			make_function(&m[i], 1 + k, 0, 0);
		for (uint32_t k = 0; k < 3; k++)
			make_call(&m[i], 3 + k, i ? 2 - k : k);
	}
	return both_of(a, m);
}

static void callers_tell_equal_functions_apart(void **state)
{
	struct both *b = equal_functions(*state);

	add_all(b);
	assert_true(joint_weigh(&b->j));
	for (uint32_t x = 0; x < 3; x++)
		for (uint32_t y = 0; y < 3; y++) {
			const struct joint_pair *p = pair_of(b, x, y);

			assert_true(p->exact);
			if (y == 2 - x)
				assert_true(p->belief > 500 && p->support > 500 && p->odds > p->base);
			else
				assert_true(p->belief < 200 && p->odds < p->base);
		}
}

/* A program's worth of functions in two versions, each calling some others. */
static struct both *two_versions(struct inq_arena *a, const uint32_t *place)
{
	enum { COUNT = 14 };
	struct make_program m[2];

	for (uint32_t i = 0; i < 2; i++) {
		uint32_t at[COUNT];

		make_program(&m[i], a, i);
		for (uint32_t k = 0; k < COUNT; k++)
			at[i && place ? place[k] : k] = k;
		/* at[] now says which function stands where; some are the same as the next. */
		for (uint32_t k = 0; k < COUNT; k++)
			make_function(&m[i], 40 + at[k] / 2, i ? 30 * at[k] : 0, at[k]);
		for (uint32_t k = 0; k < COUNT; k++)
			for (uint32_t step = 1; step < 6; step += 2) {
				uint32_t from = i && place ? place[k] : k, to = (k * step + step) % COUNT;

				if ((k + step) % 3)
					make_call(&m[i], from, i && place ? place[to] : to);
			}
	}
	return both_of(a, m);
}

static void the_order_of_functions_does_not_count(void **state)
{
	static const uint32_t place[] = { 3, 9, 0, 12, 7, 1, 13, 5, 11, 2, 8, 10, 4, 6 };
	struct both *one = two_versions(*state, NULL), *other = two_versions(*state, place);

	add_all(one);
	add_all(other);
	assert_true(joint_weigh(&one->j) && joint_weigh(&other->j));
	for (size_t i = 0; i < one->j.count; i++) {
		const struct joint_pair *p = &one->j.pairs[i], *q = pair_of(other, p->a, place[p->b]);

		assert_int_equal(p->base, q->base);
		assert_int_equal(p->odds, q->odds);
		assert_int_equal(p->belief, q->belief);
		assert_int_equal(p->support, q->support);
	}
}

static void nothing_is_believed_twice(void **state)
{
	struct both *b = two_versions(*state, NULL);
	uint32_t of_a[14] = { 0 }, of_b[14] = { 0 };

	add_all(b);
	assert_true(joint_weigh(&b->j));
	for (size_t i = 0; i < b->j.count; i++) {
		of_a[b->j.pairs[i].a] += b->j.pairs[i].belief;
		of_b[b->j.pairs[i].b] += b->j.pairs[i].belief;
	}
	for (unsigned i = 0; i < 14; i++)
		assert_true(of_a[i] <= 1000 && of_b[i] <= 1000);
}

static void calls_lead_to_pairs_that_were_not_found(void **state)
{
	struct make_program m[2];
	struct both *b;

	for (uint32_t i = 0; i < 2; i++) {
		make_program(&m[i], *state, i);
		for (uint32_t k = 0; k < 12; k++)
			make_function(&m[i], 1 + k, 0, 0);
		make_function(&m[i], 900, i ? 600 : 0, 1);
		for (uint32_t k = 0; k < 12; k++)
			make_call(&m[i], k, 12);
	}
	b = both_of(*state, m);
	for (uint32_t k = 0; k < 12; k++)
		assert_true(joint_add(&b->j, k, k));
	assert_true(joint_weigh(&b->j));
	assert_non_null(pair_of(b, 12, 12));
	assert_true(pair_of(b, 12, 12)->belief > 500);
	assert_int_equal(b->j.count, 13);
}

static void a_pair_is_added_once(void **state)
{
	struct both *b = equal_functions(*state);

	add_all(b);
	add_all(b);
	assert_int_equal(b->j.count, 36);
}

/*
 * The same by plain tables: what calls what, and every pair, without lists,
 * limits or a search for anything.
 */
enum { MOST = 14 };

struct plain {
	uint32_t n[2];
	bool calls[2][MOST][MOST]; /* of each program: the first calls the second */
	int64_t base[MOST][MOST], odds[MOST][MOST];
	int64_t belief[MOST][MOST];
};

static int64_t part_of(int64_t odds, int64_t best)
{
	int64_t halvings = (best - odds) * 1024 / 710;

	if (halvings / 1024 > 16)
		return 0;
	return (65536 - 32 * (halvings % 1024)) / (1 << halvings / 1024);
}

/* The part that pair (x, y) has of its row, or of its column. */
static int64_t part(const struct plain *t, uint32_t x, uint32_t y, bool column)
{
	int64_t best = JOINT_NOTHING, sum;

	for (uint32_t i = 0; i < t->n[!column]; i++) {
		int64_t odds = column ? t->odds[i][y] : t->odds[x][i];

		best = odds > best ? odds : best;
	}
	sum = part_of(JOINT_NOTHING, best);
	for (uint32_t i = 0; i < t->n[!column]; i++)
		sum += part_of(column ? t->odds[i][y] : t->odds[x][i], best);
	return 1000 * part_of(t->odds[x][y], best) / sum;
}

static void believe(struct plain *t)
{
	for (uint32_t x = 0; x < t->n[0]; x++)
		for (uint32_t y = 0; y < t->n[1]; y++) {
			int64_t row = part(t, x, y, false), column = part(t, x, y, true);

			t->belief[x][y] = row < column ? row : column;
			if (t->belief[x][y] < JOINT_BELIEF_LEAST)
				t->belief[x][y] = 0;
		}
}

static int64_t surprise(int64_t all, int64_t having)
{
	int64_t bits = (int64_t)inq_log2((uint64_t)(4 * all), 10) -
	               (int64_t)inq_log2((uint64_t)(5 * (having + 1)), 10);

	return bits > 0 ? bits * 710 / 1024 : 0;
}

static bool calls(const struct plain *t, unsigned side, uint32_t from, uint32_t to, bool back)
{
	return back ? t->calls[side][to][from] : t->calls[side][from][to];
}

static int64_t having(const struct plain *t, unsigned side, uint32_t f, bool back)
{
	int64_t count = 0;

	for (uint32_t i = 0; i < t->n[side]; i++)
		count += calls(t, side, i, f, back);
	return count;
}

/* What all that is believed says of (x, y): of every pair whose first x calls or whose second y calls. */
static int64_t around(const struct plain *t, uint32_t x, uint32_t y)
{
	int64_t sum = 0;

	for (unsigned back = 0; back < 2; back++)
		for (uint32_t i = 0; i < t->n[0]; i++)
			for (uint32_t k = 0; k < t->n[1]; k++) {
				bool one = calls(t, 0, x, i, back), other = calls(t, 1, y, k, back);
				int64_t h0 = having(t, 0, i, back), h1 = having(t, 1, k, back);

				if (one && other)
					sum += t->belief[i][k] * surprise(t->n[1], h0 > h1 ? h0 : h1);
				else if (one || other)
					sum -= t->belief[i][k] * JOINT_AGAINST;
			}
	sum = sum * JOINT_AROUND_WEIGHT / 1000000;
	return sum * JOINT_AROUND_MOST_ODDS / (JOINT_AROUND_MOST_ODDS + (sum < 0 ? -sum : sum));
}

static void weighs_as_plain_tables_do(void **state)
{
	struct both *b = two_versions(*state, NULL);
	struct plain t = { .n = { b->p[0].function_count, b->p[1].function_count } };

	add_all(b);
	for (size_t i = 0; i < b->j.count; i++)
		t.odds[b->j.pairs[i].a][b->j.pairs[i].b] = t.base[b->j.pairs[i].a][b->j.pairs[i].b] =
		        b->j.pairs[i].base;
	for (unsigned side = 0; side < 2; side++)
		for (uint32_t f = 0; f < t.n[side]; f++)
			for (uint32_t k = 0; k < b->p[side].functions[f].callee_count; k++)
				t.calls[side][f]
				       [b->p[side].callees[b->p[side].functions[f].callee_first + k]] = true;
	for (unsigned round = 0; round < JOINT_ROUNDS; round++) {
		believe(&t);
		for (uint32_t x = 0; x < t.n[0]; x++)
			for (uint32_t y = 0; y < t.n[1]; y++)
				t.odds[x][y] = t.base[x][y] + around(&t, x, y);
	}
	assert_true(joint_weigh(&b->j));
	for (size_t i = 0; i < b->j.count; i++) {
		const struct joint_pair *p = &b->j.pairs[i];

		assert_int_equal(p->odds, t.odds[p->a][p->b]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(callers_tell_equal_functions_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(the_order_of_functions_does_not_count, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_is_believed_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(calls_lead_to_pairs_that_were_not_found, setup, teardown),
		cmocka_unit_test_setup_teardown(a_pair_is_added_once, setup, teardown),
		cmocka_unit_test_setup_teardown(weighs_as_plain_tables_do, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
