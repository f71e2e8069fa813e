/* What is known of a case: what its logs say, read once and kept by digest. */
#include "case/private.h"
#include <string.h>

enum { PAGE = 512, SCRATCH = 64 << 20 };

void case_forget(struct inq_case *c)
{
	struct inq_arena *again = inq_arena_open(SIZE_MAX);

	/* Without memory for a new one the old arena goes on growing. */
	if (again) {
		inq_arena_close(c->known);
		c->known = again;
	}
	c->logs = NULL;
	c->entries = NULL;
	c->forks = NULL;
	c->fork_count = c->fork_room = 0;
	c->log_count = c->log_room = c->entry_count = c->entry_room = 0;
	c->by_digest = c->exhibits = c->works = c->objects = c->subjects = (struct digests){ 0 };
	c->keys = c->revoked = c->public = (struct digests){ 0 };
	c->sealed = c->shown = c->unsealed = (struct digests){ 0 };
	c->title = NULL;
}

static bool bytes_same(struct inq_bytes l, struct inq_bytes r)
{
	return l.len == r.len && (l.len == 0 || memcmp(l.at, r.at, l.len) == 0);
}

static bool bytes_keep(struct inq_case *c, struct inq_bytes b, struct inq_bytes *ret)
{
	const char *at = inq_arena_string(c->known, b);

	if (at)
		*ret = (struct inq_bytes){ (const uint8_t *)at, b.len };
	return at != NULL;
}

/* The keys that a charter names, where it names three. */
static void keys_take(struct log *log, const struct inq_entry *e)
{
	struct inq_party_keys keys;

	for (unsigned i = 0; i < INQ_ROLES; i++)
		if (inq_vkey_read(e->keys[i], &keys.of[i], NULL) != INQ_OK)
			return;
	log->keys = keys;
	log->has_keys = true;
}

/* A key that is rotated gives way to another; one that is revoked to none. */
static void key_take(struct log *log, const struct inq_entry *e)
{
	struct inq_vkey old, next;

	if (inq_vkey_read(e->old_key, &old, NULL) != INQ_OK || !inq_vkey_same(&old, &log->keys.of[e->role]))
		return;
	if (e->type == INQ_ENTRY_KEY_REVOKE)
		log->revoked[e->role] = true;
	else if (inq_vkey_read(e->new_key, &next, NULL) == INQ_OK)
		log->keys.of[e->role] = next;
}

static bool charter_take(struct inq_case *c, struct log *log, const struct inq_entry *e)
{
	if (log->has_keys)
		return true;
	keys_take(log, e);
	log->joins = e->joins.here;
	if (!bytes_keep(c, e->payload, &log->charter))
		return false;
	if (!log->joins && !c->title) {
		c->title = inq_arena_string(c->known, e->title);
		return c->title != NULL;
	}
	return true;
}

/* The objects that an entry names. */
static bool objects_take(struct inq_case *c, const struct inq_entry *e)
{
	bool taken = true;

	if (e->type == INQ_ENTRY_EXHIBIT_OPEN || e->type == INQ_ENTRY_EXHIBIT_UNSEAL)
		taken = e->subject_count == 0 ||
		        digests_add(&c->objects, &e->subjects[0].digest, 0, c->known);
	else if (inq_entry_seals(e->type))
		taken = digests_add(&c->objects, &e->sealed, 0, c->known);
	else if (e->type == INQ_ENTRY_FORK)
		taken = digests_add(&c->objects, &e->proofs[0], 0, c->known) &&
		        digests_add(&c->objects, &e->proofs[1], 0, c->known);
	else if (inq_entry_has_result(e->type))
		taken = digests_add(&c->objects, &e->result, 0, c->known);
	return taken;
}

/* Whom an exhibit is sealed to. */
static bool recipients_take(
        struct inq_case *c, const struct inq_entry *e, struct inq_case_entry *entry, uint32_t number)
{
	struct inq_bytes *names = inq_arena_new(c->known, e->recipient_count, sizeof *names);

	if (!names)
		return false;
	entry->to_own = number == c->own;
	for (size_t i = 0; i < e->recipient_count; i++) {
		if (!bytes_keep(c, e->recipients[i], &names[i]))
			return false;
		entry->to_own |= inq_bytes_equal(names[i], c->party);
	}
	entry->recipients = names;
	entry->recipient_count = e->recipient_count;
	return true;
}

/* What was sealed is open, and with what was shared that which it was shared from. */
static bool unsealed_take(struct inq_case *c, const struct inq_sha256 *of, uint32_t at)
{
	uint32_t found;

	while (!digests_find(&c->unsealed, of, &found)) {
		if (!digests_add(&c->unsealed, of, at, c->known))
			return false;
		if (!digests_find(&c->by_digest, of, &found) ||
		        c->entries[found].type != INQ_ENTRY_EXHIBIT_SHARE)
			break;
		of = &c->entries[found].of;
	}
	return true;
}

