#include "../make/families.h"
#include "finding/private.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
	*state = inq_arena_open((size_t)512 << 20);
	return *state ? 0 : 1;
}

static int teardown(void **state)
{
	inq_arena_close(*state);
	return 0;
}

static struct inq_corpus corpus(struct inq_arena *a)
{
	struct inq_corpus c;
	struct inq_error err;

	assert_int_equal(inq_corpus_open(make_families(a), &c, &err), INQ_OK);
	return c;
}

/* An exhibit with room for functions that a test adds. */
static struct inq_evidence *exhibit(struct inq_arena *a, uint8_t number)
{
	struct inq_evidence *e = inq_arena_new(a, 1, sizeof *e);

	e->sha256.byte[0] = number;
	e->label = inq_arena_printf(a, "exhibit %u", number);
	e->function_count = 400;
	e->functions = inq_arena_new(a, 64, sizeof *e->functions);
	e->candidates = inq_arena_new(a, 256, sizeof *e->candidates);
	e->callees = inq_arena_new(a, 256, sizeof *e->callees);
	e->facts = inq_arena_new(a, 8, sizeof *e->facts);
	return e;
}

/* Function `number`, alike by so much to `function` of the corpus under `label`. */
static struct inq_evidence_function *add(
        struct inq_evidence *e, uint32_t number, uint32_t label, uint32_t function, uint16_t similarity)
{
	struct inq_evidence_function *f = &e->functions[e->function_listed++];

	*f = (struct inq_evidence_function){ .va = 0x1000 + 64 * (uint64_t)number,
		.exact = { number + 1, 7 * e->sha256.byte[0] },
		.number = number,
		.size = 64,
		.block_count = 9,
		.information = 500,
		.candidate_first = e->candidate_count,
		.candidate_count = 1,
		.callee_first = e->callee_count };
	e->candidates[e->candidate_count++] = (struct inq_evidence_candidate){ .label = label,
		.function = function,
		.similarity = similarity,
		.probability = similarity,
		.how = similarity == 1000 ? INQ_MATCH_EXACT : INQ_MATCH_FEATURES };
	return f;
}

/* Another candidate of the function added last. */
static void or_else(struct inq_evidence *e, uint32_t label, uint16_t similarity)
{
	e->functions[e->function_listed - 1].candidate_count++;
	e->candidates[e->candidate_count++] = (struct inq_evidence_candidate){
		.label = label, .similarity = similarity, .probability = similarity
	};
}

/* `trials` programs of alpha, half of whose scores are high, and no other family that comes near. */
static struct inq_calibration calibration(struct inq_arena *a, const struct inq_corpus *c, uint32_t trials)
{
	struct inq_calibration cal = { .method = INQ_FINDING_METHOD,
		.model = c->model,
		.corpus = c->digest,
		.label_count = c->label_count,
		.families = 1 };

	cal.background = inq_arena_new(a, c->label_count, sizeof *cal.background);
	cal.trials = inq_arena_new(a, 2 * (size_t)trials, sizeof *cal.trials);
	for (uint16_t size = 1; size <= 2; size++)
		for (uint32_t i = 0; i < trials; i++)
			cal.trials[cal.trial_count++] = (struct inq_trial){ .label = i % 2 ? GAMMA : ALPHA,
				.sample = i / 2,
				.exhibits = size,
				.siblings = 4,
				.right = i % 3 ? 700 + (int32_t)i : 0,
				.beaten_label = INQ_NO_LABEL,
				.absent = i % 10 ? 0 : 100,
				.absent_label = i % 10 ? INQ_NO_LABEL : BETA };
	return cal;
}

static struct inq_finding weighed(const struct inq_evidence *const *evidence, uint32_t count,
        const struct inq_corpus *c, const struct inq_calibration *cal,
        const struct inq_finding_question *question, struct inq_arena *a)
{
	struct inq_finding f;
	struct inq_error err;

	assert_int_equal(inq_finding_make(evidence, count, c, cal, question, a, &f, &err), INQ_OK);
	return f;
}

static const struct inq_finding_question nothing_asked;

/* An exhibit of alpha: three pieces of ten functions. */
static struct inq_evidence *of_alpha(struct inq_arena *a, uint8_t number)
{
	struct inq_evidence *e = exhibit(a, number);

	for (uint32_t i = 0; i < 30; i++)
		add(e, i + 20 * (i / 10), ALPHA, 40 * number + i, i % 4 ? 900 : 1000);
	return e;
}

static void logarithms_are_those_of_the_tables(void **state)
{
	(void)state;
	assert_int_equal(log10_of_ratio(1000, 1), 3000);
	assert_int_equal(log10_of_ratio(1, 100), -2000);
	assert_int_equal(log10_of_ratio(2, 1), 301);
	assert_int_equal(log10_of_ratio(7, 7), 0);
	assert_int_equal(inq_log2(1, 24), 0);
	assert_int_equal(inq_log2(UINT64_C(1) << 40, 24), 40 << 24);
	/* log2(10) = 3.3219281 */
	assert_in_range(inq_log2(10, 24), 55732704, 55732706);
	assert_int_equal(exp2_minus(0), UINT64_C(1) << 32);
	assert_int_equal(exp2_minus(1 << 24), UINT64_C(1) << 31);
	/* 2^-0.3219281 = 0.8 */
	assert_in_range(exp2_minus(5401058), 3435973700, 3435973730);
}

static void bounds_are_those_of_clopper_and_pearson(void **state)
{
	enum { ONE = 1 << 24 };
	static const struct {
		uint32_t k, n, least, most; /* least and most in ten-thousandths, as tabulated */
	} rows[] = { { 0, 100, 0, 362 }, { 5, 50, 333, 2181 }, { 1, 10, 25, 4450 }, { 10, 10, 6915, 10000 } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint64_t least = binomial_least(rows[i].k, rows[i].n),
		         most = binomial_most(rows[i].k, rows[i].n);

		assert_in_range((least * 10000 + ONE / 2) / ONE, rows[i].least, rows[i].least + 1);
		assert_in_range((most * 10000 + ONE / 2) / ONE, rows[i].most - (rows[i].most < 10000),
		        rows[i].most + 1);
	}
}

