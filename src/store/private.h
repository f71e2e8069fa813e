/*
 * The store within: tables of rows, which three backends keep alike and know
 * nothing else of. What a row means, and whether it is what it should be, is
 * decided once, above them.
 */
#ifndef STORE_PRIVATE_H
#define STORE_PRIVATE_H

#include <inquiry/store.h>

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

enum {
	STORE_FORMAT = 1, /* of the tables */
	STORE_APPLICATION = 0x494e5131, /* "INQ1": a SQLite file's application_id */
	STORE_CELLS = 6, /* in a row at most, its sum not counted */
	STORE_COSIGNATURES = 256, /* of a head at most */
	STORE_TILE_BYTES = 32 * INQ_TILE_WIDTH,
	STORE_SQL = 512, /* bytes: longer than any statement */
};

/* The longest object: its size, and what is stored of it, are still far from wrapping. */
#define STORE_OBJECT_MAX (UINT64_C(1) << 50)
/* So many entries that no level of tiles is missing and no sum wraps. */
#define STORE_LOG_MAX (UINT64_C(1) << 56)

enum store_kind { STORE_NUMBER, STORE_TEXT, STORE_BYTES };

struct store_column {
	const char *name;
	enum store_kind kind;
	uint32_t max; /* bytes */
};

struct store_table {
	const char *name;
	unsigned keys; /* so many columns, the first ones, are the key */
	unsigned columns;
	bool fixed; /* a row is never put again */
	unsigned page; /* rows that are asked for at once: some megabytes at most */
	struct store_column column[STORE_CELLS];
};

enum store_table_id {
	STORE_ITSELF,
	STORE_SETTINGS,
	STORE_LOGS,
	STORE_ENTRIES,
	STORE_TILES,
	STORE_HEADS,
	STORE_COSIGNATURES_OF,
	STORE_OBJECTS,
	STORE_PIECES,
	STORE_EXTRAS,
	STORE_TABLES,
};
extern const struct store_table store_tables[STORE_TABLES];

/* A number, or bytes: which of them the column says. */
struct store_cell {
	int64_t number;
	struct inq_bytes bytes;
};

/* As many cells as the table has columns, and the sum over them. */
struct store_row {
	struct store_cell cell[STORE_CELLS];
	int64_t sum;
};

/* XXH3-64 over the cells, each seeded with the one before it: the sum a row must have. */
int64_t store_sum(const struct store_table *t, const struct store_row *row);

/*
 * The text of a statement; `mark` is what stands before the number of a
 * parameter. `before` stands before the name of the table.
 */
enum store_statement { STORE_SQL_CREATE, STORE_SQL_GET, STORE_SQL_NEXT, STORE_SQL_PUT, STORE_STATEMENTS };
struct store_dialect {
	const char *before;
	char mark;
	const char *kind[3]; /* the name of the type of each kind */
	const char *number_key; /* the type of a key that is one number */
	const char *after; /* at the end of CREATE TABLE */
};
void store_sql(const struct store_dialect *d, enum store_statement which, const struct store_table *t,
        char ret[STORE_SQL]);

/*
 * Takes rows out of a backend. A row's bytes last until `take` returns. What it
 * returns other than INQ_OK ends the call, which returns the same.
 */
struct store_taker {
	enum inq_status (*take)(void *context, const struct store_row *row, struct inq_error *err);
	void *context;
};

/*
 * What a backend does. All within a transaction; after a failure of `put` only
 * `rollback` follows. Kinds and lengths of what `get` and `next` hand out are as the
 * table says; whether the sum is right is looked at above.
 */
struct store_backend {
	void (*close)(void *backend);
	enum inq_status (*begin)(void *backend, bool write, unsigned patience, struct inq_error *err);
	enum inq_status (*commit)(void *backend, struct inq_error *err);
	void (*rollback)(void *backend);
	/* The row with the key. INQ_NOT_FOUND, with no sentence, where there is none. */
	enum inq_status (*get)(void *backend, enum store_table_id table, const struct store_row *key,
	        struct store_taker to, struct inq_error *err);
	/*
	 * At most `max` rows in order whose key follows `key`, and is equal to it up to its last part.
	 */
	enum inq_status (*next)(void *backend, enum store_table_id table, const struct store_row *key,
	        unsigned max, struct store_taker to, struct inq_error *err);
	enum inq_status (*put)(
	        void *backend, enum store_table_id table, const struct store_row *row, struct inq_error *err);
	/* What the backend can say of itself. */
	enum inq_status (*check)(void *backend, struct inq_error *err);
};

enum inq_status store_memory_open(
        struct inq_arena *a, const struct store_backend **ret, void **ret_backend, struct inq_error *err);
enum inq_status store_sqlite_open(const char *path, enum inq_store_mode mode, unsigned patience,
        struct inq_arena *a, const struct store_backend **ret, void **ret_backend, struct inq_error *err);
