/*
 * Openings: what of a commitment is shown, and what proves that it was committed to.
 *
 *     elements        u32
 *     of each         leaf u32, point 32, nonce 32,
 *                     functions u16, their digests 32 each,
 *                     label u8 and its bytes, value u16 and its bytes
 *     paths           u32, 32 each
 *     proofs          64 for each INQ_BLIND_BATCH elements begun
 *     functions       u32; of each: va u64, size u32, keys u16, 4 each; by digest
 */
#include "blind/private.h"
#include <stdlib.h>
#include <string.h>

struct shown {
	uint32_t element, leaf;
};

static int by_element(const void *l, const void *r)
{
	const struct shown *a = l, *b = r;

	return (a->element > b->element) - (a->element < b->element);
}

static int by_number(const void *l, const void *r)
{
	const uint32_t *a = l, *b = r;

	return (*a > *b) - (*a < *b);
}

static void element_put(struct blind_out *o, const struct inq_blind_session *s, const struct shown *shown)
{
	const struct inq_blind_element *e = &s->set.elements[shown->element];
	const char *label = inq_blind_kind_label(e->kind);
	struct inq_sha256 digests[INQ_BLIND_SHARERS_MOST];
	uint8_t nonce[32], label_len = (uint8_t)strlen(label);

	blind_nonce(s->nonce_key, s->own.points[shown->leaf], nonce);
	blind_digests(&s->set, e, digests);
	blind_put32(o, shown->leaf);
	blind_put(o, s->own.points[shown->leaf], INQ_POINT);
	blind_put(o, nonce, sizeof nonce);
	blind_put16(o, e->function_count);
	blind_put(o, digests, e->function_count * sizeof *digests);
	blind_put(o, &label_len, 1);
	blind_put(o, label, label_len);
	blind_put16(o, (uint32_t)e->value.len);
	blind_put(o, e->value.at, e->value.len);
}

struct named {
	struct inq_sha256 digest;
	uint32_t function;
};

static int by_name(const void *l, const void *r)
{
	return memcmp(l, r, sizeof(struct inq_sha256));
}

/* The functions behind the elements that are shown, each once. */
static enum inq_status functions_put(struct blind_out *o, const struct inq_blind_session *s,
        const struct shown *shown, size_t count, struct inq_arena *a, struct inq_error *err)
{
	struct named *named = inq_arena_new(a, count * INQ_BLIND_SHARERS_MOST, sizeof *named);
	size_t all = 0, distinct = 0;

	if (!named)
		return blind_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		const struct inq_blind_element *e = &s->set.elements[shown[i].element];

		for (uint32_t k = 0; k < e->function_count; k++, all++) {
			named[all].function = e->functions[k];
			blind_function_digest(&s->set.functions[e->functions[k]], &named[all].digest);
		}
	}
	if (all)
		qsort(named, all, sizeof *named, by_name);
	for (size_t i = 0; i < all; i++)
		if (i == 0 || !inq_sha256_equal(&named[i].digest, &named[i - 1].digest))
			named[distinct++] = named[i];
	blind_put32(o, (uint32_t)distinct);
	for (size_t i = 0; i < distinct; i++)
		blind_function_put(o, &s->set.functions[named[i].function]);
	return INQ_OK;
}

