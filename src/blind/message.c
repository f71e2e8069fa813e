/*
 * Messages:
 *
 *     inquiry blind message v1
 *     case CASE
 *     session HEX
 *     step NUMBER NAME
 *     from PARTY
 *     to PARTY
 *     after HEX              "-" for the first one
 *     commitment HEX
 *     proof BYTES HEX        a part of the file: how long, and its SHA-256
 *     logs BYTES HEX
 *     body BYTES HEX
 *     (an empty line, and the parts one after the other)
 */
#include "blind/private.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "inquiry blind message v1"
enum {
	HEAD_MOST = 1024,
	HEX = 64,
	LOGS_FILES_MOST = 1 << 20,
	OBJECT_MOST = 16 << 20,
	OBJECTS_MOST = 64 << 20
};

static const char *const steps[] = {
	[INQ_BLIND_OFFERED] = "offer",
	[INQ_BLIND_ANSWERED] = "answer",
	[INQ_BLIND_MASKED] = "masked",
	[INQ_BLIND_EVALUATED] = "evaluated",
	[INQ_BLIND_OPENED] = "opened",
	[INQ_BLIND_CLOSED] = "closed",
};

const char *inq_blind_step_name(enum inq_blind_step step)
{
	return step >= INQ_BLIND_OFFERED && step <= INQ_BLIND_CLOSED ? steps[step] : "?";
}

/* The words of a head, line by line. */
struct lines {
	struct inq_bytes head;
	uint64_t at;
	bool wrong;
};

/* The line that begins with `name` and a space, without both. */
static struct inq_bytes line(struct lines *l, const char *name)
{
	struct inq_bytes rest = inq_bytes_from(l->head, l->at), ret = { NULL, 0 };
	const uint8_t *end = rest.len ? memchr(rest.at, '\n', rest.len) : NULL;
	size_t len = end ? (size_t)(end - rest.at) : 0, name_len = strlen(name);

	if (l->wrong || len <= name_len + 1 || memcmp(rest.at, name, name_len) != 0 ||
	        rest.at[name_len] != ' ') {
		l->wrong = true;
		return ret;
	}
	l->at += len + 1;
	return (struct inq_bytes){ rest.at + name_len + 1, len - name_len - 1 };
}

static void digest_line(struct lines *l, const char *name, struct inq_sha256 *ret)
{
	struct inq_bytes hex = line(l, name);

	l->wrong |= !inq_unhex(hex, ret->byte, sizeof ret->byte);
}

struct part {
	uint64_t len;
	struct inq_sha256 digest;
};

static void part_line(struct lines *l, const char *name, struct part *ret)
{
	struct inq_bytes text = line(l, name);
	size_t digits = 0;

	ret->len = 0;
	while (digits < text.len && digits < 10 && text.at[digits] >= '0' && text.at[digits] <= '9')
		ret->len = ret->len * 10 + text.at[digits++] - '0';
	l->wrong |= digits == 0 || (digits > 1 && text.at[0] == '0') || text.len != digits + 1 + HEX ||
	            text.at[digits] != ' ' ||
	            !inq_unhex(inq_bytes_from(text, digits + 1), ret->digest.byte, sizeof ret->digest.byte);
}

static enum inq_status part_read(struct blind_in *in, const struct part *part, const char *name,
        struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_sha256 digest;

	*ret = blind_get(in, part->len);
	if (in->short_)
		return inq_fail(
		        err, INQ_TRUNCATED, 0, "the message is cut short: its %s is not all there", name);
	if (inq_sha256(*ret, &digest) != INQ_OK || !inq_sha256_equal(&digest, &part->digest))
		return inq_fail(
		        err, INQ_TAMPERED, 0, "the message was changed: its %s is not what it says", name);
	return INQ_OK;
}

static bool step_read(struct inq_bytes text, enum inq_blind_step *ret)
{
	char written[32];

	for (unsigned i = INQ_BLIND_OFFERED; i <= INQ_BLIND_CLOSED; i++) {
		snprintf(written, sizeof written, "%u %s", i, steps[i]);
		if (inq_bytes_equal(text, written)) {
			*ret = (enum inq_blind_step)i;
			return true;
		}
	}
	return false;
}

enum inq_status inq_blind_message_read(
        struct inq_bytes bytes, struct inq_blind_message *ret, struct inq_error *err)
{
	struct lines l = { .head = { bytes.at, bytes.len < HEAD_MOST ? bytes.len : HEAD_MOST } };
	struct inq_blind_message m = { 0 };
	struct part proof, logs, body;
	struct blind_in in;
	struct inq_bytes after;
	uint8_t case_id[INQ_CASE_ID / 2];
	enum inq_status status;

