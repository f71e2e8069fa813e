#include "record/load.h"
#include <inttypes.h>
#include <stdio.h>

/* One entry: read, its signature verified, its facts kept. */
static void entry_take(struct verifier *v, struct log *log, struct inq_record_entry *r, struct fact *f,
        struct inq_bytes bytes, struct place place, struct inq_seen *seen, struct inq_arena *scratch)
{
	const struct key_span *key;
	struct inq_error why;
	struct inq_entry e;
	enum inq_status status = inq_entry_read(bytes, scratch, &e, &why);
	struct place inside = place;

	inside.at = why.at;
	if (status != INQ_OK) {
		inq_verifier_fail(v, 1, status, inside, NULL, NULL, "cannot be read: %s", why.text);
		return;
	}
	r->type = e.type;
	r->time = e.time;
	inq_fact_keep(v, &e, f);
	if (!inq_bytes_equal(e.party, log->party) || !inq_bytes_equal(e.case_id, v->result->case_id)) {
		inq_verifier_fail(v, 2, INQ_TAMPERED, place, log->origin, inq_inert(v->a, e.party, 80),
		        "is of another party or case");
		r->holds = false;
		return;
	}
	if (e.seq != r->index) {
		char number[24];

		snprintf(number, sizeof number, "%" PRIu64, e.seq);
		inq_verifier_fail(
		        v, 2, INQ_TAMPERED, place, NULL, number, "stands at another place than it says");
		r->holds = false;
	}
	if (e.type == INQ_ENTRY_CHARTER && r->index == 0)
		inq_log_charter(v, log, &e);
	inq_fact_seen(v, &e, seen, f, place);
	if (v->trust->level < 1)
		return;
	key = inq_log_key(log, INQ_ROLE_ENTRY, r->index);
	if (!key) {
		inq_verifier_fail(v, 1, INQ_BAD_SIGNATURE, place, NULL, NULL,
		        log->has_charter ? "there is no entry key in force for it"
		                         : "the log's charter, which names its key, was not read");
		r->holds = false;
		return;
	}
	status = inq_entry_verify(&e, &key->key, scratch, &why);
	if (status != INQ_OK) {
		inq_verifier_fail(v, 1, status, place, NULL, NULL, "%s", why.text);
		r->holds = false;
		return;
	}
	if (e.type == INQ_ENTRY_KEY_ROTATE || e.type == INQ_ENTRY_KEY_REVOKE)
		inq_log_key_change(v, log, &e, place);
}

bool inq_log_file(struct verifier *v, const struct log *log, const char *name, uint64_t most,
        struct inq_arena *a, struct inq_bytes *ret)
{
	struct inq_error why = { 0, "" };
	enum inq_status status = v->source->read(v->source->context, name, most, a, ret, &why);

	if (status == INQ_OK)
		return true;
	inq_verifier_fail(v, 0, status, (struct place){ name, log, INQ_NOWHERE, INQ_NOWHERE }, NULL, NULL,
	        "cannot be read: %s", inq_inert(v->a, inq_bytes_of(why.text), 160));
	return false;
}

/*
 * The entries and leaf hashes of one tile. False where the tree cannot be
 * followed any further.
 */
static bool tile_take(struct verifier *v, struct log *log, uint64_t tile_index, unsigned width,
        struct inq_seen *seen, struct inq_arena *scratch)
{
	char entries_name[INQ_BUNDLE_NAME], tile_name[INQ_BUNDLE_NAME];
	struct inq_bytes bundle = { NULL, 0 }, tile = { NULL, 0 };
	struct place place = { entries_name, log, INQ_NOWHERE, INQ_NOWHERE };
	bool has_bundle, has_tile;
	uint64_t off = 0;

	inq_bundle_tile(log->party, INQ_TILE_ENTRIES, tile_index, width, entries_name);
	inq_bundle_tile(log->party, 0, tile_index, width, tile_name);
	has_bundle = inq_log_file(v, log, entries_name, INQ_BUNDLE_FILE_MOST, scratch, &bundle);
	has_tile = inq_log_file(v, log, tile_name, INQ_TILE_WIDTH * 32, scratch, &tile);
	if (has_tile && tile.len != (size_t)width * 32)
		inq_verifier_fail(v, 0, INQ_TAMPERED, (struct place){ tile_name, log, INQ_NOWHERE, tile.len },
		        NULL, NULL, "is not of %u hashes", width);
	for (unsigned i = 0; i < width; i++) {
		struct inq_sha256 leaf, stated;
		struct inq_record_entry *r;
		struct inq_bytes bytes;
		struct fact *f;
		bool has_stated = inq_tile_hash(tile, i, &stated);

		place.index = tile_index * INQ_TILE_WIDTH + i;
		place.at = off;
		if (!has_bundle || !inq_entry_bundle_next(bundle, &off, &bytes)) {
			if (has_bundle)
				inq_verifier_fail(v, 0, INQ_TRUNCATED, place, NULL, NULL,
				        "the file ends before this entry");
			has_bundle = false;
			if (!has_stated)
				return false;
			if (place.index >= log->known_size)
				inq_log_append(v, log, &stated);
			continue;
		}
		inq_merkle_leaf(bytes, &leaf);
		if (place.index < log->known_size) {
			inq_log_known_agrees(v, log, place, has_stated ? &stated : &leaf, &leaf);
			continue;
		}
		r = inq_verifier_entry(v, log, place.index, &f);
		if (!r)
			return false;
		log->count++;
		r->digest = leaf;
		inq_log_append(v, log, has_stated ? &stated : &leaf);
		place.at = INQ_NOWHERE;
		entry_take(v, log, r, f, bytes, place, seen, scratch);
		if (!f->read)
			r->holds = false;
		if (has_stated && !inq_sha256_equal(&leaf, &stated))
			inq_log_conflict(v, log, r, place, off, &stated);
		if (v->trust->intake && !v->no_memory) {
			struct inq_error why = { 0, "" };
			enum inq_status status = v->trust->intake->entry(
			        v->trust->intake->context, log->origin, place.index, bytes, &why);

			inq_verifier_taken(v, status, &why);
		}
		if (v->no_memory)
			return false;
	}
	if (has_bundle && off != bundle.len)
		inq_verifier_fail(v, 0, INQ_TAMPERED, (struct place){ entries_name, log, INQ_NOWHERE, off },
		        NULL, NULL, "something follows the last entry");
	return true;
}

