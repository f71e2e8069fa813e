/*
 * The verifier's own notes while it works. Its parts, in the order in which
 * they run:
 *
 *     load.c      policy, logs, tiles, entries and their signatures   V0, V1 (its parts: load.h)
 *     heads.c     the signatures of heads, cosignatures, forks        V1
 *     resolve.c   numbering, heads seen, citations, custody           V2
 *     objects.c   what entries name, files that nobody names          V0, V2
 *     blind.c     private comparisons: who with whom, once, of what   V2
 *     standing.c  the order of entries, and the status of each
 */
#ifndef RECORD_VERIFY_H
#define RECORD_VERIFY_H

#include "record/private.h"
#include <inquiry/record.h>

enum { HEIGHTS = 40, KEYS_MOST = 1024 };

/* A key of a party and the entries, or heads, for which it is in force. */
struct key_span {
	enum inq_key_role role;
	struct inq_vkey key;
	uint64_t from,
	        to; /* entries `from` to `to` - 1 are signed by it; `to` is UINT64_MAX while it is in force */
	bool revoked;
};

/* That a writer had seen more of another log than before. */
struct advance {
	unsigned log;
	uint64_t size;
	struct inq_sha256 root;
};

/* What an entry of a private comparison says. */
struct blind_fact {
	struct inq_blind_said said; /* of a commitment */
	struct inq_bytes with;
	struct inq_sha256 peer;
	uint64_t count;
};

/* What the verifier keeps of an entry besides its public record. */
struct fact {
	bool read;
	struct inq_digest_or_none prev;
	uint64_t seq;
	const struct advance *advances;
	size_t advance_count;
	const struct inq_sha256 *cites;
	size_t cite_count;
	const struct inq_sha256 *subjects;
	size_t subject_count;
	struct inq_sha256 of;
	struct inq_sha256 result, work; /* of a result: inq_entry_work */
	struct inq_sha256 objects[2]; /* it names */
	unsigned object_count;
	uint64_t size; /* of the exhibit, or of the result */
	enum inq_dispute_reason dispute;
	const struct inq_bytes *recipient_names; /* of a sealed exhibit: the parties that it is sealed to */
	size_t recipient_count;
	uint64_t recipients; /* those of them that are parties of the record */
	enum inq_rerun_outcome outcome;
	struct inq_digest_or_none joins;
	struct inq_bytes origin, log_key; /* of a fork */
	bool names_absent; /* a head of a log that is not in the record */
	const struct blind_fact *blind; /* of a private comparison; NULL: it is none */
};

/* An entry whose hash is not what its tile states: one of the two was changed. */
struct conflict {
	size_t entry;
	uint64_t index;
	bool held; /* the entry, for all else that was looked at */
};

struct log {
	const char *party, *origin;
	struct inq_vkey policy_key;
	bool has_head;
	struct inq_checkpoint head;
	struct inq_note note; /* of the head */
	size_t first, count; /* in `entries` */
	uint64_t leaves; /* in the tree */
	struct inq_sha256 *nodes[HEIGHTS];
	uint64_t node_count[HEIGHTS];
	size_t node_room[HEIGHTS];
	struct conflict *conflicts;
	size_t conflict_count, conflict_room;
	struct key_span *keys;
	size_t key_count, key_room;
	bool has_charter;
	bool is_here; /* the bundle's policy names it */
	const struct inq_record_known_log *known; /* NULL: nothing of it */
	uint64_t known_size; /* entries */
	struct inq_seen *seen; /* heads that its known entries had named, by log */
	bool contradicts; /* what was known */
	bool whole; /* its entries lead to the root of its head */
	bool is_signed; /* its head is, by its key */
	bool forked, fork_revoked;
	uint64_t fork_at; /* where a proof in the record shows the first difference */
	uint64_t stands; /* entries that count, of a forked log */
	uint64_t names; /* logs that its entries name heads of */
	bool partial; /* its known entries name heads that cannot be looked at here */
	struct inq_bytes charter_payload; /* in the result's arena */
	struct inq_digest_or_none joins;
};

