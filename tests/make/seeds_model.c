#include "match/likeness.h"
#include "model.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * seeds_model model DIRECTORY: writes models without rows and with some, without
 * a pair scorer and with one, and a scorer alone. Each is read before: one that
 * is refused would leave the target with nothing to use.
 */

static _Noreturn void fail(const char *name, const char *why)
{
	fprintf(stderr, "seeds_model: %s: %s\n", name, why);
	exit(1);
}

static void save(const char *directory, const char *name, struct inq_bytes b)
{
	char path[4096];
	FILE *file;
	bool written;

	if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path)
		fail(name, "too long a path");
	file = fopen(path, "wb");
	if (!file)
		fail(path, "cannot be written");
	written = fwrite(b.at, 1, b.len, file) == b.len;
	if (fclose(file) || !written)
		fail(path, "cannot be written");
}

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
		fail(name, "cannot be made");
	b = (struct inq_bytes){ made->file, made->len };
	if (inq_model_read(b, a, &m, &err) != INQ_OK ||
	        likeness_read(inq_model_likeness(m), &likeness, &err) != INQ_OK)
		fail(name, err.text);
	save(directory, name, b);
	inq_arena_close(a);
}

int main(int argc, char **argv)
{
	const struct inq_bytes none = { NULL, 0 };
	struct inq_bytes flat, trees;
	struct inq_arena *a;

	if (argc != 3 || strcmp(argv[1], "model") != 0) {
		fputs("usage: seeds_model model DIRECTORY\n", stderr);
		return 2;
	}
	a = inq_arena_open(1 << 20);
	flat = make_scorer(a, 0, 0);
	trees = make_scorer(a, 3, 2);
	if (!flat.len || !trees.len)
		fail("scorer", "no memory");
	save_model(argv[2], "empty", 0, none);
	save_model(argv[2], "one", 1, none);
	save_model(argv[2], "rows", SIZE_MAX, none);
	save_model(argv[2], "flat", SIZE_MAX, flat);
	save_model(argv[2], "trees", SIZE_MAX, trees);
	save_model(argv[2], "trees_alone", 0, trees);
	save(argv[2], "scorer", trees);
	inq_arena_close(a);
	return 0;
}
