#include "../make/corpus_use.h"
#include "../make/program.h"
#include "corpus/dots.h"
#include "corpus/layout.h"
#include <inquiry/corpus.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const size_t arena_limit = (size_t)512 << 20;

enum { PROGRAMS = 9, LABELS = 3 };
static const char *const label_names[LABELS] = { "alpha", "beta", "zlib" };

struct fixture {
	struct inq_arena *a;
	struct inq_bytes program[PROGRAMS]; /* the label of program i is i % LABELS; "zlib" is common */
	struct inq_program made[PROGRAMS];
};

/* Programs of a label share half of their functions; all have those of seeds 1 to 5. */
static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	if (!f)
		return 1;
	f->a = inq_arena_open(arena_limit);
	for (uint32_t i = 0; i < PROGRAMS; i++) {
		struct make_program m;
		uint32_t numbers[16];

		make_program(&m, f->a, i);
		for (uint32_t j = 0; j < 5; j++)
			numbers[j] = make_function(&m, 1 + j, 0, 0);
		for (uint32_t j = 5; j < 10; j++)
			numbers[j] = make_function(&m, 100 * (i % LABELS + 1) + j, 0, 0);
		for (uint32_t j = 10; j < 15; j++)
			numbers[j] = make_function(&m, 1000 * (i + 1) + j, i % 2 ? 200 : 0, i);
		numbers[15] = make_small_function(&m, 7);
		m.program.functions[3].name = "shared_name";
		m.program.functions[10].name = i % 2 ? "odd" : "even";
		for (uint32_t j = 0; j < 15; j++)
			make_call(&m, numbers[j], numbers[(j * 7 + 3) % 16]);
		f->program[i] = make_bytes(&m);
		f->made[i] = m.program;
	}
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	inq_arena_close(f->a);
	free(f);
	return 0;
}

static void add_labels(struct inq_corpus_builder *b)
{
	struct inq_error err;

	for (unsigned i = 0; i < LABELS; i++)
		assert_int_equal(
		        inq_corpus_builder_label(b, label_names[i],
		                i == 2 ? INQ_LABEL_COMMON : INQ_LABEL_FAMILY, i == 1 ? 20200301 : 0, &err),
		        INQ_OK);
}

static void add(struct inq_corpus_builder *b, const struct fixture *f, unsigned i)
{
	struct inq_error err;

	assert_int_equal(inq_corpus_builder_add(b, label_names[i % LABELS], f->program[i], &err), INQ_OK);
}

static struct inq_bytes finish(const struct fixture *f, struct inq_corpus_builder *b)
{
	struct inq_memory_sink memory = { .arena = f->a };
	struct inq_sink out;
	struct inq_error err;

	inq_sink_init(&out, inq_memory_sink_write, &memory);
	assert_int_equal(inq_corpus_builder_write(b, &out, NULL, NULL, &err), INQ_OK);
	inq_corpus_builder_close(b);
	return (struct inq_bytes){ (const uint8_t *)memory.at, memory.len };
}

/* A corpus of programs [first, end), added in steps of `step` (which has no factor in common with the count). */
static struct inq_bytes build(const struct fixture *f, unsigned first, unsigned end, unsigned step)
{
	struct inq_corpus_builder *b = inq_corpus_builder_open(arena_limit);

	add_labels(b);
	for (unsigned i = 0; i < end - first; i++)
		add(b, f, first + i * step % (end - first));
	return finish(f, b);
}

static void assert_same_bytes(struct inq_bytes x, struct inq_bytes y)
{
	assert_int_equal(x.len, y.len);
	assert_memory_equal(x.at, y.at, x.len);
}

static struct inq_corpus opened(struct inq_bytes b)
{
	struct inq_corpus c;
	struct inq_error err;

	if (inq_corpus_open(b, &c, &err))
		fail_msg("%s", err.text);
	return c;
}

static enum inq_status checked(const struct inq_corpus *c)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_error err;
	enum inq_status status = inq_corpus_check(c, a, &err);

	inq_arena_close(a);
	return status;
}

