#include "record/forms.h"
#include "record/private.h"
#include <inquiry/base64.h>
#include <inquiry/json_read.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct reader {
	struct inq_arena *a;
	struct inq_error *err;
};

static enum inq_status wrong(const struct reader *r, uint64_t at, const char *fmt, ...) INQ_PRINTF(3, 4);

static enum inq_status wrong(const struct reader *r, uint64_t at, const char *fmt, ...)
{
	char text[160];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	return inq_fail(r->err, INQ_UNRECOGNISED, at, "in the statement: %s", text);
}

static enum inq_status full(const struct reader *r)
{
	return inq_fail(r->err, INQ_NO_MEMORY, 0, "an entry takes more memory than it may");
}

/* The member of `object` that must be there and of that kind. */
static enum inq_status member(const struct reader *r, const struct inq_json_value *object, const char *key,
        enum inq_json_kind kind, const struct inq_json_value **ret)
{
	const struct inq_json_value *v = inq_json_member(object, key);

	if (!v)
		return wrong(r, object->at, "\"%s\" is missing", key);
	if (v->kind != kind)
		return wrong(r, v->at, "\"%s\" is %s where %s was to stand", key, inq_json_kind_name(v->kind),
		        inq_json_kind_name(kind));
	*ret = v;
	return INQ_OK;
}

/* Refuses members beyond the `count` that were found: there is one that nobody asked for. */
static enum inq_status no_others(
        const struct reader *r, const struct inq_json_value *object, size_t count, const char *of)
{
	if (object->count != count)
		return wrong(r, object->at, "%s has a field that this build does not know", of);
	return INQ_OK;
}

static enum inq_status string_bounded(
        const struct reader *r, const struct inq_json_value *v, size_t most, const char *name)
{
	if (v->string.len == 0)
		return wrong(r, v->at, "\"%s\" is empty", name);
	if (v->string.len > most)
		return inq_fail(r->err, INQ_OVER_LIMIT, v->at,
		        "in the statement: \"%s\" is longer than %zu bytes", name, most);
	return INQ_OK;
}

static enum inq_status digest_read(
        const struct reader *r, const struct inq_json_value *v, const char *name, struct inq_sha256 *ret)
{
	if (v->kind != INQ_JSON_STRING || !inq_unhex(v->string, ret->byte, sizeof ret->byte))
		return wrong(r, v->at, "\"%s\" is no digest of 64 lower-case hexadecimal digits", name);
	return INQ_OK;
}

static enum inq_status number_read(
        const struct reader *r, const struct inq_json_value *v, const char *name, uint64_t *ret)
{
	if (v->kind != INQ_JSON_INTEGER || v->integer < 0)
		return wrong(r, v->at, "\"%s\" is no number from 0 up", name);
	*ret = (uint64_t)v->integer;
	return INQ_OK;
}

static enum inq_status cites_read(
        const struct reader *r, const struct inq_json_value *v, bool grounds, struct inq_entry *e)
{
	struct inq_sha256 *cites;
	size_t count = 0;

	if (v->kind != INQ_JSON_ARRAY)
		return wrong(r, v->at, "\"cites\" is no array");
	if (grounds && v->count == 0)
		return wrong(r, v->at, "no grounds given");
	if (v->count > INQ_CITES_MOST)
		return inq_fail(r->err, INQ_OVER_LIMIT, v->at, "in the statement: more than %d citations",
		        INQ_CITES_MOST);
	cites = inq_arena_new(r->a, v->count, sizeof *cites);
	if (!cites)
		return full(r);
	for (const struct inq_json_value *c = v->first; c; c = c->next, count++) {
		enum inq_status status = digest_read(r, c, "cites", &cites[count]);

		if (status != INQ_OK)
			return status;
		for (size_t i = 0; i < count; i++)
			if (inq_sha256_equal(&cites[i], &cites[count]))
				return wrong(r, c->at, "an entry is cited twice");
	}
	e->cites = cites;
	e->cite_count = count;
	return INQ_OK;
}

