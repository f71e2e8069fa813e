/* blind result: the comparisons of a case, and what came of them, proved again from the record. */
#include "cli/blind.h"
#include <inttypes.h>
#include <string.h>

static const struct cli_option options[] = {
	{ .name = NULL },
};

/* One comparison: entries of a case. NULL where there is none (yet). */
struct comparison {
	const struct inq_case_entry *offer, *answer, *runs[2], *results[2]; /* of who offered, who answered */
	struct inq_entry said[2];
	struct inq_blind_result result;
	bool has_result;
};

struct telling {
	struct cli *cli;
	struct inq_case *c;
	struct inq_json json;
	struct inq_arena *a; /* of one comparison */
};

static bool is_of(const struct inq_case_entry *e, enum inq_entry_type type, const struct inq_case_entry *of)
{
	return of && e->type == type && e->log == of->log && inq_sha256_equal(&e->of, &of->digest);
}

static void entries_find(const struct telling *t, struct comparison *x)
{
	const struct inq_case_entry *sides[2] = { x->offer, NULL };

	for (size_t i = 0; i < inq_case_count(t->c) && !x->answer; i++) {
		const struct inq_case_entry *e = inq_case_entry(t->c, i);

		if (e->type == INQ_ENTRY_BLIND_ANSWER && inq_sha256_equal(&e->of, &x->offer->digest))
			x->answer = e;
	}
	sides[1] = x->answer;
	for (size_t i = 0; i < inq_case_count(t->c); i++) {
		const struct inq_case_entry *e = inq_case_entry(t->c, i);

		for (unsigned k = 0; k < 2; k++) {
			if (is_of(e, INQ_ENTRY_BLIND_RUN, sides[k]) && !x->runs[k])
				x->runs[k] = e;
			if (is_of(e, INQ_ENTRY_BLIND_RESULT, sides[k]) && !x->results[k])
				x->results[k] = e;
		}
	}
}

/* Reads what was reported, by either, and checks it against both commitments. */
static enum inq_status result_find(const struct telling *t, struct comparison *x, struct inq_error *err)
{
	enum inq_status status = inq_case_read(t->c, x->offer, t->a, &x->said[0], NULL, err);

	if (status == INQ_OK && x->answer)
		status = inq_case_read(t->c, x->answer, t->a, &x->said[1], NULL, err);
	for (unsigned k = 0; k < 2 && status == INQ_OK && x->answer && !x->has_result; k++) {
		struct inq_blind_said offer = inq_blind_said(&x->said[0]),
		                      answer = inq_blind_said(&x->said[1]);
		struct inq_bytes object;
		struct inq_entry e;

		if (!x->results[k])
			continue;
		status = inq_case_read(t->c, x->results[k], t->a, &e, NULL, err);
		if (status == INQ_OK)
			status = inq_store_object_bytes(
			        inq_case_store(t->c), &e.result, INQ_CASE_OBJECT_MOST, t->a, &object, err);
		if (status == INQ_NOT_FOUND) {
			status = INQ_OK;
			continue;
		}
		if (status == INQ_OK)
			status = inq_blind_result_read(object, &offer, &answer, t->a, &x->result, err);
		x->has_result = status == INQ_OK;
	}
	return status;
}

static const char *state(const struct comparison *x)
{
	if (x->has_result)
		return x->results[0] && x->results[1] ? "both report it" : "one party reports it";
	if (x->runs[0])
		return "the answer's opening has not come";
	if (x->runs[1])
		return "the offer's side has not gone on";
	return x->answer ? "answered" : "not answered";
}

static const char *name_of(const struct telling *t, const struct inq_case_entry *e)
{
	char name[INQ_CASE_NAME];

	inq_case_entry_name(t->c, e, name);
	return inq_arena_string(t->a, inq_bytes_of(name));
}

