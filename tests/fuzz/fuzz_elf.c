#include "../make/exhibit_holds.h"
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
	if (inq_bytes_begin(b, "\177ELF", 4) && !inq_exhibit_read(b, a, &x, &err)) {
		if (exhibit_holds(&x))
			abort();
		/* Nothing of a file is kept many times over. */
		if (inq_arena_used(a) > (1 << 20) + 256 * len)
			abort();
	}
	inq_arena_close(a);
	return 0;
}
