/* Masking a set and committing to it. */
#include "blind/private.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

uint64_t inq_blind_padded(uint64_t count)
{
	uint64_t unit = INQ_BLIND_LEAST / 4;

	while (7 * unit < count)
		unit *= 2;
	for (uint64_t steps = 4; steps < 7; steps++)
		if (steps * unit >= count)
			return steps * unit;
	return 7 * unit;
}

/* Points and what they mask, to be sorted. */
struct masked {
	uint8_t point[INQ_POINT];
	uint32_t element;
};

static int by_point(const void *l, const void *r)
{
	return memcmp(l, r, INQ_POINT);
}

/* Padding: points that come of no element, as if they did. */
static bool pad(
        const uint8_t seed[INQ_BLIND_SEED], uint8_t (*points)[INQ_POINT], uint64_t from, uint64_t count)
{
	static const uint8_t nonce[crypto_stream_chacha20_ietf_NONCEBYTES] = "padding";
	uint8_t wide[64];

	for (uint64_t i = from; i < count; i++) {
		memset(wide, 0, sizeof wide);
		crypto_stream_chacha20_ietf_xor_ic(wide, wide, sizeof wide, nonce, (uint32_t)i, seed);
		if (crypto_core_ristretto255_from_hash(points[i], wide) != 0 || !inq_point_holds(points[i]))
			return false;
	}
	sodium_memzero(wide, sizeof wide);
	return true;
}

static enum inq_status set_fits(
        const struct inq_blind_start *start, const struct inq_blind_set *set, struct inq_error *err)
{
	if (set->count == 0)
		return inq_fail(
		        err, INQ_BAD_ARGUMENT, 0, "there is nothing to compare: no element of the kinds");
	if (start->limit > INQ_BLIND_LIMIT_MOST || inq_blind_padded(set->count) > start->limit)
		return inq_fail(err, INQ_OVER_LIMIT, 0,
		        "%zu elements, %llu with the padding, where at most %llu are compared", set->count,
		        (unsigned long long)inq_blind_padded(set->count), (unsigned long long)start->limit);
	for (size_t i = 0; i < set->count; i++)
		if (!(start->kinds >> set->elements[i].kind & 1))
			return inq_fail(err, INQ_BAD_ARGUMENT, 0,
			        "an element of a kind that is not compared: %s",
			        inq_blind_kind_name(set->elements[i].kind));
	return INQ_OK;
}

/* The leaves, in the order of their points: it tells nothing of the order of elements. */
static enum inq_status leaves_make(
        struct inq_blind_session *s, uint8_t (*points)[INQ_POINT], struct inq_arena *a, struct inq_error *err)
{
	struct masked *sorted = inq_arena_new(a, s->count, sizeof *sorted);
	struct inq_sha256 *hidden = inq_arena_new(a, s->count, sizeof *hidden);
	uint32_t *element = inq_arena_new(a, s->count, sizeof *element);

	if (!sorted || !hidden || !element)
		return blind_no_memory(err);
	for (uint64_t i = 0; i < s->count; i++) {
		memcpy(sorted[i].point, points[i], INQ_POINT);
		sorted[i].element = i < s->set.count ? (uint32_t)i : UINT32_MAX;
	}
	qsort(sorted, s->count, sizeof *sorted, by_point);
	for (uint64_t i = 0; i < s->count; i++) {
		struct inq_sha256 digests[INQ_BLIND_SHARERS_MOST];
		struct blind_hiding hiding = { .functions = digests };
		uint8_t nonce[32];

		memcpy(points[i], sorted[i].point, INQ_POINT);
		element[i] = sorted[i].element;
		blind_nonce(s->nonce_key, points[i], nonce);
		hiding.nonce = nonce;
		if (element[i] != UINT32_MAX) {
			const struct inq_blind_element *e = &s->set.elements[element[i]];

			blind_digests(&s->set, e, digests);
			hiding.function_count = (uint16_t)e->function_count;
			hiding.label = inq_blind_kind_label(e->kind);
			hiding.value = e->value;
		}
		blind_hide(&hiding, &hidden[i]);
	}
	s->element = element;
	s->own = (struct inq_blind_leaves){ (const uint8_t(*)[INQ_POINT])points, hidden };
	blind_root(&s->own, s->count, &s->root);
	return INQ_OK;
}

static bool name_put(char *to, size_t room, struct inq_bytes name)
{
	if (name.len >= room)
		return false;
	memcpy(to, name.at, name.len);
	to[name.len] = 0;
	return true;
}

enum inq_status inq_blind_commit(const struct inq_blind_start *start, const struct inq_blind_set *set,
        const struct inq_asker *asker, struct inq_arena *a, struct inq_blind_session *ret,
        struct inq_error *err)
{
	struct inq_blind_session s = { .id = start->id,
		.offers = start->offers,
		.kinds = start->kinds,
		.limit = start->limit,
		.excluded = start->excluded,
		.set = *set,
		.count = inq_blind_padded(set->count) };
	enum inq_status status = set_fits(start, set, err);
	uint8_t(*points)[INQ_POINT];

