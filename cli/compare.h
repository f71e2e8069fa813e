/* Two programs side by side, in a child. */
#ifndef CLI_COMPARE_H
#define CLI_COMPARE_H

#include "cli/sample.h"

/* One program, and its fingerprints where they were asked for. */
struct cli_side {
	struct inq_exhibit exhibit;
	struct inq_code code;
	struct inq_program program;
	const char *label;
};

/* Fingerprints take most of the time, and only pairing needs them: with a function named on either side none are. */
INQ_MUST enum inq_status cli_side_read(const struct cli *cli, struct cli_sample *sample, bool fingerprints,
        struct inq_arena *a, struct cli_side *ret, struct inq_error *err);

/* The functions that "A,B" or "A" names, line by line: as text, or as the document inquiry.alignment/1. */
INQ_MUST enum inq_status cli_align(const struct cli_side sides[2], const char *functions,
        const struct cli *cli, bool pretty, struct inq_arena *a, struct inq_sink *out, struct inq_error *err);

#endif
