/* key rotate and key revoke: keys that change are entries of a case. */
#include "cli/case.h"
#include <string.h>

static const struct cli_option options[] = {
	{ CLI_REASON, "reason", 'r', "TEXT", false, "why; it stands in the entry" },
	{ .name = NULL },
};

static void tell(struct cli *cli, const struct inq_case *c, uint64_t now,
        const struct inq_case_entered *entered, size_t count)
{
	struct cli_ledger ledger;

	cli_ledger_begin(&ledger, cli, c);
	for (size_t i = 0; i < count; i++) {
		const struct cli_entered told = { .outcome = CLI_ENTERED, .entry = entered[i] };

		cli_ledger_clock(&ledger, now, &entered[i]);
		cli_ledger_put(&ledger, &told);
	}
	cli_ledger_end(&ledger);
}

static bool reason_given(struct cli *cli)
{
	if (!cli->set[CLI_REASON])
		cli_error(cli, CLI_USAGE, "%s says why: --reason TEXT", cli->command->name);
	return cli->set[CLI_REASON];
}

static int rotate(struct cli *cli)
{
	struct inq_case_entered entered[INQ_ROLES];
	struct inq_error err = { 0, "" };
	struct cli_signer from, to;
	struct inq_case *c;
	enum inq_status status;

	if (!reason_given(cli) || !cli_signer_open(cli, &from))
		return cli->exit;
	if (cli_signer_open_file(cli, cli->operands[1], &to)) {
		if (cli_case_open(cli, true, &c)) {
			status = inq_case_rotate(
			        c, &from.writer, &to.writer, cli->value[CLI_REASON], entered, &err);
			if (status == INQ_OK)
				tell(cli, c, from.writer.time, entered, INQ_ROLES);
			else
				cli_case_error(cli, status, &err);
			inq_case_close(c);
		}
		cli_signer_close(&to);
	}
	cli_signer_close(&from);
	return cli->exit;
}

/* The vkey that is to be revoked: the one given, or the writer's own, as the case names it. */
static const char *revoked_key(struct cli *cli, const struct inq_case *c, const struct cli_signer *signer,
        enum inq_key_role role, struct inq_error *err)
{
	struct inq_vkey key = signer->writer.keys.of[role];
	char origin[INQ_ORIGIN_MOST], *text = inq_arena_new(cli->arena, INQ_VKEY_MOST, 1);

	if (cli->operand_count > 2)
		return cli->operands[2];
	inq_origin(inq_bytes_of(inq_case_party(c)), inq_bytes_of(inq_case_id(c)), origin);
	if (role == INQ_ROLE_LOG &&
	        inq_vkey_make(inq_bytes_of(origin), key.type, key.public, &key, err) != INQ_OK)
		return NULL;
	if (text)
		inq_vkey_write(&key, text);
	return text;
}

static bool role_read(struct cli *cli, enum inq_key_role *ret)
{
	for (unsigned i = 0; i < INQ_ROLES; i++) {
		if (strcmp(cli->operands[1], inq_key_role_name((enum inq_key_role)i)) == 0) {
			*ret = (enum inq_key_role)i;
			return true;
		}
	}
	cli_error(cli, CLI_USAGE, "a party has an entry, a log and a cosigner key, and no %s key",
	        cli->operands[1]);
	return false;
}

static int revoke(struct cli *cli)
{
	struct inq_entry e = { .type = INQ_ENTRY_KEY_REVOKE };
	struct inq_case_entered entered;
	struct inq_error err = { 0, "" };
	struct cli_signer signer;
	struct inq_case *c;
	const char *key;
	enum inq_status status;

	if (!role_read(cli, &e.role) || !reason_given(cli) || !cli_signer_open(cli, &signer))
		return cli->exit;
	if (cli_case_open(cli, true, &c)) {
		key = revoked_key(cli, c, &signer, e.role, &err);
		e.reason = inq_bytes_of(cli->value[CLI_REASON]);
		if (key)
			e.old_key = inq_bytes_of(key);
		status = key ? inq_case_begin(c, &signer.writer, &err) : INQ_NO_MEMORY;
		if (status == INQ_OK) {
			status = inq_case_enter(c, &e, &entered, &err);
			if (status == INQ_OK)
				status = inq_case_commit(c, &err);
			else
				inq_case_rollback(c);
		}
		if (status == INQ_OK)
			tell(cli, c, signer.writer.time, &entered, 1);
		else
			cli_case_error(cli, status, &err);
		inq_case_close(c);
	}
	cli_signer_close(&signer);
	return cli->exit;
}

const struct cli_command cli_key_rotate = {
	.name = "key rotate",
	.operands = "CASE NEW-FILE",
	.summary = "replace a party's keys in a case",
	.about = "Enters that the party goes on with the keys of NEW-FILE, made before by key new under the "
	         "same "
	         "name: an entry for each of the three, signed with the old key, in which the new one shows "
	         "that "
	         "it is there. From then on the case is written with NEW-FILE. A passphrase file is used for "
	         "both.",
	.examples = { "inquiry key new acme -o acme-2.key", "the new keys",
	        "inquiry key rotate harbour.case acme-2.key -k acme.key --reason yearly", "go on with them",
	        "inquiry admit harbour.case -k acme-2.key more.exe", "as from now" },
	.options = options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_KEY,
	.operands_least = 2,
	.operands_most = 2,
	.run = rotate,
};

const struct cli_command cli_key_revoke = {
	.name = "key revoke",
	.operands = "CASE ROLE [VKEY]",
	.summary = "say that a key is in wrong hands",
	.about =
	        "Enters that the party's key of that ROLE (entry, log or cosigner) is not to be believed any "
	        "more. VKEY may be an earlier one, rotated since. Where it is the entry or log key in force, "
	        "it "
	        "is the last thing that can be entered in this log: rotate first to go on.",
	.examples = { "inquiry key revoke harbour.case cosigner -k acme.key --reason stolen",
	        "its countersignatures do not count any more",
	        "inquiry key revoke harbour.case entry 'acme+9bd7435c+AS...' -k new.key -r lost",
	        "an earlier key, after a rotation",
	        "inquiry key revoke harbour.case entry -k acme.key -r 'we leave the inquiry'",
	        "the log ends here" },
	.options = options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_KEY,
	.operands_least = 2,
	.operands_most = 3,
	.run = revoke,
};
