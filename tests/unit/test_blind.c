#include "../make/blind.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

static struct inq_arena *a;
static struct make_blind *m;

static int begin(void **state)
{
	(void)state;
	a = inq_arena_open(SIZE_MAX);
	m = a ? inq_arena_new(a, 1, sizeof *m) : NULL;
	return m ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	inq_arena_close(a);
	return 0;
}

#define LEFT "evil.example\nalpha.example\nbeta.example\nonly-left.example\n"
#define RIGHT "gamma.example\nEvil.Example.\nbeta.example\nonly-right.example\n"

static void commit_domains(uint8_t seed)
{
	struct inq_blind_set sets[2];

	make_blind_init(m, a, seed);
	sets[0] = make_blind_set(m, INQ_BLIND_DOMAIN, LEFT);
	sets[1] = make_blind_set(m, INQ_BLIND_DOMAIN, RIGHT);
	make_blind_commit(m, sets, seed);
}

static void steps(unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		make_blind_step(m);
}

static struct inq_blind_said said(unsigned party)
{
	struct inq_entry *e = inq_arena_new(a, 1, sizeof *e);
	struct inq_error err;

	assert_non_null(e);
	assert_int_equal(inq_entry_read(m->record.party[party].entries[m->index[party]], a, e, &err), INQ_OK);
	return inq_blind_said(e);
}

static struct inq_bytes result(unsigned by)
{
	struct inq_bytes bytes = { NULL, 0 };
	struct inq_error err = { 0, "" };

	assert_int_equal(inq_blind_result_write(&m->session[by], &m->asker[by], a, &bytes, &err), INQ_OK);
	return bytes;
}

static void both_learn_what_both_hold_and_nothing_else(void **state)
{
	const char *shared[] = { "beta.example", "evil.example" };
	struct inq_blind_result r;
	struct inq_blind_said offer, answer;
	struct inq_bytes bytes, again;
	struct inq_error err = { 0, "" };

	(void)state;
	commit_domains(1);
	steps(6);
	assert_int_equal(inq_blind_next(&m->session[0]), 0);
	assert_int_equal(inq_blind_next(&m->session[1]), 0);
	bytes = result(0);
	offer = said(0);
	answer = said(1);
	assert_int_equal(inq_blind_result_read(bytes, &offer, &answer, a, &r, &err), INQ_OK);
	assert_int_equal(r.count, 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(r.shared[i].kind, INQ_BLIND_DOMAIN);
		assert_true(inq_bytes_equal(r.shared[i].value, shared[i]));
	}
	assert_int_equal(r.pair_count, 0);
	/* Neither of the others stands anywhere in what was published. */
	assert_null(memmem(bytes.at, bytes.len, "only", 4));
	assert_int_equal(inq_blind_check(bytes, &offer, &answer, 2, a, &err), INQ_OK);
	assert_int_equal(inq_blind_check(bytes, &offer, &answer, 3, a, &err), INQ_TAMPERED);
	/* The proofs are drawn anew on each side; all else is the same. */
	again = result(1);
	assert_int_equal(inq_blind_result_read(again, &offer, &answer, a, &r, &err), INQ_OK);
	assert_int_equal(r.count, 2);
}

static void nothing_in_common_is_a_result(void **state)
{
	struct inq_blind_set sets[2];
	struct inq_blind_result r;
	struct inq_blind_said offer, answer;
	struct inq_error err;

	(void)state;
	make_blind_init(m, a, 9);
	sets[0] = make_blind_set(m, INQ_BLIND_EMAIL, "a@b.example\n");
	sets[1] = make_blind_set(m, INQ_BLIND_EMAIL, "c@d.example\n");
	make_blind_commit(m, sets, 9);
	steps(6);
	offer = said(0);
	answer = said(1);
	assert_int_equal(inq_blind_result_read(result(1), &offer, &answer, a, &r, &err), INQ_OK);
	assert_int_equal(r.count, 0);
}

/* The same text as two kinds is two elements. */
static void kinds_do_not_meet(void **state)
{
	struct inq_blind_set sets[2];

	(void)state;
	make_blind_init(m, a, 2);
	sets[0] = make_blind_set(m, INQ_BLIND_DOMAIN, "evil.example\n");
	sets[1] = make_blind_set(m, INQ_BLIND_STRING, "evil.example\n");
	make_blind_commit(m, sets, 2);
	steps(6);
	assert_int_equal(m->session[0].match_count, 0);
	assert_int_equal(m->session[1].match_count, 0);
}

/* Sets drawn by chance, compared with what a search of every pair finds. */
static void intersection_is_that_of_every_pair(void **state)
{
	enum { LEFT_COUNT = 700, RIGHT_COUNT = 500, VALUES = 1500 };
	struct inq_blind_builder *b[2];
	struct inq_blind_set sets[2];
	struct inq_error err;
	uint32_t random = 1;
	size_t common = 0;

	(void)state;
	make_blind_init(m, a, 3);
	for (unsigned side = 0; side < 2; side++) {
		b[side] = inq_blind_builder_make(a);
		for (unsigned i = 0; i < (side ? RIGHT_COUNT : LEFT_COUNT); i++) {
			uint8_t *value = inq_arena_new(a, 32, 1);

			random = random * 1664525 + 1013904223;
			value[0] = (uint8_t)(random >> 8);
			value[1] = (uint8_t)((random >> 16) % (VALUES / 256));
			assert_int_equal(inq_blind_add(b[side], INQ_BLIND_SHA256,
			                         (struct inq_bytes){ value, 32 }, inq_bytes_of("x"), &err),
			        INQ_OK);
		}
		assert_int_equal(inq_blind_built(b[side], &sets[side], &err), INQ_OK);
	}
	for (size_t i = 0; i < sets[0].count; i++)
		for (size_t j = 0; j < sets[1].count; j++)
			common += memcmp(sets[0].elements[i].value.at, sets[1].elements[j].value.at, 32) == 0;
	assert_in_range(common, 50, 400);
	make_blind_commit(m, sets, 3);
	steps(6);
	for (unsigned side = 0; side < 2; side++) {
		const struct inq_blind_session *s = &m->session[side];

		assert_int_equal(s->match_count, common);
		for (size_t i = 0; i < common; i++) {
			const struct inq_blind_element *l = &s->set.elements[s->element[s->matches[i].own]];
			bool found = false;

			for (size_t j = 0; j < sets[1 - side].count; j++)
				found |= memcmp(l->value.at, sets[1 - side].elements[j].value.at, 32) == 0;
			assert_true(found);
		}
	}
}

