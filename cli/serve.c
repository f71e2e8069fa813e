/* serve: the web view of a case (src/serve). */
#include "serve/serve.h"
#include "cli/case.h"
#include "os/folder.h"
#include "os/terminal.h"
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
	{ CLI_LISTEN, "listen", 'l', "ADDRESS", false,
	        "where to listen: [ADDRESS:]PORT; default 127.0.0.1:8464" },
	{ CLI_WRITE, "write", 'w', NULL, false, "let its forms write to the case, with the party's key" },
	{ CLI_CORPUS, "corpus", 'c', "CORPUS", false,
	        "what investigations search, and verifications search again" },
	{ CLI_PUBLISH, "publish", 0, "FOLDER", false, "where it publishes to" },
	{ CLI_KNOWN_FILES, "known", 0, "FOLDER", false,
	        "where the corpus's samples lie: shared functions are shown beside theirs, and it is built "
	        "of them" },
	{ CLI_COMMON, "common", 0, "FOLDER", true, "library code that the corpus is built of, too" },
	{ CLI_FROM, "from", 0, "BUNDLE", true,
	        "a folder or an address that it pulls from, as inquiry pull does" },
	{ CLI_TOKEN_FILE, "token-file", 0, "FILE", false,
	        "let in who knows the first line of FILE, and nobody else" },
	{ CLI_ORIGIN, "origin", 0, "URL", true,
	        "a name by which it is reached through a proxy: https://NAME" },
	{ .name = NULL },
};

enum { TOKEN_LEAST = 16, TOKEN_MOST = 512, PASSED = 8 };

struct serving {
	struct cli *cli;
	struct cli_signer signer;
	struct inq_listener listener;
	struct serve_options o;
	const char *passed[PASSED];
	const char *sources[SERVE_SOURCES + 1], *common[SERVE_SOURCES + 1];
};

/* In a child of the server: a command as anybody would give it. */
static int command(void *context, char **argv, struct inq_agent *agent)
{
	const struct serving *s = context;
	struct cli cli = { .arena = inq_arena_open(SIZE_MAX), .verbosity = 1, .progress_lines = true };
	struct cli_signer signer = s->signer;
	char *all[72] = { s->cli->program };
	int argc = 1, exit;

	if (!cli.arena)
		return CLI_PARTIAL;
	if (agent) {
		signer.agent = *agent;
		cli.signer = &signer;
	}
	for (; argv[argc - 1] && argc < 71; argc++)
		all[argc] = argv[argc - 1];
	/* Opened long since; sessions of private comparisons lie beside it. */
	if (agent && s->cli->set[CLI_KEY])
		setenv("INQUIRY_KEY", s->cli->value[CLI_KEY], 1);
	if (s->cli->set[CLI_TIME])
		setenv("INQUIRY_TIME", s->cli->value[CLI_TIME], 1);
	/* The server's own options were read by the same parser. */
	optind = 0;
	exit = cli_main(&cli, argc, all);
	inq_arena_close(cli.arena);
	return exit;
}

/* An origin as browsers write it: a scheme, a name, perhaps a port, and nothing more. */
static bool is_origin(const char *text)
{
	const char *name = strstr(text, "://");

	if (!name || (strncmp(text, "https://", 8) && strncmp(text, "http://", 7)))
		return false;
	name += 3;
	return *name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]") == strlen(name);
}

static bool origins_read(struct serving *s)
{
	unsigned count = 0;

	for (size_t i = 0; i < s->cli->given_count; i++) {
		const char *value = s->cli->given[i].value;

		if (s->cli->given[i].id != CLI_ORIGIN)
			continue;
		if (!is_origin(value) || count == SERVE_ORIGINS) {
			cli_error(s->cli, CLI_USAGE,
			        "%s is no origin: https://NAME, in lower case and with nothing behind it",
			        value);
			return false;
		}
		s->o.origins[count++] = value;
	}
	return true;
}

