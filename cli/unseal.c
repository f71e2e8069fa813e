/*
 * unseal: what was sealed or withheld is opened to everybody, sealed to further
 * parties, or read by one that it is sealed to. Either way the bytes must be those that were entered.
 */
#include "cli/admission.h"
#include <string.h>

static const struct cli_option options[] = {
	{ CLI_PRIVATE, "private", 0, NULL, false, "write the bytes to -o FILE and enter nothing" },
	{ CLI_FOR_EVERYBODY, "for-everybody", 0, NULL, false,
	        "open to everybody what another party sealed to this one" },
	{ CLI_SEALED_TO, "to", 0, "PARTY", true,
	        "seal it to this further party, and to nobody else; may be given again, or with commas" },
	{ CLI_NOTE, "note", 'n', "TEXT", false, "what is to be known of it" },
	{ .name = NULL },
};

struct unsealing {
	struct cli *cli;
	struct inq_case *c;
	struct cli_signer signer;
	struct cli_admission file; /* where one was named */
	struct inq_arena *a;
	struct inq_sha256 of; /* the entry that sealed or withheld it */
	struct inq_bytes bytes; /* where none was */
	struct cli_recipients to; /* none: everybody */
};

static bool is_own(const struct unsealing *u, const struct inq_case_entry *e)
{
	return strcmp(inq_case_log_name(u->c, e->log), inq_case_party(u->c)) == 0;
}

/* Whether what is asked for can be done with that entry. */
static bool fits(struct unsealing *u, const struct inq_case_entry *e)
{
	struct cli *cli = u->cli;
	const char *name = cli->operands[1], *party = inq_case_log_name(u->c, e->log);
	bool has_file = cli->operand_count > 2, own = is_own(u, e);

	if (!inq_entry_seals(e->type) && e->type != INQ_ENTRY_EXHIBIT_WITHHELD)
		cli_error(cli, CLI_USAGE, "%s is no exhibit that was sealed or withheld", name);
	else if (e->type == INQ_ENTRY_EXHIBIT_WITHHELD && !own)
		cli_error(cli, CLI_USAGE, "%s is withheld by %s, who alone can open it", name, party);
	else if (e->type == INQ_ENTRY_EXHIBIT_WITHHELD && !has_file)
		cli_error(
		        cli, CLI_USAGE, "%s was withheld: its bytes are in the file that was, name it", name);
	else if (inq_entry_seals(e->type) && !e->to_own)
		cli_error(cli, CLI_USAGE, "%s is not sealed to %s", name, inq_case_party(u->c));
	else if (!own && !cli->set[CLI_PRIVATE] && !cli->set[CLI_FOR_EVERYBODY] && !u->to.count)
		cli_error(cli, CLI_USAGE,
		        "%s was sealed by %s: --private -o FILE reads it, --to PARTY seals it to another "
		        "one, "
		        "--for-everybody opens it to all",
		        name, party);
	else
		return true;
	return false;
}

/* The bytes, proved to be those of the exhibit. */
static enum inq_status bytes_get(struct unsealing *u, const struct inq_case_entry *e, struct inq_error *err)
{
	if (u->cli->operand_count < 3)
		return inq_case_open_sealed(u->c, e, &u->signer.writer, u->a, &u->bytes, err);
	if (u->file.size != e->size || !inq_sha256_equal(&u->file.digest, &e->subject))
		return inq_fail(err, INQ_CONFLICT, 0, "%.200s is another file than was entered as %.100s",
		        u->file.path, u->cli->operands[1]);
	return INQ_OK;
}

/* The object that the entry says: the exhibit as it is, or sealed to those it is shared with. */
static enum inq_status object_put(
        struct unsealing *u, const struct inq_entry *before, struct inq_entry *e, struct inq_error *err)
{
	bool has_file = u->cli->operand_count > 2;
	struct cli_admission opened = { .from_stdin = true,
		.size = before->size,
		.digest = before->subjects[0].digest,
		.input = { .bytes = u->bytes } };

	if (u->to.count) {
		e->type = INQ_ENTRY_EXHIBIT_SHARE;
		e->recipients = u->to.names;
		e->recipient_count = u->to.count;
		return cli_admission_seal(
		        has_file ? &u->file : &opened, u->c, u->to.names, u->to.count, &e->sealed, err);
	}
	return has_file ? cli_admission_keep(&u->file, inq_case_store(u->c), err)
	                : inq_store_object_put_bytes(inq_case_store(u->c), u->bytes, NULL, err);
}

static enum inq_status enter(struct unsealing *u, struct cli_entered *told, struct inq_error *err)
{
	struct inq_entry e = { .type = INQ_ENTRY_EXHIBIT_UNSEAL, .of = u->of }, before;
	const struct inq_case_entry *of, *done;
	enum inq_status status = inq_case_begin(u->c, &u->signer.writer, err);

	if (status != INQ_OK)
		return status;
	of = inq_case_by_digest(u->c, &u->of);
	done = inq_case_unsealed(u->c, of);
	if (done && is_own(u, done) && !u->to.count) {
		told->outcome = CLI_KNOWN;
		told->entry = (struct inq_case_entered){ done->index, done->type, done->time, done->digest };
		inq_case_rollback(u->c);
		return INQ_OK;
	}
	status = inq_case_read(u->c, of, u->a, &before, NULL, err);
	if (status == INQ_OK)
		status = object_put(u, &before, &e, err);
	if (status == INQ_OK) {
		e.subjects = before.subjects;
		e.subject_count = 1;
		e.size = before.size;
		if (u->cli->set[CLI_NOTE])
			e.text = inq_bytes_of(u->cli->value[CLI_NOTE]);
		told->file = inq_arena_string(u->a, before.subjects[0].name);
		told->subject = &before.subjects[0].digest;
		status = inq_case_enter(u->c, &e, &told->entry, err);
	}
	if (status == INQ_OK)
		return inq_case_commit(u->c, err);
	inq_case_rollback(u->c);
	return status;
}

