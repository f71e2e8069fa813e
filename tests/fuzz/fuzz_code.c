#include "../make/code_holds.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

/*
 * The first byte names the architecture and byte order, the rest is code: from
 * decoder to functions. What is recovered keeps the header's promises, and
 * costs memory in proportion to the input.
 */
int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	static const enum inq_arch archs[] = { INQ_ARCH_X86_64, INQ_ARCH_X86_32, INQ_ARCH_A64, INQ_ARCH_ARM,
		INQ_ARCH_MIPS };
	struct inq_exhibit x;
	struct inq_code code;
	struct inq_arena *a;
	char text[128];

	if (len < 2 || len > 1 << 16)
		return 0;
	a = inq_arena_open(256 << 20);
	if (!a)
		return 0;
	if (!inq_exhibit_raw((struct inq_bytes){ at + 1, len - 1 }, archs[at[0] % 5], at[0] & 0x80, 0x10000,
	            a, &x, NULL) &&
	        !inq_code_recover(&x, a, &code, NULL)) {
		if (code_holds(&code) || inq_arena_used(a) > (1 << 20) + 2048 * len)
			abort();
		for (size_t i = 0; i < code.insn_count; i++) {
			const struct inq_insn *insn = &code.insns[i];

			inq_insn_text(
			        code.decoder, insn->va, inq_code_insn_bytes(&code, insn), text, sizeof text);
			if (memchr(text, 0, sizeof text) == NULL)
				abort();
		}
	}
	inq_arena_close(a);
	return 0;
}
