/*
 * Strings: runs of printable ASCII, one byte a character or two (UTF-16LE).
 * One pass over the file; runs of each kind are followed side by side.
 */
#include "observation/private.h"
#include <string.h>

/* A span of the file and where it is in memory. */
struct span {
	uint64_t off, len, va;
};

struct spans {
	struct span *at;
	size_t count;
	size_t next; /* strings come by offset: what ends before them is done with */
};

/* Heap sort by offset: no input makes it slow. */
static void sift(struct span *at, size_t root, size_t count)
{
	for (;;) {
		size_t child = 2 * root + 1;
		struct span swap;

		if (child >= count)
			return;
		if (child + 1 < count && at[child].off < at[child + 1].off)
			child++;
		if (at[root].off >= at[child].off)
			return;
		swap = at[root];
		at[root] = at[child];
		at[child] = swap;
		root = child;
	}
}

static void sort(struct span *at, size_t count)
{
	for (size_t i = count / 2; i--;)
		sift(at, i, count);
	for (size_t i = count; i-- > 1;) {
		struct span swap = at[0];

		at[0] = at[i];
		at[i] = swap;
		sift(at, 0, i);
	}
}

/* Regions that lie in the file; those of objects are copies, and there the sections say it. */
static bool gather(struct inq_observer *w, struct spans *ret)
{
	const struct inq_exhibit *x = w->x;

	ret->at = inq_arena_new(w->a, x->region_count + x->section_count, sizeof *ret->at);
	if (!ret->at)
		return false;
	if (x->kind == INQ_KIND_OBJECT) {
		for (size_t i = 0; i < x->section_count; i++)
			if (x->sections[i].file_size && x->sections[i].va)
				ret->at[ret->count++] = (struct span){ x->sections[i].off,
					x->sections[i].file_size, x->sections[i].va };
	} else {
		for (size_t i = 0; i < x->region_count; i++) {
			struct inq_bytes bytes = x->regions[i].bytes;

			if (bytes.len)
				ret->at[ret->count++] = (struct span){ inq_observer_off(w, bytes), bytes.len,
					x->regions[i].va };
		}
	}
	sort(ret->at, ret->count);
	return true;
}

static uint64_t va_of(struct spans *s, uint64_t off)
{
	while (s->next < s->count && s->at[s->next].off + s->at[s->next].len <= off)
		s->next++;
	if (s->next < s->count && off >= s->at[s->next].off)
		return s->at[s->next].va + (off - s->at[s->next].off);
	return 0;
}

static bool is_printable(uint8_t c)
{
	return (c >= 0x20 && c < 0x7f) || c == '\t';
}

/* A run that is under way: where it began, and how many characters it has so far. */
struct run {
	uint64_t off;
	uint64_t len;
};

struct search {
	struct inq_observer *w;
	const struct inq_observation_limits *limits;
};

static void keep(struct search *s, const struct run *r, bool wide)
{
	struct inq_observer *w = s->w;
	size_t len = r->len < s->limits->string_most ? (size_t)r->len : s->limits->string_most;
	struct inq_string *grown, found = { .off = r->off, .wide = wide };
	uint8_t *copy;

	if (r->len < s->limits->string_least || w->full)
		return;
	if (w->o.string_count >= s->limits->strings) {
		w->o.string_dropped++;
		return;
	}
	found.text = (struct inq_bytes){ w->x->bytes.at + r->off, len };
	if (wide) {
		copy = inq_arena_new(w->a, len, 1);
		if (!copy) {
			w->full = true;
			return;
		}
		for (size_t i = 0; i < len; i++)
			copy[i] = w->x->bytes.at[r->off + 2 * i];
		found.text.at = copy;
	}
	grown = inq_arena_extend(w->a, w->o.strings, w->o.string_count, &w->string_capacity, sizeof *grown);
	if (!grown) {
		w->full = true;
		return;
	}
	w->o.strings = grown;
	/* Wide and narrow runs share at most a character: few end in another order than they begin. */
	size_t at = w->o.string_count++;
	while (at && grown[at - 1].off > found.off) {
		grown[at] = grown[at - 1];
		at--;
	}
	grown[at] = found;
}

static void step(struct search *s, struct run *r, bool good, uint64_t off, bool wide)
{
	if (good) {
		if (!r->len)
			r->off = off;
		r->len++;
	} else if (r->len) {
		keep(s, r, wide);
		r->len = 0;
	}
}

void inq_observe_strings(struct inq_observer *w, const struct inq_observation_limits *limits)
{
	struct search s = { .w = w, .limits = limits };
	struct inq_bytes b = w->x->bytes;
	struct run narrow = { 0 }, wide[2] = { { 0 }, { 0 } }; /* wide ones at even and at odd offsets */
	struct spans spans = { 0 };

	for (size_t i = 0; i < b.len && !w->full; i++) {
		bool good = is_printable(b.at[i]);

		/* Most bytes of a program continue nothing and begin nothing. */
		if (!good && !narrow.len && !wide[i & 1].len)
			continue;
		step(&s, &narrow, good, i, false);
		step(&s, &wide[i & 1], good && i + 1 < b.len && b.at[i + 1] == 0, i, true);
	}
	step(&s, &narrow, false, b.len, false);
	step(&s, &wide[0], false, b.len, true);
	step(&s, &wide[1], false, b.len, true);
	if (!gather(w, &spans)) {
		w->full = true;
		return;
	}
	for (size_t i = 0; i < w->o.string_count; i++)
		w->o.strings[i].va = va_of(&spans, w->o.strings[i].off);
}