/* An array of strings: options, or names of parties. */
static enum inq_status strings_read(const struct reader *r, const struct inq_json_value *v, const char *name,
        bool parties, const struct inq_bytes **ret, size_t *ret_count)
{
	struct inq_bytes *strings;
	size_t count = 0;

	if (v->kind != INQ_JSON_ARRAY)
		return wrong(r, v->at, "\"%s\" is no array", name);
	if (parties && v->count == 0)
		return wrong(r, v->at, "\"%s\" is empty", name);
	if (v->count > INQ_OPTIONS_MOST)
		return inq_fail(r->err, INQ_OVER_LIMIT, v->at, "in the statement: more than %d of \"%s\"",
		        INQ_OPTIONS_MOST, name);
	strings = inq_arena_new(r->a, v->count, sizeof *strings);
	if (!strings)
		return full(r);
	for (const struct inq_json_value *s = v->first; s; s = s->next) {
		if (s->kind != INQ_JSON_STRING)
			return wrong(r, s->at, "\"%s\" holds %s", name, inq_json_kind_name(s->kind));
		if (parties && !inq_party_name_holds(s->string))
			return wrong(r, s->at, "\"%s\" holds what is no name of a party", name);
		if (s->string.len > INQ_LABEL_MOST)
			return inq_fail(r->err, INQ_OVER_LIMIT, s->at,
			        "in the statement: \"%s\" holds more than %d bytes", name, INQ_LABEL_MOST);
		strings[count++] = s->string;
	}
	*ret = strings;
	*ret_count = count;
	return INQ_OK;
}

static bool word_holds(struct inq_bytes b)
{
	if (b.len == 0 || b.len > 32)
		return false;
	for (size_t i = 0; i < b.len; i++)
		if ((b.at[i] < 'a' || b.at[i] > 'z') && b.at[i] != '-')
			return false;
	return true;
}

/* One of the words that `name_of` has for 0 to `count` - 1. */
static bool token(
        const struct inq_json_value *v, const char *(*name_of)(unsigned), unsigned count, unsigned *ret)
{
	for (unsigned i = 0; v->kind == INQ_JSON_STRING && i < count; i++) {
		if (inq_bytes_equal(v->string, name_of(i))) {
			*ret = i;
			return true;
		}
	}
	return false;
}

static const char *role_name(unsigned i)
{
	return inq_key_role_name((enum inq_key_role)i);
}

static const char *reason_name(unsigned i)
{
	return inq_dispute_reason_name((enum inq_dispute_reason)i);
}

static const char *outcome_name(unsigned i)
{
	return inq_rerun_outcome_name((enum inq_rerun_outcome)i);
}

