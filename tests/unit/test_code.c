#include "../make/code_holds.h"
#include "../make/raw.h"
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BASE_VA = 0x10000 };
static const size_t arena_limit = 256 << 20;

static const struct make_raw *raw_of(const char *name)
{
	for (size_t i = 0; i < make_raw_count; i++)
		if (!strcmp(make_raws[i].name, name))
			return &make_raws[i];
	fail_msg("there is no %s", name);
	return NULL;
}

/* `bytes` as bare code whose first byte is its entry; freed with `a`. */
static struct inq_exhibit exhibit_of(
        enum inq_arch arch, bool big_endian, bool thumb, struct inq_bytes bytes, struct inq_arena *a)
{
	struct inq_hint *entry = inq_arena_new(a, 1, sizeof *entry);
	struct inq_exhibit x;
	struct inq_error err;

	assert_non_null(entry);
	if (inq_exhibit_raw(bytes, arch, big_endian, BASE_VA, a, &x, &err))
		fail_msg("%s", err.text);
	*entry = (struct inq_hint){ .va = BASE_VA | thumb, .source = INQ_SOURCE_ENTRY };
	x.entry_va = entry->va;
	x.hints = entry;
	x.hint_count = 1;
	return x;
}

static struct inq_code code_of(const struct inq_exhibit *x, struct inq_arena *a)
{
	struct inq_code code;
	struct inq_error err;
	const char *wrong;

	if (inq_code_recover(x, a, &code, &err))
		fail_msg("%s", err.text);
	if ((wrong = code_holds(&code)))
		fail_msg("%s", wrong);
	return code;
}

struct recovered {
	struct inq_arena *a;
	struct inq_exhibit x;
	struct inq_code code;
};

static void recover(const struct make_raw *raw, size_t len, struct recovered *ret)
{
	ret->a = inq_arena_open(arena_limit);
	assert_non_null(ret->a);
	ret->x = exhibit_of(raw->arch, raw->big_endian, raw->thumb,
	        (struct inq_bytes){ (const uint8_t *)raw->at, len }, ret->a);
	ret->code = code_of(&ret->x, ret->a);
}

static const struct inq_function *function_at(const struct inq_code *c, uint64_t off)
{
	const struct inq_function *f = inq_code_function(c, BASE_VA + off);

	if (!f)
		fail_msg("no function at 0x%" PRIx64, off);
	return f;
}

static bool refers(
        const struct inq_code *c, const struct inq_function *f, enum inq_reference_kind kind, uint64_t to)
{
	for (uint32_t i = 0; i < f->reference_count; i++) {
		const struct inq_reference *r = &c->references[f->reference_first + i];

		if (r->kind == kind && (r->value & ~1ULL) == BASE_VA + to)
			return true;
	}
	return false;
}

/* Recovery on bare code. */

static void finds_the_functions_of_bare_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < make_raw_count; i++) {
		const struct make_raw *raw = &make_raws[i];
		struct recovered r;

		recover(raw, raw->len, &r);
		for (size_t n = 0; n < r.code.function_count; n++) {
			bool wanted = false;

			for (size_t k = 0; k < raw->start_count; k++)
				wanted |= r.code.functions[n].va == BASE_VA + raw->starts[k];
			if (!wanted)
				fail_msg("%s: a function is invented at 0x%" PRIx64, raw->name,
				        r.code.functions[n].va - BASE_VA);
		}
		for (size_t k = 0; k < raw->start_count; k++)
			if (!inq_code_function(&r.code, BASE_VA + raw->starts[k]))
				fail_msg("%s: no function at 0x%" PRIx64, raw->name, raw->starts[k]);
		assert_int_equal(r.code.function_count, raw->start_count);
		inq_arena_close(r.a);
	}
}

