#include "record.h"
#include <stdio.h>
#include <string.h>

/*
 * seeds_record json_read|note|entry|sealed|bundle DIRECTORY: writes the files of a
 * whole record, each alone or all in one, that the fuzzer of that name starts from.
 */

static int save(const char *directory, const char *name, const void *at, size_t len)
{
	char path[4096];
	FILE *file;
	int written;

	snprintf(path, sizeof path, "%s/%s", directory, name);
	file = fopen(path, "wb");
	if (!file) {
		perror(path);
		return 1;
	}
	written = fwrite(at, 1, len, file) == len;
	return fclose(file) || !written;
}

static int save_bytes(const char *directory, const char *name, struct inq_bytes b)
{
	return save(directory, name, b.at, b.len);
}

static int seeds_entry(struct make_record *m, const char *directory, bool envelopes)
{
	int failed = 0;

	for (unsigned p = 0; p < m->parties; p++) {
		for (size_t i = 0; i < m->party[p].count; i++) {
			struct inq_entry e;
			char name[32];

			snprintf(name, sizeof name, "%s-%zu", m->party[p].name, i);
			if (inq_entry_read(m->party[p].entries[i], m->a, &e, NULL) != INQ_OK)
				return 1;
			failed |= save_bytes(directory, name, e.payload);
			if (envelopes) {
				snprintf(name, sizeof name, "%s-%zu.dsse", m->party[p].name, i);
				failed |= save_bytes(directory, name, m->party[p].entries[i]);
			}
		}
	}
	return failed;
}

static int seeds_note(struct make_record *m, const char *directory)
{
	char vkey[INQ_VKEY_MOST];

	const struct inq_bytes proofs[2] = { make_proof(m, 0, 2, 6), make_proof(m, 0, 3, 6) };
	struct inq_bytes fork;

	inq_vkey_write(&m->party[0].keys[INQ_ROLE_LOG].signer.vkey, vkey);
	if (inq_fork_write(&m->party[0].keys[INQ_ROLE_LOG].signer.vkey, proofs, m->a, &fork, NULL) != INQ_OK)
		return 1;
	return save_bytes(directory, "vkey", inq_bytes_of(vkey)) |
	       save_bytes(directory, "head", make_head(m, 0, 3, ~0U)) |
	       save_bytes(directory, "proof", proofs[0]) | save_bytes(directory, "fork", fork) |
	       save_bytes(directory, "policy", make_file_find(m, INQ_BUNDLE_POLICY)->bytes);
}

static int seeds_sealed(struct make_record *m, const char *directory)
{
	static const uint8_t content[INQ_SEALED_CHUNK + 9];

	return save_bytes(directory, "none", make_sealed_bytes(m, 0, 1, (struct inq_bytes){ content, 0 })) |
	       save_bytes(directory, "memo", make_sealed_bytes(m, 1, 0, inq_bytes_of("the memo 1"))) |
	       save_bytes(directory, "chunks",
	               make_sealed_bytes(m, 0, 1, (struct inq_bytes){ content, sizeof content }));
}

static int seeds_bundle(struct make_record *m, const char *directory)
{
	struct inq_memory_sink memory = { .arena = m->a };
	struct inq_sink sink;

	inq_sink_init(&sink, inq_memory_sink_write, &memory);
	for (size_t i = 0; i < m->file_count; i++) {
		size_t len = m->files[i].bytes.len, name_len = strlen(m->files[i].name);
		uint8_t head = (uint8_t)name_len,
		        size[3] = { (uint8_t)len, (uint8_t)(len >> 8), (uint8_t)(len >> 16) };

		inq_put_bytes(&sink, (struct inq_bytes){ &head, 1 });
		inq_put(&sink, m->files[i].name);
		inq_put_bytes(&sink, (struct inq_bytes){ size, sizeof size });
		inq_put_bytes(&sink, m->files[i].bytes);
	}
	return !inq_sink_flush(&sink) || save(directory, "whole", memory.at, memory.len);
}

int main(int argc, char **argv)
{
	struct inq_arena *a = inq_arena_open((size_t)256 << 20);
	static struct make_record m;
	int failed = 2;

	if (!a)
		return 1;
	make_whole(&m, a);
	if (argc == 3 && !strcmp(argv[1], "json_read"))
		failed = seeds_entry(&m, argv[2], false);
	else if (argc == 3 && !strcmp(argv[1], "entry"))
		failed = seeds_entry(&m, argv[2], true);
	else if (argc == 3 && !strcmp(argv[1], "note"))
		failed = seeds_note(&m, argv[2]);
	else if (argc == 3 && !strcmp(argv[1], "sealed"))
		failed = seeds_sealed(&m, argv[2]);
	else if (argc == 3 && !strcmp(argv[1], "bundle"))
		failed = seeds_bundle(&m, argv[2]);
	else
		fputs("usage: seeds_record json_read|note|entry|sealed|bundle DIRECTORY\n", stderr);
	inq_arena_close(a);
	return failed;
}
