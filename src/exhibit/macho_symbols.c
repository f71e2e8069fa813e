/*
 * What a Mach-O file says of names: the symbol table, the indirect symbols
 * behind stubs and pointers, the trie of exports; and its lists of functions.
 */
#include "exhibit/macho.h"
#include <string.h>

enum { STAB = 0xe0, PRIVATE = 0x10, TYPE = 0x0e, TYPE_UNDEFINED = 0, TYPE_SECTION = 0xe, EXTERNAL = 1 };
enum { THUMB = 8, LOCAL_PROBES = 64 };
#define INDIRECT_NONE 0xc0000000u /* local or absolute */

bool inq_macho_symbol(const struct inq_macho *m, uint64_t i, struct inq_macho_symbol *ret)
{
	unsigned size = m->wide ? 16 : 12;
	struct inq_bytes s;
	uint16_t description;

	if (!inq_bytes_cut(m->symbols, i * size, size, &s) || !inq_bytes_u16(s, 6, m->big, &description))
		return false;
	*ret = (struct inq_macho_symbol){
		.name = inq_draft_name(m->strings, inq_macho_u32(m, s, 0)),
		.type = s.at[4],
		.section = s.at[5],
		.description = description,
		.value = inq_macho_word(m, s, 8),
	};
	return true;
}

const char *inq_macho_source_name(const char *name)
{
	return name && name[0] == '_' ? name + 1 : name;
}

/* Doubles the hash table; false where the arena is full, and the old one still stands. */
static bool grow(struct inq_macho *m)
{
	size_t mask = m->slot_mask ? 2 * m->slot_mask + 1 : 255;
	uint32_t *slots = inq_arena_new(m->d->a, mask + 1, sizeof *slots);

	if (!slots)
		return false;
	for (size_t i = 0; m->slots && i <= m->slot_mask; i++) {
		const char *name;
		size_t at;

		if (!m->slots[i])
			continue;
		name = m->imports[m->slots[i] - 1].name;
		at = inq_hash64(name, strlen(name), 0) & mask;
		while (slots[at])
			at = (at + 1) & mask;
		slots[at] = m->slots[i];
	}
	m->slots = slots;
	m->slot_mask = mask;
	return true;
}

static struct inq_import *add(struct inq_macho *m, const char *name, int ordinal)
{
	struct inq_import *grown;

	if (m->import_count >= INQ_MACHO_IMPORTS_MOST)
		return NULL;
	grown = inq_arena_extend(m->d->a, m->imports, m->import_count, &m->import_capacity, sizeof *grown);
	if (!grown) {
		m->d->full = true;
		return NULL;
	}
	m->imports = grown;
	grown += m->import_count++;
	*grown = (struct inq_import){ .name = name };
	if (ordinal > 0 && (size_t)ordinal <= m->x->library_count)
		grown->library = m->x->libraries[ordinal - 1];
	return grown;
}

/*
 * Names that are made to collide only cost their authors: after a few probes
 * the name is taken for a new one.
 */
struct inq_import *inq_macho_import(struct inq_macho *m, const char *name, int ordinal)
{
	struct inq_import *import;
	size_t at;

	if (2 * m->import_count >= m->slot_mask && !grow(m)) {
		m->d->full = true;
		return NULL;
	}
	at = inq_hash64(name, strlen(name), 0) & m->slot_mask;
	for (unsigned probe = 0; m->slots[at] && probe < LOCAL_PROBES; probe++) {
		import = &m->imports[m->slots[at] - 1];
		if (!strcmp(import->name, name))
			return import;
		at = (at + 1) & m->slot_mask;
	}
	import = add(m, name, ordinal);
	if (import && !m->slots[at])
		m->slots[at] = (uint32_t)m->import_count;
	return import;
}

void inq_macho_import_slot(struct inq_macho *m, const char *name, int ordinal, uint64_t slot_va)
{
	struct inq_import *import = inq_macho_import(m, name, ordinal);

	if (!import || import->slot_va == slot_va)
		return;
	if (import->slot_va)
		import = add(m, name, ordinal);
	if (import)
		import->slot_va = slot_va;
}

