#include "../make/corpus_use.h"
#include "fingerprint/encoded.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

/* A program that is accepted is written back to the bytes it was read from. */
static void read_program(struct inq_bytes b, struct inq_arena *a)
{
	struct inq_memory_sink memory = { .arena = a };
	struct inq_program p;
	struct inq_sink out;
	struct inq_error err;

	if (inq_program_read(b, a, &p, &err) != INQ_OK)
		return;
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	inq_program_write(&p, &out);
	if (inq_sink_flush(&out) && (memory.len != b.len || memcmp(memory.at, b.at, b.len) != 0))
		abort();
}

static void read_corpus(const struct inq_corpus *c, struct inq_arena *a)
{
	struct inq_program p;
	struct inq_error err;

	if (corpus_use(c))
		abort();
	for (uint32_t i = 0; i < c->sample_count && i < 50; i++)
		if (inq_corpus_program(c, i, a, &p, &err) == INQ_OK && p.function_count > c->occurrence_count)
			abort();
	(void)!inq_corpus_check(c, a, &err);
}

/*
 * Inputs are corpora, and programs as a child writes them. The checks of a
 * corpus's head and contents are not in the fuzzer's way: it opens what they
 * would refuse by the counts alone, through a copy that has been given them.
 */
int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct inq_bytes b = { at, len };
	struct inq_arena *a = inq_arena_open(256 << 20);
	struct inq_corpus c;
	struct inq_error err;
	uint8_t *copy;

	if (!a)
		return 0;
	if (inq_bytes_begin(b, INQ_PROGRAM_MAGIC, 8))
		read_program(b, a);
	if (inq_corpus_open(b, &c, &err) == INQ_OK)
		read_corpus(&c, a);
	copy = inq_arena_new(a, len, 1);
	if (copy && corpus_seal(b, copy) &&
	        inq_corpus_open((struct inq_bytes){ copy, len }, &c, &err) == INQ_OK)
		read_corpus(&c, a);
	inq_arena_close(a);
	return 0;
}
