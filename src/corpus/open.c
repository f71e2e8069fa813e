#include "corpus/layout.h"
#include <string.h>

/* The tables of which the counts tell the length; the others are walked, each step bounded. */
static uint64_t expected_len(const struct inq_corpus *c, enum table table)
{
	switch (table) {
	case TABLE_FUNCTIONS:
		return (uint64_t)c->function_count * FUNCTION_LEN;
	case TABLE_EXACT:
		return (uint64_t)c->function_count * 4;
	case TABLE_LABELS:
		return (uint64_t)c->label_count * LABEL_LEN;
	case TABLE_SAMPLES:
		return (uint64_t)c->sample_count * SAMPLE_LEN;
	case TABLE_OCCURRENCES:
		return (uint64_t)c->occurrence_count * OCCURRENCE_LEN;
	case TABLE_TERMS:
		return (uint64_t)c->term_count * TERM_LEN;
	case TABLE_KEYS:
		return (uint64_t)c->term_count * KEY_LEN;
	case TABLE_DIRECTORY:
		return ((UINT64_C(1) << directory_bits(c->term_count)) + 1) * 4;
	case TABLE_GROUPS:
		return (((uint64_t)c->term_count + GROUP - 1) / GROUP + 1) * 8;
	case TABLE_WEIGHTS:
	case TABLE_CONTENT_WEIGHTS:
	case TABLE_PLACES:
		return (uint64_t)c->function_count * 4;
	case TABLE_CELLS:
		return (uint64_t)c->cell_count * CELL_LEN;
	case TABLE_VECTORS:
		return (uint64_t)c->function_count * INQ_VECTOR_LENGTH;
	case TABLE_STRINGS:
	case TABLE_FEATURES:
	case TABLE_LISTS:
	case TABLE_CALLEES:
	case TABLE_POSTINGS:
	case TABLE_CALIBRATION:
		break;
	}
	return UINT64_MAX;
}

/* Tables stand in order, from multiples of 8, less than 8 zeroes apart, up to the contents. */
static bool open_tables(
        struct inq_corpus *c, const uint8_t *contents, uint64_t contents_off, uint64_t *ret_at)
{
	uint64_t end = HEAD_LEN;

	for (unsigned i = 0; i < INQ_CORPUS_TABLES; i++) {
		uint64_t at = CONTENTS_TABLES + 16 * (uint64_t)i;
		uint64_t off = inq_le64(contents + at), len = inq_le64(contents + at + 8);
		uint64_t expected = expected_len(c, (enum table)i);

		*ret_at = contents_off + at;
		if (off != (end + 7) / 8 * 8 || len > contents_off || off > contents_off - len ||
		        (expected != UINT64_MAX && len != expected))
			return false;
		c->table[i] = (struct inq_bytes){ c->bytes.at + off, (size_t)len };
		end = off + len;
	}
	*ret_at = contents_off;
	return (end + 7) / 8 * 8 == contents_off;
}

static bool counts_agree(const struct inq_corpus *c)
{
	struct inq_bytes strings = c->table[TABLE_STRINGS];

	return c->label_count <= INQ_CORPUS_LABELS_MOST && c->family_count <= c->label_count &&
	       c->sample_count <= INQ_CORPUS_SAMPLES_MOST && c->function_count <= c->occurrence_count &&
	       c->occurrence_count < UINT32_MAX && c->term_count <= c->feature_count &&
	       c->feature_count <= c->table[TABLE_FEATURES].len &&
	       c->feature_count <= c->table[TABLE_POSTINGS].len && c->table[TABLE_CALLEES].len % 4 == 0 &&
	       c->cell_count == cell_count_of(c->function_count) &&
	       c->table[TABLE_CALLEES].len / 4 < UINT32_MAX && strings.len && strings.len < UINT32_MAX &&
	       strings.at[strings.len - 1] == 0;
}

enum inq_status inq_corpus_open(struct inq_bytes bytes, struct inq_corpus *ret, struct inq_error *err)
{
	struct inq_corpus c = { .bytes = bytes };
	const uint8_t *contents;
	uint64_t off, at;

	if (bytes.len < 8 || memcmp(bytes.at, CORPUS_MAGIC, 8) != 0)
		return inq_fail(err, INQ_UNRECOGNISED, 0, "not a corpus");
	if (bytes.len < HEAD_LEN + CONTENTS_LEN + DIGEST_LEN)
		return inq_fail(err, INQ_CORRUPT, bytes.len, "the corpus is cut off");
	off = bytes.len - DIGEST_LEN - CONTENTS_LEN;
	contents = bytes.at + off;
	if (inq_le32(bytes.at + 8) != CORPUS_VERSION)
		return inq_fail(err, INQ_UNRECOGNISED, 8,
		        "a corpus of format %u; this build reads %d: build it anew", inq_le32(bytes.at + 8),
		        CORPUS_VERSION);
	if (memcmp(contents, CONTENTS_MAGIC, 8) != 0)
		return inq_fail(err, INQ_CORRUPT, off,
		        "the corpus does not end in its table of contents: cut off, or damaged");
	if (inq_le64(contents + CONTENTS_CHECK) != contents_check(bytes.at, contents) ||
	        inq_le64(contents + CONTENTS_FILE_LEN) != bytes.len)
		return inq_fail(err, INQ_CORRUPT, off, "the corpus's head or table of contents is damaged");
	c.features_version = inq_le32(bytes.at + 12);
	if (c.features_version != INQ_FEATURES_VERSION)
		return inq_fail(err, INQ_UNRECOGNISED, 12,
		        "a corpus of features version %u; this build reads %d: build it anew",
		        c.features_version, INQ_FEATURES_VERSION);
	memcpy(c.model.byte, bytes.at + HEAD_MODEL, sizeof c.model.byte);
	if (memcmp(&c.model, inq_model_digest(inq_model()), sizeof c.model) != 0)
		return inq_fail(err, INQ_UNRECOGNISED, HEAD_MODEL,
		        "the corpus was made with another model, whose vectors cannot be compared: build it "
		        "anew");
	memcpy(c.digest.byte, bytes.at + bytes.len - DIGEST_LEN, DIGEST_LEN);
	c.label_count = inq_le32(contents + CONTENTS_LABELS);
	c.family_count = inq_le32(contents + CONTENTS_FAMILIES);
	c.sample_count = inq_le32(contents + CONTENTS_SAMPLES);
	c.function_count = inq_le32(contents + CONTENTS_FUNCTIONS);
	c.occurrence_count = inq_le32(contents + CONTENTS_OCCURRENCES);
	c.term_count = inq_le32(contents + CONTENTS_TERMS);
	c.cell_count = inq_le32(contents + CONTENTS_CELLS);
	c.feature_count = inq_le64(contents + CONTENTS_FEATURE_COUNT);
	c.posting_count = c.feature_count;
	if (inq_le32(contents + CONTENTS_ZERO))
		return inq_fail(err, INQ_CORRUPT, off + CONTENTS_ZERO, "the corpus's counts disagree");
	if (!open_tables(&c, contents, off, &at))
		return inq_fail(err, INQ_CORRUPT, at, "a table of the corpus lies where it cannot");
	c.calibration = c.table[TABLE_CALIBRATION];
	if (!counts_agree(&c))
		return inq_fail(err, INQ_CORRUPT, off, "the corpus's counts disagree");
	*ret = c;
	return INQ_OK;
}
