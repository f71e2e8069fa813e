/* admit: files become exhibits. */
#include "cli/admission.h"
#include <string.h>

static const struct cli_option options[] = {
	{ CLI_NOTE, "note", 'n', "TEXT", false, "what is to be known of them" },
	{ CLI_SOURCE, "source", 's', "TEXT", false, "where they come from" },
	{ CLI_NAME, "name", 0, "NAME", false,
	        "what the one FILE is called in the case; default: its own name" },
	{ CLI_WITHHELD, "withheld", 'w', "REASON", false,
	        "enter the digest and REASON alone; the files stay where they are" },
	{ CLI_SEALED_TO, "sealed-to", 0, "PARTY", true,
	        "encrypt the files to this party and to the own; may be given again, or with commas" },
	{ .name = NULL },
};

/* Bytes of files that one transaction takes, but for one that is larger by itself. */
#define BATCH_BYTES ((uint64_t)64 << 20)

enum state { WAITING, DONE, REFUSED };

struct exhibit {
	const char *path;
	struct cli_admission file;
	enum state state;
	struct cli_entered told;
};

struct admitting {
	struct cli *cli;
	struct inq_case *c;
	struct cli_signer *signer;
	struct cli_ledger ledger;
	struct inq_arena *names;
	struct cli_recipients to;
};

static void refuse(struct exhibit *x, enum inq_status status, const struct inq_error *err)
{
	x->state = REFUSED;
	x->told = (struct cli_entered){
		.outcome = CLI_REFUSED, .file = x->path, .status = status, .error = *err
	};
}

/* Opens a file and takes its digest. */
static void look(struct admitting *m, struct exhibit *x, const char *path)
{
	struct inq_error err = { 0, "" };
	enum inq_status status;

	x->path = m->cli->set[CLI_NAME]    ? m->cli->value[CLI_NAME]
	          : strcmp(path, "-") == 0 ? "standard input"
	                                   : path;
	status = cli_admission_open(path, m->names, &x->file, &err);
	if (status == INQ_OK && m->cli->set[CLI_NAME])
		x->file.name = cli_admission_name(m->cli->value[CLI_NAME], m->names);
	if (status != INQ_OK)
		refuse(x, status, &err);
}

static struct inq_bytes given(const struct cli *cli, enum cli_option_id id)
{
	return cli->set[id] ? inq_bytes_of(cli->value[id]) : (struct inq_bytes){ NULL, 0 };
}

/* What else is to be said of an exhibit that was there. */
static const char *known_note(const struct admitting *m, const struct inq_case_entry *before)
{
	if (before->type == INQ_ENTRY_EXHIBIT_OPEN || inq_case_unsealed(m->c, before))
		return NULL;
	return "not open: inquiry unseal opens it";
}

/* Enters one that this party has not entered yet. What it sealed or withheld is not opened by being here again. */
static enum inq_status enter(struct admitting *m, struct exhibit *x, struct inq_error *err)
{
	const struct cli *cli = m->cli;
	const struct inq_case_entry *before = inq_case_exhibit(m->c, &x->file.digest);
	struct inq_subject subject = { x->file.name, x->file.digest };
	struct inq_entry e = { .type = INQ_ENTRY_EXHIBIT_OPEN,
		.subjects = &subject,
		.subject_count = 1,
		.size = x->file.size,
		.text = given(cli, CLI_NOTE),
		.source = given(cli, CLI_SOURCE),
		.reason = given(cli, CLI_WITHHELD),
		.recipients = m->to.names,
		.recipient_count = m->to.count };
	enum inq_status status = INQ_OK;

	x->told = (struct cli_entered){ .file = x->path, .subject = &x->file.digest };
	if (before) {
		x->told.outcome = CLI_KNOWN;
		x->told.entry = (struct inq_case_entered){ before->index, before->type, before->time,
			before->digest };
		x->told.note = known_note(m, before);
		return INQ_OK;
	}
	if (cli->set[CLI_WITHHELD]) {
		e.type = INQ_ENTRY_EXHIBIT_WITHHELD;
	} else if (cli->set[CLI_SEALED_TO]) {
		e.type = INQ_ENTRY_EXHIBIT_SEALED;
		status = cli_admission_seal(&x->file, m->c, m->to.names, m->to.count, &e.sealed, err);
	} else {
		status = cli_admission_keep(&x->file, inq_case_store(m->c), err);
	}
	if (status == INQ_OK)
		status = inq_case_enter(m->c, &e, &x->told.entry, err);
	return status;
}

/* What a file alone is to blame for: the others of its batch are entered without it. */
static bool is_of_file(enum inq_status status)
{
	return status == INQ_CONFLICT || status == INQ_UNREADABLE;
}

