#include "store/private.h"
#include <stdio.h>
#include <string.h>

void store_inert(const char *text, char *ret, size_t size)
{
	size_t len = 0;

	for (; text[len] && len + 1 < size; len++)
		ret[len] = text[len];
	ret[len] = 0;
	while (len && (ret[len - 1] == '\n' || ret[len - 1] == ' '))
		ret[--len] = 0;
	for (size_t i = 0; i < len; i++)
		if (ret[i] < 0x20 || ret[i] > 0x7e)
			ret[i] = ret[i] == '\n' ? ' ' : '?';
}

void store_place(enum store_table_id table, const struct store_row *row, char *ret, size_t size)
{
	const struct store_table *t = &store_tables[table];
	size_t used = 0;
	int len = snprintf(ret, size, "%s", t->name);

	for (unsigned i = 0; i < t->keys && len > 0 && used + (size_t)len < size; i++) {
		const struct store_cell *cell = &row->cell[i];
		char text[2 * 8 + 1], name[32];

		used += (size_t)len;
		if (t->column[i].kind == STORE_NUMBER) {
			len = snprintf(ret + used, size - used, " %lld", (long long)cell->number);
		} else if (t->column[i].kind == STORE_BYTES) {
			inq_hex(cell->bytes.at, cell->bytes.len < 8 ? cell->bytes.len : 8, text);
			len = snprintf(ret + used, size - used, " %s...", text);
		} else {
			snprintf(name, sizeof name, "%.*s",
			        (int)(cell->bytes.len < 31 ? cell->bytes.len : 31),
			        (const char *)cell->bytes.at);
			store_inert(name, name, sizeof name);
			len = snprintf(ret + used, size - used, " \"%s\"", name);
		}
	}
}

static int compare_cells(enum store_kind kind, const struct store_cell *l, const struct store_cell *r)
{
	size_t len = l->bytes.len < r->bytes.len ? l->bytes.len : r->bytes.len;
	int order;

	if (kind == STORE_NUMBER)
		return (l->number > r->number) - (l->number < r->number);
	order = len ? memcmp(l->bytes.at, r->bytes.at, len) : 0;
	return order ? order : (l->bytes.len > r->bytes.len) - (l->bytes.len < r->bytes.len);
}

int store_key_order(
        const struct store_table *t, unsigned parts, const struct store_row *l, const struct store_row *r)
{
	int order = 0;

	for (unsigned i = 0; i < parts && order == 0; i++)
		order = compare_cells(t->column[i].kind, &l->cell[i], &r->cell[i]);
	return order;
}

/* Stands between a backend and who reads: every row passes here. */
struct gate {
	enum store_table_id table;
	struct store_taker to;
	bool exact; /* the key must be `last`, else follow it */
	struct store_row last;
	unsigned passed;
	uint8_t held[INQ_STORE_NAME_MAX]; /* the last part of the last key, where it is bytes */
};

static enum inq_status pass(void *context, const struct store_row *row, struct inq_error *err)
{
	struct gate *g = context;
	const struct store_table *t = &store_tables[g->table];
	struct store_cell *last = &g->last.cell[t->keys - 1];
	const struct store_cell *now = &row->cell[t->keys - 1];
	char place[100];
	size_t at;
	int order = store_key_order(t, t->keys - 1, row, &g->last);

	store_place(g->table, row, place, sizeof place);
	if (row->sum != store_sum(t, row))
		return inq_fail(
		        err, INQ_CORRUPT, 0, "the store is damaged: %s is not what was written", place);
	if (order == 0)
		order = g->exact ? -compare_cells(t->column[t->keys - 1].kind, last, now)
		                 : -(compare_cells(t->column[t->keys - 1].kind, last, now) >= 0);
	if (order != 0)
		return inq_fail(err, INQ_CORRUPT, 0, "the store is damaged: %s is in the wrong place", place);
	for (unsigned i = 0; i < t->columns; i++)
		if (t->column[i].kind == STORE_TEXT && !store_text(row->cell[i].bytes, &at))
			return inq_fail(err, INQ_CORRUPT, at,
			        "the store is damaged: %s has a text that is none", place);
	g->passed++;
	if (!g->exact) {
		last->number = now->number;
		last->bytes.len = now->bytes.len;
		if (now->bytes.len) {
			memcpy(g->held, now->bytes.at, now->bytes.len);
			last->bytes.at = g->held;
		}
	}
	return g->to.take ? g->to.take(g->to.context, row, err) : INQ_OK;
}

