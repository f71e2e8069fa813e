/*
 * Taking in what other parties wrote.
 *
 * A bundle is read in a process that can do nothing but ask (os/confined.h):
 * what is known of the case already is held against it, what it adds is proved
 * as a verifier proves it (record.h, to V2), and goes into the store as it
 * comes. Only when all of it holds is it countersigned and made durable, in one
 * transaction; else nothing of it ever was.
 *
 * Of a log that the case has, only what follows is read: its head, and the
 * tiles at its edge.
 *
 * Parties come in by consent: a bundle can bring logs of anybody's making beside
 * that of its party. The logs of parties that the case has are taken in, and of
 * others those that the caller names; the rest is left out, and told of. Who has
 * no other party yet takes in the one that comes alone, and who joins takes in
 * all of them, where they are not too many.
 *
 * A head that contradicts what was seen, both signed by one key, is proved
 * (proof.h): the proof is entered, and is all that changes. Of a log that was
 * proved forked nothing more is taken in.
 */
#ifndef INQUIRY_PULL_H
#define INQUIRY_PULL_H

#include <inquiry/case.h>

struct inq_child_limits;

enum { INQ_JOIN_MOST = 8 }; /* parties that come in unnamed when one joins */

/* A party that may come in. */
struct inq_pull_accept {
	const char *party;
	const struct inq_vkey *key; /* an entry or log key that must be its own; NULL: whichever it has */
};

struct inq_pull {
	/*
	 * The bundle. Its `read` is called in this process, which parses nothing of what it gives; its
	 * `list` is not called. INQ_IO ends the pull.
	 */
	struct inq_bundle_source source;
	const struct inq_pull_accept *accept;
	size_t accept_count;
	const struct inq_child_limits
	        *limits; /* of the process that reads it; NULL: it is read in this one */
	/* Now and then, with what has come so far. May be NULL. */
	void (*tick)(void *context, uint64_t entries, uint64_t objects);
	void *context;
};

/* How far another party's countersignature of a log goes, in this case. */
struct inq_pull_cosigner {
	const char *party;
	uint64_t size; /* of the largest head it cosigned; 0: none */
	uint64_t time; /* when, as it says */
};

struct inq_pull_log {
	const char *party;
	bool own;
	bool is_new; /* the case had not known of it */
	bool forked; /* an entry of the case, or of the bundle, proves it */
	uint64_t before, size; /* entries that the case had, and has now */
	uint64_t here; /* entries that the bundle has */
	bool countersigned; /* its head of `size`, by this pull */
	const struct inq_pull_cosigner *cosigners; /* every other party */
	size_t cosigner_count;
};

/* Why nothing was taken in: the first thing that does not hold. Strings are inert. */
struct inq_pull_refusal {
	enum inq_status status;
	const char *party; /* whose log, or NULL */
	uint64_t index, at; /* entry and byte, or INQ_NOWHERE */
	const char *file; /* or NULL */
	const char *what;
	uint64_t total; /* things that do not hold */
};

/* A log that was forked, as this bundle proves. */
struct inq_pull_fork {
	const char *party;
	struct inq_bytes proof; /* the file that shows it to anyone (proof.h) */
	struct inq_case_entered entry;
};

/* A party that the bundle brings and that was left out. Strings are inert. */
struct inq_pull_stranger {
	const char *party;
	const char *
	        key; /* its entry key as its charter, which is signed with it, says; NULL: that cannot be read */
	const char *named_by; /* parties whose entries name its log, "bob, carol"; "" */
};

struct inq_pulled {
	const struct inq_pull_log *logs; /* by party */
	size_t log_count;
	uint64_t entries, objects, cosignatures; /* that are new here; of others */
	uint64_t unreadable; /* among the entries: kept as they are */
	const struct inq_pull_stranger *strangers;
	size_t stranger_count;
	bool refused;
	struct inq_pull_refusal refusal;
	const struct inq_pull_fork *forks;
	size_t fork_count;
};

/*
 * Takes a bundle in. INQ_OK says that it was looked at: `ret` says what came
 * of it. All that `ret` names lives in `a`.
 *
 * INQ_UNREADABLE    no bundle is there
 * INQ_IO, INQ_TIMED_OUT, INQ_CRASHED, INQ_NO_MEMORY  it could not be read to its end; nothing was taken in
 * and what inq_case_begin gives
 */
INQ_MUST enum inq_status inq_case_pull(struct inq_case *c, const struct inq_case_writer *writer,
        const struct inq_pull *pull, struct inq_arena *a, struct inq_pulled *ret, struct inq_error *err);

/*
 * Makes the store of a party that joins the inquiry which the bundle holds,
 * takes the bundle in and enters the party's charter; the case's number is the
 * bundle's. Where `pull->accept_count` is 0 all its parties come in, at most
 * INQ_JOIN_MOST; else those named. Where `ret->refused`, there is no case: `*ret_case` is NULL.
 *
 * INQ_CONFLICT  there is something at `address`; or the party's name or one of its keys is taken
 */
INQ_MUST enum inq_status inq_case_join(const char *address, const struct inq_case_start *start,
        const struct inq_case_writer *writer, const struct inq_pull *pull, struct inq_arena *a,
        struct inq_case **ret_case, struct inq_case_entered *ret_charter, struct inq_pulled *ret,
        struct inq_error *err);

#endif
