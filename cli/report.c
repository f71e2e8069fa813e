/* report: the page that people read, made of a case or of what was published of one. */
#include "cli/aligned.h"
#include "os/folder.h"

static const struct cli_option options[] = {
	{ CLI_KNOWN_FILES, "known", 0, "FOLDER", false,
	        "where the corpus's samples lie: shared functions are shown beside theirs" },
	{ CLI_ALIGNED, "aligned", 0, "N", false,
	        "so many functions of each exhibit, at most 60; default 20" },
	{ .name = NULL },
};

struct exhibits {
	struct cli_page *page;
	const struct inq_bundle_source *source;
};

static bool exhibit(void *context, const struct inq_sha256 *digest, struct inq_bytes *ret)
{
	const struct exhibits *x = context;
	const struct cli_bundle bundle = { .source = x->source };

	return cli_bundle_object(&bundle, digest, INQ_CASE_OBJECT_MOST, x->page->a, ret);
}

bool cli_report_make(struct cli *cli, const struct inq_bundle_source *source, const struct inq_bytes *before,
        struct inq_bytes *ret, struct inq_bytes *ret_lines)
{
	struct cli_page page = { .cli = cli, .a = cli->arena };
	struct exhibits exhibits = { &page, source };
	struct cli_aligned aligned = {
		.page = &page, .exhibit = exhibit, .context = &exhibits, .known = cli->value[CLI_KNOWN_FILES]
	};
	bool done = cli_aligned_read(cli, &aligned.most) && cli_page_record(&page, source);

	if (done)
		done = before ? cli_aligned_add(&page, *before) : cli_aligned_make(&aligned);
	if (done && ret_lines)
		*ret_lines = aligned.lines;
	return done && cli_page_report(&page, ret);
}

bool cli_report_again(struct cli *cli, const char *path, struct inq_bytes *ret)
{
	struct inq_case_folder folder = { path, cli->arena };
	const char *file = inq_arena_printf(cli->arena, "%s/%s", path, INQ_CASE_ALIGNMENTS);
	struct inq_bytes lines = { NULL, 0 };
	struct inq_bundle_source source;
	struct inq_error err = { 0, "" };

	inq_case_folder_bundle(&folder, &source);
	if (file && inq_file_exists(file) &&
	        inq_file_copy(file, INQ_CASE_OBJECT_MOST, cli->arena, &lines, &err) != INQ_OK) {
		cli_error(cli, CLI_UNREADABLE, "%s: %s", file, err.text);
		return false;
	}
	return cli_report_make(cli, &source, &lines, ret, NULL);
}

/* Alignments are those that were published: whoever made them may have had samples that are not here. */
static bool of_folder(struct cli *cli, struct inq_bytes *ret)
{
	struct inq_case_folder folder = { cli->operands[0], cli->arena };
	struct inq_bundle_source source;

	if (!cli->set[CLI_KNOWN_FILES] && !cli->set[CLI_ALIGNED])
		return cli_report_again(cli, cli->operands[0], ret);
	inq_case_folder_bundle(&folder, &source);
	return cli_report_make(cli, &source, NULL, ret, NULL);
}

static bool of_case(struct cli *cli, struct inq_bytes *ret)
{
	struct inq_bundle_source source;
	struct inq_error err = { 0, "" };
	struct inq_case *c;
	bool done;

	if (!cli_case_open(cli, false, &c))
		return false;
	done = inq_case_freeze(c, &err) == INQ_OK;
	if (!done)
		cli_error(cli, CLI_UNREADABLE, "%s: %s", cli_case_label(cli->operands[0]), err.text);
	inq_case_bundle(c, &source);
	done = done && cli_report_make(cli, &source, NULL, ret, NULL);
	inq_case_thaw(c);
	inq_case_close(c);
	return done;
}

static int run(struct cli *cli)
{
	struct inq_bytes report;

	if (inq_file_is_directory(cli->operands[0]) ? of_folder(cli, &report) : of_case(cli, &report))
		inq_put_bytes(&cli->out, report);
	return cli->exit;
}

const struct cli_command cli_report = {
	.name = "report",
	.operands = "CASE-OR-FOLDER",
	.summary = "the report of a case, for people: one HTML file",
	.about = "Makes the report that publish puts into the folder, from a case or from such a folder: the "
	         "same record gives the same bytes. It holds no script, loads nothing, and shows the "
	         "conclusion, the evidence for and against, the shared functions, the record with what each "
	         "party says, and how to prove all of it again.",
	.examples = { "inquiry report harbour.case -o report.html", "the report as it would be published",
	        "inquiry report harbour/ -o again.html && cmp again.html harbour/report.html",
	        "makes what was published again, and compares",
	        "inquiry report harbour.case --known families/ -o report.html",
	        "with the shared functions beside those of the known programs" },
	.options = options,
	.common = CLI_TAKES_FILE | CLI_TAKES_CHILDREN | CLI_TAKES_JOBS,
	.operands_least = 1,
	.operands_most = 1,
	.run = run,
};
