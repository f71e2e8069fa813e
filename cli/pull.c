#include "cli/pull.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct cli_option options[] = {
	{ CLI_FORK_FILE, "output", 'o', "FILE", false,
	        "where the proof goes if a log turns out to be forked; default: PARTY-CASE.fork" },
	{ CLI_ACCEPT, "accept", 'a', "PARTY", true,
	        "let this party in, by its name or its entry key; may be given again, or with commas" },
	{ .name = NULL },
};

/* Work on a bundle goes on as long as something comes. */
enum { SECONDS = 3600 };

static void tick(void *context, uint64_t entries, uint64_t objects)
{
	struct cli_pull_from *b = context;
	uint64_t now = inq_os_clock();

	if (b->cli->verbosity == 0 || !inq_os_is_terminal(INQ_STREAM_ERR) || now - b->started < 2000 ||
	        now - b->shown < 200)
		return;
	b->shown = now;
	fprintf(stderr, "\r\033[Ktaking in: %" PRIu64 " entries, %" PRIu64 " objects", entries, objects);
	fflush(stderr);
}

/* One of --accept: a name, or a key under that name. */
static bool accept_add(struct cli *cli, struct inq_bytes text, struct inq_pull *pull)
{
	struct inq_pull_accept *to = (struct inq_pull_accept *)(uintptr_t)pull->accept;
	struct inq_vkey *key = inq_arena_new(cli->arena, 1, sizeof *key);
	struct inq_error err = { 0, "" };

	if (!key)
		return false;
	if (pull->accept_count == INQ_PARTIES_MOST) {
		cli_error(cli, CLI_USAGE, "a case has at most %d parties", INQ_PARTIES_MOST);
		return false;
	}
	to += pull->accept_count;
	if (inq_party_name_holds(text)) {
		*to = (struct inq_pull_accept){ inq_arena_string(cli->arena, text), NULL };
	} else if (inq_vkey_read(text, key, &err) == INQ_OK &&
	           inq_party_name_holds(inq_bytes_of(key->name))) {
		*to = (struct inq_pull_accept){ key->name, key };
	} else {
		cli_error(cli, CLI_USAGE, "--accept takes a party's name or its key, not %.*s",
		        text.len > 120 ? 120 : (int)text.len, (const char *)text.at);
		return false;
	}
	pull->accept_count++;
	return to->party != NULL;
}

static bool accept_read(struct cli *cli, struct inq_pull *pull)
{
	pull->accept = inq_arena_new(cli->arena, INQ_PARTIES_MOST, sizeof *pull->accept);
	if (!pull->accept)
		return false;
	for (size_t i = 0; i < cli->given_count; i++) {
		const char *list = cli->given[i].value;

		while (cli->given[i].id == CLI_ACCEPT && *list) {
			size_t len = strcspn(list, ",");

			if (len && !accept_add(cli, (struct inq_bytes){ (const uint8_t *)list, len }, pull))
				return false;
			list += len + (list[len] == ',');
		}
	}
	return true;
}

bool cli_pull_open(struct cli *cli, const char *where, struct cli_pull_from *ret)
{
	struct inq_error err = { 0, "" };

	*ret = (struct cli_pull_from){ .cli = cli, .limits = cli->limits, .started = inq_os_clock() };
	if (!accept_read(cli, &ret->pull))
		return false;
	if (!cli->set[CLI_TIMEOUT])
		ret->limits.cpu_seconds = ret->limits.wall_seconds = SECONDS;
	if (inq_fetch_is_address(where)) {
		if (inq_fetch_open(where, ret->limits.wall_seconds, &ret->fetch, &err) != INQ_OK) {
			cli_error(cli, CLI_USAGE, "%s", err.text);
			return false;
		}
		inq_fetch_bundle(&ret->fetch, &ret->pull.source);
	} else if (inq_file_is_directory(where)) {
		ret->folder = (struct inq_case_folder){ where, cli->arena };
		inq_case_folder_bundle(&ret->folder, &ret->pull.source);
	} else {
		cli_error(cli, CLI_UNREADABLE, "%s: is neither a folder nor an http or https address", where);
		return false;
	}
	ret->pull.limits = &ret->limits;
	ret->pull.tick = tick;
	ret->pull.context = ret;
	return true;
}

void cli_pull_close(struct cli_pull_from *b)
{
	inq_fetch_close(&b->fetch);
	if (b->shown)
		fputs("\r\033[K", stderr);
}

/* The file of a proof. NULL where it could not be written, which was said. */
static const char *proof_write(struct cli *cli, const struct inq_case *c, const struct inq_pull_fork *f)
{
	const char *path = cli->set[CLI_FORK_FILE]
	                           ? cli->value[CLI_FORK_FILE]
	                           : inq_arena_printf(cli->arena, "%s-%.8s.fork", f->party, inq_case_id(c));
	struct inq_error err = { 0, "" };
	struct inq_output out;
	enum inq_status status;

	if (!path)
		return NULL;
	status = inq_output_open(path, &out, &err);
	if (status == INQ_OK && !inq_output_write(&out, f->proof.at, f->proof.len)) {
		inq_output_abandon(&out);
		status = inq_fail(&err, INQ_IO, 0, "cannot be written");
	} else if (status == INQ_OK) {
		status = inq_output_commit(&out, &err);
	}
	if (status == INQ_OK)
		return path;
	cli_error(cli, CLI_UNREADABLE, "%s: %s", path, err.text);
	return NULL;
}

