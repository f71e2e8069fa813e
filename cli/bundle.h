/* Entries and objects of a verified record, read again from where it was verified: a folder or a store. */
#ifndef CLI_BUNDLE_H
#define CLI_BUNDLE_H

#include "cli/case.h"

struct cli_bundle {
	const struct inq_bundle_source *source;
	const struct inq_record_result *record;
	/* The tile of entries that was read last. */
	struct inq_arena *tile_arena;
	struct inq_bytes tile;
	const struct inq_record_log *tile_log;
	uint64_t tile_index;
};

/* Reads an entry anew: it must be the one that was verified. False where it cannot be. */
bool cli_bundle_entry(
        struct cli_bundle *b, const struct inq_record_entry *r, struct inq_arena *a, struct inq_entry *ret);

/* The object of that digest, at most `most` bytes of it. False where it is not there, or is not it. */
bool cli_bundle_object(const struct cli_bundle *b, const struct inq_sha256 *digest, uint64_t most,
        struct inq_arena *a, struct inq_bytes *ret);

/* What is done with the results that the entries of a record name: an export, a page, of them. */
struct cli_results {
	/* Whether the result of an entry, which names one, is wanted. It was not looked for yet. */
	bool (*wants)(void *context, const struct inq_record_entry *r, const struct inq_entry *e);
	/* Takes it; `entry` is PARTY/INDEX. Both live in the arena. False, for want of memory, ends it. */
	bool (*take)(void *context, struct inq_bytes bytes, const char *entry);
	void *context;
	uint64_t most; /* bytes of one; `take` may change it */
	uint64_t missing, left_out; /* so many that were wanted are not there, or larger */
};

/* The results of the entries that hold, in the order of the record. False: memory ran out. */
bool cli_bundle_results(struct cli_bundle *b, struct inq_arena *a, struct cli_results *results);

/* Lets go of what it kept. */
void cli_bundle_close(struct cli_bundle *b);

#endif
