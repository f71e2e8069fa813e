#include "record/private.h"
#include <inquiry/base64.h>
#include <inquiry/entry.h>
#include <inquiry/json_read.h>
#include <stdio.h>
#include <string.h>

static enum inq_status not_an_envelope(struct inq_error *err, uint64_t at, const char *why)
{
	return inq_fail(err, INQ_UNRECOGNISED, at, "not a DSSE envelope: %s", why);
}

/* The string member `key`, base64 of either alphabet, decoded. */
static enum inq_status decoded(const struct inq_json_value *object, const char *key, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	const struct inq_json_value *v = inq_json_member(object, key);
	uint8_t *at;
	size_t most, len;

	if (!v || v->kind != INQ_JSON_STRING)
		return inq_fail(err, INQ_UNRECOGNISED, v ? v->at : object->at,
		        "not a DSSE envelope: \"%s\" is no string", key);
	most = v->string.len / 4 * 3;
	at = inq_arena_new(a, most + 1, 1);
	if (!at)
		return inq_fail(err, INQ_NO_MEMORY, v->at, "an envelope takes more memory than it may");
	if (!inq_base64_read(v->string, at, most, &len) && !inq_base64_read_url(v->string, at, most, &len))
		return inq_fail(
		        err, INQ_UNRECOGNISED, v->at, "not a DSSE envelope: \"%s\" is no base64", key);
	*ret = (struct inq_bytes){ at, len };
	return INQ_OK;
}

enum inq_status inq_dsse_read(
        struct inq_bytes envelope, struct inq_arena *a, struct inq_dsse *ret, struct inq_error *err)
{
	const struct inq_json_value *top, *type, *signatures, *signature, *keyid;
	struct inq_dsse d = { .keyid = { NULL, 0 } };
	enum inq_status status = inq_json_read(envelope, a, &top, err);

	if (status != INQ_OK)
		return status;
	if (top->kind != INQ_JSON_OBJECT)
		return not_an_envelope(err, top->at, "it is no object");
	type = inq_json_member(top, "payloadType");
	if (!type || type->kind != INQ_JSON_STRING)
		return not_an_envelope(err, type ? type->at : top->at, "\"payloadType\" is no string");
	d.payload_type = type->string;
	signatures = inq_json_member(top, "signatures");
	if (!signatures || signatures->kind != INQ_JSON_ARRAY || signatures->count != 1)
		return not_an_envelope(
		        err, signatures ? signatures->at : top->at, "it has not one signature");
	signature = signatures->first;
	if (signature->kind != INQ_JSON_OBJECT)
		return not_an_envelope(err, signature->at, "its signature is no object");
	keyid = inq_json_member(signature, "keyid");
	if (keyid && keyid->kind != INQ_JSON_STRING)
		return not_an_envelope(err, keyid->at, "\"keyid\" is no string");
	if (keyid)
		d.keyid = keyid->string;
	if (top->count != 3 || signature->count != 1U + (keyid != NULL))
		return not_an_envelope(err, top->at, "it has a member that this build does not know");
	status = decoded(top, "payload", a, &d.payload, err);
	if (status == INQ_OK)
		status = decoded(signature, "sig", a, &d.signature, err);
	if (status == INQ_OK)
		*ret = d;
	return status;
}

struct inq_bytes inq_dsse_pae(struct inq_bytes payload_type, struct inq_bytes payload, struct inq_arena *a)
{
	size_t room = payload_type.len + payload.len + 64, len;
	char *at = inq_arena_new(a, room, 1);

	if (!at)
		return (struct inq_bytes){ NULL, 0 };
	len = (size_t)snprintf(at, room, "DSSEv1 %zu ", payload_type.len);
	if (payload_type.len)
		memcpy(at + len, payload_type.at, payload_type.len);
	len += payload_type.len;
	len += (size_t)snprintf(at + len, room - len, " %zu ", payload.len);
	if (payload.len)
		memcpy(at + len, payload.at, payload.len);
	return (struct inq_bytes){ (const uint8_t *)at, len + payload.len };
}
