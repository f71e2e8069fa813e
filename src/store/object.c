/*
 * Objects: one zstd frame each, made and read as a stream, so that a long one
 * needs no more memory than a short one. The frame lies in pieces of one row
 * each, all but the last of the same length.
 */
#include "store/private.h"
#include <stdio.h>
#include <string.h>
#include <zstd.h>

enum {
	LEVEL = 3, /* of compression */
	WINDOW_LOG_MAX = 23, /* a frame that wants more memory is not one that was made here */
};

static enum inq_status no_memory(struct inq_error *err)
{
	return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to compress in");
}

/* The work with all that objects need. */
static enum inq_status ready(struct inq_store *s, struct store_work **ret, struct inq_error *err)
{
	struct store_work *w;
	enum inq_status status = store_work(s, &w, err);

	if (status != INQ_OK)
		return status;
	if (!w->compress)
		w->compress = ZSTD_createCCtx();
	if (!w->decompress)
		w->decompress = ZSTD_createDCtx();
	if (!w->compress || !w->decompress ||
	        ZSTD_isError(ZSTD_CCtx_setParameter(w->compress, ZSTD_c_compressionLevel, LEVEL)) ||
	        ZSTD_isError(ZSTD_DCtx_setParameter(w->decompress, ZSTD_d_windowLogMax, WINDOW_LOG_MAX)))
		return no_memory(err);
	inq_sha256_init(&w->sum);
	snprintf(w->codec, sizeof w->codec, "zstd-%s-%d", ZSTD_versionString(), LEVEL);
	*ret = w;
	return INQ_OK;
}

static void short_name(const struct inq_sha256 *digest, char ret[17])
{
	inq_hex(digest->byte, 8, ret);
}

static struct inq_bytes digest_bytes(const struct inq_sha256 *digest)
{
	return (struct inq_bytes){ digest->byte, sizeof digest->byte };
}

static bool sum_is(struct store_work *w, const struct inq_sha256 *digest)
{
	struct inq_sha256 sum;

	inq_sha256_final(&w->sum, &sum);
	return inq_sha256_equal(&sum, digest);
}

/* Fills the chunk from the source: less than a chunk only at its end. */
static enum inq_status fill(
        struct inq_store_source source, struct store_work *w, size_t *ret, struct inq_error *err)
{
	size_t used = 0, got = 1;

	while (used < INQ_STORE_CHUNK && got) {
		enum inq_status status;

		got = 0;
		status = source.read(source.context, w->chunk + used, INQ_STORE_CHUNK - used, &got, err);
		if (status != INQ_OK)
			return status;
		if (got > INQ_STORE_CHUNK - used)
			return inq_fail(
			        err, INQ_BAD_ARGUMENT, 0, "a source gave more bytes than there was room for");
		used += got;
	}
	*ret = used;
	return INQ_OK;
}

/* An object on its way in. */
struct packing {
	struct inq_store *s;
	struct store_work *work;
	const struct inq_sha256 *digest;
	size_t used; /* bytes of the piece */
	uint64_t stored; /* of all pieces */
};

static enum inq_status put_piece(struct packing *p, struct inq_error *err)
{
	struct store_row row = { .cell = { { 0, digest_bytes(p->digest) },
		                         { (int64_t)(p->stored / INQ_STORE_CHUNK), { 0 } },
		                         { 0, { p->work->piece, p->used } } } };

	p->stored += p->used;
	p->used = 0;
	return store_put(p->s, STORE_PIECES, &row, err);
}

/* Compresses what the chunk holds; the pieces that it fills are put, and at the end the rest. */
static enum inq_status pack(struct packing *p, size_t len, bool last, struct inq_error *err)
{
	struct store_work *w = p->work;
	ZSTD_inBuffer in = { w->chunk, len, 0 };
	size_t left = 1;

	while (last ? left : in.pos < in.size) {
		ZSTD_outBuffer out = { w->piece, sizeof w->piece, p->used };
		enum inq_status status = INQ_OK;

		left = ZSTD_compressStream2(w->compress, &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
		if (ZSTD_isError(left))
			return no_memory(err);
		p->used = out.pos;
		if (p->used == sizeof w->piece)
			status = put_piece(p, err);
		if (status != INQ_OK)
			return status;
	}
	return last && p->used ? put_piece(p, err) : INQ_OK;
}

static enum inq_status not_as_said(const struct inq_sha256 *digest, struct inq_error *err)
{
	char name[17];

