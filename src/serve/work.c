#include "serve/work.h"
#include "os/terminal.h"
#include "serve/work_child.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FAILED_FOR_MS = 5000 };

/* The relays of jobs that sign: there are never more at a time. */
enum { SIGNERS = 8 };
static struct inq_relay relays[SIGNERS];
static bool relay_used[SIGNERS];

static void let_go(struct works *all, struct work *w)
{
	if (w->relay) {
		close(w->relay->fd);
		relay_used[w->relay - relays] = false;
		w->relay = NULL;
	}
	inq_task_kill(&w->task);
	inq_scratch_close(w->document);
	inq_scratch_close(w->recipe.in);
	w->document = w->recipe.in = -1;
	if (w->file.map)
		all->bytes -= w->file.map_len;
	inq_file_close(&w->file);
	inq_file_close(&w->sent);
	w->rows = (struct rows){ 0 };
}

static void forget(struct works *all, struct work *w)
{
	struct work **at = &all->first;

	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	all->count--;
	let_go(all, w);
	inq_arena_close(w->arena);
}

struct work *work_find(struct works *all, const char *key)
{
	for (struct work *w = all->first; w; w = w->next) {
		if (strcmp(w->key, key) != 0 || !*key)
			continue;
		if (w->state == WORK_FAILED && inq_os_clock() - w->ended > FAILED_FOR_MS && !w->held) {
			forget(all, w);
			return NULL;
		}
		w->used = inq_os_clock();
		return w;
	}
	return NULL;
}

struct work *work_new(struct works *all, const char *key)
{
	struct inq_arena *a = inq_arena_open(8 << 20);
	struct work *w = a ? inq_arena_new(a, 1, sizeof *w) : NULL;

	if (!w || strlen(key) >= sizeof w->key) {
		inq_arena_close(a);
		return NULL;
	}
	w->arena = a;
	strcpy(w->key, key);
	w->recipe.in = w->document = w->task.out = w->task.err = -1;
	w->used = inq_os_clock();
	w->next = all->first;
	all->first = w;
	all->count++;
	return w;
}

void recipe_add(struct work *w, const char *argument)
{
	unsigned count = 0;

	while (w->recipe.argv[count])
		count++;
	if (count < WORK_ARGUMENTS - 1)
		w->recipe.argv[count] = argument;
}

void recipe_add_text(struct work *w, struct inq_bytes text)
{
	const char *copy = inq_arena_string(w->arena, text);

	recipe_add(w, copy ? copy : "");
}

/* Known by where they are, whatever they say. */
static const char files[RECIPE_FILES][2] = { "a", "b", "i", "t" };

void recipe_add_file(struct work *w, enum recipe_file which)
{
	recipe_add(w, files[which]);
}

enum recipe_file recipe_file(const char *argument)
{
	unsigned which = 0;

	while (which < RECIPE_FILES && argument != files[which])
		which++;
	return (enum recipe_file)which;
}

static void fail(struct works *all, struct work *w, const char *why)
{
	w->said_len = (size_t)snprintf(w->said, sizeof w->said, "inquiry: %s\n", why);
	w->state = WORK_FAILED;
	w->exit = 3;
	w->ended = inq_os_clock();
	all->ended(all->context, w);
}

static bool relay_open(struct work *w, int *ret_end, struct inq_error *err)
{
	int ends[2];

	for (unsigned i = 0; i < SIGNERS; i++) {
		if (relay_used[i])
			continue;
		if (inq_socket_pair(ends, err) != INQ_OK)
			return false;
		relay_used[i] = true;
		relays[i].fd = ends[0];
		relays[i].used = 0;
		w->relay = &relays[i];
		*ret_end = ends[1];
		return true;
	}
	(void)inq_fail(err, INQ_BUSY, 0, "too much is being written at once");
	return false;
}

