/* A corpus again, with what it has measured of itself: all before that table is copied as it lies. */
#include "corpus/layout.h"
#include "corpus/writer.h"
#include <string.h>

static void write_all(struct writer *w, const struct inq_corpus *c, struct inq_bytes calibration)
{
	uint64_t off = (uint64_t)(c->table[TABLE_CALIBRATION].at - c->bytes.at);
	const uint8_t *was = c->bytes.at + c->bytes.len - DIGEST_LEN - CONTENTS_LEN;
	uint8_t contents[CONTENTS_LEN];

	writer_bytes(w, c->bytes.at, off);
	writer_bytes(w, calibration.at, calibration.len);
	writer_align(w);
	memcpy(contents, was, sizeof contents);
	put_le64(contents + CONTENTS_FILE_LEN, w->at + CONTENTS_LEN + DIGEST_LEN);
	put_le64(contents + CONTENTS_TABLES + 16 * TABLE_CALIBRATION + 8, calibration.len);
	put_le64(contents + CONTENTS_CHECK, contents_check(c->bytes.at, contents));
	writer_bytes(w, contents, sizeof contents);
}

enum inq_status inq_corpus_write_calibrated(const struct inq_corpus *c, struct inq_bytes calibration,
        struct inq_sink *out, struct inq_sha256 *ret_digest, struct inq_error *err)
{
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	struct writer *w = a ? inq_arena_new(a, 1, sizeof *w) : NULL;
	enum inq_status status = INQ_OK;

	if (!w || !writer_init(w, out)) {
		status = inq_fail(err, INQ_NO_MEMORY, 0, "no memory to write the corpus");
	} else {
		write_all(w, c, calibration);
		if (!writer_finish(w))
			status = inq_fail(err, INQ_IO, 0, "the corpus could not be written");
		else if (ret_digest)
			*ret_digest = w->sum;
	}
	if (w)
		writer_release(w);
	inq_arena_close(a);
	return status;
}
