/*
 * A case in a schema of a PostgreSQL database. The writer holds the lock of
 * the one row of table `store`; readers see the database as it was when they
 * began.
 */
#include "store/private.h"
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

enum {
	ADDRESS = 4096,
	SCHEMA = 63, /* bytes of a name of PostgreSQL's (NAMEDATALEN - 1) */
	PARAMETERS = STORE_CELLS + 1,
	OID_BYTES = 17,
	OID_NUMBER = 20,
	OID_TEXT = 25,
};

struct postgres {
	PGconn *db;
	bool creating; /* the first transaction is not yet committed */
	bool prepared;
	char schema[SCHEMA + 1];
	char before[SCHEMA + 8]; /* what stands before a table's name */
};

/* A collation that is that of memcmp, so that order is everywhere the same. */
static struct store_dialect dialect_of(const struct postgres *p)
{
	return (struct store_dialect){
		.before = p->before,
		.mark = '$',
		.kind = { "BIGINT", "TEXT COLLATE \"C\"", "BYTEA" },
		.number_key = "BIGINT",
		.after = "",
	};
}

/* SQLSTATE: appendix A of PostgreSQL's manual. */
static enum inq_status status_of(const char *state)
{
	if (!state)
		return INQ_IO;
	if (strcmp(state, "55P03") == 0 || strcmp(state, "40P01") == 0)
		return INQ_BUSY;
	if (strcmp(state, "42P06") == 0)
		return INQ_CONFLICT;
	if (strncmp(state, "23", 2) == 0 || strncmp(state, "22", 2) == 0 || strncmp(state, "XX", 2) == 0)
		return INQ_CORRUPT;
	if (strcmp(state, "53200") == 0)
		return INQ_NO_MEMORY;
	return INQ_IO;
}

static enum inq_status said(
        const struct postgres *p, const PGresult *result, const char *doing, struct inq_error *err)
{
	const char *message = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	enum inq_status status = status_of(result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL);
	char text[100];

	store_inert(message ? message : PQerrorMessage(p->db), text, sizeof text);
	if (status == INQ_BUSY)
		return inq_fail(
		        err, status, 0, "another process holds the case: %s failed after waiting", doing);
	if (status == INQ_CORRUPT)
		return inq_fail(err, status, 0, "the store is damaged: %s failed: %s", doing, text);
	return inq_fail(err, status, 0, "%s failed: %s", doing, text);
}

static enum inq_status run(
        const struct postgres *p, const char *sql, const char *doing, struct inq_error *err)
{
	PGresult *result = PQexec(p->db, sql);
	ExecStatusType how = PQresultStatus(result);
	enum inq_status status = INQ_OK;

	if (how != PGRES_COMMAND_OK && how != PGRES_TUPLES_OK)
		status = said(p, result, doing, err);
	PQclear(result);
	return status;
}

