/*
 * rerun: the results of the other parties, made again here; whether the same
 * bytes came is entered, so that "reproduced" is a signed word and no rumour.
 */
#include "cli/repeat.h"
#include "cli/reveal.h"
#include <inttypes.h>
#include <string.h>

static const struct cli_option options[] = {
	{ CLI_PARTY, "party", 'p', "NAME", false, "the results of this party alone" },
	{ CLI_CORPUS, "corpus", 'c', "CORPUS", false, "the corpus that was searched" },
	{ CLI_AGAIN, "again", 'a', NULL, false, "also what this party has rerun before" },
	CLI_REVEAL_OPTION,
	{ .name = NULL },
};

/* What the record says, and this party has entered about it, of an entry that may be wanted. */
enum mark { MARK_NAMED = 1, MARK_RERUN = 2 };

struct again {
	struct cli_entered told;
	struct inq_entry e;
	struct inq_bytes document;
};

struct rerunning {
	struct cli *cli;
	struct inq_case *c;
	struct cli_signer *signer;
	struct cli_analysis analysis;
	struct cli_ledger ledger;
	const struct inq_record_result *record;
	unsigned own; /* the own log in the record */
	uint8_t *marks; /* by entry of the record */
	struct inq_arena *scratch; /* since the last pause */
	struct again queue[INQ_CASE_BATCH];
	size_t count;
	uint64_t entered[INQ_RERUN_OUTCOMES], known;
	struct inq_record_unchecked skips[CLI_REASONS_MOST];
	size_t skip_count;
	struct cli_reveals reveals;
};

static bool no_memory(struct rerunning *v)
{
	cli_error(v->cli, CLI_PARTIAL, "no memory to go on");
	return false;
}

static uint8_t *mark_of(struct rerunning *v, const struct inq_record_entry *r)
{
	return &v->marks[r - v->record->entries];
}

static bool is_result(const struct inq_record_entry *r)
{
	return r->type == INQ_ENTRY_EXAMINATION || r->type == INQ_ENTRY_CONCLUSION;
}

/* The entries that the operands name. */
static bool named_read(struct rerunning *v)
{
	for (size_t i = 1; i < v->cli->operand_count; i++) {
		const char *name = v->cli->operands[i];
		const struct inq_case_entry *found;
		const struct inq_record_entry *r;
		struct inq_error err = { 0, "" };
		enum inq_status status = inq_case_find(v->c, name, &found, &err);

		if (status != INQ_OK) {
			cli_case_error(v->cli, status, &err);
			return false;
		}
		r = inq_record_find(v->record, &found->digest);
		if (!r || !is_result(r)) {
			cli_error(v->cli, CLI_USAGE, "%s is no examination and no conclusion", name);
			return false;
		}
		if (r->party == v->own) {
			cli_error(v->cli, CLI_USAGE,
			        "%s is an own result: it is for the others to run it again", name);
			return false;
		}
		*mark_of(v, r) |= MARK_NAMED;
	}
	return true;
}

/* What this party has rerun: with whatever program where its word is final, with this one where it was another's. */
static bool reruns_read(struct rerunning *v)
{
	for (size_t i = 0; i < inq_case_count(v->c); i++) {
		const struct inq_case_entry *at = inq_case_entry(v->c, i);
		const struct inq_record_entry *r, *of;
		struct inq_arena *a;
		struct inq_entry e;

		if (at->type != INQ_ENTRY_RERUN)
			continue;
		r = inq_record_find(v->record, &at->digest);
		of = inq_record_find(v->record, &at->of);
		if (!r || !of || r->party != v->own || !r->holds || r->withdrawn)
			continue;
		a = inq_arena_open(SIZE_MAX);
		if (!a)
			return no_memory(v);
		if (inq_case_read(v->c, at, a, &e, NULL, NULL) == INQ_OK &&
		        (e.outcome != INQ_RERUN_OTHER_PROGRAM ||
		                inq_sha256_equal(&e.program_digest, &v->analysis.program)))
			*mark_of(v, of) |= MARK_RERUN;
		inq_arena_close(a);
	}
	return true;
}

static bool wants(void *context, const struct inq_record_entry *of)
{
	struct rerunning *v = context;
	const struct cli *cli = v->cli;
	uint8_t mark = *mark_of(v, of);

	if (of->party == v->own || (cli->operand_count > 1 && !(mark & MARK_NAMED)) ||
	        (cli->set[CLI_PARTY] &&
	                strcmp(v->record->logs[of->party].party, cli->value[CLI_PARTY]) != 0) ||
	        (of->withdrawn && !(mark & MARK_NAMED)))
		return false;
	if (mark & MARK_RERUN && !cli->set[CLI_AGAIN]) {
		v->known++;
		return false;
	}
	return true;
}

