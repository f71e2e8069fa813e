/*
 * The written form of a program, for the layers that keep it: what the corpus
 * builder walks without reading every feature. See formats/corpus.md.
 */
#ifndef FINGERPRINT_ENCODED_H
#define FINGERPRINT_ENCODED_H

#include <inquiry/fingerprint.h>

#define INQ_PROGRAM_MAGIC "inqprog\n"

enum { INQ_FEATURE_ENCODED_MOST = 6 }; /* bytes: a step of 33 bits, and a count */

/*
 * Writes features as steps from key to key, the lowest bit of a step saying
 * that a count of more than 1 follows in one byte. `ret` has room for
 * INQ_FEATURE_ENCODED_MOST bytes for each. Gives the bytes used.
 */
size_t inq_features_encode(const struct inq_feature *features, uint32_t count, uint8_t *ret);

/*
 * Reads `count` features, exactly all of `b`, into `ret`, which has room for
 * them. False where they are not in the form, or not ascending.
 */
INQ_MUST bool inq_features_decode(struct inq_bytes b, uint32_t count, struct inq_feature *ret);

#endif
