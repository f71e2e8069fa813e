#include "cli/batch.h"
#include "cli/pull.h"
#include "report/table.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void refusal_put(const struct inq_pull_refusal *r, struct inq_sink *out)
{
	if (r->party)
		inq_putf(out, "%s: ", r->party);
	if (r->index != INQ_NOWHERE)
		inq_putf(out, "entry %" PRIu64 ": ", r->index);
	else if (r->file)
		inq_putf(out, "%s: ", r->file);
	inq_put(out, r->what);
	if (r->total > 1)
		inq_putf(out, " (and %" PRIu64 " more)", r->total - 1);
}

void cli_pull_refused(struct cli *cli, const char *where, const struct inq_pulled *p)
{
	struct inq_memory_sink memory = { .arena = cli->arena };
	struct inq_sink out;

	inq_sink_init(&out, inq_memory_sink_write, &memory);
	refusal_put(&p->refusal, &out);
	if (inq_sink_flush(&out))
		cli_error(cli, CLI_CHECK_FAILED, "%s: refused: %.*s", where, (int)memory.len, memory.at);
}

void cli_pull_failed(struct cli *cli, const char *where, enum inq_status status, const struct inq_error *err)
{
	if (status == INQ_BAD_ARGUMENT || status == INQ_CONFLICT)
		cli_error(cli, CLI_USAGE, "%s", err->text);
	else if (status == INQ_UNREADABLE)
		cli_error(cli, CLI_UNREADABLE, "%s: no case is published there: it holds no file \"%s\"",
		        where, INQ_BUNDLE_POLICY);
	else
		cli_error(cli, cli_status_exit(status), "%s: %s", where, err->text);
}

