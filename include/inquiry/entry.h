/*
 * Entries: what a party puts into its log.
 *
 * An entry is a DSSE envelope (github.com/secure-systems-lab/dsse, protocol 1.0.0)
 * with one Ed25519 signature over an in-toto Statement v1
 * (github.com/in-toto/attestation). Its bytes as they are stored are what is
 * hashed, cited and kept; nothing is ever re-serialised. Its digest is the
 * hash of its leaf (merkle.h). formats/record.md has the whole format and
 * opens with an example.
 *
 * An entry is about exhibits, its *subjects*, by SHA-256, or about the case as a
 * whole. Its predicate says in which case, by whom, at which place of whose
 * log, after which entry, having seen which heads of the other logs, and when;
 * the body what. The predicate types are tag URIs (RFC 4151) under a name that
 * nobody can own (RFC 2606): they identify and are never fetched.
 *
 * This layer knows of each type which fields it has, and never what they mean.
 * Strings are UTF-8 of bounded length and kept as they are: whoever shows them
 * makes them inert.
 */
#ifndef INQUIRY_ENTRY_H
#define INQUIRY_ENTRY_H

#include <inquiry/key.h>
#include <inquiry/merkle.h>
#include <inquiry/note.h>

#define INQ_PREDICATE_PREFIX "tag:inquiry.invalid,2026:"
#define INQ_PAYLOAD_TYPE "application/vnd.in-toto+json"

/* Limits; an entry beyond one is refused when written and when read. */
enum {
	INQ_SEEN_MOST = 64, /* heads of other logs, as many as there can be parties */
	INQ_SUBJECTS_MOST = 64,
	INQ_CITES_MOST = 256,
	INQ_TEXT_MOST = 16384, /* bytes of a text */
	INQ_LABEL_MOST = 1024, /* bytes of a title, name, version, schema, origin or option */
	INQ_OPTIONS_MOST = 64,
};

/* The order is that of the table in formats/record.md; entries on the disk bear names, not numbers. */
enum inq_entry_type {
	INQ_ENTRY_CHARTER, /* begins a log: title of the case, the party's keys, the charter it joins */
	INQ_ENTRY_KEY_ROTATE,
	INQ_ENTRY_KEY_REVOKE,
	INQ_ENTRY_EXHIBIT_OPEN, /* its bytes are an object of the bundle */
	INQ_ENTRY_EXHIBIT_SEALED, /* its bytes are encrypted to named parties */
	INQ_ENTRY_EXHIBIT_WITHHELD, /* its digest alone, and why */
	INQ_ENTRY_EXHIBIT_SHARE, /* encrypts what was sealed or withheld to further parties */
	INQ_ENTRY_EXHIBIT_UNSEAL, /* opens what was sealed or withheld */
	INQ_ENTRY_EXAMINATION, /* a result of the analysis, and what made it */
	INQ_ENTRY_RERUN, /* an examination or conclusion repeated */
	INQ_ENTRY_CLAIM, /* says something on grounds */
	INQ_ENTRY_STATEMENT, /* says something without grounds, and is shown as that */
	INQ_ENTRY_SUPPORT,
	INQ_ENTRY_DISPUTE,
	INQ_ENTRY_WITHDRAW, /* takes back an own entry */
	INQ_ENTRY_CONCLUSION, /* a weighing of hypotheses, on grounds */
	INQ_ENTRY_FORK, /* proof that a log was forked */
	INQ_ENTRY_BLIND_OFFER, /* commits to a set of elements, to be compared with another party's */
	INQ_ENTRY_BLIND_ANSWER, /* commits to the other set */
	INQ_ENTRY_BLIND_RUN, /* what is about to be sent of the one run that a commitment allows */
	INQ_ENTRY_BLIND_RESULT, /* what both hold, opened by both */
	INQ_ENTRY_TYPES,
};

/* As it stands in commands and in what is shown: "charter", "exhibit open", "dispute", ... */
const char *inq_entry_type_name(enum inq_entry_type type);

enum inq_dispute_reason {
	INQ_DISPUTE_NOT_REPRODUCED,
	INQ_DISPUTE_NOT_AUTHENTIC, /* the exhibit */
	INQ_DISPUTE_GENERALLY_AVAILABLE, /* the code */
	INQ_DISPUTE_LIBRARY_CODE,
	INQ_DISPUTE_CALIBRATION, /* not applicable */
	INQ_DISPUTE_CUSTODY,
	INQ_DISPUTE_OTHER, /* wants a text */
	INQ_DISPUTE_REASONS,
};