static enum inq_status field_read(const struct reader *r, const struct inq_field *f,
        const struct inq_json_value *v, struct inq_entry *e)
{
	void *to = (char *)e + f->at;
	struct inq_digest_or_none *maybe = to;
	struct inq_bytes *bytes = to;
	struct inq_vkey key;
	struct inq_error why;
	enum inq_status status;
	unsigned i;
	size_t len;

	switch (f->kind) {
	case FIELD_LABEL_OR_NULL:
	case FIELD_TEXT_OR_NULL:
		if (v->kind == INQ_JSON_NULL)
			return INQ_OK;
		/* fall through */
	case FIELD_LABEL:
	case FIELD_TEXT:
		if (v->kind != INQ_JSON_STRING)
			return wrong(r, v->at, "\"%s\" is %s where a string was to stand", f->name,
			        inq_json_kind_name(v->kind));
		*bytes = v->string;
		return string_bounded(r, v,
		        f->kind == FIELD_LABEL || f->kind == FIELD_LABEL_OR_NULL ? INQ_LABEL_MOST
		                                                                 : INQ_TEXT_MOST,
		        f->name);
	case FIELD_WORD:
		if (v->kind != INQ_JSON_STRING || !word_holds(v->string))
			return wrong(r, v->at, "\"%s\" is no word of a-z and -", f->name);
		*bytes = v->string;
		return INQ_OK;
	case FIELD_PARTY:
		if (v->kind != INQ_JSON_STRING || !inq_party_name_holds(v->string) ||
		        inq_bytes_same(v->string, e->party))
			return wrong(r, v->at, "\"%s\" is no name of another party", f->name);
		*bytes = v->string;
		return INQ_OK;
	case FIELD_DIFFERENCE:
		if (v->kind == INQ_JSON_NULL)
			return INQ_OK;
		/* fall through */
	case FIELD_NUMBER:
		return number_read(r, v, f->name, to);
	case FIELD_DIGEST_OR_NULL:
		if (v->kind == INQ_JSON_NULL)
			return INQ_OK;
		maybe->here = true;
		return digest_read(r, v, f->name, &maybe->is);
	case FIELD_DIGEST:
		return digest_read(r, v, f->name, to);
	case FIELD_CITES:
	case FIELD_GROUNDS:
		return cites_read(r, v, f->kind == FIELD_GROUNDS, e);
	case FIELD_OPTIONS:
		return strings_read(r, v, f->name, false, &e->options, &e->option_count);
	case FIELD_RECIPIENTS:
		return strings_read(r, v, f->name, true, &e->recipients, &e->recipient_count);
	case FIELD_VKEY:
		if (v->kind != INQ_JSON_STRING)
			return wrong(r, v->at, "\"%s\" is no vkey", f->name);
		status = inq_vkey_read(v->string, &key, &why);
		if (status != INQ_OK)
			return wrong(r, v->at, "\"%s\": %.120s", f->name, why.text);
		*bytes = v->string;
		return INQ_OK;
	case FIELD_SIGNATURE:
		if (v->kind != INQ_JSON_STRING || !inq_base64_read(v->string, to, INQ_SIGNATURE, &len) ||
		        len != INQ_SIGNATURE)
			return wrong(r, v->at, "\"%s\" is no signature", f->name);
		return INQ_OK;
	case FIELD_ROLE:
		if (!token(v, role_name, INQ_ROLES, &i))
			return wrong(r, v->at, "\"%s\" is no role of a key", f->name);
		e->role = (enum inq_key_role)i;
		return INQ_OK;
	case FIELD_REASON:
		if (!token(v, reason_name, INQ_DISPUTE_REASONS, &i))
			return wrong(r, v->at, "\"%s\" is none of the reasons for a dispute", f->name);
		e->dispute = (enum inq_dispute_reason)i;
		return INQ_OK;
	case FIELD_OUTCOME:
		if (!token(v, outcome_name, INQ_RERUN_OUTCOMES, &i))
			return wrong(r, v->at, "\"%s\" is no outcome of a rerun", f->name);
		e->outcome = (enum inq_rerun_outcome)i;
		return INQ_OK;
	}
	return wrong(r, v->at, "\"%s\" is of no kind", f->name);
}

/* Which form a predicate type and a body's action are. */
static enum inq_status form_find(const struct reader *r, const struct inq_json_value *predicate_type,
        const struct inq_json_value *body, enum inq_entry_type *ret)
{
	struct inq_bytes type = predicate_type->string;
	const struct inq_json_value *action = inq_json_member(body, "action");
	size_t prefix = strlen(INQ_PREDICATE_PREFIX);
	bool known = false;

	if (!inq_bytes_begin(type, INQ_PREDICATE_PREFIX, prefix))
		return wrong(r, predicate_type->at, "a predicate of another kind than " INQ_PREDICATE_PREFIX);
	type = inq_bytes_from(type, prefix);
	for (unsigned i = 0; i < INQ_ENTRY_TYPES; i++) {
		if (!inq_bytes_equal(type, inq_forms[i].predicate))
			continue;
		known = true;
		if (inq_forms[i].action && (!action || action->kind != INQ_JSON_STRING ||
		                                   !inq_bytes_equal(action->string, inq_forms[i].action)))
			continue;
		*ret = (enum inq_entry_type)i;
		return INQ_OK;
	}
	if (known)
		return wrong(r, action ? action->at : body->at, "an action that this build does not know");
	return wrong(r, predicate_type->at, "a predicate that this build does not know");
}

