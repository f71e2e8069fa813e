/*
 * Measures the recovery of functions in programs that the build's own gcc just
 * made, against their own symbols. The floors are below what is reached by a
 * margin for other compilers; script/bench has the figures.
 *
 * usage: test_recovery PROGRAM...   (each with PROGRAM.stripped, PROGRAM.bare)
 */
#include <inquiry/code.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct program {
	const char *path;
	struct inq_arena *a;
	struct inq_exhibit x;
	struct inq_code code;
};

static void program_read(struct program *p, const char *path, const char *suffix)
{
	struct inq_bytes bytes;
	struct inq_error err;
	FILE *f;
	uint8_t *at;
	long len = 0;

	p->a = inq_arena_open((size_t)1 << 30);
	assert_non_null(p->a);
	p->path = inq_arena_printf(p->a, "%s%s", path, suffix);
	f = fopen(p->path, "rb");
	if (!f || fseek(f, 0, SEEK_END) || (len = ftell(f)) <= 0 || fseek(f, 0, SEEK_SET))
		fail_msg("%s cannot be read", p->path);
	at = inq_arena_new(p->a, (size_t)len, 1);
	assert_non_null(at);
	assert_int_equal(fread(at, 1, (size_t)len, f), len);
	fclose(f);
	bytes = (struct inq_bytes){ at, (size_t)len };
	if (inq_exhibit_read(bytes, p->a, &p->x, &err) || inq_code_recover(&p->x, p->a, &p->code, &err))
		fail_msg("%s: %s", p->path, err.text);
}

/* Whether a symbol tells of a function that a person wrote: no cold part, no start-up code without a size. */
static bool is_truth(const struct inq_exhibit *x, const struct inq_hint *h)
{
	const struct inq_region *r = inq_exhibit_region(x, h->va);

	return h->source == INQ_SOURCE_SYMBOL && h->size && h->name && !strstr(h->name, ".cold") && r &&
	       r->kind == INQ_REGION_CODE;
}

static bool is_neutral(const struct inq_exhibit *x, uint64_t va)
{
	for (size_t i = 0; i < x->hint_count; i++)
		if (x->hints[i].va == va && x->hints[i].source == INQ_SOURCE_SYMBOL)
			return !is_truth(x, &x->hints[i]);
	return false;
}

struct score {
	unsigned right, invented, missed, size_wrong;
};

static struct score score_of(const struct program *truth, const struct program *p)
{
	struct score s = { 0 };
	uint64_t last = UINT64_MAX;

	for (size_t i = 0; i < truth->x.hint_count; i++) {
		const struct inq_hint *h = &truth->x.hints[i];
		const struct inq_function *f;

		if (!is_truth(&truth->x, h) || h->va == last)
			continue;
		last = h->va;
		f = inq_code_function(&p->code, h->va);
		if (!f) {
			s.missed++;
			print_message("# %s: misses %s at 0x%" PRIx64 "\n", p->path, h->name, h->va);
			continue;
		}
		s.right++;
		s.size_wrong += f->size != h->size;
	}
	for (size_t i = 0; i < p->code.function_count; i++) {
		const struct inq_function *f = &p->code.functions[i];
		bool found = false;

		if (f->flags & INQ_FUNCTION_STUB || is_neutral(&truth->x, f->va))
			continue;
		for (size_t k = 0; k < truth->x.hint_count && !found; k++)
			found = truth->x.hints[k].va == f->va && is_truth(&truth->x, &truth->x.hints[k]);
		if (!found) {
			s.invented++;
			print_message("# %s: invents 0x%" PRIx64 " (%s)\n", p->path, f->va,
			        inq_source_name(f->source));
		}
	}
	return s;
}