/* One transaction. False where nothing more can be entered, which was said. */
static bool batch_enter(struct admitting *m, struct exhibit *x, size_t count)
{
	struct inq_error err = { 0, "" };
	enum inq_status status;
	size_t at;

	do {
		status = inq_case_begin(m->c, &m->signer->writer, &err);
		for (at = 0; at < count && status == INQ_OK; at++)
			if (x[at].state != REFUSED)
				status = enter(m, &x[at], &err);
		if (status == INQ_OK) {
			status = inq_case_commit(m->c, &err);
			at = 0;
		} else {
			inq_case_rollback(m->c);
		}
		if (at && is_of_file(status))
			refuse(&x[at - 1], status, &err);
	} while (at && is_of_file(status));
	if (status != INQ_OK) {
		cli_error(m->cli, status == INQ_NOT_FOUND ? CLI_UNREADABLE : cli_case_exit(status), "%s",
		        err.text);
		return false;
	}
	return true;
}

static void tell(struct admitting *m, struct exhibit *x, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct cli_entered *told = &x[i].told;

		if (told->outcome == CLI_REFUSED)
			cli_error(m->cli,
			        cli_status_exit(told->status == INQ_CONFLICT ? INQ_UNREADABLE : told->status),
			        "%s: %s", x[i].path, told->error.text);
		else if (told->outcome == CLI_ENTERED)
			cli_ledger_clock(&m->ledger, m->signer->writer.time, &told->entry);
		cli_ledger_put(&m->ledger, told);
	}
	cli_ledger_flush(&m->ledger);
}

static void admit_all(struct admitting *m)
{
	struct cli *cli = m->cli;
	struct cli_progress progress;
	bool going = true;

	cli_progress_init(&progress, cli, "admitting");
	for (size_t at = 0, count; at < cli->operand_count && going; at += count) {
		struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
		struct exhibit *x = scratch ? inq_arena_new(scratch, INQ_CASE_BATCH, sizeof *x) : NULL;
		uint64_t bytes = 0;

		m->names = scratch;
		if (!x) {
			cli_error(cli, CLI_PARTIAL, "no memory for so many files");
			inq_arena_close(scratch);
			return;
		}
		for (count = 0;
		        at + count < cli->operand_count && count < INQ_CASE_BATCH && bytes < BATCH_BYTES;
		        count++) {
			look(m, &x[count], cli->operands[at + count]);
			bytes += x[count].file.size;
		}
		going = batch_enter(m, x, count);
		cli_progress_end(&progress);
		if (going)
			tell(m, x, count);
		for (size_t i = 0; i < count; i++)
			cli_admission_close(&x[i].file);
		inq_arena_close(scratch);
		cli_progress_show(&progress, at + count, cli->operand_count);
	}
	cli_progress_end(&progress);
}

static int run(struct cli *cli)
{
	struct admitting m = { .cli = cli };
	struct cli_signer signer;
	size_t from_stdin = 0;

	for (size_t i = 1; i < cli->operand_count; i++)
		from_stdin += strcmp(cli->operands[i], "-") == 0;
	if (from_stdin > 1) {
		cli_error(cli, CLI_USAGE, "- is given twice");
		return CLI_USAGE;
	}
	if (cli->set[CLI_WITHHELD] && (cli->set[CLI_SOURCE] || cli->set[CLI_NOTE])) {
		cli_error(cli, CLI_USAGE, "--withheld says the reason and nothing else: no --%s with it",
		        cli->set[CLI_SOURCE] ? "source" : "note");
		return CLI_USAGE;
	}
	if (cli->set[CLI_NAME] && (cli->operand_count > 2 || !*cli->value[CLI_NAME])) {
		cli_error(cli, CLI_USAGE, "--name is the name of one FILE");
		return CLI_USAGE;
	}
	if (cli->set[CLI_WITHHELD] && cli->set[CLI_SEALED_TO]) {
		cli_error(cli, CLI_USAGE, "--withheld and --sealed-to exclude each other");
		return CLI_USAGE;
	}
	if (!cli_signer_open(cli, &signer))
		return cli->exit;
	m.signer = &signer;
	if (cli_case_open(cli, true, &m.c)) {
		/* The first operand is the case. */
		cli->operands++;
		cli->operand_count--;
		if (cli_recipients_read(cli, m.c, &m.to)) {
			cli_ledger_begin(&m.ledger, cli, m.c);
			admit_all(&m);
			cli_ledger_end(&m.ledger);
		}
		inq_case_close(m.c);
	}
	cli_signer_close(&signer);
	return cli->exit;
}

const struct cli_command cli_admit = {
	.name = "admit",
	.operands = "CASE FILE...",
	.summary = "enter files as exhibits",
	.about =
	        "Each FILE becomes an exhibit: an entry with its name, size and SHA-256, and the file "
	        "itself, "
	        "compressed, in the case. A file that the case has already is said and not entered twice. "
	        "Files are read, never run or opened as what they are. What is --sealed-to parties is in the "
	        "case encrypted; what is --withheld is not there but for its digest. Its name, size and "
	        "digest are for everybody.",
	.examples = { "inquiry admit harbour.case -k acme.key --source 'disk of host 7' img/*",
	        "with where they come from",
	        "inquiry admit harbour.case -k acme.key --sealed-to cert,nadir dump.bin",
	        "encrypted: cert, nadir and acme alone can read it",
	        "inquiry admit harbour.case -k acme.key --withheld 'third party data' mail.pst",
	        "its digest alone: it can be shown later what it was" },
	.options = options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_KEY,
	.operands_least = 2,
	.operands_most = SIZE_MAX,
	.run = run,
};
