/*
 * inquiry-verify: proves a published inquiry again, with nothing but its files.
 *
 * This is the program of whoever does not believe: it links the record, the
 * operating system and no analysis, and what it prints follows from the bundle
 * and the keys it was given. Read formats/record.md beside it.
 */
#include "os/os.h"
#include <inquiry/blind.h>
#include <inquiry/proof.h>
#include <inquiry/record.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { KEYS = 128, MEMORY = 1 << 30, WIDTH = 400 };

static const char usage[] =
        "  inquiry-verify bundle --key alma+1f0a…+AY…      is this record whole, and alma's?\n"
        "  inquiry-verify bundle --policy policy.txt --json\n"
        "  inquiry-verify --proof 73.tlog-proof entry.json --key VKEY   is this entry in that log?\n"
        "  inquiry-verify bob.fork --key VKEY   does this file prove that bob's log was forked?\n"
        "  inquiry-verify --fork one.tlog-proof two.tlog-proof --key VKEY   was that log forked?\n"
        "\n"
        "Proves a published inquiry again: every byte against the tree, every signature, every citation.\n"
        "\n"
        "  --key VKEY      a key of a party that you have from elsewhere (its entry or log key; repeat)\n"
        "  --policy FILE   logs and witnesses you trust, and the quorum you want (c2sp.org/tlog-policy)\n"
        "  --json          the result as one JSON document\n"
        "  --help, --version\n"
        "\n"
        "Exit: 0 verified, 1 not, 2 usage, 3 unreadable, 4 verified but for objects too large to look at,\n"
        "6 verified, and a party forked its log.\n";

struct options {
	const char *files[2];
	unsigned file_count;
	const char *policy;
	struct inq_vkey keys[KEYS];
	size_t key_count;
	bool json, proof, fork;
};

static struct inq_sink out, talk;

static int complain(int code, const char *what, const char *name)
{
	inq_put(&talk, "inquiry-verify: ");
	if (name) {
		inq_put_inert(&talk, inq_bytes_of(name), WIDTH);
		inq_put(&talk, ": ");
	}
	inq_put_inert(&talk, inq_bytes_of(what), WIDTH);
	inq_put(&talk, "\n");
	return code;
}

/* A directory as a bundle. */

struct directory {
	const char *path;
	struct inq_arena *a;
};

/* The file's bytes, copied: a map would end the program if somebody cut the file meanwhile. */
static enum inq_status file_read(
        const char *path, uint64_t most, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_file file;
	enum inq_status status = inq_file_open(path, &file, err);
	char *copy;

	if (status != INQ_OK)
		return status;
	copy = file.bytes.len <= most ? inq_arena_string(a, file.bytes) : NULL;
	if (file.bytes.len > most)
		status = inq_fail(err, INQ_OVER_LIMIT, most, "is longer than %" PRIu64 " bytes", most);
	else if (!copy)
		status = inq_fail(err, INQ_OVER_LIMIT, 0, "is longer than there is memory for");
	else
		*ret = (struct inq_bytes){ (const uint8_t *)copy, file.bytes.len };
	inq_file_close(&file);
	return status;
}

static enum inq_status directory_read(void *context, const char *name, uint64_t most, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	const struct directory *d = context;
	char path[8192];

	if (snprintf(path, sizeof path, "%s/%s", d->path, name) >= (int)sizeof path)
		return inq_fail(err, INQ_UNREADABLE, 0, "too long a path");
	return file_read(path, most, a, ret, err);
}

static enum inq_status directory_list(
        void *context, bool (*name)(void *to, const char *name), void *to, struct inq_error *err)
{
	const struct directory *d = context;
	struct inq_directory list;
	enum inq_status status = inq_directory_list(d->path, d->a, &list, err);
	size_t prefix = strlen(d->path);

	if (status != INQ_OK)
		return status;
	if (list.unreadable)
		return inq_fail(err, INQ_UNREADABLE, 0, "%zu directories cannot be listed", list.unreadable);
	for (size_t i = 0; i < list.count; i++) {
		const char *rest = list.paths[i] + prefix;

		while (*rest == '/')
			rest++;
		if (!name(to, rest))
			break;
	}
	return INQ_OK;
}

