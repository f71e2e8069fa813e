/* Names that whoever makes the same export gives too: UUIDs of version 5 (RFC 9562), and times out of documents. */
#ifndef EXPORT_UUID_H
#define EXPORT_UUID_H

#include <inquiry/arena.h>
#include <inquiry/hash.h>

enum { UUID_TEXT = 37, UUID_NAME_MOST = 8192, TIME_TEXT = 48 };

struct uuid {
	uint8_t byte[16];
};

/* The space of this program: version 5 of "tag:inquiry.invalid,2026:export" in that of URLs. */
extern const struct uuid uuid_inquiry;
/* That of observables: STIX 2.1, section 2.9. */
extern const struct uuid uuid_stix_observables;

/* The name's UUID in a space; of a longer name the first UUID_NAME_MOST bytes count. */
void uuid_of(const struct uuid *space, struct inq_bytes name, struct uuid *ret);
void uuid_text(const struct uuid *u, char ret[UUID_TEXT]);

/* "2026-01-01T00:00:00.000Z" */
void time_text(uint64_t seconds, unsigned thousandths, char ret[TIME_TEXT]);

/* UUIDs that came by: true where this one had not. */
struct uuid_set {
	struct uuid *at;
	size_t count, room;
	bool full; /* no memory for more: none is new from then on */
};
bool uuid_new(struct uuid_set *set, const struct uuid *u, struct inq_arena *a);

#endif
