/*
 * Ranks pools of functions by similarity, for scoring against the truth.
 *
 *   rank_pools DIR MANIFEST.tsv > MATCHES.tsv
 *   rank_pools -f DIR MANIFEST.tsv > MATCHES.tsv
 *
 * DIR holds queries.tsv (qid, setting, binary, address) and pools.tsv (qid,
 * binary, address) or, for -f, full.tsv (setting, binary, address: one pool
 * for all queries of a setting). The manifest says in which file, relative to
 * its own directory, each binary lies (columns `id` and `path`). Each query's
 * best are written: query binary, address, rank, target binary, address,
 * score, qid. Names and symbols are not looked at: the binaries are stripped.
 */
#include "match/private.h"
#include "os/os.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BEST = 50, COLUMNS = 32, LINE = 8192 };

struct binary {
	char *id, *path;
	bool read;
	struct inq_program program;
	uint32_t *ids, *weights;
};

struct place {
	uint32_t binary, function; /* function: NO_ID where none starts there */
	uint64_t va;
};

struct query {
	char *id, *setting;
	struct place at;
	struct place *pool;
	size_t pool_count, pool_capacity;
};

struct bench {
	struct inq_arena *arena;
	struct binary *binaries;
	size_t binary_count, binary_capacity;
	struct query *queries;
	size_t query_count, query_capacity;
	struct vocabulary vocabulary;
};

static void fail(const char *what, const char *which)
{
	fprintf(stderr, "rank_pools: %s: %s\n", which, what);
	exit(2);
}

static void *extend(struct bench *b, void *at, size_t count, size_t *capacity, size_t size)
{
	void *grown = inq_arena_extend(b->arena, at, count, capacity, size);

	if (!grown)
		fail("out of memory", "arena");
	return grown;
}

static char *copy(struct bench *b, const char *text)
{
	char *to = inq_arena_string(b->arena, inq_bytes_of(text));

	if (!to)
		fail("out of memory", "arena");
	return to;
}

/* Cuts a line into its columns; gives how many. */
static unsigned cut(char *line, char *columns[COLUMNS])
{
	unsigned count = 0;

	line[strcspn(line, "\r\n")] = 0;
	for (char *at = line; at && count < COLUMNS; count++) {
		columns[count] = at;
		at = strchr(at, '\t');
		if (at)
			*at++ = 0;
	}
	return count;
}

static FILE *open_table(const char *directory, const char *name, char *line)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof path, "%s%s%s", directory, *name ? "/" : "", name);
	f = fopen(path, "r");
	if (!f || !fgets(line, LINE, f))
		fail("cannot be read", path);
	return f;
}

static void read_manifest(struct bench *b, const char *path)
{
	char line[LINE], *columns[COLUMNS];
	FILE *f = open_table(path, "", line);
	unsigned count = cut(line, columns), id = COLUMNS, file = COLUMNS;
	const char *slash = strrchr(path, '/');

	for (unsigned i = 0; i < count; i++) {
		if (strcmp(columns[i], "id") == 0)
			id = i;
		if (strcmp(columns[i], "path") == 0)
			file = i;
	}
	while (fgets(line, LINE, f)) {
		count = cut(line, columns);
		if (id >= count || file >= count)
			fail("no columns id and path", path);
		b->binaries =
		        extend(b, b->binaries, b->binary_count, &b->binary_capacity, sizeof *b->binaries);
		b->binaries[b->binary_count].id = copy(b, columns[id]);
		b->binaries[b->binary_count++].path = inq_arena_printf(
		        b->arena, "%.*s%s", slash ? (int)(slash - path + 1) : 0, path, columns[file]);
	}
	fclose(f);
}

