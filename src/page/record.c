/* Who signed, countersigned, reproduced and disputed what. */
#include "page/section.h"
#include <string.h>

static void parties_put(struct inq_html *h, const struct inq_json_value *entry, const char *key)
{
	bool first = true;

	for (const struct inq_json_value *m = member_first(entry, key); m; m = m->next, first = false) {
		inq_html_text(h, first ? "" : ", ");
		inq_html_given(h, m->string, NAME_MOST);
	}
}

/* Up to which entry each of the others countersigned this log. */
static void cosigners(struct inq_html *h, const struct inq_json_value *log)
{
	uint64_t size = 0, all = 0;
	bool any = false;
	char text[FIGURE_TEXT];

	(void)member_count(log, "size", &all);
	for (const struct inq_json_value *c = member_first(log, "cosigned_by"); c; c = c->next) {
		if (!member_count(c, "size", &size) || !size)
			continue;
		inq_html_text(h, any ? ", " : "");
		name_put(h, c, "party");
		if (size < all)
			inq_html_textf(h, " (the first %s)", figure_text(size, text));
		any = true;
	}
	if (!any)
		inq_html_text(h, "nobody");
}

static void logs(const struct inq_page *p, struct inq_html *h, const struct inq_page_document *d)
{
	static const struct inq_html_column columns[] = { { "Party", "" }, { "Entries", "n" },
		{ "Root of its log", "" }, { "Countersigned by", "" }, { "Keys known from", "" } };

	inq_html_table(h, "The parties and their logs", columns, sizeof columns / sizeof *columns);
	for (const struct inq_json_value *l = member_first(d->value, "logs"); l; l = l->next) {
		inq_html_row(h);
		inq_html_cell(h);
		name_put(h, l, "party");
		inq_html_close(h);
		inq_html_cell(h);
		count_put(h, p, d, l, "size");
		inq_html_close(h);
		inq_html_cell(h);
		digest_put(h, member_string(l, "root"));
		inq_html_close(h);
		inq_html_cell(h);
		if (member_true(l, "forked"))
			inq_html_element(h, "strong", "FORKED: its key signed two histories. ");
		cosigners(h, l);
		inq_html_close(h);
		inq_html_cell(h);
		inq_html_text(h, inq_bytes_equal(member_string(l, "keys_from"), "user")
		                         ? "whoever verified it"
		                         : "the record's own word alone");
		inq_html_close(h);
		inq_html_end_row(h);
	}
	inq_html_end_table(h);
}

/* What an entry is about, in a few words. */
static void about(const struct inq_page *p, struct inq_html *h, const struct inq_json_value *e)
{
	const struct inq_json_value *made = member_object(e, "made"), *s = member_first(e, "subjects");
	struct inq_bytes of = member_string(e, "of"), word;
	bool any = false;

	if (made) {
		name_put(h, made, "kind");
		inq_html_text(h, s ? " of " : "");
		any = true;
	}
	for (unsigned i = 0; s && i < 3; s = s->next, i++) {
		inq_html_text(h, i ? ", " : "");
		name_put(h, s, "name");
		any = true;
	}
	if (s)
		inq_html_textf(h, " and %zu more", member_length(e, "subjects") - 3);
	if (of.len) {
		inq_html_text(h, any ? "; of " : "of ");
		entry_link(h, p, of);
		any = true;
	}
	word = member_string(e, "dispute");
	word = word.len ? word : member_string(e, "outcome");
	if (word.len) {
		inq_html_text(h, any ? ": " : "");
		inq_html_given(h, word, NAME_MOST);
		any = true;
	}
	word = member_string(e, "title");
	word = word.len ? word : member_string(e, "text");
	if (word.len) {
		inq_html_text(h, any ? ": " : "");
		inq_html_given(h, word, NAME_MOST);
	}
}

/* An id for an entry: the one that its links lead to, once, and only where it is a name of an entry. */
static void anchor(const struct inq_page *p, struct inq_html *h, const struct inq_json_value *e)
{
	struct inq_bytes name = member_string(e, "entry");

	if (page_entry(p, name) == e && page_is_entry_name(name))
		inq_html_attr_bytes(h, "id", name);
}

