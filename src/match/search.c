#include "match/private.h"
#include <string.h>

enum {
	LIKELY_MOST = 512, /* corpus functions whose similarity is estimated from what postings told */
	LIKELY_PART = 24, /* of the function's weight: what one of them must share, going by the postings */
	LABELS_MOST = 64, /* labels kept for a function */
	COMMON_LABELS_MOST = 16, /* common labels kept beyond those */
	LABEL_HITS_MOST = 3, /* functions kept for a label */
	LABEL_COMPARED_MOST = 24, /* functions compared whose first label is the same */
	SIMILARITY_LEAST = 300, /* below, nothing is kept */
};

/* The features of the function in hand, by term: small enough to stay in the nearest cache. */
struct loaded {
	struct {
		uint32_t term; /* plus one; 0: free */
		uint32_t base;
		uint32_t count;
	} slots[2 * INQ_FINGERPRINT_FEATURES_MOST];
};

struct found {
	uint32_t function;
	uint16_t similarity;
};

struct finder {
	struct search *s;
	struct loaded *loaded;
	uint32_t
	        *shared; /* of each corpus function, what the function in hand has in common as far as read */
	uint32_t *touched, *likely; /* those that share anything, and those of them that share enough */
	uint32_t touched_count, likely_count;
	uint32_t *label_query; /* of each label: the function it was last met with, plus one, */
	uint8_t *label_hits; /* and how many hits it has had there */
	uint64_t *order; /* the terms of the function in hand, rarest first */
	struct found *found;
	uint32_t found_count;
};

static size_t slot_of(const struct loaded *l, uint32_t term)
{
	size_t most = 2 * INQ_FINGERPRINT_FEATURES_MOST - 1;
	size_t slot = (term * UINT32_C(0x9e3779b1)) >> 16 & most;

	while (l->slots[slot].term && l->slots[slot].term != term + 1)
		slot = (slot + 1) & most;
	return slot;
}

static void load(struct finder *f, const struct inq_fingerprint *q, bool on)
{
	struct search *s = f->s;

	if (!on) {
		memset(f->loaded, 0, sizeof *f->loaded);
		return;
	}
	for (uint32_t i = q->feature_first; i < q->feature_first + q->feature_count; i++) {
		uint32_t id = s->ids[i], term = s->terms[id];
		size_t slot;

		if (term == NO_ID)
			continue;
		slot = slot_of(f->loaded, term);
		f->loaded->slots[slot].term = term + 1;
		f->loaded->slots[slot].base = s->vocabulary.base[id];
		f->loaded->slots[slot].count = s->p->features[i].count;
	}
}

static uint16_t compare(struct finder *f, uint32_t query, uint32_t function)
{
	struct inq_corpus_features features = inq_corpus_features_of(f->s->c, function);
	uint64_t shared = 0;
	uint32_t term, count;

	while (inq_corpus_features_next(&features, &term, &count)) {
		size_t slot = slot_of(f->loaded, term);

		if (!f->loaded->slots[slot].term)
			continue;
		if (f->loaded->slots[slot].count < count)
			count = f->loaded->slots[slot].count;
		shared += weight_of(f->loaded->slots[slot].base, count);
	}
	f->s->result->functions_compared++;
	return similarity_of(shared, f->s->weights[query], inq_corpus_weight(f->s->c, function));
}

/* Sorts a few hundred numbers at most. */
static void sort_ascending(uint64_t *at, uint32_t count)
{
	for (uint32_t gap = count / 2; gap; gap /= 2)
		for (uint32_t i = gap; i < count; i++) {
			uint64_t one = at[i];
			uint32_t j = i;

			for (; j >= gap && at[j - gap] > one; j -= gap)
				at[j] = at[j - gap];
			at[j] = one;
		}
}

