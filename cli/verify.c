#include "cli/verify.h"
#include "cli/aligned.h"
#include "os/folder.h"
#include <inquiry/blind.h>
#include <stdio.h>
#include <string.h>

static const struct cli_option options[] = {
	{ CLI_VKEY, "key", 'k', "VKEY|FILE", true,
	        "a key of a party that you have from elsewhere, or your own key file: with --recompute it "
	        "opens what is sealed to you; may be given again" },
	{ CLI_PASSPHRASE_FILE, "passphrase-file", 0, "FILE", false,
	        "read the key file's passphrase from the first line of FILE" },
	{ CLI_POLICY, "policy", 'p', "FILE", false,
	        "keys and quorum that you have from elsewhere (tlog-policy)" },
	{ CLI_LEVEL, "level", 'l', "N", false, "go no further than V0, V1 or V2; default 2" },
	{ CLI_RECOMPUTE, "recompute", 'r', NULL, false,
	        "V3 and V4: run the analysis again on the exhibits that are open, or that your key opens, "
	        "and "
	        "compare bytes" },
	{ CLI_CORPUS, "corpus", 'c', "CORPUS", false, "with --recompute: the corpus that was searched" },
	{ .name = NULL },
};

/* The user's own key, where its file was given. */
struct own {
	bool is_open;
	struct cli_signer signer;
};

struct source {
	struct inq_case *c; /* NULL: a folder */
	struct inq_case_folder folder;
	struct inq_bundle_source is;
};

/* The user's own key file: its secrets go to a process that reads nothing of the record. */
static bool own_open(struct cli *cli, const char *path, struct own *own)
{
	if (own->is_open) {
		cli_error(cli, CLI_USAGE, "--key takes one key file; the others are keys of parties");
		return false;
	}
	own->is_open = cli_signer_open_file(cli, path, &own->signer);
	return own->is_open;
}

static bool keys_read(struct cli *cli, struct inq_record_trust *trust, struct own *own)
{
	struct inq_vkey *keys = inq_arena_new(cli->arena, cli->given_count + 1, sizeof *keys);
	struct inq_error err = { 0, "" };

	if (!keys)
		return false;
	for (size_t i = 0; i < cli->given_count; i++) {
		if (cli->given[i].id != CLI_VKEY)
			continue;
		if (inq_vkey_read(inq_bytes_of(cli->given[i].value), &keys[trust->key_count], &err) !=
		                INQ_OK &&
		        inq_file_exists(cli->given[i].value)) {
			if (!own_open(cli, cli->given[i].value, own))
				return false;
			keys[trust->key_count] = own->signer.writer.keys.of[INQ_ROLE_ENTRY];
		} else if (inq_vkey_read(inq_bytes_of(cli->given[i].value), &keys[trust->key_count], &err) !=
		           INQ_OK) {
			cli_error(cli, CLI_USAGE, "--key %.100s: %s", cli->given[i].value, err.text);
			return false;
		}
		trust->key_count++;
	}
	trust->keys = keys;
	return true;
}

static bool trust_read(struct cli *cli, struct inq_record_trust *trust, struct own *own)
{
	struct inq_error err = { 0, "" };
	struct inq_bytes text;
	enum inq_status status;
	uint64_t level = 2;

	if (cli->set[CLI_LEVEL] && (!cli_number(cli->value[CLI_LEVEL], &level) || level > 2)) {
		cli_error(cli, CLI_USAGE, "--level takes 0, 1 or 2, not %s%s", cli->value[CLI_LEVEL],
		        level <= 4 ? "; --recompute is what goes further" : "");
		return false;
	}
	if (cli->set[CLI_LEVEL] && cli->set[CLI_RECOMPUTE] && level < 2) {
		cli_error(cli, CLI_USAGE, "--recompute goes on from V2: no --level with it");
		return false;
	}
	if (cli->set[CLI_CORPUS] && !cli->set[CLI_RECOMPUTE]) {
		cli_error(cli, CLI_USAGE, "a corpus is only used with --recompute");
		return false;
	}
	trust->level = (unsigned)level;
	trust->object_most = INQ_CASE_OBJECT_MOST;
	if (!keys_read(cli, trust, own))
		return false;
	if (!cli->set[CLI_POLICY])
		return true;
	status = inq_file_copy(cli->value[CLI_POLICY], INQ_NOTE_MOST, cli->arena, &text, &err);
	if (status == INQ_OK)
		status = inq_policy_read(text, cli->arena, &trust->policy, &err);
	if (status != INQ_OK) {
		cli_error(cli, CLI_UNREADABLE, "%s: %s", cli->value[CLI_POLICY], err.text);
		return false;
	}
	return true;
}

