#include "fingerprint/private.h"
#include <string.h>

void keys_add_key(struct keys *k, uint32_t key)
{
	if (k->count == k->capacity) {
		size_t capacity = k->capacity;
		uint32_t *at = inq_arena_extend(k->arena, k->at, k->count, &capacity, sizeof *at);

		k->swap = at ? inq_arena_new(k->arena, capacity, sizeof *k->swap) : NULL;
		if (!k->swap) {
			k->failed = true;
			k->count = 0;
			k->capacity = 0;
			k->at = NULL;
			return;
		}
		k->at = at;
		k->capacity = capacity;
	}
	k->at[k->count++] = key;
}

void keys_add(struct keys *k, enum channel channel, uint64_t value)
{
	keys_add_key(k, (uint32_t)channel << 28 | (uint32_t)(mix64(value) >> 36));
}

static void sort_keys(struct keys *k)
{
	uint32_t *from = k->at, *to = k->swap;

	if (k->count < 24) {
		for (size_t i = 1; i < k->count; i++) {
			uint32_t key = from[i];
			size_t j = i;

			for (; j && from[j - 1] > key; j--)
				from[j] = from[j - 1];
			from[j] = key;
		}
		return;
	}
	for (unsigned shift = 0; shift < 32; shift += 8) {
		uint32_t place[257] = { 0 };
		uint32_t *swap = from;

		for (size_t i = 0; i < k->count; i++)
			place[(from[i] >> shift & 255) + 1]++;
		for (unsigned i = 0; i < 256; i++)
			place[i + 1] += place[i];
		for (size_t i = 0; i < k->count; i++)
			to[place[from[i] >> shift & 255]++] = from[i];
		from = to;
		to = swap;
	}
}

/*
 * The largest 28-bit hash that `most` of the distinct keys do not exceed.
 * Which keys of a huge function are kept is thus decided by the keys alone, so
 * that two like functions keep the same ones (bottom-k sampling, Cohen 1997).
 */
static uint32_t sample_bound(const struct keys *k, size_t distinct, size_t most)
{
	uint32_t low = 0, high = (1U << 28) - 1;

	while (low < high) {
		uint32_t middle = low + (high - low + 1) / 2;
		size_t below = 0;

		for (size_t i = 0; i < k->count; i++)
			if ((!i || k->at[i] != k->at[i - 1]) && (k->at[i] & 0xfffffff) <= middle)
				below++;
		if (below <= most)
			low = middle;
		else
			high = middle - 1;
	}
	return distinct <= most ? (1U << 28) - 1 : low;
}

size_t keys_fold(struct keys *k, struct inq_feature *ret, size_t most)
{
	size_t distinct = 0, kept = 0;
	uint32_t bound = (1U << 28) - 1;

	sort_keys(k);
	for (size_t i = 0; i < k->count; i++)
		distinct += !i || k->at[i] != k->at[i - 1];
	if (distinct > most)
		bound = sample_bound(k, distinct, most);
	for (size_t i = 0; i < k->count; i++) {
		if ((k->at[i] & 0xfffffff) > bound)
			continue;
		if (kept && ret[kept - 1].key == k->at[i]) {
			if (ret[kept - 1].count < 255)
				ret[kept - 1].count++;
		} else if (kept < most) {
			ret[kept].key = k->at[i];
			ret[kept++].count = 1;
		}
	}
	return kept;
}

void keys_drop_unweighed(struct keys *k)
{
	size_t kept = 0;

	for (size_t i = 0; i < k->count; i++)
		if (inq_channel_weight[inq_feature_channel(k->at[i])])
			k->at[kept++] = k->at[i];
	k->count = kept;
}

/* The stack pointer, and the frame pointer where a function that has one keeps it. */
static void stack_registers(enum inq_arch arch, bool thumb, uint8_t *ret_stack, uint8_t *ret_frame)
{
	switch (arch) {
	case INQ_ARCH_X86_64:
	case INQ_ARCH_X86_32:
		*ret_stack = 4;
		*ret_frame = 5;
		return;
	case INQ_ARCH_A64:
		*ret_stack = 31;
		*ret_frame = 29;
		return;
	case INQ_ARCH_ARM:
		*ret_stack = 13;
		*ret_frame = thumb ? 7 : 11;
		return;
	case INQ_ARCH_MIPS:
		*ret_stack = 29;
		*ret_frame = 30;
		return;
	case INQ_ARCH_NONE:
		break;
	}
	*ret_stack = INQ_REG_NONE;
	*ret_frame = INQ_REG_NONE;
}