static struct inq_blind_function function(uint32_t from, uint32_t count, uint64_t va)
{
	uint32_t *keys = inq_arena_new(a, count, sizeof *keys);

	for (uint32_t i = 0; i < count; i++)
		keys[i] = (from + i) * 977;
	return (struct inq_blind_function){ va, 4 * count, keys, count };
}

static void functions_alike_are_found_opened_and_compared(void **state)
{
	struct inq_blind_function left[] = { function(0, 200, 0x1000), function(5000, 300, 0x2000) };
	struct inq_blind_function right[] = { function(10, 200, 0x3000), function(90000, 100, 0x4000) };
	struct inq_blind_function *of[] = { left, right };
	struct inq_blind_set sets[2];
	struct inq_blind_said offer, answer;
	struct inq_blind_result r;
	struct inq_bytes bytes;
	struct inq_error err = { 0, "" };

	(void)state;
	make_blind_init(m, a, 4);
	for (unsigned side = 0; side < 2; side++) {
		struct inq_blind_builder *b = inq_blind_builder_make(a);

		for (unsigned i = 0; i < 2; i++)
			assert_int_equal(
			        inq_blind_add_function(b, &of[side][i], inq_bytes_of("x"), &err), INQ_OK);
		assert_int_equal(inq_blind_built(b, &sets[side], &err), INQ_OK);
		assert_int_equal(sets[side].count, 2 * INQ_SKETCH_BANDS);
	}
	make_blind_commit(m, sets, 4);
	steps(6);
	offer = said(0);
	answer = said(1);
	bytes = result(0);
	assert_int_equal(inq_blind_result_read(bytes, &offer, &answer, a, &r, &err), INQ_OK);
	assert_true(r.count > 0);
	assert_int_equal(r.pair_count, 1);
	assert_int_equal(r.pairs[0].functions[0].va, 0x1000);
	assert_int_equal(r.pairs[0].functions[1].va, 0x3000);
	assert_int_equal(r.pairs[0].jaccard, 190 * 1000 / 210);
	/* The functions that met nothing are not there: neither where they lie nor what they are made of. */
	for (unsigned side = 0; side < 2; side++) {
		const uint8_t va[8] = { 0, side ? 0x40 : 0x20 };
		uint8_t keys[8];

		assert_null(memmem(bytes.at, bytes.len, va, sizeof va));
		for (unsigned i = 0; i < 8; i++)
			keys[i] = (uint8_t)(of[side][1].keys[50 + i / 4] >> 8 * (i % 4));
		assert_null(memmem(bytes.at, bytes.len, keys, sizeof keys));
	}
}

/* A message that is refused: why, and that the session is left as it was. */
static void refused(unsigned by, struct inq_bytes message, enum inq_status status, const char *why)
{
	struct inq_blind_session before = m->session[by];
	struct inq_bytes file[2];
	struct inq_error err = { 0, "" };
	enum inq_status got;

	assert_int_equal(inq_blind_session_write(&before, &m->asker[by], a, &file[0], &err), INQ_OK);
	got = make_blind_take(m, by, message, &err);
	if (got != status || !strstr(err.text, why))
		printf("%d: %s\n", got, err.text);
	assert_int_equal(got, status);
	assert_non_null(strstr(err.text, why));
	assert_int_equal(inq_blind_session_write(&m->session[by], &m->asker[by], a, &file[1], &err), INQ_OK);
	assert_int_equal(m->session[by].step, before.step);
	assert_memory_equal(&m->session[by].last, &before.last, sizeof before.last);
	assert_int_equal(m->session[by].match_count, before.match_count);
	assert_ptr_equal(m->session[by].theirs.points, before.theirs.points);
	assert_ptr_equal(m->session[by].opening.at, before.opening.at);
	assert_int_equal(file[0].len, file[1].len);
}

static void messages_out_of_order_or_again_are_refused(void **state)
{
	struct inq_bytes message[7];

	(void)state;
	commit_domains(5);
	for (unsigned i = 1; i <= 6; i++) {
		unsigned by = (i + 1) % 2, to = 1 - by;

		message[i] = make_blind_message(m, by);
		make_blind_sent(m, by, message[i]);
		/* Its own maker, and every earlier message. */
		refused(by, message[i], INQ_BAD_ARGUMENT, "own");
		for (unsigned k = 2 - i % 2; k < i; k += 2)
			if (k > 1 || i > 1)
				refused(to, message[k], INQ_CONFLICT, "taken before");
		{
			struct inq_error err = { 0, "" };

			assert_int_equal(make_blind_take(m, to, message[i], &err), INQ_OK);
		}
		refused(to, message[i], INQ_CONFLICT, "taken before");
	}
}