/* The case or the folder that the operand names. */
static bool source_open(struct cli *cli, struct source *ret)
{
	const char *what = cli->operands[0];
	struct inq_error err = { 0, "" };
	enum inq_status status;

	if (inq_file_is_directory(what)) {
		ret->folder = (struct inq_case_folder){ what, cli->arena };
		inq_case_folder_bundle(&ret->folder, &ret->is);
		return true;
	}
	if (!cli_case_open(cli, false, &ret->c))
		return false;
	inq_case_bundle(ret->c, &ret->is);
	status = inq_case_freeze(ret->c, &err);
	if (status == INQ_OK)
		status = inq_store_check(inq_case_store(ret->c), &err);
	if (status != INQ_OK) {
		cli_error(cli, cli_case_exit(status), "%s: %s", cli_case_label(what), err.text);
		inq_case_thaw(ret->c);
		inq_case_close(ret->c);
	}
	return status == INQ_OK;
}

static void source_close(struct source *s)
{
	if (!s->c)
		return;
	inq_case_thaw(s->c);
	inq_case_close(s->c);
}

/* Who says to have made a report, in its head. */
static struct inq_bytes maker_of(struct inq_bytes report)
{
	static const char before[] = "<meta name=\"generator\" content=\"";
	size_t len = sizeof before - 1;

	for (size_t at = 0; at + len < report.len && at < 4096; at++) {
		struct inq_bytes rest = inq_bytes_from(report, at);
		const uint8_t *end;

		if (!inq_bytes_begin(rest, before, len))
			continue;
		rest = inq_bytes_from(rest, len);
		end = memchr(rest.at, '"', rest.len);
		return (struct inq_bytes){ rest.at, end ? (size_t)(end - rest.at) : 0 };
	}
	return (struct inq_bytes){ NULL, 0 };
}

/* The report beside a record follows from it: it is made again, and must be the same. */
static void report_compare(struct cli_verified *v)
{
	struct cli *cli = v->cli;
	const char *path = inq_arena_printf(cli->arena, "%s/%s", cli->operands[0], INQ_CASE_REPORT);
	struct inq_bytes there, again;
	struct inq_error err = { 0, "" };

	if (!v->is_bundle || !path || !inq_file_exists(path))
		return;
	v->report = CLI_REPORT_NOT_LOOKED_AT;
	if (v->record->level < 2)
		return;
	if (inq_file_copy(path, INQ_CASE_OBJECT_MOST, cli->arena, &there, &err) != INQ_OK) {
		cli_error(cli, CLI_UNREADABLE, "%s: %s", path, err.text);
		return;
	}
	if (!inq_page_report_is(there) || inq_bytes_equal(maker_of(there), CLI_PROGRAM)) {
		if (!cli_report_again(cli, cli->operands[0], &again))
			return;
		while (v->report_at < there.len && v->report_at < again.len &&
		        there.at[v->report_at] == again.at[v->report_at])
			v->report_at++;
		v->report = there.len == again.len && v->report_at == there.len ? CLI_REPORT_SAME
		                                                                : CLI_REPORT_DIFFERS;
		return;
	}
	v->report = CLI_REPORT_OTHER_PROGRAM;
}