static void holds_what_was_added(void **state)
{
	struct fixture *f = *state;
	struct inq_corpus c = opened(build(f, 0, PROGRAMS, 1));
	uint32_t seen = 0;

	assert_int_equal(checked(&c), INQ_OK);
	assert_int_equal(c.label_count, LABELS);
	assert_int_equal(c.family_count, 2);
	assert_int_equal(c.sample_count, PROGRAMS);
	assert_int_equal(c.occurrence_count, PROGRAMS * 16);
	for (uint32_t i = 0; i < c.label_count; i++) {
		struct inq_label l;

		assert_true(inq_corpus_label(&c, i, &l));
		assert_string_equal(l.name, label_names[i]);
		assert_int_equal(l.kind, i == 2 ? INQ_LABEL_COMMON : INQ_LABEL_FAMILY);
		assert_int_equal(l.published, i == 1 ? 20200301 : 0);
		assert_int_equal(l.sample_count, PROGRAMS / LABELS);
		for (uint32_t j = 0; j < l.sample_count; j++) {
			struct inq_arena *a = inq_arena_open(arena_limit);
			struct inq_memory_sink memory = { .arena = a };
			struct inq_sink out;
			struct inq_program p;
			struct inq_error err;
			uint32_t number;

			assert_int_equal(inq_corpus_program(&c, l.sample_first + j, a, &p, &err), INQ_OK);
			number = (uint32_t)p.sha256.byte[3];
			assert_int_equal(number % LABELS, i);
			seen |= 1U << number;
			inq_sink_init(&out, inq_memory_sink_write, &memory);
			inq_program_write(&p, &out);
			assert_true(inq_sink_flush(&out));
			assert_same_bytes((struct inq_bytes){ (const uint8_t *)memory.at, memory.len },
			        f->program[number]);
			inq_arena_close(a);
		}
	}
	assert_int_equal(seen, (1U << PROGRAMS) - 1);
}

static void same_bytes_in_any_order(void **state)
{
	struct fixture *f = *state;
	struct inq_bytes first = build(f, 0, PROGRAMS, 1);

	assert_same_bytes(first, build(f, 0, PROGRAMS, 2));
	assert_same_bytes(first, build(f, 0, PROGRAMS, 7));
}

static void merging_equals_building(void **state)
{
	struct fixture *f = *state;
	struct inq_corpus x = opened(build(f, 0, 4, 1)), y = opened(build(f, 3, PROGRAMS, 1));
	struct inq_corpus_builder *b = inq_corpus_builder_open(arena_limit);
	struct inq_error err;

	assert_int_equal(inq_corpus_builder_merge(b, &y, &err), INQ_OK);
	assert_int_equal(inq_corpus_builder_merge(b, &x, &err), INQ_OK);
	assert_int_equal(inq_corpus_builder_samples(b, "alpha"), 3);
	assert_same_bytes(finish(f, b), build(f, 0, PROGRAMS, 1));
}

static void adding_to_a_corpus_equals_building(void **state)
{
	struct fixture *f = *state;
	struct inq_corpus x = opened(build(f, 0, 8, 1));
	struct inq_corpus_builder *b = inq_corpus_builder_open(arena_limit);
	struct inq_error err;

	assert_int_equal(inq_corpus_builder_merge(b, &x, &err), INQ_OK);
	add(b, f, 8);
	assert_same_bytes(finish(f, b), build(f, 0, PROGRAMS, 1));
}

static void a_sample_is_kept_once(void **state)
{
	struct fixture *f = *state;
	struct inq_corpus_builder *b = inq_corpus_builder_open(arena_limit);

	add_labels(b);
	for (unsigned i = 0; i < PROGRAMS; i++) {
		add(b, f, i);
		add(b, f, i / 2);
	}
	assert_same_bytes(finish(f, b), build(f, 0, PROGRAMS, 1));
}

static void first_name_of_a_sample_stands(void **state)
{
	struct fixture *f = *state;
	struct inq_bytes both[2];

	for (unsigned order = 0; order < 2; order++) {
		struct inq_corpus_builder *b = inq_corpus_builder_open(arena_limit);
		struct inq_sample s;
		struct inq_corpus c;

		add_labels(b);
		for (unsigned i = 0; i < 2; i++) {
			struct inq_program p = f->made[0];
			struct inq_memory_sink memory = { .arena = f->a };
			struct inq_sink out;
			struct inq_error err;

			p.name = i == order ? "a name" : "b name";
			inq_sink_init(&out, inq_memory_sink_write, &memory);
			inq_program_write(&p, &out);
			assert_true(inq_sink_flush(&out));
			assert_int_equal(
			        inq_corpus_builder_add(b, "alpha",
			                (struct inq_bytes){ (const uint8_t *)memory.at, memory.len }, &err),
			        INQ_OK);
		}
		both[order] = finish(f, b);
		c = opened(both[order]);
		assert_int_equal(c.sample_count, 1);
		assert_true(inq_corpus_sample(&c, 0, &s));
		assert_string_equal(s.name, "a name");
		assert_int_equal(checked(&c), INQ_OK);
	}
	assert_same_bytes(both[0], both[1]);
}

