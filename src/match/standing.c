#include "match/private.h"
#include <stdlib.h>
#include <string.h>

enum {
	/*
	 * A family's claim on a function ends where a common label's likelihood
	 * comes this near, in 1,024ths of its logarithm: other builds of one library are as
	 * far from each other.
	 */
	LIBRARY_NEAR = 1536,
	/* Families count towards "several" from this part of what a match needs. */
	SEVERAL_PART = 2,
	OCCURRENCES_MOST = 4096, /* walked to find one in the label */
};

static bool is_near(const struct hit *h)
{
	return is_found(h) || (!h->lost && h->probability * SEVERAL_PART >= INQ_MATCH_FOUND);
}

const char *inq_standing_name(enum inq_standing s)
{
	static const char *const name[] = { "small", "unmatched", "library", "widespread", "distinctive" };

	return (unsigned)s < INQ_STANDING_COUNT ? name[s] : "";
}

const char *inq_sharing_name(enum inq_sharing s)
{
	static const char *const name[] = { "nothing", "slight", "code" };

	return (unsigned)s <= INQ_SHARING_CODE ? name[s] : "";
}

/* What the hits of one function come to. */
struct verdict {
	enum inq_standing standing;
	uint32_t label, family_count;
	const struct hit *family, *common; /* the best found; NULL: none */
};

/* Works out the standing of one function; `seen` tells the labels already met with it. */
static struct verdict judge(const struct search *s, uint32_t query, uint32_t *seen)
{
	uint32_t information = s->result->functions[query].information;
	struct verdict v = { .standing = INQ_STANDING_UNMATCHED, .label = NO_ID };
	const struct hit *near_common = NULL;

	for (uint32_t i = s->hit_first[query]; i < s->hit_first[query + 1]; i++) {
		const struct hit *h = &s->hits[i];
		bool found = is_found(h);

		if (s->is_common[h->label]) {
			if (!near_common || h->odds > near_common->odds)
				near_common = h;
			if (found && !v.common)
				v.common = h;
			continue;
		}
		if (found && !v.family)
			v.family = h;
		if (!is_near(h) || seen[h->label] == query + 1)
			continue;
		seen[h->label] = query + 1;
		v.family_count++;
	}
	if (is_small(&s->p->functions[query], information)) {
		v.standing = INQ_STANDING_SMALL;
	} else if (near_common && v.family &&
	           (is_near(near_common) || (int64_t)near_common->odds + LIBRARY_NEAR >= v.family->odds)) {
		v.standing = INQ_STANDING_LIBRARY;
		v.label = near_common->label;
		v.common = near_common;
	} else if (v.common) {
		v.standing = INQ_STANDING_LIBRARY;
		v.label = v.common->label;
	} else if (v.family) {
		v.standing = v.family_count > 1 ? INQ_STANDING_WIDESPREAD : INQ_STANDING_DISTINCTIVE;
		v.label = v.family->label;
	}
	return v;
}

/* The place of a hit in the corpus: in its label's best sample where it is there, else the first. */
static void locate(const struct search *s, struct hit *h, struct inq_candidate *ret)
{
	struct inq_corpus_list l = inq_corpus_occurrences_of(s->c, h->function);
	uint32_t occurrence, left = OCCURRENCES_MOST, best = s->best_samples[h->label];
	struct inq_occurrence o;
	struct inq_sample sample;

	while (h->occurrence == NO_ID && left-- && inq_corpus_next(&l, &occurrence)) {
		if (inq_corpus_occurrence(s->c, occurrence, &o) &&
		        inq_corpus_sample(s->c, o.sample, &sample) && sample.label == h->label &&
		        (best == NO_ID || o.sample == best))
			h->occurrence = occurrence;
	}
	l = inq_corpus_occurrences_of(s->c, h->function);
	left = OCCURRENCES_MOST;
	while (h->occurrence == NO_ID && left-- && inq_corpus_next(&l, &occurrence)) {
		if (inq_corpus_occurrence(s->c, occurrence, &o) &&
		        inq_corpus_sample(s->c, o.sample, &sample) && sample.label == h->label)
			h->occurrence = occurrence;
	}
	ret->occurrence = h->occurrence;
	ret->sample = inq_corpus_occurrence(s->c, h->occurrence, &o) ? o.sample : NO_ID;
	ret->label = h->label;
	ret->similarity = h->similarity;
	ret->support = h->support;
	ret->probability = h->probability;
	ret->how = h->how;
}

