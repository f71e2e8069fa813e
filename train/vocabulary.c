#include "embed.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One key while it is counted. */
struct counted {
	uint32_t key;
	uint32_t label, project; /* that had it last, + 1 */
	uint32_t labels, projects;
};

static int compare_counted(const void *a, const void *b)
{
	const struct counted *x = a, *y = b;

	if (x->labels != y->labels)
		return x->labels > y->labels ? -1 : 1;
	return x->key < y->key ? -1 : x->key > y->key;
}

static int compare_keys(const void *a, const void *b)
{
	const struct counted *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

static struct counted *place_of(struct counted *slots, size_t count, uint32_t key)
{
	size_t at = (key * 0x9e3779b97f4a7c15 >> 20) & (count - 1);

	while (slots[at].labels && slots[at].key != key)
		at = (at + 1) & (count - 1);
	return &slots[at];
}

void train_vocabulary(const struct train_set *s, const bool *learn, uint32_t projects_least,
        uint32_t rows_most, struct inq_arena *a, struct train_vocabulary *ret)
{
	struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
	size_t slot_count = 1 << 22, used = 0, kept = 0;
	struct counted *slots = train_new(scratch, slot_count, sizeof *slots);
	uint32_t labels = 0;

	for (uint32_t i = 0; i < s->label_count; i++) {
		const struct train_label *l = &s->labels[i];

		if (!learn[l->project] || !l->member_count)
			continue;
		labels++;
		for (uint32_t j = 0; j < l->member_count; j++) {
			const struct train_function *f = &s->functions[s->members[l->member_first + j]];

			for (uint32_t k = 0; k < f->feature_count + f->kept_count; k++) {
				uint32_t key = s->features[f->feature_first + k].key;
				struct counted *c;

				c = place_of(slots, slot_count, key);
				if (c->label == i + 1)
					continue;
				used += !c->labels;
				c->key = key;
				c->label = i + 1;
				c->labels++;
				c->projects += c->project != l->project + 1;
				c->project = l->project + 1;
			}
		}
		if (2 * used > slot_count) {
			struct counted *grown = train_new(scratch, 2 * slot_count, sizeof *grown);

			for (size_t j = 0; j < slot_count; j++)
				if (slots[j].labels)
					*place_of(grown, 2 * slot_count, slots[j].key) = slots[j];
			slots = grown;
			slot_count *= 2;
		}
	}
	for (size_t i = 0; i < slot_count; i++)
		if (slots[i].labels && slots[i].projects >= projects_least)
			slots[kept++] = slots[i];
	qsort(slots, kept, sizeof *slots, compare_counted);
	fprintf(stderr, "%zu different features, %zu in %u projects or more\n", used, kept, projects_least);
	if (kept > rows_most)
		kept = rows_most;
	qsort(slots, kept, sizeof *slots, compare_keys);
	*ret = (struct train_vocabulary){ .keys = train_new(a, kept, sizeof *ret->keys),
		.rarity = train_new(a, kept, sizeof *ret->rarity),
		.count = (uint32_t)kept,
		.label_count = labels,
		.unknown_rarity = logf((float)labels) };
	for (size_t i = 0; i < kept; i++) {
		ret->keys[i] = slots[i].key;
		ret->rarity[i] = logf((float)labels / (float)slots[i].labels);
	}
	inq_arena_close(scratch);
}

uint32_t train_vocabulary_find(const struct train_vocabulary *v, uint32_t key)
{
	uint32_t low = 0, high = v->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (v->keys[middle] < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < v->count && v->keys[low] == key ? low : UINT32_MAX;
}
