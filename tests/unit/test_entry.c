#include "../make/record.h"
#include "record/forms.h"
#include <inquiry/base64.h>
#include <inquiry/json.h>
#include <inquiry/json_read.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct inq_arena *a;
static struct make_record whole;

static int whole_make(void **state)
{
	(void)state;
	a = inq_arena_open((size_t)1 << 30);
	if (a)
		make_whole(&whole, a);
	return a ? 0 : -1;
}

static int whole_close(void **state)
{
	(void)state;
	inq_arena_close(a);
	return 0;
}

static void pae_is_that_of_the_protocol(void **state)
{
	struct inq_bytes pae =
	        inq_dsse_pae(inq_bytes_of("http://example.com/HelloWorld"), inq_bytes_of("hello world"), a);

	(void)state;
	assert_true(inq_bytes_equal(pae, "DSSEv1 29 http://example.com/HelloWorld 11 hello world"));
	pae = inq_dsse_pae(inq_bytes_of(""), inq_bytes_of(""), a);
	assert_true(inq_bytes_equal(pae, "DSSEv1 0  0 "));
}

static void envelope_of_the_protocol_is_read(void **state)
{
	static const char text[] =
	        "{\"payload\": \"aGVsbG8gd29ybGQ=\",\n \"payloadType\": \"http://example.com/HelloWorld\",\n"
	        " \"signatures\": [{\"sig\": "
	        "\"A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="
	        "\"}]}";
	static const char *const wrong[] = { "[]", "{}",
		"{\"payload\":\"\",\"payloadType\":\"\",\"signatures\":[]}",
		"{\"payload\":\"\",\"payloadType\":\"\",\"signatures\":[{\"sig\":\"\"},{\"sig\":\"\"}]}",
		"{\"payload\":\"\",\"payloadType\":\"\",\"signatures\":[{\"sig\":\"\",\"x\":1}]}",
		"{\"payload\":\"\",\"payloadType\":\"\",\"signatures\":[{\"sig\":\"\"}],\"x\":1}",
		"{\"payload\":\"A\",\"payloadType\":\"\",\"signatures\":[{\"sig\":\"\"}]}",
		"{\"payload\":\"\",\"payloadType\":7,\"signatures\":[{\"sig\":\"\"}]}",
		"{\"payload\":\"\",\"payloadType\":\"\",\"signatures\":[{\"sig\":\"\",\"keyid\":7}]}",
		"{\"payload\":\"\",\"payloadType\":\"\",\"signatures\":[7]}",
		"{\"payload\":\"+_==\",\"payloadType\":\"\",\"signatures\":[{\"sig\":\"\"}]}" };
	struct inq_dsse d = { .keyid = { NULL, 7 } };
	struct inq_error err;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(inq_dsse_read(inq_bytes_of(wrong[i]), a, &d, &err), INQ_UNRECOGNISED);
	assert_int_equal(d.keyid.len, 7);
	assert_int_equal(inq_dsse_read(inq_bytes_of(text), a, &d, &err), INQ_OK);
	assert_true(inq_bytes_equal(d.payload, "hello world"));
	assert_int_equal(d.signature.len, 64);
	assert_null(d.keyid.at);
	/* Either alphabet, as the protocol wants. */
	assert_int_equal(inq_dsse_read(inq_bytes_of("{\"payload\":\"-_-_\",\"payloadType\":\"\","
	                                            "\"signatures\":[{\"sig\":\"\"}]}"),
	                         a, &d, &err),
	        INQ_OK);
	assert_int_equal(d.payload.at[0], 0xfb);
}

