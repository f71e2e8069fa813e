/*
 * What the process that reads a bundle asks of the one that keeps the case: a
 * byte that says what, the number of its fields, the length of each in eight
 * bytes, little-endian, and the fields.
 */
#ifndef CASE_WIRE_H
#define CASE_WIRE_H

#include "case/private.h"
#include "os/confined.h"
#include <inquiry/pull.h>

enum wire {
	WIRE_READ, /* file's name, most bytes: its bytes */
	WIRE_OBJECT_IS, /* digest: nothing, or its size */
	WIRE_HEAD_FROM, /* origin, size: the first head kept of that size or more */
	WIRE_ENTRIES, /* origin, index of the first, entries as in a tile */
	WIRE_OBJECT, /* digest, content */
	WIRE_HEAD, /* origin, size, signed note without cosignatures */
	WIRE_COSIGNED, /* origin, cosigner, note with that cosignature alone */
	WIRE_LOG, /* origin, entries in the bundle, flags */
	WIRE_UNREADABLE, /* how many */
	WIRE_REFUSED, /* status, origin, index, at, file, what, how many */
	WIRE_FORK, /* origin, key, proof, proof */
	WIRE_STRANGER, /* party, entry key or nothing, the parties that name its log */
	WIRES
};

enum { WIRE_FIELDS_MOST = 7, WIRE_FORKED = 1 };

struct wire_question {
	enum wire what;
	struct inq_bytes fields[WIRE_FIELDS_MOST];
	size_t count;
};

/* A number as a field; `at` has room for 8 bytes and holds it. */
struct inq_bytes wire_number(uint64_t value, uint8_t at[8]);
INQ_MUST bool wire_number_read(struct inq_bytes field, uint64_t *ret);

/* False where it is no question. Borrows. */
INQ_MUST bool wire_read(struct inq_bytes question, struct wire_question *ret);

/* The keeping side: answers a question; `keeper` is a struct keeper. Fits inq_confined_work. */
struct keeper {
	struct inq_case *c;
	const struct inq_pull *pull;
	struct inq_bundle_source
	        source; /* what is read: the bundle or, once it was, the case with what it brought */
	struct inq_arena *a; /* of the result */
	struct inq_pulled pulled;
	size_t others; /* parties that come in unnamed, at most */
	struct inq_pull_stranger *strangers;
	size_t stranger_room;
	struct keeper_log {
		const char *party, *origin;
		uint32_t number; /* in the store; UINT32_MAX: not there yet */
		uint64_t before, size, here;
		bool own, is_new, forked, countersigned;
	} * logs;
	size_t log_count, log_room;
	struct keeper_fork {
		uint32_t log;
		struct inq_vkey key;
		struct inq_bytes proofs[2];
	} * forks;
	size_t fork_count, fork_room;
	bool changed; /* something is to be committed */
};
enum inq_status keeper_answer(void *keeper, struct inq_bytes question, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err);

/* Whether a party that is not in the case may come in by its name. */
INQ_MUST bool keeper_accepts(const struct keeper *k, const char *party);

/* The logs as they are known before anything is read. */
INQ_MUST enum inq_status keeper_make(struct keeper *k, struct inq_case *c, const struct inq_pull *pull,
        struct inq_arena *a, struct inq_error *err);

/* Has the bundle read, in a process of its own where there are limits for one. */
INQ_MUST enum inq_status keeper_read(struct keeper *k, struct inq_error *err);

/*
 * Has the case proved once more from its first entry on, with what was taken
 * in: entries that were there may rest on what only now is.
 */
INQ_MUST enum inq_status keeper_prove(struct keeper *k, struct inq_error *err);

/* Countersigns what was taken in. The case is being written. */
INQ_MUST enum inq_status keeper_countersign(struct keeper *k, struct inq_error *err);

/* The logs, as they stand in the transaction, into `k->pulled`. */
INQ_MUST enum inq_status keeper_tell(struct keeper *k, struct inq_error *err);

/* The reading side. */
struct taker {
	const struct inq_case *c; /* what is known, in memory: its store is the other side's */
	const struct inq_record_known *known;
	struct inq_confined *parent; /* NULL: the keeper is in this process */
	struct keeper *keeper;
	struct inq_arena *a;
	struct taker_file {
		const char *name;
		struct inq_bytes bytes;
	} * files; /* heads: what is kept of them is what was proved */
	size_t file_count, file_room;
	struct inq_memory_sink batch; /* entries that were not handed over yet */
	struct inq_sink batch_sink;
	struct inq_arena *batch_arena;
	const char *batch_origin;
	uint64_t batch_first, batch_count;
	enum inq_status lost; /* the source failed, other than by not having a file */
	struct inq_error why;
	struct inq_error unsaid; /* why something could not be read that need not be */
	bool set_back; /* the bundle has more of the own log than the case */
	bool again; /* nothing is taken in: the case itself is what is read */
};

/* Reads the bundle, proves it and hands over what is to be kept. Fits inq_confined_work. */
enum inq_status taker_run(void *taker, struct inq_confined *parent, struct inq_error *err);

INQ_MUST enum inq_status taker_ask(struct taker *t, enum wire what, const struct inq_bytes *fields,
        size_t count, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/*
 * The two proofs that a log of the case was forked: one of the history that is
 * kept, one of that in the bundle, under heads signed by one key.
 *
 * INQ_UNRESOLVED  the bundle does not prove it
 */
INQ_MUST enum inq_status taker_fork(struct taker *t, uint32_t log, struct inq_arena *a,
        struct inq_vkey *ret_key, struct inq_bytes ret[2], struct inq_error *err);

/* A head's file, as it was read the first time. */
INQ_MUST enum inq_status taker_read(void *taker, const char *name, uint64_t most, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err);

#endif
