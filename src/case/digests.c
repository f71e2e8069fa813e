#include "case/private.h"
#include <string.h>

/* Digests are spread already; who can choose them chose SHA-256 collisions in 64 bits to gain a slow probe. */
static size_t slot_of(const struct digests *d, const struct inq_sha256 *key)
{
	size_t at = (size_t)inq_hash64(key->byte, sizeof key->byte, 0) & (d->room - 1);

	while (d->slots[at].value && !inq_sha256_equal(&d->slots[at].key, key))
		at = (at + 1) & (d->room - 1);
	return at;
}

static bool grow(struct digests *d, struct inq_arena *a)
{
	struct digests more = { .count = d->count, .room = d->room ? 2 * d->room : 64 };

	more.slots = inq_arena_new(a, more.room, sizeof *more.slots);
	if (!more.slots)
		return false;
	for (size_t i = 0; i < d->room; i++)
		if (d->slots[i].value)
			more.slots[slot_of(&more, &d->slots[i].key)] = d->slots[i];
	*d = more;
	return true;
}

bool digests_add(struct digests *d, const struct inq_sha256 *key, uint32_t value, struct inq_arena *a)
{
	size_t at;

	if (2 * d->count >= d->room && !grow(d, a))
		return false;
	at = slot_of(d, key);
	if (d->slots[at].value)
		return true;
	d->slots[at] = (struct digests_slot){ *key, value + 1 };
	d->count++;
	return true;
}

bool digests_find(const struct digests *d, const struct inq_sha256 *key, uint32_t *ret)
{
	size_t at;

	if (!d->room)
		return false;
	at = slot_of(d, key);
	if (!d->slots[at].value)
		return false;
	*ret = d->slots[at].value - 1;
	return true;
}
