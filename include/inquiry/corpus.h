/*
 * A corpus holds the fingerprints of known programs under labels, indexed for
 * search: one immutable little-endian file (formats/corpus.md), mapped, never
 * changed. To add is to write a new one; the samples are not needed again.
 *
 * Its order: labels by name; samples by label, then SHA-256; a sample's
 * functions by address. Functions with the same exact hash, the same features
 * and the same vector are kept once; each place where one occurs is an
 * occurrence. Functions are numbered by weight, those of equal weight by where
 * they first occur, so that a search can pass over all that are too light or
 * too heavy. The same samples give the same bytes, whatever the order and the
 * grouping in which they were added.
 *
 * An open corpus borrows its bytes, holds no memory of its own and may be
 * shared between threads. Opening proves the header and the table of contents
 * and every count against the size of its table; what the tables hold is
 * bounded again wherever it is read, so a damaged corpus gives wrong answers
 * at worst, and inq_corpus_check tells.
 */
#ifndef INQUIRY_CORPUS_H
#define INQUIRY_CORPUS_H

#include <inquiry/fingerprint.h>

enum inq_label_kind {
	INQ_LABEL_FAMILY = 0,
	INQ_LABEL_COMMON, /* library code: what it holds says nothing about a family */
};

enum {
	INQ_LABEL_NAME_MOST = 255, /* bytes */
	INQ_CORPUS_LABELS_MOST = 1 << 20,
	INQ_CORPUS_SAMPLES_MOST = 1 << 26,
};

/* `table[]`: what each table holds, for those who look at the file (names in formats/corpus.md). */
enum { INQ_CORPUS_TABLES = 20 };

struct inq_corpus {
	struct inq_bytes bytes;
	struct inq_sha256
	        digest; /* the file's trailing SHA-256: the corpus's name. Proved by inq_corpus_check. */
	struct inq_bytes table[INQ_CORPUS_TABLES];
	uint32_t features_version;
	struct inq_sha256 model; /* that its vectors come from: always inq_model()'s */
	uint32_t label_count, family_count; /* labels; of these, families */
	uint32_t sample_count;
	uint32_t function_count; /* different ones */
	uint32_t occurrence_count; /* functions of samples */
	uint32_t term_count; /* different features */
	uint32_t cell_count; /* of vectors */
	struct inq_bytes
	        calibration; /* what it has measured of itself (finding.h reads it); empty: nothing */
	uint64_t feature_count; /* features of different functions */
	uint64_t posting_count; /* as many */
	/*
	 * Told of bytes that will not be read again soon, so that whoever mapped
	 * them can let go of the pages and a search stays small; NULL: nobody is.
	 * Set by whoever opened it.
	 */
	void (*forget)(void *context, struct inq_bytes bytes);
	void *forget_context;
};

struct inq_label {
	const char *name;
	enum inq_label_kind kind;
	uint32_t
	        published; /* the day from which anyone could have its code, as YYYYMMDD; 0: not known to be */
	uint32_t sample_first, sample_count;
};

struct inq_sample {
	const char *name; /* of its first file in byte order */
	struct inq_sha256 sha256;
	uint32_t label;
	uint8_t format, arch, bits, kind;
	bool big_endian;
	uint32_t flags; /* INQ_PROGRAM_* */
	uint64_t file_bytes, code_bytes, function_bytes, padding_bytes;
	uint32_t unresolved_jumps;
	uint32_t
	        published; /* of its own, beside the label's: the day from which anyone could have it; 0: not known */
	uint32_t occurrence_first, occurrence_count;
};

/* One function in one sample. */
struct inq_occurrence {
	uint32_t sample, function; /* function: its number among the different ones */
	uint64_t va;
	uint32_t size;
	uint8_t flags;
	const char *name; /* NULL: none */
};

/* One of the different functions. */
struct inq_corpus_function {
	uint64_t exact[2];
	uint32_t size, block_count, insn_count; /* as in its first occurrence */
	uint32_t weight; /* of all its features: see inq_feature_weight */
	uint32_t content_weight; /* of those that are not of context (inq_channel_is_context) */
	uint32_t feature_count;
	uint32_t occurrence_count;
	uint32_t label_count; /* in how many labels it occurs, */
	uint32_t family_count; /* and of these, families */
};

/*
 * Opens the corpus in `bytes`, which must outlive it.
 *
 * INQ_UNRECOGNISED  not a corpus, or of a version or a model this build does not read
 * INQ_CORRUPT       cut off, or header, table of contents or a count is wrong; `err->at` is where
 */
INQ_MUST enum inq_status inq_corpus_open(
        struct inq_bytes bytes, struct inq_corpus *ret, struct inq_error *err);

/*
 * Re-proves all of it: the trailing hash, then every table against every other
 * (each number in range, each order kept, each count as told, each posting
 * answered by a feature). Scratch memory comes from `a`.
 *
 * INQ_CORRUPT    the first thing that is wrong; `err->at` is where
 * INQ_NO_MEMORY  the arena's limit
 */
INQ_MUST enum inq_status inq_corpus_check(
        const struct inq_corpus *c, struct inq_arena *a, struct inq_error *err);

