#include "macho.h"
#include <assert.h>
#include <inquiry/status.h>
#include <string.h>

enum { EXECUTE = 2, OBJECT = 1 };
enum {
	SYMTAB = 2,
	DYSYMTAB = 0xb,
	LOAD_DYLIB = 0xc,
	SEGMENT = 1,
	SEGMENT_64 = 0x19,
	UUID = 0x1b,
	STARTS = 0x26,
	BUILD_VERSION = 0x32,
	CODE_SIGNATURE = 0x1d
};
#define DYLD_INFO 0x80000022u
#define MAIN 0x80000028u
#define EXPORTS_TRIE 0x80000033u
#define CHAINED_FIXUPS 0x80000034u

static void put(struct make_macho *f, size_t off, unsigned size, uint64_t value, bool big)
{
	assert(off + size <= sizeof f->bytes);
	for (unsigned i = 0; i < size; i++)
		f->bytes[off + i] = (uint8_t)(value >> 8 * (big ? size - 1 - i : i));
	if (off + size > f->len)
		f->len = off + size;
}

void make_macho_put(struct make_macho *f, size_t off, unsigned size, uint64_t value)
{
	put(f, off, size, value, f->big);
}

static void put32(struct make_macho *f, size_t off, uint32_t value)
{
	make_macho_put(f, off, 4, value);
}

static unsigned width_of(const struct make_macho *f)
{
	return f->wide ? 8 : 4;
}

static void word(struct make_macho *f, size_t off, uint64_t value)
{
	make_macho_put(f, off, width_of(f), value);
}

static void text(struct make_macho *f, size_t off, const char *name)
{
	memcpy(f->bytes + off, name, strlen(name) + 1);
	if (off + strlen(name) + 1 > f->len)
		f->len = off + strlen(name) + 1;
}

static size_t command(struct make_macho *f, uint32_t kind, uint32_t size)
{
	size_t at = f->commands_end;

	put32(f, at, kind);
	put32(f, at + 4, size);
	f->commands_end += size;
	f->command_count++;
	put32(f, 16, f->command_count);
	put32(f, 20, (uint32_t)(f->commands_end - (f->wide ? 32 : 28)));
	assert(f->commands_end <= 0x800);
	return at;
}

size_t make_macho_command(const struct make_macho *f, uint32_t kind)
{
	size_t at = f->wide ? 32 : 28;

	for (uint32_t i = 0; i < f->command_count; i++) {
		uint32_t found = 0, size = 0;

		for (unsigned k = 0; k < 4; k++) {
			found |= (uint32_t)f->bytes[at + k] << 8 * (f->big ? 3 - k : k);
			size |= (uint32_t)f->bytes[at + 4 + k] << 8 * (f->big ? 3 - k : k);
		}
		if (found == kind)
			return at;
		at += size;
	}
	return 0;
}

static void begin(struct make_macho *f, uint32_t cpu, bool wide, bool big, uint32_t type)
{
	memset(f, 0, sizeof *f);
	f->wide = wide;
	f->big = big;
	f->cpu = cpu;
	put32(f, 0, wide ? 0xfeedfacf : 0xfeedface);
	put32(f, 4, cpu);
	put32(f, 8, 3);
	put32(f, 12, type);
	f->commands_end = wide ? 32 : 28;
}

/* A segment at `off` for `size` bytes; gives where the first of its section headers goes. */
static size_t segment(struct make_macho *f, const char *name, uint64_t off, uint64_t size,
        uint32_t protection, uint32_t sections)
{
	unsigned w = width_of(f);
	size_t at = command(
	        f, f->wide ? SEGMENT_64 : SEGMENT, (f->wide ? 72 : 56) + sections * (f->wide ? 80 : 68));

	memcpy(f->bytes + at + 8, name, strlen(name));
	word(f, at + 24, f->base + off);
	word(f, at + 24 + w, size);
	word(f, at + 24 + 2 * w, off);
	word(f, at + 24 + 3 * w, size);
	put32(f, at + 24 + 4 * w, protection);
	put32(f, at + 28 + 4 * w, protection);
	put32(f, at + 32 + 4 * w, sections);
	return at + (f->wide ? 72 : 56);
}

