#include "corpus/check.h"
#include "corpus/dots.h"
#include "fingerprint/varint.h"
#include <string.h>

static enum inq_status check_exact(const struct checker *k)
{
	const struct inq_corpus *c = k->c;
	struct inq_corpus_function before = { 0 }, f;
	uint32_t number_before = 0;

	for (uint32_t i = 0; i < c->function_count; i++) {
		uint32_t number;

		if (!inq_corpus_exact_function(c, i, &number) || !inq_corpus_function(c, number, &f))
			return check_wrong(k, TABLE_EXACT, i, 4, "the order of exact hashes");
		if (i && (f.exact[0] < before.exact[0] ||
		                 (f.exact[0] == before.exact[0] && f.exact[1] < before.exact[1]) ||
		                 (f.exact[0] == before.exact[0] && f.exact[1] == before.exact[1] &&
		                         number <= number_before)))
			return check_wrong(k, TABLE_EXACT, i, 4, "the order of exact hashes");
		before = f;
		number_before = number;
	}
	return INQ_OK;
}

static enum inq_status check_terms(const struct checker *k)
{
	const struct inq_corpus *c = k->c;
	uint32_t before_key = 0, before_count = UINT32_MAX;

	for (uint32_t i = 0; i < c->term_count; i++) {
		uint32_t key = inq_corpus_term_key(c, i), count = inq_corpus_term_functions(c, i), found;

		if (!count || count != k->term_counts[i] || count > before_count ||
		        (count == before_count && key <= before_key) || !inq_corpus_term(c, key, &found) ||
		        found != i)
			return check_wrong(k, TABLE_TERMS, i, TERM_LEN, "a term");
		before_key = key;
		before_count = count;
	}
	return INQ_OK;
}

static enum inq_status check_keys(const struct checker *k)
{
	const struct inq_corpus *c = k->c;
	unsigned bits = directory_bits(c->term_count);
	uint32_t place_at = 0;

	for (uint64_t upper = 0; upper <= UINT64_C(1) << bits; upper++) {
		while (place_at < c->term_count) {
			const uint8_t *at = c->table[TABLE_KEYS].at + (size_t)place_at * KEY_LEN;

			if (inq_le32(at) >> (32 - bits) >= upper)
				break;
			if (place_at && inq_le32(at) <= inq_le32(at - KEY_LEN))
				return check_wrong(k, TABLE_KEYS, place_at, KEY_LEN, "the order of keys");
			place_at++;
		}
		if (inq_le32(c->table[TABLE_DIRECTORY].at + upper * 4) != place_at)
			return check_wrong(k, TABLE_DIRECTORY, upper, 4, "the directory of keys");
	}
	return INQ_OK;
}

/* Each run ends where the steps say, at the function that they say. */
static bool runs_agree(const struct inq_corpus_reader *r, struct checker *k, uint32_t term)
{
	struct inq_corpus_list l = { .at = r->at, .end = r->end, .left = r->count, .bound = r->bound };
	const uint8_t *run = r->runs;
	uint32_t function, count = 0;

	while (inq_corpus_next(&l, &function)) {
		k->term_sums[term] -= check_function_hash(function);
		if (++count % RUN || run == r->steps)
			continue;
		if (inq_le32(run + RUN_LAST) != function ||
		        inq_le32(run + RUN_END) != (uint64_t)(l.at - r->steps))
			return false;
		run += RUN_LEN;
	}
	return !l.left && l.at == l.end && run == r->steps && !k->term_sums[term];
}

static enum inq_status check_postings(struct checker *k)
{
	const struct inq_corpus *c = k->c;
	struct inq_bytes postings = c->table[TABLE_POSTINGS];
	const uint8_t *at = postings.at, *end = postings.at + postings.len;
	uint64_t all = 0, len;

	for (uint32_t i = 0; i < c->term_count; i++) {
		struct inq_corpus_reader r = inq_corpus_read_postings(c, i);

		if (i % GROUP == 0 && inq_le64(c->table[TABLE_GROUPS].at + (size_t)(i / GROUP) * 8) !=
		                              (uint64_t)(at - postings.at))
			return check_wrong(k, TABLE_GROUPS, i / GROUP, 8, "the place of postings");
		if (!inq_varint_get(&at, end, &len) || len > (uint64_t)(end - at) || r.runs != at ||
		        !runs_agree(&r, k, i))
			return check_wrong(k, TABLE_POSTINGS, (uint64_t)(at - postings.at), 1, "postings");
		all += r.count;
		at += len;
	}
	if (at != end || all != c->feature_count ||
	        inq_le64(c->table[TABLE_GROUPS].at + c->table[TABLE_GROUPS].len - 8) != postings.len)
		return check_wrong(k, TABLE_POSTINGS, 0, 1, "the count of postings");
	return INQ_OK;
}

