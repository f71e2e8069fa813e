#include "embed.h"
#include "fingerprint/weights.h"
#include "measure.h"
#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GROUP = 8, NEAREST = 15, CENTRE_OF = 6, ROW_NONE = -1, ROW_UNKNOWN = -2 };

static const float beta1 = 0.9f, beta2 = 0.999f, tiny = 1e-8f;

/* A parameter array with its moments (Kingma & Ba 2015). */
struct adam {
	float *at, *gradient, *mean, *square;
	size_t count;
};

/* One feature of one function of a batch, as it entered. */
struct entry {
	int32_t row;
	uint32_t key;
	float weight;
};

struct learner {
	const struct train_set *s;
	const struct train_options *o;
	struct train_map *map;
	struct train_random random;
	int32_t *row_of; /* of each feature of the set */
	float weights[256];
	struct adam rows, unknown;
	uint32_t *touched, touched_count;
	bool *is_touched;
	uint32_t *labels, label_count; /* that have a pair */
	float *chance; /* of each of them, cumulative */
	uint32_t *near; /* NEAREST of each of them, as indices of them */
	uint32_t near_count;
	uint32_t step;
	/* a batch: 2 x pairs functions, first all a, then all b */
	uint32_t *batch; /* indices of labels */
	uint32_t *functions;
	struct entry *entries;
	size_t *entry_first, entry_capacity;
	float *bags, *lengths, *vectors; /* forward */
	float *by_vectors; /* backward */
	float *likeness, *push, *columns;
};

static float signs8[256][8];

static void fill_signs(void)
{
	for (unsigned i = 0; i < 256; i++)
		for (unsigned j = 0; j < 8; j++)
			signs8[i][j] = i >> j & 1 ? -1 : 1;
}

static void add_signs(float *to, uint32_t key, float weight)
{
	uint64_t bits[2];

	unknown_signs(key, bits);
	for (unsigned i = 0; i < 16; i++) {
		const float *sign = signs8[bits[i / 8] >> i % 8 * 8 & 255];

		for (unsigned j = 0; j < 8; j++)
			to[8 * i + j] += weight * sign[j];
	}
}

static float dot_signs(const float *with, uint32_t key)
{
	uint64_t bits[2];
	float sums[8] = { 0 };

	unknown_signs(key, bits);
	for (unsigned i = 0; i < 16; i++) {
		const float *sign = signs8[bits[i / 8] >> i % 8 * 8 & 255];

		for (unsigned j = 0; j < 8; j++)
			sums[j] += with[8 * i + j] * sign[j];
	}
	return sums[0] + sums[1] + sums[2] + sums[3] + sums[4] + sums[5] + sums[6] + sums[7];
}

static float *floats(struct inq_arena *a, size_t count)
{
	return train_new(a, count, sizeof(float));
}

static void adam_init(struct adam *m, float *at, size_t count, struct inq_arena *a)
{
	*m = (struct adam){ .at = at,
		.gradient = floats(a, count),
		.mean = floats(a, count),
		.square = floats(a, count),
		.count = count };
}

/* Moves [first, first + count) against its gradient and forgets the gradient. */
static void adam_move(struct adam *m, size_t first, size_t count, float rate, uint32_t step)
{
	float fix1 = 1 - powf(beta1, (float)step), fix2 = 1 - powf(beta2, (float)step);
	float scale = rate * sqrtf(fix2) / fix1;

	for (size_t i = first; i < first + count; i++) {
		float g = m->gradient[i];

		m->mean[i] = beta1 * m->mean[i] + (1 - beta1) * g;
		m->square[i] = beta2 * m->square[i] + (1 - beta2) * g * g;
		m->at[i] -= scale * m->mean[i] / (sqrtf(m->square[i]) + tiny);
		m->gradient[i] = 0;
	}
}

static float channel_start(unsigned channel)
{
	return (float)inq_channel_weight[channel] / 16;
}

