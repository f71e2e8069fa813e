#include <inquiry/merkle.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void inq_merkle_leaf(struct inq_bytes entry, struct inq_sha256 *ret)
{
	struct inq_sha256_state s;

	inq_sha256_init(&s);
	inq_sha256_update(&s, "\0", 1);
	inq_sha256_update(&s, entry.at, entry.len);
	inq_sha256_final(&s, ret);
}

void inq_merkle_node(const struct inq_sha256 *left, const struct inq_sha256 *right, struct inq_sha256 *ret)
{
	uint8_t input[65] = { 1 };
	struct inq_sha256_state s;

	memcpy(input + 1, left->byte, 32);
	memcpy(input + 33, right->byte, 32);
	inq_sha256_init(&s);
	inq_sha256_update(&s, input, sizeof input);
	inq_sha256_final(&s, ret);
}

static unsigned bits(uint64_t n)
{
	return (unsigned)__builtin_popcountll(n);
}

unsigned inq_merkle_append(struct inq_merkle_edge *edge, const struct inq_sha256 *leaf,
        struct inq_merkle_stored stored[INQ_STORED_MOST])
{
	unsigned count = bits(edge->size), given = 0;
	struct inq_sha256 hash = *leaf;

	for (unsigned height = 0;; height++) {
		if (stored && height % 8 == 0 && given < INQ_STORED_MOST)
			stored[given++] =
			        (struct inq_merkle_stored){ height / 8, edge->size >> height, hash };
		if (!(edge->size >> height & 1))
			break;
		inq_merkle_node(&edge->at[--count], &hash, &hash);
	}
	edge->at[count] = hash;
	edge->size++;
	return given;
}

/* The root over the roots of complete subtrees, the largest first. */
static void fold(const struct inq_sha256 *at, unsigned count, struct inq_sha256 *ret)
{
	struct inq_sha256 hash = at[count - 1];

	for (unsigned i = count - 1; i-- > 0;)
		inq_merkle_node(&at[i], &hash, &hash);
	*ret = hash;
}

void inq_merkle_edge_root(const struct inq_merkle_edge *edge, struct inq_sha256 *ret)
{
	struct inq_sha256_state s;

	if (edge->size == 0) {
		inq_sha256_init(&s);
		inq_sha256_final(&s, ret);
		return;
	}
	fold(edge->at, bits(edge->size), ret);
}

