#include <inquiry/base64.h>
#include <inquiry/merkle.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { VECTOR_HASHES = 8, MOST = 1200 };

struct inclusion_vector {
	const char *name;
	uint64_t index, size;
	const char *root, *leaf, *proof[VECTOR_HASHES];
	size_t count;
	bool fails;
};

struct consistency_vector {
	const char *name;
	uint64_t from, to;
	const char *from_root, *to_root, *proof[VECTOR_HASHES];
	size_t count;
	bool fails;
};

#include "../vectors/rfc6962.inc"

/* False for what is no hash: some vectors hold other things in their place. */
static bool hash_of(const char *base64, struct inq_sha256 *ret)
{
	size_t len;

	return inq_base64_read(inq_bytes_of(base64), ret->byte, 32, &len) && len == 32;
}

static bool hashes_of(const char *const *base64, size_t count, struct inq_sha256 *ret)
{
	for (size_t i = 0; i < count; i++)
		if (!hash_of(base64[i], &ret[i]))
			return false;
	return true;
}

static void inclusion_vectors_hold(void **state)
{
	size_t held = 0, count = sizeof inclusion_vectors / sizeof *inclusion_vectors;

	(void)state;
	for (size_t i = 0; i < count; i++) {
		const struct inclusion_vector *v = &inclusion_vectors[i];
		struct inq_sha256 root, leaf, proof[VECTOR_HASHES];
		bool holds = hash_of(v->root, &root) && hash_of(v->leaf, &leaf) &&
		             hashes_of(v->proof, v->count, proof) &&
		             inq_merkle_inclusion_holds(v->index, v->size, &leaf, proof, v->count, &root);

		if (holds == v->fails)
			print_message("%s\n", v->name);
		held += holds;
		assert_true(holds != v->fails);
	}
	assert_true(held > 0 && held < count);
}

static void consistency_vectors_hold(void **state)
{
	size_t held = 0, count = sizeof consistency_vectors / sizeof *consistency_vectors;

	(void)state;
	for (size_t i = 0; i < count; i++) {
		const struct consistency_vector *v = &consistency_vectors[i];
		struct inq_sha256 from, to, proof[VECTOR_HASHES];
		bool holds = hash_of(v->from_root, &from) && hash_of(v->to_root, &to) &&
		             hashes_of(v->proof, v->count, proof) &&
		             inq_merkle_consistency_holds(v->from, v->to, &from, &to, proof, v->count);

		if (holds == v->fails)
			print_message("%s\n", v->name);
		held += holds;
		assert_true(holds != v->fails);
	}
	assert_true(held > 0 && held < count);
}

/* RFC 6962, section 2.1, word for word. */

static struct inq_sha256 leaves[MOST];

static void naive_root(size_t start, size_t n, struct inq_sha256 *ret)
{
	struct inq_sha256 left, right;
	size_t k = 1;

	if (n == 1) {
		*ret = leaves[start];
		return;
	}
	while (k * 2 < n)
		k *= 2;
	naive_root(start, k, &left);
	naive_root(start + k, n - k, &right);
	inq_merkle_node(&left, &right, ret);
}

static void naive_path(size_t m, size_t start, size_t n, struct inq_sha256 *ret, size_t *count)
{
	size_t k = 1;

	if (n == 1)
		return;
	while (k * 2 < n)
		k *= 2;
	if (m < k) {
		naive_path(m, start, k, ret, count);
		naive_root(start + k, n - k, &ret[(*count)++]);
	} else {
		naive_path(m - k, start + k, n - k, ret, count);
		naive_root(start, k, &ret[(*count)++]);
	}
}

static void naive_subproof(
        size_t m, size_t start, size_t n, bool whole, struct inq_sha256 *ret, size_t *count)
{
	size_t k = 1;

	if (m == n) {
		if (!whole)
			naive_root(start, n, &ret[(*count)++]);
		return;
	}
	while (k * 2 < n)
		k *= 2;
	if (m <= k) {
		naive_subproof(m, start, k, whole, ret, count);
		naive_root(start + k, n - k, &ret[(*count)++]);
	} else {
		naive_subproof(m - k, start + k, n - k, false, ret, count);
		naive_root(start, k, &ret[(*count)++]);
	}
}

static void leaves_make(void)
{
	for (size_t i = 0; i < MOST; i++) {
		uint8_t bytes[2] = { (uint8_t)i, (uint8_t)(i >> 8) };

		inq_merkle_leaf((struct inq_bytes){ bytes, 2 }, &leaves[i]);
	}
}

/* What appending said to store: levels 0 and 1 suffice for these sizes, and level 2 of none. */
static struct inq_sha256 stored[2][MOST];
static size_t stored_count[2];

