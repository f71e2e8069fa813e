/*
 * The decoders of the fixed-width instruction sets: what they must say of
 * instructions that matter to those who follow code, and what Capstone says of
 * many more. Where the two differ, a rule below says why, by the bits of the
 * instruction; a difference that no rule names fails the test.
 */
#include "code/decode.h"
#include <capstone/capstone.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum set { A64, A32, THUMB, MIPS };

enum { NO = INQ_REG_NONE, PC = INQ_REG_PC };

static const struct inq_decoder *decoder_of(enum set set)
{
	static const struct inq_decoder a64 = { .arch = INQ_ARCH_A64 };
	static const struct inq_decoder arm = { .arch = INQ_ARCH_ARM };
	static const struct inq_decoder mips = { .arch = INQ_ARCH_MIPS };

	return set == A64 ? &a64 : set == MIPS ? &mips : &arm;
}

/* A Thumb instruction of two halfwords has the first in its upper half. */
static struct inq_bytes code_of(enum set set, uint32_t word, uint8_t at[4])
{
	size_t len = 4;

	if (set == THUMB && word >> 16)
		word = word >> 16 | word << 16;
	else if (set == THUMB)
		len = 2;
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(word >> 8 * i);
	return (struct inq_bytes){ at, len };
}

static bool decode(enum set set, uint64_t va, uint32_t word, struct inq_insn *ret)
{
	uint8_t at[4];

	return inq_insn_decode(decoder_of(set), va | (set == THUMB), code_of(set, word, at), ret);
}

static bool registers(enum set set, uint32_t word, uint32_t *ret_reads, uint32_t *ret_writes)
{
	uint8_t at[4];

	return inq_insn_registers(
	        decoder_of(set), set == THUMB, code_of(set, word, at), ret_reads, ret_writes);
}

#define REF INQ_INSN_HAS_REF
#define IMM INQ_INSN_HAS_IMM
#define RD INQ_INSN_READS_MEMORY
#define WR INQ_INSN_WRITES_MEMORY
#define COND INQ_INSN_CONDITIONAL
#define DELAY INQ_INSN_DELAY
#define BASE INQ_INSN_BASE_DISP

/* `constant` is `ref` where flags have REF, else `imm`. At address 0x10000. */
static const struct claim {
	enum set set;
	uint32_t word;
	const char *text;
	enum inq_op op;
	enum inq_flow flow;
	unsigned flags;
	uint8_t rd, rn, rm, rs;
	int64_t constant;
	uint8_t shift, width;
	enum inq_condition condition;
	uint32_t reads, writes;
} claims[] = {
#include "insn_claims.inc"
};

static void claims_hold(enum set set)
{
	for (size_t k = 0; k < sizeof claims / sizeof *claims; k++) {
		const struct claim *c = &claims[k];
		struct inq_insn i;
		uint32_t reads, writes;
		unsigned flags;

		if (c->set != set)
			continue;
		if (!decode(set, 0x10000, c->word, &i))
			fail_msg("%08x %s is refused", c->word, c->text);
		flags = i.flags & ~(unsigned)INQ_INSN_THUMB;
		if (i.op != c->op || i.flow != c->flow || flags != c->flags)
			fail_msg("%08x %s: op %s, flow %u, flags %#x", c->word, c->text, inq_op_name(i.op),
			        i.flow, flags);
		if (i.rd != c->rd || i.rn != c->rn || i.rm != c->rm || i.rs != c->rs)
			fail_msg("%08x %s: rd %u, rn %u, rm %u, rs %u", c->word, c->text, i.rd, i.rn, i.rm,
			        i.rs);
		if ((flags & REF ? (int64_t)i.ref : i.imm) != c->constant)
			fail_msg("%08x %s: ref %#llx, imm %#llx", c->word, c->text, (unsigned long long)i.ref,
			        (unsigned long long)i.imm);
		if (i.shift != c->shift || i.width != c->width || i.condition != c->condition)
			fail_msg("%08x %s: shift %u, width %u, condition %u", c->word, c->text, i.shift,
			        i.width, i.condition);
		assert_true(registers(set, c->word, &reads, &writes));
		if (reads != c->reads || writes != c->writes)
			fail_msg("%08x %s: reads %#x, writes %#x", c->word, c->text, reads, writes);
	}
}

