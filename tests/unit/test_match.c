#include "../make/corpus_use.h"
#include "../make/program.h"
#include "match/candidates.h"
#include <inquiry/match.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const size_t arena_limit = (size_t)512 << 20;

static int setup(void **state)
{
	*state = inq_arena_open(arena_limit);
	return *state ? 0 : 1;
}

static int teardown(void **state)
{
	inq_arena_close(*state);
	return 0;
}

/* `count` functions of seeds from `seed` on, each calling the next and the one seven further. */
static void add_functions(
        struct make_program *m, uint64_t seed, uint32_t count, unsigned changed, uint64_t variant)
{
	uint32_t first = m->program.function_count;

	for (uint32_t i = 0; i < count; i++)
		make_function(m, seed + i, changed, variant);
	for (uint32_t i = 0; i < count; i++) {
		make_call(m, first + i, first + (i + 1) % count);
		make_call(m, first + i, first + (i + 7) % count);
	}
}

static struct inq_program program(struct inq_arena *a, uint32_t number, uint64_t seed, uint32_t count,
        unsigned changed, uint64_t variant)
{
	struct make_program m;

	make_program(&m, a, number);
	add_functions(&m, seed, count, changed, variant);
	make_bytes(&m);
	return m.program;
}

static struct inq_comparison compared(
        const struct inq_program *p, const struct inq_program *q, struct inq_arena *a)
{
	struct inq_comparison c;
	struct inq_error err;
	uint8_t *in_a = inq_arena_new(a, p->function_count, 1),
	        *in_b = inq_arena_new(a, q->function_count, 1);

	assert_int_equal(inq_match_compare(p, q, a, &c, &err), INQ_OK);
	for (uint32_t i = 0; i < c.match_count; i++) {
		assert_true(i == 0 || c.matches[i].a > c.matches[i - 1].a);
		assert_true(!in_a[c.matches[i].a]++ && !in_b[c.matches[i].b]++);
		assert_true(c.matches[i].similarity <= 1000 && c.matches[i].support <= 1000);
		assert_int_equal(c.matches[i].how == INQ_MATCH_EXACT, c.matches[i].similarity == 1000);
	}
	for (uint32_t i = 0; i < c.only_a_count; i++)
		assert_true(!in_a[c.only_a[i]]++);
	for (uint32_t i = 0; i < c.only_b_count; i++)
		assert_true(!in_b[c.only_b[i]]++);
	assert_int_equal(c.match_count + c.only_a_count, p->function_count);
	assert_int_equal(c.match_count + c.only_b_count, q->function_count);
	return c;
}

static void a_program_equals_itself(void **state)
{
	struct inq_program p = program(*state, 1, 1, 60, 0, 0);
	struct inq_comparison c = compared(&p, &p, *state);

	assert_int_equal(c.match_count, 60);
	assert_int_equal(c.identical, 60);
	assert_int_equal(c.similarity, 1000);
	for (uint32_t i = 0; i < 60; i++) {
		assert_int_equal(c.matches[i].b, i);
		assert_int_equal(c.matches[i].support, 1000);
	}
}

static void the_order_of_functions_does_not_count(void **state)
{
	struct inq_program p = program(*state, 1, 1, 60, 0, 0), q;
	struct make_program m;
	struct inq_comparison c;

	make_program(&m, *state, 2);
	for (uint32_t i = 0; i < 60; i++)
		make_function(&m, 60 - i, 0, 0);
	for (uint32_t i = 0; i < 60; i++) {
		make_call(&m, 59 - i, 59 - (i + 1) % 60);
		make_call(&m, 59 - i, 59 - (i + 7) % 60);
	}
	make_bytes(&m);
	q = m.program;
	c = compared(&p, &q, *state);
	assert_int_equal(c.identical, 60);
	for (uint32_t i = 0; i < 60; i++) {
		assert_int_equal(c.matches[i].b, 59 - i);
		assert_int_equal(c.matches[i].support, 1000);
	}
}

static void changed_functions_are_paired(void **state)
{
	struct inq_program p = program(*state, 1, 1, 80, 0, 0), q = program(*state, 2, 1, 80, 250, 3);
	struct inq_comparison c = compared(&p, &q, *state);
	uint32_t right = 0;

	assert_int_equal(c.identical, 0);
	for (uint32_t i = 0; i < c.match_count; i++)
		right += c.matches[i].a == c.matches[i].b;
	assert_true(right >= 78);
	assert_true(c.similarity > 400 && c.similarity < 950);
	assert_int_equal(c.changed_bytes + c.only_a_bytes, p.function_bytes);
}

static void unrelated_programs_share_nothing(void **state)
{
	struct inq_program p = program(*state, 1, 1, 100, 0, 0), q = program(*state, 2, 5000, 100, 0, 0);
	struct inq_comparison c = compared(&p, &q, *state);

	assert_int_equal(c.match_count, 0);
	assert_int_equal(c.similarity, 0);
	assert_int_equal(c.only_a_bytes, p.function_bytes);
	assert_int_equal(c.only_b_bytes, q.function_bytes);
}

/* Three equal functions that only their callers tell apart, in another order in each program. */
static void callers_tell_equal_functions_apart(void **state)
{
	struct inq_program p[2];

	for (uint32_t i = 0; i < 2; i++) {
		struct make_program m;

		make_program(&m, *state, i);
		for (uint32_t j = 0; j < 3; j++)
			make_function(&m, 500, 0, 0);
		for (uint32_t j = 0; j < 3; j++)
			make_function(&m, 1 + j, 0, 0);
		for (uint32_t j = 0; j < 3; j++)
			make_call(&m, 3 + j, i ? 2 - j : j);
		make_bytes(&m);
		p[i] = m.program;
	}
	{
		struct inq_comparison c = compared(&p[0], &p[1], *state);

		assert_int_equal(c.identical, 6);
		for (uint32_t j = 0; j < 3; j++)
			assert_int_equal(c.matches[j].b, 2 - j);
	}
}

