/* blind open: takes the message that came, and makes the next one. */
#include "cli/blind.h"
#include <string.h>

static const struct cli_option options[] = {
	{ CLI_MESSAGE, "message", 'm', "FILE", false,
	        "where the next message goes; default: a name of its own" },
	{ .name = NULL },
};

static bool session_read(struct cli_blind *b, const struct inq_blind_message *m)
{
	struct inq_error err = { 0, "" };
	struct inq_file file;
	enum inq_status status;

	b->file = cli_blind_file(b->cli, &m->session);
	if (!b->file)
		return false;
	if (!inq_file_exists(b->file)) {
		cli_error(b->cli, CLI_USAGE,
		        m->step == INQ_BLIND_OFFERED ? "%s: is an offer: inquiry blind answer takes it"
		                                     : "%s: is of a session that was not begun with this key",
		        b->cli->operands[1]);
		return false;
	}
	status = inq_file_open(b->file, &file, &err);
	if (status == INQ_OK) {
		status = inq_blind_session_read(
		        file.bytes, &b->signer.writer.asker, b->cli->arena, &b->s, &err);
		inq_file_close(&file);
	}
	return status == INQ_OK || cli_blind_fail(b, b->file, status, &err);
}

/* What is sent next is in the log before it leaves; once, whatever became of an earlier try. */
static bool run_enter(struct cli_blind *b)
{
	struct inq_entry e = { .type = INQ_ENTRY_BLIND_RUN,
		.of = b->s.commitment,
		.peer = b->s.other_commitment },
	                 before;
	const struct inq_case_entry *done;
	struct inq_error err = { 0, "" };
	enum inq_status status;

	inq_blind_evaluated_digest(&b->s, &e.evaluated);
	status = inq_case_begin(b->c, &b->signer.writer, &err);
	if (status != INQ_OK)
		return cli_blind_fail(b, NULL, status, &err);
	done = cli_blind_done(b, INQ_ENTRY_BLIND_RUN);
	if (done) {
		status = inq_case_read(b->c, done, b->cli->arena, &before, NULL, &err);
		if (status == INQ_OK && !inq_sha256_equal(&before.evaluated, &e.evaluated))
			status = inq_fail(
			        &err, INQ_CONFLICT, 0, "the commitment was run before, with other elements");
		inq_case_rollback(b->c);
		return status == INQ_OK || cli_blind_fail(b, NULL, status, &err);
	}
	if (!cli_blind_enter(b, &e, NULL)) {
		inq_case_rollback(b->c);
		return false;
	}
	status = inq_case_commit(b->c, &err);
	return status == INQ_OK || cli_blind_fail(b, NULL, status, &err);
}

static bool result_enter(struct cli_blind *b)
{
	struct inq_entry e = { .type = INQ_ENTRY_BLIND_RESULT,
		.of = b->s.commitment,
		.peer = b->s.other_commitment,
		.count = b->s.match_count };
	struct inq_error err = { 0, "" };
	struct inq_bytes object;
	enum inq_status status =
	        inq_blind_result_write(&b->s, &b->signer.writer.asker, b->cli->arena, &object, &err);

	if (status == INQ_OK)
		status = inq_case_begin(b->c, &b->signer.writer, &err);
	if (status != INQ_OK)
		return cli_blind_fail(b, NULL, status, &err);
	if (cli_blind_done(b, INQ_ENTRY_BLIND_RESULT)) {
		inq_case_rollback(b->c);
		return true;
	}
	e.size = object.len;
	status = inq_store_object_put_bytes(inq_case_store(b->c), object, &e.result, &err);
	if (status == INQ_OK && !cli_blind_enter(b, &e, NULL)) {
		inq_case_rollback(b->c);
		return false;
	}
	if (status == INQ_OK)
		status = inq_case_commit(b->c, &err);
	else
		inq_case_rollback(b->c);
	return status == INQ_OK || cli_blind_fail(b, NULL, status, &err);
}

/* Everything is looked at before anything but the logs is changed. */
static bool take(struct cli_blind *b, const struct inq_blind_message *m)
{
	struct inq_error err = { 0, "" };
	struct inq_entry entry;
	enum inq_status status = inq_blind_expects(&b->s, m, &err);

	if (status != INQ_OK)
		return cli_blind_fail(b, b->cli->operands[1], status, &err);
	if (!cli_blind_commitment(b, m, &entry))
		return false;
	status = inq_blind_peer(&b->s, &entry, &err);
	if (status == INQ_OK)
		status = inq_blind_load(&b->s, &b->signer.writer.asker, &err);
	if (status == INQ_OK)
		status = inq_blind_take(&b->s, m, &b->signer.writer.asker, b->cli->arena, &err);
	return status == INQ_OK || cli_blind_fail(b, b->cli->operands[1], status, &err);
}

static bool go_on(struct cli_blind *b)
{
	enum inq_blind_step next = inq_blind_next(&b->s);

	if ((next == INQ_BLIND_EVALUATED || next == INQ_BLIND_OPENED) && !run_enter(b))
		return false;
	/* What is sent brings no result: its receiver makes the same of it. */
	if (next && !cli_blind_send(b))
		return false;
	if (b->s.step == INQ_BLIND_CLOSED && !result_enter(b))
		return false;
	if (b->s.step == INQ_BLIND_CLOSED)
		inq_blind_forget(&b->s);
	return cli_blind_keep(b);
}

static int run(struct cli *cli)
{
	struct cli_blind *b = inq_arena_new(cli->arena, 1, sizeof *b);
	struct inq_blind_message m;

	if (!b || !cli_blind_open(cli, b))
		return cli->exit;
	if (cli_blind_message(b, &m) && session_read(b, &m) && take(b, &m) && go_on(b))
		cli_blind_tell(b);
	cli_blind_close(b);
	return cli->exit;
}

const struct cli_command cli_blind_open_message = {
	.name = "blind open",
	.operands = "CASE MESSAGE",
	.summary = "take a message of a comparison, and write the next",
	.about = "Checks all that the message says, takes in and countersigns the log that it brings, and "
	         "goes on with the session: the file beside the key, named after it, that holds its secrets. "
	         "A "
	         "message that is out of order, of another session or does not hold is refused, and nothing "
	         "changes.",
	.examples = { "inquiry blind open harbour.case 1f2e3d4c-2-to-alma.message -k alma.key",
	        "and send on what it writes",
	        "inquiry blind open harbour.case 1f2e3d4c-3-to-bob.message -m next -k bob.key",
	        "the next message has this name",
	        "inquiry blind open harbour.case 1f2e3d4c-6-to-alma.message -k alma.key --json",
	        "the last one; for programs" },
	.options = options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_KEY | CLI_TAKES_CHILDREN,
	.operands_least = 2,
	.operands_most = 2,
	.run = run,
};
