#include "../make/record.h"
#include <inquiry/base64.h>
#include <inquiry/sealed.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { LIMIT = 64 << 20, ALMA = 0, BERA = 1, CORA = 2, PARTIES = 3 };

/* Three parties that hold their secrets, and an arena. */
struct circle {
	struct inq_arena *a;
	struct inq_secret *secret[PARTIES];
	struct inq_vkey keys[PARTIES];
	struct inq_error err;
};

static const char *const names[PARTIES] = { "alma", "bera", "cora" };

static void circle_make(struct circle *c)
{
	c->a = inq_arena_open(LIMIT);
	assert_non_null(c->a);
	for (unsigned i = 0; i < PARTIES; i++) {
		struct inq_party_keys keys;

		assert_int_equal(inq_secret_make(inq_bytes_of(names[i]), &c->secret[i], &c->err), INQ_OK);
		inq_secret_public(c->secret[i], &keys);
		c->keys[i] = keys.of[INQ_ROLE_ENTRY];
	}
}

static void circle_close(struct circle *c)
{
	for (unsigned i = 0; i < PARTIES; i++)
		inq_secret_close(c->secret[i]);
	inq_arena_close(c->a);
}

static enum inq_status content_read(
        void *context, uint8_t *at, size_t len, size_t *got, struct inq_error *err)
{
	struct inq_bytes *left = context;

	(void)err;
	/* Not always as much as was asked for, as from a pipe. */
	*got = left->len < len ? left->len : len > 1000 ? len - 999 : len;
	if (*got)
		memcpy(at, left->at, *got);
	*left = inq_bytes_from(*left, *got);
	return INQ_OK;
}

static struct inq_bytes content_make(struct circle *c, size_t len)
{
	uint8_t *at = inq_arena_new(c->a, len, 1);

	assert_non_null(at);
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)(i * 7 + i / 251);
	return (struct inq_bytes){ at, len };
}

/* Sealed by alma to the first `count` parties. */
static struct inq_bytes sealed_make(struct circle *c, struct inq_bytes content, size_t count)
{
	struct inq_sealed s = {
		.case_id = inq_bytes_of(MAKE_CASE), .party = inq_bytes_of("alma"), .size = content.len
	};
	struct inq_bytes object, left = content;

	assert_int_equal(inq_sha256(content, &s.digest), INQ_OK);
	assert_int_equal(inq_seal(&s, c->keys, count, content_read, &left, c->a, &object, &c->err), INQ_OK);
	return object;
}

/* What the party makes of it: the box is opened as its signing process would. */
static enum inq_status open_as(
        struct circle *c, unsigned party, const struct inq_sealed *s, struct inq_bytes *ret)
{
	struct inq_asker asker = { inq_secret_answer, c->secret[party] };
	uint8_t key[INQ_BOX_KEY];
	enum inq_status status = INQ_NOT_FOUND;

	for (size_t i = 0; i < s->to_count; i++) {
		if (s->to[i].key != c->keys[party].id)
			continue;
		status = inq_box_open(&asker, s->to[i].box, key, &c->err);
		if (status == INQ_OK)
			status = inq_sealed_open(s, key, c->a, ret, &c->err);
	}
	return status;
}

static void opens_to_each_party_that_it_is_sealed_to(void **state)
{
	static const size_t sizes[] = { 0, 1, INQ_SEALED_CHUNK - 1, INQ_SEALED_CHUNK, INQ_SEALED_CHUNK + 1,
		2 * INQ_SEALED_CHUNK, 200000 };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct inq_bytes content, object, opened;
		struct inq_sealed s;
		struct circle c;

		circle_make(&c);
		content = content_make(&c, sizes[i]);
		object = sealed_make(&c, content, 2);
		assert_int_equal(inq_sealed_read(object, c.a, &s, &c.err), INQ_OK);
		assert_int_equal(object.len, inq_sealed_length(s.head.len, sizes[i]));
		assert_int_equal(s.to_count, 2);
		for (unsigned p = ALMA; p <= BERA; p++) {
			assert_int_equal(open_as(&c, p, &s, &opened), INQ_OK);
			assert_int_equal(opened.len, content.len);
			assert_memory_equal(opened.at, content.at, content.len);
		}
		assert_int_equal(open_as(&c, CORA, &s, &opened), INQ_NOT_FOUND);
		circle_close(&c);
	}
}

