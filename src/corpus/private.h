/* Private to the corpus layer. */
#ifndef CORPUS_PRIVATE_H
#define CORPUS_PRIVATE_H

#include "corpus/layout.h"

/* inq_le32 and inq_le64 where they are the inner loop: compilers make one load of each. */
static inline uint32_t load32(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static inline uint64_t load64(const uint8_t *at)
{
	return load32(at) | (uint64_t)load32(at + 4) << 32;
}

/* The bytes of a function in TABLE_FEATURES or TABLE_LISTS: from its offset to that of the next. */
INQ_MUST bool corpus_function_bytes(
        const struct inq_corpus *c, uint32_t function, enum table table, size_t field, struct inq_bytes *ret);

/* How many callees an occurrence has, and the place of the first; each as a place in its sample. */
uint32_t corpus_callees(const struct inq_corpus *c, uint32_t occurrence, uint32_t *ret_first);
uint32_t corpus_callee(const struct inq_corpus *c, uint32_t place);

#endif
