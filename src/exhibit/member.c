#include "exhibit/private.h"
#include <inquiry/text.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct inq_member_limits inq_member_limits_default = { 65536, (uint64_t)1 << 30, 4 };

/* Longer names say nothing more, and each level of nesting would copy them again. */
enum { PATH_MOST = 1024 };

/* A file not yet looked into; `depth` counts the archives around it. */
struct pending {
	struct inq_member member;
	unsigned depth;
};

/*
 * The files still to be looked into are a stack, the next one on top. While an
 * archive is open its members gather above `mark`, and are turned over when it
 * closes, so that they come off in the archive's order.
 */
struct inq_member_tree {
	struct inq_arena *a;
	const struct inq_member_limits *limits;
	struct inq_member_list list;
	size_t capacity;
	struct pending *stack;
	size_t stack_count, stack_capacity, mark;
	struct pending open; /* the archive that is being opened */
	uint64_t unpacked;
	bool full;
};

static const struct {
	bool (*is)(struct inq_bytes b);
	enum inq_status (*members)(
	        struct inq_bytes b, struct inq_arena *a, struct inq_member_tree *t, struct inq_error *err);
} openers[] = {
	{ inq_ar_is, inq_ar_members },
	{ inq_fat_is, inq_fat_members },
	{ inq_zip_is, inq_zip_members },
};
enum { OPENER_COUNT = sizeof openers / sizeof *openers };

void inq_member_cut(struct inq_member_tree *t, const char *fmt, ...)
{
	char text[200];
	va_list args;

	t->list.cut = true;
	if (t->list.reason)
		return;
	va_start(args, fmt);
	if (vsnprintf(text, sizeof text, fmt, args) < 0)
		text[0] = 0;
	va_end(args);
	t->list.reason = inq_arena_string(t->a, inq_bytes_of(text));
	if (!t->list.reason)
		t->full = true;
}

uint64_t inq_member_room(const struct inq_member_tree *t)
{
	return t->limits->unpacked_bytes - t->unpacked;
}

void inq_member_unpacked(struct inq_member_tree *t, uint64_t len)
{
	t->unpacked += len < inq_member_room(t) ? len : inq_member_room(t);
}

static bool push(struct inq_member_tree *t, struct inq_member m, unsigned depth)
{
	struct pending *grown =
	        inq_arena_extend(t->a, t->stack, t->stack_count, &t->stack_capacity, sizeof *t->stack);

	if (!grown) {
		t->full = true;
		return false;
	}
	t->stack = grown;
	t->stack[t->stack_count++] = (struct pending){ m, depth };
	return true;
}

bool inq_member_add(struct inq_member_tree *t, struct inq_bytes name, struct inq_bytes bytes)
{
	const char *outer = t->open.member.name;
	struct inq_bytes parts[3] = { inq_bytes_of(outer), inq_bytes_of(*outer ? "!" : ""), name };
	char path[PATH_MOST];
	size_t len = 0;
	char *copy;

	if (t->full)
		return false;
	if (t->list.count + t->stack_count >= t->limits->members) {
		inq_member_cut(t, "there are more than %zu members", t->limits->members);
		return false;
	}
	for (size_t i = 0; i < 3; i++) {
		size_t take = parts[i].len < sizeof path - len ? parts[i].len : sizeof path - len;

		if (take)
			memcpy(path + len, parts[i].at, take);
		len += take;
	}
	copy = inq_arena_string(t->a, (struct inq_bytes){ (const uint8_t *)path, len });
	if (!copy) {
		t->full = true;
		return false;
	}
	return push(t, (struct inq_member){ copy, bytes }, t->open.depth + 1);
}

static void turn_over(struct pending *list, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		struct pending swap = list[i];

		list[i] = list[count - 1 - i];
		list[count - 1 - i] = swap;
	}
}

static bool keep(struct inq_member_tree *t, struct inq_member m)
{
	struct inq_member *grown =
	        inq_arena_extend(t->a, t->list.members, t->list.count, &t->capacity, sizeof *t->list.members);

	if (!grown) {
		t->full = true;
		return false;
	}
	t->list.members = grown;
	t->list.members[t->list.count++] = m;
	return true;
}

static size_t opener_of(struct inq_bytes b)
{
	size_t i = 0;

	while (i < OPENER_COUNT && !openers[i].is(b))
		i++;
	return i;
}

/* Replaces the top of the stack by what is in it, or keeps it where it is no archive. */
static enum inq_status next(struct inq_member_tree *t, struct inq_error *err)
{
	enum inq_status status;
	size_t opener;

	t->open = t->stack[--t->stack_count];
	opener = opener_of(t->open.member.bytes);
	if (opener == OPENER_COUNT)
		return keep(t, t->open.member) ? INQ_OK : INQ_NO_MEMORY;
	if (t->open.depth >= t->limits->depth) {
		inq_member_cut(t, "archives are nested more than %u deep", t->limits->depth);
		return keep(t, t->open.member) ? INQ_OK : INQ_NO_MEMORY;
	}
	t->mark = t->stack_count;
	status = openers[opener].members(t->open.member.bytes, t->a, t, err);
	if (status && status != INQ_NO_MEMORY && t->open.depth) {
		/* An archive inside that cannot be read is a member like any other. */
		inq_member_cut(t, "an archive inside cannot be read");
		t->stack_count = t->mark;
		return keep(t, t->open.member) ? INQ_OK : INQ_NO_MEMORY;
	}
	turn_over(t->stack + t->mark, t->stack_count - t->mark);
	return status;
}

enum inq_status inq_member_read(struct inq_bytes file, const struct inq_member_limits *limits,
        struct inq_arena *a, struct inq_member_list *ret, struct inq_error *err)
{
	struct inq_member_tree t = { .a = a, .limits = limits };
	enum inq_status status = INQ_OK;

	if (!push(&t, (struct inq_member){ "", file }, 0))
		status = INQ_NO_MEMORY;
	while (!status && !t.full && t.stack_count)
		status = next(&t, err);
	if (t.full || status == INQ_NO_MEMORY)
		return inq_fail(
		        err, INQ_NO_MEMORY, 0, "listing the members takes more memory than is allowed");
	if (!status)
		*ret = t.list;
	return status;
}