static int verify_bundle(const struct options *o, struct inq_arena *a)
{
	struct directory directory = { o->files[0], a };
	struct inq_bundle_source source = { directory_read, directory_list, &directory };
	struct inq_record_trust trust = { .keys = o->keys,
		.key_count = o->key_count,
		.level = 2,
		.object_most = MEMORY,
		.blind = inq_blind_check };
	const struct inq_record_result *result;
	struct inq_bytes text;
	struct inq_error err;
	enum inq_status status = INQ_OK;

	if (o->policy) {
		status = file_read(o->policy, INQ_BUNDLE_FILE_MOST, a, &text, &err);
		if (status == INQ_OK)
			status = inq_policy_read(text, a, &trust.policy, &err);
		if (status != INQ_OK)
			return complain(3, err.text, o->policy);
	}
	status = inq_record_verify(&source, &trust, a, &result, &err);
	if (status != INQ_OK)
		return complain(3, err.text, o->files[0]);
	if (o->json) {
		inq_record_put_json(&out, result);
	} else {
		inq_record_put(&out, result);
		inq_put(&out, "not checked: V3 and V4, the analysis and the conclusions: they need inquiry "
		              "verify --recompute\n");
	}
	if (result->level < 2)
		return 1;
	if (result->objects_checked < result->objects)
		return 4;
	return inq_record_forks(result) ? 6 : 0;
}

/* The next key given, from `*at` on, that can be of the proof's log, under the log's origin. A party has two of them. */
static bool log_key(const struct options *o, struct inq_bytes origin, size_t *at, struct inq_vkey *ret)
{
	while (*at < o->key_count) {
		const struct inq_vkey *key = &o->keys[(*at)++];
		size_t len = strlen(key->name);

		if (key->type != INQ_KEY_ED25519 || !inq_bytes_begin(origin, key->name, len))
			continue;
		if (origin.len != len && origin.at[len] != '/')
			continue;
		if (inq_vkey_make(origin, key->type, key->public, ret, NULL) == INQ_OK)
			return true;
	}
	return false;
}

static enum inq_status proof_open(const char *path, struct inq_arena *a, struct inq_proof *ret,
        struct inq_checkpoint *ret_head, struct inq_error *err)
{
	struct inq_bytes bytes;
	struct inq_note note;
	enum inq_status status = file_read(path, INQ_NOTE_MOST, a, &bytes, err);

	if (status == INQ_OK)
		status = inq_proof_read(bytes, a, ret, err);
	if (status == INQ_OK)
		status = inq_note_read(ret->checkpoint, a, &note, err);
	if (status == INQ_OK)
		status = inq_checkpoint_read(note.text, ret_head, err);
	return status;
}

/* A file that an inquiry wrote when a log turned out to be forked. */
static int verify_fork_file(const struct options *o, struct inq_arena *a)
{
	struct inq_fork *fork = inq_arena_new(a, 1, sizeof *fork);
	struct inq_bytes file;
	struct inq_error err;
	bool vouched;
	enum inq_status status = file_read(o->files[0], INQ_FORK_MOST, a, &file, &err);

	if (!fork || status != INQ_OK)
		return complain(3, fork ? err.text : "no memory", o->files[0]);
	if (o->json || o->policy || !inq_fork_is(file))
		return complain(
		        2, "neither a bundle nor the proof of a fork, which takes --key alone", o->files[0]);
	status = inq_fork_prove(file, o->keys, o->key_count, a, fork, &vouched, &err);
	if (status != INQ_OK)
		return complain(status == INQ_UNRECOGNISED ? 3 : 1, err.text, o->files[0]);
	inq_fork_put(&out, fork, vouched);
	return 0;
}

static int verify_proof(const struct options *o, struct inq_arena *a)
{
	struct inq_vkey log, cosigners[INQ_NOTE_SIGNATURES];
	struct inq_checkpoint head;
	struct inq_proof proof;
	struct inq_proof_said said;
	struct inq_sha256 leaf;
	struct inq_bytes entry;
	struct inq_error err;
	enum inq_status status = INQ_BAD_ARGUMENT;
	size_t count = 0, at = 0;

	if (proof_open(o->files[0], a, &proof, &head, &err) != INQ_OK)
		return complain(3, err.text, o->files[0]);
	if (file_read(o->files[1], INQ_ENTRY_MOST, a, &entry, &err) != INQ_OK)
		return complain(3, err.text, o->files[1]);
	for (size_t i = 0; i < o->key_count && count < INQ_NOTE_SIGNATURES - 1; i++)
		if (o->keys[i].type == INQ_KEY_COSIGNER)
			cosigners[count++] = o->keys[i];
	inq_merkle_leaf(entry, &leaf);
	while (status != INQ_OK && log_key(o, head.origin, &at, &log))
		status = inq_proof_verify(&proof, &leaf, &log, cosigners, count, a, &said, &err);
	if (status == INQ_BAD_ARGUMENT)
		return complain(2, "no --key is of the log that the proof is about", NULL);
	if (status != INQ_OK)
		return complain(1, err.text, o->files[0]);
	inq_put(&out, "entry ");
	inq_putf(&out, "%" PRIu64 " of the log ", said.index);
	inq_put_inert(&out, said.head.origin, WIDTH);
	inq_putf(&out, ", under its signed head of %" PRIu64 " entries\n", said.head.size);
	for (size_t i = 0; i < count; i++) {
		inq_put(&out, said.cosigned[i].here ? "countersigned by " : "not countersigned by ");
		inq_put_inert(&out, inq_bytes_of(cosigners[i].name), WIDTH);
		inq_put(&out, "\n");
	}
	return 0;
}

