#include "../make/observation_holds.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

/* Of any container, and of bytes that are none: what is observed keeps the header's promises. */
int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	static const struct inq_observation_limits limits = { 4, 64, 1000 };
	struct inq_bytes b = { at, len };
	struct inq_arena *a = inq_arena_open(256 << 20);
	struct inq_observation o, again;
	struct inq_exhibit x;
	struct inq_error err;

	if (!a)
		return 0;
	if ((!inq_exhibit_read(b, a, &x, &err) ||
	            (len && !inq_exhibit_raw(b, INQ_ARCH_X86_64, false, 0, a, &x, &err))) &&
	        !inq_observation_read(&x, &limits, a, &o, &err)) {
		if (observation_holds(&x, &o, &limits))
			abort();
		/* The same bytes give the same observations. */
		if (!inq_observation_read(&x, &limits, a, &again, &err) &&
		        (again.fact_count != o.fact_count || again.string_count != o.string_count ||
		                again.suspicion_count != o.suspicion_count))
			abort();
	}
	inq_arena_close(a);
	return 0;
}
