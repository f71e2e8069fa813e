#include "record/private.h"
#include <inquiry/base64.h>
#include <inquiry/proof.h>
#include <inttypes.h>
#include <string.h>

#define HEAD "c2sp.org/tlog-proof@v1"

static bool rest_after(struct inq_bytes line, const char *word, struct inq_bytes *ret)
{
	size_t len = strlen(word);

	if (!inq_bytes_begin(line, word, len))
		return false;
	*ret = inq_bytes_from(line, len);
	return true;
}

static enum inq_status not_a_proof(struct inq_error *err, uint64_t at, const char *why)
{
	return inq_fail(err, INQ_UNRECOGNISED, at, "not a tlog-proof: %s", why);
}

enum inq_status inq_proof_read(
        struct inq_bytes bytes, struct inq_arena *a, struct inq_proof *ret, struct inq_error *err)
{
	struct inq_proof p = { .count = 0 };
	struct inq_bytes line, rest;
	uint64_t at = 0, start;
	size_t len;

	if (bytes.len > INQ_NOTE_MOST)
		return inq_fail(
		        err, INQ_OVER_LIMIT, INQ_NOTE_MOST, "a proof of more than %d bytes", INQ_NOTE_MOST);
	if (!inq_line(bytes, &at, &line) || !inq_bytes_equal(line, HEAD))
		return not_a_proof(err, 0, "it does not begin with " HEAD);
	start = at;
	if (!inq_line(bytes, &at, &line))
		return not_a_proof(err, start, "it ends after its first line");
	if (rest_after(line, "extra ", &rest)) {
		uint8_t *extra = inq_arena_new(a, rest.len / 4 * 3 + 1, 1);

		if (!extra)
			return inq_fail(err, INQ_NO_MEMORY, start, "a proof takes more memory than it may");
		if (!inq_base64_read(rest, extra, rest.len / 4 * 3, &len))
			return not_a_proof(err, start, "its extra data is not base64");
		p.extra = (struct inq_bytes){ extra, len };
		start = at;
		if (!inq_line(bytes, &at, &line))
			return not_a_proof(err, start, "it ends before its index");
	}
	if (!rest_after(line, "index ", &rest) || !inq_decimal(rest, &p.index))
		return not_a_proof(err, start, "no index where it belongs");
	for (;;) {
		start = at;
		if (!inq_line(bytes, &at, &line))
			return not_a_proof(err, start, "no checkpoint follows its hashes");
		if (line.len == 0)
			break;
		if (p.count == INQ_PROOF_MOST)
			return inq_fail(
			        err, INQ_OVER_LIMIT, start, "a proof of more than %d hashes", INQ_PROOF_MOST);
		if (!inq_hash_read(line, &p.hashes[p.count++]))
			return not_a_proof(err, start, "a line that is no hash");
	}
	p.checkpoint = inq_bytes_from(bytes, at);
	*ret = p;
	return INQ_OK;
}

enum inq_status inq_proof_write(
        const struct inq_proof *proof, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_memory_sink memory = { .arena = a };
	struct inq_sink sink;

	if (proof->count > INQ_PROOF_MOST)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "a proof of more than %d hashes", INQ_PROOF_MOST);
	inq_sink_init(&sink, inq_memory_sink_write, &memory);
	inq_put(&sink, HEAD "\n");
	if (proof->extra.at) {
		inq_put(&sink, "extra ");
		inq_base64_write(&sink, proof->extra);
		inq_put(&sink, "\n");
	}
	inq_putf(&sink, "index %" PRIu64 "\n", proof->index);
	for (size_t i = 0; i < proof->count; i++) {
		inq_base64_write(&sink, (struct inq_bytes){ proof->hashes[i].byte, 32 });
		inq_put(&sink, "\n");
	}
	inq_put(&sink, "\n");
	inq_put_bytes(&sink, proof->checkpoint);
	if (!inq_sink_flush(&sink))
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for a proof");
	*ret = (struct inq_bytes){ (const uint8_t *)memory.at, memory.len };
	return INQ_OK;
}

