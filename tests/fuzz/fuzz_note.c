#include <inquiry/bundle.h>
#include <inquiry/proof.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

static void note_holds(struct inq_bytes b, struct inq_arena *a)
{
	struct inq_checkpoint head;
	struct inq_error err;
	struct inq_note note;
	struct inq_bytes again;

	if (inq_note_read(b, a, &note, &err) != INQ_OK)
		return;
	if (note.text.len + 1 >= b.len || note.count == 0 || note.count > INQ_NOTE_SIGNATURES)
		abort();
	for (size_t i = 0; i < note.count; i++)
		if (note.signatures[i].line.at[note.signatures[i].line.len - 1] != '\n' ||
		        !note.signatures[i].bytes.len)
			abort();
	/* A checkpoint has one text. */
	if (inq_checkpoint_read(note.text, &head, &err) == INQ_OK &&
	        (inq_checkpoint_write(&head, a, &again, &err) != INQ_OK || again.len != note.text.len ||
	                memcmp(again.at, note.text.at, again.len) != 0))
		abort();
}

/* Notes, checkpoints, proofs, vkeys and policies: what is read is in bounds, and is written back as it was. */
int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct inq_bytes b = { at, len }, again;
	struct inq_arena *a = inq_arena_open(64 << 20);
	const struct inq_policy *policy;
	struct inq_fork *fork;
	struct inq_proof proof;
	struct inq_vkey key;
	struct inq_error err;
	char text[INQ_VKEY_MOST];

	if (!a || !(fork = inq_arena_new(a, 1, sizeof *fork)))
		return 0;
	note_holds(b, a);
	if (inq_proof_read(b, a, &proof, &err) == INQ_OK) {
		if (inq_proof_write(&proof, a, &again, &err) != INQ_OK || again.len != len ||
		        memcmp(again.at, at, len) != 0)
			abort();
		note_holds(proof.checkpoint, a);
	}
	if (inq_fork_read(b, a, fork, &err) == INQ_OK) {
		bool vouched;

		if (inq_fork_write(&fork->log, fork->bytes, a, &again, &err) != INQ_OK || again.len != len ||
		        memcmp(again.at, at, len) != 0)
			abort();
		(void)!inq_fork_prove(b, NULL, 0, a, fork, &vouched, &err);
	}
	if (inq_vkey_read(b, &key, &err) == INQ_OK) {
		inq_vkey_write(&key, text);
		if (!inq_bytes_equal(b, text))
			abort();
	}
	if (inq_policy_read(b, a, &policy, &err) == INQ_OK) {
		bool cosigned[2 * INQ_POLICY_MOST];

		memset(cosigned, 1, sizeof cosigned);
		/* Everybody is a quorum of anything. */
		if (!inq_policy_quorum(policy, cosigned))
			abort();
	}
	inq_arena_close(a);
	return 0;
}
