/*
 * The command line: what was asked, where the answer goes, how to talk.
 * Results go to the output, everything else to standard error.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "os/os.h"
#include <inquiry/exhibit.h>
#include <inquiry/report.h>

#define CLI_PROGRAM "inquiry " INQ_VERSION

/* What every command documents and scripts rely on. */
enum cli_exit {
	CLI_DONE = 0,
	CLI_CHECK_FAILED = 1,
	CLI_USAGE = 2,
	CLI_UNREADABLE = 3,
	CLI_PARTIAL = 4,
	CLI_NO_SANDBOX = 5,
	CLI_FORKED = 6,
};

/* Every option there is; a command's table says which it takes. */
enum cli_option_id {
	CLI_HELP,
	CLI_VERSION,
	CLI_QUIET,
	CLI_VERBOSE,
	CLI_OUTPUT,
	CLI_JOBS,
	CLI_COLOUR,
	CLI_JSON,
	CLI_JSONL,
	CLI_NO_SANDBOX_OPTION,
	CLI_TIMEOUT,
	CLI_MEMORY,
	CLI_FUNCTIONS,
	CLI_STRINGS,
	CLI_ALL,
	CLI_RAW,
	CLI_COMMON,
	CLI_PUBLISHED,
	CLI_CORPUS,
	CLI_FUNCTION,
	CLI_TOP,
	CLI_CONTENT_ONLY,
	CLI_PARTY,
	CLI_KEY,
	CLI_KEY_FILE,
	CLI_VKEY,
	CLI_PASSPHRASE_FILE,
	CLI_NO_PASSPHRASE,
	CLI_TIME,
	CLI_TITLE,
	CLI_TEXT_OPTION,
	CLI_ID,
	CLI_NOTE,
	CLI_SOURCE,
	CLI_WITHHELD,
	CLI_SEALED_TO,
	CLI_REVEAL_RESULTS,
	CLI_PRIVATE,
	CLI_FOR_EVERYBODY,
	CLI_CITES,
	CLI_EVIDENCE,
	CLI_FILE,
	CLI_STATEMENT,
	CLI_REASON,
	CLI_POLICY,
	CLI_LEVEL,
	CLI_RECOMPUTE,
	CLI_AGAIN,
	CLI_RESULT,
	CLI_PROOF,
	CLI_ENVELOPE,
	CLI_DATE,
	CLI_PRIOR,
	CLI_WITHOUT,
	CLI_FOLDS,
	CLI_TRIALS,
	CLI_SVG,
	CLI_REPORT,
	CLI_KNOWN_FILES,
	CLI_ALIGNED,
	CLI_LABEL,
	CLI_FAMILIES,
	CLI_LIBRARIES,
	CLI_DEFANG,
	CLI_JOIN,
	CLI_ACCEPT,
	CLI_FORK_FILE,
	CLI_TLP,
	CLI_NAME,
	CLI_LISTEN,
	CLI_ORIGIN,
	CLI_TOKEN_FILE,
	CLI_WRITE,
	CLI_PUBLISH,
	CLI_WITH,
	CLI_INDICATORS,
	CLI_KINDS_OPTION,
	CLI_LIMIT,
	CLI_IPV4,
	CLI_MESSAGE,
	CLI_FROM,
	CLI_OPTION_COUNT,
};

struct cli_option {
	enum cli_option_id id;
	const char *name;
	char letter; /* 0: none */
	const char *value; /* what stands for its value in the help; NULL: it takes none */
	bool repeats; /* else giving it twice is refused */
	const char *help;
};

struct cli;

struct cli_command {
	const char *name; /* "examine", "corpus build" */
	const char *operands;
	const char *words; /* what the first operand may be, with blanks between; NULL: anything */
	const char *summary;
	const char *about; /* a paragraph for its help */
	const char *examples[6]; /* command and what it does, in pairs */
	const struct cli_option *options; /* its own, ended by an empty name */
	unsigned common; /* which of the options all commands share it takes: CLI_TAKES_… */
	size_t operands_least, operands_most;
	int (*run)(struct cli *cli);
};

enum {
	CLI_TAKES_OUTPUT = 1, /* -o, --json */
	CLI_TAKES_JSONL = 2,
	CLI_TAKES_CHILDREN = 4, /* --timeout, --memory, --no-sandbox */
	CLI_TAKES_JOBS = 8, /* -j */
	CLI_TAKES_JSON = 32, /* --json alone */
	CLI_TAKES_FILE = 64, /* -o alone */
	CLI_TAKES_KEY = 16, /* --key, --passphrase-file, --time: commands that write to a case */
};

enum cli_form { CLI_TEXT, CLI_FORM_JSON, CLI_FORM_JSONL };

/* A value given for an option that repeats, in the order given. */
struct cli_given {
	enum cli_option_id id;
	const char *value;
};

/*
 * What a command over files is given by another one in place of its operands:
 * files without a name, each for the child alone that reads it. It then makes a whole document for each of
 * them, the same as if that alone had been its standard input, and says
 * nothing itself.
 */
