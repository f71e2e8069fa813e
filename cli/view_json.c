/* An entry as JSON: formats/case.md. */
#include "cli/view.h"
#include <string.h>

static void digest(struct inq_json *j, const char *key, const struct inq_sha256 *d)
{
	char hex[65];

	inq_hex(d->byte, sizeof d->byte, hex);
	inq_json_text(j, key, hex);
}

static void digest_or_none(struct inq_json *j, const char *key, const struct inq_digest_or_none *d)
{
	if (d->here)
		digest(j, key, &d->is);
}

static void bytes(struct inq_json *j, const char *key, struct inq_bytes b)
{
	if (b.at)
		inq_json_string(j, key, b);
}

static void parties(const struct cli_view *v, struct inq_json *j, const char *key, uint64_t set)
{
	inq_json_array(j, key);
	for (size_t i = 0; i < v->record->log_count && i < 64; i++)
		if (set >> i & 1)
			inq_json_text(j, NULL, v->record->logs[i].party);
	inq_json_end_array(j);
}

static void standing(
        const struct cli_view *v, const struct inq_record_entry *r, struct inq_arena *a, struct inq_json *j)
{
	inq_json_text(j, "status", r ? cli_status_words(v->record, r, a) : "not in the record");
	inq_json_bool(j, "holds", r && r->holds);
	if (!r)
		return;
	parties(v, j, "cosigned_by", cli_view_cosigners(v, r));
	inq_json_bool(j, "withdrawn", r->withdrawn);
	parties(v, j, "supported_by", r->supported_by);
	parties(v, j, "disputed_by", r->disputed_by);
	parties(v, j, "contested", r->contested);
	inq_json_array(j, "reasons");
	for (unsigned i = 0; i < INQ_DISPUTE_REASONS; i++)
		if (r->reasons >> i & 1)
			inq_json_text(j, NULL, inq_dispute_reason_name((enum inq_dispute_reason)i));
	inq_json_end_array(j);
	inq_json_array(j, "rests_on");
	for (unsigned i = 0; i < INQ_RESTS_COUNT; i++)
		if (r->rests_on >> i & 1)
			inq_json_text(j, NULL, inq_rests_name(i));
	inq_json_end_array(j);
	parties(v, j, "reproduced_by", r->reproduced_by);
	parties(v, j, "differs_by", r->differs_by);
	if (r->type == INQ_ENTRY_EXAMINATION || r->type == INQ_ENTRY_CONCLUSION) {
		inq_json_text(j, "reproduced", inq_reproduced_name(inq_record_reproduced(v->record, r)));
		parties(v, j, "doubted", r->doubted);
		parties(v, j, "open_to", r->open_to);
	}
	if (inq_entry_seals(r->type))
		parties(v, j, "open_to", r->open_to);
	digest_or_none(j, "unsealed_by", &r->unsealed_by);
}

static void keys(const struct inq_entry *e, struct inq_json *j)
{
	if (e->type == INQ_ENTRY_CHARTER) {
		inq_json_object(j, "keys");
		for (unsigned i = 0; i < INQ_ROLES; i++)
			bytes(j, inq_key_role_name((enum inq_key_role)i), e->keys[i]);
		inq_json_end_object(j);
		digest_or_none(j, "joins", &e->joins);
	} else if (e->type == INQ_ENTRY_KEY_ROTATE || e->type == INQ_ENTRY_KEY_REVOKE) {
		inq_json_text(j, "role", inq_key_role_name(e->role));
		bytes(j, "old_key", e->old_key);
		bytes(j, "new_key", e->new_key);
	}
}

static void made(const struct inq_entry *e, struct inq_json *j)
{
	inq_json_object(j, "made");
	bytes(j, "kind", e->kind);
	bytes(j, "program", e->program);
	bytes(j, "version", e->version);
	digest(j, "program_digest", &e->program_digest);
	digest_or_none(j, "model", &e->model);
	digest_or_none(j, "corpus", &e->corpus);
	digest_or_none(j, "rules", &e->rules);
	inq_json_array(j, "options");
	for (size_t i = 0; i < e->option_count; i++)
		inq_json_string(j, NULL, e->options[i]);
	inq_json_end_array(j);
	digest(j, "result", &e->result);
	bytes(j, "schema", e->schema);
	inq_json_end_object(j);
}

/* Of a private comparison. */
static void comparison(const struct cli_view *v, const struct inq_entry *e, struct inq_json *j)
{
	bool commits = e->type == INQ_ENTRY_BLIND_OFFER || e->type == INQ_ENTRY_BLIND_ANSWER;
	char name[INQ_CASE_NAME];

	inq_json_object(j, "comparison");
	if (commits) {
		digest(j, "session", &e->session);
		bytes(j, "with", e->with);
		inq_json_array(j, "kinds");
		for (size_t i = 0; i < e->option_count; i++)
			inq_json_string(j, NULL, e->options[i]);
		inq_json_end_array(j);
		inq_json_u64(j, "limit", e->limit);
		digest_or_none(j, "excluded", &e->corpus);
		digest(j, "masked_by", &e->masked_by);
		digest(j, "root", &e->root);
	} else {
		cli_view_name(v, &e->peer, name);
		inq_json_text(j, "peer", name);
	}
	if (e->type == INQ_ENTRY_BLIND_RUN)
		digest(j, "evaluated", &e->evaluated);
	else
		inq_json_u64(j, "count", e->count);
	if (e->type == INQ_ENTRY_BLIND_RESULT)
		digest(j, "result", &e->result);
	inq_json_end_object(j);
}