static void tells_what_a64_does(void **state)
{
	(void)state;
	claims_hold(A64);
}

static void tells_what_a32_does(void **state)
{
	(void)state;
	claims_hold(A32);
}

static void tells_what_thumb_does(void **state)
{
	(void)state;
	claims_hold(THUMB);
}

static void tells_what_mips_does(void **state)
{
	(void)state;
	claims_hold(MIPS);
}

/* What Capstone, through the operands it lists, says of an instruction. */
struct second_opinion {
	int64_t imm[12];
	unsigned imms;
	uint32_t registers; /* general, of all operands */
	bool memory;
	int base, index; /* NO, PC or a number */
	int64_t displacement;
	bool jumps, calls, returns;
};

static int number_a64(unsigned r)
{
	if (r >= ARM64_REG_X0 && r <= ARM64_REG_X28)
		return (int)(r - ARM64_REG_X0);
	if (r >= ARM64_REG_W0 && r <= ARM64_REG_W30)
		return (int)(r - ARM64_REG_W0);
	if (r == ARM64_REG_X29 || r == ARM64_REG_X30)
		return r == ARM64_REG_X29 ? 29 : 30;
	return r == ARM64_REG_SP || r == ARM64_REG_WSP ? 31 : NO;
}

static int number_arm(unsigned r)
{
	if (r >= ARM_REG_R0 && r <= ARM_REG_R12)
		return (int)(r - ARM_REG_R0);
	return r == ARM_REG_SP ? 13 : r == ARM_REG_LR ? 14 : r == ARM_REG_PC ? PC : NO;
}

static int number_mips(unsigned r)
{
	return r > MIPS_REG_0 && r <= MIPS_REG_31 ? (int)(r - MIPS_REG_0) : NO;
}

static void take_register(struct second_opinion *o, int r)
{
	if (r < 32)
		o->registers |= 1u << r;
}

static void take_immediate(struct second_opinion *o, int64_t imm)
{
	if (o->imms < sizeof o->imm / sizeof *o->imm)
		o->imm[o->imms++] = imm;
}

static void take_memory(struct second_opinion *o, int base, int index, int64_t displacement)
{
	o->memory = true;
	o->base = base;
	o->index = index;
	o->displacement = displacement;
	take_register(o, base);
	take_register(o, index);
}

static void ask_a64(const cs_arm64 *c, struct second_opinion *o)
{
	for (unsigned k = 0; k < c->op_count; k++) {
		const cs_arm64_op *p = &c->operands[k];

		if (p->type == ARM64_OP_IMM)
			take_immediate(o, p->imm);
		else if (p->type == ARM64_OP_REG)
			take_register(o, number_a64(p->reg));
		else if (p->type == ARM64_OP_MEM)
			take_memory(o, number_a64(p->mem.base), number_a64(p->mem.index), p->mem.disp);
	}
}

static void ask_arm(const cs_arm *c, struct second_opinion *o)
{
	for (unsigned k = 0; k < c->op_count; k++) {
		const cs_arm_op *p = &c->operands[k];
		bool minus = p->subtracted;

		if (p->type == ARM_OP_IMM) {
			take_immediate(o, p->imm);
		} else if (p->type == ARM_OP_REG) {
			take_register(o, number_arm((unsigned)p->reg));
		} else if (p->type == ARM_OP_MEM) {
			int index = number_arm(p->mem.index);
			int64_t by = p->mem.disp;

			take_memory(o, number_arm(p->mem.base), index, minus && by > 0 ? -by : by);
			/* Subtracted, or shifted otherwise than to the left: not told. */
			if (minus || (p->shift.type != ARM_SFT_INVALID && p->shift.type != ARM_SFT_LSL))
				o->index = NO;
		}
		if (p->shift.type >= ARM_SFT_ASR_REG)
			take_register(o, number_arm(p->shift.value));
	}
}

