/*
 * Digests. SHA-256 names exhibits and files; MD5 exists only for the import
 * hash that investigators cite, SHA-1 for names that are UUIDs (RFC 9562); XXH3-64 is for keys inside an index and
 * carries no security.
 */
#ifndef INQUIRY_HASH_H
#define INQUIRY_HASH_H

#include <inquiry/bytes.h>

struct inq_sha256 {
	uint8_t byte[32];
};

INQ_MUST enum inq_status inq_sha256(struct inq_bytes b, struct inq_sha256 *ret);

/*
 * SHA-256 piece by piece: init, update any number of times, final once. It
 * cannot fail and allocates nothing; after final the state is spent.
 */
struct inq_sha256_state {
	uint64_t opaque[16];
};

void inq_sha256_init(struct inq_sha256_state *s);
void inq_sha256_update(struct inq_sha256_state *s, const void *at, size_t len);
void inq_sha256_final(struct inq_sha256_state *s, struct inq_sha256 *ret);

bool inq_sha256_equal(const struct inq_sha256 *l, const struct inq_sha256 *r);

INQ_MUST enum inq_status inq_md5(struct inq_bytes b, uint8_t ret[16]);
INQ_MUST enum inq_status inq_sha1(struct inq_bytes b, uint8_t ret[20]);
uint64_t inq_hash64(const void *at, size_t len, uint64_t seed);

/* 2 * `len` lower-case digits and a NUL into `ret`. */
void inq_hex(const uint8_t *at, size_t len, char *ret);

/* Exactly 2 * `len` lower-case digits of `text` into `ret`; false, with `ret` untouched, for any other text. */
INQ_MUST bool inq_unhex(struct inq_bytes text, uint8_t *ret, size_t len);

#endif
