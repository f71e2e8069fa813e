/*
 * The tables of a PE image that name code: TLS callbacks, the load
 * configuration, base relocations and the COFF symbol table.
 */
#include "exhibit/pe.h"

enum { CALLBACKS_MOST = 4096, RELOCATION_HIGHLOW = 3, RELOCATION_HIGHADJ = 4, RELOCATION_DIR64 = 10 };

/* A pointer as wide as the machine's. */
static bool pointer(const struct inq_pe *p, struct inq_bytes b, uint64_t off, uint64_t *ret)
{
	uint32_t low;

	if (p->plus)
		return inq_bytes_u64(b, off, false, ret);
	if (!inq_bytes_u32(b, off, false, &low))
		return false;
	*ret = low;
	return true;
}

/* Addresses in the file count from the stated base. False where `va` is below it or too far above. */
static bool rva_of(const struct inq_pe *p, uint64_t va, uint64_t *ret)
{
	if (va < p->stated_base || va - p->stated_base > UINT32_MAX)
		return false;
	*ret = va - p->stated_base;
	return true;
}

void inq_pe_tls(struct inq_pe *p)
{
	struct inq_bytes table, list;
	uint64_t callbacks, va, rva;
	unsigned width = p->plus ? 8 : 4;

	if (!inq_pe_directory(p, INQ_PE_TLS, "TLS directory", &table) ||
	        !pointer(p, table, 3 * width, &callbacks) || !callbacks)
		return;
	if (!rva_of(p, callbacks, &rva) || !(list = inq_pe_at(p, rva)).len) {
		inq_exhibit_note(p->x, p->d->a, inq_pe_off(p, table) + 3 * width,
		        "the list of TLS callbacks lies outside the image");
		return;
	}
	for (unsigned i = 0; pointer(p, list, (uint64_t)i * width, &va) && va; i++) {
		if (i == CALLBACKS_MOST || !rva_of(p, va, &rva) || !inq_pe_is_code(p, rva)) {
			inq_exhibit_note(p->x, p->d->a, inq_pe_off(p, list) + (uint64_t)i * width,
			        "TLS callback %u is not in code; the rest of the list is left out", i);
			return;
		}
		inq_pe_hint(p, rva, 0, NULL, INQ_SOURCE_INIT);
	}
}

/* A table of `count` rvas, `stride` bytes apart, at address `va`. */
static void starts(
        struct inq_pe *p, uint64_t field, uint64_t va, uint64_t count, unsigned stride, const char *what)
{
	struct inq_bytes table;
	uint64_t rva;
	uint32_t start;

	if (!va || !count)
		return;
	if (!rva_of(p, va, &rva) || !(table = inq_pe_at(p, rva)).len) {
		inq_exhibit_note(p->x, p->d->a, field, "the %s lies outside the image", what);
		return;
	}
	if (count > table.len / stride) {
		inq_exhibit_note(p->x, p->d->a, field,
		        "the %s counts %llu entries, more than there is room for", what,
		        (unsigned long long)count);
		count = table.len / stride;
	}
	for (uint64_t i = 0; i < count && !p->d->full; i++)
		if (inq_bytes_u32(table, i * stride, false, &start) && inq_pe_is_code(p, start))
			inq_pe_hint(p, start, 0, NULL, INQ_SOURCE_STARTS);
}

/* "The Load Configuration Structure": the control-flow guard's functions, and SafeSEH's handlers. */
void inq_pe_load_config(struct inq_pe *p)
{
	unsigned table_off = p->plus ? 128 : 80, count_off = p->plus ? 136 : 84,
	         flags_off = p->plus ? 144 : 88;
	struct inq_bytes config;
	uint64_t va, count, off;
	uint32_t size, flags;

	if (!inq_pe_directory(p, INQ_PE_LOAD_CONFIG, "load configuration", &config))
		return;
	/* Its own length counts; XP wants 64 in the directory whatever stands there. */
	config = inq_pe_at(p, p->h->directory[INQ_PE_LOAD_CONFIG].rva);
	if (!inq_bytes_u32(config, 0, false, &size))
		return;
	if (size < config.len)
		config.len = size;
	off = inq_pe_off(p, config);
	if (!p->plus && pointer(p, config, 64, &va) && pointer(p, config, 68, &count))
		starts(p, off + 64, va, count, 4, "table of SEH handlers");
	if (pointer(p, config, table_off, &va) && pointer(p, config, count_off, &count) &&
	        inq_bytes_u32(config, flags_off, false, &flags))
		starts(p, off + table_off, va, count, 4 + (flags >> 28), "guard table of functions");
}