static void follows_a_jump_table(void **state)
{
	const struct inq_function *dispatch;
	struct recovered r;
	uint32_t edges = 0;

	(void)state;
	recover(raw_of("jump_table"), raw_of("jump_table")->len, &r);
	dispatch = function_at(&r.code, 0x10);
	for (uint32_t i = 0; i < dispatch->block_count; i++)
		edges += r.code.blocks[dispatch->block_first + i].edge_count;
	assert_int_equal(edges, 5);
	/* compare, dispatch, five cases, the default */
	assert_int_equal(dispatch->block_count, 8);
	assert_int_equal(dispatch->size, 0x44 - 0x10);
	assert_false(dispatch->flags & INQ_FUNCTION_INCOMPLETE);
	assert_int_equal(r.code.unresolved_jumps, 0);
	inq_arena_close(r.a);
}

static void tells_a_tail_call_from_a_jump(void **state)
{
	const struct inq_function *first;
	struct recovered r;

	(void)state;
	recover(raw_of("tail_call"), raw_of("tail_call")->len, &r);
	first = function_at(&r.code, 0x20);
	assert_int_equal(first->size, 10);
	assert_int_equal(first->block_count, 1);
	assert_true(refers(&r.code, first, INQ_REFERENCE_TAIL_CALL, 0x30));
	assert_true(refers(&r.code, function_at(&r.code, 0), INQ_REFERENCE_CALL, 0x20));
	inq_arena_close(r.a);
}

static void ends_a_function_at_a_call_that_does_not_return(void **state)
{
	const struct inq_function *entry;
	struct recovered r;

	(void)state;
	recover(raw_of("no_return"), raw_of("no_return")->len, &r);
	entry = function_at(&r.code, 0);
	assert_int_equal(entry->size, 0x15);
	assert_false(entry->flags & INQ_FUNCTION_NO_RETURN);
	assert_true(function_at(&r.code, 0x1d)->flags & INQ_FUNCTION_NO_RETURN);
	assert_int_equal(function_at(&r.code, 0x15)->size, 8);
	inq_arena_close(r.a);
}

static void counts_padding_as_padding(void **state)
{
	struct recovered r;

	(void)state;
	recover(raw_of("padding"), raw_of("padding")->len, &r);
	for (uint64_t off = 0x20; off <= 0x60; off += 0x20)
		assert_int_equal(function_at(&r.code, off)->size, 6);
	assert_int_equal(r.code.function_bytes, 18 + 3 * 6);
	assert_true(r.code.padding_bytes >= 14 + 26 + 26);
	inq_arena_close(r.a);
}

static void names_never_change_what_is_found(void **state)
{
	const struct make_raw *raw = raw_of("gap");
	struct inq_hint named[3] = { { .va = BASE_VA, .source = INQ_SOURCE_SYMBOL, .name = "main" },
		{ .va = BASE_VA, .source = INQ_SOURCE_ENTRY },
		{ .va = BASE_VA + 0x10, .source = INQ_SOURCE_SYMBOL, .name = "one" } };
	struct recovered r;
	struct inq_code again;

	(void)state;
	recover(raw, raw->len, &r);
	r.x.hints = named;
	r.x.hint_count = 3;
	again = code_of(&r.x, r.a);
	assert_int_equal(again.function_count, r.code.function_count);
	for (size_t i = 0; i < again.function_count; i++) {
		assert_true(again.functions[i].va == r.code.functions[i].va);
		assert_true(again.functions[i].size == r.code.functions[i].size);
		assert_int_equal(again.functions[i].block_count, r.code.functions[i].block_count);
	}
	assert_string_equal(again.functions[1].name, "one");
	assert_null(r.code.functions[1].name);
	inq_arena_close(r.a);
}

/* Order. */

enum { SHUFFLED = 24, SHUFFLED_SIZE = 48 };

static uint32_t draw(uint32_t *seed)
{
	*seed = *seed * 1664525U + 1013904223U;
	return *seed >> 8;
}

static void put32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/*
 * Function `n`, at `place[n]`, whose constant tells which it is; it calls two
 * others, so that all are reached from the first.
 */
