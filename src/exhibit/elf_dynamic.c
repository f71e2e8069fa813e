#include "exhibit/elf.h"
#include <string.h>

enum {
	DT_NULL = 0,
	DT_NEEDED = 1,
	DT_PLTRELSZ = 2,
	DT_PLTGOT = 3,
	DT_HASH = 4,
	DT_STRTAB = 5,
	DT_SYMTAB = 6,
	DT_RELA = 7,
	DT_RELASZ = 8,
	DT_RELAENT = 9,
	DT_STRSZ = 10,
	DT_SYMENT = 11,
	DT_INIT = 12,
	DT_FINI = 13,
	DT_SONAME = 14,
	DT_REL = 17,
	DT_RELSZ = 18,
	DT_RELENT = 19,
	DT_PLTREL = 20,
	DT_JMPREL = 23,
	DT_INIT_ARRAY = 25,
	DT_FINI_ARRAY = 26,
	DT_INIT_ARRAYSZ = 27,
	DT_FINI_ARRAYSZ = 28,
	DT_PREINIT_ARRAY = 32,
	DT_PREINIT_ARRAYSZ = 33,
	DT_RELRSZ = 35,
	DT_RELR = 36,
	DT_SMALL_COUNT = 38,
	DT_GNU_HASH = 0x6ffffef5,
	DT_FLAGS_1 = 0x6ffffffb,
	DT_MIPS_LOCAL_GOTNO = 0x7000000a,
	DT_MIPS_SYMTABNO = 0x70000011,
	DT_MIPS_GOTSYM = 0x70000013,
};
enum { DF_1_PIE = 0x08000000 };

/* What of the dynamic section is needed: the small tags by number, 0 where absent. */
struct dynamic {
	struct elf *e;
	uint64_t tag[DT_SMALL_COUNT];
	uint64_t gnu_hash, local_got, got_symbol, mips_symbols;
	struct elf_symbols symbols;
	uint64_t off; /* in the file */
	uint8_t *seen; /* for each symbol: what relocations have told of it */
};

enum { SEEN_IMPORTED = 1, SEEN_COPIED = 2 };

static struct inq_bytes upto(struct inq_bytes b, uint64_t len)
{
	if (b.len > len)
		b.len = (size_t)len;
	return b;
}

static struct inq_bytes dynamic_bytes(const struct elf *e)
{
	for (size_t i = 0; i < e->segment_count; i++)
		if (e->segments[i].type == PT_DYNAMIC)
			return e->segments[i].bytes;
	for (size_t i = 0; i < e->section_count; i++)
		if (e->sections[i].type == SHT_DYNAMIC)
			return e->sections[i].bytes;
	return (struct inq_bytes){ NULL, 0 };
}

/* Two passes: names need the string table, which may be told of after them. */
static bool tags_read(struct dynamic *t)
{
	struct elf *e = t->e;
	struct inq_bytes b = dynamic_bytes(e), names;
	uint64_t step = 2 * elf_word_size(e), tag, value;
	uint64_t off;

	t->off = elf_off(e, b);
	for (off = 0; elf_word(e, b, off, &tag) && elf_word(e, b, off + step / 2, &value) && tag != DT_NULL;
	        off += step) {
		/* Of a repeated tag the last counts, as in the loaders. */
		if (tag < DT_SMALL_COUNT)
			t->tag[tag] = value;
		else if (tag == DT_GNU_HASH)
			t->gnu_hash = value;
		else if (tag == DT_FLAGS_1)
			e->marked_pie = value & DF_1_PIE;
		else if (tag == DT_MIPS_LOCAL_GOTNO)
			t->local_got = value;
		else if (tag == DT_MIPS_GOTSYM)
			t->got_symbol = value;
		else if (tag == DT_MIPS_SYMTABNO)
			t->mips_symbols = value;
	}
	if (!b.len)
		return false;
	b.len = (size_t)off;
	e->has_soname = t->tag[DT_SONAME] != 0;
	names = upto(elf_at(e, t->tag[DT_STRTAB]), t->tag[DT_STRSZ]);
	if (!t->tag[DT_STRTAB] || !names.len)
		elf_note(e, t->off, "the names of the dynamic section are not in the file");
	t->symbols.names = names;
	for (off = 0; elf_word(e, b, off, &tag) && elf_word(e, b, off + step / 2, &value); off += step) {
		const char *name;

		if (tag != DT_NEEDED)
			continue;
		name = inq_draft_name(names, value);
		if (name)
			inq_draft_library(&e->d, name);
		else
			elf_note(e, t->off + off, "the name of a needed library is not in the string table");
	}
	return true;
}

