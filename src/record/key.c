#include "base/utf8.h"
#include "record/private.h"
#include <inquiry/base64.h>
#include <inquiry/hash.h>
#include <inquiry/key.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

bool inq_sodium(void)
{
	return sodium_init() >= 0;
}

const char *inq_key_role_name(enum inq_key_role role)
{
	static const char *const names[] = {
		[INQ_ROLE_ENTRY] = "entry",
		[INQ_ROLE_LOG] = "log",
		[INQ_ROLE_COSIGNER] = "cosigner",
	};

	return role < INQ_ROLES ? names[role] : "?";
}

/* White_Space of the Unicode character database, above the ASCII controls. */
static bool is_space(uint32_t point)
{
	return point == 0x20 || point == 0x85 || point == 0xa0 || point == 0x1680 ||
	       (point >= 0x2000 && point <= 0x200a) || point == 0x2028 || point == 0x2029 ||
	       point == 0x202f || point == 0x205f || point == 0x3000;
}

bool inq_key_name_holds(struct inq_bytes name)
{
	uint32_t point;
	unsigned len;

	if (name.len == 0 || name.len > INQ_NAME_MOST)
		return false;
	for (size_t at = 0; at < name.len; at += len) {
		len = inq_utf8(inq_bytes_from(name, at), &point);
		if (len == 0 || point < 0x20 || point == 0x7f || point == '+' || is_space(point))
			return false;
	}
	return true;
}

static bool is_alphanumeric(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool inq_party_name_holds(struct inq_bytes name)
{
	if (name.len == 0 || name.len > INQ_PARTY_MOST || !is_alphanumeric(name.at[0]) ||
	        !is_alphanumeric(name.at[name.len - 1]))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		if (!is_alphanumeric(name.at[i]) && name.at[i] != '.' && name.at[i] != '-')
			return false;
		if (i && name.at[i] == '.' && name.at[i - 1] == '.')
			return false;
	}
	return true;
}

static uint32_t key_id(struct inq_bytes name, enum inq_key_type type, const uint8_t *public)
{
	const uint8_t middle[] = { '\n', (uint8_t)type };
	struct inq_sha256_state s;
	struct inq_sha256 sum;
	uint32_t id = 0;

	inq_sha256_init(&s);
	inq_sha256_update(&s, name.at, name.len);
	inq_sha256_update(&s, middle, sizeof middle);
	inq_sha256_update(&s, public, INQ_PUBLIC);
	inq_sha256_final(&s, &sum);
	for (int i = 0; i < 4; i++)
		id = id << 8 | sum.byte[i];
	return id;
}

enum inq_status inq_vkey_make(struct inq_bytes name, enum inq_key_type type, const uint8_t public[INQ_PUBLIC],
        struct inq_vkey *ret, struct inq_error *err)
{
	struct inq_vkey key = { .type = type };

	if (!inq_key_name_holds(name))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0,
		        "a key's name is 1 to %d bytes of UTF-8 without spaces or +", INQ_NAME_MOST);
	if (!inq_sodium())
		return inq_fail(err, INQ_IO, 0, "libsodium finds no randomness");
	if (!crypto_core_ed25519_is_valid_point(public))
		return inq_fail(err, INQ_BAD_SIGNATURE, 0,
		        "the public key is no canonical point of the group of prime order");
	memcpy(key.name, name.at, name.len);
	memcpy(key.public, public, INQ_PUBLIC);
	key.id = key_id(name, type, public);
	*ret = key;
	return INQ_OK;
}

enum inq_status inq_vkey_read(struct inq_bytes text, struct inq_vkey *ret, struct inq_error *err)
{
	uint8_t id[4], key[1 + INQ_PUBLIC];
	struct inq_bytes name, digits, base64;
	struct inq_vkey made;
	enum inq_status status;
	size_t second, first, len;
	uint32_t stated = 0;
	/* Base64 has a + of its own: the first two of the text are what counts, and a name has none. */
	const uint8_t *plus = text.len ? memchr(text.at, '+', text.len) : NULL;

