/* Pulling: what is known goes to the reading side, what it brings is countersigned and committed, or nothing is. */
#include "case/wire.h"
#include <inquiry/proof.h>
#include <stdio.h>
#include <string.h>

enum { ENTRIES_QUESTION = INQ_TILE_WIDTH * (INQ_ENTRY_MOST + 2) };

static enum inq_status whole_read(struct inq_case *c, uint32_t number, struct inq_arena *a,
        const struct inq_record_known_whole **ret, struct inq_error *err)
{
	const struct log *log = &c->logs[number];
	struct inq_record_known_whole *at = inq_arena_new(a, log->whole_count, sizeof *at);
	enum inq_status status = at ? INQ_OK : case_no_memory(err);

	for (size_t i = 0; i < log->whole_count && status == INQ_OK; i++) {
		struct inq_store_entry entry;

		status = inq_store_entry(c->store, number, log->whole[i], a, &entry, err);
		if (status == INQ_OK)
			at[i] = (struct inq_record_known_whole){ log->whole[i], entry.bytes };
	}
	*ret = at;
	return status;
}

static enum inq_status known_make(
        struct inq_case *c, struct inq_arena *a, struct inq_record_known *ret, struct inq_error *err)
{
	struct inq_record_known_log *logs = inq_arena_new(a, c->log_count, sizeof *logs);
	enum inq_status status = logs ? INQ_OK : case_no_memory(err);

	for (uint32_t i = 0; i < c->log_count && status == INQ_OK; i++) {
		const struct log *log = &c->logs[i];

		logs[i] = (struct inq_record_known_log){ .party = log->name,
			.origin = log->origin,
			.size = log->size,
			.seen = log->seen,
			.seen_count = log->seen_count,
			.whole_count = log->whole_count,
			.forked = case_forked(c, i) };
		status = whole_read(c, i, a, &logs[i].whole, err);
	}
	*ret = (struct inq_record_known){ .logs = logs, .log_count = c->log_count };
	return status;
}

enum inq_status keeper_make(struct keeper *k, struct inq_case *c, const struct inq_pull *pull,
        struct inq_arena *a, struct inq_error *err)
{
	*k = (struct keeper){ .c = c, .pull = pull, .source = pull->source, .a = a };
	/* Whoever names somebody wants nobody else. */
	if (!pull->accept_count && c->log_count < 2)
		k->others = c->log_count ? 1 : INQ_JOIN_MOST;
	for (uint32_t i = 0; i < c->log_count; i++) {
		struct keeper_log *more =
		        inq_arena_extend(a, k->logs, k->log_count, &k->log_room, sizeof *more);
		const char *party = inq_arena_string(a, inq_bytes_of(c->logs[i].name));
		const char *origin = inq_arena_string(a, inq_bytes_of(c->logs[i].origin));

		if (!more || !party || !origin)
			return case_no_memory(err);
		k->logs = more;
		more[k->log_count++] = (struct keeper_log){ .party = party,
			.origin = origin,
			.number = i,
			.before = c->logs[i].size,
			.size = c->logs[i].size,
			.own = i == c->own,
			.forked = case_forked(c, i) };
	}
	return INQ_OK;
}

static enum inq_status answer(void *taker, struct inq_bytes question, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	return keeper_answer(((struct taker *)taker)->keeper, question, a, ret, err);
}

static enum inq_status taker_let(struct taker *t, struct inq_error *err)
{
	struct inq_confined_work work = { .context = t,
		.run = taker_run,
		.answer = answer,
		.question_most = INQ_CASE_OBJECT_MOST + ENTRIES_QUESTION,
		.answer_most = 2 * INQ_CASE_OBJECT_MOST };
	const struct inq_child_limits *limits = t->keeper->pull->limits;

	return limits ? inq_confined_run(&work, limits, err) : taker_run(t, NULL, err);
}

enum inq_status keeper_read(struct keeper *k, struct inq_error *err)
{
	struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
	struct inq_record_known known;
	struct taker t = { .c = k->c, .known = &known, .keeper = k };
	enum inq_status status = scratch ? known_make(k->c, scratch, &known, err) : case_no_memory(err);

	if (status == INQ_OK)
		status = taker_let(&t, err);
	inq_arena_close(scratch);
	return status;
}

enum inq_status keeper_prove(struct keeper *k, struct inq_error *err)
{
	static const struct inq_record_known nothing = { 0 };
	struct taker t = { .c = k->c, .known = &nothing, .keeper = k, .again = true };
	enum inq_status status = case_look(k->c, err);

	inq_case_bundle(k->c, &k->source);
	return status == INQ_OK ? taker_let(&t, err) : status;
}

