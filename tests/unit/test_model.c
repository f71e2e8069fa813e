#include "../make/model.h"
#include "match/likeness.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

extern const uint8_t model_data[], model_data_end[];

static struct inq_bytes own_file(void)
{
	return (struct inq_bytes){ model_data, (size_t)(model_data_end - model_data) };
}

static uint64_t next(uint64_t *state)
{
	return mix64(*state += 0x9e3779b97f4a7c15);
}

static const uint32_t small_keys[2] = { 0x10000001, 0x10000002 };

static void seal(struct make_model *s)
{
	assert_true(make_model_seal(s));
}

/* Two rows and no scorer; the first key points along component 0, the second along component 1. */
static struct make_model *small_model(struct inq_arena *a)
{
	const struct make_row rows[2] = { { small_keys[0], 0, 20, 0 }, { small_keys[1], 2, 30, 1 } };
	struct make_model *s = inq_arena_new(a, 1, sizeof *s);

	assert_non_null(s);
	assert_true(make_model(s, rows, 2, (struct inq_bytes){ NULL, 0 }));
	return s;
}

static enum inq_status read_small(const struct make_model *s, struct inq_arena *a, struct inq_error *err)
{
	const struct inq_model *m = NULL;
	enum inq_status status = inq_model_read((struct inq_bytes){ s->file, s->len }, a, &m, err);

	assert_true((status == INQ_OK) == (m != NULL));
	return status;
}

static void the_model_of_this_program_is_whole(void **state)
{
	struct inq_arena *a = inq_arena_open(1 << 20);
	struct likeness_model likeness;
	struct inq_error err = { 0 };
	const struct inq_model *m;

	(void)state;
	if (inq_model_read(own_file(), a, &m, &err) != INQ_OK)
		fail_msg("%s", err.text);
	assert_memory_equal(inq_model_digest(m), inq_model_digest(inq_model()), sizeof(struct inq_sha256));
	assert_true(m->row_count > 1000);
	assert_int_equal(likeness_read(inq_model_likeness(m), &likeness, &err), INQ_OK);
	assert_true(likeness.tree_count > 0 && likeness.content_count < likeness.tree_count);
	assert_true(inq_model_note(m).len > 100);
	inq_arena_close(a);
}

static void a_vector_is_the_sum_of_its_rows_at_length(void **state)
{
	struct inq_arena *a = inq_arena_open(4 << 20);
	struct make_model *s = small_model(a);
	const struct inq_model *m;
	struct inq_vector v;
	struct inq_feature features[2] = { { small_keys[0], 1 }, { small_keys[1], 1 } };

	(void)state;
	assert_int_equal(inq_model_read((struct inq_bytes){ s->file, s->len }, a, &m, NULL), INQ_OK);
	/* (1, 4) over sqrt(17), times 448, is (108.7, 434.6); what is beyond 127 is cut. */
	inq_model_vector(m, features, 2, &v);
	assert_int_equal(v.at[0], 109);
	assert_int_equal(v.at[1], 127);
	for (unsigned i = 2; i < INQ_VECTOR_LENGTH; i++)
		assert_int_equal(v.at[i], 0);
	/* Eight occurrences weigh four times one: (4, 4). */
	features[0].count = 8;
	inq_model_vector(m, features, 2, &v);
	assert_int_equal(v.at[0], 127);
	assert_int_equal(v.at[1], 127);
	inq_arena_close(a);
}

