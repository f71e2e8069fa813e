#include "cli/analysis.h"
#include "cli/corpus.h"
#include <inquiry/model.h>
#include <inttypes.h>
#include <string.h>

static const struct {
	const struct cli_command *command;
	const char *schema;
	bool corpus, model;
	enum inq_entry_type entry;
} kinds[CLI_KINDS] = {
	[CLI_KIND_EXAMINE] = { &cli_examine, "inquiry.examination/1", false, false, INQ_ENTRY_EXAMINATION },
	[CLI_KIND_SEARCH] = { &cli_search, "inquiry.search/1", true, true, INQ_ENTRY_EXAMINATION },
	[CLI_KIND_ATTRIBUTE] = { &cli_attribute, "inquiry.attribution/1", true, true, INQ_ENTRY_CONCLUSION },
};

bool cli_kind_read(struct inq_bytes name, enum cli_kind *ret)
{
	for (unsigned i = 0; i < CLI_KINDS; i++) {
		if (inq_bytes_equal(name, kinds[i].command->name)) {
			*ret = (enum cli_kind)i;
			return true;
		}
	}
	return false;
}

const char *cli_kind_name(enum cli_kind kind)
{
	return kinds[kind].command->name;
}

const char *cli_kind_schema(enum cli_kind kind)
{
	return kinds[kind].schema;
}

bool cli_kind_needs_corpus(enum cli_kind kind)
{
	return kinds[kind].corpus;
}

enum inq_entry_type cli_kind_entry(enum cli_kind kind)
{
	return kinds[kind].entry;
}

/* A corpus is named by the digest at its end: here that is proved, not believed. */
static enum inq_status corpus_prove(struct cli_analysis *a, struct inq_error *err)
{
	struct cli_corpus corpus;
	struct inq_sha256 digest, end;
	struct inq_bytes all;
	enum inq_status status = cli_corpus_map(a->corpus_path, &corpus, err);

	if (status != INQ_OK)
		return status;
	all = corpus.file.bytes;
	status = inq_sha256((struct inq_bytes){ all.at, all.len - sizeof end.byte }, &digest);
	memcpy(end.byte, all.at + all.len - sizeof end.byte, sizeof end.byte);
	if (status == INQ_OK &&
	        (!inq_sha256_equal(&digest, &end) || !inq_sha256_equal(&digest, &corpus.corpus.digest)))
		status = inq_fail(err, INQ_CORRUPT, all.len - sizeof end.byte,
		        "%s: is damaged: it has not the digest that it ends with", a->corpus_path);
	cli_corpus_unmap(&corpus);
	if (status == INQ_OK)
		a->corpus = (struct inq_digest_or_none){ true, digest };
	return status;
}

bool cli_analysis_init(struct cli *cli, struct cli_analysis *ret)
{
	struct cli_analysis a = { .cli = cli };
	struct inq_error err = { 0, "" };
	struct inq_file self;
	size_t publications = 0;
	enum inq_status status = inq_file_open("/proc/self/exe", &self, &err);

	if (status == INQ_OK) {
		status = inq_sha256(self.bytes, &a.program);
		inq_file_close(&self);
	}
	if (status != INQ_OK) {
		cli_error(cli, CLI_UNREADABLE, "this program cannot read itself: %s", err.text);
		return false;
	}
	for (size_t i = 0; i < cli->given_count; i++)
		publications += cli->given[i].id == CLI_PUBLISHED;
	if (publications > CLI_PUBLICATIONS_MOST) {
		cli_error(cli, CLI_USAGE, "an entry has room for %d days of publication, not for %zu",
		        CLI_PUBLICATIONS_MOST, publications);
		return false;
	}
	if (cli->set[CLI_CORPUS]) {
		a.corpus_path = cli->value[CLI_CORPUS];
		status = corpus_prove(&a, &err);
		if (status != INQ_OK) {
			cli_error(cli, CLI_UNREADABLE, "%s", err.text);
			return false;
		}
	}
	*ret = a;
	return true;
}

struct cli_call cli_call_here(const struct cli_analysis *a, enum cli_kind kind)
{
	const char *slash = a->corpus_path ? strrchr(a->corpus_path, '/') : NULL;
	struct cli_call call = { .kind = kind };

