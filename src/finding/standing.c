#include "finding/private.h"
#include <stdlib.h>
#include <string.h>

enum {
	/*
	 * Thousandths that a function of another family, or of a library, is the
	 * same one, from which the match is no family's alone: another build of a
	 * shared library is often no likelier. Search asks for more; here a wrong
	 * word does harm.
	 */
	ALSO = 100,
	EXACT = 970, /* thousandths, of equal code, */
	EXACT_LITTLE = 850, /* and where it tells less than LITTLE bits */
	LITTLE = 120,
	INFORMATION_MOST = 600, /* bits: beyond, a function is merely large, */
	INFORMATION_LITTLE = 240, /* and below, what is merely alike says less by the square */
	EVEN = 400, /* thousandths: at such a probability a match is worth nothing */
};

/*
 * The one place where what a match is worth enters: the probability, in
 * thousandths, that the two are the same source function.
 */
static uint32_t probability_of(const struct inq_evidence_function *f, const struct inq_evidence_candidate *c)
{
	uint32_t equal = f->information < LITTLE ? EXACT_LITTLE : EXACT;

	return c->how == INQ_MATCH_EXACT && c->probability < equal ? equal : c->probability;
}

/*
 * What a function says for the family it is in, in sixteenths of a bit: what it
 * tells, times the square of how far the probability is from even. Squared, for
 * doubtful matches come in crowds and certain ones seldom do.
 */
static uint32_t weight_of(const struct inq_evidence_function *f, const struct inq_evidence_candidate *c)
{
	uint64_t p = probability_of(f, c), sure = p > EVEN ? p - EVEN : 0;
	uint64_t information = f->information < INFORMATION_MOST ? f->information : INFORMATION_MOST;

	if (c->how != INQ_MATCH_EXACT && information < INFORMATION_LITTLE)
		information = information * information / INFORMATION_LITTLE;
	return (uint32_t)(information * 16 * sure * sure / ((1000 - EVEN) * (1000 - EVEN)));
}

static struct saying judge(const struct evidence_case *k, const struct inq_evidence *e,
        const struct inq_evidence_function *f, const struct view *v)
{
	const struct inq_evidence_candidate *family = NULL;
	uint32_t families = 0, most = 0;
	bool common = false;
	struct saying s = { .what = WHAT_NOTHING, .label = NO_LABEL };

	for (uint32_t i = f->candidate_first; i < f->candidate_first + f->candidate_count; i++) {
		const struct inq_evidence_candidate *c = &e->candidates[i];

		uint32_t p = probability_of(f, c);

		if (c->label == v->without_label)
			continue;
		if (k->is_common[c->label]) {
			common |= p >= ALSO;
			continue;
		}
		families += p >= ALSO;
		if (p < INQ_MATCH_FOUND || p <= most)
			continue;
		most = p;
		family = c;
		s.candidate = i;
	}
	if (common) {
		s.what = WHAT_LIBRARY;
		return s;
	}
	if (!family)
		return s;
	s.label = family->label;
	if (families > 1) {
		s.what = WHAT_WIDESPREAD;
		return s;
	}
	/* Without a day of the exhibit, nobody can say that it is older. */
	if (family->published && (!v->day || family->published < v->day)) {
		s.what = WHAT_PUBLISHED;
		return s;
	}
	s.what = WHAT_DISTINCTIVE;
	s.weight = weight_of(f, family);
	return s;
}

bool case_init(struct evidence_case *k, const struct inq_evidence *const *exhibits, uint32_t count,
        const struct inq_corpus *c, struct inq_arena *a)
{
	k->exhibits = exhibits;
	k->exhibit_count = count;
	k->corpus = c;
	k->first = inq_arena_new(a, (size_t)count + 1, sizeof *k->first);
	k->is_common = inq_arena_new(a, c->label_count, sizeof *k->is_common);
	k->label_functions = inq_arena_new(a, c->label_count, sizeof *k->label_functions);
	if (!k->first || !k->is_common || !k->label_functions)
		return false;
	for (uint32_t i = 0; i < count; i++)
		k->first[i + 1] = k->first[i] + exhibits[i]->function_listed;
	for (uint32_t i = 0; i < c->label_count; i++) {
		struct inq_label l;
		struct inq_sample s;

		if (!inq_corpus_label(c, i, &l))
			continue;
		k->is_common[i] = l.kind == INQ_LABEL_COMMON;
		for (uint32_t j = 0; j < l.sample_count; j++)
			if (inq_corpus_sample(c, l.sample_first + j, &s))
				k->label_functions[i] += s.occurrence_count;
	}
	return true;
}

/* What is the same code: by its exact hash, and by the function of the corpus that it is held to be. */
struct identity {
	uint64_t key[2];
	uint32_t function; /* of the case */
	uint32_t weight;
};

static int compare_identities(const void *a, const void *b)
{
	const struct identity *x = a, *y = b;

	if (x->key[0] != y->key[0])
		return x->key[0] < y->key[0] ? -1 : 1;
	if (x->key[1] != y->key[1])
		return x->key[1] < y->key[1] ? -1 : 1;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return x->function < y->function ? -1 : x->function > y->function;
}

static void mark_again(struct sayings *s, struct identity *at, uint32_t count)
{
	if (count)
		qsort(at, count, sizeof *at, compare_identities);
	for (uint32_t i = 1; i < count; i++)
		if (at[i].key[0] == at[i - 1].key[0] && at[i].key[1] == at[i - 1].key[1])
			s->at[at[i].function].again = true;
}

/* The same code, in one exhibit or in several, counts once: where it weighs most. */
static bool count_once(const struct evidence_case *k, struct sayings *s, struct inq_arena *a)
{
	struct identity *exact = inq_arena_new(a, s->count, sizeof *exact);
	struct identity *function = inq_arena_new(a, s->count, sizeof *function);
	uint32_t count = 0;

	if (!exact || !function)
		return false;
	for (uint32_t i = 0; i < k->exhibit_count; i++) {
		const struct inq_evidence *e = k->exhibits[i];

		for (uint32_t j = 0; j < e->function_listed; j++) {
			uint32_t at = k->first[i] + j;
			const struct inq_evidence_candidate *c;

			if (s->at[at].what != WHAT_DISTINCTIVE)
				continue;
			c = &e->candidates[s->at[at].candidate];
			exact[count] =
			        (struct identity){ { e->functions[j].exact[0], e->functions[j].exact[1] }, at,
				        s->at[at].weight };
			function[count++] =
			        (struct identity){ { c->label, c->function }, at, s->at[at].weight };
		}
	}
	mark_again(s, exact, count);
	mark_again(s, function, count);
	return true;
}

bool sayings_make(
        const struct evidence_case *k, const struct view *v, struct inq_arena *a, struct sayings *ret)
{
	struct sayings s = { .count = k->first[k->exhibit_count] };

	s.at = inq_arena_new(a, s.count, sizeof *s.at);
	if (!s.at)
		return false;
	for (uint32_t i = 0; i < k->exhibit_count; i++) {
		const struct inq_evidence *e = k->exhibits[i];

		for (uint32_t j = 0; j < e->function_listed; j++) {
			uint32_t at = k->first[i] + j;

			if (v->dropped && v->dropped[at])
				s.at[at].label = NO_LABEL;
			else
				s.at[at] = judge(k, e, &e->functions[j], v);
		}
	}
	if (!count_once(k, &s, a) || !pieces_make(k, &s, a))
		return false;
	*ret = s;
	return true;
}