static void a_feature_without_a_row_has_signs(void **state)
{
	struct inq_arena *a = inq_arena_open(4 << 20);
	struct make_model *s = small_model(a);
	const struct inq_model *m;
	struct inq_vector v;
	struct inq_feature one = { 0x10000003, 1 }, other = { 0x20000003, 1 };
	uint64_t signs[2];
	uint8_t rarity;

	(void)state;
	assert_int_equal(inq_model_read((struct inq_bytes){ s->file, s->len }, a, &m, NULL), INQ_OK);
	inq_model_vector(m, &one, 1, &v);
	unknown_signs(one.key, signs);
	for (unsigned i = 0; i < INQ_VECTOR_LENGTH; i++)
		assert_int_equal(v.at[i], signs[i / 64] >> i % 64 & 1 ? -40 : 40);
	inq_model_rarity(m, &one, 1, &rarity);
	assert_int_equal(rarity, INQ_RARITY_MOST);
	/* The other channel counts for nothing here. */
	inq_model_vector(m, &other, 1, &v);
	for (unsigned i = 0; i < INQ_VECTOR_LENGTH; i++)
		assert_int_equal(v.at[i], 0);
	inq_arena_close(a);
}

static void rarity_is_of_the_row(void **state)
{
	struct inq_arena *a = inq_arena_open(4 << 20);
	struct make_model *s = small_model(a);
	const struct inq_model *m;
	struct inq_feature features[2] = { { small_keys[0], 1 }, { small_keys[1], 1 } };
	uint8_t rarity[2];

	(void)state;
	assert_int_equal(inq_model_read((struct inq_bytes){ s->file, s->len }, a, &m, NULL), INQ_OK);
	inq_model_rarity(m, features, 2, rarity);
	assert_int_equal(rarity[0], 20);
	assert_int_equal(rarity[1], 30);
	inq_arena_close(a);
}

/* Features as a function might have, of content and of context; the first is of content. */
static size_t draw_features(uint64_t *state, struct inq_feature *ret, size_t most)
{
	size_t count = 1 + next(state) % most;
	uint32_t key = (uint32_t)CHANNEL_OPERATION << 28;

	for (size_t i = 0; i < count; i++) {
		key += (uint32_t)(next(state) % (UINT32_MAX / most / 2)) + 1;
		ret[i] = (struct inq_feature){ key, 1 + (uint32_t)(next(state) % 255) };
	}
	return count;
}

static void every_machine_has_the_same_bits(void **state)
{
	struct inq_feature *features = test_malloc(FEATURES_SEEN_MOST * sizeof *features);
	uint64_t random = 1;

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		size_t count = draw_features(&random, features, FEATURES_SEEN_MOST);
		struct inq_vector v, plain;

		inq_model_vector(inq_model(), features, count, &v);
		model_vector_plain(inq_model(), features, count, &plain);
		assert_memory_equal(&v, &plain, sizeof v);
	}
	test_free(features);
}

static void a_vector_has_its_length(void **state)
{
	struct inq_feature features[200];
	uint64_t random = 2;

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		struct inq_vector v;
		int32_t square;
		bool cut = false;

		inq_model_vector(inq_model(), features, draw_features(&random, features, 200), &v);
		for (unsigned j = 0; j < INQ_VECTOR_LENGTH; j++)
			cut |= v.at[j] == 127 || v.at[j] == -127;
		square = inq_vector_dot(&v, &v);
		/* 128 roundings of at most a half move the length by 5.7 at most. */
		assert_true(square <= (INQ_VECTOR_NORM + 6) * (INQ_VECTOR_NORM + 6));
		if (!cut)
			assert_true(square >= (INQ_VECTOR_NORM - 6) * (INQ_VECTOR_NORM - 6));
	}
}

