#include "cli/page.h"
#include "cli/verify.h"
#include "cli/view.h"
#include <inquiry/page.h>
#include <string.h>

/* Documents of a page, in all: beyond that it is no page that anybody reads. */
#define BYTES_MOST ((uint64_t)256 << 20)

static bool no_memory(struct cli_page *p)
{
	cli_error(p->cli, CLI_PARTIAL, "no memory for the report");
	return false;
}

static bool add(struct cli_page *p, struct inq_bytes bytes, const char *entry)
{
	struct cli_page_document *all;

	if (p->count >= INQ_PAGE_DOCUMENTS_MOST || bytes.len > BYTES_MOST - p->bytes) {
		p->left_out++;
		return true;
	}
	all = inq_arena_extend(p->a, p->documents, p->count, &p->capacity, sizeof *all);
	if (!all)
		return false;
	p->documents = all;
	all[p->count++] = (struct cli_page_document){ bytes, entry };
	p->bytes += bytes.len;
	return true;
}

bool cli_page_add(struct cli_page *p, struct inq_bytes bytes, const char *entry)
{
	return add(p, bytes, entry) || no_memory(p);
}

/* A report says what the record covers: other files beside it, the report itself among them, change nothing. */
struct covered {
	const struct inq_bundle_source *source;
	bool (*name)(void *to, const char *name);
	void *to;
};

static bool covered_name(void *to, const char *name)
{
	static const char *const folders[] = { "logs/", "objects/", "proofs/" };
	const struct covered *c = to;
	bool is_covered = strcmp(name, INQ_BUNDLE_POLICY) == 0 || strcmp(name, INQ_BUNDLE_CHARTER) == 0;

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		is_covered |= strncmp(name, folders[i], strlen(folders[i])) == 0;
	return is_covered ? c->name(c->to, name) : true;
}

static enum inq_status covered_read(void *context, const char *name, uint64_t most, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	const struct covered *c = context;

	return c->source->read(c->source->context, name, most, a, ret, err);
}

static enum inq_status covered_list(
        void *context, bool (*name)(void *to, const char *name), void *to, struct inq_error *err)
{
	const struct covered *c = context;
	struct covered inner = { c->source, name, to };

	return c->source->list(c->source->context, covered_name, &inner, err);
}

/* Writes a document into the page's arena and adds it. */
struct document {
	struct inq_memory_sink memory;
	struct inq_sink out;
};

static void document_begin(struct cli_page *p, struct document *d)
{
	d->memory = (struct inq_memory_sink){ .arena = p->a };
	inq_sink_init(&d->out, inq_memory_sink_write, &d->memory);
}

static bool document_end(struct cli_page *p, struct document *d)
{
	if (!inq_sink_flush(&d->out))
		return no_memory(p);
	return cli_page_add(p, (struct inq_bytes){ (const uint8_t *)d->memory.at, d->memory.len }, NULL);
}

static bool result_wanted(void *context, const struct inq_record_entry *r, const struct inq_entry *e)
{
	(void)context;
	(void)r;
	return e->kind.at != NULL;
}

static bool result_take(void *context, struct inq_bytes bytes, const char *entry)
{
	return add(context, bytes, entry);
}