static enum inq_status body_read(
        const struct reader *r, const struct inq_json_value *body, struct inq_entry *e)
{
	const struct inq_form *form = &inq_forms[e->type];

	for (size_t i = 0; i < form->field_count; i++) {
		const struct inq_json_value *v = inq_json_member(body, form->fields[i].name);
		enum inq_status status;

		if (!v)
			return wrong(r, body->at, "\"%s\" is missing", form->fields[i].name);
		status = field_read(r, &form->fields[i], v, e);
		if (status != INQ_OK)
			return status;
	}
	return no_others(r, body, form->field_count + (form->action != NULL), "the body");
}

void inq_case_digest(struct inq_bytes case_id, struct inq_sha256 *ret)
{
	struct inq_sha256_state s;

	inq_sha256_init(&s);
	inq_sha256_update(&s, case_id.at, case_id.len);
	inq_sha256_final(&s, ret);
}

static enum inq_status subject_read(
        const struct reader *r, const struct inq_json_value *v, struct inq_subject *ret)
{
	const struct inq_json_value *name, *digest, *sha256;
	enum inq_status status;

	if (v->kind != INQ_JSON_OBJECT)
		return wrong(r, v->at, "a subject that is no object");
	status = member(r, v, "name", INQ_JSON_STRING, &name);
	if (status == INQ_OK)
		status = string_bounded(r, name, INQ_LABEL_MOST, "name");
	if (status == INQ_OK)
		status = member(r, v, "digest", INQ_JSON_OBJECT, &digest);
	if (status == INQ_OK)
		status = no_others(r, v, 2, "a subject");
	if (status == INQ_OK)
		status = member(r, digest, "sha256", INQ_JSON_STRING, &sha256);
	if (status == INQ_OK)
		status = no_others(r, digest, 1, "a digest");
	if (status == INQ_OK)
		status = digest_read(r, sha256, "sha256", &ret->digest);
	if (status == INQ_OK)
		ret->name = name->string;
	return status;
}

static enum inq_status subjects_read(
        const struct reader *r, const struct inq_json_value *v, struct inq_entry *e)
{
	enum inq_subjects wanted = inq_forms[e->type].subjects;
	struct inq_subject *subjects;
	struct inq_sha256 whole;
	size_t count = 0;

	if (v->count == 0)
		return wrong(r, v->at, "an entry without a subject");
	if (v->count > INQ_SUBJECTS_MOST)
		return inq_fail(r->err, INQ_OVER_LIMIT, v->at, "in the statement: more than %d subjects",
		        INQ_SUBJECTS_MOST);
	subjects = inq_arena_new(r->a, v->count, sizeof *subjects);
	if (!subjects)
		return full(r);
	for (const struct inq_json_value *s = v->first; s; s = s->next, count++) {
		enum inq_status status = subject_read(r, s, &subjects[count]);

		if (status != INQ_OK)
			return status;
		for (size_t i = 0; i < count; i++)
			if (inq_sha256_equal(&subjects[i].digest, &subjects[count].digest))
				return wrong(r, s->at, "a subject twice");
	}
	inq_case_digest(e->case_id, &whole);
	if (count == 1 && inq_bytes_equal(subjects[0].name, "case") &&
	        inq_sha256_equal(&subjects[0].digest, &whole))
		count = 0;
	if (wanted == SUBJECT_CASE && count)
		return wrong(r, v->at, "the subject is to be the case");
	if (wanted == SUBJECT_EXHIBIT && count != 1)
		return wrong(r, v->at, "the subject is to be one exhibit");
	if (wanted == SUBJECT_EXHIBITS && count == 0)
		return wrong(r, v->at, "the subject is to be an exhibit");
	e->subjects = count ? subjects : NULL;
	e->subject_count = count;
	return INQ_OK;
}

