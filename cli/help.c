#include "cli/cli.h"
#include <string.h>

enum { HELP_COLUMNS = 79, HELP_INDENT = 24 };

/* `text` broken at blanks, each line after the first behind `indent` blanks. */
static void wrapped(struct inq_sink *out, const char *text, size_t indent, size_t column)
{
	const char *word = text;
	size_t len;

	while (*word) {
		len = strcspn(word, " ");
		if (column > indent && column + 1 + len > HELP_COLUMNS) {
			inq_putf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			inq_put(out, " ");
			column++;
		}
		inq_put_bytes(out, (struct inq_bytes){ (const uint8_t *)word, len });
		column += len;
		word += len;
		word += *word == ' ';
	}
	inq_put(out, "\n");
}

static void option_help(const struct cli_option *o, struct inq_sink *out)
{
	char left[64];
	size_t len;

	if (o->letter)
		inq_putf(out, "  -%c, ", o->letter);
	else
		inq_put(out, "      ");
	left[0] = 0;
	strncat(left, o->name, 30);
	if (o->value) {
		strcat(left, " ");
		strncat(left, o->value, 30);
	}
	inq_putf(out, "--%s", left);
	len = 8 + strlen(left);
	if (len + 1 > HELP_INDENT) {
		inq_putf(out, "\n%*s", HELP_INDENT, "");
	} else {
		inq_putf(out, "%*s", (int)(HELP_INDENT - len), "");
	}
	wrapped(out, o->help, HELP_INDENT, HELP_INDENT);
}

void cli_help(const struct cli_command *command, struct inq_sink *out)
{
	inq_putf(out, "inquiry %s - %s\n\nExamples\n", command->name, command->summary);
	for (size_t i = 0;
	        i + 1 < sizeof command->examples / sizeof *command->examples && command->examples[i]; i += 2)
		inq_putf(out, "  %s\n      %s\n", command->examples[i], command->examples[i + 1]);
	inq_putf(out, "\nUsage: inquiry %s [OPTION]... %s\n\n", command->name, command->operands);
	wrapped(out, command->about, 0, 0);
	inq_put(out, "\nOptions\n");
	for (const struct cli_option *o = command->options; o && o->name; o++)
		option_help(o, out);
	for (const struct cli_option *o = cli_common_options(); o->name; o++)
		if (cli_takes(command, o))
			option_help(o, out);
	inq_put(out, "\nExit: 0 done, 1 a check failed, 2 usage, 3 input unreadable, 4 partial (a limit\n"
	             "was hit), 5 no sandbox, 6 a party forked its log.\nThe manual: man inquiry");
	for (const char *c = command->name; *c; c++)
		if (c == command->name || c[-1] == ' ')
			inq_putf(out, "-%.*s", (int)strcspn(c, " "), c);
	inq_put(out, "\n");
}

void cli_help_all(struct inq_sink *out)
{
	/* Headings, each before the command that begins its group in the table. */
	static const struct {
		const struct cli_command *first;
		const char *title;
	} groups[] = {
		{ &cli_examine, "Files" },
		{ &cli_corpus_build, "Known programs" },
		{ &cli_key_new, "The keys of a party" },
		{ &cli_open, "A case: what is entered" },
		{ &cli_log, "A case: what stands there" },
		{ &cli_publish, "A case: with everybody else" },
		{ &cli_completion, "The shell" },
	};

	inq_put(out, "inquiry - what a program is made of, and whose code is in it; it is never run\n\n"
	             "Examples\n"
	             "  inquiry examine suspicious.exe\n"
	             "      what it is: container, functions, imports, facts, anomalies\n"
	             "  inquiry corpus build known.corpus families/ --common libraries/\n"
	             "      index known programs, laid out as families/NAME/.../SAMPLE\n"
	             "  inquiry search suspicious.exe --corpus known.corpus\n"
	             "      the families it shares code with, library code taken out\n"
	             "  inquiry open harbour.case --key acme.key\n"
	             "      begin an inquiry: a signed record that nobody can quietly change\n"
	             "  inquiry verify harbour/\n"
	             "      prove again what somebody has published\n\n"
	             "Usage: inquiry COMMAND [OPTION]... FILE...\n\n");
	for (const struct cli_command *const *c = cli_commands; *c; c++) {
		for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
			if (groups[i].first == *c)
				inq_putf(out, "%s\n", groups[i].title);
		inq_putf(out, "  %-17s%s\n", (*c)->name, (*c)->summary);
	}
	inq_put(out, "\ninquiry COMMAND --help says more. FILE may be - for standard input.\n");
}

/* Edit distance with adjacent swaps as one step; names are short, so the table is small. */
static size_t distance(const char *a, const char *b)
{
	enum { LONGEST = 32 };
	size_t row[3][LONGEST + 1], a_len = strlen(a), b_len = strlen(b);
	size_t *before = row[0], *last = row[1], *now = row[2];

	if (a_len > LONGEST || b_len > LONGEST)
		return SIZE_MAX;
	for (size_t j = 0; j <= b_len; j++)
		last[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *spare = before;

		now[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t least = last[j - 1] + (a[i - 1] != b[j - 1]);

			if (last[j] + 1 < least)
				least = last[j] + 1;
			if (now[j - 1] + 1 < least)
				least = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			        before[j - 2] + 1 < least)
				least = before[j - 2] + 1;
			now[j] = least;
		}
		before = last;
		last = now;
		now = spare;
	}
	return last[b_len];
}

const char *cli_nearest(const char *wrong, const char *const *names, size_t count)
{
	const char *best = NULL;
	size_t least = SIZE_MAX, len = strlen(wrong);

	for (size_t i = 0; i < count; i++) {
		size_t d = distance(wrong, names[i]);

		/* What was cut short is a better guess than what is spelt alike. */
		if (len >= 2 && !strncmp(wrong, names[i], len))
			d = 0;
		if (d < least) {
			least = d;
			best = names[i];
		}
	}
	return least <= (len < 4 ? 1 : len < 7 ? 2 : 3) ? best : NULL;
}
