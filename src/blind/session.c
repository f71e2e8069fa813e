/* The steps of a session: what is taken, what is made, what comes next. */
#include "blind/private.h"
#include <inquiry/proof.h>
#include <stdlib.h>
#include <string.h>

enum inq_blind_step inq_blind_next(const struct inq_blind_session *s)
{
	enum inq_blind_step next = (enum inq_blind_step)(s->step + 1);

	/* Who offers makes the first, third and fifth message. */
	if (s->step == INQ_BLIND_CLOSED || (next % 2 == 1) != s->offers)
		return 0;
	return next;
}

void inq_blind_sent(struct inq_blind_session *s, enum inq_blind_step step, const struct inq_sha256 *digest)
{
	s->step = step;
	s->last = *digest;
}

static bool is(struct inq_bytes b, const char *text)
{
	return inq_bytes_equal(b, text);
}

enum inq_status inq_blind_expects(
        const struct inq_blind_session *s, const struct inq_blind_message *m, struct inq_error *err)
{
	if (!is(m->case_id, s->case_id))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "the message is of another case");
	if (!inq_sha256_equal(&m->session, &s->id))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "the message is of another session");
	if (is(m->from, s->me))
		return inq_fail(
		        err, INQ_BAD_ARGUMENT, 0, "the message is this party's own: it is for %s", s->peer);
	if (!is(m->from, s->peer) || !is(m->to, s->me))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "the message is not from %s to %s", s->peer, s->me);
	if (m->step <= s->step)
		return inq_fail(err, INQ_CONFLICT, 0, "a message of that step (%s) was taken before",
		        inq_blind_step_name(m->step));
	if (m->step != s->step + 1 || inq_blind_next(s) != 0)
		return inq_fail(err, INQ_CONFLICT, 0,
		        "the message is out of order: it is \"%s\", and \"%s\" comes first",
		        inq_blind_step_name(m->step),
		        inq_blind_step_name((enum inq_blind_step)(s->step + 1)));
	if (!m->after.here || !inq_sha256_equal(&m->after.is, &s->last))
		return inq_fail(
		        err, INQ_CONFLICT, 0, "the message answers another than the one that was sent");
	if (s->has_peer && !inq_sha256_equal(&m->commitment, &s->other_commitment))
		return inq_fail(
		        err, INQ_CONFLICT, 0, "the message is about another set than the party committed to");
	return INQ_OK;
}

enum inq_status inq_blind_proved(const struct inq_blind_message *m, const struct inq_vkey *log,
        const struct inq_vkey *cosigner, struct inq_arena *a, struct inq_error *err)
{
	struct inq_proof_said said;
	struct inq_proof proof;
	struct inq_error why = { 0, "" };
	enum inq_status status = inq_proof_read(m->proof, a, &proof, &why);

	if (status == INQ_OK)
		status = inq_proof_verify(
		        &proof, &m->commitment, log, cosigner, cosigner != NULL, a, &said, &why);
	if (status != INQ_OK)
		return inq_fail(
		        err, status, why.at, "the proof of the commitment does not hold: %.120s", why.text);
	if (cosigner && !said.cosigned[0].here)
		return inq_fail(err, INQ_BAD_SIGNATURE, 0,
		        "the commitment is not under a head that this party countersigned");
	return INQ_OK;
}

/* What a body holds, while it is read. */
struct taking {
	struct inq_blind_session s; /* as it will be */
	struct blind_in in;
	const struct inq_asker *asker;
	struct inq_arena *a;
	struct inq_error *err;
};

/* Masked elements: as many as were committed to, in order, under the committed root. */
static enum inq_status points_take(struct taking *t)
{
	struct inq_blind_session *s = &t->s;
	uint64_t count = blind_get32(&t->in);
	struct inq_bytes points, hidden;
	uint8_t(*point)[INQ_POINT];
	struct inq_sha256 *hide, root;

