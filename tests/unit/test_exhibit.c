#include "../make/elf.h"
#include "../make/exhibit_holds.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const size_t arena_limit = 64 << 20;

static struct inq_bytes made(const struct make_elf *f)
{
	return (struct inq_bytes){ f->bytes, f->len };
}

static bool is_text(const char *l, const char *r)
{
	return l && !strcmp(l, r);
}

static const struct inq_hint *hint_of(const struct inq_exhibit *x, uint64_t va, enum inq_source source)
{
	for (size_t i = 0; i < x->hint_count; i++)
		if (x->hints[i].va == va && x->hints[i].source == source)
			return &x->hints[i];
	return NULL;
}

static const struct inq_import *import_of(const struct inq_exhibit *x, const char *name)
{
	for (size_t i = 0; i < x->import_count; i++)
		if (is_text(x->imports[i].name, name))
			return &x->imports[i];
	return NULL;
}

static uint64_t pointer_at(const struct inq_exhibit *x, uint64_t slot_va)
{
	for (size_t i = 0; i < x->pointer_count; i++)
		if (x->pointers[i].slot_va == slot_va)
			return x->pointers[i].target_va;
	return 0;
}

static bool has_anomaly(const struct inq_exhibit *x, const char *says)
{
	for (size_t i = 0; i < x->anomaly_count; i++)
		if (strstr(x->anomalies[i].text, says))
			return true;
	return false;
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

static void shared_object_is_read(bool wide, bool big, uint16_t machine, enum inq_arch arch)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x;
	static struct make_elf f;
	struct make_shared n;
	const struct inq_import *i;
	const struct inq_hint *h;

	make_shared(&f, wide, big, machine, &n);
	read_ok(made(&f), a, &x);
	assert_int_equal(x.format, INQ_FORMAT_ELF);
	assert_int_equal(x.arch, arch);
	assert_int_equal(x.kind, INQ_KIND_SHARED);
	assert_int_equal(x.machine, machine);
	assert_int_equal(x.bits, wide ? 64 : 32);
	assert_int_equal(x.big_endian, big);
	assert_true(x.position_independent);
	assert_int_equal(x.base_va, MAKE_BASE);
	assert_int_equal(x.anomaly_count, 0);
	assert_int_equal(x.overlay_len, 0);
	assert_int_equal(x.section_count, f.section_count - 1);
	assert_int_equal(inq_exhibit_region(&x, n.first_va)->kind, INQ_REGION_CODE);
	assert_int_equal(inq_exhibit_region(&x, n.slot_va)->kind, INQ_REGION_DATA);

	h = hint_of(&x, n.first_va, INQ_SOURCE_UNWIND);
	assert_non_null(h);
	assert_int_equal(h->size, 16);
	assert_non_null(hint_of(&x, n.second_va, INQ_SOURCE_UNWIND));
	assert_non_null(hint_of(&x, n.first_va, INQ_SOURCE_INIT));
	h = hint_of(&x, n.second_va, INQ_SOURCE_EXPORT);
	assert_non_null(h);
	assert_string_equal(h->name, "exported");
	i = import_of(&x, "imported");
	assert_non_null(i);
	assert_int_equal(i->slot_va, n.slot_va);
	assert_int_equal(x.export_count, 1);
	assert_int_equal(x.exports[0].va, n.second_va);
	assert_int_equal(x.library_count, 1);
	assert_string_equal(x.libraries[0], "libneeded.so");
	assert_int_equal(pointer_at(&x, make_section_va(&f, n.init)), n.first_va);
	inq_arena_close(a);
}

static void reads_every_width_and_order(void **state)
{
	(void)state;
	shared_object_is_read(true, false, 62, INQ_ARCH_X86_64);
	shared_object_is_read(false, false, 3, INQ_ARCH_X86_32);
	shared_object_is_read(true, true, 183, INQ_ARCH_A64);
	shared_object_is_read(false, true, 40, INQ_ARCH_ARM);
}

