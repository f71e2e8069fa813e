#include "../make/record.h"
#include <openssl/evp.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void reads_and_writes_the_vkeys_of_others(void **state)
{
	/* golang.org/x/mod/sumdb/note, and the key of sum.golang.org (BSD-3-Clause). */
	static const struct {
		const char *text, *name;
		uint32_t id;
	} known[] = {
		{ "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "PeterNeumann",
		        0xc74f20a3 },
		{ "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", "sum.golang.org",
		        0x033de0ae },
	};
	char text[INQ_VKEY_MOST];
	struct inq_error err;
	struct inq_vkey key;

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		assert_int_equal(inq_vkey_read(inq_bytes_of(known[i].text), &key, &err), INQ_OK);
		assert_string_equal(key.name, known[i].name);
		assert_int_equal(key.id, known[i].id);
		assert_int_equal(key.type, INQ_KEY_ED25519);
		inq_vkey_write(&key, text);
		assert_string_equal(text, known[i].text);
	}
}

static void refuses_what_is_no_vkey(void **state)
{
	static const char *const wrong[] = { "", "+", "++", "PeterNeumann", "PeterNeumann+c74f20a3",
		"PeterNeumann+c74f20a3+",
		"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
		"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW ",
		"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWAA==",
		"PeterNeumann+c74f20a3+AhpcWQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" };
	struct inq_vkey key = { .id = 77 };
	struct inq_error err;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		if (inq_vkey_read(inq_bytes_of(wrong[i]), &key, &err) != INQ_UNRECOGNISED)
			print_message("%s\n", wrong[i]);
		assert_int_equal(inq_vkey_read(inq_bytes_of(wrong[i]), &key, &err), INQ_UNRECOGNISED);
	}
	assert_int_equal(key.id, 77);
}

static void names_are_as_the_specification_has_them(void **state)
{
	static const char *const good[] = { "a", "example.com/abc", "m\xc3\xbcller", "a/b\"<>" };
	static const char *const wrong[] = { "", "a b", "a+b", "a\nb", "a\tb", "a\x7f", "a\xc2\xa0",
		"a\xe2\x80\x83", "a\xe3\x80\x80", "\xff", "a\xe2\x80\xa8" };
	static const char *const parties[] = { "a", "ministry-a.example", "0", "a--b" };
	static const char *const no_parties[] = { "", ".", "..", "-a", "a-", "a.", "A", "a/b", "a..b", "a_b",
		"m\xc3\xbc", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(inq_key_name_holds(inq_bytes_of(good[i])));
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(inq_key_name_holds(inq_bytes_of(wrong[i])));
	for (size_t i = 0; i < sizeof parties / sizeof *parties; i++)
		assert_true(inq_party_name_holds(inq_bytes_of(parties[i])));
	for (size_t i = 0; i < sizeof no_parties / sizeof *no_parties; i++)
		assert_false(inq_party_name_holds(inq_bytes_of(no_parties[i])));
}

/* The points of small order in all their encodings, and one with a small component: facts of C2SP/CCTV, ed25519. */
static const char *const bad_points[] = {
	"0000000000000000000000000000000000000000000000000000000000000000",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"0000000000000000000000000000000000000000000000000000000000000080",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000080",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f",
	"0200000000000000000000000000000000000000000000000000000000000000",
};

static void refuses_keys_outside_the_group(void **state)
{
	struct inq_vkey key = { .id = 77 };
	struct inq_error err;
	uint8_t point[32];

	(void)state;
	for (size_t i = 0; i < sizeof bad_points / sizeof *bad_points; i++) {
		assert_true(inq_unhex(inq_bytes_of(bad_points[i]), point, 32));
		assert_int_equal(inq_vkey_make(inq_bytes_of("a"), INQ_KEY_ED25519, point, &key, &err),
		        INQ_BAD_SIGNATURE);
	}
	assert_int_equal(key.id, 77);
}

static int openssl_verifies(const uint8_t *public, struct inq_bytes message, const uint8_t *signature)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public, 32);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	int holds = key && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
	            EVP_DigestVerify(context, signature, 64, message.at, message.len) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return holds;
}

/* S with [S]B = R + [k]A for the neutral R: S = k a. */
static void neutral_signature(
        const struct make_key *k, struct inq_bytes message, const uint8_t *r, uint8_t *ret)
{
	uint8_t hash[64], scalar[32], reduced[32];
	crypto_hash_sha512_state s;

	crypto_hash_sha512(hash, k->secret, 32);
	hash[0] &= 248;
	hash[31] &= 127;
	hash[31] |= 64;
	memcpy(scalar, hash, 32);
	crypto_hash_sha512_init(&s);
	crypto_hash_sha512_update(&s, r, 32);
	crypto_hash_sha512_update(&s, k->signer.vkey.public, 32);
	crypto_hash_sha512_update(&s, message.at, message.len);
	crypto_hash_sha512_final(&s, hash);
	crypto_core_ed25519_scalar_reduce(reduced, hash);
	memcpy(ret, r, 32);
	crypto_core_ed25519_scalar_mul(ret + 32, reduced, scalar);
}

