/* Who keeps the scalar, and how to ask it. */
#include "blind/private.h"
#include <sodium.h>
#include <string.h>

_Static_assert(INQ_BLIND_SEALED == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES + INQ_SCALAR +
                                           crypto_aead_xchacha20poly1305_ietf_ABYTES,
        "nonce, scalar and tag");

enum {
	ASK_DRAW = INQ_BLIND_REQUEST, /* session -> public, sealed scalar */
	ASK_LOAD, /* session, sealed scalar -> public */
	ASK_MULTIPLY, /* points -> points */
	ASK_PROVE, /* combination -> proof */
	ASK_FILE_KEY, /* session -> key */
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	SESSION = 32,
};

/* 64 bytes that nobody can tell from drawn ones, of what the process began with and what they are for. */
static void draw(struct inq_blind_keeper *k, const char *what, const uint8_t *of, size_t len, uint8_t ret[64])
{
	crypto_generichash_state s;

	k->drawn++;
	crypto_generichash_init(&s, k->seed, sizeof k->seed, 64);
	crypto_generichash_update(&s, (const uint8_t *)&k->drawn, sizeof k->drawn);
	crypto_generichash_update(&s, k->scalar, sizeof k->scalar);
	crypto_generichash_update(&s, (const uint8_t *)what, strlen(what) + 1);
	crypto_generichash_update(&s, of, len);
	crypto_generichash_final(&s, ret, 64);
	sodium_memzero(&s, sizeof s);
}

/* A key of the party for one purpose in one session. */
static void key_of(
        const struct inq_blind_keeper *k, const char *what, const uint8_t *session, uint8_t ret[32])
{
	crypto_generichash_state s;

	crypto_generichash_init(&s, k->secret, sizeof k->secret, 32);
	crypto_generichash_update(&s, (const uint8_t *)what, strlen(what) + 1);
	crypto_generichash_update(&s, session, SESSION);
	crypto_generichash_final(&s, ret, 32);
	sodium_memzero(&s, sizeof s);
}

static enum inq_status keeper_draw(
        struct inq_blind_keeper *k, struct inq_bytes of, uint8_t *reply, struct inq_error *err)
{
	uint8_t wide[64], key[32], *sealed = reply + INQ_POINT;

	draw(k, "scalar", of.at, of.len, wide);
	if (!inq_scalar_of(wide, k->scalar) || !inq_point_base(k->scalar, k->public))
		return inq_fail(err, INQ_IO, 0, "no scalar came of what was drawn");
	draw(k, "nonce", of.at, of.len, wide);
	memcpy(sealed, wide, NONCE);
	key_of(k, "scalar", of.at, key);
	crypto_aead_xchacha20poly1305_ietf_encrypt(
	        sealed + NONCE, NULL, k->scalar, INQ_SCALAR, of.at, of.len, NULL, sealed, key);
	sodium_memzero(wide, sizeof wide);
	sodium_memzero(key, sizeof key);
	memcpy(reply, k->public, INQ_POINT);
	k->loaded = true;
	return INQ_OK;
}

static enum inq_status keeper_load(
        struct inq_blind_keeper *k, struct inq_bytes of, uint8_t *reply, struct inq_error *err)
{
	const uint8_t *sealed = of.at + SESSION;
	uint8_t key[32], scalar[INQ_SCALAR], public[INQ_POINT];
	bool opens;

	key_of(k, "scalar", of.at, key);
	opens = crypto_aead_xchacha20poly1305_ietf_decrypt(scalar, NULL, NULL, sealed + NONCE,
	                INQ_BLIND_SEALED - NONCE, of.at, SESSION, sealed, key) == 0 &&
	        inq_point_base(scalar, public);
	sodium_memzero(key, sizeof key);
	if (opens) {
		memcpy(k->scalar, scalar, sizeof scalar);
		memcpy(k->public, public, sizeof public);
		memcpy(reply, public, sizeof public);
		k->loaded = true;
	}
	sodium_memzero(scalar, sizeof scalar);
	return opens ? INQ_OK
	             : inq_fail(err, INQ_LOCKED, 0, "the session's secret is of another key, or was changed");
}

