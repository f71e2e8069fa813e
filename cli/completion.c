/*
 * Shell completion, from the same tables that parse the command line.
 */
#include "cli/cli.h"
#include <string.h>

static const struct cli_option no_options[] = { { .name = NULL } };

/* All options of a command in order, its own first; NULL at the end. */
static const struct cli_option *option_next(const struct cli_command *command, const struct cli_option *last)
{
	const struct cli_option *o = command->options, *common = cli_common_options();
	bool own = false;

	for (const struct cli_option *each = command->options; last && each->name; each++)
		own |= each == last;
	if (last)
		o = last + 1;
	if ((!last || own) && o->name)
		return o;
	if (!last || own)
		o = common;
	while (o->name && !cli_takes(command, o))
		o++;
	return o->name ? o : NULL;
}

/* The first word of a command's name, and what follows it: "" where nothing does. */
static size_t first_word(const struct cli_command *command, const char **ret_second)
{
	size_t len = strcspn(command->name, " ");

	*ret_second = command->name[len] ? command->name + len + 1 : "";
	return len;
}

static bool same_group(const struct cli_command *a, const struct cli_command *b)
{
	const char *unused;
	size_t len = first_word(a, &unused);

	return len == first_word(b, &unused) && !strncmp(a->name, b->name, len);
}

/* Whether this is the first command of its group in the table. */
static bool leads(const struct cli_command *const *c)
{
	return c == cli_commands || !same_group(c[-1], c[0]);
}

static void word_put(struct inq_sink *out, const struct cli_command *command)
{
	const char *unused;

	inq_put_bytes(
	        out, (struct inq_bytes){ (const uint8_t *)command->name, first_word(command, &unused) });
}

static const char *value_words(const struct cli_option *o)
{
	if (o->id == CLI_COLOUR)
		return "auto always never";
	if (o->id == CLI_TLP)
		return "clear green amber red";
	if (o->id == CLI_RAW)
		return "x86-64@ x86-32@ aarch64@ arm@ mips@";
	return NULL;
}

static bool takes_path(const struct cli_option *o)
{
	return o->id == CLI_OUTPUT || o->id == CLI_KEY || o->id == CLI_KEY_FILE ||
	       o->id == CLI_PASSPHRASE_FILE || o->id == CLI_POLICY || o->id == CLI_CORPUS ||
	       o->id == CLI_COMMON || o->id == CLI_FILE;
}

/* What the commands of a group have in common. */
static const char *group_summary(const struct cli_command *command)
{
	const char *unused;

	return first_word(command, &unused) == 3 ? "the keys of a party"
	                                         : "commands on a corpus of known programs";
}

/* `text` inside single quotes, where a quote needs care, and in zsh what parts its fields. */
static void quoted(struct inq_sink *out, const char *text, bool for_zsh)
{
	for (; *text; text++) {
		if (*text == '\'')
			inq_put(out, "'\\''");
		else if (for_zsh && (*text == '[' || *text == ']' || *text == ':'))
			inq_putf(out, "\\%c", *text);
		else
			inq_putf(out, "%c", *text);
	}
}

static void first_words(struct inq_sink *out)
{
	for (const struct cli_command *const *c = cli_commands; *c; c++) {
		if (!leads(c))
			continue;
		word_put(out, *c);
		inq_put(out, " ");
	}
}

static void second_words(const struct cli_command *of, struct inq_sink *out)
{
	const char *second;

	for (const struct cli_command *const *c = cli_commands; *c; c++) {
		first_word(*c, &second);
		if (same_group(*c, of))
			inq_putf(out, "%s ", second);
	}
}

static void bash_values(struct inq_sink *out)
{
	bool seen[CLI_OPTION_COUNT] = { false };

	for (const struct cli_command *const *c = cli_commands; *c; c++) {
		for (const struct cli_option *o = option_next(*c, NULL); o; o = option_next(*c, o)) {
			if (!o->value || takes_path(o) || seen[o->id])
				continue;
			seen[o->id] = true;
			inq_putf(out, "\t--%s) COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return ;;\n",
			        o->name, value_words(o) ? value_words(o) : "");
		}
	}
}

