#include "finding/private.h"
#include <stdlib.h>
#include <string.h>

/* Programs of one family and one fold that are weighed together. */
struct group {
	const struct inq_evidence *at[INQ_TRIAL_EXHIBITS_MOST];
	uint32_t count, label, sample, fold;
};

struct making {
	const struct inq_corpus *c;
	const struct inq_calibration_plan *plan;
	const struct inq_evidence *const *evidence;
	struct inq_calibration cal;
	size_t trial_capacity;
	struct piece *blocks; /* of each trial of one program: the largest piece of its own family */
	struct inq_arena *a;
};

static enum inq_status no_memory(struct inq_error *err)
{
	return inq_fail(err, INQ_NO_MEMORY, 0, "the calibration needs more memory than it may have");
}

/* What programs of others have with each family, by chance and otherwise. */
static bool measure_background(struct making *m)
{
	uint64_t *weights = inq_arena_new(m->a, m->c->label_count, sizeof *weights);
	uint64_t *functions = inq_arena_new(m->a, m->c->label_count, sizeof *functions);

	if (!weights || !functions)
		return false;
	for (uint32_t i = 0; i < m->c->sample_count; i++) {
		const struct inq_evidence *e = m->evidence[i];
		struct inq_arena *scratch;
		struct evidence_case k;
		struct sayings s;
		struct inq_sample sample;

		if (!e || !inq_corpus_sample(m->c, i, &sample))
			continue;
		scratch = inq_arena_open(SIZE_MAX);
		if (!scratch || !case_init(&k, &e, 1, m->c, scratch) ||
		        !sayings_make(&k, &(struct view){ .without_label = sample.label }, scratch, &s)) {
			inq_arena_close(scratch);
			return false;
		}
		for (uint32_t j = 0; j < s.piece_count; j++)
			weights[s.pieces[j].label] += s.pieces[j].weight;
		for (uint32_t j = 0; j < m->c->label_count; j++)
			if (j != sample.label)
				functions[j] += e->function_count - e->standing[INQ_STANDING_SMALL];
		inq_arena_close(scratch);
	}
	for (uint32_t j = 0; j < m->c->label_count; j++)
		if (functions[j])
			m->cal.background[j] = (uint32_t)(weights[j] * 256 / functions[j]);
	return true;
}

static void best_other(
        const struct score *scores, uint32_t count, uint32_t own, int32_t *ret, uint32_t *ret_label)
{
	*ret = 0;
	*ret_label = NO_LABEL;
	for (uint32_t i = 0; i < count; i++) {
		if (i == own || scores[i].score <= *ret)
			continue;
		*ret = scores[i].score;
		*ret_label = i;
	}
}

static uint32_t siblings(const struct making *m, const struct group *g)
{
	struct inq_label l;
	uint32_t count = 0;

	if (!inq_corpus_label(m->c, g->label, &l))
		return 0;
	for (uint32_t i = 0; i < l.sample_count; i++)
		count += m->plan->fold[l.sample_first + i] != g->fold;
	return count;
}

uint32_t languages_of(const struct inq_evidence *const *evidence, uint32_t count)
{
	uint32_t flags = 0;

	for (uint32_t i = 0; i < count; i++)
		flags |= evidence[i]->flags;
	return flags & INQ_PROGRAM_LANGUAGES;
}

static bool try_group(struct making *m, const struct group *g)
{
	struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
	struct inq_trial t = { .label = g->label,
		.sample = g->sample,
		.exhibits = (uint16_t)g->count,
		.by_version = m->plan->by_version[g->label],
		.siblings = siblings(m, g) };
	struct inq_trial *trials;
	struct evidence_case k;
	struct sayings s;
	struct score *scores;
	bool ok = scratch && case_init(&k, g->at, g->count, m->c, scratch) &&
	          sayings_make(&k, &(struct view){ .without_label = NO_LABEL }, scratch, &s) &&
	          scores_make(&k, &s, m->cal.background, scratch, &scores);

	if (ok) {
		if (g->count == 1) {
			struct spread own = spread_of(&s, g->label);

			t.one_piece = is_one_piece(&own, case_searchable(&k));
			m->blocks[m->cal.trial_count] = own.largest;
		}
		t.left = case_left(&k, &s);
		t.languages = languages_of(g->at, g->count);
		t.right = scores[g->label].score;
		best_other(scores, m->c->label_count, g->label, &t.beaten, &t.beaten_label);
		ok = sayings_make(&k, &(struct view){ .without_label = g->label }, scratch, &s) &&
		     scores_make(&k, &s, m->cal.background, scratch, &scores);
	}
	if (ok)
		best_other(scores, m->c->label_count, g->label, &t.absent, &t.absent_label);
	inq_arena_close(scratch);
	trials = ok ? inq_arena_extend(
	                      m->a, m->cal.trials, m->cal.trial_count, &m->trial_capacity, sizeof *trials)
	            : NULL;
	if (!trials)
		return false;
	m->cal.trials = trials;
	trials[m->cal.trial_count++] = t;
	return true;
}

/* All groups of `size` programs of one family and fold, in the order of samples, none in two. */
static bool try_family(struct making *m, uint32_t label, uint32_t size)
{
	struct inq_label l;
	struct group g;

	if (!inq_corpus_label(m->c, label, &l) || l.kind != INQ_LABEL_FAMILY)
		return true;
	for (uint32_t fold = 0; fold < m->plan->folds; fold++) {
		g = (struct group){ .label = label, .fold = fold };
		for (uint32_t i = l.sample_first; i < l.sample_first + l.sample_count; i++) {
			if (m->plan->fold[i] != fold || !m->evidence[i])
				continue;
			if (!g.count)
				g.sample = i;
			g.at[g.count++] = m->evidence[i];
			if (g.count < size)
				continue;
			if (!try_group(m, &g))
				return false;
			g.count = 0;
		}
	}
	return true;
}

