/*
 * The documents that an export or a page is made of: files written with --json,
 * or all that a case or a published folder holds, the log first. A case and the
 * folder published of it give the same bytes.
 */
#ifndef CLI_DOCUMENTS_H
#define CLI_DOCUMENTS_H

#include "cli/cli.h"

struct cli_documents {
	struct inq_bytes *at;
	const char **names; /* for sentences: the file, or what the entry is called */
	size_t count;
	/* Private to documents.c. */
	const char **paths; /* of those that are files: opened in the child */
	size_t room;
	uint64_t bytes;
};

/*
 * In the parent: the documents of `count` operands, each a file, - for standard input, a
 * case or a published folder. Files are not read yet. False after an error, which was said.
 */
bool cli_documents_gather(struct cli *cli, char **operands, size_t count, struct cli_documents *ret);

/* In the child, before the sandbox closes: opens those that are files. */
INQ_MUST enum inq_status cli_documents_open(struct cli_documents *d, struct inq_error *err);

#endif
