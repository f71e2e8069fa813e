/*
 * STIX 2.1 (OASIS, June 2021). Parties are identities; an exhibit is a file that
 * was observed, and never malware: that is not for this program to say. Families
 * are malware objects, because relationships want them so, of type "unknown".
 * Results are malware-analyses with the result "unknown"; conclusions, claims and
 * statements are notes; who disputes, supports or repeats gives an opinion. What the
 * record has to an object stands in an extension of it. Nothing is attributed to
 * anybody.
 */
#include "export/stix.h"
#include <stdio.h>

static void analysis_put(struct stix *s, const struct result *r, const char *id, const struct uuid *uuid,
        const char *file, const struct reference *found, size_t count)
{
	struct inq_bytes corpus = doc_digest(inq_json_member(r->value, "corpus"), "digest");

	if (!stix_object(s, "malware-analysis", id, uuid, r->entry))
		return;
	stix_product(s, doc_text(r->document, "program"), (struct inq_bytes){ NULL, 0 });
	if (corpus.len)
		inq_json_string(&s->j, "analysis_definition_version", corpus);
	inq_json_array(&s->j, "modules");
	inq_json_text(&s->j, NULL, document_word(r->kind));
	inq_json_end_array(&s->j);
	inq_json_text(&s->j, "result", "unknown");
	inq_json_text(&s->j, "sample_ref", file);
	if (count) {
		inq_json_array(&s->j, "analysis_sco_refs");
		for (size_t i = 0; i < count; i++)
			inq_json_text(&s->j, NULL, found[i].id);
		inq_json_end_array(&s->j);
	}
	inq_json_end_object(&s->j);
}

static void family_put(struct stix *s, struct inq_bytes label, char ret[ID_TEXT])
{
	struct inq_bytes name = doc_shown(label, s->a);
	struct uuid uuid;

	stix_own_id(s, "malware", name, ret, &uuid);
	if (!stix_object(s, "malware", ret, &uuid, NULL))
		return;
	inq_json_string(&s->j, "name", name.len ? name : inq_bytes_of("unnamed"));
	inq_json_bool(&s->j, "is_family", true);
	inq_json_array(&s->j, "malware_types");
	inq_json_text(&s->j, NULL, "unknown");
	inq_json_end_array(&s->j);
	inq_json_text(&s->j, "description",
	        "A family of programs in the corpus that was searched. That it stands here does not say that "
	        "its "
	        "programs are harmful.");
	inq_json_end_object(&s->j);
}

/* That a file shares code with a family: by this search. */
static void relation_put(struct stix *s, const struct result *r, const struct inq_json_value *family,
        const char *analysis, const char *file)
{
	char malware[ID_TEXT], id[ID_TEXT], key[3 * ID_TEXT];
	struct uuid uuid;
	struct words w;

	family_put(s, doc_text(family, "label"), malware);
	snprintf(key, sizeof key, "%s|%s|%s", file, malware, analysis);
	stix_own_id(s, "relationship", inq_bytes_of(key), id, &uuid);
	if (!stix_object(s, "relationship", id, &uuid, r->entry))
		return;
	words_begin(&w, s->a);
	family_words(family, doc_digest(inq_json_member(r->value, "corpus"), "digest"), s->a, &w.out);
	inq_json_text(&s->j, "relationship_type", "related-to");
	inq_json_string(&s->j, "description", words_end(&w));
	inq_json_text(&s->j, "source_ref", file);
	inq_json_text(&s->j, "target_ref", malware);
	inq_json_end_object(&s->j);
}