static void ratios_rise_with_the_score_and_stay_below_the_trials(void **state)
{
	int32_t right[60], wrong[90];
	struct curve c;
	int32_t last = INT32_MIN;

	for (int32_t i = 0; i < 60; i++)
		right[i] = i * 37 % 61 + 20;
	for (int32_t i = 0; i < 90; i++)
		wrong[i] = i * 53 % 41;
	assert_true(curve_make(right, 60, wrong, 90, *state, &c));
	for (int32_t score = -5; score < 100; score++) {
		struct inq_ratio r = curve_ratio(&c, score, 0);

		assert_true(r.log10 >= last && r.least <= r.log10 && r.log10 <= r.most);
		assert_true(r.most <= log10_of_ratio(91, 1) && r.least >= log10_of_ratio(1, 61));
		last = r.log10;
	}
	/* Above the highest wrong score, 40: all right ones from 41 up, but that 44 never came. */
	assert_int_equal(curve_ratio(&c, 90, 0).right, 39);
	assert_int_equal(curve_ratio(&c, 90, 0).wrong, 0);
	assert_int_equal(curve_ratio(&c, 90, 0).log10, log10_of_ratio(39 * 91, 61));
	assert_int_equal(curve_wrong_share(&c, 90), 0);
	assert_int_equal(curve_wrong_share(&c, -5), 1000);
}

static void few_trials_support_little(void **state)
{
	int32_t right[3] = { 9, 9, 9 }, wrong[3] = { 0, 0, 0 };
	struct curve c;

	assert_true(curve_make(right, 3, wrong, 3, *state, &c));
	assert_true(curve_ratio(&c, 9, 0).log10 <= log10_of_ratio(4, 1));
	assert_false(is_named(&c, 9, 1, 1));
}

static struct inq_bytes written(const struct inq_evidence *e, struct inq_arena *a)
{
	struct inq_memory_sink *memory = inq_arena_new(a, 1, sizeof *memory);
	struct inq_sink *out = inq_arena_new(a, 1, sizeof *out);

	memory->arena = a;
	inq_sink_init(out, inq_memory_sink_write, memory);
	inq_evidence_write(e, out);
	assert_true(inq_sink_flush(out));
	return (struct inq_bytes){ (const uint8_t *)memory->at, memory->len };
}

static void evidence_is_read_as_it_was_written(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_evidence *e = of_alpha(*state, 3), back;
	struct inq_bytes b, again;
	struct inq_error err;

	e->functions[4].callee_first = e->callee_count;
	e->functions[4].callee_count = 1;
	e->callees[e->callee_count++] = 9;
	for (uint32_t i = 5; i < e->function_listed; i++)
		e->functions[i].callee_first = e->callee_count;
	for (uint32_t i = 0; i < e->candidate_count; i++)
		e->candidates[i].function %= c.function_count;
	e->facts[e->fact_count++] = (struct inq_evidence_fact){ INQ_FACT_PDB_PATH, 5, NULL, "C:\\x.pdb" };
	b = written(e, *state);
	assert_int_equal(inq_evidence_read(b, &c, *state, &back, &err), INQ_OK);
	again = written(&back, *state);
	assert_int_equal(b.len, again.len);
	assert_memory_equal(b.at, again.at, b.len);
	for (size_t len = 0; len < b.len; len++)
		assert_int_not_equal(
		        inq_evidence_read((struct inq_bytes){ b.at, len }, &c, *state, &back, &err), INQ_OK);
}

/* Whatever a child sends, what is accepted is within the corpus and itself. */
static void forged_evidence_stays_within_bounds(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_evidence *e = of_alpha(*state, 3), back;
	struct inq_bytes b;
	struct inq_error err;
	uint8_t *forged;

	for (uint32_t i = 0; i < e->candidate_count; i++)
		e->candidates[i].function %= c.function_count;
	b = written(e, *state);
	forged = inq_arena_new(*state, b.len, 1);
	for (size_t at = 0; at < b.len; at += 3) {
		struct inq_arena *a = inq_arena_open((size_t)64 << 20);

		memcpy(forged, b.at, b.len);
		forged[at] ^= (uint8_t)(at % 2 ? 0xff : 0x04);
		if (inq_evidence_read((struct inq_bytes){ forged, b.len }, &c, a, &back, &err) == INQ_OK) {
			for (uint32_t i = 0; i < back.candidate_count; i++)
				assert_true(back.candidates[i].label < c.label_count &&
				            back.candidates[i].function < c.function_count);
			for (uint32_t i = 0; i < back.callee_count; i++)
				assert_true(back.callees[i] < back.function_listed);
			for (uint32_t i = 0; i < back.function_listed; i++)
				assert_true(back.functions[i].number < back.function_count);
		}
		inq_arena_close(a);
	}
}

static void no_byte_of_a_calibration_can_be_changed(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_calibration cal = calibration(*state, &c, 8), back;
	struct inq_memory_sink memory = { .arena = *state };
	struct inq_sink *out = inq_arena_new(*state, 1, sizeof *out);
	struct inq_error err;

	inq_sink_init(out, inq_memory_sink_write, &memory);
	/* In the order in which they are kept: by exhibits, label, sample. */
	for (uint32_t i = 0; i < cal.trial_count; i++)
		cal.trials[i] = (struct inq_trial){ .label = ALPHA,
			.sample = i,
			.exhibits = 1,
			.beaten_label = INQ_NO_LABEL,
			.absent_label = BETA,
			.absent = 3,
			.right = 40,
			.left = 1000 + i,
			.languages = INQ_PROGRAM_GO,
			.one_piece = i % 2,
			.planted = 77,
			.planted_one_piece = i % 3 == 0 };
	inq_calibration_write(&cal, out);
	assert_true(inq_sink_flush(out));
	assert_int_equal(inq_calibration_read((struct inq_bytes){ (uint8_t *)memory.at, memory.len }, &c,
	                         *state, &back, &err),
	        INQ_OK);
	assert_int_equal(back.trial_count, cal.trial_count);
	assert_int_equal(back.families, 1);
	for (uint32_t i = 0; i < cal.trial_count; i++) {
		assert_int_equal(back.trials[i].left, 1000 + i);
		assert_int_equal(back.trials[i].languages, INQ_PROGRAM_GO);
		assert_int_equal(back.trials[i].one_piece, i % 2);
		assert_int_equal(back.trials[i].planted, 77);
		assert_int_equal(back.trials[i].planted_one_piece, i % 3 == 0);
	}
	for (size_t i = 0; i < memory.len; i++) {
		memory.at[i] ^= 1;
		assert_int_not_equal(
		        inq_calibration_read((struct inq_bytes){ (uint8_t *)memory.at, memory.len }, &c,
		                *state, &back, &err),
		        INQ_OK);
		memory.at[i] ^= 1;
	}
}

