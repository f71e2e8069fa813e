#include "serve/private.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *href, *text;
} places[] = {
	{ "/", "Inquiry" },
	{ "/exhibits", "Exhibits" },
	{ "/families", "Families" },
	{ "/conclusions", "Conclusions" },
	{ "/comparisons", "Comparisons" },
	{ "/record", "Record" },
	{ "/jobs", "Jobs" },
};

const char *text_of(struct visit *v, struct inq_bytes b)
{
	const char *text = inq_arena_string(v->a, b);

	return text ? text : "";
}

const char *textf(struct visit *v, const char *fmt, ...)
{
	char text[2048];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	return text_of(v, inq_bytes_of(text));
}

bool hex_digest(const char *text, struct inq_sha256 *ret)
{
	return strlen(text) == 64 && inq_unhex(inq_bytes_of(text), ret->byte, sizeof ret->byte);
}

static void head(struct visit *v, const char *title)
{
	struct inq_html *h = &v->h;
	struct server *s = v->s;

	inq_put(&v->out, "<!DOCTYPE html>\n");
	inq_html_open(h, "html");
	inq_html_attr(h, "lang", "en");
	inq_html_open(h, "head");
	inq_html_void(h, "meta");
	inq_html_attr(h, "charset", "utf-8");
	inq_html_void(h, "meta");
	inq_html_attr(h, "name", "viewport");
	inq_html_attr(h, "content", "width=device-width, initial-scale=1");
	inq_html_open(h, "title");
	inq_html_title(h, inq_bytes_of(title), 120);
	if (s->log && v->known) {
		inq_html_text(h, " · ");
		inq_html_title(h, rows_cell(&s->log->rows, LOG_CASE, 0, CASE_TITLE), 80);
	}
	inq_html_close(h);
	inq_html_void(h, "link");
	inq_html_attr(h, "rel", "icon");
	inq_html_attr(h, "type", "image/svg+xml");
	inq_html_attr(h, "href", asset_path("icon.svg"));
	inq_html_void(h, "link");
	inq_html_attr(h, "rel", "stylesheet");
	inq_html_attr(h, "href", asset_path("style.css"));
	inq_html_void(h, "link");
	inq_html_attr(h, "rel", "stylesheet");
	inq_html_attr(h, "href", asset_path("serve.css"));
	inq_html_open(h, "script");
	inq_html_attr(h, "type", "module");
	inq_html_attr(h, "src", asset_path("serve.js"));
	inq_html_close(h);
	if (v->live) {
		inq_html_open(h, "noscript");
		inq_html_void(h, "meta");
		inq_html_attr(h, "http-equiv", "refresh");
		inq_html_attr(h, "content", v->live < LIVE_MS ? "1" : "2");
		inq_html_close(h);
	}
	inq_html_close(h);
}

static void search_form(struct visit *v)
{
	struct inq_html *h = &v->h;
	const char *q = request_value(&v->request, "q");
	bool here = v->request.part_count == 1 && strcmp(v->request.parts[0], "search") == 0;

	inq_html_open(h, "form");
	inq_html_attr(h, "role", "search");
	inq_html_attr(h, "action", "/search");
	inq_html_open(h, "input");
	h->depth--;
	inq_html_attr(h, "type", "search");
	inq_html_attr(h, "name", "q");
	inq_html_attr(h, "aria-label", "Search the whole case");
	inq_html_attr(h, "placeholder", "Search the case");
	inq_html_attr(h, "maxlength", "100");
	if (q && here)
		inq_html_attr_bytes(h, "value", inq_bytes_of(q));
	inq_html_close(h);
}

static void navigation(struct visit *v, const char *where)
{
	struct inq_html *h = &v->h;
	const struct server *s = v->s;
	unsigned jobs = 0;

	for (const struct work *w = v->s->works.first; w; w = w->next)
		jobs += w->job && (w->state == WORK_WAITS || w->state == WORK_RUNS);
	inq_html_open(h, "nav");
	inq_html_attr(h, "aria-label", "Pages");
	inq_html_open(h, "ul");
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		if (!case_is_there(s) && strcmp(places[i].href, "/") != 0 &&
		        strcmp(places[i].href, "/jobs") != 0)
			continue;
		inq_html_open(h, "li");
		inq_html_link(h, places[i].href);
		if (strcmp(places[i].href, where) == 0)
			inq_html_attr(h, "aria-current", "page");
		inq_html_text(h, places[i].text);
		if (strcmp(places[i].href, "/jobs") == 0 && jobs)
			inq_html_textf(h, " (%u)", jobs);
		inq_html_close(h);
		inq_html_close(h);
	}
	if (s->o->write && case_is_there(s)) {
		inq_html_open(h, "li");
		inq_html_link(h, "/act");
		if (strcmp(where, "/act") == 0)
			inq_html_attr(h, "aria-current", "page");
		inq_html_text(h, "Act");
		inq_html_close(h);
		inq_html_close(h);
	}
	inq_html_close(h);
	inq_html_close(h);
	if (case_is_there(s))
		search_form(v);
}