static void no_two_objects_are_alike(void **state)
{
	struct inq_bytes content, l, r;
	struct circle c;

	(void)state;
	circle_make(&c);
	content = content_make(&c, 100);
	l = sealed_make(&c, content, 2);
	r = sealed_make(&c, content, 2);
	assert_int_equal(l.len, r.len);
	assert_memory_not_equal(l.at + l.len - 100, r.at + r.len - 100, 100);
	circle_close(&c);
}

static void a_box_opens_to_its_own_key_alone(void **state)
{
	struct inq_asker asker;
	uint8_t key[INQ_BOX_KEY], box[INQ_BOX], opened[INQ_BOX_KEY] = { 0 }, request[2 + INQ_BOX] = { 16 };
	struct circle c;
	size_t len;

	(void)state;
	circle_make(&c);
	memset(key, 0x5a, sizeof key);
	assert_int_equal(inq_box_seal(&c.keys[BERA], key, box, &c.err), INQ_OK);
	asker = (struct inq_asker){ inq_secret_answer, c.secret[BERA] };
	assert_int_equal(inq_box_open(&asker, box, opened, &c.err), INQ_OK);
	assert_memory_equal(opened, key, sizeof key);
	memset(opened, 0, sizeof opened);
	asker.context = c.secret[CORA];
	assert_int_equal(inq_box_open(&asker, box, opened, &c.err), INQ_LOCKED);
	asker.context = c.secret[BERA];
	for (size_t i = 0; i < sizeof box; i++) {
		box[i] ^= 1;
		assert_int_equal(inq_box_open(&asker, box, opened, &c.err), INQ_LOCKED);
		box[i] ^= 1;
	}
	for (size_t i = 0; i < sizeof opened; i++)
		assert_int_equal(opened[i], 0);
	/* Nothing but fixed sizes, and no more is answered than there is room for. */
	memcpy(request + 1, box, sizeof box);
	for (size_t size = 1; size <= sizeof request; size++)
		assert_int_equal(inq_secret_answer(c.secret[BERA], (struct inq_bytes){ request, size },
		                         opened, sizeof opened, &len, &c.err),
		        size == 1 + INQ_BOX ? INQ_OK : INQ_BAD_ARGUMENT);
	assert_int_equal(inq_secret_answer(c.secret[BERA], (struct inq_bytes){ request, 1 + INQ_BOX }, opened,
	                         sizeof opened - 1, &len, &c.err),
	        INQ_BAD_ARGUMENT);
	/* A cosigner's key is for cosigning. */
	c.keys[BERA].type = INQ_KEY_COSIGNER;
	assert_int_equal(inq_box_seal(&c.keys[BERA], key, box, &c.err), INQ_BAD_ARGUMENT);
	circle_close(&c);
}

static void seals_only_what_was_digested(void **state)
{
	struct inq_sealed s = { .case_id = inq_bytes_of(MAKE_CASE), .party = inq_bytes_of("alma") };
	struct inq_bytes content, left, object = { NULL, 0 };
	struct circle c;

	(void)state;
	circle_make(&c);
	content = content_make(&c, 1000);
	assert_int_equal(inq_sha256(content, &s.digest), INQ_OK);
	for (unsigned i = 0; i < 3; i++) {
		static const uint64_t sizes[] = { 999, 1001, 1000 };

		s.size = sizes[i];
		s.digest.byte[3] ^= i == 2;
		left = content;
		assert_int_equal(
		        inq_seal(&s, c.keys, 2, content_read, &left, c.a, &object, &c.err), INQ_CONFLICT);
	}
	/* A file that has grown since, behind its last chunk. */
	left = content_make(&c, INQ_SEALED_CHUNK + 1);
	s.size = INQ_SEALED_CHUNK;
	assert_int_equal(inq_sha256((struct inq_bytes){ left.at, INQ_SEALED_CHUNK }, &s.digest), INQ_OK);
	assert_int_equal(inq_seal(&s, c.keys, 2, content_read, &left, c.a, &object, &c.err), INQ_CONFLICT);
	s.size = 1000;
	assert_int_equal(inq_sha256(content, &s.digest), INQ_OK);
	/* To its own party first, and to each once. */
	left = content;
	assert_int_equal(
	        inq_seal(&s, c.keys + 1, 2, content_read, &left, c.a, &object, &c.err), INQ_BAD_ARGUMENT);
	c.keys[CORA] = c.keys[BERA];
	assert_int_equal(
	        inq_seal(&s, c.keys, 3, content_read, &left, c.a, &object, &c.err), INQ_BAD_ARGUMENT);
	assert_int_equal(
	        inq_seal(&s, c.keys, 0, content_read, &left, c.a, &object, &c.err), INQ_BAD_ARGUMENT);
	assert_null(object.at);
	circle_close(&c);
}

