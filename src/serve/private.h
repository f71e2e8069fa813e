/* What the files of the web view share: the server, a visit, and what a page needs. */
#ifndef SERVE_PRIVATE_H
#define SERVE_PRIVATE_H

#include "page/section.h"
#include "serve/plans.h"
#include "serve/request.h"
#include "serve/work.h"
#include <inquiry/html.h>
#include <microhttpd.h>

enum {
	VISITS_MOST = 512, /* connections at a time */
	VISITS_SPARE = 64, /* kept free: with fewer the slowest makes way for who comes */
	VISIT_MEMORY = 48 << 20, /* bytes that one page may take */
	FORM_MOST = 512 << 10, /* bytes of a form that uploads nothing */
	PAGE_ROWS = 100, /* of a list on one page */
	SECRET = 33, /* 32 hex digits */
	LIVE_MS = 1000, /* a page on which something goes on is asked for again */
};

struct asset {
	const char *name, *type;
	struct inq_bytes bytes;
	char path[80]; /* with its digest: it is another one when it changes */
};

/* A connection, for as long as it is open. */
struct wire {
	struct MHD_Connection *connection;
	uint64_t since; /* of its last progress as a whole: opened, or a request done */
	struct visit *visit; /* the request that is being answered */
	int fd; /* -1: it has been cut off */
};

struct server {
	const struct serve_options *o;
	struct works works;
	struct MHD_Daemon *daemon;
	char form_secret[SECRET]; /* in every form: others cannot know it */
	char session[SECRET]; /* in the cookie of who brought the token */
	/* The log as it is shown, and the one that is being made. */
	struct work *log, *log_next;
	uint64_t log_stamp, next_stamp, log_cost;
	uint64_t log_entered, next_entered; /* `entered` when it was begun */
	bool opened; /* the case, by a form */
	uint64_t entered; /* jobs that may have entered something and ended */
	bool warmed; /* everything that the log names has been asked for */
};

enum visit_state { VISIT_BEGINS, VISIT_BODY, VISIT_READY, VISIT_WAITS, VISIT_LATE, VISIT_ANSWERED };

/* A request and what becomes of it. */
struct visit {
	struct server *s;
	struct wire *wire;
	struct MHD_Connection *connection;
	struct inq_arena *a;
	const char *target; /* as it came */
	struct request request;
	enum visit_state state;
	bool post;
	bool known; /* let in: before that nothing of the case is shown */
	bool plain; /* what it asks for is no page: it waits as long as that takes */
	bool hurries; /* it has waited as long as a page may: what is there by now is shown */
	uint64_t began;

	/* The body of a POST. */
	uint8_t *form;
	size_t form_len;
	struct MHD_PostProcessor *parts; /* of an upload */
	int file; /* scratch, what is uploaded; -1 */
	const char *file_name;
	uint64_t file_size;
	unsigned refused; /* a status that is given once the body is in */
	const char *why;

	/* The answer. */
	struct inq_memory_sink memory;
	struct inq_sink out;
	struct inq_html h;
	unsigned status;
	const char *type, *location, *cookie, *download;
	unsigned live; /* in so many milliseconds it is to be looked at again; 0: not */
	struct work *waits; /* it cannot be made before that has ended */
	struct work *raw; /* what it wrote is sent instead of a page; or these bytes, which are its */
	struct inq_bytes raw_bytes;
};

/* http.c */

/* A page whose rows are not there yet sets `waits` and is made again from its beginning. */
void visit_wait(struct visit *v, struct work *w);
/* Whether a page that would wait has waited long enough: it comes without, and will be looked at again. */
bool visit_goes_on(struct visit *v);
/* A refusal, or an error, as the page instead. */
void visit_fail(struct visit *v, unsigned status, const char *why);
void visit_redirect(struct visit *v, const char *location);

/* guard.c */

