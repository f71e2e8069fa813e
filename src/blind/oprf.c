#include <inquiry/oprf.h>
#include <sodium.h>
#include <string.h>

_Static_assert(crypto_core_ristretto255_BYTES == INQ_POINT, "an element of libsodium's");
_Static_assert(crypto_core_ristretto255_SCALARBYTES == INQ_SCALAR, "a scalar of libsodium's");

#define SUITE "ristretto255-SHA512"
enum { CONTEXT = 8 + 1 + 20, DST_MOST = 16 + CONTEXT, HASH = crypto_hash_sha512_BYTES };

/* A domain separation tag: `name`, then "OPRFV1-", the mode, "-" and the suite (section 3.1). */
struct tag {
	uint8_t at[DST_MOST];
	uint8_t len;
};

static struct tag tag_of(const char *name, enum inq_oprf_mode mode)
{
	static const char version[] = "OPRFV1-", suite[] = "-" SUITE;
	size_t name_len = strlen(name);
	struct tag t = { .len = (uint8_t)(name_len + 7 + 1 + sizeof suite - 1) };

	memcpy(t.at, name, name_len);
	memcpy(t.at + name_len, version, 7);
	t.at[name_len + 7] = (uint8_t)mode;
	memcpy(t.at + name_len + 8, suite, sizeof suite - 1);
	return t;
}

static void put16(crypto_hash_sha512_state *s, size_t value)
{
	const uint8_t be[2] = { (uint8_t)(value >> 8), (uint8_t)value };

	crypto_hash_sha512_update(s, be, sizeof be);
}

/* With its length in two bytes before it. */
static void put_sized(crypto_hash_sha512_state *s, const void *at, size_t len)
{
	put16(s, len);
	if (len)
		crypto_hash_sha512_update(s, at, len);
}

/*
 * expand_message_xmd with SHA-512 to 64 bytes (RFC 9380, section 5.3.1), the
 * message piece by piece: begin, any number of updates of the state, end.
 */
static void expand_begin(crypto_hash_sha512_state *s)
{
	static const uint8_t zeroes[128];

	crypto_hash_sha512_init(s);
	crypto_hash_sha512_update(s, zeroes, sizeof zeroes);
}

static void expand_end(crypto_hash_sha512_state *s, const struct tag *t, uint8_t ret[HASH])
{
	static const uint8_t length_and_zero[3] = { 0, 64, 0 }, one = 1;
	uint8_t first[HASH];

	crypto_hash_sha512_update(s, length_and_zero, sizeof length_and_zero);
	crypto_hash_sha512_update(s, t->at, t->len);
	crypto_hash_sha512_update(s, &t->len, 1);
	crypto_hash_sha512_final(s, first);
	crypto_hash_sha512_init(s);
	crypto_hash_sha512_update(s, first, sizeof first);
	crypto_hash_sha512_update(s, &one, 1);
	crypto_hash_sha512_update(s, t->at, t->len);
	crypto_hash_sha512_update(s, &t->len, 1);
	crypto_hash_sha512_final(s, ret);
	sodium_memzero(first, sizeof first);
}

bool inq_point_holds(const uint8_t point[INQ_POINT])
{
	return !sodium_is_zero(point, INQ_POINT) && crypto_core_ristretto255_is_valid_point(point) == 1;
}

bool inq_point_multiply(
        const uint8_t scalar[INQ_SCALAR], const uint8_t point[INQ_POINT], uint8_t ret[INQ_POINT])
{
	uint8_t product[INQ_POINT];

	/* It refuses what is no element, and a product that is the identity: of the identity, or by zero. */
	if (crypto_scalarmult_ristretto255(product, scalar, point) != 0)
		return false;
	memcpy(ret, product, sizeof product);
	return true;
}

bool inq_point_base(const uint8_t scalar[INQ_SCALAR], uint8_t ret[INQ_POINT])
{
	uint8_t product[INQ_POINT];

	if (crypto_scalarmult_ristretto255_base(product, scalar) != 0)
		return false;
	memcpy(ret, product, sizeof product);
	return true;
}

bool inq_scalar_of(const uint8_t random[64], uint8_t ret[INQ_SCALAR])
{
	crypto_core_ristretto255_scalar_reduce(ret, random);
	return !sodium_is_zero(ret, INQ_SCALAR);
}

