#include "pairs.h"
#include <stdlib.h>
#include <string.h>

enum {
	BLOCKS_LEAST = 3,
	QUERIES_EACH = 3,
	QUERIES_MOST = 4500,
	BY_VECTOR = 20,
	BY_FEATURES = 8,
	AT_RANDOM = 10,
	MINED_FROM = 300,
	MINED = 10,
	SAME_MOST = 4,
	POSTINGS_MOST = 100
};

void train_view(
        const struct train_set *s, const struct inq_model *m, struct inq_arena *a, struct train_view *ret)
{
	*ret = (struct train_view){ .s = s,
		.vectors = train_new(a, s->function_count, sizeof *ret->vectors),
		.rarity = train_new(a, s->feature_count, 1) };
	for (uint32_t i = 0; i < s->function_count; i++) {
		const struct train_function *f = &s->functions[i];
		uint64_t kept = f->feature_first + f->feature_count;

		inq_model_vector(m, s->features + f->feature_first, f->feature_count, &ret->vectors[i]);
		inq_model_rarity(m, s->features + kept, f->kept_count, ret->rarity + kept);
	}
}

struct likeness_side train_side(const struct train_view *v, uint32_t function)
{
	const struct train_function *f = &v->s->functions[function];
	const struct train_build *b = &v->s->builds[f->build];
	uint64_t kept = f->feature_first + f->feature_count;

	return (struct likeness_side){ .features = v->s->features + kept,
		.rarity = v->rarity + kept,
		.feature_count = f->kept_count,
		.vector = &v->vectors[function],
		.block_count = f->block_count,
		.insn_count = f->insn_count,
		.arch = b->arch,
		.bits = b->bits,
		.big_endian = b->big_endian };
}

struct posting {
	uint32_t key, function; /* of the pool */
};

static int compare_postings(const void *a, const void *b)
{
	const struct posting *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->function < y->function ? -1 : x->function > y->function;
}

struct pool {
	const struct train_view *v;
	uint32_t *functions, count;
	struct posting *postings;
	size_t posting_count;
	uint32_t *shared, *touched; /* of each function of the pool */
	bool *taken;
};

static void fill_pool(struct pool *p, const bool *among, struct inq_arena *a)
{
	const struct train_set *s = p->v->s;
	size_t most = 0;

	p->functions = train_new(a, s->function_count, sizeof *p->functions);
	for (uint32_t i = 0; i < s->function_count; i++) {
		const struct train_function *f = &s->functions[i];

		if (f->label == NO_LABEL || f->block_count < BLOCKS_LEAST ||
		        !among[s->builds[f->build].project])
			continue;
		p->functions[p->count++] = i;
		most += f->kept_count;
	}
	p->postings = train_new(a, most, sizeof *p->postings);
	for (uint32_t i = 0; i < p->count; i++) {
		const struct train_function *f = &s->functions[p->functions[i]];

		for (uint32_t j = 0; j < f->kept_count; j++) {
			uint32_t key = s->features[f->feature_first + f->feature_count + j].key;

			if (!inq_channel_is_context(inq_feature_channel(key)))
				p->postings[p->posting_count++] = (struct posting){ key, i };
		}
	}
	qsort(p->postings, p->posting_count, sizeof *p->postings, compare_postings);
	p->shared = train_new(a, p->count, sizeof *p->shared);
	p->touched = train_new(a, p->count, sizeof *p->touched);
	p->taken = train_new(a, p->count, sizeof *p->taken);
}

/* Whether `f` may stand beside the query: of another build, and not of its name in another project. */
static bool is_candidate(
        const struct train_set *s, const struct train_function *q, const struct train_function *f)
{
	if (f->build == q->build || memcmp(f->exact, q->exact, sizeof f->exact) == 0)
		return false;
	return f->label == q->label || s->labels[f->label].name != s->labels[q->label].name;
}

/* The best few of a running list, by score. */
struct best {
	uint32_t at[BY_VECTOR];
	int64_t score[BY_VECTOR];
	unsigned count, most;
};

static void offer(struct best *b, uint32_t at, int64_t score)
{
	unsigned place;

	if (b->count == b->most && score <= b->score[b->count - 1])
		return;
	place = b->count < b->most ? b->count++ : b->count - 1;
	for (; place && b->score[place - 1] < score; place--) {
		b->score[place] = b->score[place - 1];
		b->at[place] = b->at[place - 1];
	}
	b->score[place] = score;
	b->at[place] = at;
}

static void share_rare(struct pool *p, const struct train_function *q, struct best *ret)
{
	const struct train_set *s = p->v->s;
	uint32_t touched = 0;

	for (uint32_t i = 0; i < q->kept_count; i++) {
		uint64_t place = q->feature_first + q->feature_count + i;
		uint32_t key = s->features[place].key;
		size_t low = 0, high = p->posting_count, end;

		while (low < high) {
			size_t middle = low + (high - low) / 2;

			if (p->postings[middle].key < key)
				low = middle + 1;
			else
				high = middle;
		}
		for (end = low;
		        end < p->posting_count && p->postings[end].key == key && end - low <= POSTINGS_MOST;
		        end++)
			;
		for (; end - low <= POSTINGS_MOST && low < end; low++) {
			uint32_t at = p->postings[low].function;

			if (!p->shared[at])
				p->touched[touched++] = at;
			p->shared[at] +=
			        (uint32_t)p->v->rarity[place] * inq_channel_weight[inq_feature_channel(key)] +
			        1;
		}
	}
	for (uint32_t i = 0; i < touched; i++) {
		uint32_t at = p->touched[i];

		if (is_candidate(s, q, &s->functions[p->functions[at]]))
			offer(ret, at, p->shared[at]);
		p->shared[at] = 0;
	}
}

