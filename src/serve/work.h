/*
 * Work: what children do for the pages. A command of this program is run, and
 * what it wrote is kept as it is, or as rows; one that was done for the same
 * key is not done again while it is kept. A job is work that somebody asked
 * for, and may watch and cancel.
 *
 * What is kept lies in files without names: it costs disk, no memory that the
 * machine could not take back, and is gone when this process is.
 */
#ifndef SERVE_WORK_H
#define SERVE_WORK_H

#include "serve/rows.h"
#include "serve/serve.h"
#include <inquiry/hash.h>
#include <poll.h>

enum {
	WORK_ARGUMENTS = 64,
	WORK_MOST = 1024, /* pieces of work that are known */
	WORK_AT_ONCE = 2, /* children that make rows, but for those of jobs */
	WORK_SAID = 16 << 10, /* bytes that are kept of what a command said, and of what it wrote as text */
	WORK_KEY = 200,
};
#define WORK_BYTES_MOST ((uint64_t)4 << 30) /* kept in all */
#define WORK_DOCUMENT_MOST ((uint64_t)512 << 20) /* of one */

/* Files that an argument may stand for: exhibits of the case, taken out of it, what it reads, and a text. */
enum recipe_file { RECIPE_EXHIBIT_A, RECIPE_EXHIBIT_B, RECIPE_IN, RECIPE_TEXT, RECIPE_FILES };

/* What is to be done. Strings live in the arena of the work. */
struct recipe {
	const char *argv[WORK_ARGUMENTS]; /* ended by NULL */
	const struct rows_plan *plan; /* NULL: the document as it is */
	const struct inq_sha256 *exhibits[2]; /* of the files above; NULL: none */
	int in; /* its standard input, closed when it ends; -1: none */
	const char *text; /* of the file above; NULL: none */
	bool signs;
};

enum work_state { WORK_WAITS, WORK_RUNS, WORK_DONE, WORK_FAILED };

struct work {
	struct work *next; /* the newest first */
	struct inq_arena *arena;
	char key[WORK_KEY]; /* "" of a job */
	struct recipe recipe;
	enum work_state state;
	bool wanted; /* somebody waits for it: before what is done in advance */
	uint64_t used; /* by the clock of os.h */
	uint64_t began, ended; /* in milliseconds of that clock */
	unsigned held; /* by responses that are being sent */

	struct inq_task task;
	struct inq_relay *relay; /* where it signs */
	int document; /* scratch */
	uint64_t written;
	bool too_long;
	char said[WORK_SAID]; /* on standard error, the latest */
	size_t said_len;
	int exit;
	struct inq_file file; /* what it wrote, once DONE */
	struct rows rows; /* with a plan */

	/* Of a job. */
	unsigned job; /* its number from 1; 0: it is none */
	const char *title;
	const char *back; /* where its result is to be seen, or NULL */
	uint64_t time; /* seconds since 1970 */
	bool quick, cancelled; /* quick: an entry that somebody waits for */
	bool opens; /* it begins the case */
	const char *message; /* where it writes what is to be sent on, or NULL */
	struct inq_file sent; /* that, once somebody has asked for it */
	char verb[32];
	uint64_t done, of; /* progress; of: 0 where nothing is known */
};

struct works {
	const struct serve_options *options;
	struct work *first;
	unsigned count, jobs;
	uint64_t bytes; /* kept */
	/* Called whenever one has ended, or a job has news. */
	void (*ended)(void *context, struct work *w);
	void *context;
};

/* That of the key, made or not; NULL: there is none. What failed some seconds ago is forgotten. */
struct work *work_find(struct works *all, const char *key);

/* One that is not yet to be done: its recipe is filled in, with strings of its arena, before work_go. NULL: no memory. */
struct work *work_new(struct works *all, const char *key);
void work_go(struct works *all, struct work *w);
/* The same for a job, which is given its number. */
void work_go_job(struct works *all, struct work *w, const char *title, const char *back);

struct work *work_job(struct works *all, unsigned number);
void work_cancel(struct works *all, struct work *w);

/* An argument more. */
void recipe_add(struct work *w, const char *argument);
void recipe_add_text(struct work *w, struct inq_bytes text);
/* One that is the path of a file. No text that somebody gives is taken for it. */
void recipe_add_file(struct work *w, enum recipe_file which);
/* Which of them the argument is; RECIPE_FILES: none. */
enum recipe_file recipe_file(const char *argument);

/* What is to be waited for: at most `most`. */
nfds_t works_polls(struct works *all, struct pollfd *polls, nfds_t most);
/* Whether a child has said its last and is about to end: nothing will wake who waits for that. */
bool works_ending(const struct works *all);
/* Takes in what came. */
void works_turn(struct works *all);
/* Starts what may start, and forgets what is too much. */
void works_start(struct works *all);

/* Ends all of it. */
void works_close(struct works *all);

#endif
