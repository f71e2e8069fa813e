#include "match/candidates.h"
#include <stdlib.h>
#include <string.h>

enum {
	LABELS_MOST = 64, /* labels kept for a function */
	COMMON_LABELS_MOST = 16, /* common labels kept beyond those */
	LABEL_HITS_MOST = 40, /* functions kept for a label */
	NEAREST_KEPT = 12,
	NEAREST_PRODUCT =
	        INQ_VECTOR_NORM * INQ_VECTOR_NORM * 2 / 5, /* what a vector's product must be, at least */
	BATCH_MEMORY = 1 << 30, /* bytes at most, freed after each batch; it takes some 60 MB */
};

/*
 * The functions with the nearest vectors, however little they have in common
 * with the function by their features: builds that differ much have little.
 */
struct kin {
	struct found at[NEAREST_KEPT];
	uint32_t count;
};

struct finder {
	struct search *s;
	uint32_t *label_query; /* of each label: the function it was last met with, plus one, */
	uint8_t *label_hits; /* and how many hits it has had there */
	struct found *found; /* of the function in hand */
	uint32_t found_count;
};

static bool goes_before(const struct found *x, const struct found *y)
{
	return x->similarity != y->similarity ? x->similarity > y->similarity : x->function < y->function;
}

/* The first label of a function: what its neighbours in the corpus share. */
static uint32_t first_label(const struct inq_corpus *c, uint32_t function)
{
	struct inq_corpus_list l = inq_corpus_labels_of(c, function);
	uint32_t label;

	return inq_corpus_next(&l, &label) ? label : NO_ID;
}

static void find_worst(struct best *b)
{
	b->worst = 0;
	for (uint32_t i = 1; i < b->count; i++)
		if (goes_before(&b->at[b->worst], &b->at[i]))
			b->worst = i;
}

/*
 * A family with a hundred builds of one function must not hide the library
 * that has it too: of a label only so many are kept, the best of them. What a
 * better one of its label drives out would never come back, so the order in
 * which functions come does not tell.
 */
void best_take(const struct search *s, struct best *b, uint32_t function, uint16_t similarity)
{
	struct found one = { function, 0, similarity };
	uint32_t same = 0, worst = NO_ID;

	if (!s->limits->compared || (b->count == s->limits->compared && !goes_before(&one, &b->at[b->worst])))
		return;
	one.label = first_label(s->c, function);
	for (uint32_t i = 0; i < b->count; i++) {
		if (b->at[i].function == function)
			return;
		if (b->at[i].label != one.label)
			continue;
		same++;
		if (worst == NO_ID || goes_before(&b->at[worst], &b->at[i]))
			worst = i;
	}
	if (same == LABEL_KEPT_MOST) {
		if (!goes_before(&one, &b->at[worst]))
			return;
		b->at[worst] = one;
	} else if (b->count == s->limits->compared) {
		b->at[b->worst] = one;
	} else {
		b->at[b->count++] = one;
	}
	if (b->count == s->limits->compared)
		find_worst(b);
}

static int compare_found(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return goes_before(x, y) ? -1 : goes_before(y, x);
}

/* What was found for a function: those of equal code, as many as are compared, then the best of the others. */
static void gather_found(struct finder *f, uint32_t query, const struct best *b, const struct kin *kin)
{
	const struct inq_corpus *c = f->s->c;
	uint32_t first, count, function, equal = 0;

	f->found_count = 0;
	/* Each step of looking up the exact hash is somewhere else; so are the labels of all that is found. */
	search_touch(f->s, 40 + 2 * b->count);
	inq_corpus_exact(c, f->s->p->functions[query].exact, &first, &count);
	if (count > f->s->limits->compared)
		f->s->result->functions[query].candidates_cut = true;
	for (uint32_t i = 0; i < count && f->found_count < f->s->limits->compared; i++)
		if (inq_corpus_exact_function(c, first + i, &function))
			f->found[f->found_count++] = (struct found){ function, NO_ID, 1000 };
	equal = f->found_count;
	if (b->count)
		qsort(b->at, b->count, sizeof *b->at, compare_found);
	for (uint32_t i = 0; i < b->count; i++) {
		bool repeated = false;

		/* A function of equal code also comes as one that is merely alike. */
		for (uint32_t j = 0; j < equal && !repeated; j++)
			repeated = f->found[j].function == b->at[i].function;
		if (!repeated)
			f->found[f->found_count++] = b->at[i];
	}
	for (uint32_t i = 0; i < kin->count; i++) {
		bool repeated = false;

		for (uint32_t j = 0; j < f->found_count && !repeated; j++)
			repeated = f->found[j].function == kin->at[i].function;
		if (!repeated)
			f->found[f->found_count++] = kin->at[i];
	}
	if (b->count == f->s->limits->compared)
		f->s->result->functions[query].candidates_cut = true;
}

bool search_add(struct search *s, struct hit hit)
{
	struct hit *grown = inq_arena_extend(s->a, s->hits, s->hit_count, &s->hit_capacity, sizeof *grown);

	if (!grown || s->hit_count == UINT32_MAX)
		return false;
	s->hits = grown;
	s->hits[s->hit_count++] = hit;
	return true;
}

