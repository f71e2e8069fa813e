/*
 * Pulling: what holds is taken in, whatever it is kept in; what does not leaves
 * everything as it was; who forks is proved to. Bundles come straight out of
 * another party's case.
 */
#include "../make/store.h"
#include "os/os.h"
#include <inquiry/proof.h>
#include <inquiry/pull.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CASE_ID "00112233445566778899aabbccddeeff"

static struct inq_error err;

#define ok(call) ok_at(call, __LINE__)
static void ok_at(enum inq_status status, int line)
{
	if (status != INQ_OK)
		fail_msg("line %d: status %d: %s", line, (int)status, err.text);
}

struct party {
	struct inq_secret *secret;
	struct inq_case_writer writer;
	struct inq_arena *a;
	struct inq_case *c;
};

static enum inq_status ask(void *context, struct inq_bytes request, uint8_t *reply, size_t most,
        size_t *ret_len, struct inq_error *why)
{
	return inq_secret_answer(context, request, reply, most, ret_len, why);
}

static void party_make(struct party *p, const char *name)
{
	*p = (struct party){ .a = inq_arena_open((size_t)1 << 32) };
	assert_non_null(p->a);
	ok(inq_secret_make(inq_bytes_of(name), &p->secret, &err));
	inq_secret_public(p->secret, &p->writer.keys);
	p->writer.asker = (struct inq_asker){ ask, p->secret };
	p->writer.time = 1700000000;
}

static void party_end(struct party *p)
{
	inq_case_close(p->c);
	inq_secret_close(p->secret);
	inq_arena_close(p->a);
}

static void begin(struct party *p, enum make_store_kind kind)
{
	const struct inq_case_start start = { CASE_ID, "the case", NULL };
	struct inq_case_entered charter;
	struct make_store store;

	make_store(&store, kind);
	ok(inq_case_create(store.address, &start, &p->writer, p->a, &p->c, &charter, &err));
}

static void say(struct party *p, const char *text)
{
	struct inq_entry e = { .type = INQ_ENTRY_STATEMENT, .text = inq_bytes_of(text) };
	struct inq_case_entered entered;

	ok(inq_case_begin(p->c, &p->writer, &err));
	ok(inq_case_enter(p->c, &e, &entered, &err));
	ok(inq_case_commit(p->c, &err));
}

static void admit(struct party *p, const char *content)
{
	struct inq_subject subject = { inq_bytes_of("a file"), { { 0 } } };
	struct inq_entry e = { .type = INQ_ENTRY_EXHIBIT_OPEN, .subjects = &subject, .subject_count = 1 };
	struct inq_case_entered entered;

	ok(inq_case_begin(p->c, &p->writer, &err));
	e.size = strlen(content);
	ok(inq_store_object_put_bytes(inq_case_store(p->c), inq_bytes_of(content), &subject.digest, &err));
	ok(inq_case_enter(p->c, &e, &entered, &err));
	ok(inq_case_commit(p->c, &err));
}

/* The bundle of a party, as it would be published at this moment. */
struct bundle {
	struct inq_bundle_source is;
	uint64_t reads;
	uint64_t fail_at; /* the n-th read fails; 0: none */
	const char *change; /* files of that name have a byte flipped, or NULL */
	uint64_t change_at;
	bool changed;
};

static enum inq_status bundle_read(void *context, const char *name, uint64_t most, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *why)
{
	struct bundle *b = context;
	struct inq_bytes bytes;
	enum inq_status status;
	uint8_t *copy;

	if (++b->reads == b->fail_at)
		return inq_fail(why, INQ_IO, 0, "the stick was pulled out");
	status = b->is.read(b->is.context, name, most, a, &bytes, why);
	if (status != INQ_OK)
		return status;
	if (b->change && strcmp(b->change, name) == 0 && b->change_at < bytes.len) {
		copy = (uint8_t *)inq_arena_string(a, bytes);
		assert_non_null(copy);
		copy[b->change_at] ^= 1;
		bytes.at = copy;
		b->changed = true;
	}
	*ret = bytes;
	return INQ_OK;
}

