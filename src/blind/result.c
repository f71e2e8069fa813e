/*
 * Results: both openings, one after the other.
 *
 *     inquiry blind result v1 LF
 *     session 32, digest of the offer 32, of the answer 32
 *     length of the first opening u64
 *     the opening of who offered, that of who answered
 */
#include "blind/private.h"
#include <stdlib.h>
#include <string.h>

#define HEAD "inquiry blind result v1\n"

enum inq_status inq_blind_result_write(const struct inq_blind_session *s, const struct inq_asker *asker,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct blind_out o = { .a = a };
	struct inq_bytes own, first, second;
	enum inq_status status;

	if (!s->has_matches || !s->opening.at)
		return inq_fail(err, INQ_CONFLICT, 0, "the comparison has no result yet");
	status = blind_opening_write(s, asker, a, &own, err);
	if (status != INQ_OK)
		return status;
	first = s->offers ? own : s->opening;
	second = s->offers ? s->opening : own;
	blind_put(&o, HEAD, sizeof HEAD - 1);
	blind_put(&o, s->id.byte, sizeof s->id.byte);
	blind_put(&o, s->offers ? &s->commitment : &s->other_commitment, sizeof s->commitment);
	blind_put(&o, s->offers ? &s->other_commitment : &s->commitment, sizeof s->commitment);
	blind_put64(&o, first.len);
	blind_put(&o, first.at, first.len);
	blind_put(&o, second.at, second.len);
	return blind_done(&o, ret, err);
}

/* Two functions of the openings that have a band in common. */
struct met {
	uint32_t l, r;
};

static int by_functions(const void *l, const void *r)
{
	const struct met *a = l, *b = r;

	if (a->l != b->l)
		return a->l < b->l ? -1 : 1;
	return (a->r > b->r) - (a->r < b->r);
}

static int by_likeness(const void *l, const void *r)
{
	const struct inq_blind_pair *a = l, *b = r;

	if (a->jaccard != b->jaccard)
		return a->jaccard > b->jaccard ? -1 : 1;
	for (unsigned i = 0; i < 2; i++)
		if (a->functions[i].va != b->functions[i].va)
			return a->functions[i].va < b->functions[i].va ? -1 : 1;
	return 0;
}

static enum inq_status pairs_make(const struct blind_opening *l, const struct blind_opening *r,
        struct inq_arena *a, struct inq_blind_result *ret, struct inq_error *err)
{
	size_t room = l->count * INQ_BLIND_SHARERS_MOST * INQ_BLIND_SHARERS_MOST, count = 0, distinct = 0;
	struct met *met;
	struct inq_blind_pair *pairs;

	met = inq_arena_new(a, l->function_count ? room : 0, sizeof *met);
	if (!met)
		return blind_no_memory(err);
	for (size_t i = 0; i < l->count; i++)
		for (unsigned x = 0; x < l->elements[i].function_count; x++)
			for (unsigned y = 0; y < r->elements[i].function_count; y++)
				met[count++] = (struct met){ l->elements[i].functions[x],
					r->elements[i].functions[y] };
	if (count)
		qsort(met, count, sizeof *met, by_functions);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || by_functions(&met[i - 1], &met[i]) != 0)
			met[distinct++] = met[i];
	pairs = inq_arena_new(a, distinct, sizeof *pairs);
	if (!pairs)
		return blind_no_memory(err);
	for (size_t i = 0; i < distinct; i++) {
		const struct inq_blind_function *x = &l->functions[met[i].l], *y = &r->functions[met[i].r];

		pairs[i] = (struct inq_blind_pair){ { *x, *y },
			inq_sketch_jaccard(x->keys, x->key_count, y->keys, y->key_count) };
	}
	if (distinct)
		qsort(pairs, distinct, sizeof *pairs, by_likeness);
	ret->pairs = pairs;
	ret->pair_count = distinct;
	return INQ_OK;
}

static bool same(const struct blind_opened *l, const struct blind_opened *r)
{
	return l->kind == r->kind && l->value.len == r->value.len &&
	       memcmp(l->value.at, r->value.at, l->value.len) == 0;
}

enum inq_status inq_blind_result_read(struct inq_bytes object, const struct inq_blind_said *offer,
        const struct inq_blind_said *answer, struct inq_arena *a, struct inq_blind_result *ret,
        struct inq_error *err)
{
	struct blind_in in = { inq_bytes_from(object, sizeof HEAD - 1), false };
	struct inq_blind_result result = { 0 };
	struct inq_blind_shared *shared;
	struct blind_opening l, r;
	struct inq_sha256 session, first, second;
	struct inq_bytes opening;
	uint32_t kinds;
	enum inq_status status;

	if (!inq_bytes_begin(object, HEAD, sizeof HEAD - 1))
		return inq_fail(err, INQ_UNRECOGNISED, 0, "no result of a blind comparison");
	blind_get_bytes(&in, session.byte, sizeof session.byte);
	blind_get_bytes(&in, first.byte, sizeof first.byte);
	blind_get_bytes(&in, second.byte, sizeof second.byte);
	opening = blind_get(&in, blind_get64(&in));
	if (in.short_)
		return inq_fail(err, INQ_UNRECOGNISED, object.len, "the result is cut short");
	if (!inq_sha256_equal(&session, &offer->session) || !inq_sha256_equal(&session, &answer->session) ||
	        !inq_sha256_equal(&first, &offer->digest) || !inq_sha256_equal(&second, &answer->digest))
		return inq_fail(err, INQ_TAMPERED, sizeof HEAD - 1, "the result is of other commitments");
	status = blind_opening_read(opening, offer, a, &l, err);
	if (status == INQ_OK)
		status = blind_opening_read(in.left, answer, a, &r, err);
	if (status != INQ_OK)
		return status;
	if (l.count != r.count)
		return inq_fail(err, INQ_TAMPERED, 0, "one party opens %zu elements, the other %zu", l.count,
		        r.count);
	shared = inq_arena_new(a, l.count, sizeof *shared);
	if (!shared)
		return blind_no_memory(err);
	/* Who was told the kinds by the record checks them; a session knows its own. */
	kinds = UINT32_MAX;
	if (offer->kind_count && !blind_kinds_read(offer, &kinds))
		return inq_fail(err, INQ_TAMPERED, 0, "the offer is about kinds that are not known here");
	for (size_t i = 0; i < l.count; i++) {
		const struct blind_opened *e = &l.elements[i];

		if (!same(e, &r.elements[i]))
			return inq_fail(err, INQ_TAMPERED, 0, "the parties open different elements");
		if (!(kinds >> e->kind & 1))
			return inq_fail(err, INQ_TAMPERED, 0, "an element of a kind that was not compared");
		shared[i] = (struct inq_blind_shared){ e->kind, e->value, { e->leaf, r.elements[i].leaf } };
	}
	result.shared = shared;
	result.count = l.count;
	status = pairs_make(&l, &r, a, &result, err);
	if (status == INQ_OK)
		*ret = result;
	return status;
}

enum inq_status inq_blind_check(struct inq_bytes object, const struct inq_blind_said *offer,
        const struct inq_blind_said *answer, uint64_t count, struct inq_arena *a, struct inq_error *err)
{
	struct inq_blind_result result;
	enum inq_status status = inq_blind_result_read(object, offer, answer, a, &result, err);

	if (status == INQ_OK && result.count != count)
		return inq_fail(err, INQ_TAMPERED, 0,
		        "the result holds %zu elements, and its entry says %llu", result.count,
		        (unsigned long long)count);
	return status;
}