bool cli_page_record(struct cli_page *p, const struct inq_bundle_source *source)
{
	struct cli_verified *verified = inq_arena_new(p->a, 1, sizeof *verified);
	/* Objects are proved where they are read: a report needs no others. */
	struct covered covered = { .source = source };
	const struct inq_bundle_source is = { covered_read, source->list ? covered_list : NULL, &covered };
	struct cli_bundle bundle = { .source = &is };
	struct cli_results results = { result_wanted, result_take, p, .most = INQ_JSON_MOST };
	struct cli_view view = { .cli = p->cli };
	struct inq_error err = { 0, "" };
	struct document d;
	bool done;

	if (!verified)
		return no_memory(p);
	if (cli_record(&is, 2, 0, p->a, &view.record, &err) != INQ_OK) {
		cli_error(p->cli, CLI_UNREADABLE, "the record cannot be read: %s", err.text);
		return false;
	}
	bundle.record = view.record;
	*verified = (struct cli_verified){
		.cli = p->cli, .record = view.record, .level = view.record->level, .asked = 2
	};
	document_begin(p, &d);
	cli_log_document(&view, &bundle, &d.out);
	done = document_end(p, &d);
	document_begin(p, &d);
	cli_verified_json(verified, &d.out);
	done = done && document_end(p, &d);
	/* Results that are not here are in the log all the same. */
	if (done)
		done = cli_bundle_results(&bundle, p->a, &results) || no_memory(p);
	p->left_out += results.left_out;
	cli_bundle_close(&bundle);
	return done;
}

struct making {
	struct cli_page *p;
	struct inq_bytes report;
	bool made;
};

enum inq_status cli_page_open(void *context, size_t index, struct inq_error *err)
{
	struct inq_sha256 unused;

	(void)context;
	(void)index;
	/* libcrypto reads its configuration at first use, which the sandbox would not let it. */
	if (inq_sha256((struct inq_bytes){ (const uint8_t *)"", 0 }, &unused) != INQ_OK)
		return inq_fail(err, INQ_NO_MEMORY, 0, "libcrypto gives no SHA-256");
	return INQ_OK;
}

enum inq_status cli_page_fill(
        const struct cli_page *p, struct inq_arena *a, struct inq_page *ret, struct inq_error *err)
{
	enum inq_status status = INQ_OK;

	inq_page_init(ret, a, "#");
	ret->command = p->command;
	ret->left_out = p->left_out;
	for (size_t i = 0; i < p->count && status == INQ_OK; i++)
		status = inq_page_add(ret, p->documents[i].bytes, p->documents[i].entry, err);
	return status;
}

/* In the child. */
static enum inq_status child_run(void *context, size_t index, struct inq_sink *out, struct inq_error *err)
{
	const struct cli_page *p = ((struct making *)context)->p;
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	enum inq_status status;
	struct inq_page page;

	(void)index;
	if (!a)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for the report");
	status = cli_page_fill(p, a, &page, err);
	if (status == INQ_OK)
		inq_page_report(&page, out);
	return status;
}

/* What comes back is put out only where it begins with the policy that keeps the rest from running. */
static bool parent_take(void *context, size_t index, const struct inq_child_result *r)
{
	struct making *m = context;
	uint8_t *copy;

	(void)index;
	if (r->status != INQ_OK) {
		cli_error(m->p->cli, cli_status_exit(r->status), "the report: %s", r->error.text);
	} else if (!inq_page_report_is(r->body) || !cli_body_is_text(r->body, false)) {
		cli_error(
		        m->p->cli, CLI_UNREADABLE, "the report: what was made of the documents is no report");
	} else {
		copy = inq_arena_new(m->p->a, r->body.len, 1);
		if (!copy)
			return no_memory(m->p);
		memcpy(copy, r->body.at, r->body.len);
		m->report = (struct inq_bytes){ copy, r->body.len };
		m->made = true;
	}
	return true;
}

bool cli_page_report(struct cli_page *p, struct inq_bytes *ret)
{
	struct making m = { .p = p };
	struct inq_child_work work = { &m, cli_page_open, child_run, parent_take, NULL, false, NULL };
	struct inq_error err = { 0, "" };
	enum inq_status status = inq_child_run(&work, 1, 1, &p->cli->limits, &err);

	if (work.sandbox_refused)
		cli_error(p->cli, CLI_NO_SANDBOX, "%s; --no-sandbox goes on without it", err.text);
	else if (status != INQ_OK && p->cli->exit == CLI_DONE)
		cli_error(p->cli, CLI_UNREADABLE, "%s", err.text);
	if (m.made)
		*ret = m.report;
	return m.made;
}