static size_t section(struct make_macho *f, size_t at, const char *name, uint64_t off, uint64_t size,
        uint32_t flags, uint32_t reserved1, uint32_t reserved2)
{
	unsigned w = width_of(f);

	memcpy(f->bytes + at, name, strlen(name));
	word(f, at + 32, f->base + off);
	word(f, at + 32 + w, size);
	put32(f, at + 32 + 2 * w, (uint32_t)off);
	put32(f, at + 32 + 2 * w + 16, flags);
	put32(f, at + 32 + 2 * w + 20, reserved1);
	put32(f, at + 32 + 2 * w + 24, reserved2);
	return at + (f->wide ? 80 : 68);
}

static void symbol(struct make_macho *f, size_t table, unsigned i, uint32_t name, uint8_t type, uint8_t in,
        uint16_t description, uint64_t value)
{
	size_t at = table + i * (f->wide ? 16 : 12);

	put32(f, at, name);
	f->bytes[at + 4] = type;
	f->bytes[at + 5] = in;
	make_macho_put(f, at + 6, 2, description);
	word(f, at + 8, value);
}

static void linkedit_data(struct make_macho *f, uint32_t kind, uint32_t off, uint32_t size)
{
	size_t at = command(f, kind, 16);

	put32(f, at + 8, off);
	put32(f, at + 12, size);
}

/* "_first" at its place, and "_again", which is "_other" of the first library. */
static void trie(struct make_macho *f)
{
	static const uint8_t nodes[] = { 0, 1, '_', 0, 5, 0, 2, 'f', 'i', 'r', 's', 't', 0, 21, 'a', 'g', 'a',
		'i', 'n', 0, 26, 3, 0, 0x80, 0x10, 0, 9, 8, 1, '_', 'o', 't', 'h', 'e', 'r', 0, 0 };

	memcpy(f->bytes + MAKE_MACHO_TRIE, nodes, sizeof nodes);
}

static void opcodes(struct make_macho *f)
{
	/* Segment 1: one pointer at 0x20, one at 0x40. */
	static const uint8_t rebase[] = { 0x11, 0x21, 0x20, 0x51, 0x21, 0x40, 0x51, 0 };
	static const uint8_t bind[] = { 0x71, 0x00, 0x11, 0x40, '_', 'o', 'u', 't', 's', 'i', 'd', 'e', 0,
		0x90, 0 };
	size_t at = command(f, DYLD_INFO, 48);

	memcpy(f->bytes + MAKE_MACHO_REBASE, rebase, sizeof rebase);
	memcpy(f->bytes + MAKE_MACHO_LAZY_BIND, bind, sizeof bind);
	put32(f, at + 8, MAKE_MACHO_REBASE);
	put32(f, at + 12, sizeof rebase);
	put32(f, at + 32, MAKE_MACHO_LAZY_BIND);
	put32(f, at + 36, sizeof bind);
	put32(f, at + 40, MAKE_MACHO_TRIE);
	put32(f, at + 44, 37);
	word(f, MAKE_MACHO_INIT_LIST, f->base + MAKE_MACHO_INIT);
	word(f, MAKE_MACHO_POINTER, f->base + MAKE_MACHO_LOCAL);
}

/* One chain on the page of __DATA: a bind, the init function, a pointer. Targets count from the header. */
static void chains(struct make_macho *f)
{
	size_t at = MAKE_MACHO_CHAINED;

	linkedit_data(f, CHAINED_FIXUPS, MAKE_MACHO_CHAINED, 0x100);
	linkedit_data(f, EXPORTS_TRIE, MAKE_MACHO_TRIE, 37);
	put32(f, at + 4, 32);
	put32(f, at + 8, 0x80);
	put32(f, at + 12, 0x90);
	put32(f, at + 16, 1);
	put32(f, at + 20, 1);
	put32(f, at + 32, 3);
	put32(f, at + 40, 16);
	put32(f, at + 48, 24);
	make_macho_put(f, at + 52, 2, 0x1000);
	make_macho_put(f, at + 54, 2, 6);
	make_macho_put(f, at + 56, 8, 0x1000);
	make_macho_put(f, at + 68, 2, 1);
	make_macho_put(f, at + 70, 2, 0);
	put32(f, at + 0x80, 1);
	text(f, at + 0x90, "_outside");
	make_macho_put(f, MAKE_MACHO_SLOT, 8, (uint64_t)1 << 63 | (uint64_t)8 << 51);
	make_macho_put(f, MAKE_MACHO_INIT_LIST, 8, MAKE_MACHO_INIT | (uint64_t)8 << 51);
	make_macho_put(f, MAKE_MACHO_POINTER, 8, MAKE_MACHO_LOCAL);
}

