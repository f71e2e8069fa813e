/*
 * attribute: each file is searched in a child of its own, which hands back
 * evidence; what it says of all of them together is weighed here, from that
 * alone.
 */
#include "cli/attribute.h"
#include "cli/calibration.h"
#include <inquiry/finding.h>
#include <string.h>

static const struct cli_option options[] = {
	{ CLI_CORPUS, "corpus", 'c', "CORPUS", false, "the known programs; made by inquiry corpus build" },
	{ CLI_DATE, "date", 0, "DATE", false, "a day (YYYY-MM-DD) on which all FILEs existed" },
	{ CLI_PUBLISHED, "published", 0, "FAMILY=DATE", true,
	        "the day from which anyone could have that family's code (FAMILY/SAMPLE: of samples so "
	        "named)" },
	{ CLI_PRIOR, "prior", 0, "PERCENT", false,
	        "your belief before any of this that it is one of the families; gives beliefs after it" },
	{ CLI_WITHOUT, "without", 0, "ADDRESS", true,
	        "leave out the piece of shared code there (of several files: SHA256:ADDRESS)" },
	{ CLI_REPORT, "report", 0, "FILE", false, "write a report for people, one HTML file, too" },
	{ CLI_KNOWN_FILES, "known", 0, "FOLDER", false,
	        "with --report: where the corpus's samples lie, to show shared functions beside theirs" },
	{ CLI_ALIGNED, "aligned", 0, "N", false,
	        "with --report: so many functions of each file beside theirs, at most 60; default 20" },
	{ .name = NULL },
};

struct attribute {
	struct cli *cli;
	struct cli_corpus corpus;
	struct inq_calibration calibration;
	bool calibrated;
	struct inq_measure measure;
	bool measured;
	struct inq_finding_question question;
	struct cli_sample *samples;
	struct inq_error *errors;
	enum inq_status *named;
	const struct inq_evidence **evidence;
	size_t evidence_count, evidence_capacity;
	char **read; /* the operands that were read: what a report is made of */
	size_t read_count;
	struct cli_progress progress;
};

/* In the child. */

static enum inq_status child_open(void *context, size_t index, struct inq_error *err)
{
	struct attribute *t = context;

	if (t->named[index] != INQ_OK) {
		*err = t->errors[index];
		return t->named[index];
	}
	return cli_sample_open(&t->samples[index], err);
}

/* The evidence of one program, behind its length and the name it goes by. */
static enum inq_status put_one(struct attribute *t, const struct cli_sample *s, const struct inq_member *m,
        struct inq_arena *a, struct inq_sink *out, struct inq_error *err)
{
	const char *label = cli_sample_label(s, m, a);
	struct inq_exhibit x;
	struct inq_code code;
	struct inq_program p;
	struct inq_search found;
	struct inq_observation seen;
	struct inq_evidence e;
	const struct inq_observation_limits no_strings = { .string_least = 1, .string_most = 1 };
	enum inq_status status = cli_sample_exhibit(t->cli, m, a, &x, err);

	if (status == INQ_OK)
		status = cli_sample_program(&x, label, a, &code, &p, err);
	if (status == INQ_OK)
		status = inq_match_search(&p, &t->corpus.corpus, &inq_finding_search_limits, a, &found, err);
	if (status == INQ_OK)
		status = inq_observation_read(&x, &no_strings, a, &seen, err);
	if (status == INQ_OK)
		status = inq_evidence_make(&p, &found, &t->corpus.corpus, &seen, t->question.publications,
		        t->question.publication_count, a, &e, err);
	if (status != INQ_OK)
		return status;
	e.idioms = inq_evidence_idioms(&code);
	return cli_evidence_put(&e, label, a, out, err);
}

static enum inq_status child_run(void *context, size_t index, struct inq_sink *out, struct inq_error *err)
{
	struct attribute *t = context;
	struct cli_sample *s = &t->samples[index];
	size_t limit = cli_arena_limit(t->cli), programs = 0, failed = 0;
	struct inq_arena *a = inq_arena_open(limit), *each;
	struct inq_error first = { 0 }, why;
	enum inq_status status, gravest = INQ_OK;