/* PARTY "/" CASE, of this case and another party. */
static bool origin_holds(struct inq_bytes origin, const struct inq_entry *e)
{
	struct inq_bytes party, name;

	if (origin.len <= e->case_id.len + 1)
		return false;
	party = (struct inq_bytes){ origin.at, origin.len - e->case_id.len - 1 };
	name = inq_bytes_from(origin, party.len + 1);
	return origin.at[party.len] == '/' && inq_bytes_same(name, e->case_id) &&
	       inq_party_name_holds(party) && !inq_bytes_same(party, e->party);
}

static enum inq_status seen_read(const struct reader *r, const struct inq_json_value *v, struct inq_entry *e)
{
	struct inq_seen *seen;
	size_t count = 0;

	if (v->count > INQ_SEEN_MOST)
		return inq_fail(r->err, INQ_OVER_LIMIT, v->at, "in the statement: more than %d heads seen",
		        INQ_SEEN_MOST);
	seen = inq_arena_new(r->a, v->count, sizeof *seen);
	if (!seen)
		return full(r);
	for (const struct inq_json_value *s = v->first; s; s = s->next, count++) {
		const struct inq_json_value *origin, *size, *root;
		enum inq_status status;

		if (s->kind != INQ_JSON_OBJECT)
			return wrong(r, s->at, "a head that is no object");
		status = member(r, s, "origin", INQ_JSON_STRING, &origin);
		if (status == INQ_OK)
			status = member(r, s, "size", INQ_JSON_INTEGER, &size);
		if (status == INQ_OK)
			status = member(r, s, "root", INQ_JSON_STRING, &root);
		if (status == INQ_OK)
			status = no_others(r, s, 3, "a head");
		if (status == INQ_OK)
			status = number_read(r, size, "size", &seen[count].size);
		if (status != INQ_OK)
			return status;
		if (!inq_hash_read(root->string, &seen[count].root))
			return wrong(r, root->at, "\"root\" is no hash in base64");
		if (!origin_holds(origin->string, e))
			return wrong(r, origin->at, "\"origin\" is not another party's log in this case");
		if (seen[count].size == 0)
			return wrong(r, size->at, "the head of an empty log says nothing");
		seen[count].origin = origin->string;
		if (count && inq_bytes_order(seen[count - 1].origin, seen[count].origin) >= 0)
			return wrong(r, origin->at, "heads seen are to stand by origin, each once");
	}
	e->seen = seen;
	e->seen_count = count;
	return INQ_OK;
}

static enum inq_status case_and_party(
        const struct reader *r, const struct inq_json_value *predicate, struct inq_entry *e)
{
	const struct inq_json_value *case_id, *party;
	uint8_t bytes[INQ_CASE_ID / 2];
	enum inq_status status = member(r, predicate, "case", INQ_JSON_STRING, &case_id);

	if (status == INQ_OK)
		status = member(r, predicate, "party", INQ_JSON_STRING, &party);
	if (status != INQ_OK)
		return status;
	if (!inq_unhex(case_id->string, bytes, sizeof bytes))
		return wrong(r, case_id->at, "\"case\" is not %d lower-case hexadecimal digits", INQ_CASE_ID);
	if (!inq_party_name_holds(party->string))
		return wrong(r, party->at, "\"party\" is no name of a party");
	e->case_id = case_id->string;
	e->party = party->string;
	return INQ_OK;
}

