#include "measure.h"
#include <stdlib.h>
#include <string.h>

enum { NEGATIVES = 100, BLOCKS_LEAST = 5, BUILDS_EACH = 4, FULL_MOST = 60000, KINDS = 4096 };

static bool same_place(const struct train_build *a, const struct train_build *b)
{
	return a->arch == b->arch && a->bits == b->bits && a->format == b->format &&
	       a->big_endian == b->big_endian;
}

static bool allowed(enum train_setting setting, const struct train_build *q, const struct train_build *t)
{
	bool place = same_place(q, t), level = q->level == t->level, compiler = q->compiler == t->compiler;

	switch (setting) {
	case SETTING_XO:
		return compiler && place && !level;
	case SETTING_XC:
		return !compiler && place;
	case SETTING_XA:
		return q->arch != t->arch && compiler && level;
	case SETTING_XM:
		return !place || !level || !compiler;
	case SETTING_COUNT:
		break;
	}
	return false;
}

/* What a kind of pair came to: levels or places of query and answer. */
struct kind {
	char name[64];
	uint32_t queries, found;
};

struct measuring {
	const struct train_set *s;
	const struct train_scorer *scorer;
	struct train_random random;
	uint32_t *usable; /* labels that may be asked for */
	uint32_t usable_count;
	uint32_t *by_build, *first; /* functions of five blocks of each build */
	struct kind kinds[KINDS];
	uint32_t kind_count;
};

static void note_kind(struct measuring *m, const char *name, bool found)
{
	uint32_t i = 0;

	while (i < m->kind_count && strcmp(m->kinds[i].name, name) != 0)
		i++;
	if (i == KINDS)
		return;
	if (i == m->kind_count)
		snprintf(m->kinds[m->kind_count++].name, sizeof m->kinds->name, "%s", name);
	m->kinds[i].queries++;
	m->kinds[i].found += found;
}

static const char *size_bin(uint32_t blocks)
{
	return blocks < 8    ? "5-7"
	       : blocks < 15 ? "8-14"
	       : blocks < 30 ? "15-29"
	       : blocks < 60 ? "30-59"
	                     : "60-";
}

static void note(
        struct measuring *m, enum train_setting setting, uint32_t query, uint32_t positive, bool found)
{
	static const char *const names[] = { "XO", "XC", "XA", "XM" };
	const struct train_function *fq = &m->s->functions[query], *fp = &m->s->functions[positive];
	const struct train_build *q = &m->s->builds[fq->build], *p = &m->s->builds[fp->build];
	char name[64], one[16], two[16];

	snprintf(name, sizeof name, "%s level %c %c", names[setting],
	        q->level < p->level ? q->level : p->level, q->level < p->level ? p->level : q->level);
	note_kind(m, name, found);
	snprintf(one, sizeof one, "%s%s", inq_arch_name(q->arch), q->big_endian ? "be" : "");
	snprintf(two, sizeof two, "%s%s", inq_arch_name(p->arch), p->big_endian ? "be" : "");
	snprintf(name, sizeof name, "%s arch %s %s", names[setting], strcmp(one, two) < 0 ? one : two,
	        strcmp(one, two) < 0 ? two : one);
	note_kind(m, name, found);
	snprintf(name, sizeof name, "%s blocks %s", names[setting], size_bin(fq->block_count));
	note_kind(m, name, found);
	snprintf(name, sizeof name, "%s project %.40s", names[setting], m->s->projects[q->project]);
	note_kind(m, name, found);
}

static bool is_big(const struct train_set *s, uint32_t f)
{
	return s->functions[f].block_count >= BLOCKS_LEAST;
}

/* A member of label `l` other than `query`'s build that the setting allows; UINT32_MAX where there is none. */
static uint32_t draw_positive(
        struct measuring *m, enum train_setting setting, const struct train_label *l, uint32_t query)
{
	uint32_t count = 0, result = UINT32_MAX;

	for (uint32_t i = 0; i < l->member_count; i++) {
		uint32_t f = m->s->members[l->member_first + i];

		if (f == query || !is_big(m->s, f) ||
		        !allowed(setting, &m->s->builds[m->s->functions[query].build],
		                &m->s->builds[m->s->functions[f].build]))
			continue;
		if (train_random_below(&m->random, ++count) == 0)
			result = f;
	}
	return result;
}

