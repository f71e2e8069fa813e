/* The keys of a party: which is in force for which entry. */
#include "record/load.h"

const struct key_span *inq_log_key(const struct log *log, enum inq_key_role role, uint64_t index)
{
	for (size_t i = log->key_count; i-- > 0;) {
		const struct key_span *s = &log->keys[i];

		if (s->role == role && index >= s->from && index < s->to)
			return s;
	}
	return NULL;
}

static void key_add(
        struct verifier *v, struct log *log, enum inq_key_role role, struct inq_bytes text, uint64_t from)
{
	struct key_span *keys =
	        inq_verifier_extend(v, log->keys, log->key_count, &log->key_room, sizeof *keys);
	struct key_span *span;

	if (!keys)
		return;
	/* Every entry looks through them. */
	if (log->key_count >= KEYS_MOST) {
		inq_verifier_fail(v, 1, INQ_OVER_LIMIT, (struct place){ NULL, log, from, INQ_NOWHERE }, NULL,
		        NULL, "more than %d keys of one party: the rest of the log cannot be followed",
		        KEYS_MOST);
		return;
	}
	log->keys = keys;
	span = &keys[log->key_count];
	*span = (struct key_span){ .role = role, .from = from, .to = UINT64_MAX };
	/* The entry was read, so that its keys are keys. */
	if (inq_vkey_read(text, &span->key, NULL) == INQ_OK)
		log->key_count++;
}

void inq_log_key_change(struct verifier *v, struct log *log, const struct inq_entry *e, struct place place)
{
	struct key_span *now = NULL;
	struct inq_vkey old;

	for (size_t i = 0; i < log->key_count; i++)
		if (log->keys[i].role == e->role && log->keys[i].to == UINT64_MAX)
			now = &log->keys[i];
	if (inq_vkey_read(e->old_key, &old, NULL) != INQ_OK)
		return;
	if (e->type == INQ_ENTRY_KEY_REVOKE) {
		bool known = false;

		/* An earlier key, rotated since, may turn out to be in wrong hands, too. */
		for (size_t i = 0; i < log->key_count; i++) {
			struct key_span *s = &log->keys[i];

			if (s->role != e->role || !inq_vkey_same(&s->key, &old))
				continue;
			known = true;
			s->revoked = true;
			if (s->to == UINT64_MAX)
				s->to = e->seq + 1;
		}
		if (!known)
			inq_verifier_fail(v, 2, INQ_UNRESOLVED, place, NULL, old.name,
			        "revokes a %s key that the party never had", inq_key_role_name(e->role));
		return;
	}
	if (!now || !inq_vkey_same(&now->key, &old)) {
		inq_verifier_fail(v, 2, INQ_UNRESOLVED, place, now ? now->key.name : NULL, old.name,
		        "rotates a %s key that is not in force", inq_key_role_name(e->role));
		return;
	}
	now->to = e->seq + 1;
	key_add(v, log, e->role, e->new_key, e->seq + 1);
}

void inq_log_charter(struct verifier *v, struct log *log, const struct inq_entry *e)
{
	for (unsigned i = 0; i < INQ_ROLES; i++)
		key_add(v, log, (enum inq_key_role)i, e->keys[i], 0);
	log->has_charter = true;
	log->joins = e->joins;
	log->charter_payload = inq_verifier_keep(v, e->payload);
	if (!v->result->title || !e->joins.here) {
		struct inq_bytes title = inq_verifier_keep(v, e->title);

		v->result->title = (const char *)title.at;
	}
}