static void reads_a_machine_it_does_not_know(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x;
	static struct make_elf f;
	struct make_shared n;

	(void)state;
	make_shared(&f, true, false, 243, &n);
	read_ok(made(&f), a, &x);
	assert_int_equal(x.arch, INQ_ARCH_NONE);
	assert_int_equal(x.machine, 243);
	assert_int_equal(x.section_count, f.section_count - 1);
	inq_arena_close(a);
}

static void needs_no_section_headers(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x;
	static struct make_elf f;
	struct make_shared n;

	(void)state;
	make_shared(&f, true, false, 62, &n);
	make_put(&f, 40, 8, 0);
	make_put(&f, 60, 2, 0);
	make_put(&f, 62, 2, 0);
	memset(f.bytes + f.sections_off, 0, f.len - f.sections_off);
	f.len = f.sections_off;
	read_ok(made(&f), a, &x);
	assert_int_equal(x.section_count, 0);
	assert_int_equal(x.region_count, 1);
	assert_int_equal(x.regions[0].kind, INQ_REGION_CODE);
	assert_non_null(hint_of(&x, n.first_va, INQ_SOURCE_UNWIND));
	assert_non_null(hint_of(&x, n.second_va, INQ_SOURCE_UNWIND));
	assert_non_null(hint_of(&x, n.first_va, INQ_SOURCE_INIT));
	assert_non_null(import_of(&x, "imported"));
	assert_int_equal(import_of(&x, "imported")->slot_va, n.slot_va);
	inq_arena_close(a);
}

static void finds_unwind_records_that_no_header_names(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x;
	static struct make_elf f;
	struct make_shared n;

	(void)state;
	make_shared(&f, true, false, 62, &n);
	make_put(&f, 40, 8, 0);
	make_put(&f, 60, 2, 0);
	make_put(&f, f.segments_off + 2 * 56, 4, 0); /* PT_GNU_EH_FRAME */
	read_ok(made(&f), a, &x);
	assert_non_null(hint_of(&x, n.first_va, INQ_SOURCE_UNWIND));
	assert_non_null(hint_of(&x, n.second_va, INQ_SOURCE_UNWIND));
	inq_arena_close(a);
}

/* A dynamic section of these tags, the last pair 0, and its segment. */
static void dynamic_end(struct make_elf *f, const uint64_t (*tags)[2], size_t count)
{
	unsigned dynamic = make_section(f, ".dynamic", 6, 3, NULL, 0), w = make_word_size(f);

	for (size_t i = 0; i < count; i++) {
		make_append(f, w, tags[i][0]);
		make_append(f, w, tags[i][1]);
	}
	make_segment(f, 2, dynamic);
	make_elf_end(f);
}

static void relative_bitmap_is_unpacked(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x;
	static struct make_elf f;
	unsigned data, packed;
	uint64_t va;

	(void)state;
	make_elf_begin(&f, true, false, 62, 3);
	make_section(&f, ".text", 1, 6, NULL, 16);
	data = make_section(&f, ".data", 1, 3, NULL, 0);
	for (unsigned i = 0; i < 70; i++)
		make_append(&f, 8, 0x1000 + i);
	va = make_section_va(&f, data);
	packed = make_section(&f, ".relr.dyn", 19, 2, NULL, 0);
	make_append(&f, 8, va);
	make_append(&f, 8, 1 | 1 << 1 | (uint64_t)1 << 63); /* slots 1 and 63 */
	make_append(&f, 8, 1 | 1 << 2); /* slot 65 */
	dynamic_end(&f,
	        (const uint64_t[][2]){ { 36, make_section_va(&f, packed) }, { 35, 24 }, { 37, 8 }, { 0, 0 } },
	        4);
	read_ok(made(&f), a, &x);
	assert_int_equal(x.pointer_count, 4);
	assert_int_equal(pointer_at(&x, va), 0x1000);
	assert_int_equal(pointer_at(&x, va + 8), 0x1001);
	assert_int_equal(pointer_at(&x, va + 63 * 8), 0x103f);
	assert_int_equal(pointer_at(&x, va + 65 * 8), 0x1041);
	inq_arena_close(a);
}

