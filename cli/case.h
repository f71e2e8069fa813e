/*
 * What the commands on a case share: who signs, which case, what time it is,
 * and how what was entered is told.
 */
#ifndef CLI_CASE_H
#define CLI_CASE_H

#include "cli/cli.h"
#include "os/agent.h"
#include <inquiry/case.h>

/*
 * A process of its own that holds the secrets and signs; this one has only
 * their public half. To be opened before anything is read that others wrote.
 */
struct cli_signer {
	struct inq_agent agent;
	struct inq_case_writer writer;
};

/* The file of --key, else of $INQUIRY_KEY; NULL: neither is given. */
const char *cli_key_path(const struct cli *cli);

/* Opens it, asking for its passphrase where it has one. False after an error, which was said. */
bool cli_signer_open(struct cli *cli, struct cli_signer *ret);
/* The same with the key file `path`. */
bool cli_signer_open_file(struct cli *cli, const char *path, struct cli_signer *ret);
void cli_signer_close(struct cli_signer *s);

/* In the child: the passphrase of --passphrase-file, or as typed at the terminal; wiped by the caller. */
enum { CLI_PASSPHRASE_MOST = 1024 };
INQ_MUST enum inq_status cli_passphrase(struct cli *cli, const char *prompt, uint8_t at[CLI_PASSPHRASE_MOST],
        size_t *ret_len, struct inq_error *err);

/* Three vkeys as lines, and back. */
INQ_MUST enum inq_status cli_keys_read(
        struct inq_bytes lines, struct inq_party_keys *ret, struct inq_error *err);
void cli_keys_write(const struct inq_party_keys *keys, struct inq_sink *out);

/* --time, else $INQUIRY_TIME, else the clock. False where what is given is no time. */
bool cli_time(struct cli *cli, uint64_t *ret);

/* How a case is called in sentences: its path, or "the database", whose address may hold a password. */
const char *cli_case_label(const char *address);

/* Opens the case that the first operand names. False after an error, which was said. */
bool cli_case_open(struct cli *cli, bool write, struct inq_case **ret);

/* Says why a call on the case failed, and remembers the exit code. */
void cli_case_error(struct cli *cli, enum inq_status status, const struct inq_error *err);

/* The exit code for a status of a case. */
int cli_case_exit(enum inq_status status);

/* "2026-11-23 14:05:09" (UTC) */
enum { CLI_TIME_TEXT = INQ_TIME_TEXT };
void cli_time_text(uint64_t time, char ret[CLI_TIME_TEXT]);

/* The first 12 digits of a digest. */
enum { CLI_SHORT = 13 };
void cli_short(const struct inq_sha256 *digest, char ret[CLI_SHORT]);

/* What became of one thing that was to be entered. */
struct cli_entered {
	enum { CLI_ENTERED, CLI_KNOWN, CLI_REFUSED } outcome;
	const char *file; /* what it was called, or NULL */
	const struct inq_sha256 *subject; /* or NULL */
	struct inq_case_entered entry; /* that was made; of CLI_KNOWN the entry that was there */
	const char *note; /* what else is to be said, or NULL */
	enum inq_status status; /* of CLI_REFUSED */
	struct inq_error error;
};

/* The output of the commands that enter: a line for each, or the document inquiry.entered/1. */
struct cli_ledger {
	struct cli *cli;
	const struct inq_case *c;
	struct inq_json json;
	bool told_clock;
};
void cli_ledger_begin(struct cli_ledger *l, struct cli *cli, const struct inq_case *c);
void cli_ledger_put(struct cli_ledger *l, const struct cli_entered *e);
/* Everything told so far is out: it was committed. */
void cli_ledger_flush(struct cli_ledger *l);
void cli_ledger_end(struct cli_ledger *l);

/* Says it, once, where the clock is behind the entry that was made. */
void cli_ledger_clock(struct cli_ledger *l, uint64_t now, const struct inq_case_entered *e);

/* The verified record of a case or a bundle, for who shows it. */
INQ_MUST enum inq_status cli_record(const struct inq_bundle_source *source, unsigned level,
        uint64_t object_most, struct inq_arena *a, const struct inq_record_result **ret,
        struct inq_error *err);

/* The status of an entry in words; from `a`. */
const char *cli_status_words(
        const struct inq_record_result *record, const struct inq_record_entry *e, struct inq_arena *a);

#endif