static void conclusion_put(struct stix *s, const struct result *r, const char *id, const struct uuid *uuid)
{
	const struct inq_json_value *value = r->value;
	int64_t posterior = attribution_posterior(value);
	struct reference *refs, *more;
	size_t count = 0, room = 0;
	struct words w;

	refs = NULL;
	for (const struct inq_json_value *x = doc_list(value, "exhibits"); x; x = x->next) {
		struct result of = { .value = x, .a = r->a };

		more = inq_arena_extend(s->a, refs, count, &room, sizeof *refs);
		if (!more)
			return;
		refs = more;
		if (doc_digest(x, "sha256").len)
			stix_file(
			        s, doc_digest(x, "sha256"), doc_exhibit_name(s->x, &of), 0, refs[count++].id);
	}
	for (const struct inq_json_value *f = doc_list(value, "families"); f; f = f->next) {
		more = inq_arena_extend(s->a, refs, count, &room, sizeof *refs);
		if (!more)
			return;
		refs = more;
		if (doc_truth(f, "named"))
			family_put(s, doc_text(f, "label"), refs[count++].id);
	}
	if (!stix_object(s, "note", id, uuid, r->entry))
		return;
	if (posterior >= 0)
		inq_json_i64(&s->j, "confidence", posterior / 100 > 100 ? 100 : posterior / 100);
	stix_text(s, "abstract", doc_text(value, "conclusion"));
	words_begin(&w, s->a);
	attribution_words(value, s->a, &w.out);
	inq_json_string(&s->j, "content", words_end(&w));
	inq_json_array(&s->j, "object_refs");
	for (size_t i = 0; i < count; i++)
		inq_json_text(&s->j, NULL, refs[i].id);
	if (!count)
		inq_json_text(&s->j, NULL, s->program);
	inq_json_end_array(&s->j);
	inq_json_end_object(&s->j);
}

/* The identifier of a result's object: that of its entry, else by what it is of and by. */
static void result_id(struct stix *s, const struct result *r, char ret[ID_TEXT], struct uuid *ret_uuid)
{
	struct inq_bytes corpus = doc_digest(inq_json_member(r->value, "corpus"), "digest");
	struct inq_sha256_state state;
	struct inq_sha256 digest;
	char hex[65];

	if (r->entry) {
		stix_entry_id(s, r->entry, ret, ret_uuid);
		return;
	}
	inq_sha256_init(&state);
	inq_sha256_update(&state, document_word(r->kind), 4);
	inq_sha256_update(&state, corpus.at, corpus.len);
	inq_sha256_update(&state, doc_digest(r->value, "sha256").at, doc_digest(r->value, "sha256").len);
	for (const struct inq_json_value *x = doc_list(r->value, "exhibits"); x; x = x->next)
		inq_sha256_update(&state, doc_digest(x, "sha256").at, doc_digest(x, "sha256").len);
	inq_sha256_final(&state, &digest);
	inq_hex(digest.byte, sizeof digest.byte, hex);
	stix_own_id(s, r->kind == DOCUMENT_ATTRIBUTION ? "note" : "malware-analysis", inq_bytes_of(hex), ret,
	        ret_uuid);
}

static enum inq_status take(void *context, const struct result *r, struct inq_error *err)
{
	struct stix *s = context;
	struct reference *found = NULL;
	const struct indicator *at = NULL;
	char id[ID_TEXT], file[ID_TEXT];
	enum inq_status status;
	uint64_t left_out = 0;
	struct uuid uuid;
	size_t count = 0;

	s->a = r->a;
	result_id(s, r, id, &uuid);
	if (r->kind == DOCUMENT_ATTRIBUTION) {
		conclusion_put(s, r, id, &uuid);
		return INQ_OK;
	}
	if (r->kind == DOCUMENT_EXAMINATION) {
		status = indicators_of(r->value, r->a, &at, &count, &left_out, err);
		if (status != INQ_OK)
			return status;
		s->x->left_out += left_out;
		found = inq_arena_new(r->a, count, sizeof *found);
		if (!found)
			return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for so many indicators");
	}
	stix_file(s, doc_digest(r->value, "sha256"), doc_exhibit_name(s->x, r), doc_number(r->value, "size"),
	        file);
	for (size_t i = 0; i < count; i++)
		stix_indicator(s, &at[i], found[i].id);
	analysis_put(s, r, id, &uuid, file, found, count);
	for (const struct inq_json_value *f = doc_list(r->value, "families"); f; f = f->next)
		if (inq_bytes_equal(doc_text(f, "sharing"), "code"))
			relation_put(s, r, f, id, file);
	return INQ_OK;
}

