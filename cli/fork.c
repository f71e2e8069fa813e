/* The proof of a fork, a file that pull wrote. */
#include "cli/verify.h"
#include "os/folder.h"
#include <inquiry/proof.h>
#include <string.h>

bool cli_fork_is(const char *path)
{
	uint8_t head[sizeof INQ_FORK_HEAD - 1];
	struct inq_pieces file;
	size_t got = 0;
	bool is = false;

	if (inq_pieces_open(path, &file, NULL) != INQ_OK)
		return false;
	if (inq_pieces_read(&file, head, sizeof head, &got, NULL) == INQ_OK)
		is = got == sizeof head && inq_fork_is((struct inq_bytes){ head, got });
	inq_pieces_close(&file);
	return is;
}

static void json(struct cli *cli, const struct inq_fork *fork, bool vouched)
{
	char text[INQ_VKEY_MOST], hex[65];
	struct inq_json j;

	inq_vkey_write(&fork->log, text);
	inq_json_init(&j, &cli->out, true);
	inq_json_object(&j, NULL);
	inq_json_text(&j, "schema", "inquiry.fork/1");
	inq_json_text(&j, "program", CLI_PROGRAM);
	inq_json_text(&j, "origin", fork->log.name);
	inq_json_text(&j, "key", text);
	inq_json_text(&j, "keys_from", vouched ? "user" : "record");
	inq_json_array(&j, "histories");
	for (unsigned i = 0; i < 2; i++) {
		inq_json_object(&j, NULL);
		inq_json_u64(&j, "index", fork->said[i].index);
		inq_hex(fork->proofs[i].extra.at, 32, hex);
		inq_json_text(&j, "digest", hex);
		inq_json_u64(&j, "size", fork->said[i].head.size);
		inq_hex(fork->said[i].head.root.byte, 32, hex);
		inq_json_text(&j, "root", hex);
		inq_json_end_object(&j);
	}
	inq_json_end_array(&j);
	inq_json_end_object(&j);
}

void cli_fork_verify(struct cli *cli, const struct inq_record_trust *trust)
{
	struct inq_fork *fork = inq_arena_new(cli->arena, 1, sizeof *fork);
	const char *path = cli->operands[0];
	struct inq_error err = { 0, "" };
	struct inq_bytes file;
	enum inq_status status = INQ_NO_MEMORY;
	bool vouched;

	if (fork)
		status = inq_file_copy(path, INQ_FORK_MOST, cli->arena, &file, &err);
	if (status == INQ_OK)
		status =
		        inq_fork_prove(file, trust->keys, trust->key_count, cli->arena, fork, &vouched, &err);
	if (status != INQ_OK)
		cli_error(cli, cli_status_exit(status), "%s: %s", path, err.text);
	else if (cli->form == CLI_FORM_JSON)
		json(cli, fork, vouched);
	else
		inq_fork_put(&cli->out, fork, vouched);
}
