/*
 * The table of commands, and the way into them.
 */
#include "cli/cli.h"
#include <string.h>

const struct cli_command *const cli_commands[] = {
	&cli_examine,
	&cli_compare,
	&cli_search,
	&cli_attribute,
	&cli_corpus_build,
	&cli_corpus_add,
	&cli_corpus_merge,
	&cli_corpus_info,
	&cli_corpus_check,
	&cli_corpus_calibrate,
	&cli_key_new,
	&cli_key_show,
	&cli_key_rotate,
	&cli_key_revoke,
	&cli_open,
	&cli_admit,
	&cli_unseal,
	&cli_investigate,
	&cli_rerun,
	&cli_claim,
	&cli_support,
	&cli_dispute,
	&cli_withdraw,
	&cli_log,
	&cli_show,
	&cli_report,
	&cli_export,
	&cli_serve,
	&cli_publish,
	&cli_verify,
	&cli_pull,
	&cli_blind_offer,
	&cli_blind_answer,
	&cli_blind_open_message,
	&cli_blind_result,
	&cli_completion,
	NULL,
};

static bool is_word(const char *argument)
{
	return argument && *argument && *argument != '-';
}

/* How many arguments name `command`: 1, 2, or 0 where they name another. */
static int words_of(const struct cli_command *command, int argc, char **argv)
{
	const char *blank = strchr(command->name, ' ');
	size_t first = blank ? (size_t)(blank - command->name) : strlen(command->name);

	if (argc < 2 || strlen(argv[1]) != first || strncmp(argv[1], command->name, first))
		return 0;
	if (!blank)
		return 1;
	return argc > 2 && !strcmp(argv[2], blank + 1) ? 2 : 0;
}

/* Where a command has several parts and none of them was named: which there are. */
static bool list_parts(struct cli *cli, const char *word, const char *part)
{
	size_t len = strlen(word), count = 0;
	const char *names[16];
	const char *near;

	for (const struct cli_command *const *c = cli_commands; *c; c++)
		if (!strncmp((*c)->name, word, len) && (*c)->name[len] == ' ' && count < 16)
			names[count++] = (*c)->name + len + 1;
	if (!count)
		return false;
	if (part && !strcmp(part, "--help")) {
		for (const struct cli_command *const *c = cli_commands; *c; c++)
			if (!strncmp((*c)->name, word, len) && (*c)->name[len] == ' ')
				inq_putf(&cli->out, "inquiry %-15s %s\n", (*c)->name, (*c)->summary);
		inq_putf(&cli->out, "\ninquiry %s COMMAND --help says more.\n", word);
		return true;
	}
	near = is_word(part) ? cli_nearest(part, names, count) : NULL;
	if (near)
		cli_error(cli, CLI_USAGE, "there is no %s %s; did you mean inquiry %s %s?", word, part, word,
		        near);
	else
		cli_error(
		        cli, CLI_USAGE, "%s needs to be told what to do; see inquiry %s --help", word, word);
	return true;
}

static void refuse_command(struct cli *cli, const char *word)
{
	const char *names[64], *near;
	size_t count = 0;

	for (const struct cli_command *const *c = cli_commands; *c && count < 64; c++)
		names[count++] = (*c)->name;
	near = cli_nearest(word, names, count);
	if (near)
		cli_error(cli, CLI_USAGE, "there is no command %s; did you mean inquiry %s?", word, near);
	else if (inq_file_exists(word))
		cli_error(cli, CLI_USAGE, "there is no command %s; to look at that file: inquiry examine %s",
		        word, word);
	else
		cli_error(cli, CLI_USAGE, "there is no command %s; see inquiry --help", word);
}

/* What stands where a command should: help, version, or a mistake. */
static int without_command(struct cli *cli, int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL;
	char *back[3] = { argv[0], argc > 2 ? argv[2] : NULL, argc > 3 ? argv[3] : NULL };

	if (!word) {
		cli_error(cli, CLI_USAGE, "no command is given; see inquiry --help");
	} else if (!strcmp(word, "--version")) {
		inq_put(&cli->out, CLI_PROGRAM "\n");
	} else if (!strcmp(word, "help") && argc > 2) {
		for (const struct cli_command *const *c = cli_commands; *c; c++) {
			if (words_of(*c, argc - 1, back)) {
				cli_help(*c, &cli->out);
				return cli->exit;
			}
		}
		if (!list_parts(cli, argv[2], "--help"))
			refuse_command(cli, argv[2]);
	} else if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help")) {
		cli_help_all(&cli->out);
	} else if (!list_parts(cli, word, argc > 2 ? argv[2] : NULL)) {
		refuse_command(cli, word);
	}
	return cli->exit;
}

/* Runs the command between the opening and the closing of its output. */
static void run(struct cli *cli)
{
	struct inq_error err;
	bool to_file = cli->set[CLI_OUTPUT] && strcmp(cli->value[CLI_OUTPUT], "-");
	bool written;

	if (to_file && inq_output_open(cli->value[CLI_OUTPUT], &cli->file, &err) != INQ_OK) {
		cli_error(cli, CLI_UNREADABLE, "%s: %s", cli->value[CLI_OUTPUT], err.text);
		return;
	}
	if (to_file)
		inq_sink_init(&cli->out, inq_output_write, &cli->file);
	cli_exit_with(cli, cli->command->run(cli));
	written = inq_sink_flush(&cli->out);
	/* Without any result the file that was there is worth more than an empty one. */
	if (to_file && cli->exit != CLI_DONE && !cli->file.written)
		inq_output_abandon(&cli->file);
	else if (to_file && inq_output_commit(&cli->file, &err) != INQ_OK)
		cli_error(cli, CLI_UNREADABLE, "%s: %s", cli->value[CLI_OUTPUT], err.text);
	else if (!to_file && !written)
		cli_error(cli, CLI_UNREADABLE, "standard output cannot be written");
}

int cli_main(struct cli *cli, int argc, char **argv)
{
	int words = 0, early;

	cli->program = argc ? argv[0] : NULL;
	inq_sink_init(&cli->out, inq_stdout_write, NULL);
	for (const struct cli_command *const *c = cli_commands; *c && !words; c++) {
		words = words_of(*c, argc, argv);
		if (words)
			cli->command = *c;
	}
	if (!words) {
		early = without_command(cli, argc, argv);
		return inq_sink_flush(&cli->out) ? early : CLI_UNREADABLE;
	}
	early = cli_parse(cli, argc - words, argv + words);
	if (early != -1)
		return early;
	run(cli);
	return cli->exit;
}

int main(int argc, char **argv)
{
	struct cli cli = { .arena = inq_arena_open(SIZE_MAX), .verbosity = 1 };
	int exit;

	if (!cli.arena)
		return CLI_UNREADABLE;
	inq_os_guard();
	exit = cli_main(&cli, argc, argv);
	inq_arena_close(cli.arena);
	return exit;
}
