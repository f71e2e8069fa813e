#include "corpus/private.h"
#include "match/around.h"
#include "match/likeness.h"
#include "match/private.h"
#include <stdlib.h>
#include <string.h>

/*
 * Judges the hits of each function, which came by what they have in common, by
 * the learned likeness and by what the functions call.
 */

enum {
	PROMISING_MOST = 256, /* corpus functions for each function of the program that are looked at, */
	JUDGED_MOST = 24, /* and of these judged; the rest are likely nothing */
	/* Callees are looked at of so many, and only where they can change the order: 8 in the logarithm. */
	SUPPORTED_MOST = 16,
	SUPPORTED_BELOW = 8192,
};

struct judged {
	uint32_t function, occurrence, sample; /* where it first occurs */
	int32_t odds;
	int16_t numbers[LIKENESS_COUNT];
};

/* A corpus function that is to be judged, by what its vector and its features promise. */
struct promising {
	uint32_t function;
	int32_t promise;
};

struct judge {
	struct search *s;
	struct inq_feature features[INQ_FINGERPRINT_FEATURES_MOST]; /* of the corpus function in hand */
	uint8_t features_rarity[INQ_FINGERPRINT_FEATURES_MOST];
	struct inq_vector vector, callee_vector[AROUND_MOST];
	struct around callees;
	struct promising promising[PROMISING_MOST];
	struct judged judged[JUDGED_MOST];
	uint32_t judged_count;
};

