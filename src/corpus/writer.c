#include "corpus/writer.h"
#include "fingerprint/varint.h"
#include <openssl/evp.h>
#include <string.h>

bool writer_init(struct writer *w, struct inq_sink *out)
{
	w->out = out;
	w->at = 0;
	w->used = 0;
	w->digest = EVP_MD_CTX_new();
	return w->digest && EVP_DigestInit_ex(w->digest, EVP_sha256(), NULL) == 1;
}

void writer_release(struct writer *w)
{
	EVP_MD_CTX_free(w->digest);
	w->digest = NULL;
}

static void hand_over(struct writer *w)
{
	if (EVP_DigestUpdate(w->digest, w->buffer, w->used) != 1)
		w->out->failed = true;
	inq_put_bytes(w->out, (struct inq_bytes){ w->buffer, w->used });
	w->used = 0;
}

void writer_bytes(struct writer *w, const void *at, size_t len)
{
	const uint8_t *from = at;

	w->at += len;
	while (len) {
		size_t room = sizeof w->buffer - w->used, part = len < room ? len : room;

		memcpy(w->buffer + w->used, from, part);
		w->used += part;
		from += part;
		len -= part;
		if (w->used == sizeof w->buffer)
			hand_over(w);
	}
}

static void put_le(struct writer *w, uint64_t value, unsigned len)
{
	uint8_t at[8];

	inq_le_put(at, value, len);
	writer_bytes(w, at, len);
}

void writer_u8(struct writer *w, uint8_t value)
{
	put_le(w, value, 1);
}

void writer_u32(struct writer *w, uint32_t value)
{
	put_le(w, value, 4);
}

void writer_u64(struct writer *w, uint64_t value)
{
	put_le(w, value, 8);
}

void writer_number(struct writer *w, uint64_t value)
{
	uint8_t at[INQ_VARINT_MOST];

	writer_bytes(w, at, inq_varint_put(at, value));
}

void writer_align(struct writer *w)
{
	while (w->at % 8)
		writer_u8(w, 0);
}

bool writer_finish(struct writer *w)
{
	struct inq_sha256 sum;

	hand_over(w);
	if (EVP_DigestFinal_ex(w->digest, sum.byte, NULL) != 1)
		return false;
	w->sum = sum;
	inq_put_bytes(w->out, (struct inq_bytes){ sum.byte, sizeof sum.byte });
	return inq_sink_flush(w->out);
}
