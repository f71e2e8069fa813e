#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../make/page_documents.h"
#include "../make/page_holds.h"

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

/* A family could be named so that it reads as another. */
static void letters_of_another_script_in_a_latin_word_are_spelled_out(void **state)
{
	struct written w;

	(void)state;
	begin(&w);
	inq_html_given(&w.h, inq_bytes_of("l\xd0\xb0z \xd1\x81row \xd0\xb4\xd0\xb0-ok gr\xc3\xbcn"), 100);
	assert_string_equal(end(&w),
	        "<bdi>l<span class=\"odd\">U+0430</span>z <span class=\"odd\">U+0441</span>row "
	        "\xd0\xb4\xd0\xb0-ok gr\xc3\xbcn</bdi>");
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
	        "<div class=\"scroll\" role=\"group\" aria-labelledby=\"table-1\" tabindex=\"0\"><table>"
	        "<caption id=\"table-1\">Families</caption>\n<thead><tr><th scope=\"col\">Family</th>"
	        "<th class=\"n\" scope=\"col\">Functions</th></tr>\n</thead>\n<tbody><tr>"
	        "<th scope=\"row\">alpha</th><td class=\"n\"></td></tr>\n</tbody>\n</table>\n</div>\n");
	inq_arena_close(w.a);
}

/* The report of these documents, which must hold; NUL-terminated, from `a`. */
static const char *report_of(
        struct inq_arena *a, const struct inq_bytes *documents, const char *const *entries, size_t count)
{
	struct inq_memory_sink memory = { .arena = a };
	struct inq_page page;
	struct inq_sink out;
	const char *text;
	char why[200] = "";

	inq_page_init(&page, a, "#");
	for (size_t i = 0; i < count; i++)
		assert_int_equal(inq_page_add(&page, documents[i], entries[i], NULL), INQ_OK);
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	inq_page_report(&page, &out);
	assert_true(inq_sink_flush(&out));
	text = inq_arena_string(a, (struct inq_bytes){ (const uint8_t *)memory.at, memory.len });
	assert_non_null(text);
	assert_int_equal(strlen(text), memory.len);
	if (!page_holds(text, why))
		fail_msg("%s", why);
	return text;
}

struct documents {
	char text[PAGE_DOCUMENTS][PAGE_DOCUMENT_MOST];
	struct inq_bytes bytes[PAGE_DOCUMENTS];
};

static struct documents *documents_of(struct inq_arena *a)
{
	struct documents *d = inq_arena_new(a, 1, sizeof *d);

	assert_non_null(d);
	for (size_t i = 0; i < PAGE_DOCUMENTS; i++)
		d->bytes[i] =
		        (struct inq_bytes){ (const uint8_t *)d->text[i], make_page_document(i, d->text[i]) };
	return d;
}

static void one_report_of_a_disputed_case_says_all_of_it(void **state)
{
	static const char *const says[] = { "<title>The harbour</title>",
		"moderate support</bdi></strong> for the proposition",
		"<a href=\"#acme/2\">130 (30 to 370,000)</a>", "id=\"acme/2\"", "id=\"zeta/1\"",
		"<blockquote><bdi>That is zlib.</bdi></blockquote>", "disputed by zeta (library-code)",
		"hxxp[:]//a[.]example/x[.]php", "the header is odd", "2019-01-01 00:00:00", "claimed",
		"observed", "Instruction by instruction", "FORKED", "A prior was declared", "50.00 %",
		"inquiry verify FOLDER --recompute", "exit 4: cut", "it is packed",
		"The call, with what it takes as given: <code><bdi>attribute</bdi> <bdi>--json</bdi>",
		"cannot be named, and are not" };
	struct inq_arena *a = inq_arena_open(ARENA);
	struct documents *d = documents_of(a);
	const char *text = report_of(a, d->bytes, page_entries, PAGE_DOCUMENTS);

	(void)state;
	for (size_t i = 0; i < sizeof says / sizeof *says; i++)
		if (!strstr(text, says[i]))
			fail_msg("does not say: %s", says[i]);
	assert_string_equal(text, report_of(a, d->bytes, page_entries, PAGE_DOCUMENTS));
	inq_arena_close(a);
}

static void beliefs_stand_beside_a_declared_prior_alone(void **state)
{
	struct inq_arena *a = inq_arena_open(ARENA);
	struct documents *d = documents_of(a);
	char *prior = strstr(d->text[2], "prior_per_10000");
	const char *text;

	(void)state;
	memcpy(prior, "other", 5);
	text = report_of(a, d->bytes, page_entries, PAGE_DOCUMENTS);
	assert_null(strstr(text, "Belief"));
	assert_null(strstr(text, "very likely"));
	inq_arena_close(a);
}