/* The days of samples: of those so named, the earliest, and the same whether built at once or merged. */
static void days_of_samples_are_kept(void **state)
{
	struct fixture *f = *state;
	struct inq_bytes built[2];

	for (unsigned way = 0; way < 2; way++) {
		struct inq_corpus_builder *b = inq_corpus_builder_open(arena_limit);
		struct inq_label alpha;
		struct inq_sample s;
		struct inq_corpus c;
		struct inq_error err;
		uint32_t samples, dated = 0;
		const char *first;

		if (way) {
			c = opened(built[0]);
			assert_int_equal(inq_corpus_builder_merge(b, &c, &err), INQ_OK);
		}
		c = opened(build(f, 0, PROGRAMS, 1));
		assert_int_equal(inq_corpus_builder_merge(b, &c, &err), INQ_OK);
		assert_true(inq_corpus_label(&c, 0, &alpha));
		assert_true(inq_corpus_sample(&c, alpha.sample_first, &s));
		first = s.name;
		assert_int_equal(
		        inq_corpus_builder_publish(b, alpha.name, first, 20190228, &samples, &err), INQ_OK);
		assert_int_equal(samples, 1);
		assert_int_equal(inq_corpus_builder_publish(
		                         b, alpha.name, first, way ? 20240101 : 20180101, &samples, &err),
		        INQ_OK);
		assert_int_equal(
		        inq_corpus_builder_publish(b, alpha.name, "no such name", 20010101, &samples, &err),
		        INQ_OK);
		assert_int_equal(samples, 0);
		assert_int_equal(
		        inq_corpus_builder_publish(b, "no such family", "", 20010101, &samples, &err),
		        INQ_OK);
		assert_int_equal(samples, 0);
		assert_int_equal(inq_corpus_builder_publish(b, alpha.name, "", 20011301, &samples, &err),
		        INQ_BAD_ARGUMENT);
		built[way] = finish(f, b);
		c = opened(built[way]);
		assert_int_equal(checked(&c), INQ_OK);
		for (uint32_t i = 0; i < c.sample_count; i++) {
			assert_true(inq_corpus_sample(&c, i, &s));
			dated += s.published != 0;
			if (i == alpha.sample_first)
				assert_int_equal(s.published, 20180101);
		}
		assert_int_equal(dated, 1);
	}
	assert_same_bytes(built[0], built[1]);
}

static void same_functions_are_held_once(void **state)
{
	struct fixture *f = *state;
	struct inq_corpus c = opened(build(f, 0, PROGRAMS, 1));
	uint32_t first, count, function;
	struct inq_corpus_function of;
	struct inq_corpus_list l;

	inq_corpus_exact(&c, f->made[0].functions[0].exact, &first, &count);
	assert_int_equal(count, 1);
	assert_true(inq_corpus_exact_function(&c, first, &function));
	assert_true(inq_corpus_function(&c, function, &of));
	assert_int_equal(of.occurrence_count, PROGRAMS);
	assert_int_equal(of.label_count, LABELS);
	assert_int_equal(of.family_count, 2);
	assert_int_equal(of.feature_count, f->made[0].functions[0].feature_count);
	l = inq_corpus_occurrences_of(&c, function);
	for (count = 0; inq_corpus_next(&l, &first); count++) {
		struct inq_occurrence o;

		assert_true(inq_corpus_occurrence(&c, first, &o));
		assert_int_equal(o.function, function);
		assert_int_equal(o.sample, count);
	}
	assert_int_equal(count, PROGRAMS);
	inq_corpus_exact(&c, f->made[0].functions[5].exact, &first, &count);
	assert_int_equal(count, 1);
	assert_true(inq_corpus_exact_function(&c, first, &function));
	assert_true(inq_corpus_function(&c, function, &of));
	assert_int_equal(of.occurrence_count, 3);
	assert_int_equal(of.label_count, 1);
	/* 5 of all, 5 of each label, 5 of each program, and the small one */
	assert_int_equal(c.function_count, 5 + 5 * LABELS + 5 * PROGRAMS + 1);
}

static bool has_term(const struct inq_corpus *c, uint32_t function, uint32_t term)
{
	struct inq_corpus_features features = inq_corpus_features_of(c, function);
	uint32_t one, count;

	while (inq_corpus_features_next(&features, &one, &count))
		if (one == term)
			return true;
	return false;
}

static void postings_equal_a_scan(void **state)
{
	struct fixture *f = *state;
	struct inq_corpus c = opened(build(f, 0, PROGRAMS, 1));

	assert_true(c.term_count > 500);
	for (uint32_t term = 0; term < c.term_count; term += term < 40 ? 1 : 7) {
		struct inq_corpus_list l = inq_corpus_postings(&c, term);
		uint32_t listed, found;

		for (uint32_t function = 0; function < c.function_count; function++) {
			if (!has_term(&c, function, term))
				continue;
			assert_true(inq_corpus_next(&l, &listed));
			assert_int_equal(listed, function);
		}
		assert_false(inq_corpus_next(&l, &listed));
		assert_true(inq_corpus_term(&c, inq_corpus_term_key(&c, term), &found));
		assert_int_equal(found, term);
	}
	assert_false(inq_corpus_term(&c, 0xf0000001, &(uint32_t){ 0 }));
}