static struct inq_pull pull_of(struct bundle *b, struct party *from)
{
	ok(inq_case_freeze(from->c, &err));
	inq_case_bundle(from->c, &b->is);
	return (struct inq_pull){ .source = { bundle_read, NULL, b } };
}

static struct inq_pulled join(struct party *p, struct party *from, enum make_store_kind kind)
{
	const struct inq_case_start start = { NULL, NULL, NULL };
	struct bundle b = { .reads = 0 };
	struct inq_pull pull = pull_of(&b, from);
	struct inq_case_entered charter;
	struct inq_pulled ret = { 0 };
	struct make_store store;

	make_store(&store, kind);
	ok(inq_case_join(store.address, &start, &p->writer, &pull, p->a, &p->c, &charter, &ret, &err));
	inq_case_thaw(from->c);
	return ret;
}

/* Takes in what a party published, and lets that other one in; NULL: nobody. */
static struct inq_pulled let_in(struct party *p, struct party *from, const char *other)
{
	const struct inq_pull_accept accept = { other, NULL };
	struct bundle b = { .reads = 0 };
	struct inq_pull pull = pull_of(&b, from);
	struct inq_pulled ret = { 0 };

	pull.accept = &accept;
	pull.accept_count = other != NULL;
	ok(inq_case_pull(p->c, &p->writer, &pull, p->a, &ret, &err));
	inq_case_thaw(from->c);
	return ret;
}

static struct inq_pulled take(struct party *p, struct party *from)
{
	return let_in(p, from, NULL);
}

/* All of the case, proved again from the bundle that it would publish. */
static const struct inq_record_result *prove(struct party *p, uint64_t failures)
{
	const struct inq_record_trust trust = { .level = 2, .object_most = 1 << 20 };
	const struct inq_record_result *record;
	struct inq_bundle_source source;

	ok(inq_store_check(inq_case_store(p->c), &err));
	ok(inq_case_freeze(p->c, &err));
	inq_case_bundle(p->c, &source);
	ok(inq_record_verify(&source, &trust, p->a, &record, &err));
	inq_case_thaw(p->c);
	if (record->failure_total != failures)
		fail_msg("%s: %s", record->failures[0].file ? record->failures[0].file : "?",
		        record->failures[0].what);
	return record;
}

static const struct inq_pull_log *log_of(const struct inq_pulled *p, const char *party)
{
	for (size_t i = 0; i < p->log_count; i++)
		if (strcmp(p->logs[i].party, party) == 0)
			return &p->logs[i];
	fail_msg("no log of %s", party);
	return NULL;
}

static void equal_writers_over_every_store(void **state)
{
	(void)state;
	for (int kind = 0; kind < MAKE_STORE_KINDS; kind++) {
		const struct inq_record_result *record;
		struct party alice, bob, carol;
		struct inq_pulled p;

		if (!make_store_can((enum make_store_kind)kind))
			continue;
		party_make(&alice, "alice");
		party_make(&bob, "bob");
		party_make(&carol, "carol");
		begin(&alice, MAKE_MEMORY);
		admit(&alice, "a program");
		p = join(&bob, &alice, (enum make_store_kind)kind);
		assert_int_equal(p.entries, 2);
		assert_int_equal(p.objects, 1);
		admit(&bob, "another one");
		join(&carol, &bob, MAKE_MEMORY);
		say(&carol, "we see");
		p = let_in(&bob, &carol, "carol");
		assert_int_equal(p.entries, 2);
		assert_true(log_of(&p, "carol")->countersigned);
		p = let_in(&alice, &bob, "bob");
		assert_int_equal(p.entries, 2);
		assert_int_equal(p.stranger_count, 1);
		assert_string_equal(p.strangers[0].party, "carol");
		p = let_in(&alice, &bob, "carol");
		assert_int_equal(p.entries, 2);
		p = take(&bob, &alice);
		p = take(&carol, &bob);
		assert_int_equal(log_of(&p, "alice")->cosigner_count, 2);
		record = prove(&carol, 0);
		prove(&alice, 0);
		prove(&bob, 0);
		assert_int_equal(record->level, 2);
		assert_int_equal(record->entry_count, 6);
		for (size_t i = 0; i < record->log_count; i++)
			for (size_t k = 0; k < record->logs[i].cosigner_count; k++)
				assert_int_equal(record->logs[i].cosigners[k].size, record->logs[i].size);
		party_end(&carol);
		party_end(&bob);
		party_end(&alice);
	}
}

