/*
 * inquiry-train: learns the model that is built into the library.
 *
 *   inquiry-train [NAME=VALUE]… DIR… -o MODEL
 *   inquiry-train --measure [-m MODEL] DIR…
 */
#include "calibrate.h"
#include "embed.h"
#include "measure.h"
#include "os/os.h"
#include "pairs.h"
#include "write.h"
#include <cblas.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct command {
	const char *directories[64], *output, *model, *gathered, *validate;
	size_t directory_count;
	bool measure, detail, note;
	uint32_t queries, folds;
	struct train_options o;
	struct train_boost_options boost;
};

static const char usage[] =
        "usage: inquiry-train [OPTION]... DIR... -o MODEL\n"
        "       inquiry-train --measure [OPTION]... DIR...\n"
        "\n"
        "Learns a model from the programs below each DIR, whose symbols say which functions are the same,\n"
        "or measures one on them.\n"
        "\n"
        "  -o FILE            write the model there\n"
        "  -m FILE            with --measure: the model; without it, the one built into this program\n"
        "  --gathered FILE    keep what was read of the programs in FILE, or take it from there\n"
        "  --validate A,B     keep these projects out of learning, and measure on them\n"
        "  --detail           with --measure: by level, architecture, size and project\n"
        "  --note             with --measure: print how the model came about, and measure nothing\n"
        "  NAME=VALUE         seed steps pairs refresh rows least rate temperature dropout hard "
        "small\n"
        "                     without (a channel) queries folds trees context-trees leaf tree-rate ridge "
        "listwise steep\n";

static bool set_number(struct command *c, const char *name, size_t len, const char *value)
{
	const struct {
		const char *name;
		uint32_t *whole;
		float *real;
	} numbers[] = {
		{ "steps", &c->o.steps, NULL },
		{ "pairs", &c->o.pairs, NULL },
		{ "refresh", &c->o.refresh, NULL },
		{ "rows", &c->o.rows, NULL },
		{ "least", &c->o.projects_least, NULL },
		{ "queries", &c->queries, NULL },
		{ "folds", &c->folds, NULL },
		{ "trees", &c->boost.content_trees, NULL },
		{ "context-trees", &c->boost.context_trees, NULL },
		{ "leaf", &c->boost.leaf_least, NULL },
		{ "tree-rate", NULL, &c->boost.rate },
		{ "ridge", NULL, &c->boost.ridge },
		{ "listwise", NULL, &c->boost.listwise },
		{ "steep", NULL, &c->boost.steep },
		{ "rate", NULL, &c->o.rate },
		{ "temperature", NULL, &c->o.temperature },
		{ "dropout", NULL, &c->o.dropout },
		{ "hard", NULL, &c->o.hard },
		{ "small", NULL, &c->o.small },
	};

	if (len == 4 && memcmp(name, "seed", 4) == 0) {
		c->o.seed = strtoull(value, NULL, 10);
		return true;
	}
	if (len == 7 && memcmp(name, "without", 7) == 0) {
		for (unsigned i = 0; i < INQ_CHANNEL_COUNT; i++)
			if (*inq_channel_name(i) && strcmp(inq_channel_name(i), value) == 0) {
				c->o.without |= 1U << i;
				return true;
			}
		return false;
	}
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		if (strlen(numbers[i].name) != len || memcmp(numbers[i].name, name, len) != 0)
			continue;
		if (numbers[i].whole)
			*numbers[i].whole = (uint32_t)strtoul(value, NULL, 10);
		else
			*numbers[i].real = strtof(value, NULL);
		return true;
	}
	return false;
}

static bool parse(int argc, char **argv, struct command *c)
{
	for (int i = 1; i < argc; i++) {
		const char **value = strcmp(argv[i], "-o") == 0           ? &c->output
		                     : strcmp(argv[i], "-m") == 0         ? &c->model
		                     : strcmp(argv[i], "--gathered") == 0 ? &c->gathered
		                     : strcmp(argv[i], "--validate") == 0 ? &c->validate
		                                                          : NULL;
		const char *equals = strchr(argv[i], '=');

		if (value) {
			if (++i == argc)
				return false;
			*value = argv[i];
		} else if (strcmp(argv[i], "--measure") == 0) {
			c->measure = true;
		} else if (strcmp(argv[i], "--detail") == 0) {
			c->detail = true;
		} else if (strcmp(argv[i], "--note") == 0) {
			c->note = true;
		} else if (strcmp(argv[i], "--quiet") == 0) {
			c->o.quiet = true;
		} else if (equals) {
			if (!set_number(c, argv[i], (size_t)(equals - argv[i]), equals + 1))
				return false;
		} else if (argv[i][0] == '-' ||
		           c->directory_count == sizeof c->directories / sizeof *c->directories) {
			return false;
		} else {
			c->directories[c->directory_count++] = argv[i];
		}
	}
	return c->directory_count || (c->measure && c->note);
}

