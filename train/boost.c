#include "boost.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BINS = 128, UNIT = 1024 };

struct split {
	uint8_t number;
	int16_t above; /* goes right where the number is greater */
};

struct booster {
	const struct train_pairs *p;
	const struct train_boost_options *o;
	struct train_random random;
	uint32_t *rows, row_count; /* pairs learned from */
	uint32_t *groups, group_count; /* their queries */
	int16_t bounds[LIKENESS_COUNT][BINS - 1]; /* bin i holds what is at most bounds[i] */
	unsigned bin_count[LIKENESS_COUNT];
	uint8_t columns[LIKENESS_COUNT]; /* numbers that differ between pairs */
	unsigned column_count, content_columns;
	uint8_t *bins; /* column_count of each row */
	float *gradient, *curvature;
	int32_t *scores;
	uint16_t *node; /* of each row, in the tree in hand; UINT16_MAX: not drawn for it */
	float *histogram; /* nodes x columns x BINS x 2 */
};

static int compare_numbers(const void *a, const void *b)
{
	return *(const int16_t *)a - *(const int16_t *)b;
}

/* Bounds at the quantiles of a sample, half of it functions that are the same: where they lie is where it matters. */
static uint32_t draw_sample(const struct booster *b, unsigned number, int16_t *ret, uint32_t most)
{
	uint32_t count = 0;

	for (unsigned same = 0; same < 2; same++) {
		uint32_t all = 0, stride, seen = 0;

		for (uint32_t i = 0; i < b->row_count; i++)
			all += b->p->same[b->rows[i]] == same;
		stride = all / (most / 2) + 1;
		for (uint32_t i = 0; i < b->row_count; i++)
			if (b->p->same[b->rows[i]] == same && seen++ % stride == 0)
				ret[count++] = b->p->numbers[b->rows[i]][number];
	}
	qsort(ret, count, sizeof *ret, compare_numbers);
	return count;
}

static void make_bins(struct booster *b, struct inq_arena *a)
{
	enum { SAMPLE = 20000 };
	int16_t *sample = train_new(a, SAMPLE, sizeof *sample);

	for (unsigned pass = 0; pass < 2; pass++) {
		for (unsigned n = pass ? LIKENESS_CONTEXT : 0; n < (pass ? LIKENESS_COUNT : LIKENESS_CONTEXT);
		        n++) {
			uint32_t count = draw_sample(b, n, sample, SAMPLE);

			for (unsigned i = 1; i < BINS; i++) {
				int16_t bound = sample[(uint64_t)i * count / BINS];

				if (bound != sample[count - 1] &&
				        (!b->bin_count[n] || bound > b->bounds[n][b->bin_count[n] - 1]))
					b->bounds[n][b->bin_count[n]++] = bound;
			}
			if (b->bin_count[n])
				b->columns[b->column_count++] = (uint8_t)n;
		}
		if (!pass)
			b->content_columns = b->column_count;
	}
	b->bins = train_new(a, (size_t)b->row_count * b->column_count, 1);
	for (uint32_t i = 0; i < b->row_count; i++)
		for (unsigned c = 0; c < b->column_count; c++) {
			unsigned n = b->columns[c], low = 0, high = b->bin_count[n];
			int16_t v = b->p->numbers[b->rows[i]][n];

			while (low < high) {
				unsigned middle = low + (high - low) / 2;

				if (b->bounds[n][middle] < v)
					low = middle + 1;
				else
					high = middle;
			}
			b->bins[(size_t)i * b->column_count + c] = (uint8_t)low;
		}
}