/* The functions of a cell ascend, know their places, and are as near to its centre as it says. */
static enum inq_status check_cell(
        const struct checker *k, uint32_t number, const struct inq_corpus_cell *cell)
{
	const struct inq_corpus *c = k->c;
	uint32_t spread = 0, before = 0, function;

	for (uint32_t i = cell->first; i < cell->end; i++) {
		const int8_t *at = cell->vectors + (size_t)(i - cell->first) * INQ_VECTOR_LENGTH;
		uint32_t away = 0;

		if (!inq_corpus_placed(c, i, &function) || (i > cell->first && function <= before) ||
		        inq_le32(c->table[TABLE_FUNCTIONS].at + (size_t)function * FUNCTION_LEN +
		                 FUNCTION_PLACE) != i)
			return check_wrong(k, TABLE_PLACES, i, 4, "the place of a vector");
		before = function;
		for (unsigned j = 0; j < INQ_VECTOR_LENGTH; j++)
			away += (uint32_t)((at[j] - cell->centre.at[j]) * (at[j] - cell->centre.at[j]));
		spread = away > spread ? away : spread;
	}
	if (spread != cell->spread)
		return check_wrong(k, TABLE_CELLS, number, CELL_LEN, "the spread of a cell");
	return INQ_OK;
}

enum { TOGETHER = 32 };

/* Every vector stands in the cell whose centre is nearest: nothing is hidden where no search would look. */
static enum inq_status check_nearest(const struct checker *k, const struct inq_corpus_cell *cell,
        uint32_t number, const struct inq_vector *centres, int32_t *products)
{
	struct inq_vector vectors[TOGETHER];
	const struct inq_vector *some[TOGETHER];

	for (uint32_t i = cell->first; i < cell->end; i += TOGETHER) {
		uint32_t count = cell->end - i < TOGETHER ? cell->end - i : TOGETHER;

		for (uint32_t j = 0; j < count; j++) {
			memcpy(vectors[j].at,
			        cell->vectors + (size_t)(i - cell->first + j) * INQ_VECTOR_LENGTH,
			        INQ_VECTOR_LENGTH);
			some[j] = &vectors[j];
		}
		dots(centres->at, k->c->cell_count, some, count, products);
		for (uint32_t j = 0; j < count; j++)
			if (dots_greatest(products + (size_t)j * k->c->cell_count, k->c->cell_count) !=
			        number)
				return check_wrong(
				        k, TABLE_VECTORS, i + j, INQ_VECTOR_LENGTH, "the cell of a vector");
	}
	return INQ_OK;
}

static enum inq_status check_cells(const struct checker *k)
{
	const struct inq_corpus *c = k->c;
	struct inq_vector *centres = inq_arena_new(k->a, c->cell_count, sizeof *centres);
	int32_t *products = inq_arena_new(k->a, (size_t)c->cell_count * TOGETHER, sizeof *products);
	enum inq_status status = INQ_OK;
	static const struct inq_vector none;
	uint32_t places = 0;

	if (!centres || !products)
		return inq_fail(k->err, INQ_NO_MEMORY, 0, "the check needs more memory than it may have");
	for (uint32_t i = 0; i < c->cell_count; i++) {
		struct inq_corpus_cell cell;

		if (!inq_corpus_cell(c, i, &cell) || cell.first != places ||
		        (!i && memcmp(&cell.centre, &none, sizeof none) != 0))
			return check_wrong(k, TABLE_CELLS, i, CELL_LEN, "a cell");
		places = cell.end;
		centres[i] = cell.centre;
	}
	for (uint32_t i = 0; i < c->cell_count && status == INQ_OK; i++) {
		struct inq_corpus_cell cell = { .end = 0 };

		(void)!inq_corpus_cell(c, i, &cell);
		status = check_cell(k, i, &cell);
		if (status == INQ_OK)
			status = check_nearest(k, &cell, i, centres, products);
	}
	return status;
}

enum inq_status check_index(struct checker *k)
{
	enum inq_status status = check_exact(k);

	if (status == INQ_OK)
		status = check_terms(k);
	if (status == INQ_OK)
		status = check_keys(k);
	if (status == INQ_OK)
		status = check_postings(k);
	if (status == INQ_OK)
		status = check_cells(k);
	return status;
}
