/*
 * Sealed exhibits: bytes that are in the bundle for everybody, and that named
 * parties alone can read.
 *
 * A sealed object is text, its head, and then bytes (formats/record.md, "Sealed
 * exhibits"). The head says of which case and by which party, the digest and size of the exhibit,
 * and for each party that can open it a *box*: the file key, sealed to that
 * party's entry key (libsodium's crypto_box_seal, to the X25519 form of the
 * Ed25519 key). The bytes are the exhibit as it is, in chunks of one
 * crypto_secretstream (XChaCha20-Poly1305); each is authenticated with the
 * digest of the head, so that nothing of it can be moved to another object.
 *
 * A head has one form: what is read is what would be written. What can be
 * proved without a key is proved by reading; the rest by opening, which gives
 * the exhibit itself or nothing.
 */
#ifndef INQUIRY_SEALED_H
#define INQUIRY_SEALED_H

#include <inquiry/arena.h>
#include <inquiry/entry.h>
#include <inquiry/key.h>

enum {
	INQ_BOX_KEY = 32, /* bytes of a file key */
	INQ_BOX = 80, /* and of one that is sealed to a party */
	INQ_SEALED_CHUNK = 1 << 16, /* bytes of the exhibit in a chunk; the last one has what is left */
	INQ_SEALED_TO_MOST = INQ_OPTIONS_MOST + 1, /* parties, with the one that seals */
	INQ_SEALED_HEAD_MOST = 16 << 10, /* bytes */
};

/*
 * Seals a file key to the holder of an entry key.
 *
 * INQ_BAD_ARGUMENT  not an entry key, which is of the type INQ_KEY_ED25519
 */
INQ_MUST enum inq_status inq_box_seal(const struct inq_vkey *entry, const uint8_t key[INQ_BOX_KEY],
        uint8_t ret[INQ_BOX], struct inq_error *err);

/*
 * Has a box opened by whoever holds the secret of the entry key that it is
 * sealed to: inq_secret_answer of key.h opens it.
 *
 * INQ_LOCKED  it is sealed to another key, or was changed: which of them cannot be told
 */
INQ_MUST enum inq_status inq_box_open(const struct inq_asker *asker, const uint8_t box[INQ_BOX],
        uint8_t ret[INQ_BOX_KEY], struct inq_error *err);

/* A party that can open it: the ID of its entry key, and the file key sealed to that. */
struct inq_sealed_to {
	struct inq_bytes party;
	uint32_t key;
	uint8_t box[INQ_BOX];
};

struct inq_sealed {
	struct inq_bytes case_id, party; /* by whom */
	struct inq_sha256 digest; /* of the exhibit */
	uint64_t size;
	const struct inq_sealed_to *to; /* the party that sealed it first, each once */
	size_t to_count;
	struct inq_bytes head, stream; /* of the object */
};

/* How long the object is that seals `size` bytes below a head of `head` bytes. */
uint64_t inq_sealed_length(uint64_t head, uint64_t size);

/*
 * Seals an exhibit to the holders of entry keys, whose names are the parties',
 * with a key drawn for this object alone. `s` gives case, party, digest and
 * size; `read` the bytes, as in struct inq_store_source, which must be those.
 *
 * INQ_BAD_ARGUMENT  a party twice, or the one that seals is not the first
 * INQ_CONFLICT      other bytes came than have that digest and size
 * INQ_NO_MEMORY     the object does not fit the arena
 */
INQ_MUST enum inq_status inq_seal(const struct inq_sealed *s, const struct inq_vkey *to, size_t to_count,
        enum inq_status (*read)(void *context, uint8_t *at, size_t len, size_t *got, struct inq_error *err),
        void *context, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/*
 * Reads a sealed object, strictly. Everything borrows from `object` but `to`.
 *
 * INQ_UNRECOGNISED  no such object, or a head of another form; `err->at` is where
 * INQ_TRUNCATED     its bytes are fewer than the size asks for
 * INQ_TAMPERED      they are more
 */
INQ_MUST enum inq_status inq_sealed_read(
        struct inq_bytes object, struct inq_arena *a, struct inq_sealed *ret, struct inq_error *err);

/*
 * Whether it is what the entry that names it says: `e` needs its case, party,
 * first subject, size and recipients.
 *
 * INQ_TAMPERED  it is not, and which of them
 */
INQ_MUST enum inq_status inq_sealed_fits(
        const struct inq_sealed *s, const struct inq_entry *e, struct inq_error *err);

/*
 * Opens it with the key out of a box. Nothing is given but the exhibit whole,
 * with its digest.
 *
 * INQ_TAMPERED   the bytes, or the head, are not those that were sealed with this key; `err->at` is the
 *                byte of the exhibit up to which they were
 * INQ_NO_MEMORY  it does not fit the arena
 */
INQ_MUST enum inq_status inq_sealed_open(const struct inq_sealed *s, const uint8_t key[INQ_BOX_KEY],
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/*
 * The same for the holder of an entry key, whose name is the party's: `asker`
 * opens the box that is sealed to it.
 *
 * INQ_LOCKED  none is: it is sealed to others, or to another key of that party
 */
INQ_MUST enum inq_status inq_sealed_open_for(const struct inq_sealed *s, const struct inq_vkey *entry,
        const struct inq_asker *asker, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

#endif
