/* The reading side of a pull: it has no rights but to ask, and no store. */
#include "case/wire.h"
#include <inquiry/blind.h>
#include <inquiry/proof.h>
#include <stdio.h>
#include <string.h>

enum { BATCH_MOST = 256 };

static bool is_head(const char *name)
{
	const char *slash = strrchr(name, '/');

	return strncmp(name, "logs/", 5) == 0 && slash &&
	       (strcmp(slash, "/checkpoint") == 0 || strstr(name, "/cosigned/"));
}

/* Asks for a file; a head is kept, so that what is handed over in the end is what was proved. */
enum inq_status taker_read(void *taker, const char *name, uint64_t most, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	struct taker *t = taker;
	uint8_t number[8];
	const struct inq_bytes fields[] = { inq_bytes_of(name), wire_number(most, number) };
	bool head = is_head(name);
	struct taker_file *more;
	struct inq_bytes bytes;
	enum inq_status status;

	for (size_t i = 0; i < t->file_count && head; i++) {
		if (strcmp(t->files[i].name, name) != 0)
			continue;
		if (!t->files[i].bytes.at)
			return inq_fail(err, INQ_UNREADABLE, 0, "is not there");
		*ret = t->files[i].bytes;
		return INQ_OK;
	}
	if (t->lost)
		return inq_fail(err, t->lost, 0, "%s", t->why.text);
	status = taker_ask(t, WIRE_READ, fields, 2, head ? t->a : a, &bytes, err);
	if (status == INQ_IO || status == INQ_TIMED_OUT || status == INQ_CRASHED) {
		t->lost = status;
		t->why = *err;
		return status;
	}
	if (head && (status == INQ_OK || status == INQ_UNREADABLE)) {
		more = inq_arena_extend(t->a, t->files, t->file_count, &t->file_room, sizeof *more);
		if (!more)
			return case_no_memory(err);
		t->files = more;
		more[t->file_count].name = inq_arena_string(t->a, inq_bytes_of(name));
		if (!more[t->file_count].name)
			return case_no_memory(err);
		more[t->file_count++].bytes = status == INQ_OK ? bytes : (struct inq_bytes){ NULL, 0 };
	}
	if (status == INQ_OK)
		*ret = bytes;
	return status;
}

/* Hands over the entries that were gathered. */
static enum inq_status batch_flush(struct taker *t, struct inq_error *err)
{
	uint8_t number[8];
	struct inq_bytes fields[3], none;
	enum inq_status status;

	if (!t->batch_count)
		return INQ_OK;
	if (!inq_sink_flush(&t->batch_sink))
		return case_no_memory(err);
	fields[0] = inq_bytes_of(t->batch_origin);
	fields[1] = wire_number(t->batch_first, number);
	fields[2] = (struct inq_bytes){ (const uint8_t *)t->batch.at, t->batch.len };
	status = taker_ask(t, WIRE_ENTRIES, fields, 3, t->batch_arena, &none, err);
	inq_arena_close(t->batch_arena);
	t->batch_arena = NULL;
	t->batch_count = 0;
	return status;
}

static enum inq_status entry_take(
        void *context, const char *origin, uint64_t index, struct inq_bytes entry, struct inq_error *err)
{
	struct taker *t = context;
	uint8_t prefix[2];
	enum inq_status status;

	if (strcmp(origin, t->c->own < t->c->log_count ? t->c->logs[t->c->own].origin : "") == 0) {
		t->set_back = true;
		return inq_fail(err, INQ_CONFLICT, index, "more of the own log");
	}
	if (t->batch_count && (t->batch_count == BATCH_MOST || t->batch_origin != origin)) {
		status = batch_flush(t, err);
		if (status != INQ_OK)
			return status;
	}
	if (!t->batch_count) {
		t->batch_arena = inq_arena_open(SIZE_MAX);
		if (!t->batch_arena)
			return case_no_memory(err);
		t->batch = (struct inq_memory_sink){ .arena = t->batch_arena };
		inq_sink_init(&t->batch_sink, inq_memory_sink_write, &t->batch);
		t->batch_origin = origin;
		t->batch_first = index;
	}
	inq_entry_bundle_prefix(entry.len, prefix);
	inq_put_bytes(&t->batch_sink, (struct inq_bytes){ prefix, sizeof prefix });
	inq_put_bytes(&t->batch_sink, entry);
	t->batch_count++;
	return INQ_OK;
}

