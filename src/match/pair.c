#include "match/private.h"
#include <stdlib.h>
#include <string.h>

enum {
	ROUNDS = 3,
	LIKELY_PART = 24, /* of a function's weight: what its candidates must share, going by the postings */
	EDGES_EACH = 12, /* candidates kept for a function */
	POSTINGS_EACH = 6000, /* read for a function */
	NEIGHBOURS_MOST = 64, /* callees, and callers, that support looks at */
	SPREAD_MOST = 12, /* unpaired callees, or callers, of a pair that are tried with one another */
	SPREAD_EACH = 4, /* tried pairs for each function, on average */
};

struct edge {
	uint32_t a, b;
	uint16_t similarity, support;
	enum inq_match_how how;
};

struct pairing {
	const struct side *sa, *sb;
	const struct vocabulary *v;
	const struct pair_limits *limits;
	struct inq_arena *arena;
	uint32_t *posting_first, *postings; /* of each id: functions of side b that have it */
	uint32_t *shared, *touched; /* of each function of side b; and those where it is not 0 */
	uint32_t *id_count; /* of each id: how often function `loaded` of side a has it */
	struct edge *edges;
	size_t edge_count, edge_capacity;
	uint32_t *of_a, *of_b; /* what each function is paired with, as edge + 1 */
	uint32_t *tried; /* open addressing: hashes of pairs that are edges already */
	size_t tried_size, tried_count;
	bool *settled; /* of each function of side a: it has its only equal */
};

bool side_callers(struct side *s, struct inq_arena *a)
{
	const struct inq_program *p = s->program;
	uint32_t *fill = inq_arena_new(a, p->function_count, sizeof *fill);

	s->caller_first = inq_arena_new(a, (size_t)p->function_count + 1, sizeof *s->caller_first);
	s->callers = inq_arena_new(a, p->callee_count, sizeof *s->callers);
	if (!fill || !s->caller_first || !s->callers)
		return false;
	for (uint32_t i = 0; i < p->callee_count; i++)
		s->caller_first[p->callees[i] + 1]++;
	for (uint32_t i = 0; i < p->function_count; i++) {
		s->caller_first[i + 1] += s->caller_first[i];
		fill[i] = s->caller_first[i];
	}
	for (uint32_t i = 0; i < p->function_count; i++)
		for (uint32_t j = 0; j < p->functions[i].callee_count; j++)
			s->callers[fill[p->callees[p->functions[i].callee_first + j]]++] = i;
	return true;
}

struct neighbours callees_of(const struct side *s, uint32_t f)
{
	const struct inq_fingerprint *p = &s->program->functions[f];

	return (struct neighbours){ s->program->callees + p->callee_first, p->callee_count };
}

struct neighbours callers_of(const struct side *s, uint32_t f)
{
	return (struct neighbours){ s->callers + s->caller_first[f],
		s->caller_first[f + 1] - s->caller_first[f] };
}

bool is_among(struct neighbours n, uint32_t f)
{
	uint32_t low = 0, high = n.count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (n.at[middle] < f)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n.count && n.at[low] == f;
}

static bool list_postings(struct pairing *p)
{
	const struct inq_program *b = p->sb->program;
	uint32_t *fill = inq_arena_new(p->arena, p->v->count, sizeof *fill);

	p->posting_first = inq_arena_new(p->arena, (size_t)p->v->count + 1, sizeof *p->posting_first);
	p->postings = inq_arena_new(p->arena, b->feature_count, sizeof *p->postings);
	if (!fill || !p->posting_first || !p->postings)
		return false;
	for (uint32_t i = 0; i < b->feature_count; i++)
		if (p->sb->ids[i] != NO_ID)
			p->posting_first[p->sb->ids[i] + 1]++;
	for (uint32_t i = 0; i < p->v->count; i++) {
		p->posting_first[i + 1] += p->posting_first[i];
		fill[i] = p->posting_first[i];
	}
	for (uint32_t i = 0; i < b->function_count; i++)
		for (uint32_t j = 0; j < b->functions[i].feature_count; j++) {
			uint32_t id = p->sb->ids[b->functions[i].feature_first + j];

			if (id != NO_ID)
				p->postings[fill[id]++] = i;
		}
	return true;
}