static int32_t *resolve(
        const struct train_set *s, const struct train_vocabulary *v, uint32_t without, struct inq_arena *a)
{
	int32_t *row_of = train_new(a, s->feature_count, sizeof *row_of);
	size_t slot_count = 1 << 18;
	uint32_t *slots = train_new(a, slot_count, sizeof *slots);

	for (uint32_t i = 0; i < v->count; i++) {
		size_t at = (v->keys[i] * 0x9e3779b97f4a7c15 >> 20) & (slot_count - 1);

		while (slots[at])
			at = (at + 1) & (slot_count - 1);
		slots[at] = i + 1;
	}
	for (uint64_t i = 0; i < s->feature_count; i++) {
		uint32_t key = s->features[i].key;
		unsigned channel = inq_feature_channel(key);
		size_t at = (key * 0x9e3779b97f4a7c15 >> 20) & (slot_count - 1);

		if (inq_channel_is_context(channel) || without >> channel & 1) {
			row_of[i] = ROW_NONE;
			continue;
		}
		while (slots[at] && v->keys[slots[at] - 1] != key)
			at = (at + 1) & (slot_count - 1);
		row_of[i] = slots[at] ? (int32_t)slots[at] - 1 : ROW_UNKNOWN;
	}
	return row_of;
}

static void fill_weights(float weights[256])
{
	weights[0] = 0;
	for (unsigned i = 1; i < 256; i++)
		weights[i] = (float)count_weight16(i) / 16;
}

static void map_init(struct learner *l, struct inq_arena *a)
{
	struct train_map *m = l->map;
	float scale = 0.02f;

	m->rows = floats(a, (size_t)m->vocabulary.count * DIMENSIONS);
	for (uint32_t i = 0; i < m->vocabulary.count; i++)
		if (!inq_channel_is_context(inq_feature_channel(m->vocabulary.keys[i])))
			add_signs(m->rows + (size_t)i * DIMENSIONS, m->vocabulary.keys[i],
			        scale * m->vocabulary.rarity[i] *
			                channel_start(inq_feature_channel(m->vocabulary.keys[i])));
	for (unsigned c = 0; c < INQ_CHANNEL_COUNT; c++)
		m->unknown[c] = inq_channel_is_context(c) || l->o->without >> c & 1
		                        ? 0
		                        : scale * m->vocabulary.unknown_rarity * channel_start(c);
}

static bool has_pair(const struct train_set *s, const struct train_label *l)
{
	for (uint32_t i = 1; i < l->member_count; i++)
		if (memcmp(s->functions[s->members[l->member_first + i]].exact,
		            s->functions[s->members[l->member_first]].exact, sizeof(uint64_t[2])) != 0)
			return true;
	return false;
}

static void list_labels(struct learner *l, const bool *learn, struct inq_arena *a)
{
	const struct train_set *s = l->s;
	float sum = 0;

	l->labels = train_new(a, s->label_count, sizeof *l->labels);
	l->chance = floats(a, s->label_count);
	for (uint32_t i = 0; i < s->label_count; i++) {
		if (!learn[s->labels[i].project] || !has_pair(s, &s->labels[i]))
			continue;
		sum += s->labels[i].blocks >= 5 ? 1 : l->o->small;
		l->chance[l->label_count] = sum;
		l->labels[l->label_count++] = i;
	}
	fprintf(stderr, "%u source functions to learn from\n", l->label_count);
	if (l->label_count < 2 * l->o->pairs)
		train_fail("too few functions in several builds", "learning");
}

