#include "../make/elf.h"
#include "../make/macho.h"
#include "../make/observation_holds.h"
#include "../make/pe.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const size_t arena_limit = 64 << 20;

static void observe(struct inq_bytes b, const struct inq_observation_limits *limits, struct inq_arena *a,
        struct inq_exhibit *x, struct inq_observation *o)
{
	struct inq_error err = { 0 };
	const char *wrong;

	if (inq_exhibit_read(b, a, x, &err) || inq_observation_read(x, limits, a, o, &err))
		fail_msg("%s", err.text);
	wrong = observation_holds(x, o, limits);
	if (wrong)
		fail_msg("%s", wrong);
}

static void observe_raw(struct inq_bytes b, const struct inq_observation_limits *limits, struct inq_arena *a,
        struct inq_exhibit *x, struct inq_observation *o)
{
	struct inq_error err = { 0 };
	const char *wrong;

	if (inq_exhibit_raw(b, INQ_ARCH_X86_64, false, 0x1000, a, x, &err) ||
	        inq_observation_read(x, limits, a, o, &err))
		fail_msg("%s", err.text);
	wrong = observation_holds(x, o, limits);
	if (wrong)
		fail_msg("%s", wrong);
}

static const struct inq_fact *fact_of(
        const struct inq_observation *o, enum inq_fact_kind kind, const char *name)
{
	for (size_t i = 0; i < o->fact_count; i++)
		if (o->facts[i].kind == kind &&
		        (!name || (o->facts[i].name && !strcmp(o->facts[i].name, name))))
			return &o->facts[i];
	return NULL;
}

static void assert_fact(const struct inq_observation *o, enum inq_fact_kind kind, const char *name,
        const char *text, bool forgeable)
{
	const struct inq_fact *f = fact_of(o, kind, name);

	if (!f)
		fail_msg("no %s %s", inq_fact_name(kind), name ? name : "");
	assert_string_equal(f->text, text);
	assert_int_equal(f->forgeable, forgeable);
}

static bool is_suspected(const struct inq_observation *o, const char *says)
{
	for (size_t i = 0; i < o->suspicion_count; i++)
		if (strstr(o->suspicions[i].text, says))
			return true;
	return false;
}

static void entropy_is_that_of_the_textbook(void **state)
{
	static uint8_t bytes[1 << 16];
	uint32_t seed = 1;

	(void)state;
	assert_int_equal(inq_entropy((struct inq_bytes){ bytes, 0 }), INQ_NO_ENTROPY);
	assert_int_equal(inq_entropy((struct inq_bytes){ bytes, 1 }), 0);
	assert_int_equal(inq_entropy((struct inq_bytes){ bytes, sizeof bytes }), 0);
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)i;
	assert_int_equal(inq_entropy((struct inq_bytes){ bytes, sizeof bytes }), 8000);
	assert_int_equal(inq_entropy((struct inq_bytes){ bytes, 2 }), 1000);
	/* Uneven bytes, against floating point. */
	for (size_t len = 1; len < sizeof bytes; len = len * 3 / 2 + 1) {
		size_t counts[256] = { 0 };
		double exact = 0;

		for (size_t i = 0; i < len; i++) {
			seed = seed * 1103515245 + 12345;
			bytes[i] = (uint8_t)((seed >> 24) * (seed >> 16 & 0xff) >> 8);
			counts[bytes[i]]++;
		}
		for (unsigned i = 0; i < 256; i++)
			if (counts[i])
				exact -= (double)counts[i] / (double)len *
				         log2((double)counts[i] / (double)len);
		assert_true(fabs(exact * 1000 - inq_entropy((struct inq_bytes){ bytes, len })) < 0.6);
	}
}