static bool is_listed(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = list; at && *at; at += strcspn(at, ","), at += *at == ',')
		if (strcspn(at, ",") == len && memcmp(at, name, len) == 0)
			return true;
	return false;
}

/* What candidates are scored with. */
struct measured {
	const struct train_view *view;
	const struct likeness_model *likeness;
	bool context;
};

static void score_vectors(
        const void *context, uint32_t query, const uint32_t *candidates, uint32_t count, float *ret)
{
	const struct measured *m = context;

	for (uint32_t i = 0; i < count; i++)
		ret[i] = (float)inq_vector_dot(&m->view->vectors[query], &m->view->vectors[candidates[i]]);
}

/* The pair scorer; in a large pool only on what is nearest by vector or by features, the others rank behind. */
static void score_likeness(
        const void *context, uint32_t query, const uint32_t *candidates, uint32_t count, float *ret)
{
	enum { ALL = 200, NEAREST = 96 };
	const struct measured *m = context;
	struct likeness_side q = train_side(m->view, query);
	float limits[2] = { -1e30f, -1e30f };
	int16_t numbers[LIKENESS_COUNT];

	if (count > ALL) {
		struct inq_arena *a = inq_arena_open(SIZE_MAX);
		float *sorted = train_new(a, count, sizeof *sorted);

		score_vectors(context, query, candidates, count, ret);
		memcpy(sorted, ret, count * sizeof *sorted);
		for (unsigned i = 0; i < NEAREST; i++) {
			uint32_t best = i;

			for (uint32_t j = i + 1; j < count; j++)
				if (sorted[j] > sorted[best])
					best = j;
			limits[0] = sorted[best];
			sorted[best] = sorted[i];
			sorted[i] = limits[0];
		}
		inq_arena_close(a);
	}
	for (uint32_t i = 0; i < count; i++) {
		struct likeness_side c = train_side(m->view, candidates[i]);
		struct likeness l;

		if (count > ALL && ret[i] < limits[0]) {
			ret[i] -= 1e9f;
			continue;
		}
		likeness_numbers(&q, &c, numbers);
		l = likeness_score(m->likeness, numbers);
		ret[i] = (float)(m->context ? l.context : l.content);
	}
}

static void measure_model(
        const struct command *c, const struct train_set *s, const struct inq_model *m, const bool *among)
{
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	struct train_view view;
	struct likeness_model likeness;
	struct measured measured = { &view, &likeness, false };
	struct train_recall recall[SETTING_COUNT];
	struct inq_error err = { 0 };
	clock_t start = clock();

	train_view(s, m, a, &view);
	fprintf(stderr, "%u vectors and rarities, %.2f us of processor each\n", s->function_count,
	        (double)(clock() - start) * 1e6 / CLOCKS_PER_SEC / (double)s->function_count);
	if (likeness_read(inq_model_likeness(m), &likeness, &err) != INQ_OK)
		train_fail(err.text, "the model");
	train_measure(s, among, c->queries, 7, &(struct train_scorer){ &measured, score_vectors },
	        c->detail && !likeness.tree_count ? stdout : NULL, recall);
	train_recall_print(stdout, "vectors", recall);
	if (likeness.weights) {
		train_measure(s, among, c->queries, 7, &(struct train_scorer){ &measured, score_likeness },
		        c->detail ? stdout : NULL, recall);
		train_recall_print(stdout, "likeness, content", recall);
		measured.context = true;
		train_measure(s, among, c->queries, 7, &(struct train_scorer){ &measured, score_likeness },
		        NULL, recall);
		train_recall_print(stdout, "likeness, context", recall);
	}
	inq_arena_close(a);
}

/* Learns the map from the projects flagged `learn`, as the library will read it. */
static const struct inq_model *learn_map(const struct command *c, const struct train_set *s,
        const bool *learn, struct inq_bytes likeness, struct inq_bytes note, struct inq_arena *a,
        struct inq_bytes *ret_file)
{
	const struct inq_model *m;
	struct inq_error err = { 0 };
	struct train_map map;

