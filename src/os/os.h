/*
 * The operating system: files, child processes, the clock, the terminal. This
 * layer alone includes the <sys> headers, forks and maps; everything else sees bytes and
 * sinks. Private to the project.
 *
 * The process that forks children must have one thread.
 */
#ifndef OS_OS_H
#define OS_OS_H

#include <inquiry/text.h>

/*
 * A file's bytes, mapped read-only. They stay until inq_file_close. A file that
 * somebody shortens meanwhile ends the process that reads past its new end:
 * files under inquiry are therefore read in children.
 */
struct inq_file {
	struct inq_bytes bytes;
	void *map;
	size_t map_len;
};

/*
 * Maps the regular file `path`. An empty file has no bytes and is no failure.
 *
 * INQ_UNREADABLE  there is none, it is a directory or a device, or it may not be read
 */
INQ_MUST enum inq_status inq_file_open(const char *path, struct inq_file *ret, struct inq_error *err);

/*
 * Reads standard input to its end, at most `limit` bytes.
 *
 * INQ_OVER_LIMIT  there is more
 */
INQ_MUST enum inq_status inq_file_stdin(uint64_t limit, struct inq_file *ret, struct inq_error *err);

void inq_file_close(struct inq_file *f);

/*
 * Lets go of the memory that holds these bytes of an open file (the context),
 * which are read again from the disk when they are next asked for.
 */
void inq_file_forget(void *file, struct inq_bytes b);

/*
 * A file being written: under a temporary name in the directory of `path`
 * until it is committed, and only then, complete and on the disk, under its
 * own. A device or a pipe is written directly. After inq_os_guard a signal
 * that ends the program removes the temporary file.
 */
struct inq_output {
	char path[4096], temporary[4096]; /* temporary: "" where written directly */
	int fd, slot;
	int error; /* errno of the write that failed; 0: none did */
	uint64_t written; /* bytes */
};

INQ_MUST enum inq_status inq_output_open(const char *path, struct inq_output *ret, struct inq_error *err);

/* Lets nobody but its owner read or write the file; a device or a pipe stays as it is. Before anything is written. */
void inq_output_close_to_others(struct inq_output *o);

/* Writes at the current end; fits inq_sink_init with the output as `to`. */
bool inq_output_write(void *output, const void *at, size_t len);

/* Makes the file appear. After a failure, or a write that failed, the old file stays. Always ends the output. */
INQ_MUST enum inq_status inq_output_commit(struct inq_output *o, struct inq_error *err);

/* Drops what was written. */
void inq_output_abandon(struct inq_output *o);

/*
 * A file that only grows: what an interrupted run has done already, for the
 * next one to go on from. It is locked while open.
 */
struct inq_journal {
	int fd;
	struct inq_file before; /* what it held when it was opened */
};

/* Opens or makes the journal. INQ_IO where that cannot be, or another process has it open. */
INQ_MUST enum inq_status inq_journal_open(const char *path, struct inq_journal *ret, struct inq_error *err);

/* Cuts it to its first `len` bytes: what follows was half-written. `before` stays mapped up to there. */
INQ_MUST enum inq_status inq_journal_cut(struct inq_journal *j, uint64_t len, struct inq_error *err);

/* Writes at its end; fits inq_sink_init with the journal as `to`. */
bool inq_journal_write(void *journal, const void *at, size_t len);

/* Closes it; where `path` is not NULL, removes it as well: its work is done. */
void inq_journal_close(struct inq_journal *j, const char *path);

/* Writes to standard output; fits inq_sink_init with NULL as `to`. */
bool inq_stdout_write(void *unused, const void *at, size_t len);

/* Writes to standard error; fits inq_sink_init with NULL as `to`. */
bool inq_stderr_write(void *unused, const void *at, size_t len);

/* The regular files below a directory, by path in byte order. Paths begin with the directory's. */
struct inq_directory {
	const char **paths;
	size_t count;
	size_t unreadable; /* directories that could not be listed */
};

/*
 * Lists `path` and all below it. Links to files count as files, links to
 * directories are not followed.
 *
 * INQ_UNREADABLE  `path` is no directory that can be listed
 * INQ_OVER_LIMIT  more than 10 million files, or deeper than 64 levels
 */
