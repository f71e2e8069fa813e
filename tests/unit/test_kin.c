/*
 * Finds functions again that clang made for another machine at another level,
 * by their vectors alone. The floor is below what is reached, by a margin for
 * other models and compilers; script/bench has the figures of real programs.
 *
 * usage: test_kin OBJECT...   (tests/make/kin.c, each build another)
 */
#include <inquiry/fingerprint.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BUILDS_MOST = 16 };

static const char *paths[BUILDS_MOST];
static size_t path_count;

struct builds {
	struct inq_arena *a;
	struct inq_program of[BUILDS_MOST];
};

static int setup(void **state)
{
	static struct builds b;

	b.a = inq_arena_open((size_t)1 << 30);
	for (size_t i = 0; b.a && i < path_count; i++) {
		struct inq_exhibit x;
		struct inq_code c;
		struct inq_error err;
		FILE *f = fopen(paths[i], "rb");
		uint8_t *at = inq_arena_new(b.a, 1 << 16, 1);
		size_t len = f && at ? fread(at, 1, 1 << 16, f) : 0;

		if (!len || fclose(f) || inq_exhibit_read((struct inq_bytes){ at, len }, b.a, &x, &err) ||
		        inq_code_recover(&x, b.a, &c, &err) ||
		        inq_program_make(&c, paths[i], b.a, &b.of[i], &err))
			fail_msg("%s cannot be read", paths[i]);
	}
	*state = &b;
	return b.a ? 0 : -1;
}

static int teardown(void **state)
{
	struct builds *b = *state;

	inq_arena_close(b->a);
	return 0;
}

static const char *name_of(const struct inq_program *p, uint32_t function)
{
	const char *name = p->functions[function].name;

	return name && strncmp(name, "kin_", 4) == 0 ? name : NULL;
}

/* Whether the nearest function of `to` is the one of the same name. */
static bool is_found(const struct inq_program *from, uint32_t function, const struct inq_program *to)
{
	int32_t best = INT32_MIN;
	uint32_t nearest = 0;

	for (uint32_t i = 0; i < to->function_count; i++) {
		int32_t dot = inq_vector_dot(&from->vectors[function], &to->vectors[i]);

		if (dot > best) {
			best = dot;
			nearest = i;
		}
	}
	return to->function_count && name_of(to, nearest) &&
	       strcmp(name_of(to, nearest), name_of(from, function)) == 0;
}

static void finds_functions_in_builds_for_other_machines(void **state)
{
	const struct builds *b = *state;
	size_t asked = 0, found = 0;

	for (size_t i = 0; i < path_count; i++)
		for (size_t j = 0; j < path_count; j++)
			for (uint32_t f = 0; i != j && f < b->of[i].function_count; f++)
				if (name_of(&b->of[i], f)) {
					asked++;
					found += is_found(&b->of[i], f, &b->of[j]);
				}
	print_message("%zu of %zu found\n", found, asked);
	assert_true(asked >= path_count * (path_count - 1) * 17);
	assert_true(found * 100 >= asked * 95);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		        finds_functions_in_builds_for_other_machines, setup, teardown),
	};

	for (int i = 1; i < argc && path_count < BUILDS_MOST; i++)
		paths[path_count++] = argv[i];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
