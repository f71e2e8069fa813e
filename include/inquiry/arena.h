/*
 * One arena per exhibit: everything read from it lives there, zeroed, and dies
 * at once. A hard limit makes hostile input cost a status instead of the
 * machine. An arena belongs to one thread at a time.
 */
#ifndef INQUIRY_ARENA_H
#define INQUIRY_ARENA_H

#include <inquiry/bytes.h>
#include <inquiry/status.h>
#include <stddef.h>

struct inq_arena;

/* A new arena that will hand out at most `limit` bytes; NULL where memory is short. */
struct inq_arena *inq_arena_open(size_t limit);

/* Frees the arena and all it handed out. NULL is allowed. */
void inq_arena_close(struct inq_arena *a);

/*
 * `count` zeroed objects of `size` bytes, aligned for any type; NULL where the
 * limit, or the memory, is reached. A product that wraps is over the limit.
 * A count of 0 gives a valid pointer.
 */
void *inq_arena_new(struct inq_arena *a, size_t count, size_t size);

/*
 * An array with room for one more than `count` objects of `size` bytes: `at`
 * itself while `*capacity` suffices, else a copy with twice the room, the rest
 * zeroed. Returns NULL, with `at` and `*capacity` still good, on the limit.
 */
void *inq_arena_extend(struct inq_arena *a, void *at, size_t count, size_t *capacity, size_t size);

/* A NUL-terminated copy of `b` (NULs inside stay). NULL on the limit. */
char *inq_arena_string(struct inq_arena *a, struct inq_bytes b);

/* A NUL-terminated formatted string. NULL on the limit. */
char *inq_arena_printf(struct inq_arena *a, const char *fmt, ...) INQ_PRINTF(2, 3);

/* Bytes handed out so far. */
size_t inq_arena_used(const struct inq_arena *a);

/*
 * Makes the arena's next `n`-th allocation (1 is the next one) and all after
 * it fail; 0 switches that off. For the tests that fail every allocation once.
 */
void inq_arena_fail_after(struct inq_arena *a, uint64_t n);

#endif