static uint32_t draw_label(struct learner *l)
{
	float at = train_random_unit(&l->random) * l->chance[l->label_count - 1];
	uint32_t low = 0, high = l->label_count - 1;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (l->chance[middle] <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static uint32_t draw_member(struct learner *l, uint32_t label)
{
	const struct train_label *one = &l->s->labels[l->labels[label]];

	return l->s->members[one->member_first + train_random_below(&l->random, one->member_count)];
}

/* Two functions of each of `pairs` labels, no label twice: groups of near ones, and others at random. */
static void draw_batch(struct learner *l, bool *chosen)
{
	uint32_t pairs = l->o->pairs, count = 0, hard = (uint32_t)(l->o->hard * (float)pairs);

	while (count < pairs) {
		uint32_t one = draw_label(l);

		if (chosen[one])
			continue;
		chosen[one] = true;
		l->batch[count++] = one;
		for (uint32_t i = 1; l->near_count && count < hard && i < GROUP; i++) {
			uint32_t near =
			        l->near[(size_t)one * NEAREST + train_random_below(&l->random, NEAREST)];

			if (chosen[near])
				continue;
			chosen[near] = true;
			l->batch[count++] = near;
		}
	}
	for (uint32_t i = 0; i < pairs; i++) {
		uint32_t a = draw_member(l, l->batch[i]), b;

		chosen[l->batch[i]] = false;
		for (unsigned tries = 0; tries < 16; tries++) {
			b = draw_member(l, l->batch[i]);
			if (memcmp(l->s->functions[a].exact, l->s->functions[b].exact, sizeof(uint64_t[2])) !=
			        0)
				break;
		}
		l->functions[i] = a;
		l->functions[pairs + i] = b;
	}
}

static void bag_of(const struct train_set *s, const struct train_map *m, const int32_t *row_of,
        const float *weights, const struct train_function *f, float *to)
{
	memset(to, 0, DIMENSIONS * sizeof *to);
	for (uint64_t i = f->feature_first; i < f->feature_first + f->feature_count; i++) {
		float weight = weights[s->features[i].count];

		if (row_of[i] >= 0) {
			const float *row = m->rows + (size_t)row_of[i] * DIMENSIONS;

			for (uint32_t j = 0; j < DIMENSIONS; j++)
				to[j] += weight * row[j];
		} else if (row_of[i] == ROW_UNKNOWN) {
			add_signs(to, s->features[i].key,
			        weight * m->unknown[inq_feature_channel(s->features[i].key)]);
		}
	}
}

static float unit_of(const float *from, float *to)
{
	float sums[8] = { 0 }, length;

	for (uint32_t i = 0; i < DIMENSIONS; i += 8)
		for (uint32_t j = 0; j < 8; j++)
			sums[j] += from[i + j] * from[i + j];
	length = sqrtf(sums[0] + sums[1] + sums[2] + sums[3] + sums[4] + sums[5] + sums[6] + sums[7]) + 1e-6f;
	for (uint32_t i = 0; i < DIMENSIONS; i++)
		to[i] = from[i] / length;
	return length;
}

static void vectors_of(const struct train_set *s, const struct train_map *m, const int32_t *row_of,
        const bool *projects, float *ret)
{
	float bag[DIMENSIONS], weights[256];

	fill_weights(weights);
	for (uint32_t i = 0; i < s->function_count; i++) {
		const struct train_function *f = &s->functions[i];

		if (!projects[s->builds[f->build].project])
			continue;
		bag_of(s, m, row_of, weights, f, bag);
		unit_of(bag, ret + (size_t)i * DIMENSIONS);
	}
}

static void keep_entries(struct learner *l)
{
	const struct train_set *s = l->s;
	uint32_t count = 2 * l->o->pairs;
	size_t at = 0;

	for (uint32_t i = 0; i < count; i++) {
		const struct train_function *f = &s->functions[l->functions[i]];

		l->entry_first[i] = at;
		for (uint64_t j = f->feature_first; j < f->feature_first + f->feature_count; j++) {
			if (l->row_of[j] == ROW_NONE || train_random_unit(&l->random) < l->o->dropout)
				continue;
			l->entries[at++] = (struct entry){ l->row_of[j], s->features[j].key,
				l->weights[s->features[j].count] };
		}
	}
	l->entry_first[count] = at;
}

static void forward(struct learner *l)
{
	struct train_map *m = l->map;
	uint32_t count = 2 * l->o->pairs;

	keep_entries(l);
	for (uint32_t i = 0; i < count; i++) {
		float *bag = l->bags + (size_t)i * DIMENSIONS;

		memset(bag, 0, DIMENSIONS * sizeof *bag);
		for (size_t j = l->entry_first[i]; j < l->entry_first[i + 1]; j++) {
			const struct entry *e = &l->entries[j];

			if (e->row >= 0) {
				const float *row = m->rows + (size_t)e->row * DIMENSIONS;

				for (uint32_t k = 0; k < DIMENSIONS; k++)
					bag[k] += e->weight * row[k];
			} else {
				add_signs(bag, e->key, e->weight * m->unknown[inq_feature_channel(e->key)]);
			}
		}
		l->lengths[i] = unit_of(bag, l->vectors + (size_t)i * DIMENSIONS);
	}
}

/* e^x without calls, so that loops of it are vectors: Cody-Waite and a polynomial of degree 6. */
static inline float exponential(float x)
{
	float n = __builtin_rintf(x * 1.442695041f), r;
	union {
		int32_t i;
		float f;
	} power;

	if (n < -120)
		return 0;
	r = x - n * 0.693359375f + n * 2.12194440e-4f;
	power.i = ((int32_t)n + 127) << 23;
	return power.f *
	       (1 + r * (1 + r * (0.5f + r * (0.166666667f + r * (0.0416666667f +
	                                                                 r * (0.00833333333f +
	                                                                             r * 0.00138888889f))))));
}

/*
 * The loss, both ways round, and its gradient by likeness in l->push. Labels of one
 * name in different projects are not pushed apart.
 */
static float push_apart(struct learner *l)
{
	uint32_t n = l->o->pairs;
	const struct train_label *labels = l->s->labels;
	float *rows = l->columns, loss = 0;

	memset(rows, 0, n * sizeof *rows);
	for (uint32_t i = 0; i < n; i++) {
		float *line = l->likeness + (size_t)i * n;
		uint32_t name = labels[l->labels[l->batch[i]]].name;

		for (uint32_t j = 0; j < n; j++)
			line[j] = exponential(line[j] - 1 / l->o->temperature);
		for (uint32_t j = 0; j < n; j++)
			if (j != i && labels[l->labels[l->batch[j]]].name == name)
				line[j] = 0;
		for (uint32_t j = 0; j < n; j++)
			rows[j] += line[j];
	}
	for (uint32_t i = 0; i < n; i++) {
		const float *line = l->likeness + (size_t)i * n;
		float *push = l->push + (size_t)i * n, sums[8] = { 0 }, sum;
		uint32_t j = 0;

		for (; j + 8 <= n; j += 8)
			for (uint32_t k = 0; k < 8; k++)
				sums[k] += line[j + k];
		for (; j < n; j++)
			sums[0] += line[j];
		sum = sums[0] + sums[1] + sums[2] + sums[3] + sums[4] + sums[5] + sums[6] + sums[7];
		loss -= logf(line[i] / sum) + logf(line[i] / rows[i]);
		for (j = 0; j < n; j++)
			push[j] = line[j] * (1 / sum + 1 / rows[j]);
		push[i] -= 2;
	}
	return loss / (float)(2 * n);
}

/* Through a normalisation to unit length. */
static void back_unit(const float *unit, float length, const float *by_unit, float *by_raw)
{
	float along = 0;

	for (uint32_t i = 0; i < DIMENSIONS; i++)
		along += unit[i] * by_unit[i];
	for (uint32_t i = 0; i < DIMENSIONS; i++)
		by_raw[i] = (by_unit[i] - along * unit[i]) / length;
}

static float learn_batch(struct learner *l, float rate)
{
	uint32_t pairs = l->o->pairs;
	int n = (int)pairs;
	const float *va = l->vectors, *vb = l->vectors + (size_t)pairs * DIMENSIONS;
	float *ga = l->by_vectors, *gb = l->by_vectors + (size_t)pairs * DIMENSIONS, loss;
	float scale = 1 / (l->o->temperature * (float)(2 * pairs));

	forward(l);
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, n, DIMENSIONS, 1 / l->o->temperature, va,
	        DIMENSIONS, vb, DIMENSIONS, 0, l->likeness, n);
	loss = push_apart(l);
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, DIMENSIONS, n, scale, l->push, n, vb,
	        DIMENSIONS, 0, ga, DIMENSIONS);
	cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, DIMENSIONS, n, scale, l->push, n, va,
	        DIMENSIONS, 0, gb, DIMENSIONS);
	l->step++;
	l->touched_count = 0;
	for (uint32_t i = 0; i < 2 * pairs; i++) {
		float by_bag[DIMENSIONS];

		back_unit(l->vectors + (size_t)i * DIMENSIONS, l->lengths[i],
		        l->by_vectors + (size_t)i * DIMENSIONS, by_bag);
		for (size_t j = l->entry_first[i]; j < l->entry_first[i + 1]; j++) {
			const struct entry *e = &l->entries[j];
			float *to;

			if (e->row < 0) {
				l->unknown.gradient[inq_feature_channel(e->key)] +=
				        e->weight * dot_signs(by_bag, e->key);
				continue;
			}
			if (!l->is_touched[e->row]) {
				l->is_touched[e->row] = true;
				l->touched[l->touched_count++] = (uint32_t)e->row;
			}
			to = l->rows.gradient + (size_t)e->row * DIMENSIONS;
			for (uint32_t k = 0; k < DIMENSIONS; k++)
				to[k] += e->weight * by_bag[k];
		}
	}
	for (uint32_t i = 0; i < l->touched_count; i++) {
		l->is_touched[l->touched[i]] = false;
		adam_move(&l->rows, (size_t)l->touched[i] * DIMENSIONS, DIMENSIONS, rate, l->step);
	}
	adam_move(&l->unknown, 0, l->unknown.count, rate, l->step);
	return loss;
}

