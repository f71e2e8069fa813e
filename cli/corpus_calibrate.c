/*
 * corpus calibrate: the corpus measures itself. A part of it is left out, the
 * rest is built into a corpus of its own in memory, and what was left out is
 * searched in that; part after part.
 */
#include "cli/calibration.h"
#include <string.h>

static const struct cli_option options[] = {
	{ CLI_FOLDS, "folds", 0, "N", false, "leave out so many parts, one after the other; default 6" },
	{ CLI_TRIALS, "trials", 0, "N", false, "at most so many programs of a family are tried; default 64" },
	{ CLI_SVG, "svg", 0, "FILE", false, "write the plots to FILE" },
	{ CLI_REPORT, "report", 0, NULL, false, "measure nothing; report what was measured" },
	{ .name = NULL },
};

enum { LENGTHS = 10 };

enum inq_status cli_evidence_put(const struct inq_evidence *e, const char *label, struct inq_arena *a,
        struct inq_sink *out, struct inq_error *err)
{
	struct inq_memory_sink memory = { .arena = a };
	struct inq_sink *held = inq_arena_new(a, 1, sizeof *held);
	struct inq_bytes name = inq_bytes_of(label);

	if (!held)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for its evidence");
	inq_sink_init(held, inq_memory_sink_write, &memory);
	inq_evidence_write(e, held);
	if (!inq_sink_flush(held))
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for its evidence");
	name.len = name.len < UINT16_MAX ? name.len : UINT16_MAX;
	inq_put_le(out, memory.len, 8);
	inq_put_le(out, name.len, 2);
	inq_put_bytes(out, name);
	inq_put_bytes(out, (struct inq_bytes){ (const uint8_t *)memory.at, memory.len });
	return INQ_OK;
}

enum inq_status cli_evidence_take(struct inq_bytes *body, const struct inq_corpus *c, struct inq_arena *a,
        struct inq_evidence *ret, struct inq_error *err)
{
	uint64_t len;
	uint16_t name_len;
	struct inq_bytes name, bytes;
	const char *label;
	enum inq_status status;

	if (!inq_bytes_u64(*body, 0, false, &len) || !inq_bytes_u16(*body, 8, false, &name_len) ||
	        !inq_bytes_cut(*body, LENGTHS, name_len, &name) ||
	        !inq_bytes_cut(*body, LENGTHS + (uint64_t)name_len, len, &bytes))
		return inq_fail(err, INQ_CORRUPT, 0, "the evidence breaks off");
	label = inq_arena_string(a, name);
	if (!label)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for its evidence");
	status = inq_evidence_read(bytes, c, a, ret, err);
	if (status != INQ_OK)
		return status;
	ret->label = label;
	*body = inq_bytes_from(*body, LENGTHS + (uint64_t)name_len + len);
	return INQ_OK;
}

enum inq_status cli_calibration_read(
        struct cli *cli, const struct cli_corpus *c, struct inq_calibration *ret, struct inq_error *err)
{
	struct inq_error why;
	enum inq_status status;

	if (!c->corpus.calibration.len)
		return inq_fail(err, INQ_NOT_FOUND, 0, "%.150s: has no calibration", c->path);
	status = inq_calibration_read(c->corpus.calibration, &c->corpus, cli->arena, ret, &why);
	return status == INQ_OK ? INQ_OK : inq_fail(err, status, why.at, "%.60s: %.130s", c->path, why.text);
}

struct calibrate {
	struct cli *cli;
	struct cli_corpus corpus;
	struct inq_calibration_plan plan;
	const struct inq_evidence **evidence; /* of each sample */
	struct inq_corpus part;
	uint32_t *todo; /* samples tried in this part */
	uint32_t todo_count, done;
	struct cli_progress progress;
};

static enum inq_status child_run(void *context, size_t index, struct inq_sink *out, struct inq_error *err)
{
	struct calibrate *k = context;
	struct inq_arena *a = inq_arena_open(cli_arena_limit(k->cli));
	struct inq_program p;
	struct inq_search found;
	struct inq_evidence e;
	enum inq_status status;

