#include "../make/record.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { LIMIT = 256 << 20 };

/* A record, and what its verification gave. */
struct tried {
	struct inq_arena *a;
	enum inq_status status;
	const struct inq_record_result *result;
	struct inq_error err;
};

static const struct inq_record_trust everything = { .level = 2, .object_most = 1 << 20 };

static struct tried try_with(struct make_record *m, const struct inq_record_trust *trust)
{
	struct inq_bundle_source source = make_source(m);
	struct tried t = { .a = inq_arena_open(LIMIT) };

	assert_non_null(t.a);
	t.status = inq_record_verify(&source, trust, t.a, &t.result, &t.err);
	return t;
}

static struct tried try(struct make_record *m)
{
	return try_with(m, &everything);
}

static bool caught(const struct tried *t)
{
	return t->status != INQ_OK || t->result->level < 2;
}

static void show(const struct tried *t)
{
	for (size_t i = 0; t->status == INQ_OK && i < t->result->failure_count; i++) {
		const struct inq_record_failure *f = &t->result->failures[i];

		print_message("V%u %s %s %lld: %s (%s, %s)\n", f->level, f->file ? f->file : "-",
		        f->party ? f->party : "-", (long long)f->index, f->what,
		        f->expected ? f->expected : "-", f->found ? f->found : "-");
	}
}

/* The words for the status of an entry. */
static void status_is(const struct tried *t, size_t entry, const char *words)
{
	struct inq_memory_sink memory = { .arena = t->a };
	struct inq_sink sink;

	inq_sink_init(&sink, inq_memory_sink_write, &memory);
	inq_record_status_put(&sink, t->result, &t->result->entries[entry]);
	inq_put_bytes(&sink, (struct inq_bytes){ (const uint8_t *)"", 1 });
	assert_true(inq_sink_flush(&sink));
	assert_string_equal(memory.at, words);
}

static void whole_record_verifies(void **state)
{
	struct inq_arena *a = inq_arena_open(LIMIT);
	struct make_record m;
	struct tried t;

	(void)state;
	make_whole(&m, a);
	t = try(&m);
	assert_int_equal(t.status, INQ_OK);
	show(&t);
	assert_int_equal(t.result->level, 2);
	assert_int_equal(t.result->failure_total, 0);
	assert_int_equal(t.result->unchecked_count, 0);
	assert_int_equal(t.result->log_count, 2);
	assert_int_equal(t.result->entry_count, m.party[0].count + m.party[1].count);
	assert_string_equal(t.result->title, "The case of the example");
	assert_string_equal(t.result->case_id, MAKE_CASE);
	assert_int_equal(t.result->objects, 6);
	assert_int_equal(t.result->objects_checked, 6);
	assert_int_equal(t.result->logs[0].cosigner_count, 1);
	assert_int_equal(t.result->logs[0].cosigners[0].size, m.party[0].count);
	assert_int_equal(t.result->logs[0].keys, INQ_KEYS_FROM_BUNDLE);
	assert_true(t.result->logs[1].current.of[INQ_ROLE_ENTRY].id == m.party[1].keys[0].signer.vkey.id);
	inq_arena_close(t.a);
	inq_arena_close(a);
}

static void statuses_follow_citations(void **state)
{
	struct inq_arena *a = inq_arena_open(LIMIT);
	struct make_record m;
	struct tried t;
	size_t bera;

	(void)state;
	make_whole(&m, a);
	t = try(&m);
	assert_int_equal(t.status, INQ_OK);
	bera = t.result->logs[1].first;
	status_is(&t, 0, "stands");
	status_is(&t, 1, "stands"); /* its support was withdrawn */
	status_is(&t, 2, "unsealed");
	status_is(&t, 3, "withheld");
	status_is(&t, 4, "disputed by bera (library-code); not reproduced by bera");
	status_is(&t, 5, "rests on disputed, not-reproduced");
	status_is(&t, 6, "attested only; rests on disputed, not-reproduced");
	status_is(&t, bera + 3, "no grounds given");
	status_is(&t, bera + 4, "withdrawn");
	for (size_t i = 0; i < t.result->entry_count; i++) {
		assert_true(t.result->entries[i].holds);
		assert_ptr_equal(
		        inq_record_find(t.result, &t.result->entries[i].digest), &t.result->entries[i]);
	}
	/* The order has every entry once, each after those before it. */
	assert_int_equal(t.result->order[0], 0);
	for (size_t i = 0, sum = 0; i < t.result->entry_count; i++) {
		sum += t.result->order[i];
		if (i + 1 == t.result->entry_count)
			assert_int_equal(sum, t.result->entry_count * (t.result->entry_count - 1) / 2);
	}
	inq_arena_close(t.a);
	inq_arena_close(a);
}

