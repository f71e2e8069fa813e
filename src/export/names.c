/* Names for functions: those of the functions that they were found to be. */
#include "export/private.h"

static bool candidate_found(const struct inq_json_value *candidate)
{
	return inq_bytes_equal(doc_text(candidate, "how"), "exact") ||
	       doc_number(candidate, "probability") >= INQ_EXPORT_FOUND;
}

bool choice_takes(const struct inq_export_choice *choice, const struct inq_json_value *function,
        const struct inq_json_value *candidate)
{
	bool library = inq_bytes_equal(doc_text(function, "standing"), "library");

	if (choice->families != choice->libraries && choice->libraries != library)
		return false;
	return !choice->label || inq_bytes_equal(doc_text(candidate, "label"), choice->label);
}

bool match_found(const struct inq_json_value *function)
{
	struct inq_bytes standing = doc_text(function, "standing");

	return inq_bytes_equal(standing, "library") || inq_bytes_equal(standing, "widespread") ||
	       inq_bytes_equal(standing, "distinctive");
}

const struct inq_json_value *candidate_best(
        const struct inq_export_choice *choice, const struct inq_json_value *function, bool named)
{
	struct inq_bytes label = doc_text(function, "label");
	const struct inq_json_value *best = NULL;

	for (const struct inq_json_value *c = doc_list(function, "candidates"); c; c = c->next) {
		if (!candidate_found(c) || (named && !doc_text(c, "name").len) ||
		        !choice_takes(choice, function, c))
			continue;
		if (doc_same(doc_text(c, "label"), label))
			return c;
		if (!best)
			best = c;
	}
	return best;
}

bool proposal_of(
        const struct inq_export_choice *choice, const struct inq_json_value *function, struct proposal *ret)
{
	const struct inq_json_value *best;

	if (!match_found(function) || !doc_va(function, "va", &ret->va))
		return false;
	best = candidate_best(choice, function, true);
	if (!best)
		return false;
	ret->size = (uint64_t)doc_number(function, "size");
	ret->own_name = doc_text(function, "name");
	ret->standing = doc_text(function, "standing");
	ret->name = doc_text(best, "name");
	ret->label = doc_text(best, "label");
	ret->sample = doc_text(best, "sample");
	ret->sample_sha256 = doc_digest(best, "sample_sha256");
	ret->sample_va = 0;
	(void)doc_va(best, "va", &ret->sample_va);
	ret->probability = doc_number(best, "probability");
	ret->exact = inq_bytes_equal(doc_text(best, "how"), "exact");
	return true;
}

struct names {
	struct export *x;
	struct csv csv;
	struct inq_json json;
};

static void name_csv(struct names *n, const struct result *r, const struct proposal *p)
{
	struct csv *c = &n->csv;
	uint64_t base;

	csv_text(c, doc_exhibit_name(n->x, r));
	csv_text(c, doc_digest(r->value, "sha256"));
	csv_va(c, p->va);
	if (doc_va(r->value, "base", &base) && base <= p->va)
		csv_va(c, p->va - base);
	else
		csv_none(c);
	csv_number(c, (int64_t)p->size);
	csv_text(c, p->own_name);
	csv_text(c, p->name);
	csv_text(c, p->label);
	csv_text(c, p->standing);
	csv_milli(c, p->probability);
	csv_words(c, p->exact ? "yes" : "no");
	csv_text(c, p->sample);
	csv_text(c, p->sample_sha256);
	csv_va(c, p->sample_va);
	csv_text(c, doc_text(r->entry, "entry"));
	csv_end(c);
}

static void string(struct inq_json *j, const char *key, struct inq_bytes text, struct inq_arena *a)
{
	if (text.len)
		inq_json_string(j, key, doc_shown(text, a));
}

static void name_json(struct names *n, const struct result *r, const struct proposal *p, struct inq_arena *a)
{
	struct inq_json *j = &n->json;
	uint64_t base;

	inq_json_row(j);
	inq_json_va(j, "va", p->va);
	if (doc_va(r->value, "base", &base) && base <= p->va)
		inq_json_va(j, "offset", p->va - base);
	inq_json_u64(j, "size", p->size);
	string(j, "own_name", p->own_name, a);
	string(j, "name", p->name, a);
	string(j, "label", p->label, a);
	string(j, "standing", p->standing, a);
	inq_json_milli(j, "probability", p->probability);
	inq_json_bool(j, "exact", p->exact);
	string(j, "sample", p->sample, a);
	string(j, "sample_sha256", p->sample_sha256, a);
	inq_json_va(j, "sample_va", p->sample_va);
	inq_json_end_object(j);
}

static enum inq_status names_take(void *context, const struct result *r, struct inq_error *err)
{
	struct names *n = context;
	struct inq_json *j = &n->json;
	bool json = n->x->choice->json;
	struct proposal p;
	uint64_t base;

	if (json) {
		inq_json_object(j, NULL);
		string(j, "file", doc_exhibit_name(n->x, r), r->a);
		inq_json_string(j, "sha256", doc_digest(r->value, "sha256"));
		if (doc_va(r->value, "base", &base))
			inq_json_va(j, "base", base);
		string(j, "entry", doc_text(r->entry, "entry"), r->a);
		inq_json_array(j, "names");
	}
	for (const struct inq_json_value *f = doc_list(r->value, "functions"); f; f = f->next) {
		struct inq_arena *a;

		if (!proposal_of(n->x->choice, f, &p))
			continue;
		a = inq_arena_open(1 << 20);
		if (!a)
			return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to write it");
		n->csv.a = a;
		if (json)
			name_json(n, r, &p, a);
		else
			name_csv(n, r, &p);
		inq_arena_close(a);
	}
	if (json) {
		inq_json_end_array(j);
		inq_json_end_object(j);
	}
	return INQ_OK;
}

enum inq_status export_names(struct export *x, size_t *ret_document, struct inq_error *err)
{
	static const char *const heads[] = { "exhibit", "sha256", "address", "offset", "size", "own_name",
		"name", "label", "standing", "probability", "exact", "sample", "sample_sha256",
		"sample_address", "entry" };
	struct names n = { .x = x, .csv = { .out = x->out } };
	enum inq_status status;

	if (!x->choice->json) {
		csv_heads(&n.csv, heads, sizeof heads / sizeof *heads);
		return results_each(x, 1U << DOCUMENT_SEARCH, names_take, &n, ret_document, err);
	}
	inq_json_init(&n.json, x->out, true);
	inq_json_object(&n.json, NULL);
	inq_json_text(&n.json, "schema", "inquiry.names/1");
	inq_json_text(&n.json, "program", x->choice->program);
	inq_json_array(&n.json, "programs");
	status = results_each(x, 1U << DOCUMENT_SEARCH, names_take, &n, ret_document, err);
	inq_json_end_array(&n.json);
	inq_json_end_object(&n.json);
	return status;
}
