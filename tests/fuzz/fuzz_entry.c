#include "record/forms.h"
#include <inquiry/entry.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

/* The same entry, written and read again, is the same; its text may differ only where JSON has two ways. */
static void statement_holds(struct inq_bytes payload, struct inq_arena *a)
{
	struct inq_bytes first, second;
	struct inq_entry e, again;
	struct inq_error err = { 0, "" };
	enum inq_status status = inq_statement_read(payload, a, &e, &err);

	if (status == INQ_OK) {
		if (inq_entry_payload(&e, a, &first, &err) != INQ_OK ||
		        inq_statement_read(first, a, &again, &err) != INQ_OK ||
		        inq_entry_payload(&again, a, &second, &err) != INQ_OK || first.len != second.len ||
		        memcmp(first.at, second.at, first.len) != 0)
			abort();
	} else if (!err.text[0] || err.at > payload.len) {
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct inq_bytes b = { at, len };
	struct inq_arena *a = inq_arena_open(256 << 20);
	struct inq_error err;
	struct inq_entry e;

	if (!a)
		return 0;
	/* Base64 hides the statement from a fuzzer: it is given as it is, too. */
	if (inq_entry_read(b, a, &e, &err) == INQ_OK)
		statement_holds(e.payload, a);
	statement_holds(b, a);
	inq_arena_close(a);
	return 0;
}