enum inq_status inq_proof_verify(const struct inq_proof *proof, const struct inq_sha256 *leaf,
        const struct inq_vkey *log, const struct inq_vkey *cosigners, size_t count, struct inq_arena *a,
        struct inq_proof_said *ret, struct inq_error *err)
{
	struct inq_note_verified verified[INQ_NOTE_SIGNATURES];
	struct inq_vkey keys[INQ_NOTE_SIGNATURES];
	struct inq_checkpoint head;
	struct inq_note note;
	enum inq_status status;

	if (count >= INQ_NOTE_SIGNATURES || log->type != INQ_KEY_ED25519)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "a log's key, and at most %d cosigners",
		        INQ_NOTE_SIGNATURES - 1);
	status = inq_note_read(proof->checkpoint, a, &note, err);
	if (status == INQ_OK)
		status = inq_checkpoint_read(note.text, &head, err);
	if (status != INQ_OK)
		return status;
	if (!inq_bytes_equal(head.origin, log->name))
		return inq_fail(err, INQ_UNRECOGNISED, 0, "the proof is of another log than the key");
	keys[0] = *log;
	if (count)
		memcpy(keys + 1, cosigners, count * sizeof *keys);
	status = inq_note_verify(&note, keys, count + 1, verified, err);
	if (status != INQ_OK)
		return status;
	if (!verified[0].here)
		return inq_fail(
		        err, INQ_BAD_SIGNATURE, note.text.len, "the head is not signed by the log's key");
	if (!inq_merkle_inclusion_holds(
	            proof->index, head.size, leaf, proof->hashes, proof->count, &head.root))
		return inq_fail(err, INQ_TAMPERED, 0,
		        "the hashes do not lead from the entry, at index %" PRIu64 ", to the signed root",
		        proof->index);
	memset(ret, 0, sizeof *ret);
	ret->head = head;
	ret->index = proof->index;
	if (count)
		memcpy(ret->cosigned, verified + 1, count * sizeof *verified);
	return INQ_OK;
}

static enum inq_status side(const struct inq_proof *proof, const char *which, const struct inq_vkey *log,
        struct inq_arena *a, struct inq_sha256 *ret_leaf, struct inq_proof_said *ret, struct inq_error *err)
{
	struct inq_error why = { 0, "" };
	enum inq_status status;

	if (proof->extra.len != sizeof ret_leaf->byte)
		return inq_fail(err, INQ_UNRECOGNISED, 0,
		        "the %s proof does not carry the digest of its entry as extra data", which);
	memcpy(ret_leaf->byte, proof->extra.at, sizeof ret_leaf->byte);
	status = inq_proof_verify(proof, ret_leaf, log, NULL, 0, a, ret, &why);
	if (status != INQ_OK)
		return inq_fail(err, status, why.at, "the %s proof: %.150s", which, why.text);
	return INQ_OK;
}

enum inq_status inq_fork_verify(const struct inq_proof *left, const struct inq_proof *right,
        const struct inq_vkey *log, struct inq_arena *a, struct inq_error *err)
{
	struct inq_proof_said l, r;
	struct inq_sha256 left_leaf, right_leaf;
	enum inq_status status = side(left, "first", log, a, &left_leaf, &l, err);

	if (status == INQ_OK)
		status = side(right, "second", log, a, &right_leaf, &r, err);
	if (status != INQ_OK)
		return status;
	if (l.index == r.index && !inq_sha256_equal(&left_leaf, &right_leaf))
		return INQ_OK;
	if (l.head.size == r.head.size && !inq_sha256_equal(&l.head.root, &r.head.root))
		return INQ_OK;
	return inq_fail(err, INQ_UNRESOLVED, 0, "both proofs hold, and one log can have both");
}