static bool places_read(struct serving *s, enum cli_option_id id, const char *to[SERVE_SOURCES + 1])
{
	unsigned count = 0;

	for (size_t i = 0; i < s->cli->given_count; i++) {
		if (s->cli->given[i].id != id)
			continue;
		if (count == SERVE_SOURCES) {
			cli_error(s->cli, CLI_USAGE, "at most %d such places are named", SERVE_SOURCES);
			return false;
		}
		to[count++] = s->cli->given[i].value;
	}
	return true;
}

/* That there is a case; or none yet, and it can be opened. */
static bool case_look(struct serving *s)
{
	struct inq_error err = { 0, "" };
	struct inq_case *c = NULL;

	if (s->o.write &&
	        inq_case_open(s->cli->operands[0], false, s->cli->arena, &c, &err) == INQ_NOT_FOUND) {
		s->o.begins = true;
		return true;
	}
	inq_case_close(c);
	if (!cli_case_open(s->cli, false, &c))
		return false;
	inq_case_close(c);
	return true;
}

static bool token_read(struct serving *s)
{
	const char *path = s->cli->value[CLI_TOKEN_FILE];
	struct inq_error err = { 0, "" };
	struct inq_bytes bytes;
	size_t len = 0;

	if (!s->cli->set[CLI_TOKEN_FILE])
		return true;
	if (inq_file_is_open_to_others(path))
		cli_note(s->cli, "%s may be read by others: chmod 600 keeps them out", path);
	if (inq_file_copy(path, TOKEN_MOST, s->cli->arena, &bytes, &err) != INQ_OK) {
		cli_error(s->cli, CLI_UNREADABLE, "%s: %s", path, err.text);
		return false;
	}
	while (len < bytes.len && bytes.at[len] > 0x20 && bytes.at[len] < 0x7f)
		len++;
	if (len < TOKEN_LEAST || (len < bytes.len && bytes.at[len] != '\n')) {
		cli_error(s->cli, CLI_USAGE, "%s: a token is a line of at least %d letters and digits", path,
		        TOKEN_LEAST);
		return false;
	}
	s->o.token = inq_arena_string(s->cli->arena, (struct inq_bytes){ bytes.at, len });
	return s->o.token != NULL;
}

static const char *random_make(struct serving *s)
{
	uint8_t random[16];
	char *hex = inq_arena_new(s->cli->arena, 2 * sizeof random + 1, 1);

	if (!hex || !inq_os_random(random)) {
		cli_error(s->cli, CLI_UNREADABLE, "the machine gives no random numbers");
		return NULL;
	}
	inq_hex(random, sizeof random, hex);
	return hex;
}

/* Names below localhost lead to these. */
static bool is_localhost(const struct inq_listener *l)
{
	return strcmp(l->host, "127.0.0.1") == 0 || strcmp(l->host, "[::1]") == 0;
}

/*
 * Who may write must be known: a token of this run, in the address that is
 * printed, unless there is one. Who knows it is let in at a name that the run
 * has for itself, unless the user has one.
 */
static bool token_make(struct serving *s)
{
	const char *name;

	if (s->o.write && !s->o.token && !(s->o.token = random_make(s)))
		return false;
	if (!s->o.token || s->o.origins[0] || !is_localhost(&s->listener))
		return true;
	name = random_make(s);
	s->o.name = name ? inq_arena_printf(s->cli->arena, "inquiry-%s.localhost", name) : NULL;
	return s->o.name != NULL;
}

/* Where it is, and who may write there. */
static bool address_put(const struct serving *s)
{
	struct cli *cli = s->cli;
	bool made = s->o.token && !cli->set[CLI_TOKEN_FILE];

	inq_putf(&cli->out, "http://%s:%u/%s%s\n", s->o.name ? s->o.name : s->listener.host, s->listener.port,
	        made ? "?token=" : "", made ? s->o.token : "");
	if (!inq_sink_flush(&cli->out))
		return false;
	if (s->o.write)
		cli_note(cli, "whoever has %s has entries signed as %s", made ? "this address" : "the token",
		        s->o.party);
	if (s->o.begins)
		cli_note(cli, "there is no case yet: its page opens one, or joins one");
	cli_note(cli, "Ctrl-C ends it");
	return true;
}

