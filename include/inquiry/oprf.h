/*
 * Oblivious pseudorandom functions and the proofs that go with them: RFC 9497,
 * ciphersuite ristretto255-SHA512, modes OPRF and VOPRF.
 *
 * An element of the group is its canonical encoding (RFC 9496) of 32 bytes, a
 * scalar 32 bytes, little-endian, below the group's order. Nothing here takes
 * the identity or anything but a canonical encoding for an element, nor zero for
 * a scalar. Time does not depend on the values of secret scalars; it does on
 * the lengths of inputs.
 *
 * Nothing allocates or asks for randomness: who draws scalars is the caller.
 */
#ifndef INQUIRY_OPRF_H
#define INQUIRY_OPRF_H

#include <inquiry/bytes.h>

enum {
	INQ_POINT = 32, /* bytes of an element of the group */
	INQ_SCALAR = 32,
	INQ_DLEQ = 2 * INQ_SCALAR, /* bytes of a proof */
	INQ_OPRF_OUTPUT = 64,
	INQ_DLEQ_MOST = 65536, /* pairs of a batch: their indices are written in 16 bits */
};

enum inq_oprf_mode { INQ_OPRF = 0, INQ_VOPRF = 1 };

/* Whether the bytes encode an element other than the identity. */
INQ_MUST bool inq_point_holds(const uint8_t point[INQ_POINT]);

/* `scalar` * `point`, which may be the same memory as `ret`. False, with `ret` untouched, unless both hold. */
INQ_MUST bool inq_point_multiply(
        const uint8_t scalar[INQ_SCALAR], const uint8_t point[INQ_POINT], uint8_t ret[INQ_POINT]);

/* `scalar` * the group's generator. */
INQ_MUST bool inq_point_base(const uint8_t scalar[INQ_SCALAR], uint8_t ret[INQ_POINT]);

/* A scalar out of 64 bytes that were drawn at random. False for the zero that nobody ever draws. */
INQ_MUST bool inq_scalar_of(const uint8_t random[64], uint8_t ret[INQ_SCALAR]);

/* HashToGroup. False for the input of at least 65,536 bytes, or that hashes to the identity. */
INQ_MUST bool inq_oprf_hash(enum inq_oprf_mode mode, struct inq_bytes input, uint8_t ret[INQ_POINT]);

/* DeriveKeyPair (section 3.2.1): the secret scalar and its public element. */
INQ_MUST bool inq_oprf_key(enum inq_oprf_mode mode, const uint8_t seed[32], struct inq_bytes info,
        uint8_t ret_secret[INQ_SCALAR], uint8_t ret_public[INQ_POINT]);

/* Blind: `blind` * HashToGroup(input). BlindEvaluate is inq_point_multiply. */
INQ_MUST bool inq_oprf_blind(enum inq_oprf_mode mode, struct inq_bytes input, const uint8_t blind[INQ_SCALAR],
        uint8_t ret[INQ_POINT]);

/* Finalize, without the proof, which inq_dleq_verify looks at. */
INQ_MUST bool inq_oprf_finalize(struct inq_bytes input, const uint8_t blind[INQ_SCALAR],
        const uint8_t evaluated[INQ_POINT], uint8_t ret[INQ_OPRF_OUTPUT]);

/*
 * Proofs that one scalar k leads from the generator to `public` and from each
 * of `count` elements `from` to the one of `to` in its place: DLEQ proofs of
 * section 2.2, batched by a random linear combination.
 */

/*
 * The combination of `from` that is proved (ComputeComposites). False for an
 * element that does not hold, and for a count of 0 or above INQ_DLEQ_MOST. It
 * is public: making it needs no secret. `ret_to`, where not NULL, gets that of `to`.
 */
INQ_MUST bool inq_dleq_composite(enum inq_oprf_mode mode, const uint8_t public[INQ_POINT],
        const uint8_t (*from)[INQ_POINT], const uint8_t (*to)[INQ_POINT], size_t count,
        uint8_t ret_from[INQ_POINT], uint8_t ret_to[INQ_POINT]);

/*
 * The proof for a combination, by who holds the secret scalar. `random` is a
 * scalar that is used for this proof alone and shown to nobody.
 */
INQ_MUST bool inq_dleq_prove(enum inq_oprf_mode mode, const uint8_t secret[INQ_SCALAR],
        const uint8_t public[INQ_POINT], const uint8_t from[INQ_POINT], const uint8_t random[INQ_SCALAR],
        uint8_t ret[INQ_DLEQ]);

/* Whether the proof holds for the whole batch. */
INQ_MUST bool inq_dleq_verify(enum inq_oprf_mode mode, const uint8_t public[INQ_POINT],
        const uint8_t (*from)[INQ_POINT], const uint8_t (*to)[INQ_POINT], size_t count,
        const uint8_t proof[INQ_DLEQ]);

#endif
