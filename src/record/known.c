/* What was known of a log before: it is not read again, and what is new has to extend it. */
#include "record/load.h"
#include <string.h>

bool inq_record_wants_whole(enum inq_entry_type type)
{
	return type == INQ_ENTRY_CHARTER || type == INQ_ENTRY_KEY_ROTATE || type == INQ_ENTRY_KEY_REVOKE ||
	       (type >= INQ_ENTRY_BLIND_OFFER && type <= INQ_ENTRY_BLIND_RESULT);
}

/* What known entries say that others are read by: keys, private comparisons. */
static void known_whole(struct verifier *v, struct log *log, const struct inq_record_known_whole *whole)
{
	struct place place = { NULL, log, whole->index, INQ_NOWHERE };
	struct inq_arena *scratch = inq_arena_open(SCRATCH);
	struct fact *f = &v->facts[log->first + (size_t)whole->index];
	struct inq_entry e;

	if (!scratch) {
		v->no_memory = true;
	} else if (inq_entry_read(whole->entry, scratch, &e, NULL) != INQ_OK) {
		inq_verifier_fail(v, 1, INQ_CORRUPT, place, NULL, NULL,
		        "an entry that was read before cannot be read again");
	} else {
		inq_fact_keep(v, &e, f);
		/* Its objects were looked at then. */
		f->object_count = 0;
		if (e.type == INQ_ENTRY_CHARTER)
			inq_log_charter(v, log, &e);
		if (e.type == INQ_ENTRY_KEY_ROTATE || e.type == INQ_ENTRY_KEY_REVOKE)
			inq_log_key_change(v, log, &e, place);
	}
	inq_arena_close(scratch);
}

/* What the known entries come to, and the heads that they had named. */
static void known_state(struct verifier *v, struct log *log, struct inq_seen *seen)
{
	for (size_t i = 0; i < log->known->whole_count && !v->no_memory; i++)
		if (log->known->whole[i].index < log->known_size)
			known_whole(v, log, &log->known->whole[i]);
	for (size_t i = 0; i < log->known->seen_count; i++) {
		const struct log *other = inq_verifier_log(v, log->known->seen[i].origin);

		struct inq_record_absent *absent =
		        other ? NULL : inq_verifier_absent(v, log->known->seen[i].origin);

		log->partial |= !other || other->forked;
		if (absent) {
			absent->named_by |= (uint64_t)1 << (log - v->logs);
			if (log->known->seen[i].size > absent->size)
				absent->size = log->known->seen[i].size;
		}
		if (other)
			seen[other - v->logs] = log->known->seen[i];
	}
	log->seen = inq_arena_new(v->a, v->log_count, sizeof *log->seen);
	if (!log->seen)
		v->no_memory = true;
	else
		memcpy(log->seen, seen, v->log_count * sizeof *seen);
}

void inq_log_known(struct verifier *v, struct log *log, struct inq_seen *seen)
{
	const struct inq_record_known *known = v->trust->known;
	size_t number = (size_t)(log->known - known->logs);

	for (uint64_t i = 0; i < log->known_size && !v->no_memory; i++) {
		struct inq_record_known_entry k;
		struct inq_sha256 *subject;
		struct fact *f;
		struct inq_record_entry *r = inq_verifier_entry(v, log, i, &f);

		if (!r)
			return;
		known->entry(known->context, number, i, &k);
		log->count++;
		r->digest = k.digest;
		r->type = k.type;
		f->read = k.type != INQ_ENTRY_TYPES;
		f->seq = i;
		f->size = k.size;
		f->result = k.result;
		f->work = k.work;
		inq_fact_recipients(v, k.recipients, k.recipient_count, f);
		inq_log_append(v, log, &k.digest);
		if (!k.has_subject)
			continue;
		subject = inq_arena_new(v->a, 1, sizeof *subject);
		if (!subject) {
			v->no_memory = true;
			return;
		}
		*subject = k.subject;
		f->subjects = subject;
		f->subject_count = 1;
	}
	known_state(v, log, seen);
}

void inq_log_known_agrees(struct verifier *v, struct log *log, struct place place,
        const struct inq_sha256 *stated, const struct inq_sha256 *leaf)
{
	const struct inq_sha256 *known = &log->nodes[0][place.index];

	if (inq_sha256_equal(known, leaf) && inq_sha256_equal(known, stated))
		return;
	place.at = INQ_NOWHERE;
	log->contradicts = true;
	inq_verifier_differ(v, 0, INQ_TAMPERED, place, known, inq_sha256_equal(known, leaf) ? stated : leaf,
	        "is another entry than was seen there before");
}

void inq_log_known_head(struct verifier *v, struct log *log)
{
	char name[INQ_BUNDLE_NAME];
	struct inq_sha256 root;

	inq_bundle_checkpoint(log->party, name);
	log->whole = inq_log_root(log, log->head.size, &root) && inq_sha256_equal(&root, &log->head.root);
	log->contradicts = !log->whole;
	if (!log->whole)
		inq_verifier_differ(v, 1, INQ_TAMPERED, (struct place){ name, log, INQ_NOWHERE, INQ_NOWHERE },
		        &root, &log->head.root, "is the head of another history than was seen before");
}
