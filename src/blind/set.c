/* Sets of elements, and the functions behind bands. */
#include "blind/private.h"
#include <stdlib.h>
#include <string.h>

/* An element as it was added; a band stands here once for each function behind it. */
struct raw {
	enum inq_blind_kind kind;
	struct inq_bytes value, source;
	uint32_t order, function; /* UINT32_MAX: none */
};

struct inq_blind_builder {
	struct inq_arena *a;
	struct raw *raw;
	size_t count, room;
	struct inq_blind_function *functions;
	struct inq_sha256 *keys; /* of each function: a digest of its keys alone */
	size_t function_count, function_room, keys_room;
};

struct inq_blind_builder *inq_blind_builder_make(struct inq_arena *a)
{
	struct inq_blind_builder *b = inq_arena_new(a, 1, sizeof *b);

	if (b)
		b->a = a;
	return b;
}

static enum inq_status add(struct inq_blind_builder *b, const struct raw *raw, struct inq_error *err)
{
	struct raw *more;

	if (b->count == INQ_BLIND_LIMIT_MOST)
		return inq_fail(err, INQ_OVER_LIMIT, 0, "more than %d elements", INQ_BLIND_LIMIT_MOST);
	more = inq_arena_extend(b->a, b->raw, b->count, &b->room, sizeof *more);
	if (!more)
		return blind_no_memory(err);
	b->raw = more;
	b->raw[b->count] = *raw;
	b->raw[b->count].order = (uint32_t)b->count;
	b->count++;
	return INQ_OK;
}

enum inq_status inq_blind_add(struct inq_blind_builder *b, enum inq_blind_kind kind, struct inq_bytes value,
        struct inq_bytes source, struct inq_error *err)
{
	const struct raw raw = { .kind = kind, .value = value, .source = source, .function = UINT32_MAX };

	if (!inq_blind_is_canonical(kind, value) || kind == INQ_BLIND_BAND)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "an element that is not in its canonical form");
	return add(b, &raw, err);
}

enum inq_status inq_blind_add_function(struct inq_blind_builder *b, const struct inq_blind_function *function,
        struct inq_bytes source, struct inq_error *err)
{
	uint8_t bands[INQ_SKETCH_BANDS][INQ_SKETCH_BAND], *values;
	struct inq_blind_function *functions;
	struct inq_sha256 *keys;

	if (function->key_count < INQ_SKETCH_LEAST || function->key_count > INQ_SKETCH_KEYS_MOST)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "a function that is too small, or too large");
	if (b->function_count == INQ_BLIND_FUNCTIONS_MOST)
		return inq_fail(err, INQ_OVER_LIMIT, 0, "more than %d functions", INQ_BLIND_FUNCTIONS_MOST);
	functions =
	        inq_arena_extend(b->a, b->functions, b->function_count, &b->function_room, sizeof *functions);
	keys = inq_arena_extend(b->a, b->keys, b->function_count, &b->keys_room, sizeof *keys);
	values = inq_arena_new(b->a, INQ_SKETCH_BANDS, 1 + INQ_SKETCH_BAND);
	if (functions)
		b->functions = functions;
	if (keys)
		b->keys = keys;
	if (!functions || !keys || !values)
		return blind_no_memory(err);
	b->functions[b->function_count] = *function;
	if (inq_sha256((struct inq_bytes){ (const uint8_t *)function->keys, 4 * (size_t)function->key_count },
	            &b->keys[b->function_count]) != INQ_OK)
		return blind_no_memory(err);
	inq_sketch(function->keys, function->key_count, bands);
	for (unsigned i = 0; i < INQ_SKETCH_BANDS; i++) {
		uint8_t *value = values + (size_t)i * (1 + INQ_SKETCH_BAND);
		const struct raw raw = { INQ_BLIND_BAND, { value, 1 + INQ_SKETCH_BAND }, source, 0,
			(uint32_t)b->function_count };
		enum inq_status status;

		value[0] = (uint8_t)i;
		memcpy(value + 1, bands[i], INQ_SKETCH_BAND);
		status = add(b, &raw, err);
		if (status != INQ_OK)
			return status;
	}
	b->function_count++;
	return INQ_OK;
}

