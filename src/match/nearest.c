#include "corpus/dots.h"
#include "corpus/sort.h"
#include "match/candidates.h"
#include <inquiry/integer.h>
#include <stdlib.h>
#include <string.h>

/*
 * The vector half of the search. Each function's cells are visited from the
 * nearest on until `limits->scanned` vectors are in them; cell by cell, for all
 * the functions that visit it at once. Two rounds: after the first, which is
 * short, a cell is passed over where even its edge is too far to be among the
 * nearest (Cauchy and Schwarz: no product in it exceeds the centre's by more
 * than the function's length times the cell's radius).
 */
enum {
	STRIP = 256, /* vectors multiplied at once: their products stay in the nearest cache */
	FIRST_PART = 8, /* of what is scanned, the part of the first round */
	FORGET_BYTES = 64 << 20,
};

struct nearest {
	struct batch *b;
	struct inq_vector *centres;
	uint32_t *sizes, *spreads; /* of each cell */
	int32_t *to_centres; /* of each function of the batch, the product with each centre */
	struct near *near; /* of each, `most`: a heap, the worst on top */
	uint32_t *near_count, *length; /* of each: how many it has; its vector's length, rounded up */
	uint32_t most;
	uint64_t *visits; /* cell << 32 | place in the batch */
	size_t visit_count, visit_room;
	uint64_t *order, *space; /* cells, nearest first */
	const struct inq_vector **queries;
	int32_t *products;
};

static const struct inq_vector *vector_of(const struct nearest *n, uint32_t who)
{
	return &n->b->s->p->vectors[n->b->query[who]];
}

/* Of equal products the lower number is the nearer one. */
static bool is_worse(struct near x, struct near y)
{
	return x.product != y.product ? x.product < y.product : x.function > y.function;
}

static int compare_near(const void *a, const void *b)
{
	const struct near *x = a, *y = b;

	return is_worse(*y, *x) ? -1 : is_worse(*x, *y);
}

static void sink(struct near *heap, uint32_t count, uint32_t place)
{
	for (;;) {
		uint32_t worse = 2 * place + 1;
		struct near swap = heap[place];

		if (worse >= count)
			return;
		if (worse + 1 < count && is_worse(heap[worse + 1], heap[worse]))
			worse++;
		if (!is_worse(heap[worse], swap))
			return;
		heap[place] = heap[worse];
		heap[worse] = swap;
		place = worse;
	}
}

static void take_near(struct nearest *n, uint32_t who, struct near one)
{
	struct near *heap = n->near + (size_t)who * n->most;
	uint32_t place;

	if (n->near_count[who] == n->most) {
		if (!is_worse(heap[0], one))
			return;
		heap[0] = one;
		sink(heap, n->most, 0);
		return;
	}
	for (place = n->near_count[who]++; place; place = (place - 1) / 2) {
		if (!is_worse(one, heap[(place - 1) / 2]))
			break;
		heap[place] = heap[(place - 1) / 2];
	}
	heap[place] = one;
}

/* The least product that may still be among the nearest; what is at a right angle, or beyond, is not near. */
static int32_t least_product(const struct nearest *n, uint32_t who)
{
	if (n->near_count[who] < n->most)
		return 1;
	return n->near[(size_t)who * n->most].product;
}

static bool reaches(const struct nearest *n, uint32_t who, uint32_t cell)
{
	int64_t centre = n->to_centres[(size_t)who * n->b->s->c->cell_count + cell];
	int64_t edge = (int64_t)inq_root((uint64_t)n->length[who] * n->length[who] * n->spreads[cell]) + 1;

	return centre + edge >= least_product(n, who);
}

static bool add_visit(struct nearest *n, uint32_t cell, uint32_t who)
{
	uint64_t *grown = inq_arena_extend(n->b->a, n->visits, n->visit_count, &n->visit_room, sizeof *grown);

	if (!grown)
		return false;
	n->visits = grown;
	n->visits[n->visit_count++] = (uint64_t)cell << 32 | who;
	return true;
}

/* Lists the cells that a function visits in this round. */
static bool list_visits(struct nearest *n, uint32_t who, bool second)
{
	const struct inq_corpus *c = n->b->s->c;
	uint64_t most = n->b->s->limits->scanned, first = most / FIRST_PART, before = 0;

	for (uint32_t i = 0; i < c->cell_count; i++)
		n->order[i] = (uint64_t)((int64_t)INT32_MAX - n->to_centres[(size_t)who * c->cell_count + i])
		                      << 32 |
		              i;
	sort_numbers(n->order, n->space, c->cell_count, 32);
	for (uint32_t i = 0; i < c->cell_count && before < most; i++) {
		uint32_t cell = (uint32_t)n->order[i];

		if ((before < first) != second && n->sizes[cell] && (!second || reaches(n, who, cell)) &&
		        !add_visit(n, cell, who))
			return false;
		before += n->sizes[cell];
	}
	return true;
}

static void scan_cell(
        struct nearest *n, const struct inq_corpus_cell *cell, const uint64_t *visits, size_t count)
{
	const struct inq_corpus *c = n->b->s->c;
	uint32_t places[STRIP], function;

