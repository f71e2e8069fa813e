#include "fingerprint/encoded.h"
#include "fingerprint/varint.h"
#include <string.h>

/* Bytes being read, all hostile; `bad` once anything did not fit. */
struct reader {
	const uint8_t *start, *at, *end;
	bool bad;
};

static uint64_t get_number(struct reader *r, uint64_t most)
{
	uint64_t value = 0;

	if (!r->bad && (!inq_varint_get(&r->at, r->end, &value) || value > most))
		r->bad = true;
	return r->bad ? 0 : value;
}

static const uint8_t *get_bytes(struct reader *r, size_t len)
{
	const uint8_t *at = r->at;

	if (r->bad || (size_t)(r->end - r->at) < len) {
		r->bad = true;
		return NULL;
	}
	r->at += len;
	return at;
}

static uint8_t get_byte(struct reader *r, uint8_t most)
{
	const uint8_t *at = get_bytes(r, 1);

	if (at && *at > most)
		r->bad = true;
	return at && !r->bad ? *at : 0;
}

/* A name in the arena, or NULL where it is empty; `*no_memory` where the arena is at its limit. */
static const char *get_name(struct reader *r, struct inq_arena *a, bool *no_memory)
{
	size_t len = (size_t)get_number(r, INQ_FINGERPRINT_NAME_MOST);
	const uint8_t *at = get_bytes(r, len);
	const char *name;

	if (!at || !len)
		return NULL;
	if (memchr(at, 0, len)) {
		r->bad = true;
		return NULL;
	}
	name = inq_arena_string(a, (struct inq_bytes){ at, len });
	if (!name)
		*no_memory = true;
	return name;
}

bool inq_features_decode(struct inq_bytes b, uint32_t count, struct inq_feature *ret)
{
	const uint8_t *at = b.at, *end = b.at + b.len;
	uint64_t key = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint64_t step;

		if (!inq_varint_get(&at, end, &step) || (i && step < 2))
			return false;
		key += step >> 1;
		if (step >> 1 > UINT32_MAX || key > UINT32_MAX)
			return false;
		ret[i].key = (uint32_t)key;
		ret[i].count = 1;
		if (step & 1) {
			if (at == end || *at < 2)
				return false;
			ret[i].count = *at++;
		}
	}
	return at == end;
}

static void read_callees(struct reader *r, struct inq_program *p, struct inq_fingerprint *f, uint32_t most)
{
	uint64_t callee = 0;

	f->callee_first = p->callee_count;
	f->callee_count = (uint32_t)get_number(r, INQ_FINGERPRINT_CALLEES_MOST);
	if (f->callee_count > most - p->callee_count)
		r->bad = true;
	for (uint32_t i = 0; i < f->callee_count && !r->bad; i++) {
		uint64_t step = get_number(r, UINT32_MAX);

		callee += step;
		if ((i && !step) || callee >= p->function_count)
			r->bad = true;
		else
			p->callees[p->callee_count++] = (uint32_t)callee;
	}
}

static void read_features(struct reader *r, struct inq_program *p, struct inq_fingerprint *f, uint32_t most)
{
	const uint8_t *at;
	size_t len;

	f->feature_first = p->feature_count;
	f->feature_count = (uint32_t)get_number(r, INQ_FINGERPRINT_FEATURES_MOST);
	len = (size_t)get_number(r, (uint64_t)f->feature_count * INQ_FEATURE_ENCODED_MOST);
	at = get_bytes(r, len);
	if (!at || f->feature_count > most - p->feature_count ||
	        !inq_features_decode(
	                (struct inq_bytes){ at, len }, f->feature_count, p->features + p->feature_count)) {
		r->bad = true;
		return;
	}
	p->feature_count += f->feature_count;
}

static void read_vector(struct reader *r, struct inq_vector *ret)
{
	const uint8_t *at = get_bytes(r, INQ_VECTOR_LENGTH);

	if (at)
		memcpy(ret->at, at, INQ_VECTOR_LENGTH);
}

static void read_function(struct reader *r, struct inq_program *p, struct inq_fingerprint *f,
        const struct inq_fingerprint *before, uint32_t callees, uint32_t features, struct inq_arena *a,
        bool *no_memory)
{
	uint64_t step = get_number(r, UINT64_MAX);
	const uint8_t *exact = get_bytes(r, 16);

	if (!exact || (before && (!step || step > UINT64_MAX - before->va))) {
		r->bad = true;
		return;
	}
	f->va = (before ? before->va : 0) + step;
	f->exact[0] = inq_le64(exact);
	f->exact[1] = inq_le64(exact + 8);
	f->size = (uint32_t)get_number(r, UINT32_MAX);
	f->block_count = (uint32_t)get_number(r, UINT32_MAX);
	f->insn_count = (uint32_t)get_number(r, UINT32_MAX);
	f->flags = get_byte(r, UINT8_MAX);
	f->name = get_name(r, a, no_memory);
	read_callees(r, p, f, callees);
	read_features(r, p, f, features);
	read_vector(r, &p->vectors[f - p->functions]);
}

