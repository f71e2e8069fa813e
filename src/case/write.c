/* Entering: a batch of entries, signed one after the other, made durable with the head that covers them. */
#include "case/private.h"
#include <inttypes.h>
#include <string.h>

enum { NOTE_LINES = INQ_NOTE_SIGNATURES };

enum inq_status case_checkpoint(struct inq_case *c, uint32_t log, struct inq_arena *a, struct inq_bytes *ret,
        struct inq_checkpoint *ret_head, struct inq_error *err)
{
	struct inq_memory_sink memory = { .arena = a };
	struct inq_store_head head;
	struct inq_sink out;
	struct inq_note note;
	enum inq_status status = inq_store_head_last(c->store, log, a, &head, err);

	if (status != INQ_OK)
		return status;
	if (head.cosignature_count >= NOTE_LINES)
		head.cosignature_count = NOTE_LINES - 1;
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	inq_put_bytes(&out, head.note);
	for (size_t i = 0; i < head.cosignature_count; i++)
		inq_put_bytes(&out, head.cosignatures[i]);
	if (!inq_sink_flush(&out))
		return case_no_memory(err);
	*ret = (struct inq_bytes){ (const uint8_t *)memory.at, memory.len };
	status = inq_note_read(*ret, a, &note, err);
	return status == INQ_OK ? inq_checkpoint_read(note.text, ret_head, err) : status;
}

static int seen_order(const struct inq_seen *l, const struct inq_seen *r)
{
	size_t len = l->origin.len < r->origin.len ? l->origin.len : r->origin.len;
	int order = memcmp(l->origin.at, r->origin.at, len);

	return order ? order : (l->origin.len > r->origin.len) - (l->origin.len < r->origin.len);
}

/* The heads of the other logs as they are here. */
static enum inq_status seen_read(struct inq_case *c, struct inq_error *err)
{
	c->seen_count = 0;
	c->seen = inq_arena_new(c->batch, INQ_SEEN_MOST, sizeof *c->seen);
	if (!c->seen)
		return case_no_memory(err);
	for (uint32_t i = 0; i < c->log_count; i++) {
		struct inq_checkpoint head;
		struct inq_bytes note;
		struct inq_seen seen;
		enum inq_status status;
		size_t at;

		if (i == c->own || c->logs[i].size == 0)
			continue;
		if (c->seen_count == INQ_SEEN_MOST)
			return inq_fail(err, INQ_OVER_LIMIT, 0, "an entry names at most %d other logs",
			        INQ_SEEN_MOST);
		status = case_checkpoint(c, i, c->batch, &note, &head, err);
		if (status != INQ_OK)
			return status;
		seen = (struct inq_seen){ head.origin, head.size, head.root };
		for (at = c->seen_count++; at && seen_order(&c->seen[at - 1], &seen) > 0; at--)
			c->seen[at] = c->seen[at - 1];
		c->seen[at] = seen;
	}
	return INQ_OK;
}

static enum inq_status signers_make(
        struct inq_case *c, const struct inq_case_writer *writer, struct inq_error *err)
{
	const struct log *own = &c->logs[c->own];
	const char *name = writer->keys.of[INQ_ROLE_ENTRY].name;

	if (strcmp(name, c->party) != 0)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "the key is %s's, and this case is written by %s",
		        name, c->party);
	c->writer = *writer;
	for (unsigned i = 0; i < INQ_ROLES; i++) {
		struct inq_vkey key = writer->keys.of[i];
		enum inq_status status = INQ_OK;

		if (i == INQ_ROLE_LOG)
			status = inq_vkey_make(inq_bytes_of(own->origin), key.type, key.public, &key, err);
		if (status != INQ_OK)
			return status;
		if (own->has_keys && !inq_vkey_same(&key, &own->keys.of[i]))
			return inq_fail(err, INQ_BAD_ARGUMENT, 0,
			        "the %s key is not the one that is in force in this case",
			        inq_key_role_name((enum inq_key_role)i));
		/* Nothing is countersigned here: a revoked cosigner key is no hindrance. */
		if (i != INQ_ROLE_COSIGNER && own->revoked[i])
			return inq_fail(err, INQ_BAD_ARGUMENT, 0,
			        "the %s key was revoked: nothing more can be entered with it",
			        inq_key_role_name((enum inq_key_role)i));
		c->remotes[i] = (struct inq_remote){ writer->asker, (enum inq_key_role)i };
		inq_signer_over(&c->remotes[i], &key, &c->signers[i]);
	}
	return INQ_OK;
}

enum inq_status case_write_begin(
        struct inq_case *c, const struct inq_case_writer *writer, struct inq_error *err)
{
	enum inq_status status;

	c->batch = inq_arena_open(SIZE_MAX);
	c->queued = 0;
	if (!c->batch)
		return case_no_memory(err);
	status = signers_make(c, writer, err);
	return status == INQ_OK ? seen_read(c, err) : status;
}

