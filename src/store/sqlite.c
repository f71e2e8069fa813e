/*
 * One SQLite file is the case. The file may come from an enemy: it is opened
 * defensively (sqlite.org/security.html), its schema must be, byte for byte, the
 * one this program writes, so that no trigger, view or index of its own is
 * ever run, and what comes out of it is checked for kind and length.
 */
#include "store/private.h"
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum { PATH = 4096, HEADER = 100 };

struct sqlite {
	sqlite3 *db;
	sqlite3_stmt *statement[STORE_TABLES][STORE_STATEMENTS];
	bool creating; /* the first transaction is not yet committed */
};

static const struct store_dialect dialect = {
	.before = "",
	.mark = '?',
	.kind = { "INTEGER", "TEXT", "BLOB" },
	.number_key = "INTEGER",
	.after = " STRICT",
};

static enum inq_status status_of(int code)
{
	if (code == SQLITE_IOERR_NOMEM)
		return INQ_NO_MEMORY;
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return INQ_BUSY;
	case SQLITE_NOMEM:
		return INQ_NO_MEMORY;
	case SQLITE_CORRUPT:
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_TOOBIG:
	case SQLITE_ERROR:
	case SQLITE_SCHEMA:
	case SQLITE_RANGE:
		return INQ_CORRUPT;
	case SQLITE_NOTADB:
		return INQ_UNRECOGNISED;
	default:
		return INQ_IO;
	}
}

static enum inq_status said(const struct sqlite *q, int code, const char *doing, struct inq_error *err)
{
	enum inq_status status = status_of(code);
	char text[100];

	store_inert(q->db ? sqlite3_errmsg(q->db) : sqlite3_errstr(code), text, sizeof text);
	if (status == INQ_BUSY)
		return inq_fail(
		        err, status, 0, "another process holds the case: %s failed after waiting", doing);
	if (status == INQ_CORRUPT)
		return inq_fail(err, status, 0, "the store is damaged: %s failed: %s", doing, text);
	return inq_fail(err, status, 0, "%s failed: %s", doing, text);
}