struct cli_inputs {
	const int *files;
	size_t count;
	const char *corpus_label; /* stands for the corpus's path in what is written */
	/*
	 * In order, each once: the document, the first thing that was said of it ("":
	 * nothing), and the exit code that it alone would have had. False ends the rest.
	 */
	bool (*take)(void *context, size_t index, struct inq_bytes document, const char *said, int exit);
	void *context;
	size_t taken; /* how many of them were */
};

struct cli_signer;
struct cli {
	const struct cli_command *command;
	char *program; /* by which it was called */
	struct inq_arena *arena; /* for as long as the program runs */
	bool set[CLI_OPTION_COUNT];
	const char *value[CLI_OPTION_COUNT]; /* the last one given */
	struct cli_given *given;
	size_t given_count;
	char **operands;
	size_t operand_count;

	enum cli_form form;
	unsigned jobs;
	unsigned verbosity; /* 0 quiet, 1 usual, 2 verbose */
	struct inq_child_limits limits;
	struct inq_report_style style;
	struct inq_sink out;
	struct inq_output file; /* where -o was given */
	int exit; /* the gravest so far */
	struct cli_inputs *inputs; /* NULL: the operands */
	char said[512]; /* with `inputs`: the first error, inert */
	const struct cli_signer
	        *signer; /* opened already, for commands that sign; NULL: --key names the key */
	bool progress_lines; /* progress goes to standard error as lines for a program (src/serve/serve.h) */
};

extern const struct cli_command cli_attribute, cli_corpus_calibrate, cli_examine, cli_compare,
        cli_corpus_build, cli_corpus_add, cli_corpus_merge, cli_corpus_info, cli_corpus_check, cli_search,
        cli_key_new, cli_key_show, cli_key_rotate, cli_key_revoke, cli_open, cli_admit, cli_investigate,
        cli_rerun, cli_unseal, cli_claim, cli_support, cli_dispute, cli_withdraw, cli_log, cli_show,
        cli_publish, cli_report, cli_serve, cli_pull, cli_blind_offer, cli_blind_answer,
        cli_blind_open_message, cli_blind_result, cli_verify, cli_export, cli_completion;

/* All commands, ended by NULL. */
extern const struct cli_command *const cli_commands[];

/* The options that `common` gives a command, ended by an empty name. */
const struct cli_option *cli_common_options(void);
bool cli_takes(const struct cli_command *command, const struct cli_option *common);

/* Finds the command that the arguments name and runs it, or says why not; gives the exit code. */
int cli_main(struct cli *cli, int argc, char **argv);

/*
 * Reads the arguments behind the command's name into `cli`. Returns -1 where
 * the command is to be run, else the exit code with which to end.
 */
int cli_parse(struct cli *cli, int argc, char **argv);

void cli_help(const struct cli_command *command, struct inq_sink *out);
void cli_help_all(struct inq_sink *out);

/* The name in `names` nearest to `wrong`, or NULL where none is near. */
const char *cli_nearest(const char *wrong, const char *const *names, size_t count);

/* "inquiry: …" on standard error, with what samples wrote made inert. Errors are said even when quiet. */
void cli_error(struct cli *cli, int exit, const char *fmt, ...) INQ_PRINTF(3, 4);
void cli_note(struct cli *cli, const char *fmt, ...) INQ_PRINTF(2, 3); /* unless quiet */
void cli_verbose(struct cli *cli, const char *fmt, ...) INQ_PRINTF(2, 3); /* with -v */

/* "1 file", "1,234 files"; from the arena of `cli`. */
const char *cli_count(struct cli *cli, uint64_t count, const char *one, const char *many);

/* The exit code that a status stands for: where memory ended, the limit was hit that --memory sets. */
int cli_status_exit(enum inq_status status);

/* Remembers the gravest of the exit codes. */
void cli_exit_with(struct cli *cli, int exit);

/* An unsigned number, decimal or 0x…; false where `text` is anything else. */
bool cli_number(const char *text, uint64_t *ret);
/* "2014-04-07" as 20140407; false where it is no day. */
bool cli_day(const char *text, uint32_t *ret);
bool cli_raw(const char *text, enum inq_arch *ret_arch, bool *ret_big, uint64_t *ret_va);

/*
 * A line of progress on a terminal, from two seconds on. Steps are counted in
 * files; the estimate assumes that the rest goes as those before.
 */
struct cli_progress {
	struct cli *cli;
	const char *verb;
	uint64_t started, shown;
	bool visible;
};
void cli_progress_init(struct cli_progress *p, struct cli *cli, const char *verb);
void cli_progress_show(struct cli_progress *p, size_t done, size_t count);
void cli_progress_share(struct cli_progress *p, unsigned thousandths);
void cli_progress_end(struct cli_progress *p);

/*
 * Whether a child's body is what it should be, whoever may have broken into
 * the child: text without control bytes (colour aside), or whole JSON values.
 */
bool cli_body_is_text(struct inq_bytes body, bool colour);
bool cli_body_is_json(struct inq_bytes body);

#endif
