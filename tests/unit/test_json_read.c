#include <inquiry/base64.h>
#include <inquiry/hash.h>
#include <inquiry/json.h>
#include <inquiry/json_read.h>
#include <inquiry/text.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static enum inq_status read_text(
        struct inq_bytes b, struct inq_arena *a, const struct inq_json_value **ret, struct inq_error *err)
{
	*ret = NULL;
	return inq_json_read(b, a, ret, err);
}

static void reads_every_kind_with_its_offset(void **state)
{
	static const char text[] =
	        " {\"a\":null,\"b\":[true,false],\"c\":-12,\"d\":\"x\\ny\\u00e9\\ud83d\\ude00\","
	        "\"e\":{\"f\":9007199254740991},\"\":[]} ";
	struct inq_arena *a = inq_arena_open(1 << 20);
	const struct inq_json_value *top, *v;
	struct inq_error err;

	(void)state;
	assert_int_equal(read_text(inq_bytes_of(text), a, &top, &err), INQ_OK);
	assert_int_equal(top->kind, INQ_JSON_OBJECT);
	assert_int_equal(top->count, 6);
	assert_int_equal(top->at, 1);
	assert_int_equal(top->end, strlen(text) - 1);
	assert_int_equal(inq_json_member(top, "a")->kind, INQ_JSON_NULL);
	v = inq_json_member(top, "b");
	assert_int_equal(v->count, 2);
	assert_true(v->first->truth && !v->first->next->truth && !v->first->next->next);
	assert_int_equal(text[v->first->next->at], 'f');
	assert_int_equal(inq_json_member(top, "c")->integer, -12);
	assert_int_equal(text[inq_json_member(top, "c")->at], '-');
	v = inq_json_member(top, "d");
	assert_true(inq_bytes_equal(v->string, "x\ny\xc3\xa9\xf0\x9f\x98\x80"));
	v = inq_json_member(inq_json_member(top, "e"), "f");
	assert_true(v->integer == 9007199254740991);
	assert_int_equal(v->key_at, (uint64_t)(strstr(text, "\"f\"") - text));
	assert_int_equal(inq_json_member(top, "")->kind, INQ_JSON_ARRAY);
	assert_null(inq_json_member(top, "g"));
	assert_null(inq_json_member(v, "g"));
	inq_arena_close(a);
}

