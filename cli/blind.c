/* What the commands of the private comparison share: the case, messages, the session file. */
#include "cli/blind.h"
#include "cli/pull.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool cli_blind_open(struct cli *cli, struct cli_blind *ret)
{
	memset(ret, 0, sizeof *ret);
	ret->cli = cli;
	if (!cli_signer_open(cli, &ret->signer))
		return false;
	if (cli_case_open(cli, true, &ret->c))
		return true;
	cli_signer_close(&ret->signer);
	return false;
}

void cli_blind_close(struct cli_blind *b)
{
	inq_case_close(b->c);
	cli_signer_close(&b->signer);
}

bool cli_blind_fail(
        struct cli_blind *b, const char *where, enum inq_status status, const struct inq_error *err)
{
	int exit = cli_case_exit(status);

	/* What another party sent and does not hold is a check that failed. */
	if (status == INQ_TAMPERED || status == INQ_BAD_SIGNATURE)
		exit = CLI_CHECK_FAILED;
	/* What is not its turn was given by whoever sits here. */
	if (status == INQ_CONFLICT)
		exit = CLI_USAGE;
	cli_error(b->cli, exit, "%s%s%s", where ? where : "", where ? ": " : "", err->text);
	return false;
}

const char *cli_blind_file(struct cli *cli, const struct inq_sha256 *session)
{
	char hex[17];

	inq_hex(session->byte, 8, hex);
	return inq_arena_printf(cli->arena, "%s.%s.blind", cli_key_path(cli), hex);
}

/* A copy in the arena: nobody changes it while it is read. */
static enum inq_status file_read(
        struct cli *cli, const char *path, struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_file file;
	enum inq_status status = inq_file_open(path, &file, err);
	uint8_t *copy;

	if (status != INQ_OK)
		return status;
	copy = file.bytes.len <= INQ_BLIND_MESSAGE_MOST ? inq_arena_new(cli->arena, file.bytes.len, 1) : NULL;
	if (copy && file.bytes.len)
		memcpy(copy, file.bytes.at, file.bytes.len);
	*ret = (struct inq_bytes){ copy, copy ? file.bytes.len : 0 };
	if (!copy)
		status = inq_fail(err, INQ_OVER_LIMIT, 0, "is too long");
	inq_file_close(&file);
	return status;
}

static bool log_find(const struct inq_case *c, struct inq_bytes party, uint32_t *ret)
{
	for (uint32_t i = 0; i < inq_case_log_count(c); i++) {
		if (inq_bytes_equal(party, inq_case_log_name(c, i))) {
			*ret = i;
			return true;
		}
	}
	return false;
}

/*
 * Whether the case has more of the sender's log than the message brings: another session's messages came
 * first. There is nothing to take in then, and what is here was countersigned.
 */
static bool is_older(
        struct cli_blind *b, const struct inq_blind_message *m, const struct inq_bundle_source *logs)
{
	struct inq_arena *a = b->cli->arena;
	char name[INQ_BUNDLE_NAME], party[INQ_PARTY_MOST + 1];
	struct inq_checkpoint head;
	struct inq_bytes bytes;
	struct inq_note note;
	uint32_t log;

	memcpy(party, m->from.at, m->from.len);
	party[m->from.len] = 0;
	inq_bundle_checkpoint(party, name);
	return log_find(b->c, m->from, &log) &&
	       logs->read(logs->context, name, INQ_NOTE_MOST, a, &bytes, NULL) == INQ_OK &&
	       inq_note_read(bytes, a, &note, NULL) == INQ_OK &&
	       inq_checkpoint_read(note.text, &head, NULL) == INQ_OK &&
	       head.size < inq_case_log_size(b->c, log);
}

/* Takes in the logs of a message, as pull does with what was published. */
static bool logs_take(struct cli_blind *b, const struct inq_blind_message *m, const char *path)
{
	struct inq_child_limits limits = b->cli->limits;
	struct inq_pull pull = { .limits = &limits };
	struct inq_pulled pulled = { 0 };
	struct inq_blind_logs logs;
	struct inq_error err = { 0, "" };
	enum inq_status status = inq_blind_logs_read(m->logs, &logs, &err);

	if (status != INQ_OK)
		return cli_blind_fail(b, path, status, &err);
	inq_blind_logs_source(&logs, &pull.source);
	if (is_older(b, m, &pull.source))
		return true;
	status = inq_case_pull(b->c, &b->signer.writer, &pull, b->cli->arena, &pulled, &err);
	if (status != INQ_OK) {
		cli_pull_failed(b->cli, path, status, &err);
		return false;
	}
	if (pulled.refused) {
		cli_pull_refused(b->cli, path, &pulled);
		if (pulled.refusal.status == INQ_UNRESOLVED)
			cli_note(b->cli, "a message brings no large objects: inquiry pull takes in what its "
			                 "sender published");
		return false;
	}
	/* What was taken in is known from here on. */
	status = inq_case_freeze(b->c, &err);
	inq_case_thaw(b->c);
	if (status != INQ_OK)
		return cli_blind_fail(b, path, status, &err);
	for (size_t i = 0; i < pulled.fork_count; i++)
		cli_error(b->cli, CLI_CHECK_FAILED, "%s signed two histories: inquiry log shows the proof",
		        pulled.forks[i].party);
	return pulled.fork_count == 0;
}

