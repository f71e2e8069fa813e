#include <inquiry/hash.h>
#include <inquiry/oprf.h>
#include <inquiry/text.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

enum { BATCH = 4 };

struct oprf_key_vector {
	enum inq_oprf_mode mode;
	const char *info, *seed, *secret, *public;
};

/* Hexadecimal; inputs of a batch have commas between them. */
struct oprf_vector {
	enum inq_oprf_mode mode;
	unsigned batch;
	const char *input, *blind, *blinded, *evaluated, *output, *proof, *random;
};

#include "../vectors/rfc9497.inc"

static void unhex(const char *hex, size_t len, uint8_t *ret)
{
	assert_true(inq_unhex((struct inq_bytes){ (const uint8_t *)hex, 2 * len }, ret, len));
}

static const struct oprf_key_vector *key_of(enum inq_oprf_mode mode, uint8_t secret[32], uint8_t public[32])
{
	for (size_t i = 0; i < sizeof oprf_keys / sizeof *oprf_keys; i++) {
		const struct oprf_key_vector *v = &oprf_keys[i];
		uint8_t seed[32], info[64];

		if (v->mode != mode)
			continue;
		unhex(v->seed, 32, seed);
		unhex(v->info, strlen(v->info) / 2, info);
		assert_true(inq_oprf_key(
		        mode, seed, (struct inq_bytes){ info, strlen(v->info) / 2 }, secret, public));
		return v;
	}
	fail();
	return NULL;
}

static void keys_are_those_of_rfc_9497(void **state)
{
	(void)state;
	for (unsigned mode = 0; mode < 2; mode++) {
		uint8_t secret[32], public[32], expected[32];
		const struct oprf_key_vector *v = key_of((enum inq_oprf_mode)mode, secret, public);

		unhex(v->secret, 32, expected);
		assert_memory_equal(secret, expected, 32);
		if (*v->public) {
			unhex(v->public, 32, expected);
			assert_memory_equal(public, expected, 32);
		}
	}
}

/* One vector, through all that both sides do. */
static void run_vector(const struct oprf_vector *v)
{
	uint8_t secret[32], public[32], random[32], expected[64], composite[32], proof[INQ_DLEQ], output[64];
	uint8_t blinded[BATCH][32], evaluated[BATCH][32];
	const char *input = v->input;

	key_of(v->mode, secret, public);
	for (unsigned i = 0; i < v->batch; i++) {
		size_t len = strcspn(input, ",") / 2;
		uint8_t bytes[64], blind[32];

		unhex(input, len, bytes);
		input += 2 * len + 1;
		unhex(v->blind + 64 * (size_t)i, 32, blind);
		assert_true(inq_oprf_blind(v->mode, (struct inq_bytes){ bytes, len }, blind, blinded[i]));
		unhex(v->blinded + 64 * (size_t)i, 32, expected);
		assert_memory_equal(blinded[i], expected, 32);
		assert_true(inq_point_multiply(secret, blinded[i], evaluated[i]));
		unhex(v->evaluated + 64 * (size_t)i, 32, expected);
		assert_memory_equal(evaluated[i], expected, 32);
		assert_true(inq_oprf_finalize((struct inq_bytes){ bytes, len }, blind, evaluated[i], output));
		unhex(v->output + 128 * (size_t)i, 64, expected);
		assert_memory_equal(output, expected, 64);
	}
	if (v->mode == INQ_OPRF)
		return;
	unhex(v->random, 32, random);
	assert_true(inq_dleq_composite(v->mode, public, (const uint8_t(*)[32])blinded,
	        (const uint8_t(*)[32])evaluated, v->batch, composite, NULL));
	assert_true(inq_dleq_prove(v->mode, secret, public, composite, random, proof));
	unhex(v->proof, sizeof proof, expected);
	assert_memory_equal(proof, expected, sizeof proof);
	assert_true(inq_dleq_verify(v->mode, public, (const uint8_t(*)[32])blinded,
	        (const uint8_t(*)[32])evaluated, v->batch, proof));
}

static void vectors_of_rfc_9497_hold_byte_for_byte(void **state)
{
	unsigned batches = 0;

	(void)state;
	for (size_t i = 0; i < sizeof oprf_vectors / sizeof *oprf_vectors; i++) {
		run_vector(&oprf_vectors[i]);
		batches += oprf_vectors[i].batch > 1;
	}
	assert_int_equal(sizeof oprf_vectors / sizeof *oprf_vectors, 5);
	assert_int_equal(batches, 1);
}

/* A batch whose proof holds. */
struct proved {
	uint8_t secret[32], public[32], from[BATCH][32], to[BATCH][32], proof[INQ_DLEQ];
};

