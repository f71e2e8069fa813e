/*
 * investigate: every exhibit is given to the analysis, and each result entered
 * as the bytes that came, with what made them.
 */
#include "cli/analysis.h"
#include "cli/reveal.h"
#include "os/task.h"
#include <stdio.h>
#include <string.h>

static const struct cli_option options[] = {
	{ CLI_CORPUS, "corpus", 'c', "CORPUS", false,
	        "search and weigh with this corpus, too; without it, examine alone" },
	{ CLI_DATE, "date", 0, "DATE", false,
	        "a day (YYYY-MM-DD) on which the exhibits existed, for the weighing" },
	{ CLI_PUBLISHED, "published", 0, "FAMILY=DATE", true,
	        "the day from which anyone could have that family's code, as for attribute" },
	CLI_REVEAL_OPTION,
	{ .name = NULL },
};

/* Exhibits whose bytes are held at a time: so many, or so many bytes, but for one that is larger. */
enum { EXHIBITS_MOST = INQ_CASE_BATCH / CLI_KINDS };
#define BYTES_MOST ((uint64_t)128 << 20)

struct exhibit {
	struct inq_sha256 digest, entry; /* the exhibit, and what entered it */
	const char *name;
	bool wanted[CLI_KINDS];
	int file; /* its bytes */
};

struct result {
	bool here;
	struct inq_bytes document;
	const char *text; /* the exit state, where it is not that all went well */
	int exit;
};

struct investigation {
	struct cli *cli;
	struct inq_case *c;
	struct cli_signer *signer;
	struct cli_analysis analysis;
	struct cli_ledger ledger;
	struct inq_arena *scratch; /* of the batch */
	struct exhibit exhibits[EXHIBITS_MOST];
	size_t count;
	struct result results[CLI_KINDS][EXHIBITS_MOST];
	size_t index[EXHIBITS_MOST]; /* of the exhibits given to the analysis that runs */
	enum cli_kind kind;
	uint64_t entered, known, absent, closed;
	struct cli_reveals reveals;
};

/* The entry of an examination but for its result; from the batch's arena. */
static bool describe(
        struct investigation *v, const struct exhibit *x, enum cli_kind kind, struct inq_entry *ret)
{
	struct cli_call call = cli_call_here(&v->analysis, kind);
	struct inq_subject *subject = inq_arena_new(v->scratch, 1, sizeof *subject);
	struct inq_sha256 *cite = inq_arena_new(v->scratch, 1, sizeof *cite);
	struct inq_entry e = { .subject_count = 1, .cite_count = 1 };

	if (!subject || !cite || !cli_analysis_entry(&v->analysis, &call, v->scratch, &e))
		return false;
	*subject = (struct inq_subject){ inq_bytes_of(x->name), x->digest };
	*cite = x->entry;
	e.subjects = subject;
	e.cites = cite;
	*ret = e;
	return true;
}

/* A conclusion rests on the exhibit, and on what else was found in it. */
static bool cite_results(struct investigation *v, const struct exhibit *x, struct inq_entry *conclusion,
        struct inq_sha256 *cites)
{
	const struct inq_case_entry *found;
	struct inq_sha256 work;
	struct inq_entry e;

	cites[0] = x->entry;
	conclusion->cites = cites;
	for (unsigned k = 0; k < CLI_KINDS; k++) {
		if (cli_kind_entry((enum cli_kind)k) != INQ_ENTRY_EXAMINATION)
			continue;
		if (!describe(v, x, (enum cli_kind)k, &e))
			return false;
		inq_entry_work(&e, &work);
		found = inq_case_work(v->c, &work);
		if (found)
			cites[conclusion->cite_count++] = found->digest;
	}
	return true;
}

static bool no_memory(struct investigation *v)
{
	cli_error(v->cli, CLI_PARTIAL, "no memory to go on");
	return false;
}