static void relocation_block(struct inq_pe *p, struct inq_bytes block, uint32_t page)
{
	struct inq_bytes at;
	uint64_t value, rva;
	uint16_t entry;
	uint32_t low;

	for (uint64_t off = 8; inq_bytes_u16(block, off, false, &entry) && !p->d->full; off += 2) {
		rva = (uint64_t)page + (entry & 0xfff);
		switch (entry >> 12) {
		case RELOCATION_HIGHADJ:
			off += 2;
			continue;
		case RELOCATION_HIGHLOW:
			at = inq_pe_at(p, rva);
			if (!inq_bytes_u32(at, 0, false, &low))
				break;
			value = low;
			inq_draft_pointer(p->d, p->base + rva, value - p->stated_base + p->base);
			continue;
		case RELOCATION_DIR64:
			at = inq_pe_at(p, rva);
			if (!inq_bytes_u64(at, 0, false, &value))
				break;
			inq_draft_pointer(p->d, p->base + rva, value - p->stated_base + p->base);
			continue;
		default:
			continue;
		}
		inq_exhibit_note(p->x, p->d->a, inq_pe_off(p, block) + off,
		        "a base relocation lies outside the image, at rva 0x%llx", (unsigned long long)rva);
	}
}

void inq_pe_relocations(struct inq_pe *p)
{
	struct inq_bytes table, block;
	uint32_t page, size;

	if (!inq_pe_directory(p, INQ_PE_RELOCATION, "base relocation table", &table))
		return;
	for (uint64_t off = 0; off + 8 <= table.len && !p->d->full; off += size) {
		if (!inq_bytes_u32(table, off, false, &page) || !inq_bytes_u32(table, off + 4, false, &size))
			return;
		if (size == 0 && page == 0)
			return; /* padding */
		if (size < 8 || size % 2 || !inq_bytes_cut(table, off, size, &block)) {
			inq_exhibit_note(p->x, p->d->a, inq_pe_off(p, table) + off,
			        "a block of base relocations states %u bytes; the rest is left out", size);
			return;
		}
		relocation_block(p, block, page);
	}
}

/* "COFF Symbol Table": MinGW leaves it in images that are not stripped. */
void inq_pe_symbols(struct inq_pe *p)
{
	enum { SYMBOL = 18, FUNCTION = 0x20, EXTERNAL = 2, STATIC = 3 };
	struct inq_bytes table, s;
	struct inq_pe_section section;
	uint64_t end = p->symbol_off + (uint64_t)p->symbol_count * SYMBOL;
	uint32_t *section_rva;
	const char *name;
	uint32_t value, zeroes, off;
	uint16_t number, type;

	if (!p->symbol_off || !p->symbol_count)
		return;
	if (!inq_bytes_cut(p->b, p->symbol_off, end - p->symbol_off, &table)) {
		inq_exhibit_note(
		        p->x, p->d->a, p->h->nt_off + 12, "the symbol table runs past the end of the file");
		return;
	}
	if (end > p->claimed)
		p->claimed = end;
	section_rva = inq_arena_new(p->d->a, p->section_count, sizeof *section_rva);
	if (!section_rva) {
		p->d->full = true;
		return;
	}
	for (uint32_t i = 0; i < p->section_count && inq_pe_section(p, i, &section); i++)
		section_rva[i] = section.rva;
	for (uint32_t i = 0; i < p->symbol_count && !p->d->full; i++) {
		if (!inq_bytes_cut(table, (uint64_t)i * SYMBOL, SYMBOL, &s) ||
		        !inq_bytes_u32(s, 8, false, &value) || !inq_bytes_u16(s, 12, false, &number) ||
		        !inq_bytes_u16(s, 14, false, &type) || !inq_bytes_u32(s, 0, false, &zeroes) ||
		        !inq_bytes_u32(s, 4, false, &off))
			return;
		i += s.at[17];
		if (type != FUNCTION || number == 0 || number > p->section_count ||
		        (s.at[16] != EXTERNAL && s.at[16] != STATIC))
			continue;
		if (!inq_pe_is_code(p, (uint64_t)section_rva[number - 1] + value))
			continue;
		name = zeroes ? inq_draft_name((struct inq_bytes){ s.at, 8 }, 0)
		              : inq_draft_name(p->strings, off);
		if (zeroes && !name)
			name = inq_arena_string(p->d->a, (struct inq_bytes){ s.at, 8 });
		if (name && name[0] == '_' && p->x->machine == INQ_PE_I386)
			name++;
		inq_pe_hint(p, (uint64_t)section_rva[number - 1] + value, 0, name, INQ_SOURCE_SYMBOL);
	}
}
