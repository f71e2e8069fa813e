#include "case/private.h"
#include <string.h>

/* Settings of the store: which case it is, and whose log is written in it. */
#define SETTING_CASE "case"
#define SETTING_PARTY "party"

enum inq_status case_no_memory(struct inq_error *err)
{
	return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for the case");
}

static enum inq_status setting(struct inq_case *c, const char *name, const char **ret, struct inq_error *err)
{
	struct inq_bytes value;
	enum inq_status status = inq_store_setting(c->store, name, c->a, &value, err);

	if (status == INQ_NOT_FOUND)
		return inq_fail(err, INQ_UNRECOGNISED, 0, "is a store, but no case was opened in it");
	if (status != INQ_OK)
		return status;
	*ret = inq_arena_string(c->a, value);
	return *ret ? INQ_OK : case_no_memory(err);
}

/* Which of the store's logs is written here. */
static enum inq_status own_find(struct inq_case *c, struct inq_error *err)
{
	struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
	char origin[INQ_ORIGIN_MOST];
	struct inq_store_log *logs;
	enum inq_status status;
	size_t count = 0;
	bool found = false;

	if (!scratch)
		return case_no_memory(err);
	inq_origin(inq_bytes_of(c->party), inq_bytes_of(c->id), origin);
	status = inq_store_logs(c->store, scratch, &logs, &count, err);
	for (size_t i = 0; i < count && status == INQ_OK && !found; i++) {
		found = strcmp(logs[i].name, c->party) == 0 && strcmp(logs[i].origin, origin) == 0;
		c->own = (uint32_t)i;
	}
	inq_arena_close(scratch);
	if (status == INQ_OK && !found)
		status =
		        inq_fail(err, INQ_UNRECOGNISED, 0, "the store has no log of the party that it names");
	return status;
}

static enum inq_status about_read(struct inq_case *c, struct inq_error *err)
{
	uint8_t bits[INQ_CASE_ID / 2];
	enum inq_status status = setting(c, SETTING_CASE, &c->id, err);

	if (status == INQ_OK)
		status = setting(c, SETTING_PARTY, &c->party, err);
	if (status != INQ_OK)
		return status;
	if (!inq_unhex(inq_bytes_of(c->id), bits, sizeof bits) ||
	        !inq_party_name_holds(inq_bytes_of(c->party)))
		return inq_fail(err, INQ_UNRECOGNISED, 0, "the store names no case or no party");
	status = own_find(c, err);
	if (status != INQ_OK)
		return status;
	status = inq_case_freeze(c, err);
	inq_case_thaw(c);
	return status;
}

enum inq_status inq_case_open(
        const char *address, bool write, struct inq_arena *a, struct inq_case **ret, struct inq_error *err)
{
	struct inq_case *c = inq_arena_new(a, 1, sizeof *c);
	enum inq_status status;

	if (!c)
		return case_no_memory(err);
	c->a = a;
	status = inq_store_open(address, write ? INQ_STORE_WRITE : INQ_STORE_READ, a, &c->store, err);
	if (status != INQ_OK)
		return status;
	c->known = inq_arena_open(SIZE_MAX);
	status = c->known ? about_read(c, err) : case_no_memory(err);
	if (status != INQ_OK) {
		inq_case_close(c);
		return status;
	}
	*ret = c;
	return INQ_OK;
}

enum inq_status case_charter(struct inq_case *c, const struct inq_case_start *start,
        const struct inq_sha256 *joins, struct inq_case_entered *ret, struct inq_error *err)
{
	struct inq_entry e = { .type = INQ_ENTRY_CHARTER, .title = inq_bytes_of(start->title) };
	char vkeys[INQ_ROLES][INQ_VKEY_MOST];

	if (start->text)
		e.text = inq_bytes_of(start->text);
	if (joins)
		e.joins = (struct inq_digest_or_none){ true, *joins };
	for (unsigned i = 0; i < INQ_ROLES; i++) {
		inq_vkey_write(&c->signers[i].vkey, vkeys[i]);
		e.keys[i] = inq_bytes_of(vkeys[i]);
	}
	return inq_case_enter(c, &e, ret, err);
}

