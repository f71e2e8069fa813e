#include "record.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(bool holds, const char *what)
{
	if (!holds) {
		fprintf(stderr, "make/record: %s\n", what);
		abort();
	}
}

static void must_ok(enum inq_status status, const struct inq_error *err)
{
	if (status != INQ_OK) {
		fprintf(stderr, "make/record: %s\n", err->text);
		abort();
	}
}

static enum inq_status key_sign(
        void *context, struct inq_bytes message, uint8_t ret[INQ_SIGNATURE], struct inq_error *err)
{
	const struct make_key *k = context;

	(void)err;
	crypto_sign_detached(ret, NULL, message.at, message.len, k->secret);
	return INQ_OK;
}

void make_key(struct make_key *k, const char *name, enum inq_key_type type, uint8_t seed)
{
	uint8_t seeds[32], public[32];
	struct inq_error err;

	must(sodium_init() >= 0, "libsodium");
	memset(seeds, seed, sizeof seeds);
	crypto_sign_seed_keypair(public, k->secret, seeds);
	must_ok(inq_vkey_make(inq_bytes_of(name), type, public, &k->signer.vkey, &err), &err);
	k->signer.sign = key_sign;
	k->signer.context = k;
}

void make_record_init(struct make_record *m, struct inq_arena *a)
{
	memset(m, 0, sizeof *m);
	m->a = a;
	m->time = 1795392000; /* 23 November 2026 */
}

struct inq_sha256 make_entry(struct make_record *m, unsigned party, struct inq_entry *e)
{
	struct make_party *p = &m->party[party];
	struct inq_seen *seen = inq_arena_new(m->a, MAKE_PARTIES, sizeof *seen);
	struct inq_sha256 digest;
	struct inq_error err;
	struct inq_bytes bytes;

	must(seen, "memory");
	e->case_id = inq_bytes_of(MAKE_CASE);
	e->party = inq_bytes_of(p->name);
	e->seq = p->count;
	e->prev.here = p->count > 0;
	if (p->count)
		e->prev.is = p->digests[p->count - 1];
	e->seen = seen;
	e->seen_count = 0;
	/* Parties are made in the order of their names. */
	for (unsigned i = 0; i < m->parties; i++)
		if (p->seen[i].size)
			seen[e->seen_count++] = p->seen[i];
	e->time = m->time++;
	must_ok(inq_entry_write(e, &p->keys[INQ_ROLE_ENTRY].signer, m->a, &bytes, &digest, &err), &err);
	p->entries = inq_arena_extend(m->a, p->entries, p->count, &p->entries_room, sizeof *p->entries);
	p->digests = inq_arena_extend(m->a, p->digests, p->count, &p->digests_room, sizeof *p->digests);
	must(p->entries && p->digests, "memory");
	p->entries[p->count] = bytes;
	p->digests[p->count++] = digest;
	inq_merkle_append(&p->edge, &digest, NULL);
	return digest;
}

void make_see(struct make_record *m, unsigned party, unsigned other)
{
	struct inq_seen *seen = &m->party[party].seen[other];

	seen->origin = inq_bytes_of(m->party[other].origin);
	seen->size = m->party[other].edge.size;
	inq_merkle_edge_root(&m->party[other].edge, &seen->root);
}

unsigned make_party(struct make_record *m, const char *name)
{
	struct make_party *p = &m->party[m->parties];
	struct inq_entry e = { .type = INQ_ENTRY_CHARTER, .title = inq_bytes_of("The case of the example") };
	uint8_t seed = (uint8_t)(3 * m->parties + 1);

	must(m->parties < MAKE_PARTIES, "too many parties");
	snprintf(p->name, sizeof p->name, "%s", name);
	inq_origin(inq_bytes_of(name), inq_bytes_of(MAKE_CASE), p->origin);
	make_key(&p->keys[INQ_ROLE_ENTRY], p->name, INQ_KEY_ED25519, seed);
	make_key(&p->keys[INQ_ROLE_LOG], p->origin, INQ_KEY_ED25519, (uint8_t)(seed + 1));
	make_key(&p->keys[INQ_ROLE_COSIGNER], p->name, INQ_KEY_COSIGNER, (uint8_t)(seed + 2));
	for (unsigned i = 0; i < INQ_ROLES; i++) {
		char *text = inq_arena_new(m->a, INQ_VKEY_MOST, 1);

		must(text, "memory");
		inq_vkey_write(&p->keys[i].signer.vkey, text);
		e.keys[i] = inq_bytes_of(text);
	}
	m->parties++;
	if (m->parties > 1) {
		e.joins = (struct inq_digest_or_none){ true, m->party[0].digests[0] };
		make_see(m, m->parties - 1, 0);
	}
	make_entry(m, m->parties - 1, &e);
	return m->parties - 1;
}

