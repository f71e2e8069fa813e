/* Proving a fork: the history that is kept against the one in a bundle. */
#include "case/wire.h"
#include <inquiry/proof.h>
#include <string.h>

enum { LEVELS = 8 };
#define LEAVES_MOST ((uint64_t)1 << 26)

/* A tree in memory, by the hashes that its tiles would hold. */
struct tree {
	struct inq_sha256 *hashes[LEVELS];
	uint64_t count[LEVELS];
	struct inq_sha256 root;
};

static enum inq_status tile_of(void *context, unsigned level, uint64_t index, unsigned width,
        struct inq_bytes *ret, struct inq_error *err)
{
	const struct tree *tree = context;
	uint64_t from = index * INQ_TILE_WIDTH;

	if (level >= LEVELS || from + width > tree->count[level])
		return inq_fail(err, INQ_TAMPERED, 0, "a tile that is not there");
	*ret = (struct inq_bytes){ tree->hashes[level][from].byte, 32 * (size_t)width };
	return INQ_OK;
}

/* Makes the tree of `count` leaves, which are at hashes[0] already. */
static bool tree_make(struct tree *tree, uint64_t count, struct inq_arena *a)
{
	struct inq_merkle_edge edge = { 0 };

	tree->count[0] = count;
	for (uint64_t i = 0; i < count; i++)
		(void)inq_merkle_append(&edge, &tree->hashes[0][i], NULL);
	inq_merkle_edge_root(&edge, &tree->root);
	for (unsigned level = 1; level < LEVELS && tree->count[level - 1] >= INQ_TILE_WIDTH; level++) {
		tree->count[level] = tree->count[level - 1] / INQ_TILE_WIDTH;
		tree->hashes[level] =
		        inq_arena_new(a, (size_t)tree->count[level], sizeof *tree->hashes[level]);
		if (!tree->hashes[level])
			return false;
		for (uint64_t i = 0; i < tree->count[level]; i++) {
			edge = (struct inq_merkle_edge){ 0 };
			for (unsigned k = 0; k < INQ_TILE_WIDTH; k++)
				(void)inq_merkle_append(
				        &edge, &tree->hashes[level - 1][i * INQ_TILE_WIDTH + k], NULL);
			inq_merkle_edge_root(&edge, &tree->hashes[level][i]);
		}
	}
	return true;
}

/* The tree that the bundle's own tiles make. */
static enum inq_status theirs_read(struct taker *t, const struct log *log, uint64_t size, struct tree *ret,
        struct inq_arena *a, struct inq_error *err)
{
	if (size == 0 || size > LEAVES_MOST)
		return inq_fail(err, INQ_UNRESOLVED, 0, "too large to be compared");
	ret->hashes[0] = inq_arena_new(a, (size_t)size, sizeof *ret->hashes[0]);
	if (!ret->hashes[0])
		return case_no_memory(err);
	for (uint64_t n = 0; n * INQ_TILE_WIDTH < size; n++) {
		uint64_t left = size - n * INQ_TILE_WIDTH;
		unsigned width = left < INQ_TILE_WIDTH ? (unsigned)left : INQ_TILE_WIDTH;
		struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
		char name[INQ_BUNDLE_NAME];
		struct inq_bytes tile;
		enum inq_status status;

		inq_bundle_tile(log->name, 0, n, width, name);
		status = scratch ? taker_read(t, name, INQ_TILE_WIDTH * 32, scratch, &tile, err)
		                 : case_no_memory(err);
		if (status == INQ_OK && tile.len != 32 * (size_t)width)
			status = INQ_UNREADABLE;
		if (status == INQ_OK)
			memcpy(ret->hashes[0][n * INQ_TILE_WIDTH].byte, tile.at, tile.len);
		inq_arena_close(scratch);
		if (status != INQ_OK)
			return t->lost || status == INQ_NO_MEMORY
			               ? status
			               : inq_fail(err, INQ_UNRESOLVED, 0, "a tile cannot be read");
	}
	return tree_make(ret, size, a) ? INQ_OK : case_no_memory(err);
}

static enum inq_status ours_make(const struct inq_case *c, const struct log *log, uint64_t size,
        struct tree *ret, struct inq_arena *a, struct inq_error *err)
{
	ret->hashes[0] = inq_arena_new(a, (size_t)size, sizeof *ret->hashes[0]);
	if (!ret->hashes[0])
		return case_no_memory(err);
	for (uint64_t i = 0; i < size; i++)
		ret->hashes[0][i] = c->entries[log->at[i]].digest;
	return tree_make(ret, size, a) ? INQ_OK : case_no_memory(err);
}

/* A signed head and its note's bytes, with the signatures of the log alone. */
struct head {
	struct inq_bytes bytes;
	struct inq_note note;
	struct inq_checkpoint is;
};

static enum inq_status head_read(
        struct inq_bytes bytes, struct inq_arena *a, struct head *ret, struct inq_error *err)
{
	struct head head = { .bytes = bytes };
	enum inq_status status = inq_note_read(bytes, a, &head.note, err);

