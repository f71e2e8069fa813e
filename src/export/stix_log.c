/* What a record says, as objects of STIX: parties, exhibits, claims, opinions, and results that are not here. */
#include "export/stix.h"

/* The file that the subject of an entry is. */
static void subject_file(struct stix *s, const struct inq_json_value *subject, char ret[ID_TEXT])
{
	struct inq_bytes sha256 = doc_digest(subject, "sha256");
	const struct inq_json_value *exhibit = doc_log_find(&s->x->exhibits, sha256);
	const struct inq_json_value *named = exhibit ? doc_list(exhibit, "subjects") : subject;

	stix_file(s, sha256, doc_text(named, "name"), exhibit ? doc_number(exhibit, "size") : 0, ret);
}

/* The objects that an entry names, of those that are written: what it answers, what it cites, its subjects. */
static void entry_refs(
        struct stix *s, const struct inq_json_value *e, const struct reference *files, size_t count)
{
	const struct inq_json_value *of = doc_log_find(&s->x->names, doc_text(e, "of"));
	bool any = false;
	char id[ID_TEXT];

	inq_json_array(&s->j, "object_refs");
	if (of) {
		stix_entry_id(s, of, id, NULL);
		inq_json_text(&s->j, NULL, id);
		any = true;
	}
	for (const struct inq_json_value *c = doc_list(e, "cites"); c && !of; c = c->next) {
		const struct inq_json_value *cited =
		        c->kind == INQ_JSON_STRING ? doc_log_find(&s->x->names, c->string) : NULL;

		if (!cited)
			continue;
		stix_entry_id(s, cited, id, NULL);
		inq_json_text(&s->j, NULL, id);
		any = true;
	}
	for (size_t i = 0; i < count && !any; i++)
		inq_json_text(&s->j, NULL, files[i].id);
	if (!any && !count) {
		stix_own_id(s, "identity", entry_party(e), id, NULL);
		inq_json_text(&s->j, NULL, id);
	}
	inq_json_end_array(&s->j);
}

static void observed_put(struct stix *s, const struct inq_json_value *e, const char *id,
        const struct uuid *uuid, const struct reference *files, size_t count)
{
	char text[TIME_TEXT];

	if (!count || !stix_object(s, "observed-data", id, uuid, e))
		return;
	time_text(export_time(s->x, e), 0, text);
	inq_json_text(&s->j, "first_observed", text);
	inq_json_text(&s->j, "last_observed", text);
	inq_json_i64(&s->j, "number_observed", 1);
	inq_json_array(&s->j, "object_refs");
	for (size_t i = 0; i < count; i++)
		inq_json_text(&s->j, NULL, files[i].id);
	inq_json_end_array(&s->j);
	inq_json_end_object(&s->j);
}

static void note_put(struct stix *s, const struct inq_json_value *e, const char *id, const struct uuid *uuid,
        const struct reference *files, size_t count)
{
	struct inq_bytes text = doc_text(e, "text");

	if (!stix_object(s, "note", id, uuid, e))
		return;
	stix_text(s, "abstract", doc_text(e, "type"));
	stix_text(s, "content", text.len ? text : inq_bytes_of("The result is not here."));
	inq_json_array(&s->j, "authors");
	inq_json_string(&s->j, NULL, doc_shown(entry_party(e), s->a));
	inq_json_end_array(&s->j);
	entry_refs(s, e, files, count);
	inq_json_end_object(&s->j);
}

static void opinion_put(
        struct stix *s, const struct inq_json_value *e, const char *id, const struct uuid *uuid)
{
	struct inq_bytes type = doc_text(e, "type"), outcome = doc_text(e, "outcome");
	const char *opinion = "neutral";
	struct words w;

