/*
 * How long it takes to find the functions of a program, against the least that
 * any program needs that looks at its code: decoding it once with Zydis, one
 * instruction after the other.
 *
 * usage: decode_floor FILE...     (x86 programs)
 *
 * Prints a line for each: size of the code, nanoseconds a byte for decoding
 * instructions only, for decoding operands too, and for reading the container
 * and recovering all functions; the last as multiples of the first two; and
 * memory as a multiple of the file. Times are the least of three runs.
 */
#include <Zydis/Zydis.h>
#include <inquiry/code.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { RUNS = 3 };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Decodes `code` once; gives the number of instructions, so that it cannot be left out. */
static size_t sweep(const ZydisDecoder *decoder, struct inq_bytes code, bool operands)
{
	ZydisDecodedOperand operand[ZYDIS_MAX_OPERAND_COUNT];
	ZydisDecodedInstruction insn;
	size_t count = 0;

	for (size_t at = 0; at < code.len; count++) {
		ZyanStatus status;

		if (operands)
			status = ZydisDecoderDecodeFull(decoder, code.at + at, code.len - at, &insn, operand);
		else
			status = ZydisDecoderDecodeInstruction(
			        decoder, NULL, code.at + at, code.len - at, &insn);
		at += ZYAN_SUCCESS(status) ? insn.length : 1;
	}
	return count;
}

static double sweep_time(const struct inq_exhibit *x, bool operands, uint64_t *ret_bytes)
{
	ZydisDecoder decoder;
	double least = 1e9;
	size_t count = 0;

	ZydisDecoderInit(&decoder, x->bits == 64 ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
	        x->bits == 64 ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
	for (int run = 0; run < RUNS; run++) {
		double began = now(), took;

		*ret_bytes = 0;
		for (size_t i = 0; i < x->region_count; i++) {
			if (x->regions[i].kind != INQ_REGION_CODE)
				continue;
			count += sweep(&decoder, x->regions[i].bytes, operands);
			*ret_bytes += x->regions[i].bytes.len;
		}
		took = now() - began;
		least = took < least ? took : least;
	}
	return count ? least : 1e9;
}

static int recover_time(struct inq_bytes file, double *ret_time, size_t *ret_memory, size_t *ret_functions)
{
	*ret_time = 1e9;
	for (int run = 0; run < RUNS; run++) {
		struct inq_arena *a = inq_arena_open((size_t)16 << 30);
		double began = now(), took;
		struct inq_exhibit x;
		struct inq_code code;
		struct inq_error err;

		if (!a || inq_exhibit_read(file, a, &x, &err) || inq_code_recover(&x, a, &code, &err))
			return 1;
		took = now() - began;
		*ret_time = took < *ret_time ? took : *ret_time;
		*ret_memory = inq_arena_used(a);
		*ret_functions = code.function_count;
		inq_arena_close(a);
	}
	return 0;
}

static int measure(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct inq_arena *a = inq_arena_open((size_t)4 << 30);
	const char *slash = strrchr(path, '/');
	double instructions, full, recovery;
	size_t memory, functions;
	struct inq_bytes file;
	struct inq_exhibit x;
	uint8_t *at;
	uint64_t bytes;
	long len;

	if (!f || fseek(f, 0, SEEK_END) || (len = ftell(f)) <= 0 || fseek(f, 0, SEEK_SET)) {
		perror(path);
		return 1;
	}
	at = a ? inq_arena_new(a, (size_t)len, 1) : NULL;
	if (!at || fread(at, 1, (size_t)len, f) != (size_t)len)
		return 1;
	fclose(f);
	file = (struct inq_bytes){ at, (size_t)len };
	if (inq_exhibit_read(file, a, &x, NULL) || (x.arch != INQ_ARCH_X86_64 && x.arch != INQ_ARCH_X86_32)) {
		fprintf(stderr, "%s: no x86 program\n", path);
		return 1;
	}
	instructions = sweep_time(&x, false, &bytes);
	full = sweep_time(&x, true, &bytes);
	if (!bytes || recover_time(file, &recovery, &memory, &functions)) {
		fprintf(stderr, "%s: cannot be recovered\n", path);
		return 1;
	}
	printf("| %s | %.1f | %zu | %.2f | %.2f | %.2f | %.2f | %.2f | %.1f |\n", slash ? slash + 1 : path,
	        (double)bytes / 1e6, functions, instructions / (double)bytes * 1e9,
	        full / (double)bytes * 1e9, recovery / (double)bytes * 1e9, recovery / instructions,
	        recovery / full, (double)memory / (double)len);
	inq_arena_close(a);
	return 0;
}

int main(int argc, char **argv)
{
	int status = 0;

	printf("| program | code MB | functions | decode ns/B | with operands | recover ns/B | x decode | x "
	       "with "
	       "operands | memory x file |\n|---|---|---|---|---|---|---|---|---|\n");
	for (int i = 1; i < argc; i++)
		status |= measure(argv[i]);
	return status;
}
