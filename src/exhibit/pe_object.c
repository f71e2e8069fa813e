/*
 * COFF object files ("COFF File Header (Object and Image)"), MinGW's and
 * Microsoft's, "bigobj" included.
 *
 * Sections are laid out one after another, then one address for each
 * undefined symbol; relocations are applied to a copy (pe_relocate.c).
 */
#include "exhibit/pe.h"
#include <string.h>

/* No section lies at rva 0, which tables of functions take as empty. */
enum { LAYOUT_BASE = 0x10000, FIRST_RVA = 0x1000, EXTERN_SIZE = 16 };
enum { EXTERNAL = 2, STATIC = 3, WEAK_EXTERNAL = 105, FUNCTION = 0x20 };

/* The class id of an object with more than 65,279 sections. */
static const uint8_t bigobj_id[16] = { 0xc7, 0xa1, 0xba, 0xd1, 0xee, 0xba, 0xa9, 0x4b, 0xaf, 0x20, 0xfa, 0xf6,
	0x6a, 0xa4, 0xdc, 0xb8 };

struct object {
	struct inq_pe p;
	unsigned symbol_size;
	uint64_t *section_va; /* by index; 0: not laid out */
	struct inq_region *section_region; /* by index; its bytes are the copy */
	uint64_t *symbol_va; /* by index; 0: unknown */
	uint64_t next_va;
	uint64_t relocations_left;
};

struct symbol {
	struct inq_bytes bytes;
	uint32_t value;
	uint32_t section; /* from 1; 0: undefined; what is not one is past the count */
	uint16_t type;
	uint8_t class, aux_count;
};

static bool is_bigobj(struct inq_bytes b)
{
	uint16_t zero, ones, version;

	return inq_bytes_u16(b, 0, false, &zero) && !zero && inq_bytes_u16(b, 2, false, &ones) &&
	       ones == 0xffff && inq_bytes_u16(b, 4, false, &version) && version >= 2 &&
	       inq_bytes_begin(inq_bytes_from(b, 12), bigobj_id, sizeof bigobj_id);
}

/* Two bytes of magic are weak evidence: the tables they lead to must be there as well. */
bool inq_coff_is(struct inq_bytes b)
{
	uint16_t machine, sections, optional;
	uint32_t symbols, count;

	if (is_bigobj(b))
		return true;
	if (!inq_bytes_u16(b, 0, false, &machine) || !inq_bytes_u16(b, 2, false, &sections) ||
	        !inq_bytes_u32(b, 8, false, &symbols) || !inq_bytes_u32(b, 12, false, &count) ||
	        !inq_bytes_u16(b, 16, false, &optional))
		return false;
	return inq_pe_arch(machine) != INQ_ARCH_NONE && sections && !optional && symbols &&
	       20 + 40 * (uint64_t)sections <= b.len && symbols + 18 * (uint64_t)count + 4 <= b.len;
}

static bool symbol_at(const struct object *o, uint64_t i, struct symbol *ret)
{
	const struct inq_pe *p = &o->p;
	bool big = o->symbol_size == 20;
	uint16_t number = 0;

	if (i >= p->symbol_count ||
	        !inq_bytes_cut(p->b, p->symbol_off + i * o->symbol_size, o->symbol_size, &ret->bytes) ||
	        !inq_bytes_u32(ret->bytes, 8, false, &ret->value) ||
	        !(big ? inq_bytes_u32(ret->bytes, 12, false, &ret->section)
	              : inq_bytes_u16(ret->bytes, 12, false, &number)) ||
	        !inq_bytes_u16(ret->bytes, big ? 16 : 14, false, &ret->type))
		return false;
	if (!big)
		ret->section = number >= 0xff00 ? UINT32_MAX : number;
	ret->class = ret->bytes.at[big ? 18 : 16];
	ret->aux_count = ret->bytes.at[big ? 19 : 17];
	return true;
}

static const char *symbol_name(const struct object *o, const struct symbol *s)
{
	const char *name;
	uint32_t zeroes = 1, off = 0;

	if (inq_bytes_u32(s->bytes, 0, false, &zeroes) && !zeroes) {
		if (!inq_bytes_u32(s->bytes, 4, false, &off))
			return NULL;
		return inq_draft_name(o->p.strings, off);
	}
	name = inq_draft_name((struct inq_bytes){ s->bytes.at, 8 }, 0);
	return name ? name : inq_arena_string(o->p.d->a, (struct inq_bytes){ s->bytes.at, 8 });
}

/* The name in the source: i386 puts an underscore before it. */
static const char *source_name(const struct object *o, const char *name)
{
	return name && name[0] == '_' && o->p.x->machine == INQ_PE_I386 ? name + 1 : name;
}