static void unseal(struct unsealing *u)
{
	struct cli_entered told = { .outcome = CLI_ENTERED };
	struct cli *cli = u->cli;
	const struct inq_case_entry *e;
	struct inq_error err = { 0, "" };
	struct cli_ledger ledger;
	enum inq_status status = inq_case_find(u->c, cli->operands[1], &e, &err);

	/* Whoever it was shared with may name it as the others do. */
	if (status == INQ_OK && inq_entry_seals(e->type) && !e->to_own && inq_case_sealed(u->c, &e->subject))
		e = inq_case_sealed(u->c, &e->subject);
	if (status == INQ_OK && (!cli_recipients_read(cli, u->c, &u->to) || !fits(u, e)))
		return;
	if (status == INQ_OK) {
		u->of = e->digest;
		status = bytes_get(u, e, &err);
		if (status != INQ_OK && status != INQ_CONFLICT && status != INQ_NO_MEMORY) {
			cli_error(cli, CLI_UNREADABLE, "%s: %s", cli->operands[1], err.text);
			return;
		}
	}
	if (status == INQ_OK && cli->set[CLI_PRIVATE]) {
		if (cli->set[CLI_OUTPUT])
			inq_output_close_to_others(&cli->file);
		inq_put_bytes(&cli->out, u->bytes);
		return;
	}
	if (status == INQ_OK)
		status = enter(u, &told, &err);
	if (status != INQ_OK) {
		cli_error(
		        cli, status == INQ_CONFLICT ? CLI_UNREADABLE : cli_case_exit(status), "%s", err.text);
		return;
	}
	cli_ledger_begin(&ledger, cli, u->c);
	if (told.outcome == CLI_ENTERED)
		cli_ledger_clock(&ledger, u->signer.writer.time, &told.entry);
	cli_ledger_put(&ledger, &told);
	cli_ledger_end(&ledger);
}

static bool file_open(struct unsealing *u)
{
	struct inq_error err = { 0, "" };
	enum inq_status status;

	if (u->cli->operand_count < 3)
		return true;
	status = cli_admission_open(u->cli->operands[2], u->a, &u->file, &err);
	if (status != INQ_OK)
		cli_error(u->cli, CLI_UNREADABLE, "%s: %s", u->cli->operands[2], err.text);
	return status == INQ_OK;
}

static int run(struct cli *cli)
{
	struct unsealing u = { .cli = cli };
	bool private = cli->set[CLI_PRIVATE];

	if (cli->set[CLI_SEALED_TO] && cli->set[CLI_FOR_EVERYBODY]) {
		cli_error(cli, CLI_USAGE, "--to seals it to some, --for-everybody opens it to all: which?");
		return CLI_USAGE;
	}
	if (private && (cli->operand_count > 2 || cli->set[CLI_SEALED_TO] || cli->set[CLI_NOTE] ||
	                       cli->set[CLI_FOR_EVERYBODY] || cli->set[CLI_JSON])) {
		cli_error(
		        cli, CLI_USAGE, "--private writes the bytes and nothing else: nothing goes with it");
		return CLI_USAGE;
	}
	if (private && !cli->set[CLI_OUTPUT] && inq_os_is_terminal(INQ_STREAM_OUT)) {
		cli_error(cli, CLI_USAGE, "an exhibit is nothing for a terminal: -o writes it to a file");
		return CLI_USAGE;
	}
	if (!cli_signer_open(cli, &u.signer))
		return cli->exit;
	u.a = inq_arena_open(SIZE_MAX);
	if (!u.a)
		cli_error(cli, CLI_PARTIAL, "no memory to go on");
	else if (file_open(&u) && cli_case_open(cli, !private, &u.c)) {
		unseal(&u);
		inq_case_close(u.c);
	}
	cli_admission_close(&u.file);
	inq_arena_close(u.a);
	cli_signer_close(&u.signer);
	return cli->exit;
}

const struct cli_command cli_unseal = {
	.name = "unseal",
	.operands = "CASE EXHIBIT [FILE]",
	.summary = "open what was sealed or withheld, or seal it to others",
	.about = "EXHIBIT is the entry that sealed or withheld it. What this party sealed is opened with its "
	         "key, what it withheld with the FILE that it kept; the bytes must have the digest and size "
	         "that were entered. They are in the case then, for everybody, and nothing closes them "
	         "again. Who can open it can also seal it --to a further party, or read it privately.",
	.examples = { "inquiry unseal harbour.case 7 -k acme.key", "the own sealed exhibit, for everybody",
	        "inquiry unseal harbour.case 8 mail.pst --to court -k acme.key",
	        "the file that was withheld, for one further party",
	        "inquiry unseal harbour.case nadir/4 --private -o dump.bin -k acme.key",
	        "what nadir sealed to acme, for acme alone" },
	.options = options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_KEY,
	.operands_least = 2,
	.operands_most = 3,
	.run = run,
};