static enum inq_status object_take(
        void *context, const struct inq_sha256 *digest, struct inq_bytes content, struct inq_error *err)
{
	struct taker *t = context;
	const struct inq_bytes fields[] = { { digest->byte, sizeof digest->byte }, content };
	struct inq_arena *scratch = inq_arena_open(1 << 20);
	struct inq_bytes none;
	enum inq_status status =
	        scratch ? taker_ask(t, WIRE_OBJECT, fields, 2, scratch, &none, err) : case_no_memory(err);

	inq_arena_close(scratch);
	return status;
}

/* What is known, from the case's memory. */

static void known_entry(void *context, size_t log, uint64_t index, struct inq_record_known_entry *ret)
{
	const struct taker *t = context;
	const struct inq_case_entry *e = &t->c->entries[t->c->logs[log].at[index]];

	*ret = (struct inq_record_known_entry){ .digest = e->digest,
		.subject = e->subject,
		.result = e->result,
		.work = e->work,
		.type = e->type,
		.size = e->size,
		.has_subject = e->has_subject,
		.recipients = e->recipients,
		.recipient_count = e->recipient_count };
}

static enum inq_status known_object(
        void *context, const struct inq_sha256 *digest, bool *ret, uint64_t *ret_size, struct inq_error *err)
{
	struct taker *t = context;
	const struct inq_bytes field = { digest->byte, sizeof digest->byte };
	struct inq_arena *scratch = inq_arena_open(1 << 20);
	struct inq_bytes size;
	enum inq_status status =
	        scratch ? taker_ask(t, WIRE_OBJECT_IS, &field, 1, scratch, &size, err) : case_no_memory(err);

	if (status == INQ_OK)
		*ret = wire_number_read(size, ret_size);
	inq_arena_close(scratch);
	return status;
}

/* What was found. */

static const struct inq_record_entry *entry_at(
        const struct inq_record_result *r, const struct inq_record_failure *f)
{
	for (size_t i = 0; i < r->log_count && f->party && f->index != INQ_NOWHERE; i++) {
		const struct inq_record_log *log = &r->logs[i];

		if (strcmp(log->party, f->party) != 0)
			continue;
		for (size_t low = log->first, high = log->first + log->count; low < high;) {
			size_t middle = low + (high - low) / 2;

			if (r->entries[middle].index == f->index)
				return &r->entries[middle];
			if (r->entries[middle].index < f->index)
				low = middle + 1;
			else
				high = middle;
		}
	}
	return NULL;
}

/* An entry that this build cannot read is kept as it is. */
static bool tolerated(const struct inq_record_result *r, const struct inq_record_failure *f)
{
	const struct inq_record_entry *e = entry_at(r, f);

	return e && e->type == INQ_ENTRY_TYPES && f->level == 1 && f->at != INQ_NOWHERE;
}

static enum inq_status refuse(struct taker *t, enum inq_status why, const char *party, uint64_t index,
        uint64_t at, const char *file, const char *what, uint64_t total, struct inq_error *err)
{
	uint8_t numbers[4][8];
	const struct inq_bytes fields[] = { wire_number((uint64_t)why, numbers[0]),
		inq_bytes_of(party ? party : ""), wire_number(index, numbers[1]), wire_number(at, numbers[2]),
		inq_bytes_of(file ? file : ""), inq_bytes_of(what), wire_number(total, numbers[3]) };
	struct inq_bytes none;

	return taker_ask(t, WIRE_REFUSED, fields, 7, t->a, &none, err);
}

/* Whether the party may have published this bundle: then its own log is all there, and the others bear its name. */
static bool may_publish(const struct inq_record_result *r, size_t party)
{
	/* At the log of who was proved to fork it nobody looks any more. */
	if (r->logs[party].forked && r->logs[party].size == 0)
		return true;
	if (r->logs[party].size < r->logs[party].known || r->logs[party].size == 0)
		return false;
	for (size_t i = 0; i < r->log_count; i++) {
		const struct inq_record_log *log = &r->logs[i];
		bool bears = i == party || log->size == 0 || log->forked ||
		             r->logs[party].revoked[INQ_ROLE_COSIGNER];

		for (size_t k = 0; k < log->cosigner_count && !bears; k++)
			bears = log->cosigners[k].party == party && log->cosigners[k].size == log->size;
		if (!bears)
			return false;
	}
	return true;
}