static void finds_strings_of_both_kinds(void **state)
{
	/* The wide one at an odd offset shares its first character with the narrow one before it. */
	static const uint8_t bytes[] =
	        "\1narrow\0four\0\0w\0i\0d\0e\0r\0\0\2sharew\0i\0d\0e\0r\0\0\xfflast one";
	static const struct {
		uint64_t off;
		const char *text;
		bool wide;
	} expected[] = { { 1, "narrow", false }, { 14, "wider", true }, { 26, "sharew", false },
		{ 31, "wider", true }, { 43, "last one", false } };
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_observation o;
	struct inq_exhibit x;

	(void)state;
	observe_raw(
	        (struct inq_bytes){ bytes, sizeof bytes - 1 }, &inq_observation_limits_default, a, &x, &o);
	assert_int_equal(o.string_count, sizeof expected / sizeof *expected);
	for (size_t i = 0; i < o.string_count; i++) {
		assert_int_equal(o.strings[i].off, expected[i].off);
		assert_int_equal(o.strings[i].va, 0x1000 + expected[i].off);
		assert_int_equal(o.strings[i].wide, expected[i].wide);
		assert_true(inq_bytes_equal(o.strings[i].text, expected[i].text));
	}
	inq_arena_close(a);
}

static void bounds_strings(void **state)
{
	static const struct inq_observation_limits limits = { 2, 4, 3 };
	static const struct inq_observation_limits none = { 5, 10, 0 };
	static const struct inq_observation_limits wrong = { 0, 10, 10 };
	static const uint8_t bytes[] = "ab\0long string\0cd\0ef\0gh";
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_observation o;
	struct inq_exhibit x;
	struct inq_error err;

	(void)state;
	observe_raw((struct inq_bytes){ bytes, sizeof bytes }, &limits, a, &x, &o);
	assert_int_equal(o.string_count, 3);
	assert_true(inq_bytes_equal(o.strings[1].text, "long"));
	assert_int_equal(o.string_dropped, 2);
	observe_raw((struct inq_bytes){ bytes, sizeof bytes }, &none, a, &x, &o);
	assert_int_equal(o.string_count, 0);
	assert_int_equal(o.string_dropped, 0);
	assert_int_equal(inq_observation_read(&x, &wrong, a, &o, &err), INQ_BAD_ARGUMENT);
	inq_arena_close(a);
}

/* Runs of random characters and zeros, against a search at every offset by itself. */
static void finds_the_strings_a_plain_search_finds(void **state)
{
	static const struct inq_observation_limits limits = { 3, 100000, 100000 };
	static uint8_t bytes[20000];
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_observation o;
	struct inq_exhibit x;
	uint32_t seed = 7;
	size_t found = 0;

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)("ab \0\0\0z\1"[(seed = seed * 1103515245 + 12345) >> 29]);
	observe_raw((struct inq_bytes){ bytes, sizeof bytes }, &limits, a, &x, &o);
	for (size_t i = 0; i < sizeof bytes; i++) {
		size_t narrow = i, wide = i;

		if (bytes[i] <= 1)
			continue;
		while (narrow < sizeof bytes && bytes[narrow] > 1)
			narrow++;
		while (wide + 1 < sizeof bytes && bytes[wide] > 1 && !bytes[wide + 1])
			wide += 2;
		if (narrow - i >= 3 && (!i || bytes[i - 1] <= 1)) {
			assert_true(found < o.string_count);
			assert_int_equal(o.strings[found].off, i);
			assert_false(o.strings[found].wide);
			assert_int_equal(o.strings[found++].text.len, narrow - i);
		}
		if ((wide - i) / 2 >= 3 && (i < 2 || bytes[i - 2] <= 1 || bytes[i - 1])) {
			assert_true(found < o.string_count);
			assert_int_equal(o.strings[found].off, i);
			assert_true(o.strings[found].wide);
			assert_int_equal(o.strings[found++].text.len, (wide - i) / 2);
		}
	}
	assert_int_equal(found, o.string_count);
	assert_true(found > 100);
	inq_arena_close(a);
}

