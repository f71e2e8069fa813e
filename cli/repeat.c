#include "cli/repeat.h"
#include "cli/bundle.h"
#include "os/task.h"
#include <string.h>

enum { GROUP = 50 };
#define BYTES_MOST ((uint64_t)128 << 20)

struct job {
	const struct inq_record_entry *of;
	struct inq_entry entry;
	int file; /* the exhibit */
	bool same_program, sealed;
};

struct repeating {
	const struct cli_repeat *what;
	struct cli_bundle bundle;
	struct inq_arena *a; /* of the group */
	struct cli_call call;
	struct job jobs[GROUP];
	size_t count;
	uint64_t bytes;
	uint8_t *kinds; /* by entry of the record, one more than it is; 0: not to be repeated */
};

static bool skip(
        struct repeating *p, const struct inq_record_entry *r, const struct inq_entry *e, const char *why)
{
	return p->what->take(
	        p->what->context, &(struct cli_repetition){ .of = r, .entry = e, .skipped = why });
}

static bool same(const struct inq_digest_or_none *l, const struct inq_digest_or_none *r)
{
	return l->here == r->here && (!l->here || inq_sha256_equal(&l->is, &r->is));
}

static bool take(void *context, size_t index, struct inq_bytes document, const char *said, int exit)
{
	struct repeating *p = context;
	const struct job *job = &p->jobs[index];
	struct cli_repetition r = { .of = job->of,
		.entry = &job->entry,
		.call = &p->call,
		.document = document,
		.said = said,
		.sealed = job->sealed,
		.exit = exit };
	struct inq_bytes recorded;
	struct inq_sha256 digest;

	if (exit == CLI_USAGE)
		return skip(p, job->of, &job->entry, "results of calls that this program refuses");
	if (inq_sha256(document, &digest) != INQ_OK)
		return false;
	/* The digest that the entry names decides; its bytes only say where they differ. */
	if (inq_sha256_equal(&digest, &job->entry.result)) {
		r.outcome = INQ_RERUN_REPRODUCED;
		return p->what->take(p->what->context, &r);
	}
	if (exit == CLI_PARTIAL)
		return skip(p, job->of, &job->entry,
		        "results whose repetition came to a limit of time or memory");
	if (!cli_bundle_object(&p->bundle, &job->entry.result, INQ_CASE_OBJECT_MOST, p->a, &recorded))
		return skip(p, job->of, &job->entry, "results whose bytes are not here");
	while (r.difference < document.len && r.difference < recorded.len &&
	        document.at[r.difference] == recorded.at[r.difference])
		r.difference++;
	r.outcome = job->same_program ? INQ_RERUN_DIFFERS : INQ_RERUN_OTHER_PROGRAM;
	return p->what->take(p->what->context, &r);
}

static void files_close(struct repeating *p)
{
	for (size_t i = 0; i < p->count; i++)
		inq_scratch_close(p->jobs[i].file);
}

/* Runs what was gathered. */
static bool flush(struct repeating *p)
{
	int exhibits[GROUP];
	bool done = true;

	for (size_t i = 0; i < p->count; i++)
		exhibits[i] = p->jobs[i].file;
	if (p->count)
		done = cli_analysis_run(p->what->analysis, &p->call, exhibits, p->count, take, p);
	files_close(p);
	if (done && p->what->pause)
		done = p->what->pause(p->what->context);
	p->count = 0;
	p->bytes = 0;
	inq_arena_close(p->a);
	p->a = inq_arena_open(SIZE_MAX);
	return done && p->a;
}

/* Whether this program can do what the entry says was done; `*ret_why` where not. */
static bool comparable(struct repeating *p, const struct inq_entry *e, struct cli_call *ret_call,
        bool *ret_same_program, const char **ret_why)
{
	struct inq_entry here = { 0 };

	*ret_why = "results of calls that this program does not make";
	if (!inq_bytes_equal(e->program, "inquiry") || e->subject_count != 1 ||
	        !cli_call_read(e, p->a, ret_call) || e->type != cli_kind_entry(ret_call->kind) ||
	        !inq_bytes_equal(e->schema, cli_kind_schema(ret_call->kind)))
		return false;
	/* Whoever made the entry says what it took, and not what this machine is to give. */
	*ret_why = "results whose call grants more time or memory than --timeout and --memory grant here";
	if (ret_call->memory_mib > p->what->analysis->cli->limits.memory >> 20 ||
	        ret_call->seconds > p->what->analysis->cli->limits.cpu_seconds)
		return false;
	*ret_why = "results that need a corpus: --corpus names it";
	if (cli_kind_needs_corpus(ret_call->kind) && !p->what->analysis->corpus_path)
		return false;
	*ret_why = "results that there was no memory for";
	if (!cli_analysis_entry(p->what->analysis, ret_call, p->a, &here))
		return false;
	*ret_why = "results made with another corpus than --corpus";
	if (!same(&e->corpus, &here.corpus))
		return false;
	*ret_why = "results made with another model or other rules";
	if (!same(&e->model, &here.model) || !same(&e->rules, &here.rules))
		return false;
	*ret_same_program = inq_sha256_equal(&e->program_digest, &here.program_digest);
	return true;
}

