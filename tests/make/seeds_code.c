#include "raw.h"
#include <stdio.h>
#include <string.h>

/*
 * seeds_code code DIRECTORY: writes the bare code of raw.c, each behind the
 * byte with which the fuzzer names its machine.
 */
int main(int argc, char **argv)
{
	static const char machine[] = { [INQ_ARCH_X86_64] = 0,
		[INQ_ARCH_X86_32] = 1,
		[INQ_ARCH_A64] = 2,
		[INQ_ARCH_ARM] = 3,
		[INQ_ARCH_MIPS] = 4 };

	if (argc != 3 || (strcmp(argv[1], "code") && strcmp(argv[1], "insn"))) {
		fputs("usage: seeds_code code|insn DIRECTORY\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < make_raw_count; i++) {
		const struct make_raw *raw = &make_raws[i];
		char path[4096];
		FILE *file;
		int written;

		snprintf(path, sizeof path, "%s/%s", argv[2], raw->name);
		file = fopen(path, "wb");
		if (!file) {
			perror(path);
			return 1;
		}
		written = fputc(machine[raw->arch] | (raw->big_endian ? 0x80 : 0), file) != EOF &&
		          fwrite(raw->at, 1, raw->len, file) == raw->len;
		if (fclose(file) || !written)
			return 1;
	}
	return 0;
}
