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

/*
 * Of a log that was forked, what is the same in both histories counts, and what
 * an entry of another party names a head of: that was said to somebody, who
 * answered. The rest could be said otherwise to the next one. And whom a log names.
 */
static void logs_look(struct verifier *v)
{
	for (size_t i = 0; i < v->log_count; i++)
		v->logs[i].stands = v->logs[i].forked ? v->logs[i].fork_at : v->logs[i].count;
	for (size_t e = 0; e < v->entry_count; e++) {
		for (size_t i = 0; i < v->facts[e].advance_count; i++) {
			const struct advance *s = &v->facts[e].advances[i];
			struct log *log = &v->logs[s->log];
			struct inq_sha256 root;

			v->logs[v->entries[e].party].names |= (uint64_t)1 << s->log;
			if (log->forked && s->log != v->entries[e].party && s->size > log->stands &&
			        inq_log_root(log, s->size, &root) && inq_sha256_equal(&root, &s->root))
				log->stands = s->size;
		}
	}
	for (size_t e = 0; e < v->entry_count; e++) {
		struct inq_record_entry *r = &v->entries[e];

		r->forked = r->index >= v->logs[r->party].stands && v->logs[r->party].forked;
		r->holds &= !r->forked;
		/* The only other party is there by consent: who has no other takes in one that comes alone. */
		r->named = v->log_count == 2 ? 3 & ~((uint64_t)1 << r->party) : v->logs[r->party].names;
	}
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

static bool stands(const struct inq_record_entry *r, enum inq_entry_type type)
{
	return r->type == type && !r->withdrawn;
}

/* Who agrees with himself is no second voice. */
static void supports(struct verifier *v)
{
	for (size_t e = 0; e < v->entry_count; e++) {
		const struct inq_record_entry *r = &v->entries[e];
		struct inq_record_entry *of = stands(r, INQ_ENTRY_SUPPORT) ? target(v, e) : NULL;

		if (of && of->party != r->party)
			of->supported_by |= (uint64_t)1 << r->party;
	}
}

/*
 * A dispute stands until its own party takes it back: that others dispute it in
 * turn is said, and silences nobody.
 */
static void disputes(struct verifier *v)
{
	for (size_t e = 0; e < v->entry_count; e++) {
		const struct inq_record_entry *r = &v->entries[e];
		struct inq_record_entry *of = stands(r, INQ_ENTRY_DISPUTE) ? target(v, e) : NULL;

		if (!of)
			continue;
		of->disputed_by |= (uint64_t)1 << r->party;
		of->reasons |= 1U << v->facts[e].dispute;
	}
	for (size_t e = 0; e < v->entry_count; e++)
		v->entries[e].contested = v->entries[e].disputed_by;
	for (size_t e = 0; e < v->entry_count; e++) {
		const struct inq_record_entry *r = &v->entries[e];
		struct inq_record_entry *of = stands(r, INQ_ENTRY_DISPUTE) ? target(v, e) : NULL;

		if (of && !r->disputed_by)
			of->contested &= ~((uint64_t)1 << r->party);
	}
}

/* Of a party's reruns of one entry the last counts: they come in the order of its log. */
static void reruns(struct verifier *v)
{
	for (size_t e = 0; e < v->entry_count; e++) {
		const struct inq_record_entry *r = &v->entries[e];
		struct inq_record_entry *of = stands(r, INQ_ENTRY_RERUN) ? target(v, e) : NULL;
		uint64_t party = (uint64_t)1 << r->party;

		if (!of || of->party == r->party)
			continue;
		of->reproduced_by &= ~party;
		of->differs_by &= ~party;
		of->doubted &= ~party;
		if (v->facts[e].outcome == INQ_RERUN_REPRODUCED)
			of->reproduced_by |= party;
		if (v->facts[e].outcome == INQ_RERUN_DIFFERS)
			of->differs_by |= party;
		if (v->facts[e].outcome != INQ_RERUN_OTHER_PROGRAM && r->disputed_by)
			of->doubted |= party;
	}
}

/* How an exhibit may be looked at: by nobody, by its party alone, by some, by anyone. */
enum access { ACCESS_NONE, ACCESS_WITHHELD, ACCESS_SEALED, ACCESS_OPEN };

struct exhibit {
	struct inq_sha256 digest;
	enum access access;
	uint64_t open_to; /* parties */
};

struct exhibits {
	struct exhibit *at;
	uint32_t *sorted;
	size_t count;
};

static bool is_unsealed(const struct verifier *v, const struct inq_record_entry *r)
{
	size_t by = r->unsealed_by.here ? inq_verifier_find(v, &r->unsealed_by.is) : SIZE_MAX;

	return by != SIZE_MAX && v->entries[by].holds;
}

/* What an entry does for the exhibit that it enters; whose bytes are not as it says, or not there, is open to nobody. */
static enum access access_of(const struct verifier *v, const struct inq_record_entry *r)
{
	if (!r->holds)
		return ACCESS_NONE;
	if (is_unsealed(v, r) || r->type == INQ_ENTRY_EXHIBIT_OPEN)
		return ACCESS_OPEN;
	if (inq_entry_seals(r->type))
		return ACCESS_SEALED;
	return r->type == INQ_ENTRY_EXHIBIT_WITHHELD ? ACCESS_WITHHELD : ACCESS_NONE;
}

static uint64_t everybody_of(const struct verifier *v)
{
	return v->log_count < 64 ? ((uint64_t)1 << v->log_count) - 1 : UINT64_MAX;
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
		count += access_of(v, &v->entries[e]) != ACCESS_NONE && v->facts[e].subject_count == 1;
	ret->at = inq_arena_new(v->a, count, sizeof *ret->at);
	ret->sorted = inq_arena_new(v->a, count, sizeof *ret->sorted);
	ret->count = 0;
	if (!ret->at || !ret->sorted) {
		v->no_memory = true;
		return;
	}
	for (size_t e = 0; e < v->entry_count; e++) {
		enum access access = access_of(v, &v->entries[e]);
		uint64_t own = (uint64_t)1 << v->entries[e].party;

		if (access == ACCESS_NONE || v->facts[e].subject_count != 1)
			continue;
		ret->sorted[ret->count] = (uint32_t)ret->count;
		ret->at[ret->count++] = (struct exhibit){ v->facts[e].subjects[0], access,
			access == ACCESS_OPEN ? everybody_of(v) : own | v->facts[e].recipients };
	}
	inq_sort_indices(ret->sorted, ret->count, by_digest, ret->at);
	/* Where one party keeps what another shows, it can be looked at; the first of a digest gathers it all. */
	for (size_t i = ret->count; i-- > 1;) {
		const struct exhibit *r = &ret->at[ret->sorted[i]];
		struct exhibit *l = &ret->at[ret->sorted[i - 1]];

		if (!inq_sha256_equal(&l->digest, &r->digest))
			continue;
		l->access = r->access > l->access ? r->access : l->access;
		l->open_to |= r->open_to;
	}
}

/* All that is known of an exhibit, see above; NULL where nobody entered it. */
static const struct exhibit *exhibit_find(const struct exhibits *x, const struct inq_sha256 *digest)
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
		return &x->at[x->sorted[low]];
	return NULL;
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
static uint32_t weakness(const struct verifier *v, const struct exhibits *x, size_t e)
{
	const struct inq_record_entry *r = &v->entries[e];
	const struct exhibit *exhibit =
	        access_of(v, r) == ACCESS_NONE ? NULL : exhibit_find(x, &v->facts[e].subjects[0]);
	uint32_t rests = r->rests_on;

	if (r->disputed_by)
		rests |= INQ_RESTS_DISPUTED;
	if (r->differs_by & r->named)
		rests |= INQ_RESTS_NOT_REPRODUCED;
	if (r->withdrawn)
		rests |= INQ_RESTS_WITHDRAWN;
	if (!r->holds)
		rests |= INQ_RESTS_UNPROVED;
	if (r->type == INQ_ENTRY_STATEMENT)
		rests |= INQ_RESTS_STATEMENT;
	if (exhibit)
		rests |= access_rests(exhibit->access);
	return rests;
}

static bool enters_exhibit(enum inq_entry_type type)
{
	return type == INQ_ENTRY_EXHIBIT_OPEN || inq_entry_seals(type) || type == INQ_ENTRY_EXHIBIT_WITHHELD;
}

/* Who can look at all exhibits that an entry is about; that not everybody can weakens what is said of them. */
static void subjects_look(
        struct inq_record_entry *r, const struct fact *f, const struct exhibits *x, uint64_t everybody)
{
	r->open_to = everybody;
	for (size_t s = 0; s < f->subject_count; s++) {
		const struct exhibit *exhibit = exhibit_find(x, &f->subjects[s]);

		r->open_to &= exhibit ? exhibit->open_to : 0;
		if (!enters_exhibit(r->type))
			r->rests_on |= access_rests(exhibit ? exhibit->access : ACCESS_NONE);
	}
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
			        at == SIZE_MAX || at == e ? (uint32_t)INQ_RESTS_UNPROVED : weakness(v, x, at);
		}
		if (f->read && rests_on_of(r->type)) {
			at = inq_verifier_find(v, &f->of);
			r->rests_on |=
			        at == SIZE_MAX || at == e ? (uint32_t)INQ_RESTS_UNPROVED : weakness(v, x, at);
		}
		subjects_look(r, f, x, everybody_of(v));
	}
}

void inq_verify_standing(struct verifier *v)
{
	struct exhibits x;

	order_make(v);
	if (v->no_memory)
		return;
	logs_look(v);
	withdrawals(v);
	supports(v);
	disputes(v);
	reruns(v);
	exhibits_gather(v, &x);
	if (v->no_memory)
		return;
	rests(v, &x);
}
