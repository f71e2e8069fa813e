#include "cli/view.h"
#include <string.h>

static const struct cli_option options[] = {
	{ CLI_RESULT, "result", 0, NULL, false, "the bytes that the analysis wrote, and nothing else" },
	{ CLI_PROOF, "proof", 0, NULL, false, "the proof that it is in the log (c2sp.org/tlog-proof)" },
	{ CLI_ENVELOPE, "envelope", 0, NULL, false, "the entry's own bytes, as they were signed" },
	{ .name = NULL },
};

/* The entries that rest on one, or answer to it. */
struct resting {
	const struct inq_case_entry **at;
	size_t count, room;
};

static bool names(const struct inq_entry *e, const struct inq_sha256 *digest)
{
	if (inq_entry_has_of(e->type) && inq_sha256_equal(&e->of, digest))
		return true;
	for (size_t i = 0; i < e->cite_count; i++)
		if (inq_sha256_equal(&e->cites[i], digest))
			return true;
	return false;
}

static void resting_find(const struct cli_view *v, const struct inq_sha256 *digest, struct resting *ret)
{
	for (size_t i = 0; i < inq_case_count(v->c); i++) {
		const struct inq_case_entry *at = inq_case_entry(v->c, i), **more;
		struct inq_arena *a;
		struct inq_entry e;

		if (!inq_entry_has_of(at->type) && !inq_entry_has_cites(at->type))
			continue;
		a = inq_arena_open(SIZE_MAX);
		if (a && inq_case_read(v->c, at, a, &e, NULL, NULL) == INQ_OK && names(&e, digest)) {
			more = inq_arena_extend(v->cli->arena, ret->at, ret->count, &ret->room, sizeof *more);
			if (more) {
				ret->at = more;
				ret->at[ret->count++] = at;
			}
		}
		inq_arena_close(a);
	}
}

static void text(const struct cli_view *v, const struct inq_case_entry *at, const struct inq_entry *e,
        struct inq_bytes proof)
{
	struct resting resting = { 0 };
	struct inq_sink *out = &v->cli->out;

	cli_view_text(v, at, e, v->cli->arena, out);
	resting_find(v, &at->digest, &resting);
	for (size_t i = 0; i < resting.count; i++) {
		const struct inq_record_entry *r = cli_view_record(v, resting.at[i]);
		char name[INQ_CASE_NAME];

		inq_case_entry_name(v->c, resting.at[i], name);
		inq_putf(out, "%-14s%s  %s: %s\n", i ? "" : "named by", name,
		        inq_entry_type_name(resting.at[i]->type),
		        r ? cli_status_words(v->record, r, v->cli->arena) : "not in the record");
	}
	if (proof.len) {
		inq_put(out, "proof\n");
		for (size_t i = 0, start = 0; i < proof.len; i++) {
			if (proof.at[i] != '\n')
				continue;
			inq_put(out, i > start ? "    " : "");
			inq_put_inert(out, (struct inq_bytes){ proof.at + start, i - start }, 4096);
			inq_put(out, "\n");
			start = i + 1;
		}
	}
}

static void json(const struct cli_view *v, const struct inq_case_entry *at, const struct inq_entry *e,
        struct inq_bytes proof)
{
	struct resting resting = { 0 };
	char name[INQ_CASE_NAME];
	struct inq_json j;

	resting_find(v, &at->digest, &resting);
	inq_json_init(&j, &v->cli->out, true);
	inq_json_object(&j, NULL);
	inq_json_text(&j, "schema", "inquiry.entry/1");
	inq_json_text(&j, "program", CLI_PROGRAM);
	inq_json_text(&j, "case", v->record->case_id);
	cli_view_json(v, at, e, v->cli->arena, &j);
	inq_json_array(&j, "named_by");
	for (size_t i = 0; i < resting.count; i++) {
		inq_case_entry_name(v->c, resting.at[i], name);
		inq_json_text(&j, NULL, name);
	}
	inq_json_end_array(&j);
	if (proof.len)
		inq_json_string(&j, "proof", proof);
	inq_json_end_object(&j);
}

