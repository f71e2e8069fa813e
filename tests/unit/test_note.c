#include "../make/record.h"
#include <inquiry/base64.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct inq_arena *a;

static int arena_open(void **state)
{
	(void)state;
	a = inq_arena_open(64 << 20);
	return a ? 0 : -1;
}

static int arena_close(void **state)
{
	(void)state;
	inq_arena_close(a);
	return 0;
}

/* The note of golang.org/x/mod/sumdb/note, example of its documentation (BSD-3-Clause). */
static const char peter_key[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char peter_note[] =
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
        "\n"
        "\xe2\x80\x94 PeterNeumann "
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

static void verifies_the_note_of_go(void **state)
{
	struct inq_note_verified verified;
	struct inq_error err;
	struct inq_vkey key;
	struct inq_note note;

	(void)state;
	assert_int_equal(inq_vkey_read(inq_bytes_of(peter_key), &key, &err), INQ_OK);
	assert_int_equal(key.id, 0xc74f20a3);
	assert_int_equal(inq_note_read(inq_bytes_of(peter_note), a, &note, &err), INQ_OK);
	assert_int_equal(note.count, 1);
	assert_true(inq_bytes_equal(note.signatures[0].name, "PeterNeumann"));
	assert_int_equal(inq_note_verify(&note, &key, 1, &verified, &err), INQ_OK);
	assert_true(verified.here);
}

/* A sigsum log's checkpoint is only read here: the specification prints no keys for its example. */
static const char sofa[] =
        "example.com/behind-the-sofa\n"
        "20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        "\n"
        "\xe2\x80\x94 example.com/behind-the-sofa "
        "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        "\xe2\x80\x94 witness.example.com/w1 "
        "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/"
        "zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

static void reads_the_checkpoint_of_the_specification(void **state)
{
	struct inq_checkpoint head;
	struct inq_error err;
	struct inq_note note;
	struct inq_bytes again;
	uint64_t time;

	(void)state;
	assert_int_equal(inq_note_read(inq_bytes_of(sofa), a, &note, &err), INQ_OK);
	assert_int_equal(note.count, 2);
	assert_int_equal(note.signatures[0].id, 0x033de0ae);
	assert_int_equal(note.signatures[1].bytes.len, 72);
	assert_true(inq_bytes_u64(note.signatures[1].bytes, 0, true, &time) && time == 1679315147);
	assert_int_equal(inq_checkpoint_read(note.text, &head, &err), INQ_OK);
	assert_true(inq_bytes_equal(head.origin, "example.com/behind-the-sofa"));
	assert_int_equal(head.size, 20852163);
	assert_int_equal(head.extension.len, 0);
	assert_int_equal(inq_checkpoint_write(&head, a, &again, &err), INQ_OK);
	assert_int_equal(again.len, note.text.len);
	assert_memory_equal(again.at, note.text.at, again.len);
}

static void refuses_what_is_no_note(void **state)
{
	static const char *const wrong[] = { "", "\n", "\n\n", "text\n", "text\n\n", "text\n\nnothing\n",
		"text\n\n\xe2\x80\x94 name\n",
		"text\n\n\xe2\x80\x94 name AAAAAQ==", "text\n\n\xe2\x80\x94 name AAAAAQ==\n",
		"text\n\n\xe2\x80\x94 na+me AAAAAAE=\n", "text\n\n\xe2\x80\x94 na\xc2\xa0me AAAAAAE=\n",
		"text\n\n\xe2\x80\x94  AAAAAAE=\n", "te\txt\n\n\xe2\x80\x94 name AAAAAAE=\n",
		"te\xffxt\n\n\xe2\x80\x94 name AAAAAAE=\n", "text\n\n\xe2\x80\x94 name AAAAAAE\n",
		"text\n\n\xe2\x80\x94 name AAAAAAF=\n", "text\n\n- name AAAAAAE=\n",
		"text\r\n\n\xe2\x80\x94 name AAAAAAE=\n", "text\n\n\xe2\x80\x94 name AAAAAAE= \n",
		"text\n\xe2\x80\x94 name AAAAAAE=\n" };
	struct inq_note note = { .count = 77 };
	struct inq_error err;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		if (inq_note_read(inq_bytes_of(wrong[i]), a, &note, &err) != INQ_UNRECOGNISED)
			print_message("%s\n", wrong[i]);
		assert_int_equal(inq_note_read(inq_bytes_of(wrong[i]), a, &note, &err), INQ_UNRECOGNISED);
	}
	assert_int_equal(note.count, 77);
	/* The text may hold empty lines: the last one divides. */
	assert_int_equal(
	        inq_note_read(inq_bytes_of("a\n\nb\n\n\xe2\x80\x94 name AAAAAAE=\n"), a, &note, &err),
	        INQ_OK);
	assert_true(inq_bytes_equal(note.text, "a\n\nb\n"));
}