static enum inq_status predicate_read(
        const struct reader *r, const struct inq_json_value *predicate, struct inq_entry *e)
{
	const struct inq_json_value *seq, *prev, *seen, *time;
	enum inq_status status;

	status = case_and_party(r, predicate, e);
	if (status == INQ_OK)
		status = member(r, predicate, "seq", INQ_JSON_INTEGER, &seq);
	if (status == INQ_OK)
		status = number_read(r, seq, "seq", &e->seq);
	if (status == INQ_OK)
		status = member(r, predicate, "seen", INQ_JSON_ARRAY, &seen);
	if (status == INQ_OK)
		status = seen_read(r, seen, e);
	if (status == INQ_OK)
		status = member(r, predicate, "time", INQ_JSON_INTEGER, &time);
	if (status == INQ_OK)
		status = number_read(r, time, "time", &e->time);
	if (status == INQ_OK)
		status = no_others(r, predicate, 7, "the predicate");
	if (status != INQ_OK)
		return status;
	prev = inq_json_member(predicate, "prev");
	if (!prev)
		return wrong(r, predicate->at, "\"prev\" is missing");
	e->prev.here = prev->kind != INQ_JSON_NULL;
	if (e->prev.here) {
		status = digest_read(r, prev, "prev", &e->prev.is);
		if (status != INQ_OK)
			return status;
	}
	if (e->prev.here != (e->seq > 0))
		return wrong(r, prev->at, "every entry but the first names the one before it");
	if ((e->type == INQ_ENTRY_CHARTER) != (e->seq == 0))
		return wrong(r, seq->at, "a log begins with its charter and has no other");
	return INQ_OK;
}

/* A key of the party for that role: its type, and the name it bears in the case. */
static enum inq_status key_fits(const struct reader *r, const struct inq_entry *e, struct inq_bytes text,
        enum inq_key_role role, struct inq_vkey *ret)
{
	char origin[INQ_ORIGIN_MOST];
	enum inq_status status = inq_vkey_read(text, ret, r->err);

	if (status != INQ_OK)
		return status;
	inq_origin(e->party, e->case_id, origin);
	if (ret->type != (role == INQ_ROLE_COSIGNER ? INQ_KEY_COSIGNER : INQ_KEY_ED25519))
		return wrong(r, 0, "a %s key of another type", inq_key_role_name(role));
	if (role == INQ_ROLE_LOG ? strcmp(ret->name, origin) != 0 : !inq_bytes_equal(e->party, ret->name))
		return wrong(r, 0, "the %s key is not under the name that it has in the case",
		        inq_key_role_name(role));
	return INQ_OK;
}

/* What has to hold between the fields of a body. */
static enum inq_status body_holds(
        const struct reader *r, const struct inq_json_value *body, struct inq_entry *e)
{
	struct inq_vkey keys[INQ_ROLES], old, new;
	const struct inq_json_value *v;
	struct inq_bytes message;
	enum inq_status status;

	switch (e->type) {
	case INQ_ENTRY_CHARTER:
		for (unsigned i = 0; i < INQ_ROLES; i++) {
			status = key_fits(r, e, e->keys[i], (enum inq_key_role)i, &keys[i]);
			if (status != INQ_OK)
				return status;
			for (unsigned k = 0; k < i; k++)
				if (memcmp(keys[k].public, keys[i].public, INQ_PUBLIC) == 0)
					return wrong(r, body->at, "one key for two roles");
		}
		return INQ_OK;
	case INQ_ENTRY_KEY_REVOKE:
		return key_fits(r, e, e->old_key, e->role, &old);
	case INQ_ENTRY_KEY_ROTATE:
		status = key_fits(r, e, e->old_key, e->role, &old);
		if (status == INQ_OK)
			status = key_fits(r, e, e->new_key, e->role, &new);
		if (status == INQ_OK)
			status = inq_key_possession(e, r->a, &message, r->err);
		if (status != INQ_OK)
			return status;
		if (memcmp(old.public, new.public, INQ_PUBLIC) == 0)
			return wrong(r, body->at, "a key that is rotated to itself");
		if (!inq_vkey_verify(&new, message, e->possession))
			return wrong(r, body->at, "the new key's proof of possession does not hold");
		return INQ_OK;
	case INQ_ENTRY_RERUN:
		v = inq_json_member(body, "difference");
		if ((v->kind == INQ_JSON_INTEGER) != (e->outcome == INQ_RERUN_DIFFERS))
			return wrong(r, v->at, "\"difference\" stands for the outcome \"differs\" alone");
		return INQ_OK;
	case INQ_ENTRY_DISPUTE:
		if (e->dispute == INQ_DISPUTE_OTHER && !e->text.at)
			return wrong(r, body->at, "a dispute for another reason says which");
		return INQ_OK;
	case INQ_ENTRY_FORK:
		status = inq_vkey_read(e->log_key, &old, r->err);
		if (status != INQ_OK)
			return status;
		if (!inq_bytes_equal(e->origin, old.name) || old.type != INQ_KEY_ED25519)
			return wrong(
			        r, body->at, "the key is not the one of the log that is said to be forked");
		return INQ_OK;
	case INQ_ENTRY_BLIND_OFFER:
	case INQ_ENTRY_BLIND_ANSWER:
		if (e->option_count == 0 || e->count == 0 || e->count > e->limit)
			return wrong(r, body->at, "a commitment to nothing, or to more than its limit");
		return INQ_OK;
	case INQ_ENTRY_EXHIBIT_SEALED:
	case INQ_ENTRY_EXHIBIT_SHARE:
		/* Its own party can always open it. */
		for (size_t i = 0; i < e->recipient_count; i++) {
			if (inq_bytes_same(e->recipients[i], e->party))
				return wrong(r, body->at, "\"recipients\" holds the party that seals");
			for (size_t k = 0; k < i; k++)
				if (inq_bytes_same(e->recipients[i], e->recipients[k]))
					return wrong(r, body->at, "\"recipients\" holds a party twice");
		}
		return INQ_OK;
	case INQ_ENTRY_EXHIBIT_OPEN:
	case INQ_ENTRY_EXHIBIT_WITHHELD:
	case INQ_ENTRY_EXHIBIT_UNSEAL:
	case INQ_ENTRY_EXAMINATION:
	case INQ_ENTRY_CLAIM:
	case INQ_ENTRY_STATEMENT:
	case INQ_ENTRY_SUPPORT:
	case INQ_ENTRY_WITHDRAW:
	case INQ_ENTRY_CONCLUSION:
	case INQ_ENTRY_BLIND_RUN:
	case INQ_ENTRY_BLIND_RESULT:
	case INQ_ENTRY_TYPES:
		break;
	}
	return INQ_OK;
}

