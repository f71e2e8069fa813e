#include "match/private.h"
#include <stdlib.h>
#include <string.h>

enum {
	WORK_MOST = 40 << 20, /* instructions compared to pair blocks */
	CELLS_MOST = 1 << 20, /* of the table that aligns two blocks */
	CELLS_ALL = 64 << 20, /* of all of them */
	LIKELY_EACH = 16, /* blocks kept as likely pairs of one */
	SURE = 700, /* score of a pair of blocks that is believed by itself */
	LIKELY = 350, /* and with what is paired around it */
	NEIGHBOUR_BONUS = 120,
};

/* One of the two functions. */
struct half {
	const struct inq_code *code;
	const struct inq_function *function;
	uint64_t *hashes; /* of each instruction, in the order of the blocks */
	uint32_t *first; /* of each block: its first instruction in `hashes`, and the end */
	uint64_t *sorted; /* the hashes of each block in order */
	uint32_t *mnemonics; /* and its mnemonics */
	uint32_t *before; /* of each block: a predecessor, or NO_ID */
	uint32_t *pair; /* of each block: the other's, or NO_ID */
};

struct aligner {
	struct half a, b;
	struct inq_arena *arena;
	struct inq_alignment *ret;
	uint8_t *steps; /* working space of align_blocks */
	uint32_t *best, *below;
	size_t step_size, best_size;
	uint64_t cells_left;
};

static int compare_u64(const void *a, const void *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return x < y ? -1 : x > y;
}

static int compare_u32(const void *a, const void *b)
{
	uint32_t x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return x < y ? -1 : x > y;
}

static const struct inq_block *block_of(const struct half *h, uint32_t block)
{
	return &h->code->blocks[h->function->block_first + block];
}

static uint32_t len_of(const struct half *h, uint32_t block)
{
	return h->first[block + 1] - h->first[block];
}

static bool half_init(
        struct half *h, const struct inq_code *c, const struct inq_function *f, struct inq_arena *a)
{
	uint32_t count = 0, at = 0;

	h->code = c;
	h->function = f;
	for (uint32_t i = 0; i < f->block_count; i++)
		count += block_of(h, i)->count;
	h->hashes = inq_arena_new(a, count, sizeof *h->hashes);
	h->sorted = inq_arena_new(a, count, sizeof *h->sorted);
	h->mnemonics = inq_arena_new(a, count, sizeof *h->mnemonics);
	h->first = inq_arena_new(a, (size_t)f->block_count + 1, sizeof *h->first);
	h->before = inq_arena_new(a, f->block_count, sizeof *h->before);
	h->pair = inq_arena_new(a, f->block_count, sizeof *h->pair);
	if (!h->hashes || !h->sorted || !h->mnemonics || !h->first || !h->before || !h->pair)
		return false;
	memset(h->before, 0xff, f->block_count * sizeof *h->before);
	memset(h->pair, 0xff, f->block_count * sizeof *h->pair);
	for (uint32_t i = 0; i < f->block_count; i++) {
		const struct inq_block *b = block_of(h, i);

		h->first[i] = at;
		for (uint32_t j = 0; j < b->count; j++, at++) {
			const struct inq_insn *n = &c->insns[b->first + j];

			h->hashes[at] = inq_insn_hash(c->decoder, n, inq_code_insn_bytes(c, n));
			h->sorted[at] = h->hashes[at];
			h->mnemonics[at] = n->mnemonic;
		}
		if (b->count) {
			qsort(h->sorted + h->first[i], b->count, sizeof *h->sorted, compare_u64);
			qsort(h->mnemonics + h->first[i], b->count, sizeof *h->mnemonics, compare_u32);
		}
		for (unsigned j = 0; j < 2; j++)
			if (b->successor[j] < f->block_count && h->before[b->successor[j]] == NO_ID)
				h->before[b->successor[j]] = i;
	}
	h->first[f->block_count] = at;
	return true;
}