static bool is_laid_out(const struct inq_pe_section *s)
{
	return !(s->characteristics &
	               (INQ_PE_SECTION_INFO | INQ_PE_SECTION_REMOVE | INQ_PE_SECTION_DISCARDABLE)) &&
	       s->raw_size;
}

static void lay_out_section(struct object *o, uint32_t i, const struct inq_pe_section *s, uint64_t *copied)
{
	struct inq_pe *p = &o->p;
	unsigned align_bits = s->characteristics >> 20 & 15;
	uint64_t align = align_bits ? (uint64_t)1 << (align_bits - 1) : 16, va = 0;
	struct inq_bytes raw = { NULL, 0 };
	struct inq_region r = { .size = s->raw_size };
	uint8_t *copy;

	r.access = (uint8_t)((s->characteristics & INQ_PE_SECTION_READ ? INQ_READ : 0) |
	                     (s->characteristics & INQ_PE_SECTION_WRITE ? INQ_WRITE : 0) |
	                     (s->characteristics & INQ_PE_SECTION_EXECUTE ? INQ_EXECUTE : 0));
	if (s->raw_off && !(s->characteristics & INQ_PE_SECTION_UNINITIALIZED)) {
		raw = inq_bytes_from(p->b, s->raw_off);
		if (raw.len < s->raw_size)
			inq_exhibit_note(p->x, p->d->a, p->section_off + 40 * (uint64_t)i + 16,
			        "section %s states 0x%x bytes at 0x%x, past the end of the file", s->name,
			        s->raw_size, s->raw_off);
		else
			raw.len = s->raw_size;
		if ((uint64_t)s->raw_off + s->raw_size > p->claimed)
			p->claimed = (uint64_t)s->raw_off + s->raw_size;
	}
	if (is_laid_out(s)) {
		va = (o->next_va + align - 1) & ~(align - 1);
		/* Sections do not share bytes, so all copies together are no longer than the file. */
		if (raw.len > p->b.len - *copied) {
			inq_exhibit_note(p->x, p->d->a, p->section_off + 40 * (uint64_t)i + 20,
			        "section %s shares its bytes with others and is left out", s->name);
			return;
		}
		*copied += raw.len;
		copy = inq_arena_new(p->d->a, raw.len, 1);
		if (!copy) {
			p->d->full = true;
			return;
		}
		if (raw.len)
			memcpy(copy, raw.at, raw.len);
		r.va = va;
		r.bytes = (struct inq_bytes){ copy, raw.len };
		r.kind = r.access & INQ_EXECUTE ? INQ_REGION_CODE : INQ_REGION_DATA;
		inq_draft_region(p->d, &r);
		o->next_va = va + s->raw_size;
		o->section_va[i] = va;
		o->section_region[i] = r;
	}
	inq_draft_section(p->d, &(struct inq_section){ .name = s->name,
	                                .va = va,
	                                .size = s->raw_size,
	                                .off = s->raw_off,
	                                .file_size = raw.len,
	                                .access = r.access });
}

static void lay_out(struct object *o)
{
	struct inq_pe *p = &o->p;
	struct inq_pe_section s;
	uint64_t copied = 0;

	o->next_va = LAYOUT_BASE + FIRST_RVA;
	for (uint32_t i = 0; i < p->section_count && !p->d->full; i++) {
		if (!inq_pe_section(p, i, &s)) {
			inq_exhibit_note(p->x, p->d->a, 2,
			        "the header counts %u sections, the file ends after %u", p->section_count, i);
			return;
		}
		lay_out_section(o, i, &s, &copied);
	}
}

/* An undefined symbol gets an address of its own; "__imp_x" is the slot that holds x's. */
static void undefined(struct object *o, uint64_t i, const char *name)
{
	struct inq_import import = { 0 };
	uint64_t va = o->next_va;

	o->symbol_va[i] = va;
	o->next_va += EXTERN_SIZE;
	if (!name)
		return;
	if (!strncmp(name, "__imp_", 6)) {
		import.name = source_name(o, name + 6);
		import.slot_va = va;
	} else {
		import.name = source_name(o, name);
		import.stub_va = va;
	}
	inq_draft_import(o->p.d, &import);
}

