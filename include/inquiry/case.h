/*
 * A case: an inquiry that is held. It joins the record, which knows what an
 * entry is, with the store, which keeps it, and gives the commands what they
 * need to write and read.
 *
 * A case has the logs of its parties; one of them, the *own* log, is written
 * here. Entries are named PARTY/INDEX, or by the first digits of their digest.
 * All that is known of a case follows from its logs: what was read of them is
 * kept in memory, some hundred bytes an entry, and never written.
 *
 * Secrets are elsewhere: the writer names public keys and somebody to ask for
 * signatures (key.h).
 *
 * A case belongs to one thread at a time. What calls hand out lives as long as
 * the arena that they were given, or as it says.
 */
#ifndef INQUIRY_CASE_H
#define INQUIRY_CASE_H

#include <inquiry/bundle.h>
#include <inquiry/entry.h>
#include <inquiry/record.h>
#include <inquiry/store.h>

enum {
	INQ_CASE_BATCH = 100, /* entries that one transaction makes durable, at most */
	INQ_CASE_NAME = INQ_PARTY_MOST + 22, /* bytes of PARTY/INDEX with its NUL */
	INQ_CASE_PREFIX = 8, /* digits of a digest that name an entry, at least */
};

/* Bytes of an object, an exhibit or a result: what can be published and verified. */
#define INQ_CASE_OBJECT_MOST ((uint64_t)1 << 30)

/* Who writes, with what keys, and what the clock says. */
struct inq_case_writer {
	struct inq_party_keys keys; /* under the party's name, as the key file has them */
	struct inq_asker asker; /* who holds the secrets */
	uint64_t time; /* seconds since 1970 */
};

struct inq_case;

/*
 * Opens a case, to read it or to write it, and reads its logs. `address` is
 * that of a store (store.h). Everything of it lives in `a`, until
 * inq_case_close; it may not be used by others meanwhile.
 *
 * INQ_UNRECOGNISED  a store, but no case
 * and what the store gives
 */
INQ_MUST enum inq_status inq_case_open(
        const char *address, bool write, struct inq_arena *a, struct inq_case **ret, struct inq_error *err);

/* What a case begins with. */
struct inq_case_start {
	const char *id; /* 32 hex digits that no other case has */
	const char *title;
	const char *text; /* or NULL */
};

/* An entry that was made: known to all once inq_case_commit has returned INQ_OK. */
struct inq_case_entered {
	uint64_t index;
	enum inq_entry_type type;
	uint64_t time; /* as it stands in the entry */
	struct inq_sha256 digest;
};

/*
 * Makes the store, a log for the writer's party, and its charter, the first
 * entry. There is no such case before INQ_OK.
 *
 * INQ_CONFLICT  there is something at `address`
 */
INQ_MUST enum inq_status inq_case_create(const char *address, const struct inq_case_start *start,
        const struct inq_case_writer *writer, struct inq_arena *a, struct inq_case **ret,
        struct inq_case_entered *ret_charter, struct inq_error *err);

/* Closes it; what was not committed never was. NULL is allowed. */
void inq_case_close(struct inq_case *c);

const char *inq_case_id(const struct inq_case *c);
/* The party whose log is written here. */
const char *inq_case_party(const struct inq_case *c);
/* As it stands in the charter that opened the case, not inert; NULL where none could be read. */
const char *inq_case_title(const struct inq_case *c);
/* The store beneath, for objects. Its transactions are the case's to begin and end. */
struct inq_store *inq_case_store(struct inq_case *c);

/*
 * Writing: begin, enter any number of entries up to INQ_CASE_BATCH, commit.
 * From begin on nobody else writes, and all is known that others had written.
 * After a failure of enter, and at any time, inq_case_rollback undoes it all;
 * nothing is known of the entries then until the next begin or freeze.
 *
 * INQ_BAD_ARGUMENT  the writer is not the party of this case, or its keys are not in force, or revoked
 * INQ_BUSY          somebody else is writing
 */
INQ_MUST enum inq_status inq_case_begin(
        struct inq_case *c, const struct inq_case_writer *writer, struct inq_error *err);

