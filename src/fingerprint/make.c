#include "fingerprint/private.h"
#include <stdlib.h>
#include <string.h>

/*
 * The name of an import without what differs between systems of one source:
 * leading underscores, symbol versions, and the checked forms of libc calls.
 */
static uint64_t import_hash(const struct inq_import *i)
{
	const char *name = i->name;
	size_t len;

	if (!name)
		return i->library ? inq_hash64(i->library, strlen(i->library), i->ordinal) : 0;
	while (*name == '_')
		name++;
	len = strcspn(name, "@");
	if (len > 4 && memcmp(name + len - 4, "_chk", 4) == 0)
		len -= 4;
	return len ? inq_hash64(name, len, 3) : 0;
}

/* Whether the function only forwards to an import: it is then part of the calling, not of the program. */
static bool forwards_to_import(const struct inq_code *c, const struct inq_function *f)
{
	if (f->flags & INQ_FUNCTION_STUB)
		return true;
	if (!(f->flags & INQ_FUNCTION_THUNK))
		return false;
	for (uint32_t i = 0; i < f->reference_count; i++)
		if (c->references[f->reference_first + i].kind == INQ_REFERENCE_IMPORT)
			return true;
	return false;
}

/* The function called at `va`, through thunks; NULL where it is not one of the program's own. */
static const struct inq_function *callee_at(const struct inq_code *c, uint64_t va)
{
	const struct inq_function *f = inq_code_function(c, va);

	for (unsigned depth = 0; f && f->flags & INQ_FUNCTION_THUNK && depth < 4; depth++) {
		const struct inq_function *next = NULL;

		for (uint32_t i = 0; i < f->reference_count && !next; i++) {
			const struct inq_reference *r = &c->references[f->reference_first + i];

			if (r->kind == INQ_REFERENCE_TAIL_CALL || r->kind == INQ_REFERENCE_CALL)
				next = inq_code_function(c, r->value);
		}
		if (!next)
			break;
		f = next;
	}
	return f;
}

static int compare_u32(const void *a, const void *b)
{
	uint32_t x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return x < y ? -1 : x > y;
}

/* Appends the callees of `f`, ascending and once each, to p->callees. */
static bool gather_callees(const struct inq_code *c, const uint32_t *number, const struct inq_function *f,
        struct inq_program *p, size_t *capacity, struct inq_fingerprint *ret, struct inq_arena *a)
{
	uint32_t first = p->callee_count, count = 0;

	for (uint32_t i = 0; i < f->reference_count; i++) {
		const struct inq_reference *r = &c->references[f->reference_first + i];
		const struct inq_function *to;
		uint32_t *grown;

		if (r->kind != INQ_REFERENCE_CALL && r->kind != INQ_REFERENCE_TAIL_CALL)
			continue;
		to = callee_at(c, c->exhibit->arch == INQ_ARCH_ARM ? r->value & ~(uint64_t)1 : r->value);
		if (!to || number[to - c->functions] == UINT32_MAX)
			continue;
		grown = inq_arena_extend(a, p->callees, p->callee_count, capacity, sizeof *p->callees);
		if (!grown)
			return false;
		p->callees = grown;
		p->callees[p->callee_count++] = number[to - c->functions];
	}
	if (p->callee_count > first)
		qsort(p->callees + first, p->callee_count - first, sizeof *p->callees, compare_u32);
	for (uint32_t i = first; i < p->callee_count; i++)
		if (i == first || p->callees[i] != p->callees[i - 1])
			if (count < INQ_FINGERPRINT_CALLEES_MOST)
				p->callees[first + count++] = p->callees[i];
	p->callee_count = first + count;
	ret->callee_first = first;
	ret->callee_count = count;
	return true;
}

/* The features of each function by itself, before those of its callees are taken in. */
struct own {
	struct inq_feature *features;
	size_t count, capacity;
	uint32_t *first; /* of each function, and one past the last */
};

enum { OWN_MOST = INQ_FINGERPRINT_FEATURES_MOST * 3 / 4, NEAR_CALLEES_MOST = 64 };

/* Room for `more` features behind the first `count`. */
static bool feature_room(
        struct inq_feature **features, size_t count, size_t *capacity, size_t more, struct inq_arena *a)
{
	while (*capacity - count < more) {
		/* inq_arena_extend grows a full array: let it believe that this one is. */
		size_t grown_capacity = *capacity;
		struct inq_feature *grown =
		        inq_arena_extend(a, *features, *capacity, &grown_capacity, sizeof *grown);

		if (!grown)
			return false;
		*features = grown;
		*capacity = grown_capacity;
	}
	return true;
}