static void put_function(uint8_t *text, const unsigned *place, unsigned n)
{
	static const uint8_t body[] = { 0x55, 0x48, 0x89, 0xe5, /* push rbp; mov rbp, rsp */
		0xb8, 0, 0, 0, 0, /* mov eax, constant */
		0x85, 0xff, /* test edi, edi */
		0x74, 0x0a, /* je over the calls */
		0xe8, 0, 0, 0, 0, 0xe8, 0, 0, 0, 0, /* call; call */
		0x5d, 0xc3 }; /* pop rbp; ret */
	const unsigned callee[] = { (n + 1) % SHUFFLED, (n * 5 + 2) % SHUFFLED };
	unsigned at = place[n] * SHUFFLED_SIZE;

	memset(text + at, place[n] & 1 ? 0x90 : 0xcc, SHUFFLED_SIZE);
	memcpy(text + at, body, sizeof body);
	put32(text + at + 5, 1000 + n);
	put32(text + at + 14, place[callee[0]] * SHUFFLED_SIZE - (at + 18));
	put32(text + at + 19, place[callee[1]] * SHUFFLED_SIZE - (at + 23));
}

static void order_of_functions_does_not_matter(void **state)
{
	unsigned place[SHUFFLED];
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 20; round++) {
		uint8_t text[SHUFFLED * SHUFFLED_SIZE];
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_exhibit x;
		struct inq_code code;

		assert_non_null(a);
		for (unsigned i = 0; i < SHUFFLED; i++)
			place[i] = i;
		/* The first is the entry and stays. */
		for (unsigned i = SHUFFLED - 1; round && i > 1; i--) {
			unsigned other = 1 + draw(&seed) % i, was = place[i];

			place[i] = place[other];
			place[other] = was;
		}
		for (unsigned i = 0; i < SHUFFLED; i++)
			put_function(text, place, i);
		x = exhibit_of(INQ_ARCH_X86_64, false, false, (struct inq_bytes){ text, sizeof text }, a);
		code = code_of(&x, a);
		assert_int_equal(code.function_count, SHUFFLED);
		for (unsigned i = 0; i < SHUFFLED; i++) {
			const struct inq_function *f = function_at(&code, (uint64_t)place[i] * SHUFFLED_SIZE);

			assert_int_equal(f->size, 25);
			assert_int_equal(f->block_count, 3);
			assert_int_equal(f->insn_count, 9);
			assert_true(code.insns[code.blocks[f->block_first].first + 2].imm == 1000 + i);
		}
		inq_arena_close(a);
	}
}

/* Hostile code. */

static const struct {
	enum inq_arch arch;
	bool big_endian;
} machines[] = {
	{ INQ_ARCH_X86_64, false },
	{ INQ_ARCH_X86_32, false },
	{ INQ_ARCH_A64, false },
	{ INQ_ARCH_ARM, false },
	{ INQ_ARCH_ARM, true },
	{ INQ_ARCH_MIPS, false },
	{ INQ_ARCH_MIPS, true },
};
enum { MACHINES = sizeof machines / sizeof *machines };

/* Memory that recovery takes for `bytes`, in whatever state they are. */
static size_t cost_of(unsigned machine, struct inq_bytes bytes)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x;
	size_t used;

	assert_non_null(a);
	x = exhibit_of(machines[machine].arch, machines[machine].big_endian, false, bytes, a);
	code_of(&x, a);
	used = inq_arena_used(a);
	inq_arena_close(a);
	return used;
}

static void survives_code_cut_short_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < make_raw_count; i++) {
		for (size_t len = 1; len < make_raws[i].len; len++) {
			uint8_t *copy = malloc(len);
			struct make_raw raw = make_raws[i];
			struct recovered r;

			assert_non_null(copy);
			memcpy(copy, raw.at, len);
			raw.at = (const char *)copy;
			recover(&raw, len, &r);
			inq_arena_close(r.a);
			free(copy);
		}
	}
}

static void survives_any_byte_changed(void **state)
{
	uint32_t seed = 7;

	(void)state;
	for (size_t i = 0; i < make_raw_count; i++) {
		char copy[256];
		struct make_raw raw = make_raws[i];

		assert_true(raw.len <= sizeof copy);
		for (size_t at = 0; at < raw.len; at++) {
			for (int change = 0; change < 8; change++) {
				struct recovered r;

				memcpy(copy, make_raws[i].at, raw.len);
				copy[at] = (char)draw(&seed);
				raw.at = copy;
				recover(&raw, raw.len, &r);
				inq_arena_close(r.a);
			}
		}
	}
}