static void pulling_again_changes_nothing(void **state)
{
	struct party alice, bob;
	struct inq_pulled p;

	(void)state;
	party_make(&alice, "alice");
	party_make(&bob, "bob");
	begin(&alice, MAKE_MEMORY);
	join(&bob, &alice, MAKE_MEMORY);
	p = take(&alice, &bob);
	assert_int_equal(p.entries, 1);
	assert_true(log_of(&p, "bob")->is_new);
	p = take(&alice, &bob);
	assert_int_equal(p.entries + p.objects + p.cosignatures, 0);
	assert_false(log_of(&p, "bob")->countersigned);
	assert_int_equal(prove(&alice, 0)->entry_count, 2);
	party_end(&bob);
	party_end(&alice);
}

static void refuses_a_name_or_a_key_that_is_taken(void **state)
{
	const struct inq_case_start start = { NULL, NULL, NULL };
	struct party alice, bob, thief;
	struct inq_case_entered charter;
	struct inq_pulled p = { 0 };
	struct bundle b = { .reads = 0 };
	struct inq_pull pull;

	(void)state;
	party_make(&alice, "alice");
	party_make(&bob, "alice");
	party_make(&thief, "thief");
	begin(&alice, MAKE_MEMORY);
	pull = pull_of(&b, &alice);
	assert_int_equal(
	        inq_case_join("memory:", &start, &bob.writer, &pull, bob.a, &bob.c, &charter, &p, &err),
	        INQ_CONFLICT);
	assert_string_equal(err.text, "the inquiry has a party alice already");
	/* Her log key as his cosigner: in another role it is no less hers. */
	memcpy(thief.writer.keys.of[INQ_ROLE_COSIGNER].public, alice.writer.keys.of[INQ_ROLE_LOG].public,
	        INQ_PUBLIC);
	assert_int_equal(
	        inq_case_join("memory:", &start, &thief.writer, &pull, thief.a, &thief.c, &charter, &p, &err),
	        INQ_CONFLICT);
	assert_string_equal(err.text, "the cosigner key is alice's in this inquiry");
	inq_case_thaw(alice.c);
	party_end(&thief);
	party_end(&bob);
	party_end(&alice);
}

/* alice, and bob who joined and has something new. */
static void two(struct party *alice, struct party *bob)
{
	party_make(alice, "alice");
	party_make(bob, "bob");
	begin(alice, MAKE_MEMORY);
	admit(alice, "a program");
	join(bob, alice, MAKE_MEMORY);
	(void)take(alice, bob);
	admit(bob, "another program");
	say(bob, "and a word");
}

static void a_source_that_fails_takes_nothing_in(void **state)
{
	struct party alice, bob;
	struct inq_pulled p;

	(void)state;
	two(&alice, &bob);
	for (uint64_t n = 1;; n++) {
		struct bundle b = { .fail_at = n };
		struct inq_pull pull = pull_of(&b, &bob);
		struct inq_pulled unused;

		if (inq_case_pull(alice.c, &alice.writer, &pull, alice.a, &unused, &err) == INQ_OK) {
			inq_case_thaw(bob.c);
			assert_true(n > 6);
			break;
		}
		inq_case_thaw(bob.c);
		assert_string_equal(err.text, "the stick was pulled out");
		prove(&alice, 0);
		assert_int_equal(inq_case_count(alice.c), 3);
	}
	p = take(&alice, &bob);
	assert_int_equal(p.entries, 0);
	assert_int_equal(prove(&alice, 0)->entry_count, 5);
	party_end(&bob);
	party_end(&alice);
}

