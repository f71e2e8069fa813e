#include "cli/cli.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool text(const char *body, bool colour)
{
	return cli_body_is_text(inq_bytes_of(body), colour);
}

static bool json(const char *body)
{
	return cli_body_is_json(inq_bytes_of(body));
}

static void plain_text_passes(void **state)
{
	(void)state;
	assert_true(text("", false));
	assert_true(text("0x1000\t16\tname\n", false));
	assert_true(text("one,two\r\n", false));
	assert_true(text("caf\xc3\xa9 \xf0\x9f\x98\x80\n", false));
}

static void text_that_commands_a_terminal_does_not_pass(void **state)
{
	static const char *const bad[] = { "\033[2J", "\033[31", "\033]0;title\007", "\033[?1049h", "\033",
		"a\rb", "\x08", "\x7f",
		("\xc2\x9b"
		 "2J"),
		"\xff", "\xc3", "\xed\xa0\x80", "\xc0\x80", "\033[31;", "\033[1111111111111111111m" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_false(text(bad[i], false));
		assert_false(text(bad[i], true));
	}
	assert_false(cli_body_is_text((struct inq_bytes){ (const uint8_t *)"a\0b", 3 }, true));
}

static void colour_passes_only_where_it_was_asked_for(void **state)
{
	(void)state;
	assert_true(text("\033[31mred\033[0m\n", true));
	assert_true(text("\033[1;31mred\033[m\n", true));
	assert_false(text("\033[31mred\033[0m\n", false));
}

static void whole_json_passes(void **state)
{
	static const char *const good[] = { "{}", "[]", "{\"a\":1}", "{\"a\": [1, 2, {\"b\": null}]}\n",
		"-0.5e+3", "\"\\u00e9\\n\\\"\"", "true", "{\"a\":1}\n{\"b\":2}\n", "\n    {\"a\":1},\n    {}",
		"\"caf\xc3\xa9\"", "[[[[[]]]]]", "0", "10.000" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(json(good[i]));
}

static void broken_json_does_not_pass(void **state)
{
	static const char *const bad[] = { "", "{", "}", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
		"{a:1}", "{1:2}", "\"open", "\"\\x\"", "\"\\u12g4\"", "\"a\nb\"", "\"\033[2J\"", "\"\x7f\"",
		"\"\xff\"", "01", "1.", ".5", "-", "1e", "nul", "[}", "{]", "]", ",{}", "{},", "{}]",
		"[{\"a\":1]}", "tru e", "{\"a\":1 \"b\":2}", "{\"a\"=1}", "{,}", "[,]" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (json(bad[i]))
			fail_msg("passes: %s", bad[i]);
}

/* A document cut anywhere is no document: what a child managed to say before it broke must not pass. */
static void json_cut_anywhere_does_not_pass(void **state)
{
	static const char whole[] = "{\"a\":[1,\"\\u0041\",{\"b\":null}],\"c\":true}";

	(void)state;
	assert_true(json(whole));
	for (size_t len = 0; len < sizeof whole - 1; len++)
		assert_false(cli_body_is_json((struct inq_bytes){ (const uint8_t *)whole, len }));
}

static void depth_is_bounded(void **state)
{
	char deep[200];

	(void)state;
	memset(deep, '[', 64);
	memset(deep + 64, ']', 64);
	assert_true(cli_body_is_json((struct inq_bytes){ (const uint8_t *)deep, 128 }));
	memset(deep, '[', 65);
	memset(deep + 65, ']', 65);
	assert_false(cli_body_is_json((struct inq_bytes){ (const uint8_t *)deep, 130 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_passes),
		cmocka_unit_test(text_that_commands_a_terminal_does_not_pass),
		cmocka_unit_test(colour_passes_only_where_it_was_asked_for),
		cmocka_unit_test(whole_json_passes),
		cmocka_unit_test(broken_json_does_not_pass),
		cmocka_unit_test(json_cut_anywhere_does_not_pass),
		cmocka_unit_test(depth_is_bounded),
	};

	return cmocka_run_group_tests_name("body", tests, NULL, NULL);
}
