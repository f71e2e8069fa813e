/*
 * Digests. SHA-256 names exhibits and files; MD5 exists only for the import
 * hash that investigators cite; XXH3-64 is for keys inside an index and
 * carries no security.
 */
#ifndef INQUIRY_HASH_H
#define INQUIRY_HASH_H

#include <inquiry/bytes.h>

struct inq_sha256 {
	uint8_t byte[32];
};

INQ_MUST enum inq_status inq_sha256(struct inq_bytes b, struct inq_sha256 *ret);
INQ_MUST enum inq_status inq_md5(struct inq_bytes b, uint8_t ret[16]);
uint64_t inq_hash64(const void *at, size_t len, uint64_t seed);

/* 2 * `len` lower-case digits and a NUL into `ret`. */
void inq_hex(const uint8_t *at, size_t len, char *ret);

#endif