static bool has_newcomer(const struct keeper *k)
{
	for (size_t i = 0; i < k->log_count; i++)
		if (k->logs[i].is_new && k->logs[i].size)
			return true;
	return false;
}

/* Our cosignature on the head of a log, unless it bears it. */
static enum inq_status countersign(struct inq_case *c, struct keeper_log *log, struct inq_error *err)
{
	const struct inq_signer *signer = &c->signers[INQ_ROLE_COSIGNER];
	struct inq_memory_sink memory = { .arena = c->batch };
	struct inq_store_head head;
	struct inq_bytes line;
	struct inq_sink out;
	struct inq_note note;
	enum inq_status status = inq_store_head_last(c->store, log->number, c->batch, &head, err);

	for (size_t i = 0; i < head.cosignature_count && status == INQ_OK; i++) {
		char start[INQ_PARTY_MOST + 8];

		snprintf(start, sizeof start, "\xe2\x80\x94 %s ", c->party);
		if (inq_bytes_begin(head.cosignatures[i], start, strlen(start)))
			return INQ_OK;
	}
	if (status == INQ_OK)
		status = inq_note_read(head.note, c->batch, &note, err);
	if (status == INQ_OK)
		status = inq_note_line(note.text, signer, c->writer.time, c->batch, &line, err);
	if (status != INQ_OK)
		return status;
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	inq_put_bytes(&out, head.note);
	inq_put_bytes(&out, line);
	if (!inq_sink_flush(&out))
		return case_no_memory(err);
	log->countersigned = true;
	return case_cosigned_keep(c, log->number, log->origin, c->party,
	        (struct inq_bytes){ (const uint8_t *)memory.at, memory.len }, &log->countersigned, err);
}

enum inq_status keeper_countersign(struct keeper *k, struct inq_error *err)
{
	struct inq_case *c = k->c;
	enum inq_status status = INQ_OK;

	if (c->logs[c->own].revoked[INQ_ROLE_COSIGNER])
		return INQ_OK;
	for (size_t i = 0; i < k->log_count && status == INQ_OK; i++) {
		if (k->logs[i].own || k->logs[i].forked || !k->logs[i].size)
			continue;
		status = countersign(c, &k->logs[i], err);
		k->changed |= k->logs[i].countersigned;
	}
	return status;
}

/* Telling. */

static int log_order(const struct keeper_log *l, const struct keeper_log *r)
{
	return strcmp(l->party, r->party);
}

static enum inq_status cosigner_read(struct inq_case *c, const struct keeper_log *log,
        struct inq_pull_cosigner *ret, struct inq_error *err)
{
	struct inq_arena *a = inq_arena_open(64 << 20);
	struct inq_checkpoint head;
	struct inq_bytes bytes;
	struct inq_note note;
	enum inq_status status =
	        a ? case_cosigned(c, log->origin, ret->party, a, &bytes, err) : case_no_memory(err);

	if (status == INQ_OK && inq_note_read(bytes, a, &note, err) == INQ_OK &&
	        inq_checkpoint_read(note.text, &head, err) == INQ_OK) {
		ret->size = head.size;
		for (size_t i = 0; i < note.count; i++)
			if (inq_bytes_equal(note.signatures[i].name, ret->party) &&
			        note.signatures[i].bytes.len > 8)
				for (unsigned b = 0; b < 8; b++)
					ret->time = ret->time << 8 | note.signatures[i].bytes.at[b];
	}
	inq_arena_close(a);
	return status == INQ_NOT_FOUND ? INQ_OK : status;
}

static enum inq_status cosigners_tell(struct inq_case *c, const struct keeper *k,
        const struct keeper_log *log, struct inq_pull_log *ret, struct inq_error *err)
{
	struct inq_pull_cosigner *at = inq_arena_new(k->a, k->log_count, sizeof *at);
	enum inq_status status = at ? INQ_OK : case_no_memory(err);

	ret->cosigners = at;
	for (size_t i = 0; i < k->log_count && status == INQ_OK; i++) {
		if (&k->logs[i] == log)
			continue;
		at[ret->cosigner_count].party = k->logs[i].party;
		status = cosigner_read(c, log, &at[ret->cosigner_count++], err);
	}
	return status;
}

enum inq_status keeper_tell(struct keeper *k, struct inq_error *err)
{
	struct inq_pull_log *logs = inq_arena_new(k->a, k->log_count, sizeof *logs);
	enum inq_status status = logs ? INQ_OK : case_no_memory(err);