static enum inq_status tile(void *context, unsigned level, uint64_t index, unsigned width,
        struct inq_bytes *ret, struct inq_error *err)
{
	(void)context;
	if (level > 1 || index * INQ_TILE_WIDTH + width > stored_count[level])
		return inq_fail(err, INQ_IO, 0, "no tile %u/%u", level, (unsigned)index);
	*ret = (struct inq_bytes){ stored[level][index * INQ_TILE_WIDTH].byte, (size_t)width * 32 };
	return INQ_OK;
}

static void tree_is_that_of_the_recursion(void **state)
{
	static const struct inq_tile_source tiles = { tile, NULL };
	struct inq_merkle_edge edge = { .size = 0 };
	struct inq_sha256 root, expected;
	struct inq_error err;
	char hex[65];

	(void)state;
	leaves_make();
	stored_count[0] = stored_count[1] = 0;
	inq_merkle_edge_root(&edge, &root);
	inq_hex(root.byte, 32, hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	for (size_t n = 1; n <= MOST; n++) {
		struct inq_merkle_stored s[INQ_STORED_MOST];
		struct inq_merkle_edge again;
		unsigned given = inq_merkle_append(&edge, &leaves[n - 1], s);

		assert_int_equal(given, n % 256 == 0 ? 2 : 1);
		for (unsigned i = 0; i < given; i++) {
			assert_int_equal(s[i].level, i);
			assert_int_equal(s[i].index, stored_count[i]);
			stored[i][stored_count[i]++] = s[i].hash;
		}
		assert_int_equal(stored_count[1], inq_tile_hashes(1, n));
		inq_merkle_edge_root(&edge, &root);
		naive_root(0, n, &expected);
		assert_true(inq_sha256_equal(&root, &expected));
		assert_int_equal(inq_merkle_edge_read(&tiles, n, &again, &err), INQ_OK);
		inq_merkle_edge_root(&again, &root);
		assert_true(inq_sha256_equal(&root, &expected));
	}
}

static const size_t sizes[] = { 1, 2, 3, 5, 8, 100, 255, 256, 257, 511, 512, 513, 700, 1024, 1199, 1200 };

static void proofs_are_those_of_the_recursion(void **state)
{
	static const struct inq_tile_source tiles = { tile, NULL };
	struct inq_sha256 made[INQ_PROOF_MOST], expected[INQ_PROOF_MOST], root, old_root, wrong;
	struct inq_error err;
	size_t count;

	(void)state;
	for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
		size_t n = sizes[s], step = n < 64 ? 1 : n / 37;

		naive_root(0, n, &root);
		for (size_t i = 0; i < n; i += step) {
			size_t want = 0;

			assert_int_equal(inq_merkle_inclusion(&tiles, i, n, made, &count, &err), INQ_OK);
			naive_path(i, 0, n, expected, &want);
			assert_int_equal(count, want);
			assert_memory_equal(made, expected, count * 32);
			assert_true(inq_merkle_inclusion_holds(i, n, &leaves[i], made, count, &root));
			assert_false(inq_merkle_inclusion_holds(
			        i, n, &leaves[(i + 1) % MOST], made, count, &root));
			assert_false(inq_merkle_inclusion_holds(i + 1, n, &leaves[i], made, count, &root));
			if (count) {
				assert_false(
				        inq_merkle_inclusion_holds(i, n, &leaves[i], made, count - 1, &root));
				made[i % count].byte[i % 32] ^= 1;
				assert_false(
				        inq_merkle_inclusion_holds(i, n, &leaves[i], made, count, &root));
			}
		}
		for (size_t m = 1; m <= n; m += step) {
			size_t want = 0;

			assert_int_equal(inq_merkle_consistency(&tiles, m, n, made, &count, &err), INQ_OK);
			naive_subproof(m, 0, n, true, expected, &want);
			assert_int_equal(count, want);
			assert_memory_equal(made, expected, count * 32);
			naive_root(0, m, &old_root);
			assert_true(inq_merkle_consistency_holds(m, n, &old_root, &root, made, count));
			wrong = old_root;
			wrong.byte[3] ^= 4;
			assert_false(inq_merkle_consistency_holds(m, n, &wrong, &root, made, count));
			if (m < n)
				assert_false(
				        inq_merkle_consistency_holds(m, n, &root, &old_root, made, count));
		}
	}
}

static void the_empty_tree_proves_nothing(void **state)
{
	static const struct inq_tile_source tiles = { tile, NULL };
	struct inq_sha256 hashes[INQ_PROOF_MOST], empty;
	struct inq_merkle_edge edge = { .size = 0 };
	size_t count = 99;
	struct inq_error err;

	(void)state;
	inq_merkle_edge_root(&edge, &empty);
	assert_false(inq_merkle_consistency_holds(0, 0, &empty, &empty, NULL, 0));
	assert_false(inq_merkle_consistency_holds(0, 1, &empty, &leaves[0], NULL, 0));
	assert_false(inq_merkle_consistency_holds(2, 1, &empty, &leaves[0], NULL, 0));
	assert_false(inq_merkle_inclusion_holds(0, 0, &leaves[0], NULL, 0, &empty));
	assert_int_equal(inq_merkle_inclusion(&tiles, 0, 0, hashes, &count, &err), INQ_BAD_ARGUMENT);
	assert_int_equal(inq_merkle_inclusion(&tiles, 7, 7, hashes, &count, &err), INQ_BAD_ARGUMENT);
	assert_int_equal(inq_merkle_consistency(&tiles, 0, 7, hashes, &count, &err), INQ_BAD_ARGUMENT);
	assert_int_equal(inq_merkle_consistency(&tiles, 8, 7, hashes, &count, &err), INQ_BAD_ARGUMENT);
	/* A tile that is not there is a failure, and leaves the outputs alone. */
	assert_int_equal(inq_merkle_inclusion(&tiles, 5, MOST + 1, hashes, &count, &err), INQ_IO);
	assert_int_equal(count, 99);
}

