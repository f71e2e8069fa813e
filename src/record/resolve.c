#include "record/verify.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Where an entry stands, for a failure. */
static struct place place_of(const struct verifier *v, size_t e)
{
	return (struct place){ NULL, &v->logs[v->entries[e].party], v->entries[e].index, INQ_NOWHERE };
}

void inq_verifier_spoil(struct verifier *v, size_t e, const char *what, const struct inq_sha256 *digest)
{
	char hex[65] = "";

	if (digest)
		inq_hex(digest->byte, sizeof digest->byte, hex);
	inq_verifier_fail(v, 2, INQ_UNRESOLVED, place_of(v, e), NULL, digest ? hex : NULL, "%s", what);
	v->entries[e].holds = false;
}

/* Whether `e` may know of `target`: it is earlier in its log, or in a head that its log had named by then. */
static bool saw(const struct verifier *v, size_t e, size_t target, const uint64_t *seen)
{
	const struct inq_record_entry *l = &v->entries[e], *r = &v->entries[target];

	return l->party == r->party ? r->index < l->index : r->index < seen[r->party];
}

/* What the log of an entry had seen by then. */
struct seen {
	uint64_t sizes[INQ_PARTIES_MOST];
	bool partial; /* and heads that cannot be looked at: what it names may be under these */
};

/* The entry that `e` names, or SIZE_MAX where it is not there, which was said. */
static size_t resolve(struct verifier *v, size_t e, const struct inq_sha256 *digest, const struct seen *seen)
{
	size_t target = inq_verifier_find(v, digest);

	if (target == SIZE_MAX && seen->partial)
		inq_verifier_unchecked(
		        v, "citations of entries in logs, or histories of them, that are not here", 1);
	else if (target == SIZE_MAX)
		inq_verifier_spoil(v, e, "names an entry that is not in the record", digest);
	else if (!saw(v, e, target, seen->sizes))
		inq_verifier_spoil(
		        v, e, "names an entry that its log, by its own account, had not seen", digest);
	else
		return target;
	return SIZE_MAX;
}

static void chain_look(struct verifier *v, const struct log *log, size_t e)
{
	const struct fact *f = &v->facts[e];
	size_t before = e ? e - 1 : 0;

	if (!f->prev.here)
		return;
	if (e == log->first || v->entries[before].index + 1 != v->entries[e].index) {
		inq_verifier_unchecked(v, "entries whose predecessor could not be read", 1);
		return;
	}
	if (!inq_sha256_equal(&f->prev.is, &v->entries[before].digest)) {
		inq_verifier_differ(v, 2, INQ_TAMPERED, place_of(v, e), &v->entries[before].digest,
		        &f->prev.is, "does not follow the entry before it");
		v->entries[e].holds = false;
	}
}

static void heads_look(struct verifier *v, size_t e, struct seen *seen)
{
	const struct fact *f = &v->facts[e];

	seen->partial |= f->names_absent;
	for (size_t i = 0; i < f->advance_count; i++) {
		const struct advance *s = &f->advances[i];
		const struct log *other = &v->logs[s->log];
		struct inq_sha256 root;

		if (s->size > seen->sizes[s->log])
			seen->sizes[s->log] = s->size;
		/* Its writer had one of two histories before it, and may have had the other one: that is no fault of theirs. */
		if (other->forked &&
		        (!inq_log_root(other, s->size, &root) || !inq_sha256_equal(&root, &s->root))) {
			inq_verifier_unchecked(v, "heads of forked logs that entries name", 1);
			seen->partial = true;
		} else if (!inq_log_root(other, s->size, &root)) {
			inq_verifier_fail(v, 2, INQ_UNRESOLVED, place_of(v, e), NULL, other->party,
			        "had seen %" PRIu64 " entries of a log that shows %" PRIu64, s->size,
			        other->leaves);
			v->entries[e].holds = false;
		} else if (!inq_sha256_equal(&root, &s->root)) {
			inq_verifier_differ(v, 2, INQ_TAMPERED, place_of(v, e), &root, &s->root,
			        "had seen another head of a log than its entries lead to");
			v->entries[e].holds = false;
		}
	}
}

/* Exhibits by digest: indices of the entries that enter them. */
struct exhibits {
	uint32_t *at;
	size_t count;
};

static bool is_exhibit(enum inq_entry_type type)
{
	return type == INQ_ENTRY_EXHIBIT_OPEN || type == INQ_ENTRY_EXHIBIT_SEALED ||
	       type == INQ_ENTRY_EXHIBIT_WITHHELD;
}

static int by_subject(const void *of, uint32_t l, uint32_t r)
{
	const struct verifier *v = of;
	int order = memcmp(v->facts[l].subjects[0].byte, v->facts[r].subjects[0].byte, 32);

	return order ? order : (l > r) - (l < r);
}

