/*
 * Times a corpus of functions made from numbers: how long it takes to build, to
 * open, to check, and to search with a program of a thousand functions.
 *
 *   corpus_scale FUNCTIONS [FILE]
 *
 * A tenth of the functions are library code that many samples have; the others
 * are in one sample each. The program that is searched for has 300 functions
 * of one sample, changed by a fifth, 200 of the library and 500 of its own.
 * Without FILE the corpus is written below /tmp and removed.
 */
#include "../tests/make/program.h"
#include "os/os.h"
#include <inquiry/match.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { SAMPLE_FUNCTIONS = 500, LIBRARY_FUNCTIONS = 50, FAMILY_SAMPLES = 10 };

static void fail(const char *what)
{
	fprintf(stderr, "corpus_scale: %s\n", what);
	exit(1);
}

static void tell(const char *what, uint64_t since, uint64_t functions)
{
	uint64_t ms = inq_os_clock() - since;
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	printf("%-10s %8llu ms %10llu functions/s %6ld MB resident at most\n", what, (unsigned long long)ms,
	        (unsigned long long)(functions * 1000 / (ms ? ms : 1)), use.ru_maxrss >> 10);
}

static struct inq_bytes sample(struct inq_arena *a, uint32_t number)
{
	struct make_program m;

	make_program(&m, a, number);
	for (uint32_t i = 0; i < SAMPLE_FUNCTIONS; i++) {
		if (i < LIBRARY_FUNCTIONS)
			make_function(&m, (uint64_t)(number * 7 + i) % 5000, 0, 0);
		else
			make_function(&m, UINT64_C(1000000) * (number + 1) + i, 0, 0);
		make_call(&m, i, (i * 13 + 1) % SAMPLE_FUNCTIONS);
		make_call(&m, i, (i * 29 + 2) % SAMPLE_FUNCTIONS);
	}
	return make_bytes(&m);
}

static void build(uint32_t functions, const char *path)
{
	struct inq_corpus_builder *b = inq_corpus_builder_open((size_t)16 << 30);
	struct inq_output o;
	struct inq_sink out;
	struct inq_error err;
	uint64_t start, making = 0;
	uint32_t samples = functions / SAMPLE_FUNCTIONS;

	if (!b || inq_output_open(path, &o, &err))
		fail("cannot begin");
	start = inq_os_clock();
	for (uint32_t i = 0; i < samples; i++) {
		struct inq_arena *a = inq_arena_open((size_t)1 << 30);
		uint64_t from = inq_os_clock();
		struct inq_bytes program = sample(a, i);
		char label[32];

		making += inq_os_clock() - from;
		snprintf(label, sizeof label, "family-%u", i / FAMILY_SAMPLES);
		if (inq_corpus_builder_label(b, label, INQ_LABEL_FAMILY, 0, &err) ||
		        inq_corpus_builder_add(b, label, program, &err))
			fail(err.text);
		inq_arena_close(a);
	}
	tell("add", start + making, functions);
	start = inq_os_clock();
	inq_sink_init(&out, inq_output_write, &o);
	if (inq_corpus_builder_write(b, &out, NULL, NULL, &err) || inq_output_commit(&o, &err))
		fail(err.text);
	tell("write", start, functions);
	inq_corpus_builder_close(b);
}

static struct inq_program unknown(struct inq_arena *a)
{
	struct make_program m;

	make_program(&m, a, UINT32_MAX);
	for (uint32_t i = 0; i < 1000; i++) {
		if (i < 300)
			make_function(&m, UINT64_C(1000000) * 18 + LIBRARY_FUNCTIONS + i, 200, 5);
		else if (i < 500)
			make_function(&m, i, 0, 0);
		else
			make_function(&m, (UINT64_C(1) << 60) + i, 0, 0);
		make_call(&m, i, (i * 13 + 1) % 1000);
	}
	make_bytes(&m);
	return m.program;
}

static void search(const char *path, uint32_t functions)
{
	struct inq_arena *a = inq_arena_open((size_t)8 << 30);
	struct inq_program p = unknown(a);
	struct inq_search r;
	struct inq_corpus c;
	struct inq_file f;
	struct inq_error err;
	uint64_t start = inq_os_clock();

	if (inq_file_open(path, &f, &err) || inq_corpus_open(f.bytes, &c, &err))
		fail(err.text);
	printf("%u functions, %u of them different, %u terms, %zu MB\n", c.occurrence_count, c.function_count,
	        c.term_count, c.bytes.len >> 20);
	tell("open", start, functions);
	for (unsigned i = 0; i < 2; i++) {
		start = inq_os_clock();
		if (inq_match_search(&p, &c, NULL, a, &r, &err))
			fail(err.text);
		tell(i ? "again" : "search", start, p.function_count);
	}
	printf("%u distinctive, %u widespread, %u unmatched; %llu postings, %llu compared\n",
	        r.standing[INQ_STANDING_DISTINCTIVE], r.standing[INQ_STANDING_WIDESPREAD],
	        r.standing[INQ_STANDING_UNMATCHED], (unsigned long long)r.postings_read,
	        (unsigned long long)r.functions_compared);
	start = inq_os_clock();
	if (getenv("CHECK") && inq_corpus_check(&c, a, &err))
		fail(err.text);
	if (getenv("CHECK"))
		tell("check", start, functions);
	inq_file_close(&f);
	inq_arena_close(a);
}

int main(int argc, char **argv)
{
	uint32_t functions = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
	const char *path = argc > 2 ? argv[2] : "/tmp/corpus_scale.corpus";

	if (functions < SAMPLE_FUNCTIONS * 20 || argc > 3) {
		fputs("usage: corpus_scale FUNCTIONS [FILE]    at least 10000\n", stderr);
		return 2;
	}
	if (!inq_file_exists(path))
		build(functions, path);
	search(path, functions);
	if (argc < 3)
		remove(path);
	return 0;
}
