#include "base/utf8.h"
#include "record/forms.h"
#include "record/private.h"
#include <inquiry/base64.h>
#include <inquiry/json.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static enum inq_status no_memory(struct inq_error *err)
{
	return inq_fail(err, INQ_NO_MEMORY, 0, "an entry takes more memory than it may");
}

static void put_digest(struct inq_json *j, const char *key, const struct inq_sha256 *digest)
{
	char hex[65];

	inq_hex(digest->byte, sizeof digest->byte, hex);
	inq_json_text(j, key, hex);
}

static void put_digest_or_null(struct inq_json *j, const char *key, const struct inq_digest_or_none *digest)
{
	if (digest->here)
		put_digest(j, key, &digest->is);
	else
		inq_json_text(j, key, NULL);
}

static void put_string(struct inq_json *j, const char *key, struct inq_bytes b)
{
	if (b.at)
		inq_json_string(j, key, b);
	else
		inq_json_text(j, key, NULL);
}

static void put_strings(struct inq_json *j, const char *key, const struct inq_bytes *strings, size_t count)
{
	inq_json_array(j, key);
	for (size_t i = 0; i < count; i++)
		put_string(j, NULL, strings[i]);
	inq_json_end_array(j);
}

static void put_field(struct inq_json *j, const struct inq_field *f, const struct inq_entry *e)
{
	const void *from = (const char *)e + f->at;
	const uint64_t *number = from;
	char base64[(INQ_SIGNATURE + 2) / 3 * 4 + 1];

	switch (f->kind) {
	case FIELD_LABEL:
	case FIELD_LABEL_OR_NULL:
	case FIELD_TEXT:
	case FIELD_TEXT_OR_NULL:
	case FIELD_WORD:
	case FIELD_PARTY:
	case FIELD_VKEY:
		put_string(j, f->name, *(const struct inq_bytes *)from);
		break;
	case FIELD_NUMBER:
		inq_json_u64(j, f->name, *number);
		break;
	case FIELD_DIFFERENCE:
		if (e->outcome == INQ_RERUN_DIFFERS)
			inq_json_u64(j, f->name, *number);
		else
			inq_json_text(j, f->name, NULL);
		break;
	case FIELD_DIGEST:
		put_digest(j, f->name, from);
		break;
	case FIELD_DIGEST_OR_NULL:
		put_digest_or_null(j, f->name, from);
		break;
	case FIELD_CITES:
	case FIELD_GROUNDS:
		inq_json_array(j, f->name);
		for (size_t i = 0; i < e->cite_count; i++)
			put_digest(j, NULL, &e->cites[i]);
		inq_json_end_array(j);
		break;
	case FIELD_OPTIONS:
		put_strings(j, f->name, e->options, e->option_count);
		break;
	case FIELD_RECIPIENTS:
		put_strings(j, f->name, e->recipients, e->recipient_count);
		break;
	case FIELD_SIGNATURE:
		inq_base64(from, INQ_SIGNATURE, base64);
		inq_json_text(j, f->name, base64);
		break;
	case FIELD_ROLE:
		inq_json_text(j, f->name, inq_key_role_name(e->role));
		break;
	case FIELD_REASON:
		inq_json_text(j, f->name, inq_dispute_reason_name(e->dispute));
		break;
	case FIELD_OUTCOME:
		inq_json_text(j, f->name, inq_rerun_outcome_name(e->outcome));
		break;
	}
}

static bool is_utf8(struct inq_bytes b)
{
	uint32_t point;
	unsigned len;

	for (size_t at = 0; at < b.len; at += len) {
		len = inq_utf8(inq_bytes_from(b, at), &point);
		if (len == 0)
			return false;
	}
	return true;
}

/* Written JSON would hold U+FFFD in place of what is not UTF-8, and be another entry than was meant. */
static enum inq_status strings_hold(const struct inq_entry *e, struct inq_error *err)
{
	const struct inq_form *form = &inq_forms[e->type];
	const char *wrong = NULL;

	for (size_t i = 0; i < form->field_count; i++) {
		enum inq_field_kind kind = form->fields[i].kind;
		const void *from = (const char *)e + form->fields[i].at;

		if ((kind == FIELD_LABEL || kind == FIELD_LABEL_OR_NULL || kind == FIELD_TEXT ||
		            kind == FIELD_TEXT_OR_NULL || kind == FIELD_WORD || kind == FIELD_PARTY ||
		            kind == FIELD_VKEY) &&
		        !is_utf8(*(const struct inq_bytes *)from))
			wrong = form->fields[i].name;
	}
	for (size_t i = 0; i < e->subject_count; i++)
		if (!is_utf8(e->subjects[i].name))
			wrong = "subject";
	for (size_t i = 0; i < e->seen_count; i++)
		if (!is_utf8(e->seen[i].origin))
			wrong = "origin";
	for (size_t i = 0; i < e->option_count; i++)
		if (!is_utf8(e->options[i]))
			wrong = "options";
	for (size_t i = 0; i < e->recipient_count; i++)
		if (!is_utf8(e->recipients[i]))
			wrong = "recipients";
	if (!is_utf8(e->party) || !is_utf8(e->case_id))
		wrong = "party or case";
	if (wrong)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "\"%s\" is not UTF-8", wrong);
	return INQ_OK;
}