/* The largest of everything: what the bounds of the format allow does not overflow. */
static void the_most_there_can_be_fits(void **state)
{
	struct inq_arena *a = inq_arena_open(4 << 20);
	struct make_model *s = small_model(a);
	struct inq_feature *features = inq_arena_new(a, FEATURES_SEEN_MOST, sizeof *features);
	const struct inq_model *m;
	struct inq_vector v;
	uint8_t *rows = s->file + s->at[MODEL_ROWS];

	(void)state;
	memset(rows, 0x80, 2 * INQ_VECTOR_LENGTH);
	rows[0] = rows[INQ_VECTOR_LENGTH] = 0x7f;
	s->file[s->at[MODEL_SHIFTS]] = s->file[s->at[MODEL_SHIFTS] + 1] = MODEL_SHIFT_MOST;
	seal(s);
	assert_int_equal(inq_model_read((struct inq_bytes){ s->file, s->len }, a, &m, NULL), INQ_OK);
	for (unsigned i = 0; i < FEATURES_SEEN_MOST; i++)
		features[i] = (struct inq_feature){ small_keys[0], 255 };
	inq_model_vector(m, features, FEATURES_SEEN_MOST, &v);
	assert_true(v.at[0] > 0);
	for (unsigned i = 1; i < INQ_VECTOR_LENGTH; i++)
		assert_true(v.at[i] < 0);
	inq_arena_close(a);
}

static void surroundings_do_not_enter_a_vector(void **state)
{
	struct inq_feature features[2] = { { (uint32_t)CHANNEL_CONSTANT << 28 | 77, 3 },
		{ (uint32_t)CHANNEL_IMPORT << 28 | 99, 1 } };
	struct inq_vector with, without;

	(void)state;
	inq_model_vector(inq_model(), features, 2, &with);
	inq_model_vector(inq_model(), features, 1, &without);
	assert_memory_equal(&with, &without, sizeof with);
	inq_model_vector(inq_model(), features + 1, 1, &with);
	assert_int_equal(inq_vector_dot(&with, &with), 0);
	inq_model_vector(inq_model(), features, 0, &with);
	assert_int_equal(inq_vector_dot(&with, &with), 0);
}

static void a_model_cut_short_is_refused(void **state)
{
	struct inq_arena *a = inq_arena_open(64 << 20);
	struct make_model *s = small_model(a);
	const struct inq_model *m = NULL;

	(void)state;
	for (size_t len = 0; len < s->len; len += len < MODEL_HEAD + 64 || len + 600 > s->len ? 1 : 997)
		assert_int_not_equal(inq_model_read((struct inq_bytes){ s->file, len }, a, &m, NULL), INQ_OK);
	assert_null(m);
	inq_arena_close(a);
}

static void a_changed_byte_is_noticed(void **state)
{
	struct inq_arena *a = inq_arena_open(64 << 20);
	struct make_model *s = small_model(a);

	(void)state;
	assert_int_equal(read_small(s, a, NULL), INQ_OK);
	for (size_t at = 0; at < s->len; at += at < MODEL_HEAD || at + 1000 > s->len ? 1 : 2999) {
		s->file[at] ^= 1;
		assert_int_not_equal(read_small(s, a, NULL), INQ_OK);
		s->file[at] ^= 1;
	}
	assert_int_equal(read_small(s, a, NULL), INQ_OK);
	inq_arena_close(a);
}