/*
 * The entries of the tables. Each returns false, leaving `*ret` alone, where
 * the number is out of range or the entry is damaged. Strings are borrowed
 * from the corpus.
 */
INQ_MUST bool inq_corpus_label(const struct inq_corpus *c, uint32_t label, struct inq_label *ret);
INQ_MUST bool inq_corpus_sample(const struct inq_corpus *c, uint32_t sample, struct inq_sample *ret);
INQ_MUST bool inq_corpus_occurrence(
        const struct inq_corpus *c, uint32_t occurrence, struct inq_occurrence *ret);
INQ_MUST bool inq_corpus_function(
        const struct inq_corpus *c, uint32_t function, struct inq_corpus_function *ret);

/*
 * The weight of a function's features alone, which is asked for more often than
 * the rest, and that of its features without context; 0: none such. Weights of
 * a sound corpus ascend with the number.
 */
uint32_t inq_corpus_weight(const struct inq_corpus *c, uint32_t function);
uint32_t inq_corpus_content_weight(const struct inq_corpus *c, uint32_t function);

/* A function's vector. */
INQ_MUST bool inq_corpus_vector(const struct inq_corpus *c, uint32_t function, struct inq_vector *ret);

/*
 * Vectors stand together in cells of such as are near each other. A cell's
 * places are `first` up to `end`; its vectors are read where they lie, and each
 * is at most the root of `spread` away from `centre`. In a damaged corpus it
 * may be further, and a place may be of no function.
 */
struct inq_corpus_cell {
	struct inq_vector centre;
	const int8_t *vectors; /* INQ_VECTOR_LENGTH for each place */
	uint32_t first, end, spread;
};
INQ_MUST bool inq_corpus_cell(const struct inq_corpus *c, uint32_t cell, struct inq_corpus_cell *ret);
/* The function at a place. */
INQ_MUST bool inq_corpus_placed(const struct inq_corpus *c, uint32_t place, uint32_t *ret);

/*
 * Lists of numbers inside the corpus, walked one by one: where `next` returns
 * false the list has ended, or the rest of it is damaged.
 */
struct inq_corpus_list {
	const uint8_t *at, *end;
	uint32_t left, last, bound;
	bool started;
};
/* The labels and the occurrences of a function, ascending; empty where there is no such function. */
struct inq_corpus_list inq_corpus_labels_of(const struct inq_corpus *c, uint32_t function);
struct inq_corpus_list inq_corpus_occurrences_of(const struct inq_corpus *c, uint32_t function);
/* The functions that have term `term`, ascending. */
struct inq_corpus_list inq_corpus_postings(const struct inq_corpus *c, uint32_t term);
INQ_MUST bool inq_corpus_next(struct inq_corpus_list *l, uint32_t *ret);

/*
 * The postings of a term again, to be read stretch by stretch, forwards.
 * `inq_corpus_stretch` puts into `ret` those from `first` up to `end`, less
 * `first`, and gives how many. `ret` has room for `end` - `first` and for
 * INQ_CORPUS_STRETCH_ROOM more, and `first` is not less than the last `end`.
 * No more than 65,536 functions make a stretch. A copy keeps the place.
 */
enum { INQ_CORPUS_STRETCH_ROOM = 8 };
struct inq_corpus_reader {
	uint32_t next, last, bound; /* none before `next` is still to come; the last one passed */
	uint32_t count, read; /* of the functions that have the term, those passed */
	const uint8_t *runs, *steps, *at, *end;
};
struct inq_corpus_reader inq_corpus_read_postings(const struct inq_corpus *c, uint32_t term);
uint32_t inq_corpus_stretch(struct inq_corpus_reader *r, uint32_t first, uint32_t end, uint16_t *ret);

/*
 * Terms: the features of the corpus, numbered from the commonest down.
 * `inq_corpus_term` finds the term of a feature's key; false where no function
 * of the corpus has it. `inq_corpus_term_functions` tells how many have it, 0
 * where there is no such term.
 */
INQ_MUST bool inq_corpus_term(const struct inq_corpus *c, uint32_t key, uint32_t *ret);
uint32_t inq_corpus_term_functions(const struct inq_corpus *c, uint32_t term);

/* A function's features as terms, ascending by term. */
struct inq_corpus_features {
	const uint8_t *at, *end;
	uint32_t left, last, bound;
	bool started;
};
struct inq_corpus_features inq_corpus_features_of(const struct inq_corpus *c, uint32_t function);
INQ_MUST bool inq_corpus_features_next(
        struct inq_corpus_features *f, uint32_t *ret_term, uint32_t *ret_count);

/*
 * What a feature weighs: the channel's weight, times the base-2 logarithm of
 * `functions` / `having` (how many of the corpus's functions there are, and
 * have it; a feature nobody has counts as had by one), times 1 + log2(count).
 * In units of 1/16 bit at channel weight 16; saturates at 65,535.
 */
uint32_t inq_feature_weight(uint32_t key, uint32_t count, uint32_t functions, uint32_t having);

/* The key of a term; 0 where there is none. */
uint32_t inq_corpus_term_key(const struct inq_corpus *c, uint32_t term);

