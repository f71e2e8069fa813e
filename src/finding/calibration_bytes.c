#include "finding/bytes.h"
#include "finding/private.h"
#include <string.h>

/*
 * A calibration as bytes (formats/finding.md): what it was made on, what
 * chance gives each label, the trials, and the SHA-256 of all that.
 */
static const char magic[8] = "INQCAL1";
enum { TRIAL_BYTES = 46 };

static void put_all(const struct inq_calibration *cal, struct inq_sink *out)
{
	inq_put_bytes(out, (struct inq_bytes){ (const uint8_t *)magic, sizeof magic });
	inq_put_le(out, cal->method, 4);
	inq_put_bytes(out, (struct inq_bytes){ cal->corpus.byte, sizeof cal->corpus.byte });
	inq_put_bytes(out, (struct inq_bytes){ cal->model.byte, sizeof cal->model.byte });
	inq_put_le(out, cal->label_count, 4);
	inq_put_le(out, cal->trial_count, 4);
	for (uint32_t i = 0; i < cal->label_count; i++)
		inq_put_le(out, cal->background[i], 4);
	for (uint32_t i = 0; i < cal->trial_count; i++) {
		const struct inq_trial *t = &cal->trials[i];

		inq_put_le(out, t->label, 4);
		inq_put_le(out, t->sample, 4);
		inq_put_le(out, t->exhibits, 2);
		inq_put_le(out, t->by_version, 1);
		inq_put_le(out, t->siblings, 4);
		inq_put_le(out, t->languages, 1);
		inq_put_le(out, t->left, 4);
		inq_put_le(out, (uint32_t)t->right, 4);
		inq_put_le(out, (uint32_t)t->beaten, 4);
		inq_put_le(out, t->beaten_label, 4);
		inq_put_le(out, (uint32_t)t->absent, 4);
		inq_put_le(out, t->absent_label, 4);
		inq_put_le(out, t->one_piece, 1);
		inq_put_le(out, (uint32_t)t->planted, 4);
		inq_put_le(out, t->planted_one_piece, 1);
	}
}

struct hashing {
	struct inq_sha256_state state;
	struct inq_sink *out;
};

static bool hash_write(void *to, const void *at, size_t len)
{
	struct hashing *h = to;

	inq_sha256_update(&h->state, at, len);
	inq_put_bytes(h->out, (struct inq_bytes){ at, len });
	return true;
}

void inq_calibration_write(const struct inq_calibration *cal, struct inq_sink *out)
{
	struct hashing h = { .out = out };
	struct inq_sha256 digest;
	struct inq_sink sink;

	inq_sha256_init(&h.state);
	inq_sink_init(&sink, hash_write, &h);
	put_all(cal, &sink);
	(void)!inq_sink_flush(&sink);
	inq_sha256_final(&h.state, &digest);
	inq_put_bytes(out, (struct inq_bytes){ digest.byte, sizeof digest.byte });
}

/* A score: what log2 of 64 bits can give. */
static int32_t take_score(struct reader *r)
{
	return (int32_t)take_number(r, 4, 64 * 256);
}

static uint32_t take_label(struct reader *r, const struct inq_corpus *c)
{
	uint32_t label = (uint32_t)take_number(r, 4, UINT32_MAX);

	r->bad |= label != NO_LABEL && label >= c->label_count;
	return label;
}

static void take_trial(struct reader *r, const struct inq_corpus *c, struct inq_trial *t)
{
	t->label = (uint32_t)take_number(r, 4, c->label_count - 1);
	t->sample = (uint32_t)take_number(r, 4, c->sample_count - 1);
	t->exhibits = (uint16_t)take_number(r, 2, INQ_TRIAL_EXHIBITS_MOST);
	r->bad |= !t->exhibits || (t->exhibits & (t->exhibits - 1)) != 0;
	t->by_version = take_number(r, 1, 1) != 0;
	t->siblings = (uint32_t)take_number(r, 4, c->sample_count);
	t->languages = (uint32_t)take_number(r, 1, INQ_PROGRAM_LANGUAGES);
	r->bad |= (t->languages & ~(uint32_t)INQ_PROGRAM_LANGUAGES) != 0;
	t->left = (uint32_t)take_number(r, 4, UINT32_MAX);
	t->right = take_score(r);
	t->beaten = take_score(r);
	t->beaten_label = take_label(r, c);
	t->absent = take_score(r);
	t->absent_label = take_label(r, c);
	t->one_piece = take_number(r, 1, 1) != 0;
	t->planted = take_score(r);
	t->planted_one_piece = take_number(r, 1, 1) != 0;
}

