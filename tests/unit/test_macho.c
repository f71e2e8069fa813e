#include "../make/exhibit_holds.h"
#include "../make/macho.h"
#include <inquiry/member.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const size_t arena_limit = 64 << 20;

static struct inq_bytes made(const struct make_macho *f)
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

static void image_is_read(uint32_t cpu, bool wide, bool big, bool chained, enum inq_arch arch)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x;
	static struct make_macho f;
	/* The only Thumb function is the one whose symbol says so. */
	uint64_t thumb = cpu == MAKE_MACHO_ARM;

	make_macho_image(&f, cpu, wide, big, chained);
	read_ok(made(&f), a, &x);
	assert_int_equal(x.format, INQ_FORMAT_MACHO);
	assert_int_equal(x.arch, arch);
	assert_int_equal(x.kind, INQ_KIND_EXECUTABLE);
	assert_int_equal(x.bits, wide ? 64 : 32);
	assert_int_equal(x.big_endian, big);
	assert_true(x.position_independent);
	assert_int_equal(x.base_va, f.base);
	assert_int_equal(x.entry_va, f.base + MAKE_MACHO_FIRST);
	assert_int_equal(x.anomaly_count, 0);
	assert_int_equal(x.overlay_len, 0);

	assert_int_equal(x.section_count, 5);
	assert_string_equal(x.sections[3].name, "__mod_init_func");
	assert_int_equal(inq_exhibit_region(&x, f.base)->kind, INQ_REGION_DATA);
	assert_int_equal(inq_exhibit_region(&x, f.base + MAKE_MACHO_FIRST)->kind, INQ_REGION_CODE);
	assert_int_equal(inq_exhibit_region(&x, f.base + MAKE_MACHO_STUB)->kind, INQ_REGION_STUBS);

	assert_int_equal(x.library_count, 1);
	assert_int_equal(x.import_count, 1);
	assert_string_equal(x.imports[0].name, "outside");
	assert_string_equal(x.imports[0].library, "/usr/lib/libmade.dylib");
	assert_int_equal(x.imports[0].stub_va, f.base + MAKE_MACHO_STUB);
	assert_int_equal(x.imports[0].slot_va, f.base + MAKE_MACHO_SLOT);

	assert_int_equal(x.export_count, 2);
	for (size_t i = 0; i < 2; i++) {
		if (x.exports[i].forward) {
			assert_string_equal(x.exports[i].name, "again");
			assert_string_equal(x.exports[i].forward, "/usr/lib/libmade.dylib._other");
		} else {
			assert_string_equal(x.exports[i].name, "first");
			assert_int_equal(x.exports[i].va, f.base + MAKE_MACHO_FIRST);
		}
	}
	assert_string_equal(hint_of(&x, f.base + MAKE_MACHO_FIRST, INQ_SOURCE_SYMBOL)->name, "first");
	assert_string_equal(hint_of(&x, f.base + MAKE_MACHO_LOCAL + thumb, INQ_SOURCE_SYMBOL)->name, "local");
	assert_non_null(hint_of(&x, f.base + MAKE_MACHO_FIRST, INQ_SOURCE_ENTRY));
	assert_non_null(hint_of(&x, f.base + MAKE_MACHO_FIRST, INQ_SOURCE_EXPORT));
	assert_non_null(hint_of(&x, f.base + MAKE_MACHO_FIRST, INQ_SOURCE_STARTS));
	assert_non_null(hint_of(&x, f.base + MAKE_MACHO_LOCAL, INQ_SOURCE_STARTS));
	assert_non_null(hint_of(&x, f.base + MAKE_MACHO_INIT, INQ_SOURCE_STARTS));
	assert_non_null(hint_of(&x, f.base + MAKE_MACHO_INIT, INQ_SOURCE_INIT));

	assert_int_equal(x.pointer_count, 2);
	assert_int_equal(x.pointers[0].slot_va, f.base + MAKE_MACHO_INIT_LIST);
	assert_int_equal(x.pointers[0].target_va, f.base + MAKE_MACHO_INIT);
	assert_int_equal(x.pointers[1].slot_va, f.base + MAKE_MACHO_POINTER);
	assert_int_equal(x.pointers[1].target_va, f.base + MAKE_MACHO_LOCAL);
	inq_arena_close(a);
}