static bool repeat_one(struct repeating *p, const struct inq_record_entry *r)
{
	struct cli_call call;
	struct job job = { .of = r };
	struct inq_bytes bytes;
	const struct inq_sha256 *exhibit;
	const char *why;

	if (!cli_bundle_entry(&p->bundle, r, p->a, &job.entry))
		return skip(p, r, NULL, "results whose entry could not be read again");
	if (!comparable(p, &job.entry, &call, &job.same_program, &why))
		return skip(p, r, &job.entry, why);
	exhibit = &job.entry.subjects[0].digest;
	if (p->count && (!cli_call_same(&call, &p->call) || p->count == GROUP || p->bytes > BYTES_MOST))
		return flush(p) && repeat_one(p, r);
	if (!cli_bundle_object(&p->bundle, exhibit, INQ_CASE_OBJECT_MOST, p->a, &bytes)) {
		job.sealed = p->what->exhibit && p->what->exhibit(p->what->context, exhibit, p->a, &bytes);
		if (!job.sealed)
			return skip(p, r, &job.entry, "results on exhibits whose bytes are not here");
	}
	if (inq_scratch_move(bytes, &job.file, NULL) != INQ_OK)
		return skip(p, r, &job.entry, "results on exhibits that there was no memory for");
	p->call = call;
	p->bytes += bytes.len;
	p->jobs[p->count++] = job;
	return true;
}

/* Notes the kind of each entry that is wanted; what cannot be repeated at all is said at once. */
static bool kinds_note(struct repeating *p)
{
	const struct cli_repeat *what = p->what;
	bool going = true;

	for (size_t i = 0; i < what->record->entry_count && going; i++) {
		const struct inq_record_entry *r = &what->record->entries[i];
		struct inq_arena *scratch;
		enum cli_kind kind;
		struct inq_entry e;

		if ((r->type != INQ_ENTRY_EXAMINATION && r->type != INQ_ENTRY_CONCLUSION) ||
		        (what->wants && !what->wants(what->context, r)))
			continue;
		scratch = inq_arena_open(SIZE_MAX);
		if (!scratch)
			return false;
		if (!r->holds)
			going = skip(p, r, NULL, "results whose entry does not hold");
		else if (!cli_bundle_entry(&p->bundle, r, scratch, &e))
			going = skip(p, r, NULL, "results whose entry could not be read again");
		else if (!cli_kind_read(e.kind, &kind))
			going = skip(p, r, &e, "results of calls that this program does not make");
		else
			p->kinds[i] = (uint8_t)(kind + 1);
		inq_arena_close(scratch);
	}
	return going;
}

static bool repeat(struct repeating *p)
{
	bool going = p->kinds && p->a && kinds_note(p);

	/* Kind by kind, so that what is called alike runs together. */
	for (unsigned k = 1; k <= CLI_KINDS && going; k++) {
		for (size_t i = 0; i < p->what->record->entry_count && going; i++)
			if (p->kinds[i] == k)
				going = repeat_one(p, &p->what->record->entries[i]);
		going = going && flush(p);
	}
	return going;
}

void cli_skips_add(struct inq_record_unchecked skips[CLI_REASONS_MOST], size_t *count, const char *why)
{
	size_t i = 0;

	while (i < *count && strcmp(skips[i].what, why) != 0)
		i++;
	if (i == *count && i < CLI_REASONS_MOST)
		skips[(*count)++] = (struct inq_record_unchecked){ why, 0 };
	if (i < *count)
		skips[i].count++;
}

bool cli_repeat(const struct cli_repeat *what)
{
	struct repeating *p = inq_arena_new(what->cli->arena, 1, sizeof *p);
	bool done = false;

	if (p) {
		*p = (struct repeating){ .what = what,
			.bundle = { .source = what->source, .record = what->record },
			.a = inq_arena_open(SIZE_MAX) };
		p->kinds = inq_arena_new(what->cli->arena, what->record->entry_count, sizeof *p->kinds);
		done = repeat(p);
		files_close(p);
		inq_arena_close(p->a);
		cli_bundle_close(&p->bundle);
	}
	if (!done)
		cli_error(what->cli, CLI_PARTIAL, "the analysis could not be run again");
	return done;
}