static void ask_mips(const cs_mips *c, struct second_opinion *o)
{
	for (unsigned k = 0; k < c->op_count; k++) {
		const cs_mips_op *p = &c->operands[k];

		if (p->type == MIPS_OP_IMM)
			take_immediate(o, p->imm);
		else if (p->type == MIPS_OP_REG)
			take_register(o, number_mips(p->reg));
		else if (p->type == MIPS_OP_MEM)
			take_memory(o, number_mips(p->mem.base), NO, p->mem.disp);
	}
}

static void ask(enum set set, const cs_insn *c, struct second_opinion *o)
{
	memset(o, 0, sizeof *o);
	o->base = NO;
	o->index = NO;
	for (unsigned k = 0; k < c->detail->groups_count; k++) {
		o->jumps |= c->detail->groups[k] == CS_GRP_JUMP;
		o->calls |= c->detail->groups[k] == CS_GRP_CALL;
		o->returns |= c->detail->groups[k] == CS_GRP_RET;
	}
	if (set == A64)
		ask_a64(&c->detail->arm64, o);
	else if (set == MIPS)
		ask_mips(&c->detail->mips, o);
	else
		ask_arm(&c->detail->arm, o);
}

/* The ways in which the two may differ; a rule explains one of them. */
enum way { SAME, UNKNOWN, REFUSED, FLOW, TARGET, MEMORY, CONSTANT, REGISTERS, WAYS };

static const char *const way_name[WAYS] = { "same", "Capstone knows none", "refused", "flow", "target",
	"memory", "constant", "registers" };

static enum way compare_flow(const struct inq_insn *i, const struct second_opinion *o)
{
	bool calls = i->flow == INQ_FLOW_CALL || i->flow == INQ_FLOW_CALL_INDIRECT;
	bool goes = i->flow != INQ_FLOW_NEXT && i->flow != INQ_FLOW_STOP;

	/* It has some calls among the jumps. */
	if (o->calls ? !calls : o->returns ? i->flow != INQ_FLOW_RETURN : o->jumps != goes)
		return FLOW;
	if (goes && i->flags & REF && i->flow != INQ_FLOW_JUMP_INDIRECT) {
		for (unsigned k = 0; k < o->imms; k++)
			if ((uint32_t)o->imm[k] == (uint32_t)i->ref ||
			        (uint32_t)o->imm[k] == ((uint32_t)i->ref & ~1u))
				return SAME;
		return TARGET;
	}
	return SAME;
}

static enum way compare_memory(const struct inq_insn *i, const struct second_opinion *o)
{
	bool list = i->op == INQ_OP_PUSH || i->op == INQ_OP_POP || i->flow == INQ_FLOW_RETURN;

	if (i->flags & REF)
		return SAME;
	if (!o->memory)
		return i->flags & BASE && !list && i->flow == INQ_FLOW_NEXT ? MEMORY : SAME;
	if (!(i->flags & BASE) || i->rn != o->base || i->rm != o->index || i->imm != o->displacement)
		return MEMORY;
	return SAME;
}

/* Capstone shows a constant as it is, or as it is encoded: with a shift or a rotation. */
static enum way compare_constant(const struct inq_insn *i, const struct second_opinion *o)
{
	uint32_t value, turn;

	if (!(i->flags & IMM) || i->flags & REF || i->op == INQ_OP_VECTOR || i->op == INQ_OP_CONVERT ||
	        i->op == INQ_OP_FLOAT || !o->imms)
		return SAME;
	for (unsigned k = 0; k < o->imms; k++)
		for (unsigned shift = 0; shift < 64; shift += shift ? 4 : 12)
			if (i->imm == (int64_t)((uint64_t)o->imm[k] << shift) ||
			        (i->width <= 4 &&
			                (uint32_t)i->imm == (uint32_t)((uint64_t)o->imm[k] << shift)))
				return SAME;
	if (o->imms < 2)
		return CONSTANT;
	value = (uint32_t)o->imm[o->imms - 2];
	turn = (uint32_t)o->imm[o->imms - 1] & 31;
	value = turn ? value >> turn | value << (32 - turn) : value;
	return value == (uint32_t)i->imm ? SAME : CONSTANT;
}

static enum way compare_registers(
        enum set set, uint32_t word, const struct inq_insn *i, const struct second_opinion *o)
{
	/* What the assembler leaves unsaid: the link, and the stack of push and pop. */
	uint32_t lr = set == A64 ? 1u << 30 : set == MIPS ? 1u << 31 : 1u << 14;
	uint32_t unsaid = 0, reads, writes;
	bool calls = i->flow == INQ_FLOW_CALL || i->flow == INQ_FLOW_CALL_INDIRECT;