static void prove(struct proved *p, uint8_t seed)
{
	uint8_t wide[64], random[32], composite[32];

	memset(wide, seed, sizeof wide);
	assert_true(inq_scalar_of(wide, p->secret));
	assert_true(inq_point_base(p->secret, p->public));
	for (uint8_t i = 0; i < BATCH; i++) {
		const uint8_t input[2] = { seed, i };

		assert_true(inq_oprf_hash(INQ_VOPRF, (struct inq_bytes){ input, 2 }, p->from[i]));
		assert_true(inq_point_multiply(p->secret, p->from[i], p->to[i]));
	}
	memset(wide, 0xa5 ^ seed, sizeof wide);
	assert_true(inq_scalar_of(wide, random));
	assert_true(inq_dleq_composite(INQ_VOPRF, p->public, (const uint8_t(*)[32])p->from,
	        (const uint8_t(*)[32])p->to, BATCH, composite, NULL));
	assert_true(inq_dleq_prove(INQ_VOPRF, p->secret, p->public, composite, random, p->proof));
}

static bool holds(const struct proved *p, size_t count)
{
	return inq_dleq_verify(INQ_VOPRF, p->public, (const uint8_t(*)[32])p->from,
	        (const uint8_t(*)[32])p->to, count, p->proof);
}

static void proof_of_another_batch_does_not_hold(void **state)
{
	struct proved l, r;
	uint8_t kept[32];

	(void)state;
	prove(&l, 1);
	prove(&r, 2);
	assert_true(holds(&l, BATCH));
	assert_true(holds(&r, BATCH));
	assert_false(holds(&l, BATCH - 1));
	assert_false(holds(&l, 0));
	memcpy(kept, l.public, 32);
	memcpy(l.public, r.public, 32);
	assert_false(holds(&l, BATCH));
	memcpy(l.public, kept, 32);
	memcpy(kept, l.to[2], 32);
	memcpy(l.to[2], r.to[2], 32);
	assert_false(holds(&l, BATCH));
	memcpy(l.to[2], l.to[1], 32);
	assert_false(holds(&l, BATCH));
	memcpy(l.to[2], kept, 32);
	assert_true(holds(&l, BATCH));
	memcpy(l.proof, r.proof, sizeof l.proof);
	assert_false(holds(&l, BATCH));
}

static void every_bit_of_a_proof_counts(void **state)
{
	struct proved p;

	(void)state;
	prove(&p, 3);
	for (unsigned bit = 0; bit < 8 * INQ_DLEQ; bit++) {
		p.proof[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(holds(&p, BATCH));
		p.proof[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_true(holds(&p, BATCH));
}

/* The group's order, added to a scalar, gives the same scalar in another encoding. */
static void proof_with_an_unreduced_scalar_does_not_hold(void **state)
{
	static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
		0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10 };
	struct proved p;
	unsigned carry = 0;

	(void)state;
	prove(&p, 4);
	for (unsigned i = 0; i < 32; i++) {
		carry += (unsigned)p.proof[32 + i] + order[i];
		p.proof[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_false(holds(&p, BATCH));
}

static void identity_and_what_is_no_point_are_refused(void **state)
{
	/* RFC 9496, section A.3: not canonical, negative, not a square, and so on; the last ones of each kind. */
	static const char *const bad[] = {
		"0000000000000000000000000000000000000000000000000000000000000000",
		"00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	};
	const uint8_t one[32] = { 1 };
	uint8_t point[32], ret[32], zero[32] = { 0 };
	struct proved p;

	(void)state;
	prove(&p, 5);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		unhex(bad[i], 32, point);
		assert_false(inq_point_holds(point));
		memset(ret, 7, sizeof ret);
		assert_false(inq_point_multiply(one, point, ret));
		assert_int_equal(ret[0], 7);
		memcpy(p.to[1], point, 32);
		assert_false(holds(&p, BATCH));
	}
	assert_true(inq_point_base(one, point));
	assert_true(inq_point_holds(point));
	assert_false(inq_point_multiply(zero, point, ret));
	assert_false(inq_point_base(zero, ret));
}

static void modes_do_not_mix(void **state)
{
	const struct inq_bytes input = inq_bytes_of("one input");
	uint8_t l[32], r[32];
	struct proved p;

	(void)state;
	assert_true(inq_oprf_hash(INQ_OPRF, input, l));
	assert_true(inq_oprf_hash(INQ_VOPRF, input, r));
	assert_memory_not_equal(l, r, 32);
	prove(&p, 6);
	assert_false(inq_dleq_verify(INQ_OPRF, p.public, (const uint8_t(*)[32])p.from,
	        (const uint8_t(*)[32])p.to, BATCH, p.proof));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_those_of_rfc_9497),
		cmocka_unit_test(vectors_of_rfc_9497_hold_byte_for_byte),
		cmocka_unit_test(proof_of_another_batch_does_not_hold),
		cmocka_unit_test(every_bit_of_a_proof_counts),
		cmocka_unit_test(proof_with_an_unreduced_scalar_does_not_hold),
		cmocka_unit_test(identity_and_what_is_no_point_are_refused),
		cmocka_unit_test(modes_do_not_mix),
	};

	return sodium_init() < 0 ? EXIT_FAILURE : cmocka_run_group_tests(tests, NULL, NULL);
}
