#include "base/utf8.h"
#include "store/private.h"
#include <stdio.h>
#include <string.h>
#include <zstd.h>

static bool is_postgres(const char *address)
{
	return strncmp(address, "postgresql://", 13) == 0 || strncmp(address, "postgres://", 11) == 0;
}

/* The first transaction of a new store gives it the row that says what it is. */
static enum inq_status found(struct inq_store *s, struct inq_error *err)
{
	s->state = STORE_WRITING;
	s->counts_changed = true;
	return s->with->begin(s->backend, true, s->patience, err);
}

enum inq_status inq_store_open(const char *address, enum inq_store_mode mode, struct inq_arena *a,
        struct inq_store **ret, struct inq_error *err)
{
	struct inq_store *s = inq_arena_new(a, 1, sizeof *s);
	enum inq_status status;
	struct store_counts counts;

	if (!s)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for a store");
	s->arena = a;
	s->mode = mode;
	s->patience = 5000;
	if (strcmp(address, "memory:") == 0) {
		if (mode != INQ_STORE_CREATE)
			return inq_fail(err, INQ_NOT_FOUND, 0, "a store in memory can only be created");
		status = store_memory_open(a, &s->with, &s->backend, err);
	} else if (is_postgres(address)) {
		status = store_postgres_open(address, mode, a, &s->with, &s->backend, err);
	} else {
		status = store_sqlite_open(address, mode, s->patience, a, &s->with, &s->backend, err);
	}
	if (status != INQ_OK)
		return status;
	status = mode == INQ_STORE_CREATE ? found(s, err) : store_counts(s, &counts, err);
	if (status != INQ_OK) {
		s->state = STORE_IDLE;
		s->with->close(s->backend);
		return status;
	}
	*ret = s;
	return INQ_OK;
}

void inq_store_close(struct inq_store *s)
{
	if (!s)
		return;
	inq_store_rollback(s);
	s->with->close(s->backend);
	store_work_close(s->work);
}

void inq_store_patience(struct inq_store *s, unsigned milliseconds)
{
	s->patience = milliseconds;
}

enum inq_status inq_store_begin(struct inq_store *s, bool write, struct inq_error *err)
{
	enum inq_status status;

	if (s->state != STORE_IDLE)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "a transaction is open already");
	if (write && s->mode == INQ_STORE_READ)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "the store was opened for reading only");
	status = s->with->begin(s->backend, write, s->patience, err);
	if (status != INQ_OK)
		return status;
	s->state = STORE_READING;
	s->failed = INQ_OK;
	s->counts_changed = false;
	memset(s->unsigned_logs, 0, sizeof s->unsigned_logs);
	/* The first row that is read decides what a reading transaction sees. */
	status = store_counts(s, &s->counts, err);
	if (status != INQ_OK)
		inq_store_rollback(s);
	else if (write)
		s->state = STORE_WRITING;
	return status;
}

void inq_store_rollback(struct inq_store *s)
{
	if (s->state != STORE_IDLE)
		s->with->rollback(s->backend);
	s->state = STORE_IDLE;
	s->failed = INQ_OK;
}

/* What must be in the store before a writing transaction may be committed. */
static enum inq_status complete(struct inq_store *s, struct inq_error *err)
{
	struct store_row row = { 0 };

	for (uint32_t log = 0; log < INQ_STORE_LOGS_MAX; log++)
		if (s->unsigned_logs[log / 8] >> log % 8 & 1)
			return inq_fail(err, INQ_BAD_ARGUMENT, log,
			        "log %u has grown, and no head signs its new size", (unsigned)log);
	if (!s->counts_changed)
		return INQ_OK;
	row.cell[0].number = 1;
	row.cell[1].number = STORE_FORMAT;
	row.cell[2].number = (int64_t)s->counts.settings;
	row.cell[3].number = (int64_t)s->counts.logs;
	row.cell[4].number = (int64_t)s->counts.objects;
	row.cell[5].number = (int64_t)s->counts.extras;
	return store_put(s, STORE_ITSELF, &row, err);
}

enum inq_status inq_store_commit(struct inq_store *s, struct inq_error *err)
{
	enum inq_status status = s->failed;

	if (s->state == STORE_IDLE)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "no transaction is open");
	if (status != INQ_OK)
		inq_fail(err, status, s->why.at, "%s", s->why.text);
	else if (s->state == STORE_WRITING)
		status = complete(s, err);
	if (status == INQ_OK)
		status = s->with->commit(s->backend, err);
	if (status != INQ_OK)
		s->with->rollback(s->backend);
	s->state = STORE_IDLE;
	s->failed = INQ_OK;
	return status;
}

