/*
 * How long a corpus takes to build, to open, to check and to search, in how
 * much memory, and whether the index finds what comparing with every function
 * finds.
 *
 *   corpus_scale [-r N] [-c] [-s N] [-k] FUNCTIONS [FILE]
 *   corpus_scale [-r N] [-c] [-s N] [-k] -q QUERIES FILE
 *
 * The corpus is of made functions, as real programs have them (make_typical_function):
 * samples of 500 functions, ten to a family, half of a sample being its family's
 * in a version of its own, a tenth library code. It is written to FILE, where it is
 * not there already; without FILE below /tmp, and removed. The program that is
 * searched for has 500: 150 of one family in a version that is in no sample, 50
 * of the library, 300 of its own. With -q FILE is any corpus, and the program has 500
 * functions out of the corpus QUERIES.
 *
 * -r N also compares N of the functions with all of the corpus and prints the
 * recall of the index; -c searches by content only; -s N compares N vectors with
 * each function's; -k checks the corpus.
 */
#include "../tests/make/program.h"
#include "corpus/dots.h"
#include "match/candidates.h"
#include "os/os.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	SAMPLE_FUNCTIONS = 500,
	LIBRARY_FUNCTIONS = 50,
	FAMILY_FUNCTIONS = 250,
	FAMILY_SAMPLES = 10,
	QUERIES = 500
};

static void fail(const char *what)
{
	fprintf(stderr, "corpus_scale: %s\n", what);
	exit(1);
}

/* Wall clock and processor time: on a machine that does other work they are far apart. */
struct moment {
	uint64_t wall, used; /* ms */
};

static struct moment now(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (struct moment){ inq_os_clock(),
		(uint64_t)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000 +
		        (uint64_t)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1000 };
}

static void tell(const char *what, struct moment since, uint64_t functions)
{
	struct moment at = now();
	uint64_t ms = at.used - since.used;
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	printf("%-10s %8llu ms, of the processor %8llu ms %10llu functions/s %6ld MB resident at most\n",
	        what, (unsigned long long)(at.wall - since.wall), (unsigned long long)ms,
	        (unsigned long long)(functions * 1000 / (ms ? ms : 1)), use.ru_maxrss >> 10);
	fflush(stdout);
}

static struct inq_bytes sample(struct inq_arena *a, uint32_t number)
{
	uint32_t family = number / FAMILY_SAMPLES, version = number % FAMILY_SAMPLES;
	struct make_program m;

	make_program(&m, a, number);
	for (uint32_t i = 0; i < SAMPLE_FUNCTIONS; i++) {
		if (i < LIBRARY_FUNCTIONS)
			make_typical_function(&m, (uint64_t)(number * 7 + i) % 5000, 1, 0, 0);
		else if (i < LIBRARY_FUNCTIONS + FAMILY_FUNCTIONS)
			make_typical_function(
			        &m, UINT64_C(1000000) * (family + 1) + i, family + 2, 40 * (i % 7), version);
		else
			make_typical_function(
			        &m, (UINT64_C(1) << 50) + UINT64_C(1000) * number + i, family + 2, 0, 0);
		make_call(&m, i, (i * 13 + 1) % SAMPLE_FUNCTIONS);
		make_call(&m, i, (i * 29 + 2) % SAMPLE_FUNCTIONS);
	}
	return make_bytes(&m);
}

