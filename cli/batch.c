#include "cli/batch.h"

const char *cli_status_name(enum inq_status status)
{
	switch (status) {
	case INQ_OK:
		return "ok";
	case INQ_BAD_ARGUMENT:
		return "bad argument";
	case INQ_NO_MEMORY:
		return "no memory";
	case INQ_IO:
		return "i/o";
	case INQ_TIMED_OUT:
		return "timed out";
	case INQ_CRASHED:
		return "crashed";
	case INQ_INTERRUPTED:
		return "interrupted";
	case INQ_TRUNCATED:
		return "truncated";
	case INQ_UNRECOGNISED:
		return "unrecognised";
	case INQ_UNREADABLE:
		return "unreadable";
	case INQ_OVER_LIMIT:
		return "over limit";
	case INQ_CORRUPT:
		return "corrupt";
	case INQ_TAMPERED:
		return "tampered";
	case INQ_BAD_SIGNATURE:
		return "bad signature";
	case INQ_FORKED:
		return "forked";
	case INQ_UNRESOLVED:
		return "unresolved";
	case INQ_LOCKED:
		return "locked";
	case INQ_CONFLICT:
		return "conflict";
	case INQ_BUSY:
		return "busy";
	case INQ_NOT_FOUND:
		return "not found";
	}
	return "unknown";
}

/* Opens the object of one result: in the document's array, or on a line of its own. */
static void json_begin(const struct cli_batch *b, struct inq_json *j, struct inq_sink *out, const char *file,
        const char *member)
{
	inq_json_init(j, out, b->cli->form == CLI_FORM_JSON);
	if (b->cli->form == CLI_FORM_JSON)
		j->depth = 2;
	inq_json_object(j, NULL);
	if (b->cli->form == CLI_FORM_JSONL) {
		inq_json_text(j, "schema", b->schema);
		inq_json_text(j, "program", CLI_PROGRAM);
	}
	inq_json_text(j, "file", file);
	if (member && *member)
		inq_json_text(j, "member", member);
}

static void json_end(const struct cli_batch *b, struct inq_json *j, struct inq_sink *out)
{
	inq_json_end_object(j);
	if (b->cli->form == CLI_FORM_JSONL)
		inq_put(out, "\n");
}

static void json_error(const struct cli_batch *b, struct inq_sink *out, const char *file, const char *member,
        enum inq_status status, const struct inq_error *err)
{
	struct inq_json j;

	json_begin(b, &j, out, file, member);
	inq_json_object(&j, "error");
	inq_json_text(&j, "status", cli_status_name(status));
	inq_json_u64(&j, "at", err->at);
	inq_json_text(&j, "text", err->text);
	inq_json_end_object(&j);
	json_end(b, &j, out);
}

static enum inq_status child_open(void *context, size_t index, struct inq_error *err)
{
	struct cli_batch *b = context;
	enum inq_status status = b->named[index];

	if (status != INQ_OK) {
		*err = b->errors[index];
		return status;
	}
	status = cli_sample_open(&b->samples[index], err);
	if (status == INQ_OK && b->open)
		status = b->open(b->context, err);
	return status;
}

/* A comma between the objects of the document's array. */
static void separate(const struct cli_batch *b, bool *first, struct inq_sink *out)
{
	if (!*first && b->cli->form == CLI_FORM_JSON)
		inq_put(out, ",");
	*first = false;
}

static enum inq_status child_one(struct cli_batch *b, const struct cli_sample *s, const struct inq_member *m,
        struct inq_arena *a, bool *first, struct inq_sink *out, struct inq_error *err)
{
	const char *label = cli_sample_label(s, m, a);
	struct inq_exhibit x;
	struct inq_json j;
	void *found;
	enum inq_status status = cli_sample_exhibit(b->cli, m, a, &x, err);

