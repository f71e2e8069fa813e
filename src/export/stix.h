/* A STIX bundle while it is written; stix.c says what becomes of what. */
#ifndef EXPORT_STIX_H
#define EXPORT_STIX_H

#include "export/record.h"

enum { ID_TEXT = 80 };

struct reference {
	char id[ID_TEXT];
};

struct stix {
	struct export *x;
	struct inq_json j;
	struct uuid space;
	struct uuid_set seen;
	struct inq_arena *a; /* scratch, for as long as a document or an entry */
	struct reference *all; /* every object, for the grouping */
	size_t count, room;
	char program[ID_TEXT], extension[ID_TEXT];
};

/* Those of STIX 2.1, section 7.2.1.4, by enum inq_tlp. */
struct stix_marking {
	const char *name, *colour, *id;
};
extern const struct stix_marking stix_markings[];

/* The identifier of an object of that type, by a name in a space. */
void stix_id(const struct uuid *space, const char *type, struct inq_bytes name, char ret[ID_TEXT],
        struct uuid *ret_uuid);
/* Of an object of the case, by its type and what names it there. `ret_uuid` may be NULL. */
void stix_own_id(const struct stix *s, const char *type, struct inq_bytes key, char ret[ID_TEXT],
        struct uuid *ret_uuid);
/* Of the object that an entry is. */
void stix_entry_id(
        const struct stix *s, const struct inq_json_value *e, char ret[ID_TEXT], struct uuid *ret_uuid);

/*
 * Opens an object with what all have: false, with nothing written, where it is there already. `entry` is
 * what made it, or NULL.
 */
bool stix_object(struct stix *s, const char *type, const char *id, const struct uuid *uuid,
        const struct inq_json_value *entry);
/* Opens an object that is the same in every export there is: of this program, not of a case. */
bool stix_fixed(struct stix *s, const char *type, const char *id, const struct uuid *uuid);

/* A member, inert; none where the text is empty. */
void stix_text(struct stix *s, const char *key, struct inq_bytes text);
/* The members product and version, of "inquiry 0.1.0" or of both. */
void stix_product(struct stix *s, struct inq_bytes program, struct inq_bytes version);

/* A file, an indicator: written where they are not there yet. */
void stix_file(
        struct stix *s, struct inq_bytes sha256, struct inq_bytes path, int64_t size, char ret[ID_TEXT]);
void stix_indicator(struct stix *s, const struct indicator *i, char ret[ID_TEXT]);

/* All entries of the log, but for the results that were written already. */
INQ_MUST enum inq_status stix_log(struct stix *s, struct inq_error *err);

#endif