static void start(struct works *all, struct work *w)
{
	struct work_call call = { all->options, &w->recipe };
	struct inq_task_work task = { work_child, &call, w->recipe.in, -1 };
	struct inq_error err = { 0, "" };
	bool started;

	if (inq_scratch_open(&w->document, &err) != INQ_OK ||
	        (w->recipe.signs && !relay_open(w, &task.keep, &err))) {
		fail(all, w, err.text);
		return;
	}
	started = inq_task_start(&task, &w->task, &err) == INQ_OK;
	if (task.keep >= 0)
		close(task.keep);
	inq_scratch_close(w->recipe.in);
	w->recipe.in = -1;
	if (!started) {
		w->task.out = w->task.err = -1;
		fail(all, w, err.text);
		return;
	}
	w->state = WORK_RUNS;
	w->began = inq_os_clock();
}

/* A line of progress: the byte 0x1e, then "VERB DONE OF". */
static void progress(struct work *w, const char *line)
{
	unsigned long long done, of;
	char verb[sizeof w->verb];

	if (sscanf(line, "%31s %llu %llu", verb, &done, &of) != 3)
		return;
	strcpy(w->verb, verb);
	w->done = done;
	w->of = of;
}

/* What was uploaded has no name but that of a descriptor: it is called a file. Gives the new length. */
static size_t file_name(char *line, size_t len)
{
	static const char instead[] = "the file";
	char *at = memmem(line, len, "/proc/", 6), *end;

	if (!at)
		return len;
	end = at + 6 + strspn(at + 6, "0123456789");
	if (strncmp(end, "/fd/", 4) != 0)
		return len;
	end += 4 + strspn(end + 4, "0123456789");
	memcpy(at, instead, sizeof instead - 1);
	memmove(at + sizeof instead - 1, end, len - (size_t)(end - line));
	return len - (size_t)(end - at) + sizeof instead - 1;
}

/* Takes in what was said: lines of progress apart, the latest of it is kept. */
static void hear(struct work *w, const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char *line, *end = w->said + w->said_len;

		if (w->said_len == sizeof w->said - 1) {
			memmove(w->said, w->said + sizeof w->said / 2, sizeof w->said / 2);
			w->said_len -= sizeof w->said / 2;
			end = w->said + w->said_len;
		}
		*end = (char)at[i];
		w->said_len++;
		if (at[i] != '\n')
			continue;
		for (line = end; line > w->said && line[-1] != '\n';)
			line--;
		if (*line != 0x1e) {
			w->said_len = (size_t)(line - w->said) + file_name(line, (size_t)(end + 1 - line));
			continue;
		}
		*end = 0;
		progress(w, line + 1);
		w->said_len = (size_t)(line - w->said);
	}
}

static void take_in(struct works *all, struct work *w)
{
	static uint8_t buffer[256 << 10];
	size_t got;

	do {
		inq_task_read(&w->task.out, buffer, sizeof buffer, &got);
		w->written += got;
		if (w->written > WORK_DOCUMENT_MOST || !inq_scratch_write(w->document, buffer, got)) {
			w->too_long = true;
			inq_task_cancel(&w->task);
			close(w->task.out);
			w->task.out = -1;
		}
	} while (got == sizeof buffer && w->task.out >= 0);
	do {
		inq_task_read(&w->task.err, buffer, sizeof buffer, &got);
		hear(w, buffer, got);
	} while (got == sizeof buffer);
	if (w->relay && !inq_agent_relay(all->options->agent, w->relay)) {
		close(w->relay->fd);
		relay_used[w->relay - relays] = false;
		w->relay = NULL;
	}
}

static void finish(struct works *all, struct work *w)
{
	struct inq_error err = { 0, "" };
	bool whole = w->exit == 0 || w->exit == 1 || w->exit == 4 || w->exit == 6;

	w->ended = inq_os_clock();
	w->state = WORK_DONE;
	if (w->too_long) {
		w->state = WORK_FAILED;
		hear(w, (const uint8_t *)"inquiry: it is too long to be shown\n", 36);
	} else if (inq_scratch_map(w->document, &w->file, &err) != INQ_OK) {
		w->state = WORK_FAILED;
	} else if (w->recipe.plan) {
		/* Rows are made of what was written, whatever the command thought of it. */
		if (!whole || !rows_open(w->file.bytes, &w->rows))
			w->state = WORK_FAILED;
	} else if (!whole && !w->job) {
		w->state = WORK_FAILED;
	}
	all->bytes += w->file.map_len;
	inq_scratch_close(w->document);
	w->document = -1;
	if (w->relay) {
		close(w->relay->fd);
		relay_used[w->relay - relays] = false;
		w->relay = NULL;
	}
	all->ended(all->context, w);
}