static void build(uint32_t functions, const char *path)
{
	struct inq_corpus_builder *b = inq_corpus_builder_open((size_t)20 << 30);
	struct inq_output o;
	struct inq_sink out;
	struct inq_error err;
	struct moment start, making = { 0, 0 };
	uint32_t samples = functions / SAMPLE_FUNCTIONS;

	if (!b || inq_output_open(path, &o, &err))
		fail("cannot begin");
	start = now();
	for (uint32_t i = 0; i < samples; i++) {
		struct inq_arena *a = inq_arena_open((size_t)1 << 30);
		struct moment from = now();
		struct inq_bytes program = sample(a, i);
		char label[32];

		making.wall += now().wall - from.wall;
		making.used += now().used - from.used;
		snprintf(label, sizeof label, "family-%u", i / FAMILY_SAMPLES);
		if (inq_corpus_builder_label(b, label, INQ_LABEL_FAMILY, 0, &err) ||
		        inq_corpus_builder_add(b, label, program, &err))
			fail(err.text);
		inq_arena_close(a);
	}
	start.wall += making.wall;
	start.used += making.used;
	tell("add", start, functions);
	start = now();
	inq_sink_init(&out, inq_output_write, &o);
	if (inq_corpus_builder_write(b, &out, NULL, NULL, &err) || inq_output_commit(&o, &err))
		fail(err.text);
	tell("write", start, functions);
	inq_corpus_builder_close(b);
}

/* In a process of its own, whose memory is not counted with that of the search. */
static void build_apart(uint32_t functions, const char *path)
{
	pid_t child = fork();
	int status;

	if (!child) {
		build(functions, path);
		exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status)
		fail("the corpus could not be built");
}

static struct inq_program unknown(struct inq_arena *a)
{
	struct make_program m;

	make_program(&m, a, UINT32_MAX);
	for (uint32_t i = 0; i < QUERIES; i++) {
		if (i < 150)
			make_typical_function(&m, UINT64_C(1000000) * 2 + LIBRARY_FUNCTIONS + i, 3, 200, 50);
		else if (i < 200)
			make_typical_function(&m, i, 1, 0, 0);
		else
			make_typical_function(&m, (UINT64_C(1) << 60) + i, UINT32_MAX / 2, 0, 0);
		make_call(&m, i, (i * 13 + 1) % QUERIES);
	}
	make_bytes(&m);
	return m.program;
}

/* Functions taken at even steps from all samples of another corpus, without their calls. */
static struct inq_program borrowed(const char *path, struct inq_arena *a)
{
	struct inq_program p = { .name = "borrowed" };
	struct inq_corpus c;
	struct inq_file f;
	struct inq_error err;
	size_t capacity = 0;

	if (inq_file_open(path, &f, &err) || inq_corpus_open(f.bytes, &c, &err))
		fail(err.text);
	p.functions = inq_arena_new(a, QUERIES, sizeof *p.functions);
	p.vectors = inq_arena_new(a, QUERIES, sizeof *p.vectors);
	for (uint32_t i = 0; i < QUERIES; i++) {
		uint32_t function = (uint32_t)((i * UINT64_C(2654435761)) % c.function_count);
		struct inq_corpus_features features = inq_corpus_features_of(&c, function);
		struct inq_fingerprint *to = &p.functions[i];
		struct inq_corpus_function from;
		uint32_t term, count;

		if (!inq_corpus_function(&c, function, &from) ||
		        !inq_corpus_vector(&c, function, &p.vectors[i]))
			fail("damaged queries");
		to->va = i;
		memcpy(to->exact, from.exact, sizeof to->exact);
		to->size = from.size;
		to->block_count = from.block_count;
		to->insn_count = from.insn_count;
		to->feature_first = p.feature_count;
		while (inq_corpus_features_next(&features, &term, &count)) {
			p.features = inq_arena_extend(
			        a, p.features, p.feature_count, &capacity, sizeof *p.features);
			if (!p.features)
				fail("out of memory");
			p.features[p.feature_count++] =
			        (struct inq_feature){ inq_corpus_term_key(&c, term), count };
		}
		to->feature_count = p.feature_count - to->feature_first;
	}
	p.function_count = QUERIES;
	return p;
}

/* How much of what a scan of everything finds the index finds. */
struct recall {
	uint64_t first, firsts, ten, tens;
};

static void count_one(struct recall *r, unsigned rank, bool found)
{
	r->first += rank == 0 && found;
	r->firsts += rank == 0;
	r->ten += found;
	r->tens++;
}

static void tell_recall(const char *what, const struct recall *r)
{
	printf("%s: of the best %llu of %llu, of the best ten %llu of %llu\n", what,
	        (unsigned long long)r->first, (unsigned long long)r->firsts, (unsigned long long)r->ten,
	        (unsigned long long)r->tens);
}

