#include "../make/program.h"
#include <inquiry/fingerprint.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const size_t arena_limit = (size_t)256 << 20;

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

/* x86-64 code being put together: functions at multiples of 16, the first calling all the others. */
struct text {
	uint8_t bytes[1 << 16];
	size_t len;
	size_t calls[8]; /* where the first function's displacements lie */
	unsigned call_count;
};

static void put(struct text *t, const void *at, size_t len)
{
	assert_true(t->len + len <= sizeof t->bytes);
	memcpy(t->bytes + t->len, at, len);
	t->len += len;
}

#define PUT(t, ...) put(t, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

static void put_u32(struct text *t, uint32_t value)
{
	PUT(t, (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24));
}

static void align(struct text *t)
{
	while (t->len % 16)
		PUT(t, 0x90);
}

/* The function at the start of the code: frame, `count` calls, return. */
static void put_first(struct text *t, unsigned count)
{
	t->len = 0;
	t->call_count = count;
	PUT(t, 0x55, 0x48, 0x89, 0xe5);
	for (unsigned i = 0; i < count; i++) {
		PUT(t, 0xe8);
		t->calls[i] = t->len;
		put_u32(t, 0);
	}
	PUT(t, 0x5d, 0xc3);
}

static void call(struct text *t, unsigned i)
{
	uint32_t displacement;

	align(t);
	displacement = (uint32_t)(t->len - t->calls[i] - 4);
	for (unsigned j = 0; j < 4; j++)
		t->bytes[t->calls[i] + j] = (uint8_t)(displacement >> 8 * j);
}

/* A loop with a comparison, a load at an offset and two constants. */
static void put_loop(struct text *t, uint32_t constant, uint8_t offset, bool padded)
{
	PUT(t, 0x31, 0xc0); /* xor eax, eax */
	if (padded)
		PUT(t, 0x0f, 0x1f, 0x40, 0x00); /* nop */
	PUT(t, 0x8b, 0x4f, offset); /* again: mov ecx, [rdi + offset] */
	PUT(t, 0x69, 0xc9); /* imul ecx, ecx, constant */
	put_u32(t, constant);
	PUT(t, 0x01, 0xc8); /* add eax, ecx */
	PUT(t, 0x48, 0x83, 0xc7, 0x18); /* add rdi, 24 */
	PUT(t, 0x83, 0xee, 0x01); /* sub esi, 1 */
	PUT(t, 0x83, 0xfe, 0x07); /* cmp esi, 7 */
	PUT(t, 0x7f, 0xeb); /* jg again */
	PUT(t, 0xc3);
}

static void put_other(struct text *t)
{
	PUT(t, 0x48, 0x85, 0xff); /* test rdi, rdi */
	PUT(t, 0x74, 0x08); /* je end */
	PUT(t, 0xc7, 0x47, 0x30, 0x67, 0x45, 0x23, 0x01); /* mov dword [rdi + 48], 0x1234567 */
	PUT(t, 0x90);
	PUT(t, 0xc3); /* end: ret */
}

