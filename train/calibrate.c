#include "calibrate.h"
#include <stdlib.h>
#include <string.h>

static void note(struct train_trials *t, const int16_t *numbers, bool context, int32_t score, bool right,
        struct inq_arena *a)
{
	unsigned curve = likeness_curve(numbers, context);
	struct train_trial *grown =
	        inq_arena_extend(a, t->at[curve], t->count[curve], &t->capacity[curve], sizeof *grown);

	if (!grown)
		train_fail("no memory", "calibration");
	t->at[curve] = grown;
	grown[t->count[curve]++] = (struct train_trial){ score, right };
}

void train_try(const struct train_pairs *p, uint32_t fold, const struct likeness_model *m,
        struct inq_arena *a, struct train_trials *t)
{
	for (uint32_t i = 0; i < p->query_count; i++) {
		const struct train_query *q = &p->queries[i];
		int64_t best[2][2]; /* of content and context: right, wrong */
		uint32_t at[2][2];

		if (q->fold != fold)
			continue;
		for (unsigned k = 0; k < 4; k++) {
			best[k / 2][k % 2] = INT64_MIN;
			at[k / 2][k % 2] = UINT32_MAX;
		}
		for (uint32_t j = q->first; j < q->first + q->count; j++) {
			struct likeness l = likeness_score(m, p->numbers[j]);
			int32_t scores[] = { l.content, l.context };

			for (unsigned k = 0; k < 2; k++)
				if (scores[k] > best[k][!p->same[j]]) {
					best[k][!p->same[j]] = scores[k];
					at[k][!p->same[j]] = j;
				}
		}
		t->queries++;
		for (unsigned k = 0; k < 2; k++) {
			bool right = best[k][0] > best[k][1];

			t->first[k] += right;
			note(t, p->numbers[at[k][!right]], k, (int32_t)best[k][!right], right, a);
			if (at[k][1] != UINT32_MAX)
				note(t, p->numbers[at[k][1]], k, (int32_t)best[k][1], false, a);
		}
	}
}

static int compare_trials(const void *a, const void *b)
{
	const struct train_trial *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? -1 : 1;
	return x->right - y->right;
}

/* A run of trials that share a probability. */
struct block {
	uint32_t first, count, right;
};

static void put32(uint8_t *to, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		to[i] = (uint8_t)(v >> 8 * i);
}

/* One curve: blocks of at least a 31st of the trials, each as likely as it was right, one right and one wrong added. */
static void fit(struct train_trial *trials, uint32_t count, uint8_t *to, struct inq_arena *a)
{
	struct block *blocks = train_new(a, count + 1, sizeof *blocks);
	uint32_t least = count / (LIKENESS_STEPS - 1) + 1, block_count = 0, step = 0;

	qsort(trials, count, sizeof *trials, compare_trials);
	for (uint32_t i = 0; i < count; i += least) {
		struct block b = { .first = i };

		for (uint32_t j = i; j < count && j < i + least; j++) {
			b.count++;
			b.right += trials[j].right;
		}
		while (block_count && (uint64_t)blocks[block_count - 1].right * b.count >=
		                              (uint64_t)b.right * blocks[block_count - 1].count) {
			block_count--;
			b.first = blocks[block_count].first;
			b.count += blocks[block_count].count;
			b.right += blocks[block_count].right;
		}
		blocks[block_count++] = b;
	}
	for (uint32_t i = 0; i < block_count; i++, step++) {
		uint32_t right = (uint32_t)((blocks[i].right + 1) * UINT64_C(1000) / (blocks[i].count + 2));

		if (step && right < inq_le32(to + 8 * step - 4))
			right = inq_le32(to + 8 * step - 4);
		put32(to + 8 * step, (uint32_t)trials[blocks[i].first].score);
		put32(to + 8 * step + 4, right);
	}
	for (; step < LIKENESS_STEPS; step++) {
		put32(to + 8 * step, step ? inq_le32(to + 8 * step - 8) : 0);
		put32(to + 8 * step + 4, step ? inq_le32(to + 8 * step - 4) : 0);
	}
}

void train_calibrate(struct train_trials *t, uint8_t *table, size_t len, struct inq_arena *a)
{
	for (unsigned i = 0; i < LIKENESS_CURVES; i++)
		fit(t->at[i], t->count[i],
		        table + len - LIKENESS_CALIBRATION + (size_t)i * LIKENESS_STEPS * 8, a);
}