static void exhibits_gather(struct verifier *v, struct exhibits *ret)
{
	size_t count = 0;

	for (size_t e = 0; e < v->entry_count; e++)
		count += v->facts[e].read && is_exhibit(v->entries[e].type);
	ret->at = inq_arena_new(v->a, count, sizeof *ret->at);
	ret->count = 0;
	if (!ret->at) {
		v->no_memory = true;
		return;
	}
	for (size_t e = 0; e < v->entry_count; e++)
		if (v->facts[e].read && is_exhibit(v->entries[e].type))
			ret->at[ret->count++] = (uint32_t)e;
	inq_sort_indices(ret->at, ret->count, by_subject, v);
}

/* Whether some exhibit entry of that digest was seen by `e`. */
static bool exhibit_seen(const struct verifier *v, const struct exhibits *x, size_t e,
        const struct inq_sha256 *digest, const struct seen *seen)
{
	size_t low = 0, high = x->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(v->facts[x->at[middle]].subjects[0].byte, digest->byte, 32) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	/* At most one of each party: see entered_once. */
	for (unsigned tries = 0; low < x->count && tries < 2 * INQ_PARTIES_MOST; low++, tries++) {
		if (!inq_sha256_equal(&v->facts[x->at[low]].subjects[0], digest))
			return false;
		if (saw(v, e, x->at[low], seen->sizes))
			return true;
	}
	return false;
}

/* A party enters an exhibit once; what changes afterwards is that it is unsealed. */
static void entered_once(struct verifier *v, const struct exhibits *x)
{
	for (size_t i = 1; i < x->count; i++) {
		size_t l = x->at[i - 1], r = x->at[i];

		if (v->entries[r].index >= v->logs[v->entries[r].party].known_size &&
		        v->entries[l].party == v->entries[r].party &&
		        inq_sha256_equal(&v->facts[l].subjects[0], &v->facts[r].subjects[0]))
			inq_verifier_spoil(v, r, "enters an exhibit that its party had entered before",
			        &v->facts[r].subjects[0]);
	}
}

/*
 * Who sealed or withheld an exhibit, and whom it was sealed to, has its bytes: they can open it to everybody, or
 * seal it to others in their turn.
 */
static void unseal_look(struct verifier *v, size_t e, size_t of)
{
	enum inq_entry_type type = v->entries[of].type;
	bool shares = v->entries[e].type == INQ_ENTRY_EXHIBIT_SHARE;

	if ((!inq_entry_seals(type) && type != INQ_ENTRY_EXHIBIT_WITHHELD) ||
	        (v->entries[of].party != v->entries[e].party &&
	                !(v->facts[of].recipients >> v->entries[e].party & 1)))
		inq_verifier_spoil(v, e,
		        shares ? "shares what its party had neither sealed nor withheld, and is not sealed "
		                 "to it"
		               : "unseals what its party had neither sealed nor withheld, and is not sealed "
		                 "to it",
		        &v->facts[e].of);
	else if (v->facts[of].subject_count != 1 || v->facts[e].subject_count != 1 ||
	         !inq_sha256_equal(&v->facts[of].subjects[0], &v->facts[e].subjects[0]) ||
	         v->facts[of].size != v->facts[e].size)
		inq_verifier_spoil(v, e,
		        shares ? "shares another exhibit than was sealed"
		               : "unseals another exhibit than was sealed",
		        &v->facts[e].subjects[0]);
	/* With what was shared that is open which it was shared from. */
	while (!shares && v->entries[e].holds && of != SIZE_MAX && !v->entries[of].unsealed_by.here) {
		v->entries[of].unsealed_by = (struct inq_digest_or_none){ true, v->entries[e].digest };
		of = v->entries[of].type == INQ_ENTRY_EXHIBIT_SHARE ? inq_verifier_find(v, &v->facts[of].of)
		                                                    : SIZE_MAX;
	}
}

/* Whether the same bytes came is there for all to see; only that they came is a party's word. */
static void rerun_look(struct verifier *v, size_t e, size_t of)
{
	const struct fact *l = &v->facts[of], *r = &v->facts[e];
	const char *wrong = inq_rerun_wrong(
	        r->outcome, inq_sha256_equal(&l->result, &r->result), inq_sha256_equal(&l->work, &r->work));

	if (wrong)
		inq_verifier_spoil(v, e, wrong, &r->result);
}

