/* What the files of the case share. */
#ifndef CASE_PRIVATE_H
#define CASE_PRIVATE_H

#include <inquiry/case.h>

/* Numbers by digest: open addressing, never more than half full. A zeroed one is empty. */
struct digests {
	struct digests_slot {
		struct inq_sha256 key;
		uint32_t value; /* one more than it is; 0: the slot is free */
	} * slots;
	size_t count, room; /* room is a power of two, or 0 */
};

/* Keeps the first value of a key. False on the arena's limit. */
INQ_MUST bool digests_add(
        struct digests *d, const struct inq_sha256 *key, uint32_t value, struct inq_arena *a);
INQ_MUST bool digests_find(const struct digests *d, const struct inq_sha256 *key, uint32_t *ret);

/* What was read of a log. */
struct log {
	const char *name, *origin;
	uint64_t size; /* entries that were read */
	struct inq_sha256 last; /* digest of the last of them */
	uint64_t time; /* of the last one that could be read */
	struct inq_party_keys keys; /* in force; the log's own under its origin */
	bool revoked[INQ_ROLES];
	bool has_keys; /* its charter was read */
	bool joins;
	struct inq_bytes charter; /* its statement */
	struct inq_sha256 charter_digest;
	struct inq_seen *seen; /* the heads that it named last */
	size_t seen_count, seen_room;
	uint64_t *whole; /* where entries stand that others are read by, see inq_record_wants_whole */
	size_t whole_count, whole_room;
	size_t *at, room; /* entry index -> index in `entries` */
};

/* What an entry of a fork says. */
struct fork_said {
	struct inq_bytes origin;
	struct inq_vkey key;
};

struct inq_case {
	struct inq_store *store;
	struct inq_arena *a; /* the caller's */
	const char *id, *party, *title;
	uint32_t own;

	/* What follows from the logs; forgotten by a rollback. */
	struct inq_arena *known;
	struct log *logs;
	size_t log_count, log_room;
	struct inq_case_entry *entries;
	size_t entry_count, entry_room;
	struct fork_said *forks;
	size_t fork_count, fork_room;
	struct digests by_digest, exhibits, works;
	struct digests objects; /* that entries name */
	struct digests subjects; /* exhibits of all parties */
	struct digests keys; /* that parties have or had, see case_key_digest */
	struct digests revoked; /* those of them that were revoked */
	struct digests public; /* the same public keys, whatever their role: the log that named them first */
	struct digests sealed, shown; /* exhibits that the own party can open, and that everybody can */
	struct digests unsealed; /* what was unsealed, by the entry that sealed or withheld it */

	/* While writing. */
	struct inq_arena *batch; /* NULL: nothing is being written */
	struct inq_case_writer writer;
	struct inq_remote remotes[INQ_ROLES];
	struct inq_signer signers[INQ_ROLES];
	struct inq_seen *seen;
	size_t seen_count;
	struct inq_bytes queue[INQ_CASE_BATCH];
	size_t queued;
	bool frozen;
};

/* Reads what the logs have that is not known yet. */
INQ_MUST enum inq_status case_look(struct inq_case *c, struct inq_error *err);

/* Whether an entry would break a rule of the record for this case; see inq_case_enter. */
INQ_MUST enum inq_status case_refuse(
        const struct inq_case *c, const struct inq_entry *e, struct inq_error *err);

/* A key of a log in its role, whatever it is called. */
void case_key_digest(
        uint32_t log, enum inq_key_role role, const struct inq_vkey *key, struct inq_sha256 *ret);

/* Whether an entry of the case proves that the log was forked, by a key of the log's. */
bool case_forked(const struct inq_case *c, uint32_t log);

/* Forgets all that is known. */
void case_forget(struct inq_case *c);

/* Takes an entry over into what is known. `e` is NULL where it could not be read. */
INQ_MUST enum inq_status case_take(struct inq_case *c, uint32_t log, const struct inq_sha256 *digest,
        const struct inq_entry *e, struct inq_error *err);

/* Between whoever makes the store and the first entry: see inq_case_begin. */
INQ_MUST enum inq_status case_write_begin(
        struct inq_case *c, const struct inq_case_writer *writer, struct inq_error *err);

/* A case without a store, for a party that is yet to write. */
INQ_MUST enum inq_status case_make(const struct inq_case_writer *writer, struct inq_arena *a,
        struct inq_case **ret, struct inq_error *err);

/* In a store that was just made: the party's log, and the charter, which joins that of `joins` or opens the case. */
INQ_MUST enum inq_status case_log_open(
        struct inq_case *c, const struct inq_case_writer *writer, struct inq_error *err);
INQ_MUST enum inq_status case_charter(struct inq_case *c, const struct inq_case_start *start,
        const struct inq_sha256 *joins, struct inq_case_entered *ret, struct inq_error *err);

/* The last head of a log with its cosignatures, as it is published. */
INQ_MUST enum inq_status case_checkpoint(struct inq_case *c, uint32_t log, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_checkpoint *ret_head, struct inq_error *err);

/* The last head of the log of that origin that a party cosigned, as a bundle has it. INQ_NOT_FOUND: none */
INQ_MUST enum inq_status case_cosigned(struct inq_case *c, const char *origin, const char *by,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/* Keeps it, a head with the log's signature and that cosignature; `*ret_new` is set where it was not kept before. */
INQ_MUST enum inq_status case_cosigned_keep(struct inq_case *c, uint32_t log, const char *origin,
        const char *by, struct inq_bytes note, bool *ret_new, struct inq_error *err);

enum inq_status case_no_memory(struct inq_error *err);

#endif
