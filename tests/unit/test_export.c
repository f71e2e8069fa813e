#include "../make/export_documents.h"
#include "export/private.h"
#include "export/uuid.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What was written, as a string. */
struct page {
	struct inq_arena *a;
	struct inq_memory_sink memory;
	struct inq_sink out;
	struct inq_error err;
	size_t document;
};

static int set_up(void **state)
{
	static struct page p;

	p = (struct page){ .a = inq_arena_open(256 << 20) };
	p.memory.arena = p.a;
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
	p->memory.len--;
	return p->memory.at;
}

static enum inq_status export_of(struct page *p, enum inq_export_format format, const char *document)
{
	const struct inq_export_choice choice = { .format = format, .program = "inquiry test" };
	struct inq_bytes bytes = inq_bytes_of(document);

	return inq_export(&choice, &bytes, 1, p->a, &p->out, &p->document, &p->err);
}

static void holds(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("there is no %s in:\n%s", part, text);
}

static void lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("there is %s in:\n%s", part, text);
}

static void a_found_function_is_a_line_and_others_are_none(void **state)
{
	struct page *p = *state;
	const char *text;

	assert_int_equal(export_of(p, INQ_EXPORT_MATCHES, MAKE_SEARCH), INQ_OK);
	text = written(p);
	holds(text, "\"unknown\",\"" MAKE_UNKNOWN
	            "\",0x401000,225,\"own\",\"distinctive\",1,443,\"alpha\",\"two\",\"" MAKE_SAMPLE
	            "\",0x401100,226,\"recipe_1\",0.957,1.000,0.909,\"features\",\"\"\r\n");
	/* What a function of a library counts for is the library, and equal code is found at any probability. */
	holds(text, "0x401200,305,\"\",\"library\",2,608,\"common\"");
	lacks(text, "0x401300,9");
	lacks(text, "notes.txt");
}

static void a_choice_is_kept_to(void **state)
{
	struct inq_export_choice choice = {
		.format = INQ_EXPORT_NAMES, .program = "inquiry test", .families = true
	};
	struct inq_bytes bytes = inq_bytes_of(MAKE_SEARCH);
	struct page *p = *state;

	assert_int_equal(inq_export(&choice, &bytes, 1, p->a, &p->out, &p->document, &p->err), INQ_OK);
	lacks(written(p), "memcpy");
	p->memory.len = 0;
	choice = (struct inq_export_choice){
		.format = INQ_EXPORT_NAMES, .program = "inquiry test", .libraries = true
	};
	assert_int_equal(inq_export(&choice, &bytes, 1, p->a, &p->out, &p->document, &p->err), INQ_OK);
	lacks(written(p), "recipe_1");
	p->memory.len = 0;
	choice = (struct inq_export_choice){
		.format = INQ_EXPORT_NAMES, .program = "inquiry test", .label = "alpha"
	};
	assert_int_equal(inq_export(&choice, &bytes, 1, p->a, &p->out, &p->document, &p->err), INQ_OK);
	lacks(written(p), "memcpy");
	holds(p->memory.at, "not_this");
}

static void a_spreadsheet_finds_no_formula(void **state)
{
	static const struct {
		const char *text, *cell;
	} rows[] = {
		{ "plain", "\"plain\"" },
		{ "=1+1", "\"'=1+1\"" },
		{ "+1", "\"'+1\"" },
		{ "-1", "\"'-1\"" },
		{ "@SUM(A1)", "\"'@SUM(A1)\"" },
		{ "\t=1", "\"\\x09=1\"" },
		{ "\r=1", "\"\\x0d=1\"" },
		{ " =1", "\"' =1\"" },
		{ "\"=1", "\"'\"\"=1\"" },
		{ "\xef\xbc\x9d\x31", "\"'\xef\xbc\x9d\x31\"" },
		{ "a;=1", "\"a\\x3b=1\"" },
		{ "a; b", "\"a; b\"" },
		{ "a,\"b\"", "\"a,\"\"b\"\"\"" },
		{ "\xe2\x80\xae", "\"\\xe2\\x80\\xae\"" },
		{ "\x1b[31m", "\"\\x1b[31m\"" },
	};
	struct page *p = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct csv c = { .out = &p->out, .a = p->a };

		p->memory.len = 0;
		csv_text(&c, inq_bytes_of(rows[i].text));
		assert_string_equal(written(p), rows[i].cell);
	}
}