static enum inq_status run(const struct sqlite *q, const char *sql, const char *doing, struct inq_error *err)
{
	int code = sqlite3_exec(q->db, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? INQ_OK : said(q, code, doing, err);
}

static void sqlite_close(void *backend)
{
	struct sqlite *q = backend;

	for (unsigned t = 0; t < STORE_TABLES; t++)
		for (unsigned i = 0; i < STORE_STATEMENTS; i++)
			sqlite3_finalize(q->statement[t][i]);
	sqlite3_close(q->db);
	memset(q, 0, sizeof *q);
}

static void sqlite_rollback(void *backend)
{
	struct sqlite *q = backend;

	/* Some failures roll back by themselves: then there is nothing left to undo. */
	if (q->db && !sqlite3_get_autocommit(q->db))
		(void)sqlite3_exec(q->db, "ROLLBACK", NULL, NULL, NULL);
}

/* The file's length as SQLite's own layer sees it: another descriptor, closed, would drop its locks. */
static bool header(const struct sqlite *q, uint8_t ret[HEADER], sqlite3_int64 *ret_size)
{
	sqlite3_file *file = NULL;

	if (sqlite3_file_control(q->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || !file ||
	        !file->pMethods || file->pMethods->xFileSize(file, ret_size) != SQLITE_OK)
		return false;
	memset(ret, 0, HEADER);
	if (*ret_size >= HEADER)
		return file->pMethods->xRead(file, ret, HEADER, 0) == SQLITE_OK;
	return true;
}

static uint32_t be32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* What the file says of itself before SQLite reads a page of it (sqlite.org/fileformat2.html, 1.3). */
static enum inq_status recognise(const struct sqlite *q, struct inq_error *err)
{
	uint8_t head[HEADER];
	sqlite3_int64 size;

	if (!header(q, head, &size))
		return inq_fail(err, INQ_IO, 0, "the case cannot be read");
	if (size == 0)
		return inq_fail(err, INQ_NOT_FOUND, 0, "the file is empty: there is no case in it yet");
	if (memcmp(head, "SQLite format 3", 16) != 0 || be32(head + 68) != STORE_APPLICATION)
		return inq_fail(err, INQ_UNRECOGNISED, 0, "the file is not an inquiry case");
	if (be32(head + 60) != STORE_FORMAT)
		return inq_fail(err, INQ_UNRECOGNISED, 60,
		        "the case has format %u; this program reads format %d", (unsigned)be32(head + 60),
		        STORE_FORMAT);
	return INQ_OK;
}

static void harden(const struct sqlite *q)
{
	static const struct {
		int what, value;
	} flags[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
		{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
	}, limits[] = {
		{ SQLITE_LIMIT_LENGTH, 2 << 20 },
		{ SQLITE_LIMIT_SQL_LENGTH, 8 << 10 },
		{ SQLITE_LIMIT_COLUMN, 64 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 16 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 2 },
		{ SQLITE_LIMIT_VDBE_OP, 25000 },
		{ SQLITE_LIMIT_FUNCTION_ARG, 8 },
		{ SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64 },
		{ SQLITE_LIMIT_VARIABLE_NUMBER, 16 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
		{ SQLITE_LIMIT_WORKER_THREADS, 0 },
	};

	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		(void)sqlite3_db_config(q->db, flags[i].what, flags[i].value, NULL);
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
		(void)sqlite3_limit(q->db, limits[i].what, limits[i].value);
}

/*
 * The path as a URI (sqlite.org/uri.html): nothing in it is taken for a
 * parameter, or for a name that means something to SQLite, such as ":memory:".
 */
static bool uri(const char *path, const char *parameters, char ret[3 * PATH + 64])
{
	static const char digit[] = "0123456789ABCDEF";
	size_t used = (size_t)sprintf(ret, "file:%s", path[0] == '/' ? "" : "./");

	if (strlen(path) >= PATH - 8 || !*path)
		return false;
	/* "file://x" would name a host. */
	while (path[0] == '/' && path[1] == '/')
		path++;
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		        strchr("/._-", c)) {
			ret[used++] = *path;
		} else {
			ret[used++] = '%';
			ret[used++] = digit[c >> 4];
			ret[used++] = digit[c & 15];
		}
	}
	strcpy(ret + used, parameters);
	return true;
}

static void wait_at_most(const struct sqlite *q, unsigned patience)
{
	(void)sqlite3_busy_timeout(q->db, patience > INT32_MAX ? INT32_MAX : (int)patience);
}

static enum inq_status connect(struct sqlite *q, const char *path, enum inq_store_mode mode,
        unsigned patience, const char *parameters, struct inq_error *err)
{
	int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	char address[3 * PATH + 64];
	int code;

	if (!uri(path, parameters, address))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "that is no name of a file");
	flags |= mode == INQ_STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	flags |= mode == INQ_STORE_CREATE ? SQLITE_OPEN_CREATE : 0;
	code = sqlite3_open_v2(address, &q->db, flags, NULL);
	if (code != SQLITE_OK) {
		int why = q->db ? sqlite3_system_errno(q->db) : 0;

		if (why == ENOENT && mode != INQ_STORE_CREATE)
			return inq_fail(err, INQ_NOT_FOUND, 0, "there is no such file");
		return said(q, code, why ? strerror(why) : "opening the file", err);
	}
	if (mode != INQ_STORE_READ && sqlite3_db_readonly(q->db, "main") != 0)
		return inq_fail(err, INQ_IO, 0, "the file may be read, but not be written");
	harden(q);
	wait_at_most(q, patience);
	return INQ_OK;
}

/* The name of a file that SQLite keeps beside the case. */
static void beside(const char *path, const char *suffix, char ret[PATH + 12])
{
	snprintf(ret, PATH + 12, "%s%s", path, suffix);
}

static bool is_beside(const char *path, const char *suffix)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	char name[PATH + 12];
	int there = 1;

	beside(path, suffix, name);
	return !vfs || vfs->xAccess(vfs, name, SQLITE_ACCESS_EXISTS, &there) != SQLITE_OK || there;
}