static void facts(struct make_macho *f)
{
	size_t at = command(f, UUID, 24);

	for (unsigned i = 0; i < 16; i++)
		f->bytes[at + 8 + i] = (uint8_t)(0xa0 + i);
	at = command(f, BUILD_VERSION, 24);
	put32(f, at + 8, 1);
	put32(f, at + 12, 0x000b0200);
	put32(f, at + 16, 0x000c0100);
	linkedit_data(f, CODE_SIGNATURE, MAKE_MACHO_END - 0x40, 0x40);
}

void make_macho_image(struct make_macho *f, uint32_t cpu, bool wide, bool big, bool chained)
{
	static const char names[] = "\0_first\0_local\0_outside";
	unsigned w = wide ? 8 : 4;
	size_t at;

	begin(f, cpu, wide, big, EXECUTE);
	f->base = wide ? 0x100000000 : 0x4000;
	put32(f, 24, 0x200085);
	at = segment(f, "__TEXT", 0, 0x1000, 5, 2);
	at = section(f, at, "__text", MAKE_MACHO_FIRST, 0x40, 0x80000400, 0, 0);
	section(f, at, "__stubs", MAKE_MACHO_STUB, 8, 0x80000408, 0, 8);
	at = segment(f, "__DATA", 0x1000, 0x1000, 3, 3);
	at = section(f, at, "__la_symbol_ptr", MAKE_MACHO_SLOT, w, 7, 1, 0);
	at = section(f, at, "__mod_init_func", MAKE_MACHO_INIT_LIST, w, 9, 0, 0);
	section(f, at, "__data", MAKE_MACHO_POINTER, 0x40, 0, 0, 0);
	segment(f, "__LINKEDIT", 0x2000, MAKE_MACHO_END - 0x2000, 1, 0);
	if (chained)
		chains(f);
	else
		opcodes(f);
	at = command(f, SYMTAB, 24);
	put32(f, at + 8, MAKE_MACHO_SYMBOLS);
	put32(f, at + 12, 3);
	put32(f, at + 16, MAKE_MACHO_STRINGS);
	put32(f, at + 20, sizeof names);
	memcpy(f->bytes + MAKE_MACHO_STRINGS, names, sizeof names);
	symbol(f, MAKE_MACHO_SYMBOLS, 0, 1, 0xf, 1, 0, f->base + MAKE_MACHO_FIRST);
	symbol(f, MAKE_MACHO_SYMBOLS, 1, 8, 0xe, 1, cpu == MAKE_MACHO_ARM ? 8 : 0,
	        f->base + MAKE_MACHO_LOCAL);
	symbol(f, MAKE_MACHO_SYMBOLS, 2, 15, 1, 0, 1 << 8, 0);
	at = command(f, DYSYMTAB, 80);
	put32(f, at + 56, MAKE_MACHO_INDIRECT);
	put32(f, at + 60, 2);
	put32(f, MAKE_MACHO_INDIRECT, 2);
	put32(f, MAKE_MACHO_INDIRECT + 4, 2);
	at = command(f, LOAD_DYLIB, 48);
	put32(f, at + 8, 24);
	text(f, at + 24, "/usr/lib/libmade.dylib");
	at = command(f, MAIN, 24);
	make_macho_put(f, at + 8, 8, MAKE_MACHO_FIRST);
	linkedit_data(f, STARTS, MAKE_MACHO_STARTS, 8);
	f->bytes[MAKE_MACHO_STARTS] = 0x80;
	f->bytes[MAKE_MACHO_STARTS + 1] = 0x10;
	f->bytes[MAKE_MACHO_STARTS + 2] = 0x10;
	f->bytes[MAKE_MACHO_STARTS + 3] = 0x10;
	trie(f);
	facts(f);
	for (size_t i = MAKE_MACHO_FIRST; i < MAKE_MACHO_FIRST + 0x40; i++)
		f->bytes[i] = 0xc3;
	f->len = MAKE_MACHO_END;
}

