/*
 * The keeping side of a pull: does what the reading side asks, within the
 * transaction. Bytes of the bundle are passed on and stored, not read, but for
 * heads, which are looked at again before they are believed.
 */
#include "case/wire.h"
#include <stdio.h>
#include <string.h>

static enum inq_status no_question(struct inq_error *err)
{
	return inq_fail(err, INQ_CRASHED, 0, "the process that reads it asks what it should not");
}

/* A field as a string. NULL on the arena's limit, or where it holds a NUL. */
static const char *string(struct inq_arena *a, struct inq_bytes field)
{
	return field.len && memchr(field.at, 0, field.len) ? NULL : inq_arena_string(a, field);
}

static struct keeper_log *log_find(const struct keeper *k, struct inq_bytes origin)
{
	for (size_t i = 0; i < k->log_count; i++)
		if (inq_bytes_equal(origin, k->logs[i].origin))
			return &k->logs[i];
	return NULL;
}

bool keeper_accepts(const struct keeper *k, const char *party)
{
	for (size_t i = 0; i < k->pull->accept_count; i++)
		if (strcmp(k->pull->accept[i].party, party) == 0)
			return true;
	return false;
}

/* How many have come in that nobody named. */
static size_t unnamed(const struct keeper *k)
{
	size_t count = 0;

	for (size_t i = 0; i < k->log_count; i++)
		count += k->logs[i].is_new && !keeper_accepts(k, k->logs[i].party);
	return count;
}

/* PARTY of an origin in this case; where the case has no number yet, the first origin gives it. */
static const char *party_of(struct keeper *k, struct inq_bytes origin)
{
	const uint8_t *slash = origin.len ? memchr(origin.at, '/', origin.len) : NULL;
	size_t len = slash ? (size_t)(slash - origin.at) : 0;
	struct inq_bytes party = { origin.at, len }, id = inq_bytes_from(origin, len + 1);
	uint8_t bits[INQ_CASE_ID / 2];

	if (!slash || !inq_party_name_holds(party) || !inq_unhex(id, bits, sizeof bits))
		return NULL;
	if (!k->c->id)
		k->c->id = inq_arena_string(k->c->a, id);
	return k->c->id && inq_bytes_equal(id, k->c->id) ? inq_arena_string(k->a, party) : NULL;
}

static struct keeper_log *log_new(struct keeper *k, struct inq_bytes origin)
{
	struct keeper_log *more = inq_arena_extend(k->a, k->logs, k->log_count, &k->log_room, sizeof *more);
	const char *party = party_of(k, origin);

	if (more)
		k->logs = more;
	/* The reading side is not asked whom it lets in. */
	if (!more || !party || k->log_count == INQ_PARTIES_MOST ||
	        (!keeper_accepts(k, party) && unnamed(k) >= k->others))
		return NULL;
	more[k->log_count] = (struct keeper_log){
		.party = party, .origin = inq_arena_string(k->a, origin), .number = UINT32_MAX, .is_new = true
	};
	return more[k->log_count].origin ? &more[k->log_count++] : NULL;
}

static enum inq_status entries_keep(struct keeper *k, struct inq_bytes origin, uint64_t first,
        struct inq_bytes framed, struct inq_error *err)
{
	struct keeper_log *log = log_find(k, origin);
	struct inq_bytes entries[INQ_TILE_WIDTH];
	enum inq_status status = INQ_OK;
	size_t count = 0;
	uint64_t off = 0;

	while (off < framed.len && count < INQ_TILE_WIDTH &&
	        inq_entry_bundle_next(framed, &off, &entries[count]))
		count++;
	if (off != framed.len || !count || (log && (log->own || log->forked)))
		return no_question(err);
	if (!log)
		log = log_new(k, origin);
	if (!log)
		return no_question(err);
	if (log->number == UINT32_MAX)
		status = inq_store_log_add(k->c->store, log->party, log->origin, &log->number, err);
	if (status == INQ_OK)
		status = inq_store_append(k->c->store, log->number, first, entries, count, err);
	if (status != INQ_OK)
		return status;
	log->size = first + count;
	k->pulled.entries += count;
	k->changed = true;
	return INQ_OK;
}

static enum inq_status object_keep(
        struct keeper *k, struct inq_bytes digest, struct inq_bytes content, struct inq_error *err)
{
	struct inq_sha256 sum, wanted;
	enum inq_status status;

	if (digest.len != sizeof wanted.byte)
		return no_question(err);
	memcpy(wanted.byte, digest.at, sizeof wanted.byte);
	status = inq_store_object_put_bytes(k->c->store, content, &sum, err);
	if (status == INQ_OK && !inq_sha256_equal(&sum, &wanted))
		status = no_question(err);
	k->pulled.objects++;
	k->changed = true;
	return status;
}

