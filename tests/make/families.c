#include "families.h"

/* Functions that all of a family have, and others of its own; each calls the next. */
static struct inq_bytes program(struct inq_arena *a, uint32_t label, uint32_t sample, uint32_t shared)
{
	struct make_program m;

	make_program(&m, a, 100 * label + sample);
	m.program.name = inq_arena_printf(a, "v%u/p%u", sample / 2, sample);
	for (uint32_t f = 0; f < FAMILY_FUNCTIONS; f++)
		make_function(&m, 1000 * label + (f < shared ? f : 100 * sample + f), 0, 0);
	for (uint32_t f = 0; f + 1 < FAMILY_FUNCTIONS; f++)
		make_call(&m, f, f + 1);
	return make_bytes(&m);
}

struct inq_bytes make_families(struct inq_arena *a)
{
	return make_families_sharing(a, 8);
}

struct inq_bytes make_families_sharing(struct inq_arena *a, uint32_t shared)
{
	static const char *const names[] = { "alpha", "beta", "common", "gamma" };
	struct inq_corpus_builder *b = inq_corpus_builder_open(SIZE_MAX);
	struct inq_memory_sink memory = { .arena = a };
	struct inq_error err;
	struct inq_sink out;
	bool made = b != NULL;

	for (uint32_t l = 0; l < 4 && made; l++) {
		made = !inq_corpus_builder_label(
		        b, names[l], l == COMMON ? INQ_LABEL_COMMON : INQ_LABEL_FAMILY, 0, &err);
		for (uint32_t s = 0; s < FAMILY_SAMPLES && made; s++)
			made = !inq_corpus_builder_add(b, names[l], program(a, l, s, shared), &err);
	}
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	made = made && !inq_corpus_builder_write(b, &out, NULL, NULL, &err);
	inq_corpus_builder_close(b);
	return (struct inq_bytes){ (const uint8_t *)memory.at, made ? memory.len : 0 };
}