/* The labels nearest to each, by the middle of a few of their builds. */
static void find_near(struct learner *l)
{
	enum { LINES = 256 };
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	float *centres = floats(a, (size_t)l->label_count * DIMENSIONS);
	float *lines = floats(a, (size_t)LINES * l->label_count), *bag = floats(a, DIMENSIONS * 3);

	for (uint32_t i = 0; i < l->label_count; i++) {
		float *centre = centres + (size_t)i * DIMENSIONS;

		memset(bag, 0, DIMENSIONS * sizeof *bag);
		for (unsigned j = 0; j < CENTRE_OF; j++) {
			bag_of(l->s, l->map, l->row_of, l->weights, &l->s->functions[draw_member(l, i)],
			        bag + DIMENSIONS);
			unit_of(bag + DIMENSIONS, bag + 2 * DIMENSIONS);
			for (unsigned k = 0; k < DIMENSIONS; k++)
				bag[k] += bag[2 * DIMENSIONS + k];
		}
		unit_of(bag, centre);
	}
	for (uint32_t first = 0; first < l->label_count; first += LINES) {
		uint32_t count = l->label_count - first < LINES ? l->label_count - first : LINES;

		cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)count, (int)l->label_count,
		        DIMENSIONS, 1, centres + (size_t)first * DIMENSIONS, DIMENSIONS, centres, DIMENSIONS,
		        0, lines, (int)l->label_count);
		for (uint32_t i = 0; i < count; i++) {
			float best[NEAREST];
			uint32_t *to = l->near + (size_t)(first + i) * NEAREST, have = 0;

			for (uint32_t j = 0; j < l->label_count; j++) {
				float one = lines[(size_t)i * l->label_count + j];
				uint32_t place = have;

				if (j == first + i || (have == NEAREST && one <= best[NEAREST - 1]))
					continue;
				if (have == NEAREST)
					place--;
				else
					have++;
				for (; place && best[place - 1] < one; place--) {
					best[place] = best[place - 1];
					to[place] = to[place - 1];
				}
				best[place] = one;
				to[place] = j;
			}
		}
	}
	l->near_count = NEAREST;
	inq_arena_close(a);
}

