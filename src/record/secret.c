/*
 * The secrets of a party, and the file they are kept in:
 *
 *     inquiry key file v1
 *     party NAME
 *     entry VKEY
 *     log VKEY
 *     cosigner VKEY
 *     argon2id OPS MEMORY base64(salt)
 *     box base64(nonce, ciphertext of the three seeds, tag)
 *
 * All lines up to "box " are the additional data of the box.
 */
#include "record/private.h"
#include <inquiry/base64.h>
#include <inquiry/entry.h>
#include <inquiry/key.h>
#include <inquiry/note.h>
#include <inquiry/sealed.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
	SEEDS = INQ_ROLES * crypto_sign_SEEDBYTES,
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	BOX_KEY = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
	BOX = NONCE + SEEDS + TAG,
	SALT = crypto_pwhash_argon2id_SALTBYTES,
	FILE_MOST = 4096,
};

#define HEAD "inquiry key file v1"

struct inq_secret {
	uint8_t seeds[SEEDS];
	uint8_t keys[INQ_ROLES][crypto_sign_SECRETKEYBYTES];
	uint8_t box_public[crypto_box_PUBLICKEYBYTES],
	        box_secret[crypto_box_SECRETKEYBYTES]; /* of the entry key */
	struct inq_party_keys public;
	struct signing {
		struct inq_secret *secret;
		enum inq_key_role role;
	} signing[INQ_ROLES];
};

static enum inq_status no_randomness(struct inq_error *err)
{
	return inq_fail(err, INQ_IO, 0, "libsodium finds no randomness");
}

static enum inq_status no_locked_memory(struct inq_error *err)
{
	return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to be had for a secret key");
}

static enum inq_key_type type_of(enum inq_key_role role)
{
	return role == INQ_ROLE_COSIGNER ? INQ_KEY_COSIGNER : INQ_KEY_ED25519;
}

/* The keys that follow from the seeds. */
static enum inq_status derive(struct inq_secret *s, struct inq_bytes party, struct inq_error *err)
{
	for (unsigned i = 0; i < INQ_ROLES; i++) {
		uint8_t public[INQ_PUBLIC];
		enum inq_status status;

		crypto_sign_seed_keypair(public, s->keys[i], s->seeds + i * crypto_sign_SEEDBYTES);
		status = inq_vkey_make(party, type_of((enum inq_key_role)i), public, &s->public.of[i], err);
		if (status != INQ_OK)
			return status;
		s->signing[i] = (struct signing){ s, (enum inq_key_role)i };
	}
	if (crypto_sign_ed25519_pk_to_curve25519(s->box_public, s->public.of[INQ_ROLE_ENTRY].public) != 0 ||
	        crypto_sign_ed25519_sk_to_curve25519(s->box_secret, s->keys[INQ_ROLE_ENTRY]) != 0)
		return inq_fail(
		        err, INQ_BAD_SIGNATURE, 0, "the entry key has no form that boxes are sealed to");
	return INQ_OK;
}

enum inq_status inq_secret_make(struct inq_bytes party, struct inq_secret **ret, struct inq_error *err)
{
	struct inq_secret *s;
	enum inq_status status;

	if (!inq_party_name_holds(party))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0,
		        "a party's name is 1 to %d of a-z, 0-9, . and -, beginning and ending with a letter "
		        "or digit",
		        INQ_PARTY_MOST);
	if (!inq_sodium())
		return no_randomness(err);
	s = sodium_malloc(sizeof *s);
	if (!s)
		return no_locked_memory(err);
	memset(s, 0, sizeof *s);
	randombytes_buf(s->seeds, sizeof s->seeds);
	status = derive(s, party, err);
	if (status != INQ_OK) {
		sodium_free(s);
		return status;
	}
	*ret = s;
	return INQ_OK;
}

void inq_secret_close(struct inq_secret *secret)
{
	if (secret)
		sodium_free(secret);
}

void inq_secret_public(const struct inq_secret *secret, struct inq_party_keys *ret)
{
	*ret = secret->public;
}

