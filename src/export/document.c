#include "export/private.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What one document may take, read: some ten times its bytes, and no more than this. */
#define ARENA_MOST ((size_t)8 << 30)

static const struct {
	const char *schema, *array;
} known[DOCUMENT_KINDS] = {
	[DOCUMENT_EXAMINATION] = { "inquiry.examination/1", "exhibits" },
	[DOCUMENT_SEARCH] = { "inquiry.search/1", "searches" },
	[DOCUMENT_ATTRIBUTION] = { "inquiry.attribution/1", NULL },
	[DOCUMENT_LOG] = { "inquiry.log/1", NULL },
};

struct inq_bytes doc_text(const struct inq_json_value *object, const char *key)
{
	const struct inq_json_value *v = inq_json_member(object, key);

	return v && v->kind == INQ_JSON_STRING ? v->string : (struct inq_bytes){ NULL, 0 };
}

int64_t doc_number(const struct inq_json_value *object, const char *key)
{
	const struct inq_json_value *v = inq_json_member(object, key);

	return v && (v->kind == INQ_JSON_INTEGER || v->kind == INQ_JSON_MILLI) ? v->integer : 0;
}

bool doc_truth(const struct inq_json_value *object, const char *key)
{
	const struct inq_json_value *v = inq_json_member(object, key);

	return v && v->kind == INQ_JSON_BOOL && v->truth;
}

bool doc_va(const struct inq_json_value *object, const char *key, uint64_t *ret)
{
	struct inq_bytes text = doc_text(object, key);
	uint64_t va = 0;

	if (text.len < 3 || text.len > 18 || memcmp(text.at, "0x", 2) != 0)
		return false;
	for (size_t i = 2; i < text.len; i++) {
		uint8_t c = text.at[i];

		if (c >= '0' && c <= '9')
			va = va << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			va = va << 4 | (uint64_t)(c - 'a' + 10);
		else
			return false;
	}
	*ret = va;
	return true;
}

const struct inq_json_value *doc_list(const struct inq_json_value *object, const char *key)
{
	const struct inq_json_value *v = inq_json_member(object, key);

	return v && v->kind == INQ_JSON_ARRAY ? v->first : NULL;
}

struct inq_bytes doc_digest(const struct inq_json_value *object, const char *key)
{
	struct inq_bytes text = doc_text(object, key);
	struct inq_sha256 unused;

	return inq_unhex(text, unused.byte, sizeof unused.byte) ? text : (struct inq_bytes){ NULL, 0 };
}

static int bytes_order(struct inq_bytes l, struct inq_bytes r)
{
	size_t len = l.len < r.len ? l.len : r.len;
	int order = len ? memcmp(l.at, r.at, len) : 0;

	return order ? order : (l.len > r.len) - (l.len < r.len);
}

bool doc_same(struct inq_bytes l, struct inq_bytes r)
{
	return bytes_order(l, r) == 0;
}

static bool is_gone(const struct inq_json_value *entry)
{
	return doc_truth(entry, "withdrawn") || !doc_truth(entry, "holds");
}

/* Of several entries of one key that which stands comes first: who withdraws takes back nobody else's word. */
static int by_key(const void *l, const void *r)
{
	const struct log_row *left = l, *right = r;
	int order = bytes_order(left->key, right->key);

	if (!order)
		order = is_gone(left->entry) - is_gone(right->entry);
	return order ? order : (left->entry->at > right->entry->at) - (left->entry->at < right->entry->at);
}

