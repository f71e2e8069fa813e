/*
 * Keys: who signed.
 *
 * A party has three Ed25519 keys (RFC 8032), because one key must never sign
 * for two purposes: its *entry* key signs the entries of its log, its *log* key
 * the heads of its log, its *cosigner* key the heads of all logs it has seen.
 * One key file holds the three secrets.
 *
 * A public key is written as a C2SP vkey (c2sp.org/signed-note):
 *
 *     name "+" 8 hex digits of the key ID "+" base64(type byte, public key)
 *
 * Type 01 are entry and log keys, 04 cosigner keys (c2sp.org/tlog-cosignature).
 * The key ID is the first four bytes, big-endian, of SHA-256(name, LF, type,
 * public key). Type 06 (ML-DSA-44) is reserved: its signatures are those of an
 * unknown key, which a reader of notes passes over; as a vkey it is refused.
 *
 * Which signatures hold: a public key must be the canonical encoding of a point
 * of the prime-order subgroup other than the identity; that is proved when the
 * key is read. R must be canonical and not of small order, S below the group's
 * order, and [S]B = R + [k]A exactly, without the cofactor. That is RFC 8032
 * section 5.1.7 with its freedoms taken away: any two verifiers that do this
 * agree on every signature.
 *
 * libsodium is initialised on first use by every call that needs it. A secret
 * belongs to one thread at a time.
 */
#ifndef INQUIRY_KEY_H
#define INQUIRY_KEY_H

#include <inquiry/text.h>

enum {
	INQ_NAME_MOST = 255, /* bytes of a key name */
	INQ_PARTY_MOST = 64, /* bytes of a party's name */
	INQ_VKEY_MOST = INQ_NAME_MOST + 1 + 8 + 1 + 44 + 1, /* a vkey as text, with its NUL */
	INQ_SIGNATURE = 64, /* bytes of an Ed25519 signature */
	INQ_PUBLIC = 32, /* bytes of a public key */
	INQ_SIGNED_MOST = 96 << 10, /* bytes of a message that is signed */
};

enum inq_key_type {
	INQ_KEY_ED25519 = 1,
	INQ_KEY_COSIGNER = 4,
};

enum inq_key_role { INQ_ROLE_ENTRY, INQ_ROLE_LOG, INQ_ROLE_COSIGNER, INQ_ROLES };

/* "entry", "log", "cosigner". */
const char *inq_key_role_name(enum inq_key_role role);

struct inq_vkey {
	char name[INQ_NAME_MOST + 1];
	uint32_t id;
	enum inq_key_type type;
	uint8_t public[INQ_PUBLIC];
};

/* The three keys of a party. All bear the party's name; in a case the log key bears the log's origin. */
struct inq_party_keys {
	struct inq_vkey of[INQ_ROLES]; /* by enum inq_key_role */
};

/*
 * A key name: 1 to 255 bytes of UTF-8 without control characters, Unicode
 * spaces or "+".
 */
INQ_MUST bool inq_key_name_holds(struct inq_bytes name);

/*
 * A party's name, which also names a folder: 1 to 64 of a-z, 0-9, "." and "-",
 * the first and the last of them a letter or a digit, without "..".
 */
INQ_MUST bool inq_party_name_holds(struct inq_bytes name);

/*
 * The vkey of a public key under a name.
 *
 * INQ_BAD_ARGUMENT   the name is none
 * INQ_BAD_SIGNATURE  the point is not canonical, of small order or outside the prime-order subgroup
 */
INQ_MUST enum inq_status inq_vkey_make(struct inq_bytes name, enum inq_key_type type,
        const uint8_t public[INQ_PUBLIC], struct inq_vkey *ret, struct inq_error *err);

/*
 * Reads a vkey, with nothing before or after it.
 *
 * INQ_UNRECOGNISED   not a vkey, an ID that is not its own, or a type this build does not know
 * INQ_BAD_SIGNATURE  a point as above
 */
INQ_MUST enum inq_status inq_vkey_read(struct inq_bytes text, struct inq_vkey *ret, struct inq_error *err);

/* The vkey as text. */
void inq_vkey_write(const struct inq_vkey *key, char ret[INQ_VKEY_MOST]);

/* Whether both are the same key: type and public key. Their names may differ. */
bool inq_vkey_same(const struct inq_vkey *l, const struct inq_vkey *r);

/* Whether `signature` is one of `message` by the rule at the head. */
INQ_MUST bool inq_vkey_verify(
        const struct inq_vkey *key, struct inq_bytes message, const uint8_t signature[INQ_SIGNATURE]);

/*
 * Something that signs: what this process knows of a secret that another
 * holds. `sign` leaves `ret` alone on failure.
 */
struct inq_signer {
	struct inq_vkey vkey;
	enum inq_status (*sign)(
	        void *context, struct inq_bytes message, uint8_t ret[INQ_SIGNATURE], struct inq_error *err);
	void *context;
};