/*
 * The functions with this exact hash stand together in another order than that
 * of their numbers: `*ret_first` and `*ret_count` are places in it (0 of them:
 * none has it), and inq_corpus_exact_function tells the number at a place.
 */
void inq_corpus_exact(
        const struct inq_corpus *c, const uint64_t exact[2], uint32_t *ret_first, uint32_t *ret_count);
INQ_MUST bool inq_corpus_exact_function(const struct inq_corpus *c, uint32_t place, uint32_t *ret);

/*
 * The fingerprint of a sample as it was added, but for the identity of names:
 * made anew into `a` from the tables.
 *
 * INQ_BAD_ARGUMENT  no such sample
 * INQ_CORRUPT       its entries are damaged
 * INQ_NO_MEMORY     the arena's limit
 */
INQ_MUST enum inq_status inq_corpus_program(const struct inq_corpus *c, uint32_t sample, struct inq_arena *a,
        struct inq_program *ret, struct inq_error *err);

/*
 * Writing. A builder takes programs and whole corpora in any order and writes
 * one corpus. It owns its memory, about 1,500 bytes for each function of its
 * samples at the worst moment, and takes at most `limit` bytes.
 */
struct inq_corpus_builder;

/* NULL where memory is short. */
struct inq_corpus_builder *inq_corpus_builder_open(size_t limit);

/* Frees it. NULL is allowed. */
void inq_corpus_builder_close(struct inq_corpus_builder *b);

/*
 * Names a label before samples are put under it. Naming one again is fine
 * where the kind is the same; of several dates the earliest known stands.
 * A label without samples is kept.
 *
 * INQ_BAD_ARGUMENT  the kind differs from before; the name is empty, too long or holds control bytes;
 *                   the date is none
 * INQ_OVER_LIMIT    too many labels
 * INQ_NO_MEMORY     the arena's limit
 */
INQ_MUST enum inq_status inq_corpus_builder_label(struct inq_corpus_builder *b, const char *name,
        enum inq_label_kind kind, uint32_t published, struct inq_error *err);

/*
 * Adds a program, in the bytes that inq_program_write gave and a hostile child
 * may have forged, under a label that was named. It is read and refused as
 * inq_program_read does; the builder is then as it was before. The same
 * SHA-256 under the same label is kept once, under the first of its names in
 * byte order.
 *
 * INQ_BAD_ARGUMENT  no such label
 * INQ_CORRUPT, INQ_UNRECOGNISED, INQ_NO_MEMORY  as inq_program_read
 */
INQ_MUST enum inq_status inq_corpus_builder_add(
        struct inq_corpus_builder *b, const char *label, struct inq_bytes program, struct inq_error *err);

/*
 * Adds all labels and samples of `c`. `c` is proved by inq_corpus_check first.
 *
 * INQ_BAD_ARGUMENT  a label is a family here and common there
 * INQ_CORRUPT, INQ_NO_MEMORY  as inq_corpus_check
 */
INQ_MUST enum inq_status inq_corpus_builder_merge(
        struct inq_corpus_builder *b, const struct inq_corpus *c, struct inq_error *err);

/* The earlier of two days, YYYYMMDD; 0 is none: the other one stands. */
uint32_t inq_day_earlier(uint32_t a, uint32_t b);

/*
 * Enters the day from which anyone could have those samples of the family `label` whose
 * name begins with `prefix`; of several days the earliest stands, also where
 * the same sample comes again. `*ret_samples` is how many there are.
 *
 * INQ_BAD_ARGUMENT  the date is none
 */
INQ_MUST enum inq_status inq_corpus_builder_publish(struct inq_corpus_builder *b, const char *label,
        const char *prefix, uint32_t published, uint32_t *ret_samples, struct inq_error *err);

/* How many samples it holds under this label; 0 where it is not named. */
uint32_t inq_corpus_builder_samples(const struct inq_corpus_builder *b, const char *label);

/*
 * Writes the corpus to `out`, from first byte to last, never going back, and
 * flushes it. `progress` (may be NULL) is told how far it is, in thousandths.
 * Afterwards, whatever the outcome, the builder can only be closed.
 *
 * INQ_NO_MEMORY   the builder's limit
 * INQ_OVER_LIMIT  more than 2^32 - 2 functions, features or samples
 * INQ_IO          `out` failed
 */
INQ_MUST enum inq_status inq_corpus_builder_write(struct inq_corpus_builder *b, struct inq_sink *out,
        void (*progress)(void *context, unsigned thousandths), void *context, struct inq_error *err);

/*
 * Writes `c` to `out` with `calibration` in place of the one it has; empty:
 * with none. All else stays as it is. `*ret_digest` (may be NULL) is that of
 * what was written.
 *
 * INQ_NO_MEMORY  libcrypto has none
 * INQ_IO         `out` failed
 */
INQ_MUST enum inq_status inq_corpus_write_calibrated(const struct inq_corpus *c, struct inq_bytes calibration,
        struct inq_sink *out, struct inq_sha256 *ret_digest, struct inq_error *err);

#endif
