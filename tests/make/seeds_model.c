#include "match/likeness.h"
#include "model.h"
#include "save.h"

/*
 * Models without rows and with some, without a pair scorer and with one, and a
 * scorer alone. Each is read before: one that is refused would leave the target
 * with nothing to use.
 */

static void save_model(const char *directory, const char *name, size_t row_count, struct inq_bytes scorer)
{
	/* Keys that fuzz_model asks for, one of a channel each. */
	static const struct make_row rows[] = { { 0, 0, 20, 0 }, { 5U << 26 | 5, 2, 30, 1 },
		{ 10U << 26 | 10, MODEL_SHIFT_MOST, 0, 2 }, { 15U << 26 | 15, 1, INQ_RARITY_MOST, 127 },
		{ 63U << 26 | 63, 0, 90, 0 } };
	struct inq_arena *a = inq_arena_open(4 << 20);
	struct make_model *made = inq_arena_new(a, 1, sizeof *made);
	const struct inq_model *m;
	struct likeness_model likeness;
	struct inq_error err = { 0 };
	struct inq_bytes b;

	if (row_count > sizeof rows / sizeof *rows)
		row_count = sizeof rows / sizeof *rows;
	if (!made || !make_model(made, rows, row_count, scorer))
		make_fail(name, "cannot be made");
	b = (struct inq_bytes){ made->file, made->len };
	if (inq_model_read(b, a, &m, &err) != INQ_OK ||
	        likeness_read(inq_model_likeness(m), &likeness, &err) != INQ_OK)
		make_fail(name, err.text);
	make_save(directory, name, b.at, b.len);
	inq_arena_close(a);
}

static void seeds_model(const char *directory)
{
	const struct inq_bytes none = { NULL, 0 };
	struct inq_arena *a = inq_arena_open(1 << 20);
	struct inq_bytes flat = make_scorer(a, 0, 0), trees = make_scorer(a, 3, 2);

	if (!flat.len || !trees.len)
		make_fail("scorer", "no memory");
	save_model(directory, "empty", 0, none);
	save_model(directory, "one", 1, none);
	save_model(directory, "rows", SIZE_MAX, none);
	save_model(directory, "flat", SIZE_MAX, flat);
	save_model(directory, "trees", SIZE_MAX, trees);
	save_model(directory, "trees_alone", 0, trees);
	make_save(directory, "scorer", trees.at, trees.len);
	inq_arena_close(a);
}

const struct make_seeds make_seeds[] = {
	{ "model", seeds_model },
	{ NULL, NULL },
};