static void calls_lead_to_functions_that_changed_much(void **state)
{
	struct make_program m[2];
	struct inq_comparison c;

	for (uint32_t i = 0; i < 2; i++) {
		make_program(&m[i], *state, i);
		add_functions(&m[i], 1, 12, 0, 0);
		make_function(&m[i], 900, i ? 500 : 0, 1);
		for (uint32_t j = 0; j < 12; j++)
			make_call(&m[i], j, 12);
		make_bytes(&m[i]);
	}
	c = compared(&m[0].program, &m[1].program, *state);
	assert_int_equal(c.identical, 12);
	assert_int_equal(c.match_count, 13);
	assert_int_equal(c.matches[12].b, 12);
	assert_true(c.matches[12].similarity < 450);
	assert_true(c.matches[12].support > 900);
}

static void an_empty_program_compares(void **state)
{
	struct inq_program p = program(*state, 1, 1, 20, 0, 0), none = program(*state, 2, 1, 0, 0, 0);

	assert_int_equal(compared(&p, &none, *state).only_a_count, 20);
	assert_int_equal(compared(&none, &p, *state).only_b_count, 20);
	assert_int_equal(compared(&none, &none, *state).similarity, 0);
}

/* A corpus of two families and a library, all of which hold the library's code. */
enum { FAMILIES = 4, LIBRARY_SEED = 100000, SHARED_SEED = 200000 };

static struct inq_bytes build(struct inq_arena *a, bool with_library)
{
	static const char *const names[FAMILIES] = { "alpha", "beta", "gamma", "delta" };
	struct inq_corpus_builder *b = inq_corpus_builder_open(arena_limit);
	struct inq_memory_sink memory = { .arena = a };
	struct make_program m;
	struct inq_sink out;
	struct inq_error err;

	for (uint32_t i = 0; i < FAMILIES; i++) {
		assert_int_equal(inq_corpus_builder_label(b, names[i], INQ_LABEL_FAMILY, 0, &err), INQ_OK);
		for (uint32_t j = 0; j < 3; j++) {
			make_program(&m, a, 10 * (i + 1) + j);
			add_functions(&m, 1000 * (i + 1), 30, j ? 150 : 0, j);
			add_functions(&m, LIBRARY_SEED, 20, 0, 0);
			if (i < 2)
				add_functions(&m, SHARED_SEED, 10, 0, 0);
			for (uint32_t k = 0; k < 5; k++)
				make_small_function(&m, 1000 * (i + 1) + k);
			assert_int_equal(inq_corpus_builder_add(b, names[i], make_bytes(&m), &err), INQ_OK);
		}
	}
	assert_int_equal(inq_corpus_builder_label(b, "lib", INQ_LABEL_COMMON, 0, &err), INQ_OK);
	for (uint32_t j = 0; with_library && j < 4; j++) {
		make_program(&m, a, 90 + j);
		add_functions(&m, LIBRARY_SEED + 5 * j, 5, j ? 0 : 100, 9);
		assert_int_equal(inq_corpus_builder_add(b, "lib", make_bytes(&m), &err), INQ_OK);
	}
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	assert_int_equal(inq_corpus_builder_write(b, &out, NULL, NULL, &err), INQ_OK);
	inq_corpus_builder_close(b);
	return (struct inq_bytes){ (const uint8_t *)memory.at, memory.len };
}

static struct inq_corpus corpus(struct inq_arena *a, bool with_library)
{
	struct inq_corpus c;
	struct inq_error err;

	if (inq_corpus_open(build(a, with_library), &c, &err))
		fail_msg("%s", err.text);
	return c;
}

static const char *label_name(const struct inq_corpus *c, uint32_t label)
{
	struct inq_label l;

	return inq_corpus_label(c, label, &l) ? l.name : "";
}

static struct inq_search searched(
        const struct inq_program *p, const struct inq_corpus *c, struct inq_arena *a)
{
	struct inq_search r;
	struct inq_error err;
	const struct inq_coverage *v = &r.coverage;
	uint32_t functions = 0;

	if (inq_match_search(p, c, NULL, a, &r, &err))
		fail_msg("%s", err.text);
	assert_int_equal(r.function_count, p->function_count);
	for (unsigned i = 0; i < INQ_STANDING_COUNT; i++)
		functions += r.standing[i];
	assert_int_equal(functions, p->function_count);
	assert_int_equal(v->library + v->distinctive + v->widespread + v->unmatched + v->small + v->padding +
	                         v->unreadable,
	        v->code);
	assert_int_equal(v->code, p->code_bytes);
	for (uint32_t i = 0; i < r.function_count; i++) {
		const struct inq_search_function *f = &r.functions[i];

		assert_true(f->candidate_first + f->candidate_count <= r.candidate_count);
		assert_true(f->candidate_count <= inq_search_limits_default.candidates);
		for (uint32_t j = 0; j < f->candidate_count; j++) {
			const struct inq_candidate *k = &r.candidates[f->candidate_first + j];
			struct inq_occurrence o;
			struct inq_sample s;

			assert_true(inq_corpus_occurrence(c, k->occurrence, &o));
			assert_true(inq_corpus_sample(c, o.sample, &s));
			assert_int_equal(o.sample, k->sample);
			assert_int_equal(s.label, k->label);
			assert_true(k->probability <= 1000);
		}
		assert_int_equal(f->standing == INQ_STANDING_SMALL || f->standing == INQ_STANDING_UNMATCHED,
		        f->label == UINT32_MAX);
	}
	return r;
}