/* The first value that a query gives, "" where it gives none. */
static enum inq_status ask(
        const struct postgres *p, const char *sql, char *ret, size_t size, struct inq_error *err)
{
	PGresult *result = PQexec(p->db, sql);
	enum inq_status status = INQ_OK;

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		status = said(p, result, "asking the database", err);
	else
		snprintf(ret, size, "%s", PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
	PQclear(result);
	return status;
}

static void postgres_close(void *backend)
{
	struct postgres *p = backend;

	PQfinish(p->db);
	p->db = NULL;
}

static void postgres_rollback(void *backend)
{
	const struct postgres *p = backend;

	if (PQtransactionStatus(p->db) != PQTRANS_IDLE)
		PQclear(PQexec(p->db, "ROLLBACK"));
}

static void statement_name(enum store_table_id table, enum store_statement which, char ret[32])
{
	snprintf(ret, 32, "inquiry_%d_%d", (int)table, (int)which);
}

static enum inq_status prepare(struct postgres *p, struct inq_error *err)
{
	static const Oid types[] = { OID_NUMBER, OID_TEXT, OID_BYTES };
	struct store_dialect d = dialect_of(p);

	for (unsigned t = 0; t < STORE_TABLES && !p->prepared; t++)
		for (enum store_statement which = STORE_SQL_GET; which < STORE_STATEMENTS; which++) {
			const struct store_table *table = &store_tables[t];
			unsigned cells = which == STORE_SQL_PUT ? table->columns : table->keys;
			Oid type[PARAMETERS];
			char sql[STORE_SQL], name[32];
			PGresult *result;
			enum inq_status status = INQ_OK;

			for (unsigned i = 0; i < cells; i++)
				type[i] = types[table->column[i].kind];
			type[cells] = OID_NUMBER;
			store_sql(&d, which, table, sql);
			statement_name((enum store_table_id)t, which, name);
			result = PQprepare(p->db, name, sql, (int)cells + (which != STORE_SQL_GET), type);
			if (PQresultStatus(result) != PGRES_COMMAND_OK)
				status = said(p, result, "reading the tables", err);
			PQclear(result);
			if (status != INQ_OK)
				return status;
		}
	p->prepared = true;
	return INQ_OK;
}

static enum inq_status make_tables(struct postgres *p, struct inq_error *err)
{
	struct store_dialect d = dialect_of(p);
	char sql[STORE_SQL];
	enum inq_status status;

	snprintf(sql, sizeof sql, "CREATE SCHEMA %s", p->schema);
	status = run(p, sql, "making the case", err);
	/* Two at once: the later one fails at the name of the schema, which the catalogue holds once. */
	if (status == INQ_CORRUPT || status == INQ_CONFLICT)
		return inq_fail(err, INQ_CONFLICT, 0, "there is a schema %s already", p->schema);
	for (unsigned t = 0; t < STORE_TABLES && status == INQ_OK; t++) {
		store_sql(&d, STORE_SQL_CREATE, &store_tables[t], sql);
		status = run(p, sql, "making the case", err);
	}
	return status == INQ_OK ? prepare(p, err) : status;
}

static enum inq_status begin_write(struct postgres *p, unsigned patience, struct inq_error *err)
{
	char sql[STORE_SQL];
	enum inq_status status;

	/* For PostgreSQL 0 milliseconds are no limit at all. */
	snprintf(sql, sizeof sql,
	        "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE; SET LOCAL lock_timeout = %u",
	        patience ? patience > INT32_MAX ? INT32_MAX : patience : 1);
	status = run(p, sql, "beginning a transaction", err);
	if (status != INQ_OK || p->creating)
		return status == INQ_OK ? make_tables(p, err) : status;
	snprintf(sql, sizeof sql, "SELECT 1 FROM %sstore WHERE id = 1 FOR UPDATE", p->before);
	return run(p, sql, "waiting to write", err);
}

static enum inq_status postgres_begin(void *backend, bool write, unsigned patience, struct inq_error *err)
{
	struct postgres *p = backend;
	enum inq_status status;

	if (write)
		status = begin_write(p, patience, err);
	else
		status = run(p, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", "beginning a transaction",
		        err);
	if (status != INQ_OK)
		postgres_rollback(p);
	return status;
}

static enum inq_status postgres_commit(void *backend, struct inq_error *err)
{
	struct postgres *p = backend;
	PGresult *result = PQexec(p->db, "COMMIT");
	const char *done = PQcmdStatus(result);
	enum inq_status status = INQ_OK;

	/* A transaction that has failed answers COMMIT with ROLLBACK, and no error. */
	if (PQresultStatus(result) != PGRES_COMMAND_OK || !done || strcmp(done, "COMMIT") != 0) {
		status = said(p, result, "writing to the database", err);
		if (PQstatus(p->db) != CONNECTION_OK)
			status = inq_fail(err, INQ_IO, 0,
			        "the connection was lost at the end of the transaction: it is not known "
			        "whether the "
			        "database has it; open the case again to see");
	}
	PQclear(result);
	if (status == INQ_OK)
		p->creating = false;
	return status;
}

/* The cells as libpq takes them: numbers in network order. */
struct parameters {
	const char *value[PARAMETERS];
	int length[PARAMETERS], format[PARAMETERS];
	uint8_t number[PARAMETERS][8];
	int count;
};

static void add_number(struct parameters *p, int64_t number)
{
	for (unsigned i = 0; i < 8; i++)
		p->number[p->count][i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
	p->value[p->count] = (const char *)p->number[p->count];
	p->length[p->count] = 8;
	p->format[p->count++] = 1;
}

static void add_cells(
        struct parameters *p, const struct store_table *t, const struct store_row *row, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		const struct store_cell *cell = &row->cell[i];

		if (t->column[i].kind == STORE_NUMBER) {
			add_number(p, cell->number);
			continue;
		}
		p->value[p->count] = cell->bytes.len ? (const char *)cell->bytes.at : "";
		p->length[p->count] = (int)cell->bytes.len;
		p->format[p->count++] = 1;
	}
}

static PGresult *execute(const struct postgres *p, enum store_table_id table, enum store_statement which,
        const struct parameters *with)
{
	char name[32];

	statement_name(table, which, name);
	return PQexecPrepared(p->db, name, with->count, with->value, with->length, with->format, 1);
}

static enum inq_status number_at(
        const PGresult *result, int row, int at, const char *table, int64_t *ret, struct inq_error *err)
{
	struct inq_bytes b = { (const uint8_t *)PQgetvalue(result, row, at),
		(size_t)PQgetlength(result, row, at) };
	uint64_t number;

	if (PQgetisnull(result, row, at) || b.len != 8 || !inq_bytes_u64(b, 0, true, &number))
		return inq_fail(err, INQ_CORRUPT, 0,
		        "the store is damaged: a number of %s is of another kind", table);
	*ret = (int64_t)number;
	return INQ_OK;
}

static enum inq_status take(const PGresult *result, int number, const struct store_table *t,
        struct store_taker to, struct inq_error *err)
{
	struct store_row row = { 0 };
	enum inq_status status = number_at(result, number, (int)t->columns, t->name, &row.sum, err);

	for (unsigned i = 0; i < t->columns && status == INQ_OK; i++) {
		const struct store_column *c = &t->column[i];
		int len = PQgetlength(result, number, (int)i);

		if (c->kind == STORE_NUMBER) {
			status = number_at(result, number, (int)i, t->name, &row.cell[i].number, err);
			continue;
		}
		if (PQgetisnull(result, number, (int)i) || len < 0 || (uint32_t)len > c->max)
			return inq_fail(err, INQ_CORRUPT, 0,
			        "the store is damaged: %s.%s is missing or too long", t->name, c->name);
		row.cell[i].bytes = (struct inq_bytes){ (const uint8_t *)PQgetvalue(result, number, (int)i),
			(size_t)len };
	}
	return status == INQ_OK ? to.take(to.context, &row, err) : status;
}

static enum inq_status select_rows(const struct postgres *p, enum store_table_id table,
        enum store_statement which, const struct parameters *with, struct store_taker to, int *ret_count,
        struct inq_error *err)
{
	const struct store_table *t = &store_tables[table];
	PGresult *result = execute(p, table, which, with);
	enum inq_status status = INQ_OK;

	*ret_count = PQntuples(result);
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		status = said(p, result, "reading", err);
	else if (PQnfields(result) != (int)t->columns + 1)
		status = inq_fail(err, INQ_CORRUPT, 0, "the store is damaged: %s has other columns", t->name);
	for (int i = 0; i < *ret_count && status == INQ_OK; i++)
		status = take(result, i, t, to, err);
	PQclear(result);
	return status;
}

static enum inq_status postgres_get(void *backend, enum store_table_id table, const struct store_row *key,
        struct store_taker to, struct inq_error *err)
{
	struct parameters with = { .count = 0 };
	int count;
	enum inq_status status;

	add_cells(&with, &store_tables[table], key, store_tables[table].keys);
	status = select_rows(backend, table, STORE_SQL_GET, &with, to, &count, err);
	return status == INQ_OK && count == 0 ? INQ_NOT_FOUND : status;
}

static enum inq_status postgres_next(void *backend, enum store_table_id table, const struct store_row *key,
        unsigned max, struct store_taker to, struct inq_error *err)
{
	struct parameters with = { .count = 0 };
	int count;

	add_cells(&with, &store_tables[table], key, store_tables[table].keys);
	add_number(&with, max);
	return select_rows(backend, table, STORE_SQL_NEXT, &with, to, &count, err);
}

static enum inq_status postgres_put(
        void *backend, enum store_table_id table, const struct store_row *row, struct inq_error *err)
{
	const struct postgres *p = backend;
	struct parameters with = { .count = 0 };
	PGresult *result;
	enum inq_status status = INQ_OK;

	add_cells(&with, &store_tables[table], row, store_tables[table].columns);
	add_number(&with, row->sum);
	result = execute(p, table, STORE_SQL_PUT, &with);
	if (PQresultStatus(result) != PGRES_COMMAND_OK) {
		const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

		if (state && strcmp(state, "23505") == 0)
			status = inq_fail(err, INQ_CORRUPT, 0,
			        "the store is damaged: it has a row already that is to be added");
		else
			status = said(p, result, "writing", err);
	}
	PQclear(result);
	return status;
}

static enum inq_status postgres_check(void *backend, struct inq_error *err)
{
	(void)backend;
	(void)err;
	return INQ_OK;
}

static bool is_schema(const char *name, size_t len)
{
	if (len == 0 || len > SCHEMA || (name[0] >= '0' && name[0] <= '9') || strncmp(name, "pg_", 3) == 0)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!(name[i] >= 'a' && name[i] <= 'z') && !(name[i] >= '0' && name[i] <= '9') &&
		        name[i] != '_')
			return false;
	return true;
}