static void refuses_what_two_readers_could_read_differently(void **state)
{
	static const struct {
		const char *text;
		size_t len; /* 0: as a string */
		enum inq_status status;
		uint64_t at;
	} odd[] = {
		{ "", 0, INQ_TRUNCATED, 0 },
		{ " ", 0, INQ_TRUNCATED, 1 },
		{ "{\"a\":1,\"a\":2}", 0, INQ_UNRECOGNISED, 7 },
		{ "{\"a\":1,\"\\u0061\":2}", 0, INQ_UNRECOGNISED, 7 },
		{ "[{\"x\":{\"b\":0,\"c\":0,\"b\":0}}]", 0, INQ_UNRECOGNISED, 19 },
		{ "{} x", 0, INQ_UNRECOGNISED, 3 },
		{ "{}{}", 0, INQ_UNRECOGNISED, 2 },
		{ "1.0", 0, INQ_UNRECOGNISED, 1 },
		{ "1e3", 0, INQ_UNRECOGNISED, 1 },
		{ "-0", 0, INQ_UNRECOGNISED, 0 },
		{ "01", 0, INQ_UNRECOGNISED, 0 },
		{ "-", 0, INQ_TRUNCATED, 1 },
		{ "+1", 0, INQ_UNRECOGNISED, 0 },
		{ "9007199254740992", 0, INQ_OVER_LIMIT, 0 },
		{ "-9007199254740992", 0, INQ_OVER_LIMIT, 0 },
		{ "99999999999999999999999999", 0, INQ_OVER_LIMIT, 0 },
		{ "\"\\ud800\"", 0, INQ_UNRECOGNISED, 7 },
		{ "\"\\ud800\\u0041\"", 0, INQ_UNRECOGNISED, 13 },
		{ "\"\\udc00\"", 0, INQ_UNRECOGNISED, 7 },
		{ "\"\x80\"", 0, INQ_UNRECOGNISED, 1 },
		{ "\"\xc0\xaf\"", 0, INQ_UNRECOGNISED, 1 },
		{ "\"\xed\xa0\x80\"", 0, INQ_UNRECOGNISED, 1 },
		{ "\"a\x01\"", 0, INQ_UNRECOGNISED, 2 },
		{ "\"\\x\"", 0, INQ_UNRECOGNISED, 2 },
		{ "\"\\u12g4\"", 0, INQ_UNRECOGNISED, 5 },
		{ "\"open", 0, INQ_TRUNCATED, 5 },
		{ "\"\\", 0, INQ_TRUNCATED, 2 },
		{ "\"\\\"", 0, INQ_TRUNCATED, 3 },
		{ "[1,]", 0, INQ_UNRECOGNISED, 3 },
		{ "[,1]", 0, INQ_UNRECOGNISED, 1 },
		{ "[1 2]", 0, INQ_UNRECOGNISED, 3 },
		{ "[1}", 0, INQ_UNRECOGNISED, 2 },
		{ "{\"a\"}", 0, INQ_UNRECOGNISED, 4 },
		{ "{\"a\":}", 0, INQ_UNRECOGNISED, 5 },
		{ "{a:1}", 0, INQ_UNRECOGNISED, 1 },
		{ "{\"a\":1,}", 0, INQ_UNRECOGNISED, 7 },
		{ "tru", 0, INQ_TRUNCATED, 3 },
		{ "trux", 0, INQ_UNRECOGNISED, 0 },
		{ "NaN", 0, INQ_UNRECOGNISED, 0 },
		{ "\xef\xbb\xbf{}", 0, INQ_UNRECOGNISED, 0 },
		{ "{}\0", 3, INQ_UNRECOGNISED, 2 },
		{ "/* */1", 0, INQ_UNRECOGNISED, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		size_t len = odd[i].len ? odd[i].len : strlen(odd[i].text);
		struct inq_bytes b = { (const uint8_t *)odd[i].text, len };
		struct inq_arena *a = inq_arena_open(1 << 20);
		const struct inq_json_value *top;
		struct inq_error err = { 99, "" };
		enum inq_status status = read_text(b, a, &top, &err);

		if (status != odd[i].status || err.at != odd[i].at)
			print_message("%s: %d at %d: %s\n", odd[i].text, (int)status, (int)err.at, err.text);
		assert_int_equal(status, odd[i].status);
		assert_int_equal(err.at, odd[i].at);
		assert_null(top);
		inq_arena_close(a);
	}
}

static void nests_32_deep_and_no_deeper(void **state)
{
	char text[80];

	(void)state;
	for (size_t depth = 31; depth < 35; depth++) {
		struct inq_arena *a = inq_arena_open(1 << 20);
		const struct inq_json_value *top;
		struct inq_error err;

		memset(text, '[', depth);
		memset(text + depth, ']', depth);
		text[2 * depth] = 0;
		assert_int_equal(
		        read_text(inq_bytes_of(text), a, &top, &err), depth > 32 ? INQ_OVER_LIMIT : INQ_OK);
		inq_arena_close(a);
	}
}

static void a_hundred_thousand_keys_cost_no_square(void **state)
{
	struct inq_arena *a = inq_arena_open((size_t)256 << 20);
	size_t count = 100000, len = 0;
	char *text = inq_arena_new(a, count, 24);
	const struct inq_json_value *top;
	struct inq_error err;
	clock_t start;

	(void)state;
	len += (size_t)sprintf(text, "{");
	for (size_t i = 0; i < count; i++)
		len += (size_t)sprintf(text + len, "%s\"%08zu\":0", i ? "," : "", i * 7919 % count);
	text[len++] = '}';
	start = clock();
	assert_int_equal(read_text((struct inq_bytes){ (uint8_t *)text, len }, a, &top, &err), INQ_OK);
	assert_int_equal(top->count, count);
	/* Comparing each with each would take 10^10 steps. */
	assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
	inq_arena_close(a);
}

static void what_the_writer_writes_is_read_back(void **state)
{
	static const char odd[] = "q\"\\\n\x01\x7f\xe2\x80\xa8\xef\xbb\xbf\xf0\x9f\x98\x80\xc2\x85/";
	struct inq_arena *a = inq_arena_open(1 << 20);
	struct inq_memory_sink memory = { .arena = a };
	const struct inq_json_value *top;
	struct inq_error err;
	struct inq_sink sink;
	struct inq_json j;

	(void)state;
	inq_sink_init(&sink, inq_memory_sink_write, &memory);
	inq_json_init(&j, &sink, true);
	inq_json_object(&j, NULL);
	inq_json_text(&j, odd, odd);
	inq_json_end_object(&j);
	assert_true(inq_sink_flush(&sink));
	assert_int_equal(
	        read_text((struct inq_bytes){ (uint8_t *)memory.at, memory.len }, a, &top, &err), INQ_OK);
	assert_true(inq_bytes_equal(top->first->key, odd) && inq_bytes_equal(top->first->string, odd));
	inq_arena_close(a);
}

static void failing_memory_is_a_status(void **state)
{
	static const char text[] = "{\"a\":[1,\"\\n\",{\"b\":2,\"c\":3}]}";

	(void)state;
	for (uint64_t n = 1;; n++) {
		struct inq_arena *a = inq_arena_open(1 << 20);
		const struct inq_json_value *top;
		struct inq_error err;
		enum inq_status status;

		inq_arena_fail_after(a, n);
		status = read_text(inq_bytes_of(text), a, &top, &err);
		inq_arena_close(a);
		if (status == INQ_OK) {
			assert_true(n > 8);
			break;
		}
		assert_int_equal(status, INQ_NO_MEMORY);
		assert_null(top);
	}
}

static void base64_has_one_text_for_one_value(void **state)
{
	/* RFC 4648, section 10. */
	static const char *const pairs[][2] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" } };
	static const char *const wrong[] = { "Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "====", "Zm 9",
		"Zm9v\n", "Z===", "Zm-_", "=Zg=" };
	uint8_t out[16];
	char text[16];
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		size_t n = strlen(pairs[i][0]);

		inq_base64((const uint8_t *)pairs[i][0], n, text);
		assert_string_equal(text, pairs[i][1]);
		assert_int_equal(inq_base64_length(n), strlen(text));
		assert_true(inq_base64_read(inq_bytes_of(text), out, n, &len));
		assert_int_equal(len, n);
		assert_memory_equal(out, pairs[i][0], n);
		if (n)
			assert_false(inq_base64_read(inq_bytes_of(text), out, n - 1, &len));
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(inq_base64_read(inq_bytes_of(wrong[i]), out, sizeof out, &len));
	assert_true(inq_base64_read_url(inq_bytes_of("-_-_"), out, sizeof out, &len));
	assert_false(inq_base64_read_url(inq_bytes_of("+/+/"), out, sizeof out, &len));
	assert_int_equal(out[0], 0xfb);
}

static void sha256_in_pieces_is_sha256(void **state)
{
	static uint8_t bytes[1000];
	struct inq_sha256 whole, pieces;
	struct inq_sha256_state s;
	char hex[65];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 7);
	for (size_t cut = 0; cut <= sizeof bytes; cut += 37) {
		inq_sha256_init(&s);
		inq_sha256_update(&s, bytes, cut);
		inq_sha256_update(&s, bytes + cut, sizeof bytes - cut);
		inq_sha256_final(&s, &pieces);
		assert_int_equal(inq_sha256((struct inq_bytes){ bytes, sizeof bytes }, &whole), INQ_OK);
		assert_true(inq_sha256_equal(&whole, &pieces));
	}
	inq_hex(whole.byte, 32, hex);
	assert_true(inq_unhex(inq_bytes_of(hex), pieces.byte, 32));
	assert_true(inq_sha256_equal(&whole, &pieces));
	hex[5] = 'G';
	assert_false(inq_unhex(inq_bytes_of(hex), pieces.byte, 32));
	assert_false(inq_unhex(inq_bytes_of("ABCD"), pieces.byte, 2));
	assert_false(inq_unhex(inq_bytes_of("abc"), pieces.byte, 1));
}

