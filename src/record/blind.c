/*
 * Private comparisons, as far as the record holds them: who compared with
 * whom, on which terms, once, having seen what; and what both opened. What an
 * opening is, `trust->blind` knows.
 */
#include "record/verify.h"
#include <string.h>

enum { SLACK = 64 << 20 };

struct inq_blind_said inq_blind_said(const struct inq_entry *e)
{
	return (struct inq_blind_said){ .digest = e->digest,
		.session = e->session,
		.masked_by = e->masked_by,
		.root = e->root,
		.count = e->count,
		.limit = e->limit,
		.kinds = e->options,
		.kind_count = e->option_count };
}

static bool is_commitment(enum inq_entry_type type)
{
	return type == INQ_ENTRY_BLIND_OFFER || type == INQ_ENTRY_BLIND_ANSWER;
}

static bool bytes_keep(struct verifier *v, struct inq_bytes b, struct inq_bytes *ret)
{
	const char *copy = inq_arena_string(v->a, b);

	*ret = (struct inq_bytes){ (const uint8_t *)copy, b.len };
	return copy != NULL;
}

const struct blind_fact *inq_blind_fact(struct verifier *v, const struct inq_entry *e)
{
	struct blind_fact *f;
	struct inq_bytes *kinds;

	if (!is_commitment(e->type) && e->type != INQ_ENTRY_BLIND_RUN && e->type != INQ_ENTRY_BLIND_RESULT)
		return NULL;
	f = inq_arena_new(v->a, 1, sizeof *f);
	kinds = inq_arena_new(v->a, e->option_count, sizeof *kinds);
	if (!f || !kinds) {
		v->no_memory = true;
		return f;
	}
	f->peer = e->peer;
	f->count = e->count;
	if (!is_commitment(e->type))
		return f;
	f->said = inq_blind_said(e);
	f->said.kinds = kinds;
	for (size_t i = 0; i < e->option_count; i++)
		v->no_memory |= !bytes_keep(v, e->options[i], &kinds[i]);
	v->no_memory |= !bytes_keep(v, e->with, &f->with);
	return f;
}

/* The commitment with that digest, or SIZE_MAX: it may have been known before and not be read again. */
static size_t commitment(const struct verifier *v, const struct inq_sha256 *digest)
{
	size_t at = inq_verifier_find(v, digest);

	return at != SIZE_MAX && v->facts[at].blind && is_commitment(v->entries[at].type) ? at : SIZE_MAX;
}

static bool is_with(const struct verifier *v, size_t commitment, size_t other)
{
	return inq_bytes_equal(v->facts[commitment].blind->with, v->logs[v->entries[other].party].party);
}

static bool same_terms(const struct blind_fact *l, const struct blind_fact *r)
{
	if (!inq_sha256_equal(&l->said.session, &r->said.session) || l->said.limit != r->said.limit ||
	        l->said.kind_count != r->said.kind_count)
		return false;
	for (size_t i = 0; i < l->said.kind_count; i++)
		if (!inq_bytes_same(l->said.kinds[i], r->said.kinds[i]))
			return false;
	return true;
}

static void answer_look(struct verifier *v, size_t e)
{
	size_t of = commitment(v, &v->facts[e].of);

	if (of == SIZE_MAX)
		return;
	if (v->entries[of].type != INQ_ENTRY_BLIND_OFFER || v->entries[of].party == v->entries[e].party ||
	        !is_with(v, of, e) || !is_with(v, e, of))
		inq_verifier_spoil(
		        v, e, "answers what is no offer of a comparison to its party", &v->facts[e].of);
	else if (!same_terms(v->facts[of].blind, v->facts[e].blind))
		inq_verifier_spoil(v, e, "answers an offer on other terms", &v->facts[e].of);
}

/* The own and the other commitment of a run or a result; false where they are not both read here. */
static bool both_look(struct verifier *v, size_t e, size_t *ret_own, size_t *ret_peer)
{
	size_t own = inq_verifier_find(v, &v->facts[e].of);
	size_t peer = inq_verifier_find(v, &v->facts[e].blind->peer);
	size_t offer, answer;

	/* What is not there was said where it was looked for. */
	if (own == SIZE_MAX || peer == SIZE_MAX)
		return false;
	if (!is_commitment(v->entries[own].type) || !is_commitment(v->entries[peer].type)) {
		inq_verifier_spoil(v, e, "is of something else than two commitments", NULL);
		return false;
	}
	if (!v->facts[own].blind || !v->facts[peer].blind)
		return false;
	offer = v->entries[own].type == INQ_ENTRY_BLIND_OFFER ? own : peer;
	answer = offer == own ? peer : own;
	if (v->entries[own].party != v->entries[e].party || v->entries[peer].party == v->entries[e].party ||
	        v->entries[offer].type != INQ_ENTRY_BLIND_OFFER ||
	        v->entries[answer].type != INQ_ENTRY_BLIND_ANSWER ||
	        !inq_sha256_equal(&v->facts[answer].of, &v->entries[offer].digest)) {
		inq_verifier_spoil(v, e, "is of two commitments that do not belong together", NULL);
		return false;
	}
	*ret_own = own;
	*ret_peer = peer;
	return true;
}

