#include "record/verify.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void *inq_verifier_extend(struct verifier *v, void *at, size_t count, size_t *room, size_t size)
{
	void *more = inq_arena_extend(v->a, at, count, room, size);

	if (!more)
		v->no_memory = true;
	return more;
}

void inq_verifier_taken(struct verifier *v, enum inq_status status, const struct inq_error *why)
{
	if (status == INQ_OK)
		return;
	v->refused = status;
	v->why = *why;
	v->no_memory = true;
}

static const char *keep(struct verifier *v, const char *text)
{
	const char *copy = text ? inq_arena_string(v->a, inq_bytes_of(text)) : NULL;

	if (text && !copy)
		v->no_memory = true;
	return copy;
}

void inq_verifier_fail(struct verifier *v, unsigned level, enum inq_status status, struct place place,
        const char *expected, const char *found, const char *fmt, ...)
{
	struct inq_record_failure *failures;
	char what[400];
	va_list args;

	if (level > v->trust->level)
		return;
	if (level < v->spoiled)
		v->spoiled = level;
	if (v->result->failure_total++ >= INQ_FAILURES_MOST)
		return;
	va_start(args, fmt);
	vsnprintf(what, sizeof what, fmt, args);
	va_end(args);
	failures = inq_verifier_extend(
	        v, v->failures, v->result->failure_count, &v->failure_room, sizeof *failures);
	if (!failures)
		return;
	v->failures = failures;
	failures[v->result->failure_count++] = (struct inq_record_failure){
		.level = level,
		.status = status,
		.file = keep(v, place.file),
		.party = place.log ? place.log->party : NULL,
		.index = place.index,
		.at = place.at,
		.what = keep(v, what),
		.expected = keep(v, expected),
		.found = keep(v, found),
	};
}

void inq_verifier_differ(struct verifier *v, unsigned level, enum inq_status status, struct place place,
        const struct inq_sha256 *expected, const struct inq_sha256 *found, const char *what)
{
	char l[65], r[65];

	inq_hex(expected->byte, sizeof expected->byte, l);
	inq_hex(found->byte, sizeof found->byte, r);
	inq_verifier_fail(v, level, status, place, l, r, "%s", what);
}

void inq_verifier_unchecked(struct verifier *v, const char *what, uint64_t count)
{
	struct inq_record_unchecked *list;

	if (count == 0)
		return;
	for (size_t i = 0; i < v->result->unchecked_count; i++) {
		if (strcmp(v->unchecked[i].what, what) == 0) {
			v->unchecked[i].count += count;
			return;
		}
	}
	list = inq_verifier_extend(
	        v, v->unchecked, v->result->unchecked_count, &v->unchecked_room, sizeof *list);
	if (!list)
		return;
	v->unchecked = list;
	list[v->result->unchecked_count++] = (struct inq_record_unchecked){ what, count };
}

static void sift(uint32_t *at, size_t i, size_t count, int (*order)(const void *of, uint32_t l, uint32_t r),
        const void *of)
{
	for (size_t child; (child = 2 * i + 1) < count; i = child) {
		uint32_t swap = at[i];

		if (child + 1 < count && order(of, at[child], at[child + 1]) < 0)
			child++;
		if (order(of, at[i], at[child]) >= 0)
			return;
		at[i] = at[child];
		at[child] = swap;
	}
}

void inq_sort_indices(
        uint32_t *at, size_t count, int (*order)(const void *of, uint32_t l, uint32_t r), const void *of)
{
	for (size_t i = count / 2; i-- > 0;)
		sift(at, i, count, order, of);
	for (size_t left = count; left-- > 1;) {
		uint32_t swap = at[0];

		at[0] = at[left];
		at[left] = swap;
		sift(at, 0, left, order, of);
	}
}

static int by_digest(const void *of, uint32_t l, uint32_t r)
{
	const struct inq_record_entry *entries = of;
	int order = memcmp(entries[l].digest.byte, entries[r].digest.byte, 32);

	return order ? order : (l > r) - (l < r);
}

/* The first entry of that digest. */
static size_t find(const struct inq_record_entry *entries, const uint32_t *sorted, size_t count,
        const struct inq_sha256 *digest)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(entries[sorted[middle]].digest.byte, digest->byte, 32) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < count && inq_sha256_equal(&entries[sorted[low]].digest, digest))
		return sorted[low];
	return SIZE_MAX;
}

size_t inq_verifier_find(const struct verifier *v, const struct inq_sha256 *digest)
{
	return find(v->entries, v->result->by_digest, v->entry_count, digest);
}

const struct inq_record_entry *inq_record_find(
        const struct inq_record_result *record, const struct inq_sha256 *digest)
{
	size_t at = find(record->entries, record->by_digest, record->entry_count, digest);

	return at == SIZE_MAX ? NULL : &record->entries[at];
}

static void digests_sort(struct verifier *v)
{
	uint32_t *sorted = inq_arena_new(v->a, v->entry_count, sizeof *sorted);

	if (!sorted) {
		v->no_memory = true;
		return;
	}
	for (size_t i = 0; i < v->entry_count; i++)
		sorted[i] = (uint32_t)i;
	inq_sort_indices(sorted, v->entry_count, by_digest, v->entries);
	v->result->by_digest = sorted;
}

enum inq_status inq_record_verify(const struct inq_bundle_source *source,
        const struct inq_record_trust *trust, struct inq_arena *a, const struct inq_record_result **ret,
        struct inq_error *err)
{
	struct verifier v = { .source = source, .trust = trust, .a = a, .spoiled = trust->level + 1 };
	enum inq_status status;

	v.result = inq_arena_new(a, 1, sizeof *v.result);
	if (!v.result)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to verify a record");
	status = inq_verify_load(&v, err);
	if (status != INQ_OK)
		return status;
	if (!v.no_memory)
		digests_sort(&v);
	if (!v.no_memory)
		inq_verify_heads(&v);
	if (!v.no_memory)
		inq_verify_forks(&v);
	if (!v.no_memory)
		inq_verify_resolve(&v);
	if (!v.no_memory)
		inq_verify_objects(&v);
	if (!v.no_memory)
		inq_verify_blind(&v);
	if (!v.no_memory && !trust->known)
		inq_verify_standing(&v);
	if (v.refused)
		return inq_fail(err, v.refused, v.why.at, "%s", v.why.text);
	if (v.no_memory)
		return inq_fail(
		        err, INQ_NO_MEMORY, 0, "the record takes more memory to verify than there is");
	for (size_t i = 0; i < v.log_count; i++) {
		v.log_results[i].forked = v.logs[i].forked;
		v.log_results[i].fork_revoked = v.logs[i].fork_revoked;
		v.log_results[i].stands = v.logs[i].stands;
		v.log_results[i].is_signed = v.logs[i].is_signed;
		v.log_results[i].contradicts = v.logs[i].contradicts;
	}
	v.result->asked = trust->level;
	v.result->level = (int)v.spoiled - 1;
	v.result->failures = v.failures;
	v.result->absent = v.absent;
	v.result->absent_count = v.absent_count;
	v.result->unchecked = v.unchecked;
	v.result->entries = v.entries;
	v.result->entry_count = v.entry_count;
	*ret = v.result;
	return INQ_OK;
}