static void tells_the_facts_of_a_pe_image(void **state)
{
	(void)state;
	for (unsigned plus = 0; plus < 2; plus++) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_observation o;
		struct inq_exhibit x;
		static struct make_pe f;

		make_pe_image(&f, plus ? 0x8664 : 0x14c, plus);
		observe((struct inq_bytes){ f.bytes, f.len }, &inq_observation_limits_default, a, &x, &o);
		/* MD5 of "kernel32.exitprocess,kernel32.ord7,ws2_32.accept": delayed imports do not count. */
		assert_fact(&o, INQ_FACT_IMPORT_HASH, NULL, "d24bd009b9991cbf25e078f2400cec3d", false);
		assert_fact(&o, INQ_FACT_COMPILE_TIME, NULL, "2024-01-12T21:44:35Z", true);
		assert_fact(&o, INQ_FACT_DEBUG_TIME, NULL, "2024-01-12T21:44:36Z", true);
		assert_fact(&o, INQ_FACT_LINKER, NULL, "14.29", true);
		assert_fact(&o, INQ_FACT_RICH_CHECKSUM, NULL, "holds", true);
		assert_fact(&o, INQ_FACT_RICH_ENTRY, "0x0104", "build 30729, 5 objects", true);
		assert_fact(&o, INQ_FACT_RICH_ENTRY, "0x00ff", "build 30795, 12 objects", true);
		assert_fact(&o, INQ_FACT_EXPORT_NAME, NULL, "made.dll", true);
		assert_fact(&o, INQ_FACT_PDB_PATH, NULL, "C:\\w\\a.pdb", true);
		assert_fact(&o, INQ_FACT_PDB_ID, NULL, "13121110-1514-1716-1819-1A1B1C1D1E1F age 3", true);
		assert_fact(&o, INQ_FACT_RESOURCE, "icon", "English (United States) (0x0409)", true);
		assert_int_equal(fact_of(&o, INQ_FACT_RESOURCE, "icon")->value, 2);
		assert_fact(&o, INQ_FACT_RESOURCE, "version", "Russian (0x0419)", true);
		assert_fact(&o, INQ_FACT_VERSION, "CompanyName", "Made", true);
		assert_fact(&o, INQ_FACT_VERSION, "fixed file version", "1.2.3.4", true);
		assert_fact(&o, INQ_FACT_CHECKSUM, NULL, "matches", true);
		assert_fact(&o, INQ_FACT_SIGNATURE, NULL, "present, not verified", false);
		assert_int_equal(fact_of(&o, INQ_FACT_SIGNATURE, NULL)->value, 16);
		assert_null(fact_of(&o, INQ_FACT_MANAGED, NULL));
		assert_int_equal(o.overlay_entropy,
		        inq_entropy((struct inq_bytes){ f.bytes + x.overlay_off, make_pe_overlay_len }));
		inq_arena_close(a);
	}
}

/* One byte of the DOS stub or of an entry changed: the Rich header's own checksum tells. */
static void sees_a_changed_rich_header(void **state)
{
	static const size_t changed[] = { 0x50, 0x90, 0x94 };

	(void)state;
	for (size_t i = 0; i < sizeof changed / sizeof *changed; i++) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_observation o;
		struct inq_exhibit x;
		static struct make_pe f;

		make_pe_image(&f, 0x8664, true);
		f.bytes[changed[i]] ^= 4;
		observe((struct inq_bytes){ f.bytes, f.len }, &inq_observation_limits_default, a, &x, &o);
		assert_int_equal(fact_of(&o, INQ_FACT_RICH_CHECKSUM, NULL)->value, 0);
		assert_int_equal(fact_of(&o, INQ_FACT_CHECKSUM, NULL)->value, 0);
		inq_arena_close(a);
	}
}

static void takes_no_hash_for_a_time(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_observation o;
	struct inq_exhibit x;
	static struct make_pe f;

	(void)state;
	make_pe_image(&f, 0x8664, true);
	make_pe_put(&f, MAKE_PE_DEBUG + 12, 4, 16);
	observe((struct inq_bytes){ f.bytes, f.len }, &inq_observation_limits_default, a, &x, &o);
	assert_fact(
	        &o, INQ_FACT_COMPILE_TIME, NULL, "none: 0x65a1b2c3 is a hash of a reproducible build", true);
	make_pe_put_at(&f, MAKE_PE_NT + 8, 4, 0x2a425e19);
	make_pe_put(&f, MAKE_PE_DEBUG + 12, 4, 0);
	observe((struct inq_bytes){ f.bytes, f.len }, &inq_observation_limits_default, a, &x, &o);
	assert_fact(&o, INQ_FACT_COMPILE_TIME, NULL, "none: the constant that Delphi writes", true);
	inq_arena_close(a);
}

