#include "corpus/check.h"
#include <string.h>

uint64_t check_function_hash(uint32_t function)
{
	uint64_t x = (function + UINT64_C(1)) * UINT64_C(0x9e3779b97f4a7c15);

	return (x ^ x >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
}

/* Where entry `index` of a table lies in the file, for errors. */
static uint64_t place(const struct checker *k, enum table table, uint64_t index, uint64_t len)
{
	return (uint64_t)(k->c->table[table].at - k->c->bytes.at) + index * len;
}

enum inq_status check_wrong(
        const struct checker *k, enum table table, uint64_t index, uint64_t len, const char *what)
{
	return inq_fail(k->err, INQ_CORRUPT, place(k, table, index, len), "the corpus is damaged: %s", what);
}

static enum inq_status check_digest(const struct checker *k)
{
	const struct inq_corpus *c = k->c;
	struct inq_bytes body = { c->bytes.at, c->bytes.len - DIGEST_LEN };
	struct inq_sha256 sum;
	enum inq_status status = inq_sha256(body, &sum);

	if (status != INQ_OK)
		return inq_fail(k->err, status, 0, "the corpus's digest could not be computed");
	if (memcmp(&sum, &c->digest, sizeof sum) != 0)
		return inq_fail(k->err, INQ_CORRUPT, body.len,
		        "the corpus is damaged: its content is not what its digest says");
	return INQ_OK;
}

static enum inq_status check_padding(const struct checker *k)
{
	const struct inq_corpus *c = k->c;

	for (unsigned i = 0; i < INQ_CORPUS_TABLES; i++) {
		const uint8_t *at = c->table[i].at + c->table[i].len;

		for (; (at - c->bytes.at) % 8; at++)
			if (*at)
				return check_wrong(
				        k, (enum table)i, c->table[i].len, 1, "bytes between its tables");
	}
	return INQ_OK;
}

static bool is_date(uint32_t date)
{
	return !date || (date / 10000 >= 1900 && date / 100 % 100 >= 1 && date / 100 % 100 <= 12 &&
	                        date % 100 >= 1 && date % 100 <= 31);
}

static enum inq_status check_labels(const struct checker *k)
{
	const struct inq_corpus *c = k->c;
	uint32_t samples = 0, families = 0;
	const char *before = NULL;

	for (uint32_t i = 0; i < c->label_count; i++) {
		struct inq_label l;

		if (!inq_corpus_label(c, i, &l) || !*l.name || strlen(l.name) > INQ_LABEL_NAME_MOST ||
		        (before && strcmp(before, l.name) >= 0) || l.sample_first != samples ||
		        !is_date(l.published))
			return check_wrong(k, TABLE_LABELS, i, LABEL_LEN, "a label");
		before = l.name;
		samples += l.sample_count;
		families += l.kind == INQ_LABEL_FAMILY;
		for (uint32_t j = 0; j < l.sample_count; j++) {
			struct inq_sample s;

			if (!inq_corpus_sample(c, l.sample_first + j, &s) || s.label != i)
				return check_wrong(
				        k, TABLE_SAMPLES, l.sample_first + j, SAMPLE_LEN, "a sample");
		}
	}
	if (samples != c->sample_count || families != c->family_count)
		return check_wrong(k, TABLE_LABELS, 0, LABEL_LEN, "the counts of its labels");
	return INQ_OK;
}

static enum inq_status check_sample(
        const struct checker *k, uint32_t number, const struct inq_sample *s, uint32_t *callees)
{
	const struct inq_corpus *c = k->c;
	uint64_t va = 0;

	for (uint32_t i = 0; i < s->occurrence_count; i++) {
		uint32_t index = s->occurrence_first + i, first = UINT32_MAX, count, before = 0;
		struct inq_occurrence o;

		if (!inq_corpus_occurrence(c, index, &o) || o.sample != number || (i && o.va <= va))
			return check_wrong(
			        k, TABLE_OCCURRENCES, index, OCCURRENCE_LEN, "a function of a sample");
		va = o.va;
		count = corpus_callees(c, index, &first);
		if (first != *callees || count > INQ_FINGERPRINT_CALLEES_MOST)
			return check_wrong(
			        k, TABLE_OCCURRENCES, index, OCCURRENCE_LEN, "the callees of a function");
		for (uint32_t j = 0; j < count; j++) {
			uint32_t callee = corpus_callee(c, first + j);

			if (callee >= s->occurrence_count || (j && callee <= before))
				return check_wrong(k, TABLE_CALLEES, first + j, 4, "a callee");
			before = callee;
		}
		*callees += count;
	}
	return INQ_OK;
}

static enum inq_status check_samples(const struct checker *k)
{
	const struct inq_corpus *c = k->c;
	uint32_t occurrences = 0, callees = 0;
	struct inq_sample before = { .label = UINT32_MAX };

	for (uint32_t i = 0; i < c->sample_count; i++) {
		enum inq_status status;
		struct inq_sample s;

		if (!inq_corpus_sample(c, i, &s) || s.occurrence_first != occurrences ||
		        !is_date(s.published) ||
		        (s.label == before.label && memcmp(&before.sha256, &s.sha256, sizeof s.sha256) >= 0))
			return check_wrong(k, TABLE_SAMPLES, i, SAMPLE_LEN, "a sample");
		occurrences += s.occurrence_count;
		before = s;
		status = check_sample(k, i, &s, &callees);
		if (status != INQ_OK)
			return status;
	}
	if (occurrences != c->occurrence_count || callees != c->table[TABLE_CALLEES].len / 4)
		return check_wrong(k, TABLE_SAMPLES, 0, SAMPLE_LEN, "the counts of its samples");
	return INQ_OK;
}

/*
 * Occurrences name the function and are all there; labels are those of the
 * occurrences. `*first`, the first occurrence plus one of the function before
 * of the same weight, or 0, is moved on.
 */
static bool lists_agree(
        const struct checker *k, uint32_t function, const struct inq_corpus_function *f, uint32_t *first)
{
	const struct inq_corpus *c = k->c;
	struct inq_corpus_list labels = inq_corpus_labels_of(c, function);
	struct inq_corpus_list occurrences = inq_corpus_occurrences_of(c, function);
	uint32_t occurrence, label, families = 0, before = UINT32_MAX;
	bool is_first = true;

	while (inq_corpus_next(&occurrences, &occurrence)) {
		struct inq_occurrence o;
		struct inq_sample s;
		struct inq_label l;

		if (!inq_corpus_occurrence(c, occurrence, &o) || o.function != function ||
		        !inq_corpus_sample(c, o.sample, &s) || !inq_corpus_label(c, s.label, &l))
			return false;
		if (is_first && (o.size != f->size || occurrence + 1 <= *first))
			return false;
		if (is_first)
			*first = occurrence + 1;
		is_first = false;
		if (s.label == before)
			continue;
		before = s.label;
		families += l.kind == INQ_LABEL_FAMILY;
		if (!inq_corpus_next(&labels, &label) || label != s.label)
			return false;
	}
	return !is_first && !occurrences.left && occurrences.at == occurrences.end && !labels.left &&
	       families == f->family_count;
}

static void weigh(
        const struct inq_corpus *c, uint32_t term, uint32_t count, uint32_t *weight, uint32_t *content)
{
	uint32_t key = inq_corpus_term_key(c, term);
	uint32_t one = inq_feature_weight(key, count, c->function_count, inq_corpus_term_functions(c, term));

	*weight += one;
	if (!inq_channel_is_context(inq_feature_channel(key)))
		*content += one;
}

static enum inq_status check_functions(struct checker *k)
{
	const struct inq_corpus *c = k->c;
	uint64_t features_all = 0, occurrences_all = 0;
	uint32_t first = 0, before = 0;

	for (uint32_t i = 0; i < c->function_count; i++) {
		struct inq_corpus_features features = inq_corpus_features_of(c, i);
		struct inq_corpus_function f;
		uint32_t term, count, weight = 0, content = 0;

		if (!inq_corpus_function(c, i, &f) || f.feature_count > INQ_FINGERPRINT_FEATURES_MOST)
			return check_wrong(k, TABLE_FUNCTIONS, i, FUNCTION_LEN, "a function");
		while (inq_corpus_features_next(&features, &term, &count)) {
			k->term_counts[term]++;
			k->term_sums[term] += check_function_hash(i);
			weigh(c, term, count, &weight, &content);
		}
		if (features.left || features.at != features.end)
			return check_wrong(k, TABLE_FUNCTIONS, i, FUNCTION_LEN, "the features of a function");
		if (weight != f.weight || weight < before || content != f.content_weight)
			return check_wrong(k, TABLE_WEIGHTS, i, 4, "the weight of a function");
		if (weight > before)
			first = 0;
		before = weight;
		if (!lists_agree(k, i, &f, &first))
			return check_wrong(k, TABLE_FUNCTIONS, i, FUNCTION_LEN, "where a function occurs");
		features_all += f.feature_count;
		occurrences_all += f.occurrence_count;
	}
	if (features_all != c->feature_count || occurrences_all != c->occurrence_count)
		return check_wrong(k, TABLE_FUNCTIONS, 0, FUNCTION_LEN, "the counts of its functions");
	return INQ_OK;
}

enum inq_status inq_corpus_check(const struct inq_corpus *c, struct inq_arena *a, struct inq_error *err)
{
	struct checker k = { .c = c, .a = a, .err = err };
	enum inq_status status;

	k.term_counts = inq_arena_new(a, c->term_count, sizeof *k.term_counts);
	k.term_sums = inq_arena_new(a, c->term_count, sizeof *k.term_sums);
	if (!k.term_counts || !k.term_sums)
		return inq_fail(err, INQ_NO_MEMORY, 0, "the check needs more memory than it may have");
	status = check_digest(&k);
	if (status == INQ_OK)
		status = check_padding(&k);
	if (status == INQ_OK)
		status = check_labels(&k);
	if (status == INQ_OK)
		status = check_samples(&k);
	if (status == INQ_OK)
		status = check_functions(&k);
	if (status == INQ_OK)
		status = check_index(&k);
	return status;
}
