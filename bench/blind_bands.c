/*
 * Of the function pairs that `compare` finds, how many the bands of their
 * sketches find, by likeness; and how many pairs become candidates, and how
 * many of these are not alike.
 *
 * usage: blind_bands < PAIRS        lines of two programs each
 */
#include "os/os.h"
#include <inquiry/match.h>
#include <inquiry/sketch.h>
#include <stdio.h>
#include <string.h>

struct side {
	struct inq_program program;
	uint32_t (*keys)[INQ_SKETCH_KEYS_MOST], *count;
	uint8_t (*bands)[INQ_SKETCH_BANDS][INQ_SKETCH_BAND];
};

/* Pairs by likeness: in tenths, and 10 for the same features. */
struct tally {
	uint64_t pairs[11], found[11], candidates[11];
	uint64_t functions, large;
};

static bool load(const char *path, struct inq_arena *a, struct side *ret)
{
	struct inq_program *p = &ret->program;
	struct inq_error err = { 0, "" };
	struct inq_exhibit x;
	struct inq_code code;
	struct inq_file file;

	if (inq_file_open(path, &file, &err) != INQ_OK ||
	        inq_exhibit_read(file.bytes, a, &x, &err) != INQ_OK ||
	        inq_code_recover(&x, a, &code, &err) != INQ_OK ||
	        inq_program_make(&code, path, a, p, &err) != INQ_OK) {
		fprintf(stderr, "%s: %s\n", path, err.text);
		return false;
	}
	ret->keys = inq_arena_new(a, p->function_count, sizeof *ret->keys);
	ret->count = inq_arena_new(a, p->function_count, sizeof *ret->count);
	ret->bands = inq_arena_new(a, p->function_count, sizeof *ret->bands);
	if (!ret->keys || !ret->count || !ret->bands)
		return false;
	for (uint32_t f = 0; f < p->function_count; f++) {
		const struct inq_fingerprint *fp = &p->functions[f];

		for (uint32_t i = fp->feature_first; i < fp->feature_first + fp->feature_count; i++) {
			unsigned channel = inq_feature_channel(p->features[i].key);

			if (!inq_channel_is_context(channel) && inq_channel_weight[channel])
				ret->keys[f][ret->count[f]++] = p->features[i].key;
		}
		inq_sketch(ret->keys[f], ret->count[f], ret->bands[f]);
	}
	return true;
}

static bool meet(const struct side *l, uint32_t x, const struct side *r, uint32_t y)
{
	for (unsigned i = 0; i < INQ_SKETCH_BANDS; i++)
		if (memcmp(l->bands[x][i], r->bands[y][i], INQ_SKETCH_BAND) == 0)
			return true;
	return false;
}

static unsigned likeness(const struct side *l, uint32_t x, const struct side *r, uint32_t y)
{
	return inq_sketch_jaccard(l->keys[x], l->count[x], r->keys[y], r->count[y]) / 100;
}

static void tally(const struct side *l, const struct side *r, const struct inq_comparison *c, struct tally *t)
{
	for (uint32_t i = 0; i < c->match_count; i++) {
		uint32_t x = c->matches[i].a, y = c->matches[i].b;
		unsigned at = likeness(l, x, r, y);

		if (l->count[x] < INQ_SKETCH_LEAST || r->count[y] < INQ_SKETCH_LEAST)
			continue;
		t->pairs[at]++;
		t->found[at] += meet(l, x, r, y);
	}
	for (uint32_t x = 0; x < l->program.function_count; x++) {
		t->functions++;
		if (l->count[x] < INQ_SKETCH_LEAST)
			continue;
		t->large++;
		for (uint32_t y = 0; y < r->program.function_count; y++)
			if (r->count[y] >= INQ_SKETCH_LEAST && meet(l, x, r, y))
				t->candidates[likeness(l, x, r, y)]++;
	}
}

int main(void)
{
	struct tally t = { .functions = 0 };
	char left[4096], right[4096];
	uint64_t pairs = 0, found = 0;

	while (scanf("%4095s %4095s", left, right) == 2) {
		struct inq_arena *a = inq_arena_open(SIZE_MAX);
		struct inq_comparison c;
		struct side l = { .count = NULL }, r = { .count = NULL };
		struct inq_error err;

		if (a && load(left, a, &l) && load(right, a, &r) &&
		        inq_match_compare(&l.program, &r.program, a, &c, &err) == INQ_OK)
			tally(&l, &r, &c, &t);
		inq_arena_close(a);
	}
	printf("jaccard   pairs   found  candidates\n");
	for (unsigned i = 0; i < 11; i++) {
		printf("%s%.1f  %8llu%8llu%12llu\n", i == 10 ? " =" : ">=", i / 10.0,
		        (unsigned long long)t.pairs[i], (unsigned long long)t.found[i],
		        (unsigned long long)t.candidates[i]);
		pairs += i >= 8 ? t.pairs[i] : 0;
		found += i >= 8 ? t.found[i] : 0;
	}
	printf("%llu functions, %llu of them large; at 0.8 and above %llu of %llu pairs found\n",
	        (unsigned long long)t.functions, (unsigned long long)t.large, (unsigned long long)found,
	        (unsigned long long)pairs);
	return 0;
}
