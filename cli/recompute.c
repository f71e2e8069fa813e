/* V3 and V4: what the analysis gives when it is run again, counted. */
#include "cli/bundle.h"
#include "cli/verify.h"
#include <inquiry/sealed.h>
#include <string.h>

/* What is sealed to the party of the key, in the order of the record. */
static bool sealed_gather(struct cli_verified *v, struct cli_bundle *bundle)
{
	const char *party = v->signer->writer.keys.of[INQ_ROLE_ENTRY].name;

	for (size_t i = 0; i < v->record->entry_count; i++) {
		const struct inq_record_entry *r = &v->record->entries[i];
		struct inq_arena *scratch;
		struct inq_entry e;
		bool to = strcmp(v->record->logs[r->party].party, party) == 0, well = true;

		if (!inq_entry_seals(r->type) || !r->holds)
			continue;
		scratch = inq_arena_open(SIZE_MAX);
		if (!scratch)
			return false;
		if (cli_bundle_entry(bundle, r, scratch, &e)) {
			for (size_t k = 0; k < e.recipient_count; k++)
				to |= inq_bytes_equal(e.recipients[k], party);
			if (to) {
				struct cli_sealed *more = inq_arena_extend(v->cli->arena, v->sealed,
				        v->sealed_count, &v->sealed_room, sizeof *more);

				well = more != NULL;
				if (well) {
					v->sealed = more;
					more[v->sealed_count++] =
					        (struct cli_sealed){ e.subjects[0].digest, r };
				}
			}
		}
		inq_arena_close(scratch);
		if (!well)
			return false;
	}
	return true;
}

static bool sealed_open(struct cli_verified *v, struct cli_bundle *bundle, const struct inq_record_entry *r,
        struct inq_arena *a, struct inq_bytes *ret)
{
	const struct inq_case_writer *writer = &v->signer->writer;
	struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
	struct inq_bytes object;
	struct inq_sealed s;
	struct inq_entry e;
	bool opened = scratch && cli_bundle_entry(bundle, r, scratch, &e) &&
	              cli_bundle_object(bundle, &e.sealed, INQ_CASE_OBJECT_MOST, scratch, &object) &&
	              inq_sealed_read(object, scratch, &s, NULL) == INQ_OK &&
	              inq_sealed_fits(&s, &e, NULL) == INQ_OK &&
	              inq_sealed_open_for(
	                      &s, &writer->keys.of[INQ_ROLE_ENTRY], &writer->asker, a, ret, NULL) == INQ_OK;

	inq_arena_close(scratch);
	return opened;
}

static bool exhibit(
        void *context, const struct inq_sha256 *digest, struct inq_arena *a, struct inq_bytes *ret)
{
	struct cli_verified *v = context;
	struct cli_bundle bundle = { .source = v->source, .record = v->record };
	bool opened = false;

	for (size_t i = 0; i < v->sealed_count && !opened; i++)
		opened = inq_sha256_equal(&v->sealed[i].exhibit, digest) &&
		         sealed_open(v, &bundle, v->sealed[i].entry, a, ret);
	cli_bundle_close(&bundle);
	return opened;
}

static bool take(void *context, const struct cli_repetition *repetition)
{
	struct cli_verified *v = context;
	struct cli_repeated *r = &v->repeated;
	bool conclusion = repetition->of->type == INQ_ENTRY_CONCLUSION;

	if (repetition->skipped)
		cli_skips_add(r->skipped, &r->skipped_count, repetition->skipped);
	else if (repetition->outcome == INQ_RERUN_REPRODUCED)
		++*(conclusion ? &r->conclusions_same : &r->reproduced);
	else if (repetition->outcome == INQ_RERUN_OTHER_PROGRAM)
		cli_skips_add(r->skipped, &r->skipped_count,
		        "results of another build of the program, which came out otherwise here");
	else if (r->difference_total++ < CLI_DIFFERENCES_MOST)
		r->differences[r->difference_total - 1] =
		        (struct cli_difference){ repetition->of, conclusion ? 4 : 3, repetition->difference };
	return true;
}

bool cli_verify_repeat(
        struct cli_verified *v, const struct inq_bundle_source *source, const struct cli_analysis *analysis)
{
	struct cli_bundle bundle = { .source = source, .record = v->record };
	const struct cli_repeat repeat = { .cli = v->cli,
		.record = v->record,
		.source = source,
		.analysis = analysis,
		.context = v,
		.exhibit = v->signer ? exhibit : NULL,
		.take = take };

	v->source = source;
	if (v->signer && !sealed_gather(v, &bundle))
		cli_error(v->cli, CLI_PARTIAL, "no memory for what is sealed");
	cli_bundle_close(&bundle);
	for (size_t i = 0; i < v->record->entry_count; i++) {
		v->repeated.results += v->record->entries[i].type == INQ_ENTRY_EXAMINATION;
		v->repeated.conclusions += v->record->entries[i].type == INQ_ENTRY_CONCLUSION;
	}
	return cli_repeat(&repeat);
}
