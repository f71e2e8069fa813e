#include "case/wire.h"
#include <string.h>

struct inq_bytes wire_number(uint64_t value, uint8_t at[8])
{
	inq_le_put(at, value, 8);
	return (struct inq_bytes){ at, 8 };
}

bool wire_number_read(struct inq_bytes field, uint64_t *ret)
{
	return field.len == 8 && inq_bytes_u64(field, 0, false, ret);
}

bool wire_read(struct inq_bytes question, struct wire_question *ret)
{
	struct wire_question q = { .count = 0 };
	uint64_t off = 2, len;
	uint8_t what, count;

	if (!inq_bytes_u8(question, 0, &what) || !inq_bytes_u8(question, 1, &count) || what >= WIRES ||
	        count > WIRE_FIELDS_MOST)
		return false;
	q.what = (enum wire)what;
	q.count = count;
	off += 8 * (uint64_t)count;
	for (size_t i = 0; i < q.count; i++) {
		if (!inq_bytes_u64(question, 2 + 8 * i, false, &len) ||
		        !inq_bytes_cut(question, off, len, &q.fields[i]))
			return false;
		off += len;
	}
	*ret = q;
	return off == question.len;
}

enum inq_status taker_ask(struct taker *t, enum wire what, const struct inq_bytes *fields, size_t count,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	uint8_t head[2 + 8 * WIRE_FIELDS_MOST] = { (uint8_t)what, (uint8_t)count };
	struct inq_bytes parts[WIRE_FIELDS_MOST + 1] = { { head, 2 + 8 * count } };
	struct inq_memory_sink memory = { .arena = a };
	struct inq_sink whole;

	for (size_t i = 0; i < count; i++) {
		(void)wire_number(fields[i].len, head + 2 + 8 * i);
		parts[i + 1] = fields[i];
	}
	if (t->parent)
		return inq_confined_ask(t->parent, parts, count + 1, a, ret, err);
	inq_sink_init(&whole, inq_memory_sink_write, &memory);
	for (size_t i = 0; i <= count; i++)
		inq_put_bytes(&whole, parts[i]);
	if (!inq_sink_flush(&whole))
		return case_no_memory(err);
	return keeper_answer(
	        t->keeper, (struct inq_bytes){ (const uint8_t *)memory.at, memory.len }, a, ret, err);
}