void make_macho_object(struct make_macho *f, uint32_t cpu)
{
	static const char names[] = "\0_first\0_outside\0_kept";
	static const uint8_t x86_64[16] = { 0xe8, 0, 0, 0, 0, 0x48, 0x8b, 0x05, 0, 0, 0, 0, 0xc3 };
	bool arm64 = cpu == MAKE_MACHO_ARM64;
	size_t at, relocations = 0x900, data_relocations = 0x940, symbols = 0x980, strings = 0x9c0;

	begin(f, cpu, true, false, OBJECT);
	at = segment(f, "", 0x800, 0x40, 7, 2);
	f->base = (uint64_t)0 - 0x800;
	word(f, at - 72 + 24, 0);
	section(f, at, "__text", 0x800, 0x10, 0x80000400, 0, 0);
	put32(f, at + 56, (uint32_t)relocations);
	put32(f, at + 60, arm64 ? 3 : 2);
	at += 80;
	section(f, at, "__data", 0x810, 8, 0, 0, 0);
	put32(f, at + 56, (uint32_t)data_relocations);
	put32(f, at + 60, 1);
	if (arm64) {
		put32(f, 0x800, 0x94000000);
		put32(f, 0x804, 0x90000008);
		put32(f, 0x808, 0xf9400108);
		put32(f, 0x80c, 0xd65f03c0);
		put32(f, relocations, 0);
		put32(f, relocations + 4, 1 | 1u << 24 | 2u << 25 | 1u << 27 | 2u << 28);
		put32(f, relocations + 8, 4);
		put32(f, relocations + 12, 2 | 1u << 24 | 2u << 25 | 1u << 27 | 5u << 28);
		put32(f, relocations + 16, 8);
		put32(f, relocations + 20, 2 | 2u << 25 | 1u << 27 | 6u << 28);
	} else {
		memcpy(f->bytes + 0x800, x86_64, sizeof x86_64);
		put32(f, relocations, 1);
		put32(f, relocations + 4, 1 | 1u << 24 | 2u << 25 | 1u << 27 | 2u << 28);
		put32(f, relocations + 8, 8);
		put32(f, relocations + 12, 2 | 1u << 24 | 2u << 25 | 1u << 27 | 3u << 28);
	}
	put32(f, data_relocations, 0);
	put32(f, data_relocations + 4, 0 | 3u << 25 | 1u << 27);
	at = command(f, SYMTAB, 24);
	put32(f, at + 8, (uint32_t)symbols);
	put32(f, at + 12, 3);
	put32(f, at + 16, (uint32_t)strings);
	put32(f, at + 20, sizeof names);
	memcpy(f->bytes + strings, names, sizeof names);
	symbol(f, symbols, 0, 1, 0xf, 1, 0, 0);
	symbol(f, symbols, 1, 8, 1, 0, 0, 0);
	symbol(f, symbols, 2, 17, 1, 0, 0, 0);
	f->len = strings + sizeof names;
}

static size_t slice(uint8_t *at, size_t i, const struct make_macho *m, size_t off, bool wide)
{
	uint64_t fields[] = { m->cpu, m->cpu == MAKE_MACHO_ARM64 ? 0 : 3, off, m->len, 12, 0 };
	size_t entry = 8 + i * (wide ? 32 : 20);

	for (unsigned k = 0; k < (wide ? 6u : 5u); k++) {
		unsigned size = wide && (k == 2 || k == 3) ? 8 : 4;

		for (unsigned b = 0; b < size; b++)
			at[entry++] = (uint8_t)(fields[k] >> 8 * (size - 1 - b));
	}
	memcpy(at + off, m->bytes, m->len);
	return off + m->len;
}

size_t make_fat(uint8_t *at, size_t room, const struct make_macho *a, const struct make_macho *b, bool wide)
{
	static const uint8_t magic[] = { 0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 1 };
	size_t end = 0x100 + a->len + (b ? b->len : 0);

	assert(end <= room);
	memset(at, 0, 0x100);
	memcpy(at, magic, sizeof magic);
	at[3] = wide ? 0xbf : 0xbe;
	at[7] = b ? 2 : 1;
	end = slice(at, 0, a, 0x100, wide);
	return b ? slice(at, 1, b, end, wide) : end;
}

static void good(struct make_macho *f)
{
	make_macho_image(f, MAKE_MACHO_X86_64, true, false, false);
}

static void good_chains(struct make_macho *f)
{
	make_macho_image(f, MAKE_MACHO_ARM64, true, false, true);
}

static void header_cut(struct make_macho *f)
{
	good(f);
	f->len = 20;
}

static void command_of_no_length(struct make_macho *f)
{
	good(f);
	put32(f, make_macho_command(f, SYMTAB) + 4, 0);
}

static void commands_past_end(struct make_macho *f)
{
	good(f);
	put32(f, 20, 0xffffffff);
	put32(f, 16, 0xffffffff);
}

static void segment_past_end(struct make_macho *f)
{
	good(f);
	word(f, make_macho_command(f, SEGMENT_64) + 48, UINT64_MAX);
}

static void sections_past_command(struct make_macho *f)
{
	good(f);
	put32(f, make_macho_command(f, SEGMENT_64) + 64, 0xffffffff);
}

