/* key new and key show. */
#include "cli/case.h"
#include "os/folder.h"
#include "os/terminal.h"
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const struct cli_option new_options[] = {
	{ CLI_KEY_FILE, "output", 'o', "FILE", false, "the key file to make; default: NAME.key" },
	{ CLI_PASSPHRASE_FILE, "passphrase-file", 0, "FILE", false,
	        "the passphrase is the first line of FILE, not asked for" },
	{ CLI_NO_PASSPHRASE, "no-passphrase", 0, NULL, false,
	        "protect the secrets by nothing but the file's mode: for tests and machines" },
	{ .name = NULL },
};

static const struct cli_option no_options[] = { { .name = NULL } };

struct making {
	struct cli *cli;
	const char *party, *path;
};

/* Asked twice where it is typed: nobody sees what is typed, and it is needed for ever. */
static enum inq_status new_passphrase(
        const struct making *m, uint8_t *at, size_t *ret_len, struct inq_error *err)
{
	char prompt[INQ_PARTY_MOST + 48];
	enum inq_status status;
	uint8_t *again;
	size_t len = 0;

	snprintf(prompt, sizeof prompt, "New passphrase of %.64s: ", m->party);
	status = cli_passphrase(m->cli, prompt, at, ret_len, err);
	if (status == INQ_OK && *ret_len == 0)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0,
		        "an empty passphrase protects nothing; --no-passphrase says that this is meant");
	if (status != INQ_OK || m->cli->set[CLI_PASSPHRASE_FILE])
		return status;
	again = sodium_malloc(CLI_PASSPHRASE_MOST);
	if (!again)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to be had for a passphrase");
	status = cli_passphrase(m->cli, "The same again: ", again, &len, err);
	if (status == INQ_OK && (len != *ret_len || sodium_memcmp(at, again, len) != 0))
		status = inq_fail(err, INQ_BAD_ARGUMENT, 0, "the two passphrases differ; no key was made");
	sodium_free(again);
	return status;
}

static enum inq_status secret_write(struct making *m, const struct inq_secret *secret, struct inq_error *err)
{
	struct inq_memory_sink memory = { .arena = m->cli->arena };
	bool bare = m->cli->set[CLI_NO_PASSPHRASE];
	uint8_t *at = sodium_malloc(CLI_PASSPHRASE_MOST);
	enum inq_status status = INQ_OK;
	struct inq_sink out;
	size_t len = 0;

	if (!at)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to be had for a passphrase");
	if (!bare)
		status = new_passphrase(m, at, &len, err);
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	if (status == INQ_OK)
		status = inq_secret_write(secret, (struct inq_bytes){ at, len },
		        bare ? INQ_KEY_COST_LEAST : INQ_KEY_COST_USUAL, &out, err);
	sodium_free(at);
	if (status == INQ_OK && !inq_sink_flush(&out))
		status = inq_fail(err, INQ_NO_MEMORY, 0, "no memory for the key file");
	if (status == INQ_OK)
		status = inq_file_private(
		        m->path, (struct inq_bytes){ (const uint8_t *)memory.at, memory.len }, err);
	return status;
}

static bool hello_write(void *to, const void *at, size_t len)
{
	struct inq_memory_sink *hello = to;

	if (hello->len + len > hello->capacity)
		return false;
	memcpy(hello->at + hello->len, at, len);
	hello->len += len;
	return true;
}

static enum inq_status make(
        void *context, uint8_t *hello, size_t most, size_t *ret_len, struct inq_error *err)
{
	struct inq_memory_sink greeting = { .at = (char *)hello, .capacity = most };
	struct making *m = context;
	struct inq_secret *secret;
	struct inq_party_keys keys;
	struct inq_sink out;
	enum inq_status status;

	if (inq_file_exists(m->path))
		return inq_fail(err, INQ_CONFLICT, 0, "is there already: a key is never overwritten");
	if (sodium_init() < 0)
		return inq_fail(err, INQ_IO, 0, "libsodium finds no randomness");
	status = inq_secret_make(inq_bytes_of(m->party), &secret, err);
	if (status != INQ_OK)
		return status;
	inq_secret_public(secret, &keys);
	status = secret_write(m, secret, err);
	inq_secret_close(secret);
	if (status != INQ_OK)
		return status;
	inq_sink_init(&out, hello_write, &greeting);
	cli_keys_write(&keys, &out);
	if (!inq_sink_flush(&out))
		return inq_fail(err, INQ_OVER_LIMIT, 0, "the keys' names are too long");
	*ret_len = greeting.len;
	return INQ_OK;
}

static enum inq_status nothing_to_answer(void *context, struct inq_bytes request, uint8_t *reply, size_t most,
        size_t *ret_len, struct inq_error *err)
{
	(void)context;
	(void)request;
	(void)reply;
	(void)most;
	(void)ret_len;
	return inq_fail(err, INQ_BAD_ARGUMENT, 0, "signs nothing");
}

