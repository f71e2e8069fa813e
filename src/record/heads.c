#include "record/verify.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SCRATCH = 128 << 20 };

/* Both log keys may sign the head that ends in their rotation: the entry is there, and still theirs to sign. */
static bool signs_head_of(const struct key_span *s, uint64_t size)
{
	return s->role == INQ_ROLE_LOG && size >= s->from && (s->to == UINT64_MAX || size <= s->to);
}

/* Whether a head, of `size` entries, is signed by the log. `ret_false` where a signature of its key is false. */
static bool head_signed(const struct log *log, const struct inq_note *note, uint64_t size,
        struct inq_arena *a, bool *ret_false)
{
	bool well = false;
	uint64_t time;

	for (size_t i = 0; i < log->key_count; i++) {
		if (!signs_head_of(&log->keys[i], size))
			continue;
		switch (inq_note_signed_by(note, &log->keys[i].key, a, &time)) {
		case SIGNED_WELL:
			well = true;
			break;
		case SIGNED_FALSELY:
			*ret_false = true;
			break;
		case SIGNED_NOT:
			break;
		}
	}
	return well;
}

static void cosigner_note(struct inq_record_cosigner *c, uint64_t size, uint64_t time)
{
	if (size > c->size || (size == c->size && time > c->time)) {
		c->size = size;
		c->time = time;
	}
}

/*
 * The cosignatures of a party on a note. True where one holds and counts; one
 * that does not hold is a failure.
 */
static bool cosigned_by(struct verifier *v, const struct log *by, const struct inq_note *note,
        struct place place, struct inq_arena *a, uint64_t *ret_time, bool *ret_revoked)
{
	bool well = false;
	uint64_t time;

	for (size_t i = 0; i < by->key_count; i++) {
		const struct key_span *s = &by->keys[i];

		if (s->role != INQ_ROLE_COSIGNER)
			continue;
		switch (inq_note_signed_by(note, &s->key, a, &time)) {
		case SIGNED_WELL:
			if (s->revoked) {
				inq_verifier_unchecked(v, "cosignatures of revoked keys: not counted", 1);
				*ret_revoked = true;
				break;
			}
			well = true;
			*ret_time = time;
			break;
		case SIGNED_FALSELY:
			inq_verifier_fail(v, 1, INQ_BAD_SIGNATURE, place, NULL, by->party,
			        "a cosignature does not hold");
			break;
		case SIGNED_NOT:
			break;
		}
	}
	return well;
}

static bool is_known(const struct verifier *v, const struct inq_note_signature *s)
{
	for (size_t i = 0; i < v->log_count; i++) {
		const struct log *log = &v->logs[i];

		for (size_t k = 0; k < log->key_count; k++)
			if (s->id == log->keys[k].key.id && inq_bytes_equal(s->name, log->keys[k].key.name))
				return true;
	}
	for (unsigned p = 0; p < 2; p++) {
		const struct inq_policy *policy = p ? v->trust->policy : v->policy;

		for (size_t i = 0; policy && i < policy->member_count; i++)
			if (!policy->members[i].group && s->id == policy->members[i].key.id &&
			        inq_bytes_equal(s->name, policy->members[i].key.name))
				return true;
	}
	return false;
}

/*
 * A line that stands twice, and lines of keys that nobody named. Notes at large
 * have to let the latter pass; the heads of a bundle have no use for them, and
 * a cosignature whose name was changed must not just vanish.
 */
static void lines_look(struct verifier *v, const struct inq_note *note, struct place place)
{
	for (size_t i = 0; i < note->count; i++) {
		for (size_t k = 0; k < i; k++)
			if (note->signatures[i].id == note->signatures[k].id &&
			        inq_bytes_same(note->signatures[i].name, note->signatures[k].name)) {
				inq_verifier_fail(v, 1, INQ_TAMPERED, place, NULL,
				        inq_inert(v->a, note->signatures[i].name, 80),
				        "is signed twice by one key");
				break;
			}
		if (!is_known(v, &note->signatures[i]))
			inq_verifier_fail(v, 1, INQ_BAD_SIGNATURE, place, NULL,
			        inq_inert(v->a, note->signatures[i].name, 80),
			        "is signed by a key that neither the record nor your policy names");
	}
}

