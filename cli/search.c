#include "cli/corpus.h"

static const struct cli_option options[] = {
	{ CLI_CORPUS, "corpus", 'c', "CORPUS", false, "the known programs; made by inquiry corpus build" },
	{ CLI_FUNCTION, "function", 'f', "ADDRESS", false,
	        "only the function at ADDRESS, with all it may be" },
	{ CLI_TOP, "top", 'n', "N", false, "so many families and functions; default 20" },
	{ CLI_ALL, "all", 'a', NULL, false,
	        "every family and function, and of each the ten best candidates" },
	{ CLI_CONTENT_ONLY, "content-only", 0, NULL, false,
	        "strings, data, imports and calls count nothing: an enemy chooses them freely" },
	{ .name = NULL },
};

struct search {
	struct cli *cli;
	struct cli_corpus corpus;
	struct inq_report_search_view view;
	uint64_t function_va;
};

struct found {
	struct inq_program program;
	struct inq_search search;
	struct inq_report_search_view view;
	uint64_t base_va;
	struct inq_arena *a;
};

static enum inq_status open(void *context, struct inq_error *err)
{
	struct search *s = context;

	return cli_corpus_map(s->cli->value[CLI_CORPUS], &s->corpus, err);
}

/* The function that holds `va`: people cite addresses inside functions too. */
static uint32_t function_at(const struct inq_program *p, uint64_t va)
{
	uint32_t best = INQ_NO_FUNCTION;

	for (uint32_t i = 0; i < p->function_count && p->functions[i].va <= va; i++)
		if (va - p->functions[i].va < p->functions[i].size)
			best = i;
	return best;
}

static enum inq_status find(
        void *context, const struct inq_exhibit *x, struct inq_arena *a, void **ret, struct inq_error *err)
{
	const struct search *s = context;
	struct found *f = inq_arena_new(a, 1, sizeof *f);
	struct inq_search_limits limits = inq_search_limits_default;
	struct inq_code code;
	enum inq_status status;

	if (!f)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to search it");
	limits.content_only = s->cli->set[CLI_CONTENT_ONLY];
	if (s->cli->set[CLI_ALL] || s->cli->set[CLI_FUNCTION]) {
		limits.every = true;
		limits.candidates = 10;
	}
	f->a = a;
	f->view = s->view;
	f->base_va = x->base_va;
	status = cli_sample_program(x, "", a, &code, &f->program, err);
	if (status == INQ_OK && s->cli->set[CLI_FUNCTION]) {
		f->view.function = function_at(&f->program, s->function_va);
		if (f->view.function == INQ_NO_FUNCTION)
			return inq_fail(err, INQ_BAD_ARGUMENT, 0,
			        "has no function at %s that search looks at", s->cli->value[CLI_FUNCTION]);
	}
	if (status == INQ_OK)
		status = inq_match_search(&f->program, &s->corpus.corpus, &limits, a, &f->search, err);
	if (status == INQ_OK)
		*ret = f;
	return status;
}

static void report(
        void *context, const void *found, const char *label, struct inq_sink *out, struct inq_json *json)
{
	const struct search *s = context;
	const struct found *f = found;
	const char *corpus = s->cli->inputs ? s->cli->inputs->corpus_label : s->corpus.path;
	const struct inq_report_search r = { label, corpus, &f->program, &s->corpus.corpus, &f->search,
		f->base_va };

	if (json)
		inq_report_search_json(&r, &f->view, json);
	else
		inq_report_search_text(&r, &f->view, &s->cli->style, f->a, out);
}

static int run(struct cli *cli)
{
	struct search search = { .cli = cli };
	struct cli_batch batch = { .cli = cli,
		.doing = "searching",
		.schema = "inquiry.search/1",
		.array = "searches",
		.context = &search,
		.open = open,
		.find = find,
		.report = report };
	struct cli_corpus corpus;
	struct inq_error err;
	uint64_t top = 0;
	enum inq_status status;

	if (!cli->set[CLI_CORPUS]) {
		cli_error(cli, CLI_USAGE, "search needs to be told the known programs: --corpus FILE");
		return CLI_USAGE;
	}
	if (cli->set[CLI_FUNCTION] && !cli_number(cli->value[CLI_FUNCTION], &search.function_va)) {
		cli_error(cli, CLI_USAGE, "--function takes an address, as in 0x401000, not %s",
		        cli->value[CLI_FUNCTION]);
		return CLI_USAGE;
	}
	if (cli->set[CLI_TOP] && (!cli_number(cli->value[CLI_TOP], &top) || !top || top > UINT32_MAX)) {
		cli_error(cli, CLI_USAGE, "--top takes a number from 1, not %s", cli->value[CLI_TOP]);
		return CLI_USAGE;
	}
	search.view = (struct inq_report_search_view){ cli->set[CLI_ALL], (uint32_t)top, INQ_NO_FUNCTION };
	/* Once here, so that a corpus that is none is said once and not of every file. */
	status = cli_corpus_map(cli->value[CLI_CORPUS], &corpus, &err);
	if (status != INQ_OK) {
		cli_error(cli, status == INQ_CORRUPT ? CLI_UNREADABLE : cli_status_exit(status), "%s",
		        err.text);
		return cli->exit;
	}
	cli_corpus_unmap(&corpus);
	return cli_batch_run(&batch);
}

const struct cli_command cli_search = {
	.name = "search",
	.operands = "FILE... --corpus CORPUS",
	.summary = "the known families whose code each file shares",
	.about = "Every function of FILE is looked for in the corpus and verified. Library code is taken out "
	         "and "
	         "shown as taken out; what is left is counted for each family, with how many families have "
	         "it. A "
	         "program that shares nothing is an answer like any other: the exit code is 0.",
	.examples = { "inquiry search suspicious.exe --corpus known.corpus", "whose code is in it",
	        "inquiry search suspicious.exe -c known.corpus --function 0x401000",
	        "what that function is, and in which samples",
	        "inquiry search --jsonl -c known.corpus samples/",
	        "a line of JSON for each program below a folder" },
	.options = options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_JSONL | CLI_TAKES_CHILDREN | CLI_TAKES_JOBS,
	.operands_least = 1,
	.operands_most = SIZE_MAX,
	.run = run,
};
