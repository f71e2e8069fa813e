/*
 * A file on its way to become an exhibit. It is read twice, to know its digest
 * and to keep it; one that was another file the second time is refused.
 */
#ifndef CLI_ADMISSION_H
#define CLI_ADMISSION_H

#include "cli/case.h"
#include "os/folder.h"

struct cli_admission {
	const char *path; /* as it is called in sentences */
	struct inq_bytes name; /* that it bears in its entry */
	uint64_t size;
	struct inq_sha256 digest;
	struct inq_pieces pieces;
	struct inq_file input; /* standard input, in memory */
	bool is_open, from_stdin;
};

/*
 * Opens a file, or standard input ("-"), and takes its digest. `name` lives in `a`.
 *
 * INQ_OVER_LIMIT  it is longer than an exhibit may be
 * INQ_CONFLICT    it changed while it was read
 */
INQ_MUST enum inq_status cli_admission_open(
        const char *path, struct inq_arena *a, struct cli_admission *ret, struct inq_error *err);
void cli_admission_close(struct cli_admission *x);

/* The last part of a path, as an exhibit may be called. */
struct inq_bytes cli_admission_name(const char *path, struct inq_arena *a);

/* Puts the file into the store, in a transaction of the case. INQ_CONFLICT  it is not what it was */
INQ_MUST enum inq_status cli_admission_keep(
        struct cli_admission *x, struct inq_store *store, struct inq_error *err);

/* The other parties of the case that --sealed-to names, each once. False after an error, which was said. */
struct cli_recipients {
	struct inq_bytes names[INQ_OPTIONS_MOST];
	size_t count;
};
bool cli_recipients_read(struct cli *cli, const struct inq_case *c, struct cli_recipients *ret);

/*
 * Seals it to parties of the case, puts the object that does into the store, and
 * gives its digest. As inq_case_seal.
 */
INQ_MUST enum inq_status cli_admission_seal(struct cli_admission *x, struct inq_case *c,
        const struct inq_bytes *recipients, size_t count, struct inq_sha256 *ret, struct inq_error *err);

#endif