	if (status != INQ_OK)
		return status;
	if (!name_put(s.case_id, sizeof s.case_id, start->case_id) ||
	        !name_put(s.me, sizeof s.me, start->me) || !name_put(s.peer, sizeof s.peer, start->peer))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "a name that is too long");
	points = inq_arena_new(a, s.count, sizeof *points);
	if (!points)
		return blind_no_memory(err);
	crypto_auth_hmacsha256(s.nonce_key, (const uint8_t *)"nonces", 6, start->seed);
	status = blind_draw(asker, &s.id, s.public, s.sealed, err);
	if (status != INQ_OK)
		return status;
	for (size_t i = 0; i < set->count; i++)
		if (!blind_hash(set->elements[i].kind, set->elements[i].value, points[i]))
			return inq_fail(err, INQ_BAD_ARGUMENT, 0, "an element that cannot be masked");
	status = blind_multiply(asker, (const uint8_t(*)[INQ_POINT])points, set->count, points, err);
	if (status != INQ_OK)
		return status;
	if (!pad(start->seed, points, set->count, s.count))
		return inq_fail(err, INQ_IO, 0, "no padding came of what was drawn");
	status = leaves_make(&s, points, a, err);
	if (status == INQ_OK)
		*ret = s;
	return status;
}

enum inq_status inq_blind_commitment_entry(const struct inq_blind_session *s, const struct inq_sha256 *of,
        struct inq_arena *a, struct inq_entry *ret, struct inq_error *err)
{
	struct inq_bytes *kinds = inq_arena_new(a, INQ_BLIND_KINDS, sizeof *kinds);
	struct inq_entry e = { .type = s->offers ? INQ_ENTRY_BLIND_OFFER : INQ_ENTRY_BLIND_ANSWER,
		.session = s->id,
		.with = inq_bytes_of(s->peer),
		.options = kinds,
		.limit = s->limit,
		.corpus = s->excluded,
		.count = s->count,
		.root = s->root };

	if (!kinds)
		return blind_no_memory(err);
	for (unsigned i = 0; i < INQ_BLIND_KINDS; i++)
		if (s->kinds >> i & 1)
			kinds[e.option_count++] = inq_bytes_of(inq_blind_kind_label((enum inq_blind_kind)i));
	memcpy(e.masked_by.byte, s->public, INQ_POINT);
	if (of)
		e.of = *of;
	*ret = e;
	return INQ_OK;
}

enum inq_status inq_blind_terms(
        const struct inq_entry *offer, struct inq_bytes me, uint32_t *ret_kinds, struct inq_error *err)
{
	const struct inq_blind_said said = inq_blind_said(offer);

	if (offer->type != INQ_ENTRY_BLIND_OFFER)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "the entry that it names offers no comparison");
	if (offer->with.len != me.len || memcmp(offer->with.at, me.at, me.len) != 0)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "the offer is to another party");
	if (offer->limit > INQ_BLIND_LIMIT_MOST || offer->count > offer->limit)
		return inq_fail(err, INQ_OVER_LIMIT, 0,
		        "the offer commits to more than %d elements or its own limit", INQ_BLIND_LIMIT_MOST);
	if (!blind_kinds_read(&said, ret_kinds))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0,
		        "the offer is about kinds of elements that this program does not know");
	return INQ_OK;
}

static bool bytes_are(struct inq_bytes b, const char *text)
{
	return inq_bytes_equal(b, text);
}

/* Keeps what the entry says of a commitment: kinds are known from the session itself. */
enum inq_status inq_blind_peer(
        struct inq_blind_session *s, const struct inq_entry *entry, struct inq_error *err)
{
	struct inq_blind_said said = inq_blind_said(entry);
	uint32_t kinds;

	if (entry->type != (s->offers ? INQ_ENTRY_BLIND_ANSWER : INQ_ENTRY_BLIND_OFFER))
		return inq_fail(
		        err, INQ_BAD_ARGUMENT, 0, "the entry that it names is not the other's commitment");
	if (!bytes_are(entry->party, s->peer) || !bytes_are(entry->with, s->me) ||
	        !bytes_are(entry->case_id, s->case_id) || !inq_sha256_equal(&entry->session, &s->id))
		return inq_fail(
		        err, INQ_BAD_ARGUMENT, 0, "the commitment is of another session, case or party");
	if (s->offers && !inq_sha256_equal(&entry->of, &s->commitment))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "the commitment answers another offer");
	if (!blind_kinds_read(&said, &kinds) || kinds != s->kinds || entry->limit != s->limit)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "the commitment is on other terms than the offer");
	if (entry->count > s->limit || entry->count < INQ_BLIND_LEAST)
		return inq_fail(err, INQ_OVER_LIMIT, 0,
		        "the other party committed to more elements than the offer allows, or to fewer than "
		        "are hidden");
	if (!inq_point_holds(entry->masked_by.byte) ||
	        memcmp(entry->masked_by.byte, s->public, INQ_POINT) == 0)
		return inq_fail(
		        err, INQ_TAMPERED, 0, "the other party's key is no point, or this party's own");
	if (s->has_peer && !inq_sha256_equal(&s->other_commitment, &entry->digest))
		return inq_fail(err, INQ_CONFLICT, 0, "the other party committed to another set before");
	said.kinds = NULL;
	said.kind_count = 0;
	s->other = said;
	s->other_commitment = entry->digest;
	s->has_peer = true;
	return INQ_OK;
}
