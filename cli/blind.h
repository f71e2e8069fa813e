/* What the commands of the private comparison share. */
#ifndef CLI_BLIND_H
#define CLI_BLIND_H

#include "cli/case.h"
#include <inquiry/blind.h>

enum { CLI_BLIND_ENTRIES = 2 }; /* that one command makes, at most */

struct cli_blind {
	struct cli *cli;
	struct cli_signer signer;
	struct inq_case *c;
	struct inq_blind_session s;
	const char *file; /* of the session */
	struct inq_case_entered entered[CLI_BLIND_ENTRIES];
	size_t entered_count;
	const char *sent; /* the message that was written, or NULL */
	uint64_t sent_bytes;
	struct inq_sha256 sent_digest;
};

/* Opens key and case. False after an error, which was said. */
bool cli_blind_open(struct cli *cli, struct cli_blind *ret);
void cli_blind_close(struct cli_blind *b);

/* Says why, and remembers the exit code. Always false. */
bool cli_blind_fail(
        struct cli_blind *b, const char *where, enum inq_status status, const struct inq_error *err);

/* Reads the message that the second operand names, and takes in and countersigns the logs in it. */
bool cli_blind_message(struct cli_blind *b, struct inq_blind_message *ret);

/* The commitment that a message names, out of its sender's log, where its proof holds for it. */
bool cli_blind_commitment(struct cli_blind *b, const struct inq_blind_message *m, struct inq_entry *ret);

/* Enters `e`, unless `*ret` says that it is there already, and keeps what was made for cli_blind_tell. */
bool cli_blind_enter(struct cli_blind *b, const struct inq_entry *e, struct inq_sha256 *ret_digest);

/* The own entry of that type about the own commitment, or NULL. */
const struct inq_case_entry *cli_blind_done(const struct cli_blind *b, enum inq_entry_type type);

/* Writes the next message, then the session. */
bool cli_blind_send(struct cli_blind *b);
bool cli_blind_keep(struct cli_blind *b);

/* The session file for a session: beside the key. */
const char *cli_blind_file(struct cli *cli, const struct inq_sha256 *session);

/* What was done, as text or JSON, and what comes next. */
void cli_blind_tell(struct cli_blind *b);

/*
 * The elements that the command line names: --indicators, and programs from
 * operand `first` on, each read in a child. Kinds outside of `allowed` are left
 * out. False after an error, which was said.
 */
struct cli_elements {
	struct inq_blind_set set;
	uint32_t kinds; /* that are in the set */
	struct inq_digest_or_none excluded;
	uint64_t left_out; /* of other kinds, or common functions */
};
bool cli_elements(struct cli *cli, size_t first, uint32_t allowed, struct cli_elements *ret);

#endif
