/*
 * The web view of a case: pages for people, made of the documents that the
 * commands write, over HTTP. Private to the project.
 *
 * One process with one thread answers. It opens no case and parses no
 * document: children run the commands, others in the sandbox turn what they
 * wrote into rows (rows.h), and pages are made of these. What takes long is a
 * job, a child that runs a command; what it enters is signed by the process
 * that holds the keys, as for every command (os/agent.h).
 *
 * Who may do what: whoever reaches the socket may read, with the token where
 * there is one, which there always is with `write`. Nothing is written to the
 * case, and nothing uploaded, unless `write`; and then only by forms of these
 * pages (their origin, and a secret that they carry). A browser names no file,
 * folder or address: those that it may choose from were named at the start.
 */
#ifndef SERVE_SERVE_H
#define SERVE_SERVE_H

#include "os/agent.h"
#include "os/task.h"

enum { SERVE_ORIGINS = 8, SERVE_SOURCES = 16, SERVE_UPLOAD_MOST = 1 << 30 };

struct serve_options {
	const char *address; /* of the case, for the commands */
	const char *label; /* how it is called in sentences */
	const struct inq_listener *listener;
	const char *origins[SERVE_ORIGINS]; /* "https://name" under which a proxy is reached; NULL: none */
	const char *token; /* whoever brings it is let in; NULL, which it is not with `write`: anybody is */
	/*
	 * A name of this run below localhost, which every browser takes for this
	 * machine (RFC 6761, 6.3): cookies are set there alone. Those of an address
	 * go to whoever listens at another port of it, too. NULL: there is none.
	 */
	const char *name;
	bool write;
	struct inq_agent *agent; /* with `write`: who signs */
	const char *party; /* and under what name */
	const char *
	        beside; /* a path that messages of private comparisons are written beside, of its name and more */
	bool begins; /* there is no case at `address` yet: a form opens it. Only with `write` */
	const char *corpus; /* that investigations search; NULL: none */
	const char *publish; /* the folder that is published to; NULL: none */
	const char *
	        known; /* the folder of the corpus's samples, which it is built from, too; NULL: not at hand */
	const char *const *common; /* the folders of library code that it is built from, ended by NULL */
	const char *const *sources; /* what may be pulled, ended by NULL */
	const char *const *pass_on; /* options for commands that examine, ended by NULL */
	const struct inq_child_limits *limits; /* of children that read documents */
	/*
	 * In a child: runs the command `argv`, ended by NULL, of this program, with
	 * results on standard output and talk on standard error; gives its exit code.
	 * `agent` signs; NULL: it cannot write. Progress goes to standard error as
	 * lines that begin with the byte 0x1e: "VERB DONE OF".
	 */
	int (*command)(void *context, char **argv, struct inq_agent *agent);
	void *context;
};

/* Serves until the process is ended by a signal. INQ_IO, INQ_NO_MEMORY: it could not begin, or go on. */
INQ_MUST enum inq_status serve_run(const struct serve_options *options, struct inq_error *err);

#endif