static void message_ahead_of_its_turn_is_refused(void **state)
{
	struct make_blind *ahead = inq_arena_new(a, 1, sizeof *ahead), *late;
	struct inq_bytes message;

	(void)state;
	commit_domains(6);
	steps(2);
	*ahead = *m;
	for (unsigned i = 0; i < 2; i++)
		ahead->asker[i].context = &ahead->keeper[i];
	late = m;
	m = ahead;
	steps(2);
	message = make_blind_message(m, 0);
	m = late;
	refused(1, message, INQ_CONFLICT, "out of order");
}

static void change_session(struct inq_blind_message *message, void *context)
{
	(void)context;
	message->session.byte[7] ^= 1;
}

static void change_case(struct inq_blind_message *message, void *context)
{
	(void)context;
	message->case_id = inq_bytes_of("ffffffffffffffffffffffffffffffff");
}

static void change_from(struct inq_blind_message *message, void *context)
{
	(void)context;
	message->from = inq_bytes_of("cato");
}

static void change_to(struct inq_blind_message *message, void *context)
{
	(void)context;
	message->to = inq_bytes_of("cato");
}

static void change_after(struct inq_blind_message *message, void *context)
{
	(void)context;
	message->after.is.byte[0] ^= 1;
}

static void change_commitment(struct inq_blind_message *message, void *context)
{
	(void)context;
	message->commitment.byte[0] ^= 1;
}

static void change_proof(struct inq_blind_message *message, void *context)
{
	message->proof = *(struct inq_bytes *)context;
}

static void messages_of_others_are_refused(void **state)
{
	static const struct {
		void (*change)(struct inq_blind_message *message, void *context);
		enum inq_status status;
		const char *why;
	} changes[] = {
		{ change_session, INQ_BAD_ARGUMENT, "another session" },
		{ change_case, INQ_BAD_ARGUMENT, "another case" },
		{ change_from, INQ_BAD_ARGUMENT, "not from" },
		{ change_to, INQ_BAD_ARGUMENT, "not from" },
		{ change_after, INQ_CONFLICT, "answers another" },
		{ change_commitment, INQ_CONFLICT, "another set" },
	};

	(void)state;
	commit_domains(7);
	steps(2);
	for (unsigned step = 3; step <= 6; step++) {
		unsigned by = (step + 1) % 2;

		for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
			refused(1 - by, make_blind_changed(m, by, changes[i].change, NULL), changes[i].status,
			        changes[i].why);
		make_blind_step(m);
	}
}

/* Before this party countersigned the commitment, or under somebody else's countersignature, nothing is taken. */
static void commitment_that_was_not_countersigned_is_refused(void **state)
{
	struct inq_bytes bare, foreign;
	uint64_t size;

	(void)state;
	commit_domains(8);
	steps(2);
	size = m->record.party[0].edge.size;
	bare = make_proof(&m->record, 0, m->index[0], size);
	refused(1, make_blind_changed(m, 0, change_proof, &bare), INQ_BAD_SIGNATURE, "countersigned");
	foreign = make_proof(&m->record, 1, m->index[1], m->record.party[1].edge.size);
	refused(1, make_blind_changed(m, 0, change_proof, &foreign), INQ_UNRECOGNISED, "does not hold");
	foreign = make_proof(&m->record, 0, 0, size);
	refused(1, make_blind_changed(m, 0, change_proof, &foreign), INQ_TAMPERED, "does not hold");
}

/* A body with `len` bytes at `off` replaced. */
struct edit {
	size_t off, len, cut;
	const uint8_t *by;
	bool swap;
};

static void change_body(struct inq_blind_message *message, void *context)
{
	const struct edit *e = context;
	uint8_t *copy = inq_arena_new(a, message->body.len + 64, 1);

	memcpy(copy, message->body.at, message->body.len);
	if (e->swap) {
		memcpy(copy + e->off, message->body.at + e->off + e->len, e->len);
		memcpy(copy + e->off + e->len, message->body.at + e->off, e->len);
	} else if (e->by) {
		memcpy(copy + e->off, e->by, e->len);
	}
	message->body.at = copy;
	message->body.len = message->body.len + (e->by || e->swap ? 0 : e->len) - e->cut;
}

static void edited(unsigned by, struct edit e, enum inq_status status, const char *why)
{
	refused(1 - by, make_blind_changed(m, by, change_body, &e), status, why);
}

static void masked_elements_that_are_not_as_committed_are_refused(void **state)
{
	static const uint8_t zero[32], more[4] = { 1, 1 }, fewer[4] = { 255 };

	(void)state;
	commit_domains(10);
	steps(2);
	for (unsigned step = 3; step <= 4; step++) {
		unsigned by = (step + 1) % 2;
		size_t count = m->session[by].count;

		assert_int_equal(count, INQ_BLIND_LEAST);
		edited(by, (struct edit){ .off = 4, .len = 32, .by = zero }, INQ_TAMPERED, "identity");
		edited(by, (struct edit){ .off = 4 + 32 * 3, .len = 32, .by = m->session[by].own.points[2] },
		        INQ_TAMPERED, "twice");
		edited(by, (struct edit){ .off = 4 + 32 * 4, .len = 32, .swap = true }, INQ_TAMPERED,
		        "order");
		edited(by, (struct edit){ .len = 4, .by = more }, INQ_TAMPERED, "were committed to");
		edited(by, (struct edit){ .len = 4, .by = fewer }, INQ_TAMPERED, "were committed to");
		edited(by, (struct edit){ .off = 4 + 32 * count + 5, .len = 1, .by = zero }, INQ_TAMPERED,
		        "not those that were committed to");
		edited(by, (struct edit){ .cut = 100000000 % 7 },
		        step == 3 ? INQ_UNRECOGNISED : INQ_UNRECOGNISED, "fewer");
		edited(by, (struct edit){ .len = 3 }, INQ_UNRECOGNISED, "follows");
		make_blind_step(m);
	}
}

