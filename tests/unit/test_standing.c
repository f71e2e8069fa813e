/*
 * The status of entries over random records, against a second implementation
 * that reads the definitions of formats/record.md off, one entry at a time and
 * without an order: it asks of every pair, and goes round until nothing changes.
 */
#include "record/verify.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { PARTIES = 4, ENTRIES = 60, EXHIBITS = 5, RECORDS = 4000, LIMIT = 16 << 20 };

static uint64_t state;

/* splitmix64: the same records on every machine. */
static uint64_t draw(uint64_t below)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % below;
}

/* A record as it came about: entries by time, each with what it names by number. */
struct made {
	enum inq_entry_type type;
	unsigned party, exhibit;
	size_t of, cites[3], cite_count, index;
	size_t seen[PARTIES]; /* entries of each log that its writer had seen */
	enum inq_dispute_reason reason;
	enum inq_rerun_outcome outcome;
	uint64_t recipients;
	bool holds;
	size_t unsealed_by; /* or ENTRIES */
	struct inq_sha256 digest;
};

struct world {
	unsigned parties;
	size_t count, size[PARTIES];
	struct made at[ENTRIES];
	bool entered[PARTIES][EXHIBITS];
};

static bool enters(enum inq_entry_type type)
{
	return type == INQ_ENTRY_EXHIBIT_OPEN || type == INQ_ENTRY_EXHIBIT_SEALED ||
	       type == INQ_ENTRY_EXHIBIT_WITHHELD;
}

static bool made(enum inq_entry_type type)
{
	return type == INQ_ENTRY_EXAMINATION || type == INQ_ENTRY_CONCLUSION;
}

/* An earlier entry that `m` had seen and that fits, or ENTRIES. */
static size_t pick(
        const struct world *w, const struct made *m, bool (*fits)(const struct made *, const struct made *))
{
	for (unsigned tries = 0; tries < 40 && w->count; tries++) {
		size_t i = draw(w->count);
		const struct made *e = &w->at[i];
		bool seen = e->party == m->party || e->index < m->seen[e->party];

		if (seen && (!fits || fits(m, e)))
			return i;
	}
	return ENTRIES;
}

static bool fits_rerun(const struct made *m, const struct made *e)
{
	(void)m;
	return made(e->type);
}

static bool fits_withdraw(const struct made *m, const struct made *e)
{
	return e->party == m->party && e->type != INQ_ENTRY_WITHDRAW && e->type != INQ_ENTRY_CHARTER;
}

static bool fits_unseal(const struct made *m, const struct made *e)
{
	return (inq_entry_seals(e->type) || e->type == INQ_ENTRY_EXHIBIT_WITHHELD) &&
	       (e->party == m->party || e->recipients >> m->party & 1);
}

static bool fits_exhibit(const struct made *m, const struct made *e)
{
	(void)m;
	return enters(e->type);
}

/* Responses are drawn to what was responded to before: that is where it gets difficult. */
static bool fits_response(const struct made *m, const struct made *e)
{
	(void)m;
	return e->type == INQ_ENTRY_DISPUTE || e->type == INQ_ENTRY_RERUN || made(e->type) || draw(4) == 0;
}