static void a_long_text_is_cut_and_says_how_long_it_was(void **state)
{
	struct page *p = *state;
	char *long_text = inq_arena_new(p->a, (1 << 20) + 1, 1);
	struct inq_bytes b;

	memset(long_text, 'a', 1 << 20);
	/* Not in the middle of a character. */
	memcpy(long_text + INQ_EXPORT_TEXT_MOST - 1, "\xc3\xa9", 2);
	b = doc_shown(inq_bytes_of(long_text), p->a);
	assert_true(b.len < INQ_EXPORT_TEXT_MOST + 40);
	assert_non_null(memmem(b.at, b.len, "a... (1048576 bytes)", 20));
	assert_int_equal(b.at[INQ_EXPORT_TEXT_MOST - 2], 'a');
}

static void scripts_hold_no_byte_of_an_enemy_but_as_a_letter_or_a_number(void **state)
{
	static const enum inq_export_format formats[] = { INQ_EXPORT_IDA, INQ_EXPORT_GHIDRA };
	struct page *p = *state;

	for (unsigned i = 0; i < 2; i++) {
		const char *text;

		p->memory.len = 0;
		assert_int_equal(export_of(p, formats[i], MAKE_HOSTILE_SEARCH), INQ_OK);
		text = written(p);
		holds(text, "|_cmd___c_calc__A1_script_alert_1___script_____");
		holds(text,
		        "|=cmd%7C%27/c "
		        "calc%27!A1<script>alert(1)</script>%E2%80%AE%1B[31m%22%22%22;;=1+1%0D%0A%00%5Cu0022"
		        "%27%27%27%25s%25n`$(id)`|alpha|two|0.957|alike\"");
		for (const char *at = text; *at; at++)
			assert_true(*at == '\n' || *at == '\t' || (*at >= 0x20 && *at < 0x7f));
		lacks(text, "\\u");
	}
}

static void an_object_whose_addresses_are_each_tools_own_gets_no_names(void **state)
{
	struct page *p = *state;
	static const char search[] = MAKE_SEARCH;
	const char *found = strstr(search, "\"format\"");
	char *text = inq_arena_printf(
	        p->a, "%.*s\"kind\":\"relocatable object\",%s", (int)(found - search), search, found);

	assert_int_equal(export_of(p, INQ_EXPORT_IDA, text), INQ_OK);
	lacks(written(p), "memcpy");
}

static void names_are_what_disassemblers_take(void **state)
{
	static const char *const rows[][2] = { { "main", "main" }, { "_ZN3fooEv", "_ZN3fooEv" },
		{ "a.b@@C", "a_b__C" }, { "9lives", "_9lives" }, { "sub_401000", "_sub_401000" },
		{ "FUN_1", "_FUN_1" }, { "", "_" }, { "\xc3\xa9", "__" } };
	struct page *p = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		p->memory.len = 0;
		script_name_put(inq_bytes_of(rows[i][0]), &p->out);
		assert_string_equal(written(p), rows[i][1]);
	}
}

static void indicators_are_what_the_grammars_allow_and_each_stands_once(void **state)
{
	struct page *p = *state;
	const char *text;

	assert_int_equal(export_of(p, INQ_EXPORT_INDICATORS, MAKE_EXAMINATION), INQ_OK);
	text = written(p);
	assert_string_equal(text, "exhibit,sha256,type,value,offset\r\n"
	                          "\"\",\"" MAKE_UNKNOWN "\",url,\"HTTPS://198.51.100.9:8443/x\",300\r\n"
	                          "\"\",\"" MAKE_UNKNOWN "\",url,\"http://evil.example\",600\r\n"
	                          "\"\",\"" MAKE_UNKNOWN "\",url,\"http://evil.example/a?b=1%20c#d\",100\r\n"
	                          "\"\",\"" MAKE_UNKNOWN "\",domain,\"evil.example\",100\r\n"
	                          "\"\",\"" MAKE_UNKNOWN "\",domain,\"mail.example\",200\r\n"
	                          "\"\",\"" MAKE_UNKNOWN "\",email,\"bob.b@mail.example\",200\r\n"
	                          "\"\",\"" MAKE_UNKNOWN "\",ipv4,\"192.0.2.7\",200\r\n"
	                          "\"\",\"" MAKE_UNKNOWN "\",ipv4,\"198.51.100.9\",300\r\n");
}

