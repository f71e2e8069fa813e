/*
 * Makes the programs that the golden tests look at: small x86-64 ELF files
 * whose functions are drawn from numbered recipes. The same number is the same
 * function but for addresses; a variant of it has some constants and
 * instructions changed, as another version of a program has.
 *
 * usage: make DIRECTORY, which must exist; families/ and libraries/ are made in it
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { TEXT_VA = 0x401000, DATA_VA = 0x440000, TEXT_OFF = 0x1000, TEXT_MOST = 0x20000, FUNCTIONS_MOST = 64 };

struct text {
	uint8_t at[TEXT_MOST];
	size_t len;
	size_t start[FUNCTIONS_MOST], end[FUNCTIONS_MOST];
	char strings[0x2000];
	size_t strings_len;
};

/* One function of a program: its recipe and the variant of it. */
struct part {
	unsigned recipe, variant;
};

/* Numerical Recipes' generator: the same numbers on every machine. */
static uint32_t draw(uint32_t *state)
{
	*state = *state * 1664525U + 1013904223U;
	return *state >> 8;
}

static void put(struct text *t, const void *at, size_t len)
{
	if (t->len + len > TEXT_MOST)
		exit(1);
	memcpy(t->at + t->len, at, len);
	t->len += len;
}

static void put8(struct text *t, uint8_t byte)
{
	put(t, &byte, 1);
}

static void put32(struct text *t, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		put8(t, (uint8_t)(value >> 8 * i));
}

static void set32(struct text *t, size_t at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		t->at[at + (size_t)i] = (uint8_t)(value >> 8 * i);
}

/* lea rdi, [rip + string] */
static void refer_to_string(struct text *t, unsigned recipe)
{
	char string[40];
	int len = snprintf(string, sizeof string, "message of recipe %u", recipe);
	uint32_t target = DATA_VA + (uint32_t)t->strings_len;

	memcpy(t->strings + t->strings_len, string, (size_t)len + 1);
	t->strings_len += (size_t)len + 1;
	put(t, "\x48\x8d\x3d", 3);
	put32(t, target - (TEXT_VA + (uint32_t)t->len + 4));
}

static void call(struct text *t, size_t target)
{
	put8(t, 0xe8);
	put32(t, (uint32_t)target - ((uint32_t)t->len + 4));
}

/* A straight run of instructions whose kinds and constants the recipe gives. */
static void straight(struct text *t, uint32_t *state, uint32_t *variation, unsigned variant)
{
	unsigned count = 3 + draw(state) % 5;

	for (unsigned i = 0; i < count; i++) {
		uint32_t constant = draw(state), kind = draw(state) % 8;

		if (variant && draw(variation) % 12 == 0) {
			constant += variant;
			kind = draw(variation) % 8;
		}
		switch (kind) {
		case 0:
			put8(t, 0xb8); /* mov eax, imm32 */
			put32(t, constant);
			break;
		case 1:
			put8(t, 0x05); /* add eax, imm32 */
			put32(t, constant);
			break;
		case 2:
			put(t, "\x81\xf1", 2); /* xor ecx, imm32 */
			put32(t, constant);
			break;
		case 3:
			put(t, "\x69\xc1", 2); /* imul eax, ecx, imm32 */
			put32(t, constant);
			break;
		case 4:
			put(t, "\x89\x45\xf4", 3); /* mov [rbp - 12], eax */
			break;
		case 5:
			put(t, "\x8b\x55\xf4", 3); /* mov edx, [rbp - 12] */
			break;
		case 6:
			put(t, "\xc1\xe0", 2); /* shl eax, imm8 */
			put8(t, constant & 31);
			break;
		default:
			put(t, "\x01\xd1", 2); /* add ecx, edx */
			break;
		}
	}
}

/*
 * A function: a frame, some blocks joined by conditional jumps forward and one
 * back, calls to functions made before it, a reference to a string.
 */