enum inq_status inq_case_begin(
        struct inq_case *c, const struct inq_case_writer *writer, struct inq_error *err)
{
	enum inq_status status = inq_store_begin(c->store, true, err);

	if (status != INQ_OK)
		return status;
	status = case_look(c, err);
	if (status == INQ_OK && c->logs[c->own].size && !c->logs[c->own].has_keys)
		status = inq_fail(
		        err, INQ_CORRUPT, 0, "the log of %s does not begin with a charter", c->party);
	if (status == INQ_OK)
		status = case_write_begin(c, writer, err);
	if (status != INQ_OK)
		inq_case_rollback(c);
	return status;
}

enum inq_status inq_case_enter(
        struct inq_case *c, const struct inq_entry *e, struct inq_case_entered *ret, struct inq_error *err)
{
	struct log *own = &c->logs[c->own];
	struct inq_entry made = *e, back;
	struct inq_case_entered entered;
	struct inq_arena *scratch;
	struct inq_bytes bytes;
	enum inq_status status;

	if (!c->batch)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "nothing is being written");
	if (c->queued == INQ_CASE_BATCH)
		return inq_fail(err, INQ_OVER_LIMIT, 0, "a batch has at most %d entries", INQ_CASE_BATCH);
	status = case_refuse(c, e, err);
	if (status != INQ_OK)
		return status;
	made.case_id = inq_bytes_of(c->id);
	made.party = inq_bytes_of(c->party);
	made.seq = own->size;
	made.prev = (struct inq_digest_or_none){ own->size > 0, own->last };
	made.seen = c->seen;
	made.seen_count = c->seen_count;
	made.time = own->time > c->writer.time ? own->time : c->writer.time;
	status = inq_entry_write(&made, &c->signers[INQ_ROLE_ENTRY], c->batch, &bytes, &entered.digest, err);
	if (status != INQ_OK)
		return status;
	/* What is known is what was read: an entry of its own is read like any other. */
	scratch = inq_arena_open(SIZE_MAX);
	status = scratch ? inq_entry_read(bytes, scratch, &back, err) : case_no_memory(err);
	entered.index = own->size;
	entered.type = made.type;
	entered.time = made.time;
	if (status == INQ_OK)
		status = case_take(c, c->own, &entered.digest, &back, err);
	inq_arena_close(scratch);
	if (status != INQ_OK)
		return status;
	c->queue[c->queued++] = bytes;
	*ret = entered;
	return INQ_OK;
}

/* The head of the log with what is queued at its end, signed. */
static enum inq_status head_make(
        struct inq_case *c, uint64_t size, struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_store_tree tree = { .store = c->store, .log = c->own };
	struct inq_tile_source tiles = inq_store_tree_source(&tree);
	struct inq_merkle_edge edge;
	struct inq_checkpoint head = { .origin = inq_bytes_of(c->logs[c->own].origin) };
	struct inq_bytes text;
	enum inq_status status = inq_merkle_edge_read(&tiles, size, &edge, err);

	if (status != INQ_OK)
		return status;
	for (size_t i = 0; i < c->queued; i++) {
		struct inq_sha256 leaf;

		inq_merkle_leaf(c->queue[i], &leaf);
		(void)inq_merkle_append(&edge, &leaf, NULL);
	}
	head.size = edge.size;
	inq_merkle_edge_root(&edge, &head.root);
	status = inq_checkpoint_write(&head, c->batch, &text, err);
	if (status == INQ_OK)
		status = inq_note_sign(text, &c->signers[INQ_ROLE_LOG], 1, 0, c->batch, ret, err);
	return status;
}

enum inq_status inq_case_commit(struct inq_case *c, struct inq_error *err)
{
	uint64_t size = c->logs[c->own].size - c->queued;
	struct inq_bytes note;
	enum inq_status status = INQ_OK;

	if (!c->batch)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "nothing is being written");
	if (c->queued) {
		status = head_make(c, size, &note, err);
		if (status == INQ_OK)
			status = inq_store_append(c->store, c->own, size, c->queue, c->queued, err);
		if (status == INQ_OK)
			status = inq_store_head_add(c->store, c->own, size + c->queued, note, err);
	}
	if (status == INQ_OK)
		status = inq_store_commit(c->store, err);
	if (status != INQ_OK) {
		inq_case_rollback(c);
		return status;
	}
	inq_arena_close(c->batch);
	c->batch = NULL;
	c->queued = 0;
	return INQ_OK;
}

void inq_case_rollback(struct inq_case *c)
{
	inq_store_rollback(c->store);
	inq_arena_close(c->batch);
	c->batch = NULL;
	/* What was entered is not there, and what failed was half taken over: everything is read anew. */
	case_forget(c);
	c->queued = 0;
}
