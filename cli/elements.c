/* Elements for a private comparison: lines of a file, and what stands in programs, which children read. */
#include "cli/blind.h"
#include "cli/corpus.h"
#include <stdlib.h>
#include <string.h>

enum { LIST_MOST = 256 << 20, LINE_MOST = 64 + INQ_BLIND_VALUE_MOST };

struct gathering {
	struct cli *cli;
	struct inq_blind_builder *builder;
	size_t first; /* operand */
	struct cli_sample sample; /* the child's */
	struct cli_corpus corpus;
	bool has_corpus;
	uint32_t allowed, kinds;
	uint64_t left_out;
	bool failed;
};

static bool add(struct gathering *g, enum inq_blind_kind kind, struct inq_bytes value, const char *source)
{
	struct inq_error err = { 0, "" };
	enum inq_status status;

	if (!(g->allowed >> kind & 1)) {
		g->left_out++;
		return true;
	}
	status = inq_blind_add(g->builder, kind, value, inq_bytes_of(source ? source : ""), &err);
	if (status == INQ_OK) {
		g->kinds |= 1U << kind;
		return true;
	}
	cli_error(g->cli, cli_case_exit(status), "%s: %s", source ? source : "", err.text);
	return false;
}

/* "KIND VALUE" */
static bool line_take(struct gathering *g, const char *path, size_t number, struct inq_bytes line)
{
	struct cli *cli = g->cli;
	const uint8_t *space = memchr(line.at, ' ', line.len);
	size_t word = space ? (size_t)(space - line.at) : line.len;
	struct inq_bytes value = inq_bytes_from(line, word + 1), canonical;
	struct inq_error err = { 0, "" };
	enum inq_blind_kind kind;
	enum inq_status status;
	const char *source;

	if (!inq_blind_kind_read((struct inq_bytes){ line.at, word }, &kind) || kind == INQ_BLIND_BAND) {
		cli_error(cli, CLI_UNREADABLE,
		        "%s:%zu: a line is a kind and a value: sha256, domain, url, email, ipv6, ipv4, "
		        "mutex, "
		        "string or function",
		        path, number);
		return false;
	}
	while (kind != INQ_BLIND_STRING && kind != INQ_BLIND_MUTEX && value.len && value.at[0] == ' ')
		value = inq_bytes_from(value, 1);
	status = inq_blind_canonical(kind, value, cli->set[CLI_IPV4], cli->arena, &canonical, &err);
	if (status != INQ_OK) {
		cli_error(cli, CLI_UNREADABLE, "%s:%zu: %s%s", path, number, err.text,
		        kind == INQ_BLIND_IPV4 && !cli->set[CLI_IPV4] ? "; --ipv4 compares them all the same"
		                                                      : "");
		return false;
	}
	source = inq_arena_printf(cli->arena, "%s:%zu", path, number);
	return add(g, kind, canonical, source);
}

static bool list_take(struct gathering *g, const char *path)
{
	struct inq_error err = { 0, "" };
	struct inq_file file;
	enum inq_status status = strcmp(path, "-") == 0 ? inq_file_stdin(LIST_MOST, &file, &err)
	                                                : inq_file_open(path, &file, &err);
	size_t number = 0;
	bool taken = true;

	if (status != INQ_OK) {
		cli_error(g->cli, CLI_UNREADABLE, "%s: %s", path, err.text);
		return false;
	}
	for (size_t at = 0; at < file.bytes.len && taken;) {
		struct inq_bytes rest = inq_bytes_from(file.bytes, at), line = rest;
		const uint8_t *end = memchr(rest.at, '\n', rest.len);

		line.len = end ? (size_t)(end - rest.at) : rest.len;
		at += line.len + 1;
		number++;
		if (line.len && line.at[line.len - 1] == '\r')
			line.len--;
		if (line.len == 0 || line.at[0] == '#')
			continue;
		if (line.len > LINE_MOST) {
			cli_error(g->cli, CLI_UNREADABLE, "%s:%zu: a line that is too long", path, number);
			taken = false;
		} else {
			taken = line_take(g, path, number, line);
		}
	}
	inq_file_close(&file);
	return taken;
}