/*
 * Reads the postings of the function's terms, rarest first, until what is left
 * unread could not lift a function that was not met yet over the least
 * similarity: all it could share then is `rest`, and it would weigh at least
 * as much, so its similarity is at most sqrt(rest / weight) (Turtle and Flood
 * 1995, MaxScore). `limits->postings` bounds the reading in any case.
 */
static void read_postings(struct finder *f, uint32_t query)
{
	struct search *s = f->s;
	const struct inq_fingerprint *q = &s->p->functions[query];
	uint32_t count = 0, left = s->limits->postings;
	uint64_t rest = 0, weight = s->weights[query];
	uint32_t enough = s->weights[query] / LIKELY_PART + 1;

	f->touched_count = 0;
	f->likely_count = 0;
	for (uint32_t i = q->feature_first; i < q->feature_first + q->feature_count; i++) {
		uint32_t id = s->ids[i];

		if (s->terms[id] == NO_ID)
			continue;
		rest += weight_of(s->vocabulary.base[id], s->p->features[i].count);
		/* Terms are numbered from the commonest down: the complement puts the rarest first. */
		f->order[count++] = (uint64_t)(UINT32_MAX - s->terms[id]) << 32 | i;
	}
	sort_ascending(f->order, count);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t feature = (uint32_t)f->order[i], id = s->ids[feature], function;
		uint32_t more = weight_of(s->vocabulary.base[id], s->p->features[feature].count);
		struct inq_corpus_list l;

		if (rest * 1000 * 1000 < weight * SIMILARITY_LEAST * SIMILARITY_LEAST)
			break;
		l = inq_corpus_postings(s->c, s->terms[id]);
		if (l.left > left) {
			s->result->functions[query].candidates_cut = true;
			break;
		}
		left -= l.left;
		s->result->postings_read += l.left;
		rest -= more;
		while (inq_corpus_next(&l, &function)) {
			uint32_t before = f->shared[function];

			f->shared[function] = before + more + 1;
			if (!before)
				f->touched[f->touched_count++] = function;
			if (before < enough && before + more + 1 >= enough)
				f->likely[f->likely_count++] = function;
		}
	}
}

/* The least shared weight among the `most` best of the likely ones; 0 where there are no more than that. */
static uint32_t cut_at(const struct finder *f, uint32_t most)
{
	uint32_t place[1024] = { 0 }, highest = 0, shift = 0, above = 0;

	if (f->likely_count <= most)
		return 0;
	for (uint32_t i = 0; i < f->likely_count; i++)
		if (f->shared[f->likely[i]] > highest)
			highest = f->shared[f->likely[i]];
	while (highest >> shift >= 1024)
		shift++;
	for (uint32_t i = 0; i < f->likely_count; i++)
		place[f->shared[f->likely[i]] >> shift]++;
	for (uint32_t i = 1024; i-- > 0;) {
		above += place[i];
		if (above > most)
			return (i + 1) << shift;
	}
	return 0;
}

/* The first label of a function: what its neighbours in the corpus share. */
static uint32_t first_label(const struct inq_corpus *c, uint32_t function)
{
	struct inq_corpus_list l = inq_corpus_labels_of(c, function);
	uint32_t label;

	return inq_corpus_next(&l, &label) ? label : NO_ID;
}

static void add_found(struct finder *f, uint32_t function, uint16_t similarity)
{
	f->found[f->found_count++] = (struct found){ function, similarity };
}

/*
 * Compares the function with those that looked most like it, but with only so
 * many of one label: a family with a hundred builds of one function must not
 * hide the library that has it too.
 */