	for (size_t i = 0; i < count; i++)
		n->queries[i] = vector_of(n, (uint32_t)visits[i]);
	for (uint32_t at = cell->first; at < cell->end; at += STRIP) {
		uint32_t strip = cell->end - at < STRIP ? cell->end - at : STRIP;

		dots(cell->vectors + (size_t)(at - cell->first) * INQ_VECTOR_LENGTH, strip, n->queries, count,
		        n->products);
		for (size_t i = 0; i < count; i++) {
			uint32_t who = (uint32_t)visits[i];
			const int32_t *products = n->products + i * strip;
			size_t some = dots_reaching(products, strip, least_product(n, who), places);

			for (size_t j = 0; j < some; j++)
				if (inq_corpus_placed(c, at + places[j], &function))
					take_near(n, who,
					        (struct near){ .product = products[places[j]],
					                .function = function });
		}
	}
}

static void forget_vectors(const struct inq_corpus *c, const int8_t **from, const int8_t *to)
{
	if (c->forget && to - *from > FORGET_BYTES) {
		c->forget(c->forget_context,
		        (struct inq_bytes){ (const uint8_t *)*from, (size_t)(to - *from) });
		*from = to;
	}
}

static bool visit_round(struct nearest *n, bool second)
{
	const struct inq_corpus *c = n->b->s->c;
	const int8_t *from = NULL, *to = NULL;
	uint64_t *space;

	n->visit_count = 0;
	for (uint32_t i = 0; i < n->b->count; i++)
		if (n->length[i] && !list_visits(n, i, second))
			return false;
	space = inq_arena_new(n->b->a, n->visit_count, sizeof *space);
	if (!space)
		return false;
	sort_numbers(n->visits, space, n->visit_count, 32);
	for (size_t i = 0, end; i < n->visit_count; i = end) {
		struct inq_corpus_cell cell;

		for (end = i; end < n->visit_count && n->visits[end] >> 32 == n->visits[i] >> 32; end++)
			;
		if (!inq_corpus_cell(c, (uint32_t)(n->visits[i] >> 32), &cell))
			continue;
		/* Cells of a damaged corpus may lie in any order. */
		if (!from || cell.vectors < to)
			from = cell.vectors;
		scan_cell(n, &cell, n->visits + i, end - i);
		to = cell.vectors + (size_t)(cell.end - cell.first) * INQ_VECTOR_LENGTH;
		forget_vectors(c, &from, to);
	}
	if (from && c->forget)
		c->forget(
		        c->forget_context, (struct inq_bytes){ (const uint8_t *)from, (size_t)(to - from) });
	return true;
}

/* The products of the batch with the centres of all cells. */
static void meet_centres(struct nearest *n)
{
	const struct inq_corpus *c = n->b->s->c;

	for (uint32_t i = 0; i < c->cell_count; i++) {
		struct inq_corpus_cell cell;

		/* A damaged cell is visited by nobody. */
		if (!inq_corpus_cell(c, i, &cell))
			continue;
		n->centres[i] = cell.centre;
		n->sizes[i] = cell.end - cell.first;
		n->spreads[i] = cell.spread;
	}
	for (uint32_t i = 0; i < n->b->count; i++) {
		const struct inq_vector *v = vector_of(n, i);
		uint64_t square = 0;

		for (unsigned j = 0; j < INQ_VECTOR_LENGTH; j++)
			square += (uint64_t)(v->at[j] * v->at[j]);
		n->length[i] = square ? (uint32_t)inq_root(square) + 1 : 0;
		n->queries[i] = v;
	}
	dots(n->centres->at, c->cell_count, n->queries, n->b->count, n->to_centres);
}

static bool nearest_init(struct nearest *n)
{
	uint32_t cells = n->b->s->c->cell_count, count = n->b->count;
	struct inq_arena *a = n->b->a;

	n->centres = inq_arena_new(a, cells, sizeof *n->centres);
	n->sizes = inq_arena_new(a, cells, sizeof *n->sizes);
	n->spreads = inq_arena_new(a, cells, sizeof *n->spreads);
	n->to_centres = inq_arena_new(a, (size_t)cells * count, sizeof *n->to_centres);
	n->near = inq_arena_new(a, (size_t)n->most * count, sizeof *n->near);
	n->near_count = inq_arena_new(a, count, sizeof *n->near_count);
	n->length = inq_arena_new(a, count, sizeof *n->length);
	n->order = inq_arena_new(a, cells, sizeof *n->order);
	n->space = inq_arena_new(a, cells, sizeof *n->space);
	n->queries = inq_arena_new(a, count, sizeof *n->queries);
	n->products = inq_arena_new(a, (size_t)count * STRIP, sizeof *n->products);
	return n->centres && n->sizes && n->spreads && n->to_centres && n->near && n->near_count &&
	       n->length && n->order && n->space && n->queries && n->products;
}

bool nearest_find(struct batch *b)
{
	struct nearest n = { .b = b, .most = b->s->limits->nearest };

	if (!n.most || !b->s->c->cell_count)
		return true;
	if (!nearest_init(&n))
		return false;
	meet_centres(&n);
	if (!visit_round(&n, false) || !visit_round(&n, true))
		return false;
	for (uint32_t i = 0; i < b->count; i++) {
		b->near[i] = n.near + (size_t)i * n.most;
		b->near_count[i] = n.near_count[i];
		if (b->near_count[i])
			qsort(b->near[i], b->near_count[i], sizeof *b->near[i], compare_near);
	}
	return true;
}