static enum inq_status keeper_multiply(
        const struct inq_blind_keeper *k, struct inq_bytes of, uint8_t *reply, struct inq_error *err)
{
	for (size_t at = 0; at < of.len; at += INQ_POINT)
		if (!inq_point_multiply(k->scalar, of.at + at, reply + at))
			return inq_fail(err, INQ_TAMPERED, at, "a point that is none, or the identity");
	return INQ_OK;
}

static enum inq_status keeper_prove(
        struct inq_blind_keeper *k, struct inq_bytes of, uint8_t *reply, struct inq_error *err)
{
	uint8_t wide[64], random[INQ_SCALAR];
	bool proved;

	draw(k, "proof", of.at, of.len, wide);
	proved = inq_scalar_of(wide, random) &&
	         inq_dleq_prove(INQ_VOPRF, k->scalar, k->public, of.at, random, reply);
	sodium_memzero(wide, sizeof wide);
	sodium_memzero(random, sizeof random);
	return proved ? INQ_OK : inq_fail(err, INQ_TAMPERED, 0, "nothing that can be proved");
}

enum inq_status inq_blind_answer(void *keeper, struct inq_bytes request, uint8_t *reply, size_t most,
        size_t *ret_len, struct inq_error *err)
{
	/* What a request holds, and what its reply. */
	static const struct {
		size_t of, reply;
		bool needs_scalar;
	} forms[] = {
		{ SESSION, INQ_POINT + INQ_BLIND_SEALED, false },
		{ SESSION + INQ_BLIND_SEALED, INQ_POINT, false },
		{ 0, 0, true },
		{ INQ_POINT, INQ_DLEQ, true },
		{ SESSION, 32, false },
	};
	struct inq_bytes of = inq_bytes_from(request, 1);
	unsigned asked = request.len ? request.at[0] - INQ_BLIND_REQUEST : sizeof forms / sizeof *forms;
	struct inq_blind_keeper *k = keeper;
	enum inq_status status;
	size_t len;

	if (asked >= sizeof forms / sizeof *forms)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "no such request");
	len = forms[asked].reply ? forms[asked].reply : of.len;
	if (len > most || (forms[asked].of ? of.len != forms[asked].of : of.len % INQ_POINT != 0))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "a request that is not of its form");
	if (forms[asked].needs_scalar && !k->loaded)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "no session is loaded");
	switch (asked + INQ_BLIND_REQUEST) {
	case ASK_DRAW:
		status = keeper_draw(k, of, reply, err);
		break;
	case ASK_LOAD:
		status = keeper_load(k, of, reply, err);
		break;
	case ASK_MULTIPLY:
		status = keeper_multiply(k, of, reply, err);
		break;
	case ASK_PROVE:
		status = keeper_prove(k, of, reply, err);
		break;
	default:
		key_of(k, "file", of.at, reply);
		status = INQ_OK;
		break;
	}
	if (status == INQ_OK)
		*ret_len = len;
	return status;
}

static enum inq_status ask(const struct inq_asker *asker, uint8_t what, const void *of, size_t of_len,
        uint8_t *reply, size_t len, struct inq_error *err)
{
	uint8_t request[1 + INQ_BLIND_ASK_POINTS * INQ_POINT] = { what };
	size_t got = 0;
	enum inq_status status;

	memcpy(request + 1, of, of_len);
	status = asker->ask(asker->context, (struct inq_bytes){ request, 1 + of_len }, reply, len, &got, err);
	if (status == INQ_OK && got != len)
		status = inq_fail(err, INQ_CRASHED, 0, "who keeps the session's secret gave another answer");
	return status;
}

