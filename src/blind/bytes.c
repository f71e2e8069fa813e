#include "blind/private.h"
#include <string.h>

enum inq_status blind_no_memory(struct inq_error *err)
{
	return inq_fail(err, INQ_NO_MEMORY, 0, "the comparison needs more memory than it may have");
}

void blind_put(struct blind_out *o, const void *at, size_t len)
{
	if (o->full || len == 0)
		return;
	if (len > o->room - o->len) {
		size_t room = o->room ? o->room : 4096;
		uint8_t *more;

		while (room - o->len < len && room <= SIZE_MAX / 2)
			room *= 2;
		more = inq_arena_new(o->a, room, 1);
		if (!more || room - o->len < len) {
			o->full = true;
			return;
		}
		if (o->len)
			memcpy(more, o->at, o->len);
		o->at = more;
		o->room = room;
	}
	memcpy(o->at + o->len, at, len);
	o->len += len;
}

static void put_le(struct blind_out *o, uint64_t value, unsigned len)
{
	uint8_t at[8];

	inq_le_put(at, value, len);
	blind_put(o, at, len);
}

void blind_put16(struct blind_out *o, uint32_t value)
{
	put_le(o, value, 2);
}

void blind_put32(struct blind_out *o, uint32_t value)
{
	put_le(o, value, 4);
}

void blind_put64(struct blind_out *o, uint64_t value)
{
	put_le(o, value, 8);
}

enum inq_status blind_done(struct blind_out *o, struct inq_bytes *ret, struct inq_error *err)
{
	if (o->full)
		return blind_no_memory(err);
	*ret = (struct inq_bytes){ o->at, o->len };
	return INQ_OK;
}

struct inq_bytes blind_get(struct blind_in *in, uint64_t len)
{
	struct inq_bytes cut = { NULL, 0 };

	if (in->short_ || !inq_bytes_cut(in->left, 0, len, &cut)) {
		in->short_ = true;
		return (struct inq_bytes){ NULL, 0 };
	}
	in->left = inq_bytes_from(in->left, len);
	return cut;
}

void blind_get_bytes(struct blind_in *in, void *ret, size_t len)
{
	struct inq_bytes cut = blind_get(in, len);

	if (cut.len)
		memcpy(ret, cut.at, len);
	else
		memset(ret, 0, len);
}

uint16_t blind_get16(struct blind_in *in)
{
	uint8_t at[2];

	blind_get_bytes(in, at, sizeof at);
	return (uint16_t)(at[0] | at[1] << 8);
}

uint32_t blind_get32(struct blind_in *in)
{
	uint8_t at[4];

	blind_get_bytes(in, at, sizeof at);
	return inq_le32(at);
}

uint64_t blind_get64(struct blind_in *in)
{
	uint8_t at[8];

	blind_get_bytes(in, at, sizeof at);
	return inq_le64(at);
}
