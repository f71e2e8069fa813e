/* verify: what was found out about a record, and how it is told. */
#ifndef CLI_VERIFY_H
#define CLI_VERIFY_H

#include "cli/repeat.h"

enum { CLI_DIFFERENCES_MOST = 100 };

/* A result that came out otherwise by the same program. */
struct cli_difference {
	const struct inq_record_entry *entry;
	unsigned level; /* that it spoils: 4 of a conclusion, 3 of what it rests on */
	uint64_t at; /* the first byte */
};

/* What became of running the analysis again. */
struct cli_repeated {
	bool asked;
	uint64_t results, reproduced; /* entries with results of the analysis; those that came out the same */
	uint64_t difference_total;
	struct cli_difference differences[CLI_DIFFERENCES_MOST];
	struct inq_record_unchecked skipped[CLI_REASONS_MOST]; /* why others were not compared */
	size_t skipped_count;
	uint64_t conclusions, conclusions_same; /* the same of entries that weigh */
};

/* How the report beside a published record stands to it. */
enum cli_report_state {
	CLI_REPORT_NONE, /* there is none */
	CLI_REPORT_SAME, /* the very bytes that this program makes of the record */
	CLI_REPORT_DIFFERS,
	CLI_REPORT_OTHER_PROGRAM, /* another program, or version of it, made it: it cannot be compared */
	CLI_REPORT_NOT_LOOKED_AT, /* the record itself does not hold so far, or was not asked for so far */
};

/* An entry that seals an exhibit to the party whose key was given. */
struct cli_sealed {
	struct inq_sha256 exhibit;
	const struct inq_record_entry *entry;
};

struct cli_verified {
	struct cli *cli;
	const struct cli_signer *signer; /* who opens what is sealed to them; NULL: nobody */
	const struct inq_bundle_source *source;
	struct cli_sealed *sealed;
	size_t sealed_count, sealed_room;
	bool is_bundle;
	const struct inq_record_result *record;
	struct cli_repeated repeated;
	enum cli_report_state report;
	uint64_t report_at; /* of CLI_REPORT_DIFFERS: the first byte */
	int level; /* reached, with those that the analysis needs */
	int asked;
};

/* V3 and V4: runs the analysis again on exhibits that are open, or that `signer` can open. False after an error, which was said. */
bool cli_verify_repeat(
        struct cli_verified *v, const struct inq_bundle_source *source, const struct cli_analysis *analysis);

/* Whether the file is meant to prove a fork; and whether it does, as the result of the command. */
bool cli_fork_is(const char *path);
void cli_fork_verify(struct cli *cli, const struct inq_record_trust *trust);

void cli_verified_text(const struct cli_verified *v, struct inq_sink *out);
void cli_verified_json(const struct cli_verified *v, struct inq_sink *out);

#endif