static void insufficient_grounds_are_a_conclusion(void **state)
{
	static const char text[] =
	        "{\"schema\":\"inquiry.attribution/1\",\"conclusion\":\"insufficient-grounds\","
	        "\"lacks\":[\"uncalibrated\",\"unheard\"],\"exhibits\":[{\"sha256\":\"aa\",\"file\":\"x\"}]}";
	struct inq_arena *a = inq_arena_open(ARENA);
	const struct inq_bytes document = inq_bytes_of(text);
	const char *const entry = NULL, *report = report_of(a, &document, &entry, 1);

	(void)state;
	assert_non_null(strstr(report, "<strong>insufficient grounds</strong>"));
	assert_non_null(strstr(report, "nobody has measured how often it errs"));
	assert_non_null(strstr(report, "unheard"));
	assert_non_null(strstr(report, "href=\"#document-1\""));
	inq_arena_close(a);
}

static void no_documents_make_a_report_that_says_so(void **state)
{
	struct inq_arena *a = inq_arena_open(ARENA);

	(void)state;
	assert_non_null(strstr(report_of(a, NULL, NULL, 0), "No conclusion is at hand"));
	inq_arena_close(a);
}

/* The report where the bytes of `v` in document `which` are others. */
static const char *with(struct inq_arena *a, const struct documents *d, size_t which,
        const struct inq_json_value *v, struct inq_bytes in_place)
{
	struct inq_bytes all[PAGE_DOCUMENTS];
	size_t len = d->bytes[which].len - (size_t)(v->end - v->at) + in_place.len;
	uint8_t *text = inq_arena_new(a, len, 1);

	assert_non_null(text);
	memcpy(all, d->bytes, sizeof all);
	memcpy(text, d->text[which], v->at);
	memcpy(text + v->at, in_place.at, in_place.len);
	memcpy(text + v->at + in_place.len, d->text[which] + v->end, d->bytes[which].len - v->end);
	all[which] = (struct inq_bytes){ text, len };
	return report_of(a, all, page_entries, PAGE_DOCUMENTS);
}

/* Calls `each` for every value of every document. */
static void every_value(void (*each)(const struct documents *d, size_t which, const struct inq_json_value *v))
{
	struct inq_arena *a = inq_arena_open(ARENA);
	struct documents *d = documents_of(a);

	for (size_t i = 0; i < PAGE_DOCUMENTS; i++) {
		const struct inq_json_value *open[INQ_JSON_DEPTH + 1], *top;
		size_t depth = 0;

		assert_int_equal(inq_json_read_milli(d->bytes[i], a, &top, NULL), INQ_OK);
		for (open[depth++] = top; depth;) {
			const struct inq_json_value *v = open[depth - 1];

			each(d, i, v);
			if (v->first) {
				open[depth++] = v->first;
				continue;
			}
			while (depth > 1 && !open[depth - 1]->next)
				depth--;
			if (depth == 1)
				break;
			open[depth - 1] = open[depth - 1]->next;
		}
	}
	inq_arena_close(a);
}

static void put_anything(const struct documents *d, size_t which, const struct inq_json_value *v)
{
	static const char *const others[] = { "null", "-1", "9007199254740991", "0.500", "\"\"",
		"[[[{\"a\":[1]}]]]" };

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		struct inq_arena *a = inq_arena_open(ARENA);

		(void)with(a, d, which, v, inq_bytes_of(others[i]));
		inq_arena_close(a);
	}
}

static void any_member_may_be_anything(void **state)
{
	(void)state;
	every_value(put_anything);
}

static void put_markup(const struct documents *d, size_t which, const struct inq_json_value *v)
{
	static const char *const hostile[] = {
		"\"</title></style><script>alert(1)</script>\"",
		"\"\\\" onload=\\\"alert(1)\\\" x=\\\"\"",
		"\"<svg onload=alert(1)><!--]]>&lt;&#60;\\u202e\\u2066\\u200b\\u001b[2J\\u0000\"",
		"\"../../x/1\"",
		"\"acme/2\"",
		"\"javascript:alert(1)\"",
	};

	for (size_t i = 0; i < sizeof hostile / sizeof *hostile && v->kind == INQ_JSON_STRING; i++) {
		struct inq_arena *a = inq_arena_open(ARENA);

		assert_null(strstr(with(a, d, which, v, inq_bytes_of(hostile[i])), "<script"));
		inq_arena_close(a);
	}
}

