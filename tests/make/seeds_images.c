#include "macho.h"
#include "pe.h"
#include "save.h"
#include "zip.h"

/* Small images and archives, good and odd. */

static void seeds_pe(const char *directory, bool odd)
{
	static const struct {
		const char *name;
		uint16_t machine;
		bool plus;
	} good[] = {
		{ "x86_64", 0x8664, true },
		{ "x86_32", 0x14c, false },
		{ "a64", 0xaa64, true },
		{ "thumb", 0x1c4, false },
		{ "arm_ce", 0x1c0, false },
		{ "mips", 0x166, false },
	};
	static const struct {
		const char *name;
		uint16_t machine;
	} objects[] = { { "object_x86_64", 0x8664 }, { "object_x86_32", 0x14c }, { "object_a64", 0xaa64 } };
	static struct make_pe f;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		make_pe_image(&f, good[i].machine, good[i].plus);
		make_save(directory, good[i].name, f.bytes, f.len);
	}
	for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
		make_coff(&f, objects[i].machine);
		make_save(directory, objects[i].name, f.bytes, f.len);
	}
	for (size_t i = 0; odd && i < make_odd_pe_count; i++) {
		make_odd_pes[i].build(&f);
		make_save(directory, make_odd_pes[i].name, f.bytes, f.len);
	}
}

static void seeds_macho(const char *directory, bool odd)
{
	static const struct {
		const char *name;
		uint32_t cpu;
		bool wide, big, chained;
	} good[] = {
		{ "macho_x86_64", MAKE_MACHO_X86_64, true, false, false },
		{ "macho_a64_chained", MAKE_MACHO_ARM64, true, false, true },
		{ "macho_x86_32", MAKE_MACHO_X86, false, false, false },
		{ "macho_arm", MAKE_MACHO_ARM, false, false, false },
		{ "macho_powerpc", MAKE_MACHO_POWERPC, false, true, false },
	};
	static struct make_macho f;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		make_macho_image(&f, good[i].cpu, good[i].wide, good[i].big, good[i].chained);
		make_save(directory, good[i].name, f.bytes, f.len);
	}
	make_macho_object(&f, MAKE_MACHO_X86_64);
	make_save(directory, "macho_object_x86_64", f.bytes, f.len);
	make_macho_object(&f, MAKE_MACHO_ARM64);
	make_save(directory, "macho_object_a64", f.bytes, f.len);
	for (size_t i = 0; odd && i < make_odd_macho_count; i++) {
		make_odd_machos[i].build(&f);
		make_save(directory, make_odd_machos[i].name, f.bytes, f.len);
	}
}

static void seeds_zip(const char *directory)
{
	static const char *const encryptions[] = { NULL, "traditional", "aes256" };
	static const char *const names[] = { "deflated", "encrypted", "aes" };
	static uint8_t room[1 << 16];
	static struct make_macho macho, other;
	struct make_zip z;

	for (size_t i = 0; i < 3; i++) {
		if (!make_zip_begin(&z, room, sizeof room, true, encryptions[i], "infected"))
			make_fail(names[i], "cannot be made");
		make_zip_add(&z, "first", "the first member of all", 23);
		make_zip_add(&z, "second", "", 0);
		make_zip_end(&z);
		make_save(directory, names[i], z.at, z.len);
	}
	if (!make_zip_begin(&z, room, sizeof room, false, NULL, NULL))
		make_fail("stored", "cannot be made");
	make_zip_add_directory(&z, "dir/");
	make_zip_add(&z, "dir/stored", "stored", 6);
	make_zip_add_zeros(&z, "zeros", 1000);
	make_zip_end(&z);
	make_save(directory, "stored", z.at, z.len);
	make_macho_object(&macho, MAKE_MACHO_X86_64);
	make_macho_object(&other, MAKE_MACHO_ARM64);
	for (unsigned wide = 0; wide < 2; wide++)
		make_save(directory, wide ? "fat_64" : "fat", room,
		        make_fat(room, sizeof room, &macho, &other, wide));
}

static void seeds_odd_pe(const char *directory)
{
	seeds_pe(directory, true);
}

static void seeds_odd_macho(const char *directory)
{
	seeds_macho(directory, true);
}

static void seeds_good(const char *directory)
{
	seeds_pe(directory, false);
	seeds_macho(directory, false);
}

const struct make_seeds make_seeds[] = {
	{ "pe", seeds_odd_pe },
	{ "macho", seeds_odd_macho },
	{ "zip", seeds_zip },
	{ "observation", seeds_good },
	{ NULL, NULL },
};
