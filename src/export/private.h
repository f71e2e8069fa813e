/*
 * What the formats share: the documents as they come by, what the log says of
 * them, and text made inert.
 */
#ifndef EXPORT_PRIVATE_H
#define EXPORT_PRIVATE_H

#include <inquiry/export.h>
#include <inquiry/hash.h>
#include <inquiry/json.h>

enum document_kind {
	DOCUMENT_EXAMINATION,
	DOCUMENT_SEARCH,
	DOCUMENT_ATTRIBUTION,
	DOCUMENT_LOG,
	DOCUMENT_KINDS,
};

/* A row of an index: a key out of the log, and the entry that it leads to. */
struct log_row {
	struct inq_bytes key;
	const struct inq_json_value *entry;
};

struct log_index {
	struct log_row *rows; /* by key; of equal keys the earlier entry first */
	size_t count;
};

struct export
{
	const struct inq_export_choice *choice;
	struct inq_bytes *documents; /* each line of JSON lines is one */
	size_t *given_as; /* which of those that were given it is of */
	enum document_kind *kinds;
	size_t count;
	struct inq_arena *a; /* for as long as the export takes */
	struct inq_sink *out;
	const struct inq_json_value *log; /* the document, or NULL */
	uint64_t latest; /* the latest time of its entries */
	struct log_index exhibits, results,
	        names; /* by SHA-256 of the exhibit, of the result, by PARTY/INDEX */
	uint64_t left_out; /* beyond a limit */
	enum inq_status
	        unread; /* of the first document that was passed over, `unread_at`; INQ_OK: none was */
	size_t unread_at;
	struct inq_error unread_why;
};

/* One result out of a document: an exhibit, a search, or a whole attribution. */
struct result {
	enum document_kind kind;
	const struct inq_json_value *value;
	const struct inq_json_value *document;
	const struct inq_json_value *entry; /* of the log, that entered it; or NULL */
	struct inq_arena *a; /* for as long as the document is open */
};

/*
 * Calls `take` for each result of the documents of `kinds` (bits), in order,
 * until it fails; errors in place of results are passed over.
 */
INQ_MUST enum inq_status results_each(struct export *x, unsigned kinds,
        enum inq_status (*take)(void *context, const struct result *r, struct inq_error *err), void *context,
        size_t *ret_document, struct inq_error *err);

/* Members by key. What is absent, or of another kind, is empty, 0, false, NULL. */
struct inq_bytes doc_text(const struct inq_json_value *object, const char *key);
int64_t doc_number(const struct inq_json_value *object, const char *key);
bool doc_truth(const struct inq_json_value *object, const char *key);
bool doc_va(const struct inq_json_value *object, const char *key, uint64_t *ret);
/* The first value of the array of that key. */
const struct inq_json_value *doc_list(const struct inq_json_value *object, const char *key);
/* 64 digits, or empty. */
struct inq_bytes doc_digest(const struct inq_json_value *object, const char *key);

bool doc_same(struct inq_bytes l, struct inq_bytes r);
/* An index is filled row by row, where it has room, sorted, and then searched. Empty keys are passed over. */
void log_row_add(struct log_index *index, struct inq_bytes key, const struct inq_json_value *entry);
void log_index_sort(struct log_index *index);
const struct inq_json_value *doc_log_find(const struct log_index *index, struct inq_bytes key);

/*
 * `b` inert (inq_put_inert), at most INQ_EXPORT_TEXT_MOST bytes of it; of what is
 * longer, how long it is. Lives in `a`; "(no memory)" where that is short.
 */
struct inq_bytes doc_shown(struct inq_bytes b, struct inq_arena *a);

/* What the exhibit of a result is called: by its analysis, else by the log, else nothing. Not inert. */
struct inq_bytes doc_exhibit_name(const struct export *x, const struct result *r);

/* "0.870" */
enum { DOC_MILLI = 32 };
void doc_milli(int64_t thousandths, char ret[DOC_MILLI]);

/* A network indicator in a string of a sample. */
enum indicator_kind {
	INDICATOR_URL,
	INDICATOR_DOMAIN,
	INDICATOR_EMAIL,
	INDICATOR_IPV4,
	INDICATOR_IPV6,
	INDICATOR_KINDS
};
struct indicator {
	enum indicator_kind kind;
	struct inq_bytes value; /* printable ASCII */
	uint64_t offset; /* of the string, in the exhibit */
};
/* Those of an examination's exhibit, each once, by kind and value; `*ret_left_out` beyond the limit. */
INQ_MUST enum inq_status indicators_of(const struct inq_json_value *exhibit, struct inq_arena *a,
        const struct indicator **ret, size_t *ret_count, uint64_t *ret_left_out, struct inq_error *err);
const char *indicator_name(enum indicator_kind kind);
/* So that nobody follows it by accident: hxxp[:]//host[.]example; lives in `a`. */
struct inq_bytes indicator_defanged(const struct indicator *i, struct inq_arena *a);

/* A name for a function, from one that it was found to be. */
struct proposal {
	uint64_t va, size, sample_va;
	struct inq_bytes own_name, name, label, standing, sample, sample_sha256;
	int64_t probability;
	bool exact;
};
bool proposal_of(
        const struct inq_export_choice *choice, const struct inq_json_value *function, struct proposal *ret);
/* Whether the function's standing and label are of those that were asked for. */
bool choice_takes(const struct inq_export_choice *choice, const struct inq_json_value *function,
        const struct inq_json_value *candidate);
/*
 * The candidate that a function was found to be: of those asked for the first one of the label that it
 * counts for, else the first. `named`: of those that have a name. NULL: none.
 */
const struct inq_json_value *candidate_best(
        const struct inq_export_choice *choice, const struct inq_json_value *function, bool named);
/* Whether the function was found at all: neither small nor unmatched. */
bool match_found(const struct inq_json_value *function);

/* The name so that IDA and Ghidra take it and no language reads more into it: letters, digits, _. */
void script_name_put(struct inq_bytes name, struct inq_sink *out);

/* The formats. */
INQ_MUST enum inq_status export_matches(struct export *x, size_t *ret_document, struct inq_error *err);
INQ_MUST enum inq_status export_indicators(struct export *x, size_t *ret_document, struct inq_error *err);
INQ_MUST enum inq_status export_names(struct export *x, size_t *ret_document, struct inq_error *err);
INQ_MUST enum inq_status export_script(struct export *x, size_t *ret_document, struct inq_error *err);
INQ_MUST enum inq_status export_stix(struct export *x, size_t *ret_document, struct inq_error *err);
INQ_MUST enum inq_status export_misp(struct export *x, size_t *ret_document, struct inq_error *err);

/* CSV (RFC 4180): cells, each after a comma but the first, and the end of the line. */
struct csv {
	struct inq_sink *out;
	struct inq_arena *a; /* scratch */
	bool begun;
};
void csv_heads(struct csv *c, const char *const *names, size_t count);
void csv_text(struct csv *c, struct inq_bytes text);
void csv_words(struct csv *c, const char *text); /* words of this program */
void csv_number(struct csv *c, int64_t number);
void csv_va(struct csv *c, uint64_t va);
void csv_milli(struct csv *c, int64_t thousandths);
void csv_none(struct csv *c);
void csv_end(struct csv *c);

#endif