static void follows_no_circle_of_resources(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_observation o;
	struct inq_exhibit x;
	static struct make_pe f;
	uint32_t t = MAKE_PE_RESOURCES;

	(void)state;
	/* Every directory has as many entries as its field can say, and all lead back to the root. */
	make_pe_image(&f, 0x8664, true);
	make_pe_put(&f, t + 14, 2, 0xffff);
	for (uint32_t i = 0; i + 24 < 0x400; i += 8) {
		make_pe_put(&f, t + 16 + i, 4, 0x80000000 + i);
		make_pe_put(&f, t + 20 + i, 4, 0x80000000);
	}
	observe((struct inq_bytes){ f.bytes, f.len }, &inq_observation_limits_default, a, &x, &o);
	assert_true(o.fact_count < 100);
	inq_arena_close(a);
}

static void tells_the_facts_of_an_elf_file(void **state)
{
	static const char strings[] = "\0libmade.so.1\0$ORIGIN/../lib\0/opt/lib";
	static const uint8_t id[] = { 0xde, 0xad, 0xbe, 0xef };
	(void)state;
	for (unsigned big = 0; big < 2; big++) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_observation o;
		struct inq_exhibit x;
		static struct make_elf f;
		unsigned section, dynstr, dynamic;

		make_elf_begin(&f, !big, big, big ? 8 : 62, 3);
		section = make_section(&f, ".interp", 1, 2, "/lib/ld-made.so.1", 18);
		make_segment(&f, 3, section);
		section = make_section(&f, ".note.gnu.build-id", 7, 2, NULL, 0);
		make_append(&f, 4, 4);
		make_append(&f, 4, sizeof id);
		make_append(&f, 4, 3);
		make_append(&f, 4, big ? 0x474e5500 : 0x00554e47);
		for (size_t i = 0; i < sizeof id; i++)
			make_append(&f, 1, id[i]);
		make_segment(&f, 4, section);
		dynstr = make_section(&f, ".dynstr", 3, 2, strings, sizeof strings);
		dynamic = make_section(&f, ".dynamic", 6, 3, NULL, 0);
		f.sections[dynamic].link = dynstr;
		const uint64_t tags[][2] = { { 5, make_section_va(&f, dynstr) }, { 14, 1 }, { 29, 14 },
			{ 15, 29 }, { 0, 0 } };
		for (size_t i = 0; i < 5; i++) {
			make_append(&f, make_word_size(&f), tags[i][0]);
			make_append(&f, make_word_size(&f), tags[i][1]);
		}
		make_segment(&f, 2, dynamic);
		make_section(&f, ".comment", 1, 0, "GCC: (Debian) 12\0GCC: (Debian) 12\0clang 14", 43);
		make_elf_end(&f);
		observe((struct inq_bytes){ f.bytes, f.len }, &inq_observation_limits_default, a, &x, &o);
		assert_fact(&o, INQ_FACT_INTERPRETER, NULL, "/lib/ld-made.so.1", false);
		assert_fact(&o, INQ_FACT_BUILD_ID, NULL, "deadbeef", true);
		assert_fact(&o, INQ_FACT_SONAME, NULL, "libmade.so.1", true);
		assert_fact(&o, INQ_FACT_RUNPATH, NULL, "$ORIGIN/../lib", true);
		assert_fact(&o, INQ_FACT_RPATH, NULL, "/opt/lib", true);
		assert_fact(&o, INQ_FACT_COMMENT, NULL, "GCC: (Debian) 12", true);
		/* Of the same comments, one is told. */
		assert_int_equal(o.fact_count, 7);
		assert_string_equal(o.facts[6].text, "clang 14");
		inq_arena_close(a);
	}
}

static void tells_the_facts_of_a_macho_file(void **state)
{
	(void)state;
	for (unsigned big = 0; big < 2; big++) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_observation o;
		struct inq_exhibit x;
		static struct make_macho f;

		make_macho_image(&f, big ? MAKE_MACHO_POWERPC : MAKE_MACHO_ARM64, !big, big, false);
		observe((struct inq_bytes){ f.bytes, f.len }, &inq_observation_limits_default, a, &x, &o);
		assert_fact(&o, INQ_FACT_UUID, NULL, "A0A1A2A3-A4A5-A6A7-A8A9-AAABACADAEAF", true);
		assert_fact(&o, INQ_FACT_MINIMUM_OS, "macOS", "11.2.0", true);
		assert_fact(&o, INQ_FACT_SDK, "macOS", "12.1.0", true);
		assert_fact(&o, INQ_FACT_SIGNATURE, NULL, "present, not verified", false);
		assert_int_equal(fact_of(&o, INQ_FACT_SIGNATURE, NULL)->value, 0x40);
		inq_arena_close(a);
	}
}