/* A program of so many typical functions, of which the common terms have postings of several runs. */
static struct inq_corpus large(const struct fixture *f, uint32_t count)
{
	struct inq_corpus_builder *b = inq_corpus_builder_open(arena_limit);
	struct make_program m;
	struct inq_error err;

	make_program(&m, f->a, 77);
	for (uint32_t i = 0; i < count; i++)
		make_typical_function(&m, i / 3, 5, i % 3 * 100, i);
	add_labels(b);
	assert_int_equal(inq_corpus_builder_add(b, "alpha", make_bytes(&m), &err), INQ_OK);
	return opened(finish(f, b));
}

static void stretches_are_the_postings(void **state)
{
	static const uint32_t lengths[] = { 1, 7, 64, 400, 65536 };
	struct fixture *f = *state;
	struct inq_corpus c = large(f, 1500);
	uint16_t *some = inq_arena_new(f->a, 65536 + INQ_CORPUS_STRETCH_ROOM, sizeof *some);
	unsigned longest = 0;

	assert_int_equal(checked(&c), INQ_OK);
	for (uint32_t term = 0; term < c.term_count; term += term < 60 ? 1 : 31) {
		for (unsigned i = 0; i < sizeof lengths / sizeof *lengths; i++) {
			struct inq_corpus_reader r = inq_corpus_read_postings(&c, term);
			struct inq_corpus_list l = inq_corpus_postings(&c, term);
			uint32_t listed = 0, skip = term % 5 + 1;
			bool more = inq_corpus_next(&l, &listed);

			longest = r.count > longest ? r.count : longest;
			/* Every so many stretches are passed over, so that runs are entered in their middle. */
			for (uint32_t first = 0; first < c.function_count; first += skip * lengths[i]) {
				uint32_t count = inq_corpus_stretch(&r, first, first + lengths[i], some);

				while (more && listed < first)
					more = inq_corpus_next(&l, &listed);
				for (uint32_t j = 0; j < count; j++) {
					assert_true(more);
					assert_int_equal(first + some[j], listed);
					more = inq_corpus_next(&l, &listed);
				}
				assert_true(!more || listed >= first + lengths[i]);
			}
		}
	}
	assert_true(longest > 4 * RUN);
}

static void functions_are_numbered_by_weight(void **state)
{
	struct fixture *f = *state;
	struct inq_corpus c = large(f, 900);

	for (uint32_t i = 0; i < c.function_count; i++) {
		struct inq_corpus_function of;

		assert_true(inq_corpus_function(&c, i, &of));
		assert_int_equal(of.weight, inq_corpus_weight(&c, i));
		assert_true(of.content_weight <= of.weight);
		assert_true(!i || of.weight >= inq_corpus_weight(&c, i - 1));
	}
}

static void vectors_stand_in_the_nearest_cell(void **state)
{
	struct fixture *f = *state;
	struct inq_corpus c = large(f, 900);
	uint32_t places = 0, used = 0;

	assert_true(c.cell_count > 8);
	for (uint32_t i = 0; i < c.cell_count; i++) {
		struct inq_corpus_cell cell, other;

		assert_true(inq_corpus_cell(&c, i, &cell));
		assert_int_equal(cell.first, places);
		places = cell.end;
		used += cell.end > cell.first;
		for (uint32_t j = cell.first; j < cell.end; j++) {
			struct inq_vector v;
			uint32_t function;
			int32_t own;

			assert_true(inq_corpus_placed(&c, j, &function));
			assert_true(inq_corpus_vector(&c, function, &v));
			assert_memory_equal(
			        v.at, cell.vectors + (size_t)(j - cell.first) * sizeof v.at, sizeof v.at);
			own = inq_vector_dot(&v, &cell.centre);
			for (uint32_t k = 0; k < c.cell_count; k++) {
				assert_true(inq_corpus_cell(&c, k, &other));
				assert_true(inq_vector_dot(&v, &other.centre) <= own);
			}
		}
	}
	assert_int_equal(places, c.function_count);
	assert_true(used > c.cell_count / 2);
}

/* The model may tell functions apart that have the same features here. */
static void another_vector_makes_another_function(void **state)
{
	struct fixture *f = *state;
	struct inq_corpus_builder *b = inq_corpus_builder_open(arena_limit);
	struct inq_corpus c;

	add_labels(b);
	for (unsigned i = 0; i < 2; i++) {
		struct inq_program p = f->made[0];
		struct inq_memory_sink memory = { .arena = f->a };
		struct inq_vector *vectors = inq_arena_new(f->a, p.function_count, sizeof *vectors);
		struct inq_sink out;
		struct inq_error err;

		memcpy(vectors, p.vectors, p.function_count * sizeof *vectors);
		vectors[3].at[17] ^= (int8_t)(i ? 2 : 0);
		p.vectors = vectors;
		p.sha256.byte[9] = (uint8_t)i;
		inq_sink_init(&out, inq_memory_sink_write, &memory);
		inq_program_write(&p, &out);
		assert_true(inq_sink_flush(&out));
		assert_int_equal(inq_corpus_builder_add(b, "alpha",
		                         (struct inq_bytes){ (const uint8_t *)memory.at, memory.len }, &err),
		        INQ_OK);
	}
	c = opened(finish(f, b));
	assert_int_equal(c.function_count, 17);
	assert_int_equal(c.occurrence_count, 32);
	assert_int_equal(checked(&c), INQ_OK);
}