struct make_file *make_file_find(struct make_record *m, const char *name)
{
	for (size_t i = 0; i < m->file_count; i++)
		if (strcmp(m->files[i].name, name) == 0)
			return &m->files[i];
	return NULL;
}

void make_file(struct make_record *m, const char *name, struct inq_bytes bytes)
{
	struct make_file *f = make_file_find(m, name);

	if (!f) {
		m->files = inq_arena_extend(m->a, m->files, m->file_count, &m->file_room, sizeof *m->files);
		must(m->files, "memory");
		f = &m->files[m->file_count++];
	}
	snprintf(f->name, sizeof f->name, "%s", name);
	f->bytes = bytes;
}

static struct inq_sha256 object_put(struct make_record *m, struct inq_bytes bytes)
{
	struct inq_bytes packed;
	struct inq_sha256 digest;
	struct inq_error err;
	char name[INQ_BUNDLE_NAME];

	must_ok(inq_sha256(bytes, &digest), &err);
	must_ok(inq_object_pack(bytes, m->a, &packed, &err), &err);
	inq_bundle_object(&digest, name);
	make_file(m, name, packed);
	return digest;
}

struct inq_sha256 make_object(struct make_record *m, const char *content)
{
	return object_put(m, inq_bytes_of(content));
}

struct inq_bytes make_head(struct make_record *m, unsigned party, uint64_t size, unsigned cosigners)
{
	struct make_party *p = &m->party[party];
	struct inq_checkpoint head = { .origin = inq_bytes_of(p->origin), .size = size };
	struct inq_merkle_edge edge = { .size = 0 };
	struct inq_signer signers[1 + MAKE_PARTIES];
	struct inq_bytes text, note;
	struct inq_error err;
	size_t count = 0;

	for (uint64_t i = 0; i < size; i++)
		inq_merkle_append(&edge, &p->digests[i], NULL);
	inq_merkle_edge_root(&edge, &head.root);
	must_ok(inq_checkpoint_write(&head, m->a, &text, &err), &err);
	signers[count++] = p->keys[INQ_ROLE_LOG].signer;
	for (unsigned i = 0; i < m->parties; i++)
		if (i != party && cosigners >> i & 1)
			signers[count++] = m->party[i].keys[INQ_ROLE_COSIGNER].signer;
	must_ok(inq_note_sign(text, signers, count, m->time, m->a, &note, &err), &err);
	return note;
}

/* Tiles straight from the digests: level by level, each hash by appending what it spans. */
struct tiles {
	const struct make_party *party;
	uint8_t bytes[INQ_TILE_WIDTH * 32];
};

static enum inq_status tile_make(void *context, unsigned level, uint64_t index, unsigned width,
        struct inq_bytes *ret, struct inq_error *err)
{
	struct tiles *t = context;

	(void)err;
	for (unsigned i = 0; i < width; i++) {
		struct inq_merkle_edge edge = { .size = 0 };
		uint64_t span = (uint64_t)1 << 8 * level, first = (index * INQ_TILE_WIDTH + i) * span;
		struct inq_sha256 hash;

		for (uint64_t k = 0; k < span; k++)
			inq_merkle_append(&edge, &t->party->digests[first + k], NULL);
		inq_merkle_edge_root(&edge, &hash);
		memcpy(t->bytes + 32 * i, hash.byte, 32);
	}
	*ret = (struct inq_bytes){ t->bytes, (size_t)width * 32 };
	return INQ_OK;
}

struct inq_bytes make_proof(struct make_record *m, unsigned party, uint64_t index, uint64_t size)
{
	struct tiles *t = inq_arena_new(m->a, 1, sizeof *t);
	struct inq_tile_source source = { tile_make, t };
	struct inq_proof proof = { .index = index };
	struct inq_error err;
	struct inq_bytes ret;

	must(t, "memory");
	t->party = &m->party[party];
	must_ok(inq_merkle_inclusion(&source, index, size, proof.hashes, &proof.count, &err), &err);
	proof.extra = (struct inq_bytes){ t->party->digests[index].byte, 32 };
	proof.checkpoint = make_head(m, party, size, 0);
	must_ok(inq_proof_write(&proof, m->a, &ret, &err), &err);
	return ret;
}

static struct inq_bytes copy(struct make_record *m, const void *at, size_t len)
{
	uint8_t *to = inq_arena_new(m->a, len + 1, 1);

