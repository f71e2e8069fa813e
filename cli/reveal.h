/*
 * Sealed exhibits whose results may be read by everybody. A result quotes what
 * it is about: names, strings, addresses. So none is entered for an exhibit
 * that not everybody can open unless the command line names that exhibit.
 */
#ifndef CLI_REVEAL_H
#define CLI_REVEAL_H

#include "cli/case.h"

#define CLI_REVEAL_OPTION                                                                                    \
	{                                                                                                    \
		CLI_REVEAL_RESULTS, "reveal-results", 0, "EXHIBIT", true,                                    \
		        "sealed exhibits whose results everybody may read; may be given again, or "          \
		        "with commas"                                                                        \
	}

enum { CLI_REVEALS_MOST = 256 };

struct cli_reveals {
	struct inq_sha256 exhibits[CLI_REVEALS_MOST];
	size_t count;
};

/* Reads --reveal-results: sealed exhibits that this party can open. False after an error, which was said. */
bool cli_reveals_read(struct cli *cli, struct inq_case *c, struct cli_reveals *ret);
bool cli_reveals(const struct cli_reveals *r, const struct inq_sha256 *exhibit);

#endif
