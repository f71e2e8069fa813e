/* An entry for people: a line for each thing that it says. */
#include "cli/view.h"
#include "report/table.h"
#include <inttypes.h>
#include <string.h>

enum { INDENT = 14 };

struct page {
	const struct cli_view *v;
	struct inq_arena *a;
	struct inq_sink *out;
};

static void name_put(const struct page *p, const char *name)
{
	inq_putf(p->out, "%-*s", INDENT, name);
}

static void line(const struct page *p, const char *name, const char *text)
{
	name_put(p, name);
	inq_put_inert(p->out, inq_bytes_of(text), 4 * INQ_LABEL_MOST);
	inq_put(p->out, "\n");
}

static void bytes(const struct page *p, const char *name, struct inq_bytes b)
{
	if (!b.at)
		return;
	name_put(p, name);
	inq_put_inert(p->out, b, 4 * INQ_LABEL_MOST);
	inq_put(p->out, "\n");
}

static void digest(const struct page *p, const char *name, const struct inq_sha256 *d)
{
	char hex[65];

	inq_hex(d->byte, sizeof d->byte, hex);
	line(p, name, hex);
}

static void entry(const struct page *p, const char *name, const struct inq_sha256 *d)
{
	const struct inq_record_entry *r = inq_record_find(p->v->record, d);
	char text[INQ_CASE_NAME];

	cli_view_name(p->v, d, text);
	name_put(p, name);
	inq_putf(p->out, "%s", text);
	if (r)
		inq_putf(p->out, "  %s: %s", inq_entry_type_name(r->type),
		        cli_status_words(p->v->record, r, p->a));
	else
		inq_put(p->out, "  not in the record");
	inq_put(p->out, "\n");
}

static void words(const struct page *p, const char *name, struct inq_bytes text)
{
	const char *copy = text.at ? inq_arena_string(p->a, text) : NULL;

	if (!copy)
		return;
	inq_putf(p->out, "%s\n", name);
	paragraph_put(copy, &p->v->cli->style, 4, p->out);
}

static void made(const struct page *p, const struct inq_entry *e)
{
	struct inq_memory_sink memory = { .arena = p->a };
	struct inq_sink call;

	bytes(p, "kind", e->kind);
	inq_sink_init(&call, inq_memory_sink_write, &memory);
	inq_put_bytes(&call, e->program);
	inq_put(&call, " ");
	inq_put_bytes(&call, e->kind);
	for (size_t i = 0; i < e->option_count; i++) {
		inq_put(&call, " ");
		inq_put_bytes(&call, e->options[i]);
	}
	if (inq_sink_flush(&call))
		bytes(p, "call", (struct inq_bytes){ (const uint8_t *)memory.at, memory.len });
	bytes(p, "program", e->program);
	bytes(p, "version", e->version);
	digest(p, "its SHA-256", &e->program_digest);
	if (e->model.here)
		digest(p, "model", &e->model.is);
	if (e->corpus.here)
		digest(p, "corpus", &e->corpus.is);
	if (e->rules.here)
		digest(p, "rules", &e->rules.is);
	bytes(p, "schema", e->schema);
	digest(p, "result", &e->result);
	name_put(p, "size");
	inq_putf(p->out, "%" PRIu64 " bytes (--result prints them)\n", e->size);
}

static void keys(const struct page *p, const struct inq_entry *e)
{
	if (e->type == INQ_ENTRY_CHARTER)
		for (unsigned i = 0; i < INQ_ROLES; i++)
			bytes(p, inq_key_role_name((enum inq_key_role)i), e->keys[i]);
	if (e->type == INQ_ENTRY_CHARTER && e->joins.here)
		entry(p, "joins", &e->joins.is);
	if (e->type == INQ_ENTRY_KEY_ROTATE || e->type == INQ_ENTRY_KEY_REVOKE) {
		line(p, "role", inq_key_role_name(e->role));
		bytes(p, "old key", e->old_key);
		bytes(p, "new key", e->new_key);
	}
}