/* Makes side a's function the one that `compare` compares with; `unload` takes it back. */
static void load(struct pairing *p, uint32_t a, bool on)
{
	const struct inq_fingerprint *f = &p->sa->program->functions[a];

	for (uint32_t i = f->feature_first; i < f->feature_first + f->feature_count; i++)
		if (p->sa->ids[i] != NO_ID)
			p->id_count[p->sa->ids[i]] = on ? p->sa->program->features[i].count : 0;
}

static uint16_t compare(const struct pairing *p, uint32_t a, uint32_t b)
{
	const struct inq_fingerprint *f = &p->sb->program->functions[b];
	uint64_t shared = 0;

	if (same_code(&p->sa->program->functions[a], f))
		return 1000;
	for (uint32_t i = f->feature_first; i < f->feature_first + f->feature_count; i++) {
		uint32_t id = p->sb->ids[i], count;

		if (id == NO_ID || !p->id_count[id])
			continue;
		count = p->sb->program->features[i].count;
		shared += weight_of(p->v->base[id], count < p->id_count[id] ? count : p->id_count[id]);
	}
	return similarity_of(shared, p->sa->weights[a], p->sb->weights[b]);
}

/* Notes that the pair is an edge; false where it was one, or where no more are taken. */
static bool is_new(struct pairing *p, uint32_t a, uint32_t b)
{
	size_t slot = (size_t)(pair_hash(a, b) >> 20) & (p->tried_size - 1);

	if (2 * (p->tried_count + 1) > p->tried_size)
		return false;
	for (; p->tried[slot]; slot = (slot + 1) & (p->tried_size - 1)) {
		const struct edge *e = &p->edges[p->tried[slot] - 1];

		if (e->a == a && e->b == b)
			return false;
	}
	p->tried[slot] = (uint32_t)p->edge_count + 1;
	p->tried_count++;
	return true;
}

static bool add_edge(struct pairing *p, uint32_t a, uint32_t b, uint16_t similarity, enum inq_match_how how)
{
	struct edge *grown;

	if (!is_new(p, a, b))
		return true;
	grown = inq_arena_extend(p->arena, p->edges, p->edge_count, &p->edge_capacity, sizeof *grown);
	if (!grown)
		return false;
	p->edges = grown;
	p->edges[p->edge_count++] =
	        (struct edge){ a, b, similarity, 0, similarity == 1000 ? INQ_MATCH_EXACT : how };
	return true;
}

/* Best first; of equals the lower number, so that the order of reading says nothing. */
struct ranked {
	uint32_t function, rank;
};

static bool ranks_before(struct ranked x, struct ranked y)
{
	return x.rank != y.rank ? x.rank > y.rank : x.function < y.function;
}

/* Keeps the best `most` in order; gives the new count. */
static uint32_t keep_best(struct ranked *at, uint32_t count, uint32_t most, struct ranked one)
{
	uint32_t place = count < most ? count : most;

	while (place && ranks_before(one, at[place - 1])) {
		if (place < most)
			at[place] = at[place - 1];
		place--;
	}
	if (place < most)
		at[place] = one;
	return count < most ? count + 1 : most;
}

/* Adds to p->shared for every function of side b that has rare features of `a`; gives how many it touched. */
static uint32_t read_postings(struct pairing *p, uint32_t a)
{
	static const uint32_t lengths[] = { 0, 16, 128, 1024, UINT32_MAX };
	const struct inq_fingerprint *f = &p->sa->program->functions[a];
	uint32_t touched = 0, left = POSTINGS_EACH;

	for (unsigned pass = 1; pass < sizeof lengths / sizeof *lengths; pass++) {
		for (uint32_t i = f->feature_first; i < f->feature_first + f->feature_count; i++) {
			uint32_t id = p->sa->ids[i], first, count;

			if (id == NO_ID)
				continue;
			first = p->posting_first[id];
			count = p->posting_first[id + 1] - first;
			if (count <= lengths[pass - 1] || count > lengths[pass] || count > left)
				continue;
			left -= count;
			for (uint32_t j = 0; j < count; j++) {
				uint32_t b = p->postings[first + j];

				if (!p->shared[b])
					p->touched[touched++] = b;
				p->shared[b] += p->v->base[id] + 1U;
			}
		}
	}
	return touched;
}