static void every_type_is_written_as_it_is_read(void **state)
{
	bool seen[INQ_ENTRY_TYPES] = { false };
	unsigned types = 0;

	(void)state;
	for (unsigned p = 0; p < whole.parties; p++) {
		for (size_t i = 0; i < whole.party[p].count; i++) {
			struct inq_entry e;
			struct inq_bytes again;
			struct inq_error err;

			assert_int_equal(inq_entry_read(whole.party[p].entries[i], a, &e, &err), INQ_OK);
			assert_int_equal(e.seq, i);
			assert_true(inq_sha256_equal(&e.digest, &whole.party[p].digests[i]));
			assert_int_equal(inq_entry_payload(&e, a, &again, &err), INQ_OK);
			assert_int_equal(again.len, e.payload.len);
			assert_memory_equal(again.at, e.payload.at, again.len);
			types += !seen[e.type];
			seen[e.type] = true;
		}
	}
	/* All but fork and share, see test_record, and those of the private comparison, see below. */
	assert_int_equal(types, INQ_ENTRY_TYPES - 6);
}

/* The statement with bytes `at` to `end` replaced by `by`, as it is read; OK where it is accepted. */
static enum inq_status with(
        struct inq_bytes payload, uint64_t at, uint64_t end, const char *by, struct inq_error *err)
{
	const char *text = inq_arena_printf(a, "%.*s%s%.*s", (int)at, (const char *)payload.at, by,
	        (int)(payload.len - end), (const char *)payload.at + end);
	struct inq_memory_sink memory = { .arena = a };
	struct inq_entry e;
	struct inq_sink sink;
	struct inq_json j;
	uint8_t zero[INQ_SIGNATURE] = { 0 };
	char *base64 = inq_arena_new(a, inq_base64_length(strlen(text)) + 1, 1), sig[100];

	inq_base64((const uint8_t *)text, strlen(text), base64);
	inq_base64(zero, sizeof zero, sig);
	inq_sink_init(&sink, inq_memory_sink_write, &memory);
	inq_json_init(&j, &sink, false);
	inq_json_object(&j, NULL);
	inq_json_text(&j, "payload", base64);
	inq_json_text(&j, "payloadType", INQ_PAYLOAD_TYPE);
	inq_json_array(&j, "signatures");
	inq_json_object(&j, NULL);
	inq_json_text(&j, "keyid", "00000000");
	inq_json_text(&j, "sig", sig);
	inq_json_end_object(&j);
	inq_json_end_array(&j);
	inq_json_end_object(&j);
	assert_true(inq_sink_flush(&sink));
	return inq_entry_read((struct inq_bytes){ (const uint8_t *)memory.at, memory.len }, a, &e, err);
}

/* Whatever stands in no entry may not stand in any: for one value, and for the member it is. */
static void value_is_strict(struct inq_bytes payload, const struct inq_json_value *v, bool is_member)
{
	static const char *const never[] = { "true", "false", "{}", "-1", "9007199254740992", "1.5",
		"\"\\ud800\"", "\"\x01\"", "[true]", "[[[]]]", "\"\"", "{\"zz\":1}" };
	struct inq_error err;

	for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
		enum inq_status status = with(payload, v->at, v->end, never[i], &err);

		/* Options may be empty strings; that is the one place. */
		if (status == INQ_OK && strcmp(never[i], "\"\"") == 0 && v->kind == INQ_JSON_STRING &&
		        !is_member)
			continue;
		if (status == INQ_OK)
			print_message("%.*s: %s for %.*s\n", (int)v->key.len, (const char *)v->key.at,
			        never[i], (int)(v->end - v->at), (const char *)payload.at + v->at);
		assert_int_not_equal(status, INQ_OK);
		assert_true(err.text[0]);
	}
	if (v->kind == INQ_JSON_OBJECT) {
		assert_int_not_equal(with(payload, v->at + 1, v->at + 1, "\"zz\":0,", &err), INQ_OK);
		assert_non_null(strstr(err.text, "does not know"));
	}
	if (is_member) {
		const char *twice = inq_arena_printf(
		        a, ",%.*s", (int)(v->end - v->key_at), (const char *)payload.at + v->key_at);

		assert_int_not_equal(with(payload, v->end, v->end, twice, &err), INQ_OK);
		assert_non_null(strstr(err.text, "twice"));
		/* Without it: renamed, so that commas stay where they are. */
		assert_int_not_equal(with(payload, v->key_at + 1, v->key_at + 1, "q", &err), INQ_OK);
	}
}

