/* A store in memory: sorted arrays, and a list of what to undo. What the two databases are compared with. */
#include "store/private.h"
#include <string.h>

struct rows {
	struct store_row *at;
	size_t count, capacity;
};

/* A row as it was before it was put; only its key, where there was none. */
struct change {
	enum store_table_id table;
	bool was;
	struct store_row row;
};

struct memory {
	struct inq_arena *arena;
	struct rows table[STORE_TABLES];
	struct change *changes;
	size_t change_count, change_capacity;
};

static void memory_close(void *backend)
{
	(void)backend;
}

static enum inq_status memory_begin(void *backend, bool write, unsigned patience, struct inq_error *err)
{
	(void)backend;
	(void)write;
	(void)patience;
	(void)err;
	return INQ_OK;
}

static enum inq_status memory_commit(void *backend, struct inq_error *err)
{
	struct memory *m = backend;

	(void)err;
	m->change_count = 0;
	return INQ_OK;
}

/* The place of the first row whose key is not below `key`, or (`above`) is above it. */
static size_t place(
        const struct memory *m, enum store_table_id table, const struct store_row *key, bool above)
{
	const struct store_table *t = &store_tables[table];
	const struct rows *rows = &m->table[table];
	size_t low = 0, high = rows->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = store_key_order(t, t->keys, &rows->at[middle], key);

		if (order < 0 || (above && order == 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_there(
        const struct memory *m, enum store_table_id table, const struct store_row *key, size_t at)
{
	const struct store_table *t = &store_tables[table];
	const struct rows *rows = &m->table[table];

	return at < rows->count && store_key_order(t, t->keys, &rows->at[at], key) == 0;
}

static void memory_rollback(void *backend)
{
	struct memory *m = backend;

	while (m->change_count) {
		const struct change *c = &m->changes[--m->change_count];
		struct rows *rows = &m->table[c->table];
		size_t at = place(m, c->table, &c->row, false);

		if (c->was)
			rows->at[at] = c->row;
		else
			memmove(&rows->at[at], &rows->at[at + 1], (--rows->count - at) * sizeof *rows->at);
	}
}

static enum inq_status memory_get(void *backend, enum store_table_id table, const struct store_row *key,
        struct store_taker to, struct inq_error *err)
{
	struct memory *m = backend;
	size_t at = place(m, table, key, false);

	return is_there(m, table, key, at) ? to.take(to.context, &m->table[table].at[at], err)
	                                   : INQ_NOT_FOUND;
}

static enum inq_status memory_next(void *backend, enum store_table_id table, const struct store_row *key,
        unsigned max, struct store_taker to, struct inq_error *err)
{
	struct memory *m = backend;
	const struct store_table *t = &store_tables[table];
	const struct rows *rows = &m->table[table];
	enum inq_status status = INQ_OK;

	for (size_t at = place(m, table, key, true); max && at < rows->count && status == INQ_OK;
	        at++, max--) {
		if (store_key_order(t, t->keys - 1, &rows->at[at], key) != 0)
			break;
		status = to.take(to.context, &rows->at[at], err);
	}
	return status;
}

static enum inq_status own(
        struct memory *m, const struct store_table *t, struct store_row *row, struct inq_error *err)
{
	enum inq_status status = INQ_OK;

	for (unsigned i = 0; i < t->columns && status == INQ_OK; i++)
		if (t->column[i].kind != STORE_NUMBER)
			status = store_copy(row->cell[i].bytes, m->arena, &row->cell[i].bytes, err);
	return status;
}

static enum inq_status memory_put(
        void *backend, enum store_table_id table, const struct store_row *row, struct inq_error *err)
{
	struct memory *m = backend;
	const struct store_table *t = &store_tables[table];
	struct rows *rows = &m->table[table];
	size_t at = place(m, table, row, false);
	bool was = is_there(m, table, row, at);
	struct store_row copy = *row, *room;
	struct change *changes;
	enum inq_status status = own(m, t, &copy, err);

	if (status != INQ_OK)
		return status;
	if (was && t->fixed)
		return inq_fail(err, INQ_CORRUPT, 0,
		        "the store is damaged: it has a row already that is to be added");
	changes =
	        inq_arena_extend(m->arena, m->changes, m->change_count, &m->change_capacity, sizeof *changes);
	if (!changes)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for another row");
	m->changes = changes;
	room = inq_arena_extend(m->arena, rows->at, rows->count, &rows->capacity, sizeof *room);
	if (!room)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for another row");
	rows->at = room;
	changes[m->change_count++] = (struct change){ table, was, was ? rows->at[at] : copy };
	if (!was)
		memmove(&room[at + 1], &room[at], (rows->count++ - at) * sizeof *room);
	room[at] = copy;
	return INQ_OK;
}

static enum inq_status memory_check(void *backend, struct inq_error *err)
{
	(void)backend;
	(void)err;
	return INQ_OK;
}

enum inq_status store_memory_open(
        struct inq_arena *a, const struct store_backend **ret, void **ret_backend, struct inq_error *err)
{
	static const struct store_backend with = {
		.close = memory_close,
		.begin = memory_begin,
		.commit = memory_commit,
		.rollback = memory_rollback,
		.get = memory_get,
		.next = memory_next,
		.put = memory_put,
		.check = memory_check,
	};
	struct memory *m = inq_arena_new(a, 1, sizeof *m);

	if (!m)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for a store");
	m->arena = a;
	*ret = &with;
	*ret_backend = m;
	return INQ_OK;
}