static void read_binary(struct bench *b, struct binary *to)
{
	struct inq_arena *a = inq_arena_open((size_t)4 << 30);
	struct inq_file file;
	struct inq_exhibit x;
	struct inq_code c;
	struct inq_error err = { 0 };

	if (!a || inq_file_open(to->path, &file, &err) != INQ_OK ||
	        inq_exhibit_read(file.bytes, a, &x, &err) != INQ_OK ||
	        inq_code_recover(&x, a, &c, &err) != INQ_OK ||
	        inq_program_make(&c, to->id, b->arena, &to->program, &err) != INQ_OK)
		fail(err.text, to->path);
	to->read = true;
	inq_file_close(&file);
	inq_arena_close(a);
}

static struct place find(struct bench *b, const char *id, const char *address)
{
	struct place p = { .function = NO_ID, .va = strtoull(address, NULL, 16) };
	uint32_t low = 0, high;

	while (p.binary < b->binary_count && strcmp(b->binaries[p.binary].id, id) != 0)
		p.binary++;
	if (p.binary == b->binary_count)
		fail("not in the manifest", id);
	if (!b->binaries[p.binary].read)
		read_binary(b, &b->binaries[p.binary]);
	high = b->binaries[p.binary].program.function_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (b->binaries[p.binary].program.functions[middle].va < p.va)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < b->binaries[p.binary].program.function_count &&
	        b->binaries[p.binary].program.functions[low].va == p.va)
		p.function = low;
	return p;
}

static void add_place(struct bench *b, struct query *q, struct place p)
{
	q->pool = extend(b, q->pool, q->pool_count, &q->pool_capacity, sizeof *q->pool);
	q->pool[q->pool_count++] = p;
}

static void read_queries(struct bench *b, const char *directory, bool full)
{
	char line[LINE], *columns[COLUMNS];
	FILE *f = open_table(directory, "queries.tsv", line);

	while (fgets(line, LINE, f)) {
		struct query *q;

		if (cut(line, columns) < 4)
			fail("fewer than four columns", "queries.tsv");
		b->queries = extend(b, b->queries, b->query_count, &b->query_capacity, sizeof *b->queries);
		q = &b->queries[b->query_count++];
		q->id = copy(b, columns[0]);
		q->setting = copy(b, columns[1]);
		q->at = find(b, columns[2], columns[3]);
	}
	fclose(f);
	f = open_table(directory, full ? "full.tsv" : "pools.tsv", line);
	for (size_t i = 0; fgets(line, LINE, f);) {
		struct place p;

		if (cut(line, columns) < 3)
			fail("fewer than three columns", "the pools");
		p = find(b, columns[1], columns[2]);
		if (full) {
			for (i = 0; i < b->query_count; i++)
				if (strcmp(b->queries[i].setting, columns[0]) == 0)
					add_place(b, &b->queries[i], p);
			continue;
		}
		for (size_t n = 0; strcmp(b->queries[i].id, columns[0]) != 0; n++) {
			if (n == b->query_count)
				fail("a pool without a query", columns[0]);
			i = (i + 1) % b->query_count;
		}
		add_place(b, &b->queries[i], p);
	}
	fclose(f);
}

/* Rarity is counted over all the programs that were read. */
static void weigh(struct bench *b)
{
	uint32_t features = 0, functions = 0;

	for (size_t i = 0; i < b->binary_count; i++) {
		features += b->binaries[i].program.feature_count;
		functions += b->binaries[i].program.function_count;
	}
	if (!vocabulary_init(&b->vocabulary, features, b->arena))
		fail("out of memory", "arena");
	for (size_t i = 0; i < b->binary_count; i++) {
		struct binary *one = &b->binaries[i];

		one->ids = inq_arena_new(b->arena, one->program.feature_count, sizeof *one->ids);
		one->weights = inq_arena_new(b->arena, one->program.function_count, sizeof *one->weights);
		if (!one->ids || !one->weights)
			fail("out of memory", "arena");
		for (uint32_t j = 0; j < one->program.feature_count; j++) {
			one->ids[j] = vocabulary_add(&b->vocabulary, one->program.features[j].key);
			b->vocabulary.having[one->ids[j]]++;
		}
	}
	for (uint32_t i = 0; i < b->vocabulary.count; i++)
		b->vocabulary.base[i] = (uint16_t)inq_feature_weight(
		        b->vocabulary.keys[i], 1, functions, b->vocabulary.having[i]);
	for (size_t i = 0; i < b->binary_count; i++) {
		const struct inq_program *p = &b->binaries[i].program;

		for (uint32_t j = 0; j < p->function_count; j++)
			for (uint32_t k = 0; k < p->functions[j].feature_count; k++) {
				uint32_t at = p->functions[j].feature_first + k;

				b->binaries[i].weights[j] += weight_of(
				        b->vocabulary.base[b->binaries[i].ids[at]], p->features[at].count);
			}
	}
}