static void a_family_is_named_by_code_that_only_it_has(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_calibration cal = calibration(*state, &c, 200);
	const struct inq_evidence *e = of_alpha(*state, 1);
	struct inq_finding f = weighed(&e, 1, &c, &cal, &nothing_asked, *state);

	assert_int_equal(f.conclusion, INQ_CONCLUSION_FAMILY);
	assert_int_equal(f.families[0].label, ALPHA);
	assert_int_equal(f.families[0].functions, 30);
	assert_int_equal(f.families[0].piece_count, 3);
	assert_true(f.families[0].ratio.log10 <= log10_of_ratio(201, 1));
	assert_true(inq_ratio_support(&f.families[0].ratio) == INQ_SUPPORT_MODERATE);
}

static void without_a_calibration_nobody_is_named(void **state)
{
	struct inq_corpus c = corpus(*state);
	const struct inq_evidence *e = of_alpha(*state, 1);
	struct inq_finding f = weighed(&e, 1, &c, NULL, &nothing_asked, *state);

	assert_int_equal(f.conclusion, INQ_CONCLUSION_INSUFFICIENT);
	assert_true(f.lacks[INQ_LACK_UNCALIBRATED]);
	assert_false(f.families[0].named);
}

static void library_and_widespread_code_says_nothing(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_calibration cal = calibration(*state, &c, 200);
	struct inq_evidence *e = exhibit(*state, 1);
	const struct inq_evidence *one = e;
	struct inq_finding f;

	for (uint32_t i = 0; i < 20; i++) {
		add(e, 5 * i, ALPHA, i, 1000);
		or_else(e, i % 2 ? COMMON : BETA, 900);
	}
	f = weighed(&one, 1, &c, &cal, &nothing_asked, *state);
	assert_int_equal(f.family_count, 0);
	assert_int_equal(f.distinctive, 0);
	assert_int_equal(f.exhibits[0].what[WHAT_LIBRARY], 10);
	assert_int_equal(f.exhibits[0].what[WHAT_WIDESPREAD], 10);
	/* What nothing is like speaks against all families, though a third of the right trials were as silent. */
	assert_int_equal(f.conclusion, INQ_CONCLUSION_INSUFFICIENT);
	assert_in_range(f.none.least, 1, CONCLUDES_LEAST - 1);
}

/* All programs in which nothing of their family was found had next to no code. */
static void nothing_found_says_more_where_there_was_more_to_find(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_calibration cal = calibration(*state, &c, 200);
	struct inq_evidence *much = exhibit(*state, 1), *little = exhibit(*state, 2);
	const struct inq_evidence *one = much;
	struct inq_finding f;

	for (uint32_t i = 0; i < cal.trial_count; i++)
		cal.trials[i].left = cal.trials[i].right ? 400 : 4;
	f = weighed(&one, 1, &c, &cal, &nothing_asked, *state);
	assert_int_equal(f.conclusion, INQ_CONCLUSION_NONE);
	assert_true(f.none.least >= CONCLUDES_LEAST);
	assert_int_equal(f.silent.log10, -f.none.log10);
	little->function_count = 7;
	one = little;
	f = weighed(&one, 1, &c, &cal, &nothing_asked, *state);
	assert_int_equal(f.conclusion, INQ_CONCLUSION_INSUFFICIENT);
	assert_in_range(f.none.log10, 0, 100);
	/* Library code is nothing to find a family in. */
	for (uint32_t i = 0; i < 60; i++)
		add(much, i, COMMON, i, 1000);
	much->function_count = 64;
	one = much;
	f = weighed(&one, 1, &c, &cal, &nothing_asked, *state);
	assert_in_range(f.none.log10, 0, 100);
}

static void published_code_counts_nothing_after_its_day(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_calibration cal = calibration(*state, &c, 200);
	struct inq_evidence *e = of_alpha(*state, 1);
	const struct inq_evidence *one = e;
	struct inq_finding_question later = { .day = 20170627 }, before = { .day = 20160101 };
	struct inq_finding f;

	for (uint32_t i = 0; i < e->candidate_count; i++)
		e->candidates[i].published = 20170414;
	f = weighed(&one, 1, &c, &cal, &later, *state);
	assert_int_equal(f.conclusion, INQ_CONCLUSION_INSUFFICIENT);
	assert_true(f.lacks[INQ_LACK_PUBLISHED]);
	assert_false(f.lacks[INQ_LACK_DATE]);
	assert_int_equal(f.families[0].published, 30);
	assert_int_equal(f.families[0].functions, 0);
	f = weighed(&one, 1, &c, &cal, &nothing_asked, *state);
	assert_int_equal(f.conclusion, INQ_CONCLUSION_INSUFFICIENT);
	assert_true(f.lacks[INQ_LACK_DATE]);
	f = weighed(&one, 1, &c, &cal, &before, *state);
	assert_int_equal(f.conclusion, INQ_CONCLUSION_FAMILY);
}

static void the_same_code_counts_once(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_calibration cal = calibration(*state, &c, 200);
	struct inq_evidence *a = of_alpha(*state, 1), *b = of_alpha(*state, 1);
	const struct inq_evidence *both[] = { a, b }, *twice[] = { a, a };
	struct inq_finding one = weighed(both, 1, &c, &cal, &nothing_asked, *state), two, same;

	b->sha256.byte[5] = 9;
	two = weighed(both, 2, &c, &cal, &nothing_asked, *state);
	assert_int_equal(two.exhibit_count, 2);
	assert_int_equal(two.repeated, 30);
	/* Each by itself says what it would say alone. */
	assert_int_equal(two.exhibits[0].alone_label, ALPHA);
	assert_int_equal(two.exhibits[1].alone.log10, one.families[0].ratio.log10);
	assert_true(two.exhibits[0].alone_named && one.exhibits[0].alone_label == INQ_NO_LABEL);
	assert_int_equal(two.distinctive, one.distinctive);
	assert_int_equal(two.families[0].functions, one.families[0].functions);
	same = weighed(twice, 2, &c, &cal, &nothing_asked, *state);
	assert_int_equal(same.exhibit_count, 1);
	assert_int_equal(same.families[0].ratio.log10, one.families[0].ratio.log10);
}

