/* What objects of STIX have in common: names, versions, markings, the extension; and the observables. */
#include "export/stix.h"
#include <stdio.h>
#include <string.h>

const struct stix_marking stix_markings[] = {
	[INQ_TLP_CLEAR] = { "TLP:WHITE", "white",
	        "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9" },
	[INQ_TLP_GREEN] = { "TLP:GREEN", "green",
	        "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da" },
	[INQ_TLP_AMBER] = { "TLP:AMBER", "amber",
	        "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82" },
	[INQ_TLP_RED] = { "TLP:RED", "red", "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed" },
};

void stix_id(const struct uuid *space, const char *type, struct inq_bytes name, char ret[ID_TEXT],
        struct uuid *ret_uuid)
{
	char text[UUID_TEXT];

	uuid_of(space, name, ret_uuid);
	uuid_text(ret_uuid, text);
	snprintf(ret, ID_TEXT, "%s--%s", type, text);
}

void stix_own_id(const struct stix *s, const char *type, struct inq_bytes key, char ret[ID_TEXT],
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
	stix_id(&s->space, type, (struct inq_bytes){ name, len + key.len }, ret,
	        ret_uuid ? ret_uuid : &unused);
}

static bool remember(struct stix *s, const char *id)
{
	struct reference *all = inq_arena_extend(s->x->a, s->all, s->count, &s->room, sizeof *all);

	if (!all) {
		s->seen.full = true;
		return false;
	}
	s->all = all;
	memcpy(s->all[s->count++].id, id, ID_TEXT);
	return true;
}

static void marking_put(struct stix *s)
{
	if (s->x->choice->tlp == INQ_TLP_NONE)
		return;
	inq_json_array(&s->j, "object_marking_refs");
	inq_json_text(&s->j, NULL, stix_markings[s->x->choice->tlp].id);
	inq_json_end_array(&s->j);
}

void stix_text(struct stix *s, const char *key, struct inq_bytes text)
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
	stix_text(s, "case_id", doc_text(s->x->log, "case"));
	stix_text(s, "log_party", party);
	stix_text(s, "log_index", index);
	stix_text(s, "entry_type", doc_text(e, "type"));
	stix_text(s, "entry_digest", doc_digest(e, "digest"));
	stix_text(s, "entry_status", doc_text(e, "status"));
	stix_text(s, "result_digest", doc_digest(inq_json_member(e, "made"), "result"));
	inq_json_end_object(j);
	inq_json_end_object(j);
}

/* Opens an object; false where it is there already. */
static bool object_open(struct stix *s, const char *type, const char *id, const struct uuid *uuid)
{
	if (!uuid_new(&s->seen, uuid, s->x->a) || !remember(s, id))
		return false;
	inq_json_object(&s->j, NULL);
	inq_json_text(&s->j, "type", type);
	inq_json_text(&s->j, "spec_version", "2.1");
	inq_json_text(&s->j, "id", id);
	return true;
}

bool stix_object(struct stix *s, const char *type, const char *id, const struct uuid *uuid,
        const struct inq_json_value *entry)
{
	uint64_t created = export_time(s->x, entry), count = 0;
	char text[TIME_TEXT], party[ID_TEXT];

	if (!object_open(s, type, id, uuid))
		return false;
	if (entry)
		stix_own_id(s, "identity", entry_party(entry), party, NULL);
	inq_json_text(&s->j, "created_by_ref", entry ? party : s->program);
	time_text(created, 0, text);
	inq_json_text(&s->j, "created", text);
	/* What the record says of an entry changes as it grows: each entry makes a later version. */
	if (s->x->log)
		count = inq_json_member(s->x->log, "entries")->count;
	time_text(export_latest(s->x) + count / 1000, (unsigned)(count % 1000), text);
	inq_json_text(&s->j, "modified", text);
	if (entry && doc_truth(entry, "withdrawn"))
		inq_json_bool(&s->j, "revoked", true);
	marking_put(s);
	if (entry)
		extension_put(s, entry);
	return true;
}

bool stix_fixed(struct stix *s, const char *type, const char *id, const struct uuid *uuid)
{
	static const char *const times[] = { "created", "modified" };

	if (!object_open(s, type, id, uuid))
		return false;
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
	if (!object_open(s, type, id, uuid))
		return false;
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

void stix_file(
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
	stix_id(&uuid_stix_observables, "file", words_end(&w), ret, &uuid);
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

void stix_indicator(struct stix *s, const struct indicator *i, char ret[ID_TEXT])
{
	static const char *const types[INDICATOR_KINDS] = { "url", "domain-name", "email-addr", "ipv4-addr",
		"ipv6-addr" };
	struct uuid uuid;
	struct words w;

	words_begin(&w, s->a);
	inq_put(&w.out, "{\"value\":");
	canonical_put(&w.out, i->value);
	inq_put(&w.out, "}");
	stix_id(&uuid_stix_observables, types[i->kind], words_end(&w), ret, &uuid);
	if (!observable_begin(s, types[i->kind], ret, &uuid))
		return;
	inq_json_string(&s->j, "value", i->value);
	inq_json_end_object(&s->j);
}

void stix_entry_id(
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

	stix_own_id(s, type, strcmp(type, "identity") == 0 ? entry_party(e) : doc_digest(e, "digest"), ret,
	        ret_uuid);
}

void stix_product(struct stix *s, struct inq_bytes program, struct inq_bytes version)
{
	const uint8_t *blank = program.len ? memchr(program.at, ' ', program.len) : NULL;

	if (blank && !version.len) {
		version = inq_bytes_from(program, (size_t)(blank - program.at) + 1);
		program.len = (size_t)(blank - program.at);
	}
	/* Section 4.12 wants that word where no product can be named. */
	stix_text(s, "product", program.len ? program : inq_bytes_of("anonymized"));
	stix_text(s, "version", version);
}
