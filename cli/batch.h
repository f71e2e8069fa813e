/*
 * One command over many files: a child for each, the programs in it one by
 * one, results in the order of the operands, and a batch that goes on when
 * one of them fails.
 */
#ifndef CLI_BATCH_H
#define CLI_BATCH_H

#include "cli/sample.h"

/* An operand, or what was found in a folder that is one. */
struct cli_batch_file {
	const char *path;
	bool found;
};

struct cli_batch {
	struct cli *cli;
	const char *doing; /* for the line of progress: "examining" */
	const char *schema; /* of the JSON, "inquiry.examination/1" */
	const char *array; /* the member of the document that holds the results */
	bool headings; /* text: "# FILE" before each program where there are several */
	void *context;
	/* In the child, before the sandbox closes. May be NULL. */
	enum inq_status (*open)(void *context, struct inq_error *err);
	/* In the child: finds out all there is to say of one program; it lives in `a`. */
	enum inq_status (*find)(void *context, const struct inq_exhibit *x, struct inq_arena *a, void **ret,
	        struct inq_error *err);
	/* Says it: as text to `out`, or where `json` is not NULL as members of the object open in it. */
	void (*report)(void *context, const void *found, const char *label, struct inq_sink *out,
	        struct inq_json *json);

	/* Private to batch.c. */
	struct cli_batch_file *files;
	size_t file_count, file_capacity, passed_over;
	struct cli_sample *samples; /* of each file */
	struct inq_error *errors;
	enum inq_status *named;
	struct cli_progress progress;
	bool several, written;
	struct inq_json document;
	struct inq_memory_sink memory;
	struct inq_arena *scratch; /* with `inputs`: of one document */
	bool refused; /* with `inputs`: `take` wants no more */
};

/* Runs it over all operands; returns the exit code. */
int cli_batch_run(struct cli_batch *b);

/* "truncated", "unreadable", …: for the JSON */
const char *cli_status_name(enum inq_status status);

/*
 * One job in one child, for commands with a single result: `run` writes text or
 * a whole JSON document. `subject` begins the sentence of an error. Returns the
 * status of the child; errors are said.
 */
enum inq_status cli_child(struct cli *cli, const char *subject, void *context,
        enum inq_status (*open)(void *context, size_t index, struct inq_error *err),
        enum inq_status (*run)(void *context, size_t index, struct inq_sink *out, struct inq_error *err));

#endif
