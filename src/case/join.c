/* Joining: a party's own store and log, beside those that a bundle brings. */
#include "case/wire.h"
#include <string.h>

/* Whether somebody bears the party's name, or has one of its keys. */
static enum inq_status taken(
        const struct inq_case *c, const struct inq_case_writer *writer, struct inq_error *err)
{
	uint32_t other;

	for (size_t i = 0; i < c->log_count; i++)
		if (strcmp(c->logs[i].name, c->party) == 0)
			return inq_fail(err, INQ_CONFLICT, 0, "the inquiry has a party %s already", c->party);
	for (unsigned i = 0; i < INQ_ROLES; i++) {
		struct inq_sha256 public;

		memcpy(public.byte, writer->keys.of[i].public, sizeof public.byte);
		if (digests_find(&c->public, &public, &other))
			return inq_fail(err, INQ_CONFLICT, 0, "the %s key is %s's in this inquiry",
			        inq_key_role_name((enum inq_key_role)i), c->logs[other].name);
	}
	return INQ_OK;
}

static const struct log *founder(const struct inq_case *c)
{
	for (size_t i = 0; i < c->log_count; i++)
		if (c->logs[i].has_keys && !c->logs[i].joins)
			return &c->logs[i];
	return NULL;
}

/* The own log, among those that were taken in. */
static enum inq_status own_tell(struct keeper *k, struct inq_error *err)
{
	struct keeper_log *more = inq_arena_extend(k->a, k->logs, k->log_count, &k->log_room, sizeof *more);

	if (!more)
		return case_no_memory(err);
	k->logs = more;
	more[k->log_count++] = (struct keeper_log){ .party = k->c->party,
		.origin = k->c->logs[k->c->own].origin,
		.number = k->c->own,
		.own = true,
		.is_new = true,
		.size = 1 };
	return keeper_tell(k, err);
}

/* Enters the charter after what was taken in, which it has seen. */
static enum inq_status charter_enter(struct inq_case *c, const struct inq_case_start *start,
        const struct inq_case_writer *writer, struct keeper *k, struct inq_case_entered *ret,
        struct inq_error *err)
{
	struct inq_case_start own = *start;
	const struct log *first;
	struct inq_sha256 joins;
	enum inq_status status = case_look(c, err);

	if (status == INQ_OK)
		status = taken(c, writer, err);
	if (status != INQ_OK)
		return status;
	first = founder(c);
	if (!first || !c->id)
		return inq_fail(err, INQ_UNRECOGNISED, 0, "holds no charter that opens a case");
	if (c->log_count >= INQ_PARTIES_MOST)
		return inq_fail(err, INQ_OVER_LIMIT, 0,
		        "the case has %d parties, and a record has room for no more", INQ_PARTIES_MOST);
	joins = first->charter_digest;
	if (!own.title)
		own.title = c->title;
	status = case_log_open(c, writer, err);
	if (status == INQ_OK)
		status = keeper_countersign(k, err);
	if (status == INQ_OK)
		status = case_charter(c, &own, &joins, ret, err);
	if (status == INQ_OK)
		status = own_tell(k, err);
	return status == INQ_OK ? inq_case_commit(c, err) : status;
}

enum inq_status inq_case_join(const char *address, const struct inq_case_start *start,
        const struct inq_case_writer *writer, const struct inq_pull *pull, struct inq_arena *a,
        struct inq_case **ret_case, struct inq_case_entered *ret_charter, struct inq_pulled *ret,
        struct inq_error *err)
{
	struct inq_case_entered charter;
	struct keeper k;
	struct inq_case *c;
	enum inq_status status = case_make(writer, a, &c, err);

	if (status != INQ_OK)
		return status;
	c->own = UINT32_MAX;
	status = inq_store_open(address, INQ_STORE_CREATE, a, &c->store, err);
	if (status == INQ_OK)
		status = keeper_make(&k, c, pull, a, err);
	if (status == INQ_OK)
		status = keeper_read(&k, err);
	if (status == INQ_OK && k.pulled.refused)
		status = keeper_tell(&k, err);
	else if (status == INQ_OK)
		status = charter_enter(c, start, writer, &k, &charter, err);
	if (status != INQ_OK || k.pulled.refused) {
		inq_case_close(c);
		c = NULL;
	}
	if (status != INQ_OK)
		return status;
	if (c)
		*ret_charter = charter;
	*ret_case = c;
	*ret = k.pulled;
	return INQ_OK;
}