/*
 * Whether the journal ends in the name of another (sqlite.org/fileformat2.html, 3). This program writes
 * none such, and SQLite would look at, and might delete, whatever file an enemy named there.
 */
static bool names_another(const char *path)
{
	static const uint8_t magic[8] = { 0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7 };
	uint8_t end[sizeof magic];
	char name[PATH + 12];
	FILE *f;
	bool does;

	beside(path, "-journal", name);
	f = fopen(name, "rb");
	if (!f)
		return false;
	does = fseek(f, -(long)sizeof end, SEEK_END) == 0 && fread(end, sizeof end, 1, f) == 1 &&
	       memcmp(end, magic, sizeof end) == 0;
	fclose(f);
	return does;
}

/*
 * A writer that was killed before its write-ahead log stood leaves a journal, by which SQLite undoes
 * what it wrote by half. A connection for reading cannot do that, and one that makes a case must
 * know whether the file is empty once that is done: so it is done first, by a connection of its own.
 */
static enum inq_status settle(
        const struct sqlite *q, const char *path, unsigned patience, struct inq_error *err)
{
	struct sqlite undoing = { 0 };
	enum inq_status status = recognise(q, err);

	if (status != INQ_OK || !is_beside(path, "-journal"))
		return status;
	if (names_another(path))
		return inq_fail(err, INQ_UNRECOGNISED, 0,
		        "the -journal file beside the case names another file, which no case's does: the "
		        "case "
		        "is not opened");
	if (connect(&undoing, path, INQ_STORE_WRITE, patience, "", NULL) == INQ_OK)
		(void)sqlite3_exec(undoing.db, "PRAGMA schema_version", NULL, NULL, NULL);
	sqlite_close(&undoing);
	return recognise(q, err);
}

/* Every table of the file is one of ours, to the letter, and there is nothing else. */
static enum inq_status same_schema(const struct sqlite *q, struct inq_error *err)
{
	bool seen[STORE_TABLES] = { false };
	unsigned tables = 0;
	sqlite3_stmt *rows = NULL;
	int code = sqlite3_prepare_v2(
	        q->db, "SELECT type, name, sql FROM sqlite_schema ORDER BY rowid LIMIT 100", -1, &rows, NULL);

	while (code == SQLITE_OK && (code = sqlite3_step(rows)) == SQLITE_ROW) {
		const char *type = (const char *)sqlite3_column_text(rows, 0);
		const char *name = (const char *)sqlite3_column_text(rows, 1);
		const char *sql = (const char *)sqlite3_column_text(rows, 2);
		char ours[STORE_SQL];

		code = SQLITE_OK;
		/* The index that a primary key makes has no text of its own. */
		if (type && name && !sql && strcmp(type, "index") == 0 &&
		        strncmp(name, "sqlite_autoindex_", 17) == 0)
			continue;
		for (unsigned t = 0; t < STORE_TABLES && type && name && sql && strcmp(type, "table") == 0;
		        t++) {
			store_sql(&dialect, STORE_SQL_CREATE, &store_tables[t], ours);
			if (!seen[t] && strcmp(name, store_tables[t].name) == 0 && strcmp(sql, ours) == 0) {
				seen[t] = true;
				tables++;
				name = NULL;
			}
		}
		if (name) {
			sqlite3_finalize(rows);
			return inq_fail(err, INQ_UNRECOGNISED, 0,
			        "the file has other tables than a case of format %d", STORE_FORMAT);
		}
	}
	if (code != SQLITE_DONE) {
		enum inq_status status = said(q, code, "reading the list of tables", err);

		sqlite3_finalize(rows);
		return status;
	}
	sqlite3_finalize(rows);
	if (tables != STORE_TABLES)
		return inq_fail(err, INQ_UNRECOGNISED, 0, "the file has not all the tables of a case");
	return INQ_OK;
}

static enum inq_status prepare(struct sqlite *q, struct inq_error *err)
{
	static const enum store_statement used[] = { STORE_SQL_GET, STORE_SQL_NEXT, STORE_SQL_PUT };