/*
 * Signs `message` and verifies the result before it is given: a signature that
 * no verifier takes never leaves.
 *
 * INQ_BAD_ARGUMENT   longer than INQ_SIGNED_MOST
 * INQ_BAD_SIGNATURE  the signer gave a signature that is not its key's
 * and what the signer gives
 */
INQ_MUST enum inq_status inq_sign(const struct inq_signer *signer, struct inq_bytes message,
        uint8_t ret[INQ_SIGNATURE], struct inq_error *err);

/*
 * Secrets. They stand in memory that libsodium locks and guards, and nowhere
 * else; inq_secret_close wipes them. A process that holds one should parse
 * nothing of others: src/os/agent.h makes such a process, and inq_secret_answer
 * is its handler.
 */
struct inq_secret;

/* Three new keys under a party's name. */
INQ_MUST enum inq_status inq_secret_make(
        struct inq_bytes party, struct inq_secret **ret, struct inq_error *err);

/*
 * The key file: text of its own, version 1 (formats/record.md, "The key file").
 * The passphrase goes through Argon2id; its result opens an XChaCha20-Poly1305
 * box that holds the three seeds and authenticates all text in clear before it
 * (name, vkeys, cost): changing any of that shows.
 *
 * `passphrase` may be empty: the file then protects nothing by itself. Files
 * that ask for more than INQ_KEY_OPS passes or INQ_KEY_MEMORY bytes are
 * refused before any is spent.
 *
 * INQ_UNRECOGNISED  not such a file
 * INQ_OVER_LIMIT    it asks for too much
 * INQ_LOCKED        the passphrase is wrong or the file was changed: which of them cannot be told
 */
#define INQ_KEY_OPS 10U
#define INQ_KEY_MEMORY ((size_t)1 << 30)
INQ_MUST enum inq_status inq_secret_read(
        struct inq_bytes file, struct inq_bytes passphrase, struct inq_secret **ret, struct inq_error *err);

/* What Argon2id is to cost for a new key file: as for a login, or the least there is, for tests. */
enum inq_key_cost { INQ_KEY_COST_USUAL, INQ_KEY_COST_LEAST };

/* Writes the key file. Nothing was written, or a part that opens to nothing, after a failure. */
INQ_MUST enum inq_status inq_secret_write(const struct inq_secret *secret, struct inq_bytes passphrase,
        enum inq_key_cost cost, struct inq_sink *out, struct inq_error *err);

/* The public half of a key file, read without a passphrase. It is only as true as the file. */
INQ_MUST enum inq_status inq_key_file_public(
        struct inq_bytes file, struct inq_party_keys *ret, struct inq_error *err);

void inq_secret_public(const struct inq_secret *secret, struct inq_party_keys *ret);

/*
 * 32 bytes that follow from the secrets and from what they are for, and from
 * which nobody gets back to them: for other secrets of the party. A purpose has 16 to 64 bytes.
 */
void inq_secret_subkey(const struct inq_secret *secret, const char *purpose, uint8_t ret[32]);

/* Wipes and frees. NULL is allowed. */
void inq_secret_close(struct inq_secret *secret);

/* A signer in this process. It lives as long as the secret. */
void inq_secret_signer(struct inq_secret *secret, enum inq_key_role role, struct inq_signer *ret);

/*
 * Answers one request of inq_signer_over or inq_box_open (sealed.h): `secret` is a struct inq_secret, the
 * request the role and the message, the reply the signature; or a box of fixed
 * size, and what it holds. A key signs what
 * is its own to sign alone: the entry key DSSE envelopes of in-toto statements,
 * the log key checkpoints, the cosigner key cosignature/v1, each besides the
 * proof of possession of a rotation (entry.h). So whoever talks to the agent
 * cannot make a key sign for another purpose.
 *
 * INQ_BAD_ARGUMENT  no such role, or nothing this key signs
 * INQ_LOCKED        a box that does not open
 */
INQ_MUST enum inq_status inq_secret_answer(void *secret, struct inq_bytes request, uint8_t *reply,
        size_t most, size_t *ret_len, struct inq_error *err);

/* How to reach whoever holds the secret: inq_agent_ask of src/os/agent.h fits. */
struct inq_asker {
	enum inq_status (*ask)(void *context, struct inq_bytes request, uint8_t *reply, size_t most,
	        size_t *ret_len, struct inq_error *err);
	void *context;
};

/* A signer whose secret is elsewhere, in the caller's storage: it may not move while `*ret` is used. */
struct inq_remote {
	struct inq_asker asker;
	enum inq_key_role role;
};
void inq_signer_over(struct inq_remote *remote, const struct inq_vkey *vkey, struct inq_signer *ret);

#endif