static void what_hangs_together_is_one_piece(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_evidence *e = exhibit(*state, 1);
	const struct inq_evidence *one = e;
	struct inq_finding f;
	struct inq_evidence_function *caller;

	add(e, 10, ALPHA, 1, 1000);
	add(e, 12, ALPHA, 2, 1000); /* lies by the first */
	caller = add(e, 50, ALPHA, 3, 1000); /* calls the next */
	caller->callee_count = 1;
	e->callees[e->callee_count++] = 3;
	add(e, 90, ALPHA, 4, 1000);
	add(e, 130, ALPHA, 5, 1000); /* alone */
	add(e, 131, BETA, 6, 1000); /* of another family */
	f = weighed(&one, 1, &c, NULL, &nothing_asked, *state);
	assert_int_equal(f.families[0].label, ALPHA);
	assert_int_equal(f.families[0].piece_count, 3);
	assert_int_equal(f.families[0].pieces[0].functions, 2);
	assert_int_equal(f.families[0].pieces[2].functions, 1);
	assert_int_equal(f.families[1].piece_count, 1);
}

/* However large it is, one piece is worth less than some smaller ones apart. */
static void no_single_piece_carries_all(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_evidence *together = exhibit(*state, 1), *apart = exhibit(*state, 2);
	const struct inq_evidence *one = together, *other = apart;

	for (uint32_t i = 0; i < 60; i++)
		add(together, i, ALPHA, i, 1000);
	for (uint32_t i = 0; i < 20; i++)
		add(apart, 10 * i, ALPHA, i, 1000);
	assert_true(weighed(&one, 1, &c, NULL, &nothing_asked, *state).families[0].score <
	            weighed(&other, 1, &c, NULL, &nothing_asked, *state).families[0].score);
}

static void what_would_change_it_does(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_calibration cal = calibration(*state, &c, 200);
	const struct inq_evidence *both[] = { of_alpha(*state, 1), of_alpha(*state, 2) };
	struct inq_finding f = weighed(both, 2, &c, &cal, &nothing_asked, *state), again;
	struct inq_finding_left_out left_out;
	struct inq_finding_question question = { .left_out = &left_out, .left_out_count = 1 };
	struct inq_error err;

	assert_true(f.families[0].piece_count > 3);
	for (uint32_t i = 0; i < 3; i++) {
		const struct inq_finding_piece *p = &f.families[0].pieces[i];

		assert_true(p->weighed);
		left_out = (struct inq_finding_left_out){ &f.exhibits[p->exhibit].evidence->sha256, p->va };
		again = weighed(both, 2, &c, &cal, &question, *state);
		assert_int_equal(again.left_out, p->functions);
		assert_int_equal(again.families[0].ratio.log10, p->without.log10);
		assert_int_equal(again.families[0].ratio.least, p->without.least);
		assert_int_equal(again.families[0].ratio.most, p->without.most);
	}
	for (uint32_t i = 0; i < 2; i++) {
		const struct inq_evidence *other = f.exhibits[1 - i].evidence;

		assert_true(f.exhibits[i].weighed);
		again = weighed(&other, 1, &c, &cal, &nothing_asked, *state);
		assert_int_equal(again.families[0].ratio.log10, f.exhibits[i].without.log10);
		assert_int_equal(again.families[0].ratio.least, f.exhibits[i].without.least);
	}
	left_out = (struct inq_finding_left_out){ NULL, 0x10 };
	assert_int_equal(inq_finding_make(both, 2, &c, &cal, &question, *state, &f, &err), INQ_BAD_ARGUMENT);
}

static void the_order_of_exhibits_does_not_count(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_calibration cal = calibration(*state, &c, 200);
	const struct inq_evidence *one[] = { of_alpha(*state, 1), of_alpha(*state, 2) },
	                          *two[] = { one[1], one[0] };
	struct inq_finding f = weighed(one, 2, &c, &cal, &nothing_asked, *state),
	                   g = weighed(two, 2, &c, &cal, &nothing_asked, *state);

	assert_ptr_equal(f.exhibits[0].evidence, g.exhibits[0].evidence);
	assert_int_equal(f.families[0].ratio.log10, g.families[0].ratio.log10);
	assert_int_equal(f.families[0].pieces[0].va, g.families[0].pieces[0].va);
	assert_int_equal(f.families[0].pieces[0].exhibit, g.families[0].pieces[0].exhibit);
}

/* There are no trials of four programs: each is judged by itself. */
static void many_that_agree_say_what_each_does_and_one_of_many_says_little(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_calibration cal = calibration(*state, &c, 200);
	const struct inq_evidence *all[4], *one = of_alpha(*state, 1);
	struct inq_ratio alone = weighed(&one, 1, &c, &cal, &nothing_asked, *state).families[0].ratio;
	struct inq_finding f;

	for (uint8_t i = 0; i < 4; i++)
		all[i] = of_alpha(*state, (uint8_t)(i + 1));
	f = weighed(all, 4, &c, &cal, &nothing_asked, *state);
	assert_int_equal(f.trial_exhibits, 1);
	assert_int_equal(f.conclusion, INQ_CONCLUSION_FAMILY);
	assert_int_equal(f.families[0].ratio.log10, alone.log10);
	for (uint8_t i = 2; i < 4; i++)
		all[i] = exhibit(*state, (uint8_t)(i + 1));
	f = weighed(all, 4, &c, &cal, &nothing_asked, *state);
	assert_int_equal(f.families[0].ratio.log10, alone.log10 - log10_of_ratio(4, 2));
	all[1] = exhibit(*state, 2);
	f = weighed(all, 4, &c, &cal, &nothing_asked, *state);
	assert_int_equal(f.families[0].ratio.log10, alone.log10 - log10_of_ratio(4, 1));
	assert_int_equal(f.conclusion, INQ_CONCLUSION_INSUFFICIENT);
	all[0] = exhibit(*state, 1);
	f = weighed(all, 4, &c, &cal, &nothing_asked, *state);
	assert_int_equal(f.family_count, 0);
	assert_true(f.silent.log10 <= 0);
}