bool inq_merkle_inclusion_holds(uint64_t index, uint64_t size, const struct inq_sha256 *leaf,
        const struct inq_sha256 *proof, size_t count, const struct inq_sha256 *root)
{
	uint64_t fn = index, sn = size - 1;
	struct inq_sha256 r = *leaf;

	if (index >= size)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (sn == 0)
			return false;
		if (fn & 1 || fn == sn) {
			inq_merkle_node(&proof[i], &r, &r);
			for (; !(fn & 1) && fn; sn >>= 1)
				fn >>= 1;
		} else {
			inq_merkle_node(&r, &proof[i], &r);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && inq_sha256_equal(&r, root);
}

bool inq_merkle_consistency_holds(uint64_t from, uint64_t to, const struct inq_sha256 *from_root,
        const struct inq_sha256 *to_root, const struct inq_sha256 *proof, size_t count)
{
	struct inq_sha256 fr, sr;
	uint64_t fn, sn;
	size_t i = 0;

	if (from == 0 || from > to)
		return false;
	if (from == to)
		return count == 0 && inq_sha256_equal(from_root, to_root);
	/* The root of a tree of 2^n leaves is itself the proof's first hash, and left out of it. */
	if (from & (from - 1)) {
		if (count == 0)
			return false;
		fr = proof[i++];
	} else {
		fr = *from_root;
	}
	sr = fr;
	fn = from - 1;
	sn = to - 1;
	for (; fn & 1; sn >>= 1)
		fn >>= 1;
	for (; i < count; i++) {
		if (sn == 0)
			return false;
		if (fn & 1 || fn == sn) {
			inq_merkle_node(&proof[i], &fr, &fr);
			inq_merkle_node(&proof[i], &sr, &sr);
			for (; !(fn & 1) && fn; sn >>= 1)
				fn >>= 1;
		} else {
			inq_merkle_node(&sr, &proof[i], &sr);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && inq_sha256_equal(&fr, from_root) && inq_sha256_equal(&sr, to_root);
}

/* The root of the complete subtree of 2^`height` leaves from leaf `index` << `height`, out of its tile. */
static enum inq_status subtree(const struct inq_tile_source *tiles, unsigned height, uint64_t index,
        struct inq_sha256 *ret, struct inq_error *err)
{
	unsigned below = height % 8, count = 1U << below;
	uint64_t first = index << below;
	unsigned at = (unsigned)(first % INQ_TILE_WIDTH), width = at + count;
	struct inq_sha256 hash[INQ_TILE_WIDTH / 2];
	struct inq_bytes tile, cut;
	enum inq_status status;

	status = tiles->tile(tiles->context, height / 8, first / INQ_TILE_WIDTH, width, &tile, err);
	if (status != INQ_OK)
		return status;
	if (!inq_bytes_cut(tile, (uint64_t)at * 32, (uint64_t)count * 32, &cut))
		return inq_fail(err, INQ_TAMPERED, tile.len, "tile %" PRIu64 " of level %u is too short",
		        first / INQ_TILE_WIDTH, height / 8);
	memcpy(hash, cut.at, cut.len);
	for (; count > 1; count /= 2)
		for (unsigned i = 0; i < count / 2; i++)
			inq_merkle_node(&hash[2 * i], &hash[2 * i + 1], &hash[i]);
	*ret = hash[0];
	return INQ_OK;
}

/* MTH(D[start : start + size]), where `start` is a multiple of the largest power of 2 in `size`. */
static enum inq_status range(const struct inq_tile_source *tiles, uint64_t start, uint64_t size,
        struct inq_sha256 *ret, struct inq_error *err)
{
	struct inq_sha256 at[INQ_EDGE_MOST];
	unsigned count = 0;

	for (unsigned height = 64; height-- > 0;) {
		enum inq_status status;

		if (!(size >> height & 1))
			continue;
		status = subtree(tiles, height, start >> height, &at[count++], err);
		if (status != INQ_OK)
			return status;
		start += (uint64_t)1 << height;
	}
	fold(at, count, ret);
	return INQ_OK;
}

enum inq_status inq_merkle_edge_read(const struct inq_tile_source *tiles, uint64_t size,
        struct inq_merkle_edge *ret, struct inq_error *err)
{
	struct inq_merkle_edge edge = { .size = size };
	uint64_t start = 0;
	unsigned count = 0;

	for (unsigned height = 64; height-- > 0;) {
		enum inq_status status;

		if (!(size >> height & 1))
			continue;
		status = subtree(tiles, height, start >> height, &edge.at[count++], err);
		if (status != INQ_OK)
			return status;
		start += (uint64_t)1 << height;
	}
	*ret = edge;
	return INQ_OK;
}

/* The largest power of 2 below `n`, which is at least 2. */
static uint64_t split(uint64_t n)
{
	return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

struct part {
	uint64_t start, size;
};

/* The hashes of the parts, the last one first: proofs are found from the root down and written up. */
static enum inq_status parts_hash(const struct inq_tile_source *tiles, const struct part *parts, size_t count,
        struct inq_sha256 *ret, size_t *ret_count, struct inq_error *err)
{
	struct inq_sha256 hashes[INQ_PROOF_MOST];

	for (size_t i = 0; i < count; i++) {
		const struct part *p = &parts[count - 1 - i];
		enum inq_status status = range(tiles, p->start, p->size, &hashes[i], err);

		if (status != INQ_OK)
			return status;
	}
	if (count)
		memcpy(ret, hashes, count * sizeof *ret);
	*ret_count = count;
	return INQ_OK;
}

enum inq_status inq_merkle_inclusion(const struct inq_tile_source *tiles, uint64_t index, uint64_t size,
        struct inq_sha256 ret[INQ_PROOF_MOST], size_t *ret_count, struct inq_error *err)
{
	struct part parts[INQ_PROOF_MOST];
	uint64_t start = 0, n = size;
	size_t count = 0;

	if (index >= size)
		return inq_fail(err, INQ_BAD_ARGUMENT, index,
		        "no entry %" PRIu64 " in a log of %" PRIu64 " entries", index, size);
	while (n > 1) {
		uint64_t k = split(n);

		if (index - start < k) {
			parts[count++] = (struct part){ start + k, n - k };
			n = k;
		} else {
			parts[count++] = (struct part){ start, k };
			start += k;
			n -= k;
		}
	}
	return parts_hash(tiles, parts, count, ret, ret_count, err);
}

enum inq_status inq_merkle_consistency(const struct inq_tile_source *tiles, uint64_t from, uint64_t to,
        struct inq_sha256 ret[INQ_PROOF_MOST], size_t *ret_count, struct inq_error *err)
{
	struct part parts[INQ_PROOF_MOST];
	uint64_t start = 0, n = to, m = from;
	size_t count = 0;

	if (from == 0 || from > to)
		return inq_fail(err, INQ_BAD_ARGUMENT, from,
		        "nothing shows that a log of %" PRIu64 " entries extends one of %" PRIu64, to, from);
	while (m != n) {
		uint64_t k = split(n);

		if (m <= k) {
			parts[count++] = (struct part){ start + k, n - k };
			n = k;
		} else {
			parts[count++] = (struct part){ start, k };
			start += k;
			m -= k;
			n -= k;
		}
	}
	/* What is left is the old tree itself, unless something of it was split off before. */
	if (start)
		parts[count++] = (struct part){ start, n };
	return parts_hash(tiles, parts, count, ret, ret_count, err);
}

void inq_tile_path(unsigned level, uint64_t index, unsigned width, char ret[INQ_TILE_PATH])
{
	unsigned groups = 1;
	int len;

	if (level == INQ_TILE_ENTRIES)
		len = snprintf(ret, INQ_TILE_PATH, "tile/entries/");
	else
		len = snprintf(ret, INQ_TILE_PATH, "tile/%u/", level);
	for (uint64_t left = index / 1000; left; left /= 1000)
		groups++;
	while (groups-- > 0) {
		uint64_t group = index;

		for (unsigned i = 0; i < groups; i++)
			group /= 1000;
		len += snprintf(ret + len, (size_t)(INQ_TILE_PATH - len), groups ? "x%03u/" : "%03u",
		        (unsigned)(group % 1000));
	}
	if (width < INQ_TILE_WIDTH)
		snprintf(ret + len, (size_t)(INQ_TILE_PATH - len), ".p/%u", width);
}

/* Decimal digits at `*at`, at most 3; false without any. */
static bool short_number(const char **at, unsigned *ret)
{
	unsigned value = 0, digits = 0;

	for (; **at >= '0' && **at <= '9' && digits < 3; (*at)++, digits++)
		value = value * 10 + (unsigned)(**at - '0');
	*ret = value;
	return digits > 0;
}

bool inq_tile_path_read(const char *path, unsigned *ret_level, uint64_t *ret_index, unsigned *ret_width)
{
	unsigned level = INQ_TILE_ENTRIES, width = INQ_TILE_WIDTH, group;
	char again[INQ_TILE_PATH];
	const char *at = path;
	uint64_t index = 0;

	if (strncmp(at, "tile/entries/", 13) == 0) {
		at += 13;
	} else {
		if (strncmp(at, "tile/", 5) != 0)
			return false;
		at += 5;
		if (!short_number(&at, &level) || level > 63 || *at++ != '/')
			return false;
	}
	for (bool more = true; more;) {
		more = *at == 'x';
		at += more;
		if (!short_number(&at, &group) || index > (UINT64_MAX - group) / 1000)
			return false;
		index = index * 1000 + group;
		if (more && *at++ != '/')
			return false;
	}
	if (strncmp(at, ".p/", 3) == 0) {
		at += 3;
		if (!short_number(&at, &width) || width == 0 || width >= INQ_TILE_WIDTH)
			return false;
	}
	/* One path for one tile: what would be written differently is another. */
	inq_tile_path(level, index, width, again);
	if (*at || strcmp(again, path) != 0)
		return false;
	*ret_level = level;
	*ret_index = index;
	*ret_width = width;
	return true;
}

uint64_t inq_tile_hashes(unsigned level, uint64_t size)
{
	if (level == INQ_TILE_ENTRIES)
		level = 0;
	return level < 8 ? size >> 8 * level : 0;
}

bool inq_entry_bundle_next(struct inq_bytes bundle, uint64_t *off, struct inq_bytes *ret)
{
	uint16_t len;

	if (!inq_bytes_u16(bundle, *off, true, &len) || !inq_bytes_cut(bundle, *off + 2, len, ret))
		return false;
	*off += 2 + (uint64_t)len;
	return true;
}

void inq_entry_bundle_prefix(size_t len, uint8_t ret[2])
{
	ret[0] = (uint8_t)(len >> 8);
	ret[1] = (uint8_t)len;
}