/* Whether the request may be looked at at all; else it was answered. */
bool guard_admit(struct visit *v);
/* Whether a POST comes from these pages, by its headers; else it was answered. */
bool guard_origin(struct visit *v);
/* And by the secret in its form. */
bool guard_form(const struct visit *v, const char *secret);
/* Whether the visit came by a name that a cookie may be given at: what another port of it gets lets nobody in. */
bool guard_keeps(const struct visit *v);
/* Whether that is the token; then the answer lets its bearer in. */
bool guard_enter(struct visit *v, const char *token);

/* route.c: makes the answer. */
void route(struct visit *v);

/* asset.c */
extern struct asset assets[];
extern const unsigned asset_count;
bool assets_init(void);
const char *asset_path(const char *name);

/* fetch.c: rows, or NULL where the page has to wait for them, or failed (it is answered then). */

const struct rows *fetch_log(struct visit *v);
const struct rows *fetch_entry(struct visit *v, const char *name);
const struct rows *fetch_comparisons(struct visit *v);
/* The result of the entry in that row of the log. */
const struct rows *fetch_result(struct visit *v, const struct rows *log, uint64_t row);
/* The same where the page can do without: NULL, and nothing happens but that it will be made. */
const struct rows *glance_result(struct visit *v, const struct rows *log, uint64_t row);
/* Whether the result of an entry was looked at and could not be read. */
bool result_failed(struct visit *v, const struct rows *log, uint64_t row);
/* An alignment of two functions of files that are exhibits or lie in a folder. */
struct side {
	struct inq_sha256 sha256; /* of an exhibit, where `path` is NULL */
	const char *path;
	const char *va;
};
const struct rows *fetch_alignment(
        struct visit *v, const struct side *a, const struct side *b, const char **ret_why);
/* A document as it is. */
struct work *fetch_document(struct visit *v, const char *key, const char *const *argv, bool changes);
/* Everything the log names, made in advance. */
void fetch_all(struct server *s);
void fetch_ended(struct server *s, struct work *w);
/* What a piece of work had to say for itself, in a sentence. */
struct inq_bytes work_says(const struct work *w);

/* page.c: what all pages have. */

void page_begin(struct visit *v, const char *title, const char *where);
void page_end(struct visit *v);
/* A link, and its text; both of the program. */
void page_link(struct visit *v, const char *href, const char *text);
void page_linkf(struct visit *v, const char *text, const char *fmt, ...) INQ_PRINTF(3, 4);
void page_given(struct visit *v, struct inq_bytes text, size_t most);
/* The lines of somebody's text, each at most `most` long, with `between` between them: ", ", or a new line where it is NULL. */
void page_lines(struct visit *v, struct inq_bytes lines, const char *between, size_t most);
/* "acme/3" as a link to the entry. */
void page_entry_link(struct visit *v, struct inq_bytes name);
/* Names with commas, each such a link. */
void page_entry_links(struct visit *v, struct inq_bytes names);
/* A name that leads to the exhibit. */
void page_exhibit_link(struct visit *v, struct inq_bytes name, struct inq_bytes sha256);
void page_number(struct visit *v, uint64_t number);
void page_bytes(struct visit *v, uint64_t bytes);
void page_status(struct visit *v, const struct rows *log, unsigned table, uint64_t row);
/* A term and what is said of it, in a list of those. */
void page_term(struct visit *v, const char *term);
void page_term_end(struct visit *v);
/* "1-100 of 5,000", and links to the others; what the request asks for besides stays. */
void page_pager(struct visit *v, uint64_t first, uint64_t shown, uint64_t count);
uint64_t page_first(const struct visit *v, uint64_t count);
/* The request's query with `name` set to `value` (NULL: without it). */
const char *page_query(const struct visit *v, const char *name, const char *value);
/* The beginning of a form that writes; to be closed. */
void page_form(struct visit *v, const char *action, bool upload);
/* A control that is not seen. */
void page_hidden(struct visit *v, const char *name, const char *value);
/* A box to tick. */
void page_check(struct visit *v, const char *name, const char *value, const char *label);
/* The beginning of a choice, to be closed twice; and what there is to choose. */
void page_select(struct visit *v, const char *name, const char *label);
void page_choice(struct visit *v, const char *value, struct inq_bytes text);
/* A label and its control. */
void page_field(struct visit *v, const char *name, const char *label, const char *type, const char *value);
/* The same, which is not left empty. */
void page_needed(struct visit *v, const char *name, const char *label, const char *type);
void page_area(struct visit *v, const char *name, const char *label, bool needed);
void page_button(struct visit *v, const char *text);
void page_note(struct visit *v, const char *text);
/* "12 of 34" as a bar. */
void page_meter(struct visit *v, uint64_t is, uint64_t of, const char *label);
const char *text_of(struct visit *v, struct inq_bytes b); /* from its arena */
const char *textf(struct visit *v, const char *fmt, ...) INQ_PRINTF(2, 3);
bool hex_digest(const char *text, struct inq_sha256 *ret);

