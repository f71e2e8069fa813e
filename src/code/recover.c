#include "code/recover.h"
#include <string.h>

static bool make_spans(struct recovery *r)
{
	const struct inq_exhibit *x = r->x;
	size_t units = 0;

	r->spans = inq_arena_new(r->a, x->region_count + 1, sizeof *r->spans);
	if (!r->spans)
		return false;
	for (size_t n = 0; n < x->region_count; n++) {
		const struct inq_region *region = &x->regions[n];
		struct span *s = &r->spans[r->span_count];

		if (region->kind != INQ_REGION_CODE || region->bytes.len < (1U << r->unit_shift))
			continue;
		s->va = region->va;
		s->bytes = region->bytes;
		s->units = region->bytes.len >> r->unit_shift;
		s->insn = inq_arena_new(r->a, s->units, sizeof *s->insn);
		s->mark = inq_arena_new(r->a, s->units, 1);
		if (!s->insn || !s->mark)
			return false;
		r->span_count++;
		units += s->units;
	}
	/* Room for what ordinary code holds, so that the list need not be copied as it grows. */
	r->units = units;
	r->insn_capacity = units / (r->unit_shift ? 1 : 4) + 16;
	r->insns = inq_arena_new(r->a, r->insn_capacity, sizeof *r->insns);
	r->chunk_capacity = r->insn_capacity / 5 + 16;
	r->chunks = inq_arena_new(r->a, r->chunk_capacity, sizeof *r->chunks);
	return r->insns && r->chunks;
}

static bool put_stub(struct recovery *r, uint64_t va, uint32_t import)
{
	return inq_map_put(r, &r->stub_of, va, import + 1);
}

/* Reads a region of stubs: each runs to an indirect jump through an import's slot. */
static void read_stubs(struct recovery *r, const struct inq_region *region)
{
	uint64_t off = 0, first = 0; /* first: where the stub in hand begins */
	struct state state;
	struct inq_insn i;

	inq_state_start(r, region->va, &state);
	while (off < region->bytes.len && !r->no_memory) {
		struct value v;

		if (r->d->arch == INQ_ARCH_X86_32 && r->x->gp_va)
			state.reg[3] = (struct value){ .kind = VALUE_CONST, .at = r->x->gp_va };
		/* Thumb callers enter an A32 stub through bx pc; nop. */
		if (r->d->arch == INQ_ARCH_ARM && region->bytes.len - off >= 4 &&
		        memcmp(region->bytes.at + off, "\x78\x47", 2) == 0) {
			first = off;
			off += 4;
			continue;
		}
		if (!inq_insn_decode(r->d, region->va + off, inq_bytes_from(region->bytes, off), &i)) {
			off += 1U << r->unit_shift;
			first = off;
			continue;
		}
		inq_state_step(r, &state, &i);
		v = i.flow == INQ_FLOW_JUMP_INDIRECT ? inq_state_target(r, &state, &i) : (struct value){ 0 };
		/* Whatever is called between the last jump and this one forwards to the import. */
		if (v.kind == VALUE_IMPORT && off - first <= 16)
			for (uint64_t at = first; at <= off; at += 1U << r->unit_shift)
				if (!put_stub(r, region->va + at, (uint32_t)v.at))
					return;
		off += i.len;
		if (i.flow != INQ_FLOW_NEXT && i.flow != INQ_FLOW_CALL) {
			first = off;
			inq_state_start(r, region->va + off, &state);
		}
	}
}

static bool read_imports(struct recovery *r)
{
	const struct inq_exhibit *x = r->x;

	for (size_t n = 0; n < x->import_count && n < UINT32_MAX - 1; n++) {
		if (x->imports[n].slot_va && !inq_map_put(r, &r->slot_of, x->imports[n].slot_va, (uint32_t)n))
			return false;
		if (x->imports[n].stub_va && !put_stub(r, x->imports[n].stub_va, (uint32_t)n))
			return false;
	}
	for (size_t n = 0; n < x->region_count; n++)
		if (x->regions[n].kind == INQ_REGION_STUBS)
			read_stubs(r, &x->regions[n]);
	return !r->no_memory;
}

static void take(struct recovery *r, uint64_t va)
{
	size_t unit;
	struct span *span = inq_span(r, plain(r, va), &unit);

	if (!span)
		return;
	span->mark[unit] |= MARK_TAKEN;
	if (r->d->arch == INQ_ARCH_ARM && va & 1)
		span->mark[unit] |= MARK_THUMB;
}

/* Words of the data that are addresses in the code, where no relocation tells. */
static void read_words(struct recovery *r)
{
	unsigned size = r->x->bits / 8;

	if (!r->trust_immediates || size == 0)
		return;
	for (size_t n = 0; n < r->x->region_count; n++) {
		const struct inq_region *region = &r->x->regions[n];
		uint64_t word;
		uint32_t half;

		if (region->kind != INQ_REGION_DATA)
			continue;
		for (uint64_t off = (0 - region->va) & (size - 1); off + size <= region->bytes.len;
		        off += size) {
			if (size == 8 ? inq_bytes_u64(region->bytes, off, r->x->big_endian, &word)
			              : inq_bytes_u32(region->bytes, off, r->x->big_endian, &half)) {
				take(r, size == 8 ? word : half);
			}
		}
	}
}

static bool is_function_hint(const struct recovery *r, const struct inq_hint *h)
{
	return h->source != INQ_SOURCE_POINTER && h->source != INQ_SOURCE_NONE &&
	       (r->x->arch != INQ_ARCH_NONE);
}

