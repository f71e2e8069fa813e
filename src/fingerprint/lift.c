#include "fingerprint/lift.h"
#include <string.h>

static const uint8_t arguments_sysv[] = { 7, 6, 2, 1, 8, 9 }, arguments_windows[] = { 1, 2, 8, 9 },
                     arguments_a64[] = { 0, 1, 2, 3, 4, 5, 6, 7 }, arguments_arm[] = { 0, 1, 2, 3 },
                     arguments_mips[] = { 4, 5, 6, 7 };

static void set_arch(struct lift *l)
{
	const struct inq_exhibit *x = l->code->exhibit;
	bool windows = x->format == INQ_FORMAT_PE;

	l->arch = x->arch;
	l->fixed = true;
	switch (x->arch) {
	case INQ_ARCH_X86_64:
		l->arguments = windows ? arguments_windows : arguments_sysv;
		l->argument_count = windows ? 4 : 6;
		l->stack = 4;
		l->frame = 5;
		l->fixed = false;
		return;
	case INQ_ARCH_X86_32:
		l->stack = 4;
		l->frame = 5;
		l->fixed = false;
		return;
	case INQ_ARCH_A64:
		l->arguments = arguments_a64;
		l->argument_count = 8;
		l->stack = 31;
		l->frame = 29;
		return;
	case INQ_ARCH_ARM:
		l->arguments = arguments_arm;
		l->argument_count = 4;
		l->stack = 13;
		l->frame = 11;
		return;
	case INQ_ARCH_MIPS:
		l->arguments = arguments_mips;
		l->argument_count = 4;
		l->stack = 29;
		l->frame = 30;
		l->result = 2;
		return;
	case INQ_ARCH_NONE:
		break;
	}
	l->stack = INQ_REG_NONE;
	l->frame = INQ_REG_NONE;
}

static bool is_delayed(const struct inq_insn *n)
{
	return n->flags & INQ_INSN_DELAY && (n->op == INQ_OP_CALL || n->op == INQ_OP_RETURN);
}

/* What is left in registers at the end of a block, for others to use. */
static void end_block(struct lift *l)
{
	for (uint8_t i = 0; i < 32; i++)
		if (l->written[i] && i != l->stack && i != l->frame &&
		        (value_is_operation(&l->reg[i]) ||
		                (l->reg[i].constant && l->reg[i].kind != VALUE_CONSTANT &&
		                        l->reg[i].kind != VALUE_STACK && l->reg[i].kind != VALUE_ADDRESS))) {
			lift_tell_constant(l, &l->reg[i]);
			lift_tell(l, USE_KEPT, l->reg[i]);
		}
}

static void begin_block(struct lift *l)
{
	for (uint8_t i = 0; i < REGISTERS; i++) {
		bool kept = l->reg[i].kind == VALUE_STACK && (i == l->stack || i == l->frame);

		if (!kept && !(l->arch == INQ_ARCH_MIPS && i == 28))
			l->reg[i] = value_leaf(VALUE_VARIABLE);
	}
	l->round++;
	l->flags.known = false;
	l->outcome_in = INQ_REG_NONE;
	l->differ_in = INQ_REG_NONE;
}

/* How many blocks lead to each: 0, 1, or 2 for more. */
static void count_leading(const struct inq_code *c, const struct inq_function *f, uint8_t *ret)
{
	memset(ret, 0, f->block_count);
	for (uint32_t i = 0; i < f->block_count; i++) {
		const struct inq_block *b = &c->blocks[f->block_first + i];

		for (unsigned j = 0; j < 2; j++)
			if (b->successor[j] < f->block_count && ret[b->successor[j]] < 2)
				ret[b->successor[j]]++;
		for (uint32_t j = 0; j < b->edge_count; j++)
			if (c->edges[b->edge_first + j] < f->block_count)
				ret[c->edges[b->edge_first + j]] = 2;
	}
}

void lift_function(struct maker *m, const struct inq_function *f)
{
	const struct inq_code *c = m->code;
	struct lift *l = m->lift;
	uint32_t reference = f->reference_first, references = f->reference_first + f->reference_count;
	uint8_t *leading = maker_scratch(m, f->block_count / sizeof(uint64_t) + 1);

	if (!leading) {
		m->keys.failed = true;
		return;
	}
	count_leading(c, f, leading);
	l->keys = &m->keys;
	if (l->arch == INQ_ARCH_ARM)
		l->frame = f->thumb ? 7 : 11;
	memset(l->reg, 0, sizeof l->reg);
	if (l->stack < REGISTERS)
		l->reg[l->stack] = value_leaf(VALUE_STACK);
	for (uint32_t i = 0; i < f->block_count; i++) {
		const struct inq_block *b = &c->blocks[f->block_first + i];
		uint32_t next = reference;
		const struct inq_block *before = i ? b - 1 : NULL;
		bool follows =
		        before && leading[i] == 1 && (before->successor[0] == i || before->successor[1] == i);

		while (next < references && c->references[next].at_va - b->va < b->size)
			next++;
		l->references = c->references + reference;
		l->reference_count = next - reference;
		reference = next;
		if (!follows)
			begin_block(l);
		memset(l->written, 0, sizeof l->written);
		for (uint32_t j = 0; j < b->count; j++) {
			const struct inq_insn *n = &c->insns[b->first + j];

			if (is_delayed(n) && j + 1 < b->count) {
				lift_insn(l, n + 1);
				j++;
			}
			lift_insn(l, n);
		}
		end_block(l);
	}
}

bool lift_init(struct maker *m)
{
	struct lift *l = inq_arena_new(m->keys.arena, 1, sizeof *l);

	if (!l)
		return false;
	l->code = m->code;
	set_arch(l);
	m->lift = l;
	return true;
}