static void read_head(struct reader *r, struct inq_program *p, struct inq_arena *a, bool *no_memory)
{
	const uint8_t *sha256 = get_bytes(r, sizeof p->sha256.byte);

	if (sha256)
		memcpy(p->sha256.byte, sha256, sizeof p->sha256.byte);
	p->format = get_byte(r, INQ_FORMAT_RAW);
	p->arch = get_byte(r, INQ_ARCH_MIPS);
	p->bits = get_byte(r, 64);
	p->kind = get_byte(r, INQ_KIND_CORE);
	p->big_endian = get_byte(r, 1);
	p->flags = (uint32_t)get_number(r, INQ_PROGRAM_FLAGS);
	p->file_bytes = get_number(r, UINT64_MAX);
	p->code_bytes = get_number(r, UINT64_MAX);
	p->function_bytes = get_number(r, UINT64_MAX);
	p->padding_bytes = get_number(r, UINT64_MAX);
	p->unresolved_jumps = (uint32_t)get_number(r, UINT32_MAX);
	p->name = get_name(r, a, no_memory);
	if (!p->name)
		p->name = "";
}

enum inq_status inq_program_read(
        struct inq_bytes b, struct inq_arena *a, struct inq_program *ret, struct inq_error *err)
{
	enum { FUNCTION_LEAST = 26 + INQ_VECTOR_LENGTH }; /* bytes that the smallest takes */
	struct reader r = { b.at, b.at, b.at + b.len, false };
	const uint8_t *magic = get_bytes(&r, 8), *version = get_bytes(&r, 4),
	              *model = get_bytes(&r, sizeof(struct inq_sha256));
	struct inq_program p = { 0 };
	uint32_t functions, features, callees;
	bool no_memory = false;

	if (!magic || memcmp(magic, INQ_PROGRAM_MAGIC, 8) != 0)
		return inq_fail(err, INQ_UNRECOGNISED, 0, "not a program's fingerprint");
	if (!version || inq_le32(version) != INQ_FEATURES_VERSION)
		return inq_fail(err, INQ_UNRECOGNISED, 8, "a fingerprint of another version");
	if (!model || memcmp(model, inq_model_digest(inq_model())->byte, sizeof(struct inq_sha256)) != 0)
		return inq_fail(err, INQ_UNRECOGNISED, 12, "a fingerprint made with another model");
	read_head(&r, &p, a, &no_memory);
	functions = (uint32_t)get_number(&r, INQ_PROGRAM_FUNCTIONS_MOST);
	features = (uint32_t)get_number(&r, UINT32_MAX);
	callees = (uint32_t)get_number(&r, UINT32_MAX);
	/* Each of them takes at least its bytes: nothing is allocated on a mere claim. */
	if (r.bad || (uint64_t)functions * FUNCTION_LEAST + features + callees > (uint64_t)(r.end - r.at))
		return inq_fail(err, INQ_CORRUPT, (uint64_t)(r.at - r.start), "a damaged fingerprint");
	p.functions = inq_arena_new(a, functions, sizeof *p.functions);
	p.features = inq_arena_new(a, features, sizeof *p.features);
	p.vectors = inq_arena_new(a, functions, sizeof *p.vectors);
	p.callees = inq_arena_new(a, callees, sizeof *p.callees);
	if (!p.functions || !p.features || !p.vectors || !p.callees)
		no_memory = true;
	p.function_count = functions;
	for (uint32_t i = 0; i < functions && !r.bad && !no_memory; i++)
		read_function(&r, &p, &p.functions[i], i ? &p.functions[i - 1] : NULL, callees, features, a,
		        &no_memory);
	if (no_memory)
		return inq_fail(err, INQ_NO_MEMORY, (uint64_t)(r.at - r.start),
		        "the fingerprint needs more memory than it may have");
	if (r.bad || r.at != r.end || p.feature_count != features || p.callee_count != callees)
		return inq_fail(err, INQ_CORRUPT, (uint64_t)(r.at - r.start), "a damaged fingerprint");
	*ret = p;
	return INQ_OK;
}