static void knows_go_and_rust(void **state)
{
	static uint8_t bytes[512];
	static const char module[] = "0123456789abcdefpath\texample.org/made\nmod\tx\n";
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_observation o;
	struct inq_exhibit x;

	(void)state;
	/* The magic alone, as in programs that look for it, says nothing. */
	memcpy(bytes, "\xff Go buildinf:", 14);
	memcpy(bytes + 64, "\xff Go buildinf:", 14);
	bytes[64 + 14] = 8;
	bytes[64 + 15] = 2;
	bytes[64 + 32] = 8;
	memcpy(bytes + 64 + 33, "go1.19.8", 8);
	bytes[64 + 41] = sizeof module - 1;
	memcpy(bytes + 64 + 42, module, sizeof module - 1);
	memcpy(bytes + 256, "/rustc/not/library /rustc/90c541806f23a127002de5b4038be731ba1458ca/library", 75);
	observe_raw((struct inq_bytes){ bytes, sizeof bytes }, &inq_observation_limits_default, a, &x, &o);
	assert_fact(&o, INQ_FACT_GO, NULL, "go1.19.8", true);
	assert_fact(&o, INQ_FACT_GO_PATH, NULL, "example.org/made", true);
	assert_fact(&o, INQ_FACT_RUST, NULL, "90c541806f23a127002de5b4038be731ba1458ca", true);
	/* As it was before 1.18: addresses of strings. */
	memset(bytes, 0, 256);
	memcpy(bytes, "\xff Go buildinf:", 14);
	bytes[14] = 8;
	bytes[16] = 0x40;
	bytes[17] = 0x10;
	bytes[24] = 0x50;
	bytes[25] = 0x10;
	bytes[0x40] = 0x80;
	bytes[0x41] = 0x10;
	bytes[0x48] = 6;
	memcpy(bytes + 0x80, "go1.12", 6);
	bytes[0x50] = 0x80;
	bytes[0x51] = 0x10;
	observe_raw((struct inq_bytes){ bytes, sizeof bytes }, &inq_observation_limits_default, a, &x, &o);
	assert_fact(&o, INQ_FACT_GO, NULL, "go1.12", true);
	inq_arena_close(a);
}

/* A distribution's compiler tells the folder of its source, with the version, in place of a commit. */
static void knows_rust_by_its_library_and_cxx_by_its_types(void **state)
{
	static uint8_t bytes[256];
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_observation o;
	struct inq_exhibit x;

	(void)state;
	memcpy(bytes + 100, "\1/usr/src/rustc-1.63.0/library/std/src/panic.rs", 48);
	memcpy(bytes + 200, "a.?AVexception", 14);
	observe_raw((struct inq_bytes){ bytes, sizeof bytes }, &inq_observation_limits_default, a, &x, &o);
	assert_fact(&o, INQ_FACT_RUST, NULL, "rustc-1.63.0", true);
	/* In a PE file, that would be C++. */
	assert_null(fact_of(&o, INQ_FACT_CXX, NULL));
	memset(bytes + 100, 0, 23);
	memcpy(bytes + 200, "N10__cxxabiv117", 15);
	observe_raw((struct inq_bytes){ bytes, sizeof bytes }, &inq_observation_limits_default, a, &x, &o);
	assert_fact(&o, INQ_FACT_RUST, NULL, "library/std/src/", true);
	assert_fact(&o, INQ_FACT_CXX, NULL, "N10__cxxabiv1", true);
	inq_arena_close(a);
}

