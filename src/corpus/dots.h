/*
 * Products of many vectors with many: what building cells and searching them
 * spend their time in. Each processor's way gives the same bits; which one is
 * taken is found out when it is first asked for.
 */
#ifndef CORPUS_DOTS_H
#define CORPUS_DOTS_H

#include <inquiry/model.h>

/*
 * The products of `count` vectors, which lie in a row, with `query_count`
 * queries: that of query q and vector i into `ret[q * count + i]`.
 */
void dots(const int8_t *vectors, size_t count, const struct inq_vector *const *queries, size_t query_count,
        int32_t *ret);

/* The first of the greatest of `count` numbers, of which there is one at least. */
size_t dots_greatest(const int32_t *at, size_t count);

/* Puts the places of the numbers that are at least `least` into `ret`, ascending; gives how many. */
size_t dots_reaching(const int32_t *at, size_t count, int32_t least, uint32_t *ret);

/*
 * The ways there are, for the test that compares them: `dots_way` gives the
 * name of the n-th and whether this processor has it, NULL past the last;
 * `dots_by` is `dots` in that way.
 */
const char *dots_way(unsigned n, bool *ret_usable);
void dots_by(unsigned n, const int8_t *vectors, size_t count, const struct inq_vector *const *queries,
        size_t query_count, int32_t *ret);

#endif
