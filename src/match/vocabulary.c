#include "match/private.h"

bool vocabulary_init(struct vocabulary *v, uint32_t most, struct inq_arena *a)
{
	size_t slots = 1024;

	while (slots / 2 < most)
		slots *= 2;
	v->slots = inq_arena_new(a, slots, sizeof *v->slots);
	v->keys = inq_arena_new(a, most, sizeof *v->keys);
	v->having = inq_arena_new(a, most, sizeof *v->having);
	v->base = inq_arena_new(a, most, sizeof *v->base);
	v->slot_count = slots;
	v->count = 0;
	v->capacity = most;
	return v->slots && v->keys && v->having && v->base;
}

/* The slot that holds `key`, or the free one where it would stand. */
static size_t slot_of(const struct vocabulary *v, uint32_t key)
{
	size_t slot = (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 24) & (v->slot_count - 1);

	while (v->slots[slot] && v->keys[v->slots[slot] - 1] != key)
		slot = (slot + 1) & (v->slot_count - 1);
	return slot;
}

uint32_t vocabulary_add(struct vocabulary *v, uint32_t key)
{
	size_t slot = slot_of(v, key);

	if (!v->slots[slot]) {
		if (v->count == v->capacity)
			return NO_ID;
		v->keys[v->count] = key;
		v->slots[slot] = ++v->count;
	}
	return v->slots[slot] - 1;
}

uint32_t vocabulary_find(const struct vocabulary *v, uint32_t key)
{
	return v->slots[slot_of(v, key)] - 1;
}