void inq_macho_import_stub(struct inq_macho *m, const char *name, int ordinal, uint64_t stub_va)
{
	struct inq_import *import = inq_macho_import(m, name, ordinal);

	if (!import || import->stub_va == stub_va)
		return;
	if (import->stub_va)
		import = add(m, name, ordinal);
	if (import)
		import->stub_va = stub_va;
}

bool inq_macho_is_undefined(const struct inq_macho_symbol *s)
{
	return !(s->type & STAB) && (s->type & TYPE) == TYPE_UNDEFINED && s->type & EXTERNAL;
}

/* Labels of the assembler that stand where a section of an object begins. */
static bool is_label(const char *name)
{
	return name && (!strncmp(name, "ltmp", 4) || name[0] == 'L');
}

void inq_macho_symbols(struct inq_macho *m)
{
	struct inq_macho_symbol s;
	struct inq_export e;
	uint64_t va;

	for (uint64_t i = 0; inq_macho_symbol(m, i, &s) && !m->d->full; i++) {
		if (inq_macho_is_undefined(&s)) {
			if (s.name && m->x->kind != INQ_KIND_OBJECT)
				(void)inq_macho_import(m, inq_macho_source_name(s.name), s.description >> 8);
			continue;
		}
		if (s.type & STAB || (s.type & TYPE) != TYPE_SECTION || is_label(s.name))
			continue;
		va = s.value;
		if (m->x->arch == INQ_ARCH_ARM && s.description & THUMB)
			va |= 1;
		if (inq_macho_is_code(m, va))
			inq_draft_hint(m->d, va, 0, inq_macho_source_name(s.name), INQ_SOURCE_SYMBOL);
		if (!(s.type & EXTERNAL) || s.type & PRIVATE || m->trie.len ||
		        m->x->export_count >= INQ_MACHO_EXPORTS_MOST)
			continue;
		e = (struct inq_export){ .name = inq_macho_source_name(s.name), .va = va };
		inq_draft_export(m->d, &e);
		if (inq_macho_is_code(m, va))
			inq_draft_hint(m->d, va, 0, e.name, INQ_SOURCE_EXPORT);
	}
}

/* One section whose entries the indirect symbol table names in turn, from `reserved1` on. */
static void indirect_section(struct inq_macho *m, const struct inq_macho_section *s, uint64_t *left)
{
	bool stubs = (s->flags & 0xff) == INQ_MACHO_STUBS;
	uint64_t size = stubs ? s->reserved2 : m->wide ? 8 : 4;
	struct inq_macho_symbol symbol;
	uint32_t index;

	/* Where fixups name the slots, they are the better source. */
	if (!size || (!stubs && (m->bind.len || m->lazy_bind.len || m->chained.len)))
		return;
	for (uint64_t i = 0; i < s->size / size && *left && !m->d->full; i++, --*left) {
		if (!inq_bytes_u32(m->indirect, 4 * (s->reserved1 + i), m->big, &index)) {
			inq_exhibit_note(m->x, m->d->a, inq_macho_off(m, s->bytes),
			        "section %s has more entries than there are indirect symbols", s->name);
			return;
		}
		if (index & INDIRECT_NONE || !inq_macho_symbol(m, index, &symbol) ||
		        !inq_macho_is_undefined(&symbol) || !symbol.name)
			continue;
		symbol.name = inq_macho_source_name(symbol.name);
		if (stubs)
			inq_macho_import_stub(m, symbol.name, symbol.description >> 8, s->va + i * size);
		else
			inq_macho_import_slot(m, symbol.name, symbol.description >> 8, s->va + i * size);
	}
}

void inq_macho_indirect(struct inq_macho *m)
{
	/* Sections may share entries only by attack: all together walk the table no more than twice. */
	uint64_t left = m->indirect.len / 2;

	for (size_t i = 0; i < m->section_count; i++) {
		switch (m->sections[i].flags & 0xff) {
		case INQ_MACHO_NON_LAZY_POINTERS:
		case INQ_MACHO_LAZY_POINTERS:
		case INQ_MACHO_STUBS:
		case INQ_MACHO_LAZY_DYLIB_POINTERS:
		case INQ_MACHO_THREAD_POINTERS:
			indirect_section(m, &m->sections[i], &left);
			break;
		default:
			break;
		}
	}
}