/* The similarity of the library, squared and with more places, so that equals are few. */
static double score(const struct bench *b, const uint32_t *counts, struct place q, struct place t)
{
	const struct inq_program *pq = &b->binaries[q.binary].program, *pt = &b->binaries[t.binary].program;
	const struct inq_fingerprint *fq = &pq->functions[q.function], *ft = &pt->functions[t.function];
	double shared = 0, weights;

	if (fq->exact[0] == ft->exact[0] && fq->exact[1] == ft->exact[1])
		return 1;
	for (uint32_t i = ft->feature_first; i < ft->feature_first + ft->feature_count; i++) {
		uint32_t id = b->binaries[t.binary].ids[i], count = pt->features[i].count;

		if (counts[id])
			shared += weight_of(b->vocabulary.base[id], counts[id] < count ? counts[id] : count);
	}
	weights =
	        (double)b->binaries[q.binary].weights[q.function] * b->binaries[t.binary].weights[t.function];
	return weights > 0 ? shared * shared / weights * 0.999 : 0;
}

static void rank(const struct bench *b, const struct query *q, uint32_t *counts)
{
	const struct inq_program *p = &b->binaries[q->at.binary].program;
	struct {
		double score;
		struct place at;
	} best[BEST];
	unsigned count = 0;

	if (q->at.function == NO_ID)
		return;
	for (uint32_t i = 0; i < p->functions[q->at.function].feature_count; i++) {
		uint32_t at = p->functions[q->at.function].feature_first + i;

		counts[b->binaries[q->at.binary].ids[at]] = p->features[at].count;
	}
	for (size_t i = 0; i < q->pool_count; i++) {
		double one;
		unsigned place;

		if (q->pool[i].function == NO_ID)
			continue;
		one = score(b, counts, q->at, q->pool[i]);
		for (place = count; place && one > best[place - 1].score; place--)
			if (place < BEST)
				best[place] = best[place - 1];
		if (place < BEST) {
			best[place].score = one;
			best[place].at = q->pool[i];
			count += count < BEST;
		}
	}
	for (uint32_t i = 0; i < p->functions[q->at.function].feature_count; i++)
		counts[b->binaries[q->at.binary].ids[p->functions[q->at.function].feature_first + i]] = 0;
	for (unsigned i = 0; i < count; i++)
		printf("%s\t0x%llx\t%u\t%s\t0x%llx\t%.9f\t%s\n", b->binaries[q->at.binary].id,
		        (unsigned long long)q->at.va, i + 1, b->binaries[best[i].at.binary].id,
		        (unsigned long long)best[i].at.va, best[i].score, q->id);
}

int main(int argc, char **argv)
{
	struct bench b = { .arena = inq_arena_open(SIZE_MAX) };
	bool full = argc > 1 && strcmp(argv[1], "-f") == 0;
	uint32_t *counts;

	if (argc != 3 + full || !b.arena) {
		fputs("usage: rank_pools [-f] DIR MANIFEST.tsv > MATCHES.tsv\n", stderr);
		return 2;
	}
	read_manifest(&b, argv[2 + full]);
	read_queries(&b, argv[1 + full], full);
	weigh(&b);
	counts = inq_arena_new(b.arena, b.vocabulary.count, sizeof *counts);
	if (!counts)
		fail("out of memory", "arena");
	for (size_t i = 0; i < b.query_count; i++)
		rank(&b, &b.queries[i], counts);
	inq_arena_close(b.arena);
	return 0;
}