	train_embed(s, learn, &c->o, a, &map);
	*ret_file = train_model_file(&map, likeness, note, a);
	if (inq_model_read(*ret_file, a, &m, &err) != INQ_OK)
		train_fail(err.text, "the model that was learned");
	return m;
}

/*
 * The pair scorer learns from functions that its map has not learned from, as
 * it will meet them: the projects are dealt into folds, and each fold's pairs
 * come of a map learned from the others.
 */
static void deal_fold(const struct command *c, const struct train_set *s, const bool *learn, uint32_t f,
        bool *ret_fold, bool *ret_without)
{
	uint32_t dealt = 0;

	for (uint32_t i = 0; i < s->project_count; i++) {
		ret_fold[i] = learn[i] && dealt++ % c->folds == f;
		ret_without[i] = learn[i] && !ret_fold[i];
	}
}

static struct inq_bytes learn_likeness(const struct command *c, const struct train_set *s, const bool *learn,
        struct inq_arena *a, const char **ret_note)
{
	struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
	struct train_trials trials = { .queries = 0 };
	struct likeness_model apart;
	struct inq_bytes table;
	uint8_t *bytes;
	struct train_view *views = train_new(scratch, c->folds, sizeof *views);
	struct train_boost_options quick = c->boost;
	struct likeness_model miner;
	struct train_pairs pairs = { 0 };
	bool *without = train_new(a, s->project_count, sizeof *without),
	     *fold = train_new(a, s->project_count, sizeof *fold);

	for (uint32_t f = 0; f < c->folds; f++) {
		struct inq_bytes file;

		deal_fold(c, s, learn, f, fold, without);
		train_view(s,
		        learn_map(c, s, without, (struct inq_bytes){ 0 }, (struct inq_bytes){ 0 }, scratch,
		                &file),
		        scratch, &views[f]);
		train_pairs_add(&views[f], fold, f, NULL, c->o.seed + f, scratch, &pairs);
	}
	quick.content_trees = 30;
	quick.context_trees = 0;
	if (likeness_read(train_boost(&pairs, UINT32_MAX, &quick, scratch), &miner, NULL) != INQ_OK)
		train_fail("not read back", "the pair scorer");
	pairs = (struct train_pairs){ 0 };
	for (uint32_t f = 0; f < c->folds; f++) {
		deal_fold(c, s, learn, f, fold, without);
		train_pairs_add(&views[f], fold, f, &miner, c->o.seed + f, a, &pairs);
	}
	inq_arena_close(scratch);
	fprintf(stderr, "%u pairs\n", pairs.count);
	for (uint32_t f = 0; f < c->folds; f++)
		if (likeness_read(train_boost(&pairs, f, &c->boost, a), &apart, NULL) != INQ_OK)
			train_fail("not read back", "the pair scorer");
		else
			train_try(&pairs, f, &apart, a, &trials);
	table = train_boost(&pairs, UINT32_MAX, &c->boost, a);
	memcpy(bytes = train_new(a, table.len, 1), table.at, table.len);
	train_calibrate(&trials, bytes, table.len, a);
	*ret_note = inq_arena_printf(a,
	        "pair scorer: %u folds of projects, %u searches, %u pairs; in a fold it did not learn from, "
	        "the right "
	        "function first: %u by content, %u with context\n",
	        c->folds, trials.queries, pairs.count, trials.first[0], trials.first[1]);
	fputs(*ret_note, stderr);
	return (struct inq_bytes){ bytes, table.len };
}