/* What the model sees of `f`, into m->seen; gives how much. */
static size_t gather_seen(struct maker *m, const struct inq_function *f)
{
	features_gather(m, f);
	return m->keys.failed ? 0 : keys_fold(&m->keys, m->seen, FEATURES_SEEN_MOST);
}

static bool gather_own(
        struct maker *m, const struct inq_function *f, struct own *own, struct inq_vector *vector)
{
	size_t seen = gather_seen(m, f);

	if (m->keys.failed ||
	        !feature_room(&own->features, own->count, &own->capacity, OWN_MOST, m->keys.arena))
		return false;
	inq_model_vector(inq_model(), m->seen, seen, vector);
	keys_drop_unweighed(&m->keys);
	own->count += keys_fold(&m->keys, own->features + own->count, OWN_MOST);
	return true;
}

/* Adds what function `index` has in channel NEAR. */
static void add_near(struct keys *k, const struct own *own, uint32_t index)
{
	uint32_t low = own->first[index], high = own->first[index + 1];

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (inq_feature_channel(own->features[middle].key) < CHANNEL_NEAR)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < own->first[index + 1] && inq_feature_channel(own->features[low].key) == CHANNEL_NEAR;
	        low++)
		keys_add_key(k, own->features[low].key);
}

/* Puts function `index` together: its own features, and in channel NEAR those of its callees too. */
static bool put_together(
        struct maker *m, const struct own *own, struct inq_program *p, size_t *capacity, uint32_t index)
{
	struct inq_fingerprint *f = &p->functions[index];
	struct keys *k = &m->keys;
	uint32_t i = own->first[index], end = own->first[index + 1], near_first;

	k->count = 0;
	f->feature_first = p->feature_count;
	if (!feature_room(&p->features, p->feature_count, capacity, INQ_FINGERPRINT_FEATURES_MOST, k->arena))
		return false;
	for (; i < end && inq_feature_channel(own->features[i].key) < CHANNEL_NEAR; i++)
		p->features[p->feature_count++] = own->features[i];
	for (; i < end && inq_feature_channel(own->features[i].key) == CHANNEL_NEAR; i++)
		keys_add_key(k, own->features[i].key);
	for (uint32_t j = 0; j < f->callee_count && j < NEAR_CALLEES_MOST; j++)
		add_near(k, own, p->callees[f->callee_first + j]);
	if (k->failed)
		return false;
	near_first = p->feature_count;
	p->feature_count += (uint32_t)keys_fold(
	        k, p->features + p->feature_count, INQ_FINGERPRINT_FEATURES_MOST - OWN_MOST);
	for (uint32_t j = near_first; j < p->feature_count; j++)
		p->features[j].count = 1;
	for (; i < end; i++)
		p->features[p->feature_count++] = own->features[i];
	f->feature_count = p->feature_count - f->feature_first;
	return true;
}

static bool fill_functions(
        const struct inq_code *c, struct inq_program *p, uint32_t *number, struct inq_arena *a)
{
	for (size_t i = 0; i < c->function_count; i++) {
		const struct inq_function *f = &c->functions[i];
		struct inq_fingerprint *to = &p->functions[p->function_count];

		number[i] = UINT32_MAX;
		if (!f->block_count || forwards_to_import(c, f))
			continue;
		number[i] = p->function_count++;
		to->va = f->va;
		to->flags = f->flags;
		to->block_count = f->block_count;
		for (uint32_t j = 0; j < f->block_count; j++) {
			const struct inq_block *b = &c->blocks[f->block_first + j];

			to->size += b->size;
			for (uint32_t n = 0; n < b->count; n++)
				to->insn_count += c->insns[b->first + n].op != INQ_OP_NOP;
		}
		if (f->name && *f->name) {
			to->name = inq_arena_string(a, (struct inq_bytes){ (const uint8_t *)f->name,
			                                       strnlen(f->name, INQ_FINGERPRINT_NAME_MOST) });
			if (!to->name)
				return false;
		}
	}
	return true;
}

