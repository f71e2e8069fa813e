#include "record/verify.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SCRATCH = 256 << 20, CHARTER_MOST = 1 << 20 };

/* Appends a leaf and every node that is complete with it. */
static void tree_append(struct verifier *v, struct log *log, const struct inq_sha256 *leaf)
{
	struct inq_sha256 hash = *leaf;

	for (unsigned h = 0; h < HEIGHTS; h++) {
		struct inq_sha256 *nodes = inq_verifier_extend(
		        v, log->nodes[h], (size_t)log->node_count[h], &log->node_room[h], sizeof *nodes);

		if (!nodes)
			return;
		log->nodes[h] = nodes;
		nodes[log->node_count[h]++] = hash;
		if (log->node_count[h] % 2)
			break;
		inq_merkle_node(&nodes[log->node_count[h] - 2], &nodes[log->node_count[h] - 1], &hash);
	}
	log->leaves++;
}

bool inq_log_root(const struct log *log, uint64_t size, struct inq_sha256 *ret)
{
	struct inq_merkle_edge edge = { .size = size };
	uint64_t start = 0;
	unsigned count = 0;

	if (size > log->leaves)
		return false;
	for (unsigned h = HEIGHTS; h-- > 0;) {
		if (!(size >> h & 1))
			continue;
		edge.at[count++] = log->nodes[h][start >> h];
		start += (uint64_t)1 << h;
	}
	inq_merkle_edge_root(&edge, ret);
	return true;
}

/* PARTY of PARTY "/" CASE, or false. */
static bool origin_split(const char *origin, struct inq_bytes *ret_party, struct inq_bytes *ret_case)
{
	const char *slash = strchr(origin, '/');
	uint8_t id[INQ_CASE_ID / 2];

	if (!slash)
		return false;
	*ret_party = (struct inq_bytes){ (const uint8_t *)origin, (size_t)(slash - origin) };
	*ret_case = inq_bytes_of(slash + 1);
	return inq_party_name_holds(*ret_party) && inq_unhex(*ret_case, id, sizeof id);
}

static int by_party(const void *of, uint32_t l, uint32_t r)
{
	const struct log *logs = of;

	return strcmp(logs[l].party, logs[r].party);
}

static void log_know(struct log *log, const struct inq_record_known_log *known)
{
	log->party = known->party;
	log->origin = known->origin;
	log->known = known;
	log->known_size = known->size;
	log->forked = known->forked;
}

/* The logs that the policy names, and those that are known, by party. */
static void logs_name(struct verifier *v)
{
	const struct inq_policy *p = v->policy;
	const struct inq_record_known *known = v->trust->known;
	struct place place = { INQ_BUNDLE_POLICY, NULL, INQ_NOWHERE, INQ_NOWHERE };
	size_t known_count = known ? known->log_count : 0, most = p->log_count + known_count;
	struct log *logs = inq_arena_new(v->a, most, sizeof *logs);
	uint32_t order[INQ_POLICY_MOST + INQ_PARTIES_MOST];

	v->logs = inq_arena_new(v->a, most, sizeof *v->logs);
	if (!logs || !v->logs) {
		v->no_memory = true;
		return;
	}
	for (size_t i = 0; i < known_count && i < INQ_PARTIES_MOST; i++) {
		struct inq_bytes party, case_id;

		order[i] = (uint32_t)v->log_count;
		log_know(&logs[v->log_count++], &known->logs[i]);
		if (origin_split(known->logs[i].origin, &party, &case_id))
			memcpy(v->result->case_id, case_id.at, INQ_CASE_ID);
	}
	for (size_t i = 0; i < p->log_count; i++) {
		struct inq_bytes party, case_id;
		struct log *log = &logs[v->log_count];
		size_t at = 0;

		if (!origin_split(p->logs[i].name, &party, &case_id)) {
			inq_verifier_fail(v, 0, INQ_UNRECOGNISED, place, NULL, NULL,
			        "the policy names a log that is not PARTY/CASE");
			continue;
		}
		if (!v->result->case_id[0])
			memcpy(v->result->case_id, case_id.at, INQ_CASE_ID);
		if (!inq_bytes_equal(case_id, v->result->case_id)) {
			inq_verifier_fail(v, 0, INQ_UNRECOGNISED, place, v->result->case_id, p->logs[i].name,
			        known ? "is of another case" : "the policy names logs of different cases");
			continue;
		}
		while (at < v->log_count && strcmp(logs[at].origin, p->logs[i].name) != 0)
			at++;
		if (at < v->log_count) {
			if (logs[at].is_here)
				inq_verifier_fail(v, 0, INQ_UNRECOGNISED, place, NULL, logs[at].origin,
				        "the policy names a log twice");
			/* Nothing more is read of a log that was proved forked. */
			logs[at].is_here = !logs[at].forked;
			logs[at].policy_key = p->logs[i];
			continue;
		}
		if (v->log_count == INQ_PARTIES_MOST) {
			inq_verifier_fail(v, 0, INQ_OVER_LIMIT, place, NULL, NULL, "more than %d parties",
			        INQ_PARTIES_MOST);
			break;
		}
		log->is_here = true;
		log->party = inq_arena_string(v->a, party);
		log->origin = inq_arena_string(v->a, inq_bytes_of(p->logs[i].name));
		log->policy_key = p->logs[i];
		if (!log->party || !log->origin) {
			v->no_memory = true;
			return;
		}
		order[v->log_count] = (uint32_t)v->log_count;
		v->log_count++;
	}
	inq_sort_indices(order, v->log_count, by_party, logs);
	for (size_t i = 0; i < v->log_count; i++)
		v->logs[i] = logs[order[i]];
	if (v->log_count == 0)
		inq_verifier_fail(
		        v, 0, INQ_UNRESOLVED, place, NULL, NULL, "the policy names no log of a case");
}