static void multiplied_elements_that_are_not_proved_are_refused(void **state)
{
	static const uint8_t zero[32], more[4] = { 1, 1 };
	struct edit e;

	(void)state;
	commit_domains(11);
	steps(3);
	for (unsigned step = 4; step <= 5; step++) {
		unsigned by = (step + 1) % 2;
		size_t at = step == 4 ? 4 + 64 * m->session[by].count : 0, count = m->session[1 - by].count;

		edited(by, (struct edit){ .off = at, .len = 4, .by = more }, INQ_TAMPERED, "were sent");
		edited(by, (struct edit){ .off = at + 4, .len = 32, .by = zero }, INQ_TAMPERED, "identity");
		/* A point twice, two in each other's place, the points themselves, another batch's proof. */
		e = (struct edit){ .off = at + 4, .len = 32, .by = m->session[by].evaluated[1] };
		edited(by, e, INQ_BAD_SIGNATURE, "does not hold");
		edited(by, (struct edit){ .off = at + 4, .len = 32, .swap = true }, INQ_BAD_SIGNATURE,
		        "does not hold");
		e = (struct edit){ .off = at + 4, .len = 32 * count, .by = m->session[by].theirs.points[0] };
		edited(by, e, INQ_BAD_SIGNATURE, "does not hold");
		e = (struct edit){ .off = at + 4 + 32 * count, .len = 8, .by = zero };
		edited(by, e, INQ_BAD_SIGNATURE, "does not hold");
		make_blind_step(m);
	}
}

/* The first opening follows what was multiplied; each field of it counts. */
static void openings_of_anything_else_are_refused(void **state)
{
	(void)state;
	commit_domains(12);
	steps(4);
	for (unsigned step = 5; step <= 6; step++) {
		unsigned by = (step + 1) % 2;
		struct inq_bytes body;
		struct inq_error err;
		size_t at = 0, flips = 0;

		assert_int_equal(inq_blind_body(&m->session[by], &m->asker[by], a, &body, &err), INQ_OK);
		if (step == 5)
			at = 4 + 32 * m->session[1 - by].count + 64;
		for (size_t i = at; i < body.len; i += 5, flips++) {
			struct inq_blind_session before = m->session[1 - by];
			uint8_t flipped = body.at[i] ^ 0x10;
			struct edit e = { .off = i, .len = 1, .by = &flipped };

			if (make_blind_take(m, 1 - by, make_blind_changed(m, by, change_body, &e), &err) ==
			        INQ_OK) {
				/* Proofs are drawn anew: what is flipped there may be their first body's byte itself. */
				m->session[1 - by] = before;
				fail_msg("byte %zu of the opening does not count", i - at);
			}
			assert_int_equal(m->session[1 - by].step, before.step);
		}
		assert_true(flips > 100);
		edited(by, (struct edit){ .len = 1 }, INQ_UNRECOGNISED, "followed");
		make_blind_step(m);
	}
}

/* Well proved, but not all that both hold. */
static void opening_of_less_than_both_hold_is_refused(void **state)
{
	(void)state;
	commit_domains(30);
	steps(4);
	for (unsigned step = 5; step <= 6; step++) {
		unsigned by = (step + 1) % 2;
		struct inq_blind_session *s = &m->session[by];
		size_t count = s->match_count;

		for (s->match_count = 0; s->match_count < count; s->match_count++)
			refused(1 - by, make_blind_message(m, by), INQ_TAMPERED, "both hold 2");
		make_blind_step(m);
	}
}

static void result_tampered_with_does_not_hold(void **state)
{
	struct inq_blind_said offer, answer;
	struct inq_bytes bytes;
	struct inq_error err;
	uint8_t *copy;

	(void)state;
	commit_domains(13);
	steps(6);
	bytes = result(0);
	offer = said(0);
	answer = said(1);
	copy = inq_arena_new(a, bytes.len + 1, 1);
	memcpy(copy, bytes.at, bytes.len);
	assert_int_equal(
	        inq_blind_check((struct inq_bytes){ copy, bytes.len }, &offer, &answer, 2, a, &err), INQ_OK);
	for (size_t i = 0; i < bytes.len; i++) {
		copy[i] ^= 0x20;
		assert_int_not_equal(
		        inq_blind_check((struct inq_bytes){ copy, bytes.len }, &offer, &answer, 2, a, &err),
		        INQ_OK);
		copy[i] ^= 0x20;
	}
	for (size_t i = 0; i < bytes.len; i += 7)
		assert_int_not_equal(
		        inq_blind_check((struct inq_bytes){ copy, i }, &offer, &answer, 2, a, &err), INQ_OK);
	assert_int_not_equal(
	        inq_blind_check((struct inq_bytes){ copy, bytes.len + 1 }, &offer, &answer, 2, a, &err),
	        INQ_OK);
	assert_int_not_equal(inq_blind_check(bytes, &answer, &offer, 2, a, &err), INQ_OK);
	offer.masked_by = answer.masked_by;
	assert_int_equal(inq_blind_check(bytes, &offer, &answer, 2, a, &err), INQ_BAD_SIGNATURE);
	offer = said(0);
	answer.root = offer.root;
	assert_int_equal(inq_blind_check(bytes, &offer, &answer, 2, a, &err), INQ_TAMPERED);
}

