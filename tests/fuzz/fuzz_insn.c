/*
 * Bytes through every decoder. The first byte chooses the instruction set and
 * the byte order; the rest is read as code would be, one instruction after
 * the other. What comes out must be in range, the same each time, and the
 * register sets must hold the registers that the fields name.
 */
#include "code/decode.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static unsigned register_count(enum inq_arch arch)
{
	return arch == INQ_ARCH_A64 || arch == INQ_ARCH_MIPS ? 32 : arch == INQ_ARCH_X86_32 ? 8 : 16;
}

static void check_register(uint8_t r, enum inq_arch arch, uint32_t set)
{
	if (r == INQ_REG_NONE || r == INQ_REG_PC)
		return;
	must(r < register_count(arch));
	/* x86 numbers ah to bh as the encoding does, 4 to 7. */
	if (arch != INQ_ARCH_X86_32 && arch != INQ_ARCH_X86_64)
		must(set >> r & 1);
}

static void check_fields(const struct inq_insn *i, enum inq_arch arch, uint64_t va, size_t len)
{
	must(i->va == va);
	must(i->len > 0 && i->len <= 15 && i->len <= len);
	must(i->op < INQ_OP_COUNT && i->flow <= INQ_FLOW_STOP && i->condition <= INQ_CONDITION_OTHER);
	must(inq_op_name((enum inq_op)i->op) != NULL);
	must(i->address_at + i->address_len <= i->len);
	if (i->flow == INQ_FLOW_BRANCH || i->flow == INQ_FLOW_JUMP || i->flow == INQ_FLOW_CALL)
		must(i->flags & INQ_INSN_HAS_REF);
	if (arch != INQ_ARCH_MIPS)
		must(!(i->flags & INQ_INSN_DELAY));
}

static void check_one(const struct inq_decoder *d, uint64_t va, struct inq_bytes b, const struct inq_insn *i)
{
	uint64_t plain_va = d->arch == INQ_ARCH_ARM ? va & ~1ull : va;
	uint32_t reads, writes;
	struct inq_insn again;

	must(inq_insn_decode(d, va, b, &again));
	must(again.op == i->op && again.mnemonic == i->mnemonic && again.ref == i->ref &&
	        again.imm == i->imm);
	check_fields(i, d->arch, plain_va, b.len);
	must(inq_insn_registers(d, va, b, &reads, &writes));
	check_register(i->rd, d->arch, writes);
	check_register(i->rn, d->arch, reads);
	check_register(i->rm, d->arch, reads);
	check_register(i->rs, d->arch, reads);
	must(inq_insn_hash(d, i, b) == inq_insn_hash(d, &again, b));
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	static const enum inq_arch archs[] = { INQ_ARCH_X86_64, INQ_ARCH_X86_32, INQ_ARCH_A64, INQ_ARCH_ARM,
		INQ_ARCH_ARM, INQ_ARCH_MIPS };
	struct inq_bytes code = { at, len }, rest;
	const struct inq_decoder *d;
	struct inq_arena *a;
	unsigned set, shown = 0;
	bool thumb;
	char text[40];

	if (!len)
		return 0;
	set = at[0] % 6;
	thumb = set == 4;
	a = inq_arena_open(1 << 16);
	if (!a)
		return 0;
	d = inq_decoder_new(archs[set], at[0] & 0x80, a);
	must(d != NULL);
	for (size_t off = 1; off < len;) {
		uint64_t va = (0x400000 + (off - 1)) | thumb;
		struct inq_insn i;

		rest = inq_bytes_from(code, off);
		if (!inq_insn_decode(d, va, rest, &i)) {
			off += d->arch == INQ_ARCH_X86_64 || d->arch == INQ_ARCH_X86_32 ? 1 : thumb ? 2 : 4;
			continue;
		}
		check_one(d, va, rest, &i);
		/* Text is slow: of the first few only, and once cut short. */
		if (shown++ < 4) {
			must(inq_insn_text(d, va, rest, text, sizeof text));
			must(memchr(text, 0, sizeof text) != NULL);
			(void)inq_insn_text(d, va, rest, text, 3);
		}
		off += i.len;
	}
	inq_arena_close(a);
	return 0;
}
