#include "corpus/private.h"
#include "fingerprint/varint.h"
#include <string.h>

/* What the check adds up while it walks. Per-term sums prove that postings and features say the same. */
struct checker {
	const struct inq_corpus *c;
	uint32_t *term_counts; /* of each term: functions whose features have it, */
	uint64_t *term_sums; /* and the sum of those functions' hashes, less that of its postings */
	struct inq_error *err;
};

static uint64_t function_hash(uint32_t function)
{
	uint64_t x = (function + UINT64_C(1)) * UINT64_C(0x9e3779b97f4a7c15);

	return (x ^ x >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
}

/* Where entry `index` of a table lies in the file, for errors. */
static uint64_t place(const struct checker *k, enum table table, uint64_t index, uint64_t len)
{
	return (uint64_t)(k->c->table[table].at - k->c->bytes.at) + index * len;
}

static enum inq_status wrong(
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
				return wrong(
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
			return wrong(k, TABLE_LABELS, i, LABEL_LEN, "a label");
		before = l.name;
		samples += l.sample_count;
		families += l.kind == INQ_LABEL_FAMILY;
		for (uint32_t j = 0; j < l.sample_count; j++) {
			struct inq_sample s;

			if (!inq_corpus_sample(c, l.sample_first + j, &s) || s.label != i)
				return wrong(k, TABLE_SAMPLES, l.sample_first + j, SAMPLE_LEN, "a sample");
		}
	}
	if (samples != c->sample_count || families != c->family_count)
		return wrong(k, TABLE_LABELS, 0, LABEL_LEN, "the counts of its labels");
	return INQ_OK;
}

static enum inq_status check_sample(const struct checker *k, uint32_t number, const struct inq_sample *s,
        uint32_t *callees, uint32_t *functions)
{
	const struct inq_corpus *c = k->c;
	uint64_t va = 0;

	for (uint32_t i = 0; i < s->occurrence_count; i++) {
		uint32_t index = s->occurrence_first + i, first = UINT32_MAX, count, before = 0;
		struct inq_occurrence o;

		if (!inq_corpus_occurrence(c, index, &o) || o.sample != number || (i && o.va <= va) ||
		        o.function > *functions)
			return wrong(k, TABLE_OCCURRENCES, index, OCCURRENCE_LEN, "a function of a sample");
		*functions += o.function == *functions;
		va = o.va;
		count = corpus_callees(c, index, &first);
		if (first != *callees || count > INQ_FINGERPRINT_CALLEES_MOST)
			return wrong(
			        k, TABLE_OCCURRENCES, index, OCCURRENCE_LEN, "the callees of a function");
		for (uint32_t j = 0; j < count; j++) {
			uint32_t callee = corpus_callee(c, first + j);

			if (callee >= s->occurrence_count || (j && callee <= before))
				return wrong(k, TABLE_CALLEES, first + j, 4, "a callee");
			before = callee;
		}
		*callees += count;
	}
	return INQ_OK;
}

static enum inq_status check_samples(const struct checker *k)
{
	const struct inq_corpus *c = k->c;
	uint32_t occurrences = 0, callees = 0, functions = 0;
	struct inq_sample before = { .label = UINT32_MAX };

	for (uint32_t i = 0; i < c->sample_count; i++) {
		enum inq_status status;
		struct inq_sample s;

		if (!inq_corpus_sample(c, i, &s) || s.occurrence_first != occurrences ||
		        (s.label == before.label && memcmp(&before.sha256, &s.sha256, sizeof s.sha256) >= 0))
			return wrong(k, TABLE_SAMPLES, i, SAMPLE_LEN, "a sample");
		occurrences += s.occurrence_count;
		before = s;
		status = check_sample(k, i, &s, &callees, &functions);
		if (status != INQ_OK)
			return status;
	}
	if (occurrences != c->occurrence_count || callees != c->table[TABLE_CALLEES].len / 4 ||
	        functions != c->function_count)
		return wrong(k, TABLE_SAMPLES, 0, SAMPLE_LEN, "the counts of its samples");
	return INQ_OK;
}

/* Occurrences name the function and are all there; labels are those of the occurrences. */
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
		if (is_first && (o.size != f->size || (function && occurrence <= *first)))
			return false;
		if (is_first)
			*first = occurrence;
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

static enum inq_status check_functions(struct checker *k)
{
	const struct inq_corpus *c = k->c;
	uint64_t features_all = 0, occurrences_all = 0;
	uint32_t first = 0;

	for (uint32_t i = 0; i < c->function_count; i++) {
		struct inq_corpus_features features = inq_corpus_features_of(c, i);
		struct inq_corpus_function f;
		uint32_t term, count, weight = 0;

		if (!inq_corpus_function(c, i, &f) || f.feature_count > INQ_FINGERPRINT_FEATURES_MOST)
			return wrong(k, TABLE_FUNCTIONS, i, FUNCTION_LEN, "a function");
		while (inq_corpus_features_next(&features, &term, &count)) {
			k->term_counts[term]++;
			k->term_sums[term] += function_hash(i);
			weight += inq_feature_weight(inq_corpus_term_key(c, term), count, c->function_count,
			        inq_corpus_term_functions(c, term));
		}
		if (features.left || features.at != features.end || weight != f.weight)
			return wrong(k, TABLE_FUNCTIONS, i, FUNCTION_LEN, "the features of a function");
		if (!lists_agree(k, i, &f, &first))
			return wrong(k, TABLE_FUNCTIONS, i, FUNCTION_LEN, "where a function occurs");
		features_all += f.feature_count;
		occurrences_all += f.occurrence_count;
	}
	if (features_all != c->feature_count || occurrences_all != c->occurrence_count)
		return wrong(k, TABLE_FUNCTIONS, 0, FUNCTION_LEN, "the counts of its functions");
	return INQ_OK;
}

static enum inq_status check_exact(const struct checker *k)
{
	const struct inq_corpus *c = k->c;
	struct inq_corpus_function before = { 0 }, f;
	uint32_t number_before = 0;

	for (uint32_t i = 0; i < c->function_count; i++) {
		uint32_t number;

		if (!inq_corpus_exact_function(c, i, &number) || !inq_corpus_function(c, number, &f))
			return wrong(k, TABLE_EXACT, i, 4, "the order of exact hashes");
		if (i && (f.exact[0] < before.exact[0] ||
		                 (f.exact[0] == before.exact[0] && f.exact[1] < before.exact[1]) ||
		                 (f.exact[0] == before.exact[0] && f.exact[1] == before.exact[1] &&
		                         number <= number_before)))
			return wrong(k, TABLE_EXACT, i, 4, "the order of exact hashes");
		before = f;
		number_before = number;
	}
	return INQ_OK;
}

static enum inq_status check_terms(const struct checker *k)
{
	const struct inq_corpus *c = k->c;
	uint32_t before_key = 0, before_count = UINT32_MAX;

	for (uint32_t i = 0; i < c->term_count; i++) {
		uint32_t key = inq_corpus_term_key(c, i), count = inq_corpus_term_functions(c, i), found;

		if (!count || count != k->term_counts[i] || count > before_count ||
		        (count == before_count && key <= before_key) || !inq_corpus_term(c, key, &found) ||
		        found != i)
			return wrong(k, TABLE_TERMS, i, TERM_LEN, "a term");
		before_key = key;
		before_count = count;
	}
	return INQ_OK;
}

static enum inq_status check_keys(const struct checker *k)
{
	const struct inq_corpus *c = k->c;
	unsigned bits = directory_bits(c->term_count);
	uint32_t place_at = 0;

	for (uint64_t upper = 0; upper <= UINT64_C(1) << bits; upper++) {
		while (place_at < c->term_count) {
			const uint8_t *at = c->table[TABLE_KEYS].at + (size_t)place_at * KEY_LEN;

			if (inq_le32(at) >> (32 - bits) >= upper)
				break;
			if (place_at && inq_le32(at) <= inq_le32(at - KEY_LEN))
				return wrong(k, TABLE_KEYS, place_at, KEY_LEN, "the order of keys");
			place_at++;
		}
		if (inq_le32(c->table[TABLE_DIRECTORY].at + upper * 4) != place_at)
			return wrong(k, TABLE_DIRECTORY, upper, 4, "the directory of keys");
	}
	return INQ_OK;
}

static enum inq_status check_postings(struct checker *k)
{
	const struct inq_corpus *c = k->c;
	struct inq_bytes postings = c->table[TABLE_POSTINGS];
	const uint8_t *at = postings.at, *end = postings.at + postings.len;
	uint64_t all = 0, len;

	for (uint32_t i = c->posted_first; i < c->term_count; i++) {
		struct inq_corpus_list l = inq_corpus_postings(c, i);
		uint32_t function, group = (i - c->posted_first) / GROUP;

		if ((i - c->posted_first) % GROUP == 0 &&
		        inq_le64(c->table[TABLE_GROUPS].at + (size_t)group * 8) !=
		                (uint64_t)(at - postings.at))
			return wrong(k, TABLE_GROUPS, group, 8, "the place of postings");
		if (!inq_varint_get(&at, end, &len) || len > (uint64_t)(end - at) || l.at != at)
			return wrong(k, TABLE_POSTINGS, (uint64_t)(at - postings.at), 1, "postings");
		while (inq_corpus_next(&l, &function)) {
			k->term_sums[i] -= function_hash(function);
			all++;
		}
		if (l.left || l.at != l.end || k->term_sums[i])
			return wrong(k, TABLE_POSTINGS, (uint64_t)(at - postings.at), 1, "postings");
		at += len;
	}
	if (at != end || all != c->posting_count ||
	        inq_le64(c->table[TABLE_GROUPS].at + c->table[TABLE_GROUPS].len - 8) != postings.len)
		return wrong(k, TABLE_POSTINGS, 0, 1, "the count of postings");
	return INQ_OK;
}

enum inq_status inq_corpus_check(const struct inq_corpus *c, struct inq_arena *a, struct inq_error *err)
{
	struct checker k = { .c = c, .err = err };
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
		status = check_exact(&k);
	if (status == INQ_OK)
		status = check_terms(&k);
	if (status == INQ_OK)
		status = check_keys(&k);
	if (status == INQ_OK)
		status = check_postings(&k);
	return status;
}