/* The tamper table. Each row changes a copy; bera must never get anything but the exhibit out of it. */

struct copy {
	uint8_t *at;
	size_t len, room, head; /* where the stream begins */
	struct inq_bytes other; /* another object, of the same parties and content */
	size_t other_head;
};

/* Where a line of the head begins that begins with `word`; the `nth`. */
static uint8_t *line_of(struct copy *x, const char *word, unsigned nth)
{
	for (size_t i = 0; i < x->head; i++)
		if ((i == 0 || x->at[i - 1] == '\n') && x->head - i >= strlen(word) &&
		        memcmp(x->at + i, word, strlen(word)) == 0 && nth-- == 0)
			return x->at + i;
	fail_msg("no line %s", word);
	return NULL;
}

/* Replaces `old` bytes at `where` by `text`. */
static void splice(struct copy *x, uint8_t *where, size_t old, const char *text)
{
	size_t len = strlen(text), at = (size_t)(where - x->at);

	assert_true(x->len - old + len <= x->room);
	memmove(where + len, where + old, x->len - at - old);
	memcpy(where, text, len);
	x->len += len - old;
	x->head += len - old;
}

static void other_case(struct copy *x)
{
	line_of(x, "case ", 0)[5] ^= 1;
}

static void other_party(struct copy *x)
{
	/* Whoever enters another's object as its own has to say so in the head. */
	memcpy(line_of(x, "party ", 0) + 6, "zora", 4);
	memcpy(line_of(x, "to ", 0) + 3, "zora", 4);
}

static void other_digest(struct copy *x)
{
	line_of(x, "sha256 ", 0)[7] ^= 1;
}

static void smaller(struct copy *x)
{
	splice(x, line_of(x, "size ", 0), 11, "size 199999");
	x->len--;
}

static void larger(struct copy *x)
{
	splice(x, line_of(x, "size ", 0), 11, "size 200001");
	x->at[x->len++] = 0;
}

static void other_recipient(struct copy *x)
{
	memcpy(line_of(x, "to ", 1) + 3, "cora", 4);
}

static void no_recipient(struct copy *x)
{
	uint8_t *line = line_of(x, "to alma", 0);
	const uint8_t *next = line_of(x, "to bera", 0);

	/* What is left is not sealed to its own party. */
	splice(x, line, (size_t)(next - line), "");
}

static void one_recipient_less(struct copy *x)
{
	uint8_t *line = line_of(x, "to bera", 0);

	splice(x, line, (size_t)(line_of(x, "stream\n", 0) - line), "");
}

static void other_key(struct copy *x)
{
	uint8_t *digit = line_of(x, "to bera", 0) + 8;

	*digit = *digit == '0' ? '1' : '0';
}

static void boxes_exchanged(struct copy *x)
{
	uint8_t *l = line_of(x, "to alma ", 0) + 17, *r = line_of(x, "to bera ", 0) + 17, box[108];

	memcpy(box, l, sizeof box);
	memcpy(l, r, sizeof box);
	memcpy(r, box, sizeof box);
}

static void box_of_another_object(struct copy *x)
{
	struct copy other = { (uint8_t *)(uintptr_t)x->other.at, x->other.len, 0, x->other_head, { 0 }, 0 };

	memcpy(line_of(x, "to bera ", 0) + 17, line_of(&other, "to bera ", 0) + 17, 108);
}

static void stream_of_another_object(struct copy *x)
{
	memcpy(x->at + x->head, x->other.at + x->other_head, x->len - x->head);
}

