/* V3 and V4: what the analysis gives when it is run again, counted. */
#include "cli/verify.h"

static bool take(void *context, const struct cli_repetition *repetition)
{
	struct cli_repeated *r = context;
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
	const struct cli_repeat repeat = { .cli = v->cli,
		.record = v->record,
		.source = source,
		.analysis = analysis,
		.context = &v->repeated,
		.take = take };

	for (size_t i = 0; i < v->record->entry_count; i++) {
		v->repeated.results += v->record->entries[i].type == INQ_ENTRY_EXAMINATION;
		v->repeated.conclusions += v->record->entries[i].type == INQ_ENTRY_CONCLUSION;
	}
	return cli_repeat(&repeat);
}