void page_begin(struct visit *v, const char *title, const char *where)
{
	struct inq_html *h = &v->h;
	struct server *s = v->s;

	head(v, title);
	inq_html_open(h, "body");
	inq_html_open_class(h, "a", "skip");
	inq_html_attr(h, "href", "#main");
	inq_html_text(h, "To the content");
	inq_html_close(h);
	inq_html_open_class(h, "header", "top");
	inq_html_open_class(h, "p", "case");
	inq_html_link(h, "/");
	if (s->log && v->known && rows_cell(&s->log->rows, LOG_CASE, 0, CASE_TITLE).len)
		page_given(v, rows_cell(&s->log->rows, LOG_CASE, 0, CASE_TITLE), 80);
	else
		inq_html_text(h, "An inquiry");
	inq_html_close(h);
	inq_html_close(h);
	if (v->known)
		navigation(v, where);
	inq_html_close(h);
	inq_html_open(h, "main");
	inq_html_attr(h, "id", "main");
	inq_html_attr(h, "tabindex", "-1");
	if (v->live)
		inq_html_attrf(h, "data-live", "%u", v->live);
	inq_html_open(h, "h1");
	page_given(v, inq_bytes_of(title), 120);
	inq_html_close(h);
}

void page_end(struct visit *v)
{
	struct inq_html *h = &v->h;

	while (h->depth > 2)
		inq_html_close(h);
	inq_html_open_class(h, "footer", "foot");
	inq_html_open(h, "p");
	if (v->known)
		inq_html_textf(h, "%s: this view %s.", v->s->o->label,
		        v->s->o->write ? "writes to the case what its forms ask for" : "only shows the case");
	if (v->s->log && v->known) {
		inq_html_text(h, " Case ");
		digest_put(h, rows_cell(&v->s->log->rows, LOG_CASE, 0, CASE_ID));
		inq_html_text(h, ".");
	}
	inq_html_close(h);
	inq_html_close(h);
	while (h->depth)
		inq_html_close(h);
}

void page_link(struct visit *v, const char *href, const char *text)
{
	inq_html_link(&v->h, href);
	inq_html_text(&v->h, text);
	inq_html_close(&v->h);
}

void page_linkf(struct visit *v, const char *text, const char *fmt, ...)
{
	char href[2048];
	va_list args;

	va_start(args, fmt);
	vsnprintf(href, sizeof href, fmt, args);
	va_end(args);
	page_link(v, href, text);
}

void page_given(struct visit *v, struct inq_bytes text, size_t most)
{
	inq_html_given(&v->h, text, most);
}

void page_lines(struct visit *v, struct inq_bytes lines, const char *between, size_t most)
{
	struct inq_bytes line;

	for (bool first = true; rows_line(&lines, &line); first = false) {
		if (!first && between)
			inq_html_text(&v->h, between);
		else if (!first)
			inq_html_void(&v->h, "br");
		/* The other half of a line's end, where there is one. */
		if (!between && line.len && line.at[line.len - 1] == '\r')
			line.len--;
		page_given(v, line, most);
	}
}

void page_entry_link(struct visit *v, struct inq_bytes name)
{
	const char *text = text_of(v, name);

	if (page_is_entry_name(name))
		page_linkf(v, text, "/entries/%s", text);
	else
		page_given(v, name, 80);
}

void page_entry_links(struct visit *v, struct inq_bytes names)
{
	struct inq_bytes name;
	bool first = true;

	while (rows_line(&names, &name)) {
		if (!first)
			inq_html_text(&v->h, ", ");
		page_entry_link(v, name);
		first = false;
	}
}