static void products_are_the_same_by_every_way(void **state)
{
	enum { VECTORS = 70, QUERIES = 67 };
	struct inq_vector vectors[VECTORS], queries[QUERIES];
	const struct inq_vector *asked[QUERIES];
	int32_t expected[VECTORS * QUERIES], products[VECTORS * QUERIES + 1];
	uint64_t random = 5;
	const char *name;
	bool usable;

	(void)state;
	for (unsigned round = 0; round < 6; round++) {
		for (unsigned i = 0; i < VECTORS + QUERIES; i++) {
			struct inq_vector *v = i < VECTORS ? &vectors[i] : &queries[i - VECTORS];

			for (unsigned j = 0; j < INQ_VECTOR_LENGTH; j++) {
				random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
				/* The greatest, the least, their mixture, and anything. */
				v->at[j] = round == 0   ? INT8_MIN
				           : round == 1 ? INT8_MAX
				           : round == 2 ? (i & 1 ? INT8_MIN : INT8_MAX)
				           : round == 3 ? (random >> 40 & 1 ? INT8_MIN : INT8_MAX)
				                        : (int8_t)(random >> 33);
			}
			if (i >= VECTORS)
				asked[i - VECTORS] = v;
		}
		for (size_t count = 0; count <= VECTORS; count += count < 40 ? 1 : 15)
			for (size_t some = 1; some <= QUERIES; some += some < 3 ? 1 : 13) {
				for (size_t q = 0; q < some; q++)
					for (size_t i = 0; i < count; i++)
						expected[q * count + i] =
						        inq_vector_dot(asked[q], &vectors[i]);
				for (unsigned n = 0; (name = dots_way(n, &usable)); n++) {
					if (!usable)
						continue;
					memset(products, 0xa5, sizeof products);
					dots_by(n, vectors[0].at, count, asked, some, products);
					assert_memory_equal(
					        products, expected, some * count * sizeof *products);
					assert_int_equal(products[some * count], (int32_t)0xa5a5a5a5);
				}
				dots(vectors[0].at, count, asked, some, products);
				assert_memory_equal(products, expected, some * count * sizeof *products);
			}
	}
}

static void products_are_picked_as_one_by_one(void **state)
{
	int32_t numbers[100];
	uint32_t picked[100];
	uint64_t random = 9;

	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		size_t count = 1 + round % 100, first = 0, some, expected = 0;
		int32_t least;

		for (size_t i = 0; i < count; i++) {
			random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
			numbers[i] = round % 3 ? (int32_t)(random >> 60) : (int32_t)(random >> 32);
			first = numbers[i] > numbers[first] ? i : first;
		}
		assert_int_equal(dots_greatest(numbers, count), first);
		least = numbers[(size_t)(random >> 40) % count];
		some = dots_reaching(numbers, count, least, picked);
		for (size_t i = 0; i < count; i++)
			if (numbers[i] >= least)
				assert_int_equal(picked[expected++], i);
		assert_int_equal(some, expected);
	}
}

static void an_empty_corpus_is_one(void **state)
{
	struct fixture *f = *state;
	struct inq_corpus_builder *b = inq_corpus_builder_open(arena_limit);
	struct inq_corpus c = opened(finish(f, b));

	assert_int_equal(checked(&c), INQ_OK);
	assert_int_equal(c.function_count, 0);
	assert_null(corpus_use(&c));
}

static void a_label_without_samples_is_kept(void **state)
{
	struct fixture *f = *state;
	struct inq_corpus_builder *b = inq_corpus_builder_open(arena_limit);
	struct inq_corpus c;

	add_labels(b);
	add(b, f, 2);
	c = opened(finish(f, b));
	assert_int_equal(c.label_count, LABELS);
	assert_int_equal(checked(&c), INQ_OK);
}