/* Gives the entry its fields. False where there is nothing that it could be about. */
static bool fill(struct world *w, struct made *m)
{
	size_t at;

	m->exhibit = EXHIBITS;
	m->of = m->unsealed_by = ENTRIES;
	switch ((int)m->type) {
	case INQ_ENTRY_EXHIBIT_OPEN:
	case INQ_ENTRY_EXHIBIT_SEALED:
	case INQ_ENTRY_EXHIBIT_WITHHELD:
		m->exhibit = (unsigned)draw(EXHIBITS);
		m->recipients = m->type == INQ_ENTRY_EXHIBIT_SEALED ? draw(1U << w->parties) : 0;
		if (w->entered[m->party][m->exhibit])
			return false;
		w->entered[m->party][m->exhibit] = true;
		return true;
	case INQ_ENTRY_EXHIBIT_SHARE:
		m->of = pick(w, m, fits_unseal);
		if (m->of == ENTRIES)
			return false;
		m->exhibit = w->at[m->of].exhibit;
		m->recipients = draw(1U << w->parties);
		return true;
	case INQ_ENTRY_EXHIBIT_UNSEAL:
		m->of = pick(w, m, fits_unseal);
		if (m->of == ENTRIES)
			return false;
		m->exhibit = w->at[m->of].exhibit;
		if (w->at[m->of].unsealed_by == ENTRIES)
			w->at[m->of].unsealed_by = w->count;
		return true;
	case INQ_ENTRY_EXAMINATION:
	case INQ_ENTRY_CONCLUSION:
		at = pick(w, m, fits_exhibit);
		if (at == ENTRIES)
			return false;
		m->exhibit = w->at[at].exhibit;
		m->cites[m->cite_count++] = at;
		break;
	case INQ_ENTRY_RERUN:
		m->of = pick(w, m, fits_rerun);
		if (m->of == ENTRIES)
			return false;
		m->exhibit = w->at[m->of].exhibit;
		m->outcome = (enum inq_rerun_outcome)draw(INQ_RERUN_OUTCOMES);
		return true;
	case INQ_ENTRY_SUPPORT:
	case INQ_ENTRY_DISPUTE:
		m->of = pick(w, m, fits_response);
		m->reason = (enum inq_dispute_reason)draw(INQ_DISPUTE_REASONS);
		if (m->of == ENTRIES)
			return false;
		break;
	case INQ_ENTRY_WITHDRAW:
		m->of = pick(w, m, fits_withdraw);
		return m->of != ENTRIES;
	default:
		break;
	}
	while (m->type != INQ_ENTRY_STATEMENT && m->cite_count < 3 && draw(2)) {
		at = pick(w, m, NULL);
		if (at == ENTRIES)
			break;
		m->cites[m->cite_count++] = at;
	}
	return true;
}

static void grow(struct world *w)
{
	static const enum inq_entry_type types[] = { INQ_ENTRY_EXHIBIT_OPEN, INQ_ENTRY_EXHIBIT_SEALED,
		INQ_ENTRY_EXHIBIT_WITHHELD, INQ_ENTRY_EXHIBIT_SHARE, INQ_ENTRY_EXHIBIT_UNSEAL,
		INQ_ENTRY_EXAMINATION, INQ_ENTRY_CONCLUSION, INQ_ENTRY_RERUN, INQ_ENTRY_RERUN,
		INQ_ENTRY_RERUN, INQ_ENTRY_CLAIM, INQ_ENTRY_STATEMENT, INQ_ENTRY_SUPPORT, INQ_ENTRY_DISPUTE,
		INQ_ENTRY_DISPUTE, INQ_ENTRY_DISPUTE, INQ_ENTRY_WITHDRAW };
	size_t last[PARTIES];

	memset(w, 0, sizeof *w);
	w->parties = 1 + (unsigned)draw(PARTIES);
	for (unsigned p = 0; p < PARTIES; p++)
		last[p] = ENTRIES;
	for (unsigned tries = 0; tries < 3 * ENTRIES && w->count < ENTRIES; tries++) {
		struct made m = { .holds = draw(12) != 0 };

		m.party = (unsigned)draw(w->parties);
		m.type = w->size[m.party] ? types[draw(sizeof types / sizeof *types)] : INQ_ENTRY_CHARTER;
		if (last[m.party] != ENTRIES)
			memcpy(m.seen, w->at[last[m.party]].seen, sizeof m.seen);
		for (unsigned p = 0; p < w->parties; p++)
			if (p != m.party && draw(2))
				m.seen[p] = w->size[p];
		if (!fill(w, &m))
			continue;
		m.index = w->size[m.party]++;
		for (unsigned i = 0; i < 32; i++)
			m.digest.byte[i] = (uint8_t)draw(256);
		last[m.party] = w->count;
		w->at[w->count++] = m;
	}
}

/* The second implementation. */

static bool withdrawn(const struct world *w, size_t x)
{
	for (size_t i = 0; i < w->count; i++)
		if (w->at[i].type == INQ_ENTRY_WITHDRAW && w->at[i].holds && w->at[i].of == x)
			return true;
	return false;
}

/* Whether entry `r` is a response of that type to `x`, and stands. */
static bool responds(const struct world *w, size_t r, enum inq_entry_type type, size_t x)
{
	return w->at[r].type == type && w->at[r].of == x && w->at[r].holds && !withdrawn(w, r);
}

