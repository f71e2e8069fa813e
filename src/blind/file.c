/*
 * The session file:
 *
 *     inquiry blind session v1 LF
 *     case 32 digits LF, session 64 digits LF
 *     nonce 24, XChaCha20-Poly1305 of what follows, with its tag; all before it is authenticated
 *
 * and in it, integers little-endian, names with their length in a byte:
 *
 *     me, peer, offers u8, step u8, last 32, kinds u32, limit u64, excluded u8 and 32
 *     commitment 32, public 32, sealed 72, nonce key 32
 *     functions u32: va u64, size u32, keys u16, 4 each
 *     elements u32: kind u8, value u16, source u16, functions u16, 4 each
 *     leaves u32: element u32, point 32, hidden 32
 *     the other u8: 0 none, 1 its commitment (digest, masked_by, root, count), 2 with leaves and products
 *     matches u8, u32, own and peer u32 each
 *     opening u64 and its bytes
 *
 * The session's secret scalar is in `sealed`, which only the keeper opens.
 */
#include "blind/private.h"
#include <sodium.h>
#include <string.h>

#define HEAD "inquiry blind session v1\n"

enum {
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	CLEAR = sizeof HEAD - 1 + INQ_CASE_ID + 1 + 64 + 1,
	SOURCE_MOST = 1024,
};

static void put8(struct blind_out *o, unsigned value)
{
	const uint8_t byte = (uint8_t)value;

	blind_put(o, &byte, 1);
}

static void put_name(struct blind_out *o, const char *name)
{
	put8(o, (unsigned)strlen(name));
	blind_put(o, name, strlen(name));
}

static void put_set(struct blind_out *o, const struct inq_blind_set *set)
{
	blind_put32(o, (uint32_t)set->function_count);
	for (size_t i = 0; i < set->function_count; i++)
		blind_function_put(o, &set->functions[i]);
	blind_put32(o, (uint32_t)set->count);
	for (size_t i = 0; i < set->count; i++) {
		const struct inq_blind_element *e = &set->elements[i];
		size_t source = e->source.len < SOURCE_MOST ? e->source.len : SOURCE_MOST;

		put8(o, e->kind);
		blind_put16(o, (uint32_t)e->value.len);
		blind_put(o, e->value.at, e->value.len);
		blind_put16(o, (uint32_t)source);
		blind_put(o, e->source.at, source);
		blind_put16(o, e->function_count);
		for (uint32_t k = 0; k < e->function_count; k++)
			blind_put32(o, e->functions[k]);
	}
}

static void put_leaves(struct blind_out *o, const struct inq_blind_leaves *leaves, uint64_t count)
{
	blind_put(o, leaves->points, count * sizeof *leaves->points);
	blind_put(o, leaves->hidden, count * sizeof *leaves->hidden);
}

static void put_all(struct blind_out *o, const struct inq_blind_session *s)
{
	put_name(o, s->me);
	put_name(o, s->peer);
	put8(o, s->offers);
	put8(o, s->step);
	blind_put(o, s->last.byte, 32);
	blind_put32(o, s->kinds);
	blind_put64(o, s->limit);
	put8(o, s->excluded.here);
	blind_put(o, s->excluded.is.byte, 32);
	blind_put(o, s->commitment.byte, 32);
	blind_put(o, s->public, sizeof s->public);
	blind_put(o, s->sealed, sizeof s->sealed);
	blind_put(o, s->nonce_key, sizeof s->nonce_key);
	put_set(o, &s->set);
	blind_put32(o, (uint32_t)s->count);
	for (uint64_t i = 0; i < s->count; i++)
		blind_put32(o, s->element[i]);
	put_leaves(o, &s->own, s->count);
	put8(o, s->has_peer ? s->theirs.points ? 2 : 1 : 0);
	if (s->has_peer) {
		blind_put(o, s->other_commitment.byte, 32);
		blind_put(o, s->other.masked_by.byte, 32);
		blind_put(o, s->other.root.byte, 32);
		blind_put32(o, (uint32_t)s->other.count);
	}
	if (s->theirs.points) {
		put_leaves(o, &s->theirs, s->other.count);
		blind_put(o, s->evaluated, s->other.count * sizeof *s->evaluated);
	}
	put8(o, s->has_matches);
	blind_put32(o, (uint32_t)s->match_count);
	for (size_t i = 0; i < s->match_count; i++) {
		blind_put32(o, s->matches[i].own);
		blind_put32(o, s->matches[i].peer);
	}
	blind_put64(o, s->opening.len);
	blind_put(o, s->opening.at, s->opening.len);
}