/*
 * A log of which there is less than was seen. In the bundle of another party, who
 * was behind, that is nothing; but somebody must have had it so.
 */
static const struct inq_record_log *shrunk(const struct inq_record_result *r)
{
	const struct inq_record_log *behind = NULL;

	for (size_t i = 0; i < r->log_count; i++)
		if (r->logs[i].size && r->logs[i].size < r->logs[i].known)
			behind = &r->logs[i];
	for (size_t i = 0; i < r->log_count && behind; i++)
		if (may_publish(r, i))
			return NULL;
	return behind;
}

/* Whether the own log has another history in the bundle than here. */
static bool own_contradicts(const struct taker *t, const struct inq_record_result *r)
{
	for (size_t i = 0; i < r->log_count; i++)
		if (r->logs[i].contradicts && t->c->own < t->c->log_count &&
		        strcmp(r->logs[i].origin, t->c->logs[t->c->own].origin) == 0)
			return true;
	return false;
}

/* The first thing that does not hold; true where there is one, and it was told. */
static bool refusal_tell(
        struct taker *t, const struct inq_record_result *r, enum inq_status *ret, struct inq_error *err)
{
	const struct inq_record_failure *first = NULL;
	const struct inq_record_log *less = shrunk(r);
	const char *what;
	uint64_t total = r->failure_total - r->failure_count;

	for (size_t i = 0; i < r->failure_count; i++) {
		const struct inq_record_failure *f = &r->failures[i];

		if (tolerated(r, f))
			continue;
		/* What accuses is what is said, whatever else there is. */
		if (!first || (f->status == INQ_FORKED && first->status != INQ_FORKED))
			first = f;
		total++;
	}
	if (first && own_contradicts(t, r)) {
		*ret = refuse(t, INQ_CONFLICT, t->c->party, INQ_NOWHERE, INQ_NOWHERE, NULL,
		        "the bundle holds another history of this party's own log: the case is an old copy "
		        "that "
		        "was written to, or somebody has the key",
		        total, err);
		return true;
	}
	if (first) {
		what = inq_arena_printf(t->a, "%s%s%s%s%s", first->what, first->expected ? "; expected " : "",
		        first->expected ? first->expected : "", first->found ? "; found " : "",
		        first->found ? first->found : "");
		*ret = what ? refuse(t, first->status, first->party, first->index, first->at, first->file,
		                      what, total, err)
		            : case_no_memory(err);
		return true;
	}
	if (total) {
		*ret = refuse(
		        t, INQ_TAMPERED, NULL, INQ_NOWHERE, INQ_NOWHERE, NULL, "does not hold", total, err);
		return true;
	}
	if (!less)
		return false;
	what = inq_arena_printf(t->a,
	        "the log shrank: here are %llu of the %llu entries that were seen of it",
	        (unsigned long long)less->size, (unsigned long long)less->known);
	*ret = what ? refuse(t, INQ_TAMPERED, less->party, INQ_NOWHERE, INQ_NOWHERE, NULL, what, 1, err)
	            : case_no_memory(err);
	return true;
}

/* Proofs for the logs of others whose history is another one here than before. */
static enum inq_status forks_tell(struct taker *t, const struct inq_record_result *r, struct inq_error *err)
{
	for (size_t i = 0; i < r->log_count; i++) {
		struct inq_bytes proofs[2], none;
		char text[INQ_VKEY_MOST];
		struct inq_vkey key;
		enum inq_status status;
		uint32_t log = 0;

		while (log < t->c->log_count && strcmp(t->c->logs[log].origin, r->logs[i].origin) != 0)
			log++;
		if (!r->logs[i].contradicts || log == t->c->log_count || log == t->c->own)
			continue;
		status = taker_fork(t, log, t->a, &key, proofs, err);
		if (t->lost || status == INQ_NO_MEMORY)
			return status;
		if (status != INQ_OK)
			continue;
		inq_vkey_write(&key, text);
		status = taker_ask(t, WIRE_FORK,
		        (const struct inq_bytes[]){
		                inq_bytes_of(r->logs[i].origin), inq_bytes_of(text), proofs[0], proofs[1] },
		        4, t->a, &none, err);
		if (status != INQ_OK)
			return status;
	}
	return INQ_OK;
}