static uint64_t responders(const struct world *w, enum inq_entry_type type, size_t x)
{
	uint64_t set = 0;

	for (size_t r = 0; r < w->count; r++)
		if (responds(w, r, type, x))
			set |= (uint64_t)1 << w->at[r].party;
	return set;
}

static uint64_t contested(const struct world *w, size_t x)
{
	uint64_t set = responders(w, INQ_ENTRY_DISPUTE, x);

	for (size_t d = 0; d < w->count; d++)
		if (responds(w, d, INQ_ENTRY_DISPUTE, x) && !responders(w, INQ_ENTRY_DISPUTE, d))
			set &= ~((uint64_t)1 << w->at[d].party);
	return set;
}

/* The last standing rerun of `x` by another party, or ENTRIES. */
static size_t rerun_of(const struct world *w, size_t x, unsigned party)
{
	size_t found = ENTRIES;

	for (size_t r = 0; r < w->count; r++)
		if (responds(w, r, INQ_ENTRY_RERUN, x) && w->at[r].party == party && party != w->at[x].party)
			found = r;
	return found;
}

static uint64_t reran(const struct world *w, size_t x, enum inq_rerun_outcome outcome, bool disputed)
{
	uint64_t set = 0;

	for (unsigned p = 0; p < w->parties; p++) {
		size_t r = rerun_of(w, x, p);

		if (r != ENTRIES && w->at[r].outcome == outcome &&
		        (!disputed || responders(w, INQ_ENTRY_DISPUTE, r)))
			set |= (uint64_t)1 << p;
	}
	return set;
}

static bool opened(const struct world *w, const struct made *m)
{
	return m->type == INQ_ENTRY_EXHIBIT_OPEN ||
	       (m->unsealed_by != ENTRIES && w->at[m->unsealed_by].holds);
}

/* Who can open an exhibit, and what it means to rest on it. */
static uint64_t open_to(const struct world *w, unsigned exhibit, uint32_t *rests)
{
	uint64_t all = ((uint64_t)1 << w->parties) - 1, set = 0;
	bool sealed = false, withheld = false;

	*rests = 0;
	for (size_t i = 0; i < w->count; i++) {
		const struct made *m = &w->at[i];

		if ((!enters(m->type) && m->type != INQ_ENTRY_EXHIBIT_SHARE) || !m->holds ||
		        m->exhibit != exhibit)
			continue;
		if (opened(w, m))
			return all;
		sealed |= inq_entry_seals(m->type);
		withheld |= m->type == INQ_ENTRY_EXHIBIT_WITHHELD;
		set |= (uint64_t)1 << m->party | m->recipients;
	}
	*rests = sealed ? INQ_RESTS_SEALED : withheld ? INQ_RESTS_WITHHELD : INQ_RESTS_UNPROVED;
	return set;
}

/* Whom a party's log names, or the only other one: these are the parties that count for what it made. */
static uint64_t named(const struct world *w, unsigned party)
{
	uint64_t set = 0;

	if (w->parties == 2)
		return party ? 1 : 2;
	for (size_t i = 0; i < w->count; i++)
		for (unsigned p = 0; p < w->parties; p++)
			if (w->at[i].party == party && w->at[i].seen[p])
				set |= (uint64_t)1 << p;
	return set;
}

static uint32_t weakness(const struct world *w, size_t x, const uint32_t *rests)
{
	const struct made *m = &w->at[x];
	uint32_t set = rests[x], exhibit = 0;

	set |= responders(w, INQ_ENTRY_DISPUTE, x) ? INQ_RESTS_DISPUTED : 0;
	set |= reran(w, x, INQ_RERUN_DIFFERS, false) & named(w, m->party) ? INQ_RESTS_NOT_REPRODUCED : 0;
	set |= withdrawn(w, x) ? INQ_RESTS_WITHDRAWN : 0;
	set |= m->holds ? 0 : INQ_RESTS_UNPROVED;
	set |= m->type == INQ_ENTRY_STATEMENT ? INQ_RESTS_STATEMENT : 0;
	if ((enters(m->type) || m->type == INQ_ENTRY_EXHIBIT_SHARE) && m->holds)
		(void)open_to(w, m->exhibit, &exhibit);
	return set | exhibit;
}