/* What two blocks have in common, in thousandths: half for equal instructions, half for equal mnemonics. */
static uint32_t alike(const struct aligner *y, uint32_t a, uint32_t b)
{
	uint32_t i = y->a.first[a], ie = y->a.first[a + 1], j = y->b.first[b], je = y->b.first[b + 1];
	uint32_t all = ie - i + (je - j), equal = 0, same = 0;

	if (!all)
		return 1000;
	while (i < ie && j < je) {
		if (y->a.sorted[i] == y->b.sorted[j]) {
			equal++;
			i++;
			j++;
		} else if (y->a.sorted[i] < y->b.sorted[j]) {
			i++;
		} else {
			j++;
		}
	}
	i = y->a.first[a];
	j = y->b.first[b];
	while (i < ie && j < je) {
		if (y->a.mnemonics[i] == y->b.mnemonics[j]) {
			same++;
			i++;
			j++;
		} else if (y->a.mnemonics[i] < y->b.mnemonics[j]) {
			i++;
		} else {
			j++;
		}
	}
	return (uint32_t)(1000 * ((uint64_t)equal + same) / all);
}

static bool pairs_with(const struct half *h, uint32_t block, uint32_t block_count, uint32_t other)
{
	return block < block_count && other != NO_ID && h->pair[block] == other;
}

/* What the pairing around two blocks adds to their likeness. */
static uint32_t bonus(const struct aligner *y, uint32_t a, uint32_t b)
{
	const struct inq_block *ba = block_of(&y->a, a), *bb = block_of(&y->b, b);
	uint32_t score = 0, count = y->a.function->block_count;

	score += pairs_with(&y->a, y->a.before[a], count, y->b.before[b]) ? NEIGHBOUR_BONUS : 0;
	for (unsigned i = 0; i < 2; i++)
		if (pairs_with(&y->a, ba->successor[i], count, bb->successor[0]) ||
		        pairs_with(&y->a, ba->successor[i], count, bb->successor[1]))
			score += NEIGHBOUR_BONUS;
	if (!a && !b)
		score += NEIGHBOUR_BONUS;
	return score;
}

struct likely {
	uint32_t score, distance, a, b;
};

static int compare_likely(const void *a, const void *b)
{
	const struct likely *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	if (x->distance != y->distance)
		return x->distance < y->distance ? -1 : 1;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return x->b < y->b ? -1 : x->b > y->b;
}

/*
 * One round: scores the unpaired blocks with one another and pairs the best.
 * Where the functions are so large that all with all is too much, a block is
 * tried with those about as far into the function as it is.
 */
static bool pair_round(struct aligner *y, uint32_t least)
{
	uint32_t na = y->a.function->block_count, nb = y->b.function->block_count;
	uint64_t work = (uint64_t)y->a.first[na] * nb + (uint64_t)y->b.first[nb] * na + 1;
	uint64_t reach = work > WORK_MOST ? (uint64_t)nb * WORK_MOST / work / 2 + 4 : nb;
	struct likely *all = inq_arena_new(y->arena, (size_t)na * LIKELY_EACH, sizeof *all);
	size_t count = 0;

	if (!all)
		return false;
	for (uint32_t a = 0; a < na; a++) {
		uint64_t middle = (uint64_t)a * nb / na;
		uint64_t from = middle > reach ? middle - reach : 0, to = middle + reach + 1;
		struct likely *own = all + count;
		size_t own_count = 0;

		if (y->a.pair[a] != NO_ID)
			continue;
		for (uint32_t b = (uint32_t)from; b < nb && b < to; b++) {
			struct likely one = { 0, (uint32_t)(middle > b ? middle - b : b - middle), a, b };
			size_t place = own_count;

			if (y->b.pair[b] != NO_ID)
				continue;
			one.score = alike(y, a, b) + bonus(y, a, b);
			if (one.score < least)
				continue;
			while (place && compare_likely(&one, &own[place - 1]) < 0) {
				if (place < LIKELY_EACH)
					own[place] = own[place - 1];
				place--;
			}
			if (place < LIKELY_EACH)
				own[place] = one;
			own_count += own_count < LIKELY_EACH;
		}
		count += own_count;
	}
	if (count)
		qsort(all, count, sizeof *all, compare_likely);
	for (size_t i = 0; i < count; i++) {
		if (y->a.pair[all[i].a] != NO_ID || y->b.pair[all[i].b] != NO_ID)
			continue;
		y->a.pair[all[i].a] = all[i].b;
		y->b.pair[all[i].b] = all[i].a;
		y->ret->block_pairs++;
	}
	return true;
}