/*
 * The trie of exports. A node is: the length of what it exports (0: nothing),
 * that, the number of edges; an edge is a label and the offset of a node.
 * Every node is read once, so that cycles end; the stack is of our own.
 */
struct frame {
	uint64_t edge; /* offset of the next edge */
	uint32_t name_len;
	uint8_t edges; /* that are left */
};

enum { EXPORT_KIND = 3, EXPORT_ABSOLUTE = 2, EXPORT_REEXPORT = 8 };

struct trie {
	struct inq_macho *m;
	uint8_t *seen; /* a bit for each offset */
	struct frame *stack;
	size_t depth, capacity;
	uint64_t name_room; /* bytes that names may still take */
	char name[INQ_NAME_MAX];
};

static void terminal(struct trie *t, struct inq_bytes info, uint64_t off, uint32_t name_len)
{
	struct inq_macho *m = t->m;
	struct inq_export e = { 0 };
	uint64_t flags, value, at = 0;
	struct inq_bytes target;
	const char *library = "";
	char *name;

	if (!inq_bytes_uleb(info, &at, &flags) || !inq_bytes_uleb(info, &at, &value)) {
		inq_exhibit_note(m->x, m->d->a, inq_macho_off(m, m->trie) + off, "an export is cut short");
		return;
	}
	if (name_len + 1 > t->name_room || m->x->export_count >= INQ_MACHO_EXPORTS_MOST)
		return;
	t->name_room -= name_len + 1;
	name = inq_arena_string(m->d->a, (struct inq_bytes){ (const uint8_t *)t->name, name_len });
	if (!name) {
		m->d->full = true;
		return;
	}
	e.name = inq_macho_source_name(name);
	if (flags & EXPORT_REEXPORT) {
		if (value && value <= m->x->library_count)
			library = m->x->libraries[value - 1];
		inq_bytes_string(info, at, INQ_NAME_MAX, &target);
		e.forward = inq_arena_printf(m->d->a, "%.512s.%.*s", library,
		        target.len ? (int)target.len : (int)strlen(e.name),
		        target.len ? (const char *)target.at : e.name);
	} else {
		e.va = (flags & EXPORT_KIND) == EXPORT_ABSOLUTE ? value : m->text_va + value;
		if (inq_macho_is_code(m, e.va))
			inq_draft_hint(m->d, e.va, 0, e.name, INQ_SOURCE_EXPORT);
	}
	inq_draft_export(m->d, &e);
}

/* Reads the node at `off`, whose name has `name_len` bytes, and puts its edges on the stack. */
static void node(struct trie *t, uint64_t off, uint32_t name_len)
{
	struct inq_bytes trie = t->m->trie, info;
	uint64_t at = off, len;
	struct frame *grown;
	uint8_t edges;

	if (off >= trie.len || t->seen[off / 8] & 1 << off % 8) {
		inq_exhibit_note(t->m->x, t->m->d->a, inq_macho_off(t->m, trie),
		        off < trie.len ? "the export trie runs in a circle"
		                       : "the export trie leaves its table");
		return;
	}
	t->seen[off / 8] |= (uint8_t)(1 << off % 8);
	if (!inq_bytes_uleb(trie, &at, &len) || !inq_bytes_cut(trie, at, len, &info) ||
	        !inq_bytes_u8(trie, at + len, &edges)) {
		inq_exhibit_note(t->m->x, t->m->d->a, inq_macho_off(t->m, trie) + off,
		        "a node of the export trie is cut short");
		return;
	}
	if (len)
		terminal(t, info, off, name_len);
	if (!edges)
		return;
	grown = inq_arena_extend(t->m->d->a, t->stack, t->depth, &t->capacity, sizeof *grown);
	if (!grown) {
		t->m->d->full = true;
		return;
	}
	t->stack = grown;
	t->stack[t->depth++] = (struct frame){ .edge = at + len + 1, .name_len = name_len, .edges = edges };
}

