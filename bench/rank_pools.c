/*
 * Ranks pools of functions by similarity, for scoring against the truth.
 *
 *   rank_pools [-c] DIR MANIFEST.tsv > MATCHES.tsv
 *   rank_pools [-c] -f DIR MANIFEST.tsv > MATCHES.tsv
 *
 * DIR holds queries.tsv (qid, setting, binary, address) and pools.tsv (qid,
 * binary, address) or, for -f, full.tsv (setting, binary, address: one pool
 * for all queries of a setting). The manifest says in which file, relative to
 * its own directory, each binary lies (columns `id` and `path`). With -c only
 * what a function does by itself counts: no strings, data, imports or calls. A
 * function is no other function of its own program. Each query's
 * best are written: query binary, address, rank, target binary, address,
 * score, qid. Names and symbols are not looked at: the binaries are stripped.
 */
#include "match/around.h"
#include "match/likeness.h"
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
	uint8_t *rarity; /* of each feature */
	struct side side; /* for its callers */
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
	bool content; /* nothing but what functions do */
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
	to->rarity = inq_arena_new(b->arena, to->program.feature_count, 1);
	to->side.program = &to->program;
	if (!to->rarity || !side_callers(&to->side, b->arena))
		fail("out of memory", to->path);
	inq_model_rarity(inq_model(), to->program.features, to->program.feature_count, to->rarity);
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

static struct likeness_side side_of(const struct bench *b, struct place p)
{
	const struct binary *of = &b->binaries[p.binary];
	const struct inq_fingerprint *f = &of->program.functions[p.function];

	return (struct likeness_side){ .features = of->program.features + f->feature_first,
		.rarity = of->rarity + f->feature_first,
		.feature_count = f->feature_count,
		.vector = &of->program.vectors[p.function],
		.block_count = f->block_count,
		.insn_count = f->insn_count,
		.arch = of->program.arch,
		.bits = of->program.bits,
		.big_endian = of->program.big_endian };
}

static struct around neighbours(const struct binary *of, const uint32_t *at, uint32_t count)
{
	struct around a = { .count = count < AROUND_MOST ? count : AROUND_MOST };

	for (uint32_t i = 0; i < a.count; i++)
		a.at[i] = &of->program.vectors[at[i]];
	return a;
}

static int32_t support_of(const struct bench *b, struct place q, struct place t)
{
	const struct binary *x = &b->binaries[q.binary], *y = &b->binaries[t.binary];
	const struct inq_fingerprint *fx = &x->program.functions[q.function],
	                             *fy = &y->program.functions[t.function];
	struct around callees[2] = { neighbours(x, x->program.callees + fx->callee_first, fx->callee_count),
		neighbours(y, y->program.callees + fy->callee_first, fy->callee_count) };
	const uint32_t *first_x = x->side.caller_first + q.function,
	               *first_y = y->side.caller_first + t.function;
	struct around callers[2] = { neighbours(x, x->side.callers + first_x[0], first_x[1] - first_x[0]),
		neighbours(y, y->side.callers + first_y[0], first_y[1] - first_y[0]) };

	return around_support(around_alike(&callees[0], &callees[1]), around_alike(&callers[0], &callers[1]));
}

/* The cosine of `t` to the function nearest to it of the asking program, the one asked for apart. */
static int32_t rival_of(const struct bench *b, struct place q, struct place t)
{
	const struct inq_program *p = &b->binaries[q.binary].program;
	const struct inq_vector *v = &b->binaries[t.binary].program.vectors[t.function];
	int32_t nearest = 0;

	for (uint32_t i = 0; i < p->function_count; i++) {
		int32_t cosine = i == q.function ? 0 : around_cosine(&p->vectors[i], v);

		if (cosine > nearest)
			nearest = cosine;
	}
	return nearest;
}

static int32_t score(const struct bench *b, struct place q, struct place t)
{
	struct likeness_side x = side_of(b, q), y = side_of(b, t);
	int16_t numbers[LIKENESS_COUNT];
	struct likeness l;

	likeness_numbers(&x, &y, numbers);
	l = likeness_score(likeness_model(), numbers);
	return around_weigh(b->content ? l.content : l.context, b->content ? 0 : support_of(b, q, t), 0, 0);
}

struct ranked {
	int32_t score;
	struct place at;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return (x->score < y->score) - (x->score > y->score);
}

static void rank(const struct bench *b, const struct query *q)
{
	struct ranked best[BEST];
	unsigned count = 0;

	if (q->at.function == NO_ID)
		return;
	for (size_t i = 0; i < q->pool_count; i++) {
		int32_t one;
		unsigned place;

		if (q->pool[i].function == NO_ID || q->pool[i].binary == q->at.binary)
			continue;
		one = score(b, q->at, q->pool[i]);
		for (place = count; place && one > best[place - 1].score; place--)
			if (place < BEST)
				best[place] = best[place - 1];
		if (place < BEST) {
			best[place] = (struct ranked){ one, q->pool[i] };
			count += count < BEST;
		}
	}
	for (unsigned i = 0; i < count; i++)
		best[i].score = around_weigh(best[i].score, 0,
		        around_cosine(&b->binaries[q->at.binary].program.vectors[q->at.function],
		                &b->binaries[best[i].at.binary].program.vectors[best[i].at.function]),
		        rival_of(b, q->at, best[i].at));
	if (count)
		qsort(best, count, sizeof *best, compare_ranked);
	for (unsigned i = 0; i < count; i++)
		printf("%s\t0x%llx\t%u\t%s\t0x%llx\t%d\t%s\n", b->binaries[q->at.binary].id,
		        (unsigned long long)q->at.va, i + 1, b->binaries[best[i].at.binary].id,
		        (unsigned long long)best[i].at.va, best[i].score, q->id);
}

int main(int argc, char **argv)
{
	struct bench b = { .arena = inq_arena_open(SIZE_MAX) };
	bool full = false;
	int at = 1;

	for (; at < argc && argv[at][0] == '-'; at++) {
		full |= strcmp(argv[at], "-f") == 0;
		b.content |= strcmp(argv[at], "-c") == 0;
	}
	if (argc != at + 2 || !b.arena) {
		fputs("usage: rank_pools [-c] [-f] DIR MANIFEST.tsv > MATCHES.tsv\n", stderr);
		return 2;
	}
	read_manifest(&b, argv[at + 1]);
	read_queries(&b, argv[at], full);
	for (size_t i = 0; i < b.query_count; i++)
		rank(&b, &b.queries[i]);
	inq_arena_close(b.arena);
	return 0;
}
