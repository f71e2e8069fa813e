/*
 * A MISP event (draft-dulaunoy-misp-core-format): an object for each exhibit, and
 * attributes for what was found and said. Nothing is marked for detection
 * (to_ids): nobody has said that any of it is hostile. The event is for its own
 * organisation until somebody decides otherwise, and of no threat level.
 *
 * MISP takes an attribute of an event once by its type and value, and a version of
 * what it has when that is later: so what two exhibits hold is one attribute that
 * both refer to, and the time of everything is the latest that the record has.
 */
#include "export/record.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct misp {
	struct export *x;
	struct inq_json j;
	struct uuid space;
	struct uuid_set seen;
	struct inq_arena *a; /* scratch */
};

/* Where an attribute stands in MISP's own words, and of what. */
struct attribute {
	const char *type, *category, *relation; /* relation: in an object, or NULL */
	struct inq_bytes value, comment;
	struct inq_bytes of; /* the SHA-256 of the object's exhibit, empty for the event's own */
	bool correlates;
	const char *likelihood; /* of the taxonomy estimative-language, or NULL */
};

static void seconds_put(struct inq_json *j, const char *key, uint64_t seconds)
{
	char text[32];

	snprintf(text, sizeof text, "%" PRIu64, seconds);
	inq_json_text(j, key, text);
}

static void own_uuid(
        const struct misp *m, const char *kind, struct inq_bytes a, struct inq_bytes b, struct uuid *ret)
{
	struct words w;

	words_begin(&w, m->a);
	inq_put(&w.out, kind);
	inq_put(&w.out, ":");
	inq_put_bytes(&w.out, a);
	inq_put(&w.out, ":");
	inq_put_bytes(&w.out, b);
	uuid_of(&m->space, words_end(&w), ret);
}

static void uuid_put(struct inq_json *j, const char *key, const struct uuid *u)
{
	char text[UUID_TEXT];

	uuid_text(u, text);
	inq_json_text(j, key, text);
}

/* Each once. */
static void attribute_put(struct misp *m, const struct attribute *t)
{
	struct inq_json *j = &m->j;
	struct uuid uuid;
	char tag[80];

	own_uuid(m, t->type, t->value, t->of, &uuid);
	if (!t->value.len || !uuid_new(&m->seen, &uuid, m->x->a))
		return;
	inq_json_object(j, NULL);
	uuid_put(j, "uuid", &uuid);
	inq_json_text(j, "type", t->type);
	inq_json_text(j, "category", t->category);
	if (t->relation)
		inq_json_text(j, "object_relation", t->relation);
	inq_json_string(j, "value", t->value);
	if (t->comment.len)
		inq_json_string(j, "comment", t->comment);
	inq_json_bool(j, "to_ids", false);
	inq_json_bool(j, "disable_correlation", !t->correlates);
	inq_json_text(j, "distribution", "5");
	seconds_put(j, "timestamp", export_latest(m->x));
	if (t->likelihood) {
		snprintf(tag, sizeof tag, "estimative-language:likelihood-probability=\"%s\"", t->likelihood);
		inq_json_array(j, "Tag");
		inq_json_object(j, NULL);
		inq_json_text(j, "name", tag);
		inq_json_end_object(j);
		inq_json_end_array(j);
	}
	inq_json_end_object(j);
}

static const char *const indicator_types[INDICATOR_KINDS] = { "url", "domain", "email", "ip-dst", "ip-dst" };