static void keys_of_the_user_are_asked_for(void **state)
{
	struct inq_arena *a = inq_arena_open(LIMIT);
	struct inq_record_trust trust = everything;
	struct make_record m;
	struct make_key stranger;
	struct inq_vkey keys[2];
	struct tried t;

	(void)state;
	make_whole(&m, a);
	keys[0] = m.party[0].keys[INQ_ROLE_ENTRY].signer.vkey;
	keys[1] = m.party[1].keys[INQ_ROLE_COSIGNER].signer.vkey;
	trust.keys = keys;
	trust.key_count = 2;
	t = try_with(&m, &trust);
	assert_int_equal(t.result->level, 2);
	assert_int_equal(t.result->logs[0].keys, INQ_KEYS_FROM_USER);
	/* A cosigner's key signs no charter: it does not vouch for one. */
	assert_int_equal(t.result->logs[1].keys, INQ_KEYS_FROM_BUNDLE);
	inq_arena_close(t.a);
	make_key(&stranger, "alma", INQ_KEY_ED25519, 99);
	keys[0] = stranger.signer.vkey;
	t = try_with(&m, &trust);
	assert_int_equal(t.result->level, 0);
	assert_int_equal(t.result->failures[0].status, INQ_BAD_SIGNATURE);
	assert_non_null(strstr(t.result->failures[0].what, "alma"));
	inq_arena_close(t.a);
	inq_arena_close(a);
}

/* Mallory opens a log in alma's name, with alma's log key in its charter, and rotates that key to her own. */
static void a_key_that_is_merely_named_vouches_for_nothing(void **state)
{
	struct inq_arena *a = inq_arena_open(LIMIT);
	struct inq_record_trust trust = everything;
	char old[INQ_VKEY_MOST], new[INQ_VKEY_MOST];
	struct inq_entry e = { .type = INQ_ENTRY_KEY_ROTATE,
		.role = INQ_ROLE_LOG,
		.case_id = inq_bytes_of(MAKE_CASE),
		.party = inq_bytes_of("alma"),
		.reason = inq_bytes_of("so") };
	struct inq_bytes possession;
	struct make_record m;
	struct make_key mallory;
	struct inq_vkey known;
	struct inq_error err;
	struct tried t;

	(void)state;
	make_record_init(&m, a);
	make_party(&m, "alma");
	trust.keys = &m.party[0].keys[INQ_ROLE_LOG].signer.vkey;
	trust.key_count = 1;
	make_publish(&m);
	t = try_with(&m, &trust);
	assert_int_equal(t.result->logs[0].keys, INQ_KEYS_FROM_USER);
	inq_arena_close(t.a);

	inq_vkey_write(&m.party[0].keys[INQ_ROLE_LOG].signer.vkey, old);
	make_key(&mallory, m.party[0].origin, INQ_KEY_ED25519, 66);
	inq_vkey_write(&mallory.signer.vkey, new);
	e.old_key = inq_bytes_of(old);
	e.new_key = inq_bytes_of(new);
	assert_int_equal(inq_key_possession(&e, a, &possession, &err), INQ_OK);
	assert_int_equal(inq_sign(&mallory.signer, possession, e.possession, &err), INQ_OK);
	make_entry(&m, 0, &e);
	known = m.party[0].keys[INQ_ROLE_LOG].signer.vkey;
	trust.keys = &known;
	m.party[0].keys[INQ_ROLE_LOG] = mallory;
	m.party[0].keys[INQ_ROLE_LOG].signer.context = &m.party[0].keys[INQ_ROLE_LOG];
	m.file_count = 0;
	make_publish(&m);
	t = try_with(&m, &trust);
	show(&t);
	assert_int_equal(t.result->level, 2);
	assert_int_equal(t.result->logs[0].keys, INQ_KEYS_FROM_BUNDLE);
	inq_arena_close(t.a);
	inq_arena_close(a);
}

/* A packed object may change and still hold what it held: then it is no other object. */
static bool same_object(const char *name, struct inq_bytes packed)
{
	struct inq_sha256 digest;
	struct inq_arena *a;
	struct inq_bytes content;
	bool same;

	if (strncmp(name, "objects/", 8) != 0)
		return false;
	assert_true(inq_unhex(inq_bytes_of(strrchr(name, '/') + 1), digest.byte, 32));
	a = inq_arena_open(LIMIT);
	same = inq_object_unpack(packed, &digest, 1 << 20, a, &content, NULL) == INQ_OK;
	inq_arena_close(a);
	return same;
}

static void every_flipped_byte_is_caught(void **state)
{
	struct inq_arena *a = inq_arena_open(LIMIT);
	struct make_record m;
	uint8_t copy[65536];
	size_t missed = 0, flipped = 0;

	(void)state;
	make_whole(&m, a);
	for (size_t i = 0; i < m.file_count; i++) {
		struct inq_bytes good = m.files[i].bytes;
		size_t step = good.len > 1024 ? 29 : 1;

		assert_true(good.len <= sizeof copy);
		for (size_t at = i % step; at < good.len; at += step, flipped++) {
			struct tried t;

			memcpy(copy, good.at, good.len);
			copy[at] ^= (uint8_t)(1U << (at + i) % 8);
			m.files[i].bytes.at = copy;
			if (same_object(m.files[i].name, m.files[i].bytes))
				continue;
			t = try(&m);
			if (!caught(&t)) {
				print_message("%s: byte %zu\n", m.files[i].name, at);
				missed++;
			}
			inq_arena_close(t.a);
		}
		m.files[i].bytes = good;
	}
	assert_int_equal(missed, 0);
	assert_true(flipped > 3000);
	inq_arena_close(a);
}

static bool is_optional(const char *name)
{
	return strstr(name, "/cosigned/") != NULL;
}

