#include <inquiry/json_read.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

/* What is read strictly is read with decimal places, too. Values lie inside one another, in order, inside the document; strings are readable to their end. */
int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct inq_bytes b = { at, len };
	struct inq_arena *a = inq_arena_open(64 << 20);
	const struct inq_json_value *stack[INQ_JSON_DEPTH + 1], *top;
	struct inq_error err;
	enum inq_status status;
	size_t depth = 0;
	uint64_t sum = 0;
	bool strict;

	if (!a)
		return 0;
	strict = inq_json_read(b, a, &top, &err) == INQ_OK;
	status = inq_json_read_milli(b, a, &top, &err);
	if (status == INQ_OK) {
		for (stack[depth++] = top; depth;) {
			const struct inq_json_value *v = stack[depth - 1];
			uint64_t from = v->at;
			size_t count = 0;

			if (v->at >= v->end || v->end > len)
				abort();
			for (size_t i = 0; i < v->string.len; i++)
				sum += v->string.at[i];
			for (const struct inq_json_value *c = v->first; c; c = c->next, count++) {
				if (c->at < from || c->end > v->end)
					abort();
				from = c->end;
			}
			if (count != v->count)
				abort();
			/* On to the first child, else to the next of whatever still has one. */
			if (v->first) {
				if (depth > INQ_JSON_DEPTH)
					abort();
				stack[depth++] = v->first;
				continue;
			}
			while (depth > 1 && !stack[depth - 1]->next)
				depth--;
			if (depth == 1)
				break;
			stack[depth - 1] = stack[depth - 1]->next;
		}
		if (sum == UINT64_MAX)
			abort();
	} else if (err.at > len || (strict && status != INQ_NO_MEMORY)) {
		abort();
	}
	inq_arena_close(a);
	return 0;
}