static void function(struct text *t, size_t number, struct part p)
{
	uint32_t state = p.recipe * 2654435761U + 12345, variation = p.variant * 40503U + p.recipe;
	unsigned blocks = 4 + draw(&state) % 6;
	size_t loop = 0, fix = 0;

	while (t->len % 16)
		put8(t, 0xcc);
	t->start[number] = t->len;
	put(t, "\x55\x48\x89\xe5\x53\x48\x83\xec\x18", 9); /* push rbp; mov rbp, rsp; push rbx; sub rsp, 24 */
	for (unsigned b = 0; b < blocks; b++) {
		if (b == 1)
			loop = t->len;
		straight(t, &state, &variation, p.variant);
		if (b % 3 == 2 && number)
			call(t, t->start[draw(&state) % number]);
		if (b == 2)
			refer_to_string(t, p.recipe);
		if (fix)
			set32(t, fix, (uint32_t)(t->len - fix - 4));
		fix = 0;
		put8(t, 0x3d); /* cmp eax, imm32 */
		put32(t, draw(&state) % 1000);
		if (b == blocks - 1) {
			put(t, "\x0f\x8c", 2); /* jl loop */
			put32(t, (uint32_t)loop - ((uint32_t)t->len + 4));
		} else {
			put(t, draw(&state) % 2 ? "\x0f\x84" : "\x0f\x8f",
			        2); /* je or jg over the next run */
			fix = t->len;
			put32(t, 0);
		}
	}
	put(t, "\x48\x83\xc4\x18\x5b\x5d\xc3", 7); /* add rsp, 24; pop rbx; pop rbp; ret */
	t->end[number] = t->len;
}

/* _start calls every function and leaves. */
static void start(struct text *t, size_t count)
{
	while (t->len % 16)
		put8(t, 0xcc);
	t->start[count] = t->len;
	put(t, "\x31\xed", 2); /* xor ebp, ebp */
	for (size_t i = 0; i < count; i++)
		call(t, t->start[i]);
	put(t, "\xb8\x3c\x00\x00\x00\x0f\x05\x0f\x0b", 9); /* mov eax, 60; syscall; ud2 */
	t->end[count] = t->len;
}