/* Whether the function sets up a frame: its frame pointer is then a second name of the stack. */
static bool has_frame(const struct inq_code *c, const struct inq_function *f, uint8_t stack, uint8_t frame)
{
	const struct inq_block *b = &c->blocks[f->block_first];

	for (uint32_t i = 0; i < b->count && i < 12; i++) {
		const struct inq_insn *n = &c->insns[b->first + i];

		if (n->rd == frame && n->rn == stack && !(n->flags & INQ_INSN_READS_MEMORY))
			return true;
	}
	return false;
}

/* A step for each doubling, so that twice the size shares all but one step. */
static void add_steps(struct keys *k, unsigned kind, uint32_t value)
{
	unsigned step = 0;

	for (uint64_t bound = 2; bound <= value; bound *= 2)
		keys_add(k, CHANNEL_SHAPE, (uint64_t)kind << 8 | ++step);
}

struct counts {
	uint32_t operations, calls, branches, loads, stores, loops;
};

static bool is_stack(const struct inq_insn *n, uint8_t stack, uint8_t frame)
{
	return n->rn == stack || n->rn == frame;
}

/* Whether the operation is one that optimisation keeps: not traffic between registers and stack. */
static bool is_kept(const struct inq_insn *n, uint8_t stack, uint8_t frame)
{
	switch (n->op) {
	case INQ_OP_NOP:
	case INQ_OP_MOVE:
	case INQ_OP_PUSH:
	case INQ_OP_POP:
	case INQ_OP_JUMP:
	case INQ_OP_EXTEND:
		return false;
	case INQ_OP_LOAD:
	case INQ_OP_STORE:
	case INQ_OP_ADDRESS:
		return !is_stack(n, stack, frame);
	default:
		return n->rd != stack;
	}
}

static void gather_block(
        struct maker *m, const struct inq_block *b, uint8_t stack, uint8_t frame, struct counts *counts)
{
	const struct inq_code *c = m->code;
	struct keys *k = &m->keys;
	uint32_t before = 0, before_that = 0;
	uint64_t mnemonic = 0;

	for (uint32_t i = 0; i < b->count; i++) {
		const struct inq_insn *n = &c->insns[b->first + i];
		uint32_t op = (uint32_t)n->op + 1;

		if (n->op == INQ_OP_NOP)
			continue;
		counts->branches += n->op == INQ_OP_BRANCH;
		counts->calls += n->flow == INQ_FLOW_CALL || n->flow == INQ_FLOW_CALL_INDIRECT;
		mnemonic = mnemonic << 16 | n->mnemonic;
		keys_add(k, CHANNEL_MNEMONIC, (uint64_t)c->exhibit->arch << 32 | n->mnemonic);
		if (mnemonic >> 16)
			keys_add(k, CHANNEL_MNEMONIC,
			        (uint64_t)c->exhibit->arch << 40 | (mnemonic & UINT32_MAX) |
			                UINT64_C(1) << 60);
		if (!is_kept(n, stack, frame))
			continue;
		counts->operations++;
		counts->loads += n->op == INQ_OP_LOAD;
		counts->stores += n->op == INQ_OP_STORE;
		keys_add(k, CHANNEL_OPERATION, op);
		if (before)
			keys_add(k, CHANNEL_OPERATION_PAIR, before << 8 | op);
		if (before_that)
			keys_add(k, CHANNEL_OPERATION_TRIPLE, before_that << 16 | before << 8 | op);
		before_that = before;
		before = op;
	}
}

static void add_both(struct keys *k, enum channel channel, uint64_t value)
{
	keys_add(k, channel, value);
	keys_add(k, CHANNEL_NEAR, value);
}

static bool is_text_byte(uint8_t byte)
{
	return (byte >= 0x20 && byte < 0x7f) || (byte >= 9 && byte <= 13) || byte == 0x1b;
}

