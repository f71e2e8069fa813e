#include "../make/families.h"
#include <inquiry/finding.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

enum { DIGEST = 32, CALIBRATION_HEAD = 76 };

/* The corpus is the same for every input. */
static const struct inq_corpus *known(void)
{
	static struct inq_arena *a;
	static struct inq_corpus c;
	struct inq_error err;

	if (a)
		return &c;
	a = inq_arena_open(64 << 20);
	if (!a || inq_corpus_open(make_families(a), &c, &err) != INQ_OK)
		abort();
	return &c;
}

static void weigh(const struct inq_evidence *e, const struct inq_calibration *cal, struct inq_arena *a)
{
	const struct inq_evidence *both[2] = { e, e };
	struct inq_finding f;
	struct inq_finding_question question = { .prior = 5000 };
	struct inq_error err;

	if (inq_finding_make(both, 2, known(), cal, &question, a, &f, &err) != INQ_OK)
		return;
	/* The same exhibit twice is one. */
	if (f.exhibit_count != 1 || f.posterior_none > 10000)
		abort();
	for (uint32_t i = 0; i < f.family_count; i++) {
		const struct inq_finding_family *y = &f.families[i];

		if (y->label >= known()->label_count || (y->named && y->functions < 2) || y->largest > 1000 ||
		        y->ratio.least > y->ratio.log10 || y->ratio.log10 > y->ratio.most ||
		        (i && f.families[i - 1].score < y->score))
			abort();
	}
}

/* What is accepted is written back to the bytes it was read from. */
static void read_evidence(struct inq_bytes b, struct inq_arena *a)
{
	struct inq_memory_sink memory = { .arena = a };
	struct inq_evidence e;
	struct inq_sink out;
	struct inq_error err;

	if (inq_evidence_read(b, known(), a, &e, &err) != INQ_OK)
		return;
	e.label = "exhibit";
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	inq_evidence_write(&e, &out);
	if (inq_sink_flush(&out) && (memory.len != b.len || memcmp(memory.at, b.at, b.len) != 0))
		abort();
	weigh(&e, NULL, a);
}

/* Its digest is not in the fuzzer's way: it is given the right one. */
static void read_calibration(struct inq_bytes b, struct inq_arena *a)
{
	uint8_t *copy = inq_arena_new(a, b.len, 1);
	struct inq_calibration cal;
	struct inq_measure m;
	struct inq_sha256 digest;
	struct inq_evidence e = { .label = "exhibit", .function_count = 9 };
	struct inq_error err;

	if (!copy || b.len < CALIBRATION_HEAD + DIGEST)
		return;
	memcpy(copy, b.at, b.len);
	memcpy(copy + 44, known()->model.byte, DIGEST);
	if (inq_sha256((struct inq_bytes){ copy, b.len - DIGEST }, &digest) != INQ_OK)
		return;
	memcpy(copy + b.len - DIGEST, digest.byte, DIGEST);
	if (inq_calibration_read((struct inq_bytes){ copy, b.len }, known(), a, &cal, &err) != INQ_OK)
		return;
	for (uint32_t exhibits = 1; exhibits <= INQ_TRIAL_EXHIBITS_MOST; exhibits *= 2)
		if (inq_measure_make(&cal, exhibits, a, &m, &err) == INQ_OK && m.named_rightly > m.named)
			abort();
	weigh(&e, &cal, a);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct inq_bytes b = { at, len };
	struct inq_arena *a = inq_arena_open(256 << 20);

	if (!a)
		return 0;
	if (inq_bytes_begin(b, "INQCAL", 6))
		read_calibration(b, a);
	else
		read_evidence(b, a);
	inq_arena_close(a);
	return 0;
}