	if (status == INQ_OK)
		status = b->find(b->context, &x, a, &found, err);
	if (status == INQ_UNRECOGNISED && s->members.count > 1)
		return status;
	if (b->cli->form == CLI_TEXT) {
		if (status != INQ_OK)
			return status;
		if (b->headings && b->several) {
			inq_put(out, "# ");
			inq_put_inert(out, inq_bytes_of(label), SIZE_MAX);
			inq_put(out, "\n");
		} else if (!*first) {
			inq_put(out, "\n");
		}
		*first = false;
		b->report(b->context, found, label, out, NULL);
		return INQ_OK;
	}
	/* The error of a file's only member is told of by the parent, as the file's. */
	if (status != INQ_OK && s->members.count == 1)
		return status;
	separate(b, first, out);
	if (status != INQ_OK) {
		json_error(b, out, s->path, m->name, status, err);
		return status;
	}
	json_begin(b, &j, out, s->path, m->name);
	b->report(b->context, found, label, out, &j);
	json_end(b, &j, out);
	return INQ_OK;
}

/*
 * All programs of one file. Members that are none are passed over; where some
 * cannot be read the others are still told of.
 */
static enum inq_status child_run(void *context, size_t index, struct inq_sink *out, struct inq_error *err)
{
	struct cli_batch *b = context;
	struct cli_sample *s = &b->samples[index];
	size_t limit = cli_arena_limit(b->cli), programs = 0, failed = 0;
	struct inq_arena *a = inq_arena_open(limit), *each;
	enum inq_status status, gravest = INQ_OK;
	struct inq_error first_error = { 0 };
	bool first = true;

	if (!a)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to read it");
	status = cli_sample_members(s, a, err);
	if (status != INQ_OK)
		return status;
	b->several |= s->members.count > 1 || (s->members.count && *s->members.members[0].name);
	for (size_t i = 0; i < s->members.count; i++) {
		each = inq_arena_open(limit - inq_arena_used(a));
		if (!each)
			return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to read it");
		status = child_one(b, s, &s->members.members[i], each, &first, out, err);
		inq_arena_close(each);
		if (status == INQ_OK) {
			programs++;
		} else if ((status != INQ_UNRECOGNISED || s->members.count == 1) && !failed++) {
			first_error = *err;
			gravest = status;
		}
	}
	if (failed && s->members.count == 1)
		return inq_fail(err, gravest, first_error.at, "%s", first_error.text);
	if (failed)
		return inq_fail(err, gravest, first_error.at,
		        "%zu of its %zu members cannot be read; the first: %s", failed, s->members.count,
		        first_error.text);
	if (s->members.cut)
		return inq_fail(err, INQ_OVER_LIMIT, 0, "%s", s->members.reason);
	if (!programs)
		return inq_fail(err, INQ_UNRECOGNISED, 0, "holds no program");
	return INQ_OK;
}

static void document_begin(struct cli_batch *b)
{
	struct inq_json *j = &b->document;

	b->written = false;
	if (b->cli->form != CLI_FORM_JSON)
		return;
	inq_json_init(j, &b->cli->out, true);
	inq_json_object(j, NULL);
	inq_json_text(j, "schema", b->schema);
	inq_json_text(j, "program", CLI_PROGRAM);
	inq_json_array(j, b->array);
}

static void document_end(struct cli_batch *b)
{
	struct inq_json *j = &b->document;

	if (b->cli->form != CLI_FORM_JSON)
		return;
	j->not_first |= b->written ? 1U << (j->depth - 1) : 0;
	inq_json_end_array(j);
	inq_json_end_object(j);
}

static void take_one(struct cli_batch *b, size_t index, const struct inq_child_result *r)
{
	struct cli *cli = b->cli;
	const char *operand = b->samples[index].operand;
	struct inq_child_result result = *r;

	cli_progress_end(&b->progress);
	/* A folder holds what it holds: only what was named has to be a program. */
	if (b->files[index].found && r->whole && !r->body.len &&
	        (r->status == INQ_UNRECOGNISED || r->status == INQ_TRUNCATED)) {
		cli_verbose(cli, "%s: passed over: %s", operand, r->error.text);
		b->passed_over++;
		return;
	}
	if (r->whole && r->body.len &&
	        !(cli->form == CLI_TEXT ? cli_body_is_text(r->body, cli->style.colour)
	                                : cli_body_is_json(r->body))) {
		result.whole = false;
		result.status =
		        inq_fail(&result.error, INQ_CRASHED, 0, "its analysis gave no well-formed result");
	}
	if (result.whole && r->body.len) {
		if (b->written && cli->form == CLI_FORM_JSON)
			inq_put(&cli->out, ",");
		else if (b->written && cli->form == CLI_TEXT && !b->headings)
			inq_put(&cli->out, "\n");
		inq_put_bytes(&cli->out, r->body);
		b->written = true;
	} else if (result.status != INQ_OK && cli->form != CLI_TEXT) {
		if (b->written && cli->form == CLI_FORM_JSON)
			inq_put(&cli->out, ",");
		json_error(b, &cli->out, b->samples[index].path, b->samples[index].member, result.status,
		        &result.error);
		b->written = true;
	}
	if (result.status != INQ_OK)
		cli_error(cli, cli_status_exit(result.status), "%s: %s", operand, result.error.text);
	else
		cli_verbose(cli, "%s: done", operand);
}