bool cli_blind_message(struct cli_blind *b, struct inq_blind_message *ret)
{
	const char *path = b->cli->operands[1];
	struct inq_error err = { 0, "" };
	struct inq_bytes bytes;
	enum inq_status status = file_read(b->cli, path, &bytes, &err);

	if (status == INQ_OK)
		status = inq_blind_message_read(bytes, ret, &err);
	if (status == INQ_OK && !inq_bytes_equal(ret->case_id, inq_case_id(b->c)))
		status = inq_fail(&err, INQ_BAD_ARGUMENT, 0, "the message is of another case");
	if (status == INQ_OK && !inq_bytes_equal(ret->to, inq_case_party(b->c)))
		status = inq_fail(&err, INQ_BAD_ARGUMENT, 0, "the message is to another party");
	if (status != INQ_OK)
		return cli_blind_fail(b, path, status, &err);
	return true;
}

bool cli_blind_commitment(struct cli_blind *b, const struct inq_blind_message *m, struct inq_entry *ret)
{
	const char *path = b->cli->operands[1];
	const struct inq_case_entry *at;
	struct inq_party_keys keys;
	struct inq_vkey cosigner = b->signer.writer.keys.of[INQ_ROLE_COSIGNER];
	struct inq_error err = { 0, "" };
	enum inq_status status;
	uint32_t log;

	if (!logs_take(b, m, path))
		return false;
	at = inq_case_by_digest(b->c, &m->commitment);
	if (!at || !log_find(b->c, m->from, &log) || at->log != log)
		status = inq_fail(
		        &err, INQ_UNRESOLVED, 0, "names a commitment that is not in its sender's log");
	else
		status = inq_case_keys(b->c, log, &keys, &err);
	if (status == INQ_OK)
		status = inq_blind_proved(m, &keys.of[INQ_ROLE_LOG],
		        m->step >= INQ_BLIND_MASKED ? &cosigner : NULL, b->cli->arena, &err);
	if (status == INQ_OK)
		status = inq_case_read(b->c, at, b->cli->arena, ret, NULL, &err);
	return status == INQ_OK || cli_blind_fail(b, path, status, &err);
}

const struct inq_case_entry *cli_blind_done(const struct cli_blind *b, enum inq_entry_type type)
{
	for (size_t i = 0; i < inq_case_count(b->c); i++) {
		const struct inq_case_entry *e = inq_case_entry(b->c, i);

		if (e->type == type && inq_sha256_equal(&e->of, &b->s.commitment) &&
		        strcmp(inq_case_log_name(b->c, e->log), inq_case_party(b->c)) == 0)
			return e;
	}
	return NULL;
}

bool cli_blind_enter(struct cli_blind *b, const struct inq_entry *e, struct inq_sha256 *ret_digest)
{
	struct inq_case_entered *entered = &b->entered[b->entered_count];
	struct inq_error err = { 0, "" };
	enum inq_status status = inq_case_enter(b->c, e, entered, &err);

	if (status != INQ_OK)
		return cli_blind_fail(b, NULL, status, &err);
	b->entered_count++;
	if (ret_digest)
		*ret_digest = entered->digest;
	return true;
}

static enum inq_status out(const char *path, struct inq_bytes bytes, struct inq_error *err)
{
	struct inq_output output;
	enum inq_status status = inq_output_open(path, &output, err);

	if (status != INQ_OK)
		return status;
	if (!inq_output_write(&output, bytes.at, bytes.len)) {
		inq_output_abandon(&output);
		return inq_fail(err, INQ_IO, 0, "cannot be written");
	}
	return inq_output_commit(&output, err);
}

bool cli_blind_keep(struct cli_blind *b)
{
	struct inq_error err = { 0, "" };
	struct inq_bytes bytes;
	enum inq_status status =
	        inq_blind_session_write(&b->s, &b->signer.writer.asker, b->cli->arena, &bytes, &err);

	if (status == INQ_OK)
		status = out(b->file, bytes, &err);
	return status == INQ_OK || cli_blind_fail(b, b->file, status, &err);
}

