/*
 * V3 and V4: the analysis run again on the exhibits that are open, the way each entry
 * says it was run. Whoever wrote the entry is believed in nothing: only calls
 * that this program itself would enter are repeated.
 */
#include "cli/verify.h"
#include <inquiry/model.h>
#include <string.h>

enum { GROUP = 50 };
#define BYTES_MOST ((uint64_t)128 << 20)

struct job {
	const struct inq_record_entry *entry;
	struct inq_bytes exhibit, recorded;
	bool same_program;
};

struct repeating {
	struct cli_verified *v;
	const struct inq_bundle_source *source;
	const struct cli_analysis *analysis;
	struct inq_arena *tile_arena; /* of the tile below */
	struct inq_bytes tile;
	const struct inq_record_log *tile_log;
	uint64_t tile_index;
	struct inq_arena *a; /* of the group */
	struct cli_call call;
	struct job jobs[GROUP];
	size_t count;
	uint64_t bytes;
	struct cli_progress progress;
};

static void skip(struct repeating *p, const char *why)
{
	struct cli_repeated *r = &p->v->repeated;

	for (size_t i = 0; i < r->skipped_count; i++) {
		if (strcmp(r->skipped[i].what, why) == 0) {
			r->skipped[i].count++;
			return;
		}
	}
	if (r->skipped_count < CLI_REASONS_MOST)
		r->skipped[r->skipped_count++] = (struct inq_record_unchecked){ why, 1 };
}

/* The tile of entries that holds `index`, kept until another one is wanted. */
static bool tile_open(struct repeating *p, const struct inq_record_log *log, uint64_t index)
{
	uint64_t number = index / INQ_TILE_WIDTH, left = log->size - number * INQ_TILE_WIDTH;
	char name[INQ_BUNDLE_NAME];

	if (p->tile_log == log && p->tile_index == number)
		return true;
	inq_arena_close(p->tile_arena);
	p->tile_log = NULL;
	p->tile_arena = inq_arena_open(SIZE_MAX);
	inq_bundle_tile(log->party, INQ_TILE_ENTRIES, number,
	        left < INQ_TILE_WIDTH ? (unsigned)left : INQ_TILE_WIDTH, name);
	if (!p->tile_arena || p->source->read(p->source->context, name, INQ_BUNDLE_FILE_MOST, p->tile_arena,
	                              &p->tile, NULL) != INQ_OK)
		return false;
	p->tile_log = log;
	p->tile_index = number;
	return true;
}

/* Reads an entry of the record anew: it must be the one that was verified. */
static bool entry_read(struct repeating *p, const struct inq_record_entry *r, struct inq_entry *ret)
{
	const struct inq_record_log *log = &p->v->record->logs[r->party];
	struct inq_sha256 digest;
	struct inq_bytes bytes;
	uint64_t off = 0;

	if (r->index >= log->size || !tile_open(p, log, r->index))
		return false;
	for (uint64_t i = r->index - r->index % INQ_TILE_WIDTH; i <= r->index; i++)
		if (!inq_entry_bundle_next(p->tile, &off, &bytes))
			return false;
	inq_merkle_leaf(bytes, &digest);
	return inq_sha256_equal(&digest, &r->digest) && inq_entry_read(bytes, p->a, ret, NULL) == INQ_OK;
}

static bool object_read(struct repeating *p, const struct inq_sha256 *digest, struct inq_bytes *ret)
{
	struct inq_bytes packed;
	char name[INQ_BUNDLE_NAME];

	inq_bundle_object(digest, name);
	return p->source->read(p->source->context, name, 2 * INQ_CASE_OBJECT_MOST, p->a, &packed, NULL) ==
	               INQ_OK &&
	       inq_object_unpack(packed, digest, INQ_CASE_OBJECT_MOST, p->a, ret, NULL) == INQ_OK;
}

static bool same(const struct inq_digest_or_none *l, const struct inq_digest_or_none *r)
{
	return l->here == r->here && (!l->here || inq_sha256_equal(&l->is, &r->is));
}

