#include "match/candidates.h"
#include "match/joint.h"
#include <stdlib.h>
#include <string.h>

enum {
	OCCURRENCES_MOST = 512, /* walked for a hit */
	SAMPLE_FUNCTIONS_MOST = 1 << 16, /* larger samples are not paired */
	SAMPLE_FUNCTIONS_LEAST = 4, /* of the program's that it must have */
	LABEL_SAMPLES_MOST = 4, /* whose calls are looked at */
	PROBABILITY_LEAST = 100, /* thousandths: what is likelier speaks for its samples */
	SPOTS_MOST = 16, /* of a function in one sample */
	PAIRED = 500, /* believed so far, a pair is the only one of both functions */
	BELIEF_LEAST = 50, /* what calls led to is kept from here on */
	SAMPLE_MEMORY = 1 << 30, /* bytes, freed after each sample */
};

/* What the samples have of the program: the weight of the functions that are found in each. */
static bool tally(struct search *s, uint64_t *weights, uint32_t *functions)
{
	const struct inq_corpus *c = s->c;

	for (uint32_t i = 0; i < s->hit_count; i++) {
		const struct hit *h = &s->hits[i];
		uint32_t information = s->result->functions[h->query].information, left = OCCURRENCES_MOST;
		struct inq_corpus_list l;
		uint32_t occurrence;

		if (is_small(&s->p->functions[h->query], information) ||
		        (h->how != INQ_MATCH_EXACT && h->probability < PROBABILITY_LEAST))
			continue;
		/* A function's first hit stands for all its labels: only the first under each is counted. */
		if (i && s->hits[i - 1].query == h->query && s->hits[i - 1].function == h->function)
			continue;
		search_touch(s, 3);
		l = inq_corpus_occurrences_of(c, h->function);
		while (left-- && inq_corpus_next(&l, &occurrence)) {
			struct inq_occurrence o;

			if (!inq_corpus_occurrence(c, occurrence, &o))
				break;
			weights[o.sample] += information;
			functions[o.sample]++;
		}
	}
	return true;
}

struct ranked {
	uint64_t weight;
	uint32_t sample;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return x->sample < y->sample ? -1 : x->sample > y->sample;
}

/* A function of the corpus where it occurs in the sample. */
struct spot {
	uint32_t function, index;
};

static int compare_spots(const void *a, const void *b)
{
	const struct spot *x = a, *y = b;

	if (x->function != y->function)
		return x->function < y->function ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* Functions, then places in the sample, ascending. */
static bool read_spots(
        struct search *s, const struct inq_sample *sample, struct inq_arena *a, struct spot **ret)
{
	struct spot *at = inq_arena_new(a, sample->occurrence_count, sizeof *at);

	if (!at)
		return false;
	for (uint32_t i = 0; i < sample->occurrence_count; i++) {
		struct inq_occurrence o;

		at[i] = (struct spot){ NO_ID, i };
		if (inq_corpus_occurrence(s->c, sample->occurrence_first + i, &o))
			at[i].function = o.function;
	}
	if (sample->occurrence_count)
		qsort(at, sample->occurrence_count, sizeof *at, compare_spots);
	*ret = at;
	return true;
}

/* The pairs that were found, where they are in the sample. */
static bool add_pairs(
        struct search *s, const struct inq_sample *sample, const struct spot *spots, struct joint *j)
{
	for (uint32_t i = 0; i < s->hit_count; i++) {
		const struct hit *h = &s->hits[i];
		uint32_t low = 0, high = sample->occurrence_count, n = 0;

		if (h->label != sample->label)
			continue;
		while (low < high) {
			uint32_t middle = low + (high - low) / 2;

			if (spots[middle].function < h->function)
				low = middle + 1;
			else
				high = middle;
		}
		for (; low < sample->occurrence_count && spots[low].function == h->function && n < SPOTS_MOST;
		        low++, n++)
			if (!joint_add(j, h->query, spots[low].index))
				return false;
	}
	return true;
}

/* Takes a pair into the hits: onto the one there is, or as a new one at the end. */
static bool take_pair(
        struct search *s, const struct inq_sample *sample, const struct joint_pair *m, struct inq_arena *a)
{
	uint32_t occurrence = sample->occurrence_first + m->b, low, high;
	struct loaded loaded;
	struct hit *h;
	struct inq_occurrence o;

	if (!inq_corpus_occurrence(s->c, occurrence, &o))
		return true;
	low = s->hit_first[m->a];
	high = s->hit_first[m->a + 1];
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		h = &s->hits[middle];
		if (h->label < sample->label || (h->label == sample->label && h->function < o.function))
			low = middle + 1;
		else
			high = middle;
	}
	h = &s->hits[low];
	if (low < s->hit_first[m->a + 1] && h->label == sample->label && h->function == o.function) {
		if (!h->met || m->odds > h->odds) {
			h->met = true;
			h->odds = m->odds;
			h->curve = m->curve;
			h->occurrence = occurrence;
			h->support = m->support;
		}
		return true;
	}
	if (m->belief < BELIEF_LEAST)
		return true;
	if (!load_query(s, m->a, a, &loaded))
		return false;
	return search_add(
	        s, (struct hit){ .query = m->a,
	                   .label = sample->label,
	                   .function = o.function,
	                   .similarity = m->exact ? 1000 : loaded_similarity(s, &loaded, o.function),
	                   .odds = m->odds,
	                   .curve = m->curve,
	                   .met = true,
	                   .support = m->support,
	                   .how = m->exact ? INQ_MATCH_EXACT : INQ_MATCH_CONTEXT,
	                   .occurrence = occurrence });
}

