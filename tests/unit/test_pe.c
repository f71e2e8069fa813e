#include "../make/exhibit_holds.h"
#include "../make/pe.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { AMD64 = 0x8664, I386 = 0x14c, ARM64 = 0xaa64, ARMNT = 0x1c4, ARM_CE = 0x1c0, R4000 = 0x166 };
static const size_t arena_limit = 64 << 20;

static struct inq_bytes made(const struct make_pe *f)
{
	return (struct inq_bytes){ f->bytes, f->len };
}

static void read_ok(struct inq_bytes b, struct inq_arena *a, struct inq_exhibit *x)
{
	struct inq_error err = { 0 };
	const char *wrong;

	if (inq_exhibit_read(b, a, x, &err))
		fail_msg("%s", err.text);
	wrong = exhibit_holds(x);
	if (wrong)
		fail_msg("%s", wrong);
}

static const struct inq_hint *hint_of(const struct inq_exhibit *x, uint64_t va, enum inq_source source)
{
	for (size_t i = 0; i < x->hint_count; i++)
		if (x->hints[i].va == va && x->hints[i].source == source)
			return &x->hints[i];
	return NULL;
}

static bool has_anomaly(const struct inq_exhibit *x, const char *says)
{
	for (size_t i = 0; i < x->anomaly_count; i++)
		if (strstr(x->anomalies[i].text, says))
			return true;
	return false;
}

static void assert_import(
        const struct inq_import *i, const char *library, const char *name, uint32_t ordinal, uint64_t slot_va)
{
	assert_string_equal(i->library, library);
	if (name)
		assert_string_equal(i->name, name);
	else
		assert_null(i->name);
	assert_int_equal(i->ordinal, ordinal);
	assert_int_equal(i->slot_va, slot_va);
	assert_int_equal(i->stub_va, 0);
}

