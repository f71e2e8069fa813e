#include "match/likeness.h"
#include <inquiry/integer.h>
#include <string.h>
#include <threads.h>

/* 16 * log2(x + 1), rounded down. */
static int16_t log16(uint64_t x)
{
	return (int16_t)inq_log2(x + (x < UINT64_MAX), 4);
}

/* 16 + 16 * log2(count), of counts up to 255. */
static uint32_t repeats16(uint32_t count)
{
	return 16 + (uint32_t)log16(count ? count - 1 : 0);
}

/* 4,096ths; -1 where there is nothing to be a part of. */
static int16_t part_of(uint64_t part, uint64_t whole)
{
	return (int16_t)(whole ? (int64_t)(part * 4096 / whole) : -1);
}

/* What one channel, or all, come to on both sides: in sixteenths of a bit, times 16. */
struct sums {
	uint64_t a, b, shared;
};

static void add_sums(struct sums *to, const struct sums *from, uint64_t weight)
{
	to->a += from->a * weight;
	to->b += from->b * weight;
	to->shared += from->shared * weight;
}

static uint64_t lesser(const struct sums *s)
{
	return s->a < s->b ? s->a : s->b;
}

static uint64_t greater(const struct sums *s)
{
	return s->a > s->b ? s->a : s->b;
}

static int16_t ratio16(uint32_t a, uint32_t b)
{
	int16_t la = log16(a), lb = log16(b);

	return (int16_t)(la > lb ? la - lb : lb - la);
}

/* Merges the two lists; gives how many common features two projects never had. */
static uint32_t merge(
        const struct likeness_side *a, const struct likeness_side *b, struct sums sums[INQ_CHANNEL_COUNT])
{
	uint32_t i = 0, j = 0, rare = 0;

	while (i < a->feature_count || j < b->feature_count) {
		bool has_a = i < a->feature_count, has_b = j < b->feature_count;
		uint32_t ka = has_a ? a->features[i].key : UINT32_MAX,
		         kb = has_b ? b->features[j].key : UINT32_MAX;

		if (has_a && has_b && ka == kb) {
			struct sums *s = &sums[inq_feature_channel(ka)];
			uint32_t ca = a->features[i].count, cb = b->features[j].count, weight = a->rarity[i];
			uint32_t wa = weight * repeats16(ca), wb = weight * repeats16(cb);

			s->a += wa;
			s->b += wb;
			s->shared += wa < wb ? wa : wb;
			rare += weight == INQ_RARITY_MOST && !inq_channel_is_context(inq_feature_channel(ka));
			i++;
			j++;
		} else if (has_a && (!has_b || ka < kb)) {
			sums[inq_feature_channel(ka)].a += a->rarity[i] * repeats16(a->features[i].count);
			i++;
		} else {
			sums[inq_feature_channel(kb)].b += b->rarity[j] * repeats16(b->features[j].count);
			j++;
		}
	}
	return rare;
}

static void put_channel(const struct sums *s, int16_t ret[3])
{
	ret[0] = part_of(s->shared, s->a + s->b - s->shared);
	ret[1] = part_of(s->shared, lesser(s));
	ret[2] = log16(s->shared / 16);
}