enum inq_status store_read_begin(struct inq_store *s, bool *own, struct inq_error *err)
{
	*own = s->state == STORE_IDLE;
	if (s->failed != INQ_OK)
		return inq_fail(err, s->failed, s->why.at, "%s", s->why.text);
	return *own ? inq_store_begin(s, false, err) : INQ_OK;
}

enum inq_status store_read_end(struct inq_store *s, bool own, enum inq_status status)
{
	if (own)
		inq_store_rollback(s);
	return status;
}

bool store_write_begin(const struct inq_store *s, enum inq_status *status, struct inq_error *why)
{
	if (s->state != STORE_WRITING)
		*status = inq_fail(why, INQ_BAD_ARGUMENT, 0, "no writing transaction is open");
	else if (s->failed != INQ_OK)
		*status = inq_fail(why, s->failed, s->why.at, "%s", s->why.text);
	else
		*status = INQ_OK;
	return *status == INQ_OK;
}

enum inq_status store_write_end(
        struct inq_store *s, enum inq_status status, const struct inq_error *why, struct inq_error *err)
{
	if (status == INQ_OK)
		return INQ_OK;
	if (s->state == STORE_WRITING && s->failed == INQ_OK) {
		s->failed = status;
		s->why = *why;
	}
	if (err)
		*err = *why;
	return status;
}

bool store_text(struct inq_bytes b, size_t *ret)
{
	uint32_t point;

	for (size_t i = 0, len; i < b.len; i += len) {
		len = inq_utf8(inq_bytes_from(b, i), &point);
		if (len == 0 || point < 0x20 || (point >= 0x7f && point < 0xa0)) {
			*ret = i;
			return false;
		}
	}
	return true;
}

enum inq_status store_name(const char *name, const char *what, struct inq_error *err)
{
	struct inq_bytes b = inq_bytes_of(name);
	size_t at;

	if (b.len == 0 || b.len > INQ_STORE_NAME_MAX)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "the %s has %zu bytes: 1 to %d are allowed", what,
		        b.len, INQ_STORE_NAME_MAX);
	if (!store_text(b, &at))
		return inq_fail(err, INQ_BAD_ARGUMENT, at,
		        "the %s is not UTF-8 without control characters at byte %zu", what, at);
	return INQ_OK;
}

enum inq_status store_work(struct inq_store *s, struct store_work **ret, struct inq_error *err)
{
	if (!s->work)
		s->work = inq_arena_new(s->arena, 1, sizeof *s->work);
	if (!s->work)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to work in");
	*ret = s->work;
	return INQ_OK;
}

void store_work_close(struct store_work *w)
{
	if (!w)
		return;
	ZSTD_freeCCtx(w->compress);
	ZSTD_freeDCtx(w->decompress);
}

static enum inq_status value_fits(struct inq_bytes b, const char *what, struct inq_error *err)
{
	if (b.len <= INQ_STORE_VALUE_MAX)
		return INQ_OK;
	return inq_fail(err, INQ_BAD_ARGUMENT, 0, "the %s has %zu bytes: at most %d are allowed", what, b.len,
	        INQ_STORE_VALUE_MAX);
}

static struct store_row named(const char *name, struct inq_bytes value)
{
	return (struct store_row){ .cell = { { 0, inq_bytes_of(name) }, { 0, value } } };
}

struct compared {
	struct inq_bytes with;
	bool there, equal;
};

static enum inq_status compare(void *context, const struct store_row *row, struct inq_error *err)
{
	struct compared *c = context;
	struct inq_bytes b = row->cell[1].bytes;

	(void)err;
	c->there = true;
	c->equal = b.len == c->with.len && (b.len == 0 || memcmp(b.at, c->with.at, b.len) == 0);
	return INQ_OK;
}

/* Puts the value where there is none under that name; `*ret` says what there was. */
static enum inq_status put_new(struct inq_store *s, enum store_table_id table, const char *name,
        struct inq_bytes value, uint64_t *count, struct compared *ret, struct inq_error *err)
{
	struct store_row row = named(name, value);
	enum inq_status status;

