/* Matches and indicators as CSV. */
#include "export/private.h"

struct table {
	struct export *x;
	struct csv csv;
};

static void cell_va(struct csv *c, const struct inq_json_value *object, const char *key)
{
	uint64_t va;

	if (doc_va(object, key, &va))
		csv_va(c, va);
	else
		csv_none(c);
}

/* A function and one of its candidates, or none. */
static void match_put(struct table *t, const struct result *r, const struct inq_json_value *function,
        const struct inq_json_value *candidate)
{
	static const char *const shares[] = { "probability", "similarity", "support" };
	struct csv *c = &t->csv;

	csv_text(c, doc_exhibit_name(t->x, r));
	csv_text(c, doc_digest(r->value, "sha256"));
	cell_va(c, function, "va");
	csv_number(c, doc_number(function, "size"));
	csv_text(c, doc_text(function, "name"));
	csv_text(c, doc_text(function, "standing"));
	csv_number(c, doc_number(function, "families"));
	csv_number(c, doc_number(function, "information"));
	csv_text(c, doc_text(candidate, "label"));
	csv_text(c, doc_text(candidate, "sample"));
	csv_text(c, doc_digest(candidate, "sample_sha256"));
	cell_va(c, candidate, "va");
	if (candidate)
		csv_number(c, doc_number(candidate, "size"));
	else
		csv_none(c);
	csv_text(c, doc_text(candidate, "name"));
	for (unsigned i = 0; i < 3; i++) {
		if (candidate)
			csv_milli(c, doc_number(candidate, shares[i]));
		else
			csv_none(c);
	}
	csv_text(c, doc_text(candidate, "how"));
	csv_text(c, doc_text(r->entry, "entry"));
	csv_end(c);
}

/* Cells live until their function is done. */
static enum inq_status function_scratch(struct table *t, struct inq_error *err)
{
	inq_arena_close(t->csv.a);
	t->csv.a = inq_arena_open(64 << 20);
	return t->csv.a ? INQ_OK : inq_fail(err, INQ_NO_MEMORY, 0, "no memory to write it");
}

static enum inq_status matches_take(void *context, const struct result *r, struct inq_error *err)
{
	struct table *t = context;
	const struct inq_export_choice *choice = t->x->choice;
	enum inq_status status = INQ_OK;

	for (const struct inq_json_value *f = doc_list(r->value, "functions"); f; f = f->next) {
		const struct inq_json_value *c = candidate_best(choice, f, false);
		bool any = false;

		status = function_scratch(t, err);
		if (status != INQ_OK)
			return status;
		if (!choice->every) {
			if (c && match_found(f))
				match_put(t, r, f, c);
			continue;
		}
		for (c = doc_list(f, "candidates"); c; c = c->next) {
			if (!choice_takes(choice, f, c))
				continue;
			match_put(t, r, f, c);
			any = true;
		}
		if (!any && !choice->label && choice_takes(choice, f, NULL))
			match_put(t, r, f, NULL);
	}
	return status;
}

enum inq_status export_matches(struct export *x, size_t *ret_document, struct inq_error *err)
{
	static const char *const heads[] = { "exhibit", "sha256", "address", "size", "name", "standing",
		"families", "information", "label", "sample", "sample_sha256", "sample_address",
		"sample_size", "sample_name", "probability", "similarity", "support", "how", "entry" };
	struct table t = { x, { .out = x->out } };
	enum inq_status status;

	csv_heads(&t.csv, heads, sizeof heads / sizeof *heads);
	status = results_each(x, 1U << DOCUMENT_SEARCH, matches_take, &t, ret_document, err);
	inq_arena_close(t.csv.a);
	return status;
}

static enum inq_status indicators_take(void *context, const struct result *r, struct inq_error *err)
{
	struct table *t = context;
	struct csv *c = &t->csv;
	const struct indicator *at;
	enum inq_status status;
	uint64_t left_out;
	size_t count;

	status = indicators_of(r->value, r->a, &at, &count, &left_out, err);
	if (status != INQ_OK)
		return status;
	t->x->left_out += left_out;
	c->a = r->a;
	for (size_t i = 0; i < count; i++) {
		csv_text(c, doc_exhibit_name(t->x, r));
		csv_text(c, doc_digest(r->value, "sha256"));
		csv_words(c, indicator_name(at[i].kind));
		csv_text(c, t->x->choice->defanged ? indicator_defanged(&at[i], r->a) : at[i].value);
		csv_number(c, (int64_t)at[i].offset);
		csv_end(c);
	}
	return INQ_OK;
}

enum inq_status export_indicators(struct export *x, size_t *ret_document, struct inq_error *err)
{
	static const char *const heads[] = { "exhibit", "sha256", "type", "value", "offset" };
	struct table t = { x, { .out = x->out } };

	csv_heads(&t.csv, heads, sizeof heads / sizeof *heads);
	return results_each(x, 1U << DOCUMENT_EXAMINATION, indicators_take, &t, ret_document, err);
}
