/* A report out of documents: gathered here, made in a child, for documents are others' bytes. */
#ifndef CLI_PAGE_H
#define CLI_PAGE_H

#include "cli/bundle.h"
#include <inquiry/page.h>

struct cli_page_document {
	struct inq_bytes bytes;
	const char *entry; /* whose result it is; NULL: of none */
};

struct cli_page {
	struct cli *cli;
	struct inq_arena *a; /* for as long as the page */
	const char *command; /* the call that made them, where there is no record; or NULL */
	struct cli_page_document *documents;
	size_t count, capacity;
	uint64_t bytes;
	uint64_t left_out; /* documents beyond the limits */
};

/* Adds a document, or counts it as left out. False: no memory, which was said. */
bool cli_page_add(struct cli_page *p, struct inq_bytes bytes, const char *entry);

/*
 * Gathers what a record has: its log, what verifying it gives, and the results
 * of the entries that hold, in the order of the record. False after an error,
 * which was said.
 */
bool cli_page_record(struct cli_page *p, const struct inq_bundle_source *source);

/* In a child, before the sandbox closes; `context` is not looked at. */
INQ_MUST enum inq_status cli_page_open(void *context, size_t index, struct inq_error *err);
/* In a child: the documents, read. */
INQ_MUST enum inq_status cli_page_fill(
        const struct cli_page *p, struct inq_arena *a, struct inq_page *ret, struct inq_error *err);

/* The report; from the page's arena. False after an error, which was said. */
bool cli_page_report(struct cli_page *p, struct inq_bytes *ret);

#endif