static void trials_in_other_languages_do_not_count(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_calibration cal = calibration(*state, &c, 200);
	struct inq_evidence *e = of_alpha(*state, 1);
	const struct inq_evidence *one = e;
	struct inq_finding f;

	e->flags = INQ_PROGRAM_CXX;
	f = weighed(&one, 1, &c, &cal, &nothing_asked, *state);
	assert_int_equal(f.conclusion, INQ_CONCLUSION_INSUFFICIENT);
	assert_false(f.calibrated);
	assert_true(f.lacks[INQ_LACK_TRIALS] && !f.lacks[INQ_LACK_UNCALIBRATED]);
	for (uint32_t i = 0; i < cal.trial_count; i++)
		cal.trials[i].languages = i % 40 ? INQ_PROGRAM_CXX : 0;
	f = weighed(&one, 1, &c, &cal, &nothing_asked, *state);
	assert_int_equal(f.languages, INQ_PROGRAM_CXX);
	assert_int_equal(f.trials_right, 195);
	assert_int_equal(f.conclusion, INQ_CONCLUSION_FAMILY);
	e->flags = 0;
	f = weighed(&one, 1, &c, &cal, &nothing_asked, *state);
	assert_int_equal(f.trials_right, 5);
	assert_int_equal(f.conclusion, INQ_CONCLUSION_INSUFFICIENT);
}

/* Nothing else was there that could have been mistaken for it, so that no mistake proves nothing. */
static void a_family_alone_in_its_language_has_no_wrong_trials(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_calibration cal = calibration(*state, &c, 400);
	struct inq_evidence *e = of_alpha(*state, 1);
	const struct inq_evidence *one = e;
	struct inq_finding f;

	e->flags = INQ_PROGRAM_CXX;
	for (uint32_t i = 0; i < cal.trial_count; i++)
		cal.trials[i].languages = cal.trials[i].label == ALPHA ? INQ_PROGRAM_CXX : 0;
	f = weighed(&one, 1, &c, &cal, &nothing_asked, *state);
	assert_int_equal(f.trials_wrong, 0);
	assert_int_equal(f.conclusion, INQ_CONCLUSION_INSUFFICIENT);
	assert_true(f.lacks[INQ_LACK_TRIALS]);
	cal.trials[1].languages = INQ_PROGRAM_CXX;
	f = weighed(&one, 1, &c, &cal, &nothing_asked, *state);
	assert_int_equal(f.trials_wrong, 201);
	assert_int_equal(f.conclusion, INQ_CONCLUSION_FAMILY);
}

static void fewer_than_six_functions_support_no_family(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_calibration cal = calibration(*state, &c, 200);
	const struct inq_evidence *one;
	struct inq_evidence *e;
	struct inq_finding f;

	for (uint32_t count = 5; count <= 6; count++) {
		e = exhibit(*state, (uint8_t)count);
		for (uint32_t i = 0; i < count; i++)
			add(e, 10 * i, ALPHA, i, 1000);
		one = e;
		f = weighed(&one, 1, &c, &cal, &nothing_asked, *state);
		assert_true(f.families[0].score >= 700);
		assert_int_equal(f.families[0].named, count == 6);
		assert_int_equal(inq_ratio_support(&f.families[0].ratio) != INQ_SUPPORT_NONE, count == 6);
		assert_int_equal(f.families[0].ratio.log10 > 0, count == 6);
		/* Without one of six, five are left. */
		assert_true(f.families[0].pieces[0].without.log10 <= 0);
	}
}

static void a_file_of_the_corpus_proves_nothing(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_calibration cal = calibration(*state, &c, 200);
	struct inq_evidence *e = of_alpha(*state, 1);
	const struct inq_evidence *one = e;
	struct inq_sample s;
	struct inq_finding f;

	assert_true(inq_corpus_sample(&c, 0, &s));
	e->sha256 = s.sha256;
	f = weighed(&one, 1, &c, &cal, &nothing_asked, *state);
	assert_int_equal(f.conclusion, INQ_CONCLUSION_INSUFFICIENT);
	assert_true(f.lacks[INQ_LACK_KNOWN]);
	assert_int_equal(f.exhibits[0].known_label, ALPHA);
	assert_int_equal(f.family_count, 0);
}

static void what_anyone_can_write_moves_nothing_but_is_held_against_the_code(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_calibration cal = calibration(*state, &c, 200);
	struct inq_evidence *e = of_alpha(*state, 1);
	const struct inq_evidence *one = e;
	struct inq_finding plain = weighed(&one, 1, &c, &cal, &nothing_asked, *state), f;

	assert_int_equal(plain.sign_count, 0);
	e->facts[0] = (struct inq_evidence_fact){ INQ_FACT_RICH_ENTRY, UINT64_C(9) << 48 | 12, NULL, NULL };
	e->facts[1] = (struct inq_evidence_fact){ INQ_FACT_RICH_CHECKSUM, 0, NULL, NULL };
	e->facts[2] = (struct inq_evidence_fact){ INQ_FACT_COMPILE_TIME, 1500000000, NULL, "2017-07-14" };
	e->fact_count = 3;
	e->idioms.nops = 40;
	f = weighed(&one, 1, &c, &cal, &(struct inq_finding_question){ .day = 20170101 }, *state);
	assert_int_equal(f.sign_count, 3);
	assert_int_equal(f.signs[0].sign, INQ_SIGN_TOOLCHAIN);
	assert_int_equal(f.signs[1].sign, INQ_SIGN_RICH_CHECKSUM);
	assert_int_equal(f.signs[2].sign, INQ_SIGN_TIMES);
	assert_int_equal(f.families[0].ratio.log10, plain.families[0].ratio.log10);
	e->idioms.nops = 0;
	e->idioms.breakpoints = 40;
	assert_int_equal(weighed(&one, 1, &c, &cal, &nothing_asked, *state).sign_count, 1);
}

