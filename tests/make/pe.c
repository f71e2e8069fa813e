#include "pe.h"
#include <assert.h>
#include <string.h>

enum { AMD64 = 0x8664, I386 = 0x14c, ARM64 = 0xaa64, ARMNT = 0x1c4 };
enum { CODE = 0x60000020, CONSTANT = 0x40000040, DATA = (int)0xc0000040 };
const size_t make_pe_overlay_len = 24;

void make_pe_put_at(struct make_pe *f, size_t off, unsigned size, uint64_t value)
{
	for (unsigned i = 0; i < size; i++)
		if (off + i < sizeof f->bytes)
			f->bytes[off + i] = (uint8_t)(value >> 8 * i);
	if (off + size > f->len && off + size <= sizeof f->bytes)
		f->len = off + size;
}

static size_t off_of(const struct make_pe *f, uint32_t rva)
{
	for (unsigned i = 0; i < f->section_count; i++)
		if (rva >= f->sections[i].rva && rva - f->sections[i].rva < f->sections[i].size)
			return f->sections[i].off + (rva - f->sections[i].rva);
	return rva;
}

void make_pe_put(struct make_pe *f, uint32_t rva, unsigned size, uint64_t value)
{
	make_pe_put_at(f, off_of(f, rva), size, value);
}

void make_pe_text(struct make_pe *f, uint32_t rva, const char *text)
{
	memcpy(f->bytes + off_of(f, rva), text, strlen(text) + 1);
}

size_t make_pe_optional(const struct make_pe *f, unsigned field)
{
	(void)f;
	return MAKE_PE_NT + 24 + field;
}

size_t make_pe_directory_at(const struct make_pe *f, unsigned index)
{
	return make_pe_optional(f, f->plus ? 112 : 96) + 8 * index;
}

size_t make_pe_section_at(const struct make_pe *f, unsigned index, unsigned field)
{
	return make_pe_directory_at(f, 16) + 40 * index + field;
}

void make_pe_directory(struct make_pe *f, unsigned index, uint32_t rva, uint32_t size)
{
	make_pe_put_at(f, make_pe_directory_at(f, index), 4, rva);
	make_pe_put_at(f, make_pe_directory_at(f, index) + 4, 4, size);
}

void make_pe_begin(struct make_pe *f, uint16_t machine, bool plus)
{
	memset(f, 0, sizeof *f);
	f->machine = machine;
	f->plus = plus;
	f->base = plus ? 0x140000000 : 0x400000;
	f->len = MAKE_PE_HEADERS;
	memcpy(f->bytes, "MZ", 2);
	make_pe_put_at(f, 0x3c, 4, MAKE_PE_NT);
	memcpy(f->bytes + MAKE_PE_NT, "PE\0", 4);
	make_pe_put_at(f, MAKE_PE_NT + 4, 2, machine);
	make_pe_put_at(f, MAKE_PE_NT + 8, 4, 0x65a1b2c3); /* 2024-01-12T21:44:35Z */
	make_pe_put_at(f, MAKE_PE_NT + 20, 2, plus ? 240 : 224);
	make_pe_put_at(f, MAKE_PE_NT + 22, 2, 0x22);
	make_pe_put_at(f, make_pe_optional(f, 0), 2, plus ? 0x20b : 0x10b);
	make_pe_put_at(f, make_pe_optional(f, 2), 2, 14 | 29 << 8);
	make_pe_put_at(f, make_pe_optional(f, plus ? 24 : 28), plus ? 8 : 4, f->base);
	make_pe_put_at(f, make_pe_optional(f, 32), 4, 0x1000);
	make_pe_put_at(f, make_pe_optional(f, 36), 4, 0x200);
	make_pe_put_at(f, make_pe_optional(f, 60), 4, MAKE_PE_HEADERS);
	make_pe_put_at(f, make_pe_optional(f, 68), 2, 3);
	make_pe_put_at(f, make_pe_optional(f, 70), 2, 0x140);
	make_pe_put_at(f, make_pe_optional(f, plus ? 108 : 92), 4, 16);
}

