/*
 * Error rates of a calibration: each trial is weighed by a curve of the other
 * families' trials alone, so that no family vouches for itself.
 */
#include "finding/private.h"
#include <stdlib.h>

struct judged {
	const struct inq_trial *trial;
	const struct curve *own; /* of all trials in its languages */
	struct inq_ratio right, wrong; /* of the family's own score; of the best of others, itself left out */
	bool is_named, is_right; /* with all families there */
	bool is_named_absent; /* with its own left out */
};

/* log2(1 + 10^(l / 1000)) in thousandths: the cost of a ratio, l thousandths of log10. */
static uint32_t cost(int32_t l)
{
	/* 2^(x): x = l * log2(10) / 1000, in 2^-24ths; log2(1 + 2^x) = max(x, 0) + log2(1 + 2^-|x|). */
	uint64_t x = (uint64_t)(l < 0 ? -(int64_t)l : l) * 55732705 / 1000;
	uint64_t small = exp2_minus(x) >> 2, bits;

	bits = inq_log2((UINT64_C(1) << 30) + small, 24) - (UINT64_C(30) << 24);
	bits += l > 0 ? x : 0;
	return (uint32_t)(bits * 1000 >> 24);
}

static uint32_t cllr_of(uint64_t right_cost, uint32_t rights, uint64_t wrong_cost, uint32_t wrongs)
{
	if (!rights || !wrongs)
		return 1000;
	return (uint32_t)((right_cost / rights + wrong_cost / wrongs) / 2);
}

static int compare_scores(const void *a, const void *b)
{
	const struct inq_measure_point *x = a, *y = b;

	return x->score > y->score ? -1 : x->score < y->score;
}

/* The curve of abstention: concluding from each score that any trial has. */
static bool draw_points(const struct judged *j, uint32_t count, struct inq_arena *a, struct inq_measure *m)
{
	struct inq_measure_point *all = inq_arena_new(a, 2 * (size_t)count, sizeof *all);
	uint32_t n = 0, kept = 0;

	if (!all)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		const struct inq_trial *t = j[i].trial;
		int32_t best = t->right > t->beaten ? t->right : t->beaten;

		if (t->siblings && best > 0)
			all[n++] = (struct inq_measure_point){
				.score = best, .known = 1, .known_right = t->right > t->beaten
			};
		if (t->absent > 0)
			all[n++] = (struct inq_measure_point){ .score = t->absent, .unknown = 1 };
	}
	if (n)
		qsort(all, n, sizeof *all, compare_scores);
	for (uint32_t i = 0; i < n; i++) {
		struct inq_measure_point sum = kept ? all[kept - 1] : (struct inq_measure_point){ 0 };

		sum.known += all[i].known;
		sum.known_right += all[i].known_right;
		sum.unknown += all[i].unknown;
		sum.score = all[i].score;
		if (kept && all[kept - 1].score == all[i].score)
			kept--;
		all[kept++] = sum;
	}
	m->points = all;
	m->point_count = kept;
	return true;
}

static void count_sizes(const struct judged *j, uint32_t count, struct inq_measure *m)
{
	static const uint32_t least[INQ_MEASURE_SIZES] = { 1, 2, 4, 8, 16, 32 };

	for (unsigned s = 0; s < INQ_MEASURE_SIZES; s++)
		m->sizes[s].least = least[s];
	for (uint32_t i = 0; i < count; i++) {
		unsigned s = INQ_MEASURE_SIZES - 1;

		if (!j[i].trial->siblings)
			continue;
		while (s && j[i].trial->siblings < least[s])
			s--;
		m->sizes[s].trials++;
		m->sizes[s].named += j[i].is_named;
		m->sizes[s].named_rightly += j[i].is_named && j[i].is_right;
	}
}

static void count_bin(struct inq_measure *m, const struct inq_ratio *r, bool right)
{
	int32_t bin = (r->log10 + 2000) / 250;

	bin = bin < 0 ? 0 : bin >= INQ_MEASURE_BINS ? INQ_MEASURE_BINS - 1 : bin;
	m->bins[bin].right += right;
	m->bins[bin].wrong += !right;
}

