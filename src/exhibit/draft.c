#include "exhibit/private.h"
#include <string.h>

void inq_draft_begin(struct inq_draft *d, struct inq_exhibit *x, struct inq_arena *a)
{
	*d = (struct inq_draft){ .x = x, .a = a };
}

/* Room for one more in the list at `at`, or NULL, and then the draft is full. */
static void *room(struct inq_draft *d, void *at, size_t count, size_t *capacity, size_t size)
{
	void *grown = d->full ? NULL : inq_arena_extend(d->a, at, count, capacity, size);

	if (!grown)
		d->full = true;
	return grown;
}

void inq_draft_section(struct inq_draft *d, const struct inq_section *s)
{
	struct inq_exhibit *x = d->x;
	struct inq_section *at =
	        room(d, x->sections, x->section_count, &d->section_capacity, sizeof *x->sections);

	if (!at)
		return;
	x->sections = at;
	at[x->section_count] = *s;
	if (!s->name)
		at[x->section_count].name = "";
	x->section_count++;
}

/* Where in the file the bytes of a region lie; 0 for copies, which lie nowhere. */
static uint64_t region_off(const struct inq_exhibit *x, const struct inq_region *r)
{
	uintptr_t begin = (uintptr_t)x->bytes.at, at = (uintptr_t)r->bytes.at;

	return r->bytes.len && at >= begin && at - begin < x->bytes.len ? at - begin : 0;
}

/* `r` within its size and within the address space. False where nothing is left. */
static bool region_fit(struct inq_draft *d, struct inq_region *r)
{
	uint64_t last = d->x->bits == 32 ? (uint64_t)UINT32_MAX + 1 : UINT64_MAX;

	if (!r->size)
		return false;
	if (r->va >= last) {
		inq_exhibit_note(d->x, d->a, region_off(d->x, r), "a region begins past the last address");
		return false;
	}
	if (r->size > last - r->va) {
		inq_exhibit_note(d->x, d->a, region_off(d->x, r),
		        "the region at 0x%llx wraps around the last address", (unsigned long long)r->va);
		r->size = last - r->va;
	}
	if (r->bytes.len > r->size)
		r->bytes.len = (size_t)r->size;
	return true;
}

void inq_draft_region(struct inq_draft *d, const struct inq_region *r)
{
	struct inq_exhibit *x = d->x;
	struct inq_region fit = *r;
	struct inq_region *at;

	if (!region_fit(d, &fit))
		return;
	at = room(d, x->regions, x->region_count, &d->region_capacity, sizeof *x->regions);
	if (!at)
		return;
	x->regions = at;
	at[x->region_count++] = fit;
}

void inq_draft_fill(struct inq_draft *d, const struct inq_region *r)
{
	struct inq_region fit = *r;
	struct inq_region *at;

	if (!region_fit(d, &fit))
		return;
	at = room(d, d->fills, d->fill_count, &d->fill_capacity, sizeof *d->fills);
	if (!at)
		return;
	d->fills = at;
	at[d->fill_count++] = fit;
}

void inq_draft_hint(struct inq_draft *d, uint64_t va, uint64_t size, const char *name, enum inq_source source)
{
	struct inq_exhibit *x = d->x;
	struct inq_hint *at = room(d, x->hints, x->hint_count, &d->hint_capacity, sizeof *x->hints);

	if (!at)
		return;
	x->hints = at;
	at[x->hint_count++] = (struct inq_hint){ .va = va, .size = size, .name = name, .source = source };
}

void inq_draft_pointer(struct inq_draft *d, uint64_t slot_va, uint64_t target_va)
{
	struct inq_exhibit *x = d->x;
	struct inq_pointer *at =
	        room(d, x->pointers, x->pointer_count, &d->pointer_capacity, sizeof *x->pointers);

	if (!at)
		return;
	x->pointers = at;
	at[x->pointer_count++] = (struct inq_pointer){ slot_va, target_va };
}

