#include <inquiry/arena.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 16, CHUNK_LEAST = 64 << 10, CHUNK_MOST = 8 << 20 };

struct chunk {
	struct chunk *before;
	size_t size, used; /* of the bytes behind this header */
};

struct inq_arena {
	struct chunk *chunk;
	size_t limit, used, next_chunk;
	uint64_t fail_after;
	bool failing;
};

struct inq_arena *inq_arena_open(size_t limit)
{
	struct inq_arena *a = calloc(1, sizeof *a);

	if (a) {
		a->limit = limit;
		a->next_chunk = CHUNK_LEAST;
	}
	return a;
}

void inq_arena_close(struct inq_arena *a)
{
	struct chunk *before;

	if (!a)
		return;
	for (struct chunk *c = a->chunk; c; c = before) {
		before = c->before;
		free(c);
	}
	free(a);
}

static size_t header_size(void)
{
	return (sizeof(struct chunk) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static bool chunk_add(struct inq_arena *a, size_t size)
{
	size_t room = size > a->next_chunk ? size : a->next_chunk;
	struct chunk *c = calloc(1, header_size() + room);

	if (!c)
		return false;
	c->before = a->chunk;
	c->size = room;
	a->chunk = c;
	if (a->next_chunk < CHUNK_MOST)
		a->next_chunk *= 2;
	return true;
}

void *inq_arena_new(struct inq_arena *a, size_t count, size_t size)
{
	size_t bytes;
	void *at;

	if (a->failing || (a->fail_after && --a->fail_after == 0)) {
		a->failing = true;
		return NULL;
	}
	if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2)
		return NULL;
	bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (bytes > a->limit - a->used)
		return NULL;
	if ((!a->chunk || bytes > a->chunk->size - a->chunk->used) && !chunk_add(a, bytes))
		return NULL;
	at = (char *)a->chunk + header_size() + a->chunk->used;
	a->chunk->used += bytes;
	a->used += bytes;
	return at;
}

/* Grows the newest allocation where it stands, which spares long arrays their copies. */
static bool extend_in_place(struct inq_arena *a, const void *at, size_t old_bytes, size_t new_bytes)
{
	size_t old = (old_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	size_t new = (new_bytes + ALIGNMENT - 1) / ALIGNMENT *ALIGNMENT;
	struct chunk *c = a->chunk;

	if (!c || !at || c->used < old || (const char *)c + header_size() + c->used - old != at)
		return false;
	if (a->failing || a->fail_after || new - old > c->size - c->used || new - old > a->limit - a->used)
		return false;
	c->used += new - old;
	a->used += new - old;
	return true;
}

void *inq_arena_extend(struct inq_arena *a, void *at, size_t count, size_t *capacity, size_t size)
{
	size_t more, bytes;
	void *copy;

	if (count < *capacity)
		return at;
	if (__builtin_mul_overflow(*capacity, (size_t)2, &more))
		return NULL;
	if (more < 16)
		more = 16;
	if (__builtin_mul_overflow(more, size, &bytes) || bytes > SIZE_MAX / 2)
		return NULL;
	if (!extend_in_place(a, at, *capacity * size, bytes)) {
		copy = inq_arena_new(a, more, size);
		if (!copy)
			return NULL;
		if (count)
			memcpy(copy, at, count * size);
		at = copy;
	}
	*capacity = more;
	return at;
}

char *inq_arena_string(struct inq_arena *a, struct inq_bytes b)
{
	char *copy = b.len < SIZE_MAX ? inq_arena_new(a, b.len + 1, 1) : NULL;

	if (copy && b.len)
		memcpy(copy, b.at, b.len);
	return copy;
}

char *inq_arena_printf(struct inq_arena *a, const char *fmt, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	text = len < 0 ? NULL : inq_arena_new(a, (size_t)len + 1, 1);
	if (!text)
		return NULL;
	va_start(args, fmt);
	vsnprintf(text, (size_t)len + 1, fmt, args);
	va_end(args);
	return text;
}

size_t inq_arena_used(const struct inq_arena *a)
{
	return a->used;
}

void inq_arena_fail_after(struct inq_arena *a, uint64_t n)
{
	a->fail_after = n;
	a->failing = false;
}
