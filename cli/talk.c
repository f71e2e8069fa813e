#include "cli/cli.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Gravest last: a sandbox that is missing outweighs a file that cannot be read. */
static int gravity(int exit)
{
	static const int order[] = { CLI_DONE, CLI_FORKED, CLI_CHECK_FAILED, CLI_PARTIAL, CLI_UNREADABLE,
		CLI_USAGE, CLI_NO_SANDBOX };

	for (int i = 0; i < (int)(sizeof order / sizeof *order); i++)
		if (order[i] == exit)
			return i;
	return 0;
}

void cli_exit_with(struct cli *cli, int exit)
{
	if (gravity(exit) > gravity(cli->exit))
		cli->exit = exit;
}

int cli_status_exit(enum inq_status status)
{
	return status == INQ_NO_MEMORY ? CLI_PARTIAL : inq_status_exit(status);
}

const char *cli_count(struct cli *cli, uint64_t count, const char *one, const char *many)
{
	char digits[24], grouped[32];
	size_t len = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, count), at = 0;
	const char *text;

	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			grouped[at++] = ',';
		grouped[at++] = digits[i];
	}
	grouped[at] = 0;
	text = inq_arena_printf(cli->arena, "%s %s", grouped, count == 1 ? one : many);
	return text ? text : many;
}

static bool said_write(void *to, const void *at, size_t len)
{
	char *said = to;
	size_t used = strlen(said), room = sizeof((struct cli *)0)->said - 1 - used;

	memcpy(said + used, at, len < room ? len : room);
	return true;
}

/* What a command has to say that works for another one is that one's to tell. */
static void INQ_PRINTF(2, 0) keep(struct cli *cli, const char *fmt, va_list args)
{
	char line[sizeof cli->said];
	struct inq_sink kept;

	if (*cli->said)
		return;
	vsnprintf(line, sizeof line, fmt, args);
	inq_sink_init(&kept, said_write, cli->said);
	inq_put_inert(&kept, inq_bytes_of(line), sizeof line - 8);
	(void)!inq_sink_flush(&kept);
}

static void INQ_PRINTF(1, 0) say(const char *fmt, va_list args)
{
	char line[8192];
	struct inq_sink err;
	struct inq_bytes text;

	vsnprintf(line, sizeof line, fmt, args);
	text = inq_bytes_of(line);
	inq_sink_init(&err, inq_stderr_write, NULL);
	if (inq_os_is_terminal(INQ_STREAM_ERR))
		inq_put(&err, "\r\033[K");
	inq_put(&err, "inquiry: ");
	inq_put_inert(&err, text, text.len * 4);
	inq_put(&err, "\n");
	(void)!inq_sink_flush(&err);
}

void cli_error(struct cli *cli, int exit, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	if (cli->inputs)
		keep(cli, fmt, args);
	else
		say(fmt, args);
	va_end(args);
	cli_exit_with(cli, exit);
}

void cli_note(struct cli *cli, const char *fmt, ...)
{
	va_list args;

	if (cli->verbosity < 1 || cli->inputs)
		return;
	va_start(args, fmt);
	say(fmt, args);
	va_end(args);
}

void cli_verbose(struct cli *cli, const char *fmt, ...)
{
	va_list args;

	if (cli->verbosity < 2 || cli->inputs)
		return;
	va_start(args, fmt);
	say(fmt, args);
	va_end(args);
}

void cli_progress_init(struct cli_progress *p, struct cli *cli, const char *verb)
{
	*p = (struct cli_progress){ .cli = cli, .verb = verb, .started = inq_os_clock() };
	p->visible = cli->progress_lines || (cli->verbosity > 0 && inq_os_is_terminal(INQ_STREAM_ERR));
}

/* Whether it is time for another line; then the line is begun. */
static bool due(struct cli_progress *p, struct inq_sink *err)
{
	enum { QUIET_MS = 2000, EVERY_MS = 200 };
	uint64_t now = p->visible ? inq_os_clock() : 0;

	if (!p->visible || (now - p->started < QUIET_MS && !p->cli->progress_lines) ||
	        now - p->shown < EVERY_MS)
		return false;
	p->shown = now;
	inq_sink_init(err, inq_stderr_write, NULL);
	if (p->cli->progress_lines)
		return true;
	inq_putf(err, "\r\033[K%s: ", p->verb);
	return true;
}

/* How long the rest will take where it goes as what is done went. */
static void estimate(const struct cli_progress *p, uint64_t done, uint64_t count, struct inq_sink *err)
{
	uint64_t left;

	if (!done || done >= count)
		return;
	left = (p->shown - p->started) * (count - done) / done / 1000 + 1;
	if (left < 120)
		inq_putf(err, ", about %" PRIu64 " s left", left);
	else
		inq_putf(err, ", about %" PRIu64 " min left", (left + 59) / 60);
}

void cli_progress_show(struct cli_progress *p, size_t done, size_t count)
{
	struct inq_sink err;

	if (!due(p, &err))
		return;
	if (p->cli->progress_lines) {
		inq_putf(&err, "\x1e%s %zu %zu\n", p->verb, done, count);
	} else {
		inq_putf(&err, "%zu of %zu files", done, count);
		estimate(p, done, count, &err);
	}
	(void)!inq_sink_flush(&err);
}

void cli_progress_share(struct cli_progress *p, unsigned thousandths)
{
	struct inq_sink err;

	if (!due(p, &err))
		return;
	if (p->cli->progress_lines) {
		inq_putf(&err, "\x1e%s %u 1000\n", p->verb, thousandths);
	} else {
		inq_putf(&err, "%u %%", thousandths / 10);
		estimate(p, thousandths, 1000, &err);
	}
	(void)!inq_sink_flush(&err);
}

void cli_progress_end(struct cli_progress *p)
{
	struct inq_sink err;

	if (!p->visible || !p->shown || p->cli->progress_lines)
		return;
	inq_sink_init(&err, inq_stderr_write, NULL);
	inq_put(&err, "\r\033[K");
	(void)!inq_sink_flush(&err);
	p->shown = 0;
}
