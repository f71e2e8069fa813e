#include "exhibit/elf.h"
#include <string.h>

/*
 * .eh_frame as LSB Core 5.0, section 10.6, describes it: a list of records,
 * CIEs that say how the pointers of their FDEs are written and FDEs, one for
 * each function or part of one.
 */

enum {
	PE_OMIT = 0xff,
	PE_FORMAT = 0x0f,
	PE_ABSPTR = 0x00,
	PE_ULEB = 0x01,
	PE_UDATA2 = 0x02,
	PE_UDATA4 = 0x03,
	PE_UDATA8 = 0x04,
	PE_SLEB = 0x09,
	PE_SDATA2 = 0x0a,
	PE_SDATA4 = 0x0b,
	PE_SDATA8 = 0x0c,
	PE_RELATIVE = 0x70,
	PE_PCREL = 0x10,
	PE_DATAREL = 0x30,
	PE_ALIGNED = 0x50,
	PE_INDIRECT = 0x80,
};

struct frame {
	struct elf *e;
	struct inq_bytes b;
	uint64_t va; /* of the first byte of `b` */
	uint64_t data_va; /* what datarel counts from */
};

struct cie {
	uint64_t off;
	uint8_t encoding;
	bool known, is_signal;
};

/* Reads a pointer in `encoding` at `*off` and moves past it; a null one stays 0. */
static bool pointer(const struct frame *f, uint64_t *off, uint8_t encoding, uint64_t *ret)
{
	const struct elf *e = f->e;
	uint64_t at = *off, value = 0;
	uint32_t u32 = 0;
	uint16_t u16 = 0;
	int64_t s64 = 0;

	if ((encoding & PE_RELATIVE) == PE_ALIGNED) {
		at += (elf_word_size(e) - (f->va + at) % elf_word_size(e)) % elf_word_size(e);
		encoding = PE_ABSPTR;
	}
	switch (encoding & PE_FORMAT) {
	case PE_ABSPTR:
		if (!elf_word(e, f->b, at, &value))
			return false;
		*off = at + elf_word_size(e);
		break;
	case PE_ULEB:
		if (!inq_bytes_uleb(f->b, off, &value))
			return false;
		break;
	case PE_SLEB:
		if (!inq_bytes_sleb(f->b, off, &s64))
			return false;
		value = (uint64_t)s64;
		break;
	case PE_UDATA2:
	case PE_SDATA2:
		if (!elf_u16(e, f->b, at, &u16))
			return false;
		value = (encoding & PE_FORMAT) == PE_SDATA2 ? (uint64_t)(int16_t)u16 : u16;
		*off = at + 2;
		break;
	case PE_UDATA4:
	case PE_SDATA4:
		if (!elf_u32(e, f->b, at, &u32))
			return false;
		value = (encoding & PE_FORMAT) == PE_SDATA4 ? (uint64_t)(int32_t)u32 : u32;
		*off = at + 4;
		break;
	case PE_UDATA8:
	case PE_SDATA8:
		if (!elf_u64(e, f->b, at, &value))
			return false;
		*off = at + 8;
		break;
	default:
		return false;
	}
	if (value && (encoding & PE_RELATIVE) == PE_PCREL)
		value += f->va + at;
	else if (value && (encoding & PE_RELATIVE) == PE_DATAREL)
		value += f->data_va;
	else if ((encoding & PE_RELATIVE) != PE_ABSPTR && (encoding & PE_RELATIVE) != PE_PCREL &&
	         (encoding & PE_RELATIVE) != PE_DATAREL)
		return false;
	*ret = e->wide ? value : (uint32_t)value;
	return true;
}

/* The personality routine: called by the unwinder alone, so only its address tells of it. */
static void personality(const struct frame *f, uint64_t va, uint8_t encoding)
{
	struct elf *e = f->e;
	const struct inq_region *r;
	uint64_t stored;

	if (!va)
		return;
	if (encoding & PE_INDIRECT) {
		if (!elf_word(e, elf_at(e, va), 0, &stored))
			return;
		va = stored;
	}
	r = inq_exhibit_region(e->x, va);
	if (r && r->kind == INQ_REGION_CODE)
		inq_draft_hint(&e->d, va, 0, NULL, INQ_SOURCE_POINTER);
}