/*
 * The best hits of a function into the result, one a label unless every one is
 * asked for; the one that its standing rests on is always among them.
 */
static void list_candidates(struct search *s, uint32_t query, const struct verdict *v, uint32_t *seen)
{
	struct inq_search_function *f = &s->result->functions[query];
	const struct hit *must = v->standing == INQ_STANDING_LIBRARY ? v->common : v->family;
	uint32_t mark = s->p->function_count + query + 1, most = s->limits->candidates;

	f->candidate_first = s->result->candidate_count;
	/* What another function has the better claim to comes last: as a guess it is better than none. */
	for (unsigned lost = 0; lost < 2; lost++)
		for (uint32_t i = s->hit_first[query]; i < s->hit_first[query + 1]; i++) {
			struct hit *h = &s->hits[i];
			bool has_must = !must || seen[must->label] == mark;

			if (h->lost != lost || (seen[h->label] == mark && !s->limits->every) ||
			        f->candidate_count + (has_must || h == must ? 0 : 1) >= most)
				continue;
			seen[h->label] = mark;
			locate(s, h, &s->result->candidates[s->result->candidate_count]);
			if (s->result->candidates[s->result->candidate_count].sample == NO_ID)
				continue;
			s->result->candidate_count++;
			f->candidate_count++;
		}
}

/* Adds one function to what is told of the labels it was found in. */
static void tell_labels(struct search *s, uint32_t query, const struct verdict *v,
        struct inq_search_family *families, uint32_t *seen)
{
	const struct inq_fingerprint *f = &s->p->functions[query];
	uint32_t information = s->result->functions[query].information;
	uint32_t mark = 2 * s->p->function_count + query + 1;

	if (v->standing == INQ_STANDING_SMALL || v->standing == INQ_STANDING_UNMATCHED)
		return;
	for (uint32_t i = s->hit_first[query]; i < s->hit_first[query + 1]; i++) {
		const struct hit *h = &s->hits[i];
		struct inq_search_family *to = &families[h->label];

		if (seen[h->label] == mark)
			continue;
		if (h != v->common && !is_found(h) && !is_near(h))
			continue;
		seen[h->label] = mark;
		to->functions++;
		to->bytes += f->size;
		if (v->standing == INQ_STANDING_LIBRARY) {
			to->library++;
			to->library_bytes += f->size;
		} else if (v->standing == INQ_STANDING_WIDESPREAD) {
			to->widespread++;
			to->widespread_bytes += f->size;
		} else if (h->label == v->label) {
			to->distinctive++;
			to->distinctive_bytes += f->size;
			to->identical += h->how == INQ_MATCH_EXACT;
			to->information += information;
		}
	}
}

static int compare_families(const void *a, const void *b)
{
	const struct inq_search_family *x = a, *y = b;

	if (x->distinctive_bytes != y->distinctive_bytes)
		return x->distinctive_bytes > y->distinctive_bytes ? -1 : 1;
	if (x->widespread_bytes != y->widespread_bytes)
		return x->widespread_bytes > y->widespread_bytes ? -1 : 1;
	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	return x->label < y->label ? -1 : x->label > y->label;
}

static enum inq_sharing sharing_of(const struct search *s, const struct inq_search_family *f)
{
	if (!f->distinctive)
		return INQ_SHARING_NOTHING;
	return f->distinctive >= s->limits->distinctive && f->information >= s->limits->information
	               ? INQ_SHARING_CODE
	               : INQ_SHARING_SLIGHT;
}