	for (size_t i = 1; i < k->log_count; i++) {
		struct keeper_log log = k->logs[i];
		size_t at = i;

		for (; at && log_order(&k->logs[at - 1], &log) > 0; at--)
			k->logs[at] = k->logs[at - 1];
		k->logs[at] = log;
	}
	for (size_t i = 0; i < k->log_count && status == INQ_OK; i++) {
		const struct keeper_log *log = &k->logs[i];

		logs[i] = (struct inq_pull_log){ .party = log->party,
			.own = log->own,
			.is_new = log->is_new && !k->pulled.refused,
			.forked = log->forked,
			.before = log->before,
			.size = k->pulled.refused ? log->before : log->size,
			.here = log->here,
			.countersigned = log->countersigned };
		status = cosigners_tell(k->c, k, log, &logs[i], err);
	}
	k->pulled.logs = logs;
	k->pulled.log_count = k->log_count;
	return status;
}

/* Forks. */

static enum inq_status fork_enter(struct inq_case *c, const struct keeper *k, const struct keeper_fork *f,
        struct inq_pull_fork *ret, struct inq_error *err)
{
	struct inq_entry e = { .type = INQ_ENTRY_FORK, .origin = inq_bytes_of(c->logs[f->log].origin) };
	struct inq_pull_fork made = { .party = inq_arena_string(k->a, inq_bytes_of(c->logs[f->log].name)) };
	struct inq_proof proofs[2];
	struct inq_sha256 digest;
	char key[INQ_VKEY_MOST];
	uint32_t unused;
	enum inq_status status = INQ_OK;

	/* It is about to be signed: what the reading side says is not enough. */
	case_key_digest(f->log, INQ_ROLE_LOG, &f->key, &digest);
	if (!digests_find(&c->keys, &digest, &unused))
		status = inq_fail(err, INQ_CRASHED, 0, "a fork is said of a key that is not the log's");
	for (unsigned i = 0; i < 2 && status == INQ_OK; i++)
		status = inq_proof_read(f->proofs[i], c->batch, &proofs[i], err);
	if (status == INQ_OK)
		status = inq_fork_verify(&proofs[0], &proofs[1], &f->key, c->batch, err);
	for (unsigned i = 0; i < 2 && status == INQ_OK; i++)
		status = inq_store_object_put_bytes(c->store, f->proofs[i], &e.proofs[i], err);
	if (status == INQ_OK)
		status = inq_fork_write(&f->key, f->proofs, k->a, &made.proof, err);
	if (status != INQ_OK)
		return status;
	inq_vkey_write(&f->key, key);
	e.log_key = inq_bytes_of(key);
	status = inq_case_enter(c, &e, &made.entry, err);
	if (status == INQ_OK)
		*ret = made;
	return status;
}

/* Enters what was proved, and nothing else of what was read. */
static enum inq_status forks_enter(
        struct inq_case *c, const struct inq_case_writer *writer, struct keeper *k, struct inq_error *err)
{
	struct inq_pull_fork *forks = inq_arena_new(k->a, k->fork_count, sizeof *forks);
	size_t count = 0;
	enum inq_status status = forks ? inq_case_begin(c, writer, err) : case_no_memory(err);

	if (status != INQ_OK)
		return status;
	for (size_t i = 0; i < k->fork_count && status == INQ_OK; i++)
		if (!case_forked(c, k->forks[i].log))
			status = fork_enter(c, k, &k->forks[i], &forks[count++], err);
	if (status == INQ_OK)
		status = inq_case_commit(c, err);
	else
		inq_case_rollback(c);
	if (status == INQ_OK) {
		k->pulled.forks = forks;
		k->pulled.fork_count = count;
	}
	return status;
}

/* All that is new here as the verifier found it to hold. */
static enum inq_status finish(
        struct inq_case *c, const struct inq_case_writer *writer, struct keeper *k, struct inq_error *err)
{
	enum inq_status status = INQ_OK;

	if (!k->pulled.refused)
		status = keeper_countersign(k, err);
	if (status == INQ_OK)
		status = keeper_tell(k, err);
	if (status == INQ_OK && k->changed && !k->pulled.refused)
		return inq_case_commit(c, err);
	inq_case_rollback(c);
	if (status == INQ_OK && k->fork_count)
		status = forks_enter(c, writer, k, err);
	return status;
}

enum inq_status inq_case_pull(struct inq_case *c, const struct inq_case_writer *writer,
        const struct inq_pull *pull, struct inq_arena *a, struct inq_pulled *ret, struct inq_error *err)
{
	struct keeper k;
	enum inq_status status = inq_case_begin(c, writer, err);

	if (status != INQ_OK)
		return status;
	status = keeper_make(&k, c, pull, a, err);
	if (status == INQ_OK)
		status = keeper_read(&k, err);
	if (status == INQ_OK && !k.pulled.refused && has_newcomer(&k))
		status = keeper_prove(&k, err);
	if (status != INQ_OK)
		inq_case_rollback(c);
	else
		status = finish(c, writer, &k, err);
	if (status == INQ_OK)
		*ret = k.pulled;
	return status;
}
