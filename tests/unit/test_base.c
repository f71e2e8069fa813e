#include <inquiry/address.h>
#include <inquiry/hash.h>
#include <inquiry/json.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Bytes. */

static const uint8_t eight[] = { 1, 2, 3, 4, 5, 6, 7, 0x88 };
static const struct inq_bytes b8 = { eight, sizeof eight };

static void reads_integers_of_both_orders(void **state)
{
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	(void)state;
	assert_true(inq_bytes_u8(b8, 7, &u8) && u8 == 0x88);
	assert_true(inq_bytes_u16(b8, 6, false, &u16) && u16 == 0x8807);
	assert_true(inq_bytes_u16(b8, 6, true, &u16) && u16 == 0x0788);
	assert_true(inq_bytes_u32(b8, 4, false, &u32) && u32 == 0x88070605);
	assert_true(inq_bytes_u32(b8, 4, true, &u32) && u32 == 0x05060788);
	assert_true(inq_bytes_u64(b8, 0, false, &u64) && u64 == 0x8807060504030201);
	assert_true(inq_bytes_u64(b8, 0, true, &u64) && u64 == 0x0102030405060788);
	assert_int_equal(inq_le32(eight), 0x04030201);
	assert_true(inq_le64(eight) == 0x8807060504030201);
}

static void refuses_integers_past_the_end(void **state)
{
	static const uint64_t past[] = { 8, 9, UINT64_MAX - 6, UINT64_MAX - 2, UINT64_MAX };
	uint8_t u8 = 99;
	uint16_t u16 = 99;
	uint32_t u32 = 99;
	uint64_t u64 = 99;

	(void)state;
	for (size_t i = 0; i < sizeof past / sizeof *past; i++) {
		assert_false(inq_bytes_u8(b8, past[i], &u8));
		assert_false(inq_bytes_u16(b8, past[i], true, &u16));
		assert_false(inq_bytes_u32(b8, past[i], false, &u32));
		assert_false(inq_bytes_u64(b8, past[i], false, &u64));
	}
	assert_false(inq_bytes_u16(b8, 7, false, &u16));
	assert_false(inq_bytes_u32(b8, 5, true, &u32));
	assert_false(inq_bytes_u64(b8, 1, true, &u64));
	assert_int_equal(u8 + u16, 198);
	assert_int_equal(u32, 99);
	assert_true(u64 == 99);
	assert_false(inq_bytes_u8((struct inq_bytes){ NULL, 0 }, 0, &u8));
}

static void cuts_only_what_lies_inside(void **state)
{
	struct inq_bytes cut = { NULL, 7 };

	(void)state;
	assert_true(inq_bytes_cut(b8, 2, 6, &cut));
	assert_ptr_equal(cut.at, eight + 2);
	assert_int_equal(cut.len, 6);
	assert_true(inq_bytes_cut(b8, 8, 0, &cut));
	assert_int_equal(cut.len, 0);
	cut.len = 7;
	assert_false(inq_bytes_cut(b8, 2, 7, &cut));
	assert_false(inq_bytes_cut(b8, 9, 0, &cut));
	assert_false(inq_bytes_cut(b8, 4, UINT64_MAX - 2, &cut));
	assert_false(inq_bytes_cut(b8, UINT64_MAX, 2, &cut));
	assert_int_equal(cut.len, 7);
	assert_int_equal(inq_bytes_from(b8, 3).len, 5);
	assert_int_equal(inq_bytes_from(b8, 8).len, 0);
	assert_int_equal(inq_bytes_from(b8, UINT64_MAX).len, 0);
}

static void reads_leb128(void **state)
{
	static const uint8_t at[] = { 0xe5, 0x8e, 0x26, 0x02, 0x7e, 0x80, 0x7f, 0xff, 0x00 };
	struct inq_bytes b = { at, sizeof at };
	uint64_t off = 0, u;
	int64_t s;

	(void)state;
	assert_true(inq_bytes_uleb(b, &off, &u) && u == 624485 && off == 3);
	assert_true(inq_bytes_sleb(b, &off, &s) && s == 2 && off == 4);
	assert_true(inq_bytes_sleb(b, &off, &s) && s == -2 && off == 5);
	assert_true(inq_bytes_sleb(b, &off, &s) && s == -128 && off == 7);
	assert_true(inq_bytes_sleb(b, &off, &s) && s == 127 && off == 9);
	assert_false(inq_bytes_uleb(b, &off, &u));
	assert_int_equal(off, 9);
}

