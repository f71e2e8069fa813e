#include <inquiry/page.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA = 64 << 20 };

struct written {
	struct inq_arena *a;
	struct inq_memory_sink memory;
	struct inq_sink out;
	struct inq_html h;
};

static void begin(struct written *w)
{
	w->a = inq_arena_open(ARENA);
	assert_non_null(w->a);
	w->memory = (struct inq_memory_sink){ .arena = w->a };
	inq_sink_init(&w->out, inq_memory_sink_write, &w->memory);
	inq_html_init(&w->h, &w->out);
}

/* What was written, NUL-terminated. */
static const char *end(struct written *w)
{
	const char *text;

	assert_true(inq_sink_flush(&w->out));
	text = inq_arena_string(w->a, (struct inq_bytes){ (const uint8_t *)w->memory.at, w->memory.len });
	assert_non_null(text);
	return text;
}

static void markup_of_others_is_text(void **state)
{
	struct written w;

	(void)state;
	begin(&w);
	inq_html_open(&w.h, "p");
	inq_html_attr(&w.h, "title", "\"><script>alert('1')</script>");
	inq_html_given(&w.h, inq_bytes_of("</bdi><img src=x onerror=\"a&b\">"), 100);
	inq_html_close(&w.h);
	assert_string_equal(end(&w),
	        "<p title=\"&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;\">"
	        "<bdi>&lt;/bdi&gt;&lt;img src=x onerror=&quot;a&amp;b&quot;&gt;</bdi></p>\n");
	inq_arena_close(w.a);
}

static void what_does_not_show_is_spelled_out(void **state)
{
	struct written w;

	(void)state;
	begin(&w);
	/* An override, an escape sequence, a byte that is no UTF-8, a zero width, a tag character. */
	inq_html_given(&w.h,
	        inq_bytes_of("a\xe2\x80\xae"
	                     "b\x1b[2J\xff\xe2\x80\x8b\xf3\xa0\x81\x81"),
	        100);
	assert_string_equal(end(&w),
	        "<bdi>a<span class=\"odd\">U+202E</span>b<span class=\"odd\">U+001B</span>[2J"
	        "<span class=\"odd\">0xFF</span><span class=\"odd\">U+200B</span>"
	        "<span class=\"odd\">U+E0041</span></bdi>");
	inq_arena_close(w.a);
}

static void marks_pile_up_no_higher_than_two(void **state)
{
	struct written w;

	(void)state;
	begin(&w);
	inq_html_given(&w.h, inq_bytes_of("e\xcc\x81\xcc\x82\xcc\x83"), 100);
	assert_string_equal(end(&w), "<bdi>e\xcc\x81\xcc\x82<span class=\"odd\">U+0303</span></bdi>");
	inq_arena_close(w.a);
}

static void a_name_of_a_megabyte_is_cut_and_its_length_said(void **state)
{
	struct written w;
	char *name;

	(void)state;
	begin(&w);
	name = inq_arena_new(w.a, (1 << 20) + 1, 1);
	memset(name, 'x', 1 << 20);
	inq_html_given(&w.h, inq_bytes_of(name), 5);
	assert_string_equal(end(&w), "<bdi>xxxxx<span class=\"cut\">… (1048576 bytes in all)</span></bdi>");
	inq_arena_close(w.a);
}

static void a_table_says_which_heading_is_whose(void **state)
{
	static const struct inq_html_column columns[] = { { "Family", "" }, { "Functions", "n" } };
	struct written w;

	(void)state;
	begin(&w);
	inq_html_table(&w.h, "Families", columns, 2);
	inq_html_row(&w.h);
	inq_html_cell(&w.h);
	inq_html_text(&w.h, "alpha");
	inq_html_close(&w.h);
	inq_html_end_row(&w.h);
	inq_html_end_table(&w.h);
	assert_string_equal(end(&w),
	        "<div class=\"scroll\" role=\"region\" aria-labelledby=\"table-1\" tabindex=\"0\"><table>"
	        "<caption id=\"table-1\">Families</caption>\n<thead><tr><th scope=\"col\">Family</th>"
	        "<th class=\"n\" scope=\"col\">Functions</th></tr>\n</thead>\n<tbody><tr>"
	        "<th scope=\"row\">alpha</th><td class=\"n\"></td></tr>\n</tbody>\n</table>\n</div>\n");
	inq_arena_close(w.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markup_of_others_is_text),
		cmocka_unit_test(what_does_not_show_is_spelled_out),
		cmocka_unit_test(marks_pile_up_no_higher_than_two),
		cmocka_unit_test(a_name_of_a_megabyte_is_cut_and_its_length_said),
		cmocka_unit_test(a_table_says_which_heading_is_whose),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
