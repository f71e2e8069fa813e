/* attribute: the report of a finding. */
#ifndef CLI_ATTRIBUTE_H
#define CLI_ATTRIBUTE_H

#include "cli/cli.h"

/*
 * Writes the report of `finding`, the document that attribute makes of the
 * files, to --report. False after an error, which was said.
 */
bool cli_attribute_report(struct cli *cli, struct inq_bytes finding, char **files, size_t count);

#endif