void inq_secret_subkey(const struct inq_secret *secret, const char *purpose, uint8_t ret[32])
{
	crypto_generichash_state s;

	crypto_generichash_init(&s, (const uint8_t *)purpose, strlen(purpose), 32);
	crypto_generichash_update(&s, secret->seeds, sizeof secret->seeds);
	crypto_generichash_final(&s, ret, 32);
	sodium_memzero(&s, sizeof s);
}

/* What a key file says in clear. */
struct clear {
	struct inq_bytes authenticated; /* all before "box " */
	struct inq_bytes party;
	struct inq_party_keys public;
	uint64_t ops, memory;
	uint8_t salt[SALT], box[BOX];
};

static bool field(struct inq_bytes file, uint64_t *at, const char *name, struct inq_bytes *ret)
{
	size_t len = strlen(name);

	if (!inq_line(file, at, ret) || !inq_bytes_begin(*ret, name, len) || ret->len <= len ||
	        ret->at[len] != ' ')
		return false;
	*ret = inq_bytes_from(*ret, len + 1);
	return true;
}

/* The word at the start of `b`, up to a space or the end; `b` is moved past both. */
static struct inq_bytes word(struct inq_bytes *b)
{
	const uint8_t *space = b->len ? memchr(b->at, ' ', b->len) : NULL;
	struct inq_bytes ret = { b->at, space ? (size_t)(space - b->at) : b->len };

	*b = inq_bytes_from(*b, ret.len + (space != NULL));
	return ret;
}

static enum inq_status clear_read(struct inq_bytes file, struct clear *ret, struct inq_error *err)
{
	struct inq_bytes line;
	enum inq_status status;
	uint64_t at = 0, start;
	size_t len;

	if (file.len > FILE_MOST || !inq_line(file, &at, &line) || !inq_bytes_equal(line, HEAD))
		return inq_fail(
		        err, INQ_UNRECOGNISED, 0, "not a key file: it does not begin with \"" HEAD "\"");
	start = at;
	if (!field(file, &at, "party", &ret->party) || !inq_party_name_holds(ret->party))
		return inq_fail(err, INQ_UNRECOGNISED, start, "not a key file: no party is named");
	for (unsigned i = 0; i < INQ_ROLES; i++) {
		start = at;
		if (!field(file, &at, inq_key_role_name((enum inq_key_role)i), &line))
			return inq_fail(err, INQ_UNRECOGNISED, start, "not a key file: its %s key is missing",
			        inq_key_role_name((enum inq_key_role)i));
		status = inq_vkey_read(line, &ret->public.of[i], err);
		if (status != INQ_OK)
			return status;
		if (ret->public.of[i].type != type_of((enum inq_key_role)i) ||
		        !inq_bytes_same(inq_bytes_of(ret->public.of[i].name), ret->party))
			return inq_fail(err, INQ_UNRECOGNISED, start, "a key of another type or name");
	}
	start = at;
	if (!field(file, &at, "argon2id", &line) || !inq_decimal(word(&line), &ret->ops) ||
	        !inq_decimal(word(&line), &ret->memory) ||
	        !inq_base64_read(line, ret->salt, sizeof ret->salt, &len) || len != sizeof ret->salt)
		return inq_fail(err, INQ_UNRECOGNISED, start, "not a key file: no line for argon2id");
	ret->authenticated = (struct inq_bytes){ file.at, (size_t)at };
	if (ret->ops > INQ_KEY_OPS || ret->memory > INQ_KEY_MEMORY)
		return inq_fail(err, INQ_OVER_LIMIT, start,
		        "the key file asks for %" PRIu64 " passes over %" PRIu64
		        " bytes; %u over %zu are the most",
		        ret->ops, ret->memory, INQ_KEY_OPS, INQ_KEY_MEMORY);
	if (ret->ops < crypto_pwhash_argon2id_OPSLIMIT_MIN ||
	        ret->memory < crypto_pwhash_argon2id_MEMLIMIT_MIN)
		return inq_fail(err, INQ_UNRECOGNISED, start, "the key file asks for less than argon2id can");
	start = at;
	if (!field(file, &at, "box", &line) || at != file.len ||
	        !inq_base64_read(line, ret->box, sizeof ret->box, &len) || len != sizeof ret->box)
		return inq_fail(err, INQ_UNRECOGNISED, start, "not a key file: no box ends it");
	return INQ_OK;
}

