/*
 * admit: files become exhibits. A file is read twice, to know its digest and
 * to keep it; one that was another file the second time is refused.
 */
#include "base/utf8.h"
#include "cli/case.h"
#include "os/folder.h"
#include <inttypes.h>
#include <string.h>

static const struct cli_option options[] = {
	{ CLI_NOTE, "note", 'n', "TEXT", false, "what is to be known of them" },
	{ CLI_SOURCE, "source", 's', "TEXT", false, "where they come from" },
	{ CLI_WITHHELD, "withheld", 'w', "REASON", false,
	        "enter the digest and REASON alone; the files stay where they are" },
	{ .name = NULL },
};

enum { PIECE = 1 << 18 };
/* Bytes of files that one transaction takes, but for one that is larger by itself. */
#define BATCH_BYTES ((uint64_t)64 << 20)

enum state { WAITING, DONE, REFUSED };

struct exhibit {
	const char *path;
	struct inq_bytes name;
	struct inq_pieces pieces;
	struct inq_file input; /* standard input, in memory */
	bool is_open, from_stdin;
	uint64_t size;
	struct inq_sha256 digest;
	enum state state;
	struct cli_entered told;
};

struct admitting {
	struct cli *cli;
	struct inq_case *c;
	struct cli_signer *signer;
	struct cli_ledger ledger;
	struct inq_arena *names;
	uint8_t *piece;
};

static bool is_utf8(struct inq_bytes b)
{
	uint32_t point;
	unsigned len;

	for (size_t at = 0; at < b.len; at += len) {
		len = b.at[at] < 0x80 ? 1 : inq_utf8((struct inq_bytes){ b.at + at, b.len - at }, &point);
		if (len == 0)
			return false;
	}
	return true;
}

/* The last part of the path; where it is no UTF-8, in its inert form. */
static struct inq_bytes name_of(struct admitting *m, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct inq_memory_sink memory = { .arena = m->names };
	struct inq_bytes name = inq_bytes_of(slash && slash[1] ? slash + 1 : path);
	struct inq_sink out;

	if (is_utf8(name) && name.len <= INQ_LABEL_MOST)
		return name;
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	inq_put_inert(&out, name, INQ_LABEL_MOST);
	return inq_sink_flush(&out) ? (struct inq_bytes){ (const uint8_t *)memory.at, memory.len }
	                            : inq_bytes_of("unnamed");
}

static void refuse(struct exhibit *x, enum inq_status status, const struct inq_error *err)
{
	x->state = REFUSED;
	x->told = (struct cli_entered){
		.outcome = CLI_REFUSED, .file = x->path, .status = status, .error = *err
	};
}

static enum inq_status digest_stream(struct admitting *m, struct exhibit *x, struct inq_error *err)
{
	struct inq_sha256_state s;
	enum inq_status status;
	size_t got;

	inq_sha256_init(&s);
	for (;;) {
		status = inq_pieces_read(&x->pieces, m->piece, PIECE, &got, err);
		if (status != INQ_OK)
			return status;
		if (got == 0)
			break;
		x->size += got;
		if (x->size > INQ_CASE_OBJECT_MOST)
			return inq_fail(err, INQ_OVER_LIMIT, INQ_CASE_OBJECT_MOST,
			        "is longer than %" PRIu64
			        " bytes, more than an exhibit may be; --withheld enters its digest alone",
			        INQ_CASE_OBJECT_MOST);
		inq_sha256_update(&s, m->piece, got);
	}
	inq_sha256_final(&s, &x->digest);
	if (!inq_pieces_unchanged(&x->pieces))
		return inq_fail(err, INQ_CONFLICT, 0, "changed while it was read: nothing of it was entered");
	return inq_pieces_rewind(&x->pieces, err);
}

/* Opens a file and takes its digest. */
static void look(struct admitting *m, struct exhibit *x)
{
	struct inq_error err = { 0, "" };
	enum inq_status status;

	x->from_stdin = strcmp(x->path, "-") == 0;
	x->name = x->from_stdin ? inq_bytes_of("standard input") : name_of(m, x->path);
	if (x->from_stdin) {
		x->path = "standard input";
		status = inq_file_stdin(INQ_CASE_OBJECT_MOST, &x->input, &err);
		x->size = x->input.bytes.len;
		if (status == INQ_OK)
			status = inq_sha256(x->input.bytes, &x->digest);
	} else {
		status = inq_pieces_open(x->path, &x->pieces, &err);
		x->is_open = status == INQ_OK;
		if (x->is_open)
			status = digest_stream(m, x, &err);
	}
	if (status != INQ_OK)
		refuse(x, status, &err);
}