static void code_of_another_family_in_one_piece_is_told(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_calibration cal = calibration(*state, &c, 200);
	struct inq_evidence *e = of_alpha(*state, 1);
	const struct inq_evidence *one = e;
	struct inq_finding f;

	for (uint32_t i = 0; i < 30; i++)
		add(e, 200 + i, GAMMA, 300 + i, 1000);
	f = weighed(&one, 1, &c, &cal, &nothing_asked, *state);
	assert_int_equal(f.conclusion, INQ_CONCLUSION_SEVERAL);
	assert_int_equal(f.families[0].label, ALPHA);
	assert_false(f.families[0].one_piece);
	assert_true(f.families[1].one_piece && f.families[1].named);
	assert_int_equal(f.signs[0].sign, INQ_SIGN_ONE_PIECE);
	assert_int_equal(f.signs[1].sign, INQ_SIGN_SEVERAL);
}

/* Functions of the family's first program, all of which its other programs have, or none. */
static struct inq_finding shares_with_one(struct inq_arena *a, uint32_t shared)
{
	struct inq_corpus c;
	struct inq_evidence *e = exhibit(a, 9);
	const struct inq_evidence *one = e;
	struct inq_calibration cal;
	struct inq_error err;
	struct inq_label alpha;

	assert_int_equal(inq_corpus_open(make_families_sharing(a, shared), &c, &err), INQ_OK);
	assert_true(inq_corpus_label(&c, ALPHA, &alpha));
	cal = calibration(a, &c, 200);
	for (uint32_t i = 0; i < c.function_count; i++) {
		struct inq_corpus_list l = inq_corpus_occurrences_of(&c, i);
		struct inq_occurrence o;
		uint32_t occurrence;

		assert_true(inq_corpus_next(&l, &occurrence) && inq_corpus_occurrence(&c, occurrence, &o));
		if (o.sample != alpha.sample_first)
			continue;
		add(e, i, ALPHA, i, 1000);
		e->candidates[e->candidate_count - 1].sample = o.sample;
	}
	assert_int_equal(e->function_listed, FAMILY_FUNCTIONS);
	return weighed(&one, 1, &c, &cal, &nothing_asked, a);
}

static void code_that_one_program_alone_has_is_told(void **state)
{
	struct inq_finding f = shares_with_one(*state, FAMILY_FUNCTIONS);

	assert_true(f.families[0].named && !f.families[0].one_program);
	assert_int_equal(f.sign_count, 0);
	f = shares_with_one(*state, 2);
	assert_true(f.families[0].named && !f.families[0].one_program);
	f = shares_with_one(*state, 1);
	assert_true(f.families[0].named && f.families[0].one_program);
	assert_int_equal(f.sign_count, 1);
	assert_int_equal(f.signs[0].sign, INQ_SIGN_ONE_PROGRAM);
	assert_int_equal(f.signs[0].label, ALPHA);
}

/* Half of what was put in lies in one piece, and one in twenty of what is genuine. */
static void a_block_that_was_put_in_has_a_ratio(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_calibration cal = calibration(*state, &c, 200);
	const struct inq_evidence *two[2] = { of_alpha(*state, 1), of_alpha(*state, 2) };
	struct inq_evidence *e = exhibit(*state, 3);
	const struct inq_evidence *one = e;
	struct inq_finding f;

	f = weighed(two, 1, &c, &cal, &nothing_asked, *state);
	assert_true(f.families[0].named && !f.families[0].one_piece);
	assert_false(f.families[0].planted_weighed); /* nothing was put into these trials */
	for (uint32_t i = 0; i < 200; i++) {
		cal.trials[i].one_piece = i % 20 == 1;
		cal.trials[i].planted = 900;
		cal.trials[i].planted_one_piece = i % 2;
	}
	f = weighed(two, 1, &c, &cal, &nothing_asked, *state);
	assert_true(f.families[0].planted_weighed);
	assert_int_equal(f.planted_trials, 200);
	assert_int_equal(f.families[0].planted.right, 100);
	assert_int_equal(f.families[0].planted.wrong, f.genuine_trials - 7);
	assert_true(f.families[0].planted.log10 < 0);
	for (uint32_t i = 0; i < 30; i++)
		add(e, 200 + i, GAMMA, 300 + i, 1000);
	f = weighed(&one, 1, &c, &cal, &nothing_asked, *state);
	assert_true(f.families[0].named && f.families[0].one_piece);
	assert_true(f.families[0].planted.least > 0);
	assert_int_equal(f.families[0].planted.wrong, 7);
	/* A half of 200 against 7 of 133, one more of each. */
	assert_in_range(f.families[0].planted.log10, 925, 930);
	f = weighed(two, 2, &c, &cal, &nothing_asked, *state);
	assert_true(f.families[0].named);
	assert_false(f.families[0].planted_weighed); /* of several together there are no such trials */
}

static void a_calibration_puts_blocks_of_others_into_programs(void **state)
{
	struct inq_corpus c = corpus(*state);
	const struct inq_evidence **evidence = inq_arena_new(*state, c.sample_count, sizeof *evidence);
	struct inq_calibration_plan plan;
	struct inq_calibration cal;
	struct inq_error err;
	uint32_t planted = 0;

	assert_int_equal(inq_calibration_plan(&c, 3, 6, *state, &plan, &err), INQ_OK);
	/* Alpha's programs have a block of their family's, gamma's have three functions far apart; beta's are none. */
	for (uint32_t i = 0; i < c.sample_count; i++) {
		struct inq_evidence *e = exhibit(*state, (uint8_t)i);
		struct inq_sample s;

		assert_true(inq_corpus_sample(&c, i, &s));
		for (uint32_t f = 0; s.label == ALPHA && f < 10; f++)
			add(e, f, ALPHA, f, 1000);
		for (uint32_t f = 0; s.label == GAMMA && f < 3; f++)
			add(e, 100 * f, GAMMA, 200 + f, 1000);
		if (s.label == ALPHA || s.label == GAMMA)
			evidence[i] = e;
	}
	assert_int_equal(inq_calibration_make(&c, &plan, evidence, *state, &cal, &err), INQ_OK);
	for (uint32_t i = 0; i < cal.trial_count && cal.trials[i].exhibits == 1; i++) {
		const struct inq_trial *t = &cal.trials[i];

		assert_int_equal(t->one_piece, t->label == ALPHA);
		/* Only alpha's code is a block, and it is put into gamma's programs alone. */
		assert_int_equal(t->planted > 0, t->label == GAMMA);
		assert_int_equal(t->planted_one_piece, t->label == GAMMA);
		planted += t->planted_one_piece;
	}
	assert_int_equal(planted, FAMILY_SAMPLES);
}