/* "not-reproduced", "exhibit-not-authentic", ...: the words of the file and of the command line. */
const char *inq_dispute_reason_name(enum inq_dispute_reason reason);
INQ_MUST bool inq_dispute_reason_read(const char *name, enum inq_dispute_reason *ret);

enum inq_rerun_outcome {
	INQ_RERUN_REPRODUCED, /* the same bytes */
	INQ_RERUN_DIFFERS, /* the same program, other bytes: `difference` is the first */
	INQ_RERUN_OTHER_PROGRAM, /* another version made other bytes: not comparable */
	INQ_RERUN_OUTCOMES,
};

/* "reproduced", "differs", "other-program". */
const char *inq_rerun_outcome_name(enum inq_rerun_outcome outcome);

/* The head of another log as the writer had last seen it. */
struct inq_seen {
	struct inq_bytes origin;
	uint64_t size;
	struct inq_sha256 root;
};

struct inq_subject {
	struct inq_bytes name; /* the name of a file, for people; the digest is what counts */
	struct inq_sha256 digest;
};

/* A digest that may be missing: null in the file. */
struct inq_digest_or_none {
	bool here;
	struct inq_sha256 is;
};

/*
 * An entry as a struct. Which of the fields after `time` an entry has follows
 * from its type, by the table in formats/record.md and src/record/forms.c; the
 * others are zero, and inq_entry_write does not look at them. A string that may
 * be missing has `at` NULL.
 */
struct inq_entry {
	enum inq_entry_type type;
	struct inq_bytes case_id; /* 32 hex digits */
	struct inq_bytes party;
	uint64_t seq; /* the entry's index in its log */
	struct inq_digest_or_none prev; /* the digest of the entry before it; none for the first */
	const struct inq_seen *seen; /* by origin, byte by byte, each once */
	size_t seen_count;
	uint64_t time; /* seconds since 1970, as its writer says */
	const struct inq_subject *subjects;
	size_t subject_count; /* 0: about the case as a whole */

	/* charter */
	struct inq_bytes title;
	struct inq_bytes keys[INQ_ROLES]; /* vkeys as text; the log's under the log's origin */
	struct inq_digest_or_none joins; /* the charter of another party; none for who opened the case */
	/* key */
	enum inq_key_role role;
	struct inq_bytes old_key, new_key; /* vkeys */
	uint8_t possession[INQ_SIGNATURE]; /* of the new key, see inq_key_possession */
	/* exhibit */
	uint64_t size; /* bytes of the exhibit; of `result` for those that have one */
	struct inq_bytes source; /* where it came from */
	struct inq_bytes reason; /* why it is withheld, or the key changed */
	struct inq_sha256 sealed; /* the object that holds it encrypted */
	const struct inq_bytes *recipients; /* parties that can open it */
	size_t recipient_count;
	/* examination, rerun, conclusion: what was made, and of what */
	struct inq_bytes kind; /* "examine", "search", "attribute", ...: a word of a-z and "-" */
	struct inq_bytes program, version; /* for example "inquiry", "0.1.0" */
	struct inq_sha256 program_digest;
	struct inq_digest_or_none model, corpus, rules;
	const struct inq_bytes *options; /* what it was called with, in order */
	size_t option_count;
	struct inq_sha256 result; /* an object: the bytes that the analysis wrote; `size` of them */
	struct inq_bytes schema; /* what the result is, as it says itself */
	/* rerun */
	enum inq_rerun_outcome outcome;
	uint64_t difference; /* the first byte that differs, for INQ_RERUN_DIFFERS */
	/* claim, statement, response, conclusion, exhibit, examination */
	struct inq_bytes text;
	const struct inq_sha256 *cites; /* digests of entries, each once */
	size_t cite_count;
	/* response, rerun: the entry that is meant. unseal: the entry that sealed or withheld. */
	struct inq_sha256 of;
	enum inq_dispute_reason dispute;
	/* private comparison: what a party commits to, and with whom; its kinds are `options` */
	struct inq_sha256 session; /* drawn by who offers */
	struct inq_bytes with; /* the other party */
	uint64_t limit; /* elements that either may commit to */
	uint64_t count; /* elements with the padding; of a result, those that both hold */
	struct inq_sha256 masked_by; /* the public element of the scalar, 32 bytes */
	struct inq_sha256 root; /* of the tree over all elements */
	struct inq_sha256 peer; /* the other's commitment */
	struct inq_sha256 evaluated; /* the digest of what is sent */
	/* fork */
	struct inq_bytes origin;
	struct inq_bytes log_key; /* a vkey */
	struct inq_sha256 proofs[2]; /* objects: the two tlog-proofs */