static void every_file_dropped_cut_repeated_or_swapped_is_caught(void **state)
{
	struct inq_arena *a = inq_arena_open(LIMIT);
	struct make_record m;

	(void)state;
	make_whole(&m, a);
	for (size_t i = 0; i < m.file_count; i++) {
		struct make_file good = m.files[i];
		uint8_t *twice = inq_arena_new(a, 2 * good.bytes.len, 1);
		struct tried t;

		snprintf(m.files[i].name, sizeof m.files[i].name, "gone");
		t = try(&m);
		assert_true(is_optional(good.name) || caught(&t));
		if (t.status == INQ_OK && !is_optional(good.name))
			assert_true(t.result->failure_count > 0);
		inq_arena_close(t.a);
		m.files[i] = good;

		for (unsigned sixteenth = 0; sixteenth < 16; sixteenth++) {
			m.files[i].bytes.len = good.bytes.len * sixteenth / 16;
			t = try(&m);
			assert_true(caught(&t));
			inq_arena_close(t.a);
		}
		memcpy(twice, good.bytes.at, good.bytes.len);
		memcpy(twice + good.bytes.len, good.bytes.at, good.bytes.len);
		m.files[i].bytes = (struct inq_bytes){ twice, 2 * good.bytes.len };
		t = try(&m);
		assert_true(caught(&t));
		inq_arena_close(t.a);
		m.files[i] = good;

		for (size_t k = 0; k < i; k++) {
			struct inq_bytes other = m.files[k].bytes;

			if (other.len == good.bytes.len && memcmp(other.at, good.bytes.at, other.len) == 0)
				continue;
			m.files[i].bytes = other;
			m.files[k].bytes = good.bytes;
			t = try(&m);
			assert_true(caught(&t));
			inq_arena_close(t.a);
			m.files[i].bytes = good.bytes;
			m.files[k].bytes = other;
		}
	}
	inq_arena_close(a);
}

static void stray_files_are_caught_or_said(void **state)
{
	static const char *const wrong[] = { "logs/alma/tile/0/001", "logs/carl/checkpoint", "logs/alma/x",
		"objects/sha256/00/0000000000000000000000000000000000000000000000000000000000000000",
		"objects/readme", "proofs/x.tlog-proof" };
	struct inq_arena *a = inq_arena_open(LIMIT);
	struct make_record m;
	struct tried t;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		make_whole(&m, a);
		make_file(&m, wrong[i], inq_bytes_of("stray"));
		t = try(&m);
		assert_true(caught(&t));
		assert_string_equal(t.result->failures[0].file, wrong[i]);
		inq_arena_close(t.a);
	}
	make_whole(&m, a);
	make_file(&m, "report/index.html", inq_bytes_of("a page"));
	t = try(&m);
	assert_false(caught(&t));
	assert_int_equal(t.result->unchecked_count, 1);
	assert_string_equal(
	        t.result->unchecked[0].what, "files that the record does not cover: report/index.html");
	inq_arena_close(t.a);
	inq_arena_close(a);
}

static void proofs_beside_the_log_are_verified(void **state)
{
	struct inq_arena *a = inq_arena_open(LIMIT);
	struct make_record m;
	struct inq_bytes proof;
	struct tried t;
	uint8_t *copy;

	(void)state;
	make_whole(&m, a);
	proof = make_proof(&m, 0, 3, 6);
	make_file(&m, "proofs/alma-3.tlog-proof", proof);
	t = try(&m);
	show(&t);
	assert_false(caught(&t));
	inq_arena_close(t.a);
	copy = inq_arena_new(a, proof.len, 1);
	for (size_t at = 0; at < proof.len; at += 3) {
		memcpy(copy, proof.at, proof.len);
		copy[at] ^= 1;
		make_file(&m, "proofs/alma-3.tlog-proof", (struct inq_bytes){ copy, proof.len });
		t = try(&m);
		assert_true(caught(&t));
		inq_arena_close(t.a);
	}
	inq_arena_close(a);
}

/* What a party could do with its own keys: each leaves a record in which all signatures hold. */

static struct inq_sha256 nothing(void)
{
	struct inq_sha256 digest;

	memset(&digest, 0x5a, sizeof digest);
	return digest;
}

static void cites_what_is_not_there(struct make_record *m)
{
	struct inq_sha256 cites = nothing();
	struct inq_entry e = {
		.type = INQ_ENTRY_CLAIM, .text = inq_bytes_of("so"), .cites = &cites, .cite_count = 1
	};

	make_entry(m, 0, &e);
}

static void cites_what_it_had_not_seen(struct make_record *m)
{
	struct inq_sha256 cites = m->party[1].digests[m->party[1].count - 1];
	struct inq_entry e = {
		.type = INQ_ENTRY_CLAIM, .text = inq_bytes_of("so"), .cites = &cites, .cite_count = 1
	};

	make_entry(m, 0, &e);
}

static void responds_to_what_is_not_there(struct make_record *m)
{
	struct inq_entry e = { .type = INQ_ENTRY_DISPUTE, .of = nothing(), .dispute = INQ_DISPUTE_CUSTODY };

	make_entry(m, 1, &e);
}

static void withdraws_for_another(struct make_record *m)
{
	struct inq_entry e = { .type = INQ_ENTRY_WITHDRAW, .of = m->party[0].digests[1] };

	make_see(m, 1, 0);
	make_entry(m, 1, &e);
}

static void skips_an_entry(struct make_record *m)
{
	struct make_party *p = &m->party[0];
	struct inq_entry e = { .type = INQ_ENTRY_STATEMENT, .text = inq_bytes_of("dropped") };

	make_entry(m, 0, &e);
	make_entry(m, 0, &e);
	/* The tree is made of what is left: only the entries themselves tell. */
	p->entries[p->count - 2] = p->entries[p->count - 1];
	p->digests[p->count - 2] = p->digests[p->count - 1];
	p->count--;
}