static int verify_fork(const struct options *o, struct inq_arena *a)
{
	struct inq_checkpoint heads[2];
	struct inq_proof proofs[2];
	struct inq_vkey log;
	struct inq_error err;
	enum inq_status status = INQ_BAD_ARGUMENT;
	size_t at = 0;

	for (unsigned i = 0; i < 2; i++)
		if (proof_open(o->files[i], a, &proofs[i], &heads[i], &err) != INQ_OK)
			return complain(3, err.text, o->files[i]);
	while (status != INQ_OK && log_key(o, heads[0].origin, &at, &log))
		status = inq_fork_verify(&proofs[0], &proofs[1], &log, a, &err);
	if (status == INQ_BAD_ARGUMENT)
		return complain(2, "no --key is of the log that the proofs are about", NULL);
	if (status != INQ_OK)
		return complain(1, err.text, NULL);
	inq_put(&out, "forked: the key of ");
	inq_put_inert(&out, heads[0].origin, WIDTH);
	inq_put(&out, " signed two histories\n");
	return 0;
}

/* Takes argument `i`, and what belongs to it; -1 where that is no usage. */
static int option(struct options *o, int argc, char **argv, int i)
{
	const char *name = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
	struct inq_error err;

	if (strcmp(name, "--json") == 0 && !o->json) {
		o->json = true;
	} else if ((strcmp(name, "--proof") == 0 || strcmp(name, "--fork") == 0) && !o->proof && !o->fork) {
		o->proof = name[2] == 'p';
		o->fork = !o->proof;
	} else if (strcmp(name, "--policy") == 0 && value && !o->policy) {
		o->policy = value;
		return 1;
	} else if (strcmp(name, "--key") == 0 && value && o->key_count < KEYS) {
		if (inq_vkey_read(inq_bytes_of(value), &o->keys[o->key_count++], &err) == INQ_OK)
			return 1;
		complain(2, err.text, value);
		return -1;
	} else if (name[0] != '-' && o->file_count < 2) {
		o->files[o->file_count++] = name;
	} else {
		complain(2, "what is that? See --help", name);
		return -1;
	}
	return 0;
}

static int run(int argc, char **argv, struct inq_arena *a)
{
	static struct options o;

	for (int i = 1; i < argc; i++) {
		int more;

		if (argc == 2 && strcmp(argv[i], "--help") == 0) {
			inq_put(&out, usage);
			return 0;
		}
		if (argc == 2 && strcmp(argv[i], "--version") == 0) {
			inq_put(&out, "inquiry-verify " INQ_VERSION "\n");
			return 0;
		}
		more = option(&o, argc, argv, i);
		if (more < 0)
			return 2;
		i += more;
	}
	if (o.file_count != (o.proof || o.fork ? 2 : 1) || ((o.proof || o.fork) && (o.policy || o.json)))
		return complain(2, "wants a bundle, or --proof or --fork with two files. See --help", NULL);
	if (o.proof)
		return verify_proof(&o, a);
	if (o.fork)
		return verify_fork(&o, a);
	return inq_file_exists(o.files[0]) && !inq_file_is_directory(o.files[0]) ? verify_fork_file(&o, a)
	                                                                         : verify_bundle(&o, a);
}

int main(int argc, char **argv)
{
	struct inq_arena *a = inq_arena_open((size_t)8 * MEMORY);
	int code;

	inq_sink_init(&out, inq_stdout_write, NULL);
	inq_sink_init(&talk, inq_stderr_write, NULL);
	code = a ? run(argc, argv, a) : complain(3, "no memory", NULL);
	if (!inq_sink_flush(&out))
		code = complain(3, "the result cannot be written", NULL);
	(void)!inq_sink_flush(&talk);
	inq_arena_close(a);
	return code;
}