static void survives_noise(void **state)
{
	static uint8_t noise[1 << 14];
	uint32_t seed = 3;

	(void)state;
	for (unsigned machine = 0; machine < MACHINES; machine++) {
		for (int round = 0; round < 3; round++) {
			for (size_t i = 0; i < sizeof noise; i++)
				noise[i] = (uint8_t)draw(&seed);
			cost_of(machine, (struct inq_bytes){ noise, sizeof noise });
		}
	}
}

/*
 * Code that makes a careless disassembler go round for ever or try every pair:
 * a pattern over and over. Twice the input may cost twice the memory, not four
 * times.
 */
static void repeated_traps_cost_in_proportion(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t len;
	} traps[] = {
		{ "jumps to itself", "\xeb\xfe", 2 },
		{ "jumps into itself", "\xeb\xff\xc0", 3 },
		{ "jumps to the next", "\xeb\x00", 2 },
		{ "branches to the next", "\x74\x00", 2 },
		{ "calls the next", "\xe8\x00\x00\x00\x00", 5 },
		{ "calls into the middle of the next", "\xe8\x02\x00\x00\x00", 5 },
		{ "branches into the middle of the next", "\x0f\x84\x02\x00\x00\x00", 6 },
		{ "branches backwards", "\x74\x80", 2 },
		{ "calls itself", "\xe8\xfb\xff\xff\xff", 5 },
		{ "calls far back", "\xe8\x00\xf0\xff\xff", 5 },
		{ "jumps through its own bytes", "\xff\x25\x00\x00\x00\x00", 6 },
		{ "table jumps", "\x48\x8d\x15\x00\x00\x00\x00\x48\x63\x04\xba\x48\x01\xd0\xff\xe0", 16 },
		{ "prefixes", "\x66", 1 },
		{ "prologues", "\x55\x48\x89\xe5", 4 },
		{ "prologues that return", "\x55\x48\x89\xe5\x5d\xc3", 6 },
		{ "calls and returns", "\xe8\xf0\x00\x00\x00\xc3", 6 },
		{ "returns", "\xc3", 1 },
		{ "zeros", "\x00", 1 },
		{ "ones", "\xff", 1 },
	};
	static uint8_t code[1 << 14];

	(void)state;
	for (size_t i = 0; i < sizeof traps / sizeof *traps; i++) {
		for (size_t at = 0; at < sizeof code; at++)
			code[at] = (uint8_t)traps[i].bytes[at % traps[i].len];
		for (unsigned machine = 0; machine < MACHINES; machine++) {
			size_t half = cost_of(machine, (struct inq_bytes){ code, sizeof code / 2 });
			size_t whole = cost_of(machine, (struct inq_bytes){ code, sizeof code });

			if (whole > half * 3)
				fail_msg("%s on machine %u: %zu bytes of memory, then %zu", traps[i].name,
				        machine, half, whole);
		}
	}
}

static void survives_starts_that_lie_inside_each_other(void **state)
{
	enum { COUNT = 200 };
	static uint8_t code[1024];
	static struct inq_hint hints[COUNT];
	uint32_t seed = 11;

	(void)state;
	for (unsigned machine = 0; machine < MACHINES; machine++) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_exhibit x;

		assert_non_null(a);
		for (size_t i = 0; i < sizeof code; i++)
			code[i] = (uint8_t)(draw(&seed) % 3 ? 0x90 : draw(&seed));
		/* Starts on each other's instructions, with sizes that overlap, wrap, and leave the code. */
		for (size_t i = 0; i < COUNT; i++)
			hints[i] = (struct inq_hint){ .va = BASE_VA + i * 5,
				.size = i % 4 ? draw(&seed) % 300 : UINT64_MAX - i,
				.source = i % 3 ? INQ_SOURCE_UNWIND : INQ_SOURCE_SYMBOL,
				.name = i % 3 ? NULL : "name" };
		x = exhibit_of(machines[machine].arch, machines[machine].big_endian, false,
		        (struct inq_bytes){ code, sizeof code }, a);
		x.hints = hints;
		x.hint_count = COUNT;
		code_of(&x, a);
		inq_arena_close(a);
	}
}