static void a_lie_under_a_good_digest_is_refused(void **state)
{
	struct inq_arena *a = inq_arena_open(64 << 20);
	const struct make_model *made = small_model(a);
	const struct {
		size_t at;
		uint8_t byte;
		const char *why;
		enum inq_status status;
	} lies[] = {
		{ 0, 'x', "not a model", INQ_UNRECOGNISED },
		{ MODEL_AT_FORMAT, MODEL_FORMAT + 1, "another format", INQ_UNRECOGNISED },
		{ MODEL_AT_FEATURES, INQ_FEATURES_VERSION + 1, "other features", INQ_UNRECOGNISED },
		{ MODEL_AT_LENGTH, (uint8_t)(made->len + 1), "as long as it says", INQ_CORRUPT },
		{ MODEL_AT_TABLES, (uint8_t)(made->at[0] + 1), "not where it should be", INQ_CORRUPT },
		{ MODEL_AT_TABLES + 15, 0xff, "not where it should be", INQ_CORRUPT },
		{ MODEL_HEAD, 1, "between two tables", INQ_CORRUPT },
		{ made->at[MODEL_SHIFTS] - 1, 1, "between two tables", INQ_CORRUPT },
		{ MODEL_AT_TABLES + 16 * MODEL_NOTE + 8, 4, "after the last table", INQ_CORRUPT },
		{ MODEL_AT_TABLES + 16 * MODEL_UNKNOWN + 8, 2 * INQ_CHANNEL_COUNT - 2, "do not fit",
		        INQ_CORRUPT },
		{ made->at[MODEL_SHIFTS], MODEL_SHIFT_MOST + 1, "more than there is room", INQ_CORRUPT },
		{ made->at[MODEL_DIRECTORY], 1, "directory is out of order", INQ_CORRUPT },
		{ made->at[MODEL_DIRECTORY] + 4 * (1 << MODEL_DIRECTORY_BITS), 3, "directory is out of order",
		        INQ_CORRUPT },
		{ made->at[MODEL_PLACES] + 3, 0, "rows are out of order", INQ_CORRUPT },
		{ made->at[MODEL_UNKNOWN] + 2 * CHANNEL_IMPORT, 1, "what it must not", INQ_CORRUPT },
		{ made->at[MODEL_UNKNOWN] + 2 * CHANNEL_BRANCH + 1, 0x7f, "what it must not", INQ_CORRUPT },
		{ made->at[MODEL_UNKNOWN] + 2 * CHANNEL_BRANCH + 1, 0x80, "what it must not", INQ_CORRUPT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		struct make_model *s = inq_arena_new(a, 1, sizeof *s);
		struct inq_error err = { 0 };

		*s = *made;
		assert_int_not_equal(s->file[lies[i].at], lies[i].byte);
		s->file[lies[i].at] = lies[i].byte;
		seal(s);
		assert_int_equal(read_small(s, a, &err), lies[i].status);
		if (!strstr(err.text, lies[i].why))
			fail_msg("%zu: \"%s\" is not \"%s\"", i, err.text, lies[i].why);
	}
	inq_arena_close(a);
}

static void without_memory_there_is_no_model(void **state)
{
	struct inq_arena *a = inq_arena_open(4 << 20);
	struct make_model *s = small_model(a);

	(void)state;
	inq_arena_fail_after(a, 1);
	assert_int_equal(read_small(s, a, NULL), INQ_NO_MEMORY);
	inq_arena_close(a);
}

/* A function for the scorer. */
struct made {
	struct inq_feature features[300];
	uint8_t rarity[300];
	struct inq_vector vector;
	struct likeness_side side;
};

static void fill_side(struct made *f, size_t count, uint32_t insns)
{
	inq_model_vector(inq_model(), f->features, count, &f->vector);
	inq_model_rarity(inq_model(), f->features, count, f->rarity);
	f->side = (struct likeness_side){ f->features, f->rarity, (uint32_t)count, &f->vector, insns / 8 + 1,
		insns, INQ_ARCH_X86_64, 64, false };
}

static void a_pair_has_one_likeness_either_way_round(void **state)
{
	struct made a, b;
	uint64_t random = 3;

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		int16_t one[LIKENESS_COUNT], two[LIKENESS_COUNT];

		fill_side(&a, draw_features(&random, a.features, 300), (uint32_t)(next(&random) % 3000));
		fill_side(&b, draw_features(&random, b.features, 300), (uint32_t)(next(&random) % 3000));
		b.side.arch = INQ_ARCH_A64;
		likeness_numbers(&a.side, &b.side, one);
		likeness_numbers(&b.side, &a.side, two);
		assert_memory_equal(one, two, sizeof one);
		assert_int_equal(one[LIKENESS_MACHINE], 1);
	}
}