uint32_t make_pe_section(struct make_pe *f, const char *name, uint32_t characteristics, uint32_t size)
{
	unsigned i = f->section_count++;
	uint32_t raw = (size + 0x1ff) & ~0x1ffu;

	f->sections[i].rva =
	        i ? (f->sections[i - 1].rva + f->sections[i - 1].size + 0xfff) & ~0xfffu : 0x1000;
	f->sections[i].off = (uint32_t)((f->len + 0x1ff) & ~(size_t)0x1ff);
	f->sections[i].size = size;
	assert(i < 16 && strlen(name) <= 8);
	memcpy(f->bytes + make_pe_section_at(f, i, 0), name, strlen(name));
	make_pe_put_at(f, make_pe_section_at(f, i, 8), 4, size);
	make_pe_put_at(f, make_pe_section_at(f, i, 12), 4, f->sections[i].rva);
	make_pe_put_at(f, make_pe_section_at(f, i, 16), 4, raw);
	make_pe_put_at(f, make_pe_section_at(f, i, 20), 4, f->sections[i].off);
	make_pe_put_at(f, make_pe_section_at(f, i, 36), 4, characteristics);
	f->len = f->sections[i].off + raw;
	make_pe_put_at(f, MAKE_PE_NT + 6, 2, f->section_count);
	make_pe_put_at(f, make_pe_optional(f, 56), 4, (f->sections[i].rva + size + 0xfff) & ~0xfffu);
	return f->sections[i].rva;
}

size_t make_pe_symbols(struct make_pe *f, unsigned count, const char *name)
{
	size_t symbols = f->len, strings = symbols + 18 * (size_t)count, len = strlen(name) + 1;

	make_pe_put_at(f, MAKE_PE_NT + 12, 4, symbols);
	make_pe_put_at(f, MAKE_PE_NT + 16, 4, count);
	make_pe_put_at(f, strings, 4, 4 + len);
	memcpy(f->bytes + strings + 4, name, len);
	f->len = strings + 4 + len;
	return symbols;
}

/* One word as wide as an address. */
static void word(struct make_pe *f, uint32_t rva, uint64_t value)
{
	make_pe_put(f, rva, f->plus ? 8 : 4, value);
}

static void address(struct make_pe *f, uint32_t rva, uint32_t target)
{
	word(f, rva, f->base + target);
}

static void imports(struct make_pe *f)
{
	unsigned width = f->plus ? 8 : 4;
	uint64_t by_ordinal = f->plus ? (uint64_t)1 << 63 : 0x80000000u;

	make_pe_put(f, MAKE_PE_IMPORTS, 4, 0x2080);
	make_pe_put(f, MAKE_PE_IMPORTS + 12, 4, 0x2180);
	make_pe_put(f, MAKE_PE_IMPORTS + 16, 4, MAKE_PE_SLOTS);
	make_pe_put(f, MAKE_PE_IMPORTS + 32, 4, 0x2190);
	make_pe_put(f, MAKE_PE_IMPORTS + 36, 4, MAKE_PE_SLOTS + 0x40);
	make_pe_text(f, 0x2180, "KERNEL32.dll");
	make_pe_text(f, 0x2190, "WS2_32.dll");
	make_pe_text(f, 0x21a2, "ExitProcess");
	make_pe_text(f, 0x21c2, "MessageBoxA");
	make_pe_text(f, 0x21d0, "USER32.dll");
	word(f, 0x2080, 0x21a0);
	word(f, 0x2080 + width, by_ordinal | 7);
	/* The second library has no lookup table: its slots are read instead. */
	word(f, MAKE_PE_SLOTS + 0x40, by_ordinal | 1);
	make_pe_directory(f, 1, MAKE_PE_IMPORTS, 60);
	make_pe_put(f, MAKE_PE_DELAY, 4, 1);
	make_pe_put(f, MAKE_PE_DELAY + 4, 4, 0x21d0);
	make_pe_put(f, MAKE_PE_DELAY + 12, 4, MAKE_PE_DELAY_SLOTS);
	make_pe_put(f, MAKE_PE_DELAY + 16, 4, 0x2280);
	word(f, 0x2280, 0x21c0);
	make_pe_directory(f, 13, MAKE_PE_DELAY, 64);
}

