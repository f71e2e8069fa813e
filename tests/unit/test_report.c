#include "report/table.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* What was written, as a string. */
struct page {
	struct inq_arena *a;
	struct inq_memory_sink memory;
	struct inq_sink out;
};

static int set_up(void **state)
{
	static struct page p;

	p.a = inq_arena_open(1 << 20);
	p.memory = (struct inq_memory_sink){ .arena = p.a };
	inq_sink_init(&p.out, inq_memory_sink_write, &p.memory);
	*state = &p;
	return p.a ? 0 : -1;
}

static int tear_down(void **state)
{
	struct page *p = *state;

	inq_arena_close(p->a);
	return 0;
}

static const char *written(struct page *p)
{
	inq_put_bytes(&p->out, (struct inq_bytes){ (const uint8_t *)"", 1 });
	assert_true(inq_sink_flush(&p->out));
	return p->memory.at;
}

/* The longest line in bytes. */
static size_t widest(const char *text)
{
	size_t most = 0, len;

	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		if (len > most)
			most = len;
	}
	return most;
}

static const struct inq_report_style plain = { .columns = 80 };

static void groups_digits_by_three(void **state)
{
	char text[27];

	(void)state;
	assert_string_equal(number_text(0, text), "0");
	assert_string_equal(number_text(999, text), "999");
	assert_string_equal(number_text(1000, text), "1,000");
	assert_string_equal(number_text(1234567, text), "1,234,567");
	assert_string_equal(number_text(UINT64_MAX, text), "18,446,744,073,709,551,615");
}

static void shares_round_to_the_nearest_tenth(void **state)
{
	char text[16];

	(void)state;
	assert_string_equal(share_text(1, 3, text), "33.3 %");
	assert_string_equal(share_text(2, 3, text), "66.7 %");
	assert_string_equal(share_text(3, 3, text), "100.0 %");
	assert_string_equal(share_text(0, 3, text), "0.0 %");
	assert_string_equal(share_text(1, 0, text), "-");
	assert_string_equal(share_text(UINT64_MAX, UINT64_MAX, text), "100.0 %");
}

static void table_aligns_its_columns(void **state)
{
	static const struct table_column columns[] = { { "name", false, 0 }, { "count", true, 0 } };
	struct page *p = *state;
	struct table t;

	table_init(&t, p->a, columns, 2);
	table_cell(&t, "a");
	table_number(&t, 1000);
	table_cell(&t, "longer");
	table_number(&t, 7);
	table_put(&t, &plain, 2, &p->out);
	assert_string_equal(written(p), "  name    count\n"
	                                "  a       1,000\n"
	                                "  longer      7\n");
}

static void columns_with_nothing_in_them_are_left_out(void **state)
{
	static const struct table_column columns[] = { { "a", false, 0 }, { "named", false, 0 },
		{ "b", true, 0 } };
	struct page *p = *state;
	struct table t;

	table_init(&t, p->a, columns, 3);
	for (int i = 0; i < 2; i++) {
		table_cell(&t, "x");
		table_cell(&t, NULL);
		table_cell(&t, "y");
	}
	table_put(&t, &plain, 0, &p->out);
	assert_string_equal(written(p), "a  b\n"
	                                "x  y\n"
	                                "x  y\n");
}

static void lines_end_without_blanks(void **state)
{
	static const struct table_column columns[] = { { "a", false, 0 }, { "b", false, 0 } };
	struct page *p = *state;
	struct table t;

	table_init(&t, p->a, columns, 2);
	table_cell(&t, "x");
	table_cell(&t, NULL);
	table_cell(&t, "wide one");
	table_cell(&t, "y");
	table_put(&t, &plain, 0, &p->out);
	assert_null(strstr(written(p), " \n"));
}

static void words_that_do_not_fit_go_on_in_the_next_line(void **state)
{
	static const struct table_column columns[] = { { "n", true, 0 }, { "words", false, 8 },
		{ "end", false, 0 } };
	struct inq_report_style narrow = { .columns = 22 };
	struct page *p = *state;
	struct table t;

	table_init(&t, p->a, columns, 3);
	table_number(&t, 1);
	table_cell(&t, "moderate support for it");
	table_cell(&t, "here");
	table_number(&t, 2);
	table_cell(&t, "unbreakableness");
	table_cell(&t, "there");
	table_put(&t, &narrow, 0, &p->out);
	assert_string_equal(written(p), "n  words         end\n"
	                                "1  moderate      here\n"
	                                "   support for\n"
	                                "   it\n"
	                                "2  unbreakab...  there\n");
}

static void only_columns_that_may_be_cut_are_cut(void **state)
{
	static const struct table_column columns[] = { { "name", false, 8 }, { "address", true, 0 },
		{ "other", false, 8 } };
	struct inq_report_style narrow = { .columns = 50 };
	char name[200];
	struct page *p = *state;
	struct table t;
	const char *text;

	memset(name, 'n', sizeof name);
	name[sizeof name - 1] = 0;
	table_init(&t, p->a, columns, 3);
	table_cell(&t, name);
	table_cell(&t, "0x1122334455667788");
	table_cell(&t, name);
	table_put(&t, &narrow, 0, &p->out);
	text = written(p);
	assert_int_equal(widest(text), 50);
	assert_non_null(strstr(text, "0x1122334455667788"));
	assert_non_null(strstr(text, "nnn..."));
}

