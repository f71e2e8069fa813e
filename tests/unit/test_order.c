/*
 * The same functions linked in another order, as gcc just made them: what they
 * are known by must not depend on where they lie or what stands beside them.
 *
 * usage: test_order PROGRAM SHUFFLED
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

static const char *paths[2];

struct programs {
	struct inq_arena *a;
	struct inq_program of[2];
};

static struct inq_program read_program(struct inq_arena *a, const char *path)
{
	struct inq_exhibit x;
	struct inq_code c;
	struct inq_program p = { 0 };
	struct inq_error err;
	FILE *f = fopen(path, "rb");
	long len = 0;
	uint8_t *at;

	if (!f || fseek(f, 0, SEEK_END) || (len = ftell(f)) <= 0 || fseek(f, 0, SEEK_SET))
		fail_msg("%s cannot be read", path);
	at = inq_arena_new(a, (size_t)len, 1);
	assert_non_null(at);
	assert_int_equal(fread(at, 1, (size_t)len, f), len);
	fclose(f);
	if (inq_exhibit_read((struct inq_bytes){ at, (size_t)len }, a, &x, &err) ||
	        inq_code_recover(&x, a, &c, &err) || inq_program_make(&c, path, a, &p, &err))
		fail_msg("%s: %s", path, err.text);
	return p;
}

static int setup(void **state)
{
	static struct programs p;

	p.a = inq_arena_open((size_t)1 << 30);
	for (unsigned i = 0; p.a && i < 2; i++)
		p.of[i] = read_program(p.a, paths[i]);
	*state = &p;
	return p.a ? 0 : -1;
}

static int teardown(void **state)
{
	struct programs *p = *state;

	inq_arena_close(p->a);
	return 0;
}

/* The one function of that name, or NULL. */
static const struct inq_fingerprint *named(const struct inq_program *p, const char *name)
{
	const struct inq_fingerprint *found = NULL;

	for (uint32_t i = 0; i < p->function_count; i++) {
		if (!p->functions[i].name || strcmp(p->functions[i].name, name) != 0)
			continue;
		if (found)
			return NULL;
		found = &p->functions[i];
	}
	return found;
}

static void same_functions_in_another_order_are_known_by_the_same(void **state)
{
	const struct programs *p = *state;
	const struct inq_program *a = &p->of[0], *b = &p->of[1];
	uint32_t compared = 0, moved = 0, before = 0;

	for (uint32_t i = 0; i < a->function_count; i++) {
		const struct inq_fingerprint *fa = &a->functions[i], *fb;

		if (!fa->name || named(a, fa->name) != fa || strncmp(fa->name, "inq_", 4) != 0)
			continue;
		fb = named(b, fa->name);
		if (!fb)
			fail_msg("%s is lost", fa->name);
		compared++;
		moved += fb - b->functions < before;
		before = (uint32_t)(fb - b->functions);
		if (memcmp(fa->exact, fb->exact, sizeof fa->exact) != 0)
			fail_msg("%s has another exact hash", fa->name);
		if (fa->feature_count != fb->feature_count ||
		        memcmp(a->features + fa->feature_first, b->features + fb->feature_first,
		                fa->feature_count * sizeof *a->features) != 0)
			fail_msg("%s has other features", fa->name);
		if (memcmp(&a->vectors[i], &b->vectors[fb - b->functions], sizeof *a->vectors) != 0)
			fail_msg("%s has another vector", fa->name);
		assert_int_equal(fa->callee_count, fb->callee_count);
	}
	assert_true(compared > 100);
	/* Else they were not shuffled, and the test would prove nothing. */
	assert_true(moved > compared / 4);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		        same_functions_in_another_order_are_known_by_the_same, setup, teardown),
	};

	if (argc != 3)
		return 2;
	paths[0] = argv[1];
	paths[1] = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