static const char *outcome_text(struct rerunning *v, const struct cli_repetition *r)
{
	const char *kind = cli_kind_name(r->call->kind), *party = v->record->logs[r->of->party].party;

	if (r->outcome == INQ_RERUN_DIFFERS)
		return inq_arena_printf(v->scratch, "%s of %s/%" PRIu64 ": differs from byte %" PRIu64 " on",
		        kind, party, r->of->index, r->difference);
	return inq_arena_printf(v->scratch, "%s of %s/%" PRIu64 ": %s", kind, party, r->of->index,
	        inq_rerun_outcome_name(r->outcome));
}

static bool take(void *context, const struct cli_repetition *r)
{
	struct rerunning *v = context;
	struct again *again = &v->queue[v->count];
	struct inq_entry e = { 0 };
	uint8_t *copy;

	if (r->skipped) {
		cli_skips_add(v->skips, &v->skip_count, r->skipped);
		return true;
	}
	/* A false result may be there only to have the true one told. */
	if (r->sealed && r->outcome != INQ_RERUN_REPRODUCED &&
	        !cli_reveals(&v->reveals, &r->entry->subjects[0].digest)) {
		cli_skips_add(v->skips, &v->skip_count,
		        "results on sealed exhibits, which came out otherwise: --reveal-results tells what "
		        "came");
		return true;
	}
	if (!cli_analysis_entry(&v->analysis, r->call, v->scratch, &e))
		return no_memory(v);
	e.type = INQ_ENTRY_RERUN;
	e.subjects = r->entry->subjects;
	e.subject_count = r->entry->subject_count;
	e.of = r->of->digest;
	e.outcome = r->outcome;
	e.difference = r->difference;
	e.size = r->document.len;
	if (r->exit != CLI_DONE)
		e.text = inq_bytes_of(inq_arena_printf(v->scratch, "exit %d: %s", r->exit, r->said));
	copy = inq_arena_new(v->scratch, r->document.len, 1);
	if (!copy)
		return no_memory(v);
	if (r->document.len)
		memcpy(copy, r->document.at, r->document.len);
	*again = (struct again){ .e = e, .document = { copy, r->document.len } };
	again->told = (struct cli_entered){ .outcome = CLI_ENTERED,
		.file = inq_arena_string(v->scratch, e.subjects[0].name),
		.subject = &e.subjects[0].digest,
		.note = outcome_text(v, r) };
	if (!again->told.note)
		return no_memory(v);
	v->count++;
	return true;
}

static bool exhibit(
        void *context, const struct inq_sha256 *digest, struct inq_arena *a, struct inq_bytes *ret)
{
	struct rerunning *v = context;
	const struct inq_case_entry *sealed = inq_case_sealed(v->c, digest);

	return sealed && inq_case_open_sealed(v->c, sealed, &v->signer->writer, a, ret, NULL) == INQ_OK;
}

static bool pause(void *context)
{
	struct rerunning *v = context;
	struct inq_error err = { 0, "" };
	enum inq_status status = INQ_OK;

	if (v->count)
		status = inq_case_begin(v->c, &v->signer->writer, &err);
	for (size_t i = 0; i < v->count && status == INQ_OK; i++) {
		struct again *again = &v->queue[i];

		status = inq_store_object_put_bytes(
		        inq_case_store(v->c), again->document, &again->e.result, &err);
		if (status == INQ_OK)
			status = inq_case_enter(v->c, &again->e, &again->told.entry, &err);
	}
	if (v->count && status == INQ_OK)
		status = inq_case_commit(v->c, &err);
	else if (v->count)
		inq_case_rollback(v->c);
	if (status != INQ_OK) {
		cli_case_error(v->cli, status, &err);
		return false;
	}
	for (size_t i = 0; i < v->count; i++) {
		cli_ledger_clock(&v->ledger, v->signer->writer.time, &v->queue[i].told.entry);
		cli_ledger_put(&v->ledger, &v->queue[i].told);
		v->entered[v->queue[i].e.outcome]++;
	}
	cli_ledger_flush(&v->ledger);
	v->count = 0;
	inq_arena_close(v->scratch);
	v->scratch = inq_arena_open(SIZE_MAX);
	return v->scratch || no_memory(v);
}