static void names_cannot_command_the_terminal(void **state)
{
	static const struct table_column columns[] = { { "name", false, 8 } };
	struct page *p = *state;
	struct table t;
	const char *text;

	table_init(&t, p->a, columns, 1);
	table_cell(&t, "\033[2Jgone\n\xc2\x9b\xe2\x80\xae");
	table_put(&t, &plain, 0, &p->out);
	paragraph_put("\033]0;title\007 \x7f", &plain, 0, &p->out);
	text = written(p);
	for (size_t i = 0; text[i]; i++)
		assert_true(text[i] == '\n' || (text[i] >= 0x20 && text[i] < 0x7f));
	assert_non_null(strstr(text, "\\x1b[2Jgone\\x0a"));
}

static void table_without_memory_says_so(void **state)
{
	static const struct table_column columns[] = { { "name", false, 8 } };
	struct page *p = *state;
	struct inq_arena *small = inq_arena_open(4096);
	struct table t;

	table_init(&t, small, columns, 1);
	for (int i = 0; i < 1000; i++)
		table_cell(&t, "some name");
	table_put(&t, &plain, 0, &p->out);
	assert_non_null(strstr(written(p), "rows are missing"));
	inq_arena_close(small);
}

static void paint_is_put_only_where_asked_for(void **state)
{
	struct inq_report_style colour = { .columns = 80, .colour = true };
	struct page *p = *state;

	paint_put(&plain, PAINT_RED, &p->out);
	inq_put(&p->out, "a");
	paint_end(&plain, PAINT_RED, &p->out);
	paint_put(&colour, PAINT_RED, &p->out);
	inq_put(&p->out, "b");
	paint_end(&colour, PAINT_RED, &p->out);
	assert_string_equal(written(p), "a\033[31mb\033[0m");
}

static void bars_show_what_is_there(void **state)
{
	struct page *p = *state;

	bar_put(1, 2, 4, &p->out);
	inq_put(&p->out, "|");
	bar_put(1, 1000000, 4, &p->out);
	inq_put(&p->out, "|");
	bar_put(0, 5, 4, &p->out);
	inq_put(&p->out, "|");
	bar_put(5, 0, 4, &p->out);
	assert_string_equal(written(p), "##..|#...|....|#...");
}

static void paragraphs_break_at_blanks(void **state)
{
	struct inq_report_style narrow = { .columns = 40 };
	struct page *p = *state;
	const char *text;

	paragraph_put(
	        "the quick brown fox jumps over the lazy dog and then rests a while", &narrow, 2, &p->out);
	text = written(p);
	assert_string_equal(text, "  the quick brown fox jumps over the\n"
	                          "  lazy dog and then rests a while\n");
}

static void functions_are_lines_that_no_name_breaks(void **state)
{
	char odd_name[] = "a\tb";
	struct inq_function functions[] = {
		{ .va = 0x1000, .size = 16, .block_count = 2, .name = "main" },
		{ .va = 0x1010, .size = 6, .block_count = 1, .flags = INQ_FUNCTION_STUB },
		{ .va = 0xffffffff00000000, .size = 3, .block_count = 1, .name = odd_name },
	};
	struct inq_code code = { .functions = functions, .function_count = 3 };
	struct page *p = *state;

	inq_report_functions(&code, &p->out);
	assert_string_equal(written(p), "0x1000\t16\t2\tmain\n"
	                                "0x1010\t6\t1\t\n"
	                                "0xffffffff00000000\t3\t1\ta\\x09b\n");
}

static void strings_say_where_they_are(void **state)
{
	struct inq_string strings[] = {
		{ .off = 0x10, .va = 0x400010, .text = { (const uint8_t *)"hello", 5 } },
		{ .off = 0x20, .text = { (const uint8_t *)"wide", 4 }, .wide = true },
	};
	struct inq_observation o = { .strings = strings, .string_count = 2 };
	struct page *p = *state;

	inq_report_strings(&o, &p->out);
	assert_string_equal(written(p), "0x400010\tascii\thello\n"
	                                "+0x20\tutf-16\twide\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_digits_by_three),
		cmocka_unit_test(shares_round_to_the_nearest_tenth),
		cmocka_unit_test_setup_teardown(table_aligns_its_columns, set_up, tear_down),
		cmocka_unit_test_setup_teardown(columns_with_nothing_in_them_are_left_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lines_end_without_blanks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		        words_that_do_not_fit_go_on_in_the_next_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_columns_that_may_be_cut_are_cut, set_up, tear_down),
		cmocka_unit_test_setup_teardown(names_cannot_command_the_terminal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(table_without_memory_says_so, set_up, tear_down),
		cmocka_unit_test_setup_teardown(paint_is_put_only_where_asked_for, set_up, tear_down),
		cmocka_unit_test_setup_teardown(bars_show_what_is_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(paragraphs_break_at_blanks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(functions_are_lines_that_no_name_breaks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(strings_say_where_they_are, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