const struct inq_json_value *doc_log_find(const struct log_index *index, struct inq_bytes key)
{
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (bytes_order(index->rows[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < index->count && doc_same(index->rows[low].key, key) ? index->rows[low].entry : NULL;
}

void log_row_add(struct log_index *index, struct inq_bytes key, const struct inq_json_value *entry)
{
	if (key.len)
		index->rows[index->count++] = (struct log_row){ key, entry };
}

void log_index_sort(struct log_index *index)
{
	if (index->count)
		qsort(index->rows, index->count, sizeof *index->rows, by_key);
}

/* The first subject of an entry. */
static struct inq_bytes subject_of(const struct inq_json_value *entry)
{
	return doc_digest(doc_list(entry, "subjects"), "sha256");
}

static enum inq_status log_read(struct export *x, const struct inq_json_value *log, struct inq_error *err)
{
	const struct inq_json_value *entries = inq_json_member(log, "entries");
	struct log_index *all[] = { &x->exhibits, &x->results, &x->names };

	if (x->log)
		return inq_fail(err, INQ_UNRECOGNISED, 0, "is a second log: an export is of one case");
	if (!entries || entries->kind != INQ_JSON_ARRAY)
		return inq_fail(err, INQ_UNRECOGNISED, log->at, "is a log without entries");
	for (unsigned i = 0; i < 3; i++) {
		all[i]->rows = inq_arena_new(x->a, entries->count, sizeof *all[i]->rows);
		if (!all[i]->rows)
			return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for so many entries");
	}
	for (const struct inq_json_value *e = entries->first; e; e = e->next) {
		struct inq_bytes type = doc_text(e, "type");
		int64_t time = doc_number(e, "time");

		if (time > 0 && (uint64_t)time > x->latest)
			x->latest = (uint64_t)time;
		if (inq_bytes_begin(type, "exhibit ", 8))
			log_row_add(&x->exhibits, subject_of(e), e);
		if (inq_bytes_equal(type, "examination") || inq_bytes_equal(type, "conclusion"))
			log_row_add(&x->results, doc_digest(inq_json_member(e, "made"), "result"), e);
		log_row_add(&x->names, doc_text(e, "entry"), e);
	}
	for (unsigned i = 0; i < 3; i++)
		log_index_sort(all[i]);
	x->log = log;
	return INQ_OK;
}

static enum document_kind kind_of(const struct inq_json_value *top)
{
	struct inq_bytes schema = doc_text(top, "schema");

	for (unsigned i = 0; i < DOCUMENT_KINDS; i++)
		if (inq_bytes_equal(schema, known[i].schema))
			return (enum document_kind)i;
	return DOCUMENT_KINDS;
}

/* Reads document `i` into `a` and says what it is. */
static enum inq_status document_read(const struct export *x, size_t i, struct inq_arena *a,
        const struct inq_json_value **ret, enum document_kind *ret_kind, struct inq_error *err)
{
	enum inq_status status = inq_json_read_milli(x->documents[i], a, ret, err);

	if (status == INQ_UNRECOGNISED && !inq_bytes_begin(x->documents[i], "{", 1))
		return inq_fail(err, status, 0,
		        "is no document: examine, search, attribute and log write them with --json");
	if (status != INQ_OK)
		return status;
	if (!inq_bytes_begin(doc_text(*ret, "schema"), "inquiry.", 8))
		return inq_fail(err, INQ_UNRECOGNISED, 0,
		        "is no document of this program: it has no \"schema\": \"inquiry.…\"");
	*ret_kind = kind_of(*ret);
	return INQ_OK;
}

/* The length of the first document in `b`: all of it, but of JSON lines, which begin with "{", the first line. */
static size_t document_length(struct inq_bytes b)
{
	for (size_t i = 0; i + 1 < b.len; i++) {
		const uint8_t *end = memchr(b.at + i, '\n', b.len - i - 1);

		if (!end)
			break;
		i = (size_t)(end - b.at);
		if (b.at[i + 1] == '{')
			return i + 1;
	}
	return b.len;
}

static enum inq_status documents_part(
        struct export *x, const struct inq_bytes *given, size_t count, struct inq_error *err)
{
	size_t room = 0, of_room = 0;

	for (size_t i = 0; i < count; i++) {
		struct inq_bytes rest = given[i];

		do {
			struct inq_bytes *at =
			        inq_arena_extend(x->a, x->documents, x->count, &room, sizeof *at);
			size_t *of = inq_arena_extend(x->a, x->given_as, x->count, &of_room, sizeof *of);

			if (!at || !of)
				return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for so many documents");
			x->documents = at;
			x->given_as = of;
			at[x->count] = (struct inq_bytes){ rest.at, document_length(rest) };
			of[x->count] = i;
			rest = inq_bytes_from(rest, at[x->count++].len);
		} while (rest.len);
	}
	return INQ_OK;
}

static const struct inq_json_value *entry_of(const struct export *x, size_t i)
{
	struct inq_sha256 digest;
	char hex[65];

	if (!x->results.count || inq_sha256(x->documents[i], &digest) != INQ_OK)
		return NULL;
	inq_hex(digest.byte, sizeof digest.byte, hex);
	return doc_log_find(&x->results, inq_bytes_of(hex));
}

static void pass_over(struct export *x, size_t i, enum inq_status status, const struct inq_error *why)
{
	x->kinds[i] = DOCUMENT_KINDS;
	if (x->unread != INQ_OK)
		return;
	x->unread = status;
	x->unread_at = i;
	x->unread_why = *why;
}

/* What an entry calls an examination and is none: its party says one thing here and another there. */
static void documents_check(struct export *x)
{
	for (size_t i = 0; i < x->count; i++) {
		const struct inq_json_value *entry;
		struct inq_error why;

		if (x->kinds[i] >= DOCUMENT_LOG || !(entry = entry_of(x, i)) ||
		        inq_bytes_equal(doc_text(entry, "type"), "conclusion") ==
		                (x->kinds[i] == DOCUMENT_ATTRIBUTION))
			continue;
		pass_over(x, i, inq_fail(&why, INQ_UNRECOGNISED, 0, "is not what the entry says that has it"),
		        &why);
	}
}

/* Learns what each document is; the log stays open. */
static enum inq_status documents_open(struct export *x, size_t *ret_document, struct inq_error *err)
{
	x->kinds = inq_arena_new(x->a, x->count, sizeof *x->kinds);
	if (!x->kinds)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for so many documents");
	for (size_t i = 0; i < x->count; i++) {
		struct inq_arena *a = inq_arena_open(ARENA_MOST);
		const struct inq_json_value *top;
		struct inq_error why = { 0, "" };
		enum inq_status status;

		*ret_document = i;
		if (!a)
			return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to read it");
		status = document_read(x, i, a, &top, &x->kinds[i], &why);
		inq_arena_close(a);
		if (status == INQ_OK && x->kinds[i] == DOCUMENT_LOG) {
			status = inq_json_read_milli(x->documents[i], x->a, &top, &why);
			if (status == INQ_OK)
				status = log_read(x, top, &why);
		}
		if (status == INQ_OK)
			continue;
		pass_over(x, i, status, &why);
	}
	documents_check(x);
	*ret_document = x->count;
	return INQ_OK;
}

static enum inq_status document_each(struct result *r,
        enum inq_status (*take)(void *context, const struct result *r, struct inq_error *err), void *context,
        struct inq_error *err)
{
	enum inq_status status = INQ_OK;

	/* With --jsonl it is the document that has the exhibit's members. */
	if (!known[r->kind].array || doc_digest(r->document, "sha256").len) {
		r->value = r->document;
		return take(context, r, err);
	}
	for (r->value = doc_list(r->document, known[r->kind].array); r->value && status == INQ_OK;
	        r->value = r->value->next)
		if (doc_digest(r->value, "sha256").len)
			status = take(context, r, err);
	return status;
}

enum inq_status results_each(struct export *x, unsigned kinds,
        enum inq_status (*take)(void *context, const struct result *r, struct inq_error *err), void *context,
        size_t *ret_document, struct inq_error *err)
{
	enum inq_status status = INQ_OK;
	enum document_kind kind;

	for (size_t i = 0; i < x->count && status == INQ_OK; i++) {
		struct result r = { .kind = x->kinds[i] };

		if (r.kind == DOCUMENT_KINDS || !(kinds >> r.kind & 1))
			continue;
		*ret_document = i;
		r.a = inq_arena_open(ARENA_MOST);
		if (!r.a)
			return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to read it");
		r.entry = entry_of(x, i);
		status = document_read(x, i, r.a, &r.document, &kind, err);
		if (status == INQ_OK)
			status = document_each(&r, take, context, err);
		inq_arena_close(r.a);
	}
	if (status == INQ_OK)
		*ret_document = x->count;
	return status;
}

struct inq_bytes doc_shown(struct inq_bytes b, struct inq_arena *a)
{
	struct inq_memory_sink memory = { .arena = a };
	struct inq_bytes cut = b;
	struct inq_sink out;

	inq_sink_init(&out, inq_memory_sink_write, &memory);
	if (b.len > INQ_EXPORT_TEXT_MOST) {
		cut.len = INQ_EXPORT_TEXT_MOST;
		/* Not in the middle of a character. */
		while (cut.len && (b.at[cut.len] & 0xc0) == 0x80)
			cut.len--;
	}
	inq_put_inert(&out, cut, SIZE_MAX);
	if (cut.len < b.len)
		inq_putf(&out, "... (%zu bytes)", b.len);
	/* Lost is said, never left empty. */
	if (!inq_sink_flush(&out))
		return inq_bytes_of("(no memory)");
	return (struct inq_bytes){ (const uint8_t *)memory.at, memory.len };
}

struct inq_bytes doc_exhibit_name(const struct export *x, const struct result *r)
{
	struct inq_bytes file = doc_text(r->value, "file"), member = doc_text(r->value, "member");
	const struct inq_json_value *entry = doc_log_find(&x->exhibits, doc_digest(r->value, "sha256"));
	char *whole;

	if (entry)
		return doc_text(doc_list(entry, "subjects"), "name");
	if (inq_bytes_equal(file, "standard input") || !file.len)
		return (struct inq_bytes){ NULL, 0 };
	if (!member.len)
		return file;
	whole = inq_arena_new(r->a, file.len + 1 + member.len, 1);
	if (!whole)
		return file;
	memcpy(whole, file.at, file.len);
	whole[file.len] = '!';
	memcpy(whole + file.len + 1, member.at, member.len);
	return (struct inq_bytes){ (const uint8_t *)whole, file.len + 1 + member.len };
}

void doc_milli(int64_t thousandths, char ret[DOC_MILLI])
{
	uint64_t size = thousandths < 0 ? 0 - (uint64_t)thousandths : (uint64_t)thousandths;

	snprintf(ret, DOC_MILLI, "%s%" PRIu64 ".%03" PRIu64, thousandths < 0 ? "-" : "", size / 1000,
	        size % 1000);
}

/* Which documents a format is made of. */
static unsigned wanted(enum inq_export_format format)
{
	if (format == INQ_EXPORT_STIX || format == INQ_EXPORT_MISP)
		return (1U << DOCUMENT_KINDS) - 1;
	return 1U << (format == INQ_EXPORT_INDICATORS ? DOCUMENT_EXAMINATION : DOCUMENT_SEARCH);
}

static enum inq_status dispatch(struct export *x, size_t *ret_document, struct inq_error *err)
{
	switch (x->choice->format) {
	case INQ_EXPORT_MATCHES:
		return export_matches(x, ret_document, err);
	case INQ_EXPORT_NAMES:
		return export_names(x, ret_document, err);
	case INQ_EXPORT_IDA:
	case INQ_EXPORT_GHIDRA:
		return export_script(x, ret_document, err);
	case INQ_EXPORT_INDICATORS:
		return export_indicators(x, ret_document, err);
	case INQ_EXPORT_STIX:
		return export_stix(x, ret_document, err);
	case INQ_EXPORT_MISP:
		return export_misp(x, ret_document, err);
	case INQ_EXPORT_FORMATS:
		break;
	}
	return inq_fail(err, INQ_BAD_ARGUMENT, 0, "there is no such format");
}

/* The first document that was passed over. */
static enum inq_status unread(const struct export *x, size_t *ret_document, struct inq_error *err)
{
	*ret_document = x->unread_at;
	return inq_fail(err, x->unread, x->unread_why.at, "%s", x->unread_why.text);
}

static enum inq_status write_all(struct export *x, size_t *ret_document, struct inq_error *err)
{
	enum inq_export_format format = x->choice->format;
	enum inq_status status = documents_open(x, ret_document, err);
	unsigned found = 0;

	if (status != INQ_OK)
		return status;
	for (size_t i = 0; i < x->count; i++)
		found |= x->kinds[i] < DOCUMENT_KINDS ? 1U << x->kinds[i] : 0;
	if (!(found & wanted(format))) {
		if (x->unread != INQ_OK)
			return unread(x, ret_document, err);
		return inq_fail(err, INQ_NOT_FOUND, 0, "there is no %s, and %s is made of that: inquiry %s",
		        format == INQ_EXPORT_INDICATORS ? "examination" : "search",
		        inq_export_format_name(format),
		        x->log                            ? "investigate enters them in a case"
		        : format == INQ_EXPORT_INDICATORS ? "examine --json writes one"
		                                          : "search --json writes one");
	}
	status = dispatch(x, ret_document, err);
	if (status == INQ_OK && x->unread != INQ_OK)
		return unread(x, ret_document, err);
	if (status == INQ_OK && x->left_out)
		return inq_fail(err, INQ_OVER_LIMIT, 0,
		        "%" PRIu64 " indicators were left out: of an exhibit at most %d are written",
		        x->left_out, INQ_EXPORT_INDICATORS_MOST);
	return status;
}

enum inq_status inq_export(const struct inq_export_choice *choice, const struct inq_bytes *documents,
        size_t count, struct inq_arena *a, struct inq_sink *out, size_t *ret_document, struct inq_error *err)
{
	struct export x = { .choice = choice, .a = a, .out = out };
	enum inq_status status = documents_part(&x, documents, count, err);
	size_t blamed = x.count;

	if (status == INQ_OK)
		status = write_all(&x, &blamed, err);
	*ret_document = blamed < x.count ? x.given_as[blamed] : count;
	return status;
}

static const char *const format_names[INQ_EXPORT_FORMATS] = {
	[INQ_EXPORT_MATCHES] = "matches",
	[INQ_EXPORT_NAMES] = "names",
	[INQ_EXPORT_IDA] = "ida",
	[INQ_EXPORT_GHIDRA] = "ghidra",
	[INQ_EXPORT_INDICATORS] = "indicators",
	[INQ_EXPORT_STIX] = "stix",
	[INQ_EXPORT_MISP] = "misp",
};

const char *inq_export_format_name(enum inq_export_format format)
{
	return format_names[format];
}

bool inq_export_format_read(const char *name, enum inq_export_format *ret)
{
	for (unsigned i = 0; i < INQ_EXPORT_FORMATS; i++) {
		if (strcmp(name, format_names[i]) == 0) {
			*ret = (enum inq_export_format)i;
			return true;
		}
	}
	return false;
}

bool inq_tlp_read(const char *name, enum inq_tlp *ret)
{
	static const char *const names[] = { "", "clear", "green", "amber", "red" };

	for (unsigned i = INQ_TLP_CLEAR; i <= INQ_TLP_RED; i++) {
		if (strcmp(strcmp(name, "white") == 0 ? "clear" : name, names[i]) == 0) {
			*ret = (enum inq_tlp)i;
			return true;
		}
	}
	return false;
}
