#include "record/private.h"
#include <inquiry/base64.h>
#include <inquiry/sealed.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define FIRST_LINE "inquiry sealed exhibit v1"
#define LAST_LINE "stream"

enum {
	STREAM_HEAD = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
	STREAM_EACH = crypto_secretstream_xchacha20poly1305_ABYTES,
};

_Static_assert(INQ_BOX_KEY == crypto_secretstream_xchacha20poly1305_KEYBYTES, "the file key is the stream's");

_Static_assert(INQ_BOX == crypto_box_SEALBYTES + INQ_BOX_KEY, "a box is a sealed box");

static enum inq_status no_memory(struct inq_error *err)
{
	return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for a sealed exhibit");
}

enum inq_status inq_box_seal(const struct inq_vkey *entry, const uint8_t key[INQ_BOX_KEY],
        uint8_t ret[INQ_BOX], struct inq_error *err)
{
	uint8_t public[crypto_box_PUBLICKEYBYTES], box[INQ_BOX];

	if (!inq_sodium())
		return inq_fail(err, INQ_IO, 0, "libsodium finds no randomness");
	if (entry->type != INQ_KEY_ED25519 ||
	        crypto_sign_ed25519_pk_to_curve25519(public, entry->public) != 0 ||
	        crypto_box_seal(box, key, INQ_BOX_KEY, public) != 0)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "not an entry key that a box can be sealed to");
	memcpy(ret, box, sizeof box);
	return INQ_OK;
}

enum inq_status inq_box_open(const struct inq_asker *asker, const uint8_t box[INQ_BOX],
        uint8_t ret[INQ_BOX_KEY], struct inq_error *err)
{
	uint8_t request[1 + INQ_BOX] = { REQUEST_OPEN }, key[INQ_BOX_KEY];
	enum inq_status status;
	size_t len = 0;

	memcpy(request + 1, box, INQ_BOX);
	status = asker->ask(
	        asker->context, (struct inq_bytes){ request, sizeof request }, key, sizeof key, &len, err);
	if (status == INQ_OK && len != sizeof key)
		status = inq_fail(err, INQ_CRASHED, 0, "the signing process answers with something else");
	if (status == INQ_OK)
		memcpy(ret, key, sizeof key);
	sodium_memzero(key, sizeof key);
	return status;
}

/* An exhibit without bytes is one chunk without bytes: there is always a last one. */
static uint64_t chunks(uint64_t size)
{
	return size ? (size - 1) / INQ_SEALED_CHUNK + 1 : 1;
}

uint64_t inq_sealed_length(uint64_t head, uint64_t size)
{
	return head + STREAM_HEAD + size + chunks(size) * STREAM_EACH;
}

/* The only form that a head has: the readers of its fields take no other. */
static bool head_write(const struct inq_sealed *s, struct inq_arena *a, struct inq_bytes *ret)
{
	struct inq_memory_sink memory = { .arena = a };
	struct inq_sink out;
	char hex[65], box[(INQ_BOX + 2) / 3 * 4 + 1];

	inq_hex(s->digest.byte, sizeof s->digest.byte, hex);
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	inq_put(&out, FIRST_LINE "\ncase ");
	inq_put_bytes(&out, s->case_id);
	inq_put(&out, "\nparty ");
	inq_put_bytes(&out, s->party);
	inq_putf(&out, "\nsha256 %s\nsize %" PRIu64 "\n", hex, s->size);
	for (size_t i = 0; i < s->to_count; i++) {
		inq_base64(s->to[i].box, sizeof s->to[i].box, box);
		inq_put(&out, "to ");
		inq_put_bytes(&out, s->to[i].party);
		inq_putf(&out, " %08" PRIx32 " %s\n", s->to[i].key, box);
	}
	inq_put(&out, LAST_LINE "\n");
	if (!inq_sink_flush(&out))
		return false;
	*ret = (struct inq_bytes){ (const uint8_t *)memory.at, memory.len };
	return true;
}

/* The parties of a head: the one that seals first, none twice. */
static bool parties_hold(const struct inq_sealed *s)
{
	if (s->to_count == 0 || s->to_count > INQ_SEALED_TO_MOST || !inq_bytes_same(s->to[0].party, s->party))
		return false;
	for (size_t i = 0; i < s->to_count; i++)
		for (size_t k = 0; k < i; k++)
			if (inq_bytes_same(s->to[i].party, s->to[k].party))
				return false;
	return true;
}

