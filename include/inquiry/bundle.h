/*
 * The static bundle: a record as plain files, for anyone to mirror and verify.
 *
 *     policy                          the logs and cosigners, a tlog-policy (c2sp.org/tlog-policy)
 *     charter.json                    the statement of the charter that opened the case
 *     logs/PARTY/checkpoint           the log's head, signed, with the cosignatures of that very head
 *     logs/PARTY/tile/...             hashes and entries (c2sp.org/tlog-tiles)
 *     logs/PARTY/cosigned/COSIGNER    the last head of this log that COSIGNER cosigned
 *     objects/sha256/AB/HEX           exhibits, results, proofs: zstd, by the SHA-256 of what is in it
 *     proofs/NAME.tlog-proof          proofs for those who have nothing else
 *
 * Whatever else a bundle holds (a report, pages) is not covered by the record,
 * and a verifier says so.
 */
#ifndef INQUIRY_BUNDLE_H
#define INQUIRY_BUNDLE_H

#include <inquiry/hash.h>
#include <inquiry/key.h>

enum {
	INQ_BUNDLE_NAME = 256, /* bytes of a name in it, with its NUL */
	INQ_POLICY_MOST = 64, /* logs, cosigners and groups of a policy, each */
	INQ_BUNDLE_FILE_MOST = 32 << 20, /* bytes of a file that is no object */
};

#define INQ_BUNDLE_POLICY "policy"
#define INQ_BUNDLE_CHARTER "charter.json"

/* Each writes the name of a file of the bundle, NUL-terminated. */
void inq_bundle_checkpoint(const char *party, char ret[INQ_BUNDLE_NAME]);
void inq_bundle_tile(
        const char *party, unsigned level, uint64_t index, unsigned width, char ret[INQ_BUNDLE_NAME]);
void inq_bundle_cosigned(const char *party, const char *cosigner, char ret[INQ_BUNDLE_NAME]);
void inq_bundle_object(const struct inq_sha256 *digest, char ret[INQ_BUNDLE_NAME]);
void inq_bundle_proof(const char *name, char ret[INQ_BUNDLE_NAME]);

/*
 * Where a bundle is: a directory, a store that would publish it, a memory
 * image. Names are those above. The verifier reads nothing else and trusts
 * none of it.
 */
struct inq_bundle_source {
	/*
	 * The bytes of a file, at most `most` of them; they live at least as long as `a`.
	 *
	 * INQ_UNREADABLE  there is none of that name
	 * INQ_OVER_LIMIT  it is longer than `most`
	 */
	enum inq_status (*read)(void *context, const char *name, uint64_t most, struct inq_arena *a,
	        struct inq_bytes *ret, struct inq_error *err);
	/*
	 * The names of all files, in any order: calls `name` for each until it returns false.
	 * NULL where the source cannot tell: the verifier then says that it did not look
	 * for files that do not belong.
	 */
	enum inq_status (*list)(
	        void *context, bool (*name)(void *to, const char *name), void *to, struct inq_error *err);
	void *context;
};

/*
 * Packs an object: one zstd frame, which states the length of its content, at
 * a fixed level and without a checksum. The same version of libzstd gives the
 * same bytes.
 */
INQ_MUST enum inq_status inq_object_pack(
        struct inq_bytes content, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/*
 * Unpacks an object whose content is at most `most` bytes and must have that
 * digest. What a frame claims is believed for no more than `most`, and a frame
 * that does not state its length, or is followed by anything, is refused.
 *
 * INQ_UNRECOGNISED  not one zstd frame, or one that does not state its length
 * INQ_OVER_LIMIT    more than `most`, or than the arena has
 * INQ_TAMPERED      other bytes than the digest says
 */
INQ_MUST enum inq_status inq_object_unpack(struct inq_bytes packed, const struct inq_sha256 *digest,
        uint64_t most, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/*
 * A policy: which logs and cosigners are known, and how many cosignatures a
 * head needs. Of the specification's optional URLs nothing is kept.
 */
struct inq_policy_member {
	char name[INQ_NAME_MOST + 1];
	bool group;
	struct inq_vkey key; /* of a witness */
	unsigned threshold, member_count; /* of a group */
	uint8_t members[INQ_POLICY_MOST]; /* indices of members before it */
};

struct inq_policy {
	struct inq_vkey logs[INQ_POLICY_MOST];
	size_t log_count;
	struct inq_policy_member members[2 * INQ_POLICY_MOST];
	size_t member_count;
	int quorum; /* a member, or -1: none is needed */
};

/*
 * INQ_UNRECOGNISED  not a policy; `err->at` is the byte
 * INQ_OVER_LIMIT    more of anything than INQ_POLICY_MOST
 */
INQ_MUST enum inq_status inq_policy_read(
        struct inq_bytes text, struct inq_arena *a, const struct inq_policy **ret, struct inq_error *err);

/* Whether those who cosigned, a flag for each member (those of groups are not looked at), are a quorum. */
bool inq_policy_quorum(const struct inq_policy *policy, const bool cosigned[2 * INQ_POLICY_MOST]);

/* One line of a policy, for who publishes one: "log VKEY" and "witness NAME VKEY", each with its LF. */
void inq_policy_put_log(struct inq_sink *out, const struct inq_vkey *log);
void inq_policy_put_witness(struct inq_sink *out, const char *name, const struct inq_vkey *cosigner);

#endif