static void three_decimal_places_are_thousandths_where_asked_for(void **state)
{
	static const struct {
		const char *text;
		int64_t thousandths;
	} right[] = { { "0.870", 870 }, { "-2.102", -2102 }, { "-0.001", -1 }, { "0.000", 0 },
		{ "9007199254740.991", 9007199254740991 } };
	static const char *const wrong[] = { "0.87", "0.8700", "00.870", "-0.000", "1.", "1.5e1", "1.500e1",
		".500", "9007199254740.992" };
	struct inq_arena *a = inq_arena_open(1 << 20);
	const struct inq_json_value *top;
	struct inq_error err;

	(void)state;
	for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
		assert_int_equal(read_text(inq_bytes_of(right[i].text), a, &top, &err), INQ_UNRECOGNISED);
		assert_int_equal(inq_json_read_milli(inq_bytes_of(right[i].text), a, &top, &err), INQ_OK);
		assert_int_equal(top->kind, INQ_JSON_MILLI);
		assert_true(top->integer == right[i].thousandths);
		assert_int_equal(top->end, strlen(right[i].text));
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_not_equal(inq_json_read_milli(inq_bytes_of(wrong[i]), a, &top, &err), INQ_OK);
	assert_int_equal(inq_json_read_milli(inq_bytes_of("12"), a, &top, &err), INQ_OK);
	assert_int_equal(top->kind, INQ_JSON_INTEGER);
	inq_arena_close(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_kind_with_its_offset),
		cmocka_unit_test(refuses_what_two_readers_could_read_differently),
		cmocka_unit_test(nests_32_deep_and_no_deeper),
		cmocka_unit_test(a_hundred_thousand_keys_cost_no_square),
		cmocka_unit_test(what_the_writer_writes_is_read_back),
		cmocka_unit_test(three_decimal_places_are_thousandths_where_asked_for),
		cmocka_unit_test(failing_memory_is_a_status),
		cmocka_unit_test(base64_has_one_text_for_one_value),
		cmocka_unit_test(sha256_in_pieces_is_sha256),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
