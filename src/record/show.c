#include <inquiry/json.h>
#include <inquiry/record.h>
#include <inttypes.h>

enum { WIDTH = 400 };

static void put_failure(struct inq_sink *out, const struct inq_record_failure *f)
{
	inq_putf(out, "FAILED V%u", f->level);
	if (f->file)
		inq_putf(out, " %s", f->file);
	if (f->party)
		inq_putf(out, " log %s", f->party);
	if (f->index != INQ_NOWHERE)
		inq_putf(out, " entry %" PRIu64, f->index);
	if (f->at != INQ_NOWHERE)
		inq_putf(out, " byte %" PRIu64, f->at);
	inq_put(out, ": ");
	inq_put(out, f->what ? f->what : "?");
	if (f->expected)
		inq_putf(out, "; expected %s", f->expected);
	if (f->found)
		inq_putf(out, "; found %s", f->found);
	inq_put(out, "\n");
}

void inq_record_cosigner_put(
        struct inq_sink *out, const struct inq_record_log *log, const struct inq_record_cosigner *cosigner)
{
	char time[INQ_TIME_TEXT];

	if (!cosigner->size) {
		inq_put(out, "never");
		return;
	}
	if (cosigner->size >= log->size) {
		inq_putf(out, "all %" PRIu64, log->size);
		return;
	}
	inq_time_text(cosigner->time, time);
	inq_putf(out, "%" PRIu64 " behind, as of %s", log->size - cosigner->size, time);
}

static void put_log(struct inq_sink *out, const struct inq_record_result *r, const struct inq_record_log *log)
{
	inq_putf(out, "log %s: %" PRIu64 " entries; keys %s", log->party, log->size,
	        log->keys == INQ_KEYS_FROM_USER ? "as you gave them" : "on the bundle's word alone");
	if (log->forked)
		inq_putf(out, "; FORKED%s: its first %" PRIu64 " entries count",
		        log->fork_revoked ? " under a key that was revoked" : "", log->stands);
	inq_put(out, "\n");
	for (size_t i = 0; i < log->cosigner_count; i++) {
		inq_putf(out, "    countersigned by %s: ", r->logs[log->cosigners[i].party].party);
		inq_record_cosigner_put(out, log, &log->cosigners[i]);
		inq_put(out, "\n");
	}
}

static bool stands(const struct inq_record_entry *e)
{
	return e->holds && !e->withdrawn && !e->disputed_by && !e->supported_by && !e->rests_on &&
	       !e->reproduced_by && !e->differs_by && e->type != INQ_ENTRY_EXAMINATION &&
	       e->type != INQ_ENTRY_CONCLUSION && e->type != INQ_ENTRY_STATEMENT &&
	       !inq_entry_seals(e->type) && e->type != INQ_ENTRY_EXHIBIT_WITHHELD;
}

void inq_record_absent_put(
        struct inq_sink *out, const struct inq_record_result *r, const struct inq_record_absent *absent)
{
	const char *between = " by ";

	inq_putf(out, "not in this record: %s, of whose log %" PRIu64 " entries are named", absent->party,
	        absent->size);
	for (size_t i = 0; i < r->log_count; i++) {
		if (!(absent->named_by >> i & 1))
			continue;
		inq_putf(out, "%s%s", between, r->logs[i].party);
		between = ", ";
	}
	inq_put(out, "\n");
}

/* Entries of which there is more to say than that they stand. */
static void put_entries(struct inq_sink *out, const struct inq_record_result *r)
{
	size_t plain = 0;

	for (size_t i = 0; i < r->entry_count; i++) {
		const struct inq_record_entry *e = &r->entries[r->order[i]];

		if (stands(e)) {
			plain++;
			continue;
		}
		inq_putf(out, "%s %" PRIu64 " %s: ", r->logs[e->party].party, e->index,
		        inq_entry_type_name(e->type));
		inq_record_status_put(out, r, e);
		inq_put(out, "\n");
	}
	inq_putf(out, "%zu of %zu entries stand, and nobody responded to them\n", plain, r->entry_count);
}

