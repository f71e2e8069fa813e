#include "cli/documents.h"
#include "cli/bundle.h"
#include "cli/view.h"
#include "os/folder.h"
#include <inquiry/json_read.h>
#include <string.h>

/* What is gathered in memory at once. */
#define DOCUMENTS_MOST ((uint64_t)2 << 30)

/* A case or a folder while it is read. */
struct origin {
	const char *address;
	struct inq_case *c; /* NULL: a folder */
	struct inq_case_folder folder;
	struct inq_bundle_source source;
	struct cli_bundle bundle;
	/* The results that were met, and where each stands in `digests`, counted from 1: open addressing. */
	struct inq_sha256 *digests;
	uint32_t *slots;
	size_t digest_count, slot_count;
	struct cli *cli;
	struct cli_documents *documents;
	struct cli_results results;
};

static bool add(
        struct cli *cli, struct cli_documents *d, struct inq_bytes bytes, const char *name, const char *path)
{
	size_t room = d->room, name_room = d->room, path_room = d->room;
	struct inq_bytes *at = inq_arena_extend(cli->arena, d->at, d->count, &room, sizeof *at);
	const char **names = inq_arena_extend(cli->arena, d->names, d->count, &name_room, sizeof *names);
	const char **paths = inq_arena_extend(cli->arena, d->paths, d->count, &path_room, sizeof *paths);

	if (!at || !names || !paths)
		return false;
	d->at = at;
	d->names = names;
	d->paths = paths;
	d->room = room;
	d->at[d->count] = bytes;
	d->names[d->count] = name;
	d->paths[d->count++] = path;
	d->bytes += bytes.len;
	return name != NULL;
}

/* Whether that result was met before; it is now. */
static bool met(struct origin *o, const struct inq_sha256 *digest)
{
	size_t at = (size_t)(inq_le64(digest->byte) % o->slot_count);

	for (; o->slots[at]; at = (at + 1) % o->slot_count)
		if (inq_sha256_equal(&o->digests[o->slots[at] - 1], digest))
			return true;
	o->digests[o->digest_count++] = *digest;
	o->slots[at] = (uint32_t)o->digest_count;
	return false;
}

static bool log_add(struct origin *o)
{
	const struct cli_view view = { .cli = o->cli, .record = o->bundle.record };
	struct inq_memory_sink memory = { .arena = o->cli->arena };
	struct inq_sink out;

	inq_sink_init(&out, inq_memory_sink_write, &memory);
	cli_log_document(&view, &o->bundle, &out);
	return inq_sink_flush(&out) &&
	       add(o->cli, o->documents, (struct inq_bytes){ (const uint8_t *)memory.at, memory.len },
	               "the log", NULL);
}

/* The results of this program, of entries that stand, each once. */
static bool result_wanted(void *context, const struct inq_record_entry *r, const struct inq_entry *e)
{
	return (r->type == INQ_ENTRY_EXAMINATION || r->type == INQ_ENTRY_CONCLUSION) && !r->withdrawn &&
	       inq_bytes_begin(e->schema, "inquiry.", 8) && !met(context, &e->result);
}

static bool result_take(void *context, struct inq_bytes bytes, const char *entry)
{
	struct origin *o = context;

	o->results.most -= bytes.len;
	return add(o->cli, o->documents, bytes, entry, NULL);
}

static bool results_add(struct origin *o)
{
	size_t count = o->bundle.record->entry_count;

	o->slot_count = 2 * count + 1;
	o->slots = inq_arena_new(o->cli->arena, o->slot_count, sizeof *o->slots);
	o->digests = inq_arena_new(o->cli->arena, count, sizeof *o->digests);
	o->results = (struct cli_results){ result_wanted, result_take, o,
		.most = o->documents->bytes < DOCUMENTS_MOST ? DOCUMENTS_MOST - o->documents->bytes : 0 };
	return o->slots && o->digests && cli_bundle_results(&o->bundle, o->cli->arena, &o->results);
}