/* gABI, "Hash Table": as many chain links as symbols. */
static uint64_t hash_count(const struct dynamic *t)
{
	uint32_t count;

	if (!t->tag[DT_HASH] || !elf_u32(t->e, elf_at(t->e, t->tag[DT_HASH]), 4, &count))
		return 0;
	return count;
}

/*
 * The GNU hash table does not say its length: the highest bucket's chain is
 * followed to its end, which an odd hash value marks.
 */
static uint64_t gnu_hash_count(const struct dynamic *t)
{
	const struct elf *e = t->e;
	struct inq_bytes b = elf_at(e, t->gnu_hash);
	uint32_t buckets, first, bloom, last = 0, value;
	uint64_t bucket_off, chain_off;

	if (!t->gnu_hash || !elf_u32(e, b, 0, &buckets) || !elf_u32(e, b, 4, &first) ||
	        !elf_u32(e, b, 8, &bloom))
		return 0;
	bucket_off = 16 + bloom * elf_word_size(e);
	chain_off = bucket_off + 4 * (uint64_t)buckets;
	for (uint32_t i = 0; i < buckets && elf_u32(e, b, bucket_off + 4 * (uint64_t)i, &value); i++)
		if (value > last)
			last = value;
	if (last < first)
		return first;
	while (elf_u32(e, b, chain_off + 4 * (uint64_t)(last - first), &value)) {
		last++;
		if (value & 1 || !last)
			break;
	}
	return last;
}

/* How far relocations reach into the symbols, where nothing else counts them. */
static uint64_t relocated_count(const struct dynamic *t, uint64_t va, uint64_t size, bool addends)
{
	const struct elf *e = t->e;
	struct inq_bytes b = upto(elf_at(e, va), size);
	uint64_t w = elf_word_size(e), most = 0, info;

	for (uint64_t off = 0; va && elf_word(e, b, off + w, &info); off += (addends ? 3 : 2) * w) {
		uint64_t symbol = e->wide ? info >> 32 : info >> 8;

		if (symbol >= most)
			most = symbol + 1;
	}
	return most;
}

static void symbols_find(struct dynamic *t)
{
	struct elf *e = t->e;
	uint64_t va = t->tag[DT_SYMTAB], count = hash_count(t), more;
	bool addends = t->tag[DT_PLTREL] == DT_RELA;

	t->symbols.table = elf_at(e, va);
	if (!va || !t->symbols.table.len)
		return;
	t->symbols.off = elf_off(e, t->symbols.table);
	if (t->tag[DT_SYMENT] != elf_symbol_size(e))
		elf_note(e, t->off, "dynamic symbols are %llu bytes, not %zu",
		        (unsigned long long)t->tag[DT_SYMENT], elf_symbol_size(e));
	if (!count)
		count = t->mips_symbols;
	for (size_t i = 0; !count && i < e->section_count; i++)
		if (e->sections[i].type == SHT_DYNSYM && e->sections[i].va == va)
			count = e->sections[i].size / elf_symbol_size(e);
	if (!count) {
		count = gnu_hash_count(t);
		more = relocated_count(t, t->tag[DT_RELA], t->tag[DT_RELASZ], true);
		count = more > count ? more : count;
		more = relocated_count(t, t->tag[DT_REL], t->tag[DT_RELSZ], false);
		count = more > count ? more : count;
		more = relocated_count(t, t->tag[DT_JMPREL], t->tag[DT_PLTRELSZ], addends);
		count = more > count ? more : count;
	}
	if (count > t->symbols.table.len / elf_symbol_size(e)) {
		elf_note(e, t->symbols.off, "the dynamic symbols run past the end of their segment");
		count = t->symbols.table.len / elf_symbol_size(e);
	}
	t->symbols.count = (size_t)count;
}

/* What a dynamic relocation does, whatever the machine numbers it. */
enum deed { DEED_OTHER = 0, DEED_RELATIVE, DEED_SLOT, DEED_WORD, DEED_COPY, DEED_RESOLVER };