	must(to, "memory");
	memcpy(to, at, len);
	return (struct inq_bytes){ to, len };
}

static void entry_tiles(struct make_record *m, const struct make_party *p)
{
	char name[INQ_BUNDLE_NAME];

	for (uint64_t n = 0; n * INQ_TILE_WIDTH < p->count; n++) {
		uint64_t left = p->count - n * INQ_TILE_WIDTH;
		unsigned width = left < INQ_TILE_WIDTH ? (unsigned)left : INQ_TILE_WIDTH;
		struct inq_memory_sink memory = { .arena = m->a };
		struct inq_sink sink;

		inq_sink_init(&sink, inq_memory_sink_write, &memory);
		for (unsigned i = 0; i < width; i++) {
			struct inq_bytes entry = p->entries[n * INQ_TILE_WIDTH + i];
			uint8_t prefix[2];

			inq_entry_bundle_prefix(entry.len, prefix);
			inq_put_bytes(&sink, (struct inq_bytes){ prefix, 2 });
			inq_put_bytes(&sink, entry);
		}
		must(inq_sink_flush(&sink), "memory");
		inq_bundle_tile(p->name, INQ_TILE_ENTRIES, n, width, name);
		make_file(m, name, (struct inq_bytes){ (const uint8_t *)memory.at, memory.len });
	}
}

static void hash_tiles(struct make_record *m, const struct make_party *p)
{
	struct tiles *t = inq_arena_new(m->a, 1, sizeof *t);
	char name[INQ_BUNDLE_NAME];
	struct inq_bytes tile;
	struct inq_error err;

	must(t, "memory");
	t->party = p;
	for (unsigned level = 0; inq_tile_hashes(level, p->count); level++) {
		uint64_t hashes = inq_tile_hashes(level, p->count);

		for (uint64_t n = 0; n * INQ_TILE_WIDTH < hashes; n++) {
			uint64_t left = hashes - n * INQ_TILE_WIDTH;
			unsigned width = left < INQ_TILE_WIDTH ? (unsigned)left : INQ_TILE_WIDTH;

			must_ok(tile_make(t, level, n, width, &tile, &err), &err);
			inq_bundle_tile(p->name, level, n, width, name);
			make_file(m, name, copy(m, tile.at, tile.len));
		}
	}
}

void make_publish(struct make_record *m)
{
	struct inq_memory_sink memory = { .arena = m->a };
	char name[INQ_BUNDLE_NAME];
	struct inq_entry charter;
	struct inq_error err;
	struct inq_sink sink;

	inq_sink_init(&sink, inq_memory_sink_write, &memory);
	for (unsigned i = 0; i < m->parties; i++) {
		struct make_party *p = &m->party[i];

		inq_policy_put_log(&sink, &p->keys[INQ_ROLE_LOG].signer.vkey);
		inq_policy_put_witness(&sink, p->name, &p->keys[INQ_ROLE_COSIGNER].signer.vkey);
		inq_bundle_checkpoint(p->name, name);
		make_file(m, name, make_head(m, i, p->count, ~0U));
		entry_tiles(m, p);
		hash_tiles(m, p);
		for (unsigned k = 0; k < m->parties; k++) {
			if (k == i)
				continue;
			inq_bundle_cosigned(p->name, m->party[k].name, name);
			make_file(m, name, make_head(m, i, p->count - 1, 1U << k));
		}
	}
	inq_put(&sink, "quorum none\n");
	must(inq_sink_flush(&sink), "memory");
	make_file(m, INQ_BUNDLE_POLICY, (struct inq_bytes){ (const uint8_t *)memory.at, memory.len });
	must_ok(inq_entry_read(m->party[0].entries[0], m->a, &charter, &err), &err);
	make_file(m, INQ_BUNDLE_CHARTER, charter.payload);
}

static struct inq_entry result_of(struct make_record *m, enum inq_entry_type type, const char *result)
{
	struct inq_entry e = { .type = type,
		.kind = inq_bytes_of("attribute"),
		.program = inq_bytes_of("inquiry"),
		.version = inq_bytes_of("0.1.0"),
		.schema = inq_bytes_of("inquiry-attribution/1"),
		.size = strlen(result) };
	static const struct inq_bytes options[] = { { (const uint8_t *)"--common", 8 },
		{ (const uint8_t *)"libc", 4 } };

	e.result = make_object(m, result);
	e.options = options;
	e.option_count = 2;
	e.corpus = (struct inq_digest_or_none){ true, m->party[0].digests[0] };
	return e;
}

