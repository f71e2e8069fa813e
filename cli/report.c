/* report: the page that people read, made of a case or of what was published of one. */
#include "cli/page.h"

static const struct cli_option no_options[] = { { .name = NULL } };

static bool gather(struct cli *cli, struct cli_page *page)
{
	const char *what = cli->operands[0];
	struct inq_case_folder folder = { what, cli->arena };
	struct inq_bundle_source source;
	struct inq_error err = { 0, "" };
	struct inq_case *c;
	bool done;

	if (inq_file_is_directory(what)) {
		inq_case_folder_bundle(&folder, &source);
		return cli_page_record(page, &source);
	}
	if (!cli_case_open(cli, false, &c))
		return false;
	done = inq_case_freeze(c, &err) == INQ_OK;
	if (!done)
		cli_error(cli, CLI_UNREADABLE, "%s: %s", cli_case_label(what), err.text);
	inq_case_bundle(c, &source);
	done = done && cli_page_record(page, &source);
	inq_case_thaw(c);
	inq_case_close(c);
	return done;
}

static int run(struct cli *cli)
{
	struct cli_page page = { .cli = cli, .a = cli->arena };
	struct inq_bytes report;

	if (gather(cli, &page) && cli_page_report(&page, &report))
		inq_put_bytes(&cli->out, report);
	return cli->exit;
}

const struct cli_command cli_report = {
	.name = "report",
	.operands = "CASE-OR-FOLDER",
	.summary = "the report of a case, for people: one HTML file",
	.about = "Makes the report that publish puts into the folder, from a case or from such a folder: the "
	         "same record gives the same bytes. It holds no script, loads nothing, and shows the "
	         "conclusion, the evidence for and against, the record with what each party says, and how to "
	         "prove all of it again.",
	.examples = { "inquiry report harbour.case -o report.html", "the report as it would be published",
	        "inquiry report harbour/ -o again.html && cmp again.html harbour/report.html",
	        "makes what was published again, and compares", "inquiry report harbour/ | less",
	        "writes it to standard output" },
	.options = no_options,
	.common = CLI_TAKES_FILE | CLI_TAKES_CHILDREN,
	.operands_least = 1,
	.operands_most = 1,
	.run = run,
};