static void message_cut_or_changed_is_refused(void **state)
{
	struct inq_blind_message read;
	struct inq_bytes message;
	struct inq_error err;
	uint8_t *copy;

	(void)state;
	commit_domains(14);
	steps(2);
	message = make_blind_message(m, 0);
	copy = inq_arena_new(a, message.len + 1, 1);
	memcpy(copy, message.at, message.len);
	for (size_t i = 0; i < message.len; i += i < 1200 ? 1 : 97)
		assert_int_not_equal(
		        inq_blind_message_read((struct inq_bytes){ copy, i }, &read, &err), INQ_OK);
	assert_int_equal(inq_blind_message_read((struct inq_bytes){ copy, message.len + 1 }, &read, &err),
	        INQ_TRUNCATED);
	for (size_t i = 0; i < message.len; i += i < 1200 ? 1 : 61) {
		struct inq_bytes changed = { copy, message.len };

		copy[i] ^= 1;
		if (inq_blind_message_read(changed, &read, &err) == INQ_OK)
			assert_int_not_equal(make_blind_take(m, 1, changed, &err), INQ_OK);
		copy[i] ^= 1;
	}
	assert_int_equal(make_blind_take(m, 1, message, &err), INQ_OK);
}

static void sessions_are_kept_between_messages(void **state)
{
	struct inq_blind_session read;
	struct inq_bytes file;
	struct inq_error err = { 0, "" };

	(void)state;
	commit_domains(15);
	for (unsigned i = 0; i < 6; i++) {
		make_blind_step(m);
		for (unsigned by = 0; by < 2; by++) {
			assert_int_equal(
			        inq_blind_session_write(&m->session[by], &m->asker[by], a, &file, &err),
			        INQ_OK);
			assert_int_equal(inq_blind_session_read(file, &m->asker[by], a, &read, &err), INQ_OK);
			assert_memory_equal(&read.root, &m->session[by].root, 32);
			m->session[by] = read;
			memset(m->keeper[by].scalar, 0, sizeof m->keeper[by].scalar);
			m->keeper[by].loaded = false;
			assert_int_equal(inq_blind_load(&read, &m->asker[by], &err), INQ_OK);
		}
	}
	assert_int_equal(m->session[0].match_count, 2);
	/* It says nothing in clear, opens to its own key alone, and every byte of it counts. */
	assert_null(memmem(file.at, file.len, "example", 7));
	assert_int_equal(inq_blind_session_read(file, &m->asker[0], a, &read, &err), INQ_LOCKED);
	for (size_t i = 0; i < file.len; i += 37) {
		uint8_t *copy = inq_arena_new(a, file.len, 1);

		memcpy(copy, file.at, file.len);
		copy[i] ^= 4;
		assert_int_not_equal(inq_blind_session_read((struct inq_bytes){ copy, file.len },
		                             &m->asker[1], a, &read, &err),
		        INQ_OK);
		assert_int_not_equal(inq_blind_session_read(
		                             (struct inq_bytes){ file.at, i }, &m->asker[1], a, &read, &err),
		        INQ_OK);
	}
}

static void other_terms_or_another_set_are_refused(void **state)
{
	struct inq_entry e, changed;
	struct inq_blind_session *s;
	struct inq_error err = { 0, "" };

	(void)state;
	commit_domains(16);
	s = &m->session[0];
	assert_int_equal(inq_entry_read(m->record.party[1].entries[m->index[1]], a, &e, &err), INQ_OK);
	changed = e;
	changed.count = INQ_BLIND_LIMIT + 1;
	assert_int_equal(inq_blind_peer(s, &changed, &err), INQ_OVER_LIMIT);
	changed = e;
	changed.limit--;
	assert_int_equal(inq_blind_peer(s, &changed, &err), INQ_BAD_ARGUMENT);
	changed = e;
	changed.option_count--;
	assert_int_equal(inq_blind_peer(s, &changed, &err), INQ_BAD_ARGUMENT);
	changed = e;
	changed.session.byte[0] ^= 1;
	assert_int_equal(inq_blind_peer(s, &changed, &err), INQ_BAD_ARGUMENT);
	changed = e;
	changed.of.byte[0] ^= 1;
	assert_int_equal(inq_blind_peer(s, &changed, &err), INQ_BAD_ARGUMENT);
	changed = e;
	memset(changed.masked_by.byte, 0, 32);
	assert_int_equal(inq_blind_peer(s, &changed, &err), INQ_TAMPERED);
	memcpy(changed.masked_by.byte, s->public, 32);
	assert_int_equal(inq_blind_peer(s, &changed, &err), INQ_TAMPERED);
	assert_false(s->has_peer);
	assert_int_equal(inq_blind_peer(s, &e, &err), INQ_OK);
	changed = e;
	changed.digest.byte[0] ^= 1;
	assert_int_equal(inq_blind_peer(s, &changed, &err), INQ_CONFLICT);
}

static void sizes_are_padded(void **state)
{
	(void)state;
	assert_int_equal(inq_blind_padded(1), 256);
	assert_int_equal(inq_blind_padded(256), 256);
	assert_int_equal(inq_blind_padded(257), 320);
	assert_int_equal(inq_blind_padded(10000), 10240);
	assert_int_equal(inq_blind_padded(448), 448);
	assert_int_equal(inq_blind_padded(449), 512);
	for (uint64_t n = 256; n < 100000; n += 13) {
		assert_true(inq_blind_padded(n) >= n);
		assert_true(inq_blind_padded(n) <= n + n / 4);
	}
}

static void more_elements_than_the_limit_are_refused(void **state)
{
	struct inq_blind_start start = { .case_id = inq_bytes_of(MAKE_CASE),
		.me = inq_bytes_of("alma"),
		.peer = inq_bytes_of("bera"),
		.kinds = 1U << INQ_BLIND_DOMAIN,
		.limit = 255 };
	struct inq_blind_session s;
	struct inq_blind_set set;
	struct inq_error err;

	(void)state;
	make_blind_init(m, a, 17);
	set = make_blind_set(m, INQ_BLIND_DOMAIN, LEFT);
	assert_int_equal(inq_blind_commit(&start, &set, &m->asker[0], a, &s, &err), INQ_OVER_LIMIT);
	start.limit = 256;
	assert_int_equal(inq_blind_commit(&start, &set, &m->asker[0], a, &s, &err), INQ_OK);
	start.kinds = 1U << INQ_BLIND_URL;
	assert_int_equal(inq_blind_commit(&start, &set, &m->asker[0], a, &s, &err), INQ_BAD_ARGUMENT);
	set.count = 0;
	assert_int_equal(inq_blind_commit(&start, &set, &m->asker[0], a, &s, &err), INQ_BAD_ARGUMENT);
}