static void refuses_labels_that_are_none(void **state)
{
	struct inq_corpus_builder *b = inq_corpus_builder_open(arena_limit);
	struct inq_error err;
	char name[300];

	(void)state;
	memset(name, 'x', sizeof name);
	name[INQ_LABEL_NAME_MOST + 1] = 0;
	assert_int_equal(inq_corpus_builder_label(b, "", INQ_LABEL_FAMILY, 0, &err), INQ_BAD_ARGUMENT);
	assert_int_equal(inq_corpus_builder_label(b, name, INQ_LABEL_FAMILY, 0, &err), INQ_BAD_ARGUMENT);
	name[INQ_LABEL_NAME_MOST] = 0;
	assert_int_equal(inq_corpus_builder_label(b, name, INQ_LABEL_FAMILY, 0, &err), INQ_OK);
	assert_int_equal(
	        inq_corpus_builder_label(b, "a\033[2J", INQ_LABEL_FAMILY, 0, &err), INQ_BAD_ARGUMENT);
	assert_int_equal(
	        inq_corpus_builder_label(b, "x", INQ_LABEL_FAMILY, 20201301, &err), INQ_BAD_ARGUMENT);
	assert_int_equal(
	        inq_corpus_builder_label(b, "x", INQ_LABEL_FAMILY, 20200230, &err), INQ_BAD_ARGUMENT);
	assert_int_equal(inq_corpus_builder_label(b, "x", INQ_LABEL_FAMILY, 20200229, &err), INQ_OK);
	assert_int_equal(inq_corpus_builder_label(b, "x", INQ_LABEL_COMMON, 0, &err), INQ_BAD_ARGUMENT);
	inq_corpus_builder_close(b);
}

static void refuses_a_sample_without_its_label(void **state)
{
	struct fixture *f = *state;
	struct inq_corpus_builder *b = inq_corpus_builder_open(arena_limit);
	struct inq_error err;

	assert_int_equal(inq_corpus_builder_add(b, "alpha", f->program[0], &err), INQ_BAD_ARGUMENT);
	inq_corpus_builder_close(b);
}

static void a_refused_program_leaves_no_trace(void **state)
{
	struct fixture *f = *state;
	struct inq_corpus_builder *b = inq_corpus_builder_open(arena_limit);
	struct inq_error err;

	add_labels(b);
	for (unsigned i = 0; i < PROGRAMS; i++) {
		struct inq_bytes cut = { f->program[i].at, f->program[i].len - 1 };

		assert_int_equal(inq_corpus_builder_add(b, label_names[i % LABELS], cut, &err), INQ_CORRUPT);
		add(b, f, i);
	}
	assert_same_bytes(finish(f, b), build(f, 0, PROGRAMS, 1));
}

static uint8_t *writable(const struct fixture *f, struct inq_bytes b)
{
	uint8_t *copy = inq_arena_new(f->a, b.len, 1);

	memcpy(copy, b.at, b.len);
	return copy;
}

static void refuses_every_changed_byte_of_head_and_contents(void **state)
{
	struct fixture *f = *state;
	struct inq_bytes b = build(f, 0, 3, 1);
	uint8_t *copy = writable(f, b);
	size_t contents = b.len - DIGEST_LEN - CONTENTS_LEN;
	struct inq_corpus c;
	struct inq_error err;

	for (size_t i = 0; i < b.len - DIGEST_LEN; i += i == HEAD_LEN - 1 ? contents - i : 1) {
		for (unsigned bit = 0; bit < 8; bit++) {
			enum inq_status status;

			copy[i] ^= (uint8_t)(1 << bit);
			status = inq_corpus_open((struct inq_bytes){ copy, b.len }, &c, &err);
			assert_true(status == INQ_CORRUPT || (i < HEAD_LEN && status == INQ_UNRECOGNISED));
			assert_true(*err.text);
			copy[i] ^= (uint8_t)(1 << bit);
		}
	}
	assert_int_equal(inq_corpus_open((struct inq_bytes){ copy, b.len }, &c, &err), INQ_OK);
}

static void refuses_a_corpus_cut_short(void **state)
{
	struct fixture *f = *state;
	struct inq_bytes b = build(f, 0, 3, 1);
	struct inq_corpus c;
	struct inq_error err;

	for (size_t len = 0; len < b.len; len += len < 600 || len + 600 > b.len ? 1 : 331)
		assert_true(inq_corpus_open((struct inq_bytes){ b.at, len }, &c, &err) ==
		            (len < 8 ? INQ_UNRECOGNISED : INQ_CORRUPT));
}

static void seal(uint8_t *at, size_t len)
{
	uint8_t *sealed = test_malloc(len);

	assert_true(corpus_seal((struct inq_bytes){ at, len }, sealed));
	memcpy(at, sealed, len);
	test_free(sealed);
}

static void refuses_a_corpus_of_another_model(void **state)
{
	struct fixture *f = *state;
	struct inq_bytes b = build(f, 0, 3, 1);
	uint8_t *copy = writable(f, b);
	struct inq_corpus c = opened(b);
	struct inq_error err;

	assert_memory_equal(&c.model, inq_model_digest(inq_model()), sizeof c.model);
	copy[HEAD_MODEL + 5] ^= 1;
	seal(copy, b.len);
	assert_int_equal(inq_corpus_open((struct inq_bytes){ copy, b.len }, &c, &err), INQ_UNRECOGNISED);
	assert_non_null(strstr(err.text, "another model"));
}

