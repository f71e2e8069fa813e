/*
 * From directories of samples to a corpus builder. Each sample is read in a
 * child, which hands back the fingerprints of the programs in it; these go to
 * a journal beside the corpus first, so that an interrupted run is gone on
 * with, and from there into the builder.
 *
 * The journal is a line that names its version, then records:
 *
 *   magic (4)  kind (4)  stamp (8)  length (8)  hash of the body (8)  body
 *
 * The body is a row of programs, each behind its length (8). Integers are
 * little-endian. A record that breaks off, or whose hash is wrong, ends what
 * is believed.
 */
#include "cli/corpus.h"
#include <stdlib.h>
#include <string.h>

enum { RECORD_MAGIC = 0x54524150, RECORD_HEAD = 32, RECORD_PROGRAMS = 0, RECORD_NONE = 1 };

struct file {
	const char *path, *label, *name;
	uint64_t stamp;
	enum inq_label_kind kind;
	bool no_program;
};

/* Where the record of a stamp lies in the journal. */
struct record {
	uint64_t stamp, off;
};

struct gather {
	struct cli *cli;
	struct inq_journal journal;
	struct inq_sink journal_out;
	struct file *files;
	size_t file_count, file_capacity;
	size_t *todo; /* numbers of files without a record */
	size_t todo_count;
	struct record *records; /* by stamp */
	size_t record_count, record_capacity;
	struct cli_sample sample; /* the child's */
	struct cli_progress progress;
	size_t outside, failed, programs, empty;
};

static char *version_line(struct gather *g)
{
	return inq_arena_printf(g->cli->arena, CLI_PROGRAM " parts 1 features %d\n", INQ_FEATURES_VERSION);
}

/* The samples. */

/* "lib/libz.a" gives "libz", "jquery-3.js" gives "jquery-3": a library's file that stands for itself. */
static const char *stem(struct cli *cli, const char *name)
{
	size_t len = strcspn(name + 1, ".") + 1;

	return inq_arena_string(cli->arena, (struct inq_bytes){ (const uint8_t *)name, len });
}

static bool file_add(struct gather *g, const char *path, size_t directory_len, enum inq_label_kind kind)
{
	const char *below = path + directory_len;
	struct file f = { .path = path, .kind = kind }, *files;
	const char *slash;

	while (*below == '/')
		below++;
	slash = strchr(below, '/');
	if (slash) {
		f.label = inq_arena_string(
		        g->cli->arena, (struct inq_bytes){ (const uint8_t *)below, (size_t)(slash - below) });
		f.name = slash + 1;
	} else if (kind == INQ_LABEL_COMMON) {
		f.label = stem(g->cli, below);
		f.name = below;
	} else {
		g->outside++;
		return true;
	}
	files = inq_arena_extend(g->cli->arena, g->files, g->file_count, &g->file_capacity, sizeof *files);
	if (!files || !f.label)
		return false;
	f.stamp = inq_file_stamp(path);
	f.stamp = inq_hash64(f.label, strlen(f.label), inq_hash64(f.name, strlen(f.name), f.stamp));
	g->files = files;
	files[g->file_count++] = f;
	return true;
}

static bool directory_add(struct gather *g, const char *path, enum inq_label_kind kind)
{
	struct inq_directory d;
	struct inq_error err;
	enum inq_status status = inq_directory_list(path, g->cli->arena, &d, &err);

	if (status != INQ_OK) {
		cli_error(g->cli, cli_status_exit(status), "%s: %s", path, err.text);
		return false;
	}
	if (d.unreadable)
		cli_error(g->cli, CLI_PARTIAL, "%s: %zu directories in it cannot be listed", path,
		        d.unreadable);
	for (size_t i = 0; i < d.count; i++) {
		if (!file_add(g, d.paths[i], strlen(path), kind)) {
			cli_error(g->cli, CLI_UNREADABLE, "no memory for so many files");
			return false;
		}
	}
	return true;
}

/* The journal. */

static bool record_add(struct gather *g, uint64_t stamp, uint64_t off)
{
	struct record *records = inq_arena_extend(
	        g->cli->arena, g->records, g->record_count, &g->record_capacity, sizeof *records);

	if (!records)
		return false;
	g->records = records;
	records[g->record_count++] = (struct record){ stamp, off };
	return true;
}

