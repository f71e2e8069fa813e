/*
 * corpus build, add and merge: three ways to fill a builder, one to write it.
 */
#include "cli/corpus.h"
#include <string.h>

static const struct cli_option options[] = {
	{ CLI_COMMON, "common", 0, "DIR", true, "library code, as DIR/LIBRARY/.../SAMPLE or DIR/LIBRARY.a" },
	{ CLI_PUBLISHED, "published", 0, "FAMILY=DATE", true,
	        "the day (YYYY-MM-DD) from which anyone could have that family's code (FAMILY/SAMPLE: of "
	        "samples so named)" },
	{ .name = NULL },
};

static const struct cli_option no_options[] = { { .name = NULL } };

static struct inq_corpus_builder *builder_new(struct cli *cli)
{
	struct inq_corpus_builder *b = inq_corpus_builder_open(SIZE_MAX);

	if (!b)
		cli_error(cli, CLI_UNREADABLE, "no memory for a corpus");
	return b;
}

enum inq_status cli_corpus_map(const char *path, struct cli_corpus *ret, struct inq_error *err)
{
	struct cli_corpus c = { .path = path };
	struct inq_error why;
	enum inq_status status = inq_file_open(path, &c.file, &why);

	if (status == INQ_OK) {
		status = inq_corpus_open(c.file.bytes, &c.corpus, &why);
		if (status != INQ_OK)
			inq_file_close(&c.file);
	}
	if (status != INQ_OK)
		return inq_fail(err, status, why.at, "%.60s: %.130s", path, why.text);
	*ret = c;
	ret->corpus.forget = inq_file_forget;
	ret->corpus.forget_context = &ret->file;
	return INQ_OK;
}

void cli_corpus_unmap(struct cli_corpus *c)
{
	inq_file_close(&c->file);
}

/* A slip of the order of operands must not cost anybody a file. */
static bool may_write(struct cli *cli, const char *path)
{
	struct cli_corpus c;
	struct inq_error err;
	enum inq_status status;

	if (inq_file_is_directory(path)) {
		cli_error(cli, CLI_USAGE, "%s: is a directory; the name of the corpus comes first", path);
		return false;
	}
	if (!inq_file_exists(path))
		return true;
	status = cli_corpus_map(path, &c, &err);
	if (status == INQ_OK) {
		if (c.corpus.calibration.len)
			cli_note(cli,
			        "%s: is replaced when the new one is whole, and with it its calibration",
			        path);
		cli_corpus_unmap(&c);
	}
	if (status != INQ_UNRECOGNISED && status != INQ_TRUNCATED)
		return true;
	cli_error(cli, CLI_USAGE, "%s; it is not overwritten: remove it or choose another name", err.text);
	return false;
}

/* Enters "FAMILY=DATE", or "FAMILY/SAMPLE=DATE"; there must be such samples, or the name is a slip. */
static bool publish_one(
        struct cli *cli, struct inq_corpus_builder *b, const char *value, size_t len, uint32_t published)
{
	char *family = inq_arena_string(cli->arena, (struct inq_bytes){ (const uint8_t *)value, len });
	char *slash = family ? strchr(family, '/') : NULL;
	struct inq_error err;
	enum inq_status status;
	uint32_t samples = 0;

	if (slash)
		*slash = '\0';
	if (family && !slash)
		samples = inq_corpus_builder_samples(b, family);
	status = slash     ? inq_corpus_builder_publish(b, family, slash + 1, published, &samples, &err)
	         : samples ? inq_corpus_builder_label(b, family, INQ_LABEL_FAMILY, published, &err)
	                   : INQ_OK;
	if (status != INQ_OK)
		cli_error(cli, CLI_USAGE, "--published %s: %s", value, err.text);
	else if (!samples)
		cli_error(cli, CLI_USAGE, "--published %s: there is no such family with samples%s", value,
		        slash ? " so named" : "");
	return status == INQ_OK && samples;
}

