#include "corpus/assembly.h"
#include "corpus/sort.h"
#include <stdlib.h>
#include <string.h>

struct label_place {
	const char *name;
	uint32_t number;
};

static int compare_labels(const void *a, const void *b)
{
	return strcmp(((const struct label_place *)a)->name, ((const struct label_place *)b)->name);
}

struct sample_place {
	uint32_t label; /* of the file */
	uint32_t number;
	struct inq_sha256 sha256;
};

static int compare_samples(const void *a, const void *b)
{
	const struct sample_place *x = a, *y = b;

	if (x->label != y->label)
		return x->label < y->label ? -1 : 1;
	return memcmp(&x->sha256, &y->sha256, sizeof x->sha256);
}

static bool order_labels(struct assembly *y)
{
	struct inq_corpus_builder *b = y->b;
	struct label_place *places = inq_arena_new(y->arena, b->label_count, sizeof *places);

	y->labels = inq_arena_new(y->arena, b->label_count, sizeof *y->labels);
	if (!places || !y->labels)
		return false;
	for (size_t i = 0; i < b->label_count; i++)
		places[i] = (struct label_place){ b->labels[i].name, (uint32_t)i };
	if (b->label_count)
		qsort(places, b->label_count, sizeof *places, compare_labels);
	for (size_t i = 0; i < b->label_count; i++) {
		y->labels[i] = places[i].number;
		b->labels[places[i].number].number = (uint32_t)i;
		y->family_count += b->labels[places[i].number].kind == INQ_LABEL_FAMILY;
	}
	return true;
}

static bool order_samples(struct assembly *y)
{
	struct inq_corpus_builder *b = y->b;
	struct sample_place *places = inq_arena_new(y->arena, b->sample_count, sizeof *places);

	y->samples = inq_arena_new(y->arena, b->sample_count, sizeof *y->samples);
	y->sample_labels = inq_arena_new(y->arena, b->sample_count, sizeof *y->sample_labels);
	y->sample_firsts = inq_arena_new(y->arena, b->sample_count, sizeof *y->sample_firsts);
	if (!places || !y->samples || !y->sample_labels || !y->sample_firsts)
		return false;
	for (size_t i = 0; i < b->sample_count; i++) {
		const struct built_sample *s = &b->samples[i];

		if (s->dropped)
			continue;
		places[y->sample_count].label = b->labels[s->label].number;
		places[y->sample_count].number = (uint32_t)i;
		places[y->sample_count++].sha256 = s->program.sha256;
	}
	if (y->sample_count)
		qsort(places, y->sample_count, sizeof *places, compare_samples);
	for (uint32_t i = 0; i < y->sample_count; i++) {
		y->samples[i] = places[i].number;
		y->sample_labels[i] = places[i].label;
	}
	return true;
}

/* Numbers functions by where they first occur. */
static bool find_functions(struct assembly *y)
{
	struct inq_corpus_builder *b = y->b;

	for (uint32_t i = 0; i < y->sample_count; i++) {
		y->sample_firsts[i] = y->occurrence_count;
		y->occurrence_count += b->samples[y->samples[i]].occurrence_count;
	}
	y->functions = inq_arena_new(y->arena, b->function_count, sizeof *y->functions);
	if (!y->functions)
		return false;
	for (size_t i = 0; i < b->function_count; i++)
		b->functions[i].number = UINT32_MAX;
	for (uint32_t i = 0; i < y->sample_count; i++) {
		const struct built_sample *s = &b->samples[y->samples[i]];

		for (uint32_t j = 0; j < s->occurrence_count; j++) {
			struct built_function *f = &b->functions[s->occurrences[j].function];

			if (f->number == UINT32_MAX) {
				f->number = y->function_count++;
				y->functions[f->number] = s->occurrences[j].function;
			}
		}
	}
	return true;
}

/* Numbers functions by weight, then as they were: sorted stably, by the upper half alone. */
static bool sort_functions(struct assembly *y)
{
	struct inq_arena *scratch = inq_arena_open(y->b->limit);
	uint64_t *order = scratch ? inq_arena_new(scratch, y->function_count, sizeof *order) : NULL;
	uint64_t *space = scratch ? inq_arena_new(scratch, y->function_count, sizeof *space) : NULL;
	uint32_t *functions = scratch ? inq_arena_new(scratch, y->function_count, sizeof *functions) : NULL;

	if (!order || !space || !functions) {
		inq_arena_close(scratch);
		return false;
	}
	for (uint32_t i = 0; i < y->function_count; i++)
		order[i] = (uint64_t)y->weights[i] << 32 | i;
	sort_numbers(order, space, y->function_count, 32);
	for (uint32_t i = 0; i < y->function_count; i++) {
		functions[i] = y->functions[(uint32_t)order[i]];
		y->weights[i] = y->content_weights[(uint32_t)order[i]];
	}
	for (uint32_t i = 0; i < y->function_count; i++) {
		y->functions[i] = functions[i];
		y->content_weights[i] = y->weights[i];
		y->weights[i] = (uint32_t)(order[i] >> 32);
		y->b->functions[functions[i]].number = i;
	}
	inq_arena_close(scratch);
	return true;
}