/* Which of the event's attributes stand in strings of the exhibit. */
static enum inq_status references_put(struct misp *m, const struct inq_json_value *exhibit,
        const struct uuid *object, struct inq_error *err)
{
	struct inq_json *j = &m->j;
	const struct indicator *at;
	enum inq_status status;
	char text[UUID_TEXT];
	uint64_t left_out;
	struct uuid uuid;
	struct words w;
	size_t count;

	status = indicators_of(exhibit, m->a, &at, &count, &left_out, err);
	if (status != INQ_OK || !count)
		return status;
	inq_json_array(j, "ObjectReference");
	for (size_t i = 0; i < count; i++) {
		inq_json_object(j, NULL);
		own_uuid(m, indicator_types[at[i].kind], at[i].value, (struct inq_bytes){ NULL, 0 }, &uuid);
		uuid_text(&uuid, text);
		own_uuid(m, "reference", inq_bytes_of(text), doc_digest(exhibit, "sha256"), &uuid);
		uuid_put(j, "uuid", &uuid);
		uuid_put(j, "object_uuid", object);
		inq_json_text(j, "referenced_uuid", text);
		inq_json_text(j, "relationship_type", "contains");
		words_begin(&w, m->a);
		inq_putf(&w.out, "In a string at offset %" PRIu64, at[i].offset);
		inq_json_string(j, "comment", words_end(&w));
		seconds_put(j, "timestamp", export_latest(m->x));
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
	return INQ_OK;
}

static struct inq_bytes md5_of(const struct inq_json_value *exhibit)
{
	struct inq_bytes text = doc_text(exhibit, "md5");
	uint8_t unused[16];

	return inq_unhex(text, unused, sizeof unused) ? text : (struct inq_bytes){ NULL, 0 };
}

/* The object of an exhibit, once; `exhibit` is what a result says of it, or NULL. */
static enum inq_status file_put(struct misp *m, struct inq_bytes sha256, struct inq_bytes name, int64_t size,
        const struct inq_json_value *exhibit, struct inq_error *err)
{
	struct attribute t = { .of = sha256 };
	struct inq_json *j = &m->j;
	enum inq_status status = INQ_OK;
	struct uuid uuid;
	char digits[32];

	own_uuid(m, "file", sha256, (struct inq_bytes){ NULL, 0 }, &uuid);
	if (!sha256.len || !uuid_new(&m->seen, &uuid, m->x->a))
		return INQ_OK;
	inq_json_object(j, NULL);
	inq_json_text(j, "name", "file");
	inq_json_text(j, "meta-category", "file");
	inq_json_text(j, "description", "File object describing a file with meta-information");
	inq_json_text(j, "template_uuid", "688c46fb-5edb-40a3-8273-1af7923e2215");
	inq_json_text(j, "template_version", "24");
	uuid_put(j, "uuid", &uuid);
	inq_json_text(j, "distribution", "5");
	seconds_put(j, "timestamp", export_latest(m->x));
	inq_json_text(j, "comment",
	        "An exhibit under inquiry: that it stands here does not say that it is harmful.");
	inq_json_array(j, "Attribute");
	t.category = "Payload delivery";
	t.relation = t.type = "filename";
	t.value = doc_shown(name, m->a);
	attribute_put(m, &t);
	t.correlates = true;
	t.relation = t.type = "sha256";
	t.value = sha256;
	attribute_put(m, &t);
	t.relation = t.type = "md5";
	t.value = md5_of(exhibit);
	attribute_put(m, &t);
	t.correlates = false;
	t.category = "Other";
	t.relation = t.type = "size-in-bytes";
	snprintf(digits, sizeof digits, "%" PRId64, size);
	t.value = size > 0 ? inq_bytes_of(digits) : (struct inq_bytes){ NULL, 0 };
	attribute_put(m, &t);
	inq_json_end_array(j);
	if (exhibit)
		status = references_put(m, exhibit, &uuid, err);
	inq_json_end_object(j);
	return status;
}

static enum inq_status file_take(void *context, const struct result *r, struct inq_error *err)
{
	struct misp *m = context;

	m->a = r->a;
	return file_put(m, doc_digest(r->value, "sha256"), doc_exhibit_name(m->x, r),
	        doc_number(r->value, "size"), r->value, err);
}

static enum inq_status objects_put(struct misp *m, size_t *ret_document, struct inq_error *err)
{
	/* Examinations first: they know most of a file. */
	enum inq_status status =
	        results_each(m->x, 1U << DOCUMENT_EXAMINATION, file_take, m, ret_document, err);

	if (status == INQ_OK)
		status = results_each(m->x, 1U << DOCUMENT_SEARCH, file_take, m, ret_document, err);
	m->a = m->x->a;
	for (const struct inq_json_value *e = doc_list(m->x->log, "entries"); e && status == INQ_OK;
	        e = e->next) {
		const struct inq_json_value *subject = doc_list(e, "subjects");

		if (entry_kind_of(e) == ENTRY_EXHIBIT)
			status = file_put(m, doc_digest(subject, "sha256"), doc_text(subject, "name"),
			        doc_number(e, "size"), NULL, err);
	}
	return status;
}

/* "entry PARTY/INDEX of TIME, DIGEST: status", of what is in a log. */
static void entry_put(struct inq_sink *out, const struct inq_json_value *entry, const struct misp *m)
{
	char time[TIME_TEXT];

	if (!entry)
		return;
	time_text(export_time(m->x, entry), 0, time);
	inq_put(out, "entry ");
	inq_put_bytes(out, doc_shown(doc_text(entry, "entry"), m->a));
	inq_putf(out, " of %s, ", time);
	inq_put_bytes(out, doc_digest(entry, "digest"));
	inq_put(out, ": ");
	inq_put_bytes(out, doc_shown(doc_text(entry, "status"), m->a));
}

static enum inq_status indicators_put(struct misp *m, const struct result *r, struct inq_error *err)
{
	const struct indicator *at;
	enum inq_status status;
	uint64_t left_out;
	size_t count;

	status = indicators_of(r->value, r->a, &at, &count, &left_out, err);
	if (status != INQ_OK)
		return status;
	m->x->left_out += left_out;
	for (size_t i = 0; i < count; i++)
		attribute_put(m,
		        &(struct attribute){ .type = indicator_types[at[i].kind],
		                .category = at[i].kind == INDICATOR_EMAIL ? "Payload delivery"
		                                                          : "Network activity",
		                .value = at[i].value,
		                .comment = inq_bytes_of("In strings of the exhibits that refer to this; that "
		                                        "it was ever used nobody says."),
		                .correlates = true });
	return INQ_OK;
}

/* The word of the taxonomy for the words of a likelihood; NULL where it has none. */
static const char *likelihood_of(const struct inq_json_value *attribution)
{
	static const char *const words[][2] = { { "almost no chance", "almost-no-chance" },
		{ "very unlikely", "very-unlikely" }, { "unlikely", "unlikely" },
		{ "roughly even chance", "roughly-even-chance" }, { "likely", "likely" },
		{ "very likely", "very-likely" }, { "almost certain", "almost-certain" } };

	if (attribution_posterior(attribution) < 0)
		return NULL;
	for (const struct inq_json_value *f = doc_list(attribution, "families"); f; f = f->next)
		for (size_t i = 0; i < sizeof words / sizeof *words && doc_truth(f, "named"); i++)
			if (inq_bytes_equal(doc_text(f, "posterior_words"), words[i][0]))
				return words[i][1];
	return NULL;
}

static enum inq_status attribute_take(void *context, const struct result *r, struct inq_error *err)
{
	struct misp *m = context;
	struct attribute t = { .type = "text", .category = "External analysis" };
	struct words w;

	m->a = r->a;
	if (r->kind == DOCUMENT_EXAMINATION)
		return indicators_put(m, r, err);
	words_begin(&w, r->a);
	entry_put(&w.out, r->entry, m);
	t.comment = words_end(&w);
	if (r->kind == DOCUMENT_ATTRIBUTION) {
		words_begin(&w, r->a);
		inq_put(&w.out, "Of ");
		for (const struct inq_json_value *x = doc_list(r->value, "exhibits"); x; x = x->next) {
			inq_put_bytes(&w.out, doc_digest(x, "sha256"));
			inq_put(&w.out, x->next ? ", " : ". ");
		}
		attribution_words(r->value, r->a, &w.out);
		t.value = words_end(&w);
		t.likelihood = likelihood_of(r->value);
		attribute_put(m, &t);
		return INQ_OK;
	}
	for (const struct inq_json_value *f = doc_list(r->value, "families"); f; f = f->next) {
		if (!inq_bytes_equal(doc_text(f, "sharing"), "code"))
			continue;
		words_begin(&w, r->a);
		inq_put(&w.out, "In ");
		inq_put_bytes(&w.out, doc_digest(r->value, "sha256"));
		inq_put(&w.out, ": ");
		family_words(f, doc_digest(inq_json_member(r->value, "corpus"), "digest"), r->a, &w.out);
		t.value = words_end(&w);
		attribute_put(m, &t);
	}
	return INQ_OK;
}

/* What a party says: a claim, a statement, an answer to an entry. */
static void words_put(struct misp *m, const struct inq_json_value *e)
{
	struct attribute t = { .type = "comment", .category = "Other" };
	struct words w;

	words_begin(&w, m->a);
	inq_put_bytes(&w.out, doc_shown(doc_text(e, "entry"), m->a));
	inq_put(&w.out, ", ");
	inq_put_bytes(&w.out, doc_shown(doc_text(e, "type"), m->a));
	if (doc_text(e, "of").len) {
		inq_put(&w.out, " of ");
		inq_put_bytes(&w.out, doc_shown(doc_text(e, "of"), m->a));
	}
	inq_put(&w.out, ": ");
	response_words(e, m->a, &w.out);
	t.value = words_end(&w);
	words_begin(&w, m->a);
	entry_put(&w.out, e, m);
	t.comment = words_end(&w);
	attribute_put(m, &t);
}

static enum inq_status attributes_put(struct misp *m, size_t *ret_document, struct inq_error *err)
{
	enum inq_status status =
	        results_each(m->x, (1U << DOCUMENT_LOG) - 1, attribute_take, m, ret_document, err);

	for (const struct inq_json_value *e = doc_list(m->x->log, "entries"); e && status == INQ_OK;
	        e = e->next) {
		enum entry_kind kind = entry_kind_of(e);

		if (kind != ENTRY_WORDS && kind != ENTRY_RESPONSE && kind != ENTRY_WITHDRAWAL)
			continue;
		m->a = inq_arena_open(16 << 20);
		if (!m->a)
			return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to read the log");
		words_put(m, e);
		inq_arena_close(m->a);
	}
	m->a = m->x->a;
	return status;
}

static void event_begin(struct misp *m)
{
	static const char *const tlp[] = { NULL, "tlp:clear", "tlp:green", "tlp:amber", "tlp:red" };
	const struct inq_json_value *log = m->x->log;
	const char *party = "inquiry";
	struct inq_bytes title = doc_shown(doc_text(log, "title"), m->a), org = inq_bytes_of(party);
	struct inq_json *j = &m->j;
	char time[TIME_TEXT], digest[65];
	struct uuid uuid;

	/* Who opened the case. */
	if (log && entry_party(doc_list(log, "entries")).len)
		org = doc_shown(entry_party(doc_list(log, "entries")), m->a);
	export_digest(m->x, digest);
	inq_json_object(j, "Event");
	own_uuid(m, "event", log ? doc_text(log, "case") : inq_bytes_of(digest),
	        (struct inq_bytes){ NULL, 0 }, &uuid);
	uuid_put(j, "uuid", &uuid);
	inq_json_string(j, "info", title.len ? title : inq_bytes_of("What inquiry found in programs"));
	time_text(export_time(m->x, NULL), 0, time);
	time[10] = 0;
	inq_json_text(j, "date", time);
	seconds_put(j, "timestamp", export_latest(m->x));
	inq_json_text(j, "threat_level_id", "4");
	inq_json_text(j, "analysis", "1");
	inq_json_text(j, "distribution", "0");
	inq_json_bool(j, "published", false);
	inq_json_object(j, "Orgc");
	inq_json_string(j, "name", org);
	own_uuid(m, "organisation", org, (struct inq_bytes){ NULL, 0 }, &uuid);
	uuid_put(j, "uuid", &uuid);
	inq_json_end_object(j);
	inq_json_array(j, "Tag");
	if (m->x->choice->tlp != INQ_TLP_NONE) {
		inq_json_object(j, NULL);
		inq_json_text(j, "name", tlp[m->x->choice->tlp]);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
}

enum inq_status export_misp(struct export *x, size_t *ret_document, struct inq_error *err)
{
	struct misp m = { .x = x, .a = x->a };
	enum inq_status status;

	export_space(x, &m.space);
	inq_json_init(&m.j, x->out, true);
	inq_json_object(&m.j, NULL);
	event_begin(&m);
	inq_json_array(&m.j, "Object");
	status = objects_put(&m, ret_document, err);
	inq_json_end_array(&m.j);
	inq_json_array(&m.j, "Attribute");
	if (status == INQ_OK)
		status = attributes_put(&m, ret_document, err);
	inq_json_end_array(&m.j);
	inq_json_end_object(&m.j);
	inq_json_end_object(&m.j);
	if (status == INQ_OK && m.seen.full)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for so many objects");
	return status;
}