static void text_side(const struct telling *t, const struct comparison *x, unsigned k)
{
	const struct inq_case_entry *e = k ? x->answer : x->offer;
	struct inq_sink *out = &t->cli->out;

	if (!e)
		return;
	inq_putf(out, "  %-14s %s, %" PRIu64 " elements with the padding", name_of(t, e),
	        k ? "answers" : "offers", x->said[k].count);
	if (x->said[k].corpus.here)
		inq_put(out, ", common functions left out");
	if (x->runs[k])
		inq_putf(out, "; runs it %s", name_of(t, x->runs[k]));
	if (x->results[k])
		inq_putf(out, "; reports it %s", name_of(t, x->results[k]));
	inq_put(out, "\n");
}

static void value_put(
        const struct telling *t, const struct inq_blind_shared *s, struct inq_memory_sink *memory)
{
	struct inq_sink out;

	*memory = (struct inq_memory_sink){ .arena = t->a };
	inq_sink_init(&out, inq_memory_sink_write, memory);
	inq_blind_put(&out, s->kind, s->value);
	if (!inq_sink_flush(&out))
		memory->len = 0;
}

static void text(const struct telling *t, const struct comparison *x)
{
	struct inq_sink *out = &t->cli->out;
	char hex[65];

	inq_hex(x->said[0].session.byte, 32, hex);
	inq_putf(out, "%.16s  %s\n  kinds         ", hex, state(x));
	for (size_t i = 0; i < x->said[0].option_count; i++) {
		inq_put(out, " ");
		inq_put_inert(out, x->said[0].options[i], 40);
	}
	inq_put(out, "\n");
	text_side(t, x, 0);
	text_side(t, x, 1);
	if (!x->has_result)
		return;
	inq_putf(out, "  both hold      %zu\n", x->result.count);
	for (size_t i = 0; i < x->result.count; i++) {
		struct inq_memory_sink memory;

		if (x->result.shared[i].kind == INQ_BLIND_BAND)
			continue;
		value_put(t, &x->result.shared[i], &memory);
		inq_putf(out, "    %-10s ", inq_blind_kind_name(x->result.shared[i].kind));
		inq_put_inert(out, (struct inq_bytes){ (const uint8_t *)memory.at, memory.len }, SIZE_MAX);
		inq_put(out, "\n");
	}
	for (size_t i = 0; i < x->result.pair_count; i++) {
		const struct inq_blind_pair *p = &x->result.pairs[i];

		inq_putf(out, "    functions  0x%" PRIx64 " (%s) and 0x%" PRIx64 " (%s): %u.%u%% alike\n",
		        p->functions[0].va, inq_case_log_name(t->c, x->offer->log), p->functions[1].va,
		        inq_case_log_name(t->c, x->answer->log), p->jaccard / 10, p->jaccard % 10);
	}
}

static void json_digest(struct inq_json *j, const char *key, const struct inq_sha256 *digest)
{
	char hex[65];

	inq_hex(digest->byte, sizeof digest->byte, hex);
	inq_json_text(j, key, hex);
}

static void json_side(struct telling *t, const struct comparison *x, unsigned k)
{
	const struct inq_case_entry *e = k ? x->answer : x->offer;
	struct inq_json *j = &t->json;

	if (!e)
		return;
	inq_json_object(j, k ? "answer" : "offer");
	inq_json_text(j, "party", inq_case_log_name(t->c, e->log));
	inq_json_text(j, "entry", name_of(t, e));
	inq_json_u64(j, "shown", x->said[k].count);
	if (x->said[k].corpus.here)
		json_digest(j, "excluded", &x->said[k].corpus.is);
	if (x->runs[k])
		inq_json_text(j, "run", name_of(t, x->runs[k]));
	if (x->results[k])
		inq_json_text(j, "result", name_of(t, x->results[k]));
	inq_json_end_object(j);
}