static void a_posterior_needs_a_prior(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_calibration cal = calibration(*state, &c, 200);
	const struct inq_evidence *e = of_alpha(*state, 1);
	struct inq_finding f = weighed(&e, 1, &c, &cal, &nothing_asked, *state);
	uint32_t sum;

	assert_int_equal(f.families[0].posterior, UINT32_MAX);
	f = weighed(&e, 1, &c, &cal, &(struct inq_finding_question){ .prior = 5000 }, *state);
	assert_true(f.families[0].posterior > 9500);
	/* The families for which nothing speaks have the rest. */
	sum = f.families[0].posterior + f.posterior_none;
	assert_in_range(sum, 9900, 10000);
	f = weighed(&e, 1, &c, &cal, &(struct inq_finding_question){ .prior = 100 }, *state);
	assert_true(f.families[0].posterior < 5000);
}

static void words_are_those_of_the_scales(void **state)
{
	(void)state;
	assert_int_equal(inq_ratio_support(&(struct inq_ratio){ 900, -1, 2000, 0, 0 }), INQ_SUPPORT_NONE);
	assert_int_equal(inq_ratio_support(&(struct inq_ratio){ 900, 301, 2000, 0, 0 }), INQ_SUPPORT_WEAK);
	assert_int_equal(inq_ratio_support(&(struct inq_ratio){ 3500, 2999, 4000, 0, 0 }),
	        INQ_SUPPORT_MODERATELY_STRONG);
	assert_int_equal(
	        inq_ratio_support(&(struct inq_ratio){ -3500, -4000, -3000, 0, 0 }), INQ_SUPPORT_STRONG);
	assert_string_equal(inq_likelihood_name(9499), "very likely");
	assert_string_equal(inq_likelihood_name(9500), "almost certain");
	assert_string_equal(inq_likelihood_name(499), "almost no chance");
}

/* Each version of a family is left out whole, and what is left out is searched in what stays. */
static void a_plan_leaves_out_whole_versions(void **state)
{
	struct inq_corpus c = corpus(*state), part;
	struct inq_calibration_plan plan;
	struct inq_corpus_builder *b = inq_corpus_builder_open(SIZE_MAX);
	struct inq_memory_sink memory = { .arena = *state };
	struct inq_sink *out = inq_arena_new(*state, 1, sizeof *out);
	struct inq_error err;

	assert_int_equal(inq_calibration_plan(&c, 3, 4, *state, &plan, &err), INQ_OK);
	for (uint32_t i = 0; i < c.sample_count; i++) {
		struct inq_sample s;
		char version[4] = "v0";

		assert_true(inq_corpus_sample(&c, i, &s));
		if (s.label == COMMON) {
			assert_int_equal(plan.fold[i], INQ_NO_FOLD);
			assert_false(plan.tried[i]);
			continue;
		}
		assert_true(plan.by_version[s.label]);
		version[1] = (char)('0' + plan.fold[i]);
		assert_memory_equal(s.name, version, 2);
	}
	assert_int_equal(plan.tried_count, 3 * 4);
	assert_int_equal(inq_calibration_part(&c, &plan, 1, b, &err), INQ_OK);
	inq_sink_init(out, inq_memory_sink_write, &memory);
	assert_int_equal(inq_corpus_builder_write(b, out, NULL, NULL, &err), INQ_OK);
	inq_corpus_builder_close(b);
	assert_int_equal(
	        inq_corpus_open((struct inq_bytes){ (uint8_t *)memory.at, memory.len }, &part, &err), INQ_OK);
	assert_int_equal(part.label_count, c.label_count);
	assert_int_equal(part.sample_count, c.sample_count - 3 * 2);
}

/* Who builds a corpus could fill it with one program, each time with another byte at its end. */
static void the_same_program_again_is_no_trial_more(void **state)
{
	enum { COPIES = 3 };
	struct inq_corpus c = corpus(*state), more;
	struct inq_calibration_plan plan;
	struct inq_corpus_builder *b = inq_corpus_builder_open(SIZE_MAX);
	struct inq_memory_sink memory = { .arena = *state };
	struct inq_sink *out = inq_arena_new(*state, 1, sizeof *out);
	struct inq_sample s, t;
	struct inq_label l;
	struct inq_error err;

	assert_true(inq_corpus_label(&c, ALPHA, &l));
	assert_int_equal(inq_corpus_builder_label(b, l.name, l.kind, 0, &err), INQ_OK);
	for (uint32_t i = 0; i < l.sample_count * COPIES; i++) {
		struct inq_memory_sink written = { .arena = *state };
		struct inq_program p;

		assert_int_equal(
		        inq_corpus_program(&c, l.sample_first + i / COPIES, *state, &p, &err), INQ_OK);
		p.sha256.byte[0] = (uint8_t)(p.sha256.byte[0] + i % COPIES);
		p.name = inq_arena_printf(*state, "v%u/%u", i % COPIES, i);
		inq_sink_init(out, inq_memory_sink_write, &written);
		inq_program_write(&p, out);
		assert_true(inq_sink_flush(out));
		assert_int_equal(
		        inq_corpus_builder_add(b, l.name,
		                (struct inq_bytes){ (const uint8_t *)written.at, written.len }, &err),
		        INQ_OK);
	}
	inq_sink_init(out, inq_memory_sink_write, &memory);
	assert_int_equal(inq_corpus_builder_write(b, out, NULL, NULL, &err), INQ_OK);
	inq_corpus_builder_close(b);
	assert_int_equal(
	        inq_corpus_open((struct inq_bytes){ (uint8_t *)memory.at, memory.len }, &more, &err), INQ_OK);
	assert_int_equal(more.sample_count, COPIES * l.sample_count);
	assert_int_equal(inq_calibration_plan(&more, 3, 64, *state, &plan, &err), INQ_OK);
	assert_int_equal(plan.tried_count, l.sample_count);
	for (uint32_t i = 0; i < more.sample_count; i++)
		for (uint32_t k = 0; k < i; k++) {
			assert_true(inq_corpus_sample(&more, i, &s) && inq_corpus_sample(&more, k, &t));
			if (memcmp(s.sha256.byte + 1, t.sha256.byte + 1, 31) == 0)
				assert_int_equal(plan.fold[i], plan.fold[k]);
		}
}

