/* Families: whose code is found in which exhibits. */
#include "serve/private.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LABELS_MOST = 4096 };

/* What all exhibits together have of a family. */
struct family {
	struct inq_bytes label;
	uint64_t exhibits, shared, distinctive, widespread, information;
};

struct tally {
	struct family *at;
	size_t count;
	uint64_t unread, searched;
};

static struct family *find(struct tally *t, struct inq_bytes label)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->at[i].label.len == label.len && memcmp(t->at[i].label.at, label.at, label.len) == 0)
			return &t->at[i];
	if (t->count == LABELS_MOST || !label.len)
		return NULL;
	t->at[t->count].label = label;
	return &t->at[t->count++];
}

static int by_weight(const void *l, const void *r)
{
	const struct family *a = l, *b = r;

	if (a->information != b->information)
		return a->information > b->information ? -1 : 1;
	return (a->widespread < b->widespread) - (a->widespread > b->widespread);
}

static bool add_up(struct visit *v, const struct rows *log, struct tally *t)
{
	uint64_t count, *rows = log_exhibits(v, log, &count);

	t->at = inq_arena_new(v->a, LABELS_MOST, sizeof *t->at);
	if (!rows || !t->at)
		return false;
	for (uint64_t i = 0; i < count; i++) {
		uint64_t row = log_result(v, log, rows_cell(log, LOG_ENTRIES, rows[i], E_SHA256), "search");
		const struct rows *s = glance_result(v, log, row);

		t->unread += row != UINT64_MAX && !s;
		t->searched += row != UINT64_MAX;
		for (uint64_t k = 0; s && k < rows_count(s, SEARCH_FAMILIES) && k < LABELS_MOST; k++) {
			struct family *f = find(t, rows_cell(s, SEARCH_FAMILIES, k, FAM_LABEL));

			if (!f)
				continue;
			f->exhibits++;
			f->shared += rows_is(s, SEARCH_FAMILIES, k, FAM_SHARING, "code");
			f->distinctive += rows_number(s, SEARCH_FAMILIES, k, FAM_DISTINCTIVE);
			f->widespread += rows_number(s, SEARCH_FAMILIES, k, FAM_WIDESPREAD);
			f->information += rows_number(s, SEARCH_FAMILIES, k, FAM_INFORMATION);
		}
	}
	qsort(t->at, t->count, sizeof *t->at, by_weight);
	return true;
}

static void unread_put(struct visit *v, uint64_t unread)
{
	if (!unread)
		return;
	inq_html_open_class(&v->h, "p", "note");
	page_number(v, unread);
	inq_html_text(&v->h, " results are still being read; what they say is missing here.");
	inq_html_close(&v->h);
}

void show_families(struct visit *v)
{
	static const struct inq_html_column columns[] = { { "family", "" },
		{ "exhibits that share code", "n" }, { "found in", "n" }, { "functions in it alone", "n" },
		{ "in several", "n" }, { "bits", "n" } };
	const struct rows *log = fetch_log(v);
	struct tally t = { 0 };
	uint64_t first;

	if (!log)
		return;
	if (!add_up(v, log, &t)) {
		visit_fail(v, 500, "There is no memory for this page.");
		return;
	}
	v->live = t.unread ? LIVE_MS : 0;
	page_begin(v, "Families", "/families");
	unread_put(v, t.unread);
	if (!t.count) {
		inq_html_element(&v->h, "p",
		        t.searched
		                ? "No exhibit has anything of any family of the corpus."
		                : "No exhibit has been searched so far: that is done by investigating with a "
		                  "corpus.");
		if (!t.searched && v->s->o->write)
			page_link(v, "/act#investigate", "Investigate");
		page_end(v);
		return;
	}
	first = page_first(v, t.count);
	inq_html_table(
	        &v->h, "Families of the corpus, by what the exhibits share with them alone", columns, 6);
	for (uint64_t i = first; i < t.count && i < first + PAGE_ROWS; i++) {
		const uint64_t numbers[] = { t.at[i].shared, t.at[i].exhibits, t.at[i].distinctive,
			t.at[i].widespread, t.at[i].information };

		inq_html_row(&v->h);
		inq_html_cell(&v->h);
		inq_html_link(&v->h, textf(v, "/families/%s", request_encode(t.at[i].label, v->a)));
		page_given(v, t.at[i].label, 80);
		inq_html_close(&v->h);
		inq_html_close(&v->h);
		for (unsigned c = 0; c < 5; c++) {
			inq_html_cell(&v->h);
			page_number(v, numbers[c]);
			inq_html_close(&v->h);
		}
		inq_html_end_row(&v->h);
	}
	inq_html_end_table(&v->h);
	page_pager(v, first, t.count - first < PAGE_ROWS ? t.count - first : PAGE_ROWS, t.count);
	page_end(v);
}