static bool fill_features(struct maker *m, const uint32_t *number, struct inq_program *p, struct inq_arena *a)
{
	const struct inq_code *c = m->code;
	struct own own = { .first = inq_arena_new(a, (size_t)p->function_count + 1, sizeof *own.first) };
	size_t callee_capacity = 0, feature_capacity = 0;

	if (!own.first)
		return false;
	for (size_t i = 0; i < c->function_count; i++) {
		const struct inq_function *f = &c->functions[i];
		struct inq_fingerprint *to;

		if (number[i] == UINT32_MAX)
			continue;
		to = &p->functions[number[i]];
		if (!gather_own(m, f, &own, &p->vectors[number[i]]) || own.count > UINT32_MAX / 2 ||
		        !features_exact(m, f, to->exact) ||
		        !gather_callees(c, number, f, p, &callee_capacity, to, a))
			return false;
		own.first[number[i] + 1] = (uint32_t)own.count;
	}
	for (uint32_t i = 0; i < p->function_count; i++)
		if (!put_together(m, &own, p, &feature_capacity, i))
			return false;
	return true;
}

static bool fill_seen(struct maker *m, const uint32_t *number, struct inq_program *p)
{
	size_t capacity = 0;

	for (size_t i = 0; i < m->code->function_count; i++) {
		struct inq_fingerprint *to;
		size_t seen;

		if (number[i] == UINT32_MAX)
			continue;
		to = &p->functions[number[i]];
		seen = gather_seen(m, &m->code->functions[i]);
		if (m->keys.failed || !features_exact(m, &m->code->functions[i], to->exact) ||
		        p->feature_count > UINT32_MAX / 2 ||
		        !feature_room(&p->features, p->feature_count, &capacity, seen, m->keys.arena))
			return false;
		memcpy(p->features + p->feature_count, m->seen, seen * sizeof *m->seen);
		to->feature_first = p->feature_count;
		to->feature_count = (uint32_t)seen;
		p->feature_count += (uint32_t)seen;
		inq_model_vector(inq_model(), m->seen, seen, &p->vectors[number[i]]);
	}
	return true;
}

static enum inq_status make(const struct inq_code *c, const char *name, bool seen, struct inq_arena *a,
        struct inq_program *ret, struct inq_error *err)
{
	const struct inq_exhibit *x = c->exhibit;
	struct inq_program p = {
		.sha256 = x->sha256,
		.format = (uint8_t)x->format,
		.arch = (uint8_t)x->arch,
		.bits = x->bits,
		.kind = (uint8_t)x->kind,
		.big_endian = x->big_endian,
		.flags = x->arch == INQ_ARCH_NONE ? INQ_PROGRAM_NO_DECODER : 0,
		.file_bytes = x->bytes.len,
		.code_bytes = c->code_bytes,
		.function_bytes = c->function_bytes,
		.padding_bytes = c->padding_bytes,
		.unresolved_jumps = c->unresolved_jumps,
	};
	struct maker m = { .code = c, .keys.arena = a };
	uint32_t *number;

	if (c->function_count > INQ_PROGRAM_FUNCTIONS_MOST)
		return inq_fail(
		        err, INQ_OVER_LIMIT, 0, "has more than %d functions", INQ_PROGRAM_FUNCTIONS_MOST);
	p.name = inq_arena_string(
	        a, (struct inq_bytes){ (const uint8_t *)name, strnlen(name, INQ_FINGERPRINT_NAME_MOST) });
	p.functions = inq_arena_new(a, c->function_count, sizeof *p.functions);
	p.vectors = inq_arena_new(a, c->function_count, sizeof *p.vectors);
	number = inq_arena_new(a, c->function_count, sizeof *number);
	m.import_hash = inq_arena_new(a, x->import_count, sizeof *m.import_hash);
	m.seen = inq_arena_new(a, FEATURES_SEEN_MOST, sizeof *m.seen);
	if (!p.name || !m.seen || !p.functions || !p.vectors || !number || !m.import_hash)
		goto no_memory;
	for (size_t i = 0; i < x->import_count; i++)
		m.import_hash[i] = import_hash(&x->imports[i]);
	if (!lift_init(&m) || !fill_functions(c, &p, number, a) ||
	        !(seen ? fill_seen(&m, number, &p) : fill_features(&m, number, &p, a)))
		goto no_memory;
	*ret = p;
	return INQ_OK;
no_memory:
	return inq_fail(err, INQ_NO_MEMORY, 0, "the fingerprint needs more memory than it may have");
}

enum inq_status inq_program_make(const struct inq_code *c, const char *name, struct inq_arena *a,
        struct inq_program *ret, struct inq_error *err)
{
	return make(c, name, false, a, ret, err);
}

enum inq_status inq_program_make_seen(const struct inq_code *c, const char *name, struct inq_arena *a,
        struct inq_program *ret, struct inq_error *err)
{
	return make(c, name, true, a, ret, err);
}