void page_exhibit_link(struct visit *v, struct inq_bytes name, struct inq_bytes sha256)
{
	inq_html_link(&v->h, textf(v, "/exhibits/%.64s", text_of(v, sha256)));
	page_given(v, name.len ? name : sha256, 80);
	inq_html_close(&v->h);
}

void page_number(struct visit *v, uint64_t number)
{
	char text[FIGURE_TEXT];

	inq_html_text(&v->h, figure_text(number, text));
}

void page_bytes(struct visit *v, uint64_t bytes)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB" };
	unsigned unit = 0;
	uint64_t tenths = 10 * bytes;

	while (tenths >= 10240 && unit < 3) {
		tenths /= 1024;
		unit++;
	}
	if (unit)
		inq_html_textf(&v->h, "%" PRIu64 ".%u %s", tenths / 10, (unsigned)(tenths % 10), units[unit]);
	else
		inq_html_textf(&v->h, "%" PRIu64 " %s", bytes, bytes == 1 ? "byte" : "bytes");
}

void page_status(struct visit *v, const struct rows *log, unsigned table, uint64_t row)
{
	const char *kind =
	        !rows_is(log, table, row, E_HOLDS, "true")      ? "broken"
	        : rows_is(log, table, row, E_WITHDRAWN, "true") ? "withdrawn"
	        : rows_cell(log, table, row, E_DISPUTED).len || rows_cell(log, table, row, E_RESTS).len
	                ? "disputed"
	        : rows_cell(log, table, row, E_REPRODUCED).len ? "reproduced"
	                                                       : "stands";

	inq_html_open_class(&v->h, "span", textf(v, "status %s", kind));
	page_given(v, rows_cell(log, table, row, E_STATUS), 160);
	inq_html_close(&v->h);
}

void page_term(struct visit *v, const char *term)
{
	inq_html_open(&v->h, "div");
	inq_html_element(&v->h, "dt", term);
	inq_html_open(&v->h, "dd");
}

void page_term_end(struct visit *v)
{
	inq_html_close(&v->h);
	inq_html_close(&v->h);
}

const char *page_query(const struct visit *v, const char *name, const char *value)
{
	struct visit *w = (struct visit *)(uintptr_t)v;
	struct inq_memory_sink memory = { .arena = v->a };
	struct inq_sink out;
	bool first = true;

	inq_sink_init(&out, inq_memory_sink_write, &memory);
	inq_put_bytes(&out, (struct inq_bytes){ (const uint8_t *)v->target, strcspn(v->target, "?") });
	for (unsigned i = 0; i < v->request.field_count; i++) {
		const struct request_field *f = &v->request.fields[i];

		/* Another order or filter begins on the first page. */
		if (strcmp(f->name, name) == 0 || strcmp(f->name, "page") == 0 || !*f->value)
			continue;
		inq_putf(&out, "%s%s=%s", first ? "?" : "&", f->name,
		        request_encode(inq_bytes_of(f->value), v->a));
		first = false;
	}
	if (value)
		inq_putf(&out, "%s%s=%s", first ? "?" : "&", name, request_encode(inq_bytes_of(value), v->a));
	if (!inq_sink_flush(&out))
		return "/";
	return text_of(w, (struct inq_bytes){ (const uint8_t *)memory.at, memory.len });
}

uint64_t page_first(const struct visit *v, uint64_t count)
{
	uint64_t page = request_number(&v->request, "page", 1),
	         last = count ? (count - 1) / PAGE_ROWS + 1 : 1;

	return ((page < 1 ? 1 : page > last ? last : page) - 1) * PAGE_ROWS;
}

static void pager_link(struct visit *v, uint64_t page, const char *text, const char *rel)
{
	inq_html_open(&v->h, "li");
	inq_html_link(&v->h, page_query(v, "page", textf(v, "%" PRIu64, page)));
	if (*rel)
		inq_html_attr(&v->h, "rel", rel);
	inq_html_text(&v->h, text);
	inq_html_close(&v->h);
	inq_html_close(&v->h);
}