static void mips_table_needs_no_relocations(void **state)
{
	static const char strings[] = "\0imported\0defined";
	struct inq_arena *a = inq_arena_open(arena_limit);
	const struct inq_import *i;
	struct inq_exhibit x;
	static struct make_elf f;
	unsigned text, names, symbols, got;
	uint64_t va;

	(void)state;
	make_elf_begin(&f, false, true, 8, 3);
	text = make_section(&f, ".text", 1, 6, NULL, 64);
	names = make_section(&f, ".dynstr", 3, 2, strings, sizeof strings);
	symbols = make_section(&f, ".dynsym", 11, 2, NULL, 0);
	make_symbol(&f, 0, 0, 0, 0, 0);
	make_symbol(&f, 10, 0x12, (uint16_t)text, make_section_va(&f, text) + 16, 8);
	make_symbol(&f, 1, 0x12, 0, make_section_va(&f, text) + 48, 0); /* its stub */
	f.sections[symbols].link = names;
	got = make_section(&f, ".got", 1, 3, NULL, 0);
	make_append(&f, 4, 0);
	make_append(&f, 4, 0x80000000);
	make_append(&f, 4, 0x12340000); /* local */
	make_append(&f, 4, 0);
	make_append(&f, 4, 0);
	va = make_section_va(&f, got);
	dynamic_end(&f,
	        (const uint64_t[][2]){ { 5, make_section_va(&f, names) }, { 10, sizeof strings },
	                { 6, make_section_va(&f, symbols) }, { 11, 16 }, { 3, va }, { 0x7000000a, 3 },
	                { 0x70000011, 3 }, { 0x70000013, 1 }, { 0, 0 } },
	        9);
	read_ok(made(&f), a, &x);
	assert_int_equal(x.arch, INQ_ARCH_MIPS);
	assert_int_equal(x.gp_va, va + 0x7ff0);
	assert_int_equal(x.pointer_count, 2);
	assert_int_equal(pointer_at(&x, va + 8), 0x12340000);
	assert_int_equal(pointer_at(&x, va + 12), make_section_va(&f, text) + 16);
	i = import_of(&x, "imported");
	assert_non_null(i);
	assert_int_equal(i->slot_va, va + 16);
	assert_int_equal(i->stub_va, make_section_va(&f, text) + 48);
	inq_arena_close(a);
}

static void notes_every_oddity(void **state)
{
	static struct make_elf f;

	(void)state;
	for (size_t i = 0; i < make_odd_elf_count; i++) {
		const struct make_odd_elf *odd = &make_odd_elves[i];
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_exhibit x = { .format = INQ_FORMAT_RAW };
		struct inq_error err = { 0 };
		enum inq_status status;

		odd->build(&f);
		status = inq_exhibit_read(made(&f), a, &x, &err);
		if ((int)status != odd->status)
			fail_msg("%s: status %d, %s", odd->name, status, err.text);
		if (status) {
			if (!strstr(err.text, odd->says))
				fail_msg("%s: says \"%s\"", odd->name, err.text);
			assert_int_equal(x.format, INQ_FORMAT_RAW); /* untouched */
		} else {
			if (exhibit_holds(&x))
				fail_msg("%s: %s", odd->name, exhibit_holds(&x));
			if (!has_anomaly(&x, odd->says))
				fail_msg("%s: %zu anomalies, the first \"%s\"", odd->name, x.anomaly_count,
				        x.anomaly_count ? x.anomalies[0].text : "");
		}
		inq_arena_close(a);
	}
}