/* The body of the record at `off`, or false where none that can be believed lies there. */
static bool record_read(
        struct inq_bytes b, uint64_t off, uint32_t *ret_kind, uint64_t *ret_stamp, struct inq_bytes *ret_body)
{
	struct inq_bytes head;
	uint64_t len;

	if (!inq_bytes_cut(b, off, RECORD_HEAD, &head) || inq_le32(head.at) != RECORD_MAGIC)
		return false;
	len = inq_le64(head.at + 16);
	if (!inq_bytes_cut(b, off + RECORD_HEAD, len, ret_body) ||
	        inq_hash64(ret_body->at, ret_body->len, 0) != inq_le64(head.at + 24))
		return false;
	*ret_kind = inq_le32(head.at + 4);
	*ret_stamp = inq_le64(head.at + 8);
	return true;
}

static int by_stamp(const void *pa, const void *pb)
{
	const struct record *a = pa, *b = pb;

	return a->stamp < b->stamp ? -1 : a->stamp > b->stamp;
}

/* Reads the records of `b`; gives where they end. */
static bool records_read(struct gather *g, struct inq_bytes b, uint64_t *ret_end)
{
	const char *line = version_line(g);
	struct inq_bytes body;
	uint64_t off, stamp;
	uint32_t kind;

	*ret_end = 0;
	g->record_count = 0;
	if (!line)
		return false;
	off = strlen(line);
	if (!inq_bytes_begin(b, line, off))
		return true;
	while (record_read(b, off, &kind, &stamp, &body)) {
		if (!record_add(g, stamp, off))
			return false;
		off += RECORD_HEAD + body.len;
	}
	*ret_end = off;
	if (g->record_count)
		qsort(g->records, g->record_count, sizeof *g->records, by_stamp);
	return true;
}

static const struct record *record_of(const struct gather *g, uint64_t stamp)
{
	struct record key = { .stamp = stamp };

	if (!g->record_count)
		return NULL;
	return bsearch(&key, g->records, g->record_count, sizeof key, by_stamp);
}

static bool journal_put(struct gather *g, uint32_t kind, uint64_t stamp, struct inq_bytes body)
{
	uint8_t head[RECORD_HEAD];

	inq_le_put(head, RECORD_MAGIC, 4);
	inq_le_put(head + 4, kind, 4);
	inq_le_put(head + 8, stamp, 8);
	inq_le_put(head + 16, body.len, 8);
	inq_le_put(head + 24, inq_hash64(body.at, body.len, 0), 8);
	inq_put_bytes(&g->journal_out, (struct inq_bytes){ head, sizeof head });
	inq_put_bytes(&g->journal_out, body);
	return inq_sink_flush(&g->journal_out);
}

/* The children. */

static enum inq_status child_open(void *context, size_t index, struct inq_error *err)
{
	struct gather *g = context;

	g->sample = (struct cli_sample){ .path = g->files[g->todo[index]].path };
	return cli_sample_open(&g->sample, err);
}

static enum inq_status program_put(struct gather *g, const struct file *f, const struct inq_member *m,
        struct inq_arena *a, struct inq_sink *out, struct inq_error *err)
{
	const char *name = *m->name ? inq_arena_printf(a, "%s!%s", f->name, m->name) : f->name;

	return cli_sample_put(g->cli, m, name ? name : f->name, a, out, err);
}

/* All programs of one file. Members that are none, or cannot be read, are passed over. */
static enum inq_status child_run(void *context, size_t index, struct inq_sink *out, struct inq_error *err)
{
	struct gather *g = context;
	const struct file *f = &g->files[g->todo[index]];
	size_t limit = cli_arena_limit(g->cli), programs = 0, failed = 0;
	struct inq_arena *a = inq_arena_open(limit), *each;
	enum inq_status status, first_status = INQ_UNRECOGNISED;
	struct inq_error first = { .text = "holds no program" }, why;

