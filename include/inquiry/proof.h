/*
 * Proofs that stand alone (c2sp.org/tlog-proof): that an entry is in a log, and
 * that a log was forked.
 *
 *     c2sp.org/tlog-proof@v1
 *     extra base64                 may be missing; nothing vouches for it
 *     index N
 *     base64(hash)                 none or more, from the leaf's sibling on
 *
 *     the checkpoint, as it was signed
 */
#ifndef INQUIRY_PROOF_H
#define INQUIRY_PROOF_H

#include <inquiry/merkle.h>
#include <inquiry/note.h>

struct inq_proof {
	struct inq_bytes extra; /* decoded; `at` NULL where there is none */
	uint64_t index;
	struct inq_sha256 hashes[INQ_PROOF_MOST];
	size_t count;
	struct inq_bytes checkpoint; /* the signed note, as it stands */
};

/* INQ_UNRECOGNISED, INQ_OVER_LIMIT as for notes. Borrows from `bytes`. */
INQ_MUST enum inq_status inq_proof_read(
        struct inq_bytes bytes, struct inq_arena *a, struct inq_proof *ret, struct inq_error *err);

INQ_MUST enum inq_status inq_proof_write(
        const struct inq_proof *proof, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/* What a proof that holds says. */
struct inq_proof_said {
	struct inq_checkpoint head;
	uint64_t index;
	struct inq_note_verified cosigned[INQ_NOTE_SIGNATURES]; /* by `cosigners` */
};

/*
 * Whether the entry with digest `leaf` is in the log whose key is `log`. The key's
 * name must be the log's origin, and a proof without its signature proves nothing.
 * Cosignatures of `cosigners` (at most INQ_NOTE_SIGNATURES) are verified along with it.
 *
 * INQ_TAMPERED       the hashes do not lead to the root
 * INQ_BAD_SIGNATURE  the head is not signed by the key, or a cosignature is false
 * INQ_UNRECOGNISED   not a checkpoint, or of another origin
 */
INQ_MUST enum inq_status inq_proof_verify(const struct inq_proof *proof, const struct inq_sha256 *leaf,
        const struct inq_vkey *log, const struct inq_vkey *cosigners, size_t count, struct inq_arena *a,
        struct inq_proof_said *ret, struct inq_error *err);

/*
 * A fork: two proofs under heads signed by one key that cannot both be of one
 * log. Either they put two different entries at one index, or the heads have
 * one size and two roots; then the entries need not differ. Each proof names
 * its entry by carrying the digest, 32 bytes, as its extra data: a proof that
 * holds for it vouches for it.
 *
 * INQ_OK             both hold and contradict each other: the log was forked
 * INQ_UNRESOLVED     both hold and do not contradict each other
 * INQ_UNRECOGNISED   the extra data of one is no digest
 * and what inq_proof_verify gives for either; `err` says for which
 */
INQ_MUST enum inq_status inq_fork_verify(const struct inq_proof *left, const struct inq_proof *right,
        const struct inq_vkey *log, struct inq_arena *a, struct inq_error *err);

/*
 * A fork in one file, for a stranger who has nothing but it:
 *
 *     inquiry fork proof v1
 *     log VKEY
 *     first LENGTH
 *     the first proof, that many bytes
 *     second LENGTH
 *     the second proof
 */
struct inq_fork {
	struct inq_vkey log; /* whose key it says signed both */
	struct inq_bytes bytes[2]; /* the proofs as they stand, borrowed */
	struct inq_proof proofs[2];
	struct inq_proof_said said[2]; /* after inq_fork_prove */
};
#define INQ_FORK_HEAD "inquiry fork proof v1\n"
enum { INQ_FORK_MOST = 2 * INQ_NOTE_MOST + 1024 }; /* bytes */

INQ_MUST enum inq_status inq_fork_write(const struct inq_vkey *log, const struct inq_bytes proofs[2],
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/* Whether bytes are meant to be such a file. */
bool inq_fork_is(struct inq_bytes file);

/*
 * Proves such a file. Where `count` is not 0, one of `keys` must be its log key, by the name of the
 * log or its party: `*ret_vouched` says whether one is. Without keys there is only the file's word
 * for whose log it is.
 *
 * INQ_BAD_SIGNATURE  none of `keys` is
 * and what inq_fork_read and inq_fork_verify give
 */
INQ_MUST enum inq_status inq_fork_prove(struct inq_bytes file, const struct inq_vkey *keys, size_t count,
        struct inq_arena *a, struct inq_fork *ret, bool *ret_vouched, struct inq_error *err);

/* What a file that was proved shows, in lines of text; inert. */
void inq_fork_put(struct inq_sink *out, const struct inq_fork *fork, bool vouched);

/* Reads such a file; whether it proves anything is for inq_fork_verify. INQ_UNRECOGNISED, INQ_OVER_LIMIT */
INQ_MUST enum inq_status inq_fork_read(
        struct inq_bytes file, struct inq_arena *a, struct inq_fork *ret, struct inq_error *err);

#endif
