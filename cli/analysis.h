/*
 * The analysis as a case enters it, and as a verifier repeats it: the commands
 * `examine`, `search` and `attribute`, given an exhibit as their standard input
 * and asked for --json. What is entered is, byte for byte, what they would print.
 */
#ifndef CLI_ANALYSIS_H
#define CLI_ANALYSIS_H

#include "cli/case.h"

enum cli_kind { CLI_KIND_EXAMINE, CLI_KIND_SEARCH, CLI_KIND_ATTRIBUTE, CLI_KINDS };

/* Words of a call, as an entry has them; days of publication in it, all in all within the entry's limit. */
enum { CLI_ANALYSIS_OPTIONS = INQ_OPTIONS_MOST, CLI_PUBLICATIONS_MOST = 24 };

/* This program, and the corpus that it works with. */
struct cli_analysis {
	struct cli *cli;
	struct inq_sha256 program; /* of the executable itself */
	const char *corpus_path; /* NULL: there is none */
	struct inq_digest_or_none corpus;
};

/*
 * Takes the digests of this program and of --corpus, which is proved to be
 * what its own digest says. False after an error, which was said.
 */
bool cli_analysis_init(struct cli *cli, struct cli_analysis *ret);

bool cli_kind_read(struct inq_bytes name, enum cli_kind *ret);
const char *cli_kind_name(enum cli_kind kind);
const char *cli_kind_schema(enum cli_kind kind);
bool cli_kind_needs_corpus(enum cli_kind kind);
/* INQ_ENTRY_EXAMINATION, or INQ_ENTRY_CONCLUSION of what weighs. */
enum inq_entry_type cli_kind_entry(enum cli_kind kind);

/* How it is called: what the options of an entry say, and nothing else. */
struct cli_call {
	enum cli_kind kind;
	const char *corpus_label; /* how results name the corpus; NULL where there is none */
	uint64_t memory_mib, seconds; /* 0: the defaults */
	const char *date; /* attribute's --date and --published; NULL where not given */
	const char *publications[CLI_PUBLICATIONS_MOST];
	size_t publication_count;
};

/* The call that this command line asks for; what cli_analysis_init has checked. */
struct cli_call cli_call_here(const struct cli_analysis *a, enum cli_kind kind);
bool cli_call_same(const struct cli_call *l, const struct cli_call *r);

/* The options as an entry has them; `ret` has room for CLI_ANALYSIS_OPTIONS. NULL strings live in `arena`. */
size_t cli_call_options(const struct cli_call *call, struct inq_arena *arena, struct inq_bytes *ret);

/* Reads the options of somebody's entry. False where they are not those of such a call. */
bool cli_call_read(const struct inq_entry *e, struct inq_arena *arena, struct cli_call *ret);

/* Fills in what an entry says of what made its result: kind, program, digests, options, schema. */
bool cli_analysis_entry(const struct cli_analysis *a, const struct cli_call *call, struct inq_arena *arena,
        struct inq_entry *e);

/*
 * Runs it on each of `count` exhibits, files of inq_scratch_move, each in a process that
 * has none of the others', in the sandbox; `take` as in struct
 * cli_inputs. False after an error that is not of one exhibit, which was said.
 */
bool cli_analysis_run(const struct cli_analysis *a, const struct cli_call *call, const int *files,
        size_t count,
        bool (*take)(void *context, size_t index, struct inq_bytes document, const char *said, int exit),
        void *context);

#endif