void work_go(struct works *all, struct work *w)
{
	(void)all;
	w->state = WORK_WAITS;
	w->wanted = true;
}

void work_go_job(struct works *all, struct work *w, const char *title, const char *back)
{
	w->job = ++all->jobs;
	w->title = title;
	w->back = back;
	w->time = inq_os_time();
	work_go(all, w);
}

struct work *work_job(struct works *all, unsigned number)
{
	for (struct work *w = all->first; w; w = w->next)
		if (w->job == number && number)
			return w;
	return NULL;
}

void work_cancel(struct works *all, struct work *w)
{
	w->cancelled = true;
	if (w->state == WORK_WAITS)
		fail(all, w, "cancelled before it began");
	else if (w->state == WORK_RUNS)
		inq_task_cancel(&w->task);
}

nfds_t works_polls(struct works *all, struct pollfd *polls, nfds_t most)
{
	nfds_t count = 0;

	for (struct work *w = all->first; w; w = w->next) {
		if (w->state != WORK_RUNS || count + 3 > most)
			continue;
		polls[count++] = (struct pollfd){ w->task.out, POLLIN, 0 };
		polls[count++] = (struct pollfd){ w->task.err, POLLIN, 0 };
		if (w->relay)
			polls[count++] = (struct pollfd){ w->relay->fd, POLLIN, 0 };
	}
	return count;
}

bool works_ending(const struct works *all)
{
	for (const struct work *w = all->first; w; w = w->next)
		if (w->state == WORK_RUNS && w->task.out < 0 && w->task.err < 0)
			return true;
	return false;
}

/* The next that may start: what is wanted before what is not, the oldest first. */
static struct work *choose(struct works *all)
{
	unsigned rows = 0, long_jobs = 0, quick = 0;
	struct work *best = NULL;

	for (struct work *w = all->first; w; w = w->next) {
		if (w->state != WORK_RUNS)
			continue;
		if (!w->job)
			rows++;
		else if (w->quick)
			quick++;
		else
			long_jobs++;
	}
	for (struct work *w = all->first; w; w = w->next) {
		if (w->state != WORK_WAITS)
			continue;
		if (w->job ? w->quick ? quick >= SIGNERS / 2 : long_jobs >= 1 : rows >= WORK_AT_ONCE)
			continue;
		if (!best || w->wanted >= best->wanted)
			best = w;
	}
	return best;
}

/* Forgets what was not used for longest, where too much is kept. */
static void trim(struct works *all)
{
	for (;;) {
		struct work *oldest = NULL;

		for (struct work *w = all->first; w; w = w->next) {
			if (w->state == WORK_WAITS || w->state == WORK_RUNS || w->held)
				continue;
			if (!oldest || w->used < oldest->used)
				oldest = w;
		}
		if (!oldest || (all->count <= WORK_MOST && all->bytes <= WORK_BYTES_MOST))
			return;
		forget(all, oldest);
	}
}

void works_start(struct works *all)
{
	struct work *next;

	while ((next = choose(all)))
		start(all, next);
	trim(all);
}

void works_turn(struct works *all)
{
	for (struct work *w = all->first; w; w = w->next) {
		if (w->state != WORK_RUNS)
			continue;
		take_in(all, w);
		if (w->task.out < 0 && w->task.err < 0 && inq_task_ended(&w->task, &w->exit))
			finish(all, w);
	}
}

void works_close(struct works *all)
{
	while (all->first)
		forget(all, all->first);
}