static void conclude(struct cli_verified *v)
{
	const struct cli_repeated *r = &v->repeated;
	struct cli *cli = v->cli;
	bool whole;

	v->level = v->record->level;
	v->asked = r->asked ? 4 : (int)v->record->asked;
	whole = r->asked && v->level == 2 && r->reproduced == r->results;
	if (whole)
		v->level = r->conclusions == r->conclusions_same ? 4 : 3;
	if (v->record->failure_total || r->difference_total || v->report == CLI_REPORT_DIFFERS)
		cli_exit_with(cli, CLI_CHECK_FAILED);
	else if (v->level < v->asked || v->report == CLI_REPORT_OTHER_PROGRAM)
		cli_exit_with(cli, CLI_PARTIAL);
	if (inq_record_forks(v->record))
		cli_exit_with(cli, CLI_FORKED);
}

static void verify(struct cli *cli, const struct inq_record_trust *trust, const struct own *own)
{
	struct cli_verified *v = inq_arena_new(cli->arena, 1, sizeof *v);
	struct cli_analysis analysis = { 0 };
	struct source source = { 0 };
	struct inq_error err = { 0, "" };
	enum inq_status status;

	if (!v || (cli->set[CLI_RECOMPUTE] && !cli_analysis_init(cli, &analysis)) ||
	        !source_open(cli, &source))
		return;
	v->cli = cli;
	v->is_bundle = !source.c;
	v->signer = own->is_open ? &own->signer : NULL;
	v->repeated.asked = cli->set[CLI_RECOMPUTE];
	status = inq_record_verify(&source.is, trust, cli->arena, &v->record, &err);
	if (status == INQ_UNREADABLE && v->is_bundle) {
		cli_error(cli, CLI_UNREADABLE, "%s: no case was published there: it holds no file \"%s\"",
		        cli->operands[0], INQ_BUNDLE_POLICY);
	} else if (status != INQ_OK) {
		cli_error(cli, CLI_UNREADABLE, "%s: %s: %s", cli_case_label(cli->operands[0]),
		        v->is_bundle ? INQ_BUNDLE_POLICY : "the record", err.text);
	} else if (!v->repeated.asked || cli_verify_repeat(v, &source.is, &analysis)) {
		report_compare(v);
		conclude(v);
		if (cli->form == CLI_FORM_JSON)
			cli_verified_json(v, &cli->out);
		else
			cli_verified_text(v, &cli->out);
	}
	source_close(&source);
}

static int run(struct cli *cli)
{
	struct inq_record_trust trust = { .blind = inq_blind_check };
	struct own own = { .is_open = false };

	if (trust_read(cli, &trust, &own)) {
		if (cli_fork_is(cli->operands[0]))
			cli_fork_verify(cli, &trust);
		else
			verify(cli, &trust, &own);
	}
	if (own.is_open)
		cli_signer_close(&own.signer);
	return cli->exit;
}

const struct cli_command cli_verify = {
	.name = "verify",
	.operands = "CASE-OR-FOLDER",
	.summary = "prove a case or a published folder again",
	.about = "V0: every byte is what its digest and the trees say. V1: signatures and countersignatures. "
	         "V2: every citation and custody step resolves. With --recompute V3: the analysis, run again "
	         "on the "
	         "exhibits that are open, or that your key file opens, gives the recorded bytes; V4: so do "
	         "the conclusions. Each failure names the "
	         "entry, the byte and what was expected. Whose keys they are only you can know: without "
	         "--key or "
	         "--policy there is the record's own word for it, and that is said. What pull wrote to prove "
	         "that "
	         "a log was forked is proved as well.",
	.examples = { "inquiry verify harbour/ --key 'acme-cert+5f3a9c01+AQ...'",
	        "a published folder, with a key that acme gave you",
	        "inquiry verify harbour/ --policy keys.policy --recompute --corpus known.corpus",
	        "everything, down to the bytes of each result", "inquiry verify harbour.case --json",
	        "a case, for programs" },
	.options = options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_CHILDREN | CLI_TAKES_JOBS,
	.operands_least = 1,
	.operands_most = 1,
	.run = run,
};
