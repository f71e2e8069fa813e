/* The tree of a log, against its tiles. */
#include "record/load.h"
#include <string.h>

void inq_log_append(struct verifier *v, struct log *log, const struct inq_sha256 *leaf)
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

void inq_log_conflict(struct verifier *v, struct log *log, struct inq_record_entry *r, struct place place,
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
		inq_log_append(v, log, &leaves[i]);
	inq_arena_close(scratch);
}

bool inq_log_root_found(struct verifier *v, struct log *log, struct inq_sha256 *ret)
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

bool inq_tile_hash(struct inq_bytes tile, uint64_t i, struct inq_sha256 *ret)
{
	struct inq_bytes cut;

	if (!inq_bytes_cut(tile, i * 32, 32, &cut))
		return false;
	memcpy(ret->byte, cut.at, 32);
	return true;
}

void inq_log_upper_tiles(struct verifier *v, const struct log *log)
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
			if (inq_log_file(v, log, name, INQ_TILE_WIDTH * 32, scratch, &tile)) {
				if (tile.len != (size_t)width * 32)
					inq_verifier_fail(v, 0, INQ_TAMPERED,
					        (struct place){ name, log, INQ_NOWHERE, tile.len }, NULL,
					        NULL, "is not of %u hashes", width);
				for (unsigned i = 0; i < width; i++) {
					const struct inq_sha256 *made =
					        &log->nodes[8 * level][n * INQ_TILE_WIDTH + i];
					struct inq_sha256 stated;

					if (inq_tile_hash(tile, i, &stated) &&
					        !inq_sha256_equal(made, &stated))
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