static void survives_code_at_the_last_address(void **state)
{
	static const uint8_t code[] = { 0xe8, 0x10, 0x00, 0x00, 0x00, 0xeb, 0x7f, 0xc3 };
	struct inq_bytes bytes = { code, sizeof code };
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x;
	struct inq_error err;

	(void)state;
	assert_non_null(a);
	assert_int_equal(
	        inq_exhibit_raw(bytes, INQ_ARCH_X86_64, false, UINT64_MAX - sizeof code, a, &x, &err),
	        INQ_OK);
	code_of(&x, a);
	assert_int_equal(inq_exhibit_raw(bytes, INQ_ARCH_X86_64, false, UINT64_MAX - 2, a, &x, &err),
	        INQ_BAD_ARGUMENT);
	assert_int_equal(
	        inq_exhibit_raw(bytes, INQ_ARCH_X86_32, false, UINT32_MAX - sizeof code, a, &x, &err),
	        INQ_OK);
	code_of(&x, a);
	inq_arena_close(a);
}

static void out_of_memory_is_a_status_at_every_allocation(void **state)
{
	(void)state;
	for (size_t i = 0; i < make_raw_count; i++) {
		const struct make_raw *raw = &make_raws[i];
		enum inq_status status = INQ_NO_MEMORY;
		uint64_t n;

		for (n = 1; status != INQ_OK; n++) {
			struct inq_arena *a = inq_arena_open(arena_limit);
			struct inq_exhibit x;
			struct inq_code code, before;
			struct inq_error err;

			assert_non_null(a);
			x = exhibit_of(raw->arch, raw->big_endian, raw->thumb,
			        (struct inq_bytes){ (const uint8_t *)raw->at, raw->len }, a);
			memset(&code, 0x5a, sizeof code);
			memcpy(&before, &code, sizeof code);
			inq_arena_fail_after(a, n);
			status = inq_code_recover(&x, a, &code, &err);
			if (status == INQ_OK) {
				assert_null(code_holds(&code));
			} else {
				assert_int_equal(status, INQ_NO_MEMORY);
				assert_memory_equal(&code, &before, sizeof code);
				assert_true(strlen(err.text) > 0);
			}
			inq_arena_close(a);
		}
		/* One that never allocates was not put to the test. */
		assert_true(n > 5);
	}
}

static void an_exhibit_without_code_has_no_functions(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x = { .format = INQ_FORMAT_ELF, .arch = INQ_ARCH_NONE };
	struct inq_code code;

	(void)state;
	assert_non_null(a);
	code = code_of(&x, a);
	assert_int_equal(code.function_count, 0);
	x.arch = INQ_ARCH_X86_64;
	code = code_of(&x, a);
	assert_int_equal(code.function_count, 0);
	inq_arena_close(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_functions_of_bare_code),
		cmocka_unit_test(follows_a_jump_table),
		cmocka_unit_test(tells_a_tail_call_from_a_jump),
		cmocka_unit_test(ends_a_function_at_a_call_that_does_not_return),
		cmocka_unit_test(counts_padding_as_padding),
		cmocka_unit_test(names_never_change_what_is_found),
		cmocka_unit_test(order_of_functions_does_not_matter),
		cmocka_unit_test(survives_code_cut_short_anywhere),
		cmocka_unit_test(survives_any_byte_changed),
		cmocka_unit_test(survives_noise),
		cmocka_unit_test(repeated_traps_cost_in_proportion),
		cmocka_unit_test(survives_starts_that_lie_inside_each_other),
		cmocka_unit_test(survives_code_at_the_last_address),
		cmocka_unit_test(out_of_memory_is_a_status_at_every_allocation),
		cmocka_unit_test(an_exhibit_without_code_has_no_functions),
	};

	return cmocka_run_group_tests_name("code", tests, NULL, NULL);
}
