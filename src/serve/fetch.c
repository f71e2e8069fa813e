/*
 * What pages are made of. The log is read anew whenever the case's file has
 * changed; a result never changes, and is read once.
 */
#include "os/folder.h"
#include "serve/private.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	STALE_MS = 400, /* a log that took longer to read is shown as it was while it is read anew */
	DATABASE_MS = 3000, /* a database is asked so often whether it changed */
};

struct inq_bytes work_says(const struct work *w)
{
	struct inq_bytes said = { (const uint8_t *)w->said, w->said_len }, line, first = { NULL, 0 };

	/* The first line is the reason; "inquiry: " stands before each. */
	if (rows_line(&said, &line))
		first = inq_bytes_begin(line, "inquiry: ", 9) ? inq_bytes_from(line, 9) : line;
	return first.len ? first : inq_bytes_of("it ended without a word");
}

static void fail_as(struct visit *v, const struct work *w)
{
	visit_fail(v, w->exit == 2 ? 404 : 500, text_of(v, work_says(w)));
}

/* Of a file that has something in it: when who reads a store comes and goes, its empty ones do, too. */
static uint64_t stamp_of(const char *path)
{
	struct inq_pieces file;
	uint64_t stamp = 0;

	if (inq_pieces_open(path, &file, NULL) != INQ_OK)
		return 0;
	if (file.size)
		stamp = inq_hash64(file.facts, sizeof file.facts, 0);
	inq_pieces_close(&file);
	return stamp;
}

/* When the case last changed, as far as can be seen. */
static uint64_t stamp(const struct server *s)
{
	char wal[4096];

	/* What was entered from here is seen at once. */
	if (s->o->address != s->o->label)
		return (inq_os_clock() / DATABASE_MS + 1) ^ (s->entered << 40);
	snprintf(wal, sizeof wal, "%s-wal", s->o->address);
	return stamp_of(s->o->address) ^ (stamp_of(wal) * 3);
}

static struct work *log_start(struct server *s, uint64_t now)
{
	struct work *w = work_new(&s->works, "");

	if (!w)
		return NULL;
	recipe_add(w, "log");
	recipe_add(w, "--json");
	recipe_add(w, "--");
	recipe_add(w, s->o->address);
	w->recipe.plan = &plan_log;
	w->held++;
	s->log_next = w;
	s->next_stamp = now;
	s->next_entered = s->entered;
	work_go(&s->works, w);
	return w;
}

/* Whether a job enters one thing after the other: then a page is of the moment, and of what has ended it has all. */
static bool changes_meanwhile(const struct server *s)
{
	if (s->log_entered != s->entered)
		return false;
	for (const struct work *w = s->works.first; w; w = w->next)
		if (w->recipe.signs && w->state == WORK_RUNS)
			return true;
	return false;
}

const struct rows *fetch_log(struct visit *v)
{
	struct server *s = v->s;
	uint64_t now = stamp(s);

	/* One that was begun after the visit has all that its visitor can know of. */
	if (s->log && (s->log_stamp == now || s->log->began >= v->began))
		return &s->log->rows;
	if (!s->log_next && !log_start(s, now)) {
		visit_fail(v, 500, "There is no memory to read the case.");
		return NULL;
	}
	if (s->log_next->state == WORK_FAILED) {
		fail_as(v, s->log_next);
		s->log_next->held--;
		s->log_next = NULL;
		return NULL;
	}
	if (s->log && (s->log_cost > STALE_MS || (v->hurries && changes_meanwhile(s))))
		return &s->log->rows;
	visit_wait(v, s->log_next);
	return NULL;
}

void fetch_ended(struct server *s, struct work *w)
{
	s->entered += w->recipe.signs;
	if (w->opens && w->state == WORK_DONE && w->exit == 0)
		s->opened = true;
	if (w != s->log_next || w->state != WORK_DONE)
		return;
	if (s->log)
		s->log->held--;
	s->log = w;
	s->log_stamp = s->next_stamp;
	s->log_entered = s->next_entered;
	s->log_cost = w->ended - w->began;
	s->log_next = NULL;
	s->warmed = false;
}

/* Rows that are there; else the visit waits, or has failed. */
static const struct rows *ready(struct visit *v, struct work *w)
{
	if (!w) {
		visit_fail(v, 500, "There is no memory for more.");
		return NULL;
	}
	if (w->state == WORK_DONE)
		return &w->rows;
	if (w->state == WORK_FAILED)
		fail_as(v, w);
	else
		visit_wait(v, w);
	return NULL;
}

const struct rows *fetch_entry(struct visit *v, const char *name)
{
	char key[WORK_KEY];
	struct work *w;

	/* What becomes of an entry changes with the log. */
	snprintf(key, sizeof key, "entry %.80s %" PRIx64, name, v->s->log_stamp);
	w = work_find(&v->s->works, key);
	if (!w && (w = work_new(&v->s->works, key))) {
		recipe_add(w, "show");
		recipe_add(w, "--json");
		recipe_add(w, "--");
		recipe_add(w, v->s->o->address);
		recipe_add_text(w, inq_bytes_of(name));
		w->recipe.plan = &plan_entry;
		work_go(&v->s->works, w);
	}
	return ready(v, w);
}

const struct rows *fetch_comparisons(struct visit *v)
{
	char key[WORK_KEY];
	struct work *w;

	snprintf(key, sizeof key, "comparisons %" PRIx64, v->s->log_stamp);
	w = work_find(&v->s->works, key);
	if (!w && (w = work_new(&v->s->works, key))) {
		recipe_add(w, "blind");
		recipe_add(w, "result");
		recipe_add(w, "--json");
		recipe_add(w, "--");
		recipe_add(w, v->s->o->address);
		w->recipe.plan = &plan_comparisons;
		work_go(&v->s->works, w);
	}
	return ready(v, w);
}