/* Who can open an exhibit by this entry. */
static bool custody_take(
        struct inq_case *c, const struct inq_entry *e, struct inq_case_entry *entry, uint32_t number)
{
	uint32_t at = (uint32_t)c->entry_count;
	bool shows = e->type == INQ_ENTRY_EXHIBIT_OPEN || e->type == INQ_ENTRY_EXHIBIT_UNSEAL;

	if (e->subject_count == 0)
		return true;
	if (inq_entry_seals(e->type) && !recipients_take(c, e, entry, number))
		return false;
	if (entry->to_own && !digests_add(&c->sealed, &entry->subject, at, c->known))
		return false;
	if (shows && !digests_add(&c->shown, &entry->subject, at, c->known))
		return false;
	return e->type != INQ_ENTRY_EXHIBIT_UNSEAL || unsealed_take(c, &e->of, at);
}

/* Notes a key of a log: that the log has it or, in `revoked`, has it no more. */
static bool key_note(struct inq_case *c, struct digests *where, uint32_t log, enum inq_key_role role,
        struct inq_bytes text)
{
	struct inq_sha256 digest, public;
	struct inq_vkey key;

	if (role >= INQ_ROLES || inq_vkey_read(text, &key, NULL) != INQ_OK)
		return true;
	case_key_digest(log, role, &key, &digest);
	memcpy(public.byte, key.public, sizeof public.byte);
	return digests_add(where, &digest, 0, c->known) && digests_add(&c->public, &public, log, c->known);
}

/* What is kept of how a log's keys change, and of where the entries stand that others are read by. */
static bool keys_note(struct inq_case *c, uint32_t number, const struct inq_entry *e)
{
	struct log *log = &c->logs[number];
	uint64_t *at;
	bool noted = true;

	if (!inq_record_wants_whole(e->type))
		return true;
	at = inq_arena_extend(c->known, log->whole, log->whole_count, &log->whole_room, sizeof *at);
	if (!at)
		return false;
	log->whole = at;
	at[log->whole_count++] = log->size;
	for (unsigned i = 0; i < INQ_ROLES && e->type == INQ_ENTRY_CHARTER; i++)
		noted = noted && key_note(c, &c->keys, number, (enum inq_key_role)i, e->keys[i]);
	if (e->type == INQ_ENTRY_KEY_ROTATE)
		noted = key_note(c, &c->keys, number, e->role, e->new_key);
	if (e->type == INQ_ENTRY_KEY_REVOKE)
		noted = key_note(c, &c->revoked, number, e->role, e->old_key);
	return noted;
}

/* The heads that an entry names, instead of those that its log had named before. */
static bool seen_take(struct inq_case *c, struct log *log, const struct inq_entry *e)
{
	for (size_t i = 0; i < e->seen_count; i++) {
		size_t at = 0;

		while (at < log->seen_count && !bytes_same(log->seen[at].origin, e->seen[i].origin))
			at++;
		if (at == log->seen_count) {
			struct inq_seen *more = inq_arena_extend(
			        c->known, log->seen, log->seen_count, &log->seen_room, sizeof *more);

			if (!more)
				return false;
			log->seen = more;
			if (!bytes_keep(c, e->seen[i].origin, &more[at].origin))
				return false;
			log->seen_count++;
		}
		log->seen[at].size = e->seen[i].size;
		log->seen[at].root = e->seen[i].root;
	}
	return true;
}

/* An entry whose proof held when it was taken in says that a log was forked. */
static bool fork_take(struct inq_case *c, const struct inq_entry *e)
{
	struct fork_said *more;

	if (e->type != INQ_ENTRY_FORK)
		return true;
	more = inq_arena_extend(c->known, c->forks, c->fork_count, &c->fork_room, sizeof *more);
	if (!more)
		return false;
	c->forks = more;
	if (!bytes_keep(c, e->origin, &more[c->fork_count].origin) ||
	        inq_vkey_read(e->log_key, &more[c->fork_count].key, NULL) != INQ_OK)
		return false;
	c->fork_count++;
	return true;
}

bool case_forked(const struct inq_case *c, uint32_t log)
{
	struct inq_sha256 digest;
	uint32_t unused;

	for (size_t i = 0; i < c->fork_count; i++) {
		case_key_digest(log, INQ_ROLE_LOG, &c->forks[i].key, &digest);
		/* Anybody can fork a log of that name under a key of their own. */
		if (inq_bytes_equal(c->forks[i].origin, c->logs[log].origin) &&
		        digests_find(&c->keys, &digest, &unused))
			return true;
	}
	return false;
}

static bool own_take(struct inq_case *c, const struct inq_entry *e, uint32_t number)
{
	struct inq_sha256 work;

	if ((e->type == INQ_ENTRY_EXHIBIT_OPEN || e->type == INQ_ENTRY_EXHIBIT_SEALED ||
	            e->type == INQ_ENTRY_EXHIBIT_WITHHELD) &&
	        e->subject_count)
		return digests_add(&c->exhibits, &e->subjects[0].digest, number, c->known);
	if (e->type != INQ_ENTRY_EXAMINATION && e->type != INQ_ENTRY_CONCLUSION)
		return true;
	inq_entry_work(e, &work);
	return digests_add(&c->works, &work, number, c->known);
}