/* The proof of the own commitment: from the third message on under a head that the other countersigned. */
static enum inq_status proof_make(
        struct cli_blind *b, enum inq_blind_step step, struct inq_bytes *ret, struct inq_error *err)
{
	const struct inq_case_entry *at = inq_case_by_digest(b->c, &b->s.commitment);

	if (!at)
		return inq_fail(err, INQ_NOT_FOUND, 0, "the case has not this session's commitment");
	if (step < INQ_BLIND_MASKED)
		return inq_case_proof(b->c, at, b->cli->arena, ret, err);
	return inq_case_proof_by(b->c, at, b->s.peer, b->cli->arena, ret, err);
}

/* The bundle but for objects that the receiver has, by its own countersignature. */
struct parcel {
	struct cli_blind *b;
	struct inq_bundle_source whole;
	uint64_t known; /* entries of the own log */
	bool (*name)(void *to, const char *name);
	void *to;
};

static void known_read(struct parcel *p)
{
	struct inq_arena *a = p->b->cli->arena;
	char name[INQ_BUNDLE_NAME];
	struct inq_checkpoint head;
	struct inq_bytes bytes;
	struct inq_note note;

	inq_bundle_cosigned(p->b->s.me, p->b->s.peer, name);
	if (p->whole.read(p->whole.context, name, INQ_NOTE_MOST, a, &bytes, NULL) == INQ_OK &&
	        inq_note_read(bytes, a, &note, NULL) == INQ_OK &&
	        inq_checkpoint_read(note.text, &head, NULL) == INQ_OK)
		p->known = head.size;
}

static enum inq_status parcel_read(void *context, const char *name, uint64_t most, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	const struct parcel *p = context;

	return p->whole.read(p->whole.context, name, most, a, ret, err);
}

static bool no_object(void *context, const char *name)
{
	const struct parcel *p = context;

	return strncmp(name, "objects/", 8) == 0 || p->name(p->to, name);
}

/* What the case itself has not, nobody can send. */
static void object_name(const struct parcel *p, const struct inq_sha256 *digest)
{
	struct inq_store_object object;
	char name[INQ_BUNDLE_NAME];

	inq_bundle_object(digest, name);
	if (inq_store_object(inq_case_store(p->b->c), digest, p->b->cli->arena, &object, NULL) == INQ_OK)
		(void)p->name(p->to, name);
}

static void objects_name(const struct parcel *p, const struct inq_entry *e)
{
	if (inq_entry_has_result(e->type))
		object_name(p, &e->result);
	if (e->type == INQ_ENTRY_EXHIBIT_OPEN || e->type == INQ_ENTRY_EXHIBIT_UNSEAL)
		object_name(p, &e->subjects[0].digest);
	if (inq_entry_seals(e->type))
		object_name(p, &e->sealed);
	for (unsigned k = 0; k < 2 && e->type == INQ_ENTRY_FORK; k++)
		object_name(p, &e->proofs[k]);
}

static enum inq_status parcel_list(
        void *context, bool (*name)(void *to, const char *name), void *to, struct inq_error *err)
{
	struct parcel *p = context;
	enum inq_status status;

	p->name = name;
	p->to = to;
	status = p->whole.list(p->whole.context, no_object, p, err);
	for (size_t i = 0; i < inq_case_count(p->b->c) && status == INQ_OK; i++) {
		const struct inq_case_entry *at = inq_case_entry(p->b->c, i);
		struct inq_entry e;

		if (at->index < p->known || strcmp(inq_case_log_name(p->b->c, at->log), p->b->s.me) != 0)
			continue;
		status = inq_case_read(p->b->c, at, p->b->cli->arena, &e, NULL, err);
		if (status == INQ_OK)
			objects_name(p, &e);
	}
	return status;
}

static enum inq_status message_make(
        struct cli_blind *b, enum inq_blind_step step, struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_blind_message m = { .case_id = inq_bytes_of(b->s.case_id),
		.from = inq_bytes_of(b->s.me),
		.to = inq_bytes_of(b->s.peer),
		.session = b->s.id,
		.step = step,
		.after = { b->s.step > 0, b->s.last },
		.commitment = b->s.commitment };
	struct inq_arena *a = b->cli->arena;
	struct parcel parcel = { .b = b };
	const struct inq_bundle_source source = { parcel_read, parcel_list, &parcel };
	enum inq_status status = proof_make(b, step, &m.proof, err);

	inq_case_bundle(b->c, &parcel.whole);
	known_read(&parcel);
	if (status == INQ_OK)
		status = inq_blind_logs_pack(&source, a, &m.logs, err);
	if (status == INQ_OK)
		status = inq_blind_body(&b->s, &b->signer.writer.asker, a, &m.body, err);
	if (status == INQ_OK)
		status = inq_blind_message_write(&m, a, ret, &b->sent_digest, err);
	return status;
}