	if (!stix_object(s, "opinion", id, uuid, e))
		return;
	if (inq_bytes_equal(type, "support") || inq_bytes_equal(outcome, "reproduced"))
		opinion = "agree";
	else if (inq_bytes_equal(type, "dispute") || inq_bytes_equal(outcome, "differs"))
		opinion = "disagree";
	words_begin(&w, s->a);
	response_words(e, s->a, &w.out);
	inq_json_string(&s->j, "explanation", words_end(&w));
	inq_json_array(&s->j, "authors");
	inq_json_string(&s->j, NULL, doc_shown(entry_party(e), s->a));
	inq_json_end_array(&s->j);
	inq_json_text(&s->j, "opinion", opinion);
	entry_refs(s, e, NULL, 0);
	inq_json_end_object(&s->j);
}

/* An examination whose result was not among the documents, or is another entry's, too. */
static void bare_analysis_put(struct stix *s, const struct inq_json_value *e, const char *id,
        const struct uuid *uuid, const struct reference *files, size_t count)
{
	const struct inq_json_value *made = inq_json_member(e, "made");

	if (!stix_object(s, "malware-analysis", id, uuid, e))
		return;
	stix_product(s, doc_text(made, "program"), doc_text(made, "version"));
	if (doc_digest(made, "corpus").len)
		inq_json_string(&s->j, "analysis_definition_version", doc_digest(made, "corpus"));
	if (doc_text(made, "kind").len) {
		inq_json_array(&s->j, "modules");
		inq_json_string(&s->j, NULL, doc_shown(doc_text(made, "kind"), s->a));
		inq_json_end_array(&s->j);
	}
	inq_json_text(&s->j, "result", "unknown");
	if (count)
		inq_json_text(&s->j, "sample_ref", files[0].id);
	inq_json_end_object(&s->j);
}

static void party_put(struct stix *s, struct inq_bytes party, const struct inq_json_value *entry)
{
	char id[ID_TEXT];
	struct uuid uuid;

	stix_own_id(s, "identity", party, id, &uuid);
	if (!stix_object(s, "identity", id, &uuid, entry))
		return;
	inq_json_string(&s->j, "name", doc_shown(party, s->a));
	inq_json_text(&s->j, "identity_class", "unknown");
	inq_json_end_object(&s->j);
}

static enum inq_status entry_take(struct stix *s, const struct inq_json_value *e, struct inq_error *err)
{
	const struct inq_json_value *subjects = inq_json_member(e, "subjects");
	struct reference *files = inq_arena_new(
	        s->a, subjects && subjects->kind == INQ_JSON_ARRAY ? subjects->count : 0, sizeof *files);
	char id[ID_TEXT];
	struct uuid uuid;
	size_t count = 0;

	if (!files)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for so many subjects");
	party_put(s, entry_party(e), e);
	stix_entry_id(s, e, id, &uuid);
	/* The subject of what is about the case is the case. */
	for (const struct inq_json_value *f = doc_list(e, "subjects"); f; f = f->next)
		if (doc_digest(f, "sha256").len && doc_log_find(&s->x->exhibits, doc_digest(f, "sha256")))
			subject_file(s, f, files[count++].id);
	switch (entry_kind_of(e)) {
	case ENTRY_EXHIBIT:
		observed_put(s, e, id, &uuid, files, count);
		break;
	case ENTRY_EXAMINATION:
		bare_analysis_put(s, e, id, &uuid, files, count);
		break;
	case ENTRY_CONCLUSION:
	case ENTRY_WORDS:
		note_put(s, e, id, &uuid, files, count);
		break;
	case ENTRY_RESPONSE:
		opinion_put(s, e, id, &uuid);
		break;
	case ENTRY_PARTY:
	case ENTRY_WITHDRAWAL:
		break;
	}
	return INQ_OK;
}

enum inq_status stix_log(struct stix *s, struct inq_error *err)
{
	enum inq_status status = INQ_OK;

	for (const struct inq_json_value *e = doc_list(s->x->log, "entries"); e && status == INQ_OK;
	        e = e->next) {
		s->a = inq_arena_open(64 << 20);
		if (!s->a)
			return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to read the log");
		status = entry_take(s, e, err);
		inq_arena_close(s->a);
	}
	return status;
}