	if (bytes.len > INQ_BLIND_MESSAGE_MOST)
		return inq_fail(err, INQ_OVER_LIMIT, INQ_BLIND_MESSAGE_MOST,
		        "a message of more than %" PRIu64 " bytes", INQ_BLIND_MESSAGE_MOST);
	if (!inq_bytes_begin(bytes, HEAD "\n", sizeof HEAD))
		return inq_fail(err, INQ_UNRECOGNISED, 0,
		        "no message of a blind comparison: it does not begin with \"" HEAD "\"");
	l.at = sizeof HEAD;
	m.case_id = line(&l, "case");
	digest_line(&l, "session", &m.session);
	l.wrong |= !step_read(line(&l, "step"), &m.step);
	m.from = line(&l, "from");
	m.to = line(&l, "to");
	after = line(&l, "after");
	m.after.here = !inq_bytes_equal(after, "-");
	l.wrong |= m.after.here && !inq_unhex(after, m.after.is.byte, sizeof m.after.is.byte);
	digest_line(&l, "commitment", &m.commitment);
	part_line(&l, "proof", &proof);
	part_line(&l, "logs", &logs);
	part_line(&l, "body", &body);
	if (l.wrong || !inq_unhex(m.case_id, case_id, sizeof case_id) || !inq_party_name_holds(m.from) ||
	        !inq_party_name_holds(m.to) || l.at >= l.head.len || l.head.at[l.at] != '\n')
		return inq_fail(
		        err, INQ_UNRECOGNISED, l.at, "the message's head is not of its form, or cut short");
	in = (struct blind_in){ inq_bytes_from(bytes, l.at + 1), false };
	status = part_read(&in, &proof, "proof", &m.proof, err);
	if (status == INQ_OK)
		status = part_read(&in, &logs, "part of logs", &m.logs, err);
	if (status == INQ_OK)
		status = part_read(&in, &body, "body", &m.body, err);
	if (status == INQ_OK && in.left.len)
		status = inq_fail(
		        err, INQ_TRUNCATED, bytes.len - in.left.len, "something follows the message");
	if (status == INQ_OK)
		status = inq_sha256(bytes, &m.digest);
	if (status == INQ_OK)
		*ret = m;
	return status;
}

static void put_line(struct blind_out *o, const char *name, struct inq_bytes value)
{
	blind_put(o, name, strlen(name));
	blind_put(o, " ", 1);
	blind_put(o, value.at, value.len);
	blind_put(o, "\n", 1);
}

static void put_digest(struct blind_out *o, const char *name, const struct inq_sha256 *digest)
{
	char hex[HEX + 1];

	inq_hex(digest->byte, sizeof digest->byte, hex);
	put_line(o, name, inq_bytes_of(hex));
}

static bool put_part(struct blind_out *o, const char *name, struct inq_bytes part)
{
	struct inq_sha256 digest;
	char text[32 + HEX], hex[HEX + 1];

	if (inq_sha256(part, &digest) != INQ_OK)
		return false;
	inq_hex(digest.byte, sizeof digest.byte, hex);
	snprintf(text, sizeof text, "%zu %s", part.len, hex);
	put_line(o, name, inq_bytes_of(text));
	return true;
}

enum inq_status inq_blind_message_write(const struct inq_blind_message *m, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_sha256 *ret_digest, struct inq_error *err)
{
	struct blind_out o = { .a = a };
	struct inq_blind_message again;
	struct inq_bytes bytes;
	enum inq_status status;
	char step[32];

	snprintf(step, sizeof step, "%u %s", m->step, inq_blind_step_name(m->step));
	blind_put(&o, HEAD "\n", sizeof HEAD);
	put_line(&o, "case", m->case_id);
	put_digest(&o, "session", &m->session);
	put_line(&o, "step", inq_bytes_of(step));
	put_line(&o, "from", m->from);
	put_line(&o, "to", m->to);
	if (m->after.here)
		put_digest(&o, "after", &m->after.is);
	else
		put_line(&o, "after", inq_bytes_of("-"));
	put_digest(&o, "commitment", &m->commitment);
	if (!put_part(&o, "proof", m->proof) || !put_part(&o, "logs", m->logs) ||
	        !put_part(&o, "body", m->body))
		return inq_fail(err, INQ_IO, 0, "no digest to be had");
	blind_put(&o, "\n", 1);
	blind_put(&o, m->proof.at, m->proof.len);
	blind_put(&o, m->logs.at, m->logs.len);
	blind_put(&o, m->body.at, m->body.len);
	status = blind_done(&o, &bytes, err);
	/* What its reader would refuse is not sent. */
	if (status == INQ_OK)
		status = inq_blind_message_read(bytes, &again, err);
	if (status != INQ_OK)
		return status;
	*ret = bytes;
	*ret_digest = again.digest;
	return INQ_OK;
}

/* The logs: of each file its name (u16 and bytes) and its content (u32 and bytes), by name. */

struct naming {
	struct inq_arena *a;
	const char **names;
	size_t count, room;
	bool full;
};

static bool is_object(const char *name)
{
	return strncmp(name, "objects/", 8) == 0;
}

static bool is_of_the_logs(const char *name)
{
	return strncmp(name, "logs/", 5) == 0 || is_object(name) || strcmp(name, INQ_BUNDLE_POLICY) == 0 ||
	       strcmp(name, INQ_BUNDLE_CHARTER) == 0;
}

