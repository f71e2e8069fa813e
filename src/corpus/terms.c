#include "corpus/assembly.h"
#include "corpus/sort.h"
#include "fingerprint/encoded.h"
#include "fingerprint/varint.h"
#include <string.h>

/* Keys are hashes below their channel: the multiplication brings the channel in (Fibonacci hashing). */
static size_t slot_of(uint32_t key, size_t size)
{
	return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 24) & (size - 1);
}

static bool table_grow(struct assembly *y)
{
	struct term_table *t = &y->table,
	                  grown = { .size = t->size ? t->size * 2 : 1 << 16, .used = t->used };

	grown.arena = inq_arena_open(y->b->limit);
	grown.at = grown.arena ? inq_arena_new(grown.arena, grown.size, sizeof *grown.at) : NULL;
	if (!grown.at) {
		inq_arena_close(grown.arena);
		return false;
	}
	for (size_t i = 0; i < t->size; i++) {
		size_t place;

		if (!t->at[i].value)
			continue;
		for (place = slot_of(t->at[i].key, grown.size); grown.at[place].value;
		        place = (place + 1) & (grown.size - 1))
			;
		grown.at[place] = t->at[i];
	}
	inq_arena_close(t->arena);
	*t = grown;
	return true;
}

static struct term_slot *table_slot(const struct term_table *t, uint32_t key)
{
	size_t place = slot_of(key, t->size);

	while (t->at[place].value && t->at[place].key != key)
		place = (place + 1) & (t->size - 1);
	return &t->at[place];
}

/* What was encoded by this program itself a moment ago: it decodes. */
static uint32_t decode(const struct built_function *f, struct inq_feature *ret)
{
	struct inq_bytes b = { f->features, f->features_len };

	return inq_features_decode(b, f->feature_count, ret) ? f->feature_count : 0;
}

static bool count_features(struct assembly *y)
{
	struct inq_feature features[INQ_FINGERPRINT_FEATURES_MOST];

	for (uint32_t i = 0; i < y->function_count; i++) {
		uint32_t count = decode(&y->b->functions[y->functions[i]], features);

		y->feature_count += count;
		for (uint32_t j = 0; j < count; j++) {
			struct term_slot *slot;

			if (2 * (y->table.used + 1) > y->table.size && !table_grow(y))
				return false;
			slot = table_slot(&y->table, features[j].key);
			y->table.used += !slot->value;
			slot->key = features[j].key;
			slot->value++;
		}
	}
	return y->table.used < UINT32_MAX;
}

bool assembly_terms(struct assembly *y)
{
	size_t count = 0;
	uint64_t *space;

	if (!count_features(y))
		return false;
	y->term_count = (uint32_t)y->table.used;
	y->terms = inq_arena_new(y->arena, y->term_count, sizeof *y->terms);
	space = inq_arena_new(y->arena, y->term_count, sizeof *space);
	if (!y->terms || !space)
		return false;
	for (size_t i = 0; i < y->table.size; i++)
		if (y->table.at[i].value)
			y->terms[count++] =
			        (uint64_t)(UINT32_MAX - y->table.at[i].value) << 32 | y->table.at[i].key;
	sort_numbers(y->terms, space, count, 0);
	for (uint32_t i = 0; i < y->term_count; i++)
		table_slot(&y->table, (uint32_t)y->terms[i])->value = i + 1;
	return true;
}

static uint32_t term_functions(const struct assembly *y, uint32_t term)
{
	return UINT32_MAX - (uint32_t)(y->terms[term] >> 32);
}

bool assembly_weights(struct assembly *y)
{
	struct inq_feature features[INQ_FINGERPRINT_FEATURES_MOST];

	y->weights = inq_arena_new(y->arena, y->function_count, sizeof *y->weights);
	y->content_weights = inq_arena_new(y->arena, y->function_count, sizeof *y->content_weights);
	if (!y->weights || !y->content_weights)
		return false;
	for (uint32_t i = 0; i < y->function_count; i++) {
		uint32_t count = decode(&y->b->functions[y->functions[i]], features);

		for (uint32_t j = 0; j < count; j++) {
			uint32_t term = table_slot(&y->table, features[j].key)->value - 1;
			uint32_t weight = inq_feature_weight(features[j].key, features[j].count,
			        y->function_count, term_functions(y, term));

			y->weights[i] += weight;
			if (!inq_channel_is_context(inq_feature_channel(features[j].key)))
				y->content_weights[i] += weight;
		}
	}
	return true;
}

static bool piece_room(struct assembly *y, size_t len)
{
	struct piece *p;

	if (y->last_piece && PIECE_LEN - y->last_piece->len >= len)
		return true;
	p = inq_arena_new(y->arena, 1, sizeof *p + PIECE_LEN);
	if (!p)
		return false;
	if (y->last_piece)
		y->last_piece->next = p;
	else
		y->first_piece = p;
	y->last_piece = p;
	return true;
}