static void survives_every_cut(void **state)
{
	static struct make_elf f;
	struct make_shared n;

	(void)state;
	make_shared(&f, true, false, 62, &n);
	for (size_t len = 0; len <= f.len; len++) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		uint8_t *copy = malloc(len ? len : 1); /* its own block, so that a sanitizer sees its end */
		struct inq_exhibit x;
		enum inq_status status;

		assert_non_null(copy);
		memcpy(copy, f.bytes, len);
		status = inq_exhibit_read((struct inq_bytes){ copy, len }, a, &x, NULL);
		if (len >= 64)
			assert_int_equal(status, INQ_OK);
		else if (!len || len >= 4)
			assert_int_equal(status, INQ_TRUNCATED);
		else
			assert_int_equal(status, INQ_UNRECOGNISED);
		if (!status)
			assert_null(exhibit_holds(&x));
		free(copy);
		inq_arena_close(a);
	}
}

static void survives_every_flipped_byte(void **state)
{
	static const uint8_t flips[] = { 0x01, 0x80, 0xff };
	static struct make_elf f;
	struct make_shared n;

	(void)state;
	for (unsigned wide = 0; wide < 2; wide++) {
		make_shared(&f, wide, wide, wide ? 183 : 40, &n);
		for (size_t at = 0; at < f.len; at++)
			for (size_t i = 0; i < sizeof flips; i++) {
				struct inq_arena *a = inq_arena_open(arena_limit);
				struct inq_exhibit x;

				f.bytes[at] ^= flips[i];
				if (!inq_exhibit_read(made(&f), a, &x, NULL) && exhibit_holds(&x))
					fail_msg("byte %zu: %s", at, exhibit_holds(&x));
				f.bytes[at] ^= flips[i];
				inq_arena_close(a);
			}
	}
}

static void survives_every_failed_allocation(void **state)
{
	static struct make_elf f;
	struct make_shared n;
	enum inq_status status = INQ_NO_MEMORY;
	uint64_t tried = 0;

	(void)state;
	make_shared(&f, true, false, 62, &n);
	while (status) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_exhibit x = { .format = INQ_FORMAT_RAW };

		inq_arena_fail_after(a, ++tried);
		status = inq_exhibit_read(made(&f), a, &x, NULL);
		if (status) {
			assert_int_equal(status, INQ_NO_MEMORY);
			assert_int_equal(x.format, INQ_FORMAT_RAW);
		}
		inq_arena_close(a);
		assert_true(tried < 1000);
	}
	assert_true(tried > 5);
}

static void virtual_size_costs_nothing(void **state)
{
	struct inq_arena *a = inq_arena_open(1 << 20);
	struct inq_exhibit x;
	static struct make_elf f;

	(void)state;
	make_elf_begin(&f, true, false, 62, 2);
	make_section(&f, ".text", 1, 6, NULL, 16);
	make_elf_end(&f);
	make_put(&f, f.segments_off + 40, 8, (uint64_t)1 << 40);
	read_ok(made(&f), a, &x);
	assert_true(inq_exhibit_region(&x, (uint64_t)1 << 39) != NULL);
	assert_int_equal(inq_exhibit_at(&x, (uint64_t)1 << 39).len, 0);
	assert_true(inq_arena_used(a) < 64 << 10);
	inq_arena_close(a);
}

static void overlay_is_what_no_header_claims(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x;
	static struct make_elf f;
	struct make_shared n;
	size_t end;

	(void)state;
	make_shared(&f, true, false, 62, &n);
	end = f.len;
	memset(f.bytes + end, 'x', 100);
	f.len += 100;
	read_ok(made(&f), a, &x);
	assert_int_equal(x.overlay_off, end);
	assert_int_equal(x.overlay_len, 100);
	inq_arena_close(a);
}