void likeness_numbers(
        const struct likeness_side *a, const struct likeness_side *b, int16_t ret[LIKENESS_COUNT])
{
	enum { NORM2 = INQ_VECTOR_NORM * INQ_VECTOR_NORM };
	struct sums sums[INQ_CHANNEL_COUNT] = { { 0 } }, all = { 0 };
	uint32_t rare = merge(a, b, sums);

	memset(ret, 0, LIKENESS_COUNT * sizeof *ret);
	for (unsigned c = 0; c < INQ_CHANNEL_COUNT; c++) {
		bool context = inq_channel_is_context(c);

		if (!context)
			add_sums(&all, &sums[c], inq_channel_weight[c]);
		put_channel(&sums[c], ret + (context ? LIKENESS_CONTEXT : LIKENESS_CHANNEL) + 3 * c);
	}
	ret[LIKENESS_COSINE] = (int16_t)((int64_t)inq_vector_dot(a->vector, b->vector) * 4096 / NORM2);
	ret[LIKENESS_SIMILAR] = part_of(all.shared, inq_root(all.a) * inq_root(all.b));
	ret[LIKENESS_BOTH] = (int16_t)(ret[LIKENESS_COSINE] + ret[LIKENESS_SIMILAR]);
	ret[LIKENESS_SHARED] = log16(all.shared / 256);
	ret[LIKENESS_JACCARD] = part_of(all.shared, all.a + all.b - all.shared);
	ret[LIKENESS_OF_LESS] = part_of(all.shared, lesser(&all));
	ret[LIKENESS_OF_MORE] = part_of(all.shared, greater(&all));
	ret[LIKENESS_LESS] = log16(lesser(&all) / 256);
	ret[LIKENESS_MORE] = log16(greater(&all) / 256);
	ret[LIKENESS_RARE] = (int16_t)rare;
	ret[LIKENESS_BLOCKS] = ratio16(a->block_count, b->block_count);
	ret[LIKENESS_INSNS] = ratio16(a->insn_count, b->insn_count);
	ret[LIKENESS_SIZE] = log16(a->insn_count < b->insn_count ? a->insn_count : b->insn_count);
	ret[LIKENESS_MACHINE] = a->arch == b->arch && a->big_endian == b->big_endian ? 0
	                        : a->bits == b->bits                                 ? 1
	                                                                             : 2;
}

static int32_t signed16(const uint8_t *at)
{
	return (int16_t)(at[0] | at[1] << 8);
}

static int32_t ask_tree(const uint8_t *tree, const int16_t numbers[LIKENESS_COUNT])
{
	uint32_t at = 0;

	for (unsigned i = 0; i < LIKENESS_DEPTH; i++) {
		const uint8_t *split = tree + 4 * at;

		at = 2 * at + 1 + (numbers[split[0]] > signed16(split + 2));
	}
	return signed16(tree + 4 * LIKENESS_SPLITS + 2 * (at - LIKENESS_SPLITS));
}

/* The weighed sum of numbers [first, end); weights are so bounded that it stays in 64 bits. */
static int32_t weigh(const struct likeness_model *m, const int16_t *numbers, unsigned first, unsigned end)
{
	int64_t sum = 0;

	for (unsigned i = first; i < end; i++)
		sum += (int64_t)numbers[i] * (int32_t)inq_le32(m->weights + 4 * i);
	sum >>= 16;
	return (int32_t)(sum > 1 << 24 ? 1 << 24 : sum < -(1 << 24) ? -(1 << 24) : sum);
}

struct likeness likeness_score(const struct likeness_model *m, const int16_t numbers[LIKENESS_COUNT])
{
	struct likeness l = { m->base[0], 0 };
	uint32_t i = 0;

	if (!m->weights)
		return l;
	l.content += weigh(m, numbers, 0, LIKENESS_CONTEXT);
	for (; i < m->content_count; i++)
		l.content += ask_tree(m->trees + (size_t)i * LIKENESS_TREE_BYTES, numbers);
	l.context = l.content + m->base[1] + weigh(m, numbers, LIKENESS_CONTEXT, LIKENESS_COUNT);
	for (; i < m->tree_count; i++)
		l.context += ask_tree(m->trees + (size_t)i * LIKENESS_TREE_BYTES, numbers);
	return l;
}

unsigned likeness_curve(const int16_t numbers[LIKENESS_COUNT], bool context)
{
	/* 16 * log2 of 32, 64 and 128 instructions */
	static const int16_t bounds[LIKENESS_SIZES - 1] = { 80, 96, 112 };
	unsigned size = 0;

	while (size < LIKENESS_SIZES - 1 && numbers[LIKENESS_SIZE] >= bounds[size])
		size++;
	return (context * 2U + (numbers[LIKENESS_MACHINE] != 0)) * LIKENESS_SIZES + size;
}

