/* pull and open --join: where a bundle is, and how what came of it is told. */
#ifndef CLI_PULL_H
#define CLI_PULL_H

#include "case/fetch.h"
#include "cli/case.h"
#include "cli/cli.h"
#include <inquiry/pull.h>

/* A bundle in a folder or at an http(s) address, and how it is read. */
struct cli_pull_from {
	struct cli *cli;
	struct inq_case_folder folder;
	struct inq_fetch fetch;
	struct inq_pull pull;
	struct inq_child_limits limits;
	uint64_t started, shown;
};

/*
 * Opens it, and reads whom --accept lets in. To be called before anything is read. False after an error,
 * which was said.
 */
bool cli_pull_open(struct cli *cli, const char *where, struct cli_pull_from *ret);
void cli_pull_close(struct cli_pull_from *b);

/* Says why nothing was taken in, and remembers the exit code. */
void cli_pull_refused(struct cli *cli, const char *where, const struct inq_pulled *p);

/* Says why it could not be looked at. */
void cli_pull_failed(struct cli *cli, const char *where, enum inq_status status, const struct inq_error *err);

/* Says who came in, and who was left out, with the command that lets them in. */
void cli_pull_parties(
        struct cli *cli, const char *where, const struct inq_case *c, const struct inq_pulled *p);

/* The result: a table or, where `j` is not NULL, the members of a document. */
void cli_pulled_text(struct cli *cli, const struct inq_pulled *p, struct inq_sink *out);
void cli_pulled_json(const struct inq_pulled *p, const char *const *files, struct inq_json *j);

#endif
