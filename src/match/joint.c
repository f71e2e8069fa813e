#include "match/joint.h"
#include "match/around.h"
#include "match/likeness.h"
#include <inquiry/integer.h>
#include <string.h>

struct belief {
	uint32_t count;
	struct {
		uint32_t other;
		uint16_t belief;
	} at[JOINT_BELIEFS]; /* greatest first */
};

bool joint_init(struct joint *j, const struct side *sa, const struct side *sb, const uint8_t *rarity_a,
        struct inq_arena *a)
{
	uint32_t na = sa->program->function_count, nb = sb->program->function_count;

	*j = (struct joint){ .sa = sa, .sb = sb, .rarity_a = rarity_a, .a = a, .slot_count = 1024 };
	while (j->slot_count < 2 * (uint64_t)JOINT_PAIRS_EACH * (na + 1) &&
	        j->slot_count < 2 * (size_t)JOINT_PAIRS_MOST)
		j->slot_count *= 2;
	j->rarity_b = inq_arena_new(a, sb->program->feature_count, 1);
	j->has_rarity = inq_arena_new(a, nb, sizeof *j->has_rarity);
	j->slots = inq_arena_new(a, j->slot_count, sizeof *j->slots);
	j->first_a = inq_arena_new(a, (size_t)na + 1, sizeof *j->first_a);
	j->first_b = inq_arena_new(a, (size_t)nb + 1, sizeof *j->first_b);
	j->top_a = inq_arena_new(a, na, sizeof *j->top_a);
	j->top_b = inq_arena_new(a, nb, sizeof *j->top_b);
	j->fill = inq_arena_new(a, na > nb ? na : nb, sizeof *j->fill);
	return j->rarity_b && j->has_rarity && j->slots && j->first_a && j->first_b && j->top_a && j->top_b &&
	       j->fill;
}

static struct around vectors_of(const struct side *s, struct neighbours n)
{
	struct around r = { .count = n.count < AROUND_MOST ? n.count : AROUND_MOST };

	for (uint32_t i = 0; i < r.count; i++)
		r.at[i] = &s->program->vectors[n.at[i]];
	return r;
}

static struct likeness_side side_of(const struct side *s, const uint8_t *rarity, uint32_t f)
{
	const struct inq_program *p = s->program;
	const struct inq_fingerprint *at = &p->functions[f];

	return (struct likeness_side){ .features = p->features + at->feature_first,
		.rarity = rarity + at->feature_first,
		.feature_count = at->feature_count,
		.vector = &p->vectors[f],
		.block_count = at->block_count,
		.insn_count = at->insn_count,
		.arch = p->arch,
		.bits = p->bits,
		.big_endian = p->big_endian };
}

/* What a pair has in common by itself, and how alike those around it are, whatever they are paired with. */
static void weigh_alone(struct joint *j, struct joint_pair *to)
{
	const struct inq_fingerprint *fa = &j->sa->program->functions[to->a],
	                             *fb = &j->sb->program->functions[to->b];
	struct likeness_side x = side_of(j->sa, j->rarity_a, to->a), y = side_of(j->sb, j->rarity_b, to->b);
	struct around callees[2] = { vectors_of(j->sa, callees_of(j->sa, to->a)),
		vectors_of(j->sb, callees_of(j->sb, to->b)) };
	struct around callers[2] = { vectors_of(j->sa, callers_of(j->sa, to->a)),
		vectors_of(j->sb, callers_of(j->sb, to->b)) };
	int16_t numbers[LIKENESS_COUNT];

	if (!j->has_rarity[to->b]) {
		inq_model_rarity(inq_model(), y.features, y.feature_count, j->rarity_b + fb->feature_first);
		j->has_rarity[to->b] = true;
	}
	likeness_numbers(&x, &y, numbers);
	to->exact = same_code(fa, fb);
	to->curve = (uint8_t)likeness_curve(numbers, true);
	to->base = around_weigh(likeness_score(likeness_model(), numbers).context,
	        around_support(
	                around_alike(&callees[0], &callees[1]), around_alike(&callers[0], &callers[1])),
	        0, 0);
	if (to->exact)
		to->base += equal_odds(fa->insn_count);
	to->odds = to->base;
}

bool joint_add(struct joint *j, uint32_t a, uint32_t b)
{
	size_t slot = (size_t)(pair_hash(a, b) >> 20) & (j->slot_count - 1);
	struct joint_pair *grown;

	if (2 * (j->count + 1) > j->slot_count)
		return true;
	for (; j->slots[slot]; slot = (slot + 1) & (j->slot_count - 1))
		if (j->pairs[j->slots[slot] - 1].a == a && j->pairs[j->slots[slot] - 1].b == b)
			return true;
	grown = inq_arena_extend(j->a, j->pairs, j->count, &j->capacity, sizeof *grown);
	if (!grown)
		return false;
	j->pairs = grown;
	grown[j->count] = (struct joint_pair){ .a = a, .b = b };
	weigh_alone(j, &grown[j->count]);
	j->slots[slot] = (uint32_t)++j->count;
	return true;
}

