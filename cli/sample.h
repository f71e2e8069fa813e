/*
 * A program named on the command line, read in a child: FILE, - for standard
 * input, or ARCHIVE!MEMBER.
 */
#ifndef CLI_SAMPLE_H
#define CLI_SAMPLE_H

#include "cli/cli.h"
#include <inquiry/code.h>
#include <inquiry/fingerprint.h>
#include <inquiry/member.h>

struct cli_sample {
	const char *operand; /* as it was given */
	const char *path; /* of the file itself */
	const char *member; /* the one asked for; NULL: all */
	struct inq_file file;
	bool is_passed; /* its bytes are those of INQ_CHILD_FILE */
	struct inq_member_list members; /* after cli_sample_read */
};

/*
 * In the parent: says what `operand` means, and reads standard input where it
 * is -. Borrowed from the operand and the arena of `cli`.
 */
INQ_MUST enum inq_status cli_sample_name(
        struct cli *cli, const char *operand, struct cli_sample *ret, struct inq_error *err);

/* In the child, before the sandbox closes. */
INQ_MUST enum inq_status cli_sample_open(struct cli_sample *s, struct inq_error *err);

/* In the child: its members. Where one was asked for, that alone. */
INQ_MUST enum inq_status cli_sample_members(struct cli_sample *s, struct inq_arena *a, struct inq_error *err);

/* "FILE" or "FILE!MEMBER" */
const char *cli_sample_label(const struct cli_sample *s, const struct inq_member *m, struct inq_arena *a);

/* Reads one member as a program, or as bare code where --raw says so. */
INQ_MUST enum inq_status cli_sample_exhibit(const struct cli *cli, const struct inq_member *m,
        struct inq_arena *a, struct inq_exhibit *ret, struct inq_error *err);

/*
 * The only program of the sample, for commands that take one. Members that
 * are no programs do not count.
 */
INQ_MUST enum inq_status cli_sample_only(const struct cli *cli, struct cli_sample *s, struct inq_arena *a,
        struct inq_exhibit *ret, struct inq_error *err);

/* Recovers the code of `x`, fingerprints it under `name`, and says whether it looks packed. */
INQ_MUST enum inq_status cli_sample_program(const struct inq_exhibit *x, const char *name,
        struct inq_arena *a, struct inq_code *ret_code, struct inq_program *ret, struct inq_error *err);

/* The fingerprint of one member under `name`, behind its length in eight bytes, little-endian. */
INQ_MUST enum inq_status cli_sample_put(const struct cli *cli, const struct inq_member *m, const char *name,
        struct inq_arena *a, struct inq_sink *out, struct inq_error *err);

/* What a child may take for its arenas: the rest is for libraries and the file. */
size_t cli_arena_limit(const struct cli *cli);

#endif