static bool conflicts(const struct train_set *s, uint32_t candidate, uint32_t query, uint32_t positive)
{
	const struct train_function *c = &s->functions[candidate], *q = &s->functions[query],
	                            *p = &s->functions[positive];

	return c->label == q->label || s->labels[c->label].name == s->labels[q->label].name ||
	       memcmp(c->exact, q->exact, sizeof c->exact) == 0 ||
	       memcmp(c->exact, p->exact, sizeof c->exact) == 0;
}

static uint32_t draw_pool(struct measuring *m, enum train_setting setting, uint32_t query, uint32_t positive,
        const bool *among, uint32_t *ret)
{
	const struct train_set *s = m->s;
	uint32_t count = 0;

	ret[count++] = positive;
	for (uint32_t tries = 0; count <= NEGATIVES && tries < 100 * NEGATIVES; tries++) {
		uint32_t build = train_random_below(&m->random, s->build_count), size, f;
		bool known = false;

		size = m->first[build + 1] - m->first[build];
		if (!among[s->builds[build].project] || !size ||
		        !allowed(setting, &s->builds[s->functions[query].build], &s->builds[build]))
			continue;
		f = m->by_build[m->first[build] + train_random_below(&m->random, size)];
		for (uint32_t i = 1; i < count && !known; i++)
			known = s->functions[ret[i]].label == s->functions[f].label;
		if (!known && !conflicts(s, f, query, positive))
			ret[count++] = f;
	}
	return count;
}

/* Ties count against the scorer. */
static uint32_t rank_of_first(const float *scores, uint32_t count)
{
	uint32_t rank = 1;

	for (uint32_t i = 1; i < count; i++)
		rank += scores[i] >= scores[0];
	return rank;
}

static void list_usable(struct measuring *m, const bool *among, struct inq_arena *a)
{
	const struct train_set *s = m->s;
	uint32_t at = 0;

	m->usable = train_new(a, s->label_count, sizeof *m->usable);
	m->first = train_new(a, s->build_count + 1, sizeof *m->first);
	m->by_build = train_new(a, s->function_count, sizeof *m->by_build);
	for (uint32_t i = 0; i < s->label_count; i++) {
		uint32_t big = 0;

		for (uint32_t j = 0; j < s->labels[i].member_count; j++)
			big += is_big(s, s->members[s->labels[i].member_first + j]);
		if (among[s->labels[i].project] && big > 1)
			m->usable[m->usable_count++] = i;
	}
	for (uint32_t i = 0; i < s->build_count; i++) {
		m->first[i] = at;
		for (uint32_t j = 0; j < s->builds[i].function_count; j++) {
			uint32_t f = s->builds[i].function_first + j;

			if (is_big(s, f) && s->functions[f].label != NO_LABEL)
				m->by_build[at++] = f;
		}
	}
	m->first[s->build_count] = at;
}

static void measure_full(struct measuring *m, enum train_setting setting, const bool *among,
        const uint32_t *queries, const uint32_t *positives, uint32_t count, struct inq_arena *a, FILE *detail,
        struct train_recall *ret)
{
	const struct train_set *s = m->s;
	uint32_t *pool = train_new(a, FULL_MOST, sizeof *pool), pool_count = 0;
	uint32_t *candidates = train_new(a, FULL_MOST, sizeof *candidates);
	float *scores = train_new(a, FULL_MOST, sizeof *scores);
	bool *in_pool = train_new(a, s->build_count, sizeof *in_pool);
	uint32_t found = 0, asked = 0;
	float mrr = 0;