	if (status == INQ_OK)
		status = inq_checkpoint_read(head.note.text, &head.is, err);
	if (status == INQ_OK)
		*ret = head;
	return status;
}

/* The head that was kept of that size or more. */
static enum inq_status ours_read(struct taker *t, const struct log *log, uint64_t size, struct inq_arena *a,
        struct head *ret, struct inq_error *err)
{
	uint8_t number[8];
	struct inq_bytes bytes;
	enum inq_status status = taker_ask(t, WIRE_HEAD_FROM,
	        (const struct inq_bytes[]){ inq_bytes_of(log->origin), wire_number(size, number) }, 2, a,
	        &bytes, err);

	return status == INQ_OK ? head_read(bytes, a, ret, err) : status;
}

/* A log key of the log that signed both. */
static bool key_of_both(const struct taker *t, uint32_t log, const struct head *l, const struct head *r,
        struct inq_arena *a, struct inq_vkey *ret)
{
	for (size_t i = 0; i < t->known->logs[log].whole_count; i++) {
		struct inq_note_verified verified;
		struct inq_vkey key;
		struct inq_entry e;
		struct inq_bytes text;

		if (inq_entry_read(t->known->logs[log].whole[i].entry, a, &e, NULL) != INQ_OK)
			continue;
		text = e.type == INQ_ENTRY_CHARTER ? e.keys[INQ_ROLE_LOG] : e.new_key;
		if ((e.type != INQ_ENTRY_CHARTER &&
		            (e.type != INQ_ENTRY_KEY_ROTATE || e.role != INQ_ROLE_LOG)) ||
		        inq_vkey_read(text, &key, NULL) != INQ_OK)
			continue;
		if (inq_note_verify(&l->note, &key, 1, &verified, NULL) == INQ_OK && verified.here &&
		        inq_note_verify(&r->note, &key, 1, &verified, NULL) == INQ_OK && verified.here) {
			*ret = key;
			return true;
		}
	}
	return false;
}

static enum inq_status proof_make(const struct tree *tree, uint64_t index, const struct head *head,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct tree copy = *tree;
	const struct inq_tile_source tiles = { tile_of, &copy };
	struct inq_proof proof = {
		.extra = { tree->hashes[0][index].byte, 32 }, .index = index, .checkpoint = head->bytes
	};
	enum inq_status status =
	        inq_merkle_inclusion(&tiles, index, tree->count[0], proof.hashes, &proof.count, err);

	return status == INQ_OK ? inq_proof_write(&proof, a, ret, err) : status;
}

enum inq_status taker_fork(struct taker *t, uint32_t number, struct inq_arena *a, struct inq_vkey *ret_key,
        struct inq_bytes ret[2], struct inq_error *err)
{
	const struct log *log = &t->c->logs[number];
	struct tree ours = { 0 }, theirs = { 0 };
	struct head mine, other;
	char name[INQ_BUNDLE_NAME];
	struct inq_bytes bytes, proofs[2];
	struct inq_vkey key;
	uint64_t at = 0, both;
	enum inq_status status;

	inq_bundle_checkpoint(log->name, name);
	status = taker_read(t, name, INQ_NOTE_MOST, a, &bytes, err);
	if (status == INQ_OK)
		status = head_read(bytes, a, &other, err);
	if (status == INQ_OK)
		status = theirs_read(t, log, other.is.size, &theirs, a, err);
	if (status == INQ_OK && !inq_sha256_equal(&theirs.root, &other.is.root))
		status = inq_fail(err, INQ_UNRESOLVED, 0, "the tiles do not lead to the head");
	if (status != INQ_OK)
		return status;
	both = log->size < other.is.size ? log->size : other.is.size;
	while (at < both && inq_sha256_equal(&theirs.hashes[0][at], &t->c->entries[log->at[at]].digest))
		at++;
	if (at == both)
		return inq_fail(err, INQ_UNRESOLVED, 0, "one history extends the other");
	/* The last head or, where the key was changed since, the first one that covers the entry. */
	status = ours_read(t, log, log->size, a, &mine, err);
	if (status == INQ_OK && !key_of_both(t, number, &mine, &other, a, &key)) {
		status = ours_read(t, log, at + 1, a, &mine, err);
		if (status == INQ_OK && !key_of_both(t, number, &mine, &other, a, &key))
			status = inq_fail(err, INQ_UNRESOLVED, 0, "no key signed both");
	}
	if (status == INQ_OK)
		status = ours_make(t->c, log, mine.is.size, &ours, a, err);
	if (status == INQ_OK)
		status = proof_make(&ours, at, &mine, a, &proofs[0], err);
	if (status == INQ_OK)
		status = proof_make(&theirs, at, &other, a, &proofs[1], err);
	if (status != INQ_OK)
		return status;
	*ret_key = key;
	memcpy(ret, proofs, sizeof proofs);
	return INQ_OK;
}