bool inq_log_is_attested(const struct log *log)
{
	return log->whole && log->is_signed;
}

static void head_read(struct verifier *v, struct log *log)
{
	char name[INQ_BUNDLE_NAME];
	struct inq_error why;
	struct inq_bytes bytes;
	enum inq_status status;

	inq_bundle_checkpoint(log->party, name);
	if (!inq_log_file(v, log, name, INQ_NOTE_MOST, v->a, &bytes))
		return;
	status = inq_note_read(bytes, v->a, &log->note, &why);
	if (status == INQ_OK)
		status = inq_checkpoint_read(log->note.text, &log->head, &why);
	if (status != INQ_OK) {
		inq_verifier_fail(v, 0, status, (struct place){ name, log, INQ_NOWHERE, why.at }, NULL, NULL,
		        "%s", why.text);
		return;
	}
	if (!inq_bytes_equal(log->head.origin, log->origin)) {
		inq_verifier_fail(v, 0, INQ_TAMPERED, (struct place){ name, log, INQ_NOWHERE, 0 },
		        log->origin, inq_inert(v->a, log->head.origin, 120), "the head is of another log");
		return;
	}
	if (log->head.extension.len) {
		inq_verifier_fail(v, 0, INQ_UNRECOGNISED,
		        (struct place){ name, log, INQ_NOWHERE, INQ_NOWHERE }, NULL, NULL,
		        "the head has extension lines, which this build does not know");
		return;
	}
	log->has_head = true;
}

static void log_load(struct verifier *v, struct log *log)
{
	struct inq_seen seen[INQ_PARTIES_MOST] = { 0 };
	struct inq_sha256 root;
	char name[INQ_BUNDLE_NAME];

	log->first = v->entry_count;
	if (log->known)
		inq_log_known(v, log, seen);
	if (log->is_here && !v->no_memory)
		head_read(v, log);
	if (!log->has_head)
		return;
	if (log->known && log->head.size <= log->known_size) {
		inq_log_known_head(v, log);
		return;
	}
	for (uint64_t n = log->known_size / INQ_TILE_WIDTH;
	        n * INQ_TILE_WIDTH < log->head.size && !v->no_memory; n++) {
		uint64_t left = log->head.size - n * INQ_TILE_WIDTH;
		struct inq_arena *scratch = inq_arena_open(SCRATCH);
		bool more;

		if (!scratch) {
			v->no_memory = true;
			return;
		}
		more = tile_take(
		        v, log, n, left < INQ_TILE_WIDTH ? (unsigned)left : INQ_TILE_WIDTH, seen, scratch);
		inq_arena_close(scratch);
		if (!more)
			break;
	}
	if (v->no_memory)
		return;
	inq_bundle_checkpoint(log->party, name);
	if (!inq_log_root_found(v, log, &root))
		inq_verifier_fail(v, 0, INQ_TRUNCATED, (struct place){ name, log, log->leaves, INQ_NOWHERE },
		        NULL, NULL, "the root of %" PRIu64 " entries cannot be computed from what is there",
		        log->head.size);
	else if (!inq_sha256_equal(&root, &log->head.root))
		inq_verifier_differ(v, 0, INQ_TAMPERED, (struct place){ name, log, INQ_NOWHERE, INQ_NOWHERE },
		        &log->head.root, &root,
		        log->known_size
		                ? "does not extend what was seen before: the entries do not lead to its root"
		                : "the entries do not lead to the root of the head");
	else
		log->whole = true;
	log->contradicts |= log->known_size && !log->whole;
	if (!v->no_memory)
		inq_log_upper_tiles(v, log);
}

enum inq_status inq_verify_load(struct verifier *v, struct inq_error *err)
{
	struct inq_bytes text;
	enum inq_status status = v->source->read(
	        v->source->context, INQ_BUNDLE_POLICY, INQ_BUNDLE_FILE_MOST, v->a, &text, err);

	if (status == INQ_OK)
		status = inq_policy_read(text, v->a, &v->policy, err);
	if (status != INQ_OK)
		return status;
	inq_verify_logs(v);
	for (size_t i = 0; i < v->log_count && !v->no_memory; i++)
		log_load(v, &v->logs[i]);
	return INQ_OK;
}