/* An object with one code section; symbol 1 is the section, 2 `f` in it, 3 `outside`, undefined. */
static unsigned object_begin(struct make_elf *f, bool wide, bool big, uint16_t machine, const void *code,
        size_t len, uint64_t function, unsigned *symbols)
{
	unsigned text, names;

	make_elf_begin(f, wide, big, machine, 1);
	text = make_section(f, ".text", 1, 6, code, len);
	names = make_section(f, ".strtab", 3, 0, "\0f\0outside", 11);
	*symbols = make_section(f, ".symtab", 2, 0, NULL, 0);
	make_symbol(f, 0, 0, 0, 0, 0);
	make_symbol(f, 0, 3, (uint16_t)text, 0, 0);
	make_symbol(f, 1, 0x12, (uint16_t)text, function, 4);
	make_symbol(f, 3, 0x10, 0, 0, 0);
	f->sections[*symbols].link = names;
	f->sections[*symbols].entsize = wide ? 24 : 16;
	return text;
}

static void object_relocations(struct make_elf *f, bool addends, unsigned symbols, unsigned target)
{
	make_section(f, addends ? ".rela.text" : ".rel.text", addends ? 4 : 9, 0, NULL, 0);
	f->sections[f->section_count - 1].link = symbols;
	f->sections[f->section_count - 1].info = target;
}

static int32_t distance_at(const struct inq_exhibit *x, uint64_t va)
{
	struct inq_bytes b = inq_exhibit_at(x, va);

	assert_true(b.len >= 4);
	return (int32_t)inq_le32(b.at);
}

static void object_calls_reach_their_symbols(void **state)
{
	/* call f; call outside; mov outside@GOTPCREL(%rip), %rax; mov f@GOTPCREL(%rip), %rax; ret; pad; .quad f */
	static const uint8_t code[40] = { 0xe8, 0, 0, 0, 0, 0xe8, 0, 0, 0, 0, 0x48, 0x8b, 5, 0, 0, 0, 0, 0x48,
		0x8b, 5, 0, 0, 0, 0, 0xc3 };
	struct inq_arena *a = inq_arena_open(arena_limit);
	const struct inq_import *i;
	struct inq_exhibit x;
	static struct make_elf f;
	unsigned text, symbols;
	uint64_t slot_va;

	(void)state;
	text = object_begin(&f, true, false, 62, code, sizeof code, 24, &symbols);
	object_relocations(&f, true, symbols, text);
	make_relocation(&f, true, 1, 2, 4, (uint64_t)-4);
	make_relocation(&f, true, 6, 3, 4, (uint64_t)-4);
	make_relocation(&f, true, 13, 3, 42, (uint64_t)-4);
	make_relocation(&f, true, 20, 2, 42, (uint64_t)-4);
	make_relocation(&f, true, 32, 2, 1, 0);
	make_elf_end(&f);
	read_ok(made(&f), a, &x);
	assert_int_equal(x.kind, INQ_KIND_OBJECT);
	assert_int_equal(x.anomaly_count, 0);
	i = import_of(&x, "outside");
	assert_non_null(i);
	assert_int_equal(inq_exhibit_region(&x, i->stub_va)->kind, INQ_REGION_EXTERN);
	assert_int_equal(i->slot_va, i->stub_va);
	assert_int_equal(5 + distance_at(&x, 1), 24);
	assert_int_equal(10 + distance_at(&x, 6), i->stub_va);
	assert_int_equal(17 + distance_at(&x, 13), i->slot_va);
	slot_va = (uint64_t)(24 + distance_at(&x, 20));
	assert_int_equal(inq_exhibit_region(&x, slot_va)->kind, INQ_REGION_EXTERN);
	assert_int_equal(pointer_at(&x, slot_va), 24);
	assert_int_equal(pointer_at(&x, 32), 24);
	assert_non_null(hint_of(&x, 24, INQ_SOURCE_SYMBOL));
	assert_int_equal(f.bytes[f.sections[text].off + 1], 0); /* the file is not changed */
	inq_arena_close(a);
}

