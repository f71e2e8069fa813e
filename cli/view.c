#include "cli/view.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool cli_view_open(struct cli *cli, bool verify, struct cli_view *ret)
{
	struct cli_view v = { .cli = cli };
	struct inq_bundle_source source;
	struct inq_error err = { 0, "" };
	enum inq_status status;

	if (!cli_case_open(cli, false, &v.c))
		return false;
	status = inq_case_freeze(v.c, &err);
	if (status == INQ_OK && verify) {
		inq_case_bundle(v.c, &source);
		status = cli_record(&source, 2, 0, cli->arena, &v.record, &err);
	}
	if (status != INQ_OK) {
		cli_error(cli, CLI_UNREADABLE, "%s: %s", cli_case_label(cli->operands[0]), err.text);
		inq_case_close(v.c);
		return false;
	}
	if (verify && v.record->failure_total)
		cli_error(cli, CLI_CHECK_FAILED, "this record does not hold (%s); inquiry verify says where",
		        cli_count(cli, v.record->failure_total, "failure", "failures"));
	*ret = v;
	return true;
}

void cli_view_close(struct cli_view *v)
{
	inq_case_thaw(v->c);
	inq_case_close(v->c);
}

const struct inq_record_entry *cli_view_record(const struct cli_view *v, const struct inq_case_entry *e)
{
	return inq_record_find(v->record, &e->digest);
}

const struct inq_case_entry *cli_view_case(const struct cli_view *v, const struct inq_record_entry *e)
{
	return inq_case_by_digest(v->c, &e->digest);
}

void cli_view_name(const struct cli_view *v, const struct inq_sha256 *digest, char ret[INQ_CASE_NAME])
{
	const struct inq_record_entry *r = v->record ? inq_record_find(v->record, digest) : NULL;
	const struct inq_case_entry *e = r || !v->c ? NULL : inq_case_by_digest(v->c, digest);

	if (r)
		snprintf(ret, INQ_CASE_NAME, "%s/%" PRIu64, v->record->logs[r->party].party, r->index);
	else if (e)
		inq_case_entry_name(v->c, e, ret);
	else
		cli_short(digest, ret);
}

static const char *string(struct inq_arena *a, struct inq_bytes b)
{
	const char *text = inq_arena_string(a, b);

	return text ? text : "?";
}

/* "alice/3", "alice/3 and 2 more": what the subjects are called. */
static const char *subjects_of(const struct inq_entry *e, struct inq_arena *a)
{
	const char *text;

	if (e->subject_count == 0)
		return "";
	text = string(a, e->subjects[0].name);
	if (e->subject_count > 1)
		text = inq_arena_printf(a, "%s and %zu more", text, e->subject_count - 1);
	return text ? text : "?";
}

static const char *about(const struct cli_view *v, const struct inq_entry *e, struct inq_arena *a)
{
	char name[INQ_CASE_NAME] = "";

	if (inq_entry_has_of(e->type))
		cli_view_name(v, &e->of, name);
	switch (e->type) {
	case INQ_ENTRY_CHARTER:
		return string(a, e->title);
	case INQ_ENTRY_KEY_ROTATE:
	case INQ_ENTRY_KEY_REVOKE:
		return inq_key_role_name(e->role);
	case INQ_ENTRY_EXHIBIT_OPEN:
	case INQ_ENTRY_EXHIBIT_SEALED:
	case INQ_ENTRY_EXHIBIT_SHARE:
	case INQ_ENTRY_EXHIBIT_WITHHELD:
	case INQ_ENTRY_EXHIBIT_UNSEAL:
		return subjects_of(e, a);
	case INQ_ENTRY_EXAMINATION:
	case INQ_ENTRY_CONCLUSION:
		return inq_arena_printf(a, "%s %s", string(a, e->kind), subjects_of(e, a));
	case INQ_ENTRY_RERUN:
		return inq_arena_printf(a, "%s: %s", name, inq_rerun_outcome_name(e->outcome));
	case INQ_ENTRY_CLAIM:
	case INQ_ENTRY_STATEMENT:
		return string(a, e->text);
	case INQ_ENTRY_DISPUTE:
		return inq_arena_printf(a, "%s %s", name, inq_dispute_reason_name(e->dispute));
	case INQ_ENTRY_SUPPORT:
	case INQ_ENTRY_WITHDRAW:
		return inq_arena_string(a, inq_bytes_of(name));
	case INQ_ENTRY_FORK:
		return string(a, e->origin);
	case INQ_ENTRY_BLIND_OFFER:
	case INQ_ENTRY_BLIND_ANSWER:
		return inq_arena_printf(a, "with %s, %" PRIu64 " elements", string(a, e->with), e->count);
	case INQ_ENTRY_BLIND_RUN:
		return inq_arena_string(a, inq_bytes_of(name));
	case INQ_ENTRY_BLIND_RESULT:
		return inq_arena_printf(a, "%" PRIu64 " in common", e->count);
	case INQ_ENTRY_TYPES:
		break;
	}
	return "";
}

const char *cli_view_subject(const struct cli_view *v, const struct inq_entry *e, struct inq_arena *a)
{
	const char *text = about(v, e, a);

	return text ? text : "?";
}

uint64_t cli_view_cosigners(const struct cli_view *v, const struct inq_record_entry *r)
{
	const struct inq_record_log *log = &v->record->logs[r->party];
	uint64_t set = 0;

	for (size_t i = 0; i < log->cosigner_count; i++)
		if (log->cosigners[i].size > r->index)
			set |= (uint64_t)1 << log->cosigners[i].party;
	return set;
}

void cli_view_parties(const struct cli_view *v, uint64_t set, struct inq_sink *out)
{
	bool first = true;

	for (size_t i = 0; i < v->record->log_count && i < 64; i++) {
		if (!(set >> i & 1))
			continue;
		inq_putf(out, "%s%s", first ? "" : ", ", v->record->logs[i].party);
		first = false;
	}
}