/* A note with the lines of its signatures for which `keep` is: those of the log and, where it is not NULL, of `by`. */
static enum inq_status note_cut(struct taker *t, const struct inq_note *note, const char *origin,
        const char *by, bool *ret_here, struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_memory_sink memory = { .arena = t->a };
	struct inq_sink out;

	*ret_here = false;
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	inq_put_bytes(&out, note->text);
	inq_put(&out, "\n");
	for (size_t i = 0; i < note->count; i++) {
		bool its = by && inq_bytes_equal(note->signatures[i].name, by);

		*ret_here |= its;
		if (its || inq_bytes_equal(note->signatures[i].name, origin))
			inq_put_bytes(&out, note->signatures[i].line);
	}
	if (!inq_sink_flush(&out))
		return case_no_memory(err);
	*ret = (struct inq_bytes){ (const uint8_t *)memory.at, memory.len };
	return INQ_OK;
}

/* Hands over a cosignature that a head's file bears. Cosignatures of keys that were revoked did not count. */
static enum inq_status cosigned_give(struct taker *t, const struct inq_record_result *r,
        const struct inq_record_log *log, const struct inq_record_cosigner *by, const char *name,
        struct inq_error *err)
{
	const char *party = r->logs[by->party].party;
	struct inq_bytes bytes, fields[3], none;
	struct inq_note note;
	bool here;
	enum inq_status status = taker_read(t, name, INQ_NOTE_MOST, t->a, &bytes, err);

	if (status != INQ_OK)
		return status == INQ_UNREADABLE ? INQ_OK : status;
	status = inq_note_read(bytes, t->a, &note, err);
	if (status == INQ_OK)
		status = note_cut(t, &note, log->origin, party, &here, &fields[2], err);
	if (status != INQ_OK || !here || r->logs[by->party].revoked[INQ_ROLE_COSIGNER])
		return status;
	fields[0] = inq_bytes_of(log->origin);
	fields[1] = inq_bytes_of(party);
	return taker_ask(t, WIRE_COSIGNED, fields, 3, t->a, &none, err);
}

/* The head of a log, where it is new, and who cosigned which one. */
static enum inq_status heads_give(struct taker *t, const struct inq_record_result *r,
        const struct inq_record_log *log, struct inq_error *err)
{
	char name[INQ_BUNDLE_NAME];
	struct inq_bytes bytes, note_bytes, none;
	uint8_t number[8];
	struct inq_note note;
	bool here;
	enum inq_status status;

	inq_bundle_checkpoint(log->party, name);
	status = taker_read(t, name, INQ_NOTE_MOST, t->a, &bytes, err);
	if (status == INQ_OK)
		status = inq_note_read(bytes, t->a, &note, err);
	if (status == INQ_OK)
		status = note_cut(t, &note, log->origin, NULL, &here, &note_bytes, err);
	if (status == INQ_OK && log->size > log->known)
		status = taker_ask(t, WIRE_HEAD,
		        (const struct inq_bytes[]){
		                inq_bytes_of(log->origin), wire_number(log->size, number), note_bytes },
		        3, t->a, &none, err);
	for (size_t i = 0; i < log->cosigner_count && status == INQ_OK; i++) {
		inq_bundle_checkpoint(log->party, name);
		status = cosigned_give(t, r, log, &log->cosigners[i], name, err);
		inq_bundle_cosigned(log->party, r->logs[log->cosigners[i].party].party, name);
		if (status == INQ_OK)
			status = cosigned_give(t, r, log, &log->cosigners[i], name, err);
	}
	return status;
}

static enum inq_status found_give(struct taker *t, const struct inq_record_result *r, struct inq_error *err)
{
	uint64_t unreadable = 0;
	uint8_t number[8];
	struct inq_bytes field, none;
	enum inq_status status = INQ_OK;

	for (size_t i = 0; i < r->log_count && status == INQ_OK; i++) {
		const struct inq_record_log *log = &r->logs[i];

		for (size_t e = log->first + (size_t)log->known; e < log->first + log->count; e++)
			unreadable += r->entries[e].type == INQ_ENTRY_TYPES;
		if (log->size)
			status = heads_give(t, r, log, err);
	}
	field = wire_number(unreadable, number);
	return status == INQ_OK ? taker_ask(t, WIRE_UNREADABLE, &field, 1, t->a, &none, err) : status;
}

