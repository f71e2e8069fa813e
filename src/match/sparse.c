#include "match/candidates.h"
#include <inquiry/integer.h>
#include <string.h>

/*
 * The sparse half of the search: all functions of the corpus whose likeness
 * reaches what is asked, exactly, without comparing with all of them.
 *
 * The corpus is passed over once, a stretch of functions at a time, which are
 * of nearly one weight, since functions are numbered by weight. To reach `t`,
 * a function of weight b must share t * sqrt(a * b) with one of weight a. The
 * function's terms are read rarest first until what is left unread weighs so
 * much less than that, that few functions come into question; those are
 * compared in full (MaxScore: Turtle and Flood 1995, here with a bound for
 * each weight). Too light and too heavy stretches are passed over: what is
 * shared is no more than the lighter of two weighs.
 *
 * A stretch's sums, and the postings in it of each term, which many of the
 * batch have, stay in the nearest caches.
 */
enum {
	STRETCH = 1 << 14, /* functions */
	UNITS = 60000, /* what a function's weight comes to in a sum: with all roundings up, below 65,536 */
	UNREAD_PART = 350, /* thousandths of what must be shared: what is left unread weighs no more */
	ENTRIES = 8 << 20, /* postings of a stretch held for the batch; more are read again */
	REACH_STEP = 50,
	REACH_BELOW = 150, /* what a match needs, less this, is what call-graph support may make up for */
	READ_GLADLY = 8, /* of limits->postings, the part that is read for what cannot count */
	SAMPLED = 64, /* places of the corpus at which the reading is reckoned up beforehand */
	TOUCHED_EACH = 64, /* what the functions of a stretch lie in: see search_touch */
	SHORT = 32
	        << 10, /* bytes of postings that are copied, so that their place in the corpus is read once */
};

/* A term that functions of the batch have. */
struct term {
	uint32_t functions; /* that have it */
	uint32_t stretch; /* the one that `at`, `count` and `after` are of, plus one */
	uint32_t at, count;
	/* Of the stretch in hand. `after` is only where there are any. */
	struct inq_corpus_reader before, after;
};

/* A function of the program while it is looked for. */
struct wanted {
	uint32_t *terms; /* rarest first */
	uint16_t *units; /* of each, what it adds to a sum */
	uint32_t *rest; /* of each, and the end: units of it and those after it */
	uint32_t count;
	uint32_t weight, reach;
	uint32_t left; /* postings it may still read */
	bool done;
};

struct sparse {
	struct batch *b;
	struct term *terms;
	uint32_t term_count;
	struct wanted wanted[BATCH];
	uint16_t *entries;
	uint32_t entry_count;
	uint32_t lightest, heaviest; /* of the stretch in hand */
	uint16_t sums[STRETCH];
	uint16_t reaching[STRETCH + 32];
};

/* What must be shared, in units, for a pair of these weights to reach `reach`; rounded down. */
static uint64_t units_needed(uint32_t weight, uint32_t other, uint32_t reach)
{
	return reach * inq_root((uint64_t)weight * other) * (UNITS / 1000) / weight;
}