/* The children: the digest of the file, then each program in it behind its length. */

static enum inq_status child_open(void *context, size_t index, struct inq_error *err)
{
	struct gathering *g = context;
	enum inq_status status = cli_sample_name(g->cli, g->cli->operands[g->first + index], &g->sample, err);

	return status == INQ_OK ? cli_sample_open(&g->sample, err) : status;
}

static enum inq_status child_run(void *context, size_t index, struct inq_sink *out, struct inq_error *err)
{
	struct gathering *g = context;
	struct inq_arena *a = inq_arena_open(cli_arena_limit(g->cli));
	struct inq_sha256 digest;
	struct inq_error why;
	enum inq_status status;

	(void)index;
	if (!a)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to read it");
	status = inq_sha256(g->sample.file.bytes, &digest);
	if (status == INQ_OK)
		inq_put_bytes(out, (struct inq_bytes){ digest.byte, sizeof digest.byte });
	if (status == INQ_OK)
		status = cli_sample_members(&g->sample, a, err);
	for (size_t i = 0; i < g->sample.members.count && status == INQ_OK; i++) {
		const struct inq_member *m = &g->sample.members.members[i];
		const char *label = cli_sample_label(&g->sample, m, a);
		enum inq_status member = cli_sample_put(g->cli, m, label ? label : "", a, out, &why);

		/* What is no program has a digest all the same. */
		if (member != INQ_OK && member != INQ_UNRECOGNISED && member != INQ_TRUNCATED)
			status = inq_fail(err, member, why.at, "%s", why.text);
	}
	return status;
}

/* A function that libraries share with everybody, as the corpus marks them. */
static bool is_common(const struct gathering *g, const struct inq_fingerprint *f)
{
	uint32_t first, count, number, label;

	if (!g->has_corpus)
		return false;
	inq_corpus_exact(&g->corpus.corpus, f->exact, &first, &count);
	for (uint32_t i = 0; i < count; i++) {
		struct inq_corpus_list labels;
		struct inq_label l;

		if (!inq_corpus_exact_function(&g->corpus.corpus, first + i, &number))
			continue;
		labels = inq_corpus_labels_of(&g->corpus.corpus, number);
		while (inq_corpus_next(&labels, &label))
			if (inq_corpus_label(&g->corpus.corpus, label, &l) && l.kind == INQ_LABEL_COMMON)
				return true;
	}
	return false;
}

static bool function_take(struct gathering *g, const struct inq_program *p, const struct inq_fingerprint *f)
{
	struct cli *cli = g->cli;
	uint32_t *keys = inq_arena_new(cli->arena, f->feature_count, sizeof *keys), count = 0;
	uint8_t *exact = inq_arena_new(cli->arena, 16, 1);
	const char *source =
	        inq_arena_printf(cli->arena, "%s function 0x%llx", p->name, (unsigned long long)f->va);
	struct inq_blind_function function = { .va = f->va, .size = f->size, .keys = keys };
	struct inq_error err = { 0, "" };

	if (!keys || !exact || !source) {
		cli_error(cli, CLI_PARTIAL, "no memory for the elements of a program");
		return false;
	}
	for (uint32_t i = 0; i < f->feature_count; i++) {
		uint32_t key = p->features[f->feature_first + i].key;

		if (!inq_channel_is_context(inq_feature_channel(key)) &&
		        inq_channel_weight[inq_feature_channel(key)])
			keys[count++] = key;
	}
	/* What is small is everybody's, or guessed. */
	if (count < INQ_SKETCH_LEAST)
		return true;
	if (is_common(g, f)) {
		g->left_out++;
		return true;
	}
	for (unsigned i = 0; i < 16; i++)
		exact[i] = (uint8_t)(f->exact[i / 8] >> 8 * (i % 8));
	if (!add(g, INQ_BLIND_FUNCTION, (struct inq_bytes){ exact, 16 }, source))
		return false;
	function.key_count = count;
	if (!(g->allowed >> INQ_BLIND_BAND & 1))
		return true;
	g->kinds |= 1U << INQ_BLIND_BAND;
	if (inq_blind_add_function(g->builder, &function, inq_bytes_of(source), &err) == INQ_OK)
		return true;
	cli_error(cli, CLI_PARTIAL, "%s: %s", source, err.text);
	return false;
}