enum inq_status inq_key_file_public(struct inq_bytes file, struct inq_party_keys *ret, struct inq_error *err)
{
	struct clear c;
	enum inq_status status = clear_read(file, &c, err);

	if (status == INQ_OK)
		*ret = c.public;
	return status;
}

/* The key of the box, in locked memory. */
static enum inq_status box_key(struct inq_bytes passphrase, uint64_t ops, uint64_t memory,
        const uint8_t *salt, uint8_t **ret, struct inq_error *err)
{
	uint8_t *key = sodium_malloc(BOX_KEY);

	if (!key)
		return no_locked_memory(err);
	if (crypto_pwhash_argon2id(key, BOX_KEY, passphrase.len ? (const char *)passphrase.at : "",
	            passphrase.len, salt, ops, (size_t)memory, crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0) {
		sodium_free(key);
		return inq_fail(err, INQ_NO_MEMORY, 0,
		        "argon2id finds no %" PRIu64 " bytes of memory for the passphrase", memory);
	}
	*ret = key;
	return INQ_OK;
}

static enum inq_status box_open(const struct clear *c, const uint8_t *key, struct inq_secret *s)
{
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(s->seeds, NULL, NULL, c->box + NONCE, BOX - NONCE,
	            c->authenticated.at, c->authenticated.len, c->box, key) != 0)
		return INQ_LOCKED;
	return INQ_OK;
}

enum inq_status inq_secret_read(
        struct inq_bytes file, struct inq_bytes passphrase, struct inq_secret **ret, struct inq_error *err)
{
	struct inq_secret *s;
	struct clear c;
	enum inq_status status;
	uint8_t *key;

	if (!inq_sodium())
		return no_randomness(err);
	status = clear_read(file, &c, err);
	if (status != INQ_OK)
		return status;
	status = box_key(passphrase, c.ops, c.memory, c.salt, &key, err);
	if (status != INQ_OK)
		return status;
	s = sodium_malloc(sizeof *s);
	if (!s) {
		sodium_free(key);
		return no_locked_memory(err);
	}
	memset(s, 0, sizeof *s);
	status = box_open(&c, key, s);
	sodium_free(key);
	if (status != INQ_OK)
		(void)inq_fail(err, status, 0, "the passphrase is wrong, or the key file was changed");
	else
		status = derive(s, c.party, err);
	for (unsigned i = 0; status == INQ_OK && i < INQ_ROLES; i++)
		if (!inq_vkey_same(&s->public.of[i], &c.public.of[i]))
			status = inq_fail(err, INQ_LOCKED, 0, "the key file's vkeys are not of its secrets");
	if (status != INQ_OK) {
		sodium_free(s);
		return status;
	}
	*ret = s;
	return INQ_OK;
}

enum inq_status inq_secret_write(const struct inq_secret *secret, struct inq_bytes passphrase,
        enum inq_key_cost cost, struct inq_sink *out, struct inq_error *err)
{
	uint64_t ops = cost == INQ_KEY_COST_USUAL ? crypto_pwhash_argon2id_OPSLIMIT_MODERATE
	                                          : crypto_pwhash_argon2id_OPSLIMIT_MIN;
	uint64_t memory = cost == INQ_KEY_COST_USUAL ? crypto_pwhash_argon2id_MEMLIMIT_MODERATE
	                                             : crypto_pwhash_argon2id_MEMLIMIT_MIN;
	char text[FILE_MOST], vkey[INQ_VKEY_MOST], base64[256];
	uint8_t salt[SALT], box[BOX], *key;
	enum inq_status status;
	size_t clear;
	int len;

