/*
 * STIX 2.1 (OASIS, June 2021). Parties are identities; an exhibit is a file that
 * was observed, and never malware: that is not for this program to say. Families
 * are malware objects, because relationships want them so, of type "unknown".
 * Results are malware-analyses with the result "unknown"; conclusions, claims and
 * statements are notes; who disputes, supports or repeats gives an opinion. What the
 * record has to an object stands in an extension of it. Nothing is attributed to
 * anybody.
 */
#include "export/record.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ID_TEXT = 80 };

struct reference {
	char id[ID_TEXT];
};

struct stix {
	struct export *x;
	struct inq_json j;
	struct uuid space;
	struct uuid_set seen;
	struct inq_arena *a; /* scratch, for as long as a document or an entry */
	struct reference *all; /* every object, for the grouping */
	size_t count, room;
	char program[ID_TEXT], extension[ID_TEXT];
	struct log_index withdrawals; /* by the entry that was withdrawn */
};

static const struct {
	const char *name, *colour, *id;
} markings[] = {
	[INQ_TLP_CLEAR] = { "TLP:WHITE", "white",
	        "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9" },
	[INQ_TLP_GREEN] = { "TLP:GREEN", "green",
	        "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da" },
	[INQ_TLP_AMBER] = { "TLP:AMBER", "amber",
	        "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82" },
	[INQ_TLP_RED] = { "TLP:RED", "red", "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed" },
};

/* The identifier of an object of that type, by a name in a space. */
static void id_of(const struct uuid *space, const char *type, struct inq_bytes name, char ret[ID_TEXT],
        struct uuid *ret_uuid)
{
	char text[UUID_TEXT];

	uuid_of(space, name, ret_uuid);
	uuid_text(ret_uuid, text);
	snprintf(ret, ID_TEXT, "%s--%s", type, text);
}

/* An object of the case, by its type and what names it there. */
static void own_id(const struct stix *s, const char *type, struct inq_bytes key, char ret[ID_TEXT],
        struct uuid *ret_uuid)
{
	size_t len = strlen(type), most = UUID_NAME_MOST - len - 1;
	uint8_t name[UUID_NAME_MOST];
	struct uuid unused;

	memcpy(name, type, len);
	name[len++] = ':';
	if (key.len > most)
		key.len = most;
	if (key.len)
		memcpy(name + len, key.at, key.len);
	id_of(&s->space, type, (struct inq_bytes){ name, len + key.len }, ret, ret_uuid ? ret_uuid : &unused);
}

static bool remember(struct stix *s, const char *id)
{
	struct reference *all = inq_arena_extend(s->x->a, s->all, s->count, &s->room, sizeof *all);

	if (!all)
		return false;
	s->all = all;
	memcpy(s->all[s->count++].id, id, ID_TEXT);
	return true;
}

static void refs_begin(struct stix *s, const char *key)
{
	inq_json_array(&s->j, key);
}

static void marking_put(struct stix *s)
{
	if (s->x->choice->tlp == INQ_TLP_NONE)
		return;
	inq_json_array(&s->j, "object_marking_refs");
	inq_json_text(&s->j, NULL, markings[s->x->choice->tlp].id);
	inq_json_end_array(&s->j);
}

static void text_put(struct stix *s, const char *key, struct inq_bytes text)
{
	struct inq_bytes b = doc_shown(text, s->a);

	if (b.len)
		inq_json_string(&s->j, key, b);
}

/* What the record has to an object. */
static void extension_put(struct stix *s, const struct inq_json_value *e)
{
	struct inq_json *j = &s->j;
	struct inq_bytes party = entry_party(e), name = doc_text(e, "entry"), index;

	index = inq_bytes_from(name, party.len + 1);
	inq_json_object(j, "extensions");
	inq_json_object(j, s->extension);
	inq_json_text(j, "extension_type", "property-extension");
	text_put(s, "case_id", doc_text(s->x->log, "case"));
	text_put(s, "log_party", party);
	text_put(s, "log_index", index);
	text_put(s, "entry_type", doc_text(e, "type"));
	text_put(s, "entry_digest", doc_digest(e, "digest"));
	text_put(s, "entry_status", doc_text(e, "status"));
	text_put(s, "result_digest", doc_digest(inq_json_member(e, "made"), "result"));
	inq_json_end_object(j);
	inq_json_end_object(j);
}