/* Which results of an exhibit are not in the case yet. */
static bool wants(struct investigation *v, struct exhibit *x, bool *ret_any)
{
	struct inq_sha256 work;
	struct inq_entry e;

	*ret_any = false;
	for (unsigned k = 0; k < CLI_KINDS; k++) {
		x->wanted[k] = false;
		if (cli_kind_needs_corpus((enum cli_kind)k) && !v->analysis.corpus_path)
			continue;
		if (!describe(v, x, (enum cli_kind)k, &e))
			return no_memory(v);
		inq_entry_work(&e, &work);
		x->wanted[k] = !inq_case_work(v->c, &work);
		v->known += !x->wanted[k];
		*ret_any |= x->wanted[k];
	}
	return true;
}

static bool is_open_exhibit(const struct inq_case_entry *e)
{
	return e->has_subject && (e->type == INQ_ENTRY_EXHIBIT_OPEN || e->type == INQ_ENTRY_EXHIBIT_UNSEAL);
}

/* A sealed exhibit that this party can open, and by whose results nobody learns what was not to be told. */
static bool is_revealed(struct investigation *v, const struct inq_case_entry *e)
{
	if (!e->to_own || inq_case_shown(v->c, &e->subject))
		return false;
	if (inq_case_sealed(v->c, &e->subject) != e)
		return false;
	v->closed += !cli_reveals(&v->reveals, &e->subject);
	return cli_reveals(&v->reveals, &e->subject);
}

/* Whether an earlier entry opened the same exhibit: two parties may have admitted one file. */
static bool is_repeated(const struct investigation *v, const struct inq_case_entry *e)
{
	const struct inq_case_entry *own = inq_case_exhibit(v->c, &e->subject);

	return own && own != e && own->type == INQ_ENTRY_EXHIBIT_OPEN;
}

/* Takes the exhibit of an entry into the batch, where something of it is missing. False: stop. */
static bool gather(struct investigation *v, const struct inq_case_entry *e, uint64_t *bytes)
{
	struct exhibit *x = &v->exhibits[v->count];
	struct inq_error err = { 0, "" };
	char name[INQ_CASE_NAME];
	struct inq_bytes whole = { NULL, 0 };
	struct inq_entry read;
	enum inq_status status;
	bool any;

	*x = (struct exhibit){ .digest = e->subject, .entry = e->digest, .name = "" };
	if (!wants(v, x, &any))
		return false;
	if (!any)
		return true;
	inq_case_entry_name(v->c, e, name);
	status = inq_case_read(v->c, e, v->scratch, &read, NULL, &err);
	if (status == INQ_OK) {
		x->name = inq_arena_string(v->scratch, read.subjects[0].name);
		if (!x->name)
			return no_memory(v);
		status = e->to_own
		                 ? inq_case_open_sealed(v->c, e, &v->signer->writer, v->scratch, &whole, &err)
		                 : inq_store_object_bytes(inq_case_store(v->c), &x->digest,
		                           INQ_CASE_OBJECT_MOST, v->scratch, &whole, &err);
	}
	if (status == INQ_OK)
		status = inq_scratch_move(whole, &x->file, &err);
	if (status == INQ_LOCKED || status == INQ_TAMPERED) {
		v->absent++;
		cli_error(v->cli, CLI_PARTIAL, "%s: %s", name, err.text);
		return true;
	}
	if (status == INQ_NOT_FOUND) {
		v->absent++;
		cli_error(v->cli, CLI_PARTIAL, "%s: the exhibit's bytes are not in this case", name);
		return true;
	}
	if (status != INQ_OK) {
		cli_error(v->cli, CLI_UNREADABLE, "%s: %s", name, err.text);
		return false;
	}
	*bytes += whole.len;
	v->count++;
	return true;
}