static void put_subjects(struct inq_json *j, const struct inq_entry *e)
{
	struct inq_subject whole = { .name = inq_bytes_of("case") };
	const struct inq_subject *subjects = e->subject_count ? e->subjects : &whole;
	size_t count = e->subject_count ? e->subject_count : 1;

	inq_case_digest(e->case_id, &whole.digest);
	inq_json_array(j, "subject");
	for (size_t i = 0; i < count; i++) {
		inq_json_object(j, NULL);
		put_string(j, "name", subjects[i].name);
		inq_json_object(j, "digest");
		put_digest(j, "sha256", &subjects[i].digest);
		inq_json_end_object(j);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
}

static void put_predicate(struct inq_json *j, const struct inq_entry *e)
{
	const struct inq_form *form = &inq_forms[e->type];
	char base64[(32 + 2) / 3 * 4 + 1];

	inq_json_object(j, "predicate");
	put_string(j, "case", e->case_id);
	put_string(j, "party", e->party);
	inq_json_u64(j, "seq", e->seq);
	put_digest_or_null(j, "prev", &e->prev);
	inq_json_array(j, "seen");
	for (size_t i = 0; i < e->seen_count; i++) {
		inq_json_object(j, NULL);
		put_string(j, "origin", e->seen[i].origin);
		inq_json_u64(j, "size", e->seen[i].size);
		inq_base64(e->seen[i].root.byte, sizeof e->seen[i].root.byte, base64);
		inq_json_text(j, "root", base64);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
	inq_json_u64(j, "time", e->time);
	inq_json_object(j, "body");
	if (form->action)
		inq_json_text(j, "action", form->action);
	for (size_t i = 0; i < form->field_count; i++)
		put_field(j, &form->fields[i], e);
	inq_json_end_object(j);
	inq_json_end_object(j);
}

enum inq_status inq_entry_payload(
        const struct inq_entry *e, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_memory_sink memory = { .arena = a };
	struct inq_entry again;
	struct inq_bytes payload;
	struct inq_sink sink;
	struct inq_json j;
	enum inq_status status;
	char type[128];

	if (e->type >= INQ_ENTRY_TYPES)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "no such type of entry");
	status = strings_hold(e, err);
	if (status != INQ_OK)
		return status;
	snprintf(type, sizeof type, INQ_PREDICATE_PREFIX "%s", inq_forms[e->type].predicate);
	inq_sink_init(&sink, inq_memory_sink_write, &memory);
	inq_json_init(&j, &sink, false);
	inq_json_object(&j, NULL);
	inq_json_text(&j, "_type", "https://in-toto.io/Statement/v1");
	put_subjects(&j, e);
	inq_json_text(&j, "predicateType", type);
	put_predicate(&j, e);
	inq_json_end_object(&j);
	if (!inq_sink_flush(&sink))
		return no_memory(err);
	payload = (struct inq_bytes){ (const uint8_t *)memory.at, memory.len };
	/* What a reader would refuse is not written. */
	status = inq_statement_read(payload, a, &again, err);
	if (status == INQ_NO_MEMORY || status == INQ_OVER_LIMIT)
		return status;
	if (status != INQ_OK)
		return INQ_BAD_ARGUMENT;
	*ret = payload;
	return INQ_OK;
}

enum inq_status inq_entry_write(const struct inq_entry *e, const struct inq_signer *signer,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_sha256 *ret_digest, struct inq_error *err)
{
	struct inq_memory_sink memory = { .arena = a };
	struct inq_bytes payload, message, entry;
	uint8_t signature[INQ_SIGNATURE];
	struct inq_entry again;
	struct inq_sink sink;
	enum inq_status status = inq_entry_payload(e, a, &payload, err);

	if (status != INQ_OK)
		return status;
	message = inq_dsse_pae(inq_bytes_of(INQ_PAYLOAD_TYPE), payload, a);
	if (!message.at)
		return no_memory(err);
	status = inq_sign(signer, message, signature, err);
	if (status != INQ_OK)
		return status;
	inq_sink_init(&sink, inq_memory_sink_write, &memory);
	inq_put(&sink, "{\"payload\":\"");
	inq_base64_write(&sink, payload);
	inq_putf(&sink,
	        "\",\"payloadType\":\"" INQ_PAYLOAD_TYPE "\",\"signatures\":[{\"keyid\":\"%08" PRIx32
	        "\",\"sig\":\"",
	        signer->vkey.id);
	inq_base64_write(&sink, (struct inq_bytes){ signature, sizeof signature });
	inq_put(&sink, "\"}]}");
	if (!inq_sink_flush(&sink))
		return no_memory(err);
	entry = (struct inq_bytes){ (const uint8_t *)memory.at, memory.len };
	status = inq_entry_read(entry, a, &again, err);
	if (status == INQ_OK)
		status = inq_entry_verify(&again, &signer->vkey, a, err);
	if (status != INQ_OK)
		return status;
	*ret = entry;
	*ret_digest = again.digest;
	return INQ_OK;
}

enum inq_status inq_entry_read(
        struct inq_bytes entry, struct inq_arena *a, struct inq_entry *ret, struct inq_error *err)
{
	struct inq_dsse dsse;
	struct inq_entry e;
	enum inq_status status;

	if (entry.len > INQ_ENTRY_MOST)
		return inq_fail(err, INQ_OVER_LIMIT, INQ_ENTRY_MOST, "an entry of more than %d bytes",
		        INQ_ENTRY_MOST);
	status = inq_dsse_read(entry, a, &dsse, err);
	if (status != INQ_OK)
		return status;
	if (!inq_bytes_equal(dsse.payload_type, INQ_PAYLOAD_TYPE))
		return inq_fail(
		        err, INQ_UNRECOGNISED, 0, "an envelope around something else than " INQ_PAYLOAD_TYPE);
	if (dsse.signature.len != INQ_SIGNATURE)
		return inq_fail(err, INQ_UNRECOGNISED, 0, "a signature that is not of Ed25519");
	status = inq_statement_read(dsse.payload, a, &e, err);
	if (status != INQ_OK)
		return status;
	e.payload = dsse.payload;
	e.keyid = dsse.keyid;
	memcpy(e.signature, dsse.signature.at, sizeof e.signature);
	inq_merkle_leaf(entry, &e.digest);
	*ret = e;
	return INQ_OK;
}

enum inq_status inq_entry_verify(
        const struct inq_entry *e, const struct inq_vkey *key, struct inq_arena *a, struct inq_error *err)
{
	struct inq_bytes message;
	char id[9];

	snprintf(id, sizeof id, "%08" PRIx32, key->id);
	if (!inq_bytes_equal(e->keyid, id))
		return inq_fail(err, INQ_BAD_SIGNATURE, 0, "the entry names another key than %s", id);
	message = inq_dsse_pae(inq_bytes_of(INQ_PAYLOAD_TYPE), e->payload, a);
	if (!message.at)
		return no_memory(err);
	if (key->type != INQ_KEY_ED25519 || !inq_vkey_verify(key, message, e->signature))
		return inq_fail(err, INQ_BAD_SIGNATURE, 0, "the entry's signature is not of the key %s", id);
	return INQ_OK;
}

enum inq_status inq_key_possession(
        const struct inq_entry *rotation, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_memory_sink memory = { .arena = a };
	struct inq_sink sink;

	inq_sink_init(&sink, inq_memory_sink_write, &memory);
	inq_put(&sink, INQ_POSSESSION_HEAD);
	inq_put_bytes(&sink, rotation->case_id);
	inq_put(&sink, "\n");
	inq_put_bytes(&sink, rotation->party);
	inq_putf(&sink, "\n%s\n", inq_key_role_name(rotation->role));
	inq_put_bytes(&sink, rotation->old_key);
	inq_put(&sink, "\n");
	inq_put_bytes(&sink, rotation->new_key);
	inq_put(&sink, "\n");
	if (!inq_sink_flush(&sink))
		return no_memory(err);
	*ret = (struct inq_bytes){ (const uint8_t *)memory.at, memory.len };
	return INQ_OK;
}

static void hash(struct inq_sha256_state *s, struct inq_bytes b)
{
	uint8_t len[8];

	inq_le_put(len, b.len, sizeof len);
	inq_sha256_update(s, len, sizeof len);
	if (b.len)
		inq_sha256_update(s, b.at, b.len);
}

static void hash_or_none(struct inq_sha256_state *s, const struct inq_digest_or_none *d)
{
	hash(s, (struct inq_bytes){ d->is.byte, d->here ? sizeof d->is.byte : 0 });
}

void inq_entry_work(const struct inq_entry *e, struct inq_sha256 *ret)
{
	struct inq_sha256_state s;

	inq_sha256_init(&s);
	for (size_t i = 0; i < e->subject_count; i++)
		hash(&s, (struct inq_bytes){ e->subjects[i].digest.byte, sizeof e->subjects->digest.byte });
	hash(&s, e->kind);
	hash(&s, e->program);
	hash(&s, (struct inq_bytes){ e->program_digest.byte, sizeof e->program_digest.byte });
	hash_or_none(&s, &e->model);
	hash_or_none(&s, &e->corpus);
	hash_or_none(&s, &e->rules);
	for (size_t i = 0; i < e->option_count; i++)
		hash(&s, e->options[i]);
	inq_sha256_final(&s, ret);
}

const char *inq_rerun_wrong(enum inq_rerun_outcome outcome, bool same_result, bool same_work)
{
	if (outcome == INQ_RERUN_REPRODUCED && !same_result)
		return "says that it came to the same bytes, and names others";
	if (outcome != INQ_RERUN_REPRODUCED && same_result)
		return "says that it came to other bytes, and names the same";
	if (outcome == INQ_RERUN_DIFFERS && !same_work)
		return "says that the same call of the same program gave other bytes, and made another call";
	return NULL;
}