	if (!a)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to search it");
	status = inq_corpus_program(&k->corpus.corpus, k->todo[index], a, &p, err);
	if (status == INQ_OK)
		status = inq_match_search(&p, &k->part, &inq_finding_search_limits, a, &found, err);
	/* When it was published is asked of an exhibit, not of what a corpus knows already. */
	if (status == INQ_OK)
		status = inq_evidence_make(&p, &found, &k->part, NULL, NULL, 0, a, &e, err);
	if (status != INQ_OK)
		return status;
	for (uint32_t i = 0; i < e.candidate_count; i++)
		e.candidates[i].published = 0;
	return cli_evidence_put(&e, "", a, out, err);
}

static bool parent_take(void *context, size_t index, const struct inq_child_result *r)
{
	struct calibrate *k = context;
	struct inq_evidence *e = inq_arena_new(k->cli->arena, 1, sizeof *e);
	struct inq_error err = r->error;
	struct inq_bytes body = r->body;
	struct inq_sample sample;
	enum inq_status status = r->status;

	if (!e)
		return false;
	if (status == INQ_OK && r->whole)
		status = cli_evidence_take(&body, &k->part, k->cli->arena, e, &err);
	if (status == INQ_OK) {
		k->evidence[k->todo[index]] = e;
		return true;
	}
	cli_progress_end(&k->progress);
	cli_error(k->cli, CLI_PARTIAL, "%s: not tried: %s",
	        inq_corpus_sample(&k->corpus.corpus, k->todo[index], &sample) ? sample.name : "a sample",
	        err.text);
	return true;
}

static void parent_tick(void *context, size_t ended, size_t count)
{
	struct calibrate *k = context;

	(void)count;
	cli_progress_show(&k->progress, k->done + ended, k->plan.tried_count);
}

/* Builds the corpus without one part, and searches that part in it. */
static bool try_part(struct calibrate *k, uint32_t fold, struct inq_error *err)
{
	struct inq_corpus_builder *b = inq_corpus_builder_open(SIZE_MAX);
	struct inq_arena *held = inq_arena_open(SIZE_MAX);
	struct inq_sink *out = held ? inq_arena_new(held, 1, sizeof *out) : NULL;
	struct inq_memory_sink memory = { .arena = held };
	struct inq_child_work work = { k, NULL, child_run, parent_take, parent_tick, false, NULL };
	enum inq_status status = b && out ? INQ_OK : inq_fail(err, INQ_NO_MEMORY, 0, "no memory for a part");

	if (status == INQ_OK)
		status = inq_calibration_part(&k->corpus.corpus, &k->plan, fold, b, err);
	if (status == INQ_OK) {
		inq_sink_init(out, inq_memory_sink_write, &memory);
		status = inq_corpus_builder_write(b, out, NULL, NULL, err);
	}
	inq_corpus_builder_close(b);
	if (status == INQ_OK)
		status = inq_corpus_open(
		        (struct inq_bytes){ (const uint8_t *)memory.at, memory.len }, &k->part, err);
	k->todo_count = 0;
	for (uint32_t i = 0; i < k->corpus.corpus.sample_count; i++)
		if (k->plan.fold[i] == fold && k->plan.tried[i])
			k->todo[k->todo_count++] = i;
	if (status == INQ_OK)
		status = inq_child_run(&work, k->todo_count, k->cli->jobs, &k->cli->limits, err);
	k->done += k->todo_count;
	inq_arena_close(held);
	if (work.sandbox_refused)
		cli_error(k->cli, CLI_NO_SANDBOX, "%s; --no-sandbox goes on without it", err->text);
	else if (status != INQ_OK)
		cli_error(k->cli, CLI_UNREADABLE, "%s", err->text);
	return status == INQ_OK;
}

static bool write_file(
        struct cli *cli, const char *path, void *context, void (*put)(void *context, struct inq_sink *out))
{
	struct inq_output *output = inq_arena_new(cli->arena, 1, sizeof *output);
	struct inq_sink *out = inq_arena_new(cli->arena, 1, sizeof *out);
	struct inq_error err;

