/*
 * What a verifier would find fault with is not signed: the rules of V2 for an
 * entry that is about to be made, from what is known of the case.
 */
#include "case/private.h"
#include <string.h>

static bool is_exhibit(enum inq_entry_type type)
{
	return type == INQ_ENTRY_EXHIBIT_OPEN || type == INQ_ENTRY_EXHIBIT_SEALED ||
	       type == INQ_ENTRY_EXHIBIT_WITHHELD;
}

void case_key_digest(uint32_t log, enum inq_key_role role, const struct inq_vkey *key, struct inq_sha256 *ret)
{
	const uint8_t head[4] = { (uint8_t)role, (uint8_t)key->type, (uint8_t)log, (uint8_t)(log >> 8) };
	struct inq_sha256_state s;

	inq_sha256_init(&s);
	inq_sha256_update(&s, head, sizeof head);
	inq_sha256_update(&s, key->public, sizeof key->public);
	inq_sha256_final(&s, ret);
}

static enum inq_status rerun_refuse(
        const struct inq_case_entry *of, const struct inq_entry *e, struct inq_error *err)
{
	struct inq_sha256 work;
	const char *wrong;

	inq_entry_work(e, &work);
	wrong = inq_rerun_wrong(
	        e->outcome, inq_sha256_equal(&of->result, &e->result), inq_sha256_equal(&of->work, &work));
	return wrong ? inq_fail(err, INQ_BAD_ARGUMENT, 0, "%s", wrong) : INQ_OK;
}

static enum inq_status of_refuse(const struct inq_case *c, const struct inq_entry *e, struct inq_error *err)
{
	const struct inq_case_entry *of = inq_case_by_digest(c, &e->of);

	if (!of)
		return inq_fail(err, INQ_UNRESOLVED, 0, "answers to an entry that is not in the case");
	if (e->type == INQ_ENTRY_WITHDRAW && of->log != c->own)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0,
		        "only who made an entry withdraws it; what others say is disputed");
	if (e->type == INQ_ENTRY_WITHDRAW &&
	        (of->type == INQ_ENTRY_CHARTER || of->type == INQ_ENTRY_WITHDRAW))
		return inq_fail(
		        err, INQ_BAD_ARGUMENT, 0, "a %s is not withdrawn", inq_entry_type_name(of->type));
	if (e->type == INQ_ENTRY_RERUN && of->type != INQ_ENTRY_EXAMINATION &&
	        of->type != INQ_ENTRY_CONCLUSION)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "only examinations and conclusions are run again");
	if (e->type == INQ_ENTRY_RERUN)
		return rerun_refuse(of, e, err);
	if ((e->type == INQ_ENTRY_EXHIBIT_UNSEAL || e->type == INQ_ENTRY_EXHIBIT_SHARE) &&
	        ((of->log != c->own && !of->to_own) ||
	                (!inq_entry_seals(of->type) && of->type != INQ_ENTRY_EXHIBIT_WITHHELD) ||
	                e->subject_count != 1 || !inq_sha256_equal(&of->subject, &e->subjects[0].digest) ||
	                of->size != e->size))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0,
		        "opens or shares another exhibit than was sealed or withheld");
	return INQ_OK;
}

static enum inq_status revoke_refuse(
        const struct inq_case *c, const struct inq_entry *e, struct inq_error *err)
{
	struct inq_sha256 digest;
	struct inq_vkey key;
	uint32_t unused;

	/* What is no key the entry's own rules refuse. */
	if (e->role >= INQ_ROLES || inq_vkey_read(e->old_key, &key, NULL) != INQ_OK)
		return INQ_OK;
	case_key_digest(c->own, e->role, &key, &digest);
	if (!digests_find(&c->keys, &digest, &unused))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "the party never had that %s key in this case",
		        inq_key_role_name(e->role));
	return INQ_OK;
}

/* What a commitment to a private comparison allows, it allows once. */
static enum inq_status blind_refuse(
        const struct inq_case *c, const struct inq_entry *e, struct inq_error *err)
{
	const struct inq_case_entry *of = inq_case_by_digest(c, &e->of), *peer;

	for (size_t i = 0; i < c->entry_count; i++)
		if (c->entries[i].log == c->own && c->entries[i].type == e->type &&
		        inq_sha256_equal(&c->entries[i].of, &e->of))
			return inq_fail(err, INQ_CONFLICT, 0,
			        "%s: a commitment allows that once, and it was done",
			        inq_entry_type_name(e->type));
	if (e->type == INQ_ENTRY_BLIND_ANSWER)
		return of && of->type == INQ_ENTRY_BLIND_OFFER && of->log != c->own
		               ? INQ_OK
		               : inq_fail(err, INQ_BAD_ARGUMENT, 0, "answers no offer of another party");
	peer = inq_case_by_digest(c, &e->peer);
	if (!of || !peer || of->log != c->own || peer->log == c->own ||
	        !((of->type == INQ_ENTRY_BLIND_OFFER && peer->type == INQ_ENTRY_BLIND_ANSWER) ||
	                (of->type == INQ_ENTRY_BLIND_ANSWER && peer->type == INQ_ENTRY_BLIND_OFFER)))
		return inq_fail(err, INQ_UNRESOLVED, 0, "is of something else than two commitments");
	return INQ_OK;
}

enum inq_status case_refuse(const struct inq_case *c, const struct inq_entry *e, struct inq_error *err)
{
	enum inq_status status = INQ_OK;
	uint32_t unused;

	if (e->type >= INQ_ENTRY_TYPES)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "no type of entry that this program makes");
	if (inq_entry_has_cites(e->type))
		for (size_t i = 0; i < e->cite_count; i++)
			if (!inq_case_by_digest(c, &e->cites[i]))
				return inq_fail(
				        err, INQ_UNRESOLVED, 0, "cites an entry that is not in the case");
	if (inq_entry_has_of(e->type))
		status = of_refuse(c, e, err);
	if (status == INQ_OK && e->type == INQ_ENTRY_KEY_REVOKE)
		status = revoke_refuse(c, e, err);
	if (status == INQ_OK && (e->type == INQ_ENTRY_BLIND_ANSWER || e->type == INQ_ENTRY_BLIND_RUN ||
	                                e->type == INQ_ENTRY_BLIND_RESULT))
		status = blind_refuse(c, e, err);
	for (size_t i = 0; i < e->subject_count && status == INQ_OK; i++) {
		if (is_exhibit(e->type) && inq_case_exhibit(c, &e->subjects[i].digest))
			status = inq_fail(err, INQ_CONFLICT, 0, "is an exhibit of this party already");
		else if (!is_exhibit(e->type) && !digests_find(&c->subjects, &e->subjects[i].digest, &unused))
			status = inq_fail(
			        err, INQ_UNRESOLVED, 0, "is about an exhibit that nobody has entered");
	}
	return status;
}