enum inq_status blind_opening_write(const struct inq_blind_session *s, const struct inq_asker *asker,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	size_t count = s->match_count;
	struct shown *shown = inq_arena_new(a, count, sizeof *shown);
	uint32_t *leaves = inq_arena_new(a, count, sizeof *leaves);
	uint8_t(*from)[INQ_POINT] = inq_arena_new(a, count, sizeof *from);
	uint8_t(*to)[INQ_POINT] = inq_arena_new(a, count, sizeof *to);
	struct blind_out o = { .a = a }, paths = { .a = a };
	enum inq_status status;

	if (!shown || !leaves || !from || !to)
		return blind_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		leaves[i] = s->matches[i].own;
		shown[i] = (struct shown){ s->element[leaves[i]], leaves[i] };
		if (shown[i].element == UINT32_MAX)
			return inq_fail(err, INQ_TAMPERED, 0, "padding came out as something that both hold");
	}
	if (count) {
		qsort(leaves, count, sizeof *leaves, by_number);
		qsort(shown, count, sizeof *shown, by_element);
	}
	blind_put32(&o, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		const struct inq_blind_element *e = &s->set.elements[shown[i].element];

		element_put(&o, s, &shown[i]);
		if (!blind_hash(e->kind, e->value, from[i]))
			return inq_fail(err, INQ_BAD_ARGUMENT, 0, "an element that cannot be masked");
		memcpy(to[i], s->own.points[shown[i].leaf], INQ_POINT);
	}
	blind_paths_put(&paths, &s->own, s->count, leaves, count);
	blind_put32(&o, (uint32_t)(paths.len / sizeof(struct inq_sha256)));
	blind_put(&o, paths.at, paths.len);
	o.full |= paths.full;
	status = blind_prove(asker, s->public, (const uint8_t(*)[INQ_POINT])from,
	        (const uint8_t(*)[INQ_POINT])to, count, &o, err);
	if (status == INQ_OK)
		status = functions_put(&o, s, shown, count, a, err);
	return status == INQ_OK ? blind_done(&o, ret, err) : status;
}

/* Reading. */

struct reader {
	struct blind_in in;
	size_t len; /* of all */
	const struct inq_blind_said *by;
	struct inq_arena *a;
	struct inq_error *err;
	struct blind_opened *elements;
	struct inq_sha256 *leaf_hashes, (*digests)[INQ_BLIND_SHARERS_MOST];
	uint8_t (*from)[INQ_POINT], (*to)[INQ_POINT];
	size_t count;
};

static enum inq_status wrong(const struct reader *r, enum inq_status status, const char *what)
{
	return inq_fail(r->err, status, r->len - r->in.left.len, "the opening %s", what);
}

static int order_of(const struct blind_opened *l, const struct blind_opened *r)
{
	size_t len = l->value.len < r->value.len ? l->value.len : r->value.len;
	int order;

	if (l->kind != r->kind)
		return l->kind < r->kind ? -1 : 1;
	order = memcmp(l->value.at, r->value.at, len);
	return order ? order : (l->value.len > r->value.len) - (l->value.len < r->value.len);
}

static enum inq_status element_read(struct reader *r, size_t i)
{
	struct blind_opened *e = &r->elements[i];
	struct inq_sha256 hidden, *digests = r->digests[i];
	struct blind_hiding hiding = { .functions = digests };
	struct inq_bytes point, nonce, label;
	uint8_t label_len;

	e->leaf = blind_get32(&r->in);
	point = blind_get(&r->in, INQ_POINT);
	nonce = blind_get(&r->in, 32);
	hiding.function_count = blind_get16(&r->in);
	e->function_count = hiding.function_count;
	if (hiding.function_count > INQ_BLIND_SHARERS_MOST)
		return wrong(r, INQ_UNRECOGNISED, "names more functions behind an element than there can be");
	blind_get_bytes(&r->in, digests, hiding.function_count * sizeof *digests);
	blind_get_bytes(&r->in, &label_len, 1);
	label = blind_get(&r->in, label_len);
	e->value = blind_get(&r->in, blind_get16(&r->in));
	if (r->in.short_)
		return wrong(r, INQ_UNRECOGNISED, "is cut short");
	if (!blind_label_read(label, &e->kind) || !inq_blind_is_canonical(e->kind, e->value))
		return wrong(r, INQ_UNRECOGNISED, "shows an element that is not in its canonical form");
	if ((e->kind == INQ_BLIND_BAND) != (e->function_count > 0))
		return wrong(
		        r, INQ_UNRECOGNISED, "shows a band without functions, or functions without a band");
	if (i && order_of(&r->elements[i - 1], e) >= 0)
		return wrong(r, INQ_UNRECOGNISED, "is not in order, or shows an element twice");
	for (unsigned k = 1; k < e->function_count; k++)
		if (memcmp(&digests[k - 1], &digests[k], sizeof *digests) >= 0)
			return wrong(r, INQ_UNRECOGNISED, "names functions out of order");
	e->point = point.at;
	hiding.nonce = nonce.at;
	hiding.label = inq_blind_kind_label(e->kind);
	hiding.value = e->value;
	blind_hide(&hiding, &hidden);
	blind_leaf(point.at, &hidden, &r->leaf_hashes[i]);
	memcpy(r->to[i], point.at, INQ_POINT);
	if (!blind_hash(e->kind, e->value, r->from[i]))
		return wrong(r, INQ_UNRECOGNISED, "shows an element that cannot be masked");
	return INQ_OK;
}