static void takes_sixteen_signatures_and_stops_at_a_limit(void **state)
{
	struct inq_error err;
	struct inq_note note;

	(void)state;
	for (unsigned count = 15; count < 70; count++) {
		struct inq_memory_sink memory = { .arena = a };
		struct inq_sink sink;

		inq_sink_init(&sink, inq_memory_sink_write, &memory);
		inq_put(&sink, "text\n\n");
		for (unsigned i = 0; i < count; i++)
			inq_putf(&sink, "\xe2\x80\x94 n%u AAAAAAE=\n", i);
		assert_true(inq_sink_flush(&sink));
		assert_int_equal(
		        inq_note_read((struct inq_bytes){ (uint8_t *)memory.at, memory.len }, a, &note, &err),
		        count > INQ_NOTE_SIGNATURES ? INQ_OVER_LIMIT : INQ_OK);
	}
}

static void refuses_what_is_no_checkpoint(void **state)
{
	static const char hash[] = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
	static const char *const before[] = { "", "a\n", "a\nb\n", "a\n01\n", "a\n-1\n", "a\n+1\n", "a\n 1\n",
		"a\n1 \n", "a\n18446744073709551616\n", "\n1\n", "a\n1\nAAAA\n", "a\n0x1\n", "a\n1.0\n" };
	struct inq_checkpoint head = { .size = 77 };
	struct inq_error err;

	(void)state;
	for (size_t i = 0; i < sizeof before / sizeof *before; i++)
		assert_int_equal(
		        inq_checkpoint_read(
		                inq_bytes_of(inq_arena_printf(a, "%s%s", before[i], hash)), &head, &err),
		        INQ_UNRECOGNISED);
	assert_int_equal(
	        inq_checkpoint_read(inq_bytes_of(inq_arena_printf(a, "a\n1\n%s\n", hash)), &head, &err),
	        INQ_UNRECOGNISED);
	assert_int_equal(head.size, 77);
	assert_int_equal(inq_checkpoint_read(inq_bytes_of(inq_arena_printf(a, "a\n0\n%smore\nlines\n", hash)),
	                         &head, &err),
	        INQ_OK);
	assert_true(inq_bytes_equal(head.extension, "more\nlines\n"));
	head.origin = inq_bytes_of("two\nlines");
	assert_int_equal(inq_checkpoint_write(&head, a, &head.origin, &err), INQ_BAD_ARGUMENT);
}

static const struct inq_bytes checkpoint = {
	(const uint8_t *)"log.example/1\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", 14 + 2 + 45
};

