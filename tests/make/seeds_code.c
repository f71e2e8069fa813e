#include "raw.h"
#include "save.h"

/* The bare code of raw.c, each behind the byte with which the fuzzers name its machine. */
static void seeds_code(const char *directory)
{
	static const char machine[] = { [INQ_ARCH_X86_64] = 0,
		[INQ_ARCH_X86_32] = 1,
		[INQ_ARCH_A64] = 2,
		[INQ_ARCH_ARM] = 3,
		[INQ_ARCH_MIPS] = 4 };

	for (size_t i = 0; i < make_raw_count; i++) {
		const struct make_raw *raw = &make_raws[i];
		FILE *file = make_save_begin(directory, raw->name);

		fputc(machine[raw->arch] | (raw->big_endian ? 0x80 : 0), file);
		fwrite(raw->at, 1, raw->len, file);
		make_save_end(file, raw->name);
	}
}

const struct make_seeds make_seeds[] = {
	{ "code", seeds_code },
	{ "insn", seeds_code },
	{ NULL, NULL },
};