static const struct rows_plan *plan_of(struct inq_bytes schema)
{
	static const struct rows_plan *const plans[] = { &plan_examination, &plan_search, &plan_attribution };

	for (size_t i = 0; i < sizeof plans / sizeof *plans; i++)
		if (inq_bytes_equal(schema, plans[i]->schema))
			return plans[i];
	return NULL;
}

static bool result_key(const struct rows *log, uint64_t row, char ret[WORK_KEY])
{
	const struct rows_plan *plan = plan_of(rows_cell(log, LOG_ENTRIES, row, E_SCHEMA));
	struct inq_bytes digest = rows_cell(log, LOG_ENTRIES, row, E_RESULT);

	if (!plan || digest.len != 64)
		return false;
	/* An entry that calls the same bytes something else spoils its own page alone. */
	snprintf(ret, WORK_KEY, "result %.64s %.60s", (const char *)digest.at, plan->schema);
	return true;
}

bool result_failed(struct visit *v, const struct rows *log, uint64_t row)
{
	char key[WORK_KEY];
	const struct work *w = result_key(log, row, key) ? work_find(&v->s->works, key) : NULL;

	return w && w->state == WORK_FAILED;
}

static struct work *result_start(struct server *s, const struct rows *log, uint64_t row, bool wanted)
{
	const struct rows_plan *plan = plan_of(rows_cell(log, LOG_ENTRIES, row, E_SCHEMA));
	char key[WORK_KEY];
	struct work *w;

	if (!plan || !result_key(log, row, key))
		return NULL;
	w = work_find(&s->works, key);
	if (w || !(w = work_new(&s->works, key)))
		return w;
	recipe_add(w, "show");
	recipe_add(w, "--result");
	recipe_add(w, "--");
	recipe_add(w, s->o->address);
	recipe_add_text(w, rows_cell(log, LOG_ENTRIES, row, E_NAME));
	w->recipe.plan = plan;
	work_go(&s->works, w);
	w->wanted = wanted;
	return w;
}

const struct rows *fetch_result(struct visit *v, const struct rows *log, uint64_t row)
{
	return ready(v, result_start(v->s, log, row, true));
}

const struct rows *glance_result(struct visit *v, const struct rows *log, uint64_t row)
{
	struct work *w = row == UINT64_MAX ? NULL : result_start(v->s, log, row, false);

	return w && w->state == WORK_DONE ? &w->rows : NULL;
}

static void side_add(struct work *w, unsigned which, const struct side *side)
{
	struct inq_sha256 *digest;

	if (side->path) {
		recipe_add_text(w, inq_bytes_of(side->path));
		return;
	}
	digest = inq_arena_new(w->arena, 1, sizeof *digest);
	if (!digest)
		return;
	*digest = side->sha256;
	w->recipe.exhibits[which] = digest;
	recipe_add_file(w, which ? RECIPE_EXHIBIT_B : RECIPE_EXHIBIT_A);
}

const struct rows *fetch_alignment(
        struct visit *v, const struct side *a, const struct side *b, const char **ret_why)
{
	char key[WORK_KEY], hex_a[65], hex_b[65];
	const struct rows *aligned;
	struct work *w;

	inq_hex(a->sha256.byte, 32, hex_a);
	inq_hex(b->sha256.byte, 32, hex_b);
	snprintf(key, sizeof key, "align %s %.18s %s %.18s", hex_a, a->va, hex_b, b->va);
	w = work_find(&v->s->works, key);
	if (!w && (w = work_new(&v->s->works, key))) {
		recipe_add(w, "compare");
		recipe_add(w, "--json");
		recipe_add(w, "--function");
		recipe_add_text(w, inq_bytes_of(textf(v, "%.18s,%.18s", a->va, b->va)));
		for (unsigned i = 0; v->s->o->pass_on[i]; i++)
			recipe_add(w, v->s->o->pass_on[i]);
		recipe_add(w, "--");
		side_add(w, 0, a);
		side_add(w, 1, b);
		w->recipe.plan = &plan_alignment;
		work_go(&v->s->works, w);
	}
	if (w && w->state == WORK_FAILED) {
		*ret_why = text_of(v, work_says(w));
		return NULL;
	}
	aligned = ready(v, w);
	if (!aligned && visit_goes_on(v))
		*ret_why = "The code is being read, and comes by itself.";
	return aligned;
}

struct work *fetch_document(struct visit *v, const char *key, const char *const *argv, bool changes)
{
	char whole[WORK_KEY];
	struct work *w;

	snprintf(whole, sizeof whole, "document %.150s %" PRIx64, key, changes ? stamp(v->s) : 0);
	w = work_find(&v->s->works, whole);
	if (!w && (w = work_new(&v->s->works, whole))) {
		for (unsigned i = 0; argv[i]; i++)
			recipe_add_text(w, inq_bytes_of(argv[i]));
		work_go(&v->s->works, w);
	}
	(void)ready(v, w);
	return w && w->state == WORK_DONE ? w : NULL;
}

/* So many rows are made in advance: the others when they are asked for. */
enum { AHEAD = 600 };

void fetch_all(struct server *s)
{
	const struct rows *log = s->log ? &s->log->rows : NULL;
	uint64_t count = log ? rows_count(log, LOG_ENTRIES) : 0;

	if (!s->log && !s->log_next && case_is_there(s))
		(void)log_start(s, stamp(s));
	if (!log || s->warmed)
		return;
	s->warmed = true;
	for (uint64_t i = 0, made = 0; i < count && made < AHEAD; i++)
		made += rows_cell(log, LOG_ENTRIES, i, E_RESULT).len && result_start(s, log, i, false);
}