void page_pager(struct visit *v, uint64_t first, uint64_t shown, uint64_t count)
{
	uint64_t page = first / PAGE_ROWS + 1, last = count ? (count - 1) / PAGE_ROWS + 1 : 1;
	struct inq_html *h = &v->h;

	if (count <= PAGE_ROWS)
		return;
	inq_html_open_class(h, "nav", "pager");
	inq_html_attr(h, "aria-label", "Pages of this list");
	inq_html_open(h, "p");
	page_number(v, first + 1);
	inq_html_text(h, " to ");
	page_number(v, first + shown);
	inq_html_text(h, " of ");
	page_number(v, count);
	inq_html_close(h);
	inq_html_open(h, "ul");
	if (page > 1) {
		pager_link(v, 1, "First", "");
		pager_link(v, page - 1, "Previous", "prev");
	}
	if (page < last) {
		pager_link(v, page + 1, "Next", "next");
		pager_link(v, last, "Last", "");
	}
	inq_html_close(h);
	inq_html_close(h);
}

void page_form(struct visit *v, const char *action, bool upload)
{
	struct inq_html *h = &v->h;

	inq_html_open(h, "form");
	inq_html_attr(h, "method", "post");
	inq_html_attr(h, "action", action);
	if (upload)
		inq_html_attr(h, "enctype", "multipart/form-data");
	page_hidden(v, "form", v->s->form_secret);
}

void page_hidden(struct visit *v, const char *name, const char *value)
{
	inq_html_void(&v->h, "input");
	inq_html_attr(&v->h, "type", "hidden");
	inq_html_attr(&v->h, "name", name);
	inq_html_attr_bytes(&v->h, "value", inq_bytes_of(value));
}

void page_check(struct visit *v, const char *name, const char *value, const char *label)
{
	struct inq_html *h = &v->h;

	inq_html_open_class(h, "label", "check");
	inq_html_void(h, "input");
	inq_html_attr(h, "type", "checkbox");
	inq_html_attr(h, "name", name);
	inq_html_attr_bytes(h, "value", inq_bytes_of(value));
	inq_html_open(h, "span");
	page_given(v, inq_bytes_of(label), 120);
	inq_html_close(h);
	inq_html_close(h);
}

void page_select(struct visit *v, const char *name, const char *label)
{
	inq_html_open(&v->h, "label");
	inq_html_element(&v->h, "span", label);
	inq_html_open(&v->h, "select");
	inq_html_attr(&v->h, "name", name);
}

void page_choice(struct visit *v, const char *value, struct inq_bytes text)
{
	inq_html_open(&v->h, "option");
	inq_html_attr_bytes(&v->h, "value", inq_bytes_of(value));
	inq_html_text(&v->h, text_of(v, text));
	inq_html_close(&v->h);
}

static void field(struct visit *v, const char *name, const char *label, const char *type, const char *value,
        bool needed)
{
	struct inq_html *h = &v->h;

	inq_html_open(h, "label");
	inq_html_element(h, "span", label);
	inq_html_void(h, "input");
	inq_html_attr(h, "name", name);
	inq_html_attr(h, "type", type);
	if (value)
		inq_html_attr_bytes(h, "value", inq_bytes_of(value));
	if (needed)
		inq_html_attr(h, "required", "required");
	inq_html_close(h);
}

void page_field(struct visit *v, const char *name, const char *label, const char *type, const char *value)
{
	field(v, name, label, type, value, false);
}

void page_needed(struct visit *v, const char *name, const char *label, const char *type)
{
	field(v, name, label, type, NULL, true);
}

void page_area(struct visit *v, const char *name, const char *label, bool needed)
{
	struct inq_html *h = &v->h;

	inq_html_open(h, "label");
	inq_html_element(h, "span", label);
	inq_html_open(h, "textarea");
	inq_html_attr(h, "name", name);
	inq_html_attr(h, "rows", "3");
	if (needed)
		inq_html_attr(h, "required", "required");
	inq_html_close(h);
	inq_html_close(h);
}

void page_button(struct visit *v, const char *text)
{
	inq_html_open(&v->h, "button");
	inq_html_text(&v->h, text);
	inq_html_close(&v->h);
}

void page_note(struct visit *v, const char *text)
{
	inq_html_open_class(&v->h, "p", "note");
	inq_html_text(&v->h, text);
	inq_html_close(&v->h);
}

void page_meter(struct visit *v, uint64_t is, uint64_t of, const char *label)
{
	inq_html_open(&v->h, "progress");
	inq_html_attr(&v->h, "aria-label", label);
	if (of) {
		inq_html_attrf(&v->h, "max", "%" PRIu64, of);
		inq_html_attrf(&v->h, "value", "%" PRIu64, is < of ? is : of);
	}
	inq_html_close(&v->h);
}