static bool name_keep(void *to, const char *name)
{
	char(*names)[INQ_BUNDLE_NAME] = to;
	size_t at = 0;

	while (at < 31 && *names[at])
		at++;
	snprintf(names[at], sizeof names[at], "%s", name);
	return true;
}

/* Every file, a byte here and there: what is taken in is what the verifier would have taken. */
static void a_changed_byte_is_refused_or_not_read(void **state)
{
	static char names[32][INQ_BUNDLE_NAME];
	unsigned refused = 0, tried = 0;

	(void)state;
	for (size_t i = 0; i < 31; i++) {
		for (uint64_t at = 0; at < 2000; at = at * 2 + 7) {
			struct party alice, bob;
			struct inq_pulled p = { 0 };
			struct bundle b = { .change_at = at };
			struct inq_pull pull;
			enum inq_status status;

			two(&alice, &bob);
			pull = pull_of(&b, &bob);
			if (!*names[0])
				ok(b.is.list(b.is.context, name_keep, names, &err));
			b.change = names[i];
			if (!*names[i]) {
				inq_case_thaw(bob.c);
				party_end(&bob);
				party_end(&alice);
				break;
			}
			status = inq_case_pull(alice.c, &alice.writer, &pull, alice.a, &p, &err);
			inq_case_thaw(bob.c);
			tried += b.changed;
			if (b.changed && status == INQ_OK && !p.refused)
				/* A zstd frame and base64 have bits that say nothing. */
				assert_true(strncmp(names[i], "objects/", 8) == 0);
			refused += status != INQ_OK || p.refused;
			assert_int_equal(p.fork_count, 0);
			prove(&alice, 0);
			assert_int_equal(inq_case_count(alice.c), status == INQ_OK && !p.refused ? 5 : 3);
			party_end(&bob);
			party_end(&alice);
		}
	}
	assert_true(tried > 40 && refused > tried * 9 / 10);
}

/* A copy of a party's case before it goes on: the same secret writes both. */
static void copy(const struct party *p, struct party *twin, struct party *from)
{
	*twin = (struct party){
		.secret = p->secret, .writer = p->writer, .a = inq_arena_open((size_t)1 << 32)
	};
	join(twin, from, MAKE_MEMORY);
}