/* The witnesses of a policy on a head, and its quorum. */
static void quorum_look(struct verifier *v, const struct inq_policy *policy, const struct log *log,
        struct place place, struct inq_arena *a)
{
	bool cosigned[2 * INQ_POLICY_MOST] = { false };
	uint64_t time;

	for (size_t i = 0; i < policy->member_count; i++) {
		if (policy->members[i].group)
			continue;
		switch (inq_note_signed_by(&log->note, &policy->members[i].key, a, &time)) {
		case SIGNED_WELL:
			cosigned[i] = true;
			break;
		case SIGNED_FALSELY:
			inq_verifier_fail(v, 1, INQ_BAD_SIGNATURE, place, NULL,
			        inq_inert(v->a, inq_bytes_of(policy->members[i].name), 80),
			        "a witness's cosignature does not hold");
			break;
		case SIGNED_NOT:
			break;
		}
	}
	if (!inq_policy_quorum(policy, cosigned))
		inq_verifier_fail(v, 1, INQ_BAD_SIGNATURE, place, policy->members[policy->quorum].name, NULL,
		        "the head has not the cosignatures that the policy wants");
}

/*
 * A head of `log` that somebody else kept. Where the log signed both it and the
 * log as it is here, and they do not agree, there are two histories under one key.
 */
static bool kept_head_look(struct verifier *v, struct log *log, const struct inq_note *note,
        const struct inq_checkpoint *head, struct place place, struct inq_arena *a)
{
	struct inq_sha256 root;
	bool false_one = false, well = head_signed(log, note, head->size, a, &false_one);

	if (false_one || !well) {
		inq_verifier_fail(v, 1, INQ_BAD_SIGNATURE, place, NULL, NULL,
		        false_one ? "the log's signature does not hold"
		                  : "the head is not signed by the log");
		return false;
	}
	if (head->size > log->leaves) {
		char expected[24], found[24];

		snprintf(expected, sizeof expected, "%" PRIu64, head->size);
		snprintf(found, sizeof found, "%" PRIu64, log->leaves);
		inq_verifier_fail(v, 1, INQ_TAMPERED, place, expected, found,
		        "the log signed a larger head than is here: it was cut");
		return false;
	}
	if (!inq_log_root(log, head->size, &root) || !inq_sha256_equal(&root, &head->root)) {
		bool forked = inq_log_is_attested(log);

		log->forked |= forked;
		inq_verifier_differ(v, 1, forked ? INQ_FORKED : INQ_TAMPERED, place, &head->root, &root,
		        forked ? "the log signed two histories: it was rewritten or forked"
		               : "the log signed a head that the entries here do not lead to");
		return false;
	}
	return true;
}

/* logs/PARTY/cosigned/COSIGNER: may be missing. */
static void cosigned_file(struct verifier *v, struct log *log, const struct log *by,
        struct inq_record_cosigner *c, struct inq_arena *a)
{
	char name[INQ_BUNDLE_NAME];
	struct inq_checkpoint head;
	struct inq_error why;
	struct inq_bytes bytes;
	struct inq_note note;
	struct place place = { name, log, INQ_NOWHERE, INQ_NOWHERE };
	enum inq_status status;
	bool revoked = false;
	uint64_t time = 0;

	inq_bundle_cosigned(log->party, by->party, name);
	status = v->source->read(v->source->context, name, INQ_NOTE_MOST, a, &bytes, &why);
	if (status == INQ_UNREADABLE)
		return;
	if (status == INQ_OK)
		status = inq_note_read(bytes, a, &note, &why);
	if (status == INQ_OK)
		status = inq_checkpoint_read(note.text, &head, &why);
	if (status == INQ_OK && !inq_bytes_equal(head.origin, log->origin))
		status = inq_fail(&why, INQ_TAMPERED, 0, "the head is of another log");
	if (status == INQ_OK && head.extension.len)
		status = inq_fail(&why, INQ_UNRECOGNISED, 0, "the head has extension lines");
	if (status != INQ_OK) {
		place.at = why.at;
		inq_verifier_fail(v, 0, status, place, NULL, NULL, "%s", why.text);
		return;
	}
	if (v->trust->level < 1)
		return;
	lines_look(v, &note, place);
	if (!kept_head_look(v, log, &note, &head, place, a))
		return;
	if (cosigned_by(v, by, &note, place, a, &time, &revoked))
		cosigner_note(c, head.size, time);
	else if (!revoked)
		inq_verifier_fail(v, 1, INQ_BAD_SIGNATURE, place, by->party, NULL,
		        "is not cosigned by whom it is named after");
}