bool inq_oprf_hash(enum inq_oprf_mode mode, struct inq_bytes input, uint8_t ret[INQ_POINT])
{
	const struct tag t = tag_of("HashToGroup-", mode);
	crypto_hash_sha512_state s;
	uint8_t uniform[HASH], point[INQ_POINT];
	bool holds;

	if (input.len > UINT16_MAX)
		return false;
	expand_begin(&s);
	if (input.len)
		crypto_hash_sha512_update(&s, input.at, input.len);
	expand_end(&s, &t, uniform);
	holds = crypto_core_ristretto255_from_hash(point, uniform) == 0 && !sodium_is_zero(point, INQ_POINT);
	if (holds)
		memcpy(ret, point, sizeof point);
	sodium_memzero(uniform, sizeof uniform);
	sodium_memzero(&s, sizeof s);
	return holds;
}

bool inq_oprf_key(enum inq_oprf_mode mode, const uint8_t seed[32], struct inq_bytes info,
        uint8_t ret_secret[INQ_SCALAR], uint8_t ret_public[INQ_POINT])
{
	const struct tag t = tag_of("DeriveKeyPair", mode);
	bool made = false;

	if (info.len > UINT16_MAX)
		return false;
	for (unsigned counter = 0; counter < 256 && !made; counter++) {
		const uint8_t last = (uint8_t)counter;
		crypto_hash_sha512_state s;
		uint8_t uniform[HASH];

		expand_begin(&s);
		crypto_hash_sha512_update(&s, seed, 32);
		put_sized(&s, info.at, info.len);
		crypto_hash_sha512_update(&s, &last, 1);
		expand_end(&s, &t, uniform);
		made = inq_scalar_of(uniform, ret_secret);
		sodium_memzero(uniform, sizeof uniform);
		sodium_memzero(&s, sizeof s);
	}
	return made && inq_point_base(ret_secret, ret_public);
}

bool inq_oprf_blind(enum inq_oprf_mode mode, struct inq_bytes input, const uint8_t blind[INQ_SCALAR],
        uint8_t ret[INQ_POINT])
{
	uint8_t point[INQ_POINT];
	bool done = inq_oprf_hash(mode, input, point) && inq_point_multiply(blind, point, ret);

	sodium_memzero(point, sizeof point);
	return done;
}

bool inq_oprf_finalize(struct inq_bytes input, const uint8_t blind[INQ_SCALAR],
        const uint8_t evaluated[INQ_POINT], uint8_t ret[INQ_OPRF_OUTPUT])
{
	static const char last[] = "Finalize";
	uint8_t inverse[INQ_SCALAR], point[INQ_POINT];
	crypto_hash_sha512_state s;
	bool done = input.len <= UINT16_MAX && crypto_core_ristretto255_scalar_invert(inverse, blind) == 0 &&
	            inq_point_multiply(inverse, evaluated, point);

	if (done) {
		crypto_hash_sha512_init(&s);
		put_sized(&s, input.at, input.len);
		put_sized(&s, point, sizeof point);
		crypto_hash_sha512_update(&s, (const uint8_t *)last, sizeof last - 1);
		crypto_hash_sha512_final(&s, ret);
		sodium_memzero(&s, sizeof s);
	}
	sodium_memzero(inverse, sizeof inverse);
	sodium_memzero(point, sizeof point);
	return done;
}

/* Adds `factor` * `point` to `*sum`, which `*begun` says is there. */
static bool add_product(
        uint8_t sum[INQ_POINT], bool begun, const uint8_t factor[INQ_SCALAR], const uint8_t point[INQ_POINT])
{
	uint8_t product[INQ_POINT];

	if (crypto_scalarmult_ristretto255(product, factor, point) != 0)
		return false;
	if (begun)
		return crypto_core_ristretto255_add(sum, sum, product) == 0;
	memcpy(sum, product, sizeof product);
	return true;
}