/*
 * Makes an entry of the fields of its type that `e` has: case, party, place,
 * the entry before it, the heads seen and the time are filled in. The time is
 * the writer's, or that of the entry before it where that is later: a log's
 * times never go back, and whoever made the entry is to be told.
 *
 * What a verifier would find fault with is not signed.
 *
 * INQ_BAD_ARGUMENT  a field is missing or too long; a claim without grounds ("no grounds given"); not
 *                   this party's to withdraw, to open or to revoke
 * INQ_UNRESOLVED    names an entry or exhibit that is not in the case
 * INQ_CONFLICT      the party has entered that exhibit before
 * INQ_OVER_LIMIT    the entry or the batch is too large
 */
INQ_MUST enum inq_status inq_case_enter(
        struct inq_case *c, const struct inq_entry *e, struct inq_case_entered *ret, struct inq_error *err);

/* Signs the new head and makes everything durable, or nothing. Ends the writing either way. */
INQ_MUST enum inq_status inq_case_commit(struct inq_case *c, struct inq_error *err);
void inq_case_rollback(struct inq_case *c);

/*
 * Replaces the party's three keys by those of `to`, which must be of the same
 * party: an entry for each, in which the new key shows that the party has it.
 * From then on the case is written with `to`.
 *
 * INQ_BAD_ARGUMENT  the new keys are another party's, or are in force already
 */
INQ_MUST enum inq_status inq_case_rotate(struct inq_case *c, const struct inq_case_writer *from,
        const struct inq_case_writer *to, const char *reason, struct inq_case_entered ret[INQ_ROLES],
        struct inq_error *err);

/* What is kept of each entry of each log. Valid until the next call that begins, enters or rolls back. */
struct inq_case_entry {
	struct inq_sha256 digest;
	struct inq_sha256 subject; /* the first one, where there is one */
	struct inq_sha256 of; /* of the types that have it */
	struct inq_sha256 result, work; /* of a result: inq_entry_work */
	uint64_t index, time, size;
	uint32_t log;
	enum inq_entry_type type; /* INQ_ENTRY_TYPES where it could not be read */
	bool has_subject;
	bool to_own; /* a sealed exhibit that the own party can open: its own, or sealed to it */
	const struct inq_bytes *recipients; /* of a sealed exhibit */
	size_t recipient_count;
};

size_t inq_case_count(const struct inq_case *c);
const struct inq_case_entry *inq_case_entry(const struct inq_case *c, size_t i);
const char *inq_case_log_name(const struct inq_case *c, uint32_t log);
size_t inq_case_log_count(const struct inq_case *c);
uint64_t inq_case_log_size(const struct inq_case *c, uint32_t log);

/* "alice/12" */
void inq_case_entry_name(const struct inq_case *c, const struct inq_case_entry *e, char ret[INQ_CASE_NAME]);

/*
 * The entry that `name` means: PARTY/INDEX, INDEX (of the own log), or at least
 * INQ_CASE_PREFIX digits of a digest.
 *
 * INQ_NOT_FOUND     there is none
 * INQ_BAD_ARGUMENT  it is no such name, or several digests begin like that
 */
INQ_MUST enum inq_status inq_case_find(
        struct inq_case *c, const char *name, const struct inq_case_entry **ret, struct inq_error *err);

/* The entry with that digest, the own party's entry of that exhibit, or its entry of that work; NULL: none. */
const struct inq_case_entry *inq_case_by_digest(const struct inq_case *c, const struct inq_sha256 *digest);
const struct inq_case_entry *inq_case_exhibit(const struct inq_case *c, const struct inq_sha256 *subject);
const struct inq_case_entry *inq_case_work(const struct inq_case *c, const struct inq_sha256 *work);

/* The entry that opened what the entry sealed or withheld, by whomever; NULL: none did. */
const struct inq_case_entry *inq_case_unsealed(const struct inq_case *c, const struct inq_case_entry *sealed);

/* An entry, of any party, that seals that exhibit and that the own party can open; NULL: none. */
const struct inq_case_entry *inq_case_sealed(const struct inq_case *c, const struct inq_sha256 *subject);

/* An entry of any party by which everybody has the bytes of that exhibit; NULL: none. */
const struct inq_case_entry *inq_case_shown(const struct inq_case *c, const struct inq_sha256 *subject);