	if (!output || !out || inq_output_open(path, output, &err) != INQ_OK) {
		cli_error(cli, CLI_UNREADABLE, "%s: %s", path, output && out ? err.text : "no memory");
		return false;
	}
	inq_sink_init(out, inq_output_write, output);
	put(context, out);
	if (inq_sink_flush(out) && inq_output_commit(output, &err) == INQ_OK)
		return true;
	cli_error(cli, CLI_UNREADABLE, "%s: cannot be written", path);
	return false;
}

/* The same corpus with another calibration. */
struct rewriting {
	const struct inq_corpus *corpus;
	struct inq_bytes calibration;
};

static void put_corpus(void *context, struct inq_sink *out)
{
	const struct rewriting *w = context;
	struct inq_error err;

	if (inq_corpus_write_calibrated(w->corpus, w->calibration, out, NULL, &err) != INQ_OK)
		out->failed = true;
}

static bool drop(void *to, const void *at, size_t len)
{
	(void)to;
	(void)at;
	(void)len;
	return true;
}

/* The digest of the corpus as it would be without a calibration: what is measured, whatever was before. */
static bool bare_digest(struct calibrate *k, struct inq_sha256 *ret)
{
	struct inq_sink *out = inq_arena_new(k->cli->arena, 1, sizeof *out);
	struct inq_error err;

	if (out)
		inq_sink_init(out, drop, NULL);
	if (out && inq_corpus_write_calibrated(
	                   &k->corpus.corpus, (struct inq_bytes){ NULL, 0 }, out, ret, &err) == INQ_OK)
		return true;
	cli_error(k->cli, CLI_UNREADABLE, "%s: cannot be read whole", k->corpus.path);
	return false;
}

/* Writes the corpus anew, with the calibration in it; the old one stays until that is whole. */
static bool keep(struct calibrate *k, struct inq_calibration *cal)
{
	struct inq_memory_sink memory = { .arena = k->cli->arena };
	struct inq_sink *held = inq_arena_new(k->cli->arena, 1, sizeof *held);
	struct rewriting w = { .corpus = &k->corpus.corpus };

	if (!held || !bare_digest(k, &cal->corpus))
		return false;
	inq_sink_init(held, inq_memory_sink_write, &memory);
	inq_calibration_write(cal, held);
	if (!inq_sink_flush(held)) {
		cli_error(k->cli, CLI_UNREADABLE, "no memory for the calibration");
		return false;
	}
	w.calibration = (struct inq_bytes){ (const uint8_t *)memory.at, memory.len };
	return write_file(k->cli, k->corpus.path, &w, put_corpus);
}

static void put_svg(void *context, struct inq_sink *out)
{
	inq_report_calibration_svg(context, out);
}

static void report(struct calibrate *k, const struct inq_calibration *cal)
{
	enum { SIZES = 4 };
	struct cli *cli = k->cli;
	struct inq_measure measures[SIZES];
	struct inq_report_calibration r = { k->corpus.path, &k->corpus.corpus, cal, measures, SIZES };
	struct inq_error err;
	struct inq_json j;

	for (uint32_t i = 0; i < SIZES; i++) {
		if (inq_measure_make(cal, UINT32_C(1) << i, cli->arena, &measures[i], &err) != INQ_OK) {
			cli_error(cli, CLI_UNREADABLE, "%s", err.text);
			return;
		}
	}
	if (cli->form == CLI_TEXT) {
		inq_report_calibration_text(&r, &cli->style, cli->arena, &cli->out);
	} else {
		inq_json_init(&j, &cli->out, true);
		inq_json_object(&j, NULL);
		inq_json_text(&j, "schema", "inquiry.calibration/1");
		inq_json_text(&j, "program", CLI_PROGRAM);
		inq_report_calibration_json(&r, &j);
		inq_json_end_object(&j);
		inq_put(&cli->out, "\n");
	}
	if (cli->set[CLI_SVG])
		(void)!write_file(cli, cli->value[CLI_SVG], &r, put_svg);
}

