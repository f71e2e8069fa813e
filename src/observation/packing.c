/*
 * What speaks for a packed program (Lyda and Hamrock, "Using Entropy Analysis
 * to Find Encrypted and Packed Malware", 2007, and the habits of packers).
 * Each reason is told by itself; none is a verdict, and honest programs have
 * some of them.
 */
#include "observation/private.h"
#include <string.h>

/* Machine code has 5.5 to 6.8 bits of entropy per byte; compressed data, nearly 8. */
enum { HIGH_ENTROPY = 7200, LEAST_BYTES = 1024, FEW_IMPORTS = 10, LARGE_OVERLAY = 64 << 10 };

enum { SUBSYSTEM_GUI = 2, SUBSYSTEM_CONSOLE = 3 };

static const char *const packer_sections[] = {
	"UPX0",
	"UPX1",
	"UPX2",
	"UPX!",
	".UPX0",
	".UPX1",
	".aspack",
	".adata",
	"ASPack",
	".ASPack",
	".petite",
	"petite",
	".MPRESS1",
	".MPRESS2",
	".themida",
	".Themida",
	".winlice",
	".WinLice",
	".vmp0",
	".vmp1",
	".vmp2",
	".enigma1",
	".enigma2",
	".nsp0",
	".nsp1",
	".nsp2",
	"nsp0",
	"nsp1",
	"nsp2",
	"PEC2",
	"PEC2TO",
	"PEC2MO",
	"PECompact2",
	"pec1",
	"pec2",
	"PEBundle",
	"PEPACK!!",
	".packed",
	"RLPack",
	".RLPack",
	".y0da",
	".yP",
	"BitArts",
	".Upack",
	".ByDwing",
	"MEW",
	".perplex",
	".ccg",
	"ProCrypt",
	"FSG!",
	".svkp",
	".spack",
	".neolite",
	".neolit",
	"WWPACK",
	".WWP32",
	".shrink1",
	".shrink2",
	".shrink3",
	".taz",
	".tsuarch",
	".tsustub",
	"kkrunchy",
	".boom",
	".charmve",
	"DAStub",
	"!EPack",
	"__XHDR",
	"upxTEXT",
};

static bool is_packer_name(const char *name)
{
	for (size_t i = 0; i < sizeof packer_sections / sizeof *packer_sections; i++)
		if (!strcmp(name, packer_sections[i]))
			return true;
	return false;
}

static void section(struct inq_observer *w, size_t i)
{
	const struct inq_section *s = &w->x->sections[i];
	uint32_t entropy = w->o.section_entropy[i];

	if (is_packer_name(s->name))
		inq_observer_suspect(w, 0,
		        "Section %s has a name that a known packer gives; names are easily forged.", s->name);
	if (!(s->access & INQ_EXECUTE))
		return;
	if (entropy != INQ_NO_ENTROPY && entropy >= HIGH_ENTROPY && s->file_size >= LEAST_BYTES)
		inq_observer_suspect(w, entropy,
		        "Section %.64s is executable and has %u.%03u bits of entropy per byte, more than "
		        "code has.",
		        s->name, entropy / 1000, entropy % 1000);
	/* Loaders of ELF and Mach-O work by segments, which regions() looks at. */
	if (w->x->format == INQ_FORMAT_PE && s->access & INQ_WRITE)
		inq_observer_suspect(w, 0, "Section %.64s is both writable and executable.", s->name);
	if (w->x->format == INQ_FORMAT_PE && !s->file_size && s->size)
		inq_observer_suspect(w, 0,
		        "Section %.64s is executable and empty in the file; it is filled at run time.",
		        s->name);
}