static void forks_tell(
        struct cli *cli, const struct inq_case *c, const struct inq_pulled *p, const char **files)
{
	for (size_t i = 0; i < p->fork_count; i++) {
		const struct inq_pull_fork *f = &p->forks[i];

		/* One name is one file: of several forks, which is beyond all odds, the others get their own. */
		if (i)
			cli->set[CLI_FORK_FILE] = false;
		files[i] = proof_write(cli, c, f);
		cli_error(cli, CLI_CHECK_FAILED,
		        "%s signed two histories: %s/%" PRIu64 " proves it, and to anyone%s%s", f->party,
		        inq_case_party(c), f->entry.index, files[i] ? " the file " : "",
		        files[i] ? files[i] : "");
	}
}

static void tell(
        struct cli *cli, const struct inq_case *c, const struct inq_pulled *p, const char *const *files)
{
	struct inq_json j;

	if (cli->form != CLI_FORM_JSON) {
		if (!p->refused)
			cli_pulled_text(cli, p, &cli->out);
		return;
	}
	inq_json_init(&j, &cli->out, true);
	inq_json_object(&j, NULL);
	inq_json_text(&j, "schema", "inquiry.pull/1");
	inq_json_text(&j, "program", CLI_PROGRAM);
	inq_json_text(&j, "case", inq_case_id(c));
	inq_json_text(&j, "party", inq_case_party(c));
	inq_json_text(&j, "from", cli->operands[1]);
	cli_pulled_json(p, files, &j);
	inq_json_end_object(&j);
}

static void pulled(struct cli *cli, const struct inq_case *c, const struct inq_pulled *p)
{
	const char **files = inq_arena_new(cli->arena, p->fork_count, sizeof *files);

	if (!files)
		return;
	if (p->refused)
		cli_pull_refused(cli, cli->operands[1], p);
	forks_tell(cli, c, p, files);
	tell(cli, c, p, files);
	if (!p->refused)
		cli_note(cli, "%s",
		        p->entries || p->cosignatures
		                ? cli_count(cli, p->entries, "entry was taken in", "entries were taken in")
		                : "nothing new");
	cli_pull_parties(cli, cli->operands[1], c, p);
	if (p->unreadable)
		cli_error(cli, CLI_PARTIAL, "%s cannot be read by this program; they are kept as they are",
		        cli_count(cli, p->unreadable, "entry", "entries"));
}

static int run(struct cli *cli)
{
	struct inq_error err = { 0, "" };
	struct cli_pull_from bundle;
	struct inq_pulled p = { 0 };
	struct cli_signer signer;
	enum inq_status status;
	struct inq_case *c;

	/* The address first: who fetches from it knows no secrets, and has no case open. */
	if (!cli_pull_open(cli, cli->operands[1], &bundle))
		return cli->exit;
	if (!cli_signer_open(cli, &signer)) {
		cli_pull_close(&bundle);
		return cli->exit;
	}
	if (cli_case_open(cli, true, &c)) {
		status = inq_case_pull(c, &signer.writer, &bundle.pull, cli->arena, &p, &err);
		cli_pull_close(&bundle);
		if (status == INQ_OK)
			pulled(cli, c, &p);
		else
			cli_pull_failed(cli, cli->operands[1], status, &err);
		inq_case_close(c);
	} else {
		cli_pull_close(&bundle);
	}
	cli_signer_close(&signer);
	return cli->exit;
}

const struct cli_command cli_pull = {
	.name = "pull",
	.operands = "CASE BUNDLE",
	.summary = "take in and countersign what other parties published",
	.about =
	        "Reads what another party published, in a process without rights, and proves it: every new "
	        "entry, signature, citation and object, and that each log extends what was seen of it "
	        "before. What "
	        "holds is taken in at once and countersigned; your countersignature goes back with your next "
	        "publish. Parties come in by "
	        "consent: one that is new is named, with its key and the command that lets it in, and left "
	        "out until then; the first other party of a case comes in by itself. "
	        "What does not hold is refused as a whole. A log that was forked is proved so: the "
	        "proof "
	        "becomes an entry, and a file that anyone can check with inquiry verify.",
	.examples = { "inquiry pull harbour.case ../from-bob/ --key alma.key",
	        "a folder that bob published, from a stick or a mail",
	        "inquiry pull harbour.case https://cert.example/harbour/ -k alma.key",
	        "the same from the web: files are fetched with GET, and nothing else",
	        "inquiry pull harbour.case ../from-bob/ -k alma.key --accept carol",
	        "carol, whom bob's bundle brings along, comes in" },
	.options = options,
	.common = CLI_TAKES_JSON | CLI_TAKES_KEY | CLI_TAKES_CHILDREN,
	.operands_least = 2,
	.operands_most = 2,
	.run = run,
};