/* The indicators of a string, each as "KIND VALUE" and a ";". */
static const char *indicators_in(struct page *p, const char *text)
{
	struct inq_json_value string = { .kind = INQ_JSON_STRING, .string = inq_bytes_of(text) };
	struct inq_json_value row = { .kind = INQ_JSON_OBJECT, .first = &string };
	struct inq_json_value rows = { .kind = INQ_JSON_ARRAY, .first = &row };
	struct inq_json_value exhibit = { .kind = INQ_JSON_OBJECT, .first = &rows };
	const struct indicator *at;
	uint64_t left_out;
	size_t count;

	string.key = inq_bytes_of("text");
	rows.key = inq_bytes_of("strings");
	p->memory.len = 0;
	assert_int_equal(indicators_of(&exhibit, p->a, &at, &count, &left_out, &p->err), INQ_OK);
	for (size_t i = 0; i < count; i++) {
		inq_putf(&p->out, "%s ", indicator_name(at[i].kind));
		inq_put_bytes(&p->out, at[i].value);
		inq_put(&p->out, ";");
	}
	return written(p);
}

static void domains_stand_alone_where_nothing_else_does(void **state)
{
	static const char *const rows[][2] = {
		{ "evil.com", "domain evil.com;" },
		{ "connect to c2.evil.ru.", "domain c2.evil.ru;" },
		{ "host=\"x.evil.net\"", "domain x.evil.net;" },
		{ "a.evil.com b.evil.com", "domain a.evil.com;domain b.evil.com;" },
		{ "shop.com.br", "domain shop.com.br;" },
		{ "xn--80ak6aa92e.xn--p1ai", "domain xn--80ak6aa92e.xn--p1ai;" },
		/* Top levels that are words, or the ends of names, want more. */
		{ "evil.top", "" },
		{ "evil.top:8080", "domain evil.top;" },
		{ "evil.top/gate.php", "domain evil.top;" },
		{ "www.evil.top", "domain www.evil.top;" },
		{ "www.evil.pl", "domain www.evil.pl;" },
		{ "main.rs:12", "" },
		{ "evil.top:12:5", "" },
		{ "foo.zip/a", "" },
		/* What programs are full of. */
		{ "libfoo.so", "" },
		{ "libfoo.so.1", "" },
		{ "setup.py", "" },
		{ "version.name", "" },
		{ "user.name=", "" },
		{ "addq.ph", "" },
		{ "org.freedesktop.portal.com", "" },
		{ "com.sun.net", "" },
		{ "Evil.com", "" },
		{ "/srv/evil.com", "" },
		{ "evil.com()", "" },
		{ "std::evil.com", "" },
		{ "evil.com::x", "" },
		{ "x_evil.com", "" },
		{ "evil.com_x", "" },
		{ ".evil.com", "" },
		{ "-evil.com", "" },
		{ "evil..com", "" },
		{ "evil.com.", "domain evil.com;" },
		{ "evil.nosuchtld", "" },
		{ "a.b", "" },
		{ "com", "" },
		{ "x.com", "" },
		/* A byte that is the length of what follows, and looks like a part of it. */
		{ "7www.evil.net", "domain www.evil.net;" },
		{ "0evil.com/567890123456789012345678901234567890123", "domain evil.com;" },
		{ "1evil.com/567890123456789012345678901234567890", "domain 1evil.com;" },
	};
	struct page *p = *state;
	char long_one[1100];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(indicators_in(p, rows[i][0]), rows[i][1]) != 0)
			fail_msg("%s gives %s", rows[i][0], indicators_in(p, rows[i][0]));
	memset(long_one, ' ', sizeof long_one);
	memcpy(long_one + 500, "evil.com", 8);
	long_one[sizeof long_one - 1] = 0;
	assert_string_equal(indicators_in(p, long_one), "");
	long_one[1000] = 0;
	assert_string_equal(indicators_in(p, long_one), "domain evil.com;");
}