/* Lists the pairs of each function of the program, or of the sample. */
static bool group(struct joint *j, bool by_b)
{
	uint32_t functions = (by_b ? j->sb : j->sa)->program->function_count;
	uint32_t *first = by_b ? j->first_b : j->first_a, *of = inq_arena_new(j->a, j->count, sizeof *of);

	if (!of)
		return false;
	memset(first, 0, ((size_t)functions + 1) * sizeof *first);
	for (size_t i = 0; i < j->count; i++)
		first[(by_b ? j->pairs[i].b : j->pairs[i].a) + 1]++;
	for (uint32_t i = 0; i < functions; i++) {
		first[i + 1] += first[i];
		j->fill[i] = first[i];
	}
	for (size_t i = 0; i < j->count; i++)
		of[j->fill[by_b ? j->pairs[i].b : j->pairs[i].a]++] = (uint32_t)i;
	*(by_b ? &j->of_b : &j->of_a) = of;
	return true;
}

/* e^(-x / 1,024) in 65,536ths, nearly: a straight line between powers of two. */
static uint32_t fade(int64_t x)
{
	enum { LN2 = 710 };
	uint64_t halvings = (uint64_t)x * 1024 / LN2;

	return halvings >> 10 > 16 ? 0 : (uint32_t)((65536 - 32 * (halvings & 1023)) >> (halvings >> 10));
}

/* What part each of these pairs has, where one of them, or none, is right. */
static void share(const struct joint *j, const uint32_t *of, uint32_t count, uint16_t *part)
{
	int32_t best = JOINT_NOTHING;
	uint64_t sum;

	for (uint32_t i = 0; i < count; i++)
		if (j->pairs[of[i]].odds > best)
			best = j->pairs[of[i]].odds;
	sum = fade((int64_t)best - JOINT_NOTHING);
	for (uint32_t i = 0; i < count; i++)
		sum += fade((int64_t)best - j->pairs[of[i]].odds);
	for (uint32_t i = 0; i < count; i++)
		part[of[i]] = (uint16_t)(1000ULL * fade((int64_t)best - j->pairs[of[i]].odds) / sum);
}

static void note(struct belief *to, uint32_t other, uint16_t belief)
{
	uint32_t at = to->count < JOINT_BELIEFS ? to->count++ : JOINT_BELIEFS;

	for (; at && belief > to->at[at - 1].belief; at--)
		if (at < JOINT_BELIEFS)
			to->at[at] = to->at[at - 1];
	if (at < JOINT_BELIEFS) {
		to->at[at].other = other;
		to->at[at].belief = belief;
	}
}

/* How far each pair is believed: by what else its function may be, and by what else may be the other. */
static bool believe(struct joint *j)
{
	uint32_t na = j->sa->program->function_count, nb = j->sb->program->function_count;
	uint16_t *part = inq_arena_new(j->a, j->count, sizeof *part);

	if (!part || !group(j, false) || !group(j, true))
		return false;
	for (uint32_t i = 0; i < na; i++)
		share(j, j->of_a + j->first_a[i], j->first_a[i + 1] - j->first_a[i], part);
	for (size_t i = 0; i < j->count; i++)
		j->pairs[i].belief = part[i];
	for (uint32_t i = 0; i < nb; i++)
		share(j, j->of_b + j->first_b[i], j->first_b[i + 1] - j->first_b[i], part);
	memset(j->top_a, 0, na * sizeof *j->top_a);
	memset(j->top_b, 0, nb * sizeof *j->top_b);
	for (size_t i = 0; i < j->count; i++) {
		struct joint_pair *p = &j->pairs[i];

		if (part[i] < p->belief)
			p->belief = part[i];
		if (p->belief >= JOINT_BELIEF_LEAST) {
			note(&j->top_a[p->a], p->b, p->belief);
			note(&j->top_b[p->b], p->a, p->belief);
		}
	}
	return true;
}

/*
 * What it tells that a pair's neighbours are paired, where `having` of `all`
 * functions have such a neighbour: it is so of four right pairs in five, and of
 * wrong ones by chance. What everything calls tells nothing.
 */
static int32_t surprise(uint32_t all, uint32_t having)
{
	enum { LN2 = 710 };
	int32_t bits =
	        (int32_t)inq_log2(4 * (uint64_t)all, 10) - (int32_t)inq_log2(5 * ((uint64_t)having + 1), 10);

	return bits > 0 ? bits * LN2 / 1024 : 0;
}