static bool name_take(void *to, const char *name)
{
	struct naming *n = to;
	const char **more, *copy;

	if (!is_of_the_logs(name))
		return true;
	more = inq_arena_extend(n->a, n->names, n->count, &n->room, sizeof *more);
	copy = inq_arena_string(n->a, inq_bytes_of(name));
	n->full = !more || !copy || n->count == LOGS_FILES_MOST;
	if (n->full)
		return false;
	n->names = more;
	n->names[n->count++] = copy;
	return true;
}

static int by_name(const void *l, const void *r)
{
	return strcmp(*(const char *const *)l, *(const char *const *)r);
}

enum inq_status inq_blind_logs_pack(const struct inq_bundle_source *from, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	struct naming n = { .a = a };
	struct blind_out o = { .a = a };
	size_t objects = 0;
	enum inq_status status = from->list(from->context, name_take, &n, err);

	if (status == INQ_OK && n.full)
		status = blind_no_memory(err);
	if (n.count)
		qsort(n.names, n.count, sizeof *n.names, by_name);
	for (size_t i = 0; i < n.count && status == INQ_OK; i++) {
		bool object = is_object(n.names[i]);
		struct inq_bytes file;

		if (i && strcmp(n.names[i - 1], n.names[i]) == 0)
			continue;
		status = from->read(from->context, n.names[i], object ? OBJECT_MOST : INQ_BUNDLE_FILE_MOST, a,
		        &file, err);
		if (object && (status == INQ_OVER_LIMIT ||
		                      (status == INQ_OK && (objects += file.len) > OBJECTS_MOST))) {
			status = INQ_OK;
			continue;
		}
		if (status != INQ_OK)
			break;
		blind_put16(&o, (uint32_t)strlen(n.names[i]));
		blind_put(&o, n.names[i], strlen(n.names[i]));
		blind_put32(&o, (uint32_t)file.len);
		blind_put(&o, file.at, file.len);
	}
	return status == INQ_OK ? blind_done(&o, ret, err) : status;
}

/* The next file of a pack. */
static bool next(struct blind_in *in, struct inq_bytes *name, struct inq_bytes *file)
{
	if (in->left.len == 0)
		return false;
	*name = blind_get(in, blind_get16(in));
	*file = blind_get(in, blind_get32(in));
	return !in->short_;
}

enum inq_status inq_blind_logs_read(struct inq_bytes bytes, struct inq_blind_logs *ret, struct inq_error *err)
{
	struct blind_in in = { bytes, false };
	struct inq_bytes name, file, before = { NULL, 0 };
	char text[INQ_BUNDLE_NAME];
	size_t count = 0;

	while (next(&in, &name, &file)) {
		size_t len = before.len < name.len ? before.len : name.len;
		int order = len ? memcmp(before.at, name.at, len) : 0;

		if (name.len == 0 || name.len >= sizeof text || memchr(name.at, 0, name.len) ||
		        ++count > LOGS_FILES_MOST)
			return inq_fail(err, INQ_UNRECOGNISED, bytes.len - in.left.len,
			        "a file of the logs without a name");
		memcpy(text, name.at, name.len);
		text[name.len] = 0;
		if (!is_of_the_logs(text) ||
		        (before.len && (order > 0 || (order == 0 && before.len >= name.len))))
			return inq_fail(err, INQ_UNRECOGNISED, bytes.len - in.left.len,
			        "a file among the logs that does not belong, or is out of order");
		before = name;
	}
	if (in.short_)
		return inq_fail(err, INQ_TRUNCATED, bytes.len, "the logs are cut short");
	ret->bytes = bytes;
	return INQ_OK;
}

static enum inq_status logs_file(void *context, const char *wanted, uint64_t most, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	const struct inq_blind_logs *logs = context;
	struct blind_in in = { logs->bytes, false };
	struct inq_bytes name, file;

	(void)a;
	while (next(&in, &name, &file)) {
		if (!inq_bytes_equal(name, wanted))
			continue;
		if (file.len > most)
			return inq_fail(err, INQ_OVER_LIMIT, most, "is longer than %" PRIu64 " bytes", most);
		*ret = file;
		return INQ_OK;
	}
	return inq_fail(err, INQ_UNREADABLE, 0, "there is no such file");
}

static enum inq_status logs_list(
        void *context, bool (*take)(void *to, const char *name), void *to, struct inq_error *err)
{
	const struct inq_blind_logs *logs = context;
	struct blind_in in = { logs->bytes, false };
	struct inq_bytes name, file;
	char text[INQ_BUNDLE_NAME];

	(void)err;
	while (next(&in, &name, &file)) {
		memcpy(text, name.at, name.len);
		text[name.len] = 0;
		if (!take(to, text))
			break;
	}
	return INQ_OK;
}

void inq_blind_logs_source(struct inq_blind_logs *logs, struct inq_bundle_source *ret)
{
	*ret = (struct inq_bundle_source){ logs_file, logs_list, logs };
}