static void section_outside(struct make_macho *f)
{
	good(f);
	word(f, make_macho_command(f, SEGMENT_64) + 72 + 32, UINT64_MAX - 8);
}

static void section_elsewhere(struct make_macho *f)
{
	good(f);
	put32(f, make_macho_command(f, SEGMENT_64) + 72 + 48, 0x30);
}

static void symbols_past_end(struct make_macho *f)
{
	good(f);
	put32(f, make_macho_command(f, SYMTAB) + 12, 0xffffffff);
}

static void indirect_too_short(struct make_macho *f)
{
	good(f);
	/* __stubs begins at an entry that is not there. */
	put32(f, make_macho_command(f, SEGMENT_64) + 72 + 80 + 68, 99);
}

static void starts_cut(struct make_macho *f)
{
	good(f);
	memset(f->bytes + MAKE_MACHO_STARTS, 0xff, 8);
}

static void trie_circle(struct make_macho *f)
{
	good(f);
	f->bytes[MAKE_MACHO_TRIE + 13] = 5; /* "_first" leads to the node it comes from */
}

static void trie_outside(struct make_macho *f)
{
	good(f);
	f->bytes[MAKE_MACHO_TRIE + 13] = 100;
}

/* Many times, each step 8 back: always the same place. */
static void rebase_without_end(struct make_macho *f)
{
	static const uint8_t rebase[] = { 0x21, 0x20, 0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
		0xf8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 };

	good(f);
	memcpy(f->bytes + MAKE_MACHO_REBASE, rebase, sizeof rebase);
	put32(f, make_macho_command(f, DYLD_INFO) + 12, sizeof rebase);
}

static void bind_outside(struct make_macho *f)
{
	good(f);
	f->bytes[MAKE_MACHO_LAZY_BIND] = 0x7f;
}

static void chain_leaves(struct make_macho *f)
{
	good_chains(f);
	make_macho_put(f, MAKE_MACHO_POINTER, 8, (uint64_t)0xfff << 51);
}

static void chain_unknown(struct make_macho *f)
{
	good_chains(f);
	make_macho_put(f, MAKE_MACHO_CHAINED + 54, 2, 99);
}

static void entry_outside(struct make_macho *f)
{
	good(f);
	word(f, make_macho_command(f, MAIN) + 8, UINT64_MAX);
}

static void object_relocation_outside(struct make_macho *f)
{
	make_macho_object(f, MAKE_MACHO_X86_64);
	put32(f, 0x900, 0x7fffffff);
}

static void object_relocations_forged(struct make_macho *f)
{
	make_macho_object(f, MAKE_MACHO_X86_64);
	put32(f, make_macho_command(f, SEGMENT_64) + 72 + 60, 0xffffffff);
}

const struct make_odd_macho make_odd_machos[] = {
	{ "header_cut", header_cut, INQ_TRUNCATED, NULL },
	{ "command_of_no_length", command_of_no_length, 0, "states a length of 0 bytes" },
	{ "commands_past_end", commands_past_end, 0, "the load commands run past the end" },
	{ "segment_past_end", segment_past_end, 0, "runs past the end of the file" },
	{ "sections_past_command", sections_past_command, 0, "more than its command holds" },
	{ "section_outside", section_outside, 0, "lies outside its segment" },
	{ "section_elsewhere", section_elsewhere, 0, "its segment puts it at" },
	{ "symbols_past_end", symbols_past_end, 0, "the symbol table" },
	{ "indirect_too_short", indirect_too_short, 0, "more entries than there are indirect symbols" },
	{ "starts_cut", starts_cut, 0, "function starts is cut short" },
	{ "trie_circle", trie_circle, 0, "runs in a circle" },
	{ "trie_outside", trie_outside, 0, "leaves its table" },
	{ "rebase_without_end", rebase_without_end, 0, "a rebase leaves its segment" },
	{ "bind_outside", bind_outside, 0, "a bind leaves its segment" },
	{ "chain_leaves", chain_leaves, 0, "a chain of fixups leaves its segment" },
	{ "chain_unknown", chain_unknown, 0, "of a kind that is not known" },
	{ "entry_outside", entry_outside, 0, "is not in code" },
	{ "object_relocation_outside", object_relocation_outside, 0, "a relocation lies outside section" },
	{ "object_relocations_forged", object_relocations_forged, 0, "more than there is room for" },
};
const size_t make_odd_macho_count = sizeof make_odd_machos / sizeof *make_odd_machos;