/* The unknown: a new member of "beta" with code of its own. */
static struct inq_program unknown(struct inq_arena *a)
{
	struct make_program m;

	make_program(&m, a, 555);
	add_functions(&m, 2000, 12, 0, 0);
	add_functions(&m, 2012, 8, 60, 77);
	add_functions(&m, LIBRARY_SEED, 20, 0, 0);
	add_functions(&m, SHARED_SEED, 10, 0, 0);
	add_functions(&m, 777000, 25, 0, 0);
	for (uint32_t k = 0; k < 5; k++)
		make_small_function(&m, 2000 + k);
	make_bytes(&m);
	return m.program;
}

static void search_names_the_family(void **state)
{
	struct inq_corpus c = corpus(*state, true);
	struct inq_program p = unknown(*state);
	struct inq_search r = searched(&p, &c, *state);
	const struct inq_search_family *f = &r.families[0];

	assert_string_equal(label_name(&c, f->label), "beta");
	assert_int_equal(f->sharing, INQ_SHARING_CODE);
	assert_true(f->distinctive >= 19 && f->distinctive <= 20);
	assert_int_equal(f->identical, 12);
	assert_int_equal(f->widespread, 10);
	assert_int_equal(f->library, 20);
	assert_int_equal(f->functions, f->distinctive + f->widespread + f->library);
	assert_true(f->sample_functions >= 45);
	for (uint32_t i = 1; i < r.family_count; i++)
		assert_int_equal(r.families[i].sharing, INQ_SHARING_NOTHING);
	assert_int_equal(r.common_count, 1);
	assert_string_equal(label_name(&c, r.families[r.family_count].label), "lib");
	assert_int_equal(r.families[r.family_count].library, 20);
}

static void each_function_has_its_standing(void **state)
{
	struct inq_corpus c = corpus(*state, true);
	struct inq_program p = unknown(*state);
	struct inq_search r = searched(&p, &c, *state);

	for (uint32_t i = 0; i < 12; i++) {
		assert_int_equal(r.functions[i].standing, INQ_STANDING_DISTINCTIVE);
		assert_string_equal(label_name(&c, r.functions[i].label), "beta");
		assert_int_equal(r.functions[i].family_count, 1);
		assert_int_equal(r.candidates[r.functions[i].candidate_first].similarity, 1000);
	}
	for (uint32_t i = 20; i < 40; i++) {
		assert_int_equal(r.functions[i].standing, INQ_STANDING_LIBRARY);
		assert_string_equal(label_name(&c, r.functions[i].label), "lib");
	}
	for (uint32_t i = 40; i < 50; i++) {
		assert_int_equal(r.functions[i].standing, INQ_STANDING_WIDESPREAD);
		assert_int_equal(r.functions[i].family_count, 2);
	}
	for (uint32_t i = 50; i < 75; i++)
		assert_int_equal(r.functions[i].standing, INQ_STANDING_UNMATCHED);
	for (uint32_t i = 75; i < 80; i++)
		assert_int_equal(r.functions[i].standing, INQ_STANDING_SMALL);
}

/* The library's first five functions are in it only in another build: that takes them out all the same. */
static void a_library_of_another_build_is_a_library(void **state)
{
	struct inq_corpus c = corpus(*state, true);
	struct inq_program p = program(*state, 5, LIBRARY_SEED, 5, 0, 0);
	struct inq_search r = searched(&p, &c, *state);

	for (uint32_t i = 0; i < 5; i++)
		assert_int_equal(r.functions[i].standing, INQ_STANDING_LIBRARY);
}

static void without_the_library_its_code_is_widespread(void **state)
{
	struct inq_corpus c = corpus(*state, false);
	struct inq_program p = program(*state, 5, LIBRARY_SEED, 20, 0, 0);
	struct inq_search r = searched(&p, &c, *state);

	assert_int_equal(r.standing[INQ_STANDING_WIDESPREAD], 20);
	for (uint32_t i = 0; i < r.family_count; i++)
		assert_int_equal(r.families[i].sharing, INQ_SHARING_NOTHING);
}

static void a_stranger_shares_nothing_but_the_library(void **state)
{
	struct inq_corpus c = corpus(*state, true);
	struct make_program m;
	struct inq_search r;

	make_program(&m, *state, 666);
	add_functions(&m, 888000, 200, 0, 0);
	add_functions(&m, LIBRARY_SEED, 20, 0, 0);
	for (uint32_t k = 0; k < 20; k++)
		make_small_function(&m, 3000 + k);
	make_bytes(&m);
	r = searched(&m.program, &c, *state);
	assert_int_equal(r.standing[INQ_STANDING_LIBRARY], 20);
	assert_int_equal(r.standing[INQ_STANDING_DISTINCTIVE], 0);
	assert_int_equal(r.standing[INQ_STANDING_WIDESPREAD], 0);
	assert_int_equal(r.standing[INQ_STANDING_SMALL], 20);
	for (uint32_t i = 0; i < r.family_count; i++)
		assert_int_equal(r.families[i].sharing, INQ_SHARING_NOTHING);
}