/* What the callees, or the callers, of a pair come to. */
struct sum {
	int64_t odds; /* in 1,024,000ths */
	uint64_t paired, all; /* thousandths; neighbours of both */
};

static void add_neighbours(
        const struct joint *j, struct neighbours na, struct neighbours nb, bool callers, struct sum *ret)
{
	struct neighbours (*back)(const struct side *, uint32_t) = callers ? callees_of : callers_of;

	for (uint32_t i = 0; i < na.count && i < JOINT_NEIGHBOURS_MOST; i++) {
		const struct belief *t = &j->top_a[na.at[i]];
		uint32_t having_a = back(j->sa, na.at[i]).count;

		for (uint32_t k = 0; k < t->count; k++) {
			uint32_t having = back(j->sb, t->at[k].other).count;

			if (!is_among(nb, t->at[k].other)) {
				ret->odds -= (int64_t)t->at[k].belief * JOINT_AGAINST;
				continue;
			}
			ret->odds +=
			        (int64_t)t->at[k].belief * surprise(j->sb->program->function_count,
			                                           having > having_a ? having : having_a);
			ret->paired += t->at[k].belief;
		}
	}
	for (uint32_t i = 0; i < nb.count && i < JOINT_NEIGHBOURS_MOST; i++) {
		const struct belief *t = &j->top_b[nb.at[i]];

		for (uint32_t k = 0; k < t->count; k++)
			if (!is_among(na, t->at[k].other))
				ret->odds -= (int64_t)t->at[k].belief * JOINT_AGAINST;
	}
	ret->all += (na.count < JOINT_NEIGHBOURS_MOST ? na.count : JOINT_NEIGHBOURS_MOST) +
	            (nb.count < JOINT_NEIGHBOURS_MOST ? nb.count : JOINT_NEIGHBOURS_MOST);
}

static void weigh_around(const struct joint *j, struct joint_pair *p)
{
	struct sum s = { 0 };
	int64_t odds;

	add_neighbours(j, callees_of(j->sa, p->a), callees_of(j->sb, p->b), false, &s);
	add_neighbours(j, callers_of(j->sa, p->a), callers_of(j->sb, p->b), true, &s);
	odds = s.odds * JOINT_AROUND_WEIGHT / 1000000;
	odds = odds * JOINT_AROUND_MOST_ODDS / (JOINT_AROUND_MOST_ODDS + (odds < 0 ? -odds : odds));
	p->odds = p->base + (int32_t)odds;
	if (s.all)
		p->support = (uint16_t)(2 * s.paired / s.all < 1000 ? 2 * s.paired / s.all : 1000);
}

static uint32_t unsettled(struct neighbours n, const struct belief *top, uint32_t ret[JOINT_SPREAD_MOST])
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < n.count && i < JOINT_NEIGHBOURS_MOST && count < JOINT_SPREAD_MOST; i++)
		if (!top[n.at[i]].count || top[n.at[i]].at[0].belief < JOINT_SETTLED)
			ret[count++] = n.at[i];
	return count;
}

/* Tries the neighbours of a pair with one another. */
static bool spread(struct joint *j, struct neighbours na, struct neighbours nb, uint64_t *left)
{
	uint32_t a[JOINT_SPREAD_MOST], b[JOINT_SPREAD_MOST];
	uint32_t count_a = unsettled(na, j->top_a, a), count_b = unsettled(nb, j->top_b, b);

	if ((uint64_t)count_a * count_b > *left)
		return true;
	*left -= (uint64_t)count_a * count_b;
	for (uint32_t i = 0; i < count_a; i++)
		for (uint32_t k = 0; k < count_b; k++)
			if (!joint_add(j, a[i], b[k]))
				return false;
	return true;
}

static bool spread_all(struct joint *j)
{
	uint64_t left = JOINT_SPREAD_EACH *
	                ((uint64_t)j->sa->program->function_count + j->sb->program->function_count);
	size_t count = j->count;

	for (size_t i = 0; i < count; i++) {
		struct joint_pair p = j->pairs[i];

		if (p.belief >= JOINT_LIKELY &&
		        (!spread(j, callees_of(j->sa, p.a), callees_of(j->sb, p.b), &left) ||
		                !spread(j, callers_of(j->sa, p.a), callers_of(j->sb, p.b), &left)))
			return false;
	}
	return true;
}

bool joint_weigh(struct joint *j)
{
	for (unsigned round = 0; round < JOINT_ROUNDS; round++) {
		if (!believe(j) || (round + 1 < JOINT_ROUNDS && !spread_all(j)))
			return false;
		for (size_t i = 0; i < j->count; i++)
			weigh_around(j, &j->pairs[i]);
	}
	return believe(j);
}