/* What each chunk is authenticated with. */
static void head_digest(const struct inq_sealed *s, struct inq_sha256 *ret)
{
	struct inq_sha256_state hash;

	inq_sha256_init(&hash);
	inq_sha256_update(&hash, s->head.at, s->head.len);
	inq_sha256_final(&hash, ret);
}

struct sealing {
	struct inq_sealed s;
	uint8_t key[INQ_BOX_KEY];
	uint8_t chunk[INQ_SEALED_CHUNK];
	enum inq_status (*read)(void *context, uint8_t *at, size_t len, size_t *got, struct inq_error *err);
	void *context;
};

/* Fills a chunk, or as much of it as there is. */
static enum inq_status chunk_read(struct sealing *w, size_t *ret_len, struct inq_error *err)
{
	size_t len = 0, got = 1;

	while (len < INQ_SEALED_CHUNK && got) {
		enum inq_status status =
		        w->read(w->context, w->chunk + len, INQ_SEALED_CHUNK - len, &got, err);

		if (status != INQ_OK)
			return status;
		len += got;
	}
	*ret_len = len;
	return INQ_OK;
}

static enum inq_status stream_write(struct sealing *w, uint8_t *to, struct inq_error *err)
{
	crypto_secretstream_xchacha20poly1305_state stream;
	uint64_t count = chunks(w->s.size), left = w->s.size;
	struct inq_sha256 bound, digest;
	struct inq_sha256_state hash;
	enum inq_status status;
	size_t len;

	head_digest(&w->s, &bound);
	inq_sha256_init(&hash);
	crypto_secretstream_xchacha20poly1305_init_push(&stream, to, w->key);
	to += STREAM_HEAD;
	for (uint64_t i = 0; i < count; i++) {
		size_t want = left < INQ_SEALED_CHUNK ? (size_t)left : INQ_SEALED_CHUNK;

		status = chunk_read(w, &len, err);
		if (status == INQ_OK && len != want)
			status = inq_fail(err, INQ_CONFLICT, w->s.size - left,
			        "is not what it was when its digest was taken");
		if (status != INQ_OK)
			return status;
		inq_sha256_update(&hash, w->chunk, len);
		crypto_secretstream_xchacha20poly1305_push(&stream, to, NULL, w->chunk, len, bound.byte,
		        sizeof bound.byte,
		        i + 1 == count ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
		to += len + STREAM_EACH;
		left -= len;
	}
	status = chunk_read(w, &len, err);
	if (status != INQ_OK)
		return status;
	inq_sha256_final(&hash, &digest);
	if (len || !inq_sha256_equal(&digest, &w->s.digest))
		return inq_fail(err, INQ_CONFLICT, w->s.size, "is not what it was when its digest was taken");
	return INQ_OK;
}

static enum inq_status seal(
        struct sealing *w, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_sealed again;
	uint64_t len;
	uint8_t *object;
	enum inq_status status;

	if (!parties_hold(&w->s))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0,
		        "an exhibit is sealed to its own party and at most %d others, each once",
		        INQ_SEALED_TO_MOST - 1);
	if (!head_write(&w->s, a, &w->s.head))
		return no_memory(err);
	len = inq_sealed_length(w->s.head.len, w->s.size);
	object = len == (size_t)len ? inq_arena_new(a, (size_t)len, 1) : NULL;
	if (!object)
		return no_memory(err);
	memcpy(object, w->s.head.at, w->s.head.len);
	status = stream_write(w, object + w->s.head.len, err);
	/* What a reader would refuse is not sealed. */
	if (status == INQ_OK)
		status = inq_sealed_read((struct inq_bytes){ object, (size_t)len }, a, &again, err);
	if (status == INQ_OK)
		*ret = (struct inq_bytes){ object, (size_t)len };
	return status;
}

enum inq_status inq_seal(const struct inq_sealed *s, const struct inq_vkey *to, size_t to_count,
        enum inq_status (*read)(void *context, uint8_t *at, size_t len, size_t *got, struct inq_error *err),
        void *context, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_sealed_to *boxes = inq_arena_new(a, to_count, sizeof *boxes);
	enum inq_status status = INQ_OK;
	struct sealing *w;

	if (!boxes)
		return no_memory(err);
	if (!inq_sodium())
		return inq_fail(err, INQ_IO, 0, "libsodium finds no randomness");
	w = sodium_malloc(sizeof *w);
	if (!w)
		return no_memory(err);
	w->s = *s;
	w->s.to = boxes;
	w->s.to_count = to_count;
	w->read = read;
	w->context = context;
	crypto_secretstream_xchacha20poly1305_keygen(w->key);
	for (size_t i = 0; i < to_count && status == INQ_OK; i++) {
		boxes[i].party = inq_bytes_of(to[i].name);
		boxes[i].key = to[i].id;
		status = inq_box_seal(&to[i], w->key, boxes[i].box, err);
	}
	if (status == INQ_OK)
		status = seal(w, a, ret, err);
	sodium_free(w);
	return status;
}

