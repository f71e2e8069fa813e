/* What the readers of observations share: the observation while it is being made. */
#ifndef OBSERVATION_PRIVATE_H
#define OBSERVATION_PRIVATE_H

#include <inquiry/observation.h>

/*
 * Adding never fails visibly: once the arena is exhausted, `full` is set and
 * further additions are dropped; inq_observation_read then fails.
 */
struct inq_observer {
	const struct inq_exhibit *x;
	struct inq_arena *a;
	struct inq_observation o;
	size_t fact_capacity, string_capacity, suspicion_capacity;
	bool full;
};

/* More facts than this are an attack on the reader: they are dropped. */
enum { INQ_FACTS_MOST = 4096 };

/* `f->name` and `f->text` must outlive the observation. */
void inq_observer_fact(struct inq_observer *w, const struct inq_fact *f);

/* The same, with a copy of `text` up to `most` bytes. */
void inq_observer_fact_bytes(struct inq_observer *w, struct inq_fact f, struct inq_bytes text, size_t most);

void inq_observer_suspect(struct inq_observer *w, uint32_t measure, const char *fmt, ...) INQ_PRINTF(3, 4);

/* A formatted string in the arena; "" (and full) where there is no room. */
const char *inq_observer_text(struct inq_observer *w, const char *fmt, ...) INQ_PRINTF(2, 3);

/* UTF-16LE as UTF-8; "" (and full) where there is no room. Ends at a NUL; lone surrogates become U+FFFD. */
const char *inq_observer_utf16(struct inq_observer *w, struct inq_bytes b);

/* Where in the file bytes of it lie; 0 for empty ones and copies. */
uint64_t inq_observer_off(const struct inq_observer *w, struct inq_bytes part);

/* What lies in the file of section `name` (the first of it); false where there is none. */
INQ_MUST bool inq_observer_section(const struct inq_observer *w, const char *name, struct inq_bytes *ret);

void inq_observe_entropy(struct inq_observer *w);
void inq_observe_strings(struct inq_observer *w, const struct inq_observation_limits *limits);
void inq_observe_pe(struct inq_observer *w);
void inq_observe_import_hash(struct inq_observer *w);
void inq_observe_resources(struct inq_observer *w);
void inq_observe_elf(struct inq_observer *w);
void inq_observe_macho(struct inq_observer *w);
void inq_observe_languages(struct inq_observer *w); /* in any container */
void inq_observe_packing(struct inq_observer *w); /* after the entropies */

#endif