static void body(const struct cli_view *v, const struct inq_entry *e, struct inq_json *j)
{
	char name[INQ_CASE_NAME];

	inq_json_array(j, "subjects");
	for (size_t i = 0; i < e->subject_count; i++) {
		inq_json_object(j, NULL);
		bytes(j, "name", e->subjects[i].name);
		digest(j, "sha256", &e->subjects[i].digest);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
	bytes(j, "title", e->title);
	bytes(j, "text", e->text);
	keys(e, j);
	if (e->type == INQ_ENTRY_EXHIBIT_OPEN || inq_entry_seals(e->type) ||
	        e->type == INQ_ENTRY_EXHIBIT_WITHHELD || e->type == INQ_ENTRY_EXHIBIT_UNSEAL ||
	        inq_entry_has_result(e->type))
		inq_json_u64(j, "size", e->size);
	if (inq_entry_seals(e->type)) {
		inq_json_array(j, "sealed_to");
		for (size_t i = 0; i < e->recipient_count; i++)
			inq_json_string(j, NULL, e->recipients[i]);
		inq_json_end_array(j);
		digest(j, "object", &e->sealed);
	}
	bytes(j, "source", e->source);
	bytes(j, "reason", e->reason);
	if (e->kind.at && inq_entry_has_result(e->type))
		made(e, j);
	if (e->type >= INQ_ENTRY_BLIND_OFFER && e->type <= INQ_ENTRY_BLIND_RESULT)
		comparison(v, e, j);
	if (inq_entry_has_of(e->type)) {
		cli_view_name(v, &e->of, name);
		inq_json_text(j, "of", name);
	}
	if (e->type == INQ_ENTRY_DISPUTE)
		inq_json_text(j, "dispute", inq_dispute_reason_name(e->dispute));
	if (e->type == INQ_ENTRY_RERUN)
		inq_json_text(j, "outcome", inq_rerun_outcome_name(e->outcome));
	if (e->type == INQ_ENTRY_RERUN && e->outcome == INQ_RERUN_DIFFERS)
		inq_json_u64(j, "difference", e->difference);
	bytes(j, "origin", e->origin);
	inq_json_array(j, "cites");
	for (size_t i = 0; i < e->cite_count; i++) {
		cli_view_name(v, &e->cites[i], name);
		inq_json_text(j, NULL, name);
	}
	inq_json_end_array(j);
	inq_json_array(j, "seen");
	for (size_t i = 0; i < e->seen_count; i++) {
		inq_json_object(j, NULL);
		bytes(j, "origin", e->seen[i].origin);
		inq_json_u64(j, "size", e->seen[i].size);
		digest(j, "root", &e->seen[i].root);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
}

void cli_view_json(const struct cli_view *v, const struct inq_case_entry *at, const struct inq_entry *e,
        struct inq_arena *a, struct inq_json *j)
{
	char name[INQ_CASE_NAME];

	cli_view_name(v, &at->digest, name);
	inq_json_text(j, "entry", name);
	digest(j, "digest", &at->digest);
	inq_json_u64(j, "time", at->time);
	inq_json_text(j, "type", inq_entry_type_name(at->type));
	standing(v, cli_view_record(v, at), a, j);
	if (e)
		body(v, e, j);
}

void cli_logs_json(const struct inq_record_result *record, struct inq_json *j)
{
	char vkey[INQ_VKEY_MOST];

	inq_json_array(j, "logs");
	for (size_t i = 0; i < record->log_count; i++) {
		const struct inq_record_log *log = &record->logs[i];

		inq_json_object(j, NULL);
		inq_json_text(j, "party", log->party);
		inq_json_text(j, "origin", log->origin);
		inq_json_u64(j, "size", log->size);
		digest(j, "root", &log->root);
		inq_json_bool(j, "forked", log->forked);
		if (log->forked) {
			inq_json_bool(j, "fork_revoked", log->fork_revoked);
			inq_json_u64(j, "stands", log->stands);
		}
		inq_json_text(j, "keys_from", log->keys == INQ_KEYS_FROM_USER ? "user" : "record");
		inq_json_object(j, "keys");
		for (unsigned k = 0; k < INQ_ROLES; k++) {
			if (!*log->current.of[k].name)
				continue;
			inq_vkey_write(&log->current.of[k], vkey);
			inq_json_text(j, inq_key_role_name((enum inq_key_role)k), vkey);
		}
		inq_json_end_object(j);
		inq_json_array(j, "cosigned_by");
		for (size_t k = 0; k < log->cosigner_count; k++) {
			inq_json_object(j, NULL);
			inq_json_text(j, "party", record->logs[log->cosigners[k].party].party);
			inq_json_u64(j, "size", log->cosigners[k].size);
			inq_json_u64(j, "behind",
			        log->size > log->cosigners[k].size ? log->size - log->cosigners[k].size : 0);
			inq_json_u64(j, "time", log->cosigners[k].time);
			inq_json_end_object(j);
		}
		inq_json_end_array(j);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
	inq_record_absent_json(record, j);
}
