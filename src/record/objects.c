#include "record/verify.h"
#include <inquiry/proof.h>
#include <inquiry/sealed.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SLACK = 64 << 20 };

/* An object that an entry names. */
struct want {
	struct inq_sha256 digest;
	uint32_t entry;
	bool sized; /* the entry says how long it is */
};

struct wants {
	struct want *at;
	uint32_t *sorted; /* by digest, then entry */
	size_t count;
};

static int by_digest(const void *of, uint32_t l, uint32_t r)
{
	const struct want *at = of;
	int order = memcmp(at[l].digest.byte, at[r].digest.byte, 32);

	return order ? order : (l > r) - (l < r);
}

static bool wants_gather(struct verifier *v, struct wants *ret)
{
	size_t count = 0;

	for (size_t e = 0; e < v->entry_count; e++)
		count += v->facts[e].object_count;
	ret->at = inq_arena_new(v->a, count, sizeof *ret->at);
	ret->sorted = inq_arena_new(v->a, count, sizeof *ret->sorted);
	ret->count = 0;
	if (!ret->at || !ret->sorted || count > UINT32_MAX) {
		v->no_memory = true;
		return false;
	}
	for (size_t e = 0; e < v->entry_count; e++) {
		enum inq_entry_type type = v->entries[e].type;
		/* The size of a sealed exhibit is that of the exhibit, not of what encrypts it. */
		bool sized = !inq_entry_seals(type) && type != INQ_ENTRY_FORK;

		for (unsigned i = 0; i < v->facts[e].object_count; i++) {
			ret->sorted[ret->count] = (uint32_t)ret->count;
			ret->at[ret->count++] = (struct want){ v->facts[e].objects[i], (uint32_t)e, sized };
		}
	}
	inq_sort_indices(ret->sorted, ret->count, by_digest, ret->at);
	return true;
}