bool log_is_exhibit(const struct rows *log, uint64_t row)
{
	return inq_bytes_begin(rows_cell(log, LOG_ENTRIES, row, E_TYPE), "exhibit ", 8);
}

uint64_t log_entry(const struct rows *log, struct inq_bytes name)
{
	uint64_t row;

	return rows_find(log, LOG_ENTRIES, E_NAME, name, 0, &row) ? row : UINT64_MAX;
}

/* The next entry about that exhibit; `*place`, its place among all by exhibit, begins as UINT64_MAX. */
bool log_about(const struct rows *log, struct inq_bytes sha256, uint64_t *place, uint64_t *ret)
{
	uint64_t count = rows_count(log, LOG_ENTRIES), low = 0, high = count;

	if (sha256.len != 64)
		return false;
	if (*place != UINT64_MAX) {
		low = *place + 1;
	} else {
		while (low < high) {
			uint64_t middle = low + (high - low) / 2;
			struct inq_bytes is = rows_cell(log, LOG_ENTRIES,
			        rows_order(log, LOG_ENTRIES, E_BY_EXHIBIT, middle), E_SHA256);

			/* Those about none come last. */
			if (is.len == 64 && memcmp(is.at, sha256.at, 64) < 0)
				low = middle + 1;
			else
				high = middle;
		}
	}
	*place = low;
	*ret = rows_order(log, LOG_ENTRIES, E_BY_EXHIBIT, low);
	return low < count && inq_bytes_begin(rows_cell(log, LOG_ENTRIES, *ret, E_SHA256), sha256.at, 64);
}

uint64_t log_exhibit(const struct rows *log, struct inq_bytes sha256)
{
	for (uint64_t place = UINT64_MAX, row; log_about(log, sha256, &place, &row);)
		if (log_is_exhibit(log, row))
			return row;
	return UINT64_MAX;
}

uint64_t log_result(struct visit *v, const struct rows *log, struct inq_bytes sha256, const char *kind)
{
	const char *schema = strcmp(kind, "search") == 0 ? plan_search.schema : plan_examination.schema;
	uint64_t best = UINT64_MAX;
	unsigned most = 0;

	/* Anybody may enter the latest one, and anything as one. */
	for (uint64_t place = UINT64_MAX, row; log_about(log, sha256, &place, &row);) {
		bool stands = rows_is(log, LOG_ENTRIES, row, E_HOLDS, "true") &&
		              !rows_is(log, LOG_ENTRIES, row, E_WITHDRAWN, "true");
		unsigned good;

		if (!rows_is(log, LOG_ENTRIES, row, E_KIND, kind) ||
		        !rows_is(log, LOG_ENTRIES, row, E_SCHEMA, schema) ||
		        !rows_cell(log, LOG_ENTRIES, row, E_RESULT).len ||
		        rows_number(log, LOG_ENTRIES, row, E_SUBJECTS) != 1)
			continue;
		good = 1U + stands + (result_failed(v, log, row) ? 0 : 2);
		if (good >= most) {
			best = row;
			most = good;
		}
	}
	return best;
}

uint64_t *log_exhibits(struct visit *v, const struct rows *log, uint64_t *ret_count)
{
	uint64_t count = rows_count(log, LOG_ENTRIES), found = 0;
	size_t slots = 16;
	uint64_t *rows, *table;

	while (slots < 2 * count)
		slots *= 2;
	rows = inq_arena_new(v->a, count, sizeof *rows);
	table = inq_arena_new(v->a, slots, sizeof *table);
	*ret_count = 0;
	if (!rows || !table)
		return NULL;
	for (uint64_t i = 0; i < count; i++) {
		struct inq_bytes digest, other;
		size_t at;

		if (!log_is_exhibit(log, i))
			continue;
		digest = rows_cell(log, LOG_ENTRIES, i, E_SHA256);
		for (at = inq_hash64(digest.at, digest.len, 0) & (slots - 1); table[at];
		        at = (at + 1) & (slots - 1)) {
			other = rows_cell(log, LOG_ENTRIES, table[at] - 1, E_SHA256);
			if (other.len == digest.len && memcmp(other.at, digest.at, digest.len) == 0)
				break;
		}
		if (table[at])
			continue;
		table[at] = i + 1;
		rows[found++] = i;
	}
	*ret_count = found;
	return rows;
}