struct log *inq_verifier_log(const struct verifier *v, struct inq_bytes origin)
{
	for (size_t i = 0; i < v->log_count; i++)
		if (inq_bytes_equal(origin, v->logs[i].origin))
			return &v->logs[i];
	return NULL;
}

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

/* Rotation and revocation, by an entry whose own signature holds. */
static void key_change(struct verifier *v, struct log *log, const struct inq_entry *e, struct place place)
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

static struct inq_sha256 *digests_keep(struct verifier *v, const struct inq_sha256 *from, size_t count)
{
	struct inq_sha256 *to = inq_arena_new(v->a, count, sizeof *to);

	if (!to)
		v->no_memory = true;
	else if (count)
		memcpy(to, from, count * sizeof *to);
	return to;
}

static struct inq_bytes bytes_keep(struct verifier *v, struct inq_bytes b)
{
	const char *copy = inq_arena_string(v->a, b);

	if (!copy)
		v->no_memory = true;
	return (struct inq_bytes){ (const uint8_t *)copy, copy ? b.len : 0 };
}

/* Keeps of the entry's heads those that differ from what the log had named before. */
static void seen_keep(struct verifier *v, const struct inq_entry *e, struct inq_seen *seen, struct fact *f,
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
			inq_verifier_fail(v, 2, INQ_UNRESOLVED, place, NULL,
			        inq_inert(v->a, now->origin, 120), "names a log that is not in the record");
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
	if (e->type == INQ_ENTRY_EXHIBIT_SEALED)
		f->objects[f->object_count++] = e->sealed;
	if (inq_entry_has_result(e->type))
		f->objects[f->object_count++] = e->result;
	if (e->type == INQ_ENTRY_FORK) {
		f->objects[f->object_count++] = e->proofs[0];
		f->objects[f->object_count++] = e->proofs[1];
	}
}

static void recipients_keep(
        struct verifier *v, const struct inq_bytes *recipients, size_t count, struct fact *f)
{
	struct inq_bytes *names = inq_arena_new(v->a, count, sizeof *names);

	if (!names) {
		v->no_memory = true;
		return;
	}
	for (size_t i = 0; i < count; i++) {
		names[i] = bytes_keep(v, recipients[i]);
		for (size_t k = 0; k < v->log_count; k++)
			if (inq_bytes_equal(recipients[i], v->logs[k].party))
				f->recipients |= (uint64_t)1 << k;
	}
	f->recipient_names = names;
	f->recipient_count = count;
}

static void fact_keep(struct verifier *v, const struct inq_entry *e, struct fact *f)
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
	recipients_keep(v, e->recipients, e->recipient_count, f);
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
		f->origin = bytes_keep(v, e->origin);
		f->log_key = bytes_keep(v, e->log_key);
	}
}

static void charter_take(struct verifier *v, struct log *log, const struct inq_entry *e)
{
	for (unsigned i = 0; i < INQ_ROLES; i++)
		key_add(v, log, (enum inq_key_role)i, e->keys[i], 0);
	log->has_charter = true;
	log->joins = e->joins;
	log->charter_payload = bytes_keep(v, e->payload);
	if (!v->result->title || !e->joins.here) {
		struct inq_bytes title = bytes_keep(v, e->title);

		v->result->title = (const char *)title.at;
	}
}

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
	fact_keep(v, &e, f);
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
		charter_take(v, log, &e);
	seen_keep(v, &e, seen, f, place);
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
		key_change(v, log, &e, place);
}

