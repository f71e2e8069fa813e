/* For tests of what a damaged or forged corpus does. */
#ifndef TESTS_MAKE_CORPUS_USE_H
#define TESTS_MAKE_CORPUS_USE_H

#include "corpus/layout.h"
#include <string.h>

/*
 * Copies `b` to `ret` and gives it the checks that an honest writer would have
 * given it. False where it is too short to have any.
 */
static inline bool corpus_seal(struct inq_bytes b, uint8_t *ret)
{
	struct inq_sha256 sum;
	uint8_t *contents;
	uint64_t check;

	if (b.len < HEAD_LEN + CONTENTS_LEN + DIGEST_LEN)
		return false;
	memcpy(ret, b.at, b.len);
	contents = ret + b.len - DIGEST_LEN - CONTENTS_LEN;
	check = contents_check(ret, contents);
	for (unsigned i = 0; i < 8; i++)
		contents[CONTENTS_CHECK + i] = (uint8_t)(check >> 8 * i);
	if (inq_sha256((struct inq_bytes){ ret, b.len - DIGEST_LEN }, &sum) != INQ_OK)
		return false;
	memcpy(ret + b.len - DIGEST_LEN, &sum, sizeof sum);
	return true;
}

enum { CORPUS_USE_MOST = 2000 }; /* entries of each kind, and steps of each list */

static inline const char *corpus_use_list(struct inq_corpus_list l, uint32_t bound)
{
	uint32_t before = 0, one, count = 0;

	for (; count < CORPUS_USE_MOST && inq_corpus_next(&l, &one); count++) {
		if (one >= bound)
			return "a number past its table";
		if (count && one <= before)
			return "a list that does not ascend";
		before = one;
	}
	return NULL;
}

static inline const char *corpus_use_function(const struct inq_corpus *c, uint32_t i)
{
	struct inq_corpus_features features = inq_corpus_features_of(c, i);
	struct inq_corpus_function f;
	struct inq_vector vector;
	uint32_t term, count, first, number;
	const char *wrong;

	if (inq_corpus_vector(c, i, &vector) && i >= c->function_count)
		return "a vector past its table";

	if (inq_corpus_function(c, i, &f)) {
		if (f.label_count > c->label_count || f.family_count > f.label_count)
			return "more labels than there are";
		inq_corpus_exact(c, f.exact, &first, &count);
		if (count && !inq_corpus_exact_function(c, first, &number))
			return "a place of no function";
	}
	wrong = corpus_use_list(inq_corpus_labels_of(c, i), c->label_count);
	if (!wrong)
		wrong = corpus_use_list(inq_corpus_occurrences_of(c, i), c->occurrence_count);
	while (!wrong && inq_corpus_features_next(&features, &term, &count))
		if (term >= c->term_count)
			return "a term past its table";
	return wrong;
}

/* A term's postings stretch by stretch: they ascend, and are those of the list as far as that goes. */
static inline const char *corpus_use_stretches(const struct inq_corpus *c, uint32_t term)
{
	enum { STRETCH = 64 };
	struct inq_corpus_reader r = inq_corpus_read_postings(c, term);
	uint16_t some[STRETCH + INQ_CORPUS_STRETCH_ROOM];

	for (uint32_t first = 0; first < c->function_count && first < CORPUS_USE_MOST; first += STRETCH) {
		uint32_t count = inq_corpus_stretch(&r, first, first + STRETCH, some);

		for (uint32_t i = 0; i < count; i++)
			if (some[i] >= STRETCH || first + some[i] >= c->function_count ||
			        (i && some[i] <= some[i - 1]))
				return "a stretch that does not ascend";
	}
	return NULL;
}

static inline const char *corpus_use_cells(const struct inq_corpus *c)
{
	int sum = 0;

	for (uint32_t i = 0; i <= c->cell_count && i < CORPUS_USE_MOST; i++) {
		struct inq_corpus_cell cell;

		if (!inq_corpus_cell(c, i, &cell))
			continue;
		if (i == c->cell_count || cell.first > cell.end || cell.end > c->function_count)
			return "a cell past its table";
		for (uint32_t j = cell.first; j < cell.end && j - cell.first < CORPUS_USE_MOST; j++) {
			uint32_t function;

			sum += cell.vectors[(size_t)(j - cell.first) * INQ_VECTOR_LENGTH];
			if (inq_corpus_placed(c, j, &function) && function >= c->function_count)
				return "a place of no function";
		}
	}
	return sum == INT32_MAX ? "more than vectors can come to" : NULL;
}

/*
 * Reads everything an open corpus tells, as far as it is willing to, and gives
 * what is wrong with it: a promise of corpus.h that does not hold whatever the
 * bytes. NULL: nothing.
 */
static inline const char *corpus_use(const struct inq_corpus *c)
{
	const char *wrong = NULL;

	for (uint32_t i = 0; i <= c->label_count && i < CORPUS_USE_MOST; i++) {
		struct inq_label l;

		if (inq_corpus_label(c, i, &l) && (i == c->label_count || strlen(l.name) > c->bytes.len))
			return "a label past its table";
	}
	for (uint32_t i = 0; i <= c->sample_count && i < CORPUS_USE_MOST; i++) {
		struct inq_sample s;

		if (inq_corpus_sample(c, i, &s) && (i == c->sample_count || s.label >= c->label_count ||
		                                           s.occurrence_count > c->occurrence_count))
			return "a sample past its table";
	}
	for (uint32_t i = 0; i <= c->occurrence_count && i < CORPUS_USE_MOST; i++) {
		struct inq_occurrence o;

		if (inq_corpus_occurrence(c, i, &o) &&
		        (i == c->occurrence_count || o.sample >= c->sample_count ||
		                o.function >= c->function_count))
			return "an occurrence past its table";
	}
	for (uint32_t i = 0; !wrong && i <= c->function_count && i < CORPUS_USE_MOST; i++)
		wrong = corpus_use_function(c, i);
	for (uint32_t i = 0; !wrong && i <= c->term_count && i < CORPUS_USE_MOST; i++) {
		uint32_t term;

		wrong = corpus_use_list(inq_corpus_postings(c, i), c->function_count);
		if (!wrong)
			wrong = corpus_use_stretches(c, i);
		if (inq_corpus_term(c, inq_corpus_term_key(c, i), &term) && term >= c->term_count)
			return "a term past its table";
	}
	return wrong ? wrong : corpus_use_cells(c);
}

#endif