static void the_same_is_more_alike_than_another(void **state)
{
	struct made a, b;
	uint64_t random = 4;

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		int16_t same[LIKENESS_COUNT], other[LIKENESS_COUNT];
		struct likeness is, is_not;

		fill_side(&a, draw_features(&random, a.features, 300), 500);
		fill_side(&b, draw_features(&random, b.features, 300), 500);
		likeness_numbers(&a.side, &a.side, same);
		likeness_numbers(&a.side, &b.side, other);
		is = likeness_score(likeness_model(), same);
		is_not = likeness_score(likeness_model(), other);
		assert_true(is.content > is_not.content);
		assert_true(is.context > is_not.context);
		assert_true(
		        likeness_probability(likeness_model(), likeness_curve(same, false), is.content) >=
		        likeness_probability(likeness_model(), likeness_curve(other, false), is_not.content));
		assert_int_equal(same[LIKENESS_JACCARD], 4096);
		assert_int_equal(same[LIKENESS_MACHINE], 0);
	}
}

/* What has not any information at all must not divide by it. */
static void nothing_can_be_likened(void **state)
{
	static struct made a, b;
	int16_t numbers[LIKENESS_COUNT];
	uint64_t random = 5;

	(void)state;
	fill_side(&a, 0, 0);
	likeness_numbers(&a.side, &a.side, numbers);
	assert_int_equal(numbers[LIKENESS_JACCARD], -1);
	fill_side(&b, draw_features(&random, b.features, 300), 10);
	likeness_numbers(&a.side, &b.side, numbers);
	assert_int_equal(numbers[LIKENESS_COSINE], 0);
	assert_int_equal(numbers[LIKENESS_JACCARD], 0);
}

static void a_broken_scorer_is_refused(void **state)
{
	struct inq_bytes table = inq_model_likeness(inq_model());
	uint8_t *copy = test_malloc(table.len);
	size_t trees = LIKENESS_HEAD + LIKENESS_WEIGHTS;
	struct likeness_model m;
	const struct {
		size_t at;
		uint8_t byte;
	} lies[] = { { 3, 1 }, { 4, 0 }, { 11, 0x7f }, { 15, 0x80 }, { trees, LIKENESS_CONTEXT },
		{ trees + 1, 1 }, { table.len - 1, 1 }, { table.len - LIKENESS_CALIBRATION + 4 + 3, 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		memcpy(copy, table.at, table.len);
		assert_int_equal(likeness_read((struct inq_bytes){ copy, table.len }, &m, NULL), INQ_OK);
		copy[lies[i].at] = lies[i].byte;
		if (likeness_read((struct inq_bytes){ copy, table.len }, &m, NULL) != INQ_CORRUPT)
			fail_msg("lie %zu is believed", i);
	}
	memcpy(copy, table.at, table.len);
	for (size_t len = 1; len < table.len; len += 101)
		assert_int_equal(likeness_read((struct inq_bytes){ copy, len }, &m, NULL), INQ_CORRUPT);
	assert_int_equal(likeness_read((struct inq_bytes){ copy, 0 }, &m, NULL), INQ_OK);
	test_free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_model_of_this_program_is_whole),
		cmocka_unit_test(a_vector_is_the_sum_of_its_rows_at_length),
		cmocka_unit_test(a_feature_without_a_row_has_signs),
		cmocka_unit_test(rarity_is_of_the_row),
		cmocka_unit_test(every_machine_has_the_same_bits),
		cmocka_unit_test(a_vector_has_its_length),
		cmocka_unit_test(the_most_there_can_be_fits),
		cmocka_unit_test(surroundings_do_not_enter_a_vector),
		cmocka_unit_test(a_model_cut_short_is_refused),
		cmocka_unit_test(a_changed_byte_is_noticed),
		cmocka_unit_test(a_lie_under_a_good_digest_is_refused),
		cmocka_unit_test(without_memory_there_is_no_model),
		cmocka_unit_test(a_pair_has_one_likeness_either_way_round),
		cmocka_unit_test(the_same_is_more_alike_than_another),
		cmocka_unit_test(nothing_can_be_likened),
		cmocka_unit_test(a_broken_scorer_is_refused),
	};

	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