static void tile_paths_are_those_of_the_specification(void **state)
{
	static const struct {
		unsigned level;
		uint64_t index;
		unsigned width;
		const char *path;
	} tiles[] = {
		{ 0, 1234067, 256, "tile/0/x001/x234/067" },
		{ 0, 0, 256, "tile/0/000" },
		{ 0, 273, 112, "tile/0/273.p/112" },
		{ 1, 1, 17, "tile/1/001.p/17" },
		{ 2, 0, 1, "tile/2/000.p/1" },
		{ 63, 999, 255, "tile/63/999.p/255" },
		{ INQ_TILE_ENTRIES, 1000, 256, "tile/entries/x001/000" },
		{ INQ_TILE_ENTRIES, 5, 9, "tile/entries/005.p/9" },
		{ 0, UINT64_MAX, 1, "tile/0/x018/x446/x744/x073/x709/x551/615.p/1" },
	};
	static const char *const wrong[] = { "", "tile", "tile/", "tile/0", "tile/0/", "tile/0/1",
		"tile/0/0001", "tile/00/000", "tile/64/000", "tile/0/x000/000", "tile/0/x001/",
		"tile/0/x001/x000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/07", "tile/0/000.p/",
		"tile/0/000.q/7", "tile/0/000/", "tile/-1/000", "tile/entries/",
		"tile/0/x018/x446/x744/x073/x709/x551/616", "tile/0/x001/1000", "tile/0/000.p/7/",
		"tile/0/../000" };
	char path[INQ_TILE_PATH];
	unsigned level = 99, width = 99;
	uint64_t index = 99;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(inq_tile_path_read(wrong[i], &level, &index, &width));
	assert_true(level == 99 && width == 99 && index == 99);
	for (size_t i = 0; i < sizeof tiles / sizeof *tiles; i++) {
		inq_tile_path(tiles[i].level, tiles[i].index, tiles[i].width, path);
		assert_string_equal(path, tiles[i].path);
		assert_true(inq_tile_path_read(path, &level, &index, &width));
		assert_int_equal(level, tiles[i].level);
		assert_true(index == tiles[i].index);
		assert_int_equal(width, tiles[i].width);
	}
	/* The example of tlog-tiles: a tree of 70,000. */
	assert_int_equal(inq_tile_hashes(0, 70000) / 256, 273);
	assert_int_equal(inq_tile_hashes(0, 70000) % 256, 112);
	assert_int_equal(inq_tile_hashes(1, 70000), 256 + 17);
	assert_int_equal(inq_tile_hashes(2, 70000), 1);
	assert_int_equal(inq_tile_hashes(3, 70000), 0);
	assert_int_equal(inq_tile_hashes(9, UINT64_MAX), 0);
}

static void entry_bundles_are_read_to_their_end(void **state)
{
	static const uint8_t bundle[] = { 0, 2, 'a', 'b', 0, 0, 1, 0 };
	struct inq_bytes b = { bundle, sizeof bundle }, entry = { NULL, 7 };
	uint8_t prefix[2];
	uint64_t off = 0;

	(void)state;
	assert_true(inq_entry_bundle_next(b, &off, &entry) && inq_bytes_equal(entry, "ab") && off == 4);
	assert_true(inq_entry_bundle_next(b, &off, &entry) && entry.len == 0 && off == 6);
	entry.len = 7;
	assert_false(inq_entry_bundle_next(b, &off, &entry));
	assert_true(off == 6 && entry.len == 7);
	inq_entry_bundle_prefix(65535, prefix);
	assert_true(prefix[0] == 255 && prefix[1] == 255);
	inq_entry_bundle_prefix(258, prefix);
	assert_true(prefix[0] == 1 && prefix[1] == 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inclusion_vectors_hold),
		cmocka_unit_test(consistency_vectors_hold),
		cmocka_unit_test(tree_is_that_of_the_recursion),
		cmocka_unit_test(proofs_are_those_of_the_recursion),
		cmocka_unit_test(the_empty_tree_proves_nothing),
		cmocka_unit_test(tile_paths_are_those_of_the_specification),
		cmocka_unit_test(entry_bundles_are_read_to_their_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