static void show(struct cli *cli, const char *path, const struct inq_party_keys *keys)
{
	char vkey[INQ_VKEY_MOST];
	struct inq_json j;

	if (cli->form == CLI_FORM_JSON) {
		inq_json_init(&j, &cli->out, true);
		inq_json_object(&j, NULL);
		inq_json_text(&j, "schema", "inquiry.key/1");
		inq_json_text(&j, "program", CLI_PROGRAM);
		inq_json_text(&j, "file", path);
		inq_json_text(&j, "party", keys->of[INQ_ROLE_ENTRY].name);
		inq_json_object(&j, "keys");
		for (unsigned i = 0; i < INQ_ROLES; i++) {
			inq_vkey_write(&keys->of[i], vkey);
			inq_json_text(&j, inq_key_role_name((enum inq_key_role)i), vkey);
		}
		inq_json_end_object(&j);
		inq_json_end_object(&j);
		return;
	}
	for (unsigned i = 0; i < INQ_ROLES; i++) {
		inq_vkey_write(&keys->of[i], vkey);
		inq_putf(&cli->out, "%-9s %s\n", inq_key_role_name((enum inq_key_role)i), vkey);
	}
}

static int key_new(struct cli *cli)
{
	struct making making = { .cli = cli, .party = cli->operands[0] };
	struct inq_agent_work work = { &making, make, nothing_to_answer };
	uint8_t hello[INQ_AGENT_REPLY_MOST];
	struct inq_error err = { 0, "" };
	struct inq_party_keys keys;
	struct inq_agent agent;
	enum inq_status status;
	size_t len = 0;

	if (cli->set[CLI_PASSPHRASE_FILE] && cli->set[CLI_NO_PASSPHRASE]) {
		cli_error(cli, CLI_USAGE, "--passphrase-file and --no-passphrase exclude each other");
		return CLI_USAGE;
	}
	if (!inq_party_name_holds(inq_bytes_of(making.party))) {
		cli_error(cli, CLI_USAGE,
		        "a party's name is up to %d of a-z, 0-9, . and -, beginning and ending with a letter "
		        "or "
		        "digit, not %s",
		        INQ_PARTY_MOST, making.party);
		return CLI_USAGE;
	}
	making.path = cli->set[CLI_KEY_FILE] ? cli->value[CLI_KEY_FILE]
	                                     : inq_arena_printf(cli->arena, "%s.key", making.party);
	if (!making.path)
		return CLI_UNREADABLE;
	status = inq_agent_open(&work, &agent, hello, &len, &err);
	if (status == INQ_OK) {
		inq_agent_close(&agent);
		status = cli_keys_read((struct inq_bytes){ hello, len }, &keys, &err);
	}
	if (status != INQ_OK) {
		cli_error(cli, cli_case_exit(status), "%s: %s", making.path, err.text);
		return cli->exit;
	}
	show(cli, making.path, &keys);
	cli_note(cli, "%s holds the secrets: keep it, and a copy where nobody else can read it", making.path);
	return CLI_DONE;
}

static int key_show(struct cli *cli)
{
	struct inq_error err = { 0, "" };
	struct inq_party_keys keys;
	struct inq_bytes bytes;
	enum inq_status status;

	status = inq_file_copy(cli->operands[0], 65536, cli->arena, &bytes, &err);
	if (status == INQ_OK)
		status = inq_key_file_public(bytes, &keys, &err);
	if (status != INQ_OK) {
		cli_error(cli, CLI_UNREADABLE, "%s: %s", cli->operands[0], err.text);
		return cli->exit;
	}
	show(cli, cli->operands[0], &keys);
	return CLI_DONE;
}

const struct cli_command cli_key_new = {
	.name = "key new",
	.operands = "NAME",
	.summary = "make the keys of a party",
	.about = "Makes the three Ed25519 keys with which the party NAME signs its entries, its log's heads "
	         "and "
	         "the heads of others, in NAME.key or another FILE, readable by its owner alone and under "
	         "a passphrase that is asked at the terminal. Prints the public halves, as vkeys: give them "
	         "to "
	         "the other parties on a way that nobody can change. A file that is there is never "
	         "overwritten.",
	.examples = { "inquiry key new acme-cert", "makes acme-cert.key, asking for a passphrase",
	        "inquiry key new acme-cert -o /media/stick/acme.key", "the same, on a stick",
	        "inquiry key new bench --no-passphrase", "for a machine that nobody sits at" },
	.options = new_options,
	.common = CLI_TAKES_JSON,
	.operands_least = 1,
	.operands_most = 1,
	.run = key_new,
};

const struct cli_command cli_key_show = {
	.name = "key show",
	.operands = "FILE",
	.summary = "the public keys in a key file",
	.about = "Prints the vkeys of a key file. No passphrase is asked for: what is printed is only as "
	         "true as "
	         "the file.",
	.examples = { "inquiry key show acme-cert.key", "its three vkeys, for others to know the party by",
	        "inquiry key show --json acme-cert.key", "for programs",
	        "inquiry key show acme-cert.key | sed -n 's/^log *//p'", "the log key alone" },
	.options = no_options,
	.common = CLI_TAKES_OUTPUT,
	.operands_least = 1,
	.operands_most = 1,
	.run = key_show,
};