static void reads_opcode_fixups(void **state)
{
	(void)state;
	image_is_read(MAKE_MACHO_X86_64, true, false, false, INQ_ARCH_X86_64);
	image_is_read(MAKE_MACHO_ARM64, true, false, false, INQ_ARCH_A64);
	image_is_read(MAKE_MACHO_X86, false, false, false, INQ_ARCH_X86_32);
	image_is_read(MAKE_MACHO_ARM, false, false, false, INQ_ARCH_ARM);
}

static void reads_chained_fixups(void **state)
{
	(void)state;
	image_is_read(MAKE_MACHO_X86_64, true, false, true, INQ_ARCH_X86_64);
	image_is_read(MAKE_MACHO_ARM64, true, false, true, INQ_ARCH_A64);
}

static void reads_big_endian_of_an_unknown_machine(void **state)
{
	(void)state;
	image_is_read(MAKE_MACHO_POWERPC, false, true, false, INQ_ARCH_NONE);
}

static void takes_exports_from_symbols_where_there_is_no_trie(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x;
	static struct make_macho f;

	(void)state;
	make_macho_image(&f, MAKE_MACHO_X86_64, true, false, false);
	make_macho_put(&f, make_macho_command(&f, 0x80000022) + 44, 4, 0);
	read_ok(made(&f), a, &x);
	assert_int_equal(x.export_count, 1);
	assert_string_equal(x.exports[0].name, "first");
	assert_non_null(hint_of(&x, f.base + MAKE_MACHO_FIRST, INQ_SOURCE_EXPORT));
	inq_arena_close(a);
}

static void takes_slots_from_indirect_symbols_where_there_are_no_fixups(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x;
	static struct make_macho f;

	(void)state;
	make_macho_image(&f, MAKE_MACHO_X86_64, true, false, false);
	make_macho_put(&f, make_macho_command(&f, 0x80000022) + 36, 4, 0);
	read_ok(made(&f), a, &x);
	assert_int_equal(x.import_count, 1);
	assert_int_equal(x.imports[0].slot_va, f.base + MAKE_MACHO_SLOT);
	inq_arena_close(a);
}

static void reads_no_code_that_is_encrypted(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x;
	static struct make_macho f;
	size_t at;

	(void)state;
	make_macho_image(&f, MAKE_MACHO_ARM64, true, false, false);
	/* In place of the UUID: it has the length. */
	at = make_macho_command(&f, 0x1b);
	make_macho_put(&f, at, 4, 0x2c);
	make_macho_put(&f, at + 8, 4, MAKE_MACHO_FIRST);
	make_macho_put(&f, at + 12, 4, 0x40);
	make_macho_put(&f, at + 16, 4, 1);
	read_ok(made(&f), a, &x);
	assert_true(has_anomaly(&x, "encrypted"));
	assert_int_equal(inq_exhibit_region(&x, f.base + MAKE_MACHO_FIRST)->kind, INQ_REGION_DATA);
	inq_arena_close(a);
}