/* Enters what --published says. */
static bool publish(struct cli *cli, struct inq_corpus_builder *b, bool check_only)
{
	for (size_t i = 0; i < cli->given_count; i++) {
		const char *value = cli->given[i].value, *equals = strrchr(value, '=');
		uint32_t published;

		if (cli->given[i].id != CLI_PUBLISHED)
			continue;
		if (!equals || equals == value || !cli_day(equals + 1, &published)) {
			cli_error(cli, CLI_USAGE, "--published takes FAMILY=YYYY-MM-DD, not %s", value);
			return false;
		}
		if (!check_only && !publish_one(cli, b, value, (size_t)(equals - value), published))
			return false;
	}
	return true;
}

struct writing {
	struct cli_progress progress;
};

static void write_progress(void *context, unsigned thousandths)
{
	struct writing *w = context;

	cli_progress_share(&w->progress, thousandths);
}

/* Writes the corpus under a temporary name, and gives it its own once it is whole. */
static bool corpus_write(struct cli *cli, struct inq_corpus_builder *b, const char *path)
{
	struct inq_output output;
	struct inq_error err;
	struct writing w;
	struct inq_sink *out = inq_arena_new(cli->arena, 1, sizeof *out);
	enum inq_status status;

	if (!out || inq_output_open(path, &output, &err) != INQ_OK) {
		cli_error(cli, CLI_UNREADABLE, "%s: %s", path, out ? err.text : "no memory");
		return false;
	}
	inq_sink_init(out, inq_output_write, &output);
	cli_progress_init(&w.progress, cli, "writing");
	status = inq_corpus_builder_write(b, out, write_progress, &w, &err);
	cli_progress_end(&w.progress);
	if (status == INQ_OK)
		status = inq_output_commit(&output, &err);
	else
		inq_output_abandon(&output);
	if (status != INQ_OK)
		cli_error(cli, CLI_UNREADABLE, "%s: %s", path, err.text);
	return status == INQ_OK;
}

/* One line of what was made. */
static void say_made(struct cli *cli, const char *path)
{
	struct cli_corpus c;
	struct inq_error err;

	if (cli_corpus_map(path, &c, &err) != INQ_OK) {
		cli_error(cli, CLI_UNREADABLE, "%s", err.text);
		return;
	}
	cli_note(cli, "%s: %s, %s, %s, %s", path, cli_count(cli, c.corpus.family_count, "family", "families"),
	        cli_count(cli, c.corpus.label_count - c.corpus.family_count, "library", "libraries"),
	        cli_count(cli, c.corpus.sample_count, "sample", "samples"),
	        cli_count(cli, c.corpus.function_count, "different function", "different functions"));
	cli_corpus_unmap(&c);
}

static bool merge_in(struct cli *cli, struct inq_corpus_builder *b, const char *path)
{
	struct cli_corpus c;
	struct inq_error err;
	enum inq_status status = cli_corpus_map(path, &c, &err);

	if (status != INQ_OK) {
		cli_error(cli, CLI_UNREADABLE, "%s", err.text);
		return false;
	}
	if (c.corpus.calibration.len)
		cli_note(cli,
		        "%s: its calibration holds for it alone and is left out; see inquiry corpus "
		        "calibrate",
		        path);
	status = inq_corpus_builder_merge(b, &c.corpus, &err);
	if (status != INQ_OK)
		cli_error(cli, status == INQ_BAD_ARGUMENT ? CLI_USAGE : CLI_UNREADABLE, "%s: %s", path,
		        err.text);
	cli_corpus_unmap(&c);
	return status == INQ_OK;
}