static void repeats_an_entry(struct make_record *m)
{
	struct make_party *p = &m->party[0];
	struct inq_entry e = { .type = INQ_ENTRY_STATEMENT, .text = inq_bytes_of("again") };

	make_entry(m, 0, &e);
	p->entries[p->count - 1] = p->entries[p->count - 2];
	p->digests[p->count - 1] = p->digests[p->count - 2];
}

static void reorders_entries(struct make_record *m)
{
	struct make_party *p = &m->party[1];
	struct inq_bytes entry = p->entries[2];
	struct inq_sha256 digest = p->digests[2];

	p->entries[2] = p->entries[3];
	p->digests[2] = p->digests[3];
	p->entries[3] = entry;
	p->digests[3] = digest;
}

static void follows_another_entry(struct make_record *m)
{
	struct inq_sha256 kept = m->party[0].digests[m->party[0].count - 1];
	struct inq_entry e = { .type = INQ_ENTRY_STATEMENT, .text = inq_bytes_of("so") };

	m->party[0].digests[m->party[0].count - 1] = nothing();
	make_entry(m, 0, &e);
	m->party[0].digests[m->party[0].count - 2] = kept;
}

static void sees_another_head(struct make_record *m)
{
	struct inq_entry e = { .type = INQ_ENTRY_STATEMENT, .text = inq_bytes_of("so") };

	make_see(m, 1, 0);
	m->party[1].seen[0].root = nothing();
	make_entry(m, 1, &e);
}

static void sees_more_than_there_is(struct make_record *m)
{
	struct inq_entry e = { .type = INQ_ENTRY_STATEMENT, .text = inq_bytes_of("so") };

	make_see(m, 1, 0);
	m->party[1].seen[0].size += 3;
	make_entry(m, 1, &e);
}

static void forgets_what_it_saw(struct make_record *m)
{
	struct inq_entry e = { .type = INQ_ENTRY_STATEMENT, .text = inq_bytes_of("so") };

	m->party[1].seen[0].size = 1;
	m->party[1].seen[0].root = m->party[0].digests[0];
	make_entry(m, 1, &e);
}

static void enters_an_exhibit_twice(struct make_record *m)
{
	struct inq_subject subject = { inq_bytes_of("wiper.exe"), make_object(m, "MZ the wiper says") };
	struct inq_entry e = {
		.type = INQ_ENTRY_EXHIBIT_OPEN, .subjects = &subject, .subject_count = 1, .size = 17
	};

	make_entry(m, 0, &e);
}

static void lies_about_a_size(struct make_record *m)
{
	struct inq_subject subject = { inq_bytes_of("other"), make_object(m, "another exhibit") };
	struct inq_entry e = {
		.type = INQ_ENTRY_EXHIBIT_OPEN, .subjects = &subject, .subject_count = 1, .size = 16
	};

	make_entry(m, 0, &e);
}

static void opens_without_the_bytes(struct make_record *m)
{
	struct inq_subject subject = { inq_bytes_of("other"), nothing() };
	struct inq_entry e = {
		.type = INQ_ENTRY_EXHIBIT_OPEN, .subjects = &subject, .subject_count = 1, .size = 16
	};

	make_entry(m, 0, &e);
}

static void examines_what_nobody_entered(struct make_record *m)
{
	struct inq_subject subject = { inq_bytes_of("other"), nothing() };
	struct inq_entry e = { .type = INQ_ENTRY_STATEMENT,
		.subjects = &subject,
		.subject_count = 1,
		.text = inq_bytes_of("so") };

	make_entry(m, 0, &e);
}

static void unseals_for_another(struct make_record *m)
{
	struct inq_subject subject = { inq_bytes_of("letter"), make_object(m, "never seen") };
	struct inq_entry e = { .type = INQ_ENTRY_EXHIBIT_UNSEAL,
		.of = m->party[0].digests[3],
		.subjects = &subject,
		.subject_count = 1,
		.size = 99 };

	make_see(m, 1, 0);
	make_entry(m, 1, &e);
}

/* What alma sealed for bera, in an entry that says otherwise. */
static void seals(struct make_record *m, const char *recipient, const char *content, uint64_t size)
{
	struct inq_bytes to = inq_bytes_of(recipient);
	struct inq_subject subject = { inq_bytes_of("note"), { { 0 } } };
	struct inq_entry e = { .type = INQ_ENTRY_EXHIBIT_SEALED,
		.subjects = &subject,
		.subject_count = 1,
		.size = size,
		.sealed = make_sealed(m, 0, 1, "the note"),
		.recipients = &to,
		.recipient_count = 1 };

	assert_int_equal(inq_sha256(inq_bytes_of(content), &subject.digest), INQ_OK);
	make_entry(m, 0, &e);
}

static void says_that_it_sealed_to_another(struct make_record *m)
{
	seals(m, "cora", "the note", 8);
}

static void says_that_it_sealed_another_exhibit(struct make_record *m)
{
	seals(m, "bera", "the vote", 8);
}

static void says_that_it_sealed_more(struct make_record *m)
{
	seals(m, "bera", "the note", 9);
}