static void head_of_the_stream(struct copy *x)
{
	x->at[x->head] ^= 1;
}

static void first_chunk(struct copy *x)
{
	x->at[x->head + 24] ^= 1;
}

static void last_chunk(struct copy *x)
{
	x->at[x->len - 1] ^= 1;
}

enum { CHUNK = INQ_SEALED_CHUNK + 17 };

static void chunks_exchanged(struct copy *x)
{
	static uint8_t chunk[CHUNK];
	uint8_t *first = x->at + x->head + 24, *second = first + CHUNK;

	memcpy(chunk, first, CHUNK);
	memcpy(first, second, CHUNK);
	memcpy(second, chunk, CHUNK);
}

static void chunk_repeated(struct copy *x)
{
	memcpy(x->at + x->head + 24 + CHUNK, x->at + x->head + 24, CHUNK);
}

static void chunk_of_another_object(struct copy *x)
{
	memcpy(x->at + x->head + 24 + CHUNK, x->other.at + x->other_head + 24 + CHUNK, CHUNK);
}

static void last_chunk_dropped(struct copy *x)
{
	x->len -= 200000 % INQ_SEALED_CHUNK + 17;
	splice(x, line_of(x, "size ", 0), 11, "size 196608");
}

static void cut_by_a_byte(struct copy *x)
{
	x->len--;
}

static void cut_in_the_head(struct copy *x)
{
	x->len = x->head - 1;
}

static void a_byte_more(struct copy *x)
{
	x->at[x->len++] = 0;
}

static void number_written_otherwise(struct copy *x)
{
	splice(x, line_of(x, "size ", 0), 5, "size 0");
}

static void digits_written_otherwise(struct copy *x)
{
	for (uint8_t *at = line_of(x, "sha256 ", 0) + 7; *at != '\n'; at++)
		if (*at >= 'a' && *at <= 'f')
			*at = (uint8_t)(*at - 32);
}

static void box_written_otherwise(struct copy *x)
{
	/* The last digit of 80 bytes in base64 has two bits that are to be zero. */
	line_of(x, "to bera ", 0)[17 + 106]++;
}

static void lines_written_otherwise(struct copy *x)
{
	splice(x, line_of(x, "party ", 0) + 10, 0, "\r");
}

static void a_line_more(struct copy *x)
{
	splice(x, line_of(x, "stream\n", 0), 0, "note x\n");
}

static void lines_exchanged(struct copy *x)
{
	uint8_t *line = line_of(x, "case ", 0);
	char text[64];

	memcpy(text, line, 38);
	text[38] = 0;
	splice(x, line, 38, "");
	splice(x, line_of(x, "sha256 ", 0), 0, text);
}

static void later_version(struct copy *x)
{
	line_of(x, "inquiry ", 0)[24] = '2';
}

enum stage { READ, FITS, BOX, OPENED };

static const struct {
	const char *name;
	void (*change)(struct copy *x);
	enum stage stage; /* where it is found out */
	const char *says;
} tampered[] = {
	{ "case", other_case, FITS, "another case" },
	{ "party", other_party, FITS, "another party" },
	{ "digest", other_digest, FITS, "another digest" },
	{ "size less", smaller, FITS, "another size" },
	{ "size more", larger, FITS, "another size" },
	{ "recipient", other_recipient, FITS, "another circle of parties" },
	{ "own party", no_recipient, READ, "to its own party first" },
	{ "recipient less", one_recipient_less, FITS, "another number of parties" },
	{ "key ID", other_key, BOX, NULL },
	{ "boxes", boxes_exchanged, BOX, "another key" },
	{ "other box", box_of_another_object, OPENED, "was changed" },
	{ "other stream", stream_of_another_object, OPENED, "was changed" },
	{ "stream head", head_of_the_stream, OPENED, "was changed" },
	{ "first chunk", first_chunk, OPENED, "was changed" },
	{ "last chunk", last_chunk, OPENED, "was changed" },
	{ "chunk order", chunks_exchanged, OPENED, "was changed" },
	{ "chunk twice", chunk_repeated, OPENED, "was changed" },
	{ "other chunk", chunk_of_another_object, OPENED, "was changed" },
	{ "chunk dropped", last_chunk_dropped, FITS, "another size" },
	{ "cut", cut_by_a_byte, READ, "and there are" },
	{ "cut head", cut_in_the_head, READ, "not of its form" },
	{ "longer", a_byte_more, READ, "and there are" },
	{ "leading zero", number_written_otherwise, READ, "not of its form" },
	{ "capitals", digits_written_otherwise, READ, "not of its form" },
	{ "box digits", box_written_otherwise, READ, "not of its form" },
	{ "line ends", lines_written_otherwise, READ, "not of its form" },
	{ "line more", a_line_more, READ, "not of its form" },
	{ "line order", lines_exchanged, READ, "not of its form" },
	{ "version", later_version, READ, "no sealed exhibit" },
};