static void row(const struct inq_page *p, struct inq_html *h, const struct inq_json_value *e)
{
	uint64_t time;

	inq_html_row(h);
	anchor(p, h, e);
	inq_html_cell(h);
	name_put(h, e, "entry");
	inq_html_close(h);
	inq_html_cell(h);
	if (member_count(e, "time", &time))
		time_put(h, time);
	else
		not_said(h);
	inq_html_close(h);
	inq_html_cell(h);
	name_put(h, e, "type");
	inq_html_close(h);
	inq_html_cell(h);
	about(p, h, e);
	inq_html_close(h);
	inq_html_cell(h);
	name_put(h, e, "status");
	inq_html_close(h);
	inq_html_cell(h);
	for (const struct inq_json_value *c = member_first(e, "cites"); c; c = c->next) {
		entry_link(h, p, c->string);
		inq_html_text(h, c->next ? ", " : "");
	}
	inq_html_close(h);
	inq_html_cell(h);
	digest_put(h, member_string(e, "digest"));
	inq_html_close(h);
	inq_html_end_row(h);
}

static void standing(const struct inq_page *p, struct inq_html *h, const struct inq_page_document *log)
{
	static const struct inq_html_column columns[] = { { "Entry", "" }, { "Reproduced by", "" },
		{ "Not reproduced by", "" }, { "Supported by", "" }, { "Disputed by", "" } };
	static const char *const keys[] = { "reproduced_by", "differs_by", "supported_by", "disputed_by" };
	bool any = false;

	for (const struct inq_json_value *e = member_first(log->value, "entries"); e; e = e->next) {
		bool more = false;

		for (unsigned i = 0; i < 4; i++)
			more |= member_length(e, keys[i]) != 0;
		if (!more)
			continue;
		if (!any)
			inq_html_table(h, "What the others made of it", columns, 5);
		any = true;
		inq_html_row(h);
		inq_html_cell(h);
		entry_link(h, p, member_string(e, "entry"));
		inq_html_close(h);
		for (unsigned i = 0; i < 4; i++) {
			inq_html_cell(h);
			parties_put(h, e, keys[i]);
			inq_html_close(h);
		}
		inq_html_end_row(h);
	}
	if (any)
		inq_html_end_table(h);
	else
		inq_html_element(
		        h, "p", "No party has reproduced, supported or disputed an entry of another one.");
}

void put_record(const struct inq_page *p, struct inq_html *h)
{
	static const struct inq_html_column columns[] = { { "Entry", "" },
		{ "Time (UTC), as its writer says", "" }, { "Type", "" }, { "About", "" }, { "Status", "" },
		{ "Cites", "" }, { "Digest", "" } };
	const struct inq_page_document *log = page_next(p, INQ_PAGE_LOG, NULL),
	                               *verified = page_next(p, INQ_PAGE_VERIFICATION, NULL);

	if (!log) {
		inq_html_element(h, "p",
		        "None of this is entered in a record: nobody has signed it, and nobody could object. "
		        "A case "
		        "(inquiry open) is where that is done.");
		return;
	}
	inq_html_open(h, "p");
	inq_html_text(h, "Case ");
	digest_put(h, member_string(log->value, "case"));
	inq_html_text(h, ", ");
	name_put(h, log->value, "title");
	inq_html_text(h, ". Each party writes a log of its own, which nobody else can write in; every entry "
	                 "is signed, "
	                 "and says what its writer had seen of the others.");
	inq_html_close(h);
	if (verified)
		logs(p, h, verified);
	standing(p, h, log);
	inq_html_table(h, "All entries, each after what its writer had seen", columns,
	        sizeof columns / sizeof *columns);
	for (const struct inq_json_value *e = member_first(log->value, "entries"); e; e = e->next)
		row(p, h, e);
	inq_html_end_table(h);
}

