/*
 * The private comparison: two parties learn which elements both hold, and of
 * the others nothing but how many there are at most.
 *
 * DH-PSI over ristretto255 with the primitives of RFC 9497 (oprf.h). Each party
 * draws a scalar k for this one session, masks its elements, M = k H(x), and
 * commits to them in its log before anything is exchanged. Then each lets the
 * other multiply its masked elements, with a proof that the committed scalar
 * was used; where k' k H(x) comes out equal, both hold x. What both hold they
 * open against their commitments, and anyone can check that. formats/blind.md
 * has the protocol, its assumptions, what it leaks, and every byte.
 *
 * This layer knows elements as bytes of a kind. It never sees a scalar: that is
 * with who answers an `asker` (below, "The scalar"), a process that parses
 * nothing. All else a party wants to keep to itself is in its session.
 *
 * A session belongs to one thread. What calls give lives in the arena they were given.
 */
#ifndef INQUIRY_BLIND_H
#define INQUIRY_BLIND_H

#include <inquiry/bundle.h>
#include <inquiry/entry.h>
#include <inquiry/oprf.h>
#include <inquiry/record.h>
#include <inquiry/sketch.h>

enum {
	INQ_BLIND_LEAST = 256, /* elements that a commitment shows at the least */
	INQ_BLIND_LIMIT = 65536, /* that either side may commit to unless the offer says otherwise */
	INQ_BLIND_LIMIT_MOST = 1 << 20,
	INQ_BLIND_VALUE_MOST = 2048, /* bytes of an element */
	INQ_BLIND_BATCH = 4096, /* points that one proof covers */
	INQ_BLIND_SHARERS_MOST = 4, /* functions behind one band; further ones are not compared */
	INQ_BLIND_FUNCTIONS_MOST = 1 << 18,
};

/*
 * Kinds of elements. The order is that in which they are listed; files bear
 * labels. Only elements of one kind are ever equal.
 */
enum inq_blind_kind {
	INQ_BLIND_SHA256, /* the digest of a file: 32 bytes */
	INQ_BLIND_DOMAIN,
	INQ_BLIND_URL,
	INQ_BLIND_EMAIL,
	INQ_BLIND_IPV6, /* 16 bytes */
	INQ_BLIND_IPV4, /* 4 bytes: there are so few that anyone can try them all */
	INQ_BLIND_MUTEX, /* the name of a mutex, event, pipe, service or task */
	INQ_BLIND_STRING, /* any other text */
	INQ_BLIND_FUNCTION, /* the exact hash of a function: 16 bytes */
	INQ_BLIND_BAND, /* a band of a function's sketch: its number and 16 bytes */
	INQ_BLIND_KINDS,
};

/* "sha256", "domain", ... */
const char *inq_blind_kind_name(enum inq_blind_kind kind);
INQ_MUST bool inq_blind_kind_read(struct inq_bytes name, enum inq_blind_kind *ret);

/* "sha256/1": the name and the version of its canonical form, as commitments have it. */
const char *inq_blind_kind_label(enum inq_blind_kind kind);

/*
 * The canonical form of what people write, so that both sides come to the same
 * bytes: letters in lower case where they do not count, default ports and
 * final dots dropped. `ipv4` allows IPv4 addresses, and URLs that name one.
 *
 * INQ_BAD_ARGUMENT  not of that kind, or of a form that is refused; the sentence says which
 * INQ_OVER_LIMIT    longer than INQ_BLIND_VALUE_MOST
 */