/* Files without sections, and what is writable and executable where segments decide. */
static void regions(struct inq_observer *w)
{
	const struct inq_exhibit *x = w->x;
	/* Honest segments do not share bytes of the file. */
	uint64_t left = 2 * (uint64_t)x->bytes.len;
	bool told = false;

	for (size_t i = 0; i < x->region_count; i++) {
		const struct inq_region *r = &x->regions[i];
		uint32_t entropy;

		if (!(r->access & INQ_EXECUTE) || r->kind == INQ_REGION_EXTERN)
			continue;
		if (r->access & INQ_WRITE && x->format != INQ_FORMAT_PE && x->kind != INQ_KIND_OBJECT &&
		        !told) {
			told = true;
			inq_observer_suspect(w, 0, "Memory at 0x%llx is both writable and executable.",
			        (unsigned long long)r->va);
		}
		if (x->section_count || r->kind != INQ_REGION_CODE || r->bytes.len < LEAST_BYTES ||
		        r->bytes.len > left)
			continue;
		left -= r->bytes.len;
		entropy = inq_entropy(r->bytes);
		if (entropy >= HIGH_ENTROPY)
			inq_observer_suspect(w, entropy,
			        "Code at 0x%llx has %u.%03u bits of entropy per byte, more than code has.",
			        (unsigned long long)r->va, entropy / 1000, entropy % 1000);
	}
}

/* Linkers put the entry of a PE image into its first executable section. */
static void entry(struct inq_observer *w)
{
	const struct inq_exhibit *x = w->x;
	unsigned nth = 0;

	if (x->format != INQ_FORMAT_PE || !x->entry_va)
		return;
	for (size_t i = 0; i < x->section_count; i++) {
		const struct inq_section *s = &x->sections[i];

		if (!(s->access & INQ_EXECUTE))
			continue;
		nth++;
		if (x->entry_va < s->va || x->entry_va - s->va >= s->size)
			continue;
		if (nth > 1)
			inq_observer_suspect(w, nth * 1000,
			        "The entry point lies in section %.64s, which is not the first executable "
			        "one.",
			        s->name);
		return;
	}
	inq_observer_suspect(w, 0, "The entry point lies outside all executable sections.");
}

static void imports(struct inq_observer *w)
{
	const struct inq_exhibit *x = w->x;

	/* Static ELF programs and what runs before Windows have none, drivers and managed programs few. */
	if (x->format != INQ_FORMAT_PE || x->kind != INQ_KIND_EXECUTABLE || x->import_count >= FEW_IMPORTS ||
	        (x->pe->subsystem != SUBSYSTEM_GUI && x->pe->subsystem != SUBSYSTEM_CONSOLE) ||
	        (x->pe->directory_count > 14 && x->pe->directory[14].rva))
		return;
	inq_observer_suspect(
	        w, (uint32_t)x->import_count * 1000, "It imports only %zu functions.", x->import_count);
}

static void overlay(struct inq_observer *w)
{
	if (w->x->overlay_len < LARGE_OVERLAY || w->o.overlay_entropy == INQ_NO_ENTROPY ||
	        w->o.overlay_entropy < HIGH_ENTROPY)
		return;
	inq_observer_suspect(w, w->o.overlay_entropy,
	        "0x%llx bytes follow what the headers describe, with %u.%03u bits of entropy per byte.",
	        (unsigned long long)w->x->overlay_len, w->o.overlay_entropy / 1000,
	        w->o.overlay_entropy % 1000);
}

/* UPX leaves its mark in the loader it puts right behind the headers. */
static void upx(struct inq_observer *w)
{
	struct inq_bytes head = w->x->bytes;

	if (head.len > 4096)
		head.len = 4096;
	if (head.len && memmem(head.at, head.len, "UPX!", 4))
		inq_observer_suspect(
		        w, 0, "The mark of the UPX packer stands behind the headers; it is easily forged.");
}

void inq_observe_packing(struct inq_observer *w)
{
	if (w->full)
		return;
	for (size_t i = 0; i < w->x->section_count; i++)
		section(w, i);
	regions(w);
	entry(w);
	imports(w);
	overlay(w);
	upx(w);
}
