/*
 * How fast a record is verified: signatures and all of a log of COUNT entries,
 * on one core, and one proof in a tree of a million.
 *
 * usage: record_scale [COUNT]   (100000)
 */
#include "../tests/make/record.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MILLION = 1000000, ROUNDS = 1000 };

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "record_scale: %s\n", what);
	exit(1);
}

static void verify_log(size_t count)
{
	struct inq_arena *made = inq_arena_open((size_t)8 << 30), *a = inq_arena_open((size_t)8 << 30);
	struct inq_record_trust trust = { .object_most = 1 << 20 };
	static struct make_record m;
	const struct inq_record_result *result;
	struct inq_bundle_source source;
	struct inq_error err;
	double start;

	if (!made || !a)
		fail("no memory");
	make_record_init(&m, made);
	make_party(&m, "alma");
	start = seconds();
	while (m.party[0].count < count) {
		struct inq_entry e = { .type = INQ_ENTRY_CLAIM,
			.text = inq_bytes_of("a claim on the grounds of the entry before it"),
			.cites = &m.party[0].digests[m.party[0].count - 1],
			.cite_count = 1 };

		make_entry(&m, 0, &e);
	}
	printf("%zu entries written and signed: %.1f s\n", count, seconds() - start);
	make_publish(&m);
	source = make_source(&m);
	for (trust.level = 0; trust.level <= 2; trust.level++) {
		start = seconds();
		if (inq_record_verify(&source, &trust, a, &result, &err) != INQ_OK ||
		        result->level != (int)trust.level)
			fail("the record does not verify");
		printf("verified to V%u: %.1f s\n", trust.level, seconds() - start);
	}
	inq_arena_close(a);
	inq_arena_close(made);
}

static struct inq_sha256 *stored[3];
static size_t stored_count[3];

static enum inq_status tile(void *context, unsigned level, uint64_t index, unsigned width,
        struct inq_bytes *ret, struct inq_error *err)
{
	(void)context;
	if (level > 2 || index * INQ_TILE_WIDTH + width > stored_count[level])
		return inq_fail(err, INQ_IO, 0, "no such tile");
	*ret = (struct inq_bytes){ stored[level][index * INQ_TILE_WIDTH].byte, (size_t)width * 32 };
	return INQ_OK;
}

static void prove_one(void)
{
	static const struct inq_tile_source tiles = { tile, NULL };
	struct inq_arena *a = inq_arena_open((size_t)1 << 30);
	struct inq_merkle_edge edge = { .size = 0 };
	struct inq_merkle_stored s[INQ_STORED_MOST];
	struct inq_checkpoint head = { .size = MILLION };
	struct inq_proof proof = { .index = 777777 };
	struct inq_proof_said said;
	struct make_key log;
	struct inq_bytes text;
	struct inq_error err;
	char origin[INQ_ORIGIN_MOST];
	double start;

	for (unsigned level = 0; level < 3; level++)
		stored[level] = inq_arena_new(a, MILLION, sizeof **stored);
	if (!stored[2])
		fail("no memory");
	start = seconds();
	for (uint32_t i = 0; i < MILLION; i++) {
		struct inq_sha256 leaf;
		unsigned given;

		inq_merkle_leaf((struct inq_bytes){ (const uint8_t *)&i, sizeof i }, &leaf);
		given = inq_merkle_append(&edge, &leaf, s);
		for (unsigned k = 0; k < given; k++)
			stored[s[k].level][stored_count[s[k].level]++] = s[k].hash;
	}
	printf("tree of %d leaves: %.2f s\n", MILLION, seconds() - start);
	inq_origin(inq_bytes_of("ministry-of-the-interior.example"), inq_bytes_of(MAKE_CASE), origin);
	make_key(&log, origin, INQ_KEY_ED25519, 1);
	head.origin = inq_bytes_of(origin);
	inq_merkle_edge_root(&edge, &head.root);
	if (inq_checkpoint_write(&head, a, &text, &err) != INQ_OK ||
	        inq_note_sign(text, &log.signer, 1, 0, a, &proof.checkpoint, &err) != INQ_OK)
		fail("the head is not signed");
	proof.extra = (struct inq_bytes){ stored[0][proof.index].byte, 32 };
	start = seconds();
	for (int i = 0; i < ROUNDS; i++)
		if (inq_merkle_inclusion(&tiles, proof.index, MILLION, proof.hashes, &proof.count, &err) !=
		        INQ_OK)
			fail("no proof");
	printf("proof made: %.3f ms\n", (seconds() - start) * 1000 / ROUNDS);
	if (inq_proof_write(&proof, a, &text, &err) != INQ_OK)
		fail("no proof");
	printf("proof of one entry in %d: %zu bytes\n", MILLION, text.len);
	start = seconds();
	for (int i = 0; i < ROUNDS; i++) {
		struct inq_arena *b = inq_arena_open(1 << 20);
		struct inq_proof again;

		if (inq_proof_read(text, b, &again, &err) != INQ_OK ||
		        inq_proof_verify(&again, &stored[0][proof.index], &log.signer.vkey, NULL, 0, b, &said,
		                &err) != INQ_OK)
			fail("the proof does not hold");
		inq_arena_close(b);
	}
	printf("proof read and checked, signature included: %.3f ms\n", (seconds() - start) * 1000 / ROUNDS);
	inq_arena_close(a);
}

int main(int argc, char **argv)
{
	size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;

	if (count < 1)
		fail("usage: record_scale [COUNT]");
	prove_one();
	verify_log(count);
	return 0;
}