	for (unsigned t = 0; t < STORE_TABLES; t++)
		for (size_t i = 0; i < sizeof used / sizeof *used; i++) {
			char sql[STORE_SQL];
			int code;

			store_sql(&dialect, used[i], &store_tables[t], sql);
			code = sqlite3_prepare_v3(
			        q->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &q->statement[t][used[i]], NULL);
			if (code != SQLITE_OK)
				return said(q, code, "reading the tables", err);
		}
	return INQ_OK;
}

/* The tables, in the transaction that is open. */
static enum inq_status make_tables(struct sqlite *q, struct inq_error *err)
{
	uint8_t head[HEADER];
	sqlite3_int64 size;
	char sql[STORE_SQL];
	enum inq_status status;

	/* Now that the file is locked: nobody else has made it a case meanwhile. */
	if (!header(q, head, &size))
		return inq_fail(err, INQ_IO, 0, "the new case cannot be read");
	if (size != 0)
		return inq_fail(err, INQ_CONFLICT, 0, "there is a file already");
	snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d", STORE_APPLICATION,
	        STORE_FORMAT);
	status = run(q, sql, "making the case", err);
	for (unsigned t = 0; t < STORE_TABLES && status == INQ_OK; t++) {
		store_sql(&dialect, STORE_SQL_CREATE, &store_tables[t], sql);
		status = run(q, sql, "making the case", err);
	}
	return status == INQ_OK ? prepare(q, err) : status;
}

static enum inq_status sqlite_begin(void *backend, bool write, unsigned patience, struct inq_error *err)
{
	struct sqlite *q = backend;
	enum inq_status status;

	wait_at_most(q, patience);
	status = run(q,
	        q->creating ? "BEGIN EXCLUSIVE"
	        : write     ? "BEGIN IMMEDIATE"
	                    : "BEGIN",
	        "beginning a transaction", err);
	if (status == INQ_OK && q->creating)
		status = make_tables(q, err);
	if (status != INQ_OK)
		sqlite_rollback(q);
	return status;
}

/*
 * Many readers and one writer need a write-ahead log. Where the file system
 * has no shared memory the file stays as it is, which costs only waiting.
 */