enum inq_status store_with(struct inq_store *s, enum store_table_id table, const struct store_row *key,
        struct store_taker to, struct inq_error *err)
{
	struct gate g = { .table = table, .to = to, .exact = true, .last = *key };

	return s->with->get(s->backend, table, key, (struct store_taker){ pass, &g }, err);
}

enum inq_status store_each(struct inq_store *s, enum store_table_id table, const struct store_row *key,
        uint64_t max, struct store_taker to, struct inq_error *err)
{
	struct gate g = { .table = table, .to = to, .last = *key };
	unsigned page = store_tables[table].page;

	while (max) {
		unsigned want = max < page ? (unsigned)max : page;
		struct store_row from = g.last;
		enum inq_status status;

		g.passed = 0;
		status = s->with->next(s->backend, table, &from, want, (struct store_taker){ pass, &g }, err);
		if (status != INQ_OK || g.passed < want)
			return status;
		max -= want;
	}
	return INQ_OK;
}

enum inq_status store_copy(
        struct inq_bytes b, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	char *copy = inq_arena_string(a, b);

	if (!copy)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for %zu bytes of the store", b.len);
	*ret = (struct inq_bytes){ (const uint8_t *)copy, b.len };
	return INQ_OK;
}

struct kept {
	const struct store_table *table;
	struct inq_arena *a;
	struct store_row row;
};

static enum inq_status keep(void *context, const struct store_row *row, struct inq_error *err)
{
	struct kept *k = context;

	k->row = *row;
	for (unsigned i = 0; i < k->table->columns; i++) {
		enum inq_status status = INQ_OK;

		if (k->table->column[i].kind != STORE_NUMBER)
			status = store_copy(row->cell[i].bytes, k->a, &k->row.cell[i].bytes, err);
		if (status != INQ_OK)
			return status;
	}
	return INQ_OK;
}

enum inq_status store_get(struct inq_store *s, enum store_table_id table, const struct store_row *key,
        struct inq_arena *a, struct store_row *ret, struct inq_error *err)
{
	struct kept k = { .table = &store_tables[table], .a = a };
	enum inq_status status = store_with(s, table, key, (struct store_taker){ keep, &k }, err);

	if (status == INQ_OK)
		*ret = k.row;
	return status;
}

enum inq_status store_put(
        struct inq_store *s, enum store_table_id table, struct store_row *row, struct inq_error *err)
{
	row->sum = store_sum(&store_tables[table], row);
	return s->with->put(s->backend, table, row, err);
}

static enum inq_status take_counts(void *context, const struct store_row *row, struct inq_error *err)
{
	struct store_counts *counts = context;

	if (row->cell[1].number != STORE_FORMAT)
		return inq_fail(err, INQ_UNRECOGNISED, 0,
		        "the store has format %lld; this program reads format %d",
		        (long long)row->cell[1].number, STORE_FORMAT);
	for (unsigned i = 2; i < 6; i++)
		if (row->cell[i].number < 0)
			return inq_fail(
			        err, INQ_CORRUPT, 0, "the store is damaged: it counts less than nothing");
	counts->settings = (uint64_t)row->cell[2].number;
	counts->logs = (uint64_t)row->cell[3].number;
	counts->objects = (uint64_t)row->cell[4].number;
	counts->extras = (uint64_t)row->cell[5].number;
	return INQ_OK;
}

enum inq_status store_counts(struct inq_store *s, struct store_counts *ret, struct inq_error *err)
{
	struct store_row key = { .cell[0].number = 1 };
	struct store_counts counts;
	enum inq_status status;
	bool own;

	if (s->state == STORE_WRITING) {
		*ret = s->counts;
		return INQ_OK;
	}
	status = store_read_begin(s, &own, err);
	if (status != INQ_OK)
		return status;
	status = store_with(s, STORE_ITSELF, &key, (struct store_taker){ take_counts, &counts }, err);
	status = store_read_end(s, own, status);
	if (status == INQ_NOT_FOUND)
		return inq_fail(
		        err, INQ_CORRUPT, 0, "the store is damaged: the row that describes it is gone");
	if (status == INQ_OK)
		*ret = counts;
	return status;
}