	short_name(digest, name);
	return inq_fail(err, INQ_CONFLICT, 0, "what came for object %s... has another size or digest", name);
}

static enum inq_status put_pieces(
        struct packing *p, uint64_t size, struct inq_store_source source, struct inq_error *err)
{
	struct store_work *w = p->work;
	uint64_t done = 0;
	size_t len;

	if (ZSTD_isError(ZSTD_CCtx_reset(w->compress, ZSTD_reset_session_only)) ||
	        ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(w->compress, size)))
		return no_memory(err);
	/* The chunks are full but for the last, however the source cuts: the frame depends on nothing else. */
	do {
		enum inq_status status = fill(source, w, &len, err);

		if (status != INQ_OK)
			return status;
		if (len > size - done || (len < INQ_STORE_CHUNK && len < size - done))
			return not_as_said(p->digest, err);
		done += len;
		inq_sha256_update(&w->sum, w->chunk, len);
		if (len || size == 0)
			status = pack(p, len, done == size, err);
		if (status != INQ_OK)
			return status;
	} while (len == INQ_STORE_CHUNK);
	return sum_is(w, p->digest) ? INQ_OK : not_as_said(p->digest, err);
}

static enum inq_status object_put(struct inq_store *s, const struct inq_sha256 *digest, uint64_t size,
        struct inq_store_source source, struct inq_error *err)
{
	struct store_row row = { .cell[0].bytes = digest_bytes(digest) };
	struct packing p = { .s = s, .digest = digest };
	enum inq_status status = store_with(s, STORE_OBJECTS, &row, (struct store_taker){ 0 }, err);

	if (status != INQ_NOT_FOUND)
		return status;
	if (size > STORE_OBJECT_MAX)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "an object of %llu bytes is too long",
		        (unsigned long long)size);
	status = ready(s, &p.work, err);
	if (status == INQ_OK)
		status = put_pieces(&p, size, source, err);
	if (status != INQ_OK)
		return status;
	row.cell[1].number = (int64_t)size;
	row.cell[2].number = (int64_t)p.stored;
	row.cell[3].bytes = inq_bytes_of(p.work->codec);
	status = store_put(s, STORE_OBJECTS, &row, err);
	if (status != INQ_OK)
		return status;
	s->counts.objects++;
	s->counts_changed = true;
	return INQ_OK;
}

enum inq_status inq_store_object_put(struct inq_store *s, const struct inq_sha256 *digest, uint64_t size,
        struct inq_store_source source, struct inq_error *err)
{
	struct inq_error why;
	enum inq_status status;

	if (store_write_begin(s, &status, &why))
		status = object_put(s, digest, size, source, &why);
	return store_write_end(s, status, &why, err);
}

static enum inq_status read_bytes(void *context, uint8_t *at, size_t len, size_t *got, struct inq_error *err)
{
	struct inq_bytes *rest = context;

	(void)err;
	*got = len < rest->len ? len : rest->len;
	if (*got)
		memcpy(at, rest->at, *got);
	*rest = inq_bytes_from(*rest, *got);
	return INQ_OK;
}

enum inq_status inq_store_object_put_bytes(
        struct inq_store *s, struct inq_bytes b, struct inq_sha256 *ret, struct inq_error *err)
{
	struct inq_sha256 digest;
	struct inq_bytes rest = b;
	enum inq_status status = inq_sha256(b, &digest);

	if (status != INQ_OK)
		return inq_fail(err, status, 0, "no memory for a digest");
	status = inq_store_object_put(s, &digest, b.len, (struct inq_store_source){ read_bytes, &rest }, err);
	if (status == INQ_OK && ret)
		*ret = digest;
	return status;
}

static enum inq_status no_object(const struct inq_sha256 *digest, struct inq_error *err)
{
	char name[17];

	short_name(digest, name);
	return inq_fail(err, INQ_NOT_FOUND, 0, "the store has no object %s...", name);
}

static enum inq_status damaged(const struct inq_sha256 *digest, uint64_t at, struct inq_error *err)
{
	char name[17];

	short_name(digest, name);
	return inq_fail(err, INQ_CORRUPT, at,
	        "the store is damaged: object %s... cannot be read at byte %llu of what is stored", name,
	        (unsigned long long)at);
}

