#include "finding/private.h"
#include <stdlib.h>

enum { WRONG_MOST = 5 }; /* of a thousand wrong trials, that scored as much as a family that is named */

static int compare(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return x < y ? -1 : x > y;
}

static int32_t *sorted(const int32_t *at, uint32_t count, struct inq_arena *a)
{
	int32_t *copy = inq_arena_new(a, count, sizeof *copy);

	for (uint32_t i = 0; copy && i < count; i++)
		copy[i] = at[i];
	if (copy && count)
		qsort(copy, count, sizeof *copy, compare);
	return copy;
}

/* Whether the share of right trials in `s` is not above that in the one before it. */
static bool violates(const struct curve_step *s)
{
	return (uint64_t)s->right * s[-1].wrong <= (uint64_t)s[-1].right * s->wrong;
}

/* Makes step `i` and the one below it one. */
static void join(struct curve *c, uint32_t i)
{
	c->steps[i - 1].right += c->steps[i].right;
	c->steps[i - 1].wrong += c->steps[i].wrong;
	for (uint32_t j = i; j + 1 < c->step_count; j++)
		c->steps[j] = c->steps[j + 1];
	c->step_count--;
}

/* Takes a step in above all others, and pools it with those below, from `floor` on, while it violates the order. */
static void take(struct curve *c, struct curve_step step, uint32_t floor)
{
	c->steps[c->step_count++] = step;
	while (c->step_count > floor + 1 && violates(&c->steps[c->step_count - 1]))
		join(c, c->step_count - 1);
}

/* What few trials leave open, they do not support: no end lies beyond their number. */
static struct inq_ratio bounded(struct inq_ratio r, uint64_t rights, uint64_t wrongs)
{
	int32_t top = log10_of_ratio(wrongs, 1), bottom = log10_of_ratio(1, rights);

	r.most = r.most < top ? r.most : top;
	r.least = r.least > bottom ? r.least : bottom;
	r.most = r.most > r.log10 ? r.most : r.log10;
	r.least = r.least < r.log10 ? r.least : r.log10;
	return r;
}

static struct inq_ratio ratio_of(const struct curve *c, const struct curve_step *s)
{
	/* Of the trials that were made; the two added ones are in the first and the last step. */
	struct inq_ratio r = { .right = s->right - (s == c->steps),
		.wrong = s->wrong - (s == c->steps + c->step_count - 1) };
	uint64_t rights = (uint64_t)c->right + 1, wrongs = (uint64_t)c->wrong + 1;
	uint32_t least, most;

	/* Steps rise strictly, so that neither is 0: the first step has a right trial, the last a wrong one. */
	r.log10 = log10_of_ratio(s->right * wrongs, s->wrong * rights);
	least = c->right ? binomial_least(r.right, c->right) : 0;
	most = c->wrong ? binomial_most(r.wrong, c->wrong) : 1 << 24;
	r.least = least ? log10_of_ratio(least, most) : log10_of_ratio(1, rights * wrongs);
	least = c->wrong ? binomial_least(r.wrong, c->wrong) : 0;
	most = c->right ? binomial_most(r.right, c->right) : 1 << 24;
	r.most = least ? log10_of_ratio(most, least) : log10_of_ratio(wrongs, 1);
	return bounded(r, rights, wrongs);
}

/*
 * Pools, from above and down to `floor`, each step whose ratio lies within the
 * bounds of the one above it, and each that has too few trials to say how much
 * it supports within a decade and whose bounds reach those above: the trials
 * cannot tell them apart, and a single wrong one would else cut them into steps
 * that support nothing.
 */
static void pool_alike(struct curve *c, uint32_t floor)
{
	enum { DECADE = 1000 };

	for (uint32_t i = c->step_count; i-- > floor + 1;) {
		struct curve_step *s = &c->steps[i];
		struct inq_ratio above = ratio_of(c, s), below = ratio_of(c, s - 1);
		bool vague = below.most - below.least > DECADE && below.most >= above.least;

		if (below.log10 < above.least && !vague)
			continue;
		join(c, i);
	}
}

uint32_t curve_wrong_share(const struct curve *c, int32_t score)
{
	uint64_t wrong = 0;

	while (wrong < c->wrong && c->wrong_scores[c->wrong - 1 - wrong] >= score)
		wrong++;
	return c->wrong ? (uint32_t)((wrong * 1000 + c->wrong - 1) / c->wrong) : 1000;
}

bool curve_make(const int32_t *right, uint32_t right_count, const int32_t *wrong, uint32_t wrong_count,
        struct inq_arena *a, struct curve *ret)
{
	struct curve c = { .right = right_count, .wrong = wrong_count, .loud = INT32_MIN };
	int32_t *r = sorted(right, right_count, a), *w = sorted(wrong, wrong_count, a);
	uint32_t i = 0, j = 0, floor = 0;