static int compare_found(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->similarity != y->similarity)
		return x->similarity > y->similarity ? -1 : 1;
	return x->function < y->function ? -1 : x->function > y->function;
}

static int compare_near(const void *a, const void *b)
{
	const struct near *x = a, *y = b;

	if (x->product != y->product)
		return x->product > y->product ? -1 : 1;
	return x->function < y->function ? -1 : x->function > y->function;
}

static void scan_features(const struct batch *b, uint32_t who, struct recall *r)
{
	const struct search *s = b->s;
	struct best all = { .at = inq_arena_new(b->a, s->limits->compared, sizeof *all.at) };

	if (!all.at)
		fail("out of memory");
	for (uint32_t i = 0; i < s->c->function_count; i++) {
		uint16_t similarity = loaded_similarity(s, &b->loaded[who], i);

		if (similarity >= s->result->functions[b->query[who]].reach)
			best_take(s, &all, i, similarity);
	}
	if (all.count)
		qsort(all.at, all.count, sizeof *all.at, compare_found);
	for (uint32_t i = 0; i < all.count && i < 10; i++) {
		bool found = false;

		for (uint32_t j = 0; j < b->best[who].count; j++)
			found |= b->best[who].at[j].function == all.at[i].function;
		count_one(r, i, found);
	}
}

static void scan_vectors(const struct batch *b, uint32_t who, struct recall *r)
{
	enum { STRIP = 4096 };
	const struct inq_corpus *c = b->s->c;
	const struct inq_vector *query = &b->s->p->vectors[b->query[who]];
	struct near ten[11];
	int32_t products[STRIP];
	uint32_t count = 0;

	for (uint32_t cell = 0; cell < c->cell_count; cell++) {
		struct inq_corpus_cell one;

		if (!inq_corpus_cell(c, cell, &one))
			fail("a damaged corpus");
		for (uint32_t at = one.first; at < one.end; at += STRIP) {
			uint32_t strip = one.end - at < STRIP ? one.end - at : STRIP;

			dots(one.vectors + (size_t)(at - one.first) * INQ_VECTOR_LENGTH, strip, &query, 1,
			        products);
			for (uint32_t i = 0; i < strip; i++) {
				uint32_t function;

				if (products[i] <= 0 || (count == 10 && products[i] < ten[9].product) ||
				        !inq_corpus_placed(c, at + i, &function))
					continue;
				ten[count++] = (struct near){ products[i], function };
				qsort(ten, count, sizeof *ten, compare_near);
				count = count > 10 ? 10 : count;
			}
		}
	}
	for (uint32_t i = 0; i < count; i++) {
		bool found = false;

		for (uint32_t j = 0; j < b->near_count[who]; j++)
			found |= b->near[who][j].function == ten[i].function;
		count_one(r, i, found);
	}
}

static void measure_recall(const struct inq_program *p, const struct inq_corpus *c,
        const struct inq_search_limits *limits, struct inq_arena *a, uint32_t some)
{
	struct inq_search result = { 0 };
	struct search s = { .p = p, .c = c, .limits = limits, .a = a, .result = &result };
	struct recall features = { 0 }, vectors = { 0 };
	uint64_t order[BATCH];
	struct moment start;
	struct inq_error err;
	struct batch *b;
	uint32_t cut = 0;

	for (uint32_t i = 0; i < p->function_count; i++)
		order[i] = i;
	if (search_init(&s, &err))
		fail(err.text);
	b = batch_load(&s, order, 0, p->function_count, a);
	start = now();
	if (!b || !nearest_find(b))
		fail("out of memory");
	tell("nearest", start, b->count);
	start = now();
	nearest_take(b);
	tell("take", start, b->count);
	start = now();
	if (!sparse_find(b))
		fail("out of memory");
	tell("sparse", start, b->count);
	for (uint32_t i = 0; i < some && i < b->count; i++) {
		uint32_t who = (uint32_t)((uint64_t)i * b->count / some);

		scan_features(b, who, &features);
		scan_vectors(b, who, &vectors);
	}
	for (uint32_t i = 0; i < b->count; i++)
		cut += result.functions[b->query[i]].candidates_cut;
	tell_recall("features", &features);
	tell_recall("vectors", &vectors);
	printf("%u of %u functions cut\n", cut, b->count);
}