/* How far bera comes with it, as the program does it: read, compared with the entry, its box, the stream. */
static enum stage reached(
        struct circle *c, struct inq_bytes object, const struct inq_sealed *made, bool *ret_open)
{
	struct inq_subject subject = { { NULL, 0 }, made->digest };
	struct inq_bytes bera = inq_bytes_of("bera"), opened;
	const struct inq_entry e = { .case_id = made->case_id,
		.party = made->party,
		.subjects = &subject,
		.subject_count = 1,
		.size = made->size,
		.recipients = &bera,
		.recipient_count = 1 };
	struct inq_asker asker = { inq_secret_answer, c->secret[BERA] };
	uint8_t key[INQ_BOX_KEY];
	struct inq_sealed s;

	*ret_open = false;
	if (inq_sealed_read(object, c->a, &s, &c->err) != INQ_OK)
		return READ;
	if (inq_sealed_fits(&s, &e, &c->err) != INQ_OK)
		return FITS;
	if (s.to[1].key != c->keys[BERA].id || inq_box_open(&asker, s.to[1].box, key, &c->err) != INQ_OK)
		return BOX;
	*ret_open = inq_sealed_open(&s, key, c->a, &opened, &c->err) == INQ_OK;
	return OPENED;
}

static void every_tampering_is_found(void **state)
{
	struct inq_bytes content, object;
	struct inq_sealed made, other;
	struct copy x = { 0 };
	struct circle c;
	bool open;

	(void)state;
	circle_make(&c);
	content = content_make(&c, 200000);
	object = sealed_make(&c, content, 2);
	x.other = sealed_make(&c, content, 2);
	assert_int_equal(inq_sealed_read(object, c.a, &made, &c.err), INQ_OK);
	assert_int_equal(inq_sealed_read(x.other, c.a, &other, &c.err), INQ_OK);
	assert_int_equal(reached(&c, object, &made, &open), OPENED);
	assert_true(open);
	for (size_t i = 0; i < sizeof tampered / sizeof *tampered; i++) {
		x.room = object.len + 200;
		x.at = inq_arena_new(c.a, x.room, 1);
		assert_non_null(x.at);
		memcpy(x.at, object.at, object.len);
		x.len = object.len;
		x.head = made.head.len;
		x.other_head = other.head.len;
		c.err = (struct inq_error){ 0, "" };
		tampered[i].change(&x);
		if (reached(&c, (struct inq_bytes){ x.at, x.len }, &made, &open) != tampered[i].stage ||
		        open || (tampered[i].says && !strstr(c.err.text, tampered[i].says)))
			fail_msg("%s: %s", tampered[i].name, open ? "it opens" : c.err.text);
	}
	circle_close(&c);
}