static const struct inq_sha256 *keep(struct make_record *m, struct inq_sha256 digest)
{
	struct inq_sha256 *at = inq_arena_new(m->a, 1, sizeof *at);

	must(at, "memory");
	*at = digest;
	return at;
}

static enum inq_status content_read(
        void *context, uint8_t *at, size_t len, size_t *got, struct inq_error *err)
{
	struct inq_bytes *left = context;

	(void)err;
	*got = left->len < len ? left->len : len;
	if (*got)
		memcpy(at, left->at, *got);
	*left = inq_bytes_from(*left, *got);
	return INQ_OK;
}

struct inq_bytes make_sealed_bytes(
        struct make_record *m, unsigned party, unsigned to, struct inq_bytes content)
{
	struct inq_vkey keys[2] = { m->party[party].keys[INQ_ROLE_ENTRY].signer.vkey,
		m->party[to].keys[INQ_ROLE_ENTRY].signer.vkey };
	struct inq_sealed s = { .case_id = inq_bytes_of(MAKE_CASE),
		.party = inq_bytes_of(m->party[party].name),
		.size = content.len };
	struct inq_bytes object;
	struct inq_error err;

	must_ok(inq_sha256(content, &s.digest), &err);
	must_ok(inq_seal(&s, keys, 2, content_read, &content, m->a, &object, &err), &err);
	return object;
}

struct inq_sha256 make_sealed(struct make_record *m, unsigned party, unsigned to, const char *content)
{
	return object_put(m, make_sealed_bytes(m, party, to, inq_bytes_of(content)));
}