/* One function of a family is not the family. */
static void one_function_is_slight(void **state)
{
	struct inq_corpus c = corpus(*state, true);
	struct make_program m;
	struct inq_search r;

	make_program(&m, *state, 667);
	add_functions(&m, 888000, 50, 0, 0);
	make_function(&m, 3003, 0, 0);
	make_bytes(&m);
	r = searched(&m.program, &c, *state);
	assert_int_equal(r.families[0].distinctive, 1);
	assert_int_equal(r.families[0].sharing, INQ_SHARING_SLIGHT);
}

/* Ten of the program's functions are each like one of the family's: one of them is it. */
static void likeness_is_one_to_one(void **state)
{
	struct inq_corpus c = corpus(*state, true);
	struct make_program m;
	struct inq_search r;

	make_program(&m, *state, 668);
	for (uint32_t i = 0; i < 10; i++)
		make_function(&m, 4004, 60, 1000 + i);
	make_bytes(&m);
	r = searched(&m.program, &c, *state);
	/* The family has the function in three builds, of which each may be one of the ten. */
	assert_true(r.standing[INQ_STANDING_DISTINCTIVE] >= 1);
	assert_true(r.standing[INQ_STANDING_DISTINCTIVE] <= 3);
}

static uint64_t weight_in_common(const struct inq_corpus *c, const struct inq_program *p, uint32_t query,
        uint32_t function, uint64_t *ret_weight)
{
	const struct inq_fingerprint *q = &p->functions[query];
	uint64_t shared = 0, weight = 0;

	for (uint32_t i = q->feature_first; i < q->feature_first + q->feature_count; i++) {
		struct inq_corpus_features features = inq_corpus_features_of(c, function);
		uint32_t term = UINT32_MAX, one, count, having = 0;

		if (inq_corpus_term(c, p->features[i].key, &term))
			having = inq_corpus_term_functions(c, term);
		weight += inq_feature_weight(
		        p->features[i].key, p->features[i].count, c->function_count, having);
		while (inq_corpus_features_next(&features, &one, &count))
			if (one == term)
				shared += inq_feature_weight(p->features[i].key,
				        count < p->features[i].count ? count : p->features[i].count,
				        c->function_count, having);
	}
	*ret_weight = weight;
	return shared;
}

/* The index against a scan of everything: the best candidate of each function is the best there is. */
static void the_index_finds_what_a_scan_finds(void **state)
{
	struct inq_corpus c = corpus(*state, true);
	struct inq_program p = program(*state, 5, 2000, 30, 300, 123);
	struct inq_search r = { 0 };
	struct search s = {
		.p = &p, .c = &c, .limits = &inq_search_limits_default, .a = *state, .result = &r
	};
	struct inq_error err;

	assert_int_equal(search_init(&s, &err), INQ_OK);
	assert_true(search_candidates(&s));
	for (uint32_t i = 0; i < p.function_count; i++) {
		uint64_t best = 0, weight = 0;
		uint32_t found = 0;

		for (uint32_t j = s.hit_first[i]; j < s.hit_first[i + 1]; j++)
			found = s.hits[j].similarity > found ? s.hits[j].similarity : found;
		for (uint32_t j = 0; j < c.function_count; j++) {
			uint64_t shared = weight_in_common(&c, &p, i, j, &weight),
			         own = inq_corpus_weight(&c, j);
			uint64_t square = own && weight ? shared * shared * 1000000 / (own * weight) : 0;

			best = square > best ? square : best;
		}
		/* Squares of thousandths; roundings make a thousandth or two. */
		if (best >= 350 * 350) {
			assert_true((uint64_t)(found + 2) * (found + 2) >= best);
			assert_true((uint64_t)(found - 1) * (found - 1) <= best);
		}
	}
}

/* Versions of three programs, large enough that the index has something to pass over. */
static struct inq_corpus typical_corpus(struct inq_arena *a)
{
	struct inq_corpus_builder *b = inq_corpus_builder_open(arena_limit);
	struct inq_memory_sink memory = { .arena = a };
	struct inq_sink out;
	struct inq_corpus c;
	struct inq_error err;

	for (uint32_t i = 0; i < 12; i++) {
		const char *label = inq_arena_printf(a, "family-%u", i / 4);
		struct make_program m;

		make_program(&m, a, i);
		for (uint32_t j = 0; j < 300; j++)
			make_typical_function(&m, i / 4 * 1000 + j, i / 4, 30 * (j % 11), i);
		assert_int_equal(inq_corpus_builder_label(b, label, INQ_LABEL_FAMILY, 0, &err), INQ_OK);
		assert_int_equal(inq_corpus_builder_add(b, label, make_bytes(&m), &err), INQ_OK);
	}
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	assert_int_equal(inq_corpus_builder_write(b, &out, NULL, NULL, &err), INQ_OK);
	inq_corpus_builder_close(b);
	if (inq_corpus_open((struct inq_bytes){ (const uint8_t *)memory.at, memory.len }, &c, &err))
		fail_msg("%s", err.text);
	return c;
}

static struct inq_program typical_unknown(struct inq_arena *a)
{
	struct make_program m;

	make_program(&m, a, 99);
	for (uint32_t j = 0; j < 200; j++)
		make_typical_function(&m, j % 4 * 1000 + j, j % 4, 150 + j % 5 * 120, 99);
	make_bytes(&m);
	return m.program;
}

/* What the index gathers for a function, before labels and calls: sparse and by vector. */
static struct batch *gathered(struct search *s, struct inq_arena *a)
{
	uint64_t *order = inq_arena_new(a, s->p->function_count, sizeof *order);
	struct inq_error err;
	struct batch *b;

