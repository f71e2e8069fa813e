#include "store/private.h"
#include <string.h>

static void text_of(struct inq_bytes b, char ret[INQ_STORE_NAME_MAX + 1])
{
	memcpy(ret, b.at, b.len);
	ret[b.len] = 0;
}

static enum inq_status take_log(void *context, const struct store_row *row, struct inq_error *err)
{
	struct store_log *log = context;
	const struct store_cell *cell = row->cell;

	if (cell[0].number < 0 || cell[0].number >= INQ_STORE_LOGS_MAX || cell[3].number < 0 ||
	        (uint64_t)cell[3].number > STORE_LOG_MAX || cell[4].number < 0)
		return inq_fail(err, INQ_CORRUPT, 0, "the store is damaged: a log has impossible numbers");
	log->number = (uint32_t)cell[0].number;
	log->size = (uint64_t)cell[3].number;
	log->heads = (uint64_t)cell[4].number;
	text_of(cell[1].bytes, log->name);
	text_of(cell[2].bytes, log->origin);
	return INQ_OK;
}

enum inq_status store_log(struct inq_store *s, uint32_t log, struct store_log *ret, struct inq_error *err)
{
	struct store_row key = { .cell[0].number = log };
	struct store_counts counts;
	enum inq_status status = store_with(s, STORE_LOGS, &key, (struct store_taker){ take_log, ret }, err);

	if (status != INQ_NOT_FOUND)
		return status;
	status = store_counts(s, &counts, err);
	if (status != INQ_OK)
		return status;
	if (log < counts.logs)
		return inq_fail(err, INQ_CORRUPT, log, "the store is damaged: log %u is gone", (unsigned)log);
	return inq_fail(err, INQ_NOT_FOUND, log, "the store has no log %u", (unsigned)log);
}

enum inq_status store_log_put(struct inq_store *s, const struct store_log *log, struct inq_error *err)
{
	struct store_row row = { .cell = { { log->number, { 0 } }, { 0, inq_bytes_of(log->name) },
		                         { 0, inq_bytes_of(log->origin) }, { (int64_t)log->size, { 0 } },
		                         { (int64_t)log->heads, { 0 } } } };

	return store_put(s, STORE_LOGS, &row, err);
}

struct wanted {
	struct inq_bytes name, origin;
};

static bool same(struct inq_bytes l, struct inq_bytes r)
{
	return l.len == r.len && memcmp(l.at, r.at, l.len) == 0;
}

static enum inq_status refuse_same(void *context, const struct store_row *row, struct inq_error *err)
{
	const struct wanted *w = context;

	if (same(row->cell[1].bytes, w->name))
		return inq_fail(err, INQ_CONFLICT, 0, "there is a log of that name");
	if (same(row->cell[2].bytes, w->origin))
		return inq_fail(err, INQ_CONFLICT, 0, "there is a log of that origin");
	return INQ_OK;
}

static enum inq_status log_add(
        struct inq_store *s, const char *name, const char *origin, uint32_t *ret, struct inq_error *err)
{
	struct store_row before = { .cell[0].number = -1 };
	struct wanted wanted = { inq_bytes_of(name), inq_bytes_of(origin) };
	struct store_log log = { .number = (uint32_t)s->counts.logs };
	enum inq_status status = store_name(name, "name of a log", err);

	if (status == INQ_OK)
		status = store_name(origin, "origin of a log", err);
	if (status == INQ_OK)
		status = store_each(s, STORE_LOGS, &before, UINT64_MAX,
		        (struct store_taker){ refuse_same, &wanted }, err);
	if (status != INQ_OK)
		return status;
	if (s->counts.logs >= INQ_STORE_LOGS_MAX)
		return inq_fail(err, INQ_OVER_LIMIT, 0, "there are %d logs: no more fit", INQ_STORE_LOGS_MAX);
	text_of(wanted.name, log.name);
	text_of(wanted.origin, log.origin);
	status = store_log_put(s, &log, err);
	if (status != INQ_OK)
		return status;
	s->counts.logs++;
	s->counts_changed = true;
	*ret = log.number;
	return INQ_OK;
}

enum inq_status inq_store_log_add(
        struct inq_store *s, const char *name, const char *origin, uint32_t *ret, struct inq_error *err)
{
	struct inq_error why;
	enum inq_status status;

	if (store_write_begin(s, &status, &why))
		status = log_add(s, name, origin, ret, &why);
	return store_write_end(s, status, &why, err);
}

static enum inq_status log_of(struct inq_store *s, uint32_t number, struct inq_arena *a,
        struct inq_store_log *ret, struct inq_error *err)
{
	struct store_log log;
	struct inq_store_log copy;
	enum inq_status status = store_log(s, number, &log, err);

	if (status != INQ_OK)
		return status;
	copy = (struct inq_store_log){ .number = number, .size = log.size, .heads = log.heads };
	copy.name = inq_arena_string(a, inq_bytes_of(log.name));
	copy.origin = inq_arena_string(a, inq_bytes_of(log.origin));
	if (!copy.name || !copy.origin)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for a log's name");
	*ret = copy;
	return INQ_OK;
}

enum inq_status inq_store_log(struct inq_store *s, uint32_t log, struct inq_arena *a,
        struct inq_store_log *ret, struct inq_error *err)
{
	bool own;
	enum inq_status status = store_read_begin(s, &own, err);

	if (status != INQ_OK)
		return status;
	return store_read_end(s, own, log_of(s, log, a, ret, err));
}

