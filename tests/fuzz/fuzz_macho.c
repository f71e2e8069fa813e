#include "../make/exhibit_holds.h"
#include "exhibit/private.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

/* Whatever the bytes: what is read keeps the header's promises, within the arena's limit. */
int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct inq_bytes b = { at, len };
	struct inq_arena *a = inq_arena_open(256 << 20);
	struct inq_exhibit x;
	struct inq_error err;

	if (!a)
		return 0;
	if (inq_macho_is(b) && !inq_exhibit_read(b, a, &x, &err)) {
		if (exhibit_holds(&x) || x.format != INQ_FORMAT_MACHO)
			abort();
		/* Lists that share bytes of the file are bounded by number; all else by the file's size. */
		if (inq_arena_used(a) > (64 << 20) + 256 * len)
			abort();
	}
	inq_arena_close(a);
	return 0;
}
