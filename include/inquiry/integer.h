/*
 * Roots and logarithms in integers: the same on every machine, which those of
 * libm are not.
 */
#ifndef INQUIRY_INTEGER_H
#define INQUIRY_INTEGER_H

#include <stdint.h>

/* The square root, rounded down. */
uint64_t inq_root(uint64_t x);

/* The logarithm to base 2 with `bits` bits behind the point, at most 26, rounded down; 0 for x of 0. */
uint32_t inq_log2(uint64_t x, unsigned bits);

#endif