	if (t->in.short_ || count != s->other.count)
		return inq_fail(t->err, INQ_TAMPERED, 0,
		        "the message holds %llu elements, and %llu were committed to",
		        (unsigned long long)count, (unsigned long long)s->other.count);
	points = blind_get(&t->in, count * INQ_POINT);
	hidden = blind_get(&t->in, count * sizeof root);
	if (t->in.short_)
		return inq_fail(t->err, INQ_UNRECOGNISED, 0, "the message holds fewer elements than it says");
	point = inq_arena_new(t->a, count, sizeof *point);
	hide = inq_arena_new(t->a, count, sizeof *hide);
	if (!point || !hide)
		return blind_no_memory(t->err);
	memcpy(point, points.at, points.len);
	memcpy(hide, hidden.at, hidden.len);
	for (uint64_t i = 0; i < count; i++) {
		int order = i ? memcmp(point[i - 1], point[i], INQ_POINT) : -1;

		if (order == 0)
			return inq_fail(t->err, INQ_TAMPERED, i, "a point stands there twice");
		if (order > 0)
			return inq_fail(t->err, INQ_TAMPERED, i, "the points are not in order");
		if (!inq_point_holds(point[i]))
			return inq_fail(t->err, INQ_TAMPERED, i, "a point that is none, or the identity");
	}
	s->theirs = (struct inq_blind_leaves){ (const uint8_t(*)[INQ_POINT])point, hide };
	blind_root(&s->theirs, count, &root);
	if (!inq_sha256_equal(&root, &s->other.root))
		return inq_fail(t->err, INQ_TAMPERED, 0, "the elements are not those that were committed to");
	return INQ_OK;
}

static enum inq_status evaluate(struct taking *t)
{
	uint8_t(*to)[INQ_POINT] = inq_arena_new(t->a, t->s.other.count, sizeof *to);
	enum inq_status status;

	if (!to)
		return blind_no_memory(t->err);
	status = blind_multiply(t->asker, t->s.theirs.points, t->s.other.count, to, t->err);
	if (status == INQ_OK)
		t->s.evaluated = (const uint8_t(*)[INQ_POINT])to;
	return status;
}

struct placed {
	const uint8_t *point;
	uint32_t leaf;
};

static int by_point(const void *l, const void *r)
{
	const struct placed *a = l, *b = r;

	return memcmp(a->point, b->point, INQ_POINT);
}

static int by_own(const void *l, const void *r)
{
	const struct inq_blind_match *a = l, *b = r;

	return (a->own > b->own) - (a->own < b->own);
}

/* Where k' k H(x) is the same on both sides. */
static enum inq_status match(struct taking *t, const uint8_t (*mine)[INQ_POINT])
{
	struct inq_blind_session *s = &t->s;
	struct placed *l = inq_arena_new(t->a, s->count, sizeof *l);
	struct placed *r = inq_arena_new(t->a, s->other.count, sizeof *r);
	struct inq_blind_match *matches =
	        inq_arena_new(t->a, s->count < s->other.count ? s->count : s->other.count, sizeof *matches);
	size_t count = 0;

	if (!l || !r || !matches)
		return blind_no_memory(t->err);
	for (uint32_t i = 0; i < s->count; i++)
		l[i] = (struct placed){ mine[i], i };
	for (uint32_t i = 0; i < s->other.count; i++)
		r[i] = (struct placed){ s->evaluated[i], i };
	qsort(l, s->count, sizeof *l, by_point);
	qsort(r, s->other.count, sizeof *r, by_point);
	for (uint64_t i = 0, j = 0; i < s->count && j < s->other.count;) {
		int order = by_point(&l[i], &r[j]);

		if (order == 0)
			matches[count++] = (struct inq_blind_match){ l[i].leaf, r[j].leaf };
		i += order <= 0;
		j += order >= 0;
	}
	if (count)
		qsort(matches, count, sizeof *matches, by_own);
	s->matches = matches;
	s->match_count = count;
	s->has_matches = true;
	return INQ_OK;
}