void inq_record_put(struct inq_sink *out, const struct inq_record_result *r)
{
	static const char *const levels[] = { "V0, bytes and roots", "V1, signatures",
		"V2, every citation and custody step" };

	inq_putf(out, "case %s", r->case_id);
	if (r->title) {
		inq_put(out, ": ");
		inq_put_inert(out, inq_bytes_of(r->title), WIDTH);
	}
	inq_put(out, "\n");
	for (size_t i = 0; i < r->log_count; i++)
		put_log(out, r, &r->logs[i]);
	for (size_t i = 0; i < r->absent_count; i++)
		inq_record_absent_put(out, r, &r->absent[i]);
	put_entries(out, r);
	for (size_t i = 0; i < r->failure_count; i++)
		put_failure(out, &r->failures[i]);
	if (r->failure_total > r->failure_count)
		inq_putf(out, "and %" PRIu64 " failures more\n", r->failure_total - r->failure_count);
	for (size_t i = 0; i < r->unchecked_count; i++)
		inq_putf(out, "not checked: %s (%" PRIu64 ")\n", r->unchecked[i].what, r->unchecked[i].count);
	inq_putf(out, "%" PRIu64 " of %" PRIu64 " objects looked at\n", r->objects_checked, r->objects);
	inq_putf(out, "reached %s\n", r->level < 0 ? "no level" : levels[r->level]);
	if (inq_record_forks(r))
		inq_putf(out, "FORKED: %zu of %zu logs\n", inq_record_forks(r), r->log_count);
}

void inq_record_absent_json(const struct inq_record_result *r, struct inq_json *j)
{
	inq_json_array(j, "absent");
	for (size_t i = 0; i < r->absent_count; i++) {
		inq_json_object(j, NULL);
		inq_json_text(j, "party", r->absent[i].party);
		inq_json_u64(j, "size", r->absent[i].size);
		inq_json_array(j, "named_by");
		for (size_t k = 0; k < r->log_count; k++)
			if (r->absent[i].named_by >> k & 1)
				inq_json_text(j, NULL, r->logs[k].party);
		inq_json_end_array(j);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
}

static void put_place(struct inq_json *j, const char *key, uint64_t value)
{
	if (value == INQ_NOWHERE)
		inq_json_text(j, key, NULL);
	else
		inq_json_u64(j, key, value);
}

void inq_record_put_json(struct inq_sink *out, const struct inq_record_result *r)
{
	struct inq_json j;

	inq_json_init(&j, out, true);
	inq_json_object(&j, NULL);
	inq_json_text(&j, "schema", "inquiry-verification");
	inq_json_u64(&j, "version", 1);
	inq_json_text(&j, "case", r->case_id);
	inq_json_text(&j, "title", r->title);
	inq_json_i64(&j, "level", r->level);
	inq_json_u64(&j, "asked", r->asked);
	inq_json_array(&j, "logs");
	for (size_t i = 0; i < r->log_count; i++) {
		const struct inq_record_log *log = &r->logs[i];

		inq_json_object(&j, NULL);
		inq_json_text(&j, "party", log->party);
		inq_json_text(&j, "origin", log->origin);
		inq_json_u64(&j, "size", log->size);
		inq_json_text(&j, "keys", log->keys == INQ_KEYS_FROM_USER ? "user" : "bundle");
		inq_json_bool(&j, "forked", log->forked);
		if (log->forked) {
			inq_json_bool(&j, "fork_revoked", log->fork_revoked);
			inq_json_u64(&j, "stands", log->stands);
		}
		inq_json_array(&j, "countersigned");
		for (size_t k = 0; k < log->cosigner_count; k++) {
			inq_json_object(&j, NULL);
			inq_json_text(&j, "by", r->logs[log->cosigners[k].party].party);
			inq_json_u64(&j, "size", log->cosigners[k].size);
			inq_json_u64(&j, "behind",
			        log->size > log->cosigners[k].size ? log->size - log->cosigners[k].size : 0);
			inq_json_u64(&j, "time", log->cosigners[k].time);
			inq_json_end_object(&j);
		}
		inq_json_end_array(&j);
		inq_json_end_object(&j);
	}
	inq_json_end_array(&j);
	inq_record_absent_json(r, &j);
	inq_json_array(&j, "failures");
	for (size_t i = 0; i < r->failure_count; i++) {
		const struct inq_record_failure *f = &r->failures[i];

		inq_json_object(&j, NULL);
		inq_json_u64(&j, "level", f->level);
		inq_json_text(&j, "file", f->file);
		inq_json_text(&j, "log", f->party);
		put_place(&j, "entry", f->index);
		put_place(&j, "byte", f->at);
		inq_json_text(&j, "what", f->what);
		inq_json_text(&j, "expected", f->expected);
		inq_json_text(&j, "found", f->found);
		inq_json_end_object(&j);
	}
	inq_json_end_array(&j);
	inq_json_u64(&j, "failures_in_all", r->failure_total);
	inq_json_array(&j, "not_checked");
	for (size_t i = 0; i < r->unchecked_count; i++) {
		inq_json_object(&j, NULL);
		inq_json_text(&j, "what", r->unchecked[i].what);
		inq_json_u64(&j, "count", r->unchecked[i].count);
		inq_json_end_object(&j);
	}
	inq_json_end_array(&j);
	inq_json_u64(&j, "objects", r->objects);
	inq_json_u64(&j, "objects_checked", r->objects_checked);
	inq_json_end_object(&j);
}