	/* Set by inq_entry_read alone. */
	struct inq_bytes payload; /* the statement, decoded */
	struct inq_bytes keyid; /* the ID of the signing key as the envelope states it, 8 hex digits */
	uint8_t signature[INQ_SIGNATURE];
	struct inq_sha256 digest;
};

/*
 * The statement of `e` as bytes, fields in the order of formats/record.md.
 * Refuses what inq_entry_read would, and says it in the same words: a claim or
 * conclusion without citations is refused with "no grounds given".
 *
 * INQ_BAD_ARGUMENT  a field is missing, too long or not of its form
 * INQ_OVER_LIMIT    the entry would be longer than INQ_ENTRY_MOST
 */
INQ_MUST enum inq_status inq_entry_payload(
        const struct inq_entry *e, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/*
 * The whole entry: the statement, signed. Before it is given, it is read back
 * and its signature verified. `*ret_digest` is its digest.
 */
INQ_MUST enum inq_status inq_entry_write(const struct inq_entry *e, const struct inq_signer *signer,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_sha256 *ret_digest, struct inq_error *err);

/*
 * Reads an entry, strictly: every field of its type once, no other, each of its
 * form and within its limit. The signature is taken over as it stands;
 * inq_entry_verify looks at it. Strings and `payload` live in the arena.
 *
 * `err->at` is an offset into the entry; from inside the statement, which the
 * envelope holds as base64, an offset into the decoded statement, and the
 * sentence says "in the statement".
 *
 * INQ_UNRECOGNISED  not an entry, or of a type or version this build does not know
 * INQ_OVER_LIMIT    a limit above
 */
INQ_MUST enum inq_status inq_entry_read(
        struct inq_bytes entry, struct inq_arena *a, struct inq_entry *ret, struct inq_error *err);

/*
 * Whether the entry, as read, is signed by that entry key.
 *
 * INQ_BAD_SIGNATURE  it is not
 */
INQ_MUST enum inq_status inq_entry_verify(
        const struct inq_entry *e, const struct inq_vkey *key, struct inq_arena *a, struct inq_error *err);

/*
 * What a commitment of a private comparison says; strings and kinds are those
 * of `e`. Its `digest` is that of the entry where it was read.
 */
struct inq_blind_said {
	struct inq_sha256 digest, session, masked_by, root;
	uint64_t count, limit;
	const struct inq_bytes *kinds;
	size_t kind_count;
};
struct inq_blind_said inq_blind_said(const struct inq_entry *e);

/* Whether entries of a type have `of`, `cites`, or a `result`. */
/* Whether it names an object that seals its exhibit, and to whom. */
bool inq_entry_seals(enum inq_entry_type type);
bool inq_entry_has_of(enum inq_entry_type type);
bool inq_entry_has_cites(enum inq_entry_type type);
bool inq_entry_has_result(enum inq_entry_type type);

/*
 * What a result was made of and by: a digest of the subjects, kind, program,
 * digests and options of `e`, which has a result. Two with the same one are the
 * same work done twice, and a deterministic program gives the same bytes.
 */
void inq_entry_work(const struct inq_entry *e, struct inq_sha256 *ret);

/* What a rerun of that outcome says against itself, by its result and work and those of what it repeats; or NULL. */
const char *inq_rerun_wrong(enum inq_rerun_outcome outcome, bool same_result, bool same_work);

/*
 * What the new key of a rotation signs to show that the party has it:
 * "inquiry key rotation v1", case, party, role, old and new vkey, a line each.
 */
#define INQ_POSSESSION_HEAD "inquiry key rotation v1\n"
INQ_MUST enum inq_status inq_key_possession(
        const struct inq_entry *rotation, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/* A DSSE envelope with one signature, and what it signs. */
struct inq_dsse {
	struct inq_bytes payload; /* decoded */
	struct inq_bytes payload_type;
	struct inq_bytes keyid; /* a hint that nothing relies on; may be missing */
	struct inq_bytes signature; /* decoded, of any length */
};

/*
 * Reads an envelope: `payload`, `payloadType` and `signatures` with one object
 * of `sig` and perhaps `keyid`, nothing else. Base64 may be of either alphabet, as
 * the protocol wants.
 */
INQ_MUST enum inq_status inq_dsse_read(
        struct inq_bytes envelope, struct inq_arena *a, struct inq_dsse *ret, struct inq_error *err);

/* "DSSEv1", length and bytes of the type, length and bytes of the payload. NULL `at`: the arena is full. */
struct inq_bytes inq_dsse_pae(struct inq_bytes payload_type, struct inq_bytes payload, struct inq_arena *a);

#endif