	for (uint32_t i = 0; i < s->p->function_count; i++)
		order[i] = i;
	assert_int_equal(search_init(s, &err), INQ_OK);
	b = batch_load(s, order, 0, s->p->function_count, a);
	assert_non_null(b);
	assert_true(nearest_find(b));
	return b;
}

static bool is_among_best(const struct best *b, uint32_t function)
{
	for (uint32_t i = 0; i < b->count; i++)
		if (b->at[i].function == function)
			return true;
	return false;
}

/* Every function of the corpus compared with each of the program: what the index gives is what that gives. */
static void assert_a_scan_finds_no_more(struct inq_arena *a, const struct inq_search_limits *limits)
{
	struct inq_corpus c = typical_corpus(a);
	struct inq_program p = typical_unknown(a);
	struct inq_search result = { 0 };
	struct search s = { .p = &p, .c = &c, .limits = limits, .a = a, .result = &result };
	struct batch *b = gathered(&s, a);
	uint64_t all_found = 0;

	assert_true(sparse_find(b));
	for (uint32_t i = 0; i < b->count; i++) {
		struct best all = { .at = inq_arena_new(a, limits->compared, sizeof *all.at) };

		for (uint32_t j = c.function_count; j-- > 0;) {
			uint16_t similarity = loaded_similarity(&s, &b->loaded[i], j);
			uint64_t weight, shared;

			/* The one place that scores says what the definition says. */
			if (i % 40 == 0 && j % 50 == 0 && !limits->content_only) {
				shared = weight_in_common(&c, &p, b->query[i], j, &weight);
				assert_int_equal(
				        similarity, similarity_of(shared, weight, inq_corpus_weight(&c, j)));
			}
			if (similarity >= result.functions[b->query[i]].reach)
				best_take(&s, &all, j, similarity);
		}
		assert_int_equal(b->best[i].count, all.count);
		for (uint32_t j = 0; j < all.count; j++)
			assert_true(is_among_best(&b->best[i], all.at[j].function));
		all_found += all.count;
	}
	assert_true(all_found > 150);
	assert_true(result.functions_compared < (uint64_t)b->count * c.function_count / 5);
}

static void features_find_what_a_scan_finds(void **state)
{
	assert_a_scan_finds_no_more(*state, &inq_search_limits_default);
}

static void a_short_list_holds_the_best_of_a_scan(void **state)
{
	struct inq_search_limits limits = inq_search_limits_default;

	limits.compared = 2;
	assert_a_scan_finds_no_more(*state, &limits);
}

static void features_without_context_find_what_a_scan_finds(void **state)
{
	struct inq_search_limits limits = inq_search_limits_default;

	limits.content_only = true;
	assert_a_scan_finds_no_more(*state, &limits);
}

static int compare_near(const void *a, const void *b)
{
	const struct near *x = a, *y = b;

	if (x->product != y->product)
		return x->product > y->product ? -1 : 1;
	return x->function < y->function ? -1 : x->function > y->function;
}

static void vectors_find_what_a_scan_finds(void **state)
{
	static const uint32_t scanned[] = { 1 << 20, 900 };
	struct inq_corpus c = typical_corpus(*state);
	struct inq_program p = typical_unknown(*state);
	struct near *all = inq_arena_new(*state, c.function_count, sizeof *all);
	uint32_t found[2] = { 0 }, of = 0;

	for (unsigned round = 0; round < 2; round++) {
		struct inq_search_limits limits = inq_search_limits_default;
		struct inq_search result = { 0 };
		struct search s = { .p = &p, .c = &c, .limits = &limits, .a = *state, .result = &result };
		struct batch *b;

		limits.scanned = scanned[round];
		b = gathered(&s, *state);
		for (uint32_t i = 0; i < b->count; i++) {
			uint32_t count = 0;

			for (uint32_t j = 0; j < c.function_count; j++) {
				struct inq_vector v;

				assert_true(inq_corpus_vector(&c, j, &v));
				all[count] =
				        (struct near){ .product = inq_vector_dot(&v, &p.vectors[b->query[i]]),
					        .function = j };
				count += all[count].product > 0;
			}
			qsort(all, count, sizeof *all, compare_near);
			count = count < limits.nearest ? count : limits.nearest;
			for (uint32_t j = 0; j < count; j++)
				for (uint32_t k = 0; k < b->near_count[i]; k++)
					found[round] += b->near[i][k].function == all[j].function;
			of += round ? 0 : count;
			if (!round)
				assert_int_equal(b->near_count[i], count);
		}
	}
	/* All are scanned; and a quarter of them, of which the nearest is nearly always one. */
	assert_int_equal(found[0], of);
	assert_true(found[1] > of / 4 && found[1] < of);
}

static void context_counts_nothing_where_it_is_not_asked_for(void **state)
{
	struct inq_corpus c = corpus(*state, true);
	struct inq_program p = unknown(*state);
	struct inq_search_limits limits = inq_search_limits_default;
	struct inq_search with = searched(&p, &c, *state), without;
	struct inq_error err;

	limits.content_only = true;
	assert_int_equal(inq_match_search(&p, &c, &limits, *state, &without, &err), INQ_OK);
	for (uint32_t i = 0; i < p.function_count; i++) {
		uint32_t weight = 0;

		for (uint32_t j = 0; j < p.functions[i].feature_count; j++) {
			const struct inq_feature *f = &p.features[p.functions[i].feature_first + j];
			uint32_t term = UINT32_MAX;

			(void)!inq_corpus_term(&c, f->key, &term);
			if (!inq_channel_is_context(inq_feature_channel(f->key)))
				weight += inq_feature_weight(f->key, f->count, c.function_count,
				        inq_corpus_term_functions(&c, term));
		}
		assert_int_equal(without.functions[i].information, weight / 16);
		assert_true(without.functions[i].information <= with.functions[i].information);
	}
	for (uint32_t i = 0; i < without.candidate_count; i++) {
		assert_int_equal(without.candidates[i].support, 0);
		assert_true(without.candidates[i].how != INQ_MATCH_CONTEXT);
	}
}