static void json_result(struct telling *t, const struct comparison *x)
{
	static const char *const sides[] = { "offer", "answer" };
	struct inq_json *j = &t->json;

	inq_json_array(j, "common");
	for (size_t i = 0; i < x->result.count; i++) {
		struct inq_memory_sink memory;

		value_put(t, &x->result.shared[i], &memory);
		inq_json_object(j, NULL);
		inq_json_text(j, "kind", inq_blind_kind_name(x->result.shared[i].kind));
		inq_json_string(j, "value", (struct inq_bytes){ (const uint8_t *)memory.at, memory.len });
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
	inq_json_array(j, "functions");
	for (size_t i = 0; i < x->result.pair_count; i++) {
		const struct inq_blind_pair *p = &x->result.pairs[i];

		inq_json_object(j, NULL);
		for (unsigned k = 0; k < 2; k++) {
			inq_json_object(j, sides[k]);
			inq_json_va(j, "va", p->functions[k].va);
			inq_json_u64(j, "size", p->functions[k].size);
			inq_json_u64(j, "features", p->functions[k].key_count);
			inq_json_end_object(j);
		}
		inq_json_milli(j, "jaccard", p->jaccard);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
}

static void json(struct telling *t, const struct comparison *x)
{
	struct inq_json *j = &t->json;

	inq_json_object(j, NULL);
	json_digest(j, "session", &x->said[0].session);
	inq_json_text(j, "state", state(x));
	inq_json_array(j, "kinds");
	for (size_t i = 0; i < x->said[0].option_count; i++)
		inq_json_string(j, NULL, x->said[0].options[i]);
	inq_json_end_array(j);
	inq_json_u64(j, "limit", x->said[0].limit);
	json_side(t, x, 0);
	json_side(t, x, 1);
	if (x->has_result)
		json_result(t, x);
	inq_json_end_object(j);
}

static bool tell(struct telling *t, const struct inq_case_entry *offer)
{
	struct comparison x = { .offer = offer };
	struct inq_error err = { 0, "" };
	enum inq_status status;
	char name[INQ_CASE_NAME];

	t->a = inq_arena_open(SIZE_MAX);
	if (!t->a) {
		cli_error(t->cli, CLI_PARTIAL, "no memory for a comparison");
		return false;
	}
	entries_find(t, &x);
	status = result_find(t, &x, &err);
	if (status == INQ_OK) {
		if (t->cli->form == CLI_FORM_JSON)
			json(t, &x);
		else
			text(t, &x);
	} else {
		inq_case_entry_name(t->c, offer, name);
		cli_error(t->cli,
		        status == INQ_TAMPERED || status == INQ_BAD_SIGNATURE || status == INQ_UNRECOGNISED
		                ? CLI_CHECK_FAILED
		                : cli_case_exit(status),
		        "the comparison that %s offers: %s", name, err.text);
	}
	inq_arena_close(t->a);
	return true;
}

static int run(struct cli *cli)
{
	struct telling t = { .cli = cli };
	bool any = false;

	if (!cli_case_open(cli, false, &t.c))
		return cli->exit;
	if (cli->form == CLI_FORM_JSON) {
		inq_json_init(&t.json, &cli->out, true);
		inq_json_object(&t.json, NULL);
		inq_json_text(&t.json, "schema", "inquiry.blind-result/1");
		inq_json_text(&t.json, "program", CLI_PROGRAM);
		inq_json_text(&t.json, "case", inq_case_id(t.c));
		inq_json_array(&t.json, "comparisons");
	}
	for (size_t i = 0; i < inq_case_count(t.c); i++) {
		const struct inq_case_entry *e = inq_case_entry(t.c, i);

		if (e->type != INQ_ENTRY_BLIND_OFFER)
			continue;
		any = true;
		if (!tell(&t, e))
			break;
	}
	if (cli->form == CLI_FORM_JSON) {
		inq_json_end_array(&t.json);
		inq_json_end_object(&t.json);
	}
	if (!any)
		cli_note(cli, "no comparison was offered in this case");
	inq_case_close(t.c);
	return cli->exit;
}

const struct cli_command cli_blind_result = {
	.name = "blind result",
	.operands = "CASE",
	.summary = "the comparisons of a case, and what both hold",
	.about = "Every comparison that was offered, how far it went, and what both parties opened, checked "
	         "again "
	         "against both commitments. Needs no key: whoever has the record can do it.",
	.examples = { "inquiry blind result harbour.case", "for people",
	        "inquiry blind result harbour.case --json", "for programs", "inquiry verify harbour.case",
	        "the same checks, with those of everything else in the record" },
	.options = options,
	.common = CLI_TAKES_OUTPUT,
	.operands_least = 1,
	.operands_most = 1,
	.run = run,
};