	if (!a)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to read it");
	status = cli_sample_members(&g->sample, a, err);
	if (status != INQ_OK)
		return status;
	for (size_t i = 0; i < g->sample.members.count; i++) {
		each = inq_arena_open(limit - inq_arena_used(a));
		if (!each)
			return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to read it");
		status = program_put(g, f, &g->sample.members.members[i], each, out, &why);
		inq_arena_close(each);
		if (status == INQ_OK) {
			programs++;
		} else if (status != INQ_UNRECOGNISED && !failed++) {
			first = why;
			first_status = status;
		}
	}
	if (programs && !failed && !g->sample.members.cut)
		return INQ_OK;
	if (programs && !failed)
		return inq_fail(err, INQ_OVER_LIMIT, 0, "%s", g->sample.members.reason);
	if (programs)
		return inq_fail(err, INQ_OVER_LIMIT, 0,
		        "%zu of its %zu members cannot be read; the first: %.120s", failed,
		        g->sample.members.count, first.text);
	return inq_fail(err, first_status, first.at, "%s", first.text);
}

/*
 * What is too short to be a program, or of no known kind, is none; all else
 * that fails is said. What was cut by a limit is kept as far as it goes.
 */
static bool parent_take(void *context, size_t index, const struct inq_child_result *r)
{
	struct gather *g = context;
	struct file *f = &g->files[g->todo[index]];
	bool none = r->whole && (r->status == INQ_UNRECOGNISED || r->status == INQ_TRUNCATED) && !r->body.len;
	bool kept = r->whole && (r->status == INQ_OK || (r->status == INQ_OVER_LIMIT && r->body.len));

	if (none)
		cli_verbose(g->cli, "%s: passed over: %s", f->path, r->error.text);
	if (!none && r->status != INQ_OK) {
		cli_progress_end(&g->progress);
		cli_error(g->cli, CLI_PARTIAL, "%s: %s", f->path, r->error.text);
		if (!kept)
			g->failed++;
	}
	if (!none && !kept)
		return true;
	if (journal_put(g, none ? RECORD_NONE : RECORD_PROGRAMS, f->stamp, r->body))
		return true;
	cli_error(g->cli, CLI_UNREADABLE, "the journal cannot be written; is the disk full?");
	return false;
}

static void parent_tick(void *context, size_t ended, size_t count)
{
	struct gather *g = context;

	cli_progress_show(&g->progress, ended, count);
}

static bool children_run(struct gather *g)
{
	struct inq_child_work work = { g, child_open, child_run, parent_take, parent_tick, false, NULL };
	struct inq_error err;
	enum inq_status status;

	g->todo = inq_arena_new(g->cli->arena, g->file_count, sizeof *g->todo);
	if (!g->todo) {
		cli_error(g->cli, CLI_UNREADABLE, "no memory for so many files");
		return false;
	}
	for (size_t i = 0; i < g->file_count; i++)
		if (!record_of(g, g->files[i].stamp))
			g->todo[g->todo_count++] = i;
	if (g->todo_count < g->file_count)
		cli_note(g->cli, "%zu of %zu files were read by an earlier run",
		        g->file_count - g->todo_count, g->file_count);
	cli_progress_init(&g->progress, g->cli, "reading samples");
	status = inq_child_run(&work, g->todo_count, g->cli->jobs, &g->cli->limits, &err);
	cli_progress_end(&g->progress);
	if (work.sandbox_refused)
		cli_error(g->cli, CLI_NO_SANDBOX, "%s; --no-sandbox goes on without it", err.text);
	else if (status != INQ_OK && status != INQ_INTERRUPTED)
		cli_error(g->cli, CLI_UNREADABLE, "%s", err.text);
	return status == INQ_OK;
}

/* Into the builder. */

static bool file_build(struct gather *g, struct file *f, struct inq_bytes body, struct inq_corpus_builder *b)
{
	struct inq_error err;
	struct inq_bytes program;
	enum inq_status status = inq_corpus_builder_label(b, f->label, f->kind, 0, &err);
	uint64_t len;

	for (uint64_t at = 0; status == INQ_OK && at < body.len; at += 8 + len) {
		if (!inq_bytes_u64(body, at, false, &len) || !inq_bytes_cut(body, at + 8, len, &program)) {
			status = inq_fail(&err, INQ_CORRUPT, at, "its fingerprint breaks off");
			break;
		}
		status = inq_corpus_builder_add(b, f->label, program, &err);
		g->programs += status == INQ_OK;
	}
	if (status == INQ_OK)
		return true;
	cli_error(
	        g->cli, status == INQ_NO_MEMORY ? CLI_UNREADABLE : CLI_PARTIAL, "%s: %s", f->path, err.text);
	g->failed++;
	return status != INQ_NO_MEMORY;
}