static int build_or_add(struct cli *cli, bool add)
{
	const char *path = cli->operands[0];
	const char *journal_path = inq_arena_printf(cli->arena, "%s.parts", path);
	struct inq_corpus_builder *b;
	struct inq_journal journal;
	bool done;

	if (cli->operand_count < 2 && !cli->set[CLI_COMMON]) {
		cli_error(cli, CLI_USAGE, "%s needs a directory of samples: DIR or --common DIR",
		        cli->command->name);
		return CLI_USAGE;
	}
	if (!journal_path || !publish(cli, NULL, true) || (!add && !may_write(cli, path)))
		return cli->exit;
	b = builder_new(cli);
	if (!b)
		return cli->exit;
	done = (!add || merge_in(cli, b, path)) && cli_corpus_gather(cli, 1, journal_path, b, &journal);
	if (done) {
		done = publish(cli, b, false) && corpus_write(cli, b, path);
		/* Only what stands in a whole corpus needs no journal any more. */
		inq_journal_close(&journal, done ? journal_path : NULL);
	}
	inq_corpus_builder_close(b);
	if (done)
		say_made(cli, path);
	return cli->exit;
}

static int build(struct cli *cli)
{
	return build_or_add(cli, false);
}

static int add(struct cli *cli)
{
	return build_or_add(cli, true);
}

static int merge(struct cli *cli)
{
	struct inq_corpus_builder *b;
	bool done = may_write(cli, cli->operands[0]);

	b = done ? builder_new(cli) : NULL;
	if (!b)
		return cli->exit;
	for (size_t i = 1; i < cli->operand_count && done; i++)
		done = merge_in(cli, b, cli->operands[i]);
	done = done && corpus_write(cli, b, cli->operands[0]);
	inq_corpus_builder_close(b);
	if (done)
		say_made(cli, cli->operands[0]);
	return cli->exit;
}

const struct cli_command cli_corpus_build = {
	.name = "corpus build",
	.operands = "CORPUS DIR...",
	.summary = "index known programs, laid out as DIR/FAMILY/.../SAMPLE",
	.about = "Reads every program below DIR and indexes its functions under the name of its family's "
	         "directory. "
	         "Files that are no programs are counted and passed over; archives give each of their "
	         "members. An "
	         "interrupted build is gone on with when the same command is given again; CORPUS appears "
	         "only when "
	         "it is whole.",
	.examples = { "inquiry corpus build known.corpus families/ --common libraries/",
	        "families to look for, and library code to take out",
	        "inquiry corpus build known.corpus families/ --published mirai=2016-09-30",
	        "code that anyone could have had from that day",
	        "inquiry corpus build libs.corpus --common /usr/lib", "library code alone" },
	.options = options,
	.common = CLI_TAKES_CHILDREN | CLI_TAKES_JOBS,
	.operands_least = 1,
	.operands_most = SIZE_MAX,
	.run = build,
};

const struct cli_command cli_corpus_add = {
	.name = "corpus add",
	.operands = "CORPUS DIR...",
	.summary = "add samples to a corpus, laid out as for build",
	.about = "Writes CORPUS anew with the samples below DIR added; the samples already in it are not "
	         "needed. "
	         "The old corpus stays until the new one is whole.",
	.examples = { "inquiry corpus add known.corpus new-families/",
	        "more families, or more of their samples",
	        "inquiry corpus add known.corpus --common more-libraries/", "more library code to take out",
	        "inquiry corpus add known.corpus q3/ --published leaked/v2=2020-05-01",
	        "with the day on which the samples so named were leaked" },
	.options = options,
	.common = CLI_TAKES_CHILDREN | CLI_TAKES_JOBS,
	.operands_least = 1,
	.operands_most = SIZE_MAX,
	.run = add,
};

const struct cli_command cli_corpus_merge = {
	.name = "corpus merge",
	.operands = "OUT CORPUS...",
	.summary = "one corpus out of several",
	.about = "Writes OUT with every label and sample of the others. A sample that is in two under the "
	         "same label "
	         "is kept once. No sample is read again.",
	.examples = { "inquiry corpus merge all.corpus ours.corpus theirs.corpus", "two teams' corpora",
	        "inquiry corpus merge known.corpus known.corpus libs.corpus", "OUT may be one of them",
	        "inquiry corpus merge copy.corpus known.corpus", "the same corpus, written anew" },
	.options = no_options,
	.common = 0,
	.operands_least = 2,
	.operands_most = SIZE_MAX,
	.run = merge,
};
