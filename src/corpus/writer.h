/* A sink that knows how far it is and what it has written: for files with a trailing digest. */
#ifndef CORPUS_WRITER_H
#define CORPUS_WRITER_H

#include <inquiry/hash.h>
#include <inquiry/text.h>

struct writer {
	struct inq_sink *out;
	void *digest; /* EVP_MD_CTX */
	uint64_t at;
	struct inq_sha256 sum; /* once finished */
	size_t used;
	uint8_t buffer[1 << 16];
};

INQ_MUST bool writer_init(struct writer *w, struct inq_sink *out);
void writer_release(struct writer *w);
void writer_bytes(struct writer *w, const void *at, size_t len);
void writer_u8(struct writer *w, uint8_t value);
void writer_u32(struct writer *w, uint32_t value);
void writer_u64(struct writer *w, uint64_t value);
void writer_number(struct writer *w, uint64_t value); /* as inq_varint_put */

static inline void put_le64(uint8_t *at, uint64_t value)
{
	for (unsigned i = 0; i < 8; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* Zeroes up to a multiple of 8. */
void writer_align(struct writer *w);
/* The digest of all so far, written too. False where that failed. */
INQ_MUST bool writer_finish(struct writer *w);

#endif
