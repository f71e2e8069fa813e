/*
 * The shared functions of a page beside their counterparts: which ones a child
 * says, who reads the documents; then children align them, for as many of the
 * samples as are at hand.
 */
#ifndef CLI_ALIGNED_H
#define CLI_ALIGNED_H

#include "cli/page.h"

struct cli_aligned {
	struct cli_page *page;
	/* The bytes of the exhibit with that digest, or false. They live as long as the page. May be NULL. */
	bool (*exhibit)(void *context, const struct inq_sha256 *digest, struct inq_bytes *ret);
	void *context;
	const char *const *paths; /* files among which exhibits are, where `exhibit` is NULL */
	size_t path_count;
	const char *known; /* a folder with samples that the corpus was made of; NULL: there is none */
	size_t most; /* functions of each exhibit */
	struct inq_bytes lines; /* the documents that were made, one a line; set by cli_aligned_make */
};

enum { CLI_ALIGNED_MOST = 20 }; /* the default of `most` */

/* The value of --aligned, or the default. False after an error, which was said. */
bool cli_aligned_read(struct cli *cli, size_t *ret);

/* Makes them and adds them to the page. False after an error, which was said. */
bool cli_aligned_make(struct cli_aligned *a);

/* Adds to the page those that were made before, one a line. False after an error, which was said. */
bool cli_aligned_add(struct cli_page *p, struct inq_bytes lines);

/*
 * The report of a record. `before`: the alignments that were published with it;
 * NULL: they are made here, and stand in `*ret_lines` (which may be NULL), one a
 * line. False after an error, which was said.
 */
bool cli_report_make(struct cli *cli, const struct inq_bundle_source *source, const struct inq_bytes *before,
        struct inq_bytes *ret, struct inq_bytes *ret_lines);
/* The report of a published folder, with the alignments in it. False after an error, which was said. */
bool cli_report_again(struct cli *cli, const char *path, struct inq_bytes *ret);

#endif
