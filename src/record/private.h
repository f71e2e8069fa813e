/* What the files of the record share: lines of the text formats. */
#ifndef RECORD_PRIVATE_H
#define RECORD_PRIVATE_H

#include <inquiry/arena.h>
#include <inquiry/hash.h>
#include <inquiry/note.h>
#include <inquiry/text.h>

/* Initialises libsodium. False where it cannot find randomness. */
INQ_MUST bool inq_sodium(void);

/*
 * The line at `*at` of `text`, without its LF, and moves `*at` past it. False,
 * with `*at` unmoved, where no LF follows.
 */
INQ_MUST bool inq_line(struct inq_bytes text, uint64_t *at, struct inq_bytes *ret);

/* A decimal number without leading zeroes, the whole of `text`. */
INQ_MUST bool inq_decimal(struct inq_bytes text, uint64_t *ret);

/* A hash in base64, the whole of `text`. */
INQ_MUST bool inq_hash_read(struct inq_bytes text, struct inq_sha256 *ret);

/*
 * Whether `text` is valid UTF-8 without control characters but LF, as notes must be. Else `*ret_at` is
 * where it is not.
 */
INQ_MUST bool inq_text_holds(struct inq_bytes text, uint64_t *ret_at);

bool inq_bytes_same(struct inq_bytes l, struct inq_bytes r);

/* Orders byte by byte, the shorter first: below 0, 0, above 0. */
int inq_bytes_order(struct inq_bytes l, struct inq_bytes r);

/* The inert form of `b` in at most `most` columns, NUL-terminated in the arena; NULL where that is full. */
const char *inq_inert(struct inq_arena *a, struct inq_bytes b, size_t most);

/* The first byte of a request to open a box, which follows; else it is the role of the key that is to sign. From
 * INQ_BLIND_REQUEST of blind.h on they are others. */
enum { REQUEST_OPEN = 16 };

/* How a note stands to one key: no signature of it, one that holds (then `*ret_time`), one that does not. */
enum inq_signed { SIGNED_NOT, SIGNED_WELL, SIGNED_FALSELY };
enum inq_signed inq_note_signed_by(
        const struct inq_note *note, const struct inq_vkey *key, struct inq_arena *a, uint64_t *ret_time);

#endif