bool assembly_order_functions(struct assembly *y)
{
	const struct inq_corpus_builder *b = y->b;
	uint32_t *fill = inq_arena_new(y->arena, y->function_count, sizeof *fill), occurrence = 0;

	y->occurrence_first =
	        inq_arena_new(y->arena, (size_t)y->function_count + 1, sizeof *y->occurrence_first);
	y->occurrences = inq_arena_new(y->arena, y->occurrence_count, sizeof *y->occurrences);
	y->occurrence_samples = inq_arena_new(y->arena, y->occurrence_count, sizeof *y->occurrence_samples);
	if (!fill || !y->occurrence_first || !y->occurrences || !y->occurrence_samples || !sort_functions(y))
		return false;
	for (uint32_t i = 0; i < y->sample_count; i++) {
		const struct built_sample *s = &b->samples[y->samples[i]];

		for (uint32_t j = 0; j < s->occurrence_count; j++)
			y->occurrence_first[b->functions[s->occurrences[j].function].number + 1]++;
	}
	for (uint32_t i = 0; i < y->function_count; i++) {
		y->occurrence_first[i + 1] += y->occurrence_first[i];
		fill[i] = y->occurrence_first[i];
	}
	for (uint32_t i = 0; i < y->sample_count; i++) {
		const struct built_sample *s = &b->samples[y->samples[i]];

		for (uint32_t j = 0; j < s->occurrence_count; j++) {
			uint32_t number = b->functions[s->occurrences[j].function].number;

			y->occurrence_samples[occurrence] = i;
			y->occurrences[fill[number]++] = occurrence++;
		}
	}
	return true;
}

bool assembly_order(struct assembly *y)
{
	return order_labels(y) && order_samples(y) && find_functions(y);
}

static bool string_room(struct assembly *y)
{
	struct place_table *t = &y->string_places;
	size_t size = t->size ? t->size * 2 : 1024;
	uint32_t *at;

	if (2 * (t->used + 1) <= t->size)
		return true;
	at = inq_arena_new(y->arena, size, sizeof *at);
	if (!at)
		return false;
	for (size_t i = 0; i < t->size; i++) {
		const char *text;
		size_t place;

		if (!t->at[i])
			continue;
		text = y->strings + t->at[i] - 1;
		for (place = inq_hash64(text, strlen(text), 0) & (size - 1); at[place];
		        place = (place + 1) & (size - 1))
			;
		at[place] = t->at[i];
	}
	t->at = at;
	t->size = size;
	return true;
}

/* Where `text` lies in the strings; each text once, in the order in which they were asked for. */
static bool intern_string(struct assembly *y, const char *text, uint32_t *ret)
{
	struct place_table *t = &y->string_places;
	size_t len = strlen(text), place;

	if (!string_room(y))
		return false;
	for (place = inq_hash64(text, len, 0) & (t->size - 1); t->at[place];
	        place = (place + 1) & (t->size - 1)) {
		if (strcmp(y->strings + t->at[place] - 1, text) == 0) {
			*ret = t->at[place] - 1;
			return true;
		}
	}
	while (y->string_capacity - y->string_len < len + 1) {
		size_t capacity = y->string_capacity;
		char *grown = inq_arena_extend(y->arena, y->strings, capacity, &capacity, 1);

		if (!grown)
			return false;
		y->strings = grown;
		y->string_capacity = capacity;
	}
	if (y->string_len + len + 1 >= UINT32_MAX)
		return false;
	memcpy(y->strings + y->string_len, text, len + 1);
	*ret = (uint32_t)y->string_len;
	t->at[place] = *ret + 1;
	t->used++;
	y->string_len += len + 1;
	return true;
}

bool assembly_strings(struct assembly *y)
{
	const struct inq_corpus_builder *b = y->b;
	uint32_t occurrence = 0, empty;

	y->label_names = inq_arena_new(y->arena, b->label_count, sizeof *y->label_names);
	y->sample_names = inq_arena_new(y->arena, y->sample_count, sizeof *y->sample_names);
	y->occurrence_names = inq_arena_new(y->arena, y->occurrence_count, sizeof *y->occurrence_names);
	if (!y->label_names || !y->sample_names || !y->occurrence_names || !intern_string(y, "", &empty))
		return false;
	for (size_t i = 0; i < b->label_count; i++)
		if (!intern_string(y, b->labels[y->labels[i]].name, &y->label_names[i]))
			return false;
	for (uint32_t i = 0; i < y->sample_count; i++)
		if (!intern_string(y, b->samples[y->samples[i]].program.name, &y->sample_names[i]))
			return false;
	for (uint32_t i = 0; i < y->sample_count; i++) {
		const struct built_sample *s = &b->samples[y->samples[i]];

		for (uint32_t j = 0; j < s->occurrence_count; j++, occurrence++) {
			const char *name = s->occurrences[j].name;

			if (name && !intern_string(y, name, &y->occurrence_names[occurrence]))
				return false;
		}
	}
	return true;
}
