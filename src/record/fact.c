/* What the verifier keeps of an entry. */
#include "record/load.h"
#include <string.h>

struct inq_record_entry *inq_verifier_entry(
        struct verifier *v, const struct log *log, uint64_t index, struct fact **ret)
{
	struct inq_record_entry *entries =
	        inq_verifier_extend(v, v->entries, v->entry_count, &v->entry_room, sizeof *entries);
	struct fact *facts =
	        entries ? inq_verifier_extend(v, v->facts, v->entry_count, &v->fact_room, sizeof *facts)
	                : NULL;

	if (!entries || !facts || v->entry_count >= UINT32_MAX) {
		v->no_memory = true;
		return NULL;
	}
	v->entries = entries;
	v->facts = facts;
	entries[v->entry_count] = (struct inq_record_entry){
		.type = INQ_ENTRY_TYPES, .party = (unsigned)(log - v->logs), .index = index, .holds = true
	};
	memset(&facts[v->entry_count], 0, sizeof *facts);
	*ret = &facts[v->entry_count];
	return &entries[v->entry_count++];
}

static struct inq_sha256 *digests_keep(struct verifier *v, const struct inq_sha256 *from, size_t count)
{
	struct inq_sha256 *to = inq_arena_new(v->a, count, sizeof *to);

	if (!to)
		v->no_memory = true;
	else if (count)
		memcpy(to, from, count * sizeof *to);
	return to;
}

struct inq_bytes inq_verifier_keep(struct verifier *v, struct inq_bytes b)
{
	const char *copy = inq_arena_string(v->a, b);

	if (!copy)
		v->no_memory = true;
	return (struct inq_bytes){ (const uint8_t *)copy, copy ? b.len : 0 };
}

/* A head of a log that is not in the record: of what its entries may cite of it nothing can be looked at. */
static void absent_seen(struct verifier *v, unsigned by, const struct inq_seen *now, struct place place)
{
	struct inq_record_absent *absent = inq_verifier_absent(v, now->origin);

	if (!absent) {
		if (v->absent_count < INQ_PARTIES_MOST)
			inq_verifier_fail(v, 2, INQ_UNRESOLVED, place, NULL,
			        inq_inert(v->a, now->origin, 120), "names a log of another case");
		return;
	}
	absent->named_by |= (uint64_t)1 << by;
	absent->size = now->size > absent->size ? now->size : absent->size;
}

void inq_fact_seen(struct verifier *v, const struct inq_entry *e, struct inq_seen *seen, struct fact *f,
        struct place place)
{
	struct advance *advances = inq_arena_new(v->a, e->seen_count, sizeof *advances);

	if (!advances) {
		v->no_memory = true;
		return;
	}
	for (size_t i = 0; i < e->seen_count; i++) {
		const struct log *other = inq_verifier_log(v, e->seen[i].origin);
		const struct inq_seen *now = &e->seen[i];
		struct inq_seen *before;

		if (!other) {
			absent_seen(v, (unsigned)(place.log - v->logs), now, place);
			f->names_absent = true;
			continue;
		}
		before = &seen[other - v->logs];
		if (now->size == before->size && inq_sha256_equal(&now->root, &before->root))
			continue;
		if (now->size < before->size)
			inq_verifier_fail(v, 2, INQ_UNRESOLVED, place, NULL, other->party,
			        "had seen more of a log before than it says now");
		before->size = now->size;
		before->root = now->root;
		advances[f->advance_count++] =
		        (struct advance){ (unsigned)(other - v->logs), now->size, now->root };
	}
	f->advances = advances;
}

/* The objects that an entry names. */
static void objects_keep(struct fact *f, const struct inq_entry *e)
{
	if (e->type == INQ_ENTRY_EXHIBIT_OPEN || e->type == INQ_ENTRY_EXHIBIT_UNSEAL)
		f->objects[f->object_count++] = e->subjects[0].digest;
	if (inq_entry_seals(e->type))
		f->objects[f->object_count++] = e->sealed;
	if (inq_entry_has_result(e->type))
		f->objects[f->object_count++] = e->result;
	if (e->type == INQ_ENTRY_FORK) {
		f->objects[f->object_count++] = e->proofs[0];
		f->objects[f->object_count++] = e->proofs[1];
	}
}

void inq_fact_recipients(struct verifier *v, const struct inq_bytes *recipients, size_t count, struct fact *f)
{
	struct inq_bytes *names = inq_arena_new(v->a, count, sizeof *names);

	if (!names) {
		v->no_memory = true;
		return;
	}
	for (size_t i = 0; i < count; i++) {
		names[i] = inq_verifier_keep(v, recipients[i]);
		for (size_t k = 0; k < v->log_count; k++)
			if (inq_bytes_equal(recipients[i], v->logs[k].party))
				f->recipients |= (uint64_t)1 << k;
	}
	f->recipient_names = names;
	f->recipient_count = count;
}

void inq_fact_keep(struct verifier *v, const struct inq_entry *e, struct fact *f)
{
	struct inq_sha256 *subjects = inq_arena_new(v->a, e->subject_count, sizeof *subjects);

	f->read = true;
	f->prev = e->prev;
	f->seq = e->seq;
	f->cites = digests_keep(v, e->cites, e->cite_count);
	f->cite_count = f->cites ? e->cite_count : 0;
	f->of = e->of;
	f->size = e->size;
	if (inq_entry_has_result(e->type)) {
		f->result = e->result;
		inq_entry_work(e, &f->work);
	}
	f->dispute = e->dispute;
	f->outcome = e->outcome;
	inq_fact_recipients(v, e->recipients, e->recipient_count, f);
	f->joins = e->joins;
	if (!subjects) {
		v->no_memory = true;
		return;
	}
	for (size_t i = 0; i < e->subject_count; i++)
		subjects[i] = e->subjects[i].digest;
	f->blind = inq_blind_fact(v, e);
	f->subjects = subjects;
	f->subject_count = e->subject_count;
	objects_keep(f, e);
	if (e->type == INQ_ENTRY_FORK) {
		f->origin = inq_verifier_keep(v, e->origin);
		f->log_key = inq_verifier_keep(v, e->log_key);
	}
}