/* What the objects rest on: who made the bundle, what the extension means, how it is marked. */
static void preamble_put(struct stix *s)
{
	struct inq_json *j = &s->j;
	enum inq_tlp tlp = s->x->choice->tlp;
	struct uuid uuid;

	if (tlp != INQ_TLP_NONE) {
		inq_json_object(j, NULL);
		inq_json_text(j, "type", "marking-definition");
		inq_json_text(j, "spec_version", "2.1");
		inq_json_text(j, "id", stix_markings[tlp].id);
		inq_json_text(j, "created", "2017-01-20T00:00:00.000Z");
		inq_json_text(j, "definition_type", "tlp");
		inq_json_text(j, "name", stix_markings[tlp].name);
		inq_json_object(j, "definition");
		inq_json_text(j, "tlp", stix_markings[tlp].colour);
		inq_json_end_object(j);
		inq_json_end_object(j);
	}
	stix_id(&uuid_inquiry, "identity", inq_bytes_of("program"), s->program, &uuid);
	if (stix_fixed(s, "identity", s->program, &uuid)) {
		inq_json_text(j, "name", "inquiry");
		inq_json_text(j, "identity_class", "system");
		inq_json_text(
		        j, "description", "The program that made these objects; it is no party to any case.");
		inq_json_end_object(j);
	}
	stix_id(&uuid_inquiry, "extension-definition", inq_bytes_of("record 1"), s->extension, &uuid);
	if (!s->x->log || !stix_fixed(s, "extension-definition", s->extension, &uuid))
		return;
	inq_json_text(j, "name", "inquiry-record");
	inq_json_text(j, "description",
	        "The entry of a signed log that an object was made of. entry_digest is the hash of the "
	        "entry's leaf "
	        "in the tree of the log PARTY/CASE (RFC 6962), result_digest the SHA-256 of the document "
	        "that the "
	        "entry names. The proof that the entry is in the log is the c2sp.org/tlog-proof that the "
	        "command "
	        "inquiry show CASE PARTY/INDEX --proof writes.");
	inq_json_text(j, "schema",
	        "case_id: 32 hexadecimal digits; log_party: string; log_index: decimal digits, from 0; "
	        "entry_type: string; "
	        "entry_digest: 64 hexadecimal digits; entry_status: string, in words; result_digest "
	        "(optional): 64 "
	        "hexadecimal digits. The document formats/export.md of the program says more.");
	inq_json_text(j, "version", "1.0.0");
	inq_json_array(j, "extension_types");
	inq_json_text(j, NULL, "property-extension");
	inq_json_end_array(j);
	inq_json_end_object(j);
}

/* Everything of the case, under its title. */
static void grouping_put(struct stix *s)
{
	size_t count = s->count;
	char id[ID_TEXT];
	struct uuid uuid;

	stix_own_id(s, "grouping", doc_text(s->x->log, "case"), id, &uuid);
	if (!count || !stix_object(s, "grouping", id, &uuid, NULL))
		return;
	stix_text(s, "name", doc_text(s->x->log, "title"));
	inq_json_text(&s->j, "context", "malware-analysis");
	inq_json_array(&s->j, "object_refs");
	for (size_t i = 0; i < count; i++)
		inq_json_text(&s->j, NULL, s->all[i].id);
	inq_json_end_array(&s->j);
	inq_json_end_object(&s->j);
}

enum inq_status export_stix(struct export *x, size_t *ret_document, struct inq_error *err)
{
	struct stix *s = inq_arena_new(x->a, 1, sizeof *s);
	enum inq_status status;
	struct uuid uuid;
	char id[ID_TEXT], digest[65];

	if (!s)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for the bundle");
	s->x = x;
	s->a = x->a;
	export_space(x, &s->space);
	export_digest(x, digest);
	inq_json_init(&s->j, x->out, true);
	inq_json_object(&s->j, NULL);
	inq_json_text(&s->j, "type", "bundle");
	stix_own_id(s, "bundle", inq_bytes_of(digest), id, &uuid);
	inq_json_text(&s->j, "id", id);
	inq_json_array(&s->j, "objects");
	preamble_put(s);
	status = results_each(x, (1U << DOCUMENT_LOG) - 1, take, s, ret_document, err);
	if (status == INQ_OK && x->log)
		status = stix_log(s, err);
	s->a = x->a;
	if (status == INQ_OK && x->log)
		grouping_put(s);
	inq_json_end_array(&s->j);
	inq_json_end_object(&s->j);
	if (status == INQ_OK && s->seen.full)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for so many objects");
	return status;
}