static void canonical_forms_are_one_for_what_is_the_same(void **state)
{
	static const struct {
		enum inq_blind_kind kind;
		const char *text, *canonical; /* NULL: refused */
		bool ipv4;
	} forms[] = {
		{ INQ_BLIND_DOMAIN, "WWW.Example.COM.", "www.example.com", false },
		{ INQ_BLIND_DOMAIN, "localhost", NULL, false },
		{ INQ_BLIND_DOMAIN, "10.0.0.1", NULL, true },
		{ INQ_BLIND_DOMAIN, "a..b", NULL, false },
		{ INQ_BLIND_DOMAIN,
		        "b\xc3\xbc"
		        "cher.example",
		        NULL, false },
		{ INQ_BLIND_DOMAIN, "", NULL, false },
		{ INQ_BLIND_URL, "HTTP://Evil.Example:80", "http://evil.example/", false },
		{ INQ_BLIND_URL, "https://evil.example:0443/A?b#c", "https://evil.example/A?b", false },
		{ INQ_BLIND_URL, "http://evil.example:8080/%aF%2f", "http://evil.example:8080/%AF%2F",
		        false },
		{ INQ_BLIND_URL, "http://u:p@Evil.example?q", "http://u:p@evil.example/?q", false },
		{ INQ_BLIND_URL, "http://10.1.2.3/x", NULL, false },
		{ INQ_BLIND_URL, "http://10.1.2.3/x", "http://10.1.2.3/x", true },
		{ INQ_BLIND_URL, "http://[2001:DB8::1]:81/", "http://[2001:db8:0:0:0:0:0:1]:81/", false },
		{ INQ_BLIND_URL, "http://[::ffff:0a01:0203]/", NULL, false },
		{ INQ_BLIND_URL, "evil.example/x", NULL, false },
		{ INQ_BLIND_URL, "http://evil.example/a b", NULL, false },
		{ INQ_BLIND_EMAIL, "Bob@Example.ORG", "bob@example.org", false },
		{ INQ_BLIND_EMAIL, "@example.org", NULL, false },
		{ INQ_BLIND_IPV6, "2001:db8::1", "2001:0db8:0000:0000:0000:0000:0000:0001", false },
		{ INQ_BLIND_IPV6, "2001:DB8:0:0:0:0:0:1", "2001:0db8:0000:0000:0000:0000:0000:0001", false },
		{ INQ_BLIND_IPV6, "fe80::", "fe80:0000:0000:0000:0000:0000:0000:0000", false },
		{ INQ_BLIND_IPV6, "1:2:3", NULL, false },
		{ INQ_BLIND_IPV6, "1::2::3", NULL, false },
		{ INQ_BLIND_IPV6, "1:2:3:4:5:6:7:8:9", NULL, false },
		{ INQ_BLIND_IPV6, "::ffff:10.0.0.1", NULL, true },
		{ INQ_BLIND_IPV6, "::ffff:0a00:0001", NULL, false },
		{ INQ_BLIND_IPV4, "10.0.0.1", NULL, false },
		{ INQ_BLIND_IPV4, "10.0.0.1", "10.0.0.1", true },
		{ INQ_BLIND_IPV4, "010.0.0.1", NULL, true },
		{ INQ_BLIND_IPV4, "10.0.0.256", NULL, true },
		{ INQ_BLIND_IPV4, "10.0.0", NULL, true },
		{ INQ_BLIND_MUTEX, "Global\\Local\\Xyz", "Xyz", false },
		{ INQ_BLIND_MUTEX, "Global\\", NULL, false },
		{ INQ_BLIND_STRING, "short", NULL, false },
		{ INQ_BLIND_STRING, "As It Is, \x01", "As It Is, \x01", false },
		{ INQ_BLIND_SHA256, "00ffAA", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct inq_memory_sink memory = { .arena = a };
		struct inq_bytes value;
		struct inq_error err = { 0, "" };
		struct inq_sink out;
		enum inq_status status = inq_blind_canonical(
		        forms[i].kind, inq_bytes_of(forms[i].text), forms[i].ipv4, a, &value, &err);

		if ((status == INQ_OK) != (forms[i].canonical != NULL))
			printf("%s: %s\n", forms[i].text, err.text);
		assert_int_equal(status == INQ_OK, forms[i].canonical != NULL);
		if (status != INQ_OK)
			continue;
		assert_true(inq_blind_is_canonical(forms[i].kind, value));
		inq_sink_init(&out, inq_memory_sink_write, &memory);
		inq_blind_put(&out, forms[i].kind, value);
		assert_true(inq_sink_flush(&out));
		assert_int_equal(memory.len, strlen(forms[i].canonical));
		assert_memory_equal(memory.at, forms[i].canonical, memory.len);
	}
}

static void keeper_answers_nothing_but_its_requests(void **state)
{
	uint8_t request[200] = { 0 }, reply[4096];
	struct inq_error err;
	size_t len = 7;

	(void)state;
	make_blind_init(m, a, 18);
	for (unsigned what = 0; what < 256; what++)
		for (size_t size = 0; size < sizeof request; size += 31) {
			request[0] = (uint8_t)what;
			(void)!inq_blind_answer(&m->keeper[0], (struct inq_bytes){ request, size }, reply,
			        sizeof reply, &len, &err);
		}
	request[0] = INQ_BLIND_REQUEST + 2;
	m->keeper[0].loaded = false;
	assert_int_equal(inq_blind_answer(&m->keeper[0], (struct inq_bytes){ request, 33 }, reply,
	                         sizeof reply, &len, &err),
	        INQ_BAD_ARGUMENT);
	m->keeper[0].loaded = true;
	m->keeper[0].scalar[0] = 1;
	assert_int_equal(inq_blind_answer(&m->keeper[0], (struct inq_bytes){ request, 33 }, reply,
	                         sizeof reply, &len, &err),
	        INQ_TAMPERED);
	assert_int_equal(inq_blind_answer(&m->keeper[0], (struct inq_bytes){ request, 40 }, reply,
	                         sizeof reply, &len, &err),
	        INQ_BAD_ARGUMENT);
	assert_int_equal(
	        inq_blind_answer(&m->keeper[0], (struct inq_bytes){ request, 97 }, reply, 95, &len, &err),
	        INQ_BAD_ARGUMENT);
}

static void sketches_find_what_is_alike(void **state)
{
	unsigned found[2] = { 0, 0 };

	(void)state;
	for (unsigned likeness = 0; likeness < 2; likeness++) {
		for (unsigned trial = 0; trial < 200; trial++) {
			/* 0.8 and 0.2 of all keys in common. */
			uint32_t l[90], r[90], shift = likeness ? 60 : 10;
			uint8_t left[INQ_SKETCH_BANDS][INQ_SKETCH_BAND],
			        right[INQ_SKETCH_BANDS][INQ_SKETCH_BAND];
			bool any = false;

			for (uint32_t i = 0; i < 90; i++) {
				l[i] = trial * 100000 + i * 7;
				r[i] = trial * 100000 + (i + shift) * 7;
			}
			assert_int_equal(inq_sketch_jaccard(l, 90, r, 90), likeness ? 200 : 800);
			inq_sketch(l, 90, left);
			inq_sketch(r, 90, right);
			for (unsigned i = 0; i < INQ_SKETCH_BANDS; i++)
				any |= memcmp(left[i], right[i], INQ_SKETCH_BAND) == 0;
			found[likeness] += any;
		}
	}
	/* 1 - (1 - J^9)^10 of 200: 153, and less than 1. */
	assert_in_range(found[0], 130, 175);
	assert_in_range(found[1], 0, 2);
}

/* A whole comparison in the record: both runs, and the result of who offered. `change` may alter the last. */
static const struct inq_record_result *verified(
        void (*change)(struct inq_entry *e, unsigned which), bool blind, uint8_t seed)
{
	const struct inq_record_trust trust = {
		.level = 2, .object_most = 1 << 20, .blind = blind ? inq_blind_check : NULL
	};
	const struct inq_record_result *ret = NULL;
	struct inq_bundle_source source;
	struct inq_bytes bytes, packed;
	char name[INQ_BUNDLE_NAME];
	struct inq_error err = { 0, "" };

	commit_domains(seed);
	steps(6);
	bytes = result(0);
	for (unsigned which = 0; which < 3; which++) {
		unsigned by = which % 2;
		struct inq_entry e = { .type = which < 2 ? INQ_ENTRY_BLIND_RUN : INQ_ENTRY_BLIND_RESULT,
			.of = m->commitment[by],
			.peer = m->commitment[1 - by],
			.size = bytes.len,
			.count = 2 };

		inq_blind_evaluated_digest(&m->session[by], &e.evaluated);
		if (change)
			change(&e, which);
		assert_int_equal(inq_object_pack(bytes, a, &packed, &err), INQ_OK);
		assert_int_equal(inq_sha256(bytes, &e.result), INQ_OK);
		inq_bundle_object(&e.result, name);
		make_entry(&m->record, by, &e);
		make_see(&m->record, 1 - by, by);
	}
	make_file(&m->record, name, packed);
	make_publish(&m->record);
	source = make_source(&m->record);
	assert_int_equal(inq_record_verify(&source, &trust, a, &ret, &err), INQ_OK);
	return ret;
}

static void run_again(struct inq_entry *e, unsigned which)
{
	if (which == 2)
		e->type = INQ_ENTRY_BLIND_RUN;
}

static void count_more(struct inq_entry *e, unsigned which)
{
	e->count += which == 2;
}

static void of_oneself(struct inq_entry *e, unsigned which)
{
	if (which == 2)
		e->peer = e->of;
}

static void of_the_other(struct inq_entry *e, unsigned which)
{
	struct inq_sha256 of = e->of;

	if (which == 2) {
		e->of = e->peer;
		e->peer = of;
	}
}

static void third_party_verifies_what_both_held(void **state)
{
	static const struct {
		void (*change)(struct inq_entry *e, unsigned which);
		const char *why;
	} changes[] = {
		{ run_again, "second time" },
		{ count_more, "its entry says 3" },
		{ of_oneself, "do not belong together" },
		{ of_the_other, "do not belong together" },
	};
	const struct inq_record_result *r = verified(NULL, true, 20);

	(void)state;
	assert_int_equal(r->failure_total, 0);
	assert_int_equal(r->level, 2);
	assert_int_equal(r->unchecked_count, 0);
	r = verified(NULL, false, 21);
	assert_int_equal(r->failure_total, 0);
	assert_int_equal(r->unchecked_count, 1);
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		r = verified(changes[i].change, true, (uint8_t)(22 + i));
		assert_true(r->level < 2);
		for (size_t k = 0; k < r->failure_count; k++)
			if (!strstr(r->failures[k].what, changes[i].why) && i != 0)
				printf("%s\n", r->failures[k].what);
		assert_non_null(strstr(r->failures[r->failure_count - 1].what, changes[i].why));
	}
}