static enum inq_status show(const struct cli_view *v, const struct inq_case_entry *at, struct inq_error *err)
{
	struct cli *cli = v->cli;
	struct inq_bytes bytes, proof = { NULL, 0 };
	struct inq_entry e;
	bool read = inq_case_read(v->c, at, cli->arena, &e, &bytes, err) == INQ_OK;
	enum inq_status status;

	if (cli->set[CLI_ENVELOPE]) {
		struct inq_store_entry stored;

		status = inq_store_entry(inq_case_store(v->c), at->log, at->index, cli->arena, &stored, err);
		if (status == INQ_OK)
			inq_put_bytes(&cli->out, stored.bytes);
		return status;
	}
	if (cli->set[CLI_RESULT]) {
		if (!read || !inq_entry_has_result(e.type))
			return inq_fail(err, INQ_BAD_ARGUMENT, 0, "the entry has no result of an analysis");
		status = inq_store_object_bytes(
		        inq_case_store(v->c), &e.result, INQ_CASE_OBJECT_MOST, cli->arena, &bytes, err);
		/* Whoever wrote it, a terminal gets what a child's result may hold. */
		if (status == INQ_OK && inq_os_is_terminal(INQ_STREAM_OUT) && !cli_body_is_json(bytes))
			return inq_fail(
			        err, INQ_TAMPERED, 0, "the result is no JSON: -o writes it to a file");
		if (status == INQ_OK)
			inq_put_bytes(&cli->out, bytes);
		return status;
	}
	status = inq_case_proof(v->c, at, cli->arena, &proof, err);
	if (cli->set[CLI_PROOF]) {
		if (status == INQ_OK)
			inq_put_bytes(&cli->out, proof);
		return status;
	}
	if (cli->form == CLI_FORM_JSON)
		json(v, at, read ? &e : NULL, proof);
	else
		text(v, at, read ? &e : NULL, proof);
	return status;
}

static int run(struct cli *cli)
{
	const struct inq_case_entry *at;
	struct inq_error err = { 0, "" };
	enum inq_status status;
	struct cli_view v;
	/* What is only handed out is for others to check. */
	bool alone = cli->set[CLI_RESULT] || cli->set[CLI_PROOF] || cli->set[CLI_ENVELOPE];

	if (cli->set[CLI_RESULT] + cli->set[CLI_PROOF] + cli->set[CLI_ENVELOPE] + cli->set[CLI_JSON] > 1) {
		cli_error(cli, CLI_USAGE, "--result, --proof, --envelope and --json exclude each other");
		return CLI_USAGE;
	}
	if (!cli_view_open(cli, !alone, &v))
		return cli->exit;
	status = inq_case_find(v.c, cli->operands[1], &at, &err);
	if (status == INQ_OK)
		status = show(&v, at, &err);
	if (status != INQ_OK)
		cli_case_error(cli, status, &err);
	cli_view_close(&v);
	return cli->exit;
}

const struct cli_command cli_show = {
	.name = "show",
	.operands = "CASE ENTRY",
	.summary = "everything about one entry",
	.about = "ENTRY is PARTY/INDEX, INDEX (of the own log), or eight or more digits of its digest. Shown "
	         "are its "
	         "fields, its status, what it cites, who names it, and the proof that it is in its log.",
	.examples = { "inquiry show harbour.case acme/7", "everything, for people",
	        "inquiry show harbour.case acme/7 --result > result.json",
	        "what the analysis wrote, as it was entered",
	        "inquiry show harbour.case 5f3a9c01 --proof -o acme-7.tlog-proof",
	        "for who has nothing but the log's key" },
	.options = options,
	.common = CLI_TAKES_OUTPUT,
	.operands_least = 2,
	.operands_most = 2,
	.run = run,
};
