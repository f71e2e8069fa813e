#include "families.h"
#include "save.h"
#include <inquiry/finding.h>

/*
 * What a search in the corpus of families found, and a calibration of that
 * corpus, as they are written.
 */

/* What programs of one family, made anew with a little changed, have with the corpus. */
static bool evidence(
        const struct inq_corpus *c, uint32_t label, struct inq_arena *a, struct inq_evidence *ret)
{
	struct make_program m;
	struct inq_search found;
	struct inq_error err;

	make_program(&m, a, 900 + label);
	for (uint32_t f = 0; f < 8; f++)
		make_function(&m, 1000 * label + f, f % 3 ? 0 : 80, label);
	for (uint32_t f = 0; f + 1 < 8; f++)
		make_call(&m, f, f + 1);
	make_bytes(&m);
	return inq_match_search(&m.program, c, &inq_finding_search_limits, a, &found, &err) == INQ_OK &&
	       inq_evidence_make(&m.program, &found, c, NULL, NULL, 0, a, ret, &err) == INQ_OK;
}

static bool write_all(const char *directory, struct inq_arena *a)
{
	struct inq_memory_sink memory[2] = { { .arena = a }, { .arena = a } };
	struct inq_evidence found[2];
	const struct inq_evidence **of_sample;
	struct inq_calibration_plan plan;
	struct inq_calibration cal;
	struct inq_sink out;
	struct inq_corpus c;
	struct inq_error err;

	if (inq_corpus_open(make_families(a), &c, &err) != INQ_OK || !evidence(&c, ALPHA, a, &found[0]) ||
	        !evidence(&c, GAMMA, a, &found[1]) ||
	        inq_calibration_plan(&c, 3, 6, a, &plan, &err) != INQ_OK)
		return false;
	of_sample = inq_arena_new(a, c.sample_count, sizeof *of_sample);
	for (uint32_t i = 0; of_sample && i < c.sample_count; i++)
		of_sample[i] = plan.tried[i] ? &found[i % 2] : NULL;
	if (!of_sample || inq_calibration_make(&c, &plan, of_sample, a, &cal, &err) != INQ_OK)
		return false;
	inq_sink_init(&out, inq_memory_sink_write, &memory[0]);
	inq_evidence_write(&found[0], &out);
	if (!inq_sink_flush(&out))
		return false;
	make_save(directory, "evidence", memory[0].at, memory[0].len);
	inq_sink_init(&out, inq_memory_sink_write, &memory[1]);
	inq_calibration_write(&cal, &out);
	if (!inq_sink_flush(&out))
		return false;
	make_save(directory, "calibration", memory[1].at, memory[1].len);
	return true;
}

static void seeds_finding(const char *directory)
{
	struct inq_arena *a = inq_arena_open(256 << 20);

	if (!a || !write_all(directory, a))
		make_fail("finding", "cannot be made");
	inq_arena_close(a);
}

const struct make_seeds make_seeds[] = {
	{ "finding", seeds_finding },
	{ NULL, NULL },
};
