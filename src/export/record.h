/* What STIX and MISP both say of results and of entries, in words. */
#ifndef EXPORT_RECORD_H
#define EXPORT_RECORD_H

#include "export/private.h"
#include "export/uuid.h"

enum entry_kind {
	ENTRY_PARTY, /* charter, keys, fork: what a party says of itself and of logs */
	ENTRY_EXHIBIT,
	ENTRY_EXAMINATION,
	ENTRY_CONCLUSION,
	ENTRY_WORDS, /* claim, statement */
	ENTRY_RESPONSE, /* support, dispute, rerun */
	ENTRY_WITHDRAWAL,
};
enum entry_kind entry_kind_of(const struct inq_json_value *entry);

/* The party of "PARTY/INDEX". */
struct inq_bytes entry_party(const struct inq_json_value *entry);

/* The space in which this export names things: the case's, or that of documents without one. */
void export_space(const struct export *x, struct uuid *ret);

/* The time of an entry, 0 and up; without one that of the choice. */
uint64_t export_time(const struct export *x, const struct inq_json_value *entry);

/* The latest time that the record has; without one that of the choice. */
uint64_t export_latest(const struct export *x);

/* A digest of all documents, as 64 digits: for the name of the whole. */
void export_digest(const struct export *x, char ret[65]);

/* "examine", "search", "attribute", "log" */
const char *document_word(enum document_kind kind);

/* Sentences, inert, into a sink. */
void family_words(const struct inq_json_value *family, struct inq_bytes corpus, struct inq_arena *a,
        struct inq_sink *out);
void attribution_words(const struct inq_json_value *attribution, struct inq_arena *a, struct inq_sink *out);
void response_words(const struct inq_json_value *entry, struct inq_arena *a, struct inq_sink *out);

/* What is written to a memory sink in `a`; "(no memory)" where that is short. */
struct words {
	struct inq_memory_sink memory;
	struct inq_sink out;
};
void words_begin(struct words *w, struct inq_arena *a);
struct inq_bytes words_end(struct words *w);

/* The probability in hundredths that the first named family has under a declared prior; -1 where none is said. */
int64_t attribution_posterior(const struct inq_json_value *attribution);

#endif