static enum inq_status all_logs(struct inq_store *s, struct inq_arena *a, struct inq_store_log **ret,
        size_t *count, struct inq_error *err)
{
	struct store_counts counts;
	struct inq_store_log *logs;
	enum inq_status status = store_counts(s, &counts, err);

	if (status != INQ_OK)
		return status;
	if (counts.logs > INQ_STORE_LOGS_MAX)
		return inq_fail(err, INQ_CORRUPT, 0, "the store is damaged: it counts too many logs");
	logs = inq_arena_new(a, (size_t)counts.logs, sizeof *logs);
	if (!logs)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for a list of logs");
	for (uint32_t i = 0; i < counts.logs && status == INQ_OK; i++)
		status = log_of(s, i, a, &logs[i], err);
	if (status != INQ_OK)
		return status;
	*ret = logs;
	*count = (size_t)counts.logs;
	return INQ_OK;
}

enum inq_status inq_store_logs(struct inq_store *s, struct inq_arena *a, struct inq_store_log **ret,
        size_t *count, struct inq_error *err)
{
	bool own;
	enum inq_status status = store_read_begin(s, &own, err);

	if (status != INQ_OK)
		return status;
	return store_read_end(s, own, all_logs(s, a, ret, count, err));
}

struct gathered {
	struct inq_arena *a;
	struct inq_store_entry *entries;
	size_t count, capacity, bytes;
	uint64_t next;
	bool full;
};

static enum inq_status take_entry(void *context, const struct store_row *row, struct inq_error *err)
{
	struct gathered *g = context;
	struct inq_store_entry e = { .index = (uint64_t)row->cell[1].number }, *entries;
	struct inq_bytes bytes = row->cell[3].bytes;
	struct inq_sha256 leaf;
	enum inq_status status;

	if (g->full)
		return INQ_OK;
	if (e.index != g->next)
		return inq_fail(err, INQ_CORRUPT, g->next, "the store is damaged: log %lld has no entry %llu",
		        (long long)row->cell[0].number, (unsigned long long)g->next);
	inq_merkle_leaf(bytes, &leaf);
	if (row->cell[2].bytes.len != sizeof leaf || memcmp(row->cell[2].bytes.at, &leaf, sizeof leaf) != 0)
		return inq_fail(err, INQ_CORRUPT, g->next,
		        "the store is damaged: entry %llu of log %lld has another leaf hash",
		        (unsigned long long)g->next, (long long)row->cell[0].number);
	if (g->count && bytes.len > INQ_STORE_READ_MAX - g->bytes) {
		g->full = true;
		return INQ_OK;
	}
	entries = inq_arena_extend(g->a, g->entries, g->count, &g->capacity, sizeof e);
	if (!entries)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for entries");
	g->entries = entries;
	e.leaf = leaf;
	status = store_copy(bytes, g->a, &e.bytes, err);
	if (status != INQ_OK)
		return status;
	g->bytes += bytes.len;
	g->entries[g->count++] = e;
	g->next++;
	return INQ_OK;
}

/* The entries that the log's row says there are, and no fewer. */
static enum inq_status gather(struct inq_store *s, uint32_t log, uint64_t from, size_t max,
        struct gathered *g, struct inq_error *err)
{
	struct store_log head;
	struct store_row before = { .cell = { { log, { 0 } }, { (int64_t)from - 1, { 0 } } } };
	uint64_t want;
	enum inq_status status = store_log(s, log, &head, err);

	if (status != INQ_OK)
		return status;
	if (from >= head.size)
		return INQ_OK;
	want = head.size - from < max ? head.size - from : max;
	g->next = from;
	while (want && !g->full) {
		/* Page by page, so that little is read past the bytes that are handed out. */
		unsigned page = want < store_tables[STORE_ENTRIES].page ? (unsigned)want
		                                                        : store_tables[STORE_ENTRIES].page;

		before.cell[1].number = (int64_t)g->next - 1;
		status = store_each(
		        s, STORE_ENTRIES, &before, page, (struct store_taker){ take_entry, g }, err);
		if (status != INQ_OK)
			return status;
		if (!g->full && g->next != (uint64_t)before.cell[1].number + 1 + page)
			return inq_fail(err, INQ_CORRUPT, g->next,
			        "the store is damaged: log %u has no entry %llu", (unsigned)log,
			        (unsigned long long)g->next);
		want -= page;
	}
	return INQ_OK;
}

enum inq_status inq_store_entries(struct inq_store *s, uint32_t log, uint64_t from, size_t max,
        struct inq_arena *a, struct inq_store_entry **ret, size_t *count, struct inq_error *err)
{
	struct gathered g = { .a = a };
	bool own;
	enum inq_status status = store_read_begin(s, &own, err);

	if (status == INQ_OK)
		status = store_read_end(s, own, gather(s, log, from, max, &g, err));
	if (status != INQ_OK)
		return status;
	*ret = g.entries;
	*count = g.count;
	return INQ_OK;
}

enum inq_status inq_store_entry(struct inq_store *s, uint32_t log, uint64_t index, struct inq_arena *a,
        struct inq_store_entry *ret, struct inq_error *err)
{
	struct inq_store_entry *entries;
	size_t count;
	enum inq_status status = inq_store_entries(s, log, index, 1, a, &entries, &count, err);

	if (status != INQ_OK)
		return status;
	if (count == 0)
		return inq_fail(err, INQ_NOT_FOUND, index, "log %u has no entry %llu", (unsigned)log,
		        (unsigned long long)index);
	*ret = entries[0];
	return INQ_OK;
}
