#include "cli/pull.h"
#include "os/terminal.h"
#include <string.h>

static const struct cli_option options[] = {
	{ CLI_PARTY, "party", 'p', "NAME", false, "the party that writes; default: whose key it is" },
	{ CLI_TITLE, "title", 't', "TEXT", false, "what the inquiry is about; default: the file's name" },
	{ CLI_TEXT_OPTION, "text", 0, "TEXT", false, "more about it, for the charter" },
	{ CLI_JOIN, "join", 'j', "BUNDLE", false,
	        "join the inquiry that another party published there, a folder or an address" },
	{ CLI_ACCEPT, "accept", 'a', "PARTY", true,
	        "with --join: this party alone, by its name or its entry key; may be given again, or with "
	        "commas; default: all there are, up to 8" },
	{ CLI_ID, "id", 0, "HEX", false, "the case's 32 digits, for tests; else they are drawn" },
	{ .name = NULL },
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool start_choose(struct cli *cli, struct inq_case_start *ret)
{
	const char *address = cli->operands[0];
	bool path = cli_case_label(address) == address;
	uint8_t bits[16];
	char hex[33];

	if (cli->set[CLI_JOIN]) {
		*ret = (struct inq_case_start){ .title = cli->set[CLI_TITLE] ? cli->value[CLI_TITLE] : NULL,
			.text = cli->set[CLI_TEXT_OPTION] ? cli->value[CLI_TEXT_OPTION] : NULL };
		if (cli->set[CLI_ID])
			cli_error(cli, CLI_USAGE, "who joins a case takes its number: no --id with --join");
		return !cli->set[CLI_ID];
	}
	if (cli->set[CLI_ACCEPT]) {
		cli_error(cli, CLI_USAGE, "--accept says with whom to join: it goes with --join");
		return false;
	}
	if (!cli->set[CLI_TITLE] && !path) {
		cli_error(
		        cli, CLI_USAGE, "a case in a database needs a title: --title says what it is about");
		return false;
	}
	if (!cli->set[CLI_ID] && !inq_os_random(bits)) {
		cli_error(cli, CLI_UNREADABLE, "the machine gives no random numbers");
		return false;
	}
	if (!cli->set[CLI_ID])
		inq_hex(bits, sizeof bits, hex);
	*ret = (struct inq_case_start){
		.id = cli->set[CLI_ID] ? cli->value[CLI_ID] : inq_arena_string(cli->arena, inq_bytes_of(hex)),
		.title = cli->set[CLI_TITLE] ? cli->value[CLI_TITLE] : base_name(address),
		.text = cli->set[CLI_TEXT_OPTION] ? cli->value[CLI_TEXT_OPTION] : NULL,
	};
	return ret->id != NULL;
}

static void tell(struct cli *cli, const struct inq_case *c, const struct inq_case_entered *charter)
{
	struct cli_entered entered = { .outcome = CLI_ENTERED, .entry = *charter };
	struct cli_ledger ledger;

	cli_ledger_begin(&ledger, cli, c);
	cli_ledger_put(&ledger, &entered);
	cli_ledger_end(&ledger);
	cli_note(cli, "case %s is open; %s writes its log", inq_case_id(c), inq_case_party(c));
}

/* In a case of its own, or in that of the bundle. */
static enum inq_status begin(struct cli *cli, const struct inq_case_start *start,
        const struct cli_signer *signer, const struct cli_pull_from *bundle, struct inq_case **ret,
        struct inq_error *err)
{
	const char *address = cli->operands[0];
	struct inq_case_entered charter;
	struct inq_pulled p = { 0 };
	enum inq_status status;

	*ret = NULL;
	if (cli->set[CLI_JOIN])
		status = inq_case_join(
		        address, start, &signer->writer, &bundle->pull, cli->arena, ret, &charter, &p, err);
	else
		status = inq_case_create(address, start, &signer->writer, cli->arena, ret, &charter, err);
	if (p.refused)
		cli_pull_refused(cli, cli->value[CLI_JOIN], &p);
	if (*ret)
		tell(cli, *ret, &charter);
	if (*ret && cli->set[CLI_JOIN] && cli->form != CLI_FORM_JSON) {
		inq_put(&cli->out, "\n");
		cli_pulled_text(cli, &p, &cli->out);
	}
	if (*ret && cli->set[CLI_JOIN])
		cli_pull_parties(cli, cli->value[CLI_JOIN], *ret, &p);
	return status;
}

static int run(struct cli *cli)
{
	struct cli_pull_from bundle = { .cli = cli };
	struct inq_error err = { 0, "" };
	struct inq_case_start start;
	struct cli_signer signer;
	struct inq_case *c;
	const char *party;
	enum inq_status status;

	if (!start_choose(cli, &start) ||
	        (cli->set[CLI_JOIN] && !cli_pull_open(cli, cli->value[CLI_JOIN], &bundle)))
		return cli->exit;
	if (!cli_signer_open(cli, &signer)) {
		cli_pull_close(&bundle);
		return cli->exit;
	}
	party = signer.writer.keys.of[INQ_ROLE_ENTRY].name;
	if (cli->set[CLI_PARTY] && strcmp(cli->value[CLI_PARTY], party) != 0) {
		cli_error(cli, CLI_USAGE, "the key is %s's, not %s's", party, cli->value[CLI_PARTY]);
	} else {
		status = begin(cli, &start, &signer, &bundle, &c, &err);
		if (status != INQ_OK && cli->set[CLI_JOIN] && status != INQ_CONFLICT)
			cli_pull_failed(cli, cli->value[CLI_JOIN], status, &err);
		else if (status != INQ_OK)
			cli_error(cli, status == INQ_BAD_ARGUMENT ? CLI_USAGE : CLI_UNREADABLE, "%s: %s",
			        cli_case_label(cli->operands[0]), err.text);
		inq_case_close(c);
	}
	cli_pull_close(&bundle);
	cli_signer_close(&signer);
	return cli->exit;
}

const struct cli_command cli_open = {
	.name = "open",
	.operands = "CASE",
	.summary = "begin an inquiry, or join one",
	.about =
	        "Makes CASE, a file or a postgresql:// address, with the log of one party and its charter: "
	        "the "
	        "title, and the party's public keys. What is there already is never touched. With --join the "
	        "inquiry is the one in BUNDLE, whoever published it: all of it is proved, taken in and "
	        "countersigned, and "
	        "the charter joins its first one. Its parties are the other parties then: at most 8 of them "
	        "unnamed, or those of --accept.",
	.examples = { "inquiry open harbour.case --party acme-cert --key acme-cert.key",
	        "the case is one file, harbour.case",
	        "inquiry open 'postgresql://db/inquiries?schema=harbour' -k acme.key -t Harbour",
	        "the same in a database, with a title for people",
	        "inquiry open ours.case --join ../from-acme/ -k bob.key", "bob joins acme's inquiry" },
	.options = options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_KEY | CLI_TAKES_CHILDREN,
	.operands_least = 1,
	.operands_most = 1,
	.run = run,
};
