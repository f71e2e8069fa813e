/*
 * What a PE image takes from others and gives to them ("The .idata Section",
 * "Delay-Load Import Tables", "The .edata Section").
 */
#include "exhibit/pe.h"

/* Reads the thunks of one library: names in `lookup`, slots at `slot_rva`. */
static void thunks(
        struct inq_pe *p, const char *library, uint64_t lookup_rva, uint64_t slot_rva, uint64_t rebase)
{
	unsigned width = p->plus ? 8 : 4;
	struct inq_bytes table = inq_pe_at(p, lookup_rva);
	struct inq_import import;
	uint64_t value;
	uint32_t low;

	for (uint64_t i = 0; !p->d->full; i++) {
		if (p->x->import_count >= INQ_PE_IMPORTS_MOST) {
			inq_exhibit_note(p->x, p->d->a, inq_pe_off(p, table) + i * width,
			        "more than %d imports; the rest is left out", INQ_PE_IMPORTS_MOST);
			return;
		}
		if (p->plus) {
			if (!inq_bytes_u64(table, i * 8, false, &value))
				break;
		} else {
			if (!inq_bytes_u32(table, i * 4, false, &low))
				break;
			value = low;
		}
		if (!value)
			return;
		import = (struct inq_import){ .library = library };
		if (value >> (p->plus ? 63 : 31)) {
			import.ordinal = (uint32_t)(value & 0xffff);
		} else {
			/* Two bytes of hint precede the name. */
			value -= rebase;
			import.name = inq_pe_name(p, (value & UINT32_MAX) + 2);
			if (!import.name) {
				inq_exhibit_note(p->x, p->d->a, inq_pe_off(p, table) + i * width,
				        "an import of %s has no readable name; the rest of that library is "
				        "left out",
				        library ? library : "a library without a name");
				return;
			}
		}
		import.slot_va = p->base + slot_rva + i * width;
		inq_draft_import(p->d, &import);
	}
	inq_exhibit_note(p->x, p->d->a, inq_pe_off(p, table), "the imports of %s have no end",
	        library ? library : "a library without a name");
}

static const char *library_name(struct inq_pe *p, uint64_t rva, uint64_t off)
{
	const char *name = inq_pe_name(p, rva);

	if (!name) {
		inq_exhibit_note(p->x, p->d->a, off, "an imported library has no readable name");
		return NULL;
	}
	inq_draft_library(p->d, name);
	return name;
}

void inq_pe_imports(struct inq_pe *p)
{
	struct inq_bytes table;
	uint32_t lookup, name, slots;
	uint64_t off = 0;

	if (!inq_pe_directory(p, INQ_PE_IMPORT, "import directory", &table))
		return;
	/* The loader ends at an empty descriptor, whatever size the directory states. */
	table = inq_pe_at(p, p->h->directory[INQ_PE_IMPORT].rva);
	for (unsigned i = 0; !p->d->full; i++, off += 20) {
		if (i == INQ_PE_LIBRARIES_MOST) {
			inq_exhibit_note(p->x, p->d->a, inq_pe_off(p, table) + off,
			        "more than %d imported libraries; the rest is left out",
			        INQ_PE_LIBRARIES_MOST);
			return;
		}
		if (!inq_bytes_u32(table, off, false, &lookup) ||
		        !inq_bytes_u32(table, off + 12, false, &name) ||
		        !inq_bytes_u32(table, off + 16, false, &slots)) {
			inq_exhibit_note(
			        p->x, p->d->a, inq_pe_off(p, table) + off, "the import directory has no end");
			return;
		}
		if (!name || !slots)
			return;
		if (!lookup || !inq_pe_at(p, lookup).len)
			lookup = slots;
		thunks(p, library_name(p, name, inq_pe_off(p, table) + off + 12), lookup, slots, 0);
	}
}

void inq_pe_delay_imports(struct inq_pe *p)
{
	struct inq_bytes table;
	uint32_t attributes, name, slots, lookup;
	uint64_t rebase;

	if (!inq_pe_directory(p, INQ_PE_DELAY_IMPORT, "delay import directory", &table))
		return;
	table = inq_pe_at(p, p->h->directory[INQ_PE_DELAY_IMPORT].rva);
	for (uint64_t off = 0; off < (uint64_t)INQ_PE_LIBRARIES_MOST * 32 && !p->d->full; off += 32) {
		if (!inq_bytes_u32(table, off, false, &attributes) ||
		        !inq_bytes_u32(table, off + 4, false, &name) ||
		        !inq_bytes_u32(table, off + 12, false, &slots) ||
		        !inq_bytes_u32(table, off + 16, false, &lookup)) {
			inq_exhibit_note(p->x, p->d->a, inq_pe_off(p, table) + off,
			        "the delay import directory has no end");
			return;
		}
		if (!name)
			return;
		/* Without attribute 1 (linkers before 7.0) these are addresses, not rvas. */
		rebase = attributes & 1 ? 0 : p->stated_base & UINT32_MAX;
		thunks(p, library_name(p, (name - rebase) & UINT32_MAX, inq_pe_off(p, table) + off + 4),
		        (lookup - rebase) & UINT32_MAX, (slots - rebase) & UINT32_MAX, rebase);
	}
}

