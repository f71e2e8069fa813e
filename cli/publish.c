#include "cli/case.h"
#include <inttypes.h>

static const struct cli_option no_options[] = { { .name = NULL } };

static void tell(struct cli *cli, const struct inq_case *c, const struct inq_case_published *p)
{
	struct inq_json j;

	if (cli->form != CLI_FORM_JSON) {
		inq_putf(&cli->out, "%s\n", cli->operands[1]);
		cli_note(cli, "published %s, %s", cli_count(cli, p->files, "file", "files"),
		        cli_count(cli, p->bytes, "byte", "bytes"));
		return;
	}
	inq_json_init(&j, &cli->out, true);
	inq_json_object(&j, NULL);
	inq_json_text(&j, "schema", "inquiry.publication/1");
	inq_json_text(&j, "program", CLI_PROGRAM);
	inq_json_text(&j, "case", inq_case_id(c));
	inq_json_text(&j, "folder", cli->operands[1]);
	inq_json_u64(&j, "files", p->files);
	inq_json_u64(&j, "bytes", p->bytes);
	inq_json_u64(&j, "missing", p->missing);
	inq_json_array(&j, "logs");
	for (uint32_t i = 0; i < inq_case_log_count(c); i++) {
		inq_json_object(&j, NULL);
		inq_json_text(&j, "party", inq_case_log_name(c, i));
		inq_json_u64(&j, "size", inq_case_log_size(c, i));
		inq_json_end_object(&j);
	}
	inq_json_end_array(&j);
	inq_json_end_object(&j);
}

static int run(struct cli *cli)
{
	struct inq_case_published published;
	struct inq_error err = { 0, "" };
	enum inq_status status;
	struct inq_case *c;

	if (!cli_case_open(cli, false, &c))
		return cli->exit;
	status = inq_case_publish(c, cli->operands[1], &published, &err);
	if (status == INQ_OK) {
		tell(cli, c, &published);
		if (published.missing)
			cli_error(cli, CLI_PARTIAL, "%s that entries name are not in this case",
			        cli_count(cli, published.missing, "object", "objects"));
	} else {
		cli_error(cli, CLI_UNREADABLE, "%s: %s", cli->operands[1], err.text);
	}
	inq_case_close(c);
	return cli->exit;
}

const struct cli_command cli_publish = {
	.name = "publish",
	.operands = "CASE FOLDER",
	.summary = "the case as plain files, for anyone to mirror and verify",
	.about = "Writes the bundle: the logs as tiles, the open exhibits and all results compressed, and "
	         "proofs. "
	         "FOLDER appears whole or not at all; one that was published there before is replaced. The "
	         "same "
	         "case gives the same bytes.",
	.examples = { "inquiry publish harbour.case harbour/", "writes the folder harbour",
	        "inquiry publish harbour.case www && inquiry verify www",
	        "and verifies what everybody will get", "inquiry publish harbour.case harbour --json",
	        "tells how many files and bytes it is" },
	.options = no_options,
	.common = CLI_TAKES_OUTPUT,
	.operands_least = 2,
	.operands_most = 2,
	.run = run,
};