static bool find_edges(struct pairing *p, uint32_t a)
{
	struct ranked likely[4 * EDGES_EACH], best[EDGES_EACH];
	uint32_t touched = read_postings(p, a), likely_count = 0, best_count = 0;
	uint32_t enough = p->sa->weights[a] / LIKELY_PART;

	for (uint32_t i = 0; i < touched; i++) {
		uint32_t b = p->touched[i];
		uint64_t shared = p->shared[b], weight = p->sb->weights[b] + 1ULL;
		struct ranked one = { b, 0 };

		p->shared[b] = 0;
		if (shared < enough)
			continue;
		/* As similarities are ordered, for one function: the square over what is the same in all. */
		shared = shared * shared / weight;
		one.rank = shared < UINT32_MAX ? (uint32_t)shared : UINT32_MAX;
		if (likely_count < 4 * EDGES_EACH || ranks_before(one, likely[likely_count - 1]))
			likely_count = keep_best(likely, likely_count, 4 * EDGES_EACH, one);
	}
	load(p, a, true);
	for (uint32_t i = 0; i < likely_count; i++) {
		struct ranked one = { likely[i].function, compare(p, a, likely[i].function) };

		if (one.rank >= p->limits->supported)
			best_count = keep_best(best, best_count, EDGES_EACH, one);
	}
	load(p, a, false);
	for (uint32_t i = 0; i < best_count; i++)
		if (!add_edge(p, a, best[i].function, (uint16_t)best[i].rank, INQ_MATCH_FEATURES))
			return false;
	return true;
}

struct exact_place {
	uint64_t exact[2];
	uint32_t function;
};

static int compare_exact(const void *a, const void *b)
{
	const struct exact_place *x = a, *y = b;

	if (x->exact[0] != y->exact[0])
		return x->exact[0] < y->exact[0] ? -1 : 1;
	if (x->exact[1] != y->exact[1])
		return x->exact[1] < y->exact[1] ? -1 : 1;
	return x->function < y->function ? -1 : x->function > y->function;
}

static struct exact_place *sort_exact(const struct inq_program *p, struct inq_arena *a)
{
	struct exact_place *at = inq_arena_new(a, p->function_count, sizeof *at);

	for (uint32_t i = 0; at && i < p->function_count; i++) {
		memcpy(at[i].exact, p->functions[i].exact, sizeof at[i].exact);
		at[i].function = i;
	}
	if (at && p->function_count)
		qsort(at, p->function_count, sizeof *at, compare_exact);
	return at;
}

/*
 * Edges between functions of equal code. Of many equal ones only those near
 * each other in the order are tried: support tells them apart where anything
 * does, and where nothing does, any will do.
 */
static bool find_equal(struct pairing *p)
{
	enum { NEAR = 8 };
	const struct inq_program *pa = p->sa->program, *pb = p->sb->program;
	struct exact_place *xa = sort_exact(pa, p->arena), *xb = sort_exact(pb, p->arena);
	uint32_t i = 0, j = 0;

	if (!xa || !xb)
		return false;
	while (i < pa->function_count && j < pb->function_count) {
		struct exact_place key = { { xa[i].exact[0], xa[i].exact[1] }, xb[j].function };
		int order = compare_exact(&key, &xb[j]);
		uint32_t ni = 0, nj = 0;

		if (order < 0) {
			i++;
			continue;
		}
		if (order > 0) {
			j++;
			continue;
		}
		while (i + ni < pa->function_count &&
		        same_code(&pa->functions[xa[i].function], &pa->functions[xa[i + ni].function]))
			ni++;
		while (j + nj < pb->function_count &&
		        same_code(&pb->functions[xb[j].function], &pb->functions[xb[j + nj].function]))
			nj++;
		/* One with one: that is settled, and nothing else is looked for. */
		if (ni == 1 && nj == 1)
			p->settled[xa[i].function] = true;
		for (uint32_t m = 0; m < ni; m++)
			for (uint32_t n = m > NEAR ? m - NEAR : 0; n < nj && n <= m + NEAR; n++)
				if (!add_edge(
				            p, xa[i + m].function, xb[j + n].function, 1000, INQ_MATCH_EXACT))
					return false;
		i += ni;
		j += nj;
	}
	return true;
}

