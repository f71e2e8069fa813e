/* claim, support, dispute, withdraw: one entry each, said by people. */
#include "cli/admission.h"
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
	{ CLI_EVIDENCE, "evidence", 'e', "ENTRY", true, "what shows it; may be given again, or with commas" },
	{ CLI_FILE, "file", 'f', "FILE", true,
	        "what shows it, entered as an exhibit first; may be given again" },
	{ .name = NULL },
};

static const struct cli_option withdraw_options[] = {
	{ CLI_TEXT_OPTION, "text", 't', "TEXT", false, "why" },
	{ .name = NULL },
};

enum { FILES_MOST = INQ_CASE_BATCH - 1 };

struct saying {
	struct cli *cli;
	struct inq_case *c;
	struct inq_entry e;
	struct inq_sha256 cites[INQ_CITES_MOST];
	struct cli_admission files[FILES_MOST];
	size_t file_count;
	struct cli_entered told[INQ_CASE_BATCH]; /* of each file, then of the entry itself */
};

static bool cite_digest(struct saying *s, const struct inq_sha256 *digest)
{
	/* Named twice is named once. */
	for (size_t i = 0; i < s->e.cite_count; i++)
		if (inq_sha256_equal(&s->cites[i], digest))
			return true;
	if (s->e.cite_count == INQ_CITES_MOST) {
		cli_error(s->cli, CLI_USAGE, "an entry cites at most %d others", INQ_CITES_MOST);
		return false;
	}
	s->cites[s->e.cite_count++] = *digest;
	s->e.cites = s->cites;
	return true;
}

static bool cite(struct saying *s, const char *name)
{
	const struct inq_case_entry *found;
	struct inq_error err = { 0, "" };

	if (inq_case_find(s->c, name, &found, &err) != INQ_OK) {
		cli_error(s->cli, CLI_USAGE, "%s", err.text);
		return false;
	}
	return cite_digest(s, &found->digest);
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

/* --cites or --evidence, and the operands from `first` on. */
static bool cites_read(struct saying *s, size_t first)
{
	struct cli *cli = s->cli;

	for (size_t i = 0; i < cli->given_count; i++)
		if ((cli->given[i].id == CLI_CITES || cli->given[i].id == CLI_EVIDENCE) &&
		        !cite_list(s, cli->given[i].value))
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

/* Reads the files of --file, before anything is written. */
static bool files_open(struct saying *s)
{
	struct cli *cli = s->cli;

	for (size_t i = 0; i < cli->given_count; i++) {
		struct inq_error err = { 0, "" };
		enum inq_status status;

		if (cli->given[i].id != CLI_FILE)
			continue;
		if (s->file_count == FILES_MOST) {
			cli_error(cli, CLI_USAGE, "at most %d files are entered at once", FILES_MOST);
			return false;
		}
		status = cli_admission_open(cli->given[i].value, cli->arena, &s->files[s->file_count], &err);
		if (status != INQ_OK) {
			cli_error(cli, cli_status_exit(status == INQ_CONFLICT ? INQ_UNREADABLE : status),
			        "%s: %s", cli->given[i].value, err.text);
			return false;
		}
		s->file_count++;
	}
	return true;
}

/* Enters a file as an exhibit, where it is none of this party yet. */
static enum inq_status file_enter(struct saying *s, size_t i, struct inq_error *err)
{
	struct cli_admission *x = &s->files[i];
	const struct inq_case_entry *before = inq_case_exhibit(s->c, &x->digest);
	struct inq_subject subject = { x->name, x->digest };
	struct inq_entry e = {
		.type = INQ_ENTRY_EXHIBIT_OPEN, .subjects = &subject, .subject_count = 1, .size = x->size
	};
	struct cli_entered *told = &s->told[i];
	enum inq_status status = INQ_OK;

	*told = (struct cli_entered){ .file = x->path, .subject = &x->digest };
	if (before) {
		told->outcome = CLI_KNOWN;
		told->entry = (struct inq_case_entered){ before->index, before->type, before->time,
			before->digest };
	} else {
		status = cli_admission_keep(x, inq_case_store(s->c), err);
		if (status == INQ_OK)
			status = inq_case_enter(s->c, &e, &told->entry, err);
	}
	if (status == INQ_OK && !cite_digest(s, &told->entry.digest))
		status = INQ_INTERRUPTED;
	return status;
}

/* All of it in one transaction: a dispute never stands without the evidence that it came with. */
static enum inq_status enter(struct saying *s, struct cli_signer *signer, struct inq_error *err)
{
	enum inq_status status = inq_case_begin(s->c, &signer->writer, err);

	if (status != INQ_OK)
		return status;
	if (!fill(s))
		status = INQ_INTERRUPTED;
	for (size_t i = 0; i < s->file_count && status == INQ_OK; i++)
		status = file_enter(s, i, err);
	if (status == INQ_OK)
		status = inq_case_enter(s->c, &s->e, &s->told[s->file_count].entry, err);
	if (status == INQ_OK)
		return inq_case_commit(s->c, err);
	inq_case_rollback(s->c);
	return status;
}

static void tell(struct saying *s, struct cli_signer *signer)
{
	struct cli_ledger ledger;

	cli_ledger_begin(&ledger, s->cli, s->c);
	for (size_t i = 0; i <= s->file_count; i++) {
		if (s->told[i].outcome == CLI_ENTERED)
			cli_ledger_clock(&ledger, signer->writer.time, &s->told[i].entry);
		cli_ledger_put(&ledger, &s->told[i]);
	}
	cli_ledger_end(&ledger);
}

static int say(struct cli *cli, struct inq_entry e)
{
	struct saying *s = inq_arena_new(cli->arena, 1, sizeof *s);
	struct inq_error err = { 0, "" };
	struct cli_signer signer;
	enum inq_status status;

	if (!s || !cli_signer_open(cli, &signer))
		return cli->exit;
	s->cli = cli;
	s->e = e;
	if (files_open(s) && cli_case_open(cli, true, &s->c)) {
		status = enter(s, &signer, &err);
		if (status == INQ_OK)
			tell(s, &signer);
		else if (*err.text)
			cli_case_error(cli, status, &err);
		inq_case_close(s->c);
	}
	for (size_t i = 0; i < s->file_count; i++)
		cli_admission_close(&s->files[i]);
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
	         "entry, and of all that rests on it, changes for everybody. Evidence is what is entered "
	         "already, or files, which are entered with it. The reason is one of: "
	         "not-reproduced, exhibit-not-authentic, code-generally-available, library-code, "
	         "calibration-not-applicable, chain-of-custody, other.",
	.examples = { "inquiry dispute harbour.case nadir/7 --reason library-code -k acme.key",
	        "what it rests on is everybody's code",
	        "inquiry dispute harbour.case nadir/7 -r not-reproduced -e 12 -k acme.key",
	        "with the own entry 12 as evidence",
	        "inquiry dispute harbour.case nadir/7 -r library-code -f zlib.a -k acme.key",
	        "with the library itself, which is entered as an exhibit" },
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
