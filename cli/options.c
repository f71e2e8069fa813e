#include "cli/cli.h"
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* Which commands take an option that several share: all, or those that say so. */
static const struct {
	enum cli_option_id id;
	unsigned takes;
} shared[] = {
	{ CLI_JSON, CLI_TAKES_OUTPUT | CLI_TAKES_JSON },
	{ CLI_JSONL, CLI_TAKES_JSONL },
	{ CLI_OUTPUT, CLI_TAKES_OUTPUT | CLI_TAKES_FILE },
	{ CLI_JOBS, CLI_TAKES_JOBS },
	{ CLI_TIMEOUT, CLI_TAKES_CHILDREN },
	{ CLI_MEMORY, CLI_TAKES_CHILDREN },
	{ CLI_NO_SANDBOX_OPTION, CLI_TAKES_CHILDREN },
	{ CLI_KEY, CLI_TAKES_KEY },
	{ CLI_PASSPHRASE_FILE, CLI_TAKES_KEY },
	{ CLI_TIME, CLI_TAKES_KEY },
};

static const struct cli_option common[] = {
	{ CLI_KEY, "key", 'k', "FILE", false, "the key file with which it is signed; default: $INQUIRY_KEY" },
	{ CLI_PASSPHRASE_FILE, "passphrase-file", 0, "FILE", false,
	        "the key's passphrase is the first line of FILE, not asked for" },
	{ CLI_TIME, "time", 0, "SECONDS", false,
	        "the time of entries, in seconds since 1970; default: $INQUIRY_TIME, else the clock" },
	{ CLI_JSON, "json", 0, NULL, false, "one JSON document instead of text" },
	{ CLI_JSONL, "jsonl", 0, NULL, false, "one line of JSON for each exhibit" },
	{ CLI_OUTPUT, "output", 'o', "FILE", false, "write the result to FILE, complete or not at all" },
	{ CLI_COLOUR, "color", 0, "WHEN", false, "auto, always or never; NO_COLOR is honoured" },
	{ CLI_JOBS, "jobs", 'j', "N", false, "files at a time; default: one for each core" },
	{ CLI_TIMEOUT, "timeout", 0, "SECONDS", false, "most time for one file; default 300" },
	{ CLI_MEMORY, "memory", 0, "MIB", false, "most memory for one file; default 4096" },
	{ CLI_NO_SANDBOX_OPTION, "no-sandbox", 0, NULL, false,
	        "go on where the machine grants no sandbox; not for hostile files" },
	{ CLI_QUIET, "quiet", 'q', NULL, false, "say nothing but errors" },
	{ CLI_VERBOSE, "verbose", 'v', NULL, false, "say more" },
	{ CLI_HELP, "help", 'h', NULL, false, "this text" },
	{ CLI_VERSION, "version", 0, NULL, false, "the program's version" },
	{ .name = NULL },
};

const struct cli_option *cli_common_options(void)
{
	return common;
}

bool cli_takes(const struct cli_command *command, const struct cli_option *option)
{
	for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
		if (shared[i].id == option->id)
			return command->common & shared[i].takes;
	return true;
}

/* All options of the command, for getopt_long and by index. */
enum { OPTIONS_MOST = 32 };
struct table {
	const struct cli_option *option[OPTIONS_MOST];
	struct option longs[OPTIONS_MOST + 1];
	char letters[2 * OPTIONS_MOST + 3];
	size_t count;
};

static void table_add(struct table *t, const struct cli_option *o)
{
	size_t len = strlen(t->letters);

	if (t->count == OPTIONS_MOST)
		return;
	t->longs[t->count] = (struct option){ o->name, o->value ? required_argument : no_argument, NULL,
		1000 + (int)t->count };
	t->option[t->count++] = o;
	if (o->letter) {
		t->letters[len++] = o->letter;
		if (o->value)
			t->letters[len] = ':';
	}
}

static void table_fill(struct table *t, const struct cli_command *command)
{
	strcpy(t->letters, ":");
	for (const struct cli_option *o = command->options; o && o->name; o++)
		table_add(t, o);
	for (const struct cli_option *o = common; o->name; o++)
		if (cli_takes(command, o))
			table_add(t, o);
}

static const struct cli_option *table_find(const struct table *t, int code)
{
	if (code >= 1000 && (size_t)(code - 1000) < t->count)
		return t->option[code - 1000];
	for (size_t i = 0; i < t->count; i++)
		if (t->option[i]->letter && t->option[i]->letter == code)
			return t->option[i];
	return NULL;
}

