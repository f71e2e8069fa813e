/* A case as it is shown: its entries, and what the verified record makes of each. */
#ifndef CLI_VIEW_H
#define CLI_VIEW_H

#include "cli/bundle.h"

struct cli_view {
	struct cli *cli;
	struct inq_case *c; /* NULL: a bundle, of which there is the record alone */
	const struct inq_record_result *record;
};

/*
 * Opens the case that the first operand names and, where `verify`, verifies it
 * but for the bytes of objects; else `record` is NULL. False after an error,
 * which was said. Where the record does not hold that is said, and the exit
 * code 1.
 */
bool cli_view_open(struct cli *cli, bool verify, struct cli_view *ret);
void cli_view_close(struct cli_view *v);

/* What the record says of an entry, and the other way round; NULL where it is not there. */
const struct inq_record_entry *cli_view_record(const struct cli_view *v, const struct inq_case_entry *e);
const struct inq_case_entry *cli_view_case(const struct cli_view *v, const struct inq_record_entry *e);

/* "alice/3" for the entry with that digest, else the digest's first digits. */
void cli_view_name(const struct cli_view *v, const struct inq_sha256 *digest, char ret[INQ_CASE_NAME]);

/* What the entry is about, in a line; not inert; from `a`. */
const char *cli_view_subject(const struct cli_view *v, const struct inq_entry *e, struct inq_arena *a);

/* Everything about an entry but who rests on it, as members of the object open in `j`. `e` NULL: unreadable. */
void cli_view_json(const struct cli_view *v, const struct inq_case_entry *at, const struct inq_entry *e,
        struct inq_arena *a, struct inq_json *j);

/* The document inquiry.log/1: all entries, in the order of the record. */
void cli_log_document(const struct cli_view *v, struct cli_bundle *b, struct inq_sink *out);

/* The same for people. */
void cli_view_text(const struct cli_view *v, const struct inq_case_entry *at, const struct inq_entry *e,
        struct inq_arena *a, struct inq_sink *out);

/* The logs of a record, their heads and keys and who cosigned them, as the member "logs" of the object open in `j`. */
void cli_logs_json(const struct inq_record_result *record, struct inq_json *j);

/* The parties that countersigned a head of its log which covers the entry; bits by index into the record's logs. */
uint64_t cli_view_cosigners(const struct cli_view *v, const struct inq_record_entry *r);

/* "INDEX" of parties by the bits of a set, as names with commas. */
void cli_view_parties(const struct cli_view *v, uint64_t set, struct inq_sink *out);

#endif
