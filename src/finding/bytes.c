#include "finding/bytes.h"
#include <string.h>

uint64_t take_number(struct reader *r, unsigned bytes, uint64_t most)
{
	struct inq_bytes cut;
	uint64_t value = 0;

	if (r->bad || !inq_bytes_cut(r->bytes, r->at, bytes, &cut)) {
		r->bad = true;
		return 0;
	}
	for (unsigned i = 0; i < bytes; i++)
		value |= (uint64_t)cut.at[i] << 8 * i;
	if (value > most) {
		r->bad = true;
		return 0;
	}
	r->at += bytes;
	return value;
}

void take_bytes(struct reader *r, void *ret, size_t len)
{
	struct inq_bytes cut;

	if (r->bad || !inq_bytes_cut(r->bytes, r->at, len, &cut)) {
		r->bad = true;
		return;
	}
	memcpy(ret, cut.at, len);
	r->at += len;
}
