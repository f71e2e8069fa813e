/* What the sections share: values out of documents, numbers as text, links to entries, small pictures. */
#ifndef PAGE_PRIVATE_H
#define PAGE_PRIVATE_H

#include <inquiry/page.h>

enum {
	NAME_MOST = 120, /* code points of a name that is shown */
	TEXT_MOST = 2000, /* of somebody's text */
	ROWS_MOST = 200, /* of a table that nobody reads to its end */
	EXHIBITS_MOST = 64, /* that are shown one by one */
};

/* Members of an object. Absent, or of another kind: empty, false, NULL, and the outputs untouched. */
struct inq_bytes member_string(const struct inq_json_value *v, const char *key);
bool member_count(const struct inq_json_value *v, const char *key, uint64_t *ret); /* from 0 */
bool member_milli(const struct inq_json_value *v, const char *key, int64_t *ret); /* thousandths */
bool member_true(const struct inq_json_value *v, const char *key);
bool member_va(const struct inq_json_value *v, const char *key, uint64_t *ret); /* "0x…" */
const struct inq_json_value *member_object(const struct inq_json_value *v, const char *key);
/* The first value of an array, to be followed by `next`. */
const struct inq_json_value *member_first(const struct inq_json_value *v, const char *key);
size_t member_length(const struct inq_json_value *v, const char *key); /* of an array */
bool same_bytes(struct inq_bytes l, struct inq_bytes r);

/* The next document of that kind after `d` (NULL: the first) that could be read. */
const struct inq_page_document *page_next(
        const struct inq_page *p, enum inq_page_kind kind, const struct inq_page_document *d);
/* The exhibit, or search, of that digest in any document of the kind; the document in `*ret`. */
const struct inq_json_value *page_exhibit(const struct inq_page *p, enum inq_page_kind kind,
        struct inq_bytes sha256, const struct inq_page_document **ret);
/* The entry of that name in the log, or NULL. */
const struct inq_json_value *page_entry(const struct inq_page *p, struct inq_bytes name);
/* How many different exhibits the log has. */
size_t page_exhibit_count(const struct inq_page *p);
/* "acme/3": what may stand in a link and an id. */
bool page_is_entry_name(struct inq_bytes name);
/* What the exhibit of that digest is called: by the log, else by any document, else its digest. */
void exhibit_put(struct inq_html *h, const struct inq_page *p, struct inq_bytes sha256);
/* Whether the entry of the document stands: it holds and is not withdrawn. True where there is no record. */
bool page_stands(const struct inq_page *p, const struct inq_page_document *d);

/*
 * A heading for what the document says of the exhibit. Of several that are not
 * the same bytes the first in the order of the record is shown, and anyone may
 * come first: so the others are named, and how the record stands to each.
 */
void exhibit_heading(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        struct inq_bytes sha256);

/* Links to where the document comes from; to be closed. */
void from(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d);
/* "acme/3" as a link, where it is the name of an entry of the log. */
void entry_link(struct inq_html *h, const struct inq_page *p, struct inq_bytes name);

/* "1,234", linked; "not said" where it is not there. */
void count_put(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct inq_json_value *v, const char *key);
void number_put(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d, uint64_t n);
/* "1,234" */
enum { FIGURE_TEXT = 32 };
const char *figure_text(uint64_t n, char ret[FIGURE_TEXT]);
/* "1 function", "1,234 functions", as text alone. */
void counted(struct inq_html *h, uint64_t n, const char *one, const char *many);
void not_said(struct inq_html *h);
/* The name of a label, file or sample. */
void name_put(struct inq_html *h, const struct inq_json_value *v, const char *key);
/* The first 12 digits of a digest, all of them where they are pointed at. */
void digest_put(struct inq_html *h, struct inq_bytes hex);
/* "2026-11-23 14:05:09" (UTC), in a <time>. */
void time_put(struct inq_html *h, uint64_t seconds);

/* A likelihood ratio of a document. */
struct ratio {
	int64_t log10, least, most; /* thousandths */
	struct inq_bytes support; /* in the document's words */
	uint64_t trials_right, trials_wrong;
};
bool ratio_read(const struct inq_json_value *v, const char *key, struct ratio *ret);
/* "130", "1 / 16": two digits of the number whose logarithm that is. */
const char *ratio_text(int64_t log10, char ret[FIGURE_TEXT]);
/* "130 (30 to 370)", linked. */
void ratio_put(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        const struct ratio *r);

#endif