struct forgotten {
	const struct inq_corpus *c;
	uint64_t times;
};

static void note_forgotten(void *context, struct inq_bytes b)
{
	struct forgotten *f = context;

	assert_true(b.at >= f->c->bytes.at && b.len <= f->c->bytes.len);
	assert_true((size_t)(b.at - f->c->bytes.at) <= f->c->bytes.len - b.len);
	f->times++;
}

static void what_was_read_is_told_of(void **state)
{
	struct inq_corpus c = typical_corpus(*state);
	struct inq_program p = typical_unknown(*state);
	struct forgotten forgotten = { &c, 0 };
	struct inq_search r;
	struct inq_error err;

	c.forget = note_forgotten;
	c.forget_context = &forgotten;
	assert_int_equal(inq_match_search(&p, &c, NULL, *state, &r, &err), INQ_OK);
	assert_true(forgotten.times > 0);
}

static void a_hit_limit_is_told(void **state)
{
	struct inq_corpus c = typical_corpus(*state);
	struct inq_program p = typical_unknown(*state);
	struct inq_search_limits limits = inq_search_limits_default;
	struct inq_search r;
	struct inq_error err;
	uint32_t cut = 0;

	assert_int_equal(inq_match_search(&p, &c, NULL, *state, &r, &err), INQ_OK);
	for (uint32_t i = 0; i < p.function_count; i++) {
		cut += r.functions[i].candidates_cut;
		assert_int_equal(r.functions[i].reach, 300);
	}
	assert_int_equal(cut, 0);
	limits.postings = 300;
	assert_int_equal(inq_match_search(&p, &c, &limits, *state, &r, &err), INQ_OK);
	for (uint32_t i = 0; i < p.function_count; i++) {
		cut += r.functions[i].candidates_cut;
		if (!r.functions[i].candidates_cut)
			assert_true(r.functions[i].reach + 150U <=
			            inq_match_threshold(r.functions[i].information) + 50);
	}
	assert_true(cut > 10);
}

static void sums_are_picked_as_one_by_one(void **state)
{
	uint16_t numbers[200], picked[232];
	uint64_t random = 3;

	(void)state;
	for (unsigned round = 0; round < 400; round++) {
		uint32_t count = round % 200, expected = 0, some;
		uint16_t least = round % 7 ? (uint16_t)(random >> 20) : UINT16_MAX;

		for (uint32_t i = 0; i < count; i++) {
			random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
			numbers[i] = random >> 60 ? (uint16_t)(random >> 40) : UINT16_MAX;
		}
		some = sums_reaching(numbers, count, least, picked);
		for (uint32_t i = 0; i < count; i++)
			if (numbers[i] >= least)
				assert_int_equal(picked[expected++], i);
		assert_int_equal(some, expected);
	}
}

static void search_gives_the_same_twice(void **state)
{
	struct inq_corpus c = corpus(*state, true);
	struct inq_program p = unknown(*state);
	struct inq_search r = searched(&p, &c, *state), s = searched(&p, &c, *state);

	assert_int_equal(r.candidate_count, s.candidate_count);
	assert_memory_equal(r.candidates, s.candidates, r.candidate_count * sizeof *r.candidates);
	assert_memory_equal(r.functions, s.functions, r.function_count * sizeof *r.functions);
	assert_memory_equal(r.families, s.families, (r.family_count + r.common_count) * sizeof *r.families);
}

static void a_small_budget_is_kept(void **state)
{
	struct inq_corpus c = corpus(*state, true);
	struct inq_program p = unknown(*state);
	struct inq_search_limits limits = inq_search_limits_default;
	struct inq_search r;
	struct inq_error err;

	limits.postings = 50;
	limits.compared = 3;
	limits.candidates = 1;
	assert_int_equal(inq_match_search(&p, &c, &limits, *state, &r, &err), INQ_OK);
	assert_true(r.postings_read <= 50 * (uint64_t)p.function_count);
	assert_true(r.candidate_count <= p.function_count);
	/* Equal code is found whatever the budget. */
	assert_true(r.standing[INQ_STANDING_DISTINCTIVE] >= 10);
}

static void thresholds_fall_as_functions_tell_more(void **state)
{
	(void)state;
	assert_int_equal(inq_match_threshold(0), 1001);
	for (uint32_t i = 1; i < 3000; i++)
		assert_true(inq_match_threshold(i) <= inq_match_threshold(i - 1));
	assert_true(inq_match_threshold(3000) >= 450);
}

