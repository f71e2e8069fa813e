#include "corpus/private.h"
#include "corpus/sort.h"

/* A sample's functions lie all over the corpus. */
static void forget_some(const struct inq_corpus *c, uint32_t index)
{
	enum { EVERY = 512 };

	if (index % EVERY == EVERY - 1 && c->forget)
		c->forget(c->forget_context, c->bytes);
}

/* Turns a function's terms back into features, ascending by key. False where they are damaged. */
static bool read_features(
        const struct inq_corpus *c, uint32_t function, struct inq_feature *ret, uint32_t *ret_count)
{
	uint64_t sorted[INQ_FINGERPRINT_FEATURES_MOST], space[INQ_FINGERPRINT_FEATURES_MOST];
	struct inq_corpus_features f = inq_corpus_features_of(c, function);
	uint32_t count = 0, term, times;

	if (f.left > INQ_FINGERPRINT_FEATURES_MOST)
		return false;
	while (inq_corpus_features_next(&f, &term, &times))
		sorted[count++] = (uint64_t)inq_corpus_term_key(c, term) << 32 | times;
	if (f.left)
		return false;
	sort_numbers(sorted, space, count, 32);
	for (uint32_t i = 0; i < count; i++) {
		ret[i].key = (uint32_t)(sorted[i] >> 32);
		ret[i].count = (uint32_t)sorted[i];
		if (!ret[i].count || (i && ret[i].key == ret[i - 1].key))
			return false;
	}
	*ret_count = count;
	return true;
}

/* How much room the features and callees of a sample's functions take; false where one is damaged. */
static bool measure(
        const struct inq_corpus *c, const struct inq_sample *s, uint64_t *ret_features, uint64_t *ret_callees)
{
	uint64_t features = 0, callees = 0;

	for (uint32_t i = 0; i < s->occurrence_count; i++) {
		struct inq_corpus_function f;
		struct inq_occurrence o;
		uint32_t place;

		if (!inq_corpus_occurrence(c, s->occurrence_first + i, &o) ||
		        !inq_corpus_function(c, o.function, &f) ||
		        f.feature_count > INQ_FINGERPRINT_FEATURES_MOST)
			return false;
		forget_some(c, i);
		features += f.feature_count;
		callees += corpus_callees(c, s->occurrence_first + i, &place);
	}
	*ret_features = features;
	*ret_callees = callees;
	return features <= UINT32_MAX && callees <= UINT32_MAX &&
	       s->occurrence_count <= INQ_PROGRAM_FUNCTIONS_MOST;
}

static bool read_function(
        const struct inq_corpus *c, const struct inq_sample *s, uint32_t index, struct inq_program *p)
{
	struct inq_fingerprint *to = &p->functions[index];
	struct inq_corpus_function f;
	struct inq_occurrence o;
	uint32_t place = 0, callees;

	if (!inq_corpus_occurrence(c, s->occurrence_first + index, &o) ||
	        !inq_corpus_function(c, o.function, &f) || (index && o.va <= p->functions[index - 1].va))
		return false;
	to->va = o.va;
	to->exact[0] = f.exact[0];
	to->exact[1] = f.exact[1];
	to->size = o.size;
	to->block_count = f.block_count;
	to->insn_count = f.insn_count;
	to->flags = o.flags;
	to->name = o.name;
	to->callee_first = p->callee_count;
	to->feature_first = p->feature_count;
	callees = corpus_callees(c, s->occurrence_first + index, &place);
	if (callees > INQ_FINGERPRINT_CALLEES_MOST)
		return false;
	for (uint32_t i = 0; i < callees; i++) {
		uint32_t callee = corpus_callee(c, place + i);

		if (callee >= s->occurrence_count || (i && callee <= p->callees[p->callee_count - 1]))
			return false;
		p->callees[p->callee_count++] = callee;
	}
	to->callee_count = callees;
	if (!read_features(c, o.function, p->features + p->feature_count, &to->feature_count) ||
	        !inq_corpus_vector(c, o.function, &p->vectors[index]))
		return false;
	p->feature_count += to->feature_count;
	return true;
}

enum inq_status inq_corpus_program(const struct inq_corpus *c, uint32_t sample, struct inq_arena *a,
        struct inq_program *ret, struct inq_error *err)
{
	struct inq_program p = { 0 };
	struct inq_sample s;
	uint64_t features, callees;

	if (sample >= c->sample_count)
		return inq_fail(err, INQ_BAD_ARGUMENT, sample, "the corpus has no sample %u", sample);
	if (!inq_corpus_sample(c, sample, &s) || !measure(c, &s, &features, &callees))
		return inq_fail(err, INQ_CORRUPT, sample, "sample %u of the corpus is damaged", sample);
	p.functions = inq_arena_new(a, s.occurrence_count, sizeof *p.functions);
	p.features = inq_arena_new(a, (size_t)features, sizeof *p.features);
	p.vectors = inq_arena_new(a, s.occurrence_count, sizeof *p.vectors);
	p.callees = inq_arena_new(a, (size_t)callees, sizeof *p.callees);
	if (!p.functions || !p.features || !p.vectors || !p.callees)
		return inq_fail(err, INQ_NO_MEMORY, sample, "the sample needs more memory than it may have");
	for (uint32_t i = 0; i < s.occurrence_count; i++) {
		if (!read_function(c, &s, i, &p))
			return inq_fail(
			        err, INQ_CORRUPT, sample, "sample %u of the corpus is damaged", sample);
		forget_some(c, i);
	}
	p.sha256 = s.sha256;
	p.name = s.name;
	p.format = s.format;
	p.arch = s.arch;
	p.bits = s.bits;
	p.kind = s.kind;
	p.big_endian = s.big_endian;
	p.flags = s.flags;
	p.file_bytes = s.file_bytes;
	p.code_bytes = s.code_bytes;
	p.function_bytes = s.function_bytes;
	p.padding_bytes = s.padding_bytes;
	p.unresolved_jumps = s.unresolved_jumps;
	p.function_count = s.occurrence_count;
	*ret = p;
	return INQ_OK;
}