/* "alpha" is the first function, "beta" is forwarded, the second function has only ordinal 7. */
static void exports(struct make_pe *f)
{
	make_pe_put(f, MAKE_PE_EXPORTS + 12, 4, 0x2390);
	make_pe_put(f, MAKE_PE_EXPORTS + 16, 4, 5);
	make_pe_put(f, MAKE_PE_EXPORTS + 20, 4, 3);
	make_pe_put(f, MAKE_PE_EXPORTS + 24, 4, 2);
	make_pe_put(f, MAKE_PE_EXPORTS + 28, 4, 0x2330);
	make_pe_put(f, MAKE_PE_EXPORTS + 32, 4, 0x2340);
	make_pe_put(f, MAKE_PE_EXPORTS + 36, 4, 0x2350);
	make_pe_put(f, 0x2330, 4, MAKE_PE_FIRST);
	make_pe_put(f, 0x2334, 4, 0x2370);
	make_pe_put(f, 0x2338, 4, MAKE_PE_SECOND);
	make_pe_put(f, 0x2340, 4, 0x2360);
	make_pe_put(f, 0x2344, 4, 0x2368);
	make_pe_put(f, 0x2350, 2, 0);
	make_pe_put(f, 0x2352, 2, 1);
	make_pe_text(f, 0x2360, "alpha");
	make_pe_text(f, 0x2368, "beta");
	make_pe_text(f, 0x2370, "NTDLL.Gamma");
	make_pe_text(f, 0x2390, "made.dll");
	make_pe_directory(f, 0, MAKE_PE_EXPORTS, 0xa0);
}

static void tables(struct make_pe *f)
{
	unsigned width = f->plus ? 8 : 4;

	address(f, MAKE_PE_TLS + 3 * width, 0x2440);
	address(f, 0x2440, MAKE_PE_CALLBACK);
	make_pe_directory(f, 9, MAKE_PE_TLS, f->plus ? 40 : 24);
	make_pe_put(f, MAKE_PE_CONFIG, 4, f->plus ? 148 : 92);
	address(f, MAKE_PE_CONFIG + (f->plus ? 128 : 80), 0x2580);
	word(f, MAKE_PE_CONFIG + (f->plus ? 136 : 84), 2);
	make_pe_put(f, MAKE_PE_CONFIG + (f->plus ? 144 : 88), 4, 1u << 28); /* a byte of flags follows each */
	make_pe_put(f, 0x2580, 4, MAKE_PE_GUARDED);
	make_pe_put(f, 0x2585, 4, MAKE_PE_SECOND);
	if (!f->plus) {
		address(f, MAKE_PE_CONFIG + 64, 0x25a0);
		word(f, MAKE_PE_CONFIG + 68, 1);
		make_pe_put(f, 0x25a0, 4, MAKE_PE_HANDLER);
	}
	make_pe_directory(f, 10, MAKE_PE_CONFIG, 64);
	address(f, MAKE_PE_POINTER, MAKE_PE_SECOND);
	make_pe_put(f, MAKE_PE_RELOCATIONS, 4, 0x3000);
	make_pe_put(f, MAKE_PE_RELOCATIONS + 4, 4, 12);
	make_pe_put(f, MAKE_PE_RELOCATIONS + 8, 2, f->plus ? 0xa000 : 0x3000);
	make_pe_directory(f, 5, MAKE_PE_RELOCATIONS, 12);
}