static void done_with(struct exhibit *x)
{
	if (x->is_open)
		inq_pieces_close(&x->pieces);
	if (x->from_stdin)
		inq_file_close(&x->input);
	x->is_open = x->from_stdin = false;
}

static enum inq_status keep(struct admitting *m, struct exhibit *x, struct inq_error *err)
{
	struct inq_store *store = inq_case_store(m->c);
	enum inq_status status;

	if (x->from_stdin)
		return inq_store_object_put_bytes(store, x->input.bytes, NULL, err);
	status = inq_pieces_rewind(&x->pieces, err);
	if (status == INQ_OK)
		status = inq_store_object_put(store, &x->digest, x->size,
		        (struct inq_store_source){ inq_pieces_read, &x->pieces }, err);
	if (status == INQ_CONFLICT || (status == INQ_OK && !inq_pieces_unchanged(&x->pieces)))
		return inq_fail(err, INQ_CONFLICT, 0, "changed while it was read: nothing of it was entered");
	return status;
}

static struct inq_bytes given(const struct cli *cli, enum cli_option_id id)
{
	return cli->set[id] ? inq_bytes_of(cli->value[id]) : (struct inq_bytes){ NULL, 0 };
}

/* Enters one that the case does not have yet, or has withheld so far. */
static enum inq_status enter(struct admitting *m, struct exhibit *x, struct inq_error *err)
{
	const struct cli *cli = m->cli;
	bool withheld = cli->set[CLI_WITHHELD];
	const struct inq_case_entry *before = inq_case_exhibit(m->c, &x->digest);
	struct inq_subject subject = { x->name, x->digest };
	struct inq_entry e = { .subjects = &subject, .subject_count = 1, .size = x->size };
	struct inq_store_object unused;
	enum inq_status status = INQ_OK;

	x->told = (struct cli_entered){ .file = x->path, .subject = &x->digest };
	e.type = withheld ? INQ_ENTRY_EXHIBIT_WITHHELD : INQ_ENTRY_EXHIBIT_OPEN;
	if (before && !withheld && before->type == INQ_ENTRY_EXHIBIT_WITHHELD) {
		/* Its bytes are only there where it was opened since. */
		status = inq_store_object(inq_case_store(m->c), &x->digest, m->names, &unused, err);
		if (status == INQ_NOT_FOUND) {
			e.type = INQ_ENTRY_EXHIBIT_UNSEAL;
			e.of = before->digest;
			before = NULL;
			status = INQ_OK;
		}
	}
	if (status != INQ_OK)
		return status;
	if (before) {
		x->told.outcome = CLI_KNOWN;
		x->told.entry = (struct inq_case_entered){ before->index, before->type, before->time,
			before->digest };
		return INQ_OK;
	}
	e.text = given(cli, CLI_NOTE);
	e.source = given(cli, CLI_SOURCE);
	e.reason = given(cli, CLI_WITHHELD);
	if (!withheld)
		status = keep(m, x, err);
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
			x[count].path = cli->operands[at + count];
			look(m, &x[count]);
			bytes += x[count].size;
		}
		going = batch_enter(m, x, count);
		cli_progress_end(&progress);
		if (going)
			tell(m, x, count);
		for (size_t i = 0; i < count; i++)
			done_with(&x[i]);
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
	m.piece = inq_arena_new(cli->arena, PIECE, 1);
	if (!m.piece || !cli_signer_open(cli, &signer))
		return cli->exit;
	m.signer = &signer;
	if (cli_case_open(cli, true, &m.c)) {
		/* The first operand is the case. */
		cli->operands++;
		cli->operand_count--;
		cli_ledger_begin(&m.ledger, cli, m.c);
		admit_all(&m);
		cli_ledger_end(&m.ledger);
		inq_case_close(m.c);
	}
	cli_signer_close(&signer);
	return cli->exit;
}

const struct cli_command cli_admit = {
	.name = "admit",
	.operands = "CASE FILE...",
	.summary = "enter files as exhibits",
	.about = "Each FILE becomes an exhibit: an entry with its name, size and SHA-256, and the file "
	         "itself, "
	         "compressed, in the case. A file that the case has already is said and not entered twice. "
	         "Files are read, never run or opened as what they are.",
	.examples = { "inquiry admit harbour.case -k acme.key dropper.exe payload.dll", "two exhibits",
	        "inquiry admit harbour.case -k acme.key --source 'disk of host 7' img/*",
	        "with where they come from",
	        "inquiry admit harbour.case -k acme.key --withheld 'third party data' mail.pst",
	        "its digest alone: it can be shown later what it was" },
	.options = options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_KEY,
	.operands_least = 2,
	.operands_most = SIZE_MAX,
	.run = run,
};
