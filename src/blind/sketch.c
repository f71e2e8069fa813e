#include <inquiry/sketch.h>
#include <string.h>

/* The finaliser of MurmurHash3 with 64 bits: a permutation that mixes every bit. */
static uint64_t mixed(uint64_t x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccd;
	x ^= x >> 33;
	x *= 0xc4ceb9fe1a85ec53;
	x ^= x >> 33;
	return x;
}

void inq_sketch(const uint32_t *keys, size_t count, uint8_t ret[INQ_SKETCH_BANDS][INQ_SKETCH_BAND])
{
	enum { ALL = INQ_SKETCH_BANDS * INQ_SKETCH_ROWS };
	uint64_t least[ALL];

	memset(least, 0xff, sizeof least);
	for (size_t i = 0; i < count; i++) {
		for (unsigned row = 0; row < ALL; row++) {
			/* Odd multiples of the golden ratio part the rows; the permutation does the rest. */
			uint64_t hash = mixed(
			        (keys[i] + 1ULL) * 0x9e3779b97f4a7c15 ^ (row + 1ULL) * 0xd1342543de82ef95);

			if (hash < least[row])
				least[row] = hash;
		}
	}
	for (unsigned band = 0; band < INQ_SKETCH_BANDS; band++) {
		uint8_t rows[1 + 8 * INQ_SKETCH_ROWS] = { (uint8_t)band };
		struct inq_sha256_state s;
		struct inq_sha256 digest;

		for (unsigned i = 0; i < 8 * INQ_SKETCH_ROWS; i++)
			rows[1 + i] = (uint8_t)(least[band * INQ_SKETCH_ROWS + i / 8] >> 8 * (i % 8));
		inq_sha256_init(&s);
		inq_sha256_update(&s, rows, sizeof rows);
		inq_sha256_final(&s, &digest);
		memcpy(ret[band], digest.byte, INQ_SKETCH_BAND);
	}
}

uint32_t inq_sketch_jaccard(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count)
{
	size_t common = 0, all;

	for (size_t i = 0, j = 0; i < a_count && j < b_count;) {
		if (a[i] == b[j]) {
			common++;
			i++;
			j++;
		} else if (a[i] < b[j]) {
			i++;
		} else {
			j++;
		}
	}
	all = a_count + b_count - common;
	return all ? (uint32_t)(common * 1000 / all) : 0;
}