static enum deed deed_of(enum inq_arch arch, uint32_t type)
{
	static const struct {
		enum inq_arch arch;
		uint16_t relative, slot, jump_slot, word, copy, resolver;
	} table[] = {
		{ INQ_ARCH_X86_64, 8, 6, 7, 1, 5, 37 },
		{ INQ_ARCH_X86_32, 8, 6, 7, 1, 5, 42 },
		{ INQ_ARCH_A64, 1027, 1025, 1026, 257, 1024, 1032 },
		{ INQ_ARCH_ARM, 23, 21, 22, 2, 20, 160 },
		/* R_MIPS_REL32 adds the symbol, or where there is none the load address. */
		{ INQ_ARCH_MIPS, 3, 51, 127, 3, 126, 128 },
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (table[i].arch != arch || !type)
			continue;
		if (type == table[i].relative)
			return DEED_RELATIVE;
		if (type == table[i].slot || type == table[i].jump_slot)
			return DEED_SLOT;
		if (type == table[i].word)
			return DEED_WORD;
		if (type == table[i].copy)
			return DEED_COPY;
		if (type == table[i].resolver)
			return DEED_RESOLVER;
	}
	return DEED_OTHER;
}

static bool within(uint64_t va, uint64_t begin, uint64_t size)
{
	return begin && va >= begin && va - begin < size;
}

static void points(struct dynamic *t, uint64_t slot_va, uint64_t target_va)
{
	if (!t->e->wide)
		target_va = (uint32_t)target_va;
	inq_draft_pointer(&t->e->d, slot_va, target_va);
	if (within(slot_va, t->tag[DT_INIT_ARRAY], t->tag[DT_INIT_ARRAYSZ]) ||
	        within(slot_va, t->tag[DT_FINI_ARRAY], t->tag[DT_FINI_ARRAYSZ]) ||
	        within(slot_va, t->tag[DT_PREINIT_ARRAY], t->tag[DT_PREINIT_ARRAYSZ]))
		inq_draft_hint(&t->e->d, target_va, 0, NULL, INQ_SOURCE_INIT);
}

static bool is_defined(const struct elf_symbol *s)
{
	return s->section != SHN_UNDEF && s->section != SHN_COMMON;
}

static void imports(
        struct dynamic *t, uint64_t index, const struct elf_symbol *s, uint64_t slot_va, uint64_t stub_va)
{
	const char *name = inq_draft_name(t->symbols.names, s->name_off);

	if (t->seen)
		t->seen[index] |= SEEN_IMPORTED;
	if (!name)
		elf_note(t->e, t->symbols.off + index * elf_symbol_size(t->e),
		        "the name of an import is not in the string table");
	else if (*name)
		inq_draft_import(&t->e->d,
		        &(struct inq_import){ .name = name, .slot_va = slot_va, .stub_va = stub_va });
}

/* One relocation; `addend` is what the slot or the relocation states. */
static bool relocate(struct dynamic *t, enum deed deed, uint64_t slot_va, uint64_t index, uint64_t addend)
{
	struct elf_symbol s;

	if (deed == DEED_OTHER)
		return true;
	if (deed == DEED_RELATIVE || deed == DEED_RESOLVER) {
		if (!index) {
			points(t, slot_va, addend);
			return true;
		}
		deed = DEED_WORD;
	}
	if (!index)
		return true;
	if (!elf_symbol(t->e, &t->symbols, index, &s))
		return false;
	if (deed == DEED_COPY) {
		if (t->seen)
			t->seen[index] |= SEEN_COPIED;
	} else if (is_defined(&s)) {
		if (s.section != SHN_ABS && s.type != STT_TLS)
			points(t, slot_va, s.value + (deed == DEED_WORD ? addend : 0));
	} else {
		imports(t, index, &s, slot_va, 0);
	}
	return true;
}

