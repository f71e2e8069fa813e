/*
 * A log's tree, as tiles of 256 hashes (c2sp.org/tlog-tiles). Level L has
 * size / 256^L hashes; its last tile grows in place until it is full.
 */
#include "store/private.h"
#include <string.h>

static uint64_t hashes_at(unsigned level, uint64_t size)
{
	return level < INQ_STORE_LEVELS ? size >> 8 * level : 0;
}

static struct store_row tile_row(uint32_t log, unsigned level, uint64_t index, struct inq_bytes hashes)
{
	return (struct store_row){ .cell = { { log, { 0 } }, { level, { 0 } }, { (int64_t)index, { 0 } },
		                           { 0, hashes } } };
}

struct read_tile {
	size_t want;
	uint8_t *to;
};

static enum inq_status take_tile(void *context, const struct store_row *row, struct inq_error *err)
{
	const struct read_tile *r = context;
	struct inq_bytes hashes = row->cell[3].bytes;

	if (hashes.len != r->want)
		return inq_fail(err, INQ_CORRUPT, 0,
		        "the store is damaged: tile %lld of level %lld of log %lld has %zu bytes, not %zu",
		        (long long)row->cell[2].number, (long long)row->cell[1].number,
		        (long long)row->cell[0].number, hashes.len, r->want);
	memcpy(r->to, hashes.at, hashes.len);
	return INQ_OK;
}

/* The first `count` hashes of a tile that has so many. */
static enum inq_status read_tile(struct inq_store *s, uint32_t log, unsigned level, uint64_t index,
        size_t count, uint8_t *to, struct inq_error *err)
{
	struct store_row key = tile_row(log, level, index, (struct inq_bytes){ 0 });
	struct read_tile r = { count * 32, to };
	enum inq_status status = store_with(s, STORE_TILES, &key, (struct store_taker){ take_tile, &r }, err);

	if (status == INQ_NOT_FOUND)
		return inq_fail(err, INQ_CORRUPT, index,
		        "the store is damaged: tile %llu of level %u of log %u is gone",
		        (unsigned long long)index, level, (unsigned)log);
	return status;
}

/* The root of a full tile: that of 256 subtrees of equal size (RFC 6962, section 2.1). */
static void tile_root(const uint8_t *tile, struct inq_sha256 *ret)
{
	struct inq_sha256 level[INQ_TILE_WIDTH];

	memcpy(level, tile, sizeof level);
	for (unsigned width = INQ_TILE_WIDTH; width > 1; width /= 2)
		for (unsigned i = 0; i < width / 2; i++)
			inq_merkle_node(&level[2 * i], &level[2 * i + 1], &level[i]);
	*ret = level[0];
}

/* What an append fills: of each level the last tile, and how many hashes the level has. */
struct filling {
	struct store_work *work;
	uint32_t log;
	uint64_t hashes[INQ_STORE_LEVELS];
	bool touched[INQ_STORE_LEVELS];
};

static enum inq_status put_tile(struct inq_store *s, const struct filling *f, unsigned level, uint64_t index,
        size_t count, struct inq_error *err)
{
	struct store_row row =
	        tile_row(f->log, level, index, (struct inq_bytes){ f->work->tile[level], count * 32 });

	return store_put(s, STORE_TILES, &row, err);
}

static enum inq_status add_hash(
        struct inq_store *s, struct filling *f, const struct inq_sha256 *leaf, struct inq_error *err)
{
	struct inq_sha256 hash = *leaf;

	for (unsigned level = 0; level < INQ_STORE_LEVELS; level++) {
		uint64_t index = f->hashes[level] / INQ_TILE_WIDTH;
		size_t used = f->hashes[level] % INQ_TILE_WIDTH;
		enum inq_status status = INQ_OK;

		if (!f->touched[level] && used)
			status = read_tile(s, f->log, level, index, used, f->work->tile[level], err);
		if (status != INQ_OK)
			return status;
		f->touched[level] = true;
		memcpy(f->work->tile[level] + used * 32, &hash, 32);
		f->hashes[level]++;
		if (used + 1 < INQ_TILE_WIDTH)
			break;
		status = put_tile(s, f, level, index, INQ_TILE_WIDTH, err);
		if (status != INQ_OK)
			return status;
		tile_root(f->work->tile[level], &hash);
	}
	return INQ_OK;
}

static enum inq_status put_partial(struct inq_store *s, const struct filling *f, struct inq_error *err)
{
	enum inq_status status = INQ_OK;

	for (unsigned level = 0; level < INQ_STORE_LEVELS && status == INQ_OK; level++) {
		size_t used = f->hashes[level] % INQ_TILE_WIDTH;

		if (f->touched[level] && used)
			status = put_tile(s, f, level, f->hashes[level] / INQ_TILE_WIDTH, used, err);
	}
	return status;
}

static enum inq_status put_entry(
        struct inq_store *s, struct filling *f, struct inq_bytes entry, struct inq_error *err)
{
	struct inq_sha256 leaf;
	struct store_row row;
	enum inq_status status;