static bool build(struct gather *g, const char *journal_path, struct inq_corpus_builder *b)
{
	struct inq_file file;
	struct inq_error err;
	struct inq_bytes body;
	uint64_t end, stamp;
	uint32_t kind;
	bool going = true;

	if (inq_file_open(journal_path, &file, &err) != INQ_OK) {
		cli_error(g->cli, CLI_UNREADABLE, "%s: %s", journal_path, err.text);
		return false;
	}
	if (!records_read(g, file.bytes, &end)) {
		cli_error(g->cli, CLI_UNREADABLE, "no memory for so many files");
		going = false;
	}
	for (size_t i = 0; going && i < g->file_count; i++) {
		const struct record *r = record_of(g, g->files[i].stamp);

		if (!r || !record_read(file.bytes, r->off, &kind, &stamp, &body))
			continue;
		g->files[i].no_program = kind == RECORD_NONE;
		g->empty += kind == RECORD_NONE;
		if (kind == RECORD_PROGRAMS)
			going = file_build(g, &g->files[i], body, b);
	}
	inq_file_close(&file);
	return going;
}

/* A family of which nothing could be read is worth a word: most likely the layout is another than thought. */
static void say_empty_labels(struct gather *g, const struct inq_corpus_builder *b)
{
	for (size_t i = 0; i < g->file_count; i++) {
		const char *label = g->files[i].label;

		if (i && !strcmp(label, g->files[i - 1].label))
			continue;
		if (!inq_corpus_builder_samples(b, label))
			cli_note(g->cli, "no file under %s is a program", label);
	}
}

static bool gather(struct gather *g, const char *journal_path, struct inq_corpus_builder *b)
{
	struct inq_error err;
	const char *line = version_line(g);
	uint64_t end = 0;

	if (inq_journal_open(journal_path, &g->journal, &err) != INQ_OK) {
		cli_error(g->cli, CLI_UNREADABLE, "%s: %s", journal_path, err.text);
		return false;
	}
	inq_sink_init(&g->journal_out, inq_journal_write, &g->journal);
	if (!line || !records_read(g, g->journal.before.bytes, &end) ||
	        inq_journal_cut(&g->journal, end, &err) != INQ_OK) {
		cli_error(g->cli, CLI_UNREADABLE, "%s: cannot be gone on with; remove it", journal_path);
		inq_journal_close(&g->journal, NULL);
		return false;
	}
	if (!end)
		inq_put(&g->journal_out, line);
	if (!inq_sink_flush(&g->journal_out) || !children_run(g) || !build(g, journal_path, b)) {
		inq_journal_close(&g->journal, NULL);
		return false;
	}
	say_empty_labels(g, b);
	return true;
}

bool cli_corpus_gather(struct cli *cli, size_t first, const char *journal_path, struct inq_corpus_builder *b,
        struct inq_journal *ret_journal)
{
	struct gather g = { .cli = cli };
	bool listed = true;

	for (size_t i = first; i < cli->operand_count; i++)
		listed &= directory_add(&g, cli->operands[i], INQ_LABEL_FAMILY);
	for (size_t i = 0; i < cli->given_count; i++)
		if (cli->given[i].id == CLI_COMMON)
			listed &= directory_add(&g, cli->given[i].value, INQ_LABEL_COMMON);
	if (!listed)
		return false;
	if (g.outside)
		cli_note(cli,
		        "%zu files lie beside the families, not in one, and are left out (DIR/FAMILY/SAMPLE)",
		        g.outside);
	if (!g.file_count) {
		cli_error(cli, CLI_UNREADABLE, "there are no samples there (DIR/FAMILY/SAMPLE)");
		return false;
	}
	if (!gather(&g, journal_path, b))
		return false;
	*ret_journal = g.journal;
	cli_note(cli, "%s in %s%s%s%s%s", cli_count(cli, g.programs, "program", "programs"),
	        cli_count(cli, g.file_count - g.empty - g.failed, "file", "files"), g.empty ? "; " : "",
	        g.empty ? cli_count(cli, g.empty, "file is no program", "files are no programs") : "",
	        g.failed ? "; " : "",
	        g.failed ? cli_count(cli, g.failed, "file could not be read", "files could not be read")
	                 : "");
	if (g.programs)
		return true;
	inq_journal_close(&g.journal, NULL);
	cli_error(cli, CLI_UNREADABLE, "none of %s is a program",
	        cli_count(cli, g.file_count, "file", "files"));
	return false;
}