static void signs_and_cosigns_what_it_verifies(void **state)
{
	struct make_key log, witness, stranger;
	struct inq_signer signers[2];
	struct inq_vkey keys[3];
	struct inq_note_verified verified[3];
	struct inq_error err;
	struct inq_note note;
	struct inq_bytes bytes, line;

	(void)state;
	make_key(&log, "log.example/1", INQ_KEY_ED25519, 1);
	make_key(&witness, "witness", INQ_KEY_COSIGNER, 2);
	make_key(&stranger, "stranger", INQ_KEY_ED25519, 3);
	signers[0] = log.signer;
	signers[1] = witness.signer;
	assert_int_equal(inq_note_sign(checkpoint, signers, 2, 1700000000, a, &bytes, &err), INQ_OK);
	assert_int_equal(inq_note_read(bytes, a, &note, &err), INQ_OK);
	keys[0] = stranger.signer.vkey;
	keys[1] = witness.signer.vkey;
	keys[2] = log.signer.vkey;
	assert_int_equal(inq_note_verify(&note, keys, 3, verified, &err), INQ_OK);
	assert_false(verified[0].here);
	assert_true(verified[1].here && verified[1].time == 1700000000);
	assert_true(verified[2].here && verified[2].time == 0);
	/* Nobody known signed it. */
	assert_int_equal(inq_note_verify(&note, keys, 1, verified, &err), INQ_BAD_SIGNATURE);
	/* A line that comes later is put at the end as it is. */
	assert_int_equal(inq_note_line(note.text, &stranger.signer, 0, a, &line, &err), INQ_OK);
	assert_memory_equal(line.at, "\xe2\x80\x94 stranger ", 13);
	/* A cosigner signs nothing but checkpoints; what is no note is not signed at all. */
	assert_int_equal(
	        inq_note_sign(inq_bytes_of("text\n"), &signers[1], 1, 5, a, &bytes, &err), INQ_BAD_ARGUMENT);
	assert_int_equal(
	        inq_note_sign(inq_bytes_of("text"), signers, 1, 5, a, &bytes, &err), INQ_BAD_ARGUMENT);
	assert_int_equal(
	        inq_note_sign(inq_bytes_of("a\tb\n"), signers, 1, 5, a, &bytes, &err), INQ_BAD_ARGUMENT);
	assert_int_equal(
	        inq_note_line(checkpoint, &signers[1], UINT64_MAX, a, &line, &err), INQ_BAD_ARGUMENT);
	assert_int_equal(
	        inq_note_line(checkpoint, &signers[1], (uint64_t)1 << 53, a, &line, &err), INQ_BAD_ARGUMENT);
}

static void a_cosignature_of_no_checkpoint_is_false(void **state)
{
	uint8_t blob[4 + 8 + INQ_SIGNATURE] = { 0 };
	struct inq_note_verified verified;
	struct inq_error err;
	struct make_key witness;
	struct inq_note note;
	char base64[200];

	(void)state;
	make_key(&witness, "witness", INQ_KEY_COSIGNER, 2);
	for (int i = 0; i < 4; i++)
		blob[i] = (uint8_t)(witness.signer.vkey.id >> (24 - 8 * i));
	blob[11] = 5;
	assert_int_equal(
	        inq_sign(&witness.signer, inq_bytes_of("cosignature/v1\ntime 5\ntext\n"), blob + 12, &err),
	        INQ_OK);
	inq_base64(blob, sizeof blob, base64);
	assert_int_equal(
	        inq_note_read(inq_bytes_of(inq_arena_printf(a, "text\n\n\xe2\x80\x94 witness %s\n", base64)),
	                a, &note, &err),
	        INQ_OK);
	assert_int_equal(inq_note_verify(&note, &witness.signer.vkey, 1, &verified, &err), INQ_BAD_SIGNATURE);
}