static void says_that_it_sealed_what_another_did(struct make_record *m)
{
	struct inq_bytes to = inq_bytes_of("alma");
	struct inq_subject subject = { inq_bytes_of("note"), { { 0 } } };
	struct inq_entry e = { .type = INQ_ENTRY_EXHIBIT_SEALED,
		.subjects = &subject,
		.subject_count = 1,
		.size = 8,
		.sealed = make_sealed(m, 0, 1, "the note"),
		.recipients = &to,
		.recipient_count = 1 };

	assert_int_equal(inq_sha256(inq_bytes_of("the note"), &subject.digest), INQ_OK);
	make_entry(m, 1, &e);
}

static void unseals_another_exhibit(struct make_record *m)
{
	struct inq_subject subject = { inq_bytes_of("wiper.exe"), make_object(m, "MZ the wiper says") };
	struct inq_entry e = { .type = INQ_ENTRY_EXHIBIT_UNSEAL,
		.of = m->party[0].digests[3],
		.subjects = &subject,
		.subject_count = 1,
		.size = 17 };

	make_entry(m, 0, &e);
}

/* What a party seals to the other one, as shared from an entry of alma's. */
static void shares(struct make_record *m, unsigned party, size_t of, const char *content)
{
	struct inq_bytes to = inq_bytes_of(party ? "alma" : "bera");
	struct inq_subject subject = { inq_bytes_of("memo"), { { 0 } } };
	struct inq_entry e = { .type = INQ_ENTRY_EXHIBIT_SHARE,
		.of = m->party[0].digests[of],
		.subjects = &subject,
		.subject_count = 1,
		.size = strlen(content),
		.sealed = make_sealed(m, party, !party, content),
		.recipients = &to,
		.recipient_count = 1 };

	make_see(m, 1, 0);
	assert_int_equal(inq_sha256(inq_bytes_of(content), &subject.digest), INQ_OK);
	make_entry(m, party, &e);
}

static void shares_what_was_not_sealed_to_it(struct make_record *m)
{
	shares(m, 1, 3, "never seen");
}

static void shares_another_exhibit(struct make_record *m)
{
	shares(m, 1, 2, "MZ the wiper says");
}

static void shares_what_is_open(struct make_record *m)
{
	shares(m, 0, 1, "MZ the wiper says");
}

/* Both sides of a share: who sealed it, and whom it was sealed to. */
static void who_can_open_it_shares_it(void **state)
{
	(void)state;
	for (unsigned party = 0; party < 2; party++) {
		struct inq_arena *a = inq_arena_open(LIMIT);
		struct make_record m;
		struct tried t;

		make_whole(&m, a);
		shares(&m, party, 2, "the memo 1");
		for (size_t k = 0; k < m.file_count; k++)
			if (strncmp(m.files[k].name, "logs/", 5) == 0)
				m.files[k--] = m.files[--m.file_count];
		make_publish(&m);
		t = try(&m);
		show(&t);
		assert_int_equal(t.result->failure_total, 0);
		assert_int_equal(t.result->level, 2);
		inq_arena_close(t.a);
		inq_arena_close(a);
	}
}

static void signs_with_a_revoked_key(struct make_record *m)
{
	struct inq_entry e = { .type = INQ_ENTRY_STATEMENT, .text = inq_bytes_of("so") };

	make_key(&m->party[1].keys[INQ_ROLE_ENTRY], "bera", INQ_KEY_ED25519, 4);
	make_entry(m, 1, &e);
}

static void revokes_a_key_it_never_had(struct make_record *m)
{
	char text[INQ_VKEY_MOST];
	struct make_key stranger;
	struct inq_entry e = { .type = INQ_ENTRY_KEY_REVOKE,
		.role = INQ_ROLE_ENTRY,
		.reason = inq_bytes_of("so"),
		.old_key = inq_bytes_of("") };

	make_key(&stranger, "alma", INQ_KEY_ED25519, 90);
	inq_vkey_write(&stranger.signer.vkey, text);
	e.old_key = inq_bytes_of(text);
	make_entry(m, 0, &e);
}

static void proves_a_fork_that_is_none(struct make_record *m)
{
	char key[INQ_VKEY_MOST];
	struct inq_bytes one = make_proof(m, 0, 1, 4), two = make_proof(m, 0, 2, 5);
	struct inq_entry e = { .type = INQ_ENTRY_FORK, .origin = inq_bytes_of(m->party[0].origin) };

	inq_vkey_write(&m->party[0].keys[INQ_ROLE_LOG].signer.vkey, key);
	e.log_key = inq_bytes_of(key);
	e.proofs[0] = make_object(m, inq_arena_string(m->a, one));
	e.proofs[1] = make_object(m, inq_arena_string(m->a, two));
	make_entry(m, 1, &e);
}

static struct inq_entry again(struct make_record *m, enum inq_rerun_outcome outcome)
{
	struct inq_entry of, e;
	struct inq_error err;

	assert_int_equal(inq_entry_read(m->party[0].entries[4], m->a, &of, &err), INQ_OK);
	assert_int_equal(of.type, INQ_ENTRY_EXAMINATION);
	e = of;
	e.type = INQ_ENTRY_RERUN;
	e.cites = NULL;
	e.cite_count = 0;
	e.of = m->party[0].digests[4];
	e.outcome = outcome;
	return e;
}

static void reproduces_other_bytes(struct make_record *m)
{
	struct inq_entry e = again(m, INQ_RERUN_REPRODUCED);

	e.result = make_object(m, "invented");
	e.size = strlen("invented");
	make_entry(m, 1, &e);
}