static bool parent_take(void *context, size_t index, const struct inq_child_result *r)
{
	struct gathering *g = context;
	struct cli *cli = g->cli;
	const char *operand = cli->operands[g->first + index];
	struct inq_bytes digest, length, bytes, left;
	struct inq_error err = { 0, "" };

	if (!r->whole || r->status != INQ_OK || !inq_bytes_cut(r->body, 0, 32, &digest)) {
		cli_error(cli, cli_status_exit(r->status == INQ_OK ? INQ_CRASHED : r->status), "%s: %s",
		        operand, r->error.text);
		g->failed = true;
		return true;
	}
	bytes = (struct inq_bytes){ inq_arena_new(cli->arena, 32, 1), 32 };
	if (!bytes.at)
		return false;
	memcpy((uint8_t *)(uintptr_t)bytes.at, digest.at, 32);
	g->failed |= !add(g, INQ_BLIND_SHA256, bytes, operand);
	left = inq_bytes_from(r->body, 32);
	while (left.len && !g->failed) {
		struct inq_program program;
		enum inq_status status = INQ_CORRUPT;

		if (inq_bytes_cut(left, 0, 8, &length) && inq_bytes_cut(left, 8, inq_le64(length.at), &bytes))
			status = inq_program_read(bytes, cli->arena, &program, &err);
		if (status != INQ_OK) {
			cli_error(
			        cli, CLI_UNREADABLE, "%s: its analysis gave no well-formed result", operand);
			g->failed = true;
			break;
		}
		left = inq_bytes_from(left, 8 + bytes.len);
		for (uint32_t i = 0; i < program.function_count && !g->failed; i++)
			g->failed = !function_take(g, &program, &program.functions[i]);
	}
	return !g->failed;
}

static bool programs_take(struct gathering *g, size_t first)
{
	struct inq_child_work work = { g, child_open, child_run, parent_take, NULL, false, NULL };
	struct cli *cli = g->cli;
	struct inq_error err = { 0, "" };
	enum inq_status status;

	g->first = first;
	if (cli->operand_count <= first)
		return true;
	status = inq_child_run(&work, cli->operand_count - first, cli->jobs, &cli->limits, &err);
	if (status != INQ_OK && status != INQ_INTERRUPTED)
		cli_error(cli, work.sandbox_refused ? CLI_NO_SANDBOX : CLI_UNREADABLE, "%s%s", err.text,
		        work.sandbox_refused ? "; --no-sandbox goes on without it" : "");
	return status == INQ_OK && !g->failed;
}

bool cli_elements(struct cli *cli, size_t first, uint32_t allowed, struct cli_elements *ret)
{
	struct gathering *g = inq_arena_new(cli->arena, 1, sizeof *g);
	struct inq_error err = { 0, "" };
	bool taken = true;

	if (!g || !(g->builder = inq_blind_builder_make(cli->arena))) {
		cli_error(cli, CLI_PARTIAL, "no memory for elements");
		return false;
	}
	g->cli = cli;
	g->allowed = allowed;
	if (cli->set[CLI_CORPUS]) {
		if (cli_corpus_map(cli->value[CLI_CORPUS], &g->corpus, &err) != INQ_OK) {
			cli_error(cli, CLI_UNREADABLE, "%s", err.text);
			return false;
		}
		g->has_corpus = true;
		ret->excluded = (struct inq_digest_or_none){ true, g->corpus.corpus.digest };
	}
	for (size_t i = 0; i < cli->given_count && taken; i++)
		if (cli->given[i].id == CLI_INDICATORS)
			taken = list_take(g, cli->given[i].value);
	taken = taken && programs_take(g, first);
	if (g->has_corpus)
		cli_corpus_unmap(&g->corpus);
	if (taken && inq_blind_built(g->builder, &ret->set, &err) != INQ_OK) {
		cli_error(cli, CLI_PARTIAL, "%s", err.text);
		taken = false;
	}
	ret->kinds = g->kinds;
	ret->left_out = g->left_out;
	return taken;
}