/* Well signed, but with a time that no JSON document could say: one party's head would leave all without a log. */
static void a_cosignature_of_a_time_beyond_all_is_false(void **state)
{
	uint8_t blob[4 + 8 + INQ_SIGNATURE] = { 0 };
	struct inq_note_verified verified;
	struct inq_error err;
	struct make_key witness;
	struct inq_note note;
	char base64[200];

	(void)state;
	make_key(&witness, "witness", INQ_KEY_COSIGNER, 2);
	for (int i = 0; i < 4; i++)
		blob[i] = (uint8_t)(witness.signer.vkey.id >> (24 - 8 * i));
	blob[5] = 0x20;
	assert_int_equal(
	        inq_sign(&witness.signer,
	                inq_bytes_of(inq_arena_printf(a, "cosignature/v1\ntime 9007199254740992\n%.*s",
	                        (int)checkpoint.len, (const char *)checkpoint.at)),
	                blob + 12, &err),
	        INQ_OK);
	inq_base64(blob, sizeof blob, base64);
	assert_int_equal(inq_note_read(inq_bytes_of(inq_arena_printf(a, "%.*s\n\xe2\x80\x94 witness %s\n",
	                                       (int)checkpoint.len, (const char *)checkpoint.at, base64)),
	                         a, &note, &err),
	        INQ_OK);
	assert_int_equal(inq_note_verify(&note, &witness.signer.vkey, 1, &verified, &err), INQ_BAD_SIGNATURE);
}

static void every_flipped_byte_of_a_note_shows(void **state)
{
	struct make_key log, witness;
	struct inq_note_verified verified[2];
	struct inq_vkey keys[2];
	struct inq_signer signers[2];
	struct inq_error err;
	struct inq_bytes bytes;
	struct inq_note note;
	uint8_t copy[1000];

	(void)state;
	make_key(&log, "log.example/1", INQ_KEY_ED25519, 1);
	make_key(&witness, "witness", INQ_KEY_COSIGNER, 2);
	signers[0] = log.signer;
	signers[1] = witness.signer;
	keys[0] = log.signer.vkey;
	keys[1] = witness.signer.vkey;
	assert_int_equal(inq_note_sign(checkpoint, signers, 2, 1700000000, a, &bytes, &err), INQ_OK);
	assert_true(bytes.len < sizeof copy);
	for (size_t i = 0; i < 8 * bytes.len; i++) {
		enum inq_status status;

		memcpy(copy, bytes.at, bytes.len);
		copy[i / 8] ^= (uint8_t)(1U << i % 8);
		status = inq_note_read((struct inq_bytes){ copy, bytes.len }, a, &note, &err);
		if (status == INQ_OK)
			status = inq_note_verify(&note, keys, 2, verified, &err);
		/* A name or ID that nobody knows makes an unknown signature; it is then not here. */
		assert_true(status != INQ_OK || !verified[0].here || !verified[1].here);
	}
}

static void proof_text_reads_back_and_every_flip_shows(void **state)
{
	struct make_record m;
	struct inq_bytes text, again;
	struct inq_proof proof;
	struct inq_proof_said said;
	struct inq_error err;
	uint8_t copy[4096];

	(void)state;
	make_whole(&m, a);
	text = make_proof(&m, 0, 3, 6);
	assert_int_equal(inq_proof_read(text, a, &proof, &err), INQ_OK);
	assert_int_equal(proof.index, 3);
	assert_int_equal(proof.count, 3);
	assert_int_equal(inq_proof_write(&proof, a, &again, &err), INQ_OK);
	assert_int_equal(again.len, text.len);
	assert_memory_equal(again.at, text.at, text.len);
	assert_int_equal(inq_proof_verify(&proof, &m.party[0].digests[3],
	                         &m.party[0].keys[INQ_ROLE_LOG].signer.vkey, NULL, 0, a, &said, &err),
	        INQ_OK);
	assert_int_equal(said.head.size, 6);
	assert_int_equal(inq_proof_verify(&proof, &m.party[0].digests[2],
	                         &m.party[0].keys[INQ_ROLE_LOG].signer.vkey, NULL, 0, a, &said, &err),
	        INQ_TAMPERED);
	assert_true(text.len < sizeof copy);
	for (size_t i = 0; i < text.len; i++) {
		enum inq_status status;

		memcpy(copy, text.at, text.len);
		copy[i] ^= 1;
		status = inq_proof_read((struct inq_bytes){ copy, text.len }, a, &proof, &err);
		if (status == INQ_OK)
			status = inq_proof_verify(&proof, &m.party[0].digests[3],
			        &m.party[0].keys[INQ_ROLE_LOG].signer.vkey, NULL, 0, a, &said, &err);
		/* Nothing vouches for the extra data, and nothing here relies on it. */
		if (status == INQ_OK)
			assert_int_not_equal(memcmp(proof.extra.at, m.party[0].digests[3].byte, 32), 0);
	}
}