static void edge_cases_of_signatures_are_refused(void **state)
{
	static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
		0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10 };
	struct inq_bytes message = inq_bytes_of("message");
	uint8_t signature[64], moved[64], r[32];
	struct make_key k;
	unsigned carry = 0;

	(void)state;
	make_key(&k, "a", INQ_KEY_ED25519, 5);
	crypto_sign_detached(signature, NULL, message.at, message.len, k.secret);
	assert_true(inq_vkey_verify(&k.signer.vkey, message, signature));
	assert_true(openssl_verifies(k.signer.vkey.public, message, signature));
	/* S + L is the same S modulo L, and another signature. */
	memcpy(moved, signature, 64);
	for (int i = 0; i < 32; i++) {
		carry += (unsigned)signature[32 + i] + order[i];
		moved[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_false(inq_vkey_verify(&k.signer.vkey, message, moved));
	assert_false(openssl_verifies(k.signer.vkey.public, message, moved));
	/* A neutral R satisfies the equation: OpenSSL takes it, we do not, in no encoding. */
	assert_true(inq_unhex(inq_bytes_of(bad_points[4]), r, 32));
	neutral_signature(&k, message, r, moved);
	assert_true(openssl_verifies(k.signer.vkey.public, message, moved));
	assert_false(inq_vkey_verify(&k.signer.vkey, message, moved));
	for (size_t i = 5; i < 8; i++) {
		assert_true(inq_unhex(inq_bytes_of(bad_points[i]), r, 32));
		neutral_signature(&k, message, r, moved);
		assert_false(inq_vkey_verify(&k.signer.vkey, message, moved));
	}
	for (unsigned bit = 0; bit < 512; bit++) {
		memcpy(moved, signature, 64);
		moved[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_false(inq_vkey_verify(&k.signer.vkey, message, moved));
	}
}

static struct inq_bytes file_of(struct inq_secret *secret, const char *passphrase, struct inq_arena *a)
{
	struct inq_memory_sink memory = { .arena = a };
	struct inq_error err;
	struct inq_sink sink;

	inq_sink_init(&sink, inq_memory_sink_write, &memory);
	assert_int_equal(
	        inq_secret_write(secret, inq_bytes_of(passphrase), INQ_KEY_COST_LEAST, &sink, &err), INQ_OK);
	assert_true(inq_sink_flush(&sink));
	return (struct inq_bytes){ (const uint8_t *)memory.at, memory.len };
}

static void key_file_opens_with_its_passphrase_alone(void **state)
{
	struct inq_arena *a = inq_arena_open(1 << 20);
	struct inq_secret *secret = NULL, *again = NULL;
	struct inq_party_keys keys, read;
	struct inq_error err;
	struct inq_bytes file;
	uint8_t copy[2048];

	(void)state;
	assert_int_equal(inq_secret_make(inq_bytes_of("Alma"), &secret, &err), INQ_BAD_ARGUMENT);
	assert_int_equal(inq_secret_make(inq_bytes_of("alma"), &secret, &err), INQ_OK);
	inq_secret_public(secret, &keys);
	assert_string_equal(keys.of[INQ_ROLE_LOG].name, "alma");
	assert_int_equal(keys.of[INQ_ROLE_COSIGNER].type, INQ_KEY_COSIGNER);
	file = file_of(secret, "a passphrase", a);
	assert_true(inq_bytes_begin(file, "inquiry key file v1\nparty alma\nentry alma+", 42));
	assert_int_equal(inq_key_file_public(file, &read, &err), INQ_OK);
	assert_memory_equal(&read, &keys, sizeof keys);
	assert_int_equal(inq_secret_read(file, inq_bytes_of("a passphrasf"), &again, &err), INQ_LOCKED);
	assert_int_equal(inq_secret_read(file, inq_bytes_of(""), &again, &err), INQ_LOCKED);
	assert_null(again);
	assert_int_equal(inq_secret_read(file, inq_bytes_of("a passphrase"), &again, &err), INQ_OK);
	inq_secret_public(again, &read);
	assert_memory_equal(&read, &keys, sizeof keys);
	inq_secret_close(again);
	again = NULL;
	assert_true(file.len < sizeof copy);
	for (size_t i = 0; i < file.len; i++) {
		memcpy(copy, file.at, file.len);
		copy[i] ^= 1;
		assert_int_not_equal(inq_secret_read((struct inq_bytes){ copy, file.len },
		                             inq_bytes_of("a passphrase"), &again, &err),
		        INQ_OK);
		assert_int_not_equal(inq_secret_read((struct inq_bytes){ file.at, i },
		                             inq_bytes_of("a passphrase"), &again, &err),
		        INQ_OK);
	}
	assert_null(again);
	inq_secret_close(secret);
	inq_arena_close(a);
}

static void key_file_that_asks_for_too_much_is_refused(void **state)
{
	struct inq_arena *a = inq_arena_open(1 << 20);
	struct inq_secret *secret, *again = NULL;
	struct inq_error err;
	struct inq_bytes file;
	char *text, *at;

	(void)state;
	assert_int_equal(inq_secret_make(inq_bytes_of("alma"), &secret, &err), INQ_OK);
	file = file_of(secret, "", a);
	text = inq_arena_string(a, file);
	at = strstr(text, "argon2id ");
	text = inq_arena_printf(a, "%.*sargon2id 4000000000 9007199254740991 %s", (int)(at - text), text,
	        strchr(strchr(at, ' ') + 1, ' ') + 6);
	assert_int_equal(inq_secret_read(inq_bytes_of(text), inq_bytes_of(""), &again, &err), INQ_OVER_LIMIT);
	assert_null(again);
	inq_secret_close(secret);
	inq_arena_close(a);
}

static void a_key_signs_what_is_its_own_alone(void **state)
{
	static const struct {
		enum inq_key_role role;
		const char *message;
	} own[] = {
		{ INQ_ROLE_ENTRY, "DSSEv1 28 application/vnd.in-toto+json 2 {}" },
		{ INQ_ROLE_LOG, "a/b\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n" },
		{ INQ_ROLE_COSIGNER,
		        "cosignature/v1\ntime 5\na/b\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n" },
	};
	struct inq_secret *secret;
	struct inq_error err;
	uint8_t signature[INQ_SIGNATURE], request[200], reply[INQ_SIGNATURE];
	size_t len;

	(void)state;
	assert_int_equal(inq_secret_make(inq_bytes_of("alma"), &secret, &err), INQ_OK);
	for (unsigned role = 0; role < INQ_ROLES; role++) {
		struct inq_signer signer;

		inq_secret_signer(secret, (enum inq_key_role)role, &signer);
		for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
			struct inq_bytes message = inq_bytes_of(own[i].message);
			bool its = own[i].role == role;

			assert_int_equal(
			        inq_sign(&signer, message, signature, &err), its ? INQ_OK : INQ_BAD_ARGUMENT);
			if (its)
				assert_true(openssl_verifies(signer.vkey.public, message, signature));
			request[0] = (uint8_t)role;
			memcpy(request + 1, message.at, message.len);
			assert_int_equal(
			        inq_secret_answer(secret, (struct inq_bytes){ request, 1 + message.len },
			                reply, sizeof reply, &len, &err),
			        its ? INQ_OK : INQ_BAD_ARGUMENT);
			if (its)
				assert_memory_equal(reply, signature, INQ_SIGNATURE);
		}
		assert_int_equal(
		        inq_sign(&signer, inq_bytes_of("anything"), signature, &err), INQ_BAD_ARGUMENT);
		assert_int_equal(
		        inq_sign(&signer, inq_bytes_of(INQ_POSSESSION_HEAD "x"), signature, &err), INQ_OK);
	}
	request[0] = INQ_ROLES;
	assert_int_equal(
	        inq_secret_answer(secret, (struct inq_bytes){ request, 9 }, reply, sizeof reply, &len, &err),
	        INQ_BAD_ARGUMENT);
	assert_int_equal(
	        inq_secret_answer(secret, (struct inq_bytes){ NULL, 0 }, reply, sizeof reply, &len, &err),
	        INQ_BAD_ARGUMENT);
	inq_secret_close(secret);
}

static enum inq_status lie(
        void *context, struct inq_bytes message, uint8_t ret[INQ_SIGNATURE], struct inq_error *err)
{
	(void)context;
	(void)message;
	(void)err;
	memset(ret, 1, INQ_SIGNATURE);
	return INQ_OK;
}

static void a_signer_that_lies_is_found_out(void **state)
{
	uint8_t signature[INQ_SIGNATURE] = { 7 };
	struct inq_error err;
	struct make_key k;

	(void)state;
	make_key(&k, "a", INQ_KEY_ED25519, 5);
	k.signer.sign = lie;
	assert_int_equal(inq_sign(&k.signer, inq_bytes_of("x"), signature, &err), INQ_BAD_SIGNATURE);
	assert_int_equal(signature[0], 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_writes_the_vkeys_of_others),
		cmocka_unit_test(refuses_what_is_no_vkey),
		cmocka_unit_test(names_are_as_the_specification_has_them),
		cmocka_unit_test(refuses_keys_outside_the_group),
		cmocka_unit_test(edge_cases_of_signatures_are_refused),
		cmocka_unit_test(key_file_opens_with_its_passphrase_alone),
		cmocka_unit_test(key_file_that_asks_for_too_much_is_refused),
		cmocka_unit_test(a_key_signs_what_is_its_own_alone),
		cmocka_unit_test(a_signer_that_lies_is_found_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
