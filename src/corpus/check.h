/* Private to the check of a corpus: what it adds up while it walks, and its two halves. */
#ifndef CORPUS_CHECK_H
#define CORPUS_CHECK_H

#include "corpus/private.h"

struct checker {
	const struct inq_corpus *c;
	struct inq_arena *a;
	uint32_t *term_counts; /* of each term: functions whose features have it, */
	uint64_t *
	        term_sums; /* and the sum of those functions' hashes, less that of its postings: they say the same */
	struct inq_error *err;
};

/* Fails: entry `index`, of `len` bytes, of a table is wrong. */
enum inq_status check_wrong(
        const struct checker *k, enum table table, uint64_t index, uint64_t len, const char *what);

/* What a function adds to the sum of a term that it has. */
uint64_t check_function_hash(uint32_t function);

/* check_index.c: what is found by: exact hashes, terms, keys, postings, cells; after the functions. */
INQ_MUST enum inq_status check_index(struct checker *k);

#endif
