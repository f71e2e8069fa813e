#include <inquiry/hash.h>
#include <openssl/evp.h>
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

enum inq_status inq_md5(struct inq_bytes b, uint8_t ret[16])
{
	return digest(EVP_md5(), b, ret);
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
