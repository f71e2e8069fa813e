/*
 * What holds of every exhibit that was read, whatever the file: the promises
 * of <inquiry/exhibit.h>. For the unit tests and the fuzzers of all formats.
 */
#ifndef MAKE_EXHIBIT_HOLDS_H
#define MAKE_EXHIBIT_HOLDS_H

#include <inquiry/exhibit.h>
#include <string.h>

/* Reads all of `b`, so that a sanitizer sees where a span is wrong. */
static inline uint64_t bytes_sum(struct inq_bytes b)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < b.len; i++)
		sum = sum * 31 + b.at[i];
	return sum;
}

static inline const char *regions_hold(const struct inq_exhibit *x, uint64_t *sum)
{
	for (size_t i = 0; i < x->region_count; i++) {
		const struct inq_region *r = &x->regions[i];

		if (!r->size || r->bytes.len > r->size || r->va > UINT64_MAX - r->size)
			return "a region is empty, wraps, or has more bytes than addresses";
		if (i && r[-1].va + r[-1].size > r->va)
			return "regions are not sorted and disjoint";
		if (x->bits == 32 && r->va + r->size > (uint64_t)1 << 32)
			return "a region lies past the last address";
		if ((unsigned)r->kind > INQ_REGION_EXTERN || r->access > 7)
			return "a region is of no kind";
		if (inq_exhibit_region(x, r->va) != r || inq_exhibit_region(x, r->va + r->size - 1) != r)
			return "a region is not found by its own addresses";
		if (inq_exhibit_at(x, r->va).len != r->bytes.len)
			return "the bytes of a region are not found by its address";
		*sum += bytes_sum(r->bytes);
	}
	return NULL;
}

static inline const char *hints_hold(const struct inq_exhibit *x, uint64_t *sum)
{
	uint64_t thumb = x->arch == INQ_ARCH_ARM ? 1 : 0;

	for (size_t i = 0; i < x->hint_count; i++) {
		const struct inq_hint *h = &x->hints[i];
		uint64_t va = h->va & ~thumb;

		if (h->source == INQ_SOURCE_NONE || (unsigned)h->source > INQ_SOURCE_GAP)
			return "a hint has no source";
		if (!inq_exhibit_at(x, va).len)
			return "a hint lies on no bytes";
		if (i &&
		        ((h[-1].va & ~thumb) > va || ((h[-1].va & ~thumb) == va && h[-1].source > h->source)))
			return "hints are not sorted";
		if (h->name)
			*sum += strlen(h->name);
	}
	return NULL;
}

static inline const char *lists_hold(const struct inq_exhibit *x, uint64_t *sum)
{
	for (size_t i = 0; i < x->section_count; i++) {
		const struct inq_section *s = &x->sections[i];
		struct inq_bytes b;

		if (!s->name)
			return "a section has a null name";
		if (s->file_size && !inq_bytes_cut(x->bytes, s->off, s->file_size, &b))
			return "a section lies outside the file";
		*sum += strlen(s->name);
	}
	for (size_t i = 1; i < x->pointer_count; i++)
		if (x->pointers[i - 1].slot_va >= x->pointers[i].slot_va)
			return "pointers are not sorted by slot";
	for (size_t i = 0; i < x->import_count; i++)
		*sum += x->imports[i].name ? strlen(x->imports[i].name) : x->imports[i].ordinal;
	for (size_t i = 0; i < x->export_count; i++)
		*sum += (x->exports[i].name ? strlen(x->exports[i].name) : x->exports[i].ordinal) +
		        (x->exports[i].forward ? strlen(x->exports[i].forward) : 0);
	for (size_t i = 0; i < x->library_count; i++)
		*sum += strlen(x->libraries[i]);
	for (size_t i = 0; i < x->anomaly_count; i++)
		*sum += strlen(x->anomalies[i].text);
	if (x->anomaly_count > 200)
		return "more than 200 anomalies are kept";
	if (x->overlay_len &&
	        (x->overlay_off > x->bytes.len || x->overlay_len > x->bytes.len - x->overlay_off))
		return "the overlay lies outside the file";
	return NULL;
}

/* What does not hold, or NULL. */
static inline const char *exhibit_holds(const struct inq_exhibit *x)
{
	uint64_t sum = 0;
	const char *wrong = regions_hold(x, &sum);

	if (!wrong)
		wrong = hints_hold(x, &sum);
	if (!wrong)
		wrong = lists_hold(x, &sum);
	/* So that the reads above cannot be dropped. */
	return !wrong && sum == UINT64_MAX ? "an unlikely sum" : wrong;
}

#endif