static void who_forks_is_proved_to(void **state)
{
	struct party alice, bob, twin, carol;
	const struct inq_record_result *record;
	struct inq_arena *a = inq_arena_open(64 << 20);
	struct inq_fork fork;
	struct inq_pulled p;
	struct inq_vkey key;
	bool vouched;

	(void)state;
	party_make(&alice, "alice");
	party_make(&bob, "bob");
	party_make(&carol, "carol");
	begin(&alice, MAKE_MEMORY);
	/* Bob joins twice, with the same keys: two first entries that differ by what they had seen. */
	join(&bob, &alice, MAKE_MEMORY);
	say(&alice, "time goes by");
	copy(&bob, &twin, &alice);
	say(&twin, "to carol");
	say(&bob, "to alice");
	join(&carol, &twin, MAKE_MEMORY);
	take(&alice, &bob);
	p = let_in(&alice, &carol, "carol");
	assert_true(p.refused);
	assert_int_equal(p.fork_count, 1);
	assert_string_equal(p.forks[0].party, "bob");
	ok(inq_vkey_make(
	        inq_bytes_of("bob"), INQ_KEY_ED25519, bob.writer.keys.of[INQ_ROLE_LOG].public, &key, &err));
	ok(inq_fork_prove(p.forks[0].proof, &key, 1, a, &fork, &vouched, &err));
	assert_true(vouched);
	assert_int_equal(fork.said[0].index, 0);
	for (size_t len = 0; len < p.forks[0].proof.len; len++) {
		struct inq_bytes cut = { p.forks[0].proof.at, len };

		assert_int_not_equal(inq_fork_prove(cut, &key, 1, a, &fork, &vouched, &err), INQ_OK);
		if (len % 64 == 0) {
			inq_arena_close(a);
			a = inq_arena_open(64 << 20);
		}
	}
	/* It is said once; carol is heard, bob no more. */
	record = prove(&alice, 0);
	assert_int_equal(record->level, 2);
	assert_int_equal(inq_record_forks(record), 1);
	p = let_in(&alice, &carol, "carol");
	assert_false(p.refused);
	assert_int_equal(p.fork_count, 0);
	assert_true(log_of(&p, "bob")->forked);
	assert_false(log_of(&p, "bob")->countersigned);
	assert_true(log_of(&p, "carol")->countersigned);
	say(&bob, "nothing happened");
	p = take(&alice, &bob);
	assert_int_equal(p.entries, 0);
	inq_arena_close(a);
	party_end(&carol);
	inq_case_close(twin.c);
	inq_arena_close(twin.a);
	party_end(&bob);
	party_end(&alice);
}

/* Bob brings parties of his own making: alice hears bob, and of the others that there are some. */
static void parties_come_in_by_consent(void **state)
{
	struct party alice, bob, puppets[INQ_JOIN_MOST], late;
	const struct inq_record_result *record;
	struct inq_case_start start = { NULL, NULL, NULL };
	struct inq_case_entered charter;
	struct inq_pulled p, none = { 0 };
	struct make_store store;
	struct inq_pull pull;
	struct bundle b = { .reads = 0 };
	struct inq_pull_accept accept = { "puppet-3", NULL };
	struct inq_vkey wrong;
	char key[INQ_VKEY_MOST];

	(void)state;
	two(&alice, &bob);
	p = take(&alice, &bob);
	assert_int_equal(p.stranger_count, 0);
	for (unsigned i = 0; i < INQ_JOIN_MOST; i++) {
		char name[16];

		snprintf(name, sizeof name, "puppet-%u", i);
		party_make(&puppets[i], name);
		join(&puppets[i], &alice, MAKE_MEMORY);
		admit(&puppets[i], name);
		p = let_in(&bob, &puppets[i], name);
		assert_int_equal(p.entries, 2);
	}
	say(&bob, "all of them agree with me");
	p = take(&alice, &bob);
	assert_false(p.refused);
	assert_int_equal(p.entries, 1);
	assert_int_equal(p.objects, 0);
	assert_int_equal(p.log_count, 2);
	assert_int_equal(p.stranger_count, INQ_JOIN_MOST);
	inq_vkey_write(&puppets[3].writer.keys.of[INQ_ROLE_ENTRY], key);
	assert_string_equal(p.strangers[3].party, "puppet-3");
	assert_string_equal(p.strangers[3].key, key);
	assert_string_equal(p.strangers[3].named_by, "bob");
	record = prove(&alice, 0);
	assert_int_equal(record->level, 2);
	assert_int_equal(record->log_count, 2);
	assert_int_equal(record->absent_count, INQ_JOIN_MOST);

	/* By its key, and only by that. */
	ok(inq_vkey_make(inq_bytes_of("puppet-3"), INQ_KEY_ED25519, bob.writer.keys.of[INQ_ROLE_ENTRY].public,
	        &wrong, &err));
	pull = pull_of(&b, &bob);
	pull.accept = &accept;
	pull.accept_count = 1;
	accept.key = &wrong;
	ok(inq_case_pull(alice.c, &alice.writer, &pull, alice.a, &p, &err));
	assert_true(p.refused);
	assert_non_null(strstr(p.refusal.what, "not of the key that you gave for puppet-3"));
	accept.party = "nobody";
	accept.key = NULL;
	ok(inq_case_pull(alice.c, &alice.writer, &pull, alice.a, &p, &err));
	assert_true(p.refused);
	assert_string_equal(p.refusal.what, "brings no party nobody that could come in");
	accept.party = "puppet-3";
	accept.key = &puppets[3].writer.keys.of[INQ_ROLE_ENTRY];
	ok(inq_case_pull(alice.c, &alice.writer, &pull, alice.a, &p, &err));
	assert_false(p.refused);
	assert_int_equal(p.entries, 2);
	assert_int_equal(p.stranger_count, INQ_JOIN_MOST - 1);
	assert_int_equal(prove(&alice, 0)->log_count, 3);
	inq_case_thaw(bob.c);
	assert_int_equal(take(&alice, &bob).entries, 0);

	/* Who joins takes in all there are, where they are not too many, or those that are named. */
	party_make(&late, "late");
	make_store(&store, MAKE_MEMORY);
	pull = pull_of(&b, &bob);
	ok(inq_case_join(store.address, &start, &late.writer, &pull, late.a, &late.c, &charter, &none, &err));
	assert_true(none.refused && !late.c);
	assert_int_equal(none.stranger_count, INQ_JOIN_MOST + 2);
	assert_non_null(strstr(none.refusal.what, "no more than 8 come in unnamed"));
	inq_case_thaw(bob.c);
	join(&late, &alice, MAKE_MEMORY);
	assert_int_equal(prove(&late, 0)->log_count, 4);
	party_end(&late);
	for (unsigned i = 0; i < INQ_JOIN_MOST; i++)
		party_end(&puppets[i]);
	party_end(&bob);
	party_end(&alice);
}