static void bash(struct inq_sink *out)
{
	const char *second;
	size_t len;

	inq_put(out, "# bash completion for inquiry; made by: inquiry completion bash\n"
	             "_inquiry()\n{\n"
	             "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=\n\n"
	             "\tCOMPREPLY=()\n"
	             "\tcase \"$prev\" in\n");
	bash_values(out);
	inq_put(out, "\tesac\n\tcase \"$COMP_CWORD ${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n\t1\\ *) words='");
	first_words(out);
	inq_put(out, "help --help --version' ;;\n");
	for (const struct cli_command *const *c = cli_commands; *c; c++) {
		len = first_word(*c, &second);
		if (!*second || !leads(c))
			continue;
		inq_putf(out, "\t2\\ %.*s\\ *) words='", (int)len, (*c)->name);
		second_words(*c, out);
		inq_put(out, "' ;;\n");
	}
	for (const struct cli_command *const *c = cli_commands; *c; c++)
		if ((*c)->words)
			inq_putf(out, "\t2\\ %s\\ *) words='%s' ;;\n", (*c)->name, (*c)->words);
	for (const struct cli_command *const *c = cli_commands; *c; c++) {
		len = first_word(*c, &second);
		inq_putf(out, "\t*\\ %.*s\\ %s) words='", (int)len, (*c)->name, *second ? second : "*");
		for (const struct cli_option *o = option_next(*c, NULL); o; o = option_next(*c, o))
			inq_putf(out, "--%s ", o->name);
		inq_put(out, "' ;;\n");
	}
	inq_put(out, "\tesac\n"
	             "\tif [[ $cur == -* || ( $COMP_CWORD -le 2 && $words != *--json* ) ]]; then\n"
	             "\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	             "\telse\n"
	             "\t\tcompopt -o filenames\n"
	             "\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n"
	             "\tfi\n"
	             "}\n"
	             "complete -F _inquiry inquiry\n");
}

static void zsh_option(const struct cli_option *o, struct inq_sink *out)
{
	if (o->letter)
		inq_putf(out, " \\\n\t\t\t%s'(-%c --%s)'{-%c%s,--%s%s}'[", o->repeats ? "'*'" : "", o->letter,
		        o->name, o->letter, o->value ? "+" : "", o->name, o->value ? "=" : "");
	else
		inq_putf(out, " \\\n\t\t\t'%s--%s%s[", o->repeats ? "*" : "", o->name, o->value ? "=" : "");
	quoted(out, o->help, true);
	inq_put(out, "]");
	if (o->value) {
		inq_put(out, ":");
		quoted(out, o->value, true);
		inq_put(out, ":");
		if (takes_path(o))
			inq_put(out, "_files");
		else if (value_words(o))
			inq_putf(out, "(%s)", value_words(o));
	}
	inq_put(out, "'");
}

static void zsh(struct inq_sink *out)
{
	const char *second;
	size_t len;

	inq_put(out, "#compdef inquiry\n# made by: inquiry completion zsh\n\n_inquiry() {\n"
	             "\tlocal -a commands parts\n\tcommands=(");
	for (const struct cli_command *const *c = cli_commands; *c; c++) {
		len = first_word(*c, &second);
		if (!leads(c))
			continue;
		inq_putf(out, "\n\t\t'%.*s:", (int)len, (*c)->name);
		quoted(out, *second ? group_summary(*c) : (*c)->summary, true);
		inq_put(out, "'");
	}
	inq_put(out,
	        "\n\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe command commands\n\t\treturn\n\tfi\n");
	for (const struct cli_command *const *c = cli_commands; *c; c++) {
		len = first_word(*c, &second);
		if (!*second || !leads(c))
			continue;
		inq_putf(out, "\tif (( CURRENT == 3 )) && [[ $words[2] == %.*s ]]; then\n\t\tparts=(",
		        (int)len, (*c)->name);
		for (const struct cli_command *const *each = cli_commands; *each; each++) {
			if (!same_group(*c, *each))
				continue;
			first_word(*each, &second);
			inq_putf(out, "\n\t\t\t'%s:", second);
			quoted(out, (*each)->summary, true);
			inq_put(out, "'");
		}
		inq_put(out, "\n\t\t)\n\t\t_describe command parts\n\t\treturn\n\tfi\n");
	}
	inq_put(out, "\tcase \"$words[2] $words[3]\" in\n");
	for (const struct cli_command *const *c = cli_commands; *c; c++) {
		len = first_word(*c, &second);
		inq_putf(out, "\t%.*s\\ %s)\n\t\t_arguments", (int)len, (*c)->name, *second ? second : "*");
		for (const struct cli_option *o = option_next(*c, NULL); o; o = option_next(*c, o))
			zsh_option(o, out);
		/* Where there is one word before it: the command is the first argument. */
		if ((*c)->words)
			inq_putf(out, " \\\n\t\t\t'2:word:(%s)'", (*c)->words);
		inq_put(out, " \\\n\t\t\t'*:file:_files' ;;\n");
	}
	inq_put(out, "\tesac\n}\n\n_inquiry \"$@\"\n");
}

