#include "cli/compare.h"
#include "cli/batch.h"
#include <string.h>

enum { ROWS_SHOWN = 20 };

static const struct cli_option options[] = {
	{ CLI_FUNCTION, "function", 'f', "A[,B]", false,
	        "the function at address (or of name) A beside its counterpart, or beside B, line by line" },
	{ CLI_TOP, "top", 'n', "N", false, "so many lines of each table; default 20" },
	{ CLI_ALL, "all", 'a', NULL, false, "every line of each table" },
	{ .name = NULL },
};

struct compare {
	struct cli *cli;
	struct cli_sample side[2];
	uint32_t top;
};

static enum inq_status child_open(void *context, size_t index, struct inq_error *err)
{
	struct compare *c = context;

	(void)index;
	for (int i = 0; i < 2; i++) {
		struct inq_error why;
		enum inq_status status = cli_sample_open(&c->side[i], &why);

		if (status != INQ_OK)
			return inq_fail(err, status, why.at, "%.60s: %.130s", c->side[i].operand, why.text);
	}
	return INQ_OK;
}

enum inq_status cli_side_read(const struct cli *cli, struct cli_sample *sample, bool fingerprints,
        struct inq_arena *a, struct cli_side *ret, struct inq_error *err)
{
	struct inq_error why = { 0 };
	enum inq_status status = cli_sample_only(cli, sample, a, &ret->exhibit, &why);

	if (status == INQ_OK && fingerprints)
		status = cli_sample_program(&ret->exhibit, "", a, &ret->code, &ret->program, &why);
	else if (status == INQ_OK)
		status = inq_code_recover(&ret->exhibit, a, &ret->code, &why);
	ret->label = sample->operand;
	if (status != INQ_OK)
		return inq_fail(err, status, why.at, "%.60s: %.130s", ret->label, why.text);
	return INQ_OK;
}

/* The function that `text` names: by the address of any of its bytes, or by name. NULL, and said in `err`. */
static const struct inq_function *function_named(
        const struct cli_side *s, struct inq_bytes text, struct inq_arena *a, struct inq_error *err)
{
	const struct inq_function *f, *found = NULL;
	const char *name = inq_arena_string(a, text);
	uint64_t va;

	if (name && cli_number(name, &va)) {
		for (size_t i = 0; i < s->code.function_count && s->code.functions[i].va <= va; i++) {
			f = &s->code.functions[i];
			if (va - f->va < f->size)
				found = f;
		}
	} else if (name) {
		for (size_t i = 0; i < s->code.function_count && !found; i++) {
			f = &s->code.functions[i];
			if (f->name && !strcmp(f->name, name))
				found = f;
		}
	}
	if (!found)
		(void)inq_fail(
		        err, INQ_BAD_ARGUMENT, 0, "%.60s has no function %.100s", s->label, name ? name : "");
	return found;
}

/* The number of `f` among the fingerprints, which leave some functions out. */
static uint32_t number_of(const struct inq_program *p, const struct inq_function *f)
{
	for (uint32_t i = 0; i < p->function_count; i++)
		if (p->functions[i].va == f->va)
			return i;
	return INQ_NO_FUNCTION;
}

/* What A's function was paired with. */
static const struct inq_function *counterpart(const struct cli_side *sides, const struct inq_function *fa,
        struct inq_arena *a, enum inq_status *ret_status, struct inq_error *err)
{
	uint32_t number = number_of(&sides[0].program, fa);
	struct inq_comparison comparison;

	*ret_status = inq_match_compare(&sides[0].program, &sides[1].program, a, &comparison, err);
	if (*ret_status != INQ_OK)
		return NULL;
	for (uint32_t i = 0; i < comparison.match_count; i++)
		if (comparison.matches[i].a == number)
			return inq_code_function(
			        &sides[1].code, sides[1].program.functions[comparison.matches[i].b].va);
	*ret_status = inq_fail(err, INQ_BAD_ARGUMENT, 0,
	        "%.60s has no counterpart of that function; name one: --function A,B", sides[1].label);
	return NULL;
}

/* The objects and keys around the result of either kind. */
static void json_begin(struct inq_json *j, struct inq_sink *out, const char *schema, bool pretty)
{
	inq_json_init(j, out, pretty);
	inq_json_object(j, NULL);
	inq_json_text(j, "schema", schema);
	inq_json_text(j, "program", CLI_PROGRAM);
}