enum inq_status case_take(struct inq_case *c, uint32_t number, const struct inq_sha256 *digest,
        const struct inq_entry *e, struct inq_error *err)
{
	struct inq_case_entry *entries =
	        inq_arena_extend(c->known, c->entries, c->entry_count, &c->entry_room, sizeof *entries);
	struct log *log = &c->logs[number];
	size_t *at = inq_arena_extend(c->known, log->at, (size_t)log->size, &log->room, sizeof *at);
	struct inq_case_entry *entry;
	bool taken = true;

	if (!entries || !at || c->entry_count >= UINT32_MAX - 1)
		return case_no_memory(err);
	c->entries = entries;
	log->at = at;
	entry = &entries[c->entry_count];
	*entry = (struct inq_case_entry){ .digest = *digest,
		.index = log->size,
		.log = number,
		.type = INQ_ENTRY_TYPES,
		.time = log->time };
	if (e) {
		entry->type = e->type;
		entry->time = log->time = e->time;
		entry->size = e->size;
		entry->of = e->of;
		if (inq_entry_has_result(e->type)) {
			entry->result = e->result;
			inq_entry_work(e, &entry->work);
		}
		entry->has_subject = e->subject_count > 0;
		if (e->subject_count)
			entry->subject = e->subjects[0].digest;
		if (e->type == INQ_ENTRY_CHARTER && !log->has_keys)
			log->charter_digest = *digest;
		if (e->type == INQ_ENTRY_CHARTER)
			taken = charter_take(c, log, e);
		taken = taken && keys_note(c, number, e) && seen_take(c, log, e) && fork_take(c, e);
		if (e->type == INQ_ENTRY_KEY_ROTATE || e->type == INQ_ENTRY_KEY_REVOKE)
			key_take(log, e);
		taken = taken && objects_take(c, e) && custody_take(c, e, entry, number);
		if (e->type >= INQ_ENTRY_EXHIBIT_OPEN && e->type <= INQ_ENTRY_EXHIBIT_WITHHELD &&
		        e->subject_count)
			taken = taken && digests_add(&c->subjects, &e->subjects[0].digest, 0, c->known);
		if (taken && number == c->own)
			taken = own_take(c, e, (uint32_t)c->entry_count);
	}
	if (!taken || !digests_add(&c->by_digest, digest, (uint32_t)c->entry_count, c->known))
		return case_no_memory(err);
	log->at[log->size++] = c->entry_count++;
	log->last = *digest;
	return INQ_OK;
}

/* Pages of a log from where it was read to its end. */
static enum inq_status log_look(struct inq_case *c, uint32_t number, struct inq_error *err)
{
	for (;;) {
		struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
		struct inq_store_entry *page;
		enum inq_status status;
		size_t count = 0;

		if (!scratch)
			return case_no_memory(err);
		status = inq_store_entries(
		        c->store, number, c->logs[number].size, PAGE, scratch, &page, &count, err);
		for (size_t i = 0; i < count && status == INQ_OK; i++) {
			struct inq_arena *each = inq_arena_open(SCRATCH);
			struct inq_entry e;
			enum inq_status read;

			if (!each) {
				status = case_no_memory(err);
				break;
			}
			read = inq_entry_read(page[i].bytes, each, &e, NULL);
			status = read == INQ_NO_MEMORY ? case_no_memory(err)
			                               : case_take(c, number, &page[i].leaf,
			                                         read == INQ_OK ? &e : NULL, err);
			inq_arena_close(each);
		}
		inq_arena_close(scratch);
		if (status != INQ_OK || count == 0)
			return status;
	}
}

enum inq_status case_look(struct inq_case *c, struct inq_error *err)
{
	struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
	struct inq_store_log *logs;
	enum inq_status status;
	size_t count = 0;

	if (!scratch)
		return case_no_memory(err);
	status = inq_store_logs(c->store, scratch, &logs, &count, err);
	for (size_t i = c->log_count; i < count && status == INQ_OK; i++) {
		struct log *more =
		        inq_arena_extend(c->known, c->logs, c->log_count, &c->log_room, sizeof *more);

		if (!more) {
			status = case_no_memory(err);
			break;
		}
		c->logs = more;
		more[i].name = inq_arena_string(c->known, inq_bytes_of(logs[i].name));
		more[i].origin = inq_arena_string(c->known, inq_bytes_of(logs[i].origin));
		if (!more[i].name || !more[i].origin)
			status = case_no_memory(err);
		else
			c->log_count++;
	}
	for (size_t i = 0; i < c->log_count && status == INQ_OK; i++)
		if (logs[i].size > c->logs[i].size)
			status = log_look(c, (uint32_t)i, err);
	inq_arena_close(scratch);
	return status;
}