static bool take(void *context, size_t index, struct inq_bytes document, const char *said, int exit)
{
	struct investigation *v = context;
	struct result *r = &v->results[v->kind][v->index[index]];
	uint8_t *copy = inq_arena_new(v->scratch, document.len, 1);

	if (!copy)
		return false;
	if (document.len)
		memcpy(copy, document.at, document.len);
	r->document = (struct inq_bytes){ copy, document.len };
	r->exit = exit;
	r->text = exit == CLI_DONE ? NULL : inq_arena_printf(v->scratch, "exit %d: %s", exit, said);
	/* What weighs has nothing to say of a file that is no program. */
	r->here = document.len > 0;
	if (!r->here && exit == CLI_USAGE)
		cli_error(v->cli, exit, "%s", said);
	return (exit == CLI_DONE || r->text) && exit != CLI_USAGE;
}

static bool analyse(struct investigation *v)
{
	memset(v->results, 0, sizeof v->results);
	for (unsigned k = 0; k < CLI_KINDS; k++) {
		struct cli_call call = cli_call_here(&v->analysis, (enum cli_kind)k);
		int files[EXHIBITS_MOST];
		size_t count = 0;

		for (size_t i = 0; i < v->count; i++) {
			if (!v->exhibits[i].wanted[k])
				continue;
			files[count] = v->exhibits[i].file;
			v->index[count++] = i;
		}
		v->kind = (enum cli_kind)k;
		if (count && !cli_analysis_run(&v->analysis, &call, files, count, take, v))
			return false;
	}
	return true;
}

struct told {
	size_t exhibit;
	struct cli_entered entered;
};

static enum inq_status enter_one(struct investigation *v, size_t i, enum cli_kind kind, struct told *ret,
        size_t *count, struct inq_error *err)
{
	const struct exhibit *x = &v->exhibits[i];
	const struct result *r = &v->results[kind][i];
	struct inq_sha256 work, cites[CLI_KINDS];
	struct inq_entry e;
	enum inq_status status;

	if (!r->here)
		return INQ_OK;
	if (!describe(v, x, kind, &e))
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to go on");
	inq_entry_work(&e, &work);
	/* Another run may have been here meanwhile. */
	if (inq_case_work(v->c, &work)) {
		v->known++;
		return INQ_OK;
	}
	if (e.type == INQ_ENTRY_CONCLUSION && !cite_results(v, x, &e, cites))
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to go on");
	e.size = r->document.len;
	if (r->text)
		e.text = inq_bytes_of(r->text);
	status = inq_store_object_put_bytes(inq_case_store(v->c), r->document, &e.result, err);
	if (status == INQ_OK)
		status = inq_case_enter(v->c, &e, &ret[*count].entered.entry, err);
	if (status != INQ_OK)
		return status;
	ret[*count].exhibit = i;
	ret[*count].entered.outcome = CLI_ENTERED;
	ret[*count].entered.file = x->name;
	ret[*count].entered.subject = &x->digest;
	ret[*count].entered.note = inq_arena_printf(
	        v->scratch, "%s%s%s", cli_kind_name(kind), r->text ? ": " : "", r->text ? r->text : "");
	++*count;
	return INQ_OK;
}

/* The results of the batch, in one transaction, by exhibit. */
static bool enter(struct investigation *v)
{
	struct told *told = inq_arena_new(v->scratch, (size_t)EXHIBITS_MOST * CLI_KINDS, sizeof *told);
	struct inq_error err = { 0, "" };
	enum inq_status status;
	size_t count = 0;

	if (!told)
		return no_memory(v);
	status = inq_case_begin(v->c, &v->signer->writer, &err);
	for (size_t i = 0; i < v->count && status == INQ_OK; i++)
		for (unsigned k = 0; k < CLI_KINDS && status == INQ_OK; k++)
			status = enter_one(v, i, (enum cli_kind)k, told, &count, &err);
	if (status == INQ_OK)
		status = inq_case_commit(v->c, &err);
	else
		inq_case_rollback(v->c);
	if (status != INQ_OK) {
		cli_case_error(v->cli, status, &err);
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		cli_ledger_clock(&v->ledger, v->signer->writer.time, &told[i].entered.entry);
		cli_ledger_put(&v->ledger, &told[i].entered);
	}
	for (size_t i = 0; i < v->count; i++)
		for (unsigned k = 0; k < CLI_KINDS; k++)
			if (v->results[k][i].here && v->results[k][i].exit != CLI_DONE)
				cli_exit_with(v->cli, CLI_PARTIAL);
	v->entered += count;
	cli_ledger_flush(&v->ledger);
	return true;
}

