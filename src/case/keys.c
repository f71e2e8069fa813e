/* Keys that change: rotation and revocation are entries like others, and what signs them is decided here. */
#include "case/private.h"
#include <string.h>

/* The order matters: each entry is signed by the entry key in force, and the head by the log key after them all. */
static const enum inq_key_role order[INQ_ROLES] = { INQ_ROLE_COSIGNER, INQ_ROLE_LOG, INQ_ROLE_ENTRY };

/* The party's key as it is named in this case: the log's under the log's origin. */
static enum inq_status key_here(const struct inq_case *c, const struct inq_party_keys *keys,
        enum inq_key_role role, struct inq_vkey *ret, struct inq_error *err)
{
	const struct inq_vkey *key = &keys->of[role];

	if (role != INQ_ROLE_LOG) {
		*ret = *key;
		return INQ_OK;
	}
	return inq_vkey_make(inq_bytes_of(c->logs[c->own].origin), key->type, key->public, ret, err);
}

static enum inq_status rotate_one(struct inq_case *c, const struct inq_case_writer *to,
        enum inq_key_role role, const char *reason, struct inq_case_entered *ret, struct inq_error *err)
{
	struct inq_entry e = { .type = INQ_ENTRY_KEY_ROTATE, .role = role, .reason = inq_bytes_of(reason) };
	char old_text[INQ_VKEY_MOST], new_text[INQ_VKEY_MOST];
	struct inq_remote remote = { to->asker, role };
	struct inq_signer signer;
	struct inq_bytes message;
	struct inq_vkey key;
	enum inq_status status = key_here(c, &to->keys, role, &key, err);

	if (status != INQ_OK)
		return status;
	inq_vkey_write(&c->signers[role].vkey, old_text);
	inq_vkey_write(&key, new_text);
	e.old_key = inq_bytes_of(old_text);
	e.new_key = inq_bytes_of(new_text);
	e.case_id = inq_bytes_of(c->id);
	e.party = inq_bytes_of(c->party);
	inq_signer_over(&remote, &key, &signer);
	status = inq_key_possession(&e, c->batch, &message, err);
	if (status == INQ_OK)
		status = inq_sign(&signer, message, e.possession, err);
	if (status == INQ_OK)
		status = inq_case_enter(c, &e, ret, err);
	return status;
}

static enum inq_status rotate(struct inq_case *c, const struct inq_case_writer *to, const char *reason,
        struct inq_case_entered *ret, struct inq_error *err)
{
	struct inq_vkey key;
	enum inq_status status;

	if (strcmp(to->keys.of[INQ_ROLE_ENTRY].name, c->party) != 0)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0,
		        "the new key is %s's, and this case is written by %s",
		        to->keys.of[INQ_ROLE_ENTRY].name, c->party);
	for (unsigned i = 0; i < INQ_ROLES; i++)
		if (inq_vkey_same(&to->keys.of[i], &c->signers[i].vkey))
			return inq_fail(err, INQ_BAD_ARGUMENT, 0, "the new key is the one that is in force");
	for (unsigned i = 0; i < INQ_ROLES; i++) {
		status = rotate_one(c, to, order[i], reason, &ret[i], err);
		if (status != INQ_OK)
			return status;
	}
	status = key_here(c, &to->keys, INQ_ROLE_LOG, &key, err);
	if (status != INQ_OK)
		return status;
	c->remotes[INQ_ROLE_LOG] = (struct inq_remote){ to->asker, INQ_ROLE_LOG };
	inq_signer_over(&c->remotes[INQ_ROLE_LOG], &key, &c->signers[INQ_ROLE_LOG]);
	return INQ_OK;
}

enum inq_status inq_case_rotate(struct inq_case *c, const struct inq_case_writer *from,
        const struct inq_case_writer *to, const char *reason, struct inq_case_entered ret[INQ_ROLES],
        struct inq_error *err)
{
	struct inq_case_entered entered[INQ_ROLES];
	enum inq_status status = inq_case_begin(c, from, err);

	if (status != INQ_OK)
		return status;
	status = rotate(c, to, reason, entered, err);
	if (status != INQ_OK) {
		inq_case_rollback(c);
		return status;
	}
	status = inq_case_commit(c, err);
	if (status == INQ_OK)
		memcpy(ret, entered, sizeof entered);
	return status;
}
