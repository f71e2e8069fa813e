/* Records for tests, made whole in memory: parties with fixed keys, their logs, and the bundle of it all. */
#ifndef MAKE_RECORD_H
#define MAKE_RECORD_H

#include <inquiry/proof.h>
#include <inquiry/record.h>
#include <inquiry/sealed.h>

enum { MAKE_PARTIES = 4 };

struct make_key {
	uint8_t secret[64];
	struct inq_signer signer;
};

/* A key pair from a seed of 32 equal bytes; it signs anything. It may not move. */
void make_key(struct make_key *k, const char *name, enum inq_key_type type, uint8_t seed);

struct make_party {
	char name[INQ_PARTY_MOST + 1], origin[INQ_ORIGIN_MOST];
	struct make_key keys[INQ_ROLES];
	struct inq_bytes *entries;
	struct inq_sha256 *digests;
	size_t count, entries_room, digests_room;
	struct inq_merkle_edge edge;
	struct inq_seen seen[MAKE_PARTIES]; /* what its next entry names, by party */
};

struct make_file {
	char name[INQ_BUNDLE_NAME];
	struct inq_bytes bytes;
};

struct make_record {
	struct inq_arena *a;
	struct make_party party[MAKE_PARTIES];
	unsigned parties;
	uint64_t time;
	struct make_file *files;
	size_t file_count, file_room;
};

#define MAKE_CASE "00112233445566778899aabbccddeeff"

void make_record_init(struct make_record *m, struct inq_arena *a);

/* A party and its charter; the first opens the case, the others join it. Its number. */
unsigned make_party(struct make_record *m, const char *name);

/* Appends an entry of the party, filling in all that stands before the body. Its digest. */
struct inq_sha256 make_entry(struct make_record *m, unsigned party, struct inq_entry *e);

/* From now on `party` names the head that `other` has at this moment. */
void make_see(struct make_record *m, unsigned party, unsigned other);

/* Puts an object into the bundle. */
struct inq_sha256 make_object(struct make_record *m, const char *content);

/* An exhibit as `party` seals it to itself and to `to`; the second puts it into the bundle. */
struct inq_bytes make_sealed_bytes(
        struct make_record *m, unsigned party, unsigned to, struct inq_bytes content);
struct inq_sha256 make_sealed(struct make_record *m, unsigned party, unsigned to, const char *content);

/* A file as it is. Replaces one of the same name. */
void make_file(struct make_record *m, const char *name, struct inq_bytes bytes);
struct make_file *make_file_find(struct make_record *m, const char *name);

/* The signed head of the first `size` entries, cosigned by the parties of the set. */
struct inq_bytes make_head(struct make_record *m, unsigned party, uint64_t size, unsigned cosigners);

/* The proof of an entry in the tree of `size` entries under its signed head, the digest as extra data. */
struct inq_bytes make_proof(struct make_record *m, unsigned party, uint64_t index, uint64_t size);

/* Writes policy, charter, heads cosigned by everybody, tiles, and a cosigned file each. */
void make_publish(struct make_record *m);

/* Two parties and an entry of every type that one case can hold. Published. */
void make_whole(struct make_record *m, struct inq_arena *a);

/* The example of formats/record.md: one party, its charter and an exhibit. */
void make_example(struct make_record *m, struct inq_arena *a);

/* The bundle as a source; `m` lives as long. */
struct inq_bundle_source make_source(struct make_record *m);

#endif
