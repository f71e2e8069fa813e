#include "cli/aligned.h"
#include <inttypes.h>

static const struct cli_option options[] = {
	{ CLI_KNOWN_FILES, "known", 0, "FOLDER", false,
	        "where the corpus's samples lie: the report shows shared functions beside theirs" },
	{ CLI_ALIGNED, "aligned", 0, "N", false,
	        "so many functions of each exhibit, at most 60; default 20" },
	{ .name = NULL },
};

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

/* The record and the report made of it, both of one moment. */
static void publish(struct cli *cli, struct inq_case *c)
{
	struct inq_case_published published;
	struct inq_case_extra extras[2] = { { INQ_CASE_REPORT, { NULL, 0 } },
		{ INQ_CASE_ALIGNMENTS, { NULL, 0 } } };
	struct inq_bundle_source source;
	struct inq_error err = { 0, "" };
	enum inq_status status = inq_case_freeze(c, &err);

	inq_case_bundle(c, &source);
	if (status == INQ_OK && !cli_report_make(cli, &source, NULL, &extras[0].bytes, &extras[1].bytes)) {
		inq_case_thaw(c);
		return;
	}
	if (status == INQ_OK)
		status = inq_case_publish(
		        c, cli->operands[1], extras, extras[1].bytes.len ? 2 : 1, &published, &err);
	if (status == INQ_OK) {
		tell(cli, c, &published);
		if (published.missing)
			cli_error(cli, CLI_PARTIAL, "%s that entries name are not in this case",
			        cli_count(cli, published.missing, "object", "objects"));
	} else {
		cli_error(cli, CLI_UNREADABLE, "%s: %s", cli->operands[1], err.text);
	}
	inq_case_thaw(c);
}

static int run(struct cli *cli)
{
	struct inq_case *c;

	if (!cli_case_open(cli, false, &c))
		return cli->exit;
	publish(cli, c);
	inq_case_close(c);
	return cli->exit;
}

const struct cli_command cli_publish = {
	.name = "publish",
	.operands = "CASE FOLDER",
	.summary = "the case as plain files, for anyone to mirror and verify",
	.about = "Writes the bundle: the logs as tiles, the open exhibits and all results compressed, "
	         "proofs, and report.html, which is made of them for people. "
	         "FOLDER appears whole or not at all; one that was published there before is replaced. The "
	         "same "
	         "case gives the same bytes.",
	.examples = { "inquiry publish harbour.case harbour/", "writes the folder harbour",
	        "inquiry publish harbour.case www && inquiry verify www",
	        "and verifies what everybody will get",
	        "inquiry publish harbour.case harbour --known families/",
	        "the report shows shared functions beside those of the known programs" },
	.options = options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_CHILDREN | CLI_TAKES_JOBS,
	.operands_least = 2,
	.operands_most = 2,
	.run = run,
};