static void refuse_unknown(struct cli *cli, const struct table *t, const char *given)
{
	const char *names[OPTIONS_MOST], *near, *equals = strchr(given, '=');
	char *name =
	        inq_arena_string(cli->arena, (struct inq_bytes){ (const uint8_t *)given,
	                                             equals ? (size_t)(equals - given) : strlen(given) });

	for (size_t i = 0; i < t->count; i++)
		names[i] = t->option[i]->name;
	near = name && !strncmp(name, "--", 2) ? cli_nearest(name + 2, names, t->count) : NULL;
	if (near)
		cli_error(cli, CLI_USAGE, "%s does not know the option %s; did you mean --%s?",
		        cli->command->name, name, near);
	else
		cli_error(cli, CLI_USAGE, "%s does not know the option %s; see inquiry %s --help",
		        cli->command->name, name, cli->command->name);
}

static bool keep(struct cli *cli, const struct cli_option *o, const char *value)
{
	if (cli->set[o->id] && !o->repeats && o->id != CLI_HELP) {
		cli_error(cli, CLI_USAGE, "--%s is given twice", o->name);
		return false;
	}
	cli->set[o->id] = true;
	cli->value[o->id] = value;
	if (value)
		cli->given[cli->given_count++] = (struct cli_given){ o->id, value };
	return true;
}

bool cli_number(const char *text, uint64_t *ret)
{
	char *end;
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	unsigned long long value;

	/* strtoull takes blanks and signs, and wraps what is negative. */
	if (hex ? !strchr("0123456789abcdefABCDEF", text[2]) || !text[2] : *text < '0' || *text > '9')
		return false;
	value = strtoull(text, &end, hex ? 16 : 10);
	if (*end || value == UINT64_MAX)
		return false;
	*ret = value;
	return true;
}

bool cli_day(const char *text, uint32_t *ret)
{
	static const uint32_t days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	uint32_t year = 0, month = 0, number = 0;

	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
		return false;
	for (int i = 0; i < 10; i++) {
		uint32_t digit = (uint32_t)(text[i] - '0');

		if (i == 4 || i == 7)
			continue;
		if (text[i] < '0' || text[i] > '9')
			return false;
		if (i < 4)
			year = 10 * year + digit;
		else if (i < 7)
			month = 10 * month + digit;
		else
			number = 10 * number + digit;
	}
	if (year < 1970 || month < 1 || month > 12 || number < 1 || number > days[month - 1])
		return false;
	*ret = 10000 * year + 100 * month + number;
	return true;
}

bool cli_raw(const char *text, enum inq_arch *ret_arch, bool *ret_big, uint64_t *ret_va)
{
	const char *at = strchr(text, '@');
	size_t len = at ? (size_t)(at - text) : strlen(text);
	char name[32];
	bool big = false;
	enum inq_arch arch;
	uint64_t va = 0;

	if (len >= sizeof name || (at && !cli_number(at + 1, &va)))
		return false;
	memcpy(name, text, len);
	name[len] = 0;
	if (len > 3 && !strcmp(name + len - 3, "-be")) {
		name[len - 3] = 0;
		big = true;
	}
	arch = inq_arch_of_name(name);
	if (arch == INQ_ARCH_NONE)
		return false;
	*ret_arch = arch;
	*ret_big = big;
	*ret_va = va;
	return true;
}

/* A number that an option must be within; the default where it is not given. */
static bool bounded(struct cli *cli, enum cli_option_id id, const char *name, uint64_t least, uint64_t most,
        uint64_t *value)
{
	uint64_t number;

	if (!cli->set[id])
		return true;
	if (!cli_number(cli->value[id], &number) || number < least || number > most) {
		cli_error(cli, CLI_USAGE, "--%s takes a number from %llu to %llu, not %s", name,
		        (unsigned long long)least, (unsigned long long)most, cli->value[id]);
		return false;
	}
	*value = number;
	return true;
}