static void pass(struct serving *s, const char *option, enum cli_option_id id)
{
	unsigned count = 0;

	while (s->passed[count])
		count++;
	if (!s->cli->set[id])
		return;
	s->passed[count++] = option;
	if (s->cli->value[id])
		s->passed[count] = s->cli->value[id];
}

/* What must be right before anybody is let in. */
static bool settle(struct serving *s)
{
	struct cli *cli = s->cli;
	const char *where = cli->set[CLI_LISTEN] ? cli->value[CLI_LISTEN] : "127.0.0.1:8464";
	struct inq_error err = { 0, "" };
	enum inq_status status;

	if (!origins_read(s) || !places_read(s, CLI_FROM, s->sources) ||
	        !places_read(s, CLI_COMMON, s->common) || !token_read(s) || !case_look(s))
		return false;
	if (cli->set[CLI_WRITE] && !cli_signer_open(cli, &s->signer))
		return false;
	status = inq_listener_open(where, &s->listener, &err);
	if (status != INQ_OK) {
		cli_error(cli, status == INQ_BAD_ARGUMENT ? CLI_USAGE : CLI_UNREADABLE, "%s", err.text);
		return false;
	}
	if (!s->listener.loopback && (!s->o.token || !s->o.origins[0])) {
		cli_error(cli, CLI_USAGE,
		        "others reach %s: that needs a --token-file, and the --origin of a proxy in front "
		        "that speaks TLS",
		        where);
		return false;
	}
	return true;
}

static int run(struct cli *cli)
{
	struct serving *s = inq_arena_new(cli->arena, 1, sizeof *s);
	struct inq_error err = { 0, "" };

	if (!s)
		return CLI_PARTIAL;
	s->cli = cli;
	s->o.write = cli->set[CLI_WRITE];
	if (!settle(s) || !token_make(s))
		return cli->exit;
	pass(s, "--timeout", CLI_TIMEOUT);
	pass(s, "--memory", CLI_MEMORY);
	pass(s, "--no-sandbox", CLI_NO_SANDBOX_OPTION);
	s->o.address = cli->operands[0];
	s->o.label = cli_case_label(s->o.address);
	s->o.listener = &s->listener;
	s->o.agent = s->o.write ? &s->signer.agent : NULL;
	s->o.party = s->o.write ? s->signer.writer.keys.of[INQ_ROLE_ENTRY].name : NULL;
	s->o.beside = cli_key_path(cli);
	s->o.corpus = cli->value[CLI_CORPUS];
	s->o.publish = cli->value[CLI_PUBLISH];
	s->o.known = cli->value[CLI_KNOWN_FILES];
	s->o.sources = s->sources;
	s->o.common = s->common;
	s->o.pass_on = s->passed;
	s->o.limits = &cli->limits;
	s->o.command = command;
	s->o.context = s;
	if (!address_put(s))
		return CLI_UNREADABLE;
	if (serve_run(&s->o, &err) != INQ_OK)
		cli_error(cli, CLI_UNREADABLE, "%s", err.text);
	return cli->exit;
}

const struct cli_command cli_serve = {
	.name = "serve",
	.operands = "CASE",
	.summary = "the case as pages for a browser",
	.about = "Shows the parties, exhibits, families, conclusions and the record, each number leading to "
	         "where it comes from. Only this machine reaches it unless --listen says otherwise; that "
	         "needs a token, and a proxy in front that speaks TLS. It only shows: with --write its forms "
	         "hold the whole inquiry, from opening the case on, signed with the key that is opened at "
	         "the start, and only who opens the address as it was printed is let in. The pages work "
	         "without scripts.",
	.examples = { "inquiry serve harbour.case", "read it at http://127.0.0.1:8464/",
	        "inquiry serve harbour.case --write -k acme.key --corpus known.corpus",
	        "hold the inquiry in the browser",
	        "inquiry serve x.case -l 10.0.0.5:80 --token-file token --origin https://x.org",
	        "for others, behind a proxy that speaks TLS" },
	.options = options,
	.common = CLI_TAKES_KEY | CLI_TAKES_CHILDREN,
	.operands_least = 1,
	.operands_most = 1,
	.run = run,
};