static void domains_of_any_case_are_one(void **state)
{
	assert_string_equal(indicators_in(*state, "http://Evil.COM/A http://evil.com/B b@EVIL.com"),
	        "url http://Evil.COM/A;url http://evil.com/B;domain evil.com;email b@EVIL.com;");
	assert_string_equal(
	        indicators_in(*state, "http://a.xn--p1ai/"), "url http://a.xn--p1ai/;domain a.xn--p1ai;");
}

static void ipv6_addresses_have_one_form(void **state)
{
	static const char *const rows[][2] = {
		{ "2A02:06B8:0000:0000:0000:0000:0000:00a1", "ipv6 2a02:6b8::a1;" },
		{ "2001:db9:0:0:1:0:0:1", "ipv6 2001:db9::1:0:0:1;" },
		{ "2001:db9:0:1:1:1:1:1", "ipv6 2001:db9:0:1:1:1:1:1;" },
		{ "at [2a02:6b8::a1]:443.", "ipv6 2a02:6b8::a1;" },
		{ "2a02:6b8::a1: refused", "ipv6 2a02:6b8::a1;" },
		{ "https://[2a02:6b8::A1]:8443/x", "url https://[2a02:6b8::A1]:8443/x;ipv6 2a02:6b8::a1;" },
		{ "fd14:988a:50ee::1", "ipv6 fd14:988a:50ee::1;" },
		{ "64:ff9b::198.51.100.9", "ipv4 198.51.100.9;ipv6 64:ff9b::c633:6409;" },
		{ "::ffff:198.51.100.9", "ipv4 198.51.100.9;" },
		/* Of this host, of this link, of many, of documents; a network; nothing. */
		{ "::1", "" },
		{ "::", "" },
		{ "fe80::1", "" },
		{ "ff02::1", "" },
		{ "2001:db8::1", "" },
		{ "3fff:fff::1", "" },
		{ "2002::", "" },
		{ "12:34:56", "" },
		{ "00:1b:44:11:3a:b7", "" },
		{ "add::bad::face", "" },
		{ "2001:db9::1::2", "" },
		{ "2001:db9:1:2:3:4:5:6:7", "" },
		{ "2001:db9::12345", "" },
		{ "2001:db9::1g", "" },
		{ "x2001:db9::1", "" },
		{ "std::2001:db9::1", "" },
		{ "2001:db9::300.1.1.1", "" },
	};
	struct page *p = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(indicators_in(p, rows[i][0]), rows[i][1]) != 0)
			fail_msg("%s gives %s", rows[i][0], indicators_in(p, rows[i][0]));
}

static void nobody_follows_a_defanged_indicator(void **state)
{
	static const struct indicator rows[] = {
		{ INDICATOR_URL, { (const uint8_t *)"https://a.example/b.c", 21 }, 0 },
		{ INDICATOR_URL, { (const uint8_t *)"ftp://a.example", 15 }, 0 },
		{ INDICATOR_EMAIL, { (const uint8_t *)"b@a.example", 11 }, 0 },
		{ INDICATOR_IPV6, { (const uint8_t *)"2001:db9::1", 11 }, 0 },
	};
	static const char *const defanged[] = { "hxxps[:]//a[.]example/b[.]c", "ftp[:]//a[.]example",
		"b[@]a[.]example", "2001[:]db9[:][:]1" };
	struct page *p = *state;

	for (unsigned i = 0; i < 4; i++)
		assert_true(inq_bytes_equal(indicator_defanged(&rows[i], p->a), defanged[i]));
}

static void what_cannot_be_read_is_passed_over_and_said(void **state)
{
	const struct inq_export_choice choice = { .format = INQ_EXPORT_MATCHES, .program = "inquiry test" };
	struct inq_bytes documents[] = { inq_bytes_of("{\"schema\":1}"), inq_bytes_of(MAKE_SEARCH),
		inq_bytes_of("{") };
	struct page *p = *state;

	assert_int_equal(
	        inq_export(&choice, documents, 3, p->a, &p->out, &p->document, &p->err), INQ_UNRECOGNISED);
	assert_int_equal(p->document, 0);
	holds(written(p), "recipe_1");
	p->memory.len = 0;
	assert_int_equal(
	        inq_export(&choice, documents, 1, p->a, &p->out, &p->document, &p->err), INQ_UNRECOGNISED);
	assert_int_equal(p->memory.len + p->out.used, 0);
	assert_int_equal(export_of(p, INQ_EXPORT_MATCHES, MAKE_EXAMINATION), INQ_NOT_FOUND);
	assert_int_equal(p->memory.len + p->out.used, 0);
}