/* What an entry of bob's says of a party that is let in later is looked at then. */
static void who_comes_in_later_is_held_against_what_was_said(void **state)
{
	struct party alice, bob, carol;
	struct inq_record_trust trust = { .level = 2, .object_most = 1 << 20 };
	struct inq_entry e = {
		.type = INQ_ENTRY_CLAIM, .text = inq_bytes_of("carol says it, too"), .cite_count = 1
	};
	const struct inq_case_entry *said = NULL;
	const struct inq_record_result *record;
	struct inq_bundle_source source;
	struct inq_case_entered entered;
	struct inq_sha256 cite;
	struct inq_pulled p;
	uint64_t rests = 0;

	(void)state;
	two(&alice, &bob);
	take(&alice, &bob);
	party_make(&carol, "carol");
	join(&carol, &bob, MAKE_MEMORY);
	say(&carol, "so it is");
	let_in(&bob, &carol, "carol");
	ok(inq_case_find(bob.c, "carol/1", &said, &err));
	cite = said->digest;
	e.cites = &cite;
	ok(inq_case_begin(bob.c, &bob.writer, &err));
	ok(inq_case_enter(bob.c, &e, &entered, &err));
	ok(inq_case_commit(bob.c, &err));
	p = take(&alice, &bob);
	assert_false(p.refused);
	assert_int_equal(p.entries, 1);
	/* Until then it rests on what nobody proved. */
	ok(inq_case_freeze(alice.c, &err));
	inq_case_bundle(alice.c, &source);
	ok(inq_record_verify(&source, &trust, alice.a, &record, &err));
	inq_case_thaw(alice.c);
	assert_int_equal(record->failure_total, 0);
	rests = inq_record_find(record, &entered.digest)->rests_on;
	assert_int_equal(rests, INQ_RESTS_UNPROVED);
	p = let_in(&alice, &bob, "carol");
	assert_false(p.refused);
	assert_int_equal(p.entries, 2);
	record = prove(&alice, 0);
	assert_int_equal(inq_record_find(record, &entered.digest)->rests_on, INQ_RESTS_STATEMENT);
	party_end(&carol);
	party_end(&bob);
	party_end(&alice);
}