/* A head of exactly what the log holds now. */
static enum inq_status head_keep(struct keeper *k, struct inq_bytes origin, uint64_t size,
        struct inq_bytes bytes, struct inq_error *err)
{
	const struct keeper_log *log = log_find(k, origin);
	struct inq_arena *scratch = inq_arena_open(16 << 20);
	struct inq_store_tree tree = { .store = k->c->store };
	struct inq_tile_source tiles = inq_store_tree_source(&tree);
	struct inq_merkle_edge edge;
	struct inq_checkpoint head;
	struct inq_sha256 root;
	struct inq_note note;
	enum inq_status status = scratch ? INQ_OK : case_no_memory(err);

	if (status == INQ_OK && (!log || log->own || log->number == UINT32_MAX))
		status = no_question(err);
	if (status == INQ_OK)
		status = inq_note_read(bytes, scratch, &note, err);
	if (status == INQ_OK)
		status = inq_checkpoint_read(note.text, &head, err);
	if (status == INQ_OK) {
		tree.log = log->number;
		status = inq_merkle_edge_read(&tiles, size, &edge, err);
	}
	if (status == INQ_OK) {
		inq_merkle_edge_root(&edge, &root);
		if (!inq_bytes_equal(head.origin, log->origin) || head.size != size || size != log->size ||
		        !inq_sha256_equal(&root, &head.root))
			status = no_question(err);
	}
	if (status == INQ_OK)
		status = inq_store_head_add(k->c->store, log->number, size, bytes, err);
	k->changed = true;
	inq_arena_close(scratch);
	return status;
}

static enum inq_status cosigned_keep(struct keeper *k, struct inq_bytes origin, struct inq_bytes by,
        struct inq_bytes note, struct inq_error *err)
{
	const struct keeper_log *log = log_find(k, origin);
	const char *party = string(k->a, by);
	bool is_new = false;
	enum inq_status status;

	if (!log || !party || !inq_party_name_holds(by) || log->number == UINT32_MAX)
		return no_question(err);
	status = case_cosigned_keep(k->c, log->number, log->origin, party, note, &is_new, err);
	if (is_new) {
		k->pulled.cosignatures++;
		k->changed = true;
	}
	return status;
}

/* The first head that was kept of `size` entries or more. */
static enum inq_status head_from(struct keeper *k, struct inq_bytes origin, uint64_t size,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	const struct keeper_log *log = log_find(k, origin);
	struct inq_store_head head;
	enum inq_status status;

	if (!log || log->number == UINT32_MAX)
		return no_question(err);
	status = inq_store_head_from(k->c->store, log->number, size, a, &head, err);
	if (status == INQ_OK)
		*ret = head.note;
	return status;
}

static enum inq_status object_is(struct keeper *k, struct inq_bytes field, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_store_object about;
	struct inq_sha256 digest;
	enum inq_status status;
	uint8_t *at = inq_arena_new(a, 8, 1);

	if (field.len != sizeof digest.byte)
		return no_question(err);
	if (!at)
		return case_no_memory(err);
	memcpy(digest.byte, field.at, sizeof digest.byte);
	status = inq_store_object(k->c->store, &digest, a, &about, err);
	if (status == INQ_OK)
		*ret = wire_number(about.size, at);
	return status == INQ_NOT_FOUND ? INQ_OK : status;
}

static enum inq_status log_keep(
        struct keeper *k, struct inq_bytes origin, uint64_t here, uint64_t flags, struct inq_error *err)
{
	struct keeper_log *log = log_find(k, origin);

	if (!log)
		log = log_new(k, origin);
	if (!log)
		return no_question(err);
	log->here = here;
	log->forked |= (flags & WIRE_FORKED) != 0;
	return INQ_OK;
}

/* A string of the reading side, as it may be shown; NULL for none. */
static const char *shown(struct keeper *k, struct inq_bytes field)
{
	struct inq_memory_sink memory = { .arena = k->a };
	struct inq_sink out;

	if (!field.len)
		return NULL;
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	inq_put_inert(&out, field, 600);
	if (!inq_sink_flush(&out))
		return NULL;
	return inq_arena_string(k->a, (struct inq_bytes){ (const uint8_t *)memory.at, memory.len });
}

static enum inq_status refused_keep(struct keeper *k, const struct wire_question *q, struct inq_error *err)
{
	struct inq_pull_refusal *r = &k->pulled.refusal;
	uint64_t status;

	if (!wire_number_read(q->fields[0], &status) || !wire_number_read(q->fields[2], &r->index) ||
	        !wire_number_read(q->fields[3], &r->at) || !wire_number_read(q->fields[6], &r->total))
		return no_question(err);
	r->status = (enum inq_status)status;
	r->party = shown(k, q->fields[1]);
	r->file = shown(k, q->fields[4]);
	r->what = shown(k, q->fields[5]);
	if (!r->what)
		r->what = "does not hold";
	k->pulled.refused = true;
	return INQ_OK;
}

static enum inq_status fork_keep(struct keeper *k, const struct wire_question *q, struct inq_error *err)
{
	const struct keeper_log *log = log_find(k, q->fields[0]);
	struct keeper_fork *more =
	        inq_arena_extend(k->a, k->forks, k->fork_count, &k->fork_room, sizeof *more);
	enum inq_status status;