/* What there is of each log, whether it is taken in or not. */
static enum inq_status logs_tell(struct taker *t, const struct inq_record_result *r, struct inq_error *err)
{
	enum inq_status status = INQ_OK;

	for (size_t i = 0; i < r->log_count && status == INQ_OK; i++) {
		uint8_t numbers[2][8];
		const struct inq_bytes fields[] = { inq_bytes_of(r->logs[i].origin),
			wire_number(r->logs[i].size, numbers[0]),
			wire_number(r->logs[i].forked ? WIRE_FORKED : 0, numbers[1]) };
		struct inq_bytes none;

		status = taker_ask(t, WIRE_LOG, fields, 3, t->a, &none, err);
	}
	return status;
}

/* The entry key of a log that was left out, as its first entry says, which is signed with it. */
static bool stranger_key(struct taker *t, const struct inq_record_absent *stranger, char ret[INQ_VKEY_MOST])
{
	char name[INQ_BUNDLE_NAME];
	struct inq_arena *a = inq_arena_open(64 << 20);
	struct inq_bytes bytes, first;
	struct inq_checkpoint head;
	struct inq_entry e;
	struct inq_note note;
	struct inq_vkey key;
	uint64_t off = 0;
	bool read = false;

	inq_bundle_checkpoint(stranger->party, name);
	if (a && taker_read(t, name, INQ_NOTE_MOST, a, &bytes, &t->unsaid) == INQ_OK &&
	        inq_note_read(bytes, a, &note, NULL) == INQ_OK &&
	        inq_checkpoint_read(note.text, &head, NULL) == INQ_OK && head.size) {
		inq_bundle_tile(stranger->party, INQ_TILE_ENTRIES, 0,
		        head.size < INQ_TILE_WIDTH ? (unsigned)head.size : INQ_TILE_WIDTH, name);
		read = taker_read(t, name, INQ_BUNDLE_FILE_MOST, a, &bytes, &t->unsaid) == INQ_OK &&
		       inq_entry_bundle_next(bytes, &off, &first) &&
		       inq_entry_read(first, a, &e, NULL) == INQ_OK && e.type == INQ_ENTRY_CHARTER &&
		       inq_bytes_equal(e.party, stranger->party) &&
		       inq_vkey_read(e.keys[INQ_ROLE_ENTRY], &key, NULL) == INQ_OK &&
		       inq_entry_verify(&e, &key, a, NULL) == INQ_OK;
	}
	if (read)
		inq_vkey_write(&key, ret);
	inq_arena_close(a);
	return read;
}

/* Parties that the bundle brings, and that nobody let in. */
static enum inq_status strangers_tell(
        struct taker *t, const struct inq_record_result *r, struct inq_error *err)
{
	enum inq_status status = INQ_OK;

	for (size_t i = 0; i < r->absent_count && status == INQ_OK; i++) {
		const struct inq_record_absent *stranger = &r->absent[i];
		struct inq_memory_sink memory = { .arena = t->a };
		const char *between = "";
		struct inq_sink names;
		struct inq_bytes none;
		char key[INQ_VKEY_MOST] = "";

		if (!stranger->is_here)
			continue;
		inq_sink_init(&names, inq_memory_sink_write, &memory);
		for (size_t k = 0; k < r->log_count; k++) {
			if (!(stranger->named_by >> k & 1))
				continue;
			inq_putf(&names, "%s%s", between, r->logs[k].party);
			between = ", ";
		}
		if (!inq_sink_flush(&names))
			return case_no_memory(err);
		(void)!stranger_key(t, stranger, key);
		if (t->lost)
			return inq_fail(err, t->lost, t->why.at, "%s", t->why.text);
		status = taker_ask(t, WIRE_STRANGER,
		        (const struct inq_bytes[]){ inq_bytes_of(stranger->party), inq_bytes_of(key),
		                { (const uint8_t *)memory.at, memory.len } },
		        3, t->a, &none, err);
	}
	return status;
}

static bool has_party(const struct inq_record_result *r, const char *party)
{
	for (size_t i = 0; i < r->log_count; i++)
		if (strcmp(r->logs[i].party, party) == 0)
			return true;
	return false;
}

