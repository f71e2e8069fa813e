#include "cli/view.h"
#include "report/table.h"
#include <string.h>

static const struct cli_option no_options[] = { { .name = NULL } };

static const struct table_column columns[] = {
	{ "entry", false, 0 },
	{ "time (UTC)", false, 0 },
	{ "type", false, 11 },
	{ "subject", false, 11 },
	{ "status", false, 11 },
};

enum { SUBJECT_MOST = 200, TO_THE_MINUTE = 16 };

static enum paint paint_of(const struct inq_record_entry *r)
{
	if (!r->holds)
		return PAINT_RED;
	if (r->withdrawn)
		return PAINT_DIM;
	return r->disputed_by || r->rests_on ? PAINT_YELLOW : PAINT_NONE;
}

/* The entry `r` of the record, read; `e` is untouched where it cannot be. */
static bool entry_of(const struct cli_view *v, const struct inq_record_entry *r, struct inq_arena *a,
        const struct inq_case_entry **ret, struct inq_entry *e)
{
	*ret = cli_view_case(v, r);
	return *ret && inq_case_read(v->c, *ret, a, e, NULL, NULL) == INQ_OK;
}

static void row(const struct cli_view *v, const struct inq_record_entry *r, struct table *t)
{
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	const struct inq_case_entry *at;
	char name[INQ_CASE_NAME], time[CLI_TIME_TEXT];
	struct inq_entry e;
	bool read = a && entry_of(v, r, a, &at, &e);

	if (a) {
		cli_view_name(v, &r->digest, name);
		cli_time_text(r->time, time);
		time[TO_THE_MINUTE] = 0;
		table_paint(t, paint_of(r));
		table_cell(t, name);
		table_cell(t, time);
		table_cell(t, inq_entry_type_name(r->type));
		table_cellf(t, "%.*s", SUBJECT_MOST, read ? cli_view_subject(v, &e, a) : "");
		table_cellf(t, "%.*s", SUBJECT_MOST, cli_status_words(v->record, r, a));
	}
	inq_arena_close(a);
}

/* Who countersigned which log how far. */
static void cosigners(const struct cli_view *v, struct inq_sink *out)
{
	for (size_t i = 0; i < v->record->log_count; i++) {
		const struct inq_record_log *log = &v->record->logs[i];

		if (log->cosigner_count)
			inq_putf(out, "%s%s countersigned by ", i ? "" : "\n", log->party);
		for (size_t k = 0; k < log->cosigner_count; k++) {
			inq_putf(
			        out, "%s%s (", k ? ", " : "", v->record->logs[log->cosigners[k].party].party);
			inq_record_cosigner_put(out, log, &log->cosigners[k]);
			inq_put(out, ")");
		}
		if (log->cosigner_count)
			inq_put(out, log->forked ? "; FORKED\n" : "\n");
	}
}

static void text(const struct cli_view *v)
{
	struct inq_sink *out = &v->cli->out;
	struct table t;

	inq_putf(out, "case %s  ", v->record->case_id);
	if (v->record->title)
		inq_put_inert(out, inq_bytes_of(v->record->title), 120);
	inq_put(out, "\n\n");
	table_init(&t, v->cli->arena, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < v->record->entry_count; i++)
		row(v, &v->record->entries[v->record->order[i]], &t);
	table_put(&t, &v->cli->style, 0, out);
	cosigners(v, out);
}

static void json_entry(
        const struct cli_view *v, struct cli_bundle *b, const struct inq_record_entry *r, struct inq_json *j)
{
	const struct inq_case_entry at = {
		.digest = r->digest, .index = r->index, .time = r->time, .log = r->party, .type = r->type
	};
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	struct inq_entry e;
	bool read = a && cli_bundle_entry(b, r, a, &e);

	if (a)
		cli_view_json(v, &at, read ? &e : NULL, a, j);
	inq_arena_close(a);
}

static void head(const struct cli_view *v, struct inq_json *j)
{
	inq_json_text(j, "schema", "inquiry.log/1");
	inq_json_text(j, "program", CLI_PROGRAM);
	inq_json_text(j, "case", v->record->case_id);
}

void cli_log_document(const struct cli_view *v, struct cli_bundle *b, struct inq_sink *out)
{
	struct inq_json j;

	inq_json_init(&j, out, true);
	inq_json_object(&j, NULL);
	head(v, &j);
	inq_json_text(&j, "title", v->record->title);
	cli_logs_json(v->record, &j);
	inq_json_u64(&j, "failure_total", v->record->failure_total);
	inq_json_array(&j, "entries");
	for (size_t i = 0; i < v->record->entry_count; i++) {
		inq_json_object(&j, NULL);
		json_entry(v, b, &v->record->entries[v->record->order[i]], &j);
		inq_json_end_object(&j);
	}
	inq_json_end_array(&j);
	inq_json_end_object(&j);
}

static void jsonl(const struct cli_view *v, struct cli_bundle *b)
{
	for (size_t i = 0; i < v->record->entry_count; i++) {
		struct inq_json j;

		inq_json_init(&j, &v->cli->out, false);
		inq_json_object(&j, NULL);
		head(v, &j);
		json_entry(v, b, &v->record->entries[v->record->order[i]], &j);
		inq_json_end_object(&j);
		inq_put(&v->cli->out, "\n");
	}
}

static int run(struct cli *cli)
{
	struct inq_bundle_source source;
	struct cli_bundle bundle;
	struct cli_view v;

	if (!cli_view_open(cli, true, &v))
		return cli->exit;
	inq_case_bundle(v.c, &source);
	bundle = (struct cli_bundle){ .source = &source, .record = v.record };
	if (cli->form == CLI_FORM_JSON)
		cli_log_document(&v, &bundle, &cli->out);
	else if (cli->form == CLI_FORM_JSONL)
		jsonl(&v, &bundle);
	else
		text(&v);
	cli_bundle_close(&bundle);
	cli_view_close(&v);
	return cli->exit;
}

const struct cli_command cli_log = {
	.name = "log",
	.operands = "CASE",
	.summary = "the entries of a case, with what became of each",
	.about = "All entries of all parties in one order, the same for everybody: each after what its "
	         "writer had "
	         "seen. The status is computed from the record, whose signatures and citations are proved on "
	         "the way: an entry is shown as disputed, as withdrawn, as resting on what is, or as "
	         "standing.",
	.examples = { "inquiry log harbour.case", "the entries, for people",
	        "inquiry log harbour.case --jsonl", "a line of JSON for each",
	        "inquiry log 'postgresql://db/inquiries?schema=harbour' --json",
	        "one document, of a case in a database" },
	.options = no_options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_JSONL,
	.operands_least = 1,
	.operands_most = 1,
	.run = run,
};