/* Reads the CIE whose length field is at `off`. False where its FDEs cannot be read. */
static bool cie_read(const struct frame *f, uint64_t off, struct cie *ret)
{
	/* Longer strings than this exist in no compiler: they would only cost time for each FDE. */
	enum { AUGMENTATION_MOST = 16 };
	struct cie c = { .off = off, .encoding = PE_ABSPTR };
	struct inq_bytes augmentation;
	uint64_t at, ignored;
	uint32_t length, id;
	int64_t ignored_signed;
	uint8_t version, encoding;

	if (!elf_u32(f->e, f->b, off, &length))
		return false;
	at = off + (length == UINT32_MAX ? 12 : 4);
	if (!elf_u32(f->e, f->b, at, &id) || id || !inq_bytes_u8(f->b, at + 4, &version) ||
	        (version != 1 && version != 3) ||
	        !inq_bytes_string(f->b, at + 5, AUGMENTATION_MOST, &augmentation))
		return false;
	at += 5 + augmentation.len + 1;
	if (inq_bytes_begin(augmentation, "eh", 2))
		at += elf_word_size(f->e);
	if (!inq_bytes_uleb(f->b, &at, &ignored) || !inq_bytes_sleb(f->b, &at, &ignored_signed))
		return false;
	if (version == 1)
		at++;
	else if (!inq_bytes_uleb(f->b, &at, &ignored))
		return false;
	if (augmentation.len && augmentation.at[0] == 'z') {
		if (!inq_bytes_uleb(f->b, &at, &ignored))
			return false;
		for (size_t i = 1; i < augmentation.len; i++)
			switch (augmentation.at[i]) {
			case 'R':
				if (!inq_bytes_u8(f->b, at++, &c.encoding))
					return false;
				break;
			case 'L':
				at++;
				break;
			case 'P':
				if (!inq_bytes_u8(f->b, at++, &encoding))
					return false;
				if (encoding != PE_OMIT) {
					if (!pointer(f, &at, encoding, &ignored))
						return false;
					personality(f, ignored, encoding);
				}
				break;
			case 'S':
				c.is_signal = true;
				break;
			default: /* 'B' and 'G' of AArch64 have no data; an unknown letter ends what is known */
				break;
			}
	}
	c.known = true;
	*ret = c;
	return true;
}

/*
 * glibc and the kernel's vDSO begin the FDE of a signal trampoline one byte
 * early, since the unwinder looks up return addresses less one.
 */
static bool begins_early(const struct frame *f, const struct cie *c, uint64_t va, uint64_t size)
{
	enum inq_arch arch = f->e->x->arch;
	uint8_t first;

	if (!c->is_signal || size < 2 || (arch != INQ_ARCH_X86_64 && arch != INQ_ARCH_X86_32))
		return false;
	return inq_bytes_u8(elf_at(f->e, va), 0, &first) && (va + 1) % 16 == 0;
}

/*
 * Whether an FDE of a file without section headers is a procedure linkage
 * table's: on x86 entries of 16 bytes, of which the first pushes a word of the
 * GOT, or all jump through it.
 */
static bool is_linkage_table(const struct elf *e, uint64_t va, uint64_t size)
{
	struct inq_bytes b = elf_at(e, va);
	size_t at = inq_bytes_begin(b, "\xf3\x0f\x1e", 3) ? 4 : 0; /* endbr */
	uint16_t insn;

	if (e->section_count || (e->x->arch != INQ_ARCH_X86_64 && e->x->arch != INQ_ARCH_X86_32))
		return false;
	if (inq_bytes_begin(inq_bytes_from(b, at), "\xf2", 1))
		at++; /* bnd */
	if (!inq_bytes_u16(b, at, false, &insn))
		return false;
	return insn == 0x35ff || insn == 0xb3ff || ((insn == 0x25ff || insn == 0xa3ff) && size % 8 == 0);
}