static void result_look(struct verifier *v, size_t e, size_t own, size_t peer)
{
	bool offered = v->entries[own].type == INQ_ENTRY_BLIND_OFFER;
	const struct blind_fact *offer = v->facts[offered ? own : peer].blind,
	                        *answer = v->facts[offered ? peer : own].blind;
	struct inq_blind_said first = offer->said, second = answer->said;
	struct inq_arena *scratch;
	struct inq_error why = { 0, "" };
	char name[INQ_BUNDLE_NAME];
	struct inq_bytes bytes;
	enum inq_status status;

	if (!v->trust->blind) {
		inq_verifier_unchecked(
		        v, "results of private comparisons: this verifier cannot read them", 1);
		return;
	}
	if (v->trust->object_most == 0)
		return;
	scratch = inq_arena_open(16 * (size_t)v->trust->object_most + SLACK);
	if (!scratch) {
		v->no_memory = true;
		return;
	}
	first.digest = v->entries[offered ? own : peer].digest;
	second.digest = v->entries[offered ? peer : own].digest;
	inq_bundle_object(&v->facts[e].objects[0], name);
	status = inq_verifier_object(
	        v, &v->facts[e].objects[0], name, v->trust->object_most, scratch, &bytes, &why);
	/* An object that is missing, damaged or too large was said where objects were looked at. */
	if (status == INQ_OK) {
		status = v->trust->blind(bytes, &first, &second, v->facts[e].blind->count, scratch, &why);
		if (status != INQ_OK) {
			inq_verifier_fail(v, 2, status,
			        (struct place){
			                name, &v->logs[v->entries[e].party], v->entries[e].index, why.at },
			        NULL, NULL, "the comparison that it reports does not hold: %s",
			        inq_inert(v->a, inq_bytes_of(why.text), 160));
			v->entries[e].holds = false;
		}
	}
	inq_arena_close(scratch);
}

static int by_commitment(const void *of, uint32_t l, uint32_t r)
{
	const struct verifier *v = of;
	int order;

	if (v->entries[l].party != v->entries[r].party)
		return v->entries[l].party < v->entries[r].party ? -1 : 1;
	if (v->entries[l].type != v->entries[r].type)
		return v->entries[l].type < v->entries[r].type ? -1 : 1;
	order = memcmp(v->facts[l].of.byte, v->facts[r].of.byte, 32);
	return order ? order : (l > r) - (l < r);
}

/* A party answers an offer once, runs a commitment once, and reports it once. */
static void once_look(struct verifier *v, uint32_t *at, size_t count)
{
	inq_sort_indices(at, count, by_commitment, v);
	for (size_t i = 1; i < count; i++) {
		size_t l = at[i - 1], r = at[i];

		if (v->entries[l].party == v->entries[r].party && v->entries[l].type == v->entries[r].type &&
		        inq_sha256_equal(&v->facts[l].of, &v->facts[r].of))
			inq_verifier_spoil(
			        v, r, "does a second time what a commitment allows once", &v->facts[r].of);
	}
}

void inq_verify_blind(struct verifier *v)
{
	uint32_t *at;
	size_t count = 0;

	if (v->trust->level < 2)
		return;
	for (size_t e = 0; e < v->entry_count; e++)
		count += v->facts[e].blind != NULL;
	at = inq_arena_new(v->a, count, sizeof *at);
	if (!at) {
		v->no_memory = true;
		return;
	}
	count = 0;
	for (size_t e = 0; e < v->entry_count && !v->no_memory; e++) {
		size_t own, peer;
		bool known = v->entries[e].index < v->logs[v->entries[e].party].known_size;

		if (!v->facts[e].blind)
			continue;
		if (v->entries[e].type == INQ_ENTRY_BLIND_ANSWER && !known)
			answer_look(v, e);
		if (!is_commitment(v->entries[e].type) && !known && both_look(v, e, &own, &peer) &&
		        v->entries[e].type == INQ_ENTRY_BLIND_RESULT)
			result_look(v, e, own, peer);
		if (v->entries[e].type != INQ_ENTRY_BLIND_OFFER)
			at[count++] = (uint32_t)e;
	}
	once_look(v, at, count);
}