/*
 * Opens an object with what all have: false, with nothing written, where it is there already. `entry` is
 * what made it, or NULL.
 */
static bool object_begin(struct stix *s, const char *type, const char *id, const struct uuid *uuid,
        const struct inq_json_value *entry)
{
	const struct inq_json_value *withdrawal =
	        entry ? doc_log_find(&s->withdrawals, doc_text(entry, "entry")) : NULL;
	uint64_t created = export_time(s->x, entry), modified = created;
	char text[TIME_TEXT], party[ID_TEXT];

	if (!uuid_new(&s->seen, uuid, s->x->a) || !remember(s, id))
		return false;
	inq_json_object(&s->j, NULL);
	inq_json_text(&s->j, "type", type);
	inq_json_text(&s->j, "spec_version", "2.1");
	inq_json_text(&s->j, "id", id);
	if (entry)
		own_id(s, "identity", entry_party(entry), party, NULL);
	inq_json_text(&s->j, "created_by_ref", entry ? party : s->program);
	time_text(created, 0, text);
	inq_json_text(&s->j, "created", text);
	if (withdrawal && export_time(s->x, withdrawal) > modified)
		modified = export_time(s->x, withdrawal);
	/* A version that is revoked is a later one, be it in the same second. */
	time_text(modified, withdrawal && modified == created, text);
	inq_json_text(&s->j, "modified", text);
	if (withdrawal)
		inq_json_bool(&s->j, "revoked", true);
	marking_put(s);
	if (entry)
		extension_put(s, entry);
	return true;
}

/* Opens an object that is the same in every export there is: of this program, not of a case. */
static bool fixed_begin(struct stix *s, const char *type, const char *id, const struct uuid *uuid)
{
	static const char *const times[] = { "created", "modified" };

	if (!uuid_new(&s->seen, uuid, s->x->a) || !remember(s, id))
		return false;
	inq_json_object(&s->j, NULL);
	inq_json_text(&s->j, "type", type);
	inq_json_text(&s->j, "spec_version", "2.1");
	inq_json_text(&s->j, "id", id);
	inq_json_text(&s->j, "created_by_ref", s->program);
	for (unsigned i = 0; i < 2; i++)
		inq_json_text(&s->j, times[i], "2026-11-23T00:00:00.000Z");
	return true;
}

/* A string as canonical JSON has it (RFC 8785); `text` is inert already. */
static void canonical_put(struct inq_sink *out, struct inq_bytes text)
{
	inq_put(out, "\"");
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '"' || text.at[i] == '\\')
			inq_put(out, "\\");
		inq_put_bytes(out, (struct inq_bytes){ text.at + i, 1 });
	}
	inq_put(out, "\"");
}

static bool observable_begin(struct stix *s, const char *type, const char *id, const struct uuid *uuid)
{
	if (!uuid_new(&s->seen, uuid, s->x->a) || !remember(s, id))
		return false;
	inq_json_object(&s->j, NULL);
	inq_json_text(&s->j, "type", type);
	inq_json_text(&s->j, "spec_version", "2.1");
	inq_json_text(&s->j, "id", id);
	marking_put(s);
	return true;
}

/* What an exhibit is called as a file: the last part of its path. */
static struct inq_bytes file_name(struct inq_bytes path)
{
	size_t at = path.len;

	while (at && path.at[at - 1] != '/')
		at--;
	return at < path.len ? inq_bytes_from(path, at) : path;
}

static void file_put(
        struct stix *s, struct inq_bytes sha256, struct inq_bytes path, int64_t size, char ret[ID_TEXT])
{
	struct inq_bytes name = doc_shown(file_name(path), s->a);
	struct uuid uuid;
	struct words w;