	for (uint32_t p = 0; p < s->project_count; p++) {
		for (uint32_t n = 0, tries = 0; among[p] && n < BUILDS_EACH && tries < 1000; tries++) {
			uint32_t one = positives[train_random_below(&m->random, count)];
			uint32_t build = s->functions[one].build;

			if (s->builds[build].project != p || in_pool[build])
				continue;
			in_pool[build] = true;
			n++;
			for (uint32_t i = m->first[build]; i < m->first[build + 1] && pool_count < FULL_MOST;
			        i++)
				pool[pool_count++] = m->by_build[i];
		}
	}
	for (uint32_t i = 0; i < count; i++) {
		const struct train_function *q = &s->functions[queries[i]];
		uint32_t candidate_count = 0, right = 0, rank = UINT32_MAX, best;
		float limit = -1e30f;

		for (uint32_t pass = 0; pass < 2; pass++)
			for (uint32_t j = 0; j < pool_count; j++) {
				const struct train_function *f = &s->functions[pool[j]];
				bool is_right = f->label == q->label;

				if (f->build == q->build || is_right != (pass == 0))
					continue;
				if (!is_right && (s->labels[f->label].name == s->labels[q->label].name ||
				                         memcmp(f->exact, q->exact, sizeof f->exact) == 0))
					continue;
				candidates[candidate_count++] = pool[j];
				right += is_right;
			}
		if (!right)
			continue;
		m->scorer->score(m->scorer->context, queries[i], candidates, candidate_count, scores);
		best = 0;
		for (uint32_t j = 0; j < right; j++)
			if (scores[j] > limit) {
				limit = scores[j];
				best = j;
			}
		rank = 1;
		for (uint32_t j = right; j < candidate_count; j++)
			rank += scores[j] >= limit;
		asked++;
		found += rank == 1;
		mrr += rank <= 10 ? 1 / (float)rank : 0;
		if (detail)
			note(m, setting, queries[i], candidates[best], rank == 1);
	}
	ret->pool = pool_count;
	ret->full_queries = asked;
	ret->full_recall = asked ? (float)found / (float)asked : 0;
	ret->full_mrr = asked ? mrr / (float)asked : 0;
}

static int compare_kinds(const void *a, const void *b)
{
	const struct kind *x = a, *y = b;

	return strcmp(x->name, y->name);
}

void train_measure(const struct train_set *s, const bool *among, uint32_t queries, uint64_t seed,
        const struct train_scorer *scorer, FILE *detail, struct train_recall ret[SETTING_COUNT])
{
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	struct measuring *m = train_new(a, 1, sizeof *m);

	*m = (struct measuring){ .s = s, .scorer = scorer };
	list_usable(m, among, a);
	for (unsigned setting = 0; setting < SETTING_COUNT; setting++) {
		uint32_t *chosen = train_new(a, queries, sizeof *chosen),
		         *positives = train_new(a, queries, sizeof *positives);
		uint32_t count = 0, found = 0;

		m->random.state = seed * 16 + setting;
		memset(&ret[setting], 0, sizeof ret[setting]);
		for (uint32_t tries = 0; m->usable_count && count < queries && tries < 30 * queries;
		        tries++) {
			const struct train_label *l =
			        &s->labels[m->usable[train_random_below(&m->random, m->usable_count)]];
			uint32_t query =
			        s->members[l->member_first + train_random_below(&m->random, l->member_count)];
			uint32_t pool[NEGATIVES + 1], size;
			float scores[NEGATIVES + 1];

			if (!is_big(s, query))
				continue;
			positives[count] = draw_positive(m, setting, l, query);
			if (positives[count] == UINT32_MAX)
				continue;
			chosen[count] = query;
			size = draw_pool(m, setting, query, positives[count], among, pool);
			scorer->score(scorer->context, query, pool, size, scores);
			found += rank_of_first(scores, size) == 1;
			count++;
		}
		ret[setting].queries = count;
		ret[setting].recall = count ? (float)found / (float)count : 0;
		if (count)
			measure_full(m, setting, among, chosen, positives, count, a, detail, &ret[setting]);
	}
	if (detail) {
		qsort(m->kinds, m->kind_count, sizeof *m->kinds, compare_kinds);
		for (uint32_t i = 0; i < m->kind_count; i++)
			fprintf(detail, "%-40s %6u %.3f\n", m->kinds[i].name, m->kinds[i].queries,
			        (double)m->kinds[i].found / m->kinds[i].queries);
	}
	inq_arena_close(a);
}

void train_recall_print(FILE *f, const char *what, const struct train_recall r[SETTING_COUNT])
{
	static const char *const names[] = { "XO", "XC", "XA", "XM" };

	fprintf(f, "%-24s", what);
	for (unsigned i = 0; i < SETTING_COUNT; i++)
		fprintf(f, " | %s .%03d .%03d mrr .%03d", names[i], (int)(r[i].recall * 999.5f),
		        (int)(r[i].full_recall * 999.5f), (int)(r[i].full_mrr * 999.5f));
	fprintf(f, " | %u of %u\n", r[SETTING_XM].full_queries, r[SETTING_XM].pool);
}