static void suspects_what_looks_packed(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_observation o;
	struct inq_exhibit x;
	static struct make_pe f;
	uint32_t rva, seed = 1;

	(void)state;
	make_pe_begin(&f, 0x14c, false);
	make_pe_section(&f, ".text", 0x60000020, 0x1000);
	rva = make_pe_section(&f, "UPX1", 0xe0000040, 0x1800);
	for (uint32_t i = 0; i < 0x1800; i++)
		make_pe_put(&f, rva + i, 1, (seed = seed * 1103515245 + 12345) >> 24);
	make_pe_put_at(&f, make_pe_optional(&f, 16), 4, rva);
	observe((struct inq_bytes){ f.bytes, f.len }, &inq_observation_limits_default, a, &x, &o);
	assert_true(is_suspected(&o, "a name that a known packer gives"));
	assert_true(is_suspected(&o, "both writable and executable"));
	assert_true(is_suspected(&o, "bits of entropy per byte, more than code has"));
	assert_true(is_suspected(&o, "not the first executable one"));
	assert_true(is_suspected(&o, "imports only 0 functions"));
	assert_int_equal(o.suspicion_count, 5);
	for (size_t i = 0; i < o.suspicion_count; i++)
		if (strstr(o.suspicions[i].text, "bits of entropy"))
			assert_int_equal(o.suspicions[i].measure, o.section_entropy[1]);

	make_pe_image(&f, 0x8664, true);
	/* A library may import little. */
	make_pe_put_at(&f, MAKE_PE_NT + 22, 2, 0x2022);
	observe((struct inq_bytes){ f.bytes, f.len }, &inq_observation_limits_default, a, &x, &o);
	assert_int_equal(o.suspicion_count, 0);
	inq_arena_close(a);
}

static void survives_every_cut(void **state)
{
	static struct make_pe pe;
	static struct make_macho macho;
	const struct inq_bytes whole[] = { { pe.bytes, 0 }, { macho.bytes, 0 } };

	(void)state;
	make_pe_image(&pe, 0x8664, true);
	make_macho_image(&macho, MAKE_MACHO_X86_64, true, false, false);
	for (size_t k = 0; k < 2; k++) {
		size_t full = k ? macho.len : pe.len;

		for (size_t len = 0; len < full; len += 23) {
			struct inq_bytes b = { whole[k].at, len };
			struct inq_arena *a = inq_arena_open(arena_limit);
			struct inq_observation o;
			struct inq_exhibit x;
			struct inq_error err;

			if (!inq_exhibit_read(b, a, &x, &err)) {
				assert_int_equal(inq_observation_read(
				                         &x, &inq_observation_limits_default, a, &o, &err),
				        INQ_OK);
				assert_null(observation_holds(&x, &o, &inq_observation_limits_default));
			}
			inq_arena_close(a);
		}
	}
}

static void fails_with_every_allocation(void **state)
{
	enum inq_status status = INQ_NO_MEMORY;
	static struct make_pe f;
	unsigned n;

	(void)state;
	make_pe_image(&f, 0x8664, true);
	for (n = 1; status == INQ_NO_MEMORY && n < 400; n++) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_observation o;
		struct inq_exhibit x;
		struct inq_error err;

		assert_int_equal(inq_exhibit_read((struct inq_bytes){ f.bytes, f.len }, a, &x, &err), INQ_OK);
		inq_arena_fail_after(a, n);
		status = inq_observation_read(&x, &inq_observation_limits_default, a, &o, &err);
		assert_true(status == INQ_OK || status == INQ_NO_MEMORY);
		inq_arena_close(a);
	}
	assert_int_equal(status, INQ_OK);
	assert_true(n > 20);
}

static void names_every_fact(void **state)
{
	(void)state;
	for (int i = 0; i < INQ_FACT_COUNT; i++) {
		const char *name = inq_fact_name((enum inq_fact_kind)i);

		assert_non_null(name);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(name, inq_fact_name((enum inq_fact_kind)k));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entropy_is_that_of_the_textbook),
		cmocka_unit_test(finds_strings_of_both_kinds),
		cmocka_unit_test(bounds_strings),
		cmocka_unit_test(finds_the_strings_a_plain_search_finds),
		cmocka_unit_test(tells_the_facts_of_a_pe_image),
		cmocka_unit_test(sees_a_changed_rich_header),
		cmocka_unit_test(takes_no_hash_for_a_time),
		cmocka_unit_test(follows_no_circle_of_resources),
		cmocka_unit_test(tells_the_facts_of_an_elf_file),
		cmocka_unit_test(tells_the_facts_of_a_macho_file),
		cmocka_unit_test(knows_go_and_rust),
		cmocka_unit_test(knows_rust_by_its_library_and_cxx_by_its_types),
		cmocka_unit_test(suspects_what_looks_packed),
		cmocka_unit_test(survives_every_cut),
		cmocka_unit_test(fails_with_every_allocation),
		cmocka_unit_test(names_every_fact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