	if (!plus)
		return inq_fail(err, INQ_UNRECOGNISED, 0, "not a vkey: there is no + in it");
	first = (size_t)(plus - text.at);
	second = first + 9;
	name = (struct inq_bytes){ text.at, first };
	if (!inq_bytes_cut(text, first + 1, 8, &digits) || text.len <= second || text.at[second] != '+' ||
	        !inq_unhex(digits, id, sizeof id))
		return inq_fail(err, INQ_UNRECOGNISED, first + 1,
		        "not a vkey: no key ID of eight lower-case hexadecimal digits between two +");
	base64 = inq_bytes_from(text, second + 1);
	if (!inq_base64_read(base64, key, sizeof key, &len) || len == 0)
		return inq_fail(err, INQ_UNRECOGNISED, second + 1,
		        "not a vkey this build knows: type and key are not 33 bytes in base64");
	if (key[0] != INQ_KEY_ED25519 && key[0] != INQ_KEY_COSIGNER)
		return inq_fail(err, INQ_UNRECOGNISED, second + 1,
		        "a key of type %02x: this build knows 01 (Ed25519) and 04 (Ed25519 cosigner)",
		        key[0]);
	if (len != sizeof key)
		return inq_fail(err, INQ_UNRECOGNISED, second + 1, "an Ed25519 key of %zu bytes", len - 1);
	status = inq_vkey_make(name, (enum inq_key_type)key[0], key + 1, &made, err);
	if (status == INQ_BAD_ARGUMENT)
		return inq_fail(err, INQ_UNRECOGNISED, 0, "not a vkey: its name is none for a key");
	if (status != INQ_OK)
		return status;
	for (int i = 0; i < 4; i++)
		stated = stated << 8 | id[i];
	if (stated != made.id)
		return inq_fail(err, INQ_UNRECOGNISED, first + 1,
		        "the key ID %08" PRIx32 " is not this key's, which is %08" PRIx32, stated, made.id);
	*ret = made;
	return INQ_OK;
}

void inq_vkey_write(const struct inq_vkey *key, char ret[INQ_VKEY_MOST])
{
	uint8_t typed[1 + INQ_PUBLIC] = { (uint8_t)key->type };
	int len = snprintf(ret, INQ_VKEY_MOST, "%s+%08" PRIx32 "+", key->name, key->id);

	memcpy(typed + 1, key->public, INQ_PUBLIC);
	inq_base64(typed, sizeof typed, ret + len);
}

bool inq_vkey_same(const struct inq_vkey *l, const struct inq_vkey *r)
{
	return l->type == r->type && memcmp(l->public, r->public, INQ_PUBLIC) == 0;
}

bool inq_vkey_verify(
        const struct inq_vkey *key, struct inq_bytes message, const uint8_t signature[INQ_SIGNATURE])
{
	/*
	 * libsodium 1.0.18 refuses S >= L, R of small order, and compares R with the
	 * encoding of what it computed, so that it must be canonical. That the key is
	 * a point of prime order was proved when it was made.
	 */
	return inq_sodium() &&
	       crypto_sign_verify_detached(signature, message.at, message.len, key->public) == 0;
}

enum inq_status inq_sign(const struct inq_signer *signer, struct inq_bytes message,
        uint8_t ret[INQ_SIGNATURE], struct inq_error *err)
{
	uint8_t signature[INQ_SIGNATURE];
	enum inq_status status;

	if (message.len > INQ_SIGNED_MOST)
		return inq_fail(err, INQ_BAD_ARGUMENT, INQ_SIGNED_MOST,
		        "nothing longer than %d bytes is signed", INQ_SIGNED_MOST);
	status = signer->sign(signer->context, message, signature, err);
	if (status != INQ_OK)
		return status;
	if (!inq_vkey_verify(&signer->vkey, message, signature))
		return inq_fail(err, INQ_BAD_SIGNATURE, 0, "the signer's signature is not of its key");
	memcpy(ret, signature, INQ_SIGNATURE);
	return INQ_OK;
}

/* A request: the role in a byte, and the message. */
static enum inq_status remote_sign(
        void *context, struct inq_bytes message, uint8_t ret[INQ_SIGNATURE], struct inq_error *err)
{
	const struct inq_remote *remote = context;
	uint8_t request[1 + INQ_SIGNED_MOST], signature[INQ_SIGNATURE];
	enum inq_status status;
	size_t len;

	if (message.len > INQ_SIGNED_MOST)
		return inq_fail(err, INQ_BAD_ARGUMENT, INQ_SIGNED_MOST, "too long to be signed");
	request[0] = (uint8_t)remote->role;
	if (message.len)
		memcpy(request + 1, message.at, message.len);
	status = remote->asker.ask(remote->asker.context, (struct inq_bytes){ request, 1 + message.len },
	        signature, sizeof signature, &len, err);
	if (status != INQ_OK)
		return status;
	if (len != INQ_SIGNATURE)
		return inq_fail(err, INQ_BAD_SIGNATURE, 0, "what came back is no signature");
	memcpy(ret, signature, INQ_SIGNATURE);
	return INQ_OK;
}

void inq_signer_over(struct inq_remote *remote, const struct inq_vkey *vkey, struct inq_signer *ret)
{
	*ret = (struct inq_signer){ *vkey, remote_sign, remote };
}