struct verifier {
	const struct inq_bundle_source *source;
	const struct inq_record_trust *trust;
	struct inq_arena *a;
	struct inq_record_result *result;
	struct log *logs;
	struct inq_record_log *log_results;
	size_t log_count;
	struct inq_record_absent *absent;
	size_t absent_count;
	const struct inq_policy *policy; /* the bundle's own */
	struct inq_record_entry *entries;
	struct fact *facts;
	size_t entry_count, entry_room, fact_room;
	struct inq_record_failure *failures;
	size_t failure_room;
	struct inq_record_unchecked *unchecked;
	size_t unchecked_room;
	unsigned spoiled; /* the lowest level with a failure */
	bool no_memory; /* the arena ran out: the result is not to be had */
	enum inq_status refused; /* by who takes in; then `no_memory` is set as well, which ends it all */
	struct inq_error why;
};

/* Where something is wrong: the fields that do not apply are NULL or INQ_NOWHERE. */
struct place {
	const char *file;
	const struct log *log;
	uint64_t index, at;
};

/* Notes a failure, where its level was asked for. `expected` and `found` may be NULL; all strings are copied. */
void inq_verifier_fail(struct verifier *v, unsigned level, enum inq_status status, struct place place,
        const char *expected, const char *found, const char *fmt, ...) INQ_PRINTF(7, 8);

/* The same for two digests. */
void inq_verifier_differ(struct verifier *v, unsigned level, enum inq_status status, struct place place,
        const struct inq_sha256 *expected, const struct inq_sha256 *found, const char *what);

/* Notes that `count` of something was not looked at; the same `what` again adds to it. */
void inq_verifier_unchecked(struct verifier *v, const char *what, uint64_t count);

/* An array of the arena with room for one more; notes where it ran out. */
void *inq_verifier_extend(struct verifier *v, void *at, size_t count, size_t *room, size_t size);

/* The root of the first `size` entries; false where the tree has fewer. */
INQ_MUST bool inq_log_root(const struct log *log, uint64_t size, struct inq_sha256 *ret);

/*
 * Whether the log as it is here is what its key signed: then, and only then,
 * another head that its key signed accuses whoever holds that key. Otherwise
 * anybody may have changed the files.
 */
bool inq_log_is_attested(const struct log *log);

/* The log with that origin, or NULL. */
struct log *inq_verifier_log(const struct verifier *v, struct inq_bytes origin);

/* The note of a log that is not in the record, made where there is none; NULL: it names none, or there are too many. */
struct inq_record_absent *inq_verifier_absent(struct verifier *v, struct inq_bytes origin);

/* The key of a role in force for entry `index`, or NULL. */
const struct key_span *inq_log_key(const struct log *log, enum inq_key_role role, uint64_t index);

/* The entry with that digest in `v`, after by_digest was made; SIZE_MAX where there is none. */
size_t inq_verifier_find(const struct verifier *v, const struct inq_sha256 *digest);

/* Sorts `count` indices by `order`, which compares two of them in `of`. */
void inq_sort_indices(
        uint32_t *at, size_t count, int (*order)(const void *of, uint32_t l, uint32_t r), const void *of);

/* Notes what a call of who takes in came to. */
void inq_verifier_taken(struct verifier *v, enum inq_status status, const struct inq_error *why);

INQ_MUST enum inq_status inq_verify_load(struct verifier *v, struct inq_error *err);
void inq_verify_heads(struct verifier *v);
void inq_verify_resolve(struct verifier *v);
void inq_verify_forks(struct verifier *v);
void inq_verify_objects(struct verifier *v);
void inq_verify_blind(struct verifier *v);
void inq_verify_standing(struct verifier *v);

/* A failure of level 2 at an entry, which then does not hold. `digest` may be NULL. */
void inq_verifier_spoil(struct verifier *v, size_t e, const char *what, const struct inq_sha256 *digest);

/* Reads and unpacks an object of `most` bytes; `name` is that of its file. */
INQ_MUST enum inq_status inq_verifier_object(const struct verifier *v, const struct inq_sha256 *digest,
        const char *name, uint64_t most, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/* Keeps what `e` says of a private comparison; NULL where it is none, or the arena is full. */
const struct blind_fact *inq_blind_fact(struct verifier *v, const struct inq_entry *e);

#endif