/* act.c: jobs out of forms. A job of the command, up to its operands; NULL: there is too much to do, and it was said. */
struct work *act_new(struct visit *v, const char *command, bool signs);
/* An option, where it has a value. */
void act_option(struct work *w, const char *name, const char *value);
/* The same of a list: "acme/3, 4 nadir/7", with nothing but commas between. */
void act_list(struct work *w, const char *name, const char *list);
/* The options that commands which examine are given. */
void act_pass_on(struct visit *v, struct work *w);
/* The file that was uploaded becomes what it reads. */
void act_take_file(struct visit *v, struct work *w);
/* Off it goes; its page is the answer. */
void act_go(struct visit *v, struct work *w, const char *title, const char *back);

/* Where in the log something is; UINT64_MAX: nowhere. */
bool log_about(const struct rows *log, struct inq_bytes sha256, uint64_t *place, uint64_t *ret);
uint64_t log_exhibit(const struct rows *log, struct inq_bytes sha256);
uint64_t log_entry(const struct rows *log, struct inq_bytes name);
/* The latest result of that kind about the exhibit that holds and is not withdrawn; else any. */
uint64_t log_result(struct visit *v, const struct rows *log, struct inq_bytes sha256, const char *kind);
bool log_is_exhibit(const struct rows *log, uint64_t row);
/* The place of an exhibit among all, for lists: rows of the log, each exhibit once. */
uint64_t *log_exhibits(struct visit *v, const struct rows *log, uint64_t *ret_count);

/* opening.c: whether there is one, by now. */
bool case_is_there(const struct server *s);

/* conclusion.c: the conclusions of the case, the latest first, at most so many; 0: a page of them. */
void conclusions_table(struct visit *v, const struct rows *log, uint64_t most);

/* The row of that address in a table of functions, which stand by address; UINT64_MAX: none. */
uint64_t row_of(const struct rows *r, unsigned table, unsigned column, struct inq_bytes va);

/* The pages. */
void show_inquiry(struct visit *v);
void show_exhibits(struct visit *v);
void show_exhibit(struct visit *v); /* and its parts */
void show_function(struct visit *v);
void show_families(struct visit *v);
void show_family(struct visit *v);
void show_conclusions(struct visit *v);
void show_conclusion(struct visit *v);
void show_record(struct visit *v);
void show_entry(struct visit *v);
void show_verification(struct visit *v);
void show_search(struct visit *v);
void show_jobs(struct visit *v);
void show_job(struct visit *v);
void show_act(struct visit *v);
void show_token(struct visit *v);
void post_token(struct visit *v);
void post_admit(struct visit *v);
void post_unseal(struct visit *v);
void show_comparisons(struct visit *v);
void show_corpus(struct visit *v);
void post_corpus(struct visit *v);
void show_keys(struct visit *v);
void post_revoke(struct visit *v);
void show_exports(struct visit *v);
void give_export(struct visit *v);
void show_opening(struct visit *v);
void post_open(struct visit *v);
void post_comparison(struct visit *v);
void give_message(struct visit *v);
void post_investigate(struct visit *v);
void post_say(struct visit *v);
void post_publish(struct visit *v);
void post_pull(struct visit *v);
void post_rerun(struct visit *v);
void post_verify(struct visit *v);
void post_cancel(struct visit *v);

#endif