	words_begin(&w, s->a);
	inq_put(&w.out, "{\"hashes\":{\"SHA-256\":");
	canonical_put(&w.out, sha256);
	inq_put(&w.out, "}");
	if (name.len) {
		inq_put(&w.out, ",\"name\":");
		canonical_put(&w.out, name);
	}
	inq_put(&w.out, "}");
	id_of(&uuid_stix_observables, "file", words_end(&w), ret, &uuid);
	if (!observable_begin(s, "file", ret, &uuid))
		return;
	inq_json_object(&s->j, "hashes");
	inq_json_string(&s->j, "SHA-256", sha256);
	inq_json_end_object(&s->j);
	if (size > 0)
		inq_json_i64(&s->j, "size", size);
	if (name.len)
		inq_json_string(&s->j, "name", name);
	inq_json_end_object(&s->j);
}

static void indicator_put(struct stix *s, const struct indicator *i, char ret[ID_TEXT])
{
	static const char *const types[INDICATOR_KINDS] = { "url", "domain-name", "email-addr", "ipv4-addr" };
	struct uuid uuid;
	struct words w;

	words_begin(&w, s->a);
	inq_put(&w.out, "{\"value\":");
	canonical_put(&w.out, i->value);
	inq_put(&w.out, "}");
	id_of(&uuid_stix_observables, types[i->kind], words_end(&w), ret, &uuid);
	if (!observable_begin(s, types[i->kind], ret, &uuid))
		return;
	inq_json_string(&s->j, "value", i->value);
	inq_json_end_object(&s->j);
}

/* The identifier of the object that an entry is. */
static void entry_id(
        const struct stix *s, const struct inq_json_value *e, char ret[ID_TEXT], struct uuid *ret_uuid)
{
	static const char *const types[] = {
		[ENTRY_PARTY] = "identity",
		[ENTRY_EXHIBIT] = "observed-data",
		[ENTRY_EXAMINATION] = "malware-analysis",
		[ENTRY_CONCLUSION] = "note",
		[ENTRY_WORDS] = "note",
		[ENTRY_RESPONSE] = "opinion",
		[ENTRY_WITHDRAWAL] = "identity",
	};
	const char *type = types[entry_kind_of(e)];

	own_id(s, type, strcmp(type, "identity") == 0 ? entry_party(e) : doc_digest(e, "digest"), ret,
	        ret_uuid);
}

/* The file that the subject of an entry is. */
static void subject_file(struct stix *s, const struct inq_json_value *subject, char ret[ID_TEXT])
{
	struct inq_bytes sha256 = doc_digest(subject, "sha256");
	const struct inq_json_value *exhibit = doc_log_find(&s->x->exhibits, sha256);
	const struct inq_json_value *named = exhibit ? doc_list(exhibit, "subjects") : subject;

	file_put(s, sha256, doc_text(named, "name"), exhibit ? doc_number(exhibit, "size") : 0, ret);
}

/* A version behind a blank: "inquiry 0.1.0". */
static void product_put(struct stix *s, struct inq_bytes program, struct inq_bytes version)
{
	const uint8_t *blank = program.len ? memchr(program.at, ' ', program.len) : NULL;

	if (blank && !version.len) {
		version = inq_bytes_from(program, (size_t)(blank - program.at) + 1);
		program.len = (size_t)(blank - program.at);
	}
	text_put(s, "product", program.len ? program : inq_bytes_of("unknown"));
	text_put(s, "version", version);
}