static bool pair_sample(
        struct search *s, const struct side *own, uint32_t number, const struct inq_sample *sample)
{
	struct inq_arena *a = inq_arena_open(SAMPLE_MEMORY);
	struct inq_program p;
	struct side other = { .program = &p };
	struct joint j;
	struct spot *spots;
	struct inq_error err;
	uint32_t telling = 0;
	bool ok = false;

	/* A damaged sample is not paired; inq_corpus_check is what tells of it. */
	if (!a || inq_corpus_program(s->c, number, a, &p, &err) != INQ_OK) {
		inq_arena_close(a);
		return a != NULL;
	}
	if (side_callers(&other, a) && joint_init(&j, own, &other, s->rarity, a) &&
	        read_spots(s, sample, a, &spots) && add_pairs(s, sample, spots, &j) && joint_weigh(&j)) {
		ok = true;
		for (size_t i = 0; i < j.count && ok; i++) {
			ok = take_pair(s, sample, &j.pairs[i], a);
			telling += j.pairs[i].belief > PAIRED &&
			           !is_small(&s->p->functions[j.pairs[i].a],
			                   s->result->functions[j.pairs[i].a].information);
		}
		if (telling > s->sample_pairs[sample->label] || s->best_samples[sample->label] == NO_ID) {
			s->sample_pairs[sample->label] = telling;
			s->best_samples[sample->label] = number;
		}
	}
	inq_arena_close(a);
	search_touch(s, 6 * sample->occurrence_count);
	return ok;
}

static int compare_hits(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->query != y->query)
		return x->query < y->query ? -1 : 1;
	if (x->label != y->label)
		return x->label < y->label ? -1 : 1;
	if (x->function != y->function)
		return x->function < y->function ? -1 : 1;
	if (x->odds != y->odds)
		return x->odds > y->odds ? -1 : 1;
	return x->occurrence < y->occurrence ? -1 : x->occurrence > y->occurrence;
}

/* By function, label and function of the corpus, each once: the likeliest. */
static void group_hits(struct search *s)
{
	uint32_t at = 0;

	if (s->hit_count)
		qsort(s->hits, s->hit_count, sizeof *s->hits, compare_hits);
	for (uint32_t i = 0, n = s->hit_count, to = 0; i < n; i++) {
		if (to && s->hits[to - 1].query == s->hits[i].query &&
		        s->hits[to - 1].label == s->hits[i].label &&
		        s->hits[to - 1].function == s->hits[i].function) {
			s->hit_count--;
			continue;
		}
		s->hits[to++] = s->hits[i];
	}
	for (uint32_t i = 0; i <= s->p->function_count; i++) {
		while (at < s->hit_count && s->hits[at].query < i)
			at++;
		s->hit_first[i] = at;
	}
}

/* Pairs the program with the samples that have most of it, the first `limits->samples` of them. */
static bool pair_samples(
        struct search *s, const struct ranked *ranked, uint32_t count, uint8_t *label_samples)
{
	struct side own = { .program = s->p };
	uint32_t left = s->limits->samples;

	group_hits(s);
	if (!side_callers(&own, s->a))
		return false;
	for (uint32_t i = 0; i < count && left; i++) {
		struct inq_sample sample;

		if (!inq_corpus_sample(s->c, ranked[i].sample, &sample) ||
		        sample.occurrence_count > SAMPLE_FUNCTIONS_MOST ||
		        label_samples[sample.label] == LABEL_SAMPLES_MOST)
			continue;
		label_samples[sample.label]++;
		left--;
		if (!pair_sample(s, &own, ranked[i].sample, &sample))
			return false;
	}
	return true;
}

bool search_context(struct search *s)
{
	const struct inq_corpus *c = s->c;
	uint64_t *weights = inq_arena_new(s->a, c->sample_count, sizeof *weights);
	uint32_t *functions = inq_arena_new(s->a, c->sample_count, sizeof *functions);
	uint8_t *label_samples = inq_arena_new(s->a, c->label_count, 1);
	struct ranked *ranked;
	uint32_t count = 0;

	s->best_samples = inq_arena_new(s->a, c->label_count, sizeof *s->best_samples);
	s->sample_pairs = inq_arena_new(s->a, c->label_count, sizeof *s->sample_pairs);
	if (!weights || !functions || !label_samples || !s->best_samples || !s->sample_pairs ||
	        !tally(s, weights, functions))
		return false;
	memset(s->best_samples, 0xff, c->label_count * sizeof *s->best_samples);
	for (uint32_t i = 0; i < c->sample_count; i++)
		count += functions[i] >= SAMPLE_FUNCTIONS_LEAST;
	/* Without context no calls are looked at, and no sample is better than another. */
	if (s->limits->content_only)
		count = 0;
	ranked = inq_arena_new(s->a, count, sizeof *ranked);
	if (!ranked)
		return false;
	count = 0;
	for (uint32_t i = 0; i < c->sample_count && !s->limits->content_only; i++)
		if (functions[i] >= SAMPLE_FUNCTIONS_LEAST)
			ranked[count++] = (struct ranked){ weights[i], i };
	if (count)
		qsort(ranked, count, sizeof *ranked, compare_ranked);
	if (!pair_samples(s, ranked, count, label_samples))
		return false;
	group_hits(s);
	return true;
}