static void a_measure_counts_what_was_named(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct inq_calibration cal = calibration(*state, &c, 200);
	struct inq_measure m;
	struct inq_error err;

	/* Sorted as they are kept: alpha's before gamma's. */
	for (uint32_t i = 0; i < 200; i++)
		cal.trials[i].label = i < 100 ? ALPHA : GAMMA;
	for (uint32_t i = 0; i < 200; i++)
		cal.trials[i].right = i % 3 ? 700 : 0;
	assert_int_equal(inq_measure_make(&cal, 1, *state, &m, &err), INQ_OK);
	assert_int_equal(m.right, 200);
	assert_int_equal(m.wrong, 200);
	assert_int_equal(m.named, 133); /* two in three score high, and none of those wrongly */
	assert_int_equal(m.named_rightly, 133);
	assert_int_equal(m.named_absent, 0);
	assert_int_equal(m.said_wrongly[INQ_SUPPORT_MODERATE], 0);
	assert_in_range(m.cllr, 100, 700);
	assert_true(m.cllr_least <= m.cllr + 5);
}

static void a_corpus_keeps_its_calibration_and_nothing_else_changes(void **state)
{
	struct inq_bytes b = make_families(*state), said = inq_bytes_of("what it measured");
	struct inq_corpus c, with, without;
	struct inq_memory_sink one = { .arena = *state }, two = { .arena = *state };
	struct inq_sink *out = inq_arena_new(*state, 2, sizeof *out);
	struct inq_sha256 digest;
	struct inq_error err;

	assert_int_equal(inq_corpus_open(b, &c, &err), INQ_OK);
	assert_int_equal(c.calibration.len, 0);
	inq_sink_init(&out[0], inq_memory_sink_write, &one);
	assert_int_equal(inq_corpus_write_calibrated(&c, said, &out[0], &digest, &err), INQ_OK);
	assert_int_equal(
	        inq_corpus_open((struct inq_bytes){ (uint8_t *)one.at, one.len }, &with, &err), INQ_OK);
	assert_int_equal(inq_corpus_check(&with, *state, &err), INQ_OK);
	assert_memory_equal(&with.digest, &digest, sizeof digest);
	assert_int_equal(with.calibration.len, said.len);
	assert_memory_equal(with.calibration.at, said.at, said.len);
	assert_int_equal(with.function_count, c.function_count);
	inq_sink_init(&out[1], inq_memory_sink_write, &two);
	assert_int_equal(
	        inq_corpus_write_calibrated(&with, (struct inq_bytes){ NULL, 0 }, &out[1], NULL, &err),
	        INQ_OK);
	assert_int_equal(
	        inq_corpus_open((struct inq_bytes){ (uint8_t *)two.at, two.len }, &without, &err), INQ_OK);
	assert_int_equal(two.len, b.len);
	assert_memory_equal(two.at, b.at, b.len);
}

/* Its own search makes evidence: what is alike by content, and what is common. */
static void evidence_comes_from_a_search(void **state)
{
	struct inq_corpus c = corpus(*state);
	struct make_program m;
	struct inq_search s;
	struct inq_evidence e;
	struct inq_publication published = { ALPHA, "v1/", 20200101 };
	struct inq_error err;
	uint32_t found = 0;

	make_program(&m, *state, 999);
	for (uint32_t f = 0; f < 8; f++)
		make_function(&m, f, 0, 0);
	for (uint32_t f = 0; f + 1 < 8; f++)
		make_call(&m, f, f + 1);
	make_bytes(&m);
	assert_int_equal(
	        inq_match_search(&m.program, &c, &inq_finding_search_limits, *state, &s, &err), INQ_OK);
	assert_int_equal(
	        inq_evidence_make(&m.program, &s, &c, NULL, &published, 1, *state, &e, &err), INQ_OK);
	assert_int_equal(e.function_count, 8);
	for (uint32_t i = 0; i < e.function_listed; i++) {
		const struct inq_evidence_candidate *k = &e.candidates[e.functions[i].candidate_first];

		found += k->label == ALPHA && k->how == INQ_MATCH_EXACT;
		/* Every program of alpha has it, so that of v1 has. */
		if (k->label == ALPHA && k->how == INQ_MATCH_EXACT)
			assert_int_equal(k->published, 20200101);
		assert_true(e.functions[i].callee_count <= 1);
	}
	assert_int_equal(found, 8);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(logarithms_are_those_of_the_tables),
		TEST(bounds_are_those_of_clopper_and_pearson),
		TEST(ratios_rise_with_the_score_and_stay_below_the_trials),
		TEST(few_trials_support_little),
		TEST(evidence_is_read_as_it_was_written),
		TEST(forged_evidence_stays_within_bounds),
		TEST(no_byte_of_a_calibration_can_be_changed),
		TEST(a_family_is_named_by_code_that_only_it_has),
		TEST(without_a_calibration_nobody_is_named),
		TEST(library_and_widespread_code_says_nothing),
		TEST(nothing_found_says_more_where_there_was_more_to_find),
		TEST(published_code_counts_nothing_after_its_day),
		TEST(the_same_code_counts_once),
		TEST(what_hangs_together_is_one_piece),
		TEST(no_single_piece_carries_all),
		TEST(what_would_change_it_does),
		TEST(the_order_of_exhibits_does_not_count),
		TEST(many_that_agree_say_what_each_does_and_one_of_many_says_little),
		TEST(trials_in_other_languages_do_not_count),
		TEST(a_family_alone_in_its_language_has_no_wrong_trials),
		TEST(fewer_than_six_functions_support_no_family),
		TEST(a_file_of_the_corpus_proves_nothing),
		TEST(what_anyone_can_write_moves_nothing_but_is_held_against_the_code),
		TEST(code_of_another_family_in_one_piece_is_told),
		TEST(code_that_one_program_alone_has_is_told),
		TEST(a_block_that_was_put_in_has_a_ratio),
		TEST(a_calibration_puts_blocks_of_others_into_programs),
		TEST(a_posterior_needs_a_prior),
		TEST(words_are_those_of_the_scales),
		TEST(a_plan_leaves_out_whole_versions),
		TEST(the_same_program_again_is_no_trial_more),
		TEST(a_measure_counts_what_was_named),
		TEST(a_corpus_keeps_its_calibration_and_nothing_else_changes),
		TEST(evidence_comes_from_a_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