/*
 * Whoever makes a corpus can make its checks too: whatever the tables say, what
 * opens can be read without harm, and keeps the promises of the header. Returns
 * whether it opened.
 */
static bool survives(const uint8_t *at, size_t len)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_corpus c;
	struct inq_program p;
	struct inq_error err;
	bool open = inq_corpus_open((struct inq_bytes){ at, len }, &c, &err) == INQ_OK;

	if (open) {
		for (uint32_t i = 0; i < c.sample_count && i < 20; i++)
			if (inq_corpus_program(&c, i, a, &p, &err) == INQ_OK)
				assert_true(p.function_count <= c.occurrence_count);
		assert_null(corpus_use(&c));
	}
	inq_arena_close(a);
	return open;
}

static void refuses_counts_and_tables_that_lie(void **state)
{
	struct fixture *f = *state;
	struct inq_bytes b = build(f, 0, 3, 1);
	size_t contents = b.len - DIGEST_LEN - CONTENTS_LEN;

	for (size_t i = CONTENTS_FILE_LEN; i < CONTENTS_CHECK; i++) {
		static const uint8_t change[] = { 1, 0x80, 0xff };

		for (unsigned j = 0; j < sizeof change; j++) {
			uint8_t *copy = writable(f, b);
			struct inq_corpus c;
			struct inq_error err;

			copy[contents + i] ^= change[j];
			seal(copy, b.len);
			if (survives(copy, b.len)) {
				assert_int_equal(
				        inq_corpus_open((struct inq_bytes){ copy, b.len }, &c, &err), INQ_OK);
				assert_int_equal(checked(&c), INQ_CORRUPT);
			}
		}
	}
}

static void finds_every_changed_byte_of_the_tables(void **state)
{
	struct fixture *f = *state;
	struct inq_bytes b = build(f, 0, 3, 1);
	uint8_t *copy = writable(f, b);
	struct inq_corpus c = opened((struct inq_bytes){ copy, b.len });

	for (unsigned i = 0; i < INQ_CORPUS_TABLES; i++) {
		size_t first = (size_t)(c.table[i].at - copy), end = first + c.table[i].len;
		size_t step = c.table[i].len > 4000 ? c.table[i].len / 197 | 1 : 1;

		for (size_t at = first; at < end; at += step) {
			copy[at] ^= (uint8_t)(1 << at % 8);
			assert_int_equal(checked(&c), INQ_CORRUPT);
			copy[at] ^= (uint8_t)(1 << at % 8);
		}
	}
	assert_int_equal(checked(&c), INQ_OK);
}

/* As above, but sealed: the digest no longer tells, the tables must tell on each other. */
static void tables_tell_on_each_other(void **state)
{
	struct fixture *f = *state;
	struct inq_bytes b = build(f, 0, 3, 1);
	uint8_t *copy = writable(f, b);
	struct inq_corpus c = opened((struct inq_bytes){ copy, b.len });
	unsigned passed = 0, tried = 0;

	for (unsigned i = 0; i < INQ_CORPUS_TABLES; i++) {
		size_t first = (size_t)(c.table[i].at - copy), end = first + c.table[i].len;
		size_t step = c.table[i].len > 4000 ? c.table[i].len / 97 | 1 : 3;

		for (size_t at = first; at < end; at += step) {
			struct inq_corpus changed;
			struct inq_error err;

			copy[at] ^= (uint8_t)(1 << at % 8);
			seal(copy, b.len);
			tried++;
			if (survives(copy, b.len)) {
				assert_int_equal(
				        inq_corpus_open((struct inq_bytes){ copy, b.len }, &changed, &err),
				        INQ_OK);
				/* Names, addresses, sizes, vectors, hashes of samples are not told twice. */
				if (checked(&changed) == INQ_OK) {
					assert_true(i == TABLE_STRINGS || i == TABLE_FUNCTIONS ||
					            i == TABLE_LABELS || i == TABLE_SAMPLES ||
					            i == TABLE_OCCURRENCES || i == TABLE_CALLEES ||
					            i == TABLE_FEATURES || i == TABLE_CELLS ||
					            i == TABLE_VECTORS);
					passed++;
				}
			}
			copy[at] ^= (uint8_t)(1 << at % 8);
		}
	}
	assert_true(passed < tried / 2);
}

