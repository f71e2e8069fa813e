/*
 * What an ELF file says of its making and of what it wants to run: build id,
 * compilers, interpreter, search paths (System V gABI, chapter 5).
 *
 * Program headers are read, not sections alone: stripped files often have none.
 */
#include "observation/private.h"
#include <string.h>

enum { SEGMENT_DYNAMIC = 2, SEGMENT_INTERPRETER = 3, SEGMENT_NOTE = 4, SEGMENTS_MOST = 4096 };
enum { TAG_STRINGS = 5, TAG_SONAME = 14, TAG_RPATH = 15, TAG_RUNPATH = 29, TAGS_MOST = 4096 };
enum { NOTE_BUILD_ID = 3, NOTES_MOST = 256, COMMENTS_MOST = 32, NAME_MOST = 1024 };

static bool word(const struct inq_exhibit *x, struct inq_bytes b, uint64_t off, uint64_t *ret)
{
	uint32_t low;

	if (x->bits == 64)
		return inq_bytes_u64(b, off, x->big_endian, ret);
	if (!inq_bytes_u32(b, off, x->big_endian, &low))
		return false;
	*ret = low;
	return true;
}

static void text(struct inq_observer *w, enum inq_fact_kind kind, bool forgeable, struct inq_bytes b)
{
	struct inq_fact f = { .kind = kind, .forgeable = forgeable, .off = inq_observer_off(w, b) };

	if (b.len)
		inq_observer_fact_bytes(w, f, b, NAME_MOST);
}

/* Notes: lengths of name and description, a type, and both, padded to words. True at the first build id. */
static bool build_id(struct inq_observer *w, struct inq_bytes notes)
{
	bool big = w->x->big_endian;
	uint32_t name_len, len, type;
	struct inq_bytes name, id;
	char hex[129];
	uint64_t off = 0;

	for (unsigned i = 0; i < NOTES_MOST; i++) {
		if (!inq_bytes_u32(notes, off, big, &name_len) || !inq_bytes_u32(notes, off + 4, big, &len) ||
		        !inq_bytes_u32(notes, off + 8, big, &type) ||
		        !inq_bytes_cut(notes, off + 12, name_len, &name))
			return false;
		off += 12 + (((uint64_t)name_len + 3) & ~(uint64_t)3);
		if (type == NOTE_BUILD_ID && inq_bytes_begin(name, "GNU", 4) &&
		        inq_bytes_cut(notes, off, len, &id) && len && len <= 64) {
			inq_hex(id.at, id.len, hex);
			inq_observer_fact(w, &(struct inq_fact){ .kind = INQ_FACT_BUILD_ID,
			                             .forgeable = true,
			                             .text = inq_observer_text(w, "%s", hex),
			                             .off = inq_observer_off(w, id) });
			return true;
		}
		off += ((uint64_t)len + 3) & ~(uint64_t)3;
	}
	return false;
}

static void dynamic(struct inq_observer *w, struct inq_bytes table)
{
	static const struct {
		uint64_t tag;
		enum inq_fact_kind kind;
	} kinds[] = { { TAG_SONAME, INQ_FACT_SONAME }, { TAG_RPATH, INQ_FACT_RPATH },
		{ TAG_RUNPATH, INQ_FACT_RUNPATH } };
	unsigned size = w->x->bits / 8;
	struct inq_bytes strings = { NULL, 0 }, name;
	uint64_t tag, value;

	for (uint64_t i = 0; i < TAGS_MOST && word(w->x, table, 2 * i * size, &tag) && tag; i++)
		if (tag == TAG_STRINGS && word(w->x, table, (2 * i + 1) * size, &value))
			strings = inq_exhibit_at(w->x, value);
	for (uint64_t i = 0; i < TAGS_MOST && word(w->x, table, 2 * i * size, &tag) && tag; i++)
		for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
			if (tag == kinds[k].tag && word(w->x, table, (2 * i + 1) * size, &value)) {
				inq_bytes_string(strings, value, NAME_MOST, &name);
				text(w, kinds[k].kind, true, name);
			}
}

static void segments(struct inq_observer *w, bool *has_build_id)
{
	const struct inq_exhibit *x = w->x;
	bool wide = x->bits == 64;
	struct inq_bytes h, part;
	uint64_t table, off, size;
	uint16_t entry_size, count;
	uint32_t type;

	if (!word(x, x->bytes, wide ? 32 : 28, &table) ||
	        !inq_bytes_u16(x->bytes, wide ? 54 : 42, x->big_endian, &entry_size) ||
	        !inq_bytes_u16(x->bytes, wide ? 56 : 44, x->big_endian, &count) || !table ||
	        entry_size < (wide ? 56 : 32))
		return;
	for (uint64_t i = 0; i < count && i < SEGMENTS_MOST; i++) {
		if (table > x->bytes.len ||
		        !inq_bytes_cut(x->bytes, table + i * entry_size, entry_size, &h) ||
		        !inq_bytes_u32(h, 0, x->big_endian, &type) || !word(x, h, wide ? 8 : 4, &off) ||
		        !word(x, h, wide ? 32 : 16, &size) || !inq_bytes_cut(x->bytes, off, size, &part))
			continue;
		if (type == SEGMENT_INTERPRETER) {
			inq_bytes_string(part, 0, NAME_MOST, &part);
			text(w, INQ_FACT_INTERPRETER, false, part);
		} else if (type == SEGMENT_NOTE && !*has_build_id) {
			*has_build_id = build_id(w, part);
		} else if (type == SEGMENT_DYNAMIC) {
			dynamic(w, part);
		}
	}
}

/* .comment: a string from each object file, most of them the same. */
static void comments(struct inq_observer *w)
{
	size_t first = w->o.fact_count;
	struct inq_bytes all, one;
	uint64_t off = 0;

	if (!inq_observer_section(w, ".comment", &all))
		return;
	while (off < all.len && w->o.fact_count - first < COMMENTS_MOST) {
		bool known = false;

		inq_bytes_string(all, off, NAME_MOST, &one);
		off += one.len + 1;
		for (size_t i = first; i < w->o.fact_count && !known; i++)
			known = inq_bytes_equal(one, w->o.facts[i].text);
		if (!known)
			text(w, INQ_FACT_COMMENT, true, one);
	}
}

void inq_observe_elf(struct inq_observer *w)
{
	struct inq_bytes notes;
	bool has_build_id = false;

	segments(w, &has_build_id);
	if (!has_build_id && inq_observer_section(w, ".note.gnu.build-id", &notes))
		build_id(w, notes);
	comments(w);
}