/* What a reader must know of how the model came about. No date: the same programs give the same file. */
static struct inq_bytes make_note(const struct command *c, const struct train_set *s, const bool *learn,
        const char *scorer, struct inq_arena *a)
{
	struct inq_memory_sink memory = { .arena = a };
	struct inq_sink out;

	inq_sink_init(&out, inq_memory_sink_write, &memory);
	inq_putf(&out, "features version %d\n", INQ_FEATURES_VERSION);
	inq_putf(&out,
	        "seed %llu, %u steps of %u pairs, rate %g, temperature %g, dropout %g, hard %g, small %g, "
	        "rows for features "
	        "of %u projects or more, at most %u\n",
	        (unsigned long long)c->o.seed, c->o.steps, c->o.pairs, (double)c->o.rate,
	        (double)c->o.temperature, (double)c->o.dropout, (double)c->o.hard, (double)c->o.small,
	        c->o.projects_least, c->o.rows);
	inq_putf(&out,
	        "%u trees by content, %u with context, of depth %d, seed %llu, rate %g, least %u, ridge %g, "
	        "listwise "
	        "%g, steep %g\n",
	        c->boost.content_trees, c->boost.context_trees, LIKENESS_DEPTH,
	        (unsigned long long)c->boost.seed, (double)c->boost.rate, c->boost.leaf_least,
	        (double)c->boost.ridge, (double)c->boost.listwise, (double)c->boost.steep);
	inq_put(&out, scorer);
	inq_putf(&out, "%u programs, %u functions, %u source functions of these projects:\n", s->build_count,
	        s->function_count, s->label_count);
	for (uint32_t i = 0; i < s->project_count; i++) {
		uint32_t programs = 0;

		for (uint32_t j = 0; j < s->build_count; j++)
			programs += s->builds[j].project == i;
		inq_putf(&out, "%s %u%s\n", s->projects[i], programs, learn[i] ? "" : " validation only");
	}
	if (!inq_sink_flush(&out))
		train_fail("no memory", "the note");
	return (struct inq_bytes){ (const uint8_t *)memory.at, memory.len };
}

static const struct inq_model *read_model(const char *path, struct inq_arena *a)
{
	const struct inq_model *m = inq_model();
	struct inq_file f;
	struct inq_error err = { 0 };

	if (path &&
	        (inq_file_open(path, &f, &err) != INQ_OK || inq_model_read(f.bytes, a, &m, &err) != INQ_OK))
		train_fail(err.text, path);
	return m;
}

static void write_file(const char *path, struct inq_bytes b)
{
	struct inq_output out;
	struct inq_error err = { 0 };

	if (inq_output_open(path, &out, &err) != INQ_OK)
		train_fail(err.text, path);
	if (!inq_output_write(&out, b.at, b.len) || inq_output_commit(&out, &err) != INQ_OK)
		train_fail("cannot be written", path);
}

int main(int argc, char **argv)
{
	struct command c = { .queries = 1000,
		.folds = 3,
		.boost = { .seed = 2,
		        .content_trees = 120,
		        .context_trees = 50,
		        .leaf_least = 20,
		        .rate = .1f,
		        .ridge = 1,
		        .listwise = .5f,
		        .steep = 1 },
		.o = { .seed = 1,
		        .steps = 700,
		        .pairs = 768,
		        .refresh = 250,
		        .rows = 65536,
		        .projects_least = 2,
		        .rate = .01f,
		        .temperature = .07f,
		        .dropout = .1f,
		        .hard = 1,
		        .small = .5f } };
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	const struct inq_model *model;
	struct train_set s;
	struct inq_bytes file, likeness;
	const char *scorer = "";
	bool *learn;

	openblas_set_num_threads(1);
	if (!a || !parse(argc, argv, &c) || c.measure == (c.output != NULL)) {
		fputs(usage, stderr);
		return 2;
	}
	if (c.note) {
		struct inq_bytes note = inq_model_note(read_model(c.model, a));

		fwrite(note.at, 1, note.len, stdout);
		return 0;
	}
	if (!c.gathered || !train_load(c.gathered, a, &s)) {
		train_gather(c.directories, c.directory_count, a, &s);
		if (c.gathered)
			train_save(&s, c.gathered);
	}
	fprintf(stderr, "%u projects, %u programs, %u functions, %u source functions\n", s.project_count,
	        s.build_count, s.function_count, s.label_count);
	learn = train_new(a, s.project_count, sizeof *learn);
	if (c.measure) {
		for (uint32_t i = 0; i < s.project_count; i++)
			learn[i] = true;
		measure_model(&c, &s, read_model(c.model, a), learn);
		return 0;
	}
	for (uint32_t i = 0; i < s.project_count; i++)
		learn[i] = !is_listed(c.validate, s.projects[i]);
	likeness = c.folds > 1 ? learn_likeness(&c, &s, learn, a, &scorer) : (struct inq_bytes){ 0 };
	model = learn_map(&c, &s, learn, likeness, make_note(&c, &s, learn, scorer, a), a, &file);
	for (uint32_t i = 0; i < s.project_count; i++)
		learn[i] = !learn[i];
	if (c.validate)
		measure_model(&c, &s, model, learn);
	write_file(c.output, file);
	inq_arena_close(a);
	return 0;
}