/* Somebody who was to come in and is not there; true where that is so, and was told. */
static bool missing_tell(
        struct taker *t, const struct inq_record_result *r, enum inq_status *ret, struct inq_error *err)
{
	const struct inq_pull *pull = t->keeper->pull;
	const char *what;

	for (size_t i = 0; i < pull->accept_count; i++) {
		if (has_party(r, pull->accept[i].party))
			continue;
		what = inq_arena_printf(t->a, "brings no party %s that could come in", pull->accept[i].party);
		*ret = what ? refuse(t, INQ_NOT_FOUND, NULL, INQ_NOWHERE, INQ_NOWHERE, NULL, what, 1, err)
		            : case_no_memory(err);
		return true;
	}
	if (r->log_count || !r->absent_count)
		return false;
	what = inq_arena_printf(t->a,
	        "brings %zu parties, and no more than %d come in unnamed: --accept names those to join with",
	        r->absent_count, INQ_JOIN_MOST);
	*ret = what ? refuse(t, INQ_OVER_LIMIT, NULL, INQ_NOWHERE, INQ_NOWHERE, NULL, what, 1, err)
	            : case_no_memory(err);
	return true;
}

static enum inq_status taken(struct taker *t, const struct inq_record_result *r, struct inq_error *err)
{
	enum inq_status status = batch_flush(t, err), told = INQ_OK;

	if (t->again)
		return refusal_tell(t, r, &told, err) ? told : INQ_OK;
	if (status == INQ_OK)
		status = logs_tell(t, r, err);
	if (status == INQ_OK)
		status = strangers_tell(t, r, err);
	if (status != INQ_OK)
		return status;
	if (missing_tell(t, r, &told, err))
		return told;
	if (refusal_tell(t, r, &told, err))
		return told == INQ_OK ? forks_tell(t, r, err) : told;
	return found_give(t, r, err);
}

/* Whom the caller lets in, and the keys that these are to have. */
static enum inq_status consent_make(struct taker *t, struct inq_record_consent *consent,
        struct inq_record_trust *trust, struct inq_error *err)
{
	const struct inq_pull *pull = t->keeper->pull;
	const char **parties = inq_arena_new(t->a, pull->accept_count, sizeof *parties);
	struct inq_vkey *keys = inq_arena_new(t->a, pull->accept_count, sizeof *keys);

	if (!parties || !keys)
		return case_no_memory(err);
	for (size_t i = 0; i < pull->accept_count; i++) {
		parties[i] = pull->accept[i].party;
		if (pull->accept[i].key)
			keys[trust->key_count++] = *pull->accept[i].key;
	}
	consent->parties = parties;
	consent->party_count = pull->accept_count;
	trust->keys = keys;
	return INQ_OK;
}

enum inq_status taker_run(void *taker, struct inq_confined *parent, struct inq_error *err)
{
	struct taker *t = taker;
	struct inq_record_known known = *t->known;
	struct inq_record_consent consent = { .others = t->keeper->others };
	const struct inq_record_intake intake = { entry_take, object_take, t };
	const struct inq_bundle_source source = { taker_read, NULL, t };
	struct inq_record_trust trust = {
		.level = 2, .object_most = INQ_CASE_OBJECT_MOST, .blind = inq_blind_check
	};
	const struct inq_record_result *r;
	enum inq_status status;

	t->parent = parent;
	known.entry = known_entry;
	known.object = known_object;
	known.context = t;
	t->a = inq_arena_open(SIZE_MAX);
	if (!t->a)
		return case_no_memory(err);
	if (!t->again) {
		status = consent_make(t, &consent, &trust, err);
		if (status != INQ_OK)
			return status;
		trust.known = &known;
		trust.consent = &consent;
		trust.intake = &intake;
	}
	status = inq_record_verify(&source, &trust, t->a, &r, err);
	if (t->lost)
		status = inq_fail(err, t->lost, t->why.at, "%s", t->why.text);
	else if (t->set_back)
		status = refuse(t, INQ_CONFLICT, t->c->party, INQ_NOWHERE, INQ_NOWHERE, NULL,
		        "the bundle holds more of this party's own log than this case: the case is an old "
		        "copy, "
		        "and what it writes would fork the log",
		        1, err);
	else if (status == INQ_OK)
		status = taken(t, r, err);
	inq_arena_close(t->batch_arena);
	inq_arena_close(t->a);
	return status;
}