	inq_merkle_leaf(entry, &leaf);
	row = (struct store_row){ .cell = { { f->log, { 0 } }, { (int64_t)f->hashes[0], { 0 } },
		                          { 0, { leaf.byte, sizeof leaf } }, { 0, entry } } };
	status = store_put(s, STORE_ENTRIES, &row, err);
	return status == INQ_OK ? add_hash(s, f, &leaf, err) : status;
}

static enum inq_status append(struct inq_store *s, uint32_t number, uint64_t size,
        const struct inq_bytes *entries, size_t count, struct inq_error *err)
{
	struct filling f = { .log = number };
	struct store_log log;
	enum inq_status status = store_log(s, number, &log, err);

	if (status == INQ_OK)
		status = store_work(s, &f.work, err);
	if (status != INQ_OK)
		return status;
	if (log.size != size)
		return inq_fail(err, INQ_CONFLICT, log.size, "log %u has %llu entries, not %llu",
		        (unsigned)number, (unsigned long long)log.size, (unsigned long long)size);
	if (count > STORE_LOG_MAX - size)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "log %u would get too long", (unsigned)number);
	for (size_t i = 0; i < count; i++)
		if (entries[i].len == 0 || entries[i].len > INQ_STORE_ENTRY_MAX)
			return inq_fail(err, INQ_BAD_ARGUMENT, i,
			        "an entry has %zu bytes: 1 to %d are allowed", entries[i].len,
			        INQ_STORE_ENTRY_MAX);
	if (count == 0)
		return INQ_OK;
	for (unsigned level = 0; level < INQ_STORE_LEVELS; level++)
		f.hashes[level] = hashes_at(level, size);
	for (size_t i = 0; i < count && status == INQ_OK; i++)
		status = put_entry(s, &f, entries[i], err);
	if (status == INQ_OK)
		status = put_partial(s, &f, err);
	log.size = size + count;
	if (status == INQ_OK)
		status = store_log_put(s, &log, err);
	s->unsigned_logs[number / 8] |= (uint8_t)(1 << number % 8);
	return status;
}

enum inq_status inq_store_append(struct inq_store *s, uint32_t log, uint64_t size,
        const struct inq_bytes *entries, size_t count, struct inq_error *err)
{
	struct inq_error why;
	enum inq_status status;

	if (store_write_begin(s, &status, &why))
		status = append(s, log, size, entries, count, &why);
	return store_write_end(s, status, &why, err);
}

static enum inq_status tile(struct inq_store *s, uint32_t number, unsigned level, uint64_t index,
        uint8_t to[STORE_TILE_BYTES], size_t *ret, struct inq_error *err)
{
	struct store_log log;
	uint64_t hashes;
	size_t count;
	enum inq_status status = store_log(s, number, &log, err);

	if (status != INQ_OK)
		return status;
	hashes = hashes_at(level, log.size);
	if (index > hashes / INQ_TILE_WIDTH || index * INQ_TILE_WIDTH == hashes)
		return inq_fail(err, INQ_NOT_FOUND, index, "log %u has no tile %llu of level %u",
		        (unsigned)number, (unsigned long long)index, level);
	count = hashes - index * INQ_TILE_WIDTH < INQ_TILE_WIDTH ? (size_t)(hashes % INQ_TILE_WIDTH)
	                                                         : INQ_TILE_WIDTH;
	status = read_tile(s, number, level, index, count, to, err);
	if (status == INQ_OK)
		*ret = count * 32;
	return status;
}

enum inq_status inq_store_tile(struct inq_store *s, uint32_t log, unsigned level, uint64_t index,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	uint8_t hashes[STORE_TILE_BYTES];
	size_t len = 0;
	bool own;
	enum inq_status status = store_read_begin(s, &own, err);

	if (status != INQ_OK)
		return status;
	status = store_read_end(s, own, tile(s, log, level, index, hashes, &len, err));
	return status == INQ_OK ? store_copy((struct inq_bytes){ hashes, len }, a, ret, err) : status;
}

static enum inq_status tree_tile(void *context, unsigned level, uint64_t index, unsigned width,
        struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_store_tree *tree = context;
	size_t len = 0;
	bool own;
	enum inq_status status = store_read_begin(tree->store, &own, err);

	if (status != INQ_OK)
		return status;
	status = store_read_end(
	        tree->store, own, tile(tree->store, tree->log, level, index, tree->tile, &len, err));
	if (status != INQ_OK)
		return status;
	if (len / 32 < width)
		return inq_fail(err, INQ_NOT_FOUND, index,
		        "log %u is too short: its tile has %zu hashes, not %u", (unsigned)tree->log, len / 32,
		        width);
	*ret = (struct inq_bytes){ tree->tile, len };
	return INQ_OK;
}

struct inq_tile_source inq_store_tree_source(struct inq_store_tree *tree)
{
	return (struct inq_tile_source){ tree_tile, tree };
}