	*ret = (struct compared){ .with = value };
	status = store_with(s, table, &row, (struct store_taker){ compare, ret }, err);
	if (status != INQ_NOT_FOUND)
		return status;
	status = store_put(s, table, &row, err);
	if (status != INQ_OK)
		return status;
	++*count;
	s->counts_changed = true;
	return INQ_OK;
}

static enum inq_status set(
        struct inq_store *s, const char *name, struct inq_bytes value, struct inq_error *err)
{
	struct store_row row = named(name, value);
	struct compared old;
	enum inq_status status = store_name(name, "name of a setting", err);

	if (status == INQ_OK)
		status = value_fits(value, "value of a setting", err);
	if (status == INQ_OK)
		status = put_new(s, STORE_SETTINGS, name, value, &s->counts.settings, &old, err);
	if (status != INQ_OK || !old.there || old.equal)
		return status;
	return store_put(s, STORE_SETTINGS, &row, err);
}

enum inq_status inq_store_set(
        struct inq_store *s, const char *name, struct inq_bytes value, struct inq_error *err)
{
	struct inq_error why;
	enum inq_status status;

	if (store_write_begin(s, &status, &why))
		status = set(s, name, value, &why);
	return store_write_end(s, status, &why, err);
}

/* What has that name in the table. */
static enum inq_status value_of(struct inq_store *s, enum store_table_id table, const char *name,
        const char *what, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct store_row key = named(name, (struct inq_bytes){ 0 }), row;
	bool own;
	enum inq_status status = store_name(name, what, err);

	if (status == INQ_OK)
		status = store_read_begin(s, &own, err);
	if (status != INQ_OK)
		return status;
	status = store_read_end(s, own, store_get(s, table, &key, a, &row, err));
	if (status == INQ_NOT_FOUND)
		return inq_fail(err, INQ_NOT_FOUND, 0, "the store has no such %s", what);
	if (status == INQ_OK)
		*ret = row.cell[1].bytes;
	return status;
}

enum inq_status inq_store_setting(struct inq_store *s, const char *name, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	return value_of(s, STORE_SETTINGS, name, "setting", a, ret, err);
}

static enum inq_status extra_put(
        struct inq_store *s, const char *name, struct inq_bytes b, struct inq_error *err)
{
	struct compared old;
	enum inq_status status = store_name(name, "name of an extra", err);

	if (status == INQ_OK)
		status = value_fits(b, "extra", err);
	if (status == INQ_OK)
		status = put_new(s, STORE_EXTRAS, name, b, &s->counts.extras, &old, err);
	if (status == INQ_OK && old.there && !old.equal)
		return inq_fail(err, INQ_CONFLICT, 0, "other bytes are there under that name");
	return status;
}

enum inq_status inq_store_extra_put(
        struct inq_store *s, const char *name, struct inq_bytes b, struct inq_error *err)
{
	struct inq_error why;
	enum inq_status status;

	if (store_write_begin(s, &status, &why))
		status = extra_put(s, name, b, &why);
	return store_write_end(s, status, &why, err);
}

enum inq_status inq_store_extra(struct inq_store *s, const char *name, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	return value_of(s, STORE_EXTRAS, name, "extra", a, ret, err);
}

struct listed {
	struct inq_arena *a;
	const char **names;
	size_t count, capacity;
};

static enum inq_status take_name(void *context, const struct store_row *row, struct inq_error *err)
{
	struct listed *l = context;
	const char **names = inq_arena_extend(l->a, l->names, l->count, &l->capacity, sizeof *names);
	const char *name = names ? inq_arena_string(l->a, row->cell[0].bytes) : NULL;

	if (!name)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for a list of names");
	l->names = names;
	l->names[l->count++] = name;
	return INQ_OK;
}

enum inq_status inq_store_extras(struct inq_store *s, const char *after, size_t max, struct inq_arena *a,
        const char ***ret, size_t *count, struct inq_error *err)
{
	struct listed l = { .a = a };
	struct store_row key = named(after ? after : "", (struct inq_bytes){ 0 });
	bool own;
	enum inq_status status = after ? store_name(after, "extra", err) : INQ_OK;

	if (status == INQ_OK)
		status = store_read_begin(s, &own, err);
	if (status != INQ_OK)
		return status;
	status = store_read_end(
	        s, own, store_each(s, STORE_EXTRAS, &key, max, (struct store_taker){ take_name, &l }, err));
	if (status != INQ_OK)
		return status;
	*ret = l.names;
	*count = l.count;
	return INQ_OK;
}