static void *extend(struct inq_arena *a, void *at, size_t count, size_t *capacity, size_t size)
{
	void *grown = inq_arena_extend(a, at, count, capacity, size);

	if (!grown)
		train_fail("no memory", "pairs");
	return grown;
}

static void add_pair(struct pool *p, uint32_t query, uint32_t at, struct inq_arena *a, struct train_pairs *to)
{
	struct likeness_side q = train_side(p->v, query), c = train_side(p->v, p->functions[at]);

	to->numbers = extend(a, to->numbers, to->count, &to->capacity, sizeof *to->numbers);
	to->same = extend(a, to->same, to->count, &to->same_capacity, sizeof *to->same);
	likeness_numbers(&q, &c, to->numbers[to->count]);
	to->same[to->count++] = p->v->s->functions[query].label == p->v->s->functions[p->functions[at]].label;
}

/* Of many drawn at random, those that the scorer takes most for the query's function. */
static void mine(struct pool *p, uint32_t query, const struct likeness_model *miner,
        struct train_random *random, struct best *ret)
{
	const struct train_set *s = p->v->s;
	const struct train_function *q = &s->functions[query];
	struct likeness_side side = train_side(p->v, query);

	for (unsigned i = 0; i < MINED_FROM; i++) {
		uint32_t at = train_random_below(random, p->count);
		const struct train_function *f = &s->functions[p->functions[at]];
		struct likeness_side c = train_side(p->v, p->functions[at]);
		int16_t numbers[LIKENESS_COUNT];

		if (p->taken[at] || f->label == q->label || !is_candidate(s, q, f))
			continue;
		likeness_numbers(&side, &c, numbers);
		offer(ret, at, likeness_score(miner, numbers).content);
	}
}

static void add_query(struct pool *p, uint32_t query, uint32_t fold, const struct likeness_model *miner,
        struct train_random *random, struct inq_arena *a, struct train_pairs *to)
{
	const struct train_set *s = p->v->s;
	const struct train_function *q = &s->functions[query];
	struct best near = { .most = BY_VECTOR }, rare = { .most = BY_FEATURES },
	            same = { .most = SAME_MOST }, mined = { .most = MINED };
	struct train_query *made;

	for (uint32_t i = 0; i < p->count; i++) {
		const struct train_function *f = &s->functions[p->functions[i]];

		if (!is_candidate(s, q, f))
			continue;
		if (f->label == q->label)
			offer(&same, i, train_random_below(random, 1 << 30));
		else
			offer(&near, i,
			        inq_vector_dot(&p->v->vectors[query], &p->v->vectors[p->functions[i]]));
	}
	if (!same.count)
		return;
	share_rare(p, q, &rare);
	to->queries = extend(a, to->queries, to->query_count, &to->query_capacity, sizeof *to->queries);
	made = &to->queries[to->query_count++];
	*made = (struct train_query){ .first = to->count, .fold = fold };
	for (unsigned i = 0; i < same.count; i++)
		add_pair(p, query, same.at[i], a, to);
	for (unsigned i = 0; i < near.count; i++) {
		p->taken[near.at[i]] = true;
		add_pair(p, query, near.at[i], a, to);
	}
	for (unsigned i = 0; i < rare.count; i++)
		if (!p->taken[rare.at[i]] && s->functions[p->functions[rare.at[i]]].label != q->label) {
			p->taken[rare.at[i]] = true;
			add_pair(p, query, rare.at[i], a, to);
		}
	if (miner)
		mine(p, query, miner, random, &mined);
	for (unsigned i = 0; i < mined.count; i++) {
		p->taken[mined.at[i]] = true;
		add_pair(p, query, mined.at[i], a, to);
	}
	for (unsigned i = 0; i < AT_RANDOM; i++) {
		uint32_t at = train_random_below(random, p->count);
		const struct train_function *f = &s->functions[p->functions[at]];

		if (!p->taken[at] && f->label != q->label && is_candidate(s, q, f))
			add_pair(p, query, at, a, to);
	}
	for (unsigned i = 0; i < near.count; i++)
		p->taken[near.at[i]] = false;
	for (unsigned i = 0; i < rare.count; i++)
		p->taken[rare.at[i]] = false;
	for (unsigned i = 0; i < mined.count; i++)
		p->taken[mined.at[i]] = false;
	made->count = to->count - made->first;
}

void train_pairs_add(const struct train_view *v, const bool *among, uint32_t fold,
        const struct likeness_model *miner, uint64_t seed, struct inq_arena *a, struct train_pairs *to)
{
	struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
	struct pool p = { .v = v };
	struct train_random random = { seed };
	uint32_t before = to->query_count;

	uint32_t labels = 0;

	fill_pool(&p, among, scratch);
	for (uint32_t i = 0; i < v->s->label_count; i++)
		labels += among[v->s->labels[i].project] && v->s->labels[i].member_count > 1;
	for (uint32_t i = 0; i < v->s->label_count; i++) {
		const struct train_label *l = &v->s->labels[i];

		if (!among[l->project] || l->member_count < 2 ||
		        train_random_below(&random, labels * QUERIES_EACH) >= QUERIES_MOST * 2)
			continue;
		for (unsigned n = 0; n < QUERIES_EACH && n < l->member_count; n++) {
			uint32_t query =
			        v->s->members[l->member_first + train_random_below(&random, l->member_count)];

			if (v->s->functions[query].block_count >= BLOCKS_LEAST)
				add_query(&p, query, fold, miner, &random, a, to);
		}
	}
	fprintf(stderr, "%u queries against %u functions\n", to->query_count - before, p.count);
	inq_arena_close(scratch);
}