/* Another program's block, of another family: from the other half of the trials on, the first there is. */
static const struct piece *block_for(const struct making *m, uint32_t trial)
{
	uint32_t count = m->cal.trial_count;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t at = (trial + count / 2 + i) % count;

		if (m->cal.trials[at].label != m->cal.trials[trial].label && is_block(&m->blocks[at]))
			return &m->blocks[at];
	}
	return NULL;
}

/* Puts a block of another family into each program that was tried by itself. */
static bool plant(struct making *m)
{
	for (uint32_t i = 0; i < m->cal.trial_count; i++) {
		struct inq_trial *t = &m->cal.trials[i];
		const struct piece *block = block_for(m, i);
		struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
		struct evidence_case k;
		struct sayings s;
		bool ok = scratch && case_init(&k, &m->evidence[t->sample], 1, m->c, scratch) &&
		          sayings_make(&k, &(struct view){ .without_label = NO_LABEL }, scratch, &s);

		if (ok && block) {
			struct spread lies = spread_of(&s, block->label);
			uint64_t searchable = case_searchable(&k) + block->functions;

			spread_add(&lies, block);
			t->planted = score_of(lies.weight, searchable, m->cal.background[block->label]);
			t->planted_one_piece = is_one_piece(&lies, searchable);
		}
		inq_arena_close(scratch);
		if (!ok)
			return false;
	}
	return true;
}

int trial_compare(const void *a, const void *b)
{
	const struct inq_trial *x = a, *y = b;

	if (x->exhibits != y->exhibits)
		return x->exhibits < y->exhibits ? -1 : 1;
	if (x->label != y->label)
		return x->label < y->label ? -1 : 1;
	return x->sample < y->sample ? -1 : x->sample > y->sample;
}

enum inq_status inq_calibration_make(const struct inq_corpus *c, const struct inq_calibration_plan *plan,
        const struct inq_evidence *const *evidence, struct inq_arena *a, struct inq_calibration *ret,
        struct inq_error *err)
{
	struct making m = { .c = c,
		.plan = plan,
		.evidence = evidence,
		.cal = { .corpus = c->digest,
		        .model = c->model,
		        .method = INQ_FINDING_METHOD,
		        .label_count = c->label_count },
		.a = a };

	m.cal.background = inq_arena_new(a, c->label_count, sizeof *m.cal.background);
	m.blocks = inq_arena_new(a, c->sample_count, sizeof *m.blocks);
	if (!m.cal.background || !m.blocks || !measure_background(&m))
		return no_memory(err);
	for (uint32_t size = 1; size <= INQ_TRIAL_EXHIBITS_MOST; size *= 2) {
		for (uint32_t i = 0; i < c->label_count; i++)
			if (!try_family(&m, i, size))
				return no_memory(err);
		if (size == 1 && !plant(&m))
			return no_memory(err);
	}
	if (m.cal.trial_count)
		qsort(m.cal.trials, m.cal.trial_count, sizeof *m.cal.trials, trial_compare);
	for (uint32_t i = 0; i < m.cal.trial_count; i++)
		m.cal.families += m.cal.trials[i].exhibits == 1 &&
		                  (!i || m.cal.trials[i].label != m.cal.trials[i - 1].label);
	*ret = m.cal;
	return INQ_OK;
}

uint32_t calibration_class(uint32_t exhibits)
{
	uint32_t size = 1;

	while (size < exhibits && size < INQ_TRIAL_EXHIBITS_MOST)
		size *= 2;
	return size;
}

/* Whether programs in these languages were tried of more than one family. */
static bool has_rivals(const struct inq_calibration *cal, uint32_t languages)
{
	uint32_t label = NO_LABEL;

	for (uint32_t i = 0; i < cal->trial_count; i++) {
		const struct inq_trial *t = &cal->trials[i];

		if (t->languages != languages || t->label == label)
			continue;
		if (label != NO_LABEL)
			return true;
		label = t->label;
	}
	return false;
}

enum inq_status calibration_curve(const struct inq_calibration *cal, uint32_t exhibits, uint32_t languages,
        uint32_t without_label, struct inq_arena *a, struct curve *ret, struct inq_error *err)
{
	uint32_t size = calibration_class(exhibits), rights = 0, wrongs = 0;
	int32_t *right = inq_arena_new(a, cal->trial_count, sizeof *right);
	int32_t *wrong = inq_arena_new(a, cal->trial_count, sizeof *wrong);
	struct curve_trial *all = inq_arena_new(a, 2 * (size_t)cal->trial_count, sizeof *all);
	/* A family that is alone in its languages was never tried against one it could be taken for. */
	bool rivals = has_rivals(cal, languages);

	if (!right || !wrong || !all)
		return no_memory(err);
	for (uint32_t i = 0; i < cal->trial_count; i++) {
		const struct inq_trial *t = &cal->trials[i];
		int32_t worst;

		if (t->exhibits != size || t->label == without_label || t->languages != languages)
			continue;
		if (t->siblings) {
			all[rights + wrongs] = (struct curve_trial){ t->right, t->left, true };
			right[rights++] = t->right;
		}
		if (!rivals)
			continue;
		/* A wrong family is wrong whether the right one is there or not: the worse of both counts. */
		worst = t->absent > t->beaten ? t->absent : t->beaten;
		all[rights + wrongs] = (struct curve_trial){ worst, t->left, false };
		wrong[wrongs++] = worst;
	}
	if (!curve_make(right, rights, wrong, wrongs, a, ret))
		return no_memory(err);
	curve_hush(ret, all, rights + wrongs);
	return INQ_OK;
}
