#include "case/wire.h"
#include "record.h"
#include "save.h"
#include <string.h>

/* What the process that reads a bundle asks of the one that keeps the case: see fuzz_wire.c. */

struct talk {
	FILE *file;
	struct make_record m;
};

static void ask(struct talk *t, enum wire what, const struct inq_bytes *fields, size_t count)
{
	uint8_t head[2 + 8 * WIRE_FIELDS_MOST] = { (uint8_t)what, (uint8_t)count }, length[4];
	size_t len = 2 + 8 * count;

	for (size_t i = 0; i < count; i++) {
		(void)wire_number(fields[i].len, head + 2 + 8 * i);
		len += fields[i].len;
	}
	inq_le_put(length, len, 4);
	fwrite(length, 1, sizeof length, t->file);
	fwrite(head, 1, 2 + 8 * count, t->file);
	for (size_t i = 0; i < count; i++)
		fwrite(fields[i].at, 1, fields[i].len, t->file);
}

static struct inq_bytes number(struct talk *t, uint64_t value)
{
	uint8_t *at = inq_arena_new(t->m.a, 8, 1);

	if (!at)
		make_fail("wire", "no memory");
	return wire_number(value, at);
}

static void reads(struct talk *t)
{
	static const char *const files[] = { "policy", "charter.json", "logs/alma/checkpoint",
		"logs/alma/../bera/checkpoint", "/etc/passwd" };

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		ask(t, WIRE_READ, (const struct inq_bytes[]){ inq_bytes_of(files[i]), number(t, 1 << 20) },
		        2);
}

/* A log as it comes: its entries, its head, who cosigned it. */
static void log_gives(struct talk *t, unsigned party)
{
	const struct make_party *p = &t->m.party[party];
	struct inq_memory_sink memory = { .arena = t->m.a };
	struct inq_bytes origin = inq_bytes_of(p->origin);
	struct inq_sink out;

	inq_sink_init(&out, inq_memory_sink_write, &memory);
	for (size_t i = 0; i < p->count; i++) {
		uint8_t prefix[2];

		inq_entry_bundle_prefix(p->entries[i].len, prefix);
		inq_put_bytes(&out, (struct inq_bytes){ prefix, sizeof prefix });
		inq_put_bytes(&out, p->entries[i]);
	}
	if (!inq_sink_flush(&out))
		make_fail("wire", "no memory");
	ask(t, WIRE_ENTRIES,
	        (const struct inq_bytes[]){
	                origin, number(t, 0), { (const uint8_t *)memory.at, memory.len } },
	        3);
	ask(t, WIRE_LOG, (const struct inq_bytes[]){ origin, number(t, p->count), number(t, party) }, 3);
	ask(t, WIRE_HEAD,
	        (const struct inq_bytes[]){
	                origin, number(t, p->count), make_head(&t->m, party, p->count, 0) },
	        3);
	ask(t, WIRE_COSIGNED,
	        (const struct inq_bytes[]){ origin, inq_bytes_of(t->m.party[!party].name),
	                make_head(&t->m, party, p->count, 1U << !party) },
	        3);
	ask(t, WIRE_HEAD_FROM, (const struct inq_bytes[]){ origin, number(t, 1) }, 2);
}

static void objects(struct talk *t)
{
	static const char content[] = "MZ the wiper says";
	struct inq_sha256 digest;

	if (inq_sha256(inq_bytes_of(content), &digest) != INQ_OK)
		make_fail("wire", "no digest");
	ask(t, WIRE_OBJECT_IS, (const struct inq_bytes[]){ { digest.byte, sizeof digest.byte } }, 1);
	ask(t, WIRE_OBJECT,
	        (const struct inq_bytes[]){ { digest.byte, sizeof digest.byte }, inq_bytes_of(content) }, 2);
	ask(t, WIRE_OBJECT_IS, (const struct inq_bytes[]){ { digest.byte, sizeof digest.byte } }, 1);
}

static void ends(struct talk *t)
{
	char key[INQ_VKEY_MOST], log[INQ_VKEY_MOST];

	inq_vkey_write(&t->m.party[1].keys[INQ_ROLE_ENTRY].signer.vkey, key);
	inq_vkey_write(&t->m.party[0].keys[INQ_ROLE_LOG].signer.vkey, log);
	ask(t, WIRE_STRANGER,
	        (const struct inq_bytes[]){
	                inq_bytes_of("bera"), inq_bytes_of(key), inq_bytes_of("alma, \x1b[31mcora") },
	        3);
	ask(t, WIRE_UNREADABLE, (const struct inq_bytes[]){ number(t, 3) }, 1);
	ask(t, WIRE_FORK,
	        (const struct inq_bytes[]){ inq_bytes_of(t->m.party[0].origin), inq_bytes_of(log),
	                make_proof(&t->m, 0, 1, 4), make_proof(&t->m, 0, 1, 5) },
	        4);
	ask(t, WIRE_REFUSED,
	        (const struct inq_bytes[]){ number(t, INQ_TAMPERED), inq_bytes_of("alma"), number(t, 3),
	                number(t, INQ_NOWHERE), inq_bytes_of("logs/alma/\x07"),
	                inq_bytes_of("does not \x1b]0;hold\x07"), number(t, 2) },
	        7);
}

static void seeds_wire(const char *directory)
{
	for (unsigned consent = 0; consent < 2; consent++) {
		struct inq_arena *a = inq_arena_open(SIZE_MAX);
		struct talk t;

		if (!a)
			make_fail("wire", "no memory");
		make_whole(&t.m, a);
		t.file = make_save_begin(directory, consent ? "one" : "all");
		fputc((int)consent, t.file);
		reads(&t);
		log_gives(&t, 0);
		log_gives(&t, 1);
		objects(&t);
		ends(&t);
		make_save_end(t.file, consent ? "one" : "all");
		inq_arena_close(a);
	}
}

const struct make_seeds make_seeds[] = { { "wire", seeds_wire }, { NULL, NULL } };