struct found {
	struct inq_arena *a; /* NULL: only one is looked for, and its codec is not kept */
	struct inq_store_object *objects;
	size_t count, capacity;
	struct inq_store_object one;
};

static enum inq_status take_object(void *context, const struct store_row *row, struct inq_error *err)
{
	struct found *f = context;
	const struct store_cell *cell = row->cell;
	struct inq_store_object o = { .codec = "" }, *objects;

	if (cell[0].bytes.len != sizeof o.digest)
		return inq_fail(err, INQ_CORRUPT, 0, "the store is damaged: an object has no digest");
	memcpy(&o.digest, cell[0].bytes.at, sizeof o.digest);
	o.size = (uint64_t)cell[1].number;
	o.stored = (uint64_t)cell[2].number;
	if (o.size > STORE_OBJECT_MAX || o.stored == 0 || o.stored > 2 * STORE_OBJECT_MAX)
		return damaged(&o.digest, 0, err);
	if (f->a) {
		o.codec = inq_arena_string(f->a, cell[3].bytes);
		objects = inq_arena_extend(f->a, f->objects, f->count, &f->capacity, sizeof *objects);
		if (!o.codec || !objects)
			return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for a list of objects");
		f->objects = objects;
		objects[f->count++] = o;
	}
	f->one = o;
	return INQ_OK;
}

static enum inq_status find(
        struct inq_store *s, const struct inq_sha256 *digest, struct found *f, struct inq_error *err)
{
	struct store_row key = { .cell[0].bytes = digest_bytes(digest) };
	enum inq_status status =
	        store_with(s, STORE_OBJECTS, &key, (struct store_taker){ take_object, f }, err);

	return status == INQ_NOT_FOUND ? no_object(digest, err) : status;
}

enum inq_status inq_store_object(struct inq_store *s, const struct inq_sha256 *digest, struct inq_arena *a,
        struct inq_store_object *ret, struct inq_error *err)
{
	struct found f = { .a = a };
	bool own;
	enum inq_status status = store_read_begin(s, &own, err);

	if (status == INQ_OK)
		status = store_read_end(s, own, find(s, digest, &f, err));
	if (status == INQ_OK)
		*ret = f.one;
	return status;
}

enum inq_status inq_store_objects(struct inq_store *s, const struct inq_sha256 *after, size_t max,
        struct inq_arena *a, struct inq_store_object **ret, size_t *count, struct inq_error *err)
{
	struct found f = { .a = a };
	struct store_row key = { 0 };
	bool own;
	enum inq_status status = store_read_begin(s, &own, err);

	if (after)
		key.cell[0].bytes = digest_bytes(after);
	if (status == INQ_OK)
		status = store_read_end(s, own,
		        store_each(
		                s, STORE_OBJECTS, &key, max, (struct store_taker){ take_object, &f }, err));
	if (status != INQ_OK)
		return status;
	*ret = f.objects;
	*count = f.count;
	return INQ_OK;
}

/* Where an object goes: into memory that has room for it, or into a sink. */
struct output {
	uint8_t *at;
	struct inq_sink *sink;
	bool packed;
};

/* An object on its way out. */
struct unpacking {
	struct store_work *work;
	const struct inq_store_object *object;
	struct output to;
	uint64_t stored, done; /* bytes of the frame, and of the object, so far */
	bool ended; /* the frame */
};

/* The next bytes of the object, which stand in the chunk. */
static enum inq_status put_out(struct unpacking *u, size_t len, struct inq_error *err)
{
	struct inq_bytes b = { u->work->chunk, len };

	if (len > u->object->size - u->done)
		return damaged(&u->object->digest, u->stored, err);
	inq_sha256_update(&u->work->sum, b.at, b.len);
	if (u->to.at && len)
		memcpy(u->to.at + u->done, b.at, b.len);
	if (u->to.sink && !u->to.packed)
		inq_put_bytes(u->to.sink, b);
	u->done += len;
	return INQ_OK;
}

static enum inq_status unpack(struct unpacking *u, struct inq_bytes piece, struct inq_error *err)
{
	struct store_work *w = u->work;
	ZSTD_inBuffer in = { piece.at, piece.len, 0 };
	bool full = false;