static bool wanted(const struct wants *w, const struct inq_sha256 *digest)
{
	size_t low = 0, high = w->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = memcmp(w->at[w->sorted[middle]].digest.byte, digest->byte, 32);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static struct place place_of(const struct verifier *v, size_t e, const char *file)
{
	return (struct place){ file, &v->logs[v->entries[e].party], v->entries[e].index, INQ_NOWHERE };
}

enum inq_status inq_verifier_object(const struct verifier *v, const struct inq_sha256 *digest,
        const char *name, uint64_t most, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_bytes packed;
	enum inq_status status =
	        v->source->read(v->source->context, name, most + most / 128 + 1024, a, &packed, err);

	if (status == INQ_OK)
		status = inq_object_unpack(packed, digest, most, a, ret, err);
	return status;
}

/* What can be proved of a sealed exhibit without a key: that it is what its entry says, and sealed to those named. */
static void sealed_look(
        struct verifier *v, size_t e, struct inq_bytes content, const char *name, struct inq_arena *a)
{
	const struct fact *f = &v->facts[e];
	struct inq_subject subject = { { NULL, 0 }, f->subjects[0] };
	const struct inq_entry entry = { .case_id = inq_bytes_of(v->result->case_id),
		.party = inq_bytes_of(v->logs[v->entries[e].party].party),
		.subjects = &subject,
		.subject_count = 1,
		.size = f->size,
		.recipients = f->recipient_names,
		.recipient_count = f->recipient_count };
	struct inq_error why = { 0, "" };
	struct inq_sealed sealed;
	enum inq_status status = inq_sealed_read(content, a, &sealed, &why);

	if (status == INQ_OK)
		status = inq_sealed_fits(&sealed, &entry, &why);
	if (status == INQ_NO_MEMORY)
		v->no_memory = true;
	else if (status != INQ_OK) {
		inq_verifier_fail(v, 2, status, place_of(v, e, name), NULL, NULL, "%s",
		        inq_inert(v->a, inq_bytes_of(why.text), 160));
		v->entries[e].holds = false;
	}
}

static bool seals(const struct verifier *v, const struct wants *w, size_t at, size_t end)
{
	for (size_t i = at; i < end; i++)
		if (inq_entry_seals(v->entries[w->at[w->sorted[i]].entry].type))
			return true;
	return false;
}

/* All that name one object: `at` to `end` in the sorted wants. */
static void object_look(struct verifier *v, const struct wants *w, size_t at, size_t end)
{
	const struct want *first = &w->at[w->sorted[at]];
	const struct inq_record_known *known = v->trust->known;
	struct inq_arena *scratch = inq_arena_open(2 * (size_t)v->trust->object_most + SLACK);
	struct inq_error why = { 0, "" };
	struct inq_bytes content = { NULL, 0 };
	char name[INQ_BUNDLE_NAME];
	enum inq_status status;
	bool is_known = false;
	uint64_t size = 0;

	if (!scratch) {
		v->no_memory = true;
		return;
	}
	inq_bundle_object(&first->digest, name);
	/* What seals an exhibit has more to be held against than its size. */
	if (known && known->object && !seals(v, w, at, end)) {
		status = known->object(known->context, &first->digest, &is_known, &size, &why);
		inq_verifier_taken(v, status, &why);
	}
	status = is_known ? INQ_OK
	                  : inq_verifier_object(
	                            v, &first->digest, name, v->trust->object_most, scratch, &content, &why);
	if (!is_known)
		size = content.len;
	if (status == INQ_OK && !is_known && v->trust->intake && !v->no_memory)
		inq_verifier_taken(v,
		        v->trust->intake->object(v->trust->intake->context, &first->digest, content, &why),
		        &why);
	v->result->objects++;
	v->result->objects_checked += status == INQ_OK;
	if (status == INQ_OVER_LIMIT)
		inq_verifier_unchecked(v, "objects that are larger than the limit", 1);
	else if (status != INQ_OK && status != INQ_UNREADABLE)
		inq_verifier_fail(v, 0, status, place_of(v, first->entry, name), NULL, NULL, "%s",
		        inq_inert(v->a, inq_bytes_of(why.text), 160));
	for (size_t i = at; i < end; i++) {
		const struct want *want = &w->at[w->sorted[i]];
		char expected[24], found[24];

		if (status == INQ_UNREADABLE) {
			inq_verifier_fail(v, 2, INQ_UNRESOLVED, place_of(v, want->entry, name), NULL, NULL,
			        "the object that it names is not there");
			v->entries[want->entry].holds = false;
		} else if (status != INQ_OK && status != INQ_OVER_LIMIT) {
			v->entries[want->entry].holds = false;
		} else if (status == INQ_OK && want->sized && v->facts[want->entry].size != size) {
			snprintf(expected, sizeof expected, "%" PRIu64, v->facts[want->entry].size);
			snprintf(found, sizeof found, "%" PRIu64, size);
			inq_verifier_fail(v, 2, INQ_TAMPERED, place_of(v, want->entry, name), expected, found,
			        "the object has not the length that the entry says");
			v->entries[want->entry].holds = false;
		} else if (status == INQ_OK && inq_entry_seals(v->entries[want->entry].type)) {
			sealed_look(v, want->entry, content, name, scratch);
		}
	}
	inq_arena_close(scratch);
}

/*
 * Marks the log that a proof is about. False where it is not in the record, or the key none of its own. One that
 * was revoked counts like any other: see formats/record.md, "Forks".
 */
static bool fork_mark(struct verifier *v, const struct fact *f, const struct inq_vkey *key,
        const struct inq_proof proofs[2])
{
	struct log *log = inq_verifier_log(v, f->origin);
	/* Two roots at one size show that there is a difference, and not where. */
	uint64_t at = proofs[0].index == proofs[1].index && !inq_bytes_same(proofs[0].extra, proofs[1].extra)
	                      ? proofs[0].index
	                      : 0;

	for (size_t i = 0; log && i < log->key_count; i++) {
		if (log->keys[i].role != INQ_ROLE_LOG || !inq_vkey_same(&log->keys[i].key, key))
			continue;
		log->fork_at = log->forked && log->fork_at < at ? log->fork_at : at;
		log->forked = true;
		log->fork_revoked |= log->keys[i].revoked;
		return true;
	}
	return false;
}

static void fork_look(struct verifier *v, size_t e)
{
	const struct fact *f = &v->facts[e];
	struct inq_arena *scratch = inq_arena_open(SLACK);
	struct inq_proof proofs[2];
	struct inq_error why = { 0, "" };
	struct inq_vkey key;
	enum inq_status status = INQ_OK;

	if (!scratch) {
		v->no_memory = true;
		return;
	}
	for (unsigned i = 0; i < 2 && status == INQ_OK; i++) {
		char name[INQ_BUNDLE_NAME];
		struct inq_bytes bytes;

		inq_bundle_object(&f->objects[i], name);
		/* Whoever looks at no object still has to know what was forked. */
		status = inq_verifier_object(v, &f->objects[i], name, INQ_NOTE_MOST, scratch, &bytes, &why);
		if (status == INQ_OK)
			status = inq_proof_read(bytes, scratch, &proofs[i], &why);
	}
	if (status == INQ_OK)
		status = inq_vkey_read(f->log_key, &key, &why);
	if (status == INQ_OK)
		status = inq_fork_verify(&proofs[0], &proofs[1], &key, scratch, &why);
	if (status != INQ_OK) {
		inq_verifier_fail(v, 2, status, place_of(v, e, NULL), NULL, NULL,
		        "its proof of a fork does not hold: %s",
		        inq_inert(v->a, inq_bytes_of(why.text), 160));
		v->entries[e].holds = false;
	} else if (!fork_mark(v, f, &key, proofs)) {
		inq_verifier_unchecked(
		        v, "proofs of a fork of logs or by keys that are not in the record", 1);
	}
	inq_arena_close(scratch);
}

void inq_verify_forks(struct verifier *v)
{
	for (size_t e = 0; e < v->entry_count && !v->no_memory; e++)
		/* Of those that were known, the objects are not among the facts. */
		if (v->entries[e].type == INQ_ENTRY_FORK && v->facts[e].object_count == 2 &&
		        v->trust->level >= 1)
			fork_look(v, e);
}

/* charter.json is the statement of the charter that opened the case. */
static void charter_file(struct verifier *v)
{
	struct place place = { INQ_BUNDLE_CHARTER, NULL, INQ_NOWHERE, INQ_NOWHERE };
	const struct log *founder = NULL;
	struct inq_error why = { 0, "" };
	struct inq_bytes bytes;
	enum inq_status status;

	for (size_t i = 0; i < v->log_count && !founder; i++)
		if (v->logs[i].has_charter && !v->logs[i].joins.here)
			founder = &v->logs[i];
	status = v->source->read(
	        v->source->context, INQ_BUNDLE_CHARTER, INQ_BUNDLE_FILE_MOST, v->a, &bytes, &why);
	if (status != INQ_OK)
		inq_verifier_fail(v, 0, status, place, NULL, NULL, "cannot be read: %s",
		        inq_inert(v->a, inq_bytes_of(why.text), 160));
	else if (founder && !inq_bytes_same(bytes, founder->charter_payload))
		inq_verifier_fail(v, 0, INQ_TAMPERED, place, NULL, NULL,
		        "is not the statement of the charter in %s's log", founder->party);
}

enum { NAMED_MOST = 3, NAME_MOST = 60 };

struct files {
	struct verifier *v;
	const struct wants *wants;
	const char *named; /* the first of the others, for the reader */
	uint64_t others;
};

/* A tile that is narrower than the log's own: what a smaller head needed. */
static void narrow_tile(struct verifier *v, const struct log *log, const char *name, unsigned level,
        uint64_t index, unsigned width)
{
	struct inq_arena *scratch = inq_arena_open(SLACK);
	const struct inq_sha256 *made;
	struct inq_error why = { 0, "" };
	struct inq_bytes bytes, entry;
	bool fits = scratch != NULL;
	uint64_t off = 0;

	if (!scratch) {
		v->no_memory = true;
		return;
	}
	made = &log->nodes[level == INQ_TILE_ENTRIES ? 0 : 8 * level][index * INQ_TILE_WIDTH];
	if (v->source->read(v->source->context, name, INQ_BUNDLE_FILE_MOST, scratch, &bytes, &why) !=
	        INQ_OK) {
		inq_verifier_fail(v, 0, INQ_UNREADABLE, (struct place){ name, log, INQ_NOWHERE, INQ_NOWHERE },
		        NULL, NULL, "cannot be read: %s", inq_inert(v->a, inq_bytes_of(why.text), 160));
		inq_arena_close(scratch);
		return;
	}
	for (unsigned i = 0; i < width && fits; i++) {
		struct inq_sha256 hash;

		if (level != INQ_TILE_ENTRIES) {
			fits = inq_bytes_cut(bytes, off, 32, &entry);
			if (fits)
				memcpy(hash.byte, entry.at, 32);
			off += 32;
		} else {
			fits = inq_entry_bundle_next(bytes, &off, &entry);
			if (fits)
				inq_merkle_leaf(entry, &hash);
		}
		fits = fits && inq_sha256_equal(&hash, &made[i]);
	}
	if (!fits || off != bytes.len)
		inq_verifier_fail(v, 0, INQ_TAMPERED, (struct place){ name, log, INQ_NOWHERE, off }, NULL,
		        NULL, "is not a part of the log");
	inq_arena_close(scratch);
}

static void log_file(struct verifier *v, const char *name)
{
	const char *party = name + strlen("logs/"), *slash = strchr(party, '/'), *rest;
	struct inq_bytes named = { (const uint8_t *)party, slash ? (size_t)(slash - party) : strlen(party) };
	const struct log *log = NULL;
	unsigned level, width;
	uint64_t index, hashes;

	for (size_t i = 0; i < v->log_count; i++)
		if (inq_bytes_equal(named, v->logs[i].party))
			log = &v->logs[i];
	if (log && slash) {
		rest = slash + 1;
		if (strcmp(rest, "checkpoint") == 0)
			return;
		for (size_t i = 0; i < v->log_count; i++)
			if (strncmp(rest, "cosigned/", 9) == 0 && strcmp(rest + 9, v->logs[i].party) == 0 &&
			        &v->logs[i] != log)
				return;
		if (inq_tile_path_read(rest, &level, &index, &width)) {
			hashes = inq_tile_hashes(level, log->leaves);
			if (level == INQ_TILE_ENTRIES || 8 * level < HEIGHTS) {
				if (index < hashes / INQ_TILE_WIDTH && width == INQ_TILE_WIDTH)
					return;
				if (index == hashes / INQ_TILE_WIDTH && width == hashes % INQ_TILE_WIDTH)
					return;
				if (index <= hashes / INQ_TILE_WIDTH &&
				        index * INQ_TILE_WIDTH + width <= hashes) {
					narrow_tile(v, log, name, level, index, width);
					return;
				}
			}
		}
	}
	inq_verifier_fail(v, 0, INQ_UNRECOGNISED,
	        (struct place){ inq_inert(v->a, inq_bytes_of(name), 200), NULL, INQ_NOWHERE, INQ_NOWHERE },
	        NULL, NULL, "does not belong to any log of the record");
}

static void object_file(struct verifier *v, const struct wants *w, const char *name)
{
	size_t digits = 2 * sizeof((struct inq_sha256 *)0)->byte, len = strlen(name);
	struct inq_sha256 digest;
	char again[INQ_BUNDLE_NAME];

	if (len > digits && inq_unhex((struct inq_bytes){ (const uint8_t *)name + len - digits, digits },
	                            digest.byte, sizeof digest.byte)) {
		inq_bundle_object(&digest, again);
		if (strcmp(again, name) == 0 && wanted(w, &digest))
			return;
	}
	inq_verifier_fail(v, 0, INQ_UNRECOGNISED,
	        (struct place){ inq_inert(v->a, inq_bytes_of(name), 200), NULL, INQ_NOWHERE, INQ_NOWHERE },
	        NULL, NULL, "is an object that no entry names");
}

/* A proof for those who have nothing else: it must be true of the log as it is here. */
static void proof_file(struct verifier *v, const char *name)
{
	const char *shown = inq_inert(v->a, inq_bytes_of(name), 200);
	struct place place = { shown, NULL, INQ_NOWHERE, INQ_NOWHERE };
	struct inq_arena *scratch = inq_arena_open(SLACK);
	struct inq_checkpoint head;
	struct inq_proof proof;
	struct inq_error why = { 0, "" };
	struct inq_bytes bytes;
	struct inq_note note;
	struct inq_sha256 leaf, root;
	struct log *log = NULL;
	enum inq_status status;
	bool is_signed = false;
	uint64_t time;

	if (!scratch) {
		v->no_memory = true;
		return;
	}
	status = v->source->read(v->source->context, name, INQ_NOTE_MOST, scratch, &bytes, &why);
	if (status == INQ_OK)
		status = inq_proof_read(bytes, scratch, &proof, &why);
	if (status == INQ_OK)
		status = inq_note_read(proof.checkpoint, scratch, &note, &why);
	if (status == INQ_OK)
		status = inq_checkpoint_read(note.text, &head, &why);
	if (status == INQ_OK)
		log = inq_verifier_log(v, head.origin);
	if (status != INQ_OK) {
		place.at = why.at;
		inq_verifier_fail(
		        v, 0, status, place, NULL, NULL, "%s", inq_inert(v->a, inq_bytes_of(why.text), 160));
	} else if (!log) {
		inq_verifier_fail(v, 0, INQ_UNRESOLVED, place, NULL, inq_inert(v->a, head.origin, 120),
		        "is about a log that is not in the record");
	} else {
		place.log = log;
		for (size_t i = 0; i < log->key_count && v->trust->level >= 1; i++)
			is_signed |=
			        log->keys[i].role == INQ_ROLE_LOG &&
			        inq_note_signed_by(&note, &log->keys[i].key, scratch, &time) == SIGNED_WELL;
		if (v->trust->level >= 1 && !is_signed)
			inq_verifier_fail(v, 1, INQ_BAD_SIGNATURE, place, NULL, NULL,
			        "its head is not signed by the log");
		if (proof.extra.len == sizeof leaf.byte)
			memcpy(leaf.byte, proof.extra.at, sizeof leaf.byte);
		else if (proof.index < log->leaves)
			leaf = log->nodes[0][proof.index];
		else
			memset(&leaf, 0, sizeof leaf);
		place.index = proof.index;
		if (!inq_merkle_inclusion_holds(
		            proof.index, head.size, &leaf, proof.hashes, proof.count, &head.root)) {
			inq_verifier_fail(v, 0, INQ_TAMPERED, place, NULL, NULL,
			        "does not lead from the entry to its root");
		} else if (!inq_log_root(log, head.size, &root) || !inq_sha256_equal(&root, &head.root)) {
			/* A proof of more than is here accuses nobody: the bundle may be older than it. */
			bool forked = is_signed && inq_log_is_attested(log) && head.size <= log->leaves;

			log->forked |= forked;
			inq_verifier_fail(v, 1, forked ? INQ_FORKED : INQ_TAMPERED, place, NULL, NULL,
			        forked ? "the log signed another history than the one that is here"
			               : "is of another history, or more of it, than is here");
		}
	}
	inq_arena_close(scratch);
}

static void other_file(struct files *files, const char *name)
{
	struct inq_arena *a = files->v->a;

	if (files->others++ >= NAMED_MOST)
		return;
	name = inq_inert(a, inq_bytes_of(name), NAME_MOST);
	files->named = files->named ? inq_arena_printf(a, "%s, %s", files->named, name) : name;
	files->v->no_memory |= !files->named;
}

static bool file_look(void *to, const char *name)
{
	struct files *files = to;
	size_t len = strlen(name), suffix = strlen(".tlog-proof");

	if (strcmp(name, INQ_BUNDLE_POLICY) == 0 || strcmp(name, INQ_BUNDLE_CHARTER) == 0)
		return true;
	if (strncmp(name, "logs/", 5) == 0)
		log_file(files->v, name);
	else if (strncmp(name, "objects/", 8) == 0)
		object_file(files->v, files->wants, name);
	else if (strncmp(name, "proofs/", 7) == 0 && len > suffix &&
	         strcmp(name + len - suffix, ".tlog-proof") == 0)
		proof_file(files->v, name);
	else
		other_file(files, name);
	return !files->v->no_memory;
}

void inq_verify_objects(struct verifier *v)
{
	struct files files = { .v = v };
	struct inq_error why = { 0, "" };
	struct wants w;

	if (!wants_gather(v, &w))
		return;
	for (size_t at = 0, end; at < w.count && !v->no_memory; at = end) {
		for (end = at + 1; end < w.count &&
		                   inq_sha256_equal(&w.at[w.sorted[at]].digest, &w.at[w.sorted[end]].digest);)
			end++;
		object_look(v, &w, at, end);
	}
	charter_file(v);
	files.wants = &w;
	if (!v->source->list)
		inq_verifier_unchecked(
		        v, "whether there are files that do not belong: they could not be listed", 1);
	else if (v->source->list(v->source->context, file_look, &files, &why) != INQ_OK)
		inq_verifier_fail(v, 0, INQ_UNREADABLE,
		        (struct place){ NULL, NULL, INQ_NOWHERE, INQ_NOWHERE }, NULL, NULL,
		        "the files cannot be listed: %s", inq_inert(v->a, inq_bytes_of(why.text), 160));
	if (files.others) {
		const char *what = inq_arena_printf(v->a, "files that the record does not cover: %s%s",
		        files.named, files.others > NAMED_MOST ? ", ..." : "");

		v->no_memory |= !what;
		if (what)
			inq_verifier_unchecked(v, what, files.others);
	}
}