static void symbols(struct object *o)
{
	struct inq_pe *p = &o->p;
	struct inq_region externs = { .kind = INQ_REGION_EXTERN, .access = INQ_READ | INQ_EXECUTE };
	struct symbol s;
	uint32_t common;

	o->next_va = (o->next_va + EXTERN_SIZE - 1) & ~(uint64_t)(EXTERN_SIZE - 1);
	externs.va = o->next_va;
	for (uint64_t i = 0; i < p->symbol_count && !p->d->full; i += 1 + (uint64_t)s.aux_count) {
		if (!symbol_at(o, i, &s))
			return;
		if (s.section && s.section <= p->section_count) {
			if (o->section_va[s.section - 1])
				o->symbol_va[i] = o->section_va[s.section - 1] + s.value;
		} else if (!s.section && s.class == EXTERNAL && !s.value) {
			undefined(o, i, symbol_name(o, &s));
		}
	}
	externs.size = o->next_va - externs.va;
	inq_draft_region(p->d, &externs);
	/* Common data, and weak symbols, which stand for another one where nobody defines them. */
	externs = (struct inq_region){ .va = o->next_va, .access = INQ_READ | INQ_WRITE };
	for (uint64_t i = 0; i < p->symbol_count && !p->d->full; i += 1 + (uint64_t)s.aux_count) {
		if (!symbol_at(o, i, &s))
			break;
		if (s.section)
			continue;
		if (s.class == EXTERNAL && s.value) {
			o->symbol_va[i] = o->next_va;
			o->next_va += ((uint64_t)s.value + EXTERN_SIZE - 1) & ~(uint64_t)(EXTERN_SIZE - 1);
		} else if (s.class == WEAK_EXTERNAL && s.aux_count &&
		           inq_bytes_u32(p->b, p->symbol_off + (i + 1) * o->symbol_size, false, &common) &&
		           common < p->symbol_count) {
			o->symbol_va[i] = o->symbol_va[common];
		}
	}
	externs.size = o->next_va - externs.va;
	inq_draft_region(p->d, &externs);
	inq_draft_settle(p->d);
}

static void functions(struct object *o)
{
	struct inq_pe *p = &o->p;
	struct inq_export e;
	struct symbol s;
	uint64_t rva;

	for (uint64_t i = 0; i < p->symbol_count && !p->d->full; i += 1 + (uint64_t)s.aux_count) {
		if (!symbol_at(o, i, &s))
			return;
		if (!s.section || s.section > p->section_count || !o->symbol_va[i] ||
		        (s.class != EXTERNAL && s.class != STATIC))
			continue;
		rva = o->symbol_va[i] - p->base;
		e = (struct inq_export){ .name = source_name(o, symbol_name(o, &s)), .va = o->symbol_va[i] };
		if (s.class == EXTERNAL)
			inq_draft_export(p->d, &e);
		/* Hand-written code often has no type; what others may call is still a function. */
		if (inq_pe_is_code(p, rva) && (s.type == FUNCTION || s.class == EXTERNAL))
			inq_pe_hint(p, rva, 0, e.name,
			        s.type == FUNCTION ? INQ_SOURCE_SYMBOL : INQ_SOURCE_EXPORT);
	}
}

static void relocate_section(struct object *o, uint32_t i, const struct inq_pe_section *s)
{
	struct inq_pe *p = &o->p;
	const struct inq_region *region = &o->section_region[i];
	uint64_t count = s->relocation_count, first = 0;
	uint32_t off, index, more;
	struct inq_pe_place r;

	if (s->characteristics & INQ_PE_SECTION_RELOC_OVERFLOW && count == 0xffff &&
	        inq_bytes_u32(p->b, s->relocation_off, false, &more)) {
		count = more;
		first = 1; /* it holds the count */
	}
	for (uint64_t k = first; k < count && !p->d->full; k++) {
		struct inq_bytes e;

		if (!o->relocations_left || !inq_bytes_cut(p->b, s->relocation_off + 10 * k, 10, &e)) {
			inq_exhibit_note(p->x, p->d->a, p->section_off + 40 * (uint64_t)i + 24,
			        "section %s counts %llu relocations, more than there is room for", s->name,
			        (unsigned long long)count);
			return;
		}
		o->relocations_left--;
		if (!inq_bytes_u32(e, 0, false, &off) || !inq_bytes_u32(e, 4, false, &index) ||
		        !inq_bytes_u16(e, 8, false, &r.type))
			return;
		if (index >= p->symbol_count || !o->symbol_va[index])
			continue;
		off -= s->rva;
		if (off >= region->bytes.len || region->bytes.len - off < 4) {
			inq_exhibit_note(p->x, p->d->a, s->relocation_off + 10 * k,
			        "a relocation lies outside section %s", s->name);
			continue;
		}
		/* The copy is ours to change: lay_out_section made it. */
		memcpy(&r.at, &region->bytes.at, sizeof r.at);
		r.at += off;
		r.room = region->bytes.len - off;
		r.va = region->va + off;
		r.to = o->symbol_va[index];
		if (p->x->machine == INQ_PE_ARMNT && inq_pe_is_code(p, r.to - p->base))
			r.to |= 1;
		inq_pe_relocate(&o->p, &r);
	}
}