	if (kinds[kind].corpus)
		call.corpus_label = slash ? slash + 1 : a->corpus_path;
	if (a->cli->set[CLI_MEMORY])
		(void)!cli_number(a->cli->value[CLI_MEMORY], &call.memory_mib);
	if (a->cli->set[CLI_TIMEOUT])
		(void)!cli_number(a->cli->value[CLI_TIMEOUT], &call.seconds);
	if (kind != CLI_KIND_ATTRIBUTE)
		return call;
	call.date = a->cli->value[CLI_DATE];
	for (size_t i = 0; i < a->cli->given_count && call.publication_count < CLI_PUBLICATIONS_MOST; i++)
		if (a->cli->given[i].id == CLI_PUBLISHED)
			call.publications[call.publication_count++] = a->cli->given[i].value;
	return call;
}

static bool same_text(const char *l, const char *r)
{
	return l && r ? strcmp(l, r) == 0 : l == r;
}

bool cli_call_same(const struct cli_call *l, const struct cli_call *r)
{
	if (l->kind != r->kind || l->memory_mib != r->memory_mib || l->seconds != r->seconds ||
	        l->publication_count != r->publication_count || !same_text(l->date, r->date) ||
	        !same_text(l->corpus_label, r->corpus_label))
		return false;
	for (size_t i = 0; i < l->publication_count; i++)
		if (strcmp(l->publications[i], r->publications[i]) != 0)
			return false;
	return true;
}

static size_t option_add(const char *name, const char *value, struct inq_bytes *ret, size_t count)
{
	if (!value)
		return count;
	ret[count++] = inq_bytes_of(name);
	ret[count++] = inq_bytes_of(value);
	return count;
}

static const char *number_text(uint64_t number, struct inq_arena *arena)
{
	const char *text = number ? inq_arena_printf(arena, "%" PRIu64, number) : NULL;

	return number && !text ? "" : text;
}

size_t cli_call_options(const struct cli_call *call, struct inq_arena *arena, struct inq_bytes *ret)
{
	size_t count = 0;

	ret[count++] = inq_bytes_of("--json");
	count = option_add("--corpus", call->corpus_label, ret, count);
	count = option_add("--date", call->date, ret, count);
	for (size_t i = 0; i < call->publication_count; i++)
		count = option_add("--published", call->publications[i], ret, count);
	count = option_add("--memory", number_text(call->memory_mib, arena), ret, count);
	count = option_add("--timeout", number_text(call->seconds, arena), ret, count);
	ret[count++] = inq_bytes_of("-");
	return count;
}

static bool same(struct inq_bytes l, struct inq_bytes r)
{
	return l.len == r.len && (l.len == 0 || memcmp(l.at, r.at, l.len) == 0);
}

/* The option after the word `name`, where it is the next one. */
static bool value_after(
        const struct inq_entry *e, size_t *at, const char *name, struct inq_arena *arena, const char **ret)
{
	if (*at + 1 >= e->option_count || !inq_bytes_equal(e->options[*at], name))
		return true;
	*ret = inq_arena_string(arena, e->options[*at + 1]);
	*at += 2;
	return *ret != NULL;
}

bool cli_call_read(const struct inq_entry *e, struct inq_arena *arena, struct cli_call *ret)
{
	struct inq_bytes again[CLI_ANALYSIS_OPTIONS];
	const char *memory = NULL, *seconds = NULL;
	struct cli_call call = { 0 };
	size_t at = 1;

	if (!cli_kind_read(e->kind, &call.kind) ||
	        !value_after(e, &at, "--corpus", arena, &call.corpus_label) ||
	        !value_after(e, &at, "--date", arena, &call.date))
		return false;
	while (call.publication_count < CLI_PUBLICATIONS_MOST) {
		const char **published = &call.publications[call.publication_count];

		if (!value_after(e, &at, "--published", arena, published))
			return false;
		if (!*published)
			break;
		call.publication_count++;
	}
	if (!value_after(e, &at, "--memory", arena, &memory) ||
	        !value_after(e, &at, "--timeout", arena, &seconds))
		return false;
	if ((memory && !cli_number(memory, &call.memory_mib)) ||
	        (seconds && !cli_number(seconds, &call.seconds)))
		return false;
	/* The bounds of the options themselves: nobody's entry makes this machine do more. */
	if (call.memory_mib > 1 << 20 || (memory && call.memory_mib < 64) || call.seconds > 86400 ||
	        (seconds && !call.seconds))
		return false;
	/* There is one way to write a call, and this must be it. */
	if (cli_call_options(&call, arena, again) != e->option_count)
		return false;
	for (size_t i = 0; i < e->option_count; i++)
		if (!same(again[i], e->options[i]))
			return false;
	if ((call.corpus_label != NULL) != kinds[call.kind].corpus ||
	        ((call.date || call.publication_count) && call.kind != CLI_KIND_ATTRIBUTE))
		return false;
	*ret = call;
	return true;
}