/* Whether at `va` stand distances to code, from there or from the global pointer: a jump table, which is addresses again. */
static bool is_distances(const struct inq_exhibit *x, uint64_t va, uint64_t words)
{
	const uint64_t base[2] = { va, x->gp_va };

	for (unsigned i = 0; i < 2; i++) {
		uint64_t first = base[i] + (uint64_t)(int64_t)(int32_t)words,
		         second = base[i] + (uint64_t)(int64_t)(int32_t)(words >> 32);
		const struct inq_region *r = inq_exhibit_region(x, first), *q = inq_exhibit_region(x, second);

		if (base[i] && r && q && r->kind == INQ_REGION_CODE && q->kind == INQ_REGION_CODE)
			return true;
	}
	return false;
}

/*
 * What constant data at `va` holds, by its bytes alone: a string, of one byte
 * or two a character, else the first eight bytes where they cannot be written
 * and no relocation or address is in them.
 */
static void gather_data(struct maker *m, uint64_t va)
{
	enum { SHORTEST = 4, LONGEST = 1024, SAMPLE = 8 };
	const struct inq_exhibit *x = m->code->exhibit;
	const struct inq_region *r = inq_exhibit_region(x, va);
	struct inq_bytes b = inq_exhibit_at(x, va);
	size_t len = 0, low = 0, high = x->pointer_count;
	uint64_t word;
	bool is_short;

	while (len < b.len && len < LONGEST && is_text_byte(b.at[len]))
		len++;
	if (len >= SHORTEST && (len == LONGEST || (len < b.len && b.at[len] == 0))) {
		add_both(&m->keys, CHANNEL_STRING, inq_hash64(b.at, len, 1));
		return;
	}
	/* What stands behind a short string is another thing's. */
	is_short = len && len < b.len && b.at[len] == 0;
	len = 0;
	while (len + 1 < b.len && len < LONGEST && is_text_byte(b.at[len]) && b.at[len + 1] == 0)
		len += 2;
	if (len >= 2 * (size_t)SHORTEST && len + 1 < b.len && b.at[len] == 0) {
		add_both(&m->keys, CHANNEL_STRING, inq_hash64(b.at, len, 2));
		return;
	}
	if (is_short || !r || r->access & (INQ_WRITE | INQ_EXECUTE) || b.len < SAMPLE)
		return;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (x->pointers[middle].slot_va + 7 < va)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < x->pointer_count && x->pointers[low].slot_va < va + SAMPLE)
		return;
	word = inq_le64(b.at);
	if (x->big_endian)
		word = __builtin_bswap64(word);
	if (word == 0 || is_distances(x, va, word) || inq_exhibit_region(x, word) ||
	        inq_exhibit_region(x, word & UINT32_MAX))
		return;
	add_both(&m->keys, CHANNEL_DATA, word);
}

void *maker_scratch(struct maker *m, size_t count)
{
	if (count > m->scratch_capacity) {
		size_t capacity = count + count / 2;
		uint64_t *scratch = inq_arena_new(m->keys.arena, capacity, sizeof *scratch);

		if (!scratch)
			return NULL;
		m->scratch = scratch;
		m->scratch_capacity = capacity;
	}
	return m->scratch;
}

/* Up to how many neighbours a block tells: beyond, one is like many. */
static uint32_t few(uint32_t count)
{
	return count < 4 ? count : 4;
}

/*
 * Each block by the number of its neighbours and whether it leads back, then with
 * the same of those behind it, and of those behind them (Weisfeiler and Leman 1968).
 */
static void add_graph(struct maker *m, const struct inq_function *f)
{
	const struct inq_code *c = m->code;
	uint32_t count = f->block_count;
	uint64_t *label = maker_scratch(m, 2 * (size_t)count), *next;

	if (!label) {
		m->keys.failed = true;
		return;
	}
	next = label + count;
	memset(label, 0, count * sizeof *label);
	for (uint32_t i = 0; i < count; i++) {
		const struct inq_block *b = &c->blocks[f->block_first + i];

		for (unsigned j = 0; j < 2; j++)
			if (b->successor[j] < count)
				label[b->successor[j]]++;
	}
	for (uint32_t i = 0; i < count; i++) {
		const struct inq_block *b = &c->blocks[f->block_first + i];
		uint32_t out =
		        b->edge_count + (b->successor[0] < count ? 1 : 0) + (b->successor[1] < count ? 1 : 0);
		bool back = (b->successor[0] < count && b->successor[0] <= i) ||
		            (b->successor[1] < count && b->successor[1] <= i);

		label[i] = few((uint32_t)label[i]) << 8 | few(out) << 4 | (uint32_t)back;
	}
	for (unsigned round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < count; i++) {
			const struct inq_block *b = &c->blocks[f->block_first + i];
			uint64_t behind = 0;

			keys_add(&m->keys, CHANNEL_GRAPH, label[i] + ((uint64_t)round << 60));
			for (unsigned j = 0; j < 2; j++)
				if (b->successor[j] < count)
					behind += mix64(label[b->successor[j]] + 1);
			next[i] = (mix64(label[i]) + behind) >> 8;
		}
		memcpy(label, next, count * sizeof *label);
	}
}

