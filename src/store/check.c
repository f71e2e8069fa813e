#include "store/private.h"
#include <string.h>

/* A row that nothing above it counts: below its key there should be none. */
static enum inq_status too_many(void *context, const struct store_row *row, struct inq_error *err)
{
	char place[100];

	store_place(*(const enum store_table_id *)context, row, place, sizeof place);
	return inq_fail(err, INQ_CORRUPT, 0, "the store is damaged: nothing counts %s", place);
}

static enum inq_status none_after(
        struct inq_store *s, enum store_table_id table, const struct store_row *key, struct inq_error *err)
{
	return store_each(s, table, key, 1, (struct store_taker){ too_many, &table }, err);
}

static enum inq_status count_row(void *context, const struct store_row *row, struct inq_error *err)
{
	(void)row;
	(void)err;
	++*(uint64_t *)context;
	return INQ_OK;
}

static enum inq_status count_is(
        struct inq_store *s, enum store_table_id table, uint64_t want, struct inq_error *err)
{
	struct store_row first = { .cell[0].number = -1 };
	uint64_t count = 0;
	enum inq_status status =
	        store_each(s, table, &first, UINT64_MAX, (struct store_taker){ count_row, &count }, err);

	if (status == INQ_OK && count != want)
		return inq_fail(err, INQ_CORRUPT, 0,
		        "the store is damaged: %llu rows of %s are there, and %llu were written",
		        (unsigned long long)count, store_tables[table].name, (unsigned long long)want);
	return status;
}

/* The tree as it grows out of the entries, and the tile of each level that is being compared. */
struct regrown {
	struct inq_store *s;
	uint32_t log;
	struct inq_merkle_edge edge;
	struct inq_store_tree tree[INQ_STORE_LEVELS];
	struct inq_bytes tile[INQ_STORE_LEVELS];
};

static enum inq_status compare_hash(
        struct regrown *r, const struct inq_merkle_stored *h, struct inq_error *err)
{
	size_t at = h->index % INQ_TILE_WIDTH * 32;
	struct inq_bytes *tile = &r->tile[h->level];
	struct inq_tile_source source = inq_store_tree_source(&r->tree[h->level]);
	enum inq_status status = INQ_OK;

	if (at == 0)
		status = source.tile(source.context, h->level, h->index / INQ_TILE_WIDTH, 1, tile, err);
	if (status != INQ_OK)
		return status;
	if (at >= tile->len || memcmp(tile->at + at, h->hash.byte, 32) != 0)
		return inq_fail(err, INQ_CORRUPT, h->index,
		        "the store is damaged: hash %llu of level %u of log %u is not that of its entries",
		        (unsigned long long)h->index, h->level, (unsigned)r->log);
	return INQ_OK;
}

static enum inq_status check_entries(
        struct inq_store *s, uint32_t log, uint64_t size, struct regrown *r, struct inq_error *err)
{
	while (r->edge.size < size) {
		struct inq_arena *a = inq_arena_open(16 << 20);
		struct inq_store_entry *entries;
		struct inq_merkle_stored stored[INQ_STORED_MOST];
		size_t count = 0;
		enum inq_status status =
		        a ? inq_store_entries(s, log, r->edge.size, 1024, a, &entries, &count, err)
		          : inq_fail(err, INQ_NO_MEMORY, 0, "no memory to check entries in");

		for (size_t i = 0; i < count && status == INQ_OK; i++) {
			unsigned hashes = inq_merkle_append(&r->edge, &entries[i].leaf, stored);

			for (unsigned h = 0; h < hashes && status == INQ_OK; h++)
				status = compare_hash(r, &stored[h], err);
		}
		inq_arena_close(a);
		if (status != INQ_OK)
			return status;
	}
	return INQ_OK;
}

static enum inq_status check_heads(struct inq_store *s, const struct store_log *log, struct inq_error *err)
{
	uint64_t size = 0;

	for (uint64_t i = 0; i < log->heads; i++) {
		/* A head has at most 256 cosignatures of a mebibyte, and as a rule far less. */
		struct inq_arena *a = inq_arena_open((size_t)300 << 20);
		struct inq_store_head head;
		enum inq_status status = a ? inq_store_head(s, log->number, i, a, &head, err)
		                           : inq_fail(err, INQ_NO_MEMORY, 0, "no memory to check heads in");

		inq_arena_close(a);
		if (status != INQ_OK)
			return status;
		if (head.size < size || head.size > log->size)
			return inq_fail(err, INQ_CORRUPT, i,
			        "the store is damaged: head %llu of log %u has another size",
			        (unsigned long long)i, (unsigned)log->number);
		size = head.size;
	}
	if (size != log->size)
		return inq_fail(err, INQ_CORRUPT, size,
		        "the store is damaged: log %u has no head of its size", (unsigned)log->number);
	return INQ_OK;
}

