#include "record/private.h"
#include <inquiry/base64.h>
#include <inquiry/note.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char dash[] = "\xe2\x80\x94 ";
enum { DASH = sizeof dash - 1, COSIGNATURE = 8 + INQ_SIGNATURE };

/* "— name base64": the name, and what the base64 holds in the arena. */
static enum inq_status signature_read(struct inq_bytes line, uint64_t at, struct inq_arena *a,
        struct inq_note_signature *ret, struct inq_error *err)
{
	struct inq_bytes rest = inq_bytes_from(line, DASH), text;
	const uint8_t *space;
	uint8_t *decoded;
	uint32_t id;
	size_t len;

	if (!inq_bytes_begin(line, dash, DASH))
		return inq_fail(err, INQ_UNRECOGNISED, at, "not a signature line: it begins without a dash");
	space = rest.len ? memchr(rest.at, ' ', rest.len) : NULL;
	if (!space)
		return inq_fail(err, INQ_UNRECOGNISED, at, "a signature line without a signature");
	ret->name = (struct inq_bytes){ rest.at, (size_t)(space - rest.at) };
	text = inq_bytes_from(rest, ret->name.len + 1);
	if (!inq_key_name_holds(ret->name))
		return inq_fail(err, INQ_UNRECOGNISED, at + DASH, "a signature under a name that is none");
	decoded = inq_arena_new(a, text.len / 4 * 3 + 1, 1);
	if (!decoded)
		return inq_fail(err, INQ_NO_MEMORY, at, "a note takes more memory than it may");
	if (!inq_base64_read(text, decoded, text.len / 4 * 3, &len) || len < 5)
		return inq_fail(err, INQ_UNRECOGNISED, at + DASH + ret->name.len + 1,
		        "a signature that is not base64 of a key ID and more");
	if (!inq_bytes_u32((struct inq_bytes){ decoded, len }, 0, true, &id))
		return inq_fail(err, INQ_TRUNCATED, at, "a signature without a key ID");
	ret->id = id;
	ret->bytes = (struct inq_bytes){ decoded + 4, len - 4 };
	return INQ_OK;
}

enum inq_status inq_note_read(
        struct inq_bytes bytes, struct inq_arena *a, struct inq_note *ret, struct inq_error *err)
{
	struct inq_note_signature *signatures;
	uint64_t at, wrong;
	size_t split = 0, count = 0;

	if (bytes.len > INQ_NOTE_MOST)
		return inq_fail(
		        err, INQ_OVER_LIMIT, INQ_NOTE_MOST, "a note of more than %d bytes", INQ_NOTE_MOST);
	if (!inq_text_holds(bytes, &wrong))
		return inq_fail(err, INQ_UNRECOGNISED, wrong, "not a note: no UTF-8, or a control character");
	if (bytes.len < 3 || bytes.at[bytes.len - 1] != '\n')
		return inq_fail(
		        err, INQ_UNRECOGNISED, bytes.len, "not a note: it does not end in a line feed");
	/* The last empty line divides text from signatures. */
	for (size_t i = bytes.len - 1; i-- > 1 && !split;)
		if (bytes.at[i] == '\n' && bytes.at[i - 1] == '\n')
			split = i;
	if (!split)
		return inq_fail(err, INQ_UNRECOGNISED, 0, "not a note: no empty line before signatures");
	signatures = inq_arena_new(a, INQ_NOTE_SIGNATURES, sizeof *signatures);
	if (!signatures)
		return inq_fail(err, INQ_NO_MEMORY, 0, "a note takes more memory than it may");
	for (at = split + 1; at < bytes.len; count++) {
		struct inq_bytes line;
		uint64_t start = at;
		enum inq_status status;

		if (!inq_line(bytes, &at, &line))
			return inq_fail(err, INQ_UNRECOGNISED, start, "a line of a note does not end");
		if (count == INQ_NOTE_SIGNATURES)
			return inq_fail(err, INQ_OVER_LIMIT, start, "a note with more than %d signatures",
			        INQ_NOTE_SIGNATURES);
		status = signature_read(line, start, a, &signatures[count], err);
		if (status != INQ_OK)
			return status;
		signatures[count].line = (struct inq_bytes){ line.at, line.len + 1 };
	}
	if (count == 0)
		return inq_fail(err, INQ_UNRECOGNISED, bytes.len, "a note without signatures");
	ret->text = (struct inq_bytes){ bytes.at, split };
	ret->signatures = signatures;
	ret->count = count;
	return INQ_OK;
}

/* As of the times of entries: what every document that tells it can say. */
#define TIME_MOST (((uint64_t)1 << 53) - 1)