	/* An output that was full may have more behind it, when all the input is taken. */
	while (in.pos < in.size || full) {
		ZSTD_outBuffer out = { w->chunk, sizeof w->chunk, 0 };
		size_t left;
		enum inq_status status;

		if (u->ended)
			return damaged(&u->object->digest, u->stored + in.pos, err);
		left = ZSTD_decompressStream(w->decompress, &out, &in);
		if (ZSTD_isError(left))
			return damaged(&u->object->digest, u->stored + in.pos, err);
		u->ended = left == 0;
		full = !u->ended && out.pos == out.size;
		status = put_out(u, out.pos, err);
		if (status != INQ_OK)
			return status;
	}
	return INQ_OK;
}

static enum inq_status take_piece(void *context, const struct store_row *row, struct inq_error *err)
{
	struct unpacking *u = context;
	struct inq_bytes piece = row->cell[2].bytes;
	uint64_t rest = u->object->stored - u->stored;
	enum inq_status status;

	if ((uint64_t)row->cell[1].number != u->stored / INQ_STORE_CHUNK ||
	        piece.len != (rest < INQ_STORE_CHUNK ? rest : INQ_STORE_CHUNK))
		return damaged(&u->object->digest, u->stored, err);
	status = unpack(u, piece, err);
	if (status != INQ_OK)
		return status;
	u->stored += piece.len;
	if (u->to.sink && u->to.packed)
		inq_put_bytes(u->to.sink, piece);
	if (u->to.sink && u->to.sink->failed)
		return inq_fail(err, INQ_IO, u->done, "the object cannot be written on");
	return INQ_OK;
}

static enum inq_status read_object(
        struct inq_store *s, const struct inq_store_object *o, struct output to, struct inq_error *err)
{
	struct unpacking u = { .object = o, .to = to };
	struct store_row before = { .cell = { { 0, digest_bytes(&o->digest) }, { -1, { 0 } } } };
	enum inq_status status = ready(s, &u.work, err);

	if (status != INQ_OK)
		return status;
	if (ZSTD_isError(ZSTD_DCtx_reset(u.work->decompress, ZSTD_reset_session_only)))
		return no_memory(err);
	status =
	        store_each(s, STORE_PIECES, &before, UINT64_MAX, (struct store_taker){ take_piece, &u }, err);
	if (status != INQ_OK)
		return status;
	if (!u.ended || u.stored != o->stored || u.done != o->size || !sum_is(u.work, &o->digest))
		return damaged(&o->digest, u.stored, err);
	return INQ_OK;
}

static enum inq_status object_bytes(struct inq_store *s, const struct inq_sha256 *digest, uint64_t limit,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct found f = { 0 };
	uint8_t *at;
	enum inq_status status = find(s, digest, &f, err);

	if (status != INQ_OK)
		return status;
	if (f.one.size > limit)
		return inq_fail(err, INQ_OVER_LIMIT, 0, "the object has %llu bytes; %llu are allowed",
		        (unsigned long long)f.one.size, (unsigned long long)limit);
	at = inq_arena_new(a, (size_t)f.one.size + 1, 1);
	if (!at)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for an object of %llu bytes",
		        (unsigned long long)f.one.size);
	status = read_object(s, &f.one, (struct output){ .at = at }, err);
	if (status == INQ_OK)
		*ret = (struct inq_bytes){ at, (size_t)f.one.size };
	return status;
}

enum inq_status inq_store_object_bytes(struct inq_store *s, const struct inq_sha256 *digest, uint64_t limit,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	bool own;
	enum inq_status status = store_read_begin(s, &own, err);

	if (status != INQ_OK)
		return status;
	return store_read_end(s, own, object_bytes(s, digest, limit, a, ret, err));
}

static enum inq_status object_write(
        struct inq_store *s, const struct inq_sha256 *digest, struct output to, struct inq_error *err)
{
	struct found f = { 0 };
	enum inq_status status = find(s, digest, &f, err);

	return status == INQ_OK ? read_object(s, &f.one, to, err) : status;
}

enum inq_status inq_store_object_write(struct inq_store *s, const struct inq_sha256 *digest, bool packed,
        struct inq_sink *out, struct inq_error *err)
{
	bool own;
	enum inq_status status = store_read_begin(s, &own, err);

	if (status != INQ_OK)
		return status;
	return store_read_end(
	        s, own, object_write(s, digest, (struct output){ .sink = out, .packed = packed }, err));
}