static bool choose_colour(struct cli *cli)
{
	const char *when = cli->set[CLI_COLOUR] ? cli->value[CLI_COLOUR] : "auto";
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (!strcmp(when, "always")) {
		cli->style.colour = true;
	} else if (!strcmp(when, "auto")) {
		cli->style.colour = inq_os_is_terminal(INQ_STREAM_OUT) && !cli->set[CLI_OUTPUT] &&
		                    !(no && *no) && term && strcmp(term, "dumb");
	} else if (strcmp(when, "never")) {
		cli_error(cli, CLI_USAGE, "--color takes auto, always or never, not %s", when);
		return false;
	}
	return true;
}

/* Gives the shared options their meaning. */
static bool settle(struct cli *cli)
{
	uint64_t jobs = inq_os_cores(), seconds = 300, mib = 4096;

	if (!choose_colour(cli) || !bounded(cli, CLI_JOBS, "jobs", 1, 1024, &jobs) ||
	        !bounded(cli, CLI_TIMEOUT, "timeout", 1, 86400, &seconds) ||
	        !bounded(cli, CLI_MEMORY, "memory", 64, 1 << 20, &mib))
		return false;
	if (cli->set[CLI_JSON] && cli->set[CLI_JSONL]) {
		cli_error(cli, CLI_USAGE, "--json and --jsonl exclude each other");
		return false;
	}
	if (cli->set[CLI_QUIET] && cli->set[CLI_VERBOSE]) {
		cli_error(cli, CLI_USAGE, "--quiet and --verbose exclude each other");
		return false;
	}
	cli->form = cli->set[CLI_JSON] ? CLI_FORM_JSON : cli->set[CLI_JSONL] ? CLI_FORM_JSONL : CLI_TEXT;
	cli->verbosity = cli->set[CLI_QUIET] ? 0 : cli->set[CLI_VERBOSE] ? 2 : 1;
	cli->jobs = (unsigned)jobs;
	cli->style.columns = inq_os_columns(INQ_STREAM_OUT);
	cli->limits = (struct inq_child_limits){
		.memory = mib << 20,
		.cpu_seconds = (uint32_t)seconds,
		.wall_seconds = (uint32_t)(seconds + seconds / 2 + 5),
		.result = 1 << 30,
		.sandbox = !cli->set[CLI_NO_SANDBOX_OPTION],
	};
	return true;
}

static bool count_operands(struct cli *cli)
{
	const struct cli_command *command = cli->command;

	if (cli->operand_count < command->operands_least) {
		cli_error(cli, CLI_USAGE, "%s takes %s; see inquiry %s --help", command->name,
		        command->operands, command->name);
		return false;
	}
	if (cli->operand_count > command->operands_most) {
		cli_error(cli, CLI_USAGE, "%s takes %s, and %s is one too many", command->name,
		        command->operands, cli->operands[command->operands_most]);
		return false;
	}
	return true;
}

int cli_parse(struct cli *cli, int argc, char **argv)
{
	struct table table = { .count = 0 };
	const struct cli_option *option;
	int code;

	table_fill(&table, cli->command);
	cli->verbosity = 1;
	cli->given = inq_arena_new(cli->arena, (size_t)argc + 1, sizeof *cli->given);
	if (!cli->given)
		return CLI_UNREADABLE;
	opterr = 0;
	while ((code = getopt_long(argc, argv, table.letters, table.longs, NULL)) != -1) {
		if (code == ':') {
			cli_error(cli, CLI_USAGE, "%s needs a value", argv[optind - 1]);
			return CLI_USAGE;
		}
		if (code == '?') {
			option = table_find(&table, optopt);
			if (option && !option->value)
				cli_error(cli, CLI_USAGE, "--%s takes no value", option->name);
			else if (optopt)
				cli_error(cli, CLI_USAGE,
				        "%s does not know the option -%c; see inquiry %s --help",
				        cli->command->name, optopt, cli->command->name);
			else
				refuse_unknown(cli, &table, argv[optind - 1]);
			return CLI_USAGE;
		}
		option = table_find(&table, code);
		if (!option || !keep(cli, option, optarg))
			return CLI_USAGE;
	}
	if (cli->set[CLI_HELP] || cli->set[CLI_VERSION]) {
		if (cli->set[CLI_HELP])
			cli_help(cli->command, &cli->out);
		else
			inq_put(&cli->out, CLI_PROGRAM "\n");
		return inq_sink_flush(&cli->out) ? CLI_DONE : CLI_UNREADABLE;
	}
	cli->operands = argv + optind;
	cli->operand_count = (size_t)(argc - optind);
	return settle(cli) && count_operands(cli) ? -1 : CLI_USAGE;
}