static void denies_the_same_bytes(struct make_record *m)
{
	struct inq_entry e = again(m, INQ_RERUN_DIFFERS);

	make_entry(m, 1, &e);
}

static void denies_by_another_call(struct make_record *m)
{
	struct inq_entry e = again(m, INQ_RERUN_DIFFERS);

	e.result = make_object(m, "invented");
	e.size = strlen("invented");
	e.program_digest.byte[0] ^= 1;
	make_entry(m, 1, &e);
}

static const struct cheat {
	const char *name;
	void (*cheat)(struct make_record *m);
	const char *what; /* the first failure says so */
} cheats[] = {
	{ "cites", cites_what_is_not_there, "names an entry that is not in the record" },
	{ "unseen", cites_what_it_had_not_seen, "had not seen" },
	{ "of", responds_to_what_is_not_there, "names an entry that is not in the record" },
	{ "withdraws", withdraws_for_another, "not its party's to withdraw" },
	{ "skips", skips_an_entry, "stands at another place" },
	{ "repeats", repeats_an_entry, "stands at another place" },
	{ "reorders", reorders_entries, "stands at another place" },
	{ "prev", follows_another_entry, "does not follow the entry before it" },
	{ "head", sees_another_head, "another head of a log" },
	{ "more", sees_more_than_there_is, "entries of a log that shows" },
	{ "forgets", forgets_what_it_saw, "had seen more of a log before" },
	{ "twice", enters_an_exhibit_twice, "had entered before" },
	{ "size", lies_about_a_size, "not the length" },
	{ "bytes", opens_without_the_bytes, "is not there" },
	{ "subject", examines_what_nobody_entered, "nobody had entered" },
	{ "unseals", unseals_for_another, "neither sealed nor withheld" },
	{ "seals to other", says_that_it_sealed_to_another, "another circle of parties" },
	{ "seals other", says_that_it_sealed_another_exhibit, "another digest" },
	{ "seals more", says_that_it_sealed_more, "another size" },
	{ "seals alien", says_that_it_sealed_what_another_did, "another party" },
	{ "shares", shares_what_was_not_sealed_to_it, "neither sealed nor withheld" },
	{ "shares other", shares_another_exhibit, "shares another exhibit" },
	{ "shares open", shares_what_is_open, "neither sealed nor withheld" },
	{ "unseals other", unseals_another_exhibit, "unseals another exhibit" },
	{ "revoked", signs_with_a_revoked_key, "names another key" },
	{ "revokes", revokes_a_key_it_never_had, "never had" },
	{ "reproduces", reproduces_other_bytes, "the same bytes, and names others" },
	{ "denies", denies_the_same_bytes, "other bytes, and names the same" },
	{ "other call", denies_by_another_call, "made another call" },
	{ "no fork", proves_a_fork_that_is_none, "one log can have both" },
};

static void every_cheat_of_a_party_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cheats / sizeof *cheats; i++) {
		struct inq_arena *a = inq_arena_open(LIMIT);
		struct make_record m;
		struct tried t;

		make_whole(&m, a);
		cheats[i].cheat(&m);
		for (size_t k = 0; k < m.file_count; k++)
			if (strncmp(m.files[k].name, "logs/", 5) == 0)
				m.files[k--] = m.files[--m.file_count];
		make_publish(&m);
		t = try(&m);
		assert_int_equal(t.status, INQ_OK);
		if (!caught(&t) || !strstr(t.result->failures[0].what, cheats[i].what)) {
			print_message("%s\n", cheats[i].name);
			show(&t);
		}
		assert_true(caught(&t));
		assert_non_null(strstr(t.result->failures[0].what, cheats[i].what));
		inq_arena_close(t.a);
		inq_arena_close(a);
	}
}