static void table_read(struct dynamic *t, uint64_t va, uint64_t size, bool addends)
{
	struct elf *e = t->e;
	struct inq_bytes b = elf_at(e, va);
	uint64_t w = elf_word_size(e), step = (addends ? 3 : 2) * w;
	uint64_t slot_va, info, addend, bad = 0, bad_off = 0, off;

	if (!va || !size)
		return;
	if (size > b.len || size % step)
		elf_note(e, elf_off(e, b), "the relocations at 0x%llx are not whole", (unsigned long long)va);
	b = upto(b, size);
	if (!elf_spend(e, elf_off(e, b), b.len))
		return;
	for (off = 0; !e->d.full && elf_word(e, b, off, &slot_va) && elf_word(e, b, off + w, &info);
	        off += step) {
		uint32_t type = e->wide ? (uint32_t)info : (uint8_t)info;
		uint64_t symbol = e->wide ? info >> 32 : info >> 8;
		enum deed deed = deed_of(e->x->arch, type);

		addend = 0;
		if (addends ? !elf_word(e, b, off + 2 * w, &addend)
		            : deed != DEED_OTHER && deed != DEED_SLOT && deed != DEED_COPY &&
		                        !elf_word(e, elf_at(e, slot_va), 0, &addend)) {
			if (!addends && !bad++)
				bad_off = off;
			continue;
		}
		if (!relocate(t, deed, slot_va, symbol, addend) && !bad++)
			bad_off = off;
	}
	if (bad)
		elf_note(e, elf_off(e, b) + bad_off,
		        "%llu relocations name no symbol or slot of the file, the first here",
		        (unsigned long long)bad);
}

/*
 * DT_RELR (gABI, "Relative Relocation Table"): an even word is the address of
 * a slot, an odd one a bitmap of which of the following slots are relative.
 */
static void relr_read(struct dynamic *t, uint64_t va, uint64_t size)
{
	struct elf *e = t->e;
	struct inq_bytes b = upto(elf_at(e, va), size);
	uint64_t w = elf_word_size(e), next = 0, word, value;

	if (!va || !elf_spend(e, elf_off(e, b), b.len))
		return;
	for (uint64_t off = 0; !e->d.full && elf_word(e, b, off, &word); off += w) {
		if (!(word & 1)) {
			if (elf_word(e, elf_at(e, word), 0, &value))
				points(t, word, value);
			next = word + w;
			continue;
		}
		for (unsigned i = 0; i + 1 < 8 * w; i++) {
			uint64_t slot_va = next + i * w;

			if (word >> (i + 1) & 1 && elf_word(e, elf_at(e, slot_va), 0, &value))
				points(t, slot_va, value);
		}
		next += (8 * w - 1) * w;
	}
}

static void relocations_read(struct dynamic *t)
{
	uint64_t jump = t->tag[DT_JMPREL], jump_size = t->tag[DT_PLTRELSZ];
	uint64_t rela_size = t->tag[DT_RELASZ], rel_size = t->tag[DT_RELSZ];

	/* Some linkers count the PLT's relocations, which follow the others, among them too. */
	if (within(jump, t->tag[DT_RELA], rela_size))
		rela_size = jump - t->tag[DT_RELA];
	if (within(jump, t->tag[DT_REL], rel_size))
		rel_size = jump - t->tag[DT_REL];
	table_read(t, t->tag[DT_RELA], rela_size, true);
	table_read(t, t->tag[DT_REL], rel_size, false);
	table_read(t, jump, jump_size, t->tag[DT_PLTREL] == DT_RELA);
	relr_read(t, t->tag[DT_RELR], t->tag[DT_RELRSZ]);
}

/*
 * MIPS psABI, "Global Offset Table": no relocations but two counts. The first
 * entries belong to the loader, local ones hold addresses, and one for each
 * symbol from DT_MIPS_GOTSYM on follows.
 */
static void mips_got_read(struct dynamic *t)
{
	struct elf *e = t->e;
	uint64_t va = t->tag[DT_PLTGOT];
	struct inq_bytes b = elf_at(e, va);
	struct elf_symbol s;
	uint32_t value, second = 0;

	if (!va)
		return;
	e->x->gp_va = va + 0x7ff0;
	if (t->local_got > b.len / 4)
		elf_note(e, t->off, "the local entries of the GOT run past its segment");
	if (elf_u32(e, b, 4, &second) && second & 0x80000000)
		second = 2; /* GNU's linker keeps a word for itself behind the resolver's */
	else
		second = 1;
	for (uint64_t i = second; i < t->local_got && !e->d.full && elf_u32(e, b, 4 * i, &value); i++)
		if (value)
			inq_draft_pointer(&e->d, va + 4 * i, value);
	for (uint64_t i = t->got_symbol; !e->d.full && i && elf_symbol(e, &t->symbols, i, &s); i++) {
		uint64_t slot_va = va + 4 * (t->local_got + i - t->got_symbol);

		if (!is_defined(&s))
			imports(t, i, &s, slot_va, s.type == STT_FUNC ? s.value : 0);
		else if (s.section != SHN_ABS && s.type != STT_TLS)
			points(t, slot_va, s.value);
	}
}