/* How each score should move: of each pair by itself, and of each query's candidates among one another. */
static void make_gradients(struct booster *b)
{
	uint32_t at = 0;

	for (uint32_t g = 0; g < b->group_count; g++) {
		const struct train_query *q = &b->p->queries[b->groups[g]];
		uint32_t same = 0;
		float sum = 0, most = -1e30f;

		for (uint32_t i = 0; i < q->count; i++) {
			float s = (float)b->scores[at + i] / UNIT;

			same += b->p->same[q->first + i];
			most = s > most ? s : most;
		}
		for (uint32_t i = 0; i < q->count; i++)
			sum += expf((float)b->scores[at + i] / UNIT - most);
		for (uint32_t i = 0; i < q->count; i++) {
			float s = (float)b->scores[at + i] / UNIT, y = b->p->same[q->first + i];
			float one = 1 / (1 + expf(-s)), list = expf(s - most) / sum;
			float gradient = (1 - b->o->listwise) * (one - y),
			      curvature = (1 - b->o->listwise) * one * (1 - one);

			if (same) {
				gradient += b->o->listwise * (list - y / (float)same);
				curvature += b->o->listwise * list * (1 - list);
			}
			b->gradient[at + i] = gradient;
			b->curvature[at + i] = curvature;
		}
		at += q->count;
	}
}

static float gain_of(float g, float h, float ridge)
{
	return g * g / (h + ridge);
}

/*
 * Which way a number may turn a score: more in common never makes a pair less
 * alike, more difference in size never more. It keeps the trees from learning
 * what the training programs happen to be, and leaves an enemy less to play with.
 */
static int direction_of(unsigned number)
{
	switch (number) {
	case LIKENESS_LESS:
	case LIKENESS_MORE:
	case LIKENESS_SIZE:
	case LIKENESS_MACHINE:
		return 0;
	case LIKENESS_BLOCKS:
	case LIKENESS_INSNS:
		return -1;
	default:
		return 1;
	}
}

static struct split best_split(const struct booster *b, const float *histogram, unsigned columns)
{
	struct split best = { 0, INT16_MAX };
	float best_gain = 1e-3f;

	for (unsigned c = 0; c < columns; c++) {
		const float *h = histogram + (size_t)c * BINS * 2;
		float all_g = 0, all_h = 0, g = 0, curve = 0;
		unsigned n = b->columns[c];

		for (unsigned i = 0; i <= b->bin_count[n]; i++) {
			all_g += h[2 * i];
			all_h += h[2 * i + 1];
		}
		for (unsigned i = 0; i < b->bin_count[n]; i++) {
			float gain;

			g += h[2 * i];
			curve += h[2 * i + 1];
			if ((float)direction_of(n) * (g / (curve + b->o->ridge) -
			                                     (all_g - g) / (all_h - curve + b->o->ridge)) <
			        0)
				continue;
			if (curve < (float)b->o->leaf_least || all_h - curve < (float)b->o->leaf_least)
				continue;
			gain = gain_of(g, curve, b->o->ridge) +
			       gain_of(all_g - g, all_h - curve, b->o->ridge) -
			       gain_of(all_g, all_h, b->o->ridge);
			if (gain > best_gain) {
				best_gain = gain;
				best = (struct split){ (uint8_t)n, b->bounds[n][i] };
			}
		}
	}
	return best;
}

static void put16(uint8_t *to, int32_t v)
{
	to[0] = (uint8_t)v;
	to[1] = (uint8_t)(v >> 8);
}