static void exhibit_row(
        struct visit *v, const struct rows *log, uint64_t entry, const struct rows *s, uint64_t k)
{
	struct inq_bytes digest = rows_cell(log, LOG_ENTRIES, entry, E_SHA256);
	struct inq_html *h = &v->h;
	const char *label = request_encode(rows_cell(s, SEARCH_FAMILIES, k, FAM_LABEL), v->a);

	inq_html_row(h);
	inq_html_cell(h);
	page_exhibit_link(v, rows_cell(log, LOG_ENTRIES, entry, E_SUBJECT), digest);
	inq_html_close(h);
	inq_html_cell(h);
	page_given(v, rows_cell(s, SEARCH_FAMILIES, k, FAM_SHARING), 20);
	inq_html_close(h);
	inq_html_cell(h);
	inq_html_link(h, textf(v, "/exhibits/%.64s/functions?label=%s&standing=distinctive&order=information",
	                         text_of(v, digest), label));
	page_number(v, rows_number(s, SEARCH_FAMILIES, k, FAM_DISTINCTIVE));
	inq_html_close(h);
	inq_html_close(h);
	for (unsigned c = 0; c < 4; c++) {
		static const unsigned cells[] = { FAM_IDENTICAL, FAM_WIDESPREAD, FAM_LIBRARY,
			FAM_INFORMATION };

		inq_html_cell(h);
		page_number(v, rows_number(s, SEARCH_FAMILIES, k, cells[c]));
		inq_html_close(h);
	}
	inq_html_cell(h);
	page_given(v, rows_cell(s, SEARCH_FAMILIES, k, FAM_NEAREST), 60);
	inq_html_close(h);
	inq_html_end_row(h);
}

void show_family(struct visit *v)
{
	static const struct inq_html_column columns[] = { { "exhibit", "" }, { "shares", "" },
		{ "in it alone", "n" }, { "the same code", "n" }, { "in several", "n" }, { "library", "n" },
		{ "bits", "n" }, { "nearest sample", "" } };
	struct inq_bytes label = inq_bytes_of(v->request.parts[1]);
	const struct rows *log = fetch_log(v);
	uint64_t count, *rows, shown = 0, unread = 0, k;

	if (!log)
		return;
	rows = log_exhibits(v, log, &count);
	for (uint64_t i = 0; rows && i < count; i++) {
		uint64_t row = log_result(v, log, rows_cell(log, LOG_ENTRIES, rows[i], E_SHA256), "search");

		unread += row != UINT64_MAX && !glance_result(v, log, row);
	}
	v->live = unread ? LIVE_MS : 0;
	page_begin(v, textf(v, "Family %.200s", v->request.parts[1]), "/families");
	unread_put(v, unread);
	for (uint64_t i = 0; rows && i < count; i++) {
		const struct rows *s = glance_result(
		        v, log, log_result(v, log, rows_cell(log, LOG_ENTRIES, rows[i], E_SHA256), "search"));

		if (!s || !rows_find(s, SEARCH_FAMILIES, FAM_LABEL, label, 0, &k) || shown == 1000)
			continue;
		if (!shown++)
			inq_html_table(&v->h, "Exhibits in which something of it is found", columns, 8);
		exhibit_row(v, log, rows[i], s, k);
	}
	if (shown)
		inq_html_end_table(&v->h);
	else
		inq_html_element(&v->h, "p", "Nothing of it is found in any exhibit.");
	page_end(v);
}
