#include "../make/exhibit_holds.h"
#include "exhibit/private.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

/* Members of ZIP and fat files lie in the file or in the arena, are named, and are as few as the limits say. */
int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	static const struct inq_member_limits limits = { 1000, 1 << 20, 3 };
	struct inq_bytes b = { at, len };
	struct inq_arena *a = inq_arena_open(64 << 20);
	struct inq_member_list list;
	struct inq_error err;
	uint64_t sum = 0;

	if (!a)
		return 0;
	if ((inq_zip_is(b) || inq_fat_is(b)) && !inq_member_read(b, &limits, a, &list, &err)) {
		if (list.count > limits.members || (list.cut && !list.reason))
			abort();
		for (size_t i = 0; i < list.count; i++) {
			sum += strlen(list.members[i].name) + bytes_sum(list.members[i].bytes);
			if (sum == UINT64_MAX)
				abort();
		}
	}
	inq_arena_close(a);
	return 0;
}