/* Families first, then common labels, each sorted; what nothing was found in is left out. */
static bool list_families(struct search *s, struct inq_search_family *all)
{
	struct inq_search *r = s->result;
	uint32_t count = 0;

	r->families = inq_arena_new(s->a, s->c->label_count, sizeof *r->families);
	if (!r->families)
		return false;
	for (unsigned common = 0; common < 2; common++) {
		uint32_t first = count;

		for (uint32_t i = 0; i < s->c->label_count; i++) {
			if (s->is_common[i] != (common == 1) || !all[i].functions)
				continue;
			all[i].label = i;
			all[i].sharing = sharing_of(s, &all[i]);
			all[i].sample = s->best_samples[i];
			all[i].sample_functions = s->sample_pairs[i];
			r->families[count++] = all[i];
		}
		if (count > first)
			qsort(r->families + first, count - first, sizeof *r->families, compare_families);
		*(common ? &r->common_count : &r->family_count) = count - first;
	}
	return true;
}

/* `bytes` times `within` over `sum`, where neither is more than `sum`. */
static uint64_t scale(uint64_t bytes, uint64_t within, uint64_t sum)
{
	unsigned shift = 0;

	while (sum >> shift > UINT32_MAX)
		shift++;
	return ((bytes >> shift) * (within >> shift) / (sum >> shift)) << shift;
}

/*
 * The bytes of the code by standing. Functions may share blocks, and stubs are
 * no functions here: what the sizes of functions leave of, or have beyond, the
 * bytes in functions is small code, or taken from all in proportion.
 */
static void cover(const struct search *s, struct inq_coverage *ret)
{
	const struct inq_program *p = s->p;
	uint64_t bytes[INQ_STANDING_COUNT] = { 0 }, sum = 0, within = p->function_bytes;
	struct inq_coverage c = { .code = p->code_bytes };

	if (within > c.code)
		within = c.code;
	for (uint32_t i = 0; i < p->function_count; i++) {
		bytes[s->result->functions[i].standing] += p->functions[i].size;
		sum += p->functions[i].size;
	}
	if (sum > within) {
		uint64_t left = within;

		for (unsigned i = INQ_STANDING_UNMATCHED; i < INQ_STANDING_COUNT; i++) {
			bytes[i] = scale(bytes[i], within, sum);
			left -= bytes[i];
		}
		bytes[INQ_STANDING_SMALL] = left;
	} else {
		bytes[INQ_STANDING_SMALL] += within - sum;
	}
	c.small = bytes[INQ_STANDING_SMALL];
	c.unmatched = bytes[INQ_STANDING_UNMATCHED];
	c.library = bytes[INQ_STANDING_LIBRARY];
	c.widespread = bytes[INQ_STANDING_WIDESPREAD];
	c.distinctive = bytes[INQ_STANDING_DISTINCTIVE];
	c.padding = p->padding_bytes < c.code - within ? p->padding_bytes : c.code - within;
	c.unreadable = c.code - within - c.padding;
	*ret = c;
}

bool search_standing(struct search *s)
{
	struct inq_search *r = s->result;
	struct inq_search_family *families = inq_arena_new(s->a, s->c->label_count, sizeof *families);
	uint32_t *seen = inq_arena_new(s->a, s->c->label_count, sizeof *seen);

	r->candidates = inq_arena_new(
	        s->a, (size_t)s->p->function_count * s->limits->candidates + 1, sizeof *r->candidates);
	if (!families || !seen || !r->candidates)
		return false;
	for (uint32_t i = 0; i < s->p->function_count; i++) {
		struct verdict v = judge(s, i, seen);

		r->functions[i].standing = v.standing;
		r->functions[i].label = v.label;
		r->functions[i].family_count = v.family_count;
		r->standing[v.standing]++;
		list_candidates(s, i, &v, seen);
		tell_labels(s, i, &v, families, seen);
	}
	cover(s, &r->coverage);
	return list_families(s, families);
}