static enum inq_status check_log(
        struct inq_store *s, uint32_t number, struct regrown *r, struct inq_error *err)
{
	struct store_log log;
	struct store_row key = { .cell[0].number = number };
	enum inq_status status = store_log(s, number, &log, err);

	memset(r, 0, sizeof *r);
	r->s = s;
	r->log = number;
	for (unsigned i = 0; i < INQ_STORE_LEVELS; i++) {
		r->tree[i].store = s;
		r->tree[i].log = number;
	}
	if (status == INQ_OK)
		status = check_entries(s, number, log.size, r, err);
	if (status == INQ_OK)
		status = check_heads(s, &log, err);
	if (status != INQ_OK)
		return status;
	key.cell[1].number = (int64_t)log.size - 1;
	status = none_after(s, STORE_ENTRIES, &key, err);
	key.cell[1].number = (int64_t)log.heads - 1;
	return status == INQ_OK ? none_after(s, STORE_HEADS, &key, err) : status;
}

static bool swallow(void *nothing, const void *at, size_t len)
{
	(void)nothing;
	(void)at;
	(void)len;
	return true;
}

static enum inq_status check_object(
        struct inq_store *s, const struct inq_store_object *o, struct inq_error *err)
{
	struct inq_sink out;

	inq_sink_init(&out, swallow, NULL);
	return inq_store_object_write(s, &o->digest, false, &out, err);
}

static enum inq_status check_objects(struct inq_store *s, uint64_t want, struct inq_error *err)
{
	struct inq_sha256 after;
	uint64_t seen = 0;
	size_t count = 1;

	while (count) {
		struct inq_arena *a = inq_arena_open(1 << 20);
		struct inq_store_object *objects;
		enum inq_status status =
		        a ? inq_store_objects(s, seen ? &after : NULL, 1024, a, &objects, &count, err)
		          : inq_fail(err, INQ_NO_MEMORY, 0, "no memory to check objects in");

		for (size_t i = 0; status == INQ_OK && i < count; i++) {
			status = check_object(s, &objects[i], err);
			after = objects[i].digest;
			seen++;
		}
		inq_arena_close(a);
		if (status != INQ_OK)
			return status;
	}
	if (seen != want)
		return inq_fail(err, INQ_CORRUPT, 0,
		        "the store is damaged: %llu objects are there, and %llu were put",
		        (unsigned long long)seen, (unsigned long long)want);
	return INQ_OK;
}

static enum inq_status check_logs(struct inq_store *s, uint64_t count, struct inq_error *err)
{
	struct inq_arena *a = inq_arena_open(1 << 20);
	struct regrown *r = a ? inq_arena_new(a, 1, sizeof *r) : NULL;
	enum inq_status status = r ? INQ_OK : inq_fail(err, INQ_NO_MEMORY, 0, "no memory to check logs in");

	for (uint32_t i = 0; i < count && status == INQ_OK; i++)
		status = check_log(s, i, r, err);
	inq_arena_close(a);
	return status;
}

static enum inq_status check(struct inq_store *s, struct inq_error *err)
{
	struct store_counts counts;
	enum inq_status status = s->with->check(s->backend, err);

	if (status == INQ_OK)
		status = store_counts(s, &counts, err);
	if (status == INQ_OK)
		status = count_is(s, STORE_SETTINGS, counts.settings, err);
	if (status == INQ_OK)
		status = count_is(s, STORE_EXTRAS, counts.extras, err);
	if (status == INQ_OK)
		status = count_is(s, STORE_LOGS, counts.logs, err);
	if (status == INQ_OK)
		status = check_logs(s, counts.logs, err);
	return status == INQ_OK ? check_objects(s, counts.objects, err) : status;
}

enum inq_status inq_store_check(struct inq_store *s, struct inq_error *err)
{
	bool own;
	enum inq_status status = store_read_begin(s, &own, err);

	if (status != INQ_OK)
		return status;
	return store_read_end(s, own, check(s, err));
}
