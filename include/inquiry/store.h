/*
 * Where a case is kept: in one file, in a PostgreSQL database, or in memory.
 * Whatever it is kept in, the same calls give the same answers, byte for byte
 * and in the same order. The store knows nothing of what entries mean: it
 * keeps bytes, hashes and signatures, and no secret passes through it.
 *
 * It holds: settings (small named values); logs, numbered from 0 in the order
 * in which they were added; each log's entries, its tree and its heads;
 * objects, which are known by their SHA-256; and extras (small named bytes).
 * Nothing is ever removed, and nothing but a setting is ever changed.
 * formats/store.md says how all this lies on the disk.
 *
 * All writing is done in transactions. A store has one writer at a time,
 * whatever the number of processes: the store enforces it. Nothing is there
 * before inq_store_commit has returned INQ_OK, and everything is from then on,
 * whatever happens to the process or the machine. A write that fails, for
 * whatever reason, fails its transaction: later calls within it, and its
 * commit, fail with the same status and sentence, and nothing of it is kept.
 *
 * What is read is checked: sizes, order, digests, and a sum over each row, so
 * that damage is INQ_CORRUPT and a sentence that names the place. A sum proves
 * no more than that the disk gave back what was written: who may write to the
 * store can write sums. Whether the logs are what they should be is for
 * `record` to prove from what is read here.
 *
 * A store belongs to one thread at a time, and is not carried across a fork.
 * What calls hand out lives in the arena that they were given.
 *
 * Any call may also give:
 *
 * INQ_NO_MEMORY     an arena's limit, or memory itself, was reached
 * INQ_IO            the disk is full or fails, or the connection is lost
 * INQ_BUSY          another process held the store for longer than the patience
 * INQ_CORRUPT       what was read is not what was written
 * INQ_BAD_ARGUMENT  what was given breaks a rule stated here
 */
#ifndef INQUIRY_STORE_H
#define INQUIRY_STORE_H

#include <inquiry/arena.h>
#include <inquiry/merkle.h>
#include <inquiry/text.h>

enum inq_store_limit {
	INQ_STORE_ENTRY_MAX = 65535, /* bytes: the length of an entry in a tile has 16 bits */
	INQ_STORE_NAME_MAX = 200, /* bytes */
	INQ_STORE_VALUE_MAX = 1 << 20, /* bytes of a setting, note, cosignature or extra */
	INQ_STORE_LOGS_MAX = 4096,
	INQ_STORE_LEVELS = 8, /* of tiles: 256^8 entries are more than can be */
	INQ_STORE_CHUNK = 1 << 20, /* bytes of a stored object in one row */
	INQ_STORE_READ_MAX =
	        4 << 20, /* bytes of entries that one call hands out, unless the first is longer */
};

struct inq_store;

enum inq_store_mode {
	INQ_STORE_READ,
	INQ_STORE_WRITE,
	INQ_STORE_CREATE,
};

/*
 * Opens the store at `address`:
 *
 *   a path                   one SQLite file; "./memory:" for a file of that name
 *   postgresql://...         a PostgreSQL database, 13 or later; the parameter
 *                            `schema` (?schema=NAME or &schema=NAME, by default
 *                            "inquiry") says which of its cases
 *   memory:                  an empty store in `a`, gone with the handle
 *
 * READ changes nothing, and reads from read-only files and disks. WRITE reads
 * and writes. CREATE makes a store where there is none, and returns within its
 * first transaction, as after inq_store_begin: only when that is committed
 * does the store exist. Where it never is, an empty file may stay, which a
 * later CREATE takes.
 *
 * A file is taken to be hostile: it opens only where its tables are exactly
 * those of formats/store.md, and nothing in it is run.
 *
 * `address` may carry a password: no sentence repeats more of it than a path.
 * The handle and its working memory, at most 4 MiB, live in `a`; so does all
 * that a store in memory holds.
 *
 * INQ_NOT_FOUND     READ, WRITE: nothing is there
 * INQ_CONFLICT      CREATE: something is there already
 * INQ_UNRECOGNISED  something is there, but no store, or one of a later version
 * INQ_IO            it cannot be reached, or may not be read, or (WRITE) not be written
 */
