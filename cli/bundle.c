#include "cli/bundle.h"
#include <inttypes.h>

/* The tile of entries that holds `index`, kept until another one is wanted. */
static bool tile_open(struct cli_bundle *b, const struct inq_record_log *log, uint64_t index)
{
	uint64_t number = index / INQ_TILE_WIDTH, left = log->size - number * INQ_TILE_WIDTH;
	char name[INQ_BUNDLE_NAME];

	if (b->tile_log == log && b->tile_index == number)
		return true;
	cli_bundle_close(b);
	b->tile_arena = inq_arena_open(SIZE_MAX);
	inq_bundle_tile(log->party, INQ_TILE_ENTRIES, number,
	        left < INQ_TILE_WIDTH ? (unsigned)left : INQ_TILE_WIDTH, name);
	if (!b->tile_arena || b->source->read(b->source->context, name, INQ_BUNDLE_FILE_MOST, b->tile_arena,
	                              &b->tile, NULL) != INQ_OK)
		return false;
	b->tile_log = log;
	b->tile_index = number;
	return true;
}

bool cli_bundle_entry(
        struct cli_bundle *b, const struct inq_record_entry *r, struct inq_arena *a, struct inq_entry *ret)
{
	const struct inq_record_log *log = &b->record->logs[r->party];
	struct inq_sha256 digest;
	struct inq_bytes bytes;
	uint64_t off = 0;

	if (r->index >= log->size || !tile_open(b, log, r->index))
		return false;
	for (uint64_t i = r->index - r->index % INQ_TILE_WIDTH; i <= r->index; i++)
		if (!inq_entry_bundle_next(b->tile, &off, &bytes))
			return false;
	inq_merkle_leaf(bytes, &digest);
	return inq_sha256_equal(&digest, &r->digest) && inq_entry_read(bytes, a, ret, NULL) == INQ_OK;
}

bool cli_bundle_object(const struct cli_bundle *b, const struct inq_sha256 *digest, uint64_t most,
        struct inq_arena *a, struct inq_bytes *ret)
{
	struct inq_bytes packed;
	char name[INQ_BUNDLE_NAME];

	inq_bundle_object(digest, name);
	return b->source->read(b->source->context, name, 2 * INQ_CASE_OBJECT_MOST, a, &packed, NULL) ==
	               INQ_OK &&
	       inq_object_unpack(packed, digest, most, a, ret, NULL) == INQ_OK;
}

static bool result_take(struct cli_bundle *b, const struct inq_record_entry *r, struct inq_arena *a,
        struct cli_results *results)
{
	struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
	bool done = scratch != NULL;
	struct inq_bytes bytes;
	const char *name;
	struct inq_entry e;

	if (scratch && cli_bundle_entry(b, r, scratch, &e) && results->wants(results->context, r, &e)) {
		if (e.size > results->most) {
			results->left_out++;
		} else if (!cli_bundle_object(b, &e.result, e.size, a, &bytes)) {
			results->missing++;
		} else {
			name = inq_arena_printf(a, "%s/%" PRIu64, b->record->logs[r->party].party, r->index);
			done = name && results->take(results->context, bytes, name);
		}
	}
	inq_arena_close(scratch);
	return done;
}

bool cli_bundle_results(struct cli_bundle *b, struct inq_arena *a, struct cli_results *results)
{
	for (size_t i = 0; i < b->record->entry_count; i++) {
		const struct inq_record_entry *r = &b->record->entries[b->record->order[i]];

		if (r->holds && inq_entry_has_result(r->type) && !result_take(b, r, a, results))
			return false;
	}
	return true;
}

void cli_bundle_close(struct cli_bundle *b)
{
	inq_arena_close(b->tile_arena);
	b->tile_arena = NULL;
	b->tile_log = NULL;
}
