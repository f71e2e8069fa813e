#include "serve/plans.h"
#include "serve/request.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
/* After the headers that it needs. */
#include <cmocka.h>

static struct inq_arena *arena;

static int open_arena(void **state)
{
	(void)state;
	arena = inq_arena_open(64 << 20);
	return arena ? 0 : -1;
}

static int close_arena(void **state)
{
	(void)state;
	inq_arena_close(arena);
	return 0;
}

static struct request target(const char *text, enum inq_status expected)
{
	struct request r = { .part_count = 0 };

	assert_int_equal(request_target(text, arena, &r), expected);
	return r;
}

static void reads_parts_and_fields(void **state)
{
	struct request r = target("/exhibits/ab%20c?page=2&q=a+b%26c&q=second", INQ_OK);

	(void)state;
	assert_int_equal(r.part_count, 2);
	assert_string_equal(r.parts[1], "ab c");
	assert_int_equal(request_number(&r, "page", 1), 2);
	assert_string_equal(request_value(&r, "q"), "a b&c");
	assert_null(request_value(&r, "other"));
	assert_int_equal(target("/", INQ_OK).part_count, 0);
}

static void refuses_paths_that_lead_elsewhere(void **state)
{
	static const char *const bad[] = { "", "a", "//", "/a//b", "/a/", "/.", "/..", "/%2e%2e/a", "/a%2fb",
		"/a\\b", "/%", "/%4", "/%zz", "/%00", "/%ff", "/a%0ab", "/a b", "/?A=1", "/?=1", "/?a=%00",
		"/?a=%ff" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		(void)target(bad[i], INQ_BAD_ARGUMENT);
	(void)target("/1/2/3/4/5/6/7/8/9", INQ_OVER_LIMIT);
}

static void numbers_are_digits_and_few(void **state)
{
	struct request r = target("/?a=12&b=-1&c=1e3&d=9999999999999&e=", INQ_OK);

	(void)state;
	assert_int_equal(request_number(&r, "a", 7), 12);
	assert_int_equal(request_number(&r, "b", 7), 7);
	assert_int_equal(request_number(&r, "c", 7), 7);
	assert_int_equal(request_number(&r, "d", 7), 7);
	assert_int_equal(request_number(&r, "e", 7), 7);
}

static const char document[] =
        "{\"schema\":\"inquiry.search/"
        "1\",\"searches\":[{\"file\":\"x\",\"sha256\":\"ab\",\"coverage\":{\"code\":12},"
        "\"families\":[{\"label\":\"one\",\"distinctive\":2,\"information\":9},{\"label\":\"two\","
        "\"information\":100}],"
        "\"functions\":[{\"va\":\"0x10\",\"size\":7,\"information\":5,\"name\":\"b\",\"candidates\":[{"
        "\"label\":\"one\","
        "\"probability\":0.943},{\"label\":\"two\",\"probability\":0.100}]},{\"va\":\"0x20\",\"size\":70,"
        "\"information\":50,"
        "\"name\":\"a\",\"candidates\":[]}]}]}";

static struct rows made(const struct rows_plan *plan, const char *text)
{
	struct inq_memory_sink memory = { .arena = arena };
	struct inq_sink out;
	struct inq_error err;
	struct rows r;

	inq_sink_init(&out, inq_memory_sink_write, &memory);
	assert_int_equal(rows_write(plan, inq_bytes_of(text), arena, &out, &err), INQ_OK);
	assert_true(inq_sink_flush(&out));
	assert_true(rows_open((struct inq_bytes){ (const uint8_t *)memory.at, memory.len }, &r));
	return r;
}

static void rows_say_what_the_document_says(void **state)
{
	struct rows r = made(&plan_search, document);
	uint64_t row;

	(void)state;
	assert_int_equal(rows_count(&r, SEARCH_FAMILIES), 2);
	assert_int_equal(rows_count(&r, SEARCH_LIBRARIES), 0);
	assert_int_equal(rows_number(&r, SEARCH_SEARCHES, 0, Q_CODE), 12);
	assert_true(rows_is(&r, SEARCH_FAMILIES, 1, FAM_LABEL, "two"));
	assert_int_equal(rows_cell(&r, SEARCH_FAMILIES, 1, FAM_DISTINCTIVE).len, 0);
	assert_int_equal(rows_count(&r, SEARCH_CANDIDATES), 2);
	assert_true(rows_is(&r, SEARCH_CANDIDATES, 0, CA_PROBABILITY, "0.943"));
	assert_true(rows_is(&r, SEARCH_CANDIDATES, 1, CA_FUNCTION, "0x10"));
	assert_int_equal(rows_number(&r, SEARCH_FUNCTIONS, 0, SF_CANDIDATES), 2);
	assert_true(rows_find(&r, SEARCH_FUNCTIONS, SF_VA, inq_bytes_of("0x20"), 0, &row));
	assert_int_equal(row, 1);
	assert_false(rows_find(&r, SEARCH_FUNCTIONS, SF_VA, inq_bytes_of("0x2"), 0, &row));
}

static void orders_are_by_number_and_by_text(void **state)
{
	struct rows r = made(&plan_search, document);

	(void)state;
	assert_int_equal(rows_order(&r, SEARCH_FUNCTIONS, SF_BY_INFORMATION, 0), 1);
	assert_int_equal(rows_order(&r, SEARCH_FUNCTIONS, SF_BY_NAME, 0), 1);
	assert_int_equal(rows_order(&r, SEARCH_FUNCTIONS, SF_BY_NAME, 1), 0);
	/* There is no such order, or place. */
	assert_int_equal(rows_order(&r, SEARCH_FUNCTIONS, 9, 1), 1);
	assert_int_equal(rows_order(&r, SEARCH_FUNCTIONS, 0, 5), 5);
}

static void what_is_not_there_is_empty(void **state)
{
	struct rows r = made(&plan_search, document), none = { .tables = 0 };

	(void)state;
	assert_int_equal(rows_cell(&r, SEARCH_FUNCTIONS, 2, SF_VA).len, 0);
	assert_int_equal(rows_cell(&r, SEARCH_FUNCTIONS, 0, 99).len, 0);
	assert_int_equal(rows_cell(&r, 99, 0, 0).len, 0);
	assert_int_equal(rows_count(&none, 0), 0);
	assert_int_equal(rows_cell(&r, SEARCH_FUNCTIONS, UINT64_MAX, 0).len, 0);
}

static void refuses_another_schema_and_no_json(void **state)
{
	struct inq_memory_sink memory = { .arena = arena };
	struct inq_sink out;
	struct inq_error err;

	(void)state;
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	assert_int_equal(rows_write(&plan_log, inq_bytes_of(document), arena, &out, &err), INQ_UNRECOGNISED);
	assert_int_equal(rows_write(&plan_search, inq_bytes_of("[1]"), arena, &out, &err), INQ_UNRECOGNISED);
	assert_int_equal(rows_write(&plan_search, inq_bytes_of("{"), arena, &out, &err), INQ_TRUNCATED);
}

static void every_byte_may_be_another(void **state)
{
	struct rows r = made(&plan_search, document);
	uint8_t *copy = inq_arena_new(arena, r.bytes.len, 1);

	(void)state;
	for (size_t i = 0; i < r.bytes.len; i++) {
		struct rows damaged;

		memcpy(copy, r.bytes.at, r.bytes.len);
		copy[i] ^= 0xff;
		if (!rows_open((struct inq_bytes){ copy, r.bytes.len }, &damaged))
			continue;
		for (unsigned t = 0; t < 5; t++) {
			uint64_t found = 0;

			(void)rows_search(&damaged, t, inq_bytes_of("o"), 0, &found);
			for (uint64_t row = 0; row < 4; row++)
				for (unsigned c = 0; c < 16; c++) {
					struct inq_bytes cell =
					        rows_cell(&damaged, t, rows_order(&damaged, t, 0, row), c);

					assert_true(!cell.len ||
					            (cell.at >= copy &&
					                    cell.at + cell.len <= copy + r.bytes.len));
				}
		}
	}
}

static void searches_the_text_of_some_columns(void **state)
{
	struct rows r = made(&plan_search, document);
	uint64_t row;

	(void)state;
	assert_true(rows_search(&r, SEARCH_FAMILIES, inq_bytes_of("tw"), 0, &row));
	assert_int_equal(row, 1);
	assert_true(rows_search(&r, SEARCH_FAMILIES, inq_bytes_of("o"), 0, &row));
	assert_int_equal(row, 0);
	assert_true(rows_search(&r, SEARCH_FAMILIES, inq_bytes_of("o"), 1, &row));
	assert_int_equal(row, 1);
	assert_false(rows_search(&r, SEARCH_FAMILIES, inq_bytes_of("o"), 2, &row));
	assert_false(rows_search(&r, SEARCH_FAMILIES, inq_bytes_of("100"), 0, &row));
	assert_false(rows_search(&r, SEARCH_FUNCTIONS, inq_bytes_of("a"), 0, &row));
}

static void finds_text_whatever_its_case(void **state)
{
	(void)state;
	assert_true(rows_contain(inq_bytes_of("RegOpenKey"), inq_bytes_of("openkey")));
	assert_false(rows_contain(inq_bytes_of("RegOpenKe"), inq_bytes_of("openkey")));
	assert_true(rows_contain(inq_bytes_of("x"), inq_bytes_of("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_parts_and_fields),
		cmocka_unit_test(refuses_paths_that_lead_elsewhere),
		cmocka_unit_test(numbers_are_digits_and_few),
		cmocka_unit_test(rows_say_what_the_document_says),
		cmocka_unit_test(orders_are_by_number_and_by_text),
		cmocka_unit_test(what_is_not_there_is_empty),
		cmocka_unit_test(refuses_another_schema_and_no_json),
		cmocka_unit_test(every_byte_may_be_another),
		cmocka_unit_test(searches_the_text_of_some_columns),
		cmocka_unit_test(finds_text_whatever_its_case),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