static void compare_likely(struct finder *f, uint32_t query)
{
	struct search *s = f->s;
	uint64_t likely[2 * LIKELY_MOST];
	uint32_t cut = cut_at(f, LIKELY_MOST), count = 0, compared = 0;

	for (uint32_t i = 0; i < f->likely_count; i++) {
		uint32_t function = f->likely[i];
		uint64_t shared = f->shared[function], weight = inq_corpus_weight(s->c, function), estimate;

		if (shared < cut || count == 2 * LIKELY_MOST)
			continue;
		/* In the order of the similarities, for one function: the square over what is the same in all. */
		estimate = weight ? shared * shared / weight : 0;
		likely[count++] =
		        (UINT32_MAX - (estimate < UINT32_MAX ? estimate : UINT32_MAX)) << 32 | function;
	}
	for (uint32_t i = 0; i < f->touched_count; i++)
		f->shared[f->touched[i]] = 0;
	sort_ascending(likely, count);
	s->result->functions[query].candidates_cut |= count > s->limits->compared;
	for (uint32_t i = 0; i < count && compared < s->limits->compared; i++) {
		uint32_t function = (uint32_t)likely[i], label = first_label(s->c, function);
		uint16_t similarity;

		if (label == NO_ID)
			continue;
		if (f->label_query[label] != query + 1) {
			f->label_query[label] = query + 1;
			f->label_hits[label] = 0;
		}
		if (f->label_hits[label] == LABEL_COMPARED_MOST)
			continue;
		f->label_hits[label]++;
		compared++;
		similarity = compare(f, query, function);
		if (similarity >= SIMILARITY_LEAST)
			add_found(f, function, similarity);
	}
}

/* Functions of equal code: at most as many as are compared. Gives whether there are any. */
static void find_equal(struct finder *f, uint32_t query)
{
	const struct inq_corpus *c = f->s->c;
	uint32_t first, count, function;

	inq_corpus_exact(c, f->s->p->functions[query].exact, &first, &count);
	for (uint32_t i = 0; i < count && f->found_count < f->s->limits->compared; i++)
		if (inq_corpus_exact_function(c, first + i, &function))
			add_found(f, function, 1000);
}