static bool measure(struct calibrate *k, uint32_t folds, uint32_t trials, struct inq_calibration *ret)
{
	struct cli *cli = k->cli;
	const struct inq_corpus *c = &k->corpus.corpus;
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	struct inq_error err;
	enum inq_status status =
	        a ? inq_corpus_check(c, a, &err) : inq_fail(&err, INQ_NO_MEMORY, 0, "no memory");
	bool going;

	inq_arena_close(a);
	if (status == INQ_OK)
		status = inq_calibration_plan(c, folds, trials, cli->arena, &k->plan, &err);
	k->evidence = inq_arena_new(cli->arena, c->sample_count, sizeof *k->evidence);
	k->todo = inq_arena_new(cli->arena, c->sample_count, sizeof *k->todo);
	if (status != INQ_OK || !k->evidence || !k->todo) {
		cli_error(cli, CLI_UNREADABLE, "%s: %s", k->corpus.path,
		        status != INQ_OK ? err.text : "no memory");
		return false;
	}
	cli_progress_init(&k->progress, cli, "trying programs");
	going = true;
	for (uint32_t i = 0; i < folds && going; i++)
		going = try_part(k, i, &err);
	cli_progress_end(&k->progress);
	if (!going)
		return false;
	status = inq_calibration_make(c, &k->plan, k->evidence, cli->arena, ret, &err);
	if (status == INQ_OK)
		return true;
	cli_error(cli, CLI_UNREADABLE, "%s", err.text);
	return false;
}

static int run(struct cli *cli)
{
	struct calibrate k = { .cli = cli };
	struct inq_calibration cal;
	struct inq_error err;
	uint64_t folds = 6, trials = 64;
	enum inq_status status;

	if (cli->set[CLI_FOLDS] && (!cli_number(cli->value[CLI_FOLDS], &folds) || folds < 2 || folds > 100)) {
		cli_error(cli, CLI_USAGE, "--folds takes a number from 2 to 100, not %s",
		        cli->value[CLI_FOLDS]);
		return CLI_USAGE;
	}
	if (cli->set[CLI_TRIALS] &&
	        (!cli_number(cli->value[CLI_TRIALS], &trials) || !trials || trials > 1 << 20)) {
		cli_error(cli, CLI_USAGE, "--trials takes a number from 1, not %s", cli->value[CLI_TRIALS]);
		return CLI_USAGE;
	}
	status = cli_corpus_map(cli->operands[0], &k.corpus, &err);
	if (status == INQ_OK && cli->set[CLI_REPORT])
		status = cli_calibration_read(cli, &k.corpus, &cal, &err);
	if (status != INQ_OK) {
		cli_error(cli, CLI_UNREADABLE, "%s", err.text);
		return cli->exit;
	}
	if (cli->set[CLI_REPORT] || (measure(&k, (uint32_t)folds, (uint32_t)trials, &cal) && keep(&k, &cal)))
		report(&k, &cal);
	cli_corpus_unmap(&k.corpus);
	return cli->exit;
}

const struct cli_command cli_corpus_calibrate = {
	.name = "corpus calibrate",
	.operands = "CORPUS",
	.summary = "measure the error rates of a corpus, for attribute",
	.about = "Leaves out a part of the corpus at a time, whole versions (DIR/FAMILY/VERSION/...) where a "
	         "family "
	         "has several, and looks at what attribute would say of the programs left out, with their "
	         "family "
	         "there and with it gone. What was measured is kept with the corpus, and reported. A corpus "
	         "that is "
	         "changed has to be measured again.",
	.examples = { "inquiry corpus calibrate known.corpus", "measure it, and say how often it errs",
	        "inquiry corpus calibrate --report --json known.corpus", "what was measured, for programs",
	        "inquiry corpus calibrate --report --svg rates.svg known.corpus", "the plots" },
	.options = options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_CHILDREN | CLI_TAKES_JOBS,
	.operands_least = 1,
	.operands_most = 1,
	.run = run,
};