static void use_wal(const struct sqlite *q)
{
	(void)sqlite3_exec(q->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
}

static enum inq_status sqlite_commit(void *backend, struct inq_error *err)
{
	struct sqlite *q = backend;
	enum inq_status status;

	/* A failure may have rolled back by itself: then there is nothing that could be committed. */
	if (sqlite3_get_autocommit(q->db))
		return inq_fail(err, INQ_IO, 0, "the transaction was undone by a failure before");
	status = run(q, "COMMIT", "writing to the disk", err);
	if (status == INQ_OK && q->creating) {
		q->creating = false;
		use_wal(q);
	}
	return status;
}

static int bind(sqlite3_stmt *to, int at, enum store_kind kind, const struct store_cell *cell)
{
	const void *bytes = cell->bytes.len ? cell->bytes.at : (const void *)"";

	switch (kind) {
	case STORE_NUMBER:
		return sqlite3_bind_int64(to, at, cell->number);
	case STORE_TEXT:
		return sqlite3_bind_text64(to, at, bytes, cell->bytes.len, SQLITE_TRANSIENT, SQLITE_UTF8);
	case STORE_BYTES:
		break;
	}
	return sqlite3_bind_blob64(to, at, bytes, cell->bytes.len, SQLITE_TRANSIENT);
}

/* A column of the row that stands before us, which may hold anything. */
static enum inq_status column(sqlite3_stmt *from, const struct store_table *t, unsigned i,
        struct store_cell *ret, struct inq_error *err)
{
	static const int types[] = { SQLITE_INTEGER, SQLITE_TEXT, SQLITE_BLOB };
	const struct store_column *c = &t->column[i];
	int len;

	if (sqlite3_column_type(from, (int)i) != types[c->kind])
		return inq_fail(err, INQ_CORRUPT, 0, "the store is damaged: %s.%s is of another kind",
		        t->name, c->name);
	if (c->kind == STORE_NUMBER) {
		ret->number = sqlite3_column_int64(from, (int)i);
		return INQ_OK;
	}
	ret->bytes.at =
	        c->kind == STORE_TEXT ? sqlite3_column_text(from, (int)i) : sqlite3_column_blob(from, (int)i);
	len = sqlite3_column_bytes(from, (int)i);
	if (len < 0 || (uint32_t)len > c->max)
		return inq_fail(
		        err, INQ_CORRUPT, 0, "the store is damaged: %s.%s is too long", t->name, c->name);
	if (len && !ret->bytes.at)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for %d bytes of the store", len);
	ret->bytes.len = (size_t)len;
	return INQ_OK;
}

static enum inq_status take(
        sqlite3_stmt *from, const struct store_table *t, struct store_taker to, struct inq_error *err)
{
	struct store_row row = { 0 };
	enum inq_status status = INQ_OK;

	for (unsigned i = 0; i < t->columns && status == INQ_OK; i++)
		status = column(from, t, i, &row.cell[i], err);
	if (status != INQ_OK)
		return status;
	if (sqlite3_column_type(from, (int)t->columns) != SQLITE_INTEGER)
		return inq_fail(
		        err, INQ_CORRUPT, 0, "the store is damaged: %s.sum is of another kind", t->name);
	row.sum = sqlite3_column_int64(from, (int)t->columns);
	return to.take(to.context, &row, err);
}

/* Binds the first `count` cells; what fails here is memory. */
static int bind_all(
        sqlite3_stmt *to, const struct store_table *t, const struct store_row *row, unsigned count)
{
	int code = SQLITE_OK;

	for (unsigned i = 0; i < count && code == SQLITE_OK; i++)
		code = bind(to, (int)i + 1, t->column[i].kind, &row->cell[i]);
	return code;
}

static enum inq_status select_rows(const struct sqlite *q, sqlite3_stmt *from, const struct store_table *t,
        int code, struct store_taker to, unsigned *ret_count, struct inq_error *err)
{
	enum inq_status status = INQ_OK;

	*ret_count = 0;
	while (code == SQLITE_OK && status == INQ_OK && (code = sqlite3_step(from)) == SQLITE_ROW) {
		code = SQLITE_OK;
		++*ret_count;
		status = take(from, t, to, err);
	}
	if (status == INQ_OK && code != SQLITE_DONE)
		status = said(q, code, "reading", err);
	sqlite3_reset(from);
	return status;
}

static enum inq_status sqlite_get(void *backend, enum store_table_id table, const struct store_row *key,
        struct store_taker to, struct inq_error *err)
{
	struct sqlite *q = backend;
	const struct store_table *t = &store_tables[table];
	sqlite3_stmt *from = q->statement[table][STORE_SQL_GET];
	unsigned count;
	enum inq_status status = select_rows(q, from, t, bind_all(from, t, key, t->keys), to, &count, err);

	return status == INQ_OK && count == 0 ? INQ_NOT_FOUND : status;
}

static enum inq_status sqlite_next(void *backend, enum store_table_id table, const struct store_row *key,
        unsigned max, struct store_taker to, struct inq_error *err)
{
	struct sqlite *q = backend;
	const struct store_table *t = &store_tables[table];
	sqlite3_stmt *from = q->statement[table][STORE_SQL_NEXT];
	unsigned count;
	int code = bind_all(from, t, key, t->keys);

	if (code == SQLITE_OK)
		code = sqlite3_bind_int64(from, (int)t->keys + 1, max);
	return select_rows(q, from, t, code, to, &count, err);
}

static enum inq_status sqlite_put(
        void *backend, enum store_table_id table, const struct store_row *row, struct inq_error *err)
{
	struct sqlite *q = backend;
	const struct store_table *t = &store_tables[table];
	sqlite3_stmt *to = q->statement[table][STORE_SQL_PUT];
	int code = bind_all(to, t, row, t->columns);
	enum inq_status status = INQ_OK;

	if (code == SQLITE_OK)
		code = sqlite3_bind_int64(to, (int)t->columns + 1, row->sum);
	if (code == SQLITE_OK)
		code = sqlite3_step(to);
	if (code == SQLITE_CONSTRAINT_PRIMARYKEY)
		status = inq_fail(err, INQ_CORRUPT, 0,
		        "the store is damaged: it has a row already that is to be added");
	else if (code != SQLITE_DONE)
		status = said(q, code, "writing", err);
	sqlite3_reset(to);
	sqlite3_clear_bindings(to);
	return status;
}

static enum inq_status sqlite_check(void *backend, struct inq_error *err)
{
	const struct sqlite *q = backend;
	sqlite3_stmt *rows = NULL;
	enum inq_status status = INQ_OK;
	int code = sqlite3_prepare_v2(q->db, "PRAGMA integrity_check(1)", -1, &rows, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_step(rows);
	if (code == SQLITE_ROW) {
		const char *found = (const char *)sqlite3_column_text(rows, 0);
		char text[100];

		store_inert(found ? found : "", text, sizeof text);
		if (strcmp(text, "ok") != 0)
			status = inq_fail(err, INQ_CORRUPT, 0, "the store is damaged: %s", text);
	} else {
		status = said(q, code, "checking the file", err);
	}
	sqlite3_finalize(rows);
	return status;
}

static enum inq_status read_case(struct sqlite *q, struct inq_error *err)
{
	enum inq_status status = run(q,
	        "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;"
	        "PRAGMA synchronous = EXTRA",
	        "opening the case", err);

	if (status == INQ_OK)
		status = same_schema(q, err);
	return status == INQ_OK ? prepare(q, err) : status;
}

/*
 * A case on a disk that nobody can write: SQLite cannot make the shared memory
 * that reading along with a writer needs, and there is no writer.
 */
static enum inq_status read_immutable(
        struct sqlite *q, const char *path, unsigned patience, struct inq_error *err)
{
	enum inq_status status;

	if (is_beside(path, "-wal") || is_beside(path, "-journal"))
		return inq_fail(err, INQ_IO, 0,
		        "the case was not closed when it was last written, and what is in its -wal or "
		        "-journal "
		        "file cannot be read here: copy both to where they can be written");
	sqlite_close(q);
	status = connect(q, path, INQ_STORE_READ, patience, "?immutable=1", err);
	return status == INQ_OK ? read_case(q, err) : status;
}

static enum inq_status open_case(struct sqlite *q, const char *path, enum inq_store_mode mode,
        unsigned patience, struct inq_error *err)
{
	uint8_t head[HEADER];
	sqlite3_int64 size;
	enum inq_status status = connect(q, path, mode, patience, "", err);

	if (status != INQ_OK)
		return status;
	status = settle(q, path, patience, err);
	if (mode == INQ_STORE_CREATE) {
		if (!header(q, head, &size))
			return inq_fail(err, INQ_IO, 0, "the new case cannot be read");
		if (size != 0)
			return inq_fail(err, INQ_CONFLICT, 0, "there is a file already");
		q->creating = true;
		return run(q, "PRAGMA synchronous = EXTRA", "making the case", err);
	}
	if (status != INQ_OK)
		return status;
	status = read_case(q, err);
	if (status == INQ_IO && mode == INQ_STORE_READ)
		status = read_immutable(q, path, patience, err);
	if (status == INQ_OK && mode == INQ_STORE_WRITE)
		use_wal(q);
	return status;
}

enum inq_status store_sqlite_open(const char *path, enum inq_store_mode mode, unsigned patience,
        struct inq_arena *a, const struct store_backend **ret, void **ret_backend, struct inq_error *err)
{
	static const struct store_backend with = {
		.close = sqlite_close,
		.begin = sqlite_begin,
		.commit = sqlite_commit,
		.rollback = sqlite_rollback,
		.get = sqlite_get,
		.next = sqlite_next,
		.put = sqlite_put,
		.check = sqlite_check,
	};
	struct sqlite *q = inq_arena_new(a, 1, sizeof *q);
	enum inq_status status;

	if (!q)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for a store");
	status = open_case(q, path, mode, patience, err);
	if (status != INQ_OK) {
		sqlite_close(q);
		return status;
	}
	*ret = &with;
	*ret_backend = q;
	return INQ_OK;
}
