#include <inquiry/bundle.h>
#include <inquiry/merkle.h>
#include <stdio.h>
#include <zstd.h>

/* Names of parties are at most INQ_PARTY_MOST bytes: all of these fit. */

void inq_bundle_checkpoint(const char *party, char ret[INQ_BUNDLE_NAME])
{
	snprintf(ret, INQ_BUNDLE_NAME, "logs/%.64s/checkpoint", party);
}

void inq_bundle_tile(
        const char *party, unsigned level, uint64_t index, unsigned width, char ret[INQ_BUNDLE_NAME])
{
	char path[INQ_TILE_PATH];

	inq_tile_path(level, index, width, path);
	snprintf(ret, INQ_BUNDLE_NAME, "logs/%.64s/%s", party, path);
}

void inq_bundle_cosigned(const char *party, const char *cosigner, char ret[INQ_BUNDLE_NAME])
{
	snprintf(ret, INQ_BUNDLE_NAME, "logs/%.64s/cosigned/%.64s", party, cosigner);
}

void inq_bundle_object(const struct inq_sha256 *digest, char ret[INQ_BUNDLE_NAME])
{
	char hex[2 * sizeof digest->byte + 1];

	inq_hex(digest->byte, sizeof digest->byte, hex);
	snprintf(ret, INQ_BUNDLE_NAME, "objects/sha256/%.2s/%s", hex, hex);
}

void inq_bundle_proof(const char *name, char ret[INQ_BUNDLE_NAME])
{
	snprintf(ret, INQ_BUNDLE_NAME, "proofs/%.200s.tlog-proof", name);
}

enum { PACK_LEVEL = 9 };

enum inq_status inq_object_pack(
        struct inq_bytes content, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	size_t room = ZSTD_compressBound(content.len), len;
	uint8_t *at = inq_arena_new(a, room, 1);

	if (!at)
		return inq_fail(
		        err, INQ_NO_MEMORY, 0, "no memory to pack an object of %zu bytes", content.len);
	len = ZSTD_compress(at, room, content.at, content.len, PACK_LEVEL);
	if (ZSTD_isError(len))
		return inq_fail(err, INQ_NO_MEMORY, 0, "zstd: %s", ZSTD_getErrorName(len));
	*ret = (struct inq_bytes){ at, len };
	return INQ_OK;
}

enum inq_status inq_object_unpack(struct inq_bytes packed, const struct inq_sha256 *digest, uint64_t most,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	unsigned long long size = ZSTD_getFrameContentSize(packed.at, packed.len);
	size_t frame = ZSTD_findFrameCompressedSize(packed.at, packed.len), len;
	struct inq_sha256_state s;
	struct inq_sha256 sum;
	uint8_t *at;

	if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
		return inq_fail(err, INQ_UNRECOGNISED, 0, "not a zstd frame that states its length");
	if (ZSTD_isError(frame) || frame != packed.len)
		return inq_fail(err, INQ_UNRECOGNISED, ZSTD_isError(frame) ? 0 : frame,
		        "not one zstd frame and nothing else");
	if (size > most || size > SIZE_MAX / 2)
		return inq_fail(err, INQ_OVER_LIMIT, 0, "an object of %llu bytes", size);
	at = inq_arena_new(a, size ? (size_t)size : 1, 1);
	if (!at)
		return inq_fail(err, INQ_OVER_LIMIT, 0, "no memory for an object of %llu bytes", size);
	len = ZSTD_decompress(at, (size_t)size, packed.at, packed.len);
	if (ZSTD_isError(len) || len != size)
		return inq_fail(err, INQ_UNRECOGNISED, 0, "zstd: %s",
		        ZSTD_isError(len) ? ZSTD_getErrorName(len) : "less than it states");
	inq_sha256_init(&s);
	inq_sha256_update(&s, at, len);
	inq_sha256_final(&s, &sum);
	if (!inq_sha256_equal(&sum, digest))
		return inq_fail(err, INQ_TAMPERED, 0, "the object's bytes do not have its digest");
	*ret = (struct inq_bytes){ at, len };
	return INQ_OK;
}
