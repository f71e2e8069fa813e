/* Keys: the process that holds the secrets, and how it comes to them. */
#include "cli/case.h"
#include "os/terminal.h"
#include <fcntl.h>
#include <inquiry/blind.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What Argon2id costs in a key file that was made without a passphrase. */
#define UNPROTECTED "\nargon2id 1 8192 "

static enum inq_status passphrase_file(const char *path, uint8_t *at, size_t *ret_len, struct inq_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	size_t len = 0;
	const uint8_t *end;
	ssize_t got = 0;

	if (fd < 0)
		return inq_fail(err, INQ_UNREADABLE, 0, "the passphrase file cannot be opened");
	while (len < CLI_PASSPHRASE_MOST && (got = read(fd, at + len, CLI_PASSPHRASE_MOST - len)) > 0)
		len += (size_t)got;
	close(fd);
	if (got < 0)
		return inq_fail(err, INQ_UNREADABLE, 0, "the passphrase file cannot be read");
	end = len ? memchr(at, '\n', len) : NULL;
	if (!end && len == CLI_PASSPHRASE_MOST)
		return inq_fail(err, INQ_OVER_LIMIT, len, "a passphrase has fewer than %d bytes",
		        CLI_PASSPHRASE_MOST);
	*ret_len = end ? (size_t)(end - at) : len;
	return INQ_OK;
}

enum inq_status cli_passphrase(struct cli *cli, const char *prompt, uint8_t at[CLI_PASSPHRASE_MOST],
        size_t *ret_len, struct inq_error *err)
{
	enum inq_status status;

	if (cli->set[CLI_PASSPHRASE_FILE])
		return passphrase_file(cli->value[CLI_PASSPHRASE_FILE], at, ret_len, err);
	status = inq_terminal_secret(prompt, at, CLI_PASSPHRASE_MOST, ret_len, err);
	if (status == INQ_NOT_FOUND)
		return inq_fail(err, INQ_UNREADABLE, 0,
		        "there is no terminal to ask for the passphrase at; --passphrase-file names a file");
	return status;
}

enum inq_status cli_keys_read(struct inq_bytes lines, struct inq_party_keys *ret, struct inq_error *err)
{
	struct inq_party_keys keys;

	for (unsigned i = 0; i < INQ_ROLES; i++) {
		const uint8_t *end = lines.len ? memchr(lines.at, '\n', lines.len) : NULL;
		enum inq_status status;
		size_t len = end ? (size_t)(end - lines.at) : 0;

		status = inq_vkey_read((struct inq_bytes){ lines.at, len }, &keys.of[i], err);
		if (status != INQ_OK)
			return status;
		lines = inq_bytes_from(lines, len + 1);
	}
	*ret = keys;
	return INQ_OK;
}

void cli_keys_write(const struct inq_party_keys *keys, struct inq_sink *out)
{
	char vkey[INQ_VKEY_MOST];

	for (unsigned i = 0; i < INQ_ROLES; i++) {
		inq_vkey_write(&keys->of[i], vkey);
		inq_putf(out, "%s\n", vkey);
	}
}

/* The child's side. */

struct opening {
	struct cli *cli;
	const char *path;
	struct inq_secret *secret;
	struct inq_blind_keeper *keeper; /* of a private comparison */
};

static bool hello_write(void *to, const void *at, size_t len)
{
	struct inq_bytes *hello = to;

	if (hello->len + len > INQ_AGENT_REPLY_MOST)
		return false;
	memcpy((uint8_t *)(uintptr_t)hello->at + hello->len, at, len);
	hello->len += len;
	return true;
}

static bool is_unprotected(struct inq_bytes file)
{
	return file.len && memmem(file.at, file.len, UNPROTECTED, strlen(UNPROTECTED)) != NULL;
}

static enum inq_status unlock(struct opening *o, struct inq_bytes file, struct inq_error *err)
{
	struct inq_bytes none = { NULL, 0 };
	struct inq_party_keys public;
	char prompt[INQ_PARTY_MOST + 32];
	enum inq_status status = inq_key_file_public(file, &public, err);
	uint8_t *at;
	size_t len = 0;

	if (status != INQ_OK)
		return status;
	if (is_unprotected(file) && inq_secret_read(file, none, &o->secret, err) == INQ_OK)
		return INQ_OK;
	at = sodium_malloc(CLI_PASSPHRASE_MOST);
	if (!at)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to be had for a passphrase");
	snprintf(prompt, sizeof prompt, "Passphrase of %.64s: ", public.of[INQ_ROLE_ENTRY].name);
	status = cli_passphrase(o->cli, prompt, at, &len, err);
	if (status == INQ_OK)
		status = inq_secret_read(file, (struct inq_bytes){ at, len }, &o->secret, err);
	sodium_free(at);
	return status;
}