/* Alma gives bera a head, then rewrites its last entry. */
static void forked_log_is_proved(void **state)
{
	struct inq_arena *a = inq_arena_open(LIMIT);
	struct inq_entry e = { .type = INQ_ENTRY_STATEMENT, .text = inq_bytes_of("first") };
	struct make_record m, shown;
	struct inq_proof left, right;
	struct inq_bytes one, two;
	struct inq_error err;
	struct tried t;
	char key[INQ_VKEY_MOST], party_key[INQ_VKEY_MOST];

	(void)state;
	make_record_init(&m, a);
	make_party(&m, "alma");
	make_party(&m, "bera");
	make_entry(&m, 0, &e);
	one = make_proof(&m, 0, 1, 2);
	shown = m;
	make_publish(&shown);
	make_record_init(&m, a);
	make_party(&m, "alma");
	make_party(&m, "bera");
	e = (struct inq_entry){ .type = INQ_ENTRY_STATEMENT, .text = inq_bytes_of("second") };
	make_entry(&m, 0, &e);
	two = make_proof(&m, 0, 1, 2);
	assert_int_equal(inq_proof_read(one, a, &left, &err), INQ_OK);
	assert_int_equal(inq_proof_read(two, a, &right, &err), INQ_OK);
	assert_int_equal(
	        inq_fork_verify(&left, &right, &m.party[0].keys[INQ_ROLE_LOG].signer.vkey, a, &err), INQ_OK);
	assert_int_equal(inq_fork_verify(&left, &left, &m.party[0].keys[INQ_ROLE_LOG].signer.vkey, a, &err),
	        INQ_UNRESOLVED);
	assert_int_equal(inq_fork_verify(&left, &right, &m.party[1].keys[INQ_ROLE_LOG].signer.vkey, a, &err),
	        INQ_UNRECOGNISED);

	/* The head that bera kept gives it away. */
	make_publish(&m);
	make_file(&m, "logs/alma/cosigned/bera", make_head(&shown, 0, 2, 2));
	t = try(&m);
	assert_int_equal(t.result->level, 0);
	assert_int_equal(t.result->failures[0].status, INQ_FORKED);
	assert_true(t.result->logs[0].forked);
	inq_arena_close(t.a);

	/* So does the proof, as an entry. */
	inq_vkey_write(&m.party[0].keys[INQ_ROLE_LOG].signer.vkey, party_key);
	inq_vkey_write(&m.party[0].keys[INQ_ROLE_LOG].signer.vkey, key);
	e = (struct inq_entry){ .type = INQ_ENTRY_FORK,
		.origin = inq_bytes_of(m.party[0].origin),
		.log_key = inq_bytes_of(key) };
	e.proofs[0] = make_object(&m, inq_arena_string(a, one));
	e.proofs[1] = make_object(&m, inq_arena_string(a, two));
	make_entry(&m, 1, &e);
	for (size_t k = 0; k < m.file_count; k++)
		if (strncmp(m.files[k].name, "logs/", 5) == 0)
			m.files[k--] = m.files[--m.file_count];
	make_publish(&m);
	t = try(&m);
	show(&t);
	/* What others wrote holds; of alma's what is the same in both histories counts, and the charter it is. */
	assert_int_equal(t.result->failure_total, 0);
	assert_int_equal(t.result->level, 2);
	assert_int_equal(inq_record_forks(t.result), 1);
	assert_true(t.result->logs[0].forked);
	assert_false(t.result->logs[0].fork_revoked);
	assert_int_equal(t.result->logs[0].stands, 1);
	assert_true(t.result->entries[0].holds && !t.result->entries[0].forked);
	assert_true(!t.result->entries[1].holds && t.result->entries[1].forked);
	for (size_t i = 2; i < t.result->entry_count; i++)
		assert_true(t.result->entries[i].holds);
	inq_arena_close(t.a);

	/* What bera names of this history alma can no longer take back. */
	make_see(&m, 1, 0);
	e = (struct inq_entry){ .type = INQ_ENTRY_STATEMENT, .text = inq_bytes_of("we saw the second") };
	make_entry(&m, 1, &e);
	for (size_t k = 0; k < m.file_count; k++)
		if (strncmp(m.files[k].name, "logs/", 5) == 0)
			m.files[k--] = m.files[--m.file_count];
	make_publish(&m);
	t = try(&m);
	assert_int_equal(t.result->failure_total, 0);
	assert_int_equal(t.result->logs[0].stands, 2);
	assert_true(t.result->entries[1].holds);
	inq_arena_close(t.a);

	/* And when the key is revoked, the mark stays, and says so. */
	e = (struct inq_entry){ .type = INQ_ENTRY_KEY_REVOKE,
		.role = INQ_ROLE_LOG,
		.old_key = inq_bytes_of(party_key),
		.reason = inq_bytes_of("it was stolen") };
	make_entry(&m, 0, &e);
	for (size_t k = 0; k < m.file_count; k++)
		if (strncmp(m.files[k].name, "logs/", 5) == 0)
			m.files[k--] = m.files[--m.file_count];
	make_publish(&m);
	t = try(&m);
	assert_true(t.result->logs[0].forked && t.result->logs[0].fork_revoked);
	inq_arena_close(t.a);
	inq_arena_close(a);
}

/* The log's own key, under a root that the entries do not lead to: all signatures hold. */
static void signed_head_of_other_entries_is_caught(void **state)
{
	struct inq_arena *a = inq_arena_open(LIMIT);
	struct make_record m;
	struct inq_bytes head;
	struct tried t;

	(void)state;
	make_whole(&m, a);
	m.party[0].digests[7].byte[0] ^= 1;
	head = make_head(&m, 0, 8, ~0U);
	m.party[0].digests[7].byte[0] ^= 1;
	make_file(&m, "logs/alma/checkpoint", head);
	t = try(&m);
	assert_int_equal(t.result->level, -1);
	assert_string_equal(t.result->failures[0].what, "the entries do not lead to the root of the head");
	assert_non_null(t.result->failures[0].expected);
	assert_false(t.result->logs[0].forked);
	inq_arena_close(t.a);
	inq_arena_close(a);
}

/* Whoever carries the files can damage them: that accuses nobody of forking. */
static void damage_is_no_fork(void **state)
{
	static const char *const files[] = { "logs/alma/tile/0/000.p/8", "logs/alma/tile/entries/000.p/8",
		"logs/alma/checkpoint", "proofs/alma-3.tlog-proof", "logs/alma/cosigned/bera" };
	struct inq_arena *a = inq_arena_open(LIMIT);
	struct make_record m;
	struct tried t;

	(void)state;
	make_whole(&m, a);
	make_file(&m, "proofs/alma-3.tlog-proof", make_proof(&m, 0, 3, 6));
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct make_file *f = make_file_find(&m, files[i]);
		struct inq_bytes good = f->bytes;
		uint8_t *copy = inq_arena_new(a, good.len, 1);

		for (size_t at = 3; at < good.len; at += 61) {
			memcpy(copy, good.at, good.len);
			copy[at] ^= 2;
			f->bytes.at = copy;
			t = try(&m);
			assert_true(caught(&t));
			for (size_t k = 0; k < t.result->log_count; k++)
				assert_false(t.result->logs[k].forked);
			/* A tile that is wrong is told from an entry that is wrong. */
			if (i == 0) {
				assert_int_equal(t.result->failure_total, 1);
				assert_true(t.result->entries[(at / 32)].holds);
			}
			inq_arena_close(t.a);
		}
		f->bytes = good;
	}
	inq_arena_close(a);
}