INQ_MUST enum inq_status inq_store_open(const char *address, enum inq_store_mode mode, struct inq_arena *a,
        struct inq_store **ret, struct inq_error *err);

/* Closes the store; a transaction that was not committed never was. NULL is allowed. */
void inq_store_close(struct inq_store *s);

/* How long inq_store_begin waits for another writer: 5000 milliseconds unless said here. */
void inq_store_patience(struct inq_store *s, unsigned milliseconds);

/*
 * Begins a transaction. A writing one waits until no other process writes, and
 * then sees all that has been committed. A reading one sees the store as it is
 * now until it ends, whatever others write meanwhile. A read outside of a
 * transaction sees all that is committed when it is called.
 *
 * INQ_BUSY          (write) another writer did not end in time
 * INQ_BAD_ARGUMENT  one is open already, or a writing one in a store opened for READ
 */
INQ_MUST enum inq_status inq_store_begin(struct inq_store *s, bool write, struct inq_error *err);

/*
 * Ends the transaction: after INQ_OK all of it is on the disk, and after any
 * failure nothing of it is, except where the connection to a database is lost
 * at this very moment: then the sentence says that it is not known which.
 *
 * INQ_BAD_ARGUMENT  none is open; or a log has grown and no head signs its new size
 */
INQ_MUST enum inq_status inq_store_commit(struct inq_store *s, struct inq_error *err);

/* Undoes the transaction; does nothing where none is open. */
void inq_store_rollback(struct inq_store *s);

/*
 * Names (of settings, logs and extras, and origins) are 1 to 200 bytes of
 * UTF-8 without control characters. They are compared byte by byte and listed
 * in that order.
 */

/* Gives the setting its value, a new one or another one than it had. In a writing transaction. */
INQ_MUST enum inq_status inq_store_set(
        struct inq_store *s, const char *name, struct inq_bytes value, struct inq_error *err);

/* INQ_NOT_FOUND  it was never set */
INQ_MUST enum inq_status inq_store_setting(struct inq_store *s, const char *name, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err);

struct inq_store_log {
	uint32_t number;
	const char *name, *origin;
	uint64_t size; /* entries */
	uint64_t heads;
};

/*
 * Adds an empty log and gives its number. In a writing transaction.
 *
 * INQ_CONFLICT    there is a log of that name or origin
 * INQ_OVER_LIMIT  there are INQ_STORE_LOGS_MAX
 */
INQ_MUST enum inq_status inq_store_log_add(
        struct inq_store *s, const char *name, const char *origin, uint32_t *ret, struct inq_error *err);

/* INQ_NOT_FOUND  there are fewer logs */
INQ_MUST enum inq_status inq_store_log(struct inq_store *s, uint32_t log, struct inq_arena *a,
        struct inq_store_log *ret, struct inq_error *err);

/* All logs, by number. */
INQ_MUST enum inq_status inq_store_logs(struct inq_store *s, struct inq_arena *a, struct inq_store_log **ret,
        size_t *count, struct inq_error *err);

/*
 * Appends entries to a log that has `size` entries, and their hashes to its
 * tree: the leaf hashes (RFC 6962, section 2.1: SHA-256 of 00 and the entry)
 * and the hashes of the subtrees of 256, 65536... leaves that they complete.
 * Several calls in one transaction append one after the other. A log that is
 * longer must get a head of its new size before the transaction is committed.
 * In a writing transaction.
 *
 * INQ_CONFLICT      the log has another size: somebody else has appended; `err->at` is its size
 * INQ_NOT_FOUND     there is no such log
 * INQ_BAD_ARGUMENT  an entry is empty or longer than INQ_STORE_ENTRY_MAX
 */
INQ_MUST enum inq_status inq_store_append(struct inq_store *s, uint32_t log, uint64_t size,
        const struct inq_bytes *entries, size_t count, struct inq_error *err);

struct inq_store_entry {
	uint64_t index;
	struct inq_sha256 leaf;
	struct inq_bytes bytes;
};