enum inq_status blind_multiply(const struct inq_asker *asker, const uint8_t (*from)[INQ_POINT], size_t count,
        uint8_t (*to)[INQ_POINT], struct inq_error *err)
{
	for (size_t at = 0; at < count; at += INQ_BLIND_ASK_POINTS) {
		size_t len =
		        (count - at < INQ_BLIND_ASK_POINTS ? count - at : INQ_BLIND_ASK_POINTS) * INQ_POINT;
		enum inq_status status = ask(asker, ASK_MULTIPLY, from[at], len, to[at], len, err);

		if (status != INQ_OK)
			return status;
	}
	return INQ_OK;
}

enum inq_status blind_prove(const struct inq_asker *asker, const uint8_t public[INQ_POINT],
        const uint8_t (*from)[INQ_POINT], const uint8_t (*to)[INQ_POINT], size_t count, struct blind_out *o,
        struct inq_error *err)
{
	for (size_t at = 0; at < count; at += INQ_BLIND_BATCH) {
		size_t batch = count - at < INQ_BLIND_BATCH ? count - at : INQ_BLIND_BATCH;
		uint8_t combination[INQ_POINT], proof[INQ_DLEQ];
		enum inq_status status;

		if (!inq_dleq_composite(INQ_VOPRF, public, from + at, to + at, batch, combination, NULL))
			return inq_fail(err, INQ_TAMPERED, at, "a point that is none, or the identity");
		status = ask(asker, ASK_PROVE, combination, sizeof combination, proof, sizeof proof, err);
		if (status != INQ_OK)
			return status;
		blind_put(o, proof, sizeof proof);
	}
	return INQ_OK;
}

bool blind_proofs_hold(const uint8_t public[INQ_POINT], const uint8_t (*from)[INQ_POINT],
        const uint8_t (*to)[INQ_POINT], size_t count, const uint8_t *proofs)
{
	for (size_t at = 0; at < count; at += INQ_BLIND_BATCH) {
		size_t batch = count - at < INQ_BLIND_BATCH ? count - at : INQ_BLIND_BATCH;

		if (!inq_dleq_verify(INQ_VOPRF, public, from + at, to + at, batch,
		            proofs + at / INQ_BLIND_BATCH * INQ_DLEQ))
			return false;
	}
	return true;
}

enum inq_status blind_draw(const struct inq_asker *asker, const struct inq_sha256 *session,
        uint8_t ret_public[INQ_POINT], uint8_t ret_sealed[INQ_BLIND_SEALED], struct inq_error *err)
{
	uint8_t reply[INQ_POINT + INQ_BLIND_SEALED];
	enum inq_status status = ask(asker, ASK_DRAW, session->byte, SESSION, reply, sizeof reply, err);

	if (status == INQ_OK) {
		memcpy(ret_public, reply, INQ_POINT);
		memcpy(ret_sealed, reply + INQ_POINT, INQ_BLIND_SEALED);
	}
	return status;
}

enum inq_status blind_file_key(const struct inq_asker *asker, const struct inq_sha256 *session,
        uint8_t ret[32], struct inq_error *err)
{
	return ask(asker, ASK_FILE_KEY, session->byte, SESSION, ret, 32, err);
}

enum inq_status inq_blind_load(
        const struct inq_blind_session *s, const struct inq_asker *asker, struct inq_error *err)
{
	uint8_t of[SESSION + INQ_BLIND_SEALED], public[INQ_POINT];
	enum inq_status status;

	memcpy(of, s->id.byte, SESSION);
	memcpy(of + SESSION, s->sealed, INQ_BLIND_SEALED);
	status = ask(asker, ASK_LOAD, of, sizeof of, public, sizeof public, err);
	if (status == INQ_OK && memcmp(public, s->public, sizeof public) != 0)
		status = inq_fail(err, INQ_LOCKED, 0, "the session's secret is not that of its commitment");
	return status;
}
