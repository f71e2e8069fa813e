#include "page/section.h"
#include <stdlib.h>
#include <string.h>

static const char *const schemas[INQ_PAGE_KINDS] = {
	[INQ_PAGE_EXAMINATION] = "inquiry.examination/1",
	[INQ_PAGE_SEARCH] = "inquiry.search/1",
	[INQ_PAGE_ATTRIBUTION] = "inquiry.attribution/1",
	[INQ_PAGE_CALIBRATION] = "inquiry.calibration/1",
	[INQ_PAGE_ALIGNMENT] = "inquiry.alignment/1",
	[INQ_PAGE_LOG] = "inquiry.log/1",
	[INQ_PAGE_VERIFICATION] = "inquiry.verification/1",
};

void inq_page_init(struct inq_page *p, struct inq_arena *a, const char *prefix)
{
	*p = (struct inq_page){ .a = a, .prefix = prefix };
}

static enum inq_page_kind kind_of(const struct inq_json_value *v)
{
	struct inq_bytes schema = member_string(v, "schema");

	for (unsigned i = 0; i < INQ_PAGE_KINDS; i++)
		if (inq_bytes_equal(schema, schemas[i]))
			return (enum inq_page_kind)i;
	return INQ_PAGE_KINDS;
}

static enum inq_status no_memory(struct inq_error *err)
{
	return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for the documents of a page");
}

static int compare(struct inq_bytes l, struct inq_bytes r)
{
	size_t len = l.len < r.len ? l.len : r.len;
	int order = len ? memcmp(l.at, r.at, len) : 0;

	return order ? order : (l.len > r.len) - (l.len < r.len);
}

static int by_name(const void *l, const void *r)
{
	return compare(member_string(*(const struct inq_json_value *const *)l, "entry"),
	        member_string(*(const struct inq_json_value *const *)r, "entry"));
}

static int by_digest(const void *l, const void *r)
{
	const struct inq_json_value *a = *(const struct inq_json_value *const *)l,
	                            *b = *(const struct inq_json_value *const *)r;
	int order = compare(member_string(a, "sha256"), member_string(b, "sha256"));

	return order ? order : (a->at > b->at) - (a->at < b->at);
}

static bool is_of_exhibit(const struct inq_json_value *e)
{
	return inq_bytes_begin(member_string(e, "type"), "exhibit", 7);
}

/* The first log there is says what the entries are, and what the exhibits are called. */
static bool take_entries(struct inq_page *p, const struct inq_json_value *log)
{
	size_t count = 0;

	for (const struct inq_json_value *e = member_first(log, "entries"); e; e = e->next)
		count += is_of_exhibit(e) ? member_length(e, "subjects") : 0;
	p->entries = inq_arena_new(p->a, member_length(log, "entries"), sizeof *p->entries);
	p->subjects = inq_arena_new(p->a, count, sizeof *p->subjects);
	if (!p->entries || !p->subjects)
		return false;
	for (const struct inq_json_value *e = member_first(log, "entries"); e; e = e->next) {
		if (member_string(e, "entry").len)
			p->entries[p->entry_count++] = e;
		for (const struct inq_json_value *s = is_of_exhibit(e) ? member_first(e, "subjects") : NULL;
		        s; s = s->next)
			p->subjects[p->subject_count++] = s;
	}
	qsort(p->entries, p->entry_count, sizeof *p->entries, by_name);
	qsort(p->subjects, p->subject_count, sizeof *p->subjects, by_digest);
	return true;
}

static bool take_exhibits(struct inq_page *p, struct inq_page_document *d)
{
	const char *list = d->kind == INQ_PAGE_SEARCH ? "searches" : "exhibits";

	if (d->kind != INQ_PAGE_EXAMINATION && d->kind != INQ_PAGE_SEARCH && d->kind != INQ_PAGE_ATTRIBUTION)
		return true;
	d->exhibits = inq_arena_new(p->a, member_length(d->value, list), sizeof *d->exhibits);
	if (!d->exhibits)
		return false;
	for (const struct inq_json_value *x = member_first(d->value, list); x; x = x->next)
		/* What says nothing of an exhibit stands in nobody's way. */
		if (member_string(x, "sha256").len &&
		        (d->kind != INQ_PAGE_SEARCH || member_object(x, "coverage")) &&
		        (d->kind != INQ_PAGE_EXAMINATION || !member_object(x, "error")))
			d->exhibits[d->exhibit_count++] = x;
	qsort(d->exhibits, d->exhibit_count, sizeof *d->exhibits, by_digest);
	return true;
}

/* The same bytes, entered again: who withdraws takes back its own word, and nobody else's. */
static enum inq_status add_again(struct inq_page *p, size_t i, const char *entry, struct inq_error *err)
{
	struct inq_page_document again = p->documents[i];