void features_gather(struct maker *m, const struct inq_function *f)
{
	const struct inq_code *c = m->code;
	struct counts counts = { 0 };
	uint8_t stack, frame;
	uint32_t block_count = 0;

	m->keys.count = 0;
	if (!f->block_count)
		return;
	stack_registers(c->exhibit->arch, f->thumb, &stack, &frame);
	if (!has_frame(c, f, stack, frame))
		frame = stack;
	for (uint32_t i = 0; i < f->block_count; i++) {
		const struct inq_block *b = &c->blocks[f->block_first + i];

		gather_block(m, b, stack, frame, &counts);
		block_count++;
		for (unsigned j = 0; j < 2; j++)
			counts.loops += b->successor[j] <= i;
	}
	for (uint32_t i = 0; i < f->reference_count; i++) {
		const struct inq_reference *r = &c->references[f->reference_first + i];

		if (r->kind == INQ_REFERENCE_IMPORT && r->value < c->exhibit->import_count) {
			if (m->import_hash[r->value])
				add_both(&m->keys, CHANNEL_IMPORT, m->import_hash[r->value]);
		} else if (r->kind == INQ_REFERENCE_DATA) {
			gather_data(m, r->value);
		}
	}
	lift_function(m, f);
	add_graph(m, f);
	add_steps(&m->keys, 1, block_count);
	add_steps(&m->keys, 2, counts.operations);
	add_steps(&m->keys, 3, counts.calls);
	add_steps(&m->keys, 4, counts.branches);
	add_steps(&m->keys, 5, counts.loops);
	add_steps(&m->keys, 6, counts.loads);
	add_steps(&m->keys, 7, counts.stores);
}

bool features_exact(struct maker *m, const struct inq_function *f, uint64_t ret[2])
{
	const struct inq_code *c = m->code;
	size_t count = 0;

	if (!maker_scratch(m, 2 + 4 * (size_t)f->block_count + f->insn_count + f->reference_count))
		return false;
	m->scratch[count++] = (uint64_t)c->exhibit->arch << 1 | c->exhibit->big_endian;
	m->scratch[count++] = f->block_count;
	for (uint32_t i = 0; i < f->block_count; i++) {
		const struct inq_block *b = &c->blocks[f->block_first + i];
		struct inq_bytes bytes = inq_exhibit_at(c->exhibit, b->va);

		m->scratch[count++] = (uint64_t)b->successor[0] << 32 | b->successor[1];
		m->scratch[count++] = b->edge_count;
		for (uint32_t j = 0; j < b->count; j++) {
			const struct inq_insn *n = &c->insns[b->first + j];
			struct inq_bytes one;

			/* Where padding stands is a matter of addresses. */
			if (n->op == INQ_OP_NOP)
				continue;
			if (!inq_bytes_cut(bytes, n->va - b->va, n->len, &one))
				continue;
			m->scratch[count++] = inq_insn_hash(c->decoder, n, one);
		}
	}
	for (uint32_t i = 0; i < f->reference_count; i++) {
		const struct inq_reference *r = &c->references[f->reference_first + i];

		if (r->kind == INQ_REFERENCE_IMPORT && r->value < c->exhibit->import_count)
			m->scratch[count++] = m->import_hash[r->value];
	}
	ret[0] = inq_hash64(m->scratch, count * sizeof *m->scratch, 0x696e717569727901);
	ret[1] = inq_hash64(m->scratch, count * sizeof *m->scratch, 0x696e717569727902);
	return true;
}