static bool origin_open(struct cli *cli, struct origin *o, struct inq_error *err)
{
	enum inq_status status;

	if (inq_file_is_directory(o->address)) {
		o->folder = (struct inq_case_folder){ o->address, cli->arena };
		inq_case_folder_bundle(&o->folder, &o->source);
		return true;
	}
	status = inq_case_open(o->address, false, cli->arena, &o->c, err);
	if (status != INQ_OK)
		return false;
	inq_case_bundle(o->c, &o->source);
	return inq_case_freeze(o->c, err) == INQ_OK;
}

/* Everything of the case or folder at `address`. */
static bool record_add(struct cli *cli, const char *address, struct cli_documents *d)
{
	struct origin o = { .address = address, .cli = cli, .documents = d };
	struct inq_error err = { 0, "" };
	const char *label = cli_case_label(address);
	bool done = false;

	if (!origin_open(cli, &o, &err) ||
	        cli_record(&o.source, 2, 0, cli->arena, &o.bundle.record, &err) != INQ_OK) {
		cli_error(cli, CLI_UNREADABLE, "%s: %s%s", label,
		        o.c || !inq_file_is_directory(address) ? "" : "no case was published there: ",
		        err.text);
	} else {
		o.bundle.source = &o.source;
		done = log_add(&o) && results_add(&o);
		if (!done)
			cli_error(cli, CLI_UNREADABLE, "%s: no memory for its results", label);
		if (o.bundle.record->failure_total)
			cli_error(cli, CLI_CHECK_FAILED,
			        "%s: this record does not hold (%s); inquiry verify says where", label,
			        cli_count(cli, o.bundle.record->failure_total, "failure", "failures"));
		if (o.results.missing)
			cli_error(cli, CLI_PARTIAL, "%s: %s not there", label,
			        cli_count(cli, o.results.missing, "result is", "results are"));
		if (o.results.left_out)
			cli_error(cli, CLI_PARTIAL,
			        "%s: %s left out: more than 2 GiB are not gathered at once", label,
			        cli_count(cli, o.results.left_out, "result is", "results are"));
		cli_bundle_close(&o.bundle);
	}
	if (o.c)
		inq_case_thaw(o.c);
	inq_case_close(o.c);
	return done;
}

/* What SQLite's files begin with. */
static bool is_case(const char *operand)
{
	static const char magic[] = "SQLite format 3";
	struct inq_file file;
	bool is;

	if (strncmp(operand, "postgres", 8) == 0 && strstr(operand, "://"))
		return true;
	if (inq_file_open(operand, &file, NULL) != INQ_OK)
		return false;
	is = inq_bytes_begin(file.bytes, magic, sizeof magic);
	inq_file_close(&file);
	return is;
}

bool cli_documents_gather(struct cli *cli, char **operands, size_t count, struct cli_documents *ret)
{
	struct cli_documents d = { .count = 0 };
	struct inq_error err = { 0, "" };
	struct inq_file file;
	bool from_stdin = false, done = true;

	for (size_t i = 0; i < count && done; i++) {
		const char *operand = operands[i];

		if (strcmp(operand, "-") == 0) {
			if (from_stdin) {
				cli_error(cli, CLI_USAGE, "- is given twice");
				return false;
			}
			from_stdin = true;
			if (inq_file_stdin(INQ_JSON_MOST, &file, &err) != INQ_OK) {
				cli_error(cli, CLI_UNREADABLE, "standard input: %s", err.text);
				return false;
			}
			done = add(cli, &d, file.bytes, "standard input", NULL);
		} else if (inq_file_is_directory(operand) || is_case(operand)) {
			if (!record_add(cli, operand, &d))
				return false;
		} else {
			done = add(cli, &d, (struct inq_bytes){ NULL, 0 }, operand, operand);
		}
	}
	if (!done)
		cli_error(cli, CLI_UNREADABLE, "no memory for so many files");
	*ret = d;
	return done;
}

enum inq_status cli_documents_open(struct cli_documents *d, struct inq_error *err)
{
	for (size_t i = 0; i < d->count; i++) {
		struct inq_file file;
		struct inq_error why;
		enum inq_status status;

		if (!d->paths[i])
			continue;
		status = inq_file_open(d->paths[i], &file, &why);
		if (status != INQ_OK)
			return inq_fail(err, status, 0, "%.80s: %.100s", d->paths[i], why.text);
		d->at[i] = file.bytes;
	}
	return INQ_OK;
}