static void every_field_is_strict(void **state)
{
	size_t values = 0;

	(void)state;
	for (unsigned p = 0; p < whole.parties; p++) {
		for (size_t i = 0; i < whole.party[p].count; i++) {
			const struct inq_json_value *top, *stack[64];
			struct inq_error err;
			struct inq_entry e;
			size_t depth = 0;

			assert_int_equal(inq_entry_read(whole.party[p].entries[i], a, &e, &err), INQ_OK);
			assert_int_equal(inq_json_read(e.payload, a, &top, &err), INQ_OK);
			assert_int_equal(with(e.payload, 0, 0, "", &err), INQ_OK);
			for (stack[depth++] = top; depth;) {
				const struct inq_json_value *v = stack[--depth];

				value_is_strict(e.payload, v, v->key.at != NULL);
				values++;
				for (const struct inq_json_value *c = v->first; c; c = c->next) {
					assert_true(depth < 64);
					stack[depth++] = c;
				}
			}
		}
	}
	assert_true(values > 300);
}

static void what_a_reader_refuses_is_not_written(void **state)
{
	static const struct inq_bytes bad_utf8 = { (const uint8_t *)"a\xff", 2 };
	static char longer[INQ_TEXT_MOST + 2];
	struct inq_sha256 twice[2] = { { { 1 } }, { { 1 } } }, digest;
	struct inq_entry good = { .type = INQ_ENTRY_CLAIM,
		.case_id = inq_bytes_of(MAKE_CASE),
		.party = inq_bytes_of("alma"),
		.seq = 3,
		.prev = { .here = true },
		.text = inq_bytes_of("x"),
		.cites = twice,
		.cite_count = 1 },
	                 e;
	struct inq_bytes bytes = { NULL, 7 };
	struct inq_error err;

	(void)state;
	memset(longer, 'x', sizeof longer - 1);
	assert_int_equal(inq_entry_payload(&good, a, &bytes, &err), INQ_OK);
	bytes.len = 7;
	e = good;
	e.cite_count = 0;
	assert_int_equal(inq_entry_payload(&e, a, &bytes, &err), INQ_BAD_ARGUMENT);
	assert_non_null(strstr(err.text, "no grounds given"));
	e.cite_count = 2;
	assert_int_equal(inq_entry_payload(&e, a, &bytes, &err), INQ_BAD_ARGUMENT);
	e = good;
	e.text = bad_utf8;
	assert_int_equal(inq_entry_payload(&e, a, &bytes, &err), INQ_BAD_ARGUMENT);
	e.text = (struct inq_bytes){ NULL, 0 };
	assert_int_equal(inq_entry_payload(&e, a, &bytes, &err), INQ_BAD_ARGUMENT);
	e.text = inq_bytes_of(longer);
	assert_int_equal(inq_entry_payload(&e, a, &bytes, &err), INQ_OVER_LIMIT);
	e = good;
	e.seq = 0;
	assert_int_equal(inq_entry_payload(&e, a, &bytes, &err), INQ_BAD_ARGUMENT);
	e = good;
	e.prev.here = false;
	assert_int_equal(inq_entry_payload(&e, a, &bytes, &err), INQ_BAD_ARGUMENT);
	e = good;
	e.party = inq_bytes_of("Alma");
	assert_int_equal(inq_entry_payload(&e, a, &bytes, &err), INQ_BAD_ARGUMENT);
	e = good;
	e.case_id = inq_bytes_of("x");
	assert_int_equal(inq_entry_payload(&e, a, &bytes, &err), INQ_BAD_ARGUMENT);
	e = good;
	e.time = UINT64_MAX;
	assert_int_equal(inq_entry_payload(&e, a, &bytes, &err), INQ_OVER_LIMIT);
	e = good;
	e.type = INQ_ENTRY_TYPES;
	assert_int_equal(inq_entry_payload(&e, a, &bytes, &err), INQ_BAD_ARGUMENT);
	e.type = INQ_ENTRY_DISPUTE;
	e.dispute = INQ_DISPUTE_OTHER;
	e.text = (struct inq_bytes){ NULL, 0 };
	assert_int_equal(inq_entry_payload(&e, a, &bytes, &err), INQ_BAD_ARGUMENT);
	assert_int_equal(bytes.len, 7);
	/* A cosigner's key signs no entry. */
	assert_int_equal(inq_entry_write(&good, &whole.party[0].keys[INQ_ROLE_COSIGNER].signer, a, &bytes,
	                         &digest, &err),
	        INQ_BAD_SIGNATURE);
	assert_int_equal(bytes.len, 7);
}