static void object_call_to_thumb_switches_state(void **state)
{
	static const uint8_t code[] = { 0xfe, 0xff, 0xff, 0xeb, 0xfe, 0xff, 0xff, 0xeb, 0x70, 0x47, 0x70,
		0x47 };
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x;
	static struct make_elf f;
	unsigned text, symbols;
	uint64_t outside;

	(void)state;
	text = object_begin(&f, false, false, 40, code, sizeof code, 10 | 1, &symbols);
	object_relocations(&f, false, symbols, text);
	make_relocation(&f, false, 0, 2, 28, 0);
	make_relocation(&f, false, 4, 3, 28, 0);
	make_elf_end(&f);
	read_ok(made(&f), a, &x);
	/* BL at 0 to Thumb at 10: BLX with H set, (10 - 8) / 4 = 0. */
	assert_int_equal((uint32_t)distance_at(&x, 0), 0xfb000000);
	outside = import_of(&x, "outside")->stub_va;
	assert_int_equal((uint32_t)distance_at(&x, 4), 0xeb000000 | (outside - 4 - 8) / 4);
	assert_non_null(hint_of(&x, 11, INQ_SOURCE_SYMBOL));
	inq_arena_close(a);
}

static void object_halves_are_completed(void **state)
{
	/* lui $2,0; addiu $2,$2,-0x7ff0 of .text + 0x18010; jal f, big-endian */
	static const uint8_t code[] = { 0x3c, 2, 0, 2, 0x24, 0x42, 0x80, 0x10, 0x0c, 0, 0, 0, 0, 0, 0, 0 };
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x;
	static struct make_elf f;
	struct inq_bytes b;
	unsigned text, symbols;

	(void)state;
	text = object_begin(&f, false, true, 8, code, sizeof code, 12, &symbols);
	object_relocations(&f, false, symbols, text);
	make_relocation(&f, false, 0, 1, 5, 0);
	make_relocation(&f, false, 4, 1, 6, 0);
	make_relocation(&f, false, 8, 2, 4, 0);
	make_elf_end(&f);
	read_ok(made(&f), a, &x);
	b = inq_exhibit_at(&x, 0);
	assert_int_equal(b.at[2] << 8 | b.at[3], 2); /* (0x18010 + 0x8000) >> 16 */
	assert_int_equal(b.at[6] << 8 | b.at[7], 0x8010);
	assert_int_equal(b.at[11], 12 / 4);
	assert_int_equal(x.gp_va & 0xf, 0);
	inq_arena_close(a);
}

static void reads_itself(void **state)
{
	extern const char __ehdr_start;
	struct inq_arena *a = inq_arena_open((size_t)1 << 30);
	FILE *file = fopen("/proc/self/exe", "rb");
	uint64_t va = (uint64_t)((uintptr_t)reads_itself - (uintptr_t)&__ehdr_start);
	const struct inq_hint *h;
	struct inq_exhibit x;
	uint8_t *bytes;
	long len;

	(void)state;
	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	len = ftell(file);
	assert_true(len > 0);
	rewind(file);
	bytes = malloc((size_t)len);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, (size_t)len, file), len);
	fclose(file);
	read_ok((struct inq_bytes){ bytes, (size_t)len }, a, &x);
	assert_int_equal(x.kind, INQ_KIND_EXECUTABLE);
	assert_int_equal(x.anomaly_count, 0);
	h = hint_of(&x, x.base_va + va, INQ_SOURCE_SYMBOL);
	assert_non_null(h);
	assert_string_equal(h->name, "reads_itself");
	assert_non_null(hint_of(&x, x.base_va + va, INQ_SOURCE_UNWIND));
	assert_non_null(hint_of(&x, x.entry_va, INQ_SOURCE_ENTRY));
	assert_memory_equal(inq_exhibit_at(&x, x.base_va + va).at, (const void *)(uintptr_t)reads_itself, 16);
	assert_non_null(import_of(&x, "_cmocka_run_group_tests"));
	free(bytes);
	inq_arena_close(a);
}