static void add_row(struct aligner *y, uint32_t block_a, uint32_t insn_a, uint32_t block_b, uint32_t insn_b)
{
	struct inq_align_row *r = &y->ret->rows[y->ret->row_count++];

	r->block_a = block_a;
	r->block_b = block_b;
	r->insn_a = insn_a == NO_ID ? INQ_NO_BLOCK : block_of(&y->a, block_a)->first + insn_a;
	r->insn_b = insn_b == NO_ID ? INQ_NO_BLOCK : block_of(&y->b, block_b)->first + insn_b;
	if (insn_a == NO_ID) {
		r->kind = INQ_ALIGN_ONLY_B;
		y->ret->only_b++;
	} else if (insn_b == NO_ID) {
		r->kind = INQ_ALIGN_ONLY_A;
		y->ret->only_a++;
	} else if (y->a.hashes[y->a.first[block_a] + insn_a] == y->b.hashes[y->b.first[block_b] + insn_b]) {
		r->kind = INQ_ALIGN_SAME;
		y->ret->same++;
	} else {
		r->kind = INQ_ALIGN_CHANGED;
		y->ret->changed++;
	}
}

enum { STEP_BOTH = 1, STEP_A, STEP_B };

/* What aligning two instructions is worth: 2 for equal ones, 1 for the same operation, 0 for neither. */
static uint32_t worth(const struct aligner *y, uint32_t block_a, uint32_t i, uint32_t block_b, uint32_t j)
{
	const struct inq_block *ba = block_of(&y->a, block_a), *bb = block_of(&y->b, block_b);

	if (y->a.hashes[y->a.first[block_a] + i] == y->b.hashes[y->b.first[block_b] + j])
		return 2;
	return y->a.code->insns[ba->first + i].mnemonic == y->b.code->insns[bb->first + j].mnemonic;
}

/* Working space for a table of `steps` cells and rows of `best`. */
static bool room(struct aligner *y, size_t steps, size_t best)
{
	if (steps > y->step_size) {
		y->step_size = 2 * steps;
		y->steps = inq_arena_new(y->arena, y->step_size, 1);
	}
	if (best > y->best_size) {
		y->best_size = 2 * best;
		y->best = inq_arena_new(y->arena, y->best_size, sizeof *y->best);
		y->below = inq_arena_new(y->arena, y->best_size, sizeof *y->below);
	}
	return y->steps && y->best && y->below;
}

/*
 * The rows of two paired blocks by the longest common subsequence, in a band
 * around the diagonal where the whole table would be too large.
 */