/* The entry at `index`, which has been hashed again. INQ_NOT_FOUND  the log, or it, is not there */
INQ_MUST enum inq_status inq_store_entry(struct inq_store *s, uint32_t log, uint64_t index,
        struct inq_arena *a, struct inq_store_entry *ret, struct inq_error *err);

/*
 * The entries from `from` on, in order and without a gap, at most `max` and
 * at most INQ_STORE_READ_MAX bytes of them; none only where `from` is the size
 * of the log or more, or `max` is 0. Each has been hashed again.
 *
 * INQ_NOT_FOUND  there is no such log
 */
INQ_MUST enum inq_status inq_store_entries(struct inq_store *s, uint32_t log, uint64_t from, size_t max,
        struct inq_arena *a, struct inq_store_entry **ret, size_t *count, struct inq_error *err);

/*
 * A tile of the log's tree, as tlog-tiles counts them: the hashes `index` *
 * 256 and following of level `level`, 32 bytes each, whereof hash i of level L
 * is that of the subtree of the leaves i * 256^L up to (i + 1) * 256^L. The
 * number of hashes follows from the log's size: 1 to 256. A proof in a log of
 * n entries needs one or two tiles of each of log256(n) levels.
 *
 * INQ_NOT_FOUND  there is no such log, or the tile would be empty
 */