/* How many of its terms are read where so much must be shared. */
static uint32_t terms_read(const struct wanted *w, uint64_t needed)
{
	uint64_t unread = needed * UNREAD_PART / 1000;
	uint32_t low = 0, high = w->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (w->rest[middle] <= unread)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static bool is_too_light(uint32_t weight, uint32_t other, uint32_t reach)
{
	return UINT64_C(1000) * other < reach * inq_root((uint64_t)weight * other);
}

/*
 * How many postings reaching `reach` is likely to take, as if functions of all
 * weights had a term alike.
 */
static uint64_t reckon(
        const struct sparse *s, const struct wanted *w, const uint64_t *readings, uint32_t reach)
{
	const struct search *search = s->b->s;
	uint64_t sum = 0;

	for (uint32_t i = 0; i < SAMPLED; i++) {
		uint32_t other = corpus_weight(search,
		        (uint32_t)((2 * i + UINT64_C(1)) * search->c->function_count / (2 * SAMPLED)));

		if (!is_too_light(w->weight, other, reach) && !is_too_light(other, w->weight, reach))
			sum += readings[terms_read(w, units_needed(w->weight, other, reach))];
	}
	return sum / SAMPLED;
}

static void choose_reach(struct sparse *s, uint32_t who, struct wanted *w)
{
	const struct search *search = s->b->s;
	struct inq_search_function *f = &search->result->functions[s->b->query[who]];
	uint32_t most = search->limits->postings, needed = inq_match_threshold(f->information);
	uint32_t counts = needed - REACH_BELOW;
	uint64_t readings[INQ_FINGERPRINT_FEATURES_MOST + 1] = { 0 };

	for (uint32_t i = 0; i < w->count; i++)
		readings[i + 1] = readings[i] + s->terms[w->terms[i]].functions;
	w->reach = SIMILARITY_LEAST;
	while (w->reach < 1000 &&
	        reckon(s, w, readings, w->reach) > (w->reach < counts ? most / READ_GLADLY : most))
		w->reach += REACH_STEP;
	f->reach = (uint16_t)w->reach;
	f->candidates_cut |= w->reach > counts;
	w->left = most;
}

/* Where there is no memory for it, it is read where it lies. */
static void copy_short(struct sparse *s, struct term *t)
{
	struct inq_corpus_reader *r = &t->before;
	size_t len = r->count ? (size_t)(r->end - r->runs) : 0;
	uint8_t *copy = len && len <= SHORT ? inq_arena_new(s->b->a, len, 1) : NULL;

	if (!copy)
		return;
	memcpy(copy, r->runs, len);
	r->steps = copy + (r->steps - r->runs);
	r->at = r->steps;
	r->end = copy + len;
	r->runs = copy;
}

/* The place in `terms` of each term of the batch; `places` has it plus one, by open addressing. */
static uint32_t place_of(struct sparse *s, uint32_t term, uint64_t *places, size_t size)
{
	size_t slot = (size_t)((term * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (size - 1);
	struct term *t;

	for (; places[slot]; slot = (slot + 1) & (size - 1))
		if ((uint32_t)places[slot] == term)
			return (uint32_t)(places[slot] >> 32) - 1;
	t = &s->terms[s->term_count];
	t->before = inq_corpus_read_postings(s->b->s->c, term);
	t->functions = inq_corpus_term_functions(s->b->s->c, term);
	search_touch(s->b->s, 3);
	copy_short(s, t);
	places[slot] = (uint64_t)++s->term_count << 32 | term;
	return s->term_count - 1;
}

struct rarity {
	uint32_t term, weight;
};

static void sort_rarest(struct rarity *at, uint32_t count)
{
	/* Terms are numbered from the commonest down. */
	for (uint32_t gap = count / 2; gap; gap /= 2)
		for (uint32_t i = gap; i < count; i++) {
			struct rarity one = at[i];
			uint32_t j = i;

			for (; j >= gap && at[j - gap].term < one.term; j -= gap)
				at[j] = at[j - gap];
			at[j] = one;
		}
}

static bool want(struct sparse *s, uint32_t who, uint64_t *places, size_t size)
{
	const struct search *search = s->b->s;
	const struct inq_fingerprint *q = &search->p->functions[s->b->query[who]];
	struct rarity order[INQ_FINGERPRINT_FEATURES_MOST];
	struct wanted *w = &s->wanted[who];

	w->weight = search->weights[s->b->query[who]];
	for (uint32_t i = q->feature_first; i < q->feature_first + q->feature_count; i++) {
		uint32_t id = search->ids[i];

		if (search->terms[id] != NO_ID && search->vocabulary.base[id])
			order[w->count++] = (struct rarity){ search->terms[id],
				weight_of(search->vocabulary.base[id], search->p->features[i].count) };
	}
	sort_rarest(order, w->count);
	w->terms = inq_arena_new(s->b->a, w->count, sizeof *w->terms);
	w->units = inq_arena_new(s->b->a, w->count, sizeof *w->units);
	w->rest = inq_arena_new(s->b->a, (size_t)w->count + 1, sizeof *w->rest);
	if (!w->terms || !w->units || !w->rest)
		return false;
	for (uint32_t i = w->count; i-- > 0;) {
		w->units[i] = (uint16_t)((order[i].weight * (uint64_t)UNITS + w->weight - 1) / w->weight);
		w->rest[i] = w->rest[i + 1] + w->units[i];
		w->terms[i] = place_of(s, order[i].term, places, size);
	}
	choose_reach(s, who, w);
	w->done = !w->count;
	return true;
}

static bool want_all(struct sparse *s)
{
	const struct search *search = s->b->s;
	uint64_t features = 0, *places;
	size_t size = 1024;

	for (uint32_t i = 0; i < s->b->count; i++)
		features += search->p->functions[s->b->query[i]].feature_count;
	while (size < 2 * features)
		size *= 2;
	places = inq_arena_new(s->b->a, size, sizeof *places);
	s->terms = inq_arena_new(s->b->a, (size_t)features, sizeof *s->terms);
	s->entries = inq_arena_new(s->b->a, ENTRIES, sizeof *s->entries);
	if (!places || !s->terms || !s->entries)
		return false;
	for (uint32_t i = 0; i < s->b->count; i++)
		if (!want(s, i, places, size))
			return false;
	return true;
}

/* Sees to it that the postings of a term in this stretch are in `entries`. */
static void read_term(struct sparse *s, struct term *t, uint32_t first)
{
	if (t->stretch == first / STRETCH + 1)
		return;
	t->stretch = first / STRETCH + 1;
	t->count = 0;
	if (t->before.next >= first + STRETCH)
		return;
	t->after = t->before;
	t->at = s->entry_count;
	t->count = inq_corpus_stretch(&t->after, first, first + STRETCH, s->entries + t->at);
	if ((uintptr_t)t->after.at >> 16 != (uintptr_t)t->before.at >> 16)
		search_touch(s->b->s, 1);
	s->entry_count += t->count;
}

/* Room for one function's terms; what was read is let go of where there is none, and read again when asked for. */
static void make_room(struct sparse *s, uint32_t count)
{
	if (ENTRIES - s->entry_count >= count * (STRETCH + INQ_CORPUS_STRETCH_ROOM))
		return;
	for (uint32_t i = 0; i < s->term_count; i++)
		s->terms[i].stretch = 0;
	s->entry_count = 0;
}

/* Adds up what the functions of the stretch share in the first `count` terms. */
static void add_up(struct sparse *s, const struct wanted *w, uint32_t count)
{
	memset(s->sums, 0, sizeof s->sums);
	for (uint32_t i = 0; i < count; i++) {
		const struct term *t = &s->terms[w->terms[i]];
		const uint16_t *at = s->entries + t->at, *end = at + t->count;
		uint16_t units = w->units[i];

		for (; at < end; at++)
			s->sums[*at] = (uint16_t)(s->sums[*at] + units);
	}
}

static void look_in_stretch(struct sparse *s, uint32_t who, uint32_t first)
{
	struct wanted *w = &s->wanted[who];
	struct search *search = s->b->s;
	struct best *best = &s->b->best[who];
	struct inq_search_function *result = &search->result->functions[s->b->query[who]];
	uint32_t reach = best_least(search, best, w->reach), count, present = 0, postings = 0, reaching;
	uint64_t needed, least;

	if (is_too_light(w->weight, s->heaviest, reach) || is_too_light(s->lightest, w->weight, reach))
		return;
	/* Lighter ones than this may stand here too, but are too light; 2 is more than roundings come to. */
	least = (uint64_t)reach * reach * w->weight / 1000000;
	least -= least < 2 ? least : 2;
	needed = units_needed(w->weight, least > s->lightest ? (uint32_t)least : s->lightest, reach);
	count = terms_read(w, needed);
	make_room(s, count);
	for (uint32_t i = 0; i < count; i++) {
		struct term *t = &s->terms[w->terms[i]];

		read_term(s, t, first);
		present += t->count ? w->units[i] : 0;
		postings += t->count;
	}
	if (!postings || present + w->rest[count] < needed || needed > UINT16_MAX)
		return;
	if (postings > w->left) {
		w->done = true;
		result->candidates_cut = true;
		return;
	}
	w->left -= postings;
	search->result->postings_read += postings;
	add_up(s, w, count);
	needed = needed > w->rest[count] ? needed - w->rest[count] : 1;
	reaching = sums_reaching(s->sums, STRETCH, (uint16_t)(needed ? needed : 1), s->reaching);
	for (uint32_t i = 0; i < reaching; i++) {
		uint32_t function = first + s->reaching[i];
		uint32_t own = s->sums[s->reaching[i]] + w->rest[count];
		uint16_t similarity;

		if (own < units_needed(w->weight, corpus_weight(search, function), reach))
			continue;
		similarity = loaded_similarity(search, &s->b->loaded[who], function);
		search->result->functions_compared++;
		if (similarity >= reach)
			best_take(search, best, function, similarity);
		reach = best_least(search, best, w->reach);
	}
}

static void weigh_stretch(struct sparse *s, uint32_t first, uint32_t end)
{
	/* Functions are numbered by weight. Where a damaged corpus has them otherwise, some are missed. */
	s->lightest = corpus_weight(s->b->s, first);
	s->heaviest = corpus_weight(s->b->s, end - 1);
	if (!s->b->s->limits->content_only)
		return;
	for (uint32_t i = first; i < end; i++) {
		uint32_t weight = corpus_weight(s->b->s, i);

		s->lightest = weight < s->lightest ? weight : s->lightest;
		s->heaviest = weight > s->heaviest ? weight : s->heaviest;
	}
}

bool sparse_find(struct batch *b)
{
	const struct inq_corpus *c = b->s->c;
	struct sparse *s = inq_arena_new(b->a, 1, sizeof *s);

	if (!s)
		return false;
	s->b = b;
	if (!want_all(s))
		return false;
	for (uint32_t first = 0; first < c->function_count; first += STRETCH) {
		uint32_t end = c->function_count - first < STRETCH ? c->function_count : first + STRETCH;

		weigh_stretch(s, first, end);
		s->entry_count = 0;
		for (uint32_t i = 0; i < b->count; i++)
			if (!s->wanted[i].done)
				look_in_stretch(s, i, first);
		for (uint32_t i = 0; i < s->term_count; i++)
			if (s->terms[i].stretch == first / STRETCH + 1 &&
			        s->terms[i].before.next < first + STRETCH)
				s->terms[i].before = s->terms[i].after;
		search_touch(b->s, TOUCHED_EACH);
		if (UINT32_MAX - first < STRETCH)
			break;
	}
	return true;
}