static void count_words(struct inq_measure *m, const struct inq_ratio *r, bool right)
{
	if (r->least <= 0)
		return;
	m->said[inq_ratio_support(r)]++;
	m->said_wrongly[inq_ratio_support(r)] += !right;
}

static void sum_up(const struct judged *j, uint32_t count, struct inq_measure *m)
{
	uint64_t right = 0, wrong = 0, right_least = 0, wrong_least = 0;

	for (int32_t i = 0; i < INQ_MEASURE_BINS; i++) {
		m->bins[i].from = -2000 + 250 * i;
		m->bins[i].to = -2000 + 250 * (i + 1);
	}
	for (uint32_t i = 0; i < count; i++) {
		const struct inq_trial *t = j[i].trial;
		int32_t worst = t->absent > t->beaten ? t->absent : t->beaten;

		if (t->siblings) {
			m->right++;
			right += cost(-j[i].right.log10);
			right_least += cost(-curve_ratio(j[i].own, t->right, t->left).log10);
			count_bin(m, &j[i].right, true);
			count_words(m, &j[i].right, true);
			m->named += j[i].is_named;
			m->named_rightly += j[i].is_named && j[i].is_right;
		}
		m->wrong++;
		wrong += cost(j[i].wrong.log10);
		wrong_least += cost(curve_ratio(j[i].own, worst, t->left).log10);
		count_bin(m, &j[i].wrong, false);
		count_words(m, &j[i].wrong, false);
		m->named_absent += j[i].is_named_absent;
	}
	m->cllr = cllr_of(right, m->right, wrong, m->wrong);
	m->cllr_least = cllr_of(right_least, m->right, wrong_least, m->wrong);
}

/* The curves of trials in each combination of languages, made when they are wanted. */
struct curves {
	uint32_t without_label;
	const struct curve *at[INQ_PROGRAM_LANGUAGES + 1];
};

static enum inq_status curve_for(struct curves *c, const struct inq_calibration *cal, uint32_t exhibits,
        uint32_t languages, struct inq_arena *a, const struct curve **ret, struct inq_error *err)
{
	struct curve *made;
	enum inq_status status;

	if (!c->at[languages]) {
		made = inq_arena_new(a, 1, sizeof *made);
		if (!made)
			return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to measure the calibration");
		status = calibration_curve(cal, exhibits, languages, c->without_label, a, made, err);
		if (status != INQ_OK)
			return status;
		c->at[languages] = made;
	}
	*ret = c->at[languages];
	return INQ_OK;
}

enum inq_status inq_measure_make(const struct inq_calibration *cal, uint32_t exhibits, struct inq_arena *a,
        struct inq_measure *ret, struct inq_error *err)
{
	struct inq_measure m = { .exhibits = calibration_class(exhibits) };
	struct judged *j = inq_arena_new(a, cal->trial_count, sizeof *j);
	struct curves all = { .without_label = NO_LABEL }, others = { .without_label = NO_LABEL };
	const struct curve *own, *rest;
	uint32_t count = 0, label = NO_LABEL;
	enum inq_status status;

	if (!j)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to measure the calibration");
	for (uint32_t i = 0; i < cal->trial_count; i++) {
		const struct inq_trial *t = &cal->trials[i];
		int32_t best = t->right > t->beaten ? t->right : t->beaten;

		if (t->exhibits != m.exhibits)
			continue;
		if (t->label != label) {
			label = t->label;
			m.families++;
			others = (struct curves){ .without_label = label };
		}
		status = curve_for(&others, cal, exhibits, t->languages, a, &rest, err);
		if (status == INQ_OK)
			status = curve_for(&all, cal, exhibits, t->languages, a, &own, err);
		if (status != INQ_OK)
			return status;
		j[count++] = (struct judged){ .trial = t,
			.own = own,
			.right = curve_ratio(rest, t->right, t->left),
			.wrong = curve_ratio(rest, t->absent > t->beaten ? t->absent : t->beaten, t->left),
			.is_named = is_named(rest, best, 1, 1),
			.is_right = t->right > t->beaten,
			.is_named_absent = is_named(rest, t->absent, 1, 1) };
	}
	sum_up(j, count, &m);
	count_sizes(j, count, &m);
	if (!draw_points(j, count, a, &m))
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to measure the calibration");
	*ret = m;
	return INQ_OK;
}