struct placed {
	uint32_t leaf, element;
};

static enum inq_status tree_look(struct reader *r)
{
	struct placed *placed = inq_arena_new(r->a, r->count, sizeof *placed);
	uint32_t *leaves = inq_arena_new(r->a, r->count, sizeof *leaves);
	struct inq_sha256 *hashes = inq_arena_new(r->a, r->count, sizeof *hashes), root;
	uint32_t path_count = blind_get32(&r->in);
	struct inq_bytes paths = blind_get(&r->in, (uint64_t)path_count * sizeof root);
	struct inq_sha256 *path;

	if (r->in.short_)
		return wrong(r, INQ_UNRECOGNISED, "is cut short");
	path = inq_arena_new(r->a, path_count, sizeof *path);
	if (!placed || !leaves || !hashes || !path)
		return blind_no_memory(r->err);
	if (r->count == 0)
		return path_count ? wrong(r, INQ_UNRECOGNISED, "has paths that lead from nothing") : INQ_OK;
	if (paths.len)
		memcpy(path, paths.at, paths.len);
	for (size_t i = 0; i < r->count; i++)
		placed[i] = (struct placed){ r->elements[i].leaf, (uint32_t)i };
	qsort(placed, r->count, sizeof *placed, by_number);
	for (size_t i = 0; i < r->count; i++) {
		leaves[i] = placed[i].leaf;
		hashes[i] = r->leaf_hashes[placed[i].element];
		if (i && leaves[i] == leaves[i - 1])
			return wrong(r, INQ_UNRECOGNISED, "shows a leaf twice");
	}
	if (!blind_paths_root(r->by->count, leaves, hashes, r->count, path, path_count, &root) ||
	        !inq_sha256_equal(&root, &r->by->root))
		return wrong(r, INQ_TAMPERED, "shows what was not committed to");
	return INQ_OK;
}

static enum inq_status function_read(struct reader *r, struct inq_blind_function *f)
{
	uint32_t *keys;

	f->va = blind_get64(&r->in);
	f->size = blind_get32(&r->in);
	f->key_count = blind_get16(&r->in);
	if (r->in.short_ || f->key_count < INQ_SKETCH_LEAST || f->key_count > INQ_SKETCH_KEYS_MOST)
		return wrong(r, INQ_UNRECOGNISED, "has a function that is cut short, too small or too large");
	keys = inq_arena_new(r->a, f->key_count, sizeof *keys);
	if (!keys)
		return blind_no_memory(r->err);
	for (uint32_t i = 0; i < f->key_count; i++) {
		keys[i] = blind_get32(&r->in);
		if (i && keys[i] <= keys[i - 1] && !r->in.short_)
			return wrong(r, INQ_UNRECOGNISED, "has a function whose features are not in order");
	}
	if (r->in.short_)
		return wrong(r, INQ_UNRECOGNISED, "is cut short");
	f->keys = keys;
	return INQ_OK;
}