static void image_is_read(uint16_t machine, bool plus, enum inq_arch arch)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	uint64_t thumb = machine == ARMNT;
	struct inq_exhibit x;
	static struct make_pe f;
	unsigned width = plus ? 8 : 4;

	make_pe_image(&f, machine, plus);
	read_ok(made(&f), a, &x);
	assert_int_equal(x.format, INQ_FORMAT_PE);
	assert_int_equal(x.arch, arch);
	assert_int_equal(x.kind, INQ_KIND_EXECUTABLE);
	assert_int_equal(x.bits, plus ? 64 : 32);
	assert_true(x.position_independent);
	assert_int_equal(x.base_va, f.base);
	assert_int_equal(x.entry_va, f.base + MAKE_PE_FIRST);
	assert_int_equal(x.anomaly_count, 0);

	assert_int_equal(x.section_count, 5);
	assert_string_equal(x.sections[0].name, ".text");
	assert_int_equal(x.sections[0].access, INQ_READ | INQ_EXECUTE);
	assert_int_equal(x.region_count, 6);
	assert_int_equal(x.regions[0].kind, INQ_REGION_DATA);
	assert_int_equal(x.regions[1].kind, INQ_REGION_CODE);
	assert_int_equal(x.regions[1].bytes.len, 0x100);

	assert_int_equal(x.import_count, 4);
	assert_import(&x.imports[0], "KERNEL32.dll", "ExitProcess", 0, f.base + MAKE_PE_SLOTS);
	assert_import(&x.imports[1], "KERNEL32.dll", NULL, 7, f.base + MAKE_PE_SLOTS + width);
	assert_import(&x.imports[2], "WS2_32.dll", NULL, 1, f.base + MAKE_PE_SLOTS + 0x40);
	assert_import(&x.imports[3], "USER32.dll", "MessageBoxA", 0, f.base + MAKE_PE_DELAY_SLOTS);
	assert_int_equal(x.library_count, 3);

	assert_int_equal(x.export_count, 3);
	assert_string_equal(x.exports[0].name, "alpha");
	assert_int_equal(x.exports[0].ordinal, 5);
	assert_int_equal(x.exports[0].va, f.base + MAKE_PE_FIRST);
	assert_string_equal(x.exports[1].forward, "NTDLL.Gamma");
	assert_int_equal(x.exports[1].va, 0);
	assert_null(x.exports[2].name);
	assert_int_equal(x.exports[2].ordinal, 7);

	assert_non_null(hint_of(&x, f.base + MAKE_PE_FIRST + thumb, INQ_SOURCE_ENTRY));
	assert_string_equal(hint_of(&x, f.base + MAKE_PE_FIRST + thumb, INQ_SOURCE_EXPORT)->name, "alpha");
	assert_non_null(hint_of(&x, f.base + MAKE_PE_SECOND + thumb, INQ_SOURCE_EXPORT));
	assert_non_null(hint_of(&x, f.base + MAKE_PE_CALLBACK + thumb, INQ_SOURCE_INIT));
	assert_non_null(hint_of(&x, f.base + MAKE_PE_GUARDED + thumb, INQ_SOURCE_STARTS));
	assert_non_null(hint_of(&x, f.base + MAKE_PE_SECOND + thumb, INQ_SOURCE_STARTS));
	if (machine == I386) {
		assert_non_null(hint_of(&x, f.base + MAKE_PE_HANDLER, INQ_SOURCE_STARTS));
	} else {
		assert_int_equal(hint_of(&x, f.base + MAKE_PE_FIRST + thumb, INQ_SOURCE_UNWIND)->size, 8);
		assert_int_equal(hint_of(&x, f.base + MAKE_PE_SECOND + thumb, INQ_SOURCE_UNWIND)->size, 8);
		assert_non_null(hint_of(&x, f.base + MAKE_PE_HANDLER + thumb, INQ_SOURCE_UNWIND));
		/* Parts of functions are not functions. */
		assert_null(hint_of(&x, f.base + MAKE_PE_PART + thumb, INQ_SOURCE_UNWIND));
	}
	assert_int_equal(x.pointer_count, 1);
	assert_int_equal(x.pointers[0].slot_va, f.base + MAKE_PE_POINTER);
	assert_int_equal(x.pointers[0].target_va, f.base + MAKE_PE_SECOND);
	/* The certificate table that follows it is no overlay. */
	assert_int_equal(x.overlay_len, make_pe_overlay_len);
	assert_int_equal(x.overlay_off + x.overlay_len, x.pe->directory[4].rva);
	assert_int_equal(x.pe->nt_off, MAKE_PE_NT);
	assert_int_equal(x.pe->timestamp, 0x65a1b2c3);
	inq_arena_close(a);
}

static void reads_x86_64(void **state)
{
	(void)state;
	image_is_read(AMD64, true, INQ_ARCH_X86_64);
}

static void reads_x86_32(void **state)
{
	(void)state;
	image_is_read(I386, false, INQ_ARCH_X86_32);
}

static void reads_arm64_with_packed_unwind_data(void **state)
{
	(void)state;
	image_is_read(ARM64, true, INQ_ARCH_A64);
}

static void reads_thumb_with_packed_unwind_data(void **state)
{
	(void)state;
	image_is_read(ARMNT, false, INQ_ARCH_ARM);
}

static void reads_exception_directories_of_windows_ce(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x;
	static struct make_pe f;

	(void)state;
	make_pe_image(&f, ARM_CE, false);
	make_pe_put(&f, MAKE_PE_UNWIND, 4, f.base + MAKE_PE_FIRST);
	make_pe_put(&f, MAKE_PE_UNWIND + 4, 4, 1 | 4 << 8 | 1 << 30);
	make_pe_put(&f, MAKE_PE_UNWIND + 8, 4, f.base + MAKE_PE_SECOND);
	make_pe_put(&f, MAKE_PE_UNWIND + 12, 4, 1 | 4 << 8);
	make_pe_directory(&f, 3, MAKE_PE_UNWIND, 16);
	read_ok(made(&f), a, &x);
	assert_int_equal(hint_of(&x, f.base + MAKE_PE_FIRST, INQ_SOURCE_UNWIND)->size, 16);
	/* Not 32-bit code: Thumb. */
	assert_int_equal(hint_of(&x, f.base + MAKE_PE_SECOND + 1, INQ_SOURCE_UNWIND)->size, 8);

	make_pe_image(&f, R4000, false);
	make_pe_put(&f, MAKE_PE_UNWIND, 4, f.base + MAKE_PE_SECOND);
	make_pe_put(&f, MAKE_PE_UNWIND + 4, 4, f.base + MAKE_PE_SECOND + 12);
	make_pe_directory(&f, 3, MAKE_PE_UNWIND, 20);
	make_pe_directory(&f, 8, MAKE_PE_POINTER, 0);
	read_ok(made(&f), a, &x);
	assert_int_equal(x.arch, INQ_ARCH_MIPS);
	assert_int_equal(x.gp_va, f.base + MAKE_PE_POINTER);
	assert_int_equal(hint_of(&x, f.base + MAKE_PE_SECOND, INQ_SOURCE_UNWIND)->size, 12);
	inq_arena_close(a);
}