uint32_t likeness_probability(const struct likeness_model *m, unsigned curve, int32_t score)
{
	size_t off = (size_t)curve * LIKENESS_STEPS * 8;
	uint32_t result = 0;

	if (!m->calibration.len)
		return 0;
	for (unsigned i = 0; i < LIKENESS_STEPS; i++) {
		const uint8_t *step = m->calibration.at + off + 8 * i;

		if (score < (int32_t)inq_le32(step))
			break;
		result = inq_le32(step + 4);
	}
	return result;
}

static enum inq_status prove_trees(
        struct inq_bytes table, const struct likeness_model *m, struct inq_error *err)
{
	for (uint32_t i = 0; i < m->tree_count; i++)
		for (unsigned j = 0; j < LIKENESS_SPLITS; j++) {
			const uint8_t *split = m->trees + (size_t)i * LIKENESS_TREE_BYTES + 4 * j;

			if (split[1] ||
			        split[0] >= (i < m->content_count ? LIKENESS_CONTEXT : LIKENESS_COUNT))
				return inq_fail(err, INQ_CORRUPT, (uint64_t)(split - table.at),
				        "a tree asks for a number that it must not");
		}
	return INQ_OK;
}

static enum inq_status prove_calibration(
        struct inq_bytes table, struct inq_bytes calibration, struct inq_error *err)
{
	for (unsigned i = 0; i < LIKENESS_CURVES * LIKENESS_STEPS; i++) {
		const uint8_t *step = calibration.at + 8 * (size_t)i;

		if (inq_le32(step + 4) > 1000 ||
		        (i % LIKENESS_STEPS &&
		                (inq_le32(step + 4) < inq_le32(step - 4) ||
		                        (int32_t)inq_le32(step) < (int32_t)inq_le32(step - 8))))
			return inq_fail(err, INQ_CORRUPT, (uint64_t)(step - table.at),
			        "a calibration does not rise, or rises past certainty");
	}
	return INQ_OK;
}

enum inq_status likeness_read(struct inq_bytes table, struct likeness_model *ret, struct inq_error *err)
{
	struct likeness_model m = { 0 };
	enum inq_status status;

	if (!table.len) {
		*ret = m;
		return INQ_OK;
	}
	if (table.len < LIKENESS_HEAD)
		return inq_fail(err, INQ_CORRUPT, table.len, "the pair scorer is cut short");
	m.content_count = inq_le32(table.at);
	m.tree_count = inq_le32(table.at + 4);
	m.base[0] = (int32_t)inq_le32(table.at + 8);
	m.base[1] = (int32_t)inq_le32(table.at + 12);
	/* So that no sum overflows: the trees add less than 1,000 x 2^15. */
	if (m.tree_count > LIKENESS_TREES_MOST || m.content_count > m.tree_count || m.base[0] > 1 << 24 ||
	        m.base[0] < -(1 << 24) || m.base[1] > 1 << 24 || m.base[1] < -(1 << 24))
		return inq_fail(err, INQ_CORRUPT, 0, "the pair scorer's head is out of bounds");
	if (table.len != LIKENESS_HEAD + LIKENESS_WEIGHTS + (size_t)m.tree_count * LIKENESS_TREE_BYTES +
	                         LIKENESS_CALIBRATION)
		return inq_fail(err, INQ_CORRUPT, table.len, "the pair scorer is not as long as it says");
	m.weights = table.at + LIKENESS_HEAD;
	m.trees = m.weights + LIKENESS_WEIGHTS;
	m.calibration =
	        (struct inq_bytes){ table.at + table.len - LIKENESS_CALIBRATION, LIKENESS_CALIBRATION };
	status = prove_trees(table, &m, err);
	if (status == INQ_OK)
		status = prove_calibration(table, m.calibration, err);
	if (status == INQ_OK)
		*ret = m;
	return status;
}

static struct likeness_model own;

static void read_own(void)
{
	if (likeness_read(inq_model_likeness(inq_model()), &own, NULL) != INQ_OK)
		own = (struct likeness_model){ .tree_count = 0 };
}

const struct likeness_model *likeness_model(void)
{
	static once_flag once = ONCE_FLAG_INIT;

	call_once(&once, read_own);
	return &own;
}
