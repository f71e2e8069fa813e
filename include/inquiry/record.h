/*
 * Verifying a record, and what follows from it for each entry.
 *
 * Levels, each with all those before it:
 *
 *     V0  bytes and roots: every file is what its name, the tree or a digest says
 *     V1  signatures: of every entry and head, cosignatures, quorum
 *     V2  every citation and custody step resolves: numbering, previous entries,
 *         heads seen, keys rotated and revoked, charters, objects that are there
 *
 * V3 (the analysis run again) and V4 (the conclusions recomputed) need the
 * analysis; who has it goes on from here.
 *
 * Verification goes on after a failure wherever it can: each becomes a line
 * that names log, entry, file and byte, what was expected and what was found.
 * What could not be looked at is a line, too. Everything is computed from the
 * bundle and the keys alone: two verifiers come to the same result.
 *
 * Takes time linear in the bundle but for logarithms, and memory of some
 * hundred bytes an entry besides one file at a time.
 */
#ifndef INQUIRY_RECORD_H
#define INQUIRY_RECORD_H

#include <inquiry/bundle.h>
#include <inquiry/entry.h>

struct inq_json;

enum {
	INQ_PARTIES_MOST = 64, /* logs of a record */
	INQ_FAILURES_MOST = 1000, /* kept; more are counted */
};

/*
 * What was verified before: logs, each from its first entry on. With it, only
 * what a bundle adds is read, and it is held against this; the verdict on what
 * is added is the one that the whole would get. Everything lives as long as
 * the verification.
 */
struct inq_record_known_entry {
	struct inq_sha256 digest;
	struct inq_sha256 subject; /* the first, where there is one */
	struct inq_sha256 result, work; /* of a result: inq_entry_work */
	enum inq_entry_type type; /* INQ_ENTRY_TYPES where it could not be read */
	uint64_t size; /* of the exhibit, or of the result */
	bool has_subject;
	const struct inq_bytes *recipients; /* of a sealed exhibit */
	size_t recipient_count;
};

struct inq_record_known_whole {
	uint64_t index;
	struct inq_bytes entry;
};

/* Whether what follows an entry of that type is read by all that it says. */
bool inq_record_wants_whole(enum inq_entry_type type);

struct inq_record_known_log {
	const char *party, *origin;
	uint64_t size; /* entries */
	const struct inq_seen *seen; /* the heads that it had named in the end */
	size_t seen_count;
	/* In order those of its entries that later ones are read by: its charter, keys, private comparisons. */
	const struct inq_record_known_whole *whole;
	size_t whole_count;
	bool forked;
};

struct inq_record_known {
	const struct inq_record_known_log *logs;
	size_t log_count;
	void (*entry)(void *context, size_t log, uint64_t index, struct inq_record_known_entry *ret);
	/* Whether the object is there already, and how long it is. */
	enum inq_status (*object)(void *context, const struct inq_sha256 *digest, bool *ret,
	        uint64_t *ret_size, struct inq_error *err);
	void *context;
};

/*
 * Where what is read goes, for who keeps it: each entry that is not known, log
 * by log in order, and each object that is not known and has its digest. They
 * come before it is clear that all holds. What a call fails with, the
 * verification fails with.
 */
struct inq_record_intake {
	enum inq_status (*entry)(void *context, const char *origin, uint64_t index, struct inq_bytes entry,
	        struct inq_error *err);
	enum inq_status (*object)(void *context, const struct inq_sha256 *digest, struct inq_bytes content,
	        struct inq_error *err);
	void *context;
};

/*
 * Which parties may come in beside those that are known: for who takes in, since
 * whoever publishes a bundle can put logs of anybody's making beside their own.
 */
struct inq_record_consent {
	const char *const *parties; /* by name */
	size_t party_count;
	/* Others come in, too, where the bundle brings no more of them than that; else none of them does. */
	size_t others;
};

/* What the user brings along. All may be empty: then there is the bundle's word alone. */
struct inq_record_trust {
	/*
	 * Keys the user has from elsewhere. One of a party is enough: an entry key,
	 * or the log key that signed the head; it vouches for the log's charter, which
	 * names the others. What a log merely names vouches for nothing. A key is
	 * the party's where type, public key and name (the party's or the log's
	 * origin) agree.
	 */
	const struct inq_vkey *keys;
	size_t key_count;
	const struct inq_policy *policy; /* may be NULL; its logs count as keys, its quorum is demanded */
	unsigned level; /* the highest level to go for, 0 to 2 */
	uint64_t object_most; /* bytes: a larger object is not unpacked but listed as not checked */
	const struct inq_record_known *known; /* may be NULL; where it is not, entries have no status */
	const struct inq_record_consent
	        *consent; /* NULL: every party that the bundle brings is of the record */
	const struct inq_record_intake *intake; /* may be NULL */
	/*
	 * Looks at the result of a private comparison: whether `count` elements are opened by both,
	 * against both commitments. inq_blind_check of blind.h fits. NULL: results are not looked at, and that is said.
	 */
	enum inq_status (*blind)(struct inq_bytes object, const struct inq_blind_said *offer,
	        const struct inq_blind_said *answer, uint64_t count, struct inq_arena *a,
	        struct inq_error *err);
};