static void finds_mingw_symbols_and_long_section_names(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	const struct inq_hint *h;
	struct inq_exhibit x;
	static struct make_pe f;
	size_t symbols;

	(void)state;
	make_pe_begin(&f, I386, false);
	make_pe_section(&f, ".text", 0x60000020, 0x100);
	make_pe_section(&f, "/4", 0x40000040, 0x100);
	symbols = make_pe_symbols(&f, 2, ".a_long_section");
	memcpy(f.bytes + symbols, "_func123", 8);
	make_pe_put_at(&f, symbols + 8, 4, 0x20);
	make_pe_put_at(&f, symbols + 12, 2, 1);
	make_pe_put_at(&f, symbols + 14, 2, 0x20);
	make_pe_put_at(&f, symbols + 16, 1, 3);
	/* A label is no function, and neither is what lies in data. */
	memcpy(f.bytes + symbols + 18, "label", 5);
	make_pe_put_at(&f, symbols + 18 + 12, 2, 1);
	make_pe_put_at(&f, symbols + 18 + 16, 1, 3);
	read_ok(made(&f), a, &x);
	assert_string_equal(x.sections[1].name, ".a_long_section");
	h = hint_of(&x, f.base + 0x1020, INQ_SOURCE_SYMBOL);
	assert_non_null(h);
	assert_string_equal(h->name, "func123");
	assert_int_equal(x.hint_count, 1);
	/* The symbol and string tables are no overlay. */
	assert_int_equal(x.overlay_len, 0);
	inq_arena_close(a);
}

/* Two frames under one CIE that counts addresses from where they stand. */
static void finds_dwarf_frames_of_mingw(void **state)
{
	static const uint8_t cie[] = { 1, 'z', 'R', 0, 1, 0x7c, 8, 1, 0x1b };
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x;
	static struct make_pe f;
	uint32_t rva;

	(void)state;
	make_pe_begin(&f, I386, false);
	make_pe_section(&f, ".text", 0x60000020, 0x100);
	rva = make_pe_section(&f, "/4", 0x40000040, 0x100);
	make_pe_symbols(&f, 0, ".eh_frame");
	make_pe_put(&f, rva, 4, 16);
	for (uint32_t i = 0; i < sizeof cie; i++)
		make_pe_put(&f, rva + 8 + i, 1, cie[i]);
	for (uint32_t i = 0; i < 2; i++) {
		uint32_t frame = rva + 20 + 20 * i;

		make_pe_put(&f, frame, 4, 16);
		make_pe_put(&f, frame + 4, 4, frame + 4 - rva);
		make_pe_put(&f, frame + 8, 4, (uint64_t)0x1010 + 0x20 * i - (frame + 8));
		make_pe_put(&f, frame + 12, 4, 0x18);
	}
	read_ok(made(&f), a, &x);
	assert_int_equal(hint_of(&x, f.base + 0x1010, INQ_SOURCE_UNWIND)->size, 0x18);
	assert_int_equal(hint_of(&x, f.base + 0x1030, INQ_SOURCE_UNWIND)->size, 0x18);
	assert_int_equal(x.hint_count, 2);
	inq_arena_close(a);
}