	if (!inq_sodium())
		return no_randomness(err);
	randombytes_buf(salt, sizeof salt);
	randombytes_buf(box, NONCE);
	len = snprintf(text, sizeof text, HEAD "\nparty %s\n", secret->public.of[0].name);
	for (unsigned i = 0; i < INQ_ROLES; i++) {
		inq_vkey_write(&secret->public.of[i], vkey);
		len += snprintf(text + len, sizeof text - (size_t)len, "%s %s\n",
		        inq_key_role_name((enum inq_key_role)i), vkey);
	}
	inq_base64(salt, sizeof salt, base64);
	len += snprintf(text + len, sizeof text - (size_t)len, "argon2id %" PRIu64 " %" PRIu64 " %s\n", ops,
	        memory, base64);
	clear = (size_t)len;
	status = box_key(passphrase, ops, memory, salt, &key, err);
	if (status != INQ_OK)
		return status;
	crypto_aead_xchacha20poly1305_ietf_encrypt(
	        box + NONCE, NULL, secret->seeds, SEEDS, (const uint8_t *)text, clear, NULL, box, key);
	sodium_free(key);
	inq_base64(box, sizeof box, base64);
	inq_put_bytes(out, (struct inq_bytes){ (const uint8_t *)text, clear });
	inq_putf(out, "box %s\n", base64);
	return INQ_OK;
}

/* What a key is there to sign, by how it begins. */
static bool is_its_own(enum inq_key_role role, struct inq_bytes message)
{
	static const char entry[] = "DSSEv1 28 " INQ_PAYLOAD_TYPE " ",
	                  cosignature[] = "cosignature/v1\ntime ";
	struct inq_checkpoint head;

	if (inq_bytes_begin(message, INQ_POSSESSION_HEAD, strlen(INQ_POSSESSION_HEAD)))
		return true;
	switch (role) {
	case INQ_ROLE_ENTRY:
		return inq_bytes_begin(message, entry, sizeof entry - 1);
	case INQ_ROLE_LOG:
		return inq_checkpoint_read(message, &head, NULL) == INQ_OK;
	case INQ_ROLE_COSIGNER:
		return inq_bytes_begin(message, cosignature, sizeof cosignature - 1);
	case INQ_ROLES:
		break;
	}
	return false;
}

static enum inq_status sign(const struct inq_secret *s, enum inq_key_role role, struct inq_bytes message,
        uint8_t *ret, struct inq_error *err)
{
	if (role >= INQ_ROLES || message.len > INQ_SIGNED_MOST || !is_its_own(role, message))
		return inq_fail(
		        err, INQ_BAD_ARGUMENT, 0, "nothing that the %s key signs", inq_key_role_name(role));
	crypto_sign_detached(ret, NULL, message.at, message.len, s->keys[role]);
	return INQ_OK;
}

static enum inq_status local_sign(
        void *context, struct inq_bytes message, uint8_t ret[INQ_SIGNATURE], struct inq_error *err)
{
	const struct signing *signing = context;

	return sign(signing->secret, signing->role, message, ret, err);
}

void inq_secret_signer(struct inq_secret *secret, enum inq_key_role role, struct inq_signer *ret)
{
	*ret = (struct inq_signer){ secret->public.of[role], local_sign, &secret->signing[role] };
}

static enum inq_status box_answer(const struct inq_secret *s, struct inq_bytes box, uint8_t *reply,
        size_t most, size_t *ret_len, struct inq_error *err)
{
	if (box.len != INQ_BOX || most < INQ_BOX_KEY)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "a box of another size than boxes have");
	if (crypto_box_seal_open(reply, box.at, box.len, s->box_public, s->box_secret) != 0)
		return inq_fail(
		        err, INQ_LOCKED, 0, "the box is sealed to another key than this one, or was changed");
	*ret_len = INQ_BOX_KEY;
	return INQ_OK;
}

enum inq_status inq_secret_answer(void *secret, struct inq_bytes request, uint8_t *reply, size_t most,
        size_t *ret_len, struct inq_error *err)
{
	enum inq_status status;

	if (request.len && request.at[0] == REQUEST_OPEN)
		return box_answer(secret, inq_bytes_from(request, 1), reply, most, ret_len, err);
	if (request.len == 0 || most < INQ_SIGNATURE)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "a request to sign names a key");
	status = sign(secret, (enum inq_key_role)request.at[0], inq_bytes_from(request, 1), reply, err);
	if (status == INQ_OK)
		*ret_len = INQ_SIGNATURE;
	return status;
}
