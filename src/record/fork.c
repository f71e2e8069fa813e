#include "record/private.h"
#include <inquiry/hash.h>
#include <inquiry/proof.h>
#include <inttypes.h>
#include <string.h>

static const char *const sides[2] = { "first ", "second " };

enum inq_status inq_fork_write(const struct inq_vkey *log, const struct inq_bytes proofs[2],
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_memory_sink memory = { .arena = a };
	char vkey[INQ_VKEY_MOST];
	struct inq_sink out;

	inq_vkey_write(log, vkey);
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	inq_putf(&out, INQ_FORK_HEAD "log %s\n", vkey);
	for (unsigned i = 0; i < 2; i++) {
		inq_putf(&out, "%s%zu\n", sides[i], proofs[i].len);
		inq_put_bytes(&out, proofs[i]);
	}
	if (!inq_sink_flush(&out))
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for the proof of a fork");
	*ret = (struct inq_bytes){ (const uint8_t *)memory.at, memory.len };
	return INQ_OK;
}

bool inq_fork_is(struct inq_bytes file)
{
	return inq_bytes_begin(file, INQ_FORK_HEAD, strlen(INQ_FORK_HEAD));
}

/* The rest of the line at `*at`, which begins with `word`. */
static bool line_after(struct inq_bytes file, uint64_t *at, const char *word, struct inq_bytes *ret)
{
	struct inq_bytes line;

	if (!inq_line(file, at, &line) || !inq_bytes_begin(line, word, strlen(word)))
		return false;
	*ret = inq_bytes_from(line, strlen(word));
	return true;
}

enum inq_status inq_fork_read(
        struct inq_bytes file, struct inq_arena *a, struct inq_fork *ret, struct inq_error *err)
{
	struct inq_fork *fork = inq_arena_new(a, 1, sizeof *fork);
	uint64_t at = strlen(INQ_FORK_HEAD), len;
	struct inq_bytes rest;
	enum inq_status status;

	if (file.len > INQ_FORK_MOST)
		return inq_fail(err, INQ_OVER_LIMIT, INQ_FORK_MOST, "a proof of a fork of more than %d bytes",
		        INQ_FORK_MOST);
	if (!fork)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for the proof of a fork");
	if (!inq_fork_is(file))
		return inq_fail(err, INQ_UNRECOGNISED, 0, "not the proof of a fork");
	if (!line_after(file, &at, "log ", &rest))
		return inq_fail(err, INQ_UNRECOGNISED, at, "names no log");
	status = inq_vkey_read(rest, &fork->log, err);
	for (unsigned i = 0; i < 2 && status == INQ_OK; i++) {
		if (!line_after(file, &at, sides[i], &rest) || !inq_decimal(rest, &len) ||
		        !inq_bytes_cut(file, at, len, &fork->bytes[i]))
			return inq_fail(err, INQ_UNRECOGNISED, at, "no %sproof where it belongs", sides[i]);
		at += len;
		status = inq_proof_read(fork->bytes[i], a, &fork->proofs[i], err);
	}
	if (status == INQ_OK && at != file.len)
		status = inq_fail(err, INQ_UNRECOGNISED, at, "something follows the second proof");
	if (status == INQ_OK)
		*ret = *fork;
	return status;
}

/* Whether a key that the user has is the log's, by the origin's name or the party's. */
static bool is_its_key(const struct inq_vkey *key, const struct inq_vkey *log)
{
	size_t len = strlen(key->name);

	return inq_vkey_same(key, log) && strncmp(log->name, key->name, len) == 0 &&
	       (log->name[len] == 0 || log->name[len] == '/');
}

enum inq_status inq_fork_prove(struct inq_bytes file, const struct inq_vkey *keys, size_t count,
        struct inq_arena *a, struct inq_fork *ret, bool *ret_vouched, struct inq_error *err)
{
	struct inq_fork *fork = inq_arena_new(a, 1, sizeof *fork);
	bool vouched = false;
	enum inq_status status = fork ? inq_fork_read(file, a, fork, err)
	                              : inq_fail(err, INQ_NO_MEMORY, 0, "no memory for the proof of a fork");

	if (status == INQ_OK)
		status = inq_fork_verify(&fork->proofs[0], &fork->proofs[1], &fork->log, a, err);
	for (unsigned i = 0; i < 2 && status == INQ_OK; i++) {
		struct inq_sha256 leaf;

		memcpy(leaf.byte, fork->proofs[i].extra.at, sizeof leaf.byte);
		status = inq_proof_verify(
		        &fork->proofs[i], &leaf, &fork->log, NULL, 0, a, &fork->said[i], err);
	}
	for (size_t i = 0; i < count; i++)
		vouched |= is_its_key(&keys[i], &fork->log);
	if (status == INQ_OK && count && !vouched)
		status = inq_fail(err, INQ_BAD_SIGNATURE, 0,
		        "two histories were signed, but not by a key that you gave");
	if (status != INQ_OK)
		return status;
	*ret = *fork;
	*ret_vouched = vouched;
	return INQ_OK;
}

void inq_fork_put(struct inq_sink *out, const struct inq_fork *fork, bool vouched)
{
	char vkey[INQ_VKEY_MOST], hex[65];

	inq_vkey_write(&fork->log, vkey);
	inq_put(out, "FORKED: two histories of ");
	inq_put_inert(out, inq_bytes_of(fork->log.name), INQ_NAME_MOST);
	inq_put(out, " are signed by one key\n");
	for (unsigned i = 0; i < 2; i++) {
		inq_hex(fork->proofs[i].extra.at, 32, hex);
		inq_putf(out, "    entry %" PRIu64 " is %s under its head of %" PRIu64 "\n",
		        fork->said[i].index, hex, fork->said[i].head.size);
	}
	inq_put(out, "key ");
	inq_put_inert(out, inq_bytes_of(vkey), INQ_VKEY_MOST);
	inq_put(out, vouched ? ", as you gave it\n"
	                     : ": whose it is, is the file's own word; --key names keys that you have from "
	                       "elsewhere\n");
}