/* All the randomness that a private comparison needs: behind the sandbox there is none to be had. */
static enum inq_status keeper_make(struct opening *o, struct inq_error *err)
{
	o->keeper = sodium_malloc(sizeof *o->keeper);
	if (!o->keeper)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to be had for a secret");
	memset(o->keeper, 0, sizeof *o->keeper);
	inq_secret_subkey(o->secret, "inquiry blind sessions v1", o->keeper->secret);
	randombytes_buf(o->keeper->seed, sizeof o->keeper->seed);
	return INQ_OK;
}

static enum inq_status signer_open(
        void *context, uint8_t *hello, size_t most, size_t *ret_len, struct inq_error *err)
{
	struct inq_bytes greeting = { hello, 0 };
	struct opening *o = context;
	struct inq_party_keys keys;
	struct inq_file file;
	struct inq_sink out;
	enum inq_status status;

	(void)most;
	if (sodium_init() < 0)
		return inq_fail(err, INQ_IO, 0, "libsodium finds no randomness");
	status = inq_file_open(o->path, &file, err);
	if (status != INQ_OK)
		return status;
	status = unlock(o, file.bytes, err);
	inq_file_close(&file);
	if (status != INQ_OK)
		return status;
	status = keeper_make(o, err);
	if (status != INQ_OK)
		return status;
	inq_secret_public(o->secret, &keys);
	inq_sink_init(&out, hello_write, &greeting);
	cli_keys_write(&keys, &out);
	if (!inq_sink_flush(&out))
		return inq_fail(err, INQ_OVER_LIMIT, 0, "the keys' names are too long");
	*ret_len = greeting.len;
	return INQ_OK;
}

static enum inq_status signer_answer(void *context, struct inq_bytes request, uint8_t *reply, size_t most,
        size_t *ret_len, struct inq_error *err)
{
	struct opening *o = context;

	if (request.len && request.at[0] >= INQ_BLIND_REQUEST)
		return inq_blind_answer(o->keeper, request, reply, most, ret_len, err);
	return inq_secret_answer(o->secret, request, reply, most, ret_len, err);
}

/* The parent's side. */

bool cli_signer_open_file(struct cli *cli, const char *path, struct cli_signer *ret)
{
	struct opening opening = { .cli = cli, .path = path };
	struct inq_agent_work work = { &opening, signer_open, signer_answer };
	uint8_t hello[INQ_AGENT_REPLY_MOST];
	struct inq_error err = { 0, "" };
	enum inq_status status;
	size_t len = 0;

	if (!cli_time(cli, &ret->writer.time))
		return false;
	if (inq_file_is_open_to_others(path))
		cli_note(cli, "%s may be read by others: chmod 600 keeps them out", path);
	status = inq_agent_open(&work, &ret->agent, hello, &len, &err);
	if (status != INQ_OK) {
		cli_error(cli, status == INQ_IO ? CLI_NO_SANDBOX : CLI_UNREADABLE, "%s: %s", path, err.text);
		return false;
	}
	status = cli_keys_read((struct inq_bytes){ hello, len }, &ret->writer.keys, &err);
	if (status != INQ_OK) {
		inq_agent_close(&ret->agent);
		cli_error(cli, CLI_UNREADABLE, "%s: %s", path, err.text);
		return false;
	}
	ret->writer.asker = (struct inq_asker){ inq_agent_ask, &ret->agent };
	return true;
}

const char *cli_key_path(const struct cli *cli)
{
	return cli->set[CLI_KEY] ? cli->value[CLI_KEY] : getenv("INQUIRY_KEY");
}

bool cli_signer_open(struct cli *cli, struct cli_signer *ret)
{
	const char *path = cli_key_path(cli);

	if (cli->signer) {
		/* It is somebody else's to close. */
		*ret = *cli->signer;
		ret->agent.pid = 0;
		ret->writer.asker = (struct inq_asker){ inq_agent_ask, &ret->agent };
		return cli_time(cli, &ret->writer.time);
	}
	if (!path || !*path) {
		cli_error(cli, CLI_USAGE,
		        "%s signs what it enters: --key FILE names the key; inquiry key new makes one",
		        cli->command->name);
		return false;
	}
	return cli_signer_open_file(cli, path, ret);
}

void cli_signer_close(struct cli_signer *s)
{
	inq_agent_close(&s->agent);
}