static void refuses_leb128_that_does_not_end(void **state)
{
	uint8_t at[32];
	struct inq_bytes b = { at, sizeof at };
	uint64_t off = 0, u = 99;
	int64_t s = 99;

	(void)state;
	memset(at, 0x80, sizeof at);
	assert_false(inq_bytes_uleb(b, &off, &u));
	assert_false(inq_bytes_sleb(b, &off, &s));
	b.len = 5;
	assert_false(inq_bytes_uleb(b, &off, &u));
	assert_true(off == 0 && u == 99 && s == 99);
}

static void reads_strings_up_to_nul_limit_and_end(void **state)
{
	struct inq_bytes b = inq_bytes_of("abc"), s;

	(void)state;
	b.len = 4;
	assert_true(inq_bytes_string(b, 1, 10, &s) && inq_bytes_equal(s, "bc"));
	assert_true(inq_bytes_string(b, 3, 10, &s) && s.len == 0);
	assert_false(inq_bytes_string(b, 0, 2, &s));
	assert_true(inq_bytes_equal(s, "ab"));
	b.len = 3;
	assert_false(inq_bytes_string(b, 1, 10, &s));
	assert_true(inq_bytes_equal(s, "bc"));
	assert_false(inq_bytes_string(b, UINT64_MAX, 10, &s));
	assert_int_equal(s.len, 0);
	assert_true(inq_bytes_begin(b, "ab", 2));
	assert_false(inq_bytes_begin(b, "abcd", 4));
}

/* Arena. */

static void hands_out_zeroed_aligned_memory(void **state)
{
	struct inq_arena *a = inq_arena_open(64 << 20);

	(void)state;
	assert_non_null(a);
	for (size_t size = 1; size < 200000; size = size * 3 + 1) {
		uint8_t *at = inq_arena_new(a, size, 1);

		assert_non_null(at);
		assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(at[i], 0);
		memset(at, 0xff, size);
	}
	assert_non_null(inq_arena_new(a, 0, 100));
	inq_arena_close(a);
	inq_arena_close(NULL);
}

static void keeps_to_its_limit(void **state)
{
	struct inq_arena *a = inq_arena_open(1000);
	size_t given = 0;

	(void)state;
	assert_non_null(a);
	assert_null(inq_arena_new(a, 1001, 1));
	assert_null(inq_arena_new(a, SIZE_MAX, 1));
	assert_null(inq_arena_new(a, SIZE_MAX / 2, 3));
	assert_null(inq_arena_new(a, (size_t)1 << 33, (size_t)1 << 31));
	while (inq_arena_new(a, 1, 10))
		given += 10;
	assert_true(given <= 1000 && given >= 500);
	assert_true(inq_arena_used(a) <= 1000);
	assert_null(inq_arena_string(a, inq_bytes_of("a string longer than what is left")));
	assert_null(inq_arena_printf(a, "%s", "a string longer than what is left"));
	inq_arena_close(a);
}

static void extends_arrays_and_keeps_what_they_hold(void **state)
{
	struct inq_arena *a = inq_arena_open(1 << 20);
	uint32_t *numbers = NULL, *grown;
	size_t capacity = 0, count;

	(void)state;
	assert_non_null(a);
	for (count = 0; count < 10000; count++) {
		/* Now and then something stands in the way. */
		if (count % 1000 == 0)
			assert_non_null(inq_arena_new(a, 1, 1));
		grown = inq_arena_extend(a, numbers, count, &capacity, sizeof *grown);
		assert_non_null(grown);
		assert_true(capacity > count);
		assert_int_equal(grown[count], 0);
		numbers = grown;
		numbers[count] = (uint32_t)count;
	}
	for (size_t i = 0; i < count; i++)
		assert_int_equal(numbers[i], i);
	while ((grown = inq_arena_extend(a, numbers, count, &capacity, sizeof *grown)))
		for (numbers = grown; count < capacity; count++)
			numbers[count] = (uint32_t)count;
	for (size_t i = 0; i < count; i++)
		assert_int_equal(numbers[i], i);
	assert_int_equal(count, capacity);
	inq_arena_close(a);
}

static void fails_each_allocation_when_told_to(void **state)
{
	struct inq_arena *a = inq_arena_open(1 << 20);

	(void)state;
	assert_non_null(a);
	inq_arena_fail_after(a, 3);
	assert_non_null(inq_arena_new(a, 1, 1));
	assert_non_null(inq_arena_string(a, inq_bytes_of("x")));
	assert_null(inq_arena_new(a, 1, 1));
	assert_null(inq_arena_printf(a, "%d", 1));
	inq_arena_fail_after(a, 0);
	assert_string_equal(inq_arena_printf(a, "%d-%s", 7, "up"), "7-up");
	inq_arena_close(a);
}

