/*
 * The child's side of work: the command, and then, in a child of its own that
 * has no rights, the rows of what it wrote.
 */
#include "serve/work_child.h"
#include <inquiry/case.h>
#include <string.h>
#include <unistd.h>

enum { FAILED = 3, NO_SANDBOX = 5 };

static int say(const char *what, const char *why)
{
	struct inq_sink out;

	inq_sink_init(&out, inq_stderr_write, NULL);
	inq_put(&out, "inquiry: ");
	inq_put_inert(&out, inq_bytes_of(what), 200);
	inq_put(&out, ": ");
	inq_put_inert(&out, inq_bytes_of(why), 400);
	inq_put(&out, "\n");
	(void)!inq_sink_flush(&out);
	return FAILED;
}

/* The bytes of an exhibit as a file that commands can open. */
static bool exhibit_take(struct inq_case *c, const struct inq_sha256 *digest, struct inq_arena *a,
        char path[INQ_SCRATCH_PATH], struct inq_error *err)
{
	struct inq_bytes bytes;
	int fd;

	if (inq_store_object_bytes(inq_case_store(c), digest, INQ_CASE_OBJECT_MOST, a, &bytes, err) !=
	                INQ_OK ||
	        inq_scratch_open(&fd, err) != INQ_OK)
		return false;
	if (!inq_scratch_write(fd, bytes.at, bytes.len)) {
		(void)inq_fail(err, INQ_IO, 0, "no room for a temporary file");
		return false;
	}
	inq_scratch_path(fd, path);
	return true;
}

static bool exhibits_take(const struct work_call *call, char paths[RECIPE_FILES][INQ_SCRATCH_PATH])
{
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	struct inq_error err = { 0, "no memory" };
	struct inq_case *c = NULL;
	bool taken = a && inq_case_open(call->options->address, false, a, &c, &err) == INQ_OK;

	for (unsigned i = 0; i < 2 && taken; i++)
		if (call->recipe->exhibits[i])
			taken = exhibit_take(c, call->recipe->exhibits[i], a, paths[i], &err);
	if (c)
		inq_case_close(c);
	inq_arena_close(a);
	if (!taken)
		(void)say("the exhibit", err.text);
	return taken;
}

static bool text_take(const char *text, char path[INQ_SCRATCH_PATH])
{
	struct inq_error err = { 0, "" };
	int fd;

	if (inq_scratch_open(&fd, &err) != INQ_OK || !inq_scratch_write(fd, text, strlen(text))) {
		(void)say("the text", *err.text ? err.text : "no room for a temporary file");
		return false;
	}
	inq_scratch_path(fd, path);
	return true;
}

static int command(const struct work_call *call, char paths[RECIPE_FILES][INQ_SCRATCH_PATH])
{
	struct inq_agent agent = { .fd = INQ_TASK_KEPT };
	const struct recipe *r = call->recipe;
	char *argv[WORK_ARGUMENTS + 1];
	unsigned count = 0;

	for (; count < WORK_ARGUMENTS && r->argv[count]; count++) {
		enum recipe_file which = recipe_file(r->argv[count]);

		/* getopt moves them about, and changes none. */
		argv[count] = which < RECIPE_FILES ? paths[which] : (char *)(uintptr_t)r->argv[count];
	}
	argv[count] = NULL;
	return call->options->command(call->options->context, argv, r->signs ? &agent : NULL);
}

struct reading {
	const struct rows_plan *plan;
	struct inq_bytes document;
	int out;
	int exit;
};

static enum inq_status run(void *context, size_t index, struct inq_sink *out, struct inq_error *err)
{
	struct reading *r = context;
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	enum inq_status status;

	(void)index;
	if (!a)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to read it");
	status = rows_write(r->plan, r->document, a, out, err);
	inq_arena_close(a);
	return status;
}

static bool take(void *context, size_t index, const struct inq_child_result *result)
{
	struct reading *r = context;

	(void)index;
	if (result->status != INQ_OK)
		r->exit = say("the document", result->error.text);
	else if (!inq_stdout_write(NULL, result->body.at, result->body.len))
		r->exit = FAILED;
	return true;
}

static int rows_make(const struct work_call *call, int document, int out)
{
	struct reading r = { .plan = call->recipe->plan, .out = out };
	struct inq_child_work work = { .context = &r, .run = run, .take = take };
	struct inq_error err = { 0, "" };
	struct inq_file file;

	if (inq_scratch_map(document, &file, &err) != INQ_OK || !inq_scratch_as_stdout(out))
		return say("the document", err.text);
	r.document = file.bytes;
	if (inq_child_run(&work, 1, 1, call->options->limits, &err) != INQ_OK)
		return work.sandbox_refused ? (void)say("the document", err.text),
		       NO_SANDBOX           : say("the document", err.text);
	return r.exit;
}

int work_child(void *context)
{
	const struct work_call *call = context;
	char paths[RECIPE_FILES][INQ_SCRATCH_PATH] = { "", "", "", "" };
	struct inq_error err = { 0, "" };
	int document, out, exit;

	if ((call->recipe->exhibits[0] || call->recipe->exhibits[1]) && !exhibits_take(call, paths))
		return FAILED;
	inq_scratch_path(STDIN_FILENO, paths[RECIPE_IN]);
	if (call->recipe->text && !text_take(call->recipe->text, paths[RECIPE_TEXT]))
		return FAILED;
	if (!call->recipe->plan)
		return command(call, paths);
	/* The command writes to a file; the rows of that go where it would have gone. */
	out = dup(STDOUT_FILENO);
	if (out < 0 || inq_scratch_open(&document, &err) != INQ_OK || !inq_scratch_as_stdout(document))
		return say("the command", *err.text ? err.text : "no file for what it writes");
	exit = command(call, paths);
	/* 1: it does not hold, and says where; 4: a limit was hit. Both wrote a document. */
	if (exit != 0 && exit != 1 && exit != 4)
		return exit;
	return rows_make(call, document, out);
}