	if (calls || i->flow == INQ_FLOW_RETURN)
		unsaid |= lr;
	if (set != MIPS && set != A64 &&
	        (i->op == INQ_OP_PUSH || i->op == INQ_OP_POP || i->op == INQ_OP_RETURN))
		unsaid |= 1u << 13;
	if (!registers(set, word, &reads, &writes))
		return REGISTERS;
	return ((reads | writes) ^ o->registers) & ~unsaid ? REGISTERS : SAME;
}

static enum way compare(enum set set, csh handle, cs_insn *c, uint32_t word)
{
	struct second_opinion o;
	struct inq_insn i;
	enum way way;
	uint8_t bytes[4];
	struct inq_bytes b = code_of(set, word, bytes);
	const uint8_t *at = b.at;
	uint64_t va = 0x10000;
	bool ours = decode(set, va, word, &i), theirs = cs_disasm_iter(handle, &at, &b.len, &va, c);

	if (!ours || !theirs)
		return ours ? UNKNOWN : theirs ? REFUSED : SAME;
	assert_int_equal(i.len, c->size);
	assert_true(i.op < INQ_OP_COUNT);
	ask(set, c, &o);
	way = compare_flow(&i, &o);
	if (!way)
		way = compare_memory(&i, &o);
	if (!way)
		way = compare_constant(&i, &o);
	return way ? way : compare_registers(set, word, &i, &o);
}

/*
 * Where the bits under `mask` are `value`, the two may differ in this way; with
 * `names`, only where Capstone gives it one of these.
 */
static const struct rule {
	enum set set;
	enum way way;
	uint32_t mask, value;
	const char *names;
	const char *why;
} rules[] = {
#include "insn_rules.inc"
};

static unsigned used[sizeof rules / sizeof *rules];

static bool among(const char *names, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = names; (at = strstr(at, name)); at += len)
		if ((at == names || at[-1] == ' ') && (at[len] == ' ' || !at[len]))
			return true;
	return false;
}

static bool explained(enum set set, enum way way, uint32_t word, const char *name)
{
	for (size_t k = 0; k < sizeof rules / sizeof *rules; k++) {
		const struct rule *r = &rules[k];

		if (r->set == set && r->way == way && (word & r->mask) == r->value &&
		        (!r->names || among(r->names, name))) {
			used[k]++;
			return true;
		}
	}
	return false;
}

static csh capstone_of(enum set set)
{
	static const struct {
		cs_arch arch;
		unsigned mode;
	} of[] = {
		[A64] = { CS_ARCH_ARM64, 0 },
		[A32] = { CS_ARCH_ARM, CS_MODE_V8 },
		[THUMB] = { CS_ARCH_ARM, (unsigned)CS_MODE_THUMB | (unsigned)CS_MODE_V8 },
		[MIPS] = { CS_ARCH_MIPS, CS_MODE_MIPS32 },
	};
	csh handle;

	assert_int_equal(cs_open(of[set].arch, (cs_mode)of[set].mode, &handle), CS_ERR_OK);
	assert_int_equal(cs_option(handle, CS_OPT_DETAIL, CS_OPT_ON), CS_ERR_OK);
	return handle;
}

struct sweep {
	enum set set;
	csh handle;
	cs_insn *insn;
	unsigned compared, shown;
};

static void sweep_open(struct sweep *s, enum set set)
{
	*s = (struct sweep){ .set = set, .handle = capstone_of(set) };
	s->insn = cs_malloc(s->handle);
	assert_non_null(s->insn);
}

static void sweep_word(struct sweep *s, uint32_t word)
{
	enum way way = compare(s->set, s->handle, s->insn, word);

	s->compared++;
	if (!way || explained(s->set, way, word, way == UNKNOWN ? "" : s->insn->mnemonic))
		return;
	if (s->shown++ < 25)
		print_message("%08x: %s: %s %s\n", word, way_name[way],
		        way == UNKNOWN ? "?" : s->insn->mnemonic, way == UNKNOWN ? "" : s->insn->op_str);
}

