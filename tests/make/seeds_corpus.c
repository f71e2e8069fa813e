#include "program.h"
#include "save.h"
#include <inquiry/corpus.h>

/* A program as a child writes it, and corpora of none, one and several of them. */

enum { PROGRAMS = 4 };

/* Programs overlap by half, so that functions have one label and several. */
static struct inq_bytes program(struct inq_arena *a, uint32_t number)
{
	struct make_program m;
	uint32_t last = 0;

	make_program(&m, a, number);
	for (uint32_t i = 0; i < 6; i++) {
		uint32_t made = make_function(&m, number * 3 + i, i == 5 ? 100 : 0, number);

		if (i)
			make_call(&m, last, made);
		last = made;
	}
	make_small_function(&m, number);
	return make_bytes(&m);
}

static void save_corpus(
        const char *directory, const char *name, const struct inq_bytes *programs, size_t count)
{
	static const char *const labels[] = { "alpha", "beta", "library" };
	struct inq_corpus_builder *b = inq_corpus_builder_open(64 << 20);
	struct inq_memory_sink memory = { .arena = inq_arena_open(64 << 20) };
	struct inq_sink out;
	struct inq_error err = { 0 };
	bool done = b && memory.arena;

	for (size_t i = 0; i < 3 && done; i++)
		done = !inq_corpus_builder_label(b, labels[i], i == 2 ? INQ_LABEL_COMMON : INQ_LABEL_FAMILY,
		        i == 1 ? 20140407 : 0, &err);
	for (size_t i = 0; i < count && done; i++)
		done = !inq_corpus_builder_add(b, labels[i % 3], programs[i], &err);
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	if (!done || inq_corpus_builder_write(b, &out, NULL, NULL, &err))
		make_fail(name, err.text);
	make_save(directory, name, memory.at, memory.len);
	inq_corpus_builder_close(b);
	inq_arena_close(memory.arena);
}

static void seeds_corpus(const char *directory)
{
	struct inq_arena *a = inq_arena_open(64 << 20);
	struct inq_bytes programs[PROGRAMS];

	if (!a)
		make_fail("corpus", "no memory");
	for (uint32_t i = 0; i < PROGRAMS; i++)
		programs[i] = program(a, i);
	make_save(directory, "program", programs[0].at, programs[0].len);
	save_corpus(directory, "none", programs, 0);
	save_corpus(directory, "one", programs, 1);
	save_corpus(directory, "several", programs, PROGRAMS);
	inq_arena_close(a);
}

const struct make_seeds make_seeds[] = {
	{ "corpus", seeds_corpus },
	{ NULL, NULL },
};