	if (!log || log->own || log->number == UINT32_MAX || k->fork_count >= INQ_PARTIES_MOST)
		return no_question(err);
	if (!more)
		return case_no_memory(err);
	k->forks = more;
	more += k->fork_count;
	more->log = log->number;
	status = inq_vkey_read(q->fields[1], &more->key, err);
	for (unsigned i = 0; i < 2 && status == INQ_OK; i++) {
		const char *copy = inq_arena_string(k->a, q->fields[2 + i]);

		more->proofs[i] = (struct inq_bytes){ (const uint8_t *)copy, q->fields[2 + i].len };
		status = copy ? INQ_OK : case_no_memory(err);
	}
	k->fork_count += status == INQ_OK;
	return status;
}

static enum inq_status stranger_keep(struct keeper *k, const struct wire_question *q, struct inq_error *err)
{
	struct inq_pull_stranger *more = inq_arena_extend(
	        k->a, k->strangers, k->pulled.stranger_count, &k->stranger_room, sizeof *more);
	struct inq_vkey key;

	if (!inq_party_name_holds(q->fields[0]) || k->pulled.stranger_count >= INQ_PARTIES_MOST ||
	        (q->fields[1].len && (inq_vkey_read(q->fields[1], &key, NULL) != INQ_OK ||
	                                     !inq_bytes_equal(q->fields[0], key.name))))
		return no_question(err);
	if (!more)
		return case_no_memory(err);
	k->pulled.strangers = k->strangers = more;
	more += k->pulled.stranger_count++;
	more->party = inq_arena_string(k->a, q->fields[0]);
	more->key = q->fields[1].len ? inq_arena_string(k->a, q->fields[1]) : NULL;
	more->named_by = q->fields[2].len ? shown(k, q->fields[2]) : "";
	return more->party && more->named_by && (more->key || !q->fields[1].len) ? INQ_OK
	                                                                         : case_no_memory(err);
}

static enum inq_status read_one(struct keeper *k, const struct wire_question *q, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	const char *name = string(a, q->fields[0]);
	uint64_t most;

	/* The names are made there, and are those of a bundle: nothing leads out of it. */
	if (!name || !*name || name[0] == '/' || strstr(name, "..") || strlen(name) >= INQ_BUNDLE_NAME ||
	        !wire_number_read(q->fields[1], &most))
		return no_question(err);
	if (k->pull->tick)
		k->pull->tick(k->pull->context, k->pulled.entries, k->pulled.objects);
	return k->source.read(k->source.context, name, most, a, ret, err);
}

static enum inq_status unreadable_keep(struct keeper *k, struct inq_bytes field, struct inq_error *err)
{
	return wire_number_read(field, &k->pulled.unreadable) ? INQ_OK : no_question(err);
}

enum inq_status keeper_answer(void *keeper, struct inq_bytes question, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	static const size_t counts[WIRES] = { [WIRE_READ] = 2,
		[WIRE_OBJECT_IS] = 1,
		[WIRE_HEAD_FROM] = 2,
		[WIRE_ENTRIES] = 3,
		[WIRE_OBJECT] = 2,
		[WIRE_HEAD] = 3,
		[WIRE_COSIGNED] = 3,
		[WIRE_LOG] = 3,
		[WIRE_UNREADABLE] = 1,
		[WIRE_REFUSED] = 7,
		[WIRE_FORK] = 4,
		[WIRE_STRANGER] = 3 };
	struct keeper *k = keeper;
	struct wire_question q;
	uint64_t first = 0, second = 0;

	*ret = (struct inq_bytes){ NULL, 0 };
	if (!wire_read(question, &q) || q.count != counts[q.what])
		return no_question(err);
	if ((q.what == WIRE_HEAD_FROM || q.what == WIRE_ENTRIES || q.what == WIRE_HEAD ||
	            q.what == WIRE_LOG) &&
	        !wire_number_read(q.fields[1], &first))
		return no_question(err);
	if (q.what == WIRE_LOG && !wire_number_read(q.fields[2], &second))
		return no_question(err);
	switch (q.what) {
	case WIRE_READ:
		return read_one(k, &q, a, ret, err);
	case WIRE_OBJECT_IS:
		return object_is(k, q.fields[0], a, ret, err);
	case WIRE_HEAD_FROM:
		return head_from(k, q.fields[0], first, a, ret, err);
	case WIRE_ENTRIES:
		return entries_keep(k, q.fields[0], first, q.fields[2], err);
	case WIRE_OBJECT:
		return object_keep(k, q.fields[0], q.fields[1], err);
	case WIRE_HEAD:
		return head_keep(k, q.fields[0], first, q.fields[2], err);
	case WIRE_COSIGNED:
		return cosigned_keep(k, q.fields[0], q.fields[1], q.fields[2], err);
	case WIRE_LOG:
		return log_keep(k, q.fields[0], first, second, err);
	case WIRE_UNREADABLE:
		return unreadable_keep(k, q.fields[0], err);
	case WIRE_REFUSED:
		return refused_keep(k, &q, err);
	case WIRE_FORK:
		return fork_keep(k, &q, err);
	case WIRE_STRANGER:
		return stranger_keep(k, &q, err);
	case WIRES:
		break;
	}
	return no_question(err);
}
