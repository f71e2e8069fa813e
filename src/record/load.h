/*
 * The parts of load.c, which reads the logs of a record, entry by entry:
 *
 *     logs.c      which logs there are
 *     known.c     what was known of one before
 *     load.c      its head, its tiles, its entries and their signatures
 *     tree.c      the tree that the entries make, against tiles and root
 *     keyring.c   the keys that are in force for each entry
 *     fact.c      what is kept of each
 *
 * What runs out of memory notes it in the verifier, which ends at the next look.
 */
#ifndef RECORD_LOAD_H
#define RECORD_LOAD_H

#include "record/verify.h"

/* Bytes for what one tile, or one entry, needs while it is read; a log's exchange of tiles has more. */
enum { SCRATCH = 256 << 20 };

/* The logs that the policy names, and those that are known, by party. */
void inq_verify_logs(struct verifier *v);

/* A file of the bundle that has to be there: false, and a failure, where it is not. */
INQ_MUST bool inq_log_file(struct verifier *v, const struct log *log, const char *name, uint64_t most,
        struct inq_arena *a, struct inq_bytes *ret);

/* Makes room for an entry of `log` at `index`. NULL where the arena is full. */
struct inq_record_entry *inq_verifier_entry(
        struct verifier *v, const struct log *log, uint64_t index, struct fact **ret);

/* A copy in the result's arena. */
struct inq_bytes inq_verifier_keep(struct verifier *v, struct inq_bytes b);

void inq_fact_keep(struct verifier *v, const struct inq_entry *e, struct fact *f);
void inq_fact_recipients(
        struct verifier *v, const struct inq_bytes *recipients, size_t count, struct fact *f);

/* Keeps of the entry's heads those that differ from `seen`, what the log had named before. */
void inq_fact_seen(struct verifier *v, const struct inq_entry *e, struct inq_seen *seen, struct fact *f,
        struct place place);

/* The keys, and the title, of a log's first entry. */
void inq_log_charter(struct verifier *v, struct log *log, const struct inq_entry *e);

/* Rotation and revocation, by an entry whose own signature holds. */
void inq_log_key_change(struct verifier *v, struct log *log, const struct inq_entry *e, struct place place);

/* Appends a leaf and every node that is complete with it. */
void inq_log_append(struct verifier *v, struct log *log, const struct inq_sha256 *leaf);

/* The hash at `i` of a tile, or false. */
INQ_MUST bool inq_tile_hash(struct inq_bytes tile, uint64_t i, struct inq_sha256 *ret);

/* Notes that entry and tile do not agree; until the root decides, the tile is believed. */
void inq_log_conflict(struct verifier *v, struct log *log, struct inq_record_entry *r, struct place place,
        uint64_t end, const struct inq_sha256 *stated);

/*
 * The root at the size of the head: by the tiles or, where these conflict, by
 * the entries, if these lead to the root of the head. False where it cannot be
 * computed.
 */
INQ_MUST bool inq_log_root_found(struct verifier *v, struct log *log, struct inq_sha256 *ret);

/* The tiles above the leaves, against the tree that the leaves make. */
void inq_log_upper_tiles(struct verifier *v, const struct log *log);

/* The known entries of a log, what they come to, and the heads that they had named, in `seen`. */
void inq_log_known(struct verifier *v, struct log *log, struct inq_seen *seen);

/* An entry that was known, as it stands in a tile at the edge of what is new. */
void inq_log_known_agrees(struct verifier *v, struct log *log, struct place place,
        const struct inq_sha256 *stated, const struct inq_sha256 *leaf);

/* A head of no more than is known. */
void inq_log_known_head(struct verifier *v, struct log *log);

#endif