static bool fde_read(const struct frame *f, uint64_t off, const struct cie *c)
{
	const struct inq_region *r;
	uint64_t va, size;

	if (!pointer(f, &off, c->encoding & (uint8_t)~PE_INDIRECT, &va) ||
	        !pointer(f, &off, c->encoding & PE_FORMAT, &size))
		return false;
	if (!va && f->e->type != ET_REL)
		return true; /* left by a linker that dropped the function */
	if (!size)
		return true;
	if (begins_early(f, c, va, size)) {
		va++;
		size--;
	}
	r = inq_exhibit_region(f->e->x, va);
	if (r && r->kind == INQ_REGION_CODE && !is_linkage_table(f->e, va, size))
		inq_draft_hint(&f->e->d, va, size, NULL, INQ_SOURCE_UNWIND);
	return true;
}

/* Where `whole`, several lists may follow one another, each with its own zero at the end. */
static void frames_read(const struct frame *f, bool whole)
{
	struct cie c = { 0 };
	uint64_t off = 0, bad = 0, bad_off = 0;

	while (!f->e->d.full) {
		uint64_t begin = off, length, id_off, cie_off;
		uint32_t narrow, id;

		if (!elf_u32(f->e, f->b, off, &narrow))
			break;
		if (!narrow) {
			if (!whole)
				break;
			off += 4;
			continue;
		}
		length = narrow;
		id_off = off + 4;
		if (narrow == UINT32_MAX) {
			if (!elf_u64(f->e, f->b, off + 4, &length))
				break;
			id_off = off + 12;
		}
		if (length < 4 || id_off > f->b.len || length > f->b.len - id_off ||
		        !elf_u32(f->e, f->b, id_off, &id)) {
			elf_note(f->e, elf_off(f->e, f->b) + begin,
			        "an unwind record runs past the end of .eh_frame");
			break;
		}
		off = id_off + length;
		if (!id)
			continue; /* a CIE is read when an FDE names it */
		cie_off = id_off - id;
		if (id > id_off || ((!c.known || c.off != cie_off) && !cie_read(f, cie_off, &c)) ||
		        !fde_read(f, id_off + 4, &c)) {
			if (!bad++)
				bad_off = begin;
		}
	}
	if (bad)
		elf_note(f->e, elf_off(f->e, f->b) + bad_off,
		        "%llu unwind records cannot be read, the first here", (unsigned long long)bad);
}

/* LSB Core 5.0, section 10.6.2: .eh_frame_hdr names .eh_frame; its search table is not needed. */
static void frame_header_read(struct elf *e, const struct elf_segment *s)
{
	struct frame header = { .e = e, .b = s->bytes, .va = s->va, .data_va = s->va };
	struct frame f = { .e = e };
	uint64_t off = 4;
	uint8_t version, encoding;

	if (!inq_bytes_u8(s->bytes, 0, &version) || !inq_bytes_u8(s->bytes, 1, &encoding) || version != 1 ||
	        encoding == PE_OMIT || !pointer(&header, &off, encoding, &f.va) ||
	        !(f.b = elf_at(e, f.va)).len) {
		elf_note(e, s->off, "the unwind table's header does not lead to .eh_frame");
		return;
	}
	if (elf_spend(e, s->off, f.b.len))
		frames_read(&f, false);
}

/*
 * A static program without section headers has neither a section nor a segment
 * that says where its .eh_frame is. It begins with a CIE, and those of all
 * compilers look alike: id 0, version 1, and one of two augmentations.
 */