	/* What is made here is nobody's, whoever entered it, too. */
	if (!entry)
		p->documents[i].entry = NULL;
	if (!entry || page_stands(p, &again))
		return INQ_OK;
	again.entry = inq_arena_string(p->a, inq_bytes_of(entry));
	if (!again.entry)
		return no_memory(err);
	if (!page_stands(p, &again))
		return INQ_OK;
	/* In the order of the record, of those that stand. */
	memmove(&p->documents[i], &p->documents[i + 1], (p->count - i - 1) * sizeof *p->documents);
	p->documents[p->count - 1] = again;
	return INQ_OK;
}

enum inq_status inq_page_add(
        struct inq_page *p, struct inq_bytes document, const char *entry, struct inq_error *err)
{
	struct inq_page_document d = { .kind = INQ_PAGE_KINDS, .bytes = document }, *all;
	struct inq_error why = { 0, "" };
	struct inq_sha256 digest;
	enum inq_status status = inq_sha256(document, &digest);

	if (status != INQ_OK)
		return inq_fail(err, status, 0, "a document of a page could not be hashed");
	inq_hex(digest.byte, sizeof digest.byte, d.sha256);
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->documents[i].sha256, d.sha256) == 0)
			return add_again(p, i, entry, err);
	if (p->count == INQ_PAGE_DOCUMENTS_MOST)
		return inq_fail(err, INQ_OVER_LIMIT, 0, "more than %d documents", INQ_PAGE_DOCUMENTS_MOST);
	all = inq_arena_extend(p->a, p->documents, p->count, &p->capacity, sizeof *all);
	if (!all)
		return no_memory(err);
	p->documents = all;
	d.entry = entry ? inq_arena_string(p->a, inq_bytes_of(entry)) : NULL;
	if (entry && !d.entry)
		return no_memory(err);
	if (inq_json_read_milli(document, p->a, &d.value, &why) == INQ_OK)
		d.kind = kind_of(d.value);
	else
		d.why = inq_arena_string(p->a, inq_bytes_of(why.text));
	if ((!d.value && !d.why) || !take_exhibits(p, &d) ||
	        (d.kind == INQ_PAGE_LOG && !p->entries && !take_entries(p, d.value)))
		return no_memory(err);
	all[p->count++] = d;
	return INQ_OK;
}

const struct inq_page_document *page_next(
        const struct inq_page *p, enum inq_page_kind kind, const struct inq_page_document *d)
{
	for (size_t i = d ? (size_t)(d - p->documents) + 1 : 0; i < p->count; i++)
		if (p->documents[i].kind == kind)
			return &p->documents[i];
	return NULL;
}

/* The first of `sorted`, by digest, that has it; NULL where there is none. */
static const struct inq_json_value *with_digest(
        const struct inq_json_value *const *sorted, size_t count, struct inq_bytes sha256)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(member_string(sorted[middle], "sha256"), sha256) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && same_bytes(member_string(sorted[low], "sha256"), sha256) ? sorted[low] : NULL;
}

const struct inq_json_value *page_exhibit(const struct inq_page *p, enum inq_page_kind kind,
        struct inq_bytes sha256, const struct inq_page_document **ret)
{
	const struct inq_json_value *x;

	for (const struct inq_page_document *d = NULL; (d = page_next(p, kind, d));) {
		if (!page_stands(p, d))
			continue;
		x = with_digest(d->exhibits, d->exhibit_count, sha256);
		if (x) {
			*ret = d;
			return x;
		}
	}
	return NULL;
}