static void entries_of_a_private_comparison_are_read_as_written(void **state)
{
	static const struct inq_bytes kinds[] = { { (const uint8_t *)"sha256/1", 8 } };
	const struct inq_entry good[] = {
		{ .type = INQ_ENTRY_BLIND_OFFER,
		        .with = inq_bytes_of("bera"),
		        .options = kinds,
		        .option_count = 1,
		        .limit = 512,
		        .count = 256 },
		{ .type = INQ_ENTRY_BLIND_ANSWER,
		        .with = inq_bytes_of("bera"),
		        .options = kinds,
		        .option_count = 1,
		        .limit = 256,
		        .count = 256,
		        .corpus = { .here = true } },
		{ .type = INQ_ENTRY_BLIND_RUN },
		{ .type = INQ_ENTRY_BLIND_RESULT, .count = 3, .size = 7 },
	};
	struct inq_entry e, back;
	struct inq_bytes payload, again;
	struct inq_error err;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		e = good[i];
		e.party = inq_bytes_of("alma");
		e.case_id = inq_bytes_of(MAKE_CASE);
		e.seq = 1;
		e.prev.here = true;
		memset(e.session.byte, 1, 32);
		memset(e.root.byte, 2, 32);
		memset(e.masked_by.byte, 3, 32);
		memset(e.of.byte, 4, 32);
		memset(e.peer.byte, 5, 32);
		memset(e.evaluated.byte, 6, 32);
		assert_int_equal(inq_entry_payload(&e, a, &payload, &err), INQ_OK);
		assert_int_equal(inq_statement_read(payload, a, &back, &err), INQ_OK);
		assert_int_equal(back.type, e.type);
		assert_int_equal(inq_entry_payload(&back, a, &again, &err), INQ_OK);
		assert_int_equal(again.len, payload.len);
		assert_memory_equal(again.at, payload.at, again.len);
		if (e.type != INQ_ENTRY_BLIND_OFFER && e.type != INQ_ENTRY_BLIND_ANSWER)
			continue;
		e.with = e.party;
		assert_int_equal(inq_entry_payload(&e, a, &payload, &err), INQ_BAD_ARGUMENT);
		e.with = inq_bytes_of("No One");
		assert_int_equal(inq_entry_payload(&e, a, &payload, &err), INQ_BAD_ARGUMENT);
		e.with = inq_bytes_of("bera");
		e.count = e.limit + 1;
		assert_int_equal(inq_entry_payload(&e, a, &payload, &err), INQ_BAD_ARGUMENT);
		e.count = 256;
		e.option_count = 0;
		assert_int_equal(inq_entry_payload(&e, a, &payload, &err), INQ_BAD_ARGUMENT);
	}
}

static void unknown_types_are_refused_by_name(void **state)
{
	struct inq_error err;
	struct inq_entry e;
	const char *at;

	(void)state;
	assert_int_equal(inq_entry_read(whole.party[0].entries[1], a, &e, &err), INQ_OK);
	at = strstr(inq_arena_string(a, e.payload), INQ_PREDICATE_PREFIX);
	assert_non_null(at);
	for (uint64_t i = 0; i < e.payload.len; i++) {
		if (!inq_bytes_begin(inq_bytes_from(e.payload, i), "exhibit/v1", 10))
			continue;
		assert_int_equal(with(e.payload, i, i + 10, "blind.commit/v1", &err), INQ_UNRECOGNISED);
		assert_non_null(strstr(err.text, "action"));
		assert_int_equal(with(e.payload, i, i + 10, "exhibit/v2", &err), INQ_UNRECOGNISED);
		assert_non_null(strstr(err.text, "predicate"));
		assert_int_equal(with(e.payload, i, i + 10, "claim/v1", &err), INQ_UNRECOGNISED);
	}
}