	c.steps = inq_arena_new(a, (size_t)right_count + wrong_count + 2, sizeof *c.steps);
	if (!r || !w || !c.steps)
		return false;
	c.wrong_scores = w;
	take(&c, (struct curve_step){ INT32_MIN, 1, 0 }, 0);
	while (i < right_count || j < wrong_count) {
		int32_t at = j >= wrong_count || (i < right_count && r[i] < w[j]) ? r[i] : w[j];
		struct curve_step s = { .least = at };

		/* From here up families may be named: what is below has steps of its own. */
		if (!floor && curve_wrong_share(&c, at) <= WRONG_MOST)
			floor = c.step_count;
		for (; i < right_count && r[i] == at; i++)
			s.right++;
		for (; j < wrong_count && w[j] == at; j++)
			s.wrong++;
		take(&c, s, floor);
	}
	if (!floor)
		floor = c.step_count;
	take(&c, (struct curve_step){ INT32_MAX, 0, 1 }, floor);
	pool_alike(&c, floor);
	/* The order holds across that border as well. */
	for (uint32_t k = floor; k && k < c.step_count && violates(&c.steps[k]); k--)
		join(&c, k);
	*ret = c;
	return true;
}

static const struct curve_step *step_of(const struct curve *c, int32_t score)
{
	const struct curve_step *s = c->steps;

	for (uint32_t i = 1; i < c->step_count && c->steps[i].least <= score; i++)
		s = &c->steps[i];
	return s;
}

struct inq_ratio ratio_of_rates(uint32_t over, uint32_t over_of, uint32_t under, uint32_t under_of)
{
	struct inq_ratio r = { .right = over, .wrong = under };
	uint32_t least = over_of ? binomial_least(over, over_of) : 0;
	uint32_t most = under_of ? binomial_most(under, under_of) : 1 << 24;

	r.log10 = log10_of_ratio((over + UINT64_C(1)) * (under_of + UINT64_C(2)),
	        (under + UINT64_C(1)) * (over_of + UINT64_C(2)));
	r.least = log10_of_ratio(least ? least : 1, most);
	least = under_of ? binomial_least(under, under_of) : 0;
	most = over_of ? binomial_most(over, over_of) : 1 << 24;
	r.most = log10_of_ratio(most, least ? least : 1);
	return bounded(r, over_of + UINT64_C(1), under_of + UINT64_C(1));
}

static unsigned silence_of(uint32_t left)
{
	return left < 8 ? 0 : left < 32 ? 1 : left < 128 ? 2 : 3;
}

/* Whether nothing found in `more` says less against a family than in `less`, where there was less to find. */
static bool is_louder(const struct curve_silence *less, const struct curve_silence *more)
{
	return !less->right || !less->wrong || !more->right || !more->wrong ||
	       ratio_of_rates(more->right_silent, more->right, more->wrong_silent, more->wrong).log10 >
	               ratio_of_rates(less->right_silent, less->right, less->wrong_silent, less->wrong).log10;
}

static struct curve_silence both(const struct curve_silence *a, const struct curve_silence *b)
{
	return (struct curve_silence){ a->right + b->right, a->wrong + b->wrong,
		a->right_silent + b->right_silent, a->wrong_silent + b->wrong_silent };
}

void curve_hush(struct curve *c, const struct curve_trial *trials, uint32_t count)
{
	struct curve_silence pooled[CURVE_SILENCES], all[CURVE_SILENCES] = { 0 };
	unsigned width[CURVE_SILENCES], n = 0;

	c->loud = INT32_MAX;
	for (uint32_t i = c->step_count; i-- && ratio_of(c, &c->steps[i]).log10 > 0;)
		c->loud = c->steps[i].least;
	for (uint32_t i = 0; i < count; i++) {
		struct curve_silence *s = &all[silence_of(trials[i].left)];
		bool silent = trials[i].score < c->loud;

		s->right += trials[i].right;
		s->wrong += !trials[i].right;
		s->right_silent += silent && trials[i].right;
		s->wrong_silent += silent && !trials[i].right;
	}
	for (unsigned i = 0; i < CURVE_SILENCES; i++) {
		pooled[n] = all[i];
		width[n++] = 1;
		while (n > 1 && is_louder(&pooled[n - 2], &pooled[n - 1])) {
			pooled[n - 2] = both(&pooled[n - 2], &pooled[n - 1]);
			width[n - 2] += width[n - 1];
			n--;
		}
	}
	for (unsigned i = 0, at = 0; i < n; i++)
		for (unsigned j = 0; j < width[i]; j++)
			c->silence[at++] = pooled[i];
}

struct inq_ratio curve_ratio(const struct curve *c, int32_t score, uint32_t left)
{
	const struct curve_silence *s = &c->silence[silence_of(left)];
	struct inq_ratio r;

	if (score >= c->loud || !s->right || !s->wrong)
		return ratio_of(c, step_of(c, score));
	/* That nothing was found speaks for nobody. */
	r = ratio_of_rates(s->right_silent, s->right, s->wrong_silent, s->wrong);
	r.log10 = r.log10 < 0 ? r.log10 : 0;
	r.least = r.least < r.log10 ? r.least : r.log10;
	return r;
}

bool is_named(const struct curve *c, int32_t score, uint32_t best, uint32_t of)
{
	return score > 0 &&
	       ratio_of(c, step_of(c, score)).least - log10_of_ratio(of, best) >= CONCLUDES_LEAST &&
	       (uint64_t)curve_wrong_share(c, score) * of <= (uint64_t)WRONG_MOST * best;
}