/*
 * Whether a key that is named in the log as its own vouches for the log. Anyone
 * can name another's key in a charter of theirs: only what the key signed
 * counts. An entry key signed the charter, or its possession when it was
 * rotated in, which names the key before it. A log key must have signed the
 * head. A cosigner key signs nothing that names the charter.
 */
static bool vouches(
        const struct verifier *v, const struct log *log, const struct key_span *s, struct inq_arena *a)
{
	uint64_t time;

	switch (s->role) {
	case INQ_ROLE_ENTRY:
		return log->count && v->entries[log->first].index == 0 && v->entries[log->first].holds;
	case INQ_ROLE_LOG:
		return log->whole && log->has_charter &&
		       inq_note_signed_by(&log->note, &s->key, a, &time) == SIGNED_WELL;
	case INQ_ROLE_COSIGNER:
	case INQ_ROLES:
		break;
	}
	return false;
}

/* Whether a key of the user is one of the log's party's, and vouches for its charter. */
static void trust_look(
        struct verifier *v, const struct log *log, struct inq_record_log *r, struct inq_arena *a)
{
	char name[INQ_BUNDLE_NAME];
	bool vouched = false;

	inq_bundle_checkpoint(log->party, name);
	for (size_t i = 0; i < v->trust->key_count + (v->trust->policy ? v->trust->policy->log_count : 0);
	        i++) {
		const struct inq_vkey *key = i < v->trust->key_count
		                                     ? &v->trust->keys[i]
		                                     : &v->trust->policy->logs[i - v->trust->key_count];
		bool its = false;

		if (strcmp(key->name, log->party) != 0 && strcmp(key->name, log->origin) != 0)
			continue;
		for (size_t k = 0; k < log->key_count; k++) {
			if (!inq_vkey_same(key, &log->keys[k].key))
				continue;
			its = true;
			vouched |= vouches(v, log, &log->keys[k], a);
		}
		if (!its) {
			char text[INQ_VKEY_MOST];

			inq_vkey_write(key, text);
			inq_verifier_fail(v, 1, INQ_BAD_SIGNATURE,
			        (struct place){ name, log, INQ_NOWHERE, INQ_NOWHERE }, text, NULL,
			        "the log is not of the key that you gave for %s", log->party);
		}
	}
	r->keys = vouched ? INQ_KEYS_FROM_USER : INQ_KEYS_FROM_BUNDLE;
}

/* Whether it is the cosigner key of a party: the one in force or, where the bundle is behind, the one of then. */
static bool is_cosigner(const struct verifier *v, size_t k, const struct inq_vkey *key)
{
	const struct log *log = &v->logs[k];

	if (log->known && log->forked)
		return true;
	for (size_t i = 0; i < log->key_count && log->head.size < log->known_size; i++)
		if (log->keys[i].role == INQ_ROLE_COSIGNER && inq_vkey_same(&log->keys[i].key, key))
			return true;
	return inq_vkey_same(key, &v->log_results[k].current.of[INQ_ROLE_COSIGNER]);
}

/* The bundle's own policy names the parties' cosigners, each of them and nobody else: others are the user's to name. */
static void witnesses_look(struct verifier *v)
{
	struct place place = { INQ_BUNDLE_POLICY, NULL, INQ_NOWHERE, INQ_NOWHERE };
	bool named[INQ_PARTIES_MOST] = { false };

	for (size_t i = 0; i < v->policy->member_count; i++) {
		const struct inq_policy_member *m = &v->policy->members[i];
		bool its = m->group;

		for (size_t k = 0; k < v->log_count && !its; k++) {
			its = strcmp(m->name, v->logs[k].party) == 0 && is_cosigner(v, k, &m->key) &&
			      strcmp(m->key.name, m->name) == 0;
			named[k] |= its;
		}
		for (size_t k = 0; k < v->absent_count && !its; k++)
			its = v->absent[k].is_here && strcmp(m->name, v->absent[k].party) == 0;
		if (!its)
			inq_verifier_fail(v, 1, INQ_UNRESOLVED, place, NULL,
			        inq_inert(v->a, inq_bytes_of(m->name), 80),
			        "the policy names a witness that is not a party's cosigner");
	}
	for (size_t k = 0; k < v->log_count; k++)
		if (!named[k] && v->logs[k].has_charter && v->logs[k].is_here)
			inq_verifier_fail(v, 1, INQ_UNRESOLVED, place, v->logs[k].party, NULL,
			        "the policy does not name the cosigner of a party");
}

