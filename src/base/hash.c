/*
 * EVP allocates for every digest it makes; a Merkle tree makes millions, of 65
 * bytes each, and must not be able to fail half-way. OpenSSL 3 still has the
 * plain functions, and calls them deprecated.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <assert.h>
#include <inquiry/hash.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <string.h>
#include <xxhash.h>

static enum inq_status digest(const EVP_MD *md, struct inq_bytes b, uint8_t *ret)
{
	unsigned len;

	return EVP_Digest(b.at, b.len, ret, &len, md, NULL) == 1 ? INQ_OK : INQ_NO_MEMORY;
}

enum inq_status inq_sha256(struct inq_bytes b, struct inq_sha256 *ret)
{
	struct inq_sha256 sum;
	enum inq_status status = digest(EVP_sha256(), b, sum.byte);

	if (status == INQ_OK)
		*ret = sum;
	return status;
}

static_assert(sizeof(SHA256_CTX) <= sizeof(struct inq_sha256_state), "the state is larger than its place");

void inq_sha256_init(struct inq_sha256_state *s)
{
	SHA256_Init((SHA256_CTX *)(void *)s);
}

void inq_sha256_update(struct inq_sha256_state *s, const void *at, size_t len)
{
	if (len)
		SHA256_Update((SHA256_CTX *)(void *)s, at, len);
}

void inq_sha256_final(struct inq_sha256_state *s, struct inq_sha256 *ret)
{
	SHA256_Final(ret->byte, (SHA256_CTX *)(void *)s);
}

bool inq_sha256_equal(const struct inq_sha256 *l, const struct inq_sha256 *r)
{
	return memcmp(l->byte, r->byte, sizeof l->byte) == 0;
}

enum inq_status inq_md5(struct inq_bytes b, uint8_t ret[16])
{
	return digest(EVP_md5(), b, ret);
}

enum inq_status inq_sha1(struct inq_bytes b, uint8_t ret[20])
{
	return digest(EVP_sha1(), b, ret);
}

uint64_t inq_hash64(const void *at, size_t len, uint64_t seed)
{
	return XXH3_64bits_withSeed(at, len, seed);
}

void inq_hex(const uint8_t *at, size_t len, char *ret)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		ret[2 * i] = digit[at[i] >> 4];
		ret[2 * i + 1] = digit[at[i] & 15];
	}
	ret[2 * len] = 0;
}

static int digit_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool inq_unhex(struct inq_bytes text, uint8_t *ret, size_t len)
{
	if (text.len % 2 || text.len / 2 != len)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (digit_value(text.at[i]) < 0)
			return false;
	for (size_t i = 0; i < len; i++)
		ret[i] = (uint8_t)(digit_value(text.at[2 * i]) << 4 | digit_value(text.at[2 * i + 1]));
	return true;
}