/* Each input has a document of its own, and an exit code. */
static bool take_input(struct cli_batch *b, size_t index, const struct inq_child_result *r)
{
	struct cli *cli = b->cli;
	struct inq_bytes document;

	b->scratch = inq_arena_open(SIZE_MAX);
	b->memory = (struct inq_memory_sink){ .arena = b->scratch };
	cli->exit = CLI_DONE;
	*cli->said = 0;
	inq_sink_init(&cli->out, inq_memory_sink_write, &b->memory);
	if (b->scratch) {
		document_begin(b);
		take_one(b, index, r);
		document_end(b);
	}
	b->refused = !b->scratch || !inq_sink_flush(&cli->out);
	document = (struct inq_bytes){ (const uint8_t *)b->memory.at, b->memory.len };
	b->refused =
	        b->refused || !cli->inputs->take(cli->inputs->context, index, document, cli->said, cli->exit);
	inq_arena_close(b->scratch);
	cli->inputs->taken += !b->refused;
	return !b->refused;
}

static bool parent_take(void *context, size_t index, const struct inq_child_result *r)
{
	struct cli_batch *b = context;

	if (b->cli->inputs)
		return take_input(b, index, r);
	take_one(b, index, r);
	return !b->cli->out.failed;
}

static void parent_tick(void *context, size_t ended, size_t count)
{
	struct cli_batch *b = context;

	cli_progress_show(&b->progress, ended, count);
}

static bool file_add(struct cli_batch *b, const char *path, bool found)
{
	struct cli_batch_file *files =
	        inq_arena_extend(b->cli->arena, b->files, b->file_count, &b->file_capacity, sizeof *files);

	if (!files) {
		cli_error(b->cli, CLI_UNREADABLE, "no memory for so many files");
		return false;
	}
	b->files = files;
	files[b->file_count++] = (struct cli_batch_file){ path, found };
	return true;
}

/* The operands, and in the place of a folder all files below it. */
static bool list_files(struct cli_batch *b)
{
	struct cli *cli = b->cli;

	for (size_t i = 0; i < cli->operand_count; i++) {
		const char *operand = cli->operands[i];
		struct inq_directory d;
		struct inq_error err;
		enum inq_status status;

		if (cli->inputs || !inq_file_is_directory(operand)) {
			if (!file_add(b, operand, false))
				return false;
			continue;
		}
		status = inq_directory_list(operand, cli->arena, &d, &err);
		if (status != INQ_OK) {
			cli_error(cli, cli_status_exit(status), "%s: %s", operand, err.text);
			continue;
		}
		if (d.unreadable)
			cli_error(cli, CLI_PARTIAL, "%s: %zu folders in it cannot be listed", operand,
			        d.unreadable);
		if (!d.count)
			cli_error(cli, CLI_UNREADABLE, "%s: there is no file in it", operand);
		for (size_t k = 0; k < d.count; k++)
			if (!file_add(b, d.paths[k], true))
				return false;
	}
	return true;
}