	if (!a)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to read it");
	status = cli_sample_members(s, a, err);
	if (status != INQ_OK)
		return status;
	for (size_t i = 0; i < s->members.count; i++) {
		each = inq_arena_open(limit - inq_arena_used(a));
		if (!each)
			return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to read it");
		status = put_one(t, s, &s->members.members[i], each, out, &why);
		inq_arena_close(each);
		if (status == INQ_OK) {
			programs++;
		} else if ((status != INQ_UNRECOGNISED || s->members.count == 1) && !failed++) {
			first = why;
			gravest = status;
		}
	}
	if (failed)
		return inq_fail(err, gravest, first.at, "%s%s",
		        s->members.count > 1 ? "of its members: " : "", first.text);
	if (s->members.cut)
		return inq_fail(err, INQ_OVER_LIMIT, 0, "%s", s->members.reason);
	return programs ? INQ_OK : inq_fail(err, INQ_UNRECOGNISED, 0, "holds no program");
}

/* In the parent. */

static enum inq_status take_body(struct attribute *t, struct inq_bytes body, struct inq_error *err)
{
	while (body.len) {
		struct inq_evidence *e = inq_arena_new(t->cli->arena, 1, sizeof *e);
		const struct inq_evidence **all = inq_arena_extend(t->cli->arena, t->evidence,
		        t->evidence_count, &t->evidence_capacity, sizeof(const struct inq_evidence *));
		enum inq_status status;

		if (!e || !all)
			return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for its evidence");
		t->evidence = all;
		status = cli_evidence_take(&body, &t->corpus.corpus, t->cli->arena, e, err);
		if (status != INQ_OK)
			return status;
		all[t->evidence_count++] = e;
	}
	return INQ_OK;
}

/* The error rates for as many exhibits at a time as the finding rests on; NULL where it rests on none. */
static const struct inq_measure *measure_of(struct attribute *t, const struct inq_finding *f)
{
	struct inq_error err;

	if (!f->calibrated)
		return NULL;
	if (!t->measured || t->measure.exhibits != f->trial_exhibits)
		t->measured = inq_measure_make(&t->calibration, f->trial_exhibits, t->cli->arena, &t->measure,
		                      &err) == INQ_OK;
	return t->measured ? &t->measure : NULL;
}

static void put_json(const struct inq_report_finding *r, struct inq_sink *out)
{
	struct inq_json j;

	inq_json_init(&j, out, true);
	inq_json_object(&j, NULL);
	inq_json_text(&j, "schema", "inquiry.attribution/1");
	inq_json_text(&j, "program", CLI_PROGRAM);
	inq_report_finding_json(r, &j);
	inq_json_end_object(&j);
	inq_put(out, "\n");
}

static void put_report(struct attribute *t, const struct inq_report_finding *r)
{
	struct cli *cli = t->cli;
	struct inq_memory_sink memory = { .arena = cli->arena };
	struct inq_sink out;

	inq_sink_init(&out, inq_memory_sink_write, &memory);
	put_json(r, &out);
	if (!inq_sink_flush(&out))
		cli_error(cli, CLI_PARTIAL, "no memory for the report");
	else
		(void)cli_attribute_report(cli, (struct inq_bytes){ (const uint8_t *)memory.at, memory.len },
		        t->read, t->read_count);
}

static void put_finding(struct attribute *t, const struct inq_finding *f)
{
	struct cli *cli = t->cli;
	const char *corpus = cli->inputs ? cli->inputs->corpus_label : t->corpus.path;
	const struct inq_report_finding r = { CLI_PROGRAM, corpus, &t->corpus.corpus, f, measure_of(t, f) };

	if (cli->form == CLI_TEXT)
		inq_report_finding_text(&r, &cli->style, cli->arena, &cli->out);
	else
		put_json(&r, &cli->out);
	if (cli->set[CLI_REPORT])
		put_report(t, &r);
}

