#include "cli/case.h"
#include "cli/batch.h"
#include "os/terminal.h"
#include <inquiry/blind.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool cli_time(struct cli *cli, uint64_t *ret)
{
	const char *given = cli->set[CLI_TIME] ? cli->value[CLI_TIME] : getenv("INQUIRY_TIME");

	if (!given || !*given) {
		*ret = inq_os_time();
		return true;
	}
	/* What JSON numbers carry without loss. */
	if (!cli_number(given, ret) || *ret >= 1ULL << 53) {
		cli_error(cli, CLI_USAGE, "a time is a number of seconds since 1970, not %s", given);
		return false;
	}
	return true;
}

const char *cli_case_label(const char *address)
{
	return strncmp(address, "postgres", 8) == 0 && strstr(address, "://") ? "the database" : address;
}

int cli_case_exit(enum inq_status status)
{
	/* A text or batch that is too long is what was given, and nothing was done. */
	if (status == INQ_BAD_ARGUMENT || status == INQ_NOT_FOUND || status == INQ_OVER_LIMIT ||
	        status == INQ_UNRESOLVED)
		return CLI_USAGE;
	return cli_status_exit(status);
}

void cli_case_error(struct cli *cli, enum inq_status status, const struct inq_error *err)
{
	cli_error(cli, cli_case_exit(status), "%s", err->text);
}

bool cli_case_open(struct cli *cli, bool write, struct inq_case **ret)
{
	const char *address = cli->operands[0];
	struct inq_error err = { 0, "" };
	enum inq_status status;

	if (inq_file_is_directory(address)) {
		cli_error(cli, CLI_UNREADABLE,
		        "%s: is a folder, not a case; inquiry verify reads published folders", address);
		return false;
	}
	status = inq_case_open(address, write, cli->arena, ret, &err);
	if (status == INQ_OK)
		return true;
	cli_error(cli, CLI_UNREADABLE, "%s: %s", cli_case_label(address), err.text);
	if (status == INQ_NOT_FOUND)
		cli_note(cli, "inquiry open begins a case");
	else if (status == INQ_UNRECOGNISED && cli->operand_count > 1)
		cli_note(cli, "the case comes first: inquiry %s %s", cli->command->name,
		        cli->command->operands);
	return false;
}

void cli_time_text(uint64_t time, char ret[CLI_TIME_TEXT])
{
	inq_time_text(time, ret);
}

void cli_short(const struct inq_sha256 *digest, char ret[CLI_SHORT])
{
	inq_hex(digest->byte, (CLI_SHORT - 1) / 2, ret);
}

static void json_digest(struct inq_json *j, const char *key, const struct inq_sha256 *digest)
{
	char hex[65];

	inq_hex(digest->byte, sizeof digest->byte, hex);
	inq_json_text(j, key, hex);
}

void cli_ledger_begin(struct cli_ledger *l, struct cli *cli, const struct inq_case *c)
{
	*l = (struct cli_ledger){ .cli = cli, .c = c };
	if (cli->form != CLI_FORM_JSON)
		return;
	inq_json_init(&l->json, &cli->out, true);
	inq_json_object(&l->json, NULL);
	inq_json_text(&l->json, "schema", "inquiry.entered/1");
	inq_json_text(&l->json, "program", CLI_PROGRAM);
	inq_json_text(&l->json, "case", inq_case_id(c));
	inq_json_text(&l->json, "party", inq_case_party(c));
	inq_json_array(&l->json, "entries");
}

static void json_put(struct cli_ledger *l, const struct cli_entered *e)
{
	static const char *const outcomes[] = { "entered", "known", "refused" };
	struct inq_json *j = &l->json;
	char name[INQ_CASE_NAME];

	inq_json_object(j, NULL);
	inq_json_text(j, "outcome", outcomes[e->outcome]);
	if (e->file)
		inq_json_text(j, "file", e->file);
	if (e->subject)
		json_digest(j, "sha256", e->subject);
	if (e->outcome == CLI_REFUSED) {
		inq_json_object(j, "error");
		inq_json_text(j, "status", cli_status_name(e->status));
		inq_json_u64(j, "at", e->error.at);
		inq_json_text(j, "text", e->error.text);
		inq_json_end_object(j);
	} else {
		snprintf(name, sizeof name, "%s/%" PRIu64, inq_case_party(l->c), e->entry.index);
		inq_json_text(j, "entry", name);
		json_digest(j, "digest", &e->entry.digest);
		inq_json_text(j, "type", inq_entry_type_name(e->entry.type));
		inq_json_u64(j, "time", e->entry.time);
	}
	if (e->note)
		inq_json_text(j, "note", e->note);
	inq_json_end_object(j);
}

void cli_ledger_put(struct cli_ledger *l, const struct cli_entered *e)
{
	struct inq_sink *out = &l->cli->out;
	char digest[CLI_SHORT];

	if (l->cli->form == CLI_FORM_JSON) {
		json_put(l, e);
		return;
	}
	/* What was not entered is talk: standard output holds what is in the log. */
	if (e->outcome == CLI_REFUSED)
		return;
	cli_short(&e->entry.digest, digest);
	inq_putf(out, "%s/%-6" PRIu64 " %s  %s", inq_case_party(l->c), e->entry.index, digest,
	        inq_entry_type_name(e->entry.type));
	if (e->file) {
		inq_put(out, "  ");
		inq_put_inert(out, inq_bytes_of(e->file), 120);
	}
	if (e->outcome == CLI_KNOWN)
		inq_put(out, "  (is in the case already)");
	if (e->note) {
		inq_put(out, "  ");
		inq_put_inert(out, inq_bytes_of(e->note), 200);
	}
	inq_put(out, "\n");
}

void cli_ledger_flush(struct cli_ledger *l)
{
	(void)!inq_sink_flush(&l->cli->out);
}

void cli_ledger_end(struct cli_ledger *l)
{
	if (l->cli->form != CLI_FORM_JSON)
		return;
	inq_json_end_array(&l->json);
	inq_json_end_object(&l->json);
}

void cli_ledger_clock(struct cli_ledger *l, uint64_t now, const struct inq_case_entered *e)
{
	char then[CLI_TIME_TEXT], clock[CLI_TIME_TEXT];

	if (e->time <= now || l->told_clock)
		return;
	l->told_clock = true;
	cli_time_text(e->time, then);
	cli_time_text(now, clock);
	cli_error(l->cli, CLI_DONE,
	        "the clock says %s UTC, before the last entry of the log: entered as of %s UTC", clock, then);
}

enum inq_status cli_record(const struct inq_bundle_source *source, unsigned level, uint64_t object_most,
        struct inq_arena *a, const struct inq_record_result **ret, struct inq_error *err)
{
	const struct inq_record_trust trust = {
		.level = level, .object_most = object_most, .blind = inq_blind_check
	};

	return inq_record_verify(source, &trust, a, ret, err);
}

const char *cli_status_words(
        const struct inq_record_result *record, const struct inq_record_entry *e, struct inq_arena *a)
{
	struct inq_memory_sink memory = { .arena = a };
	struct inq_sink out;

	inq_sink_init(&out, inq_memory_sink_write, &memory);
	inq_record_status_put(&out, record, e);
	if (!inq_sink_flush(&out))
		return "?";
	return inq_arena_string(a, (struct inq_bytes){ (const uint8_t *)memory.at, memory.len });
}
