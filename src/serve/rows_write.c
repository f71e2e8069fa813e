#include "serve/rows.h"
#include <inquiry/json_read.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD = 16, ENTRY = 40, LEVELS = 4, ROWS_MOST = 1 << 24 };

/* The cells of one table, as they will lie. */
struct table {
	const struct rows_table *plan;
	struct inq_memory_sink memory;
	struct inq_sink cells;
	uint64_t *starts; /* of each row in the cells; then of the end */
	uint32_t *lines; /* the same in the text */
	struct inq_memory_sink text_memory;
	struct inq_sink text;
	size_t count, room, line_room;
};

struct writing {
	struct inq_arena *a;
	struct inq_bytes document;
	enum inq_status status;
};

/* The member that `path` names below `v`, "0" the first of an array; NULL where there is none. */
static const struct inq_json_value *member(const struct inq_json_value *v, const char *path)
{
	char key[64];

	while (v && *path) {
		size_t len = strcspn(path, ".");

		if (len >= sizeof key)
			return NULL;
		memcpy(key, path, len);
		key[len] = 0;
		v = v->kind == INQ_JSON_ARRAY && strcmp(key, "0") == 0 ? v->first : inq_json_member(v, key);
		path += len + (path[len] == '.');
	}
	return v;
}

/* A scalar as text: strings decoded, everything else as it stands in the document. */
static struct inq_bytes scalar(const struct writing *w, const struct inq_json_value *v)
{
	struct inq_bytes text = { NULL, 0 };

	if (v->kind == INQ_JSON_STRING)
		text = v->string;
	else if (v->kind == INQ_JSON_NULL || v->kind == INQ_JSON_ARRAY || v->kind == INQ_JSON_OBJECT)
		return text;
	else if (!inq_bytes_cut(w->document, v->at, v->end - v->at, &text))
		return text;
	text.len = text.len < ROWS_CELL_MOST ? text.len : ROWS_CELL_MOST;
	return text;
}

/* The elements of an array, a line each, within what a cell may hold. */
static struct inq_bytes lines(struct writing *w, const struct inq_json_value *v)
{
	struct inq_memory_sink memory = { .arena = w->a };
	struct inq_sink out;

	inq_sink_init(&out, inq_memory_sink_write, &memory);
	for (const struct inq_json_value *e = v->first; e && memory.len < ROWS_CELL_MOST; e = e->next) {
		struct inq_bytes text = scalar(w, e);

		if (e != v->first)
			inq_put(&out, "\n");
		/* One that has lines itself is one line. */
		for (size_t i = 0; i < text.len; i++) {
			size_t from = i;

			while (i < text.len && text.at[i] != '\n')
				i++;
			inq_put_bytes(&out, (struct inq_bytes){ text.at + from, i - from });
			if (i < text.len)
				inq_put(&out, " ");
		}
	}
	if (!inq_sink_flush(&out))
		w->status = INQ_NO_MEMORY;
	if (memory.len > ROWS_CELL_MOST)
		memory.len = ROWS_CELL_MOST;
	return (struct inq_bytes){ (const uint8_t *)memory.at, memory.len };
}

/* In lower case and without ends of lines. */
static void lower_put(struct inq_sink *out, struct inq_bytes text)
{
	for (size_t i = 0; i < text.len;) {
		uint8_t piece[256];
		size_t len = 0;

		for (; i < text.len && len < sizeof piece; i++) {
			uint8_t c = text.at[i];

			piece[len++] = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c == '\n' ? ' ' : c;
		}
		inq_put_bytes(out, (struct inq_bytes){ piece, len });
	}
	inq_put(out, "\x01");
}

static void cell(struct writing *w, struct table *t, const struct inq_json_value *const *at, const char *path,
        bool searched)
{
	const struct inq_json_value *v;
	struct inq_bytes text = { NULL, 0 };
	bool counted = *path == '#';
	char number[24];

	path += counted;
	for (; *path == '^'; path++)
		at--;
	v = member(*at, path);
	if (v && counted) {
		snprintf(number, sizeof number, "%zu", v->count);
		text = inq_bytes_of(number);
	} else if (v) {
		text = v->kind == INQ_JSON_ARRAY ? lines(w, v) : scalar(w, v);
	}
	inq_put_le(&t->cells, (uint32_t)text.len, 4);
	inq_put_bytes(&t->cells, text);
	if (searched)
		lower_put(&t->text, text);
}