/* Weighs all that was taken, and says it. */
static void weigh(struct attribute *t)
{
	struct inq_finding f;
	struct inq_error err;
	enum inq_status status = inq_finding_make(t->evidence, (uint32_t)t->evidence_count, &t->corpus.corpus,
	        t->calibrated ? &t->calibration : NULL, &t->question, t->cli->arena, &f, &err);

	if (status != INQ_OK)
		cli_error(t->cli, status == INQ_BAD_ARGUMENT ? CLI_USAGE : cli_status_exit(status), "%s",
		        err.text);
	else
		put_finding(t, &f);
}

/* With inputs, each is a case of its own, and has a document. */
static bool give_input(struct attribute *t, size_t index)
{
	struct cli *cli = t->cli;
	struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
	struct inq_memory_sink memory = { .arena = scratch };
	bool going = scratch != NULL;

	if (going) {
		inq_sink_init(&cli->out, inq_memory_sink_write, &memory);
		if (t->evidence_count)
			weigh(t);
		going = inq_sink_flush(&cli->out) &&
		        cli->inputs->take(cli->inputs->context, index,
		                (struct inq_bytes){ (const uint8_t *)memory.at, memory.len }, cli->said,
		                cli->exit);
	}
	cli->inputs->taken += going;
	t->evidence_count = 0;
	inq_arena_close(scratch);
	return going;
}

static bool parent_take(void *context, size_t index, const struct inq_child_result *r)
{
	struct attribute *t = context;
	struct cli *cli = t->cli;
	struct inq_error err = r->error;
	enum inq_status status = r->status;

	if (cli->inputs) {
		cli->exit = CLI_DONE;
		*cli->said = 0;
	}
	if (r->whole && r->body.len && take_body(t, r->body, &err) != INQ_OK)
		status = inq_fail(&err, INQ_CRASHED, 0, "its analysis gave no well-formed evidence");
	if (status != INQ_OK) {
		cli_progress_end(&t->progress);
		cli_error(cli, cli_status_exit(status), "%s: %s", t->samples[index].operand, err.text);
	} else {
		t->read[t->read_count++] = cli->operands[index];
	}
	return cli->inputs ? give_input(t, index) : true;
}

static void parent_tick(void *context, size_t ended, size_t count)
{
	struct attribute *t = context;

	cli_progress_show(&t->progress, ended, count);
}

/* "FAMILY=DATE", "FAMILY/SAMPLE=DATE" */
static bool publication_read(struct attribute *t, const char *value, struct inq_publication *ret)
{
	const char *equals = strrchr(value, '='), *slash = strchr(value, '/');
	const struct inq_corpus *c = &t->corpus.corpus;
	struct inq_label l;
	size_t len;

	if (!equals || equals == value || !cli_day(equals + 1, &ret->day)) {
		cli_error(t->cli, CLI_USAGE, "--published takes FAMILY=YYYY-MM-DD, not %s", value);
		return false;
	}
	len = slash && slash < equals ? (size_t)(slash - value) : (size_t)(equals - value);
	ret->prefix = slash && slash < equals ? inq_arena_string(t->cli->arena,
	                                                (struct inq_bytes){ (const uint8_t *)slash + 1,
	                                                        (size_t)(equals - slash - 1) })
	                                      : "";
	for (uint32_t i = 0; i < c->label_count && ret->prefix; i++) {
		if (!inq_corpus_label(c, i, &l) || strlen(l.name) != len || memcmp(l.name, value, len))
			continue;
		ret->label = i;
		return true;
	}
	cli_error(t->cli, CLI_USAGE, "--published %s: there is no such family in the corpus", value);
	return false;
}

