/* Entries by their names. */
#include "case/private.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

size_t inq_case_count(const struct inq_case *c)
{
	return c->entry_count;
}

const struct inq_case_entry *inq_case_entry(const struct inq_case *c, size_t i)
{
	return &c->entries[i];
}

const char *inq_case_log_name(const struct inq_case *c, uint32_t log)
{
	return c->logs[log].name;
}

size_t inq_case_log_count(const struct inq_case *c)
{
	return c->log_count;
}

uint64_t inq_case_log_size(const struct inq_case *c, uint32_t log)
{
	return c->logs[log].size;
}

void inq_case_entry_name(const struct inq_case *c, const struct inq_case_entry *e, char ret[INQ_CASE_NAME])
{
	snprintf(ret, INQ_CASE_NAME, "%.*s/%" PRIu64, INQ_PARTY_MOST, c->logs[e->log].name, e->index);
}

/* The entry that a table gives for a digest, or NULL. */
static const struct inq_case_entry *entry_of(
        const struct inq_case *c, const struct digests *d, const struct inq_sha256 *key)
{
	uint32_t at;

	return digests_find(d, key, &at) ? &c->entries[at] : NULL;
}

const struct inq_case_entry *inq_case_by_digest(const struct inq_case *c, const struct inq_sha256 *digest)
{
	return entry_of(c, &c->by_digest, digest);
}

const struct inq_case_entry *inq_case_exhibit(const struct inq_case *c, const struct inq_sha256 *subject)
{
	return entry_of(c, &c->exhibits, subject);
}

const struct inq_case_entry *inq_case_work(const struct inq_case *c, const struct inq_sha256 *work)
{
	return entry_of(c, &c->works, work);
}

const struct inq_case_entry *inq_case_unsealed(const struct inq_case *c, const struct inq_case_entry *sealed)
{
	return entry_of(c, &c->unsealed, &sealed->digest);
}

const struct inq_case_entry *inq_case_sealed(const struct inq_case *c, const struct inq_sha256 *subject)
{
	return entry_of(c, &c->sealed, subject);
}

const struct inq_case_entry *inq_case_shown(const struct inq_case *c, const struct inq_sha256 *subject)
{
	return entry_of(c, &c->shown, subject);
}

/* A decimal number without sign or leading zeroes, all of `text`. */
static bool number_read(const char *text, uint64_t *ret)
{
	uint64_t value = 0;

	if (!*text || (text[0] == '0' && text[1]))
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || value > UINT64_MAX / 10 - 1)
			return false;
		value = 10 * value + (uint64_t)(*text - '0');
	}
	*ret = value;
	return true;
}

static enum inq_status in_log(struct inq_case *c, uint32_t log, uint64_t index,
        const struct inq_case_entry **ret, struct inq_error *err)
{
	if (index >= c->logs[log].size)
		return inq_fail(err, INQ_NOT_FOUND, 0,
		        "there is no entry %s/%" PRIu64 ": the log has %" PRIu64 ", from 0 on",
		        c->logs[log].name, index, c->logs[log].size);
	*ret = &c->entries[c->logs[log].at[index]];
	return INQ_OK;
}

static enum inq_status by_prefix(
        struct inq_case *c, const char *name, const struct inq_case_entry **ret, struct inq_error *err)
{
	const struct inq_case_entry *found = NULL;
	size_t len = strlen(name);
	char hex[65];

	for (size_t i = 0; i < c->entry_count; i++) {
		inq_hex(c->entries[i].digest.byte, sizeof c->entries[i].digest.byte, hex);
		if (strncmp(hex, name, len) != 0)
			continue;
		if (found)
			return inq_fail(err, INQ_BAD_ARGUMENT, 0,
			        "several entries begin with %.64s: give more of it", name);
		found = &c->entries[i];
	}
	if (!found)
		return inq_fail(
		        err, INQ_NOT_FOUND, 0, "there is no entry whose digest begins with %.64s", name);
	*ret = found;
	return INQ_OK;
}

enum inq_status inq_case_find(
        struct inq_case *c, const char *name, const struct inq_case_entry **ret, struct inq_error *err)
{
	const char *slash = strchr(name, '/');
	size_t len = strlen(name);
	uint64_t index;

	if (slash && number_read(slash + 1, &index)) {
		for (size_t i = 0; i < c->log_count; i++)
			if (strlen(c->logs[i].name) == (size_t)(slash - name) &&
			        strncmp(c->logs[i].name, name, (size_t)(slash - name)) == 0)
				return in_log(c, (uint32_t)i, index, ret, err);
		return inq_fail(err, INQ_NOT_FOUND, 0, "there is no party %.*s in this case",
		        slash - name > 64 ? 64 : (int)(slash - name), name);
	}
	if (len < INQ_CASE_PREFIX && number_read(name, &index))
		return in_log(c, c->own, index, ret, err);
	if (len >= INQ_CASE_PREFIX && len <= 64 && strspn(name, "0123456789abcdef") == len)
		return by_prefix(c, name, ret, err);
	return inq_fail(err, INQ_BAD_ARGUMENT, 0,
	        "an entry is named PARTY/INDEX, INDEX or by %d or more digits of its digest, not %.80s",
	        INQ_CASE_PREFIX, name);
}

enum inq_status inq_case_read(struct inq_case *c, const struct inq_case_entry *e, struct inq_arena *a,
        struct inq_entry *ret, struct inq_bytes *ret_bytes, struct inq_error *err)
{
	struct inq_store_entry stored;
	enum inq_status status = inq_store_entry(c->store, e->log, e->index, a, &stored, err);

	if (status == INQ_OK)
		status = inq_entry_read(stored.bytes, a, ret, err);
	if (status == INQ_OK && ret_bytes)
		*ret_bytes = stored.bytes;
	return status;
}