/* The rest of a line that begins with a word and a space. */
static bool field(struct inq_bytes text, uint64_t *at, const char *word, struct inq_bytes *ret)
{
	size_t len = strlen(word);
	struct inq_bytes line;
	uint64_t next = *at;

	if (!inq_line(text, &next, &line) || !inq_bytes_begin(line, word, len) || line.len <= len ||
	        line.at[len] != ' ')
		return false;
	*at = next;
	*ret = inq_bytes_from(line, len + 1);
	return true;
}

/* NAME ID BOX: what follows the name has one length. */
static bool to_read(struct inq_bytes line, struct inq_sealed_to *ret)
{
	enum { ID = 8, BOX = (INQ_BOX + 2) / 3 * 4, REST = 1 + ID + 1 + BOX };
	uint8_t id[ID / 2];
	struct inq_bytes rest;
	size_t len;

	if (line.len <= REST)
		return false;
	ret->party = (struct inq_bytes){ line.at, line.len - REST };
	rest = inq_bytes_from(line, line.len - REST);
	if (rest.at[0] != ' ' || rest.at[1 + ID] != ' ' || !inq_party_name_holds(ret->party) ||
	        !inq_unhex((struct inq_bytes){ rest.at + 1, ID }, id, sizeof id) ||
	        !inq_base64_read(inq_bytes_from(rest, 2 + ID), ret->box, sizeof ret->box, &len) ||
	        len != sizeof ret->box)
		return false;
	ret->key = (uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 | id[3];
	return true;
}

/* The fields of a head; `*at` is where it ends, or is wrong. */
static bool head_read(struct inq_bytes text, uint64_t *at, struct inq_sealed *s, struct inq_sealed_to *to)
{
	uint8_t bits[INQ_CASE_ID / 2];
	struct inq_bytes line;

	if (!inq_line(text, at, &line) || !inq_bytes_equal(line, FIRST_LINE)) {
		*at = 0;
		return false;
	}
	if (!field(text, at, "case", &s->case_id) || !inq_unhex(s->case_id, bits, sizeof bits) ||
	        !field(text, at, "party", &s->party) || !inq_party_name_holds(s->party) ||
	        !field(text, at, "sha256", &line) ||
	        !inq_unhex(line, s->digest.byte, sizeof s->digest.byte) || !field(text, at, "size", &line) ||
	        !inq_decimal(line, &s->size) || s->size >= 1ULL << 53)
		return false;
	while (s->to_count < INQ_SEALED_TO_MOST && field(text, at, "to", &line))
		if (!to_read(line, &to[s->to_count++]))
			return false;
	return inq_line(text, at, &line) && inq_bytes_equal(line, LAST_LINE);
}

enum inq_status inq_sealed_read(
        struct inq_bytes object, struct inq_arena *a, struct inq_sealed *ret, struct inq_error *err)
{
	struct inq_bytes text = { object.at,
		object.len < INQ_SEALED_HEAD_MOST ? object.len : INQ_SEALED_HEAD_MOST };
	struct inq_sealed_to *to = inq_arena_new(a, INQ_SEALED_TO_MOST, sizeof *to);
	struct inq_sealed s = { .to = to };
	uint64_t at = 0, len;

	if (!to)
		return no_memory(err);
	if (!head_read(text, &at, &s, to))
		return inq_fail(err, INQ_UNRECOGNISED, at,
		        at ? "a sealed exhibit whose head is not of its form" : "no sealed exhibit");
	s.head = (struct inq_bytes){ object.at, (size_t)at };
	if (!parties_hold(&s))
		return inq_fail(err, INQ_UNRECOGNISED, at,
		        "a sealed exhibit that is not sealed to its own party first, and to each once");
	len = inq_sealed_length(at, s.size);
	if (object.len != len)
		return inq_fail(err, object.len < len ? INQ_TRUNCATED : INQ_TAMPERED,
		        object.len < len ? object.len : len,
		        "a sealed exhibit of %" PRIu64 " bytes takes %" PRIu64 ", and there are %zu", s.size,
		        len, object.len);
	s.stream = inq_bytes_from(object, at);
	*ret = s;
	return INQ_OK;
}

static enum inq_status other(struct inq_error *err, const char *what)
{
	return inq_fail(err, INQ_TAMPERED, 0, "what is sealed is of another %s than its entry says", what);
}

enum inq_status inq_sealed_fits(const struct inq_sealed *s, const struct inq_entry *e, struct inq_error *err)
{
	if (!inq_bytes_same(s->case_id, e->case_id))
		return other(err, "case");
	if (!inq_bytes_same(s->party, e->party))
		return other(err, "party");
	if (e->subject_count != 1 || !inq_sha256_equal(&s->digest, &e->subjects[0].digest))
		return other(err, "digest");
	if (s->size != e->size)
		return other(err, "size");
	if (s->to_count != e->recipient_count + 1)
		return other(err, "number of parties");
	for (size_t i = 0; i < e->recipient_count; i++)
		if (!inq_bytes_same(s->to[i + 1].party, e->recipients[i]))
			return other(err, "circle of parties");
	return INQ_OK;
}

enum inq_status inq_sealed_open(const struct inq_sealed *s, const uint8_t key[INQ_BOX_KEY],
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	crypto_secretstream_xchacha20poly1305_state stream;
	uint8_t *bytes = s->size == (size_t)s->size ? inq_arena_new(a, (size_t)s->size, 1) : NULL;
	const uint8_t *from = s->stream.at + STREAM_HEAD;
	struct inq_sha256 bound, digest;
	uint64_t count = chunks(s->size), at = 0;
	bool holds;

	if (!bytes)
		return no_memory(err);
	head_digest(s, &bound);
	holds = crypto_secretstream_xchacha20poly1305_init_pull(&stream, s->stream.at, key) == 0;
	for (uint64_t i = 0; i < count && holds; i++) {
		uint64_t left = s->size - at;
		size_t len = left < INQ_SEALED_CHUNK ? (size_t)left : INQ_SEALED_CHUNK;
		uint8_t tag;

		holds = crypto_secretstream_xchacha20poly1305_pull(&stream, bytes + at, NULL, &tag, from,
		                len + STREAM_EACH, bound.byte, sizeof bound.byte) == 0 &&
		        tag == (i + 1 == count ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
		from += len + STREAM_EACH;
		at += holds ? len : 0;
	}
	sodium_memzero(&stream, sizeof stream);
	if (!holds)
		return inq_fail(err, INQ_TAMPERED, at,
		        "what is sealed was changed after it was sealed, or its key is another one's");
	if (inq_sha256((struct inq_bytes){ bytes, (size_t)s->size }, &digest) != INQ_OK ||
	        !inq_sha256_equal(&digest, &s->digest))
		return inq_fail(
		        err, INQ_TAMPERED, s->size, "what was sealed is another exhibit than is said");
	*ret = (struct inq_bytes){ bytes, (size_t)s->size };
	return INQ_OK;
}

/* The party's box among those of the object. */
static enum inq_status box_find(
        const struct inq_sealed *s, const struct inq_vkey *entry, const uint8_t **ret, struct inq_error *err)
{
	for (size_t i = 0; i < s->to_count; i++) {
		if (!inq_bytes_equal(s->to[i].party, entry->name))
			continue;
		if (s->to[i].key != entry->id)
			return inq_fail(err, INQ_LOCKED, 0,
			        "is sealed to the entry key %08" PRIx32 " of %s, and this is %08" PRIx32,
			        s->to[i].key, entry->name, entry->id);
		*ret = s->to[i].box;
		return INQ_OK;
	}
	return inq_fail(err, INQ_LOCKED, 0, "is not sealed to %s", entry->name);
}

enum inq_status inq_sealed_open_for(const struct inq_sealed *s, const struct inq_vkey *entry,
        const struct inq_asker *asker, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	uint8_t key[INQ_BOX_KEY];
	const uint8_t *box = NULL;
	enum inq_status status = box_find(s, entry, &box, err);

	if (status == INQ_OK)
		status = inq_box_open(asker, box, key, err);
	if (status != INQ_OK)
		return status;
	status = inq_sealed_open(s, key, a, ret, err);
	sodium_memzero(key, sizeof key);
	return status;
}