static struct inq_program made(
        const struct text *t, uint64_t base_va, struct inq_arena *a, const char *symbol)
{
	struct inq_exhibit *x = inq_arena_new(a, 1, sizeof *x);
	uint8_t *copy = inq_arena_new(a, t->len, 1);
	struct inq_program p;
	struct inq_code c;
	struct inq_error err = { 0 };

	memcpy(copy, t->bytes, t->len);
	if (inq_exhibit_raw(
	            (struct inq_bytes){ copy, t->len }, INQ_ARCH_X86_64, false, base_va, a, x, &err) ||
	        inq_code_recover(x, a, &c, &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < c.function_count; i++)
		c.functions[i].name = symbol;
	if (inq_program_make(&c, "made", a, &p, &err))
		fail_msg("%s", err.text);
	return p;
}

static void assert_same_features(
        const struct inq_program *pa, uint32_t a, const struct inq_program *pb, uint32_t b)
{
	const struct inq_fingerprint *fa = &pa->functions[a], *fb = &pb->functions[b];

	assert_int_equal(fa->feature_count, fb->feature_count);
	for (uint32_t i = 0; i < fa->feature_count; i++) {
		assert_int_equal(
		        pa->features[fa->feature_first + i].key, pb->features[fb->feature_first + i].key);
		assert_int_equal(
		        pa->features[fa->feature_first + i].count, pb->features[fb->feature_first + i].count);
	}
}

static bool same_exact(const struct inq_fingerprint *a, const struct inq_fingerprint *b)
{
	return a->exact[0] == b->exact[0] && a->exact[1] == b->exact[1];
}

static void two_functions(struct text *t, bool swapped)
{
	put_first(t, 2);
	call(t, swapped);
	if (swapped)
		put_other(t);
	else
		put_loop(t, 1000003, 16, false);
	call(t, !swapped);
	if (swapped)
		put_loop(t, 1000003, 16, false);
	else
		put_other(t);
}

static void the_same_code_elsewhere_is_the_same(void **state)
{
	struct text t;
	struct inq_program p, q;

	two_functions(&t, false);
	p = made(&t, 0x1000, *state, NULL);
	q = made(&t, 0x7f0000400000, *state, NULL);
	assert_int_equal(p.function_count, 3);
	assert_int_equal(q.function_count, 3);
	for (uint32_t i = 0; i < 3; i++) {
		assert_true(same_exact(&p.functions[i], &q.functions[i]));
		assert_same_features(&p, i, &q, i);
	}
	assert_false(same_exact(&p.functions[1], &p.functions[2]));
	assert_int_equal(p.functions[0].callee_count, 2);
	assert_int_equal(p.callees[p.functions[0].callee_first], 1);
	assert_int_equal(p.callees[p.functions[0].callee_first + 1], 2);
}

static void the_order_of_functions_does_not_count(void **state)
{
	struct text t;
	struct inq_program p, q;

	two_functions(&t, false);
	p = made(&t, 0x1000, *state, NULL);
	two_functions(&t, true);
	q = made(&t, 0x1000, *state, NULL);
	assert_int_equal(q.function_count, 3);
	assert_true(same_exact(&p.functions[0], &q.functions[0]));
	assert_same_features(&p, 0, &q, 0);
	assert_true(same_exact(&p.functions[1], &q.functions[2]));
	assert_same_features(&p, 1, &q, 2);
	assert_true(same_exact(&p.functions[2], &q.functions[1]));
	assert_same_features(&p, 2, &q, 1);
}

static void names_do_not_count(void **state)
{
	struct text t;
	struct inq_program p, q;

	two_functions(&t, false);
	p = made(&t, 0x1000, *state, NULL);
	q = made(&t, 0x1000, *state, "a_name");
	for (uint32_t i = 0; i < 3; i++) {
		assert_null(p.functions[i].name);
		assert_string_equal(q.functions[i].name, "a_name");
		assert_true(same_exact(&p.functions[i], &q.functions[i]));
		assert_same_features(&p, i, &q, i);
	}
}

static void padding_does_not_count(void **state)
{
	struct text t;
	struct inq_program p, q;

	put_first(&t, 1);
	call(&t, 0);
	put_loop(&t, 1000003, 16, false);
	p = made(&t, 0x1000, *state, NULL);
	put_first(&t, 1);
	call(&t, 0);
	put_loop(&t, 1000003, 16, true);
	q = made(&t, 0x1000, *state, NULL);
	assert_int_equal(p.functions[1].size + 4, q.functions[1].size);
	assert_int_equal(p.functions[1].insn_count, q.functions[1].insn_count);
	assert_true(same_exact(&p.functions[1], &q.functions[1]));
	assert_same_features(&p, 1, &q, 1);
}

static uint32_t shared_features(
        const struct inq_program *p, uint32_t a, const struct inq_program *q, uint32_t b)
{
	uint32_t shared = 0;

	for (uint32_t i = 0; i < p->functions[a].feature_count; i++)
		for (uint32_t j = 0; j < q->functions[b].feature_count; j++)
			shared += p->features[p->functions[a].feature_first + i].key ==
			          q->features[q->functions[b].feature_first + j].key;
	return shared;
}

static void a_changed_constant_changes_little(void **state)
{
	struct text t;
	struct inq_program p, q;
	uint32_t shared;

	put_first(&t, 1);
	call(&t, 0);
	put_loop(&t, 1000003, 16, false);
	p = made(&t, 0x1000, *state, NULL);
	put_first(&t, 1);
	call(&t, 0);
	put_loop(&t, 999983, 16, false);
	q = made(&t, 0x1000, *state, NULL);
	assert_false(same_exact(&p.functions[1], &q.functions[1]));
	shared = shared_features(&p, 1, &q, 1);
	assert_true(shared < p.functions[1].feature_count);
	assert_true(shared + 4 >= p.functions[1].feature_count);
	/* The caller is the same code; what it calls is another thing. */
	assert_true(same_exact(&p.functions[0], &q.functions[0]));
	assert_true(shared_features(&p, 0, &q, 0) < p.functions[0].feature_count);
}

static void features_ascend_and_have_channels(void **state)
{
	struct text t;
	struct inq_program p;

	two_functions(&t, false);
	p = made(&t, 0x1000, *state, NULL);
	for (uint32_t i = 0; i < p.function_count; i++) {
		const struct inq_feature *f = p.features + p.functions[i].feature_first;

		assert_true(p.functions[i].feature_count > 0);
		for (uint32_t j = 0; j < p.functions[i].feature_count; j++) {
			assert_true(j == 0 || f[j].key > f[j - 1].key);
			assert_in_range(f[j].count, 1, 255);
			assert_true(inq_channel_weight[inq_feature_channel(f[j].key)] > 0);
			assert_true(*inq_channel_name(inq_feature_channel(f[j].key)));
		}
	}
	assert_string_equal(inq_channel_name(INQ_CHANNEL_COUNT), "");
}

/* A function of `count` exclusive ors of constants from `first` on. */
static void put_constants(struct text *t, uint32_t first, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		PUT(t, 0x35); /* xor eax, constant */
		put_u32(t, 1000 + (first + i) * 37);
	}
	PUT(t, 0xc3);
}