static void no_string_becomes_markup(void **state)
{
	(void)state;
	every_value(put_markup);
}

static void put_long(const struct documents *d, size_t which, const struct inq_json_value *v)
{
	enum { LONG = 1 << 20 };
	struct inq_arena *a;
	char *text;

	if (v->kind != INQ_JSON_STRING)
		return;
	a = inq_arena_open(ARENA);
	text = inq_arena_new(a, LONG + 3, 1);
	assert_non_null(text);
	memset(text, 'x', LONG + 2);
	text[0] = text[LONG + 1] = '"';
	assert_true(strlen(with(a, d, which, v, inq_bytes_of(text))) < 100000);
	inq_arena_close(a);
}

static void no_name_is_too_long_for_a_page(void **state)
{
	(void)state;
	every_value(put_long);
}

static void an_entry_that_is_not_in_the_log_is_no_link(void **state)
{
	struct inq_arena *a = inq_arena_open(ARENA);
	struct documents *d = documents_of(a);
	const char *entries[PAGE_DOCUMENTS];
	const char *text;

	(void)state;
	memcpy(entries, page_entries, sizeof entries);
	entries[3] = "acme/77";
	text = report_of(a, d->bytes, entries, PAGE_DOCUMENTS);
	assert_null(strstr(text, "href=\"#acme/77\""));
	inq_arena_close(a);
}

static void a_withdrawn_conclusion_is_left_out_and_that_is_said(void **state)
{
	struct inq_arena *a = inq_arena_open(ARENA);
	struct documents *d = documents_of(a);
	char *at = strstr(strstr(d->text[0], "\"conclusion\""), "\"withdrawn\":false");
	const char *text;

	(void)state;
	memcpy(at, "\"withdrawn\": true", 17);
	text = report_of(a, d->bytes, page_entries, PAGE_DOCUMENTS);
	assert_non_null(strstr(text, "No conclusion is at hand"));
	assert_non_null(strstr(text, "1 conclusion was withdrawn"));
	inq_arena_close(a);
}

/* A second party enters the same bytes, so that the record has them first from it, undisputed. */
static void who_repeats_a_conclusion_hides_no_dispute_of_it(void **state)
{
	struct inq_arena *a = inq_arena_open(ARENA);
	struct documents *d = documents_of(a);
	const char *entries[PAGE_DOCUMENTS], *cut = "{\"entry\":\"zeta/1\"",
	                                     *made = "\"kind\":\"attribute\",";
	char *log = inq_arena_new(a, 2 * PAGE_DOCUMENT_MOST, 1), *at = log, digest[65];
	struct inq_sha256 sum;
	const char *text = d->text[0], *end;

	(void)state;
	assert_int_equal(inq_sha256(d->bytes[2], &sum), INQ_OK);
	inq_hex(sum.byte, sizeof sum.byte, digest);
	end = strstr(text, made) + strlen(made);
	at += sprintf(at, "%.*s\"result\":\"%s\",", (int)(end - text), text, digest);
	at += sprintf(at, "%.*s", (int)(strstr(end, cut) - end), end);
	at += sprintf(at,
	        "{\"entry\":\"zeta/9\",\"type\":\"examination\",\"status\":\"attested "
	        "only\",\"holds\":true},%s",
	        strstr(end, cut));
	end = strstr(log, "\"of\":\"acme/2\"");
	assert_non_null(end);
	d->bytes[0] = (struct inq_bytes){ (const uint8_t *)log, (size_t)(at - log) };
	memcpy(entries, page_entries, sizeof entries);
	entries[2] = "zeta/9";
	text = report_of(a, d->bytes, entries, PAGE_DOCUMENTS);
	assert_non_null(strstr(text, "which its party does not call a conclusion; in the record it is"));
	end = strstr(text, "Also entered, to the byte, as");
	assert_non_null(end);
	assert_non_null(strstr(end, "disputed by zeta (library-code)"));
	assert_non_null(strstr(end, "zeta/1</bdi></a> disputes <a href=\"#acme/2\">"));
	inq_arena_close(a);
}

