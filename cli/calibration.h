/* What attribute and corpus calibrate share: evidence from a child, and a corpus's calibration. */
#ifndef CLI_CALIBRATION_H
#define CLI_CALIBRATION_H

#include "cli/corpus.h"
#include <inquiry/finding.h>

/* In a child: writes evidence behind its length and its label. */
INQ_MUST enum inq_status cli_evidence_put(const struct inq_evidence *e, const char *label,
        struct inq_arena *a, struct inq_sink *out, struct inq_error *err);
/* In the parent: reads the next such, and moves `*body` behind it. */
INQ_MUST enum inq_status cli_evidence_take(struct inq_bytes *body, const struct inq_corpus *c,
        struct inq_arena *a, struct inq_evidence *ret, struct inq_error *err);

/*
 * The calibration of a corpus, into the arena of `cli`.
 *
 * INQ_NOT_FOUND  it has none
 * and what inq_calibration_read says
 */
INQ_MUST enum inq_status cli_calibration_read(
        struct cli *cli, const struct cli_corpus *c, struct inq_calibration *ret, struct inq_error *err);

#endif