static void unwind(struct make_pe *f)
{
	switch (f->machine) {
	case AMD64:
		/* Two functions, the second with a handler; then a chained part of it. */
		for (uint32_t i = 0; i < 3; i++) {
			make_pe_put(f, MAKE_PE_UNWIND + 12 * i, 4, MAKE_PE_FIRST + 0x10 * i);
			make_pe_put(f, MAKE_PE_UNWIND + 12 * i + 4, 4, MAKE_PE_FIRST + 0x10 * i + 8);
			make_pe_put(f, MAKE_PE_UNWIND + 12 * i + 8, 4, 0x2740 + 0x10 * i);
		}
		make_pe_put(f, 0x2740, 4, 1);
		make_pe_put(f, 0x2750, 4, 1 | 1 << 3 | 1 << 16);
		make_pe_put(f, 0x2758, 4, MAKE_PE_HANDLER);
		make_pe_put(f, 0x2760, 4, 1 | 4 << 3);
		make_pe_directory(f, 3, MAKE_PE_UNWIND, 36);
		break;
	case ARM64:
	case ARMNT:
		/* Packed; in full, with a handler; and a fragment. */
		make_pe_put(f, MAKE_PE_UNWIND, 4, MAKE_PE_FIRST | (f->machine == ARMNT));
		make_pe_put(f, MAKE_PE_UNWIND + 4, 4, f->machine == ARMNT ? 1 | 4 << 2 : 1 | 2 << 2);
		make_pe_put(f, MAKE_PE_UNWIND + 8, 4, MAKE_PE_SECOND | (f->machine == ARMNT));
		make_pe_put(f, MAKE_PE_UNWIND + 12, 4, 0x2740);
		make_pe_put(f, MAKE_PE_UNWIND + 16, 4, MAKE_PE_PART | (f->machine == ARMNT));
		make_pe_put(f, MAKE_PE_UNWIND + 20, 4, 2 | 2 << 2);
		/* Eight bytes long, a handler, one epilogue in the header, one word of codes. */
		make_pe_put(f, 0x2740, 4,
		        (f->machine == ARMNT ? 4u : 2u) | 1u << 20 | 1u << 21 |
		                (f->machine == ARMNT ? 1u << 28 : 1u << 27));
		make_pe_put(f, 0x2744, 4, 0xe4e4e4e4);
		make_pe_put(f, 0x2748, 4, MAKE_PE_HANDLER | (f->machine == ARMNT));
		make_pe_directory(f, 3, MAKE_PE_UNWIND, 24);
		break;
	default:
		break;
	}
}

static void rich(struct make_pe *f)
{
	static const uint32_t words[] = { 0x536e6144, 0, 0, 0, 0x01040000 | 30729, 5, 0x00ff0000 | 30795,
		12 };
	uint32_t key = 0x80;

	for (unsigned i = 0; i < 0x80; i++)
		if (i < 0x3c || i >= 0x40)
			key += (uint32_t)f->bytes[i] << i % 32 |
			       (i % 32 ? (uint32_t)f->bytes[i] >> (32 - i % 32) : 0);
	for (unsigned i = 4; i < 8; i += 2)
		key += words[i] << words[i + 1] | words[i] >> (32 - words[i + 1]);
	for (unsigned i = 0; i < 8; i++)
		make_pe_put_at(f, 0x80 + 4 * i, 4, words[i] ^ key);
	make_pe_put_at(f, 0xa0, 4, 0x68636952);
	make_pe_put_at(f, 0xa4, 4, key);
}

static void debug(struct make_pe *f)
{
	size_t record = off_of(f, 0x2660);

	make_pe_put(f, MAKE_PE_DEBUG + 4, 4, 0x65a1b2c4);
	make_pe_put(f, MAKE_PE_DEBUG + 12, 4, 2);
	make_pe_put(f, MAKE_PE_DEBUG + 16, 4, 24 + 12);
	make_pe_put(f, MAKE_PE_DEBUG + 20, 4, 0x2660);
	make_pe_put(f, MAKE_PE_DEBUG + 24, 4, record);
	memcpy(f->bytes + record, "RSDS", 4);
	for (unsigned i = 0; i < 16; i++)
		f->bytes[record + 4 + i] = (uint8_t)(0x10 + i);
	make_pe_put_at(f, record + 20, 4, 3);
	make_pe_text(f, 0x2660 + 24, "C:\\w\\a.pdb");
	make_pe_directory(f, 6, MAKE_PE_DEBUG, 28);
}

