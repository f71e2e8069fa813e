#include "fingerprint/weights.h"
#include "match/likeness.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

/* What was accepted is used: no vector leaves its length, no pair its bounds. */
static void use_model(const struct inq_model *m)
{
	struct inq_feature features[64];
	struct likeness_model likeness;
	struct likeness_side side = {
		.features = features, .feature_count = 64, .block_count = 9, .insn_count = 99
	};
	struct inq_vector v, plain;
	uint8_t rarity[64];
	int16_t numbers[LIKENESS_COUNT];

	for (uint32_t i = 0; i < 64; i++)
		features[i] = (struct inq_feature){ i << 26 | i, 1 + 4 * i };
	inq_model_vector(m, features, 64, &v);
	model_vector_plain(m, features, 64, &plain);
	if (memcmp(&v, &plain, sizeof v) != 0)
		abort();
	inq_model_rarity(m, features, 64, rarity);
	if (likeness_read(inq_model_likeness(m), &likeness, NULL) != INQ_OK)
		return;
	side.rarity = rarity;
	side.vector = &v;
	likeness_numbers(&side, &side, numbers);
	if (likeness_probability(&likeness, likeness_curve(numbers, true),
	            likeness_score(&likeness, numbers).context) > 1000)
		abort();
}

/* The digest is not in the fuzzer's way: a copy is given the one it needs. */
int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct inq_arena *a = inq_arena_open(256 << 20);
	const struct inq_model *m;
	struct likeness_model likeness;
	struct inq_sha256 digest;
	struct inq_error err;
	uint8_t *copy;

	if (!a)
		return 0;
	if (inq_model_read((struct inq_bytes){ at, len }, a, &m, &err) == INQ_OK)
		use_model(m);
	(void)!likeness_read((struct inq_bytes){ at, len }, &likeness, &err);
	copy = inq_arena_new(a, len, 1);
	if (copy && len >= MODEL_DIGEST &&
	        inq_sha256((struct inq_bytes){ at, len - MODEL_DIGEST }, &digest) == INQ_OK) {
		memcpy(copy, at, len - MODEL_DIGEST);
		memcpy(copy + len - MODEL_DIGEST, digest.byte, MODEL_DIGEST);
		if (inq_model_read((struct inq_bytes){ copy, len }, a, &m, &err) == INQ_OK)
			use_model(m);
	}
	inq_arena_close(a);
	return 0;
}