static void refuses_what_is_no_proof(void **state)
{
	static const char *const wrong[] = { "", "c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v1\n",
		"c2sp.org/tlog-proof@v2\nindex 1\n\nx\n", "c2sp.org/tlog-proof@v1\nindex 01\n\nx\n",
		"c2sp.org/tlog-proof@v1\nindex 1\n", "c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx\n",
		"c2sp.org/tlog-proof@v1\nextra A\nindex 1\n\nx\n", "c2sp.org/tlog-proof@v1\nindex -1\n\nx\n",
		"c2sp.org/tlog-proof@v1\nindex 1\nindex 1\n\nx\n" };
	struct inq_proof proof;
	struct inq_error err;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(inq_proof_read(inq_bytes_of(wrong[i]), a, &proof, &err), INQ_UNRECOGNISED);
}

static void a_proof_in_a_million_is_small(void **state)
{
	struct make_key log;
	struct inq_proof proof = { .index = 999999, .count = 20 };
	struct inq_error err;
	struct inq_bytes text;

	(void)state;
	make_key(&log, "ministry.example/00112233445566778899aabbccddeeff", INQ_KEY_ED25519, 1);
	assert_int_equal(inq_note_sign(checkpoint, &log.signer, 1, 0, a, &proof.checkpoint, &err), INQ_OK);
	assert_int_equal(inq_proof_write(&proof, a, &text, &err), INQ_OK);
	assert_true(text.len < 2048);
}

static void policies_are_read_and_quorums_counted(void **state)
{
	static const char *const wrong[] = { "", "quorum none", "quorum x\n", "quorum none\nquorum none\n",
		"witness w\nquorum none\n", "group g all\nquorum none\n", "group g all x\nquorum none\n",
		"what\nquorum none\n", "log nonsense\nquorum none\n", "quorum none \x01\n", "quorum\n",
		"quorum none x\n" };
	struct make_key keys[4];
	char text[5][INQ_VKEY_MOST];
	bool cosigned[2 * INQ_POLICY_MOST] = { false };
	const struct inq_policy *p;
	struct inq_error err;
	const char *whole;

	(void)state;
	make_key(&keys[0], "log", INQ_KEY_ED25519, 1);
	inq_vkey_write(&keys[0].signer.vkey, text[0]);
	for (uint8_t i = 1; i < 4; i++) {
		make_key(&keys[i], "w", INQ_KEY_COSIGNER, (uint8_t)(i + 1));
		inq_vkey_write(&keys[i].signer.vkey, text[i]);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		if (inq_policy_read(inq_bytes_of(wrong[i]), a, &p, &err) != INQ_UNRECOGNISED)
			print_message("%s\n", wrong[i]);
		assert_int_equal(inq_policy_read(inq_bytes_of(wrong[i]), a, &p, &err), INQ_UNRECOGNISED);
	}
	whole = inq_arena_printf(a,
	        "# who\n\nlog\t%s http://x\nwitness A %s\n witness B %s\nwitness C %s\ngroup two 2 A B\n"
	        "group both any two C\nquorum both\n",
	        text[0], text[1], text[2], text[3]);
	assert_int_equal(inq_policy_read(inq_bytes_of(whole), a, &p, &err), INQ_OK);
	assert_int_equal(p->log_count, 1);
	assert_int_equal(p->member_count, 5);
	assert_false(inq_policy_quorum(p, cosigned));
	cosigned[0] = true;
	assert_false(inq_policy_quorum(p, cosigned));
	cosigned[1] = true;
	assert_true(inq_policy_quorum(p, cosigned));
	cosigned[0] = cosigned[1] = false;
	cosigned[2] = true;
	assert_true(inq_policy_quorum(p, cosigned));
	whole = inq_arena_printf(a, "witness A %s\nwitness B %s\nquorum A\n", text[1], text[1]);
	assert_int_equal(inq_policy_read(inq_bytes_of(whole), a, &p, &err), INQ_UNRECOGNISED);
	whole = inq_arena_printf(a, "witness A %s\ngroup g all A\ngroup h all A\nquorum g\n", text[1]);
	assert_int_equal(inq_policy_read(inq_bytes_of(whole), a, &p, &err), INQ_UNRECOGNISED);
	whole = inq_arena_printf(a, "log %s\nquorum none\n", text[1]);
	assert_int_equal(inq_policy_read(inq_bytes_of(whole), a, &p, &err), INQ_UNRECOGNISED);
}