static void a_process_without_rights_comes_to_the_same(void **state)
{
	const struct inq_child_limits limits = {
		.memory = (uint64_t)2 << 30, .wall_seconds = 60, .sandbox = true
	};
	struct bundle b = { .reads = 0 };
	struct party alice, bob;
	struct inq_pulled p = { 0 };
	struct inq_pull pull;

	(void)state;
	two(&alice, &bob);
	pull = pull_of(&b, &bob);
	pull.limits = &limits;
	ok(inq_case_pull(alice.c, &alice.writer, &pull, alice.a, &p, &err));
	inq_case_thaw(bob.c);
	assert_int_equal(p.entries, 2);
	assert_int_equal(p.objects, 1);
	assert_true(log_of(&p, "bob")->countersigned);
	prove(&alice, 0);
	party_end(&bob);
	party_end(&alice);
}

static void an_entry_that_cannot_be_read_is_kept(void **state)
{
	static const char garbage[] = "{\"payload\":\"of a later version\"}";
	struct inq_bytes entry = inq_bytes_of(garbage), text, note;
	struct inq_store_tree tree;
	struct inq_tile_source tiles;
	struct inq_merkle_edge edge;
	struct inq_checkpoint head = { .size = 0 };
	struct inq_signer signer;
	struct inq_store_log *logs;
	struct party alice, bob;
	struct inq_store *store;
	struct inq_pulled p;
	size_t count, own = 0;

	(void)state;
	two(&alice, &bob);
	store = inq_case_store(bob.c);
	ok(inq_store_logs(store, bob.a, &logs, &count, &err));
	while (strcmp(logs[own].name, "bob") != 0)
		own++;
	ok(inq_store_begin(store, true, &err));
	ok(inq_store_append(store, (uint32_t)own, logs[own].size, &entry, 1, &err));
	tree = (struct inq_store_tree){ .store = store, .log = (uint32_t)own };
	tiles = inq_store_tree_source(&tree);
	ok(inq_merkle_edge_read(&tiles, logs[own].size + 1, &edge, &err));
	inq_merkle_edge_root(&edge, &head.root);
	head.origin = inq_bytes_of(logs[own].origin);
	head.size = edge.size;
	ok(inq_checkpoint_write(&head, bob.a, &text, &err));
	inq_secret_signer(bob.secret, INQ_ROLE_LOG, &signer);
	ok(inq_vkey_make(head.origin, INQ_KEY_ED25519, signer.vkey.public, &signer.vkey, &err));
	ok(inq_note_sign(text, &signer, 1, 0, bob.a, &note, &err));
	ok(inq_store_head_add(store, (uint32_t)own, head.size, note, &err));
	ok(inq_store_commit(store, &err));
	p = take(&alice, &bob);
	assert_false(p.refused);
	assert_int_equal(p.entries, 3);
	assert_int_equal(p.unreadable, 1);
	say(&alice, "we go on");
	/* And what follows is read. */
	say(&bob, "so do we");
	p = take(&alice, &bob);
	assert_int_equal(p.entries, 1);
	party_end(&bob);
	party_end(&alice);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_writers_over_every_store),
		cmocka_unit_test(pulling_again_changes_nothing),
		cmocka_unit_test(refuses_a_name_or_a_key_that_is_taken),
		cmocka_unit_test(a_source_that_fails_takes_nothing_in),
		cmocka_unit_test(a_changed_byte_is_refused_or_not_read),
		cmocka_unit_test(who_forks_is_proved_to),
		cmocka_unit_test(parties_come_in_by_consent),
		cmocka_unit_test(who_comes_in_later_is_held_against_what_was_said),
		cmocka_unit_test(a_process_without_rights_comes_to_the_same),
		cmocka_unit_test(an_entry_that_cannot_be_read_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