/* A party enters the same bytes, first in the record, and withdraws that: the other's word stands. */
static void who_withdraws_takes_back_nobody_elses_conclusion(void **state)
{
	struct inq_arena *a = inq_arena_open(ARENA);
	struct documents *d = documents_of(a);
	char *log = inq_arena_new(a, 2 * PAGE_DOCUMENT_MOST, 1),
	     *at = strstr(d->text[0], "{\"entry\":\"zeta/1\"");
	struct inq_bytes all[PAGE_DOCUMENTS + 1];
	const char *entries[PAGE_DOCUMENTS + 1], *text;

	(void)state;
	assert_non_null(at);
	sprintf(log,
	        "%.*s{\"entry\":\"zeta/9\",\"type\":\"conclusion\",\"status\":\"withdrawn\",\"holds\":true,"
	        "\"withdrawn\":true},%s",
	        (int)(at - d->text[0]), d->text[0], at);
	memcpy(all, d->bytes, sizeof d->bytes);
	memcpy(entries, page_entries, sizeof page_entries);
	all[0] = inq_bytes_of(log);
	all[PAGE_DOCUMENTS] = all[2];
	entries[PAGE_DOCUMENTS] = entries[2];
	entries[2] = "zeta/9";
	text = report_of(a, all, entries, PAGE_DOCUMENTS + 1);
	assert_null(strstr(text, "No conclusion is at hand"));
	assert_null(strstr(text, "1 conclusion was withdrawn"));
	assert_non_null(strstr(text, "Entered as <a href=\"#acme/2\">"));
	inq_arena_close(a);
}

/* Any party can come first in the record with a result of its own making. */
static void a_result_that_comes_first_hides_no_other(void **state)
{
	static const char empty[] =
	        "{\"schema\":\"inquiry.search/1\",\"searches\":[{\"sha256\":\"" SHA_A "\"}]}",
	                  none[] = "{\"schema\":\"inquiry.search/1\",\"searches\":[{\"sha256\":\"" SHA_A
	                           "\",\"coverage\":{},\"families\":[]}]}";
	const struct inq_bytes forged[] = { inq_bytes_of(empty), inq_bytes_of(none) };
	const char *const says[] = { "Instruction by instruction", "; other bytes about it stand in " };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct inq_arena *a = inq_arena_open(ARENA);
		struct documents *d = documents_of(a);
		struct inq_bytes all[PAGE_DOCUMENTS + 1] = { d->bytes[0], forged[i] };
		const char *entries[PAGE_DOCUMENTS + 1] = { page_entries[0], "zeta/0" };

		memcpy(all + 2, d->bytes + 1, sizeof d->bytes - sizeof *d->bytes);
		memcpy(entries + 2, page_entries + 1, sizeof page_entries - sizeof *page_entries);
		assert_non_null(strstr(report_of(a, all, entries, PAGE_DOCUMENTS + 1), says[i]));
		inq_arena_close(a);
	}
}

/* The same, and the party withdraws it: its own word is gone, and the other is shown. */
static void a_result_that_was_withdrawn_hides_no_other(void **state)
{
	static const char none[] = "{\"schema\":\"inquiry.search/1\",\"searches\":[{\"sha256\":\"" SHA_A
	                           "\",\"coverage\":{},\"families\":[]}]}";
	struct inq_arena *a = inq_arena_open(ARENA);
	struct documents *d = documents_of(a);
	struct inq_bytes all[PAGE_DOCUMENTS + 1] = { d->bytes[0], inq_bytes_of(none) };
	const char *entries[PAGE_DOCUMENTS + 1] = { page_entries[0], "zeta/0" },
	                                     *at = strstr(d->text[0], "{\"entry\":\"zeta/0\"");

	(void)state;
	at = strstr(at, "\"withdrawn\":false");
	memcpy(d->text[0] + (at - d->text[0]), "\"withdrawn\": true", 17);
	memcpy(all + 2, d->bytes + 1, sizeof d->bytes - sizeof *d->bytes);
	memcpy(entries + 2, page_entries + 1, sizeof page_entries - sizeof *page_entries);
	assert_non_null(strstr(report_of(a, all, entries, PAGE_DOCUMENTS + 1), "Instruction by instruction"));
	inq_arena_close(a);
}