/* How many of a's neighbours are paired with one of b's. */
static uint32_t paired(const struct pairing *p, struct neighbours na, struct neighbours nb)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < na.count && i < NEIGHBOURS_MOST; i++)
		if (p->of_a[na.at[i]])
			count += is_among(nb, p->edges[p->of_a[na.at[i]] - 1].b);
	return count;
}

static uint32_t at_most(uint32_t count)
{
	return count < NEIGHBOURS_MOST ? count : NEIGHBOURS_MOST;
}

static uint16_t support_of(const struct pairing *p, uint32_t a, uint32_t b)
{
	struct neighbours ea = callees_of(p->sa, a), eb = callees_of(p->sb, b);
	struct neighbours ra = callers_of(p->sa, a), rb = callers_of(p->sb, b);
	uint32_t all = at_most(ea.count) + at_most(eb.count) + at_most(ra.count) + at_most(rb.count);
	uint32_t thousandths;

	if (!all)
		return 0;
	thousandths = 2000 * (paired(p, ea, eb) + paired(p, ra, rb)) / all;
	return (uint16_t)(thousandths < 1000 ? thousandths : 1000);
}

static uint32_t score_of(const struct edge *e)
{
	return e->similarity * 10U + e->support * 3U;
}

struct order {
	uint64_t key;
	uint32_t edge;
};

static int compare_order(const void *a, const void *b)
{
	const struct order *x = a, *y = b;

	if (x->key != y->key)
		return x->key > y->key ? -1 : 1;
	return x->edge < y->edge ? -1 : x->edge > y->edge;
}

static bool is_believed(const struct pairing *p, const struct edge *e)
{
	if (e->how == INQ_MATCH_EXACT || (e->how == INQ_MATCH_FEATURES && e->similarity >= p->limits->alone))
		return true;
	return e->similarity >= p->limits->supported && e->support >= p->limits->support;
}

/* Pairs anew, the best edges first: greedy, which is within half of the best sum and never surprises. */
static bool assign(struct pairing *p)
{
	struct order *order = inq_arena_new(p->arena, p->edge_count, sizeof *order);
	size_t count = 0;

	if (!order)
		return false;
	for (size_t i = 0; i < p->edge_count; i++) {
		struct edge *e = &p->edges[i];

		e->support = support_of(p, e->a, e->b);
		if (is_believed(p, e))
			order[count++] = (struct order){
				(uint64_t)score_of(e) << 32 |
				        (UINT32_MAX - (e->a < e->b ? e->b - e->a : e->a - e->b)),
				(uint32_t)i
			};
	}
	if (count)
		qsort(order, count, sizeof *order, compare_order);
	memset(p->of_a, 0, p->sa->program->function_count * sizeof *p->of_a);
	memset(p->of_b, 0, p->sb->program->function_count * sizeof *p->of_b);
	for (size_t i = 0; i < count; i++) {
		const struct edge *e = &p->edges[order[i].edge];

		if (p->of_a[e->a] || p->of_b[e->b])
			continue;
		p->of_a[e->a] = order[i].edge + 1;
		p->of_b[e->b] = order[i].edge + 1;
	}
	return true;
}