enum inq_status inq_blind_session_write(const struct inq_blind_session *s, const struct inq_asker *asker,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct blind_out plain = { .a = a }, o = { .a = a };
	uint8_t key[32], nonce[NONCE], *box;
	char hex[65];
	unsigned long long len;
	enum inq_status status = blind_file_key(asker, &s->id, key, err);

	if (status != INQ_OK)
		return status;
	put_all(&plain, s);
	inq_hex(s->id.byte, sizeof s->id.byte, hex);
	randombytes_buf(nonce, sizeof nonce);
	blind_put(&o, HEAD, sizeof HEAD - 1);
	blind_put(&o, s->case_id, strlen(s->case_id));
	blind_put(&o, "\n", 1);
	blind_put(&o, hex, 64);
	blind_put(&o, "\n", 1);
	blind_put(&o, nonce, sizeof nonce);
	box = inq_arena_new(a, plain.len + TAG, 1);
	if (!box || plain.full || o.full || o.len != CLEAR + NONCE) {
		sodium_memzero(key, sizeof key);
		return blind_no_memory(err);
	}
	crypto_aead_xchacha20poly1305_ietf_encrypt(
	        box, &len, plain.at, plain.len, o.at, CLEAR, NULL, nonce, key);
	sodium_memzero(key, sizeof key);
	sodium_memzero(plain.at, plain.len);
	blind_put(&o, box, plain.len + TAG);
	return blind_done(&o, ret, err);
}

/* Reading what this party itself wrote, and still trusting no count. */
struct reader {
	struct blind_in in;
	struct inq_arena *a;
	bool full, wrong;
};

static void *room(struct reader *r, uint64_t count, size_t each, size_t size)
{
	void *at = NULL;

	/* No count makes room for more than is there. */
	if (r->in.short_ || count > r->in.left.len / each)
		r->wrong = true;
	else
		at = inq_arena_new(r->a, (size_t)count, size);
	r->full |= !at && !r->wrong;
	return at;
}

static unsigned get8(struct reader *r)
{
	uint8_t byte;

	blind_get_bytes(&r->in, &byte, 1);
	return byte;
}

static void get_name(struct reader *r, char *to, size_t most)
{
	struct inq_bytes name = blind_get(&r->in, get8(r));

	if (name.len == 0 || name.len >= most) {
		r->wrong = true;
		return;
	}
	memcpy(to, name.at, name.len);
	to[name.len] = 0;
}

static void get_functions(struct reader *r, struct inq_blind_set *set)
{
	uint32_t count = blind_get32(&r->in);
	struct inq_blind_function *functions = room(r, count, 14, sizeof *functions);

	for (uint32_t i = 0; functions && i < count && !r->in.short_; i++) {
		uint32_t *keys;

		functions[i].va = blind_get64(&r->in);
		functions[i].size = blind_get32(&r->in);
		functions[i].key_count = blind_get16(&r->in);
		keys = room(r, functions[i].key_count, 4, sizeof *keys);
		for (uint32_t k = 0; keys && k < functions[i].key_count; k++)
			keys[k] = blind_get32(&r->in);
		functions[i].keys = keys;
	}
	set->functions = functions;
	set->function_count = count;
}

static void get_elements(struct reader *r, struct inq_blind_set *set)
{
	uint32_t count = blind_get32(&r->in);
	struct inq_blind_element *elements = room(r, count, 7, sizeof *elements);

	for (uint32_t i = 0; elements && i < count && !r->in.short_ && !r->wrong; i++) {
		struct inq_blind_element *e = &elements[i];
		uint32_t *functions;

		e->kind = (enum inq_blind_kind)get8(r);
		e->value = blind_get(&r->in, blind_get16(&r->in));
		e->source = blind_get(&r->in, blind_get16(&r->in));
		e->function_count = blind_get16(&r->in);
		r->wrong |= !inq_blind_is_canonical(e->kind, e->value) ||
		            e->function_count > INQ_BLIND_SHARERS_MOST;
		functions = room(r, e->function_count, 4, sizeof *functions);
		for (uint32_t k = 0; functions && k < e->function_count; k++) {
			functions[k] = blind_get32(&r->in);
			r->wrong |= functions[k] >= set->function_count;
		}
		e->functions = functions;
	}
	set->elements = elements;
	set->count = count;
}

static void get_points(struct reader *r, uint64_t count, const uint8_t (**ret)[INQ_POINT])
{
	uint8_t(*points)[INQ_POINT] = room(r, count, INQ_POINT, sizeof *points);
	struct inq_bytes bytes = blind_get(&r->in, count * INQ_POINT);

	if (points && bytes.len)
		memcpy(points, bytes.at, bytes.len);
	*ret = (const uint8_t(*)[INQ_POINT])points;
}

static void get_leaves(struct reader *r, uint64_t count, struct inq_blind_leaves *ret)
{
	struct inq_sha256 *hidden;
	struct inq_bytes bytes;

	get_points(r, count, &ret->points);
	hidden = room(r, count, sizeof *hidden, sizeof *hidden);
	bytes = blind_get(&r->in, count * sizeof *hidden);
	if (hidden && bytes.len)
		memcpy(hidden, bytes.at, bytes.len);
	ret->hidden = hidden;
}

static void get_own(struct reader *r, struct inq_blind_session *s)
{
	uint32_t *element;

	get_functions(r, &s->set);
	get_elements(r, &s->set);
	s->count = blind_get32(&r->in);
	element = room(r, s->count, 4, sizeof *element);
	for (uint64_t i = 0; element && i < s->count; i++) {
		element[i] = blind_get32(&r->in);
		r->wrong |= element[i] != UINT32_MAX && element[i] >= s->set.count;
	}
	s->element = element;
	get_leaves(r, s->count, &s->own);
	if (!r->wrong && !r->full && !r->in.short_)
		blind_root(&s->own, s->count, &s->root);
}