static void takes_no_code_from_managed_images(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x;
	static struct make_pe f;

	(void)state;
	make_pe_image(&f, I386, false);
	make_pe_put(&f, 0x2780 + 16, 4, 1); /* CIL only */
	make_pe_directory(&f, 14, 0x2780, 72);
	read_ok(made(&f), a, &x);
	for (size_t i = 0; i < x.region_count; i++)
		assert_int_equal(x.regions[i].kind, INQ_REGION_DATA);
	assert_int_equal(x.hint_count, 0);
	inq_arena_close(a);
}

/* The loader rounds offsets of raw data down to a sector, except in images mapped flat. */
static void maps_as_the_loader_does(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x;
	static struct make_pe f;

	(void)state;
	make_pe_image(&f, AMD64, true);
	make_pe_put_at(&f, make_pe_section_at(&f, 0, 20), 4, f.sections[0].off + 0x10);
	read_ok(made(&f), a, &x);
	assert_ptr_equal(inq_exhibit_at(&x, f.base + MAKE_PE_FIRST).at, f.bytes + f.sections[0].off);
	/* A virtual size of 0 stands for the raw size. */
	make_pe_image(&f, AMD64, true);
	make_pe_put_at(&f, make_pe_section_at(&f, 0, 8), 4, 0);
	read_ok(made(&f), a, &x);
	assert_int_equal(inq_exhibit_region(&x, f.base + MAKE_PE_FIRST)->size, 0x200);
	/* What is larger in memory than in the file reads as zero, and there are no bytes. */
	make_pe_image(&f, AMD64, true);
	make_pe_put_at(&f, make_pe_section_at(&f, 4, 8), 4, 0x9000);
	read_ok(made(&f), a, &x);
	assert_int_equal(inq_exhibit_region(&x, f.base + 0x5000)->size, 0x9000);
	assert_int_equal(inq_exhibit_region(&x, f.base + 0x5000)->bytes.len, 0x200);
	inq_arena_close(a);
}

static void object_is_read(uint16_t machine, enum inq_arch arch)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	const struct inq_region *code;
	struct inq_exhibit x;
	static struct make_pe f, untouched;
	uint64_t to;

	make_coff(&f, machine);
	read_ok(made(&f), a, &x);
	assert_int_equal(x.kind, INQ_KIND_OBJECT);
	assert_int_equal(x.arch, arch);
	assert_int_equal(x.anomaly_count, 0);
	code = &x.regions[0];
	assert_int_equal(code->kind, INQ_REGION_CODE);
	assert_string_equal(hint_of(&x, code->va, INQ_SOURCE_SYMBOL)->name, "a_function_name_that_is_long");
	assert_int_equal(x.import_count, 1);
	assert_string_equal(x.imports[0].name, "outside");
	assert_int_equal(inq_exhibit_region(&x, x.imports[0].stub_va)->kind, INQ_REGION_EXTERN);
	/* The call now leads to the import, in the copy alone. */
	if (machine == ARM64)
		to = code->va + 4 * (inq_le32(code->bytes.at) & 0x3ffffff);
	else
		to = code->va + 5 + inq_le32(code->bytes.at + 1);
	assert_int_equal(to, x.imports[0].stub_va);
	make_coff(&untouched, machine);
	assert_memory_equal(f.bytes, untouched.bytes, f.len);
	assert_int_equal(x.pointer_count, 1);
	assert_int_equal(x.pointers[0].target_va, code->va);
	inq_arena_close(a);
}

static void relocates_objects(void **state)
{
	(void)state;
	object_is_read(AMD64, INQ_ARCH_X86_64);
	object_is_read(I386, INQ_ARCH_X86_32);
	object_is_read(ARM64, INQ_ARCH_A64);
}