void inq_draft_import(struct inq_draft *d, const struct inq_import *i)
{
	struct inq_exhibit *x = d->x;
	struct inq_import *at = room(d, x->imports, x->import_count, &d->import_capacity, sizeof *x->imports);

	if (!at)
		return;
	x->imports = at;
	at[x->import_count++] = *i;
}

void inq_draft_export(struct inq_draft *d, const struct inq_export *e)
{
	struct inq_exhibit *x = d->x;
	struct inq_export *at = room(d, x->exports, x->export_count, &d->export_capacity, sizeof *x->exports);

	if (!at)
		return;
	x->exports = at;
	at[x->export_count++] = *e;
}

void inq_draft_library(struct inq_draft *d, const char *name)
{
	struct inq_exhibit *x = d->x;
	const char **at = room(d, x->libraries, x->library_count, &d->library_capacity, sizeof *x->libraries);

	if (!at)
		return;
	x->libraries = at;
	at[x->library_count++] = name;
}

const char *inq_draft_name(struct inq_bytes table, uint64_t off)
{
	struct inq_bytes name;

	return inq_bytes_string(table, off, INQ_NAME_MAX, &name) ? (const char *)name.at : NULL;
}

void inq_draft_sort(struct inq_draft *d, void *list, size_t count, size_t size,
        bool (*before)(const struct inq_draft *d, const void *a, const void *b))
{
	uint8_t *from = list, *to;
	size_t i = 1;

	while (i < count && !before(d, from + i * size, from + (i - 1) * size))
		i++;
	if (i >= count)
		return;
	to = d->full ? NULL : inq_arena_new(d->a, count, size);
	if (!to) {
		d->full = true;
		return;
	}
	for (size_t width = 1; width < count; width *= 2) {
		uint8_t *swap = from;

		for (size_t low = 0; low < count; low += 2 * width) {
			size_t middle = count - low > width ? low + width : count;
			size_t high = count - low > 2 * width ? low + 2 * width : count;
			size_t left = low, right = middle;

			for (size_t at = low; at < high; at++) {
				bool take_right =
				        left == middle ||
				        (right < high && before(d, from + right * size, from + left * size));
				size_t taken = take_right ? right++ : left++;

				memcpy(to + at * size, from + taken * size, size);
			}
		}
		from = to;
		to = swap;
	}
	if (from != list)
		memcpy(list, from, count * size);
}

static bool region_before(const struct inq_draft *d, const void *a, const void *b)
{
	const struct inq_region *l = a, *r = b;

	(void)d;
	return l->va < r->va;
}

/* Cuts the front off `r` so that it begins at `va`, which lies inside it. */
static void region_begin_at(struct inq_region *r, uint64_t va)
{
	uint64_t by = va - r->va;

	r->bytes = inq_bytes_from(r->bytes, by);
	r->size -= by;
	r->va = va;
}

/* Makes a sorted list disjoint and gives its new count. */
static size_t regions_part(struct inq_draft *d, struct inq_region *list, size_t count)
{
	size_t kept = 0;
	uint64_t end = 0;

	for (size_t i = 0; i < count; i++) {
		struct inq_region r = list[i];

		if (kept && r.va < end) {
			inq_exhibit_note(d->x, d->a, region_off(d->x, &r),
			        "the region at 0x%llx overlaps the one at 0x%llx", (unsigned long long)r.va,
			        (unsigned long long)list[kept - 1].va);
			if (r.size <= end - r.va)
				continue;
			region_begin_at(&r, end);
		}
		end = r.va + r.size;
		list[kept++] = r;
	}
	return kept;
}

/* Appends what of `fill` lies outside the regions from `*next` on, which it moves past `fill`. */
static void fill_gaps(struct inq_draft *d, struct inq_region fill, const struct inq_region *regions,
        size_t count, size_t *next)
{
	size_t i = *next;
	uint64_t end = fill.va + fill.size;

	while (i < count && regions[i].va + regions[i].size <= fill.va)
		i++;
	*next = i;
	for (; i < count && regions[i].va < end; i++) {
		uint64_t taken_end = regions[i].va + regions[i].size;

		if (regions[i].va > fill.va) {
			struct inq_region piece = fill;

			piece.size = regions[i].va - fill.va;
			inq_draft_region(d, &piece);
		}
		if (taken_end >= end)
			return;
		region_begin_at(&fill, taken_end);
		*next = i;
	}
	inq_draft_region(d, &fill);
}