/* The record as it stands, and where the own log is in it. */
static bool record_read(struct rerunning *v, const struct inq_bundle_source *source)
{
	struct inq_error err = { 0, "" };
	enum inq_status status = inq_case_freeze(v->c, &err);

	if (status == INQ_OK)
		status = cli_record(source, 2, 0, v->cli->arena, &v->record, &err);
	inq_case_thaw(v->c);
	if (status != INQ_OK) {
		cli_error(v->cli, CLI_UNREADABLE, "%s: %s", cli_case_label(v->cli->operands[0]), err.text);
		return false;
	}
	v->own = UINT32_MAX;
	for (size_t i = 0; i < v->record->log_count; i++)
		if (strcmp(v->record->logs[i].party, inq_case_party(v->c)) == 0)
			v->own = (unsigned)i;
	if (v->record->failure_total)
		cli_error(v->cli, CLI_CHECK_FAILED,
		        "this record does not hold (%s); inquiry verify says where",
		        cli_count(v->cli, v->record->failure_total, "failure", "failures"));
	v->marks = inq_arena_new(v->cli->arena, v->record->entry_count, sizeof *v->marks);
	return v->marks ? true : no_memory(v);
}

static bool party_known(struct rerunning *v)
{
	const char *party = v->cli->value[CLI_PARTY];

	for (size_t i = 0; v->cli->set[CLI_PARTY] && i < v->record->log_count; i++)
		if (i != v->own && strcmp(v->record->logs[i].party, party) == 0)
			return true;
	if (v->cli->set[CLI_PARTY])
		cli_error(v->cli, CLI_USAGE, "there is no other party %s in this case", party);
	return !v->cli->set[CLI_PARTY];
}

static void conclude(struct rerunning *v)
{
	const uint64_t *n = v->entered;

	for (size_t i = 0; i < v->skip_count; i++)
		cli_error(v->cli, CLI_PARTIAL, "not rerun: %" PRIu64 " %s", v->skips[i].count,
		        v->skips[i].what);
	if (n[INQ_RERUN_DIFFERS])
		cli_exit_with(v->cli, CLI_CHECK_FAILED);
	cli_note(v->cli,
	        "%s reproduced, %" PRIu64 " came out otherwise, %" PRIu64 " otherwise by another build; %s",
	        cli_count(v->cli, n[INQ_RERUN_REPRODUCED], "result was", "results were"),
	        n[INQ_RERUN_DIFFERS], n[INQ_RERUN_OTHER_PROGRAM],
	        cli_count(v->cli, v->known, "was rerun before", "were rerun before"));
}

static void rerun(struct rerunning *v)
{
	struct inq_bundle_source source;
	struct cli_repeat what = { .cli = v->cli,
		.source = &source,
		.analysis = &v->analysis,
		.context = v,
		.wants = wants,
		.take = take,
		.exhibit = exhibit,
		.pause = pause };

	inq_case_bundle(v->c, &source);
	if (!record_read(v, &source) || !named_read(v) || !party_known(v) || !reruns_read(v) ||
	        !cli_reveals_read(v->cli, v->c, &v->reveals))
		return;
	what.record = v->record;
	v->scratch = inq_arena_open(SIZE_MAX);
	cli_ledger_begin(&v->ledger, v->cli, v->c);
	if (!v->scratch)
		no_memory(v);
	else if (cli_repeat(&what))
		conclude(v);
	cli_ledger_end(&v->ledger);
	inq_arena_close(v->scratch);
}

static int run(struct cli *cli)
{
	struct rerunning *v = inq_arena_new(cli->arena, 1, sizeof *v);
	struct cli_signer signer;

	if (!v || !cli_signer_open(cli, &signer))
		return cli->exit;
	v->cli = cli;
	v->signer = &signer;
	if (cli_analysis_init(cli, &v->analysis) && cli_case_open(cli, true, &v->c)) {
		rerun(v);
		inq_case_close(v->c);
	}
	cli_signer_close(&signer);
	return cli->exit;
}

const struct cli_command cli_rerun = {
	.name = "rerun",
	.operands = "CASE [ENTRY]...",
	.summary = "run the other parties' analyses again, and enter what came",
	.about = "Every examination and conclusion of another party, or each ENTRY named, is made again "
	         "here: the same call on the same bytes with the same corpus and model, in a sandbox. "
	         "Whether the same bytes came is entered: reproduced, the first byte that differs, or that "
	         "another build of the program made others. What cannot be repeated here is said and not "
	         "entered; what was rerun before is passed over.",
	.examples = { "inquiry rerun harbour.case --corpus known.corpus -k acme.key",
	        "all that the others entered", "inquiry rerun harbour.case --party nadir -k acme.key",
	        "nadir's results, as far as they need no corpus",
	        "inquiry rerun harbour.case nadir/7 --again --corpus known.corpus -k acme.key",
	        "one of them, once more" },
	.options = options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_KEY | CLI_TAKES_CHILDREN | CLI_TAKES_JOBS,
	.operands_least = 1,
	.operands_most = SIZE_MAX,
	.run = run,
};
