/* claim, support, dispute, withdraw: one entry each, said by people. */
#include "cli/case.h"
#include <string.h>

static const struct cli_option claim_options[] = {
	{ CLI_CITES, "cites", 'c', "ENTRY", true, "the grounds; may be given again, or with commas" },
	{ CLI_STATEMENT, "statement", 0, NULL, false, "say it without grounds; it is shown as that" },
	{ .name = NULL },
};

static const struct cli_option support_options[] = {
	{ CLI_TEXT_OPTION, "text", 't', "TEXT", false, "in words" },
	{ CLI_CITES, "cites", 'c', "ENTRY", true, "what shows it; may be given again, or with commas" },
	{ .name = NULL },
};

static const struct cli_option dispute_options[] = {
	{ CLI_REASON, "reason", 'r', "REASON", false,
	        "not-reproduced, exhibit-not-authentic, code-generally-available, library-code, "
	        "calibration-not-applicable, chain-of-custody or other" },
	{ CLI_TEXT_OPTION, "text", 't', "TEXT", false, "in words" },
	{ CLI_CITES, "cites", 'c', "ENTRY", true, "what shows it; may be given again, or with commas" },
	{ .name = NULL },
};

static const struct cli_option withdraw_options[] = {
	{ CLI_TEXT_OPTION, "text", 't', "TEXT", false, "why" },
	{ .name = NULL },
};

struct saying {
	struct cli *cli;
	struct inq_case *c;
	struct inq_entry e;
	struct inq_sha256 cites[INQ_CITES_MOST];
};

static bool cite(struct saying *s, const char *name)
{
	const struct inq_case_entry *found;
	struct inq_error err = { 0, "" };
	enum inq_status status = inq_case_find(s->c, name, &found, &err);

	if (status != INQ_OK) {
		cli_error(s->cli, CLI_USAGE, "%s", err.text);
		return false;
	}
	/* Named twice is named once. */
	for (size_t i = 0; i < s->e.cite_count; i++)
		if (inq_sha256_equal(&s->cites[i], &found->digest))
			return true;
	if (s->e.cite_count == INQ_CITES_MOST) {
		cli_error(s->cli, CLI_USAGE, "an entry cites at most %d others", INQ_CITES_MOST);
		return false;
	}
	s->cites[s->e.cite_count++] = found->digest;
	s->e.cites = s->cites;
	return true;
}

/* Names with commas between them. */
static bool cite_list(struct saying *s, const char *list)
{
	while (*list) {
		size_t len = strcspn(list, ",");
		const char *name =
		        inq_arena_string(s->cli->arena, (struct inq_bytes){ (const uint8_t *)list, len });

		if (!name || !cite(s, name))
			return false;
		list += len + (list[len] == ',');
	}
	return true;
}

/* --cites, and the operands from `first` on. */
static bool cites_read(struct saying *s, size_t first)
{
	struct cli *cli = s->cli;

	for (size_t i = 0; i < cli->given_count; i++)
		if (cli->given[i].id == CLI_CITES && !cite_list(s, cli->given[i].value))
			return false;
	for (size_t i = first; i < cli->operand_count; i++)
		if (!cite_list(s, cli->operands[i]))
			return false;
	return true;
}

static bool of_read(struct saying *s)
{
	const struct inq_case_entry *found;
	struct inq_error err = { 0, "" };

	if (inq_case_find(s->c, s->cli->operands[1], &found, &err) != INQ_OK) {
		cli_error(s->cli, CLI_USAGE, "%s", err.text);
		return false;
	}
	s->e.of = found->digest;
	return true;
}

static bool fill(struct saying *s)
{
	struct cli *cli = s->cli;

	if (s->e.type == INQ_ENTRY_CLAIM || s->e.type == INQ_ENTRY_STATEMENT) {
		s->e.text = inq_bytes_of(cli->operands[1]);
		return cites_read(s, 2);
	}
	if (cli->set[CLI_TEXT_OPTION])
		s->e.text = inq_bytes_of(cli->value[CLI_TEXT_OPTION]);
	return of_read(s) && cites_read(s, 2);
}

static void enter(struct saying *s, struct cli_signer *signer)
{
	struct cli_entered told = { .outcome = CLI_ENTERED };
	struct inq_error err = { 0, "" };
	struct cli_ledger ledger;
	enum inq_status status = inq_case_begin(s->c, &signer->writer, &err);

	if (status == INQ_OK) {
		if (fill(s))
			status = inq_case_enter(s->c, &s->e, &told.entry, &err);
		else
			status = INQ_INTERRUPTED;
		if (status == INQ_OK)
			status = inq_case_commit(s->c, &err);
		else
			inq_case_rollback(s->c);
	}
	if (status == INQ_OK) {
		cli_ledger_begin(&ledger, s->cli, s->c);
		cli_ledger_clock(&ledger, signer->writer.time, &told.entry);
		cli_ledger_put(&ledger, &told);
		cli_ledger_end(&ledger);
	} else if (*err.text) {
		cli_case_error(s->cli, status, &err);
	}
}

static int say(struct cli *cli, struct inq_entry e)
{
	struct saying s = { .cli = cli, .e = e };
	struct cli_signer signer;

	if (!cli_signer_open(cli, &signer))
		return cli->exit;
	if (cli_case_open(cli, true, &s.c)) {
		enter(&s, &signer);
		inq_case_close(s.c);
	}
	cli_signer_close(&signer);
	return cli->exit;
}

