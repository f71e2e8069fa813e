#include "store/private.h"
#include <stdarg.h>
#include <stdio.h>

/*
 * What formats/store.md describes. A column is never taken away or given
 * another meaning under the same STORE_FORMAT.
 */
const struct store_table store_tables[STORE_TABLES] = {
	[STORE_ITSELF] = { "store", 1, 6, false, 1,
	        { { "id", STORE_NUMBER, 0 }, { "format", STORE_NUMBER, 0 }, { "settings", STORE_NUMBER, 0 },
	                { "logs", STORE_NUMBER, 0 }, { "objects", STORE_NUMBER, 0 },
	                { "extras", STORE_NUMBER, 0 } } },
	[STORE_SETTINGS] = { "settings", 1, 2, false, 4,
	        { { "name", STORE_TEXT, INQ_STORE_NAME_MAX },
	                { "value", STORE_BYTES, INQ_STORE_VALUE_MAX } } },
	[STORE_LOGS] = { "logs", 1, 5, false, 256,
	        { { "log", STORE_NUMBER, 0 }, { "name", STORE_TEXT, INQ_STORE_NAME_MAX },
	                { "origin", STORE_TEXT, INQ_STORE_NAME_MAX }, { "size", STORE_NUMBER, 0 },
	                { "heads", STORE_NUMBER, 0 } } },
	[STORE_ENTRIES] = { "entries", 2, 4, true, 64,
	        { { "log", STORE_NUMBER, 0 }, { "number", STORE_NUMBER, 0 }, { "leaf", STORE_BYTES, 32 },
	                { "bytes", STORE_BYTES, INQ_STORE_ENTRY_MAX } } },
	[STORE_TILES] = { "tiles", 3, 4, false, 64,
	        { { "log", STORE_NUMBER, 0 }, { "level", STORE_NUMBER, 0 }, { "number", STORE_NUMBER, 0 },
	                { "hashes", STORE_BYTES, STORE_TILE_BYTES } } },
	[STORE_HEADS] = { "heads", 2, 5, false, 4,
	        { { "log", STORE_NUMBER, 0 }, { "number", STORE_NUMBER, 0 }, { "size", STORE_NUMBER, 0 },
	                { "note", STORE_BYTES, INQ_STORE_VALUE_MAX }, { "cosignatures", STORE_NUMBER, 0 } } },
	[STORE_COSIGNATURES_OF] = { "cosignatures", 3, 4, true, 4,
	        { { "log", STORE_NUMBER, 0 }, { "head", STORE_NUMBER, 0 }, { "number", STORE_NUMBER, 0 },
	                { "line", STORE_BYTES, INQ_STORE_VALUE_MAX } } },
	[STORE_OBJECTS] = { "objects", 1, 4, true, 256,
	        { { "digest", STORE_BYTES, 32 }, { "size", STORE_NUMBER, 0 }, { "stored", STORE_NUMBER, 0 },
	                { "codec", STORE_TEXT, INQ_STORE_NAME_MAX } } },
	[STORE_PIECES] = { "pieces", 2, 3, true, 4,
	        { { "digest", STORE_BYTES, 32 }, { "number", STORE_NUMBER, 0 },
	                { "bytes", STORE_BYTES, INQ_STORE_CHUNK } } },
	[STORE_EXTRAS] = { "extras", 1, 2, true, 4,
	        { { "name", STORE_TEXT, INQ_STORE_NAME_MAX },
	                { "bytes", STORE_BYTES, INQ_STORE_VALUE_MAX } } },
};

int64_t store_sum(const struct store_table *t, const struct store_row *row)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < t->columns; i++) {
		const struct store_cell *cell = &row->cell[i];
		uint8_t number[8];

		if (t->column[i].kind != STORE_NUMBER) {
			sum = inq_hash64(cell->bytes.at, cell->bytes.len, sum);
			continue;
		}
		for (unsigned byte = 0; byte < 8; byte++)
			number[byte] = (uint8_t)((uint64_t)cell->number >> 8 * byte);
		sum = inq_hash64(number, sizeof number, sum);
	}
	return (int64_t)sum;
}

struct text {
	char *at;
	size_t used;
};

static void INQ_PRINTF(2, 3) add(struct text *t, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(t->at + t->used, STORE_SQL - t->used, fmt, args);
	va_end(args);
	if (len > 0)
		t->used += (size_t)len < STORE_SQL - t->used ? (size_t)len : STORE_SQL - t->used - 1;
}

static void names(struct text *text, const struct store_table *t, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		add(text, "%s%s", i ? ", " : "", t->column[i].name);
}

static void create(struct text *text, const struct store_dialect *d, const struct store_table *t)
{
	add(text, "CREATE TABLE %s%s (", d->before, t->name);
	for (unsigned i = 0; i < t->columns; i++) {
		bool number_key = t->keys == 1 && i == 0 && t->column[i].kind == STORE_NUMBER;

		add(text, "%s %s NOT NULL, ", t->column[i].name,
		        number_key ? d->number_key : d->kind[t->column[i].kind]);
	}
	add(text, "sum %s NOT NULL, PRIMARY KEY (", d->kind[STORE_NUMBER]);
	names(text, t, t->keys);
	add(text, "))%s", d->after);
}

static void select_rows(
        struct text *text, const struct store_dialect *d, const struct store_table *t, const char *last)
{
	add(text, "SELECT ");
	names(text, t, t->columns);
	add(text, ", sum FROM %s%s WHERE ", d->before, t->name);
	for (unsigned i = 0; i < t->keys; i++)
		add(text, "%s%s %s %c%u", i ? " AND " : "", t->column[i].name, i + 1 < t->keys ? "=" : last,
		        d->mark, i + 1);
}

static void put(struct text *text, const struct store_dialect *d, const struct store_table *t)
{
	add(text, "INSERT INTO %s%s VALUES (", d->before, t->name);
	for (unsigned i = 0; i <= t->columns; i++)
		add(text, "%s%c%u", i ? ", " : "", d->mark, i + 1);
	add(text, ")");
	if (t->fixed)
		return;
	add(text, " ON CONFLICT (");
	names(text, t, t->keys);
	add(text, ") DO UPDATE SET ");
	for (unsigned i = t->keys; i < t->columns; i++)
		add(text, "%s = excluded.%s, ", t->column[i].name, t->column[i].name);
	add(text, "sum = excluded.sum");
}

void store_sql(const struct store_dialect *d, enum store_statement which, const struct store_table *t,
        char ret[STORE_SQL])
{
	struct text text = { .at = ret };
	const char *last = t->column[t->keys - 1].name;

	switch (which) {
	case STORE_SQL_CREATE:
		create(&text, d, t);
		break;
	case STORE_SQL_GET:
		select_rows(&text, d, t, "=");
		break;
	case STORE_SQL_NEXT:
		select_rows(&text, d, t, ">");
		add(&text, " ORDER BY %s LIMIT %c%u", last, d->mark, t->keys + 1);
		break;
	case STORE_SQL_PUT:
		put(&text, d, t);
		break;
	case STORE_STATEMENTS:
		break;
	}
}