void inq_draft_settle(struct inq_draft *d)
{
	struct inq_exhibit *x = d->x;
	struct inq_region *regions;
	size_t count, next = 0;

	if (d->settled)
		return;
	d->settled = true;
	inq_draft_sort(d, x->regions, x->region_count, sizeof *x->regions, region_before);
	inq_draft_sort(d, d->fills, d->fill_count, sizeof *d->fills, region_before);
	if (d->full) {
		x->region_count = 0;
		return;
	}
	x->region_count = regions_part(d, x->regions, x->region_count);
	d->fill_count = regions_part(d, d->fills, d->fill_count);
	if (!d->fill_count)
		return;
	/* The list may move while it grows, so the gaps are found in a copy. */
	count = x->region_count;
	regions = inq_arena_new(d->a, count, sizeof *regions);
	if (!regions) {
		d->full = true;
		return;
	}
	if (count)
		memcpy(regions, x->regions, count * sizeof *regions);
	for (size_t i = 0; i < d->fill_count; i++)
		fill_gaps(d, d->fills[i], regions, count, &next);
	inq_draft_sort(d, x->regions, x->region_count, sizeof *x->regions, region_before);
	if (d->full)
		x->region_count = 0;
}

static uint64_t hint_place(const struct inq_draft *d, uint64_t va)
{
	return d->x->arch == INQ_ARCH_ARM ? va & ~(uint64_t)1 : va;
}

static bool hint_before(const struct inq_draft *d, const void *a, const void *b)
{
	const struct inq_hint *l = a, *r = b;
	uint64_t left = hint_place(d, l->va), right = hint_place(d, r->va);

	return left != right ? left < right : l->source < r->source;
}

static bool hint_repeats(const struct inq_hint *l, const struct inq_hint *r)
{
	return l->va == r->va && l->source == r->source && l->size == r->size &&
	       (l->name == r->name || (l->name && r->name && !strcmp(l->name, r->name)));
}

static void hints_finish(struct inq_draft *d)
{
	struct inq_exhibit *x = d->x;
	size_t kept = 0;

	for (size_t i = 0; i < x->hint_count; i++)
		if (inq_exhibit_at(x, hint_place(d, x->hints[i].va)).len)
			x->hints[kept++] = x->hints[i];
	x->hint_count = kept;
	inq_draft_sort(d, x->hints, x->hint_count, sizeof *x->hints, hint_before);
	kept = 0;
	for (size_t i = 0; i < x->hint_count; i++)
		if (!kept || !hint_repeats(&x->hints[kept - 1], &x->hints[i]))
			x->hints[kept++] = x->hints[i];
	x->hint_count = kept;
}

static bool pointer_before(const struct inq_draft *d, const void *a, const void *b)
{
	const struct inq_pointer *l = a, *r = b;

	(void)d;
	return l->slot_va < r->slot_va;
}

static void pointers_finish(struct inq_draft *d)
{
	struct inq_exhibit *x = d->x;
	size_t kept = 0;

	inq_draft_sort(d, x->pointers, x->pointer_count, sizeof *x->pointers, pointer_before);
	for (size_t i = 0; i < x->pointer_count; i++)
		if (!kept || x->pointers[kept - 1].slot_va != x->pointers[i].slot_va)
			x->pointers[kept++] = x->pointers[i];
	x->pointer_count = kept;
}

enum inq_status inq_draft_finish(struct inq_draft *d, struct inq_error *err)
{
	struct inq_exhibit *x = d->x;

	inq_draft_settle(d);
	hints_finish(d);
	pointers_finish(d);
	if (d->full)
		return inq_fail(
		        err, INQ_NO_MEMORY, 0, "reading the headers takes more memory than is allowed");
	if (!x->base_va && x->region_count)
		x->base_va = x->regions[0].va;
	return INQ_OK;
}