static void each_failed_allocation_is_told(void **state)
{
	struct inq_corpus c = corpus(*state, true);
	struct inq_program p = unknown(*state), q = program(*state, 5, 2000, 30, 300, 123);
	struct inq_error err;
	uint64_t n;

	for (n = 1;; n++) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_search r = { .function_count = 7 };
		enum inq_status status;

		inq_arena_fail_after(a, n);
		status = inq_match_search(&p, &c, NULL, a, &r, &err);
		inq_arena_close(a);
		if (status == INQ_OK)
			break;
		assert_int_equal(status, INQ_NO_MEMORY);
		assert_int_equal(r.function_count, 7);
	}
	assert_true(n > 20);
	for (n = 1;; n++) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_comparison r = { .match_count = 7 };
		enum inq_status status;

		inq_arena_fail_after(a, n);
		status = inq_match_compare(&p, &q, a, &r, &err);
		inq_arena_close(a);
		if (status == INQ_OK)
			break;
		assert_int_equal(status, INQ_NO_MEMORY);
		assert_int_equal(r.match_count, 7);
	}
	assert_true(n > 20);
}

/* A forged corpus, its checks made good: search may be wrong, but does no harm. */
static void a_forged_corpus_does_no_harm(void **state)
{
	struct inq_bytes b = build(*state, true);
	struct inq_program p = unknown(*state);
	uint8_t *copy = inq_arena_new(*state, b.len, 1), *sealed = inq_arena_new(*state, b.len, 1);
	uint64_t random = 1;
	unsigned searches = 0;

	for (unsigned round = 0; round < 400; round++) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_corpus c;
		struct inq_search r;
		struct inq_error err;

		memcpy(copy, b.at, b.len);
		assert_int_equal(inq_corpus_open(b, &c, &err), INQ_OK);
		for (unsigned i = 0; i < 1 + round % 60; i++) {
			struct inq_bytes table;

			random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
			table = c.table[(random >> 33) % INQ_CORPUS_TABLES];
			if (table.len)
				copy[(size_t)(table.at - b.at) + (random >> 13) % table.len] =
				        (uint8_t)(random >> 56);
		}
		assert_true(corpus_seal((struct inq_bytes){ copy, b.len }, sealed));
		if (inq_corpus_open((struct inq_bytes){ sealed, b.len }, &c, &err) == INQ_OK) {
			enum inq_status status = inq_match_search(&p, &c, NULL, a, &r, &err);

			assert_true(status == INQ_OK || status == INQ_CORRUPT);
			searches++;
		}
		inq_arena_close(a);
	}
	assert_true(searches > 200);
}

/* x86-64: one function of a few blocks. */
static const uint8_t counting[] = {
	0x31, 0xc0, /* xor eax, eax */
	0x48, 0x85, 0xff, /* test rdi, rdi */
	0x74, 0x12, /* je end */
	0x03, 0x07, /* again: add eax, [rdi] */
	0x69, 0xc0, 0x39, 0x30, 0x00, 0x00, /* imul eax, eax, 12345 */
	0x48, 0x83, 0xc7, 0x04, /* add rdi, 4 */
	0x83, 0xee, 0x01, /* sub esi, 1 */
	0x85, 0xf6, /* test esi, esi: keeps the jumps of both forms alike */
	0x75, 0xed, /* jne again */
	0xc3, /* end: ret */
};

static struct inq_code *recovered(struct inq_arena *a, const uint8_t *at, size_t len, enum inq_arch arch)
{
	struct inq_exhibit *x = inq_arena_new(a, 1, sizeof *x);
	struct inq_code *c = inq_arena_new(a, 1, sizeof *c);
	struct inq_error err;

	if (inq_exhibit_raw((struct inq_bytes){ at, len }, arch, false, 0x1000, a, x, &err) ||
	        inq_code_recover(x, a, c, &err))
		fail_msg("%s", err.text);
	return c;
}

static struct inq_alignment aligned(const struct inq_code *x, const struct inq_code *y, struct inq_arena *a)
{
	struct inq_alignment r;
	struct inq_error err;
	uint32_t in_a = 0, in_b = 0;

	assert_int_equal(x->function_count, 1);
	assert_int_equal(y->function_count, 1);
	if (inq_match_align(x, &x->functions[0], y, &y->functions[0], a, &r, &err))
		fail_msg("%s", err.text);
	for (uint32_t i = 0; i < r.row_count; i++) {
		in_a += r.rows[i].insn_a != INQ_NO_BLOCK;
		in_b += r.rows[i].insn_b != INQ_NO_BLOCK;
	}
	assert_int_equal(in_a, x->functions[0].insn_count);
	assert_int_equal(in_b, y->functions[0].insn_count);
	assert_int_equal(r.same + r.changed + r.only_a + r.only_b, r.row_count);
	return r;
}

static void a_function_aligns_with_itself(void **state)
{
	struct inq_code *c = recovered(*state, counting, sizeof counting, INQ_ARCH_X86_64);
	struct inq_alignment r = aligned(c, c, *state);

	assert_int_equal(r.same, c->functions[0].insn_count);
	assert_int_equal(r.row_count, r.same);
	assert_int_equal(r.similarity, 1000);
	assert_int_equal(r.block_pairs, c->functions[0].block_count);
}

static void a_changed_constant_is_one_changed_row(void **state)
{
	uint8_t other[sizeof counting];
	struct inq_code *c, *d;
	struct inq_alignment r;

	memcpy(other, counting, sizeof counting);
	other[11] ^= 1;
	c = recovered(*state, counting, sizeof counting, INQ_ARCH_X86_64);
	d = recovered(*state, other, sizeof other, INQ_ARCH_X86_64);
	r = aligned(c, d, *state);
	assert_int_equal(r.changed, 1);
	assert_int_equal(r.same + 1, r.row_count);
	for (uint32_t i = 0; i < r.row_count; i++)
		if (r.rows[i].kind == INQ_ALIGN_CHANGED)
			assert_int_equal(c->insns[r.rows[i].insn_a].va, 0x1009);
}

