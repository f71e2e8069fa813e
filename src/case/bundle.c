/* The case as the bundle that would be published: every file made when it is asked for. */
#include "case/private.h"
#include <inquiry/proof.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static enum inq_status no_file(struct inq_error *err)
{
	return inq_fail(err, INQ_UNREADABLE, 0, "is not there");
}

/* The logs by the names of their parties, for files whose bytes must not depend on who came first. */
static size_t *logs_sorted(const struct inq_case *c, struct inq_arena *a)
{
	size_t *order = inq_arena_new(a, c->log_count, sizeof *order);

	for (size_t i = 0, at; order && i < c->log_count; i++) {
		for (at = i; at && strcmp(c->logs[order[at - 1]].name, c->logs[i].name) > 0; at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	return order;
}

static enum inq_status kept(const struct inq_memory_sink *memory, struct inq_sink *out, uint64_t most,
        struct inq_bytes *ret, struct inq_error *err)
{
	if (!inq_sink_flush(out))
		return case_no_memory(err);
	if (memory->len > most)
		return inq_fail(err, INQ_OVER_LIMIT, most, "is longer than %" PRIu64 " bytes", most);
	*ret = (struct inq_bytes){ (const uint8_t *)memory->at, memory->len };
	return INQ_OK;
}

static enum inq_status policy_make(const struct inq_case *c, uint64_t most, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_memory_sink memory = { .arena = a };
	size_t *order = logs_sorted(c, a);
	struct inq_sink out;

	if (!order)
		return case_no_memory(err);
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	for (size_t i = 0; i < c->log_count; i++) {
		struct inq_vkey key = c->logs[order[i]].keys.of[INQ_ROLE_LOG];

		if (!c->logs[order[i]].has_keys)
			continue;
		snprintf(key.name, sizeof key.name, "%s", c->logs[order[i]].origin);
		inq_policy_put_log(&out, &key);
	}
	for (size_t i = 0; i < c->log_count; i++)
		if (c->logs[order[i]].has_keys)
			inq_policy_put_witness(
			        &out, c->logs[order[i]].name, &c->logs[order[i]].keys.of[INQ_ROLE_COSIGNER]);
	inq_put(&out, "quorum none\n");
	return kept(&memory, &out, most, ret, err);
}

static const struct log *founder(const struct inq_case *c)
{
	for (size_t i = 0; i < c->log_count; i++)
		if (c->logs[i].has_keys && !c->logs[i].joins)
			return &c->logs[i];
	return NULL;
}

/* A tile of entries: each with its length before it. */
static enum inq_status entries_make(struct inq_case *c, uint32_t log, uint64_t index, unsigned width,
        uint64_t most, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_memory_sink memory = { .arena = a };
	struct inq_sink out;
	uint64_t at = index * INQ_TILE_WIDTH, end = at + width;

	inq_sink_init(&out, inq_memory_sink_write, &memory);
	while (at < end) {
		struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
		struct inq_store_entry *page;
		enum inq_status status;
		size_t count = 0;

		if (!scratch)
			return case_no_memory(err);
		status =
		        inq_store_entries(c->store, log, at, (size_t)(end - at), scratch, &page, &count, err);
		for (size_t i = 0; i < count && status == INQ_OK; i++) {
			uint8_t prefix[2];

			inq_entry_bundle_prefix(page[i].bytes.len, prefix);
			inq_put_bytes(&out, (struct inq_bytes){ prefix, sizeof prefix });
			inq_put_bytes(&out, page[i].bytes);
		}
		inq_arena_close(scratch);
		if (status != INQ_OK)
			return status;
		if (count == 0)
			return no_file(err);
		at += count;
	}
	return kept(&memory, &out, most, ret, err);
}

/* The last head of a log that a party cosigned, with that cosignature; one by a key that was revoked is none. */
static enum inq_status cosigned_make(struct inq_case *c, uint32_t log, uint32_t by, uint64_t most,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_bytes bytes;
	enum inq_status status = case_cosigned(c, c->logs[log].origin, c->logs[by].name, a, &bytes, err);

	if (status == INQ_NOT_FOUND || (status == INQ_OK && c->logs[by].revoked[INQ_ROLE_COSIGNER]))
		return no_file(err);
	if (status == INQ_OK && bytes.len > most)
		return inq_fail(err, INQ_OVER_LIMIT, most, "is longer than %" PRIu64 " bytes", most);
	if (status == INQ_OK)
		*ret = bytes;
	return status;
}

static enum inq_status log_read(struct inq_case *c, const char *rest, uint64_t most, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	const char *slash = strchr(rest, '/'), *file = slash ? slash + 1 : "";
	struct inq_checkpoint head;
	struct inq_bytes bytes;
	unsigned level, width;
	uint64_t index, hashes;
	uint32_t log = 0;
	enum inq_status status;

	while (log < c->log_count && !(slash && strlen(c->logs[log].name) == (size_t)(slash - rest) &&
	                                     strncmp(c->logs[log].name, rest, (size_t)(slash - rest)) == 0))
		log++;
	if (log == c->log_count)
		return no_file(err);
	if (strcmp(file, "checkpoint") == 0) {
		status = case_checkpoint(c, log, a, ret, &head, err);
		return status == INQ_NOT_FOUND ? no_file(err) : status;
	}
	if (strncmp(file, "cosigned/", 9) == 0) {
		for (uint32_t i = 0; i < c->log_count; i++)
			if (i != log && strcmp(c->logs[i].name, file + 9) == 0 && c->logs[i].has_keys)
				return cosigned_make(c, log, i, most, a, ret, err);
		return no_file(err);
	}
	if (!inq_tile_path_read(file, &level, &index, &width))
		return no_file(err);
	hashes = inq_tile_hashes(level, c->logs[log].size);
	if (index > hashes / INQ_TILE_WIDTH || width > hashes - index * INQ_TILE_WIDTH)
		return no_file(err);
	if (level == INQ_TILE_ENTRIES)
		return entries_make(c, log, index, width, most, a, ret, err);
	status = inq_store_tile(c->store, log, level, index, a, &bytes, err);
	if (status == INQ_OK && !inq_bytes_cut(bytes, 0, 32ULL * width, ret))
		return no_file(err);
	return status == INQ_NOT_FOUND ? no_file(err) : status;
}

static enum inq_status object_read(struct inq_case *c, const char *name, uint64_t most, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	size_t len = strlen(name), digits = 2 * sizeof(struct inq_sha256);
	struct inq_arena *scratch;
	struct inq_store_object about;
	struct inq_sha256 digest;
	struct inq_bytes content;
	enum inq_status status;

	if (len < digits || !inq_unhex((struct inq_bytes){ (const uint8_t *)name + len - digits, digits },
	                            digest.byte, sizeof digest.byte))
		return no_file(err);
	scratch = inq_arena_open(SIZE_MAX);
	if (!scratch)
		return case_no_memory(err);
	status = inq_store_object(c->store, &digest, scratch, &about, err);
	/* What is packed well is still unpacked to be looked at: neither may be longer than is wanted. */
	if (status == INQ_OK && about.stored > most && about.size > most)
		status = inq_fail(err, INQ_OVER_LIMIT, most, "is longer than %" PRIu64 " bytes", most);
	if (status == INQ_OK)
		status = inq_store_object_bytes(
		        c->store, &digest, INQ_CASE_OBJECT_MOST, scratch, &content, err);
	if (status == INQ_OK)
		status = inq_object_pack(content, a, ret, err);
	if (status == INQ_OK && ret->len > most)
		status = inq_fail(err, INQ_OVER_LIMIT, most, "is longer than %" PRIu64 " bytes", most);
	inq_arena_close(scratch);
	return status == INQ_NOT_FOUND ? no_file(err) : status;
}

/*
 * Entries that people cite outside of the case have proofs in the bundle: the
 * newest of each log. Whoever has the bundle can make those of all others.
 */
enum { PROOFS_MOST = 1000 };

static bool has_proof(enum inq_entry_type type)
{
	return type == INQ_ENTRY_CLAIM || type == INQ_ENTRY_STATEMENT || type == INQ_ENTRY_CONCLUSION;
}

enum inq_status inq_case_proof(struct inq_case *c, const struct inq_case_entry *e, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_store_tree tree = { .store = c->store, .log = e->log };
	struct inq_tile_source tiles = inq_store_tree_source(&tree);
	struct inq_proof proof = { .extra = { e->digest.byte, sizeof e->digest.byte }, .index = e->index };
	struct inq_checkpoint head;
	enum inq_status status = case_checkpoint(c, e->log, a, &proof.checkpoint, &head, err);

	if (status == INQ_OK)
		status = inq_merkle_inclusion(&tiles, e->index, head.size, proof.hashes, &proof.count, err);
	return status == INQ_OK ? inq_proof_write(&proof, a, ret, err) : status;
}

enum inq_status inq_case_proof_by(struct inq_case *c, const struct inq_case_entry *e, const char *party,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_store_tree tree = { .store = c->store, .log = e->log };
	struct inq_tile_source tiles = inq_store_tree_source(&tree);
	struct inq_proof proof = { .extra = { e->digest.byte, sizeof e->digest.byte }, .index = e->index };
	struct inq_checkpoint head = { .size = 0 };
	struct inq_note note;
	enum inq_status status = case_cosigned(c, c->logs[e->log].origin, party, a, &proof.checkpoint, err);

	if (status == INQ_OK)
		status = inq_note_read(proof.checkpoint, a, &note, err);
	if (status == INQ_OK)
		status = inq_checkpoint_read(note.text, &head, err);
	if (status == INQ_NOT_FOUND || (status == INQ_OK && head.size <= e->index))
		return inq_fail(err, INQ_NOT_FOUND, 0, "%s has countersigned no head with that entry", party);
	if (status == INQ_OK)
		status = inq_merkle_inclusion(&tiles, e->index, head.size, proof.hashes, &proof.count, err);
	return status == INQ_OK ? inq_proof_write(&proof, a, ret, err) : status;
}

/* "PARTY-INDEX" of a proof. */
static void proof_name(const struct inq_case *c, const struct inq_case_entry *e, char ret[INQ_BUNDLE_NAME])
{
	char name[INQ_CASE_NAME];

	inq_case_entry_name(c, e, name);
	*strchr(name, '/') = '-';
	inq_bundle_proof(name, ret);
}

static enum inq_status proof_read(struct inq_case *c, const char *name, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	const char *start = name + strlen("proofs/"), *dot = strrchr(name, '.'), *dash = strrchr(name, '-');
	const struct inq_case_entry *e;
	char wanted[INQ_CASE_NAME], again[INQ_BUNDLE_NAME];

	/* ".tlog-proof" has a dash of its own. */
	for (dash = dot; dash && dash > start && *dash != '-';)
		dash--;
	if (!dot || !dash || dash <= start || dot - start >= INQ_CASE_NAME)
		return no_file(err);
	snprintf(wanted, sizeof wanted, "%.*s/%.*s", (int)(dash - start), start, (int)(dot - dash - 1),
	        dash + 1);
	if (inq_case_find(c, wanted, &e, NULL) != INQ_OK || !has_proof(e->type))
		return no_file(err);
	proof_name(c, e, again);
	return strcmp(again, name) == 0 ? inq_case_proof(c, e, a, ret, err) : no_file(err);
}

static enum inq_status bundle_read(void *context, const char *name, uint64_t most, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_case *c = context;

	if (strcmp(name, INQ_BUNDLE_POLICY) == 0)
		return policy_make(c, most, a, ret, err);
	if (strcmp(name, INQ_BUNDLE_CHARTER) == 0) {
		const struct log *log = founder(c);

		if (!log)
			return no_file(err);
		*ret = log->charter;
		return INQ_OK;
	}
	if (strncmp(name, "logs/", 5) == 0)
		return log_read(c, name + 5, most, a, ret, err);
	if (strncmp(name, "objects/", 8) == 0)
		return object_read(c, name, most, a, ret, err);
	if (strncmp(name, "proofs/", 7) == 0)
		return proof_read(c, name, a, ret, err);
	return no_file(err);
}

struct naming {
	bool (*name)(void *to, const char *name);
	void *to;
	bool going;
};

static void say(struct naming *n, const char *name)
{
	n->going = n->going && n->name(n->to, name);
}

static void tiles_list(const struct log *log, struct naming *n)
{
	char name[INQ_BUNDLE_NAME];

	for (unsigned level = 0; level <= INQ_TILE_ENTRIES && n->going; level++) {
		uint64_t hashes = inq_tile_hashes(level, log->size);

		if (hashes == 0)
			continue;
		for (uint64_t i = 0; i < hashes / INQ_TILE_WIDTH && n->going; i++) {
			inq_bundle_tile(log->name, level, i, INQ_TILE_WIDTH, name);
			say(n, name);
		}
		if (hashes % INQ_TILE_WIDTH) {
			inq_bundle_tile(log->name, level, hashes / INQ_TILE_WIDTH,
			        (unsigned)(hashes % INQ_TILE_WIDTH), name);
			say(n, name);
		}
	}
}

static enum inq_status log_list(struct inq_case *c, uint32_t log, struct naming *n, struct inq_error *err)
{
	struct inq_arena *scratch;
	char name[INQ_BUNDLE_NAME];
	enum inq_status status = INQ_OK;

	if (c->logs[log].size == 0)
		return INQ_OK;
	inq_bundle_checkpoint(c->logs[log].name, name);
	say(n, name);
	tiles_list(&c->logs[log], n);
	for (uint32_t i = 0; i < c->log_count && status == INQ_OK; i++) {
		struct inq_bytes unused;

		if (i == log || !c->logs[i].has_keys)
			continue;
		scratch = inq_arena_open(SIZE_MAX);
		status = scratch ? cosigned_make(c, log, i, SIZE_MAX, scratch, &unused, err)
		                 : case_no_memory(err);
		inq_arena_close(scratch);
		if (status == INQ_OK) {
			inq_bundle_cosigned(c->logs[log].name, c->logs[i].name, name);
			say(n, name);
		}
		status = status == INQ_UNREADABLE ? INQ_OK : status;
	}
	return status;
}

static void proofs_list(const struct inq_case *c, const struct log *log, struct naming *n)
{
	char name[INQ_BUNDLE_NAME];
	unsigned count = 0;

	for (uint64_t i = log->size; i-- > 0 && count < PROOFS_MOST && n->going;) {
		const struct inq_case_entry *e = &c->entries[log->at[i]];

		if (!has_proof(e->type))
			continue;
		proof_name(c, e, name);
		say(n, name);
		count++;
	}
}

static enum inq_status bundle_list(
        void *context, bool (*name)(void *to, const char *name), void *to, struct inq_error *err)
{
	struct inq_case *c = context;
	struct naming n = { name, to, true };
	char file[INQ_BUNDLE_NAME];
	enum inq_status status = INQ_OK;

	say(&n, INQ_BUNDLE_POLICY);
	if (founder(c))
		say(&n, INQ_BUNDLE_CHARTER);
	for (uint32_t i = 0; i < c->log_count && status == INQ_OK; i++)
		status = log_list(c, i, &n, err);
	for (size_t i = 0; i < c->objects.room && status == INQ_OK && n.going; i++) {
		struct inq_arena *scratch;
		struct inq_store_object about;

		if (!c->objects.slots[i].value)
			continue;
		scratch = inq_arena_open(SIZE_MAX);
		status = scratch ? inq_store_object(c->store, &c->objects.slots[i].key, scratch, &about, err)
		                 : case_no_memory(err);
		inq_arena_close(scratch);
		inq_bundle_object(&c->objects.slots[i].key, file);
		if (status == INQ_OK)
			say(&n, file);
		status = status == INQ_NOT_FOUND ? INQ_OK : status;
	}
	for (size_t i = 0; i < c->log_count && status == INQ_OK; i++)
		proofs_list(c, &c->logs[i], &n);
	return status;
}

void inq_case_bundle(struct inq_case *c, struct inq_bundle_source *ret)
{
	*ret = (struct inq_bundle_source){ bundle_read, bundle_list, c };
}