static void frames_seek(struct elf *e)
{
	static const char plain[] = "\0\0\0\0\1zR", personal[] = "\0\0\0\0\1zPLR";

	for (size_t i = 0; i < e->load_count; i++) {
		const struct elf_segment *s = &e->loads[i];
		const uint8_t *first, *other;
		struct cie c;
		struct frame f = { .e = e };

		if (s->bytes.len < 4 || !elf_spend(e, s->off, s->bytes.len))
			continue;
		first = memmem(s->bytes.at + 4, s->bytes.len - 4, plain, sizeof plain);
		other = memmem(s->bytes.at + 4, s->bytes.len - 4, personal, sizeof personal);
		if (!first || (other && other < first))
			first = other;
		if (!first)
			continue;
		f.b = inq_bytes_from(s->bytes, (uint64_t)(first - 4 - s->bytes.at));
		f.va = s->va + (uint64_t)(first - 4 - s->bytes.at);
		if (cie_read(&f, 0, &c) && elf_spend(e, s->off, f.b.len))
			frames_read(&f, false);
		return;
	}
}

/*
 * ARM EHABI, section 6: pairs of a 31-bit place-relative function address and
 * what to do there. Linkers merge neighbours that say the same, and end each
 * run of code with an entry that cannot unwind.
 */
static void index_read(struct elf *e, struct inq_bytes b, uint64_t va)
{
	const uint32_t cant_unwind = 1;
	uint32_t before = 0;

	for (uint64_t off = 0; !e->d.full; off += 8) {
		const struct inq_region *r;
		uint32_t word, action;
		uint64_t start;

		if (!elf_u32(e, b, off, &word) || !elf_u32(e, b, off + 4, &action))
			return;
		start = (uint32_t)(va + off + (word & 0x7fffffff) + ((word & 0x40000000) << 1));
		if (word & 0x80000000) {
			elf_note(e, elf_off(e, b) + off, "an entry of .ARM.exidx is not place-relative");
			return;
		}
		r = inq_exhibit_region(e->x, start & ~(uint64_t)1);
		if (r && r->kind == INQ_REGION_CODE && (action != cant_unwind || before != cant_unwind))
			inq_draft_hint(&e->d, start, 0, NULL, INQ_SOURCE_UNWIND);
		before = action;
	}
}

static uint64_t section_va(const struct elf *e, const char *name)
{
	for (size_t i = 0; i < e->section_count; i++)
		if (!strcmp(e->sections[i].name, name))
			return e->sections[i].va;
	return 0;
}

/* Sections of objects are read from the image, where relocations are applied. */
static struct inq_bytes section_image(const struct elf *e, const struct elf_section *s)
{
	struct inq_bytes b = s->bytes;

	if (e->type == ET_REL)
		b = inq_exhibit_at(e->x, s->va);
	if (b.len > s->size)
		b.len = (size_t)s->size;
	return b;
}

void elf_unwind(struct elf *e)
{
	bool framed = false, indexed = false;
	uint64_t data_va = section_va(e, ".eh_frame_hdr");

	for (size_t i = 0; i < e->section_count && !e->d.full; i++) {
		const struct elf_section *s = &e->sections[i];
		struct inq_bytes b;

		if (!(s->flags & SHF_ALLOC) || s->type == SHT_NOBITS || !s->bytes.len)
			continue;
		b = section_image(e, s);
		if (!strcmp(s->name, ".eh_frame") && elf_spend(e, s->header_off, b.len)) {
			frames_read(&(struct frame){ .e = e, .b = b, .va = s->va, .data_va = data_va }, true);
			framed = true;
		} else if (s->type == SHT_ARM_EXIDX && e->x->arch == INQ_ARCH_ARM &&
		           elf_spend(e, s->header_off, b.len)) {
			index_read(e, b, s->va);
			indexed = true;
		}
	}
	for (size_t i = 0; i < e->segment_count && !e->d.full; i++) {
		const struct elf_segment *s = &e->segments[i];

		if (s->type == PT_GNU_EH_FRAME && !framed) {
			frame_header_read(e, s);
			framed = true;
		} else if (s->type == PT_ARM_EXIDX && e->x->arch == INQ_ARCH_ARM && !indexed &&
		           elf_spend(e, s->off, s->bytes.len)) {
			index_read(e, s->bytes, s->va);
			indexed = true;
		}
	}
	if (!framed && !e->section_count)
		frames_seek(e);
}