static bool is_searched(const struct rows_table *plan, unsigned column)
{
	for (unsigned i = 0; i < plan->searched_count; i++)
		if (plan->searched[i] == column)
			return true;
	return false;
}

static void row(struct writing *w, struct table *t, const struct inq_json_value *const *at)
{
	uint32_t *lines;
	uint64_t end;
	uint64_t *more = t->starts ? inq_arena_extend(w->a, t->starts, t->count + 1, &t->room, sizeof *more)
	                           : inq_arena_new(w->a, t->room = 64, sizeof *more);

	if (!more || t->count == ROWS_MOST) {
		w->status = more ? INQ_OVER_LIMIT : INQ_NO_MEMORY;
		return;
	}
	t->starts = more;
	lines = t->lines ? inq_arena_extend(w->a, t->lines, t->count + 1, &t->line_room, sizeof *lines)
	                 : inq_arena_new(w->a, t->line_room = 64, sizeof *lines);
	if (!lines) {
		w->status = INQ_NO_MEMORY;
		return;
	}
	t->lines = lines;
	for (unsigned i = 0; i < t->plan->column_count; i++)
		cell(w, t, at, t->plan->columns[i], is_searched(t->plan, i));
	inq_put(&t->text, "\n");
	end = t->text_memory.len + t->text.used;
	if (t->cells.failed || t->text.failed)
		w->status = INQ_NO_MEMORY;
	if (end > UINT32_MAX)
		w->status = INQ_OVER_LIMIT;
	t->starts[++t->count] = t->memory.len + t->cells.used;
	t->lines[t->count] = (uint32_t)end;
}

/* Goes down the arrays of the path: as deep as it has words. */
static void descend(struct writing *w, struct table *t, const struct inq_json_value **at, const char *path,
        unsigned level)
{
	const struct inq_json_value *array;
	char key[64];
	size_t len = strcspn(path, ".");

	if (!*path || level == LEVELS || len >= sizeof key) {
		row(w, t, at);
		return;
	}
	memcpy(key, path, len);
	key[len] = 0;
	array = inq_json_member(*at, key);
	if (!array || array->kind != INQ_JSON_ARRAY)
		return;
	for (const struct inq_json_value *e = array->first; e && w->status == INQ_OK; e = e->next) {
		at[1] = e;
		descend(w, t, at + 1, path + len + (path[len] == '.'), level + 1);
	}
}

struct sorting {
	const struct table *t;
	unsigned column;
	enum rows_sort sort;
};

static struct inq_bytes cell_of(const struct sorting *s, uint32_t row)
{
	const uint8_t *at = (const uint8_t *)s->t->memory.at + s->t->starts[row];

	for (unsigned i = 0; i < s->column; i++)
		at += 4 + inq_le32(at);
	return (struct inq_bytes){ at + 4, inq_le32(at) };
}

/* Numbers without sign, by length and digits; what has decimals has three of them. */
static int by_number(struct inq_bytes l, struct inq_bytes r)
{
	if (l.len != r.len)
		return l.len > r.len ? -1 : 1;
	return l.len ? memcmp(r.at, l.at, l.len) : 0;
}

static int by_text(struct inq_bytes l, struct inq_bytes r)
{
	size_t least = l.len < r.len ? l.len : r.len;
	int order;

	/* Those without any come last. */
	if (!l.len || !r.len)
		return (l.len == 0) - (r.len == 0);
	order = memcmp(l.at, r.at, least);
	return order ? order : (l.len > r.len) - (l.len < r.len);
}

static int compare(const void *l, const void *r, void *sorting)
{
	const struct sorting *s = sorting;
	uint32_t a = *(const uint32_t *)l, b = *(const uint32_t *)r;
	struct inq_bytes left = cell_of(s, a), right = cell_of(s, b);
	int order = s->sort == ROWS_TEXT ? by_text(left, right) : by_number(left, right);

	return order ? order : (a > b) - (a < b);
}

static enum inq_status table_put(struct writing *w, struct table *t, uint64_t data, struct inq_sink *out)
{
	uint32_t *order = inq_arena_new(w->a, t->count, sizeof *order);