static uint32_t utf16(struct make_pe *f, uint32_t rva, const char *text)
{
	for (; *text; text++, rva += 2)
		make_pe_put(f, rva, 2, (uint8_t)*text);
	make_pe_put(f, rva, 2, 0);
	return (rva + 2 + 3) & ~3u;
}

static void version_node(struct make_pe *f, uint32_t rva, uint32_t end, uint32_t value_len, bool is_text)
{
	make_pe_put(f, rva, 2, end - rva);
	make_pe_put(f, rva + 2, 2, value_len);
	make_pe_put(f, rva + 4, 2, is_text);
}

/* Two icons in English and version information in Russian. */
static void resources(struct make_pe *f)
{
	uint32_t t = MAKE_PE_RESOURCES, info = t + 0x200, fixed, strings, table, string, end;

	make_pe_put(f, t + 14, 2, 2);
	make_pe_put(f, t + 16, 4, 3);
	make_pe_put(f, t + 20, 4, 0x80000040);
	make_pe_put(f, t + 24, 4, 16);
	make_pe_put(f, t + 28, 4, 0x80000060);
	make_pe_put(f, t + 0x40 + 14, 2, 2);
	make_pe_put(f, t + 0x50, 4, 1);
	make_pe_put(f, t + 0x54, 4, 0x80000080);
	make_pe_put(f, t + 0x58, 4, 2);
	make_pe_put(f, t + 0x5c, 4, 0x80000080);
	make_pe_put(f, t + 0x60 + 14, 2, 1);
	make_pe_put(f, t + 0x70, 4, 1);
	make_pe_put(f, t + 0x74, 4, 0x800000a0);
	make_pe_put(f, t + 0x80 + 14, 2, 1);
	make_pe_put(f, t + 0x90, 4, 0x409);
	make_pe_put(f, t + 0x94, 4, 0xc0);
	make_pe_put(f, t + 0xa0 + 14, 2, 1);
	make_pe_put(f, t + 0xb0, 4, 0x419);
	make_pe_put(f, t + 0xb4, 4, 0xd0);
	make_pe_put(f, t + 0xc0, 4, t + 0x100);
	make_pe_put(f, t + 0xc4, 4, 16);
	make_pe_put(f, t + 0xd0, 4, info);
	make_pe_put(f, t + 0xd4, 4, 0x180);
	fixed = utf16(f, info + 6, "VS_VERSION_INFO");
	make_pe_put(f, fixed, 4, 0xfeef04bd);
	make_pe_put(f, fixed + 8, 4, 1 << 16 | 2);
	make_pe_put(f, fixed + 12, 4, 3 << 16 | 4);
	strings = fixed + 52;
	table = utf16(f, strings + 6, "StringFileInfo");
	string = utf16(f, table + 6, "041904b0");
	end = utf16(f, utf16(f, string + 6, "CompanyName"), "Made");
	version_node(f, string, end, 5, true);
	version_node(f, table, end, 0, true);
	version_node(f, strings, end, 0, true);
	version_node(f, info, end, 52, false);
	make_pe_directory(f, 2, t, 0x400);
}