enum inq_status cli_align(const struct cli_side sides[2], const char *functions, const struct cli *cli,
        bool pretty, struct inq_arena *a, struct inq_sink *out, struct inq_error *err)
{
	struct inq_bytes text = inq_bytes_of(functions), text_a = text;
	struct inq_report_alignment r = { .label_a = sides[0].label,
		.label_b = sides[1].label,
		.code_a = &sides[0].code,
		.code_b = &sides[1].code };
	const char *comma = strchr(functions, ',');
	struct inq_alignment alignment;
	enum inq_status status = INQ_OK;
	struct inq_json j;

	if (comma)
		text_a.len = (size_t)(comma - functions);
	r.function_a = function_named(&sides[0], text_a, a, err);
	if (!r.function_a)
		return INQ_BAD_ARGUMENT;
	r.function_b = comma ? function_named(&sides[1], inq_bytes_from(text, text_a.len + 1), a, err)
	                     : counterpart(sides, r.function_a, a, &status, err);
	if (!r.function_b)
		return status == INQ_OK ? INQ_BAD_ARGUMENT : status;
	status = inq_match_align(
	        &sides[0].code, r.function_a, &sides[1].code, r.function_b, a, &alignment, err);
	if (status != INQ_OK)
		return status;
	r.alignment = &alignment;
	if (cli->form == CLI_TEXT) {
		inq_report_alignment_text(&r, &cli->style, out);
		return INQ_OK;
	}
	json_begin(&j, out, "inquiry.alignment/1", pretty);
	inq_report_alignment_json(&r, &j);
	inq_json_end_object(&j);
	return INQ_OK;
}

static enum inq_status child_run(void *context, size_t index, struct inq_sink *out, struct inq_error *err)
{
	struct compare *c = context;
	struct inq_arena *a = inq_arena_open(cli_arena_limit(c->cli));
	struct cli_side sides[2] = { { .label = NULL } };
	struct inq_comparison comparison;
	struct inq_report_comparison r;
	struct inq_json j;
	const char *named = c->cli->set[CLI_FUNCTION] ? c->cli->value[CLI_FUNCTION] : NULL;
	bool fingerprints = !named || !strchr(named, ',');
	enum inq_status status = INQ_OK;

	(void)index;
	if (!a)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to compare them");
	for (int i = 0; i < 2 && status == INQ_OK; i++)
		status = cli_side_read(c->cli, &c->side[i], fingerprints, a, &sides[i], err);
	if (status != INQ_OK)
		return status;
	if (named)
		return cli_align(sides, named, c->cli, true, a, out, err);
	status = inq_match_compare(&sides[0].program, &sides[1].program, a, &comparison, err);
	if (status != INQ_OK)
		return status;
	r = (struct inq_report_comparison){ sides[0].label, sides[1].label, &sides[0].program,
		&sides[1].program, &comparison };
	if (c->cli->form == CLI_TEXT) {
		inq_report_comparison_text(&r, c->top, &c->cli->style, a, out);
		return INQ_OK;
	}
	json_begin(&j, out, "inquiry.comparison/1", true);
	inq_report_comparison_json(&r, &j);
	inq_json_end_object(&j);
	return INQ_OK;
}

static int run(struct cli *cli)
{
	struct compare compare = { .cli = cli, .top = ROWS_SHOWN };
	struct inq_error err;
	uint64_t top;

	if (cli->set[CLI_TOP]) {
		if (!cli_number(cli->value[CLI_TOP], &top) || !top || top > UINT32_MAX) {
			cli_error(cli, CLI_USAGE, "--top takes a number from 1, not %s", cli->value[CLI_TOP]);
			return CLI_USAGE;
		}
		compare.top = (uint32_t)top;
	}
	if (cli->set[CLI_ALL])
		compare.top = 0;
	if (!strcmp(cli->operands[0], "-") && !strcmp(cli->operands[1], "-")) {
		cli_error(cli, CLI_USAGE, "- is given twice");
		return CLI_USAGE;
	}
	for (int i = 0; i < 2; i++) {
		enum inq_status status;

		compare.side[i].operand = strcmp(cli->operands[i], "-") ? cli->operands[i] : "standard input";
		status = cli_sample_name(cli, cli->operands[i], &compare.side[i], &err);
		if (status != INQ_OK) {
			cli_error(cli, cli_status_exit(status), "%s: %s", compare.side[i].operand, err.text);
			return cli->exit;
		}
	}
	(void)!cli_child(cli, "", &compare, child_open, child_run);
	return cli->exit;
}

const struct cli_command cli_compare = {
	.name = "compare",
	.operands = "A B",
	.summary = "the functions two programs share, and how they differ",
	.about = "A and B are programs; of an archive, ARCHIVE!MEMBER names one. Functions are paired one to "
	         "one: "
	         "identical, changed, only in A, only in B. Names of symbols play no part in the pairing.",
	.examples = { "inquiry compare version1.dll version2.dll", "what changed between two builds",
	        "inquiry compare version1.dll version2.dll --function 0x180001000",
	        "that function and its counterpart, line by line",
	        "inquiry compare --json old new > changes.json", "all pairs, for programs" },
	.options = options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_CHILDREN,
	.operands_least = 2,
	.operands_most = 2,
	.run = run,
};
