#include "cli/reveal.h"
#include <string.h>

static bool add(struct cli *cli, struct inq_case *c, const char *name, struct cli_reveals *r)
{
	const struct inq_case_entry *e;
	struct inq_error err = { 0, "" };

	if (inq_case_find(c, name, &e, &err) != INQ_OK) {
		cli_error(cli, CLI_USAGE, "%s", err.text);
		return false;
	}
	if (!e->to_own && !(inq_entry_seals(e->type) && inq_case_sealed(c, &e->subject))) {
		cli_error(
		        cli, CLI_USAGE, "%s is no sealed exhibit that %s can open", name, inq_case_party(c));
		return false;
	}
	if (r->count == CLI_REVEALS_MOST) {
		cli_error(cli, CLI_USAGE, "at most %d exhibits are named at once", CLI_REVEALS_MOST);
		return false;
	}
	r->exhibits[r->count++] = e->subject;
	return true;
}

bool cli_reveals_read(struct cli *cli, struct inq_case *c, struct cli_reveals *ret)
{
	ret->count = 0;
	for (size_t i = 0; i < cli->given_count; i++) {
		const char *list = cli->given[i].value;

		while (cli->given[i].id == CLI_REVEAL_RESULTS && *list) {
			size_t len = strcspn(list, ",");
			const char *name = inq_arena_string(
			        cli->arena, (struct inq_bytes){ (const uint8_t *)list, len });

			if (!name || !add(cli, c, name, ret))
				return false;
			list += len + (list[len] == ',');
		}
	}
	return true;
}

bool cli_reveals(const struct cli_reveals *r, const struct inq_sha256 *exhibit)
{
	for (size_t i = 0; i < r->count; i++)
		if (inq_sha256_equal(&r->exhibits[i], exhibit))
			return true;
	return false;
}