enum inq_status store_postgres_open(const char *address, enum inq_store_mode mode, struct inq_arena *a,
        const struct store_backend **ret, void **ret_backend, struct inq_error *err);

/* What a backend's library says, which may quote from a hostile file, in printable ASCII. */
void store_inert(const char *text, char *ret, size_t size);

enum store_state { STORE_IDLE, STORE_READING, STORE_WRITING };

/* How many there are of what is listed by name or digest: that a row is gone is seen by it. */
struct store_counts {
	uint64_t settings, logs, objects, extras;
};

struct store_work;

struct inq_store {
	struct inq_arena *arena;
	const struct store_backend *with;
	void *backend;
	enum inq_store_mode mode;
	unsigned patience;
	enum store_state state;
	enum inq_status failed; /* what the transaction failed with */
	struct inq_error why;
	struct store_counts counts; /* STORE_WRITING: as they will be */
	bool counts_changed;
	uint8_t unsigned_logs[INQ_STORE_LOGS_MAX / 8]; /* a bit for each that has grown and has no head yet */
	struct store_work *work; /* NULL until it is needed */
};

/*
 * Reading: `store_read_begin` opens a transaction where none is open, and
 * `store_read_end` ends that one and gives back `status`.
 */
INQ_MUST enum inq_status store_read_begin(struct inq_store *s, bool *own, struct inq_error *err);
enum inq_status store_read_end(struct inq_store *s, bool own, enum inq_status status);

/*
 * Writing: true where the call may go on; `*status` and `*why` say why not.
 * Every writing call ends in `store_write_end`, which fails the transaction
 * with what the call failed with.
 */
bool store_write_begin(const struct inq_store *s, enum inq_status *status, struct inq_error *why);
enum inq_status store_write_end(
        struct inq_store *s, enum inq_status status, const struct inq_error *why, struct inq_error *err);

/* The order of the first `parts` parts of two keys: below, at or above 0. */
int store_key_order(
        const struct store_table *t, unsigned parts, const struct store_row *l, const struct store_row *r);

/* Rows whose sum, key and order have been looked at. As the backend's, but any `max`. */
INQ_MUST enum inq_status store_each(struct inq_store *s, enum store_table_id table,
        const struct store_row *key, uint64_t max, struct store_taker to, struct inq_error *err);
INQ_MUST enum inq_status store_with(struct inq_store *s, enum store_table_id table,
        const struct store_row *key, struct store_taker to, struct inq_error *err);
/* The row copied into `a`; its texts and bytes are followed by a NUL. */
INQ_MUST enum inq_status store_get(struct inq_store *s, enum store_table_id table,
        const struct store_row *key, struct inq_arena *a, struct store_row *ret, struct inq_error *err);
/* Gives the row its sum and puts it. */
INQ_MUST enum inq_status store_put(
        struct inq_store *s, enum store_table_id table, struct store_row *row, struct inq_error *err);
/* The key in words, for a sentence. */
void store_place(enum store_table_id table, const struct store_row *row, char *ret, size_t size);
INQ_MUST enum inq_status store_copy(
        struct inq_bytes b, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);
INQ_MUST enum inq_status store_counts(struct inq_store *s, struct store_counts *ret, struct inq_error *err);

/* A log as its row says, which was looked at. */
struct store_log {
	uint32_t number;
	uint64_t size, heads;
	char name[INQ_STORE_NAME_MAX + 1], origin[INQ_STORE_NAME_MAX + 1];
};
INQ_MUST enum inq_status store_log(
        struct inq_store *s, uint32_t log, struct store_log *ret, struct inq_error *err);
INQ_MUST enum inq_status store_log_put(
        struct inq_store *s, const struct store_log *log, struct inq_error *err);

/* True for UTF-8 without control characters; `*ret` is where it is not. */
bool store_text(struct inq_bytes b, size_t *ret);
/* INQ_BAD_ARGUMENT unless it is a name as store.h has them; `what` is what it names. */
INQ_MUST enum inq_status store_name(const char *name, const char *what, struct inq_error *err);

/*
 * Memory of the handle that most handles never need: for tiles that are
 * filled, and for objects.
 */
struct store_work {
	struct ZSTD_CCtx_s *compress;
	struct ZSTD_DCtx_s *decompress;
	struct inq_sha256_state sum;
	char codec[40];
	uint8_t chunk[INQ_STORE_CHUNK];
	uint8_t piece[INQ_STORE_CHUNK];
	uint8_t tile[INQ_STORE_LEVELS][STORE_TILE_BYTES];
};
INQ_MUST enum inq_status store_work(struct inq_store *s, struct store_work **ret, struct inq_error *err);

/* Frees what the work holds that does not live in the arena. NULL is allowed. */
void store_work_close(struct store_work *w);

#endif
