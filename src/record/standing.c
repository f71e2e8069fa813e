#include "record/verify.h"
#include <string.h>

/* The entry of a log at `index`, or SIZE_MAX: entries may be missing where files are. */
static size_t entry_at(const struct verifier *v, const struct log *log, uint64_t index)
{
	size_t low = log->first, high = log->first + log->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v->entries[middle].index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low < log->first + log->count && v->entries[low].index == index ? low : SIZE_MAX;
}

/* Entries that are ready to be put in order, the smallest digest on top. */
struct heap {
	const struct inq_record_entry *entries;
	uint32_t *at;
	size_t count;
};

static bool before(const struct heap *h, uint32_t l, uint32_t r)
{
	int order = memcmp(h->entries[l].digest.byte, h->entries[r].digest.byte, 32);

	return order ? order < 0 : l < r;
}

static void heap_push(struct heap *h, uint32_t entry)
{
	size_t i = h->count++;

	while (i && before(h, entry, h->at[(i - 1) / 2])) {
		h->at[i] = h->at[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	h->at[i] = entry;
}

static uint32_t heap_pop(struct heap *h)
{
	uint32_t top = h->at[0], last = h->at[--h->count];
	size_t i = 0;

	for (size_t child; (child = 2 * i + 1) < h->count; i = child) {
		if (child + 1 < h->count && before(h, h->at[child + 1], h->at[child]))
			child++;
		if (!before(h, h->at[child], last))
			break;
		h->at[i] = h->at[child];
	}
	h->at[i] = last;
	return top;
}

/* What an entry comes after: the one before it in its log, and the last of each head that it names. */
static size_t predecessors(const struct verifier *v, size_t e, size_t *ret)
{
	const struct log *log = &v->logs[v->entries[e].party];
	const struct fact *f = &v->facts[e];
	size_t count = 0, at;

	if (e > log->first)
		ret[count++] = e - 1;
	for (size_t i = 0; i < f->advance_count && count < INQ_PARTIES_MOST + 1; i++) {
		at = f->advances[i].size ? entry_at(v, &v->logs[f->advances[i].log], f->advances[i].size - 1)
		                         : SIZE_MAX;
		if (at != SIZE_MAX)
			ret[count++] = at;
	}
	return count;
}

static void order_make(struct verifier *v)
{
	size_t n = v->entry_count, edges = 0, placed = 0, before_it[INQ_PARTIES_MOST + 1];
	uint32_t *first = inq_arena_new(v->a, n + 1, sizeof *first);
	uint32_t *waits = inq_arena_new(v->a, n, sizeof *waits);
	uint32_t *order = inq_arena_new(v->a, n, sizeof *order);
	struct heap heap = { v->entries, inq_arena_new(v->a, n, sizeof *heap.at), 0 };
	bool *done = inq_arena_new(v->a, n, sizeof *done);
	uint32_t *after, *fill;

	if (!first || !waits || !order || !heap.at || !done) {
		v->no_memory = true;
		return;
	}
	for (size_t e = 0; e < n; e++) {
		size_t count = predecessors(v, e, before_it);

		waits[e] = (uint32_t)count;
		edges += count;
		for (size_t i = 0; i < count; i++)
			first[before_it[i] + 1]++;
	}
	for (size_t e = 0; e < n; e++)
		first[e + 1] += first[e];
	after = inq_arena_new(v->a, edges, sizeof *after);
	fill = inq_arena_new(v->a, n, sizeof *fill);
	if (!after || !fill || edges > UINT32_MAX) {
		v->no_memory = true;
		return;
	}
	for (size_t e = 0; e < n; e++) {
		size_t count = predecessors(v, e, before_it);

		for (size_t i = 0; i < count; i++)
			after[first[before_it[i]] + fill[before_it[i]]++] = (uint32_t)e;
		if (count == 0)
			heap_push(&heap, (uint32_t)e);
	}
	while (heap.count) {
		uint32_t e = heap_pop(&heap);

		order[placed++] = e;
		done[e] = true;
		for (uint32_t i = first[e]; i < first[e + 1]; i++)
			if (--waits[after[i]] == 0)
				heap_push(&heap, after[i]);
	}
	/* Heads that name each other in a circle cannot have been made; a bundle may still claim it. */
	for (size_t e = 0; e < n; e++)
		if (!done[e])
			order[placed++] = (uint32_t)e;
	v->result->order = order;
}

/* The entry that a response or rerun that holds is about, or NULL. */
static struct inq_record_entry *target(struct verifier *v, size_t e)
{
	size_t at = v->entries[e].holds ? inq_verifier_find(v, &v->facts[e].of) : SIZE_MAX;

	return at == SIZE_MAX ? NULL : &v->entries[at];
}

static void withdrawals(struct verifier *v)
{
	for (size_t e = 0; e < v->entry_count; e++) {
		struct inq_record_entry *of = v->entries[e].type == INQ_ENTRY_WITHDRAW ? target(v, e) : NULL;

		if (of)
			of->withdrawn = true;
	}
}

static void responses(struct verifier *v)
{
	for (size_t e = 0; e < v->entry_count; e++) {
		const struct inq_record_entry *r = &v->entries[e];
		uint64_t party = (uint64_t)1 << r->party;
		struct inq_record_entry *of;

		if (r->withdrawn || (r->type != INQ_ENTRY_SUPPORT && r->type != INQ_ENTRY_DISPUTE &&
		                            r->type != INQ_ENTRY_RERUN))
			continue;
		of = target(v, e);
		if (!of)
			continue;
		if (r->type == INQ_ENTRY_SUPPORT)
			of->supported_by |= party;
		if (r->type == INQ_ENTRY_DISPUTE) {
			of->disputed_by |= party;
			of->reasons |= 1U << v->facts[e].dispute;
		}
		if (r->type == INQ_ENTRY_RERUN && of->party != r->party) {
			if (v->facts[e].outcome == INQ_RERUN_REPRODUCED)
				of->reproduced_by |= party;
			if (v->facts[e].outcome == INQ_RERUN_DIFFERS)
				of->differs_by |= party;
		}
	}
}

/* How an exhibit may be looked at: by anyone, by some, by its party alone. */
enum access { ACCESS_NONE, ACCESS_WITHHELD, ACCESS_SEALED, ACCESS_OPEN };

struct exhibit {
	struct inq_sha256 digest;
	enum access access;
};

struct exhibits {
	struct exhibit *at;
	uint32_t *sorted;
	size_t count;
};

static enum access access_of(const struct inq_record_entry *r)
{
	if (r->unsealed_by.here || r->type == INQ_ENTRY_EXHIBIT_OPEN)
		return ACCESS_OPEN;
	if (r->type == INQ_ENTRY_EXHIBIT_SEALED)
		return ACCESS_SEALED;
	return r->type == INQ_ENTRY_EXHIBIT_WITHHELD ? ACCESS_WITHHELD : ACCESS_NONE;
}

static int by_digest(const void *of, uint32_t l, uint32_t r)
{
	const struct exhibit *at = of;
	int order = memcmp(at[l].digest.byte, at[r].digest.byte, 32);

	return order ? order : (l > r) - (l < r);
}

static void exhibits_gather(struct verifier *v, struct exhibits *ret)
{
	size_t count = 0;

	for (size_t e = 0; e < v->entry_count; e++)
		count += access_of(&v->entries[e]) != ACCESS_NONE && v->facts[e].subject_count == 1;
	ret->at = inq_arena_new(v->a, count, sizeof *ret->at);
	ret->sorted = inq_arena_new(v->a, count, sizeof *ret->sorted);
	ret->count = 0;
	if (!ret->at || !ret->sorted) {
		v->no_memory = true;
		return;
	}
	for (size_t e = 0; e < v->entry_count; e++) {
		enum access access = access_of(&v->entries[e]);

		if (access == ACCESS_NONE || v->facts[e].subject_count != 1)
			continue;
		ret->sorted[ret->count] = (uint32_t)ret->count;
		ret->at[ret->count++] = (struct exhibit){ v->facts[e].subjects[0], access };
	}
	inq_sort_indices(ret->sorted, ret->count, by_digest, ret->at);
	/* Where one party keeps what another shows, it can be looked at. */
	for (size_t i = ret->count; i-- > 1;) {
		const struct exhibit *r = &ret->at[ret->sorted[i]];
		struct exhibit *l = &ret->at[ret->sorted[i - 1]];

		if (inq_sha256_equal(&l->digest, &r->digest) && r->access > l->access)
			l->access = r->access;
	}
}

/* The best access to an exhibit: the first of its digest has it, see above. */
static enum access access_to(const struct exhibits *x, const struct inq_sha256 *digest)
{
	size_t low = 0, high = x->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(x->at[x->sorted[middle]].digest.byte, digest->byte, 32) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < x->count && inq_sha256_equal(&x->at[x->sorted[low]].digest, digest))
		return x->at[x->sorted[low]].access;
	return ACCESS_NONE;
}

static uint32_t access_rests(enum access access)
{
	switch (access) {
	case ACCESS_OPEN:
		break;
	case ACCESS_SEALED:
		return INQ_RESTS_SEALED;
	case ACCESS_WITHHELD:
		return INQ_RESTS_WITHHELD;
	case ACCESS_NONE:
		return INQ_RESTS_UNPROVED;
	}
	return 0;
}

/* What it means to rest on an entry. */
static uint32_t weakness(const struct verifier *v, size_t e)
{
	const struct inq_record_entry *r = &v->entries[e];
	enum access access = access_of(r);
	uint32_t rests = r->rests_on;

	if (r->disputed_by)
		rests |= INQ_RESTS_DISPUTED;
	if (r->withdrawn)
		rests |= INQ_RESTS_WITHDRAWN;
	if (!r->holds)
		rests |= INQ_RESTS_UNPROVED;
	if (r->type == INQ_ENTRY_STATEMENT)
		rests |= INQ_RESTS_STATEMENT;
	if (access != ACCESS_NONE)
		rests |= access_rests(access);
	return rests;
}

static bool rests_on_of(enum inq_entry_type type)
{
	return type == INQ_ENTRY_RERUN;
}

/* What each entry rests on: those it cites come before it in the order, so that one pass is enough. */
static void rests(struct verifier *v, const struct exhibits *x)
{
	for (size_t i = 0; i < v->entry_count; i++) {
		size_t e = v->result->order[i], at;
		struct inq_record_entry *r = &v->entries[e];
		const struct fact *f = &v->facts[e];

		for (size_t c = 0; c < f->cite_count; c++) {
			at = inq_verifier_find(v, &f->cites[c]);
			r->rests_on |=
			        at == SIZE_MAX || at == e ? (uint32_t)INQ_RESTS_UNPROVED : weakness(v, at);
		}
		if (f->read && rests_on_of(r->type)) {
			at = inq_verifier_find(v, &f->of);
			r->rests_on |=
			        at == SIZE_MAX || at == e ? (uint32_t)INQ_RESTS_UNPROVED : weakness(v, at);
		}
		for (size_t s = 0; s < f->subject_count && access_of(r) == ACCESS_NONE; s++)
			r->rests_on |= access_rests(access_to(x, &f->subjects[s]));
	}
}

void inq_verify_standing(struct verifier *v)
{
	struct exhibits x;

	order_make(v);
	if (v->no_memory)
		return;
	withdrawals(v);
	responses(v);
	exhibits_gather(v, &x);
	if (v->no_memory)
		return;
	rests(v, &x);
}

/* The words for a status. */

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

static void parties(struct words *w, const struct inq_record_result *record, const char *what, uint64_t set)
{
	const char *between = " by ";

	if (!set)
		return;
	word(w, what);
	for (size_t i = 0; i < record->log_count; i++) {
		if (!(set >> i & 1))
			continue;
		inq_put(w->out, between);
		inq_put(w->out, record->logs[i].party);
		between = ", ";
	}
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

static void rests_words(struct words *w, uint32_t set)
{
	static const char *const names[] = { "disputed", "withdrawn", "sealed", "withheld", "unproved",
		"a statement without grounds" };
	const char *between = "rests on ";

	if (set)
		word(w, "");
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		if (!(set >> i & 1))
			continue;
		inq_put(w->out, between);
		inq_put(w->out, names[i]);
		between = ", ";
	}
}

void inq_record_status_put(
        struct inq_sink *out, const struct inq_record_result *record, const struct inq_record_entry *entry)
{
	struct words w = { out, false };
	bool made = entry->type == INQ_ENTRY_EXAMINATION || entry->type == INQ_ENTRY_CONCLUSION;

	if (!entry->holds)
		word(&w, "does not hold");
	if (entry->withdrawn)
		word(&w, "withdrawn");
	parties(&w, record, "disputed", entry->disputed_by);
	reasons(&w, entry->reasons);
	parties(&w, record, "not reproduced", entry->differs_by);
	parties(&w, record, "reproduced", entry->reproduced_by);
	if (made && !entry->reproduced_by && !entry->differs_by)
		word(&w, "attested only");
	parties(&w, record, "supported", entry->supported_by);
	if (entry->type == INQ_ENTRY_STATEMENT)
		word(&w, "no grounds given");
	if (entry->type == INQ_ENTRY_EXHIBIT_SEALED)
		word(&w, entry->unsealed_by.here ? "unsealed" : "sealed");
	if (entry->type == INQ_ENTRY_EXHIBIT_WITHHELD)
		word(&w, entry->unsealed_by.here ? "unsealed" : "withheld");
	rests_words(&w, entry->rests_on);
	if (!w.any)
		word(&w, "stands");
}