const struct inq_json_value *page_entry(const struct inq_page *p, struct inq_bytes name)
{
	size_t low = 0, high = p->entry_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare(member_string(p->entries[middle], "entry"), name);

		if (order == 0)
			return p->entries[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

void exhibit_put(struct inq_html *h, const struct inq_page *p, struct inq_bytes sha256)
{
	const struct inq_page_document *d;
	const struct inq_json_value *x = with_digest(p->subjects, p->subject_count, sha256);

	if (x) {
		inq_html_given(h, member_string(x, "name"), NAME_MOST);
		return;
	}
	for (unsigned kind = 0; kind <= INQ_PAGE_ATTRIBUTION && !x; kind++)
		x = page_exhibit(p, (enum inq_page_kind)kind, sha256, &d);
	if (member_string(x, "file").len)
		inq_html_given(h, member_string(x, "file"), NAME_MOST);
	else
		digest_put(h, sha256);
}

size_t page_exhibit_count(const struct inq_page *p)
{
	size_t count = 0;

	for (size_t i = 0; i < p->subject_count; i++)
		count += i == 0 || !same_bytes(member_string(p->subjects[i], "sha256"),
		                           member_string(p->subjects[i - 1], "sha256"));
	return count;
}

bool page_is_entry_name(struct inq_bytes name)
{
	size_t at = 0, digits = 0;

	while (at < name.len &&
	        ((name.at[at] >= 'a' && name.at[at] <= 'z') || (name.at[at] >= '0' && name.at[at] <= '9') ||
	                name.at[at] == '.' || name.at[at] == '-'))
		at++;
	if (!at || at > 64 || at == name.len || name.at[at++] != '/')
		return false;
	while (at + digits < name.len && name.at[at + digits] >= '0' && name.at[at + digits] <= '9')
		digits++;
	return digits && digits <= 20 && at + digits == name.len;
}

void from(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d)
{
	struct inq_bytes entry = inq_bytes_of(d->entry ? d->entry : "");

	inq_html_open(h, "a");
	if (page_is_entry_name(entry) && (strcmp(p->prefix, "#") != 0 || page_entry(p, entry)))
		inq_html_attrf(h, "href", "%s%s", p->prefix, d->entry);
	else
		inq_html_attrf(h, "href", "#document-%zu", (size_t)(d - p->documents) + 1);
}

/* The document, and how the record stands to its entry. */
static void document_put(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d)
{
	from(h, p, d);
	inq_html_given(h, inq_bytes_of(d->entry ? d->entry : "a document"), NAME_MOST);
	inq_html_close(h);
	if (d->entry) {
		inq_html_text(h, " (");
		name_put(h, page_entry(p, inq_bytes_of(d->entry)), "status");
		inq_html_text(h, ")");
	}
}

void exhibit_heading(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d,
        struct inq_bytes sha256)
{
	enum { OTHERS_MOST = 12 };
	size_t count = 0;

	inq_html_open(h, "h3");
	exhibit_put(h, p, sha256);
	inq_html_close(h);
	for (const struct inq_page_document *o = NULL; (o = page_next(p, d->kind, o));) {
		if (o == d || !page_stands(p, o) || !with_digest(o->exhibits, o->exhibit_count, sha256))
			continue;
		if (++count > OTHERS_MOST)
			continue;
		if (count == 1) {
			inq_html_open_class(h, "p", "by");
			inq_html_text(h, "Here is what stands in ");
			document_put(h, p, d);
		}
		inq_html_text(h, count == 1 ? "; other bytes about it stand in " : ", ");
		document_put(h, p, o);
	}
	if (count > OTHERS_MOST)
		inq_html_textf(h, " and %zu more", count - OTHERS_MOST);
	if (count) {
		inq_html_text(h, ".");
		inq_html_close(h);
	}
}

void entry_link(struct inq_html *h, const struct inq_page *p, struct inq_bytes name)
{
	bool is_link = page_is_entry_name(name) && page_entry(p, name);

	if (is_link) {
		inq_html_open(h, "a");
		inq_html_attrf(h, "href", "%s%.*s", p->prefix, (int)name.len, (const char *)name.at);
	}
	inq_html_given(h, name, NAME_MOST);
	if (is_link)
		inq_html_close(h);
}

bool page_stands(const struct inq_page *p, const struct inq_page_document *d)
{
	const struct inq_json_value *e;

	if (!d->entry || !page_next(p, INQ_PAGE_LOG, NULL))
		return true;
	e = page_entry(p, inq_bytes_of(d->entry));
	return member_true(e, "holds") && !member_true(e, "withdrawn");
}

void subject_put(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d)
{
	enum { NAMED = 3 };
	size_t count = member_length(d->value, "exhibits"), i = 0;

	for (const struct inq_json_value *x = member_first(d->value, "exhibits"); x && i < NAMED;
	        x = x->next, i++) {
		inq_html_text(h, i ? ", " : "");
		exhibit_put(h, p, member_string(x, "sha256"));
	}
	if (count > NAMED)
		inq_html_textf(h, " and %zu more", count - NAMED);
	if (!count)
		inq_html_text(h, "No exhibit");
}

void which_put(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d)
{
	inq_html_open(h, "h3");
	subject_put(h, p, d);
	inq_html_text(h, " (");
	from(h, p, d);
	if (d->entry)
		inq_html_given(h, inq_bytes_of(d->entry), NAME_MOST);
	else
		inq_html_textf(h, "document %zu", (size_t)(d - p->documents) + 1);
	inq_html_close(h);
	inq_html_text(h, ")");
	inq_html_close(h);
}

void inq_page_section(const struct inq_page *p, const char *id, struct inq_html *h)
{
	for (size_t i = 0; i < inq_page_section_count; i++) {
		const struct inq_page_section *s = &inq_page_sections[i];

		if (strcmp(s->id, id) != 0)
			continue;
		inq_html_open(h, "section");
		inq_html_attr(h, "aria-labelledby", id);
		inq_html_heading(h, 2, id, s->title);
		s->put(p, h);
		inq_html_close(h);
		return;
	}
}
