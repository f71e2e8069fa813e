/*
 * The analysis run again the way entries of a record say it was run. Whoever
 * wrote an entry is believed in nothing: only calls that this program itself
 * would enter are repeated, and on bytes that have the digest of the exhibit.
 */
#ifndef CLI_REPEAT_H
#define CLI_REPEAT_H

#include "cli/analysis.h"

/* What repeating one entry came to. */
struct cli_repetition {
	const struct inq_record_entry *of;
	const struct inq_entry *entry; /* the same as read anew; NULL where it could not be */
	const char *skipped; /* why it cannot be said, in the plural: "results that ..."; NULL: */
	const struct cli_call *call;
	struct inq_bytes document; /* what came now */
	const char *said; /* the first thing that was said of it, and the exit code */
	int exit;
	bool sealed; /* the exhibit came from `exhibit` below */
	enum inq_rerun_outcome outcome;
	uint64_t difference; /* the first byte that is not as recorded; nothing for what was reproduced */
};

struct cli_repeat {
	struct cli *cli;
	const struct inq_record_result *record;
	const struct inq_bundle_source *source; /* where entries, results and open exhibits are read */
	const struct cli_analysis *analysis;
	void *context;
	/* Whether an examination or conclusion is to be repeated; NULL: all are. */
	bool (*wants)(void *context, const struct inq_record_entry *of);
	/*
	 * What became of it, once for each that is wanted: `entry` and `call` stay until the next pause, the rest
	 * only for this call. False ends all.
	 */
	bool (*take)(void *context, const struct cli_repetition *r);
	/* The bytes of an exhibit that is not open, for those who can open it; NULL: nobody can. */
	bool (*exhibit)(
	        void *context, const struct inq_sha256 *digest, struct inq_arena *a, struct inq_bytes *ret);
	/* Some were taken, and more may come: the time to enter them. False ends all. NULL: nothing is to be done. */
	bool (*pause)(void *context);
};

/* Counts one more of `why` in a list of at most CLI_REASONS_MOST, in the order in which they came up. */
enum { CLI_REASONS_MOST = 16 };
void cli_skips_add(struct inq_record_unchecked skips[CLI_REASONS_MOST], size_t *count, const char *why);

/* False after an error, which was said. */
bool cli_repeat(const struct cli_repeat *what);

#endif
