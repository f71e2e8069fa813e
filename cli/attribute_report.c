/*
 * attribute --report: the page of a finding that no record has. It is made of
 * what attribute, examine and search write with --json of the same files.
 */
#include "cli/aligned.h"
#include "cli/attribute.h"
#include <string.h>

/* A word as a shell takes it. */
static void word_put(struct inq_sink *out, const char *word)
{
	static const char plain[] =
	        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=+,@%-";

	if (*word && strspn(word, plain) == strlen(word)) {
		inq_put(out, word);
		return;
	}
	inq_put(out, "'");
	for (; *word; word++)
		inq_putf(out, *word == '\'' ? "'\\''" : "%c", *word);
	inq_put(out, "'");
}

static void option_put(struct inq_sink *out, const char *name, const char *value)
{
	inq_putf(out, " --%s ", name);
	word_put(out, value);
}

/* The call that gives the same, in words of a shell. */
static const char *command_of(struct cli *cli)
{
	struct inq_memory_sink memory = { .arena = cli->arena };
	struct inq_sink out;

	inq_sink_init(&out, inq_memory_sink_write, &memory);
	inq_put(&out, "inquiry attribute");
	for (size_t i = 0; i < cli->operand_count; i++) {
		inq_put(&out, " ");
		word_put(&out, cli->operands[i]);
	}
	option_put(&out, "corpus", cli->value[CLI_CORPUS]);
	if (cli->set[CLI_DATE])
		option_put(&out, "date", cli->value[CLI_DATE]);
	if (cli->set[CLI_PRIOR])
		option_put(&out, "prior", cli->value[CLI_PRIOR]);
	for (size_t i = 0; i < cli->given_count; i++)
		if (cli->given[i].id == CLI_PUBLISHED || cli->given[i].id == CLI_WITHOUT)
			option_put(&out, cli->given[i].id == CLI_PUBLISHED ? "published" : "without",
			        cli->given[i].value);
	if (cli->set[CLI_KNOWN_FILES])
		option_put(&out, "known", cli->value[CLI_KNOWN_FILES]);
	if (cli->set[CLI_ALIGNED])
		option_put(&out, "aligned", cli->value[CLI_ALIGNED]);
	option_put(&out, "report", cli->value[CLI_REPORT]);
	if (!inq_sink_flush(&out))
		return NULL;
	return inq_arena_string(cli->arena, (struct inq_bytes){ (const uint8_t *)memory.at, memory.len });
}

/* What `command` writes with --json of the same files. */
static bool document_of(struct cli_page *p, const struct cli_command *command, char **files, size_t count)
{
	struct inq_memory_sink memory = { .arena = p->a };
	struct cli sub = *p->cli;

	sub.command = command;
	sub.operands = files;
	sub.operand_count = count;
	sub.form = CLI_FORM_JSON;
	memset(sub.set, 0, sizeof sub.set);
	sub.given_count = 0;
	sub.set[CLI_CORPUS] = command == &cli_search;
	inq_sink_init(&sub.out, inq_memory_sink_write, &memory);
	(void)command->run(&sub);
	if (sub.exit != CLI_DONE)
		cli_exit_with(p->cli, sub.exit);
	if (!inq_sink_flush(&sub.out)) {
		cli_error(p->cli, CLI_PARTIAL, "no memory for the report");
		return false;
	}
	return cli_page_add(p, (struct inq_bytes){ (const uint8_t *)memory.at, memory.len }, NULL);
}

bool cli_attribute_report(struct cli *cli, struct inq_bytes finding, char **files, size_t count)
{
	struct cli_page page = { .cli = cli, .a = cli->arena, .command = command_of(cli) };
	struct cli_aligned aligned = { .page = &page,
		.paths = (const char *const *)files,
		.path_count = count,
		.known = cli->value[CLI_KNOWN_FILES] };
	struct inq_output file;
	struct inq_bytes report;
	struct inq_error err = { 0, "" };
	enum inq_status status;

	if (!page.command || !cli_aligned_read(cli, &aligned.most) || !cli_page_add(&page, finding, NULL) ||
	        !document_of(&page, &cli_search, files, count) ||
	        !document_of(&page, &cli_examine, files, count) || !cli_aligned_make(&aligned) ||
	        !cli_page_report(&page, &report))
		return false;
	status = inq_output_open(cli->value[CLI_REPORT], &file, &err);
	if (status == INQ_OK) {
		if (inq_output_write(&file, report.at, report.len)) {
			status = inq_output_commit(&file, &err);
		} else {
			inq_output_abandon(&file);
			status = inq_fail(&err, INQ_IO, 0, "cannot be written");
		}
	}
	if (status != INQ_OK)
		cli_error(cli, CLI_UNREADABLE, "%s: %s", cli->value[CLI_REPORT], err.text);
	return status == INQ_OK;
}