/* Text. */

static struct inq_arena *text_arena;
static struct inq_memory_sink memory;
static struct inq_sink sink;

static int text_open(void **state)
{
	(void)state;
	text_arena = inq_arena_open(1 << 20);
	memory = (struct inq_memory_sink){ .arena = text_arena };
	inq_sink_init(&sink, inq_memory_sink_write, &memory);
	return text_arena ? 0 : -1;
}

static int text_close(void **state)
{
	(void)state;
	inq_arena_close(text_arena);
	return 0;
}

static void assert_written(const char *wanted)
{
	assert_true(inq_sink_flush(&sink));
	if (memory.len != strlen(wanted) || (memory.len && memcmp(memory.at, wanted, memory.len) != 0))
		fail_msg("wrote \"%.*s\", not \"%s\"", (int)memory.len, memory.at ? memory.at : "", wanted);
	memory.len = 0;
}

static void assert_inert(const char *text, size_t len, size_t max, const char *wanted)
{
	size_t columns = inq_put_inert(&sink, (struct inq_bytes){ (const uint8_t *)text, len }, max);

	assert_true(columns <= max);
	assert_written(wanted);
}

static void writes_hostile_text_inertly(void **state)
{
	static const struct {
		const char *text, *inert;
	} case_of[] = {
		{ "plain name.c", "plain name.c" },
		{ "\033[2J\007", "\\x1b[2J\\x07" },
		{ "tab\there\r\n", "tab\\x09here\\x0d\\x0a" },
		{ "back\\slash", "back\\x5cslash" },
		{ "\x7f", "\\x7f" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
		{ "\xe4\xbd\xa0", "\xe4\xbd\xa0" },
		/* not UTF-8: stray, cut short, overlong, surrogate, past the last */
		{ "\x80", "\\x80" },
		{ "\xe4\xbd", "\\xe4\\xbd" },
		{ "\xc0\xaf", "\\xc0\\xaf" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
		/* C1 control, right-to-left override, zero width, line separator, mark */
		{ "\xc2\x9b", "\\xc2\\x9b" },
		{ "exe.\xe2\x80\xae"
		  "fdp",
		        "exe.\\xe2\\x80\\xae"
		        "fdp" },
		{ "a\xe2\x80\x8b"
		  "b",
		        "a\\xe2\\x80\\x8b"
		        "b" },
		{ "\xe2\x80\xa8", "\\xe2\\x80\\xa8" },
		{ "\xe2\x81\xa0", "\\xe2\\x81\\xa0" },
		{ "\xd8\x9c", "\\xd8\\x9c" },
		{ "\xef\xbb\xbf", "\\xef\\xbb\\xbf" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof case_of / sizeof *case_of; i++)
		assert_inert(case_of[i].text, strlen(case_of[i].text), 80, case_of[i].inert);
	assert_inert("a\0b", 3, 80, "a\\x00b");
}

static void every_byte_is_inert(void **state)
{
	(void)state;
	for (unsigned first = 0; first < 256; first++) {
		for (unsigned second = 0; second < 256; second++) {
			uint8_t two[] = { (uint8_t)first, (uint8_t)second };

			inq_put_inert(&sink, (struct inq_bytes){ two, 2 }, 80);
			assert_true(inq_sink_flush(&sink));
			for (size_t i = 0; i < memory.len; i++)
				if ((uint8_t)memory.at[i] < 0x20 || memory.at[i] == 0x7f)
					fail_msg("%02x %02x writes %02x", first, second, memory.at[i]);
			memory.len = 0;
		}
	}
}

static void cuts_long_text_to_its_columns(void **state)
{
	(void)state;
	assert_inert("abcdefgh", 8, 8, "abcdefgh");
	assert_inert("abcdefgh", 8, 7, "abcd...");
	assert_inert("abc\001defgh", 9, 9, "abc...");
	assert_inert("abcdefgh", 8, 3, "...");
	assert_inert("gr\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc", 10, 5, "gr...");
}

static bool refuse(void *to, const void *at, size_t len)
{
	(void)to;
	(void)at;
	(void)len;
	return false;
}

static void says_at_flush_what_was_not_written(void **state)
{
	struct inq_sink full;
	char longer[5000];

	(void)state;
	inq_sink_init(&full, refuse, NULL);
	inq_put(&full, "short");
	assert_false(full.failed);
	assert_false(inq_sink_flush(&full));
	inq_put(&full, "more");
	assert_false(inq_sink_flush(&full));
	memset(longer, 'x', sizeof longer);
	inq_sink_init(&full, refuse, NULL);
	inq_put_bytes(&full, (struct inq_bytes){ (const uint8_t *)longer, sizeof longer });
	assert_true(full.failed);
	assert_false(inq_sink_flush(&full));
}

static void keeps_the_order_of_short_and_long_pieces(void **state)
{
	char longer[9001];
	size_t at = 0;

	(void)state;
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = 0;
	for (int i = 0; i < 5; i++) {
		inq_putf(&sink, "<%d>", i);
		inq_put(&sink, longer);
	}
	assert_true(inq_sink_flush(&sink));
	assert_int_equal(memory.len, 5 * 9003);
	for (char i = '0'; i < '5'; i++, at += 9003)
		assert_true(memory.at[at] == '<' && memory.at[at + 1] == i && memory.at[at + 3] == 'x');
}

/* JSON. */

static void writes_json(void **state)
{
	struct inq_json j;

	(void)state;
	inq_json_init(&j, &sink, false);
	inq_json_object(&j, NULL);
	inq_json_u64(&j, "most", UINT64_MAX);
	inq_json_i64(&j, "least", INT64_MIN);
	inq_json_va(&j, "va", 0xffffffff80000000);
	inq_json_bool(&j, "yes", true);
	inq_json_text(&j, "none", NULL);
	inq_json_array(&j, "list");
	inq_json_milli(&j, NULL, 1);
	inq_json_milli(&j, NULL, -1500);
	inq_json_object(&j, NULL);
	inq_json_end_object(&j);
	inq_json_end_array(&j);
	inq_json_array(&j, "empty");
	inq_json_end_array(&j);
	inq_json_end_object(&j);
	assert_written("{\"most\":18446744073709551615,\"least\":-9223372036854775808,"
	               "\"va\":\"0xffffffff80000000\",\"yes\":true,\"none\":null,"
	               "\"list\":[0.001,-1.500,{}],\"empty\":[]}");
}

static void indents_json_for_people(void **state)
{
	struct inq_json j;

	(void)state;
	inq_json_init(&j, &sink, true);
	inq_json_object(&j, NULL);
	inq_json_u64(&j, "a", 1);
	inq_json_array(&j, "b");
	inq_json_u64(&j, NULL, 2);
	inq_json_u64(&j, NULL, 3);
	inq_json_end_array(&j);
	inq_json_end_object(&j);
	assert_written("{\n  \"a\": 1,\n  \"b\": [\n    2,\n    3\n  ]\n}\n");
}

static void escapes_json_strings_so_that_they_always_load(void **state)
{
	static const struct {
		const char *text, *json;
	} case_of[] = {
		{ "", "\"\"" },
		{ "\"\\/", "\"\\\"\\\\/\"" },
		{ "\001\033\n\x7f", "\"\\u0001\\u001b\\u000a\\u007f\"" },
		{ "gr\xc3\xbcn", "\"gr\xc3\xbcn\"" },
		{ "\xff"
		  "a\xc3",
		        "\"\\ufffd"
		        "a\\ufffd\"" },
		{ "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"" },
	};
	struct inq_json j;

	(void)state;
	for (size_t i = 0; i < sizeof case_of / sizeof *case_of; i++) {
		inq_json_init(&j, &sink, false);
		inq_json_text(&j, NULL, case_of[i].text);
		assert_written(case_of[i].json);
	}
	inq_json_init(&j, &sink, false);
	inq_json_string(&j, NULL, (struct inq_bytes){ (const uint8_t *)"a\0b", 3 });
	assert_written("\"a\\u0000b\"");
}

/* Digests: the vectors of FIPS 180-4, RFC 1321 and the XXH3 specification. */

static void digests_give_the_published_values(void **state)
{
	struct inq_sha256 sha;
	uint8_t md5[16];
	char hex[65];

	(void)state;
	assert_int_equal(inq_sha256(inq_bytes_of("abc"), &sha), INQ_OK);
	inq_hex(sha.byte, 32, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(inq_sha256(inq_bytes_of(""), &sha), INQ_OK);
	inq_hex(sha.byte, 32, hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_int_equal(inq_md5(inq_bytes_of("message digest"), md5), INQ_OK);
	inq_hex(md5, 16, hex);
	assert_string_equal(hex, "f96b697d7cb7938d525a2f31aaf161d0");
	assert_true(inq_hash64("", 0, 0) == 0x2d06800538d394c2);
}

/* Status. */

static void errors_carry_place_and_sentence(void **state)
{
	struct inq_error err;
	char longer[400];

	(void)state;
	assert_int_equal(
	        inq_fail(&err, INQ_TRUNCATED, 64, "the table of %d entries ends early", 3), INQ_TRUNCATED);
	assert_true(err.at == 64);
	assert_string_equal(err.text, "the table of 3 entries ends early");
	assert_int_equal(inq_fail(NULL, INQ_IO, 0, "nobody asks"), INQ_IO);
	memset(longer, 'y', sizeof longer - 1);
	longer[sizeof longer - 1] = 0;
	assert_int_equal(inq_fail(&err, INQ_CORRUPT, 0, "%s", longer), INQ_CORRUPT);
	assert_int_equal(strlen(err.text), sizeof err.text - 1);
}

/* Addresses. The examples of RFC 4291, section 2.2, and RFC 5952, section 4. */

static void writes_one_form_of_an_address(void **state)
{
	static const char *const rows[][2] = {
		{ "ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", "abcd:ef01:2345:6789:abcd:ef01:2345:6789" },
		{ "2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a" },
		{ "FF01:0:0:0:0:0:0:101", "ff01::101" },
		{ "0:0:0:0:0:0:0:1", "::1" },
		{ "0:0:0:0:0:0:0:0", "::" },
		{ "::", "::" },
		{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
		{ "2001:db8::0:1", "2001:db8::1" },
		{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
		{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
		{ "2001:db8:1::", "2001:db8:1::" },
	};
	static const char *const wrong[] = { "", ":", ":::", "1", "1:2", "1:2:3:4:5:6:7:8:9", "1::2::3",
		"12345::", "1:2:3:4:5:6:7::8:9", "::g", "1:", "::1.2.3.4", ":1::" };
	uint8_t address[16], quad[4];

	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_true(inq_ipv6_read(inq_bytes_of(rows[i][0]), address));
		inq_put_ipv6(&sink, address);
		assert_written(rows[i][1]);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(inq_ipv6_read(inq_bytes_of(wrong[i]), address));
	assert_true(inq_ipv4_read(inq_bytes_of("198.51.100.9"), quad) && quad[3] == 9);
	assert_false(inq_ipv4_read(inq_bytes_of("198.51.100.09"), quad));
	assert_false(inq_ipv4_read(inq_bytes_of("198.51.100.256"), quad));
	assert_false(inq_ipv4_read(inq_bytes_of("198.51.100"), quad));
	assert_false(inq_ipv4_read(inq_bytes_of("198.51.100.9."), quad));
}

static void exit_codes_say_whose_fault(void **state)
{
	(void)state;
	assert_int_equal(inq_status_exit(INQ_OK), 0);
	assert_int_equal(inq_status_exit(INQ_CORRUPT), 1);
	assert_int_equal(inq_status_exit(INQ_BAD_ARGUMENT), 2);
	assert_int_equal(inq_status_exit(INQ_TRUNCATED), 3);
	assert_int_equal(inq_status_exit(INQ_UNRECOGNISED), 3);
	assert_int_equal(inq_status_exit(INQ_TIMED_OUT), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_integers_of_both_orders),
		cmocka_unit_test(refuses_integers_past_the_end),
		cmocka_unit_test(cuts_only_what_lies_inside),
		cmocka_unit_test(reads_leb128),
		cmocka_unit_test(refuses_leb128_that_does_not_end),
		cmocka_unit_test(reads_strings_up_to_nul_limit_and_end),
		cmocka_unit_test(hands_out_zeroed_aligned_memory),
		cmocka_unit_test(keeps_to_its_limit),
		cmocka_unit_test(extends_arrays_and_keeps_what_they_hold),
		cmocka_unit_test(fails_each_allocation_when_told_to),
		cmocka_unit_test_setup_teardown(writes_hostile_text_inertly, text_open, text_close),
		cmocka_unit_test_setup_teardown(every_byte_is_inert, text_open, text_close),
		cmocka_unit_test_setup_teardown(cuts_long_text_to_its_columns, text_open, text_close),
		cmocka_unit_test(says_at_flush_what_was_not_written),
		cmocka_unit_test_setup_teardown(
		        keeps_the_order_of_short_and_long_pieces, text_open, text_close),
		cmocka_unit_test_setup_teardown(writes_json, text_open, text_close),
		cmocka_unit_test_setup_teardown(indents_json_for_people, text_open, text_close),
		cmocka_unit_test_setup_teardown(
		        escapes_json_strings_so_that_they_always_load, text_open, text_close),
		cmocka_unit_test(digests_give_the_published_values),
		cmocka_unit_test(errors_carry_place_and_sentence),
		cmocka_unit_test_setup_teardown(writes_one_form_of_an_address, text_open, text_close),
		cmocka_unit_test(exit_codes_say_whose_fault),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