static void rests_of(const struct world *w, uint32_t *rests)
{
	bool changed = true;

	memset(rests, 0, ENTRIES * sizeof *rests);
	while (changed) {
		changed = false;
		for (size_t x = 0; x < w->count; x++) {
			const struct made *m = &w->at[x];
			uint32_t set = 0;

			if (m->exhibit != EXHIBITS && !enters(m->type) && m->type != INQ_ENTRY_EXHIBIT_SHARE)
				(void)open_to(w, m->exhibit, &set);
			for (size_t i = 0; i < m->cite_count; i++)
				set |= weakness(w, m->cites[i], rests);
			if (m->type == INQ_ENTRY_RERUN)
				set |= weakness(w, m->of, rests);
			changed |= set != rests[x];
			rests[x] = set;
		}
	}
}

/* The record as the verifier has it after reading, the logs in the order that `place` gives them. */
static struct verifier *verify(
        const struct world *w, const unsigned *place, struct inq_arena *a, size_t *where)
{
	static const char *const names[PARTIES] = { "alma", "bera", "cora", "dora" };
	struct verifier *v = inq_arena_new(a, 1, sizeof *v);
	uint32_t *sorted = inq_arena_new(a, w->count, sizeof *sorted);

	v->a = a;
	v->result = inq_arena_new(a, 1, sizeof *v->result);
	v->logs = inq_arena_new(a, w->parties, sizeof *v->logs);
	v->log_results = inq_arena_new(a, w->parties, sizeof *v->log_results);
	v->entries = inq_arena_new(a, w->count, sizeof *v->entries);
	v->facts = inq_arena_new(a, w->count, sizeof *v->facts);
	v->log_count = w->parties;
	for (unsigned p = 0; p < w->parties; p++) {
		struct log *log = &v->logs[place[p]];

		log->party = names[place[p]];
		v->log_results[place[p]].party = log->party;
		log->count = w->size[p];
	}
	for (unsigned l = 0; l + 1 < w->parties; l++)
		v->logs[l + 1].first = v->logs[l].first + v->logs[l].count;
	for (size_t i = 0; i < w->count; i++)
		where[i] = v->logs[place[w->at[i].party]].first + w->at[i].index;
	for (size_t i = 0; i < w->count; i++) {
		const struct made *m = &w->at[i];
		struct inq_record_entry *r = &v->entries[where[i]];
		struct fact *f = &v->facts[where[i]];
		struct inq_sha256 *cites = inq_arena_new(a, 3, sizeof *cites);
		struct inq_sha256 *subject = inq_arena_new(a, 1, sizeof *subject);
		struct advance *advances = inq_arena_new(a, PARTIES, sizeof *advances);

		r->digest = m->digest;
		r->type = m->type;
		r->party = place[m->party];
		r->index = m->index;
		r->holds = m->holds;
		if (m->unsealed_by != ENTRIES)
			r->unsealed_by = (struct inq_digest_or_none){ true, w->at[m->unsealed_by].digest };
		f->read = true;
		f->dispute = m->reason;
		f->outcome = m->outcome;
		f->cites = cites;
		f->cite_count = m->cite_count;
		for (size_t c = 0; c < m->cite_count; c++)
			cites[c] = w->at[m->cites[c]].digest;
		if (m->of != ENTRIES)
			f->of = w->at[m->of].digest;
		subject->byte[0] = (uint8_t)m->exhibit;
		f->subjects = subject;
		f->subject_count = m->exhibit != EXHIBITS;
		f->advances = advances;
		for (unsigned p = 0; p < w->parties; p++) {
			if (m->recipients >> p & 1)
				f->recipients |= (uint64_t)1 << place[p];
			if (m->seen[p])
				advances[f->advance_count++] =
				        (struct advance){ .log = place[p], .size = m->seen[p] };
		}
		v->entry_count++;
	}
	for (size_t i = 0, at; i < w->count; i++) {
		for (at = i; at && memcmp(v->entries[sorted[at - 1]].digest.byte, v->entries[i].digest.byte,
		                           32) > 0;
		        at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = (uint32_t)i;
	}
	v->result->by_digest = sorted;
	v->result->logs = v->log_results;
	v->result->log_count = w->parties;
	inq_verify_standing(v);
	assert_false(v->no_memory);
	return v;
}

static uint64_t moved(uint64_t set, const unsigned *place, unsigned parties)
{
	uint64_t ret = 0;

	for (unsigned p = 0; p < parties; p++)
		if (set >> p & 1)
			ret |= (uint64_t)1 << place[p];
	return ret;
}

static void same_standing(
        const struct world *w, const struct verifier *v, const unsigned *place, const size_t *where)
{
	uint32_t rests[ENTRIES], unused;

	rests_of(w, rests);
	for (size_t x = 0; x < w->count; x++) {
		const struct inq_record_entry *r = &v->entries[where[x]];
		const struct made *m = &w->at[x];
		uint64_t all = ((uint64_t)1 << w->parties) - 1, own = (uint64_t)1 << m->party, could, did,
		         differs;
		uint32_t reasons = 0;

		for (size_t d = 0; d < w->count; d++)
			if (responds(w, d, INQ_ENTRY_DISPUTE, x))
				reasons |= 1U << w->at[d].reason;
		did = reran(w, x, INQ_RERUN_REPRODUCED, false);
		differs = reran(w, x, INQ_RERUN_DIFFERS, false);
		could = m->exhibit == EXHIBITS ? all : open_to(w, m->exhibit, &unused);
		assert_int_equal(r->withdrawn, withdrawn(w, x));
		assert_int_equal(r->supported_by,
		        moved(responders(w, INQ_ENTRY_SUPPORT, x) & ~own, place, w->parties));
		assert_int_equal(
		        r->disputed_by, moved(responders(w, INQ_ENTRY_DISPUTE, x), place, w->parties));
		assert_int_equal(r->contested, moved(contested(w, x), place, w->parties));
		assert_int_equal(r->reasons, reasons);
		assert_int_equal(r->reproduced_by, moved(did, place, w->parties));
		assert_int_equal(r->differs_by, moved(differs, place, w->parties));
		assert_int_equal(r->doubted,
		        moved(reran(w, x, INQ_RERUN_REPRODUCED, true) | reran(w, x, INQ_RERUN_DIFFERS, true),
		                place, w->parties));
		assert_int_equal(r->open_to, moved(could, place, w->parties));
		assert_int_equal(r->rests_on, rests[x]);
		assert_int_equal(r->named, moved(named(w, m->party), place, w->parties));
		could &= ~((uint64_t)1 << m->party) & named(w, m->party);
		did &= named(w, m->party);
		differs &= named(w, m->party);
		assert_int_equal(inq_record_reproduced(v->result, r),
		        !made(m->type) || !did ? INQ_REPRODUCED_BY_NONE
		        : could && !differs &&
		                        (did & ~reran(w, x, INQ_RERUN_REPRODUCED, true) & could) == could
		                ? INQ_REPRODUCED_BY_ALL
		                : INQ_REPRODUCED_BY_SOME);
	}
}

/* The same statuses, whoever's log is read first. */
static void statuses_are_those_of_the_definitions(void **unused)
{
	uint64_t by_all = 0, doubted = 0, disputed = 0;

	(void)unused;
	state = 20261123;
	for (unsigned i = 0; i < RECORDS; i++) {
		unsigned place[PARTIES] = { 0, 1, 2, 3 };
		static struct world w;

		grow(&w);
		for (unsigned round = 0; round < 3; round++) {
			struct inq_arena *a = inq_arena_open(LIMIT);
			size_t where[ENTRIES];
			struct verifier *v;

			assert_non_null(a);
			v = verify(&w, place, a, where);
			same_standing(&w, v, place, where);
			for (size_t x = 0; x < w.count; x++) {
				by_all += inq_record_reproduced(v->result, &v->entries[x]) ==
				          INQ_REPRODUCED_BY_ALL;
				doubted += v->entries[x].doubted != 0;
				disputed += v->entries[x].contested != 0;
			}
			inq_arena_close(a);
			for (unsigned p = w.parties; p-- > 1;) {
				unsigned other = (unsigned)draw(p + 1), swap = place[p];

				place[p] = place[other];
				place[other] = swap;
			}
		}
	}
	/* The records held what they are to try. */
	assert_true(by_all > 1000 && doubted > 1000 && disputed > 1000);
}

/* Adds an entry that had seen everything. Its number. */
static size_t add(struct world *w, struct made m)
{
	for (unsigned p = 0; p < w->parties; p++)
		m.seen[p] = p == m.party ? 0 : w->size[p];
	m.holds = true;
	m.index = w->size[m.party]++;
	m.digest.byte[0] = (uint8_t)w->count;
	m.unsealed_by = ENTRIES;
	if (m.type == INQ_ENTRY_EXHIBIT_UNSEAL)
		w->at[m.of].unsealed_by = w->count;
	w->at[w->count] = m;
	return w->count++;
}

static void status_is(const struct world *w, size_t entry, const char *words)
{
	static const unsigned place[PARTIES] = { 0, 1, 2, 3 };
	struct inq_arena *a = inq_arena_open(LIMIT);
	struct inq_memory_sink memory = { .arena = a };
	size_t where[ENTRIES];
	struct verifier *v = verify(w, place, a, where);
	struct inq_sink sink;

	inq_sink_init(&sink, inq_memory_sink_write, &memory);
	inq_record_status_put(&sink, v->result, &v->entries[where[entry]]);
	inq_put_bytes(&sink, (struct inq_bytes){ (const uint8_t *)"", 1 });
	assert_true(inq_sink_flush(&sink));
	assert_string_equal(memory.at, words);
	inq_arena_close(a);
}

enum { ALMA, BERA, CORA };

static void charters(struct world *w)
{
	*w = (struct world){ .parties = 3 };
	for (unsigned p = 0; p < w->parties; p++)
		add(w, (struct made){
		               .type = INQ_ENTRY_CHARTER, .party = p, .exhibit = EXHIBITS, .of = ENTRIES });
}

static struct made about(enum inq_entry_type type, unsigned party, unsigned exhibit)
{
	return (struct made){ .type = type, .party = party, .exhibit = exhibit, .of = ENTRIES };
}

static struct made answer(enum inq_entry_type type, unsigned party, size_t of)
{
	return (struct made){ .type = type,
		.party = party,
		.exhibit = EXHIBITS,
		.of = of,
		.reason = INQ_DISPUTE_LIBRARY_CODE };
}

static void all_are_those_who_can_open_the_exhibit(void **unused)
{
	static struct world w;
	struct made sealed = about(INQ_ENTRY_EXHIBIT_SEALED, ALMA, 1);
	size_t open, confided, kept;

	(void)unused;
	charters(&w);
	sealed.recipients = 1U << BERA;
	add(&w, about(INQ_ENTRY_EXHIBIT_OPEN, ALMA, 0));
	status_is(&w, add(&w, sealed), "sealed; can be opened by alma, bera");
	status_is(&w, add(&w, about(INQ_ENTRY_EXHIBIT_WITHHELD, ALMA, 2)), "withheld");
	open = add(&w, about(INQ_ENTRY_EXAMINATION, ALMA, 0));
	confided = add(&w, about(INQ_ENTRY_EXAMINATION, ALMA, 1));
	kept = add(&w, about(INQ_ENTRY_EXAMINATION, ALMA, 2));
	status_is(&w, open, "attested only");
	status_is(&w, confided, "attested only; rests on sealed; can be opened by alma, bera");
	status_is(&w, kept, "attested only; rests on withheld; can be opened by alma");
	add(&w, answer(INQ_ENTRY_RERUN, BERA, open));
	add(&w, answer(INQ_ENTRY_RERUN, BERA, confided));
	add(&w, answer(INQ_ENTRY_RERUN, BERA, kept));
	status_is(&w, open, "reproduced by bera");
	status_is(&w, kept, "reproduced by bera; rests on withheld; can be opened by alma");
	status_is(&w, confided,
	        "reproduced by all who could: bera; rests on sealed; can be opened by alma, bera");
	add(&w, answer(INQ_ENTRY_RERUN, CORA, open));
	status_is(&w, open, "reproduced by all who could: bera, cora");
}

static void who_is_disputed_is_not_silenced(void **unused)
{
	static struct world w;
	size_t result, rerun, dispute, answered;

	(void)unused;
	charters(&w);
	add(&w, about(INQ_ENTRY_EXHIBIT_OPEN, ALMA, 0));
	result = add(&w, about(INQ_ENTRY_CONCLUSION, ALMA, 0));
	rerun = add(&w, answer(INQ_ENTRY_RERUN, BERA, result));
	add(&w, answer(INQ_ENTRY_RERUN, CORA, result));
	add(&w, answer(INQ_ENTRY_DISPUTE, CORA, rerun));
	status_is(&w, result, "reproduced by bera, cora; the rerun by bera is disputed");
	dispute = add(&w, answer(INQ_ENTRY_DISPUTE, BERA, result));
	answered = add(&w, answer(INQ_ENTRY_DISPUTE, ALMA, dispute));
	status_is(&w, dispute, "disputed by alma (library-code)");
	status_is(&w, result,
	        "disputed by bera (library-code); the dispute by bera is disputed; reproduced by bera, cora; "
	        "the rerun by bera is disputed");
	add(&w, answer(INQ_ENTRY_WITHDRAW, ALMA, answered));
	status_is(&w, result,
	        "disputed by bera (library-code); reproduced by bera, cora; the rerun by bera is disputed");
	add(&w, answer(INQ_ENTRY_WITHDRAW, BERA, dispute));
	add(&w, answer(INQ_ENTRY_WITHDRAW, BERA, rerun));
	status_is(&w, result, "reproduced by cora");
}

static void the_last_rerun_of_a_party_counts(void **unused)
{
	static struct world w;
	struct made other = answer(INQ_ENTRY_RERUN, BERA, 4);
	size_t result, differs;

	(void)unused;
	charters(&w);
	add(&w, about(INQ_ENTRY_EXHIBIT_OPEN, ALMA, 0));
	result = add(&w, about(INQ_ENTRY_EXAMINATION, ALMA, 0));
	add(&w, answer(INQ_ENTRY_RERUN, BERA, result));
	other.outcome = INQ_RERUN_DIFFERS;
	differs = add(&w, other);
	status_is(&w, result, "not reproduced by bera");
	other.outcome = INQ_RERUN_OTHER_PROGRAM;
	add(&w, other);
	status_is(&w, result, "attested only");
	add(&w, answer(INQ_ENTRY_WITHDRAW, BERA, differs + 1));
	status_is(&w, result, "not reproduced by bera");
	add(&w, answer(INQ_ENTRY_WITHDRAW, BERA, differs));
	status_is(&w, result, "reproduced by bera");
}

/* Cora's party is of bera's making: alma never let it in, and nothing of hers hangs on it. */
static void a_party_that_was_not_let_in_counts_for_nothing(void **unused)
{
	static struct world w;
	struct made puppet = answer(INQ_ENTRY_RERUN, CORA, 4);
	size_t result, of_bera;

	(void)unused;
	charters(&w);
	add(&w, about(INQ_ENTRY_EXHIBIT_OPEN, ALMA, 0));
	result = add(&w, about(INQ_ENTRY_CONCLUSION, ALMA, 0));
	of_bera = add(&w, about(INQ_ENTRY_CONCLUSION, BERA, 0));
	for (size_t i = 0; i < w.count; i++)
		if (w.at[i].party == ALMA)
			w.at[i].seen[CORA] = 0;
	status_is(&w, result, "attested only");
	puppet.of = result;
	add(&w, puppet);
	status_is(&w, result, "reproduced by cora, whom its party does not name");
	puppet.outcome = INQ_RERUN_DIFFERS;
	add(&w, puppet);
	status_is(&w, result, "not reproduced by cora, whom its party does not name");
	add(&w, answer(INQ_ENTRY_RERUN, BERA, result));
	status_is(&w, result,
	        "reproduced by all who could: bera; not reproduced by cora, whom its party does not name");
	/* Nor does it help who brought it: alma is named, and has not reproduced it. */
	puppet = answer(INQ_ENTRY_RERUN, CORA, of_bera);
	add(&w, puppet);
	status_is(&w, of_bera, "reproduced by cora");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_are_those_who_can_open_the_exhibit),
		cmocka_unit_test(who_is_disputed_is_not_silenced),
		cmocka_unit_test(the_last_rerun_of_a_party_counts),
		cmocka_unit_test(a_party_that_was_not_let_in_counts_for_nothing),
		cmocka_unit_test(statuses_are_those_of_the_definitions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