enum inq_status inq_calibration_read(struct inq_bytes b, const struct inq_corpus *c, struct inq_arena *a,
        struct inq_calibration *ret, struct inq_error *err)
{
	struct inq_calibration cal = { 0 };
	struct reader r = { .bytes = b, .at = sizeof magic };
	struct inq_sha256 digest, stated;
	struct inq_bytes body, end;

	if (!inq_bytes_begin(b, magic, sizeof magic))
		return inq_fail(err, INQ_UNRECOGNISED, 0, "is no calibration");
	if (b.len < sizeof digest.byte || !inq_bytes_cut(b, 0, b.len - sizeof digest.byte, &body) ||
	        !inq_bytes_cut(b, body.len, sizeof digest.byte, &end))
		return inq_fail(err, INQ_CORRUPT, b.len, "the calibration breaks off");
	memcpy(stated.byte, end.at, sizeof stated.byte);
	if (inq_sha256(body, &digest) != INQ_OK || !inq_sha256_equal(&digest, &stated))
		return inq_fail(err, INQ_CORRUPT, body.len, "the calibration is not what its digest says");
	r.bytes = body;
	cal.method = (uint32_t)take_number(&r, 4, UINT32_MAX);
	if (!r.bad && cal.method != INQ_FINDING_METHOD)
		return inq_fail(err, INQ_UNRECOGNISED, 8,
		        "a calibration of method %u, and this program weighs by %d", cal.method,
		        INQ_FINDING_METHOD);
	take_bytes(&r, cal.corpus.byte, sizeof cal.corpus.byte);
	take_bytes(&r, cal.model.byte, sizeof cal.model.byte);
	cal.label_count = (uint32_t)take_number(&r, 4, UINT32_MAX);
	cal.trial_count = (uint32_t)take_number(&r, 4, UINT32_MAX);
	if (!r.bad && !inq_sha256_equal(&cal.model, &c->model))
		return inq_fail(err, INQ_BAD_ARGUMENT, 44, "the calibration was made with another model");
	if (r.bad || cal.label_count != c->label_count || (cal.trial_count && !c->sample_count) ||
	        body.len - r.at != (uint64_t)cal.label_count * 4 + (uint64_t)cal.trial_count * TRIAL_BYTES)
		return inq_fail(err, INQ_CORRUPT, r.at, "the calibration is not as long as it says");
	cal.background = inq_arena_new(a, cal.label_count, sizeof *cal.background);
	cal.trials = inq_arena_new(a, cal.trial_count, sizeof *cal.trials);
	if (!cal.background || !cal.trials)
		return inq_fail(err, INQ_NO_MEMORY, 0, "the calibration needs more memory than it may have");
	for (uint32_t i = 0; i < cal.label_count; i++)
		cal.background[i] = (uint32_t)take_number(&r, 4, UINT32_MAX);
	for (uint32_t i = 0; i < cal.trial_count && !r.bad; i++) {
		take_trial(&r, c, &cal.trials[i]);
		r.bad |= i && trial_compare(&cal.trials[i - 1], &cal.trials[i]) >= 0;
		cal.families +=
		        cal.trials[i].exhibits == 1 && (!i || cal.trials[i].label != cal.trials[i - 1].label);
	}
	if (r.bad)
		return inq_fail(err, INQ_CORRUPT, r.at, "a trial of the calibration is damaged");
	cal.digest = digest;
	*ret = cal;
	return INQ_OK;
}
