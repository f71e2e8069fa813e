/* Sealed exhibits: whom they are sealed to follows from the record, and who opens them from the keys. */
#include "case/private.h"
#include <inquiry/sealed.h>
#include <inttypes.h>
#include <string.h>

/* The entry key in force of a party. */
static enum inq_status key_find(
        const struct inq_case *c, struct inq_bytes party, struct inq_vkey *ret, struct inq_error *err)
{
	for (size_t i = 0; i < c->log_count; i++) {
		const struct log *log = &c->logs[i];

		if (!inq_bytes_equal(party, log->name) || !log->has_keys)
			continue;
		if (log->revoked[INQ_ROLE_ENTRY])
			return inq_fail(err, INQ_NOT_FOUND, 0, "the entry key of %s was revoked", log->name);
		*ret = log->keys.of[INQ_ROLE_ENTRY];
		return INQ_OK;
	}
	return inq_fail(err, INQ_NOT_FOUND, 0, "there is no party %.*s in this case",
	        party.len > INQ_PARTY_MOST ? INQ_PARTY_MOST : (int)party.len, (const char *)party.at);
}

enum inq_status inq_case_seal(struct inq_case *c, const struct inq_sha256 *digest, uint64_t size,
        const struct inq_bytes *recipients, size_t count,
        enum inq_status (*read)(void *context, uint8_t *at, size_t len, size_t *got, struct inq_error *err),
        void *context, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_sealed s = { .case_id = inq_bytes_of(c->id),
		.party = inq_bytes_of(c->party),
		.digest = *digest,
		.size = size };
	struct inq_vkey *keys = inq_arena_new(a, count + 1, sizeof *keys);
	enum inq_status status;

	if (!keys)
		return case_no_memory(err);
	if (count == 0)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "sealed to nobody");
	/* With the longest head that there can be. */
	if (inq_sealed_length(INQ_SEALED_HEAD_MOST, size) > INQ_CASE_OBJECT_MOST)
		return inq_fail(err, INQ_OVER_LIMIT, INQ_CASE_OBJECT_MOST,
		        "is too long to be sealed: an object has at most %" PRIu64 " bytes",
		        INQ_CASE_OBJECT_MOST);
	status = key_find(c, s.party, &keys[0], err);
	for (size_t i = 0; i < count && status == INQ_OK; i++)
		status = key_find(c, recipients[i], &keys[i + 1], err);
	return status == INQ_OK ? inq_seal(&s, keys, count + 1, read, context, a, ret, err) : status;
}

static enum inq_status open_sealed(struct inq_case *c, const struct inq_case_entry *e,
        const struct inq_case_writer *writer, struct inq_arena *scratch, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_bytes object;
	struct inq_sealed s;
	struct inq_entry entry;
	enum inq_status status = inq_case_read(c, e, scratch, &entry, NULL, err);

	if (status == INQ_OK)
		status = inq_store_object_bytes(
		        c->store, &entry.sealed, INQ_CASE_OBJECT_MOST, scratch, &object, err);
	if (status == INQ_NOT_FOUND)
		return inq_fail(err, INQ_NOT_FOUND, 0, "the object that seals it is not in this case");
	if (status == INQ_OK)
		status = inq_sealed_read(object, scratch, &s, err);
	if (status == INQ_OK)
		status = inq_sealed_fits(&s, &entry, err);
	if (status == INQ_OK)
		status = inq_sealed_open_for(
		        &s, &writer->keys.of[INQ_ROLE_ENTRY], &writer->asker, a, ret, err);
	return status;
}

enum inq_status inq_case_open_sealed(struct inq_case *c, const struct inq_case_entry *e,
        const struct inq_case_writer *writer, struct inq_arena *a, struct inq_bytes *ret,
        struct inq_error *err)
{
	struct inq_arena *scratch;
	enum inq_status status;

	if (!inq_entry_seals(e->type))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "is no sealed exhibit");
	scratch = inq_arena_open(SIZE_MAX);
	status = scratch ? open_sealed(c, e, writer, scratch, a, ret, err) : case_no_memory(err);
	inq_arena_close(scratch);
	return status;
}