static bool align_blocks(struct aligner *y, uint32_t block_a, uint32_t block_b)
{
	uint32_t na = len_of(&y->a, block_a), nb = len_of(&y->b, block_b), i = 0, j = 0;
	uint64_t cells = y->cells_left / 8 < CELLS_MOST ? y->cells_left / 8 : CELLS_MOST;
	uint64_t reach = (uint64_t)(na + 1) * (nb + 1) > cells ? cells / 2 / (na + 1) + 2 : nb + 1;
	uint64_t width = 2 * reach + 1;

	if (!room(y, (size_t)((na + 1) * width), (size_t)nb + 2))
		return false;
	y->cells_left -= (na + 1) * width < y->cells_left ? (na + 1) * width : y->cells_left;
	/* best[j]: the worth of aligning what is left from (i, j) on. */
	for (uint32_t row = na + 1; row-- > 0;) {
		uint64_t middle = na ? (uint64_t)row * nb / na : 0;
		uint64_t from = middle > reach ? middle - reach : 0;
		uint64_t to = middle + reach < nb ? middle + reach : nb;
		uint32_t *best = y->below, *below = y->best;

		y->best = best;
		y->below = below;
		memset(best, 0, ((size_t)nb + 2) * sizeof *best);
		for (uint64_t column = to + 1; column-- > from;) {
			uint32_t c = (uint32_t)column, value = 0;
			uint8_t step = 0;

			if (row < na) {
				value = below[c];
				step = STEP_A;
			}
			if (c < nb && (!step || best[c + 1] > value)) {
				value = best[c + 1];
				step = STEP_B;
			}
			if (row < na && c < nb) {
				uint32_t gain = worth(y, block_a, row, block_b, c);

				if (gain && below[c + 1] + gain >= value) {
					value = below[c + 1] + gain;
					step = STEP_BOTH;
				}
			}
			best[c] = value;
			y->steps[row * width + (column - from)] = step;
		}
	}
	while (i < na || j < nb) {
		uint64_t middle = na ? (uint64_t)i * nb / na : 0, from = middle > reach ? middle - reach : 0;
		bool inside = j >= from && j - from < width;
		uint8_t step = inside ? y->steps[i * width + (j - from)] : 0;

		if (!step)
			step = i < na ? STEP_A : STEP_B;
		add_row(y, block_a, step == STEP_B ? NO_ID : i, block_b, step == STEP_A ? NO_ID : j);
		i += step != STEP_B;
		j += step != STEP_A;
	}
	return true;
}

/* B's unpaired blocks from `b` up to the next that is paired. */
static void list_only_b(struct aligner *y, uint32_t b)
{
	for (; b < y->b.function->block_count && y->b.pair[b] == NO_ID; b++)
		for (uint32_t i = 0; i < len_of(&y->b, b); i++)
			add_row(y, INQ_NO_BLOCK, NO_ID, b, i);
}

static bool list_rows(struct aligner *y)
{
	uint64_t most =
	        (uint64_t)y->a.first[y->a.function->block_count] + y->b.first[y->b.function->block_count];

	y->ret->rows = inq_arena_new(y->arena, (size_t)most, sizeof *y->ret->rows);
	if (!y->ret->rows || most > UINT32_MAX)
		return false;
	list_only_b(y, 0);
	for (uint32_t a = 0; a < y->a.function->block_count; a++) {
		uint32_t b = y->a.pair[a];

		if (b == NO_ID) {
			for (uint32_t i = 0; i < len_of(&y->a, a); i++)
				add_row(y, a, i, INQ_NO_BLOCK, NO_ID);
			continue;
		}
		if (!align_blocks(y, a, b))
			return false;
		list_only_b(y, b + 1);
	}
	if (most)
		y->ret->similarity =
		        (uint32_t)((2000 * (uint64_t)y->ret->same + 1000 * (uint64_t)y->ret->changed) / most);
	return true;
}

enum inq_status inq_match_align(const struct inq_code *ca, const struct inq_function *fa,
        const struct inq_code *cb, const struct inq_function *fb, struct inq_arena *a,
        struct inq_alignment *ret, struct inq_error *err)
{
	struct inq_alignment alignment = { 0 };
	struct aligner y = { .arena = a, .ret = &alignment, .cells_left = CELLS_ALL };

	if (ca->exhibit->arch != cb->exhibit->arch)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "the functions are of different architectures");
	if (!half_init(&y.a, ca, fa, a) || !half_init(&y.b, cb, fb, a) || !pair_round(&y, SURE) ||
	        !pair_round(&y, LIKELY) || !pair_round(&y, LIKELY) || !list_rows(&y))
		return inq_fail(err, INQ_NO_MEMORY, 0, "the alignment needs more memory than it may have");
	*ret = alignment;
	return INQ_OK;
}