static void relocations(struct object *o)
{
	struct inq_pe_section s;

	/* Relocations do not share bytes either: all together are no more than fit the file. */
	o->relocations_left = o->p.b.len / 10;
	for (uint32_t i = 0; i < o->p.section_count && inq_pe_section(&o->p, i, &s); i++)
		if (o->section_va[i] && s.relocation_count)
			relocate_section(o, i, &s);
}

static void unwind(struct object *o)
{
	struct inq_pe *p = &o->p;

	for (size_t i = 0; i < p->x->section_count; i++) {
		const struct inq_section *s = &p->x->sections[i];

		if (!s->va)
			continue;
		if (!strncmp(s->name, ".pdata", 6) && p->x->machine != INQ_PE_I386)
			inq_pe_unwind_table(p, inq_exhibit_at(p->x, s->va));
		else if (!strcmp(s->name, ".eh_frame"))
			inq_pe_eh_frame(p, inq_exhibit_at(p->x, s->va), s->va - p->base);
	}
}

static enum inq_status header(struct object *o, struct inq_error *err)
{
	struct inq_pe *p = &o->p;
	bool big = is_bigobj(p->b), whole;
	uint16_t sections = 0;
	uint32_t symbol_off;

	o->symbol_size = big ? 20 : 18;
	if (big) {
		whole = inq_bytes_u16(p->b, 6, false, &p->x->machine) &&
		        inq_bytes_u32(p->b, 44, false, &p->section_count) &&
		        inq_bytes_u32(p->b, 48, false, &symbol_off) &&
		        inq_bytes_u32(p->b, 52, false, &p->symbol_count);
		p->section_off = 56;
	} else {
		whole = inq_bytes_u16(p->b, 0, false, &p->x->machine) &&
		        inq_bytes_u16(p->b, 2, false, &sections) &&
		        inq_bytes_u32(p->b, 8, false, &symbol_off) &&
		        inq_bytes_u32(p->b, 12, false, &p->symbol_count);
		p->section_count = sections;
		p->section_off = 20;
	}
	if (!whole)
		return inq_fail(
		        err, INQ_TRUNCATED, p->b.len, "the COFF header runs past the end of the file");
	p->symbol_off = symbol_off;
	/* Counts that the file has no room for would only cost memory. */
	if (p->section_count > p->b.len / 40) {
		inq_exhibit_note(p->x, p->d->a, big ? 44 : 2,
		        "the header counts %u sections, more than there is room for", p->section_count);
		p->section_count = (uint32_t)(p->b.len / 40);
	}
	if (p->symbol_count > inq_bytes_from(p->b, symbol_off).len / o->symbol_size) {
		inq_exhibit_note(p->x, p->d->a, big ? 52 : 12,
		        "the header counts %u symbols, more than there is room for", p->symbol_count);
		p->symbol_count = (uint32_t)(inq_bytes_from(p->b, symbol_off).len / o->symbol_size);
	}
	return INQ_OK;
}

enum inq_status inq_coff_read(
        struct inq_bytes b, struct inq_arena *a, struct inq_exhibit *x, struct inq_error *err)
{
	struct inq_draft draft;
	struct object o = {
		.p = { .b = b, .x = x, .d = &draft, .base = LAYOUT_BASE, .stated_base = LAYOUT_BASE }
	};
	struct inq_pe *p = &o.p;
	enum inq_status status;
	uint64_t end;

	inq_draft_begin(&draft, x, a);
	status = header(&o, err);
	if (status)
		return status;
	x->format = INQ_FORMAT_PE;
	x->kind = INQ_KIND_OBJECT;
	x->arch = inq_pe_arch(x->machine);
	p->plus = x->machine == INQ_PE_AMD64 || x->machine == INQ_PE_ARM64;
	x->bits = p->plus ? 64 : 32;
	o.section_va = inq_arena_new(a, p->section_count, sizeof *o.section_va);
	o.section_region = inq_arena_new(a, p->section_count, sizeof *o.section_region);
	o.symbol_va = inq_arena_new(a, p->symbol_count, sizeof *o.symbol_va);
	if (!o.section_va || !o.section_region || !o.symbol_va)
		return inq_fail(
		        err, INQ_NO_MEMORY, 0, "reading the headers takes more memory than is allowed");
	inq_pe_strings(p, o.symbol_size);
	lay_out(&o);
	symbols(&o);
	relocations(&o);
	functions(&o);
	unwind(&o);
	end = p->symbol_off + (uint64_t)p->symbol_count * o.symbol_size + p->strings.len;
	if (end > p->claimed)
		p->claimed = end;
	if (p->claimed < b.len) {
		x->overlay_off = p->claimed;
		x->overlay_len = b.len - p->claimed;
	}
	return inq_draft_finish(&draft, err);
}
