/*
 * What a call says of itself: a status, grouped in tens by whose fault it is,
 * and an error that carries where and why in one sentence.
 *
 * Every call that can fail returns a status that must be looked at, and leaves
 * its outputs untouched on failure. The library never prints, exits or logs.
 */
#ifndef INQUIRY_STATUS_H
#define INQUIRY_STATUS_H

#include <stdint.h>

#define INQ_MUST __attribute__((warn_unused_result))
#define INQ_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

enum inq_status {
	INQ_OK = 0,
	/* the caller */
	INQ_BAD_ARGUMENT = 10,
	/* the machine */
	INQ_NO_MEMORY = 20,
	INQ_IO,
	INQ_TIMED_OUT,
	INQ_CRASHED,
	INQ_INTERRUPTED,
	/* the bytes under inquiry */
	INQ_TRUNCATED = 30,
	INQ_UNRECOGNISED,
	INQ_UNREADABLE,
	INQ_OVER_LIMIT,
	/* files this program wrote itself, and the record */
	INQ_CORRUPT = 40,
	INQ_TAMPERED, /* bytes do not give the digest, the root or the proof that stands for them */
	INQ_BAD_SIGNATURE,
	INQ_FORKED, /* one key signed two histories */
	INQ_UNRESOLVED, /* names an entry, a key or an object that is not there, or not in its place */
	INQ_LOCKED, /* the passphrase does not open the key */
	/* the store, and what others have done in it meanwhile */
	INQ_CONFLICT = 50,
	INQ_BUSY,
	INQ_NOT_FOUND,
};

/* `at` is an offset in bytes into the input that the call was given. */
struct inq_error {
	uint64_t at;
	char text[200];
};

/*
 * Fills `*err` (which may be NULL) with the sentence and returns `status`, so
 * that a failing function can end in `return inq_fail(...)`.
 */
enum inq_status inq_fail(struct inq_error *err, enum inq_status status, uint64_t at, const char *fmt, ...)
        INQ_PRINTF(4, 5);

/* The exit code of the command line that a status stands for (0, 2, 3 or 4; 1 for the record's, LOCKED aside). */
int inq_status_exit(enum inq_status status);

#endif