static void refuses_what_is_no_program(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x;
	struct inq_error err = { 0 };

	(void)state;
	assert_int_equal(inq_exhibit_read((struct inq_bytes){ NULL, 0 }, a, &x, &err), INQ_TRUNCATED);
	assert_string_equal(err.text, "the file is empty");
	assert_int_equal(
	        inq_exhibit_read(inq_bytes_from((struct inq_bytes){ (const uint8_t *)"#!/bin/sh\n", 10 }, 0),
	                a, &x, &err),
	        INQ_UNRECOGNISED);
	assert_string_equal(err.text, "not an ELF, PE or Mach-O file");
	inq_arena_close(a);
}

static void takes_bare_code(void **state)
{
	static const uint8_t code[] = { 0x90, 0xc3 };
	struct inq_bytes b = { code, sizeof code };
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x;

	(void)state;
	assert_int_equal(
	        inq_exhibit_raw(b, INQ_ARCH_X86_32, false, 0xfffffffe, a, &x, NULL), INQ_BAD_ARGUMENT);
	assert_int_equal(inq_exhibit_raw(b, INQ_ARCH_NONE, false, 0, a, &x, NULL), INQ_BAD_ARGUMENT);
	assert_int_equal(inq_exhibit_raw(b, INQ_ARCH_X86_64, false, 0x7c00, a, &x, NULL), INQ_OK);
	assert_null(exhibit_holds(&x));
	assert_int_equal(x.format, INQ_FORMAT_RAW);
	assert_int_equal(x.base_va, 0x7c00);
	assert_ptr_equal(inq_exhibit_at(&x, 0x7c01).at, code + 1);
	assert_null(inq_exhibit_region(&x, 0x7c02));
	assert_null(inq_exhibit_region(&x, 0x7bff));
	inq_arena_close(a);
}

static void keeps_two_hundred_anomalies(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_exhibit x = { 0 };

	(void)state;
	for (unsigned i = 0; i < 250; i++)
		inq_exhibit_note(&x, a, i, "number %u", i);
	assert_int_equal(x.anomaly_count, 200);
	assert_int_equal(x.anomaly_dropped, 50);
	assert_string_equal(x.anomalies[199].text, "number 199");
	inq_arena_close(a);
}

static void names_lead_back(void **state)
{
	(void)state;
	for (int i = INQ_ARCH_NONE + 1; i <= INQ_ARCH_MIPS; i++)
		assert_int_equal(inq_arch_of_name(inq_arch_name((enum inq_arch)i)), i);
	assert_int_equal(inq_arch_of_name("vax"), INQ_ARCH_NONE);
	assert_int_equal(inq_arch_of_name("other"), INQ_ARCH_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_width_and_order),
		cmocka_unit_test(reads_a_machine_it_does_not_know),
		cmocka_unit_test(needs_no_section_headers),
		cmocka_unit_test(finds_unwind_records_that_no_header_names),
		cmocka_unit_test(relative_bitmap_is_unpacked),
		cmocka_unit_test(mips_table_needs_no_relocations),
		cmocka_unit_test(notes_every_oddity),
		cmocka_unit_test(survives_every_cut),
		cmocka_unit_test(survives_every_flipped_byte),
		cmocka_unit_test(survives_every_failed_allocation),
		cmocka_unit_test(virtual_size_costs_nothing),
		cmocka_unit_test(overlay_is_what_no_header_claims),
		cmocka_unit_test(object_calls_reach_their_symbols),
		cmocka_unit_test(object_call_to_thumb_switches_state),
		cmocka_unit_test(object_halves_are_completed),
		cmocka_unit_test(reads_itself),
		cmocka_unit_test(refuses_what_is_no_program),
		cmocka_unit_test(takes_bare_code),
		cmocka_unit_test(keeps_two_hundred_anomalies),
		cmocka_unit_test(names_lead_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