static void finds_the_entry_of_a_thread(void **state)
{
	static const struct {
		uint32_t cpu, flavor;
		size_t off;
	} threads[] = { { MAKE_MACHO_X86_64, 4, 16 + 128 }, { MAKE_MACHO_ARM64, 6, 16 + 256 } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_exhibit x;
		static struct make_macho f;
		size_t at;

		make_macho_image(&f, threads[i].cpu, true, false, true);
		make_macho_put(&f, make_macho_command(&f, 0x80000028), 4, 0x77777777);
		at = f.commands_end;
		make_macho_put(&f, at, 4, 5);
		make_macho_put(&f, at + 4, 4, 0x118);
		make_macho_put(&f, at + 8, 4, threads[i].flavor);
		make_macho_put(&f, at + threads[i].off, 8, f.base + MAKE_MACHO_LOCAL);
		make_macho_put(&f, 16, 4, f.command_count + 1);
		make_macho_put(&f, 20, 4, at + 0x118 - 32);
		assert_true(at + 0x118 <= 0x800);
		read_ok(made(&f), a, &x);
		assert_int_equal(x.entry_va, f.base + MAKE_MACHO_LOCAL);
		assert_non_null(hint_of(&x, f.base + MAKE_MACHO_LOCAL, INQ_SOURCE_ENTRY));
		inq_arena_close(a);
	}
}

static void relocates_objects(void **state)
{
	static const uint32_t cpus[] = { MAKE_MACHO_X86_64, MAKE_MACHO_ARM64 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_exhibit x;
		static struct make_macho f;
		const struct inq_import *outside, *kept;
		const uint8_t *code;

		make_macho_object(&f, cpus[i]);
		read_ok(made(&f), a, &x);
		assert_int_equal(x.kind, INQ_KIND_OBJECT);
		assert_int_equal(x.anomaly_count, 0);
		assert_string_equal(hint_of(&x, 0, INQ_SOURCE_SYMBOL)->name, "first");
		assert_int_equal(x.import_count, 2);
		outside = &x.imports[0];
		kept = &x.imports[1];
		assert_string_equal(outside->name, "outside");
		assert_string_equal(kept->name, "kept");
		assert_int_equal(inq_exhibit_region(&x, outside->stub_va)->kind, INQ_REGION_EXTERN);
		assert_int_equal(inq_exhibit_region(&x, kept->slot_va)->kind, INQ_REGION_EXTERN);
		code = inq_exhibit_at(&x, 0).at;
		if (cpus[i] == MAKE_MACHO_ARM64) {
			uint32_t load = inq_le32(code + 8);

			assert_int_equal(4 * (inq_le32(code) & 0x3ffffff), outside->stub_va);
			assert_int_equal(inq_le32(code + 4), 0x90000008);
			assert_int_equal((load >> 10 & 0xfff) * 8, kept->slot_va);
		} else {
			assert_int_equal(5 + inq_le32(code + 1), outside->stub_va);
			assert_int_equal(12 + inq_le32(code + 8), kept->slot_va);
		}
		assert_int_equal(x.pointer_count, 1);
		assert_int_equal(x.pointers[0].slot_va, 0x10);
		inq_arena_close(a);
	}
}

static void notes_what_is_odd(void **state)
{
	static struct make_macho f;

	(void)state;
	for (size_t i = 0; i < make_odd_macho_count; i++) {
		const struct make_odd_macho *odd = &make_odd_machos[i];
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
		inq_arena_close(a);
	}
}

static void survives_every_cut(void **state)
{
	static struct make_macho f;

	(void)state;
	for (unsigned chained = 0; chained < 2; chained++) {
		make_macho_image(&f, MAKE_MACHO_ARM64, true, false, chained);
		for (size_t len = 0; len < f.len; len += len < 0x800 ? 1 : 37) {
			struct inq_arena *a = inq_arena_open(arena_limit);
			struct inq_exhibit x;
			struct inq_error err;

			if (!inq_exhibit_read((struct inq_bytes){ f.bytes, len }, a, &x, &err) &&
			        exhibit_holds(&x))
				fail_msg("cut to %zu: %s", len, exhibit_holds(&x));
			inq_arena_close(a);
		}
	}
}