/* A word of a command line, as a shell takes it. */
static void word_put(const char *word, struct inq_sink *out)
{
	bool plain = *word != 0;

	for (const char *c = word; *c; c++)
		plain &= (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
		         strchr("_./:@%+=,-", *c) != NULL;
	inq_put(out, plain ? " " : " '");
	for (const char *c = word; *c; c++)
		if (*c == '\'')
			inq_put(out, "'\\''");
		else
			inq_put_inert(out, (struct inq_bytes){ (const uint8_t *)c, 1 }, 4);
	inq_put(out, plain ? "" : "'");
}

/* The command that lets a party in. */
static const char *command_of(struct cli *cli, const char *where, const struct inq_pull_stranger *s)
{
	struct inq_memory_sink memory = { .arena = cli->arena };
	struct inq_sink out;

	inq_sink_init(&out, inq_memory_sink_write, &memory);
	inq_put(&out, "inquiry pull");
	word_put(cli_case_label(cli->operands[0]), &out);
	word_put(where, &out);
	inq_put(&out, " --accept");
	word_put(s->key ? s->key : s->party, &out);
	if (cli->set[CLI_KEY]) {
		inq_put(&out, " -k");
		word_put(cli->value[CLI_KEY], &out);
	}
	return inq_sink_flush(&out) ? inq_arena_string(cli->arena,
	                                      (struct inq_bytes){ (const uint8_t *)memory.at, memory.len })
	                            : NULL;
}

/* The entry key of a party of the case, as text. */
static const char *key_of(struct cli *cli, const struct inq_case *c, const char *party)
{
	struct inq_party_keys keys;
	char text[INQ_VKEY_MOST];

	for (uint32_t i = 0; i < inq_case_log_count(c); i++) {
		if (strcmp(inq_case_log_name(c, i), party) != 0 || inq_case_keys(c, i, &keys, NULL) != INQ_OK)
			continue;
		inq_vkey_write(&keys.of[INQ_ROLE_ENTRY], text);
		return inq_arena_string(cli->arena, inq_bytes_of(text));
	}
	return NULL;
}

void cli_pull_parties(
        struct cli *cli, const char *where, const struct inq_case *c, const struct inq_pulled *p)
{
	for (size_t i = 0; i < p->log_count && !p->refused; i++) {
		const char *key =
		        p->logs[i].is_new && !p->logs[i].own ? key_of(cli, c, p->logs[i].party) : NULL;

		if (key)
			cli_note(cli, "%s is a party of the inquiry here from now on; its key is %s",
			        p->logs[i].party, key);
	}
	for (size_t i = 0; i < p->stranger_count && !p->refused; i++) {
		const struct inq_pull_stranger *s = &p->strangers[i];
		const char *command = command_of(cli, where, s);

		if (command)
			cli_note(cli,
			        "%s is new here%s%s, and was left out; if you know its key, this lets it in: "
			        "%s",
			        s->party, *s->named_by ? ", named by " : ", named by nobody here",
			        s->named_by, command);
	}
}

/* "bob (2 behind, as of 2026-11-23 14:05:09), carol" */
static void cosigners_put(const struct inq_pull_log *log, struct inq_sink *out)
{
	const struct inq_record_log stands = { .size = log->size };

	for (size_t i = 0; i < log->cosigner_count; i++) {
		const struct inq_record_cosigner c = { .size = log->cosigners[i].size,
			.time = log->cosigners[i].time };

		inq_putf(out, "%s%s", i ? ", " : "", log->cosigners[i].party);
		if (c.size >= log->size)
			continue;
		inq_put(out, " (");
		inq_record_cosigner_put(out, &stands, &c);
		inq_put(out, ")");
	}
}

static const char *word_of(const struct inq_pull_log *log)
{
	if (log->forked)
		return "FORKED";
	if (log->own)
		return "own";
	return log->countersigned ? "countersigned" : "";
}

void cli_pulled_text(struct cli *cli, const struct inq_pulled *p, struct inq_sink *out)
{
	static const struct table_column columns[] = {
		{ "party", false, 8 },
		{ "entries", true, 0 },
		{ "new", true, 0 },
		{ "behind here", true, 0 },
		{ "", false, 0 },
		{ "countersigned by", false, 16 },
	};
	struct table t;

	table_init(&t, cli->arena, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < p->log_count; i++) {
		const struct inq_pull_log *log = &p->logs[i];
		struct inq_memory_sink memory = { .arena = cli->arena };
		struct inq_sink cosigners;

		inq_sink_init(&cosigners, inq_memory_sink_write, &memory);
		cosigners_put(log, &cosigners);
		(void)!inq_sink_flush(&cosigners);
		table_paint(&t, log->forked ? PAINT_RED : PAINT_NONE);
		table_cell(&t, log->party);
		table_number(&t, log->size);
		if (log->size > log->before)
			table_number(&t, log->size - log->before);
		else
			table_cell(&t, "");
		if (log->here && log->here < log->size)
			table_number(&t, log->size - log->here);
		else
			table_cell(&t, "");
		table_cell(&t, word_of(log));
		table_cellf(&t, "%.*s", (int)memory.len, memory.at);
	}
	table_put(&t, &cli->style, 0, out);
}

static void log_json(const struct inq_pull_log *log, struct inq_json *j)
{
	inq_json_object(j, NULL);
	inq_json_text(j, "party", log->party);
	inq_json_bool(j, "own", log->own);
	inq_json_u64(j, "size", log->size);
	inq_json_u64(j, "new", log->size - log->before);
	inq_json_u64(j, "here", log->here);
	inq_json_bool(j, "forked", log->forked);
	inq_json_bool(j, "countersigned", log->countersigned);
	inq_json_array(j, "cosigned_by");
	for (size_t i = 0; i < log->cosigner_count; i++) {
		const struct inq_pull_cosigner *c = &log->cosigners[i];

		inq_json_object(j, NULL);
		inq_json_text(j, "party", c->party);
		inq_json_u64(j, "size", c->size);
		inq_json_u64(j, "behind", log->size > c->size ? log->size - c->size : 0);
		inq_json_u64(j, "time", c->time);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
	inq_json_end_object(j);
}

static void refusal_json(const struct inq_pull_refusal *r, struct inq_json *j)
{
	inq_json_object(j, "refusal");
	inq_json_text(j, "status", cli_status_name(r->status));
	if (r->party)
		inq_json_text(j, "party", r->party);
	if (r->index != INQ_NOWHERE)
		inq_json_u64(j, "index", r->index);
	if (r->at != INQ_NOWHERE)
		inq_json_u64(j, "at", r->at);
	if (r->file)
		inq_json_text(j, "file", r->file);
	inq_json_text(j, "what", r->what);
	inq_json_u64(j, "total", r->total);
	inq_json_end_object(j);
}

void cli_pulled_json(const struct inq_pulled *p, const char *const *files, struct inq_json *j)
{
	char hex[65];

	inq_json_text(j, "outcome",
	        p->refused                      ? "refused"
	        : p->entries || p->cosignatures ? "taken in"
	                                        : "nothing new");
	inq_json_u64(j, "entries", p->entries);
	inq_json_u64(j, "unreadable", p->unreadable);
	inq_json_u64(j, "objects", p->objects);
	inq_json_u64(j, "cosignatures", p->cosignatures);
	inq_json_array(j, "logs");
	for (size_t i = 0; i < p->log_count; i++)
		log_json(&p->logs[i], j);
	inq_json_end_array(j);
	inq_json_array(j, "left_out");
	for (size_t i = 0; i < p->stranger_count; i++) {
		inq_json_object(j, NULL);
		inq_json_text(j, "party", p->strangers[i].party);
		inq_json_text(j, "key", p->strangers[i].key);
		inq_json_text(j, "named_by", p->strangers[i].named_by);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
	if (p->refused)
		refusal_json(&p->refusal, j);
	inq_json_array(j, "forks");
	for (size_t i = 0; i < p->fork_count; i++) {
		const struct inq_pull_fork *f = &p->forks[i];

		inq_json_object(j, NULL);
		inq_json_text(j, "party", f->party);
		if (files && files[i])
			inq_json_text(j, "file", files[i]);
		inq_json_u64(j, "index", f->entry.index);
		inq_hex(f->entry.digest.byte, sizeof f->entry.digest.byte, hex);
		inq_json_text(j, "digest", hex);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
}