static void get_other(struct reader *r, struct inq_blind_session *s)
{
	unsigned known = get8(r);
	struct inq_bytes opening;
	struct inq_blind_match *matches;
	uint8_t *copy;

	s->has_peer = known > 0;
	if (known > 0) {
		blind_get_bytes(&r->in, s->other_commitment.byte, 32);
		blind_get_bytes(&r->in, s->other.masked_by.byte, 32);
		blind_get_bytes(&r->in, s->other.root.byte, 32);
		s->other.count = blind_get32(&r->in);
		s->other.digest = s->other_commitment;
		s->other.session = s->id;
		s->other.limit = s->limit;
	}
	if (known > 1) {
		get_leaves(r, s->other.count, &s->theirs);
		get_points(r, s->other.count, &s->evaluated);
	}
	s->has_matches = get8(r);
	s->match_count = blind_get32(&r->in);
	matches = room(r, s->match_count, 8, sizeof *matches);
	for (size_t i = 0; matches && i < s->match_count; i++) {
		matches[i].own = blind_get32(&r->in);
		matches[i].peer = blind_get32(&r->in);
		r->wrong |= matches[i].own >= s->count || matches[i].peer >= s->other.count;
	}
	s->matches = matches;
	opening = blind_get(&r->in, blind_get64(&r->in));
	copy = room(r, 0, 1, 1);
	if (opening.len && copy) {
		copy = inq_arena_new(r->a, opening.len, 1);
		r->full |= !copy;
		if (copy)
			memcpy(copy, opening.at, opening.len);
		s->opening = (struct inq_bytes){ copy, opening.len };
	}
}

static void get_all(struct reader *r, struct inq_blind_session *s)
{
	get_name(r, s->me, sizeof s->me);
	get_name(r, s->peer, sizeof s->peer);
	s->offers = get8(r);
	s->step = (enum inq_blind_step)get8(r);
	blind_get_bytes(&r->in, s->last.byte, 32);
	s->kinds = blind_get32(&r->in);
	s->limit = blind_get64(&r->in);
	s->excluded.here = get8(r);
	blind_get_bytes(&r->in, s->excluded.is.byte, 32);
	blind_get_bytes(&r->in, s->commitment.byte, 32);
	blind_get_bytes(&r->in, s->public, sizeof s->public);
	blind_get_bytes(&r->in, s->sealed, sizeof s->sealed);
	blind_get_bytes(&r->in, s->nonce_key, sizeof s->nonce_key);
	get_own(r, s);
	get_other(r, s);
	r->wrong |= r->in.short_ || r->in.left.len || s->step > INQ_BLIND_CLOSED;
}

/* The two lines in clear. */
static bool clear_read(struct inq_bytes file, struct inq_blind_session *s)
{
	const size_t head = sizeof HEAD - 1;
	uint8_t case_id[INQ_CASE_ID / 2];

	if (file.len < CLEAR + NONCE + TAG || !inq_bytes_begin(file, HEAD, head) ||
	        !inq_unhex((struct inq_bytes){ file.at + head, INQ_CASE_ID }, case_id, sizeof case_id) ||
	        file.at[head + INQ_CASE_ID] != '\n' || file.at[CLEAR - 1] != '\n')
		return false;
	memcpy(s->case_id, file.at + head, INQ_CASE_ID);
	return inq_unhex((struct inq_bytes){ file.at + head + INQ_CASE_ID + 1, 64 }, s->id.byte, 32);
}

enum inq_status inq_blind_session_read(struct inq_bytes file, const struct inq_asker *asker,
        struct inq_arena *a, struct inq_blind_session *ret, struct inq_error *err)
{
	struct inq_blind_session s = { .offers = false };
	struct reader r = { .a = a };
	uint8_t key[32], *plain;
	size_t len;
	bool opens;
	enum inq_status status;

	if (!clear_read(file, &s))
		return inq_fail(err, INQ_UNRECOGNISED, 0,
		        "not the file of a blind comparison's session: it does not begin with its head");
	status = blind_file_key(asker, &s.id, key, err);
	if (status != INQ_OK)
		return status;
	len = file.len - CLEAR - NONCE - TAG;
	plain = inq_arena_new(a, len, 1);
	opens = plain &&
	        crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, file.at + CLEAR + NONCE,
	                len + TAG, file.at, CLEAR, file.at + CLEAR, key) == 0;
	sodium_memzero(key, sizeof key);
	if (!plain)
		return blind_no_memory(err);
	if (!opens)
		return inq_fail(err, INQ_LOCKED, 0, "the session file is of another key, or was changed");
	r.in = (struct blind_in){ { plain, len }, false };
	get_all(&r, &s);
	if (r.full)
		return blind_no_memory(err);
	if (r.wrong)
		return inq_fail(err, INQ_UNRECOGNISED, 0, "the session file is of another version");
	*ret = s;
	return INQ_OK;
}