bool assembly_features(struct assembly *y)
{
	struct inq_feature features[INQ_FINGERPRINT_FEATURES_MOST];
	uint64_t sorted[INQ_FINGERPRINT_FEATURES_MOST], space[INQ_FINGERPRINT_FEATURES_MOST], off = 0;

	y->feature_offs = inq_arena_new(y->arena, y->function_count, sizeof *y->feature_offs);
	if (!y->feature_offs)
		return false;
	for (uint32_t i = 0; i < y->function_count; i++) {
		uint32_t count = decode(&y->b->functions[y->functions[i]], features), before = 0;
		uint8_t *at;
		size_t len = 0;

		if (!piece_room(y, (size_t)count * INQ_FEATURE_ENCODED_MOST))
			return false;
		at = y->last_piece->bytes + y->last_piece->len;
		for (uint32_t j = 0; j < count; j++) {
			uint32_t term = table_slot(&y->table, features[j].key)->value - 1;

			sorted[j] = (uint64_t)term << 32 | features[j].count;
		}
		sort_numbers(sorted, space, count, 32);
		for (uint32_t j = 0; j < count; j++) {
			uint32_t term = (uint32_t)(sorted[j] >> 32), times = (uint32_t)sorted[j];

			len += inq_varint_put(at + len, (uint64_t)(term - before) << 1 | (times > 1));
			if (times > 1)
				at[len++] = (uint8_t)times;
			before = term;
		}
		y->feature_offs[i] = off;
		y->last_piece->len += len;
		off += len;
	}
	return true;
}

/* Calls for terms [low, high) of all functions: their numbers into `entries`, by term. */
static void gather_entries(
        const struct assembly *y, uint32_t low, uint32_t high, uint32_t *next, uint32_t *entries)
{
	uint32_t function = 0;

	for (const struct piece *p = y->first_piece; p; p = p->next) {
		const uint8_t *at = p->bytes, *end = p->bytes + p->len;

		for (; at < end; function++) {
			uint32_t left = y->b->functions[y->functions[function]].feature_count;
			uint64_t term = 0, step;

			for (; left && inq_varint_get(&at, end, &step); left--) {
				at += step & 1;
				term += step >> 1;
				if (term >= low && term < high)
					entries[next[term - low]++] = function;
			}
		}
	}
}

/* Writes the postings of one term: a run is entered where the one after it begins. */
static void write_term(struct writer *w, const uint32_t *at, uint32_t count)
{
	uint8_t step[INQ_VARINT_MOST], run[RUN_LEN];
	uint32_t runs = run_count(count), before = 0;
	size_t len = 0;

	for (uint32_t i = 0; i < count; i++) {
		len += inq_varint_put(step, at[i] - before);
		before = at[i];
	}
	writer_number(w, len + (size_t)runs * RUN_LEN);
	before = 0;
	len = 0;
	for (uint32_t i = 0; i < runs * RUN; i++) {
		len += inq_varint_put(step, at[i] - before);
		before = at[i];
		if (i % RUN != RUN - 1)
			continue;
		put_le64(run, before | (uint64_t)len << 32);
		writer_bytes(w, run, sizeof run);
	}
	before = 0;
	for (uint32_t i = 0; i < count; i++) {
		writer_bytes(w, step, inq_varint_put(step, at[i] - before));
		before = at[i];
	}
}

static void write_entries(
        struct assembly *y, uint32_t low, uint32_t high, const uint32_t *entries, uint64_t start)
{
	for (uint32_t term = low; term < high; term++) {
		if (term % GROUP == 0)
			y->group_offs[term / GROUP] = y->w->at - start;
		write_term(y->w, entries, term_functions(y, term));
		entries += term_functions(y, term);
	}
}

bool assembly_postings(struct assembly *y)
{
	enum { PASS = 64 << 20 };
	uint64_t start = y->w->at, most = y->feature_count < PASS ? y->feature_count : PASS;
	uint32_t groups = (y->term_count + GROUP - 1) / GROUP, low = 0, high, *entries, *next;

	/* No term has more entries than there are functions: a pass always takes one at least. */
	if (most < y->function_count)
		most = y->function_count;
	y->group_offs = inq_arena_new(y->arena, (size_t)groups + 1, sizeof *y->group_offs);
	entries = inq_arena_new(y->arena, (size_t)most, sizeof *entries);
	next = inq_arena_new(
	        y->arena, (most < y->term_count ? (size_t)most : y->term_count) + 1, sizeof *next);
	if (!y->group_offs || !entries || !next)
		return false;
	for (; low < y->term_count; low = high) {
		uint64_t count = 0;

		for (high = low; high < y->term_count && count + term_functions(y, high) <= most; high++) {
			next[high - low] = (uint32_t)count;
			count += term_functions(y, high);
		}
		gather_entries(y, low, high, next, entries);
		write_entries(y, low, high, entries, start);
		if (y->progress)
			y->progress(y->context, 600 + (unsigned)(UINT64_C(390) * high / y->term_count));
	}
	y->group_offs[groups] = y->w->at - start;
	return true;
}