	if (!order)
		return INQ_NO_MEMORY;
	for (size_t i = 0; i <= t->count; i++)
		inq_put_le(out, data + (t->starts ? t->starts[i] : 0), 8);
	for (unsigned k = 0; k < t->plan->order_count; k++) {
		struct sorting s = { t, t->plan->orders[k].column, t->plan->orders[k].sort };

		for (size_t i = 0; i < t->count; i++)
			order[i] = (uint32_t)i;
		qsort_r(order, t->count, sizeof *order, compare, &s);
		for (size_t i = 0; i < t->count; i++)
			inq_put_le(out, order[i], 4);
	}
	for (size_t i = 0; i <= t->count; i++)
		inq_put_le(out, t->lines ? t->lines[i] : 0, 4);
	inq_put_bytes(out, (struct inq_bytes){ (const uint8_t *)t->memory.at, t->memory.len });
	inq_put_bytes(out, (struct inq_bytes){ (const uint8_t *)t->text_memory.at, t->text_memory.len });
	return INQ_OK;
}

static uint64_t index_size(const struct table *t)
{
	return (t->count + 1) * 12 + (uint64_t)t->count * t->plan->order_count * 4;
}

enum inq_status rows_write(const struct rows_plan *plan, struct inq_bytes document, struct inq_arena *a,
        struct inq_sink *out, struct inq_error *err)
{
	struct table *tables = inq_arena_new(a, plan->table_count, sizeof *tables);
	struct writing w = { .a = a, .document = document };
	const struct inq_json_value *top, *at[LEVELS + 2] = { NULL };
	enum inq_status status = inq_json_read_milli(document, a, &top, err);
	uint64_t data = HEAD + (uint64_t)plan->table_count * ENTRY;
	const struct inq_json_value *schema;

	if (status != INQ_OK || !tables)
		return status == INQ_OK ? inq_fail(err, INQ_NO_MEMORY, 0, "no memory for its rows") : status;
	schema = inq_json_member(top, "schema");
	if (!schema || schema->kind != INQ_JSON_STRING || !inq_bytes_equal(schema->string, plan->schema))
		return inq_fail(err, INQ_UNRECOGNISED, 0, "is no document of the schema %s", plan->schema);
	for (unsigned i = 0; i < plan->table_count && w.status == INQ_OK; i++) {
		struct table *t = &tables[i];

		t->plan = &plan->tables[i];
		t->memory.arena = a;
		t->text_memory.arena = a;
		inq_sink_init(&t->cells, inq_memory_sink_write, &t->memory);
		inq_sink_init(&t->text, inq_memory_sink_write, &t->text_memory);
		/* The document itself stands where a column's "^" leads to in the end. */
		at[0] = at[1] = top;
		descend(&w, t, at + 1, t->plan->path, 0);
		if (!inq_sink_flush(&t->cells) || !inq_sink_flush(&t->text))
			w.status = INQ_NO_MEMORY;
	}
	if (w.status != INQ_OK)
		return inq_fail(err, w.status, 0, "has more rows than can be shown");
	inq_put(out, "INQROWS1");
	inq_put_le(out, plan->table_count, 4);
	inq_put_le(out, 0, 4);
	for (unsigned i = 0; i < plan->table_count; i++) {
		inq_put_le(out, data, 8);
		inq_put_le(out, tables[i].count, 8);
		inq_put_le(out, tables[i].plan->column_count, 4);
		inq_put_le(out, tables[i].plan->order_count, 4);
		data += index_size(&tables[i]) + tables[i].memory.len;
		inq_put_le(out, data, 8);
		inq_put_le(out, tables[i].text_memory.len, 8);
		data += tables[i].text_memory.len;
	}
	data = HEAD + (uint64_t)plan->table_count * ENTRY;
	for (unsigned i = 0; i < plan->table_count && w.status == INQ_OK; i++) {
		data += index_size(&tables[i]);
		w.status = table_put(&w, &tables[i], data, out);
		data += tables[i].memory.len + tables[i].text_memory.len;
	}
	return w.status == INQ_OK ? INQ_OK : inq_fail(err, w.status, 0, "no memory for its rows");
}