/* What a cosigner signs; `at` NULL where the arena is full. */
static struct inq_bytes cosigned(struct inq_bytes text, uint64_t time, struct inq_arena *a)
{
	char head[64];
	int len = snprintf(head, sizeof head, "cosignature/v1\ntime %" PRIu64 "\n", time);
	uint8_t *message = inq_arena_new(a, (size_t)len + text.len, 1);

	if (!message)
		return (struct inq_bytes){ NULL, 0 };
	memcpy(message, head, (size_t)len);
	memcpy(message + len, text.at, text.len);
	return (struct inq_bytes){ message, (size_t)len + text.len };
}

static bool signature_holds(struct inq_bytes text, const struct inq_note_signature *s,
        const struct inq_vkey *key, struct inq_arena *a, uint64_t *ret_time)
{
	struct inq_checkpoint head;
	struct inq_bytes message;
	uint64_t time;

	if (key->type == INQ_KEY_ED25519) {
		*ret_time = 0;
		return s->bytes.len == INQ_SIGNATURE && inq_vkey_verify(key, text, s->bytes.at);
	}
	if (s->bytes.len != COSIGNATURE || !inq_bytes_u64(s->bytes, 0, true, &time) || time > TIME_MOST ||
	        inq_checkpoint_read(text, &head, NULL) != INQ_OK)
		return false;
	message = cosigned(text, time, a);
	*ret_time = time;
	return message.at && inq_vkey_verify(key, message, s->bytes.at + 8);
}

enum inq_signed inq_note_signed_by(
        const struct inq_note *note, const struct inq_vkey *key, struct inq_arena *a, uint64_t *ret_time)
{
	enum inq_signed found = SIGNED_NOT;

	*ret_time = 0;
	for (size_t i = 0; i < note->count; i++) {
		const struct inq_note_signature *s = &note->signatures[i];
		uint64_t time;

		if (s->id != key->id || !inq_bytes_equal(s->name, key->name))
			continue;
		if (!signature_holds(note->text, s, key, a, &time))
			return SIGNED_FALSELY;
		found = SIGNED_WELL;
		if (time > *ret_time)
			*ret_time = time;
	}
	return found;
}

enum inq_status inq_note_verify(const struct inq_note *note, const struct inq_vkey *keys, size_t count,
        struct inq_note_verified *ret, struct inq_error *err)
{
	struct inq_note_verified verified[INQ_NOTE_SIGNATURES];
	struct inq_arena *a;
	enum inq_status status = INQ_OK;
	bool any = false;

	if (count > INQ_NOTE_SIGNATURES)
		return inq_fail(
		        err, INQ_BAD_ARGUMENT, 0, "more than %d keys for one note", INQ_NOTE_SIGNATURES);
	memset(verified, 0, sizeof verified);
	a = inq_arena_open((note->text.len + 256) * INQ_NOTE_SIGNATURES);
	if (!a)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to verify a note");
	for (size_t k = 0; k < count && status == INQ_OK; k++) {
		switch (inq_note_signed_by(note, &keys[k], a, &verified[k].time)) {
		case SIGNED_WELL:
			verified[k].here = any = true;
			break;
		case SIGNED_FALSELY:
			status = inq_fail(err, INQ_BAD_SIGNATURE, note->text.len,
			        "the signature of the key %08" PRIx32 " does not hold", keys[k].id);
			break;
		case SIGNED_NOT:
			break;
		}
	}
	inq_arena_close(a);
	if (status == INQ_OK && !any)
		return inq_fail(err, INQ_BAD_SIGNATURE, note->text.len, "no signature of a known key");
	if (status == INQ_OK)
		memcpy(ret, verified, count * sizeof *ret);
	return status;
}

enum inq_status inq_note_line(struct inq_bytes text, const struct inq_signer *signer, uint64_t time,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	bool cosigns = signer->vkey.type == INQ_KEY_COSIGNER;
	uint8_t blob[4 + COSIGNATURE];
	char base64[(sizeof blob + 2) / 3 * 4 + 1];
	size_t used = 4;
	struct inq_checkpoint head;
	struct inq_bytes message = text;
	enum inq_status status;
	uint64_t wrong;
	char *line;

	if (text.len == 0 || text.at[text.len - 1] != '\n' || !inq_text_holds(text, &wrong))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "not the text of a note");
	if (!inq_key_name_holds(inq_bytes_of(signer->vkey.name)))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "no name to sign under");
	for (int i = 0; i < 4; i++)
		blob[i] = (uint8_t)(signer->vkey.id >> (24 - 8 * i));
	if (cosigns) {
		if (time > TIME_MOST || inq_checkpoint_read(text, &head, NULL) != INQ_OK)
			return inq_fail(err, INQ_BAD_ARGUMENT, 0, "only a checkpoint is cosigned");
		message = cosigned(text, time, a);
		if (!message.at)
			return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for a cosignature");
		for (int i = 0; i < 8; i++)
			blob[used++] = (uint8_t)(time >> (56 - 8 * i));
	}
	status = inq_sign(signer, message, blob + used, err);
	if (status != INQ_OK)
		return status;
	used += INQ_SIGNATURE;
	inq_base64(blob, used, base64);
	line = inq_arena_printf(a, "%s%s %s\n", dash, signer->vkey.name, base64);
	if (!line)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for a signature");
	*ret = inq_bytes_of(line);
	return INQ_OK;
}

