/* The status of an entry in words: here and nowhere else. */
#include <inquiry/record.h>

struct words {
	struct inq_sink *out;
	bool any;
};

static void word(struct words *w, const char *text)
{
	if (w->any)
		inq_put(w->out, "; ");
	inq_put(w->out, text);
	w->any = true;
}

/* "disputed by B, C": nothing where the set is empty. */
static void parties(struct words *w, const struct inq_record_result *record, const char *before, uint64_t set,
        const char *after)
{
	bool first = true;

	if (!set)
		return;
	word(w, before);
	for (size_t i = 0; i < record->log_count; i++) {
		if (!(set >> i & 1))
			continue;
		inq_put(w->out, first ? "" : ", ");
		inq_put(w->out, record->logs[i].party);
		first = false;
	}
	inq_put(w->out, after);
}

static void reasons(struct words *w, uint32_t set)
{
	const char *between = " (";

	for (unsigned i = 0; i < INQ_DISPUTE_REASONS; i++) {
		if (!(set >> i & 1))
			continue;
		inq_put(w->out, between);
		inq_put(w->out, inq_dispute_reason_name((enum inq_dispute_reason)i));
		between = ", ";
	}
	if (set)
		inq_put(w->out, ")");
}

const char *inq_rests_name(unsigned bit)
{
	static const char *const names[INQ_RESTS_COUNT] = { "disputed", "withdrawn", "sealed", "withheld",
		"unproved", "statement", "not-reproduced" };

	return bit < INQ_RESTS_COUNT ? names[bit] : "?";
}

static void rests(struct words *w, uint32_t set)
{
	const char *between = "rests on ";

	if (set)
		word(w, "");
	for (unsigned i = 0; i < INQ_RESTS_COUNT; i++) {
		if (!(set >> i & 1))
			continue;
		inq_put(w->out, between);
		inq_put(w->out, inq_rests_name(i));
		between = ", ";
	}
}

static uint64_t everybody(const struct inq_record_result *record)
{
	return record->log_count < 64 ? ((uint64_t)1 << record->log_count) - 1 : UINT64_MAX;
}

static bool is_made(const struct inq_record_entry *entry)
{
	return entry->type == INQ_ENTRY_EXAMINATION || entry->type == INQ_ENTRY_CONCLUSION;
}

enum inq_reproduced inq_record_reproduced(
        const struct inq_record_result *record, const struct inq_record_entry *entry)
{
	uint64_t could = entry->open_to & entry->named & everybody(record) & ~((uint64_t)1 << entry->party);

	if (!is_made(entry) || !(entry->reproduced_by & entry->named))
		return INQ_REPRODUCED_BY_NONE;
	/* Where nobody else could, a rerun is hearsay. */
	if (!could || (entry->differs_by & entry->named) ||
	        (could & ~(entry->reproduced_by & ~entry->doubted)))
		return INQ_REPRODUCED_BY_SOME;
	return INQ_REPRODUCED_BY_ALL;
}

size_t inq_record_forks(const struct inq_record_result *record)
{
	size_t count = 0;

	for (size_t i = 0; i < record->log_count; i++)
		count += record->logs[i].forked;
	return count;
}

const char *inq_reproduced_name(enum inq_reproduced reproduced)
{
	static const char *const names[] = { "none", "some", "all" };

	return names[reproduced];
}

static void reproduced(
        struct words *w, const struct inq_record_result *record, const struct inq_record_entry *entry)
{
	bool all = inq_record_reproduced(record, entry) == INQ_REPRODUCED_BY_ALL;
	uint64_t named = entry->named;

	parties(w, record, "not reproduced by ", entry->differs_by & named, "");
	parties(w, record, all ? "reproduced by all who could: " : "reproduced by ",
	        entry->reproduced_by & named, "");
	/* Said by name, and of no weight: nobody's result hangs on parties that others bring along. */
	parties(w, record, "not reproduced by ", entry->differs_by & ~named,
	        ", whom its party does not name");
	parties(w, record, "reproduced by ", entry->reproduced_by & ~named, ", whom its party does not name");
	parties(w, record, "the rerun by ", entry->doubted, " is disputed");
	if (is_made(entry) && !entry->reproduced_by && !entry->differs_by)
		word(w, "attested only");
}

static void custody(
        struct words *w, const struct inq_record_result *record, const struct inq_record_entry *entry)
{
	bool sealed = inq_entry_seals(entry->type);

	if (sealed || entry->type == INQ_ENTRY_EXHIBIT_WITHHELD)
		word(w, entry->unsealed_by.here ? "unsealed" : sealed ? "sealed" : "withheld");
	rests(w, entry->rests_on);
	if ((sealed || is_made(entry)) && (everybody(record) & ~entry->open_to))
		parties(w, record, "can be opened by ", entry->open_to, "");
}

void inq_record_status_put(
        struct inq_sink *out, const struct inq_record_result *record, const struct inq_record_entry *entry)
{
	struct words w = { out, false };

	if (entry->forked)
		word(&w, "beyond the fork of its log, does not count");
	else if (!entry->holds)
		word(&w, "does not hold");
	if (entry->withdrawn)
		word(&w, "withdrawn");
	parties(&w, record, "disputed by ", entry->disputed_by, "");
	reasons(&w, entry->reasons);
	parties(&w, record, "the dispute by ", entry->contested, " is disputed");
	reproduced(&w, record, entry);
	parties(&w, record, "supported by ", entry->supported_by, "");
	if (entry->type == INQ_ENTRY_STATEMENT)
		word(&w, "no grounds given");
	custody(&w, record, entry);
	if (!w.any)
		word(&w, "stands");
}