static void rotation_wants_possession_of_the_new_key(void **state)
{
	struct inq_error err;
	struct inq_entry e;
	struct inq_bytes payload;

	(void)state;
	for (size_t i = 0; i < whole.party[1].count; i++) {
		assert_int_equal(inq_entry_read(whole.party[1].entries[i], a, &e, &err), INQ_OK);
		if (e.type != INQ_ENTRY_KEY_ROTATE)
			continue;
		e.possession[5] ^= 1;
		assert_int_equal(inq_entry_payload(&e, a, &payload, &err), INQ_BAD_ARGUMENT);
		assert_non_null(strstr(err.text, "possession"));
		e.possession[5] ^= 1;
		e.new_key = e.old_key;
		assert_int_equal(inq_entry_payload(&e, a, &payload, &err), INQ_BAD_ARGUMENT);
	}
}

static void signature_is_of_the_entry_key_alone(void **state)
{
	struct inq_vkey *key = &whole.party[0].keys[INQ_ROLE_ENTRY].signer.vkey;
	struct inq_error err;
	struct inq_entry e;

	(void)state;
	assert_int_equal(inq_entry_read(whole.party[0].entries[1], a, &e, &err), INQ_OK);
	assert_int_equal(inq_entry_verify(&e, key, a, &err), INQ_OK);
	assert_int_equal(inq_entry_verify(&e, &whole.party[1].keys[INQ_ROLE_ENTRY].signer.vkey, a, &err),
	        INQ_BAD_SIGNATURE);
	e.signature[9] ^= 1;
	assert_int_equal(inq_entry_verify(&e, key, a, &err), INQ_BAD_SIGNATURE);
	e.signature[9] ^= 1;
	e.keyid = inq_bytes_of("00000000");
	assert_int_equal(inq_entry_verify(&e, key, a, &err), INQ_BAD_SIGNATURE);
}

static void failing_memory_leaves_outputs_alone(void **state)
{
	struct inq_entry good;
	struct inq_error err;

	(void)state;
	assert_int_equal(inq_entry_read(whole.party[0].entries[4], a, &good, &err), INQ_OK);
	for (uint64_t n = 1;; n++) {
		struct inq_arena *b = inq_arena_open(1 << 20);
		struct inq_bytes bytes = { NULL, 7 };
		struct inq_sha256 digest = { { 7 } };
		enum inq_status status;

		inq_arena_fail_after(b, n);
		status = inq_entry_write(
		        &good, &whole.party[0].keys[INQ_ROLE_ENTRY].signer, b, &bytes, &digest, &err);
		inq_arena_close(b);
		if (status == INQ_OK) {
			assert_true(n > 20);
			break;
		}
		assert_int_equal(status, INQ_NO_MEMORY);
		assert_true(bytes.len == 7 && digest.byte[0] == 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pae_is_that_of_the_protocol),
		cmocka_unit_test(envelope_of_the_protocol_is_read),
		cmocka_unit_test(every_type_is_written_as_it_is_read),
		cmocka_unit_test(every_field_is_strict),
		cmocka_unit_test(what_a_reader_refuses_is_not_written),
		cmocka_unit_test(entries_of_a_private_comparison_are_read_as_written),
		cmocka_unit_test(unknown_types_are_refused_by_name),
		cmocka_unit_test(rotation_wants_possession_of_the_new_key),
		cmocka_unit_test(signature_is_of_the_entry_key_alone),
		cmocka_unit_test(failing_memory_leaves_outputs_alone),
	};

	return cmocka_run_group_tests(tests, whole_make, whole_close);
}