static void objects_are_bounded_and_proved(void **state)
{
	static uint8_t zeroes[1 << 20];
	struct inq_bytes packed, content = { zeroes, sizeof zeroes }, out = { NULL, 7 };
	struct inq_sha256 digest;
	struct inq_error err;
	uint8_t copy[4096];

	(void)state;
	assert_int_equal(inq_sha256(content, &digest), INQ_OK);
	assert_int_equal(inq_object_pack(content, a, &packed, &err), INQ_OK);
	assert_true(packed.len < sizeof copy - 8);
	assert_int_equal(
	        inq_object_unpack(packed, &digest, sizeof zeroes - 1, a, &out, &err), INQ_OVER_LIMIT);
	digest.byte[0] ^= 1;
	assert_int_equal(inq_object_unpack(packed, &digest, sizeof zeroes, a, &out, &err), INQ_TAMPERED);
	digest.byte[0] ^= 1;
	memcpy(copy, packed.at, packed.len);
	copy[packed.len] = 0;
	assert_int_equal(inq_object_unpack((struct inq_bytes){ copy, packed.len + 1 }, &digest, sizeof zeroes,
	                         a, &out, &err),
	        INQ_UNRECOGNISED);
	assert_int_equal(inq_object_unpack((struct inq_bytes){ copy, packed.len - 1 }, &digest, sizeof zeroes,
	                         a, &out, &err),
	        INQ_UNRECOGNISED);
	/* A frame that zstd skips: the same content, and another file. */
	memcpy(copy + packed.len, "\x50\x2a\x4d\x18\0\0\0\0", 8);
	assert_int_equal(inq_object_unpack((struct inq_bytes){ copy, packed.len + 8 }, &digest, sizeof zeroes,
	                         a, &out, &err),
	        INQ_UNRECOGNISED);
	assert_int_equal(out.len, 7);
	assert_int_equal(inq_object_unpack(packed, &digest, sizeof zeroes, a, &out, &err), INQ_OK);
	assert_int_equal(out.len, sizeof zeroes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verifies_the_note_of_go),
		cmocka_unit_test(reads_the_checkpoint_of_the_specification),
		cmocka_unit_test(refuses_what_is_no_note),
		cmocka_unit_test(takes_sixteen_signatures_and_stops_at_a_limit),
		cmocka_unit_test(refuses_what_is_no_checkpoint),
		cmocka_unit_test(signs_and_cosigns_what_it_verifies),
		cmocka_unit_test(a_cosignature_of_no_checkpoint_is_false),
		cmocka_unit_test(a_cosignature_of_a_time_beyond_all_is_false),
		cmocka_unit_test(every_flipped_byte_of_a_note_shows),
		cmocka_unit_test(proof_text_reads_back_and_every_flip_shows),
		cmocka_unit_test(refuses_what_is_no_proof),
		cmocka_unit_test(a_proof_in_a_million_is_small),
		cmocka_unit_test(policies_are_read_and_quorums_counted),
		cmocka_unit_test(objects_are_bounded_and_proved),
	};

	return cmocka_run_group_tests(tests, arena_open, arena_close);
}
