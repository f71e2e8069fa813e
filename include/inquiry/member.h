/*
 * What a file holds: itself, or the members of an `ar` archive, a fat Mach-O
 * or a ZIP (also one under the malware exchange's password, "infected").
 * Members of members are followed; nothing is ever written to disk.
 */
#ifndef INQUIRY_MEMBER_H
#define INQUIRY_MEMBER_H

#include <inquiry/arena.h>
#include <inquiry/bytes.h>

struct inq_member {
	const char *
	        name; /* "" for the file itself, "a.o" or "outer.zip!inner.a!a.o" in containers; not unique */
	struct inq_bytes bytes; /* borrowed from the file, or unpacked into the arena */
};

/* Bounds over the whole tree of one file, not for each archive in it. */
struct inq_member_limits {
	size_t members;
	uint64_t unpacked_bytes;
	unsigned depth;
};
extern const struct inq_member_limits inq_member_limits_default; /* 65,536 members, 1 GiB, 4 levels */

struct inq_member_list {
	struct inq_member *members;
	size_t count;
	bool cut; /* a limit was hit, or a member could not be unpacked */
	const char *reason; /* one sentence where cut */
};

/*
 * Lists the members of `file`; a file that is no archive is its own only
 * member. An archive's symbol tables and name tables are not members.
 *
 * INQ_UNREADABLE  an archive of which nothing can be read
 * INQ_NO_MEMORY   the arena's limit
 */
INQ_MUST enum inq_status inq_member_read(struct inq_bytes file, const struct inq_member_limits *limits,
        struct inq_arena *a, struct inq_member_list *ret, struct inq_error *err);

#endif