static void keys_for_nobody(struct verifier *v)
{
	for (size_t i = 0; i < v->trust->key_count; i++) {
		bool found = false;

		for (size_t k = 0; k < v->log_count; k++)
			found |= !strcmp(v->trust->keys[i].name, v->logs[k].party) ||
			         !strcmp(v->trust->keys[i].name, v->logs[k].origin);
		if (!found)
			inq_verifier_unchecked(
			        v, "keys that you gave for parties that are not in the record", 1);
	}
}

static void log_result(const struct log *log, struct inq_record_log *r)
{
	*r = (struct inq_record_log){ .party = log->party,
		.origin = log->origin,
		.size = log->has_head ? log->head.size : 0,
		.first = log->first,
		.known = log->known_size,
		.count = log->count };
	r->root = log->head.root;
	for (size_t i = 0; i < log->key_count; i++) {
		const struct key_span *s = &log->keys[i];

		r->current.of[s->role] = s->key;
		r->revoked[s->role] = s->revoked;
	}
}

static void log_heads(struct verifier *v, struct log *log, struct inq_record_log *r, struct inq_arena *a)
{
	struct inq_record_cosigner *cosigners = inq_arena_new(v->a, v->log_count, sizeof *cosigners);
	char name[INQ_BUNDLE_NAME];
	struct place place = { name, log, INQ_NOWHERE, INQ_NOWHERE };
	bool false_one = false, revoked = false;
	uint64_t time = 0;

	if (!cosigners) {
		v->no_memory = true;
		return;
	}
	inq_bundle_checkpoint(log->party, name);
	if (v->trust->level >= 1 && log->has_head) {
		bool well = head_signed(log, &log->note, log->head.size, a, &false_one);

		if (false_one || !well)
			inq_verifier_fail(v, 1, INQ_BAD_SIGNATURE, place, NULL, NULL,
			        false_one ? "the log's signature does not hold"
			                  : "the head is not signed by the log's key in force");
		log->is_signed = well && !false_one;
		lines_look(v, &log->note, place);
		quorum_look(v, v->policy, log, place, a);
		if (v->trust->policy)
			quorum_look(v, v->trust->policy, log, place, a);
		/* A bundle that is behind names the key of then. */
		if (log->key_count && log->head.size >= log->known_size &&
		        !inq_vkey_same(&log->policy_key, &r->current.of[INQ_ROLE_LOG]))
			inq_verifier_fail(v, 1, INQ_BAD_SIGNATURE,
			        (struct place){ INQ_BUNDLE_POLICY, log, INQ_NOWHERE, INQ_NOWHERE }, NULL,
			        NULL, "the policy names another key for the log than its entries do");
		trust_look(v, log, r, a);
	}
	for (size_t i = 0; i < v->log_count; i++) {
		struct inq_record_cosigner *c = &cosigners[r->cosigner_count];

		if (&v->logs[i] == log)
			continue;
		c->party = (unsigned)i;
		r->cosigner_count++;
		if (v->trust->level >= 1 && log->has_head &&
		        cosigned_by(v, &v->logs[i], &log->note, place, a, &time, &revoked))
			cosigner_note(c, log->head.size, time);
		if (log->has_head)
			cosigned_file(v, log, &v->logs[i], c, a);
	}
	r->cosigners = cosigners;
}

void inq_verify_heads(struct verifier *v)
{
	struct inq_record_log *results = inq_arena_new(v->a, v->log_count, sizeof *results);

	if (!results) {
		v->no_memory = true;
		return;
	}
	v->log_results = results;
	for (size_t i = 0; i < v->log_count && !v->no_memory; i++)
		log_result(&v->logs[i], &results[i]);
	for (size_t i = 0; i < v->log_count && !v->no_memory; i++) {
		struct inq_arena *scratch = inq_arena_open((size_t)SCRATCH * 4);

		if (!scratch) {
			v->no_memory = true;
			return;
		}
		log_heads(v, &v->logs[i], &results[i], scratch);
		inq_arena_close(scratch);
	}
	if (v->trust->level >= 1) {
		witnesses_look(v);
		keys_for_nobody(v);
	}
	v->result->logs = results;
	v->result->log_count = v->log_count;
}