/*
 * Seals an exhibit of the own party to others, whose entry keys are those in
 * force here; `read` gives its bytes, which must have that digest and size.
 * The object is the caller's to put into the store and to name in an entry.
 *
 * INQ_NOT_FOUND     a recipient is no party of this case, or its entry key was revoked
 * INQ_BAD_ARGUMENT  no recipient, or one twice
 * INQ_OVER_LIMIT    the object is longer than one may be
 * and what inq_seal gives
 */
INQ_MUST enum inq_status inq_case_seal(struct inq_case *c, const struct inq_sha256 *digest, uint64_t size,
        const struct inq_bytes *recipients, size_t count,
        enum inq_status (*read)(void *context, uint8_t *at, size_t len, size_t *got, struct inq_error *err),
        void *context, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/*
 * The bytes of a sealed exhibit, which have its digest, opened by whom
 * `writer` asks.
 *
 * INQ_LOCKED     it is sealed to others, or to another key of this party
 * INQ_NOT_FOUND  the object that seals it is not in this case
 * INQ_TAMPERED   it is not what the entry says, or was changed
 */
INQ_MUST enum inq_status inq_case_open_sealed(struct inq_case *c, const struct inq_case_entry *e,
        const struct inq_case_writer *writer, struct inq_arena *a, struct inq_bytes *ret,
        struct inq_error *err);

/* Reads an entry anew, with all its fields; `ret_bytes`, as it is stored, may be NULL. */
INQ_MUST enum inq_status inq_case_read(struct inq_case *c, const struct inq_case_entry *e,
        struct inq_arena *a, struct inq_entry *ret, struct inq_bytes *ret_bytes, struct inq_error *err);

/* The proof, a tlog-proof, that the entry is in its log as the last head signs it. */
INQ_MUST enum inq_status inq_case_proof(struct inq_case *c, const struct inq_case_entry *e,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/*
 * The same under the last head that `party` countersigned.
 *
 * INQ_NOT_FOUND  it countersigned none that has the entry
 */
INQ_MUST enum inq_status inq_case_proof_by(struct inq_case *c, const struct inq_case_entry *e,
        const char *party, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/* The keys of a log that are in force. INQ_NOT_FOUND  its charter could not be read */
INQ_MUST enum inq_status inq_case_keys(
        const struct inq_case *c, uint32_t log, struct inq_party_keys *ret, struct inq_error *err);

/*
 * The case as the bundle that would be published now: the source lives as long
 * as the case. Between inq_case_freeze and inq_case_thaw all that is read is of
 * one moment, whatever others write.
 */
void inq_case_bundle(struct inq_case *c, struct inq_bundle_source *ret);
INQ_MUST enum inq_status inq_case_freeze(struct inq_case *c, struct inq_error *err);
void inq_case_thaw(struct inq_case *c);

struct inq_case_published {
	uint64_t files, bytes;
	uint64_t missing; /* objects that entries name and this case has not */
};

/* A file beside the record, which does not cover it: made of it, for people. */
struct inq_case_extra {
	const char *name; /* INQ_CASE_REPORT or INQ_CASE_ALIGNMENTS */
	struct inq_bytes bytes;
};
#define INQ_CASE_REPORT "report.html"
#define INQ_CASE_ALIGNMENTS "alignments.jsonl"

/*
 * Writes the bundle, and the extras beside it, to the folder `path`: all of it
 * or nothing, and between freeze and thaw that of this moment. One that was
 * published there before is replaced; what this program did not write never is.
 * The same case gives the same bytes, whatever store it is kept in.
 *
 * INQ_CONFLICT  something else is there
 * INQ_IO        it cannot be written
 */
INQ_MUST enum inq_status inq_case_publish(struct inq_case *c, const char *path,
        const struct inq_case_extra *extras, size_t extra_count, struct inq_case_published *ret,
        struct inq_error *err);

/* A bundle in the folder `path`, for inq_record_verify. `a` is for names and lives as long as the source. */
struct inq_case_folder {
	const char *path;
	struct inq_arena *a;
};
void inq_case_folder_bundle(struct inq_case_folder *folder, struct inq_bundle_source *ret);

#endif