static void fish_condition(const struct cli_command *command, struct inq_sink *out)
{
	const char *second;
	size_t len = first_word(command, &second);

	inq_putf(out, "complete -c inquiry -n '__fish_seen_subcommand_from %.*s", (int)len, command->name);
	if (*second)
		inq_putf(out, "; and __fish_seen_subcommand_from %s", second);
	inq_put(out, "'");
}

static void fish(struct inq_sink *out)
{
	const char *second;
	size_t len;

	inq_put(out, "# fish completion for inquiry; made by: inquiry completion fish\n");
	for (const struct cli_command *const *c = cli_commands; *c; c++) {
		len = first_word(*c, &second);
		if (*second) {
			inq_putf(out,
			        "complete -c inquiry -f -n '__fish_seen_subcommand_from %.*s; and not "
			        "__fish_seen_subcommand_from ",
			        (int)len, (*c)->name);
			second_words(*c, out);
			inq_putf(out, "' -a %s -d '", second);
			quoted(out, (*c)->summary, false);
			inq_put(out, "'\n");
		}
		if (leads(c)) {
			inq_putf(out, "complete -c inquiry -f -n __fish_use_subcommand -a %.*s -d '",
			        (int)len, (*c)->name);
			quoted(out, *second ? group_summary(*c) : (*c)->summary, false);
			inq_put(out, "'\n");
		}
	}
	for (const struct cli_command *const *c = cli_commands; *c; c++) {
		if ((*c)->words)
			inq_putf(out,
			        "complete -c inquiry -f -n '__fish_seen_subcommand_from %s; and not "
			        "__fish_seen_subcommand_from %s' -a '%s'\n",
			        (*c)->name, (*c)->words, (*c)->words);
		for (const struct cli_option *o = option_next(*c, NULL); o; o = option_next(*c, o)) {
			fish_condition(*c, out);
			inq_putf(out, " -l %s", o->name);
			if (o->letter)
				inq_putf(out, " -s %c", o->letter);
			if (o->value)
				inq_put(out, takes_path(o) ? " -r -F" : " -x");
			if (value_words(o))
				inq_putf(out, " -a '%s'", value_words(o));
			inq_put(out, " -d '");
			quoted(out, o->help, false);
			inq_put(out, "'\n");
		}
	}
}

static int run(struct cli *cli)
{
	static const struct {
		const char *name;
		void (*write)(struct inq_sink *out);
	} shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };

	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
		if (!strcmp(cli->operands[0], shells[i].name)) {
			shells[i].write(&cli->out);
			return CLI_DONE;
		}
	}
	cli_error(cli, CLI_USAGE, "completion takes bash, zsh or fish, not %s", cli->operands[0]);
	return CLI_USAGE;
}

const struct cli_command cli_completion = {
	.name = "completion",
	.operands = "SHELL",
	.words = "bash zsh fish",
	.summary = "what bash, zsh or fish load to complete this command line",
	.about = "Packages install these; for a program built by hand, load what is printed.",
	.examples = { "source <(inquiry completion bash)", "in bash, for this session",
	        "inquiry completion zsh > ~/.zfunc/_inquiry", "in zsh, where ~/.zfunc is in $fpath",
	        "inquiry completion fish > ~/.config/fish/completions/inquiry.fish", "in fish" },
	.options = no_options,
	.common = 0,
	.operands_least = 1,
	.operands_most = 1,
	.run = run,
};
