/* Jobs: what was asked for, how far it is, what came of it. */
#include "serve/private.h"
#include <inttypes.h>
#include <string.h>

static const char *word(const struct work *w)
{
	return w->state == WORK_WAITS  ? "waiting"
	       : w->state == WORK_RUNS ? w->cancelled ? "being cancelled" : "running"
	       : w->cancelled          ? "cancelled"
	       : w->exit == 0          ? "done"
	       : w->exit == 4          ? "done, but for a limit that was hit"
	       : w->exit == 6          ? "done: it holds, and a party forked its log"
	       : w->exit == 1          ? "done: it does not hold"
	                               : "failed";
}

static bool goes_on(const struct work *w)
{
	return w->state == WORK_WAITS || w->state == WORK_RUNS;
}

static void took(struct visit *v, const struct work *w)
{
	uint64_t until = goes_on(w) ? inq_os_clock() : w->ended;

	if (w->began)
		inq_html_textf(&v->h, "%" PRIu64 " s", (until - w->began) / 1000);
}

void show_jobs(struct visit *v)
{
	static const struct inq_html_column columns[] = { { "job", "n" }, { "what", "" },
		{ "begun (UTC)", "" }, { "state", "" }, { "took", "n" } };
	struct inq_html *h = &v->h;
	uint64_t count = 0, at = 0, first, shown = 0;

	for (struct work *w = v->s->works.first; w; w = w->next) {
		count += w->job != 0;
		if (w->job && goes_on(w))
			v->live = LIVE_MS;
	}
	first = page_first(v, count);
	page_begin(v, "Jobs", "/jobs");
	if (!count)
		inq_html_element(h, "p", "Nothing has been asked for since this view was started.");
	if (count)
		inq_html_table(h, "What was asked for, the latest first", columns, 5);
	for (struct work *w = v->s->works.first; w; w = w->next) {
		if (!w->job || at++ < first || shown == PAGE_ROWS)
			continue;
		shown++;
		inq_html_row(h);
		inq_html_cell(h);
		page_link(v, textf(v, "/jobs/%u", w->job), textf(v, "%u", w->job));
		inq_html_close(h);
		inq_html_cell(h);
		page_given(v, inq_bytes_of(w->title), 120);
		inq_html_close(h);
		inq_html_cell(h);
		time_put(h, w->time);
		inq_html_close(h);
		inq_html_cell(h);
		inq_html_text(h, word(w));
		inq_html_close(h);
		inq_html_cell(h);
		took(v, w);
		inq_html_close(h);
		inq_html_end_row(h);
	}
	if (count)
		inq_html_end_table(h);
	page_pager(v, first, shown, count);
	page_end(v);
}

static struct work *asked(struct visit *v)
{
	const char *part = v->request.parts[1];
	unsigned number = 0;

	for (size_t i = 0; part[i] >= '0' && part[i] <= '9' && i < 9; i++)
		number = 10 * number + (unsigned)(part[i] - '0');
	return work_job(&v->s->works, strspn(part, "0123456789") == strlen(part) ? number : 0);
}

/* What a step of a private comparison wrote, to be sent on. */
static bool has_message(struct work *w)
{
	struct inq_error err;

	return w && w->message && w->state == WORK_DONE && w->exit == 0 &&
	       (w->sent.map || inq_file_open(w->message, &w->sent, &err) == INQ_OK);
}

void give_message(struct visit *v)
{
	struct work *w = asked(v);

	if (!has_message(w)) {
		visit_fail(v, 404, "There is no such message.");
		return;
	}
	v->raw = w;
	v->raw_bytes = w->sent.bytes;
	v->type = "application/octet-stream";
	v->download = textf(v, "attachment; filename=\"%u.message\"", w->job);
}

static void lines(struct visit *v, const char *id, const char *heading, struct inq_bytes text)
{
	struct inq_html *h = &v->h;
	struct inq_bytes line;

	if (!text.len)
		return;
	inq_html_heading(h, 2, id, heading);
	inq_html_open(h, "pre");
	inq_html_attr(h, "tabindex", "0");
	while (rows_line(&text, &line)) {
		const uint8_t *blank = memchr(line.at, ' ', line.len);
		struct inq_bytes name = { line.at, blank ? (size_t)(blank - line.at) : 0 };

		/* "acme/7  5f3a...  claim" */
		if (page_is_entry_name(name)) {
			page_entry_link(v, name);
			line = inq_bytes_from(line, name.len);
		}
		page_given(v, line, 400);
		inq_put(h->out, "\n");
	}
	inq_html_close(h);
}

void show_job(struct visit *v)
{
	struct work *w = asked(v);
	struct inq_html *h = &v->h;
	struct inq_bytes wrote;

	if (!w) {
		visit_fail(v, 404, "There is no such job, or it is long past.");
		return;
	}
	v->live = goes_on(w) ? LIVE_MS : 0;
	page_begin(v, textf(v, "Job %u: %.200s", w->job, w->title), "/jobs");
	inq_html_open_class(h, "dl", "facts");
	page_term(v, "state");
	inq_html_open(h, "span");
	inq_html_attr(h, "role", "status");
	inq_html_text(h, word(w));
	inq_html_close(h);
	page_term_end(v);
	page_term(v, "begun");
	time_put(h, w->time);
	inq_html_text(h, " UTC");
	page_term_end(v);
	page_term(v, "took");
	took(v, w);
	page_term_end(v);
	if (goes_on(w)) {
		page_term(v, "progress");
		page_meter(v, w->done, w->of, "progress");
		if (w->of)
			inq_html_textf(h, " %s: %" PRIu64 " of %" PRIu64, w->verb, w->done, w->of);
		page_term_end(v);
	}
	inq_html_close(h);
	if (goes_on(w) && !w->cancelled) {
		page_form(v, textf(v, "/jobs/%u/cancel", w->job), false);
		page_button(v, "Cancel");
		inq_html_close(h);
	}
	if (has_message(w)) {
		inq_html_open_class(h, "p", "acts");
		page_link(v, textf(v, "/messages/%u", w->job), "Fetch the message to send on");
		inq_html_close(h);
		inq_html_open_class(h, "p", "note");
		inq_html_text(h, "It goes to the other party by any way, and is here as ");
		inq_html_given_code(h, inq_bytes_of(w->message), 200);
		inq_html_text(h, " too.");
		inq_html_close(h);
	}
	if (!goes_on(w) && w->back) {
		inq_html_open(h, "p");
		page_link(v, w->back, "See what came of it");
		inq_html_close(h);
	}
	lines(v, "said", "What it said", (struct inq_bytes){ (const uint8_t *)w->said, w->said_len });
	wrote = w->recipe.plan ? (struct inq_bytes){ NULL, 0 } : w->file.bytes;
	if (wrote.len > WORK_SAID)
		wrote = inq_bytes_from(wrote, wrote.len - WORK_SAID);
	lines(v, "wrote", "What it entered or wrote", wrote);
	page_end(v);
}

void post_cancel(struct visit *v)
{
	struct work *w = strcmp(v->request.parts[2], "cancel") == 0 ? asked(v) : NULL;

	if (!w || (w->recipe.signs && !v->s->o->write)) {
		visit_fail(v, 404, "There is no such job.");
		return;
	}
	work_cancel(&v->s->works, w);
	visit_redirect(v, textf(v, "/jobs/%u", w->job));
}
