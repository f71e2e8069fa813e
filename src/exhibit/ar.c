#include "exhibit/private.h"
#include <string.h>

/*
 * `ar` archives in their three dialects, told apart member by member:
 *
 *   GNU   "name.o/"; longer names are "/123", an offset into the member "//";
 *         the symbol table is "/" or "/SYM64/"
 *   BSD   "name.o"; longer names are "#1/20" and stand before the data;
 *         the symbol table is "__.SYMDEF", perhaps with more behind it
 *   COFF  as GNU, but names end in NUL, and there are two members "/"
 *         (PE Format, "Archive (Library) File Format")
 *
 * A thin archive holds the headers alone; its members are other files.
 */

enum { MAGIC_SIZE = 8, HEADER_SIZE = 60, NAME_SIZE = 16, SIZE_OFF = 48, SIZE_SIZE = 10, END_OFF = 58 };

static bool is_thin(struct inq_bytes b)
{
	return inq_bytes_begin(b, "!<thin>\n", MAGIC_SIZE);
}

bool inq_ar_is(struct inq_bytes b)
{
	return inq_bytes_begin(b, "!<arch>\n", MAGIC_SIZE) || is_thin(b);
}

/* A decimal number, padded with blanks. */
static bool number(struct inq_bytes b, uint64_t *ret)
{
	uint64_t value = 0;
	size_t i = 0;

	for (; i < b.len && b.at[i] >= '0' && b.at[i] <= '9'; i++)
		value = value * 10 + (uint64_t)(b.at[i] - '0');
	if (!i)
		return false;
	for (size_t j = i; j < b.len; j++)
		if (b.at[j] != ' ')
			return false;
	*ret = value;
	return true;
}

static struct inq_bytes trim(struct inq_bytes b, char end)
{
	while (b.len && b.at[b.len - 1] == end)
		b.len--;
	return b;
}

/* The name at an offset of the table "//", which ends in "/\n" (GNU) or NUL (COFF). */
static bool long_name(struct inq_bytes names, uint64_t off, struct inq_bytes *ret)
{
	struct inq_bytes name = inq_bytes_from(names, off);
	size_t len = 0;

	while (len < name.len && len < INQ_NAME_MAX && name.at[len] && name.at[len] != '\n')
		len++;
	if (!len || len == name.len)
		return false;
	name.len = len;
	*ret = name.len > 1 ? trim(name, '/') : name;
	return true;
}

struct walk {
	struct inq_bytes b, long_names;
	struct inq_member_tree *t;
	bool thin;
};

enum { IS_MEMBER, IS_TABLE, IS_NAMES };

/* What the header's name says: a table, or a member and its name; `*data` loses a BSD name. */
static int name_of(struct walk *w, struct inq_bytes field, struct inq_bytes *data, struct inq_bytes *name)
{
	struct inq_bytes trimmed = trim(field, ' '), rest = inq_bytes_from(field, 1);
	uint64_t n;

	if (inq_bytes_equal(trimmed, "/") || inq_bytes_equal(trimmed, "/SYM64/"))
		return IS_TABLE;
	if (inq_bytes_equal(trimmed, "//") || inq_bytes_equal(trimmed, "ARFILENAMES/"))
		return IS_NAMES;
	*name = trim(trimmed, '/');
	if (inq_bytes_begin(field, "/", 1) && number(rest, &n)) {
		if (!long_name(w->long_names, n, name))
			inq_member_cut(w->t, "the name of a member is not in the archive's table of names");
	} else if (inq_bytes_begin(field, "#1/", 3) && number(inq_bytes_from(field, 3), &n)) {
		if (inq_bytes_cut(*data, 0, n, name)) {
			*data = inq_bytes_from(*data, n);
			*name = trim(*name, 0);
		} else {
			inq_member_cut(w->t, "the name of a member runs past its end");
		}
	}
	return inq_bytes_begin(*name, "__.SYMDEF", 9) ? IS_TABLE : IS_MEMBER;
}

/* One member at `*off`, which moves to the next. False where there is none to be read. */
static bool member(struct walk *w, uint64_t *off)
{
	struct inq_bytes header, field, data, name;
	uint64_t size = 0;
	int is;

	if (!inq_bytes_cut(w->b, *off, HEADER_SIZE, &header)) {
		if (*off < w->b.len)
			inq_member_cut(w->t, "the archive ends within a member's header");
		return false;
	}
	if (!inq_bytes_begin(inq_bytes_from(header, END_OFF), "`\n", 2) ||
	        !inq_bytes_cut(header, SIZE_OFF, SIZE_SIZE, &field) || !number(field, &size) ||
	        !inq_bytes_cut(header, 0, NAME_SIZE, &field)) {
		inq_member_cut(w->t, "the member header at byte %llu of the archive is damaged",
		        (unsigned long long)*off);
		return false;
	}
	*off += HEADER_SIZE;
	data = inq_bytes_from(w->b, *off);
	/* In a thin archive only the tables have data. */
	if (!w->thin && size > data.len)
		inq_member_cut(w->t, "the last member is cut off by the end of the archive");
	if (data.len > size)
		data.len = (size_t)size;
	is = name_of(w, field, &data, &name);
	if (is == IS_NAMES)
		w->long_names = data;
	if (is == IS_MEMBER && w->thin) {
		inq_member_cut(w->t, "a thin archive: its members are files of their own");
		return true;
	}
	*off += size + (size & 1);
	return is != IS_MEMBER || inq_member_add(w->t, name, data);
}

enum inq_status inq_ar_members(
        struct inq_bytes b, struct inq_arena *a, struct inq_member_tree *t, struct inq_error *err)
{
	struct walk w = { .b = b, .t = t, .thin = is_thin(b) };
	uint64_t off = MAGIC_SIZE;

	(void)a;
	if (b.len > MAGIC_SIZE && b.len < MAGIC_SIZE + HEADER_SIZE)
		return inq_fail(
		        err, INQ_UNREADABLE, b.len, "the archive ends within its first member's header");
	while (member(&w, &off))
		;
	return INQ_OK;
}