static void hex_is(const void *at, size_t len, const char *expected)
{
	char hex[129];

	inq_hex(at, len, hex);
	if (strcmp(hex, expected) != 0)
		printf("%s\n", hex);
	assert_string_equal(hex, expected);
}

/* The values of formats/blind.md. */
static void example_of_the_format_is_made_anew(void **state)
{
	const struct inq_bytes value = inq_bytes_of("evil.example");
	struct inq_blind_message read;
	struct inq_blind_set sets[2];
	struct inq_bytes message;
	struct inq_error err;
	uint8_t point[INQ_POINT];
	uint32_t leaf = 0;

	(void)state;
	make_blind_init(m, a, 1);
	sets[0] = sets[1] = make_blind_set(m, INQ_BLIND_DOMAIN, "evil.example\n");
	make_blind_commit(m, sets, 1);
	assert_true(inq_oprf_hash(
	        INQ_VOPRF, (struct inq_bytes){ (const uint8_t *)"domain/1\0evil.example", 21 }, point));
	assert_true(inq_blind_is_canonical(INQ_BLIND_DOMAIN, value));
	hex_is(point, 32, "74c722020c7e09962551fb2ad1bdcfa3a08da0ef3038ab71b98136a8f2ce946a");
	hex_is(m->keeper[0].scalar, 32, "95a8202ac9a4c4a0bf2ba1b6bb815846fe222bd33a5391bf4b6b7a0ff2f53a01");
	hex_is(m->session[0].public, 32, "e45754eb41c52857ffefaae66eddf46aa6dc0ce8d1c109550dfa53e1196c6e5c");
	while (m->session[0].element[leaf] == UINT32_MAX)
		leaf++;
	assert_int_equal(leaf, 176);
	hex_is(m->session[0].own.points[leaf], 32,
	        "b03acb8d6c0abdf3466cfd924dd8bf7086a6fe4e50ae9b794375fe37d1e90956");
	hex_is(m->session[0].own.hidden[leaf].byte, 32,
	        "9a6e84f9e6504e66f3426e0f2517189e2fd1037ff2d3e611e6f8f457a8e526a8");
	hex_is(m->session[0].root.byte, 32,
	        "f71c3958198e25a66c9685a4df03aefe6fe43740bf912ca934d573ce8e614e89");
	steps(2);
	message = make_blind_message(m, 0);
	assert_int_equal(inq_blind_message_read(message, &read, &err), INQ_OK);
	assert_int_equal(read.body.len, 4 + 64 * 256);
	hex_is(read.body.at, 4 + 32,
	        "00010000009ef0d1c24824110b3078b2c6362f309f71551c301e06e67bf8db00a1e18d7c");
}

