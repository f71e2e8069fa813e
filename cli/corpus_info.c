/*
 * corpus info and check: both read the corpus in a child, for it may come from
 * anywhere.
 */
#include "cli/corpus.h"
#include <inquiry/finding.h>

static const struct cli_option no_options[] = { { .name = NULL } };

struct reading {
	struct cli *cli;
	struct cli_corpus corpus;
};

static enum inq_status child_open(void *context, size_t index, struct inq_error *err)
{
	struct reading *r = context;
	struct inq_sha256 unused;

	(void)index;
	if (inq_sha256((struct inq_bytes){ (const uint8_t *)"", 0 }, &unused) != INQ_OK)
		return inq_fail(err, INQ_NO_MEMORY, 0, "libcrypto gives no SHA-256");
	return inq_file_open(r->cli->operands[0], &r->corpus.file, err);
}

static void begin(struct inq_json *j, struct inq_sink *out, const char *schema)
{
	inq_json_init(j, out, true);
	inq_json_object(j, NULL);
	inq_json_text(j, "schema", schema);
	inq_json_text(j, "program", CLI_PROGRAM);
}

static enum inq_status info_run(void *context, size_t index, struct inq_sink *out, struct inq_error *err)
{
	struct reading *r = context;
	struct inq_arena *a = inq_arena_open(cli_arena_limit(r->cli));
	enum inq_status status = inq_corpus_open(r->corpus.file.bytes, &r->corpus.corpus, err);
	struct inq_json j;
	char model[65];

	(void)index;
	if (status != INQ_OK)
		return status;
	if (!a)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory");
	inq_hex(r->corpus.corpus.model.byte, sizeof r->corpus.corpus.model.byte, model);
	if (r->cli->form == CLI_TEXT) {
		inq_report_corpus_text(r->cli->operands[0], &r->corpus.corpus, &r->cli->style, a, out);
		inq_putf(out, "\n  model %s\n", model);
		return INQ_OK;
	}
	begin(&j, out, "inquiry.corpus/1");
	inq_json_text(&j, "model", model);
	inq_report_corpus_json(r->cli->operands[0], &r->corpus.corpus, &j);
	inq_json_end_object(&j);
	return INQ_OK;
}

static int info(struct cli *cli)
{
	struct reading r = { .cli = cli };

	(void)!cli_child(cli, cli->operands[0], &r, child_open, info_run);
	/* What cannot be shown is an input that cannot be read; only check checks. */
	if (cli->exit == CLI_CHECK_FAILED)
		cli->exit = CLI_UNREADABLE;
	return cli->exit;
}

static enum inq_status check_run(void *context, size_t index, struct inq_sink *out, struct inq_error *err)
{
	struct reading *r = context;
	struct inq_arena *a = inq_arena_open(cli_arena_limit(r->cli));
	enum inq_status status = inq_corpus_open(r->corpus.file.bytes, &r->corpus.corpus, err);
	struct inq_error why = { 0 };
	struct inq_json j;
	char hex[65];

	(void)index;
	if (!a)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory");
	if (status == INQ_OK)
		status = inq_corpus_check(&r->corpus.corpus, a, &why);
	else
		why = *err;
	if (status == INQ_OK && r->corpus.corpus.calibration.len) {
		struct inq_calibration unused;

		status = inq_calibration_read(
		        r->corpus.corpus.calibration, &r->corpus.corpus, a, &unused, &why);
		/* One of another method is no damage: attribute does not use it, and says so. */
		status = status == INQ_UNRECOGNISED ? INQ_OK : status;
	}
	/* Cut short is damaged as well; what never was a corpus is another matter. */
	if (status == INQ_TRUNCATED)
		status = INQ_CORRUPT;
	if (status != INQ_OK && status != INQ_CORRUPT)
		return inq_fail(err, status, why.at, "%s", why.text);
	inq_hex(r->corpus.corpus.digest.byte, sizeof r->corpus.corpus.digest.byte, hex);
	if (r->cli->form != CLI_TEXT) {
		begin(&j, out, "inquiry.corpus-check/1");
		inq_json_text(&j, "file", r->cli->operands[0]);
		inq_json_bool(&j, "sound", status == INQ_OK);
		if (status == INQ_OK) {
			inq_json_text(&j, "digest", hex);
		} else {
			inq_json_u64(&j, "at", why.at);
			inq_json_text(&j, "text", why.text);
		}
		inq_json_end_object(&j);
	} else if (status == INQ_OK) {
		inq_put_inert(out, inq_bytes_of(r->cli->operands[0]), 4096);
		inq_putf(out, ": sound, corpus %s\n", hex);
	}
	if (status == INQ_OK)
		return INQ_OK;
	return inq_fail(
	        err, status, why.at, "damaged at byte %llu: %s", (unsigned long long)why.at, why.text);
}

static int check(struct cli *cli)
{
	struct reading r = { .cli = cli };

	(void)!cli_child(cli, cli->operands[0], &r, child_open, check_run);
	return cli->exit;
}

const struct cli_command cli_corpus_info = {
	.name = "corpus info",
	.operands = "CORPUS",
	.summary = "what is in a corpus",
	.about = "Its digest, and its families and libraries with how much they hold.",
	.examples = { "inquiry corpus info known.corpus", "its labels, samples and functions",
	        "inquiry corpus info --json known.corpus", "the same for programs",
	        "inquiry corpus info known.corpus -o contents.txt", "into a file" },
	.options = no_options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_CHILDREN,
	.operands_least = 1,
	.operands_most = 1,
	.run = info,
};

const struct cli_command cli_corpus_check = {
	.name = "corpus check",
	.operands = "CORPUS",
	.summary = "re-prove a corpus: its hash and every table",
	.about = "The exit code is 0 where all of it is sound and 1 where any of it is not.",
	.examples = { "inquiry corpus check known.corpus", "sound, or the first thing that is wrong",
	        "inquiry corpus check --json known.corpus", "the same for programs",
	        "inquiry corpus check -q known.corpus && echo good", "for scripts: the exit code tells" },
	.options = no_options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_CHILDREN,
	.operands_least = 1,
	.operands_most = 1,
	.run = check,
};