static struct inq_bytes party_of(const struct inq_json_value *e)
{
	struct inq_bytes name = member_string(e, "entry");
	const uint8_t *slash = name.len ? memchr(name.at, '/', name.len) : NULL;

	return slash ? (struct inq_bytes){ name.at, (size_t)(slash - name.at) } : name;
}

static bool speaks(const struct inq_json_value *e)
{
	static const char *const types[] = { "claim", "statement", "dispute", "support", "withdraw",
		"rerun" };
	struct inq_bytes type = member_string(e, "type");

	/* What was only run again stands in the table above. */
	if (inq_bytes_equal(type, "rerun") && !member_string(e, "text").len)
		return false;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (inq_bytes_equal(type, types[i]))
			return true;
	return false;
}

static void statement(const struct inq_page *p, struct inq_html *h, const struct inq_json_value *e)
{
	struct inq_bytes text = member_string(e, "text"), of = member_string(e, "of"),
	                 reason = member_string(e, "dispute"), outcome = member_string(e, "outcome");

	inq_html_open(h, "li");
	inq_html_open_class(h, "p", "by");
	entry_link(h, p, member_string(e, "entry"));
	inq_html_text(h, ": ");
	name_put(h, e, "type");
	if (of.len) {
		inq_html_text(h, " of ");
		entry_link(h, p, of);
	}
	if (reason.len || outcome.len) {
		inq_html_text(h, ", ");
		inq_html_given(h, reason.len ? reason : outcome, NAME_MOST);
	}
	inq_html_text(h, "; ");
	name_put(h, e, "status");
	inq_html_close(h);
	if (text.len) {
		inq_html_open(h, "blockquote");
		inq_html_given(h, text, 16384);
		inq_html_close(h);
	}
	if (member_length(e, "cites")) {
		inq_html_open_class(h, "p", "by");
		inq_html_text(h, "on the grounds of ");
		for (const struct inq_json_value *c = member_first(e, "cites"); c; c = c->next) {
			entry_link(h, p, c->string);
			inq_html_text(h, c->next ? ", " : "");
		}
		inq_html_close(h);
	}
	inq_html_close(h);
}

void put_rejoinder(const struct inq_page *p, struct inq_html *h)
{
	enum { PARTIES = 64 };
	const struct inq_page_document *log = page_next(p, INQ_PAGE_LOG, NULL);
	struct inq_bytes parties[PARTIES];
	size_t count = 0;

	if (!log) {
		inq_html_element(h, "p",
		        "There is no record, so nobody could answer in it. Whoever is concerned by this "
		        "report may enter "
		        "the same exhibits and an answer in a case of their own.");
		return;
	}
	for (const struct inq_json_value *e = member_first(log->value, "entries"); e; e = e->next) {
		struct inq_bytes party = party_of(e);
		size_t i = 0;

		while (i < count && !same_bytes(parties[i], party))
			i++;
		if (i == count && count < PARTIES && party.len)
			parties[count++] = party;
	}
	inq_html_element(h, "p",
	        "What each party claims, disputes and answers, in its own words, at full length. None of "
	        "them is "
	        "edited or ranked.");
	for (size_t i = 0; i < count; i++) {
		bool any = false;

		inq_html_open(h, "h3");
		inq_html_given(h, parties[i], NAME_MOST);
		inq_html_close(h);
		for (const struct inq_json_value *e = member_first(log->value, "entries"); e; e = e->next) {
			if (!speaks(e) || !same_bytes(party_of(e), parties[i]))
				continue;
			if (!any)
				inq_html_open_class(h, "ul", "statements");
			any = true;
			statement(p, h, e);
		}
		if (any)
			inq_html_close(h);
		else
			inq_html_element(h, "p", "Has said nothing so far. This place is kept for it.");
	}
	if (count < 2)
		inq_html_element(h, "p",
		        "One party alone has written in this record. Another one joins with inquiry open and "
		        "inquiry "
		        "pull, and answers with inquiry dispute; its answer will stand here, beside the "
		        "other.");
}