/* Tries the unpaired neighbours of a pair with one another. */
static bool spread(struct pairing *p, struct neighbours na, struct neighbours nb, uint64_t *left)
{
	uint32_t free_a[SPREAD_MOST], free_b[SPREAD_MOST], count_a = 0, count_b = 0;

	for (uint32_t i = 0; i < na.count && i < NEIGHBOURS_MOST && count_a < SPREAD_MOST; i++)
		if (!p->of_a[na.at[i]])
			free_a[count_a++] = na.at[i];
	for (uint32_t i = 0; i < nb.count && i < NEIGHBOURS_MOST && count_b < SPREAD_MOST; i++)
		if (!p->of_b[nb.at[i]])
			free_b[count_b++] = nb.at[i];
	if ((uint64_t)count_a * count_b > *left)
		return true;
	*left -= (uint64_t)count_a * count_b;
	for (uint32_t i = 0; i < count_a && count_b; i++) {
		load(p, free_a[i], true);
		for (uint32_t j = 0; j < count_b; j++) {
			uint16_t similarity = compare(p, free_a[i], free_b[j]);

			if (similarity >= p->limits->supported &&
			        !add_edge(p, free_a[i], free_b[j], similarity, INQ_MATCH_CONTEXT))
				return false;
		}
		load(p, free_a[i], false);
	}
	return true;
}

static bool spread_all(struct pairing *p)
{
	uint64_t left =
	        (uint64_t)SPREAD_EACH * (p->sa->program->function_count + p->sb->program->function_count);

	for (uint32_t a = 0; a < p->sa->program->function_count; a++) {
		uint32_t b;

		if (!p->of_a[a])
			continue;
		b = p->edges[p->of_a[a] - 1].b;
		if (!spread(p, callees_of(p->sa, a), callees_of(p->sb, b), &left) ||
		        !spread(p, callers_of(p->sa, a), callers_of(p->sb, b), &left))
			return false;
	}
	return true;
}

static bool collect(const struct pairing *p, struct inq_match **ret, uint32_t *ret_count)
{
	uint32_t count = 0;
	struct inq_match *at;

	for (uint32_t a = 0; a < p->sa->program->function_count; a++)
		count += p->of_a[a] != 0;
	at = inq_arena_new(p->arena, count, sizeof *at);
	if (!at)
		return false;
	*ret = at;
	*ret_count = count;
	for (uint32_t a = 0; a < p->sa->program->function_count; a++) {
		const struct edge *e;

		if (!p->of_a[a])
			continue;
		e = &p->edges[p->of_a[a] - 1];
		*at++ = (struct inq_match){ e->a, e->b, e->similarity, support_of(p, e->a, e->b), e->how };
	}
	return true;
}

bool pair_sides(const struct side *sa, const struct side *sb, const struct vocabulary *v,
        const struct pair_limits *limits, struct inq_arena *a, struct inq_match **ret, uint32_t *ret_count)
{
	struct pairing p = { .sa = sa, .sb = sb, .v = v, .limits = limits, .arena = a, .tried_size = 1024 };
	uint64_t edges = 40 * ((uint64_t)sa->program->function_count + 1);

	while (p.tried_size < 2 * edges)
		p.tried_size *= 2;
	p.shared = inq_arena_new(a, sb->program->function_count, sizeof *p.shared);
	p.touched = inq_arena_new(a, sb->program->function_count, sizeof *p.touched);
	p.id_count = inq_arena_new(a, v->count, sizeof *p.id_count);
	p.of_a = inq_arena_new(a, sa->program->function_count, sizeof *p.of_a);
	p.of_b = inq_arena_new(a, sb->program->function_count, sizeof *p.of_b);
	p.tried = inq_arena_new(a, p.tried_size, sizeof *p.tried);
	p.settled = inq_arena_new(a, sa->program->function_count, sizeof *p.settled);
	if (!p.shared || !p.touched || !p.id_count || !p.of_a || !p.of_b || !p.tried || !p.settled ||
	        !list_postings(&p) || !find_equal(&p))
		return false;
	for (uint32_t i = 0; i < sa->program->function_count; i++)
		if (!p.settled[i] && !find_edges(&p, i))
			return false;
	for (unsigned round = 0; round < ROUNDS; round++)
		if (!assign(&p) || !spread_all(&p))
			return false;
	return assign(&p) && collect(&p, ret, ret_count);
}