static void names_are_those_of_the_standards(void **state)
{
	/* RFC 9562, appendix A.4: www.example.com in the space of DNS names. */
	static const struct uuid dns = { { 0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00,
		0xc0, 0x4f, 0xd4, 0x30, 0xc8 } };
	static const struct uuid url = { { 0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00,
		0xc0, 0x4f, 0xd4, 0x30, 0xc8 } };
	struct uuid_set set = { .count = 0 };
	struct page *p = *state;
	char text[UUID_TEXT], time[TIME_TEXT];
	struct uuid u;

	uuid_of(&dns, inq_bytes_of("www.example.com"), &u);
	uuid_text(&u, text);
	assert_string_equal(text, "2ed6657d-e927-568b-95e1-2665a8aea6a2");
	uuid_of(&url, inq_bytes_of("tag:inquiry.invalid,2026:export"), &u);
	assert_memory_equal(&u, &uuid_inquiry, sizeof u);
	uuid_text(&uuid_stix_observables, text);
	assert_string_equal(text, "00abedb4-aa42-466c-9c01-fed23315a9b7");
	for (unsigned i = 0; i < 2000; i++) {
		uuid_of(&dns, (struct inq_bytes){ (const uint8_t *)&i, sizeof i }, &u);
		assert_true(uuid_new(&set, &u, p->a));
		assert_false(uuid_new(&set, &u, p->a));
	}
	assert_int_equal(set.count, 2000);
	time_text(1767225600, 1, time);
	assert_string_equal(time, "2026-01-01T00:00:00.001Z");
	time_text(951782400, 0, time);
	assert_string_equal(time, "2000-02-29T00:00:00.000Z");
	time_text(UINT64_MAX, 0, time);
	assert_string_equal(time, "9999-12-31T23:59:59.000Z");
}

/* The object of that type that was made of the entry PARTY/INDEX. */
static const struct inq_json_value *object_of(
        const struct inq_json_value *bundle, const char *type, const char *party, const char *index)
{
	for (const struct inq_json_value *o = doc_list(bundle, "objects"); o; o = o->next) {
		const struct inq_json_value *extensions = inq_json_member(o, "extensions");
		const struct inq_json_value *entry = extensions ? extensions->first : NULL;

		if (inq_bytes_equal(doc_text(o, "type"), type) &&
		        inq_bytes_equal(doc_text(entry, "log_party"), party) &&
		        inq_bytes_equal(doc_text(entry, "log_index"), index))
			return o;
	}
	fail_msg("there is no %s of %s/%s", type, party, index);
	return NULL;
}

static void what_one_party_disputes_of_another_is_an_opinion_on_that_object(void **state)
{
	const struct inq_json_value *bundle, *claim, *dispute, *observed, *party;
	struct page *p = *state;

	assert_int_equal(export_of(p, INQ_EXPORT_STIX, MAKE_LOG), INQ_OK);
	assert_int_equal(inq_json_read(inq_bytes_of(written(p)), p->a, &bundle, &p->err), INQ_OK);
	party = object_of(bundle, "identity", "bob", "0");
	observed = object_of(bundle, "observed-data", "acme", "1");
	claim = object_of(bundle, "note", "acme", "2");
	dispute = object_of(bundle, "opinion", "bob", "0");
	assert_true(doc_same(doc_text(dispute, "created_by_ref"), doc_text(party, "id")));
	assert_true(doc_same(doc_list(dispute, "object_refs")->string, doc_text(claim, "id")));
	assert_true(inq_bytes_equal(doc_text(dispute, "opinion"), "disagree"));
	assert_true(doc_same(doc_list(claim, "object_refs")->string, doc_text(observed, "id")));
	/* Taken back: the record has five entries, the last of them two seconds later. */
	assert_true(doc_truth(claim, "revoked") && !doc_truth(dispute, "revoked"));
	assert_true(inq_bytes_equal(doc_text(claim, "created"), "2026-01-01T00:00:02.000Z"));
	assert_true(inq_bytes_equal(doc_text(claim, "modified"), "2026-01-01T00:00:04.005Z"));
}