/* One exported address: code gets a hint, an address within the directory is a forwarder. */
static void export(struct inq_pe *p, const char *name, uint32_t ordinal, uint32_t rva)
{
	uint64_t start = p->h->directory[INQ_PE_EXPORT].rva, size = p->h->directory[INQ_PE_EXPORT].size;
	struct inq_export e = { .name = name, .ordinal = ordinal };

	if (rva >= start && rva - start < size) {
		e.forward = inq_pe_name(p, rva);
		if (!e.forward)
			return;
	} else {
		e.va = p->base + rva;
		if (inq_pe_is_code(p, p->x->arch == INQ_ARCH_ARM ? rva & ~1u : rva))
			inq_pe_hint(p, rva, 0, name, INQ_SOURCE_EXPORT);
	}
	inq_draft_export(p->d, &e);
}

void inq_pe_exports(struct inq_pe *p)
{
	struct inq_bytes table, functions, names, ordinals;
	uint32_t base, function_count, name_count, functions_rva, names_rva, ordinals_rva, rva, name_rva;
	const char *name;
	uint8_t *named;
	uint16_t index;

	if (!inq_pe_directory(p, INQ_PE_EXPORT, "export directory", &table))
		return;
	if (!inq_bytes_u32(table, 16, false, &base) || !inq_bytes_u32(table, 20, false, &function_count) ||
	        !inq_bytes_u32(table, 24, false, &name_count) ||
	        !inq_bytes_u32(table, 28, false, &functions_rva) ||
	        !inq_bytes_u32(table, 32, false, &names_rva) ||
	        !inq_bytes_u32(table, 36, false, &ordinals_rva)) {
		inq_exhibit_note(p->x, p->d->a, inq_pe_off(p, table), "the export directory is too short");
		return;
	}
	functions = inq_pe_at(p, functions_rva);
	names = inq_pe_at(p, names_rva);
	ordinals = inq_pe_at(p, ordinals_rva);
	if (function_count > INQ_PE_EXPORTS_MOST || function_count > functions.len / 4) {
		inq_exhibit_note(p->x, p->d->a, inq_pe_off(p, table) + 20,
		        "the export directory counts %u functions, more than there is room for",
		        function_count);
		function_count = (uint32_t)(functions.len / 4 < INQ_PE_EXPORTS_MOST ? functions.len / 4
		                                                                    : INQ_PE_EXPORTS_MOST);
	}
	if (name_count > INQ_PE_EXPORTS_MOST || name_count > names.len / 4 || name_count > ordinals.len / 2) {
		inq_exhibit_note(p->x, p->d->a, inq_pe_off(p, table) + 24,
		        "the export directory counts %u names, more than there is room for", name_count);
		if (name_count > INQ_PE_EXPORTS_MOST)
			name_count = INQ_PE_EXPORTS_MOST;
	}
	named = inq_arena_new(p->d->a, function_count, 1);
	if (!named) {
		p->d->full = true;
		return;
	}
	for (uint32_t i = 0; i < name_count && !p->d->full; i++) {
		if (!inq_bytes_u16(ordinals, 2 * (uint64_t)i, false, &index) ||
		        !inq_bytes_u32(names, 4 * (uint64_t)i, false, &name_rva))
			break;
		name = inq_pe_name(p, name_rva);
		if (!name || index >= function_count) {
			inq_exhibit_note(p->x, p->d->a, inq_pe_off(p, names) + 4 * (uint64_t)i,
			        "export name %u has no readable name, or no function", i);
			continue;
		}
		named[index] = 1;
		if (inq_bytes_u32(functions, 4 * (uint64_t)index, false, &rva) && rva)
			export(p, name, base + index, rva);
	}
	for (uint32_t i = 0; i < function_count && !p->d->full; i++)
		if (!named[i] && inq_bytes_u32(functions, 4 * (uint64_t)i, false, &rva) && rva)
			export(p, NULL, base + i, rva);
}