static void le(uint8_t *at, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static void segment(uint8_t *at, uint32_t flags, uint64_t off, uint64_t va, uint64_t size)
{
	le(at, 1, 4);
	le(at + 4, flags, 4);
	le(at + 8, off, 8);
	le(at + 16, va, 8);
	le(at + 24, va, 8);
	le(at + 32, size, 8);
	le(at + 40, size, 8);
	le(at + 48, 0x1000, 8);
}

static void section(uint8_t *at, uint32_t name, uint32_t type, uint64_t flags, uint64_t va, uint64_t off,
        uint64_t size, uint32_t link, uint64_t entry_size)
{
	le(at, name, 4);
	le(at + 4, type, 4);
	le(at + 8, flags, 8);
	le(at + 16, va, 8);
	le(at + 24, off, 8);
	le(at + 32, size, 8);
	le(at + 40, link, 4);
	le(at + 44, link, 4); /* sh_info of the symbol table: none is local */
	le(at + 48, 16, 8);
	le(at + 56, entry_size, 8);
}

/* Writes the program; with symbols where `named`. */
static void program(
        const char *directory, const char *name, const struct part *parts, size_t count, bool named)
{
	static const char section_names[] = "\0.text\0.rodata\0.symtab\0.strtab\0.shstrtab";
	static struct text t;
	static uint8_t file[0x40000];
	char path[600], symbol_names[FUNCTIONS_MOST * 24] = "";
	size_t data_off, symbols_off, names_off, headers_off, names_len = 1, symbol_count = 1, sections;
	FILE *f;

	memset(&t, 0, sizeof t);
	memset(file, 0, sizeof file);
	for (size_t i = 0; i < count; i++)
		function(&t, i, parts[i]);
	start(&t, count);
	memcpy(file + TEXT_OFF, t.at, t.len);
	data_off = (TEXT_OFF + t.len + 0xfff) / 0x1000 * 0x1000;
	memcpy(file + data_off, t.strings, t.strings_len);
	symbols_off = (data_off + t.strings_len + 15) / 16 * 16;
	for (size_t i = 0; named && i <= count; i++) {
		uint8_t *symbol = file + symbols_off + 24 * symbol_count++;

		le(symbol, names_len, 4);
		symbol[4] = 0x12; /* global function */
		le(symbol + 6, 1, 2);
		le(symbol + 8, TEXT_VA + t.start[i], 8);
		le(symbol + 16, t.end[i] - t.start[i], 8);
		names_len += 1 + (size_t)(i == count ? snprintf(symbol_names + names_len, 24, "_start")
		                                     : snprintf(symbol_names + names_len, 24, "recipe_%u",
		                                               parts[i].recipe));
	}
	names_off = symbols_off + (named ? 24 * symbol_count : 0);
	memcpy(file + names_off, symbol_names, named ? names_len : 0);
	headers_off = names_off + (named ? names_len : 0);
	memcpy(file + headers_off, section_names, sizeof section_names);
	headers_off = (headers_off + sizeof section_names + 15) / 16 * 16;
	sections = named ? 6 : 4;

	memcpy(file, "\177ELF\2\1\1", 7);
	le(file + 16, 2, 2); /* executable */
	le(file + 18, 62, 2);
	le(file + 20, 1, 4);
	le(file + 24, TEXT_VA + t.start[count], 8);
	le(file + 32, 64, 8);
	le(file + 40, headers_off, 8);
	le(file + 52, 64, 2);
	le(file + 54, 56, 2);
	le(file + 56, 2, 2);
	le(file + 58, 64, 2);
	le(file + 60, sections, 2);
	le(file + 62, sections - 1, 2);
	segment(file + 64, 5, TEXT_OFF, TEXT_VA, t.len);
	segment(file + 120, 4, data_off, DATA_VA, t.strings_len);
	section(file + headers_off + 64, 1, 1, 6, TEXT_VA, TEXT_OFF, t.len, 0, 0);
	section(file + headers_off + 128, 7, 1, 2, DATA_VA, data_off, t.strings_len, 0, 0);
	if (named) {
		section(file + headers_off + 192, 15, 2, 0, 0, symbols_off, 24 * symbol_count, 4, 24);
		le(file + headers_off + 192 + 44, 1, 4);
		section(file + headers_off + 256, 23, 3, 0, 0, names_off, names_len, 0, 0);
	}
	section(file + headers_off + 64 * (sections - 1), 31, 3, 0, 0, names_off + (named ? names_len : 0),
	        sizeof section_names, 0, 0);

	snprintf(path, sizeof path, "%s/%s", directory, name);
	f = fopen(path, "wb");
	if (!f || fwrite(file, headers_off + 64 * sections, 1, f) != 1 || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

static void make_directory(const char *in, const char *name)
{
	char path[600];

	snprintf(path, sizeof path, "%s/%s", in, name);
	if (mkdir(path, 0777) != 0 && errno != EEXIST) {
		perror(path);
		exit(1);
	}
}

#define PROGRAM(directory, name, named, ...)                                                                 \
	program(directory, name, (const struct part[]){ __VA_ARGS__ },                                       \
	        sizeof((const struct part[]){ __VA_ARGS__ }) / sizeof(struct part), named)

/* Recipes 1-9 are the library's, 11-29 alpha's, 31-49 beta's, 51-69 nobody's. */
#define LIBRARY                                                                                              \
	{ 1, 0 }, { 2, 0 }, { 3, 0 }, { 4, 0 },                                                              \
	{                                                                                                    \
		5, 0                                                                                         \
	}
#define ALPHA_CORE                                                                                           \
	{ 11, 0 }, { 12, 0 }, { 13, 0 }, { 14, 0 }, { 15, 0 }, { 16, 0 }, { 17, 0 }, { 18, 0 },              \
	{                                                                                                    \
		19, 0                                                                                        \
	}

int main(int argc, char **argv)
{
	const char *in = argc == 2 ? argv[1] : NULL;

	if (!in) {
		fprintf(stderr, "usage: make DIRECTORY\n");
		return 2;
	}
	make_directory(in, "families");
	make_directory(in, "families/alpha");
	make_directory(in, "families/beta");
	make_directory(in, "libraries");
	make_directory(in, "libraries/common");
	PROGRAM(in, "libraries/common/lib", true, LIBRARY, { 6, 0 }, { 7, 0 }, { 8, 0 }, { 9, 0 });
	PROGRAM(in, "families/alpha/one", true, LIBRARY, ALPHA_CORE, { 20, 0 }, { 21, 0 }, { 22, 0 });
	PROGRAM(in, "families/alpha/two", true, LIBRARY, ALPHA_CORE, { 23, 0 }, { 24, 0 }, { 40, 0 });
	PROGRAM(in, "families/beta/one", true, LIBRARY, { 6, 0 }, { 31, 0 }, { 32, 0 }, { 33, 0 }, { 34, 0 },
	        { 35, 0 }, { 36, 0 }, { 40, 0 });
	/* A member of alpha that nobody has seen: some functions as they are, some changed, some its own. */
	PROGRAM(in, "unknown", false, LIBRARY, { 11, 0 }, { 12, 0 }, { 13, 0 }, { 14, 0 }, { 15, 1 },
	        { 16, 1 }, { 17, 1 }, { 40, 0 }, { 51, 0 }, { 52, 0 });
	/* A program of no family: the library and its own code. */
	PROGRAM(in, "stranger", false, LIBRARY, { 7, 0 }, { 61, 0 }, { 62, 0 }, { 63, 0 }, { 64, 0 },
	        { 65, 0 });
	return 0;
}