static void notes_what_is_odd(void **state)
{
	static struct make_pe f;

	(void)state;
	for (size_t i = 0; i < make_odd_pe_count; i++) {
		const struct make_odd_pe *odd = &make_odd_pes[i];
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_exhibit x = { 0 };
		struct inq_error err = { 0 };
		enum inq_status status;

		odd->build(&f);
		status = inq_exhibit_read(made(&f), a, &x, &err);
		if ((int)status != odd->status)
			fail_msg("%s: status %d, %s", odd->name, status, err.text);
		if (!status && exhibit_holds(&x))
			fail_msg("%s: %s", odd->name, exhibit_holds(&x));
		if (odd->says && !has_anomaly(&x, odd->says))
			fail_msg("%s: no anomaly says \"%s\"", odd->name, odd->says);
		if (status) {
			assert_true(err.text[0]);
			assert_int_equal(x.format, INQ_FORMAT_NONE);
		}
		inq_arena_close(a);
	}
}

/* Millions of imports behind a few bytes: every descriptor names the same table of ordinals. */
static void bounds_the_imports(void **state)
{
	struct inq_arena *a = inq_arena_open(256 << 20);
	struct inq_exhibit x;
	static struct make_pe f;
	uint32_t code;

	(void)state;
	make_pe_begin(&f, I386, false);
	code = make_pe_section(&f, ".text", 0x60000020, 0x4000);
	for (uint32_t i = 0; i < 0x3ffc; i += 4)
		make_pe_put(&f, code + i, 4, 0x80000001);
	make_pe_section(&f, ".rdata", 0x40000040, 0x2000);
	make_pe_text(&f, 0x5f00 + 0x1000, "a.dll");
	for (uint32_t i = 0; i < 0x180; i++) {
		make_pe_put(&f, 0x5000 + 20 * i, 4, code);
		make_pe_put(&f, 0x5000 + 20 * i + 12, 4, 0x6f00);
		make_pe_put(&f, 0x5000 + 20 * i + 16, 4, code);
	}
	make_pe_directory(&f, 1, 0x5000, 20);
	read_ok(made(&f), a, &x);
	assert_true(x.import_count <= 1 << 18);
	assert_true(has_anomaly(&x, "the rest is left out"));
	inq_arena_close(a);
}

static void survives_every_cut(void **state)
{
	struct inq_error err;
	static struct make_pe f;

	(void)state;
	make_pe_image(&f, AMD64, true);
	for (size_t len = 0; len < f.len; len += len < 0x400 ? 1 : 61) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_exhibit x;

		if (!inq_exhibit_read((struct inq_bytes){ f.bytes, len }, a, &x, &err) && exhibit_holds(&x))
			fail_msg("cut to %zu: %s", len, exhibit_holds(&x));
		inq_arena_close(a);
	}
}

static void fails_with_every_allocation(void **state)
{
	static struct make_pe f;

	(void)state;
	for (unsigned object = 0; object < 2; object++) {
		enum inq_status status = INQ_NO_MEMORY;
		unsigned n = 0;

		if (object)
			make_coff(&f, AMD64);
		else
			make_pe_image(&f, AMD64, true);
		for (n = 1; status == INQ_NO_MEMORY && n < 200; n++) {
			struct inq_arena *a = inq_arena_open(arena_limit);
			struct inq_exhibit x = { 0 };
			struct inq_error err;

			inq_arena_fail_after(a, n);
			status = inq_exhibit_read(made(&f), a, &x, &err);
			assert_true(status == INQ_OK || status == INQ_NO_MEMORY);
			inq_arena_close(a);
		}
		assert_int_equal(status, INQ_OK);
		assert_true(n > 5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_x86_64),
		cmocka_unit_test(reads_x86_32),
		cmocka_unit_test(reads_arm64_with_packed_unwind_data),
		cmocka_unit_test(reads_thumb_with_packed_unwind_data),
		cmocka_unit_test(reads_exception_directories_of_windows_ce),
		cmocka_unit_test(finds_mingw_symbols_and_long_section_names),
		cmocka_unit_test(finds_dwarf_frames_of_mingw),
		cmocka_unit_test(takes_no_code_from_managed_images),
		cmocka_unit_test(maps_as_the_loader_does),
		cmocka_unit_test(relocates_objects),
		cmocka_unit_test(notes_what_is_odd),
		cmocka_unit_test(bounds_the_imports),
		cmocka_unit_test(survives_every_cut),
		cmocka_unit_test(fails_with_every_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