static void learn_tree(struct booster *b, unsigned columns, uint8_t *tree)
{
	float sum_g[LIKENESS_LEAVES] = { 0 }, sum_h[LIKENESS_LEAVES] = { 0 };
	int32_t leaves[LIKENESS_LEAVES];
	uint32_t at = 0;

	make_gradients(b);
	for (uint32_t g = 0; g < b->group_count; g++) {
		const struct train_query *q = &b->p->queries[b->groups[g]];
		bool drawn = train_random_next(&b->random) & 1;

		for (uint32_t i = 0; i < q->count; i++)
			b->node[at++] = drawn ? 0 : UINT16_MAX;
	}
	for (unsigned level = 0; level < LIKENESS_DEPTH; level++) {
		unsigned nodes = 1U << level;
		struct split splits[LIKENESS_LEAVES];

		memset(b->histogram, 0, (size_t)nodes * columns * BINS * 2 * sizeof *b->histogram);
		for (uint32_t i = 0; i < b->row_count; i++) {
			const uint8_t *bins = b->bins + (size_t)i * b->column_count;
			float *h = b->histogram + (size_t)b->node[i] * columns * BINS * 2;

			if (b->node[i] == UINT16_MAX)
				continue;
			for (unsigned c = 0; c < columns; c++) {
				float *one = h + ((size_t)c * BINS + bins[c]) * 2;

				one[0] += b->gradient[i];
				one[1] += b->curvature[i];
			}
		}
		for (unsigned n = 0; n < nodes; n++) {
			uint8_t *to = tree + 4 * (nodes - 1 + n);

			splits[n] = best_split(b, b->histogram + (size_t)n * columns * BINS * 2, columns);
			to[0] = splits[n].number;
			to[1] = 0;
			put16(to + 2, splits[n].above);
		}
		for (uint32_t i = 0; i < b->row_count; i++)
			if (b->node[i] != UINT16_MAX) {
				const struct split *s = &splits[b->node[i]];

				b->node[i] = (uint16_t)(2 * b->node[i] +
				                        (b->p->numbers[b->rows[i]][s->number] > s->above));
			}
	}
	for (uint32_t i = 0; i < b->row_count; i++)
		if (b->node[i] != UINT16_MAX) {
			sum_g[b->node[i]] += b->gradient[i];
			sum_h[b->node[i]] += b->curvature[i];
		}
	for (unsigned i = 0; i < LIKENESS_LEAVES; i++) {
		float v = -sum_g[i] / (sum_h[i] + b->o->ridge) * b->o->rate * UNIT;

		leaves[i] = (int32_t)roundf(v < -30000 ? -30000 : v > 30000 ? 30000 : v);
		put16(tree + 4 * LIKENESS_SPLITS + 2 * i, leaves[i]);
	}
	for (uint32_t i = 0; i < b->row_count; i++) {
		unsigned node = 0;

		for (unsigned level = 0; level < LIKENESS_DEPTH; level++) {
			const uint8_t *s = tree + 4 * node;

			node = 2 * node + 1 + (b->p->numbers[b->rows[i]][s[0]] > (int16_t)(s[2] | s[3] << 8));
		}
		b->scores[i] += leaves[node - LIKENESS_SPLITS];
	}
}

/*
 * The weighed sum of numbers [first, end) that the trees then mend, and its
 * base: by full gradients (Adam) of the same loss, the scores so far its start.
 */
static int32_t learn_sum(
        struct booster *b, unsigned first, unsigned end, uint8_t *weights, struct inq_arena *a)
{
	enum { ROUNDS = 150 };
	float scale[LIKENESS_COUNT] = { 0 }, weight[LIKENESS_COUNT + 1] = { 0 };
	float mean[LIKENESS_COUNT + 1] = { 0 }, square[LIKENESS_COUNT + 1] = { 0 };
	int32_t *start = train_new(a, b->row_count, sizeof *start), base;
	double sums[LIKENESS_COUNT] = { 0 }, squares[LIKENESS_COUNT] = { 0 };

	memcpy(start, b->scores, b->row_count * sizeof *start);
	for (uint32_t i = 0; i < b->row_count; i++)
		for (unsigned n = first; n < end; n++) {
			double v = b->p->numbers[b->rows[i]][n];

			sums[n] += v;
			squares[n] += v * v;
		}
	for (unsigned n = first; n < end; n++) {
		double rows = b->row_count, spread = squares[n] / rows - sums[n] / rows * (sums[n] / rows);

		scale[n] = spread > 1e-6 ? (float)(1 / sqrt(spread)) : 0;
	}
	for (unsigned round = 1; round <= ROUNDS; round++) {
		float gradient[LIKENESS_COUNT + 1] = { 0 };
		float rate = 0.2f * (1 - (float)(round - 1) / ROUNDS);

		make_gradients(b);
		for (uint32_t i = 0; i < b->row_count; i++) {
			const int16_t *numbers = b->p->numbers[b->rows[i]];

			for (unsigned n = first; n < end; n++)
				gradient[n] += b->gradient[i] * (float)numbers[n];
			gradient[LIKENESS_COUNT] += b->gradient[i];
		}
		for (unsigned n = first; n <= LIKENESS_COUNT; n++) {
			float g = gradient[n] * (n < LIKENESS_COUNT ? scale[n] : 1) / (float)b->group_count;

			if (n >= end && n < LIKENESS_COUNT)
				continue;
			g += 1e-3f * (n < LIKENESS_COUNT ? weight[n] : 0);
			mean[n] = 0.9f * mean[n] + 0.1f * g;
			square[n] = 0.99f * square[n] + 0.01f * g * g;
			weight[n] -= rate * mean[n] / (1 - powf(0.9f, (float)round)) /
			             (sqrtf(square[n] / (1 - powf(0.99f, (float)round))) + 1e-8f);
		}
		base = (int32_t)roundf(weight[LIKENESS_COUNT] * UNIT);
		for (uint32_t i = 0; i < b->row_count; i++) {
			const int16_t *numbers = b->p->numbers[b->rows[i]];
			float sum = 0;

			for (unsigned n = first; n < end; n++)
				sum += weight[n] * scale[n] * (float)numbers[n];
			b->scores[i] = start[i] + base + (int32_t)(sum * UNIT);
		}
	}
	for (unsigned n = first; n < end; n++) {
		float v = weight[n] * scale[n] * UNIT * 65536;
		int32_t w = (int32_t)(v > 1e9f ? 1e9f : v < -1e9f ? -1e9f : v);

		put16(weights + 4 * n, w);
		put16(weights + 4 * n + 2, w >> 16);
	}
	return base;
}

