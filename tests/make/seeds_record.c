#include "record.h"
#include "save.h"
#include <string.h>

/* The files of a whole record, each alone or all in one. */

static struct make_record *whole(void)
{
	struct inq_arena *a = inq_arena_open((size_t)256 << 20);
	static struct make_record m;

	if (!a)
		make_fail("record", "no memory");
	make_whole(&m, a);
	return &m;
}

static void save_bytes(const char *directory, const char *name, struct inq_bytes b)
{
	make_save(directory, name, b.at, b.len);
}

static void seeds_entry(const char *directory, bool envelopes)
{
	struct make_record *m = whole();

	for (unsigned p = 0; p < m->parties; p++) {
		for (size_t i = 0; i < m->party[p].count; i++) {
			struct inq_entry e;
			char name[32];

			snprintf(name, sizeof name, "%s-%zu", m->party[p].name, i);
			if (inq_entry_read(m->party[p].entries[i], m->a, &e, NULL) != INQ_OK)
				make_fail(name, "is no entry");
			save_bytes(directory, name, e.payload);
			if (envelopes) {
				snprintf(name, sizeof name, "%s-%zu.dsse", m->party[p].name, i);
				save_bytes(directory, name, m->party[p].entries[i]);
			}
		}
	}
}

static void seeds_note(const char *directory)
{
	struct make_record *m = whole();
	const struct inq_bytes proofs[2] = { make_proof(m, 0, 2, 6), make_proof(m, 0, 3, 6) };
	char vkey[INQ_VKEY_MOST];
	struct inq_bytes fork;

	inq_vkey_write(&m->party[0].keys[INQ_ROLE_LOG].signer.vkey, vkey);
	if (inq_fork_write(&m->party[0].keys[INQ_ROLE_LOG].signer.vkey, proofs, m->a, &fork, NULL) != INQ_OK)
		make_fail("fork", "cannot be made");
	save_bytes(directory, "vkey", inq_bytes_of(vkey));
	save_bytes(directory, "head", make_head(m, 0, 3, ~0U));
	save_bytes(directory, "proof", proofs[0]);
	save_bytes(directory, "fork", fork);
	save_bytes(directory, "policy", make_file_find(m, INQ_BUNDLE_POLICY)->bytes);
}

static void seeds_sealed(const char *directory)
{
	static const uint8_t content[INQ_SEALED_CHUNK + 9];
	struct make_record *m = whole();

	save_bytes(directory, "none", make_sealed_bytes(m, 0, 1, (struct inq_bytes){ content, 0 }));
	save_bytes(directory, "memo", make_sealed_bytes(m, 1, 0, inq_bytes_of("the memo 1")));
	save_bytes(directory, "chunks",
	        make_sealed_bytes(m, 0, 1, (struct inq_bytes){ content, sizeof content }));
}

static void seeds_bundle(const char *directory)
{
	struct make_record *m = whole();
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
	if (!inq_sink_flush(&sink))
		make_fail("whole", "no memory");
	make_save(directory, "whole", memory.at, memory.len);
}

static void seeds_payloads(const char *directory)
{
	seeds_entry(directory, false);
}

static void seeds_envelopes(const char *directory)
{
	seeds_entry(directory, true);
}

const struct make_seeds make_seeds[] = {
	{ "json_read", seeds_payloads },
	{ "entry", seeds_envelopes },
	{ "note", seeds_note },
	{ "sealed", seeds_sealed },
	{ "bundle", seeds_bundle },
	{ NULL, NULL },
};