/* Makes room for an entry of `log` at `index`. NULL where the arena is full. */
static struct inq_record_entry *entry_new(
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

/* The hash at `i` of a tile, or false. */
static bool tile_hash(struct inq_bytes tile, uint64_t i, struct inq_sha256 *ret)
{
	struct inq_bytes cut;

	if (!inq_bytes_cut(tile, i * 32, 32, &cut))
		return false;
	memcpy(ret->byte, cut.at, 32);
	return true;
}

/* A file of the bundle that has to be there. */
static bool file_read(struct verifier *v, const struct log *log, const char *name, uint64_t most,
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

/* Notes that entry and tile do not agree; until the root decides, the tile is believed. */
static void conflict_note(struct verifier *v, struct log *log, struct inq_record_entry *r, struct place place,
        uint64_t end, const struct inq_sha256 *stated)
{
	struct conflict *conflicts = inq_verifier_extend(
	        v, log->conflicts, log->conflict_count, &log->conflict_room, sizeof *conflicts);

	if (!conflicts)
		return;
	log->conflicts = conflicts;
	conflicts[log->conflict_count++] = (struct conflict){ (size_t)(r - v->entries), r->index, r->holds };
	r->holds = false;
	place.at = end;
	inq_verifier_differ(v, 0, INQ_TAMPERED, place, stated, &r->digest,
	        "the entry, up to this byte, does not have the hash that its tile states");
}

/*
 * The tree by the entries' own hashes, where it did not lead to the root by
 * those of the tiles.
 */
static void tree_exchange(struct verifier *v, struct log *log)
{
	struct inq_arena *scratch = inq_arena_open((size_t)log->leaves * 64 + SCRATCH);
	struct inq_sha256 *leaves =
	        scratch ? inq_arena_new(scratch, (size_t)log->leaves, sizeof *leaves) : NULL;
	uint64_t count = log->leaves;

	if (!leaves) {
		v->no_memory = true;
		inq_arena_close(scratch);
		return;
	}
	memcpy(leaves, log->nodes[0], (size_t)count * sizeof *leaves);
	for (size_t i = 0; i < log->conflict_count; i++) {
		struct conflict *c = &log->conflicts[i];

		leaves[c->index] = v->entries[c->entry].digest;
	}
	memset(log->node_count, 0, sizeof log->node_count);
	log->leaves = 0;
	for (uint64_t i = 0; i < count; i++)
		tree_append(v, log, &leaves[i]);
	inq_arena_close(scratch);
}

/* Whether the tree leads to the root of the head, by the tiles or, where these conflict, by the entries. */
static bool root_found(struct verifier *v, struct log *log, struct inq_sha256 *ret)
{
	if (!inq_log_root(log, log->head.size, ret))
		return false;
	if (inq_sha256_equal(ret, &log->head.root) || log->conflict_count == 0)
		return true;
	tree_exchange(v, log);
	if (v->no_memory || !inq_log_root(log, log->head.size, ret) ||
	        !inq_sha256_equal(ret, &log->head.root))
		return !v->no_memory;
	for (size_t i = 0; i < log->conflict_count; i++)
		v->entries[log->conflicts[i].entry].holds = log->conflicts[i].held;
	return true;
}

bool inq_log_is_attested(const struct log *log)
{
	return log->whole && log->is_signed;
}

/* An entry that was known, as it stands in a tile at the edge of what is new. */
static void known_agrees(struct verifier *v, struct log *log, struct place place,
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
	has_bundle = file_read(v, log, entries_name, INQ_BUNDLE_FILE_MOST, scratch, &bundle);
	has_tile = file_read(v, log, tile_name, INQ_TILE_WIDTH * 32, scratch, &tile);
	if (has_tile && tile.len != (size_t)width * 32)
		inq_verifier_fail(v, 0, INQ_TAMPERED, (struct place){ tile_name, log, INQ_NOWHERE, tile.len },
		        NULL, NULL, "is not of %u hashes", width);
	for (unsigned i = 0; i < width; i++) {
		struct inq_sha256 leaf, stated;
		struct inq_record_entry *r;
		struct inq_bytes bytes;
		struct fact *f;
		bool has_stated = tile_hash(tile, i, &stated);

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
				tree_append(v, log, &stated);
			continue;
		}
		inq_merkle_leaf(bytes, &leaf);
		if (place.index < log->known_size) {
			known_agrees(v, log, place, has_stated ? &stated : &leaf, &leaf);
			continue;
		}
		r = entry_new(v, log, place.index, &f);
		if (!r)
			return false;
		log->count++;
		r->digest = leaf;
		tree_append(v, log, has_stated ? &stated : &leaf);
		place.at = INQ_NOWHERE;
		entry_take(v, log, r, f, bytes, place, seen, scratch);
		if (!f->read)
			r->holds = false;
		if (has_stated && !inq_sha256_equal(&leaf, &stated))
			conflict_note(v, log, r, place, off, &stated);
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

/* The tiles above the leaves, against the tree that the leaves make. */
static void upper_tiles(struct verifier *v, const struct log *log)
{
	for (unsigned level = 1; level < 8 && 8 * level < HEIGHTS && inq_tile_hashes(level, log->leaves);
	        level++) {
		uint64_t hashes = inq_tile_hashes(level, log->leaves);

		for (uint64_t n = (log->known_size >> 8 * level) / INQ_TILE_WIDTH;
		        n * INQ_TILE_WIDTH < hashes; n++) {
			uint64_t left = hashes - n * INQ_TILE_WIDTH;
			unsigned width = left < INQ_TILE_WIDTH ? (unsigned)left : INQ_TILE_WIDTH;
			struct inq_arena *scratch = inq_arena_open(SCRATCH);
			char name[INQ_BUNDLE_NAME];
			struct inq_bytes tile;

			inq_bundle_tile(log->party, level, n, width, name);
			if (!scratch) {
				v->no_memory = true;
				return;
			}
			if (file_read(v, log, name, INQ_TILE_WIDTH * 32, scratch, &tile)) {
				if (tile.len != (size_t)width * 32)
					inq_verifier_fail(v, 0, INQ_TAMPERED,
					        (struct place){ name, log, INQ_NOWHERE, tile.len }, NULL,
					        NULL, "is not of %u hashes", width);
				for (unsigned i = 0; i < width; i++) {
					const struct inq_sha256 *made =
					        &log->nodes[8 * level][n * INQ_TILE_WIDTH + i];
					struct inq_sha256 stated;

					if (tile_hash(tile, i, &stated) && !inq_sha256_equal(made, &stated))
						inq_verifier_differ(v, 0, INQ_TAMPERED,
						        (struct place){ name, log, INQ_NOWHERE, i * 32U },
						        made, &stated,
						        "a hash is not that of the tiles below");
				}
			}
			inq_arena_close(scratch);
		}
	}
}

static void head_read(struct verifier *v, struct log *log)
{
	char name[INQ_BUNDLE_NAME];
	struct inq_error why;
	struct inq_bytes bytes;
	enum inq_status status;

	inq_bundle_checkpoint(log->party, name);
	if (!file_read(v, log, name, INQ_NOTE_MOST, v->a, &bytes))
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
		fact_keep(v, &e, f);
		/* Its objects were looked at then. */
		f->object_count = 0;
		if (e.type == INQ_ENTRY_CHARTER)
			charter_take(v, log, &e);
		if (e.type == INQ_ENTRY_KEY_ROTATE || e.type == INQ_ENTRY_KEY_REVOKE)
			key_change(v, log, &e, place);
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

		if (other)
			seen[other - v->logs] = log->known->seen[i];
	}
	log->seen = inq_arena_new(v->a, v->log_count, sizeof *log->seen);
	if (!log->seen)
		v->no_memory = true;
	else
		memcpy(log->seen, seen, v->log_count * sizeof *seen);
}

static void known_take(struct verifier *v, struct log *log, struct inq_seen *seen)
{
	const struct inq_record_known *known = v->trust->known;
	size_t number = (size_t)(log->known - known->logs);

	for (uint64_t i = 0; i < log->known_size && !v->no_memory; i++) {
		struct inq_record_known_entry k;
		struct inq_sha256 *subject;
		struct fact *f;
		struct inq_record_entry *r = entry_new(v, log, i, &f);

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
		recipients_keep(v, k.recipients, k.recipient_count, f);
		tree_append(v, log, &k.digest);
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

/* A head of no more than is known. */
static void known_head(struct verifier *v, struct log *log)
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

static void log_load(struct verifier *v, struct log *log)
{
	struct inq_seen seen[INQ_PARTIES_MOST] = { 0 };
	struct inq_sha256 root;
	char name[INQ_BUNDLE_NAME];

	log->first = v->entry_count;
	if (log->known)
		known_take(v, log, seen);
	if (log->is_here && !v->no_memory)
		head_read(v, log);
	if (!log->has_head)
		return;
	if (log->known && log->head.size <= log->known_size) {
		known_head(v, log);
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
	if (!root_found(v, log, &root))
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
		upper_tiles(v, log);
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
	logs_name(v);
	for (size_t i = 0; i < v->log_count && !v->no_memory; i++)
		log_load(v, &v->logs[i]);
	return INQ_OK;
}
