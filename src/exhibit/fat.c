/*
 * Fat Mach-O files: one slice an architecture (<mach-o/fat.h>). All numbers
 * in the table are big-endian.
 */
#include "exhibit/private.h"
#include <string.h>

enum { SLICES_MOST = 40 };
#define FAT_MAGIC 0xcafebabeu
#define FAT_MAGIC_64 0xcafebabfu

/*
 * Java classes have the same magic, and their version (45 and up) where the
 * count of slices stands here.
 */
bool inq_fat_is(struct inq_bytes b)
{
	uint32_t magic, count;

	return inq_bytes_u32(b, 0, true, &magic) && (magic == FAT_MAGIC || magic == FAT_MAGIC_64) &&
	       inq_bytes_u32(b, 4, true, &count) && count && count <= SLICES_MOST;
}

static const struct {
	uint32_t cpu, subtype;
	const char *name;
} names[] = {
	{ 7, 3, "i386" },
	{ 0x01000007, 3, "x86_64" },
	{ 0x01000007, 8, "x86_64h" },
	{ 12, 6, "armv6" },
	{ 12, 9, "armv7" },
	{ 12, 11, "armv7s" },
	{ 12, 12, "armv7k" },
	{ 0x0100000c, 0, "arm64" },
	{ 0x0100000c, 2, "arm64e" },
	{ 0x0200000c, 1, "arm64_32" },
	{ 18, 0, "ppc" },
	{ 18, 10, "ppc7400" },
	{ 18, 100, "ppc970" },
	{ 0x01000012, 0, "ppc64" },
};

static const char *slice_name(struct inq_arena *a, uint32_t cpu, uint32_t subtype)
{
	/* The top byte holds capabilities. */
	subtype &= 0xffffff;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].cpu == cpu && names[i].subtype == subtype)
			return names[i].name;
	return inq_arena_printf(a, "cpu-0x%x-%u", cpu, subtype);
}

struct slice {
	uint64_t off, len;
	const char *name;
};

static bool slice_read(struct inq_bytes b, bool wide, uint32_t i, struct inq_arena *a, struct slice *ret)
{
	uint64_t at = 8 + (wide ? 32 : 20) * (uint64_t)i;
	uint32_t cpu, subtype, off, len;

	if (!inq_bytes_u32(b, at, true, &cpu) || !inq_bytes_u32(b, at + 4, true, &subtype))
		return false;
	if (wide) {
		if (!inq_bytes_u64(b, at + 8, true, &ret->off) || !inq_bytes_u64(b, at + 16, true, &ret->len))
			return false;
	} else {
		if (!inq_bytes_u32(b, at + 8, true, &off) || !inq_bytes_u32(b, at + 12, true, &len))
			return false;
		ret->off = off;
		ret->len = len;
	}
	ret->name = slice_name(a, cpu, subtype);
	return true;
}

enum inq_status inq_fat_members(
        struct inq_bytes b, struct inq_arena *a, struct inq_member_tree *t, struct inq_error *err)
{
	struct slice slices[SLICES_MOST];
	struct inq_bytes part;
	uint32_t magic, count, kept = 0, missing = 0;

	if (!inq_bytes_u32(b, 0, true, &magic) || !inq_bytes_u32(b, 4, true, &count) || count > SLICES_MOST)
		return inq_fail(err, INQ_UNREADABLE, 0, "the header of the fat Mach-O file cannot be read");
	for (uint32_t i = 0; i < count; i++) {
		struct slice s;
		uint32_t k = 0;

		if (!slice_read(b, magic == FAT_MAGIC_64, i, a, &s) ||
		        !inq_bytes_cut(b, s.off, s.len, &part) || !part.len) {
			missing++;
			continue;
		}
		if (!s.name)
			return inq_fail(
			        err, INQ_NO_MEMORY, 0, "the memory limit is reached among the slices");
		/* Slices that share bytes would make one program many. */
		while (k < kept && (s.off >= slices[k].off + slices[k].len || slices[k].off >= s.off + s.len))
			k++;
		if (k < kept) {
			inq_member_cut(t, "slice %u of the fat Mach-O file overlaps slice %u", i, k);
			continue;
		}
		slices[kept++] = s;
		if (!inq_member_add(t, (struct inq_bytes){ (const uint8_t *)s.name, strlen(s.name) }, part))
			return INQ_OK;
	}
	if (!kept)
		return inq_fail(
		        err, INQ_UNREADABLE, 8, "no slice of the fat Mach-O file lies inside the file");
	if (missing)
		inq_member_cut(
		        t, "%u of %u slices of the fat Mach-O file lie outside the file", missing, count);
	return INQ_OK;
}