bool cli_blind_send(struct cli_blind *b)
{
	enum inq_blind_step step = inq_blind_next(&b->s);
	struct inq_error err = { 0, "" };
	struct inq_bytes bytes;
	char hex[9];
	enum inq_status status = message_make(b, step, &bytes, &err);
	const char *path;

	if (status != INQ_OK)
		return cli_blind_fail(b, NULL, status, &err);
	inq_hex(b->s.id.byte, 4, hex);
	path = b->cli->set[CLI_MESSAGE]
	               ? b->cli->value[CLI_MESSAGE]
	               : inq_arena_printf(b->cli->arena, "%s-%u-to-%s.message", hex, step, b->s.peer);
	status = path ? out(path, bytes, &err) : INQ_NO_MEMORY;
	if (status != INQ_OK)
		return cli_blind_fail(b, path ? path : "", status, &err);
	b->sent = path;
	b->sent_bytes = bytes.len;
	inq_blind_sent(&b->s, step, &b->sent_digest);
	return true;
}

static void hex_put(struct inq_json *j, const char *key, const struct inq_sha256 *digest)
{
	char hex[65];

	inq_hex(digest->byte, sizeof digest->byte, hex);
	inq_json_text(j, key, hex);
}

static void json(struct cli_blind *b)
{
	struct inq_json j;
	char name[INQ_CASE_NAME];

	inq_json_init(&j, &b->cli->out, true);
	inq_json_object(&j, NULL);
	inq_json_text(&j, "schema", "inquiry.blind/1");
	inq_json_text(&j, "program", CLI_PROGRAM);
	inq_json_text(&j, "case", inq_case_id(b->c));
	inq_json_text(&j, "party", inq_case_party(b->c));
	inq_json_text(&j, "with", b->s.peer);
	hex_put(&j, "session", &b->s.id);
	inq_json_text(&j, "step", inq_blind_step_name(b->s.step));
	inq_json_u64(&j, "elements", b->s.set.count);
	inq_json_u64(&j, "shown", b->s.count);
	if (b->s.has_matches)
		inq_json_u64(&j, "common", b->s.match_count);
	inq_json_array(&j, "entries");
	for (size_t i = 0; i < b->entered_count; i++) {
		inq_json_object(&j, NULL);
		snprintf(name, sizeof name, "%s/%" PRIu64, inq_case_party(b->c), b->entered[i].index);
		inq_json_text(&j, "entry", name);
		hex_put(&j, "digest", &b->entered[i].digest);
		inq_json_text(&j, "type", inq_entry_type_name(b->entered[i].type));
		inq_json_u64(&j, "time", b->entered[i].time);
		inq_json_end_object(&j);
	}
	inq_json_end_array(&j);
	if (b->sent) {
		inq_json_object(&j, "message");
		inq_json_text(&j, "file", b->sent);
		inq_json_u64(&j, "bytes", b->sent_bytes);
		hex_put(&j, "digest", &b->sent_digest);
		inq_json_end_object(&j);
	}
	inq_json_bool(&j, "done", b->s.step == INQ_BLIND_CLOSED);
	inq_json_end_object(&j);
}

void cli_blind_tell(struct cli_blind *b)
{
	struct cli *cli = b->cli;
	char digest[CLI_SHORT];

	if (cli->form == CLI_FORM_JSON) {
		json(b);
	} else {
		for (size_t i = 0; i < b->entered_count; i++) {
			cli_short(&b->entered[i].digest, digest);
			inq_putf(&cli->out, "%s/%-6" PRIu64 " %s  %s\n", inq_case_party(b->c),
			        b->entered[i].index, digest, inq_entry_type_name(b->entered[i].type));
		}
		if (b->s.has_matches)
			inq_putf(&cli->out, "%s in common with %s\n",
			        cli_count(cli, b->s.match_count, "element", "elements"), b->s.peer);
	}
	if (b->sent)
		cli_note(cli, "send %s to %s", b->sent, b->s.peer);
	if (b->s.step == INQ_BLIND_OFFERED)
		cli_note(cli, "%s answers it with: inquiry blind answer CASE MESSAGE ...", b->s.peer);
	if (b->s.step < INQ_BLIND_CLOSED)
		cli_note(cli, "what comes back is taken with: inquiry blind open %s MESSAGE",
		        cli_case_label(cli->operands[0]));
	else
		cli_note(cli,
		        "inquiry blind result %s shows what both hold; the session file %s is no longer "
		        "needed",
		        cli_case_label(cli->operands[0]), b->file);
}
