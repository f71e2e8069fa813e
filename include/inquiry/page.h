/*
 * Pages: what people read, made of published documents (formats/) and nothing
 * else. The same documents give the same bytes, so that whoever has a bundle
 * makes the same report again; `serve` shows the same sections.
 *
 * Documents are somebody else's: a member that is missing or of the wrong kind
 * is a sentence in the page ("not said"), never a failure; what is too long is
 * cut, and how much of it there is is said.
 *
 * Every number links to where it comes from: the entry whose result the
 * document is, else the document itself, in the list of documents.
 */
#ifndef INQUIRY_PAGE_H
#define INQUIRY_PAGE_H

#include <inquiry/hash.h>
#include <inquiry/html.h>
#include <inquiry/json_read.h>

enum { INQ_PAGE_DOCUMENTS_MOST = 2000 };

/* Which document it is, by its `schema`. */
enum inq_page_kind {
	INQ_PAGE_EXAMINATION,
	INQ_PAGE_SEARCH,
	INQ_PAGE_ATTRIBUTION,
	INQ_PAGE_CALIBRATION,
	INQ_PAGE_ALIGNMENT,
	INQ_PAGE_LOG,
	INQ_PAGE_VERIFICATION,
	INQ_PAGE_KINDS, /* none of these: it is listed, and not shown */
};

struct inq_page_document {
	const struct inq_json_value *value; /* NULL where it could not be read: `why` */
	const char *why;
	enum inq_page_kind kind;
	const char *entry; /* PARTY/INDEX of the entry whose result it is; NULL: of none */
	char sha256[65]; /* of its bytes */
	struct inq_bytes bytes;
	const struct inq_json_value **exhibits; /* or searches: those with a digest, by it */
	size_t exhibit_count;
};

struct inq_page {
	struct inq_arena *a;
	const char *prefix; /* before an entry's name in links: "#" where the record is on the same page */
	const char *command; /* the call that made the documents, where no record says it; or NULL */
	uint64_t left_out; /* documents that were too many, or too large, to be added */
	struct inq_page_document *documents; /* in the order in which they were added */
	size_t count, capacity;
	const struct inq_json_value **entries; /* of the log, by name */
	size_t entry_count;
	const struct inq_json_value **subjects; /* of the entries of exhibits, by digest */
	size_t subject_count;
};

/* A page without documents. Everything of it lives in `a`, and `prefix` as long. */
void inq_page_init(struct inq_page *p, struct inq_arena *a, const char *prefix);

/*
 * Adds a document, whose bytes live as long as the page. One with the same
 * bytes as an earlier one is that one, which takes the place of the later where
 * by the log its own entry was withdrawn, and the later's was not. A document that cannot be read is kept
 * as such: the page says so.
 *
 * INQ_NO_MEMORY   the arena is full
 * INQ_OVER_LIMIT  more than INQ_PAGE_DOCUMENTS_MOST
 */
INQ_MUST enum inq_status inq_page_add(
        struct inq_page *p, struct inq_bytes document, const char *entry, struct inq_error *err);

/*
 * The sections, in the order in which a report has them. Each is an element
 * with a heading of the second level and the id below; where there is no
 * document for it, it says so.
 */
struct inq_page_section {
	const char *id, *title;
	void (*put)(const struct inq_page *p, struct inq_html *h); /* what stands under the heading */
};
extern const struct inq_page_section inq_page_sections[];
extern const size_t inq_page_section_count;

/* The section `id` with its heading; nothing where there is none of that name. */
void inq_page_section(const struct inq_page *p, const char *id, struct inq_html *h);

/* The stylesheet of all pages. */
struct inq_bytes inq_page_style(void);

/*
 * The report: one HTML file with all sections, its style and its pictures in
 * it, and nothing that runs or is fetched.
 */
void inq_page_report(const struct inq_page *p, struct inq_sink *out);

/*
 * Where the counterparts of the functions are that the report shows, at most
 * `most` functions of each exhibit, the most telling first: a line for each
 * candidate, with tabs: SHA-256 of the exhibit, 0x… address, SHA-256 of the
 * sample, address there, LABEL/SAMPLE. Whoever has both files makes alignments.
 */
void inq_page_counterparts(const struct inq_page *p, size_t most, struct inq_sink *out);

/*
 * Whether these bytes begin as a report does, up to and with the policy that
 * keeps all that follows from running or fetching anything: to be asked by
 * whoever takes a report from a child.
 */
bool inq_page_report_is(struct inq_bytes report);

#endif