INQ_MUST enum inq_status inq_store_tile(struct inq_store *s, uint32_t log, unsigned level, uint64_t index,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/*
 * The same as the source of tiles that `record` makes proofs of: `store` and
 * `log` are the caller's to fill in. Not to be moved while the source is in use.
 */
struct inq_store_tree {
	struct inq_store *store;
	uint32_t log;
	uint8_t tile[32 * INQ_TILE_WIDTH];
};
struct inq_tile_source inq_store_tree_source(struct inq_store_tree *tree);

/*
 * A head: a signed note about the first `size` entries of the log, and the
 * cosignatures that have come to it since, in the order in which they came.
 */
struct inq_store_head {
	uint64_t number; /* in its log, from 0 */
	uint64_t size;
	struct inq_bytes note;
	const struct inq_bytes *cosignatures;
	size_t cosignature_count;
};

/*
 * Adds a head to a log, of exactly the log's present size. In a writing
 * transaction. A head with the same bytes as the last one is not added again.
 *
 * INQ_CONFLICT   the log has another size; `err->at` is it
 * INQ_NOT_FOUND  there is no such log
 */
INQ_MUST enum inq_status inq_store_head_add(
        struct inq_store *s, uint32_t log, uint64_t size, struct inq_bytes note, struct inq_error *err);

/*
 * Adds a cosignature to a head; one that it has already is not added again.
 * In a writing transaction.
 *
 * INQ_NOT_FOUND   there is no such log or head
 * INQ_OVER_LIMIT  it has 256
 */
INQ_MUST enum inq_status inq_store_cosign(
        struct inq_store *s, uint32_t log, uint64_t head, struct inq_bytes line, struct inq_error *err);

/* A head by its number. INQ_NOT_FOUND  there is no such log or head */
INQ_MUST enum inq_status inq_store_head(struct inq_store *s, uint32_t log, uint64_t number,
        struct inq_arena *a, struct inq_store_head *ret, struct inq_error *err);

/* The head that was added last. INQ_NOT_FOUND  there is no such log, or it has no head */
INQ_MUST enum inq_status inq_store_head_last(struct inq_store *s, uint32_t log, struct inq_arena *a,
        struct inq_store_head *ret, struct inq_error *err);

/* The first head whose size is `size` or more. INQ_NOT_FOUND  there is no such log or head */
INQ_MUST enum inq_status inq_store_head_from(struct inq_store *s, uint32_t log, uint64_t size,
        struct inq_arena *a, struct inq_store_head *ret, struct inq_error *err);

/*
 * Objects. An object is kept compressed, as one zstd frame (RFC 8878) that
 * states its length: what is stored is itself a .zst file, as bundles have it,
 * and never one that could be run. Its bytes are decided once, when it is put,
 * by the codec that it names. A call needs the working memory of the handle and
 * that of zstd, some MiB, however long the object is.
 */
struct inq_store_object {
	struct inq_sha256 digest; /* of the object itself */
	uint64_t size; /* bytes of the object itself */
	uint64_t stored; /* bytes of the frame */
	const char *codec; /* such as "zstd-1.5.4-3": library and level */
};

/*
 * Where an object's bytes come from: `read` gives the next ones, as many as
 * it likes up to `len`, and 0 at the end. What it fails with, the call fails with.
 */
struct inq_store_source {
	enum inq_status (*read)(void *context, uint8_t *at, size_t len, size_t *got, struct inq_error *err);
	void *context;
};

/*
 * Puts an object of `size` bytes and that digest. One that is there already
 * is not read, and not stored again. In a writing transaction.
 *
 * INQ_CONFLICT  the bytes that came are not `size`, or have another digest
 */
INQ_MUST enum inq_status inq_store_object_put(struct inq_store *s, const struct inq_sha256 *digest,
        uint64_t size, struct inq_store_source source, struct inq_error *err);

/* The same for bytes in memory or in a map; the digest is theirs, and given where `ret` is not NULL. */
INQ_MUST enum inq_status inq_store_object_put_bytes(
        struct inq_store *s, struct inq_bytes b, struct inq_sha256 *ret, struct inq_error *err);

/* What is known of an object without reading it. INQ_NOT_FOUND  it is not there */
INQ_MUST enum inq_status inq_store_object(struct inq_store *s, const struct inq_sha256 *digest,
        struct inq_arena *a, struct inq_store_object *ret, struct inq_error *err);

/* At most `max` objects in the order of their digests, after `after`, or from the first on where that is NULL. */
INQ_MUST enum inq_status inq_store_objects(struct inq_store *s, const struct inq_sha256 *after, size_t max,
        struct inq_arena *a, struct inq_store_object **ret, size_t *count, struct inq_error *err);

/*
 * The object's bytes, which have the digest.
 *
 * INQ_NOT_FOUND   it is not there
 * INQ_OVER_LIMIT  it has more than `limit` bytes; nothing was read
 */
INQ_MUST enum inq_status inq_store_object_bytes(struct inq_store *s, const struct inq_sha256 *digest,
        uint64_t limit, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/*
 * Writes the object to `out`: its own bytes or, where `packed`, the stored
 * frame, as it is published. Either way all of it is decompressed and
 * hashed; what was written is the object only where INQ_OK comes back.
 *
 * INQ_NOT_FOUND  it is not there; nothing was written
 * INQ_IO         the sink has failed
 */
INQ_MUST enum inq_status inq_store_object_write(struct inq_store *s, const struct inq_sha256 *digest,
        bool packed, struct inq_sink *out, struct inq_error *err);

/*
 * Keeps small bytes under a name, such as a proof. In a writing transaction.
 *
 * INQ_CONFLICT  other bytes are there under that name; the same ones are no failure
 */
INQ_MUST enum inq_status inq_store_extra_put(
        struct inq_store *s, const char *name, struct inq_bytes b, struct inq_error *err);

/* INQ_NOT_FOUND  nothing is there under that name */
INQ_MUST enum inq_status inq_store_extra(struct inq_store *s, const char *name, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err);

/* At most `max` names of extras in order, after `after`, or from the first on where that is NULL. */
INQ_MUST enum inq_status inq_store_extras(struct inq_store *s, const char *after, size_t max,
        struct inq_arena *a, const char ***ret, size_t *count, struct inq_error *err);

/*
 * Reads all there is and re-proves what the store promises: every row and its
 * sum, every count, every entry's leaf hash, every tile from the hashes below
 * it, every object's digest; in a file, also SQLite's own integrity check.
 * It says nothing of signatures. Takes the time that reading takes.
 *
 * INQ_CORRUPT  the first damage found, and where
 */
INQ_MUST enum inq_status inq_store_check(struct inq_store *s, struct inq_error *err);

#endif