INQ_MUST enum inq_status inq_directory_list(
        const char *path, struct inq_arena *a, struct inq_directory *ret, struct inq_error *err);

bool inq_file_exists(const char *path);
bool inq_file_is_directory(const char *path);

/* A digest of which file this is and when it last changed, without reading it. 0 where there is none. */
uint64_t inq_file_stamp(const char *path);

/*
 * Child processes, one for each input, each in a sandbox of its own: it may
 * allocate memory, look at the clock, write to its pipe and end. It opens no
 * file and no socket, starts no process and maps nothing executable. What it
 * must read, it opens first. Its bytes are taken as hostile: they are bounded
 * and belong to its own result alone.
 */
struct inq_child_limits {
	uint64_t memory; /* bytes of address space beyond what the parent has; 0: none */
	uint32_t cpu_seconds, wall_seconds; /* 0: none */
	uint64_t result; /* bytes taken from one child */
	bool sandbox; /* without it only the limits above hold */
};

struct inq_child_result {
	/*
	 * What `open` or `run` returned, else INQ_CRASHED, INQ_TIMED_OUT,
	 * INQ_NO_MEMORY or INQ_OVER_LIMIT for how it ended.
	 */
	enum inq_status status;
	struct inq_error error; /* its text is inert */
	struct inq_bytes body; /* all that `run` wrote, up to the point where it ended */
	bool whole; /* `run` returned: the body is all it had to say, whatever its status */
};

struct inq_child_work {
	void *context;
	/* In the child, before the sandbox closes. May be NULL. What it changes in memory, `run` sees. */
	enum inq_status (*open)(void *context, size_t index, struct inq_error *err);
	/* In the child. */
	enum inq_status (*run)(void *context, size_t index, struct inq_sink *out, struct inq_error *err);
	/* In the parent, once for each index in order. The body lives until it returns. False ends the rest. */
	bool (*take)(void *context, size_t index, const struct inq_child_result *result);
	/* In the parent, several times a second and whenever a child ends. May be NULL. */
	void (*tick)(void *context, size_t ended, size_t count);
	/* Set where the kernel did not grant the sandbox; inq_child_run then fails with INQ_IO. */
	bool sandbox_refused;
	/*
	 * In the parent: an open file for that child alone, which `open` finds as INQ_CHILD_FILE; -1: none. May be
	 * NULL. What is handed over so, and not in memory, no other child has: it inherits the memory of its
	 * parent, and no other file.
	 */
	int (*file)(void *context, size_t index);
};

enum { INQ_CHILD_FILE = 4 };

/*
 * Moves bytes out of memory that children inherit: into a file without a name, in memory of its own, that
 * nobody has mapped. Where they stood there are zeroes then. inq_scratch_map and inq_scratch_close of task.h.
 */
INQ_MUST enum inq_status inq_scratch_move(struct inq_bytes bytes, int *ret_fd, struct inq_error *err);

/*
 * Runs `count` children, at most `jobs` at a time. Results come in order
 * whatever the order in which children end. A child that crashes, hangs or
 * runs out of memory is a result like others.
 *
 * INQ_IO           no process or pipe to be had, or the sandbox was refused
 * INQ_INTERRUPTED  `take` said so
 */
INQ_MUST enum inq_status inq_child_run(struct inq_child_work *work, size_t count, unsigned jobs,
        const struct inq_child_limits *limits, struct inq_error *err);

/*
 * From here on SIGINT, SIGTERM, SIGHUP and SIGPIPE kill the children and remove
 * temporary files before they end the program in their usual way.
 */
void inq_os_guard(void);

/* Processors this process may use, at least 1. */
unsigned inq_os_cores(void);

/* Milliseconds on a clock that only goes forward. */
uint64_t inq_os_clock(void);

enum inq_stream { INQ_STREAM_IN, INQ_STREAM_OUT, INQ_STREAM_ERR };
bool inq_os_is_terminal(enum inq_stream stream);
/* Columns of the terminal, else of $COLUMNS, else 80; never below 40. */
unsigned inq_os_columns(enum inq_stream stream);

#endif