static int by_value(const void *l, const void *r)
{
	const struct raw *a = l, *b = r;
	size_t len = a->value.len < b->value.len ? a->value.len : b->value.len;
	int order;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	order = memcmp(a->value.at, b->value.at, len);
	if (order)
		return order;
	if (a->value.len != b->value.len)
		return a->value.len < b->value.len ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

static bool same(const struct raw *l, const struct raw *r)
{
	return l->kind == r->kind && l->value.len == r->value.len &&
	       memcmp(l->value.at, r->value.at, l->value.len) == 0;
}

/* One of the functions before it has the same features: it would tell nothing more. */
static bool is_twin(const struct inq_blind_builder *b, const uint32_t *functions, uint32_t count, uint32_t f)
{
	for (uint32_t i = 0; i < count; i++)
		if (inq_sha256_equal(&b->keys[functions[i]], &b->keys[f]))
			return true;
	return false;
}

enum inq_status inq_blind_built(struct inq_blind_builder *b, struct inq_blind_set *ret, struct inq_error *err)
{
	struct inq_blind_element *elements = inq_arena_new(b->a, b->count, sizeof *elements);
	uint32_t *functions = inq_arena_new(b->a, b->count, sizeof *functions);
	size_t count = 0, used = 0;

	if (!elements || !functions)
		return blind_no_memory(err);
	if (b->count)
		qsort(b->raw, b->count, sizeof *b->raw, by_value);
	for (size_t at = 0, end; at < b->count; at = end) {
		struct inq_blind_element *e = &elements[count++];

		*e = (struct inq_blind_element){ b->raw[at].kind, b->raw[at].value, b->raw[at].source,
			functions + used, 0 };
		for (end = at; end < b->count && same(&b->raw[at], &b->raw[end]); end++) {
			uint32_t f = b->raw[end].function;

			if (f == UINT32_MAX || e->function_count == INQ_BLIND_SHARERS_MOST ||
			        is_twin(b, e->functions, e->function_count, f))
				continue;
			functions[used++] = f;
			e->function_count++;
		}
	}
	*ret = (struct inq_blind_set){ elements, count, b->functions, b->function_count };
	return INQ_OK;
}

void blind_function_put(struct blind_out *o, const struct inq_blind_function *f)
{
	blind_put64(o, f->va);
	blind_put32(o, f->size);
	blind_put16(o, f->key_count);
	for (uint32_t i = 0; i < f->key_count; i++)
		blind_put32(o, f->keys[i]);
}

void blind_function_digest(const struct inq_blind_function *f, struct inq_sha256 *ret)
{
	struct inq_sha256_state s;
	uint8_t at[14];

	inq_sha256_init(&s);
	inq_le_put(at, f->va, 8);
	inq_le_put(at + 8, f->size, 4);
	inq_le_put(at + 12, f->key_count, 2);
	inq_sha256_update(&s, at, sizeof at);
	for (uint32_t i = 0; i < f->key_count; i++) {
		for (unsigned k = 0; k < 4; k++)
			at[k] = (uint8_t)(f->keys[i] >> 8 * k);
		inq_sha256_update(&s, at, 4);
	}
	inq_sha256_final(&s, ret);
}

static int by_digest(const void *l, const void *r)
{
	return memcmp(l, r, sizeof(struct inq_sha256));
}

void blind_digests(const struct inq_blind_set *set, const struct inq_blind_element *e,
        struct inq_sha256 ret[INQ_BLIND_SHARERS_MOST])
{
	for (uint32_t i = 0; i < e->function_count; i++)
		blind_function_digest(&set->functions[e->functions[i]], &ret[i]);
	qsort(ret, e->function_count, sizeof *ret, by_digest);
}