/* "0x401000", "SHA256:0x401000"; the digest in full, for half of one is no name. */
static bool left_out_read(struct attribute *t, const char *value, struct inq_finding_left_out *ret)
{
	const char *colon = strchr(value, ':');

	ret->sha256 = NULL;
	if (colon) {
		struct inq_sha256 *sha256 = inq_arena_new(t->cli->arena, 1, sizeof *sha256);

		if (!sha256 ||
		        !inq_unhex((struct inq_bytes){ (const uint8_t *)value, (size_t)(colon - value) },
		                sha256->byte, sizeof sha256->byte)) {
			cli_error(t->cli, CLI_USAGE, "--without takes SHA256:ADDRESS, not %s", value);
			return false;
		}
		ret->sha256 = sha256;
		value = colon + 1;
	}
	if (cli_number(value, &ret->va))
		return true;
	cli_error(t->cli, CLI_USAGE, "--without takes an address, as in 0x401000, not %s", value);
	return false;
}

/* Percent with up to two places, as ten-thousandths. */
static bool prior_read(const char *text, uint32_t *ret)
{
	uint32_t value = 0, places = 0;
	bool point = false, digits = false;

	for (; *text; text++) {
		if (*text == '.' && !point) {
			point = true;
			continue;
		}
		if (*text < '0' || *text > '9' || places == 2 || value > 100000)
			return false;
		value = 10 * value + (uint32_t)(*text - '0');
		places += point;
		digits = true;
	}
	for (; places < 2; places++)
		value *= 10;
	*ret = value;
	return digits && value > 0 && value < 10000;
}

static bool question_read(struct attribute *t)
{
	struct cli *cli = t->cli;
	struct inq_publication *publications =
	        inq_arena_new(cli->arena, cli->given_count, sizeof *publications);
	struct inq_finding_left_out *left_out = inq_arena_new(cli->arena, cli->given_count, sizeof *left_out);
	struct inq_finding_question *q = &t->question;

	if (!publications || !left_out) {
		cli_error(cli, CLI_UNREADABLE, "no memory for the options");
		return false;
	}
	if (cli->set[CLI_DATE] && !cli_day(cli->value[CLI_DATE], &q->day)) {
		cli_error(cli, CLI_USAGE, "--date takes YYYY-MM-DD, not %s", cli->value[CLI_DATE]);
		return false;
	}
	if (cli->set[CLI_PRIOR] && !prior_read(cli->value[CLI_PRIOR], &q->prior)) {
		cli_error(cli, CLI_USAGE, "--prior takes a percentage above 0 and below 100, not %s",
		        cli->value[CLI_PRIOR]);
		return false;
	}
	for (size_t i = 0; i < cli->given_count; i++) {
		const struct cli_given *g = &cli->given[i];

		if (g->id == CLI_PUBLISHED &&
		        !publication_read(t, g->value, &publications[q->publication_count++]))
			return false;
		if (g->id == CLI_WITHOUT && !left_out_read(t, g->value, &left_out[q->left_out_count++]))
			return false;
	}
	q->publications = publications;
	q->left_out = left_out;
	return true;
}

static bool name_operands(struct attribute *t)
{
	struct cli *cli = t->cli;

	t->samples = inq_arena_new(cli->arena, cli->operand_count, sizeof *t->samples);
	t->errors = inq_arena_new(cli->arena, cli->operand_count, sizeof *t->errors);
	t->named = inq_arena_new(cli->arena, cli->operand_count, sizeof *t->named);
	t->read = inq_arena_new(cli->arena, cli->operand_count, sizeof *t->read);
	if (!t->read || !t->samples || !t->errors || !t->named) {
		cli_error(cli, CLI_UNREADABLE, "no memory for so many files");
		return false;
	}
	for (size_t i = 0; i < cli->operand_count; i++) {
		t->samples[i].operand = t->samples[i].path =
		        cli->inputs ? "standard input" : cli->operands[i];
		if (cli->inputs)
			t->samples[i].is_passed = true;
		else
			t->named[i] = cli_sample_name(cli, cli->operands[i], &t->samples[i], &t->errors[i]);
	}
	return true;
}

