#include "code/decode.h"
#include <inquiry/hash.h>
#include <inquiry/insn.h>
#include <string.h>

const struct inq_decoder *inq_decoder_new(enum inq_arch arch, bool big_endian, struct inq_arena *a)
{
	struct inq_decoder *d;

	if (arch == INQ_ARCH_NONE)
		return NULL;
	d = inq_arena_new(a, 1, sizeof *d);
	if (!d)
		return NULL;
	d->arch = arch;
	d->big_endian = big_endian;
	if (arch == INQ_ARCH_X86_64)
		ZydisDecoderInit(&d->zydis, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	else if (arch == INQ_ARCH_X86_32)
		ZydisDecoderInit(&d->zydis, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
	return d;
}

bool inq_insn_decode(const struct inq_decoder *d, uint64_t va, struct inq_bytes bytes, struct inq_insn *ret)
{
	uint32_t word;

	switch (d->arch) {
	case INQ_ARCH_X86_64:
	case INQ_ARCH_X86_32:
		return inq_x86_decode(d, va, bytes, ret);
	case INQ_ARCH_A64:
		/* A64 instructions are little-endian on big-endian systems too. */
		return inq_bytes_u32(bytes, 0, false, &word) && inq_a64_decode(va, word, ret);
	case INQ_ARCH_ARM:
		if (va & 1)
			return inq_thumb_decode(va & ~1ULL, bytes, d->big_endian, ret);
		return inq_bytes_u32(bytes, 0, d->big_endian, &word) && inq_a32_decode(va, word, ret);
	case INQ_ARCH_MIPS:
		return inq_bytes_u32(bytes, 0, d->big_endian, &word) && inq_mips_decode(va, word, ret);
	case INQ_ARCH_NONE:
		break;
	}
	return false;
}

bool inq_insn_registers(const struct inq_decoder *d, uint64_t va, struct inq_bytes bytes, uint32_t *ret_reads,
        uint32_t *ret_writes)
{
	uint32_t word;

	switch (d->arch) {
	case INQ_ARCH_X86_64:
	case INQ_ARCH_X86_32:
		return inq_x86_registers(d, bytes, ret_reads, ret_writes);
	case INQ_ARCH_A64:
		return inq_bytes_u32(bytes, 0, false, &word) &&
		       inq_a64_registers(word, ret_reads, ret_writes);
	case INQ_ARCH_ARM:
		if (va & 1)
			return inq_thumb_registers(bytes, d->big_endian, ret_reads, ret_writes);
		return inq_bytes_u32(bytes, 0, d->big_endian, &word) &&
		       inq_a32_registers(word, ret_reads, ret_writes);
	case INQ_ARCH_MIPS:
		return inq_bytes_u32(bytes, 0, d->big_endian, &word) &&
		       inq_mips_registers(word, ret_reads, ret_writes);
	case INQ_ARCH_NONE:
		break;
	}
	return false;
}

uint64_t inq_insn_hash(const struct inq_decoder *d, const struct inq_insn *i, struct inq_bytes bytes)
{
	uint8_t form[16] = { 0 };

	bool literal = i->op == INQ_OP_LOAD && i->flags & INQ_INSN_HAS_IMM; /* ARM: its value is in imm */

	if (d->arch == INQ_ARCH_X86_64 || d->arch == INQ_ARCH_X86_32 ||
	        !(literal || i->flags & INQ_INSN_HAS_REF)) {
		size_t len = i->len <= bytes.len ? i->len : bytes.len;

		memcpy(form, bytes.at, len < sizeof form ? len : sizeof form);
		if (i->flags & INQ_INSN_HAS_REF && i->address_at + i->address_len <= (int)sizeof form)
			memset(form + i->address_at, 0, i->address_len);
		return inq_hash64(form, len, i->len);
	}
	/* The fixed-width sets scatter an address over the word: take the fields instead. */
	form[0] = (uint8_t)i->mnemonic;
	form[1] = (uint8_t)(i->mnemonic >> 8);
	form[2] = i->rd;
	form[3] = i->rn;
	form[4] = i->rm;
	form[5] = i->rs;
	form[6] = i->condition;
	form[7] = i->len;
	return inq_hash64(form, 8, literal ? (uint64_t)i->imm : 0);
}

const char *inq_op_name(enum inq_op op)
{
	static const char *const name[INQ_OP_COUNT] = {
		[INQ_OP_OTHER] = "other",
		[INQ_OP_NOP] = "nop",
		[INQ_OP_MOVE] = "move",
		[INQ_OP_LOAD] = "load",
		[INQ_OP_STORE] = "store",
		[INQ_OP_ADDRESS] = "address",
		[INQ_OP_ADD] = "add",
		[INQ_OP_SUB] = "sub",
		[INQ_OP_MULTIPLY] = "multiply",
		[INQ_OP_DIVIDE] = "divide",
		[INQ_OP_AND] = "and",
		[INQ_OP_OR] = "or",
		[INQ_OP_XOR] = "xor",
		[INQ_OP_NOT] = "not",
		[INQ_OP_NEGATE] = "negate",
		[INQ_OP_SHIFT_LEFT] = "shift-left",
		[INQ_OP_SHIFT_RIGHT] = "shift-right",
		[INQ_OP_SHIFT_SIGNED] = "shift-signed",
		[INQ_OP_ROTATE] = "rotate",
		[INQ_OP_BITFIELD] = "bitfield",
		[INQ_OP_BITS] = "bits",
		[INQ_OP_EXTEND] = "extend",
		[INQ_OP_COMPARE] = "compare",
		[INQ_OP_TEST] = "test",
		[INQ_OP_SELECT] = "select",
		[INQ_OP_PUSH] = "push",
		[INQ_OP_POP] = "pop",
		[INQ_OP_BRANCH] = "branch",
		[INQ_OP_JUMP] = "jump",
		[INQ_OP_CALL] = "call",
		[INQ_OP_RETURN] = "return",
		[INQ_OP_TRAP] = "trap",
		[INQ_OP_SYSTEM] = "system",
		[INQ_OP_ATOMIC] = "atomic",
		[INQ_OP_STRING] = "string",
		[INQ_OP_FLOAT] = "float",
		[INQ_OP_CONVERT] = "convert",
		[INQ_OP_VECTOR] = "vector",
		[INQ_OP_CRYPTO] = "crypto",
	};

	return op < INQ_OP_COUNT ? name[op] : "other";
}
