#include "blind.h"
#include <inquiry/proof.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must_ok(enum inq_status status, const struct inq_error *err)
{
	if (status != INQ_OK) {
		fprintf(stderr, "make/blind.c: %d %s\n", status, err->text);
		abort();
	}
}

void make_blind_init(struct make_blind *m, struct inq_arena *a, uint8_t seed)
{
	memset(m, 0, sizeof *m);
	m->a = a;
	m->kinds = (1U << INQ_BLIND_KINDS) - 1;
	m->limit = INQ_BLIND_LIMIT;
	make_record_init(&m->record, a);
	make_party(&m->record, "alma");
	make_party(&m->record, "bera");
	for (unsigned i = 0; i < 2; i++) {
		memset(m->keeper[i].secret, 1 + (int)i, sizeof m->keeper[i].secret);
		memset(m->keeper[i].seed, seed + (int)i, sizeof m->keeper[i].seed);
		m->asker[i] = (struct inq_asker){ inq_blind_answer, &m->keeper[i] };
	}
}

struct inq_blind_set make_blind_set(struct make_blind *m, enum inq_blind_kind kind, const char *texts)
{
	struct inq_blind_builder *b = inq_blind_builder_make(m->a);
	struct inq_blind_set set;
	struct inq_error err;

	while (*texts) {
		size_t len = strcspn(texts, "\n");
		struct inq_bytes value;

		must_ok(inq_blind_canonical(kind, (struct inq_bytes){ (const uint8_t *)texts, len }, true,
		                m->a, &value, &err),
		        &err);
		must_ok(inq_blind_add(b, kind, value, inq_bytes_of("test"), &err), &err);
		texts += len + 1;
	}
	must_ok(inq_blind_built(b, &set, &err), &err);
	return set;
}

void make_blind_commit(struct make_blind *m, const struct inq_blind_set sets[2], uint8_t id)
{
	for (unsigned i = 0; i < 2; i++) {
		struct make_party *me = &m->record.party[i], *peer = &m->record.party[1 - i];
		struct inq_blind_start start = { .case_id = inq_bytes_of(MAKE_CASE),
			.me = inq_bytes_of(me->name),
			.peer = inq_bytes_of(peer->name),
			.offers = i == 0,
			.kinds = m->kinds,
			.limit = m->limit };
		struct inq_error err;
		struct inq_entry e;

		memset(start.id.byte, id, sizeof start.id.byte);
		memset(start.seed, 3 + id + (int)i, sizeof start.seed);
		must_ok(inq_blind_commit(&start, &sets[i], &m->asker[i], m->a, &m->session[i], &err), &err);
		must_ok(inq_blind_commitment_entry(
		                &m->session[i], i ? &m->commitment[0] : NULL, m->a, &e, &err),
		        &err);
		if (i)
			make_see(&m->record, 1, 0);
		m->index[i] = me->count;
		m->commitment[i] = make_entry(&m->record, i, &e);
		m->session[i].commitment = m->commitment[i];
	}
	make_see(&m->record, 0, 1);
}

static struct inq_bytes proof(struct make_blind *m, unsigned by, bool countersigned)
{
	struct inq_proof made;
	struct inq_error err;
	struct inq_bytes ret = make_proof(&m->record, by, m->index[by], m->record.party[by].edge.size);

	must_ok(inq_proof_read(ret, m->a, &made, &err), &err);
	made.checkpoint =
	        make_head(&m->record, by, m->record.party[by].edge.size, countersigned ? 1U << (1 - by) : 0);
	must_ok(inq_proof_write(&made, m->a, &ret, &err), &err);
	return ret;
}

static struct inq_blind_message message_of(struct make_blind *m, unsigned by)
{
	const struct inq_blind_session *s = &m->session[by];
	struct inq_blind_message message = { .case_id = inq_bytes_of(s->case_id),
		.from = inq_bytes_of(s->me),
		.to = inq_bytes_of(s->peer),
		.session = s->id,
		.step = inq_blind_next(s),
		.after = { s->step > 0, s->last },
		.commitment = s->commitment };
	struct inq_error err;

	message.proof = proof(m, by, message.step >= INQ_BLIND_MASKED);
	message.logs = inq_bytes_of("\x06\0policy\x02\0\0\0x\n");
	message.logs.len = 14;
	must_ok(inq_blind_body(s, &m->asker[by], m->a, &message.body, &err), &err);
	return message;
}

struct inq_bytes make_blind_changed(struct make_blind *m, unsigned by,
        void (*change)(struct inq_blind_message *m, void *context), void *context)
{
	struct inq_blind_message message = message_of(m, by);
	struct inq_sha256 digest;
	struct inq_error err;
	struct inq_bytes ret;

	if (change)
		change(&message, context);
	must_ok(inq_blind_message_write(&message, m->a, &ret, &digest, &err), &err);
	return ret;
}

struct inq_bytes make_blind_message(struct make_blind *m, unsigned by)
{
	return make_blind_changed(m, by, NULL, NULL);
}

enum inq_status make_blind_take(
        struct make_blind *m, unsigned by, struct inq_bytes bytes, struct inq_error *err)
{
	struct inq_blind_session *s = &m->session[by];
	struct make_party *me = &m->record.party[by], *peer = &m->record.party[1 - by];
	struct inq_blind_message message;
	struct inq_entry e;
	enum inq_status status = inq_blind_message_read(bytes, &message, err);

	/* The first message is taken before its reader has a session. */
	if (status == INQ_OK && message.step == INQ_BLIND_OFFERED && s->step == 0 && by == 1) {
		s->step = INQ_BLIND_OFFERED;
		s->last = message.digest;
	} else if (status == INQ_OK) {
		status = inq_blind_expects(s, &message, err);
	}
	if (status == INQ_OK)
		status = inq_blind_proved(&message, &peer->keys[INQ_ROLE_LOG].signer.vkey,
		        message.step >= INQ_BLIND_MASKED ? &me->keys[INQ_ROLE_COSIGNER].signer.vkey : NULL,
		        m->a, err);
	if (status == INQ_OK)
		status = inq_entry_read(peer->entries[m->index[1 - by]], m->a, &e, err);
	if (status == INQ_OK)
		status = inq_blind_peer(s, &e, err);
	if (status == INQ_OK)
		status = inq_blind_load(s, &m->asker[by], err);
	if (status == INQ_OK && message.step > INQ_BLIND_OFFERED)
		status = inq_blind_take(s, &message, &m->asker[by], m->a, err);
	return status;
}

void make_blind_sent(struct make_blind *m, unsigned by, struct inq_bytes bytes)
{
	struct inq_blind_message message;
	struct inq_error err;

	must_ok(inq_blind_message_read(bytes, &message, &err), &err);
	inq_blind_sent(&m->session[by], message.step, &message.digest);
}

struct inq_bytes make_blind_step(struct make_blind *m)
{
	/* Who offers makes the odd ones; before the first, the other has not taken anything. */
	unsigned by = inq_blind_next(&m->session[0]) != 0 && m->session[0].step >= m->session[1].step ? 0 : 1;
	struct inq_bytes bytes = make_blind_message(m, by);
	struct inq_error err;

	make_blind_sent(m, by, bytes);
	must_ok(make_blind_take(m, 1 - by, bytes, &err), &err);
	return bytes;
}