static void a_removed_instruction_is_one_row_of_its_side(void **state)
{
	static const uint8_t shorter[] = { 0x31, 0xc0, 0x48, 0x85, 0xff, 0x74, 0x0c, 0x03, 0x07, 0x48, 0x83,
		0xc7, 0x04, 0x83, 0xee, 0x01, 0x85, 0xf6, 0x75, 0xf3, 0xc3 };
	struct inq_code *c = recovered(*state, counting, sizeof counting, INQ_ARCH_X86_64);
	struct inq_code *d = recovered(*state, shorter, sizeof shorter, INQ_ARCH_X86_64);
	struct inq_alignment r = aligned(c, d, *state);

	assert_int_equal(r.only_a, 1);
	assert_int_equal(r.only_b, 0);
	assert_int_equal(r.changed, 0);
	r = aligned(d, c, *state);
	assert_int_equal(r.only_b, 1);
	assert_int_equal(r.only_a, 0);
}

static void refuses_to_align_other_architectures(void **state)
{
	static const uint8_t ret[] = { 0xc0, 0x03, 0x5f, 0xd6 };
	struct inq_code *c = recovered(*state, counting, sizeof counting, INQ_ARCH_X86_64);
	struct inq_code *d = recovered(*state, ret, sizeof ret, INQ_ARCH_A64);
	struct inq_alignment r;
	struct inq_error err;

	assert_int_equal(d->function_count, 1);
	assert_int_equal(inq_match_align(c, &c->functions[0], d, &d->functions[0], *state, &r, &err),
	        INQ_BAD_ARGUMENT);
}

/* Ten thousand instructions in one block: the table is narrowed, the answer is the same. */
static void huge_blocks_align(void **state)
{
	enum { COUNT = 10000 };
	uint8_t *x = inq_arena_new(*state, 5 * COUNT + 1, 1), *y = inq_arena_new(*state, 5 * COUNT + 1, 1);
	struct inq_alignment r;

	for (uint32_t i = 0; i < COUNT; i++) {
		x[5 * i] = 0x05; /* add eax, constant */
		x[5 * i + 1] = (uint8_t)i;
		x[5 * i + 2] = (uint8_t)(i >> 8);
	}
	x[5 * COUNT] = 0xc3;
	memcpy(y, x, 5 * COUNT + 1);
	for (uint32_t i = 100; i < COUNT; i += 1000)
		y[5 * i + 3] = 1;
	r = aligned(recovered(*state, x, 5 * COUNT + 1, INQ_ARCH_X86_64),
	        recovered(*state, y, 5 * COUNT + 1, INQ_ARCH_X86_64), *state);
	assert_int_equal(r.changed, 10);
	assert_int_equal(r.same, COUNT + 1 - 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_program_equals_itself, setup, teardown),
		cmocka_unit_test_setup_teardown(the_order_of_functions_does_not_count, setup, teardown),
		cmocka_unit_test_setup_teardown(changed_functions_are_paired, setup, teardown),
		cmocka_unit_test_setup_teardown(unrelated_programs_share_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(callers_tell_equal_functions_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(calls_lead_to_functions_that_changed_much, setup, teardown),
		cmocka_unit_test_setup_teardown(an_empty_program_compares, setup, teardown),
		cmocka_unit_test_setup_teardown(search_names_the_family, setup, teardown),
		cmocka_unit_test_setup_teardown(each_function_has_its_standing, setup, teardown),
		cmocka_unit_test_setup_teardown(a_library_of_another_build_is_a_library, setup, teardown),
		cmocka_unit_test_setup_teardown(without_the_library_its_code_is_widespread, setup, teardown),
		cmocka_unit_test_setup_teardown(a_stranger_shares_nothing_but_the_library, setup, teardown),
		cmocka_unit_test_setup_teardown(one_function_is_slight, setup, teardown),
		cmocka_unit_test_setup_teardown(likeness_is_one_to_one, setup, teardown),
		cmocka_unit_test_setup_teardown(the_index_finds_what_a_scan_finds, setup, teardown),
		cmocka_unit_test_setup_teardown(features_find_what_a_scan_finds, setup, teardown),
		cmocka_unit_test_setup_teardown(a_short_list_holds_the_best_of_a_scan, setup, teardown),
		cmocka_unit_test_setup_teardown(
		        features_without_context_find_what_a_scan_finds, setup, teardown),
		cmocka_unit_test_setup_teardown(vectors_find_what_a_scan_finds, setup, teardown),
		cmocka_unit_test_setup_teardown(
		        context_counts_nothing_where_it_is_not_asked_for, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_read_is_told_of, setup, teardown),
		cmocka_unit_test_setup_teardown(a_hit_limit_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(sums_are_picked_as_one_by_one, setup, teardown),
		cmocka_unit_test_setup_teardown(search_gives_the_same_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(a_small_budget_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(thresholds_fall_as_functions_tell_more, setup, teardown),
		cmocka_unit_test_setup_teardown(each_failed_allocation_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(a_forged_corpus_does_no_harm, setup, teardown),
		cmocka_unit_test_setup_teardown(a_function_aligns_with_itself, setup, teardown),
		cmocka_unit_test_setup_teardown(a_changed_constant_is_one_changed_row, setup, teardown),
		cmocka_unit_test_setup_teardown(
		        a_removed_instruction_is_one_row_of_its_side, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_to_align_other_architectures, setup, teardown),
		cmocka_unit_test_setup_teardown(huge_blocks_align, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