static void logs_are_packed_and_read_as_a_bundle(void **state)
{
	struct inq_bundle_source source, packed;
	struct inq_blind_logs logs;
	struct inq_bytes bytes, l, r;
	struct inq_error err = { 0, "" };

	(void)state;
	commit_domains(19);
	make_publish(&m->record);
	source = make_source(&m->record);
	assert_int_equal(inq_blind_logs_pack(&source, a, &bytes, &err), INQ_OK);
	assert_int_equal(inq_blind_logs_read(bytes, &logs, &err), INQ_OK);
	inq_blind_logs_source(&logs, &packed);
	for (size_t i = 0; i < m->record.file_count; i++) {
		const char *name = m->record.files[i].name;

		assert_int_equal(source.read(source.context, name, 1 << 20, a, &l, &err), INQ_OK);
		assert_int_equal(packed.read(packed.context, name, 1 << 20, a, &r, &err), INQ_OK);
		assert_int_equal(l.len, r.len);
		assert_memory_equal(l.at, r.at, l.len);
	}
	assert_int_equal(packed.read(packed.context, "none", 100, a, &r, &err), INQ_UNREADABLE);
	for (size_t i = 1; i < bytes.len; i += 11)
		if (inq_blind_logs_read((struct inq_bytes){ bytes.at, i }, &logs, &err) == INQ_OK)
			assert_true(i < bytes.len); /* between two files: a verifier will miss the rest */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(both_learn_what_both_hold_and_nothing_else),
		TEST(nothing_in_common_is_a_result),
		TEST(kinds_do_not_meet),
		TEST(intersection_is_that_of_every_pair),
		TEST(functions_alike_are_found_opened_and_compared),
		TEST(messages_out_of_order_or_again_are_refused),
		TEST(message_ahead_of_its_turn_is_refused),
		TEST(messages_of_others_are_refused),
		TEST(commitment_that_was_not_countersigned_is_refused),
		TEST(masked_elements_that_are_not_as_committed_are_refused),
		TEST(multiplied_elements_that_are_not_proved_are_refused),
		TEST(openings_of_anything_else_are_refused),
		TEST(opening_of_less_than_both_hold_is_refused),
		TEST(result_tampered_with_does_not_hold),
		TEST(message_cut_or_changed_is_refused),
		TEST(sessions_are_kept_between_messages),
		TEST(other_terms_or_another_set_are_refused),
		TEST(sizes_are_padded),
		TEST(more_elements_than_the_limit_are_refused),
		TEST(canonical_forms_are_one_for_what_is_the_same),
		TEST(keeper_answers_nothing_but_its_requests),
		TEST(sketches_find_what_is_alike),
		TEST(example_of_the_format_is_made_anew),
		TEST(third_party_verifies_what_both_held),
		TEST(logs_are_packed_and_read_as_a_bundle),
	};

	return sodium_init() < 0 ? EXIT_FAILURE : cmocka_run_group_tests(tests, NULL, NULL);
}
