/* A small corpus whose families, versions and library code are known. */
#ifndef TESTS_MAKE_FAMILIES_H
#define TESTS_MAKE_FAMILIES_H

#include "program.h"
#include <inquiry/corpus.h>

/* Families alpha, beta, gamma of six programs in three versions, and the library common: labels 0 to 3. */
enum { ALPHA, BETA, COMMON, GAMMA, FAMILY_SAMPLES = 6, FAMILY_FUNCTIONS = 12 };

/* The corpus, in `a`; of no length where there is no memory. */
struct inq_bytes make_families(struct inq_arena *a);
/* The same, with so many functions of each program that all of its family have; there are 8 in make_families. */
struct inq_bytes make_families_sharing(struct inq_arena *a, uint32_t shared);

#endif