static void score_vectors(
        const void *context, uint32_t query, const uint32_t *candidates, uint32_t count, float *ret)
{
	const float *vectors = context, *q = vectors + (size_t)query * DIMENSIONS;

	for (uint32_t i = 0; i < count; i++) {
		const float *c = vectors + (size_t)candidates[i] * DIMENSIONS;
		float sums[8] = { 0 };

		for (uint32_t j = 0; j < DIMENSIONS; j += 8)
			for (uint32_t k = 0; k < 8; k++)
				sums[k] += q[j + k] * c[j + k];
		ret[i] = sums[0] + sums[1] + sums[2] + sums[3] + sums[4] + sums[5] + sums[6] + sums[7];
	}
}

static struct learner *learner_open(const struct train_set *s, const bool *learn,
        const struct train_options *o, struct train_map *map, struct inq_arena *a, struct inq_arena *scratch)
{
	struct learner *l = train_new(scratch, 1, sizeof *l);
	size_t n = 2 * (size_t)o->pairs;

	*l = (struct learner){ .s = s, .o = o, .map = map, .random.state = o->seed };
	fill_signs();
	fill_weights(l->weights);
	train_vocabulary(s, learn, o->projects_least, o->rows, a, &map->vocabulary);
	map_init(l, a);
	l->row_of = resolve(s, &map->vocabulary, o->without, scratch);
	list_labels(l, learn, scratch);
	l->near = train_new(scratch, (size_t)l->label_count * NEAREST, sizeof *l->near);
	adam_init(&l->rows, map->rows, (size_t)map->vocabulary.count * DIMENSIONS, scratch);
	adam_init(&l->unknown, map->unknown, INQ_CHANNEL_COUNT, scratch);
	l->touched = train_new(scratch, map->vocabulary.count, sizeof *l->touched);
	l->is_touched = train_new(scratch, map->vocabulary.count, sizeof *l->is_touched);
	l->batch = train_new(scratch, n, sizeof *l->batch);
	l->functions = train_new(scratch, n, sizeof *l->functions);
	l->entry_first = train_new(scratch, n + 1, sizeof *l->entry_first);
	l->entries = train_new(scratch, n * FEATURES_SEEN_MOST, sizeof *l->entries);
	l->lengths = floats(scratch, n);
	l->bags = floats(scratch, n * DIMENSIONS);
	l->vectors = floats(scratch, n * DIMENSIONS);
	l->by_vectors = floats(scratch, n * DIMENSIONS);
	l->columns = floats(scratch, o->pairs);
	l->likeness = floats(scratch, (size_t)o->pairs * o->pairs);
	l->push = floats(scratch, (size_t)o->pairs * o->pairs);
	return l;
}

