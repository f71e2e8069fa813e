/*
 * Signed notes (c2sp.org/signed-note), checkpoints (c2sp.org/tlog-checkpoint)
 * and cosignatures (c2sp.org/tlog-cosignature).
 *
 *     text, ending in LF                      the checkpoint: origin LF
 *     LF                                          size LF base64(root) LF
 *     "— " name " " base64(key ID, signature) LF     once or more
 *
 * A cosignature is such a line, too: eight bytes of time, big-endian, then the
 * signature over "cosignature/v1" LF "time " time LF and the text.
 *
 * The text says nothing until a signature of a known key was verified.
 */
#ifndef INQUIRY_NOTE_H
#define INQUIRY_NOTE_H

#include <inquiry/hash.h>
#include <inquiry/key.h>

enum {
	INQ_NOTE_MOST = 1 << 20, /* bytes */
	INQ_NOTE_SIGNATURES = 64, /* the specification wants 16 at the least */
};

struct inq_note_signature {
	struct inq_bytes name;
	uint32_t id;
	struct inq_bytes bytes; /* after the key ID */
	struct inq_bytes line; /* the whole line with its LF, borrowed from the note */
};

struct inq_note {
	struct inq_bytes text; /* with its last LF, borrowed */
	const struct inq_note_signature *signatures;
	size_t count;
};

/*
 * Reads a note without looking at whether its signatures hold.
 *
 * INQ_UNRECOGNISED  not a note; `err->at` is where
 * INQ_OVER_LIMIT    too long, or too many signatures
 */
INQ_MUST enum inq_status inq_note_read(
        struct inq_bytes bytes, struct inq_arena *a, struct inq_note *ret, struct inq_error *err);

/* What became of one key in inq_note_verify. */
struct inq_note_verified {
	bool here; /* the note bears its signature, and it holds */
	uint64_t time; /* of a cosignature, the latest: seconds since 1970, as its maker says */
};

/*
 * Verifies all signatures of the note that are of one of `keys`; `ret` has a
 * place for each key. Signatures of others, by name and key ID, are passed
 * over, as the specification has it.
 *
 * INQ_BAD_SIGNATURE  a signature of a known key does not hold, or there is none of any known key
 */
INQ_MUST enum inq_status inq_note_verify(const struct inq_note *note, const struct inq_vkey *keys,
        size_t count, struct inq_note_verified *ret, struct inq_error *err);

/*
 * Writes a note: the text and a signature of each signer. For a cosigner's
 * key the signature is a cosignature with `time`. The text must be one that
 * inq_note_read takes and, for a cosigner, a checkpoint.
 *
 * INQ_BAD_ARGUMENT  it is not
 * and what signing gives; then `*ret` is untouched
 */
INQ_MUST enum inq_status inq_note_sign(struct inq_bytes text, const struct inq_signer *signers, size_t count,
        uint64_t time, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/*
 * One signature line for `text`, as inq_note_sign would write it: what a
 * cosigner gives back. It can be put at the end of a note as it is.
 */
INQ_MUST enum inq_status inq_note_line(struct inq_bytes text, const struct inq_signer *signer, uint64_t time,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/* The head of a log. */
struct inq_checkpoint {
	struct inq_bytes origin;
	uint64_t size;
	struct inq_sha256 root;
	struct inq_bytes extension; /* the lines after the third, each with its LF; empty as a rule */
};

/*
 * Reads the text of a note as a checkpoint.
 *
 * INQ_UNRECOGNISED  it is none: a size with leading zeroes, a root that is not 32 bytes, an empty line
 */
INQ_MUST enum inq_status inq_checkpoint_read(
        struct inq_bytes text, struct inq_checkpoint *ret, struct inq_error *err);

/* The text of a checkpoint; INQ_BAD_ARGUMENT where inq_checkpoint_read would not give it back. */
INQ_MUST enum inq_status inq_checkpoint_write(
        const struct inq_checkpoint *head, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/*
 * The origin of a party's log in a case: party "/" case. It is the name of the
 * log's key in the case as well. NUL-terminated; `case_id` is 32 hex digits.
 */
enum { INQ_CASE_ID = 32, INQ_ORIGIN_MOST = INQ_PARTY_MOST + 1 + INQ_CASE_ID + 1 };
void inq_origin(struct inq_bytes party, struct inq_bytes case_id, char ret[INQ_ORIGIN_MOST]);

#endif