static void of_look(struct verifier *v, size_t e, const struct seen *seen)
{
	enum inq_entry_type type = v->entries[e].type;
	size_t of;

	if (!inq_entry_has_of(type))
		return;
	of = resolve(v, e, &v->facts[e].of, seen);
	if (of == SIZE_MAX)
		return;
	if (type == INQ_ENTRY_EXHIBIT_UNSEAL || type == INQ_ENTRY_EXHIBIT_SHARE)
		unseal_look(v, e, of);
	if (type == INQ_ENTRY_WITHDRAW &&
	        (v->entries[of].party != v->entries[e].party || v->entries[of].type == INQ_ENTRY_WITHDRAW ||
	                v->entries[of].type == INQ_ENTRY_CHARTER))
		inq_verifier_spoil(v, e, "withdraws what is not its party's to withdraw", &v->facts[e].of);
	if (type == INQ_ENTRY_RERUN && v->entries[of].type != INQ_ENTRY_EXAMINATION &&
	        v->entries[of].type != INQ_ENTRY_CONCLUSION)
		inq_verifier_spoil(
		        v, e, "is a rerun of what was no examination and no conclusion", &v->facts[e].of);
	else if (type == INQ_ENTRY_RERUN)
		rerun_look(v, e, of);
}

static void entry_look(
        struct verifier *v, const struct log *log, const struct exhibits *x, size_t e, struct seen *seen)
{
	const struct fact *f = &v->facts[e];
	enum inq_entry_type type = v->entries[e].type;
	size_t twin = inq_verifier_find(v, &v->entries[e].digest);

	if (!f->read)
		return;
	if (twin != SIZE_MAX && twin != e) {
		inq_verifier_spoil(v, e, "is the same entry as another", &v->entries[e].digest);
		return;
	}
	chain_look(v, log, e);
	heads_look(v, e, seen);
	for (size_t i = 0; i < f->cite_count; i++)
		(void)resolve(v, e, &f->cites[i], seen);
	of_look(v, e, seen);
	if (f->blind && (type == INQ_ENTRY_BLIND_RUN || type == INQ_ENTRY_BLIND_RESULT))
		(void)resolve(v, e, &f->blind->peer, seen);
	for (size_t i = 0; i < f->subject_count; i++) {
		if (is_exhibit(type) || exhibit_seen(v, x, e, &f->subjects[i], seen))
			continue;
		if (seen->partial)
			inq_verifier_unchecked(v, "entries about exhibits that no party here has entered", 1);
		else
			inq_verifier_spoil(
			        v, e, "is about an exhibit that nobody had entered", &f->subjects[i]);
	}
}

/*
 * A log that is not here was left out by a party that never let its writer in:
 * then that party has not named it. Where every log here names it, it was taken
 * out of the record.
 */
static void absent_look(struct verifier *v)
{
	uint64_t writers = 0;

	for (size_t i = 0; i < v->log_count; i++)
		if (v->logs[i].count)
			writers |= (uint64_t)1 << i;
	for (size_t i = 0; i < v->absent_count; i++) {
		const struct inq_record_absent *a = &v->absent[i];

		if (!v->trust->consent && (a->named_by & writers) == writers)
			inq_verifier_fail(v, 2, INQ_UNRESOLVED,
			        (struct place){ NULL, NULL, INQ_NOWHERE, INQ_NOWHERE }, NULL, a->party,
			        "every log here names a log that is not in the record: it was taken out");
		else if (a->named_by)
			inq_verifier_unchecked(v, "logs that entries name and that are not in the record", 1);
	}
}

/* One charter opened the case; every other one joins a charter, of another party. */
static void charters_look(struct verifier *v)
{
	unsigned founders = 0;

	for (size_t i = 0; i < v->log_count; i++) {
		struct log *log = &v->logs[i];
		size_t target;

		if (!log->has_charter) {
			if (log->has_head)
				inq_verifier_fail(v, 2, INQ_UNRESOLVED,
				        (struct place){ NULL, log, 0, INQ_NOWHERE }, NULL, NULL,
				        "the log does not begin with a charter");
			continue;
		}
		if (!log->joins.here) {
			if (founders++)
				inq_verifier_spoil(
				        v, log->first, "opens a case that another charter opened", NULL);
			continue;
		}
		target = inq_verifier_find(v, &log->joins.is);
		if (target == SIZE_MAX || v->entries[target].type != INQ_ENTRY_CHARTER ||
		        v->entries[target].party == i)
			inq_verifier_spoil(
			        v, log->first, "joins a charter that is not in the record", &log->joins.is);
	}
	if (v->log_count && !founders)
		inq_verifier_fail(v, 2, INQ_UNRESOLVED,
		        (struct place){ NULL, NULL, INQ_NOWHERE, INQ_NOWHERE }, NULL, NULL,
		        "no charter opens the case");
}

void inq_verify_resolve(struct verifier *v)
{
	struct exhibits x;

	exhibits_gather(v, &x);
	if (v->no_memory)
		return;
	entered_once(v, &x);
	charters_look(v);
	absent_look(v);
	for (size_t i = 0; i < v->log_count && !v->no_memory; i++) {
		const struct log *log = &v->logs[i];
		struct seen seen = { .partial = log->partial };

		for (size_t k = 0; log->seen && k < v->log_count; k++)
			seen.sizes[k] = log->seen[k].size;
		for (size_t e = log->first + (size_t)log->known_size; e < log->first + log->count; e++)
			entry_look(v, log, &x, e, &seen);
	}
}