void inq_macho_exports(struct inq_macho *m)
{
	struct inq_bytes label;
	struct trie *t;
	uint64_t child;

	if (!m->trie.len)
		return;
	t = inq_arena_new(m->d->a, 1, sizeof *t);
	if (t)
		t->seen = inq_arena_new(m->d->a, m->trie.len / 8 + 1, 1);
	if (!t || !t->seen) {
		m->d->full = true;
		return;
	}
	t->m = m;
	t->name_room = 64 * (uint64_t)m->trie.len;
	node(t, 0, 0);
	while (t->depth && !m->d->full) {
		struct frame *f = &t->stack[t->depth - 1];
		uint32_t name_len = f->name_len;

		if (!f->edges) {
			t->depth--;
			continue;
		}
		f->edges--;
		if (!inq_bytes_string(m->trie, f->edge, INQ_NAME_MAX - name_len, &label)) {
			inq_exhibit_note(m->x, m->d->a, inq_macho_off(m, m->trie) + f->edge,
			        "a label of the export trie has no end, or is too long");
			t->depth--;
			continue;
		}
		f->edge += label.len + 1;
		if (!inq_bytes_uleb(m->trie, &f->edge, &child)) {
			t->depth--;
			continue;
		}
		if (label.len)
			memcpy(t->name + name_len, label.at, label.len);
		node(t, child, name_len + (uint32_t)label.len);
	}
}

/* LC_FUNCTION_STARTS: distances from the header, then from one start to the next. */
void inq_macho_starts(struct inq_macho *m)
{
	uint64_t off = 0, delta, va = m->text_va;

	while (off < m->starts.len && !m->d->full) {
		if (!inq_bytes_uleb(m->starts, &off, &delta)) {
			inq_exhibit_note(m->x, m->d->a, inq_macho_off(m, m->starts) + off,
			        "the table of function starts is cut short");
			return;
		}
		if (!delta)
			return;
		va += delta;
		if (inq_macho_is_code(m, va))
			inq_draft_hint(m->d, va, 0, NULL, INQ_SOURCE_STARTS);
	}
}

/* Lists of functions that run before main, or after it: more than this are not real. */
enum { INIT_LISTS_MOST = 8 };

void inq_macho_init(struct inq_macho *m)
{
	const struct inq_macho_section *lists[INIT_LISTS_MOST];
	unsigned width = m->wide ? 8 : 4, count = 0;
	uint64_t va;

	for (size_t i = 0; i < m->section_count; i++) {
		const struct inq_macho_section *s = &m->sections[i];
		uint8_t type = (uint8_t)s->flags;

		if (type == INQ_MACHO_INIT_OFFSETS) {
			for (uint64_t off = 0; off + 4 <= s->bytes.len && !m->d->full; off += 4) {
				va = m->text_va + inq_macho_u32(m, s->bytes, off);
				if (inq_macho_is_code(m, va))
					inq_draft_hint(m->d, va, 0, NULL, INQ_SOURCE_INIT);
			}
		} else if ((type == INQ_MACHO_INIT_POINTERS || type == INQ_MACHO_TERM_POINTERS) &&
		           count < INIT_LISTS_MOST) {
			lists[count++] = s;
			for (uint64_t off = 0; off + width <= s->bytes.len && !m->d->full; off += width) {
				va = inq_macho_word(m, s->bytes, off);
				if (inq_macho_is_code(m, va))
					inq_draft_hint(m->d, va, 0, NULL, INQ_SOURCE_INIT);
			}
		}
	}
	/* Where fixups are chained, the bytes of a list are no addresses; the pointers are. */
	for (size_t i = 0; count && i < m->x->pointer_count && !m->d->full; i++)
		for (unsigned k = 0; k < count; k++)
			if (m->x->pointers[i].slot_va - lists[k]->va < lists[k]->size &&
			        inq_macho_is_code(m, m->x->pointers[i].target_va))
				inq_draft_hint(m->d, m->x->pointers[i].target_va, 0, NULL, INQ_SOURCE_INIT);
}
