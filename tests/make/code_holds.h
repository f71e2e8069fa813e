/*
 * What holds of all recovered code, whatever it was recovered from: the
 * promises of <inquiry/code.h>. For the unit tests and the fuzzer.
 */
#ifndef MAKE_CODE_HOLDS_H
#define MAKE_CODE_HOLDS_H

#include <inquiry/code.h>
#include <string.h>

static inline const char *block_holds(
        const struct inq_code *c, const struct inq_function *f, const struct inq_block *b)
{
	uint64_t va = b->va;

	if (!b->count || b->first > c->insn_count || b->count > c->insn_count - b->first)
		return "a block has no instructions, or some that are not there";
	for (uint32_t i = 0; i < b->count; i++) {
		const struct inq_insn *insn = &c->insns[b->first + i];

		if (insn->va != va || !insn->len)
			return "the instructions of a block do not follow each other";
		if (inq_code_insn_bytes(c, insn).len != insn->len)
			return "an instruction lies on no bytes";
		va += insn->len;
	}
	if (va - b->va != b->size)
		return "a block has another size than its instructions";
	for (unsigned i = 0; i < 2; i++)
		if (b->successor[i] != INQ_NO_BLOCK && b->successor[i] >= f->block_count)
			return "a successor is no block of the function";
	if (b->edge_first > c->edge_count || b->edge_count > c->edge_count - b->edge_first)
		return "the edges of a block are not there";
	for (uint32_t i = 0; i < b->edge_count; i++)
		if (c->edges[b->edge_first + i] >= f->block_count)
			return "an edge leads to no block of the function";
	return NULL;
}

static inline const char *function_holds(const struct inq_code *c, const struct inq_function *f)
{
	uint64_t insns = 0;
	const char *wrong;

	if (!f->block_count || f->block_first > c->block_count ||
	        f->block_count > c->block_count - f->block_first)
		return "a function has no blocks, or some that are not there";
	if (c->blocks[f->block_first].va != f->va)
		return "the first block of a function is not its entry";
	for (uint32_t i = 0; i < f->block_count; i++) {
		const struct inq_block *b = &c->blocks[f->block_first + i];

		if (i > 1 && b[-1].va >= b->va)
			return "the blocks of a function are not sorted";
		if ((wrong = block_holds(c, f, b)))
			return wrong;
		insns += b->count;
	}
	if (insns != f->insn_count)
		return "a function has another number of instructions than its blocks";
	if (!f->size || f->size < c->blocks[f->block_first].size)
		return "a function is smaller than its first block";
	if (f->reference_first > c->reference_count ||
	        f->reference_count > c->reference_count - f->reference_first)
		return "the references of a function are not there";
	for (uint32_t i = 0; i < f->reference_count; i++) {
		const struct inq_reference *r = &c->references[f->reference_first + i];

		if ((unsigned)r->kind > INQ_REFERENCE_CODE)
			return "a reference is of no kind";
		if (r->kind == INQ_REFERENCE_IMPORT && r->value >= c->exhibit->import_count)
			return "a reference names no import";
	}
	if (f->source == INQ_SOURCE_NONE || (unsigned)f->source > INQ_SOURCE_GAP)
		return "a function has no source";
	return NULL;
}

/* What does not hold, or NULL. */
static inline const char *code_holds(const struct inq_code *c)
{
	const char *wrong;

	if (c->function_bytes + c->padding_bytes > c->code_bytes)
		return "there are more bytes in functions than there is code";
	for (size_t i = 0; i < c->function_count; i++) {
		const struct inq_function *f = &c->functions[i];

		if (i && f[-1].va >= f->va)
			return "functions are not sorted, or one is there twice";
		if (inq_code_function(c, f->va) != f)
			return "a function is not found by its address";
		if ((wrong = function_holds(c, f)))
			return wrong;
	}
	return NULL;
}

#endif