bool inq_thumb_likely(const struct recovery *r, uint64_t va)
{
	size_t unit, always = 0, words = 0;
	struct span *span = inq_span(r, va & ~3ULL, &unit);
	uint32_t word;

	if (!span)
		return true;
	/* Four of five A32 instructions are unconditional, which is a nibble of 0xe; of Thumb, one in ten words. */
	if (span->units - unit < 32)
		unit = span->units > 32 ? (span->units - 32) & ~(size_t)1 : 0;
	for (; words < 32 && inq_bytes_u32(span->bytes, (uint64_t)unit * 2, r->d->big_endian, &word);
	        unit += 2, words++)
		always += word >> 28 == 0xe;
	return 5 * always < 2 * words;
}

/* ARM: a start whose instruction set is not stated. */
static uint64_t with_thumb_bit(const struct recovery *r, uint64_t va)
{
	if (r->d->arch != INQ_ARCH_ARM || va & 1)
		return va;
	return va & 3 || inq_thumb_likely(r, va) ? va | 1 : va;
}

/*
 * Where the next function begins, for a Mach-O file that lists all of them
 * (LC_FUNCTION_STARTS); 0: not stated.
 */
static uint64_t next_listed(const struct inq_exhibit *x, size_t n)
{
	if (x->format != INQ_FORMAT_MACHO || x->hints[n].source != INQ_SOURCE_STARTS)
		return 0;
	for (size_t k = n + 1; k < x->hint_count; k++)
		if (x->hints[k].source == INQ_SOURCE_STARTS && x->hints[k].va > x->hints[n].va)
			return x->hints[k].va;
	return 0;
}

/* What lies inside a function that a table lists is no start; `*until` spares marking twice. */
static void mark_inner(struct recovery *r, uint64_t va, uint64_t size, uint64_t *until)
{
	size_t unit, end;
	struct span *span = inq_span(r, plain(r, va), &unit);

	if (!span)
		return;
	end = size >> r->unit_shift < span->units - unit ? unit + (size_t)(size >> r->unit_shift)
	                                                 : span->units;
	unit++;
	if (*until > span->va && (*until - span->va) >> r->unit_shift > unit)
		unit = (size_t)((*until - span->va) >> r->unit_shift);
	for (; unit < end; unit++)
		span->mark[unit] |= MARK_INNER;
	if (span->va + ((uint64_t)end << r->unit_shift) > *until)
		*until = span->va + ((uint64_t)end << r->unit_shift);
}

static void seed(struct recovery *r)
{
	const struct inq_exhibit *x = r->x;
	uint64_t until = 0;

	for (size_t n = 0; n < x->pointer_count; n++)
		take(r, x->pointers[n].target_va);
	read_words(r);
	for (size_t n = 0; n < x->hint_count && !r->no_memory; n++) {
		const struct inq_hint *h = &x->hints[n];
		uint64_t va = h->va, size = h->size;

		if (!is_function_hint(r, h)) {
			take(r, va);
			continue;
		}
		if (h->source == INQ_SOURCE_UNWIND) {
			va = with_thumb_bit(r, va);
			/* .ARM.exidx has no sizes, and one entry may stand for many functions (EHABI, section 5). */
			if (r->d->arch == INQ_ARCH_ARM)
				size = 0;
		} else if (h->source == INQ_SOURCE_STARTS) {
			uint64_t next = next_listed(x, n);

			size = next ? next - va : 0;
		}
		if (size && (h->source == INQ_SOURCE_UNWIND || h->source == INQ_SOURCE_STARTS))
			mark_inner(r, va, size, &until);
		inq_start_add(r, va, h->source, size, h->name);
	}
}

enum inq_status inq_code_recover(
        const struct inq_exhibit *x, struct inq_arena *a, struct inq_code *ret, struct inq_error *err)
{
	struct recovery r = { .x = x, .a = a };

	if (x->arch == INQ_ARCH_NONE) {
		*ret = (struct inq_code){ .exhibit = x };
		return INQ_OK;
	}
	r.unit_shift = x->arch == INQ_ARCH_A64 || x->arch == INQ_ARCH_MIPS ? 2
	               : x->arch == INQ_ARCH_ARM                           ? 1
	                                                                   : 0;
	r.trust_immediates = !x->position_independent && x->kind != INQ_KIND_OBJECT && x->pointer_count == 0;
	r.reg_count =
	        x->arch == INQ_ARCH_X86_64 || x->arch == INQ_ARCH_X86_32 || x->arch == INQ_ARCH_ARM ? 16 : 32;
	r.d = inq_decoder_new(x->arch, x->big_endian, a);
	if (!r.d || !make_spans(&r) || !read_imports(&r))
		goto no_memory;
	seed(&r);
	inq_explore_starts(&r);
	inq_shape(&r);
	for (unsigned round = 0; round < 32 && !r.no_memory && inq_gap(&r); round++) {
		inq_explore_starts(&r);
		inq_shape(&r);
	}
	if (r.no_memory)
		goto no_memory;
	return inq_emit(&r, ret, err);
no_memory:
	return inq_fail(
	        err, INQ_NO_MEMORY, 0, "the code is too large for the memory this examination may use");
}

const struct inq_function *inq_code_function(const struct inq_code *c, uint64_t va)
{
	size_t low = 0, high = c->function_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (c->functions[middle].va == va)
			return &c->functions[middle];
		if (c->functions[middle].va < va)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

struct inq_bytes inq_code_insn_bytes(const struct inq_code *c, const struct inq_insn *i)
{
	struct inq_bytes bytes = inq_exhibit_at(c->exhibit, i->va), cut;

	return inq_bytes_cut(bytes, 0, i->len, &cut) ? cut : (struct inq_bytes){ NULL, 0 };
}