enum inq_status inq_note_sign(struct inq_bytes text, const struct inq_signer *signers, size_t count,
        uint64_t time, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_memory_sink memory = { .arena = a };
	struct inq_note_verified verified[INQ_NOTE_SIGNATURES];
	struct inq_vkey keys[INQ_NOTE_SIGNATURES];
	struct inq_sink sink;
	struct inq_bytes line;
	struct inq_note again;
	enum inq_status status;

	if (count == 0 || count > INQ_NOTE_SIGNATURES)
		return inq_fail(
		        err, INQ_BAD_ARGUMENT, 0, "a note has 1 to %d signatures", INQ_NOTE_SIGNATURES);
	inq_sink_init(&sink, inq_memory_sink_write, &memory);
	inq_put_bytes(&sink, text);
	inq_put(&sink, "\n");
	for (size_t i = 0; i < count; i++) {
		status = inq_note_line(text, &signers[i], time, a, &line, err);
		if (status != INQ_OK)
			return status;
		inq_put_bytes(&sink, line);
		keys[i] = signers[i].vkey;
	}
	if (!inq_sink_flush(&sink))
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for a note");
	/* What a reader would refuse is not given away. */
	status = inq_note_read((struct inq_bytes){ (const uint8_t *)memory.at, memory.len }, a, &again, err);
	if (status == INQ_OK)
		status = inq_note_verify(&again, keys, count, verified, err);
	if (status != INQ_OK)
		return status;
	*ret = (struct inq_bytes){ (const uint8_t *)memory.at, memory.len };
	return INQ_OK;
}

enum inq_status inq_checkpoint_read(struct inq_bytes text, struct inq_checkpoint *ret, struct inq_error *err)
{
	struct inq_checkpoint head;
	struct inq_bytes line;
	uint64_t at = 0, start;

	if (!inq_text_holds(text, &start))
		return inq_fail(
		        err, INQ_UNRECOGNISED, start, "not a checkpoint: no UTF-8, or a control character");
	if (!inq_line(text, &at, &head.origin) || head.origin.len == 0)
		return inq_fail(err, INQ_UNRECOGNISED, 0, "not a checkpoint: it names no log");
	start = at;
	if (!inq_line(text, &at, &line) || !inq_decimal(line, &head.size))
		return inq_fail(err, INQ_UNRECOGNISED, start, "not a checkpoint: its second line is no size");
	start = at;
	if (!inq_line(text, &at, &line) || !inq_hash_read(line, &head.root))
		return inq_fail(err, INQ_UNRECOGNISED, start, "not a checkpoint: its third line is no root");
	head.extension = inq_bytes_from(text, at);
	while (at < text.len) {
		start = at;
		if (!inq_line(text, &at, &line) || line.len == 0)
			return inq_fail(err, INQ_UNRECOGNISED, start,
			        "not a checkpoint: an empty line, or one that does not end");
	}
	*ret = head;
	return INQ_OK;
}

enum inq_status inq_checkpoint_write(
        const struct inq_checkpoint *head, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_memory_sink memory = { .arena = a };
	struct inq_checkpoint again;
	struct inq_sink sink;
	struct inq_bytes text;

	inq_sink_init(&sink, inq_memory_sink_write, &memory);
	inq_put_bytes(&sink, head->origin);
	inq_putf(&sink, "\n%" PRIu64 "\n", head->size);
	inq_base64_write(&sink, (struct inq_bytes){ head->root.byte, sizeof head->root.byte });
	inq_put(&sink, "\n");
	inq_put_bytes(&sink, head->extension);
	if (!inq_sink_flush(&sink))
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for a checkpoint");
	text = (struct inq_bytes){ (const uint8_t *)memory.at, memory.len };
	if (inq_checkpoint_read(text, &again, err) != INQ_OK || !inq_bytes_same(again.origin, head->origin))
		return inq_fail(
		        err, INQ_BAD_ARGUMENT, 0, "the origin or extension of a checkpoint is not of lines");
	*ret = text;
	return INQ_OK;
}

void inq_origin(struct inq_bytes party, struct inq_bytes case_id, char ret[INQ_ORIGIN_MOST])
{
	snprintf(ret, INQ_ORIGIN_MOST, "%.*s/%.*s", (int)party.len, (const char *)party.at, (int)case_id.len,
	        (const char *)case_id.at);
}