/* At no place: `party`, `index` or `at` of a failure. */
#define INQ_NOWHERE UINT64_MAX

struct inq_record_failure {
	unsigned level; /* the level that it spoils */
	enum inq_status status;
	const char *file; /* the file of the bundle, or NULL */
	const char *party; /* whose log, or NULL; a name that holds */
	uint64_t index; /* the entry, or INQ_NOWHERE */
	uint64_t at; /* the byte of the entry or the file, or INQ_NOWHERE */
	const char *what; /* a sentence; strings of the bundle in it are inert */
	const char *expected, *found; /* inert; NULL where they say nothing */
};

/* Something that was not looked at, in a sentence, with how many there are of it. */
struct inq_record_unchecked {
	const char *what;
	uint64_t count;
};

/* How another party's countersignature of a log stands. */
struct inq_record_cosigner {
	unsigned party; /* index into `logs` */
	uint64_t size; /* of the largest head it cosigned; 0: none */
	uint64_t time; /* when, as it says */
};

enum inq_key_origin {
	INQ_KEYS_FROM_BUNDLE, /* nobody but the bundle says that these are the party's keys */
	INQ_KEYS_FROM_USER,
};

struct inq_record_log {
	const char *party;
	const char *origin;
	uint64_t size; /* of the head that is here; 0: there is none */
	struct inq_sha256 root;
	uint64_t known; /* entries that were known before */
	bool contradicts; /* what was known of it, by its head or its entries */
	size_t first; /* index of its first entry in `entries` */
	size_t count; /* entries of it in `entries`: `size`, less where files are missing */
	/*
	 * Two heads that its key signed contradict each other, or a fork proof holds. Never for
	 * files that are merely damaged: whoever carries them could damage them. A proof that an
	 * entry brings spoils no level: what others wrote holds as before.
	 */
	bool forked;
	bool fork_revoked; /* the key that signed both histories was revoked: party or thief, nobody can tell */
	uint64_t stands; /* of a forked log: entries that count, see formats/record.md, "Forks" */
	bool is_signed; /* its head, by its key */
	enum inq_key_origin keys;
	struct inq_party_keys current; /* after all rotations */
	bool revoked[INQ_ROLES];
	const struct inq_record_cosigner *cosigners; /* every other party of the record */
	size_t cosigner_count;
};

/* What an entry rests on that weakens it; of what it cites, and what that cites, to the end. */
enum inq_rests {
	INQ_RESTS_DISPUTED = 1,
	INQ_RESTS_WITHDRAWN = 2,
	INQ_RESTS_SEALED = 4, /* on an exhibit whose bytes are encrypted */
	INQ_RESTS_WITHHELD = 8, /* on an exhibit of which there is the digest alone */
	INQ_RESTS_UNPROVED = 16, /* on an entry that did not verify, or is not there */
	INQ_RESTS_STATEMENT = 32, /* on a statement without grounds */
	INQ_RESTS_NOT_REPRODUCED =
	        64, /* on a result that came out otherwise when another party made it again */
};
enum { INQ_RESTS_COUNT = 7 };

/* By bit, from 0: "disputed", "withdrawn", "sealed", "withheld", "unproved", "statement", "not-reproduced". */
const char *inq_rests_name(unsigned bit);

/* An entry and its computed status. Sets of parties are bits by index into `logs`. */
struct inq_record_entry {
	struct inq_sha256 digest;
	enum inq_entry_type type; /* INQ_ENTRY_TYPES where it could not be read */
	unsigned party;
	uint64_t index;
	uint64_t time;
	bool holds; /* it was read, is in its tree, is signed, and nothing at V2 is wrong with it */
	bool forked; /* it stands in a forked log where it does not count: then it does not hold either */
	bool withdrawn;
	uint64_t supported_by, disputed_by;
	uint64_t contested; /* of `disputed_by`: parties all of whose disputes of it are disputed in turn */
	uint32_t reasons; /* of disputes that stand: a bit by enum inq_dispute_reason */
	uint32_t rests_on; /* enum inq_rests, of what it rests on, not of itself */
	uint64_t reproduced_by,
	        differs_by; /* parties whose last standing rerun says so, other than its own */
	uint64_t doubted; /* of these two: parties whose rerun is disputed */
	uint64_t named; /* whose reruns count: whom its party's log names, or the only other party */
	uint64_t
	        open_to; /* parties that can open all exhibits it is about: their own, open ones, those sealed to them */
	struct inq_digest_or_none unsealed_by; /* of a sealed or withheld exhibit */
};

