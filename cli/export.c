#include "cli/batch.h"
#include "cli/case.h"
#include "cli/documents.h"
#include <inquiry/export.h>
#include <string.h>

static const struct cli_option options[] = {
	{ CLI_LABEL, "label", 'l', "LABEL", false, "only what is found under LABEL, a family or a library" },
	{ CLI_FAMILIES, "families", 0, NULL, false, "no library code" },
	{ CLI_LIBRARIES, "libraries", 0, NULL, false, "library code alone" },
	{ CLI_ALL, "all", 'a', NULL, false, "matches: every function, with all it may be" },
	{ CLI_DEFANG, "defang", 0, NULL, false, "indicators: hxxp[:]//host[.]example" },
	{ CLI_TLP, "tlp", 0, "COLOUR", false, "stix, misp: marked clear, green, amber or red" },
	{ CLI_TIME, "time", 0, "SECONDS", false,
	        "stix, misp of documents alone: when, in seconds since 1970; default 0" },
	{ .name = NULL },
};

struct export
{
	struct cli *cli;
	struct cli_documents documents;
	struct inq_export_choice choice;
};

static enum inq_status child_open(void *context, size_t index, struct inq_error *err)
{
	struct export *x = context;

	(void)index;
	return cli_documents_open(&x->documents, err);
}

static enum inq_status child_run(void *context, size_t index, struct inq_sink *out, struct inq_error *err)
{
	struct export *x = context;
	struct inq_arena *a = inq_arena_open(cli_arena_limit(x->cli));
	struct inq_error why = { 0, "" };
	enum inq_status status;
	size_t document;

	(void)index;
	if (!a)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to read the documents");
	status = inq_export(&x->choice, x->documents.at, x->documents.count, a, out, &document, &why);
	if (status == INQ_OK)
		return INQ_OK;
	if (document < x->documents.count)
		return inq_fail(err, status, why.at, "%.80s: %.110s", x->documents.names[document], why.text);
	return inq_fail(err, status, why.at, "%s", why.text);
}

/* Whether each option that is set is one of that format; what would be ignored is refused. */
static bool options_fit(struct cli *cli, enum inq_export_format format)
{
	enum {
		NAMES = 1 << INQ_EXPORT_NAMES | 1 << INQ_EXPORT_IDA | 1 << INQ_EXPORT_GHIDRA,
		MATCHES = 1 << INQ_EXPORT_MATCHES,
		INDICATORS = 1 << INQ_EXPORT_INDICATORS,
		EXCHANGE = 1 << INQ_EXPORT_STIX | 1 << INQ_EXPORT_MISP,
	};
	static const struct {
		enum cli_option_id id;
		const char *name;
		unsigned formats;
		const char *what;
	} rows[] = {
		{ CLI_LABEL, "--label", NAMES | MATCHES, "matches and names" },
		{ CLI_FAMILIES, "--families", NAMES | MATCHES, "matches and names" },
		{ CLI_LIBRARIES, "--libraries", NAMES | MATCHES, "matches and names" },
		{ CLI_ALL, "--all", MATCHES, "matches" },
		{ CLI_DEFANG, "--defang", INDICATORS, "indicators" },
		{ CLI_TLP, "--tlp", EXCHANGE, "stix and misp" },
		{ CLI_TIME, "--time", EXCHANGE, "stix and misp" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!cli->set[rows[i].id] || rows[i].formats >> format & 1)
			continue;
		cli_error(cli, CLI_USAGE, "%s is of %s, not of %s", rows[i].name, rows[i].what,
		        inq_export_format_name(format));
		return false;
	}
	return true;
}

/* What is asked for, where it can be; false after an error, which was said. */
static bool choice_read(struct cli *cli, struct inq_export_choice *ret)
{
	const char *names[INQ_EXPORT_FORMATS], *near, *given = cli->operands[0];
	struct inq_export_choice c = { .program = CLI_PROGRAM,
		.label = cli->value[CLI_LABEL],
		.families = cli->set[CLI_FAMILIES],
		.libraries = cli->set[CLI_LIBRARIES],
		.every = cli->set[CLI_ALL],
		.json = cli->set[CLI_JSON],
		.defanged = cli->set[CLI_DEFANG] };

	for (unsigned i = 0; i < INQ_EXPORT_FORMATS; i++)
		names[i] = inq_export_format_name((enum inq_export_format)i);
	if (!inq_export_format_read(given, &c.format)) {
		near = cli_nearest(given, names, INQ_EXPORT_FORMATS);
		cli_error(cli, CLI_USAGE, "there is no format %s%s%s; see inquiry export --help", given,
		        near ? "; did you mean " : "", near ? near : "");
		return false;
	}
	if (!options_fit(cli, c.format))
		return false;
	if (c.families && c.libraries) {
		cli_error(cli, CLI_USAGE, "--families and --libraries exclude each other");
		return false;
	}
	if (c.format == INQ_EXPORT_STIX || c.format == INQ_EXPORT_MISP) {
		cli->form = CLI_FORM_JSON;
	} else if (c.json && c.format != INQ_EXPORT_NAMES) {
		cli_error(cli, CLI_USAGE, "%s cannot be written as JSON; names can", given);
		return false;
	}
	if (cli->set[CLI_TLP] && !inq_tlp_read(cli->value[CLI_TLP], &c.tlp)) {
		cli_error(cli, CLI_USAGE, "--tlp takes clear, green, amber or red, not %s",
		        cli->value[CLI_TLP]);
		return false;
	}
	/* The clock is not asked: the same documents give the same bytes. */
	if (cli->set[CLI_TIME] && !cli_time(cli, &c.time))
		return false;
	*ret = c;
	return true;
}

static int run(struct cli *cli)
{
	struct export x = { .cli = cli };

	if (choice_read(cli, &x.choice) &&
	        cli_documents_gather(cli, cli->operands + 1, cli->operand_count - 1, &x.documents))
		(void)!cli_child(cli, "", &x, child_open, child_run);
	return cli->exit;
}

const struct cli_command cli_export = {
	.name = "export",
	.operands = "FORMAT INPUT...",
	.words = "matches names ida ghidra indicators stix misp",
	.summary = "what was found, in the formats of other programs",
	.about = "FORMAT is matches (CSV), names (CSV, or with --json JSON), ida or ghidra (the names as a "
	         "script), indicators (CSV), stix (a STIX 2.1 bundle) or misp (an event). INPUT is a case, a "
	         "published folder, or documents that examine, search, attribute and log wrote with --json, "
	         "or "
	         "the first two with --jsonl. "
	         "Nothing is analysed anew: the same documents give the same bytes.",
	.examples = { "inquiry export ida search.json -o names.py",
	        "function names for IDA: File > Script file",
	        "inquiry export ghidra harbour.case -o InquiryNames.java",
	        "the same for Ghidra, of all exhibits of a case",
	        "inquiry export stix harbour/ --tlp amber -o harbour.json",
	        "a published case for other tools" },
	.options = options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_CHILDREN,
	.operands_least = 2,
	.operands_most = SIZE_MAX,
	.run = run,
};
