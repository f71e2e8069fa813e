#include "ar.h"
#include "elf.h"
#include "save.h"

/* Small ELF files and ar archives, good and odd. */

static void seeds_elf(const char *directory)
{
	static const struct {
		const char *name;
		bool wide, big;
		uint16_t machine;
	} good[] = {
		{ "x86_64", true, false, 62 },
		{ "x86_32", false, false, 3 },
		{ "a64_big", true, true, 183 },
		{ "arm", false, false, 40 },
		{ "mips_big", false, true, 8 },
	};
	static struct make_elf f;
	struct make_shared numbers;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		make_shared(&f, good[i].wide, good[i].big, good[i].machine, &numbers);
		make_save(directory, good[i].name, f.bytes, f.len);
	}
	for (size_t i = 0; i < make_odd_elf_count; i++) {
		make_odd_elves[i].build(&f);
		make_save(directory, make_odd_elves[i].name, f.bytes, f.len);
	}
}

static void seeds_ar(const char *directory)
{
	static struct make_ar f, outer;

	make_ar_begin(&f, "!<arch>\n");
	make_ar_add(&f, "/", "\0\0\0", 4);
	make_ar_add(&f, "//", "a_rather_long_name.o/\nanother.o/\n", 33);
	make_ar_add(&f, "/0", "first", 5);
	make_ar_add(&f, "/22", "second", 6);
	make_ar_add(&f, "short.o/", "third", 5);
	make_save(directory, "gnu", f.bytes, f.len);
	make_ar_begin(&outer, "!<arch>\n");
	make_ar_add(&outer, "inner.a/", f.bytes, f.len);
	make_save(directory, "nested", outer.bytes, outer.len);
	make_ar_begin(&f, "!<arch>\n");
	make_ar_add(&f, "#1/20", "__.SYMDEF SORTED\0\0\0\0table", 25);
	make_ar_add(&f, "#1/8", "name.o\0\0data", 12);
	make_save(directory, "bsd", f.bytes, f.len);
	make_ar_begin(&f, "!<thin>\n");
	make_ar_add(&f, "//", "dir/first.o/\n", 13);
	make_ar_member(&f, "/0", "123456", NULL, 0);
	make_save(directory, "thin", f.bytes, f.len);
}

const struct make_seeds make_seeds[] = {
	{ "elf", seeds_elf },
	{ "ar", seeds_ar },
	{ NULL, NULL },
};