static void a_builder_without_memory_says_so(void **state)
{
	struct fixture *f = *state;
	bool written = false;

	for (size_t limit = 1 << 12; !written; limit += limit / 3) {
		struct inq_corpus_builder *b = inq_corpus_builder_open(limit);
		struct inq_memory_sink memory = { .arena = f->a };
		struct inq_sink out;
		struct inq_error err;
		enum inq_status status = INQ_OK;

		if (!b)
			continue;
		for (unsigned i = 0; i < LABELS && !status; i++)
			status = inq_corpus_builder_label(b, label_names[i],
			        i == 2 ? INQ_LABEL_COMMON : INQ_LABEL_FAMILY, i == 1 ? 20200301 : 0, &err);
		for (unsigned i = 0; i < PROGRAMS && !status; i++)
			status = inq_corpus_builder_add(b, label_names[i % LABELS], f->program[i], &err);
		inq_sink_init(&out, inq_memory_sink_write, &memory);
		if (!status)
			status = inq_corpus_builder_write(b, &out, NULL, NULL, &err);
		inq_corpus_builder_close(b);
		assert_true(status == INQ_OK || status == INQ_NO_MEMORY);
		written = status == INQ_OK;
		if (written)
			assert_same_bytes((struct inq_bytes){ (const uint8_t *)memory.at, memory.len },
			        build(f, 0, PROGRAMS, 1));
	}
}

static bool write_nothing(void *to, const void *at, size_t len)
{
	size_t *left = to;

	(void)at;
	if (len > *left)
		return false;
	*left -= len;
	return true;
}

static void a_failed_write_is_told(void **state)
{
	struct fixture *f = *state;
	size_t whole = build(f, 0, 3, 1).len;

	for (size_t room = 0; room <= whole; room += room + 5000 < whole ? 5000
	                                             : whole - room      ? whole - room
	                                                                 : 1) {
		struct inq_corpus_builder *b = inq_corpus_builder_open(arena_limit);
		size_t left = room;
		struct inq_sink out;
		struct inq_error err;

		add_labels(b);
		for (unsigned i = 0; i < 3; i++)
			add(b, f, i);
		inq_sink_init(&out, write_nothing, &left);
		assert_int_equal(
		        inq_corpus_builder_write(b, &out, NULL, NULL, &err), room < whole ? INQ_IO : INQ_OK);
		inq_corpus_builder_close(b);
	}
}

static void a_feature_weighs_by_its_rarity(void **state)
{
	(void)state;
	/* channel weight 16 would give 16 a bit: channel 5 (offsets) has 14 */
	assert_int_equal(inq_feature_weight(0x10000000, 1, 1024, 1), 10 * 16 * inq_channel_weight[1] / 16);
	assert_int_equal(inq_feature_weight(0x10000000, 1, 1024, 1024), 0);
	assert_int_equal(
	        inq_feature_weight(0x10000000, 1, 1024, 0), inq_feature_weight(0x10000000, 1, 1024, 1));
	assert_int_equal(
	        inq_feature_weight(0x10000000, 2, 1024, 4), 2 * inq_feature_weight(0x10000000, 1, 1024, 4));
	assert_int_equal(inq_feature_weight(0x00000001, 1, 1024, 4), 0);
	for (uint32_t having = 2; having < 5000; having++)
		assert_true(inq_feature_weight(0x10000000, 1, 5000, having) <=
		            inq_feature_weight(0x10000000, 1, 5000, having - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_what_was_added),
		cmocka_unit_test(same_bytes_in_any_order),
		cmocka_unit_test(merging_equals_building),
		cmocka_unit_test(adding_to_a_corpus_equals_building),
		cmocka_unit_test(a_sample_is_kept_once),
		cmocka_unit_test(first_name_of_a_sample_stands),
		cmocka_unit_test(days_of_samples_are_kept),
		cmocka_unit_test(same_functions_are_held_once),
		cmocka_unit_test(postings_equal_a_scan),
		cmocka_unit_test(stretches_are_the_postings),
		cmocka_unit_test(functions_are_numbered_by_weight),
		cmocka_unit_test(vectors_stand_in_the_nearest_cell),
		cmocka_unit_test(another_vector_makes_another_function),
		cmocka_unit_test(products_are_the_same_by_every_way),
		cmocka_unit_test(products_are_picked_as_one_by_one),
		cmocka_unit_test(an_empty_corpus_is_one),
		cmocka_unit_test(a_label_without_samples_is_kept),
		cmocka_unit_test(refuses_labels_that_are_none),
		cmocka_unit_test(refuses_a_sample_without_its_label),
		cmocka_unit_test(a_refused_program_leaves_no_trace),
		cmocka_unit_test(refuses_every_changed_byte_of_head_and_contents),
		cmocka_unit_test(refuses_a_corpus_of_another_model),
		cmocka_unit_test(refuses_a_corpus_cut_short),
		cmocka_unit_test(refuses_counts_and_tables_that_lie),
		cmocka_unit_test(finds_every_changed_byte_of_the_tables),
		cmocka_unit_test(tables_tell_on_each_other),
		cmocka_unit_test(a_builder_without_memory_says_so),
		cmocka_unit_test(a_failed_write_is_told),
		cmocka_unit_test(a_feature_weighs_by_its_rarity),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