void make_whole(struct make_record *m, struct inq_arena *a)
{
	static const struct inq_bytes recipients[] = { { (const uint8_t *)"bera", 4 } };
	struct inq_entry e;
	struct inq_subject *subject;
	struct inq_sha256 open, sealed, withheld, examined, claimed, disputed, supported;
	struct make_key *fresh;
	struct inq_bytes possession;
	struct inq_error err;
	unsigned alma, bera;
	char *old, *new;

	make_record_init(m, a);
	alma = make_party(m, "alma");
	bera = make_party(m, "bera");
	subject = inq_arena_new(a, 3, sizeof *subject);
	must(subject, "memory");
	make_see(m, alma, bera);

	e = (struct inq_entry){ .type = INQ_ENTRY_EXHIBIT_OPEN,
		.subjects = subject,
		.subject_count = 1,
		.size = 17,
		.source = inq_bytes_of("disk 4, \x1b[31mred") };
	subject[0] = (struct inq_subject){ inq_bytes_of("wiper.exe"), make_object(m, "MZ the wiper says") };
	open = make_entry(m, alma, &e);
	e = (struct inq_entry){ .type = INQ_ENTRY_EXHIBIT_SEALED,
		.subjects = subject + 1,
		.subject_count = 1,
		.size = 10,
		.sealed = make_sealed(m, alma, bera, "the memo 1"),
		.recipients = recipients,
		.recipient_count = 1 };
	must_ok(inq_sha256(inq_bytes_of("the memo 1"), &subject[1].digest), &err);
	subject[1].name = inq_bytes_of("memo");
	sealed = make_entry(m, alma, &e);
	e = (struct inq_entry){ .type = INQ_ENTRY_EXHIBIT_WITHHELD,
		.subjects = subject + 2,
		.subject_count = 1,
		.size = 99,
		.reason = inq_bytes_of("names a source") };
	must_ok(inq_sha256(inq_bytes_of("never seen"), &subject[2].digest), &err);
	subject[2].name = inq_bytes_of("letter");
	withheld = make_entry(m, alma, &e);

	e = result_of(m, INQ_ENTRY_EXAMINATION, "{\"schema\":\"inquiry-attribution/1\"}");
	e.subjects = subject;
	e.subject_count = 2;
	e.cites = keep(m, open);
	e.cite_count = 1;
	examined = make_entry(m, alma, &e);
	e = (struct inq_entry){ .type = INQ_ENTRY_CLAIM,
		.text = inq_bytes_of("It is theirs."),
		.cites = keep(m, examined),
		.cite_count = 1 };
	claimed = make_entry(m, alma, &e);

	make_see(m, bera, alma);
	e = result_of(m, INQ_ENTRY_RERUN, "{\"schema\":\"inquiry-attribution/1\" }");
	e.subjects = subject;
	e.subject_count = 2;
	e.of = examined;
	e.outcome = INQ_RERUN_DIFFERS;
	e.difference = 33;
	make_entry(m, bera, &e);
	e = (struct inq_entry){ .type = INQ_ENTRY_DISPUTE,
		.of = examined,
		.dispute = INQ_DISPUTE_LIBRARY_CODE,
		.cites = keep(m, open),
		.cite_count = 1 };
	disputed = make_entry(m, bera, &e);
	e = (struct inq_entry){ .type = INQ_ENTRY_STATEMENT, .text = inq_bytes_of("It was not us.") };
	make_entry(m, bera, &e);
	e = (struct inq_entry){
		.type = INQ_ENTRY_SUPPORT, .of = open, .text = inq_bytes_of("We have it, too.")
	};
	supported = make_entry(m, bera, &e);
	e = (struct inq_entry){ .type = INQ_ENTRY_WITHDRAW, .of = supported };
	make_entry(m, bera, &e);

	make_see(m, alma, bera);
	e = result_of(m, INQ_ENTRY_CONCLUSION, "{\"schema\":\"inquiry-conclusion/1\"}");
	e.cites = keep(m, claimed);
	e.cite_count = 1;
	make_entry(m, alma, &e);
	e = (struct inq_entry){ .type = INQ_ENTRY_EXHIBIT_UNSEAL,
		.of = sealed,
		.subjects = subject + 1,
		.subject_count = 1,
		.size = 10 };
	make_object(m, "the memo 1");
	make_entry(m, alma, &e);

	/* Bera changes its log key's neighbour, the cosigner, and later says that the old one leaked. */
	fresh = inq_arena_new(a, 1, sizeof *fresh);
	old = inq_arena_new(a, INQ_VKEY_MOST, 1);
	new = inq_arena_new(a, INQ_VKEY_MOST, 1);
	must(fresh && old && new, "memory");
	make_key(fresh, "bera", INQ_KEY_ED25519, 77);
	inq_vkey_write(&m->party[bera].keys[INQ_ROLE_ENTRY].signer.vkey, old);
	inq_vkey_write(&fresh->signer.vkey, new);
	e = (struct inq_entry){ .type = INQ_ENTRY_KEY_ROTATE,
		.role = INQ_ROLE_ENTRY,
		.old_key = inq_bytes_of(old),
		.new_key = inq_bytes_of(new),
		.case_id = inq_bytes_of(MAKE_CASE),
		.party = inq_bytes_of("bera"),
		.reason = inq_bytes_of("as every year") };
	must_ok(inq_key_possession(&e, a, &possession, &err), &err);
	must_ok(inq_sign(&fresh->signer, possession, e.possession, &err), &err);
	make_entry(m, bera, &e);
	m->party[bera].keys[INQ_ROLE_ENTRY] = *fresh;
	m->party[bera].keys[INQ_ROLE_ENTRY].signer.context = &m->party[bera].keys[INQ_ROLE_ENTRY];
	e = (struct inq_entry){ .type = INQ_ENTRY_KEY_REVOKE,
		.role = INQ_ROLE_ENTRY,
		.old_key = inq_bytes_of(old),
		.reason = inq_bytes_of("found on a stick") };
	make_entry(m, bera, &e);
	(void)withheld;
	(void)disputed;
	make_publish(m);
}

void make_example(struct make_record *m, struct inq_arena *a)
{
	static struct inq_subject subject;
	struct inq_entry e = { .type = INQ_ENTRY_EXHIBIT_OPEN,
		.subjects = &subject,
		.subject_count = 1,
		.size = 18,
		.source = inq_bytes_of("disk 4 of the mail server") };

	make_record_init(m, a);
	make_party(m, "alma");
	subject = (struct inq_subject){ inq_bytes_of("wiper.exe"), make_object(m, "MZ is all it holds") };
	make_entry(m, 0, &e);
	make_publish(m);
}

static enum inq_status source_read(void *context, const char *name, uint64_t most, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	struct make_file *f = make_file_find(context, name);

	(void)a;
	if (!f)
		return inq_fail(err, INQ_UNREADABLE, 0, "no such file");
	if (f->bytes.len > most)
		return inq_fail(err, INQ_OVER_LIMIT, most, "too long");
	*ret = f->bytes;
	return INQ_OK;
}

static enum inq_status source_list(
        void *context, bool (*name)(void *to, const char *name), void *to, struct inq_error *err)
{
	struct make_record *m = context;

	(void)err;
	for (size_t i = 0; i < m->file_count; i++)
		if (!name(to, m->files[i].name))
			break;
	return INQ_OK;
}

struct inq_bundle_source make_source(struct make_record *m)
{
	return (struct inq_bundle_source){ source_read, source_list, m };
}