/* Own elements that the other multiplied, with the proofs that its committed scalar was used. */
static enum inq_status evaluated_take(struct taking *t)
{
	struct inq_blind_session *s = &t->s;
	uint64_t count = blind_get32(&t->in);
	struct inq_bytes points, proofs;
	uint8_t(*point)[INQ_POINT];

	if (t->in.short_ || count != s->count)
		return inq_fail(t->err, INQ_TAMPERED, 0,
		        "the message holds %llu multiplied elements, and %llu were sent",
		        (unsigned long long)count, (unsigned long long)s->count);
	points = blind_get(&t->in, count * INQ_POINT);
	proofs = blind_get(&t->in, blind_proofs(count) * (uint64_t)INQ_DLEQ);
	if (t->in.short_)
		return inq_fail(t->err, INQ_UNRECOGNISED, 0, "the message holds fewer elements than it says");
	point = inq_arena_new(t->a, count, sizeof *point);
	if (!point)
		return blind_no_memory(t->err);
	memcpy(point, points.at, points.len);
	for (uint64_t i = 0; i < count; i++)
		if (!inq_point_holds(point[i]))
			return inq_fail(t->err, INQ_TAMPERED, i, "a point that is none, or the identity");
	if (!blind_proofs_hold(s->other.masked_by.byte, s->own.points, (const uint8_t(*)[INQ_POINT])point,
	            count, proofs.at))
		return inq_fail(t->err, INQ_BAD_SIGNATURE, 0,
		        "the proof that the committed scalar multiplied these elements does not hold");
	return match(t, (const uint8_t(*)[INQ_POINT])point);
}

static int by_peer(const void *l, const void *r)
{
	const struct inq_blind_match *a = l, *b = r;

	return (a->peer > b->peer) - (a->peer < b->peer);
}

/* The opening must be of what both hold: no more, no less, and the same elements. */
static enum inq_status opening_take(struct taking *t)
{
	struct inq_blind_session *s = &t->s;
	struct inq_bytes bytes = t->in.left;
	struct blind_opening opening;
	struct inq_blind_match *matches;
	uint8_t *copy;
	enum inq_status status = blind_opening_read(bytes, &s->other, t->a, &opening, t->err);

	if (status != INQ_OK)
		return status;
	if (opening.count != s->match_count)
		return inq_fail(t->err, INQ_TAMPERED, 0,
		        "the other party opens %zu elements, and both hold %zu", opening.count,
		        s->match_count);
	matches = inq_arena_new(t->a, s->match_count, sizeof *matches);
	copy = inq_arena_new(t->a, bytes.len, 1);
	if (!matches || !copy)
		return blind_no_memory(t->err);
	if (s->match_count) {
		memcpy(matches, s->matches, s->match_count * sizeof *matches);
		qsort(matches, s->match_count, sizeof *matches, by_peer);
	}
	for (size_t i = 0; i < opening.count; i++) {
		const struct blind_opened *o = &opening.elements[i];
		const struct inq_blind_match wanted = { 0, o->leaf },
		                             *found = bsearch(&wanted, matches, s->match_count,
		                                     sizeof *matches, by_peer);
		const struct inq_blind_element *e;

		if (!found || s->element[found->own] == UINT32_MAX)
			return inq_fail(
			        t->err, INQ_TAMPERED, i, "the other party opens what both do not hold");
		e = &s->set.elements[s->element[found->own]];
		if (e->kind != o->kind || e->value.len != o->value.len ||
		        memcmp(e->value.at, o->value.at, o->value.len) != 0)
			return inq_fail(t->err, INQ_TAMPERED, i,
			        "the other party opens another element than both hold");
	}
	memcpy(copy, bytes.at, bytes.len);
	s->opening = (struct inq_bytes){ copy, bytes.len };
	t->in.left.len = 0;
	return INQ_OK;
}