enum inq_status inq_statement_read(
        struct inq_bytes payload, struct inq_arena *a, struct inq_entry *ret, struct inq_error *err)
{
	const struct inq_json_value *top, *type, *predicate_type, *predicate, *body, *subject;
	struct reader r = { a, err };
	struct inq_entry e;
	struct inq_error why;
	enum inq_status status = inq_json_read(payload, a, &top, &why);

	memset(&e, 0, sizeof e);
	if (status != INQ_OK)
		return inq_fail(err, status, why.at, "in the statement: %.150s", why.text);
	if (top->kind != INQ_JSON_OBJECT)
		return wrong(&r, top->at, "it is no object");
	status = member(&r, top, "_type", INQ_JSON_STRING, &type);
	if (status == INQ_OK && !inq_bytes_equal(type->string, "https://in-toto.io/Statement/v1"))
		status = wrong(&r, type->at, "it is no in-toto Statement v1");
	if (status == INQ_OK)
		status = member(&r, top, "predicateType", INQ_JSON_STRING, &predicate_type);
	if (status == INQ_OK)
		status = member(&r, top, "predicate", INQ_JSON_OBJECT, &predicate);
	if (status == INQ_OK)
		status = member(&r, top, "subject", INQ_JSON_ARRAY, &subject);
	if (status == INQ_OK)
		status = no_others(&r, top, 4, "it");
	if (status == INQ_OK)
		status = member(&r, predicate, "body", INQ_JSON_OBJECT, &body);
	if (status == INQ_OK)
		status = form_find(&r, predicate_type, body, &e.type);
	if (status == INQ_OK)
		status = predicate_read(&r, predicate, &e);
	if (status == INQ_OK)
		status = subjects_read(&r, subject, &e);
	if (status == INQ_OK)
		status = body_read(&r, body, &e);
	if (status == INQ_OK)
		status = body_holds(&r, body, &e);
	if (status == INQ_OK)
		*ret = e;
	return status;
}