static void revoked_cosigner_does_not_count(void **state)
{
	struct inq_arena *a = inq_arena_open(LIMIT);
	char text[INQ_VKEY_MOST];
	struct inq_entry e = {
		.type = INQ_ENTRY_KEY_REVOKE, .role = INQ_ROLE_COSIGNER, .reason = inq_bytes_of("lost")
	};
	struct make_record m;
	struct tried t;

	(void)state;
	make_record_init(&m, a);
	make_party(&m, "alma");
	make_party(&m, "bera");
	inq_vkey_write(&m.party[1].keys[INQ_ROLE_COSIGNER].signer.vkey, text);
	e.old_key = inq_bytes_of(text);
	make_entry(&m, 1, &e);
	make_publish(&m);
	t = try(&m);
	assert_int_equal(t.result->logs[0].cosigners[0].size, 0);
	assert_true(t.result->logs[1].revoked[INQ_ROLE_COSIGNER]);
	inq_arena_close(t.a);
	inq_arena_close(a);
}

static void large_log_of_several_tiles_verifies(void **state)
{
	struct inq_arena *a = inq_arena_open((size_t)LIMIT * 2);
	struct inq_entry e = { .type = INQ_ENTRY_STATEMENT, .text = inq_bytes_of("one of many") };
	struct make_record m;
	struct tried t;

	(void)state;
	make_record_init(&m, a);
	make_party(&m, "alma");
	for (unsigned i = 0; i < 519; i++)
		make_entry(&m, 0, &e);
	make_publish(&m);
	t = try(&m);
	show(&t);
	assert_int_equal(t.result->level, 2);
	assert_int_equal(t.result->entry_count, 520);
	inq_arena_close(t.a);
	/* The tile above the leaves is nothing that the root was computed from: it is compared. */
	for (size_t at = 0; at < 64; at += 9) {
		struct make_file *f = make_file_find(&m, "logs/alma/tile/1/000.p/2");
		struct inq_bytes good = f->bytes;
		uint8_t copy[64];

		memcpy(copy, good.at, sizeof copy);
		copy[at] ^= 8;
		f->bytes.at = copy;
		t = try(&m);
		assert_int_equal(t.result->level, -1);
		assert_int_equal(t.result->failure_total, 1);
		assert_int_equal(t.result->failures[0].at, at / 32 * 32);
		inq_arena_close(t.a);
		f->bytes = good;
	}
	/* A file of the middle is lost: what is after it is still looked at. */
	snprintf(make_file_find(&m, "logs/alma/tile/entries/001")->name, INQ_BUNDLE_NAME, "gone");
	t = try(&m);
	assert_int_equal(t.result->level, -1);
	assert_int_equal(t.result->failures[0].status, INQ_UNREADABLE);
	assert_int_equal(t.result->entry_count, 264);
	assert_int_equal(t.result->entries[256].index, 512);
	assert_true(t.result->entries[263].holds);
	inq_arena_close(t.a);
	inq_arena_close(a);
}

static void no_memory_leaves_the_result_alone(void **state)
{
	struct inq_arena *a = inq_arena_open(LIMIT);
	struct inq_bundle_source source;
	struct make_record m;
	uint64_t n = 1;

	(void)state;
	make_example(&m, a);
	source = make_source(&m);
	for (;; n++) {
		struct inq_arena *b = inq_arena_open(LIMIT);
		const struct inq_record_result *result = NULL;
		struct inq_error err;
		enum inq_status status;

		inq_arena_fail_after(b, n);
		status = inq_record_verify(&source, &everything, b, &result, &err);
		if (status == INQ_OK) {
			assert_int_equal(result->level, 2);
			inq_arena_close(b);
			break;
		}
		assert_int_equal(status, INQ_NO_MEMORY);
		assert_null(result);
		inq_arena_close(b);
	}
	assert_true(n > 20);
	inq_arena_close(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_record_verifies),
		cmocka_unit_test(statuses_follow_citations),
		cmocka_unit_test(keys_of_the_user_are_asked_for),
		cmocka_unit_test(a_key_that_is_merely_named_vouches_for_nothing),
		cmocka_unit_test(every_flipped_byte_is_caught),
		cmocka_unit_test(every_file_dropped_cut_repeated_or_swapped_is_caught),
		cmocka_unit_test(stray_files_are_caught_or_said),
		cmocka_unit_test(proofs_beside_the_log_are_verified),
		cmocka_unit_test(every_cheat_of_a_party_is_named),
		cmocka_unit_test(who_can_open_it_shares_it),
		cmocka_unit_test(forked_log_is_proved),
		cmocka_unit_test(signed_head_of_other_entries_is_caught),
		cmocka_unit_test(damage_is_no_fork),
		cmocka_unit_test(revoked_cosigner_does_not_count),
		cmocka_unit_test(large_log_of_several_tiles_verifies),
		cmocka_unit_test(no_memory_leaves_the_result_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