bool inq_dleq_composite(enum inq_oprf_mode mode, const uint8_t public[INQ_POINT],
        const uint8_t (*from)[INQ_POINT], const uint8_t (*to)[INQ_POINT], size_t count,
        uint8_t ret_from[INQ_POINT], uint8_t ret_to[INQ_POINT])
{
	static const char last[] = "Composite";
	const struct tag seed_tag = tag_of("Seed-", mode), scalar_tag = tag_of("HashToScalar-", mode);
	uint8_t seed[HASH], sum_from[INQ_POINT], sum_to[INQ_POINT];
	crypto_hash_sha512_state s;

	if (count == 0 || count > INQ_DLEQ_MOST)
		return false;
	crypto_hash_sha512_init(&s);
	put_sized(&s, public, INQ_POINT);
	put_sized(&s, seed_tag.at, seed_tag.len);
	crypto_hash_sha512_final(&s, seed);
	for (size_t i = 0; i < count; i++) {
		uint8_t uniform[HASH], factor[INQ_SCALAR];

		expand_begin(&s);
		put_sized(&s, seed, sizeof seed);
		put16(&s, i);
		put_sized(&s, from[i], INQ_POINT);
		put_sized(&s, to[i], INQ_POINT);
		crypto_hash_sha512_update(&s, (const uint8_t *)last, sizeof last - 1);
		expand_end(&s, &scalar_tag, uniform);
		crypto_core_ristretto255_scalar_reduce(factor, uniform);
		if (!add_product(sum_from, i > 0, factor, from[i]) ||
		        (ret_to && !add_product(sum_to, i > 0, factor, to[i])))
			return false;
	}
	memcpy(ret_from, sum_from, INQ_POINT);
	if (ret_to)
		memcpy(ret_to, sum_to, INQ_POINT);
	return true;
}

static void challenge(enum inq_oprf_mode mode, const uint8_t *public, const uint8_t *from, const uint8_t *to,
        const uint8_t *t2, const uint8_t *t3, uint8_t ret[INQ_SCALAR])
{
	static const char last[] = "Challenge";
	const struct tag t = tag_of("HashToScalar-", mode);
	crypto_hash_sha512_state s;
	uint8_t uniform[HASH];

	expand_begin(&s);
	put_sized(&s, public, INQ_POINT);
	put_sized(&s, from, INQ_POINT);
	put_sized(&s, to, INQ_POINT);
	put_sized(&s, t2, INQ_POINT);
	put_sized(&s, t3, INQ_POINT);
	crypto_hash_sha512_update(&s, (const uint8_t *)last, sizeof last - 1);
	expand_end(&s, &t, uniform);
	crypto_core_ristretto255_scalar_reduce(ret, uniform);
}

bool inq_dleq_prove(enum inq_oprf_mode mode, const uint8_t secret[INQ_SCALAR],
        const uint8_t public[INQ_POINT], const uint8_t from[INQ_POINT], const uint8_t random[INQ_SCALAR],
        uint8_t ret[INQ_DLEQ])
{
	uint8_t to[INQ_POINT], t2[INQ_POINT], t3[INQ_POINT], c[INQ_SCALAR], product[INQ_SCALAR];

	if (!inq_point_multiply(secret, from, to) || !inq_point_base(random, t2) ||
	        !inq_point_multiply(random, from, t3))
		return false;
	challenge(mode, public, from, to, t2, t3, c);
	crypto_core_ristretto255_scalar_mul(product, c, secret);
	memcpy(ret, c, INQ_SCALAR);
	crypto_core_ristretto255_scalar_sub(ret + INQ_SCALAR, random, product);
	sodium_memzero(product, sizeof product);
	return true;
}

/* `s` * l + `c` * r. */
static bool combine(const uint8_t *s, const uint8_t *l, const uint8_t *c, const uint8_t *r, uint8_t *ret)
{
	return add_product(ret, false, s, l) && add_product(ret, true, c, r);
}

static bool is_reduced(const uint8_t scalar[INQ_SCALAR])
{
	uint8_t wide[64] = { 0 }, reduced[INQ_SCALAR];

	memcpy(wide, scalar, INQ_SCALAR);
	crypto_core_ristretto255_scalar_reduce(reduced, wide);
	return memcmp(reduced, scalar, INQ_SCALAR) == 0;
}

bool inq_dleq_verify(enum inq_oprf_mode mode, const uint8_t public[INQ_POINT],
        const uint8_t (*from)[INQ_POINT], const uint8_t (*to)[INQ_POINT], size_t count,
        const uint8_t proof[INQ_DLEQ])
{
	static const uint8_t one[INQ_SCALAR] = { 1 };
	const uint8_t *c = proof, *s = proof + INQ_SCALAR;
	uint8_t base[INQ_POINT], sum_from[INQ_POINT], sum_to[INQ_POINT], t2[INQ_POINT], t3[INQ_POINT];
	uint8_t again[INQ_SCALAR];

	if (!is_reduced(c) || !is_reduced(s) || !inq_point_holds(public) || !inq_point_base(one, base) ||
	        !inq_dleq_composite(mode, public, from, to, count, sum_from, sum_to) ||
	        !combine(s, base, c, public, t2) || !combine(s, sum_from, c, sum_to, t3))
		return false;
	challenge(mode, public, sum_from, sum_to, t2, t3, again);
	return memcmp(again, c, INQ_SCALAR) == 0;
}