/*
 * A log that entries name heads of, or the policy names, and that is not in the
 * record: its party was not taken in, or the log was taken out. What entries
 * say of it cannot be looked at.
 */
struct inq_record_absent {
	const char *party, *origin;
	uint64_t named_by; /* parties, as bits by index into `logs` */
	uint64_t size; /* of the largest head of it that was named; 0: none was */
	bool is_here; /* the bundle has it, and there was no consent */
	struct inq_vkey log_key; /* then: as the policy names it */
};

struct inq_record_result {
	int level; /* reached: -1 where not even V0 was */
	unsigned asked; /* the level gone for */
	char case_id[INQ_CASE_ID + 1]; /* "" where no log says */
	const char *title; /* of the case; as it was written: make it inert. NULL where no charter was read */
	const struct inq_record_failure *failures; /* in the order in which they were found */
	size_t failure_count;
	uint64_t failure_total; /* with those beyond INQ_FAILURES_MOST */
	const struct inq_record_unchecked *unchecked;
	size_t unchecked_count;
	const struct inq_record_log *logs; /* by party, byte by byte */
	size_t log_count;
	const struct inq_record_absent
	        *absent; /* as many as there can be parties; others are counted in `unchecked` */
	size_t absent_count;
	const struct inq_record_entry *entries; /* log by log, by index */
	size_t entry_count;
	const uint32_t *order; /* all entries in one order, the same for everybody; see inq_record_verify */
	const uint32_t *by_digest; /* all entries by digest: for inq_record_find */
	uint64_t objects, objects_checked; /* different ones that entries name; unpacked and found right */
};

/*
 * Verifies the record behind `source` as far as `trust->level`.
 *
 * INQ_OK means that it was looked at, not that it holds: `ret->level` and
 * `ret->failures` say. The order of entries is by what their writers had
 * seen: an entry comes after those before it in its log and those in the
 * heads it names; where that leaves a choice, the smaller digest is first.
 *
 * INQ_UNREADABLE  no record there: the policy, which names the logs, cannot be read
 * INQ_NO_MEMORY   the arena is too small for it
 * and INQ_IO of the source. A file that is missing or wrong is a failure in `*ret`, not of this call.
 */
INQ_MUST enum inq_status inq_record_verify(const struct inq_bundle_source *source,
        const struct inq_record_trust *trust, struct inq_arena *a, const struct inq_record_result **ret,
        struct inq_error *err);

/* The entry with that digest, or NULL. Takes logarithmic time. */
const struct inq_record_entry *inq_record_find(
        const struct inq_record_result *record, const struct inq_sha256 *digest);

/* Logs of it that were forked. */
size_t inq_record_forks(const struct inq_record_result *record);

/*
 * How far an examination or conclusion was reproduced: by all other parties
 * that can open what it is about and whose heads its party's log names, by one of them at least, or by none. It was not by all
 * where one came to other bytes, or where the rerun of one that is needed for it is disputed.
 */
enum inq_reproduced { INQ_REPRODUCED_BY_NONE, INQ_REPRODUCED_BY_SOME, INQ_REPRODUCED_BY_ALL };
enum inq_reproduced inq_record_reproduced(
        const struct inq_record_result *record, const struct inq_record_entry *entry);

/* "none", "some", "all". */
const char *inq_reproduced_name(enum inq_reproduced reproduced);

/*
 * The status of an entry in words, for people: "stands", "disputed by B
 * (library-code); rests on disputed", "attested only", "reproduced by all who
 * could: A, B". The words are the same everywhere.
 */
void inq_record_status_put(
        struct inq_sink *out, const struct inq_record_result *record, const struct inq_record_entry *entry);

/*
 * How another party's countersignature of a log stands, in words: "all 12", "2 behind, as of
 * 2026-11-23 14:05:09", "never".
 */
void inq_record_cosigner_put(
        struct inq_sink *out, const struct inq_record_log *log, const struct inq_record_cosigner *cosigner);

/*
 * The result in lines of text: case, logs and how far each is countersigned,
 * in the order above the status of every entry of which there is more to say
 * than that it stands, failures, what was not checked, the level reached. Everything of the bundle in it is inert.
 */
void inq_record_put(struct inq_sink *out, const struct inq_record_result *record);

/* A log that is not in the record, in one line, for people. */
void inq_record_absent_put(
        struct inq_sink *out, const struct inq_record_result *record, const struct inq_record_absent *absent);

/* The member "absent": the logs that are not in the record, see struct inq_record_absent. */
void inq_record_absent_json(const struct inq_record_result *record, struct inq_json *json);

/* The same, without the entries, as a JSON document of the schema "inquiry-verification", version 1. */
void inq_record_put_json(struct inq_sink *out, const struct inq_record_result *record);

#endif