static void sweep_close(struct sweep *s, unsigned least)
{
	cs_free(s->insn, 1);
	cs_close(&s->handle);
	if (s->shown)
		fail_msg("%u of %u differ, and no rule says why", s->shown, s->compared);
	assert_true(s->compared >= least);
}

/* The same words on every machine: xorshift64. */
static uint32_t next_word(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint32_t)(*state >> 16);
}

static uint64_t seed(void)
{
	return 88172645463325252;
}

/* Every value of the twelve bits that tell most instructions apart, and others at random. */
static void agrees_with_capstone_on_a64(void **state)
{
	struct sweep s;
	uint64_t random = seed();

	(void)state;
	sweep_open(&s, A64);
	for (uint32_t top = 0; top < 1u << 11; top++)
		for (unsigned k = 0; k < 128; k++)
			sweep_word(&s, top << 21 | (next_word(&random) & 0x1fffff));
	sweep_close(&s, 1 << 18);
}

static void agrees_with_capstone_on_a32(void **state)
{
	struct sweep s;
	uint64_t random = seed();

	(void)state;
	sweep_open(&s, A32);
	for (uint32_t top = 0xe00; top < 0x1000; top++)
		for (unsigned k = 0; k < 256; k++)
			sweep_word(&s, top << 20 | (next_word(&random) & 0xfffff));
	sweep_close(&s, 1 << 17);
}

static void agrees_with_capstone_on_all_short_thumb(void **state)
{
	struct sweep s;

	(void)state;
	sweep_open(&s, THUMB);
	for (uint32_t half = 0; half < 0xe800; half++) {
		/* Capstone carries the state of an IT block into the next call. */
		if (half >> 8 == 0xbf && half & 15)
			continue;
		sweep_word(&s, half);
	}
	sweep_close(&s, 0xe700);
}

static void agrees_with_capstone_on_long_thumb(void **state)
{
	struct sweep s;
	uint64_t random = seed();

	(void)state;
	sweep_open(&s, THUMB);
	for (uint32_t top = 0xe80; top < 0x1000; top++)
		for (unsigned k = 0; k < 384; k++)
			sweep_word(&s, top << 20 | (next_word(&random) & 0xfffff));
	sweep_close(&s, 1 << 17);
}

static void agrees_with_capstone_on_mips(void **state)
{
	struct sweep s;
	uint64_t random = seed();

	(void)state;
	sweep_open(&s, MIPS);
	for (uint32_t top = 0; top < 64; top++) {
		for (unsigned k = 0; k < 1024; k++)
			sweep_word(&s, top << 26 | (next_word(&random) & 0x03ffffff));
		/* Fields that must be zero mostly are: they lie in the middle. */
		for (unsigned k = 0; k < 2048; k++)
			sweep_word(&s, top << 26 | (next_word(&random) & 0x03fff83f));
	}
	sweep_close(&s, 1 << 17);
}

/* After the sweeps: a rule that explains nothing may hide what it was not meant to. */
static void every_rule_is_needed(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof rules / sizeof *rules; k++)
		if (!used[k])
			fail_msg("rule %zu, %s %s: never used", k, way_name[rules[k].way], rules[k].why);
}

/* `if then` blocks: what it says of itself. */
static void if_then_tells_its_mask(void **state)
{
	unsigned known = 0;

	(void)state;
	for (uint32_t low = 0; low < 256; low++) {
		struct inq_insn i;

		if (!(low & 15))
			continue;
		if (!decode(THUMB, 0x10000, 0xbf00 | low, &i))
			continue;
		known++;
		assert_int_equal(i.op, INQ_OP_NOP);
		assert_int_equal(i.imm, low);
	}
	/* Fourteen conditions with any mask; "always" with nothing else. */
	assert_int_equal(known, 14 * 15 + 4);
}