/* A report reads the files again. */
static bool report_is_possible(struct cli *cli)
{
	if (!cli->set[CLI_REPORT] && (cli->set[CLI_KNOWN_FILES] || cli->set[CLI_ALIGNED])) {
		cli_error(cli, CLI_USAGE, "--known and --aligned go with --report");
		return false;
	}
	for (size_t i = 0; i < cli->operand_count && cli->set[CLI_REPORT]; i++) {
		if (strcmp(cli->operands[i], "-") == 0) {
			cli_error(cli, CLI_USAGE, "--report takes files, not standard input");
			return false;
		}
	}
	return true;
}

static int child_file(void *context, size_t index)
{
	const struct attribute *t = context;

	return t->cli->inputs ? t->cli->inputs->files[index] : -1;
}

static void attribute(struct attribute *t)
{
	struct cli *cli = t->cli;
	struct inq_child_work work = { t, child_open, child_run, parent_take, parent_tick, false,
		child_file };
	struct inq_error err;
	enum inq_status status;

	status = cli_calibration_read(cli, &t->corpus, &t->calibration, &err);
	t->calibrated = status == INQ_OK;
	if (status != INQ_OK && status != INQ_NOT_FOUND)
		cli_note(cli, "%s", err.text);
	cli_progress_init(&t->progress, cli, "searching");
	status = inq_child_run(&work, cli->operand_count, cli->jobs, &cli->limits, &err);
	cli_progress_end(&t->progress);
	if (work.sandbox_refused)
		cli_error(cli, CLI_NO_SANDBOX, "%s; --no-sandbox goes on without it", err.text);
	else if (status != INQ_OK && !cli->inputs)
		cli_error(cli, CLI_UNREADABLE, "%s", err.text);
	else if (!cli->inputs && t->evidence_count)
		weigh(t);
}

static int run(struct cli *cli)
{
	struct attribute t = { .cli = cli };
	struct inq_error err;
	enum inq_status status;

	if (!cli->set[CLI_CORPUS]) {
		cli_error(cli, CLI_USAGE, "attribute needs to be told the known programs: --corpus FILE");
		return CLI_USAGE;
	}
	status = cli_corpus_map(cli->value[CLI_CORPUS], &t.corpus, &err);
	if (status != INQ_OK) {
		cli_error(cli, status == INQ_CORRUPT ? CLI_UNREADABLE : cli_status_exit(status), "%s",
		        err.text);
		return cli->exit;
	}
	if (question_read(&t)) {
		if (report_is_possible(cli) && name_operands(&t))
			attribute(&t);
	} else if (cli->inputs) {
		/* None of them has an answer to that question; `said` is why. */
		for (size_t i = 0; i < cli->inputs->count && give_input(&t, i);)
			i++;
	}
	cli_corpus_unmap(&t.corpus);
	return cli->exit;
}

const struct cli_command cli_attribute = {
	.name = "attribute",
	.operands = "FILE... --corpus CORPUS",
	.summary = "what the shared code proves, for and against each family",
	.about =
	        "Weighs the code that all FILEs together share with each family of the corpus: library code, "
	        "code "
	        "found in several families and code that was published before --date count nothing; what "
	        "hangs "
	        "together counts once. The ratios rest on what the corpus measured of itself (inquiry corpus "
	        "calibrate). Insufficient grounds is an answer like any other: the exit code is 0.",
	.examples = { "inquiry attribute dropper.exe implant.dll --corpus known.corpus",
	        "what both together prove, for and against each family",
	        "inquiry attribute i.dll -c k.crp --date 2017-06-27 --published eq=2017-04-14",
	        "with the days on which the program existed and a family's code leaked",
	        "inquiry attribute implant.dll -c known.corpus --report implant.html",
	        "and a report for people" },
	.options = options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_CHILDREN | CLI_TAKES_JOBS,
	.operands_least = 1,
	.operands_most = SIZE_MAX,
	.run = run,
};