static void comparison(const struct page *p, const struct inq_entry *e)
{
	if (e->type == INQ_ENTRY_BLIND_OFFER || e->type == INQ_ENTRY_BLIND_ANSWER) {
		digest(p, "session", &e->session);
		bytes(p, "with", e->with);
		for (size_t i = 0; i < e->option_count; i++)
			bytes(p, "kind", e->options[i]);
		digest(p, "root", &e->root);
	} else {
		entry(p, "with that of", &e->peer);
	}
	if (e->type != INQ_ENTRY_BLIND_RUN) {
		name_put(p, e->type == INQ_ENTRY_BLIND_RESULT ? "both hold" : "elements");
		inq_putf(p->out, "%" PRIu64 "\n", e->count);
	}
}

static void body(const struct page *p, const struct inq_entry *e)
{
	for (size_t i = 0; i < e->subject_count; i++) {
		bytes(p, "exhibit", e->subjects[i].name);
		digest(p, "SHA-256", &e->subjects[i].digest);
	}
	bytes(p, "title", e->title);
	keys(p, e);
	if (e->kind.at && inq_entry_has_result(e->type)) {
		made(p, e);
	} else if (e->subject_count && e->size) {
		name_put(p, "size");
		inq_putf(p->out, "%" PRIu64 " bytes\n", e->size);
	}
	for (size_t i = 0; i < e->recipient_count; i++)
		bytes(p, i ? "" : "sealed to", e->recipients[i]);
	if (inq_entry_seals(e->type))
		digest(p, "object", &e->sealed);
	if (e->type >= INQ_ENTRY_BLIND_OFFER && e->type <= INQ_ENTRY_BLIND_RESULT)
		comparison(p, e);
	bytes(p, "source", e->source);
	words(p, "reason", e->reason);
	if (inq_entry_has_of(e->type))
		entry(p, e->type == INQ_ENTRY_DISPUTE ? "disputes" : "means", &e->of);
	if (e->type == INQ_ENTRY_DISPUTE)
		line(p, "because", inq_dispute_reason_name(e->dispute));
	if (e->type == INQ_ENTRY_RERUN)
		line(p, "outcome", inq_rerun_outcome_name(e->outcome));
	bytes(p, "log", e->origin);
	words(p, "text", e->text);
	for (size_t i = 0; i < e->cite_count; i++)
		entry(p, i ? "" : "cites", &e->cites[i]);
	for (size_t i = 0; i < e->seen_count; i++) {
		name_put(p, i ? "" : "had seen");
		inq_putf(p->out, "%" PRIu64 " entries of ", e->seen[i].size);
		inq_put_inert(p->out, e->seen[i].origin, INQ_ORIGIN_MOST);
		inq_put(p->out, "\n");
	}
}

void cli_view_text(const struct cli_view *v, const struct inq_case_entry *at, const struct inq_entry *e,
        struct inq_arena *a, struct inq_sink *out)
{
	const struct inq_record_entry *r = cli_view_record(v, at);
	const struct page p = { v, a, out };
	char name[INQ_CASE_NAME], time[CLI_TIME_TEXT];

	inq_case_entry_name(v->c, at, name);
	cli_time_text(at->time, time);
	line(&p, "entry", name);
	line(&p, "type", inq_entry_type_name(at->type));
	line(&p, "status", r ? cli_status_words(v->record, r, a) : "not in the record");
	name_put(&p, "time");
	inq_putf(out, "%s UTC, as %s says\n", time, inq_case_log_name(v->c, at->log));
	digest(&p, "digest", &at->digest);
	if (e)
		body(&p, e);
	else
		line(&p, "", "cannot be read by this program");
	if (r && v->record->logs[r->party].cosigner_count) {
		uint64_t by = cli_view_cosigners(v, r);

		name_put(&p, "countersigned");
		inq_put(out, by ? "by " : "by nobody yet");
		cli_view_parties(v, by, out);
		inq_put(out, "\n");
	}
	if (r && r->supported_by) {
		name_put(&p, "supported by");
		cli_view_parties(v, r->supported_by, out);
		inq_put(out, "\n");
	}
}