enum inq_status inq_blind_take(struct inq_blind_session *s, const struct inq_blind_message *m,
        const struct inq_asker *asker, struct inq_arena *a, struct inq_error *err)
{
	struct taking t = { *s, { m->body, false }, asker, a, err };
	enum inq_status status = inq_blind_expects(s, m, err);

	if (status != INQ_OK)
		return status;
	if (!s->has_peer || !inq_sha256_equal(&m->commitment, &s->other_commitment))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "the other party's commitment is not known");
	switch (m->step) {
	case INQ_BLIND_OFFERED:
	case INQ_BLIND_ANSWERED:
		break;
	case INQ_BLIND_MASKED:
		status = points_take(&t);
		if (status == INQ_OK)
			status = evaluate(&t);
		break;
	case INQ_BLIND_EVALUATED:
		status = points_take(&t);
		if (status == INQ_OK)
			status = evaluate(&t);
		if (status == INQ_OK)
			status = evaluated_take(&t);
		break;
	case INQ_BLIND_OPENED:
		status = evaluated_take(&t);
		if (status == INQ_OK)
			status = opening_take(&t);
		break;
	case INQ_BLIND_CLOSED:
		status = opening_take(&t);
		break;
	}
	if (status == INQ_OK && t.in.left.len)
		status = inq_fail(
		        err, INQ_UNRECOGNISED, m->body.len - t.in.left.len, "something follows the body");
	if (status != INQ_OK)
		return status;
	t.s.step = m->step;
	t.s.last = m->digest;
	*s = t.s;
	return INQ_OK;
}

static void points_put(const struct inq_blind_session *s, struct blind_out *o)
{
	blind_put32(o, (uint32_t)s->count);
	blind_put(o, s->own.points, s->count * sizeof *s->own.points);
	blind_put(o, s->own.hidden, s->count * sizeof *s->own.hidden);
}

static enum inq_status evaluated_put(const struct inq_blind_session *s, const struct inq_asker *asker,
        struct blind_out *o, struct inq_error *err)
{
	blind_put32(o, (uint32_t)s->other.count);
	blind_put(o, s->evaluated, s->other.count * sizeof *s->evaluated);
	return blind_prove(asker, s->public, s->theirs.points, s->evaluated, s->other.count, o, err);
}

static enum inq_status opening_put(const struct inq_blind_session *s, const struct inq_asker *asker,
        struct inq_arena *a, struct blind_out *o, struct inq_error *err)
{
	struct inq_bytes opening;
	enum inq_status status = blind_opening_write(s, asker, a, &opening, err);

	if (status == INQ_OK)
		blind_put(o, opening.at, opening.len);
	return status;
}

enum inq_status inq_blind_body(const struct inq_blind_session *s, const struct inq_asker *asker,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct blind_out o = { .a = a };
	enum inq_blind_step next = inq_blind_next(s);
	enum inq_status status = INQ_OK;

	if (next == 0)
		return inq_fail(err, INQ_CONFLICT, 0, "it is not this party's turn");
	switch (next) {
	case INQ_BLIND_OFFERED:
	case INQ_BLIND_ANSWERED:
		break;
	case INQ_BLIND_MASKED:
		points_put(s, &o);
		break;
	case INQ_BLIND_EVALUATED:
		points_put(s, &o);
		status = evaluated_put(s, asker, &o, err);
		break;
	case INQ_BLIND_OPENED:
		status = evaluated_put(s, asker, &o, err);
		if (status == INQ_OK)
			status = opening_put(s, asker, a, &o, err);
		break;
	case INQ_BLIND_CLOSED:
		status = opening_put(s, asker, a, &o, err);
		break;
	}
	return status == INQ_OK ? blind_done(&o, ret, err) : status;
}

void inq_blind_forget(struct inq_blind_session *s)
{
	memset(s->sealed, 0, sizeof s->sealed);
}

void inq_blind_evaluated_digest(const struct inq_blind_session *s, struct inq_sha256 *ret)
{
	struct inq_sha256_state state;

	inq_sha256_init(&state);
	inq_sha256_update(&state, s->evaluated, s->other.count * sizeof *s->evaluated);
	inq_sha256_final(&state, ret);
}
