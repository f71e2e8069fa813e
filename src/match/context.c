#include "match/private.h"
#include <stdlib.h>
#include <string.h>

enum {
	OCCURRENCES_MOST = 512, /* walked for a hit */
	SAMPLE_FUNCTIONS_MOST = 1 << 16, /* larger samples are not paired */
	SAMPLE_FUNCTIONS_LEAST = 4, /* of the program's that it must have */
	LABEL_SAMPLES_MOST = 2,
	SAMPLE_MEMORY = 1 << 30, /* bytes, freed after each sample */
};

/* In search nothing is expected: what calls lead to must be alike by itself too. */
static const struct pair_limits context_limits = { .alone = 600, .supported = 450, .support = 400 };

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
		        h->similarity < inq_match_threshold(information))
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

/* The side of a sample, in the terms of the search: features the program lacks need no id. */
static bool sample_side(struct search *s, const struct inq_sample *sample, const struct inq_program *p,
        struct inq_arena *a, struct side *ret)
{
	ret->program = p;
	ret->ids = inq_arena_new(a, p->feature_count, sizeof *ret->ids);
	ret->weights = inq_arena_new(a, p->function_count, sizeof *ret->weights);
	if (!ret->ids || !ret->weights)
		return false;
	for (uint32_t i = 0; i < p->feature_count; i++)
		ret->ids[i] = vocabulary_find(&s->vocabulary, p->features[i].key);
	for (uint32_t i = 0; i < p->function_count; i++) {
		struct inq_occurrence o;

		if (inq_corpus_occurrence(s->c, sample->occurrence_first + i, &o))
			ret->weights[i] = inq_corpus_weight(s->c, o.function);
	}
	return side_callers(ret, a);
}

/* Takes a pair into the hits: onto the one there is, or as a new one at the end. */
static bool take_pair(struct search *s, const struct inq_sample *sample, const struct inq_match *m)
{
	uint32_t occurrence = sample->occurrence_first + m->b;
	struct inq_occurrence o;

	if (!inq_corpus_occurrence(s->c, occurrence, &o))
		return true;
	for (uint32_t i = s->hit_first[m->a]; i < s->hit_first[m->a + 1]; i++) {
		struct hit *h = &s->hits[i];

		if (h->label != sample->label || h->function != o.function)
			continue;
		if (h->occurrence == NO_ID || m->support > h->support) {
			h->occurrence = occurrence;
			h->support = m->support;
			if (h->how == INQ_MATCH_FEATURES)
				h->how = m->how;
		}
		return true;
	}
	return search_add(s, (struct hit){ .query = m->a,
	                             .label = sample->label,
	                             .function = o.function,
	                             .similarity = m->similarity,
	                             .support = m->support,
	                             .how = m->how,
	                             .occurrence = occurrence });
}

static bool pair_sample(
        struct search *s, const struct side *own, uint32_t number, const struct inq_sample *sample)
{
	struct inq_arena *a = inq_arena_open(SAMPLE_MEMORY);
	struct inq_match *pairs;
	struct inq_program p;
	struct side other = { 0 };
	struct inq_error err;
	uint32_t count, telling = 0;
	bool ok = false;

	/* A damaged sample is not paired; inq_corpus_check is what tells of it. */
	if (!a || inq_corpus_program(s->c, number, a, &p, &err) != INQ_OK) {
		inq_arena_close(a);
		return a != NULL;
	}
	if (sample_side(s, sample, &p, a, &other) &&
	        pair_sides(own, &other, &s->vocabulary, &context_limits, a, &pairs, &count)) {
		ok = true;
		for (uint32_t i = 0; i < count && ok; i++) {
			ok = take_pair(s, sample, &pairs[i]);
			telling += !is_small(
			        &s->p->functions[pairs[i].a], s->result->functions[pairs[i].a].information);
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
	if (x->similarity != y->similarity)
		return x->similarity > y->similarity ? -1 : 1;
	if (x->support != y->support)
		return x->support > y->support ? -1 : 1;
	if (x->label != y->label)
		return x->label < y->label ? -1 : 1;
	return x->function < y->function ? -1 : x->function > y->function;
}

static void group_hits(struct search *s)
{
	uint32_t at = 0;

	if (s->hit_count)
		qsort(s->hits, s->hit_count, sizeof *s->hits, compare_hits);
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
	struct side own = { .program = s->p, .ids = s->ids, .weights = s->weights };
	uint32_t left = s->limits->samples;

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
