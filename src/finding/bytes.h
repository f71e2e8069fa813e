/*
 * Private to the finding layer: little-endian integers out of bytes, for
 * evidence and calibrations. A reader that ran out, or met a number beyond what
 * it may be, is bad and stays so.
 */
#ifndef FINDING_BYTES_H
#define FINDING_BYTES_H

#include <inquiry/bytes.h>

struct reader {
	struct inq_bytes bytes;
	uint64_t at;
	bool bad;
};
/* An integer of so many bytes, at most `most`; 0 of a bad reader. */
uint64_t take_number(struct reader *r, unsigned bytes, uint64_t most);
void take_bytes(struct reader *r, void *ret, size_t len);

#endif