static bool take(void *context, size_t index, struct inq_bytes document, const char *said, int exit)
{
	struct repeating *p = context;
	struct cli_repeated *r = &p->v->repeated;
	const struct job *job = &p->jobs[index];
	bool conclusion = job->entry->type == INQ_ENTRY_CONCLUSION;
	size_t at = 0, len = document.len < job->recorded.len ? document.len : job->recorded.len;

	(void)said;
	if (exit == CLI_USAGE) {
		skip(p, "results of calls that this program refuses");
		return true;
	}
	while (at < len && document.at[at] == job->recorded.at[at])
		at++;
	if (at == document.len && at == job->recorded.len && conclusion)
		r->conclusions_same++;
	else if (at == document.len && at == job->recorded.len)
		r->reproduced++;
	else if (exit == CLI_PARTIAL)
		skip(p, "results whose repetition came to a limit of time or memory");
	else if (!job->same_program)
		skip(p, "results of another build of the program, which came out otherwise here");
	else if (r->difference_total++ < CLI_DIFFERENCES_MOST)
		r->differences[r->difference_total - 1] =
		        (struct cli_difference){ job->entry, conclusion ? 4 : 3, at };
	return true;
}

/* Runs what was gathered. */
static bool flush(struct repeating *p)
{
	struct inq_bytes exhibits[GROUP];
	bool done = true;

	for (size_t i = 0; i < p->count; i++)
		exhibits[i] = p->jobs[i].exhibit;
	if (p->count)
		done = cli_analysis_run(p->analysis, &p->call, exhibits, p->count, take, p);
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
	*ret_why = "results that need a corpus: --corpus names it";
	if (cli_kind_needs_corpus(ret_call->kind) && !p->analysis->corpus_path)
		return false;
	*ret_why = "results that there was no memory for";
	if (!cli_analysis_entry(p->analysis, ret_call, p->a, &here))
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
	struct inq_entry e;
	struct cli_call call;
	struct job job = { .entry = r };
	const char *why;

	if (!entry_read(p, r, &e)) {
		skip(p, "results whose entry could not be read again");
		return true;
	}
	if (!comparable(p, &e, &call, &job.same_program, &why)) {
		skip(p, why);
		return true;
	}
	if (p->count && (!cli_call_same(&call, &p->call) || p->count == GROUP || p->bytes > BYTES_MOST)) {
		if (!flush(p))
			return false;
		return repeat_one(p, r);
	}
	if (!object_read(p, &e.subjects[0].digest, &job.exhibit)) {
		skip(p, "results on exhibits whose bytes are not here");
		return true;
	}
	if (!object_read(p, &e.result, &job.recorded)) {
		skip(p, "results whose bytes are not here");
		return true;
	}
	p->call = call;
	p->bytes += job.exhibit.len;
	p->jobs[p->count++] = job;
	return true;
}

bool cli_verify_repeat(
        struct cli_verified *v, const struct inq_bundle_source *source, const struct cli_analysis *analysis)
{
	struct repeating *p = inq_arena_new(v->cli->arena, 1, sizeof *p);
	const struct inq_record_result *record = v->record;
	bool going = p != NULL;

	if (p) {
		*p = (struct repeating){ .v = v, .source = source, .analysis = analysis };
		p->a = inq_arena_open(SIZE_MAX);
		going = p->a != NULL;
		cli_progress_init(&p->progress, v->cli, "repeating");
	}
	/* Kind by kind, so that what is called alike runs together. */
	for (unsigned k = 0; k < CLI_KINDS && going; k++) {
		for (size_t i = 0; i < record->entry_count && going; i++) {
			const struct inq_record_entry *r = &record->entries[i];
			enum cli_kind kind = CLI_KINDS;
			struct inq_entry e;

			if (r->type != INQ_ENTRY_EXAMINATION && r->type != INQ_ENTRY_CONCLUSION)
				continue;
			if (k == 0 && r->type == INQ_ENTRY_CONCLUSION)
				v->repeated.conclusions++;
			else if (k == 0)
				v->repeated.results++;
			if (!r->holds) {
				if (k == 0)
					skip(p, "results whose entry does not hold");
				continue;
			}
			if (entry_read(p, r, &e) && !cli_kind_read(e.kind, &kind))
				kind = CLI_KINDS;
			/* What is of no kind of this program is met in the first round. */
			if (kind != (enum cli_kind)k && !(kind == CLI_KINDS && k == 0))
				continue;
			going = repeat_one(p, r);
		}
		going = going && flush(p);
	}
	if (p) {
		inq_arena_close(p->a);
		inq_arena_close(p->tile_arena);
	}
	if (!going)
		cli_error(v->cli, CLI_PARTIAL, "the analysis could not be run again");
	return going;
}