static void assert_floors(const struct program *p, struct score s, unsigned precision, unsigned recall)
{
	print_message("# %s: %u right, %u invented, %u missed, %u of another size\n", p->path, s.right,
	        s.invented, s.missed, s.size_wrong);
	assert_true(s.right > 150);
	if (s.right * 1000 < precision * (s.right + s.invented))
		fail_msg("%s: precision below %u thousandths", p->path, precision);
	if (s.right * 1000 < recall * (s.right + s.missed))
		fail_msg("%s: recall below %u thousandths", p->path, recall);
}

static void finds_all_functions_with_unwind_tables(void **state)
{
	struct program truth, p;
	struct score s;

	program_read(&truth, *state, "");
	program_read(&p, *state, ".stripped");
	s = score_of(&truth, &p);
	assert_floors(&p, s, 998, 998);
	/* Sizes are stated by the tables: all but a few must agree. */
	assert_true(s.size_wrong * 100 <= s.right);
	inq_arena_close(truth.a);
	inq_arena_close(p.a);
}

static void finds_functions_without_unwind_tables(void **state)
{
	struct program truth, p;

	program_read(&truth, *state, "");
	program_read(&p, *state, ".bare");
	assert_floors(&p, score_of(&truth, &p), 970, 970);
	inq_arena_close(truth.a);
	inq_arena_close(p.a);
}

/* What a function is must not depend on whether it has a name. */
static void symbols_change_no_function(void **state)
{
	struct program named, stripped;

	program_read(&named, *state, "");
	program_read(&stripped, *state, ".stripped");
	for (size_t i = 0; i < stripped.code.function_count; i++) {
		const struct inq_function *f = &stripped.code.functions[i];
		const struct inq_function *g = inq_code_function(&named.code, f->va);

		assert_null(f->name && f->source == INQ_SOURCE_SYMBOL ? f->name : NULL);
		if (!g)
			fail_msg("0x%" PRIx64 " is no function once symbols are there", f->va);
		if (f->size != g->size || f->block_count != g->block_count || f->insn_count != g->insn_count)
			fail_msg("0x%" PRIx64 " is another function once symbols are there", f->va);
	}
	inq_arena_close(named.a);
	inq_arena_close(stripped.a);
}

static void the_same_bytes_give_the_same_code(void **state)
{
	struct program first, second;

	program_read(&first, *state, ".bare");
	program_read(&second, *state, ".bare");
	assert_int_equal(first.code.function_count, second.code.function_count);
	assert_int_equal(first.code.insn_count, second.code.insn_count);
	for (size_t i = 0; i < first.code.function_count; i++) {
		assert_true(first.code.functions[i].va == second.code.functions[i].va);
		assert_true(first.code.functions[i].size == second.code.functions[i].size);
	}
	for (size_t i = 0; i < first.code.insn_count; i++)
		assert_memory_equal(&first.code.insns[i], &second.code.insns[i], sizeof *first.code.insns);
	inq_arena_close(first.a);
	inq_arena_close(second.a);
}

int main(int argc, char **argv)
{
	static void (*const claims[])(void **) = { finds_all_functions_with_unwind_tables,
		finds_functions_without_unwind_tables, symbols_change_no_function,
		the_same_bytes_give_the_same_code };
	static const char *const names[] = { "finds_all_functions_with_unwind_tables",
		"finds_functions_without_unwind_tables", "symbols_change_no_function",
		"the_same_bytes_give_the_same_code" };
	struct CMUnitTest tests[64];
	char name[64][128];
	size_t count = 0;

	for (int i = 1; i < argc; i++) {
		const char *slash = strrchr(argv[i], '/');

		for (size_t k = 0; k < 4 && count < 64; k++, count++) {
			snprintf(name[count], sizeof name[count], "%s_%s", names[k],
			        slash ? slash + 1 : argv[i]);
			tests[count] = (struct CMUnitTest){ name[count], claims[k], NULL, NULL, argv[i] };
		}
	}
	/* cmocka takes no count but that of an array. */
	return _cmocka_run_group_tests("recovery", tests, count, NULL, NULL);
}
