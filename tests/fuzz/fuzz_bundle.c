#include <inquiry/record.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

/*
 * A bundle as one input: for each file the length of its name (1 byte), the
 * name, the length of its bytes (3 bytes, little-endian), the bytes.
 */
struct image {
	struct inq_bytes bytes;
};

static bool next(struct inq_bytes b, uint64_t *off, struct inq_bytes *ret_name, struct inq_bytes *ret_bytes)
{
	uint8_t name_len;
	struct inq_bytes head;

	if (!inq_bytes_u8(b, *off, &name_len) || !inq_bytes_cut(b, *off + 1, name_len, ret_name) ||
	        !inq_bytes_cut(b, *off + 1 + name_len, 3, &head))
		return false;
	if (!inq_bytes_cut(b, *off + 4 + name_len,
	            head.at[0] | (uint32_t)head.at[1] << 8 | (uint32_t)head.at[2] << 16, ret_bytes))
		return false;
	*off += 4 + name_len + ret_bytes->len;
	return true;
}

static enum inq_status image_read(void *context, const char *name, uint64_t most, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	const struct image *image = context;
	struct inq_bytes file, bytes;
	uint64_t off = 0;

	(void)a;
	while (next(image->bytes, &off, &file, &bytes)) {
		if (!inq_bytes_equal(file, name))
			continue;
		if (bytes.len > most)
			return inq_fail(err, INQ_OVER_LIMIT, most, "too long");
		*ret = bytes;
		return INQ_OK;
	}
	return inq_fail(err, INQ_UNREADABLE, 0, "none");
}

static enum inq_status image_list(
        void *context, bool (*name)(void *to, const char *name), void *to, struct inq_error *err)
{
	const struct image *image = context;
	struct inq_bytes file, bytes;
	char text[256];
	uint64_t off = 0;

	(void)err;
	while (next(image->bytes, &off, &file, &bytes)) {
		memcpy(text, file.at, file.len);
		text[file.len] = 0;
		if (!name(to, text))
			break;
	}
	return INQ_OK;
}

static bool put(void *unused, const void *at, size_t len)
{
	const uint8_t *byte = at;

	(void)unused;
	/* Nothing that a terminal obeys leaves. */
	for (size_t i = 0; i < len; i++)
		if ((byte[i] < 0x20 && byte[i] != '\n') || byte[i] == 0x7f)
			abort();
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct image image = { { at, len } };
	struct inq_bundle_source source = { image_read, image_list, &image };
	struct inq_record_trust trust = { .level = 2, .object_most = 1 << 16 };
	struct inq_arena *a = inq_arena_open(256 << 20);
	const struct inq_record_result *r;
	struct inq_error err;
	struct inq_sink sink;

	if (!a)
		return 0;
	if (inq_record_verify(&source, &trust, a, &r, &err) == INQ_OK) {
		if (r->level > 2 || r->level < -1 || (r->level < 2) != (r->failure_total > 0))
			abort();
		inq_sink_init(&sink, put, NULL);
		inq_record_put(&sink, r);
		inq_record_put_json(&sink, r);
		if (!inq_sink_flush(&sink))
			abort();
		for (size_t i = 0; i < r->entry_count; i++)
			if (r->order[i] >= r->entry_count || !inq_record_find(r, &r->entries[i].digest))
				abort();
	}
	inq_arena_close(a);
	return 0;
}