/* An operation has one mnemonic, whatever its registers and constants; two have two. */
static void mnemonics_tell_operations_apart(void **state)
{
	static const struct {
		enum set set;
		uint32_t l, r;
		bool same;
	} pairs[] = {
		{ A64, 0x91004020, 0x910ffc63, true }, /* add */
		{ A64, 0x91004020, 0xd1004020, false }, /* add, sub */
		{ A64, 0x91004020, 0xb1004020, false }, /* add, adds */
		{ A64, 0xf9400441, 0xf97ffe10, true }, /* ldr x */
		{ A64, 0xf9400441, 0xb9400441, false }, /* ldr x, ldr w */
		{ A64, 0x54000040, 0x54ffffc0, true }, /* b.eq */
		{ A64, 0x54000040, 0x54000041, false }, /* b.eq, b.ne */
		{ A64, 0x4ea28420, 0x4ebf87ff, true }, /* add v.4s */
		{ A64, 0x4ea28420, 0x6ea28420, false }, /* add, sub v.4s */
		{ A32, 0xe0910102, 0xe09a800b, true }, /* adds */
		{ A32, 0xe0910102, 0xe0810102, false }, /* adds, add */
		{ A32, 0xe5910004, 0xe5d10004, false }, /* ldr, ldrb */
		{ MIPS, 0x8fa40008, 0x8c85fff0, true }, /* lw */
		{ MIPS, 0x8fa40008, 0x90a4ffff, false }, /* lw, lbu */
		{ MIPS, 0x46241000, 0x46041000, false }, /* add.d, add.s */
	};

	(void)state;
	for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
		struct inq_insn l, r;

		assert_true(decode(pairs[k].set, 0, pairs[k].l, &l));
		assert_true(decode(pairs[k].set, 0, pairs[k].r, &r));
		if ((l.mnemonic == r.mnemonic) != pairs[k].same)
			fail_msg("%08x and %08x: %x, %x", pairs[k].l, pairs[k].r, l.mnemonic, r.mnemonic);
	}
}

static void a32_and_thumb_share_mnemonics(void **state)
{
	static const struct {
		uint32_t a32, thumb;
	} pairs[] = {
		{ 0xe0910002, 0x1888 }, /* adds r0, r1, r2 */
		{ 0xe0810102, 0xeb010082 }, /* add r0, r1, r2, lsl #2 */
		{ 0xe5910004, 0x6848 }, /* ldr r0, [r1, #4] */
		{ 0xe3010234, 0xf2412034 }, /* movw r0, #0x1234 */
		{ 0xe92d4010, 0xb510 }, /* push {r4, lr} */
		{ 0xe6ef0071, 0xb2c8 }, /* uxtb r0, r1 */
		{ 0xe0203291, 0xfb013002 }, /* mla r0, r1, r2, r3 */
		{ 0xf2220844, 0xef220844 }, /* vadd.i32 q0, q1, q2 */
		{ 0xed900b02, 0xed900b02 }, /* vldr d0, [r0, #8] */
		{ 0xe16f0f11, 0xfab1f081 }, /* clz r0, r1 */
		{ 0xe7e301d1, 0xf3c100c3 }, /* ubfx r0, r1, #3, #4 */
	};

	(void)state;
	for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
		struct inq_insn l, r;

		assert_true(decode(A32, 0, pairs[k].a32, &l));
		assert_true(decode(THUMB, 0, pairs[k].thumb, &r));
		if (l.mnemonic != r.mnemonic || l.op != r.op || l.rd != r.rd || l.rn != r.rn || l.rm != r.rm)
			fail_msg("%08x and %08x: %x, %x", pairs[k].a32, pairs[k].thumb, l.mnemonic,
			        r.mnemonic);
	}
}

static void refuses_what_is_no_instruction(void **state)
{
	static const struct {
		enum set set;
		uint32_t word;
	} none[] = {
		{ A64, 0x00000000 },
		{ A64, 0x0000ffff },
		{ A64, 0xffffffff },
		{ A64, 0x72000000 | 0x3f << 10 }, /* a mask of all ones */
		{ A64, 0x52c00000 }, /* movz w0, lsl #32 */
		{ A64, 0xa8c10421 }, /* ldp x1, x1, [x1], #16 */
		{ A64, 0xf8408421 }, /* ldr x1, [x1], #8 */
		{ A32, 0xe1500001 | 0xf000 }, /* cmp with a destination */
		{ A32, 0xe8900000 }, /* ldm of nothing */
		{ A32, 0x07ffffff }, /* udf, which has no condition */
		{ A32, 0xffffffff },
		{ THUMB, 0xffffffff },
		{ THUMB, 0xb400 }, /* push of nothing */
		{ THUMB, 0xbff1 }, /* it never */
		{ MIPS, 0xffffffff },
		{ MIPS, 0x0000003f },
		{ MIPS, 0x00000005 },
		{ MIPS, 0x70000003 },
	};
	struct inq_insn i;

	(void)state;
	for (size_t k = 0; k < sizeof none / sizeof *none; k++)
		if (decode(none[k].set, 0x10000, none[k].word, &i))
			fail_msg("%08x is taken as %s", none[k].word, inq_op_name(i.op));
}

