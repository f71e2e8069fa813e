/*
 * What the readers of the container formats share: the draft of an exhibit
 * while it is being read, and the tree of members while it is being opened.
 */
#ifndef EXHIBIT_PRIVATE_H
#define EXHIBIT_PRIVATE_H

#include <inquiry/exhibit.h>
#include <inquiry/member.h>
#include <stdarg.h>

enum { INQ_NAME_MAX = 4096 };

/*
 * An exhibit while it is being read. A reader begins one over its `x`, adds to
 * it in any order, and finishes it. Adding never fails visibly: once the arena
 * is exhausted, `full` is set, further additions are dropped, and
 * inq_draft_finish returns INQ_NO_MEMORY. Loops that add may look at `full` to
 * stop early.
 */
struct inq_draft {
	struct inq_exhibit *x;
	struct inq_arena *a;
	bool full;
	size_t section_capacity, hint_capacity, pointer_capacity, import_capacity, export_capacity,
	        library_capacity, region_capacity;
	bool settled;
	/* Spans of segments: they become regions where no region of `x` lies. */
	struct inq_region *fills;
	size_t fill_count, fill_capacity;
};

/* `x` must be zeroed but for `bytes`. */
void inq_draft_begin(struct inq_draft *d, struct inq_exhibit *x, struct inq_arena *a);

/* `name` must be NUL-terminated and outlive the exhibit (inq_draft_name); NULL becomes "". */
void inq_draft_section(struct inq_draft *d, const struct inq_section *s);

/*
 * Adds a region. `bytes` longer than `size` are cut; a region of size 0 is
 * dropped; one that runs past the last address (2^32 or 2^64, as `x->bits`
 * says) is cut there with an anomaly. Overlaps are settled by
 * inq_draft_settle.
 */
void inq_draft_region(struct inq_draft *d, const struct inq_region *r);

/* The same, but only those pieces of it that no region covers become regions. */
void inq_draft_fill(struct inq_draft *d, const struct inq_region *r);

/*
 * Sorts the regions and makes them disjoint: of two that overlap the one that
 * begins first, or was added first, keeps the addresses, and an anomaly is
 * noted. Then lays the fills into the gaps. After it inq_exhibit_region works
 * on `x`. At most one call, after all regions were added; inq_draft_finish
 * makes it where the reader did not.
 */
void inq_draft_settle(struct inq_draft *d);

void inq_draft_hint(
        struct inq_draft *d, uint64_t va, uint64_t size, const char *name, enum inq_source source);
void inq_draft_pointer(struct inq_draft *d, uint64_t slot_va, uint64_t target_va);
void inq_draft_import(struct inq_draft *d, const struct inq_import *i);
void inq_draft_export(struct inq_draft *d, const struct inq_export *e);
void inq_draft_library(struct inq_draft *d, const char *name);

/*
 * The name at `off` of a string table, borrowed from it. NULL where `off` is
 * out of range or no NUL follows within INQ_NAME_MAX bytes: longer names are
 * an attack on whoever compares them, and are not taken.
 */
const char *inq_draft_name(struct inq_bytes table, uint64_t off);

/*
 * A stable merge sort over arena memory: qsort would order equals as it likes,
 * and its fallback is quadratic where the input chooses. `before` says that
 * `a` must come before `b`. A list that is in order already costs one look.
 */
void inq_draft_sort(struct inq_draft *d, void *list, size_t count, size_t size,
        bool (*before)(const struct inq_draft *d, const void *a, const void *b));

/*
 * Settles the regions; sorts hints by (address without Thumb bit where the
 * machine is ARM, source) and drops exact repeats and those not on bytes of a
 * region; sorts pointers by slot and keeps the first of each slot;
 * sets base_va to the lowest region where the reader left it 0. Imports,
 * exports, libraries and sections keep the order they were added in.
 *
 * INQ_NO_MEMORY  the draft is full; `x` is then of no use
 */
INQ_MUST enum inq_status inq_draft_finish(struct inq_draft *d, struct inq_error *err);

/* inq_exhibit_note for those who have the arguments in a list. */
void inq_exhibit_notev(struct inq_exhibit *x, struct inq_arena *a, uint64_t off, const char *fmt,
        va_list args) __attribute__((format(printf, 4, 0)));

/*
 * One reader a format: `_is` looks at the magic alone; `_read` is called where
 * `_is` holds, with `x` zeroed but for `bytes`, and fills everything but
 * `sha256` (inq_exhibit_read does that). On failure `x` is thrown away.
 */
bool inq_elf_is(struct inq_bytes b);
bool inq_pe_is(struct inq_bytes b);
bool inq_macho_is(struct inq_bytes b);
bool inq_coff_is(struct inq_bytes b);
INQ_MUST enum inq_status inq_elf_read(
        struct inq_bytes b, struct inq_arena *a, struct inq_exhibit *x, struct inq_error *err);
INQ_MUST enum inq_status inq_pe_read(
        struct inq_bytes b, struct inq_arena *a, struct inq_exhibit *x, struct inq_error *err);
INQ_MUST enum inq_status inq_macho_read(
        struct inq_bytes b, struct inq_arena *a, struct inq_exhibit *x, struct inq_error *err);
INQ_MUST enum inq_status inq_coff_read(
        struct inq_bytes b, struct inq_arena *a, struct inq_exhibit *x, struct inq_error *err);

/* The tree of members while it is being opened; its insides are member.c's. */
struct inq_member_tree;

/*
 * One opener an archive format: `_is` looks at the magic alone; `_members`
 * adds each member of `b` in the archive's order with the calls below, and
 * stops where inq_member_add returns false. `a` is for unpacked bytes.
 *
 * INQ_UNREADABLE  nothing of it can be read; nothing was added
 * INQ_NO_MEMORY   the arena's limit
 */
bool inq_ar_is(struct inq_bytes b);
bool inq_fat_is(struct inq_bytes b);
bool inq_zip_is(struct inq_bytes b);
INQ_MUST enum inq_status inq_ar_members(
        struct inq_bytes b, struct inq_arena *a, struct inq_member_tree *t, struct inq_error *err);
INQ_MUST enum inq_status inq_fat_members(
        struct inq_bytes b, struct inq_arena *a, struct inq_member_tree *t, struct inq_error *err);
INQ_MUST enum inq_status inq_zip_members(
        struct inq_bytes b, struct inq_arena *a, struct inq_member_tree *t, struct inq_error *err);

/*
 * Adds a member of the archive that is being opened; `name` is copied, the
 * bytes must outlive the tree. False where no more will be taken (the member
 * limit, with its reason noted, or the arena): the opener then returns INQ_OK.
 */
INQ_MUST bool inq_member_add(struct inq_member_tree *t, struct inq_bytes name, struct inq_bytes bytes);

/* How many more bytes may be unpacked into the arena, over the whole tree. */
uint64_t inq_member_room(const struct inq_member_tree *t);

/* Counts `len` bytes as unpacked; `len` is at most inq_member_room. */
void inq_member_unpacked(struct inq_member_tree *t, uint64_t len);

/* Says that something was left out and why, in one sentence; the first reason is kept. */
void inq_member_cut(struct inq_member_tree *t, const char *fmt, ...) INQ_PRINTF(2, 3);

#endif