static void sort_found(struct finder *f)
{
	uint64_t *order = f->order;
	uint32_t count = 0;

	for (uint32_t i = 0; i < f->found_count; i++)
		order[i] = (uint64_t)(UINT32_MAX - f->found[i].similarity) << 32 | f->found[i].function;
	sort_ascending(order, f->found_count);
	for (uint32_t i = 0; i < f->found_count; i++) {
		uint32_t function = (uint32_t)order[i];
		bool repeated = false;

		/* A function of equal code also comes by its postings, as merely alike. */
		for (uint32_t j = 0; j < count && !repeated; j++)
			repeated = f->found[j].function == function;
		if (repeated)
			continue;
		f->found[count].function = function;
		f->found[count++].similarity = (uint16_t)(UINT32_MAX - (uint32_t)(order[i] >> 32));
	}
	f->found_count = count;
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

			if (f->label_query[label] != s->p->function_count + query + 1) {
				if (labels >= LABELS_MOST &&
				        (!common || common_labels >= COMMON_LABELS_MOST)) {
					s->result->functions[query].candidates_cut = true;
					continue;
				}
				f->label_query[label] = s->p->function_count + query + 1;
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

static bool finder_init(struct finder *f)
{
	struct search *s = f->s;
	size_t found = 2 * (size_t)s->limits->compared + 1;
	size_t order = found > INQ_FINGERPRINT_FEATURES_MOST ? found : INQ_FINGERPRINT_FEATURES_MOST;

	f->loaded = inq_arena_new(s->a, 1, sizeof *f->loaded);
	f->shared = inq_arena_new(s->a, s->c->function_count, sizeof *f->shared);
	f->touched = inq_arena_new(s->a, s->limits->postings, sizeof *f->touched);
	f->likely = inq_arena_new(s->a, s->limits->postings, sizeof *f->likely);
	f->label_query = inq_arena_new(s->a, s->c->label_count, sizeof *f->label_query);
	f->label_hits = inq_arena_new(s->a, s->c->label_count, sizeof *f->label_hits);
	f->order = inq_arena_new(s->a, order, sizeof *f->order);
	f->found = inq_arena_new(s->a, found, sizeof *f->found);
	return f->loaded && f->shared && f->touched && f->label_query && f->label_hits && f->order &&
	       f->found;
}

bool search_candidates(struct search *s)
{
	struct finder f = { .s = s };

	if (!finder_init(&f))
		return false;
	for (uint32_t i = 0; i < s->p->function_count; i++) {
		s->hit_first[i] = s->hit_count;
		f.found_count = 0;
		find_equal(&f, i);
		read_postings(&f, i);
		load(&f, &s->p->functions[i], true);
		compare_likely(&f, i);
		load(&f, &s->p->functions[i], false);
		sort_found(&f);
		if (!add_hits(&f, i))
			return false;
	}
	s->hit_first[s->p->function_count] = s->hit_count;
	return true;
}

/* Numbers the program's features and weighs them by the corpus. */
static bool weigh_program(struct search *s)
{
	const struct inq_program *p = s->p;
	const struct inq_corpus *c = s->c;

	s->ids = inq_arena_new(s->a, p->feature_count, sizeof *s->ids);
	s->terms = inq_arena_new(s->a, p->feature_count, sizeof *s->terms);
	s->weights = inq_arena_new(s->a, p->function_count, sizeof *s->weights);
	s->hit_first = inq_arena_new(s->a, (size_t)p->function_count + 1, sizeof *s->hit_first);
	s->is_common = inq_arena_new(s->a, c->label_count, sizeof *s->is_common);
	if (!s->ids || !s->terms || !s->weights || !s->hit_first || !s->is_common ||
	        !vocabulary_init(&s->vocabulary, p->feature_count, s->a))
		return false;
	for (uint32_t i = 0; i < p->feature_count; i++) {
		uint32_t before = s->vocabulary.count,
		         id = vocabulary_add(&s->vocabulary, p->features[i].key);

		s->ids[i] = id;
		if (s->vocabulary.count == before)
			continue;
		if (!inq_corpus_term(c, p->features[i].key, &s->terms[id]))
			s->terms[id] = NO_ID;
		s->vocabulary.having[id] = inq_corpus_term_functions(c, s->terms[id]);
		s->vocabulary.base[id] = (uint16_t)inq_feature_weight(
		        p->features[i].key, 1, c->function_count, s->vocabulary.having[id]);
	}
	for (uint32_t i = 0; i < p->function_count; i++) {
		const struct inq_fingerprint *f = &p->functions[i];

		for (uint32_t j = f->feature_first; j < f->feature_first + f->feature_count; j++)
			s->weights[i] += weight_of(s->vocabulary.base[s->ids[j]], p->features[j].count);
		s->result->functions[i].information = s->weights[i] / 16;
	}
	return true;
}

static bool read_labels(struct search *s)
{
	for (uint32_t i = 0; i < s->c->label_count; i++) {
		struct inq_label l;

		if (!inq_corpus_label(s->c, i, &l))
			return false;
		s->is_common[i] = l.kind == INQ_LABEL_COMMON;
	}
	return true;
}

enum inq_status inq_match_search(const struct inq_program *p, const struct inq_corpus *c,
        const struct inq_search_limits *limits, struct inq_arena *a, struct inq_search *ret,
        struct inq_error *err)
{
	struct inq_search result = { .function_count = p->function_count };
	struct search s = { .p = p,
		.c = c,
		.limits = limits ? limits : &inq_search_limits_default,
		.a = a,
		.result = &result };

	result.functions = inq_arena_new(a, p->function_count, sizeof *result.functions);
	if (!result.functions || !weigh_program(&s))
		goto no_memory;
	if (!read_labels(&s))
		return inq_fail(err, INQ_CORRUPT, 0, "a label of the corpus is damaged");
	if (!search_candidates(&s) || !search_context(&s) || !search_standing(&s))
		goto no_memory;
	*ret = result;
	return INQ_OK;
no_memory:
	return inq_fail(err, INQ_NO_MEMORY, 0, "the search needs more memory than it may have");
}