static int claim(struct cli *cli)
{
	bool grounds = cli->set[CLI_CITES] || cli->operand_count > 2;

	if (cli->set[CLI_STATEMENT] && grounds) {
		cli_error(cli, CLI_USAGE, "a statement has no grounds: what cites entries is a claim");
		return CLI_USAGE;
	}
	if (!cli->set[CLI_STATEMENT] && !grounds) {
		cli_error(cli, CLI_USAGE,
		        "no grounds given: a claim cites entries (--cites ENTRY), or is a --statement");
		return CLI_USAGE;
	}
	return say(cli, (struct inq_entry){
	                        .type = cli->set[CLI_STATEMENT] ? INQ_ENTRY_STATEMENT : INQ_ENTRY_CLAIM });
}

static int support(struct cli *cli)
{
	return say(cli, (struct inq_entry){ .type = INQ_ENTRY_SUPPORT });
}

static int dispute(struct cli *cli)
{
	struct inq_entry e = { .type = INQ_ENTRY_DISPUTE };
	const char *near, *names[INQ_DISPUTE_REASONS];

	for (unsigned i = 0; i < INQ_DISPUTE_REASONS; i++)
		names[i] = inq_dispute_reason_name((enum inq_dispute_reason)i);
	if (!cli->set[CLI_REASON]) {
		cli_error(cli, CLI_USAGE, "a dispute says why: --reason (see inquiry dispute --help)");
		return CLI_USAGE;
	}
	if (!inq_dispute_reason_read(cli->value[CLI_REASON], &e.dispute)) {
		near = cli_nearest(cli->value[CLI_REASON], names, INQ_DISPUTE_REASONS);
		cli_error(cli, CLI_USAGE, "%s is no reason for a dispute; %s%s", cli->value[CLI_REASON],
		        near ? "did you mean " : "see inquiry dispute --help", near ? near : "");
		return CLI_USAGE;
	}
	if (e.dispute == INQ_DISPUTE_OTHER && !cli->set[CLI_TEXT_OPTION]) {
		cli_error(cli, CLI_USAGE, "the reason \"other\" wants to be told in words: --text TEXT");
		return CLI_USAGE;
	}
	return say(cli, e);
}

static int withdraw(struct cli *cli)
{
	return say(cli, (struct inq_entry){ .type = INQ_ENTRY_WITHDRAW });
}

const struct cli_command cli_claim = {
	.name = "claim",
	.operands = "CASE TEXT [ENTRY]...",
	.summary = "say something, on grounds",
	.about = "Enters TEXT as a claim that rests on the entries it cites, named PARTY/INDEX, INDEX (of "
	         "the own "
	         "log) or by eight or more digits of their digest. Whatever is disputed of them shows in the "
	         "claim's status. A claim that cites nothing is refused, unless it is a --statement.",
	.examples = { "inquiry claim harbour.case 'It is Gamma code' --cites 3,4 -k acme.key",
	        "rests on acme's entries 3 and 4",
	        "inquiry claim harbour.case 'They are one file' acme/2 nadir/5 -k acme.key",
	        "rests on entries of two parties",
	        "inquiry claim harbour.case --statement 'We were on leave that day' -k acme.key",
	        "without grounds, and shown as that" },
	.options = claim_options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_KEY,
	.operands_least = 2,
	.operands_most = SIZE_MAX,
	.run = claim,
};

const struct cli_command cli_support = {
	.name = "support",
	.operands = "CASE ENTRY [ENTRY]...",
	.summary = "agree with an entry",
	.about = "Enters that the party agrees with the first ENTRY, citing the others as what shows it.",
	.examples = { "inquiry support harbour.case nadir/7 -k acme.key", "agrees with nadir's entry 7",
	        "inquiry support harbour.case nadir/7 --cites 12 -k acme.key", "because of the own entry 12",
	        "inquiry support harbour.case 5f3a9c01 -t 'We saw it too' -k acme.key",
	        "in words; the entry is named by its digest" },
	.options = support_options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_KEY,
	.operands_least = 2,
	.operands_most = SIZE_MAX,
	.run = support,
};

const struct cli_command cli_dispute = {
	.name = "dispute",
	.operands = "CASE ENTRY [ENTRY]...",
	.summary = "object to an entry, with a reason",
	.about = "Enters that the party disputes the first ENTRY, citing the others as evidence. The status "
	         "of the "
	         "entry, and of all that rests on it, changes for everybody. The reason is one of: "
	         "not-reproduced, exhibit-not-authentic, code-generally-available, library-code, "
	         "calibration-not-applicable, chain-of-custody, other.",
	.examples = { "inquiry dispute harbour.case nadir/7 --reason library-code -k acme.key",
	        "what it rests on is everybody's code",
	        "inquiry dispute harbour.case nadir/7 -r not-reproduced --cites 12 -k acme.key",
	        "with the own entry 12 as evidence",
	        "inquiry dispute harbour.case nadir/7 -r other -t 'Wrong date' -k acme.key",
	        "\"other\" wants words" },
	.options = dispute_options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_KEY,
	.operands_least = 2,
	.operands_most = SIZE_MAX,
	.run = dispute,
};

const struct cli_command cli_withdraw = {
	.name = "withdraw",
	.operands = "CASE ENTRY",
	.summary = "take back an own entry",
	.about = "Enters that the party takes ENTRY back. It stays in the log, where everybody sees that it "
	         "was "
	         "withdrawn; what rests on it shows that, too.",
	.examples = { "inquiry withdraw harbour.case 9 -k acme.key", "the own entry 9",
	        "inquiry withdraw harbour.case 9 --text 'The file was mixed up' -k acme.key", "and why",
	        "inquiry withdraw harbour.case 11 -k acme.key", "a dispute is taken back the same way" },
	.options = withdraw_options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_KEY,
	.operands_least = 2,
	.operands_most = 2,
	.run = withdraw,
};