INQ_MUST enum inq_status inq_blind_canonical(enum inq_blind_kind kind, struct inq_bytes text, bool ipv4,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/* Whether `value` is the canonical form of something of that kind. */
INQ_MUST bool inq_blind_is_canonical(enum inq_blind_kind kind, struct inq_bytes value);

/* A canonical form for people: hexadecimal digits or text. What is text is not inert. */
void inq_blind_put(struct inq_sink *out, enum inq_blind_kind kind, struct inq_bytes value);

/* A function that stands behind bands. `keys` are its features, ascending. */
struct inq_blind_function {
	uint64_t va;
	uint32_t size; /* bytes */
	const uint32_t *keys;
	uint32_t key_count; /* INQ_SKETCH_LEAST to INQ_SKETCH_KEYS_MOST */
};

/* One element of a set. */
struct inq_blind_element {
	enum inq_blind_kind kind;
	struct inq_bytes value; /* canonical */
	struct inq_bytes source; /* where it is from, for its owner alone: never sent */
	const uint32_t *functions; /* behind a band: indices into those of the set, ascending */
	uint32_t function_count;
};

struct inq_blind_set {
	const struct inq_blind_element *elements;
	size_t count;
	const struct inq_blind_function *functions;
	size_t function_count;
};

/*
 * Gathers elements: repeats are dropped, bands are made of functions. Adding
 * fails with INQ_NO_MEMORY, or INQ_OVER_LIMIT past INQ_BLIND_LIMIT_MOST elements.
 */
struct inq_blind_builder;
struct inq_blind_builder *inq_blind_builder_make(struct inq_arena *a);
INQ_MUST enum inq_status inq_blind_add(struct inq_blind_builder *b, enum inq_blind_kind kind,
        struct inq_bytes value, struct inq_bytes source, struct inq_error *err);
INQ_MUST enum inq_status inq_blind_add_function(struct inq_blind_builder *b,
        const struct inq_blind_function *function, struct inq_bytes source, struct inq_error *err);
/* The set: by kind, then by value. It lives in the builder's arena. */
INQ_MUST enum inq_status inq_blind_built(
        struct inq_blind_builder *b, struct inq_blind_set *ret, struct inq_error *err);

/* How many elements a set of `count` shows: 4, 5, 6 or 7 times a power of two, INQ_BLIND_LEAST at the least. */
uint64_t inq_blind_padded(uint64_t count);

/*
 * The scalar
 *
 * inq_blind_keeper is what a process that parses nothing keeps: it draws the
 * scalar of a session, multiplies, proves, and never shows it. It neither
 * allocates nor asks the system for anything, so that seccomp's strict mode
 * does not end it (src/os/agent.h). Everything is in the caller's storage, which
 * the caller locks and wipes.
 */
enum {
	INQ_BLIND_SEED = 32,
	INQ_BLIND_SEALED = 24 + INQ_SCALAR + 16, /* a scalar encrypted for the session file */
	INQ_BLIND_ASK_POINTS = 120, /* points of one request */
};

struct inq_blind_keeper {
	uint8_t secret[INQ_BLIND_SEED]; /* what session files are encrypted under; the party's, for ever */
	uint8_t seed[INQ_BLIND_SEED]; /* drawn anew by each process; all its randomness */
	uint64_t drawn;
	uint8_t scalar[INQ_SCALAR];
	uint8_t public[INQ_POINT];
	bool loaded;
};

/* Requests begin with this or the next four bytes; what is below is for who keeps the keys: inq_secret_answer. */
#define INQ_BLIND_REQUEST 0x20U

/* Answers one request; fits struct inq_asker with the keeper as context. */
INQ_MUST enum inq_status inq_blind_answer(void *keeper, struct inq_bytes request, uint8_t *reply, size_t most,
        size_t *ret_len, struct inq_error *err);

/* A commitment as the record has it; see inq_blind_said of record.h. */

/* Where a session stands: the message that it made or took last. */
enum inq_blind_step {
	INQ_BLIND_OFFERED = 1, /* by who offers: its commitment */
	INQ_BLIND_ANSWERED, /* by the other: its commitment, and the countersignature of the first */
	INQ_BLIND_MASKED, /* masked elements of who offers */
	INQ_BLIND_EVALUATED, /* masked elements of who answers, and the first ones multiplied */
	INQ_BLIND_OPENED, /* the second ones multiplied; what both hold, opened by who offers */
	INQ_BLIND_CLOSED, /* what both hold, opened by who answers */
};

/* "offer", "answer", "masked", "evaluated", "opened", "closed". */
const char *inq_blind_step_name(enum inq_blind_step step);

/* Two leaves of one element: `own` of this party's tree, `peer` of the other's. */
struct inq_blind_match {
	uint32_t own, peer;
};

/* The leaves of a commitment: what stands in the tree (formats/blind.md, "The tree"). */
struct inq_blind_leaves {
	const uint8_t (*points)[INQ_POINT]; /* ascending; NULL while they are not known */
	const struct inq_sha256 *hidden;
};

struct inq_blind_session {
	char case_id[INQ_CASE_ID + 1], me[INQ_PARTY_MOST + 1], peer[INQ_PARTY_MOST + 1];
	struct inq_sha256 id;
	bool offers; /* this party made the offer */
	enum inq_blind_step step; /* made or taken last; 0: none */
	struct inq_sha256 last; /* the digest of that message */
	uint32_t kinds; /* a bit for each kind */
	uint64_t limit;
	struct inq_digest_or_none excluded; /* the corpus whose library code this party left out */
	/* This party. */
	struct inq_sha256 commitment; /* the digest of its entry */
	uint8_t public[INQ_POINT];
	uint8_t sealed[INQ_BLIND_SEALED];
	uint8_t nonce_key[32];
	struct inq_blind_set set;
	const uint32_t *element; /* of each leaf; UINT32_MAX: padding */
	struct inq_blind_leaves own;
	uint64_t count;
	struct inq_sha256 root;
	/* The other. */
	bool has_peer;
	struct inq_blind_said other; /* its commitment, out of its log */
	struct inq_sha256 other_commitment;
	struct inq_blind_leaves theirs;
	const uint8_t (*evaluated)[INQ_POINT]; /* theirs, multiplied here */
	const struct inq_blind_match *matches; /* ascending by `own` */
	size_t match_count;
	bool has_matches;
	struct inq_bytes opening; /* the other's, as it came */
};

/* What a session begins with. */
struct inq_blind_start {
	struct inq_bytes case_id, me, peer;
	struct inq_sha256 id; /* drawn by who offers */
	bool offers;
	uint32_t kinds;
	uint64_t limit;
	struct inq_digest_or_none excluded;
	uint8_t seed[INQ_BLIND_SEED]; /* drawn for this session; wiped by the caller */
};

/*
 * Masks a set and commits to it: draws the scalar, pads, makes the tree.
 *
 * INQ_OVER_LIMIT    more elements than the limit, once padded
 * INQ_BAD_ARGUMENT  no elements, or of a kind that is not compared
 * and what the asker gives
 */
INQ_MUST enum inq_status inq_blind_commit(const struct inq_blind_start *start,
        const struct inq_blind_set *set, const struct inq_asker *asker, struct inq_arena *a,
        struct inq_blind_session *ret, struct inq_error *err);

/* The fields of the entry that commits. `of` is the offer, for who answers. */
INQ_MUST enum inq_status inq_blind_commitment_entry(const struct inq_blind_session *s,
        const struct inq_sha256 *of, struct inq_arena *a, struct inq_entry *ret, struct inq_error *err);

/*
 * The terms of an offer, for who is to answer it.
 *
 * INQ_BAD_ARGUMENT  not to this party, or a kind that this build does not know
 */
INQ_MUST enum inq_status inq_blind_terms(
        const struct inq_entry *offer, struct inq_bytes me, uint32_t *ret_kinds, struct inq_error *err);

/* Takes over the commitment of the other, as its log has it; who answers does so before it commits. */
INQ_MUST enum inq_status inq_blind_peer(
        struct inq_blind_session *s, const struct inq_entry *entry, struct inq_error *err);

/*
 * Messages
 *
 * A message is a file: lines of text that say whose, to whom, of what and
 * after which, then its parts. What it says of itself proves nothing until
 * the call that takes it.
 */
struct inq_blind_message {
	struct inq_bytes case_id, from, to;
	struct inq_sha256 session;
	enum inq_blind_step step;
	struct inq_digest_or_none after; /* the digest of the message that it answers */
	struct inq_sha256 commitment; /* the digest of its sender's entry */
	struct inq_bytes proof; /* that this is in its sender's log: a tlog-proof */
	struct inq_bytes logs; /* as its sender has them: see inq_blind_logs_pack */
	struct inq_bytes body;
	struct inq_sha256 digest; /* of the whole */
};

#define INQ_BLIND_MESSAGE_MOST ((uint64_t)1 << 29) /* bytes */

/*
 * INQ_UNRECOGNISED  no such message
 * INQ_TRUNCATED     shorter, or longer, than it says
 * INQ_TAMPERED      a part has not the digest that stands before it
 */
INQ_MUST enum inq_status inq_blind_message_read(
        struct inq_bytes bytes, struct inq_blind_message *ret, struct inq_error *err);

/* Writes a message. `digest` and the offsets are not looked at; `*ret_digest` is that of what was written. */
INQ_MUST enum inq_status inq_blind_message_write(const struct inq_blind_message *m, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_sha256 *ret_digest, struct inq_error *err);

/*
 * Packs the logs of a bundle, with its objects of up to 16 MiB, 64 MiB of them: who
 * has not all others must pull them. And such a pack as a bundle.
 */
INQ_MUST enum inq_status inq_blind_logs_pack(const struct inq_bundle_source *from, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err);
struct inq_blind_logs {
	struct inq_bytes bytes;
};
INQ_MUST enum inq_status inq_blind_logs_read(
        struct inq_bytes bytes, struct inq_blind_logs *ret, struct inq_error *err);
void inq_blind_logs_source(struct inq_blind_logs *logs, struct inq_bundle_source *ret);

/*
 * Whether it is this message's turn: of this session and case, from the other
 * party to this one, the step after the last one, in answer to the last message.
 *
 * INQ_CONFLICT      out of order, or taken already
 * INQ_BAD_ARGUMENT  of another session, case or party
 */
INQ_MUST enum inq_status inq_blind_expects(
        const struct inq_blind_session *s, const struct inq_blind_message *m, struct inq_error *err);

/*
 * Whether the message's proof shows its sender's commitment under a head that
 * the log's key signed and, where `cosigner` is not NULL, that this party
 * countersigned: from the third message on.
 */
INQ_MUST enum inq_status inq_blind_proved(const struct inq_blind_message *m, const struct inq_vkey *log,
        const struct inq_vkey *cosigner, struct inq_arena *a, struct inq_error *err);

/*
 * Takes a message's body: checks all of it, and only then changes `*s`. The
 * other's commitment must be known. The scalar must be loaded (inq_blind_load) for the third to fifth.
 *
 * INQ_UNRECOGNISED   not of its form
 * INQ_TAMPERED       other elements than were committed to, or more; a point that is none, the identity or
 *                    there twice; an opening that is not of what both hold
 * INQ_BAD_SIGNATURE  a proof that does not hold
 */
INQ_MUST enum inq_status inq_blind_take(struct inq_blind_session *s, const struct inq_blind_message *m,
        const struct inq_asker *asker, struct inq_arena *a, struct inq_error *err);

/* The body of the next message to send: after a commitment or a message that was taken. */
INQ_MUST enum inq_status inq_blind_body(const struct inq_blind_session *s, const struct inq_asker *asker,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/* Whether this party's next step is to send a message, and which; 0 where it waits or has done all. */
enum inq_blind_step inq_blind_next(const struct inq_blind_session *s);

/* Remembers that a message was sent. */
void inq_blind_sent(struct inq_blind_session *s, enum inq_blind_step step, const struct inq_sha256 *digest);

/* Forgets the scalar of a session that is done: nobody makes anything more of what was masked with it. */
void inq_blind_forget(struct inq_blind_session *s);

/* The digest that the log says before multiplied points leave: of all of them, in order. */
void inq_blind_evaluated_digest(const struct inq_blind_session *s, struct inq_sha256 *ret);

/* Gives the keeper the scalar of the session. INQ_LOCKED  it is not this party's, or was changed */
INQ_MUST enum inq_status inq_blind_load(
        const struct inq_blind_session *s, const struct inq_asker *asker, struct inq_error *err);

/*
 * The session file: what a party keeps between messages, encrypted under a key
 * of the key file. formats/blind.md, "The session file".
 *
 * INQ_UNRECOGNISED  no such file
 * INQ_LOCKED        of another key, or changed
 */
INQ_MUST enum inq_status inq_blind_session_write(const struct inq_blind_session *s,
        const struct inq_asker *asker, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);
INQ_MUST enum inq_status inq_blind_session_read(struct inq_bytes file, const struct inq_asker *asker,
        struct inq_arena *a, struct inq_blind_session *ret, struct inq_error *err);

/*
 * The result: what both opened. The same bytes on both sides, an object of the record.
 */
INQ_MUST enum inq_status inq_blind_result_write(const struct inq_blind_session *s,
        const struct inq_asker *asker, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/* Two functions with a band in common, one of each party. */
struct inq_blind_pair {
	struct inq_blind_function functions[2]; /* of who offered, of who answered */
	uint32_t jaccard; /* thousandths */
};

struct inq_blind_shared {
	enum inq_blind_kind kind;
	struct inq_bytes value;
	uint32_t leaves[2]; /* in the trees of who offered and who answered */
};

struct inq_blind_result {
	const struct inq_blind_shared *shared; /* by kind, then by value */
	size_t count;
	const struct inq_blind_pair *pairs; /* by likeness, the greatest first */
	size_t pair_count;
};

/*
 * Reads a result and checks all of it against both commitments: every element
 * opened by both, in both trees, masked by the committed scalars, and every function behind a band.
 *
 * INQ_UNRECOGNISED   not of its form
 * INQ_TAMPERED       an opening that is not of the tree, or two that differ
 * INQ_BAD_SIGNATURE  a proof that does not hold
 */
INQ_MUST enum inq_status inq_blind_result_read(struct inq_bytes object, const struct inq_blind_said *offer,
        const struct inq_blind_said *answer, struct inq_arena *a, struct inq_blind_result *ret,
        struct inq_error *err);

/* The same as a verifier wants it: fits `blind` of struct inq_record_trust. */
INQ_MUST enum inq_status inq_blind_check(struct inq_bytes object, const struct inq_blind_said *offer,
        const struct inq_blind_said *answer, uint64_t count, struct inq_arena *a, struct inq_error *err);

#endif