static void refuses_what_is_cut_short(void **state)
{
	static const uint8_t long_thumb[] = { 0x2d, 0xe9, 0x10, 0x41 }; /* push.w {r4, r8, lr} */
	struct inq_insn i;

	(void)state;
	for (size_t len = 0; len < 4; len++) {
		struct inq_bytes b = { long_thumb, len };

		assert_false(inq_insn_decode(decoder_of(THUMB), 0x10001, b, &i));
		assert_false(inq_insn_decode(decoder_of(A32), 0x10000, b, &i));
		assert_false(inq_insn_decode(decoder_of(A64), 0x10000, b, &i));
		assert_false(inq_insn_decode(decoder_of(MIPS), 0x10000, b, &i));
	}
	assert_true(inq_insn_decode(decoder_of(THUMB), 0x10001, (struct inq_bytes){ long_thumb, 4 }, &i));
	assert_int_equal(i.va, 0x10000);
}

static void reads_big_endian_code(void **state)
{
	static const struct inq_decoder mips = { .arch = INQ_ARCH_MIPS, .big_endian = true };
	static const struct inq_decoder arm = { .arch = INQ_ARCH_ARM, .big_endian = true };
	static const uint8_t lw[] = { 0x8f, 0xa4, 0x00, 0x08 }, bx[] = { 0x47, 0x70 };
	static const uint8_t push[] = { 0xe9, 0x2d, 0x41, 0x10 };
	struct inq_insn i;

	(void)state;
	assert_true(inq_insn_decode(&mips, 0, (struct inq_bytes){ lw, sizeof lw }, &i));
	assert_int_equal(i.op, INQ_OP_LOAD);
	assert_int_equal(i.imm, 8);
	assert_true(inq_insn_decode(&arm, 1, (struct inq_bytes){ bx, sizeof bx }, &i));
	assert_int_equal(i.flow, INQ_FLOW_RETURN);
	assert_true(inq_insn_decode(&arm, 1, (struct inq_bytes){ push, sizeof push }, &i));
	assert_int_equal(i.op, INQ_OP_PUSH);
}

static void text_is_shown_of_each_set(void **state)
{
	static const struct {
		enum set set;
		uint32_t word;
		const char *text;
	} shown[] = {
		{ A64, 0xa9be7bfd, "stp x29, x30, [sp, #-0x20]!" },
		{ A64, 0x0420e3e0, ".word 0x0420e3e0" }, /* cntb, which Capstone does not know */
		{ A32, 0xe92d4010, "push {r4, lr}" },
		{ THUMB, 0x4770, "bx lr" },
		{ THUMB, 0xe92d4110, "push.w {r4, r8, lr}" },
		{ MIPS, 0x8fa40008, "lw $a0, 8($sp)" },
	};
	char text[64], small[5];
	uint8_t at[4];

	(void)state;
	for (size_t k = 0; k < sizeof shown / sizeof *shown; k++) {
		struct inq_bytes b = code_of(shown[k].set, shown[k].word, at);

		assert_true(inq_insn_text(
		        decoder_of(shown[k].set), 0x10000 + (shown[k].set == THUMB), b, text, sizeof text));
		assert_string_equal(text, shown[k].text);
		assert_true(inq_insn_text(
		        decoder_of(shown[k].set), 0x10000 + (shown[k].set == THUMB), b, small, sizeof small));
		assert_memory_equal(small, shown[k].text, 4);
		assert_int_equal(small[4], 0);
	}
	assert_false(inq_insn_text(
	        decoder_of(A64), 0, (struct inq_bytes){ (const uint8_t[4]){ 0 }, 4 }, text, sizeof text));
}