enum inq_status case_log_open(struct inq_case *c, const struct inq_case_writer *writer, struct inq_error *err)
{
	char origin[INQ_ORIGIN_MOST];
	enum inq_status status;

	inq_origin(inq_bytes_of(c->party), inq_bytes_of(c->id), origin);
	status = inq_store_set(c->store, SETTING_CASE, inq_bytes_of(c->id), err);
	if (status == INQ_OK)
		status = inq_store_set(c->store, SETTING_PARTY, inq_bytes_of(c->party), err);
	if (status == INQ_OK)
		status = inq_store_log_add(c->store, c->party, origin, &c->own, err);
	if (status == INQ_OK)
		status = case_look(c, err);
	return status == INQ_OK ? case_write_begin(c, writer, err) : status;
}

enum inq_status case_make(const struct inq_case_writer *writer, struct inq_arena *a, struct inq_case **ret,
        struct inq_error *err)
{
	struct inq_case *c = inq_arena_new(a, 1, sizeof *c);

	if (!c)
		return case_no_memory(err);
	c->a = a;
	c->party = inq_arena_string(a, inq_bytes_of(writer->keys.of[INQ_ROLE_ENTRY].name));
	c->known = c->party ? inq_arena_open(SIZE_MAX) : NULL;
	if (!c->known)
		return case_no_memory(err);
	*ret = c;
	return INQ_OK;
}

enum inq_status inq_case_create(const char *address, const struct inq_case_start *start,
        const struct inq_case_writer *writer, struct inq_arena *a, struct inq_case **ret,
        struct inq_case_entered *ret_charter, struct inq_error *err)
{
	uint8_t bits[INQ_CASE_ID / 2];
	struct inq_case_entered charter;
	struct inq_case *c;
	enum inq_status status;

	if (!inq_unhex(inq_bytes_of(start->id), bits, sizeof bits))
		return inq_fail(
		        err, INQ_BAD_ARGUMENT, 0, "a case is known by %d hexadecimal digits", INQ_CASE_ID);
	status = case_make(writer, a, &c, err);
	if (status != INQ_OK)
		return status;
	c->id = inq_arena_string(a, inq_bytes_of(start->id));
	status = c->id ? inq_store_open(address, INQ_STORE_CREATE, a, &c->store, err) : case_no_memory(err);
	if (status == INQ_OK)
		status = case_log_open(c, writer, err);
	if (status == INQ_OK)
		status = case_charter(c, start, NULL, &charter, err);
	if (status == INQ_OK)
		status = inq_case_commit(c, err);
	if (status != INQ_OK) {
		inq_case_close(c);
		return status;
	}
	*ret_charter = charter;
	*ret = c;
	return INQ_OK;
}

void inq_case_close(struct inq_case *c)
{
	if (!c)
		return;
	inq_store_close(c->store);
	inq_arena_close(c->batch);
	inq_arena_close(c->known);
	c->store = NULL;
	c->batch = c->known = NULL;
}

enum inq_status inq_case_keys(
        const struct inq_case *c, uint32_t log, struct inq_party_keys *ret, struct inq_error *err)
{
	if (log >= c->log_count || !c->logs[log].has_keys)
		return inq_fail(err, INQ_NOT_FOUND, 0, "no charter of that party could be read");
	*ret = c->logs[log].keys;
	return INQ_OK;
}

const char *inq_case_id(const struct inq_case *c)
{
	return c->id;
}

const char *inq_case_party(const struct inq_case *c)
{
	return c->party;
}

const char *inq_case_title(const struct inq_case *c)
{
	return c->title;
}

struct inq_store *inq_case_store(struct inq_case *c)
{
	return c->store;
}

enum inq_status inq_case_freeze(struct inq_case *c, struct inq_error *err)
{
	enum inq_status status = inq_store_begin(c->store, false, err);

	if (status != INQ_OK)
		return status;
	status = case_look(c, err);
	if (status != INQ_OK)
		inq_store_rollback(c->store);
	else
		c->frozen = true;
	return status;
}

void inq_case_thaw(struct inq_case *c)
{
	if (c->frozen)
		inq_store_rollback(c->store);
	c->frozen = false;
}