static void fails_with_every_allocation(void **state)
{
	static struct make_macho f;

	(void)state;
	for (unsigned object = 0; object < 2; object++) {
		enum inq_status status = INQ_NO_MEMORY;
		unsigned n;

		if (object)
			make_macho_object(&f, MAKE_MACHO_ARM64);
		else
			make_macho_image(&f, MAKE_MACHO_X86_64, true, false, false);
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

static struct inq_member_list members_of(struct inq_bytes b, struct inq_arena *a)
{
	struct inq_member_list list = { 0 };
	struct inq_error err = { 0 };

	if (inq_member_read(b, &inq_member_limits_default, a, &list, &err))
		fail_msg("%s", err.text);
	return list;
}

static void lists_slices_by_architecture(void **state)
{
	static uint8_t fat[1 << 16];
	static struct make_macho one, two;

	(void)state;
	make_macho_image(&one, MAKE_MACHO_X86_64, true, false, false);
	make_macho_image(&two, MAKE_MACHO_ARM64, true, false, true);
	for (unsigned wide = 0; wide < 2; wide++) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		size_t len = make_fat(fat, sizeof fat, &one, &two, wide);
		struct inq_member_list list = members_of((struct inq_bytes){ fat, len }, a);
		struct inq_exhibit x;

		assert_int_equal(list.count, 2);
		assert_false(list.cut);
		assert_string_equal(list.members[0].name, "x86_64");
		assert_string_equal(list.members[1].name, "arm64");
		assert_ptr_equal(list.members[0].bytes.at, fat + 0x100);
		read_ok(list.members[1].bytes, a, &x);
		assert_int_equal(x.arch, INQ_ARCH_A64);
		inq_arena_close(a);
	}
}

static void leaves_out_slices_that_overlap_or_lie_outside(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	static uint8_t fat[1 << 16];
	static struct make_macho one, two;
	struct inq_member_list list;
	struct inq_error err = { 0 };
	size_t len;

	(void)state;
	make_macho_image(&one, MAKE_MACHO_X86_64, true, false, false);
	make_macho_image(&two, MAKE_MACHO_ARM64, true, false, true);
	len = make_fat(fat, sizeof fat, &one, &two, false);
	memcpy(fat + 8 + 20 + 8, fat + 8 + 8, 4);
	list = members_of((struct inq_bytes){ fat, len }, a);
	assert_int_equal(list.count, 1);
	assert_true(list.cut);
	assert_non_null(strstr(list.reason, "overlaps"));
	memset(fat + 8 + 20 + 8, 0xff, 4);
	list = members_of((struct inq_bytes){ fat, len }, a);
	assert_int_equal(list.count, 1);
	assert_non_null(strstr(list.reason, "outside the file"));
	memset(fat + 8 + 8, 0xff, 4);
	assert_int_equal(
	        inq_member_read((struct inq_bytes){ fat, len }, &inq_member_limits_default, a, &list, &err),
	        INQ_UNREADABLE);
	assert_true(err.text[0]);
	inq_arena_close(a);
}

/* A class file begins like a fat file; its version says more slices than there are architectures. */
static void takes_no_java_class_for_a_fat_file(void **state)
{
	static const uint8_t class[64] = { 0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52 };
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_member_list list = members_of((struct inq_bytes){ class, sizeof class }, a);

	(void)state;
	assert_int_equal(list.count, 1);
	assert_ptr_equal(list.members[0].bytes.at, class);
	inq_arena_close(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_opcode_fixups),
		cmocka_unit_test(reads_chained_fixups),
		cmocka_unit_test(reads_big_endian_of_an_unknown_machine),
		cmocka_unit_test(takes_exports_from_symbols_where_there_is_no_trie),
		cmocka_unit_test(takes_slots_from_indirect_symbols_where_there_are_no_fixups),
		cmocka_unit_test(reads_no_code_that_is_encrypted),
		cmocka_unit_test(finds_the_entry_of_a_thread),
		cmocka_unit_test(relocates_objects),
		cmocka_unit_test(notes_what_is_odd),
		cmocka_unit_test(survives_every_cut),
		cmocka_unit_test(fails_with_every_allocation),
		cmocka_unit_test(lists_slices_by_architecture),
		cmocka_unit_test(leaves_out_slices_that_overlap_or_lie_outside),
		cmocka_unit_test(takes_no_java_class_for_a_fat_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