static void checksum(struct make_pe *f)
{
	size_t field = make_pe_optional(f, 64);
	uint32_t sum = 0;

	make_pe_put_at(f, field, 4, 0);
	for (size_t i = 0; i < f->len; i += 2) {
		sum += (uint32_t)f->bytes[i] | (uint32_t)(i + 1 < f->len ? f->bytes[i + 1] : 0) << 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	make_pe_put_at(f, field, 4, sum + f->len);
}

void make_pe_image(struct make_pe *f, uint16_t machine, bool plus)
{
	make_pe_begin(f, machine, plus);
	make_pe_section(f, ".text", CODE, 0x100);
	make_pe_section(f, ".rdata", CONSTANT, 0x800);
	make_pe_section(f, ".data", (uint32_t)DATA, 0x100);
	make_pe_section(f, ".rsrc", CONSTANT, 0x400);
	make_pe_section(f, ".reloc", CONSTANT, 0x100);
	make_pe_put_at(f, make_pe_optional(f, 16), 4, MAKE_PE_FIRST);
	for (uint32_t rva = MAKE_PE_FIRST; rva < MAKE_PE_FIRST + 0x100; rva += 2)
		make_pe_put(f, rva, 2, 0xc3c3);
	imports(f);
	exports(f);
	tables(f);
	unwind(f);
	rich(f);
	debug(f);
	resources(f);
	memcpy(f->bytes + f->len, "overlay overlay overlay ", make_pe_overlay_len);
	f->len += make_pe_overlay_len;
	make_pe_directory(f, 4, (uint32_t)f->len, 16);
	make_pe_put_at(f, f->len, 4, 16);
	make_pe_put_at(f, f->len, 2, 0x200);
	make_pe_put_at(f, f->len, 2, 2);
	make_pe_put_at(f, f->len, 8, 0x3003);
	checksum(f);
}

void make_coff(struct make_pe *f, uint16_t machine)
{
	static const char names[] = "\0\0\0\0a_function_name_that_is_long";
	size_t symbols = 0xa0;

	memset(f, 0, sizeof *f);
	make_pe_put_at(f, 0, 2, machine);
	make_pe_put_at(f, 2, 2, 2);
	make_pe_put_at(f, 8, 4, symbols);
	make_pe_put_at(f, 12, 4, 3);
	memcpy(f->bytes + 20, ".text", 5);
	make_pe_put_at(f, 36, 4, 8);
	make_pe_put_at(f, 40, 4, 0x70);
	make_pe_put_at(f, 44, 4, 0x80);
	make_pe_put_at(f, 52, 2, 1);
	make_pe_put_at(f, 56, 4, 0x60500020);
	memcpy(f->bytes + 60, ".data", 5);
	make_pe_put_at(f, 76, 4, 8);
	make_pe_put_at(f, 80, 4, 0x78);
	make_pe_put_at(f, 84, 4, 0x90);
	make_pe_put_at(f, 92, 2, 1);
	make_pe_put_at(f, 96, 4, 0xc0500040);
	make_pe_put_at(f, 0x70, 8, machine == ARM64 ? 0xd65f03c094000000 : 0xc3c3c300000000e8);
	/* The call goes to symbol 1, the pointer to symbol 0. */
	make_pe_put_at(f, 0x80, 4, machine == ARM64 ? 0 : 1);
	make_pe_put_at(f, 0x84, 4, 1);
	make_pe_put_at(f, 0x88, 2, machine == AMD64 ? 4 : machine == ARM64 ? 3 : 0x14);
	make_pe_put_at(f, 0x90, 4, 0);
	make_pe_put_at(f, 0x94, 4, 0);
	make_pe_put_at(f, 0x98, 2, machine == AMD64 ? 1 : machine == ARM64 ? 14 : 6);
	make_pe_put_at(f, symbols + 4, 4, 4);
	make_pe_put_at(f, symbols + 12, 2, 1);
	make_pe_put_at(f, symbols + 14, 2, 0x20);
	make_pe_put_at(f, symbols + 16, 1, 2);
	memcpy(f->bytes + symbols + 18, machine == I386 ? "_outside" : "outside", machine == I386 ? 8 : 7);
	make_pe_put_at(f, symbols + 18 + 16, 1, 2);
	memcpy(f->bytes + symbols + 36, ".file", 5);
	make_pe_put_at(f, symbols + 36 + 12, 2, 0xfffe);
	make_pe_put_at(f, symbols + 36 + 16, 1, 103);
	make_pe_put_at(f, symbols + 36 + 17, 1, 0);
	memcpy(f->bytes + symbols + 54, names, sizeof names);
	f->len = symbols + 54 + sizeof names;
	make_pe_put_at(f, symbols + 54, 4, sizeof names);
}