bool cli_analysis_entry(const struct cli_analysis *a, const struct cli_call *call, struct inq_arena *arena,
        struct inq_entry *e)
{
	struct inq_bytes *options = inq_arena_new(arena, CLI_ANALYSIS_OPTIONS, sizeof *options);

	if (!options)
		return false;
	e->type = kinds[call->kind].entry;
	e->kind = inq_bytes_of(kinds[call->kind].command->name);
	e->program = inq_bytes_of("inquiry");
	e->version = inq_bytes_of(INQ_VERSION);
	e->program_digest = a->program;
	if (kinds[call->kind].model)
		e->model = (struct inq_digest_or_none){ true, *inq_model_digest(inq_model()) };
	if (kinds[call->kind].corpus)
		e->corpus = a->corpus;
	e->options = options;
	e->option_count = cli_call_options(call, arena, options);
	e->schema = inq_bytes_of(kinds[call->kind].schema);
	return true;
}

bool cli_analysis_run(const struct cli_analysis *a, const struct cli_call *call, const int *files,
        size_t count,
        bool (*take)(void *context, size_t index, struct inq_bytes document, const char *said, int exit),
        void *context)
{
	struct cli_inputs inputs = { files, count, call->corpus_label, take, context, 0 };
	struct cli sub = *a->cli;
	char dash[] = "-";
	struct cli_given *given;
	char **operands;

	sub.arena = inq_arena_open(SIZE_MAX);
	operands = sub.arena ? inq_arena_new(sub.arena, count, sizeof *operands) : NULL;
	given = sub.arena ? inq_arena_new(sub.arena, CLI_PUBLICATIONS_MOST, sizeof *given) : NULL;
	if (!operands || !given) {
		inq_arena_close(sub.arena);
		cli_error(a->cli, CLI_PARTIAL, "no memory for the analysis");
		return false;
	}
	for (size_t i = 0; i < count; i++)
		operands[i] = dash;
	sub.command = kinds[call->kind].command;
	memset(sub.set, 0, sizeof sub.set);
	memset(sub.value, 0, sizeof sub.value);
	if (kinds[call->kind].corpus) {
		sub.set[CLI_CORPUS] = true;
		sub.value[CLI_CORPUS] = a->corpus_path;
	}
	sub.set[CLI_DATE] = call->date != NULL;
	sub.value[CLI_DATE] = call->date;
	for (size_t i = 0; i < call->publication_count; i++)
		given[i] = (struct cli_given){ CLI_PUBLISHED, call->publications[i] };
	sub.given = given;
	sub.given_count = call->publication_count;
	sub.operands = operands;
	sub.operand_count = count;
	sub.form = CLI_FORM_JSON;
	sub.limits.memory = (call->memory_mib ? call->memory_mib : 4096) << 20;
	sub.limits.cpu_seconds = (uint32_t)(call->seconds ? call->seconds : 300);
	sub.limits.wall_seconds = sub.limits.cpu_seconds + sub.limits.cpu_seconds / 2 + 5;
	sub.exit = CLI_DONE;
	sub.inputs = &inputs;
	*sub.said = 0;
	inq_sink_init(&sub.out, inq_stdout_write, NULL);
	(void)sub.command->run(&sub);
	inq_arena_close(sub.arena);
	/* What is of one exhibit was told to `take`; a command that could not run at all says so here. */
	if (inputs.taken < count) {
		if (*sub.said)
			cli_error(a->cli, sub.exit ? sub.exit : CLI_UNREADABLE, "%s: %s", sub.command->name,
			        sub.said);
		return false;
	}
	return true;
}