static void huge_functions_keep_the_same_sample(void **state)
{
	static struct text t;
	struct inq_program p, q;
	uint32_t shared;

	t.len = 0;
	put_constants(&t, 0, 5000);
	p = made(&t, 0x1000, *state, NULL);
	t.len = 0;
	put_constants(&t, 500, 5000);
	q = made(&t, 0x1000, *state, NULL);
	assert_int_equal(p.function_count, 1);
	assert_true(p.functions[0].feature_count <= INQ_FINGERPRINT_FEATURES_MOST);
	assert_true(p.functions[0].feature_count > INQ_FINGERPRINT_FEATURES_MOST / 2);
	/* Nine tenths of the constants are the same; of the kept ones about as many must be. */
	shared = shared_features(&p, 0, &q, 0);
	assert_true(shared * 10 > p.functions[0].feature_count * 8);
}

static struct inq_bytes written(const struct inq_program *p, struct inq_arena *a)
{
	struct inq_memory_sink memory = { .arena = a };
	struct inq_sink out;

	inq_sink_init(&out, inq_memory_sink_write, &memory);
	inq_program_write(p, &out);
	assert_true(inq_sink_flush(&out));
	return (struct inq_bytes){ (const uint8_t *)memory.at, memory.len };
}

static struct inq_bytes made_bytes(struct inq_arena *a)
{
	struct make_program m;

	make_program(&m, a, 77);
	for (uint32_t i = 0; i < 6; i++)
		make_function(&m, i, 0, 0);
	m.program.functions[2].name = "a name";
	m.program.flags = INQ_PROGRAM_PACKED;
	make_call(&m, 0, 5);
	make_call(&m, 0, 2);
	make_call(&m, 4, 4);
	return make_bytes(&m);
}

static void what_is_written_reads_back(void **state)
{
	struct inq_bytes b = made_bytes(*state), again;
	struct inq_program p;
	struct inq_error err;

	assert_int_equal(inq_program_read(b, *state, &p, &err), INQ_OK);
	assert_int_equal(p.function_count, 6);
	assert_string_equal(p.name, "made-77");
	assert_string_equal(p.functions[2].name, "a name");
	assert_null(p.functions[3].name);
	assert_int_equal(p.flags, INQ_PROGRAM_PACKED);
	assert_int_equal(p.functions[0].callee_count, 2);
	assert_int_equal(p.callees[1], 5);
	again = written(&p, *state);
	assert_int_equal(again.len, b.len);
	assert_memory_equal(again.at, b.at, b.len);
}

static void a_program_without_code_is_one(void **state)
{
	struct make_program m;
	struct inq_program q;
	struct inq_bytes b;
	struct inq_error err;

	make_program(&m, *state, 1);
	b = make_bytes(&m);
	assert_int_equal(inq_program_read(b, *state, &q, &err), INQ_OK);
	assert_int_equal(q.function_count, 0);
}

static void refuses_a_program_cut_short(void **state)
{
	struct inq_bytes b = made_bytes(*state);
	struct inq_program p = { .function_count = 12345 };
	struct inq_error err;

	for (size_t len = 0; len < b.len; len++) {
		enum inq_status status = inq_program_read((struct inq_bytes){ b.at, len }, *state, &p, &err);

		assert_true(status == (len < 44 ? INQ_UNRECOGNISED : INQ_CORRUPT));
		assert_true(err.at <= len);
	}
	assert_int_equal(p.function_count, 12345);
}