/* Nobody runs again what a party enters as an alignment: what stands side by side is made for the report. */
static void a_party_puts_no_code_beside_an_exhibits(void **state)
{
	struct inq_arena *a = inq_arena_open(ARENA);
	struct documents *d = documents_of(a);
	struct inq_bytes all[PAGE_DOCUMENTS + 1] = { d->bytes[0] };
	const char *entries[PAGE_DOCUMENTS + 1] = { page_entries[0], "zeta/0" }, *text;
	char *forged = inq_arena_string(a, d->bytes[5]), *at = strstr(forged, "push rbp");

	(void)state;
	assert_non_null(at);
	memcpy(at, "evil rip", 8);
	memcpy(all + 2, d->bytes + 1, sizeof d->bytes - sizeof *d->bytes);
	memcpy(entries + 2, page_entries + 1, sizeof page_entries - sizeof *page_entries);
	/* Another one in its place, and the same one first. */
	for (size_t i = 0; i < 2; i++) {
		all[1] = i ? d->bytes[5] : inq_bytes_of(forged);
		text = report_of(a, all, entries, PAGE_DOCUMENTS + 1);
		assert_non_null(strstr(text, "push rbp"));
		assert_null(strstr(text, "evil rip"));
	}
	inq_arena_close(a);
}

/* A conclusion that comes first, with the same digests and other rates, speaks for no other. */
static void error_rates_are_those_of_the_conclusion_they_stand_with(void **state)
{
	struct inq_arena *a = inq_arena_open(ARENA);
	struct documents *d = documents_of(a);
	struct inq_bytes all[PAGE_DOCUMENTS + 1] = { d->bytes[0] };
	const char *entries[PAGE_DOCUMENTS + 1] = { page_entries[0], "zeta/0" }, *text;
	char *forged = inq_arena_string(a, d->bytes[2]), *at = strstr(forged, "\"named_absent\":2");

	(void)state;
	assert_non_null(at);
	at[15] = '9';
	all[1] = inq_bytes_of(forged);
	memcpy(all + 2, d->bytes + 1, sizeof d->bytes - sizeof *d->bytes);
	memcpy(entries + 2, page_entries + 1, sizeof page_entries - sizeof *page_entries);
	text = report_of(a, all, entries, PAGE_DOCUMENTS + 1);
	text = strstr(text, "one was named all the same in <a href=\"#zeta/0\">9</a>");
	assert_non_null(text);
	assert_non_null(strstr(text, "one was named all the same in <a href=\"#acme/2\">2</a>"));
	inq_arena_close(a);
}

static void memory_that_ends_is_a_status(void **state)
{
	struct inq_arena *a = inq_arena_open(ARENA), *small = inq_arena_open(2000);
	struct documents *d = documents_of(a);
	struct inq_page page;
	struct inq_error err;
	bool ended = false;

	(void)state;
	inq_page_init(&page, small, "#");
	for (size_t i = 0; i < PAGE_DOCUMENTS; i++)
		ended |= inq_page_add(&page, d->bytes[i], NULL, &err) == INQ_NO_MEMORY;
	assert_true(ended || page.documents[0].why);
	inq_arena_close(small);
	inq_arena_close(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markup_of_others_is_text),
		cmocka_unit_test(what_does_not_show_is_spelled_out),
		cmocka_unit_test(marks_pile_up_no_higher_than_two),
		cmocka_unit_test(letters_of_another_script_in_a_latin_word_are_spelled_out),
		cmocka_unit_test(a_name_of_a_megabyte_is_cut_and_its_length_said),
		cmocka_unit_test(a_table_says_which_heading_is_whose),
		cmocka_unit_test(one_report_of_a_disputed_case_says_all_of_it),
		cmocka_unit_test(beliefs_stand_beside_a_declared_prior_alone),
		cmocka_unit_test(insufficient_grounds_are_a_conclusion),
		cmocka_unit_test(no_documents_make_a_report_that_says_so),
		cmocka_unit_test(any_member_may_be_anything),
		cmocka_unit_test(no_string_becomes_markup),
		cmocka_unit_test(no_name_is_too_long_for_a_page),
		cmocka_unit_test(an_entry_that_is_not_in_the_log_is_no_link),
		cmocka_unit_test(a_withdrawn_conclusion_is_left_out_and_that_is_said),
		cmocka_unit_test(who_repeats_a_conclusion_hides_no_dispute_of_it),
		cmocka_unit_test(who_withdraws_takes_back_nobody_elses_conclusion),
		cmocka_unit_test(a_result_that_comes_first_hides_no_other),
		cmocka_unit_test(a_result_that_was_withdrawn_hides_no_other),
		cmocka_unit_test(a_party_puts_no_code_beside_an_exhibits),
		cmocka_unit_test(error_rates_are_those_of_the_conclusion_they_stand_with),
		cmocka_unit_test(memory_that_ends_is_a_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