/* The function with that digest among `count` that are in order. */
static bool function_find(
        const struct inq_sha256 *digests, size_t count, const struct inq_sha256 *wanted, uint32_t *ret)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = memcmp(&digests[middle], wanted, sizeof *wanted);

		if (order == 0) {
			*ret = (uint32_t)middle;
			return true;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static enum inq_status functions_look(struct reader *r, struct blind_opening *ret)
{
	uint32_t count = blind_get32(&r->in);
	struct inq_blind_function *functions;
	struct inq_sha256 *digests;
	uint8_t(*bands)[INQ_SKETCH_BANDS][INQ_SKETCH_BAND];
	bool *used;

	if (r->in.short_ || count > r->count * INQ_BLIND_SHARERS_MOST)
		return wrong(r, INQ_UNRECOGNISED, "has more functions than stand behind its elements");
	functions = inq_arena_new(r->a, count, sizeof *functions);
	digests = inq_arena_new(r->a, count, sizeof *digests);
	bands = inq_arena_new(r->a, count, sizeof *bands);
	used = inq_arena_new(r->a, count, sizeof *used);
	if (!functions || !digests || !bands || !used)
		return blind_no_memory(r->err);
	for (uint32_t i = 0; i < count; i++) {
		enum inq_status status = function_read(r, &functions[i]);

		if (status != INQ_OK)
			return status;
		blind_function_digest(&functions[i], &digests[i]);
		if (i && memcmp(&digests[i - 1], &digests[i], sizeof *digests) >= 0)
			return wrong(r, INQ_UNRECOGNISED, "has functions out of order");
		inq_sketch(functions[i].keys, functions[i].key_count, bands[i]);
	}
	for (size_t i = 0; i < r->count; i++) {
		struct blind_opened *e = &r->elements[i];

		for (unsigned k = 0; k < e->function_count; k++) {
			uint32_t f;

			if (!function_find(digests, count, &r->digests[i][k], &f))
				return wrong(r, INQ_TAMPERED, "leaves out a function that was committed to");
			if (memcmp(bands[f][e->value.at[0]], e->value.at + 1, INQ_SKETCH_BAND) != 0)
				return wrong(r, INQ_TAMPERED, "has a band that is not of its function");
			e->functions[k] = f;
			used[f] = true;
		}
	}
	for (uint32_t i = 0; i < count; i++)
		if (!used[i])
			return wrong(r, INQ_TAMPERED, "has a function behind none of its elements");
	ret->functions = functions;
	ret->function_count = count;
	return INQ_OK;
}

enum inq_status blind_opening_read(struct inq_bytes bytes, const struct inq_blind_said *by,
        struct inq_arena *a, struct blind_opening *ret, struct inq_error *err)
{
	/* What an element takes at the least: so no count makes room for more than is there. */
	enum { ELEMENT_LEAST = 4 + INQ_POINT + 32 + 2 + 1 + 2 };
	struct reader r = { .in = { bytes, false }, .len = bytes.len, .by = by, .a = a, .err = err };
	struct blind_opening opening = { 0 };
	struct inq_bytes proofs;
	enum inq_status status;

	r.count = blind_get32(&r.in);
	if (r.in.short_ || r.count > by->count || r.count > r.in.left.len / ELEMENT_LEAST)
		return wrong(&r, INQ_UNRECOGNISED, "says that it has more elements than it can have");
	r.elements = inq_arena_new(a, r.count, sizeof *r.elements);
	r.leaf_hashes = inq_arena_new(a, r.count, sizeof *r.leaf_hashes);
	r.digests = inq_arena_new(a, r.count, sizeof *r.digests);
	r.from = inq_arena_new(a, r.count, sizeof *r.from);
	r.to = inq_arena_new(a, r.count, sizeof *r.to);
	if (!r.elements || !r.leaf_hashes || !r.digests || !r.from || !r.to)
		return blind_no_memory(err);
	for (size_t i = 0; i < r.count; i++) {
		status = element_read(&r, i);
		if (status != INQ_OK)
			return status;
	}
	status = tree_look(&r);
	if (status != INQ_OK)
		return status;
	proofs = blind_get(&r.in, blind_proofs(r.count) * (uint64_t)INQ_DLEQ);
	if (r.in.short_)
		return wrong(&r, INQ_UNRECOGNISED, "is cut short");
	if (!blind_proofs_hold(by->masked_by.byte, (const uint8_t(*)[INQ_POINT])r.from,
	            (const uint8_t(*)[INQ_POINT])r.to, r.count, proofs.at))
		return wrong(&r, INQ_BAD_SIGNATURE, "has a proof that does not hold");
	status = functions_look(&r, &opening);
	if (status != INQ_OK)
		return status;
	if (r.in.left.len)
		return wrong(&r, INQ_UNRECOGNISED, "is followed by something");
	opening.elements = r.elements;
	opening.count = r.count;
	*ret = opening;
	return INQ_OK;
}