/* What the map does on the projects that it does not learn from. */
static void watch_others(const struct learner *l, const bool *watch, float *vectors)
{
	struct train_scorer scorer = { vectors, score_vectors };
	struct train_recall recall[SETTING_COUNT];

	vectors_of(l->s, l->map, l->row_of, watch, vectors);
	train_measure(l->s, watch, 1000, 7, &scorer, NULL, recall);
	train_recall_print(stderr, "validation", recall);
}

void train_embed(const struct train_set *s, const bool *learn, const struct train_options *o,
        struct inq_arena *a, struct train_map *ret)
{
	enum { REPORT = 250, WARM = 50 };
	struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
	struct learner *l;
	bool *watch = train_new(scratch, s->project_count, sizeof *watch), *chosen, watching = false;
	float *vectors = floats(scratch, (size_t)s->function_count * DIMENSIONS), loss = 0;

	*ret = (struct train_map){ 0 };
	for (uint32_t i = 0; i < s->project_count; i++)
		watching |= watch[i] = !learn[i];
	l = learner_open(s, learn, o, ret, a, scratch);
	chosen = train_new(scratch, l->label_count, sizeof *chosen);
	for (uint32_t step = 0; step <= o->steps; step++) {
		float warm = step < WARM ? (float)(step + 1) / WARM : 1;
		float rate =
		        o->rate * warm * (0.5f + 0.5f * cosf(3.14159265f * (float)step / (float)o->steps));

		if (step && step % o->refresh == 0 && o->hard > 0 && step < o->steps)
			find_near(l);
		if (step % REPORT == 0 || step == o->steps) {
			uint32_t since = step % REPORT ? step % REPORT : REPORT;

			fprintf(stderr, "step %u, loss %.3f\n", step, (double)(loss / (float)since));
			loss = 0;
			if (watching && (!o->quiet || step == o->steps))
				watch_others(l, watch, vectors);
		}
		if (step == o->steps)
			break;
		draw_batch(l, chosen);
		loss += learn_batch(l, rate);
	}
	fprintf(stderr, "features without a row count:");
	for (unsigned c = 0; c < INQ_CHANNEL_COUNT; c++)
		if (ret->unknown[c] != 0)
			fprintf(stderr, " %s %.3f", inq_channel_name(c), (double)ret->unknown[c]);
	fprintf(stderr, "\n");
	inq_arena_close(scratch);
}