/* Another party enters the same bytes, first in the record, and withdraws that: the result is the other's still. */
static void who_withdraws_revokes_nobody_elses_result(void **state)
{
	static const char
	        log[] = "{\"schema\":\"inquiry.log/1\",\"case\":\"00112233445566778899aabbccddeeff\","
	                "\"entries\":[%s,\"withdrawn\":true,\"made\":{\"result\":\"%s\"}},"
	                "%s,\"withdrawn\":false,\"made\":{\"result\":\"%s\"}}]}",
	        entry[] = "{\"entry\":\"%s\",\"time\":1767225600,\"type\":\"conclusion\",\"holds\":true";
	struct page *p = *state;
	struct inq_bytes documents[] = { inq_bytes_of(MAKE_ATTRIBUTION), { NULL, 0 } };
	const struct inq_export_choice choice = { .format = INQ_EXPORT_STIX, .program = "inquiry test" };
	char digest[65], bob[200], acme[200], text[1000];
	const struct inq_json_value *bundle;
	struct inq_sha256 sum;

	assert_int_equal(inq_sha256(documents[0], &sum), INQ_OK);
	inq_hex(sum.byte, sizeof sum.byte, digest);
	snprintf(bob, sizeof bob, entry, "bob/3");
	snprintf(acme, sizeof acme, entry, "acme/4");
	snprintf(text, sizeof text, log, bob, digest, acme, digest);
	documents[1] = inq_bytes_of(text);
	assert_int_equal(inq_export(&choice, documents, 2, p->a, &p->out, &p->document, &p->err), INQ_OK);
	assert_int_equal(inq_json_read(inq_bytes_of(written(p)), p->a, &bundle, &p->err), INQ_OK);
	assert_false(doc_truth(object_of(bundle, "note", "acme", "4"), "revoked"));
}

/* Every allocation fails once: a status, or everything that was to be written. */
static void failing_memory_is_a_status(void **state)
{
	struct page *p = *state;

	(void)p;
	for (unsigned format = 0; format < INQ_EXPORT_FORMATS; format++) {
		const struct inq_export_choice choice = { .format = (enum inq_export_format)format,
			.program = "i" };
		struct inq_bytes documents[] = { inq_bytes_of(MAKE_SEARCH), inq_bytes_of(MAKE_EXAMINATION),
			inq_bytes_of(MAKE_ATTRIBUTION), inq_bytes_of(MAKE_LOG) };
		enum inq_status status = INQ_NO_MEMORY;

		for (uint64_t n = 1; status != INQ_OK; n++) {
			struct inq_arena *a = inq_arena_open(64 << 20);
			size_t document;

			assert_true(a && n < 100000);
			inq_arena_fail_after(a, n);
			p->memory.len = 0;
			status = inq_export(&choice, documents, 4, a, &p->out, &document, &p->err);
			assert_true(status == INQ_OK || status == INQ_NO_MEMORY);
			inq_arena_close(a);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		        a_found_function_is_a_line_and_others_are_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_choice_is_kept_to, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_spreadsheet_finds_no_formula, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		        a_long_text_is_cut_and_says_how_long_it_was, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		        scripts_hold_no_byte_of_an_enemy_but_as_a_letter_or_a_number, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		        an_object_whose_addresses_are_each_tools_own_gets_no_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(names_are_what_disassemblers_take, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		        indicators_are_what_the_grammars_allow_and_each_stands_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		        domains_stand_alone_where_nothing_else_does, set_up, tear_down),
		cmocka_unit_test_setup_teardown(domains_of_any_case_are_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(ipv6_addresses_have_one_form, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nobody_follows_a_defanged_indicator, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		        what_cannot_be_read_is_passed_over_and_said, set_up, tear_down),
		cmocka_unit_test_setup_teardown(names_are_those_of_the_standards, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		        what_one_party_disputes_of_another_is_an_opinion_on_that_object, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_withdraws_revokes_nobody_elses_result, set_up, tear_down),
		cmocka_unit_test_setup_teardown(failing_memory_is_a_status, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
