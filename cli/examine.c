#include "cli/batch.h"

static const struct cli_option options[] = {
	{ CLI_FUNCTIONS, "functions", 0, NULL, false,
	        "only the functions, a line each: start, size, blocks, name, between tabs" },
	{ CLI_STRINGS, "strings", 0, NULL, false, "only the strings, a line each: address, kind, text" },
	{ CLI_ALL, "all", 'a', NULL, false, "every line of every table" },
	{ CLI_RAW, "raw", 0, "ARCH@BASE", false,
	        "take FILE as bare code: x86-64, x86-32, aarch64, arm, mips (-be: big-endian), loaded at "
	        "BASE" },
	{ .name = NULL },
};

struct found {
	struct inq_exhibit exhibit;
	struct inq_code code;
	struct inq_observation observation;
	struct inq_arena *a;
};

/* Only what was asked for is looked for: functions alone come in a fraction of the time. */
static enum inq_status find(
        void *context, const struct inq_exhibit *x, struct inq_arena *a, void **ret, struct inq_error *err)
{
	const struct cli *cli = context;
	struct found *f = inq_arena_new(a, 1, sizeof *f);
	enum inq_status status = INQ_OK;

	if (!f)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to read it");
	f->exhibit = *x;
	f->a = a;
	if (!cli->set[CLI_STRINGS])
		status = inq_code_recover(&f->exhibit, a, &f->code, err);
	if (status == INQ_OK && !cli->set[CLI_FUNCTIONS])
		status = inq_observation_read(
		        &f->exhibit, &inq_observation_limits_default, a, &f->observation, err);
	if (status == INQ_OK)
		*ret = f;
	return status;
}

static void report(
        void *context, const void *found, const char *label, struct inq_sink *out, struct inq_json *json)
{
	const struct cli *cli = context;
	const struct found *f = found;
	const struct inq_report_examination r = { label, &f->exhibit, &f->code, &f->observation };

	if (json)
		inq_report_examination_json(&r, f->a, json);
	else if (cli->set[CLI_FUNCTIONS])
		inq_report_functions(&f->code, out);
	else if (cli->set[CLI_STRINGS])
		inq_report_strings(&f->observation, out);
	else
		inq_report_examination_text(&r, cli->set[CLI_ALL], &cli->style, f->a, out);
}

static bool options_agree(struct cli *cli)
{
	enum inq_arch arch;
	uint64_t va;
	bool big;

	if (cli->set[CLI_FUNCTIONS] && cli->set[CLI_STRINGS]) {
		cli_error(cli, CLI_USAGE, "--functions and --strings exclude each other");
		return false;
	}
	if (cli->form != CLI_TEXT && (cli->set[CLI_FUNCTIONS] || cli->set[CLI_STRINGS])) {
		cli_error(cli, CLI_USAGE, "--%s is lines of text; JSON has them all without it",
		        cli->set[CLI_FUNCTIONS] ? "functions" : "strings");
		return false;
	}
	if (cli->set[CLI_RAW] && !cli_raw(cli->value[CLI_RAW], &arch, &big, &va)) {
		cli_error(cli, CLI_USAGE, "--raw takes ARCH@BASE, as in x86-64@0x400000, not %s",
		        cli->value[CLI_RAW]);
		return false;
	}
	return true;
}

static int run(struct cli *cli)
{
	struct cli_batch batch = { .cli = cli,
		.doing = "examining",
		.schema = "inquiry.examination/1",
		.array = "exhibits",
		.headings = cli->set[CLI_FUNCTIONS] || cli->set[CLI_STRINGS],
		.context = cli,
		.find = find,
		.report = report };

	return options_agree(cli) ? cli_batch_run(&batch) : CLI_USAGE;
}

const struct cli_command cli_examine = {
	.name = "examine",
	.operands = "FILE...",
	.summary = "what each file is: container, functions, imports, facts",
	.about = "FILE is an ELF, PE or Mach-O program, library or object, an archive of them (ar, fat "
	         "Mach-O, ZIP "
	         "also under the password \"infected\"), or - for standard input; of a folder, every program "
	         "below it. Files are read in a sandbox and never run.",
	.examples = { "inquiry examine suspicious.exe", "what it is, for people",
	        "inquiry examine --functions libc.a > functions.tsv",
	        "where its functions start: address, size, blocks, name",
	        "inquiry examine --json -o result.json *.dll", "everything, for programs" },
	.options = options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_JSONL | CLI_TAKES_CHILDREN | CLI_TAKES_JOBS,
	.operands_least = 1,
	.operands_most = SIZE_MAX,
	.run = run,
};