static bool name_files(struct cli_batch *b)
{
	struct cli *cli = b->cli;
	bool from_stdin = false;

	b->samples = inq_arena_new(cli->arena, b->file_count, sizeof *b->samples);
	b->errors = inq_arena_new(cli->arena, b->file_count, sizeof *b->errors);
	b->named = inq_arena_new(cli->arena, b->file_count, sizeof *b->named);
	if (b->file_count && (!b->samples || !b->errors || !b->named)) {
		cli_error(cli, CLI_UNREADABLE, "no memory for so many files");
		return false;
	}
	for (size_t i = 0; i < b->file_count; i++) {
		const char *operand = b->files[i].path;
		bool is_stdin = operand[0] == '-' && !operand[1];

		if (cli->inputs) {
			b->samples[i].operand = b->samples[i].path = "standard input";
			b->samples[i].is_passed = true;
			continue;
		}
		if (is_stdin && from_stdin) {
			cli_error(cli, CLI_USAGE, "- is given twice");
			return false;
		}
		from_stdin |= is_stdin;
		b->samples[i].operand = b->samples[i].path = is_stdin ? "standard input" : operand;
		if (!b->files[i].found)
			b->named[i] = cli_sample_name(cli, operand, &b->samples[i], &b->errors[i]);
	}
	return true;
}

static int child_file(void *context, size_t index)
{
	const struct cli_batch *b = context;

	return b->cli->inputs ? b->cli->inputs->files[index] : -1;
}

/* Says why the children could not be run. */
static void refuse(struct cli *cli, const struct inq_child_work *work, const struct inq_error *err)
{
	if (work->sandbox_refused)
		cli_error(cli, CLI_NO_SANDBOX, "%s; --no-sandbox goes on without it", err->text);
	else if (!cli->out.failed)
		cli_error(cli, CLI_UNREADABLE, "%s", err->text);
}

int cli_batch_run(struct cli_batch *b)
{
	struct cli *cli = b->cli;
	struct inq_child_work work = { b, child_open, child_run, parent_take, parent_tick, false,
		child_file };
	struct inq_error err;

	if (!list_files(b) || !name_files(b))
		return cli->exit;
	b->several = b->file_count > 1;
	if (!cli->inputs)
		document_begin(b);
	cli_progress_init(&b->progress, cli, b->doing);
	if (inq_child_run(&work, b->file_count, cli->jobs, &cli->limits, &err) != INQ_OK)
		refuse(cli, &work, &err);
	cli_progress_end(&b->progress);
	if (b->passed_over)
		cli_note(cli, "%zu files that are no programs were passed over", b->passed_over);
	if (!cli->inputs)
		document_end(b);
	return cli->exit;
}

/* One job in one child. */
struct errand {
	struct cli *cli;
	const char *subject;
	enum inq_status status;
	void *context;
	enum inq_status (*open)(void *context, size_t index, struct inq_error *err);
	enum inq_status (*run)(void *context, size_t index, struct inq_sink *out, struct inq_error *err);
};

static enum inq_status errand_open(void *context, size_t index, struct inq_error *err)
{
	struct errand *e = context;

	return e->open(e->context, index, err);
}

static enum inq_status errand_run(void *context, size_t index, struct inq_sink *out, struct inq_error *err)
{
	struct errand *e = context;

	return e->run(e->context, index, out, err);
}

static bool errand_take(void *context, size_t index, const struct inq_child_result *r)
{
	struct errand *e = context;
	struct cli *cli = e->cli;
	bool sound = cli->form == CLI_TEXT ? cli_body_is_text(r->body, cli->style.colour)
	                                   : r->body.len == 0 || cli_body_is_json(r->body);

	(void)index;
	e->status = r->status;
	if (r->whole && !sound) {
		e->status = INQ_CRASHED;
		cli_error(cli, CLI_UNREADABLE, "%s: its analysis gave no well-formed result", e->subject);
		return true;
	}
	if (r->whole)
		inq_put_bytes(&cli->out, r->body);
	if (r->status != INQ_OK)
		cli_error(cli, cli_status_exit(r->status), "%s%s%s", e->subject, *e->subject ? ": " : "",
		        r->error.text);
	return true;
}

enum inq_status cli_child(struct cli *cli, const char *subject, void *context,
        enum inq_status (*open)(void *context, size_t index, struct inq_error *err),
        enum inq_status (*run)(void *context, size_t index, struct inq_sink *out, struct inq_error *err))
{
	struct errand errand = { cli, subject, INQ_OK, context, open, run };
	struct inq_child_work work = { &errand, errand_open, errand_run, errand_take, NULL, false, NULL };
	struct inq_error err;
	enum inq_status status = inq_child_run(&work, 1, 1, &cli->limits, &err);

	if (status == INQ_OK)
		return errand.status;
	refuse(cli, &work, &err);
	return status;
}
