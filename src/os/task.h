/*
 * A task: a child process that does a piece of this program's own work while
 * its parent goes on with something else, and what such a parent needs beside
 * it: files that have no name, a socket to listen at. Private to the project.
 *
 * The process that starts tasks must have one thread. Unlike the children of
 * os.h a task keeps the rights of its parent: what others wrote it gives to
 * such a child in its turn.
 */
#ifndef OS_TASK_H
#define OS_TASK_H

#include "os/os.h"
#include <sys/types.h>

enum { INQ_TASK_KEPT = 3 }; /* the descriptor that a task is given beside the usual three */

struct inq_task_work {
	int (*run)(void *context); /* in the child; what it returns is the exit code */
	void *context;
	int in; /* becomes its standard input; -1: there is nothing to read */
	int keep; /* becomes descriptor INQ_TASK_KEPT; -1: none */
};

struct inq_task {
	pid_t pid;
	int out, err; /* its standard output and error, not blocking; -1 where they have ended */
	int guard;
};

/* Starts one. It ends with this process, and on SIGTERM as a command does. INQ_IO */
INQ_MUST enum inq_status inq_task_start(
        const struct inq_task_work *work, struct inq_task *ret, struct inq_error *err);

/*
 * Reads what is there of `*fd`, one of the two above: `*got` bytes, 0 where
 * nothing is there now. At its end it is closed and becomes -1.
 */
void inq_task_read(int *fd, uint8_t *at, size_t len, size_t *got);

/* Whether it has ended; then with what exit code: 128 and the signal's number where one ended it. */
bool inq_task_ended(struct inq_task *t, int *ret_exit);

/* Asks it to end. */
void inq_task_cancel(struct inq_task *t);
/* Ends it at once, and what is left of it here. */
void inq_task_kill(struct inq_task *t);

/*
 * A file without a name, gone with its last descriptor, for its owner alone:
 * in $TMPDIR, else where what is large is put. INQ_IO
 */
INQ_MUST enum inq_status inq_scratch_open(int *ret_fd, struct inq_error *err);
bool inq_scratch_write(int fd, const void *at, size_t len);
/* Maps all of it, as inq_file_open does. INQ_IO */
INQ_MUST enum inq_status inq_scratch_map(int fd, struct inq_file *ret, struct inq_error *err);
void inq_scratch_close(int fd);
/* Makes it the standard output of this process, or ends that. */
bool inq_scratch_as_stdout(int fd);
/* A path by which this process and its children can open it again. */
enum { INQ_SCRATCH_PATH = 48 };
void inq_scratch_path(int fd, char ret[INQ_SCRATCH_PATH]);

/* A socket that listens at `where`: "8080", "ADDRESS:PORT" or "[ADDRESS]:PORT"; port 0 takes any. */
struct inq_listener {
	int fd;
	bool loopback; /* nobody but this machine reaches it */
	char host[64]; /* the address in numbers, an IPv6 one in brackets */
	unsigned port;
};

/*
 * INQ_BAD_ARGUMENT  `where` is no address
 * INQ_IO            nobody may listen there, or somebody does
 */
INQ_MUST enum inq_status inq_listener_open(
        const char *where, struct inq_listener *ret, struct inq_error *err);

/* Ends both directions of a connection; whoever has it open closes it. */
void inq_connection_cut(int fd);

/* Two connected sockets, of which the first does not block. INQ_IO */
INQ_MUST enum inq_status inq_socket_pair(int ret[2], struct inq_error *err);

#endif