/* Turns what was found into hits, by label; best first, since `found` is. */
static bool add_hits(struct finder *f, uint32_t query)
{
	struct search *s = f->s;
	uint32_t labels = 0, common_labels = 0;

	for (uint32_t i = 0; i < f->found_count; i++) {
		struct inq_corpus_list l = inq_corpus_labels_of(s->c, f->found[i].function);
		uint32_t label;

		while (inq_corpus_next(&l, &label)) {
			bool common = s->is_common[label];

			if (f->label_query[label] != query + 1) {
				if (labels >= LABELS_MOST &&
				        (!common || common_labels >= COMMON_LABELS_MOST)) {
					s->result->functions[query].candidates_cut = true;
					continue;
				}
				f->label_query[label] = query + 1;
				f->label_hits[label] = 0;
				labels++;
				common_labels += common;
			}
			if (f->label_hits[label] == LABEL_HITS_MOST)
				continue;
			f->label_hits[label]++;
			if (!search_add(s, (struct hit){ .query = query,
			                           .label = label,
			                           .function = f->found[i].function,
			                           .similarity = f->found[i].similarity,
			                           .how = f->found[i].similarity == 1000 ? INQ_MATCH_EXACT
			                                                                 : INQ_MATCH_FEATURES,
			                           .occurrence = NO_ID }))
				return false;
		}
	}
	return true;
}

static int compare_orders(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

struct batch *batch_load(
        struct search *s, const uint64_t *order, uint32_t first, uint32_t end, struct inq_arena *a)
{
	struct batch *b = inq_arena_new(a, 1, sizeof *b);

	if (!b)
		return NULL;
	b->s = s;
	b->a = a;
	for (uint32_t i = first; i < end; i++) {
		uint32_t query = (uint32_t)order[i];

		/* What weighs nothing is like nothing. */
		if (!s->weights[query])
			continue;
		b->query[b->count] = query;
		b->best[b->count].at = inq_arena_new(a, s->limits->compared, sizeof *b->best->at);
		if (!b->best[b->count].at || !load_query(s, query, a, &b->loaded[b->count]))
			return NULL;
		b->count++;
	}
	return b;
}

void nearest_take(struct batch *b)
{
	for (uint32_t i = 0; i < b->count; i++)
		for (uint32_t j = 0; j < b->near_count[i]; j++) {
			struct near *n = &b->near[i][j];

			n->similarity = loaded_similarity(b->s, &b->loaded[i], n->function);
			b->s->result->functions_compared++;
			search_touch(b->s, 3);
			if (n->similarity >= SIMILARITY_LEAST)
				best_take(b->s, &b->best[i], n->function, n->similarity);
		}
}

static void take_kin(const struct batch *b, uint32_t who, struct kin *ret)
{
	for (uint32_t j = 0; j < b->near_count[who] && ret->count < NEAREST_KEPT; j++) {
		const struct near *n = &b->near[who][j];

		if (n->product >= NEAREST_PRODUCT)
			ret->at[ret->count++] = (struct found){ n->function, NO_ID, n->similarity };
	}
}

/* Looks for functions [first, end) of `order`, and keeps what is best for each in `best`, by function. */
static bool find_batch(struct search *s, const uint64_t *order, uint32_t first, uint32_t end,
        struct best *best, struct kin *kin)
{
	struct inq_arena *a = inq_arena_open(BATCH_MEMORY);
	struct batch *b = a ? batch_load(s, order, first, end, a) : NULL;
	bool ok = b && nearest_find(b);

	if (ok) {
		nearest_take(b);
		ok = sparse_find(b);
	}
	for (uint32_t i = 0; ok && i < b->count; i++) {
		struct best *to = &best[b->query[i]];

		to->count = b->best[i].count;
		to->at = inq_arena_new(s->a, to->count, sizeof *to->at);
		if (to->at && to->count)
			memcpy(to->at, b->best[i].at, to->count * sizeof *to->at);
		ok = to->at != NULL;
		take_kin(b, i, &kin[b->query[i]]);
	}
	inq_arena_close(a);
	return ok;
}

/* All of the program's functions, those of like weight together: they read the same of the corpus. */
static bool find_all(struct search *s, struct best *best, struct kin *kin)
{
	uint32_t count = s->p->function_count;
	uint64_t *order = inq_arena_new(s->a, count, sizeof *order);

	if (!order)
		return false;
	for (uint32_t i = 0; i < count; i++)
		order[i] = (uint64_t)s->weights[i] << 32 | i;
	if (count)
		qsort(order, count, sizeof *order, compare_orders);
	for (uint32_t i = 0; i < count; i += BATCH)
		if (!find_batch(s, order, i, count - i < BATCH ? count : i + BATCH, best, kin))
			return false;
	return true;
}

bool search_candidates(struct search *s)
{
	struct finder f = { .s = s };
	struct best *best = inq_arena_new(s->a, s->p->function_count, sizeof *best);
	struct kin *kin = inq_arena_new(s->a, s->p->function_count, sizeof *kin);

	f.label_query = inq_arena_new(s->a, s->c->label_count, sizeof *f.label_query);
	f.label_hits = inq_arena_new(s->a, s->c->label_count, sizeof *f.label_hits);
	f.found = inq_arena_new(s->a, 2 * (size_t)s->limits->compared + NEAREST_KEPT, sizeof *f.found);
	if (!best || !f.label_query || !f.label_hits || !f.found || !kin || !find_all(s, best, kin))
		return false;
	for (uint32_t i = 0; i < s->p->function_count; i++) {
		s->hit_first[i] = s->hit_count;
		gather_found(&f, i, &best[i], &kin[i]);
		if (!add_hits(&f, i))
			return false;
	}
	s->hit_first[s->p->function_count] = s->hit_count;
	return true;
}
