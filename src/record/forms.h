/*
 * The forms of entries: for each type its predicate, its action and the fields
 * of its body, in the order in which they are written. Reader and writer both
 * follow this table, and so do the tests that tamper with every field.
 */
#ifndef RECORD_FORMS_H
#define RECORD_FORMS_H

#include <inquiry/entry.h>

enum inq_field_kind {
	FIELD_LABEL, /* a string of 1 to INQ_LABEL_MOST bytes */
	FIELD_LABEL_OR_NULL,
	FIELD_TEXT, /* a string of 1 to INQ_TEXT_MOST bytes */
	FIELD_TEXT_OR_NULL,
	FIELD_WORD, /* 1 to 32 of a-z and "-" */
	FIELD_NUMBER, /* 0 to 2^53 - 1 */
	FIELD_DIFFERENCE, /* a number for the outcome "differs", else null */
	FIELD_DIGEST, /* 64 hexadecimal digits */
	FIELD_DIGEST_OR_NULL,
	FIELD_CITES, /* digests, none twice */
	FIELD_GROUNDS, /* the same, at least one */
	FIELD_OPTIONS, /* labels */
	FIELD_RECIPIENTS, /* names of parties, at least one */
	FIELD_PARTY, /* the name of another party */
	FIELD_VKEY,
	FIELD_SIGNATURE, /* 64 bytes in base64 */
	FIELD_ROLE,
	FIELD_REASON, /* of a dispute */
	FIELD_OUTCOME, /* of a rerun */
};

struct inq_field {
	const char *name;
	enum inq_field_kind kind;
	size_t at; /* in struct inq_entry */
};

enum inq_subjects { SUBJECT_CASE, SUBJECT_EXHIBIT, SUBJECT_EXHIBITS, SUBJECT_ANY };

struct inq_form {
	const char *name; /* for people */
	const char *predicate; /* after INQ_PREDICATE_PREFIX */
	const char *action; /* or NULL: the predicate has but one form */
	enum inq_subjects subjects;
	const struct inq_field *fields;
	size_t field_count;
};

extern const struct inq_form inq_forms[INQ_ENTRY_TYPES];

/* Reads the statement of an entry; see inq_entry_read. */
INQ_MUST enum inq_status inq_statement_read(
        struct inq_bytes payload, struct inq_arena *a, struct inq_entry *ret, struct inq_error *err);

/* What the subject of an entry about the whole case is: SHA-256 of the case's name. */
void inq_case_digest(struct inq_bytes case_id, struct inq_sha256 *ret);

#endif