/* Any byte may be anything: what is accepted is sound, and is written back as it was. */
static void accepts_only_what_it_would_write(void **state)
{
	struct inq_bytes b = made_bytes(*state);
	unsigned refused = 0;

	for (size_t i = 0; i < b.len; i++) {
		for (unsigned bit = 0; bit < 8; bit += i < 200 ? 1 : 3) {
			struct inq_arena *a = inq_arena_open(arena_limit);
			uint8_t *copy = inq_arena_new(a, b.len, 1);
			struct inq_program p;
			struct inq_error err;

			memcpy(copy, b.at, b.len);
			copy[i] ^= (uint8_t)(1 << bit);
			if (inq_program_read((struct inq_bytes){ copy, b.len }, a, &p, &err) == INQ_OK) {
				struct inq_bytes again = written(&p, a);

				assert_int_equal(again.len, b.len);
				assert_memory_equal(again.at, copy, b.len);
			} else {
				refused++;
			}
			inq_arena_close(a);
		}
	}
	assert_true(refused > 100);
}

static void refuses_bytes_after_the_end(void **state)
{
	struct inq_bytes b = made_bytes(*state);
	uint8_t *copy = inq_arena_new(*state, b.len + 1, 1);
	struct inq_program p;
	struct inq_error err;

	memcpy(copy, b.at, b.len);
	assert_int_equal(
	        inq_program_read((struct inq_bytes){ copy, b.len + 1 }, *state, &p, &err), INQ_CORRUPT);
}

static void allocates_nothing_on_a_mere_claim(void **state)
{
	struct make_program empty;
	struct inq_arena *a = inq_arena_open(1 << 16);
	struct inq_program p;
	struct inq_bytes b;
	struct inq_error err;
	uint8_t *copy;
	size_t at;

	/* 4,194,303 functions, 2^32 - 1 features and as many callees, of which not one byte follows */
	make_program(&empty, *state, 1);
	b = make_bytes(&empty);
	at = b.len - 3;
	copy = inq_arena_new(*state, b.len + 12, 1);
	memcpy(copy, b.at, b.len);
	memcpy(copy + at, "\xff\xff\xff\x01\xff\xff\xff\xff\x0f\xff\xff\xff\xff\x0f", 14);
	assert_int_equal(inq_program_read((struct inq_bytes){ copy, at + 14 }, a, &p, &err), INQ_CORRUPT);
	inq_arena_close(a);
}

static void each_failed_allocation_is_told(void **state)
{
	struct inq_bytes b = made_bytes(*state);
	struct inq_exhibit x;
	struct inq_code c;
	struct inq_error err;
	static struct text t;
	uint64_t n;

	two_functions(&t, false);
	put_constants(&t, 0, 3000);
	assert_int_equal(inq_exhibit_raw((struct inq_bytes){ t.bytes, t.len }, INQ_ARCH_X86_64, false, 0x1000,
	                         *state, &x, &err),
	        INQ_OK);
	assert_int_equal(inq_code_recover(&x, *state, &c, &err), INQ_OK);
	for (n = 1;; n++) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_program p = { .function_count = 7 };
		enum inq_status status;

		inq_arena_fail_after(a, n);
		status = inq_program_make(&c, "made", a, &p, &err);
		inq_arena_close(a);
		if (status == INQ_OK)
			break;
		assert_int_equal(status, INQ_NO_MEMORY);
		assert_int_equal(p.function_count, 7);
	}
	assert_true(n > 5);
	for (n = 1;; n++) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_program p = { .function_count = 7 };
		enum inq_status status;

		inq_arena_fail_after(a, n);
		status = inq_program_read(b, a, &p, &err);
		inq_arena_close(a);
		if (status == INQ_OK)
			break;
		assert_int_equal(status, INQ_NO_MEMORY);
		assert_int_equal(p.function_count, 7);
	}
	assert_true(n > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_same_code_elsewhere_is_the_same, setup, teardown),
		cmocka_unit_test_setup_teardown(the_order_of_functions_does_not_count, setup, teardown),
		cmocka_unit_test_setup_teardown(names_do_not_count, setup, teardown),
		cmocka_unit_test_setup_teardown(padding_does_not_count, setup, teardown),
		cmocka_unit_test_setup_teardown(a_changed_constant_changes_little, setup, teardown),
		cmocka_unit_test_setup_teardown(features_ascend_and_have_channels, setup, teardown),
		cmocka_unit_test_setup_teardown(huge_functions_keep_the_same_sample, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_written_reads_back, setup, teardown),
		cmocka_unit_test_setup_teardown(a_program_without_code_is_one, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_a_program_cut_short, setup, teardown),
		cmocka_unit_test_setup_teardown(accepts_only_what_it_would_write, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_bytes_after_the_end, setup, teardown),
		cmocka_unit_test_setup_teardown(allocates_nothing_on_a_mere_claim, setup, teardown),
		cmocka_unit_test_setup_teardown(each_failed_allocation_is_told, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