/* Takes the parameter `schema` out of the address: libpq would not know it. */
static bool split(const char *address, char rest[ADDRESS], char schema[SCHEMA + 1])
{
	const char *at = strchr(address, '?');
	size_t used;
	bool given = false;

	if (strlen(address) >= ADDRESS)
		return false;
	used = at ? (size_t)(at - address) : strlen(address);
	memcpy(rest, address, used);
	rest[used] = 0;
	strcpy(schema, "inquiry");
	for (bool first = true; at && *at;) {
		const char *parameter = at + 1;
		size_t len = strcspn(parameter, "&");

		if (len > 7 && strncmp(parameter, "schema=", 7) == 0) {
			if (given || !is_schema(parameter + 7, len - 7))
				return false;
			given = true;
			memcpy(schema, parameter + 7, len - 7);
			schema[len - 7] = 0;
		} else {
			rest[used++] = first ? '?' : '&';
			first = false;
			memcpy(rest + used, parameter, len);
			rest[used += len] = 0;
		}
		at = parameter + len;
	}
	return true;
}

/* The connection's own settings, and what the server must be for a promise to hold. */
static enum inq_status settle(const struct postgres *p, enum inq_store_mode mode, struct inq_error *err)
{
	char value[64];
	enum inq_status status;

	if (PQserverVersion(p->db) < 130000)
		return inq_fail(err, INQ_IO, 0, "the server is older than PostgreSQL 13");
	status = ask(p, "SHOW server_encoding", value, sizeof value, err);
	if (status != INQ_OK)
		return status;
	if (strcmp(value, "UTF8") != 0 && strcmp(value, "SQL_ASCII") != 0)
		return inq_fail(err, INQ_IO, 0, "the database is not encoded in UTF-8");
	status = ask(p, "SHOW fsync", value, sizeof value, err);
	if (status == INQ_OK && mode != INQ_STORE_READ && strcmp(value, "on") != 0)
		return inq_fail(err, INQ_IO, 0,
		        "the server runs without fsync: it would acknowledge what it may lose");
	if (status == INQ_OK)
		status = run(p,
		        "SET client_encoding = 'UTF8'; SET synchronous_commit = on; SET search_path = "
		        "pg_catalog;"
		        "SET client_min_messages = error",
		        "opening the database", err);
	return status;
}