static void symbols_read(struct dynamic *t)
{
	struct elf *e = t->e;
	struct elf_symbol s;

	for (size_t i = 1; !e->d.full && elf_symbol(e, &t->symbols, i, &s); i++) {
		const char *name;

		if (s.bind == STB_LOCAL || s.type == STT_SECTION || s.type == STT_FILE)
			continue;
		if (!is_defined(&s) || (t->seen && t->seen[i] & SEEN_COPIED)) {
			if (!t->seen || !(t->seen[i] & SEEN_IMPORTED))
				imports(t, i, &s, 0, 0);
			continue;
		}
		name = inq_draft_name(t->symbols.names, s.name_off);
		if (!name) {
			elf_note(e, t->symbols.off + i * elf_symbol_size(e),
			        "the name of an export is not in the string table");
			continue;
		}
		elf_symbol_hint(e, &s, name, INQ_SOURCE_EXPORT);
		if (s.section != SHN_ABS && s.type != STT_TLS && *name)
			inq_draft_export(&e->d, &(struct inq_export){ .name = name, .va = s.value });
	}
}

/* A file without a dynamic section is relocated by its own start code, IRELATIVE alone. */
static void static_relocations_read(struct dynamic *t)
{
	struct elf *e = t->e;

	for (size_t i = 0; i < e->section_count; i++) {
		const struct elf_section *s = &e->sections[i];

		if (s->flags & SHF_ALLOC && (s->type == SHT_REL || s->type == SHT_RELA))
			table_read(t, s->va, s->size, s->type == SHT_RELA);
	}
}

/* i386 and MIPS code reaches its data through a register whose value the sections tell. */
static void global_pointer_find(struct elf *e)
{
	for (size_t i = 0; i < e->segment_count && !e->x->gp_va; i++) {
		const struct elf_segment *s = &e->segments[i];
		uint32_t value;

		if (e->x->arch == INQ_ARCH_MIPS && s->type == PT_MIPS_REGINFO &&
		        elf_u32(e, s->bytes, 20, &value))
			e->x->gp_va = value;
	}
	for (size_t i = 0; i < e->section_count && !e->x->gp_va; i++) {
		const struct elf_section *s = &e->sections[i];
		uint32_t value;

		if (e->x->arch == INQ_ARCH_X86_32 && !strcmp(s->name, ".got.plt"))
			e->x->gp_va = s->va;
		else if (e->x->arch == INQ_ARCH_MIPS && s->type == SHT_MIPS_REGINFO &&
		         elf_u32(e, s->bytes, 20, &value))
			e->x->gp_va = value;
	}
	for (size_t i = 0; i < e->section_count && !e->x->gp_va; i++)
		if (e->x->arch == INQ_ARCH_X86_32 && !strcmp(e->sections[i].name, ".got"))
			e->x->gp_va = e->sections[i].va;
}

void elf_dynamic(struct elf *e)
{
	struct dynamic t = { .e = e };

	if (!tags_read(&t)) {
		static_relocations_read(&t);
		global_pointer_find(e);
		return;
	}
	symbols_find(&t);
	t.seen = inq_arena_new(e->d.a, t.symbols.count, 1);
	if (!t.seen) {
		e->d.full = true;
		return;
	}
	relocations_read(&t);
	if (e->x->arch == INQ_ARCH_MIPS)
		mips_got_read(&t);
	else if (e->x->arch == INQ_ARCH_X86_32)
		e->x->gp_va = t.tag[DT_PLTGOT];
	global_pointer_find(e);
	symbols_read(&t);
	if (t.tag[DT_INIT])
		inq_draft_hint(&e->d, t.tag[DT_INIT], 0, NULL, INQ_SOURCE_INIT);
	if (t.tag[DT_FINI])
		inq_draft_hint(&e->d, t.tag[DT_FINI], 0, NULL, INQ_SOURCE_INIT);
	elf_init_array(e, t.tag[DT_PREINIT_ARRAY], t.tag[DT_PREINIT_ARRAYSZ]);
	elf_init_array(e, t.tag[DT_INIT_ARRAY], t.tag[DT_INIT_ARRAYSZ]);
	elf_init_array(e, t.tag[DT_FINI_ARRAY], t.tag[DT_FINI_ARRAYSZ]);
}