struct inq_bytes train_boost(const struct train_pairs *p, uint32_t without,
        const struct train_boost_options *o, struct inq_arena *a)
{
	struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
	struct booster *b = train_new(scratch, 1, sizeof *b);
	uint32_t trees = o->content_trees + o->context_trees;
	size_t len =
	        LIKENESS_HEAD + LIKENESS_WEIGHTS + (size_t)trees * LIKENESS_TREE_BYTES + LIKENESS_CALIBRATION;
	uint8_t *table = train_new(a, len, 1);

	*b = (struct booster){ .p = p, .o = o, .random.state = o->seed };
	b->rows = train_new(scratch, p->count, sizeof *b->rows);
	b->groups = train_new(scratch, p->query_count, sizeof *b->groups);
	for (uint32_t i = 0; i < p->query_count; i++) {
		if (p->queries[i].fold == without)
			continue;
		b->groups[b->group_count++] = i;
		for (uint32_t j = 0; j < p->queries[i].count; j++)
			b->rows[b->row_count++] = p->queries[i].first + j;
	}
	make_bins(b, scratch);
	b->gradient = train_new(scratch, b->row_count, sizeof *b->gradient);
	b->curvature = train_new(scratch, b->row_count, sizeof *b->curvature);
	b->scores = train_new(scratch, b->row_count, sizeof *b->scores);
	b->node = train_new(scratch, b->row_count, sizeof *b->node);
	b->histogram = train_new(
	        scratch, (size_t)LIKENESS_LEAVES * b->column_count * BINS * 2, sizeof *b->histogram);
	put16(table, (int32_t)o->content_trees);
	put16(table + 4, (int32_t)trees);
	for (uint32_t i = 0; i <= trees; i++) {
		if (i == 0 || i == o->content_trees) {
			bool context = i > 0;
			int32_t base = learn_sum(b, context ? LIKENESS_CONTEXT : 0,
			        context ? LIKENESS_COUNT : LIKENESS_CONTEXT, table + LIKENESS_HEAD, scratch);

			put16(table + 8 + 4 * context, base);
			put16(table + 10 + 4 * context, base >> 16);
		}
		if (i < trees)
			learn_tree(b, i < o->content_trees ? b->content_columns : b->column_count,
			        table + LIKENESS_HEAD + LIKENESS_WEIGHTS + (size_t)i * LIKENESS_TREE_BYTES);
	}
	/*
	 * The loss flattens what vectors and features say together, for many
	 * negatives are all but the same function under another name; ranking
	 * wants it steeper (by the folds: model/README.md).
	 */
	{
		uint8_t *both = table + LIKENESS_HEAD + 4 * LIKENESS_BOTH;
		int32_t w = (int32_t)inq_le32(both) + (int32_t)(o->steep * 65536);

		put16(both, w);
		put16(both + 2, w >> 16);
	}
	inq_arena_close(scratch);
	return (struct inq_bytes){ table, len };
}