static void analysis_put(struct stix *s, const struct result *r, const char *id, const struct uuid *uuid,
        const char *file, const struct reference *found, size_t count)
{
	struct inq_bytes corpus = doc_digest(inq_json_member(r->value, "corpus"), "digest");

	if (!object_begin(s, "malware-analysis", id, uuid, r->entry))
		return;
	product_put(s, doc_text(r->document, "program"), (struct inq_bytes){ NULL, 0 });
	if (corpus.len)
		inq_json_string(&s->j, "analysis_definition_version", corpus);
	inq_json_array(&s->j, "modules");
	inq_json_text(&s->j, NULL, document_word(r->kind));
	inq_json_end_array(&s->j);
	inq_json_text(&s->j, "result", "unknown");
	inq_json_text(&s->j, "sample_ref", file);
	if (count) {
		refs_begin(s, "analysis_sco_refs");
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

	own_id(s, "malware", name, ret, &uuid);
	if (!object_begin(s, "malware", ret, &uuid, NULL))
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
	own_id(s, "relationship", inq_bytes_of(key), id, &uuid);
	if (!object_begin(s, "relationship", id, &uuid, r->entry))
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
			file_put(
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
	if (!object_begin(s, "note", id, uuid, r->entry))
		return;
	if (posterior >= 0)
		inq_json_i64(&s->j, "confidence", posterior / 100 > 100 ? 100 : posterior / 100);
	text_put(s, "abstract", doc_text(value, "conclusion"));
	words_begin(&w, s->a);
	attribution_words(value, s->a, &w.out);
	inq_json_string(&s->j, "content", words_end(&w));
	refs_begin(s, "object_refs");
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
		entry_id(s, r->entry, ret, ret_uuid);
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
	own_id(s, r->kind == DOCUMENT_ATTRIBUTION ? "note" : "malware-analysis", inq_bytes_of(hex), ret,
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
	file_put(s, doc_digest(r->value, "sha256"), doc_exhibit_name(s->x, r), doc_number(r->value, "size"),
	        file);
	for (size_t i = 0; i < count; i++)
		indicator_put(s, &at[i], found[i].id);
	analysis_put(s, r, id, &uuid, file, found, count);
	for (const struct inq_json_value *f = doc_list(r->value, "families"); f; f = f->next)
		if (inq_bytes_equal(doc_text(f, "sharing"), "code"))
			relation_put(s, r, f, id, file);
	return INQ_OK;
}

/* The objects that an entry names, of those that are written: what it answers, what it cites, its subjects. */
static void entry_refs(
        struct stix *s, const struct inq_json_value *e, const struct reference *files, size_t count)
{
	const struct inq_json_value *of = doc_log_find(&s->x->names, doc_text(e, "of"));
	bool any = false;
	char id[ID_TEXT];

	refs_begin(s, "object_refs");
	if (of) {
		entry_id(s, of, id, NULL);
		inq_json_text(&s->j, NULL, id);
		any = true;
	}
	for (const struct inq_json_value *c = doc_list(e, "cites"); c && !of; c = c->next) {
		const struct inq_json_value *cited =
		        c->kind == INQ_JSON_STRING ? doc_log_find(&s->x->names, c->string) : NULL;

		if (!cited)
			continue;
		entry_id(s, cited, id, NULL);
		inq_json_text(&s->j, NULL, id);
		any = true;
	}
	for (size_t i = 0; i < count && !any; i++)
		inq_json_text(&s->j, NULL, files[i].id);
	if (!any && !count) {
		own_id(s, "identity", entry_party(e), id, NULL);
		inq_json_text(&s->j, NULL, id);
	}
	inq_json_end_array(&s->j);
}

static void observed_put(struct stix *s, const struct inq_json_value *e, const char *id,
        const struct uuid *uuid, const struct reference *files, size_t count)
{
	char text[TIME_TEXT];

	if (!count || !object_begin(s, "observed-data", id, uuid, e))
		return;
	time_text(export_time(s->x, e), 0, text);
	inq_json_text(&s->j, "first_observed", text);
	inq_json_text(&s->j, "last_observed", text);
	inq_json_i64(&s->j, "number_observed", 1);
	refs_begin(s, "object_refs");
	for (size_t i = 0; i < count; i++)
		inq_json_text(&s->j, NULL, files[i].id);
	inq_json_end_array(&s->j);
	inq_json_end_object(&s->j);
}

static void note_put(struct stix *s, const struct inq_json_value *e, const char *id, const struct uuid *uuid,
        const struct reference *files, size_t count)
{
	struct inq_bytes text = doc_text(e, "text");

	if (!object_begin(s, "note", id, uuid, e))
		return;
	text_put(s, "abstract", doc_text(e, "type"));
	text_put(s, "content", text.len ? text : inq_bytes_of("The result is not here."));
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

	if (!object_begin(s, "opinion", id, uuid, e))
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

	if (!object_begin(s, "malware-analysis", id, uuid, e))
		return;
	product_put(s, doc_text(made, "program"), doc_text(made, "version"));
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

	own_id(s, "identity", party, id, &uuid);
	if (!object_begin(s, "identity", id, &uuid, entry))
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
	entry_id(s, e, id, &uuid);
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

static enum inq_status log_take(struct stix *s, struct inq_error *err)
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

/* Which entries were withdrawn by whom. */
static bool withdrawals_read(struct stix *s)
{
	const struct inq_json_value *entries = inq_json_member(s->x->log, "entries");

	if (!entries)
		return true;
	s->withdrawals.rows = inq_arena_new(s->x->a, entries->count, sizeof *s->withdrawals.rows);
	if (!s->withdrawals.rows)
		return false;
	for (const struct inq_json_value *e = entries->first; e; e = e->next) {
		const struct inq_json_value *of = doc_log_find(&s->x->names, doc_text(e, "of"));

		if (entry_kind_of(e) == ENTRY_WITHDRAWAL && of && doc_truth(of, "withdrawn"))
			log_row_add(&s->withdrawals, doc_text(e, "of"), e);
	}
	log_index_sort(&s->withdrawals);
	return true;
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
		inq_json_text(j, "id", markings[tlp].id);
		inq_json_text(j, "created", "2017-01-20T00:00:00.000Z");
		inq_json_text(j, "definition_type", "tlp");
		inq_json_text(j, "name", markings[tlp].name);
		inq_json_object(j, "definition");
		inq_json_text(j, "tlp", markings[tlp].colour);
		inq_json_end_object(j);
		inq_json_end_object(j);
	}
	id_of(&uuid_inquiry, "identity", inq_bytes_of("program"), s->program, &uuid);
	if (fixed_begin(s, "identity", s->program, &uuid)) {
		inq_json_text(j, "name", "inquiry");
		inq_json_text(j, "identity_class", "system");
		inq_json_text(
		        j, "description", "The program that made these objects; it is no party to any case.");
		inq_json_end_object(j);
	}
	id_of(&uuid_inquiry, "extension-definition", inq_bytes_of("record 1"), s->extension, &uuid);
	if (!s->x->log || !fixed_begin(s, "extension-definition", s->extension, &uuid))
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

	own_id(s, "grouping", doc_text(s->x->log, "case"), id, &uuid);
	if (!count || !object_begin(s, "grouping", id, &uuid, NULL))
		return;
	text_put(s, "name", doc_text(s->x->log, "title"));
	inq_json_text(&s->j, "context", "malware-analysis");
	refs_begin(s, "object_refs");
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
	if (!withdrawals_read(s))
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for so many entries");
	inq_json_init(&s->j, x->out, true);
	inq_json_object(&s->j, NULL);
	inq_json_text(&s->j, "type", "bundle");
	own_id(s, "bundle", inq_bytes_of(digest), id, &uuid);
	inq_json_text(&s->j, "id", id);
	inq_json_array(&s->j, "objects");
	preamble_put(s);
	status = results_each(x, (1U << DOCUMENT_LOG) - 1, take, s, ret_document, err);
	if (status == INQ_OK && x->log)
		status = log_take(s, err);
	s->a = x->a;
	if (status == INQ_OK && x->log)
		grouping_put(s);
	inq_json_end_array(&s->j);
	inq_json_end_object(&s->j);
	return status;
}