static enum inq_status find(struct postgres *p, enum inq_store_mode mode, struct inq_error *err)
{
	char sql[STORE_SQL], value[64];
	enum inq_status status;

	snprintf(sql, sizeof sql, "SELECT count(*) FROM pg_namespace WHERE nspname = '%s'", p->schema);
	status = ask(p, sql, value, sizeof value, err);
	if (status != INQ_OK)
		return status;
	p->creating = mode == INQ_STORE_CREATE;
	if (strcmp(value, "0") == 0)
		return p->creating ? INQ_OK
		                   : inq_fail(err, INQ_NOT_FOUND, 0, "there is no schema %s", p->schema);
	if (p->creating)
		return inq_fail(err, INQ_CONFLICT, 0, "there is a schema %s already", p->schema);
	snprintf(sql, sizeof sql, "SELECT to_regclass('%sstore') IS NOT NULL", p->before);
	status = ask(p, sql, value, sizeof value, err);
	if (status == INQ_OK && strcmp(value, "t") != 0)
		return inq_fail(err, INQ_UNRECOGNISED, 0, "schema %s is not an inquiry case", p->schema);
	return status == INQ_OK ? prepare(p, err) : status;
}

static enum inq_status connect_to(
        struct postgres *p, const char *address, enum inq_store_mode mode, struct inq_error *err)
{
	char rest[ADDRESS];
	enum inq_status status;

	if (!split(address, rest, p->schema))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0,
		        "the address is too long, or its schema is no name of small letters, digits and _");
	snprintf(p->before, sizeof p->before, "%s.", p->schema);
	p->db = PQconnectdb(rest);
	if (!p->db)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for a connection");
	if (PQstatus(p->db) != CONNECTION_OK)
		return said(p, NULL, "reaching the database", err);
	status = settle(p, mode, err);
	return status == INQ_OK ? find(p, mode, err) : status;
}

enum inq_status store_postgres_open(const char *address, enum inq_store_mode mode, struct inq_arena *a,
        const struct store_backend **ret, void **ret_backend, struct inq_error *err)
{
	static const struct store_backend with = {
		.close = postgres_close,
		.begin = postgres_begin,
		.commit = postgres_commit,
		.rollback = postgres_rollback,
		.get = postgres_get,
		.next = postgres_next,
		.put = postgres_put,
		.check = postgres_check,
	};
	struct postgres *p = inq_arena_new(a, 1, sizeof *p);
	enum inq_status status;

	if (!p)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for a store");
	status = connect_to(p, address, mode, err);
	if (status != INQ_OK) {
		postgres_close(p);
		return status;
	}
	*ret = &with;
	*ret_backend = p;
	return INQ_OK;
}