/* A party with a program of its own: all is authentic, but for what the head says of the exhibit. */
static void what_was_sealed_must_have_its_digest(void **state)
{
	static const char content[] = "the memo 1";
	crypto_secretstream_xchacha20poly1305_state stream;
	uint8_t key[INQ_BOX_KEY] = { 9 }, *at;
	struct inq_bytes object, opened = { NULL, 0 };
	struct inq_sha256 head;
	struct copy x = { 0 };
	struct inq_sealed s;
	struct circle c;
	char box[109];

	(void)state;
	circle_make(&c);
	object = sealed_make(&c, inq_bytes_of(content), 2);
	assert_int_equal(inq_sealed_read(object, c.a, &s, &c.err), INQ_OK);
	x.at = (uint8_t *)(uintptr_t)object.at;
	x.head = s.head.len;
	for (unsigned lies = 0; lies < 2; lies++) {
		uint8_t bytes[INQ_BOX], *digit = line_of(&x, "sha256 ", 0) + 7;

		if (lies)
			*digit = *digit == '0' ? '1' : '0';
		assert_int_equal(inq_box_seal(&c.keys[BERA], key, bytes, &c.err), INQ_OK);
		inq_base64(bytes, sizeof bytes, box);
		memcpy(line_of(&x, "to bera ", 0) + 17, box, 108);
		assert_int_equal(inq_sha256(s.head, &head), INQ_OK);
		at = x.at + x.head;
		crypto_secretstream_xchacha20poly1305_init_push(&stream, at, key);
		crypto_secretstream_xchacha20poly1305_push(&stream, at + 24, NULL, (const uint8_t *)content,
		        strlen(content), head.byte, 32, crypto_secretstream_xchacha20poly1305_TAG_FINAL);
		assert_int_equal(inq_sealed_read(object, c.a, &s, &c.err), INQ_OK);
		if (open_as(&c, BERA, &s, &opened) != (lies ? INQ_TAMPERED : INQ_OK))
			fail_msg("%s", c.err.text);
	}
	assert_non_null(strstr(c.err.text, "another exhibit"));
	/* Nor does a chunk end it that is not marked as the last. */
	crypto_secretstream_xchacha20poly1305_init_push(&stream, at, key);
	crypto_secretstream_xchacha20poly1305_push(&stream, at + 24, NULL, (const uint8_t *)content,
	        strlen(content), head.byte, 32, crypto_secretstream_xchacha20poly1305_TAG_PUSH);
	assert_int_equal(open_as(&c, BERA, &s, &opened), INQ_TAMPERED);
	assert_non_null(strstr(c.err.text, "was changed"));
	circle_close(&c);
}

/* Each bit of a small one, head and stream. */
static void every_bit_counts(void **state)
{
	struct inq_bytes object;
	struct inq_sealed made;
	struct circle c;
	uint8_t *copy;
	bool open;

	(void)state;
	circle_make(&c);
	object = sealed_make(&c, content_make(&c, 20), 2);
	assert_int_equal(inq_sealed_read(object, c.a, &made, &c.err), INQ_OK);
	copy = inq_arena_new(c.a, object.len, 1);
	memcpy(copy, object.at, object.len);
	for (size_t bit = 0; bit < 8 * object.len; bit++) {
		copy[bit / 8] ^= (uint8_t)(1U << bit % 8);
		(void)reached(&c, (struct inq_bytes){ copy, object.len }, &made, &open);
		if (open)
			fail_msg("byte %zu bit %zu", bit / 8, bit % 8);
		copy[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	for (size_t len = 0; len < object.len; len++) {
		struct inq_sealed s;

		assert_int_not_equal(
		        inq_sealed_read((struct inq_bytes){ object.at, len }, c.a, &s, &c.err), INQ_OK);
	}
	circle_close(&c);
}

static void costs_no_more_memory_than_it_may(void **state)
{
	struct inq_bytes object, opened;
	struct inq_arena *small = inq_arena_open(64 << 10);
	struct inq_sealed s;
	struct circle c;
	const uint8_t key[INQ_BOX_KEY] = { 0 };

	(void)state;
	circle_make(&c);
	object = sealed_make(&c, content_make(&c, 200000), 2);
	assert_int_equal(inq_sealed_read(object, small, &s, &c.err), INQ_OK);
	assert_int_equal(inq_sealed_open(&s, key, small, &opened, &c.err), INQ_NO_MEMORY);
	inq_arena_close(small);
	circle_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_to_each_party_that_it_is_sealed_to),
		cmocka_unit_test(no_two_objects_are_alike),
		cmocka_unit_test(a_box_opens_to_its_own_key_alone),
		cmocka_unit_test(seals_only_what_was_digested),
		cmocka_unit_test(every_tampering_is_found),
		cmocka_unit_test(what_was_sealed_must_have_its_digest),
		cmocka_unit_test(every_bit_counts),
		cmocka_unit_test(costs_no_more_memory_than_it_may),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