/* Exhibits by entry, a batch at a time. What is entered goes to the end, where there are no exhibits. */
static void investigate(struct investigation *v)
{
	size_t end = inq_case_count(v->c);
	bool going = true;

	for (size_t at = 0; at < end && going;) {
		uint64_t bytes = 0;

		v->scratch = inq_arena_open(SIZE_MAX);
		v->count = 0;
		going = v->scratch != NULL || no_memory(v);
		while (going && at < end && v->count < EXHIBITS_MOST && bytes < BYTES_MOST) {
			const struct inq_case_entry *e = inq_case_entry(v->c, at++);

			if ((is_open_exhibit(e) && !is_repeated(v, e)) || is_revealed(v, e))
				going = gather(v, e, &bytes);
		}
		if (going && v->count)
			going = analyse(v) && enter(v);
		for (size_t i = 0; i < v->count; i++)
			inq_scratch_close(v->exhibits[i].file);
		inq_arena_close(v->scratch);
	}
}

static void tell(struct investigation *v)
{
	struct cli *cli = v->cli;

	if (v->closed)
		cli_note(cli,
		        "%s passed over: a result tells what it is about, and --reveal-results names those "
		        "that may be told",
		        cli_count(cli, v->closed, "sealed exhibit was", "sealed exhibits were"));
	if (!v->entered && !v->known && !v->absent && !v->closed && cli->exit == CLI_DONE)
		cli_note(cli, "the case has no exhibits to look at: inquiry admit enters them");
	else
		cli_note(cli, "%s, %s already",
		        cli_count(cli, v->entered, "result was entered", "results were entered"),
		        cli_count(cli, v->known, "was there", "were there"));
}

static int run(struct cli *cli)
{
	struct investigation *v = inq_arena_new(cli->arena, 1, sizeof *v);
	struct cli_signer signer;

	if (!v || !cli_signer_open(cli, &signer))
		return cli->exit;
	v->cli = cli;
	v->signer = &signer;
	if (cli_analysis_init(cli, &v->analysis) && cli_case_open(cli, true, &v->c)) {
		if (cli_reveals_read(cli, v->c, &v->reveals)) {
			cli_ledger_begin(&v->ledger, cli, v->c);
			investigate(v);
			cli_ledger_end(&v->ledger);
			tell(v);
		}
		inq_case_close(v->c);
	}
	cli_signer_close(&signer);
	return cli->exit;
}

const struct cli_command cli_investigate = {
	.name = "investigate",
	.operands = "CASE",
	.summary = "examine, search and weigh the exhibits, and enter it",
	.about = "Every exhibit that this program has not looked at yet, with this corpus and model, is "
	         "examined, searched and attributed in a sandbox. Each result is entered as the bytes that "
	         "these commands print with --json for that file, with the digests of program, model and "
	         "corpus, so that anybody can repeat it; what attribute says is entered as a conclusion on "
	         "the grounds of the others. What is entered already is not done again.",
	.examples = { "inquiry investigate harbour.case --corpus known.corpus -k acme.key",
	        "examines, searches and weighs what is new",
	        ""
	        "inquiry investigate harbour.case -k acme.key",
	        "examines alone", "inquiry show harbour.case acme/7 --result",
	        "what the analysis said, as it was entered" },
	.options = options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_KEY | CLI_TAKES_CHILDREN | CLI_TAKES_JOBS,
	.operands_least = 1,
	.operands_most = 1,
	.run = run,
};