static void forget(void *context, struct inq_bytes b)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE),
	       before = (size_t)(b.at - (const uint8_t *)context) % page;

	(void)madvise(
	        (char *)context + (b.at - (const uint8_t *)context) - before, b.len + before, MADV_DONTNEED);
}

static void search(const char *path, const char *queries, const struct inq_search_limits *limits, bool check,
        uint32_t some)
{
	struct inq_arena *a = inq_arena_open((size_t)8 << 30);
	struct inq_program p = queries ? borrowed(queries, a) : unknown(a);
	struct inq_search r;
	struct inq_corpus c;
	struct inq_file f;
	struct inq_error err;
	struct moment start = now();

	if (inq_file_open(path, &f, &err) || inq_corpus_open(f.bytes, &c, &err))
		fail(err.text);
	c.forget = forget;
	c.forget_context = f.map;
	printf("%u functions, %u of them different, %u terms, %zu MB, %zu bytes a function\n",
	        c.occurrence_count, c.function_count, c.term_count, c.bytes.len >> 20,
	        c.bytes.len / c.function_count);
	tell("open", start, c.function_count);
	for (unsigned i = 0; i < 2; i++) {
		start = now();
		if (inq_match_search(&p, &c, limits, a, &r, &err))
			fail(err.text);
		tell(i ? "again" : "search", start, p.function_count);
	}
	printf("%u distinctive, %u widespread, %u library, %u unmatched, %u small; %llu postings, %llu "
	       "compared\n",
	        r.standing[INQ_STANDING_DISTINCTIVE], r.standing[INQ_STANDING_WIDESPREAD],
	        r.standing[INQ_STANDING_LIBRARY], r.standing[INQ_STANDING_UNMATCHED],
	        r.standing[INQ_STANDING_SMALL], (unsigned long long)r.postings_read,
	        (unsigned long long)r.functions_compared);
	if (some)
		measure_recall(&p, &c, limits, a, some);
	start = now();
	if (check && inq_corpus_check(&c, a, &err))
		fail(err.text);
	if (check)
		tell("check", start, c.function_count);
	inq_file_close(&f);
	inq_arena_close(a);
}

int main(int argc, char **argv)
{
	const char *queries = NULL, *path = "/tmp/corpus_scale.corpus";
	uint32_t functions = 0, some = 0;
	struct inq_search_limits limits = inq_search_limits_default;
	bool check = false, keep;
	int option;

	while ((option = getopt(argc, argv, "r:cks:q:")) != -1) {
		if (option == 'r')
			some = (uint32_t)strtoul(optarg, NULL, 10);
		else if (option == 'c')
			limits.content_only = true;
		else if (option == 'k')
			check = true;
		else if (option == 's')
			limits.scanned = (uint32_t)strtoul(optarg, NULL, 10);
		else if (option == 'q')
			queries = optarg;
		else
			return 2;
	}
	if (!queries && optind < argc)
		functions = (uint32_t)strtoul(argv[optind++], NULL, 10);
	keep = optind < argc;
	if (keep)
		path = argv[optind++];
	if (optind < argc || (queries ? !keep : functions < SAMPLE_FUNCTIONS * 20)) {
		fputs("usage: corpus_scale [-r N] [-c] [-s N] [-k] FUNCTIONS [FILE]    at least 10000\n"
		      "       corpus_scale [-r N] [-c] [-s N] [-k] -q QUERIES FILE\n",
		        stderr);
		return 2;
	}
	if (!queries && !inq_file_exists(path))
		build_apart(functions, path);
	search(path, queries, &limits, check, some);
	if (!keep)
		remove(path);
	return 0;
}