static int compare_keys(const void *a, const void *b)
{
	const struct inq_feature *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

static uint32_t read_features(struct judge *j, uint32_t function)
{
	const struct inq_corpus *c = j->s->c;
	struct inq_corpus_features l = inq_corpus_features_of(c, function);
	uint32_t count = 0, term, times;

	while (count < INQ_FINGERPRINT_FEATURES_MOST && inq_corpus_features_next(&l, &term, &times))
		j->features[count++] = (struct inq_feature){ inq_corpus_term_key(c, term), times };
	if (count)
		qsort(j->features, count, sizeof *j->features, compare_keys);
	inq_model_rarity(inq_model(), j->features, count, j->features_rarity);
	/* Its entries, its vector, and keys of terms here and there. */
	search_touch(j->s, 3);
	return count;
}

/* What an occurrence calls. */
static void read_callees(struct judge *j, uint32_t occurrence, uint32_t sample)
{
	const struct inq_corpus *c = j->s->c;
	struct inq_sample s;
	struct inq_occurrence o;
	uint32_t first = 0, count = corpus_callees(c, occurrence, &first);

	j->callees.count = 0;
	if (!inq_corpus_sample(c, sample, &s))
		return;
	for (uint32_t i = 0; i < count && i < AROUND_MOST; i++) {
		uint32_t callee = corpus_callee(c, first + i);
		bool known = callee < s.occurrence_count &&
		             inq_corpus_occurrence(c, s.occurrence_first + callee, &o) &&
		             inq_corpus_vector(c, o.function, &j->callee_vector[i]);

		j->callees.at[j->callees.count++] = known ? &j->callee_vector[i] : NULL;
		search_touch(j->s, 1);
	}
}

/* The corpus function as it first occurs. False where its entries are damaged. */
static bool read_side(struct judge *j, uint32_t function, struct judged *to, struct likeness_side *ret)
{
	const struct inq_corpus *c = j->s->c;
	struct inq_corpus_list l = inq_corpus_occurrences_of(c, function);
	struct inq_corpus_function f;
	struct inq_occurrence o;
	struct inq_sample sample;
	uint32_t occurrence;

	if (!inq_corpus_next(&l, &occurrence) || !inq_corpus_occurrence(c, occurrence, &o) ||
	        !inq_corpus_sample(c, o.sample, &sample) || !inq_corpus_function(c, function, &f) ||
	        !inq_corpus_vector(c, function, &j->vector))
		return false;
	*ret = (struct likeness_side){ .features = j->features,
		.rarity = j->features_rarity,
		.feature_count = read_features(j, function),
		.vector = &j->vector,
		.block_count = f.block_count,
		.insn_count = f.insn_count,
		.arch = sample.arch,
		.bits = sample.bits,
		.big_endian = sample.big_endian };
	to->function = function;
	to->occurrence = occurrence;
	to->sample = o.sample;
	return true;
}

static void judge_one(struct judge *j, uint32_t query, uint32_t function)
{
	const struct inq_program *p = j->s->p;
	const struct inq_fingerprint *f = &p->functions[query];
	struct likeness_side a = { .features = p->features + f->feature_first,
		.rarity = j->s->rarity + f->feature_first,
		.feature_count = f->feature_count,
		.vector = &p->vectors[query],
		.block_count = f->block_count,
		.insn_count = f->insn_count,
		.arch = p->arch,
		.bits = p->bits,
		.big_endian = p->big_endian },
	                     b;
	struct judged *to = &j->judged[j->judged_count];
	struct likeness l;

	if (!read_side(j, function, to, &b))
		return;
	likeness_numbers(&a, &b, to->numbers);
	l = likeness_score(likeness_model(), to->numbers);
	to->odds = j->s->limits->content_only ? l.content : l.context;
	j->judged_count++;
}

static int compare_judged(const void *a, const void *b)
{
	const struct judged *x = a, *y = b;

	if (x->odds != y->odds)
		return x->odds > y->odds ? -1 : 1;
	return x->function < y->function ? -1 : x->function > y->function;
}

/* Takes in what the likeliest call. */
static void support_judged(struct judge *j, uint32_t query)
{
	const struct inq_program *p = j->s->p;
	const struct inq_fingerprint *f = &p->functions[query];
	struct around callees = { .count = f->callee_count < AROUND_MOST ? f->callee_count : AROUND_MOST };
	int32_t least;

	if (j->s->limits->content_only || !j->judged_count)
		return;
	for (uint32_t i = 0; i < callees.count; i++)
		callees.at[i] = &p->vectors[p->callees[f->callee_first + i]];
	qsort(j->judged, j->judged_count, sizeof *j->judged, compare_judged);
	least = j->judged[0].odds - SUPPORTED_BELOW;
	for (uint32_t i = 0; i < j->judged_count && i < SUPPORTED_MOST && j->judged[i].odds >= least; i++) {
		struct judged *to = &j->judged[i];

		read_callees(j, to->occurrence, to->sample);
		to->odds = around_weigh(
		        to->odds, around_support(around_alike(&callees, &j->callees), AROUND_NONE), 0, 0);
	}
}

static const struct judged *judged_as(const struct judge *j, uint32_t function)
{
	for (uint32_t i = 0; i < j->judged_count; i++)
		if (j->judged[i].function == function)
			return &j->judged[i];
	return NULL;
}

static int compare_promising(const void *a, const void *b)
{
	const struct promising *x = a, *y = b;

	if (x->promise != y->promise)
		return x->promise > y->promise ? -1 : 1;
	return x->function < y->function ? -1 : x->function > y->function;
}

static void judge_function(struct judge *j, uint32_t query, struct hit *hits, uint32_t count)
{
	uint32_t promising = 0;

	for (uint32_t i = 0; i < count && promising < PROMISING_MOST; i++) {
		struct inq_vector v;
		bool repeated = false;

		for (uint32_t k = 0; k < promising && !repeated; k++)
			repeated = j->promising[k].function == hits[i].function;
		if (repeated || !inq_corpus_vector(j->s->c, hits[i].function, &v))
			continue;
		j->promising[promising++] = (struct promising){ hits[i].function,
			hits[i].similarity + around_cosine(&j->s->p->vectors[query], &v) };
	}
	if (promising)
		qsort(j->promising, promising, sizeof *j->promising, compare_promising);
	j->judged_count = 0;
	for (uint32_t i = 0; i < promising && i < JUDGED_MOST; i++)
		judge_one(j, query, j->promising[i].function);
	support_judged(j, query);
	for (uint32_t i = 0; i < count; i++) {
		const struct judged *as = judged_as(j, hits[i].function);

		hits[i].odds = INT32_MIN;
		if (!as)
			continue;
		hits[i].odds = as->odds;
		if (hits[i].how == INQ_MATCH_EXACT)
			hits[i].odds += equal_odds(j->s->p->functions[query].insn_count);
		hits[i].curve = (uint8_t)likeness_curve(as->numbers, !j->s->limits->content_only);
		hits[i].probability =
		        (uint16_t)likeness_probability(likeness_model(), hits[i].curve, hits[i].odds);
	}
}

bool search_judge(struct search *s)
{
	struct judge *j = inq_arena_new(s->a, 1, sizeof *j);

	s->rarity = inq_arena_new(s->a, s->p->feature_count, 1);
	if (!j || !s->rarity)
		return false;
	j->s = s;
	for (uint32_t i = 0; i < s->p->function_count; i++) {
		const struct inq_fingerprint *f = &s->p->functions[i];
		struct hit *hits = s->hits + s->hit_first[i];
		uint32_t count = s->hit_first[i + 1] - s->hit_first[i];

		if (!count)
			continue;
		inq_model_rarity(inq_model(), s->p->features + f->feature_first, f->feature_count,
		        s->rarity + f->feature_first);
		judge_function(j, i, hits, count);
	}
	return true;
}
