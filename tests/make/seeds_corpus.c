#include "program.h"
#include <inquiry/corpus.h>
#include <stdio.h>
#include <string.h>

/*
 * seeds_corpus corpus DIRECTORY: writes a program as a child writes it, and
 * corpora of none, one and several of them.
 */

enum { PROGRAMS = 4 };

static bool save(const char *directory, const char *name, const void *at, size_t len)
{
	char path[4096];
	FILE *file;
	bool written;

	snprintf(path, sizeof path, "%s/%s", directory, name);
	file = fopen(path, "wb");
	if (!file) {
		perror(path);
		return false;
	}
	written = fwrite(at, 1, len, file) == len;
	return !fclose(file) && written;
}

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

static bool save_corpus(
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
	done = done && !inq_corpus_builder_write(b, &out, NULL, NULL, &err) &&
	       save(directory, name, memory.at, memory.len);
	if (!done)
		fprintf(stderr, "%s: %s\n", name, err.text);
	inq_corpus_builder_close(b);
	inq_arena_close(memory.arena);
	return done;
}

int main(int argc, char **argv)
{
	struct inq_bytes programs[PROGRAMS];
	struct inq_arena *a;
	bool done = true;

	if (argc != 3 || strcmp(argv[1], "corpus")) {
		fputs("usage: seeds_corpus corpus DIRECTORY\n", stderr);
		return 2;
	}
	a = inq_arena_open(64 << 20);
	if (!a)
		return 1;
	for (uint32_t i = 0; i < PROGRAMS; i++)
		programs[i] = program(a, i);
	done = save(argv[2], "program", programs[0].at, programs[0].len) &&
	       save_corpus(argv[2], "none", programs, 0) && save_corpus(argv[2], "one", programs, 1) &&
	       save_corpus(argv[2], "several", programs, PROGRAMS);
	inq_arena_close(a);
	return done ? 0 : 1;
}