static void text_is_shown_of_x86(void **state)
{
	static const uint8_t mov[] = { 0x48, 0x8b, 0x44, 0x24, 0x08 },
	                     call[] = { 0xe8, 0xfb, 0x0f, 0x00, 0x00 };
	struct inq_arena *a = inq_arena_open(1 << 16);
	const struct inq_decoder *d = inq_decoder_new(INQ_ARCH_X86_64, false, a);
	char text[64];

	(void)state;
	assert_non_null(d);
	assert_true(inq_insn_text(d, 0x1000, (struct inq_bytes){ mov, sizeof mov }, text, sizeof text));
	assert_string_equal(text, "mov rax, [rsp+0x08]");
	assert_true(inq_insn_text(d, 0x1000, (struct inq_bytes){ call, sizeof call }, text, sizeof text));
	assert_string_equal(text, "call 0x2000");
	inq_arena_close(a);
}

static struct inq_insn x86(const struct inq_decoder *d, const char *bytes, size_t len)
{
	struct inq_insn i;

	assert_true(inq_insn_decode(d, 0x1000, (struct inq_bytes){ (const uint8_t *)bytes, len }, &i));
	return i;
}

#define X86(d, bytes) x86(d, bytes, sizeof(bytes) - 1)

static void tells_what_x86_selects_shifts_and_compares_in_memory(void **state)
{
	struct inq_arena *a = inq_arena_open(1 << 16);
	const struct inq_decoder *d = inq_decoder_new(INQ_ARCH_X86_64, false, a);
	struct inq_insn i;

	(void)state;
	assert_non_null(d);
	/* cmovb eax, ecx */
	i = X86(d, "\x0f\x42\xc1");
	assert_int_equal(i.op, INQ_OP_SELECT);
	assert_int_equal(i.condition, INQ_CONDITION_BELOW);
	/* setg al */
	i = X86(d, "\x0f\x9f\xc0");
	assert_int_equal(i.op, INQ_OP_SELECT);
	assert_int_equal(i.condition, INQ_CONDITION_GREATER);
	/* shr ecx, 1: the one is not in its bytes */
	i = X86(d, "\xd1\xe9");
	assert_int_equal(i.op, INQ_OP_SHIFT_RIGHT);
	assert_true(i.flags & IMM);
	assert_int_equal(i.imm, 1);
	/* rol ecx, 5 and ror ecx, 27 are one */
	assert_int_equal(X86(d, "\xc1\xc1\x05").imm, 27);
	assert_int_equal(X86(d, "\xc1\xc9\x1b").imm, 27);
	/* cmp dword [rax + 16], 7 */
	i = X86(d, "\x83\x78\x10\x07");
	assert_int_equal(i.imm, 7);
	assert_int_equal(i.ref, 16);
	assert_int_equal(i.flags & (REF | IMM | BASE | RD), IMM | RD);
	inq_arena_close(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_a64_does),
		cmocka_unit_test(tells_what_a32_does),
		cmocka_unit_test(tells_what_thumb_does),
		cmocka_unit_test(tells_what_mips_does),
		cmocka_unit_test(agrees_with_capstone_on_a64),
		cmocka_unit_test(agrees_with_capstone_on_a32),
		cmocka_unit_test(agrees_with_capstone_on_all_short_thumb),
		cmocka_unit_test(agrees_with_capstone_on_long_thumb),
		cmocka_unit_test(agrees_with_capstone_on_mips),
		cmocka_unit_test(every_rule_is_needed),
		cmocka_unit_test(if_then_tells_its_mask),
		cmocka_unit_test(mnemonics_tell_operations_apart),
		cmocka_unit_test(a32_and_thumb_share_mnemonics),
		cmocka_unit_test(refuses_what_is_no_instruction),
		cmocka_unit_test(refuses_what_is_cut_short),
		cmocka_unit_test(reads_big_endian_code),
		cmocka_unit_test(text_is_shown_of_each_set),
		cmocka_unit_test(text_is_shown_of_x86),
		cmocka_unit_test(tells_what_x86_selects_shifts_and_compares_in_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
